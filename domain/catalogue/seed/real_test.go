package seed_test

import (
	"os"
	"path/filepath"
	"testing"

	"interlink/domain/catalogue"
	"interlink/domain/catalogue/seed"
)

// realTree is where the project's real data lies beside a checkout.
func realTree(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
	}
	tree := filepath.Join(dir, "..", "shared", "data", "interlink-catalogue")
	if _, err := os.Stat(tree); err != nil {
		t.Skip("the real INTERLINK catalogue is not beside this checkout: not tested on it")
	}
	return tree
}

func read(t testing.TB, dir string) catalogue.Bundle {
	t.Helper()
	tree, closer, err := seed.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer closer.Close()
	return seed.Read(tree)
}

func TestRealCatalogue(t *testing.T) {
	t.Parallel()
	b := read(t, realTree(t))
	natures := map[catalogue.Nature]int{}
	kinds := map[catalogue.Kind]int{}
	nodes := map[catalogue.NodeKind]int{}
	for _, e := range b.Entries {
		kinds[e.Kind]++
		if err := e.Check(); err != nil {
			t.Errorf("%s %s: %v", e.Kind, e.Key, err)
		}
		if e.Interlinker != nil {
			natures[e.Interlinker.Nature]++
		}
		if e.Schema != nil {
			for _, kind := range []catalogue.NodeKind{catalogue.Phase, catalogue.Objective, catalogue.Task} {
				nodes[kind] += e.Schema.Count(kind)
			}
		}
	}
	if natures[catalogue.NatureSoftware] != 5 || natures[catalogue.NatureKnowledge] != 46 ||
		natures[catalogue.NatureExternalSoftware] != 15 || natures[catalogue.NatureExternalKnowledge] != 12 {
		t.Errorf("natures %v, want 5, 46, 15 and 12", natures)
	}
	if kinds[catalogue.KindProblem] != 45 || kinds[catalogue.KindSchema] != 4 {
		t.Errorf("kinds %v, want 45 problem profiles and 4 schemas", kinds)
	}
	if nodes[catalogue.Phase] != 14 || nodes[catalogue.Objective] != 40 || nodes[catalogue.Task] != 109 {
		t.Errorf("nodes %v, want 14, 40 and 109", nodes)
	}
	for _, issue := range b.Issues {
		if issue.Error {
			t.Errorf("fatal: %+v", issue)
		}
	}
}
