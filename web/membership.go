package web

import (
	"bytes"
	"net/http"
	"slices"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"interlink/domain"
	"interlink/domain/organization"
	"interlink/domain/policy"
	"interlink/web/view"
)

func (p *Portal) membershipRoutes() []route {
	var all []route
	for path, find := range map[string]func(*request) (organization.Group, error){
		"/organizations/{name}": p.organizationOf, "/teams/{name}": p.teamOf,
	} {
		all = append(all,
			route{http.MethodGet, path + "/people", within(find, p.members)},
			route{http.MethodPost, path + "/members", within(find, p.addMember)},
			route{http.MethodPost, path + "/members/role", within(find, p.changeRole)},
			route{http.MethodPost, path + "/members/remove", within(find, p.removeMember)},
			route{http.MethodPost, path + "/people/invitations", within(find, p.inviteByMail)},
			route{http.MethodPost, path + "/people/invitations/revoke", within(find, p.revokeInvitation)},
			route{http.MethodGet, path + "/people/list", within(find, p.roll)},
			route{http.MethodPost, path + "/people/list", within(find, p.enrollRoll)},
			route{http.MethodGet, path + "/delete", within(find, p.askEnd)},
			route{http.MethodPost, path + "/delete", within(find, p.end)},
		)
	}
	return all
}

// within makes the handler of a page about a group that find finds.
func within(find func(*request) (organization.Group, error), show func(*request, organization.Group) error) handler {
	return func(q *request) error {
		g, err := find(q)
		if err != nil {
			return err
		}
		return show(q, g)
	}
}

func (p *Portal) organizationOf(q *request) (organization.Group, error) {
	o, err := p.Organizations.Organization(q.Context(), q.viewer, q.PathValue("name"))
	if err != nil {
		return nil, err
	}
	return o, nil
}

func (p *Portal) teamOf(q *request) (organization.Group, error) {
	t, err := p.Organizations.Team(q.Context(), q.viewer, q.PathValue("name"))
	if err != nil {
		return nil, err
	}
	return t, nil
}

// firstMembers are those that the page of a group shows.
func (p *Portal) firstMembers(q *request, g organization.Group) ([]view.Member, error) {
	members := g.People()
	return p.membersOf(q, g, members[:min(len(members), 2*glimpse)], false)
}

// membersOf shows members of a group. Administrators may change the role of
// others and remove them.
func (p *Portal) membersOf(q *request, g organization.Group, members []organization.Member, may bool) ([]view.Member, error) {
	ids := make([]domain.ActorID, len(members))
	for i, m := range members {
		ids[i] = m.Actor
	}
	actors, err := p.Network.Actors(q.Context(), q.viewer, ids)
	if err != nil {
		return nil, err
	}
	href := p.path(g.Ref().IRI)
	var out []view.Member
	for _, m := range members {
		a := actors[m.Actor]
		if a == nil {
			continue // of a blocked host, or not to be known yet
		}
		one := view.Member{Actor: p.actorOf(q, a), Role: string(m.Role), Since: m.Since}
		if may && m.Actor != q.viewer.Actor {
			one.Remove = href + "/members/remove?who=" + string(m.Actor)
			if a.Local() {
				one.Change = href + "/members/role?who=" + string(m.Actor) + "&role=" + string(organization.RoleAdministrator)
				if m.Role == organization.RoleAdministrator {
					one.Change = href + "/members/role?who=" + string(m.Actor) + "&role=" + string(organization.RoleMember)
				}
			}
		}
		out = append(out, one)
	}
	return out, nil
}

func (p *Portal) members(q *request, g organization.Group) error {
	page, err := p.membersPage(q, g, view.Form{})
	if err != nil {
		return err
	}
	return q.show(page)
}

func (p *Portal) membersPage(q *request, g organization.Group, f view.Form) (view.MembersPage, error) {
	href := p.path(g.Ref().IRI)
	page := view.MembersPage{
		Frame: q.frame(), Crumbs: p.groupCrumbs(q, g), Href: href, Title: g.Ref().Title, Form: f,
		MayEdit: policy.Allow(q.viewer, policy.Administer, g) == nil,
	}
	if q.account != nil && g.People().Role(q.viewer.Actor) != "" {
		page.Leave = href + "/leave"
	}
	list, err := g.People().Page(q.cursor())
	if err != nil {
		return page, err
	}
	page.Pager = q.pager(list.Next, list.Total, len(list.Items))
	if page.Members, err = p.membersOf(q, g, list.Items, page.MayEdit); err != nil || !page.MayEdit {
		return page, err
	}
	page.Roles, page.Langs = memberRoles(), p.interfaceLangs(q, q.lang)
	if err := p.candidates(q, g, &page); err != nil {
		return page, err
	}
	return page, p.waiting(q, g, &page)
}

func (p *Portal) groupCrumbs(q *request, g organization.Group) []view.Link {
	crumbs := p.crumb(q, "/organizations", "page.organizations.title")
	if t, ok := g.(*organization.Team); ok {
		crumbs = append(crumbs, view.Link{Href: p.path(t.Parent.IRI), Text: t.Parent.Title})
	}
	return append(crumbs, view.Link{Href: p.path(g.Ref().IRI), Text: g.Ref().Title})
}

// candidates finds people by the words that were searched for.
func (p *Portal) candidates(q *request, g organization.Group, page *view.MembersPage) error {
	page.Query = q.URL.Query().Get("q")
	if page.Query == "" {
		return nil
	}
	page.Searched = true
	found, err := p.Network.People(q.Context(), q.viewer, page.Query, domain.Page{Limit: glimpse})
	for _, a := range found.Items {
		page.Found = append(page.Found, view.Candidate{Actor: p.actorOf(q, a), Member: g.People().Role(a.ID) != ""})
	}
	return err
}

// waiting shows the invitations that wait for an answer.
func (p *Portal) waiting(q *request, g organization.Group, page *view.MembersPage) error {
	const cursor = "invited"
	list, err := p.Organizations.Invitations(q.Context(), q.viewer, g.Ref().ID, domain.Page{After: q.URL.Query().Get(cursor), Limit: listPage})
	if err != nil {
		return err
	}
	page.Waiting = q.pagerOf(cursor, list.Next, list.Total, len(list.Items))
	var ids []domain.ActorID
	for _, i := range list.Items {
		ids = append(ids, i.Person, i.By)
	}
	actors, err := p.Network.Actors(q.Context(), q.viewer, ids)
	if err != nil {
		return err
	}
	for _, i := range list.Items {
		one := view.Invitation{
			Role: string(i.Role), Email: i.Email, Sent: i.CreatedAt, Until: i.ExpiresAt, Expired: !i.Open(p.Now()),
			Revoke: page.Href + "/people/invitations/revoke?id=" + string(i.ID),
		}
		if by := actors[i.By]; by != nil {
			one.By = p.actorOf(q, by)
		}
		if who := actors[i.Person]; who != nil && i.Email == "" {
			person := p.actorOf(q, who)
			one.Person = &person
		}
		page.Invitations = append(page.Invitations, one)
	}
	return nil
}

// addMember adds somebody by their handle.
func (p *Portal) addMember(q *request, g organization.Group) error {
	if err := policy.Allow(q.viewer, policy.Administer, g); err != nil {
		return err // before another server is asked
	}
	who, err := p.personTyped(q)
	var done organization.Enrolled
	if err == nil {
		done, err = p.Organizations.Enroll(q.Context(), q.viewer, g.Ref().ID, q.lang,
			[]organization.Newcomer{{Person: who, Role: organization.Role(q.typed.Get("role"))}})
	}
	if domain.CodeOf(err) == domain.NotFound && len(domain.FieldsOf(err)) == 0 {
		err = domain.InvalidField("handle", "organization.no_person", q.typed.Get("handle")).Because(err)
	}
	if err != nil {
		return p.membersAgain(q, g, err)
	}
	notice := view.Say("notice.member_added")
	if done.Invited > 0 {
		notice = view.Say("notice.member_invited")
	}
	return q.done(p.path(g.Ref().IRI)+"/people", notice)
}

// membersAgain shows the page with what was wrong.
func (p *Portal) membersAgain(q *request, g organization.Group, err error) error {
	return q.refused(err, func(f view.Form) (view.Page, error) { return p.membersPage(q, g, f) })
}

func (p *Portal) changeRole(q *request, g organization.Group) error {
	who := organization.Newcomer{Person: domain.ActorID(q.URL.Query().Get("who")), Role: organization.Role(q.URL.Query().Get("role"))}
	if g.People().Role(who.Person) == "" {
		return domain.Fail(domain.NotFound, "error.not_found")
	}
	if _, err := p.Organizations.Enroll(q.Context(), q.viewer, g.Ref().ID, q.lang, []organization.Newcomer{who}); err != nil {
		return p.membersAgain(q, g, err)
	}
	return q.done(p.path(g.Ref().IRI)+"/people", view.Say("notice.saved"))
}

func (p *Portal) removeMember(q *request, g organization.Group) error {
	if err := p.Organizations.Remove(q.Context(), q.viewer, g.Ref().ID, domain.ActorID(q.URL.Query().Get("who"))); err != nil {
		return p.membersAgain(q, g, err)
	}
	return q.done(p.path(g.Ref().IRI)+"/people", view.Say("notice.member_removed"))
}

func (p *Portal) inviteByMail(q *request, g organization.Group) error {
	if err := policy.Allow(q.viewer, policy.Administer, g); err != nil {
		return err
	}
	email, ok := domain.ParseEmail(q.typed.Get("email"))
	if !ok {
		return p.membersAgain(q, g, domain.InvalidField("email", "account.email_shape"))
	}
	who := organization.Newcomer{Email: email, Role: organization.Role(q.typed.Get("role"))}
	if _, err := p.Organizations.Enroll(q.Context(), q.viewer, g.Ref().ID, q.typedLang(), []organization.Newcomer{who}); err != nil {
		return p.membersAgain(q, g, err)
	}
	return q.done(p.path(g.Ref().IRI)+"/people", view.Say("notice.mail_sent", email))
}

func (p *Portal) revokeInvitation(q *request, g organization.Group) error {
	if err := p.Organizations.Revoke(q.Context(), q.viewer, g.Ref().ID, domain.ID(q.URL.Query().Get("id"))); err != nil && domain.CodeOf(err) != domain.NotFound {
		return p.membersAgain(q, g, err)
	}
	return q.done(p.path(g.Ref().IRI)+"/people", view.Say("notice.invitation_revoked"))
}

// describePage is the form of a group's words, language by language.
func (p *Portal) describePage(q *request, href string, title, summary domain.Text, revision int64, f view.Form) view.DescribePage {
	page := view.DescribePage{
		Frame: q.frame(), Crumbs: []view.Link{{Href: href, Text: title}}, Title: view.Say("form.edit_of", words(q, title)), Action: href + "/edit",
		Revision: revisionOf(revision), Form: f, Cancel: href,
	}
	langs := p.describedIn(title, summary)
	for _, lang := range langs {
		page.Langs = append(page.Langs, view.LangTexts{Lang: lang, Title: title[lang], Summary: summary[lang], Reads: lang == q.lang, Form: f})
	}
	for _, o := range p.writingLangs(q, "") {
		if !slices.Contains(langs, domain.Lang(o.Value)) {
			page.More = append(page.More, o)
		}
	}
	return page
}

// describedIn are the languages for which a form has fields: those of the
// portal, and those that the texts have.
func (p *Portal) describedIn(texts ...domain.Text) []domain.Lang {
	langs := slices.Clone(p.catalog.Langs())
	for _, t := range texts {
		for _, lang := range t.Langs() {
			if !slices.Contains(langs, lang) {
				langs = append(langs, lang)
			}
		}
	}
	return langs
}

// furtherLang is the language that the form of a description adds; "" for
// none.
func (q *request) furtherLang() domain.Lang {
	lang, err := domain.ParseLang(q.typed.Get("lang-more"))
	if err != nil || q.typed.Get("title-more") == "" && q.typed.Get("summary-more") == "" {
		return ""
	}
	return lang
}

// texts are the words of a form in several languages; those of languages that
// it did not have stay.
func (q *request) texts(was domain.Text, field string) domain.Text {
	out := with(was, "", "")
	for _, lang := range q.p.describedIn(was) {
		if name := field + "-" + string(lang); q.typed.Has(name) {
			out = with(out, lang, q.typed.Get(name))
		}
	}
	if lang := q.furtherLang(); lang != "" {
		out = with(out, lang, q.typed.Get(field+"-more"))
	}
	return out
}

// inLanguages names in the errors of texts the language that they are about:
// the one with the most words, or the first.
func (q *request) inLanguages(err error, title, summary domain.Text) error {
	field := func(name string, t domain.Text) string {
		longest := q.p.catalog.Langs()[0]
		for _, lang := range t.Langs() {
			if len(t[lang]) > len(t[longest]) {
				longest = lang
			}
		}
		if longest == q.furtherLang() && !q.typed.Has(name+"-"+string(longest)) {
			longest = "more"
		}
		return name + "-" + string(longest)
	}
	return domain.Renamed(err, map[string]string{"title": field("title", title), "summary": field("summary", summary)})
}

// roll shows the form for a list of people.
func (p *Portal) roll(q *request, g organization.Group) error {
	if err := policy.Allow(q.viewer, policy.Administer, g); err != nil {
		return err
	}
	return q.show(p.rollPage(q, g, organization.Roll{}, view.Form{}))
}

func (p *Portal) rollPage(q *request, g organization.Group, roll organization.Roll, f view.Form) view.RollPage {
	href := p.path(g.Ref().IRI) + "/people"
	page := view.RollPage{
		Frame: q.frame(), Title: g.Ref().Title, Action: href + "/list", Cancel: href, Form: f, Langs: p.interfaceLangs(q, q.lang),
		Crumbs: append(p.groupCrumbs(q, g), p.crumb(q, href, "page.people.title")...), Bad: roll.Problems,
	}
	for _, l := range roll.Lines {
		line := view.RollLine{Number: l.Number, Typed: l.Typed, Role: string(l.Newcomer.Role), Fate: string(l.Fate)}
		if l.Problem != nil {
			line.Problem = l.Problem
		}
		page.Lines = append(page.Lines, line)
	}
	page.Good = roll.Enrolled.Added + roll.Enrolled.Invited
	for _, c := range []struct {
		key string
		n   int
	}{
		{"membership.roll_added", roll.Enrolled.Added}, {"membership.roll_invited", roll.Enrolled.Invited},
		{"membership.roll_known", roll.Enrolled.Known}, {"membership.roll_bad", roll.Problems},
	} {
		if c.n > 0 {
			page.Counts = append(page.Counts, view.Say(c.key, c.n))
		}
	}
	return page
}

// enrollRoll checks a list of people, or takes them in.
func (p *Portal) enrollRoll(q *request, g organization.Group) error {
	if err := policy.Allow(q.viewer, policy.Administer, g); err != nil {
		return err
	}
	text := q.typed.Get("people")
	if raw, err := q.file(); err != nil {
		return err
	} else if len(raw) > 0 {
		text = decoded(raw)
		if !plain(text) {
			return q.refused(domain.InvalidField("file", "error.not_text"), func(f view.Form) (view.Page, error) {
				return p.rollPage(q, g, organization.Roll{}, f), nil
			})
		}
		q.typed.Set("people", text)
	}
	mode := organization.RollMode(q.typed.Get("mode"))
	if mode != organization.RollAll && mode != organization.RollUnderstood {
		mode = organization.RollCheck
	}
	roll, err := p.Organizations.EnrollRoll(q.Context(), q.viewer, g.Ref().ID, q.typedLang(), text, mode)
	switch {
	case err != nil:
		return q.refused(err, func(f view.Form) (view.Page, error) { return p.rollPage(q, g, roll, f), nil })
	case !roll.Done:
		return q.show(p.rollPage(q, g, roll, view.Form{Values: q.typed}))
	}
	return q.done(p.path(g.Ref().IRI)+"/people", view.Say("notice.roll_done", p.number(q, roll.Enrolled.Added), p.number(q, roll.Enrolled.Invited)))
}

// decoded is a table as a spreadsheet saved it: “Unicode text” is UTF-16 with
// a mark before it, and older ones write Windows-1252.
func decoded(raw []byte) string {
	with := charmap.Windows1252.NewDecoder()
	switch {
	case bytes.HasPrefix(raw, []byte{0xff, 0xfe}), bytes.HasPrefix(raw, []byte{0xfe, 0xff}):
		with = unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder()
	case utf8.Valid(raw) || bytes.IndexByte(raw, 0) >= 0:
		return string(raw)
	}
	text, err := with.Bytes(raw)
	if err != nil {
		return string(raw)
	}
	return string(text)
}

// number writes a number for a notice.
func (p *Portal) number(q *request, n int) string {
	return p.catalog.Printer(q.lang, p.Zone).Number(int64(n))
}

// askEnd shows what deleting a group would mean.
func (p *Portal) askEnd(q *request, g organization.Group) error {
	page, err := p.endPage(q, g, view.Form{})
	if err != nil {
		return err
	}
	return q.show(page)
}

func (p *Portal) endPage(q *request, g organization.Group, f view.Form) (view.EndPage, error) {
	ref := g.Ref()
	href := p.path(ref.IRI)
	page := view.EndPage{
		Frame: q.frame(), Crumbs: p.groupCrumbs(q, g), Title: ref.Title, Team: ref.Team, Name: ref.Name, Action: href + "/delete", Form: f, Cancel: href,
	}
	h, err := p.Organizations.Holdings(q.Context(), q.viewer, ref.ID)
	if err != nil {
		return page, err
	}
	if h.Stories > 0 {
		page.Stories = &view.Link{Href: href, Text: view.Plain(q.lang, p.catalog.Printer(q.lang, p.Zone).T("count.stories_n", h.Stories))}
	}
	link := func(parts []organization.Part) (links []view.Link) {
		for _, x := range parts[:min(len(parts), listPage)] { // how many there are stands above
			links = append(links, view.Link{Href: p.path(x.IRI), Text: x.Title})
		}
		return links
	}
	granted, owned := slices.Concat(h.Granted, h.ByTeams), slices.Concat(h.Owned, h.LedByTeams)
	page.Granted, page.Owned = link(granted), link(owned)
	for _, t := range h.Teams[:min(len(h.Teams), listPage)] {
		page.Teams = append(page.Teams, view.Link{Href: p.path(t.IRI), Text: t.Title})
	}
	page.Lost = append(page.Lost, view.Say("membership.end_name", "@"+ref.Name+"@"+p.Namespace.HandleHost()))
	for _, c := range []struct {
		key string
		n   int
	}{
		{"membership.end_members", h.Members}, {"membership.end_invitations", h.Invitations}, {"membership.end_followers", h.Followers},
		{"membership.end_teams_n", len(h.Teams)}, {"membership.end_granted_n", len(granted)}, {"membership.end_owned_n", len(owned)},
		{"membership.end_communities", h.Communities},
	} {
		if c.n > 0 {
			page.Lost = append(page.Lost, view.Say(c.key, c.n))
		}
	}
	return page, nil
}

// end deletes a group.
func (p *Portal) end(q *request, g organization.Group) error {
	if err := p.Organizations.Delete(q.Context(), q.viewer, g.Ref().ID, q.typed.Get("confirm")); err != nil {
		return q.refused(err, func(f view.Form) (view.Page, error) { return p.endPage(q, g, f) })
	}
	to := "/organizations"
	if t, ok := g.(*organization.Team); ok {
		to = p.path(t.Parent.IRI)
	}
	return q.done(to, view.Say("notice.group_deleted", words(q, g.Ref().Title)))
}
