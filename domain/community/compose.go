package community

import (
	"context"

	"interlink/domain"
	"interlink/domain/policy"
)

// News is a post by a community itself about something of another subject,
// which is saved with that, in one transaction.
type News struct {
	Post  *Post
	Feed  []FeedItem
	Event domain.Event
}

// Compose makes the post, without saving it: words are its Markdown, once its
// id is known. Errors: Unauthenticated, Forbidden unless the viewer may publish
// in the community, also if it moved away, Invalid.
func (s *Service) Compose(ctx context.Context, v policy.Viewer, c *Community, lang domain.Lang, words func(domain.ID) string) (News, error) {
	if err := policy.Allow(v, policy.Publish, c); err != nil {
		return News{}, err
	}
	if err := s.here(ctx, c.ID); err != nil {
		return News{}, err
	}
	id := s.mint.ID()
	p, err := s.write(ctx, id, Draft{Content: words(id), Language: lang}, c)
	if err != nil {
		return News{}, err
	}
	p.Author = c.ID
	return News{Post: p, Feed: []FeedItem{s.item(p.Author, Created, p)}, Event: s.wrote(PostCreated, v.Actor, p)}, nil
}
