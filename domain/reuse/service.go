package reuse

import (
	"context"
	"slices"
	"strings"
	"time"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/domain/policy"
)

// Store keeps reports, and counts what the processes of this node did that
// agree that it is told.
type Store interface {
	// Reported says whether the reports of a month were made.
	Reported(ctx context.Context, m Month) (bool, error)
	// Used counts how Interlinkers were used before a time.
	Used(ctx context.Context, before time.Time) ([]Counted, error)
	// Begun counts the processes that began with each schema before the end of a
	// month.
	Begun(ctx context.Context, m Month) ([]Counted, error)
	// Cloned returns the clones, but for those that their source refused.
	Cloned(ctx context.Context) ([]Clone, error)
	// Told lists the owners whose last report was not empty.
	Told(ctx context.Context) ([]domain.IRI, error)
	// SaveReports notes all reports of a month as made; those for owners of this
	// node are kept as heard. Errors: Conflict if they were made before.
	SaveReports(ctx context.Context, m Month, made []Report, here []Report, change domain.Change) error

	// Things finds those things of this node that belong to an owner.
	Things(ctx context.Context, owner domain.IRI, objects []domain.IRI) (map[domain.IRI]Kind, error)
	// Holds says what a host has of an owner of this node.
	Holds(ctx context.Context, host string, owner domain.IRI) (Holding, error)
	// Keep keeps what a host told, in place of what it told of the same owner and
	// month before; what was made earlier than that changes nothing. What is of
	// months before another is forgotten.
	Keep(ctx context.Context, host string, r Report, forget Month, change domain.Change) error
	// Heard returns what was told of a thing by hosts that are not hidden, the
	// newest month first, with each later report of a host that leaves it out; at
	// most [MaxHeard].
	Heard(ctx context.Context, owner, object domain.IRI) ([]Heard, error)
}

// Holding is what a host has of an owner of this node, as this node knows it.
type Holding struct {
	Follows bool // somebody there follows the owner, or cloned a process of this node: it has copies of the catalogue
	Clones  int  // of the owner, if it is a process
}

// Service reports and hears.
type Service struct {
	store Store
	mint  *domain.Mint
	ns    domain.Namespace
	agree bool
	meet  func(ctx context.Context, owner domain.IRI) error // nil: all are known
}

// NewService makes the service. Unless the node agrees, it tells nobody
// anything, itself neither.
func NewService(store Store, mint *domain.Mint, ns domain.Namespace, agree bool) *Service {
	return &Service{store: store, mint: mint, ns: ns, agree: agree}
}

// MeetBy sets what finds owners on other nodes, who may have been forgotten
// since their things came here.
func (s *Service) MeetBy(find func(ctx context.Context, owner domain.IRI) error) { s.meet = find }

// Agrees reports whether the node tells what its processes agree to.
func (s *Service) Agrees() bool { return s.agree }

// Report makes the reports of the month that ended last, once; again does
// nothing. An owner that cannot be found now is told next month: numbers are
// of all time. A node that agrees no more tells that to those to whom it told
// numbers before, by reports of nothing.
func (s *Service) Report(ctx context.Context) error {
	now := s.mint.Now()
	month := MonthOf(now).Add(-1)
	if done, err := s.store.Reported(ctx, month); err != nil || done {
		return err
	}
	told, err := s.store.Told(ctx)
	if err != nil || !s.agree && len(told) == 0 {
		return err
	}
	counted, err := s.counted(ctx, month)
	if err != nil {
		return err
	}
	var made, here []Report
	var change domain.Change
	for _, r := range reports(counted, told, month, now) {
		if s.ns.Owns(r.Owner) {
			made, here = append(made, r), append(here, r)
			continue
		}
		if s.meet != nil && s.meet(ctx, r.Owner) != nil {
			continue
		}
		made = append(made, r)
		change.Events = append(change.Events, domain.NewEvent(s.mint, Told, domain.Nobody, domain.Subject{Kind: "reuse", ID: s.mint.ID()}, r))
	}
	err = s.store.SaveReports(ctx, month, made, here, change)
	if domain.CodeOf(err) == domain.Conflict {
		return nil // another process was first
	}
	return err
}

// Remote is a report as another node sent it.
type Remote struct {
	Report
	IRI  domain.IRI
	From domain.IRI // the node, as the report says
}

// counted is what was done here by the end of a month; nothing unless the node
// agrees that it is told.
func (s *Service) counted(ctx context.Context, month Month) ([]Counted, error) {
	if !s.agree {
		return nil, nil
	}
	used, err := s.store.Used(ctx, month.Ends())
	if err != nil {
		return nil, err
	}
	begun, err := s.store.Begun(ctx, month)
	if err != nil {
		return nil, err
	}
	clones, err := s.store.Cloned(ctx)
	return slices.Concat(used, begun, count(clones, month)), err
}

// KeptFor is for how many months reports are kept.
const KeptFor = 24

// Receive keeps what another node tells; the same again, or an older report of
// the same month, changes nothing. Lines about what the host has not, as far
// as this node knows, are left out. Errors: Forbidden for what is not told by
// the host's node itself, and if nothing is left of it; NotFound if nobody of
// this node is told; Invalid for what cannot be.
func (s *Service) Receive(ctx context.Context, by *network.Actor, in Remote) error {
	if by.Local() || by.Type != network.TypeApplication || !isNode(by.IRI) || in.From != by.IRI || !domain.SameOrigin(in.IRI, by.IRI) {
		return domain.Fail(domain.Forbidden, "error.origin")
	}
	if !s.ns.Owns(in.Owner) {
		return domain.Fail(domain.NotFound, "error.not_found")
	}
	now := s.mint.Now()
	this := MonthOf(now)
	if in.Month.Begins().IsZero() || in.Month > this || in.Month < this.Add(-FreshFor-12) || len(in.Lines) > mostLines {
		return domain.Fail(domain.Invalid, "error.activity")
	}
	if in.At.IsZero() || in.At.After(now) {
		in.At = now
	}
	in.At = in.At.UTC().Truncate(time.Microsecond)
	lines, err := s.believed(ctx, by.Host, in.Report)
	if err != nil {
		return err
	}
	if len(lines) == 0 && len(in.Lines) > 0 {
		return domain.Fail(domain.Forbidden, "error.forbidden")
	}
	in.Lines = lines
	told := Coming{by.Host, in.Owner, in.Month, len(lines)}
	return s.store.Keep(ctx, by.Host, in.Report, this.Add(-KeptFor), domain.Change{
		Events: []domain.Event{domain.NewEvent(s.mint, Came, domain.Nobody, domain.Subject{Kind: "reuse", ID: s.mint.ID()}, told)},
	})
}

// isNode says whether an address is that of a node itself.
func isNode(iri domain.IRI) bool {
	_, rest, _ := strings.Cut(string(iri), "://")
	_, path, _ := strings.Cut(rest, "/")
	return path == "actor"
}

// believed are the lines of a report about things of the owner that the host
// has. Errors: Forbidden if it has nothing; Invalid for numbers that cannot be.
func (s *Service) believed(ctx context.Context, host string, r Report) ([]Line, error) {
	objects := make([]domain.IRI, len(r.Lines))
	for i, l := range r.Lines {
		objects[i] = l.Object
	}
	things, err := s.store.Things(ctx, r.Owner, objects)
	if err != nil {
		return nil, err
	}
	holds, err := s.store.Holds(ctx, host, r.Owner)
	if err != nil {
		return nil, err
	}
	if !holds.Follows && holds.Clones == 0 {
		return nil, domain.Fail(domain.Forbidden, "error.forbidden")
	}
	var out []Line
	for _, l := range r.Lines {
		if things[l.Object] != l.Kind || l.Kind == "" || slices.ContainsFunc(out, func(o Line) bool { return o.Object == l.Object }) {
			continue
		}
		if l.Kind != Process && !holds.Follows || l.Kind == Process && holds.Clones == 0 {
			continue
		}
		counts, ok := heard(l.Kind, l.Counts)
		if !ok || l.Kind == Process && counts[Clones] > bandOf(holds.Clones) {
			return nil, domain.Fail(domain.Invalid, "error.activity")
		}
		out = append(out, Line{l.Kind, l.Object, counts})
	}
	return out, nil
}

// Thing is a thing of this node as its reader knows it.
type Thing struct {
	policy.Facts
	Owner  domain.IRI
	Object domain.IRI
}

// Of sums up how a thing of this node is reused. Errors: NotFound, also for a
// copy; Forbidden.
func (s *Service) Of(ctx context.Context, v policy.Viewer, t Thing) (Summary, error) {
	if err := policy.Allow(v, policy.Read, t); err != nil {
		return Summary{}, err
	}
	if !s.ns.Owns(t.Object) {
		return Summary{}, domain.Fail(domain.NotFound, "error.not_found")
	}
	all, err := s.store.Heard(ctx, t.Owner, t.Object)
	return summary(all, MonthOf(s.mint.Now())), err
}
