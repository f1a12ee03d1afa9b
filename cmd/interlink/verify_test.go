package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"interlink/domain"
	"interlink/domain/lineage"
	"interlink/federation/activity"
	"interlink/federation/evidence"
	"interlink/federation/httpsig"
)

// TestVerify checks evidence without a node and without a network: it holds by
// the key that came along or is known, and not if a word, or what the story
// shows, is another.
func TestVerify(t *testing.T) {
	t.Parallel()
	x := &terminal{t: t, environ: []string{"INTERLINK_DATA_DIR=" + t.TempDir()}}
	const owner, partner = "https://riga.example/organizations/council", "https://walkers.example/organizations/walkers"
	key, err := httpsig.GenerateEd25519(owner + "#ed25519-key")
	if err != nil {
		t.Fatal(err)
	}
	second, err := httpsig.GenerateEd25519(partner + "#ed25519-key")
	if err != nil {
		t.Fatal(err)
	}
	snapshot := `{"process":{"id":"https://riga.example/processes/ways"}}`
	sum := sha256.Sum256([]byte(snapshot))
	article := `{"@context":"https://www.w3.org/ns/activitystreams","id":"https://riga.example/stories/ways","type":"Article","attributedTo":"` + owner + `","name":"Ways",` +
		`"interlink:story":{"version":2,"digest":"` + hex.EncodeToString(sum[:]) + `","results":{"en":"Half of them"}}}`
	proofs := make([]json.RawMessage, 2)
	for i, k := range []*httpsig.Key{key, second} {
		signed, err := httpsig.Prove([]byte(article), k, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		var doc struct{ Proof json.RawMessage }
		if err := json.Unmarshal(signed, &doc); err != nil {
			t.Fatal(err)
		}
		proofs[i] = doc.Proof
	}
	set, err := httpsig.WithProofs([]byte(article), proofs...)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(evidence.Bundle{Story: set, Snapshot: json.RawMessage(snapshot), Keys: []evidence.Key{
		{ID: key.ID, Controller: owner, Multibase: key.Multibase()}, {ID: second.ID, Controller: partner, Multibase: second.Multibase()},
	}})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "evidence.json")
	if err := os.WriteFile(file, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	said := x.run("", "verify", file)
	for _, want := range []string{"owner: signed by " + owner, "partner: signed by " + partner, key.Multibase(), "shows: what was signed", "compare them"} {
		if said.status != 0 || !strings.Contains(said.out, want) {
			t.Errorf("status %d, without %q:\n%s%s", said.status, want, said.out, said.err)
		}
	}
	if r := x.run(string(raw), "verify", "-", "--key", key.Multibase()); r.status != 0 || !strings.HasSuffix(strings.TrimSpace(r.out), "\nverified") {
		t.Errorf("by a key that is known: %d\n%s%s", r.status, r.out, r.err)
	}
	if r := x.run(string(raw), "verify", "-", "--key", "z6Mk"+second.Multibase()); r.status != 2 || !strings.Contains(r.err, "--key") {
		t.Errorf("with what is no key: status %d, %s %s", r.status, r.out, r.err)
	}
	if r := x.run(string(raw), "verify", "-", "--key", second.Multibase()); r.status != 1 || !strings.Contains(r.out, "NOT VERIFIED") {
		t.Errorf("by another key: %d\n%s%s", r.status, r.out, r.err)
	}
	unchecked := []string{"no snapshot", "nothing that is read", "no document", "no JSON"}
	for what, s := range map[string]string{
		"other words":          strings.Replace(string(raw), "Half", "All", 1),
		"another snapshot":     strings.Replace(string(raw), "processes/ways", "processes/runs", 1),
		"another owner":        strings.Replace(string(raw), `"attributedTo":"`+owner, `"attributedTo":"https://riga.example/organizations/other`, 1),
		"no proof":             `{"story":` + article + `,"snapshot":` + snapshot + `}`,
		"no snapshot":          strings.Replace(string(raw), `"snapshot":`, `"shot":`, 1),
		"a key of another":     strings.Replace(string(raw), `"controller":"`+owner, `"controller":"`+partner, 1),
		"nothing that is read": `{"story":[]}`, "no document": `{}`, "no JSON": `?`,
	} {
		if s == string(raw) {
			t.Errorf("%s: nothing was altered", what)
		}
		status := 1
		if slices.Contains(unchecked, what) {
			status = 3
		}
		if r := x.run(s, "verify", "-"); r.status != status {
			t.Errorf("%s: %d, not %d\n%s%s", what, r.status, status, r.out, r.err)
		}
	}
}

// TestVerifyStamp: the stamp of a clone holds by its owner's key, and not if it
// says something else.
func TestVerifyStamp(t *testing.T) {
	t.Parallel()
	x := &terminal{t: t, environ: []string{"INTERLINK_DATA_DIR=" + t.TempDir()}}
	const owner = "https://riga.example/organizations/council"
	key, err := httpsig.GenerateEd25519(owner + "#ed25519-key")
	if err != nil {
		t.Fatal(err)
	}
	bare, err := activity.Encode(activity.Stamp(lineage.Stamp{
		IRI: "https://riga.example/processes/ways/clones/1", Source: "https://riga.example/processes/ways", Owner: owner,
		Clone: "https://rome.example/processes/vie", Version: "3", Digest: strings.Repeat("ab", 32), At: time.Date(2026, 5, 1, 8, 0, 0, 0, time.UTC),
	}))
	if err != nil {
		t.Fatal(err)
	}
	proven, err := httpsig.Prove(bare, key, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	bundle := func(stamp []byte) string {
		raw, err := json.Marshal(evidence.Bundle{Story: stamp, Keys: []evidence.Key{{ID: key.ID, Controller: owner, Multibase: key.Multibase()}}})
		if err != nil {
			t.Fatal(err)
		}
		return string(raw)
	}
	r := x.run(bundle(proven), "verify", "-", "--key", key.Multibase())
	for _, want := range []string{"https://rome.example/processes/vie is a clone of https://riga.example/processes/ways", "2026-05-01", strings.Repeat("ab", 32), "\nverified"} {
		if r.status != 0 || !strings.Contains(r.out, want) {
			t.Errorf("status %d, without %q:\n%s%s", r.status, want, r.out, r.err)
		}
	}
	for what, altered := range map[string]string{
		"another clone":      strings.ReplaceAll(string(proven), "rome.example", "oslo.example"),
		"another for others": strings.Replace(string(proven), `"subject":"https://rome.example`, `"subject":"https://oslo.example`, 1),
		"another tree":       strings.ReplaceAll(string(proven), strings.Repeat("ab", 32), strings.Repeat("cd", 32)),
		"no proof":           string(bare),
	} {
		if r := x.run(bundle([]byte(altered)), "verify", "-"); altered == string(proven) || r.status != 1 {
			t.Errorf("%s: %d\n%s%s", what, r.status, r.out, r.err)
		}
	}
}

// TestVerifyAddress: what is at an address on this machine is read where the
// settings let the node deal with such servers, or where it is asked for.
func TestVerifyAddress(t *testing.T) {
	t.Parallel()
	documents := map[string][]byte{}
	peer := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", activity.MediaType)
		_, _ = w.Write(documents[r.URL.Path])
	}))
	t.Cleanup(peer.Close)
	owner := peer.URL + "/organizations/council"
	key, err := httpsig.GenerateEd25519(owner + "#ed25519-key")
	if err != nil {
		t.Fatal(err)
	}
	bare, err := activity.Encode(activity.Stamp(lineage.Stamp{
		IRI: domain.IRI(peer.URL + "/processes/ways/clones/1"), Source: domain.IRI(peer.URL + "/processes/ways"), Owner: domain.IRI(owner),
		Clone: "https://rome.example/processes/vie", At: time.Date(2026, 5, 1, 8, 0, 0, 0, time.UTC),
	}))
	if err != nil {
		t.Fatal(err)
	}
	if documents["/processes/ways/clones/1"], err = httpsig.Prove(bare, key, time.Now()); err != nil {
		t.Fatal(err)
	}
	documents["/organizations/council"] = fmt.Appendf(nil, `{"@context":"https://www.w3.org/ns/activitystreams","id":%q,"type":"Organization","inbox":%q,`+
		`"assertionMethod":[{"id":%q,"type":"Multikey","controller":%q,"publicKeyMultibase":%q}]}`, owner, owner+"/inbox", key.ID, owner, key.Multibase())
	const mirror = "/stories/ways@riga.example"
	if documents[mirror+"/evidence"], err = json.Marshal(evidence.Bundle{Story: documents["/processes/ways/clones/1"]}); err != nil {
		t.Fatal(err)
	}
	for path, status := range map[string]int{mirror: 0, mirror + "/evidence": 0, mirror + "/other": 3} { // of another's story, as a node keeps it
		at := &terminal{t: t}
		if r := at.run("", "verify", peer.URL+path, "--loopback"); r.status != status || status == 0 && !strings.Contains(r.out, "\nverified") {
			t.Errorf("%s: status %d\n%s%s", path, r.status, r.out, r.err)
		}
	}
	private := []string{"INTERLINK_BASE_URL=http://127.0.0.1:8080", "INTERLINK_FEDERATION_ALLOW_PRIVATE=true", "INTERLINK_DATA_DIR=" + t.TempDir()}
	for what, x := range map[string]struct {
		environ []string
		flags   []string
		status  int
	}{
		"settings": {private, nil, 0}, "a flag": {nil, []string{"--loopback"}, 0}, "neither": {private[:1], nil, 3},
		"a public node": {append([]string{"INTERLINK_BASE_URL=https://riga.example"}, private[1:]...), nil, 3},
	} {
		at := &terminal{t: t, environ: x.environ}
		if r := at.run("", append([]string{"verify", peer.URL + "/processes/ways/clones/1"}, x.flags...)...); r.status != x.status || x.status == 0 && !strings.Contains(r.out, "\nverified") {
			t.Errorf("%s: status %d\n%s%s", what, r.status, r.out, r.err)
		}
	}
}

// TestVerifyGone: where the server of a partner says that it is no more, its
// signature is checked by the key that came along, and said so, unless it is one at
// another address than the partner's; the owner's is not.
func TestVerifyGone(t *testing.T) {
	t.Parallel()
	x := &terminal{t: t, environ: []string{"INTERLINK_DATA_DIR=" + t.TempDir()}}
	documents := map[string][]byte{}
	peer := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", activity.MediaType)
		if documents[r.URL.Path] == nil {
			w.WriteHeader(http.StatusGone)
		}
		_, _ = w.Write(documents[r.URL.Path])
	}))
	t.Cleanup(peer.Close)
	article := []byte(`{"@context":"https://www.w3.org/ns/activitystreams","id":"` + peer.URL + `/stories/ways","type":"Article","attributedTo":"` + peer.URL + `/organizations/council","name":"Ways","interlink:story":{"version":1,"results":{"en":"Half of them"}}}`)
	var b evidence.Bundle
	var proofs []json.RawMessage
	for _, name := range []string{"council", "walkers", "library"} {
		id := peer.URL + "/organizations/" + name
		at := id
		if name == "library" { // forged: by a key at an address there that is gone
			at = peer.URL + "/posts/1"
		}
		key, err := httpsig.GenerateEd25519(at + "#ed25519-key")
		if err != nil {
			t.Fatal(err)
		}
		b.Keys = append(b.Keys, evidence.Key{ID: key.ID, Controller: domain.IRI(id), Multibase: key.Multibase()})
		signed, err := httpsig.Prove(article, key, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		var doc struct{ Proof json.RawMessage }
		if err := json.Unmarshal(signed, &doc); err != nil {
			t.Fatal(err)
		}
		proofs = append(proofs, doc.Proof)
	}
	var err error
	if b.Story, err = httpsig.WithProofs(article, proofs...); err != nil {
		t.Fatal(err)
	}
	owner := string(b.Keys[0].Controller)
	documents["/organizations/council"] = fmt.Appendf(nil, `{"@context":"https://www.w3.org/ns/activitystreams","id":%q,"type":"Organization","inbox":%q,`+
		`"assertionMethod":[{"id":%q,"type":"Multikey","controller":%q,"publicKeyMultibase":%q}]}`, owner, owner+"/inbox", b.Keys[0].ID, owner, b.Keys[0].Multibase)
	if documents["/stories/ways/evidence"], err = json.Marshal(b); err != nil {
		t.Fatal(err)
	}
	documents["/stories/ways"] = b.Story
	r := x.run("", "verify", "--loopback", peer.URL+"/stories/ways")
	for _, want := range []string{"partner: " + b.Keys[1].ID + ": signed by a key that came with the file", "the organisation is no more", "partners that no longer exist", "(read from its server now)", "\nverified"} {
		if r.status != 0 || !strings.Contains(r.out, want) {
			t.Errorf("status %d, without %q:\n%s%s", r.status, want, r.out, r.err)
		}
	}
	for _, k := range b.Keys[1:] { // who made the file could have made these
		if strings.Contains(r.out, "signed by "+string(k.Controller)) {
			t.Errorf("%s has signed:\n%s", k.Controller, r.out)
		}
	}
	if strings.Contains(r.out, b.Keys[2].ID+": signed") {
		t.Errorf("a key at an address that is gone is somebody else's there:\n%s", r.out)
	}
	if r := x.run("", "verify", "--loopback", peer.URL+"/stories/ways", "--key", b.Keys[0].Multibase, "--key", b.Keys[1].Multibase); !strings.Contains(r.out, "partner: signed by "+string(b.Keys[1].Controller)) || !strings.Contains(r.out, "(known to you)") {
		t.Errorf("by a key that one knows: status %d\n%s%s", r.status, r.out, r.err)
	}
	if strings.Contains(r.out, "one by one") {
		t.Errorf("the key of who is no more was read from its server:\n%s", r.out)
	}
	delete(documents, "/organizations/council")
	if r := x.run("", "verify", "--loopback", peer.URL+"/stories/ways"); r.status != 3 || !strings.Contains(r.out, "COULD NOT BE CHECKED") {
		t.Errorf("an owner that is no more: status %d\n%s%s", r.status, r.out, r.err)
	}
}
