package federationtest_test

import (
	"bytes"
	"fmt"
	"slices"
	"testing"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/policy"
	"interlink/storage"
)

func TestFedA27AudiencesAreKept(t *testing.T) {
	onScene(t, func(t *testing.T, s *scene) {
		stranger := s.Person("stranger", policy.RoleMember)
		followers, reader := s.bo+"/followers", s.URL+"/users/reader"
		for i, c := range []struct {
			to, cc   []string
			want     community.Visibility
			stranger domain.Code
		}{
			{[]string{public}, nil, community.Public, domain.OK},
			{[]string{followers}, []string{public}, community.Unlisted, domain.OK},
			{[]string{followers}, nil, community.Followers, domain.NotFound},
			{[]string{reader}, nil, community.Direct, domain.NotFound},
		} {
			note := s.place.note(i, s.bo, members{"to": c.to, "cc": c.cc})
			s.send("Create", note, members{"to": c.to, "cc": c.cc})
			p, err := s.post(t, note["id"].(string))
			if err != nil || p.Visibility != c.want {
				t.Errorf("%v, %v: %+v (%v)", c.to, c.cc, p, err)
				continue
			}
			if _, err := s.Communities.PostByID(t.Context(), stranger, p.ID); domain.CodeOf(err) != c.stranger {
				t.Errorf("%s: a stranger gets %v", c.want, err)
			}
		}
		p := s.news(t, "Public words")
		doc := served(t, string(p.IRI))
		if fmt.Sprint(doc["to"]) != "["+public+"]" || !slices.Contains(doc["cc"].([]any), any(string(s.community.IRI)+"/followers")) {
			t.Errorf("to %v, cc %v", doc["to"], doc["cc"])
		}
	})
}

func TestFedA28PublicHasThreeNames(t *testing.T) {
	onScene(t, func(t *testing.T, s *scene) {
		for i, name := range []string{public, "as:Public", "Public"} {
			for _, to := range []any{name, []string{name}} {
				note := s.place.note(i, s.bo, members{"to": to})
				s.send("Create", note, members{"to": to})
				if p, err := s.post(t, note["id"].(string)); err != nil || p.Visibility != community.Public {
					t.Errorf("%v: %+v (%v)", to, p, err)
				}
			}
		}
		if to := served(t, string(s.news(t, "Words").IRI))["to"]; fmt.Sprint(to) != "["+public+"]" {
			t.Errorf("sent: %v", to)
		}
	})
}

// raw reads an activity as the city keeps it.
func (s *scene) raw(t *testing.T, doc members) []byte {
	t.Helper()
	db, err := storage.Open(t.Context(), s.database)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}()
	raw, err := storage.NewReceived(db, domain.NewMint(nil, nil)).ReceivedRaw(t.Context(), domain.IRI(doc["actor"].(string)), domain.IRI(doc["id"].(string)))
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestFedA29BlindCopiesAreNotKept(t *testing.T) {
	onScene(t, func(t *testing.T, s *scene) {
		hidden := "https://hidden.example/users/zoe"
		note := s.place.note(1, s.bo, members{"bcc": []string{hidden}, "tag": []members{{"type": "Link", "href": s.place.URL, "bto": hidden}}})
		doc := s.send("Create", note, members{"bto": hidden})
		if _, err := s.post(t, note["id"].(string)); err != nil {
			t.Fatal(err)
		}
		if raw := s.raw(t, doc); bytes.Contains(raw, []byte("hidden.example")) || !bytes.Contains(raw, []byte(note["id"].(string))) {
			t.Errorf("kept: %s", raw)
		}
	})
}

func TestFedA33DiscoverableAndIndexableAreHeeded(t *testing.T) {
	onScene(t, func(t *testing.T, s *scene) {
		doc := served(t, string(s.community.IRI))
		if doc["discoverable"] != true || doc["indexable"] != true {
			t.Errorf("sent: %v, %v", doc["discoverable"], doc["indexable"])
		}
		for i, indexable := range []bool{true, false} {
			name := fmt.Sprintf("author%d", i)
			author := s.place.actor("Person", name, members{"indexable": indexable, "discoverable": indexable})
			s.place.follows(s.Cluster, s.city, s.reader.Actor, author, name)
			note := s.place.note(i, author, members{"tag": []members{{"type": "Hashtag", "name": "#parks"}}})
			s.place.send(s.Cluster, s.city, s.place.activity("Create", author, note, nil))
			if a, err := s.Network.ActorByIRI(t.Context(), s.reader, domain.IRI(author)); err != nil || a.Indexable != indexable || a.Discoverable != indexable {
				t.Errorf("read: %+v (%v)", a, err)
			}
		}
		found, err := s.Communities.Tagged(t.Context(), s.reader, "parks", domain.Page{})
		if err != nil || len(found.Items) != 1 || found.Items[0].IRI != domain.IRI(s.place.URL+"/notes/0") {
			t.Errorf("found: %v (%v)", found.Items, err)
		}
	})
}
