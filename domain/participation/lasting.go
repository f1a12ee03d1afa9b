package participation

import (
	"context"
	"time"

	"interlink/domain"
)

const day = 24 * time.Hour

// How long things wait for their people.
const (
	DecideFor = 90 * day  // how long an application may wait for a decision once its call is over
	OpenFor   = 365 * day // how long a call without a deadline stays open after its last change
	EndsSoon  = 30 * day  // how long before that its people are told; translations name it
)

// AnswerUndecided declines the applications to calls of this node that nobody
// decided on, where the call was over before a time: who applied is told, as of
// any other decision, and can appeal.
func (s *Service) AnswerUndecided(ctx context.Context, before time.Time) error {
	var after domain.Serial
	for {
		list, err := s.store.Undecided(ctx, before, after)
		if err != nil || len(list) == 0 {
			return err
		}
		for _, a := range list {
			after = a.Serial
			if err := s.decline(ctx, a); err != nil && domain.CodeOf(err) != domain.Conflict { // somebody decides at this moment
				return err
			}
		}
	}
}

// decline answers one that nobody decided on, with the reason in a language of
// the call.
func (s *Service) decline(ctx context.Context, a *Application) error {
	c, err := s.store.Call(ctx, a.Call)
	if err != nil {
		return err
	}
	var lang domain.Lang
	if langs := c.Title.Langs(); len(langs) > 0 {
		lang = langs[0]
	}
	reason := s.phrase(lang, "application.undecided")
	if err := a.step(Change{State: Declined, At: s.mint.Now(), Reason: reason}, GroundOther); err != nil {
		return err
	}
	return s.store.SaveApplication(ctx, a, c.beside(), s.forApplicant(a, domain.Nobody))
}

// EndLasting closes the calls of this node that have no deadline and did not
// change for [OpenFor]. Those who decide on them are told [EndsSoon] before; a
// change begins the time anew.
func (s *Service) EndLasting(ctx context.Context, now time.Time) error {
	var after domain.Serial
	for {
		list, err := s.store.Lasting(ctx, now.Add(EndsSoon-OpenFor), after)
		if err != nil || len(list) == 0 {
			return err
		}
		for _, c := range list {
			after = c.Serial
			if err := s.endLasting(ctx, c, now); err != nil && domain.CodeOf(err) != domain.Conflict { // somebody changes it at this moment
				return err
			}
		}
	}
}

func (s *Service) endLasting(ctx context.Context, c *Call, now time.Time) error {
	kind := CallEnding
	switch {
	case c.WarnedAt.Before(c.UpdatedAt):
		c.WarnedAt = now
	case now.Sub(c.WarnedAt) >= EndsSoon && now.Sub(c.UpdatedAt) >= OpenFor:
		kind, c.State, c.UpdatedAt = CallEnded, CallClosed, now
	default:
		return nil
	}
	return s.store.SaveCall(ctx, c, domain.Change{Events: []domain.Event{s.published(kind, domain.Nobody, c)}})
}
