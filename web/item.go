package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/policy"
	"interlink/web/view"
)

// itemRoutes change the tree of a process.
func (p *Portal) itemRoutes() []route {
	return []route{
		{http.MethodGet, "/processes/{name}/guide/new", p.newItem},
		{http.MethodPost, "/processes/{name}/guide/new", p.addItem},
		{http.MethodGet, "/processes/{name}/guide/arrange", p.arrangeItems},
		{http.MethodGet, "/processes/{name}/guide/{item}/new", p.newItem},
		{http.MethodPost, "/processes/{name}/guide/{item}/new", p.addItem},
		{http.MethodGet, "/processes/{name}/guide/{item}/edit", p.editItem},
		{http.MethodPost, "/processes/{name}/guide/{item}/edit", p.saveItem},
		{http.MethodGet, "/processes/{name}/guide/{item}/arrange", p.arrangeItems},
		{http.MethodGet, "/processes/{name}/guide/{item}/move", p.chooseMove},
		{http.MethodPost, "/processes/{name}/guide/{item}/move", p.moveItem},
		{http.MethodGet, "/processes/{name}/guide/{item}/first", p.first},
		{http.MethodPost, "/processes/{name}/guide/{item}/first", p.setFirst},
		{http.MethodGet, "/processes/{name}/guide/{item}/history", p.itemHistory},
		{http.MethodPost, "/processes/{name}/guide/{item}/disable", p.disableItem},
		{http.MethodPost, "/processes/{name}/guide/{item}/enable", p.enableItem},
	}
}

// planned reads the process of the path for somebody who may change its tree
// at the item of the path, or, if it names none, as a whole.
func (p *Portal) planned(q *request) (*coproduction.Process, *coproduction.Tree, error) {
	x, t, err := p.Coproduction.Guide(q.Context(), q.viewer, q.PathValue("name"), domain.ID(q.PathValue("item")))
	if err != nil {
		return nil, nil, err
	}
	return x, t, policy.Allow(q.viewer, policy.Edit, coproduction.Place{Process: x, Tree: t, Item: domain.ID(q.PathValue("item"))})
}

// plannedItem does so, and reads the item of the path.
func (p *Portal) plannedItem(q *request) (*coproduction.Process, *coproduction.Tree, coproduction.Item, error) {
	x, t, err := p.planned(q)
	if err != nil {
		return nil, nil, coproduction.Item{}, err
	}
	it, err := t.Item(domain.ID(q.PathValue("item")))
	return x, t, it, err
}

// newItem asks for a phase, or for what is to be below the item of the path.
func (p *Portal) newItem(q *request) error {
	page, err := p.newItemPage(q, view.Form{})
	if err != nil {
		return err
	}
	return q.show(page)
}

func (p *Portal) newItemPage(q *request, f view.Form) (view.Page, error) {
	x, t, err := p.planned(q)
	if err != nil {
		return nil, err
	}
	it := coproduction.Item{Kind: coproduction.Phase, Parent: domain.ID(q.PathValue("item"))}
	title, back := "page.guide.add_phase", p.path(x.IRI)+"/guide"
	crumbs := []view.Link{{Href: back, Text: x.Title}}
	if it.Parent != "" {
		above, err := t.Item(it.Parent)
		if err != nil {
			return nil, err
		}
		it.Kind = coproduction.Objective
		if above.Kind != coproduction.Phase {
			it.Kind = coproduction.Task
		}
		title, back = "page.guide.add_below_"+string(above.Kind), q.itemPath()
		if above.Kind == coproduction.Task {
			return nil, domain.Fail(domain.NotFound, "error.not_found")
		}
		crumbs = append(crumbs, view.Link{Href: back, Text: above.Name})
	}
	page, err := p.itemPage(q, x, it, f)
	page.Crumbs, page.Title, page.Action, page.Submit, page.Cancel = crumbs, view.Say(title), q.URL.Path, view.Say("ui.add"), back
	page.Places = places(t.Children(it.Parent))
	return page, err
}

// places offers where a new item can stand among its siblings; nothing if
// there are none.
func places(siblings []coproduction.Item) []view.Option {
	if len(siblings) == 0 {
		return nil
	}
	options := []view.Option{{Value: "", Key: "form.place_last"}, {Value: "0", Key: "form.place_first"}}
	for i, it := range siblings[:len(siblings)-1] {
		options = append(options, view.Option{Value: strconv.Itoa(i + 1), Text: afterName(it.Name)})
	}
	return options
}

// afterName marks a name as one behind which something is to stand.
func afterName(t domain.Text) domain.Text {
	out := make(domain.Text, len(t))
	for lang, s := range t {
		out[lang] = "↳ " + s
	}
	return out
}

// itemPage has the fields that new and changed items share.
func (p *Portal) itemPage(q *request, x *coproduction.Process, it coproduction.Item, f view.Form) (view.ItemPage, error) {
	page := view.ItemPage{
		Frame: q.frame(), Kind: string(it.Kind), Form: f, Starts: dateOf(it.Starts), Ends: dateOf(it.Ends), CoDelivery: it.CoDelivery,
	}
	p.itemTexts(q, x, it, &page)
	if it.Kind == coproduction.Task {
		page.Complexity = complexities(it.Complexity)
	}
	var err error
	page.Problems, err = p.problemsField(q, "form.problems_hint", it.Problems)
	return page, err
}

// itemTexts offers fields for the process's language, for each that the item
// has, and for those that were asked for; and the further ones.
func (p *Portal) itemTexts(q *request, x *coproduction.Process, it coproduction.Item, page *view.ItemPage) {
	langs := []domain.Lang{x.Language}
	if x.Language == "" || x.Language == domain.Undetermined {
		langs[0] = q.lang
	}
	add := func(lang domain.Lang) {
		if lang != domain.Undetermined && !slices.Contains(langs, lang) {
			langs = append(langs, lang)
		}
	}
	for _, lang := range append(it.Name.Langs(), it.Description.Langs()...) {
		add(lang)
	}
	for _, lang := range q.langsTyped() {
		add(lang)
	}
	asked, _ := domain.ParseLang(q.typed.Get("more"))
	if q.typed.Has("add") && asked != "" {
		add(asked)
	}
	others := slices.ContainsFunc(it.Name.Langs(), func(l domain.Lang) bool { return l != langs[0] })
	for i, lang := range langs {
		page.Texts = append(page.Texts, view.ItemText{
			Lang: lang, Name: it.Name[lang], Description: it.Description[lang], Optional: i > 0 || others, Here: q.typed.Has("add") && lang == asked,
			Stale: it.Stale(x.Language, lang),
		})
	}
	for _, o := range p.writingLangs(q, "") {
		if !slices.Contains(langs, domain.Lang(o.Value)) {
			page.More = append(page.More, o)
		}
	}
}

// langsTyped are the languages for which the form of an item has fields.
func (q *request) langsTyped() []domain.Lang {
	var langs []domain.Lang
	for _, typed := range q.typed["langs"] {
		if lang, err := domain.ParseLang(typed); err == nil && lang != "" && !slices.Contains(langs, lang) && len(langs) < maxLangs {
			langs = append(langs, lang)
		}
	}
	return langs
}

// maxLangs is how many languages one form has.
const maxLangs = 50

// complexities are the degrees that people choose from; another one that an
// item has stays.
func complexities(at int) []view.Option {
	var options []view.Option
	degrees := []int{0, 20, 40, 60, 80, 100}
	if !slices.Contains(degrees, at) {
		degrees = append(degrees, at)
		slices.Sort(degrees)
	}
	for _, n := range degrees {
		o := view.Option{Value: strconv.Itoa(n), Key: "complexity." + strconv.Itoa(n), Selected: n == at}
		if n%20 != 0 {
			o.Key, o.Text = "", view.Plain(domain.Undetermined, strconv.Itoa(n))
		}
		options = append(options, o)
	}
	return options
}

// dateOf is a day as HTML writes it; "" for none.
func dateOf(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.DateOnly)
}

// details reads the form of an item; what it does not show stays. What cannot
// be understood is left for the domain to refuse, with all else.
func (q *request) details(it coproduction.Item) coproduction.ItemDetails {
	d := it.Details()
	for _, lang := range q.langsTyped() {
		d.Name = with(d.Name, lang, q.typed.Get("name."+string(lang)))
		d.Description = with(d.Description, lang, q.typed.Get("description."+string(lang)))
		if q.typed.Get("checked."+string(lang)) != "" {
			d.Checked = append(d.Checked, lang)
		}
	}
	d.Problems, d.CoDelivery = q.problemsTyped(), q.typed.Get("coDelivery") != ""
	if typed := q.typed.Get("complexity"); typed != "" {
		var err error
		if d.Complexity, err = strconv.Atoi(typed); err != nil {
			d.Complexity = -1
		}
	}
	d.Starts, d.Ends = q.dayTyped("starts"), q.dayTyped("ends")
	return d
}

// refusedItem renders the form of an item that was refused, with errors of
// texts at the language that is at fault.
func (p *Portal) refusedItem(q *request, err error, d coproduction.ItemDetails, page func(view.Form) (view.Page, error)) error {
	return q.refused(domain.Renamed(err, map[string]string{"name": longest("name", d.Name, q), "description": longest("description", d.Description, q)}), page)
}

func longest(field string, t domain.Text, q *request) string {
	at := domain.Lang("")
	for _, lang := range t.Langs() {
		if at == "" || len(t[lang]) > len(t[at]) {
			at = lang
		}
	}
	if langs := q.langsTyped(); at == "" && len(langs) > 0 {
		at = langs[0]
	}
	return field + "." + string(at)
}

func (p *Portal) addItem(q *request) error {
	form := func(f view.Form) (view.Page, error) { return p.newItemPage(q, f) }
	if q.typed.Has("add") || q.finding() {
		return q.again(form)
	}
	d, place := q.details(coproduction.Item{}), coproduction.Last
	if n, err := strconv.Atoi(q.typed.Get("place")); err == nil {
		place = n
	}
	added, err := p.Coproduction.AddItem(q.Context(), q.viewer, q.PathValue("name"), domain.ID(q.PathValue("item")), place, d)
	if err != nil {
		return p.refusedItem(q, err, d, form)
	}
	return q.done("/processes/"+url.PathEscape(q.PathValue("name"))+"/guide/"+string(added.ID), view.Say("notice.item_added"))
}

// again shows a form with what was typed, as it was asked to.
func (q *request) again(form func(view.Form) (view.Page, error)) error {
	page, err := form(view.Form{Values: q.typed})
	if err != nil {
		return err
	}
	return q.show(page)
}

func (p *Portal) editItem(q *request) error {
	page, err := p.editItemPage(q, view.Form{})
	if err != nil {
		return err
	}
	return q.show(page)
}

func (p *Portal) editItemPage(q *request, f view.Form) (view.Page, error) {
	x, _, it, err := p.plannedItem(q)
	if err != nil {
		return nil, err
	}
	revision, lead := it.Revision, view.Sentence{}
	if version, none := strconv.ParseInt(q.URL.Query().Get("version"), 10, 64); none == nil {
		m, err := p.Coproduction.Meanwhile(q.Context(), q.viewer, x.Name, it.ID, version)
		if err != nil {
			return nil, err
		}
		if !m.Known {
			return nil, domain.Fail(domain.NotFound, "error.not_found")
		}
		it, lead = m.Item.WithDetails(m.Base), view.Say("page.item_history.old_version")
	}
	page, err := p.itemPage(q, x, it, f)
	page.Title, page.Lead = view.Say("page.guide.change_"+string(it.Kind)), lead
	page.Crumbs = []view.Link{{Href: p.path(x.IRI) + "/guide", Text: x.Title}, {Href: q.itemPath(), Text: it.Name}}
	page.Action, page.Submit, page.Cancel = q.itemPath()+"/edit", view.Say("ui.save"), q.itemPath()
	page.Revision, page.First = revisionOf(revision), q.itemPath()+"/first"
	if typed := f.Value("revision"); typed != "" {
		page.Revision = typed // what the reader saw: it decides what is a conflict
	}
	return page, err
}

func (p *Portal) saveItem(q *request) error {
	form := func(f view.Form) (view.Page, error) { return p.editItemPage(q, f) }
	if q.typed.Has("add") || q.finding() {
		return q.again(form)
	}
	x, t, it, err := p.plannedItem(q)
	if err != nil {
		return err
	}
	d := q.details(it)
	if q.typed.Has("resolve") {
		var open domain.Problems
		if d, open = q.resolved(it.Details(), d); len(open) > 0 {
			return p.showConflict(q, x, t, it, d, open.Err())
		}
	}
	err = p.Coproduction.EditItem(q.Context(), q.viewer, x.Name, it.ID, q.revision(), d)
	if domain.CodeOf(err) == domain.Conflict {
		return p.showConflict(q, x, t, it, d.Readable(it.Details()), nil)
	}
	if err != nil {
		return p.refusedItem(q, err, d, form)
	}
	return q.done(q.itemPath(), view.Say("notice.saved"))
}

func (p *Portal) disableItem(q *request) error {
	if err := p.Coproduction.DisableItem(q.Context(), q.viewer, q.PathValue("name"), domain.ID(q.PathValue("item"))); err != nil {
		return err
	}
	return q.done(q.backTo(q.itemPath()), view.Say("notice.item_disabled"))
}

func (p *Portal) enableItem(q *request) error {
	if err := p.Coproduction.RestoreItem(q.Context(), q.viewer, q.PathValue("name"), domain.ID(q.PathValue("item"))); err != nil {
		return err
	}
	return q.done(q.backTo(q.itemPath()), view.Say("notice.item_restored"))
}
