package web

import (
	"cmp"
	"net/http"
	"net/url"
	"strings"

	"interlink/domain/community"
	"interlink/web/view"
)

func (p *Portal) tagRoutes() []route {
	return []route{
		{http.MethodGet, "/tags/{tag}", p.tag},
		{http.MethodPost, "/tags/{tag}/follow", p.steerTag(true)},
		{http.MethodPost, "/tags/{tag}/unfollow", p.steerTag(false)},
	}
}

// tag lists the posts with a hashtag.
func (p *Portal) tag(q *request) error {
	tag := q.PathValue("tag")
	list, err := p.Communities.Tagged(q.Context(), q.viewer, tag, q.cursor())
	if err != nil {
		return err
	}
	p.likesOf(q, list.Items)
	p.chosenOf(q, list.Items)
	page := view.TagPage{Frame: q.frame(), Tag: tag, Pager: q.pager(list.Next, list.Total, len(list.Items))}
	for _, x := range list.Items {
		page.Posts = append(page.Posts, p.post(q, x))
	}
	plain, err := community.ReadTag(tag)
	if err != nil || !q.viewer.Local() {
		return q.show(page) // nothing is offered for what cannot be followed
	}
	followed, err := p.Communities.FollowedTags(q.Context(), q.viewer)
	if err != nil {
		return err
	}
	page.MayFollow = true
	for _, f := range followed {
		page.Follows = page.Follows || f == plain
	}
	return q.show(page)
}

// tagPath is the page of a hashtag.
func tagPath(tag string) string { return "/tags/" + url.PathEscape(tag) }

// steerTag puts a hashtag among what the reader follows, or takes it out.
func (p *Portal) steerTag(follow bool) handler {
	return func(q *request) error {
		tag := q.PathValue("tag")
		command, notice := p.Communities.FollowTag, "notice.tag_followed"
		if !follow {
			command, notice = p.Communities.UnfollowTag, "notice.tag_unfollowed"
		}
		if err := command(q.Context(), q.viewer, tag); err != nil {
			return err
		}
		return q.done(tagPath(tag), view.Say(notice, "#"+tag))
	}
}

// homeFilter reads what a home is narrowed to from its address.
func homeFilter(asked url.Values) community.HomeFilter {
	return community.HomeFilter{Kind: community.HomeKind(asked.Get("kind")), From: community.Followed(asked.Get("from"))}
}

// homePath is the address of a home so narrowed.
func homePath(f community.HomeFilter) string {
	asked := url.Values{}
	if f.Kind != community.HomeAll {
		asked.Set("kind", string(f.Kind))
	}
	if f.From != community.FollowedAny {
		asked.Set("from", string(f.From))
	}
	return strings.TrimSuffix("/timeline?"+asked.Encode(), "?")
}

// homeKinds are the kinds of a home as its page offers them, by address, and
// homeSources from whom it may be.
func homeKinds(now community.HomeFilter) []view.Option {
	var kinds []view.Option
	for _, k := range community.HomeKinds {
		to := community.HomeFilter{Kind: k, From: now.From}
		kinds = append(kinds, view.Option{Value: homePath(to), Key: "home.kind_" + cmp.Or(string(k), "all"), Selected: to == now})
	}
	return kinds
}

func homeSources(now community.Followed) []view.Option {
	var from []view.Option
	for _, x := range community.AllFollowed {
		from = append(from, view.Option{Value: string(x), Key: "home.from_" + cmp.Or(string(x), "all"), Selected: x == now})
	}
	return from
}

// homeEmpty is what is said where nothing is found of what is followed: where
// such can be found.
func homeEmpty(from community.Followed) view.Empty {
	e := view.Empty{Icon: "community", Words: "home.empty_" + cmp.Or(string(from), "all"), Href: "/communities", Submit: "page.communities.title"}
	switch from {
	case community.FollowedProcesses:
		e.Icon, e.Href, e.Submit = "process", "/processes", "nav.processes"
	case community.FollowedCatalogues:
		e.Icon, e.Href, e.Submit = "catalogue", "/catalogue", "nav.catalogue"
	case community.FollowedTags, community.FollowedPeople:
		e.Icon, e.Href, e.Submit = "people", "/lookup", "page.lookup.title"
	case community.FollowedAny, community.FollowedCommunities:
	}
	return e
}
