package node

import (
	"context"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/policy"
	"interlink/domain/review"
	"interlink/domain/story"
)

// shelves are where things are kept that people review.
func (n *Node) shelves() map[review.Kind]review.Shelf {
	return map[review.Kind]review.Shelf{review.Interlinker: interlinkers{n.Catalogue}, review.Story: storyShelf{n.Stories}}
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

// storyShelf are stories as things to review.
type storyShelf struct{ service *story.Service }

// Subject implements review.Shelf.
func (s storyShelf) Subject(ctx context.Context, v policy.Viewer, iri domain.IRI) (*review.Subject, error) {
	st, err := s.service.StoryByIRI(ctx, v, iri)
	if err != nil {
		return nil, err
	}
	return &review.Subject{
		Facts: st, Kind: review.Story, IRI: st.IRI, Owner: st.Owner, Host: st.Host, Name: st.Title, Path: st.Address(), Open: st.Status == story.Published, Keepers: st.Stewards,
	}, nil
}

// Rate implements review.Shelf.
func (s storyShelf) Rate(ctx context.Context, iri domain.IRI, t review.Tally) error {
	return s.service.Rate(ctx, iri, t)
}
