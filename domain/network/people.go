package network

import (
	"context"
	"strings"

	"interlink/domain"
	"interlink/domain/policy"
)

// PeopleStore reads actors in numbers.
type PeopleStore interface {
	// Actors returns the actors with the given keys, in no order; unknown
	// ones are left out.
	Actors(ctx context.Context, ids []domain.ActorID) ([]*Actor, error)
	// People lists people, of this node first, whose name or handle has every
	// word; those who do not want to be found only by their whole name.
	People(ctx context.Context, words []string, p domain.Page) (domain.List[*Actor], error)
}

// Actors returns those of several actors of whom v may know, by their keys.
func (s *Service) Actors(ctx context.Context, v policy.Viewer, ids []domain.ActorID) (map[domain.ActorID]*Actor, error) {
	found := make(map[domain.ActorID]*Actor, len(ids))
	actors, err := s.store.Actors(ctx, ids)
	for _, a := range actors {
		if readable, err := s.readable(ctx, v)(a, nil); err == nil {
			found[a.ID] = readable
		}
	}
	return found, err
}

// People finds people who are known here by words in their names or handles,
// never by their e-mail addresses. Errors: Unauthenticated, Invalid for a
// cursor that this list did not give.
func (s *Service) People(ctx context.Context, v policy.Viewer, words string, p domain.Page) (domain.List[*Actor], error) {
	if v.Actor == domain.Nobody {
		return domain.List[*Actor]{}, domain.Fail(domain.Unauthenticated, "error.sign_in")
	}
	if _, err := p.AfterSerial(); err != nil {
		return domain.List[*Actor]{}, err
	}
	name, host, _ := strings.Cut(strings.TrimPrefix(strings.TrimSpace(words), "@"), "@")
	split := strings.Fields(strings.ToLower(name))
	if len(split) == 0 || host != "" && !s.ns.Here(host) {
		return domain.List[*Actor]{}, nil
	}
	return s.store.People(ctx, split[:min(len(split), 10)], p)
}
