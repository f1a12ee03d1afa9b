package api

import (
	"context"
	"net/http"
	"time"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/integration"
)

// Integration is a software Interlinker that is connected to the node.
type Integration struct {
	ID           domain.ID  `json:"id"`
	Interlinker  domain.IRI `json:"interlinker"`
	Base         domain.IRI `json:"base" doc:"its routes are below it"`
	Capabilities []string   `json:"capabilities" doc:"beside instantiate"`
	Frame        bool       `json:"frame" doc:"its pages are shown in a frame; else in a window of their own"`
	On           bool       `json:"on"`
	State        string     `json:"state" enum:"unknown,up,down"`
	Answer       string     `json:"answer,omitempty" doc:"to the last check: a status, or what failed"`
	CheckedAt    *time.Time `json:"checkedAt,omitempty"`
	Since        *time.Time `json:"since,omitempty" doc:"since when it is in its state"`
	Revision     int64      `json:"revision"`
}

// IntegrationDetails are what an administrator says of one.
type IntegrationDetails struct {
	Base         string   `json:"base" maxLength:"500"`
	Capabilities []string `json:"capabilities,omitempty" maxItems:"5" enum:"view,edit,clone,download,delete"`
	Frame        bool     `json:"frame,omitempty"`
	On           bool     `json:"on,omitempty"`
}

func (d IntegrationDetails) details() integration.Details {
	out := integration.Details{Base: d.Base, Frame: d.Frame, On: d.On}
	for _, c := range d.Capabilities {
		out.Capabilities = append(out.Capabilities, integration.Capability(c))
	}
	return out
}

// IntegrationInput connects one.
type IntegrationInput struct {
	Body struct {
		Interlinker string `json:"interlinker" minLength:"1" maxLength:"500" doc:"slug, or slug@host for a copy"`
		IntegrationDetails
	}
}

// IntegrationID names one.
type IntegrationID struct {
	ID string `path:"id" maxLength:"36"`
}

// IntegrationEdit changes one.
type IntegrationEdit struct {
	IntegrationID
	Body struct {
		Revision int64 `json:"revision" doc:"the one that was read"`
		IntegrationDetails
	}
}

// Launch is the form that a browser posts to open a page of a software
// Interlinker: token, lang, and for what is made state and return.
type Launch struct {
	Action  domain.IRI  `json:"action"`
	Token   string      `json:"token" doc:"a JWT, which counts for minutes, for this Interlinker alone"`
	Until   time.Time   `json:"until" doc:"end of the token"`
	Lang    domain.Lang `json:"lang"`
	State   string      `json:"state,omitempty" doc:"to be given back with what was made"`
	Return  domain.IRI  `json:"return,omitempty" doc:"where the Interlinker leads the window, with state and asset"`
	Origin  string      `json:"origin" doc:"from which messages of the page may come"`
	Frame   bool        `json:"frame"`
	Service string      `json:"service" enum:"unknown,up,down"`
}

// OpeningInput opens what a software Interlinker keeps.
type OpeningInput struct {
	ResourceID
	Body struct {
		Act string `json:"act" enum:"view,edit"`
	}
}

// AssetInput takes what was made into its task.
type AssetInput struct {
	Body struct {
		State string `json:"state" minLength:"1" maxLength:"1000"`
		Asset string `json:"asset" minLength:"1" maxLength:"200" doc:"what the Interlinker calls it"`
	}
}

// Exported is a foreign file, which no browser shows as a page of the node.
type Exported struct {
	Type        string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Policy      string `header:"Content-Security-Policy"`
	Body        []byte
}

func integrationOf(t *integration.Tool) Integration {
	out := Integration{ID: t.ID, Interlinker: t.IRI, Base: t.Base, Capabilities: []string{}, Frame: t.Frame, On: t.On, State: stateOf(t), Answer: t.Answer, Revision: t.Revision}
	for _, c := range t.Capabilities {
		out.Capabilities = append(out.Capabilities, string(c))
	}
	if !t.CheckedAt.IsZero() {
		out.CheckedAt = &t.CheckedAt
	}
	if !t.Since.IsZero() {
		out.Since = &t.Since
	}
	return out
}

func stateOf(t *integration.Tool) string {
	if t.State == integration.Unknown {
		return "unknown"
	}
	return string(t.State)
}

func launchOf(x *integration.Ticket) Launch {
	return Launch{
		Action: x.Action, Token: x.Token, Until: x.Until, Lang: x.Lang, State: x.State, Return: x.Return,
		Origin: x.Tool.Origin(), Frame: x.Tool.Frame, Service: stateOf(x.Tool),
	}
}

func (a *API) integrationOperations() {
	a.connectionOperations()
	const tag = "Software Interlinkers"
	do(a, tag, operation{
		method: http.MethodPost, path: "/processes/{name}/tasks/{task}/launches", summary: "Open the page of a software Interlinker on which something is made for a task",
	}, func(ctx context.Context, c *caller, in *InstantiationInput) (*One[Launch], error) {
		return oneAs(launchOf)(a.Integrations.Begin(ctx, c.viewer, in.Name, domain.ID(in.Task), in.Body.Interlinker, c.words.Lang))
	})
	do(a, tag, operation{method: http.MethodPost, path: "/assets", summary: "Take what was made with a software Interlinker into its task", description: "Again gives the same resource.", status: http.StatusCreated},
		func(ctx context.Context, c *caller, in *AssetInput) (*Made[Resource], error) {
			r, process, err := a.Integrations.Finish(ctx, c.viewer, in.Body.State, in.Body.Asset)
			if err != nil {
				return nil, err
			}
			return &Made[Resource]{Body: a.at(process, a.resource(ctx, c, r), r)}, nil
		})
	do(a, tag, operation{method: http.MethodPost, path: "/processes/{name}/resources/{id}/launches", summary: "Open the page of a software Interlinker for what it keeps"},
		func(ctx context.Context, c *caller, in *OpeningInput) (*One[Launch], error) {
			x, _, err := a.Integrations.Open(ctx, c.viewer, in.Name, domain.ID(in.ID), integration.Capability(in.Body.Act), c.words.Lang)
			if err != nil {
				return nil, err
			}
			return one(launchOf(x)), nil
		})
	do(a, tag, operation{method: http.MethodPost, path: "/processes/{name}/resources/{id}/copies", summary: "Copy what a software Interlinker keeps", status: http.StatusCreated},
		func(ctx context.Context, c *caller, in *ResourceID) (*Made[Resource], error) {
			r, err := a.Integrations.Copy(ctx, c.viewer, in.Name, domain.ID(in.ID))
			if err != nil {
				return nil, err
			}
			return &Made[Resource]{Body: a.at(in.Name, a.resource(ctx, c, r), r)}, nil
		})
	do(a, tag, operation{method: http.MethodGet, path: "/processes/{name}/resources/{id}/export", own: true, summary: "Read what a software Interlinker keeps as a file", description: "Of at most 20 MiB.", stream: "application/octet-stream"},
		func(ctx context.Context, c *caller, in *ResourceID) (*Exported, error) {
			f, err := a.Integrations.File(ctx, c.viewer, in.Name, domain.ID(in.ID))
			return &Exported{Type: f.Type, Disposition: "attachment", Policy: "default-src 'none'; sandbox", Body: f.Body}, err
		})
}

// connectionOperations are those of the administrators.
func (a *API) connectionOperations() {
	const tag = "Software Interlinkers"
	do(a, tag, operation{method: http.MethodGet, path: "/integrations", node: true, own: true, summary: "List the software Interlinkers that are connected"},
		func(ctx context.Context, c *caller, _ *struct{}) (*List[Integration], error) {
			if err := a.Integrations.Administers(c.viewer); err != nil {
				return nil, err
			}
			all, err := a.Integrations.Tools(ctx)
			return listed(c, domain.List[*integration.Tool]{Items: all, Total: len(all)}, integrationOf), err
		})
	do(a, tag, operation{method: http.MethodPost, path: "/integrations", node: true, summary: "Connect a software Interlinker", status: http.StatusCreated},
		func(ctx context.Context, c *caller, in *IntegrationInput) (*Made[Integration], error) {
			e, err := a.entryNamed(ctx, c, catalogue.KindInterlinker, in.Body.Interlinker)
			if err != nil {
				return nil, err
			}
			t, err := a.Integrations.Register(ctx, c.viewer, e.IRI, in.Body.details())
			if err != nil {
				return nil, err
			}
			return &Made[Integration]{Location: a.Namespace.Base() + "/admin/interlinkers/" + string(t.ID), Body: integrationOf(t)}, nil
		})
	do(a, tag, operation{method: http.MethodPut, path: "/integrations/{id}", node: true, summary: "Change a connected software Interlinker, or switch it off"},
		func(ctx context.Context, c *caller, in *IntegrationEdit) (*One[Integration], error) {
			return oneAs(integrationOf)(a.Integrations.Change(ctx, c.viewer, domain.ID(in.ID), in.Body.Revision, in.Body.details()))
		})
	do(a, tag, operation{method: http.MethodPost, path: "/integrations/{id}/check", node: true, summary: "Ask whether a software Interlinker works"},
		func(ctx context.Context, c *caller, in *IntegrationID) (*None, error) {
			return nothing(a.Integrations.CheckNow(ctx, c.viewer, domain.ID(in.ID)))
		})
	do(a, tag, operation{method: http.MethodDelete, path: "/integrations/{id}", node: true, summary: "Disconnect a software Interlinker", description: "What was made with it stays where it is."},
		func(ctx context.Context, c *caller, in *IntegrationID) (*None, error) {
			return nothing(a.Integrations.Remove(ctx, c.viewer, domain.ID(in.ID)))
		})
}
