package portable

import (
	"context"
	"iter"
	"time"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/coproduction"
	"interlink/domain/lineage"
	"interlink/domain/network"
	"interlink/domain/picture"
)

// Store keeps what was brought. Reads fail with NotFound.
type Store interface {
	// Bringing reads one without what is carried along, as all reads but BroughtAs:
	// nothing is before something was made of it.
	Bringing(ctx context.Context, id domain.ID) (*Bringing, error)
	// BroughtAs returns what a process of this node came from, with what is carried
	// along.
	BroughtAs(ctx context.Context, process domain.ActorID) (*Bringing, error)
	// OriginOf is the same without that.
	OriginOf(ctx context.Context, process domain.ActorID) (*Bringing, error)
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
	// Base is what a process or community here was as it was brought last.
	Base(ctx context.Context, process domain.ActorID) (*Base, error)
	// Update saves what a later export changes of a process, and that the process
	// is what was brought as b now, in one transaction. Errors: Conflict.
	Update(ctx context.Context, p *coproduction.Process, w coproduction.Written, known map[string]*lineage.Base, b *Bringing, base Base, change domain.Change) error
	// Import inserts the actor, the process and what it has, page by page, and
	// saves what it was brought as, in one transaction. Errors: Conflict if a
	// name or an id is taken, or what was brought changed meanwhile; those of w.
	Import(ctx context.Context, p *coproduction.Process, w iter.Seq2[lineage.Part, error], b *Bringing, base Base, change domain.Change) error
	// ImportCommunity does the same for a community, with the posts of its
	// archive. What b says is lost is saved as it is after the last post.
	ImportCommunity(ctx context.Context, c *community.Community, actor *network.Actor, posts iter.Seq2[[]*community.Archived, error], b *Bringing, base Base, change domain.Change) error
	// UpdateCommunity saves what a later export changes of a community, in the
	// same way; icon is nil where its picture stays. Errors: Conflict if the
	// community changed meanwhile.
	UpdateCommunity(ctx context.Context, c *community.Community, icon *picture.Icon, posts iter.Seq2[PastChanges, error], b *Bringing, base Base, change domain.Change) error
}

// Kept reads what a process has beside its tree and resources, and keeps files.
type Kept interface {
	lineage.Kept
	// BasePages goes through what a clone knows of its source, some at a time, in
	// the order of the ids.
	BasePages(ctx context.Context, clone domain.ActorID) iter.Seq2[map[string]lineage.Base, error]
	Derivations(ctx context.Context, process domain.ActorID, state coproduction.Answer, page domain.Page) (domain.List[*lineage.Derivation], error)
	ReserveFile(ctx context.Context, f coproduction.Stored, at time.Time, most int64) error
	// NameFree fails with Conflict if somebody or something of this node has a
	// name, or had it.
	NameFree(ctx context.Context, name string) error
	// WrittenIn lists the posts of a community by serial, after one: those that
	// everybody may read, or all but direct ones.
	WrittenIn(ctx context.Context, in domain.ActorID, closed bool, after domain.Serial, most int) ([]*Written, error)
	// RemovedFrom names posts that were deleted from a community here, of before it
	// came, too, as [NameOf] does; at most so many.
	RemovedFrom(ctx context.Context, in domain.ActorID, most int) ([]string, error)
	// ArchivedAfter lists what was said before it came here in the same way.
	ArchivedAfter(ctx context.Context, in domain.ActorID, closed bool, after domain.Serial, most int) ([]*community.Archived, error)
	// StandingIn is what is here of some posts of the archive of a community.
	StandingIn(ctx context.Context, in domain.ActorID, posts []community.Past) (Standing, error)
	// TakenBack names those of some posts, and of their authors, that are known
	// to be deleted.
	TakenBack(ctx context.Context, posts []community.Past) (map[domain.IRI]bool, error)
}

// Pictures keeps what communities are known by.
type Pictures interface {
	File(ctx context.Context, sha256 string) ([]byte, error)
	Keep(ctx context.Context, raw []byte) (picture.Kept, error)
}

// People finds actors.
type People interface {
	Actors(ctx context.Context, ids []domain.ActorID) ([]*network.Actor, error)
	Followers(ctx context.Context, id domain.ActorID, page domain.Page) (domain.List[*network.Actor], error)
}

// Service takes processes and communities along and brings them.
type Service struct {
	store       Store
	kept        Kept
	people      People
	processes   *coproduction.Service
	lineage     *lineage.Service
	releases    *lineage.Releases
	communities *community.Service
	pictures    Pictures
	files       coproduction.Files
	mint        *domain.Mint
	ns          domain.Namespace
	writing     chan struct{}
}

// atOnce is how many archives are written or read at once.
const atOnce = 4

// NewService makes the service.
func NewService(store Store, kept Kept, people People, processes *coproduction.Service, clones *lineage.Service, releases *lineage.Releases, files coproduction.Files, mint *domain.Mint, ns domain.Namespace) *Service {
	return &Service{store: store, kept: kept, people: people, processes: processes, lineage: clones, releases: releases, files: files, mint: mint, ns: ns, writing: make(chan struct{}, atOnce)}
}

// Take has the service take communities along, too, with their pictures.
func (s *Service) Take(communities *community.Service, pictures Pictures) {
	s.communities, s.pictures = communities, pictures
}

func (s *Service) turn() (release func(), err error) {
	select {
	case s.writing <- struct{}{}:
		return func() { <-s.writing }, nil
	default:
		return nil, domain.Fail(domain.TooMany, "resource.archives_busy").In(time.Minute)
	}
}
