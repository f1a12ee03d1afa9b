package web

import (
	"net/http"
	"net/url"

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
		q.p.Log.Error("page", "request", id, "method", q.Method, "path", q.URL.Path, "error", err)
	}
	page := view.ErrorOf(q.frame(), err, id)
	if err := q.showWith(page.Status, page); err != nil {
		q.p.Log.Error("page of an error", "path", q.URL.Path, "error", err)
		http.Error(q.w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
	}
}

// notFound answers for addresses that are no page.
func (p *Portal) notFound(*request) error { return domain.Fail(domain.NotFound, "error.not_found") }

// crossSite answers a form that another site's page sent.
func (p *Portal) crossSite(*request) error { return domain.Fail(domain.Forbidden, "error.cross_site") }
