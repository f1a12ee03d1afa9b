package portable

import (
	"context"
	"iter"
	"time"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/lineage"
	"interlink/domain/network"
)

// Store keeps what was brought. Reads fail with NotFound.
type Store interface {
	Bringing(ctx context.Context, id domain.ID) (*Bringing, error)
	// BroughtAs returns what a process of this node came from.
	BroughtAs(ctx context.Context, process domain.ActorID) (*Bringing, error)
	// Brought returns what somebody made of the same document, the newest.
	Brought(ctx context.Context, bringer domain.ActorID, iri domain.IRI, sha256 string) (*Bringing, error)
	// CreateBringing forgets what was brought before a time and nothing was made
	// of, unless that goes on.
	CreateBringing(ctx context.Context, b *Bringing, before time.Time) error
	// SaveBringing saves one that nothing was made of yet. Errors: Conflict.
	SaveBringing(ctx context.Context, b *Bringing, change domain.Change) error
	// BroughtFrom lists what was brought of a process and became one here, the
	// newest first, at most 20.
	BroughtFrom(ctx context.Context, iri domain.IRI) ([]*Bringing, error)
	// Base is what a process here was as it was brought last.
	Base(ctx context.Context, process domain.ActorID) (*Base, error)
	// Update saves what a later export changes of a process, and that the process
	// is what was brought as b now, in one transaction. Errors: Conflict.
	Update(ctx context.Context, p *coproduction.Process, w coproduction.Written, b *Bringing, base Base, change domain.Change) error
	// Import inserts the actor, the process and what it has, page by page, and
	// saves what it was brought as, in one transaction. Errors: Conflict if a
	// name or an id is taken, or what was brought changed meanwhile; those of w.
	Import(ctx context.Context, p *coproduction.Process, w iter.Seq2[coproduction.Written, error], b *Bringing, base Base, change domain.Change) error
}

// Kept reads what a process has beside its tree and resources, and keeps files.
type Kept interface {
	Derivations(ctx context.Context, process domain.ActorID, state coproduction.Answer, page domain.Page) (domain.List[*lineage.Derivation], error)
	ReserveFile(ctx context.Context, f coproduction.Stored, at time.Time, most int64) error
	ProcessNamed(ctx context.Context, name string) (*coproduction.Process, error)
}

// People finds actors.
type People interface {
	Actors(ctx context.Context, ids []domain.ActorID) ([]*network.Actor, error)
}

// Service takes processes along and brings them.
type Service struct {
	store     Store
	kept      Kept
	people    People
	processes *coproduction.Service
	lineage   *lineage.Service
	releases  *lineage.Releases
	files     coproduction.Files
	mint      *domain.Mint
	ns        domain.Namespace
	writing   chan struct{}
}

// atOnce is how many archives are written or read at once.
const atOnce = 4

// NewService makes the service.
func NewService(store Store, kept Kept, people People, processes *coproduction.Service, clones *lineage.Service, releases *lineage.Releases, files coproduction.Files, mint *domain.Mint, ns domain.Namespace) *Service {
	return &Service{store: store, kept: kept, people: people, processes: processes, lineage: clones, releases: releases, files: files, mint: mint, ns: ns, writing: make(chan struct{}, atOnce)}
}

func (s *Service) turn() (release func(), err error) {
	select {
	case s.writing <- struct{}{}:
		return func() { <-s.writing }, nil
	default:
		return nil, domain.Fail(domain.TooMany, "resource.archives_busy").In(time.Minute)
	}
}
