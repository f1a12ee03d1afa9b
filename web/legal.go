package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"interlink/domain"
	"interlink/domain/legal"
	"interlink/domain/retention"
	"interlink/web/locale"
	"interlink/web/view"
)

func (p *Portal) legalRoutes() []route {
	return []route{
		{http.MethodGet, "/legal", p.legalIndex},
		{http.MethodGet, "/legal/retention", p.retention},
		{http.MethodGet, "/legal/{kind}", p.legalPage},
		{http.MethodGet, "/legal/{kind}/versions", p.legalVersions},
		{http.MethodGet, "/legal/{kind}/versions/{number}", p.legalVersion},
		{http.MethodGet, "/terms", p.terms},
		{http.MethodPost, "/terms", p.acceptTerms},
		{http.MethodGet, "/admin/legal", p.legalAdmin},
		{http.MethodGet, "/admin/legal/{kind}", p.legalEdit},
		{http.MethodPost, "/admin/legal/{kind}", p.writeLegal},
	}
}

// legalIndex lists what is published.
func (p *Portal) legalIndex(q *request) error {
	versions, err := p.Legal.Published(q.Context())
	if err != nil {
		return err
	}
	page := view.LegalIndexPage{Frame: q.frame(), Contact: p.Contact}
	for _, kind := range legal.Kinds {
		item := view.LegalItem{Kind: string(kind), Href: "/legal/" + string(kind)}
		for _, v := range versions {
			if v.Kind == kind {
				item.Number, item.At = v.Number, v.At
			}
		}
		page.Items = append(page.Items, item)
	}
	return q.show(page)
}

// legalPage shows the version in force, or says that there is none yet.
func (p *Portal) legalPage(q *request) error {
	kind := legal.Kind(q.PathValue("kind"))
	v, err := p.Legal.Latest(q.Context(), kind)
	if domain.CodeOf(err) == domain.NotFound && kind.Known() {
		return q.show(view.LegalPage{Frame: q.frame(), Kind: string(kind), Contact: p.Contact})
	}
	if err != nil {
		return err
	}
	return q.show(p.legalOf(q, v, v.Number))
}

func (p *Portal) legalOf(q *request, v *legal.Version, latest int) view.LegalPage {
	return view.LegalPage{
		Frame: q.frame(), Kind: string(v.Kind), Number: v.Number, Latest: latest, At: v.At, Text: rich(q, v.Text), Changes: v.Changes,
		Langs: v.Text.Langs(), Contact: p.Contact,
	}
}

// legalVersion shows an earlier version, for ever.
func (p *Portal) legalVersion(q *request) error {
	number, err := strconv.Atoi(q.PathValue("number"))
	if err != nil {
		return domain.Fail(domain.NotFound, "error.not_found").Because(err)
	}
	kind := legal.Kind(q.PathValue("kind"))
	v, err := p.Legal.Version(q.Context(), kind, number)
	if err != nil {
		return err
	}
	latest, err := p.Legal.Latest(q.Context(), kind)
	if err != nil {
		return err
	}
	return q.show(p.legalOf(q, v, latest.Number))
}

func (p *Portal) legalVersions(q *request) error {
	kind := legal.Kind(q.PathValue("kind"))
	list, err := p.Legal.Versions(q.Context(), kind, q.cursor())
	if err != nil {
		return err
	}
	page := view.LegalVersionsPage{Frame: q.frame(), Kind: string(kind), Pager: q.pager(list.Next, list.Total, len(list.Items))}
	page.Items = legalVersionsOf(list.Items)
	return q.show(page)
}

func legalVersionsOf(versions []*legal.Version) []view.LegalVersion {
	var out []view.LegalVersion
	for _, v := range versions {
		out = append(out, view.LegalVersion{
			Href: "/legal/" + string(v.Kind) + "/versions/" + strconv.Itoa(v.Number), Number: v.Number, At: v.At, Changes: v.Changes, Demands: v.Demands,
		})
	}
	return out
}

// freeOfTerms are the beginnings of paths that people read who have still to
// accept the terms: the law's pages, what lets them go or take their data
// along, and what is no page.
var freeOfTerms = []string{"/terms", "/legal", "/me/data", "/me/leave", "/deletions/", "/report", "/notices/", "/statements", "/notifications/stream", "/live", "/transparency"}

// owesTerms reports whether the reader is led to the terms before they go on.
// What they send goes through: it was typed before.
func (q *request) owesTerms() bool {
	if q.account == nil || !q.account.OwesTerms || q.Method == http.MethodPost {
		return false
	}
	for _, path := range freeOfTerms {
		if strings.HasPrefix(q.URL.Path, path) {
			return false
		}
	}
	return true
}

// toTerms leads to the terms, and back from there.
func (q *request) toTerms() error {
	return q.redirect("/terms?return=" + url.QueryEscape(q.URL.RequestURI()))
}

// terms shows a person what they accepted, or are to accept.
func (p *Portal) terms(q *request) error {
	page, err := p.termsPage(q, q.URL.Query().Get("return"), view.Form{})
	if err != nil {
		return err
	}
	return q.show(page)
}

func (p *Portal) termsPage(q *request, back string, f view.Form) (view.TermsPage, error) {
	if err := q.signedIn(); err != nil {
		return view.TermsPage{}, err
	}
	d, err := p.Legal.Demand(q.Context(), q.viewer)
	if err != nil {
		return view.TermsPage{}, err
	}
	page := view.TermsPage{Frame: q.frame(), Form: f, Return: local(back, "/"), Owed: d.Owed, Accepted: d.Accepted.Version, AcceptedAt: d.Accepted.At}
	if d.Terms != nil {
		page.Number, page.At, page.Text = d.Terms.Number, d.Terms.At, rich(q, d.Terms.Text)
		page.News = legalVersionsOf(d.News)
	}
	return page, nil
}

func (p *Portal) acceptTerms(q *request) error {
	if err := q.signedIn(); err != nil {
		return err
	}
	number, err := strconv.Atoi(q.typed.Get("version"))
	if err != nil {
		number = 0
	}
	if q.typed.Get("terms") == "" {
		err = domain.InvalidField("terms", "legal.accept_missing")
	} else {
		_, err = p.Legal.Accept(q.Context(), q.viewer, number)
	}
	if err != nil {
		return q.refused(err, func(f view.Form) (view.Page, error) {
			f.Values.Del("version") // those in force are shown now
			return p.termsPage(q, q.typed.Get("return"), f)
		})
	}
	return q.done(local(q.typed.Get("return"), "/"), view.Say("notice.terms_accepted"))
}

// acceptedTerms reads which terms somebody accepts who signs up; 0 where there
// are none.
func (p *Portal) acceptedTerms(q *request, problems *domain.Problems) (int, error) {
	v, err := p.Legal.Latest(q.Context(), legal.Terms)
	if domain.CodeOf(err) == domain.NotFound {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	switch {
	case q.typed.Get("terms") == "":
		problems.Add("terms", "legal.accept_missing")
	case q.typed.Get("version") != strconv.Itoa(v.Number):
		q.typed.Del("terms")
		problems.Add("terms", "legal.newer")
	}
	return v.Number, nil
}

// legalAdmin lists the pages for those who write them.
func (p *Portal) legalAdmin(q *request) error {
	pages, err := p.Legal.Pages(q.Context(), q.viewer)
	if err != nil {
		return err
	}
	page := view.LegalAdminPage{Frame: q.frame()}
	for _, x := range pages {
		item := view.LegalItem{Kind: string(x.Kind), Href: "/admin/legal/" + string(x.Kind), Draft: x.Draft != nil}
		if x.Latest != nil {
			item.Number, item.At, item.Langs = x.Latest.Number, x.Latest.At, x.Latest.Text.Langs()
		}
		page.Items = append(page.Items, item)
	}
	return q.show(page)
}

func (p *Portal) legalEdit(q *request) error {
	page, err := p.legalEditPage(q, view.Form{})
	if err != nil {
		return err
	}
	return q.show(page)
}

// legalEditPage is the form: with what was saved, else with what is in force,
// else with the headings that such a page has.
func (p *Portal) legalEditPage(q *request, f view.Form) (view.LegalEditPage, error) {
	x, err := p.Legal.Page(q.Context(), q.viewer, legal.Kind(q.PathValue("kind")))
	if err != nil {
		return view.LegalEditPage{}, err
	}
	page := view.LegalEditPage{
		Frame: q.frame(), Form: f, Kind: string(x.Kind), Action: "/admin/legal/" + string(x.Kind), Revision: revisionOf(x.Revision),
		Terms: x.Kind == legal.Terms, Drafted: x.Draft != nil, MaxText: legal.MaxText, MaxChanges: legal.MaxChanges,
	}
	var words legal.Words
	switch {
	case x.Draft != nil:
		words = *x.Draft
	case x.Latest != nil:
		words.Text = x.Latest.Text
	default:
		words.Text = domain.Text{q.lang: p.legalDraft(x.Kind, q.lang)}
	}
	if x.Latest != nil {
		page.Number, page.At = x.Latest.Number, x.Latest.At
	}
	page.Demands = words.Demands || x.Draft == nil && page.Terms
	for _, lang := range p.catalog.Langs() {
		in := view.LegalLang{Lang: lang, Name: locale.NameOf(lang), Text: words.Text[lang], Changes: words.Changes[lang]}
		if x.Draft != nil && in.Text != "" {
			in.Preview = rich(q, domain.Text{lang: in.Text})
		}
		in.Open = lang == q.lang || f.Touched("text_"+string(lang), "changes_"+string(lang))
		if in.Text == "" {
			in.Headings = p.legalDraft(x.Kind, lang)
		}
		page.Langs = append(page.Langs, in)
	}
	return page, nil
}

// legalDraft is what a page of law has, as headings with gaps that only those
// who run the node can fill.
func (p *Portal) legalDraft(kind legal.Kind, lang domain.Lang) string {
	return p.catalog.Printer(lang, p.Zone).T("legal.draft_"+string(kind), p.Namespace.Base())
}

func (p *Portal) writeLegal(q *request) error {
	kind := legal.Kind(q.PathValue("kind"))
	words := legal.Words{Text: domain.Text{}, Changes: domain.Text{}, Demands: q.typed.Get("demands") != ""}
	for _, lang := range p.catalog.Langs() {
		words.Text[lang], words.Changes[lang] = q.typed.Get("text_"+string(lang)), q.typed.Get("changes_"+string(lang))
	}
	var err error
	said := view.Say("notice.draft_saved")
	if q.typed.Get("do") == "publish" {
		said = view.Say("notice.legal_published")
		_, err = p.Legal.Publish(q.Context(), q.viewer, kind, q.revision(), q.lang, words)
	} else {
		_, err = p.Legal.SaveDraft(q.Context(), q.viewer, kind, q.revision(), words)
	}
	if err != nil {
		return q.refused(err, func(f view.Form) (view.Page, error) { return p.legalEditPage(q, f) })
	}
	if q.typed.Get("do") == "publish" {
		return q.done("/admin/legal", said)
	}
	return q.done("/admin/legal/"+string(kind), said)
}

// day is what retention is told in.
const day = 24 * time.Hour

// retention tells for how long what is kept, from the rules by which it is
// removed.
func (p *Portal) retention(q *request) error {
	return q.show(view.RetentionPage{Frame: q.frame(), Rows: p.retentionRows()})
}

func (p *Portal) retentionRows() []view.RetentionRow {
	var rows []view.RetentionRow
	for _, k := range retention.Rules(p.Retention) {
		row := view.RetentionRow{Data: string(k.Data), Ends: string(k.Ends), Then: string(k.Then)}
		switch {
		case k.Keep >= day:
			row.Long = view.Say("retention.days", int(k.Keep/day))
		case k.Keep > 0:
			row.Long = view.Say("retention.hours", int(k.Keep/time.Hour))
		}
		rows = append(rows, row)
	}
	return rows
}
