package catalogue

import (
	"context"
	"slices"
	"strings"

	"interlink/domain"
	"interlink/domain/policy"
)

// Restored is what became of a history.
type Restored struct {
	Entry *Entry    // nil if it was deleted here
	New   bool      // it was not here
	Added []Version // that were not, as they are here
	Kept  []int     // numbers of versions that this node has otherwise
}

// Restoring is what a store changes of an entry.
type Restoring struct {
	Entry    *Entry
	Saved    bool // the entry itself changes, else it only gets versions
	Versions []Version
	Files    map[string]string // names of files that it has from now on, by hash
}

// Restore makes of the history of an entry elsewhere an entry of this node, or
// merges it into what that became: see [Succeed]. Files of its versions come
// along, else they stay links. What was deleted here does not come back, and a
// draft here stays one. Errors: Forbidden unless v writes the catalogue,
// Invalid, TooLarge, Conflict.
func (s *Service) Restore(ctx context.Context, v policy.Viewer, h *History, along Along) (*Restored, error) {
	if err := policy.Allow(v, policy.Edit, &Entry{}); err != nil {
		return nil, err
	}
	if err := h.check(); err != nil {
		return nil, err
	}
	old, ours, err := s.said(ctx, h.Kind, h.Key)
	if domain.CodeOf(err) == domain.Gone {
		return &Restored{}, nil
	}
	if err != nil {
		return nil, err
	}
	if old != nil && old.Status == Draft {
		return &Restored{Entry: old}, nil
	}
	next := Succeed(ours, h.Versions)
	r := &Restored{Entry: old, New: old == nil, Added: next.Added, Kept: next.Kept}
	if len(next.Added) == 0 {
		return r, nil
	}
	if r.New {
		if r.Entry, err = s.found(ctx, h); err != nil {
			return nil, err
		}
	}
	in := Restoring{Entry: r.Entry, Saved: next.Moves, Versions: next.Added}
	if in.Files, err = s.fetch(ctx, in, r.New, along); err != nil {
		return nil, err
	}
	return r, s.restore(ctx, v, h, in, r.New, along)
}

// said finds an entry of this node by what an import calls it, with what it
// said; nil if there is none. Errors: Gone if it was deleted.
func (s *Service) said(ctx context.Context, kind Kind, key string) (*Entry, []Version, error) {
	e, err := s.keyed(ctx, kind, key)
	if err != nil || e == nil || e.Status == Draft {
		return e, nil, err
	}
	var all []Version
	for before := 0; ; {
		page, err := s.store.History(ctx, e.ID, before, versionsAtOnce)
		if err != nil {
			return nil, nil, err
		}
		for _, one := range page {
			all, before = append(all, one), one.Number
		}
		if len(page) < versionsAtOnce {
			slices.Reverse(all)
			return e, all, nil
		}
	}
}

// keyed finds an entry of this node by its key, or, as its own export calls it,
// by its address; nil if there is none. Errors: Gone if it was deleted.
func (s *Service) keyed(ctx context.Context, kind Kind, key string) (*Entry, error) {
	e, err := s.store.Keyed(ctx, kind, key)
	if domain.CodeOf(err) == domain.NotFound && s.ns.Owns(domain.IRI(key)) {
		e, err = s.store.EntryByIRI(ctx, domain.IRI(key))
	}
	if domain.CodeOf(err) == domain.NotFound {
		return nil, nil
	}
	return e, err
}

// Became is the entry of this node that the history of an entry elsewhere was
// merged into. Errors: NotFound; Gone if it was deleted; Invalid, TooLarge.
func (s *Service) Became(ctx context.Context, v policy.Viewer, h *History) (*Entry, error) {
	if err := h.check(); err != nil {
		return nil, err
	}
	e, err := s.keyed(ctx, h.Kind, h.Key)
	if err == nil && e == nil {
		err = domain.Fail(domain.NotFound, "error.not_found")
	}
	return readable(v)(e, err)
}

// Outgrew reports whether the entry that an import calls by a key said, in a
// version before the present one, what is brought now.
func (s *Service) Outgrew(ctx context.Context, brought *Entry) (bool, error) {
	here, err := s.keyed(ctx, brought.Kind, brought.Key)
	if domain.CodeOf(err) == domain.Gone || err == nil && (here == nil || here.Version < 2) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	_, ours, err := s.said(ctx, brought.Kind, brought.Key)
	if err != nil || len(ours) == 0 {
		return false, err
	}
	said := func(v *Version) bool {
		return (&Version{Content: v.Content}).likeness() == (&Version{Content: brought.Content()}).likeness()
	}
	last := len(ours) - 1
	if said(&ours[last]) {
		return false, nil
	}
	for i := range ours[:last] {
		if said(&ours[i]) {
			return true, nil
		}
	}
	return false, nil
}

// found gives the entry of a history an address here.
func (s *Service) found(ctx context.Context, h *History) (*Entry, error) {
	c := h.Last().Content
	e := &Entry{Kind: h.Kind, Key: h.Key, Name: c.Name, Summary: c.Summary, Interlinker: c.Interlinker, Problem: c.Problem, Schema: c.Schema}
	var failed error
	s.adopt(e, func(slug string) bool {
		_, err := s.store.EntryAt(ctx, e.Kind, slug, "")
		code := domain.CodeOf(err)
		if code != domain.OK && code != domain.NotFound && code != domain.Gone {
			failed = err
			return false
		}
		return code != domain.NotFound || reserved[strings.ToLower(slug)]
	})
	return e, failed
}

// fetch keeps the files of versions that come along, and says where they are
// handed out from now on. It returns those that the entry has not yet.
func (s *Service) fetch(ctx context.Context, in Restoring, fresh bool, along Along) (map[string]string, error) {
	files, has := map[string]string{}, map[string]bool{}
	for n := range in.Versions {
		i := in.Versions[n].Content.Interlinker
		if i == nil || s.files == nil {
			continue
		}
		for lang, d := range i.Documents {
			if d.Hash == "" {
				continue
			}
			if _, looked := has[d.Hash]; !looked {
				there, fetched, err := s.obtained(ctx, in.Entry, fresh, d.Hash, along)
				if err != nil {
					return nil, err
				}
				if has[d.Hash] = there; fetched {
					files[d.Hash] = d.Name
				}
			}
			if has[d.Hash] {
				d.URL = in.Entry.FileIRI(d.Hash)
				i.Documents[lang] = d
			}
		}
	}
	return files, nil
}

// obtained reports whether an entry has a file, or gets it now because it came
// along.
func (s *Service) obtained(ctx context.Context, e *Entry, fresh bool, hash string, along Along) (has, fetched bool, err error) {
	if !fresh {
		switch _, err := s.store.AttachedAs(ctx, e.ID, hash); domain.CodeOf(err) {
		case domain.OK:
			return true, false, nil
		case domain.NotFound:
		default:
			return false, false, err
		}
	}
	if along == nil {
		return false, false, nil
	}
	in, err := s.taken(ctx, hash, along)
	return in != nil, in != nil, err
}

// restore saves the entry with the versions that it gets.
func (s *Service) restore(ctx context.Context, v policy.Viewer, h *History, in Restoring, fresh bool, along Along) error {
	e, report := in.Entry, &Report{Warnings: []Issue{}, Errors: []Issue{}}
	var change domain.Change
	if in.Saved {
		if err := s.redrawn(ctx, in, fresh, along, report); err != nil {
			return err
		}
		last := &in.Versions[len(in.Versions)-1]
		c := last.Content
		e.Name, e.Summary, e.Interlinker, e.Problem, e.Schema = c.Name, c.Summary, c.Interlinker, c.Problem, c.Schema
		e.Status, e.Version, e.Reason, e.Alert, e.Note = last.Status, last.Number, h.Reason.Clean(), h.Alert.Clean(), last.Note
		e.Hash, e.UpdatedAt = e.ContentHash(), s.mint.Now()
		if err := s.replaced(ctx, e, h.Replacement); err != nil {
			return err
		}
		change.Events = s.restoredEvents(v, e, fresh, report)
	}
	if err := s.store.Restore(ctx, in, change); err != nil {
		return err
	}
	for _, again := range report.again {
		if err := again(ctx); err != nil {
			return err
		}
	}
	return nil
}

// redrawn draws the pictures of the last version anew, of which those before it
// show some. Of others nobody keeps the bytes.
func (s *Service) redrawn(ctx context.Context, in Restoring, fresh bool, along Along, report *Report) error {
	shown := in.Entry
	if fresh {
		shown = nil
	}
	last := &Entry{Interlinker: in.Versions[len(in.Versions)-1].Content.Interlinker}
	if last.Interlinker == nil {
		return nil
	}
	before := slices.Clone(last.Interlinker.Snapshots)
	if err := s.redraw(ctx, last, shown, along, report); err != nil {
		return err
	}
	for _, v := range in.Versions[:len(in.Versions)-1] {
		for i := range v.Content.Interlinker.Snapshots {
			x := &v.Content.Interlinker.Snapshots[i]
			if n := slices.IndexFunc(before, func(b Snapshot) bool { return b.URL == x.URL }); n >= 0 {
				y := last.Interlinker.Snapshots[n]
				x.URL, x.MediaType, x.Width, x.Height = y.URL, y.MediaType, y.Width, y.Height
			}
		}
	}
	return nil
}

// replaced names what replaces an entry: what it became here, if it did.
func (s *Service) replaced(ctx context.Context, e *Entry, by domain.IRI) error {
	if e.Replacement = by; by == "" {
		return nil
	}
	here, err := s.keyed(ctx, e.Kind, string(by))
	if err == nil && here != nil && here.ID != e.ID {
		e.Replacement = here.IRI
	}
	if domain.CodeOf(err) == domain.Gone {
		err = nil
	}
	return err
}

// restoredEvents tells of an entry as it stands now. Of one that came here
// withdrawn nobody heard before, and nobody but the log hears now.
func (s *Service) restoredEvents(v policy.Viewer, e *Entry, fresh bool, report *Report) []domain.Event {
	kind := Updated(e.Kind)
	switch {
	case fresh && e.Status == Withdrawn:
		report.counts(e.Kind).Added++
		return []domain.Event{domain.NewEvent(s.mint, Imported, v.Actor, domain.Subject{Kind: "catalogue", ID: domain.ID(s.owner)}, report)}
	case fresh:
		kind = Created(e.Kind)
	case e.Status == Withdrawn:
		kind = Withdrew(e.Kind)
	case e.Status == Deprecated:
		kind = Deprecates(e.Kind)
	}
	events := []domain.Event{s.event(kind, v.Actor, e)}
	if e.Unfit() && !fresh {
		events = append(events, s.event(Unfit, v.Actor, e))
	}
	return events
}
