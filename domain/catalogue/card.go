package catalogue

import (
	"maps"
	"slices"
	"strings"
	"time"

	"interlink/domain"
)

// The facets by which entries are found.
const (
	FacetNature     = "nature"
	FacetProblem    = "problem" // code, in capitals
	FacetLanguage   = "language"
	FacetDifficulty = "difficulty"
	FacetLicence    = "licence" // class
	FacetAudience   = "audience"
	FacetScope      = "scope"
	FacetRegulation = "regulation" // key of [Regulations], else as [Support.ID]
	FacetCountry    = "country"    // whose law it supports; "EU" for the Union's
	FacetOrigin     = "origin"     // host; "" for this node
	FacetTrust      = "trust"

	// FacetSupports is what is asked for by [Support.ID] itself. It is not counted
	// for lists: the regulations are what people choose from.
	FacetSupports = "supports"
)

// FacetNames lists the facets in the order in which they are shown.
var FacetNames = []string{
	FacetNature, FacetProblem, FacetLanguage, FacetDifficulty, FacetLicence, FacetAudience, FacetScope, FacetRegulation, FacetCountry, FacetOrigin, FacetTrust,
}

// Value is one value of a facet.
type Value struct{ Facet, Value string }

// Card is what is kept in memory of an entry, so that it is found.
type Card struct {
	Number int64 // of the entry in this database, never used again
	ID     domain.ID
	Kind   Kind
	Host   string
	Sort   string    // by which lists are ordered
	Came   time.Time // when it came here, or was published here
	// Whether it stands in lists, is taken out of use, may still be used but is
	// recommended no longer, and is the one of its variants that lists show.
	Shown, Withdrawn, Deprecated, Lead bool
	Values                             []Value
	Name, Other                        []string // roots of its name, and of its tags and summary
	Uses                               int
	Rating                             float64 // mean of the stars; 0 for none
	Ratings                            int     // how many there are
	Gone                               bool    // it is not there any more; nothing else is said then
}

// listed reports whether it may be recommended.
func (c Card) listed() bool { return c.Shown && c.Lead && !c.Withdrawn && !c.Deprecated }

// Came is when an entry came here: one of this node, when it was published; what
// another node says of when it published does not count.
func Came(id domain.ID, host string, published time.Time) time.Time {
	if came := id.Time(); host != "" || came.After(published) {
		return came
	}
	return published
}

// cardOf makes the card of an entry that has no number.
func cardOf(e *Entry) Card {
	t := e.Terms()
	c := Card{
		Came: Came(e.ID, e.Host, e.PublishedAt),
		ID:   e.ID, Kind: e.Kind, Host: e.Host, Sort: strings.ToLower(e.Name.String()), Uses: e.Uses,
		Rating: e.Ratings.Mean(), Ratings: e.Ratings.Count(),
		Shown: e.Status != Draft && (e.Standing == "" || e.Standing == Shown), Withdrawn: e.Status == Withdrawn, Deprecated: e.Status == Deprecated,
		Lead: e.Lead || e.Standing == "",
		Name: t.Roots(true), Other: t.Roots(false),
	}
	c.Values = append(e.Values(), Value{FacetOrigin, e.Host})
	if e.Trust != "" {
		c.Values = append(c.Values, Value{FacetTrust, string(e.Trust)})
	}
	return c
}

// maxValues is how many values an entry is found by.
const maxValues = 300

// Values are what an entry says of itself by which it is found, each once:
// all facets but origin and trust.
func (e *Entry) Values() []Value {
	var out []Value
	seen := map[Value]bool{}
	add := func(facet, value string) {
		v := Value{facet, value}
		if value != "" && len(value) <= 500 && !seen[v] && len(out) < maxValues {
			seen[v] = true
			out = append(out, v)
		}
	}
	for _, lang := range e.Languages() {
		add(FacetLanguage, string(lang))
	}
	if i := e.Interlinker; i != nil {
		add(FacetNature, string(i.Nature))
		add(FacetDifficulty, i.Difficulty)
		add(FacetLicence, i.Licence)
		for _, a := range i.Audience {
			add(FacetAudience, a)
		}
		for _, s := range i.Scopes {
			add(FacetScope, s)
		}
		for _, rule := range e.rules() {
			add(FacetRegulation, rule)
		}
		for _, s := range i.Supports {
			add(FacetSupports, s.ID)
			if s.Country == "" {
				add(FacetCountry, "EU")
			}
			add(FacetCountry, strings.ToUpper(s.Country))
		}
	}
	for _, code := range e.Problems() {
		add(FacetProblem, strings.ToUpper(code))
	}
	return out
}

// rules are the rules of law that an Interlinker supports or speaks of: keys
// of [Regulations], and what else it says it supports.
func (e *Entry) rules() []string {
	var out []string
	other := slices.Clone(e.Interlinker.Supports)
	for _, key := range RegulationKeys {
		r, named := Regulations[key], false
		other = slices.DeleteFunc(other, func(s Support) bool {
			of := s.ID == "alias:"+key || slices.ContainsFunc(r.marks, func(mark string) bool { return strings.Contains(strings.ToUpper(s.ID), mark) })
			named = named || of
			return of
		})
		if named || r.namedBy(e) {
			out = append(out, key)
		}
	}
	for _, s := range other {
		out = append(out, s.ID)
	}
	return out
}

// Field is a part of an entry's text, the weightiest first.
type Field int

// The fields.
const (
	InName Field = iota
	InTags
	InSummary
	InInstructions
	fields // how many
)

// Terms are the words of an entry by field, with their roots, each once in a
// field and sorted.
type Terms struct {
	Fields      [fields][]string
	name, other []string // roots in the order of the text
}

// maxTerms is how many words of a field are looked for; the rest of a longer
// text is not found.
const maxTerms = 2000

// Terms cuts the texts of an entry, in all languages, into words.
func (e *Entry) Terms() Terms {
	c := cutter{}
	text := func(f Field, text domain.Text) {
		for _, lang := range text.Langs() {
			c.add(f, lang, text[lang])
		}
	}
	tags := func(all map[string][]string) {
		for _, lang := range slices.Sorted(maps.Keys(all)) {
			c.add(InTags, domain.Lang(lang), strings.Join(all[lang], "\n"))
		}
	}
	text(InName, e.Name)
	c.add(InName, domain.Undetermined, e.Slug)
	switch {
	case e.Interlinker != nil:
		tags(e.Interlinker.Tags)
		text(InSummary, e.Interlinker.Overview)
		text(InInstructions, e.Interlinker.Instructions)
		text(InInstructions, e.Interlinker.Constraints)
		text(InInstructions, e.Interlinker.Regulations)
	case e.Problem != nil:
		c.add(InTags, domain.Undetermined, e.Problem.Code)
		text(InInstructions, e.Problem.Functionality)
	case e.Schema != nil:
		tags(e.Schema.Tags)
		for _, n := range e.Schema.Nodes {
			text(InInstructions, n.Name)
		}
	}
	text(InSummary, e.Summary)
	for f := range c.Fields {
		slices.Sort(c.Fields[f])
	}
	return c.Terms
}

// cutter gathers the terms of an entry.
type cutter struct {
	Terms
	seen [fields]map[string]bool
}

// add takes the words of a text in a language into a field.
func (c *cutter) add(f Field, lang domain.Lang, text string) {
	if c.seen[f] == nil {
		c.seen[f] = map[string]bool{}
	}
	for _, word := range Words(text) {
		if len(c.Fields[f]) >= maxTerms {
			return
		}
		root := Root(word, lang)
		if !c.seen[f][root] && !stopWords[word] && len(root) >= shortestRoot {
			if f == InName {
				c.name = append(c.name, root)
			} else if f != InInstructions {
				c.other = append(c.other, root)
			}
		}
		for _, w := range []string{word, root} {
			if !c.seen[f][w] {
				c.seen[f][w] = true
				c.Fields[f] = append(c.Fields[f], w)
			}
		}
	}
}

// The most roots by which an entry is compared with a text.
const (
	nameRoots  = 24
	otherRoots = 96
)

// Roots are the first roots of the name, or of tags and summary, each once.
func (t Terms) Roots(name bool) []string {
	roots, most := t.other, otherRoots
	if name {
		roots, most = t.name, nameRoots
	}
	var out []string
	seen := map[string]bool{}
	for _, r := range roots {
		if !seen[r] && len(out) < most {
			seen[r] = true
			out = append(out, r)
		}
	}
	return out
}
