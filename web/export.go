package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/catalogue/dcat"
	"interlink/domain/catalogue/dump"
	"interlink/domain/catalogue/exchange"
	"interlink/domain/catalogue/publiccode"
	"interlink/domain/catalogue/rdf"
	"interlink/domain/catalogue/sheet"
	"interlink/domain/catalogue/skos"
	"interlink/domain/nodearchive"
	"interlink/domain/portable"
	"interlink/web/view"
)

// exportRoutes are the addresses of data: what is published here, for programs
// and other catalogues. None of them is a page.
func (p *Portal) exportRoutes() []route {
	routes := []route{
		{http.MethodGet, "/catalogue/export.json", p.exportWhole},
		{http.MethodGet, dump.SchemaPath, p.exportSchema},
		{http.MethodGet, portable.SchemaPath, p.exportFormat},
		{http.MethodGet, nodearchive.SchemaPath, p.nodeArchiveFormat},
		{http.MethodGet, "/catalogue/template.csv", p.sheetTemplate},
		{http.MethodGet, "/catalogue.atom", p.atomFeed},
		{http.MethodGet, "/catalogue/feed.json", p.jsonFeed},
		{http.MethodGet, "/interlinkers/{slug}/publiccode.yml", p.publiccodeFile},
	}
	for _, form := range []string{turtle, jsonLD} {
		routes = append(routes,
			route{http.MethodGet, "/catalogue." + form, func(q *request) error { return p.linkedCatalogue(q, form) }},
			route{http.MethodGet, "/problems." + form, func(q *request) error { return p.linkedProblems(q, form) }},
			route{http.MethodGet, "/regulations." + form, func(q *request) error { return p.linkedRegulations(q, form) }},
		)
		for kind, path := range map[catalogue.Kind]string{catalogue.KindInterlinker: "interlinkers", catalogue.KindSchema: "schemas", catalogue.KindProblem: "problems"} {
			routes = append(routes, route{http.MethodGet, "/" + path + "/{slug}/dcat." + form, func(q *request) error { return p.linkedEntry(q, kind, form) }})
		}
	}
	return append(routes, p.openCatalogRoutes()...)
}

// The forms of linked data, as their addresses end.
const (
	turtle = "ttl"
	jsonLD = "jsonld"
)

// prefersData is the form of linked data that a request prefers over a page
// (RFC 9110 §12.5.1); "" for none. JSON-LD of a catalogue is asked for with the
// profile of DCAT: without one it is ActivityPub.
func prefersData(r *http.Request) string {
	form, best := "", 0.0
	for _, header := range r.Header.Values("Accept") {
		for part := range strings.SplitSeq(header, ",") {
			t, params, err := mime.ParseMediaType(part)
			if err != nil {
				continue
			}
			weight := 1.0
			if q, err := strconv.ParseFloat(params["q"], 64); err == nil {
				weight = q
			}
			if weight <= best {
				continue
			}
			switch {
			case t == rdf.TurtleType:
				form, best = turtle, weight
			case t == rdf.JSONLDType && strings.HasPrefix(params["profile"], "http://www.w3.org/ns/dcat"):
				form, best = jsonLD, weight
			case t == "text/html" || t == "application/xhtml+xml":
				form, best = "", weight
			}
		}
	}
	return form
}

// public answers with data that everybody may have and keep for a minute.
func (q *request) public(contentType string, body []byte) error {
	sum := sha256.Sum256(body)
	tag := `"` + hex.EncodeToString(sum[:12]) + `"`
	q.open(contentType)
	q.w.Header().Set("ETag", tag)
	if has(q.Header.Values("If-None-Match"), tag) {
		q.w.WriteHeader(http.StatusNotModified)
		return nil
	}
	_, err := q.w.Write(body)
	if err != nil {
		q.p.Log.Debug("an answer was not taken", "error", err)
	}
	return nil
}

// open sets the header of such data.
func (q *request) open(contentType string) {
	h := q.w.Header()
	h.Set("Content-Type", contentType)
	h.Set("Cache-Control", "public, max-age=60")
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("X-Content-Type-Options", "nosniff")
}

// graph answers with linked data.
func (q *request) graph(g *rdf.Graph, form string) error {
	var b bytes.Buffer
	write, contentType := g.Turtle, rdf.TurtleType+"; charset=utf-8"
	if form == jsonLD {
		write, contentType = g.JSONLD, rdf.JSONLDType
	}
	if err := write(&b); err != nil {
		return err
	}
	return q.public(contentType, b.Bytes())
}

// exportWhole streams the whole catalogue of this node.
func (p *Portal) exportWhole(q *request) error {
	q.open("application/json")
	q.w.Header().Set("Content-Disposition", `attachment; filename="catalogue-`+strings.ReplaceAll(p.Namespace.Host(), ":", "-")+`.json"`)
	out, err := dump.NewWriter(q.w, dump.Head{
		Schema: p.Namespace.Base() + dump.SchemaPath, Node: domain.IRI(p.Namespace.Base()), Name: p.Name, ExportedAt: p.Now().UTC(),
	})
	if err == nil {
		err = p.Exchange.Each(q.Context(), exchange.Filter{}, out.Write)
	}
	var buried []catalogue.Tombstone
	if err == nil {
		buried, err = p.Entries.Buried(q.Context())
	}
	if err == nil {
		err = out.Close(buried)
	}
	if err != nil {
		p.Log.Error("an export was broken off", "error", err)
		panic(http.ErrAbortHandler) // half of it must not look whole
	}
	return nil
}

func (p *Portal) exportSchema(q *request) error {
	raw, err := dump.Schema()
	if err != nil {
		return err
	}
	return q.public("application/schema+json", raw)
}

func (p *Portal) sheetTemplate(q *request) error {
	var b bytes.Buffer
	b.WriteString("\ufeff") // by which spreadsheets know UTF-8
	if err := sheet.Template(&b, p.catalog.Langs()...); err != nil {
		return err
	}
	q.w.Header().Set("Content-Disposition", `attachment; filename="interlinkers.csv"`)
	return q.public("text/csv; charset=utf-8", b.Bytes())
}

// publiccodeFile describes software as publiccode.yml. Copies of other nodes'
// entries are described where they are at home.
func (p *Portal) publiccodeFile(q *request) error {
	e, err := p.exported(q, catalogue.KindInterlinker)
	if err != nil {
		return err
	}
	if !publiccode.Describes(e) {
		return domain.Fail(domain.NotFound, "error.not_found")
	}
	raw, err := publiccode.Write(e, p.Name)
	if err != nil {
		return err
	}
	return q.public("application/yaml; charset=utf-8", raw)
}

// exported reads a published entry of this node.
func (p *Portal) exported(q *request, kind catalogue.Kind) (*catalogue.Entry, error) {
	e, err := p.Entries.Entry(q.Context(), q.viewer, kind, q.PathValue("slug"), "")
	if err == nil && (!e.Local() || e.Status != catalogue.Published) {
		err = domain.Fail(domain.NotFound, "error.not_found")
	}
	return e, err
}

// described is what DCAT-AP tells of the catalogue as a whole.
func (p *Portal) described() dcat.Catalogue {
	return dcat.Catalogue{
		IRI: p.Namespace.IRI("catalogue"), Publisher: p.Namespace.IRI("actor"), Name: p.Name, Summary: p.Summary, Language: p.Language,
		Languages: p.catalog.Langs(), Licence: "CC0-1.0",
	}
}

// linkedCatalogue is a part of the catalogue as DCAT-AP and ADMS-AP.
func (p *Portal) linkedCatalogue(q *request, form string) error {
	after := q.URL.Query().Get("after")
	list, err := p.Exchange.Exported(q.Context(), exchange.Filter{}, domain.Page{After: after, Limit: domain.MaxPage})
	if err != nil {
		return err
	}
	first := p.Namespace.Base() + "/catalogue." + form
	part := dcat.Part{This: first, First: first, Total: list.Total}
	if after != "" {
		part.This += "?after=" + url.QueryEscape(after)
	}
	if list.Next != "" {
		part.Next = first + "?after=" + url.QueryEscape(list.Next)
		q.w.Header().Add("Link", "<"+part.Next+`>; rel="next"`)
	}
	return q.graph(dcat.Describe(p.described(), list.Items, part), form)
}

// linkedEntry is one entry; a problem profile is a concept too.
func (p *Portal) linkedEntry(q *request, kind catalogue.Kind, form string) error {
	e, err := p.exported(q, kind)
	if err != nil {
		return err
	}
	g := dcat.Entry(p.described(), e)
	if kind == catalogue.KindProblem {
		same, err := p.Entries.Matches(q.Context(), e.IRI)
		if err != nil {
			return err
		}
		skos.Problem(g, p.Namespace.IRI("problems"), e, same[e.IRI])
	}
	return q.graph(g, form)
}

// linkedProblems is the scheme of the node's problem profiles.
func (p *Portal) linkedProblems(q *request, form string) error {
	var profiles []*catalogue.Entry
	err := p.Exchange.Each(q.Context(), exchange.Filter{Kind: catalogue.KindProblem}, func(e *catalogue.Entry) error {
		profiles = append(profiles, e)
		return nil
	})
	if err != nil {
		return err
	}
	same, err := p.Entries.Matches(q.Context())
	if err != nil {
		return err
	}
	return q.graph(skos.Problems(p.Namespace.IRI("problems"), p.everywhere("page.problems.title"), p.Namespace.IRI("actor"), profiles, same), form)
}

// linkedRegulations is the scheme of what the node's Interlinkers support.
func (p *Portal) linkedRegulations(q *request, form string) error {
	all, err := p.Entries.Regulations(q.Context(), q.viewer)
	if err != nil {
		return err
	}
	var concepts []skos.Regulation
	for _, r := range all {
		if !r.Own {
			continue // of other nodes' entries these tell themselves
		}
		concepts = append(concepts, skos.Regulation{IRI: p.Entries.RegulationIRI(r.ID), ID: r.ID, Name: p.regulationName(r.ID), Resource: publiccode.Resource(r.ID)})
	}
	return q.graph(skos.Regulations(p.Namespace.IRI("regulations"), p.everywhere("need.regulations"), p.Namespace.IRI("actor"), concepts), form)
}

// everywhere is a sentence in every language of the portal.
func (p *Portal) everywhere(key string) domain.Text {
	t := domain.Text{}
	for _, lang := range p.catalog.Langs() {
		t[lang] = p.catalog.Printer(lang, p.Zone).T(key)
	}
	return t
}

// regulationName is what a regulation is called: in words, if it is one of
// those that the portal knows, else as it is written.
func (p *Portal) regulationName(id string) domain.Text {
	if alias, ok := strings.CutPrefix(id, "alias:"); ok {
		for _, key := range []string{"approach.regulation." + alias, "regulation_alias." + alias} {
			if p.catalog.Has(key) {
				return p.everywhere(key)
			}
		}
		return view.Plain(domain.Undetermined, strings.ToUpper(alias))
	}
	if key := catalogue.RegulationKey(id); key != "" {
		return p.everywhere("approach.regulation." + key)
	}
	return view.Plain(domain.Undetermined, id)
}
