package storage_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/catalogue/seed"
	"interlink/domain/catalogue/starter"
	"interlink/domain/network"
	"interlink/domain/policy"
	"interlink/storage"
	"interlink/storage/storagetest"
)

var operator = policy.Viewer{Actor: "operator", Role: policy.RoleAdmin}

func newCatalogue(t testing.TB, db *storage.DB) (*catalogue.Service, *network.Actor) {
	t.Helper()
	return newCatalogueAt(t, db, "https://city.example")
}

func newCatalogueAt(t testing.TB, db *storage.DB, base string) (*catalogue.Service, *network.Actor) {
	t.Helper()
	mint := domain.NewMint(nil, nil)
	ns, err := domain.NewNamespace(base)
	if err != nil {
		t.Fatal(err)
	}
	owner := network.NewLocal(mint, ns, network.TypeService, network.SubjectCatalogue, "catalogue", "catalogue")
	if err := storage.NewNetwork(db).AddLocalActor(t.Context(), owner); err != nil {
		t.Fatal(err)
	}
	return catalogue.NewService(storage.NewCatalogue(db), mint, ns, owner.ID), owner
}

func TestImportIsIncremental(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "starter", func(t *testing.T, db *storage.DB) {
		ctx := t.Context()
		s, _ := newCatalogue(t, db)
		dir := filepath.Join(t.TempDir(), "tree")
		if err := os.CopyFS(dir, starter.Tree()); err != nil {
			t.Fatal(err)
		}
		load := func(dry bool) catalogue.Report {
			t.Helper()
			tree, closer, err := seed.Open(dir)
			if err != nil {
				t.Fatal(err)
			}
			defer closer.Close()
			report, err := s.Import(ctx, operator, seed.Read(tree), dry)
			if err != nil {
				t.Fatal(err)
			}
			return report
		}
		count := func() int {
			list, err := s.List(ctx, operator, catalogue.Filter{}, domain.Page{})
			if err != nil {
				t.Fatal(err)
			}
			return list.Total
		}
		if dry := load(true); dry.Interlinkers.Added < 15 || count() != 0 {
			t.Fatalf("dry run: %+v, and %d entries were stored", dry, count())
		}
		first := load(false)
		if first.Interlinkers.Added < 15 || first.ProblemProfiles.Added != 45 || first.Schemas.Added != 4 || first.Tasks < 80 {
			t.Fatalf("first import: %+v", first)
		}
		total := first.Interlinkers.Added + first.ProblemProfiles.Added + first.Schemas.Added
		if count() != total {
			t.Errorf("%d entries, want %d", count(), total)
		}
		outlined(t, db)
		again := load(false)
		if again.Interlinkers != (catalogue.Counts{Unchanged: first.Interlinkers.Added}) || again.Schemas.Unchanged != 4 {
			t.Errorf("second import changed something: %+v", again)
		}
		guides, err := filepath.Glob(filepath.Join(dir, "interlinkers/knowledge/*/instructions.md"))
		if err != nil || len(guides) == 0 {
			t.Fatal("no instructions", err)
		}
		if err := os.WriteFile(guides[0], []byte("# New\n\nAnother way to do it."), 0o600); err != nil {
			t.Fatal(err)
		}
		edited := load(false)
		if edited.Interlinkers.Updated != 1 || edited.Interlinkers.Added != 0 || edited.ProblemProfiles.Updated != 0 {
			t.Errorf("after editing one file: %+v", edited)
		}
		if err := os.WriteFile(filepath.Join(dir, "interlinkers/knowledge/broken.json"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(guides[0][:len(guides[0])-len("instructions.md")]+"metadata.json", []byte(`{"id":`), 0o600); err != nil {
			t.Fatal(err)
		}
		if broken := load(false); len(broken.Errors) == 0 || broken.Interlinkers.Updated != 0 {
			t.Errorf("a broken tree: %+v", broken)
		}
		if _, err := s.Import(ctx, policy.Viewer{Actor: "ana", Role: policy.RoleMember}, catalogue.Bundle{}, false); domain.CodeOf(err) != domain.Forbidden {
			t.Errorf("a member may import: %v", err)
		}
	})
}

func TestCatalogueFiltersAndPages(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "find", func(t *testing.T, db *storage.DB) {
		ctx := t.Context()
		s, _ := newCatalogue(t, db)
		if _, err := s.Import(ctx, operator, seed.Read(starter.Tree()), false); err != nil {
			t.Fatal(err)
		}
		var names []string
		page := domain.Page{Limit: 7}
		for {
			list, err := s.List(ctx, operator, catalogue.Filter{Kind: catalogue.KindInterlinker}, page)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range list.Items {
				names = append(names, e.Name.String())
			}
			if list.Next == "" {
				if len(names) != list.Total {
					t.Errorf("%d on all pages, want %d", len(names), list.Total)
				}
				break
			}
			page.After = list.Next
		}
		list, facets, err := s.Find(ctx, operator, catalogue.Filter{Kind: catalogue.KindInterlinker, Nature: catalogue.NatureKnowledge, Language: "lv"}, domain.Page{Limit: 100})
		if err != nil || list.Total == 0 || list.Total == len(names) || len(facets[catalogue.FacetNature]) != 4 {
			t.Fatalf("knowledge in Latvian: %d of %d, natures %v, %v", list.Total, len(names), facets[catalogue.FacetNature], err)
		}
		code := list.Items[0].Interlinker.Problems[0]
		byProblem, err := s.List(ctx, operator, catalogue.Filter{Problem: code, Kind: catalogue.KindInterlinker}, domain.Page{})
		if err != nil || byProblem.Total == 0 {
			t.Errorf("nothing for %s: %v", code, err)
		}
		odd, err := s.List(ctx, operator, catalogue.Filter{Text: `zz%_!' OR zz=zz`}, domain.Page{})
		if err != nil || odd.Total != 0 {
			t.Errorf("odd words found %d, %v", odd.Total, err)
		}
		rec, err := s.Recommend(ctx, operator, catalogue.Query{Problems: []string{code}, Language: "es"})
		if err != nil || len(rec.Items) == 0 || len(rec.Items[0].Reasons) == 0 {
			t.Fatalf("no recommendation for %s: %v", code, err)
		}
		if _, err := s.Withdraw(ctx, operator, rec.Items[0].Entry.ID, rec.Items[0].Entry.Revision, ""); err != nil {
			t.Fatal(err)
		}
		after, err := s.Recommend(ctx, operator, catalogue.Query{Problems: []string{code}, Language: "es"})
		if err != nil || after.Total != rec.Total-1 {
			t.Errorf("a withdrawn Interlinker is still recommended: %d then %d, %v", rec.Total, after.Total, err)
		}
	})
}

func TestReceiveEntries(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "receive", func(t *testing.T, db *storage.DB) {
		ctx := t.Context()
		s, local := newCatalogue(t, db)
		there := newSender(t, db).follower("riga.example", "catalogue", false)
		in := catalogue.Remote{
			IRI: "https://riga.example/interlinkers/plan", Slug: "plan", Kind: catalogue.KindInterlinker, Version: 1, Updated: noon,
			Content: catalogue.Content{
				Name: domain.Text{"lv": "Plāns"}, Interlinker: &catalogue.Interlinker{Nature: catalogue.NatureKnowledge, Problems: []string{"ORG_PROBLEM_1"}},
			},
		}
		first, err := s.Receive(ctx, there, in)
		if err != nil || first.Local() || first.Address() != "/interlinkers/plan@riga.example" {
			t.Fatalf("received %+v, %v", first, err)
		}
		in.Content.Name = domain.Text{"lv": "Older"}
		if again, err := s.Receive(ctx, there, in); err != nil || again.Name["lv"] != "Plāns" {
			t.Errorf("the same version changed it: %v, %v", again.Name, err)
		}
		in.Version, in.Status = 2, catalogue.Withdrawn
		if _, err := s.Receive(ctx, there, in); err != nil {
			t.Fatal(err)
		}
		if e, err := s.EntryByIRI(ctx, policy.Viewer{Actor: "x", Role: policy.RoleModerator}, in.IRI); err != nil || e.Status != catalogue.Withdrawn || e.Name["lv"] != "Older" {
			t.Errorf("version 2 was not taken: %+v, %v", e, err)
		}
		in.IRI = "https://elsewhere.example/interlinkers/plan"
		if _, err := s.Receive(ctx, there, in); domain.CodeOf(err) != domain.Invalid {
			t.Errorf("an entry of another origin was taken: %v", err)
		}
		in.IRI = "https://city.example/interlinkers/plan"
		if _, err := s.Receive(ctx, there, in); domain.CodeOf(err) != domain.Invalid {
			t.Errorf("a local entry was taken from outside: %v", err)
		}
		if _, err := s.Receive(ctx, local, in); domain.CodeOf(err) != domain.Invalid {
			t.Errorf("a local catalogue sent: %v", err)
		}
	})
}

// TestReadAgain: a schema of another node of which a later reading knows more
// reviews and nothing else, and of which a trust list warns, keeps its tree.
func TestReadAgain(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "read again", func(t *testing.T, db *storage.DB) {
		ctx, n := t.Context(), newNode(t, db)
		s, _ := newCatalogue(t, db)
		const far domain.IRI = "https://far.example/catalogue"
		owner, err := storage.NewNetwork(db).Actor(ctx, n.remote(t, far, network.TypeService))
		if err != nil {
			t.Fatal(err)
		}
		bundle := seed.Read(starter.Tree())
		at := slices.IndexFunc(bundle.Entries, func(e *catalogue.Entry) bool { return e.Kind == catalogue.KindSchema })
		remote := catalogue.Remote{
			IRI: "https://far.example/schemas/service", Slug: "service", Kind: catalogue.KindSchema, Content: bundle.Entries[at].Content(),
			Status: catalogue.Published, Version: 1, Published: n.mint.Now(), Updated: n.mint.Now(),
		}
		read := func() {
			t.Helper()
			sub, err := s.Begin(ctx, owner)
			if err != nil {
				t.Fatal(err)
			}
			if err := s.TakePage(ctx, owner, sub, catalogue.Page{Entries: []catalogue.Remote{remote}, Total: 1}); err != nil {
				t.Fatal(err)
			}
			if err := s.Again(ctx, operator, owner.ID); err != nil {
				t.Fatal(err)
			}
		}
		whole := func(when string) *catalogue.Entry {
			t.Helper()
			e, err := s.EntryByIRI(ctx, operator, remote.IRI)
			if err != nil || e.Schema == nil || len(e.Schema.Nodes) != len(remote.Content.Schema.Nodes) {
				t.Fatalf("%s: %+v (%v)", when, e, err)
			}
			return e
		}
		read()
		whole("read")
		remote.Ratings.Tally[4], remote.Ratings.At = 3, n.mint.Now()
		read()
		if e := whole("with reviews"); e.Ratings.Tally[4] != 3 {
			t.Errorf("ratings %v", e.Ratings)
		}

		list := catalogue.TrustList{IRI: "https://list.example/trust-list", Owner: "https://list.example/catalogue", Name: domain.Text{"en": "Unsafe"}, Version: 1}
		for i := range 300 {
			list.Hosts = append(list.Hosts, catalogue.ListedHost{Host: fmt.Sprintf("h%03d.example", i), Level: catalogue.TrustLimited})
		}
		list.Entries = []catalogue.EntryWarning{{Entry: remote.IRI, Reason: "It asks for a passport."}}
		if err := errors.Join(s.SubscribeList(ctx, operator, list.IRI, 1), s.ReceiveList(ctx, list.IRI, &list, nil), s.SayTrust(ctx, operator, "h200.example", catalogue.TrustBlocked, "")); err != nil {
			t.Fatal(err)
		}
		var changes []catalogue.ListChange
		for after := ""; ; {
			_, part, err := s.ListChanges(ctx, operator, list.IRI, domain.Page{After: after, Limit: 100})
			if err != nil || part.Total != 301 || len(part.Items) > 100 {
				t.Fatalf("%d of %d (%v)", len(part.Items), part.Total, err)
			}
			changes = append(changes, part.Items...)
			if after = part.Next; after == "" {
				break
			}
		}
		if len(changes) != 301 || changes[0].Entry != remote.IRI || changes[201].Counts != catalogue.TrustBlocked || changes[202].Counts != catalogue.TrustLimited {
			t.Errorf("%d changes, %+v, %+v", len(changes), changes[0], changes[201:203])
		}
		if _, _, err := s.ListChanges(ctx, operator, list.IRI, domain.Page{After: "elsewhere"}); domain.CodeOf(err) != domain.Invalid {
			t.Errorf("a cursor of another list: %v", err)
		}
		if err := s.TakeList(ctx, operator, list.IRI, 1); err != nil {
			t.Fatal(err)
		}
		if _, rest, err := s.ListChanges(ctx, operator, list.IRI, domain.Page{}); err != nil || rest.Total != 0 {
			t.Errorf("%d changes of what was taken (%v)", rest.Total, err)
		}
		if e := whole("warned"); e.Warning != list.Entries[0].Reason {
			t.Errorf("warning %q", e.Warning)
		}
		if err := s.UnsubscribeList(ctx, operator, list.IRI); err != nil {
			t.Fatal(err)
		}
		if e := whole("no more"); e.Warning != "" {
			t.Errorf("warning %q", e.Warning)
		}
	})
}

// TestEntriesByIRI: many addresses at once, more than one query names, find
// the same entries as one by one.
func TestEntriesByIRI(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "starter", func(t *testing.T, db *storage.DB) {
		ctx := t.Context()
		s, _ := newCatalogue(t, db)
		if _, err := s.Import(ctx, operator, seed.Read(starter.Tree()), false); err != nil {
			t.Fatal(err)
		}
		var iris []domain.IRI
		for i := range 2500 {
			iris = append(iris, domain.IRI(fmt.Sprintf("https://far.example/interlinkers/o'tool-%d", i)))
		}
		wanted := []domain.IRI{"https://city.example/interlinkers/decidim", "https://city.example/interlinkers/service-aim-canvas", "https://city.example/schemas/public-service"}
		iris = append(iris, wanted...)
		iris = append(iris, wanted[0]) // named twice
		found, err := s.EntriesByIRI(ctx, operator, iris)
		if err != nil {
			t.Fatal(err)
		}
		if len(found) != len(wanted) {
			t.Errorf("%d found, want %d", len(found), len(wanted))
		}
		for _, iri := range wanted {
			one, err := s.EntryByIRI(ctx, operator, iri)
			if err != nil {
				t.Fatal(err)
			}
			if many := found[iri]; many == nil || many.ID != one.ID || (many.Interlinker == nil) != (one.Interlinker == nil) || many.Uses != one.Uses {
				t.Errorf("%s: %+v, want %+v", iri, many, one)
			}
		}
		if found, err := s.EntriesByIRI(ctx, operator, nil); err != nil || len(found) != 0 {
			t.Errorf("of none: %d (%v)", len(found), err)
		}
	})
}

// outlined: schemas are compared by outlines, which say as much as the whole.
func outlined(t *testing.T, db *storage.DB) {
	t.Helper()
	store := storage.NewCatalogue(db)
	choose := func() (size int, choices []catalogue.Choice) {
		schemas, err := store.Schemas(t.Context())
		if err != nil || len(schemas) != 4 {
			t.Fatal(len(schemas), err)
		}
		for _, e := range schemas {
			for _, n := range e.Schema.Nodes {
				size += len(n.Description.String())
			}
		}
		choices = catalogue.RankSchemas(schemas, catalogue.NewIndex(nil), catalogue.Approach{Words: "a hackathon about parks", Language: "es"})
		for i := range choices {
			choices[i].Schema = &catalogue.Entry{Slug: choices[i].Schema.Slug}
		}
		return size, choices
	}
	none, short := choose()
	err := db.InTx(t.Context(), domain.Change{}, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE catalogue_roots SET outline = NULL") // as before they were kept
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if whole, long := choose(); none != 0 || whole == 0 || !reflect.DeepEqual(short, long) {
		t.Errorf("outlines have %d bytes of descriptions, trees %d; they are ranked %v and %v", none, whole, short, long)
	}
}
