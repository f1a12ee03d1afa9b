package federationtest

import (
	"encoding/json"
	"fmt"
	"html/template"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// Board is a software Interlinker: a server that keeps notes, and has all
// routes of the integration contract (see package domain/integration). It is
// what an implementation of the contract looks like.
type Board struct {
	*httptest.Server
	Now  func() time.Time
	t    testing.TB
	node func() string // address of the node whose tokens it takes

	mu    sync.Mutex
	down  bool
	notes map[string]note
	seen  []Seen
	next  int
}

type note struct{ Name, By string }

// Seen is what the board was told by a token.
type Seen struct {
	jwt.Claims
	Process string `json:"process"`
	Asset   string `json:"asset"`
	Scope   string `json:"scope"`
}

// NewBoard starts one for a node, until the test ends. node is asked for the
// node's address when a token comes.
func NewBoard(t testing.TB, node func() string) *Board {
	t.Helper()
	b := &Board{Now: time.Now, t: t, node: node, notes: map[string]note{}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/health", func(w http.ResponseWriter, _ *http.Request) {
		b.mu.Lock()
		defer b.mu.Unlock()
		if b.down {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	})
	mux.HandleFunc("POST /api/assets/instantiate", b.page("instantiate"))
	mux.HandleFunc("POST /api/assets", b.create)
	mux.HandleFunc("GET /api/assets/{id}", b.called("view", func(w http.ResponseWriter, id string, n note) { answer(w, id, n) }))
	mux.HandleFunc("POST /api/assets/{id}/view", b.page("view"))
	mux.HandleFunc("POST /api/assets/{id}/edit", b.page("edit"))
	mux.HandleFunc("POST /api/assets/{id}/clone", b.called("clone", func(w http.ResponseWriter, _ string, n note) {
		n.Name = "Copy of " + n.Name
		answer(w, b.keep(n), n)
	}))
	mux.HandleFunc("GET /api/assets/{id}/download", b.called("download", func(w http.ResponseWriter, _ string, n note) {
		w.Header().Set("Content-Type", "text/html") // which no node may show as a page of its own
		w.Header().Set("Content-Disposition", `attachment; filename="note.html"`)
		_, _ = w.Write([]byte("<script>" + n.Name + "</script>"))
	}))
	mux.HandleFunc("DELETE /api/assets/{id}", b.called("delete", func(w http.ResponseWriter, id string, _ note) {
		delete(b.notes, id)
		w.WriteHeader(http.StatusNoContent)
	}))
	b.Server = httptest.NewServer(mux)
	t.Cleanup(b.Close)
	return b
}

// Base is the address with which it is connected.
func (b *Board) Base() string { return b.URL + "/api" }

// Stop has it say that it does not work, or does.
func (b *Board) Stop(down bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.down = down
}

// Notes are the names of what it keeps, by id.
func (b *Board) Notes() map[string]string {
	b.mu.Lock()
	defer b.mu.Unlock()
	names := map[string]string{}
	for id, n := range b.notes {
		names[id] = n.Name
	}
	return names
}

// Seen are the tokens that it took, oldest first.
func (b *Board) Seen() []Seen {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]Seen(nil), b.seen...)
}

func (b *Board) keep(n note) string {
	b.next++
	id := fmt.Sprintf("note-%d", b.next)
	b.notes[id] = n
	return id
}

func answer(w http.ResponseWriter, id string, n note) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]string{"id": id, "name": n.Name})
}

// verify reads a token of the node: signed with one of its keys, for this
// server, of this moment, and for one act.
func (b *Board) verify(token, scope, asset string) (Seen, error) {
	var seen Seen
	response, err := b.Client().Get(b.node() + "/.well-known/jwks.json")
	if err != nil {
		return seen, err
	}
	defer response.Body.Close()
	var keys jose.JSONWebKeySet
	if err := json.NewDecoder(response.Body).Decode(&keys); err != nil {
		return seen, err
	}
	parsed, err := jwt.ParseSigned(token, []jose.SignatureAlgorithm{jose.EdDSA})
	if err != nil {
		return seen, err
	}
	if err := parsed.Claims(keys, &seen); err != nil {
		return seen, err
	}
	if err := seen.ValidateWithLeeway(jwt.Expected{Issuer: b.node(), AnyAudience: jwt.Audience{b.URL}, Time: b.Now()}, 0); err != nil {
		return seen, err
	}
	if seen.Scope != scope || seen.Asset != asset {
		return seen, fmt.Errorf("a token to %s %q", seen.Scope, seen.Asset)
	}
	return seen, nil
}

// called answers the node itself, under the lock.
func (b *Board) called(scope string, fn func(w http.ResponseWriter, id string, n note)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		id := r.PathValue("id")
		seen, err := b.verify(strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "), scope, id)
		if err != nil {
			http.Error(w, err.Error(), http.StatusUnauthorized)
			return
		}
		b.mu.Lock()
		defer b.mu.Unlock()
		b.seen = append(b.seen, seen)
		n, ok := b.notes[id]
		if !ok {
			http.NotFound(w, r)
			return
		}
		fn(w, id, n)
	}
}

// opened is what a page of the board shows.
type opened struct{ Scope, By, State, Return, Name, ID, Node string }

// The pages. Who made something is told to the node's page alone; without a
// script, a link leads the whole window back.
var boardPage = template.Must(template.New("").Parse(`<!doctype html><html lang="{{.Lang}}"><title>Board</title><main><h1>{{if .X.Name}}{{.X.Name}}{{else}}A new note{{end}}</h1>
{{- if .X.ID}}{{if eq .X.Scope "made"}}<p><a id="back" target="_top" href="{{.X.Return}}?state={{.X.State}}&amp;asset={{.X.ID}}">Back to the task</a></p>
<script>(window.opener || window.parent).postMessage({code: "asset_created", message: {id: {{.X.ID}}}}, {{.X.Node}})</script>{{end}}
{{- else}}<form action="/api/assets" method="post"><input type="hidden" name="by" value="{{.X.By}}"><input type="hidden" name="state" value="{{.X.State}}"><input type="hidden" name="return" value="{{.X.Return}}">
<label for="name">Name</label> <input id="name" name="name" required> <button id="make">Make</button></form>{{end}}</main></html>`))

func (b *Board) show(w http.ResponseWriter, lang string, x opened) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if err := boardPage.Execute(w, struct {
		Lang string
		X    opened
	}{lang, x}); err != nil {
		b.t.Error(err)
	}
}

// page answers a browser that posts a token.
func (b *Board) page(scope string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		id := r.PathValue("id")
		seen, err := b.verify(r.PostFormValue("token"), scope, id)
		if err != nil {
			http.Error(w, err.Error(), http.StatusUnauthorized)
			return
		}
		b.mu.Lock()
		b.seen = append(b.seen, seen)
		n := b.notes[id]
		b.mu.Unlock()
		b.show(w, r.PostFormValue("lang"), opened{Scope: scope, By: seen.Subject, State: r.PostFormValue("state"), Return: r.PostFormValue("return"), Name: n.Name, ID: id})
	}
}

// create makes a note of what was typed.
func (b *Board) create(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	n := note{Name: r.PostFormValue("name"), By: r.PostFormValue("by")}
	id := b.keep(n)
	b.mu.Unlock()
	b.show(w, "en", opened{Scope: "made", State: r.PostFormValue("state"), Return: r.PostFormValue("return"), Name: n.Name, ID: id, Node: b.node()})
}
