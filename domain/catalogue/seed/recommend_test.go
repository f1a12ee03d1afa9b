package seed_test

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"interlink/domain"
	"interlink/domain/catalogue"
)

// label says which Interlinkers of the real catalogue are right for a task of
// its schemas: what somebody who accompanies a coproduction would hand out,
// judged from the texts of both, not from their problem profiles, before
// anything was ranked.
type label struct {
	Task  string   `json:"task"`  // key of the schema and path of the node
	Right []string `json:"right"` // keys of Interlinkers
}

// top is how many recommendations are looked at.
const top = 5

// quality is how good the first five of a ranking are, 0 to 1.
type quality struct{ precision, recall float64 }

// judge averages over labels: precision is the share of the first five places
// that is right, recall the share of what is right that is among them.
func judge(labels []label, rank func(label) []string) quality {
	var q quality
	for _, l := range labels {
		found := rank(l)
		right := 0.0
		for _, key := range found[:min(len(found), top)] {
			if slices.Contains(l.Right, key) {
				right++
			}
		}
		q.precision += right / top / float64(len(labels))
		q.recall += right / float64(len(l.Right)) / float64(len(labels))
	}
	return q
}

// realLabels reads the labels and what they name.
func realLabels(t testing.TB) (labels []label, tools []*catalogue.Entry, schemas map[string]*catalogue.Schema) {
	t.Helper()
	bundle := read(t, realTree(t))
	raw, err := os.ReadFile("testdata/labels.json")
	if err == nil {
		err = json.Unmarshal(raw, &labels)
	}
	if err != nil {
		t.Fatal(err)
	}
	schemas = map[string]*catalogue.Schema{}
	known := map[string]bool{}
	for _, e := range bundle.Entries {
		e.Status, e.Slug, e.ID, e.IRI = catalogue.Published, e.Key, domain.ID(e.Key), domain.IRI("https://city.example/"+e.Key)
		switch e.Kind {
		case catalogue.KindSchema:
			schemas[e.Key] = e.Schema
		case catalogue.KindInterlinker:
			tools = append(tools, e)
			known[e.Key] = true
		}
	}
	for _, l := range labels {
		schema, path, _ := strings.Cut(l.Task, "/")
		if schemas[schema] == nil || !slices.ContainsFunc(schemas[schema].Nodes, func(n catalogue.Node) bool { return n.Path == path && n.Kind == catalogue.Task }) {
			t.Errorf("no task is called %s", l.Task)
		}
		for _, key := range l.Right {
			if !known[key] {
				t.Errorf("%s names %s, which no Interlinker is called", l.Task, key)
			}
		}
	}
	if t.Failed() {
		t.FailNow()
	}
	return labels, tools, schemas
}

// TestRecommendationQuality prints how good the first five are on the real
// catalogue, beside plain overlap of problem profiles, which is what INTERLINK
// does: it filters by the profiles of the task and of its objective, and does
// not rank. There the first five are those with most profiles in common, then
// by name. Every other label is held out: the ranking is tuned on the others.
func TestRecommendationQuality(t *testing.T) {
	t.Parallel()
	labels, tools, schemas := realLabels(t)
	if len(labels) != 30 {
		t.Fatalf("%d labels, want 30", len(labels))
	}
	var tuned, held []label
	for i, l := range labels {
		if i%2 == 0 {
			tuned = append(tuned, l)
		} else {
			held = append(held, l)
		}
	}
	index := catalogue.NewIndex(tools)
	ours := func(l label) []string {
		schema, path, _ := strings.Cut(l.Task, "/")
		list, err := index.Recommend(schemas[schema].Query(path, "en", top))
		if err != nil {
			t.Fatal(err)
		}
		var keys []string
		for _, r := range list.Items {
			keys = append(keys, string(r.ID))
		}
		return keys
	}
	overlap := func(l label) []string {
		schema, path, _ := strings.Cut(l.Task, "/")
		return byOverlap(tools, schemas[schema].Effective(path))
	}
	for _, half := range []struct {
		name   string
		labels []label
	}{{"tuned on", tuned}, {"held out", held}, {"all", labels}} {
		mine, plain := judge(half.labels, ours), judge(half.labels, overlap)
		t.Logf("%-8s (%d tasks): precision %.3f, recall %.3f; plain overlap: precision %.3f, recall %.3f",
			half.name, len(half.labels), mine.precision, mine.recall, plain.precision, plain.recall)
		if mine.precision < plain.precision || mine.recall < plain.recall {
			t.Errorf("%s: the ranking is worse than plain overlap", half.name)
		}
	}
}

// byOverlap lists the keys of Interlinkers that answer one of the codes, those
// that answer most of them first.
func byOverlap(tools []*catalogue.Entry, codes []string) []string {
	common := func(e *catalogue.Entry) int {
		n := 0
		for _, code := range codes {
			if slices.Contains(e.Interlinker.Problems, code) {
				n++
			}
		}
		return n
	}
	hits := slices.DeleteFunc(slices.Clone(tools), func(e *catalogue.Entry) bool { return common(e) == 0 })
	slices.SortStableFunc(hits, func(a, b *catalogue.Entry) int {
		if n := common(b) - common(a); n != 0 {
			return n
		}
		return strings.Compare(a.Name.String(), b.Name.String())
	})
	keys := make([]string, len(hits))
	for i, e := range hits {
		keys[i] = e.Key
	}
	return keys
}
