package document

import (
	"context"
	"path"
	"slices"

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
	out := domain.List[any]{Total: len(source.Items)}
	cursor := func(i int) string { return path.Base(source.Items[i].ID) }
	at := slices.IndexFunc(source.Items, func(item lineage.SourceItem) bool { return path.Base(item.ID) == p.After })
	if p.After != "" && at < 0 {
		return out, domain.InvalidField("page", "error.cursor")
	}
	from, to := at+1, min(at+1+p.Size(), len(source.Items))
	if p.Back {
		if to = at; p.After == "" {
			to = len(source.Items)
		}
		from = max(0, to-p.Size())
	}
	items, err := source.Whole(ctx, source.Items[from:max(from, to)])
	if err != nil {
		return out, err
	}
	size := 0
	for i, item := range items {
		if size += written(item); size > textOnPage && i > 0 && !p.Back {
			to = from + slices.IndexFunc(source.Items[from:to], func(it lineage.SourceItem) bool { return it.ID == item.ID })
			break
		}
		out.Items = append(out.Items, activity.Item(source.IRI, source.Language, item))
	}
	if to < len(source.Items) && to > 0 {
		out.Next = cursor(to - 1)
	}
	if from > 0 && from < len(source.Items) {
		out.Prev = cursor(from)
	}
	return out, nil
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
	at := slices.IndexFunc(source.Items, func(item lineage.SourceItem) bool { return domain.IRI(item.ID) == iri })
	if at < 0 {
		return nil, domain.Fail(domain.NotFound, "error.not_found")
	}
	items, err := source.Whole(ctx, source.Items[at:at+1])
	if err == nil && len(items) == 0 { // it was taken away a moment ago
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
