package nodearchive

import (
	"context"
	"io"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/policy"
	"interlink/domain/portable"
	"interlink/domain/story"
)

// Proofs writes and reads that by which stories are verified.
type Proofs interface {
	// Evidence writes what a story here is verified by elsewhere. Errors:
	// NotFound if nobody signed it.
	Evidence(ctx context.Context, slug, host string) ([]byte, error)
	// Bring keeps a story of another node as what it is, with what proves it.
	// along reports whether a file came with it. Of one that is judged it tells
	// what it would be, and keeps nothing. Errors: Invalid if it is not of the
	// node that signed it, or was altered.
	Bring(ctx context.Context, raw []byte, along func(hash string) bool, judged bool) (s *story.Story, changed bool, err error)
}

type stories struct {
	all    *story.Service
	proofs Proofs
	files  coproduction.Files
}

// OfStories is the subject of stories: of those of this node, and of those that
// were brought to it before. Elsewhere they are stories of the node that
// published them, to be read.
func OfStories(all *story.Service, proofs Proofs, files coproduction.Files) Subject {
	s := &stories{all, proofs, files}
	return Subject{Kind: Stories, Write: s.write, Bring: s.bring}
}

func (s *stories) write(ctx context.Context, v policy.Viewer, to *Writer) error {
	return each(func(page domain.Page) (domain.List[*story.Story], error) {
		return s.all.Stories(ctx, v, story.Filter{Held: true}, page)
	}, func(listed *story.Story) error {
		st, err := s.all.StoryByID(ctx, v, listed.ID)
		if code := domain.CodeOf(err); code == domain.NotFound || code == domain.Gone {
			return nil // withdrawn meanwhile
		}
		if err != nil {
			return err
		}
		return s.add(ctx, st, to)
	})
}

func (s *stories) add(ctx context.Context, st *story.Story, to *Writer) error {
	path := to.free(string(Stories) + "/" + st.Slug) // another node's may have the same name
	raw, err := s.proofs.Evidence(ctx, st.Slug, st.Host)
	if domain.CodeOf(err) == domain.NotFound {
		to.Leave(Left{What: path, Reason: LeftUnsigned})
		return nil
	}
	if err == nil {
		err = to.add(ctx, Part{Path: path, Kind: Stories, IRI: st.IRI}, func(w io.Writer) error {
			_, err := w.Write(raw)
			return err
		})
	}
	if err != nil || st.Snapshot == nil {
		return err
	}
	for _, r := range st.Snapshot.Resources {
		if r.File == nil {
			continue
		}
		_, err := s.all.File(ctx, st, r.File.SHA256)
		if domain.CodeOf(err) == domain.NotFound {
			continue
		}
		if err == nil {
			err = to.file(ctx, s.files, r.File.SHA256)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *stories) bring(ctx context.Context, in *Brought) (Result, error) {
	raw, err := in.Whole(ctx, maxDocument)
	if err != nil {
		return Result{}, err
	}
	along := func(hash string) bool {
		f, err := in.File(ctx, hash)
		if err == nil {
			_ = f.Close()
		}
		return err == nil
	}
	st, changed, err := s.proofs.Bring(ctx, raw, along, in.Judged)
	if err != nil {
		return Result{}, err
	}
	r := Result{Outcome: Unchanged, Made: st.IRI}
	if changed {
		r.Outcome = Made
	}
	if st.Snapshot != nil {
		for _, made := range st.Snapshot.Resources {
			if made.File != nil && !along(made.File.SHA256) {
				r.lose(portable.Lost{What: made.File.Name, Reason: portable.LostFile})
			}
		}
	}
	return r, nil
}

// OfFiles is the subject of files that stories show and Interlinkers hand out.
// They are kept as soon as an archive is read, and stay as long as one has them.
func OfFiles() Subject {
	return Subject{Kind: Files, Bring: func(ctx context.Context, in *Brought) (Result, error) {
		f, err := in.Open(ctx)
		if err != nil {
			return Result{}, err
		}
		return Result{Outcome: Made}, f.Close()
	}}
}
