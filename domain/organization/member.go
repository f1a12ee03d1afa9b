package organization

import (
	"slices"
	"time"

	"interlink/domain"
	"interlink/domain/policy"
)

// Role is what a member may do in an organisation or team.
type Role string

// The roles.
const (
	RoleMember        Role = "member"        // works in its name
	RoleAdministrator Role = "administrator" // also changes it and its people
)

// Member is a person in an organisation or team, local or remote.
type Member struct {
	Actor domain.ActorID
	Role  Role
	Since time.Time
}

// Members are the people of one organisation or team, longest first.
type Members []Member

// Role returns the role of an actor, "" for a stranger.
func (m Members) Role(a domain.ActorID) Role {
	for _, one := range m {
		if one.Actor == a {
			return one.Role
		}
	}
	return ""
}

// Administrators returns those who may change the group.
func (m Members) Administrators() []domain.ActorID {
	var out []domain.ActorID
	for _, one := range m {
		if one.Role == RoleAdministrator {
			out = append(out, one.Actor)
		}
	}
	return out
}

func (m Members) relation(a domain.ActorID) policy.Relation {
	switch m.Role(a) {
	case RoleAdministrator:
		return policy.Administrator
	case RoleMember:
		return policy.Contributor
	}
	return policy.Stranger
}

// with returns the members and one more, or the same with another role.
// changed is false if the actor had that role already. Errors: Invalid for an
// unknown role, Conflict if the last administrator would lose the role.
func (m Members) with(a domain.ActorID, role Role, now time.Time) (out Members, changed bool, err error) {
	if role != RoleMember && role != RoleAdministrator {
		return nil, false, domain.InvalidField("role", "organization.role_unknown")
	}
	i := slices.IndexFunc(m, func(one Member) bool { return one.Actor == a })
	if i < 0 {
		return append(slices.Clone(m), Member{Actor: a, Role: role, Since: now}), true, nil
	}
	if m[i].Role == role {
		return m, false, nil
	}
	out = slices.Clone(m)
	out[i].Role = role
	return out, true, out.governed()
}

// without returns the members without one. changed is false for a stranger.
// Errors: Conflict for the last administrator.
func (m Members) without(a domain.ActorID) (out Members, changed bool, err error) {
	out = slices.DeleteFunc(slices.Clone(m), func(one Member) bool { return one.Actor == a })
	if len(out) == len(m) {
		return m, false, nil
	}
	return out, true, out.governed()
}

// governed fails if nobody is left who may change the group.
func (m Members) governed() error {
	if len(m.Administrators()) == 0 {
		return domain.Fail(domain.Conflict, "organization.last_administrator")
	}
	return nil
}

// Page returns a part of the members; cursors are members' ids. One whose
// member left meanwhile begins anew. Errors: Invalid for a cursor that is no
// id.
func (m Members) Page(p domain.Page) (domain.List[Member], error) {
	list := domain.List[Member]{Total: len(m)}
	from := 0
	if p.After != "" {
		if _, err := domain.ParseID(p.After); err != nil {
			return list, domain.InvalidField("after", "error.cursor").Because(err)
		}
		from = 1 + slices.IndexFunc(m, func(one Member) bool { return string(one.Actor) == p.After })
	}
	to := min(from+p.Size(), len(m))
	list.Items = m[from:to]
	if to < len(m) {
		list.Next = string(m[to-1].Actor)
	}
	return list, nil
}
