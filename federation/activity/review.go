package activity

import (
	"encoding/json"
	"strings"
	"time"

	"interlink/domain"
	"interlink/domain/markup"
	"interlink/domain/review"
)

// reviewDocument is what a person says of a thing: a Note that answers it, with
// an interlink:review that says it for programs.
type reviewDocument struct {
	ID           domain.IRI        `jsonld:"id"`
	Type         string            `jsonld:"type"`
	AttributedTo domain.IRI        `jsonld:"attributedTo"`
	To           List[domain.IRI]  `jsonld:"to"`
	Cc           List[domain.IRI]  `jsonld:"cc"`
	InReplyTo    domain.IRI        `jsonld:"inReplyTo"`
	Content      string            `jsonld:"content"`
	ContentMap   map[string]string `jsonld:"contentMap"`
	URL          domain.IRI        `jsonld:"url"`
	Published    *instant          `jsonld:"published"`
	Updated      *instant          `jsonld:"updated,omitempty"`
	Review       json.RawMessage   `jsonld:"interlink:review,omitempty"`
}

// reviewExtension is the interlink:review of a Note. Title and text are plain.
type reviewExtension struct {
	Kind     review.Kind `json:"kind"`
	Subject  domain.IRI  `json:"subject"`
	Rating   int         `json:"rating"` // 1 to 5
	Title    string      `json:"title"`
	Text     string      `json:"text,omitempty"`
	Language domain.Lang `json:"language"`
	At       time.Time   `json:"at"` // when it was written or changed, to the microsecond
}

// stars draws a rating for those who see no stars of ours.
func stars(rating int) string { return strings.Repeat("★", rating) + strings.Repeat("☆", 5-rating) }

// Review makes a review as a Note by its author, to everybody and who keeps the
// thing.
func Review(r *review.Review, author, owner domain.IRI) any {
	content := "<p>" + stars(r.Rating) + " <strong>" + markup.Escape(r.Title) + "</strong></p>" + markup.Paragraphs(r.Text)
	to, cc := ToPublic(owner)
	d := reviewDocument{
		ID: r.IRI, Type: "Note", AttributedTo: author, To: to, Cc: cc, InReplyTo: r.Subject, Content: content,
		ContentMap: map[string]string{string(language(r.Language)): content}, URL: r.IRI, Published: when(r.WrittenAt), Updated: changed(r.WrittenAt, r.UpdatedAt),
		Review: typed(reviewExtension{r.Kind, r.Subject, r.Rating, r.Title, r.Text, r.Language, r.UpdatedAt.UTC()}),
	}
	return d
}

// ReviewAnswer makes the answer to a review as a Note by who keeps the thing, to
// the review's author.
func ReviewAnswer(r *review.Review, owner, author domain.IRI) any {
	content := markup.Paragraphs(r.Reply.Text)
	return reviewDocument{
		ID: r.Reply.IRI, Type: "Note", AttributedTo: owner, To: List[domain.IRI]{author}, Cc: List[domain.IRI]{}, InReplyTo: r.IRI, Content: content,
		ContentMap: map[string]string{string(language(r.Reply.Language)): content}, URL: r.Subject, Published: when(r.Reply.At),
	}
}

// IsReview reports whether an object says that it is a review.
func IsReview(doc Document) bool { return doc["interlink:review"] != nil }

// ReadReview reads a review; its bounds are for the domain. Errors: Invalid.
func ReadReview(doc Document) (in review.Remote, err error) {
	var ext reviewExtension
	if err := json.Unmarshal(doc["interlink:review"], &ext); err != nil {
		return in, domain.Fail(domain.Invalid, "error.activity").Because(err)
	}
	subject, err := domain.ParseIRI(string(ext.Subject))
	if err != nil || doc.IRI("inReplyTo") != subject {
		return in, domain.Fail(domain.Invalid, "error.activity")
	}
	return review.Remote{
		Input: review.Input{Rating: ext.Rating, Title: ext.Title, Text: ext.Text, Language: ext.Language},
		IRI:   doc.IRI("id"), Kind: ext.Kind, Subject: subject, At: ext.At.UTC().Truncate(time.Microsecond),
	}, nil
}

// ReadReviewAnswer reads an answer to a review as plain text.
func ReadReviewAnswer(doc Document) review.Reply {
	return review.Reply{IRI: doc.IRI("id"), Text: markup.Text(doc.String("content")), Language: doc.Language()}
}

// AnswerReview tells the author of a review that those who moderate removed it
// (Reject, with the reason in plain text) or show it again (Accept).
func AnswerReview(e Envelope, iri domain.IRI, shown bool, reason string) ([]byte, error) {
	answer := "Reject"
	if shown {
		answer = "Accept"
	}
	return Encode(answeredDocument{
		ID: e.ID, Type: answer, Actor: e.Actor, Published: when(e.Published), To: e.To, Cc: e.Cc, Summary: markup.Escape(reason), Object: iri,
	})
}

// ratingsDocument says how a thing is rated whose own document is signed and
// stays as it is.
type ratingsDocument struct {
	ID           domain.IRI       `jsonld:"id"`
	Type         string           `jsonld:"type"`
	AttributedTo domain.IRI       `jsonld:"attributedTo"`
	To           List[domain.IRI] `jsonld:"to"`
	Context      domain.IRI       `jsonld:"context"`
	Updated      *instant         `jsonld:"updated"`
	Ratings      json.RawMessage  `jsonld:"interlink:ratings"`
}

// RatingsAt is where it is said how a thing is rated.
func RatingsAt(thing domain.IRI) domain.IRI { return thing + "/ratings" }

// Ratings makes the ratings of a thing as a Document of their own.
func Ratings(thing, owner domain.IRI, r review.Ratings) any {
	return ratingsDocument{
		ID: RatingsAt(thing), Type: "Document", AttributedTo: owner, To: List[domain.IRI]{Public}, Context: thing, Updated: when(r.At), Ratings: typed(ratings{r.Tally, r.At.UTC()}),
	}
}

// ReadRatings reads the ratings of a thing; ok is false for what is none, or
// does not stand at the thing's own address.
func ReadRatings(doc Document) (thing domain.IRI, r review.Ratings, ok bool) {
	var ext ratings
	if raw := doc["interlink:ratings"]; raw == nil || json.Unmarshal(raw, &ext) != nil {
		return "", r, false
	}
	thing = doc.IRI("context")
	return thing, review.Ratings{Tally: ext.Counts, At: ext.At.UTC().Truncate(time.Second)}, thing != "" && RatingsAt(thing) == doc.IRI("id")
}
