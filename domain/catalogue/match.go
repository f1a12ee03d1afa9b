package catalogue

import (
	"context"
	"slices"
	"strings"

	"interlink/domain"
	"interlink/domain/policy"
)

// MatchStore keeps which problem profiles of other nodes are the same as those
// of this one.
type MatchStore interface {
	// Matches returns what is the same as each of these profiles, by their
	// addresses; of all profiles of this node without any.
	Matches(ctx context.Context, profiles []domain.IRI) (map[domain.IRI][]domain.IRI, error)
	// SaveMatch adds or removes that two are the same. Again changes nothing.
	SaveMatch(ctx context.Context, profile, other domain.IRI, is bool, change domain.Change) error
}

// The events of matches; the subject is the profile of this node.
const (
	Matched   domain.EventKind = "problem.matched"   // [MatchChanged]
	Unmatched domain.EventKind = "problem.unmatched" // [MatchChanged]
)

// MatchChanged is the payload of the events of matches.
type MatchChanged struct {
	Slug  string     `json:"slug"`
	Other domain.IRI `json:"other"`
}

// MatchBy lets the service keep matches.
func (s *Service) MatchBy(store MatchStore) { s.matches = store }

// Matches returns what is the same elsewhere as these profiles (skos:exactMatch).
func (s *Service) Matches(ctx context.Context, profiles ...domain.IRI) (map[domain.IRI][]domain.IRI, error) {
	return s.matches.Matches(ctx, profiles)
}

// maxMatches bounds what is the same as one profile.
const maxMatches = 50

// Match says that a profile of this node is the same as another, of any node
// or vocabulary, or that it is not. Errors: NotFound, Forbidden, Invalid for
// what is no address, or one of this node.
func (s *Service) Match(ctx context.Context, v policy.Viewer, slug, other string, is bool) error {
	e, err := s.Entry(ctx, v, KindProblem, slug, "")
	if err != nil {
		return err
	}
	if err := policy.Allow(v, policy.Edit, e); err != nil {
		return err
	}
	iri, err := domain.ParseLink(strings.TrimSpace(other))
	if err != nil {
		return domain.InvalidField("other", "catalogue.uri")
	}
	if s.ns.Owns(iri) {
		return domain.InvalidField("other", "catalogue.match_own")
	}
	known, err := s.Matches(ctx, e.IRI)
	if err != nil {
		return err
	}
	if slices.Contains(known[e.IRI], iri) == is {
		return nil
	}
	if is && len(known[e.IRI]) >= maxMatches {
		return domain.InvalidField("other", "catalogue.too_many", maxMatches)
	}
	kind := Matched
	if !is {
		kind = Unmatched
	}
	event := domain.NewEvent(s.mint, kind, v.Actor, e.Subject(), MatchChanged{e.Slug, iri})
	return s.matches.SaveMatch(ctx, e.IRI, iri, is, domain.Change{Events: []domain.Event{event}})
}
