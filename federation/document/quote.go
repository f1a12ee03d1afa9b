package document

import (
	"context"
	"strings"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/federation/activity"
)

// Author returns who wrote a public post or a story of this node. Errors:
// NotFound, Gone.
func (d *Documents) Author(ctx context.Context, iri domain.IRI) (*network.Actor, error) {
	path := d.NS.Path(iri)
	if id, ok := strings.CutPrefix(path, "/posts/"); ok {
		p, err := d.Communities.PostByID(ctx, everybody, domain.ID(id))
		if err != nil {
			return nil, err
		}
		in, err := d.NoteInput(ctx, p)
		return in.Author, err
	}
	if slug, ok := strings.CutPrefix(path, "/stories/"); ok {
		s, err := d.Stories.Story(ctx, everybody, slug, "")
		if err != nil {
			return nil, err
		}
		owner, err := d.Actors.Actor(ctx, s.Owner)
		if err == nil && owner.Visibility != domain.VisiblePublic {
			err = domain.Fail(domain.NotFound, "error.not_found")
		}
		return owner, err
	}
	return nil, domain.Fail(domain.NotFound, "error.not_found")
}

// QuoteAuthorization makes the authorisation of an object of another server to
// quote one of this node. Errors: as of [Documents.Author].
func (d *Documents) QuoteAuthorization(ctx context.Context, target, quote domain.IRI) (any, error) {
	author, err := d.Author(ctx, target)
	if err != nil {
		return nil, err
	}
	return activity.QuoteAuthorization(author.IRI, target, quote), nil
}
