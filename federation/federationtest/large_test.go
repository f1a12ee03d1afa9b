package federationtest_test

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"runtime/metrics"
	"strings"
	"sync"
	"testing"
	"time"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/lineage"
	"interlink/domain/policy"
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
	objectives := max(5, items/25-10)
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

// BenchmarkTrees measures by how many KiB what is live grows at most while trees
// of 100, 500 and 5,000 items are cloned, served, released, merged and told as a story,
// and, in every other round, how long that takes: to be run with
// -benchtime 4x. Of several rounds the least counts: whatever else the nodes do at
// the time comes on top.
func BenchmarkTrees(b *testing.B) {
	for _, items := range []int{100, 500, 5000} {
		b.Run(fmt.Sprint(items), func(b *testing.B) {
			l, least := newLarge(b, items), map[string]float64{}
			note := func(what string, value float64) {
				if was, measured := least[what]; !measured || value < was {
					least[what] = value
					b.ReportMetric(value, what)
				}
			}
			for n := 0; b.Loop(); n++ {
				l.measure = func(what string, do func()) {
					if n%2 == 1 {
						note("KiB/"+what, float64(l.grows(256<<10, do))/(1<<10))
						return
					}
					begin := time.Now()
					do()
					note("s/"+what, time.Since(begin).Seconds())
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
	live    *live // the context of what is measured
	measure func(what string, do func())
}

func newLarge(t testing.TB, items int) *large {
	var stores []string
	c := federationtest.On(t, func(t testing.TB) string {
		stores = append(stores, storagetest.SQLite(t))
		return stores[len(stores)-1]
	}, "Zaragoza", "Riga")
	l := &large{TB: t, cluster: c, city: newCity(t, c.Nodes[0]), abroad: newCity(t, c.Nodes[1]), measure: func(_ string, do func()) { do() }}
	l.live = &live{Context: t.Context()}
	l.process = l.city.largeProcess(t, stores[0], items)
	reader := l.abroad.Person("reader", policy.RoleMember)
	owner, err := l.abroad.Lookup(t.Context(), "@city_hall@"+l.city.Namespace.HandleHost())
	l.must(err)
	_, err = l.abroad.Network.Follow(t.Context(), reader, reader.Actor, owner.ID)
	l.must(err)
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

// grows measures [live] once nothing else is done.
func (l *large) grows(apart uint64, do func()) uint64 {
	l.cluster.Settle()
	return l.live.grows(apart, do)
}

// judges judges the tree of the newest release once more where a clone is, which was
// kept page by page before.
func (l *large) judges(clone string) {
	l.must(l.abroad.Releases.Look(l.Context(), l.abroad.official, clone)) // if it was not told
	l.cluster.Settle()
	u, err := l.abroad.Releases.Updates(l.Context(), l.abroad.official, clone)
	l.must(err)
	r := *u.Release
	r.State = lineage.ReleaseWaiting
	l.measure("release-abroad", func() { l.must(l.abroad.Releases.TakeTree(l.live, &r, r.Items)) })
}

func (l *large) release(next int) {
	d, err := l.city.Releases.Draft(l.live, l.city.official, "large")
	l.must(err)
	l.measure("publish", func() {
		_, err = l.city.Releases.Publish(l.live, l.city.official, "large", lineage.ReleaseInput{
			Version: d.Next[next], Note: english("n"), Licence: "CC-BY-4.0", Digest: d.Digest,
		})
		l.must(err)
	})
}

func (l *large) clones(n int) {
	l.measure("choose-here", func() {
		_, err := l.city.Lineage.Preview(l.live, l.city.official, "large")
		l.must(err)
	})
	l.measure("choose-abroad", func() {
		_, err := l.abroad.Source(l.live, l.process.IRI)
		l.must(err)
	})
	l.measure("clone-here", func() {
		_, err := l.city.Lineage.CloneFrom(l.live, l.city.official, lineage.SourceProcess{IRI: l.process.IRI}, lineage.CloneInput{Name: fmt.Sprint("clone", n)})
		l.must(err)
	})
	l.measure("clone-abroad", func() { // it stages what it reads, as a job does
		_, err := l.abroad.Lineage.CloneFrom(l.live, l.abroad.official, lineage.SourceProcess{IRI: l.process.IRI}, lineage.CloneInput{Name: fmt.Sprint("abroad", n)})
		l.must(err)
	})
	l.cluster.Settle()
}

// get reads a document of the city; the reader keeps nothing of it.
func (l *large) get(iri domain.IRI) {
	r := httptest.NewRequestWithContext(l.live, http.MethodGet, string(iri), nil)
	r.Header.Set("Accept", activity.MediaType)
	w := httptest.NewRecorder()
	w.Body = nil
	l.city.ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		l.Fatal(iri, w.Code)
	}
}

func (l *large) reads() {
	l.measure("collection", func() { l.get(l.process.IRI + "/tree") })
	l.measure("page", func() { l.get(l.process.IRI + "/tree?page=" + domain.IRI(activity.FirstPage)) })
	l.measure("guide", func() {
		_, _, err := l.city.Coproduction.Guide(l.live, l.city.official, "large", "")
		l.must(err)
	})
	l.measure("archive", func() {
		a, err := l.city.Coproduction.Archive(l.live, l.city.official, "large", "")
		l.must(err)
		defer a.Close()
		l.must(a.Write(l.live, io.Discard, coproduction.ArchiveWords{Say: func(key string, _ ...any) string { return key }, Text: domain.Text.String}))
	})
}

// merges changes one item, and takes that into a clone by a release.
func (l *large) merges(n int) {
	_, tree, err := l.city.Coproduction.Tree(l.live, l.city.official, "large")
	l.must(err)
	first := tree.Items()[0]
	d := first.Details()
	d.Description = english(fmt.Sprint(n))
	l.must(l.city.Coproduction.EditItem(l.live, l.city.official, "large", first.ID, first.Revision, d))
	tree = nil // it was made for the change alone
	l.measure("draft", func() {
		_, err := l.city.Releases.Draft(l.live, l.city.official, "large")
		l.must(err)
	})
	l.release(1)
	l.cluster.Settle()
	l.judges(fmt.Sprint("abroad", n))
	clone := fmt.Sprint("clone", n)
	var release domain.ID
	l.measure("updates", func() {
		u, err := l.city.Releases.Updates(l.live, l.city.official, clone)
		l.must(err)
		release = u.Release.ID
	})
	var done *lineage.MergeResult
	l.measure("merge", func() {
		done, err = l.city.Releases.Merge(l.live, l.city.official, clone, lineage.MergeInput{Release: release, AllSafe: true, AllNew: true})
		l.must(err)
	})
	l.measure("undo", func() {
		_, err := l.city.Releases.Undo(l.live, l.city.official, clone, done.Record.ID)
		l.must(err)
	})
}

// whole does what has the tree whole by its nature: a story is one signed document.
func (l *large) whole(n int) {
	_, tree, err := l.city.Coproduction.Guide(l.live, l.city.official, "large", "")
	l.must(err)
	var keep []domain.ID
	for _, it := range tree.Items()[:min(tree.Len(), 3000)] { // more would show more than a story may
		keep = append(keep, it.ID)
	}
	slug := fmt.Sprint("large-", n)
	l.measure("story", func() {
		_, err := l.city.Stories.Publish(l.live, l.city.official, story.Input{Slug: slug, Process: "large", Owner: l.city.owner.ID, Keep: keep, Telling: story.Telling{
			Title: english("Large"), Summary: english("s"), Results: english("r"),
		}})
		l.must(err)
	})
	l.measure("story-read", func() {
		_, err := l.city.Stories.Story(l.live, l.city.official, slug, "")
		l.must(err)
	})
	l.measure("story-served", func() { l.get(l.city.Namespace.IRI("stories", slug) + "/snapshot") })
	l.cluster.Settle()
	_, err = l.abroad.Stories.Story(l.Context(), l.abroad.official, slug, domain.IRI(l.city.URL).Host())
	l.must(err)
}

// live measures what is live on the heap. As the context of what is done, it is
// asked at each statement and request, and collects what is garbage there: who
// asks waits meanwhile and makes none, so that only what is needed counts.
type live struct {
	context.Context
	mu           sync.Mutex
	apart        uint64 // so many bytes are made between two looks; 0 for no looks
	made         uint64 // before the last look
	before, most uint64
}

// Done implements context.Context.
func (l *live) Done() <-chan struct{} {
	l.look()
	return l.Context.Done()
}

// measures reports whether it is called by what is measured. What a database waits
// with beside that asks, too, but what is measured would go on meanwhile.
func measures() bool {
	callers := make([]uintptr, 256)
	for frames := runtime.CallersFrames(callers[:runtime.Callers(1, callers)]); ; {
		frame, more := frames.Next()
		if strings.HasSuffix(frame.Function, ".(*live).grows") {
			return true
		}
		if !more {
			return false
		}
	}
}

func (l *live) look() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.apart == 0 || measured("/gc/heap/allocs:bytes")-l.made < l.apart || !measures() {
		return
	}
	runtime.GC()
	l.most, l.made = max(l.most, measured("/gc/heap/live:bytes")), measured("/gc/heap/allocs:bytes")
}

// grows returns by how many bytes what is live grew at most while something was
// done.
func (l *live) grows(apart uint64, do func()) uint64 {
	for range 3 { // pools are emptied by the second
		runtime.GC()
	}
	l.mu.Lock()
	l.apart, l.made, l.before = apart, measured("/gc/heap/allocs:bytes"), measured("/gc/heap/live:bytes")
	l.most = l.before
	l.mu.Unlock()
	do()
	l.look()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.apart = 0
	return l.most - l.before
}

func measured(name string) uint64 {
	one := []metrics.Sample{{Name: name}}
	metrics.Read(one)
	return one[0].Value.Uint64()
}
