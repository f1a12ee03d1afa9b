package participation

import (
	"testing"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/policy"
)

// TestJoiningPolicy lists what everybody may do with the call for join requests
// of a process, by verb: here, and as a person of another node.
func TestJoiningPolicy(t *testing.T) {
	t.Parallel()
	process := func(v domain.Visibility) *coproduction.Process {
		return &coproduction.Process{ID: "p", Visibility: v, Administrators: []domain.ActorID{"owner"}, Grants: []coproduction.Grant{
			{Grantee: "viewer", Allow: coproduction.MayView}, {Grantee: "worker", Allow: coproduction.MayView | coproduction.MayCreate},
			{Grantee: "manager", Allow: coproduction.AllRights},
		}}
	}
	const yes, no, hidden = domain.OK, domain.Forbidden, domain.NotFound
	verbs := []policy.Verb{policy.Read, policy.Apply, policy.Contribute, policy.Edit, policy.Administer, policy.Moderate}
	for name, want := range map[string]map[string][]domain.Code{
		"public": {
			"owner": {yes, yes, yes, yes, yes, yes}, "manager": {yes, yes, yes, no, no, no}, "worker": {yes, yes, yes, no, no, no},
			"viewer": {yes, yes, no, no, no, no}, "stranger": {yes, yes, no, no, no, no},
			"": {yes, domain.Unauthenticated, domain.Unauthenticated, domain.Unauthenticated, domain.Unauthenticated, domain.Unauthenticated},
		},
		"private": {
			"owner": {yes, yes, yes, yes, yes, yes}, "manager": {yes, yes, yes, no, no, no}, "worker": {yes, yes, yes, no, no, no},
			"viewer": {yes, yes, no, no, no, no}, "stranger": {hidden, hidden, hidden, hidden, hidden, hidden}, "": {hidden, hidden, hidden, hidden, hidden, hidden},
		},
	} {
		visibility := domain.VisiblePublic
		if name == "private" {
			visibility = domain.VisibleMembers
		}
		p := process(visibility)
		c := &Call{Process: p.ID, Into: p, State: CallOpen}
		for _, role := range []policy.Role{policy.RoleMember, policy.RoleRemote} {
			for actor, codes := range want {
				for i, verb := range verbs {
					v := policy.Viewer{Actor: domain.ActorID(actor), Role: role}
					if actor == "" {
						v.Role = policy.RoleNone
					}
					if got := domain.CodeOf(policy.Allow(v, verb, c)); got != codes[i] {
						t.Errorf("%s process: %q (%s) %s: %q, not %q", name, actor, role, verb, got, codes[i])
					}
				}
			}
		}
	}
	away := &Call{Process: "p", Host: "riga.example", State: CallOpen}
	lost := &Call{Process: "p", State: CallOpen}
	owner := policy.Viewer{Actor: "owner", Role: policy.RoleMember}
	if policy.Allow(owner, policy.Apply, away) != nil || policy.Allow(owner, policy.Administer, away) == nil || policy.Allow(owner, policy.Read, lost) == nil {
		t.Error("the call of another node, or of a process that is not there")
	}
}
