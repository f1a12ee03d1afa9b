package catalogue

import (
	"context"
	"io"
	"regexp"
	"slices"
	"strings"

	"interlink/domain"
	"interlink/domain/picture"
)

// Along opens a file that came along with a bundle, which the caller closes.
// Errors: NotFound for one that did not, whoever else has it here.
type Along func(ctx context.Context, hash string) (io.ReadCloser, error)

// bring gives an entry of a bundle the templates that are files: those that the
// entry which it becomes has, else those that came along. A file that a node
// cannot keep, or that is none of the bundle's, stays a link. old is nil for a
// new entry.
func (s *Service) bring(ctx context.Context, e, old *Entry, along Along, report *Report) error {
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
	if err := s.redraw(ctx, e, old, along, report); err != nil {
		return err
	}
	if old != nil {
		e.handOut(old)
	}
	return nil
}

// redraw gives an entry of a bundle the pictures that the entry which it becomes
// shows, else those that came along, read as an upload is. What is none of these, or
// no picture, stays where it is from.
func (s *Service) redraw(ctx context.Context, e, old *Entry, along Along, report *Report) error {
	if along == nil || s.pictures == nil {
		return nil
	}
	for i := range e.Interlinker.Snapshots {
		x := &e.Interlinker.Snapshots[i]
		hash := PictureHash(x.URL)
		if hash == "" {
			continue
		}
		if have, ok := old.shows(s.ns.IRI("files", hash)); ok {
			x.URL, x.MediaType, x.Width, x.Height = have.URL, have.MediaType, have.Width, have.Height
			continue
		}
		raw, err := whole(ctx, hash, along)
		if err == nil && raw == nil {
			continue
		}
		var kept picture.Kept
		if err == nil {
			kept, err = s.pictures.Keep(ctx, raw)
		}
		if code := domain.CodeOf(err); code == domain.Invalid || code == domain.TooLarge {
			continue
		}
		if err != nil {
			return err
		}
		x.URL, x.MediaType, x.Width, x.Height = kept.IRI, kept.Type, kept.Width, kept.Height
		report.again = append(report.again, kept.Again)
	}
	return nil
}

// shows finds a picture that an entry shows at an address.
func (e *Entry) shows(at domain.IRI) (Snapshot, bool) {
	if e != nil && e.Interlinker != nil {
		for _, x := range e.Interlinker.Snapshots {
			if x.URL == at {
				return x, true
			}
		}
	}
	return Snapshot{}, false
}

// PictureHash is the SHA-256 of a picture in the address at which a node serves
// it; "" of others.
func PictureHash(at domain.IRI) string {
	if i := strings.LastIndex(string(at), "/files/"); i >= 0 && pictureName.MatchString(string(at)[i+7:]) {
		return string(at)[i+7:]
	}
	return ""
}

var pictureName = regexp.MustCompile(`^[0-9a-f]{64}$`)

// whole reads a picture that came along; nil if none did.
func whole(ctx context.Context, hash string, along Along) ([]byte, error) {
	content, err := along(ctx, hash)
	if code := domain.CodeOf(err); code == domain.NotFound || code == domain.Gone {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer func() { _ = content.Close() }()
	return io.ReadAll(io.LimitReader(content, picture.MaxBytes+1))
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
