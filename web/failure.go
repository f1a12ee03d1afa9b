package web

import (
	"errors"
	"net/http"
	"net/url"
	"path"
	"strings"

	"github.com/gorilla/mux"

	"interlink/domain"
	"interlink/web/view"
)

// fail answers with the page of an error. Who could do it after signing in is
// led there, and back.
func (q *request) fail(err error) {
	code := domain.CodeOf(err)
	if code == domain.Unauthenticated && q.account == nil && q.Method == http.MethodGet {
		http.Redirect(q.w, q.Request, "/sign-in?return="+url.QueryEscape(q.URL.RequestURI()), http.StatusSeeOther)
		return
	}
	id := ""
	if code == domain.Internal {
		id = string(domain.NewID(q.p.Now(), randomness))
	}
	if domain.Ours(err) {
		q.p.Log.Error("page", "request", id, "method", q.Method, "path", q.URL.Path, "error", err)
	}
	page := view.ErrorOf(q.frame(), err, id)
	var gone deletedError
	if errors.As(err, &gone) {
		page.Gone = gone.left
	}
	page.Resend = q.resend(err)
	page.HoldsTyped = page.Resend != nil
	if err := q.showFor(err, page); err != nil {
		q.p.Log.Error("page of an error", "path", q.URL.Path, "error", err)
		http.Error(q.w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
	}
}

// notFound answers for addresses that are no page.
func (p *Portal) notFound(*request) error { return domain.Fail(domain.NotFound, "error.not_found") }

// crossSite answers a form that another site's page sent. It is not read, and
// whatever fails meanwhile, no page offers to send it again: from here it would be
// taken for the reader's own.
func (p *Portal) crossSite(w http.ResponseWriter, r *http.Request) {
	q := &request{Request: r, p: p, w: w, lang: p.Language}
	if err := q.recognise(); domain.Ours(err) {
		p.Log.Error("page", "method", q.Method, "path", q.URL.Path, "error", err)
	}
	q.fail(domain.Fail(domain.Forbidden, "error.cross_site"))
}

// otherMethod answers for addresses that take other methods (RFC 9110
// §15.5.6). Whoever opens one that only takes a form, as after an error in it,
// is led to the next page above.
func otherMethod(r *mux.Router) http.Handler {
	takes := func(request *http.Request, method, at string) bool {
		probe := request.Clone(request.Context())
		probe.Method, probe.URL.Path, probe.URL.RawPath = method, at, ""
		var match mux.RouteMatch
		return r.Match(probe, &match) && match.MatchErr == nil
	}
	return http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		if request.Method == http.MethodGet || request.Method == http.MethodHead {
			for at := path.Dir(request.URL.Path); len(at) > 1; at = path.Dir(at) {
				if takes(request, http.MethodGet, at) {
					here := url.URL{Path: at}
					http.Redirect(w, request, here.EscapedPath(), http.StatusSeeOther)
					return
				}
			}
		}
		var allowed []string
		for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
			if takes(request, method, request.URL.Path) {
				allowed = append(allowed, method)
			}
		}
		w.Header().Set("Allow", strings.Join(allowed, ", "))
		http.Error(w, http.StatusText(http.StatusMethodNotAllowed), http.StatusMethodNotAllowed)
	})
}
