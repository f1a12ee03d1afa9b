package organization

import "interlink/domain"

// What happens to organisations and teams. The subject is the organisation or
// team, by its actor's id.
const (
	OrganizationCreated       domain.EventKind = "organization.created"        // [Named]
	OrganizationUpdated       domain.EventKind = "organization.updated"        // [Named]
	OrganizationMemberAdded   domain.EventKind = "organization.member_added"   // [Membership]
	OrganizationMemberRemoved domain.EventKind = "organization.member_removed" // [Membership]
	TeamCreated               domain.EventKind = "team.created"                // [Named]
	TeamUpdated               domain.EventKind = "team.updated"                // [Named]
	TeamMemberAdded           domain.EventKind = "team.member_added"           // [Membership]
	TeamMemberRemoved         domain.EventKind = "team.member_removed"         // [Membership]
)

// Named is the payload of the events of a whole organisation or team.
type Named struct {
	Name         string         `json:"name"`                   // handle
	Title        domain.Text    `json:"title"`                  // for the timeline
	Organization domain.ActorID `json:"organization,omitempty"` // a team's
}

// Membership is the payload of the events of a member.
type Membership struct {
	Actor domain.ActorID `json:"actor"`          // who came, went or changed role
	Role  Role           `json:"role,omitempty"` // "" once removed
}

func (o *Organization) subject() domain.Subject {
	return domain.Subject{Kind: "organization", ID: domain.ID(o.ID)}
}

func (t *Team) subject() domain.Subject {
	return domain.Subject{Kind: "team", ID: domain.ID(t.ID)}
}
