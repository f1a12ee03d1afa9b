package web

import (
	"crypto/rand"
	"net/http"
	"net/url"
	"runtime/debug"
	"strings"
	"unicode/utf8"

	"interlink/web/view"
)

// randomness is where ids of requests come from.
var randomness = rand.Reader

// secured sets the headers that protect readers, refuses what other sites'
// pages send, and answers for a handler that panics.
func (p *Portal) secured(next http.Handler) http.Handler {
	secure := strings.HasPrefix(p.Namespace.Base(), "https:")
	crossOrigin := http.NewCrossOriginProtection()
	crossOrigin.SetDenyHandler(http.HandlerFunc(p.crossSite))
	next = crossOrigin.Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", view.ContentSecurityPolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
		if secure {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		defer func() {
			if fault := recover(); fault == http.ErrAbortHandler { //nolint:errorlint // the server compares it so
				panic(fault)
			} else if fault != nil {
				p.Log.Error("panic", "path", r.URL.Path, "panic", fault, "stack", string(debug.Stack()))
				http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
			}
		}()
		next.ServeHTTP(w, r)
	})
}

// readable hands on requests whose address is text: no database takes NUL or
// what is not UTF-8, and no address of ours has them.
func readable(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !isText(r.URL) {
			http.Error(w, http.StatusText(http.StatusBadRequest), http.StatusBadRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func isText(u *url.URL) bool {
	text := func(s string) bool { return utf8.ValidString(s) && strings.IndexByte(s, 0) < 0 }
	query, err := url.QueryUnescape(u.RawQuery)
	return text(u.Path) && (err != nil || text(query))
}
