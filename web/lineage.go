package web

import (
	"bytes"
	"net/http"
	"net/url"
	"slices"
	"time"

	"interlink/domain"
	"interlink/domain/lineage"
	"interlink/domain/policy"
	"interlink/web/view"
)

func (p *Portal) lineageRoutes() []route {
	return []route{
		{http.MethodGet, "/processes/{name}/lineage", p.lineage},
		{http.MethodPost, "/processes/{name}/lineage", p.renewLineage},
		{http.MethodPost, "/processes/{name}/stamp", p.checkStamp},
		{http.MethodPost, "/processes/{name}/offer", p.offerAgain},
		{http.MethodGet, "/processes/{name}/lineage.svg", p.lineagePicture},
		{http.MethodGet, "/processes/{name}/lineage." + turtle, func(q *request) error { return p.lineageData(q, turtle) }},
		{http.MethodGet, "/processes/{name}/lineage." + jsonLD, func(q *request) error { return p.lineageData(q, jsonLD) }},
		{http.MethodGet, "/processes/{name}/lineage.csv", func(q *request) error { return p.lineageData(q, "csv") }},
	}
}

func (p *Portal) lineage(q *request) error {
	x, _, head, err := p.headed(q, "clones")
	if err != nil {
		return err
	}
	l, err := p.Families.Lineage(q.Context(), q.viewer, x.Name, q.cursor())
	if err != nil {
		return err
	}
	page := view.LineagePage{
		Frame: q.frame(), ProcessHead: head, Pager: q.pager(l.List.Next, l.List.Total, len(l.List.Items)),
	}
	if x.Visibility == domain.VisiblePublic {
		page.Data = head.Href + "/lineage"
		if head.MayEdit {
			page.Renew = page.Data
		}
	}
	if w := l.Walk; w != nil {
		page.Read, page.Running, page.Cut = w.Ended, w.State == lineage.WalkRuns, w.Cut
	}
	shown, err := p.relatives(q, slices.Concat(l.List.Items, l.Nearest))
	if err != nil {
		return err
	}
	for i := range l.List.Items {
		page.Rows = append(page.Rows, shown.row(&l.List.Items[i]))
	}
	page.Picture = shown.picture(l)
	return q.show(page)
}

// relatives knows what rows of a lineage need of each other, and of this node.
type relatives struct {
	p      *Portal
	lang   domain.Lang
	trust  map[string]string
	places map[int]*lineage.Placed
}

// relatives reads what is needed for some processes, at once for all.
func (p *Portal) relatives(q *request, some []lineage.Placed) (*relatives, error) {
	r := &relatives{p: p, lang: q.lang, trust: map[string]string{}, places: map[int]*lineage.Placed{}}
	var hosts []string
	for i := range some {
		r.places[some[i].Place] = &some[i]
		hosts = append(hosts, some[i].IRI.Host())
	}
	slices.Sort(hosts)
	levels, err := p.Entries.Levels(q.Context(), slices.Compact(hosts))
	for host, level := range levels {
		r.trust[host] = string(level)
	}
	return r, err
}

func (r *relatives) row(k *lineage.Placed) view.LineageRow {
	row := view.LineageRow{
		Title: k.Title, Href: string(k.IRI), Self: k.Self, Depth: k.Depth, Host: k.IRI.Host(), Trust: r.trust[k.IRI.Host()],
		State: string(k.State), Seen: k.Seen, Digest: k.Digest, Clones: k.Children, Circle: k.Circle,
	}
	if r.p.Namespace.Owns(k.IRI) {
		row.Href = r.p.path(k.IRI)
	}
	if known := k.Known; known != nil {
		row.Status, row.Story = string(known.Status), string(known.Story)
		row.Active, _ = time.Parse(time.DateOnly, known.Active) // checked when it came
		if known.Country != "" {
			row.Country = country(r.lang, known.Country)
		}
		if len(known.Releases) > 0 {
			row.Release = known.Releases[0].Version
		}
	}
	if k.Parent < 0 {
		return row
	}
	row.Source = r.source(k)
	row.Standing = standing(k.Standing)
	if s := k.Confirmed(); s != nil {
		row.Stamp = &view.Stamp{By: s.Owner.Host(), Href: string(s.IRI), At: s.At, Checked: s.Checked}
	}
	return row
}

// source is what the source of a process is called.
func (r *relatives) source(k *lineage.Placed) domain.Text {
	if above := r.places[k.Parent]; above != nil && above.Title != nil {
		return above.Title
	}
	if k.Known != nil && k.Known.From != nil {
		if k.Known.From.Title != "" {
			return view.Plain(domain.Undetermined, k.Known.From.Title)
		}
		return view.Plain(domain.Undetermined, k.Known.From.Source.Host())
	}
	return view.Plain(domain.Undetermined, k.Via.Host())
}

// standing says how a clone stands to its source.
func standing(s lineage.Standing) []view.Sentence {
	var out []view.Sentence
	switch {
	case !s.Known:
		return nil
	case s.Behind > 0:
		out = append(out, view.Say("lineage.behind", s.Behind))
	case s.Same:
		out = append(out, view.Say("lineage.same"))
	default:
		out = append(out, view.Say("lineage.moved"))
	}
	if s.Ahead > 0 {
		out = append(out, view.Say("lineage.ahead", s.Ahead))
	}
	return out
}

// picture draws the nearest.
func (r *relatives) picture(l *lineage.Lineage) view.Lineage {
	rows, parents := make([]view.LineageRow, len(l.Nearest)), make([]int, len(l.Nearest))
	for i := range l.Nearest {
		rows[i] = r.row(&l.Nearest[i])
		parents[i] = slices.IndexFunc(l.Nearest, func(k lineage.Placed) bool { return k.Place == l.Nearest[i].Parent })
	}
	return view.NewLineage(rows, parents, r.lang, l.List.Total-len(l.Nearest))
}

func (p *Portal) lineagePicture(q *request) error {
	l, err := p.Families.Lineage(q.Context(), policy.Viewer{}, q.PathValue("name"), domain.Page{Limit: 1}) // for everybody: it is kept
	if err != nil {
		return err
	}
	shown, err := p.relatives(q, l.Nearest)
	if err != nil {
		return err
	}
	body, err := p.renderer.Picture(q.frame(), shown.picture(l))
	if err != nil {
		return err
	}
	return q.public("image/svg+xml", body)
}

// lineageData answers with all that is known of where a public process comes
// from and what came of it, for programs.
func (p *Portal) lineageData(q *request, form string) error {
	family, taken, err := p.Families.Whole(q.Context(), q.PathValue("name"))
	if err != nil {
		return err
	}
	if form != "csv" {
		return q.graph(family.Provenance(taken), form)
	}
	var b bytes.Buffer
	if err := family.CSV(&b, taken); err != nil {
		return err
	}
	q.w.Header().Set("Content-Disposition", `attachment; filename="lineage.csv"`)
	return q.public("text/csv; charset=utf-8", b.Bytes())
}

func (p *Portal) renewLineage(q *request) error {
	name := q.PathValue("name")
	err, said := p.Families.Renew(q.Context(), q.viewer, name), "notice.lineage_renewed"
	if domain.CodeOf(err) == domain.TooMany { // what is there is fresh
		err, said = nil, "notice.lineage_fresh"
	}
	if err != nil {
		return err
	}
	return q.done("/processes/"+url.PathEscape(name)+"/lineage", view.Say(said))
}

func (p *Portal) checkStamp(q *request) error {
	name := q.PathValue("name")
	if err := p.Lineage.CheckStamp(q.Context(), q.viewer, name); err != nil {
		return err
	}
	return q.done("/processes/"+url.PathEscape(name)+"/clones", view.Say("notice.stamp_checked"))
}

func (p *Portal) offerAgain(q *request) error {
	name := q.PathValue("name")
	if err := p.Lineage.OfferAgain(q.Context(), q.viewer, name); err != nil {
		return err
	}
	return q.done("/processes/"+url.PathEscape(name)+"/clones", view.Say("notice.clone_offered"))
}
