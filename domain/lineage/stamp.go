package lineage

import (
	"context"
	"time"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/network"
	"interlink/domain/policy"
)

// Stamp is what the people of a source say of a clone so that everybody can
// check it: a small document with the proof of the source's owner (FEP-8b32).
// Its node shows it at its own address until it is withdrawn; the clone's node,
// and each that reads the clone, keep it, as FEP-044f does for quotes.
type Stamp struct {
	IRI     domain.IRI
	Source  domain.IRI
	Owner   domain.IRI // who signs: the source's organisation, or the source itself
	Clone   domain.IRI
	Version string    // of the source that was cloned; "" if not said
	Digest  string    // of the tree that was cloned, if the source's node compared it; "" if not
	At      time.Time // the clone was accepted

	Method   string // id of the key of the proof; of a kept one, as the others below
	Key      string // publicKeyMultibase
	Document []byte // with its proof
	Checked  time.Time
}

// Check judges a stamp from another node. Errors: Invalid.
func (s *Stamp) Check() error {
	for _, iri := range []domain.IRI{s.IRI, s.Source, s.Owner, s.Clone} {
		if _, err := domain.ParseIRI(string(iri)); err != nil {
			return domain.Fail(domain.Invalid, "lineage.stamp_broken").Because(err)
		}
	}
	ours := domain.SameOrigin(s.IRI, s.Source) && domain.SameOrigin(s.Owner, s.Source)
	if !ours || s.Source == s.Clone || s.Digest != "" && !isDigest(s.Digest) || !plain(s.Version, maxTitle) || s.At.IsZero() {
		return domain.Fail(domain.Invalid, "lineage.stamp_broken")
	}
	return nil
}

// Confirms reports whether a stamp is of the edge between a clone and its
// source, and of the tree that the clone says it was made of. What the source's
// node did not compare, it does not say.
func (s *Stamp) Confirms(clone, source domain.IRI, digest string) bool {
	return s != nil && s.Clone == clone && s.Source == source && (s.Digest == "" || s.Digest == digest)
}

// StampOf makes the stamp of an accepted clone of a process of this node. owner
// is the address of who signs.
func StampOf(p *coproduction.Process, d *Derivation, owner domain.IRI) Stamp {
	s := Stamp{IRI: d.stamp(p.IRI), Source: p.IRI, Owner: owner, Clone: d.IRI, Version: d.Version, At: d.AnsweredAt}
	if d.Compared {
		s.Digest = d.Digest
	}
	return s
}

// stamp is where the stamp of a clone is.
func (d *Derivation) stamp(source domain.IRI) domain.IRI {
	return source + "/clones/" + domain.IRI(d.ID)
}

// Stamped reads a clone of a public process of this node that has a stamp.
// Errors: NotFound; Gone if it was withdrawn.
func (s *Service) Stamped(ctx context.Context, process string, id domain.ID) (*coproduction.Process, *Derivation, error) {
	p, err := s.process(ctx, policy.Viewer{}, policy.Read, process)
	if err != nil {
		return nil, nil, err
	}
	d, err := s.store.Derivation(ctx, id)
	switch {
	case err != nil:
		return nil, nil, err
	case d.Source == p.ID && !d.WithdrawnAt.IsZero():
		return nil, nil, domain.Fail(domain.Gone, "error.gone")
	case d.Source != p.ID || d.State != coproduction.Accepted:
		return nil, nil, domain.Fail(domain.NotFound, "error.not_found")
	}
	return p, d, nil
}

// WithdrawClone takes back that a clone was accepted: its stamp is gone for
// good, and it is listed no more. Again changes nothing. Errors: NotFound,
// Forbidden, Conflict unless it was accepted.
func (s *Service) WithdrawClone(ctx context.Context, v policy.Viewer, process string, id domain.ID) (*Derivation, error) {
	p, err := s.process(ctx, v, policy.Administer, process)
	if err != nil {
		return nil, err
	}
	d, err := s.store.Derivation(ctx, id)
	if err == nil && d.Source != p.ID {
		err = domain.Fail(domain.NotFound, "error.not_found")
	}
	if err != nil || !d.WithdrawnAt.IsZero() {
		return d, err
	}
	if d.State != coproduction.Accepted {
		return nil, domain.Fail(domain.Conflict, "process.clone_answered")
	}
	d.State, d.WithdrawnAt = coproduction.Rejected, s.mint.Now()
	change := domain.Change{Events: []domain.Event{domain.NewEvent(s.mint, CloneWithdrawn, v.Actor, p.Subject(), d.told())}}
	var clone *coproduction.Process
	if s.ns.Owns(d.IRI) {
		if clone, err = s.store.ProcessNamed(ctx, s.nameOf(d.IRI)); err != nil {
			return nil, err
		}
		change.Events = append(change.Events, s.learn(clone, v.Actor, coproduction.Rejected, "", ""))
	}
	return d, s.store.SaveDerivation(ctx, d, clone, change)
}

// JobReadStamp asks to read a stamp and to check it.
const JobReadStamp = "lineage.read_stamp"

// StampArgs name the clone on this node of which a stamp is read.
type StampArgs struct {
	Clone domain.IRI `json:"clone"`
}

// readStamp makes the job.
func (s *Service) readStamp(clone, stamp domain.IRI) domain.Job {
	return domain.Job{Kind: JobReadStamp, Unique: string(stamp), Args: StampArgs{clone}, Remote: !s.ns.Owns(stamp)}
}

// Awaited tells which stamp a clone on this node should have; "" for none.
// Errors: NotFound for what is no clone of this node.
func (s *Service) Awaited(ctx context.Context, clone domain.IRI) (domain.IRI, error) {
	p, err := s.store.ProcessNamed(ctx, s.nameOf(clone))
	if err != nil {
		return "", err
	}
	if p.ClonedFrom == nil {
		return "", domain.Fail(domain.NotFound, "error.not_found")
	}
	return p.ClonedFrom.Stamp, nil
}

// TakeStamp keeps the stamp of a clone on this node, whose proof was checked.
// Errors: NotFound; Invalid if it is of another clone, source or tree, or not
// by the source's people.
func (s *Service) TakeStamp(ctx context.Context, stamp *Stamp) error {
	if err := stamp.Check(); err != nil {
		return err
	}
	p, err := s.store.ProcessNamed(ctx, s.nameOf(stamp.Clone))
	if err != nil {
		return err
	}
	from := p.ClonedFrom
	if from == nil || from.Stamp != stamp.IRI || !stamp.Confirms(p.IRI, from.IRI, from.Digest) || stamp.Owner != from.Owner && stamp.Owner != from.IRI {
		return domain.Fail(domain.Invalid, "lineage.stamp_other")
	}
	return s.store.SaveStamp(ctx, stamp, domain.Change{})
}

// CheckStamp asks to read and check the stamp of a clone again. Errors:
// NotFound for what has none, Forbidden.
func (s *Service) CheckStamp(ctx context.Context, v policy.Viewer, name string) error {
	p, err := s.process(ctx, v, policy.Edit, name)
	if err != nil {
		return err
	}
	if p.ClonedFrom == nil || p.ClonedFrom.Stamp == "" {
		return domain.Fail(domain.NotFound, "error.not_found")
	}
	return s.store.Ask(ctx, s.readStamp(p.IRI, p.ClonedFrom.Stamp))
}

// StampAt returns the kept stamp of a clone. Errors: NotFound.
func (s *Service) StampAt(ctx context.Context, clone domain.IRI) (*Stamp, error) {
	stamps, err := s.store.Stamps(ctx, []domain.IRI{clone})
	if err != nil {
		return nil, err
	}
	if stamps[clone] == nil {
		return nil, domain.Fail(domain.NotFound, "error.not_found")
	}
	return stamps[clone], nil
}

// ReceiveStampDeletion forgets a stamp whose node says that it was withdrawn.
// What is no stamp that is kept here changes nothing. Errors: Forbidden unless
// its owner or its source says so.
func (s *Service) ReceiveStampDeletion(ctx context.Context, by *network.Actor, stamp domain.IRI) error {
	kept, err := s.store.Stamp(ctx, stamp)
	if domain.CodeOf(err) == domain.NotFound {
		return nil
	}
	if err == nil && by.IRI != kept.Owner && by.IRI != kept.Source {
		err = domain.Fail(domain.Forbidden, "error.origin")
	}
	if err != nil {
		return err
	}
	return s.StampGone(ctx, kept.Clone, stamp, by.ID)
}

// StampGone forgets a stamp that is at its address no more: the edge is what
// the clone says alone, and a clone on this node was refused by actor.
func (s *Service) StampGone(ctx context.Context, clone, stamp domain.IRI, actor domain.ActorID) error {
	for race := 1; ; race++ {
		p, err := s.store.ProcessNamed(ctx, s.nameOf(clone))
		if err != nil && domain.CodeOf(err) != domain.NotFound {
			return err
		}
		var change domain.Change
		if err == nil && p.ClonedFrom != nil && p.ClonedFrom.Stamp == stamp {
			change.Events = append(change.Events, s.learn(p, actor, coproduction.Rejected, "", ""))
		} else {
			p = nil
		}
		err = s.store.DeleteStamp(ctx, stamp, p, change)
		if domain.CodeOf(err) != domain.Conflict || race == 5 { // somebody worked in the process: read it again
			return err
		}
	}
}

// Stamps keeps stamps by their addresses.
type Stamps interface {
	// Stamp reads a kept stamp. Errors: NotFound.
	Stamp(ctx context.Context, iri domain.IRI) (*Stamp, error)
	// Stamps returns those of some clones, by clone.
	Stamps(ctx context.Context, clones []domain.IRI) (map[domain.IRI]*Stamp, error)
	// SaveStamp keeps one in the place of what is kept of its clone.
	SaveStamp(ctx context.Context, s *Stamp, change domain.Change) error
	// DeleteStamp forgets one; clone, if not nil, is the clone on this node,
	// saved with it where its revision is unchanged (Conflict if not).
	DeleteStamp(ctx context.Context, iri domain.IRI, clone *coproduction.Process, change domain.Change) error
	// Ask puts a job into the queue.
	Ask(ctx context.Context, job domain.Job) error
}
