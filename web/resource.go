package web

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/coproduction"
	"interlink/domain/network"
	"interlink/web/transfer"
	"interlink/web/view"
)

func (p *Portal) resourceRoutes() []route {
	return []route{
		{http.MethodPost, "/processes/{name}/guide/{item}/resources", p.addResource},
		{http.MethodGet, "/processes/{name}/resources", p.resources},
		{http.MethodGet, "/processes/{name}/resources/{id}", p.resource},
		{http.MethodGet, "/processes/{name}/resources/{id}/file", p.resourceFile},
		{http.MethodGet, "/processes/{name}/resources/{id}/edit", p.editResource},
		{http.MethodPost, "/processes/{name}/resources/{id}/edit", p.saveResource},
		{http.MethodPost, "/processes/{name}/resources/{id}/remove", p.removeResource},
		{http.MethodPost, "/processes/{name}/resources/{id}/recover", p.recoverResource},
		{http.MethodGet, "/processes/{name}/resources/{id}/versions", p.resourceVersions},
		{http.MethodGet, "/processes/{name}/resources/{id}/versions/{number}", p.resourceVersion},
		{http.MethodPost, "/processes/{name}/resources/{id}/versions/{number}/restore", p.restoreVersion},
		{http.MethodGet, "/processes/{name}/resources/{id}/compare", p.compareVersions},
		{http.MethodGet, "/processes/{name}/archive.zip", p.archive},
	}
}

// uploadRoutes are the forms whose files are read as they come.
func (p *Portal) uploadRoutes() []route {
	return append(p.authorUploadRoutes(),
		route{http.MethodPost, "/processes/{name}/guide/{item}/files", p.addFiles},
		route{http.MethodPost, "/processes/{name}/resources/{id}/file", p.replaceFile},
		route{http.MethodPost, "/admin/import/file", p.importFile},
		route{http.MethodPost, "/bring", p.bringFile},
		route{http.MethodPost, "/admin/archive", p.bringNode},
	)
}

// resourcePath is the page of the resource of the path.
func (q *request) resourcePath() string {
	return "/processes/" + url.PathEscape(q.PathValue("name")) + "/resources/" + url.PathEscape(q.PathValue("id"))
}

// resources lists those of a process.
func (p *Portal) resources(q *request) error {
	x, t, head, err := p.headed(q, "resources")
	if err != nil {
		return err
	}
	asked := q.URL.Query()
	f := coproduction.ResourceFilter{Item: domain.ID(asked.Get("item")), Kind: coproduction.ResourceKind(asked.Get("kind")), By: domain.ActorID(asked.Get("by")), Removed: asked.Get("removed") != ""}
	if _, err := t.Item(f.Item); err != nil {
		f.Item = ""
	}
	if !f.Kind.Known() {
		f.Kind = ""
	}
	list, err := p.Coproduction.Resources(q.Context(), q.viewer, x.Name, f, q.cursor())
	if err != nil {
		return err
	}
	page := view.ResourcesPage{
		Frame: q.frame(), ProcessHead: head, Items: partOptions(t, f.Item), Pager: q.pager(list.Next, list.Total, len(list.Items)),
		Filtered: f.Item != "" || f.Kind != "" || f.By != domain.Nobody, Removed: f.Removed, Archive: head.Href + "/archive.zip", Portable: head.Href + "/export.zip",
	}
	if head.MayWork {
		page.Bin = head.Href + "/resources?removed=yes"
	}
	if f.Item != "" {
		page.Branch = page.Archive + "?item=" + string(f.Item)
	}
	page.Filter = []view.Option{{Key: "ui.all"}}
	for _, kind := range []coproduction.ResourceKind{coproduction.Document, coproduction.File, coproduction.Link} {
		page.Filter = append(page.Filter, view.Option{Value: string(kind), Key: "resource.kind_" + string(kind), Selected: kind == f.Kind})
	}
	if page.Makers, err = p.makerOptions(q, x, f.By); err != nil {
		return err
	}
	if page.Resources, err = p.resourcesOf(q, x, t, list.Items); err != nil {
		return err
	}
	return q.show(page)
}

// partOptions offers the phases, and, of the chosen item, what it is part of
// and its parts: never the whole of a large tree.
func partOptions(t *coproduction.Tree, chosen domain.ID) []view.Option {
	options := []view.Option{{Key: "ui.all"}}
	open := map[domain.ID]bool{}
	for id := chosen; id != ""; {
		open[id] = true
		it, err := t.Item(id)
		if err != nil {
			break
		}
		id = it.Parent
	}
	var add func(parent domain.ID, depth int)
	add = func(parent domain.ID, depth int) {
		for _, it := range t.Children(parent) {
			options = append(options, view.Option{Value: string(it.ID), Text: below(it.Name, depth), Selected: it.ID == chosen})
			if open[it.ID] {
				add(it.ID, depth+1)
			}
		}
	}
	add("", 0)
	return options
}

// below marks a name as one of a part.
func below(t domain.Text, depth int) domain.Text {
	out := make(domain.Text, len(t))
	for lang, s := range t {
		out[lang] = strings.Repeat("– ", depth) + s
	}
	return out
}

// makerOptions offers the people who made resources.
func (p *Portal) makerOptions(q *request, x *coproduction.Process, chosen domain.ActorID) ([]view.Option, error) {
	makers, err := p.Coproduction.ResourceMakers(q.Context(), q.viewer, x.Name)
	if err != nil {
		return nil, err
	}
	named, err := p.Network.Actors(q.Context(), q.viewer, makers)
	if err != nil {
		return nil, err
	}
	options := []view.Option{{Key: "ui.all"}}
	for _, id := range makers {
		if a := named[id]; a != nil {
			options = append(options, view.Option{Value: string(id), Text: view.Plain(domain.Undetermined, p.actorOf(q, a).Called()), Selected: id == chosen})
		}
	}
	return options, nil
}

// resourcesOf shows resources of a process, with what they refer to read at
// once. With a tree they tell their tasks.
func (p *Portal) resourcesOf(q *request, x *coproduction.Process, t *coproduction.Tree, list []coproduction.Resource) ([]view.Resource, error) {
	named, known, err := p.behind(q, list)
	if err != nil {
		return nil, err
	}
	out := make([]view.Resource, 0, len(list))
	for i := range list {
		r := &list[i]
		at := p.path(x.IRI) + "/resources/" + string(r.ID)
		one := view.Resource{
			Kind: string(r.Kind), Title: view.Plain(r.Language, r.Name), Href: at, Page: at, At: r.CreatedAt, Updated: r.UpdatedAt, Public: r.Public,
			Version: r.Version, Removed: r.RemovedAt,
		}
		if r.Kind == coproduction.Link {
			one.Href = string(r.URL)
			if r.InterlinkerID != "" && q.viewer.Actor != domain.Nobody {
				one.Href = at + "/open" // where its use is recorded
				if r.Asset != "" {
					one.Href = at // what can be done with it
				}
			}
		}
		if r.Kind == coproduction.File {
			one.File = fileFacts(r.File, at+"/file")
		}
		if a := named[r.CreatedBy]; a != nil {
			one.By = p.actorOf(q, a)
		}
		if t != nil {
			if it, err := t.Item(r.Item); err == nil {
				one.Task = &view.Link{Href: p.path(x.ItemIRI(it.ID)), Text: it.Name}
			}
		}
		if r.Interlinker != "" {
			one.Interlinker = &view.Link{Href: string(r.Interlinker), Text: view.Plain(domain.Undetermined, string(r.Interlinker))}
			if e := known[r.Interlinker]; e != nil && e.Interlinker != nil {
				one.Interlinker = &view.Link{Href: e.Address(), Text: e.Name}
				one.Nature, one.Unfit = natures[e.Interlinker.Nature], unfit(e)
			}
		}
		if p.Coproduction.MayRemove(q.viewer, x, t, r) {
			one.Remove, one.Recover = at+"/remove", ""
			if !r.RemovedAt.IsZero() {
				one.Remove, one.Recover = "", at+"/recover"
			}
		}
		out = append(out, one)
	}
	return out, nil
}

// behind reads who made resources, and with which Interlinkers.
func (p *Portal) behind(q *request, list []coproduction.Resource) (map[domain.ActorID]*network.Actor, map[domain.IRI]*catalogue.Entry, error) {
	var people []domain.ActorID
	var tools []domain.IRI
	for _, r := range list {
		people = append(people, r.CreatedBy)
		if r.Interlinker != "" {
			tools = append(tools, r.Interlinker)
		}
	}
	slices.Sort(people)
	named, err := p.Network.Actors(q.Context(), q.viewer, slices.Compact(people))
	if err != nil {
		return nil, nil, err
	}
	known, err := p.Entries.EntriesByIRI(q.Context(), q.viewer, tools)
	return named, known, err
}

// fileFacts are what is said of a file.
func fileFacts(f coproduction.Stored, href string) *view.FileFacts {
	return &view.FileFacts{Name: f.Name, Kind: fileKind(f.Type), Size: f.Size, Href: href, Picture: f.Shown()}
}

// fileKind is what a file of a media type is called.
func fileKind(mediaType string) string {
	whole, part, _ := strings.Cut(mediaType, "/")
	for _, known := range []struct{ sign, kind string }{
		{"spreadsheet", "table"}, {"excel", "table"}, {"csv", "table"}, {"presentation", "slides"}, {"powerpoint", "slides"},
		{"wordprocessing", "text"}, {"msword", "text"}, {"opendocument.text", "text"}, {"pdf", "pdf"}, {"zip", "archive"}, {"x-tar", "archive"},
		{"gzip", "archive"}, {"7z", "archive"}, {"html", "other"}, {"svg", "other"},
	} {
		if strings.Contains(part, known.sign) {
			return known.kind
		}
	}
	switch whole {
	case "image", "audio", "video", "text":
		return whole
	}
	return "other"
}

// addResource takes an Interlinker into the task, or adds a link or a text.
func (p *Portal) addResource(q *request) error {
	name, task := q.PathValue("name"), domain.ID(q.PathValue("item"))
	notice := view.Say("notice.link_added")
	var err error
	if interlinker := q.typed.Get("interlinker"); interlinker != "" {
		if to, err := p.runs(q, name, task, interlinker); err != nil || to != "" {
			return q.sent(to, err)
		}
		notice, err = p.takeInto(q, name, task, interlinker)
	} else {
		d := coproduction.ResourceDetails{
			Name: q.typed.Get("title"), URL: strings.TrimSpace(q.typed.Get("address")), Body: q.typed.Get("body"), Licence: q.typed.Get("licence"), Public: q.typed.Get("public") != "",
		}
		if d.URL == "" && strings.TrimSpace(d.Body) == "" {
			var missing domain.Problems
			if strings.TrimSpace(d.Name) == "" {
				missing.Add("name", "process.resource_name_missing")
			}
			missing.Add("address", "process.resource_empty")
			err = missing.Err()
		} else {
			_, err = p.Coproduction.AddResource(q.Context(), q.viewer, name, task, d)
		}
	}
	if err != nil {
		return q.refused(domain.Renamed(err, map[string]string{"name": "title", "url": "address"}), func(f view.Form) (view.Page, error) { return p.guidePage(q, f) })
	}
	return q.done(q.itemPath()+"#resources", notice)
}

// takeInto takes an Interlinker into a task, and says so: with the language that
// it came in, where that is not the process's.
func (p *Portal) takeInto(q *request, process string, task domain.ID, interlinker string) (view.Sentence, error) {
	said := view.Say("notice.instantiated")
	r, err := p.Coproduction.Instantiate(q.Context(), q.viewer, process, task, interlinker)
	if err != nil {
		return said, err
	}
	x, err := p.Coproduction.Process(q.Context(), q.viewer, process)
	if err != nil {
		return said, err
	}
	if r.Fetching() {
		said = view.Say("notice.use_fetching", r.URL.Host())
	} else if r.Language != x.Language && r.Language != domain.Undetermined {
		said = view.Say("notice.instantiated_in", p.catalog.Printer(q.lang, p.Zone).Language(r.Language))
	}
	return said, nil
}

// resource shows one.
func (p *Portal) resource(q *request) error {
	page, err := p.resourcePage(q, view.Form{})
	if err != nil {
		return err
	}
	return q.show(page)
}

func (p *Portal) resourcePage(q *request, f view.Form) (view.Page, error) {
	x, t, head, err := p.headed(q, "resources")
	if err != nil {
		return nil, err
	}
	r, err := p.Coproduction.Resource(q.Context(), q.viewer, x.Name, domain.ID(q.PathValue("id")))
	if err != nil {
		return nil, err
	}
	shown, err := p.resourcesOf(q, x, t, []coproduction.Resource{*r})
	if err != nil {
		return nil, err
	}
	page := view.ResourcePage{
		Frame: q.frame(), ProcessHead: head, Resource: shown[0], Text: rich(q, view.Plain(r.Language, r.Body)), Licence: r.Licence, Language: r.Language,
		Source: string(r.Source), Back: p.path(x.ItemIRI(r.Item)), Form: f,
	}
	if r.Kind == coproduction.Link {
		page.Address, page.Open = string(r.URL), shown[0].Href
	}
	page.Resource.Href = q.resourcePath()
	if r.Interlinker != "" && r.Language != x.Language && r.Language != domain.Undetermined {
		page.Fallback = x.Language
	}
	if head.Inside {
		page.Uses = p.path(x.IRI) + "/uses"
		page.Versions = q.resourcePath() + "/versions"
		if r.Kind != coproduction.Link {
			page.Offer = q.resourcePath() + "/offer"
		}
	}
	if p.Coproduction.MayEdit(q.viewer, x, t, r) && t.Enabled(r.Item) {
		page.Edit = q.resourcePath() + "/edit"
		if r.Kind == coproduction.File {
			page.New, page.MaxFile = q.resourcePath()+"/file", p.Coproduction.Limits().File
		}
	}
	if page.Tool, err = p.toolActions(q, coproduction.Place{Process: x, Tree: t, Item: r.Item}, r); err != nil {
		return nil, err
	}
	page.Made = p.madeWith(q, r, shown[0].Interlinker)
	return page, nil
}

// madeWith tells with which version of which Interlinker a resource was made,
// and whether there is a newer one.
func (p *Portal) madeWith(q *request, r *coproduction.Resource, tool *view.Link) *view.MadeWith {
	if tool == nil {
		return nil
	}
	made := &view.MadeWith{Link: *tool, Version: r.InterlinkerVersion}
	e, err := p.Entries.EntryByIRI(q.Context(), q.viewer, r.Interlinker)
	if err != nil {
		return made
	}
	made.Unfit = unfit(e)
	if r.InterlinkerVersion > 0 && e.Version > r.InterlinkerVersion {
		made.Newer, made.Since = e.Version, e.UpdatedAt
	}
	return made
}

// unfit is why an entry should not be used any more, as [view.Resource] has it.
func unfit(e *catalogue.Entry) string {
	switch {
	case e.Flagged():
		return "warned"
	case e.Status == catalogue.Withdrawn:
		return "withdrawn"
	}
	return ""
}

func (p *Portal) removeResource(q *request) error {
	name := q.PathValue("name")
	r, err := p.Coproduction.Resource(q.Context(), q.viewer, name, domain.ID(q.PathValue("id")))
	if err != nil {
		return err
	}
	if err := p.Coproduction.RemoveResource(q.Context(), q.viewer, name, r.ID); err != nil {
		return err
	}
	return q.done("/processes/"+url.PathEscape(name)+"/guide/"+string(r.Item), view.Say("notice.resource_removed"))
}

func (p *Portal) recoverResource(q *request) error {
	if err := p.Coproduction.RestoreResource(q.Context(), q.viewer, q.PathValue("name"), domain.ID(q.PathValue("id"))); err != nil {
		return err
	}
	return q.done(q.resourcePath(), view.Say("notice.resource_recovered"))
}

// resourceFile hands out the file of a resource, or of a version of it.
func (p *Portal) resourceFile(q *request) error {
	number := 0
	if asked := q.URL.Query().Get("version"); asked != "" {
		var err error
		if number, err = strconv.Atoi(asked); err != nil || number < 1 {
			return domain.Fail(domain.NotFound, "error.not_found")
		}
	}
	f, err := p.Coproduction.OpenFile(q.Context(), q.viewer, q.PathValue("name"), domain.ID(q.PathValue("id")), number)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	transfer.File(q.w, q.Request, f)
	return nil
}

// archive hands out a process, or a branch of it, as one file.
func (p *Portal) archive(q *request) error {
	a, err := p.Coproduction.Archive(q.Context(), q.viewer, q.PathValue("name"), domain.ID(q.URL.Query().Get("item")))
	if err != nil {
		return err
	}
	words := coproduction.ArchiveWords{
		Say: p.renderer.Printer(q.frame()).T, Text: func(t domain.Text) string { return words(q, t) }, Person: p.address(q),
	}
	if err := transfer.Archive(q.w, q.Request, a, words); err != nil {
		if q.Context().Err() == nil {
			p.Log.Warn("an archive was broken off", "process", q.PathValue("name"), "error", err)
		}
		panic(http.ErrAbortHandler) // what is sent must not look whole
	}
	return nil
}

// address tells the addresses of people, each read once.
func (p *Portal) address(q *request) func(domain.ActorID) string {
	known := map[domain.ActorID]string{}
	return func(id domain.ActorID) string {
		if at, found := known[id]; found {
			return at
		}
		if a, err := p.Network.Actor(q.Context(), q.viewer, id); err == nil {
			known[id] = string(a.IRI)
		} else {
			known[id] = ""
		}
		return known[id]
	}
}

// addFiles takes files into a task as they come.
func (p *Portal) addFiles(q *request) error {
	u, err := p.Coproduction.Upload(q.Context(), q.viewer, q.PathValue("name"), domain.ID(q.PathValue("item")))
	if err == nil {
		defer u.Close()
		err = p.receive(q, u)
	}
	if err == nil {
		_, err = u.Add(q.Context(), coproduction.ResourceDetails{Licence: q.typed.Get("fileLicence"), Public: q.typed.Get("filePublic") != ""})
	}
	if err != nil {
		return q.refused(domain.Renamed(err, map[string]string{"licence": "fileLicence"}), func(f view.Form) (view.Page, error) { return p.guidePage(q, f) })
	}
	return q.done(q.itemPath()+"#resources", view.Say("notice.files_added"))
}

// replaceFile takes a new version of a file as it comes.
func (p *Portal) replaceFile(q *request) error {
	u, err := p.Coproduction.UploadVersion(q.Context(), q.viewer, q.PathValue("name"), domain.ID(q.PathValue("id")))
	if err == nil {
		defer u.Close()
		err = p.receive(q, u)
	}
	if err == nil {
		_, err = u.Replace(q.Context(), q.typed.Get("change"))
	}
	if err != nil {
		return q.refused(err, func(f view.Form) (view.Page, error) { return p.resourcePage(q, f) })
	}
	return q.done(q.resourcePath(), view.Say("notice.file_replaced"))
}

// maxField bounds a field beside files, in bytes, and maxFields their number.
const (
	maxField  = 10_000
	maxFields = 50
)

// receive reads a form with files: its files as they come, its other fields
// into typed. Those before the files stay if a file is refused.
func (p *Portal) receive(q *request, u *coproduction.Uploading) (err error) {
	body := transfer.Body(q.w, q.Request, 0)
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
		if err != nil {
			return ended(err)
		}
		if part.FormName() == "file" {
			if part.FileName() == "" {
				continue // browsers send an empty one where none was chosen
			}
			err = u.Receive(q.Context(), part.FileName(), part)
		} else {
			err = q.field(part, n)
		}
		if err != nil {
			return broken(err)
		}
	}
}

// ended tells how a form ended: nil for its end.
func ended(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return broken(err)
}

// broken makes what failed in reading a form the reader's to mend.
func broken(err error) error {
	var known *domain.Error
	if errors.As(err, &known) {
		return err
	}
	return domain.Fail(domain.Invalid, "error.form").Because(err)
}

// field reads a field beside files.
func (q *request) field(part *multipart.Part, n int) error {
	raw, err := io.ReadAll(io.LimitReader(part, maxField+1))
	switch {
	case err != nil:
		return err
	case len(raw) > maxField || n > maxFields:
		return domain.Fail(domain.TooLarge, "error.form_size")
	case !plain(string(raw)) || !plain(part.FormName()):
		return domain.Fail(domain.Invalid, "error.text")
	}
	q.typed.Add(part.FormName(), string(raw))
	return nil
}
