package api_test

import (
	"net/http"
	"testing"
)

// TestStoriesWritten goes from the file of the platform before this one to a
// draft, a story, and the signature of a partner.
func TestStoriesWritten(t *testing.T) {
	run(t, func(t *testing.T, s *server) {
		s.fill()
		at := "/processes/safe_ways/story-drafts"
		imported := s.want(http.StatusCreated, "official", http.MethodPost, at+"/import", object{
			"title": "Sharing gardens", "short_description": "A street shares.", "countries": "Italy,Atlantis", "incentives": "Tomatoes", "budget": 3,
		})
		if found := items(object{"items": imported["found"]}); len(found) != 2 || text(found[0], "field") != "budget" || text(found[1], "detail") == "" {
			t.Errorf("not taken over: %v", imported["found"])
		}
		id := text(imported, "draft", "id")
		if text(imported, "draft", "telling", "incentives", "en") != "Tomatoes" || text(imported, "language") != "en" {
			t.Errorf("imported: %v", imported)
		}
		s.want(http.StatusForbidden, "stranger", http.MethodGet, at+"/"+id, nil)
		s.want(http.StatusForbidden, "stranger", http.MethodPost, at, object{"telling": object{}})
		telling := object{"title": en("Sharing gardens"), "summary": en("A street shares."), "makers": []any{object{"name": "Garden club"}}, "serviceTypes": []any{"enabling_services"}, "begun": "2026-01-01"}
		s.want(http.StatusConflict, "official", http.MethodPut, at+"/"+id, object{"telling": telling, "revision": 9})
		changed := s.want(http.StatusOK, "official", http.MethodPut, at+"/"+id, object{"telling": telling, "revision": 1})
		if text(changed, "revision") != "2" || text(changed, "telling", "begun") != "2026-01-01" {
			t.Errorf("changed: %v", changed)
		}
		s.want(http.StatusUnprocessableEntity, "official", http.MethodPut, at+"/"+id, object{"telling": object{"begun": "soon"}, "revision": 2})
		s.want(http.StatusNoContent, "official", http.MethodDelete, at+"/"+id, nil)
		s.want(http.StatusNotFound, "official", http.MethodGet, at+"/"+id, nil)

		requests := items(s.want(http.StatusOK, "official", http.MethodGet, "/organizations/walkers/cosignatures", nil))
		if len(requests) != 1 || text(requests[0], "state") != "asked" || text(requests[0], "owner", "title") == "" {
			t.Fatalf("requests: %v", requests)
		}
		cancel := "/cosignatures/" + text(requests[0], "id") + "/cancel"
		s.want(http.StatusForbidden, "stranger", http.MethodPost, cancel, nil)
		for range 2 {
			if back := s.want(http.StatusOK, "official", http.MethodPost, cancel, nil); text(back, "state") != "cancelled" || text(back, "partnerName", "en") != "Walkers" {
				t.Errorf("taken back: %v", back)
			}
		}
		s.want(http.StatusConflict, "official", http.MethodPost, "/cosignatures/"+text(requests[0], "id")+"/answer", object{"revision": 2, "sign": true})
		s.want(http.StatusCreated, "official", http.MethodPost, "/stories/ways-told/cosignatures", object{"partner": s.URL + "/organizations/walkers"})
		requests = items(s.want(http.StatusOK, "official", http.MethodGet, "/organizations/walkers/cosignatures", nil))
		if len(requests) != 2 || text(requests[0], "state") != "asked" || text(requests[1], "state") != "cancelled" {
			t.Fatalf("asked anew: %v", requests)
		}
		answer := "/cosignatures/" + text(requests[0], "id") + "/answer"
		s.want(http.StatusForbidden, "stranger", http.MethodPost, answer, object{"revision": 1, "sign": true})
		s.want(http.StatusForbidden, "stranger", http.MethodGet, "/organizations/walkers/cosignatures", nil)
		s.want(http.StatusForbidden, "stranger", http.MethodPost, "/stories/ways-told/cosignatures", object{"partner": s.URL + "/organizations/walkers"})
		if before := s.want(http.StatusOK, "", http.MethodGet, "/stories/ways-told/verification", nil); len(before["signed"].([]any)) != 1 {
			t.Errorf("before: %v", before)
		}
		s.want(http.StatusOK, "official", http.MethodPost, answer, object{"revision": 1, "sign": true})
		s.want(http.StatusConflict, "official", http.MethodPost, answer, object{"revision": 1, "sign": false})
		after := s.want(http.StatusOK, "", http.MethodGet, "/stories/ways-told/verification", nil)
		if len(after["signed"].([]any)) != 2 || text(after, "digest") == "" || text(after, "evidence") != s.URL+"/stories/ways-told/evidence" {
			t.Errorf("after: %v", after)
		}
		if len(after["checks"].([]any)) != 4 || len(after["unchecked"].([]any)) != 2 {
			t.Errorf("what was checked: %v", after)
		}
		back := s.want(http.StatusOK, "official", http.MethodPost, answer, object{"revision": 2, "sign": false, "reason": "Disputed."})
		if text(back, "state") != "withdrawn" || text(back, "reason") != "Disputed." || text(back, "againAt") == "" {
			t.Errorf("taken back: %v", back)
		}
		s.want(http.StatusConflict, "official", http.MethodPost, "/stories/ways-told/cosignatures", object{"partner": s.URL + "/organizations/walkers"})
		s.want(http.StatusOK, "official", http.MethodPost, answer, object{"revision": 3, "never": true, "sign": false})
		facets := s.want(http.StatusOK, "", http.MethodGet, "/stories/facets", nil)
		if len(facets["facets"].(object)["origin"].([]any)) != 1 {
			t.Errorf("facets: %v", facets)
		}
	})
}
