package nodearchive

import (
	"context"
	"io"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/organization"
	"interlink/domain/policy"
	"interlink/domain/portable"
)

// processes takes processes along, each as an archive of its own.
type processes struct {
	packed
	all *coproduction.Service
}

// OfProcesses is the subject of processes. Those that not everybody may know of
// are left to their administrators.
func OfProcesses(all *coproduction.Service, p *portable.Service, organizations *organization.Service, store Store) Subject {
	s := &processes{packed{p, organizations, store.Became}, all}
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
	b, err := s.read(ctx, in)
	if err != nil {
		return Result{}, err
	}
	if b.Head.Kind != portable.KindProcess {
		return Result{}, broken(in.Part.Path) // of something else
	}
	var as portable.Input
	if as.Owner, err = s.owner(ctx, in.Viewer, b.Contents.Organization); err != nil {
		return Result{}, err
	}
	return s.make(ctx, in, b, as)
}
