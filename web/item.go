package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/coproduction"
	"interlink/domain/policy"
	"interlink/web/view"
)

// itemRoutes change the tree of a process.
func (p *Portal) itemRoutes() []route {
	return []route{
		{http.MethodGet, "/processes/{name}/guide/new", p.newItem},
		{http.MethodPost, "/processes/{name}/guide/new", p.addItem},
		{http.MethodGet, "/processes/{name}/guide/{item}/new", p.newItem},
		{http.MethodPost, "/processes/{name}/guide/{item}/new", p.addItem},
		{http.MethodGet, "/processes/{name}/guide/{item}/edit", p.editItem},
		{http.MethodPost, "/processes/{name}/guide/{item}/edit", p.saveItem},
		{http.MethodPost, "/processes/{name}/guide/{item}/move", p.moveItem},
		{http.MethodPost, "/processes/{name}/guide/{item}/disable", p.disableItem},
		{http.MethodPost, "/processes/{name}/guide/{item}/enable", p.enableItem},
	}
}

// arrange adds what those who plan the process may do with an item.
func (p *Portal) arrange(t *coproduction.Tree, it coproduction.Item, out *view.GuideItem) {
	out.Edit = out.Href + "/edit"
	if it.Kind != coproduction.Task {
		out.Add = out.Href + "/new"
	}
	siblings := t.Children(it.Parent)
	at := slices.IndexFunc(siblings, func(o coproduction.Item) bool { return o.ID == it.ID })
	if at > 0 {
		out.Up = strconv.Itoa(at - 1)
	}
	if at >= 0 && at < len(siblings)-1 {
		out.Down = strconv.Itoa(at + 1)
	}
}

// planned reads the process of the path for somebody who may change its tree.
func (p *Portal) planned(q *request) (*coproduction.Process, *coproduction.Tree, error) {
	x, t, err := p.Coproduction.Tree(q.Context(), q.viewer, q.PathValue("name"))
	if err != nil {
		return nil, nil, err
	}
	return x, t, policy.Allow(q.viewer, policy.Edit, x)
}

// newItem asks for a phase, or for what is to be below the item of the path.
func (p *Portal) newItem(q *request) error {
	page, err := p.newItemPage(q, view.Form{})
	if err != nil {
		return err
	}
	return q.show(page)
}

func (p *Portal) newItemPage(q *request, f view.Form) (view.FormPage, error) {
	x, t, err := p.planned(q)
	if err != nil {
		return view.FormPage{}, err
	}
	it := coproduction.Item{Kind: coproduction.Phase, Parent: domain.ID(q.PathValue("item"))}
	title, back := "page.guide.add_phase", p.path(x.IRI)+"/guide"
	if it.Parent != "" {
		above, err := t.Item(it.Parent)
		if err != nil {
			return view.FormPage{}, err
		}
		it.Kind = coproduction.Objective
		if above.Kind != coproduction.Phase {
			it.Kind = coproduction.Task
		}
		title, back = "page.guide.add_below_"+string(above.Kind), q.itemPath()
		if above.Kind == coproduction.Task {
			return view.FormPage{}, domain.Fail(domain.NotFound, "error.not_found")
		}
	}
	page, err := p.itemForm(q, x, t, it, f)
	page.Title, page.Action, page.Submit, page.Cancel = view.Say(title), q.URL.Path, view.Say("ui.add"), back
	return page, err
}

// itemForm has the fields that new and changed items share.
func (p *Portal) itemForm(q *request, x *coproduction.Process, t *coproduction.Tree, it coproduction.Item, f view.Form) (view.FormPage, error) {
	lang := x.Language
	if it.ID != "" {
		lang = wordsIn(q, it.Name)
	}
	page := view.FormPage{
		Frame: q.frame(), Crumbs: []view.Link{{Href: p.path(x.IRI) + "/guide", Text: x.Title}}, Form: f,
		Fields: []view.Field{
			{Name: "lang", Control: view.Select, Label: view.Say("ui.language_of"), Options: p.writingLangs(q, lang)},
			{Name: "name", Label: view.Say("form.item_name"), Value: it.Name[lang], Max: 200},
			{
				Name: "description", Control: view.TextArea, Label: view.Say("form.item_description"),
				Hint: view.Say("form.item_description_hint"), Value: it.Description[lang], Optional: true,
			},
		},
	}
	if it.Kind == coproduction.Task {
		page.Fields = append(page.Fields,
			view.Field{Name: "starts", Control: "date", Label: view.Say("form.starts"), Value: dateOf(it.Starts), Optional: true},
			view.Field{Name: "ends", Control: "date", Label: view.Say("form.ends"), Value: dateOf(it.Ends), Optional: true})
	}
	var before []view.Option
	for _, other := range t.Items() {
		chosen := slices.Contains(it.Prerequisites, other.ID)
		if chosen || other.Kind == it.Kind && other.Parent == it.Parent && other.ID != it.ID {
			before = append(before, view.Option{Value: string(other.ID), Text: other.Name, Selected: chosen})
		}
	}
	if len(before) > 0 {
		page.Fields = append(page.Fields, view.Field{
			Name: "prerequisites", Control: view.Checks, Label: view.Say("form.prerequisites"), Hint: view.Say("form.prerequisites_hint"),
			Options: before, Optional: true,
		})
	}
	problems, err := p.problemOptions(q, it.Problems)
	if len(problems) > 0 {
		page.Fields = append(page.Fields, view.Field{
			Name: "problems", Control: view.Checks, Label: view.Say("form.problems"), Hint: view.Say("form.problems_hint"),
			Options: problems, Optional: true,
		})
	}
	return page, err
}

// problemOptions offers the problem profiles of the catalogue, and those that
// are chosen although the catalogue does not have them.
func (p *Portal) problemOptions(q *request, chosen []string) ([]view.Option, error) {
	var options []view.Option
	offered := map[string]bool{}
	for page := (domain.Page{Limit: domain.MaxPage}); ; {
		list, err := p.Entries.List(q.Context(), q.viewer, catalogue.Filter{Kind: catalogue.KindProblem}, page)
		if err != nil {
			return nil, err
		}
		for _, e := range list.Items {
			code := e.Problem.Code
			if key := strings.ToUpper(code); !offered[key] {
				offered[key] = true
				options = append(options, view.Option{Value: code, Text: e.Name, Selected: slices.Contains(chosen, code)})
			}
		}
		if page.After = list.Next; list.Next == "" {
			break
		}
	}
	for _, code := range chosen {
		if !offered[strings.ToUpper(code)] {
			options = append(options, view.Option{Value: code, Text: view.Plain(domain.Undetermined, code), Selected: true})
		}
	}
	return options, nil
}

// dateOf is a day as HTML writes it; "" for none.
func dateOf(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.DateOnly)
}

// details reads the form of an item; what it does not show stays.
func (q *request) details(it coproduction.Item) (coproduction.ItemDetails, error) {
	lang := q.typedLang()
	d := coproduction.ItemDetails{
		Name: with(it.Name, lang, q.typed.Get("name")), Description: with(it.Description, lang, q.typed.Get("description")),
		Problems: q.typed["problems"], Complexity: it.Complexity, CoDelivery: it.CoDelivery,
	}
	for _, id := range q.typed["prerequisites"] {
		d.Prerequisites = append(d.Prerequisites, domain.ID(id))
	}
	var problems domain.Problems
	for field, date := range map[string]*time.Time{"starts": &d.Starts, "ends": &d.Ends} {
		typed := strings.TrimSpace(q.typed.Get(field))
		if typed == "" {
			continue
		}
		var err error
		if *date, err = time.Parse(time.DateOnly, typed); err != nil {
			problems.Add(field, "form.date")
		}
	}
	return d, problems.Err()
}

func (p *Portal) addItem(q *request) error {
	d, err := q.details(coproduction.Item{})
	var added coproduction.Item
	if err == nil {
		added, err = p.Coproduction.AddItem(q.Context(), q.viewer, q.PathValue("name"), domain.ID(q.PathValue("item")), coproduction.Last, d)
	}
	if err != nil {
		return q.refused(err, func(f view.Form) (view.Page, error) { return p.newItemPage(q, f) })
	}
	return q.done("/processes/"+url.PathEscape(q.PathValue("name"))+"/guide/"+string(added.ID), view.Say("notice.item_added"))
}

func (p *Portal) editItem(q *request) error {
	page, err := p.editItemPage(q, view.Form{})
	if err != nil {
		return err
	}
	return q.show(page)
}

func (p *Portal) editItemPage(q *request, f view.Form) (view.FormPage, error) {
	x, t, err := p.planned(q)
	if err != nil {
		return view.FormPage{}, err
	}
	it, err := t.Item(domain.ID(q.PathValue("item")))
	if err != nil {
		return view.FormPage{}, err
	}
	page, err := p.itemForm(q, x, t, it, f)
	page.Title, page.Lead = view.Say("page.guide.change_"+string(it.Kind)), view.Say("form.edit_lead")
	page.Action, page.Submit, page.Cancel = q.itemPath()+"/edit", view.Say("ui.save"), q.itemPath()
	page.Fields = append([]view.Field{{Name: "revision", Control: view.Hidden, Value: revisionOf(it.Revision)}}, page.Fields...)
	return page, err
}

func (p *Portal) saveItem(q *request) error {
	_, t, err := p.planned(q)
	if err != nil {
		return err
	}
	it, err := t.Item(domain.ID(q.PathValue("item")))
	if err != nil {
		return err
	}
	d, err := q.details(it)
	if err == nil {
		err = p.Coproduction.EditItem(q.Context(), q.viewer, q.PathValue("name"), it.ID, q.revision(), d)
	}
	if err != nil {
		return q.refused(err, func(f view.Form) (view.Page, error) { return p.editItemPage(q, f) })
	}
	return q.done(q.itemPath(), view.Say("notice.saved"))
}

func (p *Portal) moveItem(q *request) error {
	_, t, err := p.planned(q)
	if err != nil {
		return err
	}
	it, err := t.Item(domain.ID(q.PathValue("item")))
	if err != nil {
		return err
	}
	place, err := strconv.Atoi(q.typed.Get("place"))
	if err != nil {
		return domain.InvalidField("place", "process.place_range")
	}
	if err := p.Coproduction.MoveItem(q.Context(), q.viewer, q.PathValue("name"), it.ID, it.Parent, place); err != nil {
		return err
	}
	return q.done(q.itemPath(), view.Say("notice.item_moved"))
}

func (p *Portal) disableItem(q *request) error {
	if err := p.Coproduction.DisableItem(q.Context(), q.viewer, q.PathValue("name"), domain.ID(q.PathValue("item"))); err != nil {
		return err
	}
	return q.done(q.itemPath(), view.Say("notice.item_disabled"))
}

func (p *Portal) enableItem(q *request) error {
	if err := p.Coproduction.RestoreItem(q.Context(), q.viewer, q.PathValue("name"), domain.ID(q.PathValue("item"))); err != nil {
		return err
	}
	return q.done(q.itemPath(), view.Say("notice.item_restored"))
}
