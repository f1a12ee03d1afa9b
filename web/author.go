package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/policy"
	"interlink/web/locale"
	"interlink/web/view"
)

func (p *Portal) authorRoutes() []route {
	return []route{
		{http.MethodGet, "/catalogue/drafts", p.drafts},
		{http.MethodGet, "/interlinkers/new", p.newInterlinker},
		{http.MethodPost, "/interlinkers/new", p.composeInterlinker},
		{http.MethodGet, "/interlinkers/{slug}/edit", p.editInterlinker},
		{http.MethodPost, "/interlinkers/{slug}/edit", p.saveInterlinker},
		{http.MethodPost, "/interlinkers/{slug}/publish", p.publishInterlinker},
		{http.MethodGet, "/interlinkers/{slug}/discard", p.askDiscard},
		{http.MethodPost, "/interlinkers/{slug}/discard", p.discard},
		{http.MethodGet, "/interlinkers/{slug}/translations", p.translations},
		{http.MethodPost, "/interlinkers/{slug}/translations", p.reviewTranslations},
		{http.MethodGet, "/interlinkers/{slug}/versions", p.entryVersions},
		{http.MethodGet, "/interlinkers/{slug}/compare", p.compareEntry},
		{http.MethodGet, "/interlinkers/{slug}/files", p.entryFiles},
		{http.MethodPost, "/interlinkers/{slug}/files/remove", p.detachFile},
		{http.MethodGet, "/interlinkers/{slug}/files/{hash}", p.entryFile},
		{http.MethodGet, "/interlinkers/{slug}/pictures", p.entryPictures},
		{http.MethodPost, "/interlinkers/{slug}/pictures", p.addSnapshot},
		{http.MethodPost, "/interlinkers/{slug}/pictures/remove", p.removeSnapshot},
	}
}

// writableEntry reads the Interlinker of the path for somebody who may write
// it.
func (p *Portal) writableEntry(q *request) (*catalogue.Entry, error) {
	return p.writable(q, catalogue.KindInterlinker)
}

func (p *Portal) drafts(q *request) error {
	list, err := p.Entries.Drafts(q.Context(), q.viewer, q.cursor())
	if err != nil {
		return err
	}
	page := view.DraftsPage{Frame: q.frame(), Pager: q.pager(list.Next, list.Total, len(list.Items))}
	for _, e := range list.Items {
		page.Items = append(page.Items, p.interlinkerCard(e))
	}
	return q.show(page)
}

// newInterlinker asks what is needed to begin a draft; the rest comes with it.
func (p *Portal) newInterlinker(q *request) error {
	if err := policy.Allow(q.viewer, policy.Edit, &catalogue.Entry{}); err != nil {
		return err
	}
	return q.show(p.newInterlinkerPage(q, view.Form{}))
}

func (p *Portal) newInterlinkerPage(q *request, f view.Form) view.FormPage {
	return view.FormPage{
		Frame: q.frame(), Crumbs: p.catalogueCrumb(q), Title: view.Say("author.new"), Lead: view.Say("author.new_lead"), Action: "/interlinkers/new", Form: f,
		Fields: []view.Field{
			{Name: "nature", Control: view.Radios, Label: view.Say("author.nature"), Options: natureOptions(catalogue.NatureKnowledge)},
			{Name: "lang", Control: view.Select, Label: view.Say("author.original"), Hint: view.Say("author.original_hint"), Options: p.writingLangs(q, q.lang)},
			{Name: "name", Label: view.Say("form.name"), Max: 200},
			{Name: "slug", Label: view.Say("author.slug"), Hint: view.Say("author.slug_hint"), Optional: true, Max: 60},
		},
		Submit: view.Say("author.begin"), Cancel: "/catalogue",
	}
}

func (p *Portal) catalogueCrumb(q *request) []view.Link {
	return []view.Link{{Href: "/catalogue", Text: view.Plain(q.lang, p.say(q, "nav.catalogue"))}}
}

func natureOptions(chosen catalogue.Nature) []view.Option {
	var options []view.Option
	for _, n := range catalogue.Natures {
		options = append(options, view.Option{Value: string(n), Key: "nature." + map[view.Nature]string{
			view.Software: "software", view.Knowledge: "knowledge", view.ExternalSoftware: "external_software", view.ExternalKnowledge: "external_knowledge",
		}[natures[n]], Selected: n == chosen})
	}
	return options
}

func (p *Portal) composeInterlinker(q *request) error {
	lang := q.typedLang()
	e, err := p.Entries.Compose(q.Context(), q.viewer, strings.TrimSpace(q.typed.Get("slug")), catalogue.Writing{Content: catalogue.Content{
		Name:        view.Plain(lang, strings.TrimSpace(q.typed.Get("name"))),
		Interlinker: &catalogue.Interlinker{Nature: catalogue.Nature(q.typed.Get("nature")), Original: lang},
	}})
	if err != nil {
		return q.refused(err, func(f view.Form) (view.Page, error) { return p.newInterlinkerPage(q, f), nil })
	}
	return q.done(e.Address()+"/edit?in="+url.QueryEscape(string(lang)), view.Say("notice.draft_begun"))
}

func (p *Portal) editInterlinker(q *request) error {
	e, err := p.writableEntry(q)
	if err != nil {
		return err
	}
	page, err := p.entryFormPage(q, e, view.Form{})
	if err != nil {
		return err
	}
	return q.show(page)
}

func (p *Portal) saveInterlinker(q *request) error {
	e, err := p.writableEntry(q)
	if err != nil {
		return err
	}
	if q.finding() {
		return q.again(func(f view.Form) (view.Page, error) { return p.entryFormPage(q, e, f) })
	}
	w := catalogue.Writing{Content: q.written(e), Note: q.typed.Get("note")}
	lang := q.typedLang()
	if q.typed.Get("checked") != "" {
		w.Checked = []domain.Lang{lang}
	}
	_, err = p.Entries.Rewrite(q.Context(), q.viewer, e.ID, q.revision(), w)
	if domain.CodeOf(err) == domain.Conflict && e.Status != catalogue.Withdrawn {
		return p.showEntryConflict(q, e, w.Content)
	}
	if err != nil {
		return q.refused(err, func(f view.Form) (view.Page, error) { return p.entryFormPage(q, e, f) })
	}
	if e.Status == catalogue.Draft {
		return q.done(e.Address(), view.Say("notice.entry_draft_saved"))
	}
	return q.done(e.Address(), view.Say("notice.corrected"))
}

// showEntryConflict shows what somebody else changed since the reader opened
// the form, and the form with what was typed.
func (p *Portal) showEntryConflict(q *request, e *catalogue.Entry, mine catalogue.Content) error {
	q.typed.Set("revision", revisionOf(e.Revision)) // theirs is seen from here on
	page, err := p.entryFormPage(q, e, view.Form{Values: q.typed})
	if err != nil {
		return err
	}
	page.Theirs = &view.EntryTheirs{At: e.UpdatedAt, Fields: compareContents(e.Content(), mine)}
	if e.Status != catalogue.Draft {
		page.Theirs.Versions = e.Address() + "/versions"
	}
	if v, err := p.Entries.Version(q.Context(), q.viewer, e.ID, e.Version); err == nil {
		page.Theirs.By = p.actor(q, v.By)
	}
	return q.showWith(domain.Conflict.Status(), page)
}

func (p *Portal) publishInterlinker(q *request) error {
	e, err := p.writableEntry(q)
	if err != nil {
		return err
	}
	_, err = p.Entries.Publish(q.Context(), q.viewer, e.ID, q.revision(), q.typed.Get("note"))
	if len(domain.FieldsOf(err)) > 0 {
		return q.refused(err, func(f view.Form) (view.Page, error) {
			f.Values = nil // what is there is what is wrong
			return p.entryFormPage(q, e, f)
		})
	}
	if err != nil {
		return err
	}
	return q.done(e.Address(), view.Say("notice.entry_published"))
}

// askRetire asks why an entry is not to be used any more, and what instead.
func (p *Portal) askRetire(how catalogue.Status) func(*request, *catalogue.Entry) error {
	return func(q *request, e *catalogue.Entry) error {
		return q.show(p.retirePage(q, e, how, view.Form{}))
	}
}

// entryCrumbs lead to an entry from the list of its kind.
func (p *Portal) entryCrumbs(q *request, e *catalogue.Entry) []view.Link {
	shelf := shelves[e.Kind]
	return []view.Link{{Href: shelf.list, Text: view.Plain(q.lang, p.say(q, shelf.title))}, {Href: e.Address(), Text: e.Name}}
}

func (p *Portal) retirePage(q *request, e *catalogue.Entry, how catalogue.Status, f view.Form) view.FormPage {
	page := view.FormPage{
		Frame: q.frame(), Crumbs: p.entryCrumbs(q, e), Form: f, Cancel: e.Address(), Danger: true,
		Title: view.Say("form.withdraw_of", words(q, e.Name)), Action: e.Address() + "/withdraw", Submit: view.Say("form.withdraw"), Lost: view.Say("form.withdraw_lost_" + string(e.Kind)),
		Fields: []view.Field{
			{Name: "revision", Control: view.Hidden, Value: revisionOf(e.Revision)},
			{Name: "reason", Control: view.TextArea, Label: view.Say("author.reason"), Hint: view.Say("author.reason_hint"), Value: e.Reason[q.lang], Optional: true, Max: 400, Rows: 3},
			{Name: "replacement", Label: view.Say("form.replacement"), Hint: view.Say("form.replacement_hint"), Value: string(e.Replacement), Optional: true, Max: 2048},
		},
	}
	if how == catalogue.Deprecated {
		page.Title, page.Action, page.Submit = view.Say("author.deprecate_of", words(q, e.Name)), e.Address()+"/deprecate", view.Say("author.deprecate")
		page.Lost = view.Say("author.deprecate_lost_" + string(e.Kind))
	}
	return page
}

func (p *Portal) retire(how catalogue.Status) func(*request, *catalogue.Entry) error {
	return func(q *request, e *catalogue.Entry) error {
		replacement, err := p.replacementTyped(q, e.Kind)
		if err != nil {
			return err
		}
		reason := with(e.Reason, q.lang, q.typed.Get("reason"))
		if _, err := p.Entries.End(q.Context(), q.viewer, e.ID, q.revision(), catalogue.Ending{Status: how, Reason: reason, Replacement: replacement}); err != nil {
			return q.refused(err, func(f view.Form) (view.Page, error) { return p.retirePage(q, e, how, f), nil })
		}
		return q.done(e.Address(), view.Say("notice."+string(how)))
	}
}

// replacementTyped is the address of the entry that was named: by its address,
// its page here, or the last part of that.
func (p *Portal) replacementTyped(q *request, kind catalogue.Kind) (domain.IRI, error) {
	typed := strings.TrimSpace(q.typed.Get("replacement"))
	page := strings.TrimPrefix(strings.TrimPrefix(typed, p.Namespace.Base()), shelves[kind].path)
	if typed == "" || strings.Contains(page, "/") {
		return domain.IRI(typed), nil
	}
	slug, host, _ := strings.Cut(page, "@")
	e, err := p.Entries.Entry(q.Context(), q.viewer, kind, slug, host)
	if domain.CodeOf(err) == domain.NotFound {
		return domain.IRI(typed), nil // which the domain refuses
	}
	if err != nil {
		return "", err
	}
	return e.IRI, nil
}

func (p *Portal) askDiscard(q *request) error {
	e, err := p.writableEntry(q)
	if err != nil {
		return err
	}
	return q.show(view.FormPage{
		Frame: q.frame(), Crumbs: append(p.catalogueCrumb(q), view.Link{Href: e.Address(), Text: e.Name}), Title: view.Say("author.discard_of", words(q, e.Name)),
		Action: e.Address() + "/discard", Submit: view.Say("author.discard"), Cancel: e.Address(), Danger: true, Lost: view.Say("author.discard_lost"),
		Fields: []view.Field{{Name: "revision", Control: view.Hidden, Value: revisionOf(e.Revision)}},
	})
}

func (p *Portal) discard(q *request) error {
	e, err := p.writableEntry(q)
	if err != nil {
		return err
	}
	if err := p.Entries.Discard(q.Context(), q.viewer, e.ID, q.revision()); err != nil {
		return err
	}
	return q.done("/catalogue/drafts", view.Say("notice.draft_discarded"))
}

// langStates tell how far an Interlinker is translated, the original first.
func (p *Portal) langStates(e *catalogue.Entry, present domain.Lang) []view.LangState {
	c := e.Content()
	langs := map[domain.Lang]bool{c.Original(): true, present: present != ""}
	for _, field := range catalogue.Fields {
		for _, lang := range c.Field(field).Langs() {
			langs[lang] = true
		}
	}
	var all []view.LangState
	for lang, there := range langs {
		if !there {
			continue
		}
		s := view.LangState{
			Lang: lang, Href: e.Address() + "/edit?in=" + url.QueryEscape(string(lang)), State: string(c.TranslationsOf(lang)),
			Source: lang == c.Original(), Present: lang == present,
		}
		for _, field := range catalogue.Fields {
			state := c.Translation(field, lang)
			s.Fields = append(s.Fields, view.FieldState{Name: locale.Snake(field), State: string(state)})
			s.Check = s.Check || !s.Source && (state == catalogue.TranslationDraft || state == catalogue.TranslationStale)
		}
		all = append(all, s)
	}
	slices.SortFunc(all, func(a, b view.LangState) int {
		if a.Source != b.Source {
			return map[bool]int{true: -1, false: 1}[a.Source]
		}
		return strings.Compare(string(a.Lang), string(b.Lang))
	})
	return all
}

func (p *Portal) translations(q *request) error {
	e, err := p.writableEntry(q)
	if err != nil {
		return err
	}
	page := view.EntryTranslationsPage{
		Frame: q.frame(), Name: e.Name, Href: e.Address(), Langs: p.langStates(e, ""), Fields: catalogue.Fields, Revision: revisionOf(e.Revision),
		Review: e.Address() + "/translations", Edit: e.Address() + "/edit",
	}
	for _, o := range p.writingLangs(q, "") {
		if !slices.ContainsFunc(page.Langs, func(s view.LangState) bool { return string(s.Lang) == o.Value }) {
			page.Add = append(page.Add, o)
		}
	}
	return q.show(page)
}

// reviewTranslations says that all translations into a language were checked.
func (p *Portal) reviewTranslations(q *request) error {
	e, err := p.writableEntry(q)
	if err != nil {
		return err
	}
	w := catalogue.Writing{Content: e.Content(), Checked: []domain.Lang{q.typedLang()}}
	if _, err := p.Entries.Rewrite(q.Context(), q.viewer, e.ID, q.revision(), w); err != nil {
		return err
	}
	return q.done(e.Address()+"/translations", view.Say("notice.translations_checked"))
}

// curation offers what can be done with an entry to those who write the
// catalogue; nil to others, and for a copy.
func (p *Portal) curation(q *request, e *catalogue.Entry) *view.Curation {
	if !p.mayWrite(q, e) {
		return nil
	}
	at := e.Address()
	c := &view.Curation{Status: string(e.Status), Revision: revisionOf(e.Revision), Edit: at + "/edit"}
	if e.Kind == catalogue.KindInterlinker {
		c.Translations, c.Files = at+"/translations", at+"/files"
	}
	switch e.Status {
	case catalogue.Withdrawn:
		return &view.Curation{Status: string(e.Status), Delete: at + "/delete"}
	case catalogue.Draft:
		c.Publish, c.Discard = at+"/publish", at+"/discard"
	case catalogue.Deprecated:
		c.Publish, c.Withdraw = at+"/publish", at+"/withdraw"
	default:
		c.Deprecate, c.Withdraw = at+"/deprecate", at+"/withdraw"
	}
	return c
}

// credits tells who made an Interlinker, where, and which rules it supports.
func (p *Portal) credits(page *view.InterlinkerPage, e *catalogue.Entry) {
	i := e.Interlinker
	for _, a := range i.Authors {
		page.Authors = append(page.Authors, view.Credit{Name: a.Name, Href: string(a.IRI)})
	}
	if i.Made != nil {
		page.Made = &view.Link{Href: string(i.Made.Process), Text: i.Made.Title}
	}
	for _, s := range i.Supports {
		rule := view.SupportedRule{Name: p.regulationName(s.ID), Href: p.Namespace.Path(p.Entries.RegulationIRI(s.ID)), Country: s.Country}
		rule.Reviewed, _ = time.Parse(time.DateOnly, s.Reviewed) // zero for what is no day
		page.Supports = append(page.Supports, rule)
	}
	if e.Local() && e.Status != catalogue.Draft {
		page.Versions = e.Address() + "/versions"
	}
}
