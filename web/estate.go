package web

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"

	"interlink/domain"
	"interlink/domain/estate"
	"interlink/web/transfer"
	"interlink/web/view"
)

func (p *Portal) estateRoutes() []route {
	return []route{
		{http.MethodGet, "/admin/archive", p.estates},
		{http.MethodGet, "/admin/archive/export.zip", p.exportNode},
		{http.MethodGet, "/admin/archive/{id}", p.estate},
		{http.MethodPost, "/admin/archive/{id}", p.beginEstate},
		{http.MethodPost, "/admin/archive/{id}/cancel", p.cancelEstate},
	}
}

// estateFormat is the JSON schema of archives of nodes.
func (p *Portal) estateFormat(q *request) error {
	return q.public("application/schema+json", estate.Schema())
}

func (p *Portal) estates(q *request) error {
	page, err := p.estatesPage(q, view.Form{})
	if err != nil {
		return err
	}
	return q.show(page)
}

func (p *Portal) estatesPage(q *request, f view.Form) (view.Page, error) {
	if err := q.signedIn(); err != nil {
		return nil, err
	}
	list, err := p.Estate.Imports(q.Context(), q.viewer, q.cursor())
	if err != nil {
		return nil, err
	}
	page := view.EstatesPage{Frame: q.frame(), Form: f, Pager: q.pager(list.Next, list.Total, len(list.Items))}
	for _, i := range list.Items {
		page.Items = append(page.Items, estateRow(i))
	}
	return page, nil
}

func estatePath(i *estate.Import) string { return "/admin/archive/" + string(i.ID) }

func estateRow(i *estate.Import) view.EstateRow {
	return view.EstateRow{Href: estatePath(i), Name: i.Head.Name, Host: i.Head.IRI.Host(), At: i.CreatedAt, State: string(i.State)}
}

// exportNode hands out all of the node that the reader may take along.
func (p *Portal) exportNode(q *request) error {
	if err := q.signedIn(); err != nil {
		return err
	}
	export, err := p.Estate.Export(q.Context(), q.viewer)
	if err != nil {
		return err
	}
	if err := transfer.Export(q.w, q.Request, export); err != nil {
		if q.Context().Err() == nil {
			p.Log.Warn("an export was broken off", "error", err)
		}
		panic(http.ErrAbortHandler) // half an archive must not look whole
	}
	return nil
}

// bringNode takes the archive of a node as it comes, and leads to what is in
// it.
func (p *Portal) bringNode(q *request) error {
	if err := q.signedIn(); err != nil {
		return err
	}
	if err := estate.May(q.viewer); err != nil {
		return err
	}
	var i *estate.Import
	err := p.spooled(q, estate.MaxArchive, func(file *os.File, size int64) (err error) {
		i, err = p.Estate.Bring(q.Context(), q.viewer, file, size)
		return err
	})
	if err != nil {
		return q.refused(err, func(f view.Form) (view.Page, error) { return p.estatesPage(q, f) })
	}
	return q.redirect(estatePath(i))
}

// spooled reads the archive of a form into a file of its own, as its end is to
// be read first, and takes it.
func (p *Portal) spooled(q *request, most int64, take func(file *os.File, size int64) error) (err error) {
	body := transfer.Body(q.w, q.Request, most+maxForm)
	q.Body = body
	defer func() {
		if err != nil {
			transfer.Drain(body)
		}
	}()
	parts, err := q.MultipartReader()
	if err != nil {
		return domain.InvalidField("file", "resource.file_missing").Because(err)
	}
	for n := 0; ; n++ {
		part, err := parts.NextPart()
		switch {
		case errors.Is(err, io.EOF):
			return domain.InvalidField("file", "resource.file_missing")
		case err != nil:
			return broken(err)
		case part.FormName() == "file" && part.FileName() != "":
			return spool(part, most, take)
		case part.FormName() == "file":
			continue
		}
		if err := q.field(part, n); err != nil {
			return broken(err)
		}
	}
}

func spool(part *multipart.Part, most int64, take func(file *os.File, size int64) error) error {
	file, size, err := transfer.Spool(part, most)
	if err != nil {
		return broken(err)
	}
	defer func() {
		_ = file.Close()
		_ = os.Remove(file.Name())
	}()
	return take(file, size)
}

// estate shows what is in the archive of a node, and what became of it.
func (p *Portal) estate(q *request) error {
	if err := q.signedIn(); err != nil {
		return err
	}
	i, tally, err := p.Estate.Import(q.Context(), q.viewer, domain.ID(q.PathValue("id")))
	if err != nil {
		return err
	}
	parts, err := p.Estate.Parts(q.Context(), q.viewer, i.ID, estate.Outcome(q.URL.Query().Get("outcome")), q.cursor())
	if err != nil {
		return err
	}
	page := view.EstatePage{
		Frame: q.frame(), EstateRow: estateRow(i), Written: i.Head.ExportedAt, Unknown: i.Unknown, Pager: q.pager(parts.Next, parts.Total, len(parts.Items)),
		Again: i.State != estate.Looked,
	}
	for _, o := range estate.Outcomes {
		if n := tally[o]; n > 0 {
			page.Tally = append(page.Tally, view.EstateCount{Key: "estate_outcome." + string(o), N: n, Href: estatePath(i) + "?outcome=" + url.QueryEscape(string(o))})
		}
	}
	for _, part := range parts.Items {
		one := view.EstatePart{Path: part.Path, Outcome: string(part.Outcome), Made: p.path(part.Result.Made), Lost: lostLines(part.Result.Lost, ""), More: part.Result.More}
		if part.Outcome == estate.Failed {
			one.Err = part.Problem.Err()
		}
		page.Parts = append(page.Parts, one)
	}
	for _, l := range i.Left {
		page.Left = append(page.Left, view.EstateLeft{What: l.What, N: l.Count, Why: string(l.Reason)})
	}
	switch {
	case i.State == estate.Runs:
		q.w.Header().Set("Refresh", "5") // for those without scripts
		page.Work = &view.Progress{State: "running", Doing: view.Say("estate.brings"), Done: tally.All() - tally[estate.Waits], Total: tally.All(), Started: i.CreatedAt}
		page.Cancel = estatePath(i) + "/cancel"
	case tally[estate.Waits]+tally[estate.Failed] > 0:
		page.Begin = estatePath(i)
	}
	return q.show(page)
}

func (p *Portal) beginEstate(q *request) error {
	i, err := p.Estate.Begin(q.Context(), q.viewer, domain.ID(q.PathValue("id")))
	if err != nil {
		return err
	}
	return q.redirect(estatePath(i))
}

func (p *Portal) cancelEstate(q *request) error {
	i, err := p.Estate.Cancel(q.Context(), q.viewer, domain.ID(q.PathValue("id")))
	if err != nil {
		return err
	}
	return q.done(estatePath(i), view.Say("notice.estate_cancelled"))
}
