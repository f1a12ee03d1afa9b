package api

import (
	"context"
	"net/http"
	"time"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/review"
)

// Ratings are how often people gave a thing how many stars.
type Ratings struct {
	Mean   float64 `json:"mean" doc:"1 to 5"`
	Count  int     `json:"count"`
	Counts [5]int  `json:"counts" doc:"of one star first"`
}

func ratings(t review.Tally) *Ratings {
	if t.Count() == 0 {
		return nil
	}
	return &Ratings{t.Mean(), t.Count(), t}
}

// Opinion is what somebody says of an Interlinker or a story.
type Opinion struct {
	ID        domain.ID   `json:"id"`
	IRI       domain.IRI  `json:"iri"`
	Author    *Actor      `json:"author,omitempty"`
	Rating    int         `json:"rating" minimum:"1" maximum:"5"`
	Title     string      `json:"title"`
	Text      string      `json:"text,omitempty" doc:"plain"`
	Language  domain.Lang `json:"language"`
	WrittenAt time.Time   `json:"writtenAt"`
	UpdatedAt time.Time   `json:"updatedAt"`
	Removed   bool        `json:"removed,omitempty" doc:"by those who moderate; told to its author alone"`
	Reason    string      `json:"reason,omitempty" doc:"why"`
	Reply     string      `json:"reply,omitempty" doc:"of those who keep it; plain"`
	RepliedAt *time.Time  `json:"repliedAt,omitempty"`
}

func (a *API) opinion(ctx context.Context, c *caller, r *review.Review) Opinion {
	return Opinion{
		ID: r.ID, IRI: r.IRI, Author: a.actorByID(ctx, c, r.Author), Rating: r.Rating, Title: r.Title, Text: r.Text, Language: r.Language, WrittenAt: r.WrittenAt,
		UpdatedAt: r.UpdatedAt, Removed: r.State == review.Removed, Reason: r.Reason, Reply: r.Reply.Text, RepliedAt: instant(r.Reply.At),
	}
}

// OpinionsInput lists what people say of a thing.
type OpinionsInput struct {
	SlugInput
	Paging
	Language domain.Lang `query:"language" maxLength:"35"`
	Rating   int         `query:"rating" minimum:"1" maximum:"5" required:"false" doc:"those with so many stars"`
}

// OpinionInput says something of a thing.
type OpinionInput struct {
	SlugInput
	Body struct {
		Rating   int         `json:"rating" minimum:"1" maximum:"5"`
		Title    string      `json:"title" maxLength:"480" doc:"plain, one line"`
		Text     string      `json:"text,omitempty" maxLength:"16000" doc:"plain"`
		Language domain.Lang `json:"language" maxLength:"35"`
	}
}

// OpinionReply answers what somebody says.
type OpinionReply struct {
	SlugInput
	ID   string `path:"id" maxLength:"36"`
	Body struct {
		Reply    string      `json:"reply" maxLength:"8000" doc:"plain; nothing takes it back"`
		Language domain.Lang `json:"language" maxLength:"35"`
	}
}

func (a *API) opinionOperations() {
	a.opinionsOf("Catalogue", "/interlinkers/{slug}/reviews", "an Interlinker", review.Interlinker, func(ctx context.Context, c *caller, slug string) (domain.IRI, error) {
		e, err := a.entryNamed(ctx, c, catalogue.KindInterlinker, slug)
		if err != nil {
			return "", err
		}
		return e.IRI, nil
	})
	a.opinionsOf("Stories", "/stories/{slug}/reviews", "a story", review.Story, func(ctx context.Context, c *caller, slug string) (domain.IRI, error) {
		s, err := a.storyNamed(ctx, c, slug)
		if err != nil {
			return "", err
		}
		return s.IRI, nil
	})
}

// opinionsOf are the operations on the reviews of one kind of thing.
func (a *API) opinionsOf(tag, path, what string, kind review.Kind, named func(ctx context.Context, c *caller, slug string) (domain.IRI, error)) {
	do(a, tag, operation{method: http.MethodGet, path: path, summary: "What people say of " + what + ", newest first", description: "Of one of another node, what people of this one say."},
		func(ctx context.Context, c *caller, in *OpinionsInput) (*List[Opinion], error) {
			about, err := named(ctx, c, in.Slug)
			if err != nil {
				return nil, err
			}
			list, err := a.Reviews.List(ctx, about, review.Filter{Language: in.Language, Rating: in.Rating}, in.page())
			if err != nil {
				return nil, err
			}
			return shown(ctx, a, c, list, func(r *review.Review) []domain.ActorID { return []domain.ActorID{r.Author} },
				func(r *review.Review) Opinion { return a.opinion(ctx, c, r) })
		})
	do(a, tag, operation{method: http.MethodGet, path: path + "/mine", own: true, summary: "What the caller says of " + what},
		func(ctx context.Context, c *caller, in *SlugInput) (*One[Opinion], error) {
			about, err := named(ctx, c, in.Slug)
			if err != nil {
				return nil, err
			}
			return oneFor(ctx, c, a.opinion)(a.Reviews.Mine(ctx, c.viewer, about))
		})
	do(a, tag, operation{method: http.MethodPut, path: path + "/mine", summary: "Review " + what, description: "A person has one review of it: again changes it. That of one of another node is sent there."},
		func(ctx context.Context, c *caller, in *OpinionInput) (*One[Opinion], error) {
			about, err := named(ctx, c, in.Slug)
			if err != nil {
				return nil, err
			}
			b := in.Body
			return oneFor(ctx, c, a.opinion)(a.Reviews.Write(ctx, c.viewer, kind, about, review.Input{Rating: b.Rating, Title: b.Title, Text: b.Text, Language: b.Language}))
		})
	do(a, tag, operation{method: http.MethodDelete, path: path + "/mine", summary: "Take back what the caller says of " + what},
		func(ctx context.Context, c *caller, in *SlugInput) (*None, error) {
			about, err := named(ctx, c, in.Slug)
			if err != nil {
				return nil, err
			}
			return nothing(a.Reviews.Withdraw(ctx, c.viewer, about))
		})
	do(a, tag, operation{method: http.MethodPut, path: path + "/{id}/reply", summary: "Answer a review of " + what, description: "For those who keep it. Its author is told."},
		func(ctx context.Context, c *caller, in *OpinionReply) (*One[Opinion], error) {
			about, err := named(ctx, c, in.Slug)
			if err != nil {
				return nil, err
			}
			return oneFor(ctx, c, a.opinion)(a.Reviews.Answer(ctx, c.viewer, about, domain.ID(in.ID), in.Body.Language, in.Body.Reply))
		})
}
