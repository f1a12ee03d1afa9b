package federationtest_test

import (
	"slices"
	"strings"
	"testing"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/network"
	"interlink/domain/policy"
	"interlink/domain/profile"
	"interlink/storage"
	"interlink/storage/storagetest"
)

// listed are the actors that a list recommends to who reads it as Mastodon
// does: the item is of the list's host, and the authorisation, on the host of
// who is recommended, is read and names both.
func listed(t *testing.T, list map[string]any) (actors []string) {
	t.Helper()
	id, _ := list["id"].(string)
	items, _ := list["orderedItems"].([]any)
	for _, x := range items {
		item, _ := x.(map[string]any)
		at, _ := item["id"].(string)
		actor, _ := item["featuredObject"].(string)
		approval, _ := item["featureAuthorization"].(string)
		if item["type"] != "FeaturedItem" || domain.IRI(at).Host() != domain.IRI(id).Host() || domain.IRI(approval).Host() != domain.IRI(actor).Host() {
			t.Errorf("an item: %v", item)
			continue
		}
		stamp := get(t, approval).json
		if stamp["type"] == "FeatureAuthorization" && stamp["id"] == approval && stamp["interactingObject"] == id && stamp["interactionTarget"] == actor {
			actors = append(actors, actor)
		}
	}
	return actors
}

// TestFedG12CommunitiesAreRecommended: an organisation, and the node, have a
// list of their communities as Mastodon shows it, which follows what changes;
// lists elsewhere may have them too, as long as they are to be recommended.
func TestFedG12CommunitiesAreRecommended(t *testing.T) {
	onScene(t, func(t *testing.T, s *scene) {
		owner := string(s.owner.IRI)
		read := func(actor string) map[string]any {
			t.Helper()
			all, _ := get(t, actor).json["featuredCollections"].(string)
			lists, _ := get(t, all).json["orderedItems"].([]any)
			if len(lists) != 1 {
				t.Fatalf("%s: %v", all, lists)
			}
			list, _ := lists[0].(map[string]any)
			id, _ := list["id"].(string)
			alone := get(t, id).json
			if list["type"] != "FeaturedCollection" || list["attributedTo"] != actor || list["name"] == "" || alone["type"] != list["type"] || alone["totalItems"] != list["totalItems"] {
				t.Errorf("%s: %v", id, list)
			}
			return alone
		}
		group := string(s.community.IRI)
		for _, actor := range []string{owner, s.URL + "/actor"} {
			if got := listed(t, read(actor)); !slices.Equal(got, []string{group}) {
				t.Errorf("%s recommends %v", actor, got)
			}
		}
		if policy := marshal(t, get(t, group).json["interactionPolicy"]); !strings.Contains(policy, "canFeature") {
			t.Errorf("the community says %s", policy)
		}

		// Who reads such lists and follows the organisation gets the changes.
		hosts := storage.NewHosts(storagetest.Open(t, s.database))
		if err := hosts.SetSoftware(t.Context(), domain.IRI(s.place.URL).Host(), network.Software{Name: network.FeatureReaders}); err != nil {
			t.Fatal(err)
		}
		s.send("Follow", owner, nil)
		parks, err := s.Communities.Create(t.Context(), s.official, "parks", community.Details{Title: english("Parks"), Language: "en", Organization: s.owner.ID})
		if err != nil {
			t.Fatal(err)
		}
		s.Settle()
		added := s.place.got("Add")
		if len(added) != 1 || added[0]["target"] != owner+"/collections" {
			t.Fatalf("added: %v", added)
		}
		object, _ := added[0]["object"].(members)
		if got := listed(t, object); !slices.Contains(got, string(parks.IRI)) || len(got) != 2 {
			t.Errorf("sent: %v", got)
		}
		s.edit(t, func(d *community.Details) { d.Organization = domain.Nobody })
		s.Settle()
		updates := s.place.got("Update")
		if len(updates) == 0 {
			t.Fatal("no Update")
		}
		object, _ = updates[len(updates)-1]["object"].(members)
		if got := listed(t, object); !slices.Equal(got, []string{string(parks.IRI)}) {
			t.Errorf("after it left: %v", got)
		}

		// A list elsewhere asks.
		mine := s.bo + "/lists/1"
		s.send("FeatureRequest", group, members{"instrument": mine})
		var result string
		for _, a := range s.place.got("Accept") {
			if inner, ok := a["object"].(members); ok && inner["type"] == "FeatureRequest" && inner["instrument"] == mine {
				result, _ = a["result"].(string)
			}
		}
		if stamp := get(t, result).json; stamp["interactingObject"] != mine || stamp["interactionTarget"] != group {
			t.Errorf("%s: %v", result, stamp)
		}
		s.send("FeatureRequest", group, members{"instrument": "https://other.example/lists/1"})
		s.send("FeatureRequest", string(s.owner.IRI), members{"instrument": mine})
		if n := len(s.place.got("Accept")); n != 2 { // of the Follow, and of the list
			t.Errorf("%d accepted", n)
		}
		refused := s.place.got("Reject")
		if len(refused) != 1 || refused[0]["actor"] != owner || refused[0]["object"].(members)["instrument"] != mine || refused[0]["result"] != nil {
			t.Errorf("an organisation may not be recommended: %v", refused)
		}
		at, err := s.Network.ActorByHandle(t.Context(), s.official, "mobility", "")
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Profiles.Edit(t.Context(), s.official, at.ID, profile.Settings{}); err != nil {
			t.Fatal(err)
		}
		s.Settle()
		if d := get(t, result); d.status != 404 {
			t.Errorf("withdrawn: %d", d.status)
		}
		gone := s.place.got("Delete")
		if len(gone) != 1 || gone[0]["actor"] != group {
			t.Fatalf("the list is told: %v", gone)
		}
		stamp, _ := gone[0]["object"].(members)
		if stamp["type"] != "FeatureAuthorization" || stamp["id"] != result || stamp["interactingObject"] != mine || stamp["interactionTarget"] != group {
			t.Errorf("deleted: %v", stamp)
		}
		s.send("FeatureRequest", group, members{"instrument": mine})
		if n := len(s.place.got("Reject")); n != 2 {
			t.Errorf("asked again: %d refused", n)
		}
		if err := s.Profiles.Edit(t.Context(), s.official, at.ID, profile.Settings{}); err != nil {
			t.Fatal(err)
		}
		s.Settle()
		if n := len(s.place.got("Delete")); n != 1 {
			t.Errorf("%d were told of what they know", n)
		}

		// A list is reported as whose it is.
		s.send("Flag", owner+"/collections/communities", members{"content": "Rude words in the summary."})
		reports, err := s.Communities.Reports(t.Context(), policy.Viewer{Actor: s.official.Actor, Role: policy.RoleModerator}, community.ReportOpen, domain.Page{})
		if err != nil || len(reports.Items) != 1 || reports.Items[0].Target != s.owner.ID {
			t.Errorf("the report: %+v %v", reports.Items, err)
		}
		if got := listed(t, read(s.URL+"/actor")); slices.Contains(got, group) {
			t.Errorf("withdrawn, but recommended: %v", got)
		}
	})
}
