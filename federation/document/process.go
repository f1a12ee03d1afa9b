package document

import (
	"context"

	"interlink/domain"
	"interlink/domain/lineage"
	"interlink/domain/policy"
	"interlink/federation/activity"
)

// Lineage reads what of a process is published, and its clones.
type Lineage interface {
	Published(ctx context.Context, v policy.Viewer, name string) (lineage.SourceProcess, error)
	Clones(ctx context.Context, v policy.Viewer, process string, page domain.Page) (domain.List[*lineage.Derivation], error)
}

// Tree makes the items of a public process as elements of its tree, in order.
func (d *Documents) Tree(ctx context.Context, name string) ([]any, error) {
	source, err := d.Lineage.Published(ctx, everybody, name)
	if err != nil {
		return nil, err
	}
	items := make([]any, len(source.Items))
	for i, item := range source.Items {
		items[i] = activity.Item(source.IRI, source.Language, item)
	}
	return items, nil
}

// Item makes one item of a public process. Errors: NotFound.
func (d *Documents) Item(ctx context.Context, name string, iri domain.IRI) (any, error) {
	source, err := d.Lineage.Published(ctx, everybody, name)
	if err != nil {
		return nil, err
	}
	for _, item := range source.Items {
		if domain.IRI(item.ID) == iri {
			return activity.Item(source.IRI, source.Language, item), nil
		}
	}
	return nil, domain.Fail(domain.NotFound, "error.not_found")
}

// Clones lists the addresses of the accepted clones of a process.
func (d *Documents) Clones(ctx context.Context, name string, p domain.Page) (domain.List[domain.IRI], error) {
	list, err := d.Lineage.Clones(ctx, everybody, name, p)
	out := domain.List[domain.IRI]{Next: list.Next, Total: list.Total}
	for _, c := range list.Items {
		out.Items = append(out.Items, c.IRI)
	}
	return out, err
}
