package community

import (
	"context"
	"slices"
	"time"

	"interlink/domain"
	"interlink/domain/policy"
)

// Contact is what becomes of a first message from an unknown host to people
// here.
type Contact string

// What becomes of it.
const (
	ContactOpen  Contact = "open"
	ContactLimit Contact = "limit" // it is kept, and put before nobody
	ContactHold  Contact = "hold"
)

// Holding is how the node deals with what strangers write. Its zero value
// holds nothing.
type Holding struct {
	FirstPost bool    // in all communities of the node
	Contact   Contact // "" is [ContactOpen]
	Release   int     // hours after which what waits is let pass; 0 for never. Not what a filter held
	Revision  int64
}

// maxRelease is the longest time after which something is let pass, in hours.
const maxRelease = 24 * 30

// holding is how the node holds, as it was some seconds ago at most.
func (s *Service) holding(ctx context.Context) (Holding, error) {
	s.held.Lock()
	defer s.held.Unlock()
	now := s.mint.Now()
	if age := now.Sub(s.held.read); !s.held.read.IsZero() && age >= 0 && age < rereadHolding {
		return s.held.set, nil
	}
	set, err := s.store.Holding(ctx)
	if err == nil {
		s.held.set, s.held.read = set, now
	}
	return set, err
}

// rereadHolding is after what time the settings are read again: another
// process of the node may have changed them.
const rereadHolding = 5 * time.Second

// Holding reads how the node holds. Errors: Unauthenticated, Forbidden unless
// the viewer moderates the node.
func (s *Service) Holding(ctx context.Context, v policy.Viewer) (Holding, error) {
	if err := policy.Allow(v, policy.Moderate, moderation{}); err != nil {
		return Holding{}, err
	}
	return s.store.Holding(ctx)
}

// SetHolding changes how the node holds. Errors: Unauthenticated, Forbidden
// unless the viewer administers the node, Invalid, Conflict.
func (s *Service) SetHolding(ctx context.Context, v policy.Viewer, h Holding) error {
	if err := policy.Allow(v, policy.Administer, moderation{}); err != nil {
		return err
	}
	var p domain.Problems
	if !slices.Contains([]Contact{ContactOpen, ContactLimit, ContactHold}, h.Contact) {
		p.Add("contact", "hold.contact_unknown")
	}
	if h.Release < 0 || h.Release > maxRelease {
		p.Add("release", "hold.release_range", maxRelease)
	}
	if err := p.Err(); err != nil {
		return err
	}
	e := domain.NewEvent(s.mint, HoldingChanged, v.Actor, domain.Subject{Kind: "node", ID: "holding"}, h)
	defer func() {
		s.held.Lock()
		s.held.read = time.Time{}
		s.held.Unlock()
	}()
	return s.store.SaveHolding(ctx, &h, domain.Change{Events: []domain.Event{e}})
}
