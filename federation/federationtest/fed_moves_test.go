package federationtest_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"testing"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/lineage"
	"interlink/domain/policy"
	"interlink/domain/portable"
	"interlink/federation/federationtest"
)

// goesTo moves a process to one of another node, which names it first.
func (c *city) goesTo(t *testing.T, cluster *federationtest.Cluster, old *coproduction.Process, there *city, new *coproduction.Process) {
	t.Helper()
	ctx := t.Context()
	mover := c.resident(t, "mover_of_"+old.Name, policy.RoleMember)
	if err := c.Coproduction.AddAdministrator(ctx, c.official, old.Name, mover.Actor); err != nil {
		t.Fatal(err)
	}
	if err := there.Profiles.AddAlias(ctx, there.official, new.ID, c.handle(old.Name)); err != nil {
		t.Fatal(err)
	}
	cluster.Settle()
	if err := c.Profiles.Move(ctx, mover, old.ID, string(new.IRI), password); err != nil {
		t.Fatal(err)
	}
	cluster.Settle()
}

// takes merges all that is safe or new of a release that a clone learned of, and
// is asked of nothing else.
func (c *city) takes(t *testing.T, clone string, from *coproduction.Process, want lineage.Counts) {
	t.Helper()
	u := c.updates(t, clone)
	if u.Release == nil || u.Release.Process != from.IRI || u.Counts != want {
		t.Fatalf("%s learned of %+v: %+v", clone, u.Release, u.Counts)
	}
	merged, err := c.Releases.Merge(t.Context(), c.official, clone, lineage.MergeInput{Release: u.Release.ID, AllSafe: true, AllNew: true})
	if err != nil || merged.Record == nil {
		t.Fatalf("%s merges: %+v, %v", clone, merged, err)
	}
}

// comesFrom checks which process a clone has for its source, and that it is
// confirmed.
func (c *city) comesFrom(t *testing.T, clone string, source *coproduction.Process) {
	t.Helper()
	if from := c.origin(t, clone); from.IRI != source.IRI || from.Answer != coproduction.Accepted || !domain.SameOrigin(from.Stamp, source.IRI) {
		t.Fatalf("%s comes from %+v, not from %s", clone, from, source.IRI)
	}
}

// TestFedA80ProcessMovesTwice: a process of Zaragoza goes on in Riga, as a clone
// or from a file, and then in Ghent. A clone that Rome made of the first knows
// the tasks of each as those that it has.
func TestFedA80ProcessMovesTwice(t *testing.T) {
	federationtest.Run(t, []string{"Zaragoza", "Riga", "Rome", "Ghent"}, func(t *testing.T, c *federationtest.Cluster) {
		zaragoza, riga, rome, ghent := newCity(t, c.Nodes[0]), newCity(t, c.Nodes[1]), newCity(t, c.Nodes[2]), newCity(t, c.Nodes[3])
		zaragoza.starterCatalogue(t)
		for name, arrive := range map[string]func(at, from *city, p *coproduction.Process, name string) *coproduction.Process{
			"by_clone": func(at, from *city, p *coproduction.Process, name string) *coproduction.Process {
				return at.adopted(t, c, from, p, name)
			},
			"by_file": func(at, from *city, p *coproduction.Process, name string) *coproduction.Process {
				return at.arrived(t, from, p, name)
			},
		} {
			first, clone := zaragoza.process(t, name), name+"_rome"
			c.Settle()
			rome.adopted(t, c, zaragoza, first, clone)

			second := arrive(riga, zaragoza, first, name+"_riga")
			zaragoza.goesTo(t, c, first, riga, second)
			rome.comesFrom(t, clone, second)
			tasks := riga.tasks(t, second.Name)
			riga.describe(t, second.Name, tasks[0], "As Riga does it.")
			added, err := riga.Coproduction.AddItem(t.Context(), riga.official, second.Name, tasks[0].Parent, 1, coproduction.ItemDetails{Name: english("Count the lamps")})
			if err != nil {
				t.Fatal(err)
			}
			riga.release(t, second.Name, 0)
			c.Settle()
			rome.takes(t, clone, second, lineage.Counts{Safe: 1, New: 1})
			third := arrive(ghent, riga, second, name+"_ghent")
			riga.goesTo(t, c, second, ghent, third)
			rome.comesFrom(t, clone, third)
			tasks = ghent.tasks(t, third.Name)
			ghent.describe(t, third.Name, tasks[2], "As Ghent does it.")
			lamps := slices.IndexFunc(tasks, func(it coproduction.Item) bool { return it.Name["en"] == added.Name["en"] })
			if lamps < 0 {
				t.Fatal("Ghent has not what Riga added")
			}
			ghent.describe(t, third.Name, tasks[lamps], "One by one.")
			ghent.release(t, third.Name, 0)
			c.Settle()
			rome.takes(t, clone, third, lineage.Counts{Safe: 2})
			if got := len(rome.tasks(t, clone)); got != len(tasks) {
				t.Errorf("%s has %d tasks, its source %d", clone, got, len(tasks))
			}

			// And back: what Rome makes better has the names of the first.
			better := rome.tasks(t, clone)[3]
			rome.describe(t, clone, better, "As Rome does it.")
			rome.improve(t, clone, better.FromItem)
			c.Settle()
			if review := ghent.improvement(t, third.Name); len(review.Updates) != 1 || review.Updates[0].ID != better.FromItem {
				t.Errorf("Ghent is offered %+v", review.Updates)
			}
		}
	})
}

// arrived is a process of another node that was brought as a file. It claims to
// be nobody's clone.
func (c *city) arrived(t *testing.T, from *city, p *coproduction.Process, name string) *coproduction.Process {
	t.Helper()
	raw, whole := from.exportOf(t, from.official, p.Name)
	made, _, err := c.imports(t.Context(), c.bring(t, raw).ID, portable.Input{Name: name, Owner: c.owner.ID})
	if err != nil {
		t.Fatal(err)
	}
	q, err := c.Coproduction.ProcessByID(t.Context(), c.official, made.Process)
	if err != nil || q.ClonedFrom != nil {
		t.Fatalf("brought: %+v, %v", q, err)
	}
	_, again := c.exportOf(t, c.official, q.Name)
	was, err := json.Marshal(whole.Document.Items)
	if err != nil {
		t.Fatal(err)
	}
	if is, err := json.Marshal(again.Document.Items); err != nil || !bytes.Equal(was, is) {
		t.Errorf("exported again it has other items (%v)", err)
	}
	return q
}
