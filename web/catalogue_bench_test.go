package web_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/catalogue/seed"
	"interlink/domain/catalogue/starter"
)

// largeCatalogue adds copies of the starter's Interlinkers until there are
// 1,000.
func (s *site) largeCatalogue(t testing.TB) {
	t.Helper()
	var bundle catalogue.Bundle
	for n := 0; len(bundle.Entries) < 1000; n++ {
		for _, e := range seed.Read(starter.Tree()).Entries {
			if e.Kind != catalogue.KindInterlinker || len(bundle.Entries) == 1000 {
				continue
			}
			e.Key, e.Slug = fmt.Sprintf("%s-%d", e.Key, n), fmt.Sprintf("%s-%d", e.Slug, n)
			name := domain.Text{}
			for lang, words := range e.Name {
				name[lang] = fmt.Sprintf("%s %d", words, n)
			}
			e.Name = name
			bundle.Entries = append(bundle.Entries, e)
		}
	}
	report, err := s.Catalogue.Import(t.Context(), s.official, bundle, false)
	if err != nil || len(report.Errors) > 0 {
		t.Fatal(err, len(report.Errors))
	}
}

// BenchmarkCatalogue opens the pages that show a catalogue of 1,000
// Interlinkers. Each is to be answered in under 50 ms on two cores.
func BenchmarkCatalogue(b *testing.B) {
	s := newSite(b)
	s.largeCatalogue(b)
	r := s.anonymous()
	for name, path := range map[string]string{
		"home":   "/",
		"list":   "/catalogue",
		"search": "/catalogue?q=canvas",
		"facet":  "/catalogue?nature=knowledge&language=nl",
		"entry":  "/interlinkers/service-aim-canvas",
		"task":   "/processes/safe_ways/guide/" + string(s.task.ID),
	} {
		b.Run(name, func(b *testing.B) {
			size, n := 0, 0
			for b.Loop() {
				n++ // asked anew: what everybody gets is kept for a moment
				got := r.get(fmt.Sprintf("%s%cn=%d", path, separator(path), n))
				if got.status != http.StatusOK {
					b.Fatalf("status %d", got.status)
				}
				size = len(got.body)
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/1000/float64(b.N), "ms/page")
			b.ReportMetric(float64(size)/1000, "kB/page")
		})
	}
}

// separator begins a further parameter of an address.
func separator(path string) byte {
	if strings.Contains(path, "?") {
		return '&'
	}
	return '?'
}
