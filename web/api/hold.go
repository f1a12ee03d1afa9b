package api

import (
	"context"
	"net/http"
	"time"

	"interlink/domain"
	"interlink/domain/community"
)

// HeldPost is what somebody wrote that waits for those who moderate, or was
// refused or removed by them: it is no post.
type HeldPost struct {
	ID        domain.ID `json:"id" doc:"of the post that it would be, or was"`
	Author    *Actor    `json:"author"`
	Community *Actor    `json:"community,omitempty"`
	Title     string    `json:"title,omitempty"`
	Content   string    `json:"content" doc:"HTML, sanitised"`
	Why       string    `json:"why,omitempty" enum:"first_post,first_contact,filter,author" doc:"it was held; author: of the post that it answers, whose leave is asked for"`
	Filter    string    `json:"filter,omitempty" doc:"for those who moderate"`
	State     string    `json:"state" enum:"waiting,refused,removed,asked,declined" doc:"asked and declined, of the caller's own: by the author of what it answers"`
	Reason    string    `json:"reason,omitempty" doc:"why it was refused or removed"`
	Since     time.Time `json:"since"`
}

// Exclusion is that a community of another node removed a post of the caller, or
// of a community, or did not publish it.
type Exclusion struct {
	ID        string    `json:"id"`
	Post      domain.ID `json:"post"`
	Community *Actor    `json:"community"`
	Reason    string    `json:"reason,omitempty" doc:"plain text, as its node gave it"`
	Refused   bool      `json:"refused" doc:"it was never shown there; community may be a node that kept it from a person"`
	At        time.Time `json:"at"`
	Appeals   bool      `json:"appeals" doc:"its node runs this program, in which the author may appeal"`
	Appeal    string    `json:"appeal,omitempty" doc:"what was said here against it; plain text"`
	Answer    string    `json:"answer,omitempty" doc:"to that; plain text"`
}

// HeldID asks for something held.
type HeldID struct {
	ID string `path:"id" maxLength:"36"`
}

// HeldFilter picks what is listed.
type HeldFilter struct {
	State string `query:"state" enum:"waiting,refused,removed" default:"waiting"`
}

func (f HeldFilter) state() community.HeldState { return community.HeldState(f.State) }

// RefusalInput refuses a post.
type RefusalInput struct {
	HeldID
	Body struct {
		Reason string `json:"reason" minLength:"1" maxLength:"5000" doc:"for its author; plain text"`
		Others bool   `json:"others,omitempty" doc:"and what else of its author waits in the same place"`
	}
}

// ObjectionInput says what speaks against a decision.
type ObjectionInput struct {
	Body struct {
		Text string `json:"text" minLength:"1" maxLength:"5000" doc:"plain text"`
	}
}

func (a *API) holdOperations() {
	const tag = "Communities"
	do(a, tag, operation{method: http.MethodGet, path: "/held", own: true, summary: "What waits for those who moderate the node, oldest first; or what was refused or removed"},
		func(ctx context.Context, c *caller, in *struct {
			Paging
			HeldFilter
		}) (*List[HeldPost], error) {
			list, err := a.Communities.AllHeld(ctx, c.viewer, in.state(), in.page())
			return a.heldPosts(ctx, c, list, err)
		})
	do(a, tag, operation{method: http.MethodGet, path: "/communities/{name}/held", own: true, summary: "What waits for those who moderate a community, oldest first; or what was refused or removed"},
		func(ctx context.Context, c *caller, in *struct {
			NamedPaging
			HeldFilter
		}) (*List[HeldPost], error) {
			list, err := a.Communities.HeldIn(ctx, c.viewer, in.Name, in.state(), in.page())
			return a.heldPosts(ctx, c, list, err)
		})
	do(a, tag, operation{method: http.MethodGet, path: "/account/waiting", own: true, summary: "What the caller wrote that waits, was refused or removed, newest first"},
		func(ctx context.Context, c *caller, in *Paging) (*List[HeldPost], error) {
			list, err := a.Communities.OwnHeld(ctx, c.viewer, in.page())
			for _, h := range list.Items {
				h.Filter = ""
			}
			return a.heldPosts(ctx, c, list, err)
		})
	do(a, tag, operation{method: http.MethodPost, path: "/held/{id}/approve", summary: "Let something held pass: it is a post, and is told once; what was removed comes back"},
		func(ctx context.Context, c *caller, in *HeldID) (*None, error) {
			return nothing(a.Communities.Approve(ctx, c.viewer, domain.ID(in.ID)))
		})
	do(a, tag, operation{method: http.MethodPost, path: "/held/{id}/refuse", summary: "Refuse something held, with a reason"},
		func(ctx context.Context, c *caller, in *RefusalInput) (*None, error) {
			refuse := a.Communities.Refuse
			if in.Body.Others {
				refuse = a.Communities.RefuseAll
			}
			return nothing(refuse(ctx, c.viewer, domain.ID(in.ID), in.Body.Reason))
		})
	do(a, tag, operation{method: http.MethodPost, path: "/held/{id}/appeal", summary: "Appeal the refusal or removal of one's own post, once"},
		func(ctx context.Context, c *caller, in *struct {
			HeldID
			ObjectionInput
		}) (*None, error) {
			return nothing(a.Communities.AppealHeld(ctx, c.viewer, domain.ID(in.ID), in.Body.Text))
		})
	do(a, tag, operation{method: http.MethodPost, path: "/communities/{name}/appeal", summary: "Appeal that one is kept from writing in a community, once"},
		func(ctx context.Context, c *caller, in *struct {
			Named
			ObjectionInput
		}) (*None, error) {
			return nothing(a.Communities.AppealBan(ctx, c.viewer, in.Name, in.Body.Text))
		})
	a.exclusionOperations(tag)
}

// exclusionOperations are about what communities of other nodes left out.
func (a *API) exclusionOperations(tag string) {
	do(a, tag, operation{method: http.MethodGet, path: "/account/exclusions", own: true, summary: "What of the caller communities of other nodes removed or did not publish, newest first"},
		func(ctx context.Context, c *caller, in *Paging) (*List[Exclusion], error) {
			list, err := a.Communities.OwnExclusions(ctx, c.viewer, in.page())
			return a.exclusions(ctx, c, list, err)
		})
	do(a, tag, operation{method: http.MethodGet, path: "/communities/{name}/exclusions", own: true, summary: "What of what a community said other nodes removed or did not publish, newest first, for those who moderate it"},
		func(ctx context.Context, c *caller, in *NamedPaging) (*List[Exclusion], error) {
			list, err := a.Communities.ExclusionsIn(ctx, c.viewer, in.Name, in.page())
			return a.exclusions(ctx, c, list, err)
		})
	do(a, tag, operation{method: http.MethodPost, path: "/exclusions/{id}/appeal", summary: "Ask the other node to look again, once, in the name of the post's author: the caller, or a community that they moderate"},
		func(ctx context.Context, c *caller, in *struct {
			HeldID
			ObjectionInput
		}) (*None, error) {
			serial, err := domain.ParseSerial(in.ID)
			if err != nil {
				return nil, err
			}
			return nothing(a.Communities.AppealExclusion(ctx, c.viewer, serial, in.Body.Text))
		})
}

func (a *API) exclusions(ctx context.Context, c *caller, list domain.List[*community.Exclusion], err error) (*List[Exclusion], error) {
	if err != nil {
		return nil, err
	}
	return shown(ctx, a, c, list, func(x *community.Exclusion) []domain.ActorID { return []domain.ActorID{x.Group} }, func(x *community.Exclusion) Exclusion {
		return Exclusion{
			ID: x.Serial.String(), Post: x.Post.ID, Community: a.actorByID(ctx, c, x.Group), Reason: x.Reason, Refused: x.Refused, At: x.At,
			Appeals: x.Appeals, Appeal: x.Appeal, Answer: x.Answer,
		}
	})
}

func (a *API) heldPosts(ctx context.Context, c *caller, list domain.List[*community.Held], err error) (*List[HeldPost], error) {
	if err != nil {
		return nil, err
	}
	return shown(ctx, a, c, list, func(h *community.Held) []domain.ActorID { return []domain.ActorID{h.Post.Author, h.Group} }, func(h *community.Held) HeldPost {
		return HeldPost{
			ID: h.Post.ID, Author: a.actorByID(ctx, c, h.Post.Author), Community: a.actorByID(ctx, c, h.Group), Title: h.Post.Title,
			Content: h.Post.Content, Why: string(h.Why), Filter: h.Filter, State: string(h.State), Reason: h.Reason, Since: h.At,
		}
	})
}
