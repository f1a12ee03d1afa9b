package web

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/story"
	"interlink/web/view"
)

// before is what was told so far: in the open draft, or in the story that is
// told again.
func (d publishing) before() story.Telling {
	switch {
	case d.draft != nil:
		return d.draft.Telling
	case d.story != nil:
		return d.story.Telling
	}
	return story.Telling{}
}

// teller is the organisation that is proposed to tell the story.
func (d publishing) teller() domain.ActorID {
	if d.draft != nil && d.draft.Owner != domain.Nobody {
		return d.draft.Owner
	}
	return d.process.Organization
}

// at is the address of the form in a language.
func (d publishing) at(lang domain.Lang) string {
	values := url.Values{"in": {string(lang)}}
	switch {
	case d.draft != nil:
		values.Set("draft", string(d.draft.ID))
	case d.story != nil:
		values.Set("story", d.story.Slug)
	}
	return d.head.Href + "/publish?" + values.Encode()
}

// draftsOf tells of the drafts of a process, and in which languages the open one
// is written.
func (p *Portal) draftsOf(q *request, d publishing, page *view.PublishPage) error {
	page.ServiceTypes = wordOptions("service_type", catalogue.ServiceTypes, d.before().ServiceTypes...)
	if d.draft != nil {
		page.Draft, page.Seen = string(d.draft.ID), revisionOf(d.draft.Revision)
	}
	if d.draft != nil || d.story != nil {
		present := wordsIn(q, d.before().Title)
		langs := d.before().Title.Langs()
		for _, lang := range langs {
			page.Written = append(page.Written, view.LangState{Lang: lang, Href: d.at(lang), Present: lang == present})
		}
		for _, o := range page.Langs {
			lang := domain.Lang(o.Value)
			if d.before().Title[lang] == "" {
				page.Written = append(page.Written, view.LangState{Lang: lang, Href: d.at(lang), Present: lang == present})
			}
		}
	}
	drafts, err := p.Stories.Drafts(q.Context(), q.viewer, d.process.Name)
	if err != nil {
		return err
	}
	for _, x := range drafts {
		if d.draft == nil || x.ID != d.draft.ID {
			page.Drafts = append(page.Drafts, view.DraftLink{
				Href: d.head.Href + "/publish?draft=" + string(x.ID), Title: x.Title, Langs: x.Title.Langs(), At: x.UpdatedAt, Again: x.Story != "",
			})
		}
	}
	return nil
}

// keepDraft keeps what was typed, and goes on in the same language.
func (p *Portal) keepDraft(q *request, d publishing, in story.Input, again func(view.Form) (view.Page, error)) error {
	draft := story.Draft{Owner: in.Owner, Community: in.Community, Keep: in.Keep, Telling: in.Telling}
	if d.story != nil {
		draft.Story = d.story.ID
	}
	if d.draft != nil {
		draft.ID = d.draft.ID
		draft.Revision, _ = strconv.ParseInt(q.typed.Get("seen"), 10, 64) // what is no number was never seen
		if draft.Revision == 0 {
			draft.Revision = -1
		}
	}
	kept, err := p.Stories.SaveDraft(q.Context(), q.viewer, d.process.Name, draft)
	if err != nil {
		return q.refused(domain.Renamed(err, storyNames), again)
	}
	d.draft = kept
	return q.done(d.at(q.typedLang()), view.Say("notice.story_draft_kept"))
}

func (p *Portal) discardStory(q *request) error {
	d, err := p.publishing(q, "", "")
	if err != nil {
		return err
	}
	if err := p.Stories.DiscardDraft(q.Context(), q.viewer, d.process.Name, domain.ID(q.typed.Get("draft"))); err != nil {
		return err
	}
	return q.done(d.head.Href+"/publish", view.Say("notice.draft_discarded"))
}

// askOriginal asks for a story of the platform before this one.
func (p *Portal) askOriginal(q *request) error {
	page, err := p.originalPage(q, view.Form{})
	if err != nil {
		return err
	}
	return q.show(page)
}

func (p *Portal) originalPage(q *request, f view.Form) (view.OriginalPage, error) {
	d, err := p.publishing(q, "", "")
	if err != nil {
		return view.OriginalPage{}, err
	}
	return view.OriginalPage{ProcessHead: d.head, FormPage: view.FormPage{
		Frame: q.frame(), Form: f, Action: d.head.Href + "/publish/import", Cancel: d.head.Href + "/publish",
		Fields: []view.Field{{Name: "file", Control: view.File, Label: view.Say("tell.import_file"), Hint: view.Say("tell.import_hint"), Value: "application/json,.json"}},
	}}, nil
}

// readOriginal makes a draft of such a story, and tells what it could not take
// over.
func (p *Portal) readOriginal(q *request) error {
	page, err := p.originalPage(q, view.Form{})
	if err != nil {
		return err
	}
	again := func(f view.Form) (view.Page, error) { page.Form = f; return page, nil }
	raw, err := q.file()
	if err == nil && raw == nil {
		err = domain.InvalidField("file", "resource.file_missing")
	}
	if err != nil {
		return q.refused(err, again)
	}
	telling, lang, found, err := story.ReadOriginal(raw)
	if err != nil {
		return q.refused(err, again)
	}
	draft, err := p.Stories.SaveDraft(q.Context(), q.viewer, q.PathValue("name"), story.Draft{Telling: telling})
	if err != nil {
		return q.refused(err, again)
	}
	page.Draft = page.Cancel + "?" + url.Values{"draft": {string(draft.ID)}, "in": {string(lang)}}.Encode()
	for _, problem := range found {
		page.Found = append(page.Found, view.Problem{Field: problem.Field, Err: problem})
	}
	return q.show(page)
}

// tellMore shows what else a story tells.
func (p *Portal) tellMore(q *request, page *view.StoryPage, s *story.Story) {
	page.Incentives, page.Terms, page.Spoken, page.ServiceTypes, page.Keywords = rich(q, s.Incentives), rich(q, s.Terms), s.Spoken, s.ServiceTypes, s.Keywords
	page.Begun, _ = time.Parse(time.DateOnly, s.Begun) // zero for what is no day
	page.Ended, _ = time.Parse(time.DateOnly, s.Ended)
	for _, m := range s.Materials {
		page.Materials = append(page.Materials, view.MaterialLink{Href: string(m.URL), Text: m.Name, Kind: m.Kind})
	}
	for _, m := range s.Makers {
		page.Makers = append(page.Makers, view.MakerLine{Name: m.Name, Href: string(m.URL), Info: m.Info})
	}
	for _, id := range s.Regulations {
		page.Regulations = append(page.Regulations, view.Link{Href: p.Namespace.Path(p.Entries.RegulationIRI(id)), Text: p.regulationName(id)})
	}
}

// toldIn is a story as its form has it, in one language.
func toldIn(q *request, t story.Telling) url.Values {
	lang := wordsIn(q, t.Title)
	v := url.Values{
		"lang": {string(lang)}, "title": {t.Title[lang]}, "summary": {t.Summary[lang]}, "challenge": {t.Challenge[lang]}, "done": {t.Objectives[lang]},
		"results": {t.Results[lang]}, "lessons": {t.Lessons[lang]}, "incentives": {t.Incentives[lang]}, "terms": {t.Terms[lang]}, "licence": {t.Licence},
		"countries": {countriesSaid(q.lang, t.Countries)}, "keywords": {strings.Join(t.Keywords, ", ")}, "begun": {t.Begun}, "ended": {t.Ended},
		"serviceTypes": t.ServiceTypes,
	}
	var rules, spoken, figures, materials, makers []string
	for _, rule := range t.Regulations {
		if alias, ok := strings.CutPrefix(rule, "alias:"); ok && !strings.Contains(alias, ":") {
			rule = strings.ToUpper(alias)
		}
		rules = append(rules, rule)
	}
	for _, l := range t.Spoken {
		spoken = append(spoken, string(l))
	}
	for _, f := range t.Figures {
		figures = append(figures, line(said(f.Name, lang), f.Value, said(f.Unit, lang), said(f.Category, lang)))
	}
	for _, m := range t.Materials {
		materials = append(materials, line(said(m.Name, lang), string(m.URL), m.Kind))
	}
	for _, m := range t.Makers {
		makers = append(makers, line(m.Name, string(m.URL), said(m.Info, lang)))
	}
	v.Set("regulations", strings.Join(rules, "\n"))
	v.Set("spoken", strings.Join(spoken, ", "))
	v.Set("figures", strings.Join(figures, "\n"))
	v.Set("materials", strings.Join(materials, "\n"))
	v.Set("makers", strings.Join(makers, "\n"))
	return v
}

// said is a text in a language, or else in the one that it has.
func said(t domain.Text, lang domain.Lang) string {
	s, _ := t.In(lang)
	return strings.Join(strings.Fields(s), " ")
}

// line joins the parts of one line of a form, without those at its end that are
// empty.
func line(parts ...string) string {
	for len(parts) > 1 && parts[len(parts)-1] == "" {
		parts = parts[:len(parts)-1]
	}
	return strings.Join(parts, " | ")
}

// lines reads the lines of a field, each with its parts.
func lines(typed string, parts int) [][]string {
	var out [][]string
	for _, one := range strings.Split(typed, "\n") {
		if strings.TrimSpace(one) == "" {
			continue
		}
		read := make([]string, parts)
		for i, part := range strings.SplitN(one, "|", parts) {
			read[i] = strings.TrimSpace(part)
		}
		out = append(out, read)
	}
	return out
}

// facts reads the fields that are no running text; lang is the language of the
// words in them. What other languages say of the same line stays.
func (q *request) facts(t *story.Telling, lang domain.Lang) {
	asked := func(field string) bool { _, there := q.typed[field]; return there }
	if asked("countries") {
		t.Countries = countriesTyped(q.typed.Get("countries"), q.lang, lang)
	}
	if asked("keywords") {
		t.Keywords = listed(q.typed.Get("keywords"), ",")
	}
	if asked("regulations") {
		t.Regulations = listed(q.typed.Get("regulations"), "\n")
		for i, rule := range t.Regulations {
			if !strings.Contains(rule, ":") { // its short name, as people say it
				t.Regulations[i] = "alias:" + strings.ToLower(rule)
			}
		}
	}
	if asked("begun") {
		t.Begun, t.Ended, t.ServiceTypes = strings.TrimSpace(q.typed.Get("begun")), strings.TrimSpace(q.typed.Get("ended")), q.typed["serviceTypes"]
	}
	if asked("spoken") {
		t.Spoken = nil
		for _, s := range listed(strings.ReplaceAll(q.typed.Get("spoken"), " ", ","), ",") {
			lang, err := domain.ParseLang(s)
			if err != nil {
				lang = domain.Lang(s) // which is refused, with what was typed
			}
			t.Spoken = append(t.Spoken, lang)
		}
	}
	if asked("figures") {
		t.Figures = figuresTyped(t.Figures, lang, lines(q.typed.Get("figures"), 4))
	}
	if asked("materials") {
		t.Materials = materialsTyped(t.Materials, lang, lines(q.typed.Get("materials"), 3))
	}
	if asked("makers") {
		t.Makers = makersTyped(t.Makers, lang, lines(q.typed.Get("makers"), 3))
	}
}

// countriesTyped reads countries by their names in the languages of the reader
// and of the text, or by their codes.
func countriesTyped(typed string, reader, text domain.Lang) []string {
	var out []string
	for _, one := range listed(typed, ",") {
		if code := cmp.Or(countryNamed(reader, one), countryNamed(text, one)); code != "" {
			out = append(out, code)
			continue
		}
		out = append(out, strings.Fields(one)...)
	}
	return out
}

// countriesSaid are countries as [countriesTyped] reads them.
func countriesSaid(lang domain.Lang, codes []string) string {
	said := slices.Clone(codes)
	for i, code := range codes {
		if name := country(lang, code); countryNamed(lang, name) == code {
			said[i] = name
		}
	}
	return strings.Join(said, ", ")
}

// countryNamed is the code of a country, "" for what is no name of one.
func countryNamed(lang domain.Lang, name string) string {
	for _, code := range catalogue.Countries() {
		if strings.EqualFold(country(lang, code), name) {
			return code
		}
	}
	return ""
}

// earlier finds what each line that was typed was before, whose words in other
// languages are kept: that of which the first part says the same, or else the
// second. What is new was nothing; that lines move or go makes none another.
func earlier[T any](was []T, typed [][]string, signs ...func(T) string) []T {
	out, found, taken := make([]T, len(typed)), make([]bool, len(typed)), make([]bool, len(was))
	for part, sign := range signs {
		for i, line := range typed {
			for j := range was {
				if !found[i] && !taken[j] && line[part] != "" && line[part] == sign(was[j]) {
					out[i], found[i], taken[j] = was[j], true, true
				}
			}
		}
	}
	return out
}

// reworded is a text with what was typed for it in a language, unless that is
// only the other language that the form showed for want of this one.
func reworded(t domain.Text, lang domain.Lang, typed string) domain.Text {
	if t[lang] == "" && typed == said(t, lang) {
		return t
	}
	return with(t, lang, typed)
}

func figuresTyped(was []story.Figure, lang domain.Lang, typed [][]string) []story.Figure {
	out := earlier(was, typed, func(f story.Figure) string { return said(f.Name, lang) }, func(f story.Figure) string { return f.Value })
	for i, part := range typed {
		f := &out[i]
		f.Name, f.Value, f.Unit, f.Category = reworded(f.Name, lang, part[0]), part[1], reworded(f.Unit, lang, part[2]), reworded(f.Category, lang, part[3])
	}
	return out
}

func materialsTyped(was []story.Material, lang domain.Lang, typed [][]string) []story.Material {
	out := earlier(was, typed, func(m story.Material) string { return said(m.Name, lang) }, func(m story.Material) string { return string(m.URL) })
	for i, part := range typed {
		m := &out[i]
		m.Name, m.URL, m.Kind = reworded(m.Name, lang, part[0]), domain.IRI(part[1]), part[2]
	}
	return out
}

func makersTyped(was []story.Maker, lang domain.Lang, typed [][]string) []story.Maker {
	out := earlier(was, typed, func(m story.Maker) string { return m.Name }, func(m story.Maker) string { return string(m.URL) })
	for i, part := range typed {
		m := &out[i]
		m.Name, m.URL, m.Info = part[0], domain.IRI(part[1]), reworded(m.Info, lang, part[2])
	}
	return out
}
