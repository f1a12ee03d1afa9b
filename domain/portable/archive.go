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
	z := zip.NewWriter(w)
	raw, err := d.Encode()
	if err != nil {
		return err
	}
	m := Manifest{Head: h, Document: hashed(processName, raw), Files: []Part{}}
	m.Format, m.Version, m.Kind = Format, Version, KindProcess
	if err := put(z, h, processName, bytes.NewReader(raw)); err != nil {
		return err
	}
	for _, part := range d.partsOf() {
		content, err := open(part)
		if err != nil {
			part.Missing = true
			m.Files = append(m.Files, part)
			continue
		}
		err = put(z, h, part.Path, content)
		_ = content.Close()
		if err != nil {
			return err
		}
		m.Files = append(m.Files, part)
	}
	if raw, err = encode(m); err != nil {
		return err
	}
	if err := put(z, h, manifestName, bytes.NewReader(raw)); err != nil {
		return err
	}
	return z.Close()
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
	Document *Process
	SHA256   string   // of the document
	Unknown  []string // parts that this version does not know
	raw      []byte
	files    map[string]*zip.File
}

// Read reads an archive of any origin. Nothing is unpacked beyond what is
// asked for and its bounds; what names say of folders is never followed.
// Errors: Invalid, TooLarge.
func Read(from io.ReaderAt, size int64) (*Archive, error) {
	if size > MaxArchive {
		return nil, tooLarge()
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
		case f.Name == manifestName, f.Name == processName, inFiles && isHash(hash):
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
	if a.raw, err = a.whole(processName, maxDocument); err != nil {
		return nil, err
	}
	if m.Document != hashed(processName, a.raw) {
		return nil, broken(processName)
	}
	a.Head, a.SHA256 = m.Head, m.Document.SHA256
	a.Document, err = Decode(a.Head, a.raw)
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
	f := a.files[filesFolder+p.SHA256]
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
