package storage_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/community"
	"interlink/domain/network"
	"interlink/domain/policy"
	"interlink/storage"
	"interlink/storage/storagetest"
)

// bulletins is a town that follows a catalogue of another node.
type bulletins struct {
	*town
	now     time.Time
	entries *catalogue.Service
	owner   *network.Actor
}

func newBulletins(t *testing.T, db *storage.DB) *bulletins {
	t.Helper()
	b := &bulletins{town: newTown(t, db), now: time.Now().UTC().Truncate(24 * time.Hour).Add(12 * time.Hour)}
	mint := domain.NewMint(func() time.Time { b.now = b.now.Add(time.Second); return b.now }, nil)
	b.entries = catalogue.NewService(storage.NewCatalogue(db), mint, b.ns, b.actor.ID)
	b.owner = &network.Actor{
		ID: mint.ActorID(), Serial: mint.Serial(), IRI: "https://far.example/catalogue", Type: network.TypeService, Subject: network.SubjectCatalogue, Name: "catalogue",
		Host: "far.example", Inbox: "https://far.example/catalogue/inbox", CreatedAt: noon, UpdatedAt: noon, Visibility: domain.VisiblePublic,
	}
	if err := b.net.SaveRemote(t.Context(), b.owner); err != nil {
		t.Fatal(err)
	}
	if _, err := b.network.Follow(t.Context(), b.member, b.member.Actor, b.owner.ID); err != nil {
		t.Fatal(err)
	}
	if err := b.network.ReceiveFollowAnswer(t.Context(), b.owner, b.member.Actor, true); err != nil {
		t.Fatal(err)
	}
	return b
}

// told is what the other catalogue tells of an entry, so many days from today.
func (b *bulletins) told(n, version, days int) catalogue.Remote {
	code, at := fmt.Sprintf("P_%d", n), b.now.AddDate(0, 0, days)
	return catalogue.Remote{
		IRI: domain.IRI("https://far.example/problems/" + code), Slug: code, Kind: catalogue.KindProblem, Version: version, Published: at, Updated: at,
		Content: catalogue.Content{Name: domain.Text{"en": fmt.Sprint("Problem ", n, " version ", version)}, Problem: &catalogue.ProblemProfile{Code: code}},
	}
}

func (b *bulletins) receive(in catalogue.Remote) *catalogue.Entry {
	b.t.Helper()
	return must[*catalogue.Entry](b.t)(b.entries.Receive(b.t.Context(), b.owner, in))
}

func (b *bulletins) shows(what string, want ...string) {
	b.t.Helper()
	today, got := b.now.Truncate(24*time.Hour), []string(nil)
	for after := ""; ; { // a line a page: the cursor holds among all kinds
		list := must[domain.List[community.FeedItem]](b.t)(b.service.HomeOf(b.t.Context(), b.member, community.HomeFilter{}, domain.Page{Limit: 1, After: after}))
		for _, it := range list.Items {
			line := it.Kind
			if x := it.Bulletin; x != nil {
				line = fmt.Sprintf("%d: %d new, %d renewed, %d shown", int(it.At.Truncate(24*time.Hour).Sub(today).Hours()/24), x.New, x.Renewed, len(x.First))
			}
			got = append(got, line)
		}
		if after = list.Next; after == "" {
			break
		}
	}
	if !slices.Equal(got, want) {
		b.t.Errorf("%s: the home has %q, want %q", what, got, want)
	}
}

// TestBulletins: what comes of a followed catalogue stands in the home, what
// came on one day in one line, where it came; what was told before anybody
// listened, at its own date. What is not shown, withdrawn or deleted is not
// there.
func TestBulletins(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "bulletins", func(t *testing.T, db *storage.DB) {
		ctx, b := t.Context(), newBulletins(t, db)
		do := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		sub := &catalogue.Subscription{Catalogue: b.owner.ID, Host: "far.example", State: catalogue.SubscriptionReading, Since: b.now}
		do(b.entries.TakePage(ctx, b.owner, sub, catalogue.Page{Entries: []catalogue.Remote{b.told(1, 1, -9), b.told(2, 1, -9), b.told(3, 3, -2)}}))
		b.receive(b.told(4, 1, 0))
		b.shows("what waits for a reviewer")
		must[int](t)(b.entries.ReviewHost(ctx, operator, "far.example", catalogue.Accept))
		old := []string{"-2: 1 new, 0 renewed, 1 shown", "-9: 2 new, 0 renewed, 2 shown"}
		b.shows("what was accepted", append([]string{"0: 1 new, 0 renewed, 1 shown"}, old...)...)

		for _, level := range catalogue.Ruled {
			do(b.entries.SetAdmission(ctx, operator, catalogue.Admission{Trust: level, Action: catalogue.ShowAtOnce}))
		}
		b.now = b.now.AddDate(0, 0, 1)
		var many []catalogue.Remote
		for n := range 40 {
			many = append(many, b.told(10+n, 1, 0))
		}
		for _, in := range many {
			b.receive(in)
		}
		again := b.told(1, 2, 0)
		b.receive(again)
		b.receive(again) // again is once
		old[1] = "-10: 1 new, 0 renewed, 1 shown"
		old[0] = "-3: 1 new, 0 renewed, 1 shown"
		today := func(line string) []string { return append([]string{line, "-1: 1 new, 0 renewed, 1 shown"}, old...) }
		b.shows("many at once", today("0: 40 new, 1 renewed, 3 shown")...)
		if n := must[int](t)(b.service.FreshHome(ctx, b.member, domain.NewSerial(b.now.AddDate(0, 0, -1).Add(time.Hour), 0))); n != 1 {
			t.Errorf("%d lines are new", n)
		}

		id := domain.ID(fmt.Sprintf("%s.create.%s", b.owner.ID, b.now.Format("20060102")))
		var all []domain.ID
		for after := ""; ; {
			list := must[*catalogue.Bulletin](t)(b.entries.Bulletin(ctx, policy.Viewer{}, id, domain.Page{Limit: 15, After: after}))
			if list.New != 40 || list.Renewed != 1 || list.Entries.Total != 41 {
				t.Errorf("the bulletin has %d new, %d renewed, %d altogether", list.New, list.Renewed, list.Entries.Total)
			}
			for _, e := range list.Entries.Items {
				all = append(all, e.ID)
			}
			if after = list.Entries.Next; after == "" {
				break
			}
		}
		if distinct := slices.Compact(slices.Sorted(slices.Values(all))); len(all) != 41 || len(distinct) != 41 {
			t.Errorf("%d entries in pages, %d of them distinct", len(all), len(distinct))
		}
		for _, after := range oddCursors() {
			if _, err := b.entries.Bulletin(ctx, policy.Viewer{}, id, domain.Page{After: after}); after != "" && domain.CodeOf(err) != domain.Invalid {
				t.Errorf("after %.40q: %v", after, err)
			}
		}

		gone := b.told(10, 2, 0)
		gone.Status, b.now = catalogue.Withdrawn, b.now.Add(time.Minute)
		b.receive(gone)
		do(b.entries.ReceiveDeletion(ctx, b.owner, b.told(11, 1, 0).IRI))
		must[int](t)(b.entries.Review(ctx, operator, []domain.ID{b.receive(b.told(12, 1, 0)).ID}, catalogue.Refuse))
		b.shows("without what was withdrawn, deleted and refused", today("0: 37 new, 1 renewed, 3 shown")...)
		for _, in := range many[3:] {
			in.Version, in.Status = 2, catalogue.Withdrawn
			b.receive(in)
		}
		b.shows("a day of which little is left", today("0: 0 new, 1 renewed, 1 shown")...)

		shared := b.follower("near.example", "ana", false)
		if _, err := b.network.Follow(ctx, b.member, b.member.Actor, shared.ID); err != nil {
			t.Fatal(err)
		}
		do(b.network.ReceiveFollowAnswer(ctx, shared, b.member.Actor, true))
		known := b.receive(b.told(2, 1, 0))
		do(b.service.ReceiveAnnounce(ctx, shared, community.Announcement{Kind: string(known.Kind), ID: known.ID, IRI: known.IRI, At: b.now}))
		if got := b.homeOf(b.member, community.HomeFilter{Kind: community.HomeEntries, From: community.FollowedPeople}); !slices.Equal(got, []string{"bulletin"}) {
			t.Errorf("what somebody shared: %q", got)
		}
		id = must[domain.List[community.FeedItem]](t)(b.service.Timeline(ctx, policy.Viewer{}, shared.ID, domain.Page{})).Items[0].Object
		must[*catalogue.Bulletin](t)(b.entries.Bulletin(ctx, policy.Viewer{}, id, domain.Page{}))
		gate := network.NewGate(storage.NewRules(db), b.mint, b.ns, false)
		must[network.Rule](t)(gate.Set(ctx, operator, network.Rule{Host: shared.Host, Verdict: network.VerdictBlock}))
		if _, err := b.entries.Bulletin(ctx, policy.Viewer{}, id, domain.Page{}); domain.CodeOf(err) != domain.NotFound {
			t.Errorf("what somebody of a blocked host shared: %v", err)
		}
		do(gate.Lift(ctx, operator, shared.Host))
		do(b.service.ReceiveUndoAnnounce(ctx, shared.ID, known.IRI))
		if got := b.homeOf(b.member, community.HomeFilter{From: community.FollowedPeople}); len(got) != 0 {
			t.Errorf("what is shared no more: %q", got)
		}
		do(b.network.Unfollow(ctx, b.member, b.member.Actor, b.owner.ID))
		b.shows("who does not follow it any more")

		b.now = b.now.AddDate(0, 0, 1)
		for from := range 3 { // a day of more than is counted
			var entries []catalogue.Remote
			for n := range 400 {
				entries = append(entries, b.told(1000+400*from+n, 1, 0))
			}
			sub = must[*catalogue.Subscription](t)(storage.NewCatalogue(db).Subscription(ctx, b.owner.ID))
			sub.State = catalogue.SubscriptionReading
			do(b.entries.TakePage(ctx, b.owner, sub, catalogue.Page{Entries: entries, Next: "https://far.example/catalogue/entries?2"}))
		}
		line := must[domain.List[community.FeedItem]](t)(b.service.Timeline(ctx, policy.Viewer{}, b.owner.ID, domain.Page{})).Items[0]
		if line.Bulletin == nil || line.Bulletin.New != catalogue.BulletinCounted+1 || line.Bulletin.Renewed != 0 || len(line.Bulletin.First) != 3 {
			t.Fatalf("the line of a day of 1,200 entries: %+v", line.Bulletin)
		}
		if all := must[*catalogue.Bulletin](t)(b.entries.Bulletin(ctx, policy.Viewer{}, line.Object, domain.Page{})); all.New != catalogue.BulletinCounted+1 || all.Entries.Next == "" {
			t.Errorf("the bulletin of a day of 1,200 entries: %d new, then %q", all.New, all.Entries.Next)
		}
	})
}
