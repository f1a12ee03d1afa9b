package demo

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"time"

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
		BaseURL: c.base, DataDir: filepath.Join(dir, p.username+"-"+port), Secret: secret, AllowPrivate: true,
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

// marker names the file that says a directory is the demonstration's own to
// empty.
const marker = "interlink-demo"

// prepare empties the demonstration's directory, which it makes if absent.
// A directory that holds anything else is left alone.
func prepare(dir string) error {
	entries, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, os.ErrNotExist):
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return err
		}
	case err != nil:
		return err
	case len(entries) > 0:
		if _, err := os.Stat(filepath.Join(dir, marker)); err != nil {
			return fmt.Errorf("%s is not empty and not of an earlier demonstration: choose another directory with --data", dir)
		}
		for _, e := range entries {
			if e.Name() == marker {
				continue
			}
			if err := os.RemoveAll(filepath.Join(dir, e.Name())); err != nil {
				return err
			}
		}
	}
	return os.WriteFile(filepath.Join(dir, marker), []byte("The demonstration of interlink empties this directory when it starts.\n"), 0o600)
}
