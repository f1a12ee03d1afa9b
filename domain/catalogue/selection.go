package catalogue

import (
	"slices"
	"strings"

	"interlink/domain"
)

// Selection says which entries of another node's catalogue are wanted, such as
// "GDPR, Spanish, easy". An entry is wanted if it meets each part that asks
// for something; of a list, one is enough. The zero Selection wants
// all. Problem
// profiles are always wanted: the others are told by them.
type Selection struct {
	Text         string        `json:"text,omitempty"` // words, all of which its name, summary or tags have
	Natures      []Nature      `json:"natures,omitempty"`
	Problems     []string      `json:"problems,omitempty"`    // codes
	Regulations  []string      `json:"regulations,omitempty"` // keys of [Regulations]
	Languages    []domain.Lang `json:"languages,omitempty"`
	Difficulties []string      `json:"difficulties,omitempty"`
	Licences     []string      `json:"licences,omitempty"` // classes
	Audience     []string      `json:"audience,omitempty"`
	Scopes       []string      `json:"scopes,omitempty"`
}

// maxSelection is how many values a part of a selection may have, and how many bytes
// its text.
const maxSelection = 200

// All reports whether the selection wants every entry.
func (q Selection) All() bool {
	return q.Text == "" && len(q.Natures)+len(q.Problems)+len(q.Regulations)+len(q.Languages)+
		len(q.Difficulties)+len(q.Licences)+len(q.Audience)+len(q.Scopes) == 0
}

// Wants reports whether an entry is asked for.
func (q Selection) Wants(e *Entry) bool {
	if e.Kind == KindProblem || q.All() {
		return true
	}
	if len(q.Languages) > 0 && !slices.ContainsFunc(q.Languages, e.in) || !one(q.Licences, e.licence()) || !q.spoken(e) {
		return false
	}
	if len(q.Problems) > 0 && !slices.ContainsFunc(e.Problems(), func(code string) bool {
		return slices.ContainsFunc(q.Problems, func(wanted string) bool { return strings.EqualFold(wanted, code) })
	}) {
		return false
	}
	i := e.Interlinker
	if i == nil { // a schema has none of the others
		return len(q.Natures)+len(q.Regulations)+len(q.Difficulties)+len(q.Audience)+len(q.Scopes) == 0
	}
	return one(q.Natures, i.Nature) && one(q.Difficulties, i.Difficulty) && meet(q.Scopes, i.Scopes) &&
		(len(q.Audience) == 0 || slices.ContainsFunc(q.Audience, func(who string) bool {
			return slices.ContainsFunc(i.Audience, func(people string) bool { return within(who, people) })
		})) &&
		(len(q.Regulations) == 0 || slices.ContainsFunc(q.Regulations, func(key string) bool {
			rule, known := Regulations[key]
			return known && rule.concerns(e)
		}))
}

// concerns reports whether an Interlinker supports the regulation, answers a
// problem of it, or speaks of it.
func (r Regulation) concerns(e *Entry) bool {
	if slices.ContainsFunc(r.codes, func(code string) bool { return slices.Contains(e.Problems(), code) }) || r.namedBy(e) {
		return true
	}
	return slices.ContainsFunc(e.Interlinker.Supports, func(s Support) bool {
		id := strings.ToUpper(s.ID)
		return slices.ContainsFunc(r.marks, func(mark string) bool { return strings.Contains(id, mark) })
	})
}

// spoken reports whether the entry has all words of the text.
func (q Selection) spoken(e *Entry) bool {
	words := strings.Fields(strings.ToLower(q.Text))
	if len(words) == 0 {
		return true
	}
	texts := append(values(e.Name), values(e.Summary)...)
	if e.Interlinker != nil {
		for _, tags := range e.Interlinker.Tags {
			texts = append(texts, tags...)
		}
	}
	all := strings.ToLower(strings.Join(texts, "\n"))
	return !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(all, w) })
}

// one reports whether a value is one of those that are wanted, if any are.
func one[T comparable](wanted []T, value T) bool {
	return len(wanted) == 0 || slices.Contains(wanted, value)
}

// meet reports whether one of several values is wanted.
func meet(wanted, values []string) bool {
	return len(wanted) == 0 || slices.ContainsFunc(values, func(v string) bool { return slices.Contains(wanted, v) })
}

// Check judges a selection that somebody typed. Errors: Invalid.
func (q Selection) Check() error {
	var p domain.Problems
	if len(q.Text) > maxSelection {
		p.Add("text", "error.too_long", maxSelection)
	}
	for _, n := range []int{
		len(q.Natures), len(q.Problems), len(q.Regulations), len(q.Languages), len(q.Difficulties), len(q.Licences), len(q.Audience), len(q.Scopes),
	} {
		if n > maxSelection {
			p.Add("text", "catalogue.too_many", maxSelection)
			return p.Err() // rather than one fault for each of them
		}
	}
	for _, key := range q.Regulations {
		if _, known := Regulations[key]; !known {
			p.Add("regulations", "catalogue.regulation", key)
		}
	}
	for _, lang := range q.Languages {
		if _, err := domain.ParseLang(string(lang)); err != nil {
			p.Add("languages", "error.language", string(lang))
		}
	}
	return p.Err()
}
