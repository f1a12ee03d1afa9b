package web_test

import (
	"net/http"
	"strings"
	"testing"

	"interlink/domain"
	"interlink/domain/organization"
)

// TestGroupsInTheReadersLanguage: a page calls an organisation as in the
// reader's language, and marks a name that is in another.
func TestGroupsInTheReadersLanguage(t *testing.T) {
	s := newSite(t)
	o, err := s.Organizations.Organization(t.Context(), s.official, "city_lab")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Organizations.Edit(t.Context(), s.official, "city_lab", o.Revision, organization.Details{
		Title: domain.Text{"en": "City lab", "es": "Laboratorio de ciudad", "lv": "Pilsētas laboratorija"}, Summary: o.Summary, Kind: o.Kind, Visibility: o.Visibility, Teams: o.Teams,
	}); err != nil {
		t.Fatal(err)
	}
	for lang, want := range map[string]string{"lv": ">Pilsētas laboratorija<", "es": ">Laboratorio de ciudad<", "en": ">City lab<"} {
		got := s.anonymous().get("/processes/safe_ways?lang=" + lang)
		if got.status != http.StatusOK || !strings.Contains(got.body, want) {
			t.Errorf("%s: status %d, no %s", lang, got.status, want)
		}
	}
}
