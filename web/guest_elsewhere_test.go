package web_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"interlink/domain/network"
	"interlink/federation/federationtest"
)

// leaves sends somebody to their own server and returns its address.
func (r *reader) leaves(typed string) string {
	r.s.t.Helper()
	back := "/role-calls/" + string(r.s.call.ID) + "#apply"
	got := r.post("/guest/sign-in", url.Values{"handle": {typed}, "return": {back}})
	if got.status != http.StatusSeeOther || !strings.Contains(got.location, "/oauth/authorize?") {
		r.s.t.Fatalf("%q: status %d, to %q\n%s", typed, got.status, got.location, problems(got.body))
	}
	return got.location
}

// returns comes back to the node from an address that a server gave.
func (r *reader) returns(address string) page {
	r.s.t.Helper()
	path, ok := strings.CutPrefix(address, r.s.Namespace.Base())
	if !ok {
		r.s.t.Fatalf("%q is not of this node", address)
	}
	return r.get(path)
}

// approves says yes at the server.
func (s *site) approves(m *federationtest.Mastodon, address, name string) string {
	s.t.Helper()
	back, err := m.Approve(address, name)
	if err != nil {
		s.t.Fatal(err)
	}
	return back
}

// TestGuestSignsIn: somebody signs in at their own server, by handle or by its
// name, and may do what a guest by message may, until they leave.
func TestGuestSignsIn(t *testing.T) {
	s := newSite(t)
	call := "/role-calls/" + string(s.call.ID)
	for _, modern := range []bool{true, false} {
		m := federationtest.NewMastodon(t, modern)
		host := strings.TrimPrefix(m.URL, "http://")
		for i, typed := range []string{"@person1@" + host, host, m.URL + "/", string(m.Person(1))} {
			r := s.anonymous()
			got := r.returns(s.approves(m, r.leaves(typed), "person1"))
			if got.status != http.StatusSeeOther || got.location != call+"#apply" {
				t.Fatalf("%q: back with status %d to %q\n%s", typed, got.status, got.location, problems(got.body))
			}
			body := r.get(call).body
			if own := strings.Contains(body, "I walk from "+host); own != (i > 0) || strings.Contains(body, `name="statement"`) == own || !strings.Contains(body, "@person1@"+host) || strings.Contains(body, `action="/sign-out"`) {
				t.Fatal("the form is not there for a guest")
			}
			wants(t, r.get("/me/waiting"), http.StatusOK, "") // where they appeal
			for _, path := range []string{"/me", "/timeline", "/processes/new", "/me/applications"} {
				if got := r.get(path); got.status != http.StatusSeeOther {
					t.Errorf("%s as a guest: status %d", path, got.status)
				}
			}
			if i > 0 {
				continue
			}
			if got := r.fill(call, call+"/apply", url.Values{"statement": {"I walk from " + host}}); got.status != http.StatusSeeOther {
				t.Fatalf("status %d\n%s", got.status, problems(got.body))
			}
			if got := r.post("/guest/leave", url.Values{}); got.status != http.StatusSeeOther || strings.Contains(r.get(call).body, "I walk from") {
				t.Errorf("who left is still there: status %d", got.status)
			}
		}
		if n := m.Count("POST /api/v1/apps"); n != 1 {
			t.Errorf("the node registered %d times", n)
		}
		if n := m.Tokens(); n != 0 {
			t.Errorf("%d tokens were not given back", n)
		}
		m.Forget() // as Mastodon does with apps that nobody used
		r := s.anonymous()
		if got := r.returns(s.approves(m, r.leaves(host), "person2")); got.status != http.StatusSeeOther || m.Count("POST /api/v1/apps") != 2 {
			t.Errorf("a server that forgot the node: status %d, registered %d times", got.status, m.Count("POST /api/v1/apps"))
		}
	}
}

// TestGuestSignInRefused: what comes back wrong lets nobody in.
func TestGuestSignInRefused(t *testing.T) {
	s, m, other := newSite(t), federationtest.NewMastodon(t, true), federationtest.NewMastodon(t, true)
	host, elsewhere := strings.TrimPrefix(m.URL, "http://"), strings.TrimPrefix(other.URL, "http://")
	call := "/role-calls/" + string(s.call.ID)
	out := func(what string, r *reader, got page, want string) {
		t.Helper()
		if got.status != http.StatusUnprocessableEntity && got.status != http.StatusServiceUnavailable || !strings.Contains(got.body, want) {
			t.Errorf("%s: status %d, without %q\n%s", what, got.status, want, problems(got.body))
		}
		if strings.Contains(r.get(call).body, `name="statement"`) {
			t.Errorf("%s: somebody is in", what)
		}
	}
	const ended, unsure = "began in another browser", "did not confirm who you are"
	person := "@person1@" + host

	r := s.anonymous()
	back := s.approves(m, r.leaves(person), "person1")
	victim := s.anonymous()
	out("a browser that did not begin", victim, victim.returns(back), ended)
	victim.leaves(host) // on the way by itself
	out("the answer of another's sign-in", victim, victim.returns(back), ended)
	wrong := strings.Replace(back, "state=", "state=x", 1)
	out("another state", r, r.returns(wrong), ended)
	if got := r.returns(back); got.status != http.StatusSeeOther {
		t.Errorf("the right one: status %d", got.status)
	}
	cookies := s.anonymous()
	out("a replayed answer", cookies, cookies.returns(back), ended)

	// A server that sends people on to another gets no code of that one.
	r = s.anonymous()
	evil := r.leaves(host)
	good, _ := url.Parse(s.anonymous().leaves(elsewhere))
	began, _ := url.Parse(evil)
	q := good.Query()
	q.Set("state", began.Query().Get("state"))
	good.RawQuery = q.Encode()
	out("the code of another server", r, r.returns(s.approves(other, good.String(), "person1")), ended)
	// A code that was made for another browser's sign-in there.
	stolen, _ := url.Parse(s.approves(m, s.anonymous().leaves(host), "person1"))
	r = s.anonymous()
	began, _ = url.Parse(s.approves(m, r.leaves(host), "person3"))
	q = began.Query()
	q.Set("code", stolen.Query().Get("code"))
	began.RawQuery = q.Encode()
	out("a stolen code", r, r.returns(began.String()), unsure)

	r = s.anonymous()
	out("another account", r, r.returns(s.approves(m, r.leaves(person), "person2")), "You signed in as @person2@"+host)
	r = s.anonymous()
	began, _ = url.Parse(r.leaves(person))
	denied := s.Namespace.Base() + "/guest/servers/" + host + "?error=access_denied&state=" + began.Query().Get("state")
	no := r.returns(denied)
	out("a no", r, no, unsure)
	if !strings.Contains(no.body, `value="`+person+`"`) {
		t.Error("a no: what was typed is gone")
	}

	// Whom the server names.
	foreign := func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/.well-known/webfinger" {
			w.Header().Set("Content-Type", "application/jrd+json")
			_ = json.NewEncoder(w).Encode(map[string]any{"subject": r.URL.Query().Get("resource"), "links": []map[string]string{{"rel": "self", "type": "application/activity+json", "href": string(other.Person(1))}}})
		}
	}
	for what, c := range map[string]struct {
		name  string
		want  string
		twist http.HandlerFunc
	}{
		"an actor of another server": {"person1", "not of that server", foreign},
		"a handle as a name":         {"person1@" + elsewhere, "not of that server", nil},
		"a name that is none":        {"../x", "not of that server", nil},
		"nobody":                     {"nobody", "No person was found", nil},
		"a token that is none":       {"person1", unsure, answers("/oauth/token", http.StatusOK, `{"access_token":"a\r\nb","token_type":"Bearer"}`)},
		"no JSON":                    {"person1", unsure, answers("/oauth/token", http.StatusOK, `<html>`)},
		"a redirect for the token":   {"person1", unsure, away("/oauth/token", "http://169.254.169.254/latest")},
		"a redirect for the account": {"person1", unsure, away("/api/v1/accounts/verify_credentials", "http://10.0.0.1/")},
		"a huge token":               {"person1", "no sign-in that we can use", answers("/oauth/token", http.StatusOK, strings.Repeat("x", 1<<20))},
		"a server that is away":      {"person1", "does not answer", answers("/oauth/token", http.StatusBadGateway, "")},
		"a server that fails then":   {"person1", "does not answer", answers("/api/v1/accounts/verify_credentials", http.StatusInternalServerError, `{"error":"x"}`)},
	} {
		r := s.anonymous()
		back := s.approves(m, r.leaves(host), c.name)
		m.Twist(c.twist)
		out(what, r, r.returns(back), c.want)
		m.Twist(nil)
	}
	// No token is left, be they let in or not.
	if n := m.Tokens(); n != 0 {
		t.Errorf("%d tokens were not given back", n)
	}
}

func answers(path string, status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == path {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(status)
			_, _ = w.Write([]byte(body))
		}
	}
}

func away(path, to string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == path {
			http.Redirect(w, r, to, http.StatusFound)
		}
	}
}

// TestGuestSendHomeRefused: servers to which nobody is sent.
func TestGuestSendHomeRefused(t *testing.T) {
	s, p, m := newSite(t), federationtest.NewPeer(t), federationtest.NewMastodon(t, true)
	host := strings.TrimPrefix(m.URL, "http://")
	r := s.anonymous()
	try := func(typed, want string) {
		t.Helper()
		got := r.post("/guest/sign-in?lang=en", url.Values{"handle": {typed}, "return": {"/"}})
		if got.status < 400 || !strings.Contains(got.body, want) || !strings.Contains(got.body, `value="`+typed+`"`) {
			t.Errorf("%q: status %d, without %q\n%s", typed, got.status, want, problems(got.body))
		}
	}
	try("", "No person was found")
	try("mastodon", "no name of a server")
	try("a b.example", "no name of a server")
	try("@x", "is not a handle")
	try("@official@"+s.Namespace.HandleHost(), "This account is of this server")
	try(s.Namespace.HandleHost(), "This account is of this server")
	try("10.0.0.1", "No person was found")
	try(strings.TrimPrefix(p.URL, "http://"), "no sign-in that we can use")
	try("@person1@"+strings.TrimPrefix(p.URL, "http://"), "no sign-in that we can use")
	for body, want := range map[string]string{`{}`: "no sign-in", `{"client_id":"a b","client_secret":"x"}`: "no sign-in", strings.Repeat("x", 1<<20): "no sign-in"} {
		m.Twist(answers("/api/v1/apps", http.StatusOK, body))
		try(host, want)
	}
	m.Twist(away("/api/v1/apps", "http://192.168.0.1/"))
	try(host, "no sign-in")
	m.Twist(nil)
	if _, err := s.Gate.Set(t.Context(), s.official, network.Rule{Host: host, Verdict: network.VerdictBlock}); err != nil {
		t.Fatal(err)
	}
	asked := len(m.Seen)
	try(host, "No person was found")
	if len(m.Seen) != asked {
		t.Error("a blocked server was asked")
	}
	limited := false
	for range 40 {
		limited = limited || r.post("/guest/sign-in", url.Values{"handle": {"mastodon"}}).status == http.StatusTooManyRequests
	}
	if !limited {
		t.Error("one address may try any number of times")
	}
}
