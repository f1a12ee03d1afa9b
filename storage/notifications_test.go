package storage_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/uptrace/bun"
	"pgregory.net/rapid"

	"interlink/domain"
	"interlink/domain/account"
	"interlink/domain/community"
	"interlink/domain/network"
	"interlink/domain/notification"
	"interlink/domain/organization"
	"interlink/domain/policy"
	"interlink/storage"
	"interlink/storage/storagetest"
)

// madrid is the zone of the node of these tests.
var madrid = must0(time.LoadLocation("Europe/Madrid"))

func must0[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// bells is a node whose people are told of what happens, by a clock that the
// test sets.
type bells struct {
	node

	t       *testing.T
	store   *storage.Notifications
	service *notification.Service
	stage   *notification.Stage
	posts   *community.Service
	follows *network.Service

	mu  sync.Mutex
	now time.Time
}

func newBells(t *testing.T, db *storage.DB) *bells {
	t.Helper()
	b := &bells{t: t, node: newNode(t, db), now: time.Date(2026, 6, 3, 10, 0, 0, 0, time.UTC)} // a Wednesday
	b.mint = domain.NewMint(func() time.Time {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.now = b.now.Add(time.Millisecond)
		return b.now
	}, nil)
	b.store = storage.NewNotifications(db, b.mint, madrid)
	b.service = notification.NewService(b.store, b.mint, notification.NewSigner([]byte("a secret of these tests")))
	b.stage = notification.NewStage(storage.NewEvents(db), b.store, b.mint, slog.New(slog.DiscardHandler))
	net := storage.NewNetwork(db)
	b.follows = network.NewService(net, b.mint, b.ns, network.NewGate(storage.NewRules(db), b.mint, b.ns, false))
	b.posts = community.NewService(storage.NewCommunities(db), net, noOrganization, b.mint, b.ns)
	return b
}

// at sets the clock.
func (b *bells) at(t time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.now = t
}

// account makes somebody who can sign in.
func (b *bells) account(name string, role policy.Role) policy.Viewer {
	b.t.Helper()
	s := account.NewService(storage.NewAccounts(b.db), b.mint, b.ns, account.ModeOpen, "en")
	return must[*account.Account](b.t)(s.Create(b.t.Context(), account.SignUp{Username: name, Email: name + "@people.example", Password: "a long pass phrase"}, role)).Viewer()
}

// settle tells of all that happened.
func (b *bells) settle() {
	b.t.Helper()
	for {
		n, err := b.stage.Step(b.t.Context())
		if err != nil {
			b.t.Fatal(err)
		}
		if n == 0 {
			return
		}
	}
}

// topics lists what somebody reads, newest first, with a star if it is unread.
func (b *bells) topics(v policy.Viewer) string {
	b.t.Helper()
	list := must[domain.List[*notification.Notification]](b.t)(b.service.List(b.t.Context(), v, notification.Filter{}, domain.Page{Limit: 100}))
	var topics []string
	for _, n := range list.Items {
		topic := string(n.Topic)
		if n.Read.IsZero() {
			topic += "*"
		}
		topics = append(topics, topic)
	}
	return strings.Join(topics, " ")
}

// mails lists the mails that were made, oldest first: whose, of what, and what
// they tell.
func (b *bells) mails() []string {
	b.t.Helper()
	var rows []struct{ ID, Name, Channel, Class string }
	err := b.db.Read().NewRaw(`SELECT m.id, a.username AS name, m.channel, m.class FROM notification_mails AS m JOIN accounts AS a ON a.actor_id = m.person_id
		ORDER BY m.created_at, a.username, m.channel, m.class`).Scan(b.t.Context(), &rows)
	if err != nil {
		b.t.Fatal(err)
	}
	var mails []string
	for _, r := range rows {
		list := must[domain.List[*notification.Notification]](b.t)(b.store.MailNews(b.t.Context(), domain.ID(r.ID), domain.Page{}))
		says := []string{r.Name, strings.TrimSpace(r.Channel + " " + r.Class)}
		for _, n := range list.Items {
			says = append(says, string(n.Topic))
		}
		mails = append(mails, strings.Join(says, ": "))
	}
	return mails
}

func TestNotifications(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "told", func(t *testing.T, db *storage.DB) {
		ctx, b := t.Context(), newBells(t, db)
		ana, bo, far := b.account("ana", policy.RoleMember), b.account("bo", policy.RoleMember), b.person(t, "no_account")
		s := b.organizations()
		b.organization(t, ana, "zaragoza")
		for _, v := range []policy.Viewer{bo, far} {
			wantCode(t, s.AddMember(ctx, ana, "zaragoza", v.Actor, organization.RoleMember), domain.OK)
		}
		wantCode(t, s.AddMember(ctx, ana, "zaragoza", bo.Actor, organization.RoleAdministrator), domain.OK)
		wantCode(t, s.RemoveMember(ctx, bo, "zaragoza", bo.Actor), domain.OK)
		b.settle()
		if got := b.topics(bo); got != "group_administrator* group_member*" {
			t.Errorf("bo is told %q", got)
		}
		if got := b.topics(ana); got != "member_left*" { // not of what she did
			t.Errorf("ana is told %q", got)
		}
		if got := b.mails(); !slices.Equal(got, []string{"bo: at_once personal: group_administrator: group_member"}) {
			t.Errorf("mails: %q", got)
		}
		b.settle()
		if got := len(b.mails()); got != 1 {
			t.Errorf("%d mails after another step", got)
		}
	})

	storagetest.Run(t, "once", func(t *testing.T, db *storage.DB) {
		ctx, b := t.Context(), newBells(t, db)
		ana, bo, cy := b.account("ana", policy.RoleMember), b.account("bo", policy.RoleMember), b.account("cy", policy.RoleMember)
		parks := must[*community.Community](t)(b.posts.Create(ctx, cy, "parks", community.Details{Title: domain.Text{"en": "Parks"}}))
		for _, v := range []policy.Viewer{ana, bo, cy} {
			if _, err := b.follows.Follow(ctx, v, v.Actor, parks.ID); err != nil {
				t.Fatal(err)
			}
		}
		post := must[*community.Post](t)(b.posts.Post(ctx, ana, "parks", community.Draft{Content: "Trees!", Language: "en"}))
		for range 3 { // like, take it back, like again
			wantCode(t, b.posts.Like(ctx, bo, post.ID), domain.OK)
			wantCode(t, b.posts.Unlike(ctx, bo, post.ID), domain.OK)
		}
		wantCode(t, b.posts.Like(ctx, cy, post.ID), domain.OK)
		wantCode(t, b.posts.Like(ctx, ana, post.ID), domain.OK) // her own
		for range 2 {
			must[*network.Follow](t)(b.follows.Follow(ctx, bo, bo.Actor, ana.Actor))
			wantCode(t, b.follows.Unfollow(ctx, bo, bo.Actor, ana.Actor), domain.OK)
		}
		b.settle()
		if got := b.topics(ana); got != "follower* liked* liked*" {
			t.Errorf("ana is told %q", got)
		}
		list := must[domain.List[*notification.Notification]](t)(b.service.List(ctx, ana, notification.Filter{}, domain.Page{}))
		lines := notification.Lines(list.Items, func(at time.Time) string { return at.Format(time.DateOnly) })
		if len(lines) != 2 || !slices.Equal(lines[1].Who, []domain.ActorID{cy.Actor, bo.Actor}) || len(lines[1].Serials) != 2 {
			t.Errorf("lines: %+v", lines)
		}
		if got := b.mails(); len(got) != 0 { // reactions stay in the portal
			t.Errorf("mails: %q", got)
		}

		// A reply is told, and hidden once it is deleted.
		reply := must[*community.Post](t)(b.posts.Post(ctx, bo, "parks", community.Draft{Content: "Where?", Language: "en", InReplyTo: post.ID}))
		b.settle()
		if got := b.topics(ana); !strings.HasPrefix(got, "reply* ") {
			t.Errorf("ana is told %q", got)
		}
		wantCode(t, b.posts.DeletePost(ctx, bo, reply.ID), domain.OK)
		b.settle()
		if got := b.topics(ana); got != "follower* liked* liked*" {
			t.Errorf("of a deleted reply ana is told %q", got)
		}
		if n := must[notification.Unread](t)(b.service.Unread(ctx, ana)); n != 3 {
			t.Errorf("%d unread", n)
		}
	})

	storagetest.Run(t, "read", func(t *testing.T, db *storage.DB) {
		ctx, b := t.Context(), newBells(t, db)
		ana, bo := b.account("ana", policy.RoleMember), b.account("bo", policy.RoleMember)
		s := b.organizations()
		for i := range 3 {
			b.organization(t, ana, fmt.Sprint("city", i))
			wantCode(t, s.AddMember(ctx, ana, fmt.Sprint("city", i), bo.Actor, organization.RoleMember), domain.OK)
		}
		b.settle()
		first := must[domain.List[*notification.Notification]](t)(b.service.List(ctx, bo, notification.Filter{}, domain.Page{Limit: 2}))
		rest := must[domain.List[*notification.Notification]](t)(b.service.List(ctx, bo, notification.Filter{}, domain.Page{Limit: 2, After: first.Next}))
		if len(first.Items) != 2 || len(rest.Items) != 1 || rest.Next != "" || first.Total != -1 {
			t.Fatalf("pages of %d and %d, next %q", len(first.Items), len(rest.Items), rest.Next)
		}
		newest, oldest := first.Items[0].Serial, rest.Items[0].Serial
		wantCode(t, b.service.MarkRead(ctx, ana, oldest), domain.OK) // not hers: nothing
		wantCode(t, b.service.MarkRead(ctx, policy.Viewer{}, oldest), domain.Unauthenticated)
		wantCode(t, b.service.MarkRead(ctx, policy.Viewer{Actor: bo.Actor, Role: policy.RoleMember, Scopes: []policy.Scope{policy.ScopeRead}}, oldest), domain.Forbidden)
		if got := b.topics(bo); got != "group_member* group_member* group_member*" {
			t.Errorf("bo: %q", got)
		}
		wantCode(t, b.service.MarkRead(ctx, bo, oldest), domain.OK)
		_, err := b.service.Notification(ctx, ana, oldest)
		wantCode(t, err, domain.NotFound)
		if got := b.topics(bo); got != "group_member* group_member* group_member" {
			t.Errorf("bo: %q", got)
		}
		wantCode(t, b.service.MarkAllRead(ctx, bo, first.Items[1].Serial), domain.OK)
		unread := must[domain.List[*notification.Notification]](t)(b.service.List(ctx, bo, notification.Filter{Unread: true}, domain.Page{}))
		if len(unread.Items) != 1 || unread.Items[0].Serial != newest {
			t.Errorf("unread: %+v", unread.Items)
		}
	})
}

// TestFloodOfDecisions: who moderates is told by a mail at once of the first that
// waits, and of what comes soon after in one mail, unless they saw it.
func TestFloodOfDecisions(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "flood", func(t *testing.T, db *storage.DB) {
		ctx, b := t.Context(), newBells(t, db)
		ana, mo := b.account("ana", policy.RoleMember), b.account("mo", policy.RoleModerator)
		begin := time.Date(2026, 6, 4, 10, 0, 0, 0, time.UTC)
		after := func(d time.Duration, posts int, want ...string) {
			t.Helper()
			b.at(begin.Add(d))
			for range posts {
				e := domain.NewEvent(b.mint, community.PostHeld, ana.Actor, domain.Subject{Kind: "held", ID: b.mint.ID()}, community.HeldPayload{Author: ana.Actor})
				if err := b.db.InTx(ctx, domain.Change{Events: []domain.Event{e}}, func(context.Context, bun.Tx) error { return nil }); err != nil {
					t.Fatal(err)
				}
			}
			b.settle()
			if got := b.mails(); !slices.Equal(got, want) {
				t.Errorf("after %v: %q, want %q", d, got, want)
			}
		}
		const one, three = "mo: at_once decisions: post_held", "mo: at_once decisions: post_held: post_held: post_held"
		after(0, 1, one)
		after(time.Minute, 3, one)
		after(notification.DecisionsEvery-time.Second, 0, one)
		after(notification.DecisionsEvery+time.Second, 0, one, three)
		after(notification.DecisionsEvery+2*time.Minute, 2, one, three)
		wantCode(t, b.service.MarkAllRead(ctx, mo, b.mint.Serial()), domain.OK)
		after(3*notification.DecisionsEvery, 0, "mo: at_once decisions", "mo: at_once decisions")
	})
}

// TestNotificationMails: each way of being told, by the clock of the node, of
// the person, over the change to summer time, and after a change of mind.
func TestNotificationMails(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "summaries", func(t *testing.T, db *storage.DB) {
		ctx, b := t.Context(), newBells(t, db)
		ana, bo, cy := b.account("ana", policy.RoleMember), b.account("bo", policy.RoleMember), b.account("cy", policy.RoleMember)
		s, n := b.organizations(), 0
		choose := func(v policy.Viewer, channel notification.Channel, zone string, hour int) {
			t.Helper()
			wantCode(t, b.service.Choose(ctx, v, notification.Choices{
				Classes: map[notification.Class]notification.Channel{notification.Personal: channel}, Zone: zone, Hour: hour,
			}), domain.OK)
		}
		add := func() {
			t.Helper()
			n++
			b.organization(t, ana, fmt.Sprint("city", n))
			for _, v := range []policy.Viewer{bo, cy} {
				wantCode(t, s.AddMember(ctx, ana, fmt.Sprint("city", n), v.Actor, organization.RoleMember), domain.OK)
			}
			b.settle()
		}
		choose(bo, notification.Daily, "", 8)
		choose(cy, notification.Weekly, "Pacific/Auckland", 20)
		add()
		add()
		b.at(time.Date(2026, 6, 4, 5, 59, 0, 0, time.UTC)) // 07:59 in Madrid
		b.settle()
		if got := b.mails(); len(got) != 0 {
			t.Errorf("before eight: %q", got)
		}
		b.at(time.Date(2026, 6, 4, 6, 0, 0, 0, time.UTC))
		b.settle()
		b.at(time.Date(2026, 6, 5, 6, 0, 0, 0, time.UTC)) // nothing new: no mail
		b.settle()
		if got := b.mails(); !slices.Equal(got, []string{"bo: daily: group_member: group_member"}) {
			t.Errorf("at eight: %q", got)
		}
		b.at(time.Date(2026, 6, 8, 7, 59, 0, 0, time.UTC)) // Monday, 19:59 in Auckland
		b.settle()
		b.at(time.Date(2026, 6, 8, 8, 0, 0, 0, time.UTC))
		b.settle()
		if got := b.mails(); !slices.Equal(got[1:], []string{"cy: weekly: group_member: group_member"}) {
			t.Errorf("on Monday: %q", got)
		}

		// What waits goes the way that is chosen now, and what was read no way.
		add()
		choose(cy, notification.AtOnce, "", 8)
		wantCode(t, b.service.MarkAllRead(ctx, bo, b.mint.Serial()), domain.OK)
		b.settle()
		choose(bo, notification.Off, "", 8)
		add()
		b.at(time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC))
		b.settle()
		if got := b.mails(); !slices.Equal(got[2:], []string{"cy: at_once personal: group_member", "cy: at_once personal: group_member"}) {
			t.Errorf("after a change of mind: %q", got[2:])
		}
		if got := b.topics(bo); strings.Contains(got, "*") {
			t.Errorf("bo turned it off and is told %q", got)
		}
	})

	storagetest.Run(t, "unsubscribe", func(t *testing.T, db *storage.DB) {
		ctx, b := t.Context(), newBells(t, db)
		bo := b.account("bo", policy.RoleMember)
		token := b.service.Token(bo.Actor, notification.Scope{Channel: notification.AtOnce, Class: notification.Personal})
		for range 2 {
			must[notification.Scope](t)(b.service.Unsubscribe(ctx, token))
		}
		c := must[notification.Choices](t)(b.service.Choices(ctx, bo))
		if c.Class(notification.Personal) != notification.Portal || c.Class(notification.Decisions) != notification.AtOnce || c.Class(notification.Work) != notification.Daily {
			t.Errorf("choices: %+v", c)
		}
		must[notification.Scope](t)(b.service.Unsubscribe(ctx, b.service.Token(bo.Actor, notification.Scope{Channel: notification.Daily})))
		c = must[notification.Choices](t)(b.service.Choices(ctx, bo))
		if c.Class(notification.Work) != notification.Portal || c.Class(notification.Conversation) != notification.Portal || c.Class(notification.News) != notification.Weekly {
			t.Errorf("choices: %+v", c)
		}
		for _, broken := range []string{"", "x", token[1:], token + "A", strings.ToUpper(token)} {
			_, err := b.service.Unsubscribe(ctx, broken)
			wantCode(t, err, domain.NotFound)
		}
	})
}

// killed is a store whose process is killed about some of its commits.
type killed struct {
	*kept

	t *rapid.T
}

// kept has a name that is none of its methods.
type kept = storage.Notifications

// pages is a chain that is read in pages of any size.
type pages struct {
	*storage.Events

	t *rapid.T
}

var errKilled = errors.New("killed")

func (k killed) Tell(ctx context.Context, cursor string, from, to int64, told []notification.Told) error {
	switch rapid.IntRange(0, 3).Draw(k.t, "killed") {
	case 0:
		return errKilled // before the commit
	case 1: // after the commit
		return errors.Join(k.kept.Tell(ctx, cursor, from, to, told), errKilled)
	case 2: // by another process, which is as far
		if err := k.kept.Tell(ctx, cursor, from, to, told); err != nil {
			return err
		}
	}
	return k.kept.Tell(ctx, cursor, from, to, told)
}

func (p pages) After(ctx context.Context, seq, _ int64) ([]domain.Event, error) {
	return p.Events.After(ctx, seq, rapid.Int64Range(1, 9).Draw(p.t, "page"))
}

// TestNotificationsAfterCrashes: killed anywhere, whoever is told is told the
// same, each once, as by one run without any fault.
func TestNotificationsAfterCrashes(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "crashes", func(t *testing.T, db *storage.DB) {
		ctx, b := t.Context(), newBells(t, db)
		people := []policy.Viewer{b.account("ana", policy.RoleMember), b.account("bo", policy.RoleMember), b.account("cy", policy.RoleMember)}
		s := b.organizations()
		for i := range 6 {
			by, name := people[i%3], fmt.Sprint("city", i)
			b.organization(t, by, name)
			for _, v := range people {
				if v.Actor != by.Actor {
					wantCode(t, s.AddMember(ctx, by, name, v.Actor, organization.RoleMember), domain.OK)
				}
			}
			must[*network.Follow](t)(b.follows.Follow(ctx, by, by.Actor, people[(i+1)%3].Actor))
			wantCode(t, b.follows.Unfollow(ctx, by, by.Actor, people[(i+1)%3].Actor), domain.OK)
			wantCode(t, s.RemoveMember(ctx, people[(i+1)%3], name, people[(i+1)%3].Actor), domain.OK)
		}
		b.settle()
		want := b.dump()
		if len(want) < 20 {
			t.Fatalf("only %d rows", len(want))
		}
		rapid.Check(t, func(r *rapid.T) {
			b.forget()
			chain := pages{storage.NewEvents(db), r}
			for last := must[[]domain.Event](t)(chain.Events.After(ctx, 0, 1000)); ; {
				if _, err := notification.NewStage(chain, killed{b.store, r}, b.mint, slog.New(slog.DiscardHandler)).Step(ctx); err != nil && !errors.Is(err, errKilled) {
					r.Fatal(err)
				}
				if at := must[int64](t)(chain.Cursor(ctx, "notification")); at == last[len(last)-1].Seq {
					break
				}
			}
			if got := b.dump(); !slices.Equal(got, want) {
				r.Errorf("%d rows, want %d:\n%s", len(got), len(want), strings.Join(got, "\n"))
			}
		})
	})
}

// dump writes all that people are told.
func (b *bells) dump() []string {
	b.t.Helper()
	var rows []struct {
		PersonID, Topic, Once, Mail string
		EventSeq                    int64
	}
	err := b.db.Read().NewRaw("SELECT person_id, topic, once, mail, event_seq FROM notifications ORDER BY event_seq, person_id, topic").Scan(b.t.Context(), &rows)
	if err != nil {
		b.t.Fatal(err)
	}
	lines := make([]string, len(rows))
	for i, r := range rows {
		lines[i] = fmt.Sprint(r)
	}
	return lines
}

// forget begins from the first event again.
func (b *bells) forget() {
	b.t.Helper()
	err := b.db.InTx(b.t.Context(), domain.Change{}, func(ctx context.Context, tx bun.Tx) error {
		for _, q := range []string{"DELETE FROM notifications", "DELETE FROM notification_mails", "DELETE FROM cursors WHERE name = 'notification'"} {
			if _, err := tx.NewRaw(q).Exec(ctx); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.t.Fatal(err)
	}
}
