package web

import (
	"net/http"

	"interlink/domain"
	"interlink/domain/coproduction"
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
			row.Tool = view.Link{Href: e.Address(), Text: e.Name}
		}
		if it, err := t.Item(u.Item); err == nil {
			row.Task = view.Link{Href: p.path(x.ItemIRI(it.ID)), Text: it.Name}
		}
		page.Rows = append(page.Rows, row)
	}
	return q.show(page)
}
