package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/policy"
	"interlink/web/view"
)

func (p *Portal) trustRoutes() []route {
	return []route{
		{http.MethodGet, "/trust-list", p.publishedList},
		{http.MethodGet, "/admin/trust", p.trust},
		{http.MethodPost, "/admin/trust", p.sayTrust},
		{http.MethodPost, "/admin/trust/take-back", p.takeTrustBack},
		{http.MethodPost, "/admin/trust/rules", p.setAdmission},
		{http.MethodPost, "/admin/trust/list", p.publishList},
		{http.MethodGet, "/admin/trust/lists", p.listChanges},
		{http.MethodPost, "/admin/trust/lists", p.subscribeList},
		{http.MethodPost, "/admin/trust/lists/take", p.takeList},
		{http.MethodPost, "/admin/trust/lists/end", p.endList},
		{http.MethodGet, "/interlinkers/{slug}/warn", p.askWarning},
		{http.MethodPost, "/interlinkers/{slug}/warn", p.saveWarning},
		{http.MethodPost, "/interlinkers/{slug}/endorse", p.endorse},
		{http.MethodPost, "/interlinkers/{slug}/review", p.reviewOne},
	}
}

func (p *Portal) trust(q *request) error {
	if err := q.signedIn(); err != nil {
		return err
	}
	f := view.Form{}
	if q.URL.Query().Get("host") != "" {
		f = view.Form{Values: q.URL.Query()}
	}
	page, err := p.trustPage(q, "host", f)
	if err != nil {
		return err
	}
	return q.show(page)
}

func (p *Portal) trustPage(q *request, which string, f view.Form) (view.TrustPage, error) {
	page := view.TrustPage{
		Frame: q.frame(), Form: f, Which: which, MayRule: policy.Allow(q.viewer, policy.Edit, &catalogue.Entry{}) == nil,
	}
	said, err := p.Entries.OwnTrust(q.Context(), q.viewer)
	if err != nil {
		return page, err
	}
	for _, h := range said {
		page.Hosts = append(page.Hosts, view.TrustedHost{Host: h.Host, Level: string(h.Level), Reason: h.Reason, At: h.At})
	}
	rules, err := p.Entries.Admissions(q.Context(), q.viewer)
	if err != nil {
		return page, err
	}
	for _, r := range rules {
		page.Rules = append(page.Rules, admissionRule(r))
	}
	lists, err := p.Entries.TrustLists(q.Context(), q.viewer)
	if err != nil {
		return page, err
	}
	for _, l := range lists {
		row := listRow(l)
		if l.Own {
			row.Href = "/trust-list"
			page.Own = &row
		} else {
			page.Lists = append(page.Lists, row)
		}
	}
	return page, nil
}

func admissionRule(a catalogue.Admission) view.AdmissionRule {
	rule := view.AdmissionRule{Trust: string(a.Trust), Languages: strings.Join(texts(a.Languages), " ")}
	for _, action := range catalogue.Actions {
		rule.Actions = append(rule.Actions, view.Option{Value: string(action), Key: "admission." + string(action), Selected: action == a.Action})
	}
	for _, l := range licenceClasses {
		rule.Licences = append(rule.Licences, view.Option{Value: l, Key: "licence." + l, Selected: slices.Contains(a.Licences, l)})
	}
	return rule
}

func listRow(l *catalogue.ListSubscription) view.TrustListRow {
	row := view.TrustListRow{
		Href: string(l.IRI), Changes: "/admin/trust/lists?list=" + url.QueryEscape(string(l.IRI)), Priority: l.Priority, Verified: l.VerifiedAt, Problem: l.Problem,
	}
	if l.Offered != nil {
		row.Offered, row.Name = l.Offered.Version, l.Offered.Name
	}
	if l.Taken != nil {
		row.Version, row.Name, row.Retracted, row.Hosts = l.Taken.Version, l.Taken.Name, l.Taken.Retracted, len(l.Taken.Hosts)
	}
	return row
}

func (p *Portal) trustAgain(q *request, which string) func(view.Form) (view.Page, error) {
	return func(f view.Form) (view.Page, error) { return p.trustPage(q, which, f) }
}

func (p *Portal) sayTrust(q *request) error {
	host := q.typed.Get("host")
	err := p.Entries.SayTrust(q.Context(), q.viewer, host, catalogue.Trust(q.typed.Get("level")), strings.TrimSpace(q.typed.Get("reason")))
	if err == nil && q.typed.Get("level") == "" {
		err = domain.InvalidField("level", "trust.level", "")
	}
	if err != nil {
		return q.refused(err, p.trustAgain(q, "host"))
	}
	return q.done("/admin/trust", view.Say("notice.trust_said", host))
}

func (p *Portal) takeTrustBack(q *request) error {
	host := q.typed.Get("host")
	if err := p.Entries.SayTrust(q.Context(), q.viewer, host, "", ""); err != nil {
		return err
	}
	return q.done("/admin/trust", view.Say("notice.trust_said", host))
}

func (p *Portal) setAdmission(q *request) error {
	var langs []domain.Lang
	for _, l := range strings.Fields(q.typed.Get("languages")) {
		langs = append(langs, domain.Lang(l))
	}
	err := p.Entries.SetAdmission(q.Context(), q.viewer, catalogue.Admission{
		Trust: catalogue.Trust(q.typed.Get("trust")), Action: catalogue.Action(q.typed.Get("action")), Licences: q.typed["licences"], Languages: langs,
	})
	if err != nil {
		return q.refused(err, p.trustAgain(q, "rules-"+q.typed.Get("trust")))
	}
	return q.done("/admin/trust", view.Say("notice.admission_set"))
}

func (p *Portal) publishList(q *request) error {
	name := domain.Text{q.lang: strings.TrimSpace(q.typed.Get("name"))}
	_, err := p.Entries.PublishList(q.Context(), q.viewer, p.Namespace.IRI("catalogue"), name, q.typed.Get("retract") != "")
	if err != nil {
		return q.refused(err, p.trustAgain(q, "own"))
	}
	return q.done("/trust-list", view.Say("notice.list_published"))
}

func (p *Portal) subscribeList(q *request) error {
	priority, _ := strconv.Atoi(q.typed.Get("priority"))
	if err := p.Entries.SubscribeList(q.Context(), q.viewer, domain.IRI(strings.TrimSpace(q.typed.Get("list"))), priority); err != nil {
		return q.refused(err, p.trustAgain(q, "list"))
	}
	return q.done("/admin/trust", view.Say("notice.list_subscribed"))
}

func (p *Portal) endList(q *request) error {
	if err := p.Entries.UnsubscribeList(q.Context(), q.viewer, domain.IRI(q.typed.Get("list"))); err != nil {
		return err
	}
	return q.done("/admin/trust", view.Say("notice.list_ended"))
}

func (p *Portal) listChanges(q *request) error {
	if err := q.signedIn(); err != nil {
		return err
	}
	l, changes, err := p.Entries.ListChanges(q.Context(), q.viewer, domain.IRI(q.URL.Query().Get("list")), q.cursor())
	if err != nil {
		return err
	}
	page := view.ListChangesPage{
		Frame: q.frame(), List: listRow(l), May: policy.Allow(q.viewer, policy.Edit, &catalogue.Entry{}) == nil,
		Pager: q.pager(changes.Next, changes.Total, len(changes.Items)),
	}
	for _, c := range changes.Items {
		page.Items = append(page.Items, view.ListChange{
			Host: c.Host, Entry: string(c.Entry), Before: string(c.Before), After: string(c.After), Counts: string(c.Counts), Reason: c.Reason,
		})
	}
	return q.show(page)
}

func (p *Portal) takeList(q *request) error {
	version, _ := strconv.Atoi(q.typed.Get("version"))
	if err := p.Entries.TakeList(q.Context(), q.viewer, domain.IRI(q.typed.Get("list")), version); err != nil {
		return err
	}
	return q.done("/admin/trust", view.Say("notice.list_taken"))
}

// publishedList shows the trust list of this node to people.
func (p *Portal) publishedList(q *request) error {
	l, _, err := p.Entries.PublishedList(q.Context())
	if err != nil {
		return err
	}
	page := view.TrustListPage{Frame: q.about(l.IRI), Name: l.Name, Version: l.Version, Updated: l.Updated, Retracted: l.Retracted}
	for _, h := range l.Hosts {
		page.Hosts = append(page.Hosts, view.TrustedHost{Host: h.Host, Level: string(h.Level), Reason: h.Reason})
	}
	for _, w := range l.Entries {
		page.Entries = append(page.Entries, view.Link{Href: string(w.Entry), Text: view.Plain(domain.Undetermined, w.Reason)})
	}
	return q.show(page)
}

// provenance tells why an entry of another node is shown; nil for one of this
// node.
func (p *Portal) provenance(q *request, e *catalogue.Entry) (*view.Provenance, error) {
	if e.Local() {
		return nil, nil
	}
	said, sub, err := p.Entries.Provenance(q.Context(), e)
	if err != nil {
		return nil, err
	}
	out := &view.Provenance{
		Trust: string(e.Trust), Why: string(e.Why), Standing: string(e.Standing), Verified: e.Verified, List: string(said.List), MayReview: p.curates(q),
	}
	if sub != nil {
		if sub.VerifiedAt.After(out.Verified) {
			out.Verified = sub.VerifiedAt
		}
		if sub.Away(p.Now()) {
			out.Away = sub.FailingSince
		}
	}
	out.Endorsed, err = p.Entries.Endorsed(q.Context(), e.ID)
	return out, err
}

// curates reports whether the reader reviews what comes from other nodes.
func (p *Portal) curates(q *request) bool {
	return policy.Allow(q.viewer, policy.Moderate, &catalogue.Entry{}) == nil
}

// warningOf is what is wrong with an entry, as its owner or this node says.
func warningOf(e *catalogue.Entry) domain.Text {
	if !e.Alert.Empty() {
		return e.Alert
	}
	if e.Warning != "" {
		return view.Plain(domain.Undetermined, e.Warning)
	}
	return nil
}

func (p *Portal) askWarning(q *request) error {
	e, err := p.entry(q, catalogue.KindInterlinker)
	if err != nil {
		return err
	}
	if err := policy.Allow(q.viewer, policy.Moderate, &catalogue.Entry{}); err != nil {
		return err
	}
	return q.show(p.warningPage(q, e, view.Form{}))
}

func (p *Portal) warningPage(q *request, e *catalogue.Entry, f view.Form) view.FormPage {
	now := e.Warning
	if e.Local() {
		now, _ = e.Alert.In(q.lang)
	}
	return view.FormPage{
		Frame: q.frame(), Crumbs: []view.Link{{Href: e.Address(), Text: e.Name}}, Title: view.Say("page.warn.title", words(q, e.Name)),
		Lead: view.Say("page.warn.lead"), Action: e.Address() + "/warn", Form: f, Submit: view.Say("ui.save"), Cancel: e.Address(),
		Fields: []view.Field{
			{Name: "revision", Control: view.Hidden, Value: revisionOf(e.Revision)},
			{Name: "warning", Control: view.TextArea, Label: view.Say("page.warn.warning"), Hint: view.Say("page.warn.hint"), Value: now, Optional: true, Max: 1000},
		},
	}
}

func (p *Portal) saveWarning(q *request) error {
	e, err := p.entry(q, catalogue.KindInterlinker)
	if err != nil {
		return err
	}
	if _, err := p.Entries.Warn(q.Context(), q.viewer, e.ID, q.revision(), q.lang, q.typed.Get("warning")); err != nil {
		return q.refused(err, func(f view.Form) (view.Page, error) { return p.warningPage(q, e, f), nil })
	}
	return q.done(e.Address(), view.Say("notice.warned"))
}

func (p *Portal) endorse(q *request) error {
	e, err := p.entry(q, catalogue.KindInterlinker)
	if err != nil {
		return err
	}
	on := q.typed.Get("endorse") != ""
	if err := p.Entries.Endorse(q.Context(), q.viewer, e.ID, on); err != nil {
		return err
	}
	if on {
		return q.done(e.Address(), view.Say("notice.endorsed"))
	}
	return q.done(e.Address(), view.Say("notice.endorsement_ended"))
}

func (p *Portal) reviewOne(q *request) error {
	e, err := p.entry(q, catalogue.KindInterlinker)
	if err != nil {
		return err
	}
	n, err := p.Entries.Review(q.Context(), q.viewer, []domain.ID{e.ID}, catalogue.Decision(q.typed.Get("decision")))
	if err != nil {
		return err
	}
	return q.done(e.Address(), view.Say("notice.reviewed", n))
}
