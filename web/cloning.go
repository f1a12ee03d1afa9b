package web

import (
	"net/url"

	"interlink/domain"
	"interlink/domain/lineage"
	"interlink/web/view"
)

func cloningPath(c *lineage.Cloning) string { return "/clonings/" + string(c.ID) }

// cloning shows how far a clone is, and in the end what it took and what not.
func (p *Portal) cloning(q *request) error {
	c, err := p.Lineage.Cloning(q.Context(), q.viewer, domain.ID(q.PathValue("id")))
	if err != nil {
		return err
	}
	title := c.In.Title
	if title.Empty() {
		title = c.Source.Title
	}
	page := view.ProgressPage{
		Frame: q.frame(), Title: view.Say("page.clone.preview_of", title), Work: view.Progress{State: "running", Done: c.Read, Total: c.Total, Started: c.CreatedAt},
	}
	switch c.State {
	case lineage.CloningRuns:
		page.Cancel = cloningPath(c) + "/cancel"
		if page.Work.Doing = view.Say("clone.reading", c.Address.Host()); c.Waits > 0 {
			page.Work.Doing = view.Say("clone.waiting", c.Address.Host())
		}
		q.w.Header().Set("Refresh", "5") // for those without scripts
	case lineage.CloningDone:
		page.Work.State, page.Work.Done, page.Work.Ended = "done", c.Total, c.UpdatedAt
		page.Result = &view.Link{Href: p.path(c.Clone), Text: title}
		page.Manifest = manifest(c.Manifest)
	default:
		page.Work.State, page.Work.Ended = "failed", c.UpdatedAt
		page.Work.Err = &domain.Error{Code: c.Problem.Code, Key: c.Problem.Key, Args: c.Problem.Args}
		if c.State == lineage.CloningCancelled {
			page.Work.State, page.Work.Err = "stopped", domain.Fail(domain.Gone, "clone.cancelled")
		}
		page.Again = "/clone?address=" + url.QueryEscape(string(c.Address))
	}
	return q.show(page)
}

// manifest shows what a clone took.
func manifest(m lineage.Manifest) *view.Manifest {
	out := &view.Manifest{Items: m.Items, Resources: m.Resources, LeftOut: m.LeftOut, Asked: m.Asked, More: m.More}
	for _, s := range m.Skipped {
		name := s.Name
		if name == "" {
			name = string(s.IRI)
		}
		out.Skipped = append(out.Skipped, view.Skipped{Name: name, Href: string(s.IRI), Why: view.Say("clone.skipped_" + string(s.Reason))})
	}
	return out
}

func (p *Portal) cancelCloning(q *request) error {
	c, err := p.Lineage.Cancel(q.Context(), q.viewer, domain.ID(q.PathValue("id")))
	if err != nil {
		return err
	}
	if c.State != lineage.CloningCancelled {
		return q.redirect(cloningPath(c)) // it was too late
	}
	return q.done(cloningPath(c), view.Say("notice.clone_cancelled"))
}
