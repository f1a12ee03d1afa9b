package storage_test

import (
	"context"
	"encoding/json"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/domain/organization"
	"interlink/domain/participation"
	"interlink/domain/policy"
	"interlink/storage"
	"interlink/storage/storagetest"
)

// hall is a town with a team that looks for people.
type hall struct {
	*town
	teams *organization.Service
	roles *participation.Service
	store *storage.Participation
}

func newHall(t *testing.T, db *storage.DB) *hall {
	t.Helper()
	w := newTown(t, db)
	organizations := storage.NewOrganizations(db)
	h := &hall{town: w, teams: organization.NewService(organizations, w.mint, w.ns), store: storage.NewParticipation(db, storage.NewCommunities(db), organizations)}
	plain := func(_ domain.Lang, key string, _ ...any) string { return key }
	h.roles = participation.NewService(h.store, organizations, w.service, w.net, storage.NewProcesses(db), plain, w.mint, w.ns)
	if _, err := h.teams.Create(t.Context(), w.owner, "hall", organization.Details{Title: domain.Text{"en": "Hall"}, Kind: organization.PublicAdministration}); err != nil {
		t.Fatal(err)
	}
	if _, err := h.teams.CreateTeam(t.Context(), w.owner, "hall", "gardeners", organization.TeamDetails{Title: domain.Text{"en": "Gardeners"}}); err != nil {
		t.Fatal(err)
	}
	return h
}

func (h *hall) call(seats int, reviewers ...domain.ActorID) *participation.Call {
	h.t.Helper()
	c, err := h.roles.Publish(h.t.Context(), h.owner, participation.Draft{Team: "gardeners", Community: "parks", Reviewers: reviewers, Details: participation.Details{
		Title: domain.Text{"en": "Waterers"}, Duties: domain.Text{"en": "Water the trees."}, Seats: seats,
	}})
	if err != nil {
		h.t.Fatal(err)
	}
	return c
}

func (h *hall) apply(v policy.Viewer, c *participation.Call) *participation.Application {
	h.t.Helper()
	a, err := h.roles.Apply(h.t.Context(), v, c.ID, "I have a can.")
	if err != nil {
		h.t.Fatal(err)
	}
	return a
}

// history lists all that happened, as the chain keeps it for ever.
func (h *hall) history() string {
	h.t.Helper()
	events, err := storage.NewEvents(h.db).After(h.t.Context(), 0, 1000)
	if err != nil {
		h.t.Fatal(err)
	}
	raw, err := json.Marshal(events)
	if err != nil {
		h.t.Fatal(err)
	}
	return string(raw)
}

func TestRoleCall(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "role call", func(t *testing.T, db *storage.DB) {
		ctx, h := t.Context(), newHall(t, db)
		if _, err := h.roles.Publish(ctx, h.member, participation.Draft{Team: "gardeners", Community: "parks"}); domain.CodeOf(err) != domain.Forbidden {
			t.Errorf("who administers neither publishes: %v", err)
		}
		_, err := h.roles.Publish(ctx, h.owner, participation.Draft{Team: "nobody", Community: "parks"})
		if fields := domain.FieldsOf(err); len(fields) != 1 || fields[0].Field != "team" {
			t.Errorf("an unknown team: %v", err)
		}
		c := h.call(1)
		if c.IRI == "" || c.URL == "" || len(c.DecidedBy) != 1 {
			t.Fatalf("the call %+v", c)
		}
		post, err := h.service.PostByID(ctx, policy.Viewer{}, c.ID)
		if err != nil || post.Author != h.group.ID || post.IRI != c.IRI || post.URL != c.URL || !strings.Contains(post.Content, "<strong>Waterers</strong>") || !strings.Contains(post.Content, string(c.URL)) {
			t.Errorf("the post that tells of it: %+v (%v)", post, err)
		}
		for name, f := range map[string]participation.CallFilter{
			"open": {OpenAt: time.Now()}, "here": {Here: true}, "community": {Community: h.group.ID}, "team": {Team: c.Team}, "reviewer": {Reviewer: h.owner.Actor},
		} {
			if list, err := h.roles.Calls(ctx, policy.Viewer{}, f, domain.Page{}); err != nil || len(list.Items) != 1 || list.Items[0].Group == nil {
				t.Errorf("%s: %d calls (%v)", name, len(list.Items), err)
			}
		}
		if list, err := h.roles.Calls(ctx, policy.Viewer{}, participation.CallFilter{Reviewer: h.member.Actor}, domain.Page{}); err != nil || len(list.Items) != 0 {
			t.Errorf("somebody else decides on %d calls (%v)", len(list.Items), err)
		}
		if err := h.service.DeletePost(ctx, h.owner, c.ID); err != nil {
			t.Fatal(err)
		}
		if gone, err := h.roles.Call(ctx, policy.Viewer{}, c.ID); err != nil || gone.Open(time.Now()) {
			t.Errorf("a call whose post was deleted is open (%v)", err)
		}
	})
}

func TestApplication(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "application", func(t *testing.T, db *storage.DB) {
		ctx, h := t.Context(), newHall(t, db)
		second := h.person("second")
		c := h.call(1, second.Actor)
		for name, v := range map[string]policy.Viewer{"nobody": {}, "a reader": {Actor: h.member.Actor, Role: policy.RoleMember, Scopes: []policy.Scope{policy.ScopeRead}}} {
			if _, err := h.roles.Apply(ctx, v, c.ID, "Me"); err == nil {
				t.Errorf("%s applied", name)
			}
		}
		if _, err := h.roles.Apply(ctx, h.member, c.ID, " "); domain.CodeOf(err) != domain.Invalid {
			t.Errorf("without a statement: %v", err)
		}
		if _, err := h.roles.Apply(ctx, h.owner, c.ID, "Me"); domain.CodeOf(err) != domain.Conflict {
			t.Errorf("a member applied: %v", err)
		}
		a := h.apply(h.member, c)
		if _, err := h.roles.Apply(ctx, h.member, c.ID, "Again"); domain.CodeOf(err) != domain.Conflict {
			t.Errorf("twice: %v", err)
		}
		for name, v := range map[string]policy.Viewer{"nobody": {}, "who applied": h.member, "a stranger": h.outside} {
			if _, err := h.roles.Applications(ctx, v, c.ID, "", domain.Page{}); err == nil {
				t.Errorf("%s reads the applications", name)
			}
			if _, _, err := h.roles.Application(ctx, v, c.ID, a.ID); err == nil {
				t.Errorf("%s reads an application", name)
			}
			if _, err := h.roles.Decide(ctx, v, c.ID, a.ID, participation.Decision{State: participation.Accepted, Revision: a.Revision}); err == nil {
				t.Errorf("%s decides", name)
			}
		}
		decide := func(v policy.Viewer, d participation.Decision) error {
			t.Helper()
			_, now, err := h.roles.Application(ctx, h.owner, c.ID, a.ID)
			if err != nil {
				t.Fatal(err)
			}
			d.Revision = now.Revision
			_, err = h.roles.Decide(ctx, v, c.ID, a.ID, d)
			return err
		}
		if err := decide(h.owner, participation.Decision{State: participation.Rejected}); len(domain.FieldsOf(err)) != 2 {
			t.Errorf("rejected without a reason: %v", err)
		}
		if err := decide(h.owner, participation.Decision{State: participation.Rejected, Reason: "Your can is too small, Member.", Ground: participation.GroundRequirements}); err != nil {
			t.Fatal(err)
		}
		own, err := h.roles.Own(ctx, h.member, c.ID)
		if err != nil || own.State != participation.Rejected || own.Last().Reason == "" || own.Last().By != h.owner.Actor {
			t.Fatalf("who applied is told %+v (%v)", own, err)
		}
		public, err := h.roles.Call(ctx, policy.Viewer{}, c.ID)
		if err != nil || public.Tally.Count(participation.Rejected) != 1 || public.Tally[0].Ground != participation.GroundRequirements {
			t.Errorf("the public counts: %+v (%v)", public.Tally, err)
		}
		if _, err := h.roles.Appeal(ctx, h.member, c.ID, "It holds ten litres."); err != nil {
			t.Fatal(err)
		}
		if err := decide(h.owner, participation.Decision{State: participation.Accepted}); domain.CodeOf(err) != domain.Forbidden {
			t.Errorf("who rejected decides on the appeal: %v", err)
		}
		if err := decide(second, participation.Decision{State: participation.Accepted}); err != nil {
			t.Fatal(err)
		}
		team, err := h.teams.Team(ctx, policy.Viewer{}, "gardeners")
		if err != nil || team.Members.Role(h.member.Actor) != organization.RoleMember || len(team.Members) != 2 {
			t.Errorf("the team has %+v (%v)", team.Members, err)
		}
		filled, err := h.roles.Call(ctx, policy.Viewer{}, c.ID)
		if err != nil || filled.State != participation.CallFilled || filled.Taken() != 1 {
			t.Errorf("with the last seat taken: %s, %d (%v)", filled.State, filled.Taken(), err)
		}
		if _, err := h.roles.Apply(ctx, h.outside, c.ID, "Me too"); domain.CodeOf(err) != domain.Conflict {
			t.Errorf("a filled call: %v", err)
		}
		if got := h.history(); strings.Contains(got, "I have a can") || strings.Contains(got, "litres") || strings.Contains(got, "too small") {
			t.Error("the chain of events holds what people wrote")
		}
	})
}

// TestLastSeat: two reviewers give the last seat to two people at once.
func TestLastSeat(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "last seat", func(t *testing.T, db *storage.DB) {
		ctx, h := t.Context(), newHall(t, db)
		c := h.call(1)
		applications := []*participation.Application{h.apply(h.member, c), h.apply(h.outside, c)}
		errs := make([]error, len(applications))
		var both sync.WaitGroup
		for i, a := range applications {
			both.Go(func() {
				_, errs[i] = h.roles.Decide(ctx, h.owner, c.ID, a.ID, participation.Decision{State: participation.Accepted, Revision: a.Revision})
			})
		}
		both.Wait()
		if (errs[0] == nil) == (errs[1] == nil) {
			t.Errorf("one seat, and %v", errs)
		}
		team, err := h.teams.Team(ctx, policy.Viewer{}, "gardeners")
		if err != nil || len(team.Members) != 2 {
			t.Errorf("the team has %d members (%v)", len(team.Members), err)
		}
	})
}

// TestWithdrawal: who withdrew may apply again.
func TestWithdrawal(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "withdrawal", func(t *testing.T, db *storage.DB) {
		ctx, h := t.Context(), newHall(t, db)
		c := h.call(2)
		h.apply(h.member, c)
		if _, err := h.roles.Withdraw(ctx, h.outside, c.ID); domain.CodeOf(err) != domain.NotFound {
			t.Errorf("who did not apply withdraws: %v", err)
		}
		if _, err := h.roles.Withdraw(ctx, h.member, c.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := h.roles.Withdraw(ctx, h.member, c.ID); domain.CodeOf(err) != domain.Conflict {
			t.Errorf("twice: %v", err)
		}
		if a := h.apply(h.member, c); a.State != participation.Submitted || len(a.History) != 3 {
			t.Errorf("applied again: %+v", a)
		}
		if mine, err := h.roles.Mine(ctx, h.member, domain.Page{}); err != nil || mine.Total != 1 {
			t.Errorf("%d applications (%v)", mine.Total, err)
		}
	})
}

// TestForgotten: an application that was turned down goes after its time,
// with all that was sent and received about it; it goes on to be counted.
func TestForgotten(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "forgotten", func(t *testing.T, db *storage.DB) {
		ctx, h := t.Context(), newHall(t, db)
		c := h.call(2)
		kept, gone := h.apply(h.outside, c), h.apply(h.member, c)
		d := participation.Decision{State: participation.Declined, Reason: "Others first.", Ground: participation.GroundSeats, Revision: gone.Revision}
		if _, err := h.roles.Decide(ctx, h.owner, c.ID, gone.ID, d); err != nil {
			t.Fatal(err)
		}
		err := db.InTx(ctx, domain.Change{}, func(ctx context.Context, tx bun.Tx) error {
			_, err := tx.NewRaw(`INSERT INTO activities (id, serial, iri, actor_id, type, object, public, forwarded, raw, digest, created_at)
				VALUES (?, 1, 'https://x.example/1', ?, 'Reject', ?, ?, ?, ?, '', 0)`,
				string(h.mint.ID()), string(h.group.ID), participation.Trace(gone.ID), false, false, []byte("Others first.")).Exec(ctx)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		sweep := func(after time.Duration) {
			t.Helper()
			if err := storage.NewRetention(db).Sweep(ctx, time.Now().Add(after), network.DefaultRetention); err != nil {
				t.Fatal(err)
			}
		}
		sweep(network.DefaultRetention.Applications - time.Hour)
		if _, err := h.roles.Own(ctx, h.member, c.ID); err != nil {
			t.Errorf("an hour too early: %v", err)
		}
		sweep(network.DefaultRetention.Applications + time.Hour)
		if _, err := h.roles.Own(ctx, h.member, c.ID); domain.CodeOf(err) != domain.NotFound {
			t.Errorf("after its time: %v", err)
		}
		if _, err := h.store.Application(ctx, kept.ID); err != nil {
			t.Errorf("one that waits: %v", err)
		}
		var left int
		if err := db.Read().NewRaw("SELECT COUNT(*) FROM activities WHERE type = 'Reject'").Scan(ctx, &left); err != nil || left != 0 {
			t.Errorf("%d activities about it are left (%v)", left, err)
		}
		public, err := h.roles.Call(ctx, policy.Viewer{}, c.ID)
		if err != nil || public.Tally.Count(participation.Declined) != 1 || public.Tally.Total() != 2 {
			t.Errorf("the public counts: %+v (%v)", public.Tally, err)
		}
	})
}

// TestForgottenOfClosed: of a call that was closed long ago, what was written in
// accepted applications goes and the acceptance stays, and who was never
// answered is declined by the node, told why, and forgotten as others that were;
// of an open one both stay. Those to calls of other nodes are only forgotten.
func TestForgottenOfClosed(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "forgotten_of_closed", func(t *testing.T, db *storage.DB) {
		ctx, h := t.Context(), newHall(t, db)
		c, open, abroad := h.call(2), h.call(2), h.call(2)
		taken, waits, still, sent := h.apply(h.member, c), h.apply(h.outside, c), h.apply(h.outside, open), h.apply(h.outside, abroad)
		elsewhere := "UPDATE role_calls SET host = 'riga.example', state = 'closed' WHERE id = ?"
		if err := db.InTx(ctx, domain.Change{}, func(ctx context.Context, tx bun.Tx) error {
			_, err := tx.NewRaw(elsewhere, string(abroad.ID)).Exec(ctx)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if _, err := h.roles.Decide(ctx, h.owner, c.ID, taken.ID, participation.Decision{State: participation.Accepted, Reason: "A can is what we need.", Revision: taken.Revision}); err != nil {
			t.Fatal(err)
		}
		if now, err := h.roles.Call(ctx, h.owner, c.ID); err != nil {
			t.Fatal(err)
		} else if _, err := h.roles.End(ctx, h.owner, c.ID, now.Revision); err != nil {
			t.Fatal(err)
		}
		sweep := func(after time.Duration) (accepted, undecided *participation.Application) {
			t.Helper()
			then := time.Now().Add(after)
			if err := h.roles.AnswerUndecided(ctx, then.Add(-participation.DecideFor)); err != nil {
				t.Fatal(err)
			}
			if err := storage.NewRetention(db).Sweep(ctx, then, network.DefaultRetention); err != nil {
				t.Fatal(err)
			}
			if a, err := h.store.Application(ctx, still.ID); err != nil || a.Statement == "" {
				t.Errorf("one of an open call: %+v %v", a, err)
			}
			accepted, err := h.store.Application(ctx, taken.ID)
			if err != nil || accepted.State != participation.Accepted || len(accepted.History) != 2 || accepted.Last().At.IsZero() {
				t.Fatalf("the acceptance: %+v, %v", accepted, err)
			}
			undecided, err = h.store.Application(ctx, waits.ID)
			if err != nil && domain.CodeOf(err) != domain.NotFound {
				t.Fatal(err)
			}
			return accepted, undecided
		}
		if a, u := sweep(participation.DecideFor - time.Hour); a.Statement == "" || u.State != participation.Submitted {
			t.Errorf("too early: %+v %+v", a, u)
		}
		if _, u := sweep(participation.DecideFor + time.Hour); u.State != participation.Declined || u.Ground != participation.GroundOther ||
			u.Last().By != domain.Nobody || u.Last().Reason != "application.undecided" {
			t.Errorf("nobody decided: %+v", u)
		}
		if n := strings.Count(h.history(), string(participation.ApplicationDecided)); n != 2 {
			t.Errorf("%d decisions were told", n)
		}
		if a, u := sweep(network.DefaultRetention.Applications - time.Hour); a.Statement == "" || u == nil {
			t.Errorf("too early: %+v %+v", a, u)
		}
		if a, err := h.store.Application(ctx, sent.ID); err != nil || a.State != participation.Submitted {
			t.Errorf("what another node decides: %+v %v", a, err)
		}
		if a, u := sweep(network.DefaultRetention.Accepted - time.Hour); a.Statement == "" || a.Last().Reason == "" || u != nil {
			t.Errorf("after half a year: %+v %+v", a, u)
		}
		if _, err := h.store.Application(ctx, sent.ID); domain.CodeOf(err) != domain.NotFound {
			t.Errorf("what another node never answered: %v", err)
		}
		for range 2 {
			if a, _ := sweep(network.DefaultRetention.Accepted + time.Hour); a.Statement != "" || a.Last().Reason != "" || a.Last().By != h.owner.Actor {
				t.Errorf("after a year: %+v", a)
			}
		}
		public, err := h.roles.Call(ctx, policy.Viewer{}, c.ID)
		if err != nil || public.Tally.Count(participation.Declined) != 1 || public.Tally.Count(participation.Accepted) != 1 || public.Tally.Total() != 2 {
			t.Errorf("the public counts: %+v (%v)", public.Tally, err)
		}
	})
}

// TestEndLasting: a call without a deadline of which nothing was heard for a
// year is closed, a month after its people were told, also where the node slept
// meanwhile; one that has a deadline, or changed, is not.
func TestEndLasting(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "end_lasting", func(t *testing.T, db *storage.DB) {
		const day = 24 * time.Hour
		ctx, h := t.Context(), newHall(t, db)
		c, dated := h.call(2), h.call(2)
		d := dated.Details
		d.Deadline = time.Now().Add(3000 * day)
		if _, err := h.roles.Revise(ctx, h.owner, dated.ID, dated.Revision, d); err != nil {
			t.Fatal(err)
		}
		ended := func(of *participation.Call, days int) (closed bool, told int) {
			t.Helper()
			for range 2 { // again at once it changes nothing
				if err := h.roles.EndLasting(ctx, time.Now().Add(time.Duration(days)*day)); err != nil {
					t.Fatal(err)
				}
			}
			now, err := h.roles.Call(ctx, h.owner, of.ID)
			if err != nil {
				t.Fatal(err)
			}
			return now.State == participation.CallClosed, strings.Count(h.history(), string(participation.CallEnding))
		}
		type step struct {
			days   int
			closed bool
			told   int
		}
		walk := func(of *participation.Call, steps ...step) {
			t.Helper()
			for _, want := range steps {
				if closed, told := ended(of, want.days); closed != want.closed || told != want.told {
					t.Errorf("after %d days: closed %t, told %d times", want.days, closed, told)
				}
			}
		}
		walk(c, step{334, false, 0}, step{336, false, 1}, step{364, false, 1}, step{367, true, 1})
		walk(h.call(2), step{800, false, 2}, step{829, false, 2}, step{831, true, 2})
		if now, err := h.roles.Call(ctx, h.owner, dated.ID); err != nil || now.State != participation.CallOpen {
			t.Errorf("one with a deadline: %v %v", now.State, err)
		}
	})
}
