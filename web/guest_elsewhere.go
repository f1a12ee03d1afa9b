package web

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"

	"interlink/domain"
	"interlink/domain/account"
	"interlink/web/view"
)

// arrivalCookie is the cookie of somebody on the way to their own server: it
// binds what comes back to this browser, and keeps the page they came from and
// what they typed.
func (p *Portal) arrivalCookie() string { return p.Cookie + "_arrival" }

// arrivalAge is how long a browser keeps it, in seconds.
const arrivalAge = 15 * 60

// sendHome leads somebody to their own server, to sign in there.
func (p *Portal) sendHome(q *request) error {
	back, typed := afterSignIn(q.typed.Get("return")), strings.TrimSpace(q.typed.Get("handle"))
	leaving, err := p.depart(q, typed)
	if err != nil {
		return q.refused(ofHandle(err), func(f view.Form) (view.Page, error) { return p.guestPage(q, back, f), nil })
	}
	q.setCookie(p.arrivalCookie(), strings.Join([]string{leaving.Arrival, cookied(back), cookied(typed)}, "."), arrivalAge)
	http.Redirect(q.w, q.Request, leaving.To, http.StatusSeeOther)
	return nil
}

func (p *Portal) depart(q *request, typed string) (account.Departure, error) {
	if typed == "" {
		return account.Departure{}, domain.InvalidField("handle", "guest.no_person")
	}
	if err := p.Accounts.GreetingFrom(q.Context(), p.from(q.Request)); err != nil {
		return account.Departure{}, err
	}
	return p.Elsewhere.Begin(q.Context(), typed)
}

// ofHandle makes a failure to find somebody, or to ask their server, one of
// what was typed.
func ofHandle(err error) error {
	switch domain.CodeOf(err) {
	case domain.NotFound, domain.Gone, domain.Forbidden:
		return domain.InvalidField("handle", "guest.no_person").Because(err)
	}
	return err
}

// backFromHome is where their server sends them back to.
func (p *Portal) backFromHome(q *request) error {
	kept := make([]string, 3)
	if c, err := q.Cookie(p.arrivalCookie()); err == nil {
		copy(kept, strings.Split(c.Value, "."))
	}
	arrival, back, typed := kept[0], afterSignIn(cookieWords(kept[1])), cookieWords(kept[2])
	said := q.URL.Query()
	visit, err := p.Elsewhere.Finish(q.Context(), account.Returned{Arrival: arrival, Host: q.PathValue("host"), State: said.Get("state"), Code: said.Get("code")})
	if err != nil {
		q.typed = url.Values{"handle": {typed}}
		return q.refused(ofHandle(err), func(f view.Form) (view.Page, error) { return p.guestPage(q, back, f), nil })
	}
	q.setCookie(p.arrivalCookie(), "", -1)
	q.setCookie(p.guestCookie(), visit, guestAge)
	return q.redirect(back)
}

// cookied and cookieWords are for words in a cookie.
func cookied(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }

func cookieWords(s string) string {
	raw, _ := base64.RawURLEncoding.DecodeString(s)
	return strings.ToValidUTF8(string(raw), "")
}
