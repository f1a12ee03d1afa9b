package storage_test

import (
	"slices"
	"testing"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/organization"
	"interlink/domain/policy"
	"interlink/storage"
	"interlink/storage/storagetest"
)

func TestRightsBelowAnItem(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "branch", func(t *testing.T, db *storage.DB) {
		ctx, n := t.Context(), newNode(t, db)
		ana, bo := n.person(t, "ana"), n.person(t, "bo")
		far := policy.Viewer{Actor: n.stranger(t, "liga"), Role: policy.RoleRemote}
		n.organization(t, ana, "zaragoza")
		team := n.team(t, ana, "zaragoza", "gardeners")
		wantCode(t, n.organizations().AddMember(ctx, ana, "zaragoza", bo.Actor, organization.RoleMember), domain.OK)
		wantCode(t, n.organizations().AddTeamMember(ctx, ana, "gardeners", bo.Actor, organization.RoleMember), domain.OK)
		s := n.processes(catalogueOf(n.mint, 2, 2))
		in := started("gardens")
		in.Details.Visibility = domain.VisibleMembers
		must[*coproduction.Process](t)(s.Start(ctx, ana, in))
		_, whole, err := s.Tree(ctx, ana, "gardens")
		if err != nil {
			t.Fatal(err)
		}
		phases := whole.Children("")
		objective := whole.Children(phases[1].ID)[0]
		here, there := whole.Children(objective.ID)[0], whole.Children(whole.Children(phases[0].ID)[0].ID)[0]
		secret := must[*coproduction.Resource](t)(s.AddResource(ctx, ana, "gardens", there.ID, coproduction.ResourceDetails{Name: "Secret", Public: true}))
		shown := must[*coproduction.Resource](t)(s.AddResource(ctx, ana, "gardens", here.ID, coproduction.ResourceDetails{Name: "Shown"}))

		wantCode(t, s.PutGrant(ctx, ana, "gardens", coproduction.Grant{Grantee: team.ID, Item: "unheard-of", Allow: coproduction.MayView}), domain.NotFound)
		wantCode(t, s.PutGrant(ctx, ana, "gardens", coproduction.Grant{Grantee: team.ID, Deny: coproduction.MayDelete}), domain.OK)
		if _, err := s.Process(ctx, bo, "gardens"); domain.CodeOf(err) != domain.NotFound {
			t.Errorf("who is only denied something learns of the process: %v", err)
		}
		if mine := must[domain.List[*coproduction.Process]](t)(s.Mine(ctx, bo, domain.Page{})); mine.Total != 0 {
			t.Error("who is only denied something finds the process among theirs")
		}
		wantCode(t, s.PutGrant(ctx, ana, "gardens", coproduction.Grant{Grantee: team.ID, Item: objective.ID, Allow: coproduction.MayCreate}), domain.OK)
		wantCode(t, s.PutGrant(ctx, ana, "gardens", coproduction.Grant{Grantee: far.Actor, Item: objective.ID, Allow: coproduction.MayCreate}), domain.OK)

		for name, v := range map[string]policy.Viewer{"bo": bo, "liga of another node": far} {
			p, seen, err := s.Tree(ctx, v, "gardens")
			if err != nil {
				t.Fatal(name, err)
			}
			if seen.Len() != 4 || p.Tasks != 2 {
				t.Errorf("%s is shown %d items and %d tasks", name, seen.Len(), p.Tasks)
			}
			if above, _ := seen.Item(phases[1].ID); !above.Description.Empty() || above.Name.Empty() {
				t.Errorf("%s is shown %+v", name, above)
			}
			if listed := must[domain.List[*coproduction.Process]](t)(s.Mine(ctx, v, domain.Page{})); listed.Total != 1 || listed.Items[0].Tasks != 0 {
				t.Errorf("%s is listed %d processes: %+v", name, listed.Total, listed.Items)
			}
			_, err = s.History(ctx, v, "gardens", domain.Page{})
			wantCode(t, err, domain.NotFound)
			_, err = s.ItemHistory(ctx, v, "gardens", there.ID, domain.Page{})
			wantCode(t, err, domain.NotFound)
			_, err = s.ItemHistory(ctx, v, "gardens", here.ID, domain.Page{})
			wantCode(t, err, domain.OK)
			_, err = s.Resource(ctx, v, "gardens", secret.ID)
			wantCode(t, err, domain.NotFound)
			_, err = s.Resource(ctx, v, "gardens", shown.ID)
			wantCode(t, err, domain.OK)
			resources := must[domain.List[coproduction.Resource]](t)(s.Resources(ctx, v, "gardens", coproduction.ResourceFilter{}, domain.Page{}))
			if !slices.ContainsFunc(resources.Items, func(r coproduction.Resource) bool { return r.ID == shown.ID }) ||
				slices.ContainsFunc(resources.Items, func(r coproduction.Resource) bool { return r.ID == secret.ID }) {
				t.Errorf("%s is listed %+v", name, resources.Items)
			}
			made, err := s.AddResource(ctx, v, "gardens", here.ID, coproduction.ResourceDetails{Name: "Ours"})
			wantCode(t, err, domain.OK)
			_, err = s.AddResource(ctx, v, "gardens", there.ID, coproduction.ResourceDetails{Name: "Ours"})
			wantCode(t, err, domain.NotFound)
			wantCode(t, s.RemoveResource(ctx, v, "gardens", shown.ID), domain.Forbidden)
			wantCode(t, s.RemoveResource(ctx, v, "gardens", made.ID), domain.OK)
			now, _ := seen.Item(here.ID)
			_, err = s.SetTaskStatus(ctx, v, "gardens", here.ID, now.Revision, coproduction.InProgress)
			wantCode(t, err, domain.OK)
			_, err = s.SetTaskStatus(ctx, v, "gardens", there.ID, there.Revision, coproduction.Finished)
			wantCode(t, err, domain.NotFound)
			wantCode(t, s.PutGrant(ctx, v, "gardens", coproduction.Grant{Grantee: v.Actor, Item: objective.ID, Allow: coproduction.MayManage}), domain.Forbidden)
			source, err := n.lineage(shelf{}).Published(ctx, v, "gardens")
			if err != nil || source.Len() != 4 {
				t.Errorf("%s may clone %d items: %v", name, source.Len(), err)
			}
		}

		// What another team is denied takes nothing from this one.
		other := n.team(t, ana, "zaragoza", "others")
		wantCode(t, n.organizations().AddTeamMember(ctx, ana, "others", bo.Actor, organization.RoleMember), domain.OK)
		wantCode(t, s.PutGrant(ctx, ana, "gardens", coproduction.Grant{Grantee: other.ID, Item: here.ID, Deny: coproduction.MayView}), domain.OK)
		_, err = s.AddResource(ctx, bo, "gardens", here.ID, coproduction.ResourceDetails{Name: "Still"})
		wantCode(t, err, domain.OK)

		// Who manages a branch plans it and says who works there, and no more.
		wantCode(t, s.PutGrant(ctx, ana, "gardens", coproduction.Grant{Grantee: bo.Actor, Item: objective.ID, Allow: coproduction.MayManage}), domain.OK)
		_, err = s.AddItem(ctx, bo, "gardens", objective.ID, coproduction.Last, coproduction.ItemDetails{Name: domain.Text{"en": "Water"}})
		wantCode(t, err, domain.OK)
		_, err = s.AddItem(ctx, bo, "gardens", phases[1].ID, coproduction.Last, coproduction.ItemDetails{Name: domain.Text{"en": "Water"}})
		wantCode(t, err, domain.NotFound)
		wantCode(t, s.PutGrant(ctx, bo, "gardens", coproduction.Grant{Grantee: far.Actor, Item: here.ID, Allow: coproduction.MayDelete}), domain.OK)
		wantCode(t, s.PutGrant(ctx, bo, "gardens", coproduction.Grant{Grantee: far.Actor, Allow: coproduction.MayDelete}), domain.NotFound)
		wantCode(t, s.AddAdministrator(ctx, bo, "gardens", bo.Actor), domain.Forbidden)
		wantCode(t, s.RemoveResource(ctx, far, "gardens", shown.ID), domain.OK)

		wantCode(t, s.RevokeGrant(ctx, ana, "gardens", team.ID, objective.ID), domain.OK)
		wantCode(t, s.RevokeGrant(ctx, ana, "gardens", team.ID, objective.ID), domain.OK)
		for _, at := range []domain.ID{here.ID, objective.ID} {
			wantCode(t, s.RevokeGrant(ctx, ana, "gardens", far.Actor, at), domain.OK)
		}
		_, err = s.Process(ctx, far, "gardens")
		wantCode(t, err, domain.NotFound)

		p := must[*coproduction.Process](t)(s.Process(ctx, ana, "gardens"))
		if len(p.Grants) != 3 { // team: denied everywhere; others: denied one task; bo: manages
			t.Errorf("grants: %+v", p.Grants)
		}
	})

	storagetest.Run(t, "what others see stays", func(t *testing.T, db *storage.DB) {
		ctx, n := t.Context(), newNode(t, db)
		ana, bo := n.person(t, "ana"), n.person(t, "bo")
		s := n.processes(catalogueOf(n.mint, 1, 2))
		in := started("gardens")
		in.Details.Visibility = domain.VisibleMembers
		must[*coproduction.Process](t)(s.Start(ctx, ana, in))
		_, whole, err := s.Tree(ctx, ana, "gardens")
		if err != nil {
			t.Fatal(err)
		}
		objective := whole.Children(whole.Children("")[0].ID)[0]
		second := whole.Children(objective.ID)[1]
		wantCode(t, s.PutGrant(ctx, ana, "gardens", coproduction.Grant{Grantee: bo.Actor, Item: second.ID, Allow: coproduction.MayManage}), domain.OK)
		_, seen, err := s.Tree(ctx, bo, "gardens")
		if err != nil {
			t.Fatal(err)
		}
		it, err := seen.Item(second.ID)
		if err != nil || len(it.Prerequisites) != 0 {
			t.Fatalf("what comes first: %v %v", it.Prerequisites, err)
		}
		d := it.Details()
		d.Name = domain.Text{"en": "Renamed"}
		wantCode(t, s.EditItem(ctx, bo, "gardens", second.ID, it.Revision, d), domain.OK)
		_, whole, err = s.Tree(ctx, ana, "gardens")
		if err != nil {
			t.Fatal(err)
		}
		if it, _ = whole.Item(second.ID); len(it.Prerequisites) != 1 || it.Name["en"] != "Renamed" {
			t.Errorf("after an edit of somebody who does not see what comes first: %+v", it)
		}
	})
}
