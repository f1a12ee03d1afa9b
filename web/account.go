package web

import (
	"cmp"
	"net/http"
	"strings"

	"interlink/domain"
	"interlink/domain/account"
	"interlink/domain/legal"
	"interlink/domain/policy"
	"interlink/web/locale"
	"interlink/web/view"
)

func (p *Portal) accountRoutes() []route {
	return []route{
		{http.MethodGet, "/sign-in", p.signIn},
		{http.MethodPost, "/sign-in", p.doSignIn},
		{http.MethodPost, "/sign-out", p.signOut},
		{http.MethodGet, "/sign-up", p.signUp},
		{http.MethodPost, "/sign-up", p.doSignUp},
		{http.MethodGet, "/check-mail", p.checkMail},
		{http.MethodGet, "/confirm/{token}", p.confirm},
		{http.MethodPost, "/confirm/{token}", p.doConfirm},
		{http.MethodGet, "/reset", p.reset},
		{http.MethodPost, "/reset", p.requestReset},
		{http.MethodGet, "/reset/{token}", p.chooseReset},
		{http.MethodPost, "/reset/{token}", p.doReset},
		{http.MethodGet, "/me", p.settings},
		{http.MethodPost, "/me", p.saveProfile},
		{http.MethodPost, "/me/password", p.changePassword},
		{http.MethodGet, "/me/tokens", p.tokens},
		{http.MethodPost, "/me/tokens", p.createToken},
		{http.MethodPost, "/me/tokens/{id}/revoke", p.revokeToken},
	}
}

// typedNames are the names of the domain's fields in the forms of accounts.
var typedNames = map[string]string{
	"displayName": "title", "language": "lang", "old": "current", "name": "label",
}

func (p *Portal) signIn(q *request) error {
	back := afterSignIn(q.URL.Query().Get("return"))
	if q.account != nil {
		return q.redirect(back)
	}
	return q.show(p.signInPage(q, view.Form{}, back))
}

// afterSignIn returns where somebody goes on who has signed in: where they came
// from, unless that is a page for people who are not signed in.
func afterSignIn(to string) string {
	to = local(to, "/")
	for _, page := range []string{"/sign-in", "/sign-up", "/check-mail", "/confirm", "/reset"} {
		if strings.HasPrefix(to, page) {
			return "/"
		}
	}
	return to
}

func (p *Portal) signInPage(q *request, f view.Form, back string) view.SignInPage {
	return view.SignInPage{Frame: q.frame(), Form: f, Return: back, SignUp: p.Accounts.Mode() != account.ModeClosed}
}

func (p *Portal) doSignIn(q *request) error {
	back := afterSignIn(q.typed.Get("return"))
	token, a, err := p.Accounts.SignIn(q.Context(), q.typed.Get("login"), q.typed.Get("password"), p.from(q.Request))
	switch domain.CodeOf(err) {
	case domain.OK:
	case domain.Unauthenticated, domain.Forbidden, domain.TooMany:
		q.typed.Del("password")
		return q.showFor(err, p.signInPage(q, view.Failed(q.typed, err), back))
	default:
		return err
	}
	q.setCookie(p.Cookie, token, sessionAge)
	if err := p.Organizations.Arrive(q.Context(), a.Viewer()); err != nil {
		p.Log.Warn("sign in: take up an invitation", "account", a.ID, "error", err) // they are in, and can open its link again
	}
	return q.redirect(back)
}

func (p *Portal) signOut(q *request) error {
	if c, err := q.Cookie(p.Cookie); err == nil {
		if err := p.Accounts.SignOut(q.Context(), c.Value); err != nil {
			return err
		}
	}
	q.setCookie(p.Cookie, "", -1)
	q.account, q.viewer = nil, policy.Viewer{}
	return q.done("/", view.Say("notice.signed_out"))
}

func (p *Portal) signUp(q *request) error {
	page, err := p.signUpPage(q, view.Form{})
	if err != nil {
		return err
	}
	return q.show(page)
}

func (p *Portal) signUpPage(q *request, f view.Form) (view.SignUpPage, error) {
	page := view.SignUpPage{
		Frame: q.frame(), Form: f, Mode: string(p.Accounts.Mode()), Invitation: cmp.Or(f.Value("invitation"), q.URL.Query().Get("invitation")),
		Host: p.Namespace.HandleHost(), Langs: p.interfaceLangs(q, q.lang),
	}
	if page.Invitation != "" {
		if _, g, err := p.Organizations.Invited(q.Context(), page.Invitation); err == nil {
			page.Invited = g.Ref().Title
		}
	}
	v, err := p.Legal.Latest(q.Context(), legal.Terms)
	switch domain.CodeOf(err) {
	case domain.OK:
		page.Terms = v.Number
	case domain.NotFound:
		err = nil
	}
	return page, err
}

func (p *Portal) doSignUp(q *request) error {
	in := account.SignUp{
		Username: q.typed.Get("username"), Email: q.typed.Get("email"), Password: q.typed.Get("password"),
		DisplayName: q.typed.Get("title"), Language: domain.Lang(q.typed.Get("lang")),
		Invitation: q.typed.Get("invitation"), Reason: q.typed.Get("reason"),
	}
	if q.typed.Get("accept") == "" {
		in.Refused.Add("accept", "account.accept")
	}
	var err error
	if in.Terms, err = p.acceptedTerms(q, &in.Refused); err != nil {
		return err
	}
	if err := p.Accounts.SignUp(q.Context(), in); err != nil {
		return q.refused(domain.Renamed(err, typedNames), func(f view.Form) (view.Page, error) {
			f.Values.Del("password")
			return p.signUpPage(q, f)
		})
	}
	if err := p.Organizations.Claim(q.Context(), in.Invitation, strings.ToLower(strings.TrimSpace(in.Username))); err != nil {
		return err
	}
	return q.redirect("/check-mail?for=confirm")
}

func (p *Portal) checkMail(q *request) error {
	what := "confirm"
	if q.URL.Query().Get("for") == "reset" {
		what = "reset"
	}
	return q.show(view.CheckMailPage{Frame: q.frame(), For: what, Log: p.LogsMail})
}

// confirm shows a button: a mail program that opens links to check them must
// not use up the link.
func (p *Portal) confirm(q *request) error {
	return q.show(view.ConfirmedPage{Frame: q.frame(), State: "ready", Action: q.URL.RequestURI()})
}

func (p *Portal) doConfirm(q *request) error {
	a, err := p.Accounts.Confirm(q.Context(), q.PathValue("token"))
	page := view.ConfirmedPage{Frame: q.frame(), State: "done"}
	switch domain.CodeOf(err) {
	case domain.OK:
		if a.State == account.PendingApproval {
			page.State = "waiting"
		}
		return q.show(page)
	case domain.NotFound:
		page.State = "expired"
		return q.showWith(http.StatusNotFound, page)
	}
	return err
}

func (p *Portal) reset(q *request) error { return q.show(view.ResetPage{Frame: q.frame()}) }

func (p *Portal) requestReset(q *request) error {
	if err := p.Accounts.RequestReset(q.Context(), q.typed.Get("email")); err != nil {
		return q.refused(err, func(f view.Form) (view.Page, error) { return view.ResetPage{Frame: q.frame(), Form: f}, nil })
	}
	return q.redirect("/check-mail?for=reset")
}

func (p *Portal) chooseReset(q *request) error {
	return q.show(view.ResetPage{Frame: q.frame(), Chosen: true, Action: q.URL.RequestURI()})
}

func (p *Portal) doReset(q *request) error {
	err := p.Accounts.ResetPassword(q.Context(), q.PathValue("token"), q.typed.Get("password"))
	switch domain.CodeOf(err) {
	case domain.OK:
		return q.done("/sign-in", view.Say("notice.password_set"))
	case domain.NotFound:
		return q.showWith(http.StatusNotFound, view.ResetPage{Frame: q.frame(), Expired: true})
	}
	return q.refused(err, func(f view.Form) (view.Page, error) {
		f.Values.Del("password")
		return view.ResetPage{Frame: q.frame(), Form: f, Chosen: true, Action: q.URL.RequestURI()}, nil
	})
}

func (p *Portal) settings(q *request) error {
	if err := q.signedIn(); err != nil {
		return err
	}
	return q.show(p.settingsPage(q, "", view.Form{}))
}

func (p *Portal) settingsPage(q *request, which string, f view.Form) view.SettingsPage {
	a := q.account
	return view.SettingsPage{
		Frame: q.frame(), Form: f, Which: which, Name: a.DisplayName, Handle: "@" + a.Username + "@" + p.Namespace.HandleHost(),
		Summary: a.Summary, Email: a.Email, Joined: a.CreatedAt, Role: string(a.Role), Langs: p.interfaceLangs(q, a.Language),
	}
}

func (p *Portal) saveProfile(q *request) error {
	_, err := p.Accounts.UpdateProfile(q.Context(), q.viewer, account.Profile{
		DisplayName: q.typed.Get("title"), Summary: q.typed.Get("summary"), Language: domain.Lang(q.typed.Get("lang")),
	})
	if err != nil {
		return q.refused(domain.Renamed(err, typedNames), func(f view.Form) (view.Page, error) {
			return p.settingsPage(q, "profile", f), nil
		})
	}
	return q.done("/me", view.Say("notice.saved"))
}

func (p *Portal) changePassword(q *request) error {
	if err := p.Accounts.ChangePassword(q.Context(), q.viewer, q.typed.Get("current"), q.typed.Get("password")); err != nil {
		return q.refused(domain.Renamed(err, typedNames), func(f view.Form) (view.Page, error) {
			f.Values.Del("current")
			f.Values.Del("password")
			return p.settingsPage(q, "password", f), nil
		})
	}
	q.setCookie(p.Cookie, "", -1) // all sessions ended
	return q.done("/sign-in", view.Say("notice.password_set"))
}

func (p *Portal) tokens(q *request) error {
	page, err := p.tokensPage(q, view.Form{})
	if err != nil {
		return err
	}
	return q.show(page)
}

func (p *Portal) tokensPage(q *request, f view.Form) (view.TokensPage, error) {
	page := view.TokensPage{Frame: q.frame(), Form: f}
	list, err := p.Accounts.Tokens(q.Context(), q.viewer)
	if err != nil {
		return page, err
	}
	for _, s := range list {
		t := view.Token{Label: s.Name, Created: s.CreatedAt, Revoke: "/me/tokens/" + string(s.ID) + "/revoke"}
		if !s.SeenAt.Equal(s.CreatedAt) {
			t.Used = s.SeenAt
		}
		for _, scope := range s.Scopes {
			t.Scopes = append(t.Scopes, string(scope))
		}
		page.Tokens = append(page.Tokens, t)
	}
	scopes := []policy.Scope{policy.ScopeRead, policy.ScopeWrite}
	if q.viewer.Role == policy.RoleAdmin {
		scopes = append(scopes, policy.ScopeAdmin)
	}
	for _, scope := range scopes {
		page.Scopes = append(page.Scopes, view.Option{
			Value: string(scope), Key: "scope_of_token." + string(scope), Selected: scope == policy.ScopeRead && f.Values == nil,
		})
	}
	return page, nil
}

func (p *Portal) createToken(q *request) error {
	if err := q.signedIn(); err != nil {
		return err
	}
	var scopes []policy.Scope
	for _, s := range q.typed["scopes"] {
		scopes = append(scopes, policy.Scope(s))
	}
	var secret string
	var err error
	if strings.TrimSpace(q.typed.Get("label")) == "" {
		err = domain.InvalidField("label", "account.token_label")
	} else {
		secret, err = p.Accounts.CreateToken(q.Context(), q.account, q.typed.Get("label"), scopes)
	}
	if err != nil {
		return q.refused(domain.Renamed(err, typedNames), func(f view.Form) (view.Page, error) { return p.tokensPage(q, f) })
	}
	page, err := p.tokensPage(q, view.Form{})
	if err != nil {
		return err
	}
	page.Fresh = secret // shown once: not after a redirect
	return q.show(page)
}

func (p *Portal) revokeToken(q *request) error {
	if err := p.Accounts.RevokeToken(q.Context(), q.viewer, domain.ID(q.PathValue("id"))); err != nil {
		return err
	}
	return q.done("/me/tokens", view.Say("notice.token_revoked"))
}

// interfaceLangs offers the languages of the portal.
func (p *Portal) interfaceLangs(_ *request, selected domain.Lang) []view.Option {
	var options []view.Option
	for _, lang := range p.catalog.Langs() {
		options = append(options, view.Option{Value: string(lang), Text: view.Plain(lang, locale.NameOf(lang)), Selected: lang == selected})
	}
	return options
}

// contentLangs are the languages in which people may write here: those of the
// portal and the two more in which catalogues come.
var contentLangs = []domain.Lang{"en", "es", "it", "lv", "nl", "de", "fr", "pt", "pl", "ca", "eu", "gl"}

// writingLangs offers the languages of what is written.
func (p *Portal) writingLangs(_ *request, selected domain.Lang) []view.Option {
	var options []view.Option
	found := false
	for _, lang := range contentLangs {
		options = append(options, view.Option{Value: string(lang), Text: view.Plain(lang, locale.NameOf(lang)), Selected: lang == selected})
		found = found || lang == selected
	}
	if !found && selected != "" && selected != domain.Undetermined {
		options = append(options, view.Option{Value: string(selected), Text: view.Plain(selected, locale.NameOf(selected)), Selected: true})
	}
	return options
}
