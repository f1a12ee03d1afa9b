package catalogue

import (
	"testing"

	"interlink/domain"
)

func written(summary domain.Text) Content {
	return Content{
		Name: domain.Text{"es": "Mapa", "en": "Map"}, Summary: summary,
		Interlinker: &Interlinker{Nature: NatureKnowledge, Original: "es"},
	}
}

// TestTranslations follows a summary through the states of its translation.
func TestTranslations(t *testing.T) {
	state := func(c Content, want TranslationState) {
		t.Helper()
		if got := c.Translation("summary", "en"); got != want {
			t.Errorf("the English summary is %q, not %q", got, want)
		}
	}
	none := Content{}
	first := written(domain.Text{"es": "Un mapa."})
	first.translate(none, nil)
	state(first, TranslationMissing)

	second := written(domain.Text{"es": "Un mapa.", "en": "A map."})
	second.translate(first, nil)
	state(second, TranslationDraft)

	third := second.clone()
	third.translate(second, []domain.Lang{"en"})
	state(third, TranslationReviewed)

	fourth := written(domain.Text{"es": "Un mapa de personas.", "en": "A map."})
	fourth.translate(third, nil)
	fourth.Interlinker.Translations["summary"]["en"] = third.Interlinker.Translations["summary"]["en"]
	state(fourth, TranslationStale)

	fifth := written(domain.Text{"es": "Un mapa de personas.", "en": "A map of people."})
	fifth.translate(fourth, nil)
	state(fifth, TranslationDraft)
	if got := fifth.Translation("summary", "es"); got != TranslationReviewed {
		t.Errorf("the original is %q", got)
	}
	if got := fifth.Translation("overview", "en"); got != "" {
		t.Errorf("an empty field is %q", got)
	}
	if got := fifth.TranslationsOf("lv"); got != TranslationMissing {
		t.Errorf("Latvian is %q", got)
	}
}

// TestImportedTranslationsBecomeStale: texts that came together count as
// reviewed until the original changes alone.
func TestImportedTranslationsBecomeStale(t *testing.T) {
	imported := written(domain.Text{"es": "Un mapa.", "en": "A map."})
	if got := imported.Translation("summary", "en"); got != TranslationReviewed {
		t.Errorf("imported: %q", got)
	}
	changed := written(domain.Text{"es": "Dos mapas.", "en": "A map."})
	changed.translate(imported, nil)
	if got := changed.Translation("summary", "en"); got != TranslationStale {
		t.Errorf("after the original changed: %q", got)
	}
	if got := changed.TranslationsOf("en"); got != TranslationStale {
		t.Errorf("in all: %q", got)
	}
	back := written(domain.Text{"es": "Un mapa.", "en": "A map."})
	back.translate(changed, nil)
	if got := back.Translation("summary", "en"); got != TranslationReviewed {
		t.Errorf("after the original is what it was: %q", got)
	}
}
