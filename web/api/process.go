package api

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"interlink/domain"
	"interlink/domain/coproduction"
)

// Process is a coproduction process of this node.
type Process struct {
	Name         string      `json:"name"`
	Handle       string      `json:"handle"`
	IRI          domain.IRI  `json:"iri"`
	Title        domain.Text `json:"title"`
	Summary      domain.Text `json:"summary,omitempty"`
	Aim          domain.Text `json:"aim,omitempty"`
	Challenges   domain.Text `json:"challenges,omitempty"`
	Language     domain.Lang `json:"language"`
	Governance   string      `json:"governance,omitempty" enum:"citizen_sourcing,public_civil_partnership,government_as_platform,citizen_to_citizen" doc:"how citizens and public bodies share it"`
	Country      string      `json:"country,omitempty" doc:"for which its service is, ISO 3166-1 alpha-2"`
	Visibility   string      `json:"visibility"`
	Status       string      `json:"status" enum:"awaiting,in_progress,finished"`
	Tasks        int         `json:"tasks"`
	Finished     int         `json:"finished" doc:"tasks that are finished"`
	Organization *Actor      `json:"organization,omitempty"`
	Team         *Actor      `json:"team,omitempty"`
	Community    *Actor      `json:"community,omitempty"`
	Schema       domain.IRI  `json:"schema,omitempty"`
	ClonedFrom   *Origin     `json:"clonedFrom,omitempty"`
	BroughtFrom  *Former     `json:"broughtFrom,omitempty" doc:"of which it was an export, as that said: for those who take part, where one process is read"`
	TellsReuse   bool        `json:"tellsReuse,omitempty" doc:"those who made what is reused in it are told once a month how often"`
	Revision     int64       `json:"revision"`
	UpdatedAt    time.Time   `json:"updatedAt"`
}

// Origin says what a process was cloned from.
type Origin struct {
	IRI     domain.IRI  `json:"iri"`
	Title   domain.Text `json:"title"`
	Host    string      `json:"host"`
	Version string      `json:"version,omitempty" doc:"of the source, as it said"`
	Digest  string      `json:"digest,omitempty" doc:"of the source's tree as it was taken, hex"`
	At      time.Time   `json:"at"`
	Answer  string      `json:"answer" enum:"offered,accepted,rejected" doc:"of the source's people"`
}

// Former is a process that was exported, and became one of this node.
type Former struct {
	IRI        domain.IRI  `json:"iri"`
	Title      domain.Text `json:"title,omitempty"`
	Host       string      `json:"host"`
	ExportedAt time.Time   `json:"exportedAt"`
}

// processRead is a process with what only its own page says.
func (a *API) processRead(ctx context.Context, c *caller, p *coproduction.Process) (Process, error) {
	out := a.process(ctx, c, p)
	b, err := a.Portable.From(ctx, c.viewer, p)
	if b != nil {
		out.BroughtFrom = &Former{IRI: b.Head.IRI, Title: b.Title, Host: b.Head.IRI.Host(), ExportedAt: b.Head.ExportedAt}
	}
	return out, err
}

func (a *API) process(ctx context.Context, c *caller, p *coproduction.Process) Process {
	out := Process{
		Name: p.Name, Handle: "@" + p.Name + "@" + a.Namespace.HandleHost(), IRI: p.IRI, Title: p.Title, Summary: p.Summary,
		Aim: p.Aim, Challenges: p.Challenges, Language: p.Language, Governance: string(p.Governance), Country: p.Country,
		Visibility: string(p.Visibility), Status: string(p.Status), TellsReuse: p.TellsReuse,
		Tasks: p.Tasks, Finished: p.Finished, Organization: a.actorByID(ctx, c, p.Organization), Team: a.actorByID(ctx, c, p.Team),
		Community: a.actorByID(ctx, c, p.Community), Schema: p.SchemaIRI, Revision: p.Revision, UpdatedAt: p.UpdatedAt,
	}
	if from := p.ClonedFrom; from != nil {
		out.ClonedFrom = &Origin{IRI: from.IRI, Title: from.Title, Host: from.Host, Version: from.Version, Digest: from.Digest, At: from.At, Answer: string(from.Answer)}
	}
	return out
}

// ProcessesInput narrows the processes.
type ProcessesInput struct {
	Paging
	Q      string `query:"q" maxLength:"200" doc:"words in any language"`
	Status string `query:"status" enum:"awaiting,in_progress,finished"`
}

// ProcessInput starts a process.
type ProcessInput struct {
	Body struct {
		Name         string      `json:"name" maxLength:"30" doc:"handle, never changed"`
		Title        domain.Text `json:"title"`
		Summary      domain.Text `json:"summary,omitempty"`
		Aim          domain.Text `json:"aim,omitempty"`
		Challenges   domain.Text `json:"challenges,omitempty"`
		Language     domain.Lang `json:"language" maxLength:"35"`
		Governance   string      `json:"governance,omitempty" enum:"citizen_sourcing,public_civil_partnership,government_as_platform,citizen_to_citizen"`
		Country      string      `json:"country,omitempty" pattern:"^[A-Z]{2}$" doc:"ISO 3166-1 alpha-2"`
		Visibility   string      `json:"visibility,omitempty" enum:"public,members"`
		Schema       string      `json:"schema,omitempty" maxLength:"500" doc:"slug of a schema, or slug@host; without one the tree is empty"`
		Organization string      `json:"organization,omitempty" maxLength:"100"`
		Team         string      `json:"team,omitempty" maxLength:"100" doc:"that leads it; its members may work in it"`
		Community    string      `json:"community,omitempty" maxLength:"100" doc:"that follows it"`
	}
}

// ProcessEdit changes a process; what is absent stays.
type ProcessEdit struct {
	Named
	Body struct {
		Revision   int64        `json:"revision" doc:"the one that was read"`
		Title      *domain.Text `json:"title,omitempty"`
		Summary    *domain.Text `json:"summary,omitempty"`
		Aim        *domain.Text `json:"aim,omitempty"`
		Challenges *domain.Text `json:"challenges,omitempty"`
		Governance *string      `json:"governance,omitempty" enum:"citizen_sourcing,public_civil_partnership,government_as_platform,citizen_to_citizen," doc:"\"\" for none"`
		Country    *string      `json:"country,omitempty" pattern:"^([A-Z]{2})?$"`
		Visibility *string      `json:"visibility,omitempty" enum:"public,members"`
		TellsReuse *bool        `json:"tellsReuse,omitempty" doc:"those who made what is reused in it are told once a month how often"`
	}
}

// Tree is a process with its items, each after the one above it.
type Tree struct {
	Process Process `json:"process"`
	Items   []Item  `json:"items"`
	Next    string  `json:"next,omitempty" doc:"cursor of the next part; missing in the last"`
	Total   int     `json:"total" doc:"items of the tree"`
}

// TreeInput asks for a tree, or a part of it.
type TreeInput struct {
	Named
	After string `query:"after" doc:"cursor: \"next\" of an earlier answer" maxLength:"36"`
	Limit int    `query:"limit" doc:"how many items; all by default" minimum:"1" maximum:"100"`
}

// HistoryEntry is something that happened in a process.
type HistoryEntry struct {
	Kind    string         `json:"kind"`
	At      time.Time      `json:"at"`
	Actor   *Actor         `json:"actor,omitempty"`
	Payload map[string]any `json:"payload,omitempty"`
}

// byWhom is the actor that an event shows.
func byWhom(e domain.Event) []domain.ActorID { return []domain.ActorID{e.Actor} }

func (a *API) processOperations() {
	const tag = "Processes"
	do(a, tag, operation{method: http.MethodGet, path: "/processes", summary: "List processes"},
		func(ctx context.Context, c *caller, in *ProcessesInput) (*List[Process], error) {
			list, err := a.Coproduction.Processes(ctx, c.viewer, coproduction.Filter{Text: in.Q, Status: coproduction.Status(in.Status)}, in.page())
			if err != nil {
				return nil, err
			}
			return shown(ctx, a, c, list, func(p *coproduction.Process) []domain.ActorID {
				return []domain.ActorID{p.Organization, p.Team, p.Community}
			},
				func(p *coproduction.Process) Process { return a.process(ctx, c, p) })
		})
	do(a, tag, operation{method: http.MethodPost, path: "/processes", summary: "Start a process from a schema", status: http.StatusCreated}, a.startProcess)
	do(a, tag, operation{method: http.MethodGet, path: "/processes/{name}", summary: "Read a process"},
		func(ctx context.Context, c *caller, in *Named) (*One[Process], error) {
			p, err := a.Coproduction.Process(ctx, c.viewer, in.Name)
			if err != nil {
				return nil, err
			}
			read, err := a.processRead(ctx, c, p)
			if err != nil {
				return nil, err
			}
			return one(read), nil
		})
	do(a, tag, operation{method: http.MethodPatch, path: "/processes/{name}", summary: "Change what is said of a process"}, a.editProcess)
	do(a, tag, operation{
		method: http.MethodGet, path: "/processes/{name}/tree", summary: "Read the tree of a process",
		description: "Whole, or in parts to who names a limit: \"next\" leads on. Its process has the same revision in each part as long as nobody changes it.",
	}, a.tree)
	do(a, tag, operation{method: http.MethodGet, path: "/processes/{name}/history", summary: "What happened in a process, newest first"},
		func(ctx context.Context, c *caller, in *NamedPaging) (*List[HistoryEntry], error) {
			list, err := a.Coproduction.History(ctx, c.viewer, in.Name, in.page())
			if err != nil {
				return nil, err
			}
			return shown(ctx, a, c, list, byWhom, func(e domain.Event) HistoryEntry { return a.historyEntry(ctx, c, e) })
		})
}

func (a *API) tree(ctx context.Context, c *caller, in *TreeInput) (*One[Tree], error) {
	some := in.Limit
	if some == 0 {
		some = coproduction.MaxItems
	}
	p, t, part, err := a.Coproduction.TreePart(ctx, c.viewer, in.Name, domain.ID(in.After), some)
	if err != nil {
		return nil, err
	}
	out := Tree{Process: a.process(ctx, c, p), Items: make([]Item, 0, len(part.Items)), Next: part.Next, Total: part.Total}
	for _, it := range part.Items {
		out.Items = append(out.Items, a.item(p, t, it))
	}
	return one(out), nil
}

func (a *API) historyEntry(ctx context.Context, c *caller, e domain.Event) HistoryEntry {
	entry := HistoryEntry{Kind: string(e.Kind), At: e.Time, Actor: a.actorByID(ctx, c, e.Actor)}
	if json.Unmarshal(e.Payload, &entry.Payload) != nil {
		entry.Payload = nil // erased
	}
	return entry
}

func (a *API) startProcess(ctx context.Context, c *caller, in *ProcessInput) (*Made[Process], error) {
	b := in.Body
	start := coproduction.StartInput{
		Name: b.Name, Schema: b.Schema,
		Details: coproduction.Details{
			Title: b.Title, Summary: b.Summary, Aim: b.Aim, Challenges: b.Challenges, Language: b.Language,
			Governance: coproduction.Governance(b.Governance), Country: b.Country, Visibility: domain.Visibility(b.Visibility),
		},
	}
	var err error
	if start.Owner, err = a.organizationID(ctx, c, b.Organization); err != nil {
		return nil, err
	}
	if start.Team, err = a.teamID(ctx, c, b.Team); err != nil {
		return nil, err
	}
	if start.Followed, err = a.communityID(ctx, c, b.Community); err != nil {
		return nil, err
	}
	p, err := a.Coproduction.Start(ctx, c.viewer, start)
	if err != nil {
		return nil, err
	}
	return &Made[Process]{Location: string(p.IRI), Body: a.process(ctx, c, p)}, nil
}

func (a *API) editProcess(ctx context.Context, c *caller, in *ProcessEdit) (*One[Process], error) {
	p, err := a.Coproduction.Process(ctx, c.viewer, in.Name)
	if err != nil {
		return nil, err
	}
	d := p.Details()
	set(&d.Title, in.Body.Title)
	set(&d.Summary, in.Body.Summary)
	set(&d.Aim, in.Body.Aim)
	set(&d.Challenges, in.Body.Challenges)
	set(&d.Country, in.Body.Country)
	if in.Body.Governance != nil {
		d.Governance = coproduction.Governance(*in.Body.Governance)
	}
	if in.Body.TellsReuse != nil {
		d.TellsReuse = *in.Body.TellsReuse
	}
	if in.Body.Visibility != nil {
		d.Visibility = domain.Visibility(*in.Body.Visibility)
	}
	if p, err = a.Coproduction.Edit(ctx, c.viewer, in.Name, in.Body.Revision, d); err != nil {
		return nil, err
	}
	return one(a.process(ctx, c, p)), nil
}
