//go:build !race

package federationtest_test

import (
	"context"
	"fmt"
	"maps"
	"testing"

	"interlink/domain"
	"interlink/federation/federationtest"
	"interlink/federation/httpsig"
	"interlink/storage"
	"interlink/storage/storagetest"
)

// TestLineageOfStrangers: whatever concerns the lineage of a process, or a story, counts from
// who may say it alone, and once. Each thing is first said by a process of a
// third node, under its own name and in that of who may; then by who may with a
// hash that is another's, in the case of stories; then as it is, twice in the
// same words, and again as if it were new.
func TestLineageOfStrangers(t *testing.T) {
	var dsn string
	c := federationtest.On(t, func(t testing.TB) string {
		dsn = storagetest.SQLite(t)
		return dsn
	}, "Riga")
	k, other := newKinsman(t), federationtest.NewHostile(t)
	k.now.Store(1 << 20) // nothing is held back
	of := k.prepare(t, c.Nodes[0].Node)
	k.release(t, of.stamped)
	c.Settle()
	db, err := storage.Open(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	say := func(by *federationtest.Hostile, n int, whole map[string]any) {
		t.Helper()
		if _, err := by.Send(t.Context(), n, c.Nodes[0].URL+"/inbox", whole, httpsig.Cavage); err != nil {
			t.Fatal(err)
		}
		for len(k.turn) > 0 {
			<-k.turn
		}
		c.Settle()
	}
	for n, a := range k.acts(t, of, 1) {
		id := func(of *federationtest.Hostile, words string) domain.IRI {
			return of.Person(a.by) + domain.IRI(fmt.Sprintf("/%s/%d", words, n))
		}
		what := fmt.Sprintf("%s by %d", a.kind, a.by)
		before := effectsOf(t, db)
		say(other, a.by, a.whole(id(other, "acts"), other.Person(a.by)))
		say(other, a.by, a.whole(id(k.Hostile, "forged"), k.Person(a.by)))
		say(other, a.by, a.whole(id(k.Hostile, "mixed"), other.Person(a.by)))
		if after := effectsOf(t, db); !maps.Equal(after, before) {
			t.Errorf("%s: said by a stranger it changes %v to %v", what, before, after)
		}
		if known(t, db, other.Person(a.by)) {
			t.Errorf("%s: a stranger is among the clones", what)
		}
		if a.lie != nil {
			say(k.Hostile, a.by, a.lies(id(k.Hostile, "lies"), k.Person(a.by)))
			if after := effectsOf(t, db); !maps.Equal(after, before) {
				t.Errorf("%s: with the hash of something else it changes %v to %v", what, before, after)
			}
		}
		own := a.whole(id(k.Hostile, "acts"), k.Person(a.by))
		say(k.Hostile, a.by, own)
		once := effectsOf(t, db)
		if maps.Equal(once, before) {
			t.Errorf("%s: it changes nothing", what)
		}
		say(k.Hostile, a.by, own)
		say(k.Hostile, a.by, a.whole(id(k.Hostile, "again"), k.Person(a.by)))
		if twice := effectsOf(t, db); !maps.Equal(twice, once) {
			t.Errorf("%s: again it changes %v to %v", what, once, twice)
		}
	}
}

// known reports whether a process is among the clones of one of the node's.
func known(t *testing.T, db *storage.DB, clone domain.IRI) bool {
	t.Helper()
	_, err := storage.NewLineage(db).DerivationAt(context.WithoutCancel(t.Context()), clone)
	if code := domain.CodeOf(err); code != domain.OK && code != domain.NotFound {
		t.Fatal(err)
	}
	return err == nil
}
