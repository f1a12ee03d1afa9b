package portable

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"hash"
	"io"
	"strings"
)

func encode(v any) ([]byte, error) {
	raw, err := json.MarshalIndent(v, "", "  ")
	return append(raw, '\n'), err
}

// decode reads one JSON value, of fields that are known, and nothing after it.
func decode(raw []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	if err := d.Decode(into); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something follows it")
	}
	return nil
}

// hashed is the part that some bytes are.
func hashed(path string, raw []byte) Part {
	sum := sha256.Sum256(raw)
	return Part{Path: path, SHA256: hex.EncodeToString(sum[:]), Size: int64(len(raw))}
}

// Write writes an archive of a document; open returns the bytes of a part,
// which it closes. A part that cannot be opened is named as missing. Errors:
// those of w.
func Write(w io.Writer, h Head, d *Process, open func(Part) (io.ReadCloser, error)) error {
	return pack(w, h, d.document().encode, d.partsOf(), open)
}

// pack writes an archive of a process whose document write writes.
func pack(w io.Writer, h Head, write func(io.Writer) error, parts []Part, open func(Part) (io.ReadCloser, error)) error {
	p := newPacker(w, h, KindProcess)
	if err := p.document(write); err != nil {
		return err
	}
	if err := p.files(parts, open); err != nil {
		return err
	}
	return p.close()
}

// packer writes an archive part by part.
type packer struct {
	Manifest
	z *zip.Writer
}

func newPacker(w io.Writer, h Head, kind Kind) *packer {
	h.Format, h.Version, h.Kind = Format, Version, kind
	return &packer{Manifest: Manifest{Head: h, Files: []Part{}}, z: zip.NewWriter(w)}
}

// document writes the part that says what is in the archive, as write writes it.
func (p *packer) document(write func(io.Writer) error) error {
	p.Document.Path = p.Kind.document()
	part, err := p.create(p.Document.Path)
	if err != nil {
		return err
	}
	sum := newSum()
	if err := write(io.MultiWriter(part, sum)); err != nil {
		return err
	}
	p.Document.SHA256, p.Document.Size = sum.hash(), sum.n
	return nil
}

// files writes some parts, each as it is opened.
func (p *packer) files(parts []Part, open func(Part) (io.ReadCloser, error)) error {
	for _, part := range parts {
		content, err := open(part)
		if err != nil {
			part.Missing = true
		} else if _, err := p.file(part.Path, content); err != nil {
			return err
		}
		p.Files = append(p.Files, part)
	}
	return nil
}

// sum is the hash and the length of what is written.
type sum struct {
	hash.Hash
	n int64
}

func newSum() *sum { return &sum{Hash: sha256.New()} }

func (s *sum) Write(p []byte) (int, error) {
	s.n += int64(len(p))
	return s.Hash.Write(p)
}

func (s *sum) hash() string { return hex.EncodeToString(s.Sum(nil)) }

// file writes bytes, closes them, and tells how many they were.
func (p *packer) file(path string, content io.ReadCloser) (int64, error) {
	defer func() { _ = content.Close() }()
	part, err := p.create(path)
	if err != nil {
		return 0, err
	}
	return io.Copy(part, content)
}

func (p *packer) create(name string) (io.Writer, error) {
	return p.z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: p.ExportedAt})
}

// close writes the manifest, the last part.
func (p *packer) close() error {
	raw, err := encode(p.Manifest)
	if err != nil {
		return err
	}
	if _, err := p.file(manifestName, io.NopCloser(bytes.NewReader(raw))); err != nil {
		return err
	}
	return p.z.Close()
}

// Archive is one that is read. What is in it was judged; of its files only
// that they are named.
type Archive struct {
	Head
	Document  *Document  // of one with a process; else nil
	Community *Community // of one with a community; else nil
	SHA256    string     // of the document
	Unknown   []string   // parts that this version does not know
	size      int64      // of the document
	files     map[string]*zip.File
}

// parts lists the bytes that its document names, each once.
func (a *Archive) parts() []Part {
	if a.Community != nil {
		return a.Community.partsOf()
	}
	return a.Document.partsOf()
}

// Read reads an archive of any origin. Nothing is unpacked beyond what is
// asked for and its bounds; what names say of folders is never followed.
// Errors: Invalid, TooLarge.
func Read(from io.ReaderAt, size int64) (*Archive, error) {
	if size > MaxArchive {
		return nil, tooLarge()
	}
	if err := Bounded(from, size, maxDirectory); err != nil {
		return nil, err
	}
	z, err := zip.NewReader(from, size)
	if err != nil {
		return nil, noArchive()
	}
	if len(z.File) > maxParts {
		return nil, tooLarge()
	}
	a := &Archive{files: map[string]*zip.File{}}
	for _, f := range z.File {
		hash, inFiles := strings.CutPrefix(f.Name, filesFolder)
		switch {
		case a.files[f.Name] != nil:
			return nil, broken(shown(f.Name)) // two readers would read two things
		case f.Name == manifestName, f.Name == processName, f.Name == communityName, isPosts(f.Name), inFiles && isHash(hash):
			a.files[f.Name] = f
		case strings.HasSuffix(f.Name, "/"):
		default:
			if len(a.Unknown) < maxLost {
				a.Unknown = append(a.Unknown, shown(f.Name))
			}
		}
	}
	var m Manifest
	raw, err := a.whole(manifestName, maxManifest)
	if err != nil {
		return nil, err
	}
	if err := decode(raw, &m); err != nil {
		return nil, broken(manifestName)
	}
	if err := m.Head.check(); err != nil {
		return nil, err
	}
	a.Head, a.SHA256, a.size = m.Head, m.Document.SHA256, m.Document.Size
	return a, a.read(m.Document)
}

// read reads the document, which is what the manifest says.
func (a *Archive) read(p Part) (err error) {
	name, f := a.Kind.document(), a.files[a.Kind.document()]
	if f == nil {
		return noArchive()
	}
	if p.Path != name || p.SHA256 == "" {
		return broken(name)
	}
	if a.Kind == KindCommunity {
		raw, err := a.whole(name, maxDocument)
		if err == nil && hashed(name, raw) != p {
			err = broken(name)
		}
		if err == nil {
			a.Community, err = DecodeCommunity(a.Head, raw)
		}
		return err
	}
	read := newSum()
	a.Document, err = scan(a.Head, func(from int64) (io.ReadCloser, error) {
		content, err := memberAt(f, from)
		if err != nil || from > 0 {
			return content, err
		}
		return limited{io.TeeReader(content, read), content}, nil
	})
	if err == nil && (read.hash() != p.SHA256 || read.n != p.Size) {
		err = broken(name)
	}
	return err
}

// memberAt opens a part of an archive at a place, no more of it than a document
// may have.
func memberAt(f *zip.File, from int64) (io.ReadCloser, error) {
	content, err := f.Open()
	if err != nil {
		return nil, broken(f.Name)
	}
	if _, err := io.CopyN(io.Discard, content, from); err != nil {
		_ = content.Close()
		return nil, broken(f.Name)
	}
	return limited{&metered{content, maxDocument + 1 - from}, content}, nil
}

func noArchive() error { return fieldError("import.no_archive") }

// whole reads a part that is not large.
func (a *Archive) whole(name string, most int64) ([]byte, error) {
	f := a.files[name]
	if f == nil {
		return nil, noArchive()
	}
	content, err := f.Open()
	if err != nil {
		return nil, broken(name)
	}
	defer func() { _ = content.Close() }()
	raw, err := io.ReadAll(io.LimitReader(content, most+1))
	if int64(len(raw)) > most {
		return nil, tooLarge()
	}
	if err != nil {
		return nil, broken(name)
	}
	return raw, nil
}

// file opens the bytes of a part: no more than it says it has. The caller
// closes it, and checks the hash. Errors: NotFound.
func (a *Archive) file(p Part) (io.ReadCloser, error) {
	f := a.files[p.Path]
	if f == nil {
		return nil, notThere()
	}
	content, err := f.Open()
	if err != nil {
		return nil, broken(f.Name)
	}
	return limited{io.LimitReader(content, p.Size+1), content}, nil
}

type limited struct {
	io.Reader
	io.Closer
}
