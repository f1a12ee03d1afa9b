//go:build !race

package federationtest_test

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"sync"
	"testing"
	"time"

	"interlink/cmd/interlink/node"
	"interlink/domain"
	"interlink/domain/lineage"
	"interlink/domain/organization"
	"interlink/domain/policy"
	"interlink/domain/story"
	"interlink/federation/activity"
	"interlink/federation/evidence"
	"interlink/federation/federationtest"
	"interlink/federation/httpsig"
)

// Of a kinsman's persons, teller is an organisation that tells a story, which one
// of the node's is to sign, and is asked to sign two of the node's; reader
// follows who tells those; group is a community that moves to the next.
const (
	teller = 5
	reader = 6
	group  = 7
)

// cosigners is what of a node concerns the stories that it tells, and signs.
type cosigners struct {
	hall  *organization.Organization
	told  domain.IRI         // the first story
	asked *story.Cosignature // of the teller, for the first
	other *story.Cosignature // for the second
	bare  []byte             // what the teller is asked to sign
}

// stories makes a node tell two stories of a process; the teller was asked to
// sign the first, and is to be asked to sign the second.
func (k *kinsman) stories(t *testing.T, n *node.Node, v policy.Viewer, process string) (of cosigners) {
	t.Helper()
	ctx := t.Context()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	var err error
	of.hall, err = n.Organizations.Create(ctx, v, "city_hall", organization.Details{Title: english("City hall"), Kind: organization.Citizen})
	must(err)
	hall, err := n.Network.Actor(ctx, v, of.hall.ID)
	must(err)
	k.Pretend(teller, map[string]any{"type": "Organization", "assertionMethod": k.Multikey(teller)})
	partner, err := n.Lookup(ctx, string(k.Person(teller)))
	must(err)
	_, err = n.Network.Follow(ctx, v, v.Actor, partner.ID)
	must(err)
	must(n.Network.ReceiveFollowAnswer(ctx, partner, v.Actor, true))
	follower, err := n.Lookup(ctx, string(k.Person(reader)))
	must(err)
	must(n.Network.ReceiveFollow(ctx, follower, hall, follower.IRI+"/follow"))
	tell := func(slug string) *story.Cosignature {
		t.Helper()
		told, err := n.Stories.Publish(ctx, v, story.Input{Slug: slug, Process: process, Owner: hall.ID, Telling: story.Telling{
			Title: english("Walking"), Summary: english("Children walk."), Results: english("Half of them do."),
		}})
		must(err)
		asked, err := n.Stories.AskCosignature(ctx, v, slug, partner)
		must(err)
		of.told = cmp.Or(of.told, told.IRI)
		return asked
	}
	of.asked = tell("first")
	k.asks(t, n)
	for _, a := range k.Inbox(teller) {
		if a.Type != "Offer" {
			continue
		}
		offer, err := activity.Decode(a.Raw)
		must(err)
		raw, err := json.Marshal(offer.Embedded)
		must(err)
		of.bare, err = httpsig.WithProofs(raw)
		must(err)
	}
	if of.bare == nil {
		t.Fatal("the first story was not offered to sign")
	}
	of.other = tell("second")
	return of
}

// asks works the queues of a node until all has arrived that is on its way: what
// is cut off is sent again much later. Where nobody works its jobs it would wait
// for those.
func (k *kinsman) asks(t *testing.T, n *node.Node) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var asking sync.WaitGroup
	asking.Go(func() {
		_ = k.WaitFor(ctx, func(int) bool {
			told := received(k.Peer, teller)
			return told["Offer"] > 0 && told["Follow"] > 0 && received(k.Peer, reader)["Create"] > 0
		})
		cancel()
	})
	if _, err := n.Settle(ctx); err != nil && ctx.Err() == nil {
		t.Fatal(err)
	}
	asking.Wait()
}

// told is the teller's story as it tells it, with its proof, and what it shows.
func (k *kinsman) told(t *testing.T) (article, snapshot map[string]any) {
	t.Helper()
	at := k.URL + "/articles/walking"
	shown := shot(k.Hostile)
	shown.Process.Owner = k.Person(teller)
	snapshot = map[string]any{
		"@context": streams, "id": at + "/snapshot", "type": "Document", "attributedTo": string(k.Person(teller)),
		"name": "…", "interlink:snapshot": json.RawMessage(shown.Canonical()),
	}
	return k.proven(t, map[string]any{
		"@context": streams, "id": at, "type": "Article", "attributedTo": string(k.Person(teller)), "name": "Walking", "summary": "…", "content": "…",
		"to": []string{public}, "published": "2026-01-01T00:00:00Z",
		"interlink:story": map[string]any{"version": 1, "process": string(shown.Process.IRI), "snapshot": at + "/snapshot", "digest": shown.Digest()},
	}), snapshot
}

// asking is another story of the teller, which it asks to sign and does not
// withdraw.
func (k *kinsman) asking(t *testing.T) (article map[string]any) { return k.another(t, "cycling") }

// another is a story of the teller that it does not withdraw.
func (k *kinsman) another(t *testing.T, slug string) (article map[string]any) {
	t.Helper()
	article, _ = k.told(t)
	delete(article, "proof")
	at := k.URL + "/articles/" + slug
	article["id"], article["name"] = at, slug
	article["interlink:story"].(map[string]any)["snapshot"] = at + "/snapshot"
	return k.proven(t, article)
}

// proven is a document with the teller's proof.
func (k *kinsman) proven(t *testing.T, bare map[string]any) (document map[string]any) {
	t.Helper()
	raw, err := json.Marshal(bare)
	if err == nil {
		raw, err = httpsig.Prove(raw, k.Ed25519(teller), time.Now())
	}
	if err == nil {
		err = json.Unmarshal(raw, &document)
	}
	if err != nil {
		t.Fatal(err)
	}
	return document
}

// otherwise is a document of a story that names the hash of another.
func otherwise(document map[string]any) map[string]any {
	other, told := maps.Clone(document), maps.Clone(document["interlink:story"].(map[string]any))
	told["digest"] = lineage.SourceProcess{}.Digest()
	other["interlink:story"] = told
	return other
}

// cosigns is what the teller says: that it tells a story, that the node's
// organisation is to sign another, and a third, which it takes back, that it signs
// one of the node's and not the other; then it tells its story otherwise, and
// withdraws it. first is how many acts there are before.
func (k *kinsman) cosigns(t *testing.T, of cosigners, first int) []act {
	t.Helper()
	article, _ := k.told(t)
	asking := k.asking(t)
	unproven := maps.Clone(article)
	delete(unproven, "proof")
	later := maps.Clone(unproven)
	later["name"], later["updated"] = "Walking on", "2026-02-01T00:00:00Z"
	var asked map[string]any
	if err := json.Unmarshal(of.bare, &asked); err != nil {
		t.Fatal(err)
	}
	accept := func(signed map[string]any) map[string]any {
		return map[string]any{"object": string(of.asked.IRI), "interlink:cosignature": map[string]any{"proof": k.proven(t, signed)["proof"]}}
	}
	offer := func(article map[string]any) map[string]any {
		return map[string]any{"target": string(of.hall.IRI), "object": article}
	}
	sailing := k.another(t, "sailing")
	back := offerOf(k.Person(teller), domain.IRI(sailing["id"].(string)), of.hall.IRI)
	back["id"] = string(k.Person(teller)) + fmt.Sprint("/acts/", first+2)
	return []act{
		{by: teller, kind: "Create", more: map[string]any{"object": article}, lie: map[string]any{"object": k.proven(t, otherwise(unproven))}},
		{by: teller, kind: "Offer", more: offer(asking), lie: offer(otherwise(asking))},
		{by: teller, kind: "Offer", more: offer(sailing)},
		{by: teller, kind: "Undo", more: map[string]any{"object": back}},
		{by: teller, kind: "Accept", more: accept(asked), lie: accept(otherwise(asked))},
		{by: teller, kind: "Reject", more: map[string]any{"object": string(of.other.IRI)}},
		{by: teller, kind: "Update", more: map[string]any{"object": k.proven(t, later)}, lie: map[string]any{"object": k.proven(t, otherwise(later))}},
		{by: teller, kind: "Delete", more: map[string]any{"object": article["id"]}},
	}
}

// sign makes the node's organisation sign the teller's story.
func (of cosigners) sign(t *testing.T, c crashNode) {
	t.Helper()
	n, err := node.Open(t.Context(), c.options())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = n.Close() }()
	v := n.Operator()
	asked, err := n.Stories.CosignRequests(t.Context(), v, of.hall.ID, domain.Page{})
	if err != nil || asked.Total != 2 || asked.Items[0].State != story.CosignCancelled {
		t.Fatalf("it is asked to sign %+v (%v)", asked, err)
	}
	one := asked.Items[1]
	if _, err := n.Stories.AnswerCosignature(t.Context(), v, one.ID, one.Revision, story.CosignReply{Sign: true}); err != nil {
		t.Fatal(err)
	}
}

// received counts the activities that somebody received, each id once, by type.
func received(p *federationtest.Peer, person int) map[string]int {
	counts, seen := map[string]int{}, map[string]bool{}
	for _, a := range p.Inbox(person) {
		if !seen[a.ID] {
			seen[a.ID] = true
			counts[a.Type]++
		}
	}
	return counts
}

// heard waits until all has arrived that is said of the stories: who follows is
// told of both, and of the signature; the teller is asked twice, is told that its
// own signature stands, and has one, which holds.
func (k *kinsman) heard(t *testing.T, of cosigners) {
	t.Helper()
	want := map[string]int{"Create": 2, "Update": 1}
	wanted := map[string]int{"Offer": 2, "Accept": 1, "Follow": 1, "Update": 1}
	follows := func() map[string]int {
		got := received(k.Peer, reader)
		maps.DeleteFunc(got, func(kind string, _ int) bool { return want[kind] == 0 }) // its Follow was answered
		return got
	}
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); <-tick.C {
		if maps.Equal(follows(), want) && maps.Equal(received(k.Peer, teller), wanted) {
			break
		}
	}
	if got := follows(); !maps.Equal(got, want) {
		t.Errorf("who follows was told %v, want %v", got, want)
	}
	if got := received(k.Peer, teller); !maps.Equal(got, wanted) {
		t.Errorf("the teller was told %v, want %v", got, wanted)
	}
	for _, a := range k.Inbox(teller) {
		if a.Type == "Accept" {
			k.signedBy(t, a.Raw, of.hall.IRI)
		}
	}
}

// signedBy asks whose proof over what the teller asked to sign an Accept has.
func (k *kinsman) signedBy(t *testing.T, accept []byte, who domain.IRI) {
	t.Helper()
	doc, err := activity.Scan(accept)
	if err != nil {
		t.Fatal(err)
	}
	article := k.asking(t)
	article["proof"], _ = activity.ReadCosignature(doc)
	raw, err := json.Marshal(article)
	if err == nil {
		doc, err = activity.Scan(raw)
	}
	if err != nil {
		t.Fatal(err)
	}
	signed, err := evidence.Signatures(t.Context(), doc, asked(t), time.Now())
	if err != nil || len(signed) != 1 || signed[0].Err != nil || signed[0].Signer != who {
		t.Errorf("signed by %+v (%v), want %s", signed, err, who)
	}
}
