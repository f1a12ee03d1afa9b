package coproduction

import (
	"context"

	"interlink/domain"
	"interlink/domain/policy"
)

// Meanwhile is what became of an item since somebody read it.
type Meanwhile struct {
	Item   Item           // as it is now
	Base   ItemDetails    // as it was read
	Known  bool           // Base is; not after many changes, or once they were erased
	Status bool           // its status was changed
	Events []domain.Event // that changed its details or status, newest first
}

// Meanwhile tells what became of an item since the given revision of it, for
// those who may change it. Errors: NotFound, Forbidden.
func (s *Service) Meanwhile(ctx context.Context, v policy.Viewer, name string, item domain.ID, revision int64) (Meanwhile, error) {
	p, t, err := s.Tree(ctx, v, name)
	if err != nil {
		return Meanwhile{}, err
	}
	it, err := t.Item(item)
	if err != nil {
		return Meanwhile{}, err
	}
	if err := policy.Allow(v, policy.Edit, Place{p, t, item}); err != nil {
		return Meanwhile{}, err
	}
	return s.meanwhile(ctx, p, it, revision)
}

// meanwhile goes back through the item's events to a revision. Not each
// revision has one: an item also gets another place when a sibling moves.
func (s *Service) meanwhile(ctx context.Context, p *Process, it Item, revision int64) (Meanwhile, error) {
	m := Meanwhile{Item: it, Base: it.Details(), Known: it.Revision == revision}
	if revision >= it.Revision || revision < 1 {
		return m, nil
	}
	history, err := s.store.History(ctx, p.ID, it.ID, domain.Page{Limit: domain.MaxPage})
	if err != nil {
		return m, err
	}
	m.Known = history.Next == ""
	for _, e := range history.Items {
		if e.Kind != ItemEdited && e.Kind != TaskStatusChanged {
			continue
		}
		var told ItemChanged // both payloads have what is read
		if err := e.Decode(&told); domain.CodeOf(err) == domain.Gone {
			m.Known = false // erased: what it replaced cannot be told any more
			return m, nil
		} else if err != nil {
			return m, err
		}
		if told.Revision <= revision {
			m.Known = true
			break
		}
		m.Events = append(m.Events, e)
		m.Status = m.Status || e.Kind == TaskStatusChanged
		for _, d := range told.Changes {
			m.Base = m.Base.With(d.Part, d.Before)
		}
	}
	return m, nil
}

// ItemHistory lists what happened to an item, newest first, as
// [Service.History] does. Errors: NotFound.
func (s *Service) ItemHistory(ctx context.Context, v policy.Viewer, name string, item domain.ID, page domain.Page) (domain.List[domain.Event], error) {
	p, t, err := s.Tree(ctx, v, name)
	if err == nil {
		_, err = t.Item(item)
	}
	if err == nil {
		err = policy.Allow(v, policy.Read, within{Place{p, t, item}})
	}
	if err != nil {
		return domain.List[domain.Event]{}, err
	}
	return s.store.History(ctx, p.ID, item, page)
}
