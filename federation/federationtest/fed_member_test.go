package federationtest_test

import (
	"net/http"
	"testing"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/domain/organization"
	"interlink/domain/policy"
	"interlink/federation/federationtest"
	"interlink/federation/httpsig"
)

// bridges makes a team of a city.
func (c *city) bridges(t *testing.T, join organization.JoinPolicy) *organization.Team {
	t.Helper()
	team, err := c.Organizations.CreateTeam(t.Context(), c.official, "city_hall", "bridges", organization.TeamDetails{Title: english("Bridges"), JoinPolicy: join})
	if err != nil {
		t.Fatal(err)
	}
	return team
}

// roleOf is that of somebody in the team, found by their handle.
func (c *city) roleOf(t *testing.T, handle string) organization.Role {
	t.Helper()
	who, err := c.Lookup(t.Context(), handle)
	if err != nil {
		t.Fatal(err)
	}
	team, err := c.Organizations.Team(t.Context(), c.official, "bridges")
	if err != nil {
		t.Fatal(err)
	}
	return team.Members.Role(who.ID)
}

// mine is how the only membership elsewhere of somebody stands; "" for none.
func (c *city) mine(t *testing.T, v policy.Viewer) (organization.AbroadState, domain.ID) {
	t.Helper()
	list, err := c.Organizations.Memberships(t.Context(), v, "", domain.Page{})
	if err != nil || list.Total > 1 {
		t.Fatalf("%d memberships (%v)", list.Total, err)
	}
	if list.Total == 0 {
		return "", ""
	}
	return list.Items[0].State, list.Items[0].ID
}

// TestFedA18MembersAreInvited: a person of another node becomes a member when
// they accept, and no sooner; both nodes know.
func TestFedA18MembersAreInvited(t *testing.T) {
	t.Parallel()
	federationtest.Run(t, []string{"Zaragoza", "Riga"}, func(t *testing.T, c *federationtest.Cluster) {
		ctx := t.Context()
		zaragoza, riga := newCity(t, c.Nodes[0]), newCity(t, c.Nodes[1])
		zaragoza.bridges(t, organization.JoinInvite)
		liga := riga.Person("liga", policy.RoleMember)
		handle := riga.handle("liga")
		invite := func() {
			t.Helper()
			who, err := zaragoza.Lookup(ctx, handle)
			if err != nil {
				t.Fatal(err)
			}
			if err := zaragoza.Organizations.AddTeamMember(ctx, zaragoza.official, "bridges", who.ID, organization.RoleMember); err != nil {
				t.Fatal(err)
			}
			c.Settle()
		}
		holds := func(what string, role organization.Role, state organization.AbroadState) {
			t.Helper()
			if got := zaragoza.roleOf(t, handle); got != role {
				t.Errorf("%s: in Zaragoza she is %q, not %q", what, got, role)
			}
			if got, _ := riga.mine(t, liga); got != state {
				t.Errorf("%s: in Riga it is %q, not %q", what, got, state)
			}
		}
		do := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
			c.Settle()
		}
		invite()
		holds("invited", "", organization.AbroadInvited)
		_, id := riga.mine(t, liga)
		do(riga.Organizations.Answer(ctx, liga, id, true))
		holds("accepted", organization.RoleMember, organization.AbroadMember)
		who, err := zaragoza.Lookup(ctx, handle)
		do(err)
		do(zaragoza.Organizations.RemoveTeamMember(ctx, zaragoza.official, "bridges", who.ID))
		holds("removed", "", "")
		invite()
		_, id = riga.mine(t, liga)
		do(riga.Organizations.Answer(ctx, liga, id, true))
		do(riga.Organizations.LeaveAbroad(ctx, liga, id))
		holds("left", "", "")
		invite()
		list, err := zaragoza.Organizations.Invitations(ctx, zaragoza.official, zaragoza.teamID(t), domain.Page{})
		do(err)
		do(zaragoza.Organizations.Revoke(ctx, zaragoza.official, zaragoza.teamID(t), list.Items[0].ID))
		holds("taken back", "", "")

		// Who declines is not asked again the next day, and may say never again.
		zane := riga.Person("zane", policy.RoleMember)
		handle = riga.handle("zane")
		invite()
		_, id = riga.mine(t, zane)
		do(riga.Organizations.Refuse(ctx, zane, id, true))
		holds("declined", "", "")
		if list, err := zaragoza.Organizations.Invitations(ctx, zaragoza.official, zaragoza.teamID(t), domain.Page{}); err != nil || list.Total != 0 {
			t.Errorf("%d invitations wait (%v)", list.Total, err)
		}
		who, err = zaragoza.Lookup(ctx, handle)
		do(err)
		if err := zaragoza.Organizations.AddTeamMember(ctx, zaragoza.official, "bridges", who.ID, organization.RoleMember); domain.CodeOf(err) != domain.TooMany {
			t.Errorf("invited again at once: %v", err)
		}
	})
}

func (c *city) teamID(t *testing.T) domain.ActorID {
	t.Helper()
	team, err := c.Organizations.Team(t.Context(), c.official, "bridges")
	if err != nil {
		t.Fatal(err)
	}
	return team.ID
}

// TestFedA18OpenTeamsAreJoined: an open team takes in who asks from another
// node; one by invitation declines.
func TestFedA18OpenTeamsAreJoined(t *testing.T) {
	t.Parallel()
	federationtest.Run(t, []string{"Zaragoza", "Riga"}, func(t *testing.T, c *federationtest.Cluster) {
		ctx := t.Context()
		zaragoza, riga := newCity(t, c.Nodes[0]), newCity(t, c.Nodes[1])
		team := zaragoza.bridges(t, organization.JoinInvite)
		liga := riga.Person("liga", policy.RoleMember)
		there, err := riga.Lookup(ctx, zaragoza.handle("bridges"))
		if err != nil || there.Subject != network.SubjectTeam {
			t.Fatalf("%+v (%v)", there, err)
		}
		ask := func(want organization.Role, state organization.AbroadState) {
			t.Helper()
			if err := riga.Organizations.Ask(ctx, liga, there.ID); err != nil {
				t.Fatal(err)
			}
			if got, _ := riga.mine(t, liga); got != organization.AbroadAsked {
				t.Errorf("asked, and it is %q", got)
			}
			c.Settle()
			if got := zaragoza.roleOf(t, riga.handle("liga")); got != want {
				t.Errorf("in Zaragoza she is %q, not %q", got, want)
			}
			if got, _ := riga.mine(t, liga); got != state {
				t.Errorf("in Riga it is %q, not %q", got, state)
			}
		}
		ask("", "")
		if _, err := zaragoza.Organizations.EditTeam(ctx, zaragoza.official, "bridges", team.Revision, organization.TeamDetails{Title: team.Title, JoinPolicy: organization.JoinOpen}); err != nil {
			t.Fatal(err)
		}
		ask(organization.RoleMember, organization.AbroadMember)

		// The collection counts and does not list.
		members := get(t, string(team.IRI)+"/members", "Accept", activityJSON)
		if members.status != http.StatusOK || members.json["totalItems"] != float64(2) || members.json["orderedItems"] != nil || members.json["first"] != nil {
			t.Errorf("members: %v", members)
		}
	})
}

// TestFedA18DeletedTeamsAreGone: a deleted team leaves a tombstone, and its
// followers and members elsewhere are told.
func TestFedA18DeletedTeamsAreGone(t *testing.T) {
	t.Parallel()
	federationtest.Run(t, []string{"Zaragoza", "Riga", "Rome"}, func(t *testing.T, c *federationtest.Cluster) {
		ctx := t.Context()
		zaragoza, riga, rome := newCity(t, c.Nodes[0]), newCity(t, c.Nodes[1]), newCity(t, c.Nodes[2])
		team := zaragoza.bridges(t, organization.JoinOpen)
		liga, marco := riga.Person("liga", policy.RoleMember), rome.Person("marco", policy.RoleMember)
		there, err := riga.Lookup(ctx, zaragoza.handle("bridges"))
		if err != nil {
			t.Fatal(err)
		}
		if err := riga.Organizations.Ask(ctx, liga, there.ID); err != nil {
			t.Fatal(err)
		}
		rome.follow(t, marco, marco.Actor, zaragoza.handle("bridges"))
		c.Settle()
		if err := zaragoza.Organizations.Delete(ctx, zaragoza.official, team.ID, "bridges"); err != nil {
			t.Fatal(err)
		}
		c.Settle()
		if state, _ := riga.mine(t, liga); state != "" {
			t.Errorf("in Riga she is still %q", state)
		}
		for _, node := range []*city{riga, rome} {
			if seen, err := node.Network.ActorByIRI(ctx, node.official, team.IRI); err != nil || !seen.Gone() {
				t.Errorf("%s: %+v (%v)", node.Namespace.Host(), seen, err)
			}
		}
		for _, address := range []domain.IRI{team.IRI, team.IRI + "/members"} {
			if left := get(t, string(address), "Accept", activityJSON); left.status != http.StatusGone {
				t.Errorf("%s: status %d", address, left.status)
			}
		}
	})
}

// TestFedA18MembershipsAreNotClaimed: what others say of a membership has no
// effect: neither an Accept of an Invite that was never sent, nor an Add or
// Invite in somebody else's name.
func TestFedA18MembershipsAreNotClaimed(t *testing.T) {
	t.Parallel()
	federationtest.Run(t, []string{"Zaragoza"}, func(t *testing.T, c *federationtest.Cluster) {
		ctx := t.Context()
		zaragoza := newCity(t, c.Nodes[0])
		team := zaragoza.bridges(t, organization.JoinInvite)
		ana := zaragoza.Person("ana", policy.RoleMember)
		peer := federationtest.NewPeer(t)
		me, person := peer.Person(1), zaragoza.Namespace.IRI("users", "ana")
		send := func(name string, body map[string]any) {
			t.Helper()
			body["@context"], body["id"], body["actor"] = "https://www.w3.org/ns/activitystreams", peer.URL+"/activities/"+name, me
			if status, err := peer.Send(ctx, 1, zaragoza.URL+"/inbox", body, httpsig.Cavage); err != nil || status != http.StatusAccepted {
				t.Fatalf("status %d (%v)", status, err)
			}
			c.Settle()
		}
		send("1", map[string]any{"type": "Accept", "object": map[string]any{"id": zaragoza.URL + "/activities/x", "type": "Invite", "actor": team.IRI, "object": me, "target": team.IRI}})
		send("2", map[string]any{"type": "Add", "object": person, "target": me + "/members"})
		send("3", map[string]any{"type": "Invite", "object": person, "target": me}) // a person is no group
		send("4", map[string]any{"type": "Join", "object": zaragoza.Namespace.IRI("communities", "mobility")})
		send("5", map[string]any{"type": "Leave", "object": team.IRI})
		got, err := zaragoza.Organizations.Team(ctx, zaragoza.official, "bridges")
		if err != nil || len(got.Members) != 1 {
			t.Errorf("members: %+v (%v)", got, err)
		}
		if state, _ := zaragoza.mine(t, ana); state != "" {
			t.Errorf("she is %q of a group that she never heard of", state)
		}
	})
}
