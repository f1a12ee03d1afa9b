package demo

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/gofrs/flock"

	"interlink/cmd/interlink/node"
	"interlink/domain"
	"interlink/domain/account"
	"interlink/domain/policy"
)

// city is one node of the demonstration with the person who acts on it.
type city struct {
	name     string // "Zaragoza"
	node     *node.Node
	listener net.Listener
	base     string
	username string
	password string
	api      client
}

// profile says what a city is before it runs.
type profile struct {
	name, summary string
	language      domain.Lang
	username      string
	display       string
	role          policy.Role
}

var profiles = []profile{
	{"Zaragoza", "Demonstration node of a city that designs its services with the people who use them.", "es", "official", "Official of Zaragoza", policy.RoleAdmin},
	{"Riga", "Demonstration node of a city that takes over what worked elsewhere.", "en", "official", "Official of Riga", policy.RoleAdmin},
	{"Rome", "Demonstration node of a city whose citizens follow what others do.", "en", "citizen", "Citizen of Rome", policy.RoleMember},
}

// listen opens the city's address, so that its base URL is known.
func listen(ctx context.Context, host string, port int) (net.Listener, error) {
	var config net.ListenConfig
	l, err := config.Listen(ctx, "tcp", net.JoinHostPort(host, strconv.Itoa(port)))
	if err != nil {
		return nil, fmt.Errorf("%w (choose another port with --port, or --port 0 for any)", err)
	}
	return l, nil
}

// open makes a node with its person.
func open(ctx context.Context, p profile, l net.Listener, host, dir, password string, log *slog.Logger) (*city, error) {
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		return nil, err
	}
	c := &city{
		name: p.name, listener: l, base: "http://" + net.JoinHostPort(host, port),
		username: p.username, password: password,
	}
	secret := make([]byte, 32)
	if _, err := rand.Read(secret); err != nil {
		return nil, err
	}
	c.node, err = node.Open(ctx, node.Options{
		BaseURL: c.base, DataDir: filepath.Join(dir, strings.ToLower(p.name)), Secret: secret, AllowPrivate: true, LookForJobs: 50 * time.Millisecond,
		Name: p.name, Summary: p.summary, Language: p.language, Registration: account.ModeOpen,
		Cookie: "interlink_session_" + port, // browsers keep cookies by host, not by port
		Log:    log.With("node", p.name),
	})
	if err != nil {
		return nil, err
	}
	person, err := c.node.Accounts.Create(ctx, account.SignUp{
		Username: p.username, Email: p.username + "@" + "demo.invalid", Password: password, DisplayName: p.display,
		Language: "en",
	}, p.role)
	if err != nil {
		return nil, errors.Join(err, c.node.Close())
	}
	scopes := []policy.Scope{policy.ScopeRead, policy.ScopeWrite, policy.ScopeAdmin}
	token, err := c.node.Accounts.CreateToken(ctx, person, "demonstration", scopes)
	if err != nil {
		return nil, errors.Join(err, c.node.Close())
	}
	c.api = client{base: c.base + "/api/interlink/v1", token: token, http: &http.Client{Timeout: 30 * time.Second}}
	return c, nil
}

// run serves the city until ctx ends.
func (c *city) run(ctx context.Context) error { return node.Serve(ctx, c.node, c.listener) }

// loopback refuses a host that others can reach: the cities are for this
// machine alone, with passwords on the screen. Errors: one that says so.
func loopback(host string) error {
	if a, err := netip.ParseAddr(host); host == "localhost" || err == nil && a.IsLoopback() {
		return nil
	}
	return fmt.Errorf("%q is not this machine alone: name a loopback address with --host, such as 127.0.0.1", host)
}

// marker names the file that says a directory is the demonstration's own to
// empty. Whoever plays in it holds its lock, which the system frees however
// the process ends.
const marker = "interlink-demo"

// prepare empties the demonstration's directory, which it makes if absent,
// and keeps it until unlock. A directory that holds anything else, or in which
// another demonstration runs, is left alone.
func prepare(dir string) (unlock func(), err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	path := filepath.Join(dir, marker)
	if len(entries) > 0 {
		if _, err := os.Stat(path); err != nil {
			return nil, fmt.Errorf("%s is not empty and not of an earlier demonstration: choose another directory with --data", dir)
		}
	} else if err := os.WriteFile(path, []byte("The demonstration of interlink empties this directory when it starts.\n"), 0o600); err != nil {
		return nil, err
	}
	lock := flock.New(path)
	switch ok, err := lock.TryLock(); {
	case err != nil:
		return nil, fmt.Errorf("lock %s: %w", path, err)
	case !ok:
		return nil, fmt.Errorf("another demonstration runs in %s: end it, or choose another directory with --data", dir)
	}
	unlock = func() { _ = lock.Unlock() }
	for _, e := range entries {
		if e.Name() == marker {
			continue
		}
		if err := os.RemoveAll(filepath.Join(dir, e.Name())); err != nil {
			unlock()
			return nil, err
		}
	}
	return unlock, nil
}
