package lineage

import (
	"context"
	"iter"
	"time"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/organization"
)

// Store keeps clones beside processes. Reads fail with NotFound.
type Store interface {
	Derivations
	Clonings
	Stamps
	Successors
	Recorder
	Process(ctx context.Context, id domain.ActorID) (*coproduction.Process, error)
	ProcessNamed(ctx context.Context, name string) (*coproduction.Process, error)
	// NameFree fails with Conflict if somebody or something of this node has a
	// name, or had it.
	NameFree(ctx context.Context, name string) error
	Items(ctx context.Context, process domain.ActorID) ([]coproduction.Item, error)
	// Outline goes through all items, in any order, without their texts and what
	// they name in the catalogue; ItemsOf reads some whole, in any order.
	Outline(ctx context.Context, process domain.ActorID) iter.Seq2[coproduction.Item, error]
	ItemsOf(ctx context.Context, process domain.ActorID, ids []domain.ID) ([]coproduction.Item, error)
	SaveProcess(ctx context.Context, p *coproduction.Process, w coproduction.Written, change domain.Change) error

	// Credits lists the improvements of clones that a process took since a
	// time, newest first, no more than [MaxCredits].
	Credits(ctx context.Context, process domain.ActorID, since time.Time) ([]Credit, error)
	PublicResources(ctx context.Context, process domain.ActorID) ([]coproduction.Resource, error)

	// Resources lists what a filter finds, oldest first, without bodies.
	Resources(ctx context.Context, process domain.ActorID, f coproduction.ResourceFilter, page domain.Page) (domain.List[coproduction.Resource], error)
	Resource(ctx context.Context, id domain.ID) (*coproduction.Resource, error)

	// Latest returns the ready release of a process with the highest version.
	Latest(ctx context.Context, process domain.IRI) (*Release, error)
	// About returns what is told of a process beside itself.
	About(ctx context.Context, p *coproduction.Process) (About, error)

	// CreateClone inserts the actor, the process and its contents, part by
	// part, and what it knows of its source; if the source is of this node, the derivation; and, if it was made by
	// a cloning, saves that and removes what it staged. Errors: Conflict if the
	// name is taken, or the cloning was changed; those of the pages.
	CreateClone(ctx context.Context, p *coproduction.Process, parts iter.Seq2[Part, error], d *Derivation, c *Cloning, change domain.Change) error
}

// Clonings keeps clonings, with what they staged of their sources.
type Clonings interface {
	Cloning(ctx context.Context, id domain.ID) (*Cloning, error)
	// Clonings lists those that somebody asked for, newest first.
	Clonings(ctx context.Context, asker domain.ActorID, page domain.Page) (domain.List[*Cloning], error)
	// CreateCloning inserts one with what is staged at once, and forgets those
	// of who asked that ended before a time. Errors: those of the pages.
	CreateCloning(ctx context.Context, c *Cloning, pages iter.Seq2[SourcePage, error], ended time.Time, change domain.Change) error
	// SaveCloning saves it where its revision is unchanged (Conflict if not),
	// and stages a page. Of one that does not run any more, or of which nothing
	// was read yet, what was staged before is removed.
	SaveCloning(ctx context.Context, c *Cloning, p SourcePage, change domain.Change) error
	// Staged reads what was staged, in its order, page by page.
	Staged(ctx context.Context, id domain.ID) iter.Seq2[SourcePage, error]
}

// Derivations keeps what sources know of their clones.
type Derivations interface {
	Derivation(ctx context.Context, id domain.ID) (*Derivation, error)
	DerivationAt(ctx context.Context, clone domain.IRI) (*Derivation, error)
	// Derivations lists the clones of a process, newest first; state "" for all.
	Derivations(ctx context.Context, process domain.ActorID, state coproduction.Answer, page domain.Page) (domain.List[*Derivation], error)
	// CreateDerivation fails with Conflict if the clone was offered before.
	CreateDerivation(ctx context.Context, d *Derivation, change domain.Change) error
	// SaveDerivation updates where the revision is unchanged, else Conflict;
	// clone, if not nil, is the clone on this node, saved with it. Of one that
	// was withdrawn no stamp is kept.
	SaveDerivation(ctx context.Context, d *Derivation, clone *coproduction.Process, change domain.Change) error
}

// Organizations reads whose a process is. Errors: NotFound.
type Organizations interface {
	Organization(ctx context.Context, id domain.ActorID) (*organization.Organization, error)
}

// Reader reads processes of other nodes. Errors: Invalid for what is no
// process, NotFound, Gone, Forbidden, TooLarge, and Unavailable, with which it
// is tried again later.
type Reader interface {
	Head(ctx context.Context, process domain.IRI) (Head, error)
	Page(ctx context.Context, at domain.IRI) (SourcePage, error)
}

// Catalogue tells what the node's catalogue has.
type Catalogue interface {
	// Unknown returns those of some Interlinkers that it has not.
	Unknown(ctx context.Context, entries []domain.IRI) ([]domain.IRI, error)
}
