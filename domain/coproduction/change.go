package coproduction

import (
	"context"

	"interlink/domain"
	"interlink/domain/policy"
)

// maxRaces is how often a change is tried again because another change of
// the same process came first.
const maxRaces = 10

// edit is what one change of a process does.
type edit struct {
	Written
	events []domain.Event
	jobs   []domain.Job
}

// change reads a process and its tree, lets decide say what changes, and
// saves it. The process's revision guards the tree as a whole, so two changes
// of different tasks may race: the later is decided again on the new state.
// decide may change p. An edit without events saves nothing.
func (s *Service) change(ctx context.Context, v policy.Viewer, verb policy.Verb, name string, decide func(p *Process, t *Tree) (edit, error)) (*Process, error) {
	return s.changeIn(ctx, v, verb, name, s.store.Items, decide)
}

// changeIn is [Service.change] with a tree of what items reads of them.
func (s *Service) changeIn(
	ctx context.Context, v policy.Viewer, verb policy.Verb, name string,
	items func(ctx context.Context, process domain.ActorID) ([]Item, error), decide func(p *Process, t *Tree) (edit, error),
) (*Process, error) {
	for race := 1; ; race++ {
		p, err := s.process(ctx, v, verb, name)
		if err != nil {
			return nil, err
		}
		all, err := items(ctx, p.ID)
		if err != nil {
			return nil, err
		}
		t, err := NewTree(all)
		if err != nil {
			return nil, err
		}
		e, err := decide(p, t)
		if err != nil {
			return nil, err
		}
		if len(e.events) == 0 {
			return p, nil
		}
		if t, err = t.With(append(e.Items[:len(e.Items):len(e.Items)], e.Places...)...); err != nil {
			return nil, err
		}
		p.Summarize(t)
		p.UpdatedAt = s.mint.Now()
		err = s.store.SaveProcess(ctx, p, e.Written, domain.Change{Events: e.events, Jobs: e.jobs})
		if domain.CodeOf(err) != domain.Conflict || race == maxRaces {
			return p, err
		}
	}
}

// changeAt is [Service.change] for those who may do verb at an item, or, for
// "", to the tree. Of the tree only the item and those above it are read whole.
func (s *Service) changeAt(ctx context.Context, v policy.Viewer, verb policy.Verb, name string, item domain.ID, decide func(p *Process, t *Tree) (edit, error)) (*Process, error) {
	p, err := s.changeIn(ctx, v, policy.Read, name, s.around(item), allowed(v, verb, item, decide))
	if err != nil {
		return nil, err
	}
	return p.veiled(v), nil
}

// around reads the outline of a tree, with an item and those above it whole.
// What changes between the two reads, the process's revision tells.
func (s *Service) around(item domain.ID) func(ctx context.Context, process domain.ActorID) ([]Item, error) {
	return func(ctx context.Context, process domain.ActorID) ([]Item, error) {
		all, err := collected(s.store.Outline(ctx, process))
		if err != nil {
			return nil, err
		}
		at := make(map[domain.ID]int, len(all))
		for i, it := range all {
			at[it.ID] = i
		}
		var path []domain.ID
		for i, there := at[item]; there && len(path) < levels; i, there = at[all[i].Parent] {
			path = append(path, all[i].ID)
		}
		whole, err := s.store.ItemsOf(ctx, process, path)
		for _, it := range whole {
			all[at[it.ID]] = it
		}
		return all, err
	}
}

// levels is how many a tree has: phases, objectives and tasks.
const levels = 3

// allowed is decide for those who may do verb at an item, or, for "", to the
// tree.
func allowed(v policy.Viewer, verb policy.Verb, item domain.ID, decide func(p *Process, t *Tree) (edit, error)) func(p *Process, t *Tree) (edit, error) {
	return func(p *Process, t *Tree) (edit, error) {
		if err := p.allow(v, verb, t, item); err != nil {
			return edit{}, err
		}
		return decide(p, t)
	}
}

// allow asks the policy for an item that is there, or, for "", for the tree.
func (p *Process) allow(v policy.Viewer, verb policy.Verb, t *Tree, item domain.ID) error {
	if item != "" {
		if _, err := t.Item(item); err != nil {
			return err
		}
	}
	return policy.Allow(v, verb, Place{p, t, item})
}

// event makes an event of the process.
func (s *Service) event(kind domain.EventKind, v policy.Viewer, p *Process, payload any) domain.Event {
	return domain.NewEvent(s.mint, kind, v.Actor, p.Subject(), payload)
}

// itemEvent makes an event of one item of the process.
func (s *Service) itemEvent(kind domain.EventKind, v policy.Viewer, p *Process, item domain.ID, payload any) domain.Event {
	e := s.event(kind, v, p, payload)
	e.Part = item
	return e
}

// Edit changes the description of a process. revision is the one the viewer
// saw. Errors: NotFound, Forbidden, Invalid, Conflict.
func (s *Service) Edit(ctx context.Context, v policy.Viewer, name string, revision int64, d Details) (*Process, error) {
	d = d.clean()
	return s.change(ctx, v, policy.Edit, name, func(p *Process, _ *Tree) (edit, error) {
		if p.Revision != revision {
			return edit{}, domain.Fail(domain.Conflict, "error.conflict")
		}
		var problems domain.Problems
		if d.check(&problems); problems.Err() != nil {
			return edit{}, problems.Err()
		}
		p.apply(d, s.mint.Now())
		return edit{Written: Written{Described: true}, events: []domain.Event{s.event(ProcessUpdated, v, p, Named{Name: p.Name, Title: p.Title})}}, nil
	})
}

// SetTaskStatus says how far a task is; reopening it takes its awards back.
// revision is the task's as the viewer saw it. Errors: NotFound, Forbidden, Invalid for a phase or objective, whose
// status is derived, and for a disabled branch; Conflict if somebody changed
// the status meanwhile.
func (s *Service) SetTaskStatus(ctx context.Context, v policy.Viewer, name string, task domain.ID, revision int64, status Status) (*Process, error) {
	return s.changeAt(ctx, v, policy.Contribute, name, task, func(p *Process, t *Tree) (edit, error) {
		it, err := t.task(task)
		if err != nil {
			return edit{}, err
		}
		if !status.Known() {
			return edit{}, domain.InvalidField("status", "process.status_unknown")
		}
		if it.Status == status {
			return edit{}, nil
		}
		m, err := s.meanwhile(ctx, p, it, revision)
		if err != nil {
			return edit{}, err
		}
		if !m.Known || m.Status {
			return edit{}, domain.Fail(domain.Conflict, "process.status_conflict")
		}
		e, err := s.moveTask(v, p, t, it, status)
		if err != nil || it.Status != Finished {
			return e, err
		}
		back, err := s.reverted(ctx, v, p, task)
		e.Contributions, e.events = back.Contributions, append(e.events, back.events...)
		return e, err
	})
}

// moveTask gives a task another status and tells what it completed.
func (s *Service) moveTask(v policy.Viewer, p *Process, t *Tree, it Item, to Status) (edit, error) {
	told := StatusChanged{Item: it.ID, Name: it.Name, From: it.Status, To: to, Revision: it.Revision + 1}
	it.Status = to
	after, err := t.With(it)
	if err != nil {
		return edit{}, err
	}
	told.Process = after.Overall()
	for parent := it.Parent; parent != ""; {
		above, err := t.Item(parent)
		if err != nil {
			return edit{}, err
		}
		if after.Status(parent) == Finished && t.Status(parent) != Finished {
			told.Completed = append(told.Completed, ItemChanged{Item: above.ID, Kind: above.Kind, Name: above.Name})
		}
		parent = above.Parent
	}
	return edit{
		Written: Written{Items: []Item{it}},
		events:  []domain.Event{s.itemEvent(TaskStatusChanged, v, p, it.ID, told)},
	}, nil
}

// task returns a task that can be worked on. Errors: NotFound; Invalid for a
// phase, an objective or a disabled branch.
func (t *Tree) task(id domain.ID) (Item, error) {
	it, err := t.Item(id)
	if err != nil {
		return Item{}, err
	}
	if it.Kind != Task {
		return Item{}, domain.Fail(domain.Invalid, "process.not_a_task")
	}
	if !t.Enabled(id) {
		return Item{}, domain.Fail(domain.Invalid, "process.item_disabled")
	}
	return it, nil
}
