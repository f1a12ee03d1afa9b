package web

import (
	"net/http"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/network"
	"interlink/domain/policy"
	"interlink/web/view"
)

func (p *Portal) peopleRoutes() []route {
	return []route{
		{http.MethodGet, "/processes/{name}/people", p.people},
		{http.MethodPost, "/processes/{name}/people", p.addPerson},
		{http.MethodPost, "/processes/{name}/teams", p.addTeam},
		{http.MethodPost, "/processes/{name}/people/remove", p.removePerson},
	}
}

// The roles in a process, as pages name them: what somebody may do.
const (
	roleReader        = "reader"        // sees it, though it is not public
	roleContributor   = "contributor"   // works in it
	roleAdministrator = "administrator" // changes it and its people
)

func (p *Portal) people(q *request) error {
	page, err := p.peoplePage(q, view.Form{})
	if err != nil {
		return err
	}
	return q.show(page)
}

func (p *Portal) peoplePage(q *request, f view.Form) (view.PeoplePage, error) {
	x, _, head, err := p.headed(q, "people")
	if err != nil {
		return view.PeoplePage{}, err
	}
	if !head.Inside {
		return view.PeoplePage{}, domain.Fail(domain.NotFound, "error.not_found")
	}
	page := view.PeoplePage{Frame: q.frame(), ProcessHead: head, Form: f}
	remove := func(id domain.ActorID) string {
		if !head.MayEdit {
			return ""
		}
		return head.Href + "/people/remove?who=" + string(id)
	}
	for _, id := range x.Administrators {
		page.Members = append(page.Members, view.Member{Actor: p.actor(q, id), Role: roleAdministrator, Remove: remove(id)})
	}
	granted := map[domain.ActorID]bool{}
	for _, g := range x.Grants {
		granted[g.Grantee] = true
		role := roleReader
		if g.Allow.Has(coproduction.MayCreate) {
			role = roleContributor
		}
		a := p.actor(q, g.Grantee)
		if a.Kind == network.SubjectTeam {
			page.Teams = append(page.Teams, view.TeamGrant{Team: a, Role: role, Remove: remove(g.Grantee)})
		} else {
			page.Members = append(page.Members, view.Member{Actor: a, Role: role, Remove: remove(g.Grantee)})
		}
	}
	if !head.MayEdit {
		return page, nil
	}
	for _, role := range []string{roleContributor, roleReader, roleAdministrator} {
		page.Roles = append(page.Roles, view.Option{Value: role, Key: "role." + role, Selected: role == roleContributor})
	}
	teams, err := p.Organizations.MyTeams(q.Context(), q.viewer, domain.Page{Limit: domain.MaxPage})
	if err != nil {
		return page, err
	}
	for _, t := range teams.Items {
		if !granted[t.ID] {
			page.Offer = append(page.Offer, view.Option{Value: t.Name, Text: t.Title})
		}
	}
	return page, nil
}

func (p *Portal) addPerson(q *request) error {
	x, err := p.Coproduction.Process(q.Context(), q.viewer, q.PathValue("name"))
	if err != nil {
		return err
	}
	if err := policy.Allow(q.viewer, policy.Administer, x); err != nil {
		return err // before another server is asked
	}
	who, err := p.personTyped(q)
	if err == nil {
		err = p.grant(q, x, who)
	}
	return p.granted(q, x, err)
}

func (p *Portal) addTeam(q *request) error {
	x, err := p.Coproduction.Process(q.Context(), q.viewer, q.PathValue("name"))
	if err != nil {
		return err
	}
	t, err := p.Organizations.Team(q.Context(), q.viewer, q.typed.Get("team"))
	if err == nil {
		err = p.grant(q, x, t.ID)
	}
	return p.granted(q, x, err)
}

// grant gives the role that was chosen.
func (p *Portal) grant(q *request, x *coproduction.Process, who domain.ActorID) error {
	switch q.typed.Get("role") {
	case roleAdministrator:
		return p.Coproduction.AddAdministrator(q.Context(), q.viewer, x.Name, who)
	case roleContributor:
		return p.Coproduction.PutGrant(q.Context(), q.viewer, x.Name, coproduction.Grant{Grantee: who, Allow: coproduction.MayCreate})
	default:
		return p.Coproduction.PutGrant(q.Context(), q.viewer, x.Name, coproduction.Grant{Grantee: who, Allow: coproduction.MayView})
	}
}

func (p *Portal) granted(q *request, x *coproduction.Process, err error) error {
	if err != nil {
		return q.refused(err, func(f view.Form) (view.Page, error) { return p.peoplePage(q, f) })
	}
	return q.done(p.path(x.IRI)+"/people", view.Say("notice.member_added"))
}

func (p *Portal) removePerson(q *request) error {
	x, err := p.Coproduction.Process(q.Context(), q.viewer, q.PathValue("name"))
	if err != nil {
		return err
	}
	who := domain.ActorID(q.URL.Query().Get("who"))
	if err = p.Coproduction.RevokeGrant(q.Context(), q.viewer, x.Name, who, ""); err == nil {
		err = p.Coproduction.RemoveAdministrator(q.Context(), q.viewer, x.Name, who)
	}
	if err != nil {
		return q.refused(err, func(f view.Form) (view.Page, error) { return p.peoplePage(q, f) })
	}
	return q.done(p.path(x.IRI)+"/people", view.Say("notice.member_removed"))
}
