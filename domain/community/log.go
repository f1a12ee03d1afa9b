package community

import (
	"context"
	"time"

	"interlink/domain"
	"interlink/domain/policy"
)

// Act is something that those who moderate a community did, as its open log
// tells it: never whom it concerned, nor what they had written.
type Act struct {
	Seq   int64
	Kind  domain.EventKind
	By    domain.ActorID // Nobody for what ended by itself
	At    time.Time
	Until time.Time // of a ban that ends
	Role  Role      // that was given
}

// Acts is the part of [Store] about what was moderated.
type Acts interface {
	// Acts lists what was moderated in a community, newest first; what authors
	// did with their own posts is not.
	Acts(ctx context.Context, community domain.ActorID, page domain.Page) (domain.List[Act], error)
}

// Log lists what those who moderate a community did, newest first. Errors:
// NotFound, Forbidden unless the community shows it to everybody or the viewer
// moderates it.
func (s *Service) Log(ctx context.Context, v policy.Viewer, name string, page domain.Page) (domain.List[Act], error) {
	c, err := s.Community(ctx, v, name)
	if err != nil {
		return domain.List[Act]{}, err
	}
	verb := policy.Moderate
	if c.OpenLog {
		verb = policy.Read
	}
	if err := policy.Allow(v, verb, c); err != nil {
		return domain.List[Act]{}, err
	}
	return s.store.Acts(ctx, c.ID, page)
}
