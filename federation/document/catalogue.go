package document

import (
	"context"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/policy"
	"interlink/federation/activity"
)

// Catalogue reads the entries of the catalogue.
type Catalogue interface {
	Entry(ctx context.Context, v policy.Viewer, kind catalogue.Kind, slug, host string) (*catalogue.Entry, error)
	Published(ctx context.Context, page domain.Page) (domain.List[*catalogue.Entry], error)
	Marks(ctx context.Context) ([]catalogue.Mark, error)
	Buries(ctx context.Context) (bool, error)
	Buried(ctx context.Context) ([]catalogue.Tombstone, error)
	PublishedList(ctx context.Context) (*catalogue.TrustList, domain.ActorID, error)
}

// Entry makes an entry's Article, proven by the catalogue.
func (d *Documents) Entry(ctx context.Context, e *catalogue.Entry) (any, error) {
	owner, err := d.Actors.Actor(ctx, e.Owner)
	if err != nil {
		return nil, err
	}
	revised := e.UpdatedAt
	if e.Ratings.At.After(revised) {
		revised = e.Ratings.At
	}
	return d.proven(ctx, owner.ID, revised, activity.Entry(e, owner.IRI, owner.Followers, d.NS, d.Language))
}

// EntryAt makes the Article of an entry of this node by its slug.
func (d *Documents) EntryAt(ctx context.Context, kind catalogue.Kind, slug string) (any, error) {
	e, err := d.Catalogue.Entry(ctx, everybody, kind, slug, "")
	if err != nil {
		return nil, err
	}
	return d.Entry(ctx, e)
}

// Entries makes one page of the catalogue's published entries.
func (d *Documents) Entries(ctx context.Context, p domain.Page) (domain.List[any], error) {
	list, err := d.Catalogue.Published(ctx, p)
	out := domain.List[any]{Next: list.Next, Prev: list.Prev, Total: list.Total}
	for _, e := range list.Items {
		document, err := d.Entry(ctx, e)
		if err != nil {
			return out, err
		}
		out.Items = append(out.Items, document)
	}
	return out, err
}

// EntriesDigest makes the digest of the catalogue's published entries.
func (d *Documents) EntriesDigest(ctx context.Context) (any, error) {
	marks, err := d.Catalogue.Marks(ctx)
	if err != nil {
		return nil, err
	}
	deleted, err := d.Catalogue.Buries(ctx)
	if err != nil {
		return nil, err
	}
	return activity.EntriesDigest(d.NS.IRI("catalogue"), catalogue.DigestOf(marks), deleted), nil
}

// EntriesDeleted lists the entries that were deleted.
func (d *Documents) EntriesDeleted(ctx context.Context) (any, error) {
	buried, err := d.Catalogue.Buried(ctx)
	if err != nil {
		return nil, err
	}
	return activity.EntriesDeleted(d.NS.IRI("catalogue"), buried), nil
}

// EntriesPart lists address and version of the entries in one partition of
// the digest.
func (d *Documents) EntriesPart(ctx context.Context, part byte) (any, error) {
	marks, err := d.Catalogue.Marks(ctx)
	if err != nil {
		return nil, err
	}
	return activity.EntriesPart(d.NS.IRI("catalogue"), part, catalogue.InPart(marks, part)), nil
}

// TrustList makes the trust list that this node published last, proven by its
// catalogue.
func (d *Documents) TrustList(ctx context.Context) (any, error) {
	list, owner, err := d.Catalogue.PublishedList(ctx)
	if err != nil {
		return nil, err
	}
	return d.proven(ctx, owner, list.Updated, activity.TrustList(list, d.Language))
}
