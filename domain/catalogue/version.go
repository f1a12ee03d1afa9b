package catalogue

import (
	"context"
	"time"

	"interlink/domain"
	"interlink/domain/policy"
)

// Version is what an entry of this node said from one change to the next.
type Version struct {
	Number  int
	Content Content // without a schema's or an Interlinker's texts in lists: zero
	Status  Status
	Note    string         // what the change was, in the words of who made it; may be empty
	By      domain.ActorID // Nobody if it is not known
	At      time.Time
}

// Versions lists the versions of an entry of this node, newest first, without
// their content. Copies have none: their own node has them. Errors: NotFound.
func (s *Service) Versions(ctx context.Context, v policy.Viewer, id domain.ID, page domain.Page) (domain.List[Version], error) {
	if _, err := s.EntryByID(ctx, v, id); err != nil {
		return domain.List[Version]{}, err
	}
	return s.store.Versions(ctx, id, page)
}

// Version reads one version of an entry, from 1. Errors: NotFound.
func (s *Service) Version(ctx context.Context, v policy.Viewer, id domain.ID, number int) (*Version, error) {
	if _, err := s.EntryByID(ctx, v, id); err != nil {
		return nil, err
	}
	return s.store.Version(ctx, id, number)
}
