package web

import (
	"testing"

	"interlink/domain"
)

// TestCountryNames: countries have the names they have today, in each language.
func TestCountryNames(t *testing.T) {
	t.Parallel()
	for lang, want := range map[domain.Lang]string{
		"en": "North Macedonia", "en-GB": "North Macedonia", "es": "Macedonia del Norte", "it": "Macedonia del Nord", "lv": "Ziemeļmaķedonija", "nl": "Noord-Macedonië",
	} {
		if got := country(lang, "MK"); got != want {
			t.Errorf("in %s: %s, not %s", lang, got, want)
		}
	}
	if got := country("nl", "LV"); got != "Letland" {
		t.Errorf("Latvia is %s", got)
	}
}
