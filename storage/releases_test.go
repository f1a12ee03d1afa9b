package storage_test

import (
	"context"
	"testing"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/lineage"
	"interlink/storage"
	"interlink/storage/storagetest"
)

// killer kills at a query that writes.
type killer struct {
	left int
	kill context.CancelFunc
}

func (k *killer) BeforeQuery(ctx context.Context, _ *bun.QueryEvent) context.Context {
	if k.left--; k.left == 0 {
		k.kill()
	}
	return ctx
}

func (k *killer) AfterQuery(context.Context, *bun.QueryEvent) {}

// TestReleasesKilled: a release, its merge, an improvement and its answer, each
// killed at every query that it makes, are not there at all, and done again
// there once.
func TestReleasesKilled(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "", func(t *testing.T, db *storage.DB) {
		ctx, n := t.Context(), newNode(t, db)
		ana, goods := n.person(t, "ana"), catalogueOf(n.mint, 1, 2)
		processes, s := n.processes(goods), n.lineage(goods)
		store := storage.NewReleases(db)
		releases := lineage.NewReleases(store, s, n.mint, n.ns)
		improvements := lineage.NewImprovements(store, releases, n.mint, n.ns)
		p := must[*coproduction.Process](t)(processes.Start(ctx, ana, started("source")))
		clone := must[*coproduction.Process](t)(s.CloneFrom(ctx, ana, lineage.SourceProcess{IRI: p.IRI}, lineage.CloneInput{Name: "clone"}))

		hook := &killer{}
		storage.Writing(db).AddQueryHook(hook) //nolint:staticcheck // the stores have this database already
		state := func() (out string) {
			t.Helper()
			err := db.Read().NewRaw(`SELECT (SELECT COUNT(*) FROM releases) || ' ' || (SELECT COUNT(*) FROM release_items) || ' ' || (SELECT COUNT(*) FROM events)
				|| ' ' || (SELECT COUNT(*) FROM release_merges) || ' ' || (SELECT SUM(revision) FROM processes) || ' ' || (SELECT SUM(revision) FROM process_items)
				|| ' ' || (SELECT COUNT(*) FROM improvements) || ' ' || (SELECT COALESCE(SUM(revision), 0) FROM improvements) || ' ' || (SELECT COUNT(*) FROM source_items)`).Scan(ctx, &out)
			if err != nil {
				t.Fatal(err)
			}
			return out
		}
		killed := func(what string, do func(context.Context) error) {
			t.Helper()
			before := state()
			for at := 1; ; at++ {
				dying, kill := context.WithCancel(ctx)
				hook.left, hook.kill = at, kill
				err := do(dying)
				hook.left = 0
				kill()
				if err == nil {
					if at == 1 || state() == before {
						t.Errorf("%s changed nothing, or was never killed (%d)", what, at)
					}
					return
				}
				if now := state(); now != before || at > 200 {
					t.Fatalf("%s, killed at query %d, left %q of %q: %v", what, at, now, before, err)
				}
			}
		}
		reword := func(process, words string) {
			t.Helper()
			_, tree, err := processes.Tree(ctx, ana, process)
			if err != nil {
				t.Fatal(err)
			}
			task := firstTask(t, tree)
			d := task.Details()
			d.Description = domain.Text{"en": words}
			if err := processes.EditItem(ctx, ana, process, task.ID, task.Revision, d); err != nil {
				t.Fatal(err)
			}
		}
		publish := func(ctx context.Context) error {
			d := must[*lineage.Draft](t)(releases.Draft(t.Context(), ana, "source"))
			_, err := releases.Publish(ctx, ana, "source", lineage.ReleaseInput{Version: d.Next[0], Licence: "CC-BY-4.0", Digest: d.Digest})
			return err
		}
		killed("a release", publish)
		reword("source", "With the parents.")
		killed("another", publish)
		killed("a merge", func(ctx context.Context) error {
			u := must[*lineage.Upstream](t)(releases.Updates(t.Context(), ana, "clone"))
			_, err := releases.Merge(ctx, ana, "clone", lineage.MergeInput{Release: u.Release.ID, AllSafe: true})
			return err
		})
		merges := must[domain.List[*lineage.MergeRecord]](t)(releases.Merges(ctx, ana, "clone", domain.Page{}))
		if len(merges.Items) != 1 {
			t.Fatalf("%d merges", len(merges.Items))
		}
		killed("its undoing", func(ctx context.Context) error {
			_, err := releases.Undo(ctx, ana, "clone", merges.Items[0].ID)
			return err
		})
		reword("clone", "With the guard.")
		killed("an improvement", func(ctx context.Context) error {
			i := must[*lineage.Improvable](t)(improvements.Improvable(t.Context(), ana, "clone"))
			in := lineage.ImproveInput{Licence: "CC-BY-4.0"}
			for _, u := range i.Updates {
				in.Chosen = append(in.Chosen, lineage.Resolution{ID: u.ID, Decision: lineage.Take})
			}
			_, err := improvements.Offer(ctx, ana, "clone", in)
			return err
		})
		offered := must[domain.List[*lineage.Improvement]](t)(improvements.List(ctx, ana, "source", false, domain.Page{}))
		if len(offered.Items) != 1 || offered.Items[0].CloneID != clone.ID {
			t.Fatalf("offered: %+v", offered.Items)
		}
		id := offered.Items[0].ID
		killed("its answer", func(ctx context.Context) error {
			_, err := improvements.Answer(ctx, ana, "source", id, lineage.AnswerInput{All: true})
			return err
		})
		killed("its adoption", func(ctx context.Context) error {
			return improvements.Adopt(ctx, lineage.AdoptArgs{Improvement: id})
		})
		m := must[*lineage.Improvement](t)(improvements.Improvement(ctx, ana, "clone", id))
		if m.State != lineage.ImprovementTaken || !m.Adopted {
			t.Errorf("in the end it is %s, adopted %v", m.State, m.Adopted)
		}
		before := state()
		if err := improvements.Adopt(ctx, lineage.AdoptArgs{Improvement: id}); err != nil || state() != before {
			t.Errorf("adopted again: %v", err)
		}
	})
}
