package api

import (
	"context"
	"net/http"
	"time"

	"interlink/domain"
	"interlink/domain/community"
)

// Poll is what a post asks its readers to choose from.
type Poll struct {
	Options  []PollOption `json:"options"`
	Multiple bool         `json:"multiple" doc:"several options may be chosen"`
	Voters   int          `json:"voters" doc:"people, each once"`
	Ends     *time.Time   `json:"ends,omitempty"`
	Over     bool         `json:"over" doc:"it takes no votes any more"`
}

// PollOption is one option of a poll.
type PollOption struct {
	Name  string `json:"name"`
	Votes int    `json:"votes"`
}

// NewPoll is a poll to be asked.
type NewPoll struct {
	Options  []string  `json:"options" minItems:"2" maxItems:"10" doc:"each another one, of at most 100 letters"`
	Multiple bool      `json:"multiple,omitempty" doc:"several may be chosen"`
	Ends     time.Time `json:"ends" doc:"five minutes to 180 days ahead"`
}

// VoteInput is what somebody chooses.
type VoteInput struct {
	PostID
	Body struct {
		Options []int `json:"options" minItems:"1" maxItems:"50" doc:"places of the options, from 0"`
	}
}

// Choices is what the caller chose in a poll.
type Choices struct {
	Options []int `json:"options" doc:"places of the options, from 0; none if they did not vote"`
}

func poll(of *community.Poll, now time.Time) *Poll {
	if of == nil {
		return nil
	}
	p := &Poll{Multiple: of.Multiple, Voters: of.Voters, Ends: instant(of.Ends), Over: of.Over(now)}
	for _, o := range of.Options {
		p.Options = append(p.Options, PollOption(o))
	}
	return p
}

func (n *NewPoll) draft() *community.PollDraft {
	if n == nil {
		return nil
	}
	return &community.PollDraft{Options: n.Options, Multiple: n.Multiple, Ends: n.Ends}
}

func (a *API) pollOperations() {
	const tag = "Communities"
	a.tagOperations()
	do(a, tag, operation{
		method: http.MethodPost, path: "/posts/{id}/votes", summary: "Vote in a poll",
		description: "Once, until its end. A vote in a poll of another node is sent to that, which counts it. Who chose what is shown to nobody else.",
	}, func(ctx context.Context, c *caller, in *VoteInput) (*One[Post], error) {
		id := domain.ID(in.ID)
		if err := a.Communities.Vote(ctx, c.viewer, id, in.Body.Options); err != nil {
			return nil, err
		}
		return oneFor(ctx, c, a.post)(a.Communities.PostByID(ctx, c.viewer, id))
	})
	do(a, tag, operation{method: http.MethodGet, path: "/posts/{id}/votes", summary: "What the caller chose in a poll"},
		func(ctx context.Context, c *caller, in *PostID) (*One[Choices], error) {
			p, err := a.Communities.PostByID(ctx, c.viewer, domain.ID(in.ID))
			if err != nil {
				return nil, err
			}
			chosen, err := a.Communities.Chosen(ctx, c.viewer, []domain.ID{p.ID})
			return one(Choices{Options: append([]int{}, chosen[p.ID]...)}), err
		})
}
