package web

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"interlink/domain"
	"interlink/domain/account"
	"interlink/domain/network"
	"interlink/domain/policy"
	"interlink/web/view"
)

func (p *Portal) guestRoutes() []route {
	return []route{
		{http.MethodGet, "/guest", p.guest},
		{http.MethodPost, "/guest", p.greetGuest},
		{http.MethodPost, "/guest/leave", p.leaveGuest},
		{http.MethodPost, "/guest/sign-in", p.sendHome},
		{http.MethodGet, "/guest/servers/{host}", p.backFromHome},
		{http.MethodGet, "/guest/{token}", p.guestLink},
		{http.MethodPost, "/guest/{token}", p.enterGuest},
	}
}

// guestCookie is the cookie of a guest's visit.
func (p *Portal) guestCookie() string { return p.Cookie + "_guest" }

// guestPages are where guests take part, and appeal what those who moderate
// decided about them: what else people do here needs an account, or is done from
// their own server.
var guestPages = regexp.MustCompile(`^/(role-calls/|processes/|me/waiting(/|$)|communities/[^/]+/appeal$)`)

// enterAsGuest finds the guest of the cookie. One whose server is blocked
// meanwhile, or who is gone, is nobody.
func (q *request) enterAsGuest() error {
	c, _ := q.Cookie(q.p.guestCookie())
	if c == nil || c.Value == "" {
		return nil
	}
	v, err := q.p.Accounts.Visitor(q.Context(), c.Value)
	if err == nil {
		q.guest, err = q.p.Network.Actor(q.Context(), v, v.Actor)
	}
	if err == nil && (q.guest.Gone() || q.p.blocked(q, q.guest.Host)) {
		err = domain.Fail(domain.NotFound, "error.not_found")
	}
	if domain.CodeOf(err) == domain.NotFound {
		q.guest = nil
		q.setCookie(q.p.guestCookie(), "", -1)
		return nil
	}
	if err != nil {
		return err
	}
	if guestPages.MatchString(q.URL.Path) {
		q.viewer = v
	}
	return nil
}

// takesPart is for what guests do too.
func (q *request) takesPart() error {
	if q.viewer.Actor == domain.Nobody {
		return domain.Fail(domain.Unauthenticated, "error.sign_in")
	}
	return nil
}

// guest asks for the account elsewhere with which somebody wants to take part.
func (p *Portal) guest(q *request) error {
	return q.show(p.guestPage(q, q.URL.Query().Get("return"), view.Form{}))
}

func (p *Portal) guestPage(q *request, back string, f view.Form) view.FormPage {
	return view.FormPage{
		Frame: q.frame(), Title: view.Say("guest.title"), Lead: view.Say("guest.lead"), Action: "/guest", Form: f,
		First:  view.Way{Href: "/guest/sign-in", Title: view.Say("guest.sign_in")},
		Submit: view.Say("guest.send"), Cancel: afterSignIn(back),
		Fields: []view.Field{
			{Name: "return", Control: view.Hidden, Value: afterSignIn(back)},
			{Name: "handle", Label: view.Say("guest.handle"), Hint: view.Say("guest.handle_hint"), Value: q.URL.Query().Get("handle"), Max: 300, Autocomplete: "off"},
		},
	}
}

func (p *Portal) greetGuest(q *request) error {
	back := afterSignIn(q.typed.Get("return"))
	handle := strings.TrimSpace(q.typed.Get("handle"))
	err := p.greet(q, handle, back)
	if err != nil {
		if code := domain.CodeOf(err); code == domain.NotFound || code == domain.Gone || code == domain.Forbidden {
			err = domain.InvalidField("handle", "guest.no_person").Because(err)
		}
		return q.refused(err, func(f view.Form) (view.Page, error) { return p.guestPage(q, back, f), nil })
	}
	q.leaveNotice(view.Say("notice.guest_sent", handle))
	return q.redirect("/guest?" + url.Values{"return": {back}, "handle": {handle}}.Encode())
}

func (p *Portal) greet(q *request, handle, back string) error {
	if handle == "" {
		return domain.InvalidField("handle", "guest.no_person")
	}
	if err := p.Accounts.GreetingFrom(q.Context(), p.from(q.Request)); err != nil {
		return err
	}
	found, err := p.Directory.Lookup(q.Context(), handle)
	if err != nil {
		return err
	}
	return p.Accounts.Greet(q.Context(), account.Guest{Actor: found, From: p.greeter(q, back), Language: q.lang, Back: back})
}

// greeter is who writes to a guest: the community of the call they come from,
// which they may follow, or the node.
func (p *Portal) greeter(q *request, back string) domain.ActorID {
	if id, found := strings.CutPrefix(back, "/role-calls/"); found {
		id, _, _ = strings.Cut(id, "#")
		if c, err := p.Participation.Call(q.Context(), policy.Viewer{}, domain.ID(id)); err == nil && c.Local() {
			return c.Community
		}
	}
	return p.Self
}

func (p *Portal) blocked(q *request, host string) bool {
	verdict, err := p.Gate.Verdict(q.Context(), host)
	return err != nil || verdict == network.VerdictBlock
}

// guestLink asks whoever opened the link of a message to go on: what only
// looks at links does not.
func (p *Portal) guestLink(q *request) error {
	id, err := p.Accounts.Greeted(q.Context(), q.PathValue("token"))
	if domain.CodeOf(err) == domain.NotFound {
		return domain.Fail(domain.NotFound, "guest.link_ended")
	}
	if err != nil {
		return err
	}
	guest, err := p.Network.Actor(q.Context(), policy.Viewer{}, id)
	if err != nil {
		return err
	}
	back := afterSignIn(q.URL.Query().Get("return"))
	return q.show(view.FormPage{
		Frame: q.frame(), Title: view.Say("guest.enter_title", guest.Handle(p.Namespace.HandleHost())), Lead: view.Say("guest.enter_lead"),
		Action: q.URL.Path, Submit: view.Say("guest.enter"), Cancel: back,
		Fields: []view.Field{{Name: "return", Control: view.Hidden, Value: back}},
	})
}

func (p *Portal) enterGuest(q *request) error {
	visit, err := p.Accounts.Visit(q.Context(), q.PathValue("token"))
	if domain.CodeOf(err) == domain.NotFound {
		return domain.Fail(domain.NotFound, "guest.link_ended")
	}
	if err != nil {
		return err
	}
	q.setCookie(p.guestCookie(), visit, guestAge)
	return q.redirect(afterSignIn(q.typed.Get("return")))
}

// guestAge is how long a browser keeps the cookie of a visit, in seconds.
const guestAge = 7 * 24 * 3600

func (p *Portal) leaveGuest(q *request) error {
	if c, err := q.Cookie(p.guestCookie()); err == nil {
		if err := p.Accounts.Leave(q.Context(), c.Value); err != nil {
			return err
		}
	}
	q.setCookie(p.guestCookie(), "", -1)
	return q.done("/", view.Say("notice.guest_left"))
}
