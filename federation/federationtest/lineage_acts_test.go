//go:build !race

package federationtest_test

import (
	"fmt"
	"maps"
	"testing"
	"time"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/lineage"
	"interlink/domain/review"
	"interlink/federation/activity"
)

// act is what process by says.
type act struct {
	by   int
	kind string
	more map[string]any
	lie  map[string]any // with the hash of something else; nil if none is in it
}

// acts are what concerns the lineage of a node's processes, and its stories.
func (k *kinsman) acts(t *testing.T, of kinship, offers int) (all []act) {
	t.Helper()
	say := func(by int, kind string, more map[string]any) { all = append(all, act{by: by, kind: kind, more: more}) }
	digest := lineage.SourceProcess{Items: k.second}.Digest()
	all = append(all, act{by: 2, kind: "Create", more: k.released(t, "1.0", digest), lie: k.released(t, "0.9", lineage.SourceProcess{}.Digest())})
	base := lineage.SourceItem{ID: of.item, Kind: coproduction.Phase, Name: english("Engage")}
	for i := range offers {
		e := lineage.Improved{Item: base, Base: &base}
		e.Item.Description = english(fmt.Sprint("Better ", i))
		m := &lineage.Improvement{
			IRI: k.Person(1) + domain.IRI(fmt.Sprint("/improvements/", i)), Clone: k.Person(1), CloneTitle: english("Theirs"), Source: of.ours.IRI,
			Licence: "CC-BY-4.0", Items: []lineage.Improved{e}, SentAt: time.Now(),
		}
		say(1, "Offer", map[string]any{"target": string(of.ours.IRI), "object": documentOf(t, activity.Improvement(m, "en"))})
	}
	say(1, "Undo", map[string]any{"object": offerOf(k.Person(1), k.Person(1)+"/improvements/0", of.ours.IRI)})
	say(4, "Offer", map[string]any{"target": string(of.ours.IRI) + "/clones", "object": documentOf(t, activity.Clone(lineage.Offer{
		Clone: k.Person(4), Title: english("Another"), Source: of.ours.IRI,
	}, "Ours"))})
	say(4, "Add", map[string]any{"target": string(k.Person(4)) + "/clones", "object": string(of.clone)})
	say(2, "Accept", map[string]any{"object": offerOf(of.offered.Clone, of.offered.IRI, of.offered.Source)})
	say(4, "Reject", map[string]any{"object": offerOf(of.refused.Clone, of.refused.IRI, of.refused.Source)})
	say(4, "Move", map[string]any{"object": string(k.Person(4)), "target": string(k.Person(3))})
	say(group, "Move", map[string]any{"object": string(k.Person(group)), "target": string(k.Person(group + 1))})
	say(reader, "Create", map[string]any{"object": documentOf(t, activity.Review(&review.Review{
		Rating: 4, Title: "Useful", Language: "en", IRI: k.Person(reader) + "/reviews/1", Kind: review.Story, Subject: of.stories.told, WrittenAt: time.Now(), UpdatedAt: time.Now(),
	}, k.Person(reader), of.stories.hall.IRI))})
	return append(all, k.cosigns(t, of.stories, len(all))...)
}

// offerOf is an Offer as an answer to it has it.
func offerOf(by, object, target domain.IRI) map[string]any {
	return map[string]any{"type": "Offer", "actor": string(by), "object": string(object), "target": string(target)}
}

// released is what process 2 says of a release of the tree that it has now, with
// its hash, or another.
func (k *kinsman) released(t *testing.T, version, digest string) map[string]any {
	t.Helper()
	v, err := lineage.ParseVersion(version)
	if err != nil {
		t.Fatal(err)
	}
	return map[string]any{"object": documentOf(t, activity.Release(&lineage.Release{
		IRI: k.Person(2) + domain.IRI("/releases/"+version), Process: k.Person(2), Version: v, Title: english("Theirs"), Licence: "CC-BY-4.0",
		Items: len(k.second), Digest: digest, At: time.Now(),
	}, "en", nil))}
}

// whole is an activity as another says it: with its id, and its actor.
func (a act) whole(id, actor domain.IRI) map[string]any {
	whole := map[string]any{"@context": streams, "id": string(id), "type": a.kind, "actor": string(actor), "to": []string{public}}
	maps.Copy(whole, a.more)
	return whole
}

// lies is the act with another hash, under an id of its own.
func (a act) lies(id, actor domain.IRI) map[string]any {
	a.more = a.lie
	return a.whole(id, actor)
}
