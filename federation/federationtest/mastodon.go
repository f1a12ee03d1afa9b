package federationtest

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
)

// Mastodon is a [Peer] at which other servers' programs ask who somebody is,
// as Mastodon lets them: registered apps, codes that work once, PKCE, tokens
// that end when they are given back.
type Mastodon struct {
	*Peer

	mu     sync.Mutex
	apps   map[string]mastodonApp // by client id
	codes  map[string]mastodonCode
	tokens map[string]string // to the names of people, "" of an app's own
	count  int
	modern bool
	twist  http.HandlerFunc
	Seen   []string // paths that were asked, in order
}

type mastodonApp struct{ secret, redirect, scope string }

type mastodonCode struct{ app, name, challenge string }

// NewMastodon starts one, which ends with the test. A modern one has the scope
// "profile".
func NewMastodon(t testing.TB, modern bool) *Mastodon {
	t.Helper()
	m := &Mastodon{apps: map[string]mastodonApp{}, codes: map[string]mastodonCode{}, tokens: map[string]string{}, modern: modern}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/oauth-authorization-server", m.metadata)
	mux.HandleFunc("POST /api/v1/apps", m.register)
	mux.HandleFunc("POST /oauth/token", m.token)
	mux.HandleFunc("POST /oauth/revoke", m.revoke)
	mux.HandleFunc("GET /api/v1/accounts/verify_credentials", m.verify)
	m.Peer = newPeer(t, func(_ *Peer, honest http.Handler) http.Handler {
		mux.Handle("/", honest)
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			m.mu.Lock()
			m.Seen = append(m.Seen, r.Method+" "+r.URL.Path)
			twist := m.twist
			m.mu.Unlock()
			if twist != nil {
				answered := &noted{ResponseWriter: w}
				if twist(answered, r); answered.written {
					return
				}
			}
			mux.ServeHTTP(w, r)
		})
	})
	return m
}

// noted notes whether something was answered.
type noted struct {
	http.ResponseWriter
	written bool
}

func (n *noted) WriteHeader(status int) { n.written = true; n.ResponseWriter.WriteHeader(status) }

func (n *noted) Write(b []byte) (int, error) { n.written = true; return n.ResponseWriter.Write(b) }

// Twist has fn answer requests first; those it does not answer are answered as
// ever. nil ends it.
func (m *Mastodon) Twist(fn http.HandlerFunc) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.twist = fn
}

// Forget makes it know no app any more.
func (m *Mastodon) Forget() {
	m.mu.Lock()
	defer m.mu.Unlock()
	clear(m.apps)
}

// Tokens counts the tokens that work.
func (m *Mastodon) Tokens() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.tokens)
}

// Count counts the requests of a method to a path.
func (m *Mastodon) Count(request string) (n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, s := range m.Seen {
		if s == request {
			n++
		}
	}
	return n
}

// Approve is a person's yes to what the address of the page asks; it returns
// where the browser is sent back to. An error is what the person would read.
func (m *Mastodon) Approve(address, name string) (string, error) {
	u, err := url.Parse(address)
	if err != nil || u.Path != "/oauth/authorize" || "http://"+u.Host != m.URL {
		return "", fmt.Errorf("%q is not the page of this server", address)
	}
	q := u.Query()
	m.mu.Lock()
	defer m.mu.Unlock()
	app, ok := m.apps[q.Get("client_id")]
	if !ok || q.Get("redirect_uri") != app.redirect || q.Get("scope") != app.scope || q.Get("response_type") != "code" {
		return "", fmt.Errorf("the app is unknown, or asks for what it may not: %s", address)
	}
	if q.Get("code_challenge_method") != "S256" || len(q.Get("code_challenge")) != 43 || len(q.Get("state")) < 32 {
		return "", fmt.Errorf("no proof key or state: %s", address)
	}
	m.count++
	code := fmt.Sprintf("code%d", m.count)
	m.codes[code] = mastodonCode{q.Get("client_id"), name, q.Get("code_challenge")}
	return app.redirect + "?" + url.Values{"code": {code}, "state": {q.Get("state")}}.Encode(), nil
}

func answerJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}

func (m *Mastodon) metadata(w http.ResponseWriter, r *http.Request) {
	if !m.modern {
		http.NotFound(w, r)
		return
	}
	answerJSON(w, http.StatusOK, map[string]any{
		"issuer": m.URL + "/", "authorization_endpoint": m.URL + "/oauth/authorize", "token_endpoint": m.URL + "/oauth/token",
		"scopes_supported": []string{"profile", "read", "read:accounts"}, "code_challenge_methods_supported": []string{"S256"},
	})
}

func (m *Mastodon) register(w http.ResponseWriter, r *http.Request) {
	scope, known := r.FormValue("scopes"), "read:accounts"
	if m.modern {
		known = "profile"
	}
	if r.FormValue("client_name") == "" || r.FormValue("redirect_uris") == "" || scope != known {
		answerJSON(w, http.StatusUnprocessableEntity, map[string]string{"error": "Validation failed"})
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.count++
	id, secret := fmt.Sprintf("client%d", m.count), fmt.Sprintf("secret%d", m.count)
	m.apps[id] = mastodonApp{secret, r.FormValue("redirect_uris"), scope}
	answerJSON(w, http.StatusOK, map[string]any{"id": "1", "name": r.FormValue("client_name"), "client_id": id, "client_secret": secret, "client_secret_expires_at": 0})
}

func (m *Mastodon) token(w http.ResponseWriter, r *http.Request) {
	m.mu.Lock()
	defer m.mu.Unlock()
	app, ok := m.apps[r.FormValue("client_id")]
	if !ok || app.secret != r.FormValue("client_secret") {
		answerJSON(w, http.StatusUnauthorized, map[string]string{"error": "invalid_client"})
		return
	}
	name := ""
	if r.FormValue("grant_type") == "authorization_code" {
		code, ok := m.codes[r.FormValue("code")]
		delete(m.codes, r.FormValue("code"))
		sum := sha256.Sum256([]byte(r.FormValue("code_verifier")))
		if !ok || code.app != r.FormValue("client_id") || r.FormValue("redirect_uri") != app.redirect || base64.RawURLEncoding.EncodeToString(sum[:]) != code.challenge {
			answerJSON(w, http.StatusBadRequest, map[string]string{"error": "invalid_grant"})
			return
		}
		name = code.name
	}
	m.count++
	token := fmt.Sprintf("token%d", m.count)
	m.tokens[token] = name
	answerJSON(w, http.StatusOK, map[string]any{"access_token": token, "token_type": "Bearer", "scope": app.scope, "created_at": 1})
}

func (m *Mastodon) revoke(w http.ResponseWriter, r *http.Request) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if app := m.apps[r.FormValue("client_id")]; app.secret != "" && app.secret == r.FormValue("client_secret") {
		delete(m.tokens, r.FormValue("token"))
	}
	answerJSON(w, http.StatusOK, map[string]any{})
}

func (m *Mastodon) verify(w http.ResponseWriter, r *http.Request) {
	m.mu.Lock()
	name := m.tokens[strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")]
	m.mu.Unlock()
	if name == "" {
		answerJSON(w, http.StatusUnauthorized, map[string]string{"error": "The access token is invalid"})
		return
	}
	answerJSON(w, http.StatusOK, map[string]any{
		"id": "1", "username": name, "acct": name, "display_name": "Somebody", "note": "<p>Hello</p>",
		"url": m.URL + "/@" + name, "uri": m.URL + "/users/" + name, "source": map[string]any{"privacy": "public"},
	})
}
