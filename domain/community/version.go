package community

import (
	"context"
	"time"

	"interlink/domain"
	"interlink/domain/policy"
)

// Version is what a post of this node said before it was changed.
type Version struct {
	Content string // safe HTML
	At      time.Time
}

// MostVersions is how many are kept of a post, the newest.
const MostVersions = 50

// Versions is the part of [Store] about them.
type Versions interface {
	// VersionsOf lists those of a post, the newest first.
	VersionsOf(ctx context.Context, post domain.ID) ([]Version, error)
}

// Versions reads a post, and what it said before, the newest first: whoever may
// read it may know what was changed. Errors: NotFound, Gone.
func (s *Service) Versions(ctx context.Context, v policy.Viewer, id domain.ID) (*Post, []Version, error) {
	p, err := s.PostByID(ctx, v, id)
	if err != nil {
		return nil, nil, err
	}
	all, err := s.store.VersionsOf(ctx, id)
	return p, all, err
}

// AllowEdit refuses who may not change a post: nobody puts words into somebody
// else's mouth, whatever else they may do with it. Errors: Unauthenticated,
// Forbidden; also for what another node keeps.
func (s *Service) AllowEdit(ctx context.Context, v policy.Viewer, p *Post) error {
	if !p.Local() || v.Actor != domain.Nobody && p.Author != v.Actor && p.Author != p.Community {
		return domain.Fail(domain.Forbidden, "error.forbidden")
	}
	return s.AllowPost(ctx, v, policy.Edit, p)
}
