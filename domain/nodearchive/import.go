package nodearchive

import (
	"context"
	"errors"
	"io"
	"slices"
	"strconv"
	"time"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/lineage"
	"interlink/domain/policy"
	"interlink/domain/portable"
)

// Import is the archive of a node that somebody brought, and what is made of
// it.
type Import struct {
	ID        domain.ID      `json:"-"`
	Serial    domain.Serial  `json:"-"`
	Importer  domain.ActorID `json:"-"`
	Head      Head
	Left      []Left
	Unknown   []string
	State     State         `json:"-"`
	Asker     policy.Viewer // as whom it is made, while it is
	Begun     int           // how often
	CreatedAt time.Time
	UpdatedAt time.Time
	Revision  int64 `json:"-"`
}

// State is how far an import is.
type State string

// The states.
const (
	Looked    State = "brought" // nobody began it
	Runs      State = "running"
	Done      State = "done"
	Cancelled State = "cancelled" // between two parts; what is made stays
)

// Outcome is what became of a part.
type Outcome string

// The outcomes.
const (
	Waits     Outcome = "waiting"
	Made      Outcome = "done"
	Unchanged Outcome = "unchanged" // it was here as it is
	Own       Outcome = "kept"      // this node has its own, which stays
	Failed    Outcome = "failed"
	Unknown   Outcome = "unknown" // this version does not know what it is
)

// Outcomes lists them in the order in which they are told.
var Outcomes = []Outcome{Failed, Waits, Made, Unchanged, Own, Unknown}

// Tally counts parts by outcome.
type Tally map[Outcome]int

// All is how many parts there are.
func (t Tally) All() (n int) {
	for _, of := range t {
		n += of
	}
	return n
}

// ImportPart is a part, and what became of it.
type ImportPart struct {
	Part

	Position int             `json:"position"` // from 1
	Outcome  Outcome         `json:"outcome"`
	Result   Result          `json:"result"`
	Problem  lineage.Problem `json:"problem,omitzero"` // why it failed
	Tried    int             `json:"tried"`            // how often it failed
}

// Result is what was made of a part.
type Result struct {
	Outcome Outcome         `json:"outcome"`
	Made    domain.IRI      `json:"made,omitempty"`
	Lost    []portable.Lost `json:"lost,omitempty"` // what is not held as it was; at most 100
	More    int             `json:"more,omitempty"` // that is lost beside these
}

// maxLost is how much of what is lost of a part is told.
const maxLost = 100

// lose tells of what is not held as it was.
func (r *Result) lose(lost ...portable.Lost) {
	room := min(len(lost), maxLost-len(r.Lost))
	r.Lost = append(r.Lost, lost[:room]...)
	r.More += len(lost) - room
}

// PolicyKind answers [policy.Facts].
func (i *Import) PolicyKind() string { return "node" }

// PolicyVisibility answers [policy.Facts].
func (i *Import) PolicyVisibility() domain.Visibility { return domain.VisibleMembers }

// PolicyRelation answers [policy.Facts]: only who administers the node takes it
// along.
func (i *Import) PolicyRelation(domain.ActorID) policy.Relation { return policy.Stranger }

// PolicyLocal answers [policy.Facts].
func (i *Import) PolicyLocal() bool { return true }

// JobImport asks to go on with an import; JobImportFormer is what it was called
// before, and may still be queued when a node is brought up to date.
const (
	JobImport       = "nodearchive.import"
	JobImportFormer = "estate.import"
)

// ImportArgs are the arguments of [JobImport].
type ImportArgs struct {
	Import domain.ID `json:"import"`
}

// keepFor is how long an archive stays that nobody began to import.
const keepFor = 24 * time.Hour

// Bring reads an archive, sees that all its parts are what they are said to be,
// and keeps them. Nothing is made of it yet. Errors: Unauthenticated, NotFound
// unless the viewer administers the node, Invalid, TooLarge, TooMany,
// Unavailable.
func (s *Service) Bring(ctx context.Context, v policy.Viewer, from io.ReaderAt, size int64) (*Import, error) {
	if err := May(v); err != nil {
		return nil, err
	}
	release, err := s.turn()
	if err != nil {
		return nil, err
	}
	defer release()
	a, err := Read(from, size)
	if err != nil {
		return nil, err
	}
	var parts []ImportPart
	for n, p := range a.inOrder() {
		one := ImportPart{Part: p, Position: n + 1, Outcome: Waits}
		if s.subject(p.Kind) == nil {
			one.Outcome = Unknown
		}
		if err := s.keep(ctx, a, p); err != nil {
			return nil, err
		}
		parts = append(parts, one)
	}
	now := s.mint.Now()
	i := &Import{
		ID: s.mint.ID(), Serial: s.mint.Serial(), Importer: v.Actor, Head: a.Head, Left: a.Left, Unknown: a.Unknown,
		State: Looked, CreatedAt: now, UpdatedAt: now,
	}
	return i, s.store.CreateImport(ctx, i, parts, now.Add(-keepFor))
}

// keep keeps the bytes of a part, if they are what they are said to be.
func (s *Service) keep(ctx context.Context, a *Archive, p Part) error {
	content, err := a.Open(p)
	if err != nil {
		return err
	}
	defer func() { _ = content.Close() }()
	err = portable.Part{Path: p.Path, SHA256: p.SHA256, Size: p.Size}.Keep(ctx, s.files, content, func(f coproduction.Stored) error {
		return s.kept.ReserveFile(ctx, f, s.mint.Now(), 0)
	})
	if domain.CodeOf(err) == domain.Invalid {
		return broken(p.Path) // of the file that was typed
	}
	return err
}

// Imports lists what was brought, newest first. Errors: NotFound unless the
// viewer administers the node.
func (s *Service) Imports(ctx context.Context, v policy.Viewer, page domain.Page) (domain.List[*Import], error) {
	if err := May(v); err != nil {
		return domain.List[*Import]{}, err
	}
	return s.store.Imports(ctx, page)
}

// Import reads one, with how many of its parts became what. Errors: NotFound.
func (s *Service) Import(ctx context.Context, v policy.Viewer, id domain.ID) (*Import, Tally, error) {
	if err := May(v); err != nil {
		return nil, nil, err
	}
	i, err := s.store.Import(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	tally, err := s.store.Tally(ctx, id)
	return i, tally, err
}

// Parts lists the parts of an import of an outcome; "" for all. Errors:
// NotFound.
func (s *Service) Parts(ctx context.Context, v policy.Viewer, id domain.ID, o Outcome, page domain.Page) (domain.List[*ImportPart], error) {
	if err := May(v); err != nil {
		return domain.List[*ImportPart]{}, err
	}
	if o != "" && !slices.Contains(Outcomes, o) {
		return domain.List[*ImportPart]{}, domain.InvalidField("outcome", "error.invalid")
	}
	if _, err := s.store.Import(ctx, id); err != nil {
		return domain.List[*ImportPart]{}, err
	}
	return s.store.Parts(ctx, id, o, page)
}

// Begin sets out to import what was brought, as a job, or goes on with it: what
// is made stays, what failed is tried again. One that runs is left alone.
// Errors: NotFound, Conflict.
func (s *Service) Begin(ctx context.Context, v policy.Viewer, id domain.ID) (*Import, error) {
	i, err := s.begun(ctx, v, id)
	if err != nil {
		return nil, err
	}
	if i == nil {
		return s.store.Import(ctx, id)
	}
	return i, s.again(ctx, i, true)
}

// begun reads an import that is to begin; nil if it runs.
func (s *Service) begun(ctx context.Context, v policy.Viewer, id domain.ID) (*Import, error) {
	i, err := s.own(ctx, v, id)
	if err != nil || i.State == Runs && s.mint.Now().Sub(i.UpdatedAt) < stands {
		return nil, err
	}
	i.State, i.Asker, i.Importer = Runs, v, v.Actor
	return i, nil
}

// Here imports what was brought at once, to its end, as a command does. Errors:
// as of [Service.Begin]; Conflict while it runs already.
func (s *Service) Here(ctx context.Context, v policy.Viewer, id domain.ID) error {
	i, err := s.begun(ctx, v, id)
	if err != nil {
		return err
	}
	if i == nil {
		return domain.Fail(domain.Conflict, "node_archive.runs")
	}
	i.UpdatedAt = s.mint.Now()
	if err := s.store.SaveImport(ctx, i, true, domain.Change{}); err != nil {
		return err
	}
	return s.work(ctx, id, 0)
}

// again asks for the next stretch of an import.
func (s *Service) again(ctx context.Context, i *Import, failed bool) error {
	i.Begun++
	i.UpdatedAt = s.mint.Now()
	job := domain.Job{Kind: JobImport, Args: ImportArgs{i.ID}, Unique: string(i.ID) + " " + strconv.Itoa(i.Begun)}
	return s.store.SaveImport(ctx, i, failed, domain.Change{Jobs: []domain.Job{job}})
}

// Cancel ends an import between two parts; what was made stays. One that has
// ended stays as it is. Errors: NotFound, Conflict.
func (s *Service) Cancel(ctx context.Context, v policy.Viewer, id domain.ID) (*Import, error) {
	i, err := s.own(ctx, v, id)
	if err != nil || i.State != Runs {
		return i, err
	}
	i.State, i.Asker, i.UpdatedAt = Cancelled, policy.Viewer{}, s.mint.Now()
	return i, s.store.SaveImport(ctx, i, false, domain.Change{})
}

func (s *Service) own(ctx context.Context, v policy.Viewer, id domain.ID) (*Import, error) {
	if err := May(v); err != nil {
		return nil, err
	}
	return s.store.Import(ctx, id)
}

// stretch is how long an import goes on before the next job has its turn, and
// stands after how long without a step one is not going on any more.
const (
	stretch = 5 * time.Minute
	stands  = 15 * time.Minute
)

// Work goes on with an import, part by part; it is the handler of [JobImport].
// Each part is made whole or not at all: it may stop anywhere and run again.
func (s *Service) Work(ctx context.Context, args ImportArgs) error {
	return s.work(ctx, args.Import, stretch)
}

// work goes on for so long, and leaves the rest to another job; 0 is to the end.
func (s *Service) work(ctx context.Context, id domain.ID, most time.Duration) error {
	for began := s.mint.Now(); ; {
		i, err := s.store.Import(ctx, id)
		if domain.CodeOf(err) == domain.NotFound || err == nil && i.State != Runs {
			return nil
		}
		if err != nil {
			return err
		}
		p, err := s.store.Next(ctx, i.ID)
		switch {
		case domain.CodeOf(err) == domain.NotFound:
			i.State, i.Asker, i.UpdatedAt = Done, policy.Viewer{}, s.mint.Now()
			return s.store.SaveImport(ctx, i, false, domain.Change{})
		case err != nil:
			return err
		case most > 0 && s.mint.Now().Sub(began) > most:
			return s.again(ctx, i, false)
		}
		if err := s.bring(ctx, i, p); err != nil {
			return err
		}
	}
}

// Judge tells of each part of an import that waits what would come of it now, in
// their order, and makes nothing: its outcome, what it would lose and why it
// would fail. Of others it tells what came of them. A part is judged as if those
// before it in the archive were not made yet. Archives within the archive are
// kept to be looked at, for an hour. Errors: NotFound; those of tell.
func (s *Service) Judge(ctx context.Context, v policy.Viewer, id domain.ID, tell func(*ImportPart) error) error {
	i, err := s.own(ctx, v, id)
	if err != nil {
		return err
	}
	i.Asker = v
	return each(func(page domain.Page) (domain.List[*ImportPart], error) {
		return s.store.Parts(ctx, id, "", page)
	}, func(p *ImportPart) error {
		if p.Outcome != Waits {
			return tell(p)
		}
		result, err := s.make(ctx, i, p, true)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if p.become(result, err); p.Outcome == Made {
			p.Result.Made = "" // nothing is there yet
		}
		return tell(p)
	})
}

// become notes what came of a part, or why nothing did.
func (p *ImportPart) become(r Result, err error) {
	p.Outcome, p.Result, p.Problem = r.Outcome, r, lineage.Problem{}
	if err != nil {
		p.Outcome, p.Result, p.Problem = Failed, Result{Outcome: Failed}, lineage.ProblemOf(err)
	}
}

// maxTried is how often a part is tried that fails by a fault of this node, or
// because somebody else was first.
const maxTried = 3

// bring makes of a part what it was, and notes what came of it.
func (s *Service) bring(ctx context.Context, i *Import, p *ImportPart) error {
	result, err := s.make(ctx, i, p, false)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if p.become(result, err); err != nil {
		if p.Tried++; p.Tried < maxTried && (domain.Ours(err) || domain.CodeOf(err) == domain.Conflict) {
			p.Outcome = Waits // perhaps somebody was at it too
		}
		if domain.Ours(err) && p.Outcome == Waits {
			return errors.Join(err, s.store.SavePart(ctx, i.ID, p, s.mint.Now()))
		}
	}
	return s.store.SavePart(ctx, i.ID, p, s.mint.Now())
}

func (s *Service) make(ctx context.Context, i *Import, p *ImportPart, judged bool) (Result, error) {
	subject := s.subject(p.Kind)
	if subject == nil || subject.Bring == nil {
		return Result{Outcome: Unknown}, nil
	}
	return subject.Bring(ctx, s.brought(i, p, judged))
}

// brought is a part of an import as its subject reads it.
func (s *Service) brought(i *Import, p *ImportPart, judged bool) *Brought {
	return &Brought{
		Viewer: i.Asker, Part: p.Part, From: i.Head, Judged: judged,
		Open: func(ctx context.Context) (io.ReadSeekCloser, error) {
			content, err := s.files.Open(ctx, p.SHA256)
			if err != nil {
				err = domain.Fail(domain.Gone, "import.gone").Because(err)
			}
			return content, err
		},
		File: func(ctx context.Context, hash string) (io.ReadCloser, error) {
			has, err := s.store.Has(ctx, i.ID, hash)
			if err == nil && !has {
				err = domain.Fail(domain.NotFound, "error.not_found")
			}
			if err != nil {
				return nil, err
			}
			return s.files.Open(ctx, hash)
		},
		Has: func(ctx context.Context, k Kind, iri domain.IRI) (bool, error) {
			return s.store.Names(ctx, i.ID, k, iri)
		},
	}
}
