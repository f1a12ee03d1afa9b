package storage_test

import (
	"maps"
	"testing"
	"time"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/storage"
	"interlink/storage/storagetest"
)

// Two people change one item: who comes second learns what the first one
// wrote, from the history, and nothing is lost.
func TestItemsByTwo(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "conflict", testItemsByTwoConflict)
	storagetest.Run(t, "translations", testItemsByTwoTranslations)
	storagetest.Run(t, "many changes", testItemsByTwoManyChanges)
	storagetest.Run(t, "places", testItemsByTwoPlaces)
}

func testItemsByTwoConflict(t *testing.T, db *storage.DB) {
	ctx, n := t.Context(), newNode(t, db)
	ana, bo := n.person(t, "ana"), n.person(t, "bo")
	s := n.processes(catalogueOf(n.mint, 1, 2))
	must[*coproduction.Process](t)(s.Start(ctx, ana, started("gardens")))
	wantCode(t, s.AddAdministrator(ctx, ana, "gardens", bo.Actor), domain.OK)
	read := func() *coproduction.Tree {
		_, tree, err := s.Tree(ctx, ana, "gardens")
		if err != nil {
			t.Fatal(err)
		}
		return tree
	}
	task := firstTask(t, read())
	seen, base := task.Revision, task.Details()

	// A sibling moves above it, its status changes, a link is added: none of
	// it is in the way of who edits its words.
	sibling := read().Children(task.Parent)[1]
	wantCode(t, s.MoveItem(ctx, bo, "gardens", sibling.ID, task.Parent, 0), domain.OK)
	must[*coproduction.Process](t)(s.SetTaskStatus(ctx, bo, "gardens", task.ID, seen, coproduction.InProgress))
	must[*coproduction.Resource](t)(s.AddResource(ctx, bo, "gardens", task.ID, coproduction.ResourceDetails{Name: "Plan"}))
	mine := base
	mine.Complexity = 40
	wantCode(t, s.EditItem(ctx, ana, "gardens", task.ID, seen, mine), domain.OK)

	theirs := base
	theirs.Name = domain.Text{"es": "Convocar"}
	wantCode(t, s.EditItem(ctx, bo, "gardens", task.ID, seen, theirs), domain.Conflict)
	m := must[coproduction.Meanwhile](t)(s.Meanwhile(ctx, bo, "gardens", task.ID, seen))
	if !m.Known || !m.Status || len(m.Events) != 2 || m.Events[0].Actor != ana.Actor || m.Item.Complexity != 40 || len(coproduction.Diff(m.Base, base)) > 0 {
		t.Errorf("meanwhile: %+v", m)
	}
	merged, choices := coproduction.Merge(m.Base, m.Item.Details(), theirs)
	if len(choices) != 3 || choices[0].Both || merged.Complexity != 40 {
		t.Errorf("merged %+v by %+v", merged, choices)
	}
	wantCode(t, s.EditItem(ctx, bo, "gardens", task.ID, m.Item.Revision, merged), domain.OK)
	got, err := read().Item(task.ID)
	if err != nil || got.Complexity != 40 || got.Name["es"] != "Convocar" || got.Status != coproduction.InProgress {
		t.Errorf("in the end: %+v %v", got, err)
	}
	// Nothing new is nothing written; a revision that never was is refused.
	wantCode(t, s.EditItem(ctx, ana, "gardens", task.ID, got.Revision, merged), domain.OK)
	if again, _ := read().Item(task.ID); again.Revision != got.Revision {
		t.Error("saving the same wrote a revision")
	}
	for _, revision := range []int64{-1, 0, got.Revision + 1} {
		wantCode(t, s.EditItem(ctx, ana, "gardens", task.ID, revision, base), domain.Conflict)
	}

	history := must[domain.List[domain.Event]](t)(s.ItemHistory(ctx, ana, "gardens", task.ID, domain.Page{}))
	var kinds []domain.EventKind
	for _, e := range history.Items {
		kinds = append(kinds, e.Kind)
	}
	if len(kinds) != 4 || kinds[0] != coproduction.ItemEdited || kinds[1] != coproduction.ItemEdited || kinds[2] != coproduction.ResourceAdded || kinds[3] != coproduction.TaskStatusChanged {
		t.Errorf("history of the task: %v", kinds)
	}
	cleo := n.person(t, "cleo")
	_, err = s.ItemHistory(ctx, cleo, "gardens", task.ID, domain.Page{})
	wantCode(t, err, domain.NotFound)
	_, err = s.Meanwhile(ctx, cleo, "gardens", task.ID, 1)
	wantCode(t, err, domain.Forbidden)
}

func testItemsByTwoTranslations(t *testing.T, db *storage.DB) {
	ctx, n := t.Context(), newNode(t, db)
	ana := n.person(t, "ana")
	s := n.processes(catalogueOf(n.mint, 1, 1))
	p := must[*coproduction.Process](t)(s.Start(ctx, ana, started("gardens")))
	read := func() coproduction.Item {
		_, tree, err := s.Tree(ctx, ana, "gardens")
		if err != nil {
			t.Fatal(err)
		}
		return firstTask(t, tree)
	}
	step := func(what string, stale bool, edit func(*coproduction.ItemDetails)) {
		t.Helper()
		task := read()
		d := task.Details()
		d.Name, d.Description = maps.Clone(d.Name), maps.Clone(d.Description)
		edit(&d)
		wantCode(t, s.EditItem(ctx, ana, "gardens", task.ID, task.Revision, d), domain.OK)
		if got := read().Stale(p.Language, "lv"); got != stale {
			t.Errorf("%s: stale is %v", what, got)
		}
	}
	step("both at once", false, func(d *coproduction.ItemDetails) { d.Name = domain.Text{p.Language: "Call", "lv": "Sasaukt"} })
	step("the original alone", true, func(d *coproduction.ItemDetails) { d.Name[p.Language] = "Call all" })
	step("something else", true, func(d *coproduction.ItemDetails) { d.Complexity = 40 })
	step("the translation", false, func(d *coproduction.ItemDetails) { d.Name["lv"] = "Sasaukt visus" })
	step("the original again", true, func(d *coproduction.ItemDetails) { d.Name[p.Language] = "Call everybody" })
	step("checked", false, func(d *coproduction.ItemDetails) { d.Checked = []domain.Lang{"lv"} })
	history := must[domain.List[domain.Event]](t)(s.ItemHistory(ctx, ana, "gardens", read().ID, domain.Page{}))
	var told coproduction.ItemChanged
	step("explained in both", false, func(d *coproduction.ItemDetails) {
		d.Name = domain.Text{p.Language: "Call"}
		d.Description = domain.Text{p.Language: "All.", "lv": "Visi."}
	})
	step("the original of what has no name", true, func(d *coproduction.ItemDetails) { d.Description[p.Language] = "Really all." })
	step("checked without a name", false, func(d *coproduction.ItemDetails) { d.Checked = []domain.Lang{"lv"} })
	if history.Items[0].Decode(&told) != nil || len(told.Changes) != 1 || told.Changes[0].Field != coproduction.FieldTranslation || told.Changes[0].Lang != "lv" {
		t.Errorf("the history tells of %+v", told.Changes)
	}
}

func testItemsByTwoManyChanges(t *testing.T, db *storage.DB) {
	ctx, n := t.Context(), newNode(t, db)
	ana := n.person(t, "ana")
	s := n.processes(catalogueOf(n.mint, 1, 1))
	must[*coproduction.Process](t)(s.Start(ctx, ana, started("gardens")))
	_, tree, err := s.Tree(ctx, ana, "gardens")
	if err != nil {
		t.Fatal(err)
	}
	task := firstTask(t, tree)
	d := task.Details()
	for i := range int64(domain.MaxPage + 1) {
		d.Complexity = int(i%2) + 1
		wantCode(t, s.EditItem(ctx, ana, "gardens", task.ID, task.Revision+i, d), domain.OK)
	}
	m := must[coproduction.Meanwhile](t)(s.Meanwhile(ctx, ana, "gardens", task.ID, task.Revision))
	if m.Known {
		t.Error("more changes than are read, and yet the base is known")
	}
	if m = must[coproduction.Meanwhile](t)(s.Meanwhile(ctx, ana, "gardens", task.ID, task.Revision+2)); !m.Known || m.Base.Complexity != 2 {
		t.Errorf("the base is told wrongly: %v %d", m.Known, m.Base.Complexity)
	}
}

func testItemsByTwoPlaces(t *testing.T, db *storage.DB) {
	ctx, n := t.Context(), newNode(t, db)
	ana := n.person(t, "ana")
	s := n.processes(catalogueOf(n.mint, 2, 2))
	must[*coproduction.Process](t)(s.Start(ctx, ana, started("gardens")))
	_, tree, err := s.Tree(ctx, ana, "gardens")
	if err != nil {
		t.Fatal(err)
	}
	phases := tree.Children("")
	first := must[coproduction.Item](t)(s.AddItem(ctx, ana, "gardens", phases[0].ID, 0, coproduction.ItemDetails{Name: domain.Text{"es": "Antes"}}))
	if _, now, err := s.Tree(ctx, ana, "gardens"); err != nil || now.Len() != tree.Len()+1 {
		t.Errorf("%d items (%v)", now.Len(), err)
	} else {
		for _, it := range tree.Items() { // whatever moved down keeps its words
			if got, _ := now.Item(it.ID); len(coproduction.Diff(it.Details(), got.Details())) > 0 || got.Status != it.Status {
				t.Errorf("%s became %+v", it.ID, got)
			}
		}
	}
	objective := tree.Children(phases[0].ID)[0]
	wantCode(t, s.MoveItem(ctx, ana, "gardens", objective.ID, phases[1].ID, 1), domain.OK)
	wantCode(t, s.MoveItem(ctx, ana, "gardens", objective.ID, phases[1].ID, 1), domain.OK) // where it stands
	wantCode(t, s.MoveItem(ctx, ana, "gardens", objective.ID, phases[1].ID, -1), domain.Invalid)
	_, tree, err = s.Tree(ctx, ana, "gardens")
	if err != nil || tree.Place(first.ID) != 0 || tree.Place(objective.ID) != 1 || len(tree.Children(phases[1].ID)) != 3 {
		t.Errorf("places: %d %d (%v)", tree.Place(first.ID), tree.Place(objective.ID), err)
	}
	history := must[domain.List[domain.Event]](t)(s.ItemHistory(ctx, ana, "gardens", objective.ID, domain.Page{}))
	var told coproduction.ItemChanged
	if len(history.Items) != 1 || history.Items[0].Decode(&told) != nil || told.Changes[0].Before != string(phases[0].ID) || told.Changes[0].After != string(phases[1].ID) {
		t.Errorf("history of the move: %+v", told)
	}
	start := time.Date(2026, 3, 1, 15, 0, 0, 0, time.FixedZone("", 3600))
	task := tree.Children(objective.ID)[0]
	d := task.Details()
	d.Starts = start
	wantCode(t, s.EditItem(ctx, ana, "gardens", task.ID, task.Revision, d), domain.OK)
	_, tree, _ = s.Tree(ctx, ana, "gardens")
	if task, _ = tree.Item(task.ID); !task.Starts.Equal(time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("a day became %v", task.Starts)
	}
}
