package federationtest_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/network"
	"interlink/domain/notification"
	"interlink/domain/policy"
	"interlink/storage"
)

// TestFedG15ReadsThePast: whoever begins to follow a community finds what was
// said in it before, in its place and without being told; an answer from
// nowhere brings its thread. What is not its server's own is not believed, and
// nothing is read without end.
func TestFedG15ReadsThePast(t *testing.T) {
	onScene(t, func(t *testing.T, s *scene) {
		ago := func(d time.Duration) string { return time.Now().Add(-d).UTC().Format(time.RFC3339) }
		group := s.place.URL + "/users/streets"
		note := func(n int, more members) members {
			doc := s.place.note(n, s.bo, members{"audience": group, "cc": []string{group}, "content": fmt.Sprintf("<p>Thread %d</p>", n), "published": ago(time.Duration(100-n) * time.Hour)})
			for k, v := range more {
				doc[k] = v
			}
			s.place.serve(fmt.Sprintf("/notes/%d", n), doc)
			return doc
		}
		first := note(1, members{"context": s.place.URL + "/notes/1/context"})
		answer := note(2, members{"inReplyTo": first["id"]})
		second := note(3, nil)
		forged := s.place.note(4, "https://other.example/users/eve", nil)
		s.place.serve("/notes/1/context", members{"type": "OrderedCollection", "totalItems": 2, "orderedItems": []any{first["id"], answer["id"], "https://127.0.0.1:1/x"}})
		s.place.serve("/users/streets/featured", members{"type": "OrderedCollection", "orderedItems": []any{first}})
		announce := func(n int, object any) members {
			return members{"id": fmt.Sprintf("%s/announces/%d", group, n), "type": "Announce", "actor": group, "object": object, "to": []string{public}, "published": ago(time.Duration(100-n) * time.Hour)}
		}
		option := func(name string, votes int) members {
			return members{"type": "Note", "name": name, "replies": members{"type": "Collection", "totalItems": votes}}
		}
		asked := note(5, members{"type": "Question", "oneOf": []any{option("Monday", 2), option("Friday", 1)}, "votersCount": 3})
		shared := maps.Clone(asked) // as it was when it was shared
		shared["oneOf"], shared["votersCount"] = []any{option("Monday", 0), option("Friday", 0)}, 0
		loop := s.place.URL + "/users/streets/outbox"
		s.place.serve("/users/streets/outbox", members{"type": "OrderedCollection", "first": members{
			"type": "OrderedCollectionPage", "next": loop,
			"orderedItems": []any{
				announce(5, members{"id": s.bo + "/creates/5", "type": "Create", "actor": s.bo, "object": shared}), announce(4, forged), announce(3, second["id"]),
				announce(1, members{"id": s.bo + "/creates/1", "type": "Create", "actor": s.bo, "object": first}),
				members{"id": group + "/likes/1", "type": "Like", "actor": group, "object": first["id"]},
			},
		}})
		s.place.actor("Group", "streets", members{"featured": s.place.URL + "/users/streets/featured"})
		before := s.told(t)
		s.place.follows(s.Cluster, s.city, s.reader.Actor, group, "streets")
		s.Settle()
		at, err := s.Network.ActorByIRI(t.Context(), s.reader, domain.IRI(group))
		if err != nil {
			t.Fatal(err)
		}
		list, err := s.Communities.Timeline(t.Context(), s.reader, at.ID, domain.Page{})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, item := range list.Items {
			got = append(got, string(item.IRI))
			if age := time.Since(item.At); age < 90*time.Hour || time.Since(item.Serial.Time()) < 90*time.Hour {
				t.Errorf("%s stands as if it were of %v", item.IRI, item.At)
			}
		}
		if want := fmt.Sprint([]any{asked["id"], second["id"], first["id"]}); fmt.Sprint(got) != want {
			t.Errorf("the past of the community: %v, not %v", got, want)
		}
		if p, err := s.post(t, asked["id"].(string)); err != nil || p.Poll == nil || p.Poll.Voters != 3 {
			t.Errorf("the poll stands as when it was shared: %+v (%v)", p, err)
		}
		p, err := s.post(t, answer["id"].(string))
		if err != nil || p.InReplyTo != domain.IRI(first["id"].(string)) {
			t.Errorf("the answer: %+v (%v)", p, err)
		}
		if pinned, err := s.Communities.Pinned(t.Context(), s.reader, at.ID); err != nil || len(pinned) != 1 || pinned[0].IRI != domain.IRI(first["id"].(string)) {
			t.Errorf("pinned: %v (%v)", pinned, err)
		}
		if _, err := s.post(t, forged["id"].(string)); domain.CodeOf(err) != domain.NotFound {
			t.Errorf("forged: %v", err)
		}
		if now := s.told(t); now != before {
			t.Errorf("%d were told of the past", now-before)
		}

		// An answer to what is not known here brings what is above and below.
		old := s.place.note(10, s.bo, members{"replies": s.place.URL + "/notes/10/replies"})
		s.place.serve("/notes/10", old)
		middle := s.place.note(11, s.bo, members{"inReplyTo": old["id"]})
		s.place.serve("/notes/11", middle)
		other := s.place.note(12, s.bo, members{"inReplyTo": old["id"]})
		s.place.serve("/notes/12", other)
		astray := s.place.note(14, s.bo, nil)
		s.place.serve("/notes/14", astray)
		s.place.serve("/notes/10/replies", members{"type": "Collection", "first": members{"type": "CollectionPage", "items": []any{other["id"], middle["id"], astray["id"]}}})
		s.send("Create", s.place.note(13, s.bo, members{"inReplyTo": middle["id"]}), nil)
		s.Settle()
		for n, want := range map[int]domain.Code{10: domain.OK, 11: domain.OK, 12: domain.OK, 13: domain.OK, 14: domain.NotFound} {
			if _, err := s.post(t, fmt.Sprintf("%s/notes/%d", s.place.URL, n)); domain.CodeOf(err) != want {
				t.Errorf("note %d: %v", n, err)
			}
		}
	})
}

// TestMissedWhileBlocked: once a host is no longer blocked, what those said
// whom people here follow is read, and what was hidden is seen again.
func TestMissedWhileBlocked(t *testing.T) {
	onScene(t, func(t *testing.T, s *scene) {
		known := s.place.note(1, s.bo, nil)
		s.place.serve("/notes/1", known)
		s.send("Create", known, nil)
		host := domain.IRI(s.place.URL).Host()
		s.rule(t, host, network.VerdictBlock)
		s.Settle()
		if _, err := s.post(t, known["id"].(string)); domain.CodeOf(err) != domain.NotFound {
			t.Errorf("hidden: %v", err)
		}
		missed := s.place.note(2, s.bo, members{"content": "<p>Missed</p>"})
		s.place.serve("/notes/2", missed)
		s.place.serve("/users/bo/outbox", members{"type": "OrderedCollection", "orderedItems": []any{
			members{"id": s.bo + "/creates/2", "type": "Create", "actor": s.bo, "object": missed["id"]},
			members{"id": s.bo + "/creates/1", "type": "Create", "actor": s.bo, "object": known},
		}})
		s.over(t, host)
		for _, doc := range []members{known, missed} {
			if _, err := s.post(t, doc["id"].(string)); err != nil {
				t.Errorf("%v: %v", doc["id"], err)
			}
		}
		seen := 0
		for _, item := range s.home(t, s.reader) {
			if strings.HasPrefix(string(item.IRI), s.place.URL) && item.Kind == community.ObjectPost {
				seen++
			}
		}
		if seen != 2 {
			t.Errorf("%d of 2 are in the home timeline", seen)
		}
	})
}

// over has the day come on which the rule that blocks a host ends: it is lifted
// by the node itself, which the log says.
func (s *scene) over(t *testing.T, host string) {
	t.Helper()
	ctx := t.Context()
	ended := network.Rule{Host: host, Verdict: network.VerdictBlock, ExpiresAt: time.Now().Add(-time.Minute), CreatedAt: time.Now().AddDate(0, 0, -7), CreatedBy: s.official.Actor}
	blocked := func(network.Rules) func(string) network.Verdict {
		return func(string) network.Verdict { return network.VerdictBlock }
	}
	if err := storage.NewRules(storageOf(t, s.Database)).ChangeRules(ctx, []network.Rule{ended}, nil, blocked, domain.Change{}); err != nil {
		t.Fatal(err)
	}
	if err := s.Gate.Sweep(ctx); err != nil {
		t.Fatal(err)
	}
	s.Settle()
	if rules, err := s.Gate.Rules(ctx, s.official); err != nil || len(rules) != 0 {
		t.Errorf("left of the rule: %+v, %v", rules, err)
	}
	admin := s.signedIn(t, "clerk", policy.RoleAdmin)
	admin.reads("/admin/log", host)
	admin.reads("/admin/rules", "!"+host)
}

// told counts what the reader was told.
func (s *scene) told(t *testing.T) int {
	t.Helper()
	list, err := s.Notifications.List(t.Context(), s.reader, notification.Filter{}, domain.Page{Limit: domain.MaxPage})
	if err != nil {
		t.Fatal(err)
	}
	return list.Total
}
