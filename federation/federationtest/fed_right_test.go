package federationtest_test

import (
	"slices"
	"strings"
	"testing"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/notification"
	"interlink/domain/organization"
	"interlink/domain/policy"
	"interlink/federation/federationtest"
)

// TestFedA49Rights: who is of another server hears which rights they get in a
// process that nobody else can read, which change and which end, by themselves
// and by a team, as a notification of its own; what takes nothing from them
// and gives them nothing is not told. Who is of a microblog is told by a
// private message, also of what they are asked to do, and of a team that invites
// them, which they join by its link.
func TestFedA49Rights(t *testing.T) {
	t.Parallel()
	federationtest.Run(t, []string{"Zaragoza", "Rome"}, func(t *testing.T, c *federationtest.Cluster) {
		x := newElsewhere(t, c, domain.VisibleMembers)
		ctx, zaragoza, people := t.Context(), x.zaragoza, x.zaragoza.Coproduction
		other := x.rome.Person("other", policy.RoleMember)
		do := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
			c.Settle()
		}
		do(nil)
		seen := 0
		told := func(v policy.Viewer, turn string, words ...string) {
			t.Helper()
			list, err := x.rome.Notifications.List(ctx, v, notification.Filter{}, domain.Page{})
			if err != nil {
				t.Fatal(err)
			}
			if seen++; len(list.Items) != seen || list.Items[0].Topic != "rights_abroad" {
				t.Fatalf("%s: %d notifications, not %d: %+v", turn, len(list.Items), seen, list.Items)
			}
			line := notification.Lines(list.Items, nil)[0]
			p, err := x.rome.Communities.PostByID(ctx, v, domain.ID(strings.TrimPrefix(line.Link.Path, "/posts/")))
			if err != nil {
				t.Fatal(err)
			}
			if line.Says != turn || !strings.HasPrefix(line.Title.String(), "Quiet paths") {
				t.Errorf("%q of %q, not %q", line.Says, line.Title, turn)
			}
			for _, w := range words {
				if plain, absent := strings.CutPrefix(w, "!"); strings.Contains(p.Content, plain) == absent {
					t.Errorf("%s: %q: %v in %s", turn, plain, absent, p.Content)
				}
			}
			if _, err := x.rome.Communities.PostByID(ctx, other, p.ID); domain.CodeOf(err) != domain.NotFound {
				t.Errorf("another reads it: %v", err)
			}
		}
		give := func(to domain.ActorID, item domain.ID, allow, deny coproduction.Rights) {
			t.Helper()
			do(people.PutGrant(ctx, zaragoza.official, x.process.Name, coproduction.Grant{Grantee: to, Item: item, Allow: allow, Deny: deny}))
		}
		at := "/guest?return=%2Fprocesses%2Fquiet_paths"
		task, _ := x.task.Name.In("en")
		told(x.citizen, "given", "Quiet paths › "+task, "see, work.", "@official@", at+"%2Fguide%2F"+string(x.task.ID))
		give(x.there, x.task.ID, coproduction.MayManage, 0)
		told(x.citizen, "changed", "see, work, remove, manage.")
		do(people.RevokeGrant(ctx, zaragoza.official, x.process.Name, x.there, x.task.ID))
		told(x.citizen, "ended", "Quiet paths › "+task, "!/guest")
		give(x.there, "", 0, coproduction.MayManage)
		do(people.RevokeGrant(ctx, zaragoza.official, x.process.Name, x.there, ""))
		do(people.AddAdministrator(ctx, zaragoza.official, x.process.Name, x.there))
		told(x.citizen, "given", "made you an administrator", "“Quiet paths”", at+"&amp;handle=%40citizen")
		do(people.RemoveAdministrator(ctx, zaragoza.official, x.process.Name, x.there))
		told(x.citizen, "ended", "role of administrator")

		zaragoza.bridges(t, organization.JoinInvite)
		do(zaragoza.Organizations.AddTeamMember(ctx, zaragoza.official, "bridges", x.there, organization.RoleMember))
		_, id := x.rome.mine(t, x.citizen)
		do(x.rome.Organizations.Answer(ctx, x.citizen, id, true))
		seen++ // invited
		give(zaragoza.teamID(t), "", coproduction.MayCreate, 0)
		told(x.citizen, "given", "see, work.", "“Bridges”")

		peer := federationtest.NewPeer(t)
		found, err := zaragoza.Lookup(ctx, string(peer.Person(1)))
		do(err)
		give(found.ID, x.task.ID, coproduction.MayCreate, 0)
		given, err := people.Assign(ctx, zaragoza.official, x.process.Name, x.task.ID, coproduction.AssignInput{People: []domain.ActorID{found.ID}, Subject: "Count the crossings"})
		do(err)
		_, err = people.WithdrawAssignment(ctx, zaragoza.official, given[0].ID)
		do(err)
		for range 2 { // the link of the first message stays the only one
			do(zaragoza.Organizations.AddTeamMember(ctx, zaragoza.official, "bridges", found.ID, organization.RoleMember))
		}
		var letters []string
		for _, a := range peer.Inbox(1) {
			if a.Type == "Create" {
				letters = append(letters, string(a.Raw))
			}
		}
		for i, words := range [][]string{{"gave you rights", "see, work"}, {"asks you to do", "Count the crossings"}, {"does not ask you any more"}, {"invites you to", "Bridges"}} {
			if len(letters) != 4 || !strings.Contains(letters[i], `"to":["`+string(peer.Person(1))+`"]`) || strings.Contains(letters[i], "#Public") ||
				slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(letters[i], w) }) {
				t.Fatalf("letter %d of %d to the microblog: %v", i, len(letters), letters)
			}
		}
		_, token, _ := strings.Cut(letters[3], "/invitations/")
		_, err = zaragoza.Organizations.Accept(ctx, policy.Viewer{}, token[:43])
		do(err)
		if team, err := zaragoza.Organizations.Team(ctx, zaragoza.official, "bridges"); err != nil || team.Members.Role(found.ID) != organization.RoleMember {
			t.Errorf("whom the link of the message was sent to is no member (%v)", err)
		}
		if list, err := x.rome.Notifications.List(ctx, other, notification.Filter{}, domain.Page{}); err != nil || len(list.Items) != 0 {
			t.Errorf("another is told %+v (%v)", list.Items, err)
		}

		// With the team end the rights that it gave: each of its people is told
		// once of all.
		bo := zaragoza.Person("bo", policy.RoleMember)
		do(zaragoza.Organizations.AddTeamMember(ctx, zaragoza.official, "bridges", bo.Actor, organization.RoleMember))
		give(zaragoza.teamID(t), x.task.ID, coproduction.MayManage, 0)
		before := len(peer.Inbox(1))
		do(zaragoza.Organizations.Delete(ctx, zaragoza.official, zaragoza.teamID(t), "bridges"))
		lost := func(of *notification.Service, v policy.Viewer, topic notification.Topic) (n int) {
			t.Helper()
			list, err := of.List(ctx, v, notification.Filter{}, domain.Page{})
			do(err)
			for _, line := range notification.Lines(list.Items, nil) {
				if line.Topic == topic && (line.Says == "ended" || line.Says == "") && line.Title.String() == "Quiet paths" {
					n++
				}
			}
			return n
		}
		if n := lost(zaragoza.Notifications, bo, "team_rights_ended"); n != 1 {
			t.Errorf("a member here is told %d times", n)
		}
		if n := lost(x.rome.Notifications, x.citizen, "rights_abroad"); n != 1+1 { // and once as administrator, before
			t.Errorf("a member elsewhere is told %d times", n)
		}
		said := 0
		for _, a := range peer.Inbox(1)[before:] {
			if strings.Contains(string(a.Raw), "ended your membership in a team") && strings.Contains(string(a.Raw), "Quiet paths") {
				said++
			}
		}
		if said != 1 {
			t.Errorf("a member of a microblog is told %d times", said)
		}
	})
}
