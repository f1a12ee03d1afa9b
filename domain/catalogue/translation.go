package catalogue

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"

	"interlink/domain"
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
)

// Translation is what is kept of the translation of a field: the state it had
// when it was written or checked, and of which text it is one. A translation
// of which nothing is kept came with the text itself, and counts as reviewed.
type Translation struct {
	State TranslationState `json:"state"` // draft or reviewed
	Of    string           `json:"of"`    // first 16 hex digits of the SHA-256 of the original text
}

// Fields are those of an Interlinker that are translated, in the order in
// which pages show them. "template" is the text that a use begins with.
var Fields = []string{"name", "summary", "overview", "instructions", "constraints", "regulations", "assetName", "template"}

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

// Original is the language that the content is written in and translated from:
// the one it says, else English if there is a name in it, else the first.
func (c Content) Original() domain.Lang {
	if i := c.Interlinker; i != nil && i.Original != "" && c.Name[i.Original] != "" {
		return i.Original
	}
	_, lang := c.Name.In("en")
	return lang
}

// Translation tells how far the translation of a field into a language is. The
// original itself is reviewed. There is nothing to translate of an empty one:
// a text in another language alone counts as reviewed.
func (c Content) Translation(field string, lang domain.Lang) TranslationState {
	text := c.Field(field)
	original := text[c.Original()]
	switch {
	case text[lang] == "" && original == "":
		return ""
	case text[lang] == "":
		return TranslationMissing
	case lang == c.Original() || original == "":
		return TranslationReviewed
	}
	kept, known := c.Interlinker.translations()[field][lang]
	switch {
	case !known:
		return TranslationReviewed
	case kept.Of != digest(original):
		return TranslationStale
	}
	return kept.State
}

// TranslationsOf sums up how far a language is: stale or a draft if any field
// is, missing if a field lacks it that the original has, else reviewed.
func (c Content) TranslationsOf(lang domain.Lang) TranslationState {
	sum := TranslationReviewed
	rank := []TranslationState{TranslationReviewed, TranslationDraft, TranslationMissing, TranslationStale}
	for _, field := range Fields {
		if state := c.Translation(field, lang); slices.Index(rank, state) > slices.Index(rank, sum) {
			sum = state
		}
	}
	return sum
}

func (i *Interlinker) translations() map[string]map[domain.Lang]Translation {
	if i == nil {
		return nil
	}
	return i.Translations
}

// translate says how far the translations of c are, which somebody wrote
// over before. What is written becomes a draft, or reviewed in the languages of
// checked; what stays keeps its state, and the text of which it is a
// translation.
func (c Content) translate(before Content, checked []domain.Lang) {
	kept := map[string]map[domain.Lang]Translation{}
	for _, field := range Fields {
		text, old := c.Field(field), before.Field(field)
		source := digest(text[c.Original()])
		states := maps.Clone(before.Interlinker.translations()[field])
		if states == nil {
			states = map[domain.Lang]Translation{}
		}
		for _, lang := range text.Langs() {
			_, known := states[lang]
			switch {
			case slices.Contains(checked, lang):
				states[lang] = Translation{TranslationReviewed, source}
			case text[lang] != old[lang]:
				states[lang] = Translation{TranslationDraft, source}
			case !known && text[c.Original()] != old[before.Original()]:
				states[lang] = Translation{TranslationReviewed, digest(old[before.Original()])}
			}
		}
		maps.DeleteFunc(states, func(lang domain.Lang, _ Translation) bool { return lang == c.Original() || text[lang] == "" })
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
