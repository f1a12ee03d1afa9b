package inbox

import (
	"context"
	"errors"
	"maps"
	"slices"

	"interlink/domain"
	"interlink/domain/lineage"
	"interlink/federation/activity"
)

// Changes reads a document unless it is the one that has an entity tag: then
// body is nil. Errors: those of [Fetcher.Object].
type Changes interface {
	Changed(ctx context.Context, iri domain.IRI, tag string) (body []byte, now string, err error)
}

// Relatives reads processes of a lineage on their own nodes; it implements
// lineage.KinReader.
type Relatives struct {
	own    Own
	there  Changes
	gate   Gate
	proofs *Proofs
	stamps Stamps
}

// NewRelatives makes a reader.
func NewRelatives(own Own, there Changes, gate Gate, proofs *Proofs, stamps Stamps) *Relatives {
	return &Relatives{own, there, gate, proofs, stamps}
}

// maxClonePages is how many pages of the clones of one process are read.
const maxClonePages = 100

// look is what is read of one process.
type look struct {
	*Relatives
	tags  map[domain.IRI]string // of what is known
	now   map[domain.IRI]string // of what was read or is unchanged
	asked int
}

// Kin implements lineage.KinReader: it reads the actor, its tree as a whole, its
// clones and the stamp that it names, each unless it is as it was.
func (c *Relatives) Kin(ctx context.Context, known lineage.Kin, clones int) (lineage.Reading, error) {
	l := &look{Relatives: c, tags: maps.Clone(known.Tags), now: map[domain.IRI]string{}}
	r := lineage.Reading{Kin: known}
	err := l.read(ctx, &r, clones)
	r.Asked, r.Kin.Tags = l.asked, l.now
	if ctx.Err() != nil {
		return r, ctx.Err()
	}
	if domain.Ours(err) {
		return r, err
	}
	switch domain.CodeOf(err) {
	case domain.OK:
		r.Kin.State, r.Kin.Problem, r.Kin.Seen = lineage.KinRead, "", c.proofs.now()
		return r, nil
	case domain.Gone:
		r.Kin.State = lineage.KinGone
	case domain.NotFound, domain.Forbidden:
		r.Kin.State, r.Kin.Known, r.Kin.Stamp = lineage.KinHidden, nil, nil
	default:
		r.Kin.State = lineage.KinAway
	}
	r.Kin.Problem, r.Clones, r.Whole = keyOf(err), nil, false
	r.Kin.Tags = known.Tags
	if r.Kin.State == lineage.KinHidden {
		r.Kin.Tags = nil
	}
	return r, nil
}

// keyOf is the key of what an error says.
func keyOf(err error) string {
	var e *domain.Error
	if errors.As(err, &e) {
		return e.Key
	}
	return "error.internal"
}

// document reads a document of this node or of another; nil if it is as it was.
func (l *look) document(ctx context.Context, iri domain.IRI) (activity.Document, error) {
	if l.own.Owns(iri) {
		raw, err := l.own.Object(ctx, iri)
		if err != nil {
			return nil, err
		}
		return activity.Scan(raw)
	}
	if err := l.gate.Check(ctx, iri.Host()); err != nil {
		return nil, err
	}
	l.asked++
	raw, tag, err := l.there.Changed(ctx, iri, l.tags[iri])
	if err != nil {
		return nil, err
	}
	if tag != "" {
		l.now[iri] = tag
	}
	if raw == nil {
		return nil, nil
	}
	return activity.Scan(raw)
}

// read reads all of a process.
func (l *look) read(ctx context.Context, r *lineage.Reading, clones int) error {
	doc, err := l.document(ctx, r.Kin.IRI)
	if err != nil {
		return err
	}
	if doc == nil && r.Kin.Known == nil { // what was known of it is not here any more
		delete(l.tags, r.Kin.IRI)
		if doc, err = l.document(ctx, r.Kin.IRI); err != nil {
			return err
		}
	}
	relative := r.Kin.Known
	if doc != nil {
		said, err := activity.ReadRelative(doc)
		if err != nil {
			return err
		}
		if relative != nil {
			said.Digest = relative.Digest // until its tree is read, which may be as it was
		}
		relative = &said
	}
	if err := l.less(ctx, l.tree(ctx, relative)); err != nil {
		return err
	}
	r.Kin.Known = relative
	if err := l.stamp(ctx, r); err != nil {
		return err
	}
	return l.less(ctx, l.clones(ctx, r, clones))
}

// less lets a process be read without a part of it that cannot be read: that
// stays as it is known.
func (l *look) less(ctx context.Context, err error) error {
	if domain.Ours(err) {
		return err
	}
	return ctx.Err()
}

// tree reads which tree a process has.
func (l *look) tree(ctx context.Context, relative *lineage.Relative) error {
	if relative.Digest == "" { // it was read with another one, or never
		delete(l.tags, relative.IRI+"/tree")
	}
	doc, err := l.document(ctx, relative.IRI+"/tree")
	if err != nil || doc == nil {
		return err
	}
	said := activity.ReadTree(doc)
	before := relative.Digest
	relative.Digest = said.Digest
	if err := relative.Check(); err != nil {
		relative.Digest = before
		return err
	}
	return nil
}

// stamp reads the stamp that a clone names. One that does not hold, or is gone,
// is none; while its node does not answer, what was checked before stays.
func (l *look) stamp(ctx context.Context, r *lineage.Reading) error {
	from := r.Kin.Known.From
	if from == nil || from.Stamp == "" {
		r.Kin.Stamp = nil
		return nil
	}
	if r.Kin.Stamp != nil && r.Kin.Stamp.IRI != from.Stamp {
		r.Kin.Stamp = nil
	}
	if r.Kin.Stamp == nil {
		delete(l.tags, from.Stamp)
	}
	doc, err := l.document(ctx, from.Stamp)
	switch domain.CodeOf(err) {
	case domain.OK:
	case domain.Gone:
		r.Kin.Stamp = nil
		if l.own.Owns(r.Kin.IRI) {
			return l.stamps.StampGone(ctx, r.Kin.IRI, from.Stamp, domain.Nobody)
		}
		return nil
	default:
		if domain.Ours(err) {
			return err
		}
		return ctx.Err()
	}
	if doc == nil {
		return nil // as it was checked
	}
	stamp, err := l.proofs.Stamp(ctx, doc)
	if domain.Ours(err) {
		return err
	}
	switch domain.CodeOf(err) {
	case domain.OK:
		if r.Kin.Stamp = stamp; stamp.IRI != from.Stamp || !stamp.Confirms(r.Kin.IRI, from.Source, from.Digest) {
			r.Kin.Stamp = nil
		}
		return nil
	}
	if domain.CodeOf(err) != domain.Unavailable { // then its key could not be asked for
		r.Kin.Stamp = nil
	}
	delete(l.now, from.Stamp)
	return ctx.Err()
}

// clones reads the clones that a process lists, newest first, up to some. If the
// collection and its first page are as they were, so are the others.
func (l *look) clones(ctx context.Context, r *lineage.Reading, most int) error {
	collection := r.Kin.IRI + "/clones"
	doc, err := l.document(ctx, collection)
	if err != nil {
		return err
	}
	at := collection + "?page=" + activity.FirstPage
	if doc != nil {
		r.Kin.Listed = max(0, int(doc.Int("totalItems")))
		if first := doc.IRI("first"); domain.SameOrigin(first, collection) {
			at = first
		}
	}
	seen := map[domain.IRI]bool{}
	for page := 0; page < maxClonePages && at != "" && !seen[at] && domain.SameOrigin(at, collection); page++ {
		seen[at] = true
		next, err := l.document(ctx, at)
		if err != nil {
			return err
		}
		if next == nil && page == 0 {
			return nil
		}
		if next == nil { // only the first can tell that all are as they were
			delete(l.tags, at)
			if next, err = l.document(ctx, at); err != nil {
				return err
			}
		}
		for _, clone := range next.IRIs("orderedItems") {
			if len(r.Clones) == most {
				return nil
			}
			if _, err := domain.ParseIRI(string(clone)); err == nil && !slices.Contains(r.Clones, clone) {
				r.Clones = append(r.Clones, clone)
			}
		}
		if at = next.IRI("next"); at == "" {
			r.Whole = true
		}
	}
	return nil
}
