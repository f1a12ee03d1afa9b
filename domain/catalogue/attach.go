package catalogue

import (
	"context"
	"io"
	"regexp"
	"slices"
	"strings"

	"interlink/domain"
	"interlink/domain/picture"
	"interlink/domain/policy"
)

// Files keeps the templates that are files. Nil where a node keeps none.
type Files interface {
	// Receive reads at most so many bytes. Errors: TooLarge, Unavailable.
	Receive(ctx context.Context, from io.Reader, most int64) (*domain.Incoming, error)
	// Reserve notes a file that is about to be kept. Errors: TooLarge if the
	// node is full.
	Reserve(ctx context.Context, hash, mediaType string, size int64) error
}

// Pictures draws and keeps pictures. Errors: as of [picture.Service.Keep].
type Pictures interface {
	Keep(ctx context.Context, raw []byte) (picture.Kept, error)
}

// KeepFiles says where templates and pictures are kept, and how large a
// template may be, in bytes. Without it none are taken.
func (s *Service) KeepFiles(files Files, pictures Pictures, most int64) {
	s.files, s.pictures, s.mostFile = files, pictures, most
}

// MaxFile is how large a template may be, in bytes.
func (s *Service) MaxFile() int64 { return s.mostFile }

// Attach makes a file the template of an Interlinker in a language, in place
// of what was there; name is the file's, cleaned by the caller. Errors: those
// of [Service.Rewrite]; Invalid or TooLarge on "file", Unavailable.
func (s *Service) Attach(ctx context.Context, v policy.Viewer, id domain.ID, revision int64, lang domain.Lang, name string, from io.Reader) (*Entry, error) {
	e, err := s.writable(ctx, v, id, revision)
	if err != nil {
		return nil, err
	}
	if e.Interlinker == nil || s.files == nil {
		return nil, domain.Fail(domain.Unavailable, "error.files")
	}
	if lang, err = domain.ParseLang(string(lang)); err != nil {
		return nil, err
	}
	in, err := s.take(ctx, from)
	if err != nil {
		return nil, err
	}
	next := e.Content().clone()
	if next.Interlinker.Documents == nil {
		next.Interlinker.Documents = map[string]Document{}
	}
	next.Interlinker.Documents[string(lang)] = Document{
		Name: name, Available: true, MediaType: in.Type, Hash: in.Hash, Size: in.Size, URL: e.FileIRI(in.Hash),
	}
	next.translate(e.Content(), nil)
	e.Interlinker, e.Attached = next.Interlinker, []string{in.Hash}
	e.Interlinker.detect()
	if err := e.Check(); err != nil {
		return nil, err
	}
	return e, s.changed(ctx, v, e)
}

// take keeps the bytes of a template. Errors: Invalid or TooLarge on "file",
// Unavailable.
func (s *Service) take(ctx context.Context, from io.Reader) (*domain.Incoming, error) {
	in, err := s.files.Receive(ctx, from, s.mostFile)
	if err != nil {
		return nil, err
	}
	defer in.Drop()
	if in.Size == 0 {
		return nil, domain.InvalidField("file", "resource.file_empty")
	}
	if err := s.files.Reserve(ctx, in.Hash, in.Type, in.Size); err != nil {
		return nil, err
	}
	return in, in.Keep(ctx)
}

// Detach takes the template of a language away. Errors: as of
// [Service.Rewrite].
func (s *Service) Detach(ctx context.Context, v policy.Viewer, id domain.ID, revision int64, lang domain.Lang) (*Entry, error) {
	e, err := s.writable(ctx, v, id, revision)
	if err != nil {
		return nil, err
	}
	if e.Interlinker == nil || e.Interlinker.Documents[string(lang)].Name == "" {
		return nil, domain.Fail(domain.NotFound, "error.not_found")
	}
	next := e.Content().clone()
	delete(next.Interlinker.Documents, string(lang))
	next.translate(e.Content(), nil)
	e.Interlinker = next.Interlinker
	return e, s.changed(ctx, v, e)
}

// Depict adds a picture to an Interlinker. alt says in words what it shows,
// and has to. Errors: as of [Service.Rewrite]; Invalid or TooLarge on "file".
func (s *Service) Depict(ctx context.Context, v policy.Viewer, id domain.ID, revision int64, raw []byte, alt domain.Text) (*Entry, error) {
	e, err := s.writable(ctx, v, id, revision)
	if err != nil {
		return nil, err
	}
	if e.Interlinker == nil || s.pictures == nil {
		return nil, domain.Fail(domain.Unavailable, "error.files")
	}
	if alt.Empty() {
		return nil, domain.InvalidField("alt", "catalogue.alt")
	}
	if len(raw) == 0 {
		return nil, domain.InvalidField("file", "picture.missing")
	}
	kept, err := s.pictures.Keep(ctx, raw)
	if err != nil {
		return nil, err
	}
	i := e.Content().clone().Interlinker
	i.Snapshots = append(slices.DeleteFunc(i.Snapshots, func(x Snapshot) bool { return x.URL == kept.IRI }),
		Snapshot{URL: kept.IRI, MediaType: kept.Type, Width: kept.Width, Height: kept.Height, Alt: alt.Clean()})
	e.Interlinker = i
	if err := e.Check(); err != nil {
		return nil, err
	}
	if err := s.changed(ctx, v, e); err != nil {
		return nil, err
	}
	return e, kept.Again(ctx)
}

// Undepict takes a picture away; its file goes once nobody shows it. Errors:
// as of [Service.Rewrite].
func (s *Service) Undepict(ctx context.Context, v policy.Viewer, id domain.ID, revision int64, file domain.IRI) (*Entry, error) {
	e, err := s.writable(ctx, v, id, revision)
	if err != nil {
		return nil, err
	}
	if e.Interlinker == nil || !slices.ContainsFunc(e.Interlinker.Snapshots, func(x Snapshot) bool { return x.URL == file }) {
		return nil, domain.Fail(domain.NotFound, "error.not_found")
	}
	i := e.Content().clone().Interlinker
	i.Snapshots = slices.DeleteFunc(i.Snapshots, func(x Snapshot) bool { return x.URL == file })
	e.Interlinker = i
	return e, s.changed(ctx, v, e, picture.Sweeping(file, s.mint.Now()))
}

// FileIRI is where this node hands out a file of an entry of its own.
func (e *Entry) FileIRI(hash string) domain.IRI { return e.IRI + "/files/" + domain.IRI(hash) }

// File finds a file that an Interlinker of this node has, or had in an older
// version. What an entry merely names by its hash is none of its files. Errors:
// NotFound.
func (s *Service) File(ctx context.Context, v policy.Viewer, slug, hash string) (*Entry, Document, error) {
	e, err := s.Entry(ctx, v, KindInterlinker, slug, "")
	if err != nil {
		return nil, Document{}, err
	}
	name, err := s.store.AttachedAs(ctx, e.ID, hash)
	if err != nil {
		return nil, Document{}, err
	}
	d := Document{Name: name, Hash: hash}
	for _, have := range e.Interlinker.Documents {
		if have.Hash == hash {
			d = have
		}
	}
	return e, d, nil
}

// keepFiles gives the documents that somebody wrote the files that they had:
// nobody names a file of the node by its hash.
func (i *Interlinker) keepFiles(old *Interlinker) {
	for lang, d := range i.Documents {
		have := old.Documents[lang]
		if d.Hash != have.Hash || d.Hash == "" {
			d.Hash, d.URL, d.Size = "", "", 0
		} else {
			d = have
		}
		if d.Text = strings.TrimSpace(d.Text); d.Text == "" && d.Hash == "" && (have.Text != "" || have.Name == "") {
			delete(i.Documents, lang)
			continue
		}
		if d.Hash == "" && d.Text != "" {
			d.MediaType, d.Available = "text/markdown", true
			if d.Name == "" {
				d.Name = "template." + lang + ".md"
			}
		}
		i.Documents[lang] = d
	}
	for lang, d := range old.Documents {
		if _, written := i.Documents[lang]; !written && d.Hash != "" {
			if i.Documents == nil {
				i.Documents = map[string]Document{}
			}
			i.Documents[lang] = d
		}
	}
	if len(i.Documents) == 0 {
		i.Documents = nil
	}
}

// declared finds the licence that a text names in itself (SPDX Specification
// 2.3, annex E).
var declared = regexp.MustCompile(`SPDX-License-Identifier:\s*([A-Za-z0-9.+-]{2,80})`)

// detect notes the licences that the templates name in themselves, apart from
// the one that the entry declares.
func (i *Interlinker) detect() {
	var found []string
	for lang, d := range i.Documents {
		if m := declared.FindStringSubmatch(d.Text); m != nil {
			d.Licence = m[1]
			i.Documents[lang] = d
		}
		if d.Licence != "" && !slices.Contains(found, d.Licence) {
			found = append(found, d.Licence)
		}
	}
	slices.Sort(found)
	i.Detected = found
}
