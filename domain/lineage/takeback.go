package lineage

import (
	"context"
	"slices"
	"strings"

	"interlink/domain"
	"interlink/domain/policy"
)

// ImprovementTakenBack is the state of an improvement that its source had taken,
// and does not have any more.
const ImprovementTakenBack ImprovementState = "taken_back"

// TakeBack undoes that a source took an improvement: its items are as they were
// before, but for what was changed since, and the clone is told and credited no
// more. What was released stays released. kept says how many items stay, wholly
// or in part. Errors: NotFound, Forbidden; Invalid without a reason, or for one
// that is too long; Conflict unless it was taken, by a version of this program
// that notes what was before.
func (s *Improvements) TakeBack(ctx context.Context, v policy.Viewer, name string, id domain.ID, reason string) (m *Improvement, kept int, err error) {
	reason = strings.TrimSpace(reason)
	for race := 1; ; race++ {
		m, kept, raced, err := s.takeBack(ctx, v, name, id, reason)
		if !raced || race == maxRaces {
			return m, kept, err
		}
	}
}

func (s *Improvements) takeBack(ctx context.Context, v policy.Viewer, name string, id domain.ID, reason string) (m *Improvement, kept int, raced bool, err error) {
	r, l, trees, err := s.review(ctx, v, policy.Edit, name, id)
	if err != nil {
		return nil, 0, false, err
	}
	m = r.Improvement
	switch {
	case !m.CanTakeBack():
		return nil, 0, false, domain.Fail(domain.Conflict, "improvement.not_taken")
	case reason == "":
		return nil, 0, false, domain.InvalidField("reason", "improvement.reason_back")
	case !plain(reason, maxReason):
		return nil, 0, false, domain.InvalidField("reason", "error.too_long", maxReason)
	}
	back := m.record().Undo(Trees{Mine: trees.Mine, Aside: trees.Aside, Worked: trees.Worked})
	m.State, m.Reason, m.AnsweredBy, m.AnsweredAt = ImprovementTakenBack, reason, v.Actor, s.mint.Now()
	p := r.Process
	var events []domain.Event
	changed, err := s.releases.write(l, v, back.Merged, &events)
	if err != nil {
		return nil, 0, false, err
	}
	change := domain.Change{Events: append([]domain.Event{domain.NewEvent(s.mint, ImprovementAnswered, v.Actor, p.Subject(), m.told())}, events...)}
	if s.ns.Owns(m.Clone) {
		m.Adopted = false
		subject := domain.Subject{Kind: "process", ID: domain.ID(m.CloneID)}
		change.Events = append(change.Events, domain.NewEvent(s.mint, ImprovementSettled, v.Actor, subject, m.told()))
		change.Jobs = append(change.Jobs, m.adopting())
	}
	if len(changed) == 0 {
		p = nil
	}
	if err := s.store.SaveImprovement(ctx, m, p, changed, nil, change); err != nil {
		return nil, 0, domain.CodeOf(err) == domain.Conflict, err
	}
	return m, back.Kept, false, nil
}

// CanTakeBack reports whether its source took it, and knows how it was before.
func (m *Improvement) CanTakeBack() bool {
	return (m.State == ImprovementTaken || m.State == ImprovementPartly) && len(m.Record.After) > 0
}

// record is what taking it changed of the source, by the ids that its items have
// there.
func (m *Improvement) record() Record {
	became := map[string]string{}
	for _, v := range m.Verdicts {
		if v.Became != "" {
			became[v.Item] = v.Became
		}
	}
	name := func(id string) string {
		if to := became[id]; to != "" {
			return to
		}
		return id
	}
	names := func(ids []string) []string {
		out := slices.Clone(ids)
		for i := range out {
			out[i] = name(out[i])
		}
		return out
	}
	item := func(it SourceItem) SourceItem {
		it.ID, it.Parent, it.Prerequisites = name(it.ID), name(it.Parent), names(it.Prerequisites)
		return it
	}
	out := Record{After: map[string]Base{}, Added: names(m.Record.Added), Aside: names(m.Record.Aside)}
	for _, it := range m.Record.Before {
		out.Before = append(out.Before, item(it))
	}
	for id, b := range m.Record.After {
		out.After[name(id)] = Base{Item: item(b.Item), Order: names(b.Order), Never: b.Never}
	}
	return out
}

// RecordTakeBack notes on a clone that its source takes back what it had taken.
// Received again it changes nothing. Errors: NotFound unless the improvement is
// of this node; Forbidden unless the source says so.
func (s *Improvements) RecordTakeBack(ctx context.Context, in ImprovementAnswer) error {
	m, err := s.answered(ctx, in)
	if err != nil {
		return err
	}
	if m.State != ImprovementTaken && m.State != ImprovementPartly {
		return nil
	}
	clone, err := s.store.Process(ctx, m.CloneID)
	if err != nil {
		return err
	}
	if m.State, m.AnsweredAt, m.Adopted = ImprovementTakenBack, s.mint.Now(), false; plain(in.Reason, maxReason) {
		m.Reason = in.Reason
	}
	err = s.store.SaveImprovement(ctx, m, nil, nil, nil, domain.Change{
		Events: []domain.Event{domain.NewEvent(s.mint, ImprovementSettled, in.Actor, clone.Subject(), m.told())},
		Jobs:   []domain.Job{m.adopting()},
	})
	if err != nil {
		return err
	}
	return s.Adopt(ctx, AdoptArgs{m.ID})
}

// unlearned is what a clone knew of its source before that took something: its
// source's words, so that its own are a change of its own again. What it learned
// since by a release stays.
func (m *Improvement) unlearned(bases map[string]Base) map[string]*Base {
	out := map[string]*Base{}
	took := m.accepted()
	for _, e := range took.Items {
		known, has := bases[e.Item.ID]
		if !has || len(differing(known.Item, e.Item)) > 0 {
			continue
		}
		switch {
		case e.Base == nil && e.Item.ID != "":
			out[e.Item.ID] = nil
		case e.Base != nil:
			known.Item = *e.Base
			known.Item.ID, known.Item.Position = e.Item.ID, bases[e.Item.ID].Item.Position
			if e.Known != nil {
				known.Order = e.Known
			}
			out[e.Item.ID] = &known
		case e.Known != nil:
			known.Order = e.Known
			out[e.Item.ID] = &known
		}
	}
	for id, b := range bases { // nobody knows any more in what order those stood
		left := slices.DeleteFunc(slices.Clone(b.Order), func(below string) bool { gone, ok := out[below]; return ok && gone == nil })
		if len(left) == len(b.Order) {
			continue
		}
		if changed := out[id]; changed != nil {
			changed.Order = left
		} else {
			b.Order = left
			out[id] = &b
		}
	}
	return out
}
