//go:build !race

package federationtest_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"interlink/cmd/interlink/node"
	"interlink/domain"
	"interlink/domain/lineage"
	"interlink/storage"
)

// TestClonesByAPISurviveKills kills a node between the pages of a process that
// programs clone: one as it waits, one as a job, and one that it stops. After the
// next start the first two are there once, whole, and the third is not. A node
// that says another hash than that of what it sends gets nothing cloned.
func TestClonesByAPISurviveKills(t *testing.T) {
	onEach(t, func(t *testing.T, database string) {
		k := newKinsman(t)
		var p program
		c := newCrashNode(t, database, func(n *node.Node) {
			admin(t, n)
			p = programOf(t, n, "", "official")
		})
		p.base = "http://" + c.Address + p.base
		page, second := k.pages()
		k.now.Store(-1)
		k.hold(map[string]map[string]any{page: second}, page)
		source := k.Person(0)

		first := c.start(t)
		waits := make(chan struct{})
		go func() {
			defer close(waits)
			p.call(t, 0, "POST", "/clones", map[string]any{"source": source, "name": "waited"})
		}()
		for _, name := range []string{"job", "stopped"} {
			p.call(t, http.StatusCreated, "POST", "/clonings", map[string]any{"source": source, "name": name})
		}
		run := p.until(t, 3, func(one map[string]any) bool { return one["read"] == 1.0 && one["total"] == 2.0 })
		p.call(t, http.StatusOK, "POST", fmt.Sprint("/clonings/", run["stopped"], "/cancel"), nil)
		first.kill()
		<-waits
		for _, name := range []string{"waited", "job", "stopped"} {
			c.absent(t, name)
		}

		k.now.Store(1 << 20)
		pass(t, database, "scheduled")
		c.start(t)
		p.until(t, 3, func(one map[string]any) bool {
			return one["state"] == "done" || one["name"] == "stopped" && one["state"] == "cancelled"
		})
		db, err := storage.Open(t.Context(), database)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if got := effectsOf(t, db)[string(lineage.ProcessCloned)]; got != 2 {
			t.Errorf("%d clones were made, want 2", got)
		}
		for _, name := range []string{"waited", "job"} {
			tree, _ := p.call(t, http.StatusOK, "GET", "/processes/"+name+"/tree", nil)
			if items, _ := tree["items"].([]any); len(items) != 2 {
				t.Errorf("%s has %d items", name, len(items))
			}
		}
		p.call(t, http.StatusNotFound, "GET", "/processes/stopped", nil)

		tree := k.Path(source) + "/tree"
		k.Document(tree, map[string]any{
			"@context": streams, "id": k.URL + tree, "type": "OrderedCollection", "totalItems": 2, "attributedTo": string(source), "first": k.URL + tree + "?page=first",
			"interlink:tree": map[string]any{"version": 3, "digest": strings.Repeat("0", 64)},
		})
		p.call(t, http.StatusUnprocessableEntity, "POST", "/clones", map[string]any{"source": source, "name": "lie"})
		p.call(t, http.StatusCreated, "POST", "/clonings", map[string]any{"source": source, "name": "lied"})
		p.until(t, 5, func(one map[string]any) bool {
			return !strings.HasPrefix(fmt.Sprint(one["name"]), "lie") || one["state"] == "failed" || one["state"] == "cancelled"
		})
		for _, name := range []string{"lie", "lied"} {
			p.call(t, http.StatusNotFound, "GET", "/processes/"+name, nil)
		}
	})
}

// until looks at a program's clonings until there are so many, and of each holds
// what is waited for; it returns their ids by the names of the clones.
func (p program) until(t *testing.T, many int, holds func(cloning map[string]any) bool) map[string]any {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	var list []any
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); <-tick.C {
		answer, _ := p.call(t, http.StatusOK, "GET", "/clonings", nil)
		list, _ = answer["items"].([]any)
		ids, all := map[string]any{}, len(list) == many
		for _, one := range list {
			cloning, _ := one.(map[string]any)
			ids[fmt.Sprint(cloning["name"])] = cloning["id"]
			all = all && holds(cloning)
		}
		if all {
			return ids
		}
	}
	t.Fatalf("the clonings are %v", list)
	return nil
}

// absent asks the database of a node that does not run whether a process is there.
func (c crashNode) absent(t *testing.T, name string) {
	t.Helper()
	db, err := storage.Open(t.Context(), c.Database)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := storage.NewProcesses(db).ProcessNamed(t.Context(), name); domain.CodeOf(err) != domain.NotFound {
		t.Errorf("%s is there before it was read whole (%v)", name, err)
	}
}
