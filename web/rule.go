package web

import (
	"net/http"
	"net/url"
	"strings"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/web/view"
)

func (p *Portal) ruleRoutes() []route {
	return []route{
		{http.MethodGet, "/admin/rules", p.rules},
		{http.MethodPost, "/admin/rules", p.setRule},
		{http.MethodPost, "/admin/rules/lift", p.liftRule},
		{http.MethodPost, "/admin/rules/import", p.importRules},
		{http.MethodGet, "/admin/rules.csv", p.exportRules},
		{http.MethodGet, "/admin/rules/purge", p.askPurge},
		{http.MethodPost, "/admin/rules/purge", p.purge},
	}
}

// rules lists the rules about other hosts. "?host=" fills in the form and
// tells what a rule would touch.
func (p *Portal) rules(q *request) error {
	page, err := p.rulesPage(q, view.Form{})
	if err != nil {
		return err
	}
	if host := q.URL.Query().Get("host"); host != "" {
		page.Form = view.Form{Values: q.URL.Query()}
		weight, err := p.Gate.Weigh(q.Context(), q.viewer, host)
		if err != nil {
			page.Form = view.Failed(q.URL.Query(), err)
		} else {
			page.Weight = ruleWeight(host, "", weight)
		}
	}
	return q.show(page)
}

func (p *Portal) rulesPage(q *request, form view.Form) (view.RulesPage, error) {
	page := view.RulesPage{Frame: q.frame(), Form: form, Listed: p.Gate.Listed()}
	rules, err := p.Gate.Rules(q.Context(), q.viewer)
	for _, r := range rules {
		page.Items = append(page.Items, view.Rule{
			Host: r.Host, Verdict: string(r.Verdict), Reason: r.Reason, Comment: r.Comment, Until: r.ExpiresAt, Since: r.CreatedAt,
		})
	}
	return page, err
}

// again shows the page with what was typed.
func (p *Portal) rulesAgain(q *request) func(view.Form) (view.Page, error) {
	return func(f view.Form) (view.Page, error) { return p.rulesPage(q, f) }
}

// ruleWeight shows what a rule about a host touches; verdict is that of the rule,
// if it is to be confirmed.
func ruleWeight(host string, verdict network.Verdict, w network.Weight) *view.RuleWeight {
	return &view.RuleWeight{Host: host, Verdict: string(verdict), Figures: []view.RuleFigure{
		{Of: view.Say("page.rules.actors"), N: w.Actors},
		{Of: view.Say("page.rules.followers"), N: w.Followers},
		{Of: view.Say("page.rules.following"), N: w.Following},
		{Of: view.Say("page.rules.members"), N: w.Members},
		{Of: view.Say("page.rules.posts"), N: w.Posts},
		{Of: view.Say("page.rules.stories"), N: w.Stories},
		{Of: view.Say("page.rules.entries"), N: w.Entries},
		{Of: view.Say("page.rules.clones"), N: w.Clones},
		{Of: view.Say("page.rules.applications"), N: w.Applied},
	}}
}

// weighed shows what a rule that blocks or limits would touch, before it is
// set; false if that was shown, or is nothing.
func (p *Portal) weighed(q *request, r network.Rule) (bool, error) {
	if r.Verdict != network.VerdictBlock && r.Verdict != network.VerdictLimit {
		return false, nil
	}
	host, err := network.ParseHost(r.Host)
	if err != nil || q.typed.Get("weighed") == host {
		return false, nil //nolint:nilerr // what is wrong is said when it is set
	}
	weight, err := p.Gate.Weigh(q.Context(), q.viewer, host)
	if err != nil || weight.Nothing() {
		return false, err
	}
	page, err := p.rulesPage(q, view.Form{Values: q.typed})
	if err != nil {
		return false, err
	}
	page.Weight = ruleWeight(host, r.Verdict, weight)
	return true, q.show(page)
}

func (p *Portal) setRule(q *request) error {
	r := network.Rule{
		Host: q.typed.Get("host"), Verdict: network.Verdict(q.typed.Get("verdict")),
		Reason: q.typed.Get("reason"), Comment: q.typed.Get("comment"),
	}
	if r.ExpiresAt = domain.ParseDeadline(q.typed.Get("expires"), p.zone()); r.ExpiresAt.Equal(domain.Unreadable) {
		return q.refused(domain.InvalidField("expires", "rule.expired"), p.rulesAgain(q))
	}
	if shown, err := p.weighed(q, r); err != nil || shown {
		return err
	}
	r, err := p.Gate.Set(q.Context(), q.viewer, r)
	if err != nil {
		return q.refused(err, p.rulesAgain(q))
	}
	return q.done("/admin/rules", view.Say("notice.rule_set", r.Host))
}

func (p *Portal) liftRule(q *request) error {
	host := q.typed.Get("host")
	if err := p.Gate.Lift(q.Context(), q.viewer, host); err != nil {
		return err
	}
	return q.done("/admin/rules", view.Say("notice.rule_lifted", host))
}

// importRules takes a list that was pasted; with "dry" it only says what would
// come of it.
func (p *Portal) importRules(q *request) error {
	dry := q.typed.Get("dry") != ""
	verdict := network.VerdictBlock
	if p.Gate.Listed() {
		verdict = network.VerdictAllow
	}
	report, err := p.Gate.Import(q.Context(), q.viewer, strings.NewReader(q.typed.Get("list")), verdict, dry)
	if err != nil {
		return q.refused(err, p.rulesAgain(q))
	}
	f, status := view.Form{}, http.StatusOK
	if dry {
		f = view.Form{Values: q.typed}
	}
	if report.Added+report.Kept == 0 {
		f, status = view.Failed(q.typed, domain.InvalidField("list", "rule.list")), http.StatusUnprocessableEntity
	}
	page, err := p.rulesPage(q, f)
	if err != nil {
		return err
	}
	page.Import = &view.RuleImport{Dry: dry, Added: report.Added, Kept: report.Kept}
	for _, problem := range report.Problems[:min(len(report.Problems), listedRemarks)] {
		page.Import.Problems = append(page.Import.Problems, view.RuleProblem{Line: problem.Line, Host: problem.Host, Err: problem.Error})
	}
	for _, x := range report.Touched {
		page.Import.Touched = append(page.Import.Touched, *ruleWeight(x.Host, x.Verdict, x.Weight))
	}
	return q.showWith(status, page)
}

// exportRules gives the list as Mastodon and others import it.
func (p *Portal) exportRules(q *request) error {
	rules, err := p.Gate.Rules(q.Context(), q.viewer)
	if err != nil {
		return err
	}
	q.w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	q.w.Header().Set("Content-Disposition", `attachment; filename="rules.csv"`)
	return network.WriteRules(q.w, rules)
}

// askPurge asks before what is kept of a blocked host is erased.
func (p *Portal) askPurge(q *request) error {
	page, err := p.purgePage(q, q.URL.Query().Get("host"), view.Form{})
	if domain.CodeOf(err) == domain.Invalid {
		return domain.Fail(domain.NotFound, "error.not_found").Because(err)
	}
	if err != nil {
		return err
	}
	return q.show(page)
}

func (p *Portal) purgePage(q *request, host string, f view.Form) (view.ConfirmPage, error) {
	weight, err := p.Gate.Weigh(q.Context(), q.viewer, host)
	return view.ConfirmPage{
		Frame: q.frame(), Title: view.Say("purge.title", host), Action: "/admin/rules/purge?host=" + url.QueryEscape(host), Word: host, Form: f,
		Lost:   []view.Sentence{view.Say("purge.lead"), view.Say("purge.lost", weight.Actors, weight.Followers, weight.Following)},
		Submit: view.Say("purge.submit"), Cancel: "/admin/rules",
	}, err
}

func (p *Portal) purge(q *request) error {
	host := q.URL.Query().Get("host")
	if err := p.Gate.Purge(q.Context(), q.viewer, host, q.typed.Get("confirm")); err != nil {
		return q.refused(domain.Renamed(err, map[string]string{"host": "confirm"}), func(f view.Form) (view.Page, error) { return p.purgePage(q, host, f) })
	}
	return q.done("/admin/rules", view.Say("notice.purged", host))
}
