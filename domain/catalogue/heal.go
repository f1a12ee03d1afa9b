package catalogue

import (
	"context"
	"time"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/domain/policy"
)

// checkEvery is how often a followed catalogue is asked for its digest, and a
// trust list for its newest version.
const checkEvery = 24 * time.Hour

// Marks returns address and version of the published entries of this node,
// for catalogues that follow it.
func (s *Service) Marks(ctx context.Context) ([]Mark, error) { return s.store.Marks(ctx, s.owner) }

// CopyMarks returns those of the copies of another catalogue.
func (s *Service) CopyMarks(ctx context.Context, catalogue domain.ActorID) ([]Mark, error) {
	return s.store.Marks(ctx, catalogue)
}

// Checked notes how asking a catalogue for its digest ended: nil if all that
// is here is as it is there.
func (s *Service) Checked(ctx context.Context, catalogue domain.ActorID, failed error) error {
	sub, err := s.store.Subscription(ctx, catalogue)
	if err != nil {
		return err
	}
	now := s.mint.Now()
	sub.CheckedAt = now
	switch domain.CodeOf(failed) {
	case domain.OK:
		sub.VerifiedAt, sub.FailingSince = now, time.Time{}
	case domain.Unavailable, domain.Gone, domain.NotFound:
		if sub.FailingSince.IsZero() {
			sub.FailingSince = now
		}
	}
	return s.store.SaveSubscription(ctx, sub, domain.Change{})
}

// Tend asks for what is due: to check followed catalogues once a day, and to
// go on with those whose reader was killed. resume is true when the node
// starts.
func (s *Service) Tend(ctx context.Context, resume bool) error {
	all, err := s.store.Subscriptions(ctx)
	if err != nil {
		return err
	}
	now := s.mint.Now()
	var jobs []domain.Job
	for _, sub := range all {
		switch {
		case sub.State == SubscriptionReading && resume && !sub.NotBefore.After(now):
			jobs = append(jobs, s.reading(sub.Catalogue, time.Time{}))
		case sub.State == SubscriptionCurrent && now.Sub(sub.CheckedAt) >= checkEvery && now.Sub(sub.ReadAt) >= checkEvery:
			jobs = append(jobs, s.checking(sub.Catalogue))
		}
	}
	lists, err := s.dueLists(ctx, now)
	if err != nil {
		return err
	}
	if jobs = append(jobs, lists...); len(jobs) == 0 {
		return nil
	}
	return s.store.Save(ctx, nil, domain.Change{Jobs: jobs}, false)
}

// CheckNow asks a catalogue for its digest now. Errors: Forbidden, NotFound.
func (s *Service) CheckNow(ctx context.Context, v policy.Viewer, catalogue domain.ActorID) error {
	if err := curator(v); err != nil {
		return err
	}
	if _, err := s.store.Subscription(ctx, catalogue); err != nil {
		return err
	}
	return s.store.Save(ctx, nil, domain.Change{Jobs: []domain.Job{s.checking(catalogue)}}, false)
}

func (s *Service) checking(catalogue domain.ActorID) domain.Job {
	return domain.Job{Kind: JobCheck, Unique: string(catalogue), Args: network.BackfillArgs{Catalogue: catalogue}, Remote: true}
}
