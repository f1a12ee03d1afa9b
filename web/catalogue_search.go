package web

import (
	"net/url"
	"slices"
	"strings"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/policy"
	"interlink/domain/search"
	"interlink/web/view"
)

// maxChosen is how many values of one facet count.
const maxChosen = 50

// catalogueFilter reads what the address asks for: a parameter for each facet,
// as often as it has values.
func catalogueFilter(values url.Values) catalogue.Filter {
	f := catalogue.Filter{Kind: catalogue.KindInterlinker, Text: values.Get("q"), Any: map[string][]string{}}
	for _, facet := range catalogue.FacetNames {
		for _, v := range values[facet] {
			if facet == catalogue.FacetNature {
				v = string(natureOf(v))
			}
			if v != "" && len(f.Any[facet]) < maxChosen {
				f.Any[facet] = append(f.Any[facet], v)
			}
		}
	}
	return f
}

func (p *Portal) catalogueList(q *request) error {
	if form := prefersData(q.Request); form != "" {
		return p.linkedCatalogue(q, form)
	}
	values := q.URL.Query()
	f := catalogueFilter(values)
	found, err := p.Entries.Search(q.Context(), q.viewer, f, q.cursor())
	if err != nil {
		return err
	}
	page := view.CataloguePage{
		Frame: q.about(p.Namespace.IRI("catalogue")), Query: f.Text, Handle: "@catalogue@" + p.Namespace.HandleHost(),
		Pager: q.pager(found.Next, found.Total, len(found.Items)), MayEdit: policy.Allow(q.viewer, policy.Edit, &catalogue.Entry{}) == nil,
	}
	for i := 0; i+1 < len(found.Instead); i += 2 {
		page.Instead = append(page.Instead, view.Say("search.instead", found.Instead[i], found.Instead[i+1]))
	}
	if found.Partly {
		page.Instead = append(page.Instead, view.Say("search.partly"))
	}
	for _, e := range found.Items {
		page.Items = append(page.Items, p.interlinkerCard(e))
	}
	if page.Facets, err = p.facets(q, f, found.Facets); err != nil {
		return err
	}
	for _, facet := range page.Facets {
		for _, o := range facet.Options {
			if o.Selected {
				page.Chosen = append(page.Chosen, view.Chosen{Text: o.Text, Enum: o.Enum, Value: o.Value, Remove: without(q.URL, facet.Name, o.Value)})
			}
		}
	}
	if len(page.Chosen) > 0 || f.Text != "" {
		page.Clear = "/catalogue"
	}
	for _, o := range found.Facets[catalogue.FacetOrigin] {
		if o.Value != "" {
			page.Hosts++
		}
	}
	page.Saving = q.saving(search.Catalogue, values)
	if err := p.offerCatalogue(q, &page, f, found.Items); err != nil {
		return err
	}
	return q.show(page)
}

// natureOf reads the nature of a filter, in the words of pages or of data.
func natureOf(word string) catalogue.Nature {
	for nature, shown := range natures {
		if word == shown {
			return nature
		}
	}
	return catalogue.Nature(word)
}

// without is an address without one value of a parameter, from the first page
// on.
func without(u *url.URL, name, value string) string {
	values := u.Query()
	values[name] = slices.DeleteFunc(values[name], func(v string) bool { return v == value })
	values.Del("after")
	if encoded := values.Encode(); encoded != "" {
		return u.Path + "?" + encoded
	}
	return u.Path
}

// facets are the ways to narrow the catalogue: those with more than one value,
// and those of which one is chosen.
func (p *Portal) facets(q *request, f catalogue.Filter, counted catalogue.Facets) ([]view.Facet, error) {
	var codes []string
	for _, x := range counted[catalogue.FacetProblem] {
		codes = append(codes, x.Value)
	}
	problems, err := p.Entries.Problems(q.Context(), q.viewer, append(codes, f.Any[catalogue.FacetProblem]...))
	if err != nil {
		return nil, err
	}
	var out []view.Facet
	for _, name := range catalogue.FacetNames {
		facet := view.Facet{Name: name, Key: "facet." + name}
		chosen := f.Any[name]
		list := slices.Clone(counted[name])
		for _, v := range chosen {
			if name == catalogue.FacetOrigin && v == "local" {
				v = ""
			}
			if !slices.ContainsFunc(list, func(x catalogue.Facet) bool { return strings.EqualFold(x.Value, v) }) {
				list = append(list, catalogue.Facet{Value: v}) // it can be taken away
			}
		}
		for _, x := range list {
			o := p.facetOption(q, name, x, problems)
			o.Selected = slices.ContainsFunc(chosen, func(v string) bool {
				return strings.EqualFold(v, x.Value) || name == catalogue.FacetOrigin && v == "local" && x.Value == ""
			})
			facet.Options = append(facet.Options, o)
		}
		if len(facet.Options) > 1 || len(chosen) > 0 {
			out = append(out, facet)
		}
	}
	return out, nil
}

// facetOption is one value of a facet, in words.
func (p *Portal) facetOption(q *request, name string, x catalogue.Facet, problems catalogue.Problems) view.FacetOption {
	o := view.FacetOption{Value: x.Value, Count: x.Count}
	plain := func(words string) { o.Text = view.Plain(q.lang, words) }
	switch name {
	case catalogue.FacetNature:
		o.Value, o.Enum = natures[catalogue.Nature(x.Value)], name
	case catalogue.FacetProblem:
		o.Text = problems.Name(x.Value)
	case catalogue.FacetLanguage:
		plain(p.catalog.Printer(q.lang, p.Zone).Language(domain.Lang(x.Value)))
	case catalogue.FacetRegulation:
		if _, known := catalogue.Regulations[x.Value]; known {
			plain(p.say(q, "approach.regulation."+x.Value))
		} else {
			o.Text = view.Plain(domain.Undetermined, x.Value)
		}
	case catalogue.FacetCountry:
		if x.Value == "EU" {
			plain(p.say(q, "search.union"))
		} else {
			plain(country(q.lang, x.Value))
		}
	case catalogue.FacetOrigin:
		if o.Text = view.Plain(domain.Undetermined, x.Value); x.Value == "" {
			o.Value = "local"
			plain(p.Name)
		}
	case catalogue.FacetTrust:
		plain(p.say(q, "search.trust."+x.Value))
	default:
		o.Enum = name
	}
	return o
}

// maxAdvice is how many Interlinkers are shown for a description.
const maxAdvice = 12

// advice finds what helps with a problem that the reader describes.
func (p *Portal) advice(q *request) error {
	page := view.AdvicePage{Frame: q.frame(), Words: strings.TrimSpace(q.URL.Query().Get("words"))}
	if page.Words == "" {
		return q.show(page)
	}
	found, err := p.Entries.Describe(q.Context(), q.viewer, page.Words, q.lang, maxAdvice)
	if err != nil {
		return err
	}
	for _, n := range found.Needs {
		page.Needs = append(page.Needs, view.NeedFound{
			ProblemCard: view.ProblemCard{Code: n.Problem.Problem.Code, Href: n.Problem.Address(), Name: n.Problem.Name, Summary: brief(n.Problem.Summary)},
			Because:     view.Say("search.because", strings.Join(n.Words, ", ")),
		})
	}
	for _, r := range found.Tools {
		page.Tools = append(page.Tools, p.recommendation("advise.", r))
	}
	return q.show(page)
}

// recommendation shows an Interlinker with why it is recommended. Where it is
// no task's, some of the reasons have words of their own, with another prefix.
func (p *Portal) recommendation(prefix string, r catalogue.Recommendation) view.Recommendation {
	one := view.Recommendation{InterlinkerCard: p.interlinkerCard(r.Entry), ID: strings.TrimPrefix(r.Entry.Address(), "/interlinkers/")}
	for _, why := range r.Reasons {
		args := slices.Clone(why.Args)
		switch why.Kind {
		case catalogue.ReasonRule:
			args[0] = view.Say("approach.regulation." + args[0].(string))
		case catalogue.ReasonScope:
			args[0] = view.Say("scope." + args[0].(string))
		}
		key := "recommend."
		switch why.Kind {
		case catalogue.ReasonProblem, catalogue.ReasonLanguage, catalogue.ReasonTranslate:
			key = prefix
		}
		one.Reasons = append(one.Reasons, view.Say(key+string(why.Kind), args...))
	}
	return one
}
