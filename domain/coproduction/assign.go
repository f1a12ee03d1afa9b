package coproduction

import (
	"context"
	"slices"

	"interlink/domain"
	"interlink/domain/organization"
	"interlink/domain/policy"
)

// Assign asks people, and the members of a team, to do something in a task.
// All must be able to work there; members of the team who are not are left
// out, and so are the viewer, unless they name themselves, and whoever was
// asked the same and has not finished. Those who
// manage the task may, and whoever works there may take it on themselves.
// Errors: NotFound, Forbidden, Invalid, Conflict if all were asked before.
func (s *Service) Assign(ctx context.Context, v policy.Viewer, name string, task domain.ID, in AssignInput) ([]Assignment, error) {
	team, err := s.assignedTeam(ctx, v, in.Team)
	if err != nil {
		return nil, err
	}
	verb := policy.Administer
	if in.Team == domain.Nobody && len(in.People) == 1 && in.People[0] == v.Actor {
		verb = policy.Contribute
	}
	var given []Assignment
	_, err = s.changeAt(ctx, v, verb, name, task, func(p *Process, t *Tree) (edit, error) {
		it, err := t.task(task)
		if err != nil {
			return edit{}, err
		}
		if err := in.Check(); err != nil {
			return edit{}, err
		}
		like := Assignment{
			Process: p.ID, ProcessIRI: p.IRI, ProcessTitle: p.Title, Item: task, ItemIRI: p.ItemIRI(task), ItemName: it.Name, Team: domain.Nobody,
			Resource: in.Resource, Subject: in.Subject, Instructions: in.Instructions, Due: in.Due, State: AssignmentOpen, GivenBy: v.Actor,
		}
		if like.ResourceName, err = s.assignedResource(ctx, p, task, in.Resource); err != nil {
			return edit{}, err
		}
		before, err := s.store.Unfinished(ctx, p.ID, task)
		if err != nil {
			return edit{}, err
		}
		people, err := assignees(Place{p, t, task}, in, team, v.Actor)
		if err != nil {
			return edit{}, err
		}
		given = s.assign(like, people, before)
		if len(given) == 0 {
			return edit{}, domain.Fail(domain.Conflict, "assignment.already")
		}
		if err := s.unnamed(ctx, p, given); err != nil {
			return edit{}, err
		}
		events := make([]domain.Event, len(given))
		for i := range given {
			events[i] = s.assigned(AssignmentMade, v.Actor, &given[i], "")
			given[i].Offer = s.ns.IRI("activities", string(events[i].ID))
		}
		e := tellAbroad(events...)
		e.Assignments = given
		return e, nil
	})
	return given, err
}

func (s *Service) assignedTeam(ctx context.Context, v policy.Viewer, id domain.ActorID) (*organization.Team, error) {
	if id == domain.Nobody {
		return nil, nil
	}
	team, err := s.groups.Team(ctx, id)
	if err != nil {
		return nil, err
	}
	return team, policy.Allow(v, policy.Read, team)
}

func (s *Service) assignedResource(ctx context.Context, p *Process, task, id domain.ID) (name string, err error) {
	if id == "" {
		return "", nil
	}
	r, err := s.store.Resource(ctx, id)
	if err != nil {
		return "", err
	}
	if r.Process != p.ID || r.Item != task || !r.RemovedAt.IsZero() {
		return "", domain.InvalidField("resource", "assignment.resource_elsewhere")
	}
	return r.Name, nil
}

// assignee is somebody who is asked, and the team by which; Nobody if they
// were named.
type assignee struct{ person, team domain.ActorID }

// assignees lists whom somebody asks, each once.
func assignees(at Place, in AssignInput, team *organization.Team, by domain.ActorID) ([]assignee, error) {
	var all []assignee
	known := map[domain.ActorID]bool{}
	for _, person := range in.People {
		if !at.Rights(person).Has(MayCreate) {
			return nil, domain.InvalidField("people", "assignment.may_not_work")
		}
		if !known[person] {
			all = append(all, assignee{person, domain.Nobody})
		}
		known[person] = true
	}
	if team == nil {
		return all, nil
	}
	found := false
	for _, m := range team.Members {
		if m.Actor != by && at.Rights(m.Actor).Has(MayCreate) {
			found = true
			if !known[m.Actor] {
				all = append(all, assignee{m.Actor, team.ID})
			}
			known[m.Actor] = true
		}
	}
	if !found {
		return nil, domain.InvalidField("team", "assignment.team_may_not_work")
	}
	if len(all) > maxAssignees {
		return nil, domain.InvalidField("team", "assignment.too_many", maxAssignees)
	}
	return all, nil
}

// unnamed gives the assignments of people of other nodes an address that does
// not stand below the process's, if that is not public: the node asks them in
// its place, so that nobody there can look the process up, and nobody but they,
// who have rights in it, is told of it.
func (s *Service) unnamed(ctx context.Context, p *Process, given []Assignment) error {
	if p.Visibility == domain.VisiblePublic {
		return nil
	}
	ids := make([]domain.ActorID, len(given))
	for i := range given {
		ids[i] = given[i].Assignee
	}
	local, err := s.groups.Persons(ctx, ids)
	if err != nil {
		return err
	}
	for i := range given {
		if a := &given[i]; !local[a.Assignee] {
			a.IRI = s.ns.IRI("assignments", string(a.ID))
		}
	}
	return nil
}

// assign makes an assignment like one for each who has none such that goes on.
func (s *Service) assign(like Assignment, people []assignee, before []Assignment) []Assignment {
	var given []Assignment
	now := s.mint.Now()
	for _, who := range people {
		if slices.ContainsFunc(before, func(a Assignment) bool {
			return a.Assignee == who.person && a.Resource == like.Resource && a.Subject == like.Subject
		}) {
			continue
		}
		a := like
		a.ID, a.Serial, a.CreatedAt, a.UpdatedAt = s.mint.ID(), s.mint.Serial(), now, now
		a.IRI, a.Assignee, a.Team = a.ProcessIRI+"/assignments/"+domain.IRI(a.ID), who.person, who.team
		given = append(given, a)
	}
	return given
}

// AnswerAssignment accepts, declines or finishes what the viewer was asked to
// do, or takes it up again. Errors: NotFound for who is not the assignee,
// Conflict where that cannot be said any more, Invalid.
func (s *Service) AnswerAssignment(ctx context.Context, v policy.Viewer, id domain.ID, to AssignmentState, reason string) (*Assignment, error) {
	a, err := s.store.Assignment(ctx, id)
	if err != nil {
		return nil, err
	}
	if err := policy.Allow(v, policy.Contribute, a); err != nil {
		return nil, err
	}
	if a.Assignee != v.Actor {
		return nil, domain.Fail(domain.Forbidden, "error.forbidden") // nobody answers for another
	}
	return a, s.answerAssignment(ctx, a, to, reason)
}

var assignmentEvents = map[AssignmentState]domain.EventKind{
	AssignmentTaken: AssignmentAccepted, AssignmentRefused: AssignmentDeclined, AssignmentFinished: AssignmentDone, AssignmentCancelled: AssignmentWithdrawn,
}

func (s *Service) answerAssignment(ctx context.Context, a *Assignment, to AssignmentState, reason string) error {
	from := a.State
	if err := a.step(to, reason, s.mint.Now()); err != nil {
		return err
	}
	return s.store.SaveAssignment(ctx, a, domain.Change{Events: []domain.Event{s.assigned(assignmentEvents[to], a.Assignee, a, from)}})
}

// WithdrawAssignment takes an assignment back. Whoever gave it and those who
// manage its task may. Again changes nothing. Errors: NotFound, Forbidden.
func (s *Service) WithdrawAssignment(ctx context.Context, v policy.Viewer, id domain.ID) (*Assignment, error) {
	a, place, err := s.assignment(ctx, id)
	if err != nil {
		return nil, err
	}
	if err := seesAssignment(v, a, place); err != nil {
		return nil, err
	}
	if place == nil {
		return nil, domain.Fail(domain.Forbidden, "error.forbidden")
	}
	verb := policy.Administer
	if a.GivenBy == v.Actor {
		verb = policy.Contribute
	}
	if err := policy.Allow(v, verb, *place); err != nil || a.State == AssignmentCancelled {
		return a, err
	}
	from := a.State
	a.State, a.UpdatedAt = AssignmentCancelled, s.mint.Now()
	e := tellAbroad(s.assigned(AssignmentWithdrawn, v.Actor, a, from))
	return a, s.store.SaveAssignment(ctx, a, domain.Change{Events: e.events, Jobs: e.jobs})
}

// assignment reads one with its place; nil for a copy.
func (s *Service) assignment(ctx context.Context, id domain.ID) (*Assignment, *Place, error) {
	a, err := s.store.Assignment(ctx, id)
	if err != nil || !a.Local() {
		return a, nil, err
	}
	p, err := s.store.Process(ctx, a.Process)
	if err != nil {
		return nil, nil, err
	}
	t, err := s.tree(ctx, p)
	return a, &Place{p, t, a.Item}, err
}

// seesAssignment: the assignee does, and who sees what is inside its task.
func seesAssignment(v policy.Viewer, a *Assignment, at *Place) error {
	if at != nil && at.Inside(v) {
		return nil
	}
	return policy.Allow(v, policy.Read, a)
}

// Assignment reads one, for the assignee and those who take part in its task;
// manages tells whether the viewer may withdraw it. Errors: NotFound.
func (s *Service) Assignment(ctx context.Context, v policy.Viewer, id domain.ID) (a *Assignment, manages bool, err error) {
	a, at, err := s.assignment(ctx, id)
	if err != nil {
		return nil, false, err
	}
	if err := seesAssignment(v, a, at); err != nil {
		return nil, false, err
	}
	if at != nil {
		manages = policy.Allow(v, policy.Administer, *at) == nil || a.GivenBy == v.Actor && policy.Allow(v, policy.Contribute, *at) == nil
	}
	return a, manages, nil
}

// Assignments lists those of a process, or of one task, newest first, for
// those who take part there. Errors: NotFound.
func (s *Service) Assignments(ctx context.Context, v policy.Viewer, name string, item domain.ID, page domain.Page) (domain.List[*Assignment], error) {
	f, err := s.workOf(ctx, v, name, item)
	if err != nil {
		return domain.List[*Assignment]{}, err
	}
	return s.store.Assignments(ctx, AssignmentFilter{WorkFilter: f}, page)
}

// MyAssignments lists what the viewer was asked to do, in all processes, newest
// first; unfinished leaves out what is over. Errors: Unauthenticated.
func (s *Service) MyAssignments(ctx context.Context, v policy.Viewer, unfinished bool, page domain.Page) (domain.List[*Assignment], error) {
	if v.Actor == domain.Nobody {
		return domain.List[*Assignment]{}, domain.Fail(domain.Unauthenticated, "error.sign_in")
	}
	return s.store.Assignments(ctx, AssignmentFilter{WorkFilter: WorkFilter{Person: v.Actor}, Unfinished: unfinished}, page)
}

// workOf narrows a list of what people do in a process to what the viewer
// takes part in. Errors: NotFound if that is nothing.
func (s *Service) workOf(ctx context.Context, v policy.Viewer, name string, item domain.ID) (WorkFilter, error) {
	f := WorkFilter{Item: item}
	p, err := s.process(ctx, v, policy.Read, name)
	if err != nil {
		return f, err
	}
	f.Process = p.ID
	if inside(v, p) {
		return f, nil
	}
	t, err := s.outline(ctx, p)
	if err != nil {
		return f, err
	}
	f.Confined, f.Inside = true, p.insideOf(v, t)
	if len(f.Inside) == 0 || item != "" && !slices.Contains(f.Inside, item) {
		return f, domain.Fail(domain.NotFound, "error.not_found")
	}
	return f, nil
}

// assigned tells of an assignment.
func (s *Service) assigned(kind domain.EventKind, by domain.ActorID, a *Assignment, from AssignmentState) domain.Event {
	e := domain.NewEvent(s.mint, kind, by, domain.Subject{Kind: "process", ID: domain.ID(a.Process)}, Assigned{
		Assignment: a.ID, Process: a.ProcessIRI, Title: a.ProcessTitle, Item: a.Item, Name: a.ItemName, Assignee: a.Assignee, Team: a.Team,
		GivenBy: a.GivenBy, Subject: a.Subject, From: from, State: a.State, Reason: a.Reason,
	})
	e.Part = a.Item
	return e
}
