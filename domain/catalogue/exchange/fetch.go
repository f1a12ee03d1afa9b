package exchange

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"strings"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/catalogue/publiccode"
)

// Stamp is by what a server tells whether a file is still the same.
type Stamp struct {
	ETag     string `json:"etag,omitempty"`
	Modified string `json:"modified,omitempty"` // Last-Modified
}

// File is what an address gave.
type File struct {
	From      domain.IRI // after redirects
	Body      []byte
	Stamp     Stamp
	Unchanged bool // it is what the stamp that was sent is of; there is no body
}

// Fetch reads a file of at most limit bytes, wherever this node may ask.
// Errors: Forbidden, NotFound, Gone, TooLarge, Invalid, Unavailable.
type Fetch func(ctx context.Context, address domain.IRI, known Stamp, limit int64) (File, error)

// The bounds of what one import asks for.
const (
	maxAddresses = 1_000    // of a list
	maxPages     = 200      // of an open catalogue
	maxRead      = 64 << 20 // bytes in all
)

// Reader reads catalogues from addresses.
type Reader struct{ fetch Fetch }

// NewReader makes a reader.
func NewReader(fetch Fetch) *Reader { return &Reader{fetch} }

// errStill says that a file is what it was.
var errStill = errors.New("unchanged")

// Address reads what is at an address: a file of any format, the page of a
// repository, a list of such addresses, or an open catalogue. stamp is that of
// the file at the address, to be sent next time; still says that it is what
// known is of, and nothing was read. What is wrong is among the issues.
func (r *Reader) Address(ctx context.Context, address domain.IRI, format Format, known Stamp) (b catalogue.Bundle, stamp Stamp, still bool) {
	c := &collector{fetch: r.fetch, ctx: ctx, left: maxRead}
	if format == OpenCatalog {
		c.openCatalog(address)
		return c.bundle(), Stamp{}, false
	}
	f, err := c.first(address, known)
	if errors.Is(err, errStill) {
		return b, known, true
	}
	if err != nil {
		return refused(string(address), "%s", said(err)), Stamp{}, false
	}
	if format == Auto {
		format = Detect(f.Body)
	}
	switch format {
	case List:
		c.list(string(f.From), f.Body)
		return c.bundle(), Stamp{}, false // it may be the same, and what it leads to not
	case OpenCatalog:
		c.openCatalog(address)
		return c.bundle(), Stamp{}, false
	}
	return Read(string(f.From), f.Body, format), f.Stamp, false
}

// File reads a file that was sent; a list of addresses is followed.
func (r *Reader) File(ctx context.Context, name string, raw []byte, format Format) catalogue.Bundle {
	if format == Auto {
		format = Detect(raw)
	}
	if format != List {
		return Read(name, raw, format)
	}
	c := &collector{fetch: r.fetch, ctx: ctx, left: maxRead}
	c.list(name, raw)
	return c.bundle()
}

// collector gathers what several files say.
type collector struct {
	fetch Fetch
	ctx   context.Context //nolint:containedctx // of one import
	left  int64           // bytes
	out   catalogue.Bundle
	seen  map[string]bool // keys
}

func (c *collector) bundle() catalogue.Bundle { return c.out }

// first reads the first of the addresses behind one that is there.
func (c *collector) first(address domain.IRI, known Stamp) (File, error) {
	err := error(domain.Fail(domain.NotFound, "error.not_found"))
	for _, raw := range Raw(address) {
		var f File
		f, err = c.get(raw, known)
		switch code := domain.CodeOf(err); {
		case err == nil && f.Unchanged:
			return f, errStill
		case err == nil && (!page(f.Body) || raw == address):
			return f, nil
		case err == nil:
			err = domain.Fail(domain.NotFound, "error.not_found") // a forge's page that says so
		case code != domain.NotFound && code != domain.Gone && code != domain.Invalid:
			return f, err
		}
	}
	return File{}, err
}

// page reports whether a file is HTML.
func page(body []byte) bool {
	start := bytes.ToLower(bytes.TrimSpace(body[:min(len(body), 512)]))
	return bytes.HasPrefix(start, []byte("<!doctype html")) || bytes.HasPrefix(start, []byte("<html"))
}

func (c *collector) get(address domain.IRI, known Stamp) (File, error) {
	if c.left <= 0 {
		return File{}, domain.Fail(domain.TooLarge, "error.document_size")
	}
	f, err := c.fetch(c.ctx, address, known, min(c.left, MaxFile))
	c.left -= int64(len(f.Body))
	return f, err
}

// said says in English, the language of reports, why an address was not read.
func said(err error) string {
	switch domain.CodeOf(err) {
	case domain.NotFound, domain.Gone:
		return "there is nothing to be read"
	case domain.Forbidden:
		return "this address must not be asked"
	case domain.TooLarge:
		return "larger than what is read"
	case domain.Unavailable:
		return "does not answer: try again later"
	}
	return "cannot be read: " + err.Error()
}

func (c *collector) note(file string, line int, message string) {
	const most = 2_000
	if len(c.out.Issues) < most {
		c.out.Issues = append(c.out.Issues, catalogue.Issue{File: file, Line: line, Message: message})
	}
}

// add takes what one file of many says. One that has errors is left out: the
// others are none the worse for it.
func (c *collector) add(b catalogue.Bundle) {
	failed := false
	for _, issue := range b.Issues {
		if issue.Error {
			failed, issue.Error = true, false
			issue.Message += ": left out"
		}
		c.note(issue.File, issue.Line, strings.TrimPrefix(issue.Field+": "+issue.Message, ": "))
	}
	if failed {
		return
	}
	if c.seen == nil {
		c.seen, c.out.Files = map[string]bool{}, map[*catalogue.Entry]string{}
	}
	for _, e := range b.Entries {
		if err := e.Check(); err != nil {
			c.note(b.Files[e], 0, err.Error()+": left out")
			continue
		}
		if key := string(e.Kind) + " " + e.Key; c.seen[key] {
			c.note(b.Files[e], 0, "is there already: left out")
			continue
		} else {
			c.seen[key] = true
		}
		c.out.Entries = append(c.out.Entries, e)
		c.out.Files[e] = b.Files[e]
	}
}

// list follows the addresses of a list.
func (c *collector) list(file string, raw []byte) {
	n := 0
	for i, line := range strings.Split(strings.TrimPrefix(string(raw), "\ufeff"), "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if n++; n > maxAddresses {
			c.note(file, i+1, "there are more than 1000 addresses: those after them are left out")
			return
		}
		address, err := domain.ParseLink(line)
		if err != nil {
			c.note(file, i+1, "is no web address: left out")
			continue
		}
		f, err := c.first(address, Stamp{})
		if err != nil {
			c.note(file, i+1, line+": "+said(err)+": left out")
			continue
		}
		if format := Detect(f.Body); format == List || format == OpenCatalog {
			c.note(file, i+1, line+": leads to further addresses: left out")
			continue
		}
		c.add(Read(string(f.From), f.Body, Auto))
	}
}

// openCatalog reads /software of an Open Catalog API, page by page: each item
// brings its publiccode.yml along.
func (c *collector) openCatalog(address domain.IRI) {
	next, err := url.Parse(softwareOf(string(address)))
	if err != nil {
		c.out = refused(string(address), "is no web address")
		return
	}
	for range maxPages {
		f, err := c.get(domain.IRI(next.String()), Stamp{})
		if err != nil {
			if len(c.out.Entries) == 0 {
				c.out = refused(next.String(), "%s", said(err))
				return
			}
			c.note(next.String(), 0, said(err)+": what comes after it is left out")
			return
		}
		var page struct {
			Data []struct {
				ID, URL, PubliccodeYml string
				Active                 *bool
			}
			Links struct{ Next *string }
		}
		if err := json.Unmarshal(f.Body, &page); err != nil {
			c.out = refused(next.String(), "not a page of an Open Catalog API: %v", err)
			return
		}
		for _, s := range page.Data {
			if s.Active == nil || *s.Active {
				c.add(publiccode.Read(s.URL, []byte(s.PubliccodeYml)))
			}
		}
		if page.Links.Next == nil || *page.Links.Next == "" {
			return
		}
		to, err := next.Parse(*page.Links.Next)
		if err != nil || to.Host != next.Host || to.String() == next.String() {
			c.note(next.String(), 0, "the address of the next page leads elsewhere: not followed")
			return
		}
		next = to
	}
	c.note(string(address), 0, "there are more than 200 pages: those after them are left out")
}

// softwareOf is the first page of a catalogue, however it is named: with its
// version alone, or the list.
func softwareOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	p := strings.TrimSuffix(u.Path, "/")
	switch {
	case strings.HasSuffix(p, "/software"):
	case strings.HasSuffix(p, "/v1"):
		p += "/software"
	default:
		p += "/v1/software"
	}
	u.Path = p
	if u.RawQuery == "" {
		u.RawQuery = "page%5Bsize%5D=100"
	}
	return u.String()
}
