package api_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"interlink/domain"
	"interlink/storage/storagetest"
)

// TestPages reads every list of the description one by one and all at once.
func TestPages(t *testing.T) {
	t.Parallel()
	s := open(t, storagetest.SQLite)
	s.fill()
	s.rewarded()
	const trust = "https://elsewhere.example/trust"
	s.want(http.StatusNoContent, "official", http.MethodPost, "/trust/lists", object{"list": trust, "priority": 1})
	lists := 0
	for _, o := range s.document().operations(t) {
		if !slices.Contains(o.query, "limit") || strings.Contains(o.path, "{secret}") { // of nobody: see TestPersonal
			continue
		}
		if lists++; !slices.Contains(o.query, "after") {
			t.Errorf("%s has a limit and no cursor", o)
			continue
		}
		path := s.filled(o.path, false) + "?"
		if slices.Contains(o.query, "tag") {
			path += "tag=schools&"
		}
		if slices.Contains(o.query, "list") {
			path += "list=" + trust + "&"
		}
		whole := items(s.want(http.StatusOK, "official", o.method, path+"limit=100", nil))
		if len(whole) > 30 {
			whole = whole[:30]
		}
		after, at := "", 0
		for ; at < len(whole); at++ {
			page := s.want(http.StatusOK, "official", o.method, path+"limit=1&after="+url.QueryEscape(after), nil)
			got := items(page)
			one, _ := json.Marshal(got)
			want, _ := json.Marshal(whole[at : at+1])
			if string(one) != string(want) {
				t.Errorf("%s, page %d: %.200s, want %.200s", o, at, one, want)
				break
			}
			if after = text(page, "next"); after == "" {
				at++
				break
			}
		}
		if at != len(whole) {
			t.Errorf("%s: %d pages for %d", o, at, len(whole))
		}
	}
	if lists < 15 {
		t.Errorf("only %d lists", lists)
	}
}

// TestLongestCursor: what a list may give as its cursor may be sent again.
func TestLongestCursor(t *testing.T) {
	t.Parallel()
	s := open(t, storagetest.SQLite)
	s.want(http.StatusUnprocessableEntity, "official", http.MethodGet, "/schemas?after="+strings.Repeat("A", domain.MaxCursor+1), nil)
	a := s.call("official", http.MethodGet, "/schemas?after="+strings.Repeat("A", domain.MaxCursor), nil)
	if a.status != http.StatusUnprocessableEntity || a.problem().Errors[0].Location != "query.after" {
		t.Errorf("a long cursor: status %d: %s", a.status, a.body)
	}
}
