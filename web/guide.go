package web

import (
	"net/http"
	"net/url"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/coproduction"
	"interlink/domain/policy"
	"interlink/domain/story"
	"interlink/web/view"
)

func (p *Portal) guideRoutes() []route {
	return []route{
		{http.MethodGet, "/processes/{name}/guide", p.guide},
		{http.MethodGet, "/processes/{name}/guide/{item}", p.guideItem},
		{http.MethodPost, "/processes/{name}/guide/{item}/status", p.setStatus},
	}
}

func (p *Portal) guide(q *request) error {
	x, t, head, err := p.headed(q, "guide")
	if err != nil {
		return err
	}
	page := p.guideOf(q, x, t, head, "")
	page.Next = p.next(q, x, t)
	return q.show(page)
}

// guideOf is the guide with nothing but the tree.
func (p *Portal) guideOf(q *request, x *coproduction.Process, t *coproduction.Tree, head view.ProcessHead, selected domain.ID) view.GuidePage {
	page := view.GuidePage{Frame: q.frame(), ProcessHead: head, Tree: p.tree(x, t, selected), Done: x.Finished, Tasks: x.Tasks}
	if t.Len() > wholeTree {
		page.Tree = opened(page.Tree)
	}
	if policy.Allow(q.viewer, policy.Edit, coproduction.Place{Process: x, Tree: t}) == nil {
		page.Add = p.path(x.IRI) + "/guide/new"
	}
	return page
}

// tree shows the items; the one that is selected is open with all above it.
// With nothing selected the phase that goes on is open.
func (p *Portal) tree(x *coproduction.Process, t *coproduction.Tree, selected domain.ID) []view.Item {
	open := map[domain.ID]bool{}
	for id := selected; id != ""; {
		open[id] = true
		it, err := t.Item(id)
		if err != nil {
			break
		}
		id = it.Parent
	}
	if selected == "" {
		for _, phase := range t.Children("") {
			if t.Enabled(phase.ID) && t.Status(phase.ID) != coproduction.Finished {
				open[phase.ID] = true
				break
			}
		}
	}
	return p.branch(x, t, "", selected, open)
}

func (p *Portal) branch(x *coproduction.Process, t *coproduction.Tree, parent, selected domain.ID, open map[domain.ID]bool) []view.Item {
	var out []view.Item
	for _, it := range t.Children(parent) {
		tasks, done := t.Progress(it.ID)
		out = append(out, view.Item{
			ID: string(it.ID), Kind: string(it.Kind), Name: it.Name, Href: p.path(x.ItemIRI(it.ID)), Status: string(t.Status(it.ID)),
			Disabled: !t.Enabled(it.ID), Selected: it.ID == selected, Open: open[it.ID], Done: done, Tasks: tasks,
			Children: p.branch(x, t, it.ID, selected, open),
		})
	}
	return out
}

func (p *Portal) guideItem(q *request) error {
	page, err := p.guidePage(q, view.Form{})
	if err != nil {
		return err
	}
	return q.show(page)
}

func (p *Portal) guidePage(q *request, f view.Form) (view.GuidePage, error) {
	x, t, head, err := p.headed(q, "guide")
	if err != nil {
		return view.GuidePage{}, err
	}
	it, err := t.Item(domain.ID(q.PathValue("item")))
	if err != nil {
		return view.GuidePage{}, err
	}
	page := p.guideOf(q, x, t, head, it.ID)
	page.Frame = q.about(x.ItemIRI(it.ID))
	page.Item, err = p.item(q, x, t, it, f)
	return page, err
}

// item shows one item with what is needed to work on it.
func (p *Portal) item(q *request, x *coproduction.Process, t *coproduction.Tree, it coproduction.Item, f view.Form) (*view.GuideItem, error) {
	place := coproduction.Place{Process: x, Tree: t, Item: it.ID}
	out := &view.GuideItem{
		ID: string(it.ID), Kind: string(it.Kind), Href: p.path(x.ItemIRI(it.ID)), Name: it.Name, Description: rich(q, it.Description),
		Status: string(t.Status(it.ID)), Revision: it.Revision, Disabled: it.Disabled(), Blocked: !t.Ready(it.ID),
		Inside: place.Inside(q.viewer), MayWork: policy.Allow(q.viewer, policy.Contribute, place) == nil && t.Enabled(it.ID),
		MayDisable: policy.Allow(q.viewer, policy.Edit, place) == nil, Form: f,
	}
	_, shown := it.Name.In(q.lang)
	out.Stale = it.Stale(x.Language, shown)
	if out.Inside {
		out.History, out.Rights = out.Href+"/history", out.Href+"/people"
	}
	if q.viewer.Actor != domain.Nobody {
		out.May = place.Rights(q.viewer.Actor).Names()
	}
	if out.MayDisable {
		p.arrange(x, it, out)
	}
	out.Starts, out.Ends = t.Dates(it.ID)
	out.Late, out.Complexity, out.CoDelivery = t.Late(it.ID, p.today()), it.Complexity, it.CoDelivery
	for above := it.Parent; above != ""; {
		parent, err := t.Item(above)
		if err != nil {
			return nil, err
		}
		out.Path = append([]view.Link{{Href: p.path(x.ItemIRI(parent.ID)), Text: parent.Name}}, out.Path...)
		above = parent.Parent
	}
	for _, id := range it.Prerequisites {
		if before, err := t.Item(id); err == nil {
			out.Prerequisites = append(out.Prerequisites, view.Prerequisite{
				Link: view.Link{Href: p.path(x.ItemIRI(id)), Text: before.Name}, Status: string(t.Status(id)),
			})
		}
	}
	var err error
	if out.Problems, err = p.problemCards(q, t.Problems(it.ID)); err != nil {
		return out, err
	}
	out.Previous, out.Next = p.neighbours(x, t, it)
	if it.Kind != coproduction.Task {
		out.Children = p.branch(x, t, it.ID, "", map[domain.ID]bool{})
		if sizeOf(out.Children) > wholeTree {
			out.Children = opened(out.Children)
		}
		return out, nil
	}
	if out.Inside || out.MayWork {
		p.work(q, x, place, out)
	}
	if out.MayWork {
		out.Statuses = []string{view.Awaiting, view.InProgress, view.Finished}
	}
	return out, p.help(q, x, t, it, out)
}

// neighbours are the items of the same kind before and after.
func (p *Portal) neighbours(x *coproduction.Process, t *coproduction.Tree, it coproduction.Item) (before, after *view.Link) {
	var last *coproduction.Item
	found := false
	for _, other := range t.Items() {
		if other.Kind != it.Kind || !t.Enabled(other.ID) && other.ID != it.ID {
			continue
		}
		if found {
			return before, &view.Link{Href: p.path(x.ItemIRI(other.ID)), Text: other.Name}
		}
		if other.ID == it.ID {
			found = true
			if last != nil {
				before = &view.Link{Href: p.path(x.ItemIRI(last.ID)), Text: last.Name}
			}
		}
		last = &other
	}
	return before, nil
}

// help adds to a task what it has and what is recommended for it.
func (p *Portal) help(q *request, x *coproduction.Process, t *coproduction.Tree, it coproduction.Item, out *view.GuideItem) error {
	resources, err := p.Coproduction.Resources(q.Context(), q.viewer, x.Name, coproduction.ResourceFilter{Item: it.ID}, domain.Page{Limit: domain.MaxPage})
	if err != nil {
		return err
	}
	used := map[domain.IRI]bool{}
	for _, r := range resources.Items {
		used[r.Interlinker] = true
	}
	if out.Resources, err = p.resourcesOf(q, x, t, resources.Items); err != nil {
		return err
	}
	for i := range out.Resources {
		out.Resources[i].Task = nil // the page is the task's
	}
	if resources.Next != "" {
		out.AllResources = p.path(x.IRI) + "/resources?item=" + string(it.ID)
	}
	if out.MayWork {
		out.MaxFile = p.Coproduction.Limits().File
	}
	found, err := p.Entries.Recommend(q.Context(), q.viewer, catalogue.Query{
		Problems: t.Problems(it.ID), Name: it.Name, Description: it.Description, Language: x.Language, Schema: x.SchemaIRI,
	})
	if err != nil {
		return err
	}
	tools, err := p.tools(q.Context())
	if err != nil {
		return err
	}
	for _, r := range found.Items {
		one := p.recommendation("recommend.", r)
		one.Href += "?" + url.Values{"task": {x.Name + "/" + string(it.ID)}}.Encode() // where it would be used
		one.Used, one.Service = used[r.Entry.IRI], service(tools[r.Entry.IRI])
		out.Recommended = append(out.Recommended, one)
	}
	if codes := t.Problems(it.ID); len(codes) > 0 {
		out.Catalogue = "/catalogue?" + url.Values{"problem": codes}.Encode()
	}
	if out.Examples, err = p.examples(q, x, t, it); len(out.Examples) > 0 {
		out.AllExamples = "/stories?" + url.Values{story.FacetProblem: t.Problems(it.ID)}.Encode()
	}
	return err
}

// taskExamples is how many stories show how others did a task.
const taskExamples = 3

// examples are how others did the task, as their stories show it.
func (p *Portal) examples(q *request, x *coproduction.Process, t *coproduction.Tree, it coproduction.Item) ([]view.Example, error) {
	found, err := p.Stories.Examples(q.Context(), q.viewer, story.Like{Problems: t.Problems(it.ID), Name: it.Name, Process: x.ID, Limit: taskExamples})
	if err != nil || len(found) == 0 {
		return nil, err
	}
	var used []domain.IRI
	for _, e := range found {
		used = append(used, e.Interlinkers...)
	}
	known, err := p.Entries.EntriesByIRI(q.Context(), q.viewer, used)
	if err != nil {
		return nil, err
	}
	var out []view.Example
	for _, e := range found {
		one := view.Example{
			Story: view.Link{Href: e.Story.Address(), Text: e.Story.Title}, By: p.actorRef(q, e.Story.Owner), Origin: p.origin(e.Story.Host, e.Story.IRI),
			Task: e.Task, Made: e.Resources,
		}
		for _, code := range e.Story.Countries {
			one.Places = append(one.Places, country(q.lang, code))
		}
		for _, iri := range e.Interlinkers {
			if entry := known[iri]; entry != nil && len(one.Used) < taskTools {
				one.Used = append(one.Used, view.Link{Href: entry.Address(), Text: entry.Name})
			}
		}
		out = append(out, one)
	}
	return out, nil
}

func (p *Portal) setStatus(q *request) error {
	_, err := p.Coproduction.SetTaskStatus(q.Context(), q.viewer, q.PathValue("name"), domain.ID(q.PathValue("item")), q.revision(), coproduction.Status(q.typed.Get("status")))
	if err != nil {
		return q.refused(err, func(f view.Form) (view.Page, error) { return p.guidePage(q, f) })
	}
	return q.done(q.itemPath(), view.Say("notice.status_saved"))
}

// itemPath is the page of the item of the path.
func (q *request) itemPath() string {
	return "/processes/" + url.PathEscape(q.PathValue("name")) + "/guide/" + url.PathEscape(q.PathValue("item"))
}
