package web

import (
	"cmp"
	"net/http"
	"strconv"
	"strings"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/network"
	"interlink/web/view"
)

func (p *Portal) holdRoutes() []route {
	return []route{
		{http.MethodGet, "/me/waiting", p.ownWaiting},
		{http.MethodPost, "/me/waiting/{id}/withdraw", p.withdrawWaiting},
		{http.MethodPost, "/me/waiting/{id}/appeal", p.appealHeld},
		{http.MethodPost, "/me/exclusions/{id}/appeal", p.appealExclusion},
		{http.MethodPost, "/communities/{name}/exclusions/{id}/appeal", p.appealExclusion},
		{http.MethodGet, "/admin/held", p.allHeld},
		{http.MethodPost, "/admin/held/{id}/approve", p.approveHeld},
		{http.MethodPost, "/admin/held/{id}/refuse", p.refuseHeld},
		{http.MethodPost, "/admin/appeals/{id}", p.answerAppeal},
		{http.MethodGet, "/admin/holding", p.holding},
		{http.MethodPost, "/admin/holding", p.setHolding},
		{http.MethodGet, "/communities/{name}/held", p.heldIn},
		{http.MethodPost, "/communities/{name}/held/{id}/approve", p.approveHeld},
		{http.MethodPost, "/communities/{name}/held/{id}/refuse", p.refuseHeld},
		{http.MethodPost, "/communities/{name}/appeals/{id}", p.answerAppeal},
		{http.MethodGet, "/communities/{name}/appeal", p.appealForm},
		{http.MethodPost, "/communities/{name}/appeal", p.appealBan},
		{http.MethodGet, "/communities/{name}/log", p.acts},
	}
}

// heldPost shows what is no post yet: it has no address.
func (p *Portal) heldPost(q *request, x *community.Post, author *network.Actor) view.Post {
	out := view.Post{ID: string(x.ID), At: x.Published, Title: view.Plain(x.Language, x.Title), Content: safe(x.Content, x.Language)}
	if author != nil {
		out.Author = p.actorOf(q, author)
	}
	return out
}

// heldHref is where those who moderate find what waits: of a community, or of
// the node.
func heldHref(q *request) string {
	if name := q.PathValue("name"); name != "" {
		return "/communities/" + name + "/held"
	}
	return "/admin/held"
}

func (p *Portal) allHeld(q *request) error {
	page, err := p.heldPage(q, "", view.Form{})
	if err != nil {
		return err
	}
	return q.show(page)
}

func (p *Portal) heldIn(q *request) error { return p.allHeld(q) }

// heldPage shows what waits; f is the form of what has the id of.
func (p *Portal) heldPage(q *request, of string, f view.Form) (view.HeldPage, error) {
	page := view.HeldPage{Frame: q.frame(), Href: heldHref(q), Form: f}
	state := community.HeldWaiting
	if past := community.HeldState(q.URL.Query().Get("state")); past == community.HeldRefused || past == community.HeldRemoved {
		state, page.Past = past, string(past)
	}
	c, list, appeals, err := p.heldHere(q, state)
	if err != nil {
		return page, err
	}
	if c != nil {
		page.In, page.Tabs = &view.Link{Href: p.path(c.IRI), Text: c.Title}, p.communityTabs(q, c, "/held")
		if page.Away, err = p.exclusions(q, of, f); err != nil {
			return page, err
		}
	}
	page.Pager = q.pager(list.Next, list.Total, len(list.Items))
	var ids []domain.ActorID
	for _, h := range list.Items {
		ids = append(ids, h.Post.Author, h.Group)
	}
	for _, a := range appeals.Items {
		ids = append(ids, a.Person, a.Community)
	}
	actors, err := p.Network.Actors(q.Context(), q.viewer, ids)
	if err != nil {
		return page, err
	}
	waiting := map[domain.ActorID]int{}
	for _, h := range list.Items {
		waiting[h.Post.Author]++
	}
	for _, h := range list.Items {
		id := string(h.Post.ID)
		row := view.HeldPost{Post: p.heldPost(q, &h.Post, actors[h.Post.Author]), Why: string(h.Why), Filter: h.Filter, Reason: h.Reason, At: h.At, Approve: page.Href + "/" + id + "/approve", Refuse: page.Href + "/" + id + "/refuse"}
		row.Others = waiting[h.Post.Author] > 1
		if page.In == nil {
			row.In = p.actorLink(q, actors[h.Group])
		} else if c.Role(h.Post.Author) == community.NoRole {
			row.Ban = banHref(p.path(c.IRI), row.Post.Author)
		}
		if id == of {
			row.Form = f
		}
		page.Items = append(page.Items, row)
	}
	for _, a := range appeals.Items {
		row, err := p.appealRow(q, a, c, actors)
		if err != nil {
			return page, err
		}
		if row.ID == of {
			row.Form = f
		}
		page.Appeals = append(page.Appeals, row)
	}
	return page, nil
}

// heldHere reads what waits, was refused or removed, with the appeals, in the community
// that the path names, or on the whole node: then c is nil.
func (p *Portal) heldHere(q *request, state community.HeldState) (c *community.Community, list domain.List[*community.Held], appeals domain.List[*community.Appeal], err error) {
	ctx, all := q.Context(), domain.Page{Limit: domain.MaxPage}
	name := q.PathValue("name")
	if name == "" {
		if list, err = p.Communities.AllHeld(ctx, q.viewer, state, q.cursor()); err == nil {
			appeals, err = p.Communities.AllAppeals(ctx, q.viewer, true, all)
		}
		return nil, list, appeals, err
	}
	if c, err = p.Communities.Community(ctx, q.viewer, name); err == nil {
		list, err = p.Communities.HeldIn(ctx, q.viewer, name, state, q.cursor())
	}
	if err == nil {
		appeals, err = p.Communities.Appeals(ctx, q.viewer, name, true, all)
	}
	return c, list, appeals, err
}

func (p *Portal) appealRow(q *request, a *community.Appeal, c *community.Community, actors map[domain.ActorID]*network.Actor) (view.AppealRow, error) {
	row := view.AppealRow{ID: string(a.ID), Kind: string(a.Kind), Text: a.Text, At: a.At}
	if who := actors[a.Person]; who != nil {
		row.Who = p.actorOf(q, who)
	}
	if c == nil {
		row.In = p.actorLink(q, actors[a.Community])
	}
	barred, err := p.Communities.Barred(q.Context(), q.viewer, a, c)
	if err != nil {
		return row, err
	}
	if !barred {
		row.Answer = strings.TrimSuffix(heldHref(q), "/held") + "/appeals/" + row.ID
	}
	err = p.appealed(q, a, &row)
	return row, err
}

// appealed shows what a decision was about, and its reason.
func (p *Portal) appealed(q *request, a *community.Appeal, row *view.AppealRow) error {
	if a.Kind == community.AgainstBan {
		return nil
	}
	h, err := p.Communities.Held(q.Context(), q.viewer, domain.ID(a.Subject))
	if domain.CodeOf(err) == domain.NotFound {
		return nil // it was let pass meanwhile, or withdrawn
	}
	if err != nil {
		return err
	}
	author, err := p.Network.Actor(q.Context(), q.viewer, h.Post.Author)
	if err != nil {
		return err
	}
	post := p.heldPost(q, &h.Post, author)
	post.ID = row.ID // the same may stand below
	row.Post, row.Reason = &post, h.Reason
	return nil
}

// actorLink leads to an actor of this node; nil for none.
func (p *Portal) actorLink(q *request, a *network.Actor) *view.Link {
	if a == nil {
		return nil
	}
	name, lang := a.CalledIn(q.lang, p.Namespace.HandleHost())
	return &view.Link{Href: p.actorHref(a), Text: view.Plain(cmp.Or(lang, domain.Undetermined), name)}
}

// heldAgain shows the page with what was wrong with one form of it.
func (p *Portal) heldAgain(q *request, err error) error {
	return q.refused(err, func(f view.Form) (view.Page, error) { return p.heldPage(q, q.PathValue("id"), f) })
}

func (p *Portal) approveHeld(q *request) error {
	id := domain.ID(q.PathValue("id"))
	h, err := p.Communities.Held(q.Context(), q.viewer, id)
	if err == nil {
		err = p.Communities.Approve(q.Context(), q.viewer, id)
	}
	if err != nil {
		return err
	}
	told := "notice.hold_approved"
	if h.PassesOthers() {
		told = "notice.hold_approved_all"
	}
	return q.done(heldHref(q), view.Say(told))
}

func (p *Portal) refuseHeld(q *request) error {
	refuse, told := p.Communities.Refuse, "notice.hold_refused"
	if q.typed.Get("others") != "" {
		refuse, told = p.Communities.RefuseAll, "notice.hold_refused_all"
	}
	if err := refuse(q.Context(), q.viewer, domain.ID(q.PathValue("id")), q.typed.Get("reason")); err != nil {
		return p.heldAgain(q, err)
	}
	return q.done(heldHref(q), view.Say(told))
}

func (p *Portal) answerAppeal(q *request) error {
	err := p.Communities.AnswerAppeal(q.Context(), q.viewer, domain.ID(q.PathValue("id")), q.typed.Get("upheld") != "", q.typed.Get("answer"))
	if err != nil {
		return p.heldAgain(q, err)
	}
	return q.done(heldHref(q), view.Say("notice.appeal_answered"))
}

// waiting shows people what they wrote that waits or was refused.
func (p *Portal) ownWaiting(q *request) error {
	page, err := p.ownWaitingPage(q, "", view.Form{})
	if err != nil {
		return err
	}
	return q.show(page)
}

func (p *Portal) ownWaitingPage(q *request, of string, f view.Form) (view.OwnWaitingPage, error) {
	page := view.OwnWaitingPage{Frame: q.frame(), Form: f}
	list, err := p.Communities.OwnHeld(q.Context(), q.viewer, q.cursor())
	if err != nil {
		return page, err
	}
	page.Pager = q.pager(list.Next, list.Total, len(list.Items))
	ids := []domain.ActorID{q.viewer.Actor}
	for _, h := range list.Items {
		ids = append(ids, h.Group)
	}
	actors, err := p.Network.Actors(q.Context(), q.viewer, ids)
	if err != nil {
		return page, err
	}
	appeals, err := p.Communities.OwnAppeals(q.Context(), q.viewer)
	if err != nil {
		return page, err
	}
	if page.Away, err = p.exclusions(q, of, f); err != nil {
		return page, err
	}
	for _, h := range list.Items {
		row := p.ownHeld(q, h, actors)
		switch a := appeals[string(h.Post.ID)]; {
		case a != nil:
			row.Appealed, row.Answer = true, a.Answer
		case row.Refused || row.Removed:
			row.Appeal = "/me/waiting/" + string(h.Post.ID) + "/appeal"
		}
		if string(h.Post.ID) == of {
			row.Form = f
		}
		page.Items = append(page.Items, row)
	}
	return page, nil
}

// ownHeld shows something that the reader wrote and that is no post; actors has
// them, and the community in which it would stand.
func (p *Portal) ownHeld(q *request, h *community.Held, actors map[domain.ActorID]*network.Actor) view.OwnWaitingPost {
	row := view.OwnWaitingPost{
		Post: p.heldPost(q, &h.Post, actors[q.viewer.Actor]), In: p.actorLink(q, actors[h.Group]), Reason: h.Reason,
		Refused: h.State == community.HeldRefused, Removed: h.State == community.HeldRemoved,
		Asks: h.State == community.HeldAsked, Declined: h.State == community.HeldDeclined,
		Withdraw: "/me/waiting/" + string(h.Post.ID) + "/withdraw",
	}
	if h.Why == community.AuthorAsks {
		p.inReplyTo(q, &row.Post, h.Post.InReplyTo)
	}
	return row
}

// exclusions are what was removed elsewhere, or not published, of what the reader
// wrote, or the community that the path names: the newest, beside the first page of what
// waits. f is the form of the one that has the id of.
func (p *Portal) exclusions(q *request, of string, f view.Form) (rows []view.Exclusion, err error) {
	if q.cursor().After != "" {
		return nil, nil
	}
	var list domain.List[*community.Exclusion]
	at, name := "/me/exclusions/", q.PathValue("name")
	if name == "" {
		list, err = p.Communities.OwnExclusions(q.Context(), q.viewer, domain.Page{Limit: domain.MaxPage})
	} else {
		at = "/communities/" + name + "/exclusions/"
		list, err = p.Communities.ExclusionsIn(q.Context(), q.viewer, name, domain.Page{Limit: domain.MaxPage})
	}
	if err != nil || len(list.Items) == 0 {
		return nil, err
	}
	var ids []domain.ActorID
	for _, x := range list.Items {
		ids = append(ids, x.Group, x.Post.Author)
	}
	actors, err := p.Network.Actors(q.Context(), q.viewer, ids)
	for _, x := range list.Items {
		group := actors[x.Group]
		if group == nil {
			continue
		}
		row := view.Exclusion{
			ID: x.Serial.String(), Post: p.heldPost(q, x.Post, actors[x.Post.Author]), By: *p.actorLink(q, group), At: x.At, Reason: x.Reason, Refused: x.Refused,
			Appealed: x.Appeal, Answer: x.Answer, Origin: string(group.IRI), Author: group.Subject == network.SubjectPerson,
		}
		if x.Appeals && x.Appeal == "" {
			row.Appeal = at + row.ID + "/appeal"
		}
		if row.ID == of {
			row.Form = f
		}
		rows = append(rows, row)
	}
	return rows, err
}

// appealExclusion asks those elsewhere to look again.
func (p *Portal) appealExclusion(q *request) error {
	id := q.PathValue("id")
	serial, err := domain.ParseSerial(id)
	if err == nil {
		err = p.Communities.AppealExclusion(q.Context(), q.viewer, serial, q.typed.Get("text"))
	}
	name := q.PathValue("name")
	switch {
	case err != nil && name != "":
		return p.heldAgain(q, err)
	case err != nil:
		return q.refused(err, func(f view.Form) (view.Page, error) { return p.ownWaitingPage(q, id, f) })
	case name != "":
		return q.done(heldHref(q), view.Say("notice.exclusion_appealed"))
	}
	return q.done("/me/waiting", view.Say("notice.exclusion_appealed"))
}

func (p *Portal) withdrawWaiting(q *request) error {
	if err := p.Communities.WithdrawHeld(q.Context(), q.viewer, domain.ID(q.PathValue("id"))); err != nil {
		return err
	}
	return q.done("/me/waiting", view.Say("notice.hold_withdrawn"))
}

func (p *Portal) appealHeld(q *request) error {
	id := q.PathValue("id")
	if err := p.Communities.AppealHeld(q.Context(), q.viewer, domain.ID(id), q.typed.Get("text")); err != nil {
		return q.refused(err, func(f view.Form) (view.Page, error) { return p.ownWaitingPage(q, id, f) })
	}
	return q.done("/me/waiting", view.Say("notice.appeal_sent"))
}

// appealForm asks who is kept from writing in a community what they say to it.
func (p *Portal) appealForm(q *request) error {
	page, err := p.appealPage(q, view.Form{})
	if err != nil {
		return err
	}
	return q.show(page)
}

// appealOf is where a ban from a community of this node is appealed; "" for
// one of another node.
func (p *Portal) appealOf(q *request, id domain.ActorID) string {
	c, err := p.Communities.CommunityByID(q.Context(), q.viewer, id)
	if err != nil {
		return ""
	}
	return p.path(c.IRI) + "/appeal"
}

func (p *Portal) appealPage(q *request, f view.Form) (view.FormPage, error) {
	c, err := p.Communities.Community(q.Context(), q.viewer, q.PathValue("name"))
	if err != nil {
		return view.FormPage{}, err
	}
	if err := q.takesPart(); err != nil {
		return view.FormPage{}, err
	}
	if _, err := p.Communities.OwnBan(q.Context(), q.viewer, c.ID); err != nil {
		return view.FormPage{}, err
	}
	href := p.path(c.IRI)
	return view.FormPage{
		Frame: q.frame(), Crumbs: []view.Link{{Href: href, Text: c.Title}}, Title: view.Say("appeal.title"), Lead: view.Say("appeal.lead"),
		Action: href + "/appeal", Form: f, Submit: view.Say("appeal.submit"), Cancel: href,
		Fields: []view.Field{{Name: "text", Control: view.TextArea, Label: view.Say("appeal.text"), Hint: view.Say("appeal.text_hint"), Max: 5000}},
	}, nil
}

func (p *Portal) appealBan(q *request) error {
	name := q.PathValue("name")
	if err := p.Communities.AppealBan(q.Context(), q.viewer, name, q.typed.Get("text")); err != nil {
		if domain.CodeOf(err) == domain.Conflict {
			err = domain.InvalidField("text", "appeal.once")
		}
		return q.refused(err, func(f view.Form) (view.Page, error) { return p.appealPage(q, f) })
	}
	return q.done("/communities/"+name, view.Say("notice.appeal_sent"))
}

// acts shows what those who moderate a community did.
func (p *Portal) acts(q *request) error {
	c, err := p.Communities.Community(q.Context(), q.viewer, q.PathValue("name"))
	if err != nil {
		return err
	}
	list, err := p.Communities.Log(q.Context(), q.viewer, c.Name, q.cursor())
	if err != nil {
		return err
	}
	page := view.ActsPage{Frame: q.frame(), Of: view.Link{Href: p.path(c.IRI), Text: c.Title}, Tabs: p.communityTabs(q, c, "/log"), Open: c.OpenLog, Pager: q.pager(list.Next, list.Total, len(list.Items))}
	var ids []domain.ActorID
	for _, a := range list.Items {
		ids = append(ids, a.By)
	}
	actors, err := p.Network.Actors(q.Context(), q.viewer, ids)
	if err != nil {
		return err
	}
	for _, a := range list.Items {
		row := view.ActRow{What: view.Say("log_kind." + string(a.Kind)), Role: string(a.Role), At: a.At, Until: a.Until}
		if by := actors[a.By]; by != nil {
			one := p.actorOf(q, by)
			row.By = &one
		}
		page.Rows = append(page.Rows, row)
	}
	return q.show(page)
}

// holding asks how the node holds what strangers write.
func (p *Portal) holding(q *request) error {
	page, err := p.holdingPage(q, view.Form{})
	if err != nil {
		return err
	}
	return q.show(page)
}

func (p *Portal) holdingPage(q *request, f view.Form) (view.FormPage, error) {
	set, err := p.Communities.Holding(q.Context(), q.viewer)
	if err != nil {
		return view.FormPage{}, err
	}
	page := view.FormPage{
		Frame: q.frame(), Crumbs: p.crumb(q, "/admin/held", "hold.title"), Title: view.Say("holding.title"), Lead: view.Say("holding.lead"),
		Action: "/admin/holding", Form: f, Submit: view.Say("ui.save"), Cancel: "/admin/held",
		Fields: []view.Field{
			{Name: "revision", Control: view.Hidden, Value: revisionOf(set.Revision)},
			{Name: "first_post", Control: view.Check, Label: view.Say("holding.first_post"), Value: checked(set.FirstPost), Optional: true},
			{Name: "contact", Control: view.Radios, Label: view.Say("holding.contact"), Hint: view.Say("holding.contact_hint")},
			{Name: "release", Control: "number", Label: view.Say("holding.release"), Hint: view.Say("holding.release_hint"), Value: strconv.Itoa(set.Release)},
		},
	}
	for _, c := range []community.Contact{community.ContactOpen, community.ContactLimit, community.ContactHold} {
		page.Fields[2].Options = append(page.Fields[2].Options, view.Option{Value: string(c), Key: "holding.contact." + string(c), Selected: c == set.Contact})
	}
	return page, nil
}

func (p *Portal) setHolding(q *request) error {
	release, err := strconv.Atoi(strings.TrimSpace(q.typed.Get("release")))
	if err != nil {
		release = -1
	}
	err = p.Communities.SetHolding(q.Context(), q.viewer, community.Holding{
		FirstPost: q.typed.Get("first_post") != "", Contact: community.Contact(q.typed.Get("contact")), Release: release, Revision: q.revision(),
	})
	if err != nil {
		return q.refused(err, func(f view.Form) (view.Page, error) { return p.holdingPage(q, f) })
	}
	return q.done("/admin/held", view.Say("notice.saved"))
}

// posted is what is said to who wrote something.
func posted(x *community.Post) view.Sentence {
	if x.Asks {
		return view.Say("notice.post_asks")
	}
	if x.Waits {
		return view.Say("notice.post_waits")
	}
	return view.Say("notice.posted")
}
