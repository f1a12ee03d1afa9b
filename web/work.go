package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/network"
	"interlink/domain/policy"
	"interlink/web/view"
)

func (p *Portal) assignmentRoutes() []route {
	return []route{
		{http.MethodGet, "/me/assignments", p.myAssignments},
		{http.MethodPost, "/me/assignments/{id}/{answer:accept|decline|done}", p.answerAssignment},
		{http.MethodGet, "/me/assignments/{id}/claim", p.askClaimAbroad},
		{http.MethodPost, "/me/assignments/{id}/claim", p.claimAbroad},
		{http.MethodPost, "/me/assignments/{id}/recall", p.recallClaim},
		{http.MethodGet, "/processes/{name}/assignments", p.assignments},
		{http.MethodGet, "/processes/{name}/assignments/{id}", p.assignment},
		{http.MethodPost, "/processes/{name}/assignments/{id}/withdraw", p.withdrawAssignment},
		{http.MethodGet, "/processes/{name}/guide/{item}/assign", p.askAssignment},
		{http.MethodPost, "/processes/{name}/guide/{item}/assign", p.assign},
		{http.MethodPost, "/processes/{name}/guide/{item}/take", p.take},
	}
}

// assignmentRows shows assignments. Who may withdraw is known for those of
// the process at.
func (p *Portal) assignmentRows(q *request, at *coproduction.Place, list []*coproduction.Assignment) ([]view.Assignment, error) {
	var ids []domain.ActorID
	for _, a := range list {
		ids = append(ids, a.Assignee, a.Team, a.GivenBy)
	}
	actors, err := p.Network.Actors(q.Context(), q.viewer, ids)
	if err != nil {
		return nil, err
	}
	var rows []view.Assignment
	for _, a := range list {
		row := view.Assignment{
			Subject: a.Subject, Instructions: a.Instructions, Process: view.Link{Href: string(a.ProcessIRI), Text: a.ProcessTitle},
			Item: view.Link{Href: string(a.ItemIRI), Text: a.ItemName}, Resource: a.ResourceName, State: string(a.State), Reason: a.Reason,
			Due: a.Due, Late: !a.Over() && !a.Due.IsZero() && a.Due.Before(p.today()), At: a.CreatedAt, Origin: p.origin(a.Host, a.ProcessIRI),
			Team: p.known(q, actors, a.Team), By: p.known(q, actors, a.GivenBy),
		}
		switch {
		case a.Local():
			row.Process.Href, row.Item.Href = p.path(a.ProcessIRI), p.path(a.ItemIRI)
		case !strings.HasPrefix(string(a.ItemIRI), string(a.ProcessIRI)):
			row.Item.Href = p.asGuestThere(q, a.ItemIRI)
		}
		if who := p.known(q, actors, a.Assignee); who != nil {
			row.Assignee = *who
		}
		p.offerAnswers(q, at, a, &row)
		rows = append(rows, row)
	}
	return rows, nil
}

// asGuestThere leads to a page of another node that shows it to its people
// alone: the reader enters there with their account here.
func (p *Portal) asGuestThere(q *request, page domain.IRI) string {
	u, err := url.Parse(string(page))
	if err != nil || q.account == nil {
		return string(page)
	}
	handle := "@" + q.account.Username + "@" + p.Namespace.HandleHost()
	enter := url.URL{Scheme: u.Scheme, Host: u.Host, Path: "/guest", RawQuery: url.Values{"return": {u.EscapedPath()}, "handle": {handle}}.Encode()}
	return enter.String()
}

// known is one of the actors that were read; nil if it is not.
func (p *Portal) known(q *request, actors map[domain.ActorID]*network.Actor, id domain.ActorID) *view.Actor {
	a := actors[id]
	if a == nil {
		return nil
	}
	one := p.actorOf(q, a)
	return &one
}

// offerAnswers offers the assignee what they can say, and those who gave it or
// manage its task to withdraw it.
func (p *Portal) offerAnswers(q *request, at *coproduction.Place, a *coproduction.Assignment, row *view.Assignment) {
	if a.Assignee == q.viewer.Actor {
		mine := "/me/assignments/" + string(a.ID)
		for _, next := range a.Next() {
			switch next {
			case coproduction.AssignmentTaken:
				row.Accept = mine + "/accept"
			case coproduction.AssignmentRefused:
				row.Decline = q.fromHere(mine + "/decline")
			case coproduction.AssignmentFinished:
				row.Done = mine + "/done"
			}
		}
		if a.Local() && a.State == coproduction.AssignmentFinished {
			row.Claim = p.path(a.ItemIRI) + "/claim?assignment=" + string(a.ID)
		}
		if a.MayClaim() {
			row.Claim = mine + "/claim"
		}
		if c := a.Claim; c != nil {
			row.Said = &view.ClaimElsewhere{Title: c.Title, Content: c.Content, State: string(c.State), Level: c.Level.String(), Points: c.Points, Reason: c.Reason}
			if c.State == coproduction.Claimed {
				row.Said.Withdraw = mine + "/recall"
			}
		}
	}
	if at == nil || a.State == coproduction.AssignmentCancelled {
		return
	}
	there := coproduction.Place{Process: at.Process, Tree: at.Tree, Item: a.Item}
	if policy.Allow(q.viewer, policy.Administer, there) == nil || a.GivenBy == q.viewer.Actor && policy.Allow(q.viewer, policy.Contribute, there) == nil {
		row.Withdraw = p.path(a.ProcessIRI) + "/assignments/" + string(a.ID) + "/withdraw"
	}
}

func (p *Portal) myAssignments(q *request) error {
	page, err := p.myAssignmentsPage(q, view.Form{})
	if err != nil {
		return err
	}
	return q.show(page)
}

func (p *Portal) myAssignmentsPage(q *request, f view.Form) (view.Page, error) {
	all := q.URL.Query().Get("all") != ""
	list, err := p.Coproduction.MyAssignments(q.Context(), q.viewer, !all, q.cursor())
	if err != nil {
		return nil, err
	}
	page := view.MyAssignmentsPage{Frame: q.frame(), All: all, Form: f, Pager: q.pager(list.Next, list.Total, len(list.Items))}
	page.Items, err = p.assignmentRows(q, nil, list.Items)
	for i, row := range page.Items {
		if row.Decline == q.URL.RequestURI() {
			page.Items[i].Form = f
		}
	}
	return page, err
}

// fromHere is the address of a form of a list that leads back to the part of
// the list that it stands in, if it is refused.
func (q *request) fromHere(action string) string {
	if q.URL.RawQuery == "" {
		return action
	}
	return action + "?" + q.URL.RawQuery
}

// answerAssignment says what the reader makes of what they were asked.
func (p *Portal) answerAssignment(q *request) error {
	to := map[string]coproduction.AssignmentState{
		"accept": coproduction.AssignmentTaken, "decline": coproduction.AssignmentRefused, "done": coproduction.AssignmentFinished,
	}[q.PathValue("answer")]
	if _, err := p.Coproduction.AnswerAssignment(q.Context(), q.viewer, domain.ID(q.PathValue("id")), to, q.typed.Get("reason")); err != nil {
		return q.refused(err, func(f view.Form) (view.Page, error) { return p.myAssignmentsPage(q, f) })
	}
	back := "/me/assignments"
	if to == coproduction.AssignmentFinished {
		back += "?all=yes" // where they say what they did
	}
	return q.done(back, view.Say("notice.assignment.answered_"+q.PathValue("answer")))
}

// askClaimAbroad asks what the reader did for a process of another node.
func (p *Portal) askClaimAbroad(q *request) error {
	page, err := p.claimAbroadPage(q, view.Form{})
	if err != nil {
		return err
	}
	return q.show(page)
}

func (p *Portal) claimAbroadPage(q *request, f view.Form) (view.Page, error) {
	a, _, err := p.Coproduction.Assignment(q.Context(), q.viewer, domain.ID(q.PathValue("id")))
	if err == nil && (a.Local() || a.Assignee != q.viewer.Actor) {
		err = domain.Fail(domain.NotFound, "error.not_found")
	}
	if err != nil {
		return nil, err
	}
	return view.FormPage{
		Frame: q.frame(), Crumbs: []view.Link{{Href: "/me/assignments", Text: view.Plain(domain.Undetermined, a.Subject)}}, Title: view.Say("contribution.claim"),
		Lead: view.Say("contribution.claim_abroad_lead", a.ProcessTitle), Action: q.URL.Path, Form: f, Submit: view.Say("contribution.claim"), Cancel: "/me/assignments",
		Fields: claimFields(a.Subject),
	}, nil
}

func (p *Portal) claimAbroad(q *request) error {
	in := coproduction.ClaimInput{Title: q.typed.Get("title"), Content: q.typed.Get("content"), Kind: coproduction.ContributionKind(q.typed.Get("kind"))}
	if _, err := p.Coproduction.ClaimAbroad(q.Context(), q.viewer, domain.ID(q.PathValue("id")), in); err != nil {
		return q.refused(err, func(f view.Form) (view.Page, error) { return p.claimAbroadPage(q, f) })
	}
	return q.done("/me/assignments?all=yes", view.Say("notice.contribution.claimed"))
}

func (p *Portal) recallClaim(q *request) error {
	if _, err := p.Coproduction.RecallClaim(q.Context(), q.viewer, domain.ID(q.PathValue("id"))); err != nil {
		return q.refused(err, func(f view.Form) (view.Page, error) { return p.myAssignmentsPage(q, f) })
	}
	return q.done("/me/assignments?all=yes", view.Say("notice.contribution.done_withdraw"))
}

// workAt reads the process of the path, and the item that is asked for, with
// what all pages of who does what share. tab is "assignments" or
// "contributions".
func (p *Portal) workAt(q *request, item domain.ID, tab string) (at coproduction.Place, head view.ProcessHead, of *view.Link, others string, err error) {
	x, t, head, err := p.headed(q, "work")
	if err != nil {
		return at, head, nil, "", err
	}
	at = coproduction.Place{Process: x, Tree: t, Item: item}
	others = head.Href + "/" + map[string]string{"assignments": "contributions", "contributions": "assignments"}[tab]
	if item != "" {
		it, err := t.Item(item)
		if err != nil {
			return at, head, nil, "", err
		}
		of, others = &view.Link{Href: p.path(x.ItemIRI(item)), Text: it.Name}, others+"?item="+string(item)
	}
	return at, head, of, others, nil
}

func (p *Portal) assignments(q *request) error {
	item := domain.ID(q.URL.Query().Get("item"))
	at, head, of, others, err := p.workAt(q, item, "assignments")
	if err != nil {
		return err
	}
	list, err := p.Coproduction.Assignments(q.Context(), q.viewer, at.Name, item, q.cursor())
	if err != nil {
		return err
	}
	page := view.AssignmentsPage{Frame: q.frame(), ProcessHead: head, Item: of, Others: others, Pager: q.pager(list.Next, list.Total, len(list.Items))}
	if of != nil && policy.Allow(q.viewer, policy.Administer, at) == nil {
		page.Assign = of.Href + "/assign"
	}
	if page.Items, err = p.assignmentRows(q, &at, list.Items); err != nil {
		return err
	}
	return q.show(page)
}

func (p *Portal) assignment(q *request) error {
	a, _, err := p.Coproduction.Assignment(q.Context(), q.viewer, domain.ID(q.PathValue("id")))
	if err != nil {
		return err
	}
	at, head, of, others, err := p.workAt(q, a.Item, "assignments")
	if err != nil {
		return err
	}
	if a.Process != at.ID {
		return domain.Fail(domain.NotFound, "error.not_found")
	}
	page := view.AssignmentsPage{Frame: q.frame(), ProcessHead: head, Item: of, Others: others, One: true}
	if page.Items, err = p.assignmentRows(q, &at, []*coproduction.Assignment{a}); err != nil {
		return err
	}
	return q.show(page)
}

func (p *Portal) withdrawAssignment(q *request) error {
	a, err := p.Coproduction.WithdrawAssignment(q.Context(), q.viewer, domain.ID(q.PathValue("id")))
	if err != nil {
		return err
	}
	return q.done(p.path(a.ProcessIRI)+"/assignments?item="+string(a.Item), view.Say("notice.assignment.withdrawn"))
}

func (p *Portal) askAssignment(q *request) error {
	page, err := p.assignPage(q, view.Form{})
	if err != nil {
		return err
	}
	return q.show(page)
}

// offeredPeople is how many people the form names who may be asked; others are
// asked by their handle.
const offeredPeople = 60

func (p *Portal) assignPage(q *request, f view.Form) (view.Page, error) {
	item := domain.ID(q.PathValue("item"))
	at, _, of, _, err := p.workAt(q, item, "assignments")
	if err != nil {
		return nil, err
	}
	if err := policy.Allow(q.viewer, policy.Administer, at); err != nil {
		return nil, err
	}
	people, teams, err := p.workers(q, at)
	if err != nil {
		return nil, err
	}
	resources, err := p.resourceOptions(q, at)
	if err != nil {
		return nil, err
	}
	fields := []view.Field{
		{Name: "subject", Label: view.Say("assignment.subject"), Value: textIn(q, of.Text), Max: 200},
		{Name: "instructions", Control: view.TextArea, Label: view.Say("assignment.instructions"), Optional: true, Max: 10_000},
	}
	if len(people) > 0 {
		fields = append(fields, view.Field{Name: "people", Control: view.Checks, Label: view.Say("assignment.people"), Hint: view.Say("assignment.people_hint"), Options: people, Optional: true})
	}
	fields = append(fields, view.Field{Name: "handle", Label: view.Say("ui.handle"), Hint: view.Say("assignment.handle_hint"), Optional: true, Max: 2000})
	if len(teams) > 1 {
		fields = append(fields, view.Field{Name: "team", Control: view.Select, Label: view.Say("thing.team"), Hint: view.Say("assignment.team_hint"), Options: teams, Optional: true})
	}
	if len(resources) > 1 {
		fields = append(fields, view.Field{Name: "resource", Control: view.Select, Label: view.Say("assignment.resource"), Options: resources, Optional: true})
	}
	fields = append(fields, view.Field{Name: "due", Control: "date", Label: view.Say("assignment.due_by"), Optional: true})
	return view.FormPage{
		Frame: q.frame(), Crumbs: []view.Link{{Href: p.path(at.IRI), Text: at.Title}, *of}, Title: view.Say("assignment.give"), Lead: view.Say("assignment.give_lead"),
		Action: of.Href + "/assign", Form: f, Submit: view.Say("assignment.give"), Cancel: of.Href, Fields: fields,
	}, nil
}

// textIn is a text in the reader's language.
func textIn(q *request, t domain.Text) string {
	s, _ := t.In(q.lang)
	return s
}

// workers offers the people and teams who may work at a place.
func (p *Portal) workers(q *request, at coproduction.Place) (people, teams []view.Option, err error) {
	actors, err := p.Network.Actors(q.Context(), q.viewer, at.Workers())
	if err != nil {
		return nil, nil, err
	}
	teams = []view.Option{{Value: "", Key: "assignment.no_team", Selected: true}}
	for _, id := range at.Workers() {
		a := actors[id]
		if a == nil {
			continue
		}
		one := p.actorOf(q, a)
		o := view.Option{Value: string(id), Text: view.Plain(domain.Undetermined, one.Called()+" ("+one.Handle+")")}
		if one.Kind == network.SubjectTeam {
			teams = append(teams, o)
		} else if len(people) < offeredPeople {
			people = append(people, o)
		}
	}
	return people, teams, nil
}

// resourceOptions offers the resources of a task.
func (p *Portal) resourceOptions(q *request, at coproduction.Place) ([]view.Option, error) {
	options := []view.Option{{Value: "", Key: "assignment.no_resource", Selected: true}}
	list, err := p.Coproduction.Resources(q.Context(), q.viewer, at.Name, coproduction.ResourceFilter{Item: at.Item}, domain.Page{Limit: domain.MaxPage})
	for _, r := range list.Items {
		options = append(options, view.Option{Value: string(r.ID), Text: view.Plain(r.Language, r.Name)})
	}
	return options, err
}

func (p *Portal) assign(q *request) error {
	name, item := q.PathValue("name"), domain.ID(q.PathValue("item"))
	again := func(f view.Form) (view.Page, error) { return p.assignPage(q, f) }
	if _, err := again(view.Form{}); err != nil {
		return err // before another server is asked
	}
	in := coproduction.AssignInput{
		Team: domain.ActorID(q.typed.Get("team")), Resource: domain.ID(q.typed.Get("resource")), Subject: q.typed.Get("subject"), Instructions: q.typed.Get("instructions"),
		Due: q.dayTyped("due"),
	}
	for _, id := range q.typed["people"] {
		in.People = append(in.People, domain.ActorID(id))
	}
	err := p.furtherAssignee(q, &in)
	if err == nil {
		_, err = p.Coproduction.Assign(q.Context(), q.viewer, name, item, in)
	}
	if err != nil {
		return q.refused(domain.Renamed(err, map[string]string{"people": "handle"}), again)
	}
	return q.done("/processes/"+url.PathEscape(name)+"/assignments?item="+url.QueryEscape(string(item)), view.Say("notice.assignment.given"))
}

// furtherAssignee adds who is named by handle. If there is nobody of that name,
// it tells what else is wrong too.
func (p *Portal) furtherAssignee(q *request, in *coproduction.AssignInput) error {
	if strings.TrimSpace(q.typed.Get("handle")) == "" {
		return nil
	}
	who, err := p.personTyped(q)
	in.People = append(in.People, who)
	fields := domain.FieldsOf(err)
	if len(fields) == 0 {
		return err
	}
	all := domain.FieldsOf(in.Check())
	at := slices.IndexFunc(all, func(e *domain.Error) bool { return e.Field == "due" })
	if at < 0 {
		at = len(all)
	}
	return slices.Insert(all, at, fields...).Err()
}

// dayTyped reads a day of a form, at midnight UTC; zero for none, Unreadable
// for what is no day.
func (q *request) dayTyped(field string) time.Time { return domain.ParseDay(q.typed.Get(field)) }

// take makes the task of the path the reader's own.
func (p *Portal) take(q *request) error {
	name, item := q.PathValue("name"), domain.ID(q.PathValue("item"))
	_, t, err := p.Coproduction.Guide(q.Context(), q.viewer, name, item)
	if err != nil {
		return err
	}
	it, err := t.Item(item)
	if err != nil {
		return err
	}
	given, err := p.Coproduction.Assign(q.Context(), q.viewer, name, item, coproduction.AssignInput{People: []domain.ActorID{q.viewer.Actor}, Subject: textIn(q, it.Name)})
	if err == nil {
		_, err = p.Coproduction.AnswerAssignment(q.Context(), q.viewer, given[0].ID, coproduction.AssignmentTaken, "")
	}
	if err != nil {
		return q.refused(err, func(f view.Form) (view.Page, error) { return p.guidePage(q, f) })
	}
	return q.done(q.itemPath(), view.Say("notice.assignment.taken"))
}
