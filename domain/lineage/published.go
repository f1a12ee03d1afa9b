package lineage

import (
	"context"
	"path"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/policy"
)

// Published is what a process of this node publishes. In memory is how its items
// stand to each other; their texts are read page by page, however large it is.
type Published struct {
	SourceProcess // whose items have no texts
	process       *coproduction.Process
	store         Store
}

// Published reads a process for those who publish it: a peer that fetches the
// tree, a page that shows it. Errors: NotFound.
func (s *Service) Published(ctx context.Context, v policy.Viewer, name string) (*Published, error) {
	p, err := s.process(ctx, v, policy.Read, name)
	if err != nil {
		return nil, err
	}
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
	items, err := p.store.ItemsOf(ctx, p.process.ID, ids)
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
const wholeAtOnce = 200

// Digest is the content hash of the tree, as of [SourceProcess].
func (p *Published) Digest(ctx context.Context) (string, error) {
	sum := NewDigester()
	for from := 0; from < len(p.Items); from += wholeAtOnce {
		items, err := p.Whole(ctx, p.Items[from:min(from+wholeAtOnce, len(p.Items))])
		if err != nil {
			return "", err
		}
		sum.Add(items...)
	}
	return sum.Sum(), nil
}
