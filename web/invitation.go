package web

import (
	"net/http"
	"net/url"

	"interlink/domain"
	"interlink/domain/account"
	"interlink/domain/organization"
	"interlink/domain/policy"
	"interlink/web/view"
)

func (p *Portal) invitationRoutes() []route {
	return []route{
		{http.MethodGet, "/invitations/{token}", p.invited},
		{http.MethodPost, "/invitations/{token}", p.acceptInvited},
		{http.MethodPost, "/invitations/{token}/decline", p.declineInvited},
		{http.MethodPost, "/invitations/{token}/again", p.reconsiderInvited},
		{http.MethodGet, "/me/memberships", p.memberships},
		{http.MethodPost, "/me/memberships", p.askMembership},
		{http.MethodPost, "/me/memberships/{id}/accept", p.answerMembership(true)},
		{http.MethodPost, "/me/memberships/{id}/decline", p.answerMembership(false)},
		{http.MethodPost, "/me/memberships/{id}/leave", p.leaveMembership},
		{http.MethodPost, "/me/refusals/{id}/drop", p.reconsider},
	}
}

// invited shows an invitation with a button: a mail program that opens links
// to check them must not answer it.
func (p *Portal) invited(q *request) error {
	page, err := p.invitedPage(q)
	if err != nil {
		return err
	}
	if page.Over {
		return q.showWith(http.StatusNotFound, page)
	}
	return q.show(page)
}

func (p *Portal) invitedPage(q *request) (view.InvitedPage, error) {
	token := q.PathValue("token")
	page := view.InvitedPage{Frame: q.frame(), Action: "/invitations/" + url.PathEscape(token)}
	i, g, err := p.invitation(q)
	switch domain.CodeOf(err) {
	case domain.OK:
	case domain.NotFound, domain.Gone:
		page.Over = true
		return page, p.declinedBefore(q, &page)
	default:
		return page, err
	}
	ref := g.Ref()
	page.Group, page.Kind, page.Role, page.Until = view.Link{Href: p.path(ref.IRI), Text: ref.Title}, g.PolicyKind(), string(i.Role), i.ExpiresAt
	page.By = p.actorRef(q, i.By)
	switch {
	case i.Abroad():
		page.For = p.actorRef(q, i.Person)
	case q.account == nil:
		page.SignIn = "/sign-in?return=" + url.QueryEscape(page.Action)
		if p.Accounts.Mode() != account.ModeClosed && i.Person == domain.Nobody {
			page.SignUp = "/sign-up?invitation=" + url.QueryEscape(token)
		}
	case i.Person != domain.Nobody && i.Person != q.viewer.Actor:
		page.Another = true
	}
	return page, nil
}

// invitation reads that of a link. Those of people whose server is blocked
// meanwhile, or who are gone, are over.
func (p *Portal) invitation(q *request) (organization.Invitation, organization.Group, error) {
	i, g, err := p.Organizations.Invited(q.Context(), q.PathValue("token"))
	if err != nil || !i.Abroad() {
		return i, g, err
	}
	person, err := p.Network.Actor(q.Context(), policy.Viewer{}, i.Person)
	if err == nil && (person.Gone() || p.blocked(q, person.Host)) {
		err = domain.Fail(domain.NotFound, "organization.invitation_over")
	}
	return i, g, err
}

func (p *Portal) acceptInvited(q *request) error {
	_, g, err := p.invitation(q)
	if err == nil {
		g, err = p.Organizations.Accept(q.Context(), q.viewer, q.PathValue("token"))
	}
	switch domain.CodeOf(err) {
	case domain.OK:
		return q.done(p.path(g.Ref().IRI), view.Say("notice.joined"))
	case domain.NotFound:
		return q.showWith(http.StatusNotFound, view.InvitedPage{Frame: q.frame(), Over: true})
	}
	return err
}

func (p *Portal) declineInvited(q *request) error {
	err := p.Organizations.Decline(q.Context(), q.PathValue("token"), q.typed.Get("no_more") != "")
	switch domain.CodeOf(err) {
	case domain.OK:
		return q.done("/invitations/"+url.PathEscape(q.PathValue("token")), view.Say("notice.invitation_declined"))
	case domain.NotFound:
		return q.showWith(http.StatusNotFound, view.InvitedPage{Frame: q.frame(), Over: true})
	}
	return err
}

// declinedBefore says of an invitation that it was declined by this link, which
// undoes that.
func (p *Portal) declinedBefore(q *request, page *view.InvitedPage) error {
	r, g, err := p.Organizations.Declined(q.Context(), q.PathValue("token"))
	if code := domain.CodeOf(err); code == domain.NotFound || code == domain.Gone {
		return nil
	}
	if err != nil {
		return err
	}
	ref := g.Ref()
	page.Over, page.Again = false, page.Action+"/again"
	page.Group, page.Kind, page.Until = view.Link{Href: p.path(ref.IRI), Text: ref.Title}, g.PolicyKind(), r.Until
	return nil
}

// reconsiderInvited lets the group invite again who declined by this link.
func (p *Portal) reconsiderInvited(q *request) error {
	err := p.Organizations.ReconsiderBy(q.Context(), q.PathValue("token"))
	switch domain.CodeOf(err) {
	case domain.OK:
		return q.done("/", view.Say("notice.invitations_again"))
	case domain.NotFound:
		return q.showWith(http.StatusNotFound, view.InvitedPage{Frame: q.frame(), Over: true})
	}
	return err
}

// memberships shows in what the reader takes part, here and elsewhere.
func (p *Portal) memberships(q *request) error {
	page, err := p.membershipsPage(q)
	if err != nil {
		return err
	}
	return q.show(page)
}

func (p *Portal) membershipsPage(q *request) (view.MembershipsPage, error) {
	page := view.MembershipsPage{Frame: q.frame()}
	list, err := p.Organizations.Memberships(q.Context(), q.viewer, "", q.cursor())
	if err != nil {
		return page, err
	}
	page.Pager = q.pager(list.Next, list.Total, len(list.Items))
	refusals, err := p.Organizations.Refusals(q.Context(), q.viewer)
	if err != nil {
		return page, err
	}
	var ids []domain.ActorID
	for _, m := range list.Items {
		ids = append(ids, m.Group)
	}
	for _, r := range refusals {
		ids = append(ids, r.Group)
	}
	groups, err := p.Network.Actors(q.Context(), q.viewer, ids)
	if err != nil {
		return page, err
	}
	for _, m := range list.Items {
		g := groups[m.Group]
		if g == nil {
			continue // of a blocked host
		}
		one, at := view.Membership{Group: p.actorOf(q, g), State: string(m.State), Since: m.Since}, "/me/memberships/"+string(m.ID)
		if m.State == organization.AbroadInvited {
			one.Accept, one.Decline = at+"/accept", at+"/decline"
		} else {
			one.Leave = at + "/leave"
		}
		page.Items = append(page.Items, one)
	}
	for _, r := range refusals {
		if g := groups[r.Group]; g != nil {
			page.Refused = append(page.Refused, view.Refused{Group: p.actorOf(q, g), At: r.At, Drop: "/me/refusals/" + string(r.Group) + "/drop"})
		}
	}
	teams, err := p.Organizations.MyTeams(q.Context(), q.viewer, domain.Page{Limit: listPage})
	if err != nil {
		return page, err
	}
	mine, err := p.Organizations.Mine(q.Context(), q.viewer, domain.Page{Limit: listPage})
	for _, t := range teams.Items {
		page.Here = append(page.Here, p.teamCard(q, t))
	}
	for _, o := range mine.Items {
		page.Here = append(page.Here, p.organizationCard(q, o))
	}
	return page, err
}

// askMembership asks a team of another node to take the reader in.
func (p *Portal) askMembership(q *request) error {
	if err := q.signedIn(); err != nil {
		return err
	}
	iri, err := domain.ParseIRI(q.typed.Get("target"))
	if err != nil {
		return err
	}
	group, err := p.Network.ActorByIRI(q.Context(), q.viewer, iri)
	if err != nil {
		return err
	}
	if group.Local() {
		return domain.Fail(domain.Invalid, "error.not_remote")
	}
	if err := p.Organizations.Ask(q.Context(), q.viewer, group.ID); err != nil {
		return err
	}
	return q.done("/me/memberships", view.Say("notice.membership_asked"))
}

func (p *Portal) answerMembership(accept bool) handler {
	return func(q *request) error {
		id := domain.ID(q.PathValue("id"))
		if accept {
			if err := p.Organizations.Answer(q.Context(), q.viewer, id, true); err != nil {
				return err
			}
			return q.done("/me/memberships", view.Say("notice.joined"))
		}
		if err := p.Organizations.Refuse(q.Context(), q.viewer, id, q.typed.Get("no_more") != ""); err != nil {
			return err
		}
		return q.done("/me/memberships", view.Say("notice.invitation_declined"))
	}
}

// reconsider lets a group invite the reader again.
func (p *Portal) reconsider(q *request) error {
	if err := p.Organizations.Reconsider(q.Context(), q.viewer, domain.ActorID(q.PathValue("id"))); err != nil {
		return err
	}
	return q.done("/me/memberships", view.Say("notice.invitations_again"))
}

func (p *Portal) leaveMembership(q *request) error {
	if err := p.Organizations.LeaveAbroad(q.Context(), q.viewer, domain.ID(q.PathValue("id"))); err != nil {
		return err
	}
	return q.done("/me/memberships", view.Say("notice.membership_left"))
}
