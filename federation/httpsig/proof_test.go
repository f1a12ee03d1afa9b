package httpsig_test

import (
	"crypto"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/mr-tron/base58"
	"pgregory.net/rapid"

	"interlink/domain"
	"interlink/federation/httpsig"
)

// The key pair of the published vectors (vc-di-eddsa §B, FEP-8b32).
const (
	vectorPublic = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"
	vectorSecret = "z3u2en7t5LR2WtQH5PfFqMqwVHBeXouLzo6haApm8XHqvjxq"
)

// vectorKey is the secret key of the vectors.
func vectorKey(t *testing.T, id string) *httpsig.Key {
	t.Helper()
	raw, err := base58.Decode(vectorSecret[1:])
	if err != nil || len(raw) != 2+ed25519.SeedSize {
		t.Fatalf("%d bytes, %v", len(raw), err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(ed25519.NewKeyFromSeed(raw[2:]))
	if err != nil {
		t.Fatal(err)
	}
	key, err := httpsig.ParseKey(id, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// fepUnsigned and fepValue are the vector of FEP-8b32.
const (
	fepUnsigned = `{
	"@context": ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/data-integrity/v2"],
	"id": "https://server.example/activities/1", "type": "Create", "actor": "https://server.example/users/alice",
	"object": {
		"id": "https://server.example/objects/1", "type": "Note", "attributedTo": "https://server.example/users/alice", "content": "Hello world",
		"location": {"type": "Place", "longitude": -71.184902, "latitude": 25.273962}
	}
}`
	fepValue = "z42ffGu6AUKPCFcFPiabmUvnGLPJzC7e4DGWC52NUasSSH37UMa9c58tdgVszUcZfytxa4fQ5TYHaJENCxUDe9SdL"
	fepTime  = "2023-02-24T23:36:38Z"
	fepKey   = "https://server.example/users/alice#ed25519-key"
)

// w3cSigned is the vector of vc-di-eddsa for eddsa-jcs-2022.
const w3cSigned = `{
	"@context": ["https://www.w3.org/ns/credentials/v2", "https://www.w3.org/ns/credentials/examples/v2"],
	"id": "urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33", "type": ["VerifiableCredential", "AlumniCredential"],
	"name": "Alumni Credential", "description": "A minimum viable example of an Alumni Credential.",
	"issuer": "https://vc.example/issuers/5678", "validFrom": "2023-01-01T00:00:00Z",
	"credentialSubject": {"id": "did:example:abcdefgh", "alumniOf": "The School of Examples"},
	"proof": {
		"type": "DataIntegrityProof", "cryptosuite": "eddsa-jcs-2022", "created": "2023-02-24T23:36:38Z",
		"verificationMethod": "did:key:z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2#z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2",
		"proofPurpose": "assertionMethod",
		"@context": ["https://www.w3.org/ns/credentials/v2", "https://www.w3.org/ns/credentials/examples/v2"],
		"proofValue": "z2HnFSSPPBzR36zdDgK8PbEHeXbR56YF24jwMpt3R1eHXQzJDMWS93FCzpvJpwTWd3GAVFuUfjoJdcnTMuVor51aX"
	}
}`

func members(t testing.TB, raw []byte) map[string]json.RawMessage {
	t.Helper()
	var doc map[string]json.RawMessage
	if err := json.Unmarshal(raw, &doc); err != nil {
		t.Fatal(err)
	}
	return doc
}

// verified parses and verifies a document's proof.
func verified(doc map[string]json.RawMessage, key crypto.PublicKey, now time.Time) error {
	p, err := httpsig.ParseProof(doc)
	if err != nil {
		return err
	}
	if p == nil {
		return domain.Fail(domain.NotFound, "no proof")
	}
	return p.Verify(key, now)
}

// TestProofVectors: what the specifications published, made and verified.
func TestProofVectors(t *testing.T) {
	public, err := httpsig.ParseMultibase(vectorPublic)
	if err != nil {
		t.Fatal(err)
	}
	key := vectorKey(t, fepKey)
	if key.Multibase() != vectorPublic {
		t.Errorf("the public key is written as %s", key.Multibase())
	}
	at, err := time.Parse(time.RFC3339, fepTime)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := httpsig.Prove([]byte(fepUnsigned), key, at)
	if err != nil {
		t.Fatal(err)
	}
	var proof struct{ ProofValue string }
	if err := json.Unmarshal(members(t, signed)["proof"], &proof); err != nil || proof.ProofValue != fepValue {
		t.Errorf("FEP-8b32: the proof is %s (%v)", proof.ProofValue, err)
	}
	for name, raw := range map[string][]byte{"FEP-8b32": signed, "vc-di-eddsa": []byte(w3cSigned)} {
		if err := verified(members(t, raw), public, at); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestProveAround: the proof of a document whose value is written part by part is
// that of the document whole, wherever the value stands and whatever is around it.
func TestProveAround(t *testing.T) {
	key := vectorKey(t, fepKey)
	at, err := time.Parse(time.RFC3339, fepTime)
	if err != nil {
		t.Fatal(err)
	}
	for _, around := range []string{
		`{"@context":["https://www.w3.org/ns/activitystreams"],"type":"Document","x:large":{}}`,
		`{"x:large":{},"a":1.50,"z":"\"x:large\":{}"}`, `{"\u0000":{"x":{}},"x:large":{}}`,
	} {
		for _, value := range []string{`{}`, `{"a":"` + strings.Repeat(`é\"`, 1000) + `"}`, `[1,2,{"b":null}]`} {
			raw := []byte(strings.Replace(around, `"x:large":{}`, `"x:large":`+value, 1))
			whole, err := httpsig.Prove(raw, key, at)
			if err != nil {
				t.Fatal(err)
			}
			proof, err := httpsig.ProveAround([]byte(around), "x:large", func(to io.Writer) error {
				_, err := io.Copy(struct{ io.Writer }{to}, iotest.OneByteReader(strings.NewReader(value)))
				return err
			}, key, at)
			if err != nil || string(proof) != string(members(t, whole)["proof"]) {
				t.Errorf("around %s: %s (%v), not %s", around, proof, err, members(t, whole)["proof"])
			}
		}
	}
	gone := errors.New("gone")
	if _, err := httpsig.ProveAround([]byte(`{"x":{}}`), "x", func(io.Writer) error { return gone }, key, at); !errors.Is(err, gone) {
		t.Errorf("what cannot be read: %v", err)
	}
	if _, err := httpsig.ProveAround([]byte(`{"x":"\"y\":{}"}`), "y", func(io.Writer) error { return nil }, key, at); domain.CodeOf(err) != domain.Invalid {
		t.Errorf("no place: %v", err)
	}
}

// TestProofTampering: a document of any kind is proven; whatever is changed in
// it, or in the proof, it does not hold any more.
func TestProofTampering(t *testing.T) {
	key, err := httpsig.GenerateEd25519("https://city.example/users/ana#ed25519-key")
	if err != nil {
		t.Fatal(err)
	}
	other, err := httpsig.GenerateEd25519(key.ID)
	if err != nil {
		t.Fatal(err)
	}
	public, err := httpsig.ParseMultibase(key.Multibase())
	if err != nil {
		t.Fatal(err)
	}
	foreign, err := httpsig.ParseMultibase(other.Multibase())
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	value := rapid.OneOf(
		rapid.Map(rapid.String(), func(s string) any { return s }),
		rapid.Map(rapid.Int32(), func(n int32) any { return n }),
		rapid.Map(rapid.Float64Range(-1e15, 1e15), func(n float64) any { return n }),
		rapid.Map(rapid.SliceOfN(rapid.StringMatching(`[a-zé€😀"\\<>&\x{2028}]{0,8}`), 0, 3), func(l []string) any { return l }),
		rapid.Just(any(nil)), rapid.Just(any(true)),
	)
	rapid.Check(t, func(rt *rapid.T) {
		doc := rapid.MapOfN(rapid.StringMatching(`[a-z]{1,6}`), value, 1, 6).Draw(rt, "document")
		delete(doc, "proof")
		delete(doc, "signature")
		doc["@context"] = []string{"https://www.w3.org/ns/activitystreams", "https://w3id.org/security/data-integrity/v2"}
		raw, err := json.Marshal(doc)
		if err != nil {
			rt.Fatal(err)
		}
		signed, err := httpsig.Prove(raw, key, now)
		if err != nil {
			rt.Fatal(err)
		}
		// Servers write the same values in other bytes.
		var read map[string]any
		if err := json.Unmarshal(signed, &read); err != nil {
			rt.Fatal(err)
		}
		written, err := json.MarshalIndent(read, "", "  ")
		if err != nil {
			rt.Fatal(err)
		}
		for _, form := range [][]byte{signed, written} {
			if err := verified(members(t, form), public, now); err != nil {
				rt.Fatalf("%v of %s", err, form)
			}
			if verified(members(t, form), foreign, now) == nil {
				rt.Fatal("it holds with another key")
			}
		}
		proof := read["proof"].(map[string]any)
		what := rapid.SampledFrom([]string{"add", "remove", "change", "context", "created", "method", "value", "future"}).Draw(rt, "what")
		switch what {
		case "add":
			read["zzzzzzz"] = 1
		case "remove":
			delete(read, rapid.SampledFrom(keysOf(doc)).Draw(rt, "member"))
		case "change":
			read[rapid.SampledFrom(keysOf(doc)).Draw(rt, "member")] = "something else entirely"
		case "context":
			proof["@context"] = []string{"https://www.w3.org/ns/activitystreams"}
		case "created":
			proof["created"] = "2026-11-24T11:59:59Z"
		case "method":
			proof["verificationMethod"] = "https://city.example/users/bo#ed25519-key"
		case "value":
			proof["proofValue"] = fepValue
		case "future":
			if verified(members(t, signed), public, now.Add(-time.Hour)) == nil {
				rt.Fatal("a proof of the future holds")
			}
			return
		}
		forged, err := json.Marshal(read)
		if err != nil {
			rt.Fatal(err)
		}
		if err := verified(members(t, forged), public, now); domain.CodeOf(err) != domain.Unauthenticated {
			rt.Fatalf("%s: %v", what, err)
		}
	})
}

func keysOf(m map[string]any) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	return keys
}

// TestOddProofs: several proofs, none, broken ones, numbers that are not exact.
func TestOddProofs(t *testing.T) {
	public, err := httpsig.ParseMultibase(vectorPublic)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	doc := func(replace ...string) map[string]json.RawMessage {
		t.Helper()
		return members(t, []byte(strings.NewReplacer(replace...).Replace(w3cSigned)))
	}
	if p, err := httpsig.ParseProof(members(t, []byte(`{"id": "x"}`))); p != nil || err != nil {
		t.Errorf("no proof: %v %v", p, err)
	}
	if p, err := httpsig.ParseProof(doc("eddsa-jcs-2022", "mldsa44-jcs-2024")); p != nil || err != nil {
		t.Errorf("a proof that others verify: %v %v", p, err)
	}
	several := doc()
	several["proof"] = json.RawMessage(`[{"type": "DataIntegrityProof", "cryptosuite": "bbs-2023"}, ` + string(several["proof"]) + `]`)
	if err := verified(several, public, now); err != nil {
		t.Errorf("the second of two proofs: %v", err)
	}
	linked := doc()
	linked["signature"] = json.RawMessage(`{"type": "RsaSignature2017"}`)
	if err := verified(linked, public, now); err != nil {
		t.Errorf("beside a Linked Data signature: %v", err)
	}
	for name, broken := range map[string]map[string]json.RawMessage{
		"another purpose":     doc("assertionMethod", "authentication"),
		"no method":           doc(`"verificationMethod"`, `"verification"`),
		"no value":            doc(`"proofValue"`, `"value"`),
		"another base":        doc(`"z2Hn`, `"u2Hn`),
		"not base58":          doc(`"z2Hn`, `"z0OIl`),
		"a short value":       doc("z2HnFSSPPBzR36zdDgK8PbEHeXbR56YF24jwMpt3R1eHXQzJDMWS93FCzpvJpwTWd3GAVFuUfjoJdcnTMuVor51aX", "z2Hn"),
		"a huge value":        doc("z2HnFSS", "z"+strings.Repeat("2", 100_000)),
		"no time":             doc("2023-02-24T23:36:38Z", "yesterday"),
		"proof is a string":   {"proof": json.RawMessage(`"x"`)},
		"proof is a list":     {"proof": json.RawMessage(`[[], 1]`)},
		"a hundred proofs":    {"proof": json.RawMessage(`[` + strings.Repeat("{},", 99) + `{}]`)},
		"an inexact number":   doc(`"validFrom": "2023-01-01T00:00:00Z"`, `"validFrom": 9007199254740993`),
		"an endless number":   doc(`"validFrom": "2023-01-01T00:00:00Z"`, `"validFrom": `+strings.Repeat("9", 1000)),
		"a context in a name": doc(`"https://www.w3.org/ns/credentials/v2", "https`, `{"a": 1}, "https`),
	} {
		if err := verified(broken, public, now); domain.CodeOf(err) != domain.Unauthenticated {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, bad := range []string{"", "z", "x6Mk", "z6Mk", vectorPublic + "1", "z" + strings.Repeat("1", 200), "zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme"} {
		if _, err := httpsig.ParseMultibase(bad); domain.CodeOf(err) != domain.Unauthenticated {
			t.Errorf("the key %q: %v", bad, err)
		}
	}
}

// FuzzProof: whatever a document with a proof is, reading it ends in an
// answer, and only what was signed holds.
func FuzzProof(f *testing.F) {
	f.Add([]byte(w3cSigned))
	f.Add([]byte(`{"@context": [], "proof": {"type": "DataIntegrityProof", "cryptosuite": "eddsa-jcs-2022", "proofPurpose": "assertionMethod", "verificationMethod": "x", "proofValue": "z1"}}`))
	f.Add([]byte(`{"proof": [null, {"@context": {}}], "a": 1e400}`))
	public, err := httpsig.ParseMultibase(vectorPublic)
	if err != nil {
		f.Fatal(err)
	}
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, raw []byte) {
		var doc map[string]json.RawMessage
		if json.Unmarshal(raw, &doc) != nil {
			return
		}
		if verified(doc, public, now) == nil && !strings.Contains(string(raw), "z2HnFSSPPBzR36zdDgK8PbEHeXbR56YF24jwMpt3R1eHXQzJDMWS93FCzpvJpwTWd3GAVFuUfjoJdcnTMuVor51aX") {
			t.Errorf("it verifies: %s", raw)
		}
	})
}

func BenchmarkProve(b *testing.B) {
	key, err := httpsig.GenerateEd25519(fepKey)
	if err != nil {
		b.Fatal(err)
	}
	now := time.Now()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := httpsig.Prove([]byte(fepUnsigned), key, now); err != nil {
			b.Fatal(err)
		}
	}
}

// TestProofSet: each proof of a set is over the document without any, holds by
// its own key alone, and reading them leaves the document as it was.
func TestProofSet(t *testing.T) {
	t.Parallel()
	first, second := vectorKey(t, fepKey), mustEd25519(t, "https://partner.example/organizations/x#ed25519-key")
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	proofOf := func(key *httpsig.Key) json.RawMessage {
		signed, err := httpsig.Prove([]byte(fepUnsigned), key, now)
		if err != nil {
			t.Fatal(err)
		}
		return members(t, signed)["proof"]
	}
	set, err := httpsig.WithProofs([]byte(fepUnsigned), proofOf(first), proofOf(second))
	if err != nil {
		t.Fatal(err)
	}
	doc := members(t, set)
	before := string(doc["proof"])
	proofs, err := httpsig.ParseProofs(doc)
	if err != nil || len(proofs) != 2 || string(doc["proof"]) != before {
		t.Fatalf("%d proofs (%v) of %s, which was %s", len(proofs), err, doc["proof"], before)
	}
	for i, key := range []string{first.Multibase(), second.Multibase()} {
		for j, p := range proofs {
			public, err := httpsig.ParseMultibase(key)
			if err != nil {
				t.Fatal(err)
			}
			if holds := p.Verify(public, now) == nil; holds != (i == j) {
				t.Errorf("proof %d by key %d: %v", j, i, holds)
			}
		}
	}
	bare, err := httpsig.WithProofs(set)
	if err != nil || members(t, bare)["proof"] != nil {
		t.Errorf("without proofs: %s, %v", bare, err)
	}
	if _, err := httpsig.WithProofs([]byte("[]")); domain.CodeOf(err) != domain.Invalid {
		t.Errorf("a list: %v", err)
	}
}

func mustEd25519(t *testing.T, id string) *httpsig.Key {
	t.Helper()
	key, err := httpsig.GenerateEd25519(id)
	if err != nil {
		t.Fatal(err)
	}
	return key
}
