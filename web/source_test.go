package web_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/lineage"
	"interlink/federation/federationtest"
)

// TestSlowSource: a process whose node takes its time is read on while a page
// says so and looks again; it is asked once for all who wait, and what came is
// shown.
func TestSlowSource(t *testing.T) {
	t.Parallel()
	s, far := newSite(t), federationtest.NewHostile(t)
	iri := far.Person(1)
	items := []lineage.SourceItem{{ID: string(iri) + "/guide/1", Kind: coproduction.Phase, Name: domain.Text{"en": "Listen"}}}
	tree := string(iri) + "/tree"
	far.Pretend(1, map[string]any{"type": "Group", "interlink:process": map[string]any{"language": "en", "status": "awaiting", "version": 1, "tree": tree}})
	far.Document(far.Path(iri)+"/tree", map[string]any{
		"@context": "https://www.w3.org/ns/activitystreams", "id": tree, "type": "OrderedCollection", "totalItems": 1, "attributedTo": string(iri), "first": tree + "?page=first",
		"interlink:tree": map[string]any{"version": 1, "digest": lineage.SourceProcess{Items: items}.Digest()},
	})
	asked, release := make(chan struct{}, 8), make(chan struct{})
	far.Lie(far.Path(iri)+"/tree?page=first", func(w http.ResponseWriter, _ *http.Request) {
		asked <- struct{}{}
		<-release
		w.Header().Set("Content-Type", "application/activity+json")
		_ = json.NewEncoder(w).Encode(map[string]any{
			"@context": "https://www.w3.org/ns/activitystreams", "id": tree + "?page=first", "type": "OrderedCollectionPage", "partOf": tree,
			"orderedItems": []any{map[string]any{"id": items[0].ID, "type": "Note", "interlink:item": items[0]}},
		})
	})
	r, at := s.as("official"), "/clone?address="+url.QueryEscape(string(iri))
	if got := r.get(at); got.status != http.StatusOK || !strings.Contains(got.body, "Reading from") || got.header.Get("Refresh") == "" {
		t.Errorf("while it is read: status %d, %q", got.status, got.body)
	}
	if got := r.post("/clone", url.Values{"address": {string(iri)}, "title": {"Mine"}, "name": {"mine"}}); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "still being read") || !strings.Contains(got.body, `value="`+string(iri)+`"`) {
		t.Errorf("who clones it meanwhile: status %d", got.status)
	}
	close(release)
	if got := r.get(at); got.status != http.StatusOK || !strings.Contains(got.body, "Listen") {
		t.Errorf("once it is there: status %d, %q", got.status, got.body)
	}
	if n := len(asked); n != 1 {
		t.Errorf("its node was asked %d times", n)
	}
}
