package community

import (
	"context"
	"slices"
	"strings"
	"time"

	"interlink/domain"
	"interlink/domain/markup"
	"interlink/domain/network"
	"interlink/domain/policy"
)

// Find finds an actor by "@name@host" at its own server, for a mention of
// somebody who is not known here.
type Find func(ctx context.Context, handle string) (*network.Actor, error)

// FindBy sets how mentions of strangers are found; without it they stay plain
// text. It is called before the service is used.
func (s *Service) FindBy(find Find) { s.find = find }

// The bounds of what a post of this node marks.
const (
	maxMarkedMentions = 20
	maxTags           = 20
	findFor           = 5 * time.Second // for all whose server must be asked
)

// marked is the text of a post with what its marks mean.
type marked struct {
	content  string // HTML
	mentions []domain.ActorID
	tags     []string // in small letters
}

// mark renders a post's Markdown: "@name" and "@name@host" become links to
// actors, "#word" to the posts with that word.
func (s *Service) mark(ctx context.Context, source string) marked {
	var handles []string
	markup.MarkdownWith(source, markup.Marks{Mention: func(handle string) (string, bool) {
		if len(handles) < maxMarkedMentions && !slices.Contains(handles, handle) {
			handles = append(handles, handle)
		}
		return "", false
	}})
	m := marked{tags: []string{}}
	found := map[string]*network.Actor{}
	asking, stop := context.WithTimeout(ctx, findFor)
	defer stop()
	for _, handle := range handles {
		if a, err := s.mentioned(asking, handle); err == nil {
			found[handle] = a
			if !slices.Contains(m.mentions, a.ID) {
				m.mentions = append(m.mentions, a.ID)
			}
		}
	}
	m.content = markup.MarkdownWith(source, markup.Marks{
		Mention: func(handle string) (string, bool) {
			a := found[handle]
			if a == nil {
				return "", false
			}
			return string(a.URL), true
		},
		Hashtag: func(word string) (string, bool) {
			tag := strings.ToLower(word)
			if !slices.Contains(m.tags, tag) {
				if len(m.tags) >= maxTags {
					return "", false
				}
				m.tags = append(m.tags, tag)
			}
			return string(s.ns.IRI("tags", tag)), true
		},
	})
	return m
}

// mentioned finds who is meant by "name" or "name@host". Errors: NotFound for
// those that not everybody may know of.
func (s *Service) mentioned(ctx context.Context, handle string) (*network.Actor, error) {
	name, host, _ := strings.Cut(handle, "@")
	if s.ns.Here(host) {
		host = ""
	}
	a, err := s.actors.ActorByHandle(ctx, strings.ToLower(name), host)
	if domain.CodeOf(err) == domain.NotFound && host != "" && s.find != nil {
		a, err = s.find(ctx, "@"+handle)
	}
	if err != nil {
		return nil, err
	}
	if a.Gone() || a.Visibility != domain.VisiblePublic {
		return nil, domain.Fail(domain.NotFound, "error.not_found")
	}
	return a, nil
}

// Tagged lists the public posts with a hashtag, newest first, of authors who
// agree to be found (FEP-5feb).
func (s *Service) Tagged(ctx context.Context, _ policy.Viewer, tag string, page domain.Page) (domain.List[*Post], error) {
	return s.store.Tagged(ctx, strings.ToLower(tag), page)
}

// Tags returns the hashtags of Markdown, as they are written.
func Tags(source string) []string {
	var tags []string
	markup.MarkdownWith(source, markup.Marks{Hashtag: func(word string) (string, bool) {
		same := func(t string) bool { return strings.EqualFold(t, word) }
		if len(tags) < maxTags && !slices.ContainsFunc(tags, same) {
			tags = append(tags, word)
		}
		return "", false
	}})
	return tags
}

// TagCount is a hashtag with how many posts have it.
type TagCount struct {
	Tag   string
	Posts int
}

// TagsLike lists hashtags in use that begin with some letters, those of most
// posts first. Errors: Unauthenticated.
func (s *Service) TagsLike(ctx context.Context, v policy.Viewer, begin string, most int) ([]TagCount, error) {
	if v.Actor == domain.Nobody {
		return nil, domain.Fail(domain.Unauthenticated, "error.sign_in")
	}
	begin = strings.ToLower(strings.TrimSpace(begin))
	if begin == "" || len(begin) > maxTag {
		return nil, nil
	}
	return s.store.TagsLike(ctx, begin, most)
}
