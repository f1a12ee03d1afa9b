package federationtest

import (
	"bytes"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"interlink/domain"
)

// GoToSocial is a live server of another make, as its release is unpacked:
// the program gotosocial with the directory web beside it. It works in its own
// time: what follows from a request to it is awaited.
type GoToSocial struct {
	URL string

	t       testing.TB
	program string
	env     []string
	client  *http.Client // without cookies
}

// GoToSocialPassword is that of all people of such a server.
const GoToSocialPassword = "a Long passphrase, of 7 words at least" //nolint:gosec // of a server that ends with the test

// NewGoToSocial starts a server on loopback and plain http. It ends with the
// test. The test is skipped where TEST_GOTOSOCIAL does not name the directory
// of the program.
func NewGoToSocial(t testing.TB) *GoToSocial {
	t.Helper()
	release := os.Getenv("TEST_GOTOSOCIAL")
	if release == "" {
		t.Skip("TEST_GOTOSOCIAL is not set: no test against GoToSocial (see CONTRIBUTING.md)")
	}
	port, dir := freePort(t), t.TempDir()
	g := &GoToSocial{URL: "http://127.0.0.1:" + port, t: t, program: filepath.Join(release, "gotosocial"), client: &http.Client{Timeout: time.Minute}}
	g.env = os.Environ()
	for name, value := range map[string]string{
		"HOST": "127.0.0.1:" + port, "PORT": port, "BIND_ADDRESS": "127.0.0.1", "PROTOCOL": "http",
		"HTTP_CLIENT_ALLOW_IPS": "127.0.0.0/8", "HTTP_CLIENT_INSECURE_OUTGOING": "true",
		"DB_TYPE": "sqlite", "DB_ADDRESS": filepath.Join(dir, "sqlite.db"), "STORAGE_LOCAL_BASE_PATH": filepath.Join(dir, "storage"),
		"WEB_TEMPLATE_BASE_DIR": filepath.Join(release, "web", "template"), "WEB_ASSET_BASE_DIR": filepath.Join(release, "web", "assets"),
		"LETSENCRYPT_ENABLED": "false", "ADVANCED_RATE_LIMIT_REQUESTS": "0", "ADVANCED_THROTTLING_MULTIPLIER": "0", "LOG_LEVEL": "fatal",
	} {
		g.env = append(g.env, "GTS_"+name+"="+value)
	}
	g.serve()
	return g
}

// freePort is a port on loopback that nobody has right now.
func freePort(t testing.TB) string {
	t.Helper()
	var config net.ListenConfig
	l, err := config.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return port
}

// serve starts the server and waits until it answers.
func (g *GoToSocial) serve() {
	g.t.Helper()
	cmd := exec.Command(g.program, "server", "start") //nolint:gosec,noctx // whom the developer names; it is told to end below
	cmd.Env, cmd.Stdout, cmd.Stderr = g.env, g.t.Output(), g.t.Output()
	if err := cmd.Start(); err != nil {
		g.t.Fatal(err)
	}
	g.t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		_ = cmd.Wait()
	})
	g.Until("GoToSocial has started", func() bool {
		answer, err := g.client.Get(g.URL + "/readyz") //nolint:noctx // its client has a timeout
		if err != nil {
			return false
		}
		_ = answer.Body.Close()
		return answer.StatusCode == http.StatusOK
	})
}

// patience is how long something may take there.
const patience = 2 * time.Minute

// Until waits until something is so, which follows from what was done before.
// The test ends if it is not within two minutes.
func (g *GoToSocial) Until(what string, so func() bool) {
	g.t.Helper()
	deadline, tick := time.After(patience), time.NewTicker(100*time.Millisecond)
	defer tick.Stop()
	for !so() {
		select {
		case <-tick.C:
		case <-deadline:
			g.t.Fatalf("not within %v: %s", patience, what)
		}
	}
}

// Host returns the host, with its port.
func (g *GoToSocial) Host() string { return domain.IRI(g.URL).Host() }

// GoToSocialPerson is somebody with an account there, and a program that acts
// for them by the client API.
type GoToSocialPerson struct {
	Name string
	IRI  domain.IRI

	server *GoToSocial
	token  string
}

// Person makes an account and signs it in.
func (g *GoToSocial) Person(name string) *GoToSocialPerson {
	g.t.Helper()
	cmd := exec.CommandContext(g.t.Context(), g.program, "admin", "account", "create", //nolint:gosec // whom the developer names
		"--username", name, "--email", name+"@people.example", "--password", GoToSocialPassword)
	cmd.Env = g.env
	if said, err := cmd.CombinedOutput(); err != nil {
		g.t.Fatalf("make the account %s: %v: %s", name, err, said)
	}
	p := &GoToSocialPerson{Name: name, IRI: domain.IRI(g.URL + "/users/" + name), server: g}
	p.signIn()
	return p
}

// signIn takes the way of every program: OAuth, with a person who agrees.
func (p *GoToSocialPerson) signIn() {
	g := p.server
	const scope, redirect = "read write", "urn:ietf:wg:oauth:2.0:oob"
	var app struct {
		ClientID     string `json:"client_id"`
		ClientSecret string `json:"client_secret"`
	}
	p.Call(http.MethodPost, "/api/v1/apps", map[string]any{"client_name": "test", "redirect_uris": redirect, "scopes": scope}, &app)
	jar, _ := cookiejar.New(nil)
	browser := &http.Client{Transport: g.client.Transport, Timeout: g.client.Timeout, Jar: jar}
	visit := func(method, path string, form url.Values) *url.URL {
		request, err := http.NewRequestWithContext(g.t.Context(), method, g.URL+path, strings.NewReader(form.Encode()))
		if err != nil {
			g.t.Fatal(err)
		}
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		request.Header.Set("Accept", "text/html")
		answer, err := browser.Do(request)
		if err != nil {
			g.t.Fatal(err)
		}
		defer func() { _ = answer.Body.Close() }()
		if body, _ := io.ReadAll(answer.Body); answer.StatusCode != http.StatusOK {
			g.t.Fatalf("%s: status %d: %s", path, answer.StatusCode, body)
		}
		return answer.Request.URL
	}
	visit(http.MethodGet, "/oauth/authorize?"+url.Values{
		"response_type": {"code"}, "client_id": {app.ClientID}, "redirect_uri": {redirect}, "scope": {scope},
	}.Encode(), nil)
	visit(http.MethodPost, "/auth/sign_in", url.Values{"username": {p.Name + "@people.example"}, "password": {GoToSocialPassword}})
	code := visit(http.MethodPost, "/oauth/authorize", nil).Query().Get("code")
	var token struct {
		AccessToken string `json:"access_token"`
	}
	p.Call(http.MethodPost, "/oauth/token", map[string]any{
		"grant_type": "authorization_code", "code": code, "client_id": app.ClientID, "client_secret": app.ClientSecret, "redirect_uri": redirect,
	}, &token)
	p.token = token.AccessToken
}

// GoToSocialStatus is what people there see of a post, as far as tests ask.
type GoToSocialStatus struct {
	ID         string
	URI        domain.IRI
	Content    string // HTML
	Language   string
	Warning    string  `json:"spoiler_text"`
	EditedAt   *string `json:"edited_at"`
	Favourites int     `json:"favourites_count"`
	Tags       []struct{ Name string }
	Mentions   []struct{ Acct string }
	Media      []struct{ Description, URL string } `json:"media_attachments"`
	Poll       *struct {
		ID      string
		Options []struct {
			Title string
			Votes int `json:"votes_count"`
		}
	}
	Reblog *GoToSocialStatus
}

// Status reads a post by its id there; the zero value if it is not there.
func (p *GoToSocialPerson) Status(id string) (s GoToSocialStatus) {
	p.server.t.Helper()
	if status, _ := p.Try(http.MethodGet, "/api/v1/statuses/"+id, nil); status == http.StatusOK {
		p.Call(http.MethodGet, "/api/v1/statuses/"+id, nil, &s)
	}
	return s
}

// Post publishes what the client API takes of a post.
func (p *GoToSocialPerson) Post(input map[string]any) (s GoToSocialStatus) {
	p.server.t.Helper()
	p.Call(http.MethodPost, "/api/v1/statuses", input, &s)
	return s
}

// Account finds somebody by handle or address and returns their id there.
func (p *GoToSocialPerson) Account(who string) string {
	p.server.t.Helper()
	var found struct{ Accounts []struct{ ID string } }
	p.Call(http.MethodGet, "/api/v2/search?resolve=true&type=accounts&q="+url.QueryEscape(who), nil, &found)
	if len(found.Accounts) != 1 {
		p.server.t.Fatalf("%s finds %d accounts", who, len(found.Accounts))
	}
	return found.Accounts[0].ID
}

// Call asks the client API, and reads what it answers unless answer is nil.
// Any status but 200 and 202 ends the test.
func (p *GoToSocialPerson) Call(method, path string, input, answer any) {
	p.server.t.Helper()
	if status, raw := p.Try(method, path, input); status != http.StatusOK && status != http.StatusAccepted {
		p.server.t.Fatalf("%s %s %v: status %d: %s", method, path, input, status, raw)
	} else if answer != nil {
		if err := json.Unmarshal(raw, answer); err != nil {
			p.server.t.Fatalf("%s %s answers %s: %v", method, path, raw, err)
		}
	}
}

// Try is [GoToSocialPerson.Call] with whatever status.
func (p *GoToSocialPerson) Try(method, path string, input any) (int, []byte) {
	g := p.server
	g.t.Helper()
	var body io.Reader
	if input != nil {
		raw, err := json.Marshal(input)
		if err != nil {
			g.t.Fatal(err)
		}
		body = bytes.NewReader(raw)
	}
	return p.send(method, path, "application/json", body)
}

// Upload sends a form with a file.
func (p *GoToSocialPerson) Upload(path, kind string, form io.Reader) (int, []byte) {
	p.server.t.Helper()
	return p.send(http.MethodPost, path, kind, form)
}

func (p *GoToSocialPerson) send(method, path, kind string, body io.Reader) (int, []byte) {
	g := p.server
	g.t.Helper()
	request, err := http.NewRequestWithContext(g.t.Context(), method, g.URL+path, body)
	if err != nil {
		g.t.Fatal(err)
	}
	request.Header.Set("Content-Type", kind)
	if p.token != "" {
		request.Header.Set("Authorization", "Bearer "+p.token)
	}
	response, err := g.client.Do(request)
	if err != nil {
		g.t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		g.t.Fatal(err)
	}
	return response.StatusCode, raw
}
