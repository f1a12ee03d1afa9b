package web

import (
	"bytes"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"interlink/web/static"
)

// answers keeps what is the same for everybody, pages and documents, for a
// moment: a post that reaches a thousand servers is read by all of them within
// a minute, and one that is shown on a screen in the square by everybody
// there. Nothing is kept of a request that says who sends it.
type answers struct {
	changes func() uint64 // grows with every change of the data
	now     func() time.Time
	next    http.Handler

	mu    sync.Mutex
	known map[question]*answer
	bytes int       // of all that is known
	sweep time.Time // when to look again for what is over
}

// question is what an answer depends on.
type question struct {
	uri      string
	wanted   bool   // the reader asks for ActivityPub
	linked   string // the form of linked data that the reader asks for
	signed   bool   // … and says who asks; where that matters, the answer is not everybody's
	language string
}

// The bounds of what is kept. An answer ends with the first change here;
// keepAnswer is for the changes of other processes of the node.
const (
	keepAnswer  = time.Second
	maxAnswers  = 4096
	maxAnswer   = 256 << 10 // bytes of one body
	maxAllBytes = 64 << 20
)

// answer is one; it may be read once done is closed, if it is shared.
type answer struct {
	changes uint64
	until   time.Time
	bytes   int // counted for it
	done    chan struct{}
	shared  bool
	status  int
	header  http.Header
	body    []byte
}

func newAnswers(changes func() uint64, now func() time.Time, next http.Handler) *answers {
	return &answers{changes: changes, now: now, next: next, known: map[question]*answer{}}
}

// personalHeaders are the headers of requests that are not everybody's.
var personalHeaders = []string{"Cookie", "Authorization", "Range"}

// elsewhere are the addresses with answers that are kept better by others, or
// not at all.
var elsewhere = []string{"/api/", "/livez", "/live", "/readyz", static.Prefix}

// large reports whether an answer may be too large to be kept: a file, an archive or
// what a story shows.
func large(path string) bool {
	ends := func(suffix string) bool { return strings.HasSuffix(path, suffix) }
	story := strings.HasPrefix(path, "/stories/")
	return path == "/catalogue/export.json" || slices.ContainsFunc([]string{"/file", "/archive.zip", "/export.zip", ".jsonl"}, ends) ||
		strings.Contains(path, "/files/") && (story || strings.HasPrefix(path, "/communities/")) || story && ends("/snapshot")
}

func anonymous(r *http.Request) bool {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return false
	}
	for _, name := range personalHeaders {
		if _, ok := r.Header[name]; ok {
			return false
		}
	}
	return !slices.ContainsFunc(elsewhere, func(prefix string) bool { return strings.HasPrefix(r.URL.Path, prefix) }) &&
		!large(r.URL.Path)
}

// serve answers a request: from what is kept, or, for all who ask the same at
// the same time, once.
func (a *answers) serve(w http.ResponseWriter, r *http.Request, wanted bool) {
	if !anonymous(r) {
		a.next.ServeHTTP(w, r)
		return
	}
	q := question{uri: r.URL.RequestURI(), wanted: wanted, linked: prefersData(r), signed: r.Header.Get("Signature") != ""}
	if !wanted {
		q.language = r.Header.Get("Accept-Language")
	}
	found, mine := a.find(q, r.Method == http.MethodGet)
	if mine {
		a.make(q, found, r)
	} else if found != nil {
		<-found.done
	}
	if found == nil || !found.shared && !mine {
		a.next.ServeHTTP(w, r)
		return
	}
	found.write(w, r)
}

// find returns the answer to a question; mine says that it is still to be
// made, by who asked. nil if there is none and none is wanted.
func (a *answers) find(q question, wanted bool) (found *answer, mine bool) {
	changes, now := a.changes(), a.now()
	a.mu.Lock()
	defer a.mu.Unlock()
	if known := a.known[q]; known != nil && known.changes == changes && now.Before(known.until) {
		return known, false
	}
	a.forget(now)
	if !wanted {
		return nil, false
	}
	if len(a.known) >= maxAnswers || a.bytes >= maxAllBytes {
		clear(a.known)
		a.bytes = 0
	}
	a.drop(q)
	found = &answer{changes: changes, until: now.Add(keepAnswer), done: make(chan struct{})}
	a.known[q] = found
	return found, true
}

// forget drops what is over, with the first question after it that is not
// answered by what is kept.
func (a *answers) forget(now time.Time) {
	if now.Before(a.sweep) {
		return
	}
	a.sweep = now.Add(keepAnswer)
	for q, known := range a.known {
		if !now.Before(known.until) {
			a.drop(q)
		}
	}
}

// drop takes out what is known of a question.
func (a *answers) drop(q question) {
	if known := a.known[q]; known != nil {
		a.bytes -= known.bytes
		delete(a.known, q)
	}
}

// make fills the answer in.
func (a *answers) make(q question, into *answer, r *http.Request) {
	rec := &recorder{header: http.Header{}}
	defer func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		switch {
		case a.known[q] != into: // dropped meanwhile
		case into.shared:
			into.bytes = len(into.body)
			a.bytes += into.bytes
		default:
			a.drop(q)
		}
		close(into.done)
	}()
	whole := r.Clone(r.Context())
	whole.Header.Del("If-None-Match")
	whole.Header.Del("If-Modified-Since")
	a.next.ServeHTTP(rec, whole)
	into.status, into.header, into.body, into.shared = rec.status, rec.header, rec.body.Bytes(), rec.sharable()
}

// write sends the answer, or that the reader has it.
func (a *answer) write(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	for name, values := range a.header {
		header[name] = values
	}
	if tag := header.Get("ETag"); tag != "" && a.status == http.StatusOK && has(r.Header.Values("If-None-Match"), tag) {
		header.Del("Content-Type")
		w.WriteHeader(http.StatusNotModified)
		return
	}
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body) //nolint:gosec // as its handler made it
}

// has reports whether one of the tags of If-None-Match is tag (RFC 9110
// §13.1.2: weakly compared).
func has(lists []string, tag string) bool {
	for _, list := range lists {
		for one := range strings.SplitSeq(list, ",") {
			if one = strings.TrimSpace(one); one == "*" || strings.TrimPrefix(one, "W/") == strings.TrimPrefix(tag, "W/") {
				return true
			}
		}
	}
	return false
}

// recorder takes an answer down.
type recorder struct {
	header http.Header
	body   bytes.Buffer
	status int
	share  bool
}

// Header implements http.ResponseWriter.
func (r *recorder) Header() http.Header { return r.header }

// WriteHeader implements http.ResponseWriter.
func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
}

// Write implements http.ResponseWriter.
func (r *recorder) Write(b []byte) (int, error) {
	r.WriteHeader(http.StatusOK)
	return r.body.Write(b)
}

// sharable reports whether the answer is everybody's.
func (r *recorder) sharable() bool {
	r.WriteHeader(http.StatusOK)
	return r.status == http.StatusOK && r.body.Len() <= maxAnswer && len(r.header.Values("Set-Cookie")) == 0 &&
		(r.share || strings.HasPrefix(r.header.Get("Cache-Control"), "public"))
}

// Share says that the page is everybody's, though browsers may not keep it.
func (r *recorder) Share() { r.share = true }
