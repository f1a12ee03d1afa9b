package storage_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/network"
	"interlink/domain/organization"
	"interlink/domain/policy"
	"interlink/storage"
	"interlink/storage/storagetest"
)

// shelf is a catalogue of one schema and a few Interlinkers.
type shelf struct {
	schema coproduction.SchemaTree
	tools  map[string]coproduction.Tool
}

func (s shelf) SchemaTree(context.Context, policy.Viewer, string) (coproduction.SchemaTree, error) {
	return s.schema, nil
}

func (s shelf) Tool(_ context.Context, _ policy.Viewer, name string) (coproduction.Tool, error) {
	t, ok := s.tools[name]
	if !ok {
		return t, domain.Fail(domain.NotFound, "error.not_found")
	}
	return t, nil
}

// catalogueOf makes a schema of phases with two objectives each of so many
// tasks, each task after the one before it.
func catalogueOf(m *domain.Mint, phases, tasks int) shelf {
	s := shelf{schema: coproduction.SchemaTree{IRI: "https://city.example/schemas/garden"}}
	add := func(path, parent string, kind coproduction.ItemKind, position int, before ...string) {
		s.schema.Nodes = append(s.schema.Nodes, coproduction.SchemaNode{
			Path: path, Parent: parent, Kind: kind, Position: position, Prerequisites: before,
			Name:        domain.Text{"en": "Do " + path, "es": "Hacer " + path},
			Description: domain.Text{"en": "How to do " + path}, Problems: []string{"UND_PROBLEM_1"},
		})
	}
	for p := range phases {
		phase := fmt.Sprintf("p%d", p)
		add(phase, "", coproduction.Phase, p)
		for o := range 2 {
			objective := fmt.Sprintf("%s/o%d", phase, o)
			add(objective, phase, coproduction.Objective, o)
			for t := range tasks {
				var before []string
				if t > 0 {
					before = []string{fmt.Sprintf("%s/t%d", objective, t-1)}
				}
				add(fmt.Sprintf("%s/t%d", objective, t), objective, coproduction.Task, t, before...)
			}
		}
	}
	s.tools = map[string]coproduction.Tool{
		"canvas": {
			ID: m.ID(), IRI: "https://city.example/interlinkers/canvas", Name: domain.Text{"en": "Canvas", "es": "Lienzo"},
			Licence: "CC-BY-4.0", Body: domain.Text{"en": "# Canvas", "es": "# Lienzo"},
		},
		"board": {
			ID: m.ID(), IRI: "https://rome.example/interlinkers/board", Name: domain.Text{"it": "Bacheca"},
			Address: domain.Text{"it": "https://board.example/"},
		},
	}
	return s
}

func noCommunity(context.Context, domain.ActorID, domain.ActorID) (policy.Facts, error) {
	return nil, domain.Fail(domain.NotFound, "error.not_found")
}

func (n node) processes(s shelf) *coproduction.Service {
	return coproduction.NewService(storage.NewProcesses(n.db), storage.NewOrganizations(n.db), noCommunity, s, n.mint, n.ns)
}

func started(name string) coproduction.StartInput {
	return coproduction.StartInput{
		Name: name, Schema: "garden",
		Details: coproduction.Details{Title: domain.Text{"es": "Huertos de " + name}, Language: "es"},
	}
}

// firstTask returns the first task of a process.
func firstTask(t *testing.T, tree *coproduction.Tree) coproduction.Item {
	t.Helper()
	for _, it := range tree.Items() {
		if it.Kind == coproduction.Task {
			return it
		}
	}
	t.Fatal("no task in the tree")
	return coproduction.Item{}
}

func TestProcesses(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "life", testProcessesLife)
	storagetest.Run(t, "resources", testProcessesResources)
	storagetest.Run(t, "branches", testProcessesBranches)
	storagetest.Run(t, "rights", testProcessesRights)
}

func testProcessesLife(t *testing.T, db *storage.DB) {
	ctx, n := t.Context(), newNode(t, db)
	ana, bo, cleo := n.person(t, "ana"), n.person(t, "bo"), n.person(t, "cleo")
	o := n.organization(t, ana, "zaragoza")
	team := must[*organization.Team](t)(n.organizations().CreateTeam(ctx, ana, "zaragoza", "garden_team",
		organization.TeamDetails{Title: domain.Text{"en": "Garden team"}}))
	wantCode(t, n.organizations().AddTeamMember(ctx, ana, "garden_team", bo.Actor, organization.RoleMember), domain.OK)
	goods := catalogueOf(n.mint, 2, 2)
	s := n.processes(goods)
	in := started("gardens")
	in.Owner, in.Team = o.ID, team.ID
	_, err := s.Start(ctx, cleo, in)
	wantCode(t, err, domain.Forbidden) // not in the organisation
	made := must[*coproduction.Process](t)(s.Start(ctx, ana, in))

	got, tree, err := s.Tree(ctx, policy.Viewer{}, "gardens")
	if err != nil {
		t.Fatal(err)
	}
	if got.IRI != "https://city.example/processes/gardens" || got.Organization != o.ID || got.Status != coproduction.Awaiting ||
		got.Tasks != 8 || got.SchemaIRI != goods.schema.IRI || got.Revision != made.Revision || tree.Len() != 14 {
		t.Errorf("process: %+v with %d items", got, tree.Len())
	}
	actor := must[*network.Actor](t)(storage.NewNetwork(db).Actor(ctx, got.ID))
	if actor.Type != network.TypeGroup || actor.Subject != network.SubjectProcess {
		t.Errorf("actor: %+v", actor)
	}

	// A member of the team may work in it; others may look.
	task := firstTask(t, tree)
	_, err = s.SetTaskStatus(ctx, cleo, "gardens", task.ID, task.Revision, coproduction.Finished)
	wantCode(t, err, domain.Forbidden)
	after := must[*coproduction.Process](t)(s.SetTaskStatus(ctx, bo, "gardens", task.ID, task.Revision, coproduction.Finished))
	if after.Status != coproduction.InProgress || after.Finished != 1 {
		t.Errorf("after one task: %s, %d finished", after.Status, after.Finished)
	}
	_, err = s.SetTaskStatus(ctx, ana, "gardens", task.ID, task.Revision, coproduction.Awaiting)
	wantCode(t, err, domain.Conflict) // seen before bo's change
	_, err = s.SetTaskStatus(ctx, bo, "gardens", task.Parent, 1, coproduction.Finished)
	wantCode(t, err, domain.Invalid)

	history := must[domain.List[domain.Event]](t)(s.History(ctx, bo, "gardens", domain.Page{Limit: 1}))
	if len(history.Items) != 1 || history.Items[0].Kind != coproduction.TaskStatusChanged || history.Next == "" {
		t.Errorf("history: %+v", history)
	}
	rest := must[domain.List[domain.Event]](t)(s.History(ctx, bo, "gardens", domain.Page{Limit: 1, After: history.Next}))
	if len(rest.Items) != 1 || rest.Items[0].Kind != coproduction.ProcessStarted || rest.Next != "" {
		t.Errorf("rest of the history: %+v", rest)
	}
	_, err = s.History(ctx, cleo, "gardens", domain.Page{})
	wantCode(t, err, domain.NotFound) // it names people
}

func testProcessesResources(t *testing.T, db *storage.DB) {
	ctx, n := t.Context(), newNode(t, db)
	ana, cleo := n.person(t, "ana"), n.person(t, "cleo")
	s := n.processes(catalogueOf(n.mint, 1, 3))
	must[*coproduction.Process](t)(s.Start(ctx, ana, started("gardens")))
	_, tree, err := s.Tree(ctx, ana, "gardens")
	if err != nil {
		t.Fatal(err)
	}
	task := firstTask(t, tree)
	canvas := must[*coproduction.Resource](t)(s.Instantiate(ctx, ana, "gardens", task.ID, "canvas"))
	if canvas.Kind != coproduction.Document || canvas.Body != "# Lienzo" || canvas.Language != "es" || canvas.Name != "Lienzo" {
		t.Errorf("canvas: %+v", canvas)
	}
	board := must[*coproduction.Resource](t)(s.Instantiate(ctx, ana, "gardens", task.ID, "board"))
	if board.Kind != coproduction.Link || board.URL != "https://board.example/" || board.Language != "it" {
		t.Errorf("board: %+v; it is in Italian only and should say so", board)
	}
	p, tree, err := s.Tree(ctx, ana, "gardens")
	if err != nil {
		t.Fatal(err)
	}
	if task, _ = tree.Item(task.ID); task.Status != coproduction.InProgress || len(task.Interlinkers) != 2 || p.Status != coproduction.InProgress {
		t.Errorf("task %+v of a process %s", task, p.Status)
	}
	_, err = s.AddResource(ctx, ana, "gardens", task.ID, coproduction.ResourceDetails{Name: "Bad", URL: "javascript:alert(1)"})
	wantCode(t, err, domain.Invalid)
	notes := must[*coproduction.Resource](t)(s.AddResource(ctx, ana, "gardens", task.ID, coproduction.ResourceDetails{
		Name: "Notes \x00\xff", Body: "Text with 'quotes' \\ and \x00", Public: true,
	}))
	outside := must[domain.List[coproduction.Resource]](t)(s.Resources(ctx, cleo, "gardens", coproduction.ResourceFilter{}, domain.Page{}))
	inside := must[domain.List[coproduction.Resource]](t)(s.Resources(ctx, ana, "gardens", coproduction.ResourceFilter{Item: task.ID}, domain.Page{}))
	if outside.Total != 1 || outside.Items[0].ID != notes.ID || inside.Total != 3 || inside.Items[0].ID != canvas.ID {
		t.Errorf("%d resources outside, %d inside", outside.Total, inside.Total)
	}
	_, err = s.Resource(ctx, cleo, "gardens", canvas.ID)
	wantCode(t, err, domain.NotFound)
	wantCode(t, s.RemoveResource(ctx, cleo, "gardens", notes.ID), domain.Forbidden)
	wantCode(t, s.RemoveResource(ctx, ana, "gardens", notes.ID), domain.OK)
	wantCode(t, s.RemoveResource(ctx, ana, "gardens", notes.ID), domain.OK)
	_, err = s.Resource(ctx, cleo, "gardens", notes.ID)
	wantCode(t, err, domain.Gone)
}

func testProcessesBranches(t *testing.T, db *storage.DB) {
	ctx, n := t.Context(), newNode(t, db)
	ana := n.person(t, "ana")
	s := n.processes(catalogueOf(n.mint, 2, 2))
	must[*coproduction.Process](t)(s.Start(ctx, ana, started("gardens")))
	read := func() *coproduction.Tree {
		_, tree, err := s.Tree(ctx, ana, "gardens")
		if err != nil {
			t.Fatal(err)
		}
		return tree
	}
	phase := read().Children("")[1]
	wantCode(t, s.DisableItem(ctx, ana, "gardens", phase.ID), domain.OK)
	wantCode(t, s.DisableItem(ctx, ana, "gardens", phase.ID), domain.OK)
	if tasks, _ := read().Progress(""); tasks != 4 {
		t.Errorf("%d tasks with a phase disabled, want 4", tasks)
	}
	wantCode(t, s.RestoreItem(ctx, ana, "gardens", phase.ID), domain.OK)
	wantCode(t, s.MoveItem(ctx, ana, "gardens", phase.ID, "", 0), domain.OK)
	if read().Children("")[0].ID != phase.ID {
		t.Error("the second phase was not moved to the front")
	}
	objective := must[coproduction.Item](t)(s.AddItem(ctx, ana, "gardens", phase.ID, coproduction.Last, coproduction.ItemDetails{Name: domain.Text{"es": "Regar"}}))
	if objective.Kind != coproduction.Objective || objective.Position != 2 {
		t.Errorf("added: %+v", objective)
	}
	task := must[coproduction.Item](t)(s.AddItem(ctx, ana, "gardens", objective.ID, coproduction.Last, coproduction.ItemDetails{Name: domain.Text{"es": "Comprar mangueras"}}))
	wantCode(t, s.EditItem(ctx, ana, "gardens", task.ID, 9, coproduction.ItemDetails{Name: domain.Text{"es": "x"}}), domain.Conflict)
	starts := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	wantCode(t, s.EditItem(ctx, ana, "gardens", task.ID, 1, coproduction.ItemDetails{
		Name: domain.Text{"es": "Comprar"}, Complexity: 40, Starts: starts, Ends: starts.AddDate(0, 1, 0),
	}), domain.OK)
	got, err := read().Item(task.ID)
	if from, _ := read().Dates(phase.ID); err != nil || got.Complexity != 40 || !from.Equal(starts) || got.Revision != 2 {
		t.Errorf("edited: %+v (%v), phase from %v", got, err, from)
	}
	wantCode(t, s.EditItem(ctx, ana, "gardens", task.ID, 2, coproduction.ItemDetails{
		Name: domain.Text{"es": "x"}, Prerequisites: []domain.ID{task.ID},
	}), domain.Invalid) // after itself
	wantCode(t, s.MoveItem(ctx, ana, "gardens", task.ID, phase.ID, 0), domain.Invalid) // a task in a phase
	if n := must[int64](t)(storage.NewEvents(db).Verify(ctx)); n != 7 {
		t.Errorf("%d events, want 7", n)
	}
}

func testProcessesRights(t *testing.T, db *storage.DB) {
	ctx, n := t.Context(), newNode(t, db)
	ana, bo := n.person(t, "ana"), n.person(t, "bo")
	s := n.processes(catalogueOf(n.mint, 1, 1))
	in := started("gardens")
	in.Details.Visibility = domain.VisibleMembers
	must[*coproduction.Process](t)(s.Start(ctx, ana, in))
	_, err := s.Process(ctx, bo, "gardens")
	wantCode(t, err, domain.NotFound)
	lists := func() int {
		return must[domain.List[*coproduction.Process]](t)(s.Processes(ctx, bo, coproduction.Filter{Text: "HUERTOS"}, domain.Page{})).Total
	}
	if lists() != 0 {
		t.Error("a hidden process is listed")
	}
	wantCode(t, s.PutGrant(ctx, ana, "gardens", coproduction.Grant{Grantee: bo.Actor}), domain.Invalid)
	wantCode(t, s.PutGrant(ctx, ana, "gardens", coproduction.Grant{Grantee: "nobody", Allow: coproduction.MayView}), domain.NotFound)
	wantCode(t, s.PutGrant(ctx, ana, "gardens", coproduction.Grant{Grantee: bo.Actor, Allow: coproduction.MayView}), domain.OK)
	_, tree, err := s.Tree(ctx, bo, "gardens")
	if err != nil || lists() != 1 {
		t.Fatalf("with access: %v, %d listed", err, lists())
	}
	task := firstTask(t, tree)
	_, err = s.SetTaskStatus(ctx, bo, "gardens", task.ID, task.Revision, coproduction.Finished)
	wantCode(t, err, domain.Forbidden)
	wantCode(t, s.AddAdministrator(ctx, ana, "gardens", bo.Actor), domain.OK)
	wantCode(t, s.RemoveAdministrator(ctx, bo, "gardens", ana.Actor), domain.OK)
	wantCode(t, s.RemoveAdministrator(ctx, bo, "gardens", bo.Actor), domain.Conflict)
	wantCode(t, s.RevokeGrant(ctx, bo, "gardens", bo.Actor, ""), domain.OK)
	p := must[*coproduction.Process](t)(s.Process(ctx, bo, "gardens"))
	if len(p.Grants) != 0 || len(p.Administrators) != 1 {
		t.Errorf("rights: %+v %+v", p.Grants, p.Administrators)
	}

	// The right to delete reaches what others made; the right to create does not.
	made := must[*coproduction.Resource](t)(s.AddResource(ctx, bo, "gardens", task.ID, coproduction.ResourceDetails{Name: "Plan"}))
	wantCode(t, s.PutGrant(ctx, bo, "gardens", coproduction.Grant{Grantee: ana.Actor, Allow: coproduction.MayView | coproduction.MayCreate}), domain.OK)
	wantCode(t, s.RemoveResource(ctx, ana, "gardens", made.ID), domain.Forbidden)
	wantCode(t, s.PutGrant(ctx, bo, "gardens", coproduction.Grant{Grantee: ana.Actor, Allow: coproduction.MayDelete}), domain.OK)
	wantCode(t, s.RemoveResource(ctx, ana, "gardens", made.ID), domain.OK)
	if mine := must[domain.List[*coproduction.Process]](t)(s.Mine(ctx, ana, domain.Page{})); mine.Total != 1 {
		t.Errorf("%d processes of ana", mine.Total)
	}

	p = must[*coproduction.Process](t)(s.Process(ctx, bo, "gardens"))
	open := coproduction.Details{Title: domain.Text{"es": "Huertos abiertos"}, Language: "es"}
	_, err = s.Edit(ctx, ana, "gardens", p.Revision, open)
	wantCode(t, err, domain.Forbidden)
	_, err = s.Edit(ctx, bo, "gardens", p.Revision-1, open)
	wantCode(t, err, domain.Conflict)
	_, err = s.Edit(ctx, bo, "gardens", p.Revision, coproduction.Details{Language: "es"})
	wantCode(t, err, domain.Invalid)
	must[*coproduction.Process](t)(s.Edit(ctx, bo, "gardens", p.Revision, open))
	seen := must[*coproduction.Process](t)(s.ProcessByID(ctx, policy.Viewer{}, p.ID))
	actor := must[*network.Actor](t)(storage.NewNetwork(db).Actor(ctx, p.ID))
	if seen.Title.String() != "Huertos abiertos" || actor.Visibility != domain.VisiblePublic || actor.Title != "Huertos abiertos" {
		t.Errorf("after the edit: %+v, actor %+v", seen, actor)
	}
}

// Many people work in one process at once: no change is lost, each is told
// once, and the roll-up fits in the end.
func TestTasksInParallel(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "finish", func(t *testing.T, db *storage.DB) {
		ctx, n := t.Context(), newNode(t, db)
		ana := n.person(t, "ana")
		s := n.processes(catalogueOf(n.mint, 1, 2))
		must[*coproduction.Process](t)(s.Start(ctx, ana, started("gardens")))
		_, tree, err := s.Tree(ctx, ana, "gardens")
		if err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		for _, it := range tree.Items() {
			if it.Kind != coproduction.Task {
				continue
			}
			wg.Go(func() {
				if _, err := s.SetTaskStatus(ctx, ana, "gardens", it.ID, it.Revision, coproduction.Finished); err != nil {
					t.Errorf("finish %s: %v", it.Name, err)
				}
			})
		}
		wg.Wait()
		p := must[*coproduction.Process](t)(s.Process(ctx, ana, "gardens"))
		if p.Status != coproduction.Finished || p.Finished != 4 {
			t.Errorf("%s with %d of %d", p.Status, p.Finished, p.Tasks)
		}
		if got := must[int64](t)(storage.NewEvents(db).Verify(ctx)); got != 5 {
			t.Errorf("%d events, want 1 start and 4 tasks", got)
		}
	})
}

func TestLargeTree(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "2000 items", func(t *testing.T, db *storage.DB) {
		ctx, n := t.Context(), newNode(t, db)
		ana := n.person(t, "ana")
		s := n.processes(catalogueOf(n.mint, 10, 99))
		must[*coproduction.Process](t)(s.Start(ctx, ana, started("large")))
		start := time.Now()
		_, tree, err := s.Tree(ctx, ana, "large")
		if err != nil || tree.Len() != 2010 {
			t.Fatalf("%d items, %v", tree.Len(), err)
		}
		t.Logf("read %d items in %v", tree.Len(), time.Since(start))
	})
}

// A failing change leaves nothing behind: state and events go together.
func TestProcessSavesAllOrNothing(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "rollback", func(t *testing.T, db *storage.DB) {
		ctx, n := t.Context(), newNode(t, db)
		ana := n.person(t, "ana")
		goods := catalogueOf(n.mint, 1, 1)
		s := n.processes(goods)
		p := must[*coproduction.Process](t)(s.Start(ctx, ana, started("gardens")))
		store := storage.NewProcesses(db)
		p.Title = domain.Text{"en": "Changed"}
		event := domain.NewEvent(n.mint, coproduction.ProcessUpdated, ana.Actor, p.Subject(), coproduction.Named{})
		lost := coproduction.Written{Resources: []coproduction.Resource{{ID: n.mint.ID(), Process: p.ID, Item: "no such item", CreatedBy: ana.Actor}}}
		if err := store.SaveProcess(ctx, p, lost, domain.Change{Events: []domain.Event{event}}); err == nil {
			t.Fatal("a resource of no item was stored")
		}
		got := must[*coproduction.Process](t)(store.Process(ctx, p.ID))
		if got.Title.String() == "Changed" || got.Revision != 1 || p.Revision != 1 {
			t.Errorf("half of it was stored: %+v", got)
		}
		stale := *got
		wantCode(t, store.SaveProcess(ctx, got, coproduction.Written{}, domain.Change{}), domain.OK)
		err := store.SaveProcess(ctx, &stale, coproduction.Written{}, domain.Change{Events: []domain.Event{event}})
		wantCode(t, err, domain.Conflict)
		var coded *domain.Error
		if !errors.As(err, &coded) || must[int64](t)(storage.NewEvents(db).Verify(ctx)) != 1 {
			t.Errorf("a lost race: %v", err)
		}
	})
}
