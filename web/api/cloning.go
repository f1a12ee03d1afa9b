package api

import (
	"context"
	"net/http"
	"time"

	"interlink/domain"
	"interlink/domain/lineage"
)

// Cloning is the work of one clone.
type Cloning struct {
	ID        domain.ID  `json:"id"`
	Source    domain.IRI `json:"source" doc:"address of the process"`
	Name      string     `json:"name" doc:"handle of the clone"`
	State     string     `json:"state" enum:"running,done,failed,cancelled"`
	Read      int        `json:"read" doc:"phases, objectives and tasks that were read"`
	Total     int        `json:"total" doc:"of how many; 0 if not known"`
	Clone     domain.IRI `json:"clone,omitempty" doc:"the process that was made"`
	Manifest  *Manifest  `json:"manifest,omitempty"`
	Problem   string     `json:"problem,omitempty" doc:"code of why it failed"`
	CreatedAt time.Time  `json:"createdAt"`
	UpdatedAt time.Time  `json:"updatedAt"`
}

// Manifest says what a clone took, and what not and why.
type Manifest struct {
	Items     int       `json:"items"`
	Resources int       `json:"resources"`
	LeftOut   int       `json:"leftOut" doc:"items that were not wanted"`
	Asked     int       `json:"asked" doc:"Interlinkers that the catalogue did not have, and asks for"`
	Skipped   []Skipped `json:"skipped" doc:"at most 500"`
	More      int       `json:"more" doc:"that are not named"`
}

// Skipped is something that a clone did not take as it was.
type Skipped struct {
	Name   string     `json:"name"`
	IRI    domain.IRI `json:"iri,omitempty"`
	Reason string     `json:"reason" enum:"licence,linked,task,broken,too_many,unknown"`
}

func cloningOf(c *lineage.Cloning) Cloning {
	out := Cloning{
		ID: c.ID, Source: c.Address, Name: c.In.Name, State: string(c.State), Read: c.Read, Total: c.Total, Clone: c.Clone,
		Problem: string(c.Problem.Code), CreatedAt: c.CreatedAt, UpdatedAt: c.UpdatedAt,
	}
	if c.State == lineage.CloningDone {
		m := c.Manifest
		out.Manifest = &Manifest{Items: m.Items, Resources: m.Resources, LeftOut: m.LeftOut, Asked: m.Asked, More: m.More, Skipped: []Skipped{}}
		for _, s := range m.Skipped {
			out.Manifest.Skipped = append(out.Manifest.Skipped, Skipped{Name: s.Name, IRI: s.IRI, Reason: string(s.Reason)})
		}
	}
	return out
}

// CloningPath names a cloning.
type CloningPath struct {
	ID string `path:"id" maxLength:"36"`
}

func (a *API) cloningOperations(tag string) {
	do(a, tag, operation{
		method: http.MethodPost, path: "/clonings", summary: "Clone a process as a job", status: http.StatusCreated,
		description: "For large processes of other nodes: they are read page by page, and the clone appears whole in the end. The answer is followed by its id.",
	}, func(ctx context.Context, c *caller, in *CloneInput) (*Made[Cloning], error) {
		source, clone, err := a.toClone(ctx, c, in)
		if err != nil {
			return nil, err
		}
		begun, err := a.Lineage.Begin(ctx, c.viewer, source, clone)
		if err != nil {
			return nil, err
		}
		return &Made[Cloning]{Location: Path + "/clonings/" + string(begun.ID), Body: cloningOf(begun)}, nil
	})
	do(a, tag, operation{method: http.MethodGet, path: "/clonings", own: true, summary: "List one's clonings", description: "Newest first, for 30 days after they ended."},
		func(ctx context.Context, c *caller, in *Paging) (*List[Cloning], error) {
			return listAs(c, cloningOf)(a.Lineage.Clonings(ctx, c.viewer, in.page()))
		})
	do(a, tag, operation{method: http.MethodGet, path: "/clonings/{id}", summary: "See how far a cloning is"},
		func(ctx context.Context, c *caller, in *CloningPath) (*One[Cloning], error) {
			return oneAs(cloningOf)(a.Lineage.Cloning(ctx, c.viewer, domain.ID(in.ID)))
		})
	do(a, tag, operation{method: http.MethodPost, path: "/clonings/{id}/cancel", summary: "Stop a cloning", description: "Nothing comes of it. One that has ended stays as it is."},
		func(ctx context.Context, c *caller, in *CloningPath) (*One[Cloning], error) {
			return oneAs(cloningOf)(a.Lineage.Cancel(ctx, c.viewer, domain.ID(in.ID)))
		})
}
