package web

import (
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/coproduction"
	"interlink/domain/picture"
	"interlink/domain/policy"
	"interlink/web/transfer"
	"interlink/web/view"
)

// authorUploadRoutes are the forms whose files are read as they come.
func (p *Portal) authorUploadRoutes() []route {
	return []route{{http.MethodPost, "/interlinkers/{slug}/files", p.attachFile}}
}

func (p *Portal) entryFiles(q *request) error {
	e, err := p.writableEntry(q)
	if err != nil {
		return err
	}
	return q.show(p.entryFilesPage(q, e, view.Form{}))
}

func (p *Portal) entryPictures(q *request) error {
	e, err := p.writableEntry(q)
	if err != nil {
		return err
	}
	return q.show(p.entryPicturesPage(q, e, view.Form{}))
}

func (p *Portal) entryFilesPage(q *request, e *catalogue.Entry, f view.Form) view.EntryFilesPage {
	revision := revisionOf(e.Revision)
	return view.EntryFilesPage{
		FormPage: view.FormPage{Frame: q.frame(), Form: f, Fields: []view.Field{
			{Name: "revision", Control: view.Hidden, Value: revision},
			{Name: "lang", Control: view.Select, Label: view.Say("ui.language_of"), Options: p.writingLangs(q, e.Content().Original())},
		}},
		Name: e.Name, Href: e.Address(), Revision: revision, Documents: p.documents(e), MaxFile: p.Entries.MaxFile(),
	}
}

func (p *Portal) entryPicturesPage(q *request, e *catalogue.Entry, f view.Form) view.EntryFilesPage {
	page := p.entryFilesPage(q, e, f)
	page.Pictured, page.Pictures = true, p.snapshots(e)
	page.Fields = append(page.Fields,
		view.Field{Name: "file", Control: view.File, Label: view.Say("picture.file"), Hint: view.Say("picture.file_hint"), Value: accepted},
		view.Field{Name: "alt", Label: view.Say("author.picture_alt"), Hint: view.Say("author.picture_alt_hint"), Max: 500},
	)
	return page
}

// documents are the templates of an Interlinker, by language.
func (p *Portal) documents(e *catalogue.Entry) []view.Document {
	var out []view.Document
	for lang, d := range e.Interlinker.Documents {
		one := view.Document{Name: view.Plain(domain.Lang(lang), d.Name), Lang: domain.Lang(lang), Format: formatName(d.MediaType), Bytes: d.Size}
		switch {
		case d.URL != "":
			one.Href = string(d.URL)
		case d.Text != "":
			one.Href = e.Address() + "/files/template." + lang + ".md"
		default:
			continue // its owner never had it
		}
		out = append(out, one)
	}
	slices.SortFunc(out, func(a, b view.Document) int {
		if a.Lang < b.Lang {
			return -1
		}
		return 1
	})
	return out
}

// formats are what people call media types.
var formats = map[string]string{
	"text/markdown": "Markdown", "text/plain": "TXT", "text/csv": "CSV", "text/html": "HTML", "application/pdf": "PDF", "application/zip": "ZIP", "application/json": "JSON",
	"application/vnd.oasis.opendocument.text": "ODT", "application/vnd.oasis.opendocument.spreadsheet": "ODS", "application/vnd.oasis.opendocument.presentation": "ODP",
	"application/vnd.openxmlformats-officedocument.wordprocessingml.document":   "DOCX",
	"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet":         "XLSX",
	"application/vnd.openxmlformats-officedocument.presentationml.presentation": "PPTX",
}

// formatName is what people call a media type; itself for others.
func formatName(mediaType string) string {
	base, _, _ := strings.Cut(mediaType, ";")
	if name := formats[strings.TrimSpace(base)]; name != "" {
		return name
	}
	return mediaType
}

// snapshots are the pictures of an Interlinker. Those of other servers are shown
// by way of this node.
func (p *Portal) snapshots(e *catalogue.Entry) []view.Snapshot {
	var out []view.Snapshot
	for i, s := range e.Interlinker.Snapshots {
		x := view.Snapshot{URL: string(s.URL), Source: p.Namespace.Path(s.URL), Width: s.Width, Height: s.Height, Alt: s.Alt}
		if x.Source == "" {
			x.Source = e.Address() + "/pictures/" + strconv.Itoa(i) + "?of=" + picture.Mark(s.URL)
		}
		out = append(out, x)
	}
	return out
}

// attachFile takes a template as it comes. The fields before it say of which
// language it is, and which revision was seen.
func (p *Portal) attachFile(q *request) (err error) {
	e, err := p.writableEntry(q)
	if err != nil {
		return err
	}
	body := transfer.Body(q.w, q.Request, 0)
	q.Body = body
	if err = p.attach(q, e); err != nil {
		transfer.Drain(body)
		return q.refused(err, func(f view.Form) (view.Page, error) { return p.entryFilesPage(q, e, f), nil })
	}
	return q.done(e.Address()+"/files", view.Say("notice.files_added"))
}

func (p *Portal) attach(q *request, e *catalogue.Entry) error {
	missing := domain.InvalidField("file", "resource.file_missing")
	parts, err := q.MultipartReader()
	if err != nil {
		return missing.Because(err)
	}
	for n := 0; ; n++ {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return missing
		}
		if err != nil {
			return broken(err)
		}
		if part.FormName() != "file" || part.FileName() == "" {
			if err := q.field(part, n); err != nil {
				return broken(err)
			}
			continue
		}
		_, err = p.Entries.Attach(q.Context(), q.viewer, e.ID, q.revision(), q.typedLang(), coproduction.FileName(part.FileName()), part)
		return err
	}
}

func (p *Portal) detachFile(q *request) error {
	e, err := p.writableEntry(q)
	if err != nil {
		return err
	}
	if _, err := p.Entries.Detach(q.Context(), q.viewer, e.ID, q.revision(), q.typedLang()); err != nil {
		return err
	}
	return q.done(e.Address()+"/files", view.Say("notice.saved"))
}

func (p *Portal) addSnapshot(q *request) error {
	e, err := p.writableEntry(q)
	if err != nil {
		return err
	}
	raw, err := q.file()
	if err == nil {
		_, err = p.Entries.Depict(q.Context(), q.viewer, e.ID, q.revision(), raw, q.text("alt"))
	}
	if err != nil {
		return q.refused(err, func(f view.Form) (view.Page, error) { return p.entryPicturesPage(q, e, f), nil })
	}
	return q.done(e.Address()+"/pictures", view.Say("notice.saved"))
}

func (p *Portal) removeSnapshot(q *request) error {
	e, err := p.writableEntry(q)
	if err != nil {
		return err
	}
	if _, err := p.Entries.Undepict(q.Context(), q.viewer, e.ID, q.revision(), domain.IRI(q.typed.Get("url"))); err != nil {
		return err
	}
	return q.done(e.Address()+"/pictures", view.Say("notice.saved"))
}

// entryFile hands out a template: a file by its hash, or a text by its
// language.
func (p *Portal) entryFile(q *request) error {
	name := q.PathValue("hash")
	if e, err := p.entry(q, catalogue.KindInterlinker); err == nil {
		for lang, d := range e.Interlinker.Documents {
			if d.Text != "" && name == "template."+lang+".md" {
				return q.plainText(name, d.Text)
			}
		}
	}
	e, d, err := p.Entries.File(q.Context(), q.viewer, q.PathValue("slug"), name)
	if err != nil {
		return err
	}
	f, err := p.Coproduction.OpenStored(q.Context(), coproduction.Stored{Hash: d.Hash, Name: d.Name, Type: d.MediaType, Size: d.Size}, e.UpdatedAt)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	f.Public = e.Status != catalogue.Draft
	transfer.File(q.w, q.Request, f)
	return nil
}

// plainText hands a text out to be saved.
func (q *request) plainText(name, text string) error {
	h := q.w.Header()
	h.Set("Content-Type", "text/markdown; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="`+name+`"`)
	_, err := io.WriteString(q.w, text)
	return err
}

// mayWrite reports whether the reader writes the catalogue.
func (p *Portal) mayWrite(q *request, e *catalogue.Entry) bool {
	return policy.Allow(q.viewer, policy.Edit, e) == nil
}
