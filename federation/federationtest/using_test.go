package federationtest_test

import (
	"bytes"
	"image"
	"image/png"
	"io"
	"strings"
	"testing"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/coproduction"
	"interlink/federation/federationtest"
)

// kit publishes an Interlinker whose template is a file in Spanish.
func (c *city) kit(t *testing.T, words string) *catalogue.Entry {
	t.Helper()
	e, err := c.Catalogue.Compose(t.Context(), c.official, "", catalogue.Writing{Content: catalogue.Content{
		Name: english("Minutes of a meeting"), Summary: english("What was said, and what was decided."),
		Interlinker: &catalogue.Interlinker{Nature: catalogue.NatureKnowledge, SPDX: "CC-BY-4.0", Difficulty: "easy"},
	}})
	if err == nil {
		e, err = c.Catalogue.Attach(t.Context(), c.official, e.ID, e.Revision, "es", "acta.txt", strings.NewReader(words))
	}
	if err == nil {
		e, err = c.Catalogue.Depict(t.Context(), c.official, e.ID, e.Revision, square(t), english("A table"))
	}
	if err == nil {
		e, err = c.Catalogue.Publish(t.Context(), c.official, e.ID, e.Revision, "First")
	}
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// square is a small picture.
func square(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 8, 8))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// begun starts a process and returns its first task.
func (c *city) begun(t *testing.T, name string) (*coproduction.Process, domain.ID) {
	t.Helper()
	p := c.process(t, name)
	_, tree, err := c.Coproduction.Tree(t.Context(), c.official, name)
	if err != nil {
		t.Fatal(err)
	}
	for _, it := range tree.Items() {
		if it.Kind == coproduction.Task {
			return p, it.ID
		}
	}
	t.Fatal("no task")
	return nil, ""
}

// TestFileTemplates: the file of an Interlinker becomes a file of a process, on
// its own node at once, on another once it was read from there.
func TestFileTemplates(t *testing.T) {
	const words = "Acta de la reunión"
	federationtest.Run(t, []string{"Zaragoza", "Riga"}, func(t *testing.T, c *federationtest.Cluster) {
		zaragoza, riga := newCity(t, c.Nodes[0]), newCity(t, c.Nodes[1])
		zaragoza.starterCatalogue(t)
		riga.starterCatalogue(t)
		kit := zaragoza.kit(t, words)
		owner := riga.follow(t, riga.official, riga.CatalogueActor().ID, zaragoza.handle("catalogue"))
		riga.endorse(t, owner.Host)
		c.Settle()

		take := func(c *city, interlinker string) *coproduction.Resource {
			t.Helper()
			p, task := c.begun(t, "safe_ways")
			r, err := c.Coproduction.Instantiate(t.Context(), c.official, p.Name, task, interlinker)
			if err != nil {
				t.Fatal(err)
			}
			if r.Language != "es" || r.Interlinker != kit.IRI || r.InterlinkerVersion != kit.Version {
				t.Errorf("%s of %s, version %d", r.Language, r.Interlinker, r.InterlinkerVersion)
			}
			return r
		}
		same := func(c *city, r *coproduction.Resource, version int) {
			t.Helper()
			r, err := c.Coproduction.Resource(t.Context(), c.official, "safe_ways", r.ID)
			if err != nil || r.Kind != coproduction.File || r.Version != version || r.File.Name != "acta.txt" || r.URL != "" {
				t.Fatalf("%+v, %v", r, err)
			}
			f, err := c.Coproduction.OpenFile(t.Context(), c.official, "safe_ways", r.ID, 0)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			if raw, err := io.ReadAll(f); err != nil || string(raw) != words {
				t.Errorf("the file has %q, %v", raw, err)
			}
		}
		same(zaragoza, take(zaragoza, kit.Slug), 1)
		r := take(riga, kit.Slug+"@"+owner.Host)
		if r.Kind != coproduction.Link || !r.Fetching() || r.URL.Host() != owner.Host {
			t.Fatalf("before it is read: %+v", r)
		}
		c.Settle()
		same(riga, r, 2)
		args := coproduction.FetchArgs{Process: "safe_ways", Resource: r.ID, URL: r.URL, Hash: strings.Repeat("0", 64), Name: "acta.txt"}
		if err := riga.Coproduction.Fetched(t.Context(), args); err != nil {
			t.Errorf("again: %v", err)
		}
		same(riga, r, 2)
	})
}

// TestOtherBytesThanSaid: what another node gives in place of the file that
// its Interlinker names does not take the place of the link.
func TestOtherBytesThanSaid(t *testing.T) {
	c := federationtest.New(t, "Zaragoza", "Riga")
	zaragoza, riga := newCity(t, c.Nodes[0]), newCity(t, c.Nodes[1])
	riga.starterCatalogue(t)
	kit := zaragoza.kit(t, "Acta")
	p, task := riga.begun(t, "safe_ways")
	at := kit.Interlinker.Documents["es"].URL
	r, err := riga.Coproduction.AddResource(t.Context(), riga.official, p.Name, task, coproduction.ResourceDetails{Name: "Acta", URL: string(at)})
	if err != nil {
		t.Fatal(err)
	}
	err = riga.Coproduction.Fetched(t.Context(), coproduction.FetchArgs{Process: p.Name, Resource: r.ID, URL: r.URL, Hash: strings.Repeat("0", 64), Name: "acta.txt"})
	if domain.CodeOf(err) != domain.Invalid {
		t.Errorf("other bytes: %v", err)
	}
	if r, err = riga.Coproduction.Resource(t.Context(), riga.official, p.Name, r.ID); err != nil || r.Kind != coproduction.Link || r.Version != 1 {
		t.Errorf("%+v, %v", r, err)
	}
}

// TestUses: each use tells who, where and which version; one that is opened
// counts once a day, and for nobody who does not work there.
func TestUses(t *testing.T) {
	federationtest.Run(t, []string{"Zaragoza"}, func(t *testing.T, c *federationtest.Cluster) {
		ctx, city := t.Context(), newCity(t, c.Nodes[0])
		city.starterCatalogue(t)
		p, task := city.begun(t, "safe_ways")
		stranger := city.Person("stranger", "member")
		list, err := city.Catalogue.List(ctx, city.official, catalogue.Filter{Kind: catalogue.KindInterlinker, Nature: catalogue.NatureExternalKnowledge}, domain.Page{Limit: 1})
		if err != nil || len(list.Items) == 0 {
			t.Fatal(list.Total, err)
		}
		e := list.Items[0]
		r, err := city.Coproduction.Instantiate(ctx, city.official, p.Name, task, e.Slug)
		if err != nil {
			t.Fatal(err)
		}
		visit := func(as string) {
			v := city.official
			if as != "" {
				v = stranger
			}
			to, err := city.Coproduction.Visit(ctx, v, p.Name, r.ID)
			if as == "" && (err != nil || to != r.URL) {
				t.Errorf("%s, %v", to, err)
			}
		}
		visit("")
		visit("")
		visit("stranger")
		uses, err := city.Coproduction.Uses(ctx, city.official, p.Name, domain.Page{Limit: 1})
		if err != nil || uses.Total != 2 || uses.Next == "" {
			t.Fatalf("%+v, %v", uses, err)
		}
		opened := uses.Items[0]
		if opened.How != coproduction.OpenedAt || opened.Actor != city.official.Actor || opened.Version != e.Version || opened.Tool != e.IRI || opened.Item != task || opened.Name != r.Name {
			t.Errorf("%+v", opened)
		}
		uses, err = city.Coproduction.Uses(ctx, city.official, p.Name, domain.Page{Limit: 1, After: uses.Next})
		if err != nil || len(uses.Items) != 1 || uses.Next != "" || uses.Items[0].How != coproduction.TakenInto {
			t.Fatalf("%+v, %v", uses, err)
		}
		if _, err := city.Coproduction.Uses(ctx, stranger, p.Name, domain.Page{}); domain.CodeOf(err) != domain.NotFound {
			t.Errorf("somebody else reads who used what: %v", err)
		}
		if again, err := city.Catalogue.EntryByIRI(ctx, city.official, e.IRI); err != nil || again.Uses != 1 {
			t.Errorf("taken once, counted %d times (%v)", again.Uses, err)
		}
	})
}
