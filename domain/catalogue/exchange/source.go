package exchange

import (
	"context"
	"slices"
	"time"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/policy"
)

// Interval is how often a source is imported.
type Interval string

// The intervals.
const (
	Daily  Interval = "daily"
	Weekly Interval = "weekly"
)

// intervals lists the intervals.
var intervals = []Interval{Daily, Weekly}

// After is when a source is imported next.
func (i Interval) After(at time.Time) time.Time {
	if i == Weekly {
		return at.AddDate(0, 0, 7)
	}
	return at.AddDate(0, 0, 1)
}

// Outcome is how the last import of a source ended.
type Outcome string

// The outcomes; "" before the first import.
const (
	Done      Outcome = "done"
	Unchanged Outcome = "unchanged" // the address gave what it gave before
	Refused   Outcome = "refused"   // there were errors: nothing was imported
	Failed    Outcome = "failed"    // a fault of this node; it is tried again
)

// Source is an address from which the node imports by itself.
type Source struct {
	ID        domain.ID
	Address   domain.IRI
	Format    Format
	Every     Interval
	NextAt    time.Time
	LastAt    time.Time // of the last import; zero before the first
	Outcome   Outcome
	Report    catalogue.Report // of the last import that read something, with few of its issues
	Stamp     Stamp
	CreatedAt time.Time
	Revision  int64
}

// Filter narrows what is exported.
type Filter struct {
	Kind     catalogue.Kind // "" for all
	Software bool           // only Interlinkers that are software
	From, To time.Time      // published after, and before; zero for any
}

// Store keeps sources, and reads what is exported. Reads fail with NotFound.
type Store interface {
	// Exported lists published entries of this node as they came, with their
	// content.
	Exported(ctx context.Context, f Filter, page domain.Page) (domain.List[*catalogue.Entry], error)
	// Changed lists published entries of this node, the last changed first.
	Changed(ctx context.Context, limit int) ([]*catalogue.Entry, error)

	Sources(ctx context.Context) ([]*Source, error)
	Source(ctx context.Context, id domain.ID) (*Source, error)
	// SaveSource inserts a source with Revision 0 and updates others where the
	// revision is unchanged (Conflict if not), and adds 1 to it.
	SaveSource(ctx context.Context, s *Source, change domain.Change) error
	DeleteSource(ctx context.Context, id domain.ID, change domain.Change) error
	// AskDue asks for the jobs of the sources that are due.
	AskDue(ctx context.Context, now time.Time) error
}

// JobImport imports from a source; [ImportArgs] are its arguments.
const JobImport = "catalogue.import"

// ImportArgs names the source.
type ImportArgs struct {
	Source domain.ID `json:"source"`
}

// ImportJob makes the job; of a source there is one at a time.
func ImportJob(id domain.ID) domain.Job {
	return domain.Job{Kind: JobImport, Unique: string(id), Args: ImportArgs{Source: id}, Remote: true}
}

// The events of sources; the subject is the catalogue.
const (
	SourceAdded   domain.EventKind = "catalogue.source_added"   // [SourceChanged]
	SourceRemoved domain.EventKind = "catalogue.source_removed" // [SourceChanged]
)

// SourceChanged is the payload of the events of sources.
type SourceChanged struct {
	Address domain.IRI `json:"address"`
	Every   Interval   `json:"every"`
}

// Service imports, by hand and by itself.
type Service struct {
	store    Store
	entries  *catalogue.Service
	reader   *Reader
	mint     *domain.Mint
	owner    domain.ActorID // the catalogue
	operator policy.Viewer  // as whom the node imports by itself
}

// NewService makes the service. owner is the actor of the node's catalogue.
func NewService(store Store, entries *catalogue.Service, fetch Fetch, mint *domain.Mint, owner domain.ActorID, operator policy.Viewer) *Service {
	return &Service{store, entries, NewReader(fetch), mint, owner, operator}
}

// may lets those in who edit the catalogue. Errors: Unauthenticated,
// Forbidden.
func may(v policy.Viewer) error { return policy.Allow(v, policy.Edit, &catalogue.Entry{}) }

// File imports a file that was sent, as [catalogue.Service.Import] does.
func (s *Service) File(ctx context.Context, v policy.Viewer, name string, raw []byte, format Format, dryRun bool) (catalogue.Report, error) {
	if err := may(v); err != nil {
		return catalogue.Report{}, err // before other servers are asked
	}
	return s.entries.Import(ctx, v, s.reader.File(ctx, name, raw, format), dryRun)
}

// Address imports from an address, as [catalogue.Service.Import] does. Errors:
// Invalid for what is no address.
func (s *Service) Address(ctx context.Context, v policy.Viewer, address string, format Format, dryRun bool) (catalogue.Report, error) {
	if err := may(v); err != nil {
		return catalogue.Report{}, err
	}
	iri, err := domain.ParseLink(address)
	if err != nil {
		return catalogue.Report{}, domain.InvalidField("address", "catalogue.uri")
	}
	b, _, _ := s.reader.Address(ctx, iri, format, Stamp{})
	return s.entries.Import(ctx, v, b, dryRun)
}

// Exported lists published entries of this node as they came, for exports.
func (s *Service) Exported(ctx context.Context, f Filter, page domain.Page) (domain.List[*catalogue.Entry], error) {
	return s.store.Exported(ctx, f, page)
}

// Each calls fn with every published entry of this node, until it fails.
func (s *Service) Each(ctx context.Context, f Filter, fn func(*catalogue.Entry) error) error {
	page := domain.Page{Limit: domain.MaxPage}
	for {
		list, err := s.store.Exported(ctx, f, page)
		if err != nil {
			return err
		}
		for _, e := range list.Items {
			if err := fn(e); err != nil {
				return err
			}
		}
		if page.After = list.Next; page.After == "" {
			return nil
		}
	}
}

// Changed lists published entries of this node, the last changed first.
func (s *Service) Changed(ctx context.Context, limit int) ([]*catalogue.Entry, error) {
	return s.store.Changed(ctx, limit)
}

// maxSources bounds how many sources a node has.
const maxSources = 100

// Sources lists the sources, by address.
func (s *Service) Sources(ctx context.Context, v policy.Viewer) ([]*Source, error) {
	if err := may(v); err != nil {
		return nil, err
	}
	return s.store.Sources(ctx)
}

// Add adds a source, and asks for its first import. Errors: Forbidden,
// Invalid, Conflict if it is there already, TooMany.
func (s *Service) Add(ctx context.Context, v policy.Viewer, address string, format Format, every Interval) (*Source, error) {
	known, err := s.Sources(ctx, v)
	if err != nil {
		return nil, err
	}
	var p domain.Problems
	iri, err := domain.ParseLink(address)
	if err != nil {
		p.Add("address", "catalogue.uri")
	}
	if !slices.Contains(intervals, every) {
		p.Add("every", "exchange.interval")
	}
	if slices.ContainsFunc(known, func(x *Source) bool { return x.Address == iri }) {
		p.Add("address", "exchange.source_there")
	}
	if len(known) >= maxSources {
		p.Add("address", "catalogue.too_many", maxSources)
	}
	if err := p.Err(); err != nil {
		return nil, err
	}
	now := s.mint.Now()
	x := &Source{ID: s.mint.ID(), Address: iri, Format: format, Every: every, NextAt: every.After(now), CreatedAt: now}
	change := domain.Change{Events: []domain.Event{s.event(SourceAdded, v, x)}, Jobs: []domain.Job{ImportJob(x.ID)}}
	return x, s.store.SaveSource(ctx, x, change)
}

func (s *Service) event(kind domain.EventKind, v policy.Viewer, x *Source) domain.Event {
	return domain.NewEvent(s.mint, kind, v.Actor, domain.Subject{Kind: "catalogue", ID: domain.ID(s.owner)}, SourceChanged{x.Address, x.Every})
}

// Remove ends the imports from a source; what was imported stays. Errors:
// Forbidden, NotFound.
func (s *Service) Remove(ctx context.Context, v policy.Viewer, id domain.ID) error {
	if err := may(v); err != nil {
		return err
	}
	x, err := s.store.Source(ctx, id)
	if err != nil {
		return err
	}
	return s.store.DeleteSource(ctx, id, domain.Change{Events: []domain.Event{s.event(SourceRemoved, v, x)}})
}

// Ask asks for an import from a source now. Errors: Forbidden, NotFound,
// Conflict.
func (s *Service) Ask(ctx context.Context, v policy.Viewer, id domain.ID) error {
	if err := may(v); err != nil {
		return err
	}
	x, err := s.store.Source(ctx, id)
	if err != nil {
		return err
	}
	return s.store.SaveSource(ctx, x, domain.Change{Jobs: []domain.Job{ImportJob(id)}})
}

// AskDue asks for the imports that are due.
func (s *Service) AskDue(ctx context.Context) error { return s.store.AskDue(ctx, s.mint.Now()) }

// keptIssues is how many warnings and errors of a report a source keeps.
const keptIssues = 100

// Run imports from a source; it is the handler of [JobImport]. Again changes
// nothing. What the address gave last time is not imported again: what was
// corrected here since stays until its source changes.
func (s *Service) Run(ctx context.Context, args ImportArgs) error {
	x, err := s.store.Source(ctx, args.Source)
	if err != nil {
		return err
	}
	b, stamp, still := s.reader.Address(ctx, x.Address, x.Format, x.Stamp)
	x.LastAt = s.mint.Now()
	x.NextAt = x.Every.After(x.LastAt)
	if still {
		x.Outcome = Unchanged
		return s.store.SaveSource(ctx, x, domain.Change{})
	}
	report, err := s.entries.Import(ctx, s.operator, b, false)
	switch {
	case err != nil:
		x.Outcome = Failed
		if saved := s.store.SaveSource(ctx, x, domain.Change{}); saved != nil {
			return saved
		}
		return err
	case len(report.Errors) > 0:
		x.Outcome = Refused
	default:
		x.Outcome, x.Stamp = Done, stamp
	}
	report.Warnings = report.Warnings[:min(len(report.Warnings), keptIssues)]
	report.Errors = report.Errors[:min(len(report.Errors), keptIssues)]
	x.Report = report
	return s.store.SaveSource(ctx, x, domain.Change{})
}
