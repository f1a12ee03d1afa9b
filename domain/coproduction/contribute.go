package coproduction

import (
	"context"
	"slices"
	"unicode/utf8"

	"interlink/domain"
	"interlink/domain/policy"
)

// AddResource adds a link or a document to a task. The first resource of an
// awaiting task sets it in progress. Errors: NotFound, Forbidden, Invalid.
func (s *Service) AddResource(ctx context.Context, v policy.Viewer, name string, task domain.ID, d ResourceDetails) (*Resource, error) {
	return s.put(ctx, v, name, task, func(p *Process) (*Resource, error) {
		return newResource(d, p.Language)
	})
}

// Instantiate takes an Interlinker into a task: its template becomes a
// document of the process, or, for software and external ones, a link. Both
// are in the process's language where the Interlinker has it, else in the
// language that the resource says. The use is recorded in the same
// transaction. Errors: NotFound, Forbidden, Invalid.
func (s *Service) Instantiate(ctx context.Context, v policy.Viewer, name string, task domain.ID, interlinker string) (*Resource, error) {
	tool, err := s.catalogue.Tool(ctx, v, interlinker)
	if err != nil {
		return nil, err
	}
	return s.put(ctx, v, name, task, func(p *Process) (*Resource, error) { return tool.resource(p.Language) })
}

// resource makes the resource that an Interlinker becomes. Errors: Invalid if
// its address is broken.
func (t Tool) resource(language domain.Lang) (*Resource, error) {
	title, _ := t.Name.In(language)
	d := ResourceDetails{Name: shorten(title), Licence: t.Licence}
	text := t.Body
	if !t.Address.Empty() {
		text = t.Address
	}
	content, in := text.In(language)
	if d.Language = in; in == "" {
		d.Language = domain.Undetermined
	}
	if t.Address.Empty() {
		d.Body = content
	} else {
		d.URL = content
	}
	r, err := newResource(d, language)
	if err != nil {
		return nil, err
	}
	r.InterlinkerID, r.Interlinker = t.ID, t.IRI
	return r, nil
}

// shorten cuts a name to what a resource's may have, between two letters.
func shorten(s string) string {
	if len(s) <= maxTitle {
		return s
	}
	end := maxTitle - len("…")
	for !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end] + "…"
}

// put adds a resource to a task, and with it the use of the Interlinker it
// came from.
func (s *Service) put(ctx context.Context, v policy.Viewer, name string, task domain.ID, of func(*Process) (*Resource, error)) (*Resource, error) {
	var added *Resource
	_, err := s.changeAt(ctx, v, policy.Contribute, name, task, func(p *Process, t *Tree) (edit, error) {
		it, err := t.task(task)
		if err != nil {
			return edit{}, err
		}
		r, err := of(p)
		if err != nil {
			return edit{}, err
		}
		now := s.mint.Now()
		r.ID, r.Serial, r.Process, r.Item = s.mint.ID(), s.mint.Serial(), p.ID, task
		r.CreatedBy, r.CreatedAt, r.UpdatedAt = v.Actor, now, now
		added = r
		var e edit
		if r.Interlinker != "" && !slices.Contains(it.Interlinkers, r.Interlinker) {
			it.Interlinkers = append(slices.Clone(it.Interlinkers), r.Interlinker)
			e.Items = []Item{it}
		}
		if it.Status == Awaiting {
			if e, err = s.moveTask(v, p, t, it, InProgress); err != nil {
				return edit{}, err
			}
		}
		e.Resources = []Resource{*r}
		if r.InterlinkerID != "" {
			e.Uses = []Use{{
				ID: s.mint.ID(), Interlinker: r.InterlinkerID, Process: p.ID, Item: task, Resource: r.ID, Actor: v.Actor, At: now,
			}}
		}
		e.events = append([]domain.Event{s.itemEvent(ResourceAdded, v, p, task, told(r))}, e.events...)
		return e, nil
	})
	return added, err
}

// RemoveResource takes a resource away; a tombstone stays. Its maker, holders
// of the right to delete and administrators may. Again changes nothing.
// Errors: NotFound, Forbidden.
func (s *Service) RemoveResource(ctx context.Context, v policy.Viewer, name string, id domain.ID) error {
	r, err := s.store.Resource(ctx, id)
	if err != nil {
		return err
	}
	_, err = s.change(ctx, v, policy.Read, name, func(p *Process, t *Tree) (edit, error) {
		if r.Process != p.ID {
			return edit{}, domain.Fail(domain.NotFound, "error.not_found")
		}
		if err := policy.Allow(v, policy.Administer, resourceFacts{Place{p, t, r.Item}, r}); err != nil || !r.RemovedAt.IsZero() {
			return edit{}, err
		}
		gone := *r
		gone.RemovedAt, gone.UpdatedAt = s.mint.Now(), s.mint.Now()
		gone.URL, gone.Body = "", ""
		return edit{
			Written: Written{Resources: []Resource{gone}},
			events:  []domain.Event{s.itemEvent(ResourceRemoved, v, p, r.Item, told(r))},
		}, nil
	})
	return err
}

func told(r *Resource) ResourceChanged {
	return ResourceChanged{Resource: r.ID, Item: r.Item, Kind: r.Kind, Name: r.Name, Interlinker: r.Interlinker}
}

// MayRemove reports whether the viewer may remove a resource of a process, for
// pages that offer it.
func (s *Service) MayRemove(v policy.Viewer, p *Process, t *Tree, r *Resource) bool {
	return policy.Allow(v, policy.Administer, resourceFacts{Place{p, t, r.Item}, r}) == nil
}
