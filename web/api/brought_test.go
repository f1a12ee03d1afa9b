package api_test

import (
	"net/http"
	"strings"
	"testing"

	"interlink/storage/storagetest"
)

// upload sends a file to a path of the API.
func (s *server) upload(who, path, body string) (int, http.Header) {
	s.t.Helper()
	request, err := http.NewRequestWithContext(s.t.Context(), http.MethodPost, s.URL+"/api/interlink/v1"+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/zip")
	if token := s.tokens[who]; token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		s.t.Fatal(err)
	}
	_ = response.Body.Close()
	return response.StatusCode, response.Header
}

// TestBringings: a program exports a process, brings it, tries it, imports it
// beside the first and clones it from its file; others see nothing of that.
func TestBringings(t *testing.T) {
	t.Parallel()
	s := open(t, storagetest.SQLite)
	s.fill()
	raw := s.call("official", http.MethodGet, "/processes/safe_ways/export", nil)
	if raw.status != http.StatusOK || !strings.HasPrefix(string(raw.body), "PK") {
		t.Fatalf("export: status %d", raw.status)
	}
	open := s.call("", http.MethodGet, "/communities/mobility/export", nil)
	if open.status != http.StatusOK || !strings.HasPrefix(string(open.body), "PK") {
		t.Fatalf("export of a community: status %d", open.status)
	}
	send := func(who, body string) (int, http.Header) { return s.upload(who, "/bringings", body) }
	if status, _ := send("", string(raw.body)); status != http.StatusUnauthorized {
		t.Errorf("without a token: status %d", status)
	}
	if status, _ := send("official", "no archive"); status != http.StatusUnprocessableEntity {
		t.Errorf("no archive: status %d", status)
	}
	status, header := send("official", string(raw.body))
	at, found := strings.CutPrefix(header.Get("Location"), "/api/interlink/v1")
	if status != http.StatusCreated || !found {
		t.Fatalf("bring: status %d at %q", status, header.Get("Location"))
	}
	brought := s.want(http.StatusOK, "official", http.MethodGet, at, nil)
	s.want(http.StatusNotFound, "stranger", http.MethodGet, at, nil)
	s.want(http.StatusConflict, "official", http.MethodPost, at+"/import", object{})
	if tried := s.want(http.StatusOK, "official", http.MethodPost, at+"/import", object{"name": "too", "dryRun": true}); text(tried, "process") != "" {
		t.Errorf("a trial made %v", tried)
	}
	made := s.want(http.StatusOK, "official", http.MethodPost, at+"/import", object{"name": "too"})
	s.want(http.StatusNotFound, "stranger", http.MethodPost, at+"/cancel", nil)
	if late := s.want(http.StatusOK, "official", http.MethodPost, at+"/cancel", nil); text(late, "state") != "done" {
		t.Errorf("cancelled after its end: %v", late)
	}
	if again := s.want(http.StatusOK, "official", http.MethodPost, at+"/import", object{"name": "another"}); text(again, "process") != text(made, "process") || text(made, "process") != s.URL+"/processes/too" {
		t.Errorf("made %v, then %v", made, again)
	}
	clone := s.want(http.StatusCreated, "official", http.MethodPost, "/clones", object{"source": text(brought, "iri"), "name": "from_a_file", "country": "LV"})
	if text(clone, "country") != "LV" {
		t.Errorf("the clone is of %q", text(clone, "country"))
	}
	former, _ := s.want(http.StatusOK, "official", http.MethodGet, "/processes/too", nil)["broughtFrom"].(map[string]any)
	if former == nil || former["iri"] != s.URL+"/processes/safe_ways" || former["host"] == "" || former["exportedAt"] == nil {
		t.Errorf("it was brought from %v", former)
	}
	if seen := s.want(http.StatusOK, "stranger", http.MethodGet, "/processes/too", nil); seen["broughtFrom"] != nil {
		t.Errorf("a stranger is told that it was brought from %v", seen["broughtFrom"])
	}

	_, header = send("official", string(open.body))
	at, _ = strings.CutPrefix(header.Get("Location"), "/api/interlink/v1")
	if brought := s.want(http.StatusOK, "official", http.MethodGet, at, nil); text(brought, "kind") != "community" || text(brought, "title", "en") == "" {
		t.Errorf("brought %v", brought)
	}
	made = s.want(http.StatusOK, "official", http.MethodPost, at+"/import", object{"name": "elsewhere"})
	if text(made, "community") != s.URL+"/communities/elsewhere" || text(made, "process") != "" {
		t.Errorf("made %v", made)
	}
	if said := items(s.want(http.StatusOK, "", http.MethodGet, "/communities/elsewhere/archive?q=x", nil)); len(said) != 0 { // all is at addresses of this node
		t.Errorf("said before: %v", said)
	}
	s.want(http.StatusNotFound, "official", http.MethodDelete, "/communities/elsewhere/archive/"+unknown, nil)
}
