package api_test

import (
	"bytes"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"

	"interlink/domain"
	"interlink/domain/account"
	"interlink/domain/policy"
	"interlink/federation/federationtest"
	"interlink/federation/httpsig"
	"interlink/web/api"
)

// server is a node with content, as programs reach it. The content is made
// through the API, so that each test also shows that it can be.
type server struct {
	*federationtest.Node
	t      testing.TB
	dsn    string
	tokens map[string]string // by who calls; "" has none
	vars   map[string]string // values for the variables of paths, by prefix of the path
}

// scopes are those of each caller's token; official is the administrator.
var scopes = map[string][]policy.Scope{
	"official":        {policy.ScopeRead, policy.ScopeWrite, policy.ScopeAdmin},
	"official-writer": {policy.ScopeRead, policy.ScopeWrite},
	"official-reader": {policy.ScopeRead},
	"official-scribe": {policy.ScopeWrite},
	"stranger":        {policy.ScopeRead, policy.ScopeWrite, policy.ScopeAdmin},
}

// unknown is an id that nothing has.
const unknown = "01890000-0000-7000-8000-000000000000"

func open(t testing.TB, database func(testing.TB) string) *server {
	t.Helper()
	s := &server{t: t, tokens: map[string]string{}}
	s.Node = federationtest.On(t, func(t testing.TB) string { s.dsn = database(t); return s.dsn }, "Zaragoza").Nodes[0]
	accounts := map[string]*account.Account{}
	for username, role := range map[string]policy.Role{"official": policy.RoleAdmin, "stranger": policy.RoleMember} {
		s.Person(username, role)
		a, err := s.Accounts.ByUsername(t.Context(), username)
		if err != nil {
			t.Fatal(err)
		}
		accounts[username] = a
	}
	for who, of := range scopes {
		username, _, _ := strings.Cut(who, "-")
		token, err := s.Accounts.CreateToken(t.Context(), accounts[username], who, of)
		if err != nil {
			t.Fatal(err)
		}
		s.tokens[who] = token
	}
	return s
}

// object is JSON.
type object = map[string]any

// en is a text in one language.
func en(text string) object { return object{"en": text} }

// answer is what a call gave.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// problem is a failure, as programs read it.
type problem struct {
	Title, Detail, Code string
	Status              int
	Errors              []struct{ Message, Location string }
}

func (a answer) problem() problem {
	var p problem
	_ = json.Unmarshal(a.body, &p)
	return p
}

// codes are the statuses that a stable code comes with.
var codes = map[string][]int{
	"invalid":         {http.StatusUnprocessableEntity, http.StatusBadRequest, http.StatusUnsupportedMediaType},
	"unauthenticated": {http.StatusUnauthorized}, "forbidden": {http.StatusForbidden}, "not_found": {http.StatusNotFound, http.StatusMethodNotAllowed}, "gone": {http.StatusGone},
	"conflict": {http.StatusConflict}, "too_large": {http.StatusRequestEntityTooLarge}, "too_many": {http.StatusTooManyRequests}, "unavailable": {http.StatusServiceUnavailable},
}

// call asks for something and checks what every answer has: no fault of ours,
// JSON, and a whole problem where it failed. body is JSON if it is a string,
// else what becomes JSON; header has names and values.
func (s *server) call(who, method, path string, body any, header ...string) answer {
	s.t.Helper()
	a := s.ask(who, method, path, body, header...)
	s.check(method+" "+path, a)
	return a
}

// ask is call without its checks.
func (s *server) ask(who, method, path string, body any, header ...string) answer {
	s.t.Helper()
	var sent io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		sent = strings.NewReader(b)
	default:
		raw, err := json.Marshal(b)
		if err != nil {
			s.t.Fatal(err)
		}
		sent = bytes.NewReader(raw)
	}
	request, err := http.NewRequestWithContext(s.t.Context(), method, s.URL+api.Path+path, sent)
	if err != nil {
		s.t.Fatal(err)
	}
	if sent != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	if token := s.tokens[who]; token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	for i := 0; i+1 < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		s.t.Fatal(err)
	}
	defer response.Body.Close()
	a := answer{status: response.StatusCode, header: response.Header}
	if a.body, err = io.ReadAll(response.Body); err != nil {
		s.t.Fatal(err)
	}
	return a
}

func (s *server) check(what string, a answer) {
	s.t.Helper()
	kind := a.header.Get("Content-Type")
	switch {
	case a.status >= 500:
		s.t.Errorf("%s: status %d: %s", what, a.status, a.body)
	case a.status >= 400:
		p := a.problem()
		if kind != "application/problem+json" || p.Title == "" || p.Detail == "" || p.Status != a.status || !slices.Contains(codes[p.Code], a.status) {
			s.t.Errorf("%s: status %d, %s: no whole problem: %.300s", what, a.status, kind, a.body)
		}
		if a.status == http.StatusUnauthorized && a.header.Get("WWW-Authenticate") == "" {
			s.t.Errorf("%s: 401 does not say how to authenticate", what)
		}
		if method, _, _ := strings.Cut(what, " "); a.status != http.StatusMethodNotAllowed && !slices.Contains(failuresOf(method), strconv.Itoa(a.status)) {
			s.t.Errorf("%s: status %d is not described", what, a.status)
		}
		if a.status == http.StatusTooManyRequests && a.header.Get("Retry-After") == "" {
			s.t.Errorf("%s: 429 does not say when to try again", what)
		}
	case a.status == http.StatusNoContent:
		if len(a.body) > 0 {
			s.t.Errorf("%s: a body without content: %s", what, a.body)
		}
	case slices.Contains([]string{"application/zip", "application/octet-stream"}, kind):
		if a.header.Get("X-Content-Type-Options") != "nosniff" || !strings.HasPrefix(a.header.Get("Content-Disposition"), "attachment") {
			s.t.Errorf("%s: a file that may be opened: %v", what, a.header)
		}
	case !slices.Contains([]string{"application/json", "application/openapi+json"}, kind) || !json.Valid(a.body):
		s.t.Errorf("%s: status %d, %s: no JSON: %.300s", what, a.status, kind, a.body)
	}
}

// want calls, wants a status, and returns what was answered.
func (s *server) want(status int, who, method, path string, body any, header ...string) object {
	s.t.Helper()
	a := s.call(who, method, path, body, header...)
	if a.status != status {
		s.t.Fatalf("%s %s by %q: status %d, want %d: %s", method, path, who, a.status, status, a.body)
	}
	o := object{}
	if len(a.body) > 0 {
		if err := json.Unmarshal(a.body, &o); err != nil {
			s.t.Fatalf("%s %s: %v", method, path, err)
		}
	}
	return o
}

// tasks are the tasks of a process, in order.
func (s *server) tasks(who, process string) []object {
	s.t.Helper()
	var found []object
	for _, it := range items(s.want(http.StatusOK, who, http.MethodGet, "/processes/"+process+"/tree", nil)) {
		if it["kind"] == "task" {
			found = append(found, it)
		}
	}
	if len(found) == 0 {
		s.t.Fatalf("%s has no task", process)
	}
	return found
}

// items are the members of a list.
func items(list object) []object {
	all, _ := list["items"].([]any)
	out := make([]object, len(all))
	for i := range all {
		out[i], _ = all[i].(object)
	}
	return out
}

// text is a member at a path of members.
func text(o object, path ...string) string {
	for _, name := range path[:len(path)-1] {
		o, _ = o[name].(object)
	}
	v, ok := o[path[len(path)-1]]
	if !ok {
		return ""
	}
	return fmt.Sprint(v)
}

// fill makes one thing of each kind, and remembers how it is named.
func (s *server) fill() {
	s.t.Helper()
	made := func(path string, body any) object {
		return s.want(http.StatusCreated, "official", http.MethodPost, path, body)
	}
	if _, err := s.Catalogue.Import(s.t.Context(), policy.Viewer{Actor: "official", Role: policy.RoleAdmin}, federationtest.Shelf(), false); err != nil {
		s.t.Fatal(err)
	}
	made("/organizations", object{"name": "city_lab", "title": en("City lab"), "kind": "public_administration"})
	made("/organizations/city_lab/teams", object{"name": "routes", "title": en("Routes")})
	made("/communities", object{"name": "mobility", "title": en("Mobility"), "language": "en", "organization": "city_lab"})
	post := made("/communities/mobility/posts", object{"content": "The crossing is **open**."})
	made("/processes", object{
		"name": "safe_ways", "title": en("Safe ways"), "language": "en", "schema": "public-service",
		"organization": "city_lab", "team": "routes", "community": "mobility",
	})
	task := text(s.tasks("official", "safe_ways")[0], "id")
	resource := made("/processes/safe_ways/tasks/"+task+"/resources", object{"name": "Map", "url": "https://maps.example/1", "public": true})
	hook := made("/processes/safe_ways/webhooks", object{"url": "https://hooks.example/", "families": []any{"task"}})
	assignment, contribution := s.work()
	made("/stories", s.story("ways-told"))
	next := s.want(http.StatusOK, "official", http.MethodGet, "/processes/safe_ways/next-release", nil)
	made("/processes/safe_ways/releases", object{"version": "1.0", "licence": "CC-BY-4.0", "digest": text(next, "digest")})
	draft := made("/processes/safe_ways/story-drafts", object{"telling": object{"title": en("Not yet")}})
	made("/organizations", object{"name": "walkers", "title": en("Walkers"), "kind": "citizen"})
	made("/organizations", object{"name": "cyclists", "title": en("Cyclists"), "kind": "citizen"})
	cosigning := made("/stories/ways-told/cosignatures", object{"partner": s.URL + "/organizations/walkers"})
	made("/clones", object{"source": s.URL + "/processes/safe_ways", "name": "safe_ways_again"})
	s.want(http.StatusOK, "official", http.MethodPost, "/follows", object{"target": s.URL + "/communities/mobility"})
	report := made("/reports", object{"actor": s.URL + "/users/stranger", "reason": "Advertises"})
	at, failed := s.failure()
	invitation, token, membership := s.invited()
	call := text(made("/role-calls", object{"team": "routes", "community": "mobility", "title": en("Walkers"), "duties": en("Walk."), "seats": 3}), "id")
	applied := text(s.want(http.StatusOK, "stranger", http.MethodPost, "/role-calls/"+call+"/application", object{"statement": "I have good shoes."}), "id")
	clones := items(s.want(http.StatusOK, "official", http.MethodGet, "/processes/safe_ways/clones", nil))
	if len(clones) != 1 {
		s.t.Fatalf("%d clones", len(clones))
	}
	notice := made("/notices", object{"about": s.URL + "/posts/" + text(post, "id"), "category": "hate", "reason": "It is not.", "name": "Nora", "email": "nora@people.example", "faith": true})
	moderated := items(s.want(http.StatusOK, "official", http.MethodGet, "/moderation/notices", nil))
	s.want(http.StatusOK, "official", http.MethodPut, "/legal/privacy", object{"version": 0, "text": en("## Who\n\nWe.")})
	looked := made("/searches", object{"place": "catalogue", "query": "q=map", "tell": true})
	_, node := s.upload("official", "/node/imports", string(s.call("official", http.MethodGet, "/node/export", nil).body))
	if _, err := s.Settle(s.t.Context()); err != nil { // nothing of it is done later
		s.t.Fatal(err)
	}
	s.vars = map[string]string{
		"/notices/{secret}": text(notice, "secret"), "/statements/{secret}": unknown, "/deletions/{secret}": unknown, "/moderation/notices/{id}": text(moderated[0], "id"),
		"/moderation/notices/{id}/complaints/{complaint}": unknown, "/legal/{kind}": "privacy", "/legal/{kind}/versions/{number}": "1",
		"/interlinkers/{slug}": "wcag", "/interlinkers/{slug}/versions/{number}": "1", "/interlinkers/{slug}/templates/{language}": "en", "/interlinkers/{slug}/reviews/{id}": unknown, "/stories/{slug}/reviews/{id}": unknown, "/schemas/{slug}": "public-service", "/problems/{slug}": "ORG_PROBLEM_1",
		"/catalogue/sources/{id}": unknown, "/clonings/{id}": unknown, "/bringings/{id}": unknown, "/node/imports/{id}": path.Base(node.Get("Location")), "/catalogue/offers/{offer}": unknown, "/processes/{name}/releases/{version}": "1.0", "/processes/{name}/merges/{merge}": unknown, "/processes/{name}/improvements/{improvement}": unknown,
		"/organizations/{name}": "city_lab", "/teams/{name}": "routes", "/communities/{name}": "mobility", "/communities/{name}/archive/{id}": unknown,
		"/posts/{id}": text(post, "id"), "/processes/{name}": "safe_ways", "/processes/{name}/tasks/{task}": task, "/processes/{name}/items/{item}": task,
		"/processes/{name}/resources/{id}": text(resource, "id"), "/processes/{name}/clones/{id}": text(clones[0], "id"),
		"/processes/{name}/resources/{id}/versions/{number}": "1",
		"/processes/{name}/story-drafts/{id}":                text(draft, "id"), "/cosignatures/{id}": text(cosigning, "id"),
		"/processes/{name}/webhooks/{id}": text(hook, "id"), "/integrations/{id}": unknown, "/searches/{id}": text(looked, "id"),
		"/stories/{slug}": "ways-told", "/reports/{id}": text(report, "id"),
		"/organizations/{name}/invitations/{id}": invitation, "/teams/{name}/invitations/{id}": unknown, "/invitations/{token}": token,
		"/assignments/{id}": assignment, "/processes/{name}/contributions/{id}": contribution,
		"/me/memberships/{id}": membership, "/role-calls/{id}": call, "/role-calls/{id}/applications/{application}": applied,
		"/filters/{id}": unknown, "/held/{id}": unknown, "/exclusions/{id}": "1", "/rules/{host}": "nowhere.example",
		"/hosts/{host}": at, "/catalogues/{host}": at, "/received/failed/{id}": failed,
	}
}

// rewarded turns points on, which are off.
func (s *server) rewarded() {
	s.t.Helper()
	s.want(http.StatusNoContent, "official", http.MethodPut, "/processes/safe_ways/rewards", object{"rewards": true, "leaderboard": true})
}

// work has the official take on the last task, and say what they did in it.
func (s *server) work() (assignment, contribution string) {
	s.t.Helper()
	tasks := s.tasks("official", "safe_ways")
	at := "/processes/safe_ways/tasks/" + text(tasks[len(tasks)-1], "id")
	a := s.call("official", http.MethodPost, at+"/assignments", object{"people": []any{s.URL + "/users/official"}, "subject": "Walk"})
	var given []object
	if err := json.Unmarshal(a.body, &given); err != nil || len(given) != 1 {
		s.t.Fatalf("%v: %s", err, a.body)
	}
	claim := s.want(http.StatusCreated, "official", http.MethodPost, at+"/contributions", object{"subject": "Walked"})
	return text(given[0], "id"), text(claim, "id")
}

// failure makes another server known, and an activity of it that failed.
func (s *server) failure() (host, id string) {
	s.t.Helper()
	peer := federationtest.NewPeer(s.t)
	community := domain.IRI(s.URL + "/communities/mobility")
	if status, err := peer.Send(s.t.Context(), 1, s.URL+"/inbox", peer.Follow(1, community), httpsig.Cavage); err != nil || status != http.StatusAccepted {
		s.t.Fatalf("a Follow: status %d (%v)", status, err)
	}
	db := s.db()
	defer db.Close()
	if err := db.QueryRowContext(s.t.Context(), "UPDATE received SET state = 'failed', attempts = 8 RETURNING id").Scan(&id); err != nil {
		s.t.Fatal(err)
	}
	return domain.IRI(peer.URL).Host(), id
}

// invited makes an invitation by mail with the token of its link, and one of
// another server to the official.
func (s *server) invited() (id, token, membership string) {
	s.t.Helper()
	s.want(http.StatusOK, "official", http.MethodPost, "/organizations/city_lab/invitations", object{"email": "new@people.example"})
	list := items(s.want(http.StatusOK, "official", http.MethodGet, "/organizations/city_lab/invitations", nil))
	if len(list) != 1 || text(list[0], "email") != "new@people.example" {
		s.t.Fatalf("invitations: %v", list)
	}
	db := s.db()
	defer db.Close()
	membership = "01890000-0000-7000-8000-00000000000a"
	insert := "INSERT INTO memberships_abroad SELECT '" + membership + "', 1, p.id, g.id, 'invited', '', 1 FROM actors AS p, actors AS g WHERE p.name = 'official' AND p.host = '' AND g.host <> '' LIMIT 1"
	if _, err := db.ExecContext(s.t.Context(), insert); err != nil {
		s.t.Fatal(err)
	}
	mails := strings.Join(s.rows(db, "SELECT CAST(args AS TEXT) FROM river_job"), "\n")
	_, after, ok := strings.Cut(mails, "/invitations/")
	token, _, _ = strings.Cut(after, `"`)
	if !ok || len(token) < 40 {
		s.t.Fatalf("no link in %s", mails)
	}
	return text(list[0], "id"), token, membership
}

// db opens the server's database.
func (s *server) db() *sql.DB {
	s.t.Helper()
	driver, dsn := "pgx", s.dsn
	if path, ok := strings.CutPrefix(s.dsn, "sqlite:"); ok {
		driver, dsn = "sqlite", path+"?_pragma=busy_timeout(10000)"
	}
	db, err := sql.Open(driver, dsn)
	if err != nil {
		s.t.Fatal(err)
	}
	return db
}

// story is a story of safe_ways, to be published.
func (s *server) story(slug string) object {
	return object{"slug": slug, "process": "safe_ways", "organization": "city_lab", "title": en("Ways, told"), "summary": en("Children walk alone again.")}
}

// filled puts things of the server into the variables of a path; with
// missing, the last of them is one that nothing has.
func (s *server) filled(path string, missing bool) string {
	s.t.Helper()
	last := strings.LastIndex(path, "{")
	for {
		open, end := strings.Index(path, "{"), strings.Index(path, "}")
		if open < 0 {
			return path
		}
		value, known := "", false
		for pattern, v := range s.vars {
			if original := pattern; strings.HasSuffix(original, path[open:end+1]) && s.samePath(original, path[:end+1]) {
				value, known = v, true
			}
		}
		if !known {
			s.t.Fatalf("no value for %s of %s", path[open:end+1], path)
		}
		if missing && open >= last {
			value = unknown
		}
		last += len(value) - (end + 1 - open)
		path = path[:open] + value + path[end+1:]
	}
}

// samePath compares a pattern with a path whose first variables are filled.
func (s *server) samePath(pattern, path string) bool {
	a, b := strings.Split(pattern, "/"), strings.Split(path, "/")
	return slices.EqualFunc(a, b, func(x, y string) bool { return x == y || strings.HasPrefix(x, "{") })
}

// asides are the beginnings of the names of tables that tell nothing of their
// own: the queues' bookkeeping, posts to webhooks, which are tried again later,
// when a token was last seen, and the index of the catalogue, which is large and
// made of its entries.
var asides = []string{"river", "webhook", "sqlite_", "account_secrets", "catalogue_texts", "catalogue_words", "catalogue_trigrams"}

// database opens the database beside the node.
func (s *server) database() *sql.DB {
	s.t.Helper()
	driver, dsn := "pgx", s.dsn
	if path, ok := strings.CutPrefix(s.dsn, "sqlite:"); ok {
		driver, dsn = "sqlite", path
	}
	db, err := sql.Open(driver, dsn)
	if err != nil {
		s.t.Fatal(err)
	}
	return db
}

// settled is a dump that stays as it is while nobody does anything: what the
// node would do by itself in some minutes, as reading a lineage anew, it does
// not do any more.
func (s *server) settled() map[string]string {
	s.t.Helper()
	db := s.database()
	defer db.Close()
	if _, err := db.ExecContext(s.t.Context(), "DELETE FROM river_job WHERE state = 'scheduled'"); err != nil {
		s.t.Fatal(err)
	}
	return s.dump()
}

// dump is a hash of each table of the database but the asides.
func (s *server) dump() map[string]string {
	s.t.Helper()
	db, list := s.database(), "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
	defer db.Close()
	if strings.HasPrefix(s.dsn, "sqlite:") {
		list = "SELECT name FROM sqlite_master WHERE type = 'table'"
	}
	var tables []string
	for _, row := range s.rows(db, list) {
		if !slices.ContainsFunc(asides, func(aside string) bool { return strings.HasPrefix(row, aside) }) {
			tables = append(tables, row)
		}
	}
	if len(tables) < 20 {
		s.t.Fatalf("only %d tables", len(tables))
	}
	out := map[string]string{}
	for _, table := range tables {
		rows := s.rows(db, `SELECT * FROM "`+table+`"`)
		slices.Sort(rows)
		out[table] = fmt.Sprintf("%x", sha256.Sum256([]byte(strings.Join(rows, "\n"))))
	}
	return out
}

func (s *server) rows(db *sql.DB, query string) []string {
	s.t.Helper()
	found, err := db.QueryContext(s.t.Context(), query)
	if err != nil {
		s.t.Fatal(err)
	}
	defer found.Close()
	columns, err := found.Columns()
	if err != nil {
		s.t.Fatal(err)
	}
	var out []string
	for found.Next() {
		values, into := make([]sql.RawBytes, len(columns)), make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		if err := found.Scan(into...); err != nil {
			s.t.Fatal(err)
		}
		var row []byte
		for i, value := range values {
			if i > 0 {
				row = append(row, '\x1f')
			}
			if value == nil {
				row = append(row, "NULL"...)
			}
			row = append(row, value...)
		}
		out = append(out, string(row))
	}
	if err := found.Err(); err != nil {
		s.t.Fatal(err)
	}
	return out
}

// still fails if a call changed something.
func (s *server) still(what string, before map[string]string) {
	s.t.Helper()
	for table, now := range s.dump() {
		if before[table] != now {
			s.t.Errorf("%s changed the table %s", what, table)
			before[table] = now
		}
	}
}
