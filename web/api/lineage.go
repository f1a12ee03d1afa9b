package api

import (
	"context"
	"net/http"
	"time"

	"interlink/domain"
	"interlink/domain/lineage"
)

// Kin is a process in the lineage of another, as its own node tells of it.
type Kin struct {
	IRI      domain.IRI     `json:"iri"`
	Host     string         `json:"host"`
	Trust    string         `json:"trust" doc:"of its host: own, endorsed, followed, discovered, limited or blocked"`
	Self     bool           `json:"self,omitempty" doc:"it is the process whose lineage this is"`
	Depth    int            `json:"depth" doc:"steps below the first"`
	Place    int            `json:"place" doc:"in the order of the tree: a source before its clones"`
	Parent   *int           `json:"parent,omitempty" doc:"place of its source; absent for the first"`
	Title    domain.Text    `json:"title,omitempty" doc:"absent if it is not known, or not for everybody"`
	Country  string         `json:"country,omitempty"`
	Status   string         `json:"status,omitempty"`
	Version  string         `json:"version,omitempty" doc:"counts its changes"`
	Release  string         `json:"release,omitempty" doc:"its newest one"`
	Digest   string         `json:"digest,omitempty" doc:"of its tree, as it was known last: hex"`
	Story    domain.IRI     `json:"story,omitempty"`
	Active   string         `json:"active,omitempty" doc:"day of its last change"`
	Clones   int            `json:"clones" doc:"of it in the lineage"`
	Standing *KinStanding   `json:"standing,omitempty" doc:"against its source; absent if one of them was not read"`
	Stamp    *ConfirmedEdge `json:"stamp,omitempty" doc:"by which the people of its source confirm where it comes from; absent while that is only claimed"`
	State    string         `json:"state" enum:"unread,read,away,gone,hidden"`
	Seen     *time.Time     `json:"seen,omitempty" doc:"when its node told of it last"`
	Circle   bool           `json:"circle,omitempty" doc:"it names one below itself as its source"`
}

// KinStanding is how a clone stands to its source.
type KinStanding struct {
	Same   bool `json:"same" doc:"the source is as it was cloned, or its newest release was merged"`
	Behind int  `json:"behind" doc:"releases of the source that came since; 0 if none, or if that cannot be told"`
	Ahead  int  `json:"ahead" doc:"releases that the clone made of its own"`
}

// ConfirmedEdge says who confirmed that a clone comes from its source.
type ConfirmedEdge struct {
	IRI     domain.IRI `json:"iri" doc:"of the stamp itself, with its proof (FEP-8b32)"`
	By      domain.IRI `json:"by"`
	At      time.Time  `json:"at"`
	Checked time.Time  `json:"checked" doc:"when its proof was checked here"`
}

// LineageAnswer is a part of a lineage.
type LineageAnswer struct {
	Link string `header:"Link" doc:"address of the next part (RFC 8288)"`
	Body struct {
		ListBody[Kin]
		Read    *time.Time `json:"read,omitempty" doc:"when it was read from the nodes last; absent if it is what this node knows by itself"`
		Running bool       `json:"running" doc:"it is being read now"`
		Cut     bool       `json:"cut,omitempty" doc:"there is more than was read; the next reading goes on"`
	}
}

func (a *API) lineageOperations(tag string) {
	do(a, tag, operation{
		method: http.MethodGet, path: "/processes/{name}/lineage", summary: "Read the lineage of a process across nodes",
		description: "A tree in its order: where the process comes from, what was cloned from it and from those, as their nodes told it when it was read last.",
	}, func(ctx context.Context, c *caller, in *NamedPaging) (*LineageAnswer, error) {
		l, err := a.Families.Lineage(ctx, c.viewer, in.Name, in.page())
		if err != nil {
			return nil, err
		}
		hosts := make([]string, len(l.List.Items))
		for i := range l.List.Items {
			hosts[i] = l.List.Items[i].IRI.Host()
		}
		trust, err := a.Catalogue.Levels(ctx, hosts)
		if err != nil {
			return nil, err
		}
		list := listed(c, l.List, func(k lineage.Placed) Kin { return kinOf(k, string(trust[k.IRI.Host()])) })
		out := &LineageAnswer{Link: list.Link}
		out.Body.ListBody = list.Body
		if w := l.Walk; w != nil {
			out.Body.Read, out.Body.Running, out.Body.Cut = instant(w.Ended), w.State == lineage.WalkRuns, w.Cut
		}
		return out, nil
	})
	do(a, tag, operation{
		method: http.MethodPost, path: "/processes/{name}/lineage/readings", summary: "Read the lineage of a process again", status: http.StatusNoContent,
		description: "By those who may change the process. The nodes are asked by a job.",
	}, func(ctx context.Context, c *caller, in *Named) (*struct{}, error) {
		return nil, a.Families.Renew(ctx, c.viewer, in.Name)
	})
	do(a, tag, operation{
		method: http.MethodPost, path: "/processes/{name}/stamp/checks", summary: "Check the stamp of a clone again", status: http.StatusNoContent,
		description: "By those who may change the clone. The stamp is read again from the node of the source by a job.",
	}, func(ctx context.Context, c *caller, in *Named) (*struct{}, error) {
		return nil, a.Lineage.CheckStamp(ctx, c.viewer, in.Name)
	})
	do(a, tag, operation{
		method: http.MethodPost, path: "/processes/{name}/offer", summary: "Offer a clone to its source once more", status: http.StatusNoContent,
		description: "By those who may change the clone, while its source has not answered: one that came in a file was never offered.",
	}, func(ctx context.Context, c *caller, in *Named) (*struct{}, error) {
		return nil, a.Lineage.OfferAgain(ctx, c.viewer, in.Name)
	})
	do(a, tag, operation{
		method: http.MethodPost, path: "/processes/{name}/clones/{id}/withdrawal", summary: "Take back that a clone was accepted",
		description: "For good: its stamp is gone, and it is listed no more.",
	}, func(ctx context.Context, c *caller, in *CloneNamed) (*One[Clone], error) {
		return oneFor(ctx, c, a.clone)(a.Lineage.WithdrawClone(ctx, c.viewer, in.Name, domain.ID(in.ID)))
	})
}

// CloneNamed names a clone of a process.
type CloneNamed struct {
	Named
	ID string `path:"id" maxLength:"36"`
}

func kinOf(k lineage.Placed, trust string) Kin {
	out := Kin{
		IRI: k.IRI, Host: k.IRI.Host(), Trust: trust, Self: k.Self, Depth: k.Depth, Place: k.Place, Title: k.Title, Digest: k.Digest,
		Clones: k.Children, State: string(k.State), Seen: instant(k.Seen), Circle: k.Circle,
	}
	if k.State == lineage.KinUnread {
		out.State = "unread"
	}
	if known := k.Known; known != nil {
		out.Country, out.Status, out.Version, out.Story, out.Active = known.Country, string(known.Status), known.Version, known.Story, known.Active
		if len(known.Releases) > 0 {
			out.Release = known.Releases[0].Version
		}
	}
	if k.Parent < 0 {
		return out
	}
	out.Parent = &k.Parent
	if s := k.Standing; s.Known {
		out.Standing = &KinStanding{Same: s.Same, Behind: s.Behind, Ahead: s.Ahead}
	}
	if s := k.Confirmed(); s != nil {
		out.Stamp = &ConfirmedEdge{IRI: s.IRI, By: s.Owner, At: s.At, Checked: s.Checked}
	}
	return out
}
