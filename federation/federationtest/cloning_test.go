package federationtest_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/lineage"
	"interlink/domain/policy"
	"interlink/federation/federationtest"
	"interlink/storage/storagetest"
)

// cloned begins a cloning and waits until all is at rest.
func (c *city) cloned(t testing.TB, cluster *federationtest.Cluster, source domain.IRI, name string) *lineage.Cloning {
	t.Helper()
	begun, err := c.Lineage.Begin(t.Context(), c.official, lineage.SourceProcess{IRI: source}, lineage.CloneInput{Name: name, Owner: c.owner.ID})
	if err != nil {
		t.Fatal(err)
	}
	cluster.Settle()
	done, err := c.Lineage.Cloning(t.Context(), c.official, begun.ID)
	if err != nil {
		t.Fatal(err)
	}
	return done
}

// TestCloningAcrossNodes: Riga clones a process of Zaragoza with what goes
// along, Rome clones the clone; each knows of what it took, and the source of
// each knows too.
func TestCloningAcrossNodes(t *testing.T) {
	federationtest.Run(t, []string{"Zaragoza", "Riga", "Rome"}, func(t *testing.T, c *federationtest.Cluster) {
		zaragoza, riga, rome := newCity(t, c.Nodes[0]), newCity(t, c.Nodes[1]), newCity(t, c.Nodes[2])
		zaragoza.starterCatalogue(t)
		original := zaragoza.process(t, "safe_ways")
		_, tree, err := zaragoza.Coproduction.Tree(t.Context(), zaragoza.official, "safe_ways")
		if err != nil {
			t.Fatal(err)
		}
		var task domain.ID
		for _, it := range tree.Items() {
			if it.Kind == coproduction.Task {
				task = it.ID
			}
		}
		for name, d := range map[string]coproduction.ResourceDetails{
			"a licensed document": {Body: "Meet at the gate.", Licence: "CC-BY-4.0", Public: true},
			"one without licence": {Body: "Not for everybody.", Public: true},
			"one of ours":         {Body: "A secret of the team.", Licence: "CC-BY-4.0"},
		} {
			d.Name = name
			if _, err := zaragoza.Coproduction.AddResource(t.Context(), zaragoza.official, "safe_ways", task, d); err != nil {
				t.Fatal(err)
			}
		}
		c.Settle()

		done := riga.cloned(t, c, original.IRI, "safe_ways_riga")
		if done.State != lineage.CloningDone || done.Manifest.Items != tree.Len() || done.Manifest.Resources != 1 {
			t.Fatalf("in Riga: %+v", done)
		}
		var skipped []string
		for _, s := range done.Manifest.Skipped {
			if s.Reason == lineage.SkipLicence {
				skipped = append(skipped, s.Name)
			}
		}
		if len(skipped) != 1 || skipped[0] != "one without licence" {
			t.Errorf("for want of a licence Riga skipped %v", skipped)
		}
		resources, err := riga.Coproduction.Resources(t.Context(), riga.official, "safe_ways_riga", coproduction.ResourceFilter{}, domain.Page{})
		if err != nil || len(resources.Items) != 1 || resources.Items[0].Name != "a licensed document" || resources.Items[0].Public {
			t.Fatalf("resources in Riga: %+v (%v)", resources.Items, err)
		}
		if r, err := riga.Coproduction.Resource(t.Context(), riga.official, "safe_ways_riga", resources.Items[0].ID); err != nil || r.Body != "Meet at the gate." {
			t.Errorf("the document in Riga: %+v (%v)", r, err)
		}
		if n, err := riga.Along(t.Context(), original.IRI); err != nil || n != 2 {
			t.Errorf("before it is cloned %d resources are public (%v), want 2", n, err)
		}
		source, err := zaragoza.Lineage.Preview(t.Context(), zaragoza.official, "safe_ways")
		if err != nil || source.Resources != 1 || source.Unlicensed != 1 || len(source.Items) != tree.Len() || source.Items[0].Name.Empty() || source.Items[0].Description != nil {
			t.Fatalf("who chooses in Zaragoza sees %+v (%v)", source, err)
		}
		published, err := zaragoza.Lineage.Published(t.Context(), policy.Viewer{}, "safe_ways")
		if err != nil {
			t.Fatal(err)
		}
		digest, err := published.Digest(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		clone, err := riga.Coproduction.Process(t.Context(), riga.official, "safe_ways_riga")
		if err != nil || clone.ClonedFrom.Digest != digest || clone.ClonedFrom.Version != source.Version {
			t.Errorf("Riga took %+v (%v)", clone.ClonedFrom, err)
		}
		clones, err := zaragoza.Lineage.Clones(t.Context(), zaragoza.official, "safe_ways", domain.Page{})
		if err != nil || len(clones.Items) != 1 || clones.Items[0].Digest != digest || clones.Items[0].Version != source.Version {
			t.Errorf("Zaragoza knows %+v (%v)", clones.Items, err)
		}
		if len(source.Items) > 0 && done.Manifest.Asked > 0 { // they wait in Riga's catalogue
			for _, it := range source.Items {
				for _, iri := range it.Interlinkers {
					found, err := riga.Catalogue.EntriesByIRI(t.Context(), riga.official, []domain.IRI{iri})
					if err != nil || found[iri] == nil {
						t.Errorf("Riga asked for %s, and has not got it (%v)", iri, err)
					}
				}
			}
		}

		if third := rome.cloned(t, c, clone.IRI, "safe_ways_rome"); third.State != lineage.CloningDone || third.Manifest.Items != tree.Len() {
			t.Fatalf("in Rome: %+v", third)
		}
		last, err := rome.Coproduction.Process(t.Context(), rome.official, "safe_ways_rome")
		if err != nil || last.ClonedFrom.IRI != clone.IRI || last.ClonedFrom.Digest == digest {
			t.Errorf("Rome took %+v (%v)", last.ClonedFrom, err) // its items have other ids
		}
	})
}

// TestCloningOfLies: what a hostile node says of a process ends in words, and
// nothing of it stays.
func TestCloningOfLies(t *testing.T) {
	federationtest.Run(t, []string{"Zaragoza"}, func(t *testing.T, c *federationtest.Cluster) {
		b, other := besiege(t, c), federationtest.NewHostile(t)
		number := 0
		// lie publishes a process with two items, changed by fn, and clones it.
		lie := func(what string, want string, fn func(process, tree, page map[string]any)) {
			t.Helper()
			number++
			person := number + 1
			iri := b.hostile.Person(person)
			at := b.hostile.Path(iri)
			items := []lineage.SourceItem{
				{ID: string(iri) + "/guide/1", Kind: coproduction.Phase, Name: english("Engage")},
				{ID: string(iri) + "/guide/2", Parent: string(iri) + "/guide/1", Kind: coproduction.Objective, Name: english("Find")},
			}
			process := map[string]any{"language": "en", "status": "awaiting", "version": 3, "tree": string(iri) + "/tree", "clones": string(iri) + "/clones"}
			tree := map[string]any{
				"@context": streams, "id": string(iri) + "/tree", "type": "OrderedCollection", "totalItems": 2, "attributedTo": string(iri), "first": string(iri) + "/tree?page=first",
				"interlink:tree": map[string]any{"version": 3, "digest": lineage.SourceProcess{Items: items}.Digest()},
			}
			page := map[string]any{"@context": streams, "id": string(iri) + "/tree?page=first", "type": "OrderedCollectionPage", "partOf": string(iri) + "/tree", "orderedItems": []any{
				map[string]any{"id": items[0].ID, "type": "Note", "interlink:item": items[0]}, map[string]any{"id": items[1].ID, "type": "Note", "interlink:item": items[1]},
			}}
			fn(process, tree, page)
			b.hostile.Pretend(person, map[string]any{"type": "Group", "interlink:process": process})
			b.hostile.Document(at+"/tree", tree)
			b.hostile.Document(at+"/tree?page=first", page)
			name := fmt.Sprint("lie_", number)
			begun, err := b.Lineage.Begin(t.Context(), b.official, lineage.SourceProcess{IRI: iri}, lineage.CloneInput{Name: name})
			if err == nil {
				c.Settle()
				if begun, err = b.Lineage.Cloning(t.Context(), b.official, begun.ID); err == nil && begun.State == lineage.CloningFailed {
					err = domain.Fail(begun.Problem.Code, begun.Problem.Key)
				}
			}
			got := ""
			if err != nil {
				got = string(domain.CodeOf(err))
			}
			if got != want {
				t.Errorf("%s: %q (%v), want %q", what, got, err, want)
			}
			if _, err := b.Coproduction.Process(t.Context(), b.official, name); (err == nil) != (want == "") {
				t.Errorf("%s: the clone: %v", what, err)
			}
			_, err = b.Lineage.CloneFrom(t.Context(), b.official, lineage.SourceProcess{IRI: iri}, lineage.CloneInput{Name: name + "_now"})
			if (err == nil) != (want == "") || err != nil && string(domain.CodeOf(err)) != want {
				t.Errorf("%s, while one waits: %v, want %q", what, err, want)
			}
		}
		lie("the truth", "", func(_, _, _ map[string]any) {})
		lie("another digest than that of what it sent", "invalid", func(_, tree, _ map[string]any) {
			tree["interlink:tree"] = map[string]any{"version": 3, "digest": strings.Repeat("0", 64)}
		})
		lie("a digest that is none", "invalid", func(_, tree, _ map[string]any) {
			tree["interlink:tree"] = map[string]any{"version": 3, "digest": "0"}
		})
		lie("more items than there may be", "too_large", func(_, tree, _ map[string]any) { tree["totalItems"] = 1_000_000 })
		lie("a tree on another server", "invalid", func(process, _, _ map[string]any) { process["tree"] = other.URL + "/tree" })
		lie("a next page on another server", "invalid", func(_, _, page map[string]any) { page["next"] = other.URL + "/tree?page=2" })
		lie("an item without a name", "invalid", func(_, _, page map[string]any) {
			page["orderedItems"] = []any{map[string]any{"type": "Note", "id": "x", "interlink:item": map[string]any{"id": "x", "kind": "phase"}}}
		})
		lie("a page that leads to itself and has nothing", "invalid", func(_, _, page map[string]any) {
			page["next"], page["orderedItems"] = page["id"].(string)+"&again", []any{}
		})
		if n := other.Asked(); n != 0 {
			t.Errorf("another server was asked %d times", n)
		}
		all, err := b.Lineage.Clonings(t.Context(), b.official, domain.Page{Limit: domain.MaxPage})
		if err != nil || slices.ContainsFunc(all.Items, func(c *lineage.Cloning) bool { return c.State == lineage.CloningRuns }) {
			t.Errorf("something still runs: %v (%v)", all.Items, err)
		}
	})
}

// BenchmarkCloning clones a process of 5,000 items with 500 resources from
// another node; that is to take less than 30 s on two cores.
func BenchmarkCloning(b *testing.B) {
	var dsn string
	c := federationtest.On(b, func(t testing.TB) string {
		path := storagetest.SQLite(t)
		if dsn == "" {
			dsn = path
		}
		return path
	}, "Zaragoza", "Riga")
	zaragoza, riga := newCity(b, c.Nodes[0]), newCity(b, c.Nodes[1])
	large := zaragoza.largeProcess(b, dsn, 5000)
	c.Settle()
	for n := 0; b.Loop(); n++ {
		begin := time.Now()
		begun, err := riga.Lineage.Begin(b.Context(), riga.official, lineage.SourceProcess{IRI: large.IRI}, lineage.CloneInput{Name: fmt.Sprint("large", n)})
		if err != nil {
			b.Fatal(err)
		}
		if err := riga.Lineage.Work(b.Context(), lineage.CloningArgs{Cloning: begun.ID}); err != nil {
			b.Log(err) // its job does it
		}
		c.Settle()
		done, err := riga.Lineage.Cloning(b.Context(), riga.official, begun.ID)
		if err != nil || done.State != lineage.CloningDone || done.Manifest.Items != 5000 || done.Manifest.Resources != 500 {
			b.Fatalf("%+v (%v)", done, err)
		}
		b.ReportMetric(done.UpdatedAt.Sub(begin).Seconds(), "s/clone")
	}
}
