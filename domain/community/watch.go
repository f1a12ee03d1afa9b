package community

import (
	"context"

	"interlink/domain"
	"interlink/domain/policy"
)

// Watched is a list that somebody looks at: one of the three.
type Watched struct {
	Home   domain.ActorID // what this person follows, without what they write
	Actor  domain.ActorID // what this actor published and announced
	Thread domain.IRI     // all that is below this post, as everybody may read it
}

// maxFresh is how far what is new is counted.
const maxFresh = 100

// FreshHome counts what is new of what the viewer follows since a serial, at
// most 100. Errors: Unauthenticated.
func (s *Service) FreshHome(ctx context.Context, v policy.Viewer, since domain.Serial) (int, error) {
	if v.Actor == domain.Nobody {
		return 0, domain.Fail(domain.Unauthenticated, "error.sign_in")
	}
	return s.store.Since(ctx, Watched{Home: v.Actor}, since, maxFresh)
}

// FreshIn counts what a community published and announced since a serial, at
// most 100. Errors: NotFound.
func (s *Service) FreshIn(ctx context.Context, v policy.Viewer, name string, since domain.Serial) (int, error) {
	c, err := s.Community(ctx, v, name)
	if err != nil {
		return 0, err
	}
	return s.store.Since(ctx, Watched{Actor: c.ID}, since, maxFresh)
}

// FreshAnswers counts the answers to a post, and to answers to it, that came since
// a serial, at most 100. Errors: as [Service.PostByID].
func (s *Service) FreshAnswers(ctx context.Context, v policy.Viewer, id domain.ID, since domain.Serial) (int, error) {
	p, err := s.PostByID(ctx, v, id)
	if err != nil {
		return 0, err
	}
	return s.store.Since(ctx, Watched{Thread: p.IRI}, since, maxFresh)
}
