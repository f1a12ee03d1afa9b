package api_test

import (
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2/adapters/humamux"
	"github.com/gorilla/mux"

	"interlink/storage/storagetest"
	"interlink/web/api"
	"interlink/web/locale"
)

// operation is one of the description.
type operation struct {
	method, path string // path without the API's own
	id           string
	open         bool // may be called without a token
	scopes       []string
	query        []string
	body         object // schema; nil for none
	errors       []string
	failures     []string // statuses
}

func (o operation) String() string { return o.method + " " + o.path }

// document is the description of the API.
type document object

func (s *server) document() document {
	s.t.Helper()
	return document(s.want(http.StatusOK, "", http.MethodGet, "/openapi.json", nil))
}

// resolve follows a reference; what is none is returned as it is.
func (d document) resolve(schema object) (object, bool) {
	ref := text(schema, "$ref")
	if ref == "" {
		return schema, true
	}
	at := object(d)
	for _, name := range strings.Split(strings.TrimPrefix(ref, "#/"), "/") {
		below, ok := at[name].(object)
		if !ok {
			return nil, false
		}
		at = below
	}
	return at, true
}

// operations lists all, in order.
func (d document) operations(t testing.TB) []operation {
	t.Helper()
	var all []operation
	paths, _ := d["paths"].(object)
	for path, methods := range paths {
		for method, v := range methods.(object) {
			described := v.(object)
			o := operation{method: strings.ToUpper(method), path: strings.TrimPrefix(path, api.Path), id: text(described, "operationId")}
			security, _ := described["security"].([]any)
			for _, way := range security {
				of, ok := way.(object)["token"].([]any)
				o.open = o.open || !ok
				for _, scope := range of {
					o.scopes = append(o.scopes, scope.(string))
				}
			}
			parameters, _ := described["parameters"].([]any)
			for _, p := range parameters {
				if text(p.(object), "in") == "query" {
					o.query = append(o.query, text(p.(object), "name"))
				}
			}
			if content, ok := described["requestBody"].(object); ok {
				if json, ok := content["content"].(object)["application/json"].(object); ok { // else bytes
					o.body, _ = d.resolve(json["schema"].(object))
				}
			}
			for status, v := range described["responses"].(object) {
				if response, _ := d.resolve(v.(object)); status >= "400" {
					o.failures = append(o.failures, status)
					content, _ := response["content"].(object)
					for kind, of := range content {
						o.errors = append(o.errors, kind+" "+text(of.(object), "schema", "$ref"))
					}
				}
			}
			slices.Sort(o.failures)
			all = append(all, o)
		}
	}
	slices.SortFunc(all, func(a, b operation) int { return strings.Compare(a.path+" "+a.method, b.path+" "+b.method) })
	if len(all) < 50 {
		t.Fatalf("only %d operations are described", len(all))
	}
	return all
}

// failuresOf are the statuses with which an operation may fail. [server.check]
// holds every answer to them.
func failuresOf(method string) []string {
	if method == http.MethodGet {
		return []string{"400", "401", "403", "404", "410", "422", "429", "500", "503"}
	}
	return []string{"400", "401", "403", "404", "408", "409", "410", "413", "415", "422", "429", "500", "503"}
}

// anybodys are the operations that change something and need no account.
var anybodys = map[string]bool{
	"POST /notices": true, "POST /notices/{secret}/complaint": true, "POST /statements/{secret}/complaint": true, "DELETE /deletions/{secret}": true,
}

// TestDescription: the OpenAPI document is whole, and is all that the router
// has.
func TestDescription(t *testing.T) {
	t.Parallel()
	s := open(t, storagetest.SQLite)
	d := s.document()
	if !regexp.MustCompile(`^3\.1\.\d+$`).MatchString(text(object(d), "openapi")) {
		t.Errorf("the document is of OpenAPI %v", d["openapi"])
	}

	described, ids := map[string]bool{}, map[string]bool{}
	for _, o := range d.operations(t) {
		described[o.method+" "+api.Path+o.path] = true
		if o.id == "" || ids[o.id] {
			t.Errorf("%s: operationId %q is empty or taken", o, o.id)
		}
		ids[o.id] = true
		if o.method != http.MethodGet && (o.open && !anybodys[o.String()] || !slices.Contains(o.scopes, "write")) {
			t.Errorf("%s changes something and asks for %v", o, o.scopes)
		}
		if o.method == http.MethodGet && !slices.Contains(o.scopes, "read") {
			t.Errorf("%s asks for %v", o, o.scopes)
		}
		for _, e := range o.errors {
			if e != "application/problem+json #/components/schemas/Problem" {
				t.Errorf("%s: a failure is described as %s", o, e)
			}
		}
		if want := failuresOf(o.method); len(o.errors) != len(want) || !slices.Equal(o.failures, want) {
			t.Errorf("%s describes the failures %v, %v", o, o.failures, o.errors)
		}
	}
	for status, header := range map[string]string{"401": "Www-Authenticate", "429": "Retry-After", "503": "Retry-After"} {
		if text(object(d), "components", "responses", status, "headers", header, "schema", "type") != "string" {
			t.Errorf("%s is described without %s", status, header)
		}
	}
	if scheme := text(object(d), "components", "securitySchemes", "token", "scheme"); scheme != "bearer" {
		t.Errorf("the scheme of tokens is %q", scheme)
	}

	references := 0
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case object:
			if ref, ok := v["$ref"].(string); ok {
				references++
				if _, ok := d.resolve(v); !ok {
					t.Errorf("%s leads nowhere", ref)
				}
			}
			for _, member := range v {
				walk(member)
			}
		case []any:
			for _, member := range v {
				walk(member)
			}
		}
	}
	walk(object(d))
	if references < 100 {
		t.Errorf("only %d references", references)
	}

	// What the router serves besides are the description itself and the
	// answer to addresses that are none.
	router := mux.NewRouter()
	api.Register(humamux.New(router, api.Config("test")), api.Services{Translations: locale.Default()})
	served := 0
	err := router.Walk(func(route *mux.Route, _ *mux.Router, _ []*mux.Route) error {
		path, err := route.GetPathTemplate()
		if err != nil {
			return err
		}
		methods, err := route.GetMethods()
		if err != nil {
			return err
		}
		for _, method := range methods {
			if strings.HasPrefix(path, api.Path+"/openapi") || strings.Contains(path, "{rest:") {
				continue
			}
			served++
			if !described[method+" "+path] {
				t.Errorf("%s %s is served and not described", method, path)
			}
		}
		return nil
	})
	if err != nil || served != len(described) {
		t.Errorf("%d operations are served, %d described (%v)", served, len(described), err)
	}
}

// values are plausible for members of bodies, by name.
func (s *server) values() object {
	return object{
		"name": "new_thing", "title": en("New thing"), "summary": en("Something new."), "slug": "new-thing", "language": "en", "content": "Something *new*.",
		"kind": "citizen", "subject": "Count", "password": "not the password", "actor": s.URL + "/users/stranger", "target": s.URL + "/communities/mobility", "source": s.URL + "/processes/safe_ways",
		"address": "nowhere", "other": "https://elsewhere.example/problems/A1",
		"organization": "city_lab", "team": "routes", "community": "mobility", "process": "safe_ways", "interlinker": "wcag", "schema": "public-service",
		"follower": s.URL + "/users/stranger", "group": s.URL + "/teams/routes", "email": "somebody@people.example", "people": "stranger", "place": 0, "duties": en("Walk."), "seats": 2, "statement": "I have good shoes.", "query": "q=walks", "reason": "Look again.", "url": "https://maps.example/2", "licence": "CC-BY-4.0",
		"list": "https://elsewhere.example/trust", "trust": "followed", "action": "review", "partner": s.URL + "/organizations/cyclists", "telling": object{"title": en("Not yet")}, "rating": 4, "reply": "Thank you.", "base": "https://board.example", "state": "none", "asset": "none", "families": []any{"task"},
		"items": []any{object{"item": "https://elsewhere.example/1"}}, "release": unknown, "digest": strings.Repeat("0", 64), "about": "no address", "file": "", "alt": "A map", "tag": "two words", "options": []any{0}, "text": " ", "version": 1, "answer": "", "facts": "", "gives": []any{"view"}, "host": "nowhere.example", "confirm": "nowhere",
	}
}

// revision is that of what an operation changes.
func (s *server) revision(o operation) any {
	s.t.Helper()
	if strings.HasSuffix(o.path, "/tasks/{task}/status") {
		return s.tasks("official", "safe_ways")[0]["revision"]
	}
	if strings.HasPrefix(o.path, "/catalogue/offers/") || strings.HasPrefix(o.path, "/integrations/") || strings.HasPrefix(o.path, "/cosignatures/") || strings.HasPrefix(o.path, "/filters/") {
		return 1 // what there is was not changed
	}
	path := s.filled(o.path, false)
	for _, part := range []string{"/withdrawal", "/deprecation", "/deletion", "/publication", "/pictures", "/templates/en", "/end", "/decision", "/versions/1/restoration"} {
		path = strings.TrimSuffix(path, part)
	}
	return s.want(http.StatusOK, "official", http.MethodGet, path, nil)["revision"]
}

// sample makes a body with what an operation requires.
func (s *server) sample(o operation) object {
	s.t.Helper()
	if o.body == nil {
		return nil
	}
	values, out := s.values(), object{}
	required, _ := o.body["required"].([]any)
	for _, v := range required {
		name := v.(string)
		property := o.body["properties"].(object)[name].(object)
		enum, _ := property["enum"].([]any)
		switch {
		case len(enum) > 0:
			out[name] = enum[0]
		case text(property, "type") == "boolean":
			out[name] = true
		case name == "version" && text(property, "type") == "string":
			out[name] = "1.0"
		case name == "text" && text(property, "type") == "object":
			out[name] = en("")
		case name == "name" && text(property, "type") == "object":
			out[name] = en("New thing")
		case name == "revision":
			out[name] = s.revision(o)
		case text(property, "type") == "string" && text(values, name, "en") != "":
			out[name] = text(values, name, "en")
		case values[name] != nil:
			out[name] = values[name]
		default:
			s.t.Fatalf("%s: no value for %s", o, name)
		}
	}
	return out
}

// operate calls an operation with a body, if it has one.
func (s *server) operate(who string, o operation, path string, body object) answer {
	s.t.Helper()
	if o.body == nil {
		return s.call(who, o.method, path, nil)
	}
	if slices.Contains(o.query, "q") {
		path += "?q=x"
	}
	return s.call(who, o.method, path, body)
}

// judgedFirst are the operations that look at what they are given before they
// look for what they are to change.
var judgedFirst = map[string]bool{
	"PUT /interlinkers/{slug}": true, "DELETE /interlinkers/{slug}": true, "POST /interlinkers/{slug}/pictures": true, "DELETE /interlinkers/{slug}/pictures": true,
	"PUT /interlinkers/{slug}/templates/{language}": true, "DELETE /interlinkers/{slug}/templates/{language}": true,
	"GET /interlinkers/{slug}/versions/{number}": true,
}

// TestEveryOperation calls each operation without a token, with one that is
// none, with too small a scope, and for things that are not there.
func TestEveryOperation(t *testing.T) {
	t.Parallel()
	s := open(t, storagetest.SQLite)
	s.fill()
	s.tokens["forger"] = strings.Repeat("a", 43)
	before := s.settled()
	for _, o := range s.document().operations(t) {
		path, body := s.filled(o.path, false), s.sample(o)
		if o.path == "/actors" {
			path += "?q=" + s.URL + "/communities/mobility"
		}
		if o.path == "/posts" {
			path += "?tag=parks"
		}
		a := s.operate("", o, path, body)
		if (a.status == http.StatusUnauthorized) == o.open {
			t.Errorf("%s without a token: status %d", o, a.status)
		}
		if a = s.operate("forger", o, path, body); a.status != http.StatusUnauthorized {
			t.Errorf("%s with a forged token: status %d", o, a.status)
		}
		if a = s.call("", o.method, path, body, "Authorization", "Basic b2ZmaWNpYWw6cGFzcw=="); a.status != http.StatusUnauthorized {
			t.Errorf("%s with a password: status %d", o, a.status)
		}
		small := "official-reader"
		if o.method == http.MethodGet {
			small = "official-scribe"
		}
		if a = s.operate(small, o, path, body); a.status != http.StatusForbidden {
			t.Errorf("%s with too small a scope: status %d: %s", o, a.status, a.body)
		}
		if !strings.Contains(o.path, "{") {
			continue
		}
		missing := []string{s.filled(o.path, true), strings.Replace(s.filled(o.path, false), "/safe_ways", "/no_such_process", 1)}
		for _, path := range slices.Compact(missing) {
			if path != s.filled(o.path, false) {
				if a = s.operate("official", o, path, body); a.status != http.StatusNotFound && (a.status != http.StatusUnprocessableEntity || !judgedFirst[o.String()]) {
					t.Errorf("%s of nothing (%s): status %d: %s", o, path, a.status, a.body)
				}
			}
		}
		at := strings.LastIndex(o.path, "{")
		rest := o.path[at+strings.Index(o.path[at:], "}")+1:]
		for _, odd := range []string{"%00", "%ff%fe", "a%2Fb", "%27%20OR%201=1", "@", "wcag@", "@elsewhere.example", strings.Repeat("x", 2000)} {
			if a = s.operate("official", o, s.filled(o.path[:at], false)+odd+rest, body); a.status != http.StatusNotFound && a.status != http.StatusUnprocessableEntity {
				t.Errorf("%s of %.20s: status %d", o, odd, a.status)
			}
		}
	}
	s.still("what was refused", before)

	// Administrators of the node use their power with the scope "admin" alone.
	for path, method := range map[string]string{
		"/catalogue/import": http.MethodPost, "/interlinkers/wcag": http.MethodPatch, "/problems/ORG_PROBLEM_1/withdrawal": http.MethodPost,
	} {
		body := object{"revision": 1}
		if path == "/catalogue/import" {
			body = object{"source": "starter"}
		}
		s.want(http.StatusForbidden, "official-writer", method, path, body)
		s.want(http.StatusForbidden, "stranger", method, path, body)
	}
	s.still("what administrators do", before)
}

// TestUnknownAddresses: what is no operation says so as the API does, not as
// a page.
func TestUnknownAddresses(t *testing.T) {
	t.Parallel()
	s := open(t, storagetest.SQLite)
	for _, path := range []string{"/nothing", "/communities/a/b/c", "/openapi-9.json", "/me/"} {
		for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodDelete} {
			s.want(http.StatusNotFound, "", method, path, nil)
		}
	}
	for path, allow := range map[string]string{"/me": "GET, PATCH", "/follows": "DELETE, GET, POST", "/communities/mobility": "GET, PATCH"} {
		a := s.call("", http.MethodPut, path, "{}")
		if a.status != http.StatusMethodNotAllowed || a.header.Get("Allow") != allow {
			t.Errorf("PUT %s: status %d, Allow: %s", path, a.status, a.header.Get("Allow"))
		}
	}
}

// TestLanguages: failures speak the caller's language; their code stays.
func TestLanguages(t *testing.T) {
	t.Parallel()
	s := open(t, storagetest.SQLite)
	s.fill()
	for _, c := range []struct {
		who, method, path string
		body              any
		status            int
		code              string
	}{
		{"", http.MethodGet, "/me", nil, http.StatusUnauthorized, "unauthenticated"},
		{"official-reader", http.MethodPatch, "/me", object{}, http.StatusForbidden, "forbidden"},
		{"stranger", http.MethodPost, "/communities/mobility/posts", object{"content": "Spam"}, http.StatusForbidden, "forbidden"},
		{"", http.MethodGet, "/processes/nothing", nil, http.StatusNotFound, "not_found"},
		{"", http.MethodGet, "/nothing", nil, http.StatusNotFound, "not_found"},
		{"", http.MethodPut, "/me", nil, http.StatusMethodNotAllowed, "not_found"},
		{"official", http.MethodPatch, "/processes/safe_ways", object{"revision": 99}, http.StatusConflict, "conflict"},
		{"official", http.MethodPost, "/organizations", object{"name": "A B", "title": object{}, "kind": "none"}, http.StatusUnprocessableEntity, "invalid"},
		{"official", http.MethodPost, "/organizations", object{"surprise": 1}, http.StatusUnprocessableEntity, "invalid"},
		{"official", http.MethodPost, "/organizations", "{", http.StatusBadRequest, "invalid"},
		{"official", http.MethodPost, "/organizations", strings.Repeat(" ", 2<<20), http.StatusRequestEntityTooLarge, "too_large"},
		{"official", http.MethodGet, "/communities?after=forged", nil, http.StatusUnprocessableEntity, "invalid"},
		{"official", http.MethodGet, "/communities?limit=1000", nil, http.StatusUnprocessableEntity, "invalid"},
	} {
		said := map[string]string{}
		for wish, lang := range map[string]string{"": "en", "en-GB": "en", "es": "es", "nl-BE, en;q=0.5": "nl", "fi": "en", "\x80;;q=x": "en"} {
			a := s.call(c.who, c.method, c.path, c.body, "Accept-Language", wish)
			p := a.problem()
			if a.status != c.status || p.Code != c.code {
				t.Errorf("%s %s in %q: status %d, code %s", c.method, c.path, wish, a.status, p.Code)
			}
			if before, ok := said[lang]; ok && before != p.Detail {
				t.Errorf("%s %s in %q says %q, but before %q", c.method, c.path, wish, p.Detail, before)
			}
			said[lang] = p.Detail
		}
		if said["en"] == said["es"] || said["en"] == said["nl"] || said["es"] == said["nl"] {
			t.Errorf("%s %s says the same in several languages: %v", c.method, c.path, said)
		}
	}
	p := s.call("official", http.MethodPost, "/organizations", object{"name": "A B", "title": object{}, "kind": "citizen"}, "Accept-Language", "nl").problem()
	english := s.call("official", http.MethodPost, "/organizations", object{"name": "A B", "title": object{}, "kind": "citizen"}).problem()
	if len(p.Errors) != 2 || len(english.Errors) != 2 || p.Errors[0].Location != english.Errors[0].Location || p.Errors[0].Message == english.Errors[0].Message {
		t.Errorf("faults of fields: %+v, in English %+v", p.Errors, english.Errors)
	}
	// A group goes by what it is called in the caller's language.
	s.want(http.StatusCreated, "official", http.MethodPost, "/organizations", object{"name": "parks", "title": object{"en": "Parks", "nl": "Parken"}, "kind": "citizen"})
	for lang, want := range map[string]string{"en": "Parks", "nl": "Parken", "lv": "Parks"} {
		if got := s.want(http.StatusOK, "official", http.MethodGet, "/actors?q="+s.URL+"/organizations/parks", nil, "Accept-Language", lang); text(got, "title") != want {
			t.Errorf("in %s it is called %v, want %s", lang, got["title"], want)
		}
	}
	// Reasons are sentences too.
	path := s.filled("/processes/{name}/tasks/{task}/recommendations", false)
	reason := func(lang string) string {
		raw, _ := json.Marshal(items(s.want(http.StatusOK, "official", http.MethodGet, path, nil, "Accept-Language", lang))[0]["reasons"])
		return string(raw)
	}
	if reason("en") == reason("es") {
		t.Errorf("reasons are not translated: %s", reason("es"))
	}
}
