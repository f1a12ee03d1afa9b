package lineage

import (
	"cmp"
	"context"
	"strconv"
	"time"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/policy"
)

// The budget of one walk through the nodes of a lineage. What is left over is
// looked for by the next walk, those that waited longest first.
const (
	walkTime     = 8 * time.Minute // of asking, also across restarts; less than a job may run
	walkRequests = 3_000
	hostRequests = 600 // to one host
	walkEvery    = 24 * time.Hour
	walkAgain    = 5 * time.Minute // between two that people ask for
	listedOf     = 2_000           // clones of one process that are looked at
)

// Walk is how far the reading of a lineage is.
type Walk struct {
	Process domain.ActorID
	Self    domain.IRI
	Number  int // of the walk, from 1
	State   WalkState
	Begun   time.Time
	Ended   time.Time // of the last one that ended; zero before the first
	Spent   time.Duration
	Asked   int            // requests
	Hosts   map[string]int // requests to each host
	Cut     bool           // more is there than the budget, or [MaxKin], let be read

	Revision int64
}

// WalkState says whether a walk is under way.
type WalkState string

// The states.
const (
	WalkRuns  WalkState = "running"
	WalkEnded WalkState = "ended"
)

// JobWalk asks to go on with a walk.
const JobWalk = "lineage.walk"

// JobRenew asks for a walk, some time after something in a lineage changed: until
// then all its nodes know of it.
const (
	JobRenew  = "lineage.renew"
	renewWait = 2 * time.Minute
)

// renew makes the job.
func renew(p *coproduction.Process, now time.Time) domain.Job {
	return domain.Job{Kind: JobRenew, Unique: string(p.ID), Args: WalkArgs{p.ID}, At: now.Add(renewWait)}
}

// Changed begins a walk through the lineage of a public process; it is the
// handler of [JobRenew].
func (s *Families) Changed(ctx context.Context, args WalkArgs) error {
	p, err := s.store.Process(ctx, args.Process)
	if err != nil || p.Visibility != domain.VisiblePublic {
		return ignoreMissing(err)
	}
	if err := s.begin(ctx, p); domain.CodeOf(err) != domain.Conflict {
		return err
	}
	return nil // somebody else began it
}

// WalkArgs name the process whose lineage is read.
type WalkArgs struct {
	Process domain.ActorID `json:"process"`
}

func (w *Walk) job() domain.Job {
	return domain.Job{Kind: JobWalk, Unique: string(w.Process) + " " + strconv.Itoa(w.Number), Args: WalkArgs{w.Process}, Remote: true}
}

// begin sets out on the next walk.
func (w *Walk) begin(now time.Time) {
	w.Number++
	w.State, w.Begun, w.Spent, w.Asked, w.Hosts, w.Cut = WalkRuns, now, 0, 0, map[string]int{}, false
}

// spent reports whether a walk may ask no more.
func (w *Walk) spent() bool { return w.Spent >= walkTime || w.Asked >= walkRequests }

// Reading is what came of reading a process on its own node.
type Reading struct {
	Kin    Kin          // as it is known now
	Clones []domain.IRI // that it lists; nil if they are those that were known before
	Whole  bool         // Clones are all that it lists
	Asked  int          // requests
}

// KinReader reads what everybody is told of a process by its own node, and its
// clones: at most some. What did not change since it is not read again. It
// fails with ctx alone: what else fails is in the state of the process.
type KinReader interface {
	Kin(ctx context.Context, known Kin, clones int) (Reading, error)
}

// FamilyStore keeps lineages. Reads fail with NotFound.
type FamilyStore interface {
	ProcessNamed(ctx context.Context, name string) (*coproduction.Process, error)
	Process(ctx context.Context, id domain.ActorID) (*coproduction.Process, error)
	Derivations(ctx context.Context, process domain.ActorID, state coproduction.Answer, page domain.Page) (domain.List[*Derivation], error)
	Stamps(ctx context.Context, clones []domain.IRI) (map[domain.IRI]*Stamp, error)

	Walk(ctx context.Context, process domain.ActorID) (*Walk, error)
	// DueWalks returns public processes that have a source or listed clones, and
	// whose last walk ended before a time, or was never begun; at most some.
	DueWalks(ctx context.Context, ended time.Time, most int) ([]*coproduction.Process, error)
	// SaveWalk inserts one with Revision 0, else updates it where the revision is
	// unchanged; Conflict if not. The process itself is in its lineage.
	SaveWalk(ctx context.Context, w *Walk, change domain.Change) error
	// NextKin returns the one that the walk has not looked for yet and that is
	// next: the nearest, of those the one that waited longest.
	NextKin(ctx context.Context, w *Walk) (*Kin, error)
	// TakeKin saves a walk with what was read of one process, and the processes
	// that were found by it: they are added up to [MaxKin], and found again they
	// are as near as the nearer way. Those that it listed before and does not
	// list any more lose their Via if it lists all. Whether there was no room for
	// some is noted in the walk.
	TakeKin(ctx context.Context, w *Walk, r Reading, found []Kin) error
	// Kin returns all processes of a lineage.
	Kin(ctx context.Context, process domain.ActorID) ([]Kin, error)
	// EndWalk saves a walk with the places of its lineage. Those that have none
	// are forgotten, as soon as a walk has looked for all.
	EndWalk(ctx context.Context, w *Walk, f Family, change domain.Change) error
	// Placed lists a lineage in its order; Nearest those nearest to the process.
	Placed(ctx context.Context, process domain.ActorID, page domain.Page) (domain.List[Placed], error)
	Nearest(ctx context.Context, process domain.ActorID, most int) ([]Placed, error)
}

// Families is how the lineages of processes are read and shown.
type Families struct {
	store  FamilyStore
	source *Service
	mint   *domain.Mint
	reader KinReader
}

// NewFamilies makes the service.
func NewFamilies(store FamilyStore, source *Service, mint *domain.Mint) *Families {
	return &Families{store: store, source: source, mint: mint}
}

// ReadBy sets what reads processes on their nodes.
func (s *Families) ReadBy(reader KinReader) { s.reader = reader }

// Tend asks for the walks that are due; it is called now and then.
func (s *Families) Tend(ctx context.Context) error {
	due, err := s.store.DueWalks(ctx, s.mint.Now().Add(-walkEvery), maxDue)
	if err != nil {
		return err
	}
	for _, p := range due {
		if err := s.begin(ctx, p); err != nil && domain.CodeOf(err) != domain.Conflict {
			return err
		}
	}
	return nil
}

// maxDue is how many walks are asked for at once; the next call goes on.
const maxDue = 100

// begin begins a walk, if none is under way.
func (s *Families) begin(ctx context.Context, p *coproduction.Process) error {
	w, err := s.store.Walk(ctx, p.ID)
	if domain.CodeOf(err) == domain.NotFound {
		w, err = &Walk{Process: p.ID, Self: p.IRI}, nil
	}
	if err != nil {
		return err
	}
	if w.State != WalkRuns {
		w.begin(s.mint.Now())
	}
	return s.store.SaveWalk(ctx, w, domain.Change{Jobs: []domain.Job{w.job()}})
}

// Renew asks for a walk at once, by those who may change the process. Errors:
// NotFound, Forbidden, Unauthenticated; TooMany shortly after the last one.
func (s *Families) Renew(ctx context.Context, v policy.Viewer, name string) error {
	p, err := s.source.process(ctx, v, policy.Edit, name)
	if err != nil {
		return err
	}
	if p.Visibility != domain.VisiblePublic {
		return domain.Fail(domain.Invalid, "lineage.public")
	}
	w, err := s.store.Walk(ctx, p.ID)
	if err == nil && w.State == WalkEnded && s.mint.Now().Before(w.Ended.Add(walkAgain)) {
		return domain.Fail(domain.TooMany, "lineage.just_read").In(w.Ended.Add(walkAgain).Sub(s.mint.Now()))
	}
	if err != nil && domain.CodeOf(err) != domain.NotFound {
		return err
	}
	return s.begin(ctx, p)
}

// Work goes on with a walk; it is the handler of [JobWalk]. Each process is
// kept with what it leads to, so it may stop anywhere and run again.
func (s *Families) Work(ctx context.Context, args WalkArgs) error {
	w, err := s.store.Walk(ctx, args.Process)
	if err != nil || w.State != WalkRuns {
		return ignoreMissing(err)
	}
	for !w.spent() {
		k, err := s.store.NextKin(ctx, w)
		if domain.CodeOf(err) == domain.NotFound {
			return s.end(ctx, w)
		}
		if err == nil {
			err = s.visit(ctx, w, *k)
		}
		if domain.CodeOf(err) == domain.Conflict {
			return nil // somebody else goes on with it
		}
		if err != nil {
			return err
		}
	}
	w.Cut = true
	return s.end(ctx, w)
}

func ignoreMissing(err error) error {
	if domain.CodeOf(err) == domain.NotFound {
		return nil // the process was deleted
	}
	return err
}

// visit reads one process and notes what it leads to.
func (s *Families) visit(ctx context.Context, w *Walk, k Kin) error {
	if w.Hosts[k.IRI.Host()] >= hostRequests {
		w.Cut = true
		return s.store.TakeKin(ctx, w, Reading{Kin: k}, nil) // it keeps its time: it is among the first of the next walk
	}
	begun := s.mint.Now()
	r, err := s.reader.Kin(ctx, k, listedOf)
	if err != nil {
		return err
	}
	w.Spent += s.mint.Now().Sub(begun)
	w.Asked += r.Asked
	w.Hosts[k.IRI.Host()] += r.Asked
	r.Kin.Tried = begun
	var found []Kin
	if k.Distance < MaxDistance {
		if r.Kin.Known != nil && r.Kin.Known.From != nil {
			found = append(found, Kin{IRI: r.Kin.Known.From.Source, Distance: k.Distance + 1})
		}
		for _, clone := range r.Clones {
			if clone != k.IRI && iri(clone) {
				found = append(found, Kin{IRI: clone, Via: k.IRI, Distance: k.Distance + 1})
			}
		}
	} else if len(r.Clones) > 0 {
		w.Cut = true
	}
	return s.store.TakeKin(ctx, w, r, found)
}

// end puts what was read in its order.
func (s *Families) end(ctx context.Context, w *Walk) error {
	kin, err := s.store.Kin(ctx, w.Process)
	if err != nil {
		return err
	}
	w.State, w.Ended = WalkEnded, s.mint.Now()
	return s.store.EndWalk(ctx, w, NewFamily(w.Self, kin), domain.Change{})
}

// Lineage is what this node knows of where a process comes from and what came
// of it.
type Lineage struct {
	Process *coproduction.Process
	Walk    *Walk // nil before the first
	List    domain.List[Placed]
	Nearest []Placed // in the order of the tree, to be drawn
}

// MaxDrawn is how many processes a picture shows.
const MaxDrawn = 24

// Lineage reads the lineage of a process, page by page. Before the first walk it
// is what this node knows by itself. Errors: NotFound.
func (s *Families) Lineage(ctx context.Context, v policy.Viewer, name string, page domain.Page) (*Lineage, error) {
	p, err := s.source.process(ctx, v, policy.Read, name)
	if err != nil {
		return nil, err
	}
	l := &Lineage{Process: p}
	l.Walk, err = s.store.Walk(ctx, p.ID)
	if err != nil && domain.CodeOf(err) != domain.NotFound {
		return nil, err
	}
	if l.Walk == nil || l.Walk.Ended.IsZero() {
		return l, s.byItself(ctx, l, page)
	}
	if l.List, err = s.store.Placed(ctx, p.ID, page); err != nil {
		return nil, err
	}
	l.Nearest, err = s.store.Nearest(ctx, p.ID, MaxDrawn)
	return l, err
}

// Whole reads all of the lineage of a public process, to be taken along, with
// the improvements of its clones that it took. Errors: NotFound.
func (s *Families) Whole(ctx context.Context, name string) (Family, []Credit, error) {
	l, err := s.Lineage(ctx, policy.Viewer{}, name, domain.Page{Limit: domain.MaxPage})
	if err != nil {
		return nil, nil, err
	}
	f := Family(l.List.Items)
	for list := l.List; list.Next != ""; {
		if list, err = s.store.Placed(ctx, l.Process.ID, domain.Page{Limit: domain.MaxPage, After: list.Next}); err != nil {
			return nil, nil, err
		}
		f = append(f, list.Items...)
	}
	taken, err := s.source.store.Credits(ctx, l.Process.ID, time.Time{})
	return f, taken, err
}

// PlaceAfter is the place in the order of the tree at which a page begins.
// Errors: Invalid.
func PlaceAfter(page domain.Page) (int, error) {
	if page.After == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(page.After)
	if err != nil || n < 0 || n > MaxKin {
		return 0, domain.InvalidField("page", "error.cursor")
	}
	return n, nil
}

// byItself makes the lineage of what this node knows without asking others:
// the process, its source, and its clones, the newest ones.
func (s *Families) byItself(ctx context.Context, l *Lineage, page domain.Page) error {
	place, err := PlaceAfter(page)
	if err != nil {
		return err
	}
	p := l.Process
	own := Kin{IRI: p.IRI, State: KinRead, Seen: p.UpdatedAt, Known: &Relative{
		IRI: p.IRI, Title: p.Title, Status: p.Status, Country: p.Country, Version: strconv.FormatInt(p.Revision, 10), Active: p.UpdatedAt.UTC().Format(time.DateOnly),
	}}
	var kin []Kin
	if p.Organization != domain.Nobody {
		o, err := s.source.organizations.Organization(ctx, p.Organization)
		if err != nil {
			return err
		}
		if o.PolicyVisibility() == domain.VisiblePublic {
			own.Known.Owner = o.IRI
		}
	}
	if from := p.ClonedFrom; from != nil {
		own.Known.From = &Descent{Source: from.IRI, Title: from.Title.String(), Version: from.Version, Digest: from.Digest, Stamp: from.Stamp}
		kin = append(kin, Kin{IRI: from.IRI, Distance: 1})
	}
	list, err := s.store.Derivations(ctx, p.ID, coproduction.Accepted, domain.Page{Limit: domain.MaxPage})
	if err != nil {
		return err
	}
	for _, d := range list.Items {
		k := Kin{IRI: d.IRI, Via: p.IRI, Distance: 1, Known: &Relative{
			IRI: d.IRI, Title: d.Title, From: &Descent{Source: p.IRI, Version: d.Version, Digest: d.Digest},
		}}
		if p.Visibility == domain.VisiblePublic { // else nobody reads the stamp
			stamp := StampOf(p, d, cmp.Or(own.Known.Owner, p.IRI))
			stamp.Checked, k.Stamp = d.AnsweredAt, &stamp
		}
		kin = append(kin, k)
	}
	stamps, err := s.store.Stamps(ctx, []domain.IRI{p.IRI})
	if err != nil {
		return err
	}
	own.Stamp = stamps[p.IRI]
	f := NewFamily(p.IRI, append(kin, own))
	shown := f[min(place, len(f)):]
	l.List = domain.List[Placed]{Items: shown[:min(len(shown), page.Size())], Total: len(f)}
	if len(shown) > page.Size() {
		l.List.Next = strconv.Itoa(place + page.Size())
	}
	l.Nearest = f[:min(len(f), MaxDrawn)]
	return nil
}
