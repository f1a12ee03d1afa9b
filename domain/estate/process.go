package estate

import (
	"context"
	"io"
	"os"
	"time"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/organization"
	"interlink/domain/policy"
	"interlink/domain/portable"
)

// processes takes processes along, each as an archive of its own.
type processes struct {
	all           *coproduction.Service
	portable      *portable.Service
	organizations *organization.Service
	became        func(ctx context.Context, iri domain.IRI) (domain.IRI, error)
}

// OfProcesses is the subject of processes. Those that not everybody may know of
// are left to their administrators.
func OfProcesses(all *coproduction.Service, p *portable.Service, organizations *organization.Service, store Store) Subject {
	s := &processes{all, p, organizations, store.Became}
	return Subject{Kind: Processes, Write: s.write, Bring: s.bring}
}

func (s *processes) write(ctx context.Context, v policy.Viewer, to *Writer) error {
	private := 0
	err := each(func(page domain.Page) (domain.List[*coproduction.Process], error) {
		return s.all.Processes(ctx, v, coproduction.Filter{}, page)
	}, func(p *coproduction.Process) error {
		if p.Visibility != domain.VisiblePublic && p.PolicyRelation(v.Actor) < policy.Administrator {
			private++
			return nil
		}
		return to.add(ctx, Part{Path: string(Processes) + "/" + p.Name + ".zip", Kind: Processes, IRI: p.IRI}, func(w io.Writer) error {
			export, err := s.portable.Export(ctx, v, p.Name)
			if err != nil {
				return err
			}
			return export.Write(ctx, w)
		})
	})
	to.leavePrivate(Processes, private)
	return err
}

// leavePrivate tells how many of a kind are left to their people.
func (w *Writer) leavePrivate(k Kind, n int) {
	if n > 0 {
		w.Leave(Left{What: string(k), Reason: LeftPrivate, Count: n})
	}
}

func (s *processes) bring(ctx context.Context, in *Brought) (Result, error) {
	content, err := in.Open(ctx)
	if err != nil {
		return Result{}, err
	}
	defer func() { _ = content.Close() }()
	at, drop, err := anywhere(content)
	if err != nil {
		return Result{}, err
	}
	defer drop()
	b, err := s.portable.Bring(ctx, in.Viewer, at, in.Part.Size)
	if err != nil {
		return Result{}, err
	}
	if b.Head.IRI != in.Part.IRI {
		return Result{}, broken(in.Part.Path) // the manifest says another
	}
	return s.make(ctx, in.Viewer, b)
}

// anywhere reads bytes at any place; those of a store far away are written into
// a file first.
func anywhere(content io.ReadSeekCloser) (at io.ReaderAt, drop func(), err error) {
	if at, ok := content.(io.ReaderAt); ok {
		return at, func() {}, nil
	}
	f, err := os.CreateTemp("", "interlink-*.zip")
	if err != nil {
		return nil, nil, err
	}
	drop = func() {
		_ = f.Close()
		_ = os.Remove(f.Name())
	}
	if _, err := io.Copy(f, content); err != nil {
		drop()
		return nil, nil, err
	}
	return f, drop, nil
}

// make makes a process of what was brought, or brings the one up to date that
// an earlier archive became.
func (s *processes) make(ctx context.Context, v policy.Viewer, b *portable.Bringing) (Result, error) {
	_, d, err := s.portable.Bringing(ctx, v, b.ID)
	if err != nil {
		return Result{}, err
	}
	var in portable.Input
	if in.Owner, err = s.owner(ctx, v, d.Organization); err != nil {
		return Result{}, err
	}
	earlier, err := s.portable.Earlier(ctx, v, b)
	if err != nil {
		return Result{}, err
	}
	if len(earlier) > 0 {
		in.Update = earlier[0].Name
	}
	b, again, err := s.portable.Begin(ctx, v, b.ID, in)
	if err != nil {
		return Result{}, err
	}
	if again {
		return Result{Outcome: Unchanged, Made: b.Made}, nil
	}
	if b, err = s.finished(ctx, b); err != nil {
		return Result{}, err
	}
	if b.State != portable.ImportDone {
		return Result{}, b.Problem.Err()
	}
	r := Result{Outcome: Made, Made: b.Made}
	r.lose(b.Lost...)
	return r, nil
}

// waiting is how long a process is waited for that another worker imports just
// now.
const waiting = 2 * time.Minute

// finished goes on with the import of a process to its end, whoever does it.
func (s *processes) finished(ctx context.Context, b *portable.Bringing) (*portable.Bringing, error) {
	ctx, cancel := context.WithTimeout(ctx, waiting)
	defer cancel()
	for {
		b, err := s.portable.Finish(ctx, b)
		if err != nil || b.State != portable.ImportRuns {
			return b, err
		}
		select {
		case <-ctx.Done():
			return b, domain.Fail(domain.Unavailable, "estate.runs").Because(ctx.Err())
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// owner is the organisation that one of the other node became here; Nobody if
// it did not, or the viewer may not make processes of it.
func (s *processes) owner(ctx context.Context, v policy.Viewer, iri domain.IRI) (domain.ActorID, error) {
	if iri == "" {
		return domain.Nobody, nil
	}
	here, err := s.became(ctx, iri)
	if err != nil || here == "" {
		return domain.Nobody, err
	}
	o, err := s.organizations.Organization(ctx, v, lastOf(here))
	if domain.CodeOf(err) == domain.NotFound || domain.CodeOf(err) == domain.Gone || err == nil && policy.Allow(v, policy.Administer, o) != nil {
		return domain.Nobody, nil
	}
	if err != nil {
		return domain.Nobody, err
	}
	return o.ID, nil
}
