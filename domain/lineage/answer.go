package lineage

import (
	"context"
	"strconv"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/policy"
)

// Offer is what another node says of a clone it made of a process of this
// one: Offer{object: clone, target: the source's clones}.
type Offer struct {
	Source    domain.IRI // process of this node
	Clone     domain.IRI
	Title     domain.Text
	Cloner    domain.ActorID // actor that offers
	ClonerIRI domain.IRI
	Version   string // of the source; "" if not said
	Digest    string // of the source's tree; "" if not said
	Activity  domain.IRI
}

// ReceiveOffer stores an offered clone for the source's administrators.
// Received again it changes nothing. Errors: NotFound unless the source is a
// public process of this node; Invalid if clone or activity is not of the
// cloner's node, or says that the source is another tree than it is.
func (s *Service) ReceiveOffer(ctx context.Context, o Offer) (*Derivation, error) {
	p, err := s.process(ctx, policy.Viewer{}, policy.Read, s.nameOf(o.Source))
	if err != nil {
		return nil, err
	}
	if !domain.SameOrigin(o.Clone, o.ClonerIRI) || !domain.SameOrigin(o.Activity, o.ClonerIRI) || s.ns.Owns(o.Clone) {
		return nil, domain.Fail(domain.Invalid, "process.clone_origin")
	}
	if _, err := domain.ParseIRI(string(o.Clone)); err != nil {
		return nil, err
	}
	if !fits(o.Title, maxTitle) || !plain(o.Version, maxTitle) || o.Digest != "" && !isDigest(o.Digest) {
		return nil, domain.Fail(domain.Invalid, "process.source_broken")
	}
	known, err := s.store.DerivationAt(ctx, o.Clone)
	if domain.CodeOf(err) != domain.NotFound {
		return known, err
	}
	if err := s.honest(ctx, p, o); err != nil {
		return nil, err
	}
	d := &Derivation{
		ID: s.mint.ID(), Serial: s.mint.Serial(), Source: p.ID, IRI: o.Clone, Title: o.Title.Clean(), Cloner: o.Cloner,
		Host: o.Clone.Host(), Version: o.Version, Digest: o.Digest, Offer: o.Activity, State: coproduction.Offered, OfferedAt: s.mint.Now(),
	}
	event := domain.NewEvent(s.mint, CloneOffered, o.Cloner, p.Subject(), d.told())
	err = s.store.CreateDerivation(ctx, d, domain.Change{Events: []domain.Event{event}})
	if domain.CodeOf(err) == domain.Conflict { // the same offer, a moment earlier
		return s.store.DerivationAt(ctx, o.Clone)
	}
	return d, err
}

// honest refuses an offer that says of the present version of its source that
// it is another tree than it is. What earlier versions were, nobody knows any
// more. Errors: Invalid.
func (s *Service) honest(ctx context.Context, p *coproduction.Process, o Offer) error {
	if o.Digest == "" || o.Version != strconv.FormatInt(p.Revision, 10) {
		return nil
	}
	now, err := s.source(ctx, policy.Viewer{}, p)
	if err == nil && now.Digest() != o.Digest {
		err = domain.Fail(domain.Invalid, "clone.digest_differs", o.Clone.Host())
	}
	return err
}

// Clones lists the clones of a process, newest first: the accepted ones; to
// its administrators all. Errors: NotFound.
func (s *Service) Clones(ctx context.Context, v policy.Viewer, process string, page domain.Page) (domain.List[*Derivation], error) {
	p, err := s.process(ctx, v, policy.Read, process)
	if err != nil {
		return domain.List[*Derivation]{}, err
	}
	state := coproduction.Accepted
	if policy.Allow(v, policy.Administer, p) == nil {
		state = ""
	}
	return s.store.Derivations(ctx, p.ID, state, page)
}

// AcceptClone lists an offered clone among those of the process. Again
// changes nothing. Errors: NotFound, Forbidden, Conflict if it was rejected.
func (s *Service) AcceptClone(ctx context.Context, v policy.Viewer, process string, id domain.ID) (*Derivation, error) {
	return s.answer(ctx, v, process, id, coproduction.Accepted, CloneAccepted)
}

// RejectClone leaves an offered clone out. Again changes nothing. Errors:
// NotFound, Forbidden, Conflict if it was accepted.
func (s *Service) RejectClone(ctx context.Context, v policy.Viewer, process string, id domain.ID) (*Derivation, error) {
	return s.answer(ctx, v, process, id, coproduction.Rejected, CloneRejected)
}

func (s *Service) answer(ctx context.Context, v policy.Viewer, process string, id domain.ID, a coproduction.Answer, kind domain.EventKind) (*Derivation, error) {
	p, err := s.process(ctx, v, policy.Administer, process)
	if err != nil {
		return nil, err
	}
	d, err := s.store.Derivation(ctx, id)
	if err != nil {
		return nil, err
	}
	if d.Source != p.ID {
		return nil, domain.Fail(domain.NotFound, "error.not_found")
	}
	changed, err := d.answer(a, s.mint.Now())
	if err != nil || !changed {
		return d, err
	}
	events := []domain.Event{domain.NewEvent(s.mint, kind, v.Actor, p.Subject(), d.told())}
	var clone *coproduction.Process
	if s.ns.Owns(d.IRI) { // no activity goes to ourselves: the clone learns it here
		if clone, err = s.store.ProcessNamed(ctx, s.nameOf(d.IRI)); err != nil {
			return nil, err
		}
		events = append(events, s.learn(clone, v.Actor, a, ""))
	}
	return d, s.store.SaveDerivation(ctx, d, clone, domain.Change{Events: events})
}

// SourceAnswer is what the source's node says to a clone of this one.
type SourceAnswer struct {
	Clone    domain.IRI     // process of this node
	By       domain.IRI     // actor that answers
	Actor    domain.ActorID // the same, as this node knows it
	Accepted bool
	Activity domain.IRI // Accept or Reject
}

// RecordAnswer notes on a clone what its source said. Received again it
// changes nothing. Errors: NotFound unless the clone is of this node;
// Forbidden unless the source or its owner answers.
func (s *Service) RecordAnswer(ctx context.Context, in SourceAnswer) error {
	for race := 1; ; race++ {
		p, err := s.store.ProcessNamed(ctx, s.nameOf(in.Clone))
		if err != nil {
			return err
		}
		from := p.ClonedFrom
		if from == nil {
			return domain.Fail(domain.NotFound, "error.not_found")
		}
		if in.By != from.Owner && in.By != from.IRI || !domain.SameOrigin(in.Activity, in.By) {
			return domain.Fail(domain.Forbidden, "error.forbidden")
		}
		a := coproduction.Rejected
		if in.Accepted {
			a = coproduction.Accepted
		}
		if from.Answer == a {
			return nil
		}
		event := s.learn(p, in.Actor, a, in.Activity)
		err = s.store.SaveProcess(ctx, p, coproduction.Written{}, domain.Change{Events: []domain.Event{event}})
		if domain.CodeOf(err) != domain.Conflict || race == 5 { // somebody worked in the process: read it again
			return err
		}
	}
}

// learn notes the answer on the clone.
func (s *Service) learn(clone *coproduction.Process, actor domain.ActorID, a coproduction.Answer, activity domain.IRI) domain.Event {
	clone.ClonedFrom.Answer, clone.ClonedFrom.Proof = a, activity
	return domain.NewEvent(s.mint, CloneAnswered, actor, clone.Subject(), Answered{
		Source: clone.ClonedFrom.IRI, Accepted: a == coproduction.Accepted, Activity: activity,
	})
}
