package web

import (
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/coproduction"
	"interlink/domain/lineage"
	"interlink/domain/story"
	"interlink/web/view"
)

func (p *Portal) cloneRoutes() []route {
	return []route{
		{http.MethodGet, "/clone", p.cloneDialog},
		{http.MethodPost, "/clone", p.doClone},
		{http.MethodGet, "/clonings/{id}", p.cloning},
		{http.MethodPost, "/clonings/{id}/cancel", p.cancelCloning},
		{http.MethodGet, "/processes/{name}/clones", p.clones},
		{http.MethodPost, "/processes/{name}/clones/{id}/accept", p.acceptClone},
		{http.MethodPost, "/processes/{name}/clones/{id}/reject", p.rejectClone},
		{http.MethodPost, "/processes/{name}/clones/{id}/withdraw", p.withdrawClone},
	}
}

// cloneDialog asks for the address of a process or story, and shows what a
// clone of it would bring.
func (p *Portal) cloneDialog(q *request) error {
	if err := q.signedIn(); err != nil {
		return err
	}
	address := strings.TrimSpace(q.URL.Query().Get("address"))
	if address == "" {
		return q.show(view.ClonePage{Frame: q.frame()})
	}
	if to := p.schemaStart(q, address); to != "" {
		http.Redirect(q.w, q.Request, to, http.StatusSeeOther)
		return nil
	}
	page, err := p.clonePreview(q, address, view.Form{})
	if errors.Is(err, errBeingRead) {
		q.w.Header().Set("Refresh", "3") // until it is there
		return q.show(view.ProgressPage{
			Frame: q.frame(), Title: view.Say("page.clone.title"),
			Work: view.Progress{State: "running", Doing: view.Say("clone.reading", domain.IRI(address).Host())},
		})
	}
	switch {
	case err == nil:
		return q.show(page)
	case domain.Ours(err), domain.CodeOf(err) == domain.Unauthenticated:
		return err
	}
	if to := p.schemaStart(q, address); to != "" { // it was brought just now
		http.Redirect(q.w, q.Request, to, http.StatusSeeOther)
		return nil
	}
	switch iri := domain.IRI(address); {
	case p.Entries.SchemaWaits(q.Context(), q.viewer, iri):
		err = domain.InvalidField("address", "clone.schema_waits").Because(err)
	case len(domain.FieldsOf(err)) == 0:
		err = domain.InvalidField("address", "clone.not_found").Because(err)
	}
	return q.showFor(err, view.ClonePage{Frame: q.frame(), Form: view.Failed(q.URL.Query(), err)})
}

// schemaStart returns where a process begins with the schema at an address; ""
// unless the catalogue has that.
func (p *Portal) schemaStart(q *request, address string) string {
	iri, err := domain.ParseIRI(address)
	if err != nil {
		return ""
	}
	known, err := p.Entries.EntriesByIRI(q.Context(), q.viewer, []domain.IRI{iri})
	if e := known[iri]; err == nil && e != nil && e.Kind == catalogue.KindSchema {
		return undertaking{}.start(schemaValue(e))
	}
	return ""
}

// origin of a clone: a process of this node or of another, or what a story
// published of one.
type cloneSource struct {
	lineage.SourceProcess
	story     view.Link                // that shows it; empty for a process or a file
	published bool                     // by a story kept here
	licence   string                   // of the story, or of the newest release; "" if none is said
	resources []lineage.SourceResource // that were published with it
	goes      int                      // public resources that go along
	stays     int                      // that do not, for want of a licence
	there     int                      // public ones of another node, of which those go along that may
}

// publishedSource is a source that a story or a file has.
func publishedSource(source lineage.SourceProcess, resources []lineage.SourceResource, licence string) cloneSource {
	out := cloneSource{SourceProcess: source, published: true, licence: licence, resources: resources}
	for _, r := range resources {
		if coproduction.Reusable(r.Licence) {
			out.goes++
		} else {
			out.stays++
		}
	}
	return out
}

// findSource reads what an address leads to.
func (p *Portal) findSource(q *request, address string) (cloneSource, error) {
	iri, err := domain.ParseIRI(address)
	if err != nil {
		return cloneSource{}, domain.InvalidField("address", "error.iri")
	}
	s, err := p.Stories.StoryByIRI(q.Context(), q.viewer, iri)
	if _, looking := asked(q.typed); err == nil && !looking {
		s, err = p.Stories.Pasted(q.Context(), q.viewer, iri, p.Directory.Object)
	}
	if domain.CodeOf(err) == domain.Gone {
		return cloneSource{}, domain.InvalidField("address", "story.was_withdrawn").Because(err)
	}
	if source, found := toldSource(s, err); found {
		return source, nil
	}
	if id, found := strings.CutPrefix(p.path(iri), "/bring/"); found && p.Namespace.Owns(iri) {
		source, along, err := p.Portable.Source(q.Context(), q.viewer, domain.ID(id))
		if err != nil {
			return cloneSource{}, err
		}
		b, err := p.Portable.Brought(q.Context(), q.viewer, domain.ID(id))
		if err != nil {
			return cloneSource{}, err
		}
		return publishedSource(source, along, b.Contents.Licence), nil
	}
	if p.Namespace.Owns(iri) {
		name, found := strings.CutPrefix(p.path(iri), "/processes/")
		if !found {
			return cloneSource{}, domain.InvalidField("address", "clone.not_a_process")
		}
		source, err := p.Lineage.Preview(q.Context(), q.viewer, name)
		if err != nil {
			return cloneSource{}, err
		}
		released, err := p.Releases.Releases(q.Context(), q.viewer, name, domain.Page{Limit: 1})
		out := cloneSource{SourceProcess: source.SourceProcess, goes: source.Resources, stays: source.Unlicensed}
		if len(released.Items) > 0 {
			out.licence = released.Items[0].Licence
		}
		return out, err
	}
	read := p.sources.look
	if q.Method == http.MethodPost {
		read = p.sources.shown
	}
	source, err := read(q.Context(), iri)
	if errors.Is(err, errBeingRead) && q.Method == http.MethodPost {
		return cloneSource{}, domain.InvalidField("address", "clone.being_read").Because(err)
	}
	if code := domain.CodeOf(err); code == domain.Invalid || code == domain.NotFound { // it is no process
		if told, found := toldSource(p.Stories.Pasted(q.Context(), q.viewer, iri, p.Directory.Object)); found {
			return told, nil
		}
	}
	return cloneSource{SourceProcess: source.SourceProcess, licence: source.licence, there: source.along}, err
}

// toldSource is what a story shows of a process.
func toldSource(s *story.Story, err error) (cloneSource, bool) {
	if err != nil {
		return cloneSource{}, false
	}
	source, along, found := s.Source()
	out := publishedSource(source, along, s.Licence)
	out.story = view.Link{Href: s.Address(), Text: s.Title}
	return out, found
}

func (p *Portal) clonePreview(q *request, address string, f view.Form) (view.ClonePreviewPage, error) {
	source, err := p.findSource(q, address)
	if err != nil {
		return view.ClonePreviewPage{}, err
	}
	page := view.ClonePreviewPage{
		Frame: q.frame(), Form: f, Address: address, Title: source.Title, Summary: source.Summary, Story: source.story, Licence: source.licence,
		Resources: source.goes, Unlicensed: source.stays, There: source.there, Languages: source.written(), Langs: p.writingLangs(q, q.lang),
		Reset: []view.Sentence{view.Say("clone.left_status"), view.Say("clone.reset_people")},
		Left:  []view.Sentence{view.Say("clone.left_people"), view.Say("clone.left_votes"), view.Say("clone.left_resources")},
	}
	page.Warnings = p.cloneWarnings(q, source)
	if !p.Namespace.Owns(source.IRI) {
		page.Origin = view.Origin{Host: source.IRI.Host(), Href: string(source.IRI)}
	}
	if a, err := p.Network.ActorByIRI(q.Context(), q.viewer, source.Owner); err == nil && source.Owner != source.IRI { // else it is named as it is
		page.Owner = p.actorOf(q, a)
	}
	tree := sourceTree(source.Items)
	keep := chosen(tree, f.Values)
	if f.Values == nil {
		keep = everything(tree)
	}
	open, _ := asked(f.Values)
	page.Tree = pruning(tree, keep, open)
	if err := p.previewItems(q, &page, source.Items); err != nil {
		return page, err
	}
	if page.Organizations, err = p.ownOrganizations(q); err != nil {
		return page, err
	}
	if page.Teams, page.Communities, err = p.companions(q); err != nil {
		return page, err
	}
	here := f.Value("country")
	if f.Values == nil {
		here, err = p.Coproduction.CommonCountry(q.Context())
	}
	page.Countries = p.countries(q, here)
	return page, err
}

// previewItems counts what is in the tree of a source, and tells which of the
// Interlinkers that it recommends are known here.
func (p *Portal) previewItems(q *request, page *view.ClonePreviewPage, items []lineage.SourceItem) error {
	var recommended []domain.IRI
	for _, it := range items {
		switch it.Kind {
		case coproduction.Phase:
			page.Phases++
		case coproduction.Objective:
			page.Objectives++
		case coproduction.Task:
			page.Tasks++
		}
		recommended = append(recommended, it.Interlinkers...)
	}
	slices.Sort(recommended)
	recommended = slices.Compact(recommended)
	known, err := p.Entries.EntriesByIRI(q.Context(), q.viewer, recommended)
	if err != nil {
		return err
	}
	for _, iri := range recommended {
		e := known[iri]
		if e == nil {
			if page.Unknown++; len(page.Absent) < listedAbsent {
				page.Absent = append(page.Absent, string(iri))
			}
			continue
		}
		page.Known++
		if i := e.Interlinker; i != nil && !i.Regulations.Empty() {
			page.Rules = append(page.Rules, view.Regulated{Link: view.Link{Href: e.Address(), Text: e.Name}, Says: brief(i.Regulations)})
		}
	}
	return nil
}

// listedAbsent is how many Interlinkers a preview names that are not known here.
const listedAbsent = 20

// written are the languages in which the source has its title, or items.
func (s cloneSource) written() []domain.Lang {
	texts := maps.Clone(s.Title)
	if texts == nil {
		texts = domain.Text{}
	}
	for _, it := range s.Items {
		maps.Copy(texts, it.Name)
	}
	return texts.Langs()
}

// cloneWarnings are what to think of before something is cloned: whether others
// may use it, and who can read it here.
func (p *Portal) cloneWarnings(q *request, source cloneSource) []view.Sentence {
	var out []view.Sentence
	if a, err := p.Network.ActorByIRI(q.Context(), q.viewer, source.IRI); err == nil && a.MovedTo != "" {
		out = append(out, view.Say("clone.moved", string(a.MovedTo)))
	}
	if source.licence == "" && !p.Namespace.Owns(source.IRI) {
		out = append(out, view.Say("clone.no_licence"))
	}
	langs := []domain.Lang{p.Language}
	if q.lang != p.Language {
		langs = append(langs, q.lang)
	}
	for _, lang := range langs {
		has := 0
		for _, it := range source.Items {
			if it.Name[lang] != "" {
				has++
			}
		}
		if has < len(source.Items) {
			out = append(out, view.Say("clone.language_missing", lang, has, len(source.Items)))
		}
	}
	return out
}

// sourceTree shows the items of a source.
func sourceTree(items []lineage.SourceItem) []view.Item {
	children := map[string][]lineage.SourceItem{}
	for _, it := range items {
		children[it.Parent] = append(children[it.Parent], it)
	}
	var below func(parent string) []view.Item
	below = func(parent string) []view.Item {
		var out []view.Item
		for _, it := range children[parent] {
			one := view.Item{ID: it.ID, Kind: string(it.Kind), Name: it.Name, Children: below(it.ID)}
			one.Tasks = tasksBelow(one.Children)
			out = append(out, one)
		}
		return out
	}
	return below("")
}

func (p *Portal) doClone(q *request) error {
	if err := q.signedIn(); err != nil {
		return err
	}
	address := strings.TrimSpace(q.typed.Get("address"))
	if _, looking := asked(q.typed); looking {
		page, err := p.clonePreview(q, address, view.Form{Values: q.typed})
		if err != nil {
			return err
		}
		return q.show(page)
	}
	source, err := p.findSource(q, address)
	if len(domain.FieldsOf(err)) > 0 {
		return q.showFor(err, view.ClonePage{Frame: q.frame(), Form: view.Failed(q.typed, err)})
	}
	if err != nil {
		return err
	}
	if source.published && !p.Namespace.Owns(source.IRI) {
		// Its people are told of the clone; if their node is away, the clone is
		// made all the same.
		if _, err := p.Directory.Lookup(q.Context(), string(source.IRI)); err != nil {
			p.Log.Info("the source of a clone cannot be read", "source", string(source.IRI), "error", err)
		}
	}
	in := lineage.CloneInput{
		Name: q.typed.Get("name"), Title: ownTitle(source.Title, q.typedLang(), q.typed.Get("title")), Language: q.typedLang(),
		Country:    q.typed.Get("country"),
		Visibility: domain.Visibility(q.typed.Get("visibility")), Published: source.published, Resources: source.resources, Keep: chosen(sourceTree(source.Items), q.typed),
	}
	var c *lineage.Cloning
	if missing := q.unnamed(); missing != nil {
		err = missing
	} else if in.Owner, in.Team, in.Followed, err = p.companionsTyped(q); err == nil {
		if c, err = p.Lineage.Begin(q.Context(), q.viewer, source.SourceProcess, in); err == nil {
			c, err = p.Lineage.Hasten(q.Context(), c)
		}
	}
	if err != nil {
		return q.refused(domain.Renamed(err, processNames), func(f view.Form) (view.Page, error) { return p.clonePreview(q, address, f) })
	}
	if c.State == lineage.CloningDone {
		return q.done(p.path(c.Clone), view.Say("notice.cloned"))
	}
	return q.redirect(cloningPath(c))
}

// ownTitle is what a clone is called: as somebody names it, or, if that is how
// the source is called, as that in all its languages. A name of its own with
// the source's beside it would be one process with two names.
func ownTitle(source domain.Text, lang domain.Lang, typed string) domain.Text {
	if typed = strings.TrimSpace(typed); typed == source[lang] {
		return source
	}
	return domain.Text{lang: typed}
}

// unnamed says which names of a new process were left out; nil if none.
func (q *request) unnamed() error {
	var missing domain.Problems
	if strings.TrimSpace(q.typed.Get("title")) == "" {
		missing.Add("title", "process.title_missing")
	}
	if strings.TrimSpace(q.typed.Get("name")) == "" {
		missing.Add("name", "organization.name_shape")
	}
	return missing.Err()
}

func (p *Portal) clones(q *request) error {
	x, _, head, err := p.headed(q, "clones")
	if err != nil {
		return err
	}
	list, err := p.Lineage.Clones(q.Context(), q.viewer, x.Name, q.cursor())
	if err != nil {
		return err
	}
	page := view.ClonesPage{
		Frame: q.frame(), ProcessHead: head, Source: p.source(q, x), Pager: q.pager(list.Next, list.Total, len(list.Items)),
	}
	if mayMerge(q, x) {
		page.Updates = head.Href + "/updates"
	}
	if head.MayPublish && x.Visibility == domain.VisiblePublic {
		page.Release = head.Href + "/releases/new"
	}
	p.away(q, x, &page.ProcessHead)
	if head.MayEdit {
		page.Move = head.Href + "/move"
		page.Improvements = head.Href + "/improvements"
		if mayMerge(q, x) && x.Visibility == domain.VisiblePublic && x.ClonedFrom.Answer != coproduction.Rejected {
			page.Improve = page.Improvements + "/new"
		}
	}
	credits, err := p.Improvements.Credits(q.Context(), q.viewer, x.Name)
	if err != nil {
		return err
	}
	page.Credits = p.creditLines(credits)
	if x.Visibility == domain.VisiblePublic {
		page.Data = head.Href + "/lineage"
	}
	if page.Source != nil && head.MayEdit && x.ClonedFrom.Stamp != "" {
		page.CheckStamp = head.Href + "/stamp"
	}
	if page.Source != nil && head.MayEdit && x.ClonedFrom.Answer == coproduction.Offered && x.Visibility == domain.VisiblePublic {
		page.OfferAgain = head.Href + "/offer"
	}
	for _, d := range list.Items {
		one := view.Derivation{Title: d.Title, Href: string(d.IRI), By: p.actor(q, d.Cloner), At: d.OfferedAt, Status: string(d.State)}
		if p.Namespace.Owns(d.IRI) {
			one.Href = p.path(d.IRI)
		} else {
			one.Origin = view.Origin{Host: d.Host, Href: string(d.IRI)}
		}
		if d.State == coproduction.Offered && head.MayEdit {
			one.Accept = head.Href + "/clones/" + string(d.ID) + "/accept"
			one.Reject = head.Href + "/clones/" + string(d.ID) + "/reject"
		}
		if !d.WithdrawnAt.IsZero() {
			one.Status = "withdrawn"
		} else if d.State == coproduction.Accepted && head.MayEdit {
			one.Withdraw = head.Href + "/clones/" + string(d.ID) + "/withdraw"
		}
		page.Derivations = append(page.Derivations, one)
	}
	return q.show(page)
}

func (p *Portal) acceptClone(q *request) error {
	_, err := p.Lineage.AcceptClone(q.Context(), q.viewer, q.PathValue("name"), domain.ID(q.PathValue("id")))
	return p.answered(q, err, "notice.clone_accepted")
}

func (p *Portal) rejectClone(q *request) error {
	_, err := p.Lineage.RejectClone(q.Context(), q.viewer, q.PathValue("name"), domain.ID(q.PathValue("id")))
	return p.answered(q, err, "notice.clone_rejected")
}

func (p *Portal) withdrawClone(q *request) error {
	_, err := p.Lineage.WithdrawClone(q.Context(), q.viewer, q.PathValue("name"), domain.ID(q.PathValue("id")))
	return p.answered(q, err, "notice.clone_withdrawn")
}

func (p *Portal) answered(q *request, err error, key string) error {
	if err != nil {
		return err
	}
	return q.done("/processes/"+url.PathEscape(q.PathValue("name"))+"/clones", view.Say(key))
}
