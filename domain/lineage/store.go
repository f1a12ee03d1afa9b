package lineage

import (
	"context"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/organization"
)

// Store keeps clones beside processes. Reads fail with NotFound.
type Store interface {
	Derivations
	Process(ctx context.Context, id domain.ActorID) (*coproduction.Process, error)
	ProcessNamed(ctx context.Context, name string) (*coproduction.Process, error)
	Items(ctx context.Context, process domain.ActorID) ([]coproduction.Item, error)
	SaveProcess(ctx context.Context, p *coproduction.Process, w coproduction.Written, change domain.Change) error

	PublicResources(ctx context.Context, process domain.ActorID) ([]coproduction.Resource, error)

	// CreateClone inserts the actor, the process, its items and resources, what
	// it knows of its source, and, if the source is of this node, the derivation. Errors: Conflict if the
	// name is taken.
	CreateClone(ctx context.Context, p *coproduction.Process, w coproduction.Written, known map[string]Base, d *Derivation, change domain.Change) error
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
	// clone, if not nil, is the clone on this node, saved with it.
	SaveDerivation(ctx context.Context, d *Derivation, clone *coproduction.Process, change domain.Change) error
}

// Organizations reads whose a process is. Errors: NotFound.
type Organizations interface {
	Organization(ctx context.Context, id domain.ActorID) (*organization.Organization, error)
}
