package storage_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"testing"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/catalogue/seed"
	"interlink/domain/coproduction"
	"interlink/domain/network"
	"interlink/domain/policy"
	"interlink/storage"
	"interlink/storage/storagetest"
)

// A process takes its tree and its resources from the node's real catalogue,
// and the catalogue counts the uses.
func TestProcessFromCatalogue(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "shelf", func(t *testing.T, db *storage.DB) {
		ctx, n := t.Context(), newNode(t, db)
		ana := n.person(t, "ana")
		own := network.NewLocal(n.mint, n.ns, network.TypeService, network.SubjectCatalogue, "catalogue", "catalogue")
		if err := storage.NewNetwork(db).AddLocalActor(ctx, own); err != nil {
			t.Fatal(err)
		}
		shelves := catalogue.NewService(storage.NewCatalogue(db), n.mint, n.ns, own.ID)
		admin := policy.Viewer{Actor: ana.Actor, Role: policy.RoleAdmin}
		entry := func(key string, e catalogue.Entry) *catalogue.Entry {
			e.Key, e.Slug, e.Name, e.Summary = key, key, domain.Text{"en": key}, domain.Text{"en": "About " + key}
			return &e
		}
		tool := func(key string, nature catalogue.Nature, uri string) *catalogue.Entry {
			i := &catalogue.Interlinker{Nature: nature, SPDX: "CC-BY-4.0"}
			if uri != "" {
				i.URI = domain.Text{"en": uri}
			}
			return entry(key, catalogue.Entry{Kind: catalogue.KindInterlinker, Interlinker: i})
		}
		report := must[catalogue.Report](t)(shelves.Import(ctx, admin, catalogue.Bundle{Entries: []*catalogue.Entry{
			tool("canvas", catalogue.NatureKnowledge, ""),
			tool("board", catalogue.NatureExternalSoftware, "https://board.example/start"),
			tool("broken", catalogue.NatureExternalKnowledge, "https://Not An Address"),
			tool("editor", catalogue.NatureSoftware, ""),
			entry("garden", catalogue.Entry{Kind: catalogue.KindSchema, Schema: &catalogue.Schema{Nodes: []catalogue.Node{
				{Path: "p", Kind: catalogue.Phase, Name: domain.Text{"en": "Engage"}, Problems: []string{"ORG_PROBLEM_1"}},
				{Path: "p/o", Parent: "p", Kind: catalogue.Objective, Name: domain.Text{"en": "Find people"}},
				{Path: "p/o/b", Parent: "p/o", Kind: catalogue.Task, Position: 1, Name: domain.Text{"en": "Invite"}, Prerequisites: []string{"p/o/a"}},
				{Path: "p/o/a", Parent: "p/o", Kind: catalogue.Task, Position: 0, Name: domain.Text{"en": "List"}, Problems: []string{"UND_PROBLEM_2"}},
			}}}),
		}}, false))
		if len(report.Errors) > 0 || report.Tasks == 0 && report.Schemas.Added != 1 {
			t.Fatalf("import: %+v", report)
		}

		s := coproduction.NewService(storage.NewProcesses(db), storage.NewOrganizations(db), noCommunity, coproduction.NewShelf(shelves), n.mint, n.ns)
		_, err := s.Start(ctx, ana, coproduction.StartInput{Name: "x", Schema: "no_such", Details: started("x").Details})
		wantCode(t, err, domain.NotFound)
		must[*coproduction.Process](t)(s.Start(ctx, ana, started("gardens")))
		p, tree, err := s.Tree(ctx, ana, "gardens")
		if err != nil || tree.Len() != 4 || p.SchemaIRI != "https://city.example/schemas/garden" {
			t.Fatalf("%d items of %q, %v", tree.Len(), p.SchemaIRI, err)
		}
		task := firstTask(t, tree)
		if task.FromNode != "p/o/a" || len(tree.Problems(task.ID)) != 2 || tree.Ready(tree.Items()[3].ID) {
			t.Errorf("first task: %+v", task)
		}
		for name, want := range map[string]coproduction.Resource{
			"canvas": {Kind: coproduction.Document, Body: "About canvas", Language: "en"},
			"board":  {Kind: coproduction.Link, URL: "https://board.example/start", Language: "en"},
			"broken": {Kind: coproduction.Link, URL: "https://city.example/interlinkers/broken", Language: "und"},
			"editor": {Kind: coproduction.Link, URL: "https://city.example/interlinkers/editor", Language: "und"},
		} {
			r := must[*coproduction.Resource](t)(s.Instantiate(ctx, ana, "gardens", task.ID, name))
			if r.Kind != want.Kind || r.URL != want.URL || r.Body != want.Body || r.Language != want.Language || r.Licence != "CC-BY-4.0" ||
				r.Interlinker != domain.IRI("https://city.example/interlinkers/"+name) {
				t.Errorf("%s: %+v", name, r)
			}
			e := must[*catalogue.Entry](t)(shelves.Entry(ctx, ana, catalogue.KindInterlinker, name, ""))
			if e.Uses != 1 {
				t.Errorf("%s: used %d times", name, e.Uses)
			}
		}
		e := must[*catalogue.Entry](t)(shelves.Entry(ctx, ana, catalogue.KindInterlinker, "canvas", ""))
		must[*catalogue.Entry](t)(shelves.Withdraw(ctx, admin, e.ID, e.Revision, ""))
		_, err = s.Instantiate(ctx, ana, "gardens", task.ID, "canvas")
		wantCode(t, err, domain.Conflict)
	})
}

// Every schema of the real catalogue becomes a process whole, and every
// Interlinker a resource.
func TestProcessFromRealCatalogue(t *testing.T) {
	t.Parallel()
	dir := filepath.Join("..", "..", "shared", "data", "interlink-catalogue") // beside the repository
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("the INTERLINK catalogue is not beside the repository: %v", err)
	}
	storagetest.Run(t, "interlink", func(t *testing.T, db *storage.DB) {
		ctx, n := t.Context(), newNode(t, db)
		ana := n.person(t, "ana")
		own := network.NewLocal(n.mint, n.ns, network.TypeService, network.SubjectCatalogue, "catalogue", "catalogue")
		if err := storage.NewNetwork(db).AddLocalActor(ctx, own); err != nil {
			t.Fatal(err)
		}
		shelves := catalogue.NewService(storage.NewCatalogue(db), n.mint, n.ns, own.ID)
		tree, closer, err := seed.Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		defer closer.Close()
		admin := policy.Viewer{Actor: ana.Actor, Role: policy.RoleAdmin}
		if report := must[catalogue.Report](t)(shelves.Import(ctx, admin, seed.Read(tree), false)); len(report.Errors) > 0 {
			t.Fatalf("import: %+v", report.Errors)
		}
		s := coproduction.NewService(storage.NewProcesses(db), storage.NewOrganizations(db), noCommunity, coproduction.NewShelf(shelves), n.mint, n.ns)
		schemas := must[domain.List[*catalogue.Entry]](t)(shelves.List(ctx, admin, catalogue.Filter{Kind: catalogue.KindSchema}, domain.Page{}))
		sizes := map[int]bool{}
		for i, schema := range schemas.Items {
			in := started(fmt.Sprintf("process%d", i))
			in.Schema = schema.Slug
			p := must[*coproduction.Process](t)(s.Start(ctx, ana, in))
			sizes[p.Tasks] = true
		}
		if want := map[int]bool{51: true, 30: true, 16: true, 12: true}; !maps.Equal(sizes, want) {
			t.Errorf("tasks of the schemas: %v", sizes)
		}
		_, items, err := s.Tree(ctx, ana, "process0")
		if err != nil {
			t.Fatal(err)
		}
		task, taken := firstTask(t, items), 0
		for page, more := (domain.Page{Limit: 100}), true; more; more = page.After != "" {
			list := must[domain.List[*catalogue.Entry]](t)(shelves.List(ctx, admin, catalogue.Filter{Kind: catalogue.KindInterlinker}, page))
			for _, e := range list.Items {
				r, err := s.Instantiate(ctx, ana, "process0", task.ID, e.Slug)
				if err != nil || r.Kind == coproduction.Link && r.URL == "" {
					t.Errorf("%s: %v", e.Slug, err)
				}
				taken++
			}
			page.After = list.Next
		}
		if taken != 78 {
			t.Errorf("%d Interlinkers taken, want 78", taken)
		}
	})
}
