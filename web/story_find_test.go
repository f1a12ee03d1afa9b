package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// TestNoStoryFits: where words or filters leave no story, the page says so, and
// how to take them away; only where there is none does it say how stories come.
func TestNoStoryFits(t *testing.T) {
	reader := newSite(t).as("walker")
	const none, fewer, filter = "No story yet", "No story fits", "Remove the filter"
	for path, want := range map[string][]string{
		"/stories":            {none},
		"/stories?q=zzz":      {fewer},
		"/stories?country=PL": {fewer, filter, "Poland"},
		"/stories?keyword=zz": {fewer, filter, "zz"},
	} {
		got := reader.get(path + map[bool]string{true: "&", false: "?"}[strings.Contains(path, "?")] + "lang=en")
		for _, words := range []string{none, fewer, filter} {
			if has := strings.Contains(got.body, words); got.status != http.StatusOK || has != strings.Contains(strings.Join(want, "|"), words) {
				t.Errorf("%s: %d, %q is there: %t", path, got.status, words, has)
			}
		}
		for _, words := range want {
			if !strings.Contains(got.body, words) {
				t.Errorf("%s lacks %q", path, words)
			}
		}
	}
}

// TestCountriesInOrder: countries with as many stories stand in the order of
// their names in the reader's language.
func TestCountriesInOrder(t *testing.T) {
	s := newSite(t)
	official := s.as("official")
	at := "/processes/safe_ways/publish"
	if told := official.post(at, tellings("publish", url.Values{"countries": {"cz, de"}, "keep": official.boxes(at, "keep")})); told.status != http.StatusSeeOther {
		t.Fatalf("published: %d", told.status)
	}
	for lang, names := range map[string][2]string{"en": {"Czechia", "Germany"}, "nl": {"Duitsland", "Tsjechië"}} {
		body := official.get("/stories?lang=" + lang).body
		if first, second := strings.Index(body, names[0]), strings.Index(body, names[1]); first < 0 || second < first {
			t.Errorf("in %s, %s is at %d and %s at %d", lang, names[0], first, names[1], second)
		}
	}
}
