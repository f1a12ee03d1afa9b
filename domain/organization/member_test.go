package organization

import (
	"testing"
	"time"

	"interlink/domain"
	"interlink/domain/policy"
)

func TestMembers(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	one := Members{{Actor: "ana", Role: RoleAdministrator}}
	two := Members{{Actor: "ana", Role: RoleAdministrator}, {Actor: "bo", Role: RoleMember}}
	for name, tc := range map[string]struct {
		change  func() (Members, bool, error)
		changed bool
		code    domain.Code
		roles   map[domain.ActorID]Role
	}{
		"add":                     {func() (Members, bool, error) { return one.with("bo", RoleMember, now) }, true, domain.OK, map[domain.ActorID]Role{"ana": RoleAdministrator, "bo": RoleMember}},
		"add again":               {func() (Members, bool, error) { return two.with("bo", RoleMember, now) }, false, domain.OK, map[domain.ActorID]Role{"bo": RoleMember}},
		"promote":                 {func() (Members, bool, error) { return two.with("bo", RoleAdministrator, now) }, true, domain.OK, map[domain.ActorID]Role{"bo": RoleAdministrator}},
		"demote the last":         {func() (Members, bool, error) { return two.with("ana", RoleMember, now) }, true, domain.Conflict, nil},
		"unknown role":            {func() (Members, bool, error) { return one.with("bo", "king", now) }, false, domain.Invalid, nil},
		"remove":                  {func() (Members, bool, error) { return two.without("bo") }, true, domain.OK, map[domain.ActorID]Role{"ana": RoleAdministrator, "bo": ""}},
		"remove a stranger":       {func() (Members, bool, error) { return two.without("cleo") }, false, domain.OK, map[domain.ActorID]Role{"bo": RoleMember}},
		"remove the last in rule": {func() (Members, bool, error) { return two.without("ana") }, true, domain.Conflict, nil},
	} {
		got, changed, err := tc.change()
		if domain.CodeOf(err) != tc.code {
			t.Errorf("%s: error %v, want %q", name, err, tc.code)
			continue
		}
		if err == nil && changed != tc.changed {
			t.Errorf("%s: changed %v", name, changed)
		}
		for actor, role := range tc.roles {
			if got.Role(actor) != role {
				t.Errorf("%s: %s is %q, want %q", name, actor, got.Role(actor), role)
			}
		}
	}
	if len(one) != 1 || len(two) != 2 || two[0].Role != RoleAdministrator {
		t.Error("a change altered the members it began with")
	}
}

func TestTeamRelation(t *testing.T) {
	t.Parallel()
	o := &Organization{Visibility: domain.VisibleMembers, Members: Members{
		{Actor: "mayor", Role: RoleAdministrator}, {Actor: "clerk", Role: RoleMember},
	}}
	team := &Team{Parent: o, Members: Members{{Actor: "clerk2", Role: RoleMember}, {Actor: "lead", Role: RoleAdministrator}}}
	for actor, want := range map[domain.ActorID]policy.Relation{
		"mayor": policy.Administrator, "clerk": policy.Member, "clerk2": policy.Contributor,
		"lead": policy.Administrator, "stranger": policy.Stranger,
	} {
		if got := team.PolicyRelation(actor); got != want {
			t.Errorf("%s: %v, want %v", actor, got, want)
		}
	}
	if team.PolicyVisibility() != domain.VisibleMembers {
		t.Error("a team shows more than its organisation")
	}
}

func TestDetails(t *testing.T) {
	t.Parallel()
	long := make([]byte, maxTitle+1)
	for i := range long {
		long[i] = 'x'
	}
	for name, tc := range map[string]struct {
		d      Details
		fields int
	}{
		"good":          {Details{Title: domain.Text{"lv": "Rīga"}, Kind: PublicAdministration}, 0},
		"blank title":   {Details{Title: domain.Text{"en": "  "}, Kind: Citizen}, 1},
		"long title":    {Details{Title: domain.Text{"en": string(long)}, Kind: Citizen}, 1},
		"kind":          {Details{Title: domain.Text{"en": "x"}, Kind: "club"}, 1},
		"all at once":   {Details{Kind: "club", Visibility: "secret"}, 3},
		"members' only": {Details{Title: domain.Text{"en": "x"}, Kind: Nonprofit, Visibility: domain.VisibleMembers}, 0},
	} {
		var p domain.Problems
		tc.d.clean().check(&p)
		if len(p) != tc.fields {
			t.Errorf("%s: %v", name, p)
		}
	}
	for name, good := range map[string]bool{
		"zaragoza": true, "a_1": true, "": false, "Zaragoza": false, "with-dash": false, "x y": false, "ñ": false, "a\n": false,
		"abcdefghijklmnopqrstuvwxyz01234": false, "abcdefghijklmnopqrstuvwxyz0123": true,
	} {
		var p domain.Problems
		if CheckName(&p, name); (len(p) == 0) != good {
			t.Errorf("name %q: %v", name, p)
		}
	}
}
