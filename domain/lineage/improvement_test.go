package lineage

import (
	"testing"

	"pgregory.net/rapid"

	"interlink/domain"
)

// drawImprovement draws what a clone offers of all that it has otherwise, and
// its source, which was changed meanwhile.
func drawImprovement(t *rapid.T) (m *Improvement, bases map[string]Base, source []SourceItem) {
	base := drawSource(t).Items
	bases = Known(base)
	trees := Trees{Bases: bases, Theirs: drawEdits(t, base, "mine"), Mine: treeOf(bases)}
	var chosen []Resolution
	for _, u := range trees.Updates() {
		if u.Outcome != Removed && rapid.Bool().Draw(t, "offered") {
			chosen = append(chosen, Resolution{ID: u.ID, Decision: Take})
		}
	}
	return &Improvement{Source: "https://a.example/processes/a", Clone: "https://b.example/processes/b", Items: trees.Improve(chosen)}, bases, drawEdits(t, base, "theirs")
}

func decided(updates []Update, d Decision) []Resolution {
	var out []Resolution
	for _, u := range updates {
		out = append(out, Resolution{ID: u.ID, Decision: d})
	}
	return out
}

// TestImprovement: what a clone offers removes nothing of its source; refused
// it changes nothing, and taken it makes a tree in which no words of the source
// are lost that the clone did not offer others for.
func TestImprovement(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m, _, source := drawImprovement(t)
		trees := m.Trees(source)
		updates := trees.Updates()
		for _, u := range updates {
			if u.Outcome == Removed {
				t.Fatalf("%s would be removed", u.ID)
			}
		}
		if got := trees.Merge(decided(updates, Keep)); len(got.Items)+len(got.Aside)+len(got.Restored) > 0 {
			t.Fatalf("refused, it changes %+v", got)
		}
		merged := trees.Merge(decided(updates, Take))
		if len(merged.Aside) > 0 {
			t.Fatalf("it puts %v aside", merged.Aside)
		}
		offered := map[string]bool{}
		for _, e := range m.Items {
			offered[e.Item.ID] = true
		}
		before, after := branchesOf(source), branchesOf(trees.after(merged).Mine)
		for id, it := range before.items {
			now, there := after.items.get(id)
			if !there {
				t.Fatalf("%s is lost", id)
			}
			for _, p := range differing(*it, now) {
				if !offered[id] && p.Field != "prerequisites" {
					t.Fatalf("%s of %s is %q, and was %q", p, id, now.Value(p), it.Value(p))
				}
			}
		}
	})
}

// TestImprovementIsAdopted: once its source took what it offered, as it was, a
// clone is not asked about any of it.
func TestImprovementIsAdopted(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m, bases, _ := drawImprovement(t)
		texts := map[string]domain.Text{}
		for _, e := range m.Items {
			m.Verdicts = append(m.Verdicts, Verdict{Item: e.Item.ID, Answer: AnswerTaken})
			if e.Fresh() {
				m.Verdicts[len(m.Verdicts)-1].Became = "https://a.example/" + e.Item.ID
			}
			texts[e.Item.ID] = e.Item.Name
		}
		learned := m.learned(bases)
		for i, e := range m.Items {
			if e.Item.ID == "" {
				continue
			}
			id := e.Item.ID
			if e.Fresh() {
				id = m.Verdicts[i].Became
			}
			if b := learned[id]; b == nil {
				if known, there := bases[id]; !there || len(differing(known.Item, e.Item)) > 0 {
					t.Fatalf("%s is not known", id)
				}
			} else if b.Item.Name.String() != texts[e.Item.ID].String() {
				t.Fatalf("%s is known as %v, and was offered as %v", id, b.Item.Name, texts[e.Item.ID])
			}
		}
	})
}
