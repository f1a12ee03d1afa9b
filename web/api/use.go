package api

import (
	"context"
	"net/http"
	"time"

	"interlink/domain"
	"interlink/domain/coproduction"
)

// Use is one use of an Interlinker in a process.
type Use struct {
	ID          domain.ID  `json:"id"`
	How         string     `json:"how" enum:"taken,opened" doc:"taken into the task, or opened where it is; the latter counts once for a person and day"`
	Interlinker domain.IRI `json:"interlinker"`
	Version     int        `json:"version,omitempty" doc:"of the Interlinker"`
	Task        domain.ID  `json:"task"`
	Resource    domain.ID  `json:"resource"`
	By          *Actor     `json:"by,omitempty"`
	At          time.Time  `json:"at"`
}

// Visited is where a link leads.
type Visited struct {
	URL domain.IRI `json:"url"`
}

func (a *API) useOperations() {
	const tag = "Uses"
	do(a, tag, operation{method: http.MethodGet, path: "/processes/{name}/uses", summary: "List how Interlinkers were used in a process", description: "For those who take part. Newest first."},
		func(ctx context.Context, c *caller, in *NamedPaging) (*List[Use], error) {
			list, err := a.Coproduction.Uses(ctx, c.viewer, in.Name, in.page())
			if err != nil {
				return nil, err
			}
			return shown(ctx, a, c, list, func(u coproduction.Use) []domain.ActorID { return []domain.ActorID{u.Actor} }, func(u coproduction.Use) Use {
				return Use{ID: u.ID, How: string(u.How), Interlinker: u.Tool, Version: u.Version, Task: u.Item, Resource: u.Resource, By: a.actorByID(ctx, c, u.Actor), At: u.At}
			})
		})
	do(a, tag, operation{method: http.MethodPost, path: "/processes/{name}/resources/{id}/visit", summary: "Open what an Interlinker is elsewhere", description: "Answers with its address and records the use, once a day for each person who works in the task."},
		func(ctx context.Context, c *caller, in *ResourceID) (*One[Visited], error) {
			to, err := a.Coproduction.Visit(ctx, c.viewer, in.Name, domain.ID(in.ID))
			return one(Visited{to}), err
		})
}
