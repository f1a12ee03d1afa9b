package web

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/web/view"
)

// take is the field that says which version of a part is to be kept.
const take = "take."

// The versions that can be kept.
const (
	takeTheirs = "theirs"
	takeMine   = "mine"
	takeBoth   = "both" // of a description: one after the other
)

// resolved joins what there is now with what was typed, as was chosen for
// each part in which they differ. open lists those for which nothing was.
func (q *request) resolved(now, mine coproduction.ItemDetails) (joined coproduction.ItemDetails, open domain.Problems) {
	joined = mine
	for _, d := range coproduction.Diff(now, mine) {
		switch q.typed.Get(take + d.Part.String()) {
		case takeTheirs:
			joined = joined.With(d.Part, d.Before)
		case takeMine:
		case takeBoth:
			if d.Field == coproduction.FieldDescription {
				joined = joined.With(d.Part, strings.TrimSpace(d.Before+"\n\n"+d.After))
				continue
			}
			fallthrough
		default:
			open.Add(take+d.Part.String(), "form.choose_version")
		}
	}
	if len(open) > 0 {
		return mine, open
	}
	return joined, nil
}

// showConflict shows both versions of an item that somebody else changed
// since the reader opened it.
func (p *Portal) showConflict(q *request, x *coproduction.Process, t *coproduction.Tree, it coproduction.Item, mine coproduction.ItemDetails, open error) error {
	m, err := p.Coproduction.Meanwhile(q.Context(), q.viewer, x.Name, it.ID, q.seen())
	if err != nil {
		return err
	}
	page := view.ConflictPage{
		Frame: q.frame(), Crumbs: []view.Link{{Href: p.path(x.IRI) + "/guide", Text: x.Title}, {Href: q.itemPath(), Text: it.Name}},
		Name: m.Item.Name, Action: q.itemPath() + "/edit", Cancel: q.itemPath(), Revision: revisionOf(m.Item.Revision), Known: m.Known,
	}
	if open != nil {
		page.Form = view.Failed(q.typed, open)
	}
	for _, e := range m.Events {
		page.By = append(page.By, p.happened(q, x, e))
	}
	_, choices := coproduction.Merge(m.Base, m.Item.Details(), mine)
	for _, c := range choices {
		page.Parts = append(page.Parts, p.conflictPart(q, t, c, m.Known))
	}
	page.Typed = append(page.Typed, view.Typed{Name: "seen", Value: revisionOf(q.seen())})
	for _, name := range itemFields(q) {
		for _, v := range q.typed[name] {
			page.Typed = append(page.Typed, view.Typed{Name: name, Value: v})
		}
	}
	return q.showWith(domain.Conflict.Status(), page)
}

// seen is the revision that the reader of the form first saw.
func (q *request) seen() int64 {
	if n, err := strconv.ParseInt(q.typed.Get("seen"), 10, 64); err == nil {
		return n
	}
	return q.revision()
}

// itemFields are the names of the fields of an item's form.
func itemFields(q *request) []string {
	names := []string{"langs", "problems", "coDelivery", "complexity", "starts", "ends"}
	for _, lang := range q.langsTyped() {
		names = append(names, "name."+string(lang), "description."+string(lang))
	}
	return names
}

func (p *Portal) conflictPart(q *request, t *coproduction.Tree, c coproduction.Choice, known bool) view.ConflictPart {
	part := view.ConflictPart{
		Name: take + c.Part.String(), Label: partLabel(c.Part), Lang: c.Lang, Both: c.Both && known, Join: c.Field == coproduction.FieldDescription,
		Theirs: p.valueWords(q, t, c.Part, c.Theirs), Mine: p.valueWords(q, t, c.Part, c.Mine), Base: p.valueWords(q, t, c.Part, c.Base),
		Choice: q.typed.Get(take + c.Part.String()),
	}
	if part.Choice == "" && known && !c.Both {
		part.Choice = takeMine
		if c.Mine == c.Base {
			part.Choice = takeTheirs
		}
	}
	part.Join = part.Join && c.Theirs != "" && c.Mine != ""
	return part
}

// partLabel is what a part of an item is called in its form.
func partLabel(part coproduction.Part) view.Sentence {
	return view.Say(map[string]string{
		coproduction.FieldName: "form.item_name", coproduction.FieldDescription: "form.item_description",
		coproduction.FieldProblems: "form.problems", coproduction.FieldPrerequisites: "form.prerequisites",
		coproduction.FieldComplexity: "form.complexity", coproduction.FieldCoDelivery: "form.co_delivery",
		coproduction.FieldStarts: "form.starts", coproduction.FieldEnds: "form.ends",
		coproduction.FieldParent: "page.move_item.link", coproduction.FieldPlace: "form.place",
		coproduction.FieldTranslation: "form.item_translation",
	}[part.Field])
}

// valueWords puts a value of a part into words for the reader.
func (p *Portal) valueWords(q *request, t *coproduction.Tree, part coproduction.Part, value string) string {
	if value == "" {
		return ""
	}
	say := p.renderer.Printer(q.frame())
	switch part.Field {
	case coproduction.FieldProblems:
		return strings.Join(strings.Split(value, "\n"), ", ")
	case coproduction.FieldPrerequisites, coproduction.FieldParent:
		var names []string
		for _, id := range strings.Split(value, "\n") {
			if it, err := t.Item(domain.ID(id)); err == nil {
				names = append(names, words(q, it.Name))
			}
		}
		return strings.Join(names, "\n")
	case coproduction.FieldComplexity:
		if slices.Contains([]string{"20", "40", "60", "80", "100"}, value) {
			return say.T("complexity." + value)
		}
	case coproduction.FieldTranslation:
		return say.T("translation." + value)
	case coproduction.FieldCoDelivery:
		return say.T("ui.yes")
	case coproduction.FieldStarts, coproduction.FieldEnds:
		if at, err := time.Parse(time.DateOnly, value); err == nil {
			return say.Day(at)
		}
	}
	return value
}
