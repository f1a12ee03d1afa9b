package organization

import (
	"context"
	"time"

	"interlink/domain"
)

// Filter narrows a list of organisations.
type Filter struct {
	Text   string         // words in name, title or summary, in any language
	Kind   Kind           // "" for all
	Viewer domain.ActorID // sees public ones and those of which they are a member; Nobody sees public ones
	All    bool           // sees everything: an administrator of the node
	Member domain.ActorID // if set, only those with this member
}

// Store keeps organisations and teams. Reads fail with NotFound, and with
// Gone for what was deleted. A save writes state, members and change in one
// transaction: it inserts, with the actor, if Revision is 0, else updates
// where the revision still is the same (Conflict if not), and adds 1 to
// Revision. A taken name is Conflict.
type Store interface {
	Organizations
	Teams
	People
	Memberships
}

// Organizations is the part of [Store] about organisations.
type Organizations interface {
	Organization(ctx context.Context, id domain.ActorID) (*Organization, error)
	OrganizationNamed(ctx context.Context, name string) (*Organization, error)
	Organizations(ctx context.Context, f Filter, page domain.Page) (domain.List[*Organization], error)
	SaveOrganization(ctx context.Context, o *Organization, change domain.Change) error
	// Holdings reads what a group has and takes part in; processes and teams
	// as many as there are.
	Holdings(ctx context.Context, id domain.ActorID) (Holdings, error)
	// End makes tombstones of groups of the revisions that were read, takes
	// them out of the processes that were, and ends their members and
	// invitations. Errors: Conflict if anything is not as it was read.
	End(ctx context.Context, groups []Ending, at time.Time, change domain.Change) error
}

// Teams is the part of [Store] about teams; they are read with their
// organisation.
type Teams interface {
	Team(ctx context.Context, id domain.ActorID) (*Team, error)
	TeamNamed(ctx context.Context, name string) (*Team, error)
	TeamsOf(ctx context.Context, organization domain.ActorID, page domain.Page) (domain.List[*Team], error)
	TeamsWith(ctx context.Context, member domain.ActorID, page domain.Page) (domain.List[*Team], error)
	SaveTeam(ctx context.Context, t *Team, change domain.Change) error
}

// Written is what a change of the people of a group writes beside them.
type Written struct {
	Put []Invitation // new ones
	End []domain.ID  // those that are no more; Conflict if one is not there

	Letters []Letter // that bring new ones
}

// People is the part of [Store] about members and those who are invited.
type People interface {
	// Person fails with NotFound unless id is a person's, local or remote.
	Person(ctx context.Context, id domain.ActorID) error
	// Persons returns the people among actors, and whether they are of this
	// node; others are left out.
	Persons(ctx context.Context, ids []domain.ActorID) (map[domain.ActorID]bool, error)
	// PersonsNamed finds people of this node by their names.
	PersonsNamed(ctx context.Context, names []string) (map[string]domain.ActorID, error)
	// SavePeople saves a group's members with invitations. The link of a new
	// one by mail also lets its holder sign up.
	SavePeople(ctx context.Context, g Group, w Written, change domain.Change) error
	// EndInvitation removes one, and keeps that it was declined; nil if it was
	// not. Errors: Conflict if it is not there.
	EndInvitation(ctx context.Context, id domain.ID, r *Refusal, change domain.Change) error
	// Record commits events alone.
	Record(ctx context.Context, change domain.Change) error

	Invitation(ctx context.Context, id domain.ID) (Invitation, error)
	InvitationByHash(ctx context.Context, hash string) (Invitation, error)
	// InvitationTo returns the invitation of a person of another node.
	InvitationTo(ctx context.Context, group, person domain.ActorID) (Invitation, error)
	Invitations(ctx context.Context, group domain.ActorID, page domain.Page) (domain.List[Invitation], error)
	// OpenInvitations returns all of a group.
	OpenInvitations(ctx context.Context, group domain.ActorID) ([]Invitation, error)
	// LettersTo counts what was sent to addressees of invitations since a time.
	LettersTo(ctx context.Context, addressees []string, since time.Time) (map[string]int, error)
	// Refused tells which addressees are not to be invited to a group now: people
	// of this node also by the address of their account.
	Refused(ctx context.Context, group domain.ActorID, addressees []string, now time.Time) (map[string]bool, error)
	// RefusalsOf lists those for ever of a person, also by the address of their
	// account, newest first.
	RefusalsOf(ctx context.Context, person domain.ActorID) ([]Refusal, error)
	// DropRefusal forgets those of a person.
	DropRefusal(ctx context.Context, person, group domain.ActorID) error
	// RefusalByHash finds that of a link.
	RefusalByHash(ctx context.Context, hash string) (Refusal, error)
	// DropRefusalOf forgets one.
	DropRefusalOf(ctx context.Context, r Refusal) error
	// ClaimInvitation ties one by mail to a person of this node.
	ClaimInvitation(ctx context.Context, id domain.ID, username string) error
	// Claimed returns those by mail that are tied to a person.
	Claimed(ctx context.Context, person domain.ActorID) ([]Invitation, error)
}

// Memberships is the part of [Store] about groups of other nodes.
type Memberships interface {
	Membership(ctx context.Context, person, group domain.ActorID) (*Abroad, error)
	MembershipByID(ctx context.Context, id domain.ID) (*Abroad, error)
	// MembershipsOf lists those of a person, newest first; a state of "" is
	// all.
	MembershipsOf(ctx context.Context, person domain.ActorID, state AbroadState, page domain.Page) (domain.List[*Abroad], error)
	// MembershipsIn returns all in a group.
	MembershipsIn(ctx context.Context, group domain.ActorID) ([]*Abroad, error)
	// SaveMembership stores one by its pair.
	SaveMembership(ctx context.Context, a *Abroad, change domain.Change) error
	DeleteMembership(ctx context.Context, a *Abroad, change domain.Change) error
	// RefuseMembership deletes one that was an invitation, and keeps that it was
	// declined.
	RefuseMembership(ctx context.Context, a *Abroad, r *Refusal, change domain.Change) error
}
