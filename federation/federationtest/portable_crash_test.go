//go:build !race

package federationtest_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"interlink/cmd/interlink/node"
	"interlink/domain"
	"interlink/domain/coproduction"
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

// TestImportSurvivesKills kills a node twice in the middle of an import: no
// part of the process is there then, and in the end all of it is, once.
func TestImportSurvivesKills(t *testing.T) {
	const documents = 1000
	onEach(t, func(t *testing.T, database string) {
		ctx := t.Context()
		var brought *portable.Bringing
		c := newCrashNode(t, database, func(n *node.Node) {
			v := admin(t, n)
			raw := largeArchive(t, documents)
			b, err := n.Portable.Bring(ctx, v, bytes.NewReader(raw), int64(len(raw)))
			if err == nil {
				brought, _, err = n.Portable.Begin(ctx, v, b.ID, portable.Input{Name: "large"})
			}
			if err != nil {
				t.Fatal(err)
			}
		})
		db, err := storage.Open(ctx, database)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		bringings, processes := storage.NewBringings(db), storage.NewProcesses(db)
		// until waits until the import is so far, and returns it.
		until := func(far func(b *portable.Bringing) bool) *portable.Bringing {
			t.Helper()
			for deadline := time.Now().Add(time.Minute); ; time.Sleep(time.Millisecond) {
				b, err := bringings.Bringing(ctx, brought.ID)
				if err == nil && far(b) {
					return b
				}
				if time.Now().After(deadline) {
					t.Fatalf("the import stands still: %+v (%v)", b, err)
				}
			}
		}
		for range 2 {
			before, err := bringings.Bringing(ctx, brought.ID)
			if err != nil {
				t.Fatal(err)
			}
			p := c.start(t)
			until(func(b *portable.Bringing) bool { return b.Revision > before.Revision+1 })
			p.kill()
			now, err := bringings.Bringing(ctx, brought.ID)
			if _, made := processes.ProcessNamed(ctx, "large"); err != nil || now.State != portable.ImportRuns || domain.CodeOf(made) != domain.NotFound {
				t.Fatalf("killed, it is %+v (%v), the process %v", now, err, made)
			}
			if strings.HasPrefix(database, "postgres") {
				pass(t, database)
			}
		}
		c.start(t)
		done := until(func(b *portable.Bringing) bool { return b.State != portable.ImportRuns })
		made, err := processes.ProcessNamed(ctx, "large")
		if err != nil || done.State != portable.ImportDone || done.Process != made.ID {
			t.Fatalf("it ended as %+v (%v)", done, err)
		}
		list, err := processes.Resources(ctx, made.ID, coproduction.ResourceFilter{Inside: nil}, domain.Page{Limit: 1})
		if err != nil || list.Total != documents {
			t.Errorf("%d documents (%v), want %d", list.Total, err, documents)
		}
		if _, err := storage.NewEvents(db).Verify(ctx); err != nil {
			t.Errorf("the chain of events: %v", err)
		}
	})
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
