package coproduction

import (
	"context"
	"iter"
	"time"

	"interlink/domain"
)

// Filter narrows a list of processes.
type Filter struct {
	Text         string // words in title, summary or name, in any language
	Status       Status // "" for all
	Organization domain.ActorID
	Community    domain.ActorID
	Interlinker  domain.ID      // only those that took this entry into a task
	Member       domain.ActorID // if set, only those in which this person takes part
	Viewer       domain.ActorID // sees public ones and their own; Nobody sees public ones
	All          bool           // sees everything: an administrator of the node
}

// Written is what a change writes beside the process itself.
type Written struct {
	Items     []Item     // added or changed
	Places    []Item     // of which the position alone changed
	Resources []Resource // added or changed
	Versions  []ResourceVersion
	Uses      []Use // recorded

	Assignments   []Assignment   // made
	Contributions []Contribution // claimed or changed

	Described bool // what it says of itself changed
}

// Works reports whether it changes more than the people of a process: what
// moved to another node is only read here.
func (w Written) Works() bool {
	return w.Described || len(w.Items)+len(w.Resources)+len(w.Versions)+len(w.Assignments)+len(w.Contributions) > 0
}

// WorkFilter narrows a list of what people were asked to do, or did.
type WorkFilter struct {
	Process domain.ActorID // Nobody for all
	Item    domain.ID      // "" for all
	Person  domain.ActorID // Nobody for all
	// Confined leaves out what is not in one of the items of Inside.
	Confined bool
	Inside   []domain.ID
}

// AssignmentFilter narrows a list of assignments.
type AssignmentFilter struct {
	WorkFilter
	Unfinished bool // only those that are open or accepted
}

// ContributionFilter narrows a list of contributions.
type ContributionFilter struct {
	WorkFilter
	State ContributionState // "" for all
}

// ResourceVersion is a new version of a resource.
type ResourceVersion struct {
	Resource domain.ID
	Version
}

// Store keeps processes. Reads fail with NotFound. A save writes everything
// in one transaction, where the process's revision still is the one that was
// read (Conflict if not), and adds 1 to it.
type Store interface {
	Process(ctx context.Context, id domain.ActorID) (*Process, error)
	ProcessNamed(ctx context.Context, name string) (*Process, error)
	Processes(ctx context.Context, f Filter, page domain.Page) (domain.List[*Process], error)
	// CommonCountry is the country that most public processes name; "" if none.
	CommonCountry(ctx context.Context) (string, error)
	// CreateProcess inserts the actor, the process and its items. Errors:
	// Conflict if the name is taken.
	CreateProcess(ctx context.Context, p *Process, items []Item, change domain.Change) error
	SaveProcess(ctx context.Context, p *Process, w Written, change domain.Change) error

	Contents
	Uses
	Assets
	Works
	Shelves
}

// Works keeps what people were asked to do and did. Lists are newest first.
// Assignments that are made, and contributions, are saved with their process.
type Works interface {
	Assignment(ctx context.Context, id domain.ID) (*Assignment, error)
	AssignmentByIRI(ctx context.Context, iri domain.IRI) (*Assignment, error)
	// AssignmentByClaim returns the copy that has a claim with this address.
	AssignmentByClaim(ctx context.Context, claim domain.IRI) (*Assignment, error)
	Assignments(ctx context.Context, f AssignmentFilter, page domain.Page) (domain.List[*Assignment], error)
	// Unfinished returns all of a task that are open or accepted.
	Unfinished(ctx context.Context, process domain.ActorID, item domain.ID) ([]Assignment, error)
	// SaveAssignment inserts a copy if Revision is 0, else updates where the
	// revision still is the same (Conflict if not), and adds 1 to Revision.
	SaveAssignment(ctx context.Context, a *Assignment, change domain.Change) error

	Contribution(ctx context.Context, id domain.ID) (*Contribution, error)
	// ContributionByIRI returns one that came from another node.
	ContributionByIRI(ctx context.Context, iri domain.IRI) (*Contribution, error)
	Contributions(ctx context.Context, f ContributionFilter, page domain.Page) (domain.List[*Contribution], error)
	// Awarded returns all awarded ones of a task.
	Awarded(ctx context.Context, process domain.ActorID, item domain.ID) ([]Contribution, error)
	// Standings lists who has points, most first.
	Standings(ctx context.Context, process domain.ActorID, page domain.Page) (domain.List[Standing], error)

	Certificate(ctx context.Context, token string) (*Certificate, error)
	// CertificateOf returns the one that holds.
	CertificateOf(ctx context.Context, process, person domain.ActorID) (*Certificate, error)
	// SaveCertificate inserts it, or, once it is revoked, updates it.
	SaveCertificate(ctx context.Context, c *Certificate, change domain.Change) error
}

// Shelves say which files are kept. A file is one row, however many versions
// have it.
type Shelves interface {
	// Room tells how many bytes the versions of a process take, and all files
	// of the node.
	Room(ctx context.Context, process domain.ActorID) (taken, node int64, err error)
	// ReserveFile notes a file that is about to be kept, at a time, so that it
	// is not swept before a version has it. Errors: TooLarge if all files
	// together took more than most bytes; 0 means any.
	ReserveFile(ctx context.Context, f Stored, at time.Time, most int64) error
	// SweepFiles forgets files that no version has and that were noted before
	// a time, and calls remove for each before it is forgotten for good.
	SweepFiles(ctx context.Context, before time.Time, remove func(ctx context.Context, hash string) error) error
	// EraseResources erases the content of resources that were removed before
	// a time.
	EraseResources(ctx context.Context, before time.Time) error
}

// Contents reads what is in a process.
type Contents interface {
	Items(ctx context.Context, process domain.ActorID) ([]Item, error)
	// Outline goes through the items, in any order, with what makes them a tree,
	// and their status: without words, dates and what they are about. Whoever does
	// so reads nothing else meanwhile.
	Outline(ctx context.Context, process domain.ActorID) iter.Seq2[Item, error]
	// Guide returns them with all but what is written about them, which only
	// one has.
	Guide(ctx context.Context, process domain.ActorID, item domain.ID) ([]Item, error)
	// ItemsOf reads some whole, in any order.
	ItemsOf(ctx context.Context, process domain.ActorID, ids []domain.ID) ([]Item, error)
	Resource(ctx context.Context, id domain.ID) (*Resource, error)
	// Resources lists what a filter finds in a process, oldest first, without
	// bodies.
	Resources(ctx context.Context, process domain.ActorID, f ResourceFilter, page domain.Page) (domain.List[Resource], error)
	// ResourceMakers returns who made the resources of a process that are
	// there and that a filter does not confine away, at most 100.
	ResourceMakers(ctx context.Context, process domain.ActorID, f ResourceFilter) ([]domain.ActorID, error)
	// Versions lists those of a resource, newest first, without bodies.
	Versions(ctx context.Context, resource domain.ID, page domain.Page) (domain.List[Version], error)
	Version(ctx context.Context, resource domain.ID, number int) (*Version, error)
	// PublicResources returns all public ones of a process.
	PublicResources(ctx context.Context, process domain.ActorID) ([]Resource, error)
	// History lists the events of a process, or of one item of it, newest
	// first.
	History(ctx context.Context, process domain.ActorID, item domain.ID, page domain.Page) (domain.List[domain.Event], error)
}
