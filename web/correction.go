package web

import (
	"net/http"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/web/view"
)

// correctionRoutes are the forms for the words of schemas and problem
// profiles, which have nothing else to write; see [Portal.authorRoutes] for
// Interlinkers.
func (p *Portal) correctionRoutes() []route {
	var routes []route
	for _, kind := range []catalogue.Kind{catalogue.KindSchema, catalogue.KindProblem} {
		at := shelves[kind].path + "{slug}"
		routes = append(routes,
			route{http.MethodGet, at + "/edit", p.ofWritable(kind, p.askCorrection)},
			route{http.MethodPost, at + "/edit", p.ofWritable(kind, p.correct)},
			route{http.MethodPost, at + "/publish", p.ofWritable(kind, p.recommendAgain)},
		)
	}
	return routes
}

func (p *Portal) askCorrection(q *request, e *catalogue.Entry) error {
	return q.show(p.correctionPage(q, e, view.Form{}))
}

func (p *Portal) correctionPage(q *request, e *catalogue.Entry, f view.Form) view.DescribePage {
	page := p.describePage(q, e.Address(), e.Name, e.Summary, e.Revision, f)
	page.Crumbs = p.entryCrumbs(q, e)
	page.Lead = view.Say("author.correct_lead")
	return page
}

// correct saves the words of an entry as its next version.
func (p *Portal) correct(q *request, e *catalogue.Entry) error {
	c := catalogue.Correction{Name: q.texts(e.Name, "title"), Summary: q.texts(e.Summary, "summary")}
	if _, err := p.Entries.Correct(q.Context(), q.viewer, e.ID, q.revision(), c); err != nil {
		err = q.inLanguages(domain.Renamed(err, map[string]string{"name": "title"}), c.Name, c.Summary)
		return q.refused(err, func(f view.Form) (view.Page, error) { return p.correctionPage(q, e, f), nil })
	}
	return q.done(e.Address(), view.Say("notice.corrected"))
}

// recommendAgain ends the deprecation of an entry.
func (p *Portal) recommendAgain(q *request, e *catalogue.Entry) error {
	if _, err := p.Entries.Publish(q.Context(), q.viewer, e.ID, q.revision(), ""); err != nil {
		return err
	}
	return q.done(e.Address(), view.Say("notice.entry_published"))
}
