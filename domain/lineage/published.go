package lineage

import (
	"context"
	"errors"
	"iter"
	"strings"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/policy"
)

// Published is what a process of this node publishes. In memory is the outline of
// its items; what they say is read page by page, however large it is.
type Published struct {
	SourceProcess // without items
	outline       *Outline
	process       *coproduction.Process
	kept          Kept
}

// Kept reads what a node keeps of its processes; see [Store].
type Kept interface {
	Process(ctx context.Context, id domain.ActorID) (*coproduction.Process, error)
	Outline(ctx context.Context, process domain.ActorID) iter.Seq2[coproduction.Item, error]
	ItemsOf(ctx context.Context, process domain.ActorID, ids []domain.ID) ([]coproduction.Item, error)
}

// Publish reads all that a process of this node publishes, for who tells of it;
// owner is as of [SourceOf].
func Publish(ctx context.Context, kept Kept, p *coproduction.Process, owner domain.IRI) (*Published, error) {
	outline, err := enabled(p, kept.Outline(ctx, p.ID))
	return &Published{sourceHead(p, owner), outline, p, kept}, err
}

// Published reads a process for those who publish it: a peer that fetches the
// tree, a page that shows it. Errors: NotFound.
func (s *Service) Published(ctx context.Context, v policy.Viewer, name string) (*Published, error) {
	p, err := s.process(ctx, v, policy.Read, name)
	if err != nil {
		return nil, err
	}
	return s.published(ctx, v, p)
}

func (s *Service) published(ctx context.Context, v policy.Viewer, p *coproduction.Process) (*Published, error) {
	var owner domain.IRI
	if p.Organization != domain.Nobody {
		o, err := s.organizations.Organization(ctx, p.Organization)
		if err != nil {
			return nil, err
		}
		owner = o.IRI
	}
	items := s.store.Outline(ctx, p.ID)
	if p.Hides(v) { // which only the tree can tell
		tree, err := coproduction.OutlineTree(items)
		if err != nil {
			return nil, err
		}
		items = func(yield func(coproduction.Item, error) bool) {
			for _, it := range p.Seen(v, tree).Items() {
				if !yield(it, nil) {
					return
				}
			}
		}
	}
	outline, err := enabled(p, items)
	return &Published{sourceHead(p, owner), outline, p, s.store}, err
}

// enabled is the outline of the enabled branches of a process, in the order of its
// tree. Errors: those of [coproduction.NewTree].
func enabled(p *coproduction.Process, items iter.Seq2[coproduction.Item, error]) (*Outline, error) {
	base := string(p.ItemIRI(""))
	o := outlineIn(newRegister(base))
	for it, err := range items {
		if err != nil {
			return nil, err
		}
		o.read(base, it)
	}
	if err := o.stand().check(); err != nil {
		return nil, err
	}
	return o.pruned(func(n int32) bool { return !o.places[n].off }), nil
}

// Len is how many items there are.
func (p *Published) Len() int { return p.outline.Len() }

// ID is the id, on this node, of the item at a place in the order of the tree.
func (p *Published) ID(at int) domain.ID { return p.local(int32(at)) }

// local is the id of an item on this node.
func (p *Published) local(n int32) domain.ID {
	return domain.ID(strings.TrimPrefix(p.outline.id(n), string(p.process.ItemIRI(""))))
}

// Place is where an item is in the order of the tree; -1 if it is not there.
func (p *Published) Place(id domain.ID) int {
	n, there := p.outline.number(string(p.process.ItemIRI(id)))
	if !there {
		return -1
	}
	return int(n)
}

// Prune leaves of the items those that [Prune] keeps.
func (p *Published) Prune(keep map[domain.ID]bool) {
	p.outline = p.outline.pruned(func(n int32) bool { return keep[p.local(n)] })
}

// Whole reads the items from a place in the order of the tree up to another, with
// all that they say. Who works there meanwhile may have taken some away.
func (p *Published) Whole(ctx context.Context, from, to int) ([]SourceItem, error) {
	ids := make([]domain.ID, to-from)
	for i := range ids {
		ids[i] = p.ID(from + i)
	}
	items, err := p.kept.ItemsOf(ctx, p.process.ID, ids)
	if err != nil {
		return nil, err
	}
	read := make(map[domain.ID]coproduction.Item, len(items))
	for _, it := range items {
		read[it.ID] = it
	}
	out := make([]SourceItem, 0, len(ids))
	for i, id := range ids {
		if full, there := read[id]; there {
			whole, stands := sourceItem(p.process, full), p.outline.item(int32(from+i))
			whole.Parent, whole.Position, whole.Prerequisites = stands.Parent, stands.Position, stands.Prerequisites
			out = append(out, whole)
		}
	}
	return out, nil
}

// wholeAtOnce is how many items are read at a time where all are.
const wholeAtOnce = 100

// Pages goes through the items with their texts, as often as it is asked.
func (p *Published) Pages(ctx context.Context) Pages {
	return func(yield func([]SourceItem, error) bool) {
		for from := 0; from < p.Len(); from += wholeAtOnce {
			if items, err := p.Whole(ctx, from, min(from+wholeAtOnce, p.Len())); !yield(items, err) || err != nil {
				return
			}
		}
	}
}

// Digest is the content hash of the tree, as of [SourceProcess].
func (p *Published) Digest(ctx context.Context) (string, error) {
	sum := NewDigester()
	for items, err := range p.Pages(ctx) {
		if err != nil {
			return "", err
		}
		sum.Add(items...)
	}
	return sum.Sum(), nil
}

// digest is the content hash of what everybody may see of a process.
func (s *Service) digest(ctx context.Context, p *coproduction.Process) (string, error) {
	published, err := s.published(ctx, policy.Viewer{}, p)
	if err != nil {
		return "", err
	}
	return published.Digest(ctx)
}

// still goes through the items as long as they are what somebody saw. Errors:
// Conflict if they are not.
func (p *Published) still(ctx context.Context, digest string) Pages {
	return func(yield func([]SourceItem, error) bool) {
		sum := NewDigester()
		for items, err := range p.Pages(ctx) {
			sum.Add(items...)
			if !yield(items, err) || err != nil {
				return
			}
		}
		if sum.Sum() != digest {
			yield(nil, domain.Fail(domain.Conflict, "release.changed_meanwhile"))
		}
	}
}

// errMoved says that a process was changed while it was read page by page: what
// was read is no state of it.
var errMoved = domain.Fail(domain.Conflict, "error.conflict")

// Unmoved ends with an error if the process was changed since it was read; see
// [Again].
func (p *Published) Unmoved(ctx context.Context) error {
	now, err := p.kept.Process(ctx, p.process.ID)
	if err == nil && now.Revision != p.process.Revision {
		err = errMoved
	}
	return err
}

// Again does again what found that a process moved on.
func Again[T any](do func() (T, error)) (T, error) {
	for race := 1; ; race++ {
		if out, err := do(); !errors.Is(err, errMoved) || race == maxRaces {
			return out, err
		}
	}
}

// pages goes through what a clone can have of a process. It ends with errMoved
// if that was changed meanwhile.
func (s *Service) pages(ctx context.Context, p *Published) iter.Seq2[SourcePage, error] {
	return func(yield func(SourcePage, error) bool) {
		for items, err := range p.Pages(ctx) {
			if !yield(SourcePage{Items: items}, err) || err != nil {
				return
			}
		}
		for page := (domain.Page{}); ; {
			list, err := s.resources(ctx, p.process, page)
			if !yield(SourcePage{Resources: list.Items}, err) || err != nil {
				return
			}
			if page.After = list.Next; list.Next == "" {
				break
			}
		}
		if err := p.Unmoved(ctx); err != nil {
			yield(SourcePage{}, err)
		}
	}
}
