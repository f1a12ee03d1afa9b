package web

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/catalogue/exchange"
	"interlink/domain/catalogue/publiccode"
)

// openCatalogRoutes answer the reading part of the Open Catalog API
// (Software Catalog API 1.0.0 of Developers Italia), by which national
// catalogues harvest software: one catalogue, the organisations that publish
// what is in it, and the software with its publiccode.yml.
func (p *Portal) openCatalogRoutes() []route {
	catalog := func(fn handler) handler { // below the only catalogue
		return func(q *request) error {
			if id := q.PathValue("catalog"); id != "" && id != string(p.Catalogue) {
				return q.apiProblem(domain.Fail(domain.NotFound, "error.not_found"))
			}
			if err := fn(q); err != nil {
				return q.apiProblem(err)
			}
			return nil
		}
	}
	return []route{
		{http.MethodGet, "/v1/status", func(q *request) error {
			q.open("application/json")
			q.w.WriteHeader(http.StatusNoContent)
			return nil
		}},
		{http.MethodGet, "/v1/catalogs", catalog(p.openCatalogs)},
		{http.MethodGet, "/v1/catalogs/{catalog}", catalog(p.openCatalog)},
		{http.MethodGet, "/v1/catalogs/{catalog}/publishers", catalog(p.openPublishers)},
		{http.MethodGet, "/v1/catalogs/{catalog}/publishers/{id}", catalog(p.openPublisher)},
		{http.MethodGet, "/v1/catalogs/{catalog}/software", catalog(p.openSoftware)},
		{http.MethodGet, "/v1/catalogs/{catalog}/software/{id}", catalog(p.openSoftwareOne)},
		{http.MethodGet, "/v1/publishers", catalog(p.openPublishers)},
		{http.MethodGet, "/v1/publishers/{id}", catalog(p.openPublisher)},
		{http.MethodGet, "/v1/software", catalog(p.openSoftware)},
		{http.MethodGet, "/v1/software/{id}", catalog(p.openSoftwareOne)},
	}
}

// apiProblem answers as the API does (RFC 9457). A fault of ours is none.
func (q *request) apiProblem(err error) error {
	status := domain.StatusOf(err)
	title := http.StatusText(status)
	switch domain.CodeOf(err) {
	case domain.NotFound, domain.Gone:
		status, title = http.StatusNotFound, "Not found"
	case domain.Invalid:
		title = "Invalid parameter"
	case domain.TooMany, domain.Unavailable:
		domain.ComeAgain(q.w.Header(), status, err)
	default:
		return err
	}
	if domain.Ours(err) {
		q.p.Log.Error("open catalogue", "path", q.URL.Path, "error", err)
	}
	raw, failed := json.Marshal(map[string]any{"title": title, "status": status, "detail": q.p.catalog.Printer("en", nil).FromError(err)})
	if failed != nil {
		return failed
	}
	q.open("application/problem+json")
	q.w.Header().Set("Cache-Control", "no-cache")
	q.w.WriteHeader(status)
	_, _ = q.w.Write(raw)
	return nil
}

// openLinks lead to the pages beside one; null if there is none.
type openLinks struct {
	Prev *string `json:"prev"`
	Next *string `json:"next"`
}

type openList[T any] struct {
	Data  []T       `json:"data"`
	Links openLinks `json:"links"`
}

// json answers with JSON for everybody.
func (q *request) json(v any) error {
	raw, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return q.public("application/json", raw)
}

// openPage reads which part of a list is asked for.
func (q *request) openPage() (page domain.Page, filter exchange.Filter, err error) {
	values := q.URL.Query()
	page = domain.Page{After: values.Get("page[after]"), Limit: 25}
	if before := values.Get("page[before]"); before != "" && page.After == "" {
		page.After, page.Back = before, true
	}
	if size := values.Get("page[size]"); size != "" {
		n, err := strconv.Atoi(size)
		if err != nil || n < 1 {
			return page, filter, domain.InvalidField("page[size]", "exchange.page_size")
		}
		page.Limit = min(n, domain.MaxPage)
	}
	for name, into := range map[string]*time.Time{"from": &filter.From, "to": &filter.To} {
		if s := values.Get(name); s != "" {
			if *into, err = time.Parse(time.RFC3339, s); err != nil {
				return page, filter, domain.InvalidField(name, "exchange.instant")
			}
		}
	}
	return page, filter, nil
}

// openLink is the address of another part, relative as the API has it.
func (q *request) openLink(name, cursor string) *string {
	if cursor == "" {
		return nil
	}
	values := q.URL.Query()
	values.Del("page[after]")
	values.Del("page[before]")
	values.Set(name, cursor)
	link := "?" + values.Encode()
	return &link
}

type openCatalogItem struct {
	ID            string    `json:"id"`
	Name          string    `json:"name"`
	AlternativeID string    `json:"alternativeId"`
	Active        bool      `json:"active"`
	Sources       []string  `json:"sources"`
	CreatedAt     time.Time `json:"createdAt"`
	UpdatedAt     time.Time `json:"updatedAt"`
}

func (p *Portal) catalogItem(q *request) (openCatalogItem, error) {
	shelf, err := p.Network.Actor(q.Context(), q.viewer, p.Catalogue)
	if err != nil {
		return openCatalogItem{}, err
	}
	_, at, err := p.changed(q)
	return openCatalogItem{
		ID: string(p.Catalogue), Name: p.Name, AlternativeID: p.Namespace.Host(), Active: true, Sources: []string{}, CreatedAt: shelf.CreatedAt.UTC(), UpdatedAt: at,
	}, err
}

func (p *Portal) openCatalogs(q *request) error {
	if _, _, err := q.openPage(); err != nil {
		return err
	}
	item, err := p.catalogItem(q)
	if err != nil {
		return err
	}
	list := openList[openCatalogItem]{Data: []openCatalogItem{item}}
	if q.URL.Query().Get("page[after]") != "" {
		list.Data = []openCatalogItem{}
	}
	return q.json(list)
}

func (p *Portal) openCatalog(q *request) error {
	item, err := p.catalogItem(q)
	if err != nil {
		return err
	}
	return q.json(item)
}

type openSoftwareItem struct {
	ID        domain.ID `json:"id"`
	CatalogID string    `json:"catalogId"`
	URL       string    `json:"url"`
	Aliases   []string  `json:"aliases"`
	YAML      string    `json:"publiccodeYml"`
	Active    bool      `json:"active"`
	Vitality  *string   `json:"vitality"`
	CreatedAt time.Time `json:"createdAt"`
	UpdatedAt time.Time `json:"updatedAt"`
}

func (p *Portal) softwareItem(e *catalogue.Entry) (openSoftwareItem, error) {
	raw, err := publiccode.Write(e, p.Name)
	return openSoftwareItem{
		ID: e.ID, CatalogID: string(p.Catalogue), URL: publiccode.Repository(e), Aliases: []string{}, YAML: string(raw), Active: true,
		CreatedAt: e.PublishedAt.UTC(), UpdatedAt: e.UpdatedAt.UTC(),
	}, err
}

// openSoftware lists software. A part can have fewer than were asked for, or
// none: what a publiccode.yml cannot describe is passed over.
func (p *Portal) openSoftware(q *request) error {
	page, filter, err := q.openPage()
	if err != nil {
		return err
	}
	filter.Software = true
	list, err := p.Exchange.Exported(q.Context(), filter, page)
	if err != nil {
		return err
	}
	out := openList[openSoftwareItem]{
		Data: []openSoftwareItem{}, Links: openLinks{Prev: q.openLink("page[before]", list.Prev), Next: q.openLink("page[after]", list.Next)},
	}
	wanted := q.URL.Query().Get("url")
	for _, e := range list.Items {
		if !publiccode.Describes(e) || wanted != "" && publiccode.Key(publiccode.Repository(e)) != publiccode.Key(wanted) {
			continue
		}
		item, err := p.softwareItem(e)
		if err != nil {
			return err
		}
		out.Data = append(out.Data, item)
	}
	return q.json(out)
}

func (p *Portal) openSoftwareOne(q *request) error {
	e, err := p.Entries.EntryByID(q.Context(), q.viewer, domain.ID(q.PathValue("id")))
	if err == nil && (!e.Local() || e.Status != catalogue.Published || !publiccode.Describes(e)) {
		err = domain.Fail(domain.NotFound, "error.not_found")
	}
	if err != nil {
		return err
	}
	item, err := p.softwareItem(e)
	if err != nil {
		return err
	}
	return q.json(item)
}

type openHosting struct {
	URL   string `json:"url"`
	Group bool   `json:"group"`
}

type openPublisherItem struct {
	ID            string        `json:"id"`
	CatalogID     string        `json:"catalogId"`
	Description   string        `json:"description"`
	AlternativeID string        `json:"alternativeId,omitempty"`
	CodeHosting   []openHosting `json:"codeHosting"`
	Active        bool          `json:"active"`
	CreatedAt     time.Time     `json:"createdAt"`
	UpdatedAt     time.Time     `json:"updatedAt"`
}

// publishers are the organisations that publish the software of this node's
// catalogue, by id; where none is named, whoever owns most of it.
func (p *Portal) publishers(q *request) ([]openPublisherItem, error) {
	found := map[string]*openPublisherItem{}
	err := p.Exchange.Each(q.Context(), exchange.Filter{Kind: catalogue.KindInterlinker}, func(e *catalogue.Entry) error {
		if e.Status != catalogue.Published || !publiccode.Describes(e) || e.Interlinker.Software == nil {
			return nil
		}
		name, uri := publisherOf(e.Interlinker.Software)
		if name == "" {
			return nil
		}
		id := derivedID(p.Namespace.Host(), cmp.Or(uri, name))
		item := found[id]
		if item == nil {
			item = &openPublisherItem{ID: id, CatalogID: string(p.Catalogue), Description: name, AlternativeID: uri, Active: true, CreatedAt: e.PublishedAt.UTC()}
			found[id] = item
		}
		item.CodeHosting = append(item.CodeHosting, openHosting{URL: publiccode.Repository(e)})
		if e.PublishedAt.Before(item.CreatedAt) {
			item.CreatedAt = e.PublishedAt.UTC()
		}
		if e.UpdatedAt.After(item.UpdatedAt) {
			item.UpdatedAt = e.UpdatedAt.UTC()
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	out := make([]openPublisherItem, 0, len(found))
	for _, item := range found {
		out = append(out, *item)
	}
	slices.SortFunc(out, func(a, b openPublisherItem) int { return cmp.Compare(a.ID, b.ID) })
	return out, nil
}

func publisherOf(s *catalogue.Software) (name, uri string) {
	if s.Publisher != nil {
		return cmp.Or(s.Publisher.Name, s.Publisher.URI), s.Publisher.URI
	}
	return s.Copyright, ""
}

// derivedID is a UUID (version 8, RFC 9562 §5.8) that is always the same for a
// name.
func derivedID(parts ...string) string {
	h := sha256.New()
	for _, part := range parts {
		h.Write([]byte(part + "\x00"))
	}
	b := h.Sum(nil)[:16]
	b[6], b[8] = b[6]&0x0f|0x80, b[8]&0x3f|0x80
	s := hex.EncodeToString(b)
	return s[:8] + "-" + s[8:12] + "-" + s[12:16] + "-" + s[16:20] + "-" + s[20:]
}

func (p *Portal) openPublishers(q *request) error {
	page, filter, err := q.openPage()
	if err != nil {
		return err
	}
	all, err := p.publishers(q)
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(x openPublisherItem) bool {
		return !filter.From.IsZero() && !x.CreatedAt.After(filter.From) || !filter.To.IsZero() && !x.CreatedAt.Before(filter.To)
	})
	out := openList[openPublisherItem]{Data: []openPublisherItem{}}
	from := 0
	switch at := slices.IndexFunc(all, func(x openPublisherItem) bool { return x.ID >= page.After }); {
	case page.After == "":
	case page.Back && at >= 0:
		from = max(0, at-page.Size())
		all = all[:at]
	case at < 0:
		from = len(all)
	case all[at].ID == page.After:
		from = at + 1
	default:
		from = at
	}
	to := min(len(all), from+page.Size())
	out.Data = append(out.Data, all[from:to]...)
	if len(out.Data) > 0 {
		if from > 0 {
			out.Links.Prev = q.openLink("page[before]", out.Data[0].ID)
		}
		if to < len(all) || page.Back {
			out.Links.Next = q.openLink("page[after]", out.Data[len(out.Data)-1].ID)
		}
	}
	return q.json(out)
}

func (p *Portal) openPublisher(q *request) error {
	all, err := p.publishers(q)
	if err != nil {
		return err
	}
	id, _ := url.PathUnescape(q.PathValue("id"))
	at := slices.IndexFunc(all, func(x openPublisherItem) bool { return x.ID == id })
	if at < 0 {
		return domain.Fail(domain.NotFound, "error.not_found")
	}
	return q.json(all[at])
}
