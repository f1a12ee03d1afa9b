package lineage

import (
	"cmp"
	"context"
	"iter"
	"slices"
	"strings"
	"time"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/network"
	"interlink/domain/policy"
)

// SourceMoved is the event of a clone whose source moved to another node, where
// it is offered. The subject is the clone.
const SourceMoved domain.EventKind = "process.source_moved" // [Succeeded]

// SourceBack is the event of a clone whose source came back.
const SourceBack domain.EventKind = "process.source_back" // [Succeeded]

// Succeeded is the payload of [SourceMoved] and [SourceBack].
type Succeeded struct {
	Cloned
	Formerly domain.IRI `json:"formerly"`        // the source as it was
	Stamp    domain.IRI `json:"stamp,omitempty"` // by which that one's people confirmed the clone; "" for none
}

// returnWithin is how long after it moved a source can come back; see
// profile.ReturnWithin.
const returnWithin = 30 * 24 * time.Hour

// Successors keeps what clones know of sources that moved.
type Successors interface {
	// ClonesHere returns the clones of a process on this node.
	ClonesHere(ctx context.Context, process domain.IRI) ([]*coproduction.Process, error)
	// ClonesBefore returns the clones of a process on this node whose source it
	// was before it moved.
	ClonesBefore(ctx context.Context, process domain.IRI) ([]*coproduction.Process, error)
	// Away is the process that took the place of one of this node, and what
	// other processes it says that it is; "" and none if it is here, and only
	// itself.
	Away(ctx context.Context, process domain.ActorID) (movedTo domain.IRI, alsoKnownAs []domain.IRI, err error)
	// CameFrom is who answered for another process of which one of this node was
	// brought as an export; "" if it was not.
	CameFrom(ctx context.Context, process domain.ActorID, from domain.IRI) (owner domain.IRI, err error)
}

// HasClones reports whether a process of another node has clones here, so that
// it matters where it goes.
func (s *Service) HasClones(ctx context.Context, process domain.IRI) (bool, error) {
	clones, err := s.store.ClonesHere(ctx, process)
	return len(clones) > 0, err
}

// Succeed lets the clones here of a process that moved name the one that took
// its place as their source, and offers them there; or takes that back. It is
// the handler of [network.JobSucceed]: both sides of the move were proven when
// it was asked. It may stop anywhere and run again: each clone changes in one
// step, and those that did are found no more.
func (s *Service) Succeed(ctx context.Context, args network.SucceedArgs) error {
	if args.To == "" {
		return s.CameBack(ctx, args.From)
	}
	clones, err := s.store.ClonesHere(ctx, args.From)
	if err != nil {
		return err
	}
	// The one that takes its place is a clone too, and goes on as it is.
	clones = slices.DeleteFunc(clones, func(p *coproduction.Process) bool { return p.IRI == args.To })
	if len(clones) == 0 {
		return nil
	}
	to, err := s.successor(ctx, args.To)
	if err != nil {
		return err
	}
	before, now, err := renamed(s.treeOf(ctx, to), args.From)
	if code := domain.CodeOf(err); ctx.Err() != nil || code == domain.Internal || code == domain.Unavailable {
		return err
	}
	if err != nil {
		before, now = "", "" // a tree that is broken was changed
	}
	for _, p := range clones {
		digest, err := s.digestAt(ctx, p, before, now)
		if err == nil {
			err = s.follow(ctx, p, args.From, to.SourceProcess, digest)
		}
		if err != nil {
			return err
		}
	}
	return s.tellOf(ctx, to.IRI, args.From)
}

// tellOf lets those of the clones here be told of the newest release of a
// process that was not told of it: it may have come before they named that as
// their source.
func (s *Service) tellOf(ctx context.Context, process, formerly domain.IRI) error {
	r, err := s.store.Latest(ctx, process)
	if err != nil {
		return ignoreMissing(err)
	}
	return s.store.Ask(ctx, domain.Job{Kind: JobTellRelease, Unique: string(r.ID) + " " + string(formerly), Args: ReleaseArgs{r.ID}})
}

// successor reads the process that takes the place of another one. Errors:
// Invalid for what is no process.
func (s *Service) successor(ctx context.Context, at domain.IRI) (Head, error) {
	if !s.ns.Owns(at) {
		head, err := s.reader.Head(ctx, at)
		if err != nil {
			return Head{}, err
		}
		if head.IRI != at {
			return Head{}, domain.Fail(domain.Invalid, "clone.not_a_process")
		}
		return head, head.checkHead()
	}
	p, err := s.store.ProcessNamed(ctx, s.nameOf(at))
	if err != nil {
		return Head{}, err
	}
	to := SourceProcess{IRI: p.IRI, Owner: p.IRI, Title: p.Title}
	if p.Organization != domain.Nobody {
		o, err := s.organizations.Organization(ctx, p.Organization)
		if err != nil {
			return Head{}, err
		}
		to.Owner = o.IRI
	}
	return Head{SourceProcess: to}, nil
}

// treeOf goes through the tree of a public process, page by page.
func (s *Service) treeOf(ctx context.Context, h Head) iter.Seq2[SourcePage, error] {
	if s.ns.Owns(h.IRI) {
		return s.treeHere(ctx, s.nameOf(h.IRI))
	}
	return func(yield func(SourcePage, error) bool) {
		for at, read := h.Tree, 0; at != ""; {
			page, err := s.reader.Page(ctx, at)
			if err == nil {
				err = page.follows(at, h.IRI)
			}
			if read += len(page.Items); err == nil && read > coproduction.MaxItems {
				err = domain.Fail(domain.TooLarge, "process.too_many_items", coproduction.MaxItems)
			}
			if !yield(page, err) || err != nil {
				return
			}
			at = page.Next
		}
	}
}

func (s *Service) treeHere(ctx context.Context, name string) iter.Seq2[SourcePage, error] {
	return func(yield func(SourcePage, error) bool) {
		p, err := s.Published(ctx, policy.Viewer{}, name)
		if err != nil {
			yield(SourcePage{}, err)
			return
		}
		for items, err := range p.Pages(ctx) {
			if !yield(SourcePage{Items: items}, err) || err != nil {
				return
			}
		}
	}
}

// renamed makes two digests of a tree that took the place of another one: as it
// is, and with the names that its items had there. Only who reads it twice
// knows these in time, page by page.
func renamed(tree iter.Seq2[SourcePage, error], from domain.IRI) (before, now string, err error) {
	names := map[string]string{}
	for page, err := range tree {
		if err != nil {
			return "", "", err
		}
		for _, it := range page.Items {
			names[it.ID] = it.ID
			for _, name := range append([]string{it.From}, it.Formerly...) {
				if strings.HasPrefix(name, string(from)+"/") {
					names[it.ID] = name
					break
				}
			}
		}
	}
	was, is := NewDigester(), NewDigester()
	for page, err := range tree {
		if err != nil {
			return "", "", err
		}
		is.Add(page.Items...)
		for _, it := range page.Items {
			it.ID, it.Parent, it.Prerequisites = names[it.ID], names[it.Parent], slices.Clone(it.Prerequisites)
			for i, id := range it.Prerequisites {
				it.Prerequisites[i] = names[id]
			}
			was.Add(it)
		}
	}
	return was.Sum(), is.Sum(), nil
}

// digestAt is the digest of what a clone has of its source, as that is named
// where it went: another one only if it is still the same tree.
func (s *Service) digestAt(ctx context.Context, clone *coproduction.Process, before, now string) (string, error) {
	about, err := s.store.About(ctx, clone)
	if before != "" && (clone.ClonedFrom.Digest == before || about.MergedDigest == before) {
		return now, err
	}
	return clone.ClonedFrom.Digest, err
}

// changing saves what fn makes of a process; who works in it meanwhile loses
// nothing.
func (s *Service) changing(ctx context.Context, p *coproduction.Process, fn func(p *coproduction.Process) (domain.Change, bool)) error {
	for race := 1; ; race++ {
		change, changed := fn(p)
		if !changed {
			return nil
		}
		err := s.store.SaveProcess(ctx, p, coproduction.Written{}, change)
		if domain.CodeOf(err) != domain.Conflict || race == maxRaces {
			return err
		}
		if p, err = s.store.Process(ctx, p.ID); err != nil {
			return err
		}
	}
}

// follow lets one clone name the one that took its source's place.
func (s *Service) follow(ctx context.Context, clone *coproduction.Process, from domain.IRI, to SourceProcess, digest string) error {
	here, stamp := s.ns.Owns(to.IRI), domain.IRI("")
	if here { // no activity goes to ourselves: it is a clone of a process here
		var err error
		if stamp, err = s.inherit(ctx, clone, to); err != nil {
			return err
		}
	}
	return s.changing(ctx, clone, func(p *coproduction.Process) (domain.Change, bool) {
		was := p.ClonedFrom
		if was == nil || was.IRI != from {
			return domain.Change{}, false
		}
		p.ClonedFrom = &coproduction.Origin{
			IRI: to.IRI, Owner: to.Owner, Title: to.Title, Host: to.IRI.Host(), Digest: digest, At: was.At, Answer: was.Answer, Stamp: stamp,
		}
		p.ClonedFrom.Follow(was, s.mint.Now())
		told := Succeeded{Cloned: Cloned{
			Clone: p.ID, CloneIRI: p.IRI, Owner: p.Organization, Title: p.Title, Source: to.IRI, SourceOwner: to.Owner, SourceTitle: to.Title,
			Local: here, Digest: was.Digest,
		}, Formerly: was.IRI, Stamp: was.Stamp}
		if !here {
			p.ClonedFrom.Answer = coproduction.Offered
		}
		change := domain.Change{Events: []domain.Event{domain.NewEvent(s.mint, SourceMoved, domain.Nobody, p.Subject(), told)}}
		change.Jobs = append(change.Jobs, renew(p, s.mint.Now()))
		if stamp != "" {
			change.Jobs = append(change.Jobs, s.readStamp(p.IRI, stamp))
		}
		return change, true
	})
}

// inherit lists a clone of a process that moved here among the clones of the
// one that took its place, as the other one had answered, and says by which
// stamp that is confirmed; "" if it is not.
func (s *Service) inherit(ctx context.Context, clone *coproduction.Process, to SourceProcess) (stamp domain.IRI, err error) {
	source, err := s.store.ProcessNamed(ctx, s.nameOf(to.IRI))
	if err != nil {
		return "", err
	}
	d, err := s.store.DerivationAt(ctx, clone.IRI)
	if domain.CodeOf(err) == domain.NotFound {
		d, err = s.list(ctx, clone, source)
	}
	if err != nil || d.Source != source.ID || d.State != coproduction.Accepted || source.Visibility != domain.VisiblePublic {
		return "", err
	}
	return d.stamp(source.IRI), nil
}

// list makes a clone of this node one of a source of this node.
func (s *Service) list(ctx context.Context, clone, source *coproduction.Process) (*Derivation, error) {
	now := s.mint.Now()
	d := &Derivation{
		ID: s.mint.ID(), Serial: s.mint.Serial(), Source: source.ID, IRI: clone.IRI, Title: clone.Title, Cloner: cmp.Or(clone.Organization, clone.ID), Host: s.ns.Host(),
		Digest: clone.ClonedFrom.Digest, State: clone.ClonedFrom.Answer, OfferedAt: now,
	}
	kind := CloneOffered
	if d.State == coproduction.Accepted {
		kind, d.AnsweredAt = CloneAccepted, now
	}
	err := s.store.CreateDerivation(ctx, d, domain.Change{Events: []domain.Event{domain.NewEvent(s.mint, kind, domain.Nobody, source.Subject(), d.told())}})
	if domain.CodeOf(err) == domain.Conflict {
		return s.store.DerivationAt(ctx, clone.IRI)
	}
	return d, err
}

// CameBack lets clones here name a process as their source again that moved,
// and is back. Later than a month after it went, nothing changes: they have
// gone on with the one that took its place.
func (s *Service) CameBack(ctx context.Context, process domain.IRI) error {
	clones, err := s.store.ClonesBefore(ctx, process)
	if err != nil {
		return err
	}
	for _, clone := range clones {
		err := s.changing(ctx, clone, func(p *coproduction.Process) (domain.Change, bool) {
			from := p.ClonedFrom
			if from.Formerly() != process || s.mint.Now().Sub(from.Moved) > returnWithin {
				return domain.Change{}, false
			}
			p.ClonedFrom = from.Before
			told := Succeeded{Cloned: Cloned{
				Clone: p.ID, CloneIRI: p.IRI, Owner: p.Organization, Title: p.Title, Source: from.Before.IRI, SourceOwner: from.Before.Owner,
				SourceTitle: from.Before.Title, Local: s.ns.Owns(process),
			}, Formerly: from.IRI}
			change := domain.Change{
				Events: []domain.Event{domain.NewEvent(s.mint, SourceBack, domain.Nobody, p.Subject(), told)},
				Jobs:   []domain.Job{renew(p, s.mint.Now())},
			}
			if stamp := p.ClonedFrom.Stamp; stamp != "" {
				change.Jobs = append(change.Jobs, s.readStamp(p.IRI, stamp))
			}
			return change, true
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// here refuses what a process does not do any more that goes on elsewhere.
// Errors: Gone.
func (s *Service) here(ctx context.Context, p *coproduction.Process) error {
	to, _, err := s.store.Away(ctx, p.ID)
	if err == nil && to != "" {
		err = domain.Fail(domain.Gone, "move.process_away", string(to))
	}
	return err
}

// Succeeds reports whether a process of this node says that it took the place of
// another one, of which it is a clone or was brought as an export: then it takes
// the clones that the other one's people had confirmed. It asks nobody.
func (s *Service) Succeeds(ctx context.Context, process, formerly domain.IRI) (bool, error) {
	p, err := s.store.ProcessNamed(ctx, s.nameOf(process))
	if err != nil || p.Visibility != domain.VisiblePublic {
		return false, err
	}
	if _, also, err := s.store.Away(ctx, p.ID); err != nil || !slices.Contains(also, formerly) {
		return false, err
	}
	owner, err := s.answeredFor(ctx, p, formerly)
	return owner != "", err
}

// answeredFor is who answered for another process, of which one is a clone or
// was brought as an export; "" if it is neither.
func (s *Service) answeredFor(ctx context.Context, p *coproduction.Process, formerly domain.IRI) (domain.IRI, error) {
	if from := p.ClonedFrom; from != nil && from.IRI == formerly {
		return from.Owner, nil
	}
	return s.store.CameFrom(ctx, p.ID, formerly)
}

// namesOf are the names by which a clone knows the items of a source that took the
// place of the one that it was made from: those that they had where its source
// was first.
func namesOf(o *coproduction.Origin, theirs Pages) (map[string]string, error) {
	names := map[string]string{}
	if o.Formerly() == "" {
		return names, nil
	}
	for items, err := range theirs {
		if err != nil {
			return nil, err
		}
		for _, it := range items {
			step := 0
			for _, id := range append([]string{it.ID, it.From}, it.Formerly...) {
				if back := o.Named(id); back > step {
					names[it.ID], step = id, back
				}
			}
		}
	}
	return names, nil
}

// asKnown gives items of a source the names by which a clone knows them.
func asKnown(names map[string]string, theirs Pages) Pages {
	name := func(id string) string { return cmp.Or(names[id], id) }
	return func(yield func([]SourceItem, error) bool) {
		for items, err := range theirs {
			out := make([]SourceItem, len(items))
			for i, it := range items {
				former := coproduction.FormerIDs(append([]string{it.ID, it.From}, it.Formerly...)...)
				it.ID, it.Parent, it.From = name(it.ID), name(it.Parent), ""
				it.Formerly = slices.DeleteFunc(former, func(id string) bool { return id == it.ID })
				it.Prerequisites = slices.Clone(it.Prerequisites)
				for n, id := range it.Prerequisites {
					it.Prerequisites[n] = name(id)
				}
				out[i] = it
			}
			if !yield(out, err) {
				return
			}
		}
	}
}

// asKnown is a release whose changes have the names by which a clone knows them.
func (r *Release) asKnown(names map[string]string) *Release {
	if len(names) == 0 {
		return r
	}
	out := *r
	out.Changes = slices.Clone(r.Changes)
	for i, c := range out.Changes {
		if known := names[c.Item]; known != "" {
			out.Changes[i].Item = known
		}
	}
	return &out
}
