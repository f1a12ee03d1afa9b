package web

import (
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/nodearchive"
	"interlink/domain/portable"
	"interlink/web/transfer"
	"interlink/web/view"
)

func (p *Portal) nodeArchiveRoutes() []route {
	return []route{
		{http.MethodGet, "/admin/archive", p.nodeArchives},
		{http.MethodGet, "/admin/archive/export.zip", p.exportNode},
		{http.MethodGet, "/admin/archive/{id}", p.nodeArchive},
		{http.MethodGet, "/admin/archive/{id}/parts/{position}", p.compareArchived},
		{http.MethodPost, "/admin/archive/{id}", p.beginNodeArchive},
		{http.MethodPost, "/admin/archive/{id}/cancel", p.cancelNodeArchive},
	}
}

// nodeArchiveFormat is the JSON schema of archives of nodes.
func (p *Portal) nodeArchiveFormat(q *request) error {
	return q.public("application/schema+json", nodearchive.Schema())
}

func (p *Portal) nodeArchives(q *request) error {
	page, err := p.nodeArchivesPage(q, view.Form{})
	if err != nil {
		return err
	}
	return q.show(page)
}

func (p *Portal) nodeArchivesPage(q *request, f view.Form) (view.Page, error) {
	if err := q.signedIn(); err != nil {
		return nil, err
	}
	list, err := p.NodeArchives.Imports(q.Context(), q.viewer, q.cursor())
	if err != nil {
		return nil, err
	}
	page := view.NodeArchivesPage{Frame: q.frame(), Form: f, Pager: q.pager(list.Next, list.Total, len(list.Items))}
	for _, i := range list.Items {
		page.Items = append(page.Items, nodeArchiveRow(i))
	}
	return page, nil
}

func nodeArchivePath(i *nodearchive.Import) string { return "/admin/archive/" + string(i.ID) }

func nodeArchiveRow(i *nodearchive.Import) view.NodeArchiveRow {
	return view.NodeArchiveRow{Href: nodeArchivePath(i), Name: i.Head.Name, Host: i.Head.IRI.Host(), At: i.CreatedAt, State: string(i.State)}
}

// exportNode hands out all of the node that the reader may take along.
func (p *Portal) exportNode(q *request) error {
	if err := q.signedIn(); err != nil {
		return err
	}
	export, err := p.NodeArchives.Export(q.Context(), q.viewer)
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
	if err := nodearchive.May(q.viewer); err != nil {
		return err
	}
	var i *nodearchive.Import
	err := p.spooled(q, nodearchive.MaxArchive, func(file *os.File, size int64) (err error) {
		i, err = p.NodeArchives.Bring(q.Context(), q.viewer, file, size)
		return err
	})
	if err != nil {
		return q.refused(err, func(f view.Form) (view.Page, error) { return p.nodeArchivesPage(q, f) })
	}
	return q.redirect(nodeArchivePath(i))
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

// nodeArchive shows what is in the archive of a node, and what became of it.
func (p *Portal) nodeArchive(q *request) error {
	if err := q.signedIn(); err != nil {
		return err
	}
	i, tally, err := p.NodeArchives.Import(q.Context(), q.viewer, domain.ID(q.PathValue("id")))
	if err != nil {
		return err
	}
	parts, err := p.NodeArchives.Parts(q.Context(), q.viewer, i.ID, nodearchive.Outcome(q.URL.Query().Get("outcome")), q.cursor())
	if err != nil {
		return err
	}
	page := view.NodeArchivePage{
		Frame: q.frame(), NodeArchiveRow: nodeArchiveRow(i), Written: i.Head.ExportedAt, Unknown: i.Unknown, Pager: q.pager(parts.Next, parts.Total, len(parts.Items)),
		Again: i.State != nodearchive.Looked,
	}
	for _, o := range nodearchive.Outcomes {
		if n := tally[o]; n > 0 {
			page.Tally = append(page.Tally, view.NodeArchiveCount{Key: "node_archive_outcome." + string(o), N: n, Href: nodeArchivePath(i) + "?outcome=" + url.QueryEscape(string(o))})
		}
	}
	for _, part := range parts.Items {
		one := view.NodeArchivePart{Path: part.Path, Outcome: string(part.Outcome), Made: p.path(part.Result.Made), Lost: lostLines(part.Result.Lost, ""), More: part.Result.More}
		if part.Outcome == nodearchive.Failed {
			one.Err = part.Problem.Err()
		}
		for n, l := range part.Result.Lost {
			if l.Reason == portable.LostVersion && part.Comparable() {
				one.Lost[n].Compare = fmt.Sprintf("%s/parts/%d?version=%s", nodeArchivePath(i), part.Position, url.QueryEscape(l.What))
			}
		}
		page.Parts = append(page.Parts, one)
	}
	for _, l := range i.Left {
		page.Left = append(page.Left, view.NodeArchiveLeft{What: l.What, Word: l.Word(), N: l.Count, Why: string(l.Reason)})
	}
	switch {
	case i.State == nodearchive.Runs:
		q.w.Header().Set("Refresh", "5") // for those without scripts
		page.Work = &view.Progress{State: "running", Doing: view.Say("node_archive.brings"), Done: tally.All() - tally[nodearchive.Waits], Total: tally.All(), Started: i.CreatedAt}
		page.Cancel = nodeArchivePath(i) + "/cancel"
	case tally[nodearchive.Waits]+tally[nodearchive.Failed] > 0:
		page.Begin = nodeArchivePath(i)
	}
	return q.show(page)
}

// compareArchived shows what an Interlinker says here beside a version of it that
// stays out of an import, as both sides changed it.
func (p *Portal) compareArchived(q *request) error {
	if err := q.signedIn(); err != nil {
		return err
	}
	i, _, err := p.NodeArchives.Import(q.Context(), q.viewer, domain.ID(q.PathValue("id")))
	if err != nil {
		return err
	}
	position, _ := strconv.Atoi(q.PathValue("position"))
	number, _ := strconv.Atoi(q.URL.Query().Get("version"))
	h, there, err := p.NodeArchives.Version(q.Context(), q.viewer, i.ID, position, number)
	if err != nil {
		return err
	}
	e, err := p.Entries.Became(q.Context(), q.viewer, h)
	if err != nil {
		return err
	}
	here, err := p.Entries.Version(q.Context(), q.viewer, e.ID, e.Version)
	if err != nil {
		return err
	}
	row := nodeArchiveRow(i)
	return q.show(view.EntryComparePage{
		Frame: q.frame(), Name: e.Name, Href: e.Address(), Archive: &row, Old: p.entryVersion(q, e, *here), New: view.EntryVersion{Number: there.Number, Status: string(there.Status), Note: there.Note, At: there.At},
		Fields: compareContents(unplaced(here.Content), unplaced(there.Content)),
	})
}

// unplaced is what an Interlinker says, but for where its node shows its pictures.
func unplaced(c catalogue.Content) catalogue.Content {
	i := *c.Interlinker
	i.Snapshots = slices.Clone(i.Snapshots)
	for n := range i.Snapshots {
		i.Snapshots[n].URL = ""
	}
	c.Interlinker = &i
	return c
}

func (p *Portal) beginNodeArchive(q *request) error {
	i, err := p.NodeArchives.Begin(q.Context(), q.viewer, domain.ID(q.PathValue("id")))
	if err != nil {
		return err
	}
	return q.redirect(nodeArchivePath(i))
}

func (p *Portal) cancelNodeArchive(q *request) error {
	i, err := p.NodeArchives.Cancel(q.Context(), q.viewer, domain.ID(q.PathValue("id")))
	if err != nil {
		return err
	}
	return q.done(nodeArchivePath(i), view.Say("notice.node_archive_cancelled"))
}
