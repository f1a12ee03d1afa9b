package community

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/domain/picture"
	"interlink/domain/policy"
)

// Draft is what a person writes.
type Draft struct {
	Content   string // Markdown
	Language  domain.Lang
	InReplyTo domain.ID  // "" for a top-level post
	Pictures  []Picture  // at most 4
	Poll      *PollDraft // nil for most; of top-level posts alone
	Warning   string     // shown before the post, which readers open then; "" for none
}

// Picture is one that a post shows.
type Picture struct {
	Alt   string // what it shows, in words, for those who do not see it
	Focus Focus
	// Keep stores it, once all else about the post is right. Errors: Invalid
	// or TooLarge on "file".
	Keep func(ctx context.Context) (picture.Kept, error)
}

// The bounds of the pictures of a post: what Mastodon shows of one.
const (
	maxPictures = 4
	maxAlt      = 1500 // letters
	maxWarning  = 200  // letters
)

// Post publishes in a community: an administrator's top-level post is news by
// the community itself; a member's is their own, announced by the community;
// a reply is its writer's. Errors: NotFound, Unauthenticated, Forbidden
// unless the viewer follows, moderates or administers it, also if one of them
// moved away, if the thread is closed, or if only those who run it begin
// threads; Invalid.
func (s *Service) Post(ctx context.Context, v policy.Viewer, name string, d Draft) (*Post, error) {
	c, err := s.Community(ctx, v, name)
	if err != nil {
		return nil, err
	}
	if err := c.admits(v); err != nil {
		return nil, err
	}
	if d.Language == "" {
		d.Language = c.Language
	}
	p, err := s.write(ctx, s.mint.ID(), d, c.ID)
	if err != nil {
		return nil, err
	}
	if d.InReplyTo != "" {
		parent, err := s.PostByID(ctx, v, d.InReplyTo)
		if err != nil {
			return nil, err
		}
		if err := s.open(ctx, v, parent); err != nil {
			return nil, err
		}
		p.answer(parent, v.Actor)
	} else if p.Author, err = c.author(v); err != nil {
		return nil, err
	}
	if err := s.here(ctx, c.ID, p.Author); err != nil {
		return nil, err
	}
	return p, s.submit(ctx, v, p, c, d.Pictures)
}

// submit publishes what somebody here wrote, unless it has to wait or is not
// taken. c is the community of this node that it is in, nil for none. Errors:
// Forbidden for what a filter turns down.
func (s *Service) submit(ctx context.Context, v policy.Viewer, p *Post, c *Community, pictures []Picture) error {
	a := arrival{group: c, mentions: len(p.Mentions), pictures: pictures}
	r, err := s.judge(ctx, p, a)
	if err != nil {
		return err
	}
	if r.Action == Reject {
		return domain.Fail(domain.Forbidden, "community.filtered")
	}
	kept, err := p.show(ctx, pictures)
	if err != nil {
		return err
	}
	switch r.Action {
	case Hold:
		p.Waits = true
		err = s.hold(ctx, p, a, r)
	case Limit:
		p.Visibility = Unlisted
		fallthrough
	default:
		err = s.publish(ctx, v, p, c, r)
	}
	for _, k := range kept {
		_ = k.Again(ctx) // the post is published, whatever becomes of its pictures
	}
	return err
}

// publish makes a post of what was written, or asks before the author of what
// it answers, if they want that.
func (s *Service) publish(ctx context.Context, v policy.Viewer, p *Post, c *Community, r Ruling) error {
	above, err := s.asking(ctx, p)
	if err != nil {
		return err
	}
	if above != nil {
		p.Waits, p.Asks = true, true
		return s.ask(ctx, p, above, c, nil)
	}
	feed, change, err := s.appear(ctx, p, v.Actor, c)
	if err != nil {
		return err
	}
	change.Jobs = append(change.Jobs, r.telling(p)...)
	return s.store.SavePost(ctx, p, feed, change)
}

// appear is how a post of this node comes before people: in its author's feed,
// before those it names, and, where it begins a thread in a community, in
// that. A limited one, which is not public, stands in its author's alone.
func (s *Service) appear(ctx context.Context, p *Post, by domain.ActorID, c *Community) ([]FeedItem, domain.Change, error) {
	feed := []FeedItem{s.item(p.Author, Created, p)}
	told := s.wrote(PostCreated, by, p)
	if p.Visibility != Public {
		told.Payload = domain.NewEvent(s.mint, PostCreated, by, p.Subject(), Wrote{Author: p.Author, Community: p.Community, IRI: p.IRI, Limited: true}).Payload
		return feed, domain.Change{Events: []domain.Event{told}, Jobs: ending(p)}, nil
	}
	feed = append(feed, s.mentions(ctx, p)...)
	change := domain.Change{Events: []domain.Event{told}, Jobs: ending(p)}
	if c != nil && p.Author != c.ID && p.InReplyTo == "" {
		feed = append(feed, s.item(c.ID, Announced, p))
		change.Events = append(change.Events, s.wrote(PostAnnounced, c.ID, p))
	}
	if c == nil {
		return feed, change, nil
	}
	return feed, change, s.relay(ctx, c.ID, p, &feed, &change)
}

// PictureField is the name by which problems of the i-th picture, from 0, are
// told: "alt", "alt_2", "alt_3" and so on.
func PictureField(name string, i int) string {
	if i == 0 {
		return name
	}
	return name + "_" + strconv.Itoa(i+1)
}

// show keeps pictures and attaches them.
func (p *Post) show(ctx context.Context, pictures []Picture) (kept []picture.Kept, err error) {
	for i, x := range pictures {
		k, err := x.Keep(ctx)
		if fields := domain.FieldsOf(err); len(fields) == 1 && fields[0].Field == "file" {
			named := *fields[0]
			named.Field = PictureField("file", i)
			err = &named
		}
		if err != nil {
			return nil, err
		}
		p.Images = append(p.Images, Attachment{
			URL: k.IRI, MediaType: k.Type, Name: strings.TrimSpace(x.Alt), Width: k.Width, Height: k.Height,
			Focus: x.Focus, Blurhash: k.Blurhash,
		})
		kept = append(kept, k)
	}
	return kept, nil
}

// here refuses to publish as, or with, an actor that moved away. Errors:
// Forbidden.
func (s *Service) here(ctx context.Context, actors ...domain.ActorID) error {
	for _, id := range actors {
		a, err := s.actors.Actor(ctx, id)
		if err != nil {
			return err
		}
		if a.MovedTo != "" {
			return domain.Fail(domain.Forbidden, "move.away", string(a.MovedTo))
		}
	}
	return nil
}

// maxPost is how long a post may be, in bytes of Markdown.
const maxPost = 20_000

func (s *Service) write(ctx context.Context, id domain.ID, d Draft, group domain.ActorID) (*Post, error) {
	d.Content, d.Warning = strings.TrimSpace(d.Content), strings.Join(strings.Fields(d.Warning), " ")
	var problems domain.Problems
	if utf8.RuneCountInString(d.Warning) > maxWarning {
		problems.Add("warning", "error.too_long", maxWarning)
	}
	checkContent(&problems, d.Content)
	checkPictures(&problems, d.Pictures)
	poll := d.Poll.poll(&problems, s.mint.Now())
	if poll != nil && d.InReplyTo != "" {
		problems.Add("options", "poll.answer")
	}
	if _, err := domain.ParseLang(string(d.Language)); err != nil {
		problems.Add("language", "error.language", string(d.Language))
	}
	if err := problems.Err(); err != nil {
		return nil, err
	}
	m := s.mark(ctx, d.Content)
	iri := s.ns.IRI("posts", string(id))
	p := &Post{
		ID: id, Serial: s.mint.Serial(), IRI: iri, Type: "Note", Community: group, Context: iri + "/context",
		Content: m.content, Source: d.Content, Language: d.Language, URL: iri,
		Visibility: Public, Mentions: m.mentions, Tags: m.tags, Published: s.mint.Now(),
		Poll: poll, Summary: d.Warning, Sensitive: d.Warning != "",
	}
	if poll != nil {
		p.Type = "Question"
	}
	return p, nil
}

// mention adds an actor to those the post names.
func (p *Post) mention(id domain.ActorID) {
	if !slices.Contains(p.Mentions, id) {
		p.Mentions = append(p.Mentions, id)
	}
}

// mentions puts a post before the people of this node that it names, even if
// they do not follow its author.
func (s *Service) mentions(ctx context.Context, p *Post) []FeedItem {
	var items []FeedItem
	for _, id := range p.Mentions {
		if a, err := s.actors.Actor(ctx, id); err == nil && a.Local() && a.Subject == network.SubjectPerson && id != p.Author {
			items = append(items, s.item(id, Mentioned, p))
		}
	}
	return items
}

func checkContent(p *domain.Problems, content string) {
	if content == "" {
		p.Add("content", "community.post_empty")
	}
	if len(content) > maxPost {
		p.Add("content", "error.too_long", maxPost)
	}
}

func checkPictures(p *domain.Problems, all []Picture) {
	if len(all) > maxPictures {
		p.Add("file", "community.too_many_pictures", maxPictures)
	}
	for i, x := range all {
		switch alt := strings.TrimSpace(x.Alt); {
		case alt == "":
			p.Add(PictureField("alt", i), "community.alt_missing")
		case utf8.RuneCountInString(alt) > maxAlt:
			p.Add(PictureField("alt", i), "error.too_long", maxAlt)
		}
		checkFocus(p, i, x.Focus)
	}
}
