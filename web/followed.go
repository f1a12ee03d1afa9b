package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/network"
	"interlink/domain/policy"
	"interlink/web/view"
)

func (p *Portal) followedRoutes() []route {
	return []route{
		{http.MethodGet, "/admin/catalogues", p.followedCatalogues},
		{http.MethodPost, "/admin/catalogues", p.followCatalogue},
		{http.MethodGet, "/admin/catalogues/{id}", p.followedCatalogue},
		{http.MethodGet, "/admin/catalogues/{id}/select", p.askSelection},
		{http.MethodPost, "/admin/catalogues/{id}/select", p.saveSelection},
		{http.MethodGet, "/admin/catalogues/{id}/unfollow", p.askUnfollow},
		{http.MethodPost, "/admin/catalogues/{id}/unfollow", p.unfollowCatalogue},
		{http.MethodPost, "/admin/catalogues/{id}/{step}", p.steerCatalogue},
		{http.MethodGet, "/admin/review", p.reviewQueue},
		{http.MethodPost, "/admin/review", p.decideReview},
		{http.MethodPost, "/admin/review/host", p.decideHost},
	}
}

func (p *Portal) followedCatalogues(q *request) error {
	page, err := p.cataloguesPage(q, view.Form{})
	if err != nil {
		return err
	}
	return q.show(page)
}

func (p *Portal) cataloguesPage(q *request, f view.Form) (view.CataloguesPage, error) {
	page := view.CataloguesPage{Frame: q.frame(), Form: f, MayFollow: policy.Allow(q.viewer, policy.Edit, &catalogue.Entry{}) == nil}
	if err := q.signedIn(); err != nil {
		return page, err
	}
	subs, err := p.Entries.Subscriptions(q.Context(), q.viewer)
	if err != nil {
		return page, err
	}
	for _, sub := range subs {
		one, err := p.followedOf(q, sub)
		if err != nil {
			return page, err
		}
		page.Items = append(page.Items, one)
	}
	waiting, err := p.Entries.Waiting(q.Context(), q.viewer, "", domain.Page{Limit: 1})
	page.Waiting = waiting.Total
	return page, err
}

func (p *Portal) followedOf(q *request, sub *catalogue.Subscription) (view.Followed, error) {
	trust, _, err := p.Entries.Level(q.Context(), sub.Host)
	if trust == "" {
		trust = catalogue.TrustFollowed
	}
	admin := policy.Allow(q.viewer, policy.Edit, &catalogue.Entry{}) == nil
	out := view.Followed{
		Host: sub.Host, Href: "/admin/catalogues/" + string(sub.Catalogue), State: string(sub.State), Halt: string(sub.Halt), Trust: string(trust),
		Pages: sub.Pages, Taken: sub.Taken, Refused: sub.Refused, Total: sub.Total, Verified: sub.VerifiedAt,
		Failing: sub.FailingSince, Away: sub.Away(p.Now()), Selection: p.selectionWords(q, sub.Selection),
		May: view.Steering{
			Pause: sub.State == catalogue.SubscriptionReading, Again: sub.State == catalogue.SubscriptionCurrent, Change: admin,
			Resume: sub.State == catalogue.SubscriptionPaused || sub.State == catalogue.SubscriptionHalted,
		},
	}
	return out, err
}

// selectionWords say what a selection asks for, one line for each part.
func (p *Portal) selectionWords(q *request, x catalogue.Selection) []view.Sentence {
	var out []view.Sentence
	add := func(key string, values []string) {
		if len(values) > 0 {
			out = append(out, view.Say("selection."+key, strings.Join(values, ", ")))
		}
	}
	words := func(enum string, values []string) []string {
		said := make([]string, len(values))
		for i, v := range values {
			said[i] = p.say(q, enum+"."+v)
		}
		return said
	}
	if x.Text != "" {
		add("text", []string{x.Text})
	}
	printer := p.catalog.Printer(q.lang, p.Zone)
	var langs []string
	for _, l := range x.Languages {
		langs = append(langs, printer.Language(l))
	}
	add("regulations", words("approach.regulation", x.Regulations))
	add("languages", langs)
	add("difficulties", words("difficulty", x.Difficulties))
	add("licences", words("licence", x.Licences))
	add("problems", x.Problems)
	return out
}

// followCatalogue makes the node's catalogue follow another's.
func (p *Portal) followCatalogue(q *request) error {
	if err := policy.Allow(q.viewer, policy.Edit, &catalogue.Entry{}); err != nil {
		return err // before another server is asked
	}
	found, err := p.catalogueTyped(q)
	if err == nil {
		_, err = p.Entries.Subscribe(q.Context(), q.viewer, found, catalogue.Selection{})
	}
	if err == nil && q.typed.Get("trust") == string(catalogue.TrustEndorsed) {
		err = p.Entries.SayTrust(q.Context(), q.viewer, found.Host, catalogue.TrustEndorsed, "")
	}
	if err == nil {
		_, err = p.Network.Follow(q.Context(), q.viewer, p.Catalogue, found.ID)
	}
	if err != nil {
		return q.refused(err, func(f view.Form) (view.Page, error) { return p.cataloguesPage(q, f) })
	}
	return q.done("/admin/catalogues/"+string(found.ID), view.Say("notice.follow_asked", p.actorOf(q, found).Called()))
}

// catalogueTyped finds a catalogue by what was typed: its handle or address,
// or the host of its node.
func (p *Portal) catalogueTyped(q *request) (*network.Actor, error) {
	typed := strings.TrimSpace(q.typed.Get("handle"))
	handle := typed
	if handle != "" && !strings.ContainsAny(handle, "@/") {
		handle = "@catalogue@" + handle
	}
	found, err := p.Directory.Lookup(q.Context(), handle)
	switch {
	case domain.Ours(err):
		return nil, err
	case err != nil:
		return nil, notFound("handle", typed, err)
	case found.Entries == "":
		return nil, domain.InvalidField("handle", "error.not_a_catalogue")
	}
	return found, nil
}

// standings are where copies can stand, in the order in which they are shown.
var standings = []catalogue.Standing{catalogue.Shown, catalogue.Waiting, catalogue.Filtered, catalogue.Rejected}

func (p *Portal) followedCatalogue(q *request) error {
	if err := q.signedIn(); err != nil {
		return err
	}
	sub, copies, err := p.Entries.Subscription(q.Context(), q.viewer, domain.ActorID(q.PathValue("id")))
	if err != nil {
		return err
	}
	page := view.FollowedPage{Frame: q.frame()}
	if page.Followed, err = p.followedOf(q, sub); err != nil {
		return err
	}
	printer := p.catalog.Printer(q.lang, p.Zone)
	for _, s := range standings {
		if n := copies[s]; n > 0 {
			page.Kept = append(page.Kept, view.Fact{Key: "standing." + string(s), Value: printer.Number(int64(n))})
		}
	}
	return q.show(page)
}

func (p *Portal) steerCatalogue(q *request) error {
	id := domain.ActorID(q.PathValue("id"))
	steps := map[string]func(context.Context, policy.Viewer, domain.ActorID) error{
		"pause": p.Entries.Pause, "resume": p.Entries.Resume, "again": p.Entries.Again, "check": p.Entries.CheckNow,
	}
	step, ok := steps[q.PathValue("step")]
	if !ok {
		return domain.Fail(domain.NotFound, "error.not_found")
	}
	if err := step(q.Context(), q.viewer, id); err != nil {
		return err
	}
	return q.done("/admin/catalogues/"+string(id), view.Say("notice.catalogue_"+q.PathValue("step")))
}

func (p *Portal) askSelection(q *request) error {
	sub, _, err := p.Entries.Subscription(q.Context(), q.viewer, domain.ActorID(q.PathValue("id")))
	if err != nil {
		return err
	}
	if err := policy.Allow(q.viewer, policy.Edit, &catalogue.Entry{}); err != nil {
		return err
	}
	return q.show(p.selectionPage(q, sub, view.Form{}))
}

// selectionPage asks which entries of a catalogue are wanted.
func (p *Portal) selectionPage(q *request, sub *catalogue.Subscription, f view.Form) view.FormPage {
	at := "/admin/catalogues/" + string(sub.Catalogue)
	x := sub.Selection
	printer := p.catalog.Printer(q.lang, p.Zone)
	var langs []view.Option
	for _, l := range p.catalog.Langs() {
		langs = append(langs, view.Option{Value: string(l), Text: view.Plain(q.lang, printer.Language(l))})
	}
	field := func(name, key string, chosen []string, options ...view.Option) view.Field {
		for i := range options {
			options[i].Selected = slices.Contains(chosen, options[i].Value)
		}
		return view.Field{Name: name, Control: view.Checks, Label: view.Say(key), Options: options, Optional: true}
	}
	words := func(enum string, values []string) []view.Option {
		var out []view.Option
		for _, v := range values {
			out = append(out, view.Option{Value: v, Key: enum + "." + v})
		}
		return out
	}
	return view.FormPage{
		Frame: q.frame(), Crumbs: []view.Link{{Href: at, Text: view.Plain(q.lang, sub.Host)}}, Title: view.Say("page.catalogues.select"),
		Lead: view.Say("page.catalogues.select_words"), Action: at + "/select", Form: f, Submit: view.Say("ui.save"), Cancel: at,
		Fields: []view.Field{
			field("regulations", "selection.label.regulations", x.Regulations, words("approach.regulation", catalogue.RegulationKeys)...),
			field("languages", "selection.label.languages", texts(x.Languages), langs...),
			field("difficulties", "selection.label.difficulties", x.Difficulties, words("difficulty", difficulties)...),
			field("licences", "selection.label.licences", x.Licences, words("licence", licenceClasses)...),
			{Name: "problems", Label: view.Say("selection.label.problems"), Hint: view.Say("selection.hint.problems"), Value: strings.Join(x.Problems, " "), Optional: true, Max: 2000},
			{Name: "text", Label: view.Say("selection.label.text"), Value: x.Text, Optional: true, Max: 200},
		},
	}
}

// difficulties and licenceClasses are the words of these enumerations that are
// offered.
var (
	difficulties   = []string{"very_easy", "easy", "medium", "difficult", "very_difficult"}
	licenceClasses = []string{"public_domain", "permissive", "copyleft", "non_commercial", "proprietary"}
)

func texts[T ~string](list []T) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = string(s)
	}
	return out
}

func (p *Portal) saveSelection(q *request) error {
	id := domain.ActorID(q.PathValue("id"))
	sub, _, err := p.Entries.Subscription(q.Context(), q.viewer, id)
	if err != nil {
		return err
	}
	owner, err := p.Network.Actor(q.Context(), q.viewer, id)
	if err != nil {
		return err
	}
	var langs []domain.Lang
	for _, l := range q.typed["languages"] {
		langs = append(langs, domain.Lang(l))
	}
	wanted := catalogue.Selection{
		Text: strings.TrimSpace(q.typed.Get("text")), Regulations: q.typed["regulations"], Languages: langs, Difficulties: q.typed["difficulties"],
		Licences: q.typed["licences"], Problems: strings.Fields(q.typed.Get("problems")),
	}
	if _, err := p.Entries.Subscribe(q.Context(), q.viewer, owner, wanted); err != nil {
		return q.refused(err, func(f view.Form) (view.Page, error) { return p.selectionPage(q, sub, f), nil })
	}
	return q.done("/admin/catalogues/"+string(id), view.Say("notice.catalogue_selected"))
}

func (p *Portal) askUnfollow(q *request) error {
	page, err := p.unfollowPage(q, view.Form{})
	if err != nil {
		return err
	}
	return q.show(page)
}

// unfollowPage says what becomes of the copies before it asks.
func (p *Portal) unfollowPage(q *request, f view.Form) (view.FormPage, error) {
	sub, copies, err := p.Entries.Subscription(q.Context(), q.viewer, domain.ActorID(q.PathValue("id")))
	if err != nil {
		return view.FormPage{}, err
	}
	if err := policy.Allow(q.viewer, policy.Edit, &catalogue.Entry{}); err != nil {
		return view.FormPage{}, err
	}
	at := "/admin/catalogues/" + string(sub.Catalogue)
	return view.FormPage{
		Frame: q.frame(), Crumbs: []view.Link{{Href: at, Text: view.Plain(q.lang, sub.Host)}}, Title: view.Say("page.unfollow.title", sub.Host),
		Lead: view.Say("page.unfollow.lead", copies[catalogue.Shown]), Action: at + "/unfollow", Form: f, Submit: view.Say("page.catalogues.unfollow"), Cancel: at, Danger: true,
		Fields: []view.Field{{Name: "copies", Control: view.Radios, Label: view.Say("page.unfollow.copies"), Options: []view.Option{
			{Value: "keep", Key: "page.unfollow.keep", Selected: true}, {Value: "hide", Key: "page.unfollow.hide"},
		}}},
	}, nil
}

func (p *Portal) unfollowCatalogue(q *request) error {
	id := domain.ActorID(q.PathValue("id"))
	if err := p.Entries.Unsubscribe(q.Context(), q.viewer, id, q.typed.Get("copies") == "hide"); err != nil {
		return err
	}
	if err := p.Network.Unfollow(q.Context(), q.viewer, p.Catalogue, id); err != nil && domain.CodeOf(err) != domain.NotFound {
		return err
	}
	return q.done("/admin/catalogues", view.Say("notice.catalogue_unfollowed"))
}

func (p *Portal) reviewQueue(q *request) error {
	if err := q.signedIn(); err != nil {
		return err
	}
	page, err := p.waitingPage(q, q.URL.Query().Get("host"), view.Form{})
	if err != nil {
		return err
	}
	return q.show(page)
}

func (p *Portal) waitingPage(q *request, host string, f view.Form) (view.WaitingPage, error) {
	page := view.WaitingPage{Frame: q.frame(), Form: f, Host: host}
	list, err := p.Entries.Waiting(q.Context(), q.viewer, host, q.cursor())
	if err != nil {
		return page, err
	}
	page.Pager = q.pager(list.Next, list.Total, len(list.Items))
	for _, e := range list.Items {
		page.Items = append(page.Items, view.Reviewed{InterlinkerCard: p.waitingCard(e), ID: string(e.ID), Why: string(e.Why)})
	}
	subs, err := p.Entries.Subscriptions(q.Context(), q.viewer)
	for _, sub := range subs {
		if sub.Host != host {
			page.Hosts = append(page.Hosts, view.Link{Href: "/admin/review?host=" + url.QueryEscape(sub.Host), Text: view.Plain(domain.Undetermined, sub.Host)})
		}
	}
	return page, err
}

// waitingCard shows an entry of any kind.
func (p *Portal) waitingCard(e *catalogue.Entry) view.InterlinkerCard {
	if e.Interlinker != nil {
		return p.interlinkerCard(e)
	}
	return view.InterlinkerCard{Href: e.Address(), Name: e.Name, Summary: brief(e.Summary), Origin: p.origin(e.Host, e.IRI)}
}

func (p *Portal) decideReview(q *request) error {
	var ids []domain.ID
	for _, id := range q.typed["entry"] {
		ids = append(ids, domain.ID(id))
	}
	host := q.typed.Get("host")
	n, err := p.Entries.Review(q.Context(), q.viewer, ids, catalogue.Decision(q.typed.Get("decision")))
	if err != nil {
		return q.refused(err, func(f view.Form) (view.Page, error) { return p.waitingPage(q, host, f) })
	}
	return q.done(reviewAddress(host), view.Say("notice.reviewed", n))
}

func reviewAddress(host string) string {
	if host == "" {
		return "/admin/review"
	}
	return "/admin/review?host=" + url.QueryEscape(host)
}

func (p *Portal) decideHost(q *request) error {
	n, err := p.Entries.ReviewHost(q.Context(), q.viewer, q.typed.Get("host"), catalogue.Decision(q.typed.Get("decision")))
	if err != nil {
		return q.refused(err, func(f view.Form) (view.Page, error) { return p.waitingPage(q, q.typed.Get("host"), f) })
	}
	return q.done("/admin/review", view.Say("notice.reviewed", n))
}
