package nodearchive_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"interlink/domain"
	"interlink/domain/nodearchive"
	"interlink/domain/portable"
)

var head = nodearchive.Head{IRI: "https://a.example/actor", Name: "A", Software: "1", ExportedAt: time.Date(2026, 3, 1, 12, 0, 0, 123000, time.UTC)}

type content struct {
	part nodearchive.Part
	body string
}

// archive writes an archive of some parts.
func archive(t interface{ Fatal(...any) }, parts []content, left ...nodearchive.Left) []byte {
	var b bytes.Buffer
	w := nodearchive.NewWriter(&b, head)
	for _, c := range parts {
		if _, err := w.Add(c.part, func(to io.Writer) error { _, err := io.WriteString(to, c.body); return err }); err != nil {
			t.Fatal(err)
		}
	}
	for _, l := range left {
		w.Leave(l)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func read(raw []byte) (*nodearchive.Archive, error) {
	return nodearchive.Read(bytes.NewReader(raw), int64(len(raw)))
}

// bodies reads all parts.
func bodies(t interface{ Fatal(...any) }, a *nodearchive.Archive) []content {
	var out []content
	for _, p := range a.Parts {
		r, err := a.Open(p)
		if err != nil {
			t.Fatal(err)
		}
		raw, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = r.Close()
		out = append(out, content{p, string(raw)})
	}
	return out
}

// TestRoundTrip: whatever is written is read as it was, and what is written of
// what was read is the same archive, byte for byte.
func TestRoundTrip(t *testing.T) {
	t.Parallel()
	kinds := []nodearchive.Kind{nodearchive.Organizations, nodearchive.Versions, nodearchive.Processes, nodearchive.Communities, nodearchive.Stories, nodearchive.Settings}
	suffix := map[nodearchive.Kind]string{nodearchive.Processes: ".zip", nodearchive.Communities: ".zip"}
	rapid.Check(t, func(t *rapid.T) {
		var parts []content
		seen := map[string]bool{}
		for range rapid.IntRange(0, 8).Draw(t, "parts") {
			kind := rapid.SampledFrom(kinds).Draw(t, "kind")
			end := suffix[kind]
			if end == "" {
				end = ".json"
			}
			path := fmt.Sprintf("%s/%s%s", kind, rapid.StringMatching(`[a-z0-9_]{1,12}`).Draw(t, "name"), end)
			if seen[path] {
				continue
			}
			seen[path] = true
			parts = append(parts, content{nodearchive.Part{Path: path, Kind: kind, IRI: "https://a.example/x"}, string(rapid.SliceOfN(rapid.Byte(), 0, 300).Draw(t, "body"))})
		}
		left := nodearchive.Left{What: "processes", Reason: nodearchive.LeftPrivate, Count: rapid.IntRange(0, 9).Draw(t, "private")}
		raw := archive(t, parts, left)
		a, err := read(raw)
		if err != nil {
			t.Fatal(err)
		}
		again := bodies(t, a)
		if len(again) != len(parts) || len(a.Unknown) > 0 || a.Left[0] != left || a.IRI != head.IRI || !a.ExportedAt.Equal(head.ExportedAt) {
			t.Fatalf("read as %+v", a.Manifest)
		}
		for i := range parts {
			if again[i].body != parts[i].body || again[i].part.Path != parts[i].part.Path || again[i].part.Size != int64(len(parts[i].body)) {
				t.Fatalf("part %d is %+v", i, again[i])
			}
		}
		if !bytes.Equal(archive(t, again, a.Left...), raw) {
			t.Fatal("written again it is another archive")
		}
	})
}

// zipped makes a ZIP of members as they are, in order.
func zipped(members ...string) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i+1 < len(members); i += 2 {
		w, err := z.CreateHeader(&zip.FileHeader{Name: members[i], Method: zip.Deflate})
		if err == nil {
			_, err = io.WriteString(w, members[i+1])
		}
		if err != nil {
			panic(err)
		}
	}
	if err := z.Close(); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// altered is the manifest of an archive, with some members changed.
func altered(t interface{ Fatal(...any) }, raw []byte, change map[string]any) string {
	z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	f, err := z.Open("manifest.json")
	if err != nil {
		t.Fatal(err)
	}
	m := map[string]any{}
	if err := json.NewDecoder(f).Decode(&m); err != nil {
		t.Fatal(err)
	}
	maps.Copy(m, change)
	out, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// hostile are archives that are none, or not what they say.
func hostile(t interface{ Fatal(...any) }) map[string][]byte {
	const name, body = "organizations/city.json", "{}"
	good := archive(t, []content{{nodearchive.Part{Path: name, Kind: nodearchive.Organizations}, body}})
	part := func(path string, kind nodearchive.Kind, size int64) map[string]any {
		return map[string]any{"parts": []nodearchive.Part{{Path: path, Kind: kind, SHA256: strings.Repeat("0", 64), Size: size}}}
	}
	with := func(change map[string]any, members ...string) []byte {
		return zipped(append(members, "manifest.json", altered(t, good, change))...)
	}
	large := bytes.Clone(good)
	copy(large[len(large)-22+12:], []byte{0xfe, 0xff, 0xff, 0xff}) // the length of its directory
	return map[string][]byte{
		"nothing":                nil,
		"no ZIP":                 []byte("PK, but no archive of anything"),
		"half of it":             good[:len(good)/2],
		"no manifest":            zipped(name, body),
		"a manifest that is not": zipped("manifest.json", "[1"),
		"two of one name":        with(nil, name, body, name, body),
		"a part that is missing": with(nil),
		"a part of another size": with(nil, name, body+" "),
		"a part named twice":     with(map[string]any{"parts": []nodearchive.Part{{Path: name, Kind: nodearchive.Organizations, SHA256: strings.Repeat("0", 64), Size: 2}, {Path: name, Kind: nodearchive.Organizations, SHA256: strings.Repeat("0", 64), Size: 2}}}, name, body),
		"a way out":              with(part("organizations/../../etc/passwd", nodearchive.Organizations, 2), "organizations/../../etc/passwd", body),
		"an absolute path":       with(part("/etc/passwd", nodearchive.Settings, 2), "/etc/passwd", body),
		"a version elsewhere":    with(part("versions/../x.json", nodearchive.Versions, 2), "versions/../x.json", body),
		"a NUL in a name":        with(part("versions/a\x00.json", nodearchive.Versions, 2), "versions/a\x00.json", body),
		"another folder":         with(part(name, nodearchive.Processes, 2), name, body),
		"less than nothing":      with(part(name, nodearchive.Organizations, -1), name, body),
		"a bomb":                 with(part(name, nodearchive.Organizations, 1<<40), name, body),
		"another version":        with(map[string]any{"version": 2}, name, body),
		"a process":              with(map[string]any{"kind": "process"}, name, body),
		"another format":         with(map[string]any{"format": "x"}, name, body),
		"of nobody":              with(map[string]any{"id": "javascript:1"}, name, body),
		"too large a directory":  large,
	}
}

// TestReadRefuses: what is no archive of a node, or is not what it says, is
// refused with a reason.
func TestReadRefuses(t *testing.T) {
	t.Parallel()
	for name, raw := range hostile(t) {
		_, err := read(raw)
		if code := domain.CodeOf(err); code != domain.Invalid && code != domain.TooLarge {
			t.Errorf("%s: %v", name, err)
		}
	}
	raw := archive(t, []content{{nodearchive.Part{Path: "pets/rex.json", Kind: "pets"}, "{}"}})
	if a, err := read(raw); err != nil || len(a.Parts) != 1 {
		t.Errorf("a kind that nobody knows yet: %v", err)
	}
	if _, err := portable.Read(bytes.NewReader(raw), int64(len(raw))); domain.CodeOf(err) != domain.Invalid {
		t.Errorf("taken for a process: %v", err)
	}
}

// FuzzRead: no archive makes the reader fail otherwise than with a reason, and
// no part gives more bytes than it says, and one.
func FuzzRead(f *testing.F) {
	for _, raw := range hostile(f) {
		f.Add(raw)
	}
	f.Add(archive(f, []content{{nodearchive.Part{Path: "catalogue.json", Kind: nodearchive.Catalogue, IRI: "https://a.example/catalogue"}, "{}"}}))
	f.Add(archive(f, []content{{nodearchive.Part{Path: "versions/interlinker-a.json", Kind: nodearchive.Versions, IRI: "https://a.example/interlinkers/a"}, `{"kind":"interlinker","versions":[]}`}}))
	f.Fuzz(func(t *testing.T, raw []byte) {
		a, err := read(raw)
		if err != nil {
			if code := domain.CodeOf(err); code != domain.Invalid && code != domain.TooLarge {
				t.Fatal(err)
			}
			return
		}
		for _, p := range a.Parts {
			r, err := a.Open(p)
			if err != nil {
				continue
			}
			n, _ := io.Copy(io.Discard, r)
			_ = r.Close()
			if n > p.Size+1 {
				t.Fatalf("%s gives %d bytes", p.Path, n)
			}
		}
	})
}
