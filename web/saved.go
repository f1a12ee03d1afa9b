package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"time"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/community"
	"interlink/domain/coproduction"
	"interlink/domain/policy"
	"interlink/domain/search"
	"interlink/domain/story"
	"interlink/web/view"
)

func (p *Portal) savedRoutes() []route {
	return []route{
		{http.MethodGet, "/me/searches", p.searches},
		{http.MethodPost, "/me/searches", p.saveSearch},
		{http.MethodGet, "/me/searches/{id}", p.toSearch},
		{http.MethodPost, "/me/searches/{id}", p.lookAgain},
		{http.MethodPost, "/me/searches/{id}/tell", p.tellSearch(true)},
		{http.MethodPost, "/me/searches/{id}/quiet", p.tellSearch(false)},
		{http.MethodPost, "/me/searches/{id}/remove", p.removeSearch},
	}
}

// Finders are the searches of the pages, for those that people saved: what an
// address asks for is read as its page reads it.
func Finders(entries *catalogue.Service, stories *story.Service, processes *coproduction.Service, communities *community.Service) map[search.Place]search.Finder {
	few := domain.Page{Limit: search.MostFresh}
	return map[search.Place]search.Finder{
		search.Catalogue: func(ctx context.Context, v policy.Viewer, asked url.Values, since time.Time) (int, error) {
			f := catalogueFilter(asked)
			f.Since = since
			found, err := entries.Search(ctx, v, f, domain.Page{Limit: 1})
			return found.Total, err
		},
		search.Stories: func(ctx context.Context, v policy.Viewer, asked url.Values, since time.Time) (int, error) {
			list, err := stories.Stories(ctx, v, storyFilter(asked), few)
			return after(list.Items, since, func(s *story.Story) time.Time {
				if s.Host == "" && s.PublishedAt.After(s.Serial.Time()) {
					return s.PublishedAt
				}
				return s.Serial.Time()
			}), err
		},
		search.Processes: func(ctx context.Context, v policy.Viewer, asked url.Values, since time.Time) (int, error) {
			list, err := processes.Processes(ctx, v, processFilter(asked), few)
			return after(list.Items, since, func(x *coproduction.Process) time.Time { return x.Serial.Time() }), err
		},
		search.Communities: func(ctx context.Context, v policy.Viewer, asked url.Values, since time.Time) (int, error) {
			list, err := communities.Communities(ctx, v, asked.Get("q"), few)
			return after(list.Items, since, func(c *community.Community) time.Time { return c.Serial.Time() }), err
		},
		search.Timeline: func(ctx context.Context, v policy.Viewer, asked url.Values, since time.Time) (int, error) {
			list, err := communities.HomeOf(ctx, v, homeFilter(asked), few)
			return after(list.Items, since, func(x community.FeedItem) time.Time { return x.Serial.Time() }), err
		},
		search.Tag: func(ctx context.Context, v policy.Viewer, asked url.Values, since time.Time) (int, error) {
			tag, err := community.ReadTag(asked.Get("tag"))
			if err != nil {
				return 0, err
			}
			list, err := communities.Tagged(ctx, v, tag, few)
			return after(list.Items, since, func(x *community.Post) time.Time { return x.Serial.Time() }), err
		},
	}
}

// after counts what came after a time.
func after[T any](items []T, since time.Time, came func(T) time.Time) int {
	n := 0
	for _, x := range items {
		if came(x).After(since.Truncate(time.Millisecond)) {
			n++
		}
	}
	return n
}

// placePath is the page of a search.
func placePath(x *search.Search) string {
	values := x.Values()
	switch x.Place {
	case search.Tag:
		return tagPath(values.Get("tag"))
	case search.Timeline:
		return "/timeline?" + values.Encode()
	}
	return "/" + string(x.Place) + "?" + values.Encode()
}

// saving offers to save the search of a page; nil to those who cannot, and
// where nothing is asked for.
func (q *request) saving(place search.Place, asked url.Values) *view.Saving {
	if !q.viewer.Local() {
		return nil
	}
	values := url.Values{}
	for name, all := range asked {
		if name != "after" && slices.ContainsFunc(all, func(v string) bool { return v != "" }) {
			values[name] = all
		}
	}
	if len(values) == 0 {
		return nil
	}
	return &view.Saving{Place: string(place), Query: values.Encode()}
}

// searches lists what the reader saved, with what is new in it, and the
// hashtags that they follow.
func (p *Portal) searches(q *request) error {
	page, err := p.searchesPage(q, view.Form{})
	if err != nil {
		return err
	}
	return q.show(page)
}

func (p *Portal) searchesPage(q *request, f view.Form) (view.SearchesPage, error) {
	page := view.SearchesPage{Frame: q.frame(), Form: f}
	if err := q.signedIn(); err != nil {
		return page, err
	}
	list, err := p.Searches.List(q.Context(), q.viewer)
	if err != nil {
		return page, err
	}
	for _, x := range list {
		page.Items = append(page.Items, view.SavedSearch{
			ID: string(x.ID), Href: "/me/searches/" + string(x.ID), Name: x.Name, Place: string(x.Place), Tell: x.Tell, Seen: x.SeenAt,
			Fresh: x.Fresh, Most: x.Fresh >= search.MostFresh,
		})
	}
	tags, err := p.Communities.FollowedTags(q.Context(), q.viewer)
	for _, tag := range tags {
		page.Tags = append(page.Tags, view.Link{Href: tagPath(tag), Text: view.Plain(domain.Undetermined, "#"+tag)})
	}
	return page, err
}

func (p *Portal) saveSearch(q *request) error {
	x, err := p.Searches.Save(q.Context(), q.viewer, search.Place(q.typed.Get("place")), q.typed.Get("query"), q.typed.Get("name"), q.typed.Get("tell") != "")
	if err != nil {
		return q.refused(err, func(f view.Form) (view.Page, error) { return p.searchesPage(q, f) })
	}
	return q.done("/me/searches", view.Say("notice.search_saved", x.Name))
}

// toSearch leads to what a saved search finds. It changes nothing: browsers and
// mail programs open addresses that nobody looks at.
func (p *Portal) toSearch(q *request) error {
	x, err := p.Searches.Search(q.Context(), q.viewer, domain.ID(q.PathValue("id")))
	if err != nil {
		return err
	}
	return q.redirect(placePath(x))
}

// lookAgain leads to what a saved search finds, which is not new from then on.
func (p *Portal) lookAgain(q *request) error {
	x, err := p.Searches.Look(q.Context(), q.viewer, domain.ID(q.PathValue("id")))
	if err != nil {
		return err
	}
	return q.redirect(placePath(x))
}

func (p *Portal) tellSearch(tell bool) handler {
	return func(q *request) error {
		if err := p.Searches.Tell(q.Context(), q.viewer, domain.ID(q.PathValue("id")), tell); err != nil {
			return err
		}
		notice := "notice.search_told"
		if !tell {
			notice = "notice.search_quiet"
		}
		return q.done("/me/searches", view.Say(notice))
	}
}

func (p *Portal) removeSearch(q *request) error {
	if err := p.Searches.Remove(q.Context(), q.viewer, domain.ID(q.PathValue("id"))); err != nil {
		return err
	}
	return q.done("/me/searches", view.Say("notice.search_removed"))
}
