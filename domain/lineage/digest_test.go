package lineage

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"interlink/domain"
)

// The digest of a tree is that of its content: however it was read, whoever
// holds it, and of no other.
func TestDigestProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := drawSource(t)
		want := s.Digest()
		if !isDigest(want) {
			t.Fatalf("%q is no digest", want)
		}
		d := NewDigester()
		for rest := s.Items; len(rest) > 0; {
			n := rapid.IntRange(1, len(rest)).Draw(t, "page")
			d.Add(rest[:n]...)
			rest = rest[n:]
		}
		if d.Sum() != want {
			t.Fatal("read page by page it has another digest")
		}
		raw, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		var back SourceProcess
		if err := json.Unmarshal(raw, &back); err != nil || back.Digest() != want {
			t.Fatalf("written and read again it has another digest (%v)", err)
		}
		if len(s.Items) == 0 {
			return
		}
		i := rapid.IntRange(0, len(s.Items)-1).Draw(t, "item")
		was := back.Items[i]
		switch rapid.IntRange(0, 4).Draw(t, "change") {
		case 0:
			back.Items[i].Name = domain.Text{"es": "Otro"}
		case 1:
			back.Items[i].Complexity++
		case 2:
			back.Items[i].Position++
		case 3:
			back.Items = append(back.Items[:i], back.Items[i+1:]...)
		case 4:
			back.Items = append(back.Items, was)
		}
		if back.Digest() == want {
			t.Fatal("another tree has the same digest")
		}
	})
}

// BenchmarkDigest makes the digest of the largest tree.
func BenchmarkDigest(b *testing.B) {
	items := make([]SourceItem, 5000)
	for i := range items {
		items[i] = SourceItem{
			ID: fmt.Sprint("https://a.example/processes/p/guide/", i), Parent: "https://a.example/processes/p/guide/0", Kind: "task", Position: i,
			Name: domain.Text{"en": "Walk", "es": "Andar"}, Description: domain.Text{"en": strings.Repeat("What is to be done, and why. ", 20)},
			Problems: []string{"SP1"}, Complexity: 40,
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		SourceProcess{Items: items}.Digest()
	}
}
