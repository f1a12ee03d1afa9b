package catalogue

import (
	"context"
	"math"
	"time"

	"interlink/domain"
	"interlink/domain/review"
)

// Ratings are how often people gave an entry how many stars, as its owner
// counts them. They are no part of the content: they change without a version.
type Ratings struct {
	review.Tally
	At time.Time // when they were counted, to the second; zero if they never were
}

// maxRatings is more than people will ever rate one entry with so many stars.
const maxRatings = 10_000_000

// newer returns what another node says of its entry, if it counted later than
// these were: nonsense is not believed, nor is a time to come.
func (r Ratings) newer(in Ratings, now time.Time) Ratings {
	for _, of := range in.Tally {
		if of < 0 || of > maxRatings {
			return r
		}
	}
	if in.At.After(now) {
		in.At = now
	}
	if !in.At.After(r.At) {
		return r
	}
	return in
}

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
	at := s.mint.Now().UTC().Truncate(time.Second)
	if !at.After(e.Ratings.At) {
		at = e.Ratings.At.Add(time.Second) // who has a copy sees that it is newer
	}
	e.Ratings = Ratings{t, at}
	return s.store.SaveRatings(ctx, e, domain.Change{Events: []domain.Event{s.event(Rated, domain.Nobody, e)}})
}
