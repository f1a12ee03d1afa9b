package web

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"interlink/domain"
	"interlink/domain/audit"
	"interlink/domain/policy"
	"interlink/web/view"
)

func (p *Portal) logRoutes() []route {
	return []route{
		{http.MethodGet, "/log", p.chain},
		{http.MethodGet, "/log/head", p.logHead},
		{http.MethodGet, "/log/chain.jsonl", p.chainLinks},
		{http.MethodGet, "/processes/{name}/log", p.logged(p.processLog)},
		{http.MethodGet, "/processes/{name}/log.jsonl", p.logExport(p.processLog)},
		{http.MethodGet, "/organizations/{name}/log", p.logged(p.organizationLog)},
		{http.MethodGet, "/organizations/{name}/log.jsonl", p.logExport(p.organizationLog)},
		{http.MethodGet, "/teams/{name}/log", p.logged(p.teamLog)},
		{http.MethodGet, "/teams/{name}/log.jsonl", p.logExport(p.teamLog)},
		{http.MethodGet, "/admin/log", p.logged(p.nodeLog)},
		{http.MethodGet, "/admin/log.jsonl", p.logExport(p.nodeLog)},
	}
}

// logOf finds whose log a page shows, and begins the page.
type logOf func(q *request) (audit.Scope, view.LogPage, error)

func (p *Portal) processLog(q *request) (audit.Scope, view.LogPage, error) {
	x, err := p.Coproduction.Process(q.Context(), q.viewer, q.PathValue("name"))
	if err != nil {
		return audit.Scope{}, view.LogPage{}, err
	}
	head, err := p.processHead(q, x, "log")
	scope := audit.Scope{Subject: x.Subject(), Facts: x.Whole(), Open: x.Visibility == domain.VisiblePublic, Public: x}
	page := view.LogPage{Process: &head, Action: head.Href + "/log", Families: families("process", "item", "task", "resource", "clone", "offer")}
	if administersProcess(q, x) {
		page.Webhooks = head.Href + "/webhooks"
	}
	return scope, page, err
}

func (p *Portal) organizationLog(q *request) (audit.Scope, view.LogPage, error) {
	x, err := p.Organizations.Organization(q.Context(), q.viewer, q.PathValue("name"))
	if err != nil {
		return audit.Scope{}, view.LogPage{}, err
	}
	return p.groupLog("organization", x.ID, x, view.Link{Href: p.path(x.IRI), Text: x.Title})
}

func (p *Portal) teamLog(q *request) (audit.Scope, view.LogPage, error) {
	x, err := p.Organizations.Team(q.Context(), q.viewer, q.PathValue("name"))
	if err != nil {
		return audit.Scope{}, view.LogPage{}, err
	}
	return p.groupLog("team", x.ID, x, view.Link{Href: p.path(x.IRI), Text: x.Title})
}

func (p *Portal) groupLog(kind string, id domain.ActorID, facts policy.Facts, of view.Link) (audit.Scope, view.LogPage, error) {
	scope := audit.Scope{Subject: domain.Subject{Kind: kind, ID: domain.ID(id)}, Facts: facts}
	return scope, view.LogPage{Of: &of, Action: of.Href + "/log", Families: families(kind)}, nil
}

// nodeFamilies are what the log of the whole node can be narrowed to.
var nodeFamilies = []string{
	"account", "actor", "application", "catalogue", "clone", "community", "follow", "host", "integration", "interlinker", "item", "membership",
	"notice", "offer", "organization", "post", "process", "report", "resource", "role_call", "story", "task", "team",
}

func (p *Portal) nodeLog(*request) (audit.Scope, view.LogPage, error) {
	return audit.Whole(), view.LogPage{Action: "/admin/log", Families: families(nodeFamilies...)}, nil
}

func families(names ...string) []view.Option {
	options := []view.Option{{Value: "", Key: "log_family.all"}}
	for _, name := range names {
		options = append(options, view.Option{Value: name, Key: "log_family." + name})
	}
	return options
}

// logged shows a log.
func (p *Portal) logged(of logOf) handler {
	return func(q *request) error {
		scope, page, err := of(q)
		if err != nil {
			return err
		}
		page.Frame, page.Inside = q.frame(), p.Audit.Inside(q.viewer, scope)
		filter, err := p.logFilter(q)
		page.Form = view.Failed(q.URL.Query(), err)
		page.Part, page.Narrowed = string(filter.Part), filter != audit.Filter{}
		if err != nil {
			return q.showFor(err, page)
		}
		list, err := p.Audit.Log(q.Context(), q.viewer, scope, filter, q.cursor())
		if err != nil {
			return err
		}
		var ids []domain.ActorID
		for _, e := range list.Items {
			if e.Actor != domain.Nobody && !slices.Contains(ids, e.Actor) {
				ids = append(ids, e.Actor)
			}
		}
		if err := q.meet(ids); err != nil {
			return err
		}
		for _, e := range list.Items {
			page.Rows = append(page.Rows, p.logRow(q, page, e))
		}
		page.Pager, page.Export = q.pager(list.Next, list.Total, len(list.Items)), page.Action+".jsonl"
		if values := q.URL.Query(); len(values) > 0 {
			values.Del("after")
			page.Export += "?" + values.Encode()
		}
		return q.show(page)
	}
}

// logRow puts an entry into words.
func (p *Portal) logRow(q *request, page view.LogPage, e audit.Entry) view.LogRow {
	row := view.LogRow{
		Seq: e.Seq, At: e.Time, What: view.Say("log_kind." + string(e.Kind)), Hash: e.Hash, Before: e.PrevHash, Content: e.Content,
		Node: e.Inside && e.Actor == domain.Nobody, Erased: e.Inside && e.Payload == nil,
	}
	if !p.catalog.Has(row.What.Key) {
		row.What, row.Code = view.Say("log_kind.other"), string(e.Kind)
	}
	row.Actor = p.actorRef(q, e.Actor)
	var payload struct {
		Item  domain.ID `json:"item"`
		Name  any       `json:"name"`
		Title any       `json:"title"`
	}
	if e.Decode(&payload) == nil {
		if row.Name = p.nameTold(q, payload.Title); row.Name == "" {
			row.Name = p.nameTold(q, payload.Name)
		}
		if page.Process != nil && payload.Item != "" && row.Name != "" {
			row.Href = page.Process.Href + "/items/" + string(payload.Item)
		}
	}
	return row
}

// logFilter reads what a log is narrowed to. Errors: Invalid on the fields.
func (p *Portal) logFilter(q *request) (audit.Filter, error) {
	values := q.URL.Query()
	f := audit.Filter{Family: values.Get("family"), Part: domain.ID(values.Get("part"))}
	var problems domain.Problems
	if who := strings.TrimSpace(values.Get("who")); who != "" {
		a, err := p.Network.Known(q.Context(), q.viewer, who)
		if err != nil {
			problems.Add("who", "page.log.who_unknown", who)
		} else {
			f.Actor = a.ID
		}
	}
	day := func(field string) time.Time {
		typed := values.Get(field)
		if typed == "" {
			return time.Time{}
		}
		zone := p.Zone
		if zone == nil {
			zone = time.UTC
		}
		t, err := time.ParseInLocation(time.DateOnly, typed, zone)
		if err != nil || t.Year() < 1970 {
			problems.Add(field, "page.log.not_a_day")
		}
		return t
	}
	f.From, f.Until = day("from"), day("until")
	if !f.Until.IsZero() {
		f.Until = f.Until.AddDate(0, 0, 1)
	}
	return f, problems.Err()
}

// jsonLines answers with records, one a line, as they come. A failure after
// the first breaks the connection off: half an answer must not look whole.
func (q *request) jsonLines(name string, all func(write func(any) error) error) error {
	lines := json.NewEncoder(q.w)
	lines.SetEscapeHTML(false)
	begun := false
	begin := func() {
		q.w.Header().Set("Content-Type", "application/jsonl; charset=utf-8")
		q.w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
		begun = true
	}
	err := all(func(v any) error {
		if !begun {
			begin()
		}
		return lines.Encode(v)
	})
	if err != nil && begun {
		q.p.Log.Error("export", "path", q.URL.Path, "error", err)
		panic(http.ErrAbortHandler)
	}
	if err == nil && !begun {
		begin()
	}
	return err
}

// logExport answers with a log as JSON Lines, narrowed as its page is.
func (p *Portal) logExport(of logOf) handler {
	return func(q *request) error {
		scope, _, err := of(q)
		if err != nil {
			return err
		}
		filter, err := p.logFilter(q)
		if err != nil {
			return err
		}
		return q.jsonLines("log.jsonl", func(write func(any) error) error {
			return p.Audit.Export(q.Context(), q.viewer, scope, filter, func(r audit.Record) error { return write(r) })
		})
	}
}

// chain says how the log can be checked.
func (p *Portal) chain(q *request) error {
	head, err := p.Audit.Head(q.Context())
	if err != nil {
		return err
	}
	return q.show(view.ChainPage{Frame: q.frame(), Seq: head.Seq, Hash: head.Hash, Links: head.Links, Command: "interlink audit verify", README: p.Source + "#the-log-can-be-checked"})
}

// logHead answers with where the chain ends, signed.
func (p *Portal) logHead(q *request) error {
	document, err := p.LogHead(q.Context())
	if err != nil {
		return err
	}
	q.w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_, err = q.w.Write(document)
	return err
}

// chainLinks answers with the chain itself, from the event after "after" on.
func (p *Portal) chainLinks(q *request) error {
	after, err := strconv.ParseInt(q.URL.Query().Get("after"), 10, 64)
	if err != nil || after < 0 {
		after = 0
	}
	return q.jsonLines("chain.jsonl", func(write func(any) error) error {
		return p.Audit.Links(q.Context(), after, func(l audit.Link) error { return write(l) })
	})
}
