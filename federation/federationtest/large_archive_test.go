package federationtest_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"interlink/domain/portable"
	"interlink/federation/federationtest"
)

// BenchmarkArchives measures as [BenchmarkTrees] does, on both databases, while a
// process is taken along to another node, and brought up to date there: to be run
// with -benchtime 2x.
func BenchmarkArchives(b *testing.B) {
	for database, open := range federationtest.Databases {
		for _, items := range []int{100, 500, 5000} {
			b.Run(fmt.Sprint(database, "/", items), func(b *testing.B) {
				for n := 0; b.Loop(); n++ {
					held := &live{Context: b.Context()}
					archives(b, held, open, items, func(what string, do func()) {
						if n%2 == 1 {
							b.ReportMetric(float64(held.grows(256<<10, do))/(1<<10), "KiB/"+what)
							return
						}
						begin := time.Now()
						do()
						b.ReportMetric(time.Since(begin).Seconds(), "s/"+what)
					})
				}
				b.ReportMetric(0, "ns/op")
			})
		}
	}
}

// archives takes a process along twice, the second time with a change.
func archives(b *testing.B, ctx context.Context, open func(testing.TB) string, items int, measure func(what string, do func())) {
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
			e, err := from.Portable.Export(ctx, from.official, "large")
			must(err)
			must(e.Write(ctx, file))
		})
		info, err := file.Stat()
		must(err)
		var brought *portable.Bringing
		measure("bring-"+what, func() {
			brought, err = to.Portable.Bring(ctx, to.official, file, info.Size())
			must(err)
		})
		measure("look-"+what, func() {
			_, err := to.Portable.Brought(ctx, to.official, brought.ID)
			must(err)
		})
		measure("try-"+what, func() {
			_, err := to.Portable.Try(ctx, to.official, brought.ID, in)
			must(err)
		})
		measure("import-"+what, func() {
			_, _, err := to.imports(ctx, brought.ID, in)
			must(err)
		})
	}
	take("first", portable.Input{})
	_, t, err := from.Coproduction.Tree(ctx, from.official, "large")
	must(err)
	first := t.Items()[0]
	d := first.Details()
	d.Description = english("Otherwise")
	must(from.Coproduction.EditItem(ctx, from.official, "large", first.ID, first.Revision, d))
	t = nil
	take("later", portable.Input{Update: "large"})
}
