package storage

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/network"
)

// Processes keeps coproduction processes with their trees and resources.
type Processes struct{ db *DB }

// NewProcesses makes the store.
func NewProcesses(db *DB) *Processes { return &Processes{db} }

var _ coproduction.Store = (*Processes)(nil)

// processRow is one process.
type processRow struct {
	bun.BaseModel `bun:"table:processes,alias:p"`

	ID             string `bun:",pk"`
	Serial         int64
	IRI            string
	Name           string
	Title          domain.Text
	Summary        domain.Text
	Aim            domain.Text
	Challenges     domain.Text
	Language       string
	Governance     string
	Country        string
	OrganizationID string `bun:",nullzero"`
	TeamID         string `bun:",nullzero"`
	CommunityID    string `bun:",nullzero"`
	Visibility     string
	SchemaIRI      string
	Status         string
	Tasks          int64
	Finished       int64
	Rewards        bool
	Leaderboard    bool
	TellsReuse     bool
	OriginIRI      string
	OriginOwner    string
	OriginTitle    domain.Text
	OriginHost     string
	OriginVersion  string
	OriginDigest   string
	OriginAt       Stamp
	OriginAnswer   string
	OriginProof    string
	OriginStamp    string
	OriginFormerly string // address of what OriginBefore is
	OriginBefore   string // JSON; "" for none
	OriginMovedAt  Stamp
	Search         string
	CreatedAt      Stamp
	UpdatedAt      Stamp
	Revision       int64
}

func processRowOf(p *coproduction.Process) *processRow {
	row := &processRow{
		ID: string(p.ID), Serial: int64(p.Serial), IRI: string(p.IRI), Name: p.Name, Title: p.Title, Summary: p.Summary,
		Aim: p.Aim, Challenges: p.Challenges, Language: string(p.Language),
		Governance: string(p.Governance), Country: p.Country, OrganizationID: string(p.Organization),
		TeamID: string(p.Team), CommunityID: string(p.Community), Visibility: string(p.Visibility),
		SchemaIRI: string(p.SchemaIRI), Status: string(p.Status), Tasks: int64(p.Tasks), Finished: int64(p.Finished),
		Rewards: p.Rewards, Leaderboard: p.Leaderboard, TellsReuse: p.TellsReuse,
		Search:    searchable(p.Name, p.Title, p.Summary),
		CreatedAt: Stamp(p.CreatedAt), UpdatedAt: Stamp(p.UpdatedAt), Revision: p.Revision,
	}
	if o := p.ClonedFrom; o != nil {
		row.OriginIRI, row.OriginOwner, row.OriginTitle, row.OriginHost = string(o.IRI), string(o.Owner), o.Title, o.Host
		row.OriginVersion, row.OriginDigest, row.OriginAt, row.OriginAnswer, row.OriginProof = o.Version, o.Digest, Stamp(o.At), string(o.Answer), string(o.Proof)
		row.OriginStamp, row.OriginFormerly, row.OriginMovedAt = string(o.Stamp), string(o.Formerly()), Stamp(o.Moved)
		if o.Before != nil {
			raw, err := json.Marshal(o.Before)
			if err != nil {
				panic("storage: an origin cannot be encoded: " + err.Error()) // it holds plain data only
			}
			row.OriginBefore = string(raw)
		}
	}
	return row
}

func (r *processRow) process() *coproduction.Process {
	p := &coproduction.Process{
		ID: domain.ActorID(r.ID), Serial: domain.Serial(r.Serial), IRI: domain.IRI(r.IRI), Name: r.Name, Title: r.Title,
		Summary: r.Summary, Aim: r.Aim, Challenges: r.Challenges, Language: domain.Lang(r.Language),
		Governance: coproduction.Governance(r.Governance), Country: r.Country,
		Organization: domain.ActorID(r.OrganizationID), Team: domain.ActorID(r.TeamID), Community: domain.ActorID(r.CommunityID),
		Visibility: domain.Visibility(r.Visibility), SchemaIRI: domain.IRI(r.SchemaIRI),
		Status: coproduction.Status(r.Status), Tasks: int(r.Tasks), Finished: int(r.Finished), Rewards: r.Rewards, Leaderboard: r.Leaderboard, TellsReuse: r.TellsReuse,
		CreatedAt: r.CreatedAt.Time(), UpdatedAt: r.UpdatedAt.Time(), Revision: r.Revision,
	}
	if r.OriginIRI != "" {
		p.ClonedFrom = &coproduction.Origin{
			IRI: domain.IRI(r.OriginIRI), Owner: domain.IRI(r.OriginOwner), Title: r.OriginTitle, Host: r.OriginHost,
			Version: r.OriginVersion, Digest: r.OriginDigest, At: r.OriginAt.Time(), Answer: coproduction.Answer(r.OriginAnswer), Proof: domain.IRI(r.OriginProof),
			Stamp: domain.IRI(r.OriginStamp), Moved: r.OriginMovedAt.Time(),
		}
		if before := new(coproduction.Origin); r.OriginBefore != "" && json.Unmarshal([]byte(r.OriginBefore), before) == nil {
			p.ClonedFrom.Before = before
		}
	}
	return p
}

// Process implements coproduction.Store.
func (s *Processes) Process(ctx context.Context, id domain.ActorID) (*coproduction.Process, error) {
	return s.process(ctx, "id = ?", string(id))
}

// ProcessNamed implements coproduction.Store.
func (s *Processes) ProcessNamed(ctx context.Context, name string) (*coproduction.Process, error) {
	return s.process(ctx, "name = ?", name)
}

// byIDs reads many at once; those that are not known are absent.
func (s *Processes) byIDs(ctx context.Context, ids []string) (map[domain.ActorID]*coproduction.Process, error) {
	var rows []*processRow
	if err := s.db.read.NewSelect().Model(&rows).Where("id IN (?)", bun.List(ids)).Scan(ctx); err != nil {
		return nil, translate(err)
	}
	list, byID := make([]*coproduction.Process, len(rows)), make(map[domain.ActorID]*coproduction.Process, len(rows))
	for i, r := range rows {
		list[i] = r.process()
		byID[list[i].ID] = list[i]
	}
	return byID, s.withPeople(ctx, list)
}

func (s *Processes) process(ctx context.Context, where, arg string) (*coproduction.Process, error) {
	row := new(processRow)
	if err := s.db.read.NewSelect().Model(row).Where(where, arg).Scan(ctx); err != nil {
		return nil, translate(err)
	}
	p := row.process()
	return p, s.withPeople(ctx, []*coproduction.Process{p})
}

// Processes implements coproduction.Store.
func (s *Processes) Processes(ctx context.Context, f coproduction.Filter, page domain.Page) (domain.List[*coproduction.Process], error) {
	var rows []*processRow
	q := matching(s.db.read.NewSelect().Model(&rows), f.Text)
	for column, value := range map[string]string{
		"status": string(f.Status), "organization_id": string(f.Organization), "community_id": string(f.Community),
	} {
		if value != "" {
			q = q.Where("p.? = ?", bun.Ident(column), value)
		}
	}
	if f.Interlinker != "" {
		q = q.Where("p.id IN (SELECT process_id FROM process_uses WHERE interlinker_id = ?)", string(f.Interlinker))
	}
	const takesPart = `p.id IN (SELECT process_id FROM process_grants WHERE (administrator OR allow <> '') AND (actor_id = ?
		OR actor_id IN (SELECT group_id FROM group_members WHERE actor_id = ?)))`
	if f.Member != domain.Nobody {
		q = q.Where(takesPart, string(f.Member), string(f.Member))
	}
	if !f.All {
		q = q.Where("(p.visibility = ? OR "+takesPart+")", string(domain.VisiblePublic), string(f.Viewer), string(f.Viewer))
	}
	list, err := bySerial(ctx, q, &rows, true, page, func(r *processRow) int64 { return r.Serial }, (*processRow).process)
	if err != nil {
		return list, err
	}
	return list, s.withPeople(ctx, list.Items)
}

// grantRow says what a person or team may do at a place of a process.
type grantRow struct {
	bun.BaseModel `bun:"table:process_grants,alias:g"`

	ProcessID     string `bun:",pk"`
	ActorID       string `bun:",pk"`
	ItemID        string `bun:",pk"` // "" for the whole process
	Administrator bool   // only of the whole process
	Allow         string // names of rights, with spaces between them
	Deny          string
}

func (r *grantRow) grant() (coproduction.Grant, error) {
	g := coproduction.Grant{Grantee: domain.ActorID(r.ActorID), Item: domain.ID(r.ItemID)}
	var err error
	if g.Allow, err = coproduction.ParseRights(strings.Fields(r.Allow)...); err != nil {
		return g, err
	}
	g.Deny, err = coproduction.ParseRights(strings.Fields(r.Deny)...)
	return g, err
}

// withPeople reads administrators and grants, and the members of the teams
// among the grantees.
func (s *Processes) withPeople(ctx context.Context, processes []*coproduction.Process) error {
	if len(processes) == 0 {
		return nil
	}
	byID := make(map[string]*coproduction.Process, len(processes))
	ids := make([]string, len(processes))
	for i, p := range processes {
		ids[i] = string(p.ID)
		byID[ids[i]] = p
	}
	var rows []grantRow
	if err := s.db.read.NewSelect().Model(&rows).Where("g.process_id IN (?)", bun.List(ids)).OrderExpr("g.actor_id, g.item_id").Scan(ctx); err != nil {
		return translate(err)
	}
	grantees := make([]string, len(rows))
	for i, r := range rows {
		grantees[i] = r.ActorID
	}
	members, err := groupMembers(ctx, s.db, grantees)
	if err != nil {
		return err
	}
	for _, r := range rows {
		p := byID[r.ProcessID]
		if r.Administrator {
			p.Administrators = append(p.Administrators, domain.ActorID(r.ActorID))
		}
		if r.Allow == "" && r.Deny == "" {
			continue
		}
		g, err := r.grant()
		if err != nil {
			return err
		}
		for _, m := range members[r.ActorID] {
			g.Members = append(g.Members, m.Actor)
		}
		p.Grants = append(p.Grants, g)
	}
	return nil
}

// replaceGrants writes administrators and grants in place of what was.
func replaceGrants(ctx context.Context, tx bun.Tx, p *coproduction.Process) error {
	if _, err := tx.NewDelete().Model((*grantRow)(nil)).Where("process_id = ?", string(p.ID)).Exec(ctx); err != nil {
		return err
	}
	var rows []grantRow
	for _, a := range p.Administrators {
		rows = append(rows, grantRow{ProcessID: string(p.ID), ActorID: string(a), Administrator: true})
	}
	for _, g := range p.Grants {
		i := slices.IndexFunc(rows, func(r grantRow) bool { return r.ActorID == string(g.Grantee) && r.ItemID == string(g.Item) })
		if i < 0 {
			rows = append(rows, grantRow{ProcessID: string(p.ID), ActorID: string(g.Grantee), ItemID: string(g.Item)})
			i = len(rows) - 1
		}
		rows[i].Allow, rows[i].Deny = g.Allow.String(), g.Deny.String()
	}
	return insertAll(ctx, tx, rows)
}

// CommonCountry implements coproduction.Store.
func (s *Processes) CommonCountry(ctx context.Context) (country string, err error) {
	err = translate(s.db.read.NewSelect().Model((*processRow)(nil)).Column("country").Where("p.visibility = ? AND p.country <> ''", string(domain.VisiblePublic)).
		Group("country").OrderExpr("COUNT(*) DESC, country").Limit(1).Scan(ctx, &country))
	if domain.CodeOf(err) == domain.NotFound {
		return "", nil
	}
	return country, err
}

// CreateProcess implements coproduction.Store.
func (s *Processes) CreateProcess(ctx context.Context, p *coproduction.Process, items []coproduction.Item, change domain.Change) error {
	err := s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error { return insertProcess(ctx, tx, p, items) })
	if err == nil {
		p.Revision++
	}
	return err
}

func insertProcess(ctx context.Context, tx bun.Tx, p *coproduction.Process, items []coproduction.Item) error {
	actor := groupActor(p.ID, p.Serial, p.IRI, network.TypeGroup, network.SubjectProcess, p.Name, p.CreatedAt)
	actor.Titles, actor.Title, actor.Summary, actor.Visibility = p.Title, textIn(p.Title, p.Language), textIn(p.Summary, p.Language), p.Visibility
	if err := insertActor(ctx, tx, actor); err != nil {
		return err
	}
	row := processRowOf(p)
	row.Revision++
	if _, err := tx.NewInsert().Model(row).Exec(ctx); err != nil {
		return err
	}
	if err := replaceGrants(ctx, tx, p); err != nil {
		return err
	}
	return insertAll(ctx, tx, itemRowsOf(p.ID, items))
}

// SaveProcess implements coproduction.Store.
func (s *Processes) SaveProcess(ctx context.Context, p *coproduction.Process, w coproduction.Written, change domain.Change) error {
	err := s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error { return saveProcess(ctx, tx, p, w) })
	if err == nil {
		p.Revision++
	}
	return err
}

func saveProcess(ctx context.Context, tx bun.Tx, p *coproduction.Process, w coproduction.Written) error {
	if w.Works() {
		if err := stays(ctx, tx, p.ID); err != nil {
			return err
		}
	}
	if err := updateProcess(ctx, tx, p); err != nil {
		return err
	}
	if err := putItems(ctx, tx, p.ID, w.Items); err != nil {
		return err
	}
	if err := placeItems(ctx, tx, p.ID, w.Places); err != nil {
		return err
	}
	if err := putResources(ctx, tx, w.Resources); err != nil {
		return err
	}
	if err := insertVersions(ctx, tx, w.Versions); err != nil {
		return err
	}
	if err := insertUses(ctx, tx, w.Uses); err != nil {
		return err
	}
	return putWorks(ctx, tx, w)
}

// stays refuses work in a process that moved to another node. Errors:
// Forbidden.
func stays(ctx context.Context, tx bun.Tx, process domain.ActorID) error {
	var moved string
	err := tx.NewRaw("SELECT moved_to FROM actors WHERE id = ?", string(process)).Scan(ctx, &moved)
	if err == nil && moved != "" {
		err = domain.Fail(domain.Forbidden, "process.moved_away", moved)
	}
	return err
}

// updateProcess saves the process itself, with its people, where its revision
// is unchanged.
func updateProcess(ctx context.Context, tx bun.Tx, p *coproduction.Process) error {
	row := processRowOf(p)
	row.Revision++
	if err := changedOne(tx.NewUpdate().Model(row).WherePK().Where("revision = ?", p.Revision).Exec(ctx)); err != nil {
		return err
	}
	if err := updateActor(ctx, tx, p.ID, p.Title, textIn(p.Title, p.Language), textIn(p.Summary, p.Language), p.Visibility, p.UpdatedAt); err != nil {
		return err
	}
	return replaceGrants(ctx, tx, p)
}
