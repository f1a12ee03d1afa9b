package web

import (
	"net/url"
	"slices"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/curation"
	"interlink/web/locale"
	"interlink/web/view"
)

// translatable tells on the page of an Interlinker whether the reader may offer
// a translation, and whether what is shown translates an older text.
func (p *Portal) translatable(q *request, e *catalogue.Entry, page *view.InterlinkerPage) {
	c := e.Content()
	for _, field := range catalogue.Translated {
		page.Stale = page.Stale || c.Translation(field, q.lang) == catalogue.TranslationStale
	}
	if curation.Translates(q.viewer, e) == nil {
		page.Translate = e.Address() + "/translate"
	}
}

func (p *Portal) askTranslation(q *request) error {
	if err := q.signedIn(); err != nil {
		return err
	}
	page, err := p.translatePage(q, q.URL.Query(), view.Form{})
	if err != nil {
		return err
	}
	return q.show(page)
}

// translatePage shows a field beside its translation, which is offered to the
// catalogue that keeps the Interlinker.
func (p *Portal) translatePage(q *request, chosen url.Values, f view.Form) (view.Page, error) {
	e, err := p.entry(q, catalogue.KindInterlinker)
	if err != nil {
		return nil, err
	}
	offers, err := p.Curation.Translations(q.Context(), q.viewer, e)
	if err != nil {
		return nil, err
	}
	c := e.Content()
	field, lang := p.chosenField(q, c, chosen)
	page := view.TranslatePage{Name: e.Name, Href: e.Address(), State: string(c.Translation(field, lang))}
	for _, name := range catalogue.Translated {
		if c.Source(name) != "" {
			page.Choose = append(page.Choose, view.Option{Value: name, Key: "entry_field." + locale.Snake(name), Selected: name == field})
		}
	}
	for _, o := range p.writingLangs(q, lang) {
		if o.Value != string(c.Original()) {
			page.Langs = append(page.Langs, o)
		}
	}
	page.Source = view.Plain(c.Original(), c.Field(field)[c.Original()])
	for _, o := range offers {
		if t := o.Proposal.Translation; t != nil {
			page.Offers = append(page.Offers, view.OfferLine{State: string(o.State), Reason: o.Reason, At: o.OfferedAt, Field: locale.Snake(t.Field), Lang: t.Language})
		}
	}
	page.FormPage = view.FormPage{
		Frame: q.frame(), Crumbs: append(p.catalogueCrumb(q), view.Link{Href: e.Address(), Text: e.Name}), Action: e.Address() + "/translate", Form: f,
		Lead: view.Say("curation.translate_lead"), Submit: view.Say("curation.offer_translation"), Cancel: e.Address(),
		Fields: []view.Field{
			{Name: "field", Control: view.Hidden, Value: field}, {Name: "language", Control: view.Hidden, Value: string(lang)},
			{Name: "text", Control: view.TextArea, Label: view.Say("curation.text_in", locale.NameOf(lang)), Value: c.Field(field)[lang], Rows: 10},
		},
	}
	return page, nil
}

// chosenField is the field and the language of the form: at first the name, in
// the reader's language.
func (p *Portal) chosenField(q *request, c catalogue.Content, chosen url.Values) (string, domain.Lang) {
	field := chosen.Get("field")
	if !slices.Contains(catalogue.Translated, field) || c.Source(field) == "" {
		field = catalogue.Translated[0]
	}
	lang, err := domain.ParseLang(chosen.Get("in"))
	if err != nil {
		lang = q.lang
	}
	if lang == c.Original() {
		for _, other := range contentLangs {
			if other != lang {
				return field, other
			}
		}
	}
	return field, lang
}

func (p *Portal) offerTranslation(q *request) error {
	e, err := p.entry(q, catalogue.KindInterlinker)
	if err != nil {
		return err
	}
	field, lang := q.typed.Get("field"), q.typed.Get("language")
	_, err = p.Curation.OfferTranslation(q.Context(), q.viewer, e.ID, field, domain.Lang(lang), q.typed.Get("text"))
	if err != nil {
		return q.refused(err, func(f view.Form) (view.Page, error) {
			return p.translatePage(q, url.Values{"field": {field}, "in": {lang}}, f)
		})
	}
	return q.done(e.Address()+"/translate", view.Say("notice.translation_offered"))
}

// offeredTranslation shows a translation beside what it translates.
func (p *Portal) offeredTranslation(q *request, t *curation.Translation) (*view.OfferedTranslation, error) {
	e, err := p.Curation.Translated(q.Context(), q.viewer, t)
	if err != nil {
		return nil, err
	}
	c := e.Content()
	out := &view.OfferedTranslation{
		Of: view.Link{Href: e.Address(), Text: e.Name}, Source: view.Plain(c.Original(), c.Field(t.Field)[c.Original()]), Text: view.Plain(t.Language, t.Text),
		Outdated: c.Source(t.Field) != t.Of,
	}
	if before := c.Field(t.Field)[t.Language]; before != "" {
		out.Before = view.Plain(t.Language, before)
	}
	return out, nil
}
