package storage_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/catalogue/dump"
	"interlink/domain/catalogue/exchange"
	"interlink/domain/catalogue/seed"
	"interlink/domain/catalogue/starter"
	"interlink/storage"
	"interlink/storage/storagetest"
)

// TestDumpBetweenNodes: the export of a catalogue, imported by another node,
// is the same catalogue; again changes nothing, and copies are not in it.
func TestDumpBetweenNodes(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "dump", func(t *testing.T, db *storage.DB) {
		s, _ := newCatalogue(t, db)
		if _, err := s.Import(t.Context(), operator, seed.Read(starter.Tree()), false); err != nil {
			t.Fatal(err)
		}
		there := newSender(t, db).follower("riga.example", "catalogue", false)
		foreign := catalogue.Remote{
			IRI: "https://riga.example/interlinkers/plan", Slug: "plan", Kind: catalogue.KindInterlinker, Version: 1, Updated: noon,
			Content: catalogue.Content{Name: domain.Text{"lv": "Plāns"}, Interlinker: &catalogue.Interlinker{Nature: catalogue.NatureKnowledge}},
		}
		if _, err := s.Receive(t.Context(), there, foreign); err != nil {
			t.Fatal(err)
		}
		written := func(db *storage.DB, s *catalogue.Service) string {
			t.Helper()
			var b strings.Builder
			w, err := dump.NewWriter(&b, dump.Head{Node: "https://city.example"})
			if err != nil {
				t.Fatal(err)
			}
			service := exchange.NewService(storage.NewCatalogue(db), s, nil, domain.NewMint(nil, nil), domain.Nobody, operator)
			if err := service.Each(t.Context(), exchange.Filter{}, w.Write); err != nil {
				t.Fatal(err)
			}
			if err := w.Close(nil); err != nil {
				t.Fatal(err)
			}
			return b.String()
		}
		first := written(db, s)
		if strings.Contains(first, "Plāns") {
			t.Error("a copy of another node's entry is in the export")
		}
		otherDB := storagetest.Open(t, storagetest.SQLite(t))
		other, _ := newCatalogue(t, otherDB)
		for _, want := range []bool{true, false} {
			report, err := other.Import(t.Context(), operator, dump.Read("x", []byte(first)), false)
			if err != nil || len(report.Errors) > 0 || (report.Interlinkers.Added > 0) != want || report.Interlinkers.Updated > 0 {
				t.Fatalf("%+v, %v", report, err)
			}
		}
		hashes := func(doc string) map[string]string {
			out := map[string]string{}
			for _, e := range dump.Read("x", []byte(doc)).Entries {
				out[string(e.Kind)+" "+e.Key] = e.ContentHash()
			}
			return out
		}
		before, after := hashes(first), hashes(written(otherDB, other))
		if len(before) < 60 || len(before) != len(after) {
			t.Fatalf("%d entries became %d", len(before), len(after))
		}
		for key, hash := range before {
			if after[key] != hash {
				t.Errorf("%s is not the same", key)
			}
		}
	})
}

// TestSource: a source is imported when it is due, what did not change is not
// read again, one change is one update, errors change nothing, and what was
// corrected here stays until the source changes.
func TestSource(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "source", func(t *testing.T, db *storage.DB) {
		ctx := t.Context()
		now := noon
		mint := domain.NewMint(func() time.Time { return now }, nil)
		s, owner := newCatalogue(t, db)
		table, reads := "name,nature,key\nPlan,knowledge,plan\nMap,knowledge,map\n", 0
		fetch := func(_ context.Context, address domain.IRI, known exchange.Stamp, _ int64) (exchange.File, error) {
			reads++
			if known.ETag == table {
				return exchange.File{Unchanged: true}, nil
			}
			return exchange.File{From: address, Body: []byte(table), Stamp: exchange.Stamp{ETag: table}}, nil
		}
		store := storage.NewCatalogue(db)
		x := exchange.NewService(store, s, fetch, mint, owner.ID, operator)
		source, err := x.Add(ctx, operator, "https://lists.example/a.csv", exchange.Auto, exchange.Daily)
		if err != nil {
			t.Fatal(err)
		}
		run := func(want exchange.Outcome, added, updated int) {
			t.Helper()
			if err := x.Run(ctx, exchange.ImportArgs{Source: source.ID}); err != nil {
				t.Fatal(err)
			}
			got, err := store.Source(ctx, source.ID)
			if err != nil || got.Outcome != want || got.Report.Interlinkers.Added != added || got.Report.Interlinkers.Updated != updated || !got.NextAt.Equal(now.AddDate(0, 0, 1)) {
				t.Errorf("%+v, %v; want %s, %d added, %d updated", got, err, want, added, updated)
			}
		}
		run(exchange.Done, 2, 0)
		run(exchange.Unchanged, 2, 0)
		table = strings.Replace(table, "Map", "Chart", 1)
		run(exchange.Done, 0, 1)
		table += "X,nonsense,x\n"
		run(exchange.Refused, 0, 0)

		if _, err := x.Add(ctx, operator, "https://lists.example/a.csv", exchange.Auto, exchange.Weekly); domain.CodeOf(err) != domain.Invalid {
			t.Errorf("the same address twice: %v", err)
		}
		if _, err := x.Add(ctx, operator, "nowhere", exchange.Auto, "hourly"); len(domain.FieldsOf(err)) != 2 {
			t.Errorf("nonsense: %v", err)
		}
		if err := x.AskDue(ctx); err != nil {
			t.Fatal(err)
		}
		if got, err := store.Source(ctx, source.ID); err != nil || !got.NextAt.Equal(now.AddDate(0, 0, 1)) {
			t.Errorf("asked before it was due: %v, %v", got, err)
		}
		now = now.AddDate(0, 0, 2)
		if err := x.AskDue(ctx); err != nil {
			t.Fatal(err)
		}
		if got, err := store.Source(ctx, source.ID); err != nil || !got.NextAt.Equal(now.AddDate(0, 0, 1)) {
			t.Errorf("not asked when it was due: %v, %v", got, err)
		}
		if err := x.Remove(ctx, operator, source.ID); err != nil {
			t.Fatal(err)
		}
		if left, err := x.Sources(ctx, operator); err != nil || len(left) != 0 || reads != 4 {
			t.Errorf("%d left, %d reads, %v", len(left), reads, err)
		}
	})
}
