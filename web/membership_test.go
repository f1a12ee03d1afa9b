package web_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"unicode/utf16"

	"interlink/domain"
	"interlink/domain/organization"
	"interlink/domain/policy"
)

// team reads the team of the site.
func (s *site) team() *organization.Team {
	s.t.Helper()
	team, err := s.Organizations.Team(s.t.Context(), s.official, "routes")
	if err != nil {
		s.t.Fatal(err)
	}
	return team
}

// wants fails unless the answer leads where it should.
func wants(t *testing.T, got page, status int, location string) {
	t.Helper()
	if got.status != status || location != "" && got.location != location {
		t.Fatalf("status %d, to %q: %s", got.status, got.location, problems(got.body))
	}
}

// TestDescribeInLanguages: a form holds all languages; each keeps its words.
func TestDescribeInLanguages(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	r := s.as("official")
	got := r.get("/teams/routes/edit?lang=nl")
	for _, field := range []string{`name="title-en"`, `name="summary-es"`, `name="title-lv"`, `name="title-more"`, `<option value="fr"`} {
		if !strings.Contains(got.body, field) {
			t.Errorf("the form has no %s", field)
		}
	}
	values := url.Values{
		"revision": {fmt.Sprint(s.team().Revision)}, "kind": {"citizen"}, "joinPolicy": {"open"},
		"title-en": {"Routes"}, "title-es": {"Rutas"}, "summary-es": {"Los martes."}, "title-more": {"Chemins"}, "summary-more": {""}, "lang-more": {"fr"},
	}
	wants(t, r.post("/teams/routes/edit", values), http.StatusSeeOther, "/teams/routes")
	if got := s.team(); !got.Title.Equal(domain.Text{"en": "Routes", "es": "Rutas", "fr": "Chemins"}) || !got.Summary.Equal(domain.Text{"es": "Los martes."}) || got.JoinPolicy != organization.JoinOpen {
		t.Errorf("saved %+v", got)
	}
	// Words of a language that the form did not have stay; all taken away is refused at a field.
	values = url.Values{"revision": {fmt.Sprint(s.team().Revision)}, "kind": {"citizen"}, "joinPolicy": {"open"}, "title-en": {""}, "title-es": {"Rutas"}}
	wants(t, r.post("/teams/routes/edit", values), http.StatusSeeOther, "/teams/routes")
	if got := s.team(); !got.Title.Equal(domain.Text{"es": "Rutas", "fr": "Chemins"}) {
		t.Errorf("saved %v", got.Title)
	}
	values = url.Values{"revision": {fmt.Sprint(s.team().Revision)}, "kind": {"citizen"}, "joinPolicy": {"open"}, "title-es": {""}, "title-fr": {""}}
	again := r.post("/teams/routes/edit", values)
	if again.status != http.StatusUnprocessableEntity || !strings.Contains(problems(again.body), `href="#f-title-en"`) {
		t.Errorf("status %d: %s", again.status, problems(again.body))
	}
}

// TestWhoMakesTeams: the button is there for whom the organisation lets make
// teams, and for nobody else.
func TestWhoMakesTeams(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.person("clerk", policy.RoleMember)
	clerk := s.as("clerk")
	const button = `href="/organizations/city_lab/teams/new"`
	if strings.Contains(clerk.get("/organizations/city_lab").body, button) || clerk.get("/organizations/city_lab/teams/new").status != http.StatusForbidden {
		t.Error("everybody is offered to make a team")
	}
	o, err := s.Organizations.Organization(t.Context(), s.official, "city_lab")
	if err != nil {
		t.Fatal(err)
	}
	wants(t, s.as("official").post("/organizations/city_lab/edit", url.Values{
		"revision": {fmt.Sprint(o.Revision)}, "title-en": {"City lab"}, "kind": {"public_administration"}, "visibility": {"public"}, "teams": {"anyone"},
	}), http.StatusSeeOther, "")
	if !strings.Contains(clerk.get("/organizations/city_lab").body, button) {
		t.Error("the button is missing")
	}
	wants(t, clerk.post("/organizations/city_lab/teams/new", url.Values{"name": {"clerks"}, "title": {"Clerks"}, "lang": {"en"}, "kind": {"citizen"}, "joinPolicy": {"invite"}}), http.StatusSeeOther, "/teams/clerks")
}

// TestMembersPage: people are found by name, become administrators and members
// again, and leave; the last administrator stays.
func TestMembersPage(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	clerk := s.person("clerk", policy.RoleMember)
	r := s.as("official")
	if got := r.get("/teams/routes/people?q=cle"); !strings.Contains(got.body, `value="@clerk@`) {
		t.Error("nobody is found")
	}
	if got := r.get("/teams/routes/people?q=clerk%40people.example"); strings.Contains(got.body, `value="@clerk@`) {
		t.Error("found by an e-mail address")
	}
	if got := s.as("clerk").get("/teams/routes/people?q=off"); strings.Contains(got.body, `name="q" type="search" value="off"`) || strings.Contains(got.body, "/people/list") {
		t.Error("a reader is offered to add people")
	}
	wants(t, r.post("/teams/routes/members", url.Values{"handle": {"clerk"}, "role": {"member"}}), http.StatusSeeOther, "/teams/routes/people")
	official, change := s.official.Actor, "/teams/routes/members/role?who="
	wants(t, r.post(change+string(official)+"&role=member", nil), http.StatusConflict, "")
	wants(t, r.post("/teams/routes/leave", nil), http.StatusConflict, "")
	wants(t, r.post(change+string(clerk.Actor)+"&role=administrator", nil), http.StatusSeeOther, "")
	wants(t, r.post("/teams/routes/leave", nil), http.StatusSeeOther, "/teams/routes")
	if got := s.team().Members; len(got) != 1 || got.Role(clerk.Actor) != organization.RoleAdministrator {
		t.Errorf("members: %+v", got)
	}
	got := r.post("/teams/routes/members", url.Values{"handle": {"nobody_at_all"}, "role": {"member"}})
	if !strings.Contains(problems(got.body), `href="#f-handle"`) {
		t.Errorf("status %d: %s", got.status, problems(got.body))
	}
	// An actor that is no person is no member.
	if got := r.post("/teams/routes/members", url.Values{"handle": {"mobility"}, "role": {"member"}}); got.status != http.StatusUnprocessableEntity || !strings.Contains(problems(got.body), `href="#f-handle"`) {
		t.Errorf("status %d: %s", got.status, problems(got.body))
	}
}

var mailedLink = regexp.MustCompile(`/invitations/([A-Za-z0-9_-]{43})`)

// TestInvitationByMail walks from the invitation to the member: signing up by
// the link of a mail, and coming in. Nothing tells whether an address has an
// account.
func TestInvitationByMail(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	clerk := s.person("clerk", policy.RoleMember)
	r := s.as("official")
	invite := func(email string) page {
		t.Helper()
		return r.post("/teams/routes/people/invitations", url.Values{"email": {email}, "role": {"member"}, "lang": {"es"}})
	}
	if got := invite("nobody"); got.status != http.StatusUnprocessableEntity || !strings.Contains(problems(got.body), `href="#f-email"`) || !strings.Contains(got.body, `value="nobody"`) {
		t.Errorf("status %d: %s", got.status, problems(got.body))
	}
	known, unknown := invite("clerk@people.example"), invite("new@people.example")
	if known.status != unknown.status || known.location != unknown.location {
		t.Errorf("the answer tells who has an account: %d %s, %d %s", known.status, known.location, unknown.status, unknown.location)
	}
	listed := r.get("/teams/routes/people").body
	if !strings.Contains(listed, "clerk@people.example") || !strings.Contains(listed, "new@people.example") {
		t.Error("the invitations are not listed")
	}
	if strings.Contains(s.as("clerk").get("/teams/routes/people").body, "@people.example") {
		t.Error("an address is shown to others")
	}

	links := s.links(t)
	if len(links) != 2 {
		t.Fatalf("%d links", len(links))
	}
	// Who has an account accepts.
	stranger := s.anonymous()
	if got := stranger.get(links[0]); got.status != http.StatusOK || !strings.Contains(got.body, `href="/sign-in?return=`) || !strings.Contains(got.body, `href="/sign-up?invitation=`) {
		t.Errorf("status %d", got.status)
	}
	wants(t, stranger.post(links[0], nil), http.StatusUnauthorized, "")
	wants(t, s.as("clerk").post(links[0], nil), http.StatusSeeOther, "/teams/routes")
	if s.team().Members.Role(clerk.Actor) != organization.RoleMember {
		t.Error("accepted, but no member")
	}
	if got := stranger.get(links[0]); got.status != http.StatusNotFound {
		t.Errorf("a used link: status %d", got.status)
	}
	// Who has none signs up.
	token := strings.TrimPrefix(links[1], "/invitations/")
	if got := stranger.get("/sign-up?invitation=" + token); !strings.Contains(got.body, "Routes") || !strings.Contains(got.body, `name="invitation"`) {
		t.Error("the form of signing up does not know of the invitation")
	}
	wants(t, stranger.post("/sign-up", url.Values{
		"invitation": {token}, "title": {"New"}, "username": {"newcomer"}, "email": {"new@people.example"}, "password": {password}, "lang": {"es"}, "accept": {"yes"},
	}), http.StatusSeeOther, "/check-mail?for=confirm")
	a, err := s.Accounts.ByUsername(t.Context(), "newcomer")
	if err != nil {
		t.Fatal(err)
	}
	if s.team().Members.Role(a.Actor) != "" {
		t.Error("a member before the address is proved")
	}
	wants(t, stranger.post(s.confirmation(t), nil), http.StatusOK, "")
	s.as("newcomer")
	if s.team().Members.Role(a.Actor) != organization.RoleMember {
		t.Error("signed up and in, but no member")
	}
}

// TestDeclinedByMail: who declines by the link of a mail is not put in by others
// either, and undoes it by the same link, without an account.
func TestDeclinedByMail(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	clerk := s.person("clerk", policy.RoleMember)
	r, stranger := s.as("official"), s.anonymous()
	enroll := func() page {
		return r.post("/teams/routes/members", url.Values{"handle": {"clerk"}, "role": {"member"}})
	}
	wants(t, r.post("/teams/routes/people/invitations", url.Values{"email": {"clerk@people.example"}, "role": {"member"}}), http.StatusSeeOther, "/teams/routes/people")
	link := s.links(t)[0]
	wants(t, stranger.post(link+"/again", nil), http.StatusNotFound, "") // nothing was declined
	wants(t, stranger.post(link+"/decline", url.Values{"no_more": {"1"}}), http.StatusSeeOther, link)
	if got := stranger.get(link); got.status != http.StatusOK || !strings.Contains(got.body, link+"/again") || strings.Contains(got.body, link+"/decline") || strings.Contains(got.body, "clerk") || strings.Contains(got.body, "You are invited") {
		t.Errorf("status %d: %s", got.status, problems(got.body))
	}
	if got := enroll(); got.status != http.StatusTooManyRequests || !strings.Contains(problems(got.body), `href="#f-handle"`) || !strings.Contains(got.body, `value="clerk"`) {
		t.Errorf("put in: status %d: %s", got.status, problems(got.body))
	}
	if s.team().Members.Role(clerk.Actor) != "" {
		t.Error("who declined is a member")
	}
	wants(t, stranger.post(link+"/again", nil), http.StatusSeeOther, "/")
	wants(t, stranger.get(link), http.StatusNotFound, "")
	wants(t, enroll(), http.StatusSeeOther, "/teams/routes/people")
	if s.team().Members.Role(clerk.Actor) != organization.RoleMember {
		t.Error("who allowed it again is no member")
	}
	wants(t, r.post("/teams/routes/members", url.Values{"handle": {"clerk"}, "role": {"administrator"}}), http.StatusSeeOther, "/teams/routes/people")
}

var confirmLink = regexp.MustCompile(`/confirm/[A-Za-z0-9_-]{43}`)

// mails are all that were asked for, as jobs, the first first.
func (s *site) mails(t *testing.T) (mails []string) {
	t.Helper()
	rows, err := s.database().QueryContext(t.Context(), "SELECT CAST(args AS TEXT) FROM river_job ORDER BY id")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var args string
		if err := rows.Scan(&args); err != nil {
			t.Fatal(err)
		}
		mails = append(mails, args)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return mails
}

// links are those of all invitations that were mailed, the first first.
func (s *site) links(t *testing.T) (links []string) {
	t.Helper()
	for _, mail := range s.mails(t) {
		if m := mailedLink.FindString(mail); m != "" {
			links = append(links, m)
		}
	}
	return links
}

func (s *site) confirmation(t *testing.T) string {
	t.Helper()
	for _, mail := range s.mails(t) {
		if m := confirmLink.FindString(mail); m != "" {
			return m
		}
	}
	t.Fatal("no mail to confirm the address")
	return ""
}

// TestRollPage: a list is shown as it was understood before anything happens;
// a file is as good as what is typed.
func TestRollPage(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	clerk := s.person("clerk", policy.RoleMember)
	r := s.as("official")
	const list = "name;role\nclerk;\nking of Spain;\nnew@people.example;admin\n"
	got := r.upload("/teams/routes/people/list", []byte(list), map[string]string{"mode": "check", "lang": "en"})
	for _, words := range []string{"Becomes a member at once", "Gets an invitation by e-mail", "This is no e-mail address, short name or handle.", "king of Spain", `value="understood"`} {
		if !strings.Contains(got.body, words) {
			t.Errorf("the report does not say %q", words)
		}
	}
	if got.status != http.StatusOK || len(s.team().Members) != 1 {
		t.Errorf("checking did something: status %d", got.status)
	}
	// So is “Unicode text”, and what an older spreadsheet saved.
	wide := []byte{0xff, 0xfe}
	for _, c := range utf16.Encode([]rune(list + "José;\n")) {
		wide = append(wide, byte(c), byte(c>>8))
	}
	for _, saved := range [][]byte{wide, []byte(list + "Jos\xe9;\n")} {
		got := r.upload("/teams/routes/people/list", saved, map[string]string{"mode": "check", "lang": "en"})
		if got.status != http.StatusOK || !strings.Contains(got.body, "king of Spain") || !strings.Contains(got.body, "José") {
			t.Errorf("a list in another encoding: status %d: %s", got.status, problems(got.body))
		}
	}
	got = r.post("/teams/routes/people/list", url.Values{"mode": {"all"}, "lang": {"en"}, "people": {list}})
	if got.status != http.StatusUnprocessableEntity || !strings.Contains(problems(got.body), `href="#f-people"`) || len(s.team().Members) != 1 {
		t.Errorf("half done: status %d: %s", got.status, problems(got.body))
	}
	wants(t, r.post("/teams/routes/people/list", url.Values{"mode": {"understood"}, "lang": {"en"}, "people": {list}}), http.StatusSeeOther, "/teams/routes/people")
	if s.team().Members.Role(clerk.Actor) != organization.RoleMember || len(s.links(t)) != 1 {
		t.Errorf("members %+v, %d mails", s.team().Members, len(s.links(t)))
	}
}

// TestDeleteOrganization: the page says what is lost and asks for the name;
// then the address is gone for people and for servers.
func TestDeleteOrganization(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.person("clerk", policy.RoleMember)
	r := s.as("official")
	wants(t, s.as("clerk").get("/organizations/city_lab/delete"), http.StatusForbidden, "")
	got := r.get("/organizations/city_lab/delete")
	for _, words := range []string{"1 team is deleted with it", "1 process goes on without it", `href="/processes/safe_ways"`, `href="/teams/routes"`, "1 community goes on without it"} {
		if !strings.Contains(got.body, words) {
			t.Errorf("the page does not say %q", words)
		}
	}
	got = r.post("/organizations/city_lab/delete", url.Values{"confirm": {"city"}})
	if got.status != http.StatusUnprocessableEntity || !strings.Contains(problems(got.body), `href="#f-confirm"`) {
		t.Errorf("status %d: %s", got.status, problems(got.body))
	}
	wants(t, r.post("/organizations/city_lab/delete", url.Values{"confirm": {"city_lab"}}), http.StatusSeeOther, "/organizations")
	for _, path := range []string{"/organizations/city_lab", "/teams/routes", "/teams/routes/people", "/organizations/city_lab/edit"} {
		wants(t, r.get(path), http.StatusGone, "")
	}
	wants(t, r.get("/processes/safe_ways"), http.StatusOK, "")
	wants(t, r.get("/processes/safe_ways/history"), http.StatusOK, "")
	wants(t, r.get("/communities/mobility"), http.StatusOK, "")
	request := r.request(http.MethodGet, "/teams/routes", nil)
	request.Header.Set("Accept", "application/activity+json")
	left := r.do(request)
	var tombstone struct{ Type, FormerType string }
	if err := json.Unmarshal([]byte(left.body), &tombstone); err != nil || left.status != http.StatusGone || tombstone.Type != "Tombstone" || tombstone.FormerType != "Group" {
		t.Errorf("status %d: %s (%v)", left.status, left.body, err)
	}
}
