package view

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"net/http"
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
type Renderer struct {
	site    Site
	catalog *locale.Catalog
	zone    *time.Location
	now     func() time.Time
	parsed  *template.Template

	mu   sync.Mutex
	sets map[setKey]*set
}

// setKey names the templates for one language and zone.
type setKey struct {
	lang domain.Lang
	zone string
}

// set is the templates with their functions bound to one printer.
type set struct {
	printer   *locale.Printer
	templates *template.Template
}

// maxSets bounds the sets that are kept; readers in further zones see the
// node's times, marked with their zone like all times.
const maxSets = 64

// New parses and checks all templates. The zone is the node's, nil for UTC; now
// is the clock, nil for [time.Now]. Errors name the template.
func New(site Site, catalog *locale.Catalog, zone *time.Location, now func() time.Time) (*Renderer, error) {
	if zone == nil {
		zone = time.UTC
	}
	if now == nil {
		now = time.Now
	}
	r := &Renderer{site: site, catalog: catalog, zone: zone, now: now, sets: map[setKey]*set{}}
	// Parsing needs the names of the functions; each set binds its own.
	r.parsed = template.New("").Funcs(r.functions(catalog.Printer(locale.Fallback, zone)))
	if _, err := r.parsed.ParseFS(sources, "templates/*/*.html"); err != nil {
		return nil, fmt.Errorf("view: %w", err)
	}
	for _, p := range everyPage {
		name := p.head(catalog.Printer(locale.Fallback, zone)).template
		if r.parsed.Lookup(name) == nil {
			return nil, fmt.Errorf("view: %T has no template %q", p, name)
		}
	}
	// The sets of other languages are made when somebody first reads in them.
	if _, err := r.set(locale.Fallback, zone); err != nil {
		return nil, err
	}
	return r, nil
}

// Printer returns the printer for a frame's language and zone, for handlers
// that need a sentence outside a page.
func (r *Renderer) Printer(f Frame) *locale.Printer {
	return r.catalog.Printer(f.Lang, r.zoneOf(f))
}

func (r *Renderer) zoneOf(f Frame) *time.Location {
	if f.Zone != nil {
		return f.Zone
	}
	return r.zone
}

// set returns the templates for a language and a zone.
func (r *Renderer) set(lang domain.Lang, zone *time.Location) (*set, error) {
	printer := r.catalog.Printer(lang, zone)
	key := setKey{printer.Lang, printer.Zone.String()}
	r.mu.Lock()
	defer r.mu.Unlock()
	if s := r.sets[key]; s != nil {
		return s, nil
	}
	if len(r.sets) >= maxSets && key.zone != r.zone.String() {
		if s := r.sets[setKey{printer.Lang, r.zone.String()}]; s != nil {
			return s, nil
		}
	}
	clone, err := r.parsed.Clone()
	if err != nil {
		return nil, fmt.Errorf("view: %w", err)
	}
	s := &set{printer: printer, templates: clone.Funcs(r.functions(printer))}
	r.sets[key] = s
	return s, nil
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
	s, err := r.set(f.Lang, r.zoneOf(f))
	if err != nil {
		return err
	}
	f.Lang = s.printer.Lang
	h := page.head(s.printer)

	main, whole := buffers.Get().(*bytes.Buffer), buffers.Get().(*bytes.Buffer)
	defer buffers.Put(main)
	defer buffers.Put(whole)
	main.Reset()
	whole.Reset()
	if err := s.templates.ExecuteTemplate(main, h.template, page); err != nil {
		return fmt.Errorf("view: %w", err)
	}
	err = s.templates.ExecuteTemplate(whole, "layout", outer{
		Frame: f, Title: h.title, Description: h.description, Nav: h.nav, Image: h.image, Creator: h.creator, Wide: h.wide, NoIndex: h.noindex,
		Main: template.HTML(main.String()), //nolint:gosec // written by our own template, which escaped it
	})
	if err != nil {
		return fmt.Errorf("view: %w", err)
	}
	header := w.Header()
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Content-Language", string(f.Lang))
	w.WriteHeader(status)
	_, err = w.Write(whole.Bytes())
	return err
}

// canonical returns the absolute address of a page without preferences.
func (r *Renderer) canonical(f Frame) string {
	if f.Canonical != "" {
		return f.Canonical
	}
	path, _, _ := strings.Cut(f.Path, "?")
	return r.site.Base + path
}
