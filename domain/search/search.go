// Package search keeps what people search for again and again, and tells them
// what is new in it. It searches nothing itself: what finds is the search of
// each list.
package search

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"interlink/domain"
	"interlink/domain/policy"
)

// Place is a list in which people search.
type Place string

// The places.
const (
	Catalogue   Place = "catalogue"
	Stories     Place = "stories"
	Processes   Place = "processes"
	Communities Place = "communities"
	Timeline    Place = "timeline" // what the person follows, of one kind
	Tag         Place = "tag"      // posts with a hashtag
)

// Search is one that a person saved.
type Search struct {
	ID     domain.ID
	Person domain.ActorID
	Place  Place
	Query  string // of the address of the list, in one normal form
	Name   string // as the person calls it
	Tell   bool   // by a notification, and so by the summaries that they chose
	At     time.Time
	SeenAt time.Time // when the person looked at it last
	ToldAt time.Time // up to when was looked whether there is something to tell
}

// Values are what the search asks for.
func (s *Search) Values() url.Values {
	values, err := url.ParseQuery(s.Query)
	if err != nil {
		return url.Values{}
	}
	return values
}

// Listed is a search with how much is new since the person looked.
type Listed struct {
	*Search
	Fresh int // at most [MostFresh]
}

// Most is how many searches one person saves.
const Most = 20

// MostFresh is up to how many is counted what is new.
const MostFresh = 20

// The bounds of one.
const (
	maxQuery = 1000 // bytes
	maxName  = 100  // characters
)

// The events of searches; the subject is the search. What a person searches
// for is not in them.
const Found domain.EventKind = "search.found" // [FoundPayload]

// FoundPayload is the payload of [Found].
type FoundPayload struct {
	Person domain.ActorID `json:"person"`
}

// saved is what the policy asks of somebody's searches: they are theirs alone.
type saved struct{ person domain.ActorID }

func (saved) PolicyKind() string                  { return "search" }
func (saved) PolicyVisibility() domain.Visibility { return domain.VisibleMembers }
func (saved) PolicyLocal() bool                   { return true }

func (o saved) PolicyRelation(a domain.ActorID) policy.Relation {
	if a == o.person && a != domain.Nobody {
		return policy.Administrator
	}
	return policy.Stranger
}

// allow asks whether the viewer may do something with their own searches.
// Errors: Unauthenticated, Forbidden for a token without the scope.
func allow(v policy.Viewer, verb policy.Verb) error {
	if v.Actor == domain.Nobody || !v.Local() {
		return domain.Fail(domain.Unauthenticated, "error.sign_in")
	}
	return policy.Allow(v, verb, saved{v.Actor})
}

// normal gives the query of an address one form: without the page, and without
// what asks for nothing. Errors: Invalid on "query".
func normal(query string) (string, error) {
	bad := domain.InvalidField("query", "saved.query")
	values, err := url.ParseQuery(strings.TrimPrefix(query, "?"))
	if err != nil || len(query) > maxQuery || !utf8.ValidString(query) {
		return "", bad
	}
	values.Del("after")
	values.Del("saved")
	for name, all := range values {
		all = slices.DeleteFunc(all, func(v string) bool { return strings.TrimSpace(v) == "" })
		if slices.ContainsFunc(all, func(v string) bool { return strings.ContainsRune(v, 0) || !utf8.ValidString(v) }) {
			return "", bad
		}
		slices.Sort(all)
		if all = slices.Compact(all); len(all) == 0 {
			delete(values, name)
		} else {
			values[name] = all
		}
	}
	if len(values) == 0 {
		return "", bad
	}
	return values.Encode(), nil
}

// Finder counts what a search finds that came after a time, at most
// [MostFresh]. Errors: Invalid for what cannot be searched for.
type Finder func(ctx context.Context, v policy.Viewer, asked url.Values, since time.Time) (int, error)

// Store keeps searches.
type Store interface {
	// AddSearch stores one; one with the same place and query takes its name
	// and whether is told, and keeps its id. Errors: Conflict for more than so many.
	AddSearch(ctx context.Context, s *Search, most int) error
	// Searches lists those of a person, newest first.
	Searches(ctx context.Context, person domain.ActorID) ([]*Search, error)
	// Search returns one of a person. Errors: NotFound.
	Search(ctx context.Context, person domain.ActorID, id domain.ID) (*Search, error)
	// SearchSeen notes that the person looked. Errors: NotFound.
	SearchSeen(ctx context.Context, person domain.ActorID, id domain.ID, at time.Time) error
	// TellOfSearch notes whether the person is told. Errors: NotFound.
	TellOfSearch(ctx context.Context, person domain.ActorID, id domain.ID, tell bool) error
	// RemoveSearch errors: NotFound.
	RemoveSearch(ctx context.Context, person domain.ActorID, id domain.ID) error
	// DueSearches lists those of which is told and was not looked at since a
	// time, longest ago first.
	DueSearches(ctx context.Context, before time.Time, limit int) ([]*Search, error)
	// ToldSearch notes up to when was looked, with what there is to tell.
	// Errors: Conflict if another process was first.
	ToldSearch(ctx context.Context, s *Search, at time.Time, change domain.Change) error
}
