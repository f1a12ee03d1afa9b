package web

import (
	"io"
	"net/http"
	"strings"
	"time"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/catalogue/exchange"
	"interlink/domain/catalogue/seed"
	"interlink/domain/catalogue/sheet"
	"interlink/domain/catalogue/starter"
	"interlink/domain/policy"
	"interlink/web/view"
)

func (p *Portal) importRoutes() []route {
	return []route{
		{http.MethodGet, "/admin/import", p.importPage},
		{http.MethodPost, "/admin/import", p.importStarter},
		{http.MethodPost, "/admin/import/address", p.importAddress},
		{http.MethodPost, "/admin/import/sources", p.addSource},
		{http.MethodPost, "/admin/import/sources/{id}/run", p.runSource},
		{http.MethodPost, "/admin/import/sources/{id}/remove", p.removeSource},
		{http.MethodGet, "/developers", p.developers},
	}
}

func (p *Portal) importPage(q *request) error {
	if err := q.operator(); err != nil {
		return err
	}
	page, err := p.importForms(q, "", view.Form{})
	if err != nil {
		return err
	}
	return q.show(page)
}

// importForms is the page of imports; form is that of its forms which was
// sent. Moderators, who may not import, see no sources.
func (p *Portal) importForms(q *request, form string, f view.Form) (view.ImportPage, error) {
	page := view.ImportPage{Frame: q.frame(), Which: form, Form: f}
	if page.MayEdit = policy.Allow(q.viewer, policy.Edit, &catalogue.Entry{}) == nil; !page.MayEdit {
		return page, nil
	}
	sources, err := p.Exchange.Sources(q.Context(), q.viewer)
	if err != nil {
		return page, err
	}
	for _, s := range sources {
		at := "/admin/import/sources/" + string(s.ID)
		r := s.Report
		page.Sources = append(page.Sources, view.ImportSource{
			Address: string(s.Address), Format: strings.ReplaceAll(string(s.Format), "-", "_"), Every: string(s.Every), Outcome: string(s.Outcome), At: s.LastAt, Next: s.NextAt,
			Added:   r.Interlinkers.Added + r.ProblemProfiles.Added + r.Schemas.Added,
			Updated: r.Interlinkers.Updated + r.ProblemProfiles.Updated + r.Schemas.Updated,
			Errors:  remarks(r.Errors, 5), More: len(r.Warnings), Run: at + "/run", Remove: at + "/remove",
		})
	}
	return page, nil
}

// importStarter imports the content that comes with the program.
func (p *Portal) importStarter(q *request) error {
	start := p.Now()
	dry := q.typed.Get("dry") != ""
	report, err := p.Entries.Import(q.Context(), q.viewer, seed.Read(starter.Tree()), dry)
	return p.imported(q, "", start, dry, report, err)
}

// importAddress imports what is at an address.
func (p *Portal) importAddress(q *request) error {
	start := p.Now()
	format, err := exchange.ParseFormat(q.typed.Get("format"))
	var report catalogue.Report
	dry := q.typed.Get("dry") != ""
	if err == nil {
		report, err = p.Exchange.Address(q.Context(), q.viewer, strings.TrimSpace(q.typed.Get("address")), format, dry)
	}
	return p.imported(q, "address", start, dry, report, err)
}

// importFile imports a file that is sent.
func (p *Portal) importFile(q *request) error {
	if err := q.signedIn(); err != nil {
		return err
	}
	if err := policy.Allow(q.viewer, policy.Edit, &catalogue.Entry{}); err != nil {
		return err // before anything is read
	}
	q.Body = http.MaxBytesReader(q.w, q.Body, exchange.MaxFile+maxForm)
	if err := q.ParseMultipartForm(maxForm); err != nil {
		return p.imported(q, "file", p.Now(), false, catalogue.Report{}, domain.InvalidField("file", "exchange.file_missing").Because(err))
	}
	q.typed = q.PostForm
	start, dry := p.Now(), q.typed.Get("dry") != ""
	format, err := exchange.ParseFormat(q.typed.Get("format"))
	var report catalogue.Report
	if err == nil {
		var name string
		var raw []byte
		if name, raw, err = q.sentFile(); err == nil {
			report, err = p.Exchange.File(q.Context(), q.viewer, name, raw, format, dry)
		}
	}
	return p.imported(q, "file", start, dry, report, err)
}

// sentFile reads the file of the form. Errors: Invalid if there is none.
func (q *request) sentFile() (name string, raw []byte, err error) {
	f, header, err := q.FormFile("file")
	if err != nil {
		return "", nil, domain.InvalidField("file", "exchange.file_missing").Because(err)
	}
	defer func() { _ = f.Close() }()
	if raw, err = io.ReadAll(io.LimitReader(f, exchange.MaxFile+1)); err == nil && len(raw) == 0 {
		err = domain.InvalidField("file", "exchange.file_missing")
	}
	return header.Filename, raw, err
}

// imported shows what came of an import. What was typed stays after a trial,
// so that it can be done.
func (p *Portal) imported(q *request, form string, start time.Time, dry bool, report catalogue.Report, err error) error {
	if err != nil {
		return q.refused(err, func(f view.Form) (view.Page, error) { return p.importForms(q, form, f) })
	}
	f := view.Form{}
	if dry {
		f.Values = q.typed
	}
	page, err := p.importForms(q, form, f)
	if err != nil {
		return err
	}
	out := &view.ImportReport{
		At: start, Took: p.Now().Sub(start).Round(time.Millisecond), Dry: dry, Refused: len(report.Errors) > 0,
		Phases: report.Phases, Objectives: report.Objectives, Tasks: report.Tasks,
	}
	row := func(key string, c catalogue.Counts) {
		out.Rows = append(out.Rows, view.ImportRow{
			Key: key, Added: c.Added, Updated: c.Updated, Unchanged: c.Unchanged, Total: c.Added + c.Updated + c.Unchanged,
		})
	}
	row("interlinkers", report.Interlinkers)
	row("problem_profiles", report.ProblemProfiles)
	row("schemas", report.Schemas)
	for _, e := range report.Effects {
		out.Effects = append(out.Effects, view.ImportEffect{Kind: string(e.Kind), Name: e.Name, New: e.Added, Gone: e.Deleted})
	}
	out.Errors, out.Warnings = remarks(report.Errors, listedRemarks), remarks(report.Warnings, listedRemarks)
	out.Hidden = max(0, len(report.Warnings)-listedRemarks)
	page.Report = out
	return q.show(page)
}

// listedRemarks is how many remarks of an import the page lists.
const listedRemarks = 100

func remarks(issues []catalogue.Issue, most int) []view.ImportRemark {
	var list []view.ImportRemark
	for _, issue := range issues[:min(len(issues), most)] {
		list = append(list, view.ImportRemark{File: issue.Where(), Field: issue.Field, Message: issue.Message})
	}
	return list
}

func (p *Portal) addSource(q *request) error {
	format, err := exchange.ParseFormat(q.typed.Get("source_format"))
	if err == nil {
		_, err = p.Exchange.Add(q.Context(), q.viewer, strings.TrimSpace(q.typed.Get("source")), format, exchange.Interval(q.typed.Get("every")))
	}
	if err != nil {
		err = domain.Renamed(err, map[string]string{"address": "source", "format": "source_format"})
		return q.refused(err, func(f view.Form) (view.Page, error) { return p.importForms(q, "sources", f) })
	}
	return q.done("/admin/import", view.Say("notice.source_added"))
}

func (p *Portal) runSource(q *request) error {
	if err := p.Exchange.Ask(q.Context(), q.viewer, domain.ID(q.PathValue("id"))); err != nil {
		return err
	}
	return q.done("/admin/import", view.Say("notice.source_asked"))
}

func (p *Portal) removeSource(q *request) error {
	if err := p.Exchange.Remove(q.Context(), q.viewer, domain.ID(q.PathValue("id"))); err != nil {
		return err
	}
	return q.done("/admin/import", view.Say("notice.source_removed"))
}

// developers tells where programs find the data of the node.
func (p *Portal) developers(q *request) error {
	page := view.DevelopersPage{Frame: q.frame(), Base: p.Namespace.Base(), Data: []view.DataAddress{
		{Key: "exchange.out_whole", Path: "/catalogue/export.json", Format: "JSON", Link: true},
		{Key: "exchange.out_schema", Path: "/catalogue/export-v1.schema.json", Format: "JSON Schema", Link: true},
		{Key: "exchange.out_dcat", Path: "/catalogue.ttl", Format: "DCAT-AP 3, ADMS-AP: Turtle", Link: true},
		{Key: "exchange.out_dcat", Path: "/catalogue.jsonld", Format: "DCAT-AP 3, ADMS-AP: JSON-LD", Link: true},
		{Key: "exchange.out_entry", Path: "/interlinkers/{slug}/dcat.ttl", Format: "Turtle, JSON-LD (.jsonld)"},
		{Key: "exchange.out_publiccode", Path: "/interlinkers/{slug}/publiccode.yml", Format: "publiccode.yml 0.7"},
		{Key: "exchange.out_software", Path: "/v1/software", Format: "Open Catalog API", Link: true},
		{Key: "exchange.out_publishers", Path: "/v1/publishers", Format: "Open Catalog API", Link: true},
		{Key: "exchange.out_problems", Path: "/problems.ttl", Format: "SKOS: Turtle, JSON-LD (.jsonld)", Link: true},
		{Key: "exchange.out_regulations", Path: "/regulations.ttl", Format: "SKOS: Turtle, JSON-LD (.jsonld)", Link: true},
		{Key: "exchange.out_feed", Path: "/catalogue.atom", Format: "Atom", Link: true},
		{Key: "exchange.out_feed", Path: "/catalogue/feed.json", Format: "JSON Feed 1.1", Link: true},
		{Key: "exchange.out_api", Path: "/api/interlink/v1/openapi.json", Format: "OpenAPI 3.1", Link: true},
	}}
	for _, c := range sheet.Columns {
		name := c.Name
		if c.ByLang {
			name += "." + string(q.lang)
		}
		page.Columns = append(page.Columns, view.SheetColumn{Name: name, Needed: c.Needed, Values: c.Values})
	}
	return q.show(page)
}
