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

	// Of a clone whose source took the place of another one: which, and where
	// that one's people confirmed the clone.
	Formerly  domain.IRI
	Stamp     domain.IRI
	Confirmed *Stamp // the same as it was read, with its proof; nil if it does not hold
}

// inherits reports whether an offered clone was confirmed by the people of the
// process whose place the source took.
func (s *Service) inherits(ctx context.Context, p *coproduction.Process, o Offer) (bool, error) {
	if o.Confirmed == nil || o.Confirmed.IRI != o.Stamp || !o.Confirmed.Confirms(o.Clone, o.Formerly, o.Digest) {
		return false, nil
	}
	owner, err := s.answeredFor(ctx, p, o.Formerly)
	return owner != "" && (o.Confirmed.Owner == owner || o.Confirmed.Owner == o.Formerly), err
}

// ReceiveOffer stores an offered clone for the source's administrators.
// Received again it changes nothing. One that the people of the process
// confirmed whose place the source took is accepted at once. Errors: NotFound
// unless the source is a public process of this node, Gone if it moved; Invalid
// if clone or activity is not of the cloner's node, or says that the source is
// another tree than it is.
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
	inherits, err := s.inherits(ctx, p, o)
	if err != nil {
		return nil, err
	}
	known, err := s.store.DerivationAt(ctx, o.Clone)
	if err == nil && known.Source == p.ID && known.State == coproduction.Accepted && known.Offer != o.Activity && inherits {
		// The other one had come back meanwhile.
		known.Offer, known.Cloner = o.Activity, o.Cloner
		event := domain.NewEvent(s.mint, CloneAccepted, domain.Nobody, p.Subject(), known.told())
		return known, s.store.SaveDerivation(ctx, known, nil, domain.Change{Events: []domain.Event{event}})
	}
	if domain.CodeOf(err) != domain.NotFound {
		return known, err
	}
	said := Declined{Offer: o.Activity, Object: o.Clone, By: o.Cloner}
	if err := s.here(ctx, p); err != nil {
		return nil, s.declined(ctx, CloneDeclined, p, said, err)
	}
	compared, err := s.honest(ctx, p, o)
	if err != nil {
		return nil, s.declined(ctx, CloneDeclined, p, said, err)
	}
	d := &Derivation{
		ID: s.mint.ID(), Serial: s.mint.Serial(), Source: p.ID, IRI: o.Clone, Title: o.Title.Clean(), Cloner: o.Cloner,
		Host: o.Clone.Host(), Version: o.Version, Digest: o.Digest, Offer: o.Activity, State: coproduction.Offered, OfferedAt: s.mint.Now(),
		Compared: compared,
	}
	kind := CloneOffered
	if inherits {
		kind, d.State, d.AnsweredAt = CloneAccepted, coproduction.Accepted, d.OfferedAt
	}
	event := domain.NewEvent(s.mint, kind, o.Cloner, p.Subject(), d.told())
	err = s.store.CreateDerivation(ctx, d, domain.Change{Events: []domain.Event{event}})
	if domain.CodeOf(err) == domain.Conflict { // the same offer, a moment earlier
		return s.store.DerivationAt(ctx, o.Clone)
	}
	return d, err
}

// honest reports whether an offer is of the tree that its source is now. One
// that says so of the present version, and is not, is refused. What earlier
// versions were, nobody knows any more. Errors: Invalid.
func (s *Service) honest(ctx context.Context, p *coproduction.Process, o Offer) (bool, error) {
	if o.Digest == "" {
		return false, nil
	}
	now, err := s.digest(ctx, p)
	if err != nil || now == o.Digest {
		return err == nil, err
	}
	if o.Version == strconv.FormatInt(p.Revision, 10) {
		err = domain.Fail(domain.Invalid, "clone.digest_differs", o.Clone.Host())
	}
	return false, err
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
	change := domain.Change{Events: []domain.Event{domain.NewEvent(s.mint, kind, v.Actor, p.Subject(), d.told())}}
	var clone *coproduction.Process
	if s.ns.Owns(d.IRI) { // no activity goes to ourselves: the clone learns it here
		if clone, err = s.store.ProcessNamed(ctx, s.nameOf(d.IRI)); err != nil {
			return nil, err
		}
		var stamp domain.IRI
		if a == coproduction.Accepted && p.Visibility == domain.VisiblePublic {
			stamp = d.stamp(p.IRI)
			change.Jobs = append(change.Jobs, s.readStamp(clone.IRI, stamp))
		}
		change.Events = append(change.Events, s.learn(clone, v.Actor, a, "", stamp))
	}
	if a == coproduction.Accepted {
		change.Jobs = append(change.Jobs, renew(p, s.mint.Now()))
	}
	return d, s.store.SaveDerivation(ctx, d, clone, change)
}

// SourceAnswer is what the source's node says to a clone of this one.
type SourceAnswer struct {
	Clone    domain.IRI     // process of this node
	By       domain.IRI     // actor that answers
	Actor    domain.ActorID // the same, as this node knows it
	Accepted bool
	Activity domain.IRI // Accept or Reject
	Stamp    domain.IRI // that the Accept named; "" for none
}

// RecordAnswer notes on a clone what its source said. Received again it
// changes nothing. Errors: NotFound unless the clone is of this node;
// Forbidden unless the source or its owner answers, or for a stamp that is
// not of its server.
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
		if in.Stamp != "" && !domain.SameOrigin(in.Stamp, from.IRI) {
			return domain.Fail(domain.Forbidden, "error.origin")
		}
		a := coproduction.Rejected
		if in.Accepted {
			a = coproduction.Accepted
		}
		if from.Answer == a && (in.Stamp == "" || in.Stamp == from.Stamp) {
			return nil // the Add after the Accept says nothing new
		}
		if from.Answer == coproduction.Rejected && in.Accepted { // what was refused, or withdrawn, is so for good: this is said again
			return domain.Fail(domain.Conflict, "process.clone_answered")
		}
		change := domain.Change{Events: []domain.Event{s.learn(p, in.Actor, a, in.Activity, in.Stamp)}}
		if in.Accepted {
			change.Jobs = append(change.Jobs, renew(p, s.mint.Now()))
		}
		if in.Stamp != "" {
			change.Jobs = append(change.Jobs, s.readStamp(p.IRI, in.Stamp))
		}
		err = s.store.SaveProcess(ctx, p, coproduction.Written{}, change)
		if domain.CodeOf(err) != domain.Conflict || race == 5 { // somebody worked in the process: read it again
			return err
		}
	}
}

// learn notes the answer on the clone, with the stamp that it names.
func (s *Service) learn(clone *coproduction.Process, actor domain.ActorID, a coproduction.Answer, activity, stamp domain.IRI) domain.Event {
	clone.ClonedFrom.Answer, clone.ClonedFrom.Proof, clone.ClonedFrom.Stamp = a, activity, stamp
	return domain.NewEvent(s.mint, CloneAnswered, actor, clone.Subject(), Answered{
		Source: clone.ClonedFrom.IRI, Accepted: a == coproduction.Accepted, Activity: activity,
	})
}
