package nodearchive

import (
	"archive/zip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"hash"
	"io"
	"slices"
	"strings"

	"interlink/domain"
	"interlink/domain/portable"
)

// Writer writes an archive, part by part; none is in memory.
type Writer struct {
	z    *zip.Writer
	m    Manifest
	seen map[string]bool
}

// NewWriter begins one.
func NewWriter(w io.Writer, h Head) *Writer {
	h.Format, h.Version, h.Kind = portable.Format, Version, KindNode
	return &Writer{z: zip.NewWriter(w), m: Manifest{Head: h, Counts: map[Kind]int{}, Parts: []Part{}, Left: []Left{}}, seen: map[string]bool{}}
}

// Add writes a part; p says what it is called. begun reports whether anything
// of it was written: only then is an archive broken by a failure.
func (w *Writer) Add(p Part, write func(io.Writer) error) (begun bool, err error) {
	if w.seen[p.Path] {
		return false, nil
	}
	if len(w.m.Parts) >= maxParts {
		return false, tooLarge()
	}
	out := &member{w: w, path: p.Path, sum: sha256.New()}
	if err := write(out); err != nil {
		return out.to != nil, err
	}
	if err := out.begin(); err != nil { // also of what is empty
		return true, err
	}
	p.SHA256, p.Size = hex.EncodeToString(out.sum.Sum(nil)), out.size
	w.seen[p.Path] = true
	w.m.Parts = append(w.m.Parts, p)
	w.m.Counts[p.Kind]++
	return true, nil
}

// Leave notes what is left out.
func (w *Writer) Leave(l Left) {
	if len(w.m.Left) < maxLeft {
		w.m.Left = append(w.m.Left, l)
	}
}

// Close writes the manifest, and ends the archive.
func (w *Writer) Close() error {
	raw, err := json.MarshalIndent(w.m, "", "  ")
	if err != nil {
		return err
	}
	out := &member{w: w, path: manifestName, sum: sha256.New()}
	if _, err := out.Write(append(raw, '\n')); err != nil {
		return err
	}
	return w.z.Close()
}

// member is a part that is written. It is in the archive from its first byte.
type member struct {
	w    *Writer
	path string
	to   io.Writer
	sum  hash.Hash
	size int64
}

func (m *member) begin() (err error) {
	if m.to == nil {
		method := zip.Deflate
		if strings.HasSuffix(m.path, ".zip") || strings.HasPrefix(m.path, string(Files)+"/") {
			method = zip.Store // it is packed already
		}
		m.to, err = m.w.z.CreateHeader(&zip.FileHeader{Name: m.path, Method: method, Modified: m.w.m.ExportedAt})
	}
	return err
}

func (m *member) Write(p []byte) (int, error) {
	if err := m.begin(); err != nil {
		return 0, err
	}
	m.sum.Write(p)
	n, err := m.to.Write(p)
	m.size += int64(n)
	return n, err
}

// Archive is one that is read: what it says was judged, of its parts only that
// each is there once and is no larger than it says.
type Archive struct {
	Manifest
	Unknown []string // what is in it that this version does not know
	members map[string]*zip.File
}

// Read reads an archive of any origin. Nothing is unpacked but the manifest.
// Errors: Invalid, TooLarge.
func Read(from io.ReaderAt, size int64) (*Archive, error) {
	if size > MaxArchive {
		return nil, tooLarge()
	}
	if err := portable.Bounded(from, size, maxDirectory); domain.CodeOf(err) == domain.Invalid {
		return nil, fileError("node_archive.no_archive")
	} else if err != nil {
		return nil, err
	}
	z, err := zip.NewReader(from, size)
	if err != nil {
		return nil, fileError("node_archive.no_archive")
	}
	if len(z.File) > maxParts+1 {
		return nil, tooLarge()
	}
	a := &Archive{members: make(map[string]*zip.File, len(z.File))}
	for _, f := range z.File {
		if a.members[f.Name] != nil {
			return nil, broken(shown(f.Name)) // two readers would read two things
		}
		a.members[f.Name] = f
	}
	if err := a.manifest(); err != nil {
		return nil, err
	}
	return a, a.check()
}

func (a *Archive) manifest() error {
	f := a.members[manifestName]
	if f == nil {
		return fileError("node_archive.no_archive")
	}
	content, err := f.Open()
	if err != nil {
		return broken(manifestName)
	}
	defer func() { _ = content.Close() }()
	raw, err := io.ReadAll(io.LimitReader(content, maxManifest+1))
	if len(raw) > maxManifest {
		return tooLarge()
	}
	if err != nil || json.Unmarshal(raw, &a.Manifest) != nil {
		return broken(manifestName)
	}
	return a.Head.check()
}

// check sees that every part that is named is there, once, and none beside them.
func (a *Archive) check() error {
	if len(a.Parts) > maxParts || len(a.Left) > maxLeft {
		return tooLarge()
	}
	var all int64
	named := make(map[string]bool, len(a.Parts))
	for _, p := range a.Parts {
		if err := p.check(); err != nil {
			return err
		}
		f := a.members[p.Path]
		if f == nil || named[p.Path] || f.UncompressedSize64 != uint64(p.Size) {
			return broken(shown(p.Path))
		}
		if named[p.Path] = true; p.Size > MaxArchive-all {
			return tooLarge()
		}
		all += p.Size
	}
	for name := range a.members {
		if name != manifestName && !named[name] && !strings.HasSuffix(name, "/") && len(a.Unknown) < maxLeft {
			a.Unknown = append(a.Unknown, shown(name))
		}
	}
	slices.Sort(a.Unknown)
	for _, l := range a.Left {
		if !plain(l.What, maxLine) || !plain(string(l.Reason), 100) || l.Count < 0 {
			return broken("left")
		}
	}
	return nil
}

// Open opens a part: no more than one byte beyond what it says it has. The
// caller closes it, and checks its hash.
func (a *Archive) Open(p Part) (io.ReadCloser, error) {
	content, err := a.members[p.Path].Open()
	if err != nil {
		return nil, broken(p.Path)
	}
	return struct {
		io.Reader
		io.Closer
	}{io.LimitReader(content, p.Size+1), content}, nil
}

// inOrder are the parts as they are brought; those of kinds that are unknown
// come last.
func (a *Archive) inOrder() []Part {
	parts := slices.Clone(a.Parts)
	slices.SortStableFunc(parts, func(x, y Part) int { return place(x.Kind) - place(y.Kind) })
	return parts
}

func place(k Kind) int {
	if i := slices.Index(order, k); i >= 0 {
		return i
	}
	return len(order)
}
