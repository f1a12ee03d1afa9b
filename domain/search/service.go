package search

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"interlink/domain"
	"interlink/domain/policy"
)

// Service keeps searches of people, and tells them of what is new.
type Service struct {
	store   Store
	finders map[Place]Finder
	viewer  func(ctx context.Context, person domain.ActorID) (policy.Viewer, error)
	mint    *domain.Mint
}

// NewService makes the service. viewer tells as whom somebody looks who is not
// there: nobody, if they cannot sign in.
func NewService(store Store, finders map[Place]Finder, viewer func(context.Context, domain.ActorID) (policy.Viewer, error), mint *domain.Mint) *Service {
	return &Service{store, finders, viewer, mint}
}

// Save keeps a search of the viewer. One for the same is not kept twice, but
// takes the new name. Errors: Unauthenticated, Forbidden, Invalid on "place",
// "query", "name"; Conflict for the 21st.
func (s *Service) Save(ctx context.Context, v policy.Viewer, place Place, query, name string, tell bool) (*Search, error) {
	if err := allow(v, policy.Edit); err != nil {
		return nil, err
	}
	find := s.finders[place]
	if find == nil {
		return nil, domain.InvalidField("place", "saved.place")
	}
	query, err := normal(query)
	if err != nil {
		return nil, err
	}
	now := s.mint.Now()
	x := &Search{ID: s.mint.ID(), Person: v.Actor, Place: place, Query: query, Tell: tell, At: now, SeenAt: now, ToldAt: now}
	if x.Name = strings.ToValidUTF8(strings.Join(strings.Fields(strings.ReplaceAll(name, "\x00", "")), " "), ""); x.Name == "" {
		x.Name = called(x)
	}
	if utf8.RuneCountInString(x.Name) > maxName {
		return nil, domain.InvalidField("name", "saved.name_long", maxName)
	}
	if _, err := find(ctx, v, x.Values(), now); err != nil {
		if domain.CodeOf(err) == domain.Invalid {
			err = domain.InvalidField("query", "saved.query").Because(err)
		}
		return nil, err
	}
	return x, s.store.AddSearch(ctx, x, Most)
}

// called is the name of a search whose person gave none: what it asks for.
func called(x *Search) string {
	var words []string
	values := x.Values()
	if text := values.Get("q"); text != "" {
		words = append(words, text)
		values.Del("q")
	}
	for _, part := range strings.Split(values.Encode(), "&") {
		if name, _, _ := strings.Cut(part, "="); name != "" {
			words = append(words, values[name]...)
			delete(values, name)
		}
	}
	all := []rune(strings.Join(words, ", "))
	if len(all) > maxName {
		all = append(all[:maxName-1], '…')
	}
	return string(all)
}

// List lists those of the viewer, newest first, with how much is new in each.
// There are few. Errors: Unauthenticated, Forbidden.
func (s *Service) List(ctx context.Context, v policy.Viewer) ([]Listed, error) {
	if err := allow(v, policy.Read); err != nil {
		return nil, err
	}
	all, err := s.store.Searches(ctx, v.Actor)
	list := make([]Listed, len(all))
	for i, x := range all {
		list[i].Search = x
		if list[i].Fresh, err = s.fresh(ctx, v, x, x.SeenAt); err != nil {
			return nil, err
		}
	}
	return list, err
}

// fresh counts what is new since a time. What cannot be searched for any more
// finds nothing.
func (s *Service) fresh(ctx context.Context, v policy.Viewer, x *Search, since time.Time) (int, error) {
	find := s.finders[x.Place]
	if find == nil {
		return 0, nil
	}
	n, err := find(ctx, v, x.Values(), since)
	switch domain.CodeOf(err) {
	case domain.Invalid, domain.NotFound, domain.Gone, domain.Forbidden:
		return 0, nil
	}
	return min(n, MostFresh), err
}

// Search returns one of the viewer's. Errors: Unauthenticated, Forbidden,
// NotFound.
func (s *Service) Search(ctx context.Context, v policy.Viewer, id domain.ID) (*Search, error) {
	if err := allow(v, policy.Read); err != nil {
		return nil, err
	}
	return s.store.Search(ctx, v.Actor, id)
}

// Look returns one of the viewer's, at which they look now: what is in it is
// not new any more. Errors: Unauthenticated, Forbidden, NotFound.
func (s *Service) Look(ctx context.Context, v policy.Viewer, id domain.ID) (*Search, error) {
	if err := allow(v, policy.Edit); err != nil {
		return nil, err
	}
	x, err := s.store.Search(ctx, v.Actor, id)
	if err != nil {
		return nil, err
	}
	return x, s.store.SearchSeen(ctx, v.Actor, id, s.mint.Now())
}

// Tell says whether the viewer is told of what is new in one. Errors: as of
// Look.
func (s *Service) Tell(ctx context.Context, v policy.Viewer, id domain.ID, tell bool) error {
	if err := allow(v, policy.Edit); err != nil {
		return err
	}
	return s.store.TellOfSearch(ctx, v.Actor, id, tell)
}

// Remove forgets one. Errors: as of Look.
func (s *Service) Remove(ctx context.Context, v policy.Viewer, id domain.ID) error {
	if err := allow(v, policy.Edit); err != nil {
		return err
	}
	return s.store.RemoveSearch(ctx, v.Actor, id)
}

// How often is looked whether there is something to tell: not once for each
// thing that comes, but in time for a summary each day.
const (
	toldEvery = 12 * time.Hour
	dueAtOnce = 100
)

// TellDue looks in the searches of which is told for what came since the
// person looked, or was told, and tells them once for each search.
func (s *Service) TellDue(ctx context.Context) error {
	for ctx.Err() == nil {
		now := s.mint.Now()
		due, err := s.store.DueSearches(ctx, now.Add(-toldEvery), dueAtOnce)
		if err != nil {
			return err
		}
		for _, x := range due {
			if err := s.tell(ctx, x, now); err != nil {
				return err
			}
		}
		if len(due) < dueAtOnce {
			return nil
		}
	}
	return ctx.Err()
}

func (s *Service) tell(ctx context.Context, x *Search, now time.Time) error {
	v, err := s.viewer(ctx, x.Person)
	if err != nil {
		return err
	}
	n := 0
	if v.Actor != domain.Nobody {
		since := x.ToldAt
		if x.SeenAt.After(since) {
			since = x.SeenAt
		}
		if n, err = s.fresh(ctx, v, x, since); err != nil {
			return err
		}
	}
	var change domain.Change
	if n > 0 {
		change.Events = append(change.Events, domain.NewEvent(s.mint, Found, domain.Nobody, domain.Subject{Kind: "search", ID: x.ID}, FoundPayload{x.Person}))
	}
	err = s.store.ToldSearch(ctx, x, now, change)
	if domain.CodeOf(err) == domain.Conflict {
		return nil // another process told of it
	}
	return err
}
