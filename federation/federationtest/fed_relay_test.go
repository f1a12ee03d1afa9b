package federationtest_test

import (
	"slices"
	"testing"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/policy"
	"interlink/federation/federationtest"
)

// shows lists what the community of a city published and announced, once for
// each time.
func (c *city) shows(t *testing.T) (all []domain.IRI) {
	t.Helper()
	for _, p := range c.said(t) {
		all = append(all, p.IRI)
	}
	return all
}

// TestFedG13GroupsFollowGroups: three communities of three nodes follow each
// other in a ring. What begins in one is shared once by each, its end and its
// taking back go round, and whoever stops following gets no more. Nobody but
// those who run a community has it follow, and groups alone.
func TestFedG13GroupsFollowGroups(t *testing.T) {
	federationtest.Run(t, []string{"Zaragoza", "Riga", "Gent"}, func(t *testing.T, c *federationtest.Cluster) {
		var ring []*city
		for _, n := range c.Nodes {
			ring = append(ring, newCity(t, n))
		}
		for i, one := range ring {
			one.follow(t, one.official, one.community.ID, ring[(i+1)%3].handle("mobility"))
		}
		c.Settle()
		member := ring[0].member(t, "ana")
		thread := ring[0].says(t, member, "A bench is missing", nil)
		news := ring[0].says(t, ring[0].official, "A bench comes", nil)
		ring[0].says(t, ring[0].official, "Which street?", thread)
		c.Settle()
		for i, one := range ring {
			if got := one.shows(t); len(got) != 2 || !slices.Contains(got, thread.IRI) || !slices.Contains(got, news.IRI) {
				t.Errorf("city %d shows %v", i, got)
			}
			announced := 0
			out, err := one.Communities.Timeline(t.Context(), policy.Viewer{}, one.community.ID, domain.Page{})
			if err != nil {
				t.Fatal(err)
			}
			for _, item := range out.Items {
				if item.Verb == community.Announced {
					announced++
				}
			}
			if want := min(2, 1+i); announced != want {
				t.Errorf("city %d announced %d, not %d", i, announced, want)
			}
		}

		ringEnds(t, c, ring)

		// Gent follows Zaragoza, Riga follows Gent: Riga has left Gent then.
		ring[1].leaves(t, ring[2].handle("mobility"))
		c.Settle()
		if got := ring[1].shows(t); len(got) != 0 {
			t.Errorf("Riga still has what Gent shared: %v", got)
		}
		later := ring[0].says(t, member, "A tree is missing", nil)
		c.Settle()
		if got := ring[1].shows(t); slices.Contains(got, later.IRI) {
			t.Errorf("Riga still has what Gent shares: %v", got)
		}
		if got := ring[2].shows(t); !slices.Contains(got, later.IRI) {
			t.Errorf("Gent lacks it: %v", got)
		}
		if err := ring[0].Communities.RemovePost(t.Context(), ring[0].official, later.ID, community.Grounds{Reason: "Spam"}); err != nil {
			t.Fatal(err)
		}
		c.Settle()
		if got := ring[2].shows(t); slices.Contains(got, later.IRI) {
			t.Errorf("Gent still has what was deleted: %v", got)
		}

		// Who may have it follow, and whom.
		stranger := ring[0].Person("stranger", policy.RoleMember)
		riga, err := ring[0].Lookup(t.Context(), ring[1].handle("mobility"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := ring[0].Network.Follow(t.Context(), stranger, ring[0].community.ID, riga.ID); domain.CodeOf(err) != domain.Forbidden {
			t.Errorf("a stranger: %v", err)
		}
		if _, err := ring[0].Network.Follow(t.Context(), ring[0].official, ring[0].community.ID, member.Actor); domain.CodeOf(err) != domain.Invalid {
			t.Errorf("a person: %v", err)
		}
	})
}

// leaves has the community of a city follow a group no more.
func (c *city) leaves(t *testing.T, handle string) {
	t.Helper()
	group, err := c.Lookup(t.Context(), handle)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Network.Unfollow(t.Context(), c.official, c.community.ID, group.ID); err != nil {
		t.Fatal(err)
	}
}

// ringEnds: what a ring of three nodes, or two, had from one of them alone is
// shared by none once that one has it no more.
func ringEnds(t *testing.T, c *federationtest.Cluster, ring []*city) {
	t.Helper()
	streets, err := ring[0].Communities.Create(t.Context(), ring[0].official, "streets", community.Details{Title: english("Streets"), Language: "en"})
	if err != nil {
		t.Fatal(err)
	}
	for _, two := range []bool{false, true} {
		if two {
			ring[0].follow(t, ring[0].official, ring[0].community.ID, ring[2].handle("mobility"))
			ring[0].leaves(t, ring[1].handle("mobility"))
		}
		ring[0].follow(t, ring[0].official, ring[0].community.ID, ring[0].handle("streets"))
		c.Settle()
		p, err := ring[0].Communities.Post(t.Context(), ring[0].official, streets.Name, community.Draft{Content: "A street opens"})
		if err != nil {
			t.Fatal(err)
		}
		c.Settle()
		for i, one := range ring {
			if !slices.Contains(one.shows(t), p.IRI) {
				t.Errorf("city %d does not share it", i)
			}
		}
		ring[0].leaves(t, ring[0].handle("streets"))
		c.Settle()
		for i, one := range ring {
			if slices.Contains(one.shows(t), p.IRI) {
				t.Errorf("city %d shares it still (two nodes: %t)", i, two)
			}
		}
	}
}

// TestFedG13TakenBack: what a group of another server shares no more, the
// communities that had it from there take back too.
func TestFedG13TakenBack(t *testing.T) {
	onScene(t, func(t *testing.T, s *scene) {
		group := s.place.actor("Group", "streets", nil)
		s.follow(t, s.official, s.community.ID, s.place.handle("streets"))
		s.Settle()
		asked := s.place.got("Follow")
		s.place.send(s.Cluster, s.city, s.place.activity("Accept", group, asked[len(asked)-1], nil))
		s.send("Follow", string(s.community.IRI), nil)
		note := s.place.note(1, s.bo, nil)
		s.place.serve("/notes/1", note)
		announce := s.place.activity("Announce", group, note["id"], nil)
		s.place.send(s.Cluster, s.city, announce)
		s.place.send(s.Cluster, s.city, s.place.activity("Announce", group, note["id"], nil))
		if shared := one(t, s.place.got("Announce")); shared["object"] != note["id"] || shared["actor"] != string(s.community.IRI) {
			t.Errorf("shared: %v", shared)
		}
		s.place.send(s.Cluster, s.city, s.place.activity("Undo", group, announce, nil))
		if undone := one(t, s.place.got("Undo")); undone["actor"] != string(s.community.IRI) {
			t.Errorf("undone: %v", undone)
		}
		if got := s.shows(t); len(got) != 0 {
			t.Errorf("still shown: %v", got)
		}
	})
}
