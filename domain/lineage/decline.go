package lineage

import (
	"context"
	"errors"
	"fmt"

	"interlink/domain"
	"interlink/domain/coproduction"
)

// What was offered to a process of this node and not even received: whoever
// offered it is told why. The subject is the offer.
const (
	CloneDeclined       domain.EventKind = "clone.declined"       // [Declined]
	ImprovementDeclined domain.EventKind = "improvement.declined" // [Declined]
)

// Declined is the payload of [CloneDeclined] and [ImprovementDeclined].
type Declined struct {
	Process  domain.ActorID `json:"process"`
	Offer    domain.IRI     `json:"offer"`
	Object   domain.IRI     `json:"object"`
	By       domain.ActorID `json:"by"` // who offered it
	Language domain.Lang    `json:"language"`
	Reason   string         `json:"reason"` // key
	Args     []string       `json:"args,omitempty"`
}

// Recorder keeps events of which nothing else changes.
type Recorder interface {
	// Record commits events and jobs alone.
	Record(ctx context.Context, change domain.Change) error
}

// declined tells who offered something to a public process of this node why it
// is not received, if err says why; it returns err.
func (s *Service) declined(ctx context.Context, kind domain.EventKind, p *coproduction.Process, d Declined, err error) error {
	var why *domain.Error
	switch domain.CodeOf(err) {
	case domain.Invalid, domain.Forbidden, domain.TooMany, domain.TooLarge, domain.Gone:
	default:
		return err
	}
	if !errors.As(err, &why) || p.Visibility != domain.VisiblePublic {
		return err
	}
	d.Process, d.Language, d.Reason = p.ID, p.Language, why.Key
	for _, a := range why.Args {
		d.Args = append(d.Args, fmt.Sprint(a))
	}
	event := domain.NewEvent(s.mint, kind, d.By, domain.Subject{Kind: "offer", ID: s.mint.ID()}, d)
	if failed := s.store.Record(ctx, domain.Change{Events: []domain.Event{event}}); failed != nil {
		return failed
	}
	return err
}
