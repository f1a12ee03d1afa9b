package storage_test

import (
	"slices"
	"testing"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/network"
	"interlink/domain/policy"
	"interlink/storage"
	"interlink/storage/storagetest"
)

// TestAncestors: what a post answers is read at once, the nearest first, as
// far as it is known, not blocked, and not too far; who follows an author sees
// what is for followers.
func TestAncestors(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "thread", func(t *testing.T, db *storage.DB) {
		a := newAttic(t, db)
		ctx := t.Context()
		above := func(name string, v domain.ActorID, most int) (out []string) {
			t.Helper()
			list, err := a.store.Ancestors(ctx, iriOf(name), v, most)
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range list {
				out = append(out, string(p.IRI)[len(iriOf("")):])
			}
			return out
		}
		same := func(what string, got []string, want ...string) {
			t.Helper()
			if !slices.Equal(got, want) {
				t.Errorf("%s: %q, want %q", what, got, want)
			}
		}
		a.copy("lost", a.stranger, 9, iriOf("never here"))
		a.copy("one", a.followed, 8, "")
		a.copy("two", a.stranger, 7, iriOf("one"))
		a.copy("three", a.other, 6, iriOf("two"))
		a.copy("four", a.stranger, 5, iriOf("three"))
		a.copy("round", a.stranger, 4, iriOf("round"))
		same("a thread", above("four", domain.Nobody, 50), "three", "two", "one")
		same("a part of it", above("four", domain.Nobody, 2), "three", "two")
		same("the first", above("one", domain.Nobody, 50))
		same("unknown", above("nothing", domain.Nobody, 50))
		same("an answer to what is not here", above("lost", domain.Nobody, 50))
		if n := len(above("round", domain.Nobody, 50)); n > 50 {
			t.Errorf("one that answers itself: %d", n)
		}

		for name, want := range map[string]int{"one": 1, "two": 1, "four": 0} {
			if p := must[*community.Post](t)(a.store.PostByIRI(ctx, iriOf(name), domain.Nobody)); p.Answers != want {
				t.Errorf("%s has %d answers, want %d", name, p.Answers, want)
			}
		}
		a.exec("UPDATE posts SET visibility = 'followers' WHERE iri = ?", string(iriOf("two")))
		if p := must[*community.Post](t)(a.store.PostByIRI(ctx, iriOf("one"), domain.Nobody)); p.Answers != 0 {
			t.Errorf("an answer that not everybody may read is counted")
		}
		a.exec("UPDATE posts SET visibility = 'public' WHERE iri = ?", string(iriOf("two")))
		a.exec("UPDATE posts SET visibility = 'followers' WHERE iri = ?", string(iriOf("one")))
		thread := func(v policy.Viewer) (out []string) {
			t.Helper()
			th, err := a.service.Thread(ctx, v, a.published["four"], domain.Page{})
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range th.Ancestors {
				out = append(out, string(p.IRI)[len(iriOf("")):])
			}
			return out
		}
		a.exec("UPDATE follows SET state = 'accepted'")
		same("the thread of a follower", thread(a.member), "one", "two", "three")
		same("the thread of others", thread(a.outside), "two", "three")
		a.exec("UPDATE posts SET deleted_at = 1 WHERE iri = ?", string(iriOf("two")))
		same("the thread above a tombstone", thread(a.member), "three")

		owners, err := a.service.ThreadOwners(ctx, iriOf("four"))
		if err != nil || len(owners) != 0 {
			t.Errorf("a thread of others belongs to %v (%v)", owners, err)
		}
		post, err := a.service.Post(ctx, a.owner, "parks", community.Draft{Content: "What do you think?"})
		if err != nil {
			t.Fatal(err)
		}
		a.copy("reply", a.stranger, 3, post.IRI)
		a.copy("reply to that", a.other, 2, iriOf("reply"))
		owners, err = a.service.ThreadOwners(ctx, iriOf("reply to that"))
		if err != nil || !slices.Equal(owners, []domain.ActorID{post.Author}) {
			t.Errorf("the thread belongs to %v, want %v (%v)", owners, post.Author, err)
		}
		gate := network.NewGate(storage.NewRules(db), a.mint, a.ns, false)
		if _, err := gate.Set(ctx, policy.Viewer{Actor: a.owner.Actor, Role: policy.RoleAdmin}, network.Rule{Host: "far.example", Verdict: network.VerdictBlock}); err != nil {
			t.Fatal(err)
		}
		same("of a blocked host", above("reply to that", domain.Nobody, 50))
	})
}
