package storage_test

import (
	"fmt"
	"testing"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/policy"
	"interlink/domain/story"
	"interlink/storage"
	"interlink/storage/storagetest"
)

// TestStoryFacets: each facet is counted as if nothing was asked of it; of two
// values one is enough.
func TestStoryFacets(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "facets", func(t *testing.T, db *storage.DB) {
		ctx, n := t.Context(), newNode(t, db)
		ana := n.person(t, "ana")
		o := n.organization(t, ana, "zaragoza")
		must[*coproduction.Process](t)(n.processes(catalogueOf(n.mint, 2, 1)).Start(ctx, ana, started("gardens")))
		s := n.stories(ana.Actor)
		for i, told := range []story.Telling{
			{Countries: []string{"ES"}, ServiceTypes: []string{"enabling_services"}, Regulations: []string{"alias:gdpr"}},
			{Countries: []string{"ES", "IT"}, Regulations: []string{"alias:gdpr"}},
			{Countries: []string{"LV"}},
		} {
			told.Title, told.Summary = domain.Text{"es": fmt.Sprint("Huertos ", i)}, domain.Text{"es": "Juntos."}
			must[*story.Story](t)(s.Publish(ctx, ana, story.Input{Slug: fmt.Sprint("h", i), Process: "gardens", Owner: o.ID, Telling: told}))
		}
		count := func(f story.Filter) string {
			t.Helper()
			facets := must[story.Facets](t)(s.Facets(ctx, policy.Viewer{}, f))
			out := fmt.Sprint(must[domain.List[*story.Story]](t)(s.Stories(ctx, policy.Viewer{}, f, domain.Page{})).Total)
			for _, name := range []string{story.FacetCountry, story.FacetServiceType, story.FacetRegulation, story.FacetLanguage, story.FacetOrigin} {
				out += fmt.Sprint(" ", facets[name])
			}
			return out
		}
		for _, tc := range []struct {
			any  map[string][]string
			want string
		}{
			{nil, "3 [{ES 2} {IT 1} {LV 1}] [{enabling_services 1}] [{alias:gdpr 2}] [{es 3}] [{local 3}]"},
			{map[string][]string{"country": {"IT", "LV"}}, "2 [{ES 2} {IT 1} {LV 1}] [] [{alias:gdpr 1}] [{es 2}] [{local 2}]"},
			{map[string][]string{"regulation": {"alias:gdpr"}, "country": {"ES"}}, "2 [{ES 2} {IT 1}] [{enabling_services 1}] [{alias:gdpr 2}] [{es 2}] [{local 2}]"},
			{map[string][]string{"origin": {"riga.example"}}, "0 [] [] [] [] [{local 3}]"},
			{map[string][]string{"origin": {"local"}, "language": {"es"}}, "3 [{ES 2} {IT 1} {LV 1}] [{enabling_services 1}] [{alias:gdpr 2}] [{es 3}] [{local 3}]"},
		} {
			if got := count(story.Filter{Any: tc.any}); got != tc.want {
				t.Errorf("%v: %s\nwant %s", tc.any, got, tc.want)
			}
		}
	})
}

// TestStoryDrafts: a draft may lack what a story needs, is changed by who saw it
// last, and goes when it is told.
func TestStoryDrafts(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "drafts", func(t *testing.T, db *storage.DB) {
		ctx, n := t.Context(), newNode(t, db)
		ana, bo := n.person(t, "ana"), n.person(t, "bo")
		o := n.organization(t, ana, "zaragoza")
		must[*coproduction.Process](t)(n.processes(catalogueOf(n.mint, 2, 1)).Start(ctx, ana, started("gardens")))
		s := n.stories(ana.Actor)
		_, err := s.SaveDraft(ctx, bo, "gardens", story.Draft{})
		wantCode(t, err, domain.Forbidden)
		d := must[*story.Draft](t)(s.SaveDraft(ctx, ana, "gardens", story.Draft{Owner: o.ID, Telling: story.Telling{Challenge: domain.Text{"es": "Nadie"}, Spoken: []domain.Lang{"lv", "es"}}}))
		got := must[*story.Draft](t)(s.Draft(ctx, ana, "gardens", d.ID))
		if got.Challenge["es"] != "Nadie" || got.Owner != o.ID || got.Revision != 1 || len(got.Spoken) != 2 {
			t.Errorf("kept: %+v", got)
		}
		_, err = s.Draft(ctx, bo, "gardens", d.ID)
		wantCode(t, err, domain.Forbidden)
		got.Telling = telling("Huertos")
		got.Incentives, got.Begun, got.Ended = domain.Text{"lv": "Tomāti"}, "2026-03-01", "2026-02-01"
		_, err = s.SaveDraft(ctx, ana, "gardens", *got)
		wantCode(t, err, domain.Invalid)
		got.Ended = "2026-04-01"
		must[*story.Draft](t)(s.SaveDraft(ctx, ana, "gardens", *got))
		_, err = s.SaveDraft(ctx, ana, "gardens", *d)
		wantCode(t, err, domain.Conflict)
		if list := must[[]*story.Draft](t)(s.Drafts(ctx, ana, "gardens")); len(list) != 1 || list[0].Revision != 2 {
			t.Errorf("drafts: %+v", list)
		}
		if seen := must[domain.List[*story.Story]](t)(s.Stories(ctx, ana, story.Filter{}, domain.Page{})); seen.Total != 0 {
			t.Error("a draft is listed among the stories")
		}
		told := must[*story.Story](t)(s.Publish(ctx, ana, story.Input{Slug: "huertos", Process: "gardens", Owner: o.ID, Telling: got.Telling, Draft: d.ID}))
		_, err = s.Draft(ctx, ana, "gardens", d.ID)
		wantCode(t, err, domain.NotFound)
		read := must[*story.Story](t)(s.Story(ctx, policy.Viewer{}, told.Slug, ""))
		if read.Incentives["lv"] != "Tomāti" || read.Begun != "2026-03-01" || read.Ended != "2026-04-01" {
			t.Errorf("told: %+v", read)
		}
	})
}
