package activity_test

import (
	"testing"
	"time"
	"unicode/utf8"

	"interlink/domain"
	"interlink/domain/curation"
	"interlink/domain/review"
	"interlink/federation/activity"
)

// opinion is a review by somebody of this node of a tool of another.
func opinion() *review.Review {
	return &review.Review{
		IRI: base + "/reviews/01890a5d-ac96-774b-bcce-b302099a8061", Kind: review.Interlinker, Subject: "https://riga.example/interlinkers/map-of-needs", Rating: 4,
		Title: "Good for a first meeting", Text: "We used it with parents.\nBring large paper.", Language: "en", State: review.Shown, WrittenAt: noon, UpdatedAt: noon.Add(time.Hour),
		Reply: review.Reply{IRI: "https://riga.example/reviews/1/reply", Text: "Thank you. A larger one is there now.", Language: "en", At: noon.Add(2 * time.Hour)},
	}
}

// translation is what this node offers to the catalogue of another.
func translation() *curation.Proposal {
	return &curation.Proposal{
		Process: shelf.IRI, Resource: base + "/activities/01890a5d-ac96-774b-bcce-b302099a8057#translation", Language: "es", Translation: &curation.Translation{
			Entry: "https://riga.example/interlinkers/map-of-needs", Field: "summary", Language: "es", Text: "Quién necesita qué.", Of: "2cf24dba5fb0a30e",
		},
	}
}

// reviewGoldens are the documents of reviews and translations.
func reviewGoldens() map[string]func() ([]byte, error) {
	keeper := domain.IRI("https://riga.example/catalogue")
	to, cc := activity.ToPublic(keeper)
	return map[string]func() ([]byte, error){
		"create-review": func() ([]byte, error) {
			return activity.Create(envelope(person.IRI, to, cc...), activity.Review(opinion(), person.IRI, keeper))
		},
		"delete-review": func() ([]byte, error) { return activity.Delete(envelope(person.IRI, to, cc...), opinion().IRI) },
		"create-review-answer": func() ([]byte, error) {
			r := opinion()
			r.IRI, r.Subject, r.Reply.IRI = "https://riga.example/reviews/1", interlinker("published").IRI, base+"/reviews/01890a5d-ac96-774b-bcce-b302099a8062/reply"
			return activity.Create(envelope(shelf.IRI, []domain.IRI{follower}), activity.ReviewAnswer(r, shelf.IRI, follower))
		},
		"update-ratings": func() ([]byte, error) {
			to, cc := activity.ToPublic(council.Followers)
			rated := review.Ratings{Tally: review.Tally{0, 1, 0, 7, 12}, At: noon}
			return activity.Update(envelope(council.IRI, to, cc...), activity.Ratings(base+"/stories/safe-ways", council.IRI, rated))
		},
		"update-offer": func() ([]byte, error) {
			left := proposal()
			left.Authors = nil
			return activity.UpdateOffer(envelope(work.IRI, []domain.IRI{keeper}), base+"/activities/01890a5d-ac96-774b-bcce-b302099a8058", left, keeper)
		},
		"reject-review": func() ([]byte, error) {
			return activity.AnswerReview(envelope(shelf.IRI, []domain.IRI{follower}), "https://social.example/reviews/1", false, "It names a child.\nTerms, 3.2.")
		},
		"accept-review": func() ([]byte, error) {
			return activity.AnswerReview(envelope(shelf.IRI, []domain.IRI{follower}), "https://social.example/reviews/1", true, "")
		},
		"offer-translation": func() ([]byte, error) {
			return activity.Offer(envelope(shelf.IRI, []domain.IRI{keeper}), activity.Translation(translation()), keeper)
		},
	}
}

// TestReviewReadBack: our nodes understand what they say.
func TestReviewReadBack(t *testing.T) {
	in, err := activity.ReadReview(read(t, "create-review", "object"))
	if err != nil {
		t.Fatal(err)
	}
	r := opinion()
	want := review.Remote{Input: review.Input{Rating: r.Rating, Title: r.Title, Text: r.Text, Language: r.Language}, IRI: r.IRI, Kind: r.Kind, Subject: r.Subject, At: r.UpdatedAt}
	if in != want {
		t.Errorf("read %+v, not %+v", in, want)
	}
	if got := activity.ReadReviewAnswer(read(t, "create-review-answer", "object")); got.Text != r.Reply.Text || got.Language != "en" {
		t.Errorf("read the answer %+v", got)
	}
	p, ok := activity.ReadProposal(read(t, "offer-translation", "object"))
	if !ok || *p.Translation != *translation().Translation || p.Process != shelf.IRI {
		t.Errorf("read the translation %+v, %v", p, ok)
	}
}

// checkReview: a review that is taken has one to five stars and bounds, and comes
// back as it was written.
func checkReview(t *testing.T, doc activity.Document) {
	if !activity.IsReview(doc) {
		return
	}
	in, err := activity.ReadReview(doc)
	if err != nil || in.Check() != nil {
		return
	}
	if in.Rating < 1 || in.Rating > 5 || in.Title == "" || utf8.RuneCountInString(in.Title) > review.MaxTitle || utf8.RuneCountInString(in.Text) > review.MaxText {
		t.Errorf("taken: %+v", in)
	}
	r := &review.Review{IRI: in.IRI, Kind: in.Kind, Subject: in.Subject, Rating: in.Rating, Title: in.Title, Text: in.Text, Language: in.Language, WrittenAt: noon, UpdatedAt: in.At}
	back, err := activity.ReadReview(again(t, activity.Review(r, doc.IRI("attributedTo"), shelf.IRI)))
	if err != nil {
		t.Fatal(err)
	}
	same(t, "the review", []any{back.Input, back.Subject, back.Kind}, []any{in.Input, in.Subject, in.Kind})
}

// checkTranslation: a translation that is taken has bounds and is of what it
// answers.
func checkTranslation(t *testing.T, doc activity.Document) {
	p, ok := activity.ReadProposal(doc)
	if !ok || p.Translation == nil || p.Check() != nil {
		return
	}
	if p.Translation.Entry != doc.IRI("inReplyTo") || len(p.Translation.Text) > 50_000 || p.Translation.Text == "" || !domain.SameOrigin(p.Resource, p.Process) {
		t.Errorf("taken: %+v", p.Translation)
	}
}

// TestRatingsReadBack: our nodes understand how a story is rated, and nothing
// that stands elsewhere.
func TestRatingsReadBack(t *testing.T) {
	doc := read(t, "update-ratings", "object")
	story, r, ok := activity.ReadRatings(doc)
	if !ok || story != base+"/stories/safe-ways" || r.Tally != (review.Tally{0, 1, 0, 7, 12}) || !r.At.Equal(noon) {
		t.Errorf("%s has %+v", story, r)
	}
	doc["context"] = []byte(`"https://elsewhere.example/stories/safe-ways"`)
	if _, _, ok := activity.ReadRatings(doc); ok {
		t.Error("ratings of a story of another address are read")
	}
}
