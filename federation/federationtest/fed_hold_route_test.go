package federationtest_test

import (
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"interlink/domain"
	"interlink/domain/account"
	"interlink/domain/community"
	"interlink/domain/moderation"
	"interlink/domain/network"
	"interlink/domain/policy"
)

// without are the first parts of addresses under which nothing stands that
// people write in communities, with what stands there. What is new is either
// among them, or has values in [moderated.values].
var without = map[string]string{
	"interlinkers": "the catalogue", "schemas": "the catalogue", "problems": "the catalogue", "regulations": "the catalogue", "catalogue": "the catalogue",
	"v1": "the catalogue", "stories": "stories", "reviews": "reviews", "role-calls": "role calls", "certificates": "certificates", "clonings": "clones", "bringings": "what was brought", "imports": "what was brought", "bring": "what was brought",
	"actors": "pictures of people", "legal": "texts of the operator", "static": "files of the program", "nodeinfo": "figures", "confirm": "a secret", "deletions": "a secret", "guest": "a secret",
	"invitations": "a secret", "reset": "a secret", "unsubscribe": "a secret", "notices": "a secret", "statements": "a secret", "files": "pictures, by their hash",
	"cosignatures": "stories", "assignments": "tasks", "catalogues": "the catalogue", "hosts": "queues", "received": "what failed, for who runs the node", "rules": "hosts",
	"moderation": "notices, for who moderates", "me": "tasks of the reader", "admin": "for who runs the node", "processes": "coproduction", "teams": "people",
}

// moderated is what the test of all addresses looks for.
type moderated struct {
	values map[string][]string // of variables, by the part of the address before
	hidden map[string]string   // words that may stand nowhere: why
}

// addresses fills the variables of an address.
func (m *moderated) addresses(pattern string) []string {
	all := []string{""}
	parts := strings.Split(strings.TrimPrefix(pattern, "/"), "/")
	before := ""
	for _, part := range parts {
		values := []string{part}
		if i := strings.IndexByte(part, '{'); i >= 0 {
			key := before
			if part == "@{handle}" {
				key = "@"
			}
			values = nil
			for _, v := range m.values[key] {
				values = append(values, variable.ReplaceAllString(part, v))
			}
		}
		var longer []string
		for _, a := range all {
			for _, v := range values {
				longer = append(longer, a+"/"+v)
			}
		}
		all, before = longer, part
	}
	return all
}

// sorted reports whether it is known that nothing stands at an address with a
// variable that has no values.
func (m *moderated) sorted(pattern string) bool {
	if without[first(pattern)] != "" {
		return true
	}
	before := ""
	for part := range strings.SplitSeq(strings.Trim(pattern, "/"), "/") {
		if strings.Contains(part, "{") && m.values[before] == nil && without[before] == "" {
			return false
		}
		before = part
	}
	return true
}

var variable = regexp.MustCompile(`\{[^}]*\}`)

// first is the part of an address by which it is sorted.
func first(pattern string) string {
	pattern = strings.TrimPrefix(pattern, "/api/interlink/v1")
	part, _, _ := strings.Cut(strings.TrimPrefix(pattern, "/"), "/")
	return part
}

// TestFedO2EveryRoute asks for all that the node answers, as everybody, as a
// member and as another server, and looks for words that were held, refused,
// removed, erased, turned down, or are of a blocked host. The addresses are
// those of the router: a new one with a variable fails until it is sorted.
func TestFedO2EveryRoute(t *testing.T) {
	onScene(t, func(t *testing.T, s *scene) {
		ctx := t.Context()
		m := &moderated{values: map[string][]string{
			"communities": {"mobility"}, "organizations": {"city_hall"}, "users": {"official", "ana", "lea", "new", "fil"}, "tags": {"bench"}, "pictures": {"0"}, "archive": {"none"},
			"posts": nil, "activities": nil, "@": nil,
		}, hidden: map[string]string{}}
		s.send("Follow", string(s.community.IRI), nil)
		seen := func(word string) string { return word + " #bench" }
		keep := func(p *community.Post) *community.Post {
			m.values["posts"] = append(m.values["posts"], string(p.ID))
			return p
		}
		hide := func(word, why string) string { m.hidden[word] = why; return seen(word) }
		post := func(v policy.Viewer, words string, to *community.Post) *community.Post {
			return keep(s.says(t, v, words, to))
		}

		ana, lea := s.member(t, "ana"), s.member(t, "lea")
		thread := post(ana, seen("VISIBLE"), nil)
		removed := post(ana, hide("REMOVEDWORD", "removed by who moderates"), nil)
		answer := post(lea, hide("ANSWERWORD", "an answer that was removed"), thread)
		s.Settle()
		for _, actor := range []domain.IRI{s.community.IRI, domain.IRI(s.URL + "/users/ana")} {
			items, _ := get(t, string(actor)+"/outbox?page=first").json["orderedItems"].([]any)
			for _, item := range items {
				if a, ok := item.(members); ok {
					id, _ := a["id"].(string)
					m.values["activities"] = append(m.values["activities"], id[strings.LastIndexByte(id, '/')+1:])
				}
			}
		}
		for _, p := range []*community.Post{removed, answer} {
			if err := s.Communities.RemovePost(ctx, s.official, p.ID, community.Grounds{Reason: "Spam"}); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.Communities.Lock(ctx, s.official, thread.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Communities.Post(ctx, lea, "mobility", community.Draft{Content: hide("LOCKEDWORD", "an answer in a closed thread"), Language: "en", InReplyTo: thread.ID}); err == nil {
			t.Fatal("the thread is open")
		}
		if err := s.Communities.Ban(ctx, s.official, "mobility", community.Banning{Who: lea.Actor, Reason: "Spam"}); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Communities.Post(ctx, lea, "mobility", community.Draft{Content: hide("BANNEDWORD", "of who is banned"), Language: "en"}); err == nil {
			t.Fatal("who is banned writes")
		}
		// Another server, which is blocked later, and one that is limited.
		group := string(s.community.IRI)
		far := func(p *place, name, word string) {
			who := p.actor("Person", name, nil)
			p.follows(s.Cluster, s.city, s.reader.Actor, who, name)
			p.send(s.Cluster, s.city, p.activity("Follow", who, group, nil))
			note := p.note(1, who, members{
				"content": "<p>" + seen(word) + "</p>", "to": []string{public, group},
				"tag": []members{{"type": "Hashtag", "name": "#bench", "href": p.URL + "/tags/bench"}},
			})
			p.send(s.Cluster, s.city, p.activity("Create", who, note, members{"to": []string{public, group}}))
			at, err := s.post(t, note["id"].(string))
			if err != nil {
				t.Fatal(err)
			}
			keep(at)
			m.values["@"] = append(m.values["@"], strings.TrimPrefix(p.handle(name), "@"))
		}
		blocked, limited := newPlace(t), newPlace(t)
		hide("BLOCKEDWORD", "of a blocked host")
		far(blocked, "eve", "BLOCKEDWORD")
		far(limited, "lim", "LIMITEDWORD")
		gone := s.place.note(1, s.bo, members{"content": "<p>" + hide("ERASEDWORD", "deleted by its author elsewhere") + "</p>"})
		s.send("Create", gone, nil)
		if p, err := s.post(t, gone["id"].(string)); err != nil {
			t.Fatal(err)
		} else {
			keep(p)
		}
		s.send("Delete", gone["id"], nil)
		s.rule(t, strings.TrimPrefix(blocked.URL, "http://"), network.VerdictBlock)
		s.rule(t, strings.TrimPrefix(limited.URL, "http://"), network.VerdictLimit)
		// What waits, was refused, or is filtered.
		if _, err := s.Filters.Save(ctx, s.official, moderation.Filter{Name: "f", Kind: moderation.FilterWords, Pattern: "TURNEDDOWN", Action: community.Reject, Enabled: true}); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Filters.Save(ctx, s.official, moderation.Filter{Name: "l", Kind: moderation.FilterWords, Pattern: "FEWERWORD", Action: community.Limit, Enabled: true}); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Communities.Post(ctx, ana, "mobility", community.Draft{Content: hide("TURNEDDOWN", "turned down by a filter"), Language: "en"}); err == nil {
			t.Fatal("the filter let it pass")
		}
		fewer := post(s.member(t, "fil"), seen("FEWERWORD"), nil)
		s.holds(t)
		fresh := s.member(t, "new")
		held, refused := post(fresh, hide("HELDWORD", "it waits"), nil), post(fresh, hide("REFUSEDWORD", "it was refused"), nil)
		if !held.Waits || !refused.Waits {
			t.Fatal("nothing waits")
		}
		if err := s.Communities.Refuse(ctx, s.official, refused.ID, "Off topic"); err != nil {
			t.Fatal(err)
		}
		away := s.place.note(2, s.bo, members{"content": "<p>" + hide("FARHELDWORD", "it waits, of another server") + "</p>", "to": []string{public, group}})
		s.send("Create", away, members{"to": []string{public, group}})
		if len(s.waiting(t)) != 2 {
			t.Fatalf("%d wait", len(s.waiting(t)))
		}
		s.Settle()

		readers := m.readers(t, s)
		s.EndStreams() // they tell what came meanwhile, and end
		found := map[string][]string{}
		asked := 0
		for _, line := range s.Addresses() {
			method, pattern, _ := strings.Cut(line, " ")
			if method != http.MethodGet {
				continue
			}
			addresses := m.addresses(pattern)
			if len(addresses) == 0 && !m.sorted(pattern) {
				t.Errorf("%s: it has a variable that nothing is known of: say in this test what stands there", line)
			}
			for _, at := range addresses {
				for who, ask := range readers {
					asked++
					body := ask(at)
					for word, why := range m.hidden {
						if strings.Contains(body, word) {
							t.Errorf("%s shows %s %s (%s)", at, who, word, why)
						}
					}
					for _, word := range []string{"VISIBLE", "LIMITEDWORD", "FEWERWORD"} {
						if strings.Contains(body, word) {
							found[word] = append(found[word], who+" "+at)
						}
					}
				}
			}
		}
		// Live updates of what is not shown there are none, nor of what was removed.
		for _, p := range []*community.Post{removed, answer, held, refused} {
			if status := get(t, s.URL+"/live?since=&watch=post:"+string(p.ID)).status; status != http.StatusNotFound && status != http.StatusGone {
				t.Errorf("live updates of a post that is not shown: status %d", status)
			}
		}
		t.Logf("%d requests to %d addresses; the visible post was found at %d", asked, len(s.Addresses()), len(found["VISIBLE"]))
		if len(found["VISIBLE"]) < 12 {
			t.Errorf("the test looks past what is shown: found at %v", found["VISIBLE"])
		}
		for _, word := range []string{"LIMITEDWORD", "FEWERWORD"} {
			for _, at := range found[word] {
				if strings.Contains(at, "/communities/") || strings.Contains(at, "/tags/") || strings.Contains(at, "/organizations/") || strings.Contains(at, "/feed") {
					t.Errorf("%s stands in a public list: %s", word, at)
				}
			}
		}
		_ = fewer
	})
}

// readers ask for addresses as somebody.
func (m *moderated) readers(t *testing.T, s *scene) map[string]func(string) string {
	t.Helper()
	ctx := t.Context()
	const password = "correct horse battery staple"
	reading, err := s.Accounts.Create(ctx, account.SignUp{Username: "looker", Email: "looker@people.example", Password: password}, policy.RoleMember)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Network.Follow(ctx, reading.Viewer(), reading.Actor, s.community.ID); err != nil {
		t.Fatal(err)
	}
	session, _, err := s.Accounts.SignIn(ctx, "looker", password, "127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	token, err := s.Accounts.CreateToken(ctx, reading, "test", []policy.Scope{policy.ScopeRead})
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	ask := func(headers ...string) func(string) string {
		return func(path string) string {
			r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL+path, nil)
			if err != nil {
				t.Fatal(err)
			}
			for i := 0; i < len(headers); i += 2 {
				r.Header.Set(headers[i], headers[i+1])
			}
			body := ""
			for _, query := range []string{"", "page=first", "q=bench"} {
				r.URL.RawQuery = query
				answer, err := client.Do(r)
				if err != nil {
					t.Fatal(err)
				}
				raw, err := io.ReadAll(answer.Body)
				_ = answer.Body.Close()
				if err != nil {
					t.Fatal(err)
				}
				if answer.StatusCode >= http.StatusInternalServerError {
					t.Errorf("%s: status %d", r.URL, answer.StatusCode)
				}
				body += string(raw)
				if query == "" && !slices.ContainsFunc([]string{"outbox", "context", "replies", "featured", "timeline", "search", "lookup", "communities", "posts"}, func(part string) bool { return strings.Contains(path, part) }) {
					break
				}
			}
			return body
		}
	}
	return map[string]func(string) string{
		"everybody": ask("Accept", "text/html"),
		"a member":  ask("Accept", "text/html", "Cookie", fmt.Sprintf("interlink_session=%s", session), "Authorization", "Bearer "+token, "Last-Event-ID", "1"),
		"a server":  ask("Accept", "application/activity+json"),
	}
}
