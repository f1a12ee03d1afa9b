package portable

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"time"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/lineage"
	"interlink/domain/policy"
)

// Bringing is an archive that somebody brought: what it says it holds, and
// what was made of it. Its bytes are kept for an hour, until something here
// has them.
type Bringing struct {
	ID        domain.ID
	Serial    domain.Serial
	Bringer   domain.ActorID `json:"-"`
	Head      Head
	SHA256    string // of its document
	Size      int64
	Unknown   []string       // parts that this version does not know
	Missing   []string       // SHA-256 of bytes that did not come along: who only names bytes gets none that others keep here
	Process   domain.ActorID // or community that it became; Nobody before
	Made      domain.IRI     // the same by address
	Title     domain.Text    // of what is in it
	Contents  Contents
	Carried   Carried
	Lost      []Lost
	CreatedAt time.Time
	Revision  int64

	// Of an import that was asked for.
	State     ImportState
	In        Input
	Asker     policy.Viewer // as whom it is made, until it is
	Done      int           // files and documents that were looked at
	Total     int           // of how many
	Begun     int           // how often
	Changes   []Change      // that a later export made; at most 500
	Problem   lineage.Problem
	UpdatedAt time.Time
}

// ImportState is how far an import is.
type ImportState string

// The states; "" while nobody asked for it. After the last two it can be asked
// for again.
const (
	ImportRuns      ImportState = "running"
	ImportDone      ImportState = "done"
	ImportFailed    ImportState = "failed"
	ImportCancelled ImportState = "cancelled"
)

// PolicyKind answers [policy.Facts].
func (b *Bringing) PolicyKind() string { return "bringing" }

// PolicyVisibility answers [policy.Facts].
func (b *Bringing) PolicyVisibility() domain.Visibility { return domain.VisibleMembers }

// PolicyRelation answers [policy.Facts]: it is whose it is who brought it.
func (b *Bringing) PolicyRelation(a domain.ActorID) policy.Relation {
	if a != domain.Nobody && a == b.Bringer {
		return policy.Administrator
	}
	return policy.Stranger
}

// PolicyLocal answers [policy.Facts].
func (b *Bringing) PolicyLocal() bool { return true }

// Bring reads an archive and keeps its bytes for an hour, in which something
// can be made of it. Errors: Unauthenticated, Forbidden, Invalid, TooLarge,
// TooMany, Unavailable.
func (s *Service) Bring(ctx context.Context, v policy.Viewer, from io.ReaderAt, size int64) (*Bringing, error) {
	if err := policy.Allow(v, policy.Create, &coproduction.Process{Visibility: domain.VisiblePublic}); err != nil {
		return nil, err
	}
	if s.files == nil {
		return nil, domain.Fail(domain.Unavailable, "error.files")
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
	limits := s.processes.Limits()
	var all int64
	for _, part := range a.parts() {
		if all += part.Size; limits.Process > 0 && all > limits.Process || limits.File > 0 && part.Size > limits.File {
			return nil, tooLarge()
		}
	}
	if err := a.readPosts(); err != nil {
		return nil, err
	}
	var missing []string
	for _, part := range a.parts() {
		if a.files[part.Path] == nil {
			missing = append(missing, part.SHA256)
		} else if err := s.keepPart(ctx, a, part); err != nil {
			return nil, err
		}
	}
	document := Part{Path: a.Kind.document(), SHA256: a.SHA256, Size: a.size}
	if err := s.keepPart(ctx, a, document); err != nil {
		return nil, err
	}
	now := s.mint.Now()
	b := &Bringing{
		ID: s.mint.ID(), Serial: s.mint.Serial(), Bringer: v.Actor, Head: a.Head, SHA256: a.SHA256, Size: document.Size, Unknown: a.Unknown, Missing: missing, CreatedAt: now,
	}
	b.Title, b.Contents = a.contents()
	return b, s.store.CreateBringing(ctx, b, now.Add(-24*time.Hour))
}

// keepPart keeps a part of an archive, within what a node has room for.
func (s *Service) keepPart(ctx context.Context, a *Archive, part Part) error {
	content, err := a.file(part)
	if err != nil {
		return err
	}
	defer func() { _ = content.Close() }()
	return part.Keep(ctx, s.files, content, func(f coproduction.Stored) error {
		return s.kept.ReserveFile(ctx, f, s.mint.Now(), s.processes.Limits().Node)
	})
}

// Keep keeps the bytes of a part, if they are what they are said to be, once they
// are reserved. Errors: Invalid if they are not; those of files and of reserve.
func (p Part) Keep(ctx context.Context, files coproduction.Files, from io.Reader, reserve func(coproduction.Stored) error) error {
	in, err := files.Receive(ctx, from, p.Size+1)
	if err != nil {
		var told *domain.Error
		if errors.As(err, &told) && told.Code != domain.TooLarge {
			return err
		}
		return broken(p.Path)
	}
	defer in.Drop()
	if in.Hash != p.SHA256 || in.Size != p.Size {
		return broken(p.Path)
	}
	if err := reserve(coproduction.Stored{Hash: in.Hash, Type: in.Type, Size: in.Size}); err != nil {
		return err
	}
	return in.Keep(ctx)
}

// Brought reads one without its document, which is not looked at. Errors: NotFound
// unless the viewer brought it; Gone once its bytes are, unless something is made
// of it, or was.
func (s *Service) Brought(ctx context.Context, v policy.Viewer, id domain.ID) (*Bringing, error) {
	b, err := s.bringing(ctx, v, id)
	if err != nil || b.Process != domain.Nobody || b.State == ImportRuns {
		return b, err
	}
	content, err := s.keptAt(ctx, b)(0)
	if err != nil {
		return nil, err
	}
	_ = content.Close()
	if b.Title.Empty() { // of a version that did not note what is in it
		return nil, domain.Fail(domain.Gone, "import.gone")
	}
	return b, nil
}

func (s *Service) bringing(ctx context.Context, v policy.Viewer, id domain.ID) (*Bringing, error) {
	b, err := s.store.Bringing(ctx, id)
	if err == nil {
		err = policy.Allow(v, policy.Read, b)
	}
	if err != nil {
		return nil, err
	}
	return b, nil
}

// document is what an archive holds.
type document interface {
	contents() (title domain.Text, of Contents)
	partsOf() []Part // the bytes that it names, each once
}

// opened reads one with its document. Errors: NotFound unless the viewer brought
// it; Gone, with it, once its bytes are.
func (s *Service) opened(ctx context.Context, v policy.Viewer, id domain.ID) (*Bringing, document, error) {
	b, err := s.bringing(ctx, v, id)
	if err != nil {
		return nil, nil, err
	}
	if b.Head.Kind == KindCommunity {
		raw, err := s.bytes(ctx, Part{SHA256: b.SHA256, Size: b.Size})
		if err != nil {
			return b, nil, domain.Fail(domain.Gone, "import.gone").Because(err)
		}
		d, err := DecodeCommunity(b.Head, raw)
		return b, d, err
	}
	d, err := scan(b.Head, s.keptAt(ctx, b))
	if err != nil {
		return b, nil, err
	}
	return b, d, nil
}

// keptAt opens the document of what was brought at a place, as its bytes are kept.
// What fails in reading them is that they are gone.
func (s *Service) keptAt(ctx context.Context, b *Bringing) opener {
	return func(from int64) (io.ReadCloser, error) {
		f, err := s.files.Open(ctx, b.SHA256)
		if err == nil {
			if _, err = f.Seek(from, io.SeekStart); err == nil {
				return limited{&faulty{f}, f}, nil
			}
			_ = f.Close()
		}
		return nil, domain.Fail(domain.Gone, "import.gone").Because(err)
	}
}

// faulty is a reader whose faults are that what it reads is gone.
type faulty struct{ io.Reader }

func (f *faulty) Read(p []byte) (int, error) {
	n, err := f.Reader.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = domain.Fail(domain.Gone, "import.gone").Because(err)
	}
	return n, err
}

// bytes reads bytes that are kept, and are no more than they say.
func (s *Service) bytes(ctx context.Context, p Part) ([]byte, error) {
	if p.SHA256 == "" {
		return nil, nil
	}
	f, err := s.files.Open(ctx, p.SHA256)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	raw, err := io.ReadAll(io.LimitReader(f, p.Size+1))
	if err == nil && int64(len(raw)) != p.Size {
		err = broken(p.Path)
	}
	return raw, err
}

// markdown reads the text of a document: what is no text of a database is
// taken out, as of what people type.
func (s *Service) markdown(ctx context.Context, p Part) (string, error) {
	raw, err := s.bytes(ctx, p)
	return strings.ReplaceAll(strings.ToValidUTF8(string(raw), "\uFFFD"), "\x00", ""), err
}

// From is what a process was brought from, for those who take part in it: its
// file says so, and nobody confirmed it. nil if it was not.
func (s *Service) From(ctx context.Context, v policy.Viewer, p *coproduction.Process) (*Bringing, error) {
	if !s.processes.Inside(v, p) {
		return nil, nil
	}
	b, err := s.store.OriginOf(ctx, p.ID)
	if domain.CodeOf(err) == domain.NotFound {
		return nil, nil
	}
	return b, err
}

// Source is what was brought as clones take it. Errors: NotFound unless the viewer
// brought a process; Gone once its bytes are.
func (s *Service) Source(ctx context.Context, v policy.Viewer, id domain.ID) (lineage.SourceProcess, []lineage.SourceResource, error) {
	b, opened, err := s.opened(ctx, v, id)
	read, process := opened.(*Document)
	if err == nil && !process {
		err = notThere() // a community is not cloned
	}
	if err != nil {
		return lineage.SourceProcess{}, nil, err
	}
	d, err := read.Whole()
	if err != nil {
		return lineage.SourceProcess{}, nil, err
	}
	source, err := d.Source(b.Head)
	if err != nil {
		return source, nil, err
	}
	along, err := d.Reusable(b.Head, func(p Part) (string, error) {
		if slices.Contains(b.Missing, p.SHA256) {
			return "", nil
		}
		return s.markdown(ctx, p)
	})
	if err != nil {
		return source, nil, domain.Fail(domain.Gone, "import.gone").Because(err)
	}
	for i := range along {
		if f := &along[i].File; f.Hash != "" {
			content, err := s.files.Open(ctx, f.Hash)
			if err == nil && slices.Contains(b.Missing, f.Hash) {
				_ = content.Close()
				err = notThere()
			}
			if err != nil {
				*f = coproduction.Stored{} // it stays where it is, and is linked to
				continue
			}
			_ = content.Close()
		}
	}
	return source, along, nil
}
