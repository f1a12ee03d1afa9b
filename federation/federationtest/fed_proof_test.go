package federationtest_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"interlink/domain"
	"interlink/domain/story"
	"interlink/federation/federationtest"
	"interlink/federation/httpsig"
)

// TestFedS15LinkedDataSignatureIn: it is not judged; an activity is accepted
// or refused as without one (the reason is in FEDERATION.md).
func TestFedS15LinkedDataSignatureIn(t *testing.T) {
	x := newRig(t, nil)
	note := x.peer.Note(1, 1, "Signed")
	note["signature"] = map[string]string{"type": "RsaSignature2017", "creator": string(x.peer.Person(1)) + "#main-key", "signatureValue": "AAAA"}
	x.wants("beside an HTTP signature", x.send(note, httpsig.Cavage), 202)
	x.wants("alone", x.by(x.URL+"/inbox", []byte(marshal(t, note)), func(*http.Request) error { return nil }), 401)
}

// TestFedS16LinkedDataSignatureOut: none is made (the reason is in
// FEDERATION.md).
func TestFedS16LinkedDataSignatureOut(t *testing.T) {
	x := newRig(t, nil)
	x.judge(accepting)
	for _, s := range x.news() {
		if bytes.Contains(s.body, []byte("RsaSignature2017")) {
			t.Errorf("sent %s", s.body)
		}
	}
}

// TestFedS17ProofIn: an activity that its actor proved is accepted from
// whoever brings it; a proof that does not hold changes nothing.
func TestFedS17ProofIn(t *testing.T) {
	x := newRig(t, proving)
	mallory := federationtest.NewPeer(t)
	reader := x.reader(x.peer)
	unsigned := func(*http.Request) error { return nil }
	forwarded := func(raw []byte) int {
		t.Helper()
		status, err := mallory.SendRaw(t.Context(), mallory.Key(1), x.URL+"/inbox", raw, httpsig.Cavage)
		if err != nil {
			t.Fatal(err)
		}
		return status
	}
	note := func(content string) map[string]any {
		x.number++
		return x.peer.Note(1, x.number, content)
	}
	x.wants("forwarded", forwarded(x.proven(note("forwarded"))), 202)
	x.wants("signed by an algorithm that is not known here", x.by(x.URL+"/inbox", x.proven(note("try")), func(r *http.Request) error {
		r.Header.Set("Content-Digest", "sha-256=:AA==:")
		r.Header.Set("Signature-Input", `sig1=("@method" "@target-uri" "content-type" "content-digest");created=1;keyid="`+string(x.peer.Person(1))+`#key";alg="ml-dsa-44"`)
		r.Header.Set("Signature", "sig1=:AA==:")
		return nil
	}), 401)
	x.wants("by proof alone", x.by(x.URL+"/inbox", x.proven(note("by proof")), unsigned), 202)
	x.wants("forwarded without a proof", forwarded([]byte(marshal(t, note("forged")))), 403)
	x.wants("unsigned without a proof", x.by(x.URL+"/inbox", []byte(marshal(t, note("forged"))), unsigned), 401)

	tampered := bytes.Replace(x.proven(note("true words")), []byte("true words"), []byte("forged words"), 1)
	x.wants("tampered and forwarded", forwarded(tampered), 403)
	x.wants("tampered and unsigned", x.by(x.URL+"/inbox", tampered, unsigned), 401)
	own := bytes.Replace(x.proven(note("own")), []byte(`"proofValue":"z`), []byte(`"proofValue":"z2`), 1)
	status, err := x.peer.SendRaw(t.Context(), x.peer.Key(1), x.URL+"/inbox", own, httpsig.Cavage)
	if err != nil {
		t.Fatal(err)
	}
	x.wants("a broken proof under a good signature", status, 202)

	foreign, err := httpsig.Prove([]byte(marshal(t, note("forged"))), mallory.Ed25519(1), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	x.wants("proven by somebody else", forwarded(foreign), 403)
	other := x.peer.Note(2, 1, "forged") // in the name of a neighbour
	neighbour, err := httpsig.Prove([]byte(marshal(t, other)), x.peer.Ed25519(1), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	x.wants("proven by a neighbour", forwarded(neighbour), 403)
	x.cluster.Settle()
	items := x.home(t, reader)
	if len(items) != 3 {
		t.Errorf("the reader sees %d posts", len(items))
	}
	for _, it := range items {
		if strings.Contains(it.Post.Content, "forged") {
			t.Errorf("the reader sees %q", it.Post.Content)
		}
	}
}

// TestFedS17AnnouncedByProof: an object or activity of somebody else that is
// shared with its proof is taken without asking its server; without one that
// holds, what its server says counts.
func TestFedS17AnnouncedByProof(t *testing.T) {
	x := newRig(t, proving)
	sharer := federationtest.NewPeer(t)
	reader := x.reader(sharer)
	share := func(number int, object []byte) {
		t.Helper()
		raw := marshal(t, map[string]any{
			"@context": "https://www.w3.org/ns/activitystreams", "id": fmt.Sprintf("%s/shares/%d", sharer.Person(1), number), "type": "Announce",
			"actor": string(sharer.Person(1)), "to": []string{public}, "published": time.Now().UTC().Format(time.RFC3339), "object": json.RawMessage(object),
		})
		status, err := sharer.SendRaw(t.Context(), sharer.Key(1), x.URL+"/inbox", []byte(raw), httpsig.Cavage)
		if err != nil || status != http.StatusAccepted {
			t.Fatalf("the Announce: %d (%v)", status, err)
		}
		x.cluster.Settle()
	}
	object := func(number int, content string) map[string]any {
		o := x.peer.Note(1, number, content)["object"].(map[string]any)
		o["@context"] = "https://www.w3.org/ns/activitystreams"
		return o
	}
	asked := func(number int) int {
		return len(x.peer.Asked(domain.IRI(fmt.Sprintf("%s/notes/%d", x.peer.Person(1), number))))
	}
	share(1, x.proven(object(101, "proven object")))
	share(2, x.proven(x.peer.Note(1, 102, "proven activity")))
	x.peer.Publish(object(103, "as its server says"))
	share(3, bytes.Replace(x.proven(object(103, "as it was written")), []byte("as it was written"), []byte("forged"), 1))
	x.peer.Publish(object(104, "as its server says"))
	share(4, []byte(marshal(t, object(104, "forged"))))
	for number, want := range map[int]int{101: 0, 102: 0, 103: 1, 104: 1} {
		if n := asked(number); n != want {
			t.Errorf("note %d: its server was asked %d times, not %d", number, n, want)
		}
	}
	items := x.home(t, reader)
	if len(items) != 4 {
		t.Errorf("the reader sees %d posts", len(items))
	}
	for _, it := range items {
		if it.Post == nil || strings.Contains(it.Post.Content, "forged") {
			t.Errorf("the reader sees %+v", it.Post)
		}
	}
}

// TestFedS18ProofOut: activities are proven by their actor; entries, stories
// and snapshots by their owner, with the same bytes wherever they stand.
func TestFedS18ProofOut(t *testing.T) {
	x := newRig(t, nil)
	x.starterCatalogue(t)
	x.process(t, "safe_ways")
	x.judge(accepting)
	for _, s := range x.news() {
		if err := holds(t, s.body); err != nil {
			t.Errorf("%v: %s", err, s.body)
		}
	}
	told, err := x.Stories.Publish(t.Context(), x.official, story.Input{
		Slug: "safe-ways", Process: "safe_ways", Owner: x.owner.ID, Community: x.community.ID,
		Telling: story.Telling{Title: english("Safe ways"), Summary: english("It worked."), Challenge: english("Cars.")},
	})
	if err != nil {
		t.Fatal(err)
	}
	x.mu.Lock()
	x.sent = nil
	x.mu.Unlock()
	x.cluster.Settle()
	var embedded []byte
	x.mu.Lock()
	for _, s := range x.sent {
		var create struct {
			Type   string
			Object json.RawMessage
		}
		if err := json.Unmarshal(s.body, &create); err != nil {
			t.Fatal(err)
		}
		if create.Type == "Create" {
			embedded = create.Object
		}
	}
	x.mu.Unlock()
	first := x.bytesOf(string(told.IRI))
	if !bytes.Equal(first.body, embedded) {
		t.Errorf("served\n%s\nsent\n%s", first.body, embedded)
	}
	page := get(t, x.URL+"/catalogue/entries?page=first").json
	entry, _ := member(page, "orderedItems", 0, "id").(string)
	for _, address := range []string{string(told.IRI), string(told.IRI) + "/snapshot", entry} {
		once, again := x.bytesOf(address), x.bytesOf(address)
		if err := holds(t, once.body); err != nil {
			t.Errorf("%s: %v", address, err)
		}
		if !bytes.Equal(once.body, again.body) || once.etag == "" || once.etag != again.etag {
			t.Errorf("%s changes by itself", address)
		}
	}
	if listed := marshal(t, member(page, "orderedItems", 0)); holds(t, []byte(listed)) != nil {
		t.Errorf("listed without its proof: %s", listed)
	}
}
