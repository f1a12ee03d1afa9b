package storage

import (
	"context"
	"database/sql"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/domain/account"
	"interlink/domain/notification"
)

// Notifications keeps what people are told, and how they choose to be.
type Notifications struct {
	db        *DB
	mint      *domain.Mint
	zone      *time.Location // of the node; nil for UTC
	audiences map[notification.Standing]audience
}

// NewNotifications makes the store. zone is the node's, for people who chose
// none.
func NewNotifications(db *DB, mint *domain.Mint, zone *time.Location) *Notifications {
	return &Notifications{db, mint, zone, audiences(db)}
}

var _ notification.Store = (*Notifications)(nil)

// notificationRow is one thing that one person is told.
type notificationRow struct {
	bun.BaseModel `bun:"table:notifications,alias:n"`

	Serial      int64 `bun:",pk"`
	PersonID    string
	EventSeq    int64
	Topic       string
	Class       string
	Once        string
	SubjectKind string
	SubjectID   string
	At          Stamp
	ReadAt      Stamp
	Mail        string
	MailAt      Stamp
	MailID      string

	// Of the event.
	EventID string      `bun:",scanonly"`
	Kind    string      `bun:",scanonly"`
	Part    string      `bun:",scanonly"`
	Actor   string      `bun:",scanonly"`
	Payload *string     `bun:",scanonly"`
	Title   domain.Text `bun:",scanonly"`
	Called  string      `bun:",scanonly"` // of a saved search
}

func (r *notificationRow) event() domain.Event {
	e := eventRow{
		Seq: r.EventSeq, ID: r.EventID, Kind: r.Kind, Time: r.At, Actor: r.Actor, SubjectKind: r.SubjectKind, SubjectID: r.SubjectID,
		Part: r.Part, Payload: r.Payload,
	}
	return e.event()
}

func (r *notificationRow) notification() *notification.Notification {
	title := r.Title
	if r.Called != "" {
		title = domain.Text{domain.Undetermined: r.Called}
	}
	return &notification.Notification{
		Serial: domain.Serial(r.Serial), Person: domain.ActorID(r.PersonID), Topic: notification.Topic(r.Topic), Event: r.event(),
		At: r.At.Time(), Read: r.ReadAt.Time(), Title: title,
	}
}

// Tell implements notification.Store.
func (s *Notifications) Tell(ctx context.Context, cursor string, from, to int64, told []notification.Told) error {
	insight := newInsight(s.db)
	events := make([]domain.Event, len(told))
	for i, t := range told {
		events[i] = t.Event
	}
	if err := insight.of(ctx, events); err != nil {
		return err
	}
	var rows []*notificationRow
	err := s.db.inQueue(ctx, func(ctx context.Context, tx bun.Tx) error {
		// The cursor first: who is not the first has nothing to look up.
		if err := advance(ctx, tx, cursor, from, to); err != nil {
			return err
		}
		var err error
		if rows, err = s.address(ctx, tx, told, insight); err != nil {
			return err
		}
		return s.keep(ctx, tx, rows)
	})
	if err == nil && len(rows) > 0 {
		s.db.changed.wake(TopicNotifications)
	}
	return err
}

// address makes the rows of those who are told, may know of it and did not turn
// it off.
func (s *Notifications) address(ctx context.Context, tx bun.Tx, told []notification.Told, insight *insight) ([]*notificationRow, error) {
	var rows []*notificationRow
	var people []string
	type pair struct{ person, event string }
	seen := map[pair]bool{}
	for _, t := range told {
		ids, err := s.audience(ctx, tx, t)
		if err != nil {
			return nil, err
		}
		for _, id := range ids {
			p := pair{id, string(t.Event.ID)}
			if seen[p] || !insight.knows(domain.ActorID(id), t.Topic, t.Event) {
				continue // told by an audience before, or not at all
			}
			seen[p] = true
			people = append(people, id)
			rows = append(rows, &notificationRow{
				PersonID: id, EventSeq: t.Event.Seq, Topic: string(t.Topic), Class: string(t.Class), Once: t.Once,
				SubjectKind: t.Event.Subject.Kind, SubjectID: string(t.Event.Subject.ID), At: Stamp(t.Event.Time),
			})
		}
	}
	if len(rows) == 0 {
		return nil, nil
	}
	chosen, err := choicesOf(ctx, tx, people)
	if err != nil {
		return nil, err
	}
	wanted := rows[:0]
	for _, r := range rows {
		if s.plan(r, chosen[r.PersonID], r.At.Time()) {
			wanted = append(wanted, r)
		}
	}
	return wanted, nil
}

// plan sets by which mail a row is told, as its person chose; false for one
// that they do not want at all.
func (s *Notifications) plan(r *notificationRow, c notification.Choices, at time.Time) bool {
	channel := c.Topic(notification.Class(r.Class), notification.Topic(r.Topic))
	if channel == notification.Off {
		return false
	}
	if channel.Mails() {
		r.Mail, r.MailAt = string(channel), Stamp(c.Due(channel, at, s.zone))
	}
	return true
}

// atOnce is how many rows one statement writes.
const atOnce = 200

// topicLetter is the topic of what a group or a node writes to somebody.
const topicLetter = "letter"

// keep inserts rows; what somebody was told before is left out, but a letter
// takes the place of what it tells, unless they read that.
func (s *Notifications) keep(ctx context.Context, tx bun.Tx, rows []*notificationRow) error {
	rows = distinct(rows)
	for len(rows) > 0 {
		part := rows[:min(len(rows), atOnce)]
		rows = rows[len(part):]
		for _, r := range part {
			r.Serial = int64(s.mint.Serial())
		}
		if _, err := tx.NewInsert().Model(&part).On("CONFLICT (person_id, once) DO UPDATE").Set(excluded("topic", "class", "event_seq", "subject_kind", "subject_id")).
			Where("n.topic <> EXCLUDED.topic AND EXCLUDED.topic = ? AND n.read_at IS NULL", topicLetter).Exec(ctx); err != nil {
			return err
		}
	}
	return nil
}

// distinct leaves one row of each thing that a person is told, as [Notifications.keep]
// does: no statement changes a row twice.
func distinct(rows []*notificationRow) []*notificationRow {
	type told struct{ person, once string }
	at := make(map[told]int, len(rows))
	kept := rows[:0]
	for _, r := range rows {
		n, known := at[told{r.PersonID, r.Once}]
		switch {
		case !known:
			at[told{r.PersonID, r.Once}] = len(kept)
			kept = append(kept, r)
		case r.Topic == topicLetter:
			kept[n] = r
		}
	}
	return kept
}

// standings find people by what they are to a thing; ?0 is its id, {mentions}
// the people whom a post names, row by row. An account that cannot sign in is
// told nothing.
var standings = map[notification.Standing]string{
	notification.Themselves:       "SELECT CAST(?0 AS TEXT)",
	notification.MembersOf:        "SELECT CAST(?0 AS TEXT) UNION SELECT actor_id FROM group_members WHERE group_id = ?0",
	notification.AdministratorsOf: "SELECT actor_id FROM group_members WHERE group_id = ?0 AND role = 'administrator'",
	notification.ParticipantsIn: `SELECT actor_id FROM process_grants WHERE process_id = ?0 AND (administrator OR allow <> '')
		UNION SELECT m.actor_id FROM group_members AS m JOIN process_grants AS g ON g.actor_id = m.group_id WHERE g.process_id = ?0 AND g.allow <> ''`,
	notification.ProcessAdministrators: "SELECT actor_id FROM process_grants WHERE process_id = ?0 AND administrator",
	notification.AdministratorsUsing: `SELECT g.actor_id FROM process_grants AS g JOIN process_uses AS u ON u.process_id = g.process_id
		WHERE u.interlinker_id = ?0 AND g.administrator
		UNION SELECT g.actor_id FROM process_grants AS g JOIN processes AS p ON p.id = g.process_id
		WHERE g.administrator AND p.schema_iri IN (SELECT iri FROM catalogue_entries WHERE id = ?0 AND kind = 'schema' UNION SELECT iri FROM catalogue_tombstones WHERE id = ?0 AND kind = 'schema')`,
	// administrators is a list in JSON, of ids that hold no quotes.
	notification.CommunityAdministrators: `SELECT x.actor_id FROM accounts AS x JOIN communities AS c ON c.administrators LIKE '%"' || x.actor_id || '"%' WHERE c.id = ?0`,
	notification.CommunityModerators: `SELECT x.actor_id FROM accounts AS x JOIN communities AS c
		ON c.administrators LIKE '%"' || x.actor_id || '"%' OR c.moderators LIKE '%"' || x.actor_id || '"%' WHERE c.id = ?0`,
	notification.FollowersOf: "SELECT follower_id FROM follows WHERE followed_id = ?0 AND state = 'accepted'",
	notification.AuthorOf:    "SELECT author_id FROM posts WHERE id = ?0",
	notification.VotersIn:    "SELECT actor_id FROM poll_votes WHERE post_id = ?0",
	notification.AnsweredBy:  "SELECT above.author_id FROM posts AS p JOIN posts AS above ON above.iri = p.in_reply_to WHERE p.id = ?0 AND p.in_reply_to <> ''",
	notification.MentionedIn: "SELECT e.value FROM posts AS p, {mentions} WHERE p.id = ?0",
	notification.ApplicantOf: "SELECT applicant_id FROM applications WHERE id = ?0",
	notification.WaitingFor:  "SELECT applicant_id FROM applications WHERE call_id = ?0 AND state IN ('submitted', 'shortlisted', 'appealed')",
	notification.ReviewersOf: `SELECT x.actor_id FROM applications AS p JOIN role_calls AS c ON c.id = p.call_id
		JOIN accounts AS x ON c.reviewers LIKE '%"' || x.actor_id || '"%' WHERE p.id = ?0 AND x.actor_id <> p.applicant_id
		AND NOT (p.state = 'appealed' AND p.history LIKE '%"by":"' || x.actor_id || '"%')
		UNION SELECT m.actor_id FROM applications AS p JOIN role_calls AS c ON c.id = p.call_id
		JOIN group_members AS m ON m.group_id = c.team_id AND m.role = 'administrator' WHERE p.id = ?0 AND p.state = 'appealed'
		AND m.actor_id <> p.applicant_id AND NOT p.history LIKE '%"by":"' || m.actor_id || '"%'
		UNION SELECT g.actor_id FROM applications AS p JOIN role_calls AS c ON c.id = p.call_id
		JOIN process_grants AS g ON g.process_id = c.process_id AND g.administrator WHERE p.id = ?0 AND g.actor_id <> p.applicant_id
		AND NOT (p.state = 'appealed' AND p.history LIKE '%"by":"' || g.actor_id || '"%')`,
	notification.DecidersOn: `SELECT x.actor_id FROM role_calls AS c JOIN accounts AS x ON c.reviewers LIKE '%"' || x.actor_id || '"%' WHERE c.id = ?0
		UNION SELECT m.actor_id FROM role_calls AS c JOIN group_members AS m ON m.group_id = c.team_id AND m.role = 'administrator' WHERE c.id = ?0`,
	notification.ReporterOf:  "SELECT reporter_id FROM reports WHERE id = ?0",
	notification.Moderators:  "SELECT actor_id FROM accounts WHERE role IN ('moderator', 'admin') AND CAST(?0 AS TEXT) IS NOT NULL",
	notification.Curators:    "SELECT actor_id FROM accounts WHERE role IN ('curator', 'admin') AND CAST(?0 AS TEXT) IS NOT NULL",
	notification.ApproversOf: "SELECT actor_id FROM accounts WHERE role = 'admin' AND EXISTS (SELECT 1 FROM accounts AS w WHERE w.id = ?0 AND w.state = 'pending_approval')",
}

// audience is a standing as a statement, and how often it asks for the id.
type audience struct {
	*statement
	times int
}

func audiences(db *DB) map[notification.Standing]audience {
	mentions := "json_each(p.mentions) AS e"
	if db.dialect == Postgres {
		mentions = "jsonb_array_elements_text(p.mentions::jsonb) AS e (value)"
	}
	out := make(map[notification.Standing]audience, len(standings))
	for standing, people := range standings {
		text := strings.NewReplacer("?0", "?", "{mentions}", mentions).Replace(people)
		out[standing] = audience{
			db.statement("SELECT a.actor_id FROM accounts AS a WHERE a.state = '" + string(account.Active) + "' AND a.actor_id IN (" + text + ") ORDER BY a.actor_id"),
			strings.Count(text, "?"),
		}
	}
	return out
}

// audience finds who is told, in a settled order.
func (s *Notifications) audience(ctx context.Context, tx bun.Tx, t notification.Told) ([]string, error) {
	a := s.audiences[t.To.Standing]
	rows, err := a.queryTx(ctx, tx, slices.Repeat([]any{t.To.Of}, a.times)...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var ids []string
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		if !slices.Contains(t.Except, domain.ActorID(id)) {
			ids = append(ids, id)
		}
	}
	return ids, rows.Err()
}

// visible leaves out what tells of a thing that the person may not see any
// more: a process that they left, a post that is gone or was not for them. What
// they may see of a process, [insight] knows.
const visible = `(n.subject_kind <> 'process' OR n.topic IN (` + partings + `) OR e.kind IN ('assignment.received', 'contribution.answered')
		OR EXISTS (SELECT 1 FROM processes AS p WHERE p.id = n.subject_id AND (p.visibility = 'public' OR p.id IN (SELECT process_id FROM process_grants
			WHERE (administrator OR allow <> '') AND (actor_id = n.person_id OR actor_id IN (SELECT group_id FROM group_members WHERE actor_id = n.person_id))))))
	AND (n.subject_kind <> 'post' OR n.topic = 'post_removed' OR EXISTS (SELECT 1 FROM posts AS p WHERE p.id = n.subject_id AND p.deleted_at IS NULL
		AND p.host NOT IN ` + blockedHosts + ` AND (p.visibility IN ('public', 'unlisted') OR p.author_id = n.person_id
			OR p.mentions LIKE '%"' || n.person_id || '"%' OR p.visibility = 'followers' AND EXISTS
			(SELECT 1 FROM follows AS f WHERE f.follower_id = n.person_id AND f.followed_id = p.author_id AND f.state = 'accepted'))))`

// narrow adds conditions to a query of notifications.
type narrow func(*bun.SelectQuery) *bun.SelectQuery

// told reads those of a person's notifications, newest first and older than
// one, that they may see; at most so many. Where much is hidden it reads ever
// more at once, so that the number of queries hardly grows with that.
func (s *Notifications) told(ctx context.Context, n narrow, before domain.Serial, most int) ([]*notificationRow, error) {
	insight := newInsight(s.db)
	var shown []*notificationRow
	for size := most; ; size *= 2 {
		var rows []*notificationRow
		q := n(s.db.read.NewSelect().Model(&rows)).ColumnExpr("e.id AS event_id, e.kind, e.part, e.actor").
			Join("JOIN events AS e ON e.seq = n.event_seq").Where(visible).Where(inOffice).OrderExpr("n.serial DESC").Limit(int64(size))
		if before > 0 {
			q = q.Where("n.serial < ?", int64(before))
		}
		if err := q.Scan(ctx); err != nil {
			return nil, translate(err)
		}
		seen, err := insight.shown(ctx, rows)
		if err != nil {
			return nil, err
		}
		if shown = append(shown, seen...); len(shown) >= most || len(rows) < size {
			return shown[:min(most, len(shown))], nil
		}
		before = domain.Serial(rows[len(rows)-1].Serial)
	}
}

// whole reads all that there is to tell.
func whole(q *bun.SelectQuery) *bun.SelectQuery {
	return q.ColumnExpr("n.*").ColumnExpr("e.payload").
		ColumnExpr("(SELECT c.title FROM role_calls AS c WHERE c.id = n.subject_id AND n.subject_kind = 'role_call') AS title").
		ColumnExpr("(SELECT w.name FROM saved_searches AS w WHERE w.id = n.subject_id AND n.subject_kind = 'search') AS called")
}

// Notifications implements notification.Store.
func (s *Notifications) Notifications(ctx context.Context, person domain.ActorID, f notification.Filter, p domain.Page) (domain.List[*notification.Notification], error) {
	return s.page(ctx, p, func(q *bun.SelectQuery) *bun.SelectQuery {
		if q = q.Where("n.person_id = ?", string(person)); f.Unread {
			q = q.Where("n.read_at IS NULL")
		}
		return q
	})
}

// page reads one page, newest first. How many there are in all is not counted:
// nobody needs to know, and there are many.
func (s *Notifications) page(ctx context.Context, p domain.Page, n narrow) (domain.List[*notification.Notification], error) {
	list := domain.List[*notification.Notification]{Total: -1}
	after, err := p.AfterSerial()
	if err != nil {
		return list, err
	}
	rows, err := s.told(ctx, func(q *bun.SelectQuery) *bun.SelectQuery { return n(whole(q)) }, after, p.Size()+1)
	if err != nil {
		return list, err
	}
	for i, r := range rows {
		if i == p.Size() {
			list.Next = list.Items[i-1].Serial.Cursor()
			break
		}
		list.Items = append(list.Items, r.notification())
	}
	return list, nil
}

// Notification implements notification.Store.
func (s *Notifications) Notification(ctx context.Context, person domain.ActorID, serial domain.Serial) (*notification.Notification, error) {
	rows, err := s.told(ctx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return whole(q).Where("n.person_id = ? AND n.serial = ?", string(person), int64(serial))
	}, 0, 1)
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, translate(sql.ErrNoRows)
	}
	return rows[0].notification(), nil
}

// Unread implements notification.Store.
func (s *Notifications) Unread(ctx context.Context, person domain.ActorID) (notification.Unread, error) {
	rows, err := s.told(ctx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Column("n.serial", "n.person_id", "n.topic", "n.subject_kind", "n.subject_id").Where("n.person_id = ? AND n.read_at IS NULL", string(person))
	}, 0, int(notification.Most)+1)
	return notification.Unread(len(rows)), err
}

// MarkRead implements notification.Store. What is read is not mailed.
func (s *Notifications) MarkRead(ctx context.Context, person domain.ActorID, serials []domain.Serial, upTo domain.Serial, at time.Time) error {
	if len(serials) == 0 && upTo == 0 {
		return nil
	}
	err := s.db.inQueue(ctx, func(ctx context.Context, tx bun.Tx) error {
		q := tx.NewUpdate().Model((*notificationRow)(nil)).Set("read_at = ?", Stamp(at)).Set("mail_at = NULL").
			Where("person_id = ? AND read_at IS NULL", string(person))
		if upTo > 0 {
			q = q.Where("serial <= ?", int64(upTo))
		} else {
			q = q.Where("serial IN (?)", bun.List(serials))
		}
		_, err := q.Exec(ctx)
		return err
	})
	if err == nil {
		s.db.changed.wake(TopicNotifications)
	}
	return err
}

// After implements notification.Store.
func (s *Notifications) After(ctx context.Context, seq int64, person domain.ActorID, limit int) ([]notification.Arrival, error) {
	var rows []*notificationRow
	q := s.db.read.NewSelect().Model(&rows).Column("serial", "person_id", "event_seq").Where("n.event_seq > ?", seq).OrderExpr("n.event_seq, n.serial").Limit(int64(limit))
	if person != domain.Nobody {
		q = q.Where("n.person_id = ?", string(person))
	}
	if err := q.Scan(ctx); err != nil {
		return nil, translate(err)
	}
	news := make([]notification.Arrival, len(rows))
	for i, r := range rows {
		news[i] = notification.Arrival{Seq: r.EventSeq, Person: domain.ActorID(r.PersonID), Serial: domain.Serial(r.Serial)}
	}
	return news, nil
}

// Newest implements notification.Store.
func (s *Notifications) Newest(ctx context.Context) (int64, error) {
	var seq sql.NullInt64
	err := s.db.read.NewRaw("SELECT MAX(event_seq) FROM notifications").Scan(ctx, &seq)
	return seq.Int64, translate(err)
}

// choicesRow is how one person wants to be told.
type choicesRow struct {
	bun.BaseModel `bun:"table:notification_choices,alias:o"`

	PersonID string `bun:",pk"`
	Classes  map[notification.Class]notification.Channel
	Topics   map[notification.Topic]notification.Channel
	Hour     int64
	Zone     string
}

// choicesOf reads the choices of some people, each of whom is in the result.
func choicesOf(ctx context.Context, db bun.IDB, people []string) (map[string]notification.Choices, error) {
	chosen := make(map[string]notification.Choices, len(people))
	for _, id := range people {
		chosen[id] = notification.Chosen()
	}
	var rows []*choicesRow
	if err := db.NewSelect().Model(&rows).Where("o.person_id IN (?)", bun.List(people)).Scan(ctx); err != nil {
		return nil, err
	}
	for _, r := range rows {
		chosen[r.PersonID] = notification.Choices{Classes: r.Classes, Topics: r.Topics, Hour: int(r.Hour), Zone: r.Zone}
	}
	return chosen, nil
}

// Choices implements notification.Store.
func (s *Notifications) Choices(ctx context.Context, person domain.ActorID) (notification.Choices, error) {
	chosen, err := choicesOf(ctx, s.db.read, []string{string(person)})
	return chosen[string(person)], translate(err)
}

// SaveChoices implements notification.Store.
func (s *Notifications) SaveChoices(ctx context.Context, person domain.ActorID, c notification.Choices, at time.Time) error {
	row := &choicesRow{PersonID: string(person), Classes: c.Classes, Topics: c.Topics, Hour: int64(c.Hour), Zone: c.Zone}
	if row.Classes == nil {
		row.Classes = map[notification.Class]notification.Channel{}
	}
	if row.Topics == nil {
		row.Topics = map[notification.Topic]notification.Channel{}
	}
	return s.db.inQueue(ctx, func(ctx context.Context, tx bun.Tx) error {
		if _, err := tx.NewInsert().Model(row).On("CONFLICT (person_id) DO UPDATE").
			Set(excluded("classes", "topics", "hour", "zone")).Exec(ctx); err != nil {
			return err
		}
		return s.replan(ctx, tx, row.PersonID, c, at)
	})
}

// replan puts what waits for a mail on the way that was chosen now. Of what is
// turned off no mail tells any more; what was told in the portal stays there.
func (s *Notifications) replan(ctx context.Context, tx bun.Tx, person string, c notification.Choices, at time.Time) error {
	var waiting []*notificationRow
	err := tx.NewSelect().Model(&waiting).ColumnExpr("n.topic, n.class").Where("n.person_id = ? AND n.read_at IS NULL AND n.mail_at IS NOT NULL", person).
		GroupExpr("n.topic, n.class").OrderExpr("n.topic").Scan(ctx)
	for _, r := range waiting {
		if err != nil {
			break
		}
		s.plan(r, c, at)
		_, err = tx.NewUpdate().Model((*notificationRow)(nil)).Set("mail = ?", r.Mail).Set("mail_at = ?", r.MailAt).
			Where("person_id = ? AND topic = ? AND read_at IS NULL AND mail_at IS NOT NULL", person, r.Topic).Exec(ctx)
	}
	return err
}

// Recipient implements notification.Store.
func (s *Notifications) Recipient(ctx context.Context, person domain.ActorID) (*account.Account, error) {
	return NewAccounts(s.db).AccountByActor(ctx, person)
}
