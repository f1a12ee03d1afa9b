package storage_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/notification"
	"interlink/domain/organization"
	"interlink/domain/policy"
	"interlink/storage"
	"interlink/storage/storagetest"
)

// garden is a process of ana's with two branches, of which bo and dan, by a
// team, may see one; eva may see all but that, and cy is only denied something.
type garden struct {
	*bells
	*coproduction.Service

	ana, bo, cy, dan, eva policy.Viewer
	name                  string
	branch, here, there   domain.ID // here is a task in the branch, there one in the other
}

func newGarden(t *testing.T, db *storage.DB, name string, visibility domain.Visibility) *garden {
	t.Helper()
	b := newBells(t, db)
	g := &garden{
		bells: b, Service: b.processes(catalogueOf(b.mint, 2, 2)), name: name,
		ana: b.account("ana", policy.RoleMember), bo: b.account("bo", policy.RoleMember), cy: b.account("cy", policy.RoleMember),
		dan: b.account("dan", policy.RoleMember), eva: b.account("eva", policy.RoleMember),
	}
	b.organization(t, g.ana, "zaragoza")
	team := b.team(t, g.ana, "zaragoza", "gardeners")
	wantCode(t, b.organizations().AddMember(t.Context(), g.ana, "zaragoza", g.dan.Actor, organization.RoleMember), domain.OK)
	wantCode(t, b.organizations().AddTeamMember(t.Context(), g.ana, "gardeners", g.dan.Actor, organization.RoleMember), domain.OK)
	b.settle()
	wantCode(t, b.service.MarkAllRead(t.Context(), g.dan, b.mint.Serial()), domain.OK)
	g.start(name, visibility)
	g.grant(coproduction.Grant{Grantee: g.bo.Actor, Item: g.branch, Allow: coproduction.MayView})
	g.grant(coproduction.Grant{Grantee: g.cy.Actor, Deny: coproduction.MayDelete})
	g.grant(coproduction.Grant{Grantee: team.ID, Item: g.branch, Allow: coproduction.MayCreate})
	g.grant(coproduction.Grant{Grantee: g.eva.Actor, Allow: coproduction.MayView})
	g.grant(coproduction.Grant{Grantee: g.eva.Actor, Item: g.branch, Deny: coproduction.MayView})
	return g
}

// start begins a process, in which what is done next is.
func (g *garden) start(name string, visibility domain.Visibility) {
	g.t.Helper()
	in := started(name)
	in.Details.Visibility = visibility
	must[*coproduction.Process](g.t)(g.Start(g.t.Context(), g.ana, in))
	_, tree, err := g.Tree(g.t.Context(), g.ana, name)
	if err != nil {
		g.t.Fatal(err)
	}
	first := func(of domain.ID) domain.ID { return tree.Children(of)[0].ID }
	phases := tree.Children("")
	g.name, g.branch = name, first(phases[1].ID)
	g.here, g.there = first(g.branch), first(first(phases[0].ID))
}

func (g *garden) grant(in coproduction.Grant) {
	g.t.Helper()
	wantCode(g.t, g.PutGrant(g.t.Context(), g.ana, g.name, in), domain.OK)
}

// work does in a task what people are told of.
func (g *garden) work(task domain.ID) {
	g.t.Helper()
	must[*coproduction.Resource](g.t)(g.AddResource(g.t.Context(), g.ana, g.name, task, coproduction.ResourceDetails{Name: "Plan", Body: "x"}))
	_, tree, err := g.Tree(g.t.Context(), g.ana, g.name)
	if err != nil {
		g.t.Fatal(err)
	}
	it := must[coproduction.Item](g.t)(tree.Item(task))
	_, err = g.SetTaskStatus(g.t.Context(), g.ana, g.name, task, it.Revision, coproduction.InProgress)
	wantCode(g.t, err, domain.OK)
	_, err = g.AddItem(g.t.Context(), g.ana, g.name, it.Parent, coproduction.Last, coproduction.ItemDetails{Name: domain.Text{"en": "Water"}})
	wantCode(g.t, err, domain.OK)
}

// kept counts the rows that are kept for somebody and unread.
func (g *garden) kept(v policy.Viewer) (n int) {
	g.t.Helper()
	if err := g.db.Read().NewRaw("SELECT COUNT(*) FROM notifications WHERE person_id = ? AND read_at IS NULL", string(v.Actor)).Scan(g.t.Context(), &n); err != nil {
		g.t.Fatal(err)
	}
	return n
}

// unread lists what somebody did not read yet, newest first.
func (g *garden) unread(v policy.Viewer) string {
	g.t.Helper()
	return strings.Join(slices.DeleteFunc(strings.Fields(g.topics(v)), func(topic string) bool { return !strings.HasSuffix(topic, "*") }), " ")
}

// told checks what people read that is new, and that nothing else is kept for
// them.
func (g *garden) told(when string, want map[string]string) {
	g.t.Helper()
	g.settle()
	for name, v := range map[string]policy.Viewer{"bo": g.bo, "cy": g.cy, "dan": g.dan, "eva": g.eva} {
		got := g.unread(v)
		if got != want[name] {
			g.t.Errorf("%s %s is told %q, want %q", when, name, got, want[name])
		}
		if n, read := g.kept(v), len(strings.Fields(got)); n != read {
			g.t.Errorf("%s %d rows are kept for %s, who reads %d", when, n, name, read)
		}
		if n := must[notification.Unread](g.t)(g.service.Unread(g.t.Context(), v)); int(n) != strings.Count(got, "*") {
			g.t.Errorf("%s %s has %d unread of %q", when, name, n, got)
		}
		wantCode(g.t, g.service.MarkAllRead(g.t.Context(), v, g.mint.Serial()), domain.OK)
	}
}

// TestNotificationsOfABranch: people are told of what they may see, and of
// nothing else of a process.
func TestNotificationsOfABranch(t *testing.T) {
	t.Parallel()
	const all = "item_added* task_status_changed* resource_added*"
	storagetest.Run(t, "members", func(t *testing.T, db *storage.DB) {
		ctx, g := t.Context(), newGarden(t, db, "gardens", domain.VisibleMembers)
		g.told("of rights", map[string]string{"bo": "process_access*", "dan": "process_access*", "eva": "process_access*"})
		g.work(g.here)
		g.told("of the branch", map[string]string{"bo": all, "dan": all})
		g.work(g.there)
		g.told("of the other", map[string]string{"eva": all})
		must[[]coproduction.Assignment](t)(g.Assign(ctx, g.ana, "gardens", g.here, coproduction.AssignInput{People: []domain.ActorID{g.dan.Actor}, Subject: "Dig"}))
		g.told("of an assignment", map[string]string{"dan": "assigned*"})
		wantCode(t, g.RevokeGrant(ctx, g.ana, "gardens", g.cy.Actor, ""), domain.OK)
		g.told("of rights that were none", nil)
	})

	storagetest.Run(t, "public", func(t *testing.T, db *storage.DB) {
		g := newGarden(t, db, "gardens", domain.VisiblePublic)
		g.told("of rights", map[string]string{"bo": "process_access*", "dan": "process_access*", "eva": "process_access*"})
		g.work(g.there)
		g.told("of the other", map[string]string{"bo": "item_added* task_status_changed*", "dan": "item_added* task_status_changed*", "eva": all})
	})

	storagetest.Run(t, "withdrawn", func(t *testing.T, db *storage.DB) {
		ctx, g := t.Context(), newGarden(t, db, "gardens", domain.VisibleMembers)
		g.told("of rights", map[string]string{"bo": "process_access*", "dan": "process_access*", "eva": "process_access*"})
		for range 30 {
			must[*coproduction.Resource](t)(g.AddResource(ctx, g.ana, "gardens", g.here, coproduction.ResourceDetails{Name: "Plan", Body: "x"}))
		}
		g.work(g.here)
		g.settle()
		if n := g.kept(g.bo); n != 33 {
			t.Fatalf("%d rows", n)
		}
		// He sees a part of it still, and reads of that alone.
		g.grant(coproduction.Grant{Grantee: g.bo.Actor, Item: g.there, Allow: coproduction.MayView})
		wantCode(t, g.RevokeGrant(ctx, g.ana, "gardens", g.bo.Actor, g.branch), domain.OK)
		g.settle()
		if got := g.unread(g.bo); got != "process_access_ended* process_access*" {
			t.Errorf("bo reads %q", got)
		}
		list := must[domain.List[*notification.Notification]](t)(g.service.List(ctx, g.bo, notification.Filter{}, domain.Page{Limit: 1}))
		rest := must[domain.List[*notification.Notification]](t)(g.service.List(ctx, g.bo, notification.Filter{}, domain.Page{Limit: 1, After: list.Next}))
		if len(list.Items) != 1 || len(rest.Items) != 1 || rest.Next != "" {
			t.Errorf("pages of %d and %d, next %q", len(list.Items), len(rest.Items), rest.Next)
		}
		if n := must[notification.Unread](t)(g.service.Unread(ctx, g.bo)); n != 2 {
			t.Errorf("bo has %d unread", n)
		}
		for _, a := range must[[]notification.Arrival](t)(g.store.After(ctx, 0, g.bo.Actor, 500)) {
			if n, err := g.service.Notification(ctx, g.bo, a.Serial); err == nil && n.Event.Part == g.here {
				t.Errorf("bo is shown %s of %s", n.Topic, n.Event.Kind)
			}
		}
		wantCode(t, g.organizations().RemoveTeamMember(ctx, g.ana, "gardeners", g.dan.Actor), domain.OK)
		g.at(time.Date(2026, 6, 5, 12, 0, 0, 0, time.UTC)) // after the summary of the day
		g.settle()
		if got := g.unread(g.dan); got != "team_rights_ended* group_member_ended*" {
			t.Errorf("dan reads %q", got)
		}
		for _, m := range g.mails() {
			if strings.Contains(m, "resource") || strings.Contains(m, "task") || strings.Contains(m, "item") {
				t.Errorf("a mail tells %s", m)
			}
		}
		if !slices.ContainsFunc(g.mails(), func(m string) bool { return strings.HasPrefix(m, "bo: daily") }) {
			t.Errorf("no summary was due, so this shows nothing: %q", g.mails())
		}
	})

	storagetest.Run(t, "queries", func(t *testing.T, db *storage.DB) {
		ctx, g := t.Context(), newGarden(t, db, "gardens", domain.VisibleMembers)
		g.settle()
		count := &counter{}
		db.Read().AddQueryHook(count) //nolint:staticcheck // the service has this database already
		counted := func() (int, int) {
			count.n = 0
			list := must[domain.List[*notification.Notification]](t)(g.service.List(ctx, g.bo, notification.Filter{}, domain.Page{Limit: 100}))
			must[notification.Unread](t)(g.service.Unread(ctx, g.bo))
			return count.n, len(list.Items)
		}
		few, one := counted()
		for i := range 5 {
			g.start(fmt.Sprint("gardens", i), domain.VisibleMembers)
			g.grant(coproduction.Grant{Grantee: g.bo.Actor, Item: g.branch, Allow: coproduction.MayView})
			g.work(g.here)
		}
		g.settle()
		if many, n := counted(); many != few || one != 1 || n != 21 {
			t.Errorf("%d queries for %d, %d for %d", few, one, many, n)
		}
	})
}

// TestNotificationsOfAnOffice: who is no administrator of a group, or no
// reviewer of a call, any more is not shown what they were told as one.
func TestNotificationsOfAnOffice(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "office", func(t *testing.T, db *storage.DB) {
		ctx, b := t.Context(), newBells(t, db)
		ana, bo, cy := b.account("ana", policy.RoleMember), b.account("bo", policy.RoleMember), b.account("cy", policy.RoleMember)
		b.organization(t, ana, "zaragoza")
		b.team(t, ana, "zaragoza", "gardeners")
		for _, v := range []policy.Viewer{bo, cy} {
			wantCode(t, b.organizations().AddMember(ctx, ana, "zaragoza", v.Actor, organization.RoleMember), domain.OK)
			wantCode(t, b.organizations().AddTeamMember(ctx, ana, "gardeners", v.Actor, organization.RoleMember), domain.OK)
		}
		wantCode(t, b.organizations().AddTeamMember(ctx, ana, "gardeners", bo.Actor, organization.RoleAdministrator), domain.OK)
		wantCode(t, b.organizations().RemoveTeamMember(ctx, cy, "gardeners", cy.Actor), domain.OK)
		b.settle()
		topics := func(v policy.Viewer) string {
			t.Helper()
			var all []string
			for _, n := range must[domain.List[*notification.Notification]](t)(b.service.List(ctx, v, notification.Filter{}, domain.Page{Limit: 100})).Items {
				all = append(all, string(n.Topic))
			}
			slices.Sort(all)
			return strings.Join(slices.Compact(all), " ")
		}
		if got := topics(bo); !strings.Contains(got, "member_left") {
			t.Fatalf("an administrator is told of %q", got)
		}
		wantCode(t, b.organizations().AddTeamMember(ctx, ana, "gardeners", bo.Actor, organization.RoleMember), domain.OK)
		b.settle()
		if got := topics(bo); strings.Contains(got, "member_left") || !strings.Contains(got, "group_member") {
			t.Errorf("who is one no more is shown %q", got)
		}
	})
}
