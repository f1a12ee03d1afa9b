//go:build linux && !race

package federationtest_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"interlink/cmd/interlink/node"
	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/nodearchive"
	"interlink/domain/policy"
	"interlink/domain/portable"
	"interlink/federation/federationtest"
	"interlink/storage"
)

// largeArchive is a process with so many documents.
func largeArchive(t *testing.T, documents int) []byte {
	t.Helper()
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	id := func(n int) domain.ID { return domain.ID(fmt.Sprintf("01980000-0000-7000-8000-%012x", n)) }
	words := map[string]string{}
	d := &portable.Process{Title: english("Large"), Language: "en", Visibility: domain.VisiblePublic, CreatedAt: at, Items: []portable.Item{
		{ID: id(1), Kind: coproduction.Phase, Name: english("phase")}, {ID: id(2), Parent: id(1), Kind: coproduction.Objective, Name: english("objective")},
		{ID: id(3), Parent: id(2), Kind: coproduction.Task, Name: english("task"), Status: coproduction.Awaiting},
	}}
	for n := range documents {
		body := fmt.Sprint("Document ", n)
		sum := sha256.Sum256([]byte(body))
		words[hex.EncodeToString(sum[:])] = body
		d.Resources = append(d.Resources, portable.Resource{
			ID: id(10 + n), Item: id(3), Kind: coproduction.Document, Name: body, CreatedAt: at, UpdatedAt: at,
			Versions: []portable.ResourceVersion{{Number: 1, SHA256: hex.EncodeToString(sum[:]), Size: int64(len(body)), At: at}},
		})
	}
	var b bytes.Buffer
	h := portable.Head{IRI: "https://a.example/processes/large", Owner: "https://a.example/processes/large", Name: "large", Revision: "1", ExportedAt: at}
	err := portable.Write(&b, h, d, func(p portable.Part) (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader(words[p.SHA256])), nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// gate is a pipe in the place of a file that a node keeps: who reads the file
// waits there, and the kernel tells the test who opens it.
type gate struct {
	t            *testing.T
	path, kept   string
	pipe, events *os.File
}

func newGate(t *testing.T, c crashNode, sha256 string) *gate {
	t.Helper()
	g := &gate{t: t, path: filepath.Join(c.DataDir, "files", "resources", sha256[:2], sha256[2:4], sha256)}
	g.kept = g.path + ".kept"
	err := os.Rename(g.path, g.kept)
	if err == nil {
		err = syscall.Mkfifo(g.path, 0o600)
	}
	if err == nil {
		g.pipe, err = os.OpenFile(g.path, os.O_RDWR, 0) // whoever reads waits for what this might write
	}
	if err != nil {
		t.Fatal(err)
	}
	fd, err := syscall.InotifyInit1(syscall.IN_CLOEXEC | syscall.IN_NONBLOCK)
	if err != nil {
		t.Fatal(err)
	}
	g.events = os.NewFile(uintptr(fd), "inotify")
	// That it is closed is watched, too: two openings in a row would be one event.
	if _, err := syscall.InotifyAddWatch(fd, g.path, syscall.IN_OPEN|syscall.IN_CLOSE); err != nil {
		t.Fatal(err)
	}
	return g
}

// reached waits until the file was opened so often.
func (g *gate) reached(times int) {
	g.t.Helper()
	if err := g.events.SetReadDeadline(time.Now().Add(time.Minute)); err != nil {
		g.t.Fatal(err)
	}
	for times > 0 {
		var event [syscall.SizeofInotifyEvent]byte
		if _, err := io.ReadFull(g.events, event[:]); err != nil {
			g.t.Fatalf("%s was not opened %d times more: %v", g.path, times, err)
		}
		if binary.NativeEndian.Uint32(event[4:])&syscall.IN_OPEN != 0 {
			times--
		}
	}
}

// open puts the file back.
func (g *gate) open() {
	g.t.Helper()
	if err := errors.Join(g.pipe.Close(), g.events.Close(), os.Rename(g.kept, g.path)); err != nil {
		g.t.Fatal(err)
	}
}

// importing is an archive that is imported, and killed at a file of it.
type importing struct {
	raw   []byte
	begin func(ctx context.Context, n *node.Node, v policy.Viewer, raw []byte) error
	read  func(ctx context.Context, n *node.Node, v policy.Viewer) error // what it is at then
	at    string                                                         // SHA-256
	times int                                                            // how often that was opened when the node is killed: first to see that it is there, then to be taken
}

// brings begins to import a process or community.
func brings(ctx context.Context, n *node.Node, v policy.Viewer, raw []byte) error {
	b, err := n.Portable.Bring(ctx, v, bytes.NewReader(raw), int64(len(raw)))
	if err == nil {
		_, _, err = n.Portable.Begin(ctx, v, b.ID, portable.Input{})
	}
	return err
}

// bringsNode begins to import a node.
func bringsNode(ctx context.Context, n *node.Node, v policy.Viewer, raw []byte) error {
	i, err := n.NodeArchives.Bring(ctx, v, bytes.NewReader(raw), int64(len(raw)))
	if err == nil {
		_, err = n.NodeArchives.Begin(ctx, v, i.ID)
	}
	return err
}

// result is what an import made on a node, which is killed in the middle unless
// times is 0: its export, by its parts.
func (i importing) result(t *testing.T, database string) map[string][]byte {
	t.Helper()
	ctx := t.Context()
	var v policy.Viewer
	c := newCrashNode(t, database, func(n *node.Node) {
		v = admin(t, n)
		if err := i.begin(ctx, n, v, i.raw); err != nil {
			t.Fatal(err)
		}
	})
	if i.times > 0 {
		g := newGate(t, c, i.at)
		p := c.start(t)
		g.reached(i.times)
		p.kill()
		g.open()
		pass(t, database)
	}
	n, err := node.Open(ctx, c.options())
	if err != nil {
		t.Fatal(err)
	}
	defer n.Close()
	if i.times > 0 {
		if err := i.read(ctx, n, v); domain.CodeOf(err) != domain.NotFound {
			t.Errorf("killed, it is there: %v", err)
		}
	}
	settle(t, n)
	if _, err := storage.NewEvents(storageOf(t, database)).Verify(ctx); err != nil {
		t.Errorf("the chain of events: %v", err)
	}
	_, parts := partsOf(t, nodeArchiveOf(t, &federationtest.Node{Node: n}, v))
	return parts
}

// settle works all that a node has to do.
func settle(t *testing.T, n *node.Node) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	var jobs sync.WaitGroup
	jobs.Go(func() {
		if err := n.Jobs(ctx); err != nil {
			t.Error(err)
		}
	})
	defer jobs.Wait()
	defer stop()
	for busy := true; busy; {
		var err error
		if busy, err = n.Settle(ctx); err != nil {
			t.Fatal(err)
		}
	}
}

// TestImportSurvivesKills kills a node, once it looks at what is to be imported
// and once in the middle of the transaction that makes it: of a process, of a
// community and of a whole node. Of what it was at nothing is there then; it goes
// on when the node is back, and what comes of it is what comes of it undisturbed.
func TestImportSurvivesKills(t *testing.T) {
	zaragoza := newCity(t, federationtest.With(t, federationtest.Databases[proofsOn()], func(o *node.Options) { o.BaseURL = "http://127.0.0.1:9" }, "Zaragoza").Nodes[0])
	furnished(t, zaragoza)
	whole := nodeArchiveOf(t, zaragoza.Node, zaragoza.official)
	a, parts := partsOf(t, whole)
	process, community := largeArchive(t, 3), parts["communities/mobility.zip"]
	// Archives in an archive are not read from their beginning, as a pipe is.
	shelf := a.Parts[slices.IndexFunc(a.Parts, func(p nodearchive.Part) bool { return p.Kind == nodearchive.Catalogue })]
	large, err := portable.Read(bytes.NewReader(process), int64(len(process)))
	if err != nil {
		t.Fatal(err)
	}
	in, err := large.Document.Whole()
	if err != nil {
		t.Fatal(err)
	}
	group, err := portable.Read(bytes.NewReader(community), int64(len(community)))
	if err != nil {
		t.Fatal(err)
	}
	processNamed := func(name string) func(ctx context.Context, n *node.Node, v policy.Viewer) error {
		return func(ctx context.Context, n *node.Node, v policy.Viewer) error {
			_, err := n.Coproduction.Process(ctx, v, name)
			return err
		}
	}
	communityNamed := func(ctx context.Context, n *node.Node, v policy.Viewer) error {
		_, err := n.Communities.Community(ctx, v, "mobility")
		return err
	}
	for name, i := range map[string]importing{
		"process":   {process, brings, processNamed("large"), in.Resources[1].Versions[0].SHA256, 2},
		"community": {community, brings, communityNamed, group.Community.Posts[0].SHA256, 2},
		"node":      {whole, bringsNode, processNamed("safe_ways"), shelf.SHA256, 1},
	} {
		t.Run(name, func(t *testing.T) {
			if testing.Short() {
				t.Skip("crashes are left out of the short tests")
			}
			for database, open := range federationtest.Databases {
				t.Run(database, func(t *testing.T) {
					undisturbed := i
					undisturbed.times = 0
					want := undisturbed.result(t, open(t))
					for killed := i; killed.times > 0; killed.times-- {
						same(t, want, killed.result(t, open(t)))
					}
				})
			}
		})
	}
}

// TestImportIsCancelled: nothing comes of an import that was cancelled; it can
// be asked for again.
func TestImportIsCancelled(t *testing.T) {
	federationtest.Run(t, []string{"Riga"}, func(t *testing.T, c *federationtest.Cluster) {
		riga := newCity(t, c.Nodes[0])
		ctx := t.Context()
		b := riga.bring(t, largeArchive(t, 3))
		check := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		_, _, err := riga.Portable.Begin(ctx, riga.official, b.ID, portable.Input{})
		check(err)
		if _, err := riga.Portable.Cancel(ctx, riga.Person("stranger", policy.RoleMember), b.ID); domain.CodeOf(err) != domain.NotFound {
			t.Errorf("a stranger cancels: %v", err)
		}
		_, err = riga.Portable.Cancel(ctx, riga.official, b.ID)
		check(err)
		c.Settle()
		if _, err := riga.Coproduction.Process(ctx, riga.official, "large"); domain.CodeOf(err) != domain.NotFound {
			t.Errorf("cancelled, it is there: %v", err)
		}
		_, _, err = riga.Portable.Begin(ctx, riga.official, b.ID, portable.Input{})
		check(err)
		c.Settle()
		if _, err := riga.Coproduction.Process(context.WithoutCancel(ctx), riga.official, "large"); err != nil {
			t.Errorf("asked for again: %v", err)
		}
	})
}
