package community

import (
	"context"
	"strings"

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
	p, err := s.write(ctx, id, Draft{Content: words(id), Language: lang}, c.ID)
	if err != nil {
		return News{}, err
	}
	p.Author = c.ID
	return News{Post: p, Feed: []FeedItem{s.item(p.Author, Created, p)}, Event: s.wrote(PostCreated, v.Actor, p)}, nil
}

// Recompose changes the words of such a post, without saving it: words gets
// the language in which it is written. Errors: as [Service.Compose]; NotFound,
// Gone once it was deleted.
func (s *Service) Recompose(ctx context.Context, v policy.Viewer, c *Community, id domain.ID, words func(domain.Lang) string) (News, error) {
	if err := policy.Allow(v, policy.Publish, c); err != nil {
		return News{}, err
	}
	p, err := s.PostByID(ctx, v, id)
	if err != nil {
		return News{}, err
	}
	content := strings.TrimSpace(words(p.Language))
	var problems domain.Problems
	if checkContent(&problems, content); problems.Err() != nil {
		return News{}, problems.Err()
	}
	m := s.mark(ctx, content)
	p.Source, p.Content, p.Mentions, p.Tags, p.Updated = content, m.content, m.mentions, m.tags, s.mint.Now()
	return News{Post: p, Event: s.wrote(PostUpdated, v.Actor, p)}, nil
}
