package web

import (
	"slices"
	"strings"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/web/locale"
	"interlink/web/view"
)

// entryFormPage is the form of an Interlinker in one language, the one of the
// parameter "in", else the one it is written in. What has no language is in
// each of them.
func (p *Portal) entryFormPage(q *request, e *catalogue.Entry, f view.Form) (view.EntryFormPage, error) {
	lang := e.Content().Original()
	if wish, err := domain.ParseLang(q.URL.Query().Get("in")); err == nil && wish != "" {
		lang = wish
	}
	if typed := f.Value("lang"); typed != "" {
		lang = q.typedLang()
	}
	facts, err := p.factFields(q, e)
	return view.EntryFormPage{
		FormPage: view.FormPage{
			Frame: q.frame(), Crumbs: append(p.catalogueCrumb(q), view.Link{Href: e.Address(), Text: e.Name}),
			Title: view.Say("form.edit_of", words(q, e.Name)), Lead: view.Say("author.edit_lead"), Action: e.Address() + "/edit", Form: f,
			Fields: p.wordFields(e, lang), Submit: view.Say("ui.save"), Cancel: e.Address(),
		},
		Langs: p.langStates(e, lang), Facts: facts, Translating: lang != e.Content().Original(),
		Note: view.Field{Name: "note", Label: view.Say("author.note"), Hint: view.Say("author.note_hint"), Optional: true, Max: 300},
	}, err
}

// wordFields are the fields of one language.
func (p *Portal) wordFields(e *catalogue.Entry, lang domain.Lang) []view.Field {
	i, c := e.Interlinker, e.Content()
	original := c.Original()
	fields := []view.Field{
		{Name: "revision", Control: view.Hidden, Value: revisionOf(e.Revision)},
		{Name: "lang", Control: view.Hidden, Value: string(lang)},
		{Name: "name", Label: view.Say("form.name"), Value: e.Name[lang], Max: 200, Optional: lang != original},
		{Name: "overview", Control: view.TextArea, Label: view.Say("entry_field.overview"), Hint: view.Say("author.overview_hint"), Value: i.Overview[lang], Optional: true, Rows: 3},
		{Name: "summary", Control: view.TextArea, Label: view.Say("entry_field.summary"), Hint: view.Say("author.markdown"), Value: e.Summary[lang], Optional: true, Rows: 6},
		{Name: "instructions", Control: view.TextArea, Label: view.Say("entry_field.instructions"), Hint: view.Say("author.markdown"), Value: i.Instructions[lang], Optional: true, Rows: 10},
	}
	if i.Nature == catalogue.NatureKnowledge && i.Documents[string(lang)].Hash == "" {
		fields = append(fields, view.Field{Name: "template", Control: view.TextArea, Label: view.Say("entry_field.template"), Hint: view.Say("author.template_hint"), Value: i.Documents[string(lang)].Text, Optional: true, Rows: 10})
	}
	if i.Nature != catalogue.NatureKnowledge || i.URI[lang]+i.AssetName[lang] != "" {
		fields = append(fields,
			view.Field{Name: "uri", Label: view.Say("author.uri"), Hint: view.Say("author.uri_hint"), Value: i.URI[lang], Optional: true, Max: 2048},
			view.Field{Name: "assetName", Label: view.Say("entry_field.asset_name"), Hint: view.Say("author.asset_hint"), Value: i.AssetName[lang], Optional: true, Max: 200},
		)
	}
	fields = append(fields,
		view.Field{Name: "constraints", Control: view.TextArea, Label: view.Say("entry_field.constraints"), Hint: view.Say("author.constraints_hint"), Value: i.Constraints[lang], Optional: true, Rows: 4},
		view.Field{Name: "regulations", Control: view.TextArea, Label: view.Say("entry_field.regulations"), Value: i.Regulations[lang], Optional: true, Rows: 3},
		view.Field{Name: "tags", Label: view.Say("ui.tags"), Hint: view.Say("author.tags_hint"), Value: strings.Join(i.Tags[string(lang)], ", "), Optional: true, Max: 1000},
	)
	if lang != original {
		for n := range fields { // what is translated is shown beside it
			if source, is := c.Field(fields[n].Name)[original]; is && source != "" {
				fields[n].Source, fields[n].SourceLang = source, original
			}
		}
		fields = append(fields, view.Field{Name: "checked", Control: view.Check, Label: view.Say("author.checked"), Hint: view.Say("author.checked_hint"), Optional: true})
	}
	return fields
}

// factFields are the fields that have no language.
func (p *Portal) factFields(q *request, e *catalogue.Entry) ([]view.Field, error) {
	i := e.Interlinker
	one := func(name, enum, label string, values []string, chosen string) view.Field {
		return view.Field{Name: name, Control: view.Select, Label: view.Say(label), Options: wordOptions(enum, append([]string{""}, values...), chosen), Optional: true}
	}
	many := func(name, enum, label string, values []string, chosen []string) view.Field {
		return view.Field{Name: name, Control: view.Checks, Label: view.Say(label), Options: wordOptions(enum, values, chosen...), Optional: true}
	}
	var supports, authors []string
	for _, s := range i.Supports {
		supports = append(supports, strings.TrimSpace(s.ID+" "+s.Country+" "+s.Reviewed))
	}
	for _, a := range i.Authors {
		line := a.Name
		if a.IRI != "" {
			line += " <" + string(a.IRI) + ">"
		}
		authors = append(authors, line)
	}
	var originals []view.Option
	for _, l := range e.Name.Langs() {
		originals = append(originals, view.Option{Value: string(l), Text: view.Plain(l, locale.NameOf(l)), Selected: l == e.Content().Original()})
	}
	problems, err := p.problemsField(q, "author.problems_choose_hint", i.Problems)
	if err != nil {
		return nil, err
	}
	return slices.Concat([]view.Field{
		{Name: "nature", Control: view.Select, Label: view.Say("author.nature"), Options: natureOptions(i.Nature)},
		{Name: "original", Control: view.Select, Label: view.Say("author.original"), Hint: view.Say("author.original_hint"), Options: originals},
		problems,
	}, softwareFields(i), []view.Field{
		one("difficulty", "difficulty", "ui.difficulty", catalogue.Difficulties, i.Difficulty),
		{Name: "spdx", Label: view.Say("author.spdx"), Hint: view.Say("author.spdx_hint"), Value: i.SPDX, Optional: true, Max: 200},
		one("licence", "licence", "author.licence_class", catalogue.Licences, i.Licence),
		many("audience", "audience", "ui.audience", catalogue.Audiences, i.Audience),
		many("scopes", "scope", "ui.scope", catalogue.Scopes, i.Scopes),
		one("form", "form", "ui.form", catalogue.Forms, i.Form),
		one("format", "format", "author.format", catalogue.Formats, i.Format),
		many("serviceTypes", "service_type", "author.service_types", catalogue.ServiceTypes, i.ServiceTypes),
		{Name: "supports", Control: view.TextArea, Label: view.Say("author.supports"), Hint: view.Say("author.supports_hint"), Value: strings.Join(supports, "\n"), Optional: true, Rows: 3},
		{Name: "authors", Control: view.TextArea, Label: view.Say("author.authors"), Hint: view.Say("author.authors_hint"), Value: strings.Join(authors, "\n"), Optional: true, Rows: 3},
	}), nil
}

// softwareFields are what is asked of software alone.
func softwareFields(i *catalogue.Interlinker) []view.Field {
	if i.Nature != catalogue.NatureSoftware && i.Nature != catalogue.NatureExternalSoftware {
		return nil
	}
	s := i.Software
	if s == nil {
		s = &catalogue.Software{}
	}
	return []view.Field{
		{Name: "software.repository", Label: view.Say("author.repository"), Hint: view.Say("author.repository_hint"), Value: s.Repository, Optional: true, Max: 2048},
		{Name: "software.basedOn", Control: view.TextArea, Label: view.Say("author.based_on"), Hint: view.Say("author.based_on_hint"), Value: strings.Join(s.BasedOn, "\n"), Optional: true, Rows: 2},
		{Name: "software.version", Label: view.Say("author.software_version"), Value: s.Version, Optional: true, Max: 100},
	}
}

// softwareTyped is what is told of software with what was typed; nil if nothing
// is told of it.
func (q *request) softwareTyped(was *catalogue.Software) *catalogue.Software {
	if _, asked := q.typed["software.repository"]; !asked {
		return was
	}
	s := catalogue.Software{}
	if was != nil {
		s = *was
	}
	s.Repository, s.BasedOn, s.Version = strings.TrimSpace(q.typed.Get("software.repository")), listed(q.typed.Get("software.basedOn"), "\n"), strings.TrimSpace(q.typed.Get("software.version"))
	if was == nil && s.Repository == "" && len(s.BasedOn) == 0 && s.Version == "" {
		return nil
	}
	return &s
}

// wordOptions offers the words of an enumeration; "" is none of them. A word of
// elsewhere that is chosen is not lost.
func wordOptions(enum string, values []string, chosen ...string) []view.Option {
	var options []view.Option
	known := map[string]bool{}
	selected := func(v string) bool {
		for _, c := range chosen {
			if c == v {
				return true
			}
		}
		return false
	}
	for _, v := range values {
		o := view.Option{Value: v, Key: enum + "." + strings.ReplaceAll(v, ";", "_"), Selected: selected(v)}
		if v == "" {
			o.Key = "author.not_said"
		}
		known[v] = true
		options = append(options, o)
	}
	for _, c := range chosen {
		if !known[c] {
			options = append(options, view.Option{Value: c, Text: view.Plain(domain.Undetermined, c), Selected: true})
		}
	}
	return options
}

// written is the content of an Interlinker with what was typed in one
// language.
func (q *request) written(e *catalogue.Entry) catalogue.Content {
	lang, was := q.typedLang(), *e.Interlinker
	i := was
	i.Nature, i.Original = catalogue.Nature(q.typed.Get("nature")), domain.Lang(q.typed.Get("original"))
	for field, t := range map[string]*domain.Text{
		"overview": &i.Overview, "instructions": &i.Instructions, "constraints": &i.Constraints, "regulations": &i.Regulations, "uri": &i.URI, "assetName": &i.AssetName,
	} {
		if _, asked := q.typed[field]; asked {
			*t = with(*t, lang, q.typed.Get(field))
		}
	}
	i.Tags = map[string][]string{}
	for l, tags := range was.Tags {
		i.Tags[l] = tags
	}
	if i.Tags[string(lang)] = listed(q.typed.Get("tags"), ","); len(i.Tags[string(lang)]) == 0 {
		delete(i.Tags, string(lang))
	}
	i.Documents = map[string]catalogue.Document{}
	for l, d := range was.Documents {
		i.Documents[l] = d
	}
	if _, asked := q.typed["template"]; asked {
		d := i.Documents[string(lang)]
		d.Text = q.typed.Get("template")
		i.Documents[string(lang)] = d
	}
	i.Problems, i.Software = q.problemsTyped(), q.softwareTyped(was.Software)
	i.Difficulty, i.Licence, i.SPDX = q.typed.Get("difficulty"), q.typed.Get("licence"), q.typed.Get("spdx")
	i.Audience, i.Scopes, i.ServiceTypes = q.typed["audience"], q.typed["scopes"], q.typed["serviceTypes"]
	i.Form, i.Format = q.typed.Get("form"), q.typed.Get("format")
	i.Supports, i.Authors = supportsTyped(q.typed.Get("supports")), authorsTyped(q.typed.Get("authors"))
	return catalogue.Content{Name: with(e.Name, lang, q.typed.Get("name")), Summary: with(e.Summary, lang, q.typed.Get("summary")), Interlinker: &i}
}

// listed reads a list of words, each once.
func listed(typed, separator string) []string {
	var out []string
	known := map[string]bool{}
	for _, word := range strings.Split(typed, separator) {
		if word = strings.TrimSpace(word); word != "" && !known[word] {
			known[word] = true
			out = append(out, word)
		}
	}
	return out
}

// supportsTyped reads a rule of law from each line: its name, a country and the
// day of the last review, the latter two in any order.
func supportsTyped(typed string) []catalogue.Support {
	var out []catalogue.Support
	for _, line := range listed(typed, "\n") {
		parts := strings.Fields(line)
		s := catalogue.Support{ID: parts[0]}
		for _, part := range parts[1:] {
			if strings.Contains(part, "-") {
				s.Reviewed = part
			} else {
				s.Country = strings.ToUpper(part)
			}
		}
		out = append(out, s)
	}
	return out
}

// authorsTyped reads an author from each line: a name, and perhaps an address
// in angle brackets.
func authorsTyped(typed string) []catalogue.Author {
	var out []catalogue.Author
	for _, line := range listed(typed, "\n") {
		name, address, _ := strings.Cut(line, "<")
		out = append(out, catalogue.Author{Name: strings.TrimSpace(name), IRI: domain.IRI(strings.TrimSuffix(strings.TrimSpace(address), ">"))})
	}
	return out
}
