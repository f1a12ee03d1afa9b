package organization

import (
	"context"

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

// Store keeps organisations and teams. Reads fail with NotFound. A save
// writes state, members and change in one transaction: it inserts, with the
// actor, if Revision is 0, else updates where the revision still is the same
// (Conflict if not), and adds 1 to Revision. A taken name is Conflict.
type Store interface {
	Organizations
	Teams

	// Person fails with NotFound unless id is a person's, local or remote.
	Person(ctx context.Context, id domain.ActorID) error
}

// Organizations is the half of [Store] about organisations.
type Organizations interface {
	Organization(ctx context.Context, id domain.ActorID) (*Organization, error)
	OrganizationNamed(ctx context.Context, name string) (*Organization, error)
	Organizations(ctx context.Context, f Filter, page domain.Page) (domain.List[*Organization], error)
	SaveOrganization(ctx context.Context, o *Organization, change domain.Change) error
}

// Teams is the half of [Store] about teams; they are read with their
// organisation.
type Teams interface {
	Team(ctx context.Context, id domain.ActorID) (*Team, error)
	TeamNamed(ctx context.Context, name string) (*Team, error)
	TeamsOf(ctx context.Context, organization domain.ActorID, page domain.Page) (domain.List[*Team], error)
	TeamsWith(ctx context.Context, member domain.ActorID, page domain.Page) (domain.List[*Team], error)
	SaveTeam(ctx context.Context, t *Team, change domain.Change) error
}
