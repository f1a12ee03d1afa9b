package coproduction

import (
	"context"
	"slices"
	"time"

	"interlink/domain"
	"interlink/domain/policy"
)

// AddItem adds a phase, or an objective or task below parent, as the last of
// its siblings. Errors: NotFound, Forbidden, Invalid.
func (s *Service) AddItem(ctx context.Context, v policy.Viewer, name string, parent domain.ID, d ItemDetails) (Item, error) {
	var added Item
	_, err := s.change(ctx, v, policy.Edit, name, func(p *Process, t *Tree) (edit, error) {
		it := Item{ID: s.mint.ID(), Parent: parent, Kind: Phase}
		if parent != "" {
			above, err := t.Item(parent)
			if err != nil {
				return edit{}, err
			}
			if it.Kind = above.Kind.child(); it.Kind == "" {
				return edit{}, domain.InvalidField("parent", "process.tasks_hold_nothing")
			}
		}
		if it.Kind == Task {
			it.Status = Awaiting
		}
		if siblings := t.Children(parent); len(siblings) > 0 {
			it.Position = siblings[len(siblings)-1].Position + 1
		}
		if err := it.apply(d); err != nil {
			return edit{}, err
		}
		added = it
		return s.itemEdit(ItemAdded, v, p, it, it), nil
	})
	return added, err
}

func (k ItemKind) child() ItemKind {
	switch k {
	case Phase:
		return Objective
	case Objective:
		return Task
	}
	return ""
}

// EditItem changes an item. revision is the item's as the viewer saw it.
// Errors: NotFound, Forbidden, Invalid, Conflict.
func (s *Service) EditItem(ctx context.Context, v policy.Viewer, name string, item domain.ID, revision int64, d ItemDetails) error {
	_, err := s.change(ctx, v, policy.Edit, name, func(p *Process, t *Tree) (edit, error) {
		it, err := t.Item(item)
		if err != nil {
			return edit{}, err
		}
		if it.Revision != revision {
			return edit{}, domain.Fail(domain.Conflict, "error.conflict")
		}
		if err := it.apply(d); err != nil {
			return edit{}, err
		}
		return s.itemEdit(ItemEdited, v, p, it, it), nil
	})
	return err
}

// MoveItem puts an item at a place among the children of parent, counted
// from 0; a larger number means last. Errors: NotFound, Forbidden, Invalid if
// parent is not of the kind that holds it.
func (s *Service) MoveItem(ctx context.Context, v policy.Viewer, name string, item, parent domain.ID, place int) error {
	_, err := s.change(ctx, v, policy.Edit, name, func(p *Process, t *Tree) (edit, error) {
		it, err := t.Item(item)
		if err != nil {
			return edit{}, err
		}
		if place < 0 {
			return edit{}, domain.InvalidField("place", "process.place_range")
		}
		it.Parent = parent
		siblings := slices.DeleteFunc(t.Children(parent), func(o Item) bool { return o.ID == item })
		siblings = slices.Insert(siblings, min(place, len(siblings)), it)
		var changed []Item
		for i, sibling := range siblings {
			if sibling.Position != i || sibling.ID == item {
				sibling.Position = i
				changed = append(changed, sibling)
			}
		}
		return s.itemEdit(ItemMoved, v, p, it, changed...), nil
	})
	return err
}

// DisableItem puts a branch aside; nothing of it is lost. Again changes
// nothing. Errors: NotFound, Forbidden.
func (s *Service) DisableItem(ctx context.Context, v policy.Viewer, name string, item domain.ID) error {
	return s.toggle(ctx, v, name, item, false)
}

// RestoreItem takes a disabled branch back into use. Again changes nothing.
// Errors: NotFound, Forbidden.
func (s *Service) RestoreItem(ctx context.Context, v policy.Viewer, name string, item domain.ID) error {
	return s.toggle(ctx, v, name, item, true)
}

func (s *Service) toggle(ctx context.Context, v policy.Viewer, name string, item domain.ID, enable bool) error {
	_, err := s.change(ctx, v, policy.Edit, name, func(p *Process, t *Tree) (edit, error) {
		it, err := t.Item(item)
		if err != nil || it.Disabled() != enable {
			return edit{}, err
		}
		if enable {
			it.DisabledAt, it.DisabledBy = time.Time{}, domain.Nobody
			return s.itemEdit(ItemRestored, v, p, it, it), nil
		}
		it.DisabledAt, it.DisabledBy = s.mint.Now(), v.Actor
		return s.itemEdit(ItemDisabled, v, p, it, it), nil
	})
	return err
}

func (s *Service) itemEdit(kind domain.EventKind, v policy.Viewer, p *Process, about Item, changed ...Item) edit {
	told := ItemChanged{Item: about.ID, Kind: about.Kind, Name: about.Name}
	return edit{Written: Written{Items: changed}, events: []domain.Event{s.event(kind, v, p, told)}}
}
