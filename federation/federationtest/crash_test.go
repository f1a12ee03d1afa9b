//go:build !race

package federationtest_test

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"interlink/cmd/interlink/node"
	"interlink/domain"
	"interlink/domain/account"
	"interlink/domain/community"
	"interlink/domain/network"
	"interlink/domain/policy"
	"interlink/federation/federationtest"
	"interlink/federation/httpsig"
	"interlink/storage"
)

// crashes is how many inboxes, and how many activities, a crash test has.
const crashes = 1000

// crashEnv tells this test binary to be a node instead, with these options.
const crashEnv = "INTERLINK_TEST_NODE"

// crashNode is what a node in a process of its own is told.
type crashNode struct {
	Address, DataDir, Database string
	Secret                     []byte
	Idle                       bool   // answers, but works no queue
	Listen                     string // where it listens, if that is not its address: one of several processes
}

func (c crashNode) options() node.Options {
	return node.Options{
		BaseURL: "http://" + c.Address, DataDir: c.DataDir, DatabaseURL: c.Database, Secret: c.Secret, AllowPrivate: true,
		Registration: account.ModeOpen, Log: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn})),
	}
}

func TestMain(m *testing.M) {
	if told := os.Getenv(crashEnv); told != "" {
		if err := beNode(told); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// beNode serves until the process is killed.
func beNode(told string) error {
	var c crashNode
	if err := json.Unmarshal([]byte(told), &c); err != nil {
		return err
	}
	ctx := context.Background()
	n, err := node.Open(ctx, c.options())
	if err != nil {
		return err
	}
	var config net.ListenConfig
	l, err := config.Listen(ctx, "tcp", cmp.Or(c.Listen, c.Address))
	if err != nil {
		return err
	}
	fmt.Println("ready")
	if c.Idle {
		server := &http.Server{Handler: n, ReadHeaderTimeout: 10 * time.Second}
		return server.Serve(l)
	}
	return node.Serve(ctx, n, l)
}

// process is a node in a process of its own.
type process struct {
	t   *testing.T
	cmd *exec.Cmd
}

// start starts the node and waits until it serves.
func (c crashNode) start(t *testing.T) *process {
	t.Helper()
	told, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), crashEnv+"="+string(told))
	cmd.Stderr = t.Output()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); strings.TrimSpace(line) != "ready" {
		_ = cmd.Wait()
		t.Fatalf("the node said %q (%v)", line, err)
	}
	p := &process{t, cmd}
	t.Cleanup(p.kill)
	return p
}

// kill ends the process as a loss of power to it would: SIGKILL.
func (p *process) kill() {
	if p.cmd.ProcessState == nil {
		_ = p.cmd.Process.Kill()
		_ = p.cmd.Wait()
	}
}

// newCrashNode opens a node in this process, for prepare to fill, and closes
// it again.
func newCrashNode(t *testing.T, database string, prepare func(n *node.Node)) crashNode {
	t.Helper()
	var config net.ListenConfig
	l, err := config.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := crashNode{Address: l.Addr().String(), DataDir: t.TempDir(), Database: database, Secret: []byte("0123456789abcdef0123456789abcdef")}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	n, err := node.Open(t.Context(), c.options())
	if err != nil {
		t.Fatal(err)
	}
	prepare(n)
	if err := n.Close(); err != nil {
		t.Fatal(err)
	}
	return c
}

func onEach(t *testing.T, fn func(t *testing.T, database string)) {
	t.Helper()
	if testing.Short() {
		t.Skip("crashes are left out of the short tests")
	}
	for name, open := range federationtest.Databases {
		t.Run(name, func(t *testing.T) { fn(t, open(t)) })
	}
}

// TestFedO5CrashWhileDelivering kills a node in the middle of delivering one post
// to 1,000 inboxes: after the next start each has it.
func TestFedO5CrashWhileDelivering(t *testing.T) {
	onEach(t, func(t *testing.T, database string) {
		peer := federationtest.NewPeer(t)
		var post *community.Post
		c := newCrashNode(t, database, func(n *node.Node) {
			v := admin(t, n)
			group, err := n.Communities.Create(t.Context(), v, "mobility", community.Details{Title: english("Mobility"), Language: "en"})
			if err != nil {
				t.Fatal(err)
			}
			followed, err := n.Network.Actor(t.Context(), v, group.ID)
			if err != nil {
				t.Fatal(err)
			}
			for i := range crashes {
				follower, err := n.Network.ReceiveActor(t.Context(), &network.Actor{
					IRI: peer.Person(i), Type: network.TypePerson, Name: fmt.Sprintf("person%d", i), Host: peer.Person(i).Host(),
					Inbox: peer.Person(i) + "/inbox",
				})
				if err != nil {
					t.Fatal(err)
				}
				if err := n.Network.ReceiveFollow(t.Context(), follower, followed, peer.Person(i)+"/follow"); err != nil {
					t.Fatal(err)
				}
			}
			if post, err = n.Communities.Post(t.Context(), v, "mobility", community.Draft{Content: "To a thousand.", Language: "en"}); err != nil {
				t.Fatal(err)
			}
		})
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
		defer cancel()

		first := c.start(t)
		if err := peer.WaitFor(ctx, func(n int) bool { return creates(peer) >= crashes/3 }); err != nil {
			t.Fatal(err)
		}
		first.kill()
		before := creates(peer)
		if before >= crashes {
			t.Fatalf("all %d were delivered before the crash: nothing was tested", before)
		}

		c.start(t)
		if err := peer.WaitFor(ctx, func(int) bool { return creates(peer) >= crashes }); err != nil {
			t.Fatalf("after the restart: %v (%d Creates, %d before the crash)", err, creates(peer), before)
		}
		again := 0
		for i := range crashes {
			ids := map[string]int{}
			for _, a := range peer.Inbox(i) {
				if a.Type == "Create" {
					if !strings.Contains(string(a.Raw), string(post.IRI)) {
						t.Fatalf("inbox %d has another Create: %s", i, a.Raw)
					}
					ids[a.ID]++
				}
			}
			if len(ids) != 1 {
				t.Errorf("inbox %d has Creates with %d ids, want one", i, len(ids))
			}
			for _, n := range ids {
				again += n - 1
			}
		}
		t.Logf("killed after %d of %d; %d arrived twice, with the same id", before, crashes, again)
		if again > 256 {
			t.Errorf("%d inboxes received it again: more than can have been in flight", again)
		}
	})
}

// creates counts the inboxes that have a Create.
func creates(p *federationtest.Peer) int {
	n := 0
	for i := range crashes {
		for _, a := range p.Inbox(i) {
			if a.Type == "Create" {
				n++
				break
			}
		}
	}
	return n
}

// TestFedO5CrashWhileReceiving kills a node in the middle of working 1,000
// accepted activities: after the next start each has taken effect once.
func TestFedO5CrashWhileReceiving(t *testing.T) {
	onEach(t, func(t *testing.T, database string) {
		peer := federationtest.NewPeer(t)
		const people = 20
		var group domain.IRI
		c := newCrashNode(t, database, func(n *node.Node) {
			v := admin(t, n)
			made, err := n.Communities.Create(t.Context(), v, "mobility", community.Details{Title: english("Mobility"), Language: "en"})
			if err != nil {
				t.Fatal(err)
			}
			group = made.IRI
			for i := range people { // somebody here follows each of them, so their posts are kept
				author, err := n.Lookup(t.Context(), string(peer.Person(i)))
				if err != nil {
					t.Fatal(err)
				}
				if _, err := n.Network.Follow(t.Context(), v, v.Actor, author.ID); err != nil {
					t.Fatal(err)
				}
				if err := n.Network.ReceiveFollowAnswer(t.Context(), author, v.Actor, true); err != nil {
					t.Fatal(err)
				}
			}
		})
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
		defer cancel()

		// Accepted by a process that works nothing, and is killed.
		idle := c
		idle.Idle = true
		accepting := idle.start(t)
		var sending sync.WaitGroup
		for worker := range 8 {
			sending.Go(func() {
				for i := worker; i < crashes; i += 8 {
					status, err := peer.Send(ctx, i%people, string(group)+"/inbox", peer.Note(i%people, i, fmt.Sprintf("Note %d", i)), httpsig.Cavage)
					if err != nil || status != http.StatusAccepted {
						t.Errorf("activity %d: %d %v", i, status, err)
					}
				}
			})
		}
		sending.Wait()
		accepting.kill()

		db, err := storage.Open(t.Context(), database)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		posts := func() int {
			_, remote, err := db.Objects(ctx)
			if err != nil {
				t.Fatal(err)
			}
			return remote.Posts
		}

		// Worked by a process that is killed in the middle of it.
		first := c.start(t)
		for posts() < crashes/4 {
			if ctx.Err() != nil {
				t.Fatal("no activity takes effect")
			}
		}
		first.kill()
		before := posts()
		if before >= crashes {
			t.Fatal("all had taken effect before the crash: nothing was tested")
		}
		c.start(t)
		queues := storage.NewActivities(db, domain.NewMint(nil, nil))
		for {
			q, err := queues.Queues(ctx)
			if err != nil {
				t.Fatal(err)
			}
			if q.Received == 0 {
				if q.Failed != 0 {
					t.Errorf("%d activities failed", q.Failed)
				}
				break
			}
		}
		if got := posts(); got != crashes {
			t.Errorf("%d posts after the restart, want %d", got, crashes)
		}
		effects := map[domain.ID]int{}
		events := storage.NewEvents(db)
		for seq := int64(0); ; {
			page, err := events.After(ctx, seq, 500)
			if err != nil {
				t.Fatal(err)
			}
			if len(page) == 0 {
				break
			}
			for _, e := range page {
				if e.Kind == community.PostReceived {
					effects[e.Subject.ID]++
				}
				seq = e.Seq
			}
		}
		for id, n := range effects {
			if n != 1 {
				t.Errorf("post %s took effect %d times", id, n)
			}
		}
		if len(effects) != crashes {
			t.Errorf("%d activities took effect, want %d", len(effects), crashes)
		}
		if _, err := events.Verify(ctx); err != nil {
			t.Errorf("the chain of events: %v", err)
		}
		t.Logf("killed after %d of %d effects", before, crashes)
	})
}

func admin(t *testing.T, n *node.Node) policy.Viewer {
	t.Helper()
	a, err := n.Accounts.Create(t.Context(), account.SignUp{Username: "official", Email: "official@people.example"}, policy.RoleAdmin)
	if err != nil {
		t.Fatal(err)
	}
	return a.Viewer()
}
