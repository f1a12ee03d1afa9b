package web

import (
	"net/http"
	"strings"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/network"
	"interlink/domain/policy"
	"interlink/web/view"
)

func (p *Portal) staffRoutes() []route {
	return []route{
		{http.MethodGet, "/communities/{name}/people", p.staff},
		{http.MethodPost, "/communities/{name}/people", p.setRole},
		{http.MethodPost, "/communities/{name}/people/role", p.changeStaff},
		{http.MethodPost, "/communities/{name}/bans", p.ban},
		{http.MethodPost, "/communities/{name}/following", p.followGroup},
		{http.MethodPost, "/communities/{name}/following/undo", p.unfollowGroup},
		{http.MethodPost, "/communities/{name}/bans/lift", p.unban},
		{http.MethodPost, "/posts/{id}/lock", p.react(p.Communities.Lock, "notice.thread_locked")},
		{http.MethodPost, "/posts/{id}/unlock", p.react(p.Communities.Unlock, "notice.thread_unlocked")},
	}
}

// staff shows who runs a community, and to those who do whom they keep from
// writing there. "?ban=" fills in the form.
func (p *Portal) staff(q *request) error {
	c, err := p.Communities.Community(q.Context(), q.viewer, q.PathValue("name"))
	if err != nil {
		return err
	}
	page, err := p.staffPage(q, c, view.Form{})
	if err != nil {
		return err
	}
	if who := q.URL.Query().Get("ban"); who != "" && page.MayBan {
		page.Form = view.Form{Values: map[string][]string{"person": {who}}}
	}
	return q.show(page)
}

func (p *Portal) staffPage(q *request, c *community.Community, f view.Form) (view.StaffPage, error) {
	href := p.path(c.IRI)
	page := view.StaffPage{
		Frame: q.frame(), Crumbs: append(p.crumb(q, "/communities", "nav.communities"), view.Link{Href: href, Text: c.Title}), Href: href, Title: c.Title, Form: f,
		Tabs:    p.communityTabs(q, c, "/people"),
		MayEdit: policy.Allow(q.viewer, policy.Administer, c) == nil, MayBan: policy.Allow(q.viewer, policy.Moderate, c) == nil,
	}
	var bans domain.List[*community.Ban]
	if page.MayBan {
		var err error
		if bans, err = p.Communities.Bans(q.Context(), q.viewer, c.Name, q.cursor()); err != nil {
			return page, err
		}
		page.Pager = q.pager(bans.Next, bans.Total, len(bans.Items))
	}
	ids := c.Staff()
	for _, b := range bans.Items {
		ids = append(ids, b.Actor, b.By)
	}
	actors, err := p.Network.Actors(q.Context(), q.viewer, ids)
	if err != nil {
		return page, err
	}
	if page.MayEdit {
		if page.Groups, err = p.groupsFollowed(q, c, href); err != nil {
			return page, err
		}
	}
	page.Staff, page.Bans = p.staffRows(q, c, actors, page), p.banRows(q, bans.Items, actors, href)
	if page.MayEdit {
		for _, role := range []community.Role{community.Moderator, community.Administrator} {
			page.Roles = append(page.Roles, view.Option{Value: string(role), Key: "role." + string(role)})
		}
	}
	return page, nil
}

// staffRows shows who has a role; the last administrator keeps theirs.
func (p *Portal) staffRows(q *request, c *community.Community, actors map[domain.ActorID]*network.Actor, page view.StaffPage) []view.Member {
	var rows []view.Member
	for _, id := range c.Staff() {
		a := actors[id]
		if a == nil {
			continue // of a blocked host
		}
		role := c.Role(id)
		m, to := view.Member{Actor: p.actorOf(q, a), Role: string(role)}, page.Href+"/people/role?who="+string(id)
		last := role == community.Administrator && len(c.Administrators) == 1
		if !last && (page.MayEdit || q.account != nil && id == q.viewer.Actor) {
			m.Remove = to
		}
		switch {
		case !page.MayEdit || last:
		case role == community.Administrator:
			m.Change = to + "&role=" + string(community.Moderator)
		case a.Local():
			m.Change = to + "&role=" + string(community.Administrator)
		}
		rows = append(rows, m)
	}
	return rows
}

func (p *Portal) banRows(q *request, bans []*community.Ban, actors map[domain.ActorID]*network.Actor, href string) []view.BanRow {
	var rows []view.BanRow
	for _, b := range bans {
		a := actors[b.Actor]
		if a == nil {
			continue
		}
		row := view.BanRow{Who: p.actorOf(q, a), Reason: b.Reason, At: b.At, Until: b.Until, Lift: href + "/bans/lift?who=" + string(b.Actor)}
		if by := actors[b.By]; by != nil {
			one := p.actorOf(q, by)
			row.By = &one
		}
		rows = append(rows, row)
	}
	return rows
}

// staffAgain shows the page with what was wrong; names are those of the fields
// of the form.
func (p *Portal) staffAgain(q *request, c *community.Community, err error, names map[string]string) error {
	return q.refused(domain.Renamed(err, names), func(f view.Form) (view.Page, error) { return p.staffPage(q, c, f) })
}

// setRole gives somebody a role by their handle.
func (p *Portal) setRole(q *request) error {
	c, err := p.Communities.Community(q.Context(), q.viewer, q.PathValue("name"))
	if err != nil {
		return err
	}
	if err := policy.Allow(q.viewer, policy.Administer, c); err != nil {
		return err // before another server is asked
	}
	who, err := p.personTyped(q)
	if err == nil {
		_, err = p.Communities.SetRole(q.Context(), q.viewer, c.Name, who, community.Role(q.typed.Get("role")))
	}
	if err != nil {
		return p.staffAgain(q, c, err, nil)
	}
	return q.done(p.path(c.IRI)+"/people", view.Say("notice.saved"))
}

// changeStaff changes or ends the role of somebody who has one.
func (p *Portal) changeStaff(q *request) error {
	c, err := p.Communities.Community(q.Context(), q.viewer, q.PathValue("name"))
	if err != nil {
		return err
	}
	who, role := domain.ActorID(q.URL.Query().Get("who")), community.Role(q.URL.Query().Get("role"))
	if c.Role(who) == community.NoRole {
		return domain.Fail(domain.NotFound, "error.not_found")
	}
	if _, err := p.Communities.SetRole(q.Context(), q.viewer, c.Name, who, role); err != nil {
		return p.staffAgain(q, c, err, nil)
	}
	return q.done(p.path(c.IRI)+"/people", view.Say("notice.saved"))
}

// ban keeps somebody from writing.
func (p *Portal) ban(q *request) error {
	c, err := p.Communities.Community(q.Context(), q.viewer, q.PathValue("name"))
	if err != nil {
		return err
	}
	if err := policy.Allow(q.viewer, policy.Moderate, c); err != nil {
		return err
	}
	q.typed.Set("handle", q.typed.Get("person"))
	in, err := p.banning(q)
	if err == nil {
		err = p.Communities.Ban(q.Context(), q.viewer, c.Name, in)
	}
	if domain.CodeOf(err) == domain.Conflict {
		err = domain.InvalidField("handle", "community.banned_already")
	}
	if err != nil {
		q.typed.Del("handle")
		return p.staffAgain(q, c, err, map[string]string{"handle": "person"})
	}
	return q.done(p.path(c.IRI)+"/people", view.Say("notice.banned"))
}

// banning reads the form, with all that is wrong in it.
func (p *Portal) banning(q *request) (community.Banning, error) {
	in := community.Banning{Reason: strings.TrimSpace(q.typed.Get("reason"))}
	var problems domain.Problems
	var err error
	if in.Who, err = p.personTyped(q); err != nil {
		fields := domain.FieldsOf(err)
		if len(fields) == 0 {
			return in, err
		}
		problems = append(problems, fields...)
	}
	in.Until = domain.ParseDeadline(q.typed.Get("until"), p.zone())
	problems.Day("until", in.Until)
	if in.Reason == "" {
		problems.Add("reason", "community.ban_reason")
	}
	return in, problems.Err()
}

func (p *Portal) unban(q *request) error {
	name := q.PathValue("name")
	if err := p.Communities.Unban(q.Context(), q.viewer, name, domain.ActorID(q.URL.Query().Get("who"))); err != nil {
		return err
	}
	return q.done("/communities/"+name+"/people", view.Say("notice.unbanned"))
}

// offerModeration offers those who moderate a community what they may do with
// a post in it.
func (p *Portal) offerModeration(q *request, out *view.Post, x *community.Post, c *community.Community) {
	if x.Community != c.ID || policy.Allow(q.viewer, policy.Moderate, c) != nil {
		return
	}
	offerEnd(q, out, x)
	if x.InReplyTo == "" {
		if out.Lock = out.Href + "/lock"; x.Locked() {
			out.Lock = out.Href + "/unlock"
		}
	}
	if x.Author != c.ID && c.Role(x.Author) == community.NoRole {
		out.Ban = banHref(p.path(c.IRI), out.Author)
	}
}

// banHref leads to the form that bans somebody from a community.
func banHref(community string, who view.Actor) string {
	return community + "/people?ban=" + who.Handle + "#ban"
}

// ownBan tells the reader that they cannot write in a community, and why; nil
// if they can.
func (p *Portal) ownBan(q *request, id domain.ActorID) (*view.BanRow, error) {
	b, err := p.Communities.OwnBan(q.Context(), q.viewer, id)
	if domain.CodeOf(err) == domain.NotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	row := &view.BanRow{Reason: b.Reason, At: b.At, Until: b.Until}
	switch a, err := p.Communities.OwnAppeal(q.Context(), q.viewer, community.AgainstBan, string(b.Activity)); {
	case domain.CodeOf(err) == domain.NotFound:
		row.Appeal = p.appealOf(q, id)
	case err != nil:
		return nil, err
	default:
		row.Appealed, row.Answer = true, a.Answer
	}
	return row, nil
}

// groupsFollowed lists the groups that a community follows.
func (p *Portal) groupsFollowed(q *request, c *community.Community, href string) ([]view.Member, error) {
	list, err := p.Network.Following(q.Context(), q.viewer, c.ID, domain.Page{Limit: domain.MaxPage})
	if err != nil {
		return nil, err
	}
	var rows []view.Member
	for _, a := range list.Items {
		rows = append(rows, view.Member{Actor: p.actorOf(q, a), Remove: href + "/following/undo?group=" + string(a.ID)})
	}
	return rows, nil
}

// followGroup has a community follow another group, by its handle.
func (p *Portal) followGroup(q *request) error {
	c, err := p.Communities.Community(q.Context(), q.viewer, q.PathValue("name"))
	if err != nil {
		return err
	}
	if err := policy.Allow(q.viewer, policy.Administer, c); err != nil {
		return err // before another server is asked
	}
	a, err := p.Directory.Lookup(q.Context(), strings.TrimSpace(q.typed.Get("group")))
	if err == nil {
		_, err = p.Network.Follow(q.Context(), q.viewer, c.ID, a.ID)
	}
	switch code := domain.CodeOf(err); {
	case err == nil:
		return q.done(p.path(c.IRI)+"/people#groups", view.Say("notice.group_followed"))
	case len(domain.FieldsOf(err)) == 0 && a != nil && code == domain.Invalid: // it is no group, or itself
		err = domain.InvalidField("group", "follow.group_only").Because(err)
	case len(domain.FieldsOf(err)) == 0 && !domain.Ours(err):
		err = unknown("group", err, "error.unknown_name")
	}
	return p.staffAgain(q, c, err, map[string]string{"handle": "group"})
}

// unfollowGroup ends that.
func (p *Portal) unfollowGroup(q *request) error {
	c, err := p.Communities.Community(q.Context(), q.viewer, q.PathValue("name"))
	if err != nil {
		return err
	}
	if err := p.Network.Unfollow(q.Context(), q.viewer, c.ID, domain.ActorID(q.URL.Query().Get("group"))); err != nil {
		return err
	}
	return q.done(p.path(c.IRI)+"/people#groups", view.Say("notice.group_unfollowed"))
}
