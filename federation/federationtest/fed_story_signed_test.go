package federationtest_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/domain/organization"
	"interlink/domain/policy"
	"interlink/domain/story"
	"interlink/federation/activity"
	"interlink/federation/evidence"
	"interlink/federation/federationtest"
	"interlink/federation/httpsig"
)

// tell publishes a story of a small process.
func (c *city) tell(t *testing.T) *story.Story {
	t.Helper()
	c.starterCatalogue(t)
	c.process(t, "safe_ways")
	told, err := c.Stories.Publish(t.Context(), c.official, story.Input{
		Slug: "safe-ways", Process: "safe_ways", Owner: c.owner.ID, Community: c.community.ID,
		Telling: story.Telling{
			Title: english("Children walk alone again"), Summary: english("How a district made its streets safe <together>."),
			Challenge: english("Nobody walked."), Results: english("Half of them do."), Countries: []string{"ES"},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return told
}

// got reads an address as anybody does.
func got(t *testing.T, address string) []byte {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Accept", activity.MediaType)
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	raw, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d, %v", address, answer.StatusCode, err)
	}
	return raw
}

// asked reads keys from the documents of their owners.
func asked(t *testing.T) evidence.Keys {
	return func(_ context.Context, method string) (evidence.Key, error) {
		actor, err := activity.Scan(got(t, string(domain.IRI(method).WithoutFragment())))
		if err != nil {
			return evidence.Key{}, err
		}
		return evidence.KeyOf(actor, method)
	}
}

// checked is what comes of checking a bundle, by the keys of their owners or,
// offline, by those that came along.
func checked(t *testing.T, raw []byte, offline bool) *evidence.Report {
	t.Helper()
	opened, err := evidence.Open(raw)
	if err != nil {
		t.Fatal(err)
	}
	keys := asked(t)
	if offline {
		keys = opened.Along
	}
	r, err := evidence.Check(t.Context(), opened.Document, opened.Snapshot, keys, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestFedStorySigned: what Rome has of Zaragoza's story is verified by whoever
// takes it from there, online or not; what was altered on the way is not.
func TestFedStorySigned(t *testing.T) {
	federationtest.Run(t, []string{"Zaragoza", "Rome", "Riga"}, func(t *testing.T, c *federationtest.Cluster) {
		zaragoza, rome, riga := newCity(t, c.Nodes[0]), newCity(t, c.Nodes[1]), newCity(t, c.Nodes[2])
		citizen := rome.Person("citizen", policy.RoleMember)
		rome.follow(t, citizen, citizen.Actor, zaragoza.handle("mobility"))
		c.Settle()
		told := zaragoza.tell(t)
		c.Settle()
		copied, err := rome.Stories.StoryByIRI(t.Context(), citizen, told.IRI)
		if err != nil || copied.Evidence == nil || len(copied.Evidence.Signatures) != 1 || copied.Evidence.Signatures[0].Signer != zaragoza.owner.IRI {
			t.Fatalf("Rome's copy: %+v, %v", copied, err)
		}
		raw := got(t, rome.URL+copied.Address()+"/evidence")
		for _, offline := range []bool{false, true} {
			r := checked(t, raw, offline)
			if r.Err() != nil || r.Owner != zaragoza.owner.IRI || r.Shown != evidence.ShownSame || r.Digest != told.Digest || r.Version != 1 {
				t.Errorf("offline %v: %+v, %v", offline, r, r.Err())
			}
		}
		if own := checked(t, got(t, zaragoza.URL+"/stories/safe-ways/evidence"), false); own.Err() != nil {
			t.Errorf("at its own node: %v", own.Err())
		}
		altered := func(what, from, to string) {
			t.Helper()
			s := strings.Replace(string(raw), from, to, 1)
			if s == string(raw) {
				t.Fatalf("%s: there is no %q", what, from)
			}
			for _, offline := range []bool{false, true} {
				if r := checked(t, []byte(s), offline); r.Err() == nil {
					t.Errorf("%s (offline %v): %+v", what, offline, r)
				}
			}
		}
		altered("another result", "Half of them do.", "All of them do.")
		altered("another task in what it shows", `"snapshot":{"process":`, `"snapshot":{"x":1,"process":`)
		altered("another owner", `"attributedTo":"`+string(zaragoza.owner.IRI)+`"`, `"attributedTo":"`+string(told.ProcessIRI)+`"`)
		forgedStory(t, raw, riga, zaragoza)
		reader := riga.Person("reader", policy.RoleMember)
		riga.follow(t, reader, reader.Actor, zaragoza.handle("mobility"))
		c.Settle()
		if _, err := riga.Stories.Pasted(t.Context(), reader, told.IRI, riga.Object); err != nil {
			t.Errorf("Riga cannot have it by its address: %v", err)
		}
		if _, err := zaragoza.Stories.Withdraw(t.Context(), zaragoza.official, "safe-ways"); err != nil {
			t.Fatal(err)
		}
		c.Settle()
		for _, one := range []*city{rome, riga} {
			if _, err := one.Stories.StoryByIRI(t.Context(), policy.Viewer{}, told.IRI); domain.CodeOf(err) != domain.Gone {
				t.Errorf("after it was withdrawn %s answers %v", one.Namespace.Host(), err)
			}
		}
	})
}

// forgedStory signs a story with the key of another node, under that node's name
// and under the owner's.
func forgedStory(t *testing.T, raw []byte, riga, zaragoza *city) {
	t.Helper()
	var b evidence.Bundle
	if err := json.Unmarshal(raw, &b); err != nil {
		t.Fatal(err)
	}
	bare, err := httpsig.WithProofs(b.Story)
	if err != nil {
		t.Fatal(err)
	}
	key, err := httpsig.GenerateEd25519(string(zaragoza.owner.IRI) + "#ed25519-key")
	if err != nil {
		t.Fatal(err)
	}
	forged := b
	if forged.Story, err = httpsig.Prove(bare, key, time.Now()); err != nil {
		t.Fatal(err)
	}
	file, err := json.Marshal(forged)
	if err != nil {
		t.Fatal(err)
	}
	for _, offline := range []bool{false, true} {
		if r := checked(t, file, offline); r.Err() == nil {
			t.Errorf("a forged proof holds (offline %v): %+v", offline, r)
		}
	}
	// With the forger's key as the owner's the file alone cannot tell; the owner's
	// server can.
	forged.Keys = []evidence.Key{{ID: key.ID, Controller: zaragoza.owner.IRI, Multibase: key.Multibase()}}
	if file, err = json.Marshal(forged); err != nil {
		t.Fatal(err)
	}
	if r := checked(t, file, false); r.Err() == nil {
		t.Errorf("a forged key counts: %+v", r)
	}
	// A key of another host, which says that it is the owner's.
	if key, err = httpsig.GenerateEd25519(string(riga.owner.IRI) + "#ed25519-key"); err != nil {
		t.Fatal(err)
	}
	if forged.Story, err = httpsig.Prove(bare, key, time.Now()); err != nil {
		t.Fatal(err)
	}
	forged.Keys = []evidence.Key{{ID: key.ID, Controller: zaragoza.owner.IRI, Multibase: key.Multibase()}}
	if file, err = json.Marshal(forged); err != nil {
		t.Fatal(err)
	}
	for _, offline := range []bool{false, true} {
		if r := checked(t, file, offline); r.Err() == nil {
			t.Errorf("a key of another host counts (offline %v): %+v", offline, r)
		}
	}
}

// TestFedStoryCosigned: Riga's city hall signs Zaragoza's story, and so does an
// association of Zaragoza; Rome, which has a copy, has both signatures. A new
// version is signed by its owner alone.
func TestFedStoryCosigned(t *testing.T) {
	federationtest.Run(t, []string{"Zaragoza", "Rome", "Riga"}, func(t *testing.T, c *federationtest.Cluster) {
		ctx := t.Context()
		zaragoza, rome, riga := newCity(t, c.Nodes[0]), newCity(t, c.Nodes[1]), newCity(t, c.Nodes[2])
		citizen := rome.Person("citizen", policy.RoleMember)
		rome.follow(t, citizen, citizen.Actor, zaragoza.handle("mobility"))
		riga.follow(t, riga.official, riga.official.Actor, zaragoza.handle("mobility"))
		c.Settle()
		told := zaragoza.tell(t)
		partner, err := zaragoza.Lookup(ctx, riga.handle("city_hall"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := zaragoza.Stories.AskCosignature(ctx, zaragoza.Person("stranger", policy.RoleMember), "safe-ways", partner); domain.CodeOf(err) != domain.Forbidden {
			t.Errorf("a stranger asks: %v", err)
		}
		for what, who := range map[string]*network.Actor{"the owner": {ID: zaragoza.owner.ID, Type: network.TypeOrganization, Visibility: domain.VisiblePublic}, "a person": {ID: citizen.Actor, Type: network.TypePerson, Visibility: domain.VisiblePublic}} {
			if _, err := zaragoza.Stories.AskCosignature(ctx, zaragoza.official, "safe-ways", who); domain.CodeOf(err) != domain.Invalid {
				t.Errorf("%s is asked: %v", what, err)
			}
		}
		asked, err := zaragoza.Stories.AskCosignature(ctx, zaragoza.official, "safe-ways", partner)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := zaragoza.Stories.AskCosignature(ctx, zaragoza.official, "safe-ways", partner); domain.CodeOf(err) != domain.Conflict {
			t.Errorf("asked twice: %v", err)
		}
		c.Settle()
		requests, err := riga.Stories.CosignRequests(ctx, riga.official, riga.owner.ID, domain.Page{})
		if err != nil || requests.Total != 1 {
			t.Fatalf("Riga is asked: %+v, %v", requests, err)
		}
		request := requests.Items[0]
		if request.StoryIRI != told.IRI || request.Version != 1 || request.Digest != told.Digest || request.Telling.Results["en"] != "Half of them do." || request.IRI != asked.IRI {
			t.Errorf("the request: %+v", request)
		}
		if _, err := riga.Stories.CosignRequest(ctx, riga.Person("reader", policy.RoleMember), request.ID); domain.CodeOf(err) != domain.Forbidden {
			t.Errorf("a member reads it: %v", err)
		}
		if _, err := riga.Stories.AnswerCosignature(ctx, riga.official, request.ID, request.Revision, story.CosignReply{Sign: true}); err != nil {
			t.Fatal(err)
		}
		c.Settle()
		rome.signedBy(t, told, zaragoza.owner.IRI, riga.owner.IRI)
		r := checked(t, got(t, zaragoza.URL+"/stories/safe-ways/evidence"), false)
		if r.Err() != nil || len(r.Signatures) != 2 || r.Signatures[1].Signer != riga.owner.IRI || r.Signatures[1].Err != nil {
			t.Errorf("at its own node: %+v, %v", r, r.Err())
		}
		// Again the same answer, and another: nothing changes.
		settled, err := zaragoza.Stories.Cosignatures(ctx, zaragoza.official, "safe-ways")
		if err != nil || len(settled) != 1 || settled[0].State != story.CosignSigned {
			t.Fatalf("Zaragoza knows %+v, %v", settled, err)
		}
		by, err := zaragoza.Lookup(ctx, riga.handle("city_hall"))
		if err != nil {
			t.Fatal(err)
		}
		if err := zaragoza.Stories.ReceiveCosignAnswer(ctx, story.CosignAnswer{Offer: asked.IRI, By: by}); err != nil {
			t.Fatal(err)
		}
		if again, err := zaragoza.Stories.Cosignatures(ctx, zaragoza.official, "safe-ways"); err != nil || again[0].State != story.CosignSigned {
			t.Errorf("a later refusal counts: %+v, %v", again, err)
		}

		// A partner of the same node signs by a button.
		walkers := zaragoza.association(t)
		local, err := zaragoza.Stories.AskCosignature(ctx, zaragoza.official, "safe-ways", walkers)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := zaragoza.Stories.AnswerCosignature(ctx, zaragoza.official, local.ID, local.Revision, story.CosignReply{Sign: true}); err != nil {
			t.Fatal(err)
		}
		c.Settle()
		rome.signedBy(t, told, zaragoza.owner.IRI, riga.owner.IRI, walkers.IRI)
		riga.signedBy(t, told, zaragoza.owner.IRI, riga.owner.IRI, walkers.IRI) // its own is read here

		now, err := zaragoza.Stories.Story(ctx, zaragoza.official, "safe-ways", "")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := zaragoza.Stories.Revise(ctx, zaragoza.official, "safe-ways", now.Revision, story.Input{Community: zaragoza.community.ID, Telling: now.Telling}); err != nil {
			t.Fatal(err)
		}
		c.Settle()
		rome.signedBy(t, told, zaragoza.owner.IRI)
	})
}

// association is another organisation of the node.
func (c *city) association(t *testing.T) *network.Actor {
	t.Helper()
	if _, err := c.Organizations.Create(t.Context(), c.official, "walkers", organization.Details{Title: english("Walkers"), Kind: organization.Citizen}); err != nil {
		t.Fatal(err)
	}
	a, err := c.Lookup(t.Context(), c.handle("walkers"))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// signedBy asks who signed the copy of a story.
func (c *city) signedBy(t *testing.T, told *story.Story, who ...domain.IRI) {
	t.Helper()
	copied, err := c.Stories.StoryByIRI(t.Context(), policy.Viewer{}, told.IRI)
	if err != nil || copied.Evidence == nil {
		t.Fatalf("the copy: %+v, %v", copied, err)
	}
	var signers []domain.IRI
	for _, s := range copied.Evidence.Signatures {
		signers = append(signers, s.Signer)
	}
	if len(signers) != len(who) {
		t.Fatalf("signed by %v, not %v", signers, who)
	}
	for i := range who {
		if signers[i] != who[i] {
			t.Errorf("signed by %v, not %v", signers, who)
		}
	}
	r := checked(t, got(t, c.URL+copied.Address()+"/evidence"), false)
	for _, s := range r.Signatures {
		if s.Err != nil {
			t.Errorf("the copy's signature of %s: %v", s.Signer, s.Err)
		}
	}
	if r.Err() != nil || len(r.Signatures) != len(who) {
		t.Errorf("the copy: %+v, %v", r, r.Err())
	}
}

// dressed makes person 1 of a peer an organisation that can prove.
func dressed(p *federationtest.Peer) {
	p.Dress(func(n int, document map[string]any) {
		document["type"], document["assertionMethod"] = "Organization", p.Multikey(n)
	})
}

// TestFedStoryHostileCosigning: an answer by who was not asked, with the proof of
// another, or with one over other words, changes nothing; the honest one counts
// once.
func TestFedStoryHostileCosigning(t *testing.T) {
	federationtest.Run(t, []string{"Zaragoza"}, func(t *testing.T, c *federationtest.Cluster) {
		ctx := t.Context()
		b := besiege(t, c)
		other := federationtest.NewHostile(t)
		dressed(b.hostile.Peer)
		dressed(other.Peer)
		b.tell(t)
		partner, err := b.Fresh(ctx, string(b.hostile.Person(1)))
		if err != nil {
			t.Fatal(err)
		}
		before := len(b.hostile.Inbox(1))
		if _, err := b.Stories.AskCosignature(ctx, b.official, "safe-ways", partner); err != nil {
			t.Fatal(err)
		}
		c.Settle()
		arrived := b.hostile.Inbox(1)
		if len(arrived) != before+1 {
			t.Fatalf("the partner received %v", arrived)
		}
		offer, err := activity.Decode(arrived[before].Raw)
		if err != nil || offer.Type != "Offer" || offer.Target != b.hostile.Person(1) {
			t.Fatalf("the Offer: %s, %v", arrived[before].Raw, err)
		}
		raw, err := json.Marshal(offer.Embedded)
		if err != nil {
			t.Fatal(err)
		}
		bare, err := httpsig.WithProofs(raw)
		if err != nil {
			t.Fatal(err)
		}
		proof := func(key *httpsig.Key, document string) json.RawMessage {
			t.Helper()
			signed, err := httpsig.Prove([]byte(document), key, time.Now())
			if err != nil {
				t.Fatal(err)
			}
			doc, err := activity.Scan(signed)
			if err != nil {
				t.Fatal(err)
			}
			return doc["proof"]
		}
		answered := func(from *federationtest.Peer, proof json.RawMessage) story.CosignState {
			t.Helper()
			b.accepts(t, from, map[string]any{"type": "Accept", "object": string(offer.ID), "interlink:cosignature": map[string]any{"proof": proof}})
			c.Settle()
			list, err := b.Stories.Cosignatures(ctx, b.official, "safe-ways")
			if err != nil || len(list) != 1 {
				t.Fatalf("asked: %+v, %v", list, err)
			}
			return list[0].State
		}
		honest := proof(b.hostile.Ed25519(1), string(bare))
		for what, state := range map[string]story.CosignState{
			"by who was not asked":          answered(other.Peer, proof(other.Ed25519(1), string(bare))),
			"with the partner's proof":      answered(other.Peer, honest),
			"with the proof of another":     answered(b.hostile.Peer, proof(other.Ed25519(1), string(bare))),
			"over other words":              answered(b.hostile.Peer, proof(b.hostile.Ed25519(1), strings.Replace(string(bare), "Half", "None", 1))),
			"by a key that nobody names":    answered(b.hostile.Peer, proof(b.hostile.Ed25519(2), string(bare))),
			"with nothing that is a proof":  answered(b.hostile.Peer, json.RawMessage(`{"type":"DataIntegrityProof"}`)),
			"with nothing at all to see in": answered(b.hostile.Peer, json.RawMessage(`null`)),
		} {
			if state != story.CosignAsked {
				t.Errorf("an answer %s makes it %q", what, state)
			}
		}
		for range 2 {
			if state := answered(b.hostile.Peer, honest); state != story.CosignSigned {
				t.Errorf("the honest answer makes it %q", state)
			}
		}
		r := checked(t, got(t, b.URL+"/stories/safe-ways/evidence"), false)
		if r.Err() != nil || len(r.Signatures) != 2 || r.Signatures[1].Signer != b.hostile.Person(1) || r.Signatures[1].Err != nil {
			t.Errorf("the story: %+v, %v", r, r.Err())
		}
	})
}

// TestFedStoryAlteredRelay: a story whose words somebody changed after it was
// signed is not kept, whoever sends it.
func TestFedStoryAlteredRelay(t *testing.T) {
	federationtest.Run(t, []string{"Zaragoza"}, func(t *testing.T, c *federationtest.Cluster) {
		b := besiege(t, c)
		dressed(b.hostile.Peer)
		told := func(slug, results string, alter func(string) string) domain.IRI {
			t.Helper()
			iri := b.hostile.URL + "/articles/" + slug
			raw, err := json.Marshal(map[string]any{
				"@context": streams, "id": iri, "type": "Article", "attributedTo": string(b.hostile.Person(1)), "name": "Walking", "summary": "…", "content": "…", "to": []string{public},
				"published": "2026-01-01T00:00:00Z", "interlink:story": map[string]any{"version": 1, "results": map[string]string{"en": results}},
			})
			if err == nil {
				raw, err = httpsig.Prove(raw, b.hostile.Ed25519(1), time.Now())
			}
			if err != nil {
				t.Fatal(err)
			}
			b.accepts(t, b.hostile.Peer, map[string]any{"type": "Create", "object": json.RawMessage(alter(string(raw)))})
			c.Settle()
			return domain.IRI(iri)
		}
		altered := told("altered", "Half of them do.", func(s string) string { return strings.Replace(s, "Half", "All", 1) })
		if s, err := b.Stories.StoryByIRI(t.Context(), policy.Viewer{}, altered); domain.CodeOf(err) != domain.NotFound {
			t.Errorf("an altered story is kept: %+v, %v", s, err)
		}
		whole := told("whole", "Half of them do.", func(s string) string { return s })
		if s, err := b.Stories.StoryByIRI(t.Context(), policy.Viewer{}, whole); err != nil || s.Evidence == nil || s.Evidence.Signatures[0].Signer != b.hostile.Person(1) {
			t.Errorf("the same as it was signed: %+v, %v", s, err)
		}
	})
}
