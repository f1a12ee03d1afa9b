package storage_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"interlink/domain"
	"interlink/domain/account"
	"interlink/domain/coproduction"
	"interlink/domain/network"
	"interlink/domain/organization"
	"interlink/domain/policy"
	"interlink/storage"
	"interlink/storage/storagetest"
)

// stranger adds a person of another node.
func (n node) stranger(t *testing.T, name string) domain.ActorID {
	t.Helper()
	iri := domain.IRI("https://riga.example/users/" + name)
	a := &network.Actor{
		ID: n.mint.ActorID(), Serial: n.mint.Serial(), IRI: iri, Type: network.TypePerson, Subject: network.SubjectPerson, Name: name, Host: "riga.example",
		URL: iri, Inbox: iri + "/inbox", Outbox: iri + "/outbox", Followers: iri + "/followers", Visibility: domain.VisiblePublic,
		CreatedAt: n.mint.Now(), UpdatedAt: n.mint.Now(), FetchedAt: n.mint.Now(),
	}
	if err := storage.NewNetwork(n.db).SaveRemote(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	return a.ID
}

// events are the kinds and payloads of all that happened.
func (n node) events(t *testing.T) (kinds []domain.EventKind, payloads string) {
	t.Helper()
	for _, e := range must[[]domain.Event](t)(storage.NewEvents(n.db).After(t.Context(), 0, 1000)) {
		kinds = append(kinds, e.Kind)
		payloads += string(e.Payload)
	}
	return kinds, payloads
}

// mailed returns the tokens of the links that were sent to an address, the
// last one last.
func (n node) mailed(t *testing.T, to string) (tokens []string) {
	t.Helper()
	var rows []string
	if err := n.db.Read().NewRaw("SELECT CAST(args AS TEXT) FROM river_job ORDER BY id").Scan(t.Context(), &rows); err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		var job struct {
			Kind string          `json:"kind"`
			Args json.RawMessage `json:"args"`
		}
		if err := json.Unmarshal([]byte(row), &job); err != nil {
			t.Fatal(err)
		}
		if job.Kind != organization.JobInvitation {
			continue
		}
		var m organization.InvitationMail
		if err := json.Unmarshal(job.Args, &m); err != nil {
			t.Fatal(err)
		}
		if m.To == to {
			tokens = append(tokens, m.Link[strings.LastIndexByte(m.Link, '/')+1:])
		}
	}
	return tokens
}

func (n node) team(t *testing.T, v policy.Viewer, of, name string) *organization.Team {
	t.Helper()
	return must[*organization.Team](t)(n.organizations().CreateTeam(t.Context(), v, of, name, organization.TeamDetails{Title: domain.Text{"en": "Team " + name}}))
}

func TestTeamCreation(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "who", func(t *testing.T, db *storage.DB) {
		ctx, n := t.Context(), newNode(t, db)
		ana, bo, cleo := n.person(t, "ana"), n.person(t, "bo"), n.person(t, "cleo")
		s := n.organizations()
		o := n.organization(t, ana, "zaragoza")
		wantCode(t, s.AddMember(ctx, ana, "zaragoza", bo.Actor, organization.RoleMember), domain.OK)
		for i, tc := range []struct {
			by       organization.TeamCreation
			bo, cleo domain.Code
		}{
			{organization.TeamsByAdministrators, domain.Forbidden, domain.Forbidden},
			{organization.TeamsByMembers, domain.OK, domain.Forbidden},
			{organization.TeamsByAnyone, domain.OK, domain.OK},
		} {
			o = must[*organization.Organization](t)(s.Organization(ctx, ana, "zaragoza"))
			must[*organization.Organization](t)(s.Edit(ctx, ana, "zaragoza", o.Revision, organization.Details{Title: o.Title, Kind: o.Kind, Teams: tc.by}))
			if got := must[*organization.Organization](t)(s.Organization(ctx, cleo, "zaragoza")).Teams; got != tc.by {
				t.Errorf("read back %q, want %q", got, tc.by)
			}
			make := func(v policy.Viewer, name string) error {
				_, err := s.CreateTeam(ctx, v, "zaragoza", fmt.Sprint(name, i), organization.TeamDetails{Title: domain.Text{"en": "x"}})
				return err
			}
			wantCode(t, make(ana, "ana_"), domain.OK)
			wantCode(t, make(bo, "bo_"), tc.bo)
			wantCode(t, make(cleo, "cleo_"), tc.cleo)
			wantCode(t, make(policy.Viewer{}, "nobody_"), domain.Unauthenticated)
		}
		_, err := s.Edit(ctx, ana, "zaragoza", o.Revision+1, organization.Details{Title: o.Title, Kind: o.Kind, Teams: organization.TeamsByAnyone, Visibility: domain.VisibleMembers})
		wantCode(t, err, domain.Invalid)
	})
}

func TestInvitationsByMail(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "life", func(t *testing.T, db *storage.DB) {
		ctx, n := t.Context(), newNode(t, db)
		now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
		n.mint = domain.NewMint(func() time.Time { now = now.Add(time.Millisecond); return now }, nil)
		ana, bo, cleo := n.person(t, "ana"), n.person(t, "bo"), n.person(t, "cleo")
		s := n.organizations()
		n.organization(t, ana, "zaragoza")
		team := n.team(t, ana, "zaragoza", "garden")
		invite := func(v policy.Viewer, email string) error {
			_, err := s.Enroll(ctx, v, team.ID, "es", []organization.Newcomer{{Email: email, Role: organization.RoleMember}})
			return err
		}
		wantCode(t, invite(bo, "new@people.example"), domain.Forbidden)
		wantCode(t, invite(ana, "new@people.example"), domain.OK)
		wantCode(t, invite(ana, "New@people.example"), domain.OK) // again: the first link is dead
		tokens := append(n.mailed(t, "new@people.example"), n.mailed(t, "New@people.example")...)
		list := must[domain.List[organization.Invitation]](t)(s.Invitations(ctx, ana, team.ID, domain.Page{}))
		if len(tokens) != 2 || list.Total != 1 || list.Items[0].Language != "es" || list.Items[0].By != ana.Actor {
			t.Fatalf("%d mails, %+v", len(tokens), list)
		}
		_, err := s.Invitations(ctx, bo, team.ID, domain.Page{})
		wantCode(t, err, domain.Forbidden)
		_, _, err = s.Invited(ctx, tokens[0])
		wantCode(t, err, domain.NotFound)
		_, g, err := s.Invited(ctx, tokens[1])
		wantCode(t, err, domain.OK)
		if g.Ref().Name != "garden" {
			t.Errorf("invited to %q", g.Ref().Name)
		}
		_, err = s.Accept(ctx, policy.Viewer{}, tokens[1])
		wantCode(t, err, domain.Unauthenticated)
		_, err = s.Accept(ctx, bo, tokens[1])
		wantCode(t, err, domain.OK)
		_, err = s.Accept(ctx, cleo, tokens[1]) // once
		wantCode(t, err, domain.NotFound)
		if got := must[*organization.Team](t)(s.Team(ctx, ana, "garden")).Members; got.Role(bo.Actor) != organization.RoleMember || got.Role(cleo.Actor) != "" {
			t.Errorf("members: %+v", got)
		}

		// Taken back, declined, over.
		wantCode(t, invite(ana, "a@people.example"), domain.OK)
		wantCode(t, invite(ana, "b@people.example"), domain.OK)
		wantCode(t, invite(ana, "c@people.example"), domain.OK)
		list = must[domain.List[organization.Invitation]](t)(s.Invitations(ctx, ana, team.ID, domain.Page{}))
		wantCode(t, s.Revoke(ctx, bo, team.ID, list.Items[2].ID), domain.Forbidden)
		wantCode(t, s.Revoke(ctx, ana, team.ID, list.Items[2].ID), domain.OK)
		wantCode(t, s.Revoke(ctx, ana, team.ID, list.Items[2].ID), domain.NotFound)
		wantCode(t, s.Decline(ctx, n.mailed(t, "b@people.example")[0], false), domain.OK)
		wantCode(t, invite(ana, "B@people.example"), domain.TooMany) // declined lately
		now = now.Add(organization.RefusedFor)
		wantCode(t, invite(ana, "B@people.example"), domain.OK)
		wantCode(t, s.Decline(ctx, n.mailed(t, "B@people.example")[0], true), domain.OK)
		now = now.Add(10 * organization.RefusedFor)
		wantCode(t, invite(ana, "b@people.example"), domain.TooMany) // for ever
		// The link that was declined by undoes it, once.
		link := n.mailed(t, "B@people.example")[0]
		if r, g, err := s.Declined(ctx, link); err != nil || !r.Until.IsZero() || g.Ref().ID != team.ID {
			t.Errorf("%+v of %v: %v", r, g, err)
		}
		wantCode(t, s.ReconsiderBy(ctx, "another"), domain.NotFound)
		wantCode(t, s.ReconsiderBy(ctx, ""), domain.NotFound)
		wantCode(t, s.ReconsiderBy(ctx, link), domain.OK)
		wantCode(t, s.ReconsiderBy(ctx, link), domain.NotFound)
		wantCode(t, invite(ana, "b@people.example"), domain.OK)
		now = now.Add(25 * time.Hour)
		wantCode(t, s.Decline(ctx, n.mailed(t, "b@people.example")[1], true), domain.OK)
		for range 5 { // whoever is invited, taken back, and invited again has letters enough
			if err = invite(ana, "d@people.example"); err == nil {
				list = must[domain.List[organization.Invitation]](t)(s.Invitations(ctx, ana, team.ID, domain.Page{}))
				err = s.Revoke(ctx, ana, team.ID, list.Items[0].ID)
			}
		}
		wantCode(t, err, domain.TooMany)
		if letters := n.mailed(t, "d@people.example"); len(letters) != 3 {
			t.Errorf("%d letters in a day", len(letters))
		}
		for _, of := range []string{"a", "b", "c"} {
			_, err = s.Accept(ctx, cleo, n.mailed(t, of+"@people.example")[0])
			wantCode(t, err, domain.NotFound)
		}
		for after, left := range map[time.Duration]int{29 * 24 * time.Hour: 1, 31 * 24 * time.Hour: 0} {
			if err := storage.NewRetention(db).Sweep(ctx, now.Add(after), network.DefaultRetention); err != nil {
				t.Fatal(err)
			}
			if got := must[domain.List[organization.Invitation]](t)(s.Invitations(ctx, ana, team.ID, domain.Page{})); got.Total > left {
				t.Errorf("%d invitations are left %v after they were over", got.Total, after)
			}
		}
		if kinds, payloads := n.events(t); strings.Contains(payloads, "@") || strings.Contains(payloads, "people.example") {
			t.Errorf("an address is in the history: %v", kinds)
		}
	})

	storagetest.Run(t, "limits", func(t *testing.T, db *storage.DB) {
		ctx, n := t.Context(), newNode(t, db)
		ana := n.person(t, "ana")
		s := n.organizations()
		for i := range 4 {
			o := n.organization(t, ana, fmt.Sprint("city", i))
			_, err := s.Enroll(ctx, ana, o.ID, "en", []organization.Newcomer{{Email: "bo@people.example", Role: organization.RoleMember}})
			want := domain.OK
			if i == 3 {
				want = domain.TooMany
			}
			wantCode(t, err, want)
		}
	})

	storagetest.Run(t, "signing up", func(t *testing.T, db *storage.DB) {
		ctx, n := t.Context(), newNode(t, db)
		ana := n.person(t, "ana")
		s := n.organizations()
		o := n.organization(t, ana, "zaragoza")
		people := []organization.Newcomer{{Email: "new@people.example", Role: organization.RoleAdministrator}}
		must[organization.Enrolled](t)(s.Enroll(ctx, ana, o.ID, "en", people))
		token := n.mailed(t, "new@people.example")[0]
		accounts := account.NewService(storage.NewAccounts(db), n.mint, n.ns, account.ModeInvitation, "en")
		up := account.SignUp{Username: "newcomer", Email: "new@people.example", Password: "a long pass phrase", Invitation: "wrong"}
		wantCode(t, accounts.SignUp(ctx, up), domain.Invalid)
		up.Invitation = token
		wantCode(t, accounts.SignUp(ctx, up), domain.OK)
		wantCode(t, s.Claim(ctx, token, "nobody"), domain.OK)
		wantCode(t, s.Claim(ctx, token, "newcomer"), domain.OK)
		a := must[*account.Account](t)(accounts.ByUsername(ctx, "newcomer"))
		if got := must[*organization.Organization](t)(s.Organization(ctx, ana, "zaragoza")); got.Members.Role(a.Actor) != "" {
			t.Error("a member before the address is proved")
		}
		_, err := s.Accept(ctx, ana, token) // it is somebody's now
		wantCode(t, err, domain.Forbidden)
		wantCode(t, s.Arrive(ctx, policy.Viewer{Actor: a.Actor, Role: policy.RoleMember}), domain.OK)
		wantCode(t, s.Arrive(ctx, policy.Viewer{Actor: a.Actor, Role: policy.RoleMember}), domain.OK)
		if got := must[*organization.Organization](t)(s.Organization(ctx, ana, "zaragoza")); got.Members.Role(a.Actor) != organization.RoleAdministrator {
			t.Errorf("members: %+v", got.Members)
		}
	})
}

func TestInvitationsElsewhere(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "life", func(t *testing.T, db *storage.DB) {
		ctx, n := t.Context(), newNode(t, db)
		ana, bo, cleo := n.person(t, "ana"), n.stranger(t, "bo"), n.stranger(t, "cleo")
		s := n.organizations()
		n.organization(t, ana, "zaragoza")
		team := n.team(t, ana, "zaragoza", "garden")
		role := func(a domain.ActorID) organization.Role {
			return must[*organization.Team](t)(s.Team(ctx, ana, "garden")).Members.Role(a)
		}
		wantCode(t, s.AddTeamMember(ctx, ana, "garden", bo, organization.RoleAdministrator), domain.Invalid)
		wantCode(t, s.AddTeamMember(ctx, ana, "garden", bo, organization.RoleMember), domain.OK)
		if role(bo) != "" {
			t.Error("a member without being asked")
		}
		in := organization.Received{Group: team.ID, Person: bo, Activity: "https://riga.example/activities/1"}
		wantCode(t, s.ReceiveInviteAnswer(ctx, organization.Received{Group: team.ID, Person: cleo}, true), domain.OK) // nobody asked
		if role(cleo) != "" {
			t.Error("an answer to no invitation has an effect")
		}
		wantCode(t, s.ReceiveInviteAnswer(ctx, in, true), domain.OK)
		if role(bo) != organization.RoleMember {
			t.Error("accepted, but no member")
		}
		wantCode(t, s.ReceiveLeave(ctx, in), domain.OK)
		wantCode(t, s.ReceiveLeave(ctx, in), domain.OK)
		if role(bo) != "" {
			t.Error("left, but a member")
		}
		wantCode(t, s.ReceiveJoin(ctx, in, false), domain.OK) // declined
		got := must[*organization.Team](t)(s.Team(ctx, ana, "garden"))
		must[*organization.Team](t)(s.EditTeam(ctx, ana, "garden", got.Revision, organization.TeamDetails{Title: got.Title, JoinPolicy: organization.JoinOpen}))
		wantCode(t, s.ReceiveJoin(ctx, organization.Received{Group: team.ID, Person: cleo}, true), domain.OK) // a limited host
		if role(bo)+role(cleo) != "" {
			t.Error("came in without being let in")
		}
		wantCode(t, s.ReceiveJoin(ctx, in, false), domain.OK)
		wantCode(t, s.ReceiveJoin(ctx, in, false), domain.OK)
		if role(bo) != organization.RoleMember {
			t.Error("an open team, but no member")
		}
		kinds, _ := n.events(t)
		want := "[organization.created team.created team.invited team.member_added team.member_removed team.join_declined team.updated team.join_declined team.member_added team.member_added]"
		if fmt.Sprint(kinds) != want {
			t.Errorf("told\n%v\nnot\n%s", kinds, want)
		}

		// Nothing of a hidden organisation leaves the node.
		o := must[*organization.Organization](t)(s.Organization(ctx, ana, "zaragoza"))
		must[*organization.Organization](t)(s.Edit(ctx, ana, "zaragoza", o.Revision, organization.Details{Title: o.Title, Kind: o.Kind, Visibility: domain.VisibleMembers}))
		wantCode(t, s.AddTeamMember(ctx, ana, "garden", cleo, organization.RoleMember), domain.Invalid)
		wantCode(t, s.ReceiveJoin(ctx, organization.Received{Group: team.ID, Person: cleo}, false), domain.NotFound)
	})

	storagetest.Run(t, "of another node", func(t *testing.T, db *storage.DB) {
		ctx, n := t.Context(), newNode(t, db)
		now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
		n.mint = domain.NewMint(func() time.Time { now = now.Add(time.Millisecond); return now }, nil)
		ana, there := n.person(t, "ana"), n.stranger(t, "a_team") // what it is matters to its own node
		s := n.organizations()
		in := organization.Received{Group: there, Person: ana.Actor, Activity: "https://riga.example/activities/1"}
		one := func() *organization.Abroad {
			list := must[domain.List[*organization.Abroad]](t)(s.Memberships(ctx, ana, "", domain.Page{}))
			if len(list.Items) != 1 {
				t.Fatalf("%d memberships", len(list.Items))
			}
			return list.Items[0]
		}
		wantCode(t, s.ReceiveInvite(ctx, organization.Received{Group: there, Person: there}), domain.NotFound)
		wantCode(t, s.ReceiveMembership(ctx, in, true), domain.OK) // nobody asked
		wantCode(t, s.ReceiveInvite(ctx, in), domain.OK)
		wantCode(t, s.ReceiveMembership(ctx, in, true), domain.OK) // not accepted
		if one().State != organization.AbroadInvited {
			t.Errorf("%+v", one())
		}
		wantCode(t, s.Answer(ctx, n.person(t, "eve"), one().ID, true), domain.NotFound)
		wantCode(t, s.Answer(ctx, ana, one().ID, true), domain.OK)
		if one().State != organization.AbroadMember {
			t.Errorf("%+v", one())
		}
		wantCode(t, s.LeaveAbroad(ctx, ana, one().ID), domain.OK)
		wantCode(t, s.Ask(ctx, policy.Viewer{}, there), domain.Unauthenticated)
		wantCode(t, s.Ask(ctx, ana, there), domain.OK)
		wantCode(t, s.ReceiveMembership(ctx, in, true), domain.OK)
		if one().State != organization.AbroadMember {
			t.Errorf("%+v", one())
		}
		wantCode(t, s.ReceiveMembership(ctx, in, false), domain.OK)
		// Who declines hears nothing of another invitation for a week, or for ever.
		again := func(what string, waits int) {
			t.Helper()
			wantCode(t, s.ReceiveInvite(ctx, in), domain.OK)
			if list := must[domain.List[*organization.Abroad]](t)(s.Memberships(ctx, ana, "", domain.Page{})); len(list.Items) != waits {
				t.Errorf("%s: %d wait", what, len(list.Items))
			}
		}
		again("invited", 1)
		wantCode(t, s.Refuse(ctx, n.person(t, "mallory"), one().ID, true), domain.NotFound)
		wantCode(t, s.Refuse(ctx, ana, one().ID, false), domain.OK)
		again("declined", 0)
		now = now.Add(organization.RefusedFor)
		again("after a week", 1)
		wantCode(t, s.Refuse(ctx, ana, one().ID, true), domain.OK)
		now = now.Add(10 * organization.RefusedFor)
		again("for ever", 0)
		if list := must[[]organization.Refusal](t)(s.Refusals(ctx, ana)); len(list) != 1 || list[0].Group != there {
			t.Errorf("%+v", list)
		}
		wantCode(t, s.Reconsider(ctx, ana, there), domain.OK)
		again("after all", 1)
		kinds, _ := n.events(t)
		want := "[membership.invited membership.accepted membership.left membership.asked membership.begun membership.ended" +
			" membership.invited membership.declined membership.invited membership.declined membership.invited]"
		if fmt.Sprint(kinds) != want {
			t.Errorf("told\n%v\nnot\n%s", kinds, want)
		}
	})
}

func TestEnrollRoll(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "list", func(t *testing.T, db *storage.DB) {
		ctx, n := t.Context(), newNode(t, db)
		ana, bo, cleo := n.person(t, "ana"), n.person(t, "bo"), n.stranger(t, "cleo")
		s := n.organizations()
		s.FindBy(func(_ context.Context, handle string) (domain.ActorID, error) {
			if handle == "@cleo@riga.example" {
				return cleo, nil
			}
			return "", domain.Fail(domain.NotFound, "error.not_found")
		})
		n.organization(t, ana, "zaragoza")
		team := n.team(t, ana, "zaragoza", "garden")
		const list = "who;role\nana;\nbo;admin\n@cleo@riga.example;\nnew@people.example;\n@nobody@riga.example;\n@BO@city.example\n"
		for _, mode := range []organization.RollMode{organization.RollCheck, organization.RollAll, organization.RollUnderstood} {
			roll, err := s.EnrollRoll(ctx, ana, team.ID, "en", strings.Replace(list, "who", "handle", 1), mode)
			wantCode(t, err, map[organization.RollMode]domain.Code{organization.RollAll: domain.Invalid}[mode])
			var fates []string
			for _, l := range roll.Lines {
				fates = append(fates, fmt.Sprint(l.Number, string(l.Fate)))
				if l.Problem != nil {
					fates = append(fates, l.Problem.Key)
				}
			}
			if got := fmt.Sprint(fates); got != "[2known 3add 4invite 5mail 6 organization.roll_unknown 7 organization.roll_twice]" {
				t.Errorf("%s: %s", mode, got)
			}
			if roll.Problems != 2 || roll.Enrolled != (organization.Enrolled{Added: 1, Invited: 2, Known: 1}) || roll.Done != (mode == organization.RollUnderstood) {
				t.Errorf("%s: %+v", mode, roll)
			}
			got := must[*organization.Team](t)(s.Team(ctx, ana, "garden"))
			if done := got.Members.Role(bo.Actor) == organization.RoleAdministrator; done != roll.Done {
				t.Errorf("%s: members %+v", mode, got.Members)
			}
		}
		if mails := n.mailed(t, "new@people.example"); len(mails) != 1 {
			t.Errorf("%d mails", len(mails))
		}
	})
}

func TestEndOfGroups(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "organization", func(t *testing.T, db *storage.DB) {
		ctx, n := t.Context(), newNode(t, db)
		ana, bo, cleo := n.person(t, "ana"), n.person(t, "bo"), n.stranger(t, "cleo")
		s := n.organizations()
		o := n.organization(t, ana, "zaragoza")
		team := n.team(t, ana, "zaragoza", "garden")
		wantCode(t, s.AddTeamMember(ctx, ana, "garden", bo.Actor, organization.RoleMember), domain.OK)
		wantCode(t, s.AddTeamMember(ctx, ana, "garden", cleo, organization.RoleMember), domain.OK)
		wantCode(t, s.ReceiveInviteAnswer(ctx, organization.Received{Group: team.ID, Person: cleo}, true), domain.OK)
		must[organization.Enrolled](t)(s.Enroll(ctx, ana, team.ID, "en", []organization.Newcomer{{Email: "new@people.example", Role: organization.RoleMember}}))
		work := n.processes(shelf{})
		p := must[*coproduction.Process](t)(work.Start(ctx, ana, coproduction.StartInput{
			Name: "gardens", Owner: o.ID, Team: team.ID,
			Details: coproduction.Details{Title: domain.Text{"en": "Gardens"}, Language: "en", Visibility: domain.VisibleMembers},
		}))
		wantCode(t, work.PutGrant(ctx, ana, "gardens", coproduction.Grant{Grantee: team.ID, Allow: coproduction.MayView | coproduction.MayCreate}), domain.OK)
		_, err := work.Process(ctx, bo, "gardens")
		wantCode(t, err, domain.OK)

		_, err = s.Holdings(ctx, bo, o.ID)
		wantCode(t, err, domain.Forbidden)
		h := must[organization.Holdings](t)(s.Holdings(ctx, ana, team.ID))
		if h.Members != 3 || len(h.Elsewhere) != 1 || h.Invitations != 1 || len(h.Granted) != 1 || h.Granted[0].Name != "gardens" || len(h.Owned) != 1 {
			t.Errorf("team: %+v", h)
		}
		h = must[organization.Holdings](t)(s.Holdings(ctx, ana, o.ID))
		if h.Members != 1 || len(h.Teams) != 1 || len(h.Granted) != 0 || len(h.Owned) != 1 || len(h.ByTeams) != 1 || h.ByTeams[0].Name != "gardens" || len(h.LedByTeams) != 0 {
			t.Errorf("organisation: %+v", h)
		}

		wantCode(t, s.Delete(ctx, bo, o.ID, "zaragoza"), domain.Forbidden)
		wantCode(t, s.Delete(ctx, ana, o.ID, "Zaragoza"), domain.Invalid)
		wantCode(t, s.Delete(ctx, ana, o.ID, "zaragoza"), domain.OK)
		wantCode(t, s.Delete(ctx, ana, o.ID, "zaragoza"), domain.Gone)
		_, err = s.Organization(ctx, ana, "zaragoza")
		wantCode(t, err, domain.Gone)
		_, err = s.Team(ctx, ana, "garden")
		wantCode(t, err, domain.Gone)
		_, err = s.Create(ctx, bo, "zaragoza", organization.Details{Title: domain.Text{"en": "x"}, Kind: organization.Citizen})
		wantCode(t, err, domain.Conflict) // a name is never given again
		if list := must[domain.List[*organization.Organization]](t)(s.Organizations(ctx, ana, organization.Filter{}, domain.Page{})); list.Total != 0 {
			t.Errorf("still listed: %+v", list)
		}
		if list := must[domain.List[*organization.Team]](t)(s.MyTeams(ctx, bo, domain.Page{})); list.Total != 0 {
			t.Errorf("still a member: %+v", list)
		}
		_, _, err = s.Invited(ctx, n.mailed(t, "new@people.example")[0])
		wantCode(t, err, domain.NotFound)
		_, err = work.Process(ctx, bo, "gardens")
		wantCode(t, err, domain.NotFound)
		got := must[*coproduction.Process](t)(work.Process(ctx, ana, "gardens"))
		if len(got.Grants) != 0 || got.Organization != domain.Nobody || got.Team != domain.Nobody || got.Revision <= p.Revision {
			t.Errorf("process: %+v", got)
		}
		actor := must[*network.Actor](t)(storage.NewNetwork(db).Actor(ctx, team.ID))
		if !actor.Gone() || actor.Title != "" || actor.Name != "garden" {
			t.Errorf("tombstone: %+v", actor)
		}
		kinds, payloads := n.events(t)
		if want := "[process.group_ended team.deleted process.group_ended organization.deleted membership.rights_ended membership.rights_ended]"; fmt.Sprint(kinds[len(kinds)-6:]) != want {
			t.Errorf("told %v, want %s", kinds, want)
		}
		if !strings.Contains(payloads, string(cleo)) {
			t.Error("nothing tells of the member elsewhere")
		}
	})

	storagetest.Run(t, "race", func(t *testing.T, db *storage.DB) {
		ctx, n := t.Context(), newNode(t, db)
		ana := n.person(t, "ana")
		n.organization(t, ana, "zaragoza")
		team := n.team(t, ana, "zaragoza", "garden")
		work := n.processes(shelf{})
		must[*coproduction.Process](t)(work.Start(ctx, ana, coproduction.StartInput{Name: "gardens", Details: coproduction.Details{Title: domain.Text{"en": "Gardens"}, Language: "en"}}))
		// What was read before the grant is no longer how it is.
		store := storage.NewOrganizations(db)
		read := must[*organization.Team](t)(store.Team(ctx, team.ID))
		wantCode(t, work.PutGrant(ctx, ana, "gardens", coproduction.Grant{Grantee: team.ID, Allow: coproduction.MayView}), domain.OK)
		wantCode(t, store.End(ctx, []organization.Ending{{Group: read}}, n.mint.Now(), domain.Change{}), domain.Conflict)
		if _, err := store.Team(ctx, team.ID); err != nil {
			t.Errorf("half done: %v", err)
		}
	})
}
