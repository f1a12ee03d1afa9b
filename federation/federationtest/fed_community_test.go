package federationtest_test

import (
	"strings"
	"testing"
)

// TestFedG1Followable: a community is a Group that anybody follows.
func TestFedG1Followable(t *testing.T) {
	onScene(t, func(t *testing.T, s *scene) {
		group := get(t, string(s.community.IRI)).json
		if group["type"] != "Group" || group["followers"] == "" || group["manuallyApprovesFollowers"] != false {
			t.Errorf("the community: %v", group)
		}
		s.send("Follow", string(s.community.IRI), nil)
		if accepted := one(t, s.place.got("Accept")); accepted["actor"] != string(s.community.IRI) {
			t.Errorf("answered: %v", accepted)
		}
	})
}

// TestFedG4Boosts: a microblog gets the threads of members as boosts, news as
// the community's own, and no answer; the outbox has what it announced.
func TestFedG4Boosts(t *testing.T) {
	onScene(t, func(t *testing.T, s *scene) {
		s.send("Follow", string(s.community.IRI), nil)
		ana := s.member(t, "ana")
		thread := s.says(t, ana, "A bench is missing", nil)
		news := s.says(t, s.official, "A bench comes", nil)
		s.says(t, ana, "Which one?", news)
		s.Settle()
		if boost := one(t, s.place.got("Announce")); boost["object"] != string(thread.IRI) {
			t.Errorf("shared: %v", boost)
		}
		created := one(t, s.place.got("Create"))
		if object, _ := created["object"].(members); object["id"] != string(news.IRI) || object["audience"] != string(s.community.IRI) {
			t.Errorf("news: %v", created)
		}
		outbox := get(t, string(s.community.IRI)+"/outbox")
		page := marshal(t, get(t, outbox.json["first"].(string)).json["orderedItems"])
		if !strings.Contains(page, string(thread.IRI)) || !strings.Contains(page, `"Announce"`) {
			t.Errorf("the outbox: %.400s", page)
		}
	})
}

// TestFedG5Audience: what is said in a community names it, answers too.
func TestFedG5Audience(t *testing.T) {
	_, c := alone(t)
	news := c.news(t, "A new line")
	for _, p := range []string{string(news.IRI), string(c.says(t, c.official, "And its stops", news).IRI)} {
		if doc := get(t, p).json; doc["audience"] != string(c.community.IRI) {
			t.Errorf("%s: audience %v", p, doc["audience"])
		}
	}
}

// TestFedG7Featured: the collection has whole objects, the newest pin first,
// and one that says what the community is.
func TestFedG7Featured(t *testing.T) {
	_, c := alone(t)
	news := c.news(t, "A new line")
	if err := c.Communities.Pin(t.Context(), c.official, news.ID); err != nil {
		t.Fatal(err)
	}
	at, _ := get(t, string(c.community.IRI)).json["featured"].(string)
	doc := get(t, at).json
	items, _ := doc["orderedItems"].([]any)
	if doc["type"] != "OrderedCollection" || len(items) != 2 {
		t.Fatalf("featured: %v", doc)
	}
	first, _ := items[0].(members)
	second, _ := items[1].(members)
	if first["id"] != string(news.IRI) || first["content"] == "" || !strings.Contains(marshal(t, second["content"]), "@mobility@") {
		t.Errorf("featured: %v", items)
	}
	// Readers ask every actor for one, and log an error where there is none.
	for _, path := range []string{"/actor", "/catalogue", "/users/official", "/organizations/city_hall"} {
		actor := c.URL + path
		at, _ := get(t, actor).json["featured"].(string)
		if at != actor+"/featured" {
			t.Errorf("%s: featured at %q", actor, at)
			continue
		}
		if doc := get(t, at).json; doc["id"] != at || doc["type"] != "OrderedCollection" || doc["totalItems"] != 0.0 {
			t.Errorf("%s: %v", at, doc)
		}
	}
}

// TestFedG8Outbox: a community's outbox has its announcements, in pages that
// lead through all of it.
func TestFedG8Outbox(t *testing.T) {
	_, c := alone(t)
	thread := c.says(t, c.member(t, "ana"), "A bench is missing", nil)
	c.news(t, "A bench comes")
	if _, err := c.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	outbox := get(t, string(c.community.IRI)+"/outbox").json
	page := get(t, outbox["first"].(string)).json
	items, _ := page["orderedItems"].([]any)
	if page["partOf"] != outbox["id"] || len(items) < 2 {
		t.Fatalf("the outbox: %d items", len(items))
	}
	found := false
	for _, x := range items {
		item, _ := x.(members)
		found = found || item["type"] == "Announce" && item["object"] == string(thread.IRI)
	}
	if !found {
		t.Errorf("not announced: %v", items)
	}
}
