package network

import (
	"testing"

	"interlink/domain"
)

// TestCalledIn: a group is called as in the reader's language if it has a name
// in it, else as everywhere, and the language of the name is told where it is
// known.
func TestCalledIn(t *testing.T) {
	t.Parallel()
	both := domain.Text{"es": "Laboratorio de ciudad", "en": "City lab"}
	for _, c := range []struct {
		actor    Actor
		lang, in domain.Lang
		name     string
	}{
		{Actor{Title: "Laboratorio de ciudad", Titles: both}, "en", "en", "City lab"},
		{Actor{Title: "Laboratorio de ciudad", Titles: both}, "lv", "es", "Laboratorio de ciudad"},
		{Actor{Title: "Laboratorio de ciudad", Titles: domain.Text{"es": "Laboratorio de ciudad"}}, "en", "es", "Laboratorio de ciudad"},
		{Actor{Title: "Ana"}, "en", "", "Ana"},
		{Actor{Titles: both}, "lv", "en", "City lab"},
		{Actor{Name: "ana"}, "en", "", "@ana@zaragoza.example"},
	} {
		if name, in := c.actor.CalledIn(c.lang, "zaragoza.example"); name != c.name || in != c.in {
			t.Errorf("%q (%v) for %s: %q in %q", c.actor.Title, c.actor.Titles, c.lang, name, in)
		}
	}
}
