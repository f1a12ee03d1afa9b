//go:build !race

package demo

import (
	"testing"

	"interlink/domain/account"
	"interlink/domain/community"
	"interlink/domain/policy"
)

// moderated are the pages of who moderates a city's community, after a member's
// post was removed from it, and the form that asks why another is to go.
func moderated(t *testing.T, c *city) []string {
	t.Helper()
	ctx := t.Context()
	official, err := c.node.Accounts.ByUsername(ctx, c.username)
	if err != nil {
		t.Fatal(err)
	}
	writer, err := c.node.Accounts.Create(ctx, account.SignUp{Username: "resident", Email: "resident@neighbourhood.example", Password: "a long pass phrase"}, policy.RoleMember)
	if err != nil {
		t.Fatal(err)
	}
	mobility, err := c.node.Communities.Community(ctx, official.Viewer(), "mobility")
	if err == nil {
		_, err = c.node.Network.Follow(ctx, writer.Viewer(), writer.Actor, mobility.ID)
	}
	if err != nil {
		t.Fatal(err)
	}
	var posts [2]*community.Post
	for i, words := range []string{"My car is for sale, call me.", "The crossing at the school has no light."} {
		if posts[i], err = c.node.Communities.Post(ctx, writer.Viewer(), "mobility", community.Draft{Content: words, Language: "en"}); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.node.Communities.RemovePost(ctx, official.Viewer(), posts[0].ID, community.Grounds{Rule: "No advertising", Reason: "This is for the streets, not for the market."}); err != nil {
		t.Fatal(err)
	}
	if err := c.node.Communities.AppealHeld(ctx, writer.Viewer(), posts[0].ID, "It stands in the way of the school bus."); err != nil {
		t.Fatal(err)
	}
	news, err := c.node.Communities.Post(ctx, official.Viewer(), "mobility", community.Draft{Content: "The crosing is lit.", Language: "en"})
	if err == nil {
		_, err = c.node.Communities.EditPost(ctx, official.Viewer(), news.ID, news.Revision, "The crossing is lit.")
	}
	if err != nil {
		t.Fatal(err)
	}
	return []string{"/posts/" + string(news.ID) + "/edit", "/posts/" + string(news.ID) + "/earlier", "/posts/" + string(posts[1].ID) + "/remove", "/posts/" + string(posts[1].ID), "/communities/mobility/held", "/communities/mobility/held?state=removed"}
}
