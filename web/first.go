package web

import (
	"slices"
	"strings"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/web/view"
)

// offeredAtOnce is how many items are offered to come first.
const offeredAtOnce = 30

// first shows what comes before an item, and offers what could.
func (p *Portal) first(q *request) error {
	page, err := p.firstPage(q, view.Form{})
	if err != nil {
		return err
	}
	return q.show(page)
}

func (p *Portal) firstPage(q *request, f view.Form) (view.Page, error) {
	x, t, it, err := p.plannedItem(q)
	if err != nil {
		return nil, err
	}
	head, err := p.processHead(q, x, "guide")
	if err != nil {
		return nil, err
	}
	page := view.FirstPage{
		Frame: q.frame(), ProcessHead: head, Item: view.Link{Href: q.itemPath(), Text: it.Name}, Kind: string(it.Kind),
		Action: q.itemPath() + "/first", Query: strings.TrimSpace(q.URL.Query().Get("q")), Form: f,
	}
	for _, id := range it.Prerequisites {
		if before, err := t.Item(id); err == nil {
			page.Chosen = append(page.Chosen, p.firstRow(x, t, before))
		}
	}
	for _, o := range t.MayPrecede(it.ID) {
		if slices.Contains(it.Prerequisites, o.ID) || page.Query == "" && o.Parent != it.Parent || !named(o.Name, page.Query) {
			continue
		}
		if len(page.Offer) < offeredAtOnce {
			page.Offer = append(page.Offer, p.firstRow(x, t, o))
		} else {
			page.Left++
		}
	}
	return page, nil
}

// named reports whether a name has all words of a query, in any language.
func named(t domain.Text, query string) bool {
	var all strings.Builder
	for _, s := range t {
		all.WriteString(strings.ToLower(s) + "\n")
	}
	for _, word := range strings.Fields(strings.ToLower(query)) {
		if !strings.Contains(all.String(), word) {
			return false
		}
	}
	return true
}

func (p *Portal) firstRow(x *coproduction.Process, t *coproduction.Tree, it coproduction.Item) view.FirstRow {
	row := view.FirstRow{
		Link: view.Link{Href: p.path(x.ItemIRI(it.ID)), Text: it.Name}, ID: string(it.ID), Status: string(t.Status(it.ID)), Disabled: !t.Enabled(it.ID),
	}
	if above, err := t.Item(it.Parent); err == nil {
		row.Above = above.Name
	}
	return row
}

// setFirst adds an item to what comes first, or takes one away.
func (p *Portal) setFirst(q *request) error {
	x, _, it, err := p.plannedItem(q)
	if err != nil {
		return err
	}
	d := it.Details()
	d.Prerequisites = slices.DeleteFunc(slices.Clone(d.Prerequisites), func(id domain.ID) bool { return string(id) == q.typed.Get("remove") })
	if add := domain.ID(q.typed.Get("add")); add != "" {
		d.Prerequisites = append(d.Prerequisites, add)
	}
	if err := p.Coproduction.EditItem(q.Context(), q.viewer, x.Name, it.ID, it.Revision, d); err != nil {
		return q.refused(domain.Renamed(err, map[string]string{"prerequisites": "q"}), func(f view.Form) (view.Page, error) { return p.firstPage(q, f) })
	}
	return q.done(q.itemPath()+"/first", view.Say("notice.saved"))
}
