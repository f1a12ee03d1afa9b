package storage

import (
	"context"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/network"
)

// Communities keeps communities, posts and feeds.
type Communities struct {
	db                                 *DB
	postByID, postByIRI, above         *statement
	followsActor, followedHere, atHome *statement
	deleted, bannedFrom                *statement
	addPost, addFeed                   *inserter
}

// uncounted reads the likes of a post, not its answers.
const uncounted = likesOf + ", 0 AS answers"

// NewCommunities makes the store.
func NewCommunities(db *DB) *Communities {
	post, of := "SELECT "+db.columns((*postRow)(nil), "p.")+", ", " FROM posts AS p WHERE p.host NOT IN "+blockedHosts+" AND "
	return &Communities{
		db:           db,
		postByID:     db.statement(post + db.countsOf() + of + "p.id = ?"),
		postByIRI:    db.statement(post + uncounted + of + "p.iri = ?"),
		above:        db.statement(post + uncounted + aboveOf),
		followsActor: db.statement("SELECT 1 FROM follows WHERE follower_id = ? AND followed_id = ? AND state = 'accepted'"),
		followedHere: db.statement(`SELECT 1 FROM follows AS f JOIN actors AS a ON a.id = f.follower_id
			WHERE f.followed_id = ? AND f.state = 'accepted' AND a.host = '' LIMIT 1`),
		atHome:     db.statement("SELECT 1 FROM actors WHERE iri = ? AND host = '' AND gone_at IS NULL"),
		deleted:    db.statement("SELECT 1 FROM (SELECT iri FROM deletions UNION ALL SELECT iri FROM held_posts) AS d WHERE d.iri = ?"),
		bannedFrom: db.statement("SELECT 1 FROM community_bans WHERE community_id = ? AND actor_id = ?"),
		addPost:    db.inserter((*postRow)(nil), ""),
		addFeed:    feedInserter(db),
	}
}

var _ community.Store = (*Communities)(nil)

type communityRow struct {
	bun.BaseModel `bun:"table:communities,alias:c"`

	ID             string `bun:",pk"`
	Serial         int64
	IRI            string
	Name           string
	Title          domain.Text
	Summary        domain.Text
	Rules          domain.Text
	Language       string
	OrganizationID string
	Administrators []domain.ActorID
	Moderators     []domain.ActorID
	Restricted     bool
	Approves       bool
	Holds          bool
	OpenLog        bool
	Cadence        string
	IntroductionID string
	Introduced     string
	Search         string
	CreatedAt      Stamp
	UpdatedAt      Stamp
	Revision       int64

	Followers int `bun:",scanonly"`
}

func communityRowOf(c *community.Community) *communityRow {
	return &communityRow{
		ID: string(c.ID), Serial: int64(c.Serial), IRI: string(c.IRI), Name: c.Name, Title: c.Title, Summary: c.Summary,
		Rules: c.Rules, Language: string(c.Language), OrganizationID: string(c.Organization), Administrators: listed(c.Administrators), Moderators: listed(c.Moderators), Restricted: c.Restricted,
		Approves: c.Approves, Holds: c.Holds, OpenLog: c.OpenLog, Cadence: string(c.Cadence), IntroductionID: string(c.Introduction), Introduced: c.Introduced(), Search: searchable(c.Name, c.Title, c.Summary),
		CreatedAt: Stamp(c.CreatedAt), UpdatedAt: Stamp(c.UpdatedAt), Revision: c.Revision,
	}
}

func (r *communityRow) community() *community.Community {
	c := &community.Community{
		ID: domain.ActorID(r.ID), Serial: domain.Serial(r.Serial), IRI: domain.IRI(r.IRI), Name: r.Name, Title: r.Title,
		Summary: r.Summary, Rules: r.Rules, Language: domain.Lang(r.Language), Organization: domain.ActorID(r.OrganizationID),
		Administrators: r.Administrators, Moderators: r.Moderators, Restricted: r.Restricted,
		Approves: r.Approves, Holds: r.Holds, OpenLog: r.OpenLog, CreatedAt: r.CreatedAt.Time(), UpdatedAt: r.UpdatedAt.Time(), Revision: r.Revision,
		Followers: r.Followers, Cadence: community.Cadence(r.Cadence), Introduction: domain.ID(r.IntroductionID),
	}
	c.SetIntroduced(r.Introduced)
	return c
}

// listed is a list that is stored as such, even if it is empty.
func listed(ids []domain.ActorID) []domain.ActorID { return append([]domain.ActorID{}, ids...) }

const followersOf = "(SELECT COUNT(*) FROM follows AS f WHERE f.followed_id = c.id AND f.state = 'accepted') AS followers"

// Community implements community.Store.
func (s *Communities) Community(ctx context.Context, id, v domain.ActorID) (*community.Community, error) {
	return s.community(ctx, v, "c.id = ?", string(id))
}

// CommunityNamed implements community.Store.
func (s *Communities) CommunityNamed(ctx context.Context, name string, v domain.ActorID) (*community.Community, error) {
	return s.community(ctx, v, "c.name = ?", name)
}

func (s *Communities) community(ctx context.Context, v domain.ActorID, where, arg string) (*community.Community, error) {
	row := new(communityRow)
	err := s.db.read.NewSelect().Model(row).ColumnExpr("c.*").ColumnExpr(followersOf).Where(where, arg).Scan(ctx)
	if err != nil {
		return nil, translate(err)
	}
	c := row.community()
	follows, err := s.follows(ctx, v, c.ID)
	if err != nil || v == domain.Nobody {
		return c, err
	}
	if follows {
		c.SetFollower(v)
	}
	banned, err := s.bannedFrom.exists(ctx, string(c.ID), string(v))
	if banned {
		c.SetBanned(v)
	}
	return c, translate(err)
}

// follows reports whether a reader follows an actor.
func (s *Communities) follows(ctx context.Context, follower, followed domain.ActorID) (bool, error) {
	if follower == domain.Nobody {
		return false, nil
	}
	found, err := s.followsActor.exists(ctx, string(follower), string(followed))
	return found, translate(err)
}

// Communities implements community.Store.
func (s *Communities) Communities(ctx context.Context, text string, p domain.Page) (domain.List[*community.Community], error) {
	var rows []*communityRow
	q := matching(s.db.read.NewSelect().Model(&rows).ColumnExpr("c.*").ColumnExpr(followersOf), text)
	return bySerial(ctx, q, &rows, true, p, func(r *communityRow) int64 { return r.Serial }, (*communityRow).community)
}

// Recommended implements community.Store.
func (s *Communities) Recommended(ctx context.Context, p domain.Page) (domain.List[*community.Community], error) {
	return s.RecommendedOf(ctx, domain.Nobody, p)
}

// RecommendedOf implements community.Store.
func (s *Communities) RecommendedOf(ctx context.Context, organization domain.ActorID, p domain.Page) (domain.List[*community.Community], error) {
	var rows []*communityRow
	q := s.db.read.NewSelect().Model(&rows).ColumnExpr("c.*").ColumnExpr(followersOf).Where("c.id IN (SELECT id FROM actors WHERE discoverable AND gone_at IS NULL)")
	if organization != domain.Nobody {
		q = q.Where("c.organization_id = ?", string(organization))
	}
	return bySerial(ctx, q, &rows, true, p, func(r *communityRow) int64 { return r.Serial }, (*communityRow).community)
}

// CommunitiesWith implements community.Store.
func (s *Communities) CommunitiesWith(ctx context.Context, actor domain.ActorID, p domain.Page) (domain.List[*community.Community], error) {
	var rows []*communityRow
	q := s.db.read.NewSelect().Model(&rows).ColumnExpr("c.*").ColumnExpr(followersOf).
		Where("(c.administrators LIKE ?0 OR c.moderators LIKE ?0 OR c.id IN (SELECT followed_id FROM follows WHERE follower_id = ?1 AND state = 'accepted'))",
			`%"`+string(actor)+`"%`, string(actor)).
		Where("c.id NOT IN (SELECT community_id FROM community_bans WHERE actor_id = ?)", string(actor))
	return bySerial(ctx, q, &rows, true, p, func(r *communityRow) int64 { return r.Serial }, (*communityRow).community)
}

// CreateCommunity implements community.Store.
func (s *Communities) CreateCommunity(ctx context.Context, c *community.Community, actor *network.Actor, founder *network.Follow, change domain.Change) error {
	row := communityRowOf(c)
	row.Revision = 1
	actor.Titles = c.Title
	err := s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		if err := insertActor(ctx, tx, actor); err != nil {
			return err
		}
		if _, err := tx.NewInsert().Model(row).Exec(ctx); err != nil {
			return err
		}
		_, err := tx.NewInsert().Model(followRowOf(founder)).Exec(ctx)
		return err
	})
	if err == nil {
		c.Revision = 1
	}
	return err
}

// SaveCommunity implements community.Store.
func (s *Communities) SaveCommunity(ctx context.Context, c *community.Community, change domain.Change) error {
	err := s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error { return saveCommunity(ctx, tx, c) })
	if err == nil {
		c.Revision++
	}
	return err
}

func saveCommunity(ctx context.Context, tx bun.Tx, c *community.Community) error {
	row := communityRowOf(c)
	row.Revision++
	if err := changedOne(tx.NewUpdate().Model(row).ExcludeColumn("introduction_id", "introduced").WherePK().Where("revision = ?", c.Revision).Exec(ctx)); err != nil {
		return err
	}
	if _, err := tx.NewUpdate().Model((*actorRow)(nil)).Set("manually_approves = ?", c.Approves).Where("id = ?", row.ID).Exec(ctx); err != nil {
		return err
	}
	return updateActor(ctx, tx, c.ID, c.Title, textIn(c.Title, c.Language), textIn(c.Summary, c.Language), domain.VisiblePublic, c.UpdatedAt)
}
