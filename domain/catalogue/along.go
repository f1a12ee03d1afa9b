package catalogue

import (
	"context"
	"io"
	"slices"

	"interlink/domain"
)

// Along opens a file that came along with a bundle, which the caller closes.
// Errors: NotFound for one that did not, whoever else has it here.
type Along func(ctx context.Context, hash string) (io.ReadCloser, error)

// bring gives an entry of a bundle the templates that are files: those that the
// entry which it becomes has, else those that came along. A file that a node
// cannot keep, or that is none of the bundle's, stays a link. old is nil for a
// new entry.
func (s *Service) bring(ctx context.Context, e, old *Entry, along Along) error {
	if e.Interlinker == nil || s.files == nil {
		return nil
	}
	for lang, d := range e.Interlinker.Documents {
		if d.Hash == "" {
			continue
		}
		if have, ok := old.handsOut(d.Hash); ok {
			d.URL, d.MediaType, d.Size = have.URL, have.MediaType, have.Size
		} else if along != nil {
			in, err := s.taken(ctx, d.Hash, along)
			if err != nil {
				return err
			}
			if in == nil {
				continue
			}
			d.URL, d.MediaType, d.Size = "", in.Type, in.Size
			e.Attached = append(e.Attached, in.Hash)
		}
		e.Interlinker.Documents[lang] = d
	}
	if old != nil {
		e.handOut(old)
	}
	return nil
}

// taken keeps a file that came along; nil if none did, or it is none that a
// template may be.
func (s *Service) taken(ctx context.Context, hash string, along Along) (*domain.Incoming, error) {
	content, err := along(ctx, hash)
	if code := domain.CodeOf(err); code == domain.NotFound || code == domain.Gone {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer func() { _ = content.Close() }()
	in, err := s.take(ctx, content)
	if code := domain.CodeOf(err); code == domain.TooLarge || code == domain.Invalid || err == nil && in.Hash != hash {
		return nil, nil
	}
	return in, err
}

// handsOut finds a file that an entry of this node hands out now.
func (e *Entry) handsOut(hash string) (Document, bool) {
	if e != nil && e.Interlinker != nil {
		for _, d := range e.Interlinker.Documents {
			if d.Hash == hash && d.URL == e.FileIRI(hash) {
				return d, true
			}
		}
	}
	return Document{}, false
}

// handOut says where the files that an entry got are handed out: by the entry
// that it is, or becomes.
func (e *Entry) handOut(by *Entry) {
	if e.Interlinker == nil {
		return
	}
	for lang, d := range e.Interlinker.Documents {
		if slices.Contains(e.Attached, d.Hash) {
			d.URL = by.FileIRI(d.Hash)
			e.Interlinker.Documents[lang] = d
		}
	}
}
