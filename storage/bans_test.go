package storage_test

import (
	"context"
	"testing"
	"time"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/storage"
	"interlink/storage/storagetest"
)

// TestCommunityRoles: the last administrator stays, also where two give up at
// once; a role is one.
func TestCommunityRoles(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "roles", func(t *testing.T, db *storage.DB) {
		ctx, w := t.Context(), newTown(t, db)
		give := func(who domain.ActorID, role community.Role, want domain.Code) {
			t.Helper()
			_, err := w.service.SetRole(ctx, w.owner, "parks", who, role)
			wantCode(t, err, want)
		}
		give(w.owner.Actor, community.NoRole, domain.Conflict)
		give(w.owner.Actor, community.Moderator, domain.Conflict)
		give(w.member.Actor, "king", domain.Invalid)
		give(w.group.ID, community.Moderator, domain.Invalid)
		give(w.member.Actor, community.Moderator, domain.OK)
		give(w.member.Actor, community.Administrator, domain.OK)
		c, err := w.service.Community(ctx, w.member, "parks")
		if err != nil || len(c.Administrators) != 2 || len(c.Moderators) != 0 || c.Role(w.member.Actor) != community.Administrator {
			t.Errorf("roles: %v %v (%v)", c.Administrators, c.Moderators, err)
		}
		give(w.owner.Actor, community.NoRole, domain.OK)
		give(w.outside.Actor, community.Moderator, domain.Forbidden)
		_, err = w.service.SetRole(ctx, w.outside, "parks", w.member.Actor, community.NoRole)
		wantCode(t, err, domain.Forbidden)
	})
}

// TestBans: there is one for a person and community, which is over when its
// job says so; a job of an older one does nothing.
func TestBans(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "bans", func(t *testing.T, db *storage.DB) {
		ctx, w := t.Context(), newTown(t, db)
		ban := func(until time.Time, want domain.Code) *community.Ban {
			t.Helper()
			wantCode(t, w.service.Ban(ctx, w.owner, "parks", community.Banning{Who: w.member.Actor, Reason: "Lotteries", Until: until}), want)
			b, err := w.service.OwnBan(ctx, w.member, w.group.ID)
			if err != nil {
				t.Fatal(err)
			}
			return b
		}
		write := func(want domain.Code) {
			t.Helper()
			_, err := w.service.Post(ctx, w.member, "parks", community.Draft{Content: "More benches"})
			wantCode(t, err, want)
		}
		wantCode(t, w.service.Ban(ctx, w.member, "parks", community.Banning{Who: w.outside.Actor, Reason: "x"}), domain.Forbidden)
		first := ban(time.Time{}, domain.OK)
		ban(time.Time{}, domain.Conflict)
		write(domain.Forbidden)
		if mine, err := w.service.Mine(ctx, w.member, domain.Page{}); err != nil || len(mine.Items) != 0 {
			t.Errorf("communities to write in: %v (%v)", mine.Items, err)
		}
		list, err := w.service.Bans(ctx, w.owner, "parks", domain.Page{})
		if err != nil || len(list.Items) != 1 || list.Items[0].Reason != "Lotteries" || list.Items[0].By != w.owner.Actor {
			t.Errorf("bans: %+v (%v)", list.Items, err)
		}
		wantCode(t, w.service.Unban(ctx, w.owner, "parks", w.member.Actor), domain.OK)
		wantCode(t, w.service.Unban(ctx, w.owner, "parks", w.member.Actor), domain.NotFound)
		write(domain.OK)

		second := ban(time.Now().Add(time.Hour), domain.OK)
		wantCode(t, w.service.EndBan(ctx, community.Unban{Community: first.Community, Actor: first.Actor, Ban: first.Activity}), domain.OK)
		write(domain.Forbidden)
		for range 2 {
			wantCode(t, w.service.EndBan(ctx, community.Unban{Community: second.Community, Actor: second.Actor, Ban: second.Activity}), domain.OK)
		}
		write(domain.OK)
	})
}

// TestBanSettlesAll: all that waits of somebody who is banned is refused, however
// much it is, also if the job is stopped in the middle and runs again.
func TestBanSettlesAll(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "many", func(t *testing.T, db *storage.DB) {
		a := newAttic(t, db)
		ctx := t.Context()
		c := must[*community.Community](t)(a.service.Community(ctx, a.owner, "parks"))
		h := &community.Held{
			Post:  community.Post{ID: "held-0", Serial: a.mint.Serial(), IRI: iriOf("held-0"), Author: a.member.Actor, Content: "Pills", Published: a.mint.Now()},
			Group: c.ID, Serial: a.mint.Serial(), Why: community.FirstPost, State: community.HeldWaiting, At: a.mint.Now(),
		}
		if err := a.store.SaveHeld(ctx, h, domain.Change{}); err != nil {
			t.Fatal(err)
		}
		columns := "author_id, community_id, announcer_id, host, why, filter, activity, state, reason, by_id, at, decided_at, revision, deletion, pinned"
		a.exec(`INSERT INTO held_posts (id, serial, iri, post, ` + columns + `)
			WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 700)
			SELECT 'held-' || i, serial + i, REPLACE(iri, 'held-0', 'held-' || i), REPLACE(post, 'held-0', 'held-' || i), ` + columns + ` FROM held_posts, n`)
		b := &community.Ban{Community: c.ID, Actor: a.member.Actor, Serial: a.mint.Serial(), Reason: "Only pills", By: a.owner.Actor, At: a.mint.Now(), Activity: iriOf("ban")}
		if err := a.store.SaveBan(ctx, b, domain.Change{}); err != nil {
			t.Fatal(err)
		}
		stopped, stop := context.WithCancel(ctx)
		time.AfterFunc(50*time.Millisecond, stop)
		of := community.Unban{Community: c.ID, Actor: a.member.Actor, Ban: b.Activity}
		if err := a.service.RefuseBanned(stopped, of); err == nil {
			t.Log("it was done before it was stopped")
		}
		for range 2 { // again changes nothing
			if err := a.service.RefuseBanned(ctx, of); err != nil {
				t.Fatal(err)
			}
		}
		var left, told int
		if err := db.Read().NewRaw("SELECT (SELECT COUNT(*) FROM held_posts WHERE state <> 'refused' OR reason <> 'Only pills'), (SELECT COUNT(*) FROM events WHERE kind = 'post.refused')").
			Scan(ctx, &left, &told); err != nil {
			t.Fatal(err)
		}
		if left != 0 || told != 701 {
			t.Errorf("%d wait, %d are told", left, told)
		}
	})
}
