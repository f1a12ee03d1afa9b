package account

import (
	"context"
	"time"

	"interlink/domain"
	"interlink/domain/policy"
)

// PurposeCalendar is that of a secret address at which a person's calendar
// program reads the dates that the person may see, and nothing else.
const PurposeCalendar Purpose = "calendar"

// CalendarRenewed tells that a person made a secret address; earlier ones
// ended.
const CalendarRenewed domain.EventKind = "account.calendar_renewed"

// RenewCalendar makes the secret of the viewer's calendar address, which is
// shown once, and ends those before. Errors: Unauthenticated.
func (s *Service) RenewCalendar(ctx context.Context, v policy.Viewer) (string, error) {
	a, err := s.own(ctx, v)
	if err != nil {
		return "", err
	}
	plain, secret := s.secret(PurposeCalendar, a.ID, 0)
	before, err := s.store.Secrets(ctx, a.ID, PurposeCalendar, s.mint.Now())
	if err != nil {
		return "", err
	}
	if err := s.store.AddSecret(ctx, secret, domain.Change{Events: []domain.Event{s.event(CalendarRenewed, a.Actor, a)}}); err != nil {
		return "", err
	}
	for _, old := range before {
		if err := s.store.DeleteSecret(ctx, a.ID, old.ID); err != nil {
			return "", err
		}
	}
	return plain, nil
}

// CalendarSince says when the viewer's calendar address was made; the zero
// time if there is none. Errors: Unauthenticated.
func (s *Service) CalendarSince(ctx context.Context, v policy.Viewer) (time.Time, error) {
	a, err := s.own(ctx, v)
	if err != nil {
		return time.Time{}, err
	}
	secrets, err := s.store.Secrets(ctx, a.ID, PurposeCalendar, s.mint.Now())
	if err != nil || len(secrets) == 0 {
		return time.Time{}, err
	}
	return secrets[0].CreatedAt, nil
}

// EndCalendar ends the viewer's calendar address. Again changes nothing.
// Errors: Unauthenticated.
func (s *Service) EndCalendar(ctx context.Context, v policy.Viewer) error {
	a, err := s.own(ctx, v)
	if err != nil {
		return err
	}
	secrets, err := s.store.Secrets(ctx, a.ID, PurposeCalendar, s.mint.Now())
	for _, old := range secrets {
		if err == nil {
			err = s.store.DeleteSecret(ctx, a.ID, old.ID)
		}
	}
	return err
}

// CalendarReader returns who holds the secret of a calendar address, as a
// viewer who may read only. Errors: NotFound.
func (s *Service) CalendarReader(ctx context.Context, secret string) (policy.Viewer, *Account, error) {
	a, err := s.enter(ctx, secret, PurposeCalendar)
	if err != nil {
		return policy.Viewer{}, nil, err
	}
	v := a.Viewer()
	v.Scopes = []policy.Scope{policy.ScopeRead}
	return v, a, nil
}
