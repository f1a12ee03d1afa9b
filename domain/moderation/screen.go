package moderation

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/policy"
)

// FilterStore keeps filters and what they count.
type FilterStore interface {
	// Filters lists all, oldest first, with how often they acted; since is from
	// when "lately" counts.
	Filters(ctx context.Context, since time.Time) ([]*Filter, error)
	// SaveFilter inserts with Revision 0 (Conflict for a name that is taken), or
	// updates where the revision is unchanged.
	SaveFilter(ctx context.Context, f *Filter, change domain.Change) error
	// RemoveFilter removes one. Errors: NotFound.
	RemoveFilter(ctx context.Context, id domain.ID, change domain.Change) error
	// NoteWritten remembers that something was written, once.
	NoteWritten(ctx context.Context, w community.Written, print string) error
	// NoteHits counts for each of the filters that it acted.
	NoteHits(ctx context.Context, ids []domain.ID, at time.Time) error
	// Counts reads what was noted.
	Counts(ctx context.Context) Counts
	// Lately lists what was written since a time and is for everybody, oldest
	// first: at most so many, the newest.
	Lately(ctx context.Context, since time.Time, most int) ([]Sample, error)
	// ForgetWritten removes notes from before a time.
	ForgetWritten(ctx context.Context, before time.Time) error
}

// Sample is a post by which a filter is tried.
type Sample struct {
	Post *community.Post
	community.Written
}

// Filters is what administrators do with filters, and what these do.
type Filters struct {
	store FilterStore
	mint  *domain.Mint

	mu   sync.Mutex
	all  []*Filter // those that are on
	read time.Time
}

// NewFilters makes the service.
func NewFilters(store FilterStore, mint *domain.Mint) *Filters {
	return &Filters{store: store, mint: mint}
}

// rereadFilters is after what time filters are read again: another process of
// the node may have changed them.
const rereadFilters = 5 * time.Second

// current are the filters that are on, as they were some seconds ago at most.
func (s *Filters) current(ctx context.Context) ([]*Filter, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.mint.Now()
	if age := now.Sub(s.read); !s.read.IsZero() && age >= 0 && age < rereadFilters {
		return s.all, nil
	}
	all, err := s.store.Filters(ctx, now)
	if err != nil {
		return nil, err
	}
	s.all, s.read = nil, now
	for _, f := range all {
		if f.Enabled && (!f.Kind.Patterned() || f.compile() == nil) {
			s.all = append(s.all, f)
		}
	}
	return s.all, nil
}

// forget has the filters read again.
func (s *Filters) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.read = time.Time{}
}

// Screen implements [community.Screen]: of the filters that fit, the one that
// does most decides. Without filters it costs nothing.
func (s *Filters) Screen(ctx context.Context, w community.Written) (community.Ruling, error) {
	var r community.Ruling
	all, err := s.current(ctx)
	if err != nil || len(all) == 0 {
		return r, err
	}
	for _, f := range all {
		if f.Kind.Counted() {
			if err := s.store.NoteWritten(ctx, w, Print(w.Text)); err != nil {
				return r, err
			}
			break
		}
	}
	counts, hit := s.store.Counts(ctx), []domain.ID(nil)
	for _, f := range all {
		fits, err := f.hits(w, counts)
		if err != nil {
			return r, err
		}
		if !fits {
			continue
		}
		hit = append(hit, f.ID)
		if f.Action.Stronger(r.Action) {
			r.Action, r.Filter = f.Action, f.Name
		}
	}
	if len(hit) == 0 {
		return r, nil
	}
	return r, s.store.NoteHits(ctx, hit, w.At)
}

// Print is the hash of a text as people read it: letters and digits alone, in
// small letters. "" for what has fewer than twenty, as many say the same there.
func Print(text string) string {
	var b strings.Builder
	n := 0
	for _, r := range shortened(text) {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			b.WriteRune(unicode.ToLower(r))
			n++
		}
	}
	if n < minPrint {
		return ""
	}
	sum := sha256.Sum256([]byte(b.String()))
	return hex.EncodeToString(sum[:16])
}

const minPrint = 20

// List lists all filters, oldest first. Errors: Unauthenticated, Forbidden
// unless the viewer moderates the node.
func (s *Filters) List(ctx context.Context, v policy.Viewer) ([]*Filter, error) {
	if err := policy.Allow(v, policy.Moderate, rulebook{}); err != nil {
		return nil, err
	}
	return s.store.Filters(ctx, s.mint.Now().Add(-lately))
}

// lately is what is called so.
const lately = 7 * 24 * time.Hour

// Filter returns one. Errors: as of [Filters.List], NotFound.
func (s *Filters) Filter(ctx context.Context, v policy.Viewer, id domain.ID) (*Filter, error) {
	all, err := s.List(ctx, v)
	if err != nil {
		return nil, err
	}
	for _, f := range all {
		if f.ID == id {
			return f, nil
		}
	}
	return nil, domain.Fail(domain.NotFound, "error.not_found")
}

// Save makes a filter, or, with an id, changes it. Errors: Unauthenticated,
// Forbidden unless the viewer administers the node, NotFound, Invalid with all
// fields, Conflict for a changed one.
func (s *Filters) Save(ctx context.Context, v policy.Viewer, f Filter) (*Filter, error) {
	if err := policy.Allow(v, policy.Administer, rulebook{}); err != nil {
		return nil, err
	}
	all, err := s.List(ctx, v)
	if err != nil {
		return nil, err
	}
	same := func(other *Filter) bool { return other.ID == f.ID }
	switch i := slices.IndexFunc(all, same); {
	case i >= 0:
		f.Serial, f.CreatedBy, f.CreatedAt = all[i].Serial, all[i].CreatedBy, all[i].CreatedAt
	case f.ID != "":
		return nil, domain.Fail(domain.NotFound, "error.not_found")
	default:
		f.ID, f.Serial, f.CreatedBy, f.CreatedAt, f.Revision = s.mint.ID(), s.mint.Serial(), v.Actor, s.mint.Now(), 0
	}
	if err := f.check(); err != nil {
		return nil, err
	}
	if f.Revision == 0 && len(all) >= maxFilters {
		return nil, domain.InvalidField("name", "filter.too_many", maxFilters)
	}
	if slices.ContainsFunc(all, func(other *Filter) bool { return !same(other) && strings.EqualFold(other.Name, f.Name) }) {
		return nil, domain.InvalidField("name", "filter.name_taken")
	}
	defer s.forget()
	return &f, s.store.SaveFilter(ctx, &f, s.told(FilterSaved, v, &f))
}

// Remove removes a filter; what it held goes on to wait. Errors: as of
// [Filters.Save].
func (s *Filters) Remove(ctx context.Context, v policy.Viewer, id domain.ID) error {
	if err := policy.Allow(v, policy.Administer, rulebook{}); err != nil {
		return err
	}
	f, err := s.Filter(ctx, v, id)
	if err != nil {
		return err
	}
	defer s.forget()
	return s.store.RemoveFilter(ctx, id, s.told(FilterRemoved, v, f))
}

func (s *Filters) told(kind domain.EventKind, v policy.Viewer, f *Filter) domain.Change {
	e := domain.NewEvent(s.mint, kind, v.Actor, domain.Subject{Kind: "filter", ID: f.ID}, FilterPayload{f.Name, f.Kind, f.Action, f.Enabled})
	return domain.Change{Events: []domain.Event{e}}
}

// Trial is what a filter would have done with what was written lately.
type Trial struct {
	Looked int       // at how many posts
	Hit    int       // of them
	Posts  []Trialed // the newest of these, at most 20
}

// Trialed is a post that a filter would have hit.
type Trialed struct{ Post *community.Post }

// The bounds of a trial.
const (
	maxTried   = 2_000
	shownTried = 20
)

// Try tells what a filter would have done with the public posts of the last
// days; nothing is changed. Errors: Unauthenticated, Forbidden unless the
// viewer moderates the node, Invalid with all fields but the name's.
func (s *Filters) Try(ctx context.Context, v policy.Viewer, f Filter) (Trial, error) {
	if err := policy.Allow(v, policy.Moderate, rulebook{}); err != nil {
		return Trial{}, err
	}
	if f.Name == "" {
		f.Name = "?"
	}
	if err := f.check(); err != nil {
		return Trial{}, err
	}
	samples, err := s.store.Lately(ctx, s.mint.Now().Add(-lately), maxTried)
	if err != nil {
		return Trial{}, err
	}
	t, past := Trial{Looked: len(samples)}, &tally{}
	for _, x := range samples {
		past.add(x.Written)
		if fits, _ := f.hits(x.Written, past); fits {
			t.Hit++
			t.Posts = append([]Trialed{{x.Post}}, t.Posts[:min(len(t.Posts), shownTried-1)]...)
		}
	}
	return t, nil
}

// tally counts in memory, over what is added in the order of time.
type tally struct{ authors, hosts, texts map[string][]time.Time }

func (t *tally) add(w community.Written) {
	if t.authors == nil {
		t.authors, t.hosts, t.texts = map[string][]time.Time{}, map[string][]time.Time{}, map[string][]time.Time{}
	}
	t.authors[string(w.Author)] = append(t.authors[string(w.Author)], w.At)
	t.hosts[w.Host] = append(t.hosts[w.Host], w.At)
	if print := Print(w.Text); print != "" {
		t.texts[print] = append(t.texts[print], w.At)
	}
}

func after(times []time.Time, since time.Time) (int, error) {
	n := 0
	for i := len(times) - 1; i >= 0 && times[i].After(since); i-- {
		n++
	}
	return n, nil
}

func (t *tally) Author(id domain.ActorID, since time.Time) (int, error) {
	return after(t.authors[string(id)], since)
}
func (t *tally) Host(host string, since time.Time) (int, error)  { return after(t.hosts[host], since) }
func (t *tally) Text(print string, since time.Time) (int, error) { return after(t.texts[print], since) }

// Forget removes what no filter counts any more.
func (s *Filters) Forget(ctx context.Context) error {
	return s.store.ForgetWritten(ctx, s.mint.Now().Add(-WrittenFor))
}
