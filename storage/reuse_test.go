package storage_test

import (
	"testing"
	"time"

	"interlink/domain"
	"interlink/domain/reuse"
	"interlink/storage"
	"interlink/storage/storagetest"
)

// TestNodeAgreesNoMore: a node that told numbers and does not agree any more
// tells once that there are none, and nothing to others.
func TestNodeAgreesNoMore(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "reuse", func(t *testing.T, db *storage.DB) {
		ctx := t.Context()
		store := storage.NewReuse(db)
		ns, err := domain.NewNamespace("https://city.example")
		if err != nil {
			t.Fatal(err)
		}
		now := time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
		mint := domain.NewMint(func() time.Time { return now }, nil)
		const heard, not domain.IRI = "https://riga.example/catalogue", "https://rome.example/catalogue"
		line := reuse.Line{Kind: reuse.Interlinker, Object: "https://riga.example/interlinkers/map", Counts: reuse.Counts{reuse.Uses: 5}}
		made := []reuse.Report{{Owner: heard, Month: "2026-10", At: now, Lines: []reuse.Line{line}}, {Owner: not, Month: "2026-10", At: now}}
		if err := store.SaveReports(ctx, "2026-10", made, nil, domain.Change{}); err != nil {
			t.Fatal(err)
		}
		told := func() (events int) {
			t.Helper()
			if err := db.Read().NewRaw("SELECT COUNT(*) FROM events WHERE kind = ?", string(reuse.Told)).Scan(ctx, &events); err != nil {
				t.Fatal(err)
			}
			return events
		}
		s := reuse.NewService(store, mint, ns, false)
		for _, want := range []int{1, 1, 1} {
			now = now.AddDate(0, 1, 0)
			if err := s.Report(ctx); err != nil {
				t.Fatal(err)
			}
			if n := told(); n != want {
				t.Errorf("at %s %d reports were told, not %d", now, n, want)
			}
		}
		if left, err := store.Told(ctx); err != nil || len(left) > 0 {
			t.Errorf("%v still count on it (%v)", left, err)
		}
	})
}
