package web

import (
	"errors"
	"html/template"
	"net/http"
	"strings"
	"time"

	"interlink/domain"
	"interlink/domain/personal"
	"interlink/web/view"
)

func (p *Portal) dataRoutes() []route {
	return []route{
		{http.MethodGet, "/me/data", p.data},
		{http.MethodPost, "/me/data", p.takeData},
	}
}

// data offers all that the node holds of the reader.
func (p *Portal) data(q *request) error {
	if err := q.signedIn(); err != nil {
		return err
	}
	return q.show(p.dataPage(q, view.Form{}))
}

func (p *Portal) dataPage(q *request, f view.Form) view.DataPage {
	return view.DataPage{Frame: q.frame(), Form: f}
}

// passwordAsked are the names of the domain's fields in forms that ask for the
// password again.
var passwordAsked = map[string]string{"password": "current"}

// oneFile is how long one file of an archive may take.
const oneFile = 2 * time.Minute

// takeData answers with the archive, as it is written.
func (p *Portal) takeData(q *request) error {
	archive, err := p.Personal.Archive(q.Context(), q.viewer, q.typed.Get("current"))
	if err != nil {
		return q.refused(domain.Renamed(err, passwordAsked), func(f view.Form) (view.Page, error) {
			f.Values.Del("current")
			return p.dataPage(q, f), nil
		})
	}
	control := http.NewResponseController(q.w)
	archive.Index = func(files []personal.Packed) (string, error) { return p.dataIndex(q, files) }
	archive.Progress = func() {
		if err := control.SetWriteDeadline(time.Now().Add(oneFile)); err != nil && !errors.Is(err, http.ErrNotSupported) {
			p.Log.Warn("archive: more time", "error", err)
		}
	}
	h := q.w.Header()
	h.Set("Content-Type", "application/zip")
	h.Set("Content-Disposition", `attachment; filename="`+archive.Name()+`"`)
	h.Set("Cache-Control", "private, no-store")
	if err := archive.Write(q.Context(), q.w); err != nil {
		p.Log.Error("archive", "account", q.account.ID, "error", err)
		panic(http.ErrAbortHandler) // half an archive must not look whole
	}
	return nil
}

// index is the page in an archive that says what is in it. It needs nothing
// but itself.
var index = template.Must(template.New("index").Parse(`<!DOCTYPE html>
<html lang="{{.Lang}}"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{{.Title}}</title>
<style>body{font:1rem/1.5 system-ui,sans-serif;max-width:45rem;margin:2rem auto;padding:0 1rem}td,th{text-align:start;padding:.3rem 1rem .3rem 0;vertical-align:top}</style>
<h1>{{.Title}}</h1><p>{{.Lead}}</p><table>{{range .Files}}<tr><td><a href="{{.Path}}">{{.Path}}</a></td><td>{{.Words}}</td><td>{{.Count}}</td></tr>
{{end}}</table></html>
`))

func (p *Portal) dataIndex(q *request, files []personal.Packed) (string, error) {
	words := p.catalog.Printer(q.lang, p.Zone)
	type row struct{ Path, Words, Count string }
	page := struct {
		Lang        domain.Lang
		Title, Lead string
		Files       []row
	}{Lang: q.lang, Title: words.T("data.index_title", q.frame().Viewer.Handle), Lead: words.T("data.index_lead", p.Namespace.Base(), words.DateTime(p.Now()))}
	for _, f := range files {
		r := row{Path: f.Path, Words: words.T("data.part_" + f.Key)}
		if f.N >= 0 {
			r.Count = words.Number(int64(f.N))
		}
		page.Files = append(page.Files, r)
	}
	var b strings.Builder
	err := index.Execute(&b, page)
	return b.String(), err
}
