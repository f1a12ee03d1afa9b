package web

import (
	"bytes"
	"encoding/csv"
	"net/http"
	"strconv"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/citation"
	"interlink/domain/policy"
	"interlink/domain/reuse"
	"interlink/domain/story"
	"interlink/web/view"
)

// reuseRoutes say of each thing how it is cited and how it is reused.
func (p *Portal) reuseRoutes() []route {
	var routes []route
	for _, of := range []struct {
		path string
		find func(*request) (*reused, error)
	}{
		{"/interlinkers/{slug}", p.reusedInterlinker},
		{"/schemas/{slug}", p.reusedSchema},
		{"/processes/{name}", p.reusedProcess},
		{"/stories/{slug}", p.reusedStory},
	} {
		with := func(fn func(*request, *reused) error) handler {
			return func(q *request) error {
				r, err := of.find(q)
				if err != nil {
					return err
				}
				return fn(q, r)
			}
		}
		routes = append(routes,
			route{http.MethodGet, of.path + "/reuse", with(p.reuse)},
			route{http.MethodGet, of.path + "/reuse.csv", with(p.reuseData)},
			route{http.MethodGet, of.path + "/cite.bib", with(func(q *request, r *reused) error {
				return r.hand(q, "application/x-bibtex; charset=utf-8", "cite.bib", r.work.BibTeX())
			})},
			route{http.MethodGet, of.path + "/cite.ris", with(func(q *request, r *reused) error {
				return r.hand(q, "application/x-research-info-systems; charset=utf-8", "cite.ris", r.work.RIS())
			})},
			route{http.MethodGet, of.path + "/cite.json", with(func(q *request, r *reused) error {
				return r.hand(q, "application/vnd.citationstyles.csl+json", "cite.json", r.work.CSL())
			})},
			route{http.MethodGet, of.path + "/CITATION.cff", with(func(q *request, r *reused) error {
				return r.hand(q, "text/yaml; charset=utf-8", "CITATION.cff", r.work.CFF())
			})},
		)
	}
	return routes
}

// reused is a thing that is cited and reused.
type reused struct {
	policy.Facts
	work   citation.Work
	name   domain.Text
	crumbs []view.Link
	href   string
	kind   reuse.Kind // of what is counted; "" if nothing is
	owner  domain.IRI
	object domain.IRI
	host   string // "" for this node
}

// hand answers with a file, which everybody may keep if everybody may read it.
func (r *reused) hand(q *request, contentType, name string, body []byte) error {
	q.w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
	if policy.Allow(policy.Viewer{}, policy.Read, r.Facts) == nil {
		return q.public(contentType, body)
	}
	h := q.w.Header()
	h.Set("Content-Type", contentType)
	h.Set("Cache-Control", "private, no-store")
	if _, err := q.w.Write(body); err != nil {
		q.p.Log.Debug("an answer was not taken", "error", err)
	}
	return nil
}

// reusedEntry is an entry of the catalogue that was published.
func (p *Portal) reusedEntry(q *request, kind catalogue.Kind, list view.Link) (*reused, *catalogue.Entry, error) {
	e, err := p.entry(q, kind)
	if err == nil && e.Status == catalogue.Draft {
		err = domain.Fail(domain.NotFound, "error.not_found")
	}
	if err != nil {
		return nil, nil, err
	}
	r := &reused{
		Facts: e, name: e.Name, crumbs: []view.Link{list, {Href: e.Address(), Text: e.Name}}, href: e.Address(),
		kind: reuse.Kind(kind), object: e.IRI, owner: p.Namespace.IRI("catalogue"), host: e.Host,
		work: citation.Work{Address: e.IRI, Version: strconv.Itoa(e.Version), Released: e.UpdatedAt, Publisher: p.publisher(e.Host)},
	}
	r.work.Title, r.work.Language = e.Name.In(q.lang)
	return r, e, nil
}

func (p *Portal) reusedSchema(q *request) (*reused, error) {
	r, e, err := p.reusedEntry(q, catalogue.KindSchema, view.Link{Href: "/schemas", Text: view.Plain(q.lang, p.say(q, "page.schemas.title"))})
	if err != nil {
		return nil, err
	}
	r.work.Kind, r.work.Licence, r.work.Keywords = citation.Method, e.Schema.SPDX, e.Schema.Tags[string(r.work.Language)]
	return r, nil
}

func (p *Portal) reusedInterlinker(q *request) (*reused, error) {
	r, e, err := p.reusedEntry(q, catalogue.KindInterlinker, p.catalogueCrumb(q)[0])
	if err != nil {
		return nil, err
	}
	r.work.Kind, r.work.Licence = citation.Guide, e.Interlinker.SPDX
	if n := e.Interlinker.Nature; n == catalogue.NatureSoftware || n == catalogue.NatureExternalSoftware {
		r.work.Kind = citation.Tool
	}
	r.work.Keywords = e.Interlinker.Tags[string(r.work.Language)]
	for _, a := range e.Interlinker.Authors {
		r.work.Authors = append(r.work.Authors, citation.Author{Name: a.Name})
	}
	return r, nil
}

// publisher is the node that a thing is of.
func (p *Portal) publisher(host string) string {
	if host == "" {
		return p.Name
	}
	return host
}

func (p *Portal) reusedProcess(q *request) (*reused, error) {
	x, err := p.Coproduction.Process(q.Context(), q.viewer, q.PathValue("name"))
	if err != nil {
		return nil, err
	}
	r := &reused{
		Facts: x, name: x.Title, crumbs: []view.Link{{Href: p.path(x.IRI), Text: x.Title}}, href: p.path(x.IRI), kind: reuse.Process, object: x.IRI, owner: x.IRI,
		work: citation.Work{Kind: citation.Method, Address: x.IRI, Released: x.UpdatedAt, Publisher: p.Name, Authors: p.bodies(q, x.Organization)},
	}
	r.work.Title, r.work.Language = x.Title.In(q.lang)
	newest, err := p.Releases.Releases(q.Context(), q.viewer, x.Name, domain.Page{Limit: 1})
	if err != nil {
		return nil, err
	}
	for _, release := range newest.Items {
		r.work.Version, r.work.Licence, r.work.Released = release.Version.String(), release.Licence, release.At
	}
	return r, nil
}

// bodies are an organisation as the author of what it tells, if the reader may
// know of it.
func (p *Portal) bodies(q *request, id domain.ActorID) []citation.Author {
	if a := p.actorRef(q, id); a != nil {
		return []citation.Author{{Name: a.Called(), Body: true}}
	}
	return nil
}

func (p *Portal) reusedStory(q *request) (*reused, error) {
	s, err := p.storyNamed(q)
	if err == nil && s.Status != story.Published {
		err = domain.Fail(domain.Gone, "story.was_withdrawn")
	}
	if err != nil {
		return nil, err
	}
	r := &reused{
		Facts: s, name: s.Title, crumbs: []view.Link{{Href: "/stories", Text: view.Plain(q.lang, p.say(q, "nav.stories"))}, {Href: storyHref(s), Text: s.Title}}, href: storyHref(s),
		object: s.ProcessIRI, owner: s.ProcessIRI, host: s.Host,
		work: citation.Work{
			Kind: citation.Report, Address: s.IRI, Version: strconv.Itoa(s.Version), Licence: s.Licence, Released: s.UpdatedAt, Publisher: p.publisher(s.Host),
			Keywords: s.Keywords, Authors: p.bodies(q, s.Owner),
		},
	}
	r.work.Title, r.work.Language = s.Title.In(q.lang)
	if s.ProcessIRI != "" {
		r.kind = reuse.Process
	}
	return r, nil
}

// figures are how a thing of this node is reused.
func (p *Portal) figures(q *request, r *reused) (reuse.Summary, error) {
	if r.kind == "" || r.host != "" {
		return reuse.Summary{}, domain.Fail(domain.NotFound, "error.not_found")
	}
	return p.Reuse.Of(q.Context(), q.viewer, reuse.Thing{Facts: r.Facts, Owner: r.owner, Object: r.object})
}

func (p *Portal) reuse(q *request, r *reused) error {
	page := view.ReusePage{
		Frame: q.frame(), Crumbs: r.crumbs, Name: r.name, Reference: r.work.Text(), Data: r.href + "/reuse.csv", Step: reuse.Step, Fresh: reuse.FreshFor,
		Formats: []view.Link{
			{Href: r.href + "/cite.bib", Text: view.Plain(domain.Undetermined, "BibTeX")}, {Href: r.href + "/cite.ris", Text: view.Plain(domain.Undetermined, "RIS")},
			{Href: r.href + "/cite.json", Text: view.Plain(domain.Undetermined, "CSL-JSON")}, {Href: r.href + "/CITATION.cff", Text: view.Plain(domain.Undetermined, "CITATION.cff")},
		},
	}
	switch {
	case r.kind == "":
		return q.show(page)
	case r.host != "":
		page.There = &view.Link{Href: string(r.work.Address) + "/reuse", Text: view.Plain(domain.Undetermined, r.host)}
		return q.show(page)
	}
	sum, err := p.figures(q, r)
	if err != nil {
		return err
	}
	page.Counted = true
	measures := reuse.Measures[r.kind]
	for _, m := range measures {
		page.Measures = append(page.Measures, string(m))
		if len(sum.Sum) > 0 {
			page.Sum = append(page.Sum, int(sum.Sum[m]))
		}
	}
	for _, h := range sum.Latest {
		row := view.ReuseRow{Host: h.Host, Month: string(h.Month), Old: !h.Summed}
		for _, m := range measures {
			n, known := h.Counts[m]
			row.Cells = append(row.Cells, view.ReuseCell{From: int(n), To: n.Most(), Unknown: !known})
		}
		page.Rows = append(page.Rows, row)
	}
	return q.show(page)
}

// reuseData answers with all that nodes told of a thing: a line for each node,
// month and measure.
func (p *Portal) reuseData(q *request, r *reused) error {
	sum, err := p.figures(q, r)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	lines := [][]string{{"object", "node", "month", "measure", "from", "to"}}
	for _, h := range sum.All {
		host := h.Host
		if host == "" {
			host = p.Namespace.Host()
		}
		for _, m := range reuse.Measures[r.kind] {
			if n, known := h.Counts[m]; known {
				lines = append(lines, []string{string(r.object), host, string(h.Month), string(m), strconv.Itoa(int(n)), strconv.Itoa(n.Most())})
			}
		}
	}
	if err := w.WriteAll(lines); err != nil {
		return err
	}
	return r.hand(q, "text/csv; charset=utf-8", "reuse.csv", b.Bytes())
}
