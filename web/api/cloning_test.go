package api_test

import (
	"net/http"
	"testing"

	"interlink/storage/storagetest"
)

// TestCloning: a clone that is made as a job is followed by its id, by who
// asked for it alone.
func TestCloning(t *testing.T) {
	t.Parallel()
	s := open(t, storagetest.SQLite)
	s.fill()
	begun := s.want(http.StatusCreated, "official", http.MethodPost, "/clonings", object{"source": s.URL + "/processes/safe_ways", "name": "as_a_job"})
	at := "/clonings/" + text(begun, "id")
	for text(begun, "state") == "running" {
		if _, err := s.Settle(t.Context()); err != nil {
			t.Fatal(err)
		}
		begun = s.want(http.StatusOK, "official", http.MethodGet, at, nil)
	}
	if text(begun, "state") != "done" || text(begun, "clone") != s.URL+"/processes/as_a_job" || begun["total"] != begun["read"] {
		t.Errorf("%v", begun)
	}
	manifest, _ := begun["manifest"].(object)
	if manifest["items"] != begun["total"] || manifest["leftOut"] != 0.0 {
		t.Errorf("the manifest: %v", manifest)
	}
	s.want(http.StatusOK, "official", http.MethodGet, "/processes/as_a_job", nil)
	if list := items(s.want(http.StatusOK, "official", http.MethodGet, "/clonings", nil)); len(list) != 1 || text(list[0], "id") != text(begun, "id") {
		t.Errorf("one's clonings: %v", list)
	}
	if again := s.want(http.StatusOK, "official", http.MethodPost, at+"/cancel", nil); text(again, "state") != "done" {
		t.Errorf("stopped too late: %v", again)
	}
	s.want(http.StatusConflict, "stranger", http.MethodPost, "/clonings", object{"source": s.URL + "/processes/safe_ways", "name": "as_a_job"})
}
