package storage_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

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

		answers := func(name string) int {
			t.Helper()
			p := must[*community.Post](t)(a.store.PostByIRI(ctx, iriOf(name), domain.Nobody))
			return must[*community.Post](t)(a.store.Post(ctx, p.ID, domain.Nobody)).Answers
		}
		for name, want := range map[string]int{"one": 3, "two": 2, "four": 0} {
			if n := answers(name); n != want {
				t.Errorf("%s has %d answers, want %d", name, n, want)
			}
		}
		a.exec("UPDATE posts SET visibility = 'followers' WHERE iri = ?", string(iriOf("two")))
		if n := answers("one"); n != 2 {
			t.Errorf("%d answers: one that not everybody may read is counted, or what answers it is not", n)
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

// TestConversation: all that is below a post is read in order, each after what
// it answers, however deep; what may not be read is passed over.
func TestConversation(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "thread", func(t *testing.T, db *storage.DB) {
		a := newAttic(t, db)
		var next []string // cursors
		below := func(name string, v policy.Viewer, page domain.Page) (out string) {
			t.Helper()
			th, err := a.service.Thread(t.Context(), v, a.published[name], page)
			if err != nil {
				t.Fatal(err)
			}
			for i, p := range th.Replies.Items {
				out += strings.Repeat(">", th.Depths[i]) + strings.TrimPrefix(string(p.IRI), string(iriOf(""))) + " "
			}
			next = append(next, th.Replies.Next)
			return out
		}
		same := func(what, got, want string) {
			t.Helper()
			if got != want {
				t.Errorf("%s: %q, want %q", what, got, want)
			}
		}
		a.copy("top", a.stranger, 20, "")
		a.copy("a", a.stranger, 19, iriOf("top"))
		a.copy("b", a.other, 18, iriOf("top"))
		a.copy("a1", a.other, 17, iriOf("a"))
		a.copy("a11", a.stranger, 16, iriOf("a1"))
		a.copy("a2", a.stranger, 15, iriOf("a"))
		a.copy("b1", a.stranger, 14, iriOf("b"))
		same("a conversation", below("top", policy.Viewer{}, domain.Page{}), "a >a1 >>a11 >a2 b >b1 ")
		same("the middle of one", below("a", policy.Viewer{}, domain.Page{}), "a1 >a11 a2 ")
		same("its first page", below("top", policy.Viewer{}, domain.Page{Limit: 4}), "a >a1 >>a11 >a2 ")
		same("its second page", below("top", policy.Viewer{}, domain.Page{Limit: 4, After: next[len(next)-1]}), "b >b1 ")
		if n := must[int](t)(a.service.FreshAnswers(t.Context(), policy.Viewer{}, a.published["top"], 0)); n != 6 {
			t.Errorf("%d are new, want 6", n)
		}
		a.exec("UPDATE posts SET deleted_at = 1 WHERE iri = ?", string(iriOf("a1")))
		a.exec("UPDATE posts SET visibility = 'direct' WHERE iri = ?", string(iriOf("b")))
		same("what answers the deleted and the private", below("top", policy.Viewer{}, domain.Page{}), "a >a11 >a2 b1 ")
		for i, to := 0, "b1"; i < 12; i++ {
			name := fmt.Sprint("deep", i)
			a.copy(name, a.stranger, 1, iriOf(to))
			to = name
		}
		if th := must[community.Thread](t)(a.service.Thread(t.Context(), policy.Viewer{}, a.published["deep5"], domain.Page{})); len(th.Ancestors) != 6 || len(th.Replies.Items) != 6 {
			t.Errorf("in the middle of a deep one: %d above, %d below", len(th.Ancestors), len(th.Replies.Items)) // "b" is private: nothing above it
		}
		a.copy("round", a.stranger, 4, iriOf("circle"))
		a.copy("circle", a.stranger, 3, iriOf("round"))
		same("what answers itself", below("round", policy.Viewer{}, domain.Page{}), "circle ")
	})
}

// TestLongConversation: a conversation of 20,000 answers, some deep in others, is
// counted up to a bound, by the index of what answers what.
func TestLongConversation(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "long", func(t *testing.T, db *storage.DB) {
		a := newAttic(t, db)
		ctx := t.Context()
		top := a.copy("top", a.stranger, 20, "")
		a.copy("seed", a.other, 19, "https://far.example/nothing")
		columns := "type, author_id, community_id, context, title, content, source, language, url, host, visibility, sensitive, summary, images, mentions, lock_iri, published_at, edited_at, revision"
		a.exec(`INSERT INTO posts (id, serial, iri, in_reply_to, `+columns+`)
			WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
			SELECT 'long-' || i, serial + i, 'https://far.example/long/' || i, CASE WHEN i % 100 < 50 THEN ? ELSE 'https://far.example/long/' || (i - 1) END, `+columns+`
			FROM posts, n WHERE iri = ?`, string(iriOf("top")), string(iriOf("seed")))
		if db.Dialect() == storage.Postgres {
			a.exec("ANALYZE posts")
		}
		ids := []domain.ID{top}
		for i := range 20 {
			ids = append(ids, domain.ID(fmt.Sprint("long-", 49+100*i)))
		}
		start := time.Now()
		posts := must[map[domain.ID]*community.Post](t)(a.store.PostsByID(ctx, ids))
		t.Logf("a list of %d posts is counted in %v", len(ids), time.Since(start))
		if n := posts[top].Answers; n != community.MostAnswers+1 {
			t.Errorf("%d answers", n)
		}
		if n := posts["long-49"].Answers; n != 50 {
			t.Errorf("%d answers deep in it", n)
		}
		start = time.Now()
		for range 20 {
			must[map[domain.ID]*community.Post](t)(a.store.PostsByID(ctx, []domain.ID{top}))
		}
		t.Logf("20 times the first in %v", time.Since(start))
		start = time.Now()
		if above := must[[]*community.Post](t)(a.store.Ancestors(ctx, "https://far.example/long/99", domain.Nobody, 60)); len(above) != 51 || above[50].Answers != 0 {
			t.Errorf("%d above", len(above))
		}
		t.Logf("those above in %v", time.Since(start))
	})
}
