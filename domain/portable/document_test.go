package portable_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"interlink/domain"
	"interlink/domain/portable"
)

// TestDocumentAsWhole: a document is written in the bytes in which it was when it
// was whole in memory, and read whatever the order of its members.
func TestDocumentAsWhole(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d, _ := process(t)
		want, err := json.MarshalIndent(d, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		raw, err := d.Encode()
		if err != nil || !bytes.Equal(raw, append(want, '\n')) {
			t.Fatalf("%v\n%s\n%s", err, raw, want)
		}
		var members map[string]json.RawMessage
		if err := json.Unmarshal(raw, &members); err != nil {
			t.Fatal(err)
		}
		members["xOfAnotherProgram"] = json.RawMessage(`{"items":[{"deep":[[]]}]}`)
		var mixed []string
		for name, value := range members { // in any order
			mixed = append(mixed, fmt.Sprintf("%q : %s", name, value))
		}
		again, err := portable.Decode(head, []byte("{"+strings.Join(mixed, " , ")+"}"))
		if err != nil {
			t.Fatal(err)
		}
		if other, err := again.Encode(); err != nil || !bytes.Equal(other, raw) {
			t.Fatalf("in another order (%v):\n%s\n%s", err, other, raw)
		}
	})
}

// TestBrokenPlaces: what is refused says where in the file.
func TestBrokenPlaces(t *testing.T) {
	t.Parallel()
	resource := strings.TrimSuffix(strings.SplitAfterN(withResource(1), `"resources":[`, 2)[1], "]}")
	for document, place := range map[string]string{
		fmt.Sprintf(small, phase(1, "")+","+phase(2, `,"parent":"`+string(id(9))+`"`)): "items[1]",
		fmt.Sprintf(small, phase(1, "")+`,{"id":7}`):                                   "items[1]",
		fmt.Sprintf(small, phase(1, "")+","+phase(2, `,"complexity":200`)):             "items[1] p",
		fmt.Sprintf(small, phase(1, fmt.Sprintf(`,"prerequisites":[%q]`, id(3)))):      "items[0]",
		fmt.Sprintf(small, "") + "x":                                                   "process.json",
		saying(`"resources":[` + resource + "," + resource + "]"):                      "resources[1] f",
		saying(`"itemſ":[]`):                                "itemſ",
		saying(`"summary":{"en":"s"},"ſummary":{"lv":"s"}`): "ſummary",
		saying(`"Items":[]`):                                "Items",
		saying(`"history":[{"at":"2026-03-01T12:00:00Z","kind":"x","item":"y"}]`):                   "history[0]",
		saying(`"clones":[{"id":"nowhere"}]`):                                                       "clones[0]",
		saying(cloned + `,"known":{"x":{"item":{"id":"x","kind":"phase","position":0,"name":{}}}}`): "known[0]",
		saying(`"grants":{}`): "grants",
	} {
		_, err := portable.Decode(head, []byte(document))
		if domain.CodeOf(err) != domain.Invalid || !strings.Contains(err.Error(), "["+place) {
			t.Errorf("%s: %v, not at %s", document, err, place)
		}
	}
	for name, more := range map[string]string{
		"a long value": `"items2":"` + strings.Repeat("x", 17<<20) + `"`, "a long list": `"history":[` + strings.TrimSuffix(strings.Repeat(`{"at":"2026-03-01T12:00:00Z","kind":"x"},`, 20_001), ",") + "]",
	} {
		if _, err := portable.Decode(head, []byte(saying(more))); domain.CodeOf(err) != domain.TooLarge {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestDocumentMemory: of an archive with 5,000 items there is as much in memory as
// of one with 500, and their outline.
func TestDocumentMemory(t *testing.T) {
	text := strings.Repeat("What is to be done here, and why. ", 40)
	held := func(items int) uint64 {
		var b strings.Builder
		for n := range items {
			if n > 0 {
				b.WriteByte(',')
			}
			b.WriteString(phase(n, fmt.Sprintf(`,"description":{"en":%q}`, text)))
		}
		raw := manifested(fmt.Sprintf(small, b.String()))
		b.Reset()
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		a, err := portable.Read(bytes.NewReader(raw), int64(len(raw)))
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, err := range a.Document.Items() {
			if err != nil {
				t.Fatal(err)
			}
			if n++; n == items {
				runtime.GC()
				runtime.ReadMemStats(&after)
			}
		}
		runtime.KeepAlive(raw)
		return after.HeapAlloc - min(after.HeapAlloc, before.HeapAlloc)
	}
	if few, many := held(500), held(5000); many > few+5<<18 {
		t.Errorf("%d kB of 500 items, %d kB of 5,000", few>>10, many>>10)
	}
}
