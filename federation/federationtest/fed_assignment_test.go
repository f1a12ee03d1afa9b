package federationtest_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/network"
	"interlink/domain/notification"
	"interlink/domain/policy"
	"interlink/federation/federationtest"
)

// TestFedA36Assignment: a process of Zaragoza asks somebody in Rome to do
// something; they say no, then yes, do it, take it up again, and are told that
// it is withdrawn. Nobody else learns of it.
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

// elsewhere is a process of Zaragoza, a task of it, and a citizen of Rome who
// may work at it.
type elsewhere struct {
	t              *testing.T
	cluster        *federationtest.Cluster
	zaragoza, rome *city
	process        *coproduction.Process
	task           coproduction.Item
	citizen        policy.Viewer
	there          domain.ActorID // the citizen, in Zaragoza
}

func newElsewhere(t *testing.T, c *federationtest.Cluster, visibility domain.Visibility) *elsewhere {
	t.Helper()
	x := &elsewhere{t: t, cluster: c, zaragoza: newCity(t, c.Nodes[0]), rome: newCity(t, c.Nodes[1])}
	x.zaragoza.starterCatalogue(t)
	x.citizen = x.rome.Person("citizen", policy.RoleMember)
	found, err := x.zaragoza.Lookup(t.Context(), x.rome.handle("citizen"))
	if err != nil {
		t.Fatal(err)
	}
	x.there = found.ID
	x.process, err = x.zaragoza.Coproduction.Start(t.Context(), x.zaragoza.official, coproduction.StartInput{
		Name: "quiet_paths", Schema: "public-service", Owner: x.zaragoza.owner.ID,
		Details: coproduction.Details{Title: english("Quiet paths"), Language: "en", Visibility: visibility},
	})
	if err != nil {
		t.Fatal(err)
	}
	_, tree, err := x.zaragoza.Coproduction.Tree(t.Context(), x.zaragoza.official, x.process.Name)
	if err != nil {
		t.Fatal(err)
	}
	for _, it := range tree.Items() {
		if it.Kind == coproduction.Task {
			x.task = it
		}
	}
	err = x.zaragoza.Coproduction.PutGrant(t.Context(), x.zaragoza.official, x.process.Name, coproduction.Grant{Grantee: x.there, Item: x.task.ID, Allow: coproduction.MayCreate})
	if err != nil {
		t.Fatal(err)
	}
	c.Settle()
	return x
}

// ask makes Zaragoza ask the citizen, who accepts in Rome.
func (x *elsewhere) ask() (there, here *coproduction.Assignment) {
	x.t.Helper()
	given, err := x.zaragoza.Coproduction.Assign(x.t.Context(), x.zaragoza.official, x.process.Name, x.task.ID, coproduction.AssignInput{People: []domain.ActorID{x.there}, Subject: "Count the crossings"})
	if err != nil {
		x.t.Fatal(err)
	}
	x.cluster.Settle()
	if _, err := x.rome.Coproduction.AnswerAssignment(x.t.Context(), x.citizen, x.copied().ID, coproduction.AssignmentTaken, ""); err != nil {
		x.t.Fatal(err)
	}
	x.cluster.Settle()
	return &given[0], x.copied()
}

// copied is what the citizen has in Rome.
func (x *elsewhere) copied() *coproduction.Assignment {
	x.t.Helper()
	list, err := x.rome.Coproduction.MyAssignments(x.t.Context(), x.citizen, false, domain.Page{})
	if err != nil || list.Total != 1 {
		x.t.Fatalf("Rome has %d (%v)", list.Total, err)
	}
	return list.Items[0]
}

// contributed is the newest of what Zaragoza has of the citizen.
func (x *elsewhere) contributed(want int) *coproduction.Contribution {
	x.t.Helper()
	list, err := x.zaragoza.Coproduction.Contributions(x.t.Context(), x.zaragoza.official, x.process.Name, x.task.ID, "", domain.Page{})
	if err != nil || list.Total != want {
		x.t.Fatalf("Zaragoza has %d contributions, not %d (%v)", list.Total, want, err)
	}
	return list.Items[0]
}

// move says of the task that it is done, or that it goes on.
func (x *elsewhere) move(to coproduction.Status) {
	x.t.Helper()
	_, tree, err := x.zaragoza.Coproduction.Tree(x.t.Context(), x.zaragoza.official, x.process.Name)
	if err != nil {
		x.t.Fatal(err)
	}
	it, err := tree.Item(x.task.ID)
	if err == nil {
		_, err = x.zaragoza.Coproduction.SetTaskStatus(x.t.Context(), x.zaragoza.official, x.process.Name, x.task.ID, it.Revision, to)
	}
	if err != nil {
		x.t.Fatal(err)
	}
}

// TestFedA36Contribution: somebody in Rome tells Zaragoza what they did of what
// it asked of them; it is turned down with a reason, said again, awarded, and
// open again when the task goes on. Nobody else says it for them, and what was
// decided on is not taken back.
func TestFedA36Contribution(t *testing.T) {
	t.Parallel()
	for _, visibility := range []domain.Visibility{domain.VisiblePublic, domain.VisibleMembers} {
		t.Run(string(visibility), func(t *testing.T) {
			federationtest.Run(t, []string{"Zaragoza", "Rome"}, func(t *testing.T, c *federationtest.Cluster) { contribute(t, c, visibility) })
		})
	}
}

func contribute(t *testing.T, c *federationtest.Cluster, visibility domain.Visibility) {
	ctx := t.Context()
	x := newElsewhere(t, c, visibility)
	given, mine := x.ask()
	say := func(title string) {
		t.Helper()
		if _, err := x.rome.Coproduction.ClaimAbroad(ctx, x.citizen, mine.ID, coproduction.ClaimInput{Title: title, Content: "All 31.", Kind: coproduction.Management}); err != nil {
			t.Fatal(err)
		}
		c.Settle()
	}
	stands := func(state coproduction.ContributionState, level coproduction.Level, points int, reason string) {
		t.Helper()
		c.Settle()
		got := x.copied().Claim
		if got == nil || got.State != state || got.Level != level || got.Points != points || got.Reason != reason {
			t.Errorf("in Rome it stands as %+v, not %s %s %d %q", got, state, level, points, reason)
		}
	}
	decided := func(_ any, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	say("Counted")
	claim := x.contributed(1)
	if claim.Person != x.there || claim.Title != "Counted" || claim.Content != "All 31." || claim.Kind != coproduction.Management || claim.Assignment != given.ID {
		t.Errorf("Zaragoza has %+v", claim)
	}
	if _, err := x.rome.Coproduction.ClaimAbroad(ctx, x.citizen, mine.ID, coproduction.ClaimInput{Title: "Again"}); domain.CodeOf(err) != domain.Conflict {
		t.Errorf("said twice: %v", err)
	}
	other := x.rome.Person("other", policy.RoleMember)
	if _, err := x.rome.Coproduction.ClaimAbroad(ctx, other, mine.ID, coproduction.ClaimInput{Title: "Mine"}); domain.CodeOf(err) != domain.NotFound {
		t.Errorf("another says it: %v", err)
	}
	decided(x.zaragoza.Coproduction.RejectClaim(ctx, x.zaragoza.official, x.process.Name, claim.ID, "Two are missing."))
	stands(coproduction.ClaimRejected, 0, 0, "Two are missing.")
	if _, err := x.rome.Coproduction.RecallClaim(ctx, x.citizen, mine.ID); domain.CodeOf(err) != domain.Conflict {
		t.Errorf("what was decided is taken back: %v", err)
	}

	say("Counted all")
	claim = x.contributed(2)
	x.move(coproduction.Finished)
	decided(x.zaragoza.Coproduction.Award(ctx, x.zaragoza.official, x.process.Name, claim.ID, coproduction.High))
	stands(coproduction.Awarded, coproduction.High, 0, "") // points are not shown there
	if err := x.zaragoza.Coproduction.SwitchRewards(ctx, x.zaragoza.official, x.process.Name, true, false); err != nil {
		t.Fatal(err)
	}
	decided(x.zaragoza.Coproduction.Award(ctx, x.zaragoza.official, x.process.Name, claim.ID, coproduction.Average))
	stands(coproduction.Awarded, coproduction.Average, 2*x.task.Complexity, "")
	x.move(coproduction.InProgress)
	stands(coproduction.Claimed, 0, 0, "")

	list, err := x.rome.Notifications.List(ctx, x.citizen, notification.Filter{}, domain.Page{})
	if err != nil {
		t.Fatal(err)
	}
	var told []notification.Topic
	for _, n := range list.Items {
		told = append(told, n.Topic)
	}
	if want := []notification.Topic{"contribution_reverted", "contribution_awarded", "contribution_awarded", "contribution_rejected", "assigned", "rights_abroad"}; !slices.Equal(told, want) {
		t.Errorf("the citizen is told %v, not %v", told, want)
	}

	decided(x.rome.Coproduction.RecallClaim(ctx, x.citizen, mine.ID))
	stands(coproduction.ClaimTaken, 0, 0, "")
	if got := x.contributed(2); got.State != coproduction.ClaimTaken {
		t.Errorf("taken back in Rome, %s in Zaragoza", got.State)
	}
}

// TestFedA36ForgedContributions: what somebody did counts from themselves
// alone, and what it was worth from who asked.
func TestFedA36ForgedContributions(t *testing.T) {
	t.Parallel()
	federationtest.Run(t, []string{"Zaragoza", "Rome"}, func(t *testing.T, c *federationtest.Cluster) {
		ctx := t.Context()
		x := newElsewhere(t, c, domain.VisiblePublic)
		given, mine := x.ask()
		peer := federationtest.NewPeer(t)
		who := string(peer.Person(1))
		forged := map[string]any{
			"@context": "https://www.w3.org/ns/activitystreams", "id": who + "/offers/1", "type": "Offer", "actor": who, "target": string(x.process.IRI),
			"object": map[string]any{
				"id": who + "/contributions/1", "type": "Note", "attributedTo": who,
				"interlink:contribution": map[string]any{"assignment": string(given.IRI), "title": "I did it", "state": "claimed", "kind": "development"},
			},
		}
		sends(t, peer, x.zaragoza, forged, http.StatusAccepted)
		c.Settle()
		if list, err := x.zaragoza.Coproduction.Contributions(ctx, x.zaragoza.official, x.process.Name, "", "", domain.Page{}); err != nil || list.Total != 0 {
			t.Errorf("a stranger's claim is taken: %+v (%v)", list.Items, err)
		}
		if _, err := x.rome.Coproduction.ClaimAbroad(ctx, x.citizen, mine.ID, coproduction.ClaimInput{Title: "Counted"}); err != nil {
			t.Fatal(err)
		}
		c.Settle()
		said := x.copied().Claim
		for i, answer := range []map[string]any{
			{"type": "Accept", "object": map[string]any{"id": string(said.Offer), "type": "Offer", "object": string(said.IRI)}, "interlink:contribution": map[string]any{"state": "awarded", "level": "high", "points": 300}},
			{"type": "Reject", "object": string(said.Offer)},
			{"type": "Update", "object": map[string]any{"id": string(said.IRI), "type": "Note", "interlink:contribution": map[string]any{"state": "claimed"}}},
			{"type": "Undo", "object": map[string]any{"id": string(said.Offer), "type": "Offer", "object": string(said.IRI)}},
		} {
			answer["@context"], answer["actor"], answer["id"] = "https://www.w3.org/ns/activitystreams", who, who+"/answers/"+string(rune('a'+i))
			sends(t, peer, x.rome, answer, http.StatusAccepted)
			sends(t, peer, x.zaragoza, answer, http.StatusAccepted)
		}
		c.Settle()
		if got := x.copied().Claim; *got != *said || got.State != coproduction.Claimed {
			t.Errorf("a stranger's answer is taken: %+v", got)
		}
		if got := x.contributed(1); got.State != coproduction.Claimed {
			t.Errorf("a stranger ends it: %+v", got)
		}
	})
}

// TestFedA36Private: a process that is for its members alone asks somebody in
// Rome who has rights in it, through its node. They answer; nobody in Rome, nor
// anybody who asks Zaragoza, can read the process.
func TestFedA36Private(t *testing.T) {
	t.Parallel()
	federationtest.Run(t, []string{"Zaragoza", "Rome"}, func(t *testing.T, c *federationtest.Cluster) {
		ctx := t.Context()
		x := newElsewhere(t, c, domain.VisibleMembers)
		outsider, err := x.zaragoza.Lookup(ctx, x.rome.handle("official"))
		if err != nil {
			t.Fatal(err)
		}
		for _, who := range []domain.ActorID{outsider.ID, x.zaragoza.Person("stranger", policy.RoleMember).Actor} {
			in := coproduction.AssignInput{People: []domain.ActorID{who}, Subject: "Count"}
			if _, err := x.zaragoza.Coproduction.Assign(ctx, x.zaragoza.official, x.process.Name, x.task.ID, in); domain.CodeOf(err) != domain.Invalid {
				t.Errorf("somebody without rights is asked: %v", err)
			}
		}
		given, mine := x.ask()
		if a, _, err := x.zaragoza.Coproduction.Assignment(ctx, x.zaragoza.official, given.ID); err != nil || a.State != coproduction.AssignmentTaken {
			t.Errorf("accepted in Rome, in Zaragoza %+v (%v)", a, err)
		}
		if !mine.ProcessTitle.Equal(x.process.Title) || mine.ItemIRI != given.ItemIRI {
			t.Errorf("Rome's copy: %+v", mine)
		}
		if asker, err := x.rome.Network.Actor(ctx, x.citizen, mine.Process); err != nil || asker.Type != network.TypeApplication {
			t.Errorf("asked by %+v (%v)", asker, err)
		}
		if a, err := x.rome.Lookup(ctx, string(x.process.IRI)); err == nil {
			t.Errorf("Rome finds the process: %+v", a)
		}
		for _, address := range []domain.IRI{x.process.IRI, given.IRI, given.Offer, given.ItemIRI} {
			if got := answeredAs(t, http.MethodGet, string(address), "application/activity+json"); !strings.HasPrefix(got, "404 ") {
				t.Errorf("%s is read by a stranger: %s", address, got)
			}
		}
		if _, err := x.zaragoza.Coproduction.WithdrawAssignment(ctx, x.zaragoza.official, given.ID); err != nil {
			t.Fatal(err)
		}
		c.Settle()
		if got := x.copied(); got.State != coproduction.AssignmentCancelled {
			t.Errorf("withdrawn in Zaragoza, in Rome %+v", got)
		}
	})
}
