package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/catalogue/publiccode"
	"interlink/domain/coproduction"
	"interlink/web/view"
)

func (p *Portal) catalogueRoutes() []route {
	return []route{
		{http.MethodGet, "/catalogue", resolves(p.catalogueList)},
		{http.MethodGet, "/catalogue/advice", p.advice},
		{http.MethodGet, "/interlinkers", catalogueInstead},
		{http.MethodGet, "/interlinkers/{slug}", p.interlinker},
		{http.MethodPost, "/interlinkers/{slug}/use", p.useInterlinker},
		{http.MethodGet, "/problems", p.problems},
		{http.MethodGet, "/problems/{slug}", p.problem},
		{http.MethodGet, "/schemas", p.schemas},
		{http.MethodGet, "/schemas/{slug}", p.schema},
	}
}

// catalogueInstead is for those who shorten the address of an Interlinker.
func catalogueInstead(q *request) error {
	http.Redirect(q.w, q.Request, "/catalogue", http.StatusMovedPermanently)
	return nil
}

// entry reads the entry of the path, "slug" or "slug@host".
func (p *Portal) entry(q *request, kind catalogue.Kind) (*catalogue.Entry, error) {
	slug, host, _ := strings.Cut(q.PathValue("slug"), "@")
	e, err := p.Entries.Entry(q.Context(), q.viewer, kind, slug, host)
	return e, p.deleted(q, kind, slug, host, err)
}

func (p *Portal) interlinker(q *request) error {
	if form := prefersData(q.Request); form != "" {
		return p.linkedEntry(q, catalogue.KindInterlinker, form)
	}
	e, err := p.entry(q, catalogue.KindInterlinker)
	if err != nil {
		return err
	}
	page, err := p.interlinkerPage(q, e)
	if err != nil {
		return err
	}
	return q.show(page)
}

func (p *Portal) interlinkerPage(q *request, e *catalogue.Entry) (view.InterlinkerPage, error) {
	i := e.Interlinker
	page := view.InterlinkerPage{
		Frame: q.about(e.IRI), InterlinkerCard: p.interlinkerCard(e), Description: rich(q, e.Summary), Instructions: rich(q, i.Instructions),
		Audience: i.Audience, Scopes: i.Scopes, Limits: rich(q, i.Constraints), Rules: rich(q, i.Regulations),
		Steward: p.actor(q, e.Owner), Published: e.PublishedAt, Updated: e.UpdatedAt, Revision: int64(e.Version),
		Documents: p.documents(e), Snapshots: p.snapshots(e), Curation: p.curation(q, e),
	}
	p.credits(&page, e)
	if s := i.Software; s != nil {
		page.Code, page.Release, page.BasedOn = linkable(s.Repository), s.Version, slices.DeleteFunc(slices.Clone(s.BasedOn), func(a string) bool { return linkable(a) == "" })
	}
	if e.Status == catalogue.Draft {
		page.Published = time.Time{} // it is not yet
	}
	if i.Overview.Empty() && oneParagraph(page.Description) {
		page.Description = view.Rich{} // the page begins with it
	}
	p.sayAside(q, e, &page)
	var err error
	if page.Problems, err = p.problemCards(q, i.Problems); err != nil {
		return page, err
	}
	page.Withdrawal, page.Deprecated = p.ended(q, e)
	page.Warning, page.MayWarn = warningOf(e), p.curates(q)
	if page.Provenance, err = p.provenance(q, e); err != nil {
		return page, err
	}
	variants, err := p.Entries.Variants(q.Context(), q.viewer, e)
	if err != nil {
		return page, err
	}
	for _, x := range variants {
		page.Variants = append(page.Variants, p.interlinkerCard(x))
	}
	if err := p.usable(q, e, &page); err != nil {
		return page, err
	}
	p.translatable(q, e, &page)
	if e.Status == catalogue.Draft {
		return page, nil
	}
	page.Opinions, err = p.opinionsOf(q, p.entryReviewed(q, e))
	if o := page.Opinions; o != nil {
		page.Rating, page.Ratings = o.Mean, o.Count // as of now
	}
	return page, err
}

// sayAside adds what is said of an Interlinker beside its texts: tags, licences,
// where it is, and its data for programs.
func (p *Portal) sayAside(q *request, e *catalogue.Entry, page *view.InterlinkerPage) {
	i := e.Interlinker
	for _, d := range i.Documents {
		if d.Licence != "" && !slices.Contains(page.Notices, d.Licence) {
			page.Notices = append(page.Notices, d.Licence)
		}
	}
	slices.Sort(page.Notices)
	if e.Local() && e.Status == catalogue.Published {
		page.Data = []view.Link{{Href: e.Address() + "/dcat.ttl", Text: view.Plain(q.lang, "Turtle")}, {Href: e.Address() + "/dcat.jsonld", Text: view.Plain(q.lang, "JSON-LD")}}
		if publiccode.Describes(e) {
			page.Data = append(page.Data, view.Link{Href: e.Address() + "/publiccode.yml", Text: view.Plain(q.lang, "publiccode.yml")})
		}
	}
	if i.Form != "" {
		page.Forms = []string{i.Form}
	}
	address, _ := i.URI.In(q.lang)
	page.Address = linkable(address)
	tags, lang := i.Tags[string(q.lang)], q.lang
	if len(tags) == 0 {
		tags, lang = i.Tags["en"], "en"
	}
	for _, tag := range tags {
		page.Tags = append(page.Tags, view.Plain(lang, tag))
	}
}

// linkable is an address to which can be linked; "" for another.
func linkable(address string) string {
	if _, err := domain.ParseLink(address); err != nil {
		return ""
	}
	return address
}

// usable says where an Interlinker is used, how its software is, and in which
// tasks the reader can use it.
func (p *Portal) usable(q *request, e *catalogue.Entry, page *view.InterlinkerPage) error {
	used, err := p.Coproduction.Processes(q.Context(), q.viewer, coproduction.Filter{Interlinker: e.ID}, domain.Page{Limit: glimpse})
	if err != nil {
		return err
	}
	for _, x := range used.Items {
		page.UsedIn = append(page.UsedIn, p.processCard(q, x))
	}
	tools, err := p.tools(q.Context())
	if err != nil {
		return err
	}
	if page.Service = service(tools[e.IRI]); e.Interlinker.Nature == catalogue.NatureSoftware && page.Service == "" && p.Integrations.Administers(q.viewer) == nil {
		page.Connect = "/admin/interlinkers/new?" + url.Values{"interlinker": {strings.TrimPrefix(e.Address(), "/interlinkers/")}}.Encode()
	}
	if page.Service != "off" {
		if page.UseIn, err = p.openTasks(q, e.Interlinker.Problems); err != nil {
			return err
		}
	}
	return nil
}

// ended says since when an entry is not to be used, or is not recommended, and
// what is instead; nil for what is in use.
func (p *Portal) ended(q *request, e *catalogue.Entry) (withdrawn, deprecated *view.Withdrawal) {
	switch e.Status {
	case catalogue.Withdrawn:
		withdrawn = &view.Withdrawal{At: e.UpdatedAt, Reason: e.Reason, Replacement: p.instead(q, e.Replacement)}
	case catalogue.Deprecated:
		deprecated = &view.Withdrawal{At: e.UpdatedAt, Reason: e.Reason, Replacement: p.instead(q, e.Replacement)}
	}
	return withdrawn, deprecated
}

// problemCards explain the codes of problems.
func (p *Portal) problemCards(q *request, codes []string) ([]view.ProblemCard, error) {
	problems, err := p.Entries.Problems(q.Context(), q.viewer, codes)
	if err != nil {
		return nil, err
	}
	var cards []view.ProblemCard
	for _, code := range codes {
		card := view.ProblemCard{Code: code, Name: problems.Name(code)}
		if e := problems.Of(code); e != nil {
			card.Href, card.Summary = e.Address(), brief(e.Summary)
		}
		cards = append(cards, card)
	}
	return cards, nil
}

func (p *Portal) useInterlinker(q *request) error {
	process, task, _ := strings.Cut(q.typed.Get("task"), "/")
	if to, err := p.runs(q, process, domain.ID(task), q.PathValue("slug")); err != nil || to != "" {
		return q.sent(to, err)
	}
	said, err := p.takeInto(q, process, domain.ID(task), q.PathValue("slug"))
	if err != nil {
		return err // the form is a choice: nothing is typed
	}
	return q.done("/processes/"+url.PathEscape(process)+"/guide/"+url.PathEscape(task), said)
}

func (p *Portal) problems(q *request) error {
	if form := prefersData(q.Request); form != "" {
		return p.linkedProblems(q, form)
	}
	page := view.ProblemsPage{Frame: q.frame(), Query: q.URL.Query().Get("q")}
	needs, err := p.Entries.Needs(q.Context(), q.viewer)
	if err != nil {
		return err
	}
	same, err := p.sameElsewhere(q)
	if err != nil {
		return err
	}
	f := catalogue.Filter{Kind: catalogue.KindProblem, Text: page.Query}
	groups := map[string]*view.ProblemGroup{}
	seen := map[string]bool{} // the same profile may come from several nodes
	for after := ""; ; {
		list, err := p.Entries.List(q.Context(), q.viewer, f, domain.Page{Limit: domain.MaxPage, After: after})
		if err != nil {
			return err
		}
		for _, e := range list.Items {
			if seen[e.Problem.Code] {
				continue
			}
			seen[e.Problem.Code] = true
			area, _, _ := strings.Cut(e.Problem.Code, "_")
			if groups[area] == nil {
				groups[area] = &view.ProblemGroup{Code: area}
			}
			need := needs.Of(e.Problem.Code)
			for _, code := range same[e.IRI] { // what answers that answers this
				need.Interlinkers = max(need.Interlinkers, needs.Of(code).Interlinkers)
			}
			card := view.ProblemCard{
				Code: e.Problem.Code, Href: e.Address(), Name: e.Name, Summary: brief(e.Summary), Interlinkers: need.Interlinkers, Tasks: need.Tasks,
			}
			if groups[area].Problems = append(groups[area].Problems, card); need.Gap() {
				page.Gaps = append(page.Gaps, card)
			}
			page.Total++
		}
		if after = list.Next; after == "" {
			break
		}
	}
	for _, g := range groups {
		page.Groups = append(page.Groups, *g)
	}
	slices.SortFunc(page.Groups, func(a, b view.ProblemGroup) int { return strings.Compare(a.Code, b.Code) })
	return q.show(page)
}

func (p *Portal) problem(q *request) error {
	if form := prefersData(q.Request); form != "" {
		return p.linkedEntry(q, catalogue.KindProblem, form)
	}
	page, err := p.problemPage(q, view.Form{})
	if err != nil {
		return err
	}
	return q.show(page)
}

func (p *Portal) problemPage(q *request, f view.Form) (view.ProblemPage, error) {
	e, err := p.entry(q, catalogue.KindProblem)
	if domain.CodeOf(err) == domain.NotFound && !strings.Contains(q.PathValue("slug"), "@") {
		var known catalogue.Problems
		if known, err = p.Entries.Problems(q.Context(), q.viewer, []string{q.PathValue("slug")}); err == nil {
			if e = known.Of(q.PathValue("slug")); e == nil {
				err = domain.Fail(domain.NotFound, "error.not_found")
			}
		}
	}
	if err != nil {
		return view.ProblemPage{}, err
	}
	page := view.ProblemPage{
		Frame: q.about(e.IRI), ProblemCard: view.ProblemCard{Code: e.Problem.Code, Href: e.Address(), Name: e.Name},
		Description: rich(q, e.Summary), Functionality: rich(q, e.Problem.Functionality), Origin: p.origin(e.Host, e.IRI), Form: f,
		Curation: p.curation(q, e),
	}
	page.Withdrawal, page.Deprecated = p.ended(q, e)
	codes, err := p.met(q, e, &page)
	if err != nil {
		return page, err
	}
	found, err := p.Entries.List(q.Context(), q.viewer, catalogue.Filter{
		Kind: catalogue.KindInterlinker, Any: map[string][]string{catalogue.FacetProblem: codes},
	}, q.cursor())
	for _, x := range found.Items {
		page.InterlinkerCards = append(page.InterlinkerCards, p.interlinkerCard(x))
	}
	page.Interlinkers, page.Pager = found.Total, q.pager(found.Next, found.Total, len(found.Items))
	return page, err
}

func (p *Portal) schemas(q *request) error {
	list, err := p.Entries.List(q.Context(), q.viewer, catalogue.Filter{Kind: catalogue.KindSchema}, q.cursor())
	if err != nil {
		return err
	}
	page := view.SchemasPage{Frame: q.frame(), Pager: q.pager(list.Next, list.Total, len(list.Items))}
	for _, e := range list.Items {
		page.Schemas = append(page.Schemas, p.schemaCard(q, e))
	}
	return q.show(page)
}

func (p *Portal) schema(q *request) error {
	if form := prefersData(q.Request); form != "" {
		return p.linkedEntry(q, catalogue.KindSchema, form)
	}
	e, err := p.entry(q, catalogue.KindSchema)
	if err != nil {
		return err
	}
	s := e.Schema
	page := view.SchemaPage{
		Frame: q.about(e.IRI), Href: e.Address(), Name: e.Name, Description: rich(q, e.Summary), Licence: s.SPDX, Languages: e.Languages(),
		Origin: p.origin(e.Host, e.IRI), Phases: s.Count(catalogue.Phase), Objectives: s.Count(catalogue.Objective),
		Tasks: s.Count(catalogue.Task), Updated: e.UpdatedAt, Steward: p.actor(q, e.Owner),
		Curation: p.curation(q, e),
	}
	if page.Licence == "" {
		page.Licence = s.Licence
	}
	page.Withdrawal, page.Deprecated = p.ended(q, e)
	if q.viewer.Local() && page.Withdrawal == nil {
		page.Start = answered(q).start(schemaValue(e))
	}
	page.Tree = partOf(schemaTree(s), q.URL.Query().Get("part"), q.URL.Path)
	if err := p.recommended(q, s, page.Tree); err != nil {
		return err
	}
	return q.show(page)
}

// taskTools is how many Interlinkers a task of a schema shows by name.
const taskTools = 3

// schemaTree shows the nodes of a schema.
func schemaTree(s *catalogue.Schema) []view.Item {
	children := map[string][]catalogue.Node{}
	for _, n := range s.Nodes {
		children[n.Parent] = append(children[n.Parent], n)
	}
	var below func(parent string) []view.Item
	below = func(parent string) []view.Item {
		var items []view.Item
		for _, n := range children[parent] {
			item := view.Item{ID: n.Path, Kind: string(n.Kind), Name: n.Name, Summary: brief(n.Description), Children: below(n.Path)}
			item.Tasks = tasksBelow(item.Children)
			items = append(items, item)
		}
		return items
	}
	return below("")
}

// recommended notes of each task that is shown what it would be recommended.
func (p *Portal) recommended(q *request, s *catalogue.Schema, items []view.Item) error {
	tasks := shownTasks(items)
	paths := make([]string, len(tasks))
	for i, t := range tasks {
		paths[i] = t.ID
	}
	found, err := p.Entries.RecommendTasks(q.Context(), q.viewer, s, paths, q.lang, taskTools)
	if err != nil {
		return err
	}
	for _, t := range tasks {
		for _, r := range found[t.ID].Items {
			t.Tools = append(t.Tools, view.Link{Href: r.Entry.Address(), Text: r.Entry.Name})
		}
		if total := found[t.ID].Total; total > 0 {
			t.Notes = []view.Sentence{view.Say("count.recommended_n", total)}
		}
	}
	return nil
}

// shownTasks are the tasks among items and below them.
func shownTasks(items []view.Item) []*view.Item {
	var tasks []*view.Item
	for i := range items {
		if items[i].Kind == string(catalogue.Task) {
			tasks = append(tasks, &items[i])
		}
		tasks = append(tasks, shownTasks(items[i].Children)...)
	}
	return tasks
}
