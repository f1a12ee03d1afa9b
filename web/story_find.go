package web

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/search"
	"interlink/domain/story"
	"interlink/web/view"
)

// storyFilter reads what the address asks for: a parameter for each facet, as
// often as it has values.
func storyFilter(values url.Values) story.Filter {
	f := story.Filter{Text: values.Get("q"), Keyword: values.Get("keyword"), Any: map[string][]string{}}
	for _, facet := range story.FacetNames {
		for _, v := range values[facet] {
			if facet == story.FacetCountry {
				v = strings.ToUpper(v)
			}
			if v != "" && len(f.Any[facet]) < maxChosen {
				f.Any[facet] = append(f.Any[facet], v)
			}
		}
	}
	return f
}

func (p *Portal) stories(q *request) error {
	f := storyFilter(q.URL.Query())
	list, err := p.Stories.Stories(q.Context(), q.viewer, f, q.cursor())
	if err != nil {
		return err
	}
	counted, err := p.Stories.Facets(q.Context(), q.viewer, f)
	if err != nil {
		return err
	}
	page := view.StoriesPage{Frame: q.frame(), Query: f.Text, Pager: q.pager(list.Next, list.Total, len(list.Items))}
	if page.Items, err = p.storyCards(q, list.Items); err != nil {
		return err
	}
	if page.Facets, err = p.storyFacets(q, f, counted); err != nil {
		return err
	}
	for _, facet := range page.Facets {
		for _, o := range facet.Options {
			if o.Selected {
				page.Chosen = append(page.Chosen, view.Chosen{Text: o.Text, Enum: o.Enum, Value: o.Value, Remove: without(q.URL, facet.Name, o.Value)})
			}
		}
	}
	if f.Keyword != "" {
		page.Chosen = append(page.Chosen, view.Chosen{Text: view.Plain(domain.Undetermined, f.Keyword), Remove: without(q.URL, "keyword", f.Keyword)})
	}
	page.Saving = q.saving(search.Stories, q.URL.Query())
	page.Map = p.storyMap(q, f, counted[story.FacetCountry])
	return q.show(page)
}

// storyFacets are the ways to narrow the stories: those with a value, and those
// of which one is chosen.
func (p *Portal) storyFacets(q *request, f story.Filter, counted story.Facets) ([]view.Facet, error) {
	codes := slices.Clone(f.Any[story.FacetProblem])
	for _, x := range counted[story.FacetProblem] {
		codes = append(codes, x.Value)
	}
	problems, err := p.Entries.Problems(q.Context(), q.viewer, codes)
	if err != nil {
		return nil, err
	}
	var out []view.Facet
	for _, name := range story.FacetNames {
		facet := view.Facet{Name: name, Key: "story_facet." + name}
		list, chosen := slices.Clone(counted[name]), f.Any[name]
		for _, v := range chosen {
			if !slices.ContainsFunc(list, func(x story.Facet) bool { return x.Value == v }) {
				list = append(list, story.Facet{Value: v}) // it can be taken away
			}
		}
		for _, x := range list {
			o := p.storyOption(q, name, x, problems)
			o.Selected = slices.Contains(chosen, x.Value)
			if name == story.FacetProblem && problems.Of(x.Value) == nil && !o.Selected {
				continue // a code of another catalogue says nothing here
			}
			facet.Options = append(facet.Options, o)
		}
		if name == story.FacetCountry {
			order := q.collator()
			slices.SortStableFunc(facet.Options, func(a, b view.FacetOption) int {
				return cmp.Or(b.Count-a.Count, order.CompareString(a.Text.String(), b.Text.String()))
			})
		}
		if len(facet.Options) > 1 || len(chosen) > 0 {
			out = append(out, facet)
		}
	}
	return out, nil
}

// storyOption is one value of a facet, in words.
func (p *Portal) storyOption(q *request, name string, x story.Facet, problems catalogue.Problems) view.FacetOption {
	o := view.FacetOption{Value: x.Value, Count: x.Count}
	switch name {
	case story.FacetCountry:
		o.Text = view.Plain(q.lang, country(q.lang, x.Value))
	case story.FacetRegulation:
		o.Text = p.regulationName(x.Value)
	case story.FacetOrigin:
		o.Text = view.Plain(domain.Undetermined, x.Value)
		if x.Value == "local" {
			o.Text = view.Plain(q.lang, p.say(q, "story_facet.local"))
		}
	case story.FacetProblem, story.FacetLanguage:
		return p.facetOption(q, name, catalogue.Facet{Value: x.Value, Count: x.Count}, problems)
	case story.FacetRating:
		stars, _ := strconv.Atoi(x.Value)
		o.Text = view.Plain(q.lang, p.say(q, "story_facet.stars", stars))
	case story.FacetServiceType:
		o.Enum = "service_type"
	}
	return o
}

// storyMap shows how many stories each country has, where it lies.
func (p *Portal) storyMap(q *request, f story.Filter, counted []story.Facet) *view.CountryMap {
	if len(counted) == 0 {
		return nil
	}
	m := &view.CountryMap{}
	for _, x := range counted {
		values := q.URL.Query()
		values.Del("after")
		values[story.FacetCountry] = []string{x.Value}
		m.Countries = append(m.Countries, view.CountryCount{
			Code: x.Value, Name: country(q.lang, x.Value), Count: x.Count, Href: "/stories?" + values.Encode(), Chosen: slices.Contains(f.Any[story.FacetCountry], x.Value),
		})
	}
	order := q.collator()
	slices.SortStableFunc(m.Countries, func(a, b view.CountryCount) int {
		return cmp.Or(b.Count-a.Count, order.CompareString(a.Name, b.Name))
	})
	return m
}
