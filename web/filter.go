package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/moderation"
	"interlink/domain/policy"
	"interlink/web/view"
)

func (p *Portal) filterRoutes() []route {
	return []route{
		{http.MethodGet, "/admin/filters", p.filters},
		{http.MethodPost, "/admin/filters", p.saveFilter},
		{http.MethodPost, "/admin/filters/remove", p.removeFilter},
	}
}

// filters lists them; "?edit=" fills in the form.
func (p *Portal) filters(q *request) error {
	f := view.Form{Values: url.Values{"enabled": {"yes"}}}
	if id := q.URL.Query().Get("edit"); id != "" {
		x, err := p.Filters.Filter(q.Context(), q.viewer, domain.ID(id))
		if err != nil {
			return err
		}
		f.Values = url.Values{
			"id": {id}, "revision": {revisionOf(x.Revision)}, "name": {x.Name}, "kind": {string(x.Kind)}, "pattern": {x.Pattern},
			"most": {figure(x.Most)}, "hours": {figure(x.Hours)}, "action": {string(x.Action)}, "enabled": {checked(x.Enabled)},
		}
	}
	page, err := p.filtersPage(q, f)
	if err != nil {
		return err
	}
	return q.show(page)
}

// figure is what stands in a field for a number, "" for 0.
func figure(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func (p *Portal) filtersPage(q *request, f view.Form) (view.FiltersPage, error) {
	page := view.FiltersPage{Frame: q.frame(), Form: f, MayEdit: q.viewer.Role == policy.RoleAdmin}
	all, err := p.Filters.List(q.Context(), q.viewer)
	if err != nil {
		return page, err
	}
	for _, x := range all {
		page.Items = append(page.Items, view.Filter{
			ID: string(x.ID), Name: x.Name, Kind: string(x.Kind), Pattern: x.Pattern, Action: string(x.Action), Most: x.Most, Hours: x.Hours,
			Enabled: x.Enabled, Hits: x.Hits, Lately: x.Lately,
		})
		if string(x.ID) == f.Value("id") {
			page.Editing = x.Name
		}
	}
	for _, k := range moderation.FilterKinds {
		page.Kinds = append(page.Kinds, view.Option{Value: string(k), Key: "filter_kind." + string(k)})
	}
	for _, a := range moderation.FilterActions {
		page.Actions = append(page.Actions, view.Option{Value: string(a), Key: "filter_action." + string(a), Selected: a == community.Hold})
	}
	return page, nil
}

// saveFilter saves a filter; with "try" it only shows what it would have done.
func (p *Portal) saveFilter(q *request) error {
	again := func(f view.Form) (view.Page, error) { return p.filtersPage(q, f) }
	f := moderation.Filter{
		ID: domain.ID(q.typed.Get("id")), Revision: q.revision(), Name: q.typed.Get("name"), Kind: moderation.FilterKind(q.typed.Get("kind")),
		Pattern: q.typed.Get("pattern"), Action: community.Action(q.typed.Get("action")), Enabled: q.typed.Get("enabled") != "",
	}
	f.Most, _ = strconv.Atoi(strings.TrimSpace(q.typed.Get("most")))   // what is no number is 0, which is refused
	f.Hours, _ = strconv.Atoi(strings.TrimSpace(q.typed.Get("hours"))) // likewise
	if q.typed.Get("try") == "" {
		if _, err := p.Filters.Save(q.Context(), q.viewer, f); err != nil {
			return q.refused(err, again)
		}
		return q.done("/admin/filters", view.Say("notice.saved"))
	}
	trial, err := p.Filters.Try(q.Context(), q.viewer, f)
	if err != nil {
		return q.refused(err, again)
	}
	page, err := p.filtersPage(q, view.Form{Values: q.typed})
	if err != nil {
		return err
	}
	page.Trial = &view.FilterTrial{Looked: trial.Looked, Hit: trial.Hit}
	var ids []domain.ActorID
	for _, x := range trial.Posts {
		ids = append(ids, x.Post.Author)
	}
	actors, err := p.Network.Actors(q.Context(), q.viewer, ids)
	if err != nil {
		return err
	}
	for _, x := range trial.Posts {
		out := p.heldPost(q, x.Post, actors[x.Post.Author])
		out.Href = "/posts/" + string(x.Post.ID)
		page.Trial.Posts = append(page.Trial.Posts, out)
	}
	return q.show(page)
}

func (p *Portal) removeFilter(q *request) error {
	if err := p.Filters.Remove(q.Context(), q.viewer, domain.ID(q.typed.Get("id"))); err != nil {
		return err
	}
	return q.done("/admin/filters", view.Say("notice.deleted"))
}
