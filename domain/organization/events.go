package organization

import "interlink/domain"

// What happens to organisations and teams. The subject is the organisation or
// team, by its actor's id.
const (
	OrganizationCreated         domain.EventKind = "organization.created"          // [Named]
	OrganizationUpdated         domain.EventKind = "organization.updated"          // [Named]
	OrganizationDeleted         domain.EventKind = "organization.deleted"          // [Deleted]
	OrganizationMemberAdded     domain.EventKind = "organization.member_added"     // [Membership]
	OrganizationMemberRemoved   domain.EventKind = "organization.member_removed"   // [Membership]
	OrganizationInvited         domain.EventKind = "organization.invited"          // [Invited]
	OrganizationInvitationEnded domain.EventKind = "organization.invitation_ended" // [Invited]
	TeamCreated                 domain.EventKind = "team.created"                  // [Named]
	TeamUpdated                 domain.EventKind = "team.updated"                  // [Named]
	TeamDeleted                 domain.EventKind = "team.deleted"                  // [Deleted]
	TeamMemberAdded             domain.EventKind = "team.member_added"             // [Membership]
	TeamMemberRemoved           domain.EventKind = "team.member_removed"           // [Membership]
	TeamInvited                 domain.EventKind = "team.invited"                  // [Invited]
	TeamInvitationEnded         domain.EventKind = "team.invitation_ended"         // [Invited]
	TeamJoinDeclined            domain.EventKind = "team.join_declined"            // [Membership]: somebody of another node asked
)

// GroupEnded says that an organisation or team that took part in a process is
// deleted. The subject is the process.
const GroupEnded domain.EventKind = "process.group_ended" // [Named]

// What happens to the memberships that people of this node have in groups of
// others. The subject is the person, by their actor's id.
const (
	MembershipInvited  domain.EventKind = "membership.invited"  // [Elsewhere]: the group asks
	MembershipAccepted domain.EventKind = "membership.accepted" // [Elsewhere]: the person does
	MembershipDeclined domain.EventKind = "membership.declined" // [Elsewhere]
	MembershipAsked    domain.EventKind = "membership.asked"    // [Elsewhere]: the person asks
	MembershipBegun    domain.EventKind = "membership.begun"    // [Elsewhere]: the group says so
	MembershipEnded    domain.EventKind = "membership.ended"    // [Elsewhere]: the group says so
	MembershipLeft     domain.EventKind = "membership.left"     // [Elsewhere]: the person does
)

// Named is the payload of the events of a whole organisation or team.
type Named struct {
	Name         string         `json:"name"`                   // handle
	Title        domain.Text    `json:"title"`                  // for the timeline
	Organization domain.ActorID `json:"organization,omitempty"` // a team's
}

// Deleted is the payload of the end of an organisation or team.
type Deleted struct {
	Named

	Elsewhere []domain.ActorID `json:"elsewhere,omitempty"` // whom of other nodes it concerns, beside its followers
}

// Membership is the payload of the events of a member.
type Membership struct {
	Actor    domain.ActorID `json:"actor"`              // who came, went or changed role
	Role     Role           `json:"role,omitempty"`     // "" once removed
	Activity domain.IRI     `json:"activity,omitempty"` // of another node, that caused it: a Join, an Accept, a Leave
	Asked    bool           `json:"asked,omitempty"`    // Activity is a Join, to be answered
	Applied  bool           `json:"applied,omitempty"`  // by an application that was accepted, of which they are told
}

// Invited is the payload of the events of an invitation. It holds no address.
type Invited struct {
	Invitation domain.ID      `json:"invitation"`
	Actor      domain.ActorID `json:"actor,omitempty"` // of another node; "" for one by mail
	Role       Role           `json:"role"`
	Ended      Ended          `json:"ended,omitempty"`
	Mailed     bool           `json:"mailed,omitempty"`
}

// Ended says how an invitation ended that nobody accepted.
type Ended string

// The ways.
const (
	EndedRevoked  Ended = "revoked"
	EndedDeclined Ended = "declined"
)

// Elsewhere is the payload of the events of a membership in a group of
// another node.
type Elsewhere struct {
	Person   domain.ActorID `json:"person"`
	Group    domain.ActorID `json:"group"`
	Activity domain.IRI     `json:"activity,omitempty"` // the Invite that was answered
	Applied  bool           `json:"applied,omitempty"`  // membership.begun: by an application, whose answer tells them
}

func (o *Organization) subject() domain.Subject {
	return domain.Subject{Kind: "organization", ID: domain.ID(o.ID)}
}

func (t *Team) subject() domain.Subject {
	return domain.Subject{Kind: "team", ID: domain.ID(t.ID)}
}
