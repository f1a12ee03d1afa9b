package web

import (
	"net/http"
	"strings"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/policy"
	"interlink/web/view"
)

// shelves are where the entries of each kind are listed.
var shelves = map[catalogue.Kind]struct{ list, title, path string }{
	catalogue.KindInterlinker: {"/catalogue", "nav.catalogue", "/interlinkers/"},
	catalogue.KindSchema:      {"/schemas", "page.schemas.title", "/schemas/"},
	catalogue.KindProblem:     {"/problems", "nav.problems", "/problems/"},
}

func (p *Portal) deletionRoutes() []route {
	var routes []route
	for _, kind := range catalogue.Kinds {
		at := shelves[kind].path + "{slug}"
		routes = append(routes,
			route{http.MethodGet, at + "/deprecate", p.ofWritable(kind, p.askRetire(catalogue.Deprecated))},
			route{http.MethodPost, at + "/deprecate", p.ofWritable(kind, p.retire(catalogue.Deprecated))},
			route{http.MethodGet, at + "/withdraw", p.ofWritable(kind, p.askRetire(catalogue.Withdrawn))},
			route{http.MethodPost, at + "/withdraw", p.ofWritable(kind, p.retire(catalogue.Withdrawn))},
			route{http.MethodGet, at + "/delete", p.ofWritable(kind, p.askDeleteEntry)},
			route{http.MethodPost, at + "/delete", p.ofWritable(kind, p.deleteEntry)},
		)
	}
	return routes
}

// ofWritable reads the entry of the path for somebody who may write it.
func (p *Portal) ofWritable(kind catalogue.Kind, fn func(*request, *catalogue.Entry) error) handler {
	return func(q *request) error {
		e, err := p.writable(q, kind)
		if err != nil {
			return err
		}
		return fn(q, e)
	}
}

// writable reads the entry of the path for somebody who may write it.
func (p *Portal) writable(q *request, kind catalogue.Kind) (*catalogue.Entry, error) {
	e, err := p.entry(q, kind)
	if err == nil {
		err = policy.Allow(q.viewer, policy.Edit, e)
	}
	return e, err
}

// askDeleteEntry says what is lost with an entry, and asks for its name. One
// that is in use is to be withdrawn first.
func (p *Portal) askDeleteEntry(q *request, e *catalogue.Entry) error {
	switch e.Status {
	case catalogue.Draft:
		return p.askDiscard(q)
	case catalogue.Published, catalogue.Deprecated:
		first := p.retirePage(q, e, catalogue.Withdrawn, view.Form{})
		first.Lead = view.Say("catalogue.not_withdrawn")
		return q.show(first)
	}
	page, err := p.deleteEntryPage(q, e, view.Form{})
	if err != nil {
		return err
	}
	return q.show(page)
}

func (p *Portal) deleteEntryPage(q *request, e *catalogue.Entry, f view.Form) (view.ConfirmPage, error) {
	name := words(q, e.Name)
	page := view.ConfirmPage{
		Frame: q.frame(), Title: view.Say("author.delete_of", name), Action: e.Address() + "/delete", Word: name, Revision: revisionOf(e.Revision),
		Form: f, Submit: view.Say("author.delete"), Cancel: e.Address(),
		Lost: []view.Sentence{view.Say("author.lost_texts"), view.Say("author.lost_address"), view.Say("author.lost_copies")},
	}
	h, err := p.Entries.Holdings(q.Context(), q.viewer, e.ID)
	for _, c := range []struct {
		key string
		n   int
	}{
		{"author.lost_reviews", h.Reviews}, {"author.lost_versions", h.Versions}, {"author.lost_translations", h.Translations}, {"author.lost_files", h.Files},
		{"author.lost_pictures", h.Pictures}, {"author.lost_processes", h.Processes}, {"author.lost_elsewhere", h.Elsewhere},
	} {
		if c.n > 0 {
			page.Lost = append(page.Lost, view.Say(c.key, c.n))
		}
	}
	return page, err
}

func (p *Portal) deleteEntry(q *request, e *catalogue.Entry) error {
	if err := p.Entries.Delete(q.Context(), q.viewer, e.ID, q.revision(), q.typed.Get("confirm")); err != nil {
		return q.refused(err, func(f view.Form) (view.Page, error) { return p.deleteEntryPage(q, e, f) })
	}
	return q.done(shelves[e.Kind].list, view.Say("notice.entry_deleted"))
}

// deletedError is the error of a page whose entry its owner deleted.
type deletedError struct {
	error
	left *view.Tombstone
}

func (e deletedError) Unwrap() error { return e.error }

// deleted adds to the error of an entry that is gone what is left of it.
func (p *Portal) deleted(q *request, kind catalogue.Kind, slug, host string, err error) error {
	if domain.CodeOf(err) != domain.Gone {
		return err
	}
	t, found := p.Entries.TombstoneAt(q.Context(), kind, slug, host)
	if found != nil {
		return err
	}
	left := &view.Tombstone{Kind: string(kind), At: t.At, Instead: p.instead(q, t.Replacement)}
	return deletedError{err, left}
}

// instead is what to use in the place of an entry; nil for nothing.
func (p *Portal) instead(q *request, iri domain.IRI) *view.Link {
	if iri == "" {
		return nil
	}
	other, _ := p.Entries.EntryByIRI(q.Context(), q.viewer, iri) // it may be anywhere
	return leadTo(iri, other)
}

// leadTo is a link to an entry, or, for nil, to its address.
func leadTo(iri domain.IRI, e *catalogue.Entry) *view.Link {
	if e != nil {
		return &view.Link{Href: e.Address(), Text: e.Name}
	}
	return &view.Link{Href: string(iri), Text: view.Plain(domain.Undetermined, string(iri))}
}

// tool is what pages say of the Interlinker of a resource, or the schema of a
// process.
type tool struct {
	link    view.Link
	nature  view.Nature // of an Interlinker
	unfit   string
	instead *view.Link
}

// toolsNamed finds entries by their addresses, deleted ones too.
func (p *Portal) toolsNamed(q *request, iris []domain.IRI) (map[domain.IRI]tool, error) {
	known, err := p.Entries.EntriesByIRI(q.Context(), q.viewer, iris)
	if err != nil {
		return nil, err
	}
	out := make(map[domain.IRI]tool, len(iris))
	var missing []domain.IRI
	for _, iri := range iris {
		if e := known[iri]; e != nil {
			t := tool{link: view.Link{Href: e.Address(), Text: e.Name}, unfit: unfit(e)}
			if e.Interlinker != nil {
				t.nature = natures[e.Interlinker.Nature]
			}
			out[iri] = t
		} else if iri != "" {
			missing = append(missing, iri)
		}
	}
	if len(missing) == 0 {
		return out, nil
	}
	gone, err := p.Entries.Tombstones(q.Context(), missing)
	if err != nil {
		return nil, err
	}
	var others []domain.IRI
	for _, t := range gone {
		others = append(others, t.Replacement)
	}
	instead, err := p.Entries.EntriesByIRI(q.Context(), q.viewer, others)
	for iri, t := range gone {
		shown := tool{link: view.Link{Href: t.Address(), Text: view.Plain(domain.Undetermined, strings.ReplaceAll(t.Slug, "-", " "))}, unfit: "deleted"}
		if t.Replacement != "" {
			shown.instead = leadTo(t.Replacement, instead[t.Replacement])
		}
		out[iri] = shown
	}
	return out, err
}
