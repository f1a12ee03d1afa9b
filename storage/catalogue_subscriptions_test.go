package storage_test

import (
	"fmt"
	"slices"
	"testing"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/network"
	"interlink/storage"
	"interlink/storage/storagetest"
)

// TestSubscriptionsOfPeople: subscriptions that only a person's follow had made
// are taken back, and what is shown of them stays; whatever the node's catalogue
// follows, or asked to, is as it was.
func TestSubscriptionsOfPeople(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "subscriptions", func(t *testing.T, db *storage.DB) {
		ctx, b := t.Context(), newBulletins(t, db)
		store := storage.NewCatalogue(db)
		own := network.NewLocal(b.mint, b.ns, network.TypeService, network.SubjectCatalogue, "catalogue", "catalogue")
		if err := b.net.AddLocalActor(ctx, own); err != nil {
			t.Fatal(err)
		}
		operator := operator
		for n, by := range map[string]domain.ActorID{"person": b.member.Actor, "asked": own.ID, "refused": own.ID, "both": own.ID, "nobody": domain.Nobody} {
			host := n + ".example"
			a := *b.owner
			a.ID, a.Serial, a.IRI, a.Host = b.mint.ActorID(), b.mint.Serial(), domain.IRI("https://"+host+"/catalogue"), host
			a.Inbox = a.IRI + "/inbox"
			if err := b.net.SaveRemote(ctx, &a); err != nil {
				t.Fatal(err)
			}
			follow := func(by domain.ActorID) {
				t.Helper()
				v := operator
				if by == b.member.Actor {
					v = b.member
				}
				if _, err := b.network.Follow(ctx, v, by, a.ID); err != nil {
					t.Fatal(err)
				}
			}
			if by != domain.Nobody {
				follow(by)
			}
			switch n {
			case "refused":
				if err := b.network.ReceiveFollowAnswer(ctx, &a, by, false); err != nil {
					t.Fatal(err)
				}
			case "both":
				follow(b.member.Actor)
			}
			sub := &catalogue.Subscription{Catalogue: a.ID, Host: host, State: catalogue.SubscriptionCurrent, Since: b.now}
			e := &catalogue.Entry{
				ID: b.mint.ID(), Serial: b.mint.Serial(), IRI: domain.IRI("https://" + host + "/problems/P_1"), Slug: "P_1", Kind: catalogue.KindProblem, Owner: a.ID, Host: host,
				Status: catalogue.Published, Version: 1, Trust: catalogue.TrustFollowed, Standing: catalogue.Shown, Why: catalogue.WhyTrusted, PublishedAt: b.now, UpdatedAt: b.now,
				Name: domain.Text{"en": "Problem"}, Problem: &catalogue.ProblemProfile{Code: "P_1"},
			}
			if err := store.SavePage(ctx, []*catalogue.Entry{e}, sub, domain.Change{}); err != nil {
				t.Fatal(err)
			}
		}
		for range 2 {
			if err := db.MigrateAgain(ctx, "20261207004000"); err != nil {
				t.Fatal(err)
			}
			var left []string
			for _, s := range must[[]*catalogue.Subscription](t)(store.Subscriptions(ctx)) {
				left = append(left, s.Host)
			}
			if !slices.Equal(left, []string{"asked.example", "both.example", "refused.example"}) {
				t.Errorf("followed: %q", left)
			}
			for host, want := range map[string]string{"asked": "followed shown trusted ", "person": "discovered shown accepted accepted", "nobody": "discovered shown accepted accepted"} {
				copies := must[[]*catalogue.Entry](t)(store.CopiesOf(ctx, host+".example", 0, 10))
				if e := copies[0]; fmt.Sprint(e.Trust, " ", e.Standing, " ", e.Why, " ", e.Decision) != want {
					t.Errorf("the copy of %s: %s, %s, %s, %q", host, e.Trust, e.Standing, e.Why, e.Decision)
				}
			}
		}
	})
}
