package legal

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"interlink/domain"
	"interlink/domain/policy"
)

// Kind is which page of law it is; it is the last part of its address.
type Kind string

// The kinds.
const (
	Privacy       Kind = "privacy"
	Terms         Kind = "terms"
	Accessibility Kind = "accessibility"
	Imprint       Kind = "imprint"
)

// Kinds lists them in the order of the footer.
var Kinds = []Kind{Privacy, Terms, Accessibility, Imprint}

// Known reports whether there is such a page.
func (k Kind) Known() bool { return slices.Contains(Kinds, k) }

// Words are what an editor writes.
type Words struct {
	Text    domain.Text // Markdown
	Changes domain.Text // what is new to who knows the version before; plain text
	Demands bool        // of terms: who accepted none since is asked before they go on
}

// Version is one that was published. It never changes.
type Version struct {
	Words

	Kind   Kind
	Number int // 1, 2, 3, …
	By     domain.ActorID
	At     time.Time
}

// Page is where the work on a page stands.
type Page struct {
	Kind     Kind
	Latest   *Version // nil if none was published
	Draft    *Words   // saved and not published; nil for none
	Revision int64    // 0 before anything was saved
}

// PolicyKind implements policy.Facts.
func (Page) PolicyKind() string { return "legal" }

// PolicyVisibility implements policy.Facts.
func (Page) PolicyVisibility() domain.Visibility { return domain.VisiblePublic }

// PolicyRelation implements policy.Facts: only who runs the node writes.
func (Page) PolicyRelation(domain.ActorID) policy.Relation { return policy.Stranger }

// PolicyLocal implements policy.Facts.
func (Page) PolicyLocal() bool { return true }

// The bounds of what is typed.
const (
	MaxText    = 60_000 // letters of a page in one language
	MaxChanges = 2000   // letters
)

// Gap begins what a draft leaves to be filled in, "[[Name of the authority]]".
// Nothing with a gap is published: what the law wants said cannot be guessed.
const Gap = "[["

// clean trims the words, and judges what is true of drafts as well.
func (w *Words) clean(kind Kind) domain.Problems {
	var p domain.Problems
	w.Text, w.Changes = w.Text.Clean(), w.Changes.Clean()
	if kind != Terms {
		w.Demands = false
	}
	bound(&p, "text", w.Text, MaxText)
	bound(&p, "changes", w.Changes, MaxChanges)
	return p
}

// bound judges a text in all its languages; the field is named with the
// language, "text_en".
func bound(p *domain.Problems, field string, t domain.Text, most int) {
	for _, lang := range t.Langs() {
		switch words := t[lang]; {
		case utf8.RuneCountInString(words) > most:
			p.Add(field+"_"+string(lang), "error.too_long", most)
		case !utf8.ValidString(words) || strings.ContainsRune(words, 0):
			p.Add(field+"_"+string(lang), "error.not_text")
		}
	}
}

// publishable judges what is to be published over the version before, if there
// is one; lang is the language in which something is missed.
func (w *Words) publishable(before *Version, lang domain.Lang) domain.Problems {
	var p domain.Problems
	if w.Text.Empty() {
		p.Add("text_"+string(lang), "legal.empty")
	}
	for _, l := range w.Text.Langs() {
		if _, gap, found := strings.Cut(w.Text[l], Gap); found {
			gap, _, _ = strings.Cut(gap, "\n")
			gap, _, _ = strings.Cut(gap, "]]")
			p.Add("text_"+string(l), "legal.gap", shortened(gap))
		}
	}
	if before == nil {
		return p
	}
	if w.Demands && w.Changes.Empty() {
		p.Add("changes_"+string(lang), "legal.changes_missing")
	}
	if w.Text.Equal(before.Text) {
		p.Add("text_"+string(lang), "legal.same")
	}
	return p
}

// shortened is the beginning of what stands in a gap.
func shortened(s string) string {
	if letters := []rune(s); len(letters) > 80 {
		return string(letters[:80]) + "…"
	}
	return s
}

// What happens to pages of law. The subject is the page, by its kind.
const (
	Published domain.EventKind = "legal.published" // [Happened]
	Accepted  domain.EventKind = "legal.accepted"  // [Happened], by who accepted
)

// Happened is the payload of the events.
type Happened struct {
	Kind    Kind `json:"kind"`
	Version int  `json:"version"`
}
