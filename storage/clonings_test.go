package storage_test

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"testing"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/lineage"
	"interlink/domain/policy"
	"interlink/storage"
	"interlink/storage/storagetest"
)

// distant is what another node answers when a process of it is read page by
// page. before is called with each page that is asked for.
type distant struct {
	source    lineage.SourceProcess
	resources []lineage.SourceResource
	claim     string // the digest that it says; "" for the true one
	before    func(at domain.IRI) error
}

const onPage = 3

func (p *distant) Head(context.Context, domain.IRI) (lineage.Head, error) {
	h := lineage.Head{SourceProcess: p.source, Digest: p.claim, Total: len(p.source.Items), Tree: p.source.IRI + "/tree?0", Resources: p.source.IRI + "/resources?0"}
	if h.Digest == "" {
		h.Digest = p.source.Digest()
	}
	h.Items = nil
	return h, nil
}

func (p *distant) Page(_ context.Context, at domain.IRI) (page lineage.SourcePage, err error) {
	if p.before != nil {
		if err := p.before(at); err != nil {
			return page, err
		}
	}
	var what string
	var from int
	if _, err := fmt.Sscanf(string(at[len(p.source.IRI):]), "/tree?%d", &from); err == nil {
		page.Items = p.source.Items[from:min(from+onPage, len(p.source.Items))]
		what = "tree"
	} else if _, err := fmt.Sscanf(string(at[len(p.source.IRI):]), "/resources?%d", &from); err == nil {
		page.Resources = p.resources[from:min(from+onPage, len(p.resources))]
		what = "resources"
	} else {
		return page, domain.Fail(domain.NotFound, "error.not_found")
	}
	if more := from + onPage; what == "tree" && more < len(p.source.Items) || what == "resources" && more < len(p.resources) {
		page.Next = p.source.IRI + domain.IRI("/"+what+"?"+strconv.Itoa(more))
	}
	return page, nil
}

// gardens is a process of another node: a phase, an objective, eight tasks, of
// which each comes after the one before, and four resources.
func gardens() *distant {
	p := &distant{source: lineage.SourceProcess{
		IRI: "https://riga.example/processes/darzi", Owner: "https://riga.example/organizations/riga", Title: domain.Text{"lv": "Dārzi"}, Language: "lv", Version: "12",
	}}
	id := func(n int) string { return string(p.source.IRI) + "/guide/" + strconv.Itoa(n) }
	p.source.Items = []lineage.SourceItem{
		{ID: id(0), Kind: coproduction.Phase, Name: domain.Text{"lv": "Sākt"}}, {ID: id(1), Parent: id(0), Kind: coproduction.Objective, Name: domain.Text{"lv": "Atrast"}},
	}
	for n := 2; n < 10; n++ {
		it := lineage.SourceItem{ID: id(n), Parent: id(1), Kind: coproduction.Task, Position: n - 2, Name: domain.Text{"lv": "Darīt " + strconv.Itoa(n)}, Complexity: n * 10}
		if n > 2 {
			it.Prerequisites = []string{id(n - 1)}
		}
		p.source.Items = append(p.source.Items, it)
	}
	resource := func(n, task int, kind coproduction.ResourceKind, licence string) lineage.SourceResource {
		return lineage.SourceResource{
			IRI: p.source.IRI + domain.IRI("/resources/"+strconv.Itoa(n)), Item: id(task), Kind: kind, Name: "R" + strconv.Itoa(n), URL: "https://riga.example/x", Licence: licence,
		}
	}
	p.resources = []lineage.SourceResource{
		resource(0, 2, coproduction.Link, "CC-BY-4.0"), resource(1, 3, coproduction.File, "CC-BY-4.0"), resource(2, 4, coproduction.Link, ""), resource(3, 5, coproduction.Document, "CC0-1.0"),
	}
	return p
}

type cloner struct {
	*lineage.Service
	node
	ana   policy.Viewer
	from  *distant
	goods shelf
}

func newCloner(t *testing.T, db *storage.DB) cloner {
	n := newNode(t, db)
	c := cloner{node: n, ana: n.person(t, "ana"), from: gardens(), goods: catalogueOf(n.mint, 1, 1)}
	c.Service = n.lineage(c.goods)
	c.ReadBy(c.from, storage.NewCatalogue(db))
	return c
}

func (c cloner) begin(t *testing.T, name string) lineage.CloningArgs {
	t.Helper()
	begun, err := c.Begin(t.Context(), c.ana, lineage.SourceProcess{IRI: c.from.source.IRI}, lineage.CloneInput{Name: name})
	if err != nil {
		t.Fatal(err)
	}
	return lineage.CloningArgs{Cloning: begun.ID}
}

func (c cloner) state(t *testing.T, a lineage.CloningArgs) *lineage.Cloning {
	t.Helper()
	return must[*lineage.Cloning](t)(c.Cloning(t.Context(), c.ana, a.Cloning))
}

func (c cloner) absent(t *testing.T, name, when string) {
	t.Helper()
	if _, err := c.processes(c.goods).Process(t.Context(), c.ana, name); domain.CodeOf(err) != domain.NotFound {
		t.Errorf("%s the clone is there (%v)", when, err)
	}
}

// stagedPages counts what is staged.
func stagedPages(t *testing.T, db *storage.DB) (n int) {
	t.Helper()
	if err := db.Read().NewRaw("SELECT COUNT(*) FROM cloning_pages").Scan(t.Context(), &n); err != nil {
		t.Fatal(err)
	}
	return n
}

// TestCloning: a cloning that is killed before any page goes on where it was,
// and the clone is the same as if it had never stopped; before the end there is
// nothing of it.
func TestCloning(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "killed", func(t *testing.T, db *storage.DB) {
		c := newCloner(t, db)
		args := c.begin(t, "clone")
		var asked []domain.IRI
		kills := 0
		for c.state(t, args).State == lineage.CloningRuns {
			ctx, kill := context.WithCancel(t.Context())
			fresh := true
			c.from.before = func(at domain.IRI) error {
				if !fresh {
					kill()
					return ctx.Err()
				}
				asked, fresh = append(asked, at), false
				return nil
			}
			c.absent(t, "clone", "while it is read")
			err := c.Work(ctx, args)
			kill()
			if kills++; kills > 20 || err == nil && c.state(t, args).State == lineage.CloningRuns {
				t.Fatalf("it does not go on: %v", err)
			}
		}
		if len(asked) != 6 || len(slices.Compact(slices.Sorted(slices.Values(asked)))) != 6 {
			t.Errorf("it asked for %v", asked)
		}
		done := c.state(t, args)
		if done.State != lineage.CloningDone || stagedPages(t, db) != 0 {
			t.Fatalf("%+v, and %d pages are staged still", done, stagedPages(t, db))
		}
		p, tree, err := c.processes(c.goods).Tree(t.Context(), c.ana, "clone")
		if err != nil || tree.Len() != 10 || p.Tasks != 8 || p.ClonedFrom.Digest != c.from.source.Digest() || p.ClonedFrom.Version != "12" {
			t.Errorf("the clone: %+v (%v)", p, err)
		}
		for i, it := range tree.Items() {
			if it.FromItem != c.from.source.Items[i].ID || it.Name["lv"] != c.from.source.Items[i].Name["lv"] || len(it.Prerequisites) != len(c.from.source.Items[i].Prerequisites) {
				t.Errorf("item %d: %+v", i, it)
			}
		}
		resources := must[domain.List[coproduction.Resource]](t)(c.processes(c.goods).Resources(t.Context(), c.ana, "clone", coproduction.ResourceFilter{}, domain.Page{}))
		m := done.Manifest
		if resources.Total != 3 || m.Resources != 3 || m.Items != 10 || len(m.Skipped) != 2 || m.Skipped[0].Reason != lineage.SkipLinked || m.Skipped[1].Reason != lineage.SkipLicence {
			t.Errorf("%d resources, manifest %+v", resources.Total, m)
		}
		if err := c.Work(t.Context(), args); err != nil {
			t.Errorf("the job again: %v", err)
		}
		if told := must[[]domain.Event](t)(storage.NewEvents(db).After(t.Context(), 0, 10)); len(told) != 1 {
			t.Errorf("%d events, want 1", len(told))
		}
	})

	storagetest.Run(t, "cancelled", func(t *testing.T, db *storage.DB) {
		c := newCloner(t, db)
		args := c.begin(t, "clone")
		bo := c.person(t, "bo")
		_, err := c.Cancel(t.Context(), bo, args.Cloning)
		wantCode(t, err, domain.NotFound)
		_, err = c.Cloning(t.Context(), bo, args.Cloning)
		wantCode(t, err, domain.NotFound)
		n := 0
		c.from.before = func(domain.IRI) error {
			if n++; n == 3 { // somebody stops it while a page is on its way
				_, err := c.Cancel(t.Context(), c.ana, args.Cloning)
				return err
			}
			return nil
		}
		if err := c.Work(t.Context(), args); err != nil || c.state(t, args).State != lineage.CloningCancelled || stagedPages(t, db) != 0 {
			t.Errorf("%v: %+v, %d pages are staged", err, c.state(t, args), stagedPages(t, db))
		}
		c.absent(t, "clone", "after it was cancelled")
	})

	storagetest.Run(t, "refused", func(t *testing.T, db *storage.DB) {
		c := newCloner(t, db)
		fails := func(what, name string, code domain.Code, key string) {
			t.Helper()
			args := c.begin(t, name)
			if err := c.Work(t.Context(), args); err != nil {
				t.Errorf("%s: %v", what, err)
			}
			if x := c.state(t, args); x.State != lineage.CloningFailed || x.Problem.Code != code || x.Problem.Key != key || stagedPages(t, db) != 0 {
				t.Errorf("%s: %+v", what, x)
			}
			c.absent(t, name, what+":")
		}
		c.from.claim = gardens().source.Digest()
		c.from.source.Items[4].Name = domain.Text{"lv": "Cits"}
		fails("a node that lies about the digest", "lies", domain.Invalid, "clone.digest_differs")

		c.from.claim = ""
		c.from.source.Items[2].Prerequisites = []string{c.from.source.Items[9].ID}
		fails("a circle", "circle", domain.Invalid, "process.prerequisite_circle")

		*c.from = *gardens()
		c.from.source.Items[5].ID = c.from.source.Items[4].ID
		fails("two items with one id", "twice", domain.Invalid, "process.source_broken")

		*c.from = *gardens()
		c.from.before = func(domain.IRI) error { return domain.Fail(domain.Gone, "error.gone") }
		fails("a process that is gone", "gone", domain.Gone, "error.gone")

		*c.from = *gardens()
		args := c.begin(t, "taken")
		must[*coproduction.Process](t)(c.processes(c.goods).Start(t.Context(), c.ana, started("taken")))
		if err := c.Work(t.Context(), args); err != nil || c.state(t, args).Problem.Key != "error.name_taken" {
			t.Errorf("the name was taken meanwhile: %v, %+v", err, c.state(t, args))
		}
		_, err := c.Begin(t.Context(), c.ana, lineage.SourceProcess{IRI: c.from.source.IRI}, lineage.CloneInput{Name: "taken"})
		wantCode(t, err, domain.Conflict)
	})

	storagetest.Run(t, "changing", func(t *testing.T, db *storage.DB) {
		c := newCloner(t, db)
		args := c.begin(t, "clone")
		n := 0
		c.from.before = func(domain.IRI) error {
			if n++; n == 2 { // somebody works there
				c.from.source.Items[9].Name, c.from.source.Version = domain.Text{"lv": "Citādi"}, "13"
			}
			if n == 3 {
				return domain.Fail(domain.Unavailable, "error.unreachable", "riga.example")
			}
			return nil
		}
		if err := c.Work(t.Context(), args); err != nil || c.state(t, args).Waits != 1 {
			t.Fatalf("%v: %+v", err, c.state(t, args))
		}
		if err := c.Work(t.Context(), args); err != nil || c.state(t, args).State != lineage.CloningDone {
			t.Fatalf("%v: %+v", err, c.state(t, args))
		}
		p, tree, err := c.processes(c.goods).Tree(t.Context(), c.ana, "clone")
		if err != nil || p.ClonedFrom.Version != "13" || p.ClonedFrom.Digest != c.from.source.Digest() || tree.Items()[9].Name["lv"] != "Citādi" {
			t.Errorf("the clone: %+v (%v)", p, err)
		}
	})
}
