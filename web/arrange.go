package web

import (
	"net/url"
	"strconv"
	"strings"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/web/view"
)

// arrange adds what those who plan the process may do with an item.
func (p *Portal) arrange(x *coproduction.Process, it coproduction.Item, out *view.GuideItem) {
	out.Edit, out.First, out.Arrange = out.Href+"/edit", out.Href+"/first", p.arrangeHref(x, it.Parent)
	if it.Kind != coproduction.Task {
		out.Add = out.Href + "/new"
	}
	if it.Kind != coproduction.Phase {
		out.Elsewhere = out.Href + "/move"
	}
}

// arrangeHref is the page on which the parts of an item, or the phases, are
// put in order.
func (p *Portal) arrangeHref(x *coproduction.Process, parent domain.ID) string {
	if parent == "" {
		return p.path(x.IRI) + "/guide/arrange"
	}
	return p.path(x.ItemIRI(parent)) + "/arrange"
}

// arrangedAtOnce is how many parts one page puts in order; each weighs 2.5 kB.
const arrangedAtOnce = 30

// arrangeItems shows the parts of an item, or the phases, to be put in order.
func (p *Portal) arrangeItems(q *request) error {
	page, err := p.arrangePage(q, domain.ID(q.PathValue("item")), view.Form{})
	if err != nil {
		return err
	}
	return q.show(page)
}

func (p *Portal) arrangePage(q *request, parent domain.ID, f view.Form) (view.Page, error) {
	x, t, err := p.planned(q)
	if err != nil {
		return nil, err
	}
	head, err := p.processHead(q, x, "guide")
	if err != nil {
		return nil, err
	}
	guide := p.path(x.IRI) + "/guide"
	page := view.ArrangePage{
		Frame: q.frame(), ProcessHead: head, Kind: string(coproduction.Phase), Add: guide + "/new",
		Back: view.Link{Href: guide, Text: x.Title}, Form: f,
	}
	if parent != "" {
		it, err := t.Item(parent)
		if err != nil {
			return nil, err
		}
		if it.Kind == coproduction.Task {
			return nil, domain.Fail(domain.NotFound, "error.not_found")
		}
		page.Kind = string(coproduction.Objective)
		if it.Kind == coproduction.Objective {
			page.Kind = string(coproduction.Task)
		}
		href := p.path(x.ItemIRI(parent))
		page.Of = &view.Link{Href: href, Text: it.Name}
		page.Back, page.Add = *page.Of, href+"/new"
	}
	p.arrangeRows(q, x, t, parent, &page)
	return page, nil
}

// arrangeRows fills one page of rows: that on which the row stands that was
// just moved, or the one that is asked for.
func (p *Portal) arrangeRows(q *request, x *coproduction.Process, t *coproduction.Tree, parent domain.ID, page *view.ArrangePage) {
	parts, values := t.Children(parent), q.URL.Query()
	moved, by := values.Get("moved"), values.Get("by")
	if page.Form.Values != nil { // a place was refused
		moved = mark(q.PathValue("item"))
		page.Wrong = "i-" + moved
	}
	from, err := strconv.Atoi(values.Get("from"))
	if err != nil || from < 0 || from >= len(parts) {
		from = 0
	}
	for i, it := range parts {
		if mark(string(it.ID)) == moved {
			from = i / arrangedAtOnce * arrangedAtOnce
		}
	}
	to := min(from+arrangedAtOnce, len(parts))
	at := p.arrangeHref(x, parent)
	for i, it := range parts[from:to] {
		page.Rows = append(page.Rows, p.arrangeRow(x, t, it, from+i, len(parts), at))
		if row := &page.Rows[i]; row.Mark == "i-"+moved {
			row.Focus = by
			if by == "up" && row.Up == "" || by == "down" && row.Down == "" {
				row.Focus = map[string]string{"up": "down", "down": "up"}[by]
			}
		}
	}
	page.Pager = view.Pager{Total: len(parts), Shown: to - from}
	if from > 0 {
		page.Pager.First, page.Pager.Previous = at, at+"?from="+strconv.Itoa(max(0, from-arrangedAtOnce))
	}
	if to < len(parts) {
		page.Pager.Next = at + "?from=" + strconv.Itoa(to)
	}
}

func (p *Portal) arrangeRow(x *coproduction.Process, t *coproduction.Tree, it coproduction.Item, place, of int, at string) view.ArrangeRow {
	href, m := p.path(x.ItemIRI(it.ID)), mark(string(it.ID))
	row := view.ArrangeRow{
		Link: view.Link{Href: href, Text: it.Name}, Mark: "i-" + m, Place: place + 1, Of: of, Status: string(t.Status(it.ID)),
		Disabled: it.Disabled(), Parts: len(t.Children(it.ID)), Move: href + "/move", Edit: href + "/edit", Return: at + "?moved=" + m,
	}
	if place > 0 {
		row.Up = strconv.Itoa(place - 1)
	}
	if place < of-1 {
		row.Down = strconv.Itoa(place + 1)
	}
	if row.Parts > 0 {
		row.Arrange = p.arrangeHref(x, it.ID)
	}
	if it.Kind != coproduction.Phase {
		row.Elsewhere = href + "/move"
	}
	if row.Disabled {
		row.Again = href + "/enable"
	} else {
		row.Aside = href + "/disable"
	}
	return row
}

// backTo is the page of this node to which a form leads back, else instead.
func (q *request) backTo(instead string) string { return local(q.typed.Get("return"), instead) }

// chooseMove asks where an item shall belong.
func (p *Portal) chooseMove(q *request) error {
	page, err := p.itemMovePage(q, view.Form{})
	if err != nil {
		return err
	}
	return q.show(page)
}

func (p *Portal) itemMovePage(q *request, f view.Form) (view.Page, error) {
	x, t, it, err := p.plannedItem(q)
	if err != nil {
		return nil, err
	}
	if it.Kind == coproduction.Phase {
		return nil, domain.Fail(domain.NotFound, "error.not_found")
	}
	var parents []view.Option
	for _, o := range t.Items() {
		if o.Kind == it.Kind.Parent() {
			parents = append(parents, view.Option{Value: string(o.ID), Text: p.nameWithin(q, t, o), Selected: o.ID == it.Parent})
		}
	}
	return view.FormPage{
		Frame: q.frame(), Crumbs: []view.Link{{Href: p.path(x.IRI) + "/guide", Text: x.Title}, {Href: q.itemPath(), Text: it.Name}},
		Title: view.Say("page.move_item.title", words(q, it.Name)), Lead: view.Say("page.move_item.lead"), Action: q.itemPath() + "/move",
		Form: f, Submit: view.Say("page.arrange.move"), Cancel: q.itemPath(),
		Fields: []view.Field{
			{Name: "parent", Control: view.Select, Label: view.Say("page.move_item.to_" + string(it.Kind.Parent())), Options: parents},
			{Name: "place", Control: view.Radios, Label: view.Say("form.place"), Options: []view.Option{
				{Value: strconv.Itoa(coproduction.Last), Key: "form.place_last", Selected: true}, {Value: "0", Key: "form.place_first"},
			}},
		},
	}, nil
}

// nameWithin is the name of an item behind that of its phase.
func (p *Portal) nameWithin(q *request, t *coproduction.Tree, it coproduction.Item) domain.Text {
	if above, err := t.Item(it.Parent); err == nil {
		return view.Plain(q.lang, words(q, above.Name)+" › "+words(q, it.Name))
	}
	return it.Name
}

// moveItem puts an item elsewhere: at another place among its siblings
// (place from 0, or number from 1), or into another parent.
func (p *Portal) moveItem(q *request) error {
	_, t, it, err := p.plannedItem(q)
	if err != nil {
		return err
	}
	parent, stood := it.Parent, t.Place(it.ID)
	again := func(f view.Form) (view.Page, error) { return p.arrangePage(q, it.Parent, f) }
	if q.typed.Has("parent") {
		parent = domain.ID(q.typed.Get("parent"))
		again = func(f view.Form) (view.Page, error) { return p.itemMovePage(q, f) }
	}
	place, err := q.place()
	if err == nil {
		err = p.Coproduction.MoveItem(q.Context(), q.viewer, q.PathValue("name"), it.ID, parent, place)
	}
	if err != nil {
		return q.refused(err, again)
	}
	by := "down"
	if place < stood {
		by = "up"
	}
	to := q.backTo(q.itemPath())
	if u, err := url.Parse(to); err == nil && u.Query().Get("moved") != "" {
		to += "&by=" + by + "#i-" + u.Query().Get("moved")
	}
	return q.done(to, view.Say("notice.item_moved"))
}

// place reads the place to which an item is to move, counted from 0.
func (q *request) place() (int, error) {
	field, first := "place", 0
	if q.typed.Has("number") {
		field, first = "number", 1
	}
	place, err := strconv.Atoi(strings.TrimSpace(q.typed.Get(field)))
	if err != nil || place < first {
		return 0, domain.InvalidField(field, "process.place_range")
	}
	return place - first, nil
}
