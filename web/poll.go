package web

import (
	"strconv"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/policy"
	"interlink/web/view"
)

// poll shows what a post asks; nil if it asks nothing.
func (p *Portal) poll(q *request, x *community.Post) *view.Poll {
	if x.Poll == nil {
		return nil
	}
	chosen, known := q.chosen[x.ID]
	if !known {
		some, err := p.Communities.Chosen(q.Context(), q.viewer, []domain.ID{x.ID})
		if err == nil {
			chosen = some[x.ID]
		}
	}
	out := &view.Poll{
		ID: string(x.ID), Multiple: x.Poll.Multiple, Voters: x.Poll.Voters, Ends: x.Poll.Ends, Over: x.Poll.Over(p.Now()), Host: x.Host, Return: q.URL.RequestURI(),
	}
	if out.Over && x.Poll.Closed.Unix() > 0 {
		out.Ends = x.Poll.Closed
	}
	for i, o := range x.Poll.Options {
		out.Options = append(out.Options, view.PollOption{Place: i, Name: view.Plain(x.Language, o.Name), Votes: o.Votes})
	}
	for _, i := range chosen {
		if i < len(out.Options) {
			out.Options[i].Chosen, out.Voted = true, true
		}
	}
	if !out.Voted && !out.Over && policy.Allow(q.viewer, policy.React, x) == nil {
		out.Vote = "/posts/" + string(x.ID) + "/votes"
	}
	return out
}

// chosenOf reads at once what the reader chose in the polls of a page.
func (p *Portal) chosenOf(q *request, posts []*community.Post) {
	var ids []domain.ID
	for _, x := range posts {
		if x.Poll != nil {
			ids = append(ids, x.ID)
		}
	}
	chosen, err := p.Communities.Chosen(q.Context(), q.viewer, ids)
	if err != nil {
		return // each is asked for then
	}
	q.chosen = map[domain.ID][]int{}
	for _, id := range ids {
		q.chosen[id] = chosen[id]
	}
}

// vote casts what the reader chooses, and leads back to where the poll was.
func (p *Portal) vote(q *request) error {
	id := domain.ID(q.PathValue("id"))
	var choices []int
	for _, typed := range q.typed["option"] {
		n, err := strconv.Atoi(typed)
		if err != nil {
			n = -1
		}
		choices = append(choices, n)
	}
	if err := p.Communities.Vote(q.Context(), q.viewer, id, choices); err != nil {
		return q.refused(err, func(f view.Form) (view.Page, error) {
			page, err := p.thread(q, view.Form{})
			if page.Poll != nil {
				page.Poll.Problems = f.Problems
			}
			return page, err
		})
	}
	q.leaveNotice(view.Say("notice.voted"))
	return q.redirect(local(q.typed.Get("return"), "/posts/"+string(id)) + "#post-" + string(id))
}
