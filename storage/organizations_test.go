package storage_test

import (
	"fmt"
	"testing"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/domain/organization"
	"interlink/domain/policy"
	"interlink/storage"
	"interlink/storage/storagetest"
)

// node is a database with services over it, for tests of several stores.
type node struct {
	db   *storage.DB
	mint *domain.Mint
	ns   domain.Namespace
}

func newNode(t *testing.T, db *storage.DB) node {
	t.Helper()
	ns, err := domain.NewNamespace("https://city.example")
	if err != nil {
		t.Fatal(err)
	}
	return node{db, domain.NewMint(nil, nil), ns}
}

// person adds an actor who is a person and returns them as a viewer.
func (n node) person(t *testing.T, name string) policy.Viewer {
	t.Helper()
	a := network.NewLocal(n.mint, n.ns, network.TypePerson, network.SubjectPerson, name, "users", name)
	if err := storage.NewNetwork(n.db).AddLocalActor(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	return policy.Viewer{Actor: a.ID, Role: policy.RoleMember}
}

func (n node) organizations() *organization.Service {
	return organization.NewService(storage.NewOrganizations(n.db), n.mint, n.ns)
}

func (n node) organization(t *testing.T, v policy.Viewer, name string) *organization.Organization {
	t.Helper()
	o, err := n.organizations().Create(t.Context(), v, name, organization.Details{
		Title: domain.Text{"en": "City of " + name, "es": "Ciudad de " + name}, Kind: organization.PublicAdministration,
	})
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func wantCode(t *testing.T, err error, want domain.Code) {
	t.Helper()
	if got := domain.CodeOf(err); got != want {
		t.Helper()
		t.Errorf("code %q, want %q (%v)", got, want, err)
	}
}

func must[T any](t *testing.T) func(T, error) T {
	t.Helper()
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func TestOrganizations(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "life", func(t *testing.T, db *storage.DB) {
		ctx, n := t.Context(), newNode(t, db)
		ana, bo := n.person(t, "ana"), n.person(t, "bo")
		s := n.organizations()
		made := n.organization(t, ana, "zaragoza")
		got := must[*organization.Organization](t)(s.Organization(ctx, policy.Viewer{}, "zaragoza"))
		if got.Revision != 1 || got.IRI != "https://city.example/organizations/zaragoza" || !got.Title.Equal(made.Title) ||
			got.Members.Role(ana.Actor) != organization.RoleAdministrator || !got.CreatedAt.Equal(made.CreatedAt) {
			t.Errorf("read back: %+v", got)
		}
		actor := must[*network.Actor](t)(storage.NewNetwork(db).Actor(ctx, got.ID))
		if actor.Type != network.TypeOrganization || actor.SharedInbox != "https://city.example/inbox" || actor.Title != "City of zaragoza" {
			t.Errorf("actor: %+v", actor)
		}

		_, err := s.Create(ctx, bo, "zaragoza", organization.Details{Title: domain.Text{"en": "x"}, Kind: organization.Citizen})
		wantCode(t, err, domain.Conflict)
		_, err = s.CreateTeam(ctx, ana, "zaragoza", "ana", organization.TeamDetails{Title: domain.Text{"en": "x"}})
		wantCode(t, err, domain.Conflict) // one namespace of names for all actors
		_, err = s.Edit(ctx, bo, "zaragoza", 1, organization.Details{})
		wantCode(t, err, domain.Forbidden)
		_, err = s.Edit(ctx, ana, "zaragoza", 7, organization.Details{})
		wantCode(t, err, domain.Conflict)

		wantCode(t, s.AddMember(ctx, ana, "zaragoza", bo.Actor, organization.RoleMember), domain.OK)
		wantCode(t, s.AddMember(ctx, ana, "zaragoza", got.ID, organization.RoleMember), domain.NotFound) // no person
		wantCode(t, s.RemoveMember(ctx, ana, "zaragoza", ana.Actor), domain.Conflict)                    // last administrator
		wantCode(t, s.RemoveMember(ctx, bo, "zaragoza", ana.Actor), domain.Forbidden)
		wantCode(t, s.RemoveMember(ctx, bo, "zaragoza", bo.Actor), domain.OK)

		n1 := must[int64](t)(storage.NewEvents(db).Verify(ctx))
		if n1 != 3 { // created, member added, member removed: nothing for what was refused
			t.Errorf("%d events, want 3", n1)
		}
	})

	storagetest.Run(t, "teams", func(t *testing.T, db *storage.DB) {
		ctx, n := t.Context(), newNode(t, db)
		ana, bo := n.person(t, "ana"), n.person(t, "bo")
		s := n.organizations()
		n.organization(t, ana, "zaragoza")
		team := must[*organization.Team](t)(s.CreateTeam(ctx, ana, "zaragoza", "garden", organization.TeamDetails{
			Title: domain.Text{"en": "Garden team"}, JoinPolicy: organization.JoinOpen,
		}))
		if team.Kind != organization.PublicAdministration {
			t.Errorf("kind %q, want the organisation's", team.Kind)
		}
		wantCode(t, s.Join(ctx, policy.Viewer{}, "garden"), domain.Unauthenticated)
		wantCode(t, s.Join(ctx, bo, "garden"), domain.OK)
		wantCode(t, s.Join(ctx, bo, "garden"), domain.OK)
		got := must[*organization.Team](t)(s.Team(ctx, bo, "garden"))
		if len(got.Members) != 2 || got.Members.Role(bo.Actor) != organization.RoleMember || got.Parent.Name != "zaragoza" {
			t.Errorf("team: %+v", got)
		}
		_, err := s.EditTeam(ctx, bo, "garden", got.Revision, organization.TeamDetails{Title: domain.Text{"en": "Ours"}})
		wantCode(t, err, domain.Forbidden)
		_, err = s.EditTeam(ctx, ana, "garden", got.Revision, organization.TeamDetails{Title: domain.Text{"en": "Gardeners"}})
		wantCode(t, err, domain.OK)
		wantCode(t, s.RemoveTeamMember(ctx, bo, "garden", bo.Actor), domain.OK)
		wantCode(t, s.Join(ctx, bo, "garden"), domain.Forbidden) // the edit made it by invitation
		mine := must[domain.List[*organization.Team]](t)(s.MyTeams(ctx, ana, domain.Page{}))
		if mine.Total != 1 || mine.Items[0].Title.String() != "Gardeners" {
			t.Errorf("my teams: %+v", mine)
		}

		// A hidden organisation hides its teams, and their actors.
		o := must[*organization.Organization](t)(s.Organization(ctx, ana, "zaragoza"))
		must[*organization.Organization](t)(s.Edit(ctx, ana, "zaragoza", o.Revision, organization.Details{
			Title: o.Title, Kind: o.Kind, Visibility: domain.VisibleMembers,
		}))
		_, err = s.Team(ctx, bo, "garden")
		wantCode(t, err, domain.NotFound)
		actor := must[*network.Actor](t)(storage.NewNetwork(db).Actor(ctx, got.ID))
		if actor.Visibility != domain.VisibleMembers {
			t.Errorf("team's actor is %q", actor.Visibility)
		}
	})

	storagetest.Run(t, "list", func(t *testing.T, db *storage.DB) {
		ctx, n := t.Context(), newNode(t, db)
		ana, bo := n.person(t, "ana"), n.person(t, "bo")
		s := n.organizations()
		for i := range 5 {
			n.organization(t, ana, fmt.Sprintf("city%d", i))
		}
		must[*organization.Organization](t)(s.Create(ctx, ana, "hidden", organization.Details{
			Title: domain.Text{"en": "100% hidden_city"}, Kind: organization.Citizen, Visibility: domain.VisibleMembers,
		}))
		var names []string
		for page, more := (domain.Page{Limit: 2}), true; more; more = page.After != "" {
			list := must[domain.List[*organization.Organization]](t)(s.Organizations(ctx, bo, organization.Filter{}, page))
			if list.Total != 5 {
				t.Fatalf("total %d, want the 5 public ones", list.Total)
			}
			for _, o := range list.Items {
				names = append(names, o.Name)
			}
			page.After = list.Next
		}
		if fmt.Sprint(names) != "[city4 city3 city2 city1 city0]" {
			t.Errorf("pages: %v", names)
		}
		count := func(v policy.Viewer, f organization.Filter) int {
			return must[domain.List[*organization.Organization]](t)(s.Organizations(ctx, v, f, domain.Page{})).Total
		}
		for want, got := range map[string]int{
			"6 to its member":        count(ana, organization.Filter{}),
			"6 to an administrator ": count(policy.Viewer{Actor: bo.Actor, Role: policy.RoleAdmin}, organization.Filter{}),
			"1 with a per cent sign": count(ana, organization.Filter{Text: "100% HIDDEN_city"}),
			"0 as % is no wildcard":  count(ana, organization.Filter{Text: "ci%4"}),
			"1 in Spanish":           count(bo, organization.Filter{Text: "ciudad city3"}),
			"1 citizens":             count(ana, organization.Filter{Kind: organization.Citizen}),
		} {
			if want[0] != byte('0'+got) {
				t.Errorf("%d found, want %s", got, want)
			}
		}
		_, err := s.Organizations(ctx, bo, organization.Filter{}, domain.Page{After: "x"})
		wantCode(t, err, domain.Invalid)
	})
}
