package web

import (
	"net/http"
	"net/url"
	"strings"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/coproduction"
	"interlink/domain/network"
	"interlink/domain/participation"
	"interlink/domain/policy"
	"interlink/domain/search"
	"interlink/domain/story"
	"interlink/web/view"
)

func (p *Portal) processRoutes() []route {
	return []route{
		{http.MethodGet, "/processes", resolves(p.processes)},
		{http.MethodPost, "/processes", p.startProcess},
		{http.MethodGet, "/processes/{name}", p.process},
		{http.MethodGet, "/processes/{name}/edit", p.editProcess},
		{http.MethodPost, "/processes/{name}/edit", p.saveProcess},
		{http.MethodGet, "/processes/{name}/history", p.history},
	}
}

// processFilter reads what the address asks for.
func processFilter(values url.Values) coproduction.Filter {
	return coproduction.Filter{Text: values.Get("q"), Status: coproduction.Status(values.Get("status"))}
}

func (p *Portal) processes(q *request) error {
	values := q.URL.Query()
	f := processFilter(values)
	list, err := p.Coproduction.Processes(q.Context(), q.viewer, f, q.cursor())
	if err != nil {
		return err
	}
	page := view.ProcessesPage{Frame: q.frame(), Query: f.Text, Pager: q.pager(list.Next, list.Total, len(list.Items))}
	for _, x := range list.Items {
		page.Items = append(page.Items, p.processCard(q, x))
	}
	if q.viewer.Local() {
		page.Start = "/processes/new"
	}
	page.Saving = q.saving(search.Processes, values)
	return q.show(page)
}

// newProcess asks for what a process needs to start, at the end of the way
// that leads to a schema.
func (p *Portal) newProcess(q *request) error {
	if err := q.signedIn(); err != nil {
		return err
	}
	page, err := p.startPage(q, view.Form{})
	if err != nil {
		return err
	}
	return q.show(page)
}

func (p *Portal) startPage(q *request, f view.Form) (view.StartPage, error) {
	page := view.StartPage{Frame: q.frame(), Form: f, Langs: p.writingLangs(q, q.lang)}
	list, err := p.Entries.List(q.Context(), q.viewer, catalogue.Filter{Kind: catalogue.KindSchema}, domain.Page{Limit: domain.MaxPage})
	if err != nil {
		return page, err
	}
	chosen, said := q.URL.Query().Get("schema"), answered(q)
	page.Governances, page.Countries = governances(said.governance()), p.countries(q, said.Country)
	for i, e := range list.Items {
		value := schemaValue(e)
		page.Schemas = append(page.Schemas, view.Option{
			Value: value, Text: e.Name, Hint: brief(e.Summary), Selected: f.Values == nil && (value == chosen || chosen == "" && i == 0),
		})
	}
	page.Schemas = append(page.Schemas, view.Option{Value: noSchema, Key: "page.start.no_schema", Selected: (len(page.Schemas) == 0 || chosen == noSchema) && f.Values == nil})
	if page.Organizations, err = p.ownOrganizations(q); err != nil {
		return page, err
	}
	page.Teams, page.Communities, err = p.companions(q)
	return page, err
}

// companions offers who can accompany a new process: a team that leads it, a
// community that follows it. Both may be left out.
func (p *Portal) companions(q *request) (teams, communities []view.Option, err error) {
	none := view.Option{Value: "", Key: "ui.none"}
	mine, err := p.Organizations.MyTeams(q.Context(), q.viewer, domain.Page{Limit: domain.MaxPage})
	if err != nil {
		return nil, nil, err
	}
	for _, t := range mine.Items {
		teams = append(teams, view.Option{Value: t.Name, Text: t.Title})
	}
	if len(teams) > 0 {
		teams = append([]view.Option{none}, teams...)
	}
	communities, err = p.ownCommunities(q, domain.Nobody)
	return teams, communities, err
}

// ownCommunities offers the communities in which the reader may write, after
// none; nothing if there are none.
func (p *Portal) ownCommunities(q *request, selected domain.ActorID) ([]view.Option, error) {
	mine, err := p.Communities.Mine(q.Context(), q.viewer, domain.Page{Limit: domain.MaxPage})
	if err != nil || len(mine.Items) == 0 {
		return nil, err
	}
	options := []view.Option{{Value: "", Key: "ui.none"}}
	for _, c := range mine.Items {
		options = append(options, view.Option{Value: c.Name, Text: c.Title, Selected: c.ID == selected})
	}
	return options, nil
}

// companionsTyped reads who shall own, lead and follow a new process.
func (p *Portal) companionsTyped(q *request) (owner, team, followed domain.ActorID, err error) {
	if owner, err = p.organizationID(q); err != nil {
		return
	}
	if name := q.typed.Get("team"); name != "" {
		t, err := p.Organizations.Team(q.Context(), q.viewer, name)
		if domain.CodeOf(err) == domain.NotFound {
			err = domain.InvalidField("team", "error.unknown_name")
		}
		if err != nil {
			return owner, team, followed, err
		}
		team = t.ID
	}
	followed, err = p.communityTyped(q)
	return
}

// processNames are the names of the domain's fields in the forms of
// processes.
var processNames = map[string]string{"language": "lang", "owner": "organization"}

func (p *Portal) startProcess(q *request) error {
	in := coproduction.StartInput{
		Name: q.typed.Get("name"), Schema: q.typed.Get("schema"),
		Details: coproduction.Details{
			Title: q.text("title"), Summary: q.text("summary"), Language: q.typedLang(),
			Governance: coproduction.Governance(q.typed.Get("governance")), Country: q.typed.Get("country"),
			Visibility: domain.Visibility(q.typed.Get("visibility")),
		},
	}
	if in.Schema == noSchema {
		in.Schema = ""
	}
	var x *coproduction.Process
	var err error
	if in.Owner, in.Team, in.Followed, err = p.companionsTyped(q); err == nil {
		x, err = p.Coproduction.Start(q.Context(), q.viewer, in)
	}
	if err != nil {
		return q.refused(domain.Renamed(err, processNames), func(f view.Form) (view.Page, error) { return p.startPage(q, f) })
	}
	return q.done(p.path(x.IRI), view.Say("notice.process_started"))
}

// processHead is what all pages of a process share.
func (p *Portal) processHead(q *request, x *coproduction.Process, tab string) (view.ProcessHead, error) {
	h := view.ProcessHead{
		Href: p.path(x.IRI), Title: x.Title, Handle: "@" + x.Name + "@" + p.Namespace.HandleHost(), Status: string(x.Status),
		Visibility: x.Visibility, Organization: p.actorRef(q, x.Organization), Tab: tab,
		MayEdit: policy.Allow(q.viewer, policy.Administer, x) == nil, MayWork: policy.Allow(q.viewer, policy.Contribute, x) == nil,
		MayPublish: policy.Allow(q.viewer, policy.Publish, x) == nil, MayClone: policy.Allow(q.viewer, policy.Clone, x) == nil,
		MayFollow: q.viewer.Local(), Inside: p.Coproduction.Inside(q.viewer, x),
	}
	if x.Visibility == domain.VisiblePublic {
		h.Address = string(x.IRI)
	}
	var err error
	if h.Follow, err = p.followState(q, x.ID); err != nil {
		return h, err
	}
	clones, err := p.Lineage.Clones(q.Context(), q.viewer, x.Name, domain.Page{Limit: domain.MaxPage})
	if err != nil {
		return h, err
	}
	for _, c := range clones.Items {
		switch c.State {
		case coproduction.Accepted:
			h.Clones++
		case coproduction.Offered:
			h.Waiting++
		}
	}
	return h, nil
}

// headed reads the process of the path with its tree and head.
func (p *Portal) headed(q *request, tab string) (*coproduction.Process, *coproduction.Tree, view.ProcessHead, error) {
	x, t, err := p.Coproduction.Guide(q.Context(), q.viewer, q.PathValue("name"), domain.ID(q.PathValue("item")))
	if err != nil {
		return nil, nil, view.ProcessHead{}, err
	}
	h, err := p.processHead(q, x, tab)
	return x, t, h, err
}

// away says on a page where a process goes on that moved.
func (p *Portal) away(q *request, x *coproduction.Process, h *view.ProcessHead) {
	if h.MovedTo = p.said(q, x.ID).MovedTo; h.MovedTo != nil {
		h.MayFollow = false
	}
}

// upcoming is how many tasks and events the overview shows.
const upcoming = 5

func (p *Portal) process(q *request) error {
	x, t, head, err := p.headed(q, "overview")
	if err != nil {
		return err
	}
	page := view.ProcessPage{
		Frame: q.about(x.IRI), ProcessHead: head, Summary: rich(q, x.Summary), Phases: p.phases(x, t),
		Done: x.Finished, Tasks: x.Tasks, Community: p.actorRef(q, x.Community), Source: p.source(q, x),
		Governance: string(x.Governance),
	}
	page.Live = live("process", x.Name, domain.Serial(x.Revision))
	if x.Country != "" {
		page.Country = country(q.lang, x.Country)
	}
	credits, err := p.Improvements.Credits(q.Context(), q.viewer, x.Name)
	if err != nil {
		return err
	}
	page.Credits = p.creditLines(credits[:min(len(credits), upcoming)])
	if page.Brought, err = p.broughtFrom(q, x); err != nil {
		return err
	}
	p.away(q, x, &page.ProcessHead)
	page.Starts, page.Ends = t.Dates("")
	page.Next = p.next(q, x, t)
	if x.Team != domain.Nobody {
		if page.Calls, err = p.openCalls(q, participation.CallFilter{Team: x.Team, Here: true}, upcoming); err != nil {
			return err
		}
		if team := p.actorRef(q, x.Team); team != nil && head.MayEdit {
			page.Seek = "/role-calls/new?" + url.Values{"team": {strings.TrimPrefix(team.Href, "/teams/")}, "title": {p.say(q, "process.join_title", words(q, x.Title))}}.Encode()
		}
	}
	if err := p.joinable(q, x, &page); err != nil {
		return err
	}
	if head.MayEdit {
		page.Checklist = p.checklist(x, t)
	}
	if head.Inside {
		if page.Latest, _, err = p.entries(q, x, domain.Page{Limit: upcoming}); err != nil {
			return err
		}
	}
	p.taking(q, x, &page)
	if err := p.begunWith(q, x, &page); err != nil {
		return err
	}
	stories, err := p.Stories.Stories(q.Context(), q.viewer, story.Filter{Process: x.ID}, domain.Page{Limit: upcoming})
	if err != nil {
		return err
	}
	if page.Stories, err = p.storyCards(q, stories.Items); err != nil {
		return err
	}
	return q.show(page)
}

// begunWith adds the schema that a process began with, and what became of it.
func (p *Portal) begunWith(q *request, x *coproduction.Process, page *view.ProcessPage) error {
	if x.SchemaIRI == "" {
		return nil
	}
	found, err := p.toolsNamed(q, []domain.IRI{x.SchemaIRI})
	if schema, is := found[x.SchemaIRI]; is {
		page.Schema, page.Unfit, page.Instead = &schema.link, schema.unfit, schema.instead
	}
	return err
}

// taking adds the teams that take part in a process, and, for those inside, the
// people.
func (p *Portal) taking(q *request, x *coproduction.Process, page *view.ProcessPage) {
	if page.Inside {
		for _, id := range x.Administrators {
			page.People = append(page.People, p.actor(q, id))
		}
		page.PeopleAll = len(x.Administrators)
	}
	for _, g := range x.Grants {
		if g.Item != "" || g.Allow == 0 || x.Hides(q.viewer) {
			continue
		}
		if page.Inside {
			page.PeopleAll++
		}
		a := p.actorRef(q, g.Grantee)
		switch {
		case a == nil:
		case a.Kind == network.SubjectTeam:
			page.Teams = append(page.Teams, *a)
		case page.Inside:
			page.People = append(page.People, *a)
		}
	}
}

// checklist is what the process still needs to get going; nil if nothing is.
func (p *Portal) checklist(x *coproduction.Process, t *coproduction.Tree) *view.Checklist {
	at := p.path(x.IRI)
	where := map[coproduction.Step]string{
		coproduction.StepDescribed: at + "/edit", coproduction.StepTree: at + "/guide/new", coproduction.StepHeads: at + "/people",
		coproduction.StepPeople: at + "/people", coproduction.StepDates: at + "/guide", coproduction.StepWork: at + "/guide",
	}
	list := &view.Checklist{}
	for _, c := range coproduction.Checklist(x, t) {
		if c.Done {
			list.Done++
		}
		list.Steps = append(list.Steps, view.ChecklistStep{Words: view.Say("checklist." + string(c.Step)), Done: c.Done, Href: where[c.Step]})
	}
	if list.Done == len(list.Steps) {
		return nil
	}
	return list
}

// next are the first tasks that can be worked on.
func (p *Portal) next(q *request, x *coproduction.Process, t *coproduction.Tree) []view.Need {
	var needs []view.Need
	for _, it := range t.Items() {
		if it.Kind != coproduction.Task || !t.Enabled(it.ID) || it.Status == coproduction.Finished || !t.Ready(it.ID) {
			continue
		}
		needs = append(needs, view.Need{
			Sentence: view.Say("need.task", words(q, it.Name)), Href: p.path(x.ItemIRI(it.ID)),
			At: it.Ends, Due: !it.Ends.IsZero(), Late: t.Late(it.ID, p.today()), Icon: string(it.Status),
		})
		if len(needs) == upcoming {
			break
		}
	}
	return needs
}

// phases make the phase bar.
func (p *Portal) phases(x *coproduction.Process, t *coproduction.Tree) []view.Phase {
	var out []view.Phase
	for _, it := range t.Children("") {
		if !t.Enabled(it.ID) {
			continue
		}
		tasks, done := t.Progress(it.ID)
		out = append(out, view.Phase{
			Name: it.Name, Href: p.path(x.ItemIRI(it.ID)), Status: string(t.Status(it.ID)), Done: done, Tasks: tasks,
		})
	}
	return out
}

// source is what a process was cloned from; nil if it is no clone.
func (p *Portal) source(q *request, x *coproduction.Process) *view.Source {
	from := x.ClonedFrom
	if from == nil {
		return nil
	}
	s := &view.Source{Title: from.Title, Href: string(from.IRI), At: from.At, Status: string(from.Answer)}
	if p.Namespace.Owns(from.IRI) {
		s.Href = p.path(from.IRI)
	} else {
		s.Origin = view.Origin{Host: from.Host, Href: string(from.IRI)}
		if a, err := p.Network.ActorByIRI(q.Context(), q.viewer, from.IRI); err == nil {
			s.Gone = a.Gone()
		}
	}
	if stamp, err := p.Lineage.StampAt(q.Context(), x.IRI); err == nil && stamp.IRI == from.Stamp && stamp.Confirms(x.IRI, from.IRI, from.Digest) {
		s.Stamp = &view.Stamp{By: stamp.Owner.Host(), Href: string(stamp.IRI), At: stamp.At, Checked: stamp.Checked}
		if a, err := p.Network.ActorByIRI(q.Context(), q.viewer, stamp.Owner); err == nil {
			s.Stamp.By = p.actorOf(q, a).Called()
		}
	}
	return s
}

// broughtFrom is the process that was brought as this one; nil for those who do
// not take part, and if it was not.
func (p *Portal) broughtFrom(q *request, x *coproduction.Process) (*view.Source, error) {
	b, err := p.Portable.From(q.Context(), q.viewer, x)
	if b == nil || err != nil {
		return nil, err
	}
	s := &view.Source{Title: b.Title, Href: string(b.Head.IRI), Origin: view.Origin{Host: b.Head.IRI.Host()}}
	if s.Title.Empty() { // it was brought before that was kept
		s.Title = x.Title
	}
	return s, nil
}

// edit of what is said of the process.
func (p *Portal) editProcess(q *request) error {
	x, err := p.Coproduction.Process(q.Context(), q.viewer, q.PathValue("name"))
	if err != nil {
		return err
	}
	if err := policy.Allow(q.viewer, policy.Edit, x); err != nil {
		return err
	}
	return q.show(p.editProcessPage(q, x, view.Form{}))
}

func (p *Portal) editProcessPage(q *request, x *coproduction.Process, f view.Form) view.FormPage {
	lang, href := wordsIn(q, x.Title), p.path(x.IRI)
	return view.FormPage{
		Frame: q.frame(), Crumbs: []view.Link{{Href: href, Text: x.Title}}, Title: view.Say("form.edit_of", words(q, x.Title)), Lead: view.Say("form.edit_lead"),
		Action: href + "/edit", Form: f, Submit: view.Say("ui.save"), Cancel: href,
		Fields: []view.Field{
			{Name: "revision", Control: view.Hidden, Value: revisionOf(x.Revision)},
			{Name: "lang", Control: view.Select, Label: view.Say("ui.language_of"), Options: p.writingLangs(q, lang)},
			{Name: "title", Label: view.Say("form.title"), Value: x.Title[lang], Max: 200},
			{Name: "summary", Control: view.TextArea, Label: view.Say("form.summary"), Value: x.Summary[lang], Optional: true},
			{Name: "aim", Control: view.TextArea, Label: view.Say("form.aim"), Value: x.Aim[lang], Optional: true},
			{Name: "challenges", Control: view.TextArea, Label: view.Say("form.challenges"), Value: x.Challenges[lang], Optional: true},
			{Name: "governance", Control: view.Select, Label: view.Say("governance.label"), Hint: view.Say("governance.hint"), Options: governances(x.Governance), Optional: true},
			{Name: "country", Control: view.Select, Label: view.Say("approach.country"), Options: p.countries(q, x.Country), Optional: true},
			{Name: "visibility", Control: view.Radios, Label: view.Say("ui.who_sees"), Options: visibilities(x.Visibility)},
			p.tellsReuse(x),
		},
	}
}

// tellsReuse asks whether it is told how often a process reuses what others
// made.
func (p *Portal) tellsReuse(x *coproduction.Process) view.Field {
	f := view.Field{Name: "tellsReuse", Control: view.Check, Label: view.Say("reuse.tell"), Hint: view.Say("reuse.tell_hint"), Value: checked(x.TellsReuse), Optional: true}
	if !p.Reuse.Agrees() {
		f.Hint = view.Say("reuse.tell_off")
	}
	return f
}

func (p *Portal) saveProcess(q *request) error {
	x, err := p.Coproduction.Process(q.Context(), q.viewer, q.PathValue("name"))
	if err != nil {
		return err
	}
	lang, d := q.typedLang(), x.Details()
	d.Title, d.Summary = with(x.Title, lang, q.typed.Get("title")), with(x.Summary, lang, q.typed.Get("summary"))
	d.Aim, d.Challenges = with(x.Aim, lang, q.typed.Get("aim")), with(x.Challenges, lang, q.typed.Get("challenges"))
	d.Governance, d.Country = coproduction.Governance(q.typed.Get("governance")), q.typed.Get("country")
	d.Visibility, d.TellsReuse = domain.Visibility(q.typed.Get("visibility")), q.typed.Get("tellsReuse") != ""
	_, err = p.Coproduction.Edit(q.Context(), q.viewer, x.Name, q.revision(), d)
	if err != nil {
		return q.refused(domain.Renamed(err, processNames), func(f view.Form) (view.Page, error) { return p.editProcessPage(q, x, f), nil })
	}
	return q.done(p.path(x.IRI), view.Say("notice.saved"))
}

func (p *Portal) history(q *request) error {
	x, _, head, err := p.headed(q, "history")
	if err != nil {
		return err
	}
	page := view.HistoryPage{Frame: q.frame(), ProcessHead: head}
	var list domain.List[domain.Event]
	if page.Entries, list, err = p.entries(q, x, q.cursor()); err != nil {
		return err
	}
	page.Pager = q.pager(list.Next, list.Total, len(list.Items))
	return q.show(page)
}

// entries puts what happened in a process into sentences.
func (p *Portal) entries(q *request, x *coproduction.Process, page domain.Page) ([]view.Entry, domain.List[domain.Event], error) {
	list, err := p.Coproduction.History(q.Context(), q.viewer, x.Name, page)
	if err != nil {
		return nil, list, err
	}
	var out []view.Entry
	for _, e := range list.Items {
		out = append(out, p.happened(q, x, e))
	}
	return out, list, nil
}

// happened puts one event of a process into a sentence.
func (p *Portal) happened(q *request, x *coproduction.Process, e domain.Event) view.Entry {
	entry := view.Entry{At: e.Time, Actor: p.actor(q, e.Actor)}
	who := view.Link{Href: entry.Actor.Href, Text: view.Plain(domain.Undetermined, entry.Actor.Called())}
	entry.Sentence = view.Say("history."+string(e.Kind), who)
	var payload struct {
		Item     domain.ID           `json:"item"`
		Name     any                 `json:"name"`
		To       coproduction.Status `json:"to"`
		CloneIRI domain.IRI          `json:"cloneIri"`
	}
	if e.Decode(&payload) == nil {
		if payload.Item != "" {
			entry.Href = p.path(x.ItemIRI(payload.Item))
		}
		entry.Args = append(entry.Args, p.nameTold(q, payload.Name))
		if payload.To != "" {
			entry.Key += "_" + string(payload.To)
		}
	}
	if !p.catalog.Has(entry.Key) {
		entry.Sentence = view.Say("history.other", who)
	}
	return entry
}

// nameTold reads the name of an event's payload: a text or a plain word.
func (p *Portal) nameTold(q *request, name any) string {
	switch n := name.(type) {
	case string:
		return n
	case map[string]any:
		t := domain.Text{}
		for lang, words := range n {
			if s, ok := words.(string); ok {
				t[domain.Lang(lang)] = s
			}
		}
		s, _ := t.In(q.lang)
		return s
	}
	return ""
}
