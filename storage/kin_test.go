package storage_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/lineage"
	"interlink/storage"
	"interlink/storage/storagetest"
)

// world answers for processes of other nodes, as a reader of them would.
type world struct {
	known  map[domain.IRI]lineage.Relative
	clones map[domain.IRI][]domain.IRI
	gone   map[domain.IRI]bool
	asked  map[domain.IRI]int
	killAt domain.IRI // reading it fails as if the program ended
}

func (w *world) Kin(_ context.Context, k lineage.Kin, most int) (lineage.Reading, error) {
	w.asked[k.IRI]++
	r := lineage.Reading{Kin: k, Asked: 3, Whole: true}
	if k.IRI == w.killAt {
		return r, errKilled
	}
	said, ok := w.known[k.IRI]
	switch {
	case w.gone[k.IRI]:
		r.Kin.State, r.Whole = lineage.KinGone, false
		return r, nil
	case !ok:
		r.Kin.State, r.Whole = lineage.KinAway, false
		return r, nil
	}
	r.Kin.State, r.Kin.Known, r.Kin.Seen, r.Clones = lineage.KinRead, &said, noonOfKin, w.clones[k.IRI]
	if len(r.Clones) > most {
		r.Clones, r.Whole = r.Clones[:most], false
	}
	return r, nil
}

var noonOfKin = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)

func (w *world) add(iri, source domain.IRI) {
	r := lineage.Relative{IRI: iri, Title: domain.Text{"en": string(iri)}, Digest: strings.Repeat("ab", 32)}
	if source != "" {
		r.From = &lineage.Descent{Source: source, Digest: strings.Repeat("ab", 32)}
		w.clones[source] = append(w.clones[source], iri)
	}
	w.known[iri] = r
}

// TestLineageWalk: what is read is kept as it is read: a walk that is killed goes
// on where it was, what vanished stays as it was known, and who claims without
// end costs no more than the budget.
func TestLineageWalk(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "walk", func(t *testing.T, db *storage.DB) {
		ctx, n := t.Context(), newNode(t, db)
		ana := n.person(t, "ana")
		goods := catalogueOf(n.mint, 1, 2)
		store := storage.NewLineage(db)
		s := n.lineage(goods)
		p := must[*coproduction.Process](t)(n.processes(goods).Start(ctx, ana, started("gardens")))
		w := &world{known: map[domain.IRI]lineage.Relative{}, clones: map[domain.IRI][]domain.IRI{}, gone: map[domain.IRI]bool{}, asked: map[domain.IRI]int{}}
		families := lineage.NewFamilies(store, s, n.mint)
		families.ReadBy(w)
		const top, riga, rome = domain.IRI("https://zaragoza.example/processes/huertos"), domain.IRI("https://riga.example/processes/darzi"), domain.IRI("https://rome.example/processes/orti")
		w.add(top, "")
		w.add(p.IRI, top)
		w.add(riga, p.IRI)
		w.add(rome, riga)

		read := func() []lineage.Placed {
			t.Helper()
			if err := families.Work(ctx, lineage.WalkArgs{Process: p.ID}); err != nil {
				t.Fatal(err)
			}
			return must[*lineage.Lineage](t)(families.Lineage(ctx, ana, "gardens", domain.Page{Limit: 100})).List.Items
		}
		wantCode(t, families.Renew(ctx, n.person(t, "bo"), "gardens"), domain.Forbidden)
		wantCode(t, families.Renew(ctx, ana, "gardens"), domain.OK)
		w.killAt = riga
		if err := families.Work(ctx, lineage.WalkArgs{Process: p.ID}); !errors.Is(err, errKilled) {
			t.Fatalf("killed: %v", err)
		}
		w.killAt = ""
		f := read()
		if len(f) != 4 || f[0].IRI != top || f[1].IRI != p.IRI || !f[1].Self || f[3].IRI != rome || f[3].Depth != 3 || f[3].Parent != 2 {
			t.Fatalf("the lineage: %+v", f)
		}
		if w.asked[p.IRI] != 1 || w.asked[top] != 1 || w.asked[riga] != 2 {
			t.Errorf("after a kill it asked again: %v", w.asked)
		}
		wantCode(t, families.Renew(ctx, ana, "gardens"), domain.TooMany)

		// What vanished stays, with the hash that was known last.
		again := func() []lineage.Placed {
			t.Helper()
			wantCode(t, families.Changed(ctx, lineage.WalkArgs{Process: p.ID}), domain.OK)
			return read()
		}
		w.gone[top], w.gone[riga] = true, true
		f = again()
		if len(f) != 4 || f[0].State != lineage.KinGone || f[0].Digest != strings.Repeat("ab", 32) || f[2].State != lineage.KinGone || f[2].Title == nil || f[2].Seen.IsZero() {
			t.Errorf("after two vanished: %+v", f)
		}
		// What is listed no more, and says nothing else, is forgotten.
		w.clones[p.IRI], w.known[rome] = nil, lineage.Relative{IRI: rome, Title: domain.Text{"en": "Rome"}}
		if f = again(); len(f) != 2 {
			t.Errorf("after it is listed no more: %+v", f)
		}
	})

	storagetest.Run(t, "due", func(t *testing.T, db *storage.DB) {
		ctx, n := t.Context(), newNode(t, db)
		ana := n.person(t, "ana")
		goods := catalogueOf(n.mint, 1, 2)
		store, s := storage.NewLineage(db), n.lineage(goods)
		source := must[*coproduction.Process](t)(n.processes(goods).Start(ctx, ana, started("gardens")))
		alone := must[*coproduction.Process](t)(n.processes(goods).Start(ctx, ana, started("alone")))
		clone := must[*coproduction.Process](t)(s.CloneFrom(ctx, ana, lineage.SourceProcess{IRI: source.IRI}, lineage.CloneInput{Name: "copy"}))
		families := lineage.NewFamilies(store, s, n.mint)
		if err := families.Tend(ctx); err != nil {
			t.Fatal(err)
		}
		for _, p := range []struct {
			process *coproduction.Process
			due     bool
		}{{source, false}, {alone, false}, {clone, true}} { // the clone was not accepted yet
			_, err := store.Walk(ctx, p.process.ID)
			if (err == nil) != p.due {
				t.Errorf("%s: %v", p.process.Name, err)
			}
		}
		if due := must[[]*coproduction.Process](t)(store.DueWalks(ctx, n.mint.Now().Add(-time.Hour), 10)); len(due) != 0 {
			t.Errorf("while one runs %d are due", len(due))
		}
	})

	storagetest.Run(t, "liar", func(t *testing.T, db *storage.DB) {
		ctx, n := t.Context(), newNode(t, db)
		ana := n.person(t, "ana")
		goods := catalogueOf(n.mint, 1, 2)
		store := storage.NewLineage(db)
		p := must[*coproduction.Process](t)(n.processes(goods).Start(ctx, ana, started("gardens")))
		w := &world{known: map[domain.IRI]lineage.Relative{}, clones: map[domain.IRI][]domain.IRI{}, asked: map[domain.IRI]int{}}
		families := lineage.NewFamilies(store, n.lineage(goods), n.mint)
		families.ReadBy(w)
		const liar = domain.IRI("https://liar.example/processes/1")
		w.add(p.IRI, liar)
		w.add(liar, "https://liar.example/processes/deep0")
		for i := range 100 { // a chain without end
			w.add(domain.IRI(fmt.Sprintf("https://liar.example/processes/deep%d", i)), domain.IRI(fmt.Sprintf("https://liar.example/processes/deep%d", i+1)))
		}
		for i := range 5_000 {
			w.add(domain.IRI(fmt.Sprintf("https://liar.example/processes/many%d", i)), liar)
		}
		wantCode(t, families.Renew(ctx, ana, "gardens"), domain.OK)
		if err := families.Work(ctx, lineage.WalkArgs{Process: p.ID}); err != nil {
			t.Fatal(err)
		}
		l := must[*lineage.Lineage](t)(families.Lineage(ctx, ana, "gardens", domain.Page{Limit: 20}))
		asked := 0
		for _, times := range w.asked {
			asked += times
		}
		if asked > 210 || l.List.Total > lineage.MaxKin || !l.Walk.Cut || l.Walk.State != lineage.WalkEnded {
			t.Errorf("it asked for %d processes, has %d, and ended as %+v", asked, l.List.Total, l.Walk)
		}
		if len(l.List.Items) != 20 || l.List.Next == "" || len(l.Nearest) != lineage.MaxDrawn {
			t.Errorf("%d on a page, then %q; %d are drawn", len(l.List.Items), l.List.Next, len(l.Nearest))
		}
		// The next walk goes on with those that nobody looked at.
		before := len(w.asked)
		wantCode(t, families.Changed(ctx, lineage.WalkArgs{Process: p.ID}), domain.OK)
		if err := families.Work(ctx, lineage.WalkArgs{Process: p.ID}); err != nil {
			t.Fatal(err)
		}
		if len(w.asked) <= before {
			t.Errorf("the next walk looked at none of those that were left: %d", len(w.asked))
		}
		whole, _, err := families.Whole(ctx, "gardens")
		if err != nil || len(whole) != must[*lineage.Lineage](t)(families.Lineage(ctx, ana, "gardens", domain.Page{})).List.Total {
			t.Errorf("whole: %d (%v)", len(whole), err)
		}
	})
}
