package storage_test

import (
	"fmt"
	"slices"
	"testing"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/network"
	"interlink/domain/policy"
	"interlink/storage"
	"interlink/storage/storagetest"
)

// subscribed makes a catalogue elsewhere that is read here, with one entry, and
// those who follow it.
func (b *bulletins) subscribed(store *storage.Catalogue, host string, followers ...policy.Viewer) *network.Actor {
	b.t.Helper()
	a := *b.owner
	a.ID, a.Serial, a.IRI, a.Host = b.mint.ActorID(), b.mint.Serial(), domain.IRI("https://"+host+"/catalogue"), host
	a.Inbox = a.IRI + "/inbox"
	if err := b.net.SaveRemote(b.t.Context(), &a); err != nil {
		b.t.Fatal(err)
	}
	for _, v := range followers {
		if _, err := b.network.Follow(b.t.Context(), policy.Viewer{Actor: v.Actor, Role: policy.RoleAdmin}, v.Actor, a.ID); err != nil {
			b.t.Fatal(err)
		}
	}
	sub := &catalogue.Subscription{Catalogue: a.ID, Host: host, State: catalogue.SubscriptionCurrent, Since: b.now}
	e := &catalogue.Entry{
		ID: b.mint.ID(), Serial: b.mint.Serial(), IRI: domain.IRI("https://" + host + "/problems/P_1"), Slug: "P_1", Kind: catalogue.KindProblem, Owner: a.ID, Host: host,
		Status: catalogue.Published, Version: 1, Trust: catalogue.TrustFollowed, Standing: catalogue.Shown, Why: catalogue.WhyTrusted, PublishedAt: b.now, UpdatedAt: b.now,
		Name: domain.Text{"en": "Problem"}, Problem: &catalogue.ProblemProfile{Code: "P_1"},
	}
	if err := store.SavePage(b.t.Context(), []*catalogue.Entry{e}, sub, domain.Change{}); err != nil {
		b.t.Fatal(err)
	}
	return &a
}

// TestSubscriptionsOfPeople: subscriptions that only a person's follow had made
// are taken back, and what is shown of them stays; whatever the node's catalogue
// follows, or asked to, is as it was.
func TestSubscriptionsOfPeople(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "subscriptions", func(t *testing.T, db *storage.DB) {
		ctx, b, store := t.Context(), newBulletins(t, db), storage.NewCatalogue(db)
		own := network.NewLocal(b.mint, b.ns, network.TypeService, network.SubjectCatalogue, "catalogue", "catalogue")
		if err := b.net.AddLocalActor(ctx, own); err != nil {
			t.Fatal(err)
		}
		node := policy.Viewer{Actor: own.ID}
		b.subscribed(store, "person.example", b.member)
		b.subscribed(store, "nobody.example")
		b.subscribed(store, "asked.example", node)
		b.subscribed(store, "both.example", b.member, node)
		refused := b.subscribed(store, "refused.example", node)
		if err := b.network.ReceiveFollowAnswer(ctx, refused, own.ID, false); err != nil {
			t.Fatal(err)
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
