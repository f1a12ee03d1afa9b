package story

import (
	"context"
	"time"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/policy"
)

// Draft is a story that is being written, for those alone who may publish its
// process. It may lack whatever a story must have.
type Draft struct {
	ID        domain.ID
	Serial    domain.Serial
	Process   domain.ActorID
	Story     domain.ID      // the story that it is to be a new version of; "" for a new one
	Owner     domain.ActorID // that is to tell it; Nobody while it is not said
	Community domain.ActorID // that is to announce it; Nobody for none
	Keep      []domain.ID    // see [Service.Preview]; nil while nothing was chosen
	Telling
	UpdatedAt time.Time
	Revision  int64
}

// maxDrafts is how many drafts a process has at most.
const maxDrafts = 50

// drafting reads a process whose stories the viewer may write.
func (s *Service) drafting(ctx context.Context, v policy.Viewer, process string) (*coproduction.Process, error) {
	p, err := s.processes.ProcessNamed(ctx, process)
	if err != nil {
		return nil, err
	}
	return p, policy.Allow(v, policy.Publish, p)
}

// Draft reads a draft of a process. Errors: NotFound, Forbidden.
func (s *Service) Draft(ctx context.Context, v policy.Viewer, process string, id domain.ID) (*Draft, error) {
	p, err := s.drafting(ctx, v, process)
	if err != nil {
		return nil, err
	}
	d, err := s.store.Draft(ctx, id)
	if err == nil && d.Process != p.ID {
		err = domain.Fail(domain.NotFound, "error.not_found")
	}
	return d, err
}

// Drafts lists the drafts of a process, newest first: at most 50. Errors:
// NotFound, Forbidden.
func (s *Service) Drafts(ctx context.Context, v policy.Viewer, process string) ([]*Draft, error) {
	p, err := s.drafting(ctx, v, process)
	if err != nil {
		return nil, err
	}
	return s.store.Drafts(ctx, p.ID)
}

// SaveDraft keeps what was written so far: a new draft with Revision 0, else the
// one that the viewer saw. Errors: NotFound, Forbidden, Invalid for what breaks a
// bound, Conflict if somebody else changed it, TooLarge for too many drafts.
func (s *Service) SaveDraft(ctx context.Context, v policy.Viewer, process string, d Draft) (*Draft, error) {
	p, err := s.drafting(ctx, v, process)
	if err != nil {
		return nil, err
	}
	d.Telling = d.Telling.clean()
	var problems domain.Problems
	if d.Telling.bounds(&problems); problems.Err() != nil {
		return nil, problems.Err()
	}
	if d.Revision == 0 {
		others, err := s.store.Drafts(ctx, p.ID)
		if err != nil {
			return nil, err
		}
		if len(others) >= maxDrafts {
			return nil, domain.Fail(domain.TooLarge, "story.drafts", maxDrafts)
		}
		d.ID, d.Serial, d.Process = s.mint.ID(), s.mint.Serial(), p.ID
	} else {
		was, err := s.Draft(ctx, v, process, d.ID)
		if err != nil {
			return nil, err
		}
		if was.Revision != d.Revision {
			return nil, domain.Fail(domain.Conflict, "error.conflict")
		}
		d.Serial, d.Process, d.Story = was.Serial, was.Process, was.Story
	}
	d.UpdatedAt = s.mint.Now()
	return &d, s.store.SaveDraft(ctx, &d)
}

// DiscardDraft throws a draft away. Again changes nothing. Errors: NotFound,
// Forbidden.
func (s *Service) DiscardDraft(ctx context.Context, v policy.Viewer, process string, id domain.ID) error {
	d, err := s.Draft(ctx, v, process, id)
	if err != nil {
		return err
	}
	return s.store.DiscardDraft(ctx, d.ID)
}
