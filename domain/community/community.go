package community

import (
	"context"
	"regexp"
	"slices"
	"time"

	"interlink/domain"
	"interlink/domain/markup"
	"interlink/domain/network"
	"interlink/domain/policy"
)

// Community is a group that people follow. Its ID is the id of its actor
// (DESIGN §5: type Group, /communities/{name}).
type Community struct {
	ID             domain.ActorID
	Serial         domain.Serial
	IRI            domain.IRI
	Name           string // handle, never changed
	Title          domain.Text
	Summary        domain.Text // Markdown
	Rules          domain.Text // Markdown
	Language       domain.Lang
	Organization   domain.ActorID   // Nobody if it belongs to none
	Administrators []domain.ActorID // of this node; at least one
	Moderators     []domain.ActorID // of this node or another: see [Moderator]
	Restricted     bool             // only they and administrators begin threads (FEP-1b12, postingRestrictedToMods)
	Approves       bool             // follows wait for an answer
	Holds          bool             // the first post of who is unknown in it waits: see [Held]
	OpenLog        bool             // everybody sees what those who moderate it did
	Cadence        Cadence          // how often it tells by itself what happened
	CreatedAt      time.Time
	UpdatedAt      time.Time
	Revision       int64

	// Introduction is the post by which it introduces itself; "" while there is
	// none. introduced is the digest of the words that were made for it.
	Introduction domain.ID
	introduced   string

	Followers int // how many follow it, for lists

	// following and banned say whether an actor follows it, and is kept from
	// writing; set by the store for the viewer in question.
	following, banned map[domain.ActorID]bool
}

// SetFollower notes that an actor follows the community, for the policy.
func (c *Community) SetFollower(id domain.ActorID) {
	if c.following == nil {
		c.following = map[domain.ActorID]bool{}
	}
	c.following[id] = true
}

// SetBanned notes that an actor is kept from writing, for the policy.
func (c *Community) SetBanned(id domain.ActorID) {
	if c.banned == nil {
		c.banned = map[domain.ActorID]bool{}
	}
	c.banned[id] = true
}

// SetIntroduced notes by which words it was introduced; for the store.
func (c *Community) SetIntroduced(digest string) { c.introduced = digest }

// Introduced returns them.
func (c *Community) Introduced() string { return c.introduced }

// PolicyKind implements policy.Facts.
func (c *Community) PolicyKind() string { return "community" }

// PolicyVisibility implements policy.Facts: communities are public.
func (c *Community) PolicyVisibility() domain.Visibility { return domain.VisiblePublic }

// PolicyLocal implements policy.Facts: communities of other nodes are known
// as actors only.
func (c *Community) PolicyLocal() bool { return true }

// PolicyRelation implements policy.Facts: who follows it takes part, unless
// they are banned.
func (c *Community) PolicyRelation(id domain.ActorID) policy.Relation {
	switch {
	case slices.Contains(c.Administrators, id):
		return policy.Administrator
	case slices.Contains(c.Moderators, id):
		return policy.Moderator
	case c.following[id] && !c.banned[id]:
		return policy.Contributor
	}
	return policy.Stranger
}

// Subject names the community in events.
func (c *Community) Subject() domain.Subject {
	return domain.Subject{Kind: "community", ID: domain.ID(c.ID)}
}

// Details is what can be changed of a community.
type Details struct {
	Title        domain.Text
	Summary      domain.Text
	Rules        domain.Text
	Language     domain.Lang
	Organization domain.ActorID
	Restricted   bool
	Approves     bool
	Holds        bool
	OpenLog      bool
	Cadence      Cadence // "" means Daily
}

var nameShape = regexp.MustCompile(`^[a-z0-9_]{1,30}$`)

// checkName judges a handle: [a-z0-9_]{1,30}. Errors: Invalid on "name".
func checkName(name string) error {
	if !nameShape.MatchString(name) {
		return domain.InvalidField("name", "community.name_shape")
	}
	return nil
}

func (d *Details) check() domain.Problems {
	var p domain.Problems
	d.Title, d.Summary, d.Rules = d.Title.Clean(), d.Summary.Clean(), d.Rules.Clean()
	if d.Title.Empty() {
		p.Add("title", "community.title_missing")
	}
	if d.Title.Longest() > 200 {
		p.Add("title", "error.too_long", 200)
	}
	if d.Summary.Longest() > 5000 {
		p.Add("summary", "error.too_long", 5000)
	}
	if d.Rules.Longest() > 10_000 {
		p.Add("rules", "error.too_long", 10_000)
	}
	if d.Language == "" {
		d.Language = "en"
	}
	if _, err := domain.ParseLang(string(d.Language)); err != nil {
		p.Add("language", "error.language", string(d.Language))
	}
	if d.Cadence == "" {
		d.Cadence = Daily
	}
	if !slices.Contains(Cadences, d.Cadence) {
		p.Add("cadence", "community.cadence_unknown")
	}
	return p
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
	if err := checkName(name); err != nil {
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
