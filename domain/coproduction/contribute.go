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
// document or a file of the process, or, for software and external ones, a
// link. All are in the process's language where the Interlinker has it, else
// in the language that the resource says. A file of another node's is a link
// to it until it is read from there. The use is recorded in the same
// transaction. Errors: NotFound, Forbidden, Invalid; TooLarge if the process
// has no room left.
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
	if in := t.fileIn(language); in != "" {
		return t.file(d, in)
	}
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
	return t.made(r), nil
}

// made notes which Interlinker a resource was made from.
func (t Tool) made(r *Resource) *Resource {
	r.InterlinkerID, r.Interlinker, r.InterlinkerVersion = t.ID, t.IRI, t.Version
	return r
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
	added, err := s.putAll(ctx, v, name, task, func(p *Process) ([]*Resource, error) {
		r, err := of(p)
		return []*Resource{r}, err
	})
	if err != nil {
		return nil, err
	}
	return added[0], nil
}

// putAll adds resources to a task, all of them or none.
func (s *Service) putAll(ctx context.Context, v policy.Viewer, name string, task domain.ID, of func(*Process) ([]*Resource, error)) ([]*Resource, error) {
	var added []*Resource
	_, err := s.changeAt(ctx, v, policy.Contribute, name, task, func(p *Process, t *Tree) (edit, error) {
		it, err := t.task(task)
		if err != nil {
			return edit{}, err
		}
		if added, err = of(p); err != nil {
			return edit{}, err
		}
		if len(added) == 0 {
			return edit{}, nil
		}
		before := it
		var e edit
		for _, r := range added {
			s.place(r, v, p, task, &e)
			if r.Interlinker != "" && !slices.Contains(it.Interlinkers, r.Interlinker) {
				it.Interlinkers = append(slices.Clone(it.Interlinkers), r.Interlinker)
			}
		}
		if err := s.room(ctx, p, e.Versions); err != nil {
			return edit{}, err
		}
		if it.Status == Awaiting {
			moved, err := s.moveTask(v, p, t, it, InProgress)
			if err != nil {
				return edit{}, err
			}
			e.Items, e.events = moved.Items, append(e.events, moved.events...)
		} else if len(it.Interlinkers) > len(before.Interlinkers) {
			e.Items = []Item{it}
		}
		return e, nil
	})
	return added, err
}

// place gives a new resource its place in a task.
func (s *Service) place(r *Resource, v policy.Viewer, p *Process, task domain.ID, e *edit) {
	now := s.mint.Now()
	r.ID, r.Serial, r.Process, r.Item = s.mint.ID(), s.mint.Serial(), p.ID, task
	r.CreatedBy, r.CreatedAt, r.UpdatedAt = v.Actor, now, now
	e.Resources = append(e.Resources, *r)
	e.Versions = append(e.Versions, ResourceVersion{Resource: r.ID, Version: r.version(v.Actor, "")})
	e.events = append(e.events, s.itemEvent(ResourceAdded, v, p, task, told(p, r)))
	if r.fetch.Hash != "" {
		e.jobs = append(e.jobs, fetchJob(p, r))
	}
	if r.InterlinkerID != "" {
		e.Uses = append(e.Uses, Use{
			ID: s.mint.ID(), Interlinker: r.InterlinkerID, Process: p.ID, Item: task, Resource: r.ID, Actor: v.Actor,
			Version: r.InterlinkerVersion, How: TakenInto, At: now,
		})
	}
}

// told is the payload of the events of a resource.
func told(p *Process, r *Resource) ResourceChanged {
	return ResourceChanged{
		Process: p.Name, Resource: r.ID, Item: r.Item, Kind: r.Kind, Name: r.Name, Interlinker: r.Interlinker, Version: r.Version,
	}
}
