//go:build !race

package federationtest_test

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"interlink/cmd/interlink/node"
	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/lineage"
	"interlink/domain/network"
	"interlink/domain/policy"
	"interlink/domain/reuse"
	"interlink/domain/review"
	"interlink/domain/story"
	"interlink/federation/activity"
	"interlink/federation/federationtest"
	"interlink/federation/httpsig"
	"interlink/storage"
)

// kinsman is a hostile peer whose persons are processes: 0 is being cloned, 1 is
// a clone of one of the node's, 2 the source of another, 3 takes the place of 4,
// the source of a third. What it is asked for it holds back until its turn comes.
type kinsman struct {
	*federationtest.Hostile
	digest string // of the tree of 2 as it was cloned
	second []lineage.SourceItem
	turn   chan struct{} // what is to be asked for next was
	rounds []string
	now    atomic.Int64
}

func newKinsman(t *testing.T) *kinsman {
	k := &kinsman{Hostile: federationtest.NewHostile(t), turn: make(chan struct{}, 100)}
	for n := range 5 {
		b := &besieged{hostile: k.Hostile}
		b.pretendProcess(n, lineage.SourceProcess{Items: peerItems(k.Person(n))}.Digest(), map[string]any{"preferredUsername": fmt.Sprint("process", n)})
	}
	k.digest = lineage.SourceProcess{Items: peerItems(k.Person(2))}.Digest()
	k.Pretend(2, map[string]any{"type": "Group", "assertionMethod": []map[string]any{{
		"id": string(k.Person(2)) + "#ed25519-key", "type": "Multikey", "controller": string(k.Person(2)), "publicKeyMultibase": k.Ed25519(2).Multibase(),
	}}, "interlink:process": map[string]any{"language": "en", "version": 3, "tree": string(k.Person(2)) + "/tree", "clones": string(k.Person(2)) + "/clones"}})
	return k
}

// pages makes the tree of process 0 have two, and returns the second, with where
// it is.
func (k *kinsman) pages() (at string, second map[string]any) {
	tree := string(k.Person(0)) + "/tree"
	items := append(peerItems(k.Person(0)), lineage.SourceItem{ID: string(k.Person(0)) + "/guide/2", Kind: coproduction.Phase, Position: 1, Name: english("Design")})
	page := func(at string, n int) map[string]any {
		return map[string]any{
			"@context": streams, "id": at, "type": "OrderedCollectionPage", "partOf": tree,
			"orderedItems": []any{map[string]any{"id": items[n].ID, "type": "Note", "interlink:item": items[n]}},
		}
	}
	first := page(tree+"?page=first", 0)
	first["next"] = tree + "?page=2"
	k.Document(k.Path(domain.IRI(tree))+"?page=first", first)
	k.Document(k.Path(domain.IRI(tree)), map[string]any{
		"@context": streams, "id": tree, "type": "OrderedCollection", "totalItems": 2, "attributedTo": string(k.Person(0)), "first": tree + "?page=first",
		"interlink:tree": map[string]any{"version": 3, "digest": lineage.SourceProcess{Items: items}.Digest()},
	})
	return k.Path(domain.IRI(tree)) + "?page=2", page(tree+"?page=2", 1)
}

// stamp is by which process 2 confirms a clone, and where it is.
func (k *kinsman) stamp(t *testing.T, clone domain.IRI) (at string, document map[string]any) {
	t.Helper()
	source := k.Person(2)
	bare, err := activity.Encode(activity.Stamp(lineage.Stamp{
		IRI: source + "/clones/1", Source: source, Owner: source, Clone: clone, Digest: k.digest, At: time.Now().UTC().Truncate(time.Second),
	}))
	if err != nil {
		t.Fatal(err)
	}
	proven, err := httpsig.Prove(bare, k.Ed25519(2), time.Now())
	if err == nil {
		err = json.Unmarshal(proven, &document)
	}
	if err != nil {
		t.Fatal(err)
	}
	return k.Path(source) + "/clones/1", document
}

// hold makes the rounds: in each, one thing is given out that is not before.
func (k *kinsman) hold(documents map[string]map[string]any, order ...string) {
	k.rounds = order
	for at, document := range documents {
		raw, _ := json.Marshal(document)
		k.Lie(at, func(w http.ResponseWriter, r *http.Request) {
			now := int(k.now.Load())
			for n, round := range k.rounds {
				if round == at && n > now {
					<-r.Context().Done()
					return
				}
				if round == at && n == now {
					k.turn <- struct{}{}
				}
			}
			w.Header().Set("Content-Type", "application/activity+json")
			_, _ = w.Write(raw)
		})
	}
}

// kinship is what of a node concerns a kinsman.
type kinship struct {
	ours    *coproduction.Process // of which 1 is a clone
	item    string                // of it
	offered *lineage.Improvement  // by the clone of 2
	refused *lineage.Improvement  // by the clone of 4, as that will say
	clone   domain.IRI            // of 4
	stamped domain.IRI            // the clone of 2
	stories cosigners
}

// prepare makes the processes of a node.
func (k *kinsman) prepare(t *testing.T, n *node.Node) (of kinship) {
	t.Helper()
	ctx, v := t.Context(), admin(t, n)
	var err error
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	of.ours, err = n.Coproduction.Start(ctx, v, coproduction.StartInput{Name: "ours", Details: coproduction.Details{Title: english("Ours"), Language: "en"}})
	must(err)
	phase, err := n.Coproduction.AddItem(ctx, v, "ours", "", 0, coproduction.ItemDetails{Name: english("Engage")})
	must(err)
	of.item = string(of.ours.ItemIRI(phase.ID))
	of.stories = k.stories(t, n, v, "ours")
	clone, err := n.Lookup(ctx, string(k.Person(1)))
	must(err)
	d, err := n.Lineage.ReceiveOffer(ctx, lineage.Offer{
		Source: of.ours.IRI, Clone: clone.IRI, Title: english("Theirs"), Cloner: clone.ID, ClonerIRI: clone.IRI, Activity: clone.IRI + "/offer",
	})
	must(err)
	_, err = n.Lineage.AcceptClone(ctx, v, "ours", d.ID)
	must(err)
	for person, name := range map[int]string{2: "taken", 4: "moved"} {
		source, err := n.Source(ctx, k.Person(person))
		must(err)
		_, err = n.Lineage.CloneFrom(ctx, v, source, lineage.CloneInput{Name: name})
		must(err)
	}
	taken, err := n.Coproduction.Process(ctx, v, "taken")
	must(err)
	of.stamped = taken.IRI
	must(n.Lineage.RecordAnswer(ctx, lineage.SourceAnswer{
		Clone: taken.IRI, By: k.Person(2), Accepted: true, Activity: k.Person(2) + "/accept", Stamp: k.Person(2) + "/clones/1",
	}))
	k.pages()
	_, err = n.Lineage.Begin(ctx, v, lineage.SourceProcess{IRI: k.Person(0)}, lineage.CloneInput{Name: "pages"})
	must(err)
	of.offered, of.refused = improved(t, n, v, "taken"), improved(t, n, v, "moved")
	of.clone = of.refused.Clone
	k.Pretend(group, map[string]any{"type": "Group"})
	k.Pretend(group+1, map[string]any{"type": "Group", "alsoKnownAs": []string{string(k.Person(group))}})
	followed, err := n.Lookup(ctx, string(k.Person(group)))
	must(err)
	_, err = n.Network.Follow(ctx, v, v.Actor, followed.ID)
	must(err)
	must(n.Network.ReceiveFollowAnswer(ctx, followed, v.Actor, true))
	(&besieged{hostile: k.Hostile}).pretendProcess(1, "", map[string]any{"preferredUsername": "process1", "interlink:process": map[string]any{
		"language": "en", "version": 3, "tree": string(k.Person(1)) + "/tree", "clones": string(k.Person(1)) + "/clones", "clonedFrom": map[string]any{"id": string(of.ours.IRI)},
	}})
	return of
}

// improved offers what a clone changes in the first item of its source.
func improved(t *testing.T, n *node.Node, v policy.Viewer, clone string) *lineage.Improvement {
	t.Helper()
	ctx := t.Context()
	_, tree, err := n.Coproduction.Tree(ctx, v, clone)
	if err != nil {
		t.Fatal(err)
	}
	first := tree.Items()[0]
	details := first.Details()
	details.Description = english("As we do it.")
	if err := n.Coproduction.EditItem(ctx, v, clone, first.ID, first.Revision, details); err != nil {
		t.Fatal(err)
	}
	i, err := n.Improvements.Improvable(ctx, v, clone)
	if err != nil {
		t.Fatal(err)
	}
	offered, err := n.Improvements.Offer(ctx, v, clone, lineage.ImproveInput{
		Chosen: []lineage.Resolution{{ID: i.Updates[0].ID, Decision: lineage.Take}}, Licence: "CC-BY-4.0",
	})
	if err != nil {
		t.Fatal(err)
	}
	return offered
}

// TestLineageSurvivesKills kills a node while it takes what concerns the lineage
// of its processes: the pages of one that is cloned, an offered clone, the stamp
// of one, releases, improvements and answers to them, reports of reuse, a source
// that moves, a story with what it shows, signatures of one that are asked for
// and given, and the walk along all; and while it tells stories of its own. In
// the end each has taken effect once.
func TestLineageSurvivesKills(t *testing.T) {
	const offers, reports = 12, 6
	onEach(t, func(t *testing.T, database string) {
		ctx := t.Context()
		k := newKinsman(t)
		var of kinship
		c := newCrashNode(t, database, func(n *node.Node) { of = k.prepare(t, n) })
		k.release(t, of.stamped)
		k.says(t, c, of, offers, reports)

		db, err := storage.Open(ctx, database)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		effects := func() map[string]int { return effectsOf(t, db) }
		k.now.Store(-1)
		first := c.start(t)
		for deadline := time.Now().Add(time.Minute); effects()[string(lineage.ImprovementReceived)] < offers/3; {
			if time.Now().After(deadline) {
				t.Fatal("no improvement takes effect")
			}
		}
		first.kill()
		// Several processes may share PostgreSQL: what one claimed that is gone
		// is free after half a minute there, and so is what it ran. It passes
		// here.
		wait := func() {
			if strings.HasPrefix(database, "postgres") {
				pass(t, database)
			}
		}
		for n, round := range k.rounds {
			k.now.Store(int64(n))
			wait()
			if n == len(k.rounds)-1 {
				c.walk(t, of)
			}
			p := c.start(t)
			select {
			case <-k.turn:
				written(t, database, n) // nothing, then one transaction more, two, …
			case <-time.After(time.Minute):
				t.Fatalf("%s was not asked for", round)
			}
			p.kill()
			for len(k.turn) > 0 {
				<-k.turn
			}
		}
		k.now.Store(int64(len(k.rounds)))
		wait()
		last := c.start(t)
		want := map[string]int{
			string(lineage.ProcessCloned): 3, string(lineage.CloneOffered): 2, string(lineage.CloneAnswered): 2,
			string(lineage.ImprovementReceived): offers, string(lineage.ImprovementSettled): 2, string(lineage.ImprovementRetracted): 1,
			string(lineage.ReleaseReceived): 1, string(reuse.Came): reports, string(review.Received): 1, "twice": 0,
			string(lineage.SourceMoved): 1, string(network.ActorMoved): 2,
			string(story.StoryReceived): 2, string(story.StoryGone): 1, string(story.CosignatureReceived): 2, string(story.CosignatureDropped): 1, string(story.CosignatureSettled): 2,
		}
		at := effects()
		tick := time.NewTicker(50 * time.Millisecond)
		defer tick.Stop()
		for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline) && !maps.Equal(at, want); <-tick.C {
			at = effects()
		}
		if !maps.Equal(at, want) {
			t.Errorf("the effects are %v, want %v", at, want)
		}
		walked(t, db, of.ours.ID)
		last.kill()
		of.stories.sign(t, c)
		wait()
		answering := c.start(t)
		written(t, database, 2)
		answering.kill()
		wait()
		c.start(t)
		k.heard(t, of.stories)
		if kept, err := storage.NewLineage(db).Stamps(ctx, []domain.IRI{of.stamped}); err != nil || kept[of.stamped] == nil {
			t.Errorf("the stamp is kept as %v (%v)", kept[of.stamped], err)
		}
		if _, err := storage.NewEvents(db).Verify(ctx); err != nil {
			t.Errorf("the chain of events: %v", err)
		}
	})
}

// written waits until a node has committed some transactions more, or seems to
// have no more to commit.
func written(t *testing.T, database string, some int) {
	t.Helper()
	driver, dsn, query := "pgx", database, "SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint"
	if path, ok := strings.CutPrefix(database, "sqlite:"); ok {
		driver, dsn, query = "sqlite", path, "PRAGMA data_version"
	}
	db, err := sql.Open(driver, dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1) // the version is that which one connection sees
	now := func() (version int64) {
		if err := db.QueryRowContext(t.Context(), query).Scan(&version); err != nil {
			t.Fatal(err)
		}
		return version
	}
	at := now()
	for deadline := time.Now().Add(200 * time.Millisecond); some > 0 && time.Now().Before(deadline); {
		if next := now(); next != at {
			at = next
			some--
		}
	}
}

// walk asks for the lineage of a process, as is done two minutes after something
// in it changed.
func (c crashNode) walk(t *testing.T, of kinship) {
	t.Helper()
	n, err := node.Open(t.Context(), c.options())
	if err != nil {
		t.Fatal(err)
	}
	if err := n.Families.Changed(t.Context(), lineage.WalkArgs{Process: of.ours.ID}); err != nil {
		t.Error(err)
	}
	if err := n.Close(); err != nil {
		t.Fatal(err)
	}
}

// walked waits until the lineage of a process was read, with its clone.
func walked(t *testing.T, db *storage.DB, process domain.ActorID) {
	t.Helper()
	store := storage.NewLineage(db)
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	var list domain.List[lineage.Placed]
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); <-tick.C {
		w, err := store.Walk(t.Context(), process)
		if err != nil || w.State != lineage.WalkEnded {
			continue
		}
		if list, err = store.Placed(t.Context(), process, domain.Page{}); err != nil {
			t.Fatal(err)
		}
		if len(list.Items) == 2 && list.Items[1].State == lineage.KinRead {
			return
		}
	}
	t.Errorf("the lineage is %+v", list.Items)
}

// effectsOf counts what took effect by kind of event, and under "twice" what did
// so more than once.
func effectsOf(t *testing.T, db *storage.DB) map[string]int {
	t.Helper()
	events := storage.NewEvents(db)
	counts, seen := map[string]int{"twice": 0}, map[string]bool{}
	for seq := int64(0); ; {
		page, err := events.After(t.Context(), seq, 500)
		if err != nil {
			t.Fatal(err)
		}
		if len(page) == 0 {
			return counts
		}
		for _, e := range page {
			seq = e.Seq
			key := string(e.Kind) + " " + string(e.Subject.ID)
			switch e.Kind {
			case lineage.ImprovementReceived, lineage.ImprovementSettled, lineage.ImprovementRetracted:
				var told lineage.ImprovementTold
				if err := e.Decode(&told); err != nil {
					t.Fatal(err)
				}
				key = string(e.Kind) + " " + string(told.IRI)
			case reuse.Came:
				var told reuse.Coming
				if err := e.Decode(&told); err != nil {
					t.Fatal(err)
				}
				key = string(e.Kind) + " " + string(told.Month)
			case story.CosignatureReceived, story.CosignatureDropped, story.CosignatureSettled:
				var told story.CosignTold
				if err := e.Decode(&told); err != nil {
					t.Fatal(err)
				}
				key = string(e.Kind) + " " + string(told.Cosignature)
			case lineage.ProcessCloned, lineage.CloneOffered, lineage.CloneAnswered, story.StoryReceived:
				key = string(e.Kind) + " " + e.Hash // each is counted
			case lineage.ReleaseReceived, lineage.SourceMoved, network.ActorMoved, story.StoryGone, review.Received:
			default:
				continue
			}
			counts[string(e.Kind)]++
			if seen[key] {
				counts["twice"]++
			}
			seen[key] = true
		}
	}
}

// release makes process 2 release another tree, and sets in which order what is
// asked for is given out.
func (k *kinsman) release(t *testing.T, stamped domain.IRI) {
	t.Helper()
	source := k.Person(2)
	k.second = append(peerItems(source), lineage.SourceItem{ID: string(source) + "/guide/2", Kind: coproduction.Phase, Position: 1, Name: english("Design")})
	var items []any
	for _, it := range k.second {
		items = append(items, map[string]any{"id": it.ID, "type": "Note", "interlink:item": it})
	}
	tree := func(version string) (at string, document map[string]any) {
		at = k.Path(source) + "/releases/" + version + "/tree"
		return at, map[string]any{"@context": streams, "id": k.URL + at, "type": "OrderedCollection", "totalItems": len(items), "orderedItems": items}
	}
	at, released := tree("1.0")
	k.Document(tree("0.9"))
	next := k.Path(k.Person(3))
	document := k.Profile(3)
	maps.Copy(document, map[string]any{
		"type": "Group", "preferredUsername": "process3", "alsoKnownAs": []string{string(k.Person(4))},
		"interlink:process": map[string]any{"language": "en", "version": 3, "tree": string(k.Person(3)) + "/tree", "clones": string(k.Person(3)) + "/clones"},
	})
	kin := k.Path(k.Person(1)) + "/tree"
	page, second := k.pages()
	stamp, proven := k.stamp(t, stamped)
	_, snapshot := k.told(t)
	shown := k.Path(domain.IRI(snapshot["id"].(string)))
	k.hold(map[string]map[string]any{
		page: second, stamp: proven, shown: snapshot,
		at: released, next: document,
		kin: {
			"@context": streams, "id": k.URL + kin, "type": "OrderedCollection", "totalItems": 1, "attributedTo": string(k.Person(1)),
			"interlink:tree": map[string]any{"version": 3, "digest": lineage.SourceProcess{Items: peerItems(k.Person(1))}.Digest()},
		},
	}, page, stamp, shown, at, next, kin)
}

// says sends all that concerns the lineage to a node that works nothing, and is
// killed after it accepted it.
func (k *kinsman) says(t *testing.T, c crashNode, of kinship, offers, reports int) {
	t.Helper()
	ctx := t.Context()
	idle := c
	idle.Idle = true
	accepting := idle.start(t)
	defer accepting.kill()
	inbox := "http://" + c.Address + "/inbox"
	for n, a := range k.acts(t, of, offers) {
		whole := a.whole(k.Person(a.by)+domain.IRI(fmt.Sprint("/acts/", n)), k.Person(a.by))
		if status, err := k.Send(ctx, a.by, inbox, whole, httpsig.Cavage); err != nil || status != http.StatusAccepted {
			t.Fatalf("%s: %d %v", a.kind, status, err)
		}
	}
	actor := domain.IRI(k.URL + "/actor")
	document := k.Profile(9)
	key := *k.Key(9)
	key.ID = string(actor) + "#main-key"
	document["publicKey"].(map[string]any)["id"], document["publicKey"].(map[string]any)["owner"] = key.ID, string(actor)
	maps.Copy(document, map[string]any{"id": string(actor), "type": "Application", "preferredUsername": "actor", "inbox": string(actor) + "/inbox"})
	delete(document, "outbox")
	delete(document, "followers")
	k.Document("/actor", document)
	for n := range reports {
		report := reuse.Report{
			Owner: of.ours.IRI, Month: reuse.MonthOf(time.Now()).Add(-n - 1), At: time.Now(),
			Lines: []reuse.Line{{Kind: reuse.Process, Object: of.ours.IRI, Counts: reuse.Counts{reuse.Clones: 0}}},
		}
		id := actor + domain.IRI(fmt.Sprint("/reuse/", n))
		raw, err := json.Marshal(map[string]any{
			"@context": streams, "id": string(id) + "/create", "type": "Create", "actor": string(actor), "to": []string{string(of.ours.IRI)},
			"object": documentOf(t, activity.Reuse(id, actor, report)),
		})
		if err != nil {
			t.Fatal(err)
		}
		if status, err := k.SendRaw(ctx, &key, inbox, raw, httpsig.Cavage); err != nil || status != http.StatusAccepted {
			t.Fatalf("a report: %d %v", status, err)
		}
	}
}

// documentOf is an object as it is sent.
func documentOf(t *testing.T, object any) map[string]any {
	t.Helper()
	raw, err := activity.Encode(object)
	if err != nil {
		t.Fatal(err)
	}
	var document map[string]any
	if err := json.Unmarshal(raw, &document); err != nil {
		t.Fatal(err)
	}
	return document
}
