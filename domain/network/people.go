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
	// Linked returns the actors with the given addresses, or pages.
	Linked(ctx context.Context, addresses []domain.IRI) ([]*Actor, error)
	// People lists people, of this node first, whose name or handle has every
	// word; those who do not want to be found only by their whole name.
	People(ctx context.Context, words []string, p domain.Page) (domain.List[*Actor], error)
	// Named lists people and groups whose handle, or a word of whose name,
	// begins with some letters: those who are near first, then those whom an
	// actor follows, then others who want to be found.
	Named(ctx context.Context, n Naming, most int) ([]*Actor, error)
}

// Naming is the beginning of a mention.
type Naming struct {
	Name string // letters of the handle or name, in small ones
	Host string // the beginning of the host, if one was written
	By   domain.ActorID
	Near []domain.ActorID // who takes part in the same thread
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

// Linked returns who is meant by links to actors or their pages, of those of
// whom v may know. A page counts at the actor's own server alone.
func (s *Service) Linked(ctx context.Context, v policy.Viewer, links []domain.IRI) (map[domain.IRI]*Actor, error) {
	found := make(map[domain.IRI]*Actor, len(links))
	if len(links) == 0 {
		return found, nil
	}
	actors, err := s.store.Linked(ctx, links)
	for _, a := range actors {
		if readable, err := s.readable(ctx, v)(a, nil); err == nil {
			found[a.IRI] = readable
			if _, taken := found[a.URL]; !taken && domain.SameOrigin(a.IRI, a.URL) {
				found[a.URL] = readable
			}
		}
	}
	return found, err
}

// Named finds whom somebody may mean who begins to write "@word": n.Name is as
// it was written. Errors: Unauthenticated.
func (s *Service) Named(ctx context.Context, v policy.Viewer, word string, near []domain.ActorID, most int) ([]*Actor, error) {
	if v.Actor == domain.Nobody {
		return nil, domain.Fail(domain.Unauthenticated, "error.sign_in")
	}
	name, host, _ := strings.Cut(strings.ToLower(strings.TrimSpace(word)), "@")
	if name == "" || len(word) > maxNaming {
		return nil, nil
	}
	return s.store.Named(ctx, Naming{Name: name, Host: host, By: v.Actor, Near: near[:min(len(near), maxNear)]}, most)
}

// The bounds of what is asked for a mention.
const (
	maxNaming = 300 // bytes
	maxNear   = 100
)

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
