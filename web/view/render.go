package view

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"time"

	"interlink/domain"
	"interlink/web/locale"
)

//go:embed templates
var sources embed.FS

// Site is what all pages say of this node.
type Site struct {
	Name    domain.Text // "Zaragoza co-produces"
	Summary domain.Text // a sentence or two
	Base    string      // "https://zaragoza.example", without a slash at the end
	Host    string      // "zaragoza.example"
	Source  string      // address of the program's source
	Version string
	SignUp  bool // people may ask for an account
}

// Renderer writes pages. It is safe for concurrent use.
//
// Templates with their functions take some megabytes, and are bound to one
// reader at a time. So there are as many as can be at work at once, each made
// when all before it are in use.
type Renderer struct {
	site    Site
	catalog *locale.Catalog
	zone    *time.Location
	now     func() time.Time
	room    chan struct{} // as many as can be at work at once

	mu      sync.Mutex
	presses []*press // not in use; the one that was used last is the next
}

// press is the templates, and the printer that their functions speak by.
type press struct {
	printer   *locale.Printer
	templates *template.Template
}

// New makes a renderer. The zone is the node's, nil for UTC; now is the clock,
// nil for [time.Now].
func New(site Site, catalog *locale.Catalog, zone *time.Location, now func() time.Time) *Renderer {
	if zone == nil {
		zone = time.UTC
	}
	if now == nil {
		now = time.Now
	}
	return &Renderer{site: site, catalog: catalog, zone: zone, now: now, room: make(chan struct{}, runtime.GOMAXPROCS(0))}
}

// Shrink keeps one set of templates, for the next reader, of those that several
// readers at once needed.
func (r *Renderer) Shrink() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.presses) > 1 {
		r.presses = []*press{r.presses[len(r.presses)-1]}
	}
}

// Printer returns the printer for a frame's language and zone, for handlers
// that need a sentence outside a page.
func (r *Renderer) Printer(f Frame) *locale.Printer {
	zone := r.zone
	if f.Zone != nil {
		zone = f.Zone
	}
	return r.catalog.Printer(f.Lang, zone)
}

// press has f work with the templates for a frame's language and zone. Errors
// name the template.
func (r *Renderer) press(f Frame, work func(*press) error) error {
	r.room <- struct{}{}
	defer func() { <-r.room }()
	p, err := r.take(f)
	if err != nil {
		return fmt.Errorf("view: %w", err)
	}
	defer r.putBack(p)
	*p.printer = *r.Printer(f)
	if err := work(p); err != nil {
		return fmt.Errorf("view: %w", err)
	}
	return nil
}

// take returns a press that is not in use, or makes one.
func (r *Renderer) take(f Frame) (p *press, err error) {
	r.mu.Lock()
	if last := len(r.presses) - 1; last >= 0 {
		p, r.presses = r.presses[last], r.presses[:last]
	}
	r.mu.Unlock()
	if p != nil {
		return p, nil
	}
	p = &press{printer: r.Printer(f)}
	p.templates, err = template.New("").Funcs(r.functions(p.printer)).ParseFS(sources, "templates/*/*.html")
	return p, err
}

func (r *Renderer) putBack(p *press) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.presses = append(r.presses, p)
}

// outer is what the layout gets.
type outer struct {
	Frame
	Title, Description, Nav, Image, Creator string
	Wide, NoIndex                           bool
	Main                                    template.HTML
}

// buffers are reused between pages.
var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// Render writes a page with an HTTP status. Nothing is written if the page
// fails, so that the caller can answer with another one.
func (r *Renderer) Render(w http.ResponseWriter, status int, page Page) error {
	f := page.frame()
	main, whole := buffers.Get().(*bytes.Buffer), buffers.Get().(*bytes.Buffer)
	defer buffers.Put(main)
	defer buffers.Put(whole)
	main.Reset()
	whole.Reset()
	err := r.press(f, func(p *press) error {
		f.Lang = p.printer.Lang
		h := page.head(p.printer)
		if err := p.templates.ExecuteTemplate(main, h.template, page); err != nil {
			return err
		}
		return p.templates.ExecuteTemplate(whole, "layout", outer{
			Frame: f, Title: h.title, Description: h.description, Nav: h.nav, Image: r.absolute(h.image), Creator: h.creator, Wide: h.wide, NoIndex: h.noindex,
			Main: template.HTML(main.String()), //nolint:gosec // written by our own template, which escaped it
		})
	})
	if err != nil {
		return err
	}
	header := w.Header()
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Content-Language", string(f.Lang))
	w.WriteHeader(status)
	_, err = w.Write(whole.Bytes())
	return err
}

// absolute is an address with the site's, if it lacks one; "" stays "".
func (r *Renderer) absolute(address string) string {
	if strings.HasPrefix(address, "/") {
		return r.site.Base + address
	}
	return address
}

// canonical returns the absolute address of a page without preferences.
func (r *Renderer) canonical(f Frame) string {
	if f.Canonical != "" {
		return f.Canonical
	}
	path, _, _ := strings.Cut(f.Path, "?")
	return r.site.Base + path
}
