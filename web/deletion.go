package web

import (
	"net/http"
	"strings"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/web/view"
)

func (p *Portal) deletionRoutes() []route {
	return []route{
		{http.MethodGet, "/interlinkers/{slug}/delete", p.askDeleteEntry},
		{http.MethodPost, "/interlinkers/{slug}/delete", p.deleteEntry},
	}
}

// askDeleteEntry says what is lost with an entry, and asks for its name. One
// that is in use is to be withdrawn first.
func (p *Portal) askDeleteEntry(q *request) error {
	e, err := p.writableEntry(q)
	if err != nil {
		return err
	}
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

func (p *Portal) deleteEntry(q *request) error {
	e, err := p.writableEntry(q)
	if err != nil {
		return err
	}
	if err := p.Entries.Delete(q.Context(), q.viewer, e.ID, q.revision(), q.typed.Get("confirm")); err != nil {
		return q.refused(err, func(f view.Form) (view.Page, error) { return p.deleteEntryPage(q, e, f) })
	}
	return q.done("/catalogue", view.Say("notice.entry_deleted"))
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
	if other, err := p.Entries.EntryByIRI(q.Context(), q.viewer, iri); err == nil {
		return &view.Link{Href: other.Address(), Text: other.Name}
	}
	return &view.Link{Href: string(iri), Text: view.Plain(domain.Undetermined, string(iri))}
}

// tool is what pages say of the Interlinker of a resource.
type tool struct {
	link    view.Link
	nature  view.Nature
	unfit   string
	instead *view.Link
}

// toolsNamed finds Interlinkers by their addresses, deleted ones too.
func (p *Portal) toolsNamed(q *request, iris []domain.IRI) (map[domain.IRI]tool, error) {
	known, err := p.Entries.EntriesByIRI(q.Context(), q.viewer, iris)
	if err != nil {
		return nil, err
	}
	out := make(map[domain.IRI]tool, len(iris))
	var missing []domain.IRI
	for _, iri := range iris {
		if e := known[iri]; e != nil && e.Interlinker != nil {
			out[iri] = tool{link: view.Link{Href: e.Address(), Text: e.Name}, nature: natures[e.Interlinker.Nature], unfit: unfit(e)}
		} else if iri != "" {
			missing = append(missing, iri)
		}
	}
	if len(missing) == 0 {
		return out, nil
	}
	gone, err := p.Entries.Tombstones(q.Context(), missing)
	for iri, t := range gone {
		out[iri] = tool{link: view.Link{Href: t.Address(), Text: view.Plain(domain.Undetermined, strings.ReplaceAll(t.Slug, "-", " "))}, unfit: "deleted", instead: p.instead(q, t.Replacement)}
	}
	return out, err
}
