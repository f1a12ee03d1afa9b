package federationtest_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"interlink/domain"
	"interlink/domain/lineage"
	"interlink/domain/policy"
	"interlink/domain/story"
	"interlink/federation/federationtest"
)

// shot is a snapshot of a process of a peer, as honest as can be.
func shot(p *federationtest.Hostile) *story.Snapshot {
	process := domain.IRI(p.URL + "/processes/ways")
	return &story.Snapshot{
		Process: lineage.SourceProcess{
			IRI: process, Owner: p.Person(1), Title: english("Safe ways"), Language: "en",
			Items: []lineage.SourceItem{{ID: string(process) + "/guide/1", Kind: "phase", Name: english("Engage")}},
		},
		TakenAt: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC),
	}
}

// TestSec5Snapshots: a snapshot counts only if its bytes have the digest that
// its story names, and it is of the story's process and server. Else there is
// no story, and one that is here stays what it was.
func TestSec5Snapshots(t *testing.T) {
	federationtest.Run(t, []string{"Zaragoza"}, func(t *testing.T, c *federationtest.Cluster) {
		b, other := besiege(t, c), federationtest.NewHostile(t)
		number := 0
		// told makes person 1 tell a story, and returns its address.
		told := func(slug, digest, snapshot string, shown *story.Snapshot) domain.IRI {
			t.Helper()
			number++
			at := "/articles/" + slug
			if shown != nil {
				b.hostile.Document(at+"/snapshot", map[string]any{
					"@context": streams, "id": b.hostile.URL + at + "/snapshot", "type": "Document", "attributedTo": string(b.hostile.Person(1)),
					"name": "…", "interlink:snapshot": json.RawMessage(shown.Canonical()),
				})
			}
			doc := map[string]any{
				"@context": streams, "id": b.hostile.URL + at, "type": "Article", "attributedTo": string(b.hostile.Person(1)), "name": "Walking", "summary": "…",
				"content": "…", "to": []string{public}, "published": "2026-01-01T00:00:00Z", "updated": fmt.Sprintf("2026-01-01T00:00:%02dZ", number),
				"interlink:story": map[string]any{"version": number, "process": b.hostile.URL + "/processes/ways", "snapshot": snapshot, "digest": digest},
			}
			b.hostile.Document(at, doc)
			b.accepts(t, b.hostile.Peer, map[string]any{"type": "Create", "object": doc})
			c.Settle()
			return domain.IRI(b.hostile.URL + at)
		}
		own := func(slug string) string { return b.hostile.URL + "/articles/" + slug + "/snapshot" }
		honest, altered, foreign := shot(b.hostile), shot(b.hostile), shot(b.hostile)
		altered.Process.Title = english("Fast ways")
		foreign.Process.IRI = domain.IRI(b.hostile.URL + "/processes/others")
		for what, iri := range map[string]domain.IRI{
			"other bytes than the digest's": told("altered", honest.Digest(), own("altered"), altered),
			"a digest of nothing":           told("nothing", "00", own("nothing"), honest),
			"no digest":                     told("none", "", own("none"), honest),
			"in capitals":                   told("capitals", "ABCDEF", own("capitals"), honest),
			"of another process":            told("foreign", foreign.Digest(), own("foreign"), foreign),
			"a snapshot that is not there":  told("absent", honest.Digest(), own("absent"), nil),
			"the story in its place":        told("itself", honest.Digest(), b.hostile.URL+"/articles/itself", nil),
		} {
			if s, err := b.Stories.StoryByIRI(t.Context(), policy.Viewer{}, iri); domain.CodeOf(err) != domain.NotFound {
				t.Errorf("%s: there is %v (%v)", what, s, err)
			}
		}

		elsewhere := told("elsewhere", honest.Digest(), other.URL+"/articles/elsewhere/snapshot", honest)
		if s, err := b.Stories.StoryByIRI(t.Context(), policy.Viewer{}, elsewhere); err != nil || s.Digest != "" || s.Snapshot != nil || other.Asked() != 0 {
			t.Errorf("a snapshot on another server: %+v (%v), which was asked %d times", s, err, other.Asked())
		}
		iri := told("honest", honest.Digest(), own("honest"), honest)
		told("honest", honest.Digest(), own("honest"), altered) // it changes its mind
		s, err := b.Stories.StoryByIRI(t.Context(), policy.Viewer{}, iri)
		if err != nil || s.Digest != honest.Digest() || s.Snapshot == nil || s.Snapshot.Digest() != honest.Digest() {
			t.Errorf("the honest one: %+v (%v)", s, err)
		}
	})
}
