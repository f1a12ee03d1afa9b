package storage

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/domain/network"
)

// actorRow is one actor, local (Host "") or remote.
type actorRow struct {
	bun.BaseModel `bun:"table:actors"`

	ID               string `bun:",pk"`
	Serial           int64
	IRI              string
	Type             string
	Subject          string
	Name             string
	Host             string
	HandleHost       string
	Title            string
	Titles           domain.Text
	Summary          string
	URL              string
	Icon             string
	IconType         string
	IconAlt          string
	Inbox            string
	SharedInbox      string
	Outbox           string
	Followers        string
	Entries          string
	Featured         string
	Fields           []network.Field
	Discoverable     bool
	Indexable        bool
	AlsoKnownAs      []domain.IRI
	MovedTo          string
	MovedAt          Stamp
	ComparedAt       Stamp // when its followers were compared with its server's list
	Sites            []string
	Openness         string
	Rules            domain.Text
	ManuallyApproves bool
	Visibility       string
	KeyID            string
	PublicKey        string
	CreatedAt        Stamp
	UpdatedAt        Stamp
	FetchedAt        Stamp
	GoneAt           Stamp
}

func actorRowOf(a *network.Actor) *actorRow {
	return &actorRow{
		AlsoKnownAs: listOf(a.AlsoKnownAs), MovedTo: string(a.MovedTo), MovedAt: Stamp(a.MovedAt), Sites: listOf(a.Sites),
		Featured: string(a.Featured), Fields: listOf(a.Fields), Discoverable: a.Discoverable, Indexable: a.Indexable,
		ID: string(a.ID), Serial: int64(a.Serial), IRI: string(a.IRI), Type: string(a.Type), Subject: a.Subject,
		Name: a.Name, Host: a.Host, HandleHost: a.HandleHost, Title: a.Title, Titles: a.Titles, Summary: a.Summary, URL: string(a.URL), Icon: string(a.Icon),
		IconType: a.IconType, IconAlt: a.IconAlt,
		Inbox: string(a.Inbox), SharedInbox: string(a.SharedInbox), Outbox: string(a.Outbox),
		Followers: string(a.Followers), Entries: string(a.Entries),
		Openness: string(a.Openness), Rules: a.Rules, ManuallyApproves: a.ManuallyApproves, Visibility: string(a.Visibility),
		KeyID: a.KeyID, PublicKey: a.PublicKey,
		CreatedAt: Stamp(a.CreatedAt), UpdatedAt: Stamp(a.UpdatedAt), FetchedAt: Stamp(a.FetchedAt), GoneAt: Stamp(a.GoneAt),
	}
}

// listOf is a list as it is stored: none is [], not null.
func listOf[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

func (r *actorRow) actor() *network.Actor {
	return &network.Actor{
		AlsoKnownAs: r.AlsoKnownAs, MovedTo: domain.IRI(r.MovedTo), MovedAt: r.MovedAt.Time(), Sites: r.Sites,
		Featured: domain.IRI(r.Featured), Fields: r.Fields, Discoverable: r.Discoverable, Indexable: r.Indexable,
		ID: domain.ActorID(r.ID), Serial: domain.Serial(r.Serial), IRI: domain.IRI(r.IRI), Type: network.ActorType(r.Type),
		Subject: r.Subject, Name: r.Name, Host: r.Host, HandleHost: r.HandleHost, Title: r.Title, Titles: r.Titles, Summary: r.Summary,
		URL: domain.IRI(r.URL), Icon: domain.IRI(r.Icon), Inbox: domain.IRI(r.Inbox), SharedInbox: domain.IRI(r.SharedInbox),
		Outbox: domain.IRI(r.Outbox), Followers: domain.IRI(r.Followers), Entries: domain.IRI(r.Entries),
		Openness: network.Openness(r.Openness), Rules: r.Rules, ManuallyApproves: r.ManuallyApproves, Visibility: domain.Visibility(r.Visibility),
		IconType: r.IconType, IconAlt: r.IconAlt, KeyID: r.KeyID, PublicKey: r.PublicKey,
		CreatedAt: r.CreatedAt.Time(), UpdatedAt: r.UpdatedAt.Time(), FetchedAt: r.FetchedAt.Time(), GoneAt: r.GoneAt.Time(),
	}
}

// Speak sets the language of the node, in which actors that have none of their
// own are called where one name is needed; English if it is not set.
func (d *DB) Speak(lang domain.Lang) { d.lang = lang }

// plain is a text in the language of the node, if it has it.
func (d *DB) plain(t domain.Text) string { return textIn(t, d.lang) }

func textIn(t domain.Text, lang domain.Lang) string {
	s, _ := t.In(lang)
	return s
}

// insertActor stores a local actor in the transaction of the subject it
// belongs to. Errors: Conflict on "name" if the name was ever taken.
func insertActor(ctx context.Context, tx bun.Tx, a *network.Actor) error {
	_, err := tx.NewInsert().Model(actorRowOf(a)).Exec(ctx)
	if isUnique(err) {
		return nameTaken(a.Name, err)
	}
	return err
}

func nameTaken(name string, because error) error {
	return &domain.Error{Code: domain.Conflict, Key: "error.name_taken", Args: []any{name}, Field: "name", Err: because}
}

// NameFree implements lineage.Store.
func (s *Lineage) NameFree(ctx context.Context, name string) error {
	taken, err := s.db.read.NewSelect().Model((*actorRow)(nil)).Where("name = ? AND host = ''", name).Exists(ctx)
	if err == nil && taken {
		return nameTaken(name, nil)
	}
	return translate(err)
}

// updateActor keeps what lists show of a local actor in step with its
// subject, which is called titles, and title where one name is needed.
func updateActor(ctx context.Context, tx bun.Tx, id domain.ActorID, titles domain.Text, title, summary string, visibility domain.Visibility, at time.Time) error {
	return changedOne(tx.NewUpdate().Model((*actorRow)(nil)).
		Set("titles = ?", titles).Set("title = ?", title).Set("summary = ?", summary).
		Set("visibility = ?", string(visibility)).Set("updated_at = ?", Stamp(at)).
		Where("id = ?", string(id)).Exec(ctx))
}
