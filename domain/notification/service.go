package notification

import (
	"context"

	"interlink/domain"
	"interlink/domain/policy"
)

// Service lets people read what they are told, and choose how.
type Service struct {
	store  Store
	mint   *domain.Mint
	signer Signer
}

// NewService makes the service.
func NewService(store Store, mint *domain.Mint, signer Signer) *Service {
	return &Service{store, mint, signer}
}

// List returns the viewer's own notifications, newest first. Errors:
// Unauthenticated, Invalid for a cursor that this list did not give.
func (s *Service) List(ctx context.Context, v policy.Viewer, f Filter, page domain.Page) (domain.List[*Notification], error) {
	if err := allow(v, policy.Read); err != nil {
		return domain.List[*Notification]{}, err
	}
	return s.store.Notifications(ctx, v.Actor, f, page)
}

// Notification returns one of the viewer's own. Errors: Unauthenticated,
// NotFound, also once they may not see any more what it tells of.
func (s *Service) Notification(ctx context.Context, v policy.Viewer, serial domain.Serial) (*Notification, error) {
	if err := allow(v, policy.Read); err != nil {
		return nil, err
	}
	return s.store.Notification(ctx, v.Actor, serial)
}

// Unread counts what the viewer has not read; 0 for nobody.
func (s *Service) Unread(ctx context.Context, v policy.Viewer) (Unread, error) {
	if domain.CodeOf(allow(v, policy.Read)) != domain.OK {
		return 0, nil
	}
	return s.store.Unread(ctx, v.Actor)
}

// mostMarked is how many are marked by name at once.
const mostMarked = 100

// MarkRead marks some of the viewer's own; those that are not theirs stay as
// they are. Errors: Unauthenticated, Forbidden, TooLarge for more than 100.
func (s *Service) MarkRead(ctx context.Context, v policy.Viewer, serials ...domain.Serial) error {
	if err := allow(v, policy.Edit); err != nil {
		return err
	}
	if len(serials) > mostMarked {
		return domain.Fail(domain.TooLarge, "error.too_large")
	}
	return s.store.MarkRead(ctx, v.Actor, serials, 0, s.mint.Now())
}

// MarkAllRead marks all of the viewer's own up to the one that they saw as the
// newest: what came since stays unread. Errors: Unauthenticated, Forbidden.
func (s *Service) MarkAllRead(ctx context.Context, v policy.Viewer, upTo domain.Serial) error {
	if err := allow(v, policy.Edit); err != nil {
		return err
	}
	return s.store.MarkRead(ctx, v.Actor, nil, upTo, s.mint.Now())
}

// Choices returns the viewer's own. Errors: Unauthenticated.
func (s *Service) Choices(ctx context.Context, v policy.Viewer) (Choices, error) {
	if err := allow(v, policy.Read); err != nil {
		return Chosen(), err
	}
	return s.store.Choices(ctx, v.Actor)
}

// Choose keeps the viewer's choices, also for mails that are on their way.
// Errors: Unauthenticated, Forbidden; those of [Choices.Check].
func (s *Service) Choose(ctx context.Context, v policy.Viewer, c Choices) error {
	if err := allow(v, policy.Edit); err != nil {
		return err
	}
	if err := c.Check(); err != nil {
		return err
	}
	return s.store.SaveChoices(ctx, v.Actor, c, s.mint.Now())
}

// Subscription says what a token of a mail is for. Errors: NotFound.
func (s *Service) Subscription(token string) (Scope, error) {
	_, scope, err := s.signer.Read(token)
	return scope, err
}

// Unsubscribe ends exactly the mails that a token is for; again changes
// nothing. Errors: NotFound.
func (s *Service) Unsubscribe(ctx context.Context, token string) (Scope, error) {
	person, scope, err := s.signer.Read(token)
	if err != nil {
		return scope, err
	}
	if _, err := s.store.Recipient(ctx, person); err != nil {
		return scope, err
	}
	c, err := s.store.Choices(ctx, person)
	if err != nil {
		return scope, err
	}
	return scope, s.store.SaveChoices(ctx, person, c.Without(scope), s.mint.Now())
}

// Token is the one by which a person unsubscribes from a scope.
func (s *Service) Token(person domain.ActorID, scope Scope) string {
	return s.signer.Token(person, scope)
}

// Listen reports whether the viewer may be told of what comes. Errors:
// Unauthenticated, Forbidden.
func (s *Service) Listen(v policy.Viewer) error { return allow(v, policy.Read) }

// Newest is the event after which nothing was told yet, for who listens.
func (s *Service) Newest(ctx context.Context) (int64, error) { return s.store.Newest(ctx) }

// After lists what was told after an event, in the order of events: of one
// person, or of all for Nobody. It asks no policy: the portal gives each person
// what is theirs.
func (s *Service) After(ctx context.Context, seq int64, person domain.ActorID, limit int) ([]Arrival, error) {
	return s.store.After(ctx, seq, person, limit)
}
