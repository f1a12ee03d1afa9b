package community

import (
	"context"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/domain/policy"
)

// Requests lists who asks to follow a community that approves its followers,
// oldest first. Errors: NotFound, Unauthenticated, Forbidden unless the viewer
// administers it.
func (s *Service) Requests(ctx context.Context, v policy.Viewer, name string, page domain.Page) (domain.List[*network.Actor], error) {
	c, err := s.administered(ctx, v, name)
	if err != nil {
		return domain.List[*network.Actor]{}, err
	}
	return s.actors.Requests(ctx, c.ID, page)
}

// AnswerRequest lets somebody follow, or not. Errors: as [Service.Requests];
// NotFound if they do not ask, Conflict if they were answered.
func (s *Service) AnswerRequest(ctx context.Context, v policy.Viewer, name string, follower domain.ActorID, accept bool) error {
	c, err := s.administered(ctx, v, name)
	if err != nil {
		return err
	}
	f, err := s.actors.Follow(ctx, follower, c.ID)
	if err != nil {
		return err
	}
	if f.State != network.FollowPending {
		return domain.Fail(domain.Conflict, "error.conflict")
	}
	kind := network.FollowDeclined
	f.State, f.AnsweredAt = network.FollowRejected, s.mint.Now()
	if accept {
		f.State, kind = network.FollowAccepted, network.FollowAnswered
	}
	e := domain.NewEvent(s.mint, kind, v.Actor, domain.Subject{Kind: "actor", ID: domain.ID(c.ID)},
		network.FollowPayload{Follower: f.Follower, Followed: f.Followed, IRI: f.IRI})
	change := domain.Change{Events: []domain.Event{e}}
	if accept {
		ended, err := network.Replaced(ctx, s.mint, s.actors.Follow, f)
		if err != nil {
			return err
		}
		change.Events = append(change.Events, ended...)
	}
	return s.actors.SaveFollow(ctx, f, change)
}

func (s *Service) administered(ctx context.Context, v policy.Viewer, name string) (*Community, error) {
	c, err := s.Community(ctx, v, name)
	if err != nil {
		return nil, err
	}
	return c, policy.Allow(v, policy.Administer, c)
}
