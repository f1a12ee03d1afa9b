package web_test

import (
	"net/http"
	"strings"
	"testing"
)

// TestPicturesTakeNoNotice: what is said after a form waits for the next page,
// whatever pictures the browser is still reading for the one before.
func TestPicturesTakeNoNotice(t *testing.T) {
	s := newSite(t)
	r := s.as("official")
	if got := r.upload("/communities/mobility/logo", square(t), map[string]string{"alt": "A tree"}); got.status != http.StatusSeeOther {
		t.Fatal(got.status)
	}
	picture := r.request(http.MethodGet, "/actors/01/picture", nil)
	picture.Header.Set("Sec-Fetch-Dest", "image")
	if got := r.do(picture); got.status != http.StatusNotFound {
		t.Errorf("a picture of nobody: status %d", got.status)
	}
	for _, told := range []bool{true, false} {
		if body := r.get("/communities/mobility").body; strings.Contains(body, "Saved.") != told {
			t.Errorf("the notice is shown: %t", !told)
		}
	}
}
