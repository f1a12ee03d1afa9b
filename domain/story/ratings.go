package story

import (
	"context"

	"interlink/domain"
	"interlink/domain/review"
)

// Rate keeps how often a story of this node has how many stars, and tells those
// who follow it. The same changes nothing. Errors: NotFound.
func (s *Service) Rate(ctx context.Context, iri domain.IRI, t review.Tally) error {
	st, err := s.store.StoryByIRI(ctx, iri)
	if err == nil && st.Host != "" {
		err = domain.Fail(domain.NotFound, "error.not_found")
	}
	if err != nil || st.Ratings.Tally == t {
		return err
	}
	st.Ratings = st.Ratings.Counted(t, s.mint.Now())
	return s.store.SaveRatings(ctx, st, st.event(s.mint, StoryRated, domain.Nobody))
}

// ReceiveRatings takes how a story of another node is rated, as its owner
// counts. The same or what was counted before changes nothing. Errors:
// Forbidden unless by tells the story; NotFound.
func (s *Service) ReceiveRatings(ctx context.Context, by domain.ActorID, iri domain.IRI, in review.Ratings) error {
	st, err := s.store.StoryByIRI(ctx, iri)
	if err != nil {
		return err
	}
	if st.Host == "" || st.Owner != by {
		return domain.Fail(domain.Forbidden, "error.origin")
	}
	next := st.Ratings.Newer(in, s.mint.Now())
	if next == st.Ratings {
		return nil
	}
	st.Ratings = next
	return s.store.SaveRatings(ctx, st, domain.Change{})
}

// Stars are the values of [FacetRating] of a story.
func (s *Story) Stars() []string {
	var out []string
	for n := 1; n <= int(s.Ratings.Mean()); n++ {
		out = append(out, string(rune('0'+n)))
	}
	return out
}
