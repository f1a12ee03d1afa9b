package endpoint

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"interlink/domain"
)

// unsigned reports whether everybody may read an address, even where requests
// must be signed: what is needed to find an actor and to verify its
// signatures. Else two such nodes could never begin to talk.
func unsigned(path string) bool {
	return strings.HasPrefix(path, "/.well-known/") || strings.HasPrefix(path, "/nodeinfo/") || strings.HasPrefix(path, "/ns/") ||
		slices.Contains(actorPaths, path)
}

// signed has the other documents shown to signed requests alone, if the node
// wants that.
func (e *Endpoint) signed(routes []Route) []Route {
	if e.Reader == nil {
		return routes
	}
	for i := range routes {
		if route := &routes[i]; slices.Contains(route.Methods, http.MethodGet) && !unsigned(route.Path) {
			route.Handler = e.forSigners(route.Handler)
		}
	}
	return routes
}

type signedKey struct{}

// signedOnly reports whether the answer is for who signed the request.
func signedOnly(r *http.Request) bool { return r.Context().Value(signedKey{}) != nil }

func (e *Endpoint) forSigners(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, _, err := e.Reader.Signer(r.Context(), r, nil); err != nil {
			status := http.StatusUnauthorized
			switch domain.CodeOf(err) {
			case domain.Forbidden:
				status = http.StatusForbidden
			case domain.Internal:
				status = http.StatusInternalServerError
				e.Log.Error("endpoint", "path", r.URL.Path, "error", err)
			}
			w.Header().Set("Cache-Control", "no-store")
			w.Header().Add("Vary", "Signature")
			http.Error(w, http.StatusText(status), status)
			return
		}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), signedKey{}, true)))
	})
}
