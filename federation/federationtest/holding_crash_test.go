//go:build linux && !race

package federationtest_test

import (
	"encoding/json"
	"net/http"
	"syscall"
	"testing"
	"time"

	"interlink/cmd/interlink/node"
	"interlink/domain"
	"interlink/domain/lineage"
	"interlink/domain/policy"
	"interlink/storage"
	"interlink/storage/storagetest"
)

// duo is a node of two processes on PostgreSQL, of which one is in the middle of
// a clone: it has read the first page, and waits for the second.
type duo struct {
	t             *testing.T
	c             crashNode
	db            *storage.DB
	viewer        policy.Viewer
	first, second *process
	cloning       domain.ID
	asked         chan struct{} // each time the second page is asked for
	answer        chan struct{} // closed when the one who asked first is answered
}

func newDuo(t *testing.T) *duo {
	t.Helper()
	if testing.Short() {
		t.Skip("crashes are left out of the short tests")
	}
	d := &duo{t: t, asked: make(chan struct{}, 10), answer: make(chan struct{})}
	database := storagetest.Postgres(t)
	k := newKinsman(t)
	at, second := k.pages()
	raw, err := json.Marshal(second)
	if err != nil {
		t.Fatal(err)
	}
	before := make(chan struct{}, 1)
	before <- struct{}{}
	k.Lie(at, func(w http.ResponseWriter, r *http.Request) {
		d.asked <- struct{}{}
		select {
		case <-before:
			select {
			case <-d.answer:
			case <-r.Context().Done():
			}
		default:
		}
		w.Header().Set("Content-Type", "application/activity+json")
		_, _ = w.Write(raw)
	})
	d.c = newCrashNode(t, database, func(n *node.Node) {
		d.viewer = admin(t, n)
		c, err := n.Lineage.Begin(t.Context(), d.viewer, lineage.SourceProcess{IRI: k.Person(0)}, lineage.CloneInput{Name: "pages"})
		if err != nil {
			t.Fatal(err)
		}
		d.cloning = c.ID
	})
	d.db = storageOf(t, database)
	d.first = d.c.start(t)
	d.ask(time.Minute)
	other := d.c
	other.Listen = "127.0.0.1:0"
	d.second = other.start(t)
	return d
}

// ask waits until the second page is asked for.
func (d *duo) ask(within time.Duration) {
	d.t.Helper()
	select {
	case <-d.asked:
	case <-time.After(within):
		d.t.Fatalf("the second page is not asked for within %s", within)
	}
}

// ends waits until the clone is made, once.
func (d *duo) ends(within time.Duration) {
	d.t.Helper()
	store := storage.NewLineage(d.db)
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(within); ; <-tick.C {
		c, err := store.Cloning(d.t.Context(), d.cloning)
		if err != nil {
			d.t.Fatal(err)
		}
		if c.State == lineage.CloningDone {
			break
		}
		if c.State != lineage.CloningRuns || time.Now().After(deadline) {
			d.t.Fatalf("the cloning is %s after %s: %+v", c.State, within, c.Problem)
		}
	}
	if effects := effectsOf(d.t, d.db); effects[string(lineage.ProcessCloned)] != 1 {
		d.t.Errorf("the effects are %v", effects)
	}
}

// TestCloneOfKilledProcess: what a process was cloning that is killed, another
// goes on with within half a minute.
func TestCloneOfKilledProcess(t *testing.T) {
	t.Parallel()
	d := newDuo(t)
	began := time.Now()
	d.first.kill()
	d.ask(40 * time.Second) // on a machine that is not slow: 30
	t.Logf("taken up after %s", time.Since(began).Round(time.Second))
	d.ends(time.Minute)
}

// TestCloneOfPausedProcess: what a process was cloning that stands still, another
// goes on with too; the one that goes on later, and is answered what it asked for,
// spoils nothing, and works what comes then.
func TestCloneOfPausedProcess(t *testing.T) {
	t.Parallel()
	d := newDuo(t)
	signal := func(s syscall.Signal) {
		t.Helper()
		if err := d.first.cmd.Process.Signal(s); err != nil {
			t.Fatal(err)
		}
	}
	signal(syscall.SIGSTOP)
	began := time.Now()
	d.ask(40 * time.Second)
	t.Logf("taken up after %s", time.Since(began).Round(time.Second))
	close(d.answer)
	signal(syscall.SIGCONT)
	d.ends(time.Minute)
	d.second.kill()
	again := lineage.CloneInput{Name: "again"}
	n, err := node.Open(t.Context(), d.c.options())
	if err != nil {
		t.Fatal(err)
	}
	defer n.Close()
	source, err := storage.NewLineage(d.db).Cloning(t.Context(), d.cloning)
	if err != nil {
		t.Fatal(err)
	}
	c, err := n.Lineage.Begin(t.Context(), d.viewer, lineage.SourceProcess{IRI: source.Address}, again)
	if err != nil {
		t.Fatal(err)
	}
	d.ask(time.Minute)
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(time.Minute); c.State == lineage.CloningRuns; <-tick.C {
		if c, err = n.Lineage.Cloning(t.Context(), d.viewer, c.ID); err != nil || time.Now().After(deadline) {
			t.Fatalf("the one that was paused does not clone: %+v, %v", c, err)
		}
	}
	if effects := effectsOf(t, d.db); c.State != lineage.CloningDone || effects[string(lineage.ProcessCloned)] != 2 || effects["twice"] != 0 {
		t.Errorf("the second cloning is %s (%+v), the effects are %v", c.State, c.Problem, effects)
	}
	if _, err := storage.NewEvents(d.db).Verify(t.Context()); err != nil {
		t.Errorf("the chain of events: %v", err)
	}
}
