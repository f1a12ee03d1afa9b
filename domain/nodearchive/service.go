package nodearchive

import (
	"context"
	"io"
	"time"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/policy"
)

// Store keeps what was brought of nodes. Reads fail with NotFound.
type Store interface {
	Import(ctx context.Context, id domain.ID) (*Import, error)
	// Imports lists them, newest first.
	Imports(ctx context.Context, page domain.Page) (domain.List[*Import], error)
	// CreateImport forgets what was brought before a time and nobody began.
	CreateImport(ctx context.Context, i *Import, parts []ImportPart, before time.Time) error
	// SaveImport saves one where its revision is unchanged. With again, the parts
	// that failed wait once more. Errors: Conflict.
	SaveImport(ctx context.Context, i *Import, again bool, change domain.Change) error

	// Next is the first part that waits.
	Next(ctx context.Context, id domain.ID) (*ImportPart, error)
	// SavePart notes what came of a part that waits, and that the import goes on.
	// Of one that does not wait any more nothing is noted.
	SavePart(ctx context.Context, id domain.ID, p *ImportPart, at time.Time) error
	// Parts lists those of an outcome in their order; "" for all.
	Parts(ctx context.Context, id domain.ID, o Outcome, page domain.Page) (domain.List[*ImportPart], error)
	// Part reads the one at a position, from 1.
	Part(ctx context.Context, id domain.ID, position int) (*ImportPart, error)
	Tally(ctx context.Context, id domain.ID) (Tally, error)
	// Has reports whether bytes are a part of an import.
	Has(ctx context.Context, id domain.ID, hash string) (bool, error)
	// Names reports whether a part of an import is of a kind and had an address.
	Names(ctx context.Context, id domain.ID, k Kind, iri domain.IRI) (bool, error)
	// Became is what something of another node became here, the last time; "" if
	// nothing of the kind was brought.
	Became(ctx context.Context, iri domain.IRI) (domain.IRI, error)
}

// Kept notes files, so that they stay.
type Kept interface {
	ReserveFile(ctx context.Context, f coproduction.Stored, at time.Time, most int64) error
}

// Subject is one kind of thing that a node has.
type Subject struct {
	Kind Kind
	// Write adds what the viewer may take along, and leaves the rest with a reason.
	Write func(ctx context.Context, v policy.Viewer, to *Writer) error
	// Bring makes of a part what it was. It may run again, after it was killed:
	// what is here already is not made twice. Of a part that is judged it tells
	// what it would make, and makes nothing.
	Bring func(ctx context.Context, in *Brought) (Result, error)
}

// Brought is a part that is brought.
type Brought struct {
	Viewer policy.Viewer // who owns what comes of it
	Part   Part
	From   Head
	Judged bool // it is only told what would come of it: nothing is made
	Open   func(ctx context.Context) (io.ReadSeekCloser, error)
	// File opens a file of the same archive. Errors: NotFound for one that is not
	// in it, whoever else has it here.
	File func(ctx context.Context, hash string) (io.ReadCloser, error)
	// Has reports whether what had an address is a part of the same archive.
	Has func(ctx context.Context, k Kind, iri domain.IRI) (bool, error)
}

// making is the context in which something is made of a part: one in which
// nothing is stored if it is judged.
func (b *Brought) making(ctx context.Context) context.Context {
	if b.Judged {
		return domain.Rehearsal(ctx)
	}
	return ctx
}

// Whole reads a part that is not large. Errors: TooLarge, Gone.
func (b *Brought) Whole(ctx context.Context, most int64) ([]byte, error) {
	if b.Part.Size > most {
		return nil, tooLarge()
	}
	content, err := b.Open(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { _ = content.Close() }()
	return io.ReadAll(io.LimitReader(content, most))
}

// Service takes nodes along and brings them.
type Service struct {
	store    Store
	kept     Kept
	files    coproduction.Files
	subjects []Subject
	mint     *domain.Mint
	head     Head // of this node, without its time
	writing  chan struct{}
}

// NewService makes the service; the parts of an archive are in the order of the
// subjects.
func NewService(store Store, kept Kept, files coproduction.Files, subjects []Subject, mint *domain.Mint, head Head) *Service {
	return &Service{store: store, kept: kept, files: files, subjects: subjects, mint: mint, head: head, writing: make(chan struct{}, 1)}
}

func (s *Service) subject(k Kind) *Subject {
	for i := range s.subjects {
		if s.subjects[i].Kind == k {
			return &s.subjects[i]
		}
	}
	return nil
}

// turn lets one archive of the whole node be written or read at a time.
func (s *Service) turn() (release func(), err error) {
	select {
	case s.writing <- struct{}{}:
		return func() { <-s.writing }, nil
	default:
		return nil, domain.Fail(domain.TooMany, "resource.archives_busy")
	}
}

// May lets those in who administer the node, before anything is taken in.
// Errors: NotFound.
func May(v policy.Viewer) error { return policy.Allow(v, policy.Administer, &Import{}) }
