package portable

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"strings"
)

// Encode writes a document: the same one always in the same bytes.
func (d *Process) Encode() ([]byte, error) { return encode(d) }

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

// Decode reads the document of an archive with such a head, and judges it.
// Errors: Invalid, TooLarge.
func Decode(h Head, raw []byte) (*Process, error) {
	d := new(Process)
	if err := decode(raw, d); err != nil {
		return nil, broken(processName)
	}
	return d, d.check(h)
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
	p := newPacker(w, h, KindProcess)
	if err := p.document(d); err != nil {
		return err
	}
	for _, part := range d.partsOf() {
		content, err := open(part)
		if err != nil {
			part.Missing = true
			p.Files = append(p.Files, part)
			continue
		}
		if _, err := p.file(part.Path, content); err != nil {
			return err
		}
		p.Files = append(p.Files, part)
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

// document writes the part that says what is in the archive.
func (p *packer) document(d any) error {
	raw, err := encode(d)
	if err != nil {
		return err
	}
	p.Document = hashed(p.Kind.document(), raw)
	return put(p.z, p.Head, p.Document.Path, bytes.NewReader(raw))
}

// file writes bytes, closes them, and tells how many they were.
func (p *packer) file(path string, content io.ReadCloser) (int64, error) {
	counted := &counter{Reader: content}
	err := put(p.z, p.Head, path, counted)
	_ = content.Close()
	return counted.n, err
}

type counter struct {
	io.Reader
	n int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n += int64(n)
	return n, err
}

// close writes the manifest, the last part.
func (p *packer) close() error {
	raw, err := encode(p.Manifest)
	if err != nil {
		return err
	}
	if err := put(p.z, p.Head, manifestName, bytes.NewReader(raw)); err != nil {
		return err
	}
	return p.z.Close()
}

func put(z *zip.Writer, h Head, name string, content io.Reader) error {
	part, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: h.ExportedAt})
	if err != nil {
		return err
	}
	_, err = io.Copy(part, content)
	return err
}

// Archive is one that is read. What is in it was judged; of its files only
// that they are named.
type Archive struct {
	Head
	Document  *Process   // of one with a process; else nil
	Community *Community // of one with a community; else nil
	SHA256    string     // of the document
	Unknown   []string   // parts that this version does not know
	raw       []byte
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
	name := m.Kind.document()
	if a.raw, err = a.whole(name, maxDocument); err != nil {
		return nil, err
	}
	if m.Document != hashed(name, a.raw) {
		return nil, broken(name)
	}
	a.Head, a.SHA256 = m.Head, m.Document.SHA256
	if a.Kind == KindCommunity {
		a.Community, err = DecodeCommunity(a.Head, a.raw)
	} else {
		a.Document, err = Decode(a.Head, a.raw)
	}
	return a, err
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
