package federationtest_test

import (
	"database/sql"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"strings"
	"sync"
	"testing"
	"time"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/lineage"
	"interlink/domain/portable"
	"interlink/domain/story"
	"interlink/federation/activity"
	"interlink/federation/federationtest"
	"interlink/storage/storagetest"
)

// largeProcess makes a process of so many items, 1.4 kB of text each, with a
// public resource for each tenth, if its node keeps it in a database of SQLite
// with such a name; else with one that is not public.
func (c *city) largeProcess(b testing.TB, dsn string, items int) *coproduction.Process {
	b.Helper()
	seed, err := c.Coproduction.Start(b.Context(), c.official, coproduction.StartInput{
		Name: "seed", Details: coproduction.Details{Title: english("Seed"), Language: "en"}, Owner: c.owner.ID,
	})
	if err != nil {
		b.Fatal(err)
	}
	source := lineage.SourceProcess{IRI: seed.IRI, Owner: c.owner.IRI, Title: english("Large"), Language: "en"}
	in := lineage.CloneInput{Name: "large", Owner: c.owner.ID, Published: true}
	text := domain.Text{"en": strings.Repeat("What is to be done here, and why. ", 20), "es": strings.Repeat("Qué hay que hacer aquí, y por qué. ", 20)}
	add := func(id, parent string, kind coproduction.ItemKind, position int) {
		source.Items = append(source.Items, lineage.SourceItem{ID: id, Parent: parent, Kind: kind, Position: position, Name: english(id), Description: text})
	}
	objectives := max(items/25-10, 10)
	for p := range 10 {
		add(fmt.Sprint("p", p), "", coproduction.Phase, p)
	}
	for o := range objectives {
		add(fmt.Sprint("o", o), fmt.Sprint("p", o%10), coproduction.Objective, o/10)
	}
	for i := range items - objectives - 10 {
		add(fmt.Sprint("t", i), fmt.Sprint("o", i%objectives), coproduction.Task, i/objectives)
	}
	for i := range items / 10 {
		in.Resources = append(in.Resources, lineage.SourceResource{
			IRI: seed.IRI, Item: fmt.Sprint("t", i), Kind: coproduction.Document, Name: fmt.Sprint("R", i), Body: strings.Repeat("A line of a document.\n", 100), Licence: "CC-BY-4.0", Language: "en",
		})
	}
	large, err := c.Lineage.CloneFrom(b.Context(), c.official, source, in)
	if err != nil {
		b.Fatal(err)
	}
	if dsn == "" {
		return large
	}
	db, err := sql.Open("sqlite", strings.TrimPrefix(dsn, "sqlite:"))
	if err != nil {
		b.Fatal(err)
	}
	if _, err := db.ExecContext(b.Context(), "UPDATE resources SET public = TRUE"); err != nil {
		b.Fatal(err)
	}
	_ = db.Close()
	return large
}

// BenchmarkTrees measures what is in memory at the peak, beyond what was
// before, in MiB, and of that what was live in bytes an item, while a tree of 500 and one of 5,000 items is cloned, served,
// released, merged and told as a story; and, in every other round,
// how long that takes: to be run with -benchtime 2x.
func BenchmarkTrees(b *testing.B) {
	for _, items := range []int{500, 5000} {
		b.Run(fmt.Sprint(items), func(b *testing.B) {
			l := newLarge(b, items)
			for n := 0; b.Loop(); n++ {
				l.measure = func(what string, do func()) {
					if n%2 == 1 {
						peak, live := heldBy(do)
						b.ReportMetric(float64(peak)/(1<<20), "MiB/"+what)
						b.ReportMetric(float64(live)/float64(items), "B-item/"+what)
						return
					}
					begin := time.Now()
					do()
					b.ReportMetric(time.Since(begin).Seconds(), "s/"+what)
				}
				l.clones(n)
				l.reads()
				l.merges(n)
				l.whole(n)
			}
			b.ReportMetric(0, "ns/op")
		})
	}
}

// large is a large process of a city, and another that clones it.
type large struct {
	testing.TB
	cluster *federationtest.Cluster
	city    *city
	abroad  *city
	process *coproduction.Process
	measure func(what string, do func())
}

func newLarge(t testing.TB, items int) *large {
	var stores []string
	c := federationtest.On(t, func(t testing.TB) string {
		stores = append(stores, storagetest.SQLite(t))
		return stores[len(stores)-1]
	}, "Zaragoza", "Riga")
	l := &large{TB: t, cluster: c, city: newCity(t, c.Nodes[0]), abroad: newCity(t, c.Nodes[1]), measure: func(_ string, do func()) { do() }}
	l.process = l.city.largeProcess(t, stores[0], items)
	c.Settle()
	l.release(0)
	return l
}

func (l *large) must(err error) {
	l.Helper()
	if err != nil {
		l.Fatal(err)
	}
}

func (l *large) release(next int) {
	d, err := l.city.Releases.Draft(l.Context(), l.city.official, "large")
	l.must(err)
	l.measure("publish", func() {
		_, err = l.city.Releases.Publish(l.Context(), l.city.official, "large", lineage.ReleaseInput{
			Version: d.Next[next], Note: english("n"), Licence: "CC-BY-4.0", Digest: d.Digest,
		})
		l.must(err)
	})
}

func (l *large) clones(n int) {
	l.measure("choose-here", func() {
		_, err := l.city.Lineage.Preview(l.Context(), l.city.official, "large")
		l.must(err)
	})
	l.measure("choose-abroad", func() {
		_, err := l.abroad.Source(l.Context(), l.process.IRI)
		l.must(err)
	})
	l.measure("clone-here", func() {
		_, err := l.city.Lineage.CloneFrom(l.Context(), l.city.official, lineage.SourceProcess{IRI: l.process.IRI}, lineage.CloneInput{Name: fmt.Sprint("clone", n)})
		l.must(err)
	})
	l.measure("clone-by-job", func() {
		begun, err := l.city.Lineage.Begin(l.Context(), l.city.official, lineage.SourceProcess{IRI: l.process.IRI}, lineage.CloneInput{Name: fmt.Sprint("job", n)})
		l.must(err)
		l.must(l.city.Lineage.Work(l.Context(), lineage.CloningArgs{Cloning: begun.ID}))
	})
	l.measure("clone-abroad", func() {
		begun, err := l.abroad.Lineage.Begin(l.Context(), l.abroad.official, lineage.SourceProcess{IRI: l.process.IRI}, lineage.CloneInput{Name: fmt.Sprint("abroad", n)})
		l.must(err)
		if err := l.abroad.Lineage.Work(l.Context(), lineage.CloningArgs{Cloning: begun.ID}); err != nil {
			l.cluster.Settle() // its job does it
		}
	})
	l.cluster.Settle()
}

func (l *large) reads() {
	get := func(iri domain.IRI) {
		r := httptest.NewRequestWithContext(l.Context(), http.MethodGet, string(iri), nil)
		r.Header.Set("Accept", activity.MediaType)
		w := httptest.NewRecorder()
		l.city.ServeHTTP(w, r)
		if w.Code != http.StatusOK {
			l.Fatal(w.Code, w.Body)
		}
	}
	l.measure("collection", func() { get(l.process.IRI + "/tree") })
	l.measure("page", func() { get(l.process.IRI + "/tree?page=" + domain.IRI(activity.FirstPage)) })
	l.measure("guide", func() {
		_, _, err := l.city.Coproduction.Guide(l.Context(), l.city.official, "large", "")
		l.must(err)
	})
	l.measure("archive", func() {
		a, err := l.city.Coproduction.Archive(l.Context(), l.city.official, "large", "")
		l.must(err)
		defer a.Close()
		l.must(a.Write(l.Context(), io.Discard, coproduction.ArchiveWords{Say: func(key string, _ ...any) string { return key }, Text: domain.Text.String}))
	})
}

// merges changes one item, and takes that into a clone by a release.
func (l *large) merges(n int) {
	_, tree, err := l.city.Coproduction.Tree(l.Context(), l.city.official, "large")
	l.must(err)
	first := tree.Items()[0]
	d := first.Details()
	d.Description = english(fmt.Sprint(n))
	l.must(l.city.Coproduction.EditItem(l.Context(), l.city.official, "large", first.ID, first.Revision, d))
	tree = nil
	l.measure("draft", func() {
		_, err := l.city.Releases.Draft(l.Context(), l.city.official, "large")
		l.must(err)
	})
	l.release(1)
	l.measure("release-abroad", l.cluster.Settle)
	clone := fmt.Sprint("clone", n)
	var u *lineage.Upstream
	l.measure("updates", func() {
		u, err = l.city.Releases.Updates(l.Context(), l.city.official, clone)
		l.must(err)
	})
	var done *lineage.MergeResult
	l.measure("merge", func() {
		done, err = l.city.Releases.Merge(l.Context(), l.city.official, clone, lineage.MergeInput{Release: u.Release.ID, AllSafe: true, AllNew: true})
		l.must(err)
	})
	l.measure("undo", func() {
		_, err := l.city.Releases.Undo(l.Context(), l.city.official, clone, done.Record.ID)
		l.must(err)
	})
}

// whole does what has the tree whole by its nature: a story is one signed document.
func (l *large) whole(n int) {
	_, tree, err := l.city.Coproduction.Guide(l.Context(), l.city.official, "large", "")
	l.must(err)
	var keep []domain.ID
	for _, it := range tree.Items()[:min(tree.Len(), 3000)] { // more would show more than a story may
		keep = append(keep, it.ID)
	}
	l.measure("story", func() {
		_, err := l.city.Stories.Publish(l.Context(), l.city.official, story.Input{Slug: fmt.Sprint("large-", n), Process: "large", Owner: l.city.owner.ID, Keep: keep, Telling: story.Telling{
			Title: english("Large"), Summary: english("s"), Results: english("r"),
		}})
		l.must(err)
	})
	l.cluster.Settle()
}

// BenchmarkArchives measures in the same way, on both databases, while a process is
// taken along to another node, and brought up to date there.
func BenchmarkArchives(b *testing.B) {
	for database, open := range federationtest.Databases {
		for _, items := range []int{100, 500, 5000} {
			b.Run(fmt.Sprint(database, "/", items), func(b *testing.B) {
				for b.Loop() {
					archives(b, open, items, func(what string, do func()) {
						begin := time.Now()
						peak, live := heldBy(do)
						b.ReportMetric(float64(peak)/(1<<20), "MiB/"+what)
						b.ReportMetric(float64(live)/float64(items), "B-item/"+what)
						b.ReportMetric(time.Since(begin).Seconds(), "s/"+what)
					})
				}
				b.ReportMetric(0, "ns/op")
			})
		}
	}
}

// archives takes a process along twice, the second time with a change.
func archives(b *testing.B, open func(testing.TB) string, items int, measure func(what string, do func())) {
	c := federationtest.On(b, open, "Zaragoza", "Riga")
	from, to := newCity(b, c.Nodes[0]), newCity(b, c.Nodes[1])
	must := func(err error) {
		b.Helper()
		if err != nil {
			b.Fatal(err)
		}
	}
	from.largeProcess(b, "", items)
	c.Settle()
	take := func(what string, in portable.Input) {
		file, err := os.Create(filepath.Join(b.TempDir(), "archive"))
		must(err)
		defer file.Close()
		measure("export-"+what, func() {
			e, err := from.Portable.Export(b.Context(), from.official, "large")
			must(err)
			must(e.Write(b.Context(), file))
		})
		info, err := file.Stat()
		must(err)
		var brought *portable.Bringing
		measure("bring-"+what, func() {
			brought, err = to.Portable.Bring(b.Context(), to.official, file, info.Size())
			must(err)
		})
		measure("try-"+what, func() {
			_, err := to.Portable.Try(b.Context(), to.official, brought.ID, in)
			must(err)
		})
		measure("import-"+what, func() {
			_, _, err := to.imports(b.Context(), brought.ID, in)
			must(err)
		})
	}
	take("first", portable.Input{})
	_, t, err := from.Coproduction.Tree(b.Context(), from.official, "large")
	must(err)
	first := t.Items()[0]
	d := first.Details()
	d.Description = english("Otherwise")
	must(from.Coproduction.EditItem(b.Context(), from.official, "large", first.ID, first.Revision, d))
	t = nil
	take("later", portable.Input{Update: "large"})
}

// heldBy returns by how many bytes the heap grew at most while something was
// done: with what was not collected yet, and of that what was live.
func heldBy(do func()) (peak, live uint64) {
	runtime.GC()
	defer debug.SetGCPercent(debug.SetGCPercent(10))
	size := func() (peak, live uint64) {
		both := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}, {Name: "/gc/heap/live:bytes"}}
		metrics.Read(both)
		return both[0].Value.Uint64(), both[1].Value.Uint64()
	}
	before, liveBefore := size()
	done := make(chan struct{})
	var watching sync.WaitGroup
	watching.Go(func() {
		for tick := time.NewTicker(time.Millisecond); ; <-tick.C {
			now, liveNow := size()
			peak, live = max(peak, now), max(live, liveNow)
			select {
			case <-done:
				tick.Stop()
				return
			default:
			}
		}
	})
	do()
	close(done)
	watching.Wait()
	return peak - min(peak, before), live - min(live, liveBefore)
}
