package federationtest_test

import (
	"maps"
	"testing"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/lineage"
	"interlink/domain/policy"
	"interlink/domain/story"
	"interlink/federation/federationtest"
)

func TestCloneAcrossNodes(t *testing.T) {
	federationtest.Run(t, []string{"Zaragoza", "Riga"}, func(t *testing.T, c *federationtest.Cluster) {
		zaragoza, riga := newCity(t, c.Nodes[0]), newCity(t, c.Nodes[1])
		zaragoza.starterCatalogue(t)
		original := zaragoza.process(t, "safe_ways")
		c.Settle()

		source, err := riga.Source(t.Context(), original.IRI)
		if err != nil {
			t.Fatal(err)
		}
		clone, err := riga.Lineage.CloneFrom(t.Context(), riga.official, source, lineage.CloneInput{
			Name: "safe_ways_riga", Owner: riga.owner.ID, Title: domain.Text{"en": "Safe ways", "lv": "Droši ceļi"},
		})
		if err != nil {
			t.Fatal(err)
		}
		_, there, err := zaragoza.Coproduction.Tree(t.Context(), zaragoza.official, "safe_ways")
		if err != nil {
			t.Fatal(err)
		}
		_, here, err := riga.Coproduction.Tree(t.Context(), riga.official, "safe_ways_riga")
		if err != nil {
			t.Fatal(err)
		}
		if there.Len() < 40 || there.Len() != here.Len() {
			t.Errorf("the tree has %d items in Zaragoza, %d in Riga", there.Len(), here.Len())
		}
		if clone.ClonedFrom == nil || clone.ClonedFrom.IRI != original.IRI || clone.ClonedFrom.Answer != coproduction.Offered {
			t.Errorf("lineage: %+v", clone.ClonedFrom)
		}
		c.Settle()

		clones, err := zaragoza.Lineage.Clones(t.Context(), zaragoza.official, "safe_ways", domain.Page{})
		if err != nil || len(clones.Items) != 1 {
			t.Fatalf("Zaragoza sees %d clones (%v)", len(clones.Items), err)
		}
		d := clones.Items[0]
		if d.IRI != clone.IRI || d.Host != riga.Namespace.Host() || d.State != coproduction.Offered || !maps.Equal(d.Title, clone.Title) {
			t.Errorf("the clone as Zaragoza knows it: %+v", d)
		}
		if by, err := zaragoza.Network.Actor(t.Context(), zaragoza.official, d.Cloner); err != nil || by.IRI != riga.owner.IRI {
			t.Errorf("cloned by %v (%v), want Riga's organisation", by, err)
		}
		if seen, err := zaragoza.Lineage.Clones(t.Context(), policy.Viewer{}, "safe_ways", domain.Page{}); err != nil || len(seen.Items) != 0 {
			t.Errorf("the public sees %d clones before the answer (%v)", len(seen.Items), err)
		}
		if _, err := zaragoza.Lineage.AcceptClone(t.Context(), zaragoza.official, "safe_ways", d.ID); err != nil {
			t.Fatal(err)
		}
		c.Settle()
		clone, err = riga.Coproduction.Process(t.Context(), riga.official, "safe_ways_riga")
		if err != nil || clone.ClonedFrom.Answer != coproduction.Accepted {
			t.Errorf("in Riga the clone is %q (%v)", clone.ClonedFrom.Answer, err)
		}
		offeredLate(t, c, zaragoza, riga, original)
	})
}

// offeredLate: a clone that its source was never told of, as it was for members
// alone, is offered when its people say so; again, that changes nothing.
func offeredLate(t *testing.T, c *federationtest.Cluster, zaragoza, riga *city, original *coproduction.Process) {
	t.Helper()
	source, err := riga.Source(t.Context(), original.IRI)
	if err != nil {
		t.Fatal(err)
	}
	late, err := riga.Lineage.CloneFrom(t.Context(), riga.official, source, lineage.CloneInput{Name: "late", Visibility: domain.VisibleMembers})
	if err != nil {
		t.Fatal(err)
	}
	if err := riga.Lineage.OfferAgain(t.Context(), riga.official, "late"); domain.CodeOf(err) != domain.Invalid {
		t.Errorf("a clone for members is offered: %v", err)
	}
	_, err = riga.Coproduction.Edit(t.Context(), riga.official, "late", late.Revision, coproduction.Details{Title: late.Title, Language: late.Language, Visibility: domain.VisiblePublic})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := riga.Lineage.OfferAgain(t.Context(), riga.official, "late"); err != nil {
			t.Fatal(err)
		}
		c.Settle()
	}
	clones, err := zaragoza.Lineage.Clones(t.Context(), zaragoza.official, "safe_ways", domain.Page{})
	if err != nil || len(clones.Items) != 2 || clones.Items[0].IRI != late.IRI || clones.Items[0].State != coproduction.Offered {
		t.Errorf("Zaragoza knows %+v (%v)", clones.Items, err)
	}
	if err := riga.Lineage.OfferAgain(t.Context(), riga.official, "safe_ways_riga"); domain.CodeOf(err) != domain.Conflict {
		t.Errorf("one that was accepted is offered again: %v", err)
	}
}

func TestStoryReachesFollowers(t *testing.T) {
	federationtest.Run(t, []string{"Zaragoza", "Rome"}, func(t *testing.T, c *federationtest.Cluster) {
		zaragoza, rome := newCity(t, c.Nodes[0]), newCity(t, c.Nodes[1])
		zaragoza.starterCatalogue(t)
		zaragoza.process(t, "safe_ways")
		citizen := rome.Person("citizen", policy.RoleMember)
		rome.follow(t, citizen, citizen.Actor, zaragoza.handle("mobility"))
		c.Settle()

		_, tree, err := zaragoza.Coproduction.Tree(t.Context(), zaragoza.official, "safe_ways")
		if err != nil {
			t.Fatal(err)
		}
		var keep []domain.ID
		for _, item := range tree.Items() {
			if len(keep) < 5 { // the first phase, its first objective, three tasks
				keep = append(keep, item.ID)
			}
		}
		told, err := zaragoza.Stories.Publish(t.Context(), zaragoza.official, story.Input{
			Slug: "safe-ways", Process: "safe_ways", Owner: zaragoza.owner.ID, Community: zaragoza.community.ID, Keep: keep,
			Telling: story.Telling{
				Title: english("Children walk alone again"), Summary: english("How a district made its streets safe."),
				Challenge: english("Nobody walked."), Results: english("Half of them do."), Countries: []string{"ES"},
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		c.Settle()
		items := rome.home(t, citizen)
		if len(items) == 0 || items[0].IRI != told.IRI {
			t.Fatalf("the home timeline in Rome: %+v", items)
		}
		copied, err := rome.Stories.StoryByIRI(t.Context(), citizen, told.IRI)
		if err != nil {
			t.Fatal(err)
		}
		if copied.Snapshot == nil || len(copied.Snapshot.Process.Items) != 5 || copied.Digest != told.Digest || copied.Title["en"] != "Children walk alone again" {
			t.Errorf("Rome's copy: digest %s, %v", copied.Digest, copied.Title)
		}

		if _, err := zaragoza.Stories.Withdraw(t.Context(), zaragoza.official, "safe-ways"); err != nil {
			t.Fatal(err)
		}
		c.Settle()
		if _, err := rome.Stories.StoryByIRI(t.Context(), citizen, told.IRI); domain.CodeOf(err) != domain.Gone {
			t.Errorf("after it was withdrawn Rome answers %v", err)
		}
		if items := rome.home(t, citizen); len(items) != 0 {
			t.Errorf("after it was withdrawn the home timeline has %d items", len(items))
		}
	})
}
