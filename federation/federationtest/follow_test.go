package federationtest_test

import (
	"testing"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/network"
	"interlink/domain/policy"
	"interlink/federation/federationtest"
)

func TestFollowAndPost(t *testing.T) {
	federationtest.Run(t, []string{"Zaragoza", "Rome"}, func(t *testing.T, c *federationtest.Cluster) {
		zaragoza, rome := newCity(t, c.Nodes[0]), newCity(t, c.Nodes[1])
		citizen := rome.Person("citizen", policy.RoleMember)
		group := rome.follow(t, citizen, citizen.Actor, zaragoza.handle("mobility"))
		if group.Title != "Mobility" || group.Subject != network.SubjectCommunity {
			t.Errorf("found %q (%s)", group.Title, group.Subject)
		}
		if state, _ := rome.Network.FollowState(t.Context(), citizen.Actor, group.ID); state != network.FollowPending {
			t.Errorf("before the answer the follow is %q", state)
		}
		c.Settle()
		if state, _ := rome.Network.FollowState(t.Context(), citizen.Actor, group.ID); state != network.FollowAccepted {
			t.Fatalf("the follow is %q", state)
		}

		post, err := zaragoza.Communities.Post(t.Context(), zaragoza.official, "mobility", community.Draft{Content: "The new crossing is **open**.", Language: "en"})
		if err != nil {
			t.Fatal(err)
		}
		c.Settle()
		items := rome.home(t, citizen)
		if len(items) != 1 || items[0].IRI != post.IRI || items[0].Post == nil {
			t.Fatalf("the home timeline in Rome has %d items: %+v", len(items), items)
		}
		if got := items[0].Post.Content; got != "<p>The new crossing is <strong>open</strong>.</p>" && got != "<p>The new crossing is <strong>open</strong>.</p>\n" {
			t.Errorf("the post arrived as %q", got)
		}

		if _, err := zaragoza.Communities.EditPost(t.Context(), zaragoza.official, post.ID, post.Revision, "The new crossing is closed."); err != nil {
			t.Fatal(err)
		}
		c.Settle()
		if copied := rome.home(t, citizen)[0].Post; copied.Content == items[0].Post.Content {
			t.Error("the correction did not arrive")
		}

		if err := zaragoza.Communities.DeletePost(t.Context(), zaragoza.official, post.ID); err != nil {
			t.Fatal(err)
		}
		c.Settle()
		if items := rome.home(t, citizen); len(items) != 0 {
			t.Errorf("after the deletion the home timeline has %d items", len(items))
		}
		if _, err := rome.Communities.PostByIRI(t.Context(), citizen, post.IRI); domain.CodeOf(err) != domain.Gone {
			t.Errorf("the deleted post answers %v", err)
		}

		if err := rome.Network.Unfollow(t.Context(), citizen, citizen.Actor, group.ID); err != nil {
			t.Fatal(err)
		}
		c.Settle()
		followers, err := zaragoza.Network.Followers(t.Context(), zaragoza.official, zaragoza.community.ID, domain.Page{})
		if err != nil || followers.Total != 1 || followers.Items[0].ID != zaragoza.official.Actor {
			t.Errorf("after Undo, beside the founder, there are %d followers (%v)", followers.Total, err)
		}
	})
}

func TestMemberPostIsAnnounced(t *testing.T) {
	federationtest.Run(t, []string{"Zaragoza", "Rome"}, func(t *testing.T, c *federationtest.Cluster) {
		zaragoza, rome := newCity(t, c.Nodes[0]), newCity(t, c.Nodes[1])
		citizen := rome.Person("citizen", policy.RoleMember)
		member := zaragoza.Person("member", policy.RoleMember)
		rome.follow(t, citizen, citizen.Actor, zaragoza.handle("mobility"))
		if _, err := zaragoza.Network.Follow(t.Context(), member, member.Actor, zaragoza.community.ID); err != nil {
			t.Fatal(err)
		}
		c.Settle()
		post, err := zaragoza.Communities.Post(t.Context(), member, "mobility", community.Draft{Content: "Who measures the noise?", Language: "en"})
		if err != nil {
			t.Fatal(err)
		}
		c.Settle()
		items := rome.home(t, citizen)
		if len(items) != 1 || items[0].Verb != community.Announced || items[0].IRI != post.IRI || items[0].Post == nil {
			t.Fatalf("the home timeline in Rome: %+v", items)
		}
		if items[0].Post.Author == items[0].Actor {
			t.Error("the announced post has the community as its author")
		}
	})
}

// A follow that asks for approval is no follow until it is answered.
func TestFollowersOnlyAfterAccept(t *testing.T) {
	c := federationtest.New(t, "Zaragoza", "Rome")
	zaragoza, rome := newCity(t, c.Nodes[0]), newCity(t, c.Nodes[1])
	if _, err := zaragoza.Communities.Create(t.Context(), zaragoza.official, "board", community.Details{
		Title: english("Board"), Language: "en", Approves: true,
	}); err != nil {
		t.Fatal(err)
	}
	citizen := rome.Person("citizen", policy.RoleMember)
	board := rome.follow(t, citizen, citizen.Actor, zaragoza.handle("board"))
	c.Settle()
	if state, _ := rome.Network.FollowState(t.Context(), citizen.Actor, board.ID); state != network.FollowPending {
		t.Errorf("the follow is %q without an answer", state)
	}
	if _, err := zaragoza.Communities.Post(t.Context(), zaragoza.official, "board", community.Draft{Content: "Agenda", Language: "en"}); err != nil {
		t.Fatal(err)
	}
	c.Settle()
	if items := rome.home(t, citizen); len(items) != 0 {
		t.Errorf("who was not accepted receives %d items", len(items))
	}
}
