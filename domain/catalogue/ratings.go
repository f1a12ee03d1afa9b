package catalogue

import (
	"context"
	"math"

	"interlink/domain"
	"interlink/domain/review"
)

// Ratings are how often people gave an entry how many stars.
type Ratings = review.Ratings

// The opinion of few counts little: an entry is taken to have as many ratings
// more as this, all of them the middle.
const (
	priorRatings = 5
	middle       = 3.0
)

// favour is by how much ratings make a recommendation stronger or weaker: 1 for
// none, at most a tenth either way.
func favour(mean float64, count int) float64 {
	weighed := (priorRatings*middle + mean*float64(count)) / float64(priorRatings+count)
	return 1 + 0.05*math.Max(-2, math.Min(2, weighed-middle))
}

// Rate keeps how often an entry of this node has how many stars, and tells
// those who follow the catalogue. The same changes nothing. Errors: NotFound.
func (s *Service) Rate(ctx context.Context, iri domain.IRI, t review.Tally) error {
	e, err := s.store.EntryByIRI(ctx, iri)
	if err != nil {
		return err
	}
	if !e.Local() {
		return domain.Fail(domain.NotFound, "error.not_found")
	}
	if e.Ratings.Tally == t {
		return nil
	}
	e.Ratings = e.Ratings.Counted(t, s.mint.Now())
	return s.store.SaveRatings(ctx, e, domain.Change{Events: []domain.Event{s.event(Rated, domain.Nobody, e)}})
}
