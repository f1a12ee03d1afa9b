package web

import (
	"net/http"
	"net/url"

	"interlink/domain"
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

// homeKinds are the kinds of a home as its page offers them.
func homeKinds(now community.HomeKind) []view.Choice {
	var all []view.Choice
	for _, k := range community.HomeKinds {
		key := "home.kind_" + string(k)
		if k == community.HomeAll {
			key = "home.kind_all"
		}
		all = append(all, view.Choice{Value: string(k), Key: key, Selected: k == now})
	}
	return all
}

// homeItems reads what the reader follows, of the kind that the page asks for.
func (p *Portal) homeItems(q *request) (domain.List[community.FeedItem], community.HomeKind, error) {
	kind := community.HomeKind(q.URL.Query().Get("kind"))
	list, err := p.Communities.HomeOf(q.Context(), q.viewer, kind, q.cursor())
	return list, kind, err
}
