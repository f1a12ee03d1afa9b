package web

import (
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/gorilla/mux"
)

// address is a path, or all below a path, and how a router learns of it.
type address struct {
	path     string // variables in braces
	register func(*mux.Router)
}

// sections routes by the first segment of a path, and then by the router of
// all addresses that begin with it. A router looks at one address after the
// other, each with its own pattern, and there are some nine hundred: so each is
// made when somebody first comes to its section.
//
// What begins with a variable ("/@{handle}") is in the section "", which has
// all that no other section has.
type sections map[string]func() *mux.Router

// newSections divides addresses; those of a section keep their order. Whoever
// asks for something else is answered by notFound.
func newSections(all []address, notFound http.Handler) sections {
	parts := map[string][]address{"": nil}
	for _, a := range all {
		at := firstSegment(a.path)
		if strings.Contains(at, "{") {
			at = ""
		}
		parts[at] = append(parts[at], a)
	}
	s := sections{}
	for at, addresses := range parts {
		s[at] = sync.OnceValue(func() *mux.Router {
			r := mux.NewRouter()
			for _, a := range addresses {
				a.register(r)
			}
			r.NotFoundHandler = notFound
			r.MethodNotAllowedHandler = otherMethod(r)
			return r
		})
	}
	return s
}

// ServeHTTP implements http.Handler.
func (s sections) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	section, known := s[firstSegment(r.URL.Path)]
	if !known {
		section = s[""]
	}
	section().ServeHTTP(w, r)
}

func firstSegment(path string) string {
	first, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	return first
}

// addresses lists all that is answered, as "GET /posts/{id}", sorted.
func (s sections) addresses() []string {
	var all []string
	for _, section := range s {
		_ = section().Walk(func(at *mux.Route, _ *mux.Router, _ []*mux.Route) error { // goes on whatever is returned
			path, err := at.GetPathTemplate()
			if err != nil {
				return nil //nolint:nilerr // it has none
			}
			methods, err := at.GetMethods()
			if err != nil {
				methods = []string{http.MethodGet}
			}
			for _, method := range methods {
				all = append(all, method+" "+path)
			}
			return nil
		})
	}
	slices.Sort(all)
	return slices.Compact(all)
}
