// Package federationtest runs several whole nodes in one test: real
// databases, real HTTP on loopback, real signatures. Nothing works by itself
// but background jobs: [Cluster.Settle] pumps the queues until all nodes are
// at rest, so that tests neither sleep nor guess.
package federationtest

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"interlink/cmd/interlink/node"
	"interlink/domain/account"
	"interlink/domain/policy"
	"interlink/federation/httpsig"
	"interlink/storage/storagetest"
)

// Cluster is some nodes that know each other by HTTP alone.
type Cluster struct {
	t     testing.TB
	Nodes []*Node

	// Authority makes nodes that are added speak https, and trust it; nil
	// leaves them with http.
	Authority *Authority
}

// Node is one node of a cluster.
type Node struct {
	*node.Node
	URL      string // "http://127.0.0.1:40123"
	Database string // its address

	t testing.TB
}

// Databases are the databases that clusters run on.
var Databases = map[string]func(testing.TB) string{
	"sqlite":   storagetest.SQLite,
	"postgres": storagetest.Postgres,
}

// Run runs fn with a cluster on each database.
func Run(t *testing.T, names []string, fn func(t *testing.T, c *Cluster)) {
	t.Helper()
	for database, open := range Databases {
		t.Run(database, func(t *testing.T) {
			t.Parallel()
			fn(t, On(t, open, names...))
		})
	}
}

// New starts nodes on SQLite.
func New(t testing.TB, names ...string) *Cluster {
	t.Helper()
	return On(t, storagetest.SQLite, names...)
}

// On starts nodes on databases that open gives. They end with the test.
func On(t testing.TB, open func(testing.TB) string, names ...string) *Cluster {
	t.Helper()
	return With(t, open, nil, names...)
}

// With is [On] with settings of the nodes changed before they are opened.
func With(t testing.TB, open func(testing.TB) string, change func(*node.Options), names ...string) *Cluster {
	t.Helper()
	c := &Cluster{t: t}
	for _, name := range names {
		c.Nodes = append(c.Nodes, start(t, name, open(t), nil, change))
	}
	return c
}

// Add starts one more node on SQLite, with settings that change sets.
func (c *Cluster) Add(name string, change func(*node.Options)) *Node {
	c.t.Helper()
	n := start(c.t, name, storagetest.SQLite(c.t), c.Authority, change)
	c.Nodes = append(c.Nodes, n)
	return n
}

// start starts one node: its address is known before it is opened.
func start(t testing.TB, name, database string, authority *Authority, change func(*node.Options)) *Node {
	t.Helper()
	var config net.ListenConfig
	listener, err := config.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	secret := make([]byte, 32)
	if _, err := rand.Read(secret); err != nil {
		t.Fatal(err)
	}
	options := node.Options{
		BaseURL: "http://" + listener.Addr().String(), DataDir: t.TempDir(), DatabaseURL: database, Secret: secret, AllowPrivate: true, LookForJobs: 50 * time.Millisecond,
		Name: name, Registration: account.ModeOpen, Log: Log(t).With("node", name), Passwords: account.Cost{Memory: 8, Passes: 1, Threads: 1},
		NewKey: func(id string) (*httpsig.Key, error) { return NewKey(t, id) },
	}
	if authority != nil {
		_, port, _ := net.SplitHostPort(listener.Addr().String())
		options.BaseURL, options.ExtraCA = "https://localhost:"+port, authority.PEM
		listener = tls.NewListener(listener, &tls.Config{Certificates: []tls.Certificate{authority.pair}})
	}
	if change != nil {
		change(&options)
	}
	opened, err := node.Open(t.Context(), options)
	if err != nil {
		t.Fatalf("open the node %s: %v", name, err)
	}
	server := &httptest.Server{Listener: listener, Config: &http.Server{Handler: opened, ReadHeaderTimeout: 10 * time.Second}}
	server.Start()

	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	var jobs sync.WaitGroup
	jobs.Go(func() {
		if err := opened.Jobs(ctx); err != nil {
			t.Errorf("jobs of %s: %v", name, err)
		}
	})
	t.Cleanup(func() {
		stop()
		jobs.Wait()
		server.Close()
		if err := opened.Close(); err != nil {
			t.Errorf("close the node %s: %v", name, err)
		}
		// A parallel test holds its cleanups, and what they hold, until the
		// last test has ended.
		opened, server = nil, nil
	})
	return &Node{Node: opened, URL: options.BaseURL, Database: database, t: t}
}

// maxRounds bounds [Cluster.Settle]: activities that go round for ever are a
// fault.
const maxRounds = 100

// Settle works all queues of all nodes until nothing is due.
func (c *Cluster) Settle() {
	c.t.Helper()
	for range maxRounds {
		busy := false
		for _, n := range c.Nodes {
			worked, err := n.Settle(c.t.Context())
			if err != nil {
				c.t.Fatalf("settle %s: %v", n.URL, err)
			}
			busy = busy || worked
		}
		if !busy {
			return
		}
	}
	c.t.Fatalf("the nodes are not at rest after %d rounds", maxRounds)
}

// Person makes an account and returns who it is to the services.
func (n *Node) Person(username string, role policy.Role) policy.Viewer {
	n.t.Helper()
	a, err := n.Accounts.Create(n.t.Context(), account.SignUp{Username: username, Email: username + "@people.example"}, role)
	if err != nil {
		n.t.Fatalf("make the account %s: %v", username, err)
	}
	return a.Viewer()
}

// Log writes a node's warnings to the test's own log.
func Log(t testing.TB) *slog.Logger {
	return slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
}
