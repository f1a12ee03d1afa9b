// Package transfer moves what is too large to be held in memory: files and
// archives, in and out, for the portal and the API alike. Nothing that people
// uploaded runs in a browser as a page of this node.
package transfer

import (
	"context"
	"io"
	"mime"
	"net/http"
	"os"
	"time"

	"interlink/domain/coproduction"
)

// How long a transfer may stand still, and how long it may take in all.
const (
	still = time.Minute
	whole = time.Hour
)

// pace gives a connection time as long as something moves on it: the server's
// own limits are those of a page.
type pace struct {
	control *http.ResponseController
	until   time.Time
}

func paceOf(w http.ResponseWriter) pace {
	return pace{http.NewResponseController(w), time.Now().Add(whole)}
}

// moved is called before each step.
func (p pace) moved() {
	deadline := time.Now().Add(still)
	if deadline.After(p.until) {
		deadline = p.until
	}
	// What cannot wait longer, such as a recorded answer, need not.
	_ = p.control.SetReadDeadline(deadline)
	_ = p.control.SetWriteDeadline(deadline.Add(still))
}

// body is read at the pace of who sends it.
type body struct {
	io.ReadCloser
	pace
}

func (b body) Read(p []byte) (int, error) {
	b.moved()
	return b.ReadCloser.Read(p)
}

// Body returns the body of a request, of at most so many bytes (0 for any), to
// be read as slowly as an hour takes.
func Body(w http.ResponseWriter, r *http.Request, most int64) io.ReadCloser {
	of := r.Body
	if most > 0 {
		of = http.MaxBytesReader(w, of, most)
	}
	return body{of, paceOf(w)}
}

// drained is how much of a refused body is read all the same.
const drained = 64 << 20

// Drain reads what is left of a body that was refused, within bounds: browsers
// show no answer before they have sent all.
func Drain(from io.Reader) { _, _ = io.CopyN(io.Discard, from, drained) }

// File answers with a file, or the parts of it that are asked for. Pictures
// are shown; all else is saved.
func File(w http.ResponseWriter, r *http.Request, f *coproduction.Opened) {
	h := w.Header()
	disposition, mediaType := "attachment", "application/octet-stream"
	switch {
	case f.Shown():
		disposition, mediaType = "inline", f.Type
	case f.Type == "application/pdf" || f.Type == "text/plain":
		mediaType = f.Type
	}
	h.Set("Content-Type", mediaType)
	h.Set("Content-Disposition", mime.FormatMediaType(disposition, map[string]string{"filename": f.Name}))
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "private, no-cache")
	if f.Public {
		h.Set("Cache-Control", "public, max-age=60")
	}
	h.Set("ETag", `"`+f.Hash+`"`)
	http.ServeContent(slow{w, paceOf(w)}, r, "", time.Time{}, f)
}

// slow is an answer that is taken at the reader's pace.
type slow struct {
	http.ResponseWriter
	pace
}

func (s slow) Write(p []byte) (int, error) {
	s.moved()
	return s.ResponseWriter.Write(p)
}

// Spool writes what is read into a file of its own, for who must read its end
// first. The caller closes and removes it, and looks at its size: no more is
// read than an archive may have, and one byte.
func Spool(from io.Reader, most int64) (*os.File, int64, error) {
	f, err := os.CreateTemp("", "interlink-*.zip")
	if err != nil {
		return nil, 0, err
	}
	_ = os.Remove(f.Name()) // open it stays; so nothing is left if this process is ended
	size, err := io.Copy(f, io.LimitReader(from, most+1))
	if err != nil {
		_ = f.Close()
		_ = os.Remove(f.Name())
		return nil, 0, err
	}
	return f, size, nil
}

// Exported is an archive that other nodes import.
type Exported interface {
	Name() string
	Write(ctx context.Context, w io.Writer) error
}

// Export answers with an archive that other nodes import, as [Archive] does.
func Export(w http.ResponseWriter, r *http.Request, e Exported) error {
	packed(w, e.Name())
	if r.Method == http.MethodHead {
		return nil
	}
	return e.Write(r.Context(), slow{w, paceOf(w)})
}

// packed sets the header of an archive.
func packed(w http.ResponseWriter, name string) {
	h := w.Header()
	h.Set("Content-Type", "application/zip")
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "private, no-store")
}

// Archive answers with an archive, and closes it. Once it has begun, a failure
// can only break it off; readers see that it is not whole.
func Archive(w http.ResponseWriter, r *http.Request, a *coproduction.Archive, words coproduction.ArchiveWords) error {
	defer a.Close()
	packed(w, a.Name())
	if r.Method == http.MethodHead {
		return nil
	}
	return a.Write(r.Context(), slow{w, paceOf(w)}, words)
}
