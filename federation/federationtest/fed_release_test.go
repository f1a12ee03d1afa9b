package federationtest_test

import (
	"testing"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/lineage"
	"interlink/domain/notification"
	"interlink/domain/policy"
	"interlink/domain/portable"
	"interlink/federation/federationtest"
)

// cloneOf makes a clone of a process of another city.
func (c *city) cloneOf(t *testing.T, from *coproduction.Process, name string) *coproduction.Process {
	t.Helper()
	source, err := c.Source(t.Context(), from.IRI)
	if err != nil {
		t.Fatal(err)
	}
	clone, err := c.Lineage.CloneFrom(t.Context(), c.official, source, lineage.CloneInput{Name: name, Owner: c.owner.ID})
	if err != nil {
		t.Fatal(err)
	}
	return clone
}

// tasks are the tasks of a process, in their order.
func (c *city) tasks(t *testing.T, process string) []coproduction.Item {
	t.Helper()
	_, tree, err := c.Coproduction.Tree(t.Context(), c.official, process)
	if err != nil {
		t.Fatal(err)
	}
	var tasks []coproduction.Item
	for _, it := range tree.Items() {
		if it.Kind == coproduction.Task {
			tasks = append(tasks, it)
		}
	}
	return tasks
}

// describe changes what is said of a task.
func (c *city) describe(t *testing.T, process string, task coproduction.Item, words string) {
	t.Helper()
	d := task.Details()
	d.Description = english(words)
	if err := c.Coproduction.EditItem(t.Context(), c.official, process, task.ID, task.Revision, d); err != nil {
		t.Fatal(err)
	}
}

// release releases a process in the version that is the n-th of those that may
// come next.
func (c *city) release(t *testing.T, process string, n int) *lineage.Release {
	t.Helper()
	d, err := c.Releases.Draft(t.Context(), c.official, process)
	if err != nil {
		t.Fatal(err)
	}
	r, err := c.Releases.Publish(t.Context(), c.official, process, lineage.ReleaseInput{
		Version: d.Next[n], Note: english("Better."), Licence: "CC-BY-4.0", Digest: d.Digest,
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (c *city) updates(t *testing.T, clone string) *lineage.Upstream {
	t.Helper()
	u, err := c.Releases.Updates(t.Context(), c.official, clone)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// read lets pass the time after which a lineage that changed is read again, and
// returns how a clone stands.
func (c *city) read(t *testing.T, cluster *federationtest.Cluster, clone *coproduction.Process) lineage.Standing {
	t.Helper()
	pass(t, c.Database, "scheduled")
	cluster.Settle()
	l, err := c.Families.Lineage(t.Context(), policy.Viewer{}, clone.Name, domain.Page{Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range l.List.Items {
		if k.Self {
			return k.Standing
		}
	}
	t.Fatal("it is not in its own lineage")
	return lineage.Standing{}
}

// TestFedA45ReleaseIsMerged: Zaragoza releases its process twice; Riga, whose
// clone is listed, is told, takes what is safe, keeps what it changed, undoes
// the merge and decides again.
func TestFedA45ReleaseIsMerged(t *testing.T) {
	federationtest.Run(t, []string{"Zaragoza", "Riga", "Rome"}, func(t *testing.T, c *federationtest.Cluster) {
		ctx := t.Context()
		zaragoza, riga, rome := newCity(t, c.Nodes[0]), newCity(t, c.Nodes[1]), newCity(t, c.Nodes[2])
		zaragoza.starterCatalogue(t)
		original := zaragoza.process(t, "safe_ways")
		c.Settle()
		clone := riga.cloneOf(t, original, "safe_ways_riga")
		rome.cloneOf(t, original, "safe_ways_rome")
		c.Settle()
		offered, err := zaragoza.Lineage.Clones(ctx, zaragoza.official, "safe_ways", domain.Page{})
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range offered.Items {
			if d.IRI == clone.IRI {
				if _, err := zaragoza.Lineage.AcceptClone(ctx, zaragoza.official, "safe_ways", d.ID); err != nil {
					t.Fatal(err)
				}
			}
		}
		first := zaragoza.release(t, "safe_ways", 0)
		c.Settle()
		if u := riga.updates(t, "safe_ways_riga"); u.Release == nil || u.Release.Version != first.Version || len(u.Updates) > 0 {
			t.Fatalf("after a release of what was cloned, Riga has %+v", u)
		}
		if licence, err := rome.Licence(ctx, original.IRI); err != nil || licence != first.Licence {
			t.Errorf("who clones it is told that its licence is %q (%v)", licence, err)
		}

		there, here := zaragoza.tasks(t, "safe_ways"), riga.tasks(t, "safe_ways_riga")
		zaragoza.describe(t, "safe_ways", there[0], "With the parents.")
		zaragoza.describe(t, "safe_ways", there[1], "With the police.")
		riga.describe(t, "safe_ways_riga", here[1], "With the guard.")
		riga.describe(t, "safe_ways_riga", here[2], "As we do it.")
		added, err := zaragoza.Coproduction.AddItem(ctx, zaragoza.official, "safe_ways", there[0].Parent, 1, coproduction.ItemDetails{Name: english("Walk at night")})
		if err != nil {
			t.Fatal(err)
		}
		if at := riga.read(t, c, clone); at != (lineage.Standing{Known: true, Same: true}) {
			t.Errorf("before the second release it stands %+v", at)
		}
		second := zaragoza.release(t, "safe_ways", 1)
		c.Settle()
		if at := riga.read(t, c, clone); at != (lineage.Standing{Known: true, Behind: 1}) {
			t.Errorf("after the second release it stands %+v", at)
		}
		u := riga.updates(t, "safe_ways_riga")
		if u.Release == nil || u.Release.Version.String() != "1.1" || u.Counts != (lineage.Counts{Safe: 1, Conflicts: 1, New: 1}) {
			t.Fatalf("Riga knows %+v, which means %+v", u.Release, u.Counts)
		}
		told := func(c *city) int {
			t.Helper()
			list, err := c.Notifications.List(ctx, c.official, notification.Filter{}, domain.Page{Limit: domain.MaxPage})
			if err != nil {
				t.Fatal(err)
			}
			n := 0
			for _, one := range list.Items {
				if one.Event.Kind == lineage.ReleaseReceived {
					n++
				}
			}
			return n
		}
		if n := told(riga); n != 1 {
			t.Errorf("Riga was told %d times", n)
		}
		if u := rome.updates(t, "safe_ways_rome"); u.Release != nil {
			t.Errorf("Rome, whose clone is not listed, was told of %v", u.Release.Version)
		}

		merged, err := riga.Releases.Merge(ctx, riga.official, "safe_ways_riga", lineage.MergeInput{Release: u.Release.ID, AllSafe: true, AllNew: true})
		if err != nil || merged.Record == nil || merged.Record.Taken != 2 {
			t.Fatalf("merging: %+v, %v", merged, err)
		}
		now := riga.tasks(t, "safe_ways_riga")
		if now[0].Description["en"] != "With the parents." || now[1].Name["en"] != "Walk at night" || now[1].FromItem != string(original.ItemIRI(added.ID)) ||
			now[2].Description["en"] != "With the guard." || now[3].Description["en"] != "As we do it." {
			t.Errorf("merged: %+v", now[:4])
		}
		if left := riga.updates(t, "safe_ways_riga"); len(left.Updates) != 1 || left.Counts.Conflicts != 1 {
			t.Errorf("open after the merge: %+v", left.Updates)
		}
		kept, err := riga.Releases.Undo(ctx, riga.official, "safe_ways_riga", merged.Record.ID)
		if err != nil || kept != 0 {
			t.Fatalf("undoing: %d, %v", kept, err)
		}
		if back := riga.updates(t, "safe_ways_riga"); back.Counts != u.Counts {
			t.Errorf("open after undoing: %+v", back.Counts)
		}
		broughtAs(t, riga, "safe_ways_riga", portable.Input{Name: "safe_ways_brought"})
		if again := riga.tasks(t, "safe_ways_riga"); again[0].Description["en"] == "With the parents." {
			t.Error("the merge is not undone")
		}
		if _, err := riga.Releases.Undo(ctx, riga.official, "safe_ways_riga", merged.Record.ID); domain.CodeOf(err) != domain.Conflict {
			t.Errorf("undone twice: %v", err)
		}
		decideConflict(t, riga, u)
		broughtAs(t, riga, "safe_ways_riga", portable.Input{Update: "safe_ways_brought"})
		hostileReleases(t, c, zaragoza, riga, rome, first, second)
		if n := told(riga); n != 2 { // once of each of its two clones
			t.Errorf("Riga was told %d times in all", n)
		}
		acceptedLate(t, c, zaragoza, rome)
		broughtLate(t, c, zaragoza, riga, rome)
	})
}

// acceptedLate: a clone that is accepted after a release of its source is told of
// it then; one that was made of what the source became since the release is not.
func acceptedLate(t *testing.T, c *federationtest.Cluster, zaragoza, rome *city) {
	t.Helper()
	source := zaragoza.process(t, "safe_squares")
	c.Settle()
	early := rome.cloneOf(t, source, "squares_early")
	c.Settle()
	zaragoza.describe(t, "safe_squares", zaragoza.tasks(t, "safe_squares")[0], "With the neighbours.")
	first := zaragoza.release(t, "safe_squares", 0)
	c.Settle()
	if u := rome.updates(t, "squares_early"); u.Release != nil {
		t.Errorf("before its clone is listed Rome is told of %v", u.Release.Version)
	}
	zaragoza.accept(t, source, early.IRI)
	c.Settle()
	if u := rome.updates(t, "squares_early"); u.Release == nil || u.Release.Digest != first.Digest || u.Counts != (lineage.Counts{Safe: 1}) {
		t.Errorf("once its clone is listed Rome knows %+v", u.Release)
	}

	newer := zaragoza.process(t, "safe_parks")
	zaragoza.release(t, "safe_parks", 0)
	zaragoza.describe(t, "safe_parks", zaragoza.tasks(t, "safe_parks")[0], "With the gardeners.")
	c.Settle()
	late := rome.cloneOf(t, newer, "parks_late")
	c.Settle()
	zaragoza.accept(t, newer, late.IRI)
	c.Settle()
	beside, err := zaragoza.Lineage.CloneFrom(t.Context(), zaragoza.official, lineage.SourceProcess{IRI: newer.IRI}, lineage.CloneInput{Name: "parks_beside"})
	if err == nil {
		err = rome.Releases.Look(t.Context(), rome.official, "parks_late")
	}
	if err != nil {
		t.Fatal(err)
	}
	c.Settle()
	for clone, at := range map[string]*city{late.Name: rome, beside.Name: zaragoza} {
		if u := at.updates(t, clone); u.Release == nil || len(u.Updates) > 0 {
			t.Errorf("of a release older than it %s is asked about %+v", clone, u.Updates)
		} else if out, err := at.Releases.Merge(t.Context(), at.official, clone, lineage.MergeInput{Release: u.Release.ID, AllSafe: true}); err != nil || out.Record != nil {
			t.Errorf("%s went back: %+v, %v", clone, out, err)
		}
	}
	if n := rome.notified(t, lineage.ReleaseReceived); n != 2 {
		t.Errorf("Rome was told %d times, not of the ways and the squares alone", n)
	}
}

// broughtLate: a clone that was begun from the file of another one is told, once
// it is listed, of what its source released since the file was made.
func broughtLate(t *testing.T, c *federationtest.Cluster, zaragoza, riga, rome *city) {
	t.Helper()
	ctx := t.Context()
	raw, _ := rome.exportOf(t, rome.official, "squares_early")
	zaragoza.describe(t, "safe_squares", zaragoza.tasks(t, "safe_squares")[1], "With the shops.")
	zaragoza.release(t, "safe_squares", 0)
	c.Settle()
	b, _, err := riga.imports(ctx, riga.bring(t, raw).ID, portable.Input{Name: "squares_brought"})
	if err == nil {
		err = riga.Lineage.OfferAgain(ctx, riga.official, "squares_brought")
	}
	if err != nil {
		t.Fatal(err)
	}
	c.Settle()
	source, err := zaragoza.Coproduction.Process(ctx, zaragoza.official, "safe_squares")
	if err != nil {
		t.Fatal(err)
	}
	zaragoza.accept(t, source, b.Made)
	c.Settle()
	if u := riga.updates(t, "squares_brought"); u.Release == nil || u.Counts != (lineage.Counts{Safe: 2}) {
		t.Errorf("what was brought is told of %+v: %+v", u.Release, u.Counts)
	}
}

// broughtAs: a clone that is exported and brought, or brought again, is asked
// about the same, as its archive says what it knows of its source.
func broughtAs(t *testing.T, riga *city, clone string, in portable.Input) {
	t.Helper()
	raw, _ := riga.exportOf(t, riga.official, clone)
	if _, _, err := riga.imports(t.Context(), riga.bring(t, raw).ID, in); err != nil {
		t.Fatal(err)
	}
	want := riga.updates(t, clone).Counts
	if brought := riga.updates(t, "safe_ways_brought"); brought.Counts != want {
		t.Errorf("brought by %+v it is asked about %+v, not %+v", in, brought.Counts, want)
	}
}

// decideConflict: who decides of what somebody changed meanwhile is asked
// again; then the words of one's own are taken, and the question is closed.
func decideConflict(t *testing.T, riga *city, u *lineage.Upstream) {
	t.Helper()
	ctx := t.Context()
	var open lineage.Update
	for _, one := range u.Updates {
		if one.Outcome == lineage.Conflict {
			open = one
		}
	}
	task := func() coproduction.Item {
		t.Helper()
		for _, it := range riga.tasks(t, "safe_ways_riga") {
			if it.FromItem == open.ID {
				return it
			}
		}
		t.Fatal("the task is gone")
		return coproduction.Item{}
	}
	riga.describe(t, "safe_ways_riga", task(), "With the guard and the police.")
	part := coproduction.Part{Field: coproduction.FieldDescription, Lang: "en"}
	in := lineage.MergeInput{
		Release:   u.Release.ID,
		Decisions: []lineage.Resolution{{ID: open.ID, Decision: lineage.Edit, Values: map[coproduction.Part]string{part: "With both."}}},
		Marks:     map[string]string{open.ID: open.Mark()},
	}
	stale, err := riga.Releases.Merge(ctx, riga.official, "safe_ways_riga", in)
	if err != nil || len(stale.Stale) != 1 || task().Description["en"] != "With the guard and the police." {
		t.Fatalf("what changed meanwhile was written over: %+v, %v", stale, err)
	}
	for _, one := range riga.updates(t, "safe_ways_riga").Updates {
		in.Marks[one.ID] = one.Mark()
	}
	if done, err := riga.Releases.Merge(ctx, riga.official, "safe_ways_riga", in); err != nil || done.Record == nil {
		t.Fatalf("deciding: %+v, %v", done, err)
	}
	if got := task().Description["en"]; got != "With both." {
		t.Errorf("the words are %q", got)
	}
	if left := riga.updates(t, "safe_ways_riga"); left.Counts.Conflicts != 0 {
		t.Errorf("still open: %+v", left.Updates)
	}
	// The same once more, as by a second click, is nothing new; a colleague who
	// looked before and wrote something else is told.
	for words, late := range map[string]int{"With both.": 0, "With all three.": 1} {
		in.Decisions[0].Values[part] = words
		again, err := riga.Releases.Merge(ctx, riga.official, "safe_ways_riga", in)
		if err != nil || again.Record != nil || len(again.Stale) != late || task().Description["en"] != "With both." {
			t.Errorf("%q when it is settled: %+v, %v", words, again, err)
		}
	}
}

// hostileReleases: a release by another than its process, again, or with a
// tree that is not what was said, is offered to nobody; and who was not told
// looks for it.
func hostileReleases(t *testing.T, c *federationtest.Cluster, zaragoza, riga, rome *city, first, second *lineage.Release) {
	t.Helper()
	ctx := t.Context()
	process, err := rome.Lookup(ctx, string(first.Process))
	if err != nil {
		t.Fatal(err)
	}
	stranger, err := rome.Lookup(ctx, riga.handle("safe_ways_riga"))
	if err != nil {
		t.Fatal(err)
	}
	said := lineage.Announced{
		IRI: first.IRI, Process: first.Process, Version: first.Version.String(), Title: first.Title, Licence: first.Licence, Items: first.Items, Digest: second.Digest,
	}
	if err := rome.Releases.Receive(ctx, stranger, said); domain.CodeOf(err) != domain.Invalid {
		t.Errorf("another process releases it: %v", err)
	}
	elsewhere := said
	elsewhere.IRI = stranger.IRI + "/releases/1.0"
	if err := rome.Releases.Receive(ctx, process, elsewhere); domain.CodeOf(err) != domain.Invalid {
		t.Errorf("released under another's address: %v", err)
	}
	if err := rome.Releases.Receive(ctx, process, said); err != nil {
		t.Fatal(err)
	}
	c.Settle()
	if u := rome.updates(t, "safe_ways_rome"); u.Release != nil {
		t.Errorf("a tree that is not what was said is offered: %+v", u.Release)
	}
	if err := rome.Releases.Look(ctx, rome.official, "safe_ways_rome"); err != nil {
		t.Fatal(err)
	}
	c.Settle()
	if u := rome.updates(t, "safe_ways_rome"); u.Release == nil || u.Release.Digest != second.Digest || u.Counts.Safe != 2 || u.Counts.New != 1 {
		t.Errorf("Rome looked, and has %+v", u)
	}
	if err := riga.Releases.Receive(ctx, process, said); err != nil {
		t.Errorf("received again: %v", err)
	}
	known := riga.updates(t, "safe_ways_riga").Release
	for range 2 { // a job that was killed runs again
		if err := riga.Releases.Tell(ctx, lineage.ReleaseArgs{Release: known.ID}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := zaragoza.Releases.Updates(ctx, zaragoza.official, "safe_ways"); domain.CodeOf(err) != domain.NotFound {
		t.Errorf("what is no clone has updates: %v", err)
	}
	c.Settle()
}
