// Package review is what people say of what they used: one to five stars, a
// title and a text. A person has one review of a thing. They write it on their
// own node, which sends it to that of the thing; that one alone counts the
// stars, moderates, and tells how many there are.
package review

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"interlink/domain"
	"interlink/domain/policy"
)

// Kind says what is reviewed.
type Kind string

// The kinds of what can be reviewed.
const (
	Interlinker Kind = "interlinker"
	Story       Kind = "story"
)

// Subject is what is reviewed: of this node, or a copy of another's.
type Subject struct {
	policy.Facts
	Kind   Kind
	IRI    domain.IRI
	Owner  domain.ActorID // who keeps it: a catalogue, an organisation
	Host   string         // "" for this node
	Name   domain.Text
	Path   string       // of its page on this node
	Open   bool         // reviews are taken
	Makers []domain.IRI // who is credited for it, and does not review it

	Keepers []domain.ActorID // who answers for it on this node, and does not review it either; may be nil
}

// State says whether a review is shown and counted.
type State string

// The states.
const (
	Shown   State = "shown"
	Removed State = "removed" // by those who moderate
)

// Review is what one person says of one thing.
type Review struct {
	ID        domain.ID
	Serial    domain.Serial
	IRI       domain.IRI // on the node of its author
	Kind      Kind
	Subject   domain.IRI
	Owner     domain.ActorID // of the subject
	Host      string         // of the subject; "" for this node
	Author    domain.ActorID
	Rating    int    // 1 to 5
	Title     string // plain text, one line
	Text      string // plain text; may be empty
	Language  domain.Lang
	State     State
	Reason    string // why it was removed; plain text
	Reply     Reply
	WrittenAt time.Time
	UpdatedAt time.Time
	Revision  int64
}

// Reply is what those who keep the thing answer; the zero Reply is none.
type Reply struct {
	IRI      domain.IRI
	Text     string // plain text
	Language domain.Lang
	At       time.Time
}

// PolicyKind implements policy.Facts.
func (r *Review) PolicyKind() string { return "review" }

// PolicyVisibility implements policy.Facts: a review is for everybody.
func (r *Review) PolicyVisibility() domain.Visibility { return domain.VisiblePublic }

// PolicyRelation implements policy.Facts: who keeps the thing does not decide
// what is said of it, those who moderate do.
func (r *Review) PolicyRelation(domain.ActorID) policy.Relation { return policy.Stranger }

// PolicyLocal implements policy.Facts: moderation ends what is said here.
func (r *Review) PolicyLocal() bool { return true }

// Input is what somebody says.
type Input struct {
	Rating   int
	Title    string
	Text     string
	Language domain.Lang
}

// The bounds of a text, in characters.
const (
	MaxTitle = 120
	MaxText  = 4000
	MaxReply = 2000
)

// Check trims what was typed and judges it. Errors: Invalid with all fields.
func (in *Input) Check() error {
	var p domain.Problems
	if in.Rating < 1 || in.Rating > 5 {
		p.Add("rating", "review.rating")
	}
	if in.Title = strings.Join(strings.Fields(in.Title), " "); in.Title == "" {
		p.Add("title", "review.title_missing")
	}
	in.Text = strings.TrimSpace(in.Text)
	plain(&p, "title", in.Title, MaxTitle)
	plain(&p, "text", in.Text, MaxText)
	lang, err := domain.ParseLang(string(in.Language))
	if err != nil {
		p.Add("language", "error.language", string(in.Language))
	}
	in.Language = lang
	return p.Err()
}

// plain judges a plain text: no more than so many characters, and none that
// cannot be seen or that turn what stands beside it around.
func plain(p *domain.Problems, field, s string, most int) {
	switch {
	case !utf8.ValidString(s) || strings.ContainsFunc(s, hidden):
		p.Add(field, "review.plain")
	case utf8.RuneCountInString(s) > most:
		p.Add(field, "error.too_long", most)
	}
}

func hidden(r rune) bool {
	return unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t' || unicode.Is(unicode.Bidi_Control, r) && r != '\u200e' && r != '\u200f' && r != '\u061c'
}

// Tally counts reviews by their stars: the first are those with one.
type Tally [5]int

// Count is how many there are.
func (t Tally) Count() int {
	n := 0
	for _, of := range t {
		n += of
	}
	return n
}

// Mean is the mean of the stars, 1 to 5; 0 if there are none.
func (t Tally) Mean() float64 {
	sum, n := 0, t.Count()
	for i, of := range t {
		sum += (i + 1) * of
	}
	if n == 0 {
		return 0
	}
	return float64(sum) / float64(n)
}
