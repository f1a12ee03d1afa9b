package api

import (
	"context"
	"net/http"
	"time"

	"interlink/domain"
	"interlink/domain/audit"
)

// LogEntry is an entry of the log of who changed or decided what.
type LogEntry struct {
	Seq         int64            `json:"seq" doc:"place in the chain of all that happened on the node"`
	ID          domain.ID        `json:"id"`
	Kind        domain.EventKind `json:"kind"`
	Time        time.Time        `json:"time"`
	Actor       domain.IRI       `json:"actor,omitempty" doc:"who did it; absent where the caller may not see it, for the node itself, and for those who are gone"`
	Subject     string           `json:"subject" doc:"kind of what it happened to"`
	SubjectID   domain.ID        `json:"subjectId"`
	Part        domain.ID        `json:"part,omitempty" doc:"of the subject, such as an item of a process"`
	ContentHash string           `json:"contentHash,omitempty" doc:"absent of formula 1"`
	PrevHash    string           `json:"prevHash,omitempty"`
	Hash        string           `json:"hash"`
	Formula     domain.Formula   `json:"formula" doc:"by which the hash is made: 2, or 1 of entries of earlier versions, which only those can check who see all of them"`
}

// LogHead is where the chain of all that happened ends.
type LogHead struct {
	Seq  int64  `json:"seq"`
	Hash string `json:"hash"`
	// From an entry on a formula holds: see the README.
	Links int64 `json:"links" doc:"first entry whose hash is made by formula 2; those before have formula 1"`
}

// LogFilter narrows a log.
type LogFilter struct {
	Paging
	Family string    `query:"family" maxLength:"50" doc:"first part of the kinds, such as item"`
	Part   domain.ID `query:"part" maxLength:"36" doc:"an item of the process"`
	From   time.Time `query:"from" doc:"the first moment"`
	Until  time.Time `query:"until" doc:"the first moment after the last"`
}

// LogOf asks for the log of a process.
type LogOf struct {
	Named
	LogFilter
}

func (a *API) logOperations() {
	const tag = "Log"
	do(a, tag, operation{method: http.MethodGet, path: "/log/head", summary: "Where the log ends", description: "Who notes it sees later whether the end was cut off, or the log written anew."},
		func(ctx context.Context, _ *caller, _ *struct{}) (*One[LogHead], error) {
			head, err := a.Audit.Head(ctx)
			return one(LogHead{head.Seq, head.Hash, head.Links}), err
		})
	do(a, tag, operation{method: http.MethodGet, path: "/log", node: true, own: true, summary: "The log of the node", description: "For its administrators. Newest first."},
		func(ctx context.Context, c *caller, in *LogFilter) (*List[LogEntry], error) {
			return a.log(ctx, c, audit.Whole(), *in)
		})
	do(a, tag, operation{method: http.MethodGet, path: "/processes/{name}/log", summary: "The log of a process", description: "Newest first. Who did what is shown to those who take part."},
		func(ctx context.Context, c *caller, in *LogOf) (*List[LogEntry], error) {
			p, err := a.Coproduction.Process(ctx, c.viewer, in.Name)
			if err != nil {
				return nil, err
			}
			return a.log(ctx, c, audit.Scope{Subject: p.Subject(), Facts: p.Whole(), Open: p.Visibility == domain.VisiblePublic, Public: p}, in.LogFilter)
		})
}

func (a *API) log(ctx context.Context, c *caller, scope audit.Scope, in LogFilter) (*List[LogEntry], error) {
	list, err := a.Audit.Log(ctx, c.viewer, scope, audit.Filter{Family: in.Family, Part: in.Part, From: in.From, Until: in.Until}, in.page())
	if err != nil {
		return nil, err
	}
	ids := make([]domain.ActorID, 0, len(list.Items))
	for _, e := range list.Items {
		if e.Actor != domain.Nobody {
			ids = append(ids, e.Actor)
		}
	}
	actors, err := a.Network.Actors(ctx, c.viewer, ids)
	if err != nil {
		return nil, err
	}
	return listed(c, list, func(e audit.Entry) LogEntry {
		out := LogEntry{
			Seq: e.Seq, ID: e.ID, Kind: e.Kind, Time: e.Time, Subject: e.Subject.Kind, SubjectID: e.Subject.ID, Part: e.Part,
			ContentHash: e.Content, PrevHash: e.PrevHash, Hash: e.Hash, Formula: e.Formula,
		}
		if by := actors[e.Actor]; by != nil {
			out.Actor = by.IRI
		}
		return out
	}), nil
}
