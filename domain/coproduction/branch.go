package coproduction

import (
	"context"
	"math"
	"slices"
	"strconv"
	"time"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/policy"
)

// Last is the place behind all siblings.
const Last = math.MaxInt

// AddItem adds a phase, or an objective or task below parent, at a place
// among its siblings, counted from 0. Errors: NotFound, Forbidden, Invalid.
func (s *Service) AddItem(ctx context.Context, v policy.Viewer, name string, parent domain.ID, place int, d ItemDetails) (Item, error) {
	var added Item
	_, err := s.changeIn(ctx, v, policy.Read, name, s.around(""), allowed(v, policy.Edit, parent, func(p *Process, t *Tree) (edit, error) {
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
		if err := it.apply(d, p.Language); err != nil {
			return edit{}, err
		}
		siblings, err := t.put(&it, place)
		if err != nil {
			return edit{}, err
		}
		added = it
		e := s.itemEdit(ItemAdded, v, p, it, nil, it)
		e.Places = siblings
		return e, nil
	}))
	if err == nil {
		added.Revision++
	}
	return added, err
}

// put gives an item its place among the children of its parent, and returns
// the siblings that thereby stand elsewhere. Errors: Invalid for a
// negative place.
func (t *Tree) put(it *Item, place int) ([]Item, error) {
	if place < 0 {
		return nil, domain.InvalidField("place", "process.place_range")
	}
	siblings := slices.DeleteFunc(t.Children(it.Parent), func(o Item) bool { return o.ID == it.ID })
	place = min(place, len(siblings))
	siblings = slices.Insert(siblings, place, *it)
	var changed []Item
	for i, sibling := range siblings {
		if i == place {
			it.Position = i
		} else if sibling.Position != i {
			sibling.Position = i
			changed = append(changed, sibling)
		}
	}
	return changed, nil
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

// EditItem changes an item. revision is the item's as the viewer read it;
// what was changed of it meanwhile is lost to nobody: if that is anything
// people write, Conflict, and [Service.Meanwhile] tells what. An edit that
// changes nothing is no error. Errors: NotFound, Forbidden, Invalid, Conflict.
func (s *Service) EditItem(ctx context.Context, v policy.Viewer, name string, item domain.ID, revision int64, d ItemDetails) error {
	_, err := s.changeAt(ctx, v, policy.Edit, name, item, func(p *Process, t *Tree) (edit, error) {
		it, err := t.Item(item)
		if err != nil {
			return edit{}, err
		}
		m, err := s.meanwhile(ctx, p, it, revision)
		if err != nil {
			return edit{}, err
		}
		if !m.Known || len(Diff(m.Base, it.Details())) > 0 {
			return edit{}, domain.Fail(domain.Conflict, "process.item_conflict")
		}
		was := it
		d.Prerequisites = append(slices.Clone(d.Prerequisites), p.hidden(v, t, it.Prerequisites)...)
		if err := it.apply(d, p.Language); err != nil {
			return edit{}, err
		}
		differences := append(Diff(was.Details(), it.Details()), checked(was, it, p.Language)...)
		if len(differences) == 0 {
			return edit{}, nil
		}
		return s.itemEdit(ItemEdited, v, p, it, differences, it), nil
	})
	return err
}

// checked tells of which languages the texts, which stayed as they were, were
// found to be up to date.
func checked(was, it Item, language domain.Lang) (told []Difference) {
	for _, lang := range was.StaleLangs(language) {
		if !it.Stale(language, lang) && was.Name[lang] == it.Name[lang] && was.Description[lang] == it.Description[lang] {
			told = append(told, Difference{
				Part: Part{Field: FieldTranslation, Lang: lang}, Before: string(catalogue.TranslationStale), After: string(catalogue.TranslationReviewed),
			})
		}
	}
	return told
}

// MoveItem puts an item at a place among the children of parent, counted
// from 0; a larger number means last. To where it stands changes nothing.
// Errors: NotFound, Forbidden, Invalid if parent is not of the kind that
// holds it.
func (s *Service) MoveItem(ctx context.Context, v policy.Viewer, name string, item, parent domain.ID, place int) error {
	_, err := s.changeAt(ctx, v, policy.Edit, name, item, func(p *Process, t *Tree) (edit, error) {
		it, err := t.Item(item)
		if err != nil {
			return edit{}, err
		}
		from, stood := it.Parent, t.Place(item)
		for _, place := range []domain.ID{from, parent} {
			if err := p.allow(v, policy.Edit, t, place); err != nil {
				return edit{}, err
			}
		}
		it.Parent = parent
		siblings, err := t.put(&it, place)
		if err != nil {
			return edit{}, err
		}
		var told []Difference
		if from != parent {
			told = append(told, Difference{Part: Part{Field: FieldParent}, Before: string(from), After: string(parent)})
		} else if stood != it.Position {
			told = append(told, Difference{Part: Part{Field: FieldPlace}, Before: strconv.Itoa(stood + 1), After: strconv.Itoa(it.Position + 1)})
		} else {
			return edit{}, nil
		}
		e := s.itemEdit(ItemMoved, v, p, it, told, it)
		e.Places = siblings
		return e, nil
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
	_, err := s.changeAt(ctx, v, policy.Edit, name, item, func(p *Process, t *Tree) (edit, error) {
		it, err := t.Item(item)
		if err != nil || it.Disabled() != enable {
			return edit{}, err
		}
		if enable {
			it.DisabledAt, it.DisabledBy = time.Time{}, domain.Nobody
			return s.itemEdit(ItemRestored, v, p, it, nil, it), nil
		}
		it.DisabledAt, it.DisabledBy = s.mint.Now(), v.Actor
		return s.itemEdit(ItemDisabled, v, p, it, nil, it), nil
	})
	return err
}

func (s *Service) itemEdit(kind domain.EventKind, v policy.Viewer, p *Process, about Item, differences []Difference, changed ...Item) edit {
	told := ItemChanged{Item: about.ID, Kind: about.Kind, Name: about.Name, Revision: about.Revision + 1, Changes: differences}
	return edit{Written: Written{Items: changed}, events: []domain.Event{s.itemEvent(kind, v, p, about.ID, told)}}
}
