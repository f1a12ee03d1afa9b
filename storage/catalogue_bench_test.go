package storage_test

import (
	"fmt"
	"testing"
	"time"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/catalogue/seed"
	"interlink/domain/catalogue/starter"
	"interlink/storage/storagetest"
)

// thousand are the starter's Interlinkers, again and again.
func thousand() catalogue.Bundle {
	var bundle catalogue.Bundle
	for n := 0; len(bundle.Entries) < 1000; n++ {
		for _, e := range seed.Read(starter.Tree()).Entries {
			if e.Kind == catalogue.KindInterlinker && len(bundle.Entries) < 1000 {
				e.Key, e.Slug = fmt.Sprintf("%s-%d", e.Key, n), fmt.Sprintf("%s-%d", e.Slug, n)
				bundle.Entries = append(bundle.Entries, e)
			}
		}
	}
	return bundle
}

// BenchmarkFind searches 1,000 Interlinkers and counts their facets on both
// databases. x/count is its time as a multiple of that of counting the
// entries that have the word, which reads each once.
func BenchmarkFind(b *testing.B) {
	for name, dsn := range map[string]func(testing.TB) string{"SQLite": storagetest.SQLite, "PostgreSQL": storagetest.Postgres} {
		b.Run(name, func(b *testing.B) {
			s, _ := newCatalogue(b, storagetest.Open(b, dsn(b)))
			if _, err := s.Import(b.Context(), operator, thousand(), false); err != nil {
				b.Fatal(err)
			}
			for name, f := range map[string]catalogue.Filter{
				"all": {}, "word": {Text: "canvas"}, "words": {Text: "map of people"}, "facets": {Nature: catalogue.NatureKnowledge, Language: "nl"},
			} {
				f.Kind = catalogue.KindInterlinker
				b.Run(name, func(b *testing.B) {
					const counts = 20
					begin := time.Now()
					for range counts {
						if _, err := s.List(b.Context(), operator, catalogue.Filter{Kind: f.Kind, Text: "zzz"}, domain.Page{Limit: 1}); err != nil {
							b.Fatal(err)
						}
					}
					raw := float64(time.Since(begin)) / counts
					for b.Loop() {
						if _, _, err := s.Find(b.Context(), operator, f, domain.Page{Limit: 20}); err != nil {
							b.Fatal(err)
						}
					}
					b.ReportMetric(float64(b.Elapsed())/float64(b.N)/raw, "x/count")
				})
			}
		})
	}
}
