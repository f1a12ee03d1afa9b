package catalogue

import (
	"context"
	"slices"
	"strings"
	"sync"

	"interlink/domain"
	"interlink/domain/policy"
)

// Service is what people and peers do with the catalogue.
type Service struct {
	store Store
	mint  *domain.Mint
	ns    domain.Namespace
	owner domain.ActorID

	matches  MatchStore
	hosts    Verdicts // nil for none
	bounds   Bounds
	excess   Throttle // nil for none
	files    Files
	pictures Pictures
	mostFile int64 // bytes

	met met

	loading sync.Mutex   // held by the one that reads what changed
	mu      sync.RWMutex // guards what follows
	index   *Index
	state   string
	tick    int64
}

// NewService makes the service. owner is the actor of this node's catalogue.
func NewService(store Store, mint *domain.Mint, ns domain.Namespace, owner domain.ActorID) *Service {
	return &Service{store: store, mint: mint, ns: ns, owner: owner, bounds: DefaultBounds}
}

// Entry reads one by its address; host is "" for this node. A withdrawn one
// is there. Errors: NotFound.
func (s *Service) Entry(ctx context.Context, v policy.Viewer, kind Kind, slug, host string) (*Entry, error) {
	if host == s.ns.Host() {
		host = ""
	}
	return readable(v)(s.store.EntryAt(ctx, kind, slug, host))
}

// Problems are problem profiles by their code.
type Problems map[string]*Entry

// Of returns the profile of a code; case does not count. nil if it is not
// known.
func (p Problems) Of(code string) *Entry { return p[strings.ToUpper(code)] }

// Name is what a code means; the code itself if it is not known.
func (p Problems) Name(code string) domain.Text {
	if e := p.Of(code); e != nil {
		return e.Name
	}
	return domain.Text{domain.Undetermined: code}
}

// Problems reads the problem profiles of codes: this node's own, else the copy
// of another's. Codes that nobody explains are absent.
func (s *Service) Problems(ctx context.Context, v policy.Viewer, codes []string) (Problems, error) {
	if len(codes) == 0 {
		return nil, nil
	}
	upper := make([]string, len(codes))
	for i, code := range codes {
		upper[i] = strings.ToUpper(code)
	}
	list, err := s.store.Problems(ctx, upper)
	if err != nil {
		return nil, err
	}
	out := make(Problems, len(list))
	for _, e := range list {
		code := strings.ToUpper(e.Problem.Code)
		if policy.Allow(v, policy.Read, e) == nil && out[code] == nil {
			out[code] = e
		}
	}
	return out, nil
}

// EntryByID reads one by its id. Errors: NotFound.
func (s *Service) EntryByID(ctx context.Context, v policy.Viewer, id domain.ID) (*Entry, error) {
	return readable(v)(s.store.Entry(ctx, id))
}

// EntryByIRI reads one by its IRI. Errors: NotFound.
func (s *Service) EntryByIRI(ctx context.Context, v policy.Viewer, iri domain.IRI) (*Entry, error) {
	return readable(v)(s.store.EntryByIRI(ctx, iri))
}

// EntriesByIRI reads many at once, as [Service.EntryByIRI] one; schemas come
// without their nodes. Addresses that are no entry are absent.
func (s *Service) EntriesByIRI(ctx context.Context, v policy.Viewer, iris []domain.IRI) (map[domain.IRI]*Entry, error) {
	iris = slices.Clone(iris)
	slices.Sort(iris)
	list, err := s.store.EntriesByIRI(ctx, slices.Compact(iris))
	if err != nil {
		return nil, err
	}
	found := make(map[domain.IRI]*Entry, len(list))
	for _, e := range list {
		if policy.Allow(v, policy.Read, e) == nil {
			found[e.IRI] = e
		}
	}
	return found, nil
}

// SchemaWaits reports whether an address is that of a schema of another node
// that the viewer, who may read what is published, cannot read until somebody
// looked at it.
func (s *Service) SchemaWaits(ctx context.Context, v policy.Viewer, iri domain.IRI) bool {
	if policy.Allow(v, policy.Read, &Entry{Kind: KindSchema, Status: Published}) != nil {
		return false
	}
	list, err := s.store.EntriesByIRI(ctx, []domain.IRI{iri})
	return err == nil && len(list) == 1 && list[0].Kind == KindSchema && list[0].Status == Published && list[0].Standing == Waiting
}

func readable(v policy.Viewer) func(*Entry, error) (*Entry, error) {
	return func(e *Entry, err error) (*Entry, error) {
		if err != nil {
			return nil, err
		}
		if err := policy.Allow(v, policy.Read, e); err != nil && (e.Status == Draft || curator(v) != nil) { // who reviews copies reads them
			return nil, err
		}
		return e, nil
	}
}

// Published lists published entries of this node in the order in which they
// came, for catalogues that follow this one.
func (s *Service) Published(ctx context.Context, page domain.Page) (domain.List[*Entry], error) {
	return s.store.Published(ctx, page)
}

// Correction is what an administrator changes of an Interlinker; nil leaves a
// text as it is.
type Correction struct {
	Name         domain.Text
	Summary      domain.Text
	Instructions domain.Text
}

// Correct changes an entry of this node; those who follow the catalogue are
// told. revision is the one the viewer saw. No change is no error. Errors:
// NotFound, Forbidden, Invalid, Conflict.
func (s *Service) Correct(ctx context.Context, v policy.Viewer, id domain.ID, revision int64, c Correction) (*Entry, error) {
	e, err := s.writable(ctx, v, id, revision)
	if err != nil {
		return nil, err
	}
	before := e.Content().clone()
	if c.Name != nil {
		e.Name = c.Name.Clean()
	}
	if c.Summary != nil {
		e.Summary = c.Summary.Clean()
	}
	if c.Instructions != nil && e.Interlinker != nil {
		e.Interlinker.Instructions = c.Instructions.Clean()
	}
	if e.Interlinker != nil {
		e.Content().translate(before, nil)
	}
	if err := e.Check(); err != nil {
		return nil, err
	}
	return e, s.changed(ctx, v, e)
}

// Withdraw takes an entry of this node out of use, as [Service.End] does.
func (s *Service) Withdraw(ctx context.Context, v policy.Viewer, id domain.ID, revision int64, replacement domain.IRI) (*Entry, error) {
	return s.End(ctx, v, id, revision, Ending{Status: Withdrawn, Replacement: replacement})
}

func (s *Service) editable(ctx context.Context, v policy.Viewer, id domain.ID, revision int64) (*Entry, error) {
	e, err := s.store.Entry(ctx, id)
	if err != nil {
		return nil, err
	}
	if err := policy.Allow(v, policy.Edit, e); err != nil {
		return nil, err
	}
	if revision != e.Revision {
		return nil, domain.Fail(domain.Conflict, "error.conflict")
	}
	return e, nil
}
