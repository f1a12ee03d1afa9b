package web

import (
	"math"
	"net/http"
	"slices"
	"strings"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/policy"
	"interlink/web/view"
)

func (p *Portal) useRoutes() []route {
	return []route{
		{http.MethodGet, "/processes/{name}/uses", p.uses},
		{http.MethodGet, "/processes/{name}/resources/{id}/open", p.openResource},
	}
}

// openResource leads to where a link leads, and records that the Interlinker
// there was used. Again on the same day changes nothing, so it may be a GET.
func (p *Portal) openResource(q *request) error {
	to, err := p.Coproduction.Visit(q.Context(), q.viewer, q.PathValue("name"), domain.ID(q.PathValue("id")))
	if err != nil {
		return err
	}
	http.Redirect(q.w, q.Request, string(to), http.StatusFound)
	return nil
}

const (
	mostOpen      = 5   // processes whose tasks are offered
	mostOpenTasks = 300 // tasks of all of them
)

// openTasks offers the tasks in which the reader works, below the phases and
// objectives of their processes. The values are "process/task". The one that
// the parameter "task" names is chosen, else the one with most of the problems
// that the Interlinker answers; of these one that goes on.
func (p *Portal) openTasks(q *request, problems []string) ([]view.OptionGroup, error) {
	if q.account == nil {
		return nil, nil
	}
	mine, err := p.Coproduction.Mine(q.Context(), q.viewer, domain.Page{Limit: mostOpen})
	if err != nil {
		return nil, err
	}
	var groups []view.OptionGroup
	most, best, tasks := -1, "", 0
	for _, x := range mine.Items {
		_, tree, err := p.Coproduction.Guide(q.Context(), q.viewer, x.Name, "")
		if err != nil {
			return nil, err
		}
		above := domain.ID("none") // of the group
		for _, it := range tree.Items() {
			if it.Kind != coproduction.Task || !tree.Enabled(it.ID) || it.Status == coproduction.Finished || tasks == mostOpenTasks ||
				policy.Allow(q.viewer, policy.Contribute, coproduction.Place{Process: x, Tree: tree, Item: it.ID}) != nil {
				continue
			}
			if it.Parent != above {
				above = it.Parent
				groups = append(groups, view.OptionGroup{Of: pathTo(q, x, tree, it)})
			}
			g := &groups[len(groups)-1]
			g.Options = append(g.Options, view.Option{Value: x.Name + "/" + string(it.ID), Text: it.Name})
			tasks++
			if fit := suitability(q, x, tree, it, problems); fit > most {
				most, best = fit, g.Options[len(g.Options)-1].Value
			}
		}
	}
	for _, g := range groups {
		for i := range g.Options {
			g.Options[i].Selected = g.Options[i].Value == best
		}
	}
	return groups, nil
}

// pathTo is where a task is: "Process: phase › objective".
func pathTo(q *request, x *coproduction.Process, tree *coproduction.Tree, it coproduction.Item) string {
	var above []string
	for at := it.Parent; at != ""; {
		parent, err := tree.Item(at)
		if err != nil {
			break
		}
		name, _ := parent.Name.In(q.lang)
		above, at = append([]string{name}, above...), parent.Parent
	}
	title, _ := x.Title.In(q.lang)
	if len(above) == 0 {
		return title
	}
	return title + ": " + strings.Join(above, " › ")
}

// suitability weighs a task for an Interlinker that answers some problems.
func suitability(q *request, x *coproduction.Process, tree *coproduction.Tree, it coproduction.Item, problems []string) int {
	if q.URL.Query().Get("task") == x.Name+"/"+string(it.ID) {
		return math.MaxInt
	}
	n := 0
	for _, code := range tree.Problems(it.ID) {
		if slices.ContainsFunc(problems, func(p string) bool { return strings.EqualFold(p, code) }) {
			n += 10
		}
	}
	switch {
	case it.Status == coproduction.InProgress:
		n += 2
	case tree.Ready(it.ID):
		n++
	}
	return n
}

// uses lists how Interlinkers were used in a process.
func (p *Portal) uses(q *request) error {
	x, t, head, err := p.headed(q, "resources")
	if err != nil {
		return err
	}
	list, err := p.Coproduction.Uses(q.Context(), q.viewer, x.Name, q.cursor())
	if err != nil {
		return err
	}
	var people []domain.ActorID
	var tools []domain.IRI
	for _, u := range list.Items {
		people, tools = append(people, u.Actor), append(tools, u.Tool)
	}
	if err := q.meet(people); err != nil {
		return err
	}
	known, err := p.Entries.EntriesByIRI(q.Context(), q.viewer, tools)
	if err != nil {
		return err
	}
	page := view.UsesPage{Frame: q.frame(), ProcessHead: head, Pager: q.pager(list.Next, list.Total, len(list.Items))}
	for _, u := range list.Items {
		row := view.UseRow{
			How: string(u.How), Tool: view.Link{Href: string(u.Tool), Text: view.Plain(domain.Undetermined, string(u.Tool))}, Version: u.Version,
			Resource: view.Link{Href: p.path(x.IRI) + "/resources/" + string(u.Resource), Text: view.Plain(domain.Undetermined, u.Name)}, By: p.actor(q, u.Actor), At: u.At, Day: u.How == coproduction.OpenedAt,
		}
		if e := known[u.Tool]; e != nil {
			row.Tool, row.Unfit = view.Link{Href: e.Address(), Text: e.Name}, unfit(e)
		}
		if it, err := t.Item(u.Item); err == nil {
			row.Task = view.Link{Href: p.path(x.ItemIRI(it.ID)), Text: it.Name}
		}
		page.Rows = append(page.Rows, row)
	}
	return q.show(page)
}
