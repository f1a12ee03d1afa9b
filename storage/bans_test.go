package storage_test

import (
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
