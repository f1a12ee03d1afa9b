package nodearchive

import (
	"context"
	"io"
	"os"
	"time"

	"interlink/domain"
	"interlink/domain/organization"
	"interlink/domain/policy"
	"interlink/domain/portable"
)

// packed brings parts that are archives of their own.
type packed struct {
	portable      *portable.Service
	organizations *organization.Service
	became        func(ctx context.Context, iri domain.IRI) (domain.IRI, error)
}

// read takes in the archive that a part is.
func (s packed) read(ctx context.Context, in *Brought) (*portable.Bringing, error) {
	content, err := in.Open(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { _ = content.Close() }()
	at, drop, err := anywhere(content)
	if err != nil {
		return nil, err
	}
	defer drop()
	b, err := s.portable.Bring(ctx, in.Viewer, at, in.Part.Size)
	if err == nil && b.Head.IRI != in.Part.IRI {
		err = broken(in.Part.Path) // the manifest says another
	}
	return b, err
}

// anywhere reads bytes at any place; those of a store far away are written into
// a file first.
func anywhere(content io.ReadSeekCloser) (at io.ReaderAt, drop func(), err error) {
	if at, ok := content.(io.ReaderAt); ok {
		return at, func() {}, nil
	}
	f, err := portable.Scratch()
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

// make makes of what was brought what it was, or brings up to date what an
// earlier archive became. What somebody else made of one stays as it is, as does
// what is here of a later one.
func (s packed) make(ctx context.Context, part *Brought, b *portable.Bringing, in portable.Input) (Result, error) {
	v := part.Viewer
	here, err := s.became(ctx, b.Head.IRI)
	if err != nil {
		return Result{}, err
	}
	earlier, err := s.portable.Earlier(ctx, v, b)
	switch {
	case err != nil:
		return Result{}, err
	case len(earlier) > 0:
		in.Update = earlier[0].Name
	case here != "":
		return Result{Outcome: Own, Made: here}, nil
	}
	b, again, err := s.begin(ctx, part, b.ID, in)
	if portable.IsOlder(err) {
		return Result{Outcome: Own, Made: earlier[0].IRI}, nil
	}
	if err != nil {
		return Result{}, err
	}
	if again {
		return Result{Outcome: Unchanged, Made: b.Made}, nil
	}
	if part.Judged {
		return made("", b), nil
	}
	if b, err = s.finished(ctx, b); err != nil {
		return Result{}, err
	}
	if b.State != portable.ImportDone {
		return Result{}, b.Problem.Err()
	}
	return made(b.Made, b), nil
}

func made(here domain.IRI, of *portable.Bringing) Result {
	r := Result{Outcome: Made, Made: here}
	r.lose(of.Lost...)
	return r
}

// begin sets out to make something of what was brought, or tries what that
// would be. again says that it was made before.
func (s packed) begin(ctx context.Context, part *Brought, id domain.ID, in portable.Input) (b *portable.Bringing, again bool, err error) {
	if !part.Judged {
		return s.portable.Begin(ctx, part.Viewer, id, in)
	}
	b, err = s.portable.Try(ctx, part.Viewer, id, in)
	return b, err == nil && b.Process != domain.Nobody, err
}

// waiting is how long something is waited for that another worker imports just
// now.
const waiting = 2 * time.Minute

// finished goes on with an import to its end, whoever does it.
func (s packed) finished(ctx context.Context, b *portable.Bringing) (*portable.Bringing, error) {
	ctx, cancel := context.WithTimeout(ctx, waiting)
	defer cancel()
	for {
		b, err := s.portable.Finish(ctx, b)
		if err != nil || b.State != portable.ImportRuns {
			return b, err
		}
		select {
		case <-ctx.Done():
			return b, domain.Fail(domain.Unavailable, "node_archive.runs").Because(ctx.Err())
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// owner is the organisation that one of the other node became here; Nobody if
// it did not, or the viewer may make nothing of it.
func (s packed) owner(ctx context.Context, v policy.Viewer, iri domain.IRI) (domain.ActorID, error) {
	if iri == "" {
		return domain.Nobody, nil
	}
	here, err := s.became(ctx, iri)
	if err != nil || here == "" {
		return domain.Nobody, err
	}
	o, err := s.organizations.Organization(ctx, v, lastOf(here))
	if err == nil {
		err = policy.Allow(v, policy.Administer, o)
	}
	switch domain.CodeOf(err) {
	case domain.OK:
		return o.ID, nil
	case domain.NotFound, domain.Gone, domain.Forbidden:
		return domain.Nobody, nil
	}
	return domain.Nobody, err
}
