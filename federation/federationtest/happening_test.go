package federationtest_test

import (
	"strings"
	"testing"
	"time"

	"interlink/cmd/interlink/node"
	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/coproduction"
	"interlink/domain/markup"
	"interlink/domain/organization"
	"interlink/domain/participation"
	"interlink/domain/policy"
	"interlink/federation/federationtest"
)

// texts are the words of posts.
func texts(posts []*community.Post) (all []string) {
	for _, p := range posts {
		all = append(all, p.Content)
	}
	return all
}

// said are the posts in the feed of a community, newest first.
func (c *city) said(t *testing.T) []*community.Post {
	t.Helper()
	list, err := c.Communities.Timeline(t.Context(), policy.Viewer{}, c.community.ID, domain.Page{})
	if err != nil {
		t.Fatal(err)
	}
	var posts []*community.Post
	for _, item := range list.Items {
		posts = append(posts, item.Post)
	}
	return posts
}

// begin starts a process that the city's community follows.
func (c *city) begin(t *testing.T, name, title string, v domain.Visibility) *coproduction.Process {
	t.Helper()
	p, err := c.Coproduction.Start(t.Context(), c.official, coproduction.StartInput{
		Name: name, Details: coproduction.Details{Title: english(title), Language: "en", Visibility: v}, Followed: c.community.ID,
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// edited changes the city's community.
func (c *city) edited(t *testing.T, change func(d *community.Details)) (*community.Community, error) {
	t.Helper()
	now, err := c.Communities.Community(t.Context(), c.official, c.community.Name)
	if err != nil {
		t.Fatal(err)
	}
	d := community.Details{
		Title: now.Title, Summary: now.Summary, Rules: now.Rules, Language: now.Language, Organization: now.Organization,
		Restricted: now.Restricted, Approves: now.Approves, Holds: now.Holds, OpenLog: now.OpenLog, Cadence: now.Cadence,
	}
	if d.Summary == nil {
		d.Summary = domain.Text{}
	}
	change(&d)
	return c.Communities.Edit(t.Context(), c.official, now.Name, now.Revision, d)
}

func (c *city) edit(t *testing.T, change func(d *community.Details)) {
	t.Helper()
	if _, err := c.edited(t, change); err != nil {
		t.Fatal(err)
	}
}

// inSpanish is what the page of a post says to who reads Spanish, and what it has
// for others.
func (c *city) inSpanish(t *testing.T, p *community.Post) (said, others string) {
	t.Helper()
	_, body, _ := strings.Cut(c.page(t, "/posts/"+string(p.ID)+"?lang=es"), `<div class="post-body">`)
	said, others, _ = strings.Cut(body, "En otros idiomas")
	return said, others
}

// TestCadence: a community tells by itself once a day at most; what happens
// meanwhile is in one post, what is not public in none, and what ends soon is
// told in time. Told again, nothing is told twice.
func TestCadence(t *testing.T) {
	for database, open := range federationtest.Databases {
		t.Run(database, func(t *testing.T) {
			t.Parallel()
			var at clock
			cluster := federationtest.With(t, open, func(o *node.Options) { o.Now = at.now }, "city")
			c := newCity(t, cluster.Nodes[0])
			c.edit(t, func(d *community.Details) { d.Title["es"] = "Movilidad" })
			tell := func() []*community.Post {
				t.Helper()
				for range 2 {
					if err := c.TellHappenings(t.Context()); err != nil {
						t.Fatal(err)
					}
				}
				return c.said(t)
			}
			c.bridges(t, organization.JoinOpen)
			before := len(tell())
			c.begin(t, "first_way", "First @nobody #tag *way*", domain.VisiblePublic)
			posts := tell()
			if len(posts) != before+1 || !strings.Contains(posts[0].Content, "First @nobody #tag *way*") || strings.Contains(posts[0].Content, "<em>") || len(posts[0].Tags) != 0 {
				t.Fatalf("the first: %q", texts(posts))
			}
			c.begin(t, "second_way", "Second way", domain.VisiblePublic)
			c.begin(t, "hidden_way", "Hidden way", domain.VisibleMembers)
			c.begin(t, "third_way", "Third way", domain.VisiblePublic)
			if posts = tell(); len(posts) != before+1 {
				t.Fatalf("twice a day: %q", texts(posts))
			}
			at.advance(23 * time.Hour)
			if posts = tell(); len(posts) != before+1 {
				t.Fatalf("an hour early: %q", texts(posts))
			}
			at.advance(2 * time.Hour)
			posts = tell()
			if len(posts) != before+2 {
				t.Fatalf("the digest: %q", texts(posts))
			}
			for part, want := range map[string]bool{"Second way": true, "Third way": true, "Hidden way": false, "/processes/third_way": true, "What is new": true, "Novedades": true} {
				if strings.Contains(posts[0].Content, part) != want {
					t.Errorf("%q in the digest: %v\n%s", part, !want, posts[0].Content)
				}
			}
			if link := `href="` + c.URL + `/processes/third_way"`; strings.Count(posts[0].Content, link) != 1 {
				t.Errorf("its links stand once: %s", posts[0].Content)
			}
			if parts := markup.Parts(markup.Sanitize(posts[0].Content)); len(parts) != 2 { // as another node keeps it
				t.Errorf("taken apart: %q", parts)
			}
			said, others := c.inSpanish(t, posts[0])
			if !strings.Contains(said, "Novedades") || strings.Contains(said, "What is new") || !strings.Contains(said, "Second way") || !strings.Contains(said, "/processes/third_way") || !strings.Contains(others, "What is new") {
				t.Errorf("read in Spanish: %s\n<<others>>\n%s", said, others)
			}
			// What ends soon is told though there was a post today.
			deadline := at.now().Add(72 * time.Hour)
			call, err := c.Participation.Publish(t.Context(), c.official, participation.Draft{
				Team: "bridges", Community: c.community.Name, Details: participation.Details{
					Title: english("Map makers"), Duties: english("Draw maps."), Eligible: english("Everybody"), Seats: 2, Deadline: deadline, Method: participation.Methods[0],
				},
			})
			if err != nil {
				t.Fatal(err)
			}
			c.begin(t, "fourth_way", "Fourth way", domain.VisiblePublic)
			count := len(tell())
			at.advance(49 * time.Hour)
			posts = tell()
			if len(posts) != count+2 { // the call, and the process of two days ago
				t.Fatalf("the deadline: %d, %d: %q", count, len(posts), texts(posts))
			}
			if all := strings.Join(texts(posts[:2]), "\n"); !strings.Contains(all, "Map makers") || !strings.Contains(all, string(call.URL)) || !strings.Contains(all, "Fourth way") {
				t.Errorf("told: %s", all)
			}
			// Set to never, it is silent.
			c.edit(t, func(d *community.Details) { d.Cadence = community.Never })
			c.begin(t, "fifth_way", "Fifth way", domain.VisiblePublic)
			at.advance(48 * time.Hour)
			if now := tell(); len(now) != len(posts) {
				t.Errorf("silent: %q", texts(now))
			}
			if _, err := c.edited(t, func(d *community.Details) { d.Cadence = "hourly" }); domain.CodeOf(err) != domain.Invalid {
				t.Errorf("a cadence that is none: %v", err)
			}
		})
	}
}

// TestIntroduction: whoever is new to a community finds a pinned post that says
// what it is, which servers read with its other pinned posts; it follows the
// description, gives way to others, and is sent to nobody.
func TestIntroduction(t *testing.T) {
	onScene(t, func(t *testing.T, s *scene) {
		s.send("Follow", string(s.community.IRI), nil)
		pinned := func() *community.Post {
			t.Helper()
			all, err := s.Communities.Pinned(t.Context(), policy.Viewer{}, s.community.ID)
			if err != nil {
				t.Fatal(err)
			}
			if len(all) != 1 {
				t.Fatalf("pinned: %q", texts(all))
			}
			return all[0]
		}
		first := pinned()
		handle := "@mobility@" + s.Namespace.HandleHost()
		if first.Author != s.community.ID || !strings.Contains(first.Content, "Mobility") || !strings.Contains(first.Content, handle) || len(first.Mentions) > 0 {
			t.Fatalf("the introduction: %+v", first)
		}
		featured := marshal(t, get(t, string(s.community.IRI)+"/featured").json)
		if !strings.Contains(featured, string(first.IRI)) || !strings.Contains(featured, handle) {
			t.Errorf("featured: %.400s", featured)
		}
		s.edit(t, func(d *community.Details) {
			d.Summary = domain.Text{"en": "Streets for *all*.", "es": "Calles para *todos*."}
			d.Title["es"] = "Movilidad"
			d.Rules = domain.Text{"en": "Be *kind*."}
		})
		now := pinned()
		if now.ID != first.ID || !strings.Contains(now.Content, "Streets for <em>all") || !strings.Contains(now.Content, "Calles para <em>todos") || !strings.Contains(now.Content, "Siga a") || !strings.Contains(now.Content, "Be <em>kind") {
			t.Errorf("edited: %s", now.Content)
		}
		if !strings.Contains(now.Content, `<p lang="es">Calles`) || !strings.Contains(now.Content, `<p lang="en">Streets`) || strings.Count(now.Content, `href="`+string(s.community.IRI)+`"`) != 1 {
			t.Errorf("the languages of its parts, and its address once: %s", now.Content)
		}
		said, others := s.inSpanish(t, now)
		if !strings.Contains(said, "Calles para") || strings.Contains(said, "Streets for") || !strings.Contains(others, "Streets for") || !strings.Contains(others, "Be <em>kind") {
			t.Errorf("read in Spanish: %s\n<<others>>\n%s", said, others)
		}
		s.Settle()
		if created, updates := s.place.got("Create"), s.place.got("Update"); len(created) > 0 || len(s.said(t)) > 0 || len(updates) == 0 {
			t.Errorf("sent: %v; %d updates", created, len(updates))
		}
		// Alone it stays; others take its place, and it comes back.
		if err := s.Communities.Unpin(t.Context(), s.official, first.ID); domain.CodeOf(err) != domain.Conflict {
			t.Errorf("unpinned: %v", err)
		}
		own := s.says(t, s.official, "Welcome", nil)
		for _, step := range []func() error{
			func() error { return s.Communities.Pin(t.Context(), s.official, own.ID) },
			func() error { return s.Communities.Unpin(t.Context(), s.official, first.ID) },
		} {
			if err := step(); err != nil {
				t.Fatal(err)
			}
		}
		if p := pinned(); p.ID != own.ID {
			t.Errorf("replaced: %+v", p)
		}
		if err := s.Communities.DeletePost(t.Context(), s.official, own.ID); err != nil {
			t.Fatal(err)
		}
		if p := pinned(); p.ID != first.ID {
			t.Errorf("back: %+v", p)
		}
		// What somebody wrote in it stays; deleted, it is written anew.
		at, err := s.Communities.PostByID(t.Context(), s.official, first.ID)
		if err == nil {
			_, err = s.Communities.EditPost(t.Context(), s.official, first.ID, at.Revision, "Our own words")
		}
		if err != nil {
			t.Fatal(err)
		}
		s.edit(t, func(d *community.Details) { d.Summary["en"] = "Other streets" })
		if p := pinned(); !strings.Contains(p.Content, "Our own words") {
			t.Errorf("own words: %s", p.Content)
		}
		if err := s.Communities.DeletePost(t.Context(), s.official, first.ID); err != nil {
			t.Fatal(err)
		}
		if p := pinned(); p.ID == first.ID || !strings.Contains(p.Content, "Other streets") {
			t.Errorf("anew: %+v", p)
		}
		if err := s.Communities.Introduce(t.Context()); err != nil || pinned() == nil {
			t.Errorf("again: %v", err)
		}
	})
}

// TestProcessesTell: a process that somebody follows from another server tells
// by itself what happened in it, as a Note of its own, once a day; one that is
// followed by nobody, or hidden meanwhile, says nothing.
func TestProcessesTell(t *testing.T) {
	onScene(t, func(t *testing.T, s *scene) {
		ctx := t.Context()
		p, alone := s.begin(t, "safe_ways", "Safe ways", domain.VisiblePublic), s.begin(t, "quiet_ways", "Quiet ways", domain.VisiblePublic)
		s.send("Follow", string(p.IRI), nil)
		tell := func() (notes []members) {
			t.Helper()
			if err := s.TellHappenings(ctx); err != nil {
				t.Fatal(err)
			}
			s.Settle()
			for _, a := range s.place.got("Create") {
				if a["actor"] == string(p.IRI) || a["actor"] == string(alone.IRI) {
					notes = append(notes, a["object"].(members))
				}
			}
			return notes
		}
		for _, process := range []string{"safe_ways", "quiet_ways"} {
			if _, err := s.Coproduction.AddItem(ctx, s.official, process, "", 0, coproduction.ItemDetails{Name: english("Look around")}); err != nil {
				t.Fatal(err)
			}
			s.release(t, process, 0)
		}
		note := one(t, tell())
		if body := marshal(t, note); note["attributedTo"] != string(p.IRI) || note["type"] != "Note" || !strings.Contains(body, "version ") || !strings.Contains(body, "Safe ways") {
			t.Errorf("told: %s", body)
		}
		if d := served(t, note["id"].(string)); d["attributedTo"] != string(p.IRI) {
			t.Errorf("the note: %v", d)
		}
		if page := s.page(t, strings.TrimPrefix(note["id"].(string), s.URL)); !strings.Contains(page, "version ") {
			t.Error("the page of the note does not show it")
		}
		if n := len(tell()); n != 1 {
			t.Errorf("told again: %d", n)
		}
	})
}
