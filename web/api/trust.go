package api

import (
	"context"
	"net/http"
	"strings"

	"interlink/domain"
	"interlink/domain/catalogue"
)

// Admission is the rule for new entries of one level of trust.
type Admission struct {
	Trust     string        `json:"trust" enum:"endorsed,followed,discovered"`
	Action    string        `json:"action" enum:"show,review,hide"`
	Licences  []string      `json:"licences,omitempty" maxItems:"10" doc:"classes; those of others wait for review; none means any"`
	Languages []domain.Lang `json:"languages,omitempty" maxItems:"50" doc:"it must be there in one of them, else it waits; none means any"`
}

// AdmissionInput changes a rule.
type AdmissionInput struct{ Body Admission }

// TrustListInput subscribes to a trust list.
type TrustListInput struct {
	Body struct {
		List     domain.IRI `json:"list" maxLength:"2048" doc:"its address"`
		Priority int        `json:"priority,omitempty" minimum:"0" maximum:"1000" doc:"1 counts most"`
	}
}

// TrustListNamed names a trust list.
type TrustListNamed struct {
	List domain.IRI `query:"list" required:"true" maxLength:"2048" doc:"its address"`
}

// TrustListChanges asks for a part of what a trust list changes.
type TrustListChanges struct {
	TrustListNamed
	Paging
}

// TrustListTaken takes a version of a trust list.
type TrustListTaken struct {
	Body struct {
		List    domain.IRI `json:"list" maxLength:"2048" doc:"its address"`
		Version int        `json:"version" minimum:"1" doc:"the one that was read"`
	}
}

// TrustListChange is what another version of a trust list changes.
type TrustListChange struct {
	Host   string     `json:"host,omitempty"`
	Entry  domain.IRI `json:"entry,omitempty"`
	Before string     `json:"before,omitempty"`
	After  string     `json:"after,omitempty"`
	Counts string     `json:"counts,omitempty" doc:"what would count here then"`
	Reason string     `json:"reason,omitempty"`
}

// TrustListPublication publishes this node's own trust list.
type TrustListPublication struct {
	Body struct {
		Name    domain.Text `json:"name"`
		Retract bool        `json:"retract,omitempty" doc:"take it back"`
	}
}

func (a *API) trustOperations(tag string) {
	do(a, tag, operation{method: http.MethodGet, path: "/trust/admission", own: true, node: true, summary: "What becomes of new entries of other nodes, by how far they are trusted"},
		func(ctx context.Context, c *caller, _ *struct{}) (*List[Admission], error) {
			rules, err := a.Catalogue.Admissions(ctx, c.viewer)
			if err != nil {
				return nil, err
			}
			return listed(c, domain.List[catalogue.Admission]{Items: rules, Total: len(rules)}, func(r catalogue.Admission) Admission {
				return Admission{Trust: string(r.Trust), Action: string(r.Action), Licences: r.Licences, Languages: r.Languages}
			}), nil
		})
	do(a, tag, operation{method: http.MethodPut, path: "/trust/admission", node: true, summary: "Say what becomes of new entries of one level of trust"},
		func(ctx context.Context, c *caller, in *AdmissionInput) (*None, error) {
			b := in.Body
			return nothing(a.Catalogue.SetAdmission(ctx, c.viewer, catalogue.Admission{Trust: catalogue.Trust(b.Trust), Action: catalogue.Action(b.Action), Licences: b.Licences, Languages: b.Languages}))
		})
	do(a, tag, operation{method: http.MethodPost, path: "/trust/lists", node: true, summary: "Read a trust list from now on"},
		func(ctx context.Context, c *caller, in *TrustListInput) (*None, error) {
			return nothing(a.Catalogue.SubscribeList(ctx, c.viewer, domain.IRI(strings.TrimSpace(string(in.Body.List))), in.Body.Priority))
		})
	do(a, tag, operation{method: http.MethodDelete, path: "/trust/lists", node: true, summary: "Read a trust list no more"},
		func(ctx context.Context, c *caller, in *TrustListNamed) (*None, error) {
			return nothing(a.Catalogue.UnsubscribeList(ctx, c.viewer, in.List))
		})
	do(a, tag, operation{method: http.MethodGet, path: "/trust/lists/changes", own: true, node: true, summary: "What the newer version of a trust list would change"},
		func(ctx context.Context, c *caller, in *TrustListChanges) (*List[TrustListChange], error) {
			_, changes, err := a.Catalogue.ListChanges(ctx, c.viewer, in.List, in.page())
			if err != nil {
				return nil, err
			}
			return listed(c, changes, func(x catalogue.ListChange) TrustListChange {
				return TrustListChange{Host: x.Host, Entry: x.Entry, Before: string(x.Before), After: string(x.After), Counts: string(x.Counts), Reason: x.Reason}
			}), nil
		})
	do(a, tag, operation{method: http.MethodPost, path: "/trust/lists/take", node: true, summary: "Let the newer version of a trust list count"},
		func(ctx context.Context, c *caller, in *TrustListTaken) (*None, error) {
			return nothing(a.Catalogue.TakeList(ctx, c.viewer, in.Body.List, in.Body.Version))
		})
	do(a, tag, operation{method: http.MethodPost, path: "/trust/lists/publish", node: true, summary: "Publish what this node says of hosts as a trust list, or take it back"},
		func(ctx context.Context, c *caller, in *TrustListPublication) (*None, error) {
			_, err := a.Catalogue.PublishList(ctx, c.viewer, a.Namespace.IRI("catalogue"), in.Body.Name, in.Body.Retract)
			return nothing(err)
		})
	for method, o := range map[string]struct {
		endorsed bool
		summary  string
	}{
		http.MethodPut:    {true, "Announce an Interlinker of another node to those who follow this catalogue"},
		http.MethodDelete: {false, "Take the announcement of an Interlinker back"},
	} {
		do(a, tag, operation{method: method, path: "/interlinkers/{slug}/endorsement", summary: o.summary, description: "For those who write the catalogue."},
			func(ctx context.Context, c *caller, in *SlugInput) (*None, error) {
				e, err := a.entryNamed(ctx, c, catalogue.KindInterlinker, in.Slug)
				if err != nil {
					return nil, err
				}
				return nothing(a.Catalogue.Endorse(ctx, c.viewer, e.ID, o.endorsed))
			})
	}
}
