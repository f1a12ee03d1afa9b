package catalogue

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"time"
	"unicode/utf8"

	"interlink/domain"
	"interlink/domain/policy"
)

// History is all that an entry of some node said, version by version, and how
// it stands: as an archive of that node tells it.
type History struct {
	Kind        Kind
	Key         string      // by which an import finds the entry
	IRI         domain.IRI  // that it had there
	Slug        string      // that it had there
	Reason      domain.Text // why it is deprecated or withdrawn
	Replacement domain.IRI
	Alert       domain.Text
	Versions    []Version // oldest first; the last one is what it says now
	Earlier     int       // how many before them found no room
}

// The bounds of a history.
const (
	MaxVersions    = 1000
	maxNumber      = 1_000_000
	historyRoom    = 16 << 20 // bytes of what the versions say, as JSON
	versionsAtOnce = 20       // that are read at once
)

// Plain reports whether there is nothing to tell of an entry but what it says:
// an import made it, and nobody changed it since.
func (h *History) Plain() bool {
	return len(h.Versions) == 1 && h.Versions[0].Number == 1 && h.Versions[0].Note == "" && h.Last().Status == Published &&
		h.Alert.Empty() && h.Earlier == 0 && h.Key != string(h.IRI)
}

// Last is what the entry says now.
func (h *History) Last() *Version { return &h.Versions[len(h.Versions)-1] }

// History reads what an entry of this node said; the oldest versions are left
// where not all have room. Errors: NotFound, also of drafts and copies.
func (s *Service) History(ctx context.Context, v policy.Viewer, id domain.ID) (*History, error) {
	e, err := s.EntryByID(ctx, v, id)
	if err == nil && (!e.Local() || e.Status == Draft) {
		err = domain.Fail(domain.NotFound, "error.not_found")
	}
	if err != nil {
		return nil, err
	}
	h := &History{Kind: e.Kind, Key: cmp.Or(e.Key, string(e.IRI)), IRI: e.IRI, Slug: e.Slug, Reason: e.Reason, Replacement: e.Replacement, Alert: e.Alert}
	list, err := s.store.Versions(ctx, id, domain.Page{Limit: 1})
	if err != nil {
		return nil, err
	}
	room, before := historyRoom, 0
	for room > 0 && len(h.Versions) < MaxVersions {
		page, err := s.store.History(ctx, id, before, versionsAtOnce)
		if err != nil {
			return nil, err
		}
		for _, one := range page {
			raw, err := json.Marshal(one.Content)
			if err != nil {
				return nil, err
			}
			if room -= len(raw); room > 0 {
				h.Versions = append(h.Versions, one)
			}
			before = one.Number
		}
		if len(page) < versionsAtOnce {
			break
		}
	}
	if len(h.Versions) == 0 {
		return nil, domain.Fail(domain.NotFound, "error.not_found")
	}
	slices.Reverse(h.Versions)
	h.Earlier = max(0, list.Total-len(h.Versions))
	return h, nil
}

// check judges a history from elsewhere. Errors: Invalid, TooLarge.
func (h *History) check() error {
	if len(h.Versions) > MaxVersions {
		return domain.Fail(domain.TooLarge, "import.too_much")
	}
	var p domain.Problems
	if len(h.Versions) == 0 || h.Key == "" || h.Earlier < 0 {
		p.Add("versions", "error.invalid")
		return p.Err()
	}
	if h.Reason.Longest() > maxString || h.Alert.Longest() > maxAlert {
		p.Add("reason", "error.too_long", maxString)
	}
	checkLangs(&p, "reason", h.Reason)
	checkLangs(&p, "alert", h.Alert)
	if _, err := domain.ParseIRI(string(h.Replacement)); h.Replacement != "" && (err != nil || len(h.Replacement) > maxString) {
		p.Add("replacement", "catalogue.replacement")
	}
	last := 0
	for i := range h.Versions {
		v := &h.Versions[i]
		if v.Number <= last || v.Number > maxNumber || !slices.Contains([]Status{Published, Deprecated, Withdrawn}, v.Status) || !utf8.ValidString(v.Note) {
			p.Add("versions", "error.invalid")
			return p.Err()
		}
		if year := v.At.Year(); year < 1970 || year > 9000 {
			p.Add("at", "error.invalid")
		}
		last, v.Note, v.At, v.By = v.Number, clipNote(v.Note), v.At.UTC().Truncate(time.Microsecond), domain.Nobody
		c := v.Content
		if err := (&Entry{Kind: h.Kind, Name: c.Name, Summary: c.Summary, Interlinker: c.Interlinker, Problem: c.Problem, Schema: c.Schema}).Check(); err != nil {
			return err
		}
	}
	return p.Err()
}

// likeness is by what versions of two nodes are the same: what they say, but for
// where each node hands out files and pictures.
func (v *Version) likeness() string {
	c := v.Content
	if c.Interlinker != nil {
		i := *c.Interlinker
		i.Documents, i.Snapshots = make(map[string]Document, len(i.Documents)), slices.Clone(i.Snapshots)
		for lang, d := range c.Interlinker.Documents {
			if d.Hash != "" {
				d.URL, d.MediaType, d.Size = "", "", 0
			}
			i.Documents[lang] = d
		}
		for n, x := range i.Snapshots {
			i.Snapshots[n] = Snapshot{Alt: x.Alt} // it is drawn anew
		}
		c.Interlinker = &i
	}
	raw, err := json.Marshal(c)
	if err != nil {
		return ""
	}
	return string(v.Status) + string(raw)
}

// Succession is what becomes of the versions of an entry elsewhere where it is
// an entry with versions of its own.
type Succession struct {
	Added []Version // that are new here
	Moves bool      // the entry says from now on what the last of them says
	Kept  []int     // numbers under which something else is here, or which later ones of here are in the way of
}

// Succeed makes one history of what an entry here said (ours) and what it said
// elsewhere (theirs), both in order. What is here stays, whatever its number is
// there; what comes after it is added if both are the same up to there. It is
// pure.
func Succeed(ours, theirs []Version) Succession {
	var out Succession
	here := make(map[int]*Version, len(ours))
	for i := range ours {
		here[ours[i].Number] = &ours[i]
	}
	last, follows := 0, true
	if len(ours) > 0 {
		last = ours[len(ours)-1].Number
		follows = slices.ContainsFunc(theirs, func(v Version) bool {
			// Of an import that brought no history the number is lower than it was there.
			return v.Number > last && v.likeness() == here[last].likeness()
		})
		i := slices.IndexFunc(theirs, func(v Version) bool { return v.Number == last })
		follows = follows || i >= 0 && same(here[last], theirs, i)
	}
	for i, v := range theirs {
		switch have := here[v.Number]; {
		case have != nil && same(have, theirs, i):
		case have != nil, v.Number > last && !follows:
			out.Kept = append(out.Kept, v.Number)
		default:
			out.Added = append(out.Added, v)
			out.Moves = out.Moves || v.Number > last
		}
	}
	return out
}

// same reports whether a version here is one of theirs. Of one that says nothing
// new, as when a warning is added, the time tells.
func same(have *Version, theirs []Version, i int) bool {
	v := &theirs[i]
	if have.likeness() != v.likeness() {
		return false
	}
	return i == 0 || theirs[i-1].likeness() != v.likeness() || have.At.Equal(v.At)
}
