package participation

import (
	"context"
	"time"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/coproduction"
	"interlink/domain/organization"
)

// CallFilter narrows a list of calls.
type CallFilter struct {
	OpenAt       time.Time      // if set, only those that take applications then
	Here         bool           // only those of this node
	Community    domain.ActorID // Nobody for all, as below
	Organization domain.ActorID
	Team         domain.ActorID
	Reviewer     domain.ActorID // only those that this person decides on
}

// ApplicationFilter narrows a list of applications; one of the first two must
// be set.
type ApplicationFilter struct {
	Call      domain.ID
	Applicant domain.ActorID
	State     State // "" for all
}

// Admission is what a decision changes beside the application; the parts that
// are nil stay.
type Admission struct {
	Call    *Call
	Team    *organization.Team
	Process *coproduction.Process
}

// Store keeps calls and applications. Reads fail with NotFound. A save writes
// state and change in one transaction: it inserts if Revision is 0, else
// updates where the revision still is the same (Conflict if not), and adds 1
// to Revision.
type Store interface {
	Call(ctx context.Context, id domain.ID) (*Call, error)
	CallByIRI(ctx context.Context, iri domain.IRI) (*Call, error)
	// CallsByID reads many at once; those that are not known are absent.
	CallsByID(ctx context.Context, ids []domain.ID) ([]*Call, error)
	// Calls lists them newest first. A call whose post was deleted reads as
	// closed, and is in no list; a standing one is in those of a reviewer.
	Calls(ctx context.Context, f CallFilter, page domain.Page) (domain.List[*Call], error)
	// TellCall saves a call with the post that tells of it.
	TellCall(ctx context.Context, c *Call, news community.News, change domain.Change) error
	SaveCall(ctx context.Context, c *Call, change domain.Change) error
	// Lasting lists a part of the open calls of this node for teams that have
	// no deadline and did not change since a time, by serial after one.
	Lasting(ctx context.Context, since time.Time, after domain.Serial) ([]*Call, error)

	Application(ctx context.Context, id domain.ID) (*Application, error)
	ApplicationOf(ctx context.Context, call domain.ID, applicant domain.ActorID) (*Application, error)
	// Applications lists oldest first for a call, newest first for who
	// applied.
	Applications(ctx context.Context, f ApplicationFilter, page domain.Page) (domain.List[*Application], error)
	SaveApplication(ctx context.Context, a *Application, with Admission, change domain.Change) error
	// Undecided lists a part of the applications that wait for a decision, and
	// did not change since a time, of calls of this node that were over before
	// it, by serial after one.
	Undecided(ctx context.Context, before time.Time, after domain.Serial) ([]*Application, error)
	// AppliedTo reports whether a person has an application, not withdrawn or
	// turned down, for a call of a team of another node.
	AppliedTo(ctx context.Context, applicant domain.ActorID, team domain.IRI) (bool, error)
}
