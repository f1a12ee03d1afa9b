package community

import (
	"regexp"
	"slices"
	"time"

	"interlink/domain"
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

// CheckName judges a handle: [a-z0-9_]{1,30}. Errors: Invalid on "name".
func CheckName(name string) error {
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
