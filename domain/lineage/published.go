package lineage

import (
	"context"
	"errors"
	"iter"
	"path"
	"slices"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/policy"
)

// Published is what a process of this node publishes. In memory is how its items
// stand to each other; their texts are read page by page, however large it is.
type Published struct {
	SourceProcess // whose items have no texts
	process       *coproduction.Process
	kept          Kept
}

// Kept reads what a node keeps of its processes; see [Store].
type Kept interface {
	Process(ctx context.Context, id domain.ActorID) (*coproduction.Process, error)
	Outline(ctx context.Context, process domain.ActorID) ([]coproduction.Item, error)
	ItemsOf(ctx context.Context, process domain.ActorID, ids []domain.ID) ([]coproduction.Item, error)
}

// Publish reads all that a process of this node publishes, for who tells of it;
// owner is as of [SourceOf].
func Publish(ctx context.Context, kept Kept, p *coproduction.Process, owner domain.IRI) (*Published, error) {
	items, err := kept.Outline(ctx, p.ID)
	if err != nil {
		return nil, err
	}
	tree, err := coproduction.NewTree(items)
	if err != nil {
		return nil, err
	}
	return &Published{SourceOf(p, tree, owner), p, kept}, nil
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
	items, err := s.store.Outline(ctx, p.ID)
	if err != nil {
		return nil, err
	}
	source, err := s.sourceOf(ctx, v, p, items)
	return &Published{source, p, s.store}, err
}

// Whole reads some of the items with their texts, in their order. Who works
// there meanwhile may have taken some away.
func (p *Published) Whole(ctx context.Context, outline []SourceItem) ([]SourceItem, error) {
	ids := make([]domain.ID, len(outline))
	for i, it := range outline {
		ids[i] = domain.ID(path.Base(it.ID))
	}
	items, err := p.kept.ItemsOf(ctx, p.process.ID, ids)
	if err != nil {
		return nil, err
	}
	read := make(map[domain.ID]coproduction.Item, len(items))
	for _, it := range items {
		read[it.ID] = it
	}
	out := make([]SourceItem, 0, len(outline))
	for i, it := range outline {
		if full, there := read[ids[i]]; there {
			whole := sourceItem(p.process, full)
			whole.Parent, whole.Position, whole.Prerequisites = it.Parent, it.Position, it.Prerequisites
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
		for some := range slices.Chunk(p.Items, wholeAtOnce) {
			if items, err := p.Whole(ctx, some); !yield(items, err) || err != nil {
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
