package web

import (
	"net/http"

	"interlink/web/locale"
	"interlink/web/view"
)

// preferenceAge is how long a browser keeps a preference, in seconds.
const preferenceAge = 365 * 24 * 3600

// rememberLanguage keeps the language that "?lang=" asks for.
func (q *request) rememberLanguage() {
	if wish := q.URL.Query().Get("lang"); wish != "" && q.Method == http.MethodGet {
		if lang, ok := q.p.catalog.Match(wish); ok {
			q.setCookie(locale.Cookie, string(lang), preferenceAge)
		}
	}
}

// theme is the colour scheme that the reader chose.
func (q *request) theme() view.Theme {
	c, err := q.Cookie(view.ThemeCookie)
	if err != nil {
		return view.System
	}
	return view.ParseTheme(c.Value)
}

func (p *Portal) preferenceRoutes() []route {
	return []route{{http.MethodPost, "/preferences", p.prefer}}
}

// prefer takes the choice of a theme.
func (p *Portal) prefer(q *request) error {
	theme := view.ParseTheme(q.typed.Get("theme"))
	age := preferenceAge
	if theme == view.System {
		age = -1
	}
	// Not HttpOnly: the page's script sets it too, without a request.
	http.SetCookie(q.w, &http.Cookie{ //nolint:gosec // a preference, no secret
		Name: view.ThemeCookie, Value: string(theme), Path: "/", MaxAge: age, SameSite: http.SameSiteLaxMode,
	})
	return q.redirect(q.typed.Get("return"))
}
