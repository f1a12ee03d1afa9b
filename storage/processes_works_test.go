package storage_test

import (
	"slices"
	"strings"
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

// work is a process of ana's in which bo may work, with its first task.
func (n node) work(t *testing.T, ana, bo policy.Viewer) (*coproduction.Service, coproduction.Item) {
	t.Helper()
	s := n.processes(catalogueOf(n.mint, 1, 2))
	in := started("gardens")
	in.Details.Visibility = domain.VisibleMembers
	must[*coproduction.Process](t)(s.Start(t.Context(), ana, in))
	wantCode(t, s.PutGrant(t.Context(), ana, "gardens", coproduction.Grant{Grantee: bo.Actor, Allow: coproduction.MayCreate}), domain.OK)
	return s, firstTaskOf(t, s, ana)
}

func firstTaskOf(t *testing.T, s *coproduction.Service, v policy.Viewer) coproduction.Item {
	t.Helper()
	_, tree, err := s.Tree(t.Context(), v, "gardens")
	if err != nil {
		t.Fatal(err)
	}
	return firstTask(t, tree)
}

func TestAssignments(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "of a person and a team", func(t *testing.T, db *storage.DB) {
		ctx, n := t.Context(), newNode(t, db)
		ana, bo, cleo, dan := n.person(t, "ana"), n.person(t, "bo"), n.person(t, "cleo"), n.person(t, "dan")
		s, task := n.work(t, ana, bo)
		n.organization(t, ana, "zaragoza")
		team := n.team(t, ana, "zaragoza", "gardeners")
		for _, v := range []policy.Viewer{bo, cleo} {
			wantCode(t, n.organizations().AddMember(ctx, ana, "zaragoza", v.Actor, organization.RoleMember), domain.OK)
			wantCode(t, n.organizations().AddTeamMember(ctx, ana, "gardeners", v.Actor, organization.RoleMember), domain.OK)
		}
		give := func(v policy.Viewer, in coproduction.AssignInput) ([]coproduction.Assignment, domain.Code) {
			in.Subject = "Count the trees"
			given, err := s.Assign(ctx, v, "gardens", task.ID, in)
			return given, domain.CodeOf(err)
		}
		if _, code := give(ana, coproduction.AssignInput{People: []domain.ActorID{cleo.Actor}}); code != domain.Invalid {
			t.Errorf("who may not work there is asked to: %q", code)
		}
		if _, code := give(ana, coproduction.AssignInput{}); code != domain.Invalid {
			t.Errorf("nobody is asked: %q", code)
		}
		if _, code := give(bo, coproduction.AssignInput{People: []domain.ActorID{ana.Actor}}); code != domain.Forbidden {
			t.Errorf("who may work there asks another: %q", code)
		}
		given, code := give(ana, coproduction.AssignInput{People: []domain.ActorID{bo.Actor}, Team: team.ID, Due: time.Date(2026, 3, 1, 15, 0, 0, 0, time.UTC)})
		if code != domain.OK || len(given) != 1 || given[0].Assignee != bo.Actor || given[0].Team != domain.Nobody {
			t.Fatalf("%q: %+v", code, given) // cleo may not work there
		}
		if _, code := give(ana, coproduction.AssignInput{People: []domain.ActorID{bo.Actor}}); code != domain.Conflict {
			t.Errorf("asked again: %q", code)
		}
		wantCode(t, s.PutGrant(ctx, ana, "gardens", coproduction.Grant{Grantee: team.ID, Item: task.ID, Allow: coproduction.MayCreate}), domain.OK)
		given, code = give(ana, coproduction.AssignInput{Team: team.ID})
		if code != domain.OK || len(given) != 1 || given[0].Assignee != cleo.Actor || given[0].Team != team.ID {
			t.Fatalf("%q: %+v", code, given)
		}
		if mine, code := give(bo, coproduction.AssignInput{People: []domain.ActorID{bo.Actor}}); code != domain.Conflict || len(mine) != 0 {
			t.Errorf("taken on again: %q", code)
		}

		id := given[0].ID
		answer := func(v policy.Viewer, to coproduction.AssignmentState, reason string) domain.Code {
			_, err := s.AnswerAssignment(ctx, v, id, to, reason)
			return domain.CodeOf(err)
		}
		for i, c := range []struct {
			who    policy.Viewer
			to     coproduction.AssignmentState
			reason string
			want   domain.Code
		}{
			{bo, coproduction.AssignmentTaken, "", domain.NotFound},
			{dan, coproduction.AssignmentTaken, "", domain.NotFound},
			{policy.Viewer{Actor: ana.Actor, Role: policy.RoleAdmin}, coproduction.AssignmentTaken, "", domain.Forbidden},
			{cleo, coproduction.AssignmentRefused, "No time", domain.OK},
			{cleo, coproduction.AssignmentFinished, "", domain.Conflict},
			{cleo, coproduction.AssignmentTaken, "", domain.OK},
			{cleo, coproduction.AssignmentCancelled, "", domain.Conflict},
			{cleo, coproduction.AssignmentFinished, "", domain.OK},
			{cleo, coproduction.AssignmentTaken, "", domain.OK}, // up again
			{cleo, "unheard-of", "", domain.Conflict},
		} {
			if got := answer(c.who, c.to, c.reason); got != c.want {
				t.Errorf("step %d, to %s: %q, not %q", i, c.to, got, c.want)
			}
		}
		if mine := must[domain.List[*coproduction.Assignment]](t)(s.MyAssignments(ctx, cleo, true, domain.Page{})); mine.Total != 1 || mine.Items[0].State != coproduction.AssignmentTaken || mine.Items[0].Reason != "" {
			t.Errorf("cleo's: %+v", mine.Items)
		}
		_, err := s.WithdrawAssignment(ctx, dan, id)
		wantCode(t, err, domain.NotFound)
		_, err = s.WithdrawAssignment(ctx, bo, id)
		wantCode(t, err, domain.Forbidden)
		_, err = s.WithdrawAssignment(ctx, ana, id)
		wantCode(t, err, domain.OK)
		if got := answer(cleo, coproduction.AssignmentFinished, ""); got != domain.Conflict {
			t.Errorf("what was withdrawn is done: %q", got)
		}
		if all := must[domain.List[*coproduction.Assignment]](t)(s.Assignments(ctx, bo, "gardens", task.ID, domain.Page{})); all.Total != 2 || all.Items[0].ID != id || !all.Items[1].Due.Equal(time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)) {
			t.Errorf("of the task: %+v", all.Items)
		}
		_, err = s.Assignments(ctx, dan, "gardens", "", domain.Page{})
		wantCode(t, err, domain.NotFound)
		kinds, _ := n.events(t)
		for kind, times := range map[domain.EventKind]int{
			coproduction.AssignmentMade: 2, coproduction.AssignmentDeclined: 1, coproduction.AssignmentAccepted: 2, coproduction.AssignmentDone: 1, coproduction.AssignmentWithdrawn: 1,
		} {
			if got := len(kinds) - len(slices.DeleteFunc(slices.Clone(kinds), func(k domain.EventKind) bool { return k == kind })); got != times {
				t.Errorf("%s is told %d times, not %d", kind, got, times)
			}
		}
	})

	storagetest.Run(t, "of another node", func(t *testing.T, db *storage.DB) {
		ctx, n := t.Context(), newNode(t, db)
		bo := n.person(t, "bo")
		s := n.processes(shelf{})
		actor := func(name string) *network.Actor {
			id := n.remote(t, domain.IRI("https://riga.example/processes/"+name), network.TypeGroup)
			return must[*network.Actor](t)(storage.NewNetwork(n.db).Actor(ctx, id))
		}
		process, other := actor("bridges"), actor("roads")
		in := coproduction.RemoteAssignment{
			IRI: process.IRI + "/assignments/1", Activity: "https://riga.example/activities/1", Process: process, Assignee: bo.Actor,
			Title: domain.Text{"lv": "Tilti"}, ItemIRI: "https://elsewhere.example/guide/1", ItemName: domain.Text{"lv": "Skaitīt"}, Subject: "Count", Due: time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC),
		}
		for range 2 {
			wantCode(t, s.ReceiveAssignment(ctx, in), domain.OK)
		}
		mine := must[domain.List[*coproduction.Assignment]](t)(s.MyAssignments(ctx, bo, true, domain.Page{}))
		if mine.Total != 1 || mine.Items[0].Host != "riga.example" || mine.Items[0].ItemIRI != process.IRI || !mine.Items[0].Due.IsZero() {
			t.Fatalf("%+v", mine.Items)
		}
		bad := in
		bad.IRI = "https://elsewhere.example/assignments/1"
		wantCode(t, s.ReceiveAssignment(ctx, bad), domain.Invalid)
		bad.IRI, bad.Assignee = process.IRI+"/assignments/2", process.ID
		wantCode(t, s.ReceiveAssignment(ctx, bad), domain.NotFound)
		_, err := s.AnswerAssignment(ctx, bo, mine.Items[0].ID, coproduction.AssignmentTaken, "")
		wantCode(t, err, domain.OK)
		wantCode(t, s.ReceiveAssignmentAnswer(ctx, other, in.IRI, coproduction.AssignmentFinished, ""), domain.Forbidden)
		wantCode(t, s.ReceiveAssignmentEnd(ctx, other, in.IRI), domain.Forbidden)
		for range 2 {
			wantCode(t, s.ReceiveAssignmentEnd(ctx, process, in.IRI), domain.OK)
		}
		if a, manages, err := s.Assignment(ctx, bo, mine.Items[0].ID); err != nil || manages || a.State != coproduction.AssignmentCancelled {
			t.Errorf("%+v %t %v", a, manages, err)
		}
	})
}

func TestContributions(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "claim, award, reopen", func(t *testing.T, db *storage.DB) {
		ctx, n := t.Context(), newNode(t, db)
		ana, bo, cleo := n.person(t, "ana"), n.person(t, "bo"), n.person(t, "cleo")
		s, task := n.work(t, ana, bo)
		d := task.Details()
		d.Complexity = 40
		wantCode(t, s.EditItem(ctx, ana, "gardens", task.ID, task.Revision, d), domain.OK)

		_, err := s.Claim(ctx, cleo, "gardens", task.ID, coproduction.ClaimInput{Title: "Mine"})
		wantCode(t, err, domain.NotFound)
		_, err = s.Claim(ctx, bo, "gardens", task.ID, coproduction.ClaimInput{Kind: "none"})
		if fields := domain.FieldsOf(err); len(fields) != 2 {
			t.Errorf("what is wrong with a claim: %v", err)
		}
		claim := must[*coproduction.Contribution](t)(s.Claim(ctx, bo, "gardens", task.ID, coproduction.ClaimInput{Title: "Counted", Content: "All 40."}))
		own := must[*coproduction.Contribution](t)(s.Claim(ctx, ana, "gardens", task.ID, coproduction.ClaimInput{Title: "Organised", Kind: coproduction.Management}))
		award := func(v policy.Viewer, id domain.ID, level coproduction.Level) domain.Code {
			_, err := s.Award(ctx, v, "gardens", id, level)
			return domain.CodeOf(err)
		}
		status := func(to coproduction.Status) {
			t.Helper()
			_, err := s.SetTaskStatus(ctx, ana, "gardens", task.ID, firstTaskOf(t, s, ana).Revision, to)
			wantCode(t, err, domain.OK)
		}
		read := func(id domain.ID) *coproduction.Contribution {
			t.Helper()
			for _, c := range must[domain.List[*coproduction.Contribution]](t)(s.Contributions(ctx, bo, "gardens", "", "", domain.Page{})).Items {
				if c.ID == id {
					return c
				}
			}
			t.Fatal("no such contribution")
			return nil
		}
		if got := award(ana, claim.ID, coproduction.High); got != domain.Conflict {
			t.Errorf("awarded while the task goes on: %q", got)
		}
		status(coproduction.Finished)
		if got := award(bo, claim.ID, coproduction.High); got != domain.Forbidden {
			t.Errorf("awarded by who may not: %q", got)
		}
		if got := award(ana, claim.ID, 4); got != domain.Invalid {
			t.Errorf("a fourth level: %q", got)
		}
		if got := award(ana, claim.ID, coproduction.High); got != domain.OK {
			t.Fatalf("awarded: %q", got)
		}
		if c := read(claim.ID); c.State != coproduction.Awarded || c.Points != 120 || c.DecidedBy != ana.Actor {
			t.Errorf("%+v", c)
		}
		if got := award(ana, own.ID, coproduction.Low); got != domain.OK {
			t.Errorf("the only administrator awards their own: %q", got)
		}
		wantCode(t, s.AddAdministrator(ctx, ana, "gardens", cleo.Actor), domain.OK)
		if got := award(ana, own.ID, coproduction.High); got != domain.Forbidden {
			t.Errorf("one of two administrators awards their own: %q", got)
		}

		_, err = s.Standings(ctx, ana, "gardens", domain.Page{})
		wantCode(t, err, domain.NotFound) // off by default
		wantCode(t, s.SwitchRewards(ctx, bo, "gardens", true, true), domain.Forbidden)
		wantCode(t, s.SwitchRewards(ctx, ana, "gardens", true, false), domain.OK)
		_, err = s.Standings(ctx, bo, "gardens", domain.Page{})
		wantCode(t, err, domain.NotFound)
		wantCode(t, s.SwitchRewards(ctx, ana, "gardens", true, true), domain.OK)
		first := must[domain.List[coproduction.Standing]](t)(s.Standings(ctx, bo, "gardens", domain.Page{Limit: 1}))
		if first.Total != 2 || len(first.Items) != 1 || first.Items[0] != (coproduction.Standing{Person: bo.Actor, Points: 120, Awarded: 1}) {
			t.Errorf("standings: %+v", first)
		}
		next := must[domain.List[coproduction.Standing]](t)(s.Standings(ctx, bo, "gardens", domain.Page{Limit: 1, After: first.Next}))
		if len(next.Items) != 1 || next.Items[0].Person != ana.Actor || next.Items[0].Points != 40 || next.Next != "" {
			t.Errorf("standings: %+v", next)
		}

		certificate := must[*coproduction.Certificate](t)(s.Certify(ctx, bo, "gardens"))
		if again := must[*coproduction.Certificate](t)(s.Certify(ctx, bo, "gardens")); again.Token != certificate.Token || len(certificate.Token) < 27 {
			t.Errorf("two certificates: %q and %q", certificate.Token, again.Token)
		}
		_, err = s.Certify(ctx, cleo, "gardens")
		wantCode(t, err, domain.NotFound)
		shown := func() (domain.List[*coproduction.Contribution], domain.Code) {
			_, _, list, err := s.ReadCertificate(ctx, certificate.Token, domain.Page{})
			return list, domain.CodeOf(err)
		}
		if list, code := shown(); code != domain.OK || list.Total != 1 || list.Items[0].ID != claim.ID {
			t.Errorf("the certificate: %q %+v", code, list)
		}
		if _, payloads := n.events(t); strings.Contains(payloads, certificate.Token) {
			t.Error("the address of the certificate is in the history")
		}

		// Reopening takes the awards back, and what was said of them.
		status(coproduction.InProgress)
		if c := read(claim.ID); c.State != coproduction.Claimed || c.Points != 0 || c.Level != 0 || !c.DecidedAt.IsZero() {
			t.Errorf("after the task was reopened: %+v", c)
		}
		if list, code := shown(); code != domain.OK || list.Total != 0 {
			t.Errorf("the certificate shows what holds no more: %q %+v", code, list)
		}
		if kinds, _ := n.events(t); slices.Index(kinds, coproduction.ContributionReverted) < 0 {
			t.Error("nobody is told")
		}
		_, err = s.RejectClaim(ctx, ana, "gardens", claim.ID, " ")
		wantCode(t, err, domain.Invalid)
		_, err = s.RejectClaim(ctx, ana, "gardens", claim.ID, "These were 39.")
		wantCode(t, err, domain.OK)
		wantCode(t, s.WithdrawClaim(ctx, bo, "gardens", claim.ID), domain.Conflict)
		wantCode(t, s.WithdrawClaim(ctx, bo, "gardens", own.ID), domain.Forbidden)
		wantCode(t, s.WithdrawClaim(ctx, ana, "gardens", own.ID), domain.OK)
		if got := award(cleo, own.ID, coproduction.Low); got != domain.Conflict {
			t.Errorf("what was withdrawn is awarded: %q", got)
		}

		wantCode(t, s.RevokeCertificate(ctx, bo, "gardens"), domain.OK)
		wantCode(t, s.RevokeCertificate(ctx, bo, "gardens"), domain.OK)
		if _, code := shown(); code != domain.Gone {
			t.Errorf("a revoked certificate: %q", code)
		}
		_, _, _, err = s.ReadCertificate(ctx, "guessed", domain.Page{})
		wantCode(t, err, domain.NotFound)
	})
}
