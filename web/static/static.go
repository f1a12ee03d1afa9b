// Package static serves the files of the pages: style, script and pictures.
// Their addresses carry a hash of their content, so that they can be kept for
// ever and a new version is a new address.
package static

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"sync"
)

//go:embed files
var embedded embed.FS

// Prefix is where [Handler] is mounted.
const Prefix = "/static/"

// FS holds the files as they were written; the style sheet is in parts.
var FS fs.FS = mustSub(embedded, "files")

// styles are the parts of portal.css, in order.
var styles = []string{"tokens.css", "base.css", "layout.css", "parts.css", "pages.css", "notifications.css", "touch.css", "print.css"}

// file is one file, ready to be sent.
type file struct {
	path   string // "/static/portal.1f2e3d4c5b6a.css"
	kind   string // media type
	etag   string
	plain  []byte
	zipped []byte // nil if it would not be smaller
}

// files reads, joins, hashes and compresses everything once.
var files = sync.OnceValue(func() map[string]*file {
	byName := map[string]*file{}
	var style bytes.Buffer
	for _, part := range styles {
		style.Write(mustRead("css/" + part))
	}
	add := func(name string, content []byte) {
		sum := sha256.Sum256(content)
		hash := hex.EncodeToString(sum[:6])
		ext := path.Ext(name)
		f := &file{
			path:  Prefix + strings.TrimSuffix(name, ext) + "." + hash + ext,
			kind:  mime.TypeByExtension(ext),
			etag:  `"` + hash + `"`,
			plain: content,
		}
		f.zipped = zip(content)
		byName[name] = f
	}
	add("portal.css", style.Bytes())
	entries, err := fs.ReadDir(FS, ".")
	if err != nil {
		panic("static: " + err.Error())
	}
	for _, e := range entries {
		if !e.IsDir() {
			add(e.Name(), mustRead(e.Name()))
		}
	}
	return byName
})

// Path returns the address of a file with its hash, "/static/portal.1f2e….css"
// for "portal.css". It panics for a file that does not exist, which the first
// page would show.
func Path(name string) string {
	f, ok := files()[name]
	if !ok {
		panic("static: no file " + name)
	}
	return f.path
}

// Handler serves the files below [Prefix], compressed if the client takes it.
// A file asked for with its present hash may be kept for a year; one asked for
// by its bare name, or with the hash of an older version, comes with the
// present content and is to be checked again.
func Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, http.StatusText(http.StatusMethodNotAllowed), http.StatusMethodNotAllowed)
			return
		}
		f := find(strings.TrimPrefix(r.URL.Path, Prefix))
		if f == nil {
			http.NotFound(w, r)
			return
		}
		f.serve(w, r)
	})
}

// find returns the file of a name with or without a hash, nil if there is none.
func find(name string) *file {
	if f := files()[name]; f != nil {
		return f
	}
	ext := path.Ext(name)
	stem := strings.TrimSuffix(name, ext)
	dot := strings.LastIndexByte(stem, '.')
	if dot < 0 {
		return nil
	}
	return files()[stem[:dot]+ext]
}

func (f *file) serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", f.kind)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Vary", "Accept-Encoding")
	if r.URL.Path == f.path {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	} else {
		h.Set("Cache-Control", "no-cache")
	}
	body, etag := f.plain, f.etag
	if f.zipped != nil && takesGzip(r.Header.Get("Accept-Encoding")) {
		body, etag = f.zipped, strings.TrimSuffix(f.etag, `"`)+`-gz"`
		h.Set("Content-Encoding", "gzip")
	}
	h.Set("ETag", etag)
	if strings.Contains(r.Header.Get("If-None-Match"), etag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // the client may be gone; nothing to do about it
	}
}

// takesGzip reads Accept-Encoding (RFC 9110 §12.5.3): gzip or * not refused.
func takesGzip(header string) bool {
	for _, part := range strings.Split(header, ",") {
		coding, q, _ := strings.Cut(strings.TrimSpace(part), ";")
		coding = strings.ToLower(strings.TrimSpace(coding))
		refused := strings.Trim(strings.TrimPrefix(strings.ReplaceAll(q, " ", ""), "q="), "0.") == "" && q != ""
		if (coding == "gzip" || coding == "*") && !refused {
			return true
		}
	}
	return false
}

// zip compresses, or returns nil if that gains less than a tenth.
func zip(content []byte) []byte {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil
	}
	if _, err := z.Write(content); err != nil {
		return nil
	}
	if err := z.Close(); err != nil || b.Len() > len(content)*9/10 {
		return nil
	}
	return b.Bytes()
}

func mustSub(tree fs.FS, dir string) fs.FS {
	sub, err := fs.Sub(tree, dir)
	if err != nil {
		panic("static: " + err.Error())
	}
	return sub
}

func mustRead(name string) []byte {
	b, err := fs.ReadFile(FS, name)
	if err != nil {
		panic("static: " + err.Error())
	}
	return b
}
