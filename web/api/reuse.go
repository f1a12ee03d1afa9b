package api

import (
	"context"
	"net/http"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/policy"
	"interlink/domain/reuse"
)

// Reuse is how a thing of this node is reused, as nodes tell once a month.
type Reuse struct {
	Object  domain.IRI    `json:"object"`
	AtLeast reuse.Counts  `json:"atLeast" doc:"the sum of what nodes told in the last three months"`
	Reports []ReuseReport `json:"reports" doc:"the newest month first"`
}

// ReuseReport is what one node told of a month.
type ReuseReport struct {
	Node   string                 `json:"node" doc:"its host"`
	Month  string                 `json:"month"`
	Counts map[reuse.Measure]Band `json:"counts" doc:"of all time up to the end of the month"`
}

// Band is a number as it is told: it lies between these, both included. From 0
// to 4 it may be none.
type Band struct {
	From int `json:"from"`
	To   int `json:"to"`
}

func (a *API) reuseOf(ctx context.Context, c *caller, facts policy.Facts, owner, object domain.IRI) (*One[Reuse], error) {
	sum, err := a.Reuse.Of(ctx, c.viewer, reuse.Thing{Facts: facts, Owner: owner, Object: object})
	if err != nil {
		return nil, err
	}
	out := Reuse{Object: object, AtLeast: sum.Sum, Reports: []ReuseReport{}}
	for _, h := range sum.All {
		r := ReuseReport{Node: h.Host, Month: string(h.Month), Counts: map[reuse.Measure]Band{}}
		if r.Node == "" {
			r.Node = a.Namespace.Host()
		}
		for m, n := range h.Counts {
			r.Counts[m] = Band{int(n), n.Most()}
		}
		out.Reports = append(out.Reports, r)
	}
	return one(out), nil
}

func (a *API) reuseOperations() {
	const method = "Nodes tell once a month, if they and their processes agree, rounded down to multiples of five. Numbers of other nodes are as they told them."
	for _, of := range []struct {
		kind          catalogue.Kind
		path, summary string
	}{
		{catalogue.KindInterlinker, "/interlinkers/{slug}/reuse", "How an Interlinker of this node is reused"},
		{catalogue.KindSchema, "/schemas/{slug}/reuse", "How a coproduction schema of this node is reused"},
	} {
		do(a, "Catalogue", operation{method: http.MethodGet, path: of.path, summary: of.summary, description: method},
			func(ctx context.Context, c *caller, in *SlugInput) (*One[Reuse], error) {
				e, err := a.entryNamed(ctx, c, of.kind, in.Slug)
				if err != nil {
					return nil, err
				}
				return a.reuseOf(ctx, c, e, a.Namespace.IRI("catalogue"), e.IRI)
			})
	}
	do(a, "Processes", operation{method: http.MethodGet, path: "/processes/{name}/reuse", summary: "How a process of this node is reused", description: method},
		func(ctx context.Context, c *caller, in *Named) (*One[Reuse], error) {
			p, err := a.Coproduction.Process(ctx, c.viewer, in.Name)
			if err != nil {
				return nil, err
			}
			return a.reuseOf(ctx, c, p, p.IRI, p.IRI)
		})
}
