package federationtest_test

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"interlink/cmd/interlink/node"
	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/lineage"
	"interlink/domain/network"
	"interlink/domain/policy"
	"interlink/federation/federationtest"
	"interlink/federation/httpsig"
)

// succession is a process of Zaragoza that goes on in Riga, with clones in
// Zaragoza and Rome, and a follower in Rome.
type succession struct {
	*federationtest.Cluster
	clock                *timepiece
	zaragoza, riga, rome *city
	mover                policy.Viewer // administers the old one
	old, new, clone      *coproduction.Process
	reader               policy.Viewer // in Rome
}

func newSuccession(t *testing.T, open func(testing.TB) string) *succession {
	t.Helper()
	s := &succession{clock: &timepiece{}}
	s.Cluster = federationtest.With(t, open, func(o *node.Options) { o.Now = s.clock.now }, "Zaragoza", "Riga", "Rome")
	s.zaragoza, s.riga, s.rome = newCity(t, s.Nodes[0]), newCity(t, s.Nodes[1]), newCity(t, s.Nodes[2])
	s.zaragoza.starterCatalogue(t)
	s.old = s.zaragoza.process(t, "safe_ways")
	s.mover = s.zaragoza.resident(t, "ana", policy.RoleMember)
	if err := s.zaragoza.Coproduction.AddAdministrator(t.Context(), s.zaragoza.official, "safe_ways", s.mover.Actor); err != nil {
		t.Fatal(err)
	}
	s.Settle()
	s.clone = s.rome.adopted(t, s.Cluster, s.zaragoza, s.old, "safe_ways_rome")
	beside, err := s.zaragoza.Lineage.CloneFrom(t.Context(), s.zaragoza.official, lineage.SourceProcess{IRI: s.old.IRI}, lineage.CloneInput{Name: "beside", Owner: s.zaragoza.owner.ID})
	if err != nil {
		t.Fatal(err)
	}
	s.zaragoza.accept(t, s.old, beside.IRI)
	s.zaragoza.release(t, "safe_ways", 0)
	s.new = s.riga.adopted(t, s.Cluster, s.zaragoza, s.old, "safe_ways_riga")
	s.riga.adopted(t, s.Cluster, s.zaragoza, s.old, "another_riga")
	s.reader = s.rome.Person("reader", policy.RoleMember)
	s.rome.follow(t, s.reader, s.reader.Actor, s.zaragoza.handle("safe_ways"))
	s.Settle()
	return s
}

func (s *succession) named(t *testing.T) {
	t.Helper()
	if err := s.riga.Profiles.AddAlias(t.Context(), s.riga.official, s.new.ID, s.zaragoza.handle("safe_ways")); err != nil {
		t.Fatal(err)
	}
	s.Settle()
}

func (s *succession) move(t *testing.T) {
	t.Helper()
	if err := s.zaragoza.Profiles.Move(t.Context(), s.mover, s.old.ID, string(s.new.IRI), password); err != nil {
		t.Fatal(err)
	}
	s.Settle()
}

// origin is what a clone knows of its source.
func (c *city) origin(t *testing.T, clone string) *coproduction.Origin {
	t.Helper()
	p, err := c.Coproduction.Process(t.Context(), c.official, clone)
	if err != nil || p.ClonedFrom == nil {
		t.Fatalf("%s: %v", clone, err)
	}
	return p.ClonedFrom
}

// onlyRead: nobody works on in a process that moved away; who tries is told
// where it went. Its people can still be taken out of it.
func (s *succession) onlyRead(t *testing.T) {
	t.Helper()
	ctx, z := t.Context(), s.zaragoza
	p, tree, err := z.Coproduction.Tree(ctx, s.mover, "safe_ways")
	if err != nil {
		t.Fatal(err)
	}
	it := tree.Items()[0]
	_, add := z.Coproduction.AddItem(ctx, s.mover, "safe_ways", "", 0, coproduction.ItemDetails{Name: english("More")})
	_, describe := z.Coproduction.Edit(ctx, s.mover, "safe_ways", p.Revision, coproduction.Details{Title: english("Other"), Language: "en"})
	for what, err := range map[string]error{
		"a phase is added": add, "it is described": describe,
		"a phase is changed":   z.Coproduction.EditItem(ctx, s.mover, "safe_ways", it.ID, it.Revision, coproduction.ItemDetails{Name: english("Other")}),
		"a phase is put aside": z.Coproduction.DisableItem(ctx, s.mover, "safe_ways", it.ID),
	} {
		var told *domain.Error
		if !errors.As(err, &told) || told.Code != domain.Forbidden || len(told.Args) != 1 || told.Args[0] != string(s.new.IRI) {
			t.Errorf("it moved, and %s: %v", what, err)
		}
	}
	if now, _, err := z.Coproduction.Tree(ctx, s.mover, "safe_ways"); err != nil || now.Revision != p.Revision {
		t.Errorf("it moved, and changed: %v (%v)", now, err)
	}
	walker := z.Person("walker", policy.RoleMember)
	if err := z.Coproduction.PutGrant(ctx, s.mover, "safe_ways", coproduction.Grant{Grantee: walker.Actor, Allow: coproduction.MayView}); err != nil {
		t.Errorf("its people: %v", err)
	}
}

// TestFedA80ProcessGoesOnElsewhere: a process of Zaragoza goes on in Riga. Its
// followers and its clones go along, with what was confirmed; releases and
// improvements go between the new source and the clones as before; and a month
// long it can come back.
func TestFedA80ProcessGoesOnElsewhere(t *testing.T) {
	for database, open := range federationtest.Databases {
		t.Run(database, func(t *testing.T) {
			t.Parallel()
			s := newSuccession(t, open)
			ctx := t.Context()
			stamp := s.rome.origin(t, "safe_ways_rome").Stamp
			if err := s.zaragoza.Profiles.Move(ctx, s.mover, s.old.ID, string(s.new.IRI), password); field(err) != "target" {
				t.Errorf("before the new one names the old one: %v", err)
			}
			s.named(t)
			if err := s.zaragoza.Profiles.Move(ctx, s.zaragoza.Person("passer_by", policy.RoleMember), s.old.ID, string(s.new.IRI), password); domain.CodeOf(err) != domain.Forbidden {
				t.Errorf("somebody else moves it: %v", err)
			}
			s.zaragoza.describe(t, "safe_ways", s.zaragoza.tasks(t, "safe_ways")[0], "Released too late.")
			s.move(t)
			s.onlyRead(t)
			s.goesOn(t, stamp)
			s.keepsRights(t)
			s.goesAlong(t)
			s.isRefused(t)

			// It comes back, and the clones with it.
			if err := s.zaragoza.Profiles.Return(ctx, s.mover, s.old.ID); err != nil {
				t.Fatal(err)
			}
			if _, err := s.zaragoza.Coproduction.AddItem(ctx, s.mover, "safe_ways", "", 0, coproduction.ItemDetails{Name: english("Back")}); err != nil {
				t.Errorf("it is back, and a phase is not added: %v", err)
			}
			s.Settle()
			for clone, at := range map[string]*city{"safe_ways_rome": s.rome, "beside": s.zaragoza} {
				if from := at.origin(t, clone); from.IRI != s.old.IRI || from.Answer != coproduction.Accepted || from.Before != nil {
					t.Errorf("%s after the return: %+v", clone, from)
				}
			}
			if got := s.rome.origin(t, "safe_ways_rome").Stamp; got != stamp {
				t.Errorf("the stamp after the return: %s", got)
			}

			// It goes again, and later than a month there is no way back.
			s.clock.advance(8 * day)
			s.move(t)
			if from := s.rome.origin(t, "safe_ways_rome"); from.IRI != s.new.IRI || from.Answer != coproduction.Accepted {
				t.Errorf("in Rome after the second move: %+v", from)
			}
			s.clock.advance(31 * day)
			if err := s.zaragoza.Profiles.Return(ctx, s.mover, s.old.ID); domain.CodeOf(err) != domain.Invalid {
				t.Errorf("a return after a month: %v", err)
			}
		})
	}
}

// goesOn checks who names the new process after the move.
func (s *succession) goesOn(t *testing.T, stamp domain.IRI) {
	t.Helper()
	if doc := served(t, string(s.old.IRI)); doc["movedTo"] != string(s.new.IRI) {
		t.Errorf("movedTo: %v", doc["movedTo"])
	}
	if doc := served(t, string(s.new.IRI)); !slices.Contains(strs(doc["alsoKnownAs"]), string(s.old.IRI)) {
		t.Errorf("alsoKnownAs: %v", doc["alsoKnownAs"])
	}
	if page := getPage(t, string(s.old.IRI)); !strings.Contains(page, "safe_ways_riga@"+s.riga.Namespace.Host()) {
		t.Error("the old page does not say where it went")
	}
	if now, before := s.rome.state(t, s.reader, s.new.IRI), s.rome.state(t, s.reader, s.old.IRI); now != network.FollowAccepted || before != "" {
		t.Errorf("the reader in Rome follows the new one %q, the old one %q", now, before)
	}
	for clone, at := range map[string]*city{"safe_ways_rome": s.rome, "beside": s.zaragoza, "another_riga": s.riga} {
		from := at.origin(t, clone)
		if from.IRI != s.new.IRI || from.Owner != s.riga.owner.IRI || from.Formerly() != s.old.IRI || from.Answer != coproduction.Accepted {
			t.Errorf("%s comes from %+v", clone, from)
		}
		if !domain.SameOrigin(from.Stamp, s.new.IRI) {
			t.Errorf("%s has the stamp %q", clone, from.Stamp)
		}
	}
	if from := s.riga.origin(t, "safe_ways_riga"); from.IRI != s.old.IRI || from.Formerly() != "" {
		t.Errorf("the new one comes from %+v", from)
	}
	// What the old people confirmed can still be checked, and their releases.
	if got := get(t, string(stamp)); got.status != http.StatusOK || got.json["proof"] == nil {
		t.Errorf("the old stamp: %d", got.status)
	}
	if got := get(t, string(s.old.IRI)+"/releases/1.0"); got.status != http.StatusOK || got.json["proof"] == nil {
		t.Errorf("the old release: %d", got.status)
	}
	if n := s.rome.notified(t, lineage.SourceMoved); n != 1 {
		t.Errorf("Rome was told %d times", n)
	}
	if n := s.zaragoza.notified(t, network.ProcessMoved); n != 1 {
		t.Errorf("the people of the old one were told %d times", n)
	}
	f := s.rome.kin(t, s.Cluster, s.clone)
	if len(f) != 5 || f[0].IRI != s.old.IRI || f[1].IRI != s.new.IRI {
		t.Fatalf("the lineage: %+v", f)
	}
	for _, k := range f[1:] {
		if k.Confirmed() == nil {
			t.Errorf("%s is not confirmed", k.IRI)
		}
		if k.IRI != s.new.IRI && !k.Standing.Same { // the tree is the same, under other addresses
			t.Errorf("%s is told that the new one changed: %+v", k.IRI, k.Standing)
		}
	}
}

// keepsRights checks that who took part in Zaragoza does so in Riga as who they
// are, where Riga gives them the right.
func (s *succession) keepsRights(t *testing.T) {
	t.Helper()
	ctx := t.Context()
	ana, err := s.riga.Lookup(ctx, s.zaragoza.handle("ana"))
	if err != nil {
		t.Fatal(err)
	}
	p, err := s.riga.Coproduction.Process(ctx, s.riga.official, "safe_ways_riga")
	if err != nil {
		t.Fatal(err)
	}
	if r := p.PolicyRelation(ana.ID); r != policy.Stranger {
		t.Errorf("before Riga gives a right, Ana is %v there", r)
	}
	if err := s.riga.Coproduction.PutGrant(ctx, s.riga.official, "safe_ways_riga", coproduction.Grant{Grantee: ana.ID, Allow: coproduction.MayView | coproduction.MayCreate}); err != nil {
		t.Fatal(err)
	}
	s.Settle()
	if p, err = s.riga.Coproduction.Process(ctx, s.riga.official, "safe_ways_riga"); err != nil || p.PolicyRelation(ana.ID) != policy.Contributor {
		t.Errorf("in Riga Ana is %v (%v)", p.PolicyRelation(ana.ID), err)
	}
}

// goesAlong checks that releases of the new one and improvements of the clone
// name the same tasks as before.
func (s *succession) goesAlong(t *testing.T) {
	t.Helper()
	ctx := t.Context()
	there := s.riga.tasks(t, "safe_ways_riga")
	s.riga.describe(t, "safe_ways_riga", there[0], "As Riga does it.")
	s.riga.release(t, "safe_ways_riga", 0)
	s.Settle()
	u := s.rome.updates(t, "safe_ways_rome")
	if u.Release == nil || u.Release.Process != s.new.IRI || u.Counts != (lineage.Counts{Safe: 1}) {
		t.Fatalf("in Rome: %+v, %+v", u.Release, u.Counts)
	}
	merged, err := s.rome.Releases.Merge(ctx, s.rome.official, "safe_ways_rome", lineage.MergeInput{Release: u.Release.ID, AllSafe: true})
	if err != nil || merged.Record == nil {
		t.Fatalf("merging: %+v, %v", merged, err)
	}
	here := s.rome.tasks(t, "safe_ways_rome")
	if here[0].Description["en"] != "As Riga does it." {
		t.Errorf("merged: %+v", here[0].Description)
	}
	s.rome.describe(t, "safe_ways_rome", here[1], "As Rome does it.")
	if _, err := s.rome.Coproduction.AddItem(ctx, s.rome.official, "safe_ways_rome", here[1].Parent, 1, coproduction.ItemDetails{Name: english("Count the lamps")}); err != nil {
		t.Fatal(err)
	}
	s.rome.improve(t, "safe_ways_rome", here[1].FromItem, "new")
	s.Settle()
	review := s.riga.improvement(t, "safe_ways_riga")
	if len(review.Updates) != 2 {
		t.Fatalf("in Riga: %+v", review.Updates)
	}
	if _, err := s.riga.Improvements.Answer(ctx, s.riga.official, "safe_ways_riga", review.Improvement.ID, lineage.AnswerInput{All: true}); err != nil {
		t.Fatal(err)
	}
	s.Settle()
	added := 0
	for _, task := range s.riga.tasks(t, "safe_ways_riga") {
		if task.ID == there[1].ID && task.Description["en"] != "As Rome does it." {
			t.Errorf("taken in Riga: %+v", task.Description)
		}
		if task.Name["en"] == "Count the lamps" {
			added++
		}
	}
	if added != 1 {
		t.Errorf("the new task is in Riga %d times", added)
	}
	s.riga.release(t, "safe_ways_riga", 1)
	s.Settle()
	if u := s.rome.updates(t, "safe_ways_rome"); u.Counts != (lineage.Counts{}) {
		t.Errorf("Rome is asked about its own words: %+v", u.Counts)
	}
}

// isRefused checks what the old one does not do any more.
func (s *succession) isRefused(t *testing.T) {
	t.Helper()
	ctx := t.Context()
	if _, err := s.zaragoza.Network.Follow(ctx, s.zaragoza.official, s.zaragoza.official.Actor, s.old.ID); domain.CodeOf(err) != domain.Invalid {
		t.Errorf("following the old one: %v", err)
	}
	d, err := s.zaragoza.Releases.Draft(ctx, s.zaragoza.official, "safe_ways")
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.zaragoza.Releases.Publish(ctx, s.zaragoza.official, "safe_ways", lineage.ReleaseInput{Version: d.Next[0], Note: english("x"), Licence: "CC-BY-4.0", Digest: d.Digest})
	if domain.CodeOf(err) != domain.Gone {
		t.Errorf("a release of the old one: %v", err)
	}
	late := s.rome.cloneOf(t, s.old, "late")
	s.Settle()
	if list, err := s.zaragoza.Lineage.Clones(ctx, s.zaragoza.official, "safe_ways", domain.Page{}); err != nil || slices.ContainsFunc(list.Items, func(d *lineage.Derivation) bool { return d.IRI == late.IRI }) {
		t.Errorf("the old one took a clone (%v)", err)
	}
	if from := s.rome.origin(t, "late"); from.Answer != coproduction.Rejected {
		t.Errorf("whoever clones the old one is told %q", from.Answer)
	}
	if err := s.zaragoza.Profiles.Move(ctx, s.mover, s.old.ID, string(s.new.IRI), password); field(err) != "target" {
		t.Errorf("moving again at once: %v", err)
	}
}

// TestFedA80ProcessThatMovesIsProven: a clone has another source only if the old
// one says so itself, and the new one is a process that names it; replayed, a
// Move does nothing after the old one came back.
func TestFedA80ProcessThatMovesIsProven(t *testing.T) {
	c := federationtest.On(t, federationtest.Databases[proofsOn()], "Riga")
	b := besiege(t, c)
	clone, digest := b.cloneOfPeer(t, 2, "taken")
	old, next := b.hostile.Person(2), b.hostile.Person(3)
	number := 0
	say := func(by int, kind string, more map[string]any) {
		t.Helper()
		number++
		whole := map[string]any{
			"@context": streams, "id": fmt.Sprintf("%s/moves/%d", b.hostile.Person(by), number), "type": kind, "actor": string(b.hostile.Person(by)), "to": []string{public},
		}
		maps.Copy(whole, more)
		if status, err := b.hostile.Send(t.Context(), by, b.URL+"/inbox", whole, httpsig.Cavage); err != nil || status != http.StatusAccepted {
			t.Fatalf("%s: %d %v", kind, status, err)
		}
		c.Settle()
	}
	stays := func(why string) {
		t.Helper()
		if from := b.origin(t, "taken"); from.IRI != old {
			t.Fatalf("%s: the clone comes from %s", why, from.IRI)
		}
	}
	move := map[string]any{"object": string(old), "target": string(next)}
	b.pretendProcess(3, digest, nil)
	say(2, "Move", move)
	stays("the new one does not name the old one")
	b.pretendProcess(3, digest, map[string]any{"alsoKnownAs": []string{string(old)}})
	say(3, "Move", move)
	stays("the new one says so")
	say(2, "Move", map[string]any{"object": string(old), "target": string(clone.IRI)})
	stays("to the clone itself, which does not name it")

	// A person who names it is no process.
	b.hostile.Pretend(4, map[string]any{"alsoKnownAs": []string{string(old)}})
	say(2, "Move", map[string]any{"object": string(old), "target": string(b.hostile.Person(4))})
	stays("to a person")
	say(2, "Move", move)
	stays("within seven days of another move")
	b.hostile.Pretend(2, map[string]any{"type": "Group"})

	fresh, digest := b.cloneOfPeer(t, 5, "fresh")
	old = b.hostile.Person(5)
	b.pretendProcess(3, digest, map[string]any{"alsoKnownAs": []string{string(old)}})
	move = map[string]any{"id": string(old) + "/the-move", "object": string(old), "target": string(next)}
	say(5, "Move", move)
	from := b.origin(t, "fresh")
	if from.IRI != next || from.Formerly() != old || from.Answer != coproduction.Offered || from.Digest != digest {
		t.Fatalf("moved: %+v", from)
	}
	offers := 0
	for _, a := range b.hostile.Inbox(3) {
		if a.Type == "Offer" && strings.Contains(string(a.Raw), string(fresh.IRI)) && strings.Contains(string(a.Raw), `"formerly":"`+string(old)+`"`) {
			offers++
		}
	}
	if offers != 1 {
		t.Errorf("the new one was offered the clone %d times", offers)
	}
	// It is back; nobody else can say so, and the same Move does nothing.
	say(3, "Update", map[string]any{"object": string(old)})
	if b.origin(t, "fresh").IRI != next {
		t.Error("another said that it is back")
	}
	say(5, "Update", map[string]any{"object": string(old)})
	if from := b.origin(t, "fresh"); from.IRI != old || from.Before != nil {
		t.Errorf("back: %+v", from)
	}
	say(5, "Move", move)
	move["id"] = string(old) + "/another"
	say(5, "Move", move)
	if from := b.origin(t, "fresh"); from.IRI != old {
		t.Errorf("after a replayed Move: %+v", from)
	}

	// Who says that a clone was confirmed by whom it took the place of, without
	// their stamp, waits for a person as all others do.
	b.starterCatalogue(t)
	source := b.process(t, "ours")
	say(1, "Offer", map[string]any{"target": string(source.IRI) + "/clones", "object": map[string]any{
		"id": string(b.hostile.Person(1)) + "/clone", "type": "Group", "name": "A clone",
		"interlink:clone": map[string]any{"of": map[string]any{"id": string(source.IRI), "formerly": string(old), "stamp": string(old) + "/clones/1"}},
	}})
	if d := b.offered(t, source, b.hostile.Person(1)+"/clone"); d.State != coproduction.Offered {
		t.Errorf("a clone with a claimed stamp is %s", d.State)
	}
}

// proofsOn is the database on which the proofs of a move are tested: they are the
// same on each.
func proofsOn() string {
	if _, ok := federationtest.Databases["sqlite"]; ok {
		return "sqlite"
	}
	return "postgres"
}
