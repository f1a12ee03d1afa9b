package web

import (
	"maps"
	"net/http"
	"net/url"
	"slices"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/catalogue/publiccode"
	"interlink/domain/policy"
	"interlink/domain/story"
	"interlink/web/view"
)

func (p *Portal) needRoutes() []route {
	return []route{
		{http.MethodGet, "/regulations", p.regulations},
		{http.MethodGet, "/regulations/{name}", p.regulation},
		{http.MethodPost, "/problems/{slug}/matches", p.matchProblem},
	}
}

// met fills in how a problem is met: the tasks that need it, the stories that
// solved it. codes are its own and those of what is the same elsewhere: who
// answers one of them answers it.
func (p *Portal) met(q *request, e *catalogue.Entry, page *view.ProblemPage) (codes []string, err error) {
	codes = []string{e.Problem.Code}
	same, err := p.Entries.Matches(q.Context(), e.IRI)
	if err != nil {
		return nil, err
	}
	known, err := p.Entries.EntriesByIRI(q.Context(), q.viewer, same[e.IRI])
	if err != nil {
		return nil, err
	}
	for _, iri := range same[e.IRI] {
		link := view.Link{Href: string(iri), Text: view.Plain(domain.Undetermined, string(iri))}
		if other := known[iri]; other != nil && other.Problem != nil {
			link.Text = other.Name
			codes = append(codes, other.Problem.Code)
		}
		page.Same = append(page.Same, link)
	}
	page.MatchForm = policy.Allow(q.viewer, policy.Edit, e) == nil
	needs, err := p.Entries.Needs(q.Context(), q.viewer)
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{} // a task may need several of them
	for _, code := range codes {
		need := needs.Of(code)
		page.Tasks += need.Tasks
		for _, t := range need.First {
			href := t.Schema + "?part=" + url.QueryEscape(t.Path)
			if seen[href] {
				page.Tasks--
				continue
			}
			seen[href] = true
			page.TaskLinks = append(page.TaskLinks, view.Link{Href: href, Text: t.Name})
		}
	}
	stories, err := p.Stories.Stories(q.Context(), q.viewer, story.Filter{Any: map[string][]string{story.FacetProblem: codes}}, domain.Page{Limit: listPage})
	if err != nil {
		return nil, err
	}
	page.Stories = stories.Total
	page.StoryCards, err = p.storyCards(q, stories.Items)
	return codes, err
}

// sameElsewhere are the codes of what is the same elsewhere, by the profiles of
// this node.
func (p *Portal) sameElsewhere(q *request) (map[domain.IRI][]string, error) {
	same, err := p.Entries.Matches(q.Context())
	if err != nil || len(same) == 0 {
		return nil, err
	}
	known, err := p.Entries.EntriesByIRI(q.Context(), q.viewer, slices.Concat(slices.Collect(maps.Values(same))...))
	if err != nil {
		return nil, err
	}
	codes := make(map[domain.IRI][]string, len(same))
	for profile, others := range same {
		for _, iri := range others {
			if other := known[iri]; other != nil && other.Problem != nil {
				codes[profile] = append(codes[profile], other.Problem.Code)
			}
		}
	}
	return codes, nil
}

// matchProblem says that a profile of this node is the same as another, or
// with "remove" that it is not.
func (p *Portal) matchProblem(q *request) error {
	slug := q.PathValue("slug")
	err := p.Entries.Match(q.Context(), q.viewer, slug, q.typed.Get("other"), q.typed.Get("remove") == "")
	if err != nil {
		return q.refused(err, func(f view.Form) (view.Page, error) { return p.problemPage(q, f) })
	}
	return q.done("/problems/"+url.PathEscape(slug), view.Say("notice.matched"))
}

func (p *Portal) regulations(q *request) error {
	if form := prefersData(q.Request); form != "" {
		return p.linkedRegulations(q, form)
	}
	all, err := p.Entries.Regulations(q.Context(), q.viewer)
	if err != nil {
		return err
	}
	page := view.RegulationsPage{Frame: q.frame()}
	for _, r := range all {
		page.Items = append(page.Items, p.regulationRow(r))
	}
	return q.show(page)
}

func (p *Portal) regulationRow(r catalogue.Supported) view.RegulationRow {
	return view.RegulationRow{
		Name: p.regulationName(r.ID), ID: r.ID, Href: p.Namespace.Path(p.Entries.RegulationIRI(r.ID)), Interlinkers: r.Interlinkers, Problems: len(r.Problems),
	}
}

// regulation shows one: by its alias, or by its URI in the parameter "id". One
// that the standard knows and nothing supports is a gap.
func (p *Portal) regulation(q *request) error {
	id := "alias:" + q.PathValue("name")
	if uri := q.URL.Query().Get("id"); q.PathValue("name") == "other" && uri != "" {
		id = uri
	}
	all, err := p.Entries.Regulations(q.Context(), q.viewer)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(all, func(r catalogue.Supported) bool { return r.ID == id })
	r := catalogue.Supported{ID: id}
	switch {
	case at >= 0:
		r = all[at]
	case !slices.Contains(publiccode.AliasNames(), q.PathValue("name")):
		return domain.Fail(domain.NotFound, "error.not_found")
	}
	page := view.RegulationPage{Frame: q.frame(), RegulationRow: p.regulationRow(r)}
	if address, err := domain.ParseLink(publiccode.Resource(id)); err == nil {
		page.Address = string(address)
	}
	found, err := p.Entries.List(q.Context(), q.viewer, catalogue.Filter{
		Kind: catalogue.KindInterlinker, Any: map[string][]string{catalogue.FacetSupports: {id}},
	}, q.cursor())
	if err != nil {
		return err
	}
	for _, e := range found.Items {
		page.Cards = append(page.Cards, p.interlinkerCard(e))
	}
	page.Pager = q.pager(found.Next, found.Total, len(found.Items))
	page.Answered, err = p.problemCards(q, r.Problems)
	if err != nil {
		return err
	}
	return q.show(page)
}
