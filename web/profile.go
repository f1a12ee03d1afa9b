package web

import (
	"fmt"
	"net/http"
	"strings"

	"interlink/domain"
	"interlink/domain/markup"
	"interlink/domain/network"
	"interlink/domain/policy"
	"interlink/domain/profile"
	"interlink/web/view"
)

func (p *Portal) profileRoutes() []route {
	var all []route
	for path, find := range map[string]func(*request) (bearer, error){
		"/me": p.personBearer, "/organizations/{name}": p.organizationBearer, "/communities/{name}": p.communityBearer,
	} {
		all = append(all,
			route{http.MethodGet, path + "/profile", about(find, p.showProfile)},
			route{http.MethodPost, path + "/profile", about(find, p.saveDetails)},
		)
	}
	for path, find := range map[string]func(*request) (bearer, error){
		"/me": p.personBearer, "/communities/{name}": p.communityBearer, "/processes/{name}": p.processBearer,
	} {
		all = append(all,
			route{http.MethodGet, path + "/move", about(find, p.showMove)},
			route{http.MethodPost, path + "/move", about(find, p.moveAway)},
			route{http.MethodPost, path + "/move/back", about(find, p.moveBack)},
			route{http.MethodPost, path + "/move/aliases", about(find, p.addAlias)},
			route{http.MethodPost, path + "/move/aliases/remove", about(find, p.removeAlias)},
		)
	}
	return all
}

// about makes the handler of a page about an actor that find finds.
func about(find func(*request) (bearer, error), show func(*request, bearer) error) handler {
	return func(q *request) error {
		b, err := find(q)
		if err != nil {
			return err
		}
		return show(q, b)
	}
}

// personBearer is the reader.
func (p *Portal) personBearer(q *request) (bearer, error) {
	if err := q.signedIn(); err != nil {
		return bearer{}, err
	}
	return bearer{q.account.Actor, view.Plain(q.lang, q.account.DisplayName), "/me"}, nil
}

// processBearer is a process that the reader may let move.
func (p *Portal) processBearer(q *request) (bearer, error) {
	x, err := p.Coproduction.Process(q.Context(), q.viewer, q.PathValue("name"))
	if err != nil {
		return bearer{}, err
	}
	return bearer{x.ID, x.Title, p.path(x.IRI)}, policy.Allow(q.viewer, policy.Administer, x)
}

func (p *Portal) showProfile(q *request, b bearer) error {
	a, err := p.Network.Actor(q.Context(), q.viewer, b.id)
	if err != nil {
		return err
	}
	return q.show(p.profilePage(q, b, profile.Of(a), view.Form{}))
}

func (p *Portal) saveDetails(q *request, b bearer) error {
	s := profile.Settings{
		Discoverable: q.typed.Get("discoverable") != "", Indexable: q.typed.Get("indexable") != "",
		Sites: strings.Fields(q.typed.Get("sites")),
	}
	for i := 1; i <= profile.MaxFields; i++ {
		s.Fields = append(s.Fields, network.Field{Name: q.typed.Get(fmt.Sprint("fieldName", i)), Value: q.typed.Get(fmt.Sprint("fieldValue", i))})
	}
	if err := p.Profiles.Edit(q.Context(), q.viewer, b.id, s); err != nil {
		return q.refused(err, func(f view.Form) (view.Page, error) { return p.profilePage(q, b, s, f), nil })
	}
	return q.done(b.href, view.Say("notice.saved"))
}

func (p *Portal) profilePage(q *request, b bearer, s profile.Settings, f view.Form) view.FormPage {
	page := view.FormPage{
		Frame: q.frame(), Crumbs: []view.Link{{Href: b.href, Text: b.title}}, Title: view.Say("profile.title"), Lead: view.Say("profile.lead"),
		Action: b.href + "/profile", Form: f, Submit: view.Say("ui.save"), Cancel: b.href,
	}
	for i := range profile.MaxFields {
		var field network.Field
		if i < len(s.Fields) {
			field = s.Fields[i]
		}
		page.Fields = append(page.Fields,
			view.Field{Name: fmt.Sprint("fieldName", i+1), Label: view.Say("profile.field_name", i+1), Value: field.Name, Max: profile.MaxName, Optional: true},
			view.Field{Name: fmt.Sprint("fieldValue", i+1), Label: view.Say("profile.field_value", i+1), Hint: view.Say("profile.field_hint"), Value: field.Value, Max: profile.MaxValue, Optional: true},
		)
	}
	page.Fields = append(page.Fields,
		view.Field{Name: "discoverable", Control: view.Check, Label: view.Say("profile.discoverable"), Hint: view.Say("profile.discoverable_hint"), Value: checked(s.Discoverable), Optional: true},
		view.Field{Name: "indexable", Control: view.Check, Label: view.Say("profile.indexable"), Hint: view.Say("profile.indexable_hint"), Value: checked(s.Indexable), Optional: true},
		view.Field{Name: "sites", Control: view.TextArea, Label: view.Say("profile.sites"), Hint: view.Say("profile.sites_hint"), Value: strings.Join(s.Sites, "\n"), Rows: 3, Optional: true},
	)
	return page
}

// said is what pages show of what an actor says of itself: the lines of its
// profile and where it went.
func (p *Portal) said(q *request, id domain.ActorID) view.Said {
	a, err := p.Network.Actor(q.Context(), q.viewer, id)
	if err != nil {
		return view.Said{}
	}
	return p.saidBy(q, a)
}

func (p *Portal) saidBy(q *request, a *network.Actor) view.Said {
	var said view.Said
	for _, f := range a.Fields {
		value := safe(f.Value, "")
		if a.Local() {
			value = safe(markup.Line(f.Value), "")
		}
		said.Fields = append(said.Fields, view.ActorField{Name: f.Name, Value: value})
	}
	if a.MovedTo != "" {
		said.MovedTo = p.elsewhere(q, a.MovedTo)
	}
	return said
}

// elsewhere is an actor by its address: as it is known here, or by the
// address alone.
func (p *Portal) elsewhere(q *request, iri domain.IRI) *view.Actor {
	a, err := p.Network.ActorByIRI(q.Context(), q.viewer, iri)
	if err != nil {
		return &view.Actor{Name: string(iri), Handle: string(iri), Href: string(iri)}
	}
	known := p.actorOf(q, a)
	return &known
}

func (p *Portal) showMove(q *request, b bearer) error {
	page, err := p.movePage(q, b, "", view.Form{})
	if err != nil {
		return err
	}
	return q.show(page)
}

func (p *Portal) movePage(q *request, b bearer, which string, f view.Form) (view.MovePage, error) {
	a, err := p.Network.Actor(q.Context(), q.viewer, b.id)
	if err != nil {
		return view.MovePage{}, err
	}
	page := view.MovePage{
		Frame: q.frame(), Crumbs: []view.Link{{Href: b.href, Text: b.title}}, Action: b.href + "/move", Handle: a.Handle(p.Namespace.Host()),
		Which: which, Form: f, MovedTo: p.saidBy(q, a).MovedTo, Process: a.Subject == network.SubjectProcess,
	}
	if a.Subject == network.SubjectCommunity {
		page.Export = p.path(a.IRI) + "/export.zip"
	}
	if page.Process && page.MovedTo != nil {
		page.Back = a.MovedAt.Add(profile.ReturnWithin)
		page.Late = p.Now().After(page.Back)
	}
	if until := a.MovedAt.Add(network.MoveEvery); !a.MovedAt.IsZero() && until.After(p.Now()) {
		page.Until = until
	}
	for _, iri := range a.AlsoKnownAs {
		page.Aliases = append(page.Aliases, view.Alias{Actor: *p.elsewhere(q, iri), Address: string(iri)})
	}
	return page, nil
}

// moveForm shows the page again if a form of it was refused.
func (p *Portal) moveForm(q *request, b bearer, which string, err error, done view.Sentence) error {
	if err != nil {
		return q.refused(err, func(f view.Form) (view.Page, error) {
			f.Values.Del("password")
			return p.movePage(q, b, which, f)
		})
	}
	return q.done(b.href+"/move", done)
}

func (p *Portal) moveAway(q *request, b bearer) error {
	err := p.Profiles.Move(q.Context(), q.viewer, b.id, q.typed.Get("target"), q.typed.Get("password"))
	return p.moveForm(q, b, "move", err, view.Say("move.done"))
}

func (p *Portal) moveBack(q *request, b bearer) error {
	return p.moveForm(q, b, "back", p.Profiles.Return(q.Context(), q.viewer, b.id), view.Say("move.back_done"))
}

func (p *Portal) addAlias(q *request, b bearer) error {
	return p.moveForm(q, b, "aliases", p.Profiles.AddAlias(q.Context(), q.viewer, b.id, q.typed.Get("alias")), view.Say("notice.saved"))
}

func (p *Portal) removeAlias(q *request, b bearer) error {
	return p.moveForm(q, b, "aliases", p.Profiles.RemoveAlias(q.Context(), q.viewer, b.id, domain.IRI(q.typed.Get("alias"))), view.Say("notice.saved"))
}

// replacements tells who of those whom the reader follows moved.
func (p *Portal) replacements(q *request) ([]view.Replacement, error) {
	all, err := p.Network.Replacements(q.Context(), q.viewer)
	var told []view.Replacement
	for _, r := range all {
		told = append(told, view.Replacement{From: p.actorOf(q, r.From), To: p.actorOf(q, r.To), State: followStates[r.State], At: r.At})
	}
	return told, err
}
