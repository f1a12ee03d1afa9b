package node

import (
	"context"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/policy"
	"interlink/domain/review"
)

// shelves are where things are kept that people review.
func (n *Node) shelves() map[review.Kind]review.Shelf {
	return map[review.Kind]review.Shelf{review.Interlinker: interlinkers{n.Catalogue}}
}

// interlinkers are Interlinkers as things to review.
type interlinkers struct{ catalogue *catalogue.Service }

// Subject implements review.Shelf.
func (s interlinkers) Subject(ctx context.Context, v policy.Viewer, iri domain.IRI) (*review.Subject, error) {
	e, err := s.catalogue.EntryByIRI(ctx, v, iri)
	if err == nil && e.Interlinker == nil {
		err = domain.Fail(domain.NotFound, "error.not_found")
	}
	if err != nil {
		return nil, err
	}
	about := &review.Subject{Facts: e, Kind: review.Interlinker, IRI: e.IRI, Owner: e.Owner, Host: e.Host, Name: e.Name, Path: e.Address(), Open: e.Status.Usable()}
	for _, a := range e.Interlinker.Authors {
		if a.IRI != "" {
			about.Makers = append(about.Makers, a.IRI)
		}
	}
	return about, nil
}

// Rate implements review.Shelf.
func (s interlinkers) Rate(ctx context.Context, iri domain.IRI, t review.Tally) error {
	return s.catalogue.Rate(ctx, iri, t)
}
