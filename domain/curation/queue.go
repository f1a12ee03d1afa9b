package curation

import (
	"context"
	"strings"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/network"
	"interlink/domain/policy"
)

// Queue lists the offers to this node's catalogue in a state, oldest first, for
// those who write it. Errors: Forbidden, Unauthenticated.
func (s *Service) Queue(ctx context.Context, v policy.Viewer, state State, page domain.Page) (domain.List[*Offer], error) {
	if err := policy.Allow(v, policy.Edit, &catalogue.Entry{}); err != nil {
		return domain.List[*Offer]{}, err
	}
	return s.store.Queue(ctx, s.own, state, page)
}

// Queued reads an offer to this node's catalogue. Errors: NotFound, Forbidden.
func (s *Service) Queued(ctx context.Context, v policy.Viewer, id domain.ID) (*Offer, error) {
	if err := policy.Allow(v, policy.Edit, &catalogue.Entry{}); err != nil {
		return nil, err
	}
	o, err := s.store.Offer(ctx, id)
	if err == nil && o.Catalogue != s.own {
		err = domain.Fail(domain.NotFound, "error.not_found")
	}
	return o, err
}

// waiting reads an offer that is to be answered.
func (s *Service) waiting(ctx context.Context, v policy.Viewer, id domain.ID, revision int64) (*Offer, error) {
	o, err := s.Queued(ctx, v, id)
	if err == nil && (o.State != Waiting || o.Revision != revision) {
		err = domain.Fail(domain.Conflict, "curation.answered")
	}
	return o, err
}

// Accept makes an entry of this node's catalogue of an offer; those who follow
// it are told, and the process learns it. Errors: NotFound, Forbidden, Invalid,
// Conflict if it was answered.
func (s *Service) Accept(ctx context.Context, v policy.Viewer, id domain.ID, revision int64) (*Offer, error) {
	o, err := s.waiting(ctx, v, id, revision)
	if err != nil {
		return nil, err
	}
	entry, event, err := s.adopt(ctx, v, o)
	if err != nil {
		return nil, err
	}
	o.State, o.Entry, o.AnsweredAt = Accepted, entry.IRI, s.mint.Now()
	return o, s.store.Save(ctx, o, entry, domain.Change{Events: append([]domain.Event{event, s.event(Took, v.Actor, o)}, s.learn(o, v.Actor)...)})
}

// Reject refuses an offer, with a reason, which the process is told. Errors:
// NotFound, Forbidden, Invalid on "reason", Conflict if it was answered.
func (s *Service) Reject(ctx context.Context, v policy.Viewer, id domain.ID, revision int64, reason string) (*Offer, error) {
	o, err := s.waiting(ctx, v, id, revision)
	if err != nil {
		return nil, err
	}
	o.Reason = strings.TrimSpace(reason)
	switch {
	case o.Reason == "":
		return nil, domain.InvalidField("reason", "curation.reason")
	case len(o.Reason) > maxReason:
		return nil, domain.InvalidField("reason", "error.too_long", maxReason)
	}
	o.State, o.AnsweredAt = Rejected, s.mint.Now()
	return o, s.store.Save(ctx, o, nil, domain.Change{Events: append([]domain.Event{s.event(Refused, v.Actor, o)}, s.learn(o, v.Actor)...)})
}

// learn tells a process of this node: no activity goes to ourselves.
func (s *Service) learn(o *Offer, by domain.ActorID) []domain.Event {
	if o.Host != "" {
		return nil
	}
	if o.Proposal.Translation != nil {
		return []domain.Event{s.event(TranslationAnswered, by, o)}
	}
	return []domain.Event{domain.NewEvent(s.mint, Answered, by, domain.Subject{Kind: "process", ID: domain.ID(o.Process)}, o.told())}
}

// Remote is an Offer as another node sent it.
type Remote struct {
	IRI      domain.IRI
	Process  *network.Actor // who sent it
	Target   domain.IRI     // of the catalogue
	Proposal Proposal
}

// Receive puts what another node offers into the queue. Received again it
// changes nothing. Errors: NotFound unless it is for this node's catalogue;
// Invalid if it is not the sender's own or breaks a bound; TooLarge if too many
// of its host wait.
func (s *Service) Receive(ctx context.Context, in Remote) error {
	if in.Process.Local() || in.Target != s.ns.IRI("catalogue") {
		return domain.Fail(domain.NotFound, "error.not_found")
	}
	if in.Proposal.Process != in.Process.IRI || !domain.SameOrigin(in.IRI, in.Process.IRI) {
		return domain.Fail(domain.Invalid, "error.origin")
	}
	if err := in.Proposal.Check(); err != nil {
		return err
	}
	if _, err := s.store.OfferByIRI(ctx, in.IRI); domain.CodeOf(err) != domain.NotFound {
		return err
	}
	if t := in.Proposal.Translation; t != nil {
		e, err := s.translated(ctx, in.Process, t)
		if err != nil {
			return err
		}
		in.Proposal.Name = e.Name.String()
	}
	if n, err := s.store.Waiting(ctx, in.Process.Host); err != nil {
		return err
	} else if n >= maxWaiting {
		return domain.Fail(domain.TooLarge, "curation.too_many")
	}
	o := &Offer{
		ID: s.mint.ID(), Serial: s.mint.Serial(), IRI: in.IRI, Process: in.Process.ID, Host: in.Process.Host, Catalogue: s.own,
		Proposal: in.Proposal, State: Waiting, OfferedAt: s.mint.Now(),
	}
	err := s.store.Save(ctx, o, nil, domain.Change{Events: []domain.Event{s.event(Received, in.Process.ID, o)}})
	if domain.CodeOf(err) == domain.Conflict { // the same, a moment earlier
		return nil
	}
	return err
}

// ReceiveAnswer notes what a catalogue of another node says to an offer of a
// process of this one. Received again it changes nothing. Errors: NotFound for
// what is no offer of this node; Forbidden unless its catalogue answers.
func (s *Service) ReceiveAnswer(ctx context.Context, by *network.Actor, offer domain.IRI, accepted bool, reason string, entry domain.IRI) error {
	o, err := s.store.OfferByIRI(ctx, offer)
	if err != nil {
		return err
	}
	if o.Catalogue != by.ID || by.Local() {
		return domain.Fail(domain.Forbidden, "error.origin")
	}
	if o.State != Waiting {
		return nil
	}
	o.State, o.AnsweredAt = Rejected, s.mint.Now()
	if accepted {
		o.State = Accepted
		if domain.SameOrigin(entry, by.IRI) {
			o.Entry = entry
		}
	} else if r := []rune(strings.TrimSpace(reason)); len(r) > 0 {
		o.Reason = string(r[:min(len(r), maxReason/4)])
	}
	return s.store.Save(ctx, o, nil, domain.Change{Events: s.learn(o, by.ID)})
}
