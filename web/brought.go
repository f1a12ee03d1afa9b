package web

import (
	"net/http"
	"net/url"
	"os"
	"strings"

	"interlink/domain"
	"interlink/domain/portable"
	"interlink/web/view"
)

func (p *Portal) broughtRoutes() []route {
	return []route{
		{http.MethodGet, "/processes/{name}/export.zip", p.exportProcess},
		{http.MethodGet, "/bring/{id}", p.brought},
		{http.MethodPost, "/bring/{id}", p.importBrought},
		{http.MethodPost, "/bring/{id}/cancel", p.cancelImport},
	}
}

// exportFormat is the JSON schema of archives.
func (p *Portal) exportFormat(q *request) error {
	return q.public("application/schema+json", portable.Schema())
}

// exportProcess hands out a process as an archive that other nodes import.
func (p *Portal) exportProcess(q *request) error {
	export, err := p.Portable.Export(q.Context(), q.viewer, q.PathValue("name"))
	if err != nil {
		return err
	}
	return p.sendArchive(q, export)
}

// bringFile takes an archive as it comes, and leads to what is in it.
func (p *Portal) bringFile(q *request) error {
	if err := q.signedIn(); err != nil {
		return err
	}
	var b *portable.Bringing
	err := p.spooled(q, portable.MaxArchive, func(file *os.File, size int64) (err error) {
		b, err = p.Portable.Bring(q.Context(), q.viewer, file, size)
		return err
	})
	if err != nil {
		return q.refused(err, func(f view.Form) (view.Page, error) {
			return view.ClonePage{Frame: q.frame(), Form: f}, nil
		})
	}
	return q.redirect("/bring/" + string(b.ID))
}

// brought shows what is in an archive, and asks what to make of it; once
// something was made, what was not taken as it was.
func (p *Portal) brought(q *request) error {
	if err := q.signedIn(); err != nil {
		return err
	}
	b, err := p.Portable.Brought(q.Context(), q.viewer, domain.ID(q.PathValue("id")))
	if err != nil {
		return err
	}
	if b.State == portable.ImportRuns {
		return p.importRuns(q, b)
	}
	page, err := p.broughtPage(q, b, view.Form{})
	if err != nil {
		return err
	}
	return q.show(page)
}

func (p *Portal) broughtPage(q *request, b *portable.Bringing, f view.Form) (view.BroughtPage, error) {
	page := p.broughtHead(q, f, b)
	if page.Made != nil {
		return page, nil
	}
	if err := p.askBrought(q, &page, b); err != nil || page.Community {
		return page, err
	}
	from := b.Head.IRI
	if !p.Namespace.Owns(from) { // else as it is now
		from = p.Namespace.IRI("bring", string(b.ID))
	}
	page.Clone = "/clone?address=" + url.QueryEscape(string(from))
	return page, nil
}

// askBrought fills in what a page asks about: what earlier exports of the same
// became here, and for whom something can be made.
func (p *Portal) askBrought(q *request, page *view.BroughtPage, b *portable.Bringing) (err error) {
	became, err := p.Portable.Earlier(q.Context(), q.viewer, b)
	for _, x := range became {
		page.Earlier = append(page.Earlier, view.Earlier{Name: x.Name, Link: view.Link{Href: p.path(x.IRI), Text: x.Title}})
	}
	if err == nil {
		page.Organizations, err = p.ownOrganizations(q)
	}
	return err
}

// broughtHead is what a page says of anything that was brought.
func (p *Portal) broughtHead(q *request, f view.Form, b *portable.Bringing) view.BroughtPage {
	in := b.Contents
	page := view.BroughtPage{
		Frame: q.frame(), Form: f, Here: bringPath(b), Origin: view.Origin{Host: b.Head.IRI.Host(), Href: string(b.Head.IRI)}, At: b.Head.ExportedAt, Whole: b.Head.Whole,
		Title: b.Title, Summary: in.Summary, Name: b.Head.Name, Items: in.Items, Resources: in.Resources, Releases: in.Releases, Posts: in.Posts,
		Community: b.Head.Kind == portable.KindCommunity,
	}
	if page.Community {
		page.Summary = brief(in.Summary)
	}
	if b.Process != domain.Nobody {
		page.Made = &view.Link{Href: p.path(b.Made), Text: b.Title}
		page.Lost, page.Changes = lostLines(b.Lost, page.Made.Href), changeLines(b.Changes)
	}
	if b.State == portable.ImportFailed {
		page.Failed = b.Problem.Err()
	}
	if f.Values == nil {
		page.Form.Values = url.Values{"name": {b.Head.Name}}
	}
	return page
}

// lostLines lists what is not held as it was. Those who had rights lead to
// where they can be given some in the process at an address; "" for none yet.
func lostLines(lost []portable.Lost, made string) []view.Skipped {
	var out []view.Skipped
	for _, l := range lost {
		name := l.What
		if name == "" {
			name = string(l.IRI)
		}
		line := view.Skipped{Name: name, Href: string(l.IRI), Why: view.Say("import.lost_" + string(l.Reason))}
		if l.Reason == portable.LostRole && made != "" {
			line.Href = made + "/rights?handle=" + url.QueryEscape(name)
			if strings.HasPrefix(made, "/communities/") {
				line.Href = made + "/people"
			}
		}
		if l.Reason == portable.LostVersion {
			line.Name, line.Why = "", view.Say("import.lost_version", l.What)
		}
		out = append(out, line)
	}
	return out
}

// changeLines lists what a later export changes.
func changeLines(changes []portable.Change) []view.Skipped {
	var out []view.Skipped
	for _, c := range changes {
		line := view.Skipped{Name: c.What, Why: view.Say("import.change_" + string(c.Outcome))}
		if c.Posts > 0 {
			line.Why = view.Say("import.posts_"+string(c.Outcome), c.Posts)
		}
		out = append(out, line)
	}
	return out
}

// importBrought makes a process or community of what was brought, or tries what that would
// be.
func (p *Portal) importBrought(q *request) error {
	if err := q.signedIn(); err != nil {
		return err
	}
	owner, _, _, err := p.companionsTyped(q)
	in := portable.Input{Name: q.typed.Get("name"), Owner: owner, Update: q.typed.Get("update")}
	id := domain.ID(q.PathValue("id"))
	var b *portable.Bringing
	done := false
	switch {
	case err != nil:
	case q.typed.Get("dry") != "":
		if b, err = p.Portable.Try(q.Context(), q.viewer, id, in); err == nil && b.Process == domain.Nobody {
			return p.tried(q, b)
		}
		done = true
	default:
		if b, done, err = p.Portable.Begin(q.Context(), q.viewer, id, in); err == nil && !done {
			if b, err = p.Portable.Hasten(q.Context(), b); err == nil && b.State == portable.ImportFailed {
				err = b.Problem.Err()
			}
		}
	}
	switch {
	case err != nil:
		return q.refused(domain.Renamed(err, processNames), func(f view.Form) (view.Page, error) {
			b, err := p.Portable.Brought(q.Context(), q.viewer, id)
			if err != nil {
				return nil, err
			}
			return p.broughtPage(q, b, f)
		})
	case done:
		return q.done(bringPath(b), view.Say("notice.imported_before"))
	case b.State == portable.ImportDone:
		return q.done(bringPath(b), view.Say("notice.imported"))
	}
	return q.redirect(bringPath(b))
}

func bringPath(b *portable.Bringing) string { return "/bring/" + string(b.ID) }

// tried shows what an import would do.
func (p *Portal) tried(q *request, b *portable.Bringing) error {
	page, err := p.broughtPage(q, b, view.Form{Values: q.typed})
	if err != nil {
		return err
	}
	page.Tried, page.Lost, page.Changes = true, lostLines(b.Lost, ""), changeLines(b.Changes)
	return q.show(page)
}

// importRuns shows how far an import is.
func (p *Portal) importRuns(q *request, b *portable.Bringing) error {
	q.w.Header().Set("Refresh", "5") // for those without scripts
	return q.show(view.ProgressPage{
		Frame: q.frame(), Title: view.Say("bring.runs", b.Title), Cancel: bringPath(b) + "/cancel",
		Work: view.Progress{State: "running", Doing: view.Say("bring.reading"), Done: b.Done, Total: b.Total, Started: b.UpdatedAt},
	})
}

func (p *Portal) cancelImport(q *request) error {
	b, err := p.Portable.Cancel(q.Context(), q.viewer, domain.ID(q.PathValue("id")))
	if err != nil {
		return err
	}
	if b.State != portable.ImportCancelled {
		return q.redirect(bringPath(b)) // it was too late
	}
	return q.done(bringPath(b), view.Say("notice.import_cancelled"))
}
