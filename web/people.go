package web

import (
	"net/http"
	"net/url"

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
		{http.MethodPost, "/processes/{name}/people/remove", p.removeAdministrator},
		{http.MethodGet, "/processes/{name}/guide/{item}/people", p.people},
		{http.MethodGet, "/processes/{name}/rights", p.rights},
		{http.MethodPost, "/processes/{name}/rights", p.putRights},
		{http.MethodPost, "/processes/{name}/rights/withdraw", p.withdrawRights},
	}
}

// The roles in a process, as pages name them: short for what is often granted
// in all of it.
const (
	roleReader        = "reader"        // sees it, though it is not public
	roleContributor   = "contributor"   // works in it
	roleAdministrator = "administrator" // changes it and its people
)

// people shows who may do what: in a process, or at the item of the path.
func (p *Portal) people(q *request) error {
	page, err := p.peoplePage(q, view.Form{})
	if err != nil {
		return err
	}
	return q.show(page)
}

func (p *Portal) peoplePage(q *request, f view.Form) (view.PeoplePage, error) {
	x, t, head, err := p.headed(q, "people")
	if err != nil {
		return view.PeoplePage{}, err
	}
	at := coproduction.Place{Process: x, Tree: t, Item: domain.ID(q.PathValue("item"))}
	page := view.PeoplePage{Frame: q.frame(), ProcessHead: head, Form: f, Here: head.Href + "/people", MayGive: policy.Allow(q.viewer, policy.Administer, at) == nil}
	if at.Item != "" {
		it, err := t.Item(at.Item)
		if err != nil {
			return page, err
		}
		page.Item = &view.Link{Href: p.path(x.ItemIRI(it.ID)), Text: it.Name}
		page.Here = page.Item.Href + "/people"
	}
	if err := p.grantRows(q, at, &page); err != nil {
		return page, err
	}
	if err := p.effective(q, at, &page); err != nil || !page.MayGive {
		return page, err
	}
	page.Give = p.rightsHref(x, "", at.Item)
	return page, p.offerPeople(q, x, &page)
}

// rightsHref is the form for the rights of somebody at a place.
func (p *Portal) rightsHref(x *coproduction.Process, handle string, item domain.ID) string {
	values := url.Values{}
	if handle != "" {
		values.Set("handle", handle)
	}
	if item != "" {
		values.Set("item", string(item))
	}
	return p.path(x.IRI) + "/rights?" + values.Encode()
}

// grantRows lists the administrators and a page of the grants: of a process
// all, of an item those that hold there and that the reader may know of.
func (p *Portal) grantRows(q *request, at coproduction.Place, page *view.PeoplePage) error {
	list, err := at.Known(q.viewer, q.cursor())
	if err != nil {
		return err
	}
	page.Pager = q.pager(list.Next, list.Total, len(list.Items))
	var ids []domain.ActorID
	for _, g := range list.Items {
		ids = append(ids, g.Grantee)
	}
	if at.Item == "" {
		ids = append(ids, at.Administrators...)
	}
	actors, err := p.Network.Actors(q.Context(), q.viewer, ids)
	if err != nil {
		return err
	}
	if at.Item == "" {
		for _, id := range at.Administrators {
			if a := actors[id]; a != nil {
				m := view.Member{Actor: p.actorOf(q, a), Role: roleAdministrator}
				if page.MayEdit && len(at.Administrators) > 1 {
					m.Remove = page.Href + "/people/remove?who=" + string(id)
				}
				page.Members = append(page.Members, m)
			}
		}
	}
	for _, g := range list.Items {
		if a := actors[g.Grantee]; a != nil {
			page.Grants = append(page.Grants, p.grantRow(q, at, g, a))
		}
	}
	return nil
}

func (p *Portal) grantRow(q *request, at coproduction.Place, g coproduction.Grant, a *network.Actor) view.GrantRow {
	row := view.GrantRow{Grantee: p.actorOf(q, a), Where: p.placeLink(at, g.Item), Allow: g.Allow.Names(), Deny: g.Deny.Names()}
	there := coproduction.Place{Process: at.Process, Tree: at.Tree, Item: g.Item}
	if policy.Allow(q.viewer, policy.Administer, there) == nil {
		row.Change = p.rightsHref(at.Process, row.Grantee.Handle, g.Item)
		row.Withdraw = p.path(at.IRI) + "/rights/withdraw?who=" + string(g.Grantee) + "&item=" + string(g.Item)
		if row.Grantee.Kind == network.SubjectPerson {
			row.Effective = "?of=" + string(g.Grantee) + "#effective"
		}
	}
	return row
}

// placeLink names a place of a process; nil for all of it.
func (p *Portal) placeLink(at coproduction.Place, item domain.ID) *view.Link {
	if it, err := at.Tree.Item(item); err == nil {
		return &view.Link{Href: p.path(at.ItemIRI(item)), Text: it.Name}
	}
	return nil
}

// effective tells what the reader may do there and where that comes from; to
// those who say so, of anybody else.
func (p *Portal) effective(q *request, at coproduction.Place, page *view.PeoplePage) error {
	who := q.viewer.Actor
	if of := domain.ActorID(q.URL.Query().Get("of")); of != "" && page.MayGive {
		if page.Of = p.actorRef(q, of); page.Of == nil {
			return domain.Fail(domain.NotFound, "error.not_found")
		}
		who = of
	}
	if who == domain.Nobody {
		return nil
	}
	held := at.Effective(who)
	var ids []domain.ActorID
	for _, h := range held {
		ids = append(ids, h.Grantee)
	}
	actors, err := p.Network.Actors(q.Context(), q.viewer, ids)
	if err != nil {
		return err
	}
	for _, h := range held {
		row := view.HeldRow{Right: h.Right.String(), Granted: h.Granted, Administrator: h.Administrator, Where: p.placeLink(at, h.Item)}
		if a := actors[h.Grantee]; a != nil {
			from := p.actorOf(q, a)
			row.From = &from
		}
		page.Effective = append(page.Effective, row)
	}
	return nil
}

// offerPeople finds whom rights could be given.
func (p *Portal) offerPeople(q *request, x *coproduction.Process, page *view.PeoplePage) error {
	page.Query = q.URL.Query().Get("q")
	if page.Query != "" {
		page.Searched = true
		found, err := p.Network.People(q.Context(), q.viewer, page.Query, domain.Page{Limit: glimpse})
		if err != nil {
			return err
		}
		for _, a := range found.Items {
			one := p.actorOf(q, a)
			page.Found = append(page.Found, view.GrantRow{Grantee: one, Change: p.rightsHref(x, one.Handle, domain.ID(q.PathValue("item")))})
		}
	}
	if !page.MayEdit || page.Item != nil {
		return nil
	}
	for _, role := range []string{roleContributor, roleReader, roleAdministrator} {
		page.Roles = append(page.Roles, view.Option{Value: role, Key: "role." + role, Selected: role == roleContributor})
	}
	teams, err := p.Organizations.MyTeams(q.Context(), q.viewer, domain.Page{Limit: domain.MaxPage})
	for _, t := range teams.Items {
		page.Offer = append(page.Offer, view.Option{Value: t.Name, Text: t.Title})
	}
	return err
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

func (p *Portal) removeAdministrator(q *request) error {
	name := q.PathValue("name")
	if err := p.Coproduction.RemoveAdministrator(q.Context(), q.viewer, name, domain.ActorID(q.URL.Query().Get("who"))); err != nil {
		return q.refused(err, func(f view.Form) (view.Page, error) { return p.peoplePage(q, f) })
	}
	return q.done("/processes/"+url.PathEscape(name)+"/people", view.Say("notice.member_removed"))
}

// rights asks for the rights of somebody at a place, with those they have
// there.
func (p *Portal) rights(q *request) error {
	values := q.URL.Query()
	page, err := p.rightsPage(q, values.Get("handle"), domain.ID(values.Get("item")), view.Form{})
	if err != nil {
		return err
	}
	return q.show(page)
}

func (p *Portal) rightsPage(q *request, handle string, item domain.ID, f view.Form) (view.Page, error) {
	x, t, err := p.Coproduction.Guide(q.Context(), q.viewer, q.PathValue("name"), "")
	if err != nil {
		return nil, err
	}
	at := coproduction.Place{Process: x, Tree: t, Item: item}
	if err := policy.Allow(q.viewer, policy.Administer, at); err != nil {
		return nil, err
	}
	page := view.FormPage{
		Frame: q.frame(), Crumbs: []view.Link{{Href: p.path(x.IRI), Text: x.Title}}, Title: view.Say("rights.give"), Lead: view.Say("rights.give_lead"),
		Action: p.path(x.IRI) + "/rights", Form: f, Submit: view.Say("ui.save"), Cancel: p.peopleHref(q, x, item),
		Fields: []view.Field{
			{Name: "handle", Label: view.Say("rights.whom"), Hint: view.Say("rights.whom_hint"), Value: handle, Max: 2000},
			{Name: "item", Control: view.Select, Label: view.Say("page.people.where"), Hint: view.Say("rights.where_hint"), Options: p.grantPlaces(q, at)},
		},
	}
	g := p.grantOf(q, x, handle, item)
	for _, right := range coproduction.EachRight {
		name := right.String()
		options := []view.Option{{Value: "", Key: "rights.as_above"}, {Value: "allow", Key: "rights.allow"}, {Value: "deny", Key: "rights.deny"}}
		options[0].Selected = true
		for i, said := range []coproduction.Rights{0, g.Allow, g.Deny} {
			if said.Has(right) && said != 0 {
				options[0].Selected, options[i].Selected = false, true
			}
		}
		page.Fields = append(page.Fields, view.Field{
			Name: name, Control: view.Select, Label: view.Say("right." + name), Hint: view.Say("right." + name + "_hint"), Options: options, Optional: true,
		})
	}
	return page, nil
}

// peopleHref is the page from which rights at a place are given.
func (p *Portal) peopleHref(q *request, x *coproduction.Process, item domain.ID) string {
	if item == "" || p.Coproduction.Inside(q.viewer, x) {
		return p.path(x.IRI) + "/people"
	}
	return p.path(x.ItemIRI(item)) + "/people"
}

// grantOf is what somebody known here was granted at a place; zero if nothing.
func (p *Portal) grantOf(q *request, x *coproduction.Process, handle string, item domain.ID) coproduction.Grant {
	if handle == "" {
		return coproduction.Grant{}
	}
	var ids []domain.ActorID
	for _, g := range x.Grants {
		ids = append(ids, g.Grantee)
	}
	actors, err := p.Network.Actors(q.Context(), q.viewer, ids)
	if err != nil {
		return coproduction.Grant{} // the form is then empty
	}
	for _, g := range x.Grants {
		if a := actors[g.Grantee]; a != nil && g.Item == item && a.Handle(p.Namespace.HandleHost()) == handle {
			return g
		}
	}
	return coproduction.Grant{}
}

// grantPlaces offers where the reader may give rights: everywhere they manage,
// of tasks only the one that the form is for.
func (p *Portal) grantPlaces(q *request, at coproduction.Place) []view.Option {
	var options []view.Option
	offer := func(item domain.ID, o view.Option) {
		there := coproduction.Place{Process: at.Process, Tree: at.Tree, Item: item}
		if policy.Allow(q.viewer, policy.Administer, there) == nil {
			o.Value, o.Selected = string(item), item == at.Item
			options = append(options, o)
		}
	}
	offer("", view.Option{Key: "page.people.whole"})
	for _, it := range at.Tree.Items() {
		if it.Kind == coproduction.Task && it.ID != at.Item {
			continue
		}
		name := make(domain.Text, len(it.Name))
		for lang, words := range it.Name {
			name[lang] = map[coproduction.ItemKind]string{coproduction.Objective: "– ", coproduction.Task: "– – "}[it.Kind] + words
		}
		offer(it.ID, view.Option{Text: name})
	}
	return options
}

func (p *Portal) putRights(q *request) error {
	item := domain.ID(q.typed.Get("item"))
	again := func(f view.Form) (view.Page, error) { return p.rightsPage(q, q.typed.Get("handle"), item, f) }
	if _, err := again(view.Form{}); err != nil {
		return err // before another server is asked
	}
	var allow, deny []string
	for _, right := range coproduction.EachRight {
		switch name := right.String(); q.typed.Get(name) {
		case "allow":
			allow = append(allow, name)
		case "deny":
			deny = append(deny, name)
		}
	}
	g := coproduction.Grant{Item: item}
	var err error
	if g.Grantee, err = p.personTyped(q); err == nil {
		if g.Allow, err = coproduction.ParseRights(allow...); err == nil {
			g.Deny, err = coproduction.ParseRights(deny...)
		}
	}
	if err == nil {
		err = p.Coproduction.PutGrant(q.Context(), q.viewer, q.PathValue("name"), g)
	}
	if domain.CodeOf(err) == domain.NotFound && len(domain.FieldsOf(err)) == 0 {
		err = domain.InvalidField("handle", "rights.no_grantee", q.typed.Get("handle")).Because(err)
	}
	if err != nil {
		return q.refused(domain.Renamed(err, map[string]string{"allow": "view", "deny": "view"}), again)
	}
	x, err := p.Coproduction.Process(q.Context(), q.viewer, q.PathValue("name"))
	if err != nil {
		return q.done("/processes", view.Say("notice.rights.saved")) // the reader took their own
	}
	return q.done(p.peopleHref(q, x, item), view.Say("notice.rights.saved"))
}

func (p *Portal) withdrawRights(q *request) error {
	name, values := q.PathValue("name"), q.URL.Query()
	item := domain.ID(values.Get("item"))
	if err := p.Coproduction.RevokeGrant(q.Context(), q.viewer, name, domain.ActorID(values.Get("who")), item); err != nil {
		return err
	}
	x, err := p.Coproduction.Process(q.Context(), q.viewer, name)
	if err != nil {
		return q.done("/processes", view.Say("notice.rights.withdrawn"))
	}
	return q.done(p.peopleHref(q, x, item), view.Say("notice.rights.withdrawn"))
}
