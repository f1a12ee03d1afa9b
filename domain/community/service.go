package community

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"interlink/domain"
	"interlink/domain/markup"
	"interlink/domain/network"
	"interlink/domain/picture"
	"interlink/domain/policy"
)

// Service is what people and peers do in communities.
type Service struct {
	store         Store
	actors        Actors
	organizations Organizations
	mint          *domain.Mint
	ns            domain.Namespace
	find          Find // nil: nobody is asked
	screen        Screen
	phrase        Phrase         // nil: communities say nothing by themselves
	reporter      domain.ActorID // of what filters tell
	held          struct {
		sync.Mutex
		set  Holding
		read time.Time
	}
}

// Organizations answers what the policy must know of an organisation. Errors:
// NotFound.
type Organizations func(ctx context.Context, id domain.ActorID) (policy.Facts, error)

// NewService makes the service.
func NewService(store Store, actors Actors, organizations Organizations, mint *domain.Mint, ns domain.Namespace) *Service {
	return &Service{store: store, actors: actors, organizations: organizations, mint: mint, ns: ns}
}

// inName asks whether the viewer may act for an organisation.
func (s *Service) inName(ctx context.Context, v policy.Viewer, id domain.ActorID) error {
	if id == domain.Nobody {
		return nil
	}
	o, err := s.organizations(ctx, id)
	if domain.CodeOf(err) == domain.NotFound {
		return domain.InvalidField("organization", "error.unknown_name")
	}
	if err != nil {
		return err
	}
	return policy.Allow(v, policy.Contribute, o)
}

// Create makes a community; the viewer becomes its administrator, and follows
// it. Errors:
// Unauthenticated, Forbidden (also for an organisation for which the viewer
// may not act), Invalid, Conflict for a taken name.
func (s *Service) Create(ctx context.Context, v policy.Viewer, name string, d Details) (*Community, error) {
	return s.CreateFor(ctx, v, name, d, v.Actor)
}

// CreateFor makes a community for somebody else, as the operator may. Errors:
// as [Service.Create].
func (s *Service) CreateFor(ctx context.Context, v policy.Viewer, name string, d Details, owner domain.ActorID) (*Community, error) {
	c, actor, err := s.Draft(ctx, v, name, d, owner)
	if err != nil {
		return nil, err
	}
	founder, followed := network.Founded(s.mint, s.ns, owner, actor)
	if err := s.store.CreateCommunity(ctx, c, actor, founder, domain.Change{Events: []domain.Event{s.named(CommunityCreated, v.Actor, c), followed}}); err != nil {
		return nil, err
	}
	c.SetFollower(owner)
	c.Followers = 1
	return c, s.introduce(ctx, c)
}

// Draft makes a community that is nowhere yet, with its actor. Errors: as of
// [Service.Create], without Conflict.
func (s *Service) Draft(ctx context.Context, v policy.Viewer, name string, d Details, owner domain.ActorID) (*Community, *network.Actor, error) {
	problems := d.check()
	if err := CheckName(name); err != nil {
		problems = append(problems, domain.FieldsOf(err)...)
	}
	if err := policy.Allow(v, policy.Create, &Community{}); err != nil {
		return nil, nil, err
	}
	if err := problems.Err(); err != nil {
		return nil, nil, err
	}
	if err := s.inName(ctx, v, d.Organization); err != nil {
		return nil, nil, err
	}
	actor := network.NewLocal(s.mint, s.ns, network.TypeGroup, network.SubjectCommunity, name, "communities", name)
	c := &Community{
		ID: actor.ID, Serial: actor.Serial, IRI: actor.IRI, Name: name, Administrators: []domain.ActorID{owner},
		CreatedAt: actor.CreatedAt,
	}
	c.apply(d, s.mint)
	title, _ := c.Title.In(c.Language)
	summary, _ := c.Summary.In(c.Language)
	actor.Title, actor.Summary, actor.ManuallyApproves = title, markup.Excerpt(markup.Markdown(summary), 500), d.Approves
	return c, actor, nil
}

func (c *Community) apply(d Details, m *domain.Mint) {
	c.Title, c.Summary, c.Rules, c.Language = d.Title, d.Summary, d.Rules, d.Language
	c.Organization, c.Restricted, c.Approves, c.UpdatedAt = d.Organization, d.Restricted, d.Approves, m.Now()
	c.Holds, c.OpenLog, c.Cadence = d.Holds, d.OpenLog, d.Cadence
}

// Edit changes a community. revision is the one the viewer saw. Errors:
// NotFound, Forbidden, Invalid, Conflict.
func (s *Service) Edit(ctx context.Context, v policy.Viewer, name string, revision int64, d Details) (*Community, error) {
	c, err := s.Community(ctx, v, name)
	if err != nil {
		return nil, err
	}
	if err := policy.Allow(v, policy.Edit, c); err != nil {
		return nil, err
	}
	if revision != c.Revision {
		return nil, domain.Fail(domain.Conflict, "error.conflict")
	}
	was := c.Organization
	if d.Organization != was {
		if err := s.inName(ctx, v, d.Organization); err != nil {
			return nil, err
		}
	}
	if err := s.Redraft(c, d); err != nil {
		return nil, err
	}
	if err := s.store.SaveCommunity(ctx, c, domain.Change{Events: []domain.Event{s.renamed(v.Actor, c, was)}}); err != nil {
		return nil, err
	}
	return c, s.introduce(ctx, c)
}

// Redraft gives a community other details, which are saved nowhere yet. Errors:
// Invalid; it stays as it is then.
func (s *Service) Redraft(c *Community, d Details) error {
	if err := d.check().Err(); err != nil {
		return err
	}
	c.apply(d, s.mint)
	return nil
}

// renamed tells of a change; was is the organisation to which it belonged.
func (s *Service) renamed(by domain.ActorID, c *Community, was domain.ActorID) domain.Event {
	told := Named{Name: c.Name, Title: c.Title}
	if was != c.Organization {
		told.Was = was
	}
	return domain.NewEvent(s.mint, CommunityUpdated, by, c.Subject(), told)
}

func (s *Service) named(kind domain.EventKind, by domain.ActorID, c *Community) domain.Event {
	return domain.NewEvent(s.mint, kind, by, c.Subject(), Named{Name: c.Name, Title: c.Title})
}

// Community reads one by its name. Errors: NotFound.
func (s *Service) Community(ctx context.Context, v policy.Viewer, name string) (*Community, error) {
	return s.store.CommunityNamed(ctx, name, v.Actor)
}

// CommunityByID reads one by its actor's id. Errors: NotFound.
func (s *Service) CommunityByID(ctx context.Context, v policy.Viewer, id domain.ActorID) (*Community, error) {
	return s.store.Community(ctx, id, v.Actor)
}

// Recommended lists the communities that may be suggested to who looks for
// none, newest first.
func (s *Service) Recommended(ctx context.Context, _ policy.Viewer, page domain.Page) (domain.List[*Community], error) {
	return s.store.Recommended(ctx, page)
}

// RecommendedOf lists those of them that belong to an organisation; Nobody for
// all.
func (s *Service) RecommendedOf(ctx context.Context, _ policy.Viewer, organization domain.ActorID, page domain.Page) (domain.List[*Community], error) {
	return s.store.RecommendedOf(ctx, organization, page)
}

// Communities lists those of this node, newest first.
func (s *Service) Communities(ctx context.Context, _ policy.Viewer, text string, page domain.Page) (domain.List[*Community], error) {
	return s.store.Communities(ctx, text, page)
}

// Mine lists the communities of this node in which the viewer may write,
// newest first. Errors: Unauthenticated.
func (s *Service) Mine(ctx context.Context, v policy.Viewer, page domain.Page) (domain.List[*Community], error) {
	if v.Actor == domain.Nobody {
		return domain.List[*Community]{}, domain.Fail(domain.Unauthenticated, "error.sign_in")
	}
	return s.store.CommunitiesWith(ctx, v.Actor, page)
}

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
		feed, change, told := s.appear(ctx, p, v.Actor, c)
		if told != nil {
			return told
		}
		change.Jobs = append(change.Jobs, r.telling(p)...)
		err = s.store.SavePost(ctx, p, feed, change)
	}
	for _, k := range kept {
		_ = k.Again(ctx) // the post is published, whatever becomes of its pictures
	}
	return err
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

func (s *Service) item(actor domain.ActorID, verb Verb, p *Post) FeedItem {
	return FeedItem{Serial: s.mint.Serial(), Actor: actor, Verb: verb, Kind: ObjectPost, Object: p.ID, IRI: p.IRI, At: s.mint.Now()}
}

func (s *Service) wrote(kind domain.EventKind, by domain.ActorID, p *Post) domain.Event {
	return domain.NewEvent(s.mint, kind, by, p.Subject(), Wrote{Author: p.Author, Community: p.Community, IRI: p.IRI, Mentions: p.Mentions})
}

// AllowPost asks the policy whether the viewer may change a post: their own,
// or news of a community they administer; with [policy.Moderate], any post in
// one they moderate, copies of other nodes' too. Errors: NotFound,
// Unauthenticated, Forbidden.
func (s *Service) AllowPost(ctx context.Context, v policy.Viewer, verb policy.Verb, p *Post) error {
	denied := policy.Allow(v, verb, p)
	if denied == nil || v.Actor == domain.Nobody || p.Community == domain.Nobody {
		return denied
	}
	if verb != policy.Moderate && (p.Author != p.Community || !p.Local()) {
		return denied
	}
	c, err := s.store.Community(ctx, p.Community, v.Actor)
	if domain.CodeOf(err) == domain.NotFound {
		return denied // one of another node
	}
	if err != nil {
		return err
	}
	return policy.Allow(v, verb, c)
}

// editable reads a post that the viewer may change.
func (s *Service) editable(ctx context.Context, v policy.Viewer, id domain.ID, verb policy.Verb) (*Post, error) {
	p, err := s.PostByID(ctx, v, id)
	if err != nil {
		return nil, err
	}
	return p, s.AllowPost(ctx, v, verb, p)
}

// EditPost changes the text of a post. revision is the one the viewer saw.
// Errors: NotFound, Gone, Forbidden, Invalid, Conflict.
func (s *Service) EditPost(ctx context.Context, v policy.Viewer, id domain.ID, revision int64, content string) (*Post, error) {
	p, err := s.PostByID(ctx, v, id)
	if err == nil {
		err = s.AllowEdit(ctx, v, p)
	}
	if err != nil {
		return nil, err
	}
	if revision != p.Revision {
		return nil, domain.Fail(domain.Conflict, "error.conflict")
	}
	content = strings.TrimSpace(content)
	var problems domain.Problems
	if checkContent(&problems, content); problems.Err() != nil {
		return nil, problems.Err()
	}
	m := s.mark(ctx, content)
	p.Source, p.Content, p.Mentions, p.Tags, p.Updated = content, m.content, m.mentions, m.tags, s.mint.Now()
	if p.InReplyTo != "" {
		if parent, err := s.store.PostByIRI(ctx, p.InReplyTo, v.Actor); err == nil {
			p.mention(parent.Author)
		}
	}
	jobs, err := s.rescreened(ctx, p)
	if err != nil {
		return nil, err
	}
	return p, s.store.SavePost(ctx, p, nil, domain.Change{Events: []domain.Event{s.wrote(PostUpdated, v.Actor, p)}, Jobs: jobs})
}

// DeletePost erases a post; a tombstone stays. Who moderates gives a reason:
// see [Service.RemovePost]. Errors: NotFound, Gone, Forbidden; Invalid on
// "reason" for what somebody else wrote.
func (s *Service) DeletePost(ctx context.Context, v policy.Viewer, id domain.ID) error {
	p, err := s.editable(ctx, v, id, policy.Moderate)
	if err == nil && p.Removes(v) {
		err = domain.InvalidField("reason", "removal.reason_missing")
	}
	if err != nil {
		return err
	}
	if err := s.store.SavePost(ctx, p, nil, s.end(v, p, s.mint.Now())); err != nil || p.Author != p.Community || !p.Local() {
		return err
	}
	return s.Reintroduce(ctx, p.Community)
}

// erase leaves a tombstone.
func (p *Post) erase(m *domain.Mint) {
	p.Title, p.Content, p.Source, p.Summary, p.Images, p.Mentions, p.Tags, p.Poll = "", "", "", "", nil, nil, nil, nil
	p.DeletedAt = m.Now()
}

// PostByID reads a post. Errors: NotFound; Gone for a deleted one.
func (s *Service) PostByID(ctx context.Context, v policy.Viewer, id domain.ID) (*Post, error) {
	return visible(v)(s.store.Post(ctx, id, v.Actor))
}

// PostByIRI reads a post by its address. Errors: as [Service.PostByID].
func (s *Service) PostByIRI(ctx context.Context, v policy.Viewer, iri domain.IRI) (*Post, error) {
	return visible(v)(s.store.PostByIRI(ctx, iri, v.Actor))
}

func visible(v policy.Viewer) func(*Post, error) (*Post, error) {
	return func(p *Post, err error) (*Post, error) {
		if err != nil {
			return nil, err
		}
		if err := policy.Allow(v, policy.Read, p); err != nil {
			return nil, err
		}
		if p.Deleted() {
			return nil, domain.Fail(domain.Gone, "error.gone")
		}
		return p, nil
	}
}

// Thread is a post with what is around it.
type Thread struct {
	Ancestors []*Post // oldest first, as far as they are known
	Post      *Post
	Replies   domain.List[*Post]
}

// maxAncestors is how far up a thread is followed.
const maxAncestors = 50

// Thread reads a post, what it answers, and its replies. Errors: as
// [Service.PostByID].
func (s *Service) Thread(ctx context.Context, v policy.Viewer, id domain.ID, page domain.Page) (Thread, error) {
	p, err := s.PostByID(ctx, v, id)
	if err != nil {
		return Thread{}, err
	}
	t := Thread{Post: p}
	above, err := s.store.Ancestors(ctx, p.IRI, v.Actor, maxAncestors)
	if err != nil {
		return t, err
	}
	for _, a := range above {
		if _, err := visible(v)(a, nil); err != nil {
			break // gone, or not for v
		}
		t.Ancestors = append(t.Ancestors, a)
	}
	slices.Reverse(t.Ancestors)
	t.Replies, err = s.store.Replies(ctx, p.IRI, page)
	kept := t.Replies.Items[:0]
	for _, r := range t.Replies.Items {
		if policy.Allow(v, policy.Read, r) == nil {
			kept = append(kept, r)
		}
	}
	t.Replies.Items = kept
	return t, err
}

// Replies lists the public replies to a post, oldest first. Errors: as
// [Service.PostByID].
func (s *Service) Replies(ctx context.Context, v policy.Viewer, id domain.ID, page domain.Page) (domain.List[*Post], error) {
	p, err := s.PostByID(ctx, v, id)
	if err != nil {
		return domain.List[*Post]{}, err
	}
	return s.store.PublicReplies(ctx, p.IRI, page)
}

// Conversation lists the public posts of a thread that begins with a post of
// this node, oldest first. Errors: as [Service.PostByID]; NotFound for a post
// that does not begin one.
func (s *Service) Conversation(ctx context.Context, v policy.Viewer, id domain.ID, page domain.Page) (domain.List[*Post], error) {
	p, err := s.PostByID(ctx, v, id)
	if err == nil && (!p.Local() || p.InReplyTo != "") {
		err = domain.Fail(domain.NotFound, "error.not_found")
	}
	if err != nil {
		return domain.List[*Post]{}, err
	}
	return s.store.PublicThread(ctx, p.IRI, page)
}

// Timeline lists what an actor published and announced, newest first.
func (s *Service) Timeline(ctx context.Context, _ policy.Viewer, actor domain.ActorID, page domain.Page) (domain.List[FeedItem], error) {
	return s.store.FeedOf(ctx, actor, page)
}

// Home lists what the viewer follows, newest first. Errors: Unauthenticated.
func (s *Service) Home(ctx context.Context, v policy.Viewer, page domain.Page) (domain.List[FeedItem], error) {
	return s.HomeOf(ctx, v, HomeFilter{}, page)
}

// HomeOf is [Service.Home] narrowed. Errors: Unauthenticated, Invalid on "kind"
// and "from".
func (s *Service) HomeOf(ctx context.Context, v policy.Viewer, f HomeFilter, page domain.Page) (domain.List[FeedItem], error) {
	switch {
	case v.Actor == domain.Nobody:
		return domain.List[FeedItem]{}, domain.Fail(domain.Unauthenticated, "error.sign_in")
	case !slices.Contains(HomeKinds, f.Kind):
		return domain.List[FeedItem]{}, domain.InvalidField("kind", "home.kind_unknown")
	case !slices.Contains(AllFollowed, f.From):
		return domain.List[FeedItem]{}, domain.InvalidField("from", "home.kind_unknown")
	}
	return s.store.Home(ctx, v.Actor, f, page)
}

// Counts returns how many posts there are of this node and of others.
func (s *Service) Counts(ctx context.Context) (local, remote int, err error) {
	return s.store.Counts(ctx)
}
