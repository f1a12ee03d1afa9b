package activity_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	placeholder = regexp.MustCompile(`\{\{golden ([a-z-]+)\}\}`)
	heading     = regexp.MustCompile(`(?m)^## (.+)$`)
	punctuation = regexp.MustCompile(`[^\p{L}\p{N} -]`)
)

// TestFederationDocument holds FEDERATION.md to what is really sent: it is its
// template with its contents, the golden files as examples, and the table of
// what tests show.
func TestFederationDocument(t *testing.T) {
	template, err := os.ReadFile(filepath.Join("testdata", "FEDERATION.md"))
	if err != nil {
		t.Fatal(err)
	}
	all, seen := goldens(t), map[string]bool{}
	want := placeholder.ReplaceAllFunc(template, func(match []byte) []byte {
		encode, ok := all[string(placeholder.FindSubmatch(match)[1])]
		if !ok {
			t.Fatalf("there is no %s", match)
		}
		example, err := encode()
		if err != nil {
			t.Fatal(err)
		}
		return []byte("```json\n" + string(shortened(indented(t, example), seen)) + "```")
	})
	want = bytes.ReplaceAll(want, []byte("{{features}}\n"), featureTable(t))
	want = bytes.ReplaceAll(want, []byte("{{contents}}\n"), contents(want))
	file := filepath.Join("..", "..", "FEDERATION.md")
	if *update {
		if err := os.WriteFile(file, want, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("FEDERATION.md is not what is sent: write it by go test ./federation/activity -update")
	}
}

// contents lists the chapters of a document, with the anchors that forges give
// to them.
func contents(document []byte) []byte {
	var out bytes.Buffer
	for _, found := range heading.FindAllSubmatch(document, -1) {
		title := string(found[1])
		anchor := strings.ReplaceAll(punctuation.ReplaceAllString(strings.ToLower(title), ""), " ", "-")
		fmt.Fprintf(&out, "- [%s](#%s)\n", title, anchor)
	}
	return out.Bytes()
}

var (
	contextMember = regexp.MustCompile(`(?s)"@context": \[.*?\n *\](,?)`)
	// alike are the members of a document that are much the same in all.
	alike = regexp.MustCompile(`(?ms)^(  "(publicKey|assertionMethod|generator|proof)": )[{\[]\n.*?^  [}\]](,?)$`)
)

// shortened leaves out of an example what says nothing that others do not: the
// contexts, and members that are alike in all, of which the first was seen.
func shortened(example []byte, seen map[string]bool) []byte {
	example = contextMember.ReplaceAll(example, []byte(`"@context": ["https://www.w3.org/ns/activitystreams", "…", {"interlink": "https://w3id.org/interlink/ns#", "…": "…"}]$1`))
	return alike.ReplaceAllFunc(example, func(member []byte) []byte {
		name := string(alike.FindSubmatch(member)[2])
		if !seen[name] {
			seen[name] = true
			return member
		}
		return alike.ReplaceAll(member, []byte(`${1}"…"$3`))
	})
}
