package document

import (
	"context"
	"path"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/lineage"
	"interlink/domain/policy"
	"interlink/federation/activity"
)

// Lineage reads what of a process is published, and its clones.
type Lineage interface {
	Published(ctx context.Context, v policy.Viewer, name string) (*lineage.Published, error)
	Resources(ctx context.Context, v policy.Viewer, name string, page domain.Page) (domain.List[lineage.SourceResource], error)
	Clones(ctx context.Context, v policy.Viewer, process string, page domain.Page) (domain.List[*lineage.Derivation], error)
	Stamped(ctx context.Context, process string, id domain.ID) (*coproduction.Process, *lineage.Derivation, error)
	About(ctx context.Context, p *coproduction.Process) (lineage.About, error)
}

// Tree makes one page of the items of a public process, in the order of its
// tree. Cursors are the ends of the items' addresses, so that a page stays
// where it is when items come before it. Errors: NotFound; Invalid for the
// cursor of an item that is gone.
func (d *Documents) Tree(ctx context.Context, name string, p domain.Page) (domain.List[any], error) {
	source, err := d.Lineage.Published(ctx, everybody, name)
	if err != nil {
		return domain.List[any]{}, err
	}
	out := domain.List[any]{Total: source.Len()}
	at := source.Place(domain.ID(p.After))
	if p.After != "" && at < 0 {
		return out, domain.InvalidField("page", "error.cursor")
	}
	from, to := at+1, min(at+1+p.Size(), source.Len())
	if p.Back {
		if to = at; p.After == "" {
			to = source.Len()
		}
		from = max(0, to-p.Size())
	}
	items, err := source.Whole(ctx, from, max(from, to))
	if err != nil {
		return out, err
	}
	place := func(i int) int { return source.Place(domain.ID(path.Base(items[i].ID))) }
	switch first, last := fitting(items, p.Back); {
	case last < len(items):
		to = place(last)
		items = items[:last]
	case first > 0:
		from = place(first)
		items = items[first:]
	}
	for _, item := range items {
		out.Items = append(out.Items, activity.Item(source.IRI, source.Language, item))
	}
	if to < source.Len() && to > 0 {
		out.Next = string(source.ID(to - 1))
	}
	if from > 0 && from < source.Len() {
		out.Prev = string(source.ID(from))
	}
	return out, nil
}

// fitting says which of some items one page has, whose text is bounded: the first
// of them, or, read backwards, the last; one at least.
func fitting(items []lineage.SourceItem, back bool) (first, last int) {
	size := 0
	for i := range items {
		at := i
		if back {
			at = len(items) - 1 - i
		}
		if size += written(items[at]); size > textOnPage && i > 0 {
			if back {
				return at + 1, len(items)
			}
			return 0, at
		}
	}
	return 0, len(items)
}

// textOnPage is how much text one page of a tree has, beside that of one item: as
// text and as HTML it is far from the most that other nodes read at once.
const textOnPage = 200_000

// written is how much text an item has, in bytes.
func written(item lineage.SourceItem) (size int) {
	for _, text := range []domain.Text{item.Name, item.Description} {
		for _, s := range text {
			size += len(s)
		}
	}
	return size
}

// Item makes one item of a public process. Errors: NotFound.
func (d *Documents) Item(ctx context.Context, name string, iri domain.IRI) (any, error) {
	source, err := d.Lineage.Published(ctx, everybody, name)
	if err != nil {
		return nil, err
	}
	at := source.Place(domain.ID(path.Base(string(iri))))
	if at < 0 {
		return nil, domain.Fail(domain.NotFound, "error.not_found")
	}
	items, err := source.Whole(ctx, at, at+1)
	if err == nil && (len(items) == 0 || items[0].ID != string(iri)) { // it is another's, or was taken away a moment ago
		err = domain.Fail(domain.NotFound, "error.not_found")
	}
	if err != nil {
		return nil, err
	}
	return activity.Item(source.IRI, source.Language, items[0]), nil
}

// Resources makes one page of what a public process publishes for its clones.
func (d *Documents) Resources(ctx context.Context, name string, p domain.Page) (domain.List[any], error) {
	list, err := d.Lineage.Resources(ctx, everybody, name, p)
	out := domain.List[any]{Next: list.Next, Total: list.Total}
	for _, r := range list.Items {
		out.Items = append(out.Items, activity.Resource(d.NS.IRI("processes", name), r))
	}
	return out, err
}

// Clones lists the addresses of the accepted clones of a process.
func (d *Documents) Clones(ctx context.Context, name string, p domain.Page) (domain.List[domain.IRI], error) {
	list, err := d.Lineage.Clones(ctx, everybody, name, p)
	out := domain.List[domain.IRI]{Next: list.Next, Prev: list.Prev, Total: list.Total}
	for _, c := range list.Items {
		out.Items = append(out.Items, c.IRI)
	}
	return out, err
}
