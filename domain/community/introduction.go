package community

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"interlink/domain"
	"interlink/domain/policy"
)

// Introductions is the part of [Store] about the posts by which communities
// introduce themselves.
type Introductions interface {
	// Introduce saves such a post, in no feed, and notes that the community has
	// it, with the digest of its words, where it is still the one that c names;
	// a new one is pinned unless serial is 0. Errors: Conflict.
	Introduce(ctx context.Context, c *Community, p *Post, digest string, serial domain.Serial, change domain.Change) error
	// Unintroduced lists communities by serial, after one.
	Unintroduced(ctx context.Context, after domain.Serial, most int) ([]*Community, error)
}

// introduce sees that a community has a pinned post that says what it is and
// how to take part, made of its description. Whoever is new finds it; nobody is
// told of it. It follows the description until somebody writes other words in
// it; deleted, it comes back once nothing else is pinned. It may run again.
func (s *Service) introduce(ctx context.Context, c *Community) error {
	if s.phrase == nil {
		return nil
	}
	content := s.introduction(c)
	digest := digestOf(content.source())
	pinned, err := s.store.Pinned(ctx, c.ID)
	if err != nil {
		return err
	}
	if c.Introduction != "" {
		p, err := s.store.Post(ctx, c.Introduction, domain.Nobody)
		switch {
		case err != nil && domain.CodeOf(err) != domain.NotFound:
			return err
		case err == nil && !p.Deleted():
			return s.reintroduce(ctx, c, p, content, digest, len(pinned) == 0)
		case len(pinned) > 0:
			return nil // those who run it chose other posts
		}
	}
	p, err := s.unasked(ctx, c.Speaker(), content)
	if err != nil {
		return err
	}
	p.Published = c.CreatedAt // old, for servers that show what is new
	var serial domain.Serial
	if len(pinned) < maxPins {
		serial = s.mint.Serial()
	}
	return once(s.store.Introduce(ctx, c, p, digest, serial, domain.Change{}))
}

// reintroduce brings the words up to date, unless somebody wrote others, and
// pins the post where nothing else is.
func (s *Service) reintroduce(ctx context.Context, c *Community, p *Post, content inLanguages, digest string, bare bool) error {
	if bare {
		if err := once(s.store.Pin(ctx, c.ID, p.ID, s.mint.Serial(), domain.Change{Events: []domain.Event{s.wrote(PostPinned, domain.Nobody, p)}})); err != nil {
			return err
		}
	}
	if digest == c.introduced || digestOf(p.Source) != c.introduced {
		return nil
	}
	p.Source, p.Content, p.Language, p.Updated = content.source(), s.spoken(ctx, content), c.Language, s.mint.Now()
	return once(s.store.Introduce(ctx, c, p, digest, 0, domain.Change{Events: []domain.Event{s.wrote(PostUpdated, domain.Nobody, p)}}))
}

// introduction are the words of it: what the community is, in each of its
// languages, how to take part, and once where it is.
func (s *Service) introduction(c *Community) inLanguages {
	parts := s.inEach(c.Speaker(), func(lang domain.Lang) string {
		title, _ := c.Title.In(lang)
		handle := "`@" + c.Name + "@" + s.ns.HandleHost() + "`"
		parts := []string{"**" + plainly(title) + "**"}
		if about := c.About(lang, s.phrase(lang, "page.community.rules"), 2000); about != "" {
			parts = append(parts, about)
		}
		how := "community.introduction"
		switch {
		case c.Restricted:
			how = "community.introduction_restricted"
		case c.Approves:
			how = "community.introduction_approves"
		}
		return strings.Join(append(parts, s.phrase(lang, how, handle)), "\n\n")
	})
	return inLanguages{parts: parts, below: "<" + string(c.IRI) + ">"}
}

// About is what a community says of itself in a language, with its rules under a
// heading, each of at most so many bytes: so servers have it that know one text
// of a group, such as Mbin and Lemmy.
func (c *Community) About(lang domain.Lang, heading string, most int) string {
	summary, _ := c.Summary.In(lang)
	rules, _ := c.Rules.In(lang)
	parts := []string{clipped(summary, most), "### " + heading, clipped(rules, most)}
	switch {
	case parts[2] == "":
		parts = parts[:1]
	case parts[0] == "":
		parts = parts[1:]
	}
	return strings.Join(parts, "\n\n")
}

// clipped cuts Markdown at the end of a paragraph, if it is long.
func clipped(text string, most int) string {
	text = strings.TrimSpace(text)
	if len(text) <= most {
		return text
	}
	text = cut(text, most)
	if end := strings.LastIndex(text, "\n\n"); end > 0 {
		text = text[:end]
	}
	return text + " …"
}

func digestOf(content string) string {
	sum := sha256.Sum256([]byte(content))
	return hex.EncodeToString(sum[:16])
}

// Introduce sees that all communities of the node have a post by which they
// introduce themselves; it may be stopped anywhere and run again.
func (s *Service) Introduce(ctx context.Context) error {
	var after domain.Serial
	for {
		all, err := s.store.Unintroduced(ctx, after, 100)
		if err != nil || len(all) == 0 {
			return err
		}
		for _, c := range all {
			after = c.Serial
			if s.here(ctx, c.ID) != nil {
				continue
			}
			if err := s.introduce(ctx, c); err != nil {
				return err
			}
		}
	}
}

// Introduces reports whether a post is the one by which a community introduces
// itself, in the words that were made for it.
func (c *Community) Introduces(p *Post) bool {
	return p.ID == c.Introduction && digestOf(p.Source) == c.introduced
}

// Reintroduce sees to the introduction after something else changed. Errors:
// NotFound.
func (s *Service) Reintroduce(ctx context.Context, id domain.ActorID) error {
	c, err := s.CommunityByID(ctx, policy.Viewer{}, id)
	if err != nil {
		return err
	}
	return s.introduce(ctx, c)
}
