package lineage

import (
	"context"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/policy"
)

// OfferedAgain is the event of a clone that is offered to its source once more.
// The subject is the clone.
const OfferedAgain domain.EventKind = "process.offered_again" // [Cloned]

// OfferAgain offers a clone to its source that has not answered: one that came
// in a file never was, and an offer may be lost. A source that knows of it
// changes nothing. Errors: NotFound for what is no clone, Forbidden; Invalid
// unless it is public; Conflict if it was answered; those of [Reader].
func (s *Service) OfferAgain(ctx context.Context, v policy.Viewer, name string) error {
	p, err := s.process(ctx, v, policy.Edit, name)
	if err != nil {
		return err
	}
	from := p.ClonedFrom
	switch {
	case from == nil:
		return domain.Fail(domain.NotFound, "error.not_found")
	case from.Answer != coproduction.Offered:
		return domain.Fail(domain.Conflict, "process.clone_answered")
	case p.Visibility != domain.VisiblePublic:
		return domain.Fail(domain.Invalid, "lineage.public")
	}
	to, err := s.successor(ctx, from.IRI)
	if err != nil {
		return err
	}
	if s.ns.Owns(to.IRI) { // no activity goes to ourselves
		_, err := s.inherit(ctx, p, to.SourceProcess)
		return err
	}
	return s.store.Record(ctx, domain.Change{Events: []domain.Event{domain.NewEvent(s.mint, OfferedAgain, v.Actor, p.Subject(), Cloned{
		Clone: p.ID, CloneIRI: p.IRI, Owner: p.Organization, Title: p.Title, Source: to.IRI, SourceOwner: to.Owner, SourceTitle: to.Title,
		Version: from.Version, Digest: from.Digest,
	})}})
}
