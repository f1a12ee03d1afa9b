package catalogue

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"

	"interlink/domain"
	"interlink/domain/policy"
)

// TranslationState says how far the translation of a field is.
type TranslationState string

// The states. A missing translation becomes a draft once it is written, and
// reviewed once somebody who knows the language has checked it. Either is
// stale when the text that it translates has changed since.
const (
	TranslationMissing  TranslationState = "missing"
	TranslationDraft    TranslationState = "draft"
	TranslationReviewed TranslationState = "reviewed"
	TranslationStale    TranslationState = "stale"
	// Of a language as a whole: some fields are there, others are not.
	TranslationPartly TranslationState = "partly"
)

// Translation is what is kept of the translation of a field: the state it had
// when it was written or checked, and of which text it is one. A translation
// of which nothing is kept came with the text itself, and counts as reviewed.
type Translation struct {
	State TranslationState `json:"state"` // draft or reviewed
	Of    string           `json:"of"`    // first 16 hex digits of the SHA-256 of the original text
}

// Translations is what is kept of those of one text, by language.
type Translations map[domain.Lang]Translation

// State tells how far the translation of a text into a language is. The
// original itself is reviewed. There is nothing to translate of an empty one:
// a text in another language alone counts as reviewed.
func (kept Translations) State(text domain.Text, original, lang domain.Lang) TranslationState {
	source := text[original]
	switch {
	case text[lang] == "" && source == "":
		return ""
	case text[lang] == "":
		return TranslationMissing
	case lang == original || source == "":
		return TranslationReviewed
	}
	one, known := kept[lang]
	switch {
	case !known:
		return TranslationReviewed
	case one.Of != digest(source):
		return TranslationStale
	}
	return one.State
}

// Written returns what is kept of the translations of a text that was written
// over another, whose original was in the language of before. What is written
// becomes a draft, or reviewed in the languages of checked; what stays keeps
// its state, and the text of which it is a translation.
func (kept Translations) Written(text, old domain.Text, original, before domain.Lang, checked []domain.Lang) Translations {
	source := digest(text[original])
	states := maps.Clone(kept)
	if states == nil {
		states = Translations{}
	}
	for _, lang := range text.Langs() {
		_, known := states[lang]
		switch {
		case slices.Contains(checked, lang):
			states[lang] = Translation{TranslationReviewed, source}
		case text[lang] != old[lang]:
			states[lang] = Translation{TranslationDraft, source}
		case !known && text[original] != old[before]:
			states[lang] = Translation{TranslationReviewed, digest(old[before])}
		}
	}
	maps.DeleteFunc(states, func(lang domain.Lang, _ Translation) bool { return lang == original || text[lang] == "" })
	return states
}

// OriginalOf is the language that a text is translated from: the one it says,
// else English, else the first of those it is in.
func OriginalOf(name domain.Text, said domain.Lang) domain.Lang {
	if said != "" && name[said] != "" {
		return said
	}
	_, lang := name.In("en")
	return lang
}

// Fields are those of an Interlinker that are translated, in the order in
// which pages show them. "template" is the text that a use begins with.
var Fields = []string{"name", "summary", "overview", "instructions", "constraints", "regulations", "assetName", "template"}

// Translated are the fields of which translations are offered from elsewhere:
// all but the template, which is a document of its own.
var Translated = Fields[:len(Fields)-1]

// Source names the text of a field that is translated, as a [Translation] does;
// "" if there is none.
func (c Content) Source(field string) string {
	if original := c.Field(field)[c.Original()]; original != "" {
		return digest(original)
	}
	return ""
}

// put sets a translated field of an Interlinker.
func (c *Content) put(field string, lang domain.Lang, text string) {
	i := c.Interlinker
	of := map[string]*domain.Text{
		"name": &c.Name, "summary": &c.Summary, "overview": &i.Overview, "instructions": &i.Instructions, "constraints": &i.Constraints,
		"regulations": &i.Regulations, "assetName": &i.AssetName,
	}[field]
	if *of == nil {
		*of = domain.Text{}
	}
	(*of)[lang] = text
}

// Translate makes the next version of an Interlinker of this node, with a
// translation of a field that was offered and checked; the caller saves it
// together with the event. of names the text that it translates. Errors:
// NotFound, Forbidden, Invalid; Conflict if that text has changed.
func (s *Service) Translate(ctx context.Context, v policy.Viewer, iri domain.IRI, field string, lang domain.Lang, text, of string) (*Entry, domain.Event, error) {
	e, err := s.store.EntryByIRI(ctx, iri)
	if err == nil {
		e, err = s.writable(ctx, v, e.ID, e.Revision)
	}
	if err == nil && (e.Interlinker == nil || !slices.Contains(Translated, field)) {
		err = domain.InvalidField("field", "curation.field")
	}
	if err != nil {
		return nil, domain.Event{}, err
	}
	before := e.Content().clone()
	if before.Source(field) != of {
		return nil, domain.Event{}, domain.Fail(domain.Conflict, "curation.source_changed")
	}
	next := before.clone()
	next.put(field, lang, text)
	next.translate(before, nil)
	if kept := next.Interlinker.Translations[field]; kept != nil {
		kept[lang] = Translation{TranslationReviewed, of}
	}
	e.Name, e.Summary, e.Interlinker = next.Name, next.Summary, next.Interlinker
	if err := e.Check(); err != nil {
		return nil, domain.Event{}, err
	}
	e.Hash, e.UpdatedAt, e.ChangedBy = e.ContentHash(), s.mint.Now(), v.Actor
	e.Version++
	return e, s.event(Updated(e.Kind), v.Actor, e), nil
}

// Field returns a translated field of an Interlinker; nil if it has none.
func (c Content) Field(name string) domain.Text {
	i := c.Interlinker
	if i == nil {
		i = &Interlinker{}
	}
	switch name {
	case "name":
		return c.Name
	case "summary":
		return c.Summary
	case "overview":
		return i.Overview
	case "instructions":
		return i.Instructions
	case "constraints":
		return i.Constraints
	case "regulations":
		return i.Regulations
	case "assetName":
		return i.AssetName
	case "template":
		return i.Template()
	}
	return nil
}

// Original is the language that the content is written in and translated from,
// see [OriginalOf].
func (c Content) Original() domain.Lang {
	said := domain.Lang("")
	if c.Interlinker != nil {
		said = c.Interlinker.Original
	}
	return OriginalOf(c.Name, said)
}

// Translation tells how far the translation of a field into a language is, see
// [Translations.State].
func (c Content) Translation(field string, lang domain.Lang) TranslationState {
	return c.Interlinker.translations()[field].State(c.Field(field), c.Original(), lang)
}

// TranslationsOf sums up how far a language is: stale if any field is, missing
// if none is there, partly if a field lacks it that the original has, a draft if
// any field is, else reviewed.
func (c Content) TranslationsOf(lang domain.Lang) TranslationState {
	sum := TranslationReviewed
	rank := []TranslationState{TranslationReviewed, TranslationDraft, TranslationMissing, TranslationStale}
	any := false
	for _, field := range Fields {
		state := c.Translation(field, lang)
		any = any || c.Field(field)[lang] != ""
		if slices.Index(rank, state) > slices.Index(rank, sum) {
			sum = state
		}
	}
	if sum == TranslationMissing && any {
		return TranslationPartly
	}
	return sum
}

func (i *Interlinker) translations() map[string]Translations {
	if i == nil {
		return nil
	}
	return i.Translations
}

// translate says how far the translations of c are, which somebody wrote
// over before, see [Translations.Written].
func (c Content) translate(before Content, checked []domain.Lang) {
	kept := map[string]Translations{}
	for _, field := range Fields {
		states := before.Interlinker.translations()[field].Written(c.Field(field), before.Field(field), c.Original(), before.Original(), checked)
		if len(states) > 0 {
			kept[field] = states
		}
	}
	if c.Interlinker.Translations = kept; len(kept) == 0 {
		c.Interlinker.Translations = nil
	}
}

// digest names a text.
func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:8])
}
