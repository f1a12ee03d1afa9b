package document

import (
	"context"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/domain/policy"
	"interlink/federation/activity"
)

// recommends reports whether an actor has a list of communities that it
// recommends (FEP-7aa9): the node its own, an organisation those that belong to
// it.
func recommends(a *network.Actor) bool {
	return a.Subject == network.SubjectNode || a.Subject == network.SubjectOrganization
}

// FeaturedCollections makes the collection of the lists of an actor. Errors:
// NotFound for one that has none.
func (d *Documents) FeaturedCollections(ctx context.Context, a *network.Actor) (any, error) {
	list, err := d.FeaturedCommunities(ctx, a)
	if err != nil {
		return nil, err
	}
	return activity.WholeCollection(activity.FeaturedCollections(a.IRI), a.IRI, []any{list}), nil
}

// FeaturedCommunities makes the list of communities that an actor recommends:
// those that may be recommended to anybody. Errors: NotFound for an actor that
// has none.
func (d *Documents) FeaturedCommunities(ctx context.Context, a *network.Actor) (any, error) {
	if !recommends(a) {
		return nil, domain.Fail(domain.NotFound, "error.not_found")
	}
	if a.Visibility != domain.VisiblePublic || a.Gone() {
		return nil, domain.Fail(domain.NotFound, "error.not_found")
	}
	of, page := a.ID, a.URL
	if a.Subject == network.SubjectNode {
		of, page = domain.Nobody, d.NS.IRI("communities")
	}
	in := activity.FeaturedInput{
		Owner: a.IRI, Page: page, Language: d.Language, Published: a.CreatedAt, Updated: a.CreatedAt,
		Name: d.Phrase(d.Language, "community.list", a.Title), Summary: d.Phrase(d.Language, "community.list_summary"),
	}
	cursor := ""
	for {
		list, err := d.Communities.RecommendedOf(ctx, policy.Viewer{}, of, domain.Page{After: cursor, Limit: domain.MaxPage})
		if err != nil {
			return nil, err
		}
		for _, c := range list.Items {
			if len(in.Items) == activity.MostFeatured {
				break
			}
			in.Items = append(in.Items, activity.FeaturedItem{Actor: c.IRI, Name: c.Name, Since: c.CreatedAt})
			if c.UpdatedAt.After(in.Updated) {
				in.Updated = c.UpdatedAt
			}
		}
		if cursor = list.Next; cursor == "" || len(in.Items) == activity.MostFeatured {
			return activity.FeaturedCollection(in), nil
		}
	}
}

// FeatureAuthorization makes the authorisation of a list to recommend a
// community of this node. Errors: NotFound, Gone.
func (d *Documents) FeatureAuthorization(ctx context.Context, target, collection domain.IRI) (any, error) {
	a, err := d.Actors.ActorByIRI(ctx, target)
	switch {
	case err != nil:
		return nil, err
	case a.Gone():
		return nil, domain.Fail(domain.Gone, "error.gone")
	case !a.Featurable():
		return nil, domain.Fail(domain.NotFound, "error.not_found")
	}
	return activity.FeatureAuthorization(a.IRI, collection), nil
}
