package main

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"interlink/federation/activity"
	"interlink/federation/evidence"
	"interlink/federation/httpsig"
)

// signers is a server with a council and a partner that have a key, and one whose key was
// replaced, and one that is gone.
type signers struct {
	*httptest.Server
	documents map[string]string
	keys      map[string]*httpsig.Key
}

func newSigners(t *testing.T) *signers {
	t.Helper()
	s := &signers{documents: map[string]string{}, keys: map[string]*httpsig.Key{}}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", activity.MediaType)
		if document, ok := s.documents[r.URL.Path]; ok {
			_, _ = w.Write([]byte(document))
			return
		}
		status := http.StatusNotFound
		if strings.HasPrefix(r.URL.Path, "/organizations/gone") {
			status = http.StatusGone
		}
		w.WriteHeader(status)
	}))
	t.Cleanup(s.Close)
	for _, name := range []string{"council", "partner", "rotated", "gone"} {
		owner := s.URL + "/organizations/" + name
		key, err := httpsig.GenerateEd25519(owner + "#ed25519-key")
		if err != nil {
			t.Fatal(err)
		}
		s.keys[name] = key
		named := key.ID
		if name == "rotated" {
			named += "-2"
		}
		if name != "gone" {
			s.documents["/organizations/"+name] = fmt.Sprintf(`{"@context":"https://www.w3.org/ns/activitystreams","id":%q,"type":"Organization","inbox":%q,`+
				`"assertionMethod":[{"id":%q,"type":"Multikey","controller":%q,"publicKeyMultibase":%q}]}`, owner, owner+"/inbox", named, owner, key.Multibase())
		}
	}
	return s
}

// sign signs a document of somebody at a path, with further members.
func (s *signers) sign(t *testing.T, by, path, members string) []byte {
	t.Helper()
	owner := s.URL + "/organizations/" + by
	document := fmt.Sprintf(`{"@context":"https://www.w3.org/ns/activitystreams","id":%q,"type":"Article","attributedTo":%q,"name":"Ways"%s}`, s.URL+path, owner, members)
	signed, err := httpsig.Prove([]byte(document), s.keys[by], time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

// TestVerifyKinds: each kind of thing, how it ends, and what is said of it.
func TestVerifyKinds(t *testing.T) {
	t.Parallel()
	s := newSigners(t)
	serve := func(path string, document []byte) string {
		s.documents[path] = string(document)
		return s.URL + path
	}
	dir := t.TempDir()
	file := func(name string, content []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	actor := func(path, more string) string {
		return serve(path, fmt.Appendf(nil, `{"@context":"https://www.w3.org/ns/activitystreams","id":%q,"type":"Group","inbox":%q%s}`, s.URL+path, s.URL+path+"/inbox", more))
	}
	story := s.sign(t, "council", "/stories/ways", "")
	bundle, err := json.Marshal(evidence.Bundle{Story: story, Keys: []evidence.Key{{ID: s.keys["council"].ID, Controller: "", Multibase: s.keys["council"].Multibase()}}})
	if err != nil {
		t.Fatal(err)
	}
	whole := bytes.Replace(bundle, []byte(`"controller":""`), fmt.Appendf(nil, `"controller":%q`, s.URL+"/organizations/council"), 1)
	packed := zipped(t, map[string][]byte{"stories/ways.json": whole, "posts/1.json": []byte(`{"note":"not signed"}`)}, nil)
	damaged := zipped(t, map[string][]byte{"stories/ways.json": whole}, map[string]string{"stories/ways.json": strings.Repeat("0", 64)})
	odd := zipped(t, map[string][]byte{"ways\nverified\x1b[8m.json": whole}, nil)
	lost := httptest.NewServer(http.NotFoundHandler())
	lost.Close()

	for what, x := range map[string]struct {
		args   []string
		status int
		says   string
	}{
		"a story at its address":        {[]string{serve("/stories/ways", story)}, 0, "not checked:\n    - Whether what it tells is so"},
		"a schema":                      {[]string{serve("/schemas/ways", s.sign(t, "council", "/schemas/ways", `,"interlink:schema":{"key":"ways"}`))}, 0, "\nverified"},
		"a story, altered":              {[]string{serve("/stories/altered", bytes.Replace(s.sign(t, "council", "/stories/altered", ""), []byte("Ways"), []byte("Days"), 1))}, 1, "NOT VERIFIED: The signature does not hold"},
		"a story without a proof":       {[]string{serve("/stories/bare", fmt.Appendf(nil, `{"id":%q,"type":"Article","attributedTo":%q}`, s.URL+"/stories/bare", s.URL+"/organizations/council"))}, 1, "NOT VERIFIED: its owner did not sign it"},
		"of another server":             {[]string{serve("/stories/foreign", fmt.Appendf(nil, `{"id":%q,"type":"Article","attributedTo":"https://riga.example/organizations/council"}`, s.URL+"/stories/foreign"))}, 1, "NOT VERIFIED: it is not from the server"},
		"a process":                     {[]string{actor("/processes/ways", `,"interlink:process":{}`)}, 3, "it is a process"},
		"a community":                   {[]string{actor("/communities/ways", `,"interlink:community":{}`)}, 3, "it is a community"},
		"an organisation":               {[]string{s.URL + "/organizations/council"}, 3, "it is somebody (type Organization)"},
		"by a key that was replaced":    {[]string{serve("/stories/rotated", s.sign(t, "rotated", "/stories/rotated", ""))}, 3, "replaced or removed"},
		"by one that is known":          {[]string{s.URL + "/stories/rotated", "--key", s.keys["rotated"].Multibase()}, 0, "(known to you)"},
		"by another that is known":      {[]string{s.URL + "/stories/rotated", "--key", s.keys["gone"].Multibase()}, 3, "replaced or removed"},
		"by who is gone":                {[]string{serve("/stories/gone", s.sign(t, "gone", "/stories/gone", ""))}, 3, "its key is not to be had"},
		"nothing at the address":        {[]string{s.URL + "/stories/none"}, 3, "could not be read"},
		"a server that does not answer": {[]string{lost.URL + "/stories/ways"}, 3, "could not be read"},
		"evidence":                      {[]string{file("evidence.json", whole)}, 0, "verified against the keys that came with the file"},
		"evidence, with its server":     {[]string{file("asked.json", whole), "--ask"}, 0, "later version by now"},
		"evidence without a key":        {[]string{file("keyless.json", bytes.Replace(whole, []byte(`"keys"`), []byte(`"kees"`), 1))}, 3, "did not come with the file"},
		"evidence, cut off":             {[]string{file("cut.json", whole[:len(whole)/2])}, 3, "it was cut off"},
		"an empty file":                 {[]string{file("empty.json", nil)}, 3, "it is empty"},
		"a PDF":                         {[]string{file("ways.pdf", []byte("%PDF-1.7 …"))}, 3, "it is a PDF"},
		"a web page":                    {[]string{file("ways.html", []byte("<!doctype html>"))}, 3, "it is a web page"},
		"broken JSON":                   {[]string{file("broken.json", []byte(`{"id":}`))}, 3, "it is no JSON"},
		"what a story shows, alone":     {[]string{file("snapshot.json", []byte(`{"process":{},"takenAt":"2026-01-01T00:00:00Z"}`))}, 3, "has no signature of its own"},
		"no file":                       {[]string{filepath.Join(dir, "none.json")}, 3, "no such file"},
		"an archive":                    {[]string{file("whole.zip", packed)}, 0, "1 signed documents"},
		"its hash, to be compared":      {[]string{file("whole.zip", packed)}, 0, fmt.Sprintf("whole.zip, SHA-256 %x\n", sha256.Sum256(packed))},
		"an archive by its own keys":    {[]string{file("along.zip", packed)}, 0, "verified against the keys that came with the file"},
		"an archive by a known key":     {[]string{file("known.zip", packed), "--key", s.keys["council"].Multibase()}, 0, "\nverified\n"},
		"an archive by another key":     {[]string{file("other.zip", packed), "--key", s.keys["gone"].Multibase()}, 1, "none of those you know"},
		"an archive with odd names":     {[]string{file("odd.zip", odd)}, 0, "ways verified [8m.json: verified"},
		"an archive with a part twice":  {[]string{file("twice.zip", zipped(t, map[string][]byte{"stories/ways.json": whole, "x.json": {'1'}}, nil, "x.json"))}, 1, "x.json: NOT VERIFIED: it is there twice"},
		"an archive, damaged":           {[]string{file("damaged.zip", damaged)}, 1, "it is not what the manifest has"},
		"an archive, cut off":           {[]string{file("cut.zip", packed[:len(packed)-30])}, 3, "cut off or damaged"},
		"an archive of nothing signed":  {[]string{file("bare.zip", zipped(t, map[string][]byte{"process.json": []byte(`{}`)}, nil))}, 3, "nothing in it is signed"},
	} {
		x.args = append(append([]string{"verify"}, x.args...), "--loopback")
		r := (&terminal{t: t}).run("", x.args...)
		if r.status != x.status || !strings.Contains(r.out, x.says) || x.status == 3 && !strings.Contains(r.out, "What to do: ") {
			t.Errorf("%s: status %d, not %d, or without %q:\n%s%s", what, r.status, x.status, x.says, r.out, r.err)
		}
	}
}

// TestVerifyPartners: that the signatures of partners were checked is said where
// the key of each was to be had.
func TestVerifyPartners(t *testing.T) {
	t.Parallel()
	s := newSigners(t)
	const said = "Whether partners signed the same words was checked"
	for partner, checked := range map[string]bool{"partner": true, "gone": false} {
		path := "/stories/with-" + partner
		bare := fmt.Appendf(nil, `{"@context":"https://www.w3.org/ns/activitystreams","id":%q,"type":"Article","attributedTo":%q,"name":"Ways"}`, s.URL+path, s.URL+"/organizations/council")
		var proofs []json.RawMessage
		for _, key := range []*httpsig.Key{s.keys["council"], s.keys[partner]} {
			signed, err := httpsig.Prove(bare, key, time.Now())
			if err != nil {
				t.Fatal(err)
			}
			var doc map[string]json.RawMessage
			if err := json.Unmarshal(signed, &doc); err != nil {
				t.Fatal(err)
			}
			proofs = append(proofs, doc["proof"])
		}
		whole, err := httpsig.WithProofs(bare, proofs...)
		if err != nil {
			t.Fatal(err)
		}
		s.documents[path] = string(whole)
		if r := (&terminal{t: t}).run("", "verify", s.URL+path, "--loopback"); r.status != 0 || strings.Contains(r.out, said) != checked {
			t.Errorf("with %s: status %d\n%s%s", partner, r.status, r.out, r.err)
		}
	}
}

// zipped makes an archive; with what the manifest is to have in the place of the
// hashes of its parts, and some of them there again, empty.
func zipped(t *testing.T, parts map[string][]byte, wrong map[string]string, again ...string) []byte {
	t.Helper()
	type part struct {
		Path   string `json:"path"`
		SHA256 string `json:"sha256"`
	}
	var listed []part
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	write := func(name string, content []byte) {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write(content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range again {
		write(name, nil)
	}
	for name, content := range parts {
		write(name, content)
		sum := sha256.Sum256(content)
		hash := hex.EncodeToString(sum[:])
		if wrong[name] != "" {
			hash = wrong[name]
		}
		listed = append(listed, part{name, hash})
	}
	manifest, err := json.Marshal(map[string]any{"parts": listed})
	if err != nil {
		t.Fatal(err)
	}
	write("manifest.json", manifest)
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
