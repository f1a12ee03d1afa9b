package federationtest_test

import (
	"fmt"
	"strings"
	"testing"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/community"
	"interlink/domain/network"
	"interlink/domain/policy"
	"interlink/federation/federationtest"
)

// TestFollowedCatalogueInTheTimeline: Riga reads Zaragoza's catalogue, and a
// person of Riga follows it: what Zaragoza publishes, changes, withdraws and
// deletes shows in one line of the day in her timeline, on its page and by the
// API, and nothing of it while Zaragoza is limited or blocked.
func TestFollowedCatalogueInTheTimeline(t *testing.T) {
	federationtest.Run(t, []string{"Zaragoza", "Riga"}, func(t *testing.T, c *federationtest.Cluster) {
		ctx := t.Context()
		zaragoza, riga := newCity(t, c.Nodes[0]), newCity(t, c.Nodes[1])
		publish := func(n int) *catalogue.Entry {
			t.Helper()
			e, err := zaragoza.Catalogue.Compose(ctx, zaragoza.official, "", catalogue.Writing{Content: catalogue.Content{
				Name: english(fmt.Sprintf("Tool %d", n)), Summary: english("Helps."), Interlinker: &catalogue.Interlinker{Nature: catalogue.NatureKnowledge, Licence: "permissive", SPDX: "MIT"},
			}})
			if err == nil {
				e, err = zaragoza.Catalogue.Publish(ctx, zaragoza.official, e.ID, e.Revision, "")
			}
			if err != nil {
				t.Fatal(err)
			}
			return e
		}
		reader := riga.Person("ana", policy.RoleMember)
		unread := func(want bool) {
			t.Helper()
			body := riga.page(t, "/"+zaragoza.handle("catalogue"))
			if has := strings.Contains(body, "takes in nothing of this catalogue"); has != want {
				t.Errorf("that the node does not read it: %v", has)
			}
			if has := strings.Contains(body, `href="/catalogue?origin=`); has == want {
				t.Errorf("a way to what is here of it: %v", has)
			}
		}
		copied := riga.follow(t, reader, reader.Actor, zaragoza.handle("catalogue"))
		c.Settle()
		queued(t, riga.Node, domain.Job{Kind: network.JobBackfill, Args: network.BackfillArgs{Catalogue: copied.ID}, Remote: true}) // as an earlier version did
		c.Settle()
		subs, err := riga.Catalogue.Subscriptions(ctx, riga.official)
		if err != nil || len(subs) != 0 {
			t.Errorf("what a person follows is read into the catalogue: %v (%v)", subs, err)
		}
		unread(true)
		owner := riga.follow(t, riga.official, riga.CatalogueActor().ID, zaragoza.handle("catalogue"))
		riga.endorse(t, owner.Host)
		c.Settle()
		unread(false)
		shows := func(what, want string) (lines []community.FeedItem) {
			t.Helper()
			c.Settle()
			got := ""
			for _, item := range riga.home(t, reader) {
				if b := item.Bulletin; b != nil {
					lines = append(lines, item)
					got += fmt.Sprintf("%d new %d renewed %d shown;", b.New, b.Renewed, len(b.First))
				}
			}
			if got != want {
				t.Errorf("%s: %q, want %q", what, got, want)
			}
			return lines
		}
		shows("before", "")
		first := publish(0)
		line := shows("an entry alone", "1 new 0 renewed 1 shown;")
		if len(line) != 1 {
			t.FailNow()
		}
		last := first
		for n := range 40 {
			last = publish(n + 1)
		}
		if more := shows("forty more", "41 new 0 renewed 3 shown;"); len(more) == 1 && more[0].Serial <= line[0].Serial {
			t.Error("the line does not move up")
		}
		if _, err := zaragoza.Catalogue.Withdraw(ctx, zaragoza.official, first.ID, first.Revision, ""); err != nil {
			t.Fatal(err)
		}
		last, err = zaragoza.Catalogue.Withdraw(ctx, zaragoza.official, last.ID, last.Revision, "")
		if err != nil {
			t.Fatal(err)
		}
		shows("two withdrawn", "39 new 0 renewed 3 shown;")
		if err := zaragoza.Catalogue.Delete(ctx, zaragoza.official, last.ID, last.Revision, "Tool 40"); err != nil {
			t.Fatal(err)
		}
		shows("one of them deleted", "39 new 0 renewed 3 shown;")
		for _, verdict := range []network.Verdict{network.VerdictLimit, network.VerdictBlock} {
			riga.rule(t, owner.Host, verdict)
			shows("from a host with a verdict", "")
		}
		if err := riga.Gate.Lift(ctx, riga.official, owner.Host); err != nil {
			t.Fatal(err)
		}
		found := shows("from a host that is welcome again", "39 new 0 renewed 3 shown;")
		if len(found) == 1 {
			if body := riga.page(t, "/catalogue/bulletins/"+string(found[0].Object)); !strings.Contains(body, "Tool 39") || strings.Contains(body, "Tool 40") {
				t.Errorf("the page of the day: %.300s", body)
			}
		}
		if err := riga.Network.Unfollow(ctx, reader, reader.Actor, owner.ID); err != nil {
			t.Fatal(err)
		}
		shows("who does not follow it any more", "")
		if list, err := riga.Communities.Timeline(ctx, policy.Viewer{}, owner.ID, domain.Page{}); err != nil || len(list.Items) != 1 {
			t.Errorf("on its own page: %d lines, %v", len(list.Items), err)
		}
	})
}
