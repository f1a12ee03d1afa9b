package document

import (
	"context"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/domain/policy"
)

// everybody is the reader of what leaves the node.
var everybody = policy.Viewer{}

// Phrase translates a key of package web/locale: documents carry a few words
// that people elsewhere read.
type Phrase func(lang domain.Lang, key string, args ...any) string

// Actors reads actors.
type Actors interface {
	Actor(ctx context.Context, id domain.ActorID) (*network.Actor, error)
}

// Keys gives the public keys of local actors as PEM.
type Keys interface {
	PublicPEM(ctx context.Context, actor domain.ActorID) (string, error)
}

// Documents makes documents.
type Documents struct {
	NS            domain.Namespace
	Language      domain.Lang // the node's
	Actors        Actors
	Keys          Keys
	Phrase        Phrase
	Organizations Organizations
	Processes     Processes
	Lineage       Lineage
	Stories       Stories
	Communities   Communities
	Catalogue     Catalogue
}

// address returns the IRI of an actor, "" for Nobody and for one that not
// everybody may know of: even its name would tell.
func (d *Documents) address(ctx context.Context, id domain.ActorID) (domain.IRI, error) {
	if id == domain.Nobody {
		return "", nil
	}
	a, err := d.Actors.Actor(ctx, id)
	if err != nil {
		return "", err
	}
	if a.Local() && a.Visibility != domain.VisiblePublic {
		return "", nil
	}
	return a.IRI, nil
}
