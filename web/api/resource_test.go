package api_test

import (
	"archive/zip"
	"bytes"
	"net/http"
	"strings"
	"testing"
)

// TestResources: files are sent as bytes, documents have versions that are
// compared and restored, and what is removed comes back.
func TestResources(t *testing.T) {
	run(t, func(t *testing.T, s *server) {
		s.fill()
		task := text(s.tasks("official", "safe_ways")[0], "id")
		at := "/processes/safe_ways"
		file := s.want(http.StatusCreated, "official", http.MethodPost, at+"/tasks/"+task+"/files?name=..%2FPlan.html&licence=CC0-1.0", "<html><script>alert(1)</script>", "Content-Type", "text/html")
		id := text(file, "id")
		if text(file, "name") != "Plan.html" || text(file, "file", "mediaType") != "text/html" || text(file, "kind") != "file" || !strings.HasSuffix(text(file, "file", "url"), at+"/resources/"+id+"/file") {
			t.Errorf("%v", file)
		}
		s.want(http.StatusForbidden, "stranger", http.MethodPost, at+"/tasks/"+task+"/files?name=x", "x")
		s.want(http.StatusUnprocessableEntity, "official", http.MethodPost, at+"/tasks/"+task+"/files?name=x", "")
		if got := s.call("official", http.MethodGet, at+"/resources/"+id+"/file", nil); string(got.body) != "<html><script>alert(1)</script>" || got.header.Get("Content-Type") != "application/octet-stream" {
			t.Errorf("%s %v", got.body, got.header)
		}
		s.want(http.StatusNotFound, "stranger", http.MethodGet, at+"/resources/"+id+"/file", nil)
		second := s.want(http.StatusOK, "official", http.MethodPut, at+"/resources/"+id+"/file?name=Plan.txt&summary=Plain", "words")
		if text(second, "version") != "2" {
			t.Errorf("%v", second)
		}
		versions := items(s.want(http.StatusOK, "official", http.MethodGet, at+"/resources/"+id+"/versions", nil))
		if len(versions) != 2 || text(versions[0], "summary") != "Plain" || text(versions[0], "by", "handle") == "" {
			t.Errorf("%v", versions)
		}
		if got := s.call("official", http.MethodGet, at+"/resources/"+id+"/file?version=1", nil); !strings.HasPrefix(string(got.body), "<html>") {
			t.Errorf("%s", got.body)
		}
		s.want(http.StatusOK, "official", http.MethodPost, at+"/resources/"+id+"/versions/1/restoration", object{"revision": 2})
		s.want(http.StatusConflict, "official", http.MethodPost, at+"/resources/"+id+"/versions/2/restoration", object{"revision": 2})

		doc := s.want(http.StatusCreated, "official", http.MethodPost, at+"/tasks/"+task+"/resources", object{"name": "Minutes", "text": "one\ntwo"})
		id = text(doc, "id")
		edited := s.want(http.StatusOK, "official", http.MethodPatch, at+"/resources/"+id, object{"revision": 1, "text": "one\n2", "summary": "Digits"})
		if text(edited, "text") != "one\n2" || text(edited, "name") != "Minutes" || text(edited, "version") != "2" {
			t.Errorf("%v", edited)
		}
		s.want(http.StatusConflict, "official", http.MethodPatch, at+"/resources/"+id, object{"revision": 1, "text": "three"})
		lines, _ := s.want(http.StatusOK, "official", http.MethodGet, at+"/resources/"+id+"/comparison?old=1&new=2", nil)["lines"].([]any)
		if len(lines) != 3 || text(lines[1].(object), "change") != "removed" || text(lines[2].(object), "text") != "2" {
			t.Errorf("%v", lines)
		}
		if found := items(s.want(http.StatusOK, "official", http.MethodGet, at+"/resources?kind=document&task="+task, nil)); len(found) != 1 || text(found[0], "text") != "" || text(found[0], "createdBy", "handle") == "" {
			t.Errorf("%v", found)
		}
		s.want(http.StatusNoContent, "official", http.MethodDelete, at+"/resources/"+id, nil)
		s.want(http.StatusGone, "official", http.MethodGet, at+"/resources/"+id, nil)
		if found := items(s.want(http.StatusOK, "official", http.MethodGet, at+"/resources?removed=true", nil)); len(found) != 1 || text(found[0], "removedAt") == "" {
			t.Errorf("%v", found)
		}
		s.want(http.StatusNoContent, "official", http.MethodPost, at+"/resources/"+id+"/restoration", nil)
		s.want(http.StatusOK, "official", http.MethodGet, at+"/resources/"+id, nil)

		whole := s.call("official", http.MethodGet, at+"/archive", nil)
		if z, err := zip.NewReader(bytes.NewReader(whole.body), int64(len(whole.body))); err != nil || len(z.File) < 6 {
			t.Errorf("%v", err)
		}
	})
}
