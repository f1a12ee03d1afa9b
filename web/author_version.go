package web

import (
	"strings"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/coproduction"
	"interlink/web/locale"
	"interlink/web/view"
)

func (p *Portal) entryVersions(q *request) error {
	e, err := p.entry(q, catalogue.KindInterlinker)
	if err != nil {
		return err
	}
	list, err := p.Entries.Versions(q.Context(), q.viewer, e.ID, q.cursor())
	if err != nil {
		return err
	}
	page := view.EntryVersionsPage{Frame: q.frame(), Name: e.Name, Href: e.Address(), Pager: q.pager(list.Next, list.Total, len(list.Items))}
	if list.Total > 1 {
		page.Compare = e.Address() + "/compare"
	}
	var people []domain.ActorID
	for _, v := range list.Items {
		people = append(people, v.By)
	}
	if err := q.meet(people); err != nil {
		return err
	}
	for i, v := range list.Items {
		one := p.entryVersion(q, e, v)
		one.New, one.Old = i == 0, i == 1
		page.Versions = append(page.Versions, one)
	}
	return q.show(page)
}

// entryVersion shows a version; who made it is named to those who write the
// catalogue.
func (p *Portal) entryVersion(q *request, e *catalogue.Entry, v catalogue.Version) view.EntryVersion {
	out := view.EntryVersion{Number: v.Number, Status: string(v.Status), Note: v.Note, At: v.At, Present: v.Number == e.Version}
	if p.mayWrite(q, e) {
		out.By = p.actor(q, v.By)
	}
	return out
}

func (p *Portal) compareEntry(q *request) error {
	e, err := p.entry(q, catalogue.KindInterlinker)
	if err != nil {
		return err
	}
	old, now, err := q.compared(e.Version, func(page domain.Page) (numbers []int, err error) {
		list, err := p.Entries.Versions(q.Context(), q.viewer, e.ID, page)
		for _, v := range list.Items {
			numbers = append(numbers, v.Number)
		}
		return numbers, err
	})
	if err != nil {
		return err
	}
	before, err := p.Entries.Version(q.Context(), q.viewer, e.ID, old)
	if err != nil {
		return err
	}
	after, err := p.Entries.Version(q.Context(), q.viewer, e.ID, now)
	if err != nil {
		return err
	}
	return q.show(view.EntryComparePage{
		Frame: q.frame(), Name: e.Name, Href: e.Address(), Old: p.entryVersion(q, e, *before), New: p.entryVersion(q, e, *after),
		Fields: compareContents(before.Content, after.Content),
	})
}

// compareContents tells what two contents of an Interlinker have differently,
// field by field and language by language.
func compareContents(before, after catalogue.Content) []view.ComparedField {
	var out []view.ComparedField
	add := func(name string, lang domain.Lang, a, b string) {
		if a == b {
			return
		}
		f := view.ComparedField{Name: locale.Snake(name), Lang: lang}
		f.Rows, f.More = compareRows(coproduction.Compare(a, b))
		out = append(out, f)
	}
	for _, field := range append(catalogue.Fields, "uri") {
		a, b := before.Field(field), after.Field(field)
		if field == "uri" {
			a, b = before.Interlinker.URI, after.Interlinker.URI
		}
		for _, lang := range bothLangs(a, b) {
			add(field, lang, strings.TrimSpace(a[lang]), strings.TrimSpace(b[lang]))
		}
	}
	old, now := facts(before.Interlinker), facts(after.Interlinker)
	for i := range old {
		add(old[i].name, "", old[i].value, now[i].value)
	}
	return out
}

func bothLangs(a, b domain.Text) []domain.Lang {
	joined := domain.Text{}
	for _, t := range []domain.Text{a, b} {
		for lang, s := range t {
			joined[lang] += s
		}
	}
	return joined.Langs()
}

type fact struct{ name, value string }

// facts are what an Interlinker says that has no language, in a fixed order.
func facts(i *catalogue.Interlinker) []fact {
	var supports, authors, tags, files, pictures []string
	for _, s := range i.Supports {
		supports = append(supports, strings.TrimSpace(s.ID+" "+s.Country+" "+s.Reviewed))
	}
	for _, a := range i.Authors {
		authors = append(authors, strings.TrimSpace(a.Name+" "+string(a.IRI)))
	}
	langs := domain.Text{}
	for lang := range i.Tags {
		langs[domain.Lang(lang)] = "x"
	}
	for lang := range i.Documents {
		langs[domain.Lang(lang)] = "x"
	}
	for _, lang := range langs.Langs() {
		if words := i.Tags[string(lang)]; len(words) > 0 {
			tags = append(tags, string(lang)+": "+strings.Join(words, ", "))
		}
		if d := i.Documents[string(lang)]; d.Hash != "" {
			files = append(files, string(lang)+": "+d.Name+" "+d.Hash)
		}
	}
	for _, s := range i.Snapshots {
		pictures = append(pictures, string(s.URL)+" "+s.Alt.String())
	}
	lines := func(list []string) string { return strings.Join(list, "\n") }
	return []fact{
		{"nature", string(i.Nature)}, {"problems", lines(i.Problems)}, {"difficulty", i.Difficulty}, {"spdx", i.SPDX}, {"licence", i.Licence},
		{"audience", lines(i.Audience)}, {"scopes", lines(i.Scopes)}, {"form", i.Form}, {"format", i.Format}, {"serviceTypes", lines(i.ServiceTypes)},
		{"supports", lines(supports)}, {"authors", lines(authors)}, {"tags", lines(tags)}, {"files", lines(files)}, {"pictures", lines(pictures)},
		{"original", string(i.Original)},
	}
}
