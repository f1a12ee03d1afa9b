package catalogue

import (
	"context"
	"slices"

	"interlink/domain"
)

// Uncredit takes the name of somebody out of an entry of this node, for good:
// those who follow the catalogue are sent the next version. One that does not
// name them stays as it is. Errors: NotFound, Conflict.
func (s *Service) Uncredit(ctx context.Context, entry, person domain.IRI) error {
	e, err := s.store.EntryByIRI(ctx, entry)
	if err != nil {
		return err
	}
	return s.uncredit(ctx, e, func(a Author) bool { return a.IRI == person })
}

func (s *Service) uncredit(ctx context.Context, e *Entry, gone func(Author) bool) error {
	if !e.Local() || e.Interlinker == nil || !slices.ContainsFunc(e.Interlinker.Authors, gone) {
		return nil
	}
	next := e.Content().clone()
	next.Interlinker.Authors = slices.DeleteFunc(next.Interlinker.Authors, gone)
	e.Interlinker = next.Interlinker
	kind := Drafted
	if e.Status != Draft {
		e.Version++
		kind = Updated(e.Kind)
	}
	e.Hash, e.UpdatedAt = e.ContentHash(), s.mint.Now()
	return s.store.Save(ctx, []*Entry{e}, domain.Change{Events: []domain.Event{s.event(kind, domain.Nobody, e)}}, false)
}

// UncreditDeparted takes the names of those out of the entries of this node who
// left their own node, this one or another.
func (s *Service) UncreditDeparted(ctx context.Context) error {
	entries, err := s.store.Local(ctx)
	if err != nil {
		return err
	}
	var named []domain.IRI
	for _, e := range entries {
		if e.Interlinker == nil {
			continue
		}
		for _, a := range e.Interlinker.Authors {
			if a.IRI != "" {
				named = append(named, a.IRI)
			}
		}
	}
	if len(named) == 0 {
		return nil
	}
	slices.Sort(named)
	departed, err := s.store.Departed(ctx, slices.Compact(named))
	if err != nil || len(departed) == 0 {
		return err
	}
	for _, e := range entries {
		err := s.uncredit(ctx, e, func(a Author) bool { return departed[a.IRI] })
		if err != nil && domain.CodeOf(err) != domain.Conflict { // the next time
			return err
		}
	}
	return nil
}
