package web

import (
	"net/http"

	"interlink/domain"
	"interlink/domain/participation"
	"interlink/web/view"
)

func (p *Portal) applicationRoutes() []route {
	return []route{
		{http.MethodPost, "/role-calls/{id}/apply", p.apply},
		{http.MethodPost, "/role-calls/{id}/withdraw", p.withdrawApplication},
		{http.MethodPost, "/role-calls/{id}/appeal", p.appeal},
		{http.MethodGet, "/role-calls/{id}/applications", p.reviews},
		{http.MethodGet, "/role-calls/{id}/applications/{application}", p.review},
		{http.MethodPost, "/role-calls/{id}/applications/{application}", p.decide},
		{http.MethodGet, "/me/applications", p.applications},
	}
}

// ownApplication shows the reader's application for a call; nil if they have
// none.
func (p *Portal) ownApplication(q *request, c *participation.Call) (*view.Application, error) {
	if q.viewer.Actor == domain.Nobody {
		return nil, nil
	}
	a, err := p.Participation.Own(q.Context(), q.viewer, c.ID)
	if domain.CodeOf(err) == domain.NotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	x, href := p.applicationOf(q, c, a), "/role-calls/"+string(c.ID)
	for _, s := range a.Next() {
		switch s {
		case participation.Withdrawn:
			x.Withdraw = href + "/withdraw"
		case participation.Appealed:
			x.Appeal = href + "/appeal"
		}
	}
	return &x, nil
}

// applicationOf shows an application to who may see all of it.
func (p *Portal) applicationOf(q *request, c *participation.Call, a *participation.Application) view.Application {
	x := view.Application{
		Call: view.Link{Href: "/role-calls/" + string(c.ID), Text: c.Title}, Applicant: p.actor(q, a.Applicant), State: string(a.State),
		Ground: string(a.Ground), Statement: a.Statement, Sent: a.CreatedAt, Changed: a.UpdatedAt, Until: a.Keeps(p.KeepsApplications), Elsewhere: c.Host, Again: c.Again(a),
	}
	for _, s := range a.History {
		x.Steps = append(x.Steps, view.ApplicationStep{State: string(s.State), At: s.At, By: p.actorRef(q, s.By), Reason: s.Reason})
	}
	return x
}

// onCall does something with the reader's application, and shows the call again
// if it is refused.
func (p *Portal) onCall(q *request, which, notice string, do func(domain.ID) error) error {
	id := domain.ID(q.PathValue("id"))
	if err := q.takesPart(); err != nil {
		return err
	}
	c, err := p.Participation.Call(q.Context(), q.viewer, id)
	if err != nil {
		return err
	}
	if err := do(id); err != nil {
		return q.refused(err, func(f view.Form) (view.Page, error) { return p.roleCallPage(q, c, which, f) })
	}
	return q.done("/role-calls/"+string(id), view.Say(notice))
}

func (p *Portal) apply(q *request) error {
	return p.onCall(q, "apply", "notice.applied", func(id domain.ID) error {
		_, err := p.Participation.Apply(q.Context(), q.viewer, id, q.typed.Get("statement"))
		return err
	})
}

func (p *Portal) withdrawApplication(q *request) error {
	return p.onCall(q, "", "notice.application_withdrawn", func(id domain.ID) error {
		_, err := p.Participation.Withdraw(q.Context(), q.viewer, id)
		return err
	})
}

func (p *Portal) appeal(q *request) error {
	return p.onCall(q, "appeal", "notice.appealed", func(id domain.ID) error {
		_, err := p.Participation.Appeal(q.Context(), q.viewer, id, q.typed.Get("reason"))
		return err
	})
}

// applications lists the reader's own, and the calls on which they decide.
func (p *Portal) applications(q *request) error {
	list, err := p.Participation.Mine(q.Context(), q.viewer, q.cursor())
	if err != nil {
		return err
	}
	page := view.ApplicationsPage{Frame: q.frame(), Pager: q.pager(list.Next, list.Total, len(list.Items))}
	ids := make([]domain.ID, len(list.Items))
	for i, a := range list.Items {
		ids[i] = a.Call
	}
	called, err := p.Participation.CallsByID(q.Context(), q.viewer, ids)
	if err != nil {
		return err
	}
	if err := q.meet(concerned(list.Items)); err != nil {
		return err
	}
	for _, a := range list.Items {
		if c := called[a.Call]; c != nil { // else of a host that is blocked now
			page.Items = append(page.Items, p.applicationOf(q, c, a))
		}
	}
	calls, err := p.Participation.Calls(q.Context(), q.viewer, participation.CallFilter{Reviewer: q.viewer.Actor}, domain.Page{Limit: listPage})
	if err != nil {
		return err
	}
	page.Reviews = p.roleCallCards(q, calls.Items)
	for i, c := range calls.Items {
		page.Reviews[i].Href += "/applications"
		waiting := c.Tally.Count(participation.Submitted) + c.Tally.Count(participation.Shortlisted) + c.Tally.Count(participation.Appealed)
		page.Reviews[i].Facts = append(page.Reviews[i].Facts, view.Say("application.waiting_n", waiting))
	}
	return q.show(page)
}

// concerned are those whom applications show.
func concerned(applications []*participation.Application) []domain.ActorID {
	var ids []domain.ActorID
	for _, a := range applications {
		ids = append(ids, a.Applicant)
		for _, s := range a.History {
			if s.By != domain.Nobody {
				ids = append(ids, s.By)
			}
		}
	}
	return ids
}

// reviews lists the applications to a call.
func (p *Portal) reviews(q *request) error {
	c, err := p.Participation.Call(q.Context(), q.viewer, domain.ID(q.PathValue("id")))
	if err != nil {
		return err
	}
	state := participation.State(q.URL.Query().Get("state"))
	list, err := p.Participation.Applications(q.Context(), q.viewer, c.ID, state, q.cursor())
	if err != nil {
		return err
	}
	href := "/role-calls/" + string(c.ID)
	page := view.ReviewsPage{
		Frame: q.frame(), Call: view.Link{Href: href, Text: c.Title}, Pager: q.pager(list.Next, list.Total, len(list.Items)),
		Facts:  []view.Sentence{view.Say("call_state." + p.callState(c))},
		States: []view.Tab{{Href: href + "/applications", Key: "ui.all", N: -1, Shown: state == ""}},
	}
	if c.Seats > 0 {
		page.Facts = append(page.Facts, view.Say("role_call.seats_taken", c.Taken(), c.Seats))
	}
	for _, s := range participation.States {
		if n := c.Tally.Count(s); n > 0 || s == state {
			page.States = append(page.States, view.Tab{Href: href + "/applications?state=" + string(s), Key: "application_state." + string(s), N: n, Shown: s == state})
		}
	}
	if err := q.meet(concerned(list.Items)); err != nil {
		return err
	}
	for _, a := range list.Items {
		x := p.applicationOf(q, c, a)
		x.Href = href + "/applications/" + string(a.ID)
		page.Items = append(page.Items, x)
	}
	return q.show(page)
}

func (p *Portal) review(q *request) error {
	page, err := p.reviewPage(q, view.Form{})
	if err != nil {
		return err
	}
	return q.show(page)
}

func (p *Portal) reviewPage(q *request, f view.Form) (view.ReviewPage, error) {
	c, a, err := p.Participation.Application(q.Context(), q.viewer, domain.ID(q.PathValue("id")), domain.ID(q.PathValue("application")))
	if err != nil {
		return view.ReviewPage{}, err
	}
	queue := "/role-calls/" + string(c.ID) + "/applications"
	page := view.ReviewPage{
		Frame: q.frame(), Application: p.applicationOf(q, c, a), Queue: queue, Action: queue + "/" + string(a.ID), Form: f,
		Revision: revisionOf(a.Revision), Second: a.State == participation.Appealed,
	}
	switch {
	case a.Applicant == q.viewer.Actor:
		page.Barred = view.Say("application.own")
		return page, nil
	case page.Second && a.Decider() == q.viewer.Actor:
		page.Barred = view.Say("application.second_reviewer")
		return page, nil
	}
	for _, s := range a.Next() {
		if s == participation.Withdrawn || s == participation.Appealed || s == participation.Submitted {
			continue
		}
		o := view.Option{Value: string(s), Key: "decision." + string(s)}
		if s == participation.Accepted && c.Standing() {
			o.Key = "decision.accepted_process"
		}
		page.States = append(page.States, o)
	}
	page.Grounds = []view.Option{{Value: "", Key: "application.no_ground"}}
	for _, g := range participation.Grounds {
		page.Grounds = append(page.Grounds, view.Option{Value: string(g), Key: "ground." + string(g)})
	}
	return page, nil
}

func (p *Portal) decide(q *request) error {
	call, id := domain.ID(q.PathValue("id")), domain.ID(q.PathValue("application"))
	_, err := p.Participation.Decide(q.Context(), q.viewer, call, id, participation.Decision{
		State: participation.State(q.typed.Get("state")), Reason: q.typed.Get("reason"), Ground: participation.Ground(q.typed.Get("ground")), Revision: q.revision(),
	})
	if err != nil {
		return q.refused(err, func(f view.Form) (view.Page, error) { return p.reviewPage(q, f) })
	}
	return q.done("/role-calls/"+string(call)+"/applications", view.Say("notice.decided"))
}
