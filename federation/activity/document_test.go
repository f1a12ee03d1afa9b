package activity_test

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

var placeholder = regexp.MustCompile(`\{\{golden ([a-z-]+)\}\}`)

// TestFederationDocument holds FEDERATION.md to what is really sent: it is its
// template with the golden files as examples, and the table of what tests
// show.
func TestFederationDocument(t *testing.T) {
	template, err := os.ReadFile(filepath.Join("testdata", "FEDERATION.md"))
	if err != nil {
		t.Fatal(err)
	}
	want := placeholder.ReplaceAllFunc(template, func(match []byte) []byte {
		encode, ok := goldens(t)[string(placeholder.FindSubmatch(match)[1])]
		if !ok {
			t.Fatalf("there is no %s", match)
		}
		example, err := encode()
		if err != nil {
			t.Fatal(err)
		}
		return []byte("```json\n" + string(shortened(indented(t, example))) + "```")
	})
	want = bytes.ReplaceAll(want, []byte("{{features}}\n"), featureTable(t))
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

var contextMember = regexp.MustCompile(`(?s)"@context": \[.*?\n *\](,?)`)

// shortened leaves the contexts, which say nothing that the examples do not,
// out of one.
func shortened(example []byte) []byte {
	return contextMember.ReplaceAll(example, []byte(`"@context": ["https://www.w3.org/ns/activitystreams", "…", {"interlink": "https://w3id.org/interlink/ns#", "…": "…"}]$1`))
}
