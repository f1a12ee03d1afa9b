package community

import (
	"context"
	"slices"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/domain/policy"
)

// Role is what somebody does in a community beyond following it.
type Role string

// The roles. Administrators do what moderators do.
const (
	NoRole        Role = ""
	Moderator     Role = "moderator"     // removes posts, closes threads, keeps people from writing
	Administrator Role = "administrator" // changes the community and its people, writes its news
)

// maxRoles is how many people a community names for each role.
const maxRoles = 50

// RoleGiven tells that somebody's role changed; the subject is the community.
const RoleGiven domain.EventKind = "community.role_given" // [RolePayload]

// RolePayload is the payload of [RoleGiven].
type RolePayload struct {
	Title domain.Text    `json:"title"`
	Who   domain.ActorID `json:"who"`
	Role  Role           `json:"role,omitempty"` // "" for none any more
	Was   Role           `json:"was,omitempty"`
}

// Role returns that of an actor.
func (c *Community) Role(id domain.ActorID) Role {
	switch {
	case slices.Contains(c.Administrators, id):
		return Administrator
	case slices.Contains(c.Moderators, id):
		return Moderator
	}
	return NoRole
}

// Staff lists who has a role: administrators first.
func (c *Community) Staff() []domain.ActorID { return slices.Concat(c.Administrators, c.Moderators) }

// give sets a role, in the place of the one before.
func (c *Community) give(who domain.ActorID, role Role) {
	same := func(id domain.ActorID) bool { return id == who }
	c.Administrators, c.Moderators = slices.DeleteFunc(c.Administrators, same), slices.DeleteFunc(c.Moderators, same)
	switch role {
	case Administrator:
		c.Administrators = append(c.Administrators, who)
	case Moderator:
		c.Moderators = append(c.Moderators, who)
	}
}

// author is in whose name the viewer begins a thread: who administers the
// community writes its news. Errors: Forbidden.
func (c *Community) author(v policy.Viewer) (domain.ActorID, error) {
	switch {
	case policy.Allow(v, policy.Publish, c) == nil:
		return c.ID, nil
	case c.Restricted && policy.Allow(v, policy.Moderate, c) != nil:
		return domain.Nobody, domain.Fail(domain.Forbidden, "community.restricted")
	}
	return v.Actor, nil
}

// SetRole gives somebody a role, or takes it. Errors: NotFound,
// Unauthenticated, Forbidden unless the viewer administers the community, or
// gives up a role of their own; Invalid on "role" or "handle": administrators
// have an account here, moderators may be of another node; Conflict if the
// community would be left without an administrator, or was changed meanwhile.
func (s *Service) SetRole(ctx context.Context, v policy.Viewer, name string, who domain.ActorID, role Role) (*Community, error) {
	c, err := s.Community(ctx, v, name)
	if err != nil {
		return nil, err
	}
	was := c.Role(who)
	resigns := v.Actor != domain.Nobody && who == v.Actor && role == NoRole && was != NoRole
	if err := policy.Allow(v, policy.Administer, c); err != nil && !resigns {
		return nil, err
	}
	if err := s.fits(ctx, who, role); err != nil {
		return nil, err
	}
	if role == was {
		return c, nil
	}
	c.give(who, role)
	switch {
	case len(c.Administrators) == 0:
		return nil, domain.Fail(domain.Conflict, "community.last_administrator")
	case max(len(c.Administrators), len(c.Moderators)) > maxRoles:
		return nil, domain.InvalidField("role", "community.roles_full", maxRoles)
	}
	c.UpdatedAt = s.mint.Now()
	e := domain.NewEvent(s.mint, RoleGiven, v.Actor, c.Subject(), RolePayload{Title: c.Title, Who: who, Role: role, Was: was})
	return c, s.store.SaveCommunity(ctx, c, domain.Change{Events: []domain.Event{e}})
}

// fits tells whether an actor can have a role.
func (s *Service) fits(ctx context.Context, who domain.ActorID, role Role) error {
	switch role {
	case NoRole:
		return nil
	case Moderator, Administrator:
	default:
		return domain.InvalidField("role", "organization.role_unknown")
	}
	a, err := s.actors.Actor(ctx, who)
	if err == nil && (a.Gone() || a.Type != network.TypePerson) {
		err = domain.Fail(domain.NotFound, "error.not_found")
	}
	if domain.CodeOf(err) == domain.NotFound {
		return domain.InvalidField("handle", "community.no_person").Because(err)
	}
	if err == nil && role == Administrator && !a.Local() {
		return domain.InvalidField("role", "community.administrator_here")
	}
	return err
}
