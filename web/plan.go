package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/markup"
	"interlink/web/view"
)

func (p *Portal) planRoutes() []route {
	return []route{
		{http.MethodGet, "/processes/{name}/plan", p.plan},
		{http.MethodGet, "/processes/{name}/plan.ics", p.planCalendar},
		{http.MethodPost, "/processes/{name}/plan/calendar", p.renewCalendar},
		{http.MethodPost, "/processes/{name}/plan/calendar/end", p.endCalendar},
	}
}

// plannedAtOnce is how many rows one page of the plan has.
const plannedAtOnce = 60

func (p *Portal) plan(q *request) error {
	page, err := p.planPage(q, "")
	if err != nil {
		return err
	}
	return q.show(page)
}

// planPage shows the plan; secret is that of a calendar address, just made.
func (p *Portal) planPage(q *request, secret string) (view.PlanPage, error) {
	x, t, head, err := p.headed(q, "plan")
	if err != nil {
		return view.PlanPage{}, err
	}
	at := p.path(x.IRI) + "/plan"
	page := view.PlanPage{Frame: q.frame(), ProcessHead: head, Guide: p.path(x.IRI) + "/guide"}
	page.Starts, page.Ends = t.Dates("")
	for _, it := range t.Items() {
		if it.Kind == coproduction.Task && t.Enabled(it.ID) {
			if it.Starts.IsZero() && it.Ends.IsZero() {
				page.Undated++
			}
			if t.Late(it.ID, p.today()) {
				page.Late++
			}
		}
	}
	reach := reaches(t)
	items := p.plannedItems(q, t, reach, &page)
	p.planRows(q, x, t, items, &page)
	p.planChart(q, t, items, reach, &page)
	page.Calendar, err = p.calendarOf(q, x, at, secret)
	return page, err
}

// plannedItems are the rows of the page: the enabled items of the tree with
// dates, whole if they are few, else what is open of it.
func (p *Portal) plannedItems(q *request, t *coproduction.Tree, reach map[domain.ID]reach, page *view.PlanPage) []coproduction.Item {
	var all []coproduction.Item
	for _, it := range t.Items() {
		if _, found := reach[it.ID]; found {
			all = append(all, it)
		}
	}
	if len(all) > plannedAtOnce {
		page.Closed = true
		all = openedItems(t, all, domain.ID(q.URL.Query().Get("part")))
	}
	from, err := strconv.Atoi(q.URL.Query().Get("from"))
	if err != nil || from < 0 || from >= len(all) {
		from = 0
	}
	to := min(from+plannedAtOnce, len(all))
	page.Pager = view.Pager{Total: len(all), Shown: to - from}
	if from > 0 {
		page.Pager.First = withQuery(q.URL, "from", "")
		page.Pager.Previous = withQuery(q.URL, "from", strconv.Itoa(max(0, from-plannedAtOnce)))
	}
	if to < len(all) {
		page.Pager.Next = withQuery(q.URL, "from", strconv.Itoa(to))
	}
	return all[from:to]
}

// openedItems leaves the phases, and what is directly below part and each
// item above it. Without a part the first phase that is not finished is open.
func openedItems(t *coproduction.Tree, all []coproduction.Item, part domain.ID) []coproduction.Item {
	open := map[domain.ID]bool{"": true}
	if _, err := t.Item(part); err != nil {
		part = ""
		for _, it := range all {
			if it.Kind == coproduction.Phase && t.Status(it.ID) != coproduction.Finished {
				part = it.ID
				break
			}
		}
	}
	for id := part; id != ""; {
		it, err := t.Item(id)
		if err != nil {
			break
		}
		open[id] = true
		id = it.Parent
	}
	var out []coproduction.Item
	for _, it := range all {
		if open[it.Parent] {
			out = append(out, it)
		}
	}
	return out
}

// withQuery is an address with one parameter changed, or without it for "".
func withQuery(u *url.URL, name, value string) string {
	values := u.Query()
	values.Set(name, value)
	if value == "" {
		values.Del(name)
	}
	if len(values) == 0 {
		return u.Path
	}
	return u.Path + "?" + values.Encode()
}

func (p *Portal) planRows(q *request, x *coproduction.Process, t *coproduction.Tree, items []coproduction.Item, page *view.PlanPage) {
	here := map[domain.ID]bool{}
	for _, it := range items {
		here[it.Parent] = true
	}
	for _, it := range items {
		row := view.PlanRow{
			Link: view.Link{Href: p.path(x.ItemIRI(it.ID)), Text: it.Name}, Kind: string(it.Kind), Status: string(t.Status(it.ID)), Late: t.Late(it.ID, p.today()),
			Depth: map[coproduction.ItemKind]int{coproduction.Phase: 0, coproduction.Objective: 1, coproduction.Task: 2}[it.Kind],
		}
		row.Starts, row.Ends = t.Dates(it.ID)
		row.Tasks, row.Done = t.Progress(it.ID)
		for _, id := range it.Prerequisites {
			if before, err := t.Item(id); err == nil && t.Enabled(id) {
				row.After = append(row.After, view.Link{Href: p.path(x.ItemIRI(id)), Text: before.Name})
			}
		}
		if page.Closed && it.Kind != coproduction.Task && !here[it.ID] {
			row.Open = withQuery(q.URL, "part", string(it.ID))
		}
		page.Rows = append(page.Rows, row)
	}
}

// planChart draws the rows of the page over the time of the whole process.
func (p *Portal) planChart(q *request, t *coproduction.Tree, items []coproduction.Item, reach map[domain.ID]reach, page *view.PlanPage) {
	if len(items) == 0 {
		return
	}
	days := daysBetween(reach[""].from, reach[""].to) + 1
	z := zoomFor(q.URL.Query().Get("zoom"), days)
	for _, o := range offered(days) {
		page.Zooms = append(page.Zooms, view.Zoom{Key: "zoom." + o.name, Href: withQuery(q.URL, "zoom", o.name), Current: o == z})
	}
	c := newChart(reach, z, p.today(), p.renderer.Printer(q.frame()))
	for _, it := range items {
		c.row(t, it, t.Late(it.ID, p.today()))
	}
	for _, it := range items {
		for _, id := range it.Prerequisites {
			c.arrow(id, it.ID)
		}
	}
	page.Chart = c.done()
}

// calendarOf says how a calendar program follows a process's dates: by its
// open address, or by one with a secret of the reader.
func (p *Portal) calendarOf(q *request, x *coproduction.Process, at, secret string) (view.PlanCalendar, error) {
	address := string(x.IRI) + "/plan.ics"
	if x.Visibility == domain.VisiblePublic {
		return view.PlanCalendar{Address: address}, nil
	}
	c := view.PlanCalendar{Renew: at + "/calendar"}
	if secret != "" {
		c.Secret = address + "?key=" + url.QueryEscape(secret)
	}
	var err error
	if c.Since, err = p.Accounts.CalendarSince(q.Context(), q.viewer); err == nil && !c.Since.IsZero() {
		c.End = at + "/calendar/end"
	}
	return c, err
}

// renewCalendar makes the reader's secret anew, and shows the address with it
// once.
func (p *Portal) renewCalendar(q *request) error {
	if err := q.signedIn(); err != nil {
		return err
	}
	if _, err := p.Coproduction.Process(q.Context(), q.viewer, q.PathValue("name")); err != nil {
		return err
	}
	secret, err := p.Accounts.RenewCalendar(q.Context(), q.viewer)
	if err != nil {
		return err
	}
	q.URL.Path = strings.TrimSuffix(q.URL.Path, "/calendar") // what the page's links lead to
	page, err := p.planPage(q, secret)
	if err != nil {
		return err
	}
	return q.show(page)
}

func (p *Portal) endCalendar(q *request) error {
	if err := q.signedIn(); err != nil {
		return err
	}
	if err := p.Accounts.EndCalendar(q.Context(), q.viewer); err != nil {
		return err
	}
	return q.done("/processes/"+url.PathEscape(q.PathValue("name"))+"/plan", view.Say("notice.calendar_ended"))
}

// planCalendar is the feed of the tasks' dates (RFC 5545), for whoever may
// see them: who holds a secret address reads as the person it was made for.
func (p *Portal) planCalendar(q *request) error {
	if key := q.URL.Query().Get("key"); key != "" {
		v, a, err := p.Accounts.CalendarReader(q.Context(), key)
		if err != nil {
			return err
		}
		q.viewer, q.account = v, a
	}
	x, t, err := p.Coproduction.Tree(q.Context(), q.viewer, q.PathValue("name"))
	if err != nil {
		return err
	}
	if q.URL.Query().Get("lang") == "" && x.Language != domain.Undetermined && x.Language != "" {
		q.lang = x.Language // a calendar program does not say which language its owner reads
	}
	header := q.w.Header()
	header.Set("Content-Type", "text/calendar; charset=utf-8")
	header.Set("ETag", `"`+strconv.FormatInt(x.Revision, 10)+"-"+string(q.lang)+`"`)
	header.Set("Content-Disposition", `inline; filename="`+x.Name+`.ics"`)
	if q.Header.Get("If-None-Match") == header.Get("ETag") {
		q.w.WriteHeader(http.StatusNotModified)
		return nil
	}
	_, err = q.w.Write(p.calendarOfTasks(q, x, t).bytes())
	return err
}

func (p *Portal) calendarOfTasks(q *request, x *coproduction.Process, t *coproduction.Tree) calendar {
	c := calendar{Name: words(q, x.Title), Product: p.Version, Updated: x.UpdatedAt}
	for _, it := range t.Items() {
		var r reach // one of the dates may be missing
		if r.add(it.Starts, it.Ends); it.Kind != coproduction.Task || !t.Enabled(it.ID) || r.from.IsZero() {
			continue
		}
		c.Days = append(c.Days, calendarDay{
			UID: string(it.ID) + "@" + p.Namespace.Host(), Sequence: it.Revision, Summary: words(q, it.Name),
			Description: markup.Text(markup.Markdown(words(q, it.Description))), URL: x.ItemIRI(it.ID), Starts: r.from, Ends: r.to,
		})
	}
	return c
}
