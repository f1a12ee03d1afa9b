package api

import (
	"context"
	"net/http"
	"time"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/policy"
)

// Picture is a picture or file of a post.
type Picture struct {
	URL       domain.IRI `json:"url"`
	Shown     domain.IRI `json:"shown,omitempty" doc:"where this node shows a picture of a post, which tells no other server who looks"`
	MediaType string     `json:"mediaType,omitempty"`
	Name      string     `json:"name,omitempty" doc:"for those who do not see it"`
	Width     int        `json:"width,omitempty"`
	Height    int        `json:"height,omitempty"`
	Focus     Focus      `json:"focus,omitzero" doc:"the point that stays in sight where it is cut; absent for the middle"`
	Blurhash  string     `json:"blurhash,omitempty" doc:"its colours, until it is there"`
}

// Focus is a point of a picture.
type Focus struct {
	X float64 `json:"x" minimum:"-1" maximum:"1" doc:"from the left to the right"`
	Y float64 `json:"y" minimum:"-1" maximum:"1" doc:"from the bottom to the top"`
}

func pictures(of []community.Attachment) []Picture {
	var all []Picture
	for _, a := range of {
		all = append(all, Picture{
			URL: a.URL, MediaType: a.MediaType, Name: a.Name, Width: a.Width, Height: a.Height, Focus: Focus(a.Focus), Blurhash: a.Blurhash,
		})
	}
	return all
}

// TagInput asks for the posts with a hashtag.
type TagInput struct {
	Paging
	Tag string `query:"tag" required:"true" minLength:"1" maxLength:"100" doc:"without #"`
}

// Report is what was reported to those who moderate.
type Report struct {
	ID        domain.ID   `json:"id"`
	Reporter  *Actor      `json:"reporter,omitempty"`
	Target    *Actor      `json:"target,omitempty"`
	Posts     []domain.ID `json:"posts,omitempty"`
	Review    domain.IRI  `json:"review,omitempty" doc:"of somebody here, reported by another server"`
	Reason    string      `json:"reason,omitempty"`
	Forwarded bool        `json:"forwarded"`
	State     string      `json:"state" enum:"open,resolved"`
	Note      string      `json:"note,omitempty"`
	Created   time.Time   `json:"created"`
	Resolved  *time.Time  `json:"resolved,omitempty"`
}

// ReportInput reports a post, or an actor.
type ReportInput struct {
	Body struct {
		Post    domain.ID  `json:"post,omitempty" maxLength:"36" doc:"id of a post; its author is reported with it"`
		Actor   domain.IRI `json:"actor,omitempty" maxLength:"2048" doc:"address of an actor, if it is not about a post"`
		Reason  string     `json:"reason,omitempty" maxLength:"5000"`
		Forward bool       `json:"forward,omitempty" doc:"tell the server of a remote actor too, without the caller's name"`
	}
}

// AnswerInput answers who asks to follow a community.
type AnswerInput struct {
	Named
	Body struct {
		Follower domain.IRI `json:"follower" maxLength:"2048" doc:"address of who asks"`
		Accept   bool       `json:"accept"`
	}
}

// ReportsInput lists reports.
type ReportsInput struct {
	Paging
	State string `query:"state" enum:"open,resolved" default:"open"`
}

// CommunityReportsInput lists those of a community.
type CommunityReportsInput struct {
	Named
	ReportsInput
}

// ResolveInput closes a report.
type ResolveInput struct {
	ID   string `path:"id" maxLength:"36"`
	Body struct {
		Note string `json:"note,omitempty" maxLength:"5000" doc:"for others who moderate"`
	}
}

func (a *API) report(ctx context.Context, c *caller, r *community.Report) Report {
	return Report{
		ID: r.ID, Reporter: a.actorByID(ctx, c, r.Reporter), Target: a.actorByID(ctx, c, r.Target), Posts: r.Posts, Review: r.Review, Reason: r.Reason,
		Forwarded: r.Forwarded, State: string(r.State), Note: r.Note, Created: r.CreatedAt, Resolved: instant(r.ResolvedAt),
	}
}

func (a *API) reactionOperations() {
	const tag = "Communities"
	for _, o := range []struct {
		method, path, summary string
		command               func(context.Context, policy.Viewer, domain.ID) error
	}{
		{http.MethodPut, "/posts/{id}/like", "Like a post", a.Communities.Like},
		{http.MethodDelete, "/posts/{id}/like", "Take a like back", a.Communities.Unlike},
		{http.MethodPut, "/posts/{id}/pin", "Show a post first in its community", a.Communities.Pin},
		{http.MethodDelete, "/posts/{id}/pin", "No longer show a post first", a.Communities.Unpin},
		{http.MethodPut, "/posts/{id}/lock", "Close the thread that begins with a post of a community", a.Communities.Lock},
		{http.MethodDelete, "/posts/{id}/lock", "Open it again", a.Communities.Unlock},
	} {
		do(a, tag, operation{method: o.method, path: o.path, summary: o.summary}, func(ctx context.Context, c *caller, in *PostID) (*None, error) {
			return nothing(o.command(ctx, c.viewer, domain.ID(in.ID)))
		})
	}
	do(a, tag, operation{method: http.MethodGet, path: "/posts", summary: "Public posts with a hashtag, newest first"},
		func(ctx context.Context, c *caller, in *TagInput) (*List[Post], error) {
			list, err := a.Communities.Tagged(ctx, c.viewer, in.Tag, in.page())
			if err == nil {
				err = a.likesOf(ctx, c, list.Items)
			}
			if err != nil {
				return nil, err
			}
			return shown(ctx, a, c, list, func(p *community.Post) []domain.ActorID { return []domain.ActorID{p.Author} },
				func(p *community.Post) Post { return a.post(ctx, c, p) })
		})
	do(a, tag, operation{method: http.MethodGet, path: "/communities/{name}/requests", own: true, summary: "Who asks to follow a community, for its administrators"},
		func(ctx context.Context, c *caller, in *NamedPaging) (*List[Actor], error) {
			return listAs(c, a.actorFor(c))(a.Communities.Requests(ctx, c.viewer, in.Name, in.page()))
		})
	do(a, tag, operation{method: http.MethodPost, path: "/communities/{name}/requests", summary: "Let somebody follow a community, or not"}, a.answerRequest)
	do(a, tag, operation{method: http.MethodPost, path: "/reports", summary: "Report a post or an actor to those who moderate", status: http.StatusCreated}, a.makeReport)
	do(a, tag, operation{method: http.MethodGet, path: "/reports", own: true, summary: "Reports, for those who moderate, newest first"},
		func(ctx context.Context, c *caller, in *ReportsInput) (*List[Report], error) {
			list, err := a.Communities.Reports(ctx, c.viewer, community.ReportState(in.State), in.page())
			if err != nil {
				return nil, err
			}
			return shown(ctx, a, c, list, func(r *community.Report) []domain.ActorID { return []domain.ActorID{r.Reporter, r.Target} },
				func(r *community.Report) Report { return a.report(ctx, c, r) })
		})
	do(a, tag, operation{method: http.MethodGet, path: "/communities/{name}/reports", own: true, summary: "Reports of what stands in a community, for those who moderate it, without who reported"},
		func(ctx context.Context, c *caller, in *CommunityReportsInput) (*List[Report], error) {
			list, err := a.Communities.CommunityReports(ctx, c.viewer, in.Name, community.ReportState(in.State), in.page())
			if err != nil {
				return nil, err
			}
			return shown(ctx, a, c, list, func(r *community.Report) []domain.ActorID { return []domain.ActorID{r.Target} },
				func(r *community.Report) Report { return a.report(ctx, c, r) })
		})
	do(a, tag, operation{method: http.MethodPost, path: "/reports/{id}/resolve", summary: "Close a report"},
		func(ctx context.Context, c *caller, in *ResolveInput) (*One[Report], error) {
			return oneFor(ctx, c, a.report)(a.Communities.Resolve(ctx, c.viewer, domain.ID(in.ID), in.Body.Note))
		})
}

func (a *API) answerRequest(ctx context.Context, c *caller, in *AnswerInput) (*None, error) {
	if _, err := a.Communities.Community(ctx, c.viewer, in.Name); err != nil {
		return nil, err
	}
	follower, err := a.Network.ActorByIRI(ctx, c.viewer, in.Body.Follower)
	if err != nil {
		return nil, err
	}
	return nothing(a.Communities.AnswerRequest(ctx, c.viewer, in.Name, follower.ID, in.Body.Accept))
}

func (a *API) makeReport(ctx context.Context, c *caller, in *ReportInput) (*Made[Report], error) {
	complaint := community.Complaint{Post: in.Body.Post, Reason: in.Body.Reason, Forward: in.Body.Forward}
	if complaint.Post == "" {
		target, err := a.Network.ActorByIRI(ctx, c.viewer, in.Body.Actor)
		if err != nil {
			return nil, err
		}
		complaint.Target = target.ID
	}
	r, err := a.Communities.Report(ctx, c.viewer, complaint)
	if err != nil {
		return nil, err
	}
	return &Made[Report]{Location: string(a.Namespace.IRI("admin", "reports")), Body: a.report(ctx, c, r)}, nil
}
