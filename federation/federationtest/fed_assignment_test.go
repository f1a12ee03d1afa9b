package federationtest_test

import (
	"net/http"
	"strings"
	"testing"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/policy"
	"interlink/federation/federationtest"
)

// TestFedA36Assignment: a process of Zaragoza asks somebody in Rome to do
// something; they say no, then yes, do it, take it up again, and are told that
// it is withdrawn. Nobody else learns of it. A process that other nodes cannot
// know asks nobody there.
func TestFedA36Assignment(t *testing.T) {
	t.Parallel()
	federationtest.Run(t, []string{"Zaragoza", "Rome"}, func(t *testing.T, c *federationtest.Cluster) {
		ctx := t.Context()
		zaragoza, rome := newCity(t, c.Nodes[0]), newCity(t, c.Nodes[1])
		zaragoza.starterCatalogue(t)
		p := zaragoza.process(t, "safe_paths")
		citizen, other := rome.Person("citizen", policy.RoleMember), rome.Person("other", policy.RoleMember)
		found, err := zaragoza.Lookup(ctx, rome.handle("citizen"))
		if err != nil {
			t.Fatal(err)
		}
		there := found.ID
		_, tree, err := zaragoza.Coproduction.Tree(ctx, zaragoza.official, p.Name)
		if err != nil {
			t.Fatal(err)
		}
		var task coproduction.Item
		for _, it := range tree.Items() {
			if it.Kind == coproduction.Task {
				task = it
			}
		}
		in := coproduction.AssignInput{People: []domain.ActorID{there}, Subject: "Count the crossings", Instructions: "All of them."}
		if _, err := zaragoza.Coproduction.Assign(ctx, zaragoza.official, p.Name, task.ID, in); domain.CodeOf(err) != domain.Invalid {
			t.Errorf("somebody without rights is asked: %v", err)
		}
		if err := zaragoza.Coproduction.PutGrant(ctx, zaragoza.official, p.Name, coproduction.Grant{Grantee: there, Item: task.ID, Allow: coproduction.MayCreate}); err != nil {
			t.Fatal(err)
		}
		given, err := zaragoza.Coproduction.Assign(ctx, zaragoza.official, p.Name, task.ID, in)
		if err != nil {
			t.Fatal(err)
		}
		c.Settle()

		mine := func(v policy.Viewer) domain.List[*coproduction.Assignment] {
			t.Helper()
			list, err := rome.Coproduction.MyAssignments(ctx, v, false, domain.Page{})
			if err != nil {
				t.Fatal(err)
			}
			return list
		}
		if mine(other).Total != 0 || mine(citizen).Total != 1 {
			t.Fatalf("in Rome: %d of the citizen, %d of another", mine(citizen).Total, mine(other).Total)
		}
		copied := mine(citizen).Items[0]
		if copied.Local() || copied.Subject != in.Subject || copied.Instructions != in.Instructions || copied.ItemName.Empty() || copied.IRI != given[0].IRI || copied.ItemIRI != given[0].ItemIRI {
			t.Errorf("Rome's copy: %+v", copied)
		}
		stands := func() *coproduction.Assignment {
			t.Helper()
			a, _, err := zaragoza.Coproduction.Assignment(ctx, zaragoza.official, given[0].ID)
			if err != nil {
				t.Fatal(err)
			}
			return a
		}
		for _, step := range []struct {
			to     coproduction.AssignmentState
			reason string
		}{
			{coproduction.AssignmentRefused, "I am away in May."}, {coproduction.AssignmentTaken, ""}, {coproduction.AssignmentFinished, ""}, {coproduction.AssignmentTaken, ""},
		} {
			if _, err := rome.Coproduction.AnswerAssignment(ctx, citizen, copied.ID, step.to, step.reason); err != nil {
				t.Fatal(step.to, err)
			}
			c.Settle()
			if a := stands(); a.State != step.to || a.Reason != step.reason {
				t.Errorf("in Zaragoza it is %s because of %q, not %s", a.State, a.Reason, step.to)
			}
		}
		if _, err := rome.Coproduction.AnswerAssignment(ctx, other, copied.ID, coproduction.AssignmentFinished, ""); domain.CodeOf(err) != domain.NotFound {
			t.Errorf("another answers: %v", err)
		}
		if _, err := zaragoza.Coproduction.WithdrawAssignment(ctx, zaragoza.official, given[0].ID); err != nil {
			t.Fatal(err)
		}
		c.Settle()
		if a := mine(citizen).Items[0]; a.State != coproduction.AssignmentCancelled {
			t.Errorf("withdrawn in Zaragoza, %s in Rome", a.State)
		}

		x, err := zaragoza.Coproduction.Process(ctx, zaragoza.official, p.Name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := zaragoza.Coproduction.Edit(ctx, zaragoza.official, x.Name, x.Revision, coproduction.Details{Title: x.Title, Language: x.Language, Visibility: domain.VisibleMembers}); err != nil {
			t.Fatal(err)
		}
		if _, err := zaragoza.Coproduction.Assign(ctx, zaragoza.official, p.Name, task.ID, in); len(domain.FieldsOf(err)) != 1 {
			t.Errorf("a process that Rome cannot know asks somebody there: %v", err)
		}

		// Nothing of it can be read by anybody who asks.
		for _, address := range []domain.IRI{given[0].IRI, given[0].Offer} {
			response, err := http.Get(string(address)) //nolint:noctx // of the test's own node
			if err != nil {
				t.Fatal(err)
			}
			_ = response.Body.Close()
			if response.StatusCode < http.StatusBadRequest {
				t.Errorf("%s is read by a stranger: %s", address, response.Status)
			}
		}
		if !strings.HasPrefix(string(given[0].Offer), string(p.IRI[:strings.Index(string(p.IRI), "/processes")])) {
			t.Errorf("the Offer is %s", given[0].Offer)
		}
	})
}
