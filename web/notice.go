package web

import (
	"encoding/json"
	"net/http"
	"net/netip"

	"interlink/domain"
	"interlink/domain/moderation"
	"interlink/web/view"
)

func (p *Portal) noticeRoutes() []route {
	return []route{
		{http.MethodPost, "/notices", p.giveNotice},
		{http.MethodGet, "/notices/{secret}", p.noticeStatus},
		{http.MethodPost, "/notices/{secret}/complain", p.complain(moderation.Notifier)},
		{http.MethodGet, "/statements", p.statements},
		{http.MethodGet, "/statements/{secret}", p.statement},
		{http.MethodPost, "/statements/{secret}/complain", p.complain(moderation.Affected)},
		{http.MethodGet, "/transparency", p.transparency},
		{http.MethodGet, "/transparency.json", p.transparencyFile},
		{http.MethodGet, "/admin/notices", p.notices},
		{http.MethodGet, "/admin/notices/{id}", p.notice},
		{http.MethodPost, "/admin/notices/{id}", p.decideNotice},
		{http.MethodPost, "/admin/notices/{id}/complaints/{complaint}", p.decideComplaint},
	}
}

// noticePage is the form for anybody; about is the address that it is about.
func (p *Portal) noticePage(q *request, about string, f view.Form) view.NoticePage {
	page := view.NoticePage{Frame: q.frame(), Form: f, About: about, Contact: p.Contact}
	for _, c := range moderation.Categories {
		page.Categories = append(page.Categories, view.Option{Value: string(c), Key: "notice_category." + string(c)})
	}
	if q.account != nil {
		page.Name, page.Email = q.account.DisplayName, q.account.Email
		page.Forward = p.reviewersHost(q, domain.IRI(about))
	}
	return page
}

// reviewersHost is the server of who wrote the review at an address; "" for
// this one, and if there is none.
func (p *Portal) reviewersHost(q *request, about domain.IRI) string {
	if about == "" {
		return ""
	}
	author, err := p.Moderation.Reviewer(q.Context(), about)
	if err != nil || author == domain.Nobody {
		return ""
	}
	a, err := p.Network.Actor(q.Context(), q.viewer, author)
	if err != nil {
		return "" // who reports it can do so without
	}
	return a.Host
}

// aboutAsked is the address that a link to the form names.
func (p *Portal) aboutAsked(q *request) string {
	values := q.URL.Query()
	switch {
	case values.Get("about") != "":
		return values.Get("about")
	case values.Get("actor") != "":
		return values.Get("actor")
	case values.Get("post") != "":
		if x, err := p.Communities.PostByID(q.Context(), q.viewer, domain.ID(values.Get("post"))); err == nil {
			return string(x.IRI)
		}
	}
	return ""
}

// networkOf is what is counted of where somebody comes from: an address, or
// the half of an IPv6 address that a network is given.
func networkOf(from string) string {
	addr, err := netip.ParseAddr(from)
	if err != nil || addr.Is4() || addr.Is4In6() {
		return from
	}
	network, err := addr.Prefix(64)
	if err != nil {
		return from
	}
	return network.String()
}

func (p *Portal) giveNotice(q *request) error {
	if q.typed.Get("website") != "" { // a program: it is told what it wants to hear
		return q.redirect("/report")
	}
	_, link, err := p.Moderation.Give(q.Context(), q.viewer, q.lang, networkOf(p.from(q.Request)), moderation.Given{
		About: q.typed.Get("about"), Category: moderation.Category(q.typed.Get("category")), Reason: q.typed.Get("reason"),
		Name: q.typed.Get("name"), Email: q.typed.Get("email"), Faith: q.typed.Get("faith") != "", Forward: q.typed.Get("forward") != "",
	})
	if err != nil {
		return q.refused(err, func(f view.Form) (view.Page, error) { return p.noticePage(q, q.typed.Get("about"), f), nil })
	}
	return q.redirect(p.path(domain.IRI(link)))
}

// secretly keeps the address of a page, which is the secret, to the reader.
func (q *request) secretly() {
	q.w.Header().Set("Referrer-Policy", "no-referrer")
	q.w.Header().Set("Cache-Control", "private, no-store")
}

func (p *Portal) noticeStatus(q *request) error {
	return p.showNotice(q, moderation.Notifier, view.Form{})
}
func (p *Portal) statement(q *request) error {
	return p.showNotice(q, moderation.Affected, view.Form{})
}

func (p *Portal) showNotice(q *request, side moderation.Side, f view.Form) error {
	page, err := p.noticeOf(q, side, f)
	if err != nil {
		return err
	}
	q.secretly()
	return q.show(page)
}

func (p *Portal) noticeOf(q *request, side moderation.Side, f view.Form) (view.NoticeStatusPage, error) {
	read, at := p.Moderation.Status, "/notices/"
	if side == moderation.Affected {
		read, at = p.Moderation.StatementOf, "/statements/"
	}
	n, complaints, err := read(q.Context(), q.PathValue("secret"))
	if err != nil {
		return view.NoticeStatusPage{}, err
	}
	at += q.PathValue("secret")
	page := view.NoticeStatusPage{
		Frame: q.frame(), Form: f, Statement: side == moderation.Affected, Number: n.Number, About: string(n.About), Category: string(n.Category), At: n.CreatedAt,
		Address: p.Namespace.Base() + at, Decision: decisionOf(n), Contact: p.Contact,
	}
	if side == moderation.Notifier {
		page.Reason = n.Reason
	}
	if p.Moderation.May(n, complaints, side) {
		page.Complain, page.Until = at+"/complain", n.Decision.At.Add(moderation.ComplaintFor)
	}
	for _, c := range complaints {
		if c.Side == side {
			page.Complaints = append(page.Complaints, complaintOf(c))
		}
	}
	return page, nil
}

func decisionOf(n *moderation.Notice) *view.NoticeDecision {
	if n.State != moderation.Decided {
		return nil
	}
	d := n.Decision
	return &view.NoticeDecision{Outcome: string(d.Outcome), Facts: d.Facts, Ground: string(d.Ground), Provision: d.Provision, Automated: d.Automated, At: d.At}
}

func complaintOf(c moderation.Complaint) view.NoticeComplaint {
	return view.NoticeComplaint{Side: string(c.Side), Text: c.Text, At: c.At, Open: c.Open(), Upheld: c.Upheld, Answer: c.Answer}
}

func (p *Portal) complain(side moderation.Side) handler {
	return func(q *request) error {
		if err := p.Moderation.Complain(q.Context(), side, q.PathValue("secret"), q.typed.Get("text")); err != nil {
			q.secretly()
			return q.refused(err, func(f view.Form) (view.Page, error) { return p.noticeOf(q, side, f) })
		}
		to := "/notices/"
		if side == moderation.Affected {
			to = "/statements/"
		}
		return q.done(to+q.PathValue("secret"), view.Say("notice.complained"))
	}
}

// notices lists what is to be decided, or was.
func (p *Portal) notices(q *request) error {
	if err := q.operator(); err != nil {
		return err
	}
	which := q.URL.Query().Get("state")
	state := moderation.Received
	if which == string(moderation.Decided) {
		state = moderation.Decided
	}
	list, err := p.Moderation.Notices(q.Context(), q.viewer, state, which == "complaints", q.cursor())
	if err != nil {
		return err
	}
	page := view.NoticesPage{Frame: q.frame(), Pager: q.pager(list.Next, list.Total, len(list.Items)), Tabs: []view.Tab{
		{Href: "/admin/notices", Key: "moderation.tab_received", N: -1, Shown: which == ""},
		{Href: "/admin/notices?state=complaints", Key: "moderation.complaints", N: -1, Shown: which == "complaints"},
		{Href: "/admin/notices?state=decided", Key: "moderation.tab_decided", N: -1, Shown: which == "decided"},
	}}
	for _, n := range list.Items {
		page.Items = append(page.Items, view.NoticeRow{
			Href: "/admin/notices/" + string(n.ID), Number: n.Number, Category: string(n.Category), About: string(n.About), At: n.CreatedAt, Outcome: string(n.Decision.Outcome),
		})
	}
	return q.show(page)
}

func (p *Portal) notice(q *request) error {
	if err := q.operator(); err != nil {
		return err
	}
	page, err := p.noticeAdmin(q, "", view.Form{})
	if err != nil {
		return err
	}
	return q.show(page)
}

func (p *Portal) noticeAdmin(q *request, which string, f view.Form) (view.NoticeAdminPage, error) {
	n, complaints, err := p.Moderation.Notice(q.Context(), q.viewer, domain.ID(q.PathValue("id")))
	if err != nil {
		return view.NoticeAdminPage{}, err
	}
	at := "/admin/notices/" + string(n.ID)
	page := view.NoticeAdminPage{
		Frame: q.frame(), Form: f, Which: which, Number: n.Number, About: string(n.About), Target: p.actorRef(q, n.Target), Category: string(n.Category),
		Reason: n.Reason, Name: n.Name, Email: n.Email, At: n.CreatedAt, Decision: decisionOf(n),
	}
	if n.Post != "" {
		if x, err := p.Communities.PostByID(q.Context(), q.viewer, n.Post); err == nil {
			post := p.post(q, x)
			page.Post = &post
		}
	}
	if page.Decision != nil {
		page.Decision.By = p.actorRef(q, n.Decision.By)
	} else {
		page.Decide = at
		for _, o := range moderation.Outcomes {
			page.Outcomes = append(page.Outcomes, view.Option{Value: string(o), Key: "notice_outcome." + string(o)})
		}
		for _, g := range []moderation.Ground{moderation.Law, moderation.Terms} {
			page.Grounds = append(page.Grounds, view.Option{Value: string(g), Key: "notice_ground." + string(g)})
		}
	}
	barred, err := p.Moderation.Barred(q.Context(), q.viewer, n)
	for _, c := range complaints {
		out := complaintOf(c)
		if c.Open() {
			if out.Barred = barred; !barred {
				out.Decide = at + "/complaints/" + string(c.ID)
			}
		}
		page.Complaints = append(page.Complaints, out)
	}
	return page, err
}

// decideNotice stores the decision, and removes the post with it if that is
// wanted.
func (p *Portal) decideNotice(q *request) error {
	if err := q.operator(); err != nil {
		return err
	}
	d := moderation.Decision{
		Outcome: moderation.Outcome(q.typed.Get("outcome")), Facts: q.typed.Get("facts"), Ground: moderation.Ground(q.typed.Get("ground")),
		Provision: q.typed.Get("provision"), Automated: q.typed.Get("automated") != "",
	}
	_, err := p.Moderation.Decide(q.Context(), q.viewer, domain.ID(q.PathValue("id")), d, q.typed.Get("remove") != "")
	if err != nil {
		return q.refused(err, func(f view.Form) (view.Page, error) { return p.noticeAdmin(q, "decide", f) })
	}
	return q.done("/admin/notices", view.Say("notice.decision_sent"))
}

func (p *Portal) decideComplaint(q *request) error {
	if err := q.operator(); err != nil {
		return err
	}
	id := domain.ID(q.PathValue("complaint"))
	err := p.Moderation.DecideComplaint(q.Context(), q.viewer, domain.ID(q.PathValue("id")), id, q.typed.Get("upheld") != "", q.typed.Get("answer"))
	if err != nil {
		return q.refused(err, func(f view.Form) (view.Page, error) { return p.noticeAdmin(q, p.sideOf(q, id), f) })
	}
	return q.done("/admin/notices?state=complaints", view.Say("notice.decision_sent"))
}

// sideOf is the side of a complaint, by which its form is known.
func (p *Portal) sideOf(q *request, complaint domain.ID) string {
	_, complaints, err := p.Moderation.Notice(q.Context(), q.viewer, domain.ID(q.PathValue("id")))
	if err != nil {
		return ""
	}
	for _, c := range complaints {
		if c.ID == complaint {
			return string(c.Side)
		}
	}
	return ""
}

// statements lists the reasons of restrictions for everybody.
func (p *Portal) statements(q *request) error {
	list, err := p.Moderation.Statements(q.Context(), q.cursor())
	if err != nil {
		return err
	}
	page := view.StatementsPage{Frame: q.frame(), Pager: q.pager(list.Next, list.Total, len(list.Items))}
	for _, s := range list.Items {
		page.Items = append(page.Items, view.StatementRow{
			Category: string(s.Category), Outcome: string(s.Outcome), Ground: string(s.Ground), Provision: s.Provision, Automated: s.Automated,
			At: s.At, Reversed: s.Reversed,
		})
	}
	return q.show(page)
}

func (p *Portal) transparency(q *request) error {
	years, err := p.Moderation.Years(q.Context())
	if err != nil {
		return err
	}
	page := view.TransparencyPage{Frame: q.frame()}
	for _, y := range years {
		out := view.TransparencyYear{
			Year: y.Year, Law: y.Law, Terms: y.Terms, Automated: y.Automated, Open: y.Open, Median: y.MedianHour, Complaints: y.Complaints, Complained: y.Upheld,
		}
		for _, c := range moderation.Categories {
			if n := y.Received[c]; n > 0 {
				out.Received += n
				out.Categories = append(out.Categories, view.Count{Key: "notice_category." + string(c), N: n})
			}
		}
		for _, o := range moderation.Outcomes {
			if n := y.Decided[o]; n > 0 {
				out.Outcomes = append(out.Outcomes, view.Count{Key: "notice_outcome." + string(o), N: n})
			}
		}
		page.Years = append(page.Years, out)
	}
	return q.show(page)
}

// transparencyFile is the same for programs.
func (p *Portal) transparencyFile(q *request) error {
	years, err := p.Moderation.Years(q.Context())
	if err != nil {
		return err
	}
	q.w.Header().Set("Content-Type", "application/json; charset=utf-8")
	return json.NewEncoder(q.w).Encode(map[string]any{"node": p.Namespace.Base(), "years": append([]moderation.Year{}, years...)})
}
