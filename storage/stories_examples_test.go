package storage_test

import (
	"slices"
	"testing"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/policy"
	"interlink/domain/story"
	"interlink/storage"
	"interlink/storage/storagetest"
)

// TestExamples: a task is shown how others did it, by their stories: those
// that answer most of its problems first, with the task that is most alike,
// and never the stories of its own process.
func TestExamples(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "examples", func(t *testing.T, db *storage.DB) {
		ctx, n := t.Context(), newNode(t, db)
		ana := n.person(t, "ana")
		o := n.organization(t, ana, "zaragoza")
		processes, s := n.processes(catalogueOf(n.mint, 1, 1)), n.stories(ana.Actor)
		owner := o.ID
		tell := func(name string, problems ...string) {
			t.Helper()
			must[*coproduction.Process](t)(processes.Start(ctx, ana, started(name)))
			_, tree, err := processes.Tree(ctx, ana, name)
			if err != nil {
				t.Fatal(err)
			}
			task := firstTask(t, tree)
			must[*coproduction.Resource](t)(processes.Instantiate(ctx, ana, name, task.ID, "canvas"))
			d := task.Details()
			d.Name, d.Problems = domain.Text{"es": "Tarea de " + name}, problems
			if err := processes.EditItem(ctx, ana, name, task.ID, task.Revision, d); err != nil {
				t.Fatal(err)
			}
			must[*story.Story](t)(s.Publish(ctx, ana, story.Input{Slug: name, Process: name, Owner: owner, Telling: telling(name)}))
		}
		tell("huertos", "DEF_PROBLEM_1")
		tell("calles", "DEF_PROBLEM_1", "DEF_PROBLEM_2")
		tell("otra", "SUS_PROBLEM_1")
		withdrawn := "parques"
		tell(withdrawn, "DEF_PROBLEM_1", "DEF_PROBLEM_2", "SUS_PROBLEM_1")
		must[*story.Story](t)(s.Withdraw(ctx, ana, withdrawn))

		like := story.Like{Problems: []string{"DEF_PROBLEM_1", "DEF_PROBLEM_2"}, Limit: 3}
		for range 2 { // read, then remembered
			examples, err := s.Examples(ctx, policy.Viewer{}, like)
			if err != nil || len(examples) != 2 {
				t.Fatalf("%d examples, %v", len(examples), err)
			}
			first := examples[0]
			if first.Story.Slug != "calles" || first.Task["es"] != "Tarea de calles" || len(first.Interlinkers) != 1 || examples[1].Task["es"] != "Tarea de huertos" {
				t.Errorf("the examples are %+v", examples)
			}
		}
		own := must[*coproduction.Process](t)(processes.Process(ctx, ana, "calles"))
		like.Process = own.ID
		if examples, err := s.Examples(ctx, policy.Viewer{}, like); err != nil || len(examples) != 1 || examples[0].Story.Slug != "huertos" {
			t.Errorf("of its own process: %v %v", examples, err)
		}
		if examples, err := s.Examples(ctx, policy.Viewer{}, story.Like{Problems: []string{"none"}, Limit: 3}); err != nil || len(examples) != 0 {
			t.Errorf("of no problem: %v %v", examples, err)
		}

		// An organisation with many stories leaves room for others.
		owner = n.organization(t, ana, "riga").ID
		tell("darzi", "DEF_PROBLEM_1")
		owner = o.ID
		tell("plazas", "DEF_PROBLEM_1")
		tell("fuentes", "DEF_PROBLEM_1")
		var slugs []string
		examples, err := s.Examples(ctx, policy.Viewer{}, story.Like{Problems: []string{"DEF_PROBLEM_1"}, Limit: 3})
		for _, x := range examples {
			slugs = append(slugs, x.Story.Slug)
		}
		if err != nil || !slices.Equal(slugs, []string{"fuentes", "darzi", "plazas"}) {
			t.Errorf("of many: %v %v", slugs, err)
		}
	})
}
