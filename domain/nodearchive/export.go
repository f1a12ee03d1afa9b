package nodearchive

import (
	"context"
	"io"
	"strings"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/policy"
)

// Export is an archive about to be written.
type Export struct {
	Head   Head
	s      *Service
	viewer policy.Viewer
}

// Export prepares an archive of all that this node has and the viewer may take
// along. Errors: Unauthenticated, NotFound unless the viewer administers the
// node.
func (s *Service) Export(_ context.Context, v policy.Viewer) (*Export, error) {
	if err := May(v); err != nil {
		return nil, err
	}
	e := &Export{Head: s.head, s: s, viewer: v}
	e.Head.ExportedAt = s.mint.Now()
	return e, nil
}

// Name is what the file is called.
func (e *Export) Name() string {
	return coproduction.FileName(strings.ReplaceAll(e.Head.IRI.Host(), ":", "-") + ".interlink-node.zip")
}

// left is what no archive of a node has.
var left = []Left{
	{What: "passwords, keys, tokens, sessions, e-mail addresses", Reason: LeftSecret},
	{What: "accounts, memberships, direct messages, posts outside communities, votes, applications, notifications", Reason: LeftPersonal},
	{What: "settings of the program", Reason: LeftSetting},
}

// Write writes the archive; no more than a part of one part is in memory.
// Errors: TooMany, those of w and of the stores; what was written is no archive
// then.
func (e *Export) Write(ctx context.Context, w io.Writer) error {
	release, err := e.s.turn()
	if err != nil {
		return err
	}
	defer release()
	to := NewWriter(w, e.Head)
	for _, subject := range e.s.subjects {
		if subject.Write == nil {
			continue
		}
		if err := subject.Write(ctx, e.viewer, to); err != nil {
			return err
		}
	}
	for _, l := range left {
		to.Leave(l)
	}
	return to.Close()
}

// each goes through a list, page by page.
func each[T any](list func(domain.Page) (domain.List[T], error), do func(T) error) error {
	for page := (domain.Page{Limit: domain.MaxPage}); ; {
		found, err := list(page)
		if err != nil {
			return err
		}
		for _, one := range found.Items {
			if err := do(one); err != nil {
				return err
			}
		}
		if page.After = found.Next; found.Next == "" {
			return nil
		}
	}
}

// add writes a part. One that cannot be read, and of which nothing was written
// yet, is left out and told of; it may have gone meanwhile.
func (w *Writer) add(ctx context.Context, p Part, write func(io.Writer) error) error {
	begun, err := w.Add(p, write)
	switch code := domain.CodeOf(err); {
	case err == nil || begun || ctx.Err() != nil:
		return err
	case code == domain.NotFound || code == domain.Gone || code == domain.TooMany || code == domain.Unavailable:
		w.Leave(Left{What: p.Path, Reason: LeftUnread})
		return nil
	}
	return err
}

// picture writes a picture, once for all that show it.
func (w *Writer) picture(ctx context.Context, pictures Pictures, hash string) error {
	return w.add(ctx, Part{Path: pathOf(hash), Kind: Files}, func(to io.Writer) error {
		raw, err := pictures.File(ctx, hash)
		if err == nil {
			_, err = to.Write(raw)
		}
		return err
	})
}

// file writes a file, once for all that have it.
func (w *Writer) file(ctx context.Context, files coproduction.Files, hash string) error {
	return w.add(ctx, Part{Path: pathOf(hash), Kind: Files}, func(to io.Writer) error {
		content, err := files.Open(ctx, hash)
		if err != nil {
			return err
		}
		defer func() { _ = content.Close() }()
		_, err = io.Copy(to, content)
		return err
	})
}

// pathOf is where a file stands.
func pathOf(hash string) string { return string(Files) + "/" + hash }
