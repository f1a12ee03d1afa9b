package web

import (
	"context"
	"net/http"
	"slices"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/policy"
	"interlink/web/view"
)

func (p *Portal) reactionRoutes() []route {
	return []route{
		{http.MethodPost, "/posts/{id}/like", p.react(p.Communities.Like)},
		{http.MethodPost, "/posts/{id}/unlike", p.react(p.Communities.Unlike)},
		{http.MethodPost, "/posts/{id}/pin", p.react(p.Communities.Pin)},
		{http.MethodPost, "/posts/{id}/unpin", p.react(p.Communities.Unpin)},
	}
}

// react makes a handler of a command on a post; it leads back to the page on
// which the button was, and says there what else could not be seen.
func (p *Portal) react(command func(ctx context.Context, v policy.Viewer, id domain.ID) error, notices ...string) handler {
	return func(q *request) error {
		id := domain.ID(q.PathValue("id"))
		if err := command(q.Context(), q.viewer, id); err != nil {
			return err
		}
		for _, key := range notices {
			q.leaveNotice(view.Say(key))
		}
		return q.redirect(local(q.typed.Get("return"), "/posts/"+string(id)) + "#post-" + string(id))
	}
}

// reactions offers what the reader may do with a post, and shows which they
// like.
func (p *Portal) reactions(q *request, out *view.Post, x *community.Post) {
	out.Likes, out.Return = x.Likes, q.URL.RequestURI()
	out.Attachments = p.attachments(q, x)
	if q.viewer.Actor == domain.Nobody {
		return
	}
	if policy.Allow(q.viewer, policy.React, x) == nil {
		state, read := q.likes[x.ID]
		if !read {
			if some, err := p.Communities.Liked(q.Context(), q.viewer, []domain.ID{x.ID}); err == nil {
				state = some[x.ID]
			}
		}
		if state == community.LikeWaits || state == community.LikeUnwanted {
			out.Liking = string(state)
		}
		if out.Liked = state.Given(); out.Liked {
			out.Like = out.Href + "/unlike"
		} else if p.Communities.MayLike(q.viewer, x) == nil {
			out.Like = out.Href + "/like"
		}
	}
	if x.Author != q.viewer.Actor {
		out.Report = "/report?post=" + string(x.ID)
	}
}

// likesOf reads at once which of the posts of a page the reader likes.
func (p *Portal) likesOf(q *request, posts []*community.Post) {
	ids := make([]domain.ID, len(posts))
	for i, x := range posts {
		ids[i] = x.ID
	}
	liked, err := p.Communities.Liked(q.Context(), q.viewer, ids)
	if err != nil {
		return // each is asked for then
	}
	q.likes = map[domain.ID]community.LikeState{}
	for _, id := range ids {
		q.likes[id] = liked[id]
	}
}

// pinned shows what an actor shows first.
func (p *Portal) pinned(q *request, actor domain.ActorID) ([]view.Post, error) {
	posts, err := p.Communities.Pinned(q.Context(), q.viewer, actor)
	if err != nil {
		return nil, err
	}
	var out []view.Post
	for _, x := range posts {
		out = append(out, p.pinnedPost(q, x, false))
	}
	return out, nil
}

// pinnedPost shows a post that is pinned; mayEdit offers to take it away.
func (p *Portal) pinnedPost(q *request, x *community.Post, mayEdit bool) view.Post {
	shown := p.post(q, x)
	shown.Pinned = true
	if mayEdit {
		shown.Pin = shown.Href + "/unpin"
	}
	return shown
}

// offerPin offers those who administer a community to show a post first.
func (p *Portal) offerPin(q *request, out *view.Post, x *community.Post, c *community.Community) error {
	if policy.Allow(q.viewer, policy.Publish, c) != nil || x.Visibility != community.Public {
		return nil //nolint:nilerr // nothing is offered to those who may not
	}
	pinned, err := p.Communities.Pinned(q.Context(), q.viewer, c.ID)
	if err != nil {
		return err
	}
	out.Pin = out.Href + "/pin"
	if slices.ContainsFunc(pinned, func(o *community.Post) bool { return o.ID == x.ID }) {
		out.Pinned, out.Pin = true, out.Href+"/unpin"
	}
	return nil
}
