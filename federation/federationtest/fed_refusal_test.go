package federationtest_test

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"interlink/domain"
	"interlink/domain/account"
	"interlink/domain/community"
	"interlink/domain/moderation"
	"interlink/domain/notification"
	"interlink/domain/policy"
	"interlink/federation/federationtest"
)

// signedIn is somebody at a page of a node, over HTTP.
type signedIn struct {
	policy.Viewer
	t       *testing.T
	city    *city
	session string
}

func (c *city) signedIn(t *testing.T, name string, role policy.Role) *signedIn {
	t.Helper()
	const password = "correct horse battery staple"
	a, err := c.Accounts.Create(t.Context(), account.SignUp{Username: name, Email: name + "@people.example", Password: password}, role)
	if err != nil {
		t.Fatal(err)
	}
	session, _, err := c.Accounts.SignIn(t.Context(), name, password, "127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	return &signedIn{a.Viewer(), t, c, session}
}

// ask reads a page, or sends a form where there is one.
func (p *signedIn) ask(path string, form url.Values) (int, string) {
	p.t.Helper()
	method := http.MethodGet
	if form != nil {
		method = http.MethodPost
	}
	r, err := http.NewRequestWithContext(p.t.Context(), method, p.city.URL+path, strings.NewReader(form.Encode()))
	if err != nil {
		p.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("Cookie", "interlink_session="+p.session)
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := client.Do(r)
	if err != nil {
		p.t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	return answer.StatusCode, string(body)
}

// reads has a page say some words, and not others, which begin with "!".
func (p *signedIn) reads(path string, words ...string) string {
	p.t.Helper()
	status, body := p.ask(path+"?lang=en", nil)
	for _, w := range words {
		if plain, absent := strings.CutPrefix(w, "!"); status != http.StatusOK || strings.Contains(body, plain) == absent {
			p.t.Errorf("%s: status %d, %q: %v", path, status, plain, absent)
		}
	}
	return body
}

// sends a form, and has it taken.
func (p *signedIn) sends(path string, form url.Values) {
	p.t.Helper()
	if status, body := p.ask(path, form); status != http.StatusSeeOther {
		p.t.Fatalf("POST %s: status %d: %s", path, status, body)
	}
}

// between is what stands in a page between two words.
func between(t *testing.T, page, from, to string) string {
	t.Helper()
	_, rest, found := strings.Cut(page, from)
	inside, _, ends := strings.Cut(rest, to)
	if !found || !ends {
		t.Fatalf("no %s…%s in the page", from, to)
	}
	return inside
}

// TestRefusedElsewhere: what somebody, or a community, wrote waits at another
// node, is refused there with a reason, and they read it at home: who wrote it, or
// who runs the community. From there they appeal, once; if the answer is no they
// read that, and else it is published there.
func TestRefusedElsewhere(t *testing.T) {
	for database, open := range federationtest.Databases {
		t.Run(database, func(t *testing.T) {
			t.Parallel()
			c := federationtest.With(t, open, nil, "zaragoza", "riga")
			zaragoza, riga := newCity(t, c.Nodes[0]), newCity(t, c.Nodes[1])
			judge, ana, bruno := zaragoza.signedIn(t, "judge", policy.RoleModerator), riga.signedIn(t, "ana", policy.RoleMember), riga.signedIn(t, "bruno", policy.RoleMember)
			second := zaragoza.signedIn(t, "second", policy.RoleModerator)
			for _, f := range []struct {
				at, to *city
				who    policy.Viewer
			}{{zaragoza, riga, judge.Viewer}, {riga, zaragoza, ana.Viewer}} {
				f.at.follow(t, f.who, f.who.Actor, f.to.handle("mobility"))
			}
			if _, err := riga.Communities.SetRole(t.Context(), riga.official, "mobility", bruno.Actor, community.Administrator); err != nil {
				t.Fatal(err)
			}
			if _, err := zaragoza.Filters.Save(t.Context(), zaragoza.official, moderation.Filter{Name: "Casinos", Kind: moderation.FilterWords, Pattern: "casino", Action: community.Hold, Enabled: true}); err != nil {
				t.Fatal(err)
			}
			c.Settle()
			refuse := func(words string) string {
				t.Helper()
				c.Settle()
				at := "/admin/held/" + between(t, judge.reads("/admin/held", words), `action="/admin/held/`, "/") + "/refuse"
				judge.sends(at, url.Values{"reason": {"We show no <casinos>"}})
				c.Settle()
				return words
			}
			answer := func(says string, form url.Values) {
				t.Helper()
				c.Settle()
				at := "/admin/appeals/" + between(t, second.reads("/admin/held", says), `action="/admin/appeals/`, `"`)
				judge.reads("/admin/held", says, "!"+at)
				second.sends(at, form)
				c.Settle()
			}
			told := func(who *signedIn, topic notification.Topic, want int) {
				t.Helper()
				list, err := riga.Notifications.List(t.Context(), who.Viewer, notification.Filter{}, domain.Page{Limit: 100})
				got := 0
				for _, n := range list.Items {
					if n.Topic == "mention" || n.Topic == topic {
						got++
					}
				}
				if err != nil || got != want {
					t.Errorf("%d of %s, not %d (%v)", got, topic, want, err)
				}
			}

			// News of a community, by its people.
			riga.says(t, bruno.Viewer, "A casino by the river", nil)
			refuse("A casino by the river")
			told(bruno, "community_post_declined", 1)
			told(ana, "community_post_declined", 0)
			const held = "/communities/mobility/held"
			at := "/communities/mobility/exclusions/" + between(t, bruno.reads(held, "We show no &lt;casinos&gt;", "A casino by the river"), `action="/communities/mobility/exclusions/`, `"`)
			if status, _ := ana.ask(at, url.Values{"text": {"Mine"}}); status != http.StatusForbidden {
				t.Errorf("who does not run it appeals: status %d", status)
			}
			if status, body := bruno.ask(at, url.Values{"text": {" "}}); status != http.StatusUnprocessableEntity || !strings.Contains(body, "A casino by the river") {
				t.Errorf("without words: status %d", status)
			}
			bruno.sends(at, url.Values{"text": {"It is a museum"}})
			if status, _ := bruno.ask(at, url.Values{"text": {"Again"}}); status != http.StatusConflict {
				t.Errorf("appealed twice: status %d", status)
			}
			answer("It is a museum", url.Values{"answer": {"It stays so"}})
			bruno.reads(held, "It is a museum", "It stays so", "!"+at)
			told(bruno, "community_appeal_answered", 1)
			judge.reads("/timeline", "!A casino by the river")

			// A second one, where the appeal is right.
			riga.says(t, bruno.Viewer, "The casino is a school now", nil)
			refuse("The casino is a school now")
			bruno.sends("/communities/mobility/exclusions/"+between(t, bruno.reads(held), `action="/communities/mobility/exclusions/`, `"`), url.Values{"text": {"Children learn there"}})
			answer("Children learn there", url.Values{"answer": {"You are right"}, "upheld": {"yes"}})
			bruno.reads(held, "!The casino is a school now")
			told(bruno, "community_post_readmitted", 1)
			judge.reads("/timeline", "The casino is a school now")
			list, err := riga.Notifications.List(t.Context(), bruno.Viewer, notification.Filter{}, domain.Page{Limit: 1})
			lines := notification.Lines(list.Items, nil)
			if err != nil || len(lines) != 1 {
				t.Fatalf("notifications: %v, %v", lines, err)
			}
			bruno.reads(lines[0].Link.Path, "You are right")
			if status, body := ana.ask(lines[0].Link.Path, nil); status == http.StatusOK || strings.Contains(body, "You are right") {
				t.Errorf("who does not run the community reads its letters: status %d", status)
			}

			// What a person writes to a community there.
			group, err := riga.Network.ActorByIRI(t.Context(), ana.Viewer, zaragoza.community.IRI)
			if err == nil {
				_, err = riga.Communities.Begin(t.Context(), ana.Viewer, group, community.Draft{Content: "A casino, again", Language: "en"})
			}
			if err != nil {
				t.Fatal(err)
			}
			refuse("A casino, again")
			told(ana, "post_declined", 1)
			at = "/me/exclusions/" + between(t, ana.reads("/me/waiting", "We show no &lt;casinos&gt;"), `action="/me/exclusions/`, `"`)
			if status, _ := riga.signedIn(t, "reeve", policy.RoleModerator).ask(at, url.Values{"text": {"In her name"}}); status != http.StatusNotFound {
				t.Errorf("who moderates the node appeals in a person's name: status %d", status)
			}
			ana.sends(at, url.Values{"text": {"Only a poem"}})
			answer("Only a poem", url.Values{"answer": {"It stays so"}})
			ana.reads("/me/waiting", "Only a poem", "It stays so")
			told(ana, "appeal_answered", 1)

			// And what is removed there and brought back, of who does not follow any more.
			p, err := riga.Communities.Begin(t.Context(), ana.Viewer, group, community.Draft{Content: "A garden #Orchard", Language: "en"})
			c.Settle()
			if err == nil {
				err = riga.Network.Unfollow(t.Context(), ana.Viewer, ana.Actor, group.ID)
			}
			c.Settle()
			if err == nil {
				p, err = zaragoza.Communities.PostByIRI(t.Context(), judge.Viewer, p.IRI)
			}
			if err == nil {
				err = zaragoza.Communities.RemovePost(t.Context(), zaragoza.official, p.ID, community.Grounds{Reason: "A mistake"})
			}
			c.Settle()
			ana.reads("/me/waiting", "A garden", "A mistake")
			told(ana, "post_excluded", 1)
			if err == nil {
				err = zaragoza.Communities.Approve(t.Context(), zaragoza.official, p.ID)
			}
			if err != nil {
				t.Fatal(err)
			}
			c.Settle()
			ana.reads("/me/waiting", "!A garden")
			judge.reads("/tags/orchard", "A garden")
			told(ana, "post_readmitted", 1)
			told(ana, "letter", 0)
		})
	}
}
