package web

import (
	"strconv"
	"strings"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/policy"
	"interlink/web/view"
)

func (p *Portal) editResource(q *request) error {
	page, err := p.resourceForm(q, view.Form{})
	if err != nil {
		return err
	}
	return q.show(page)
}

// resourceForm asks what a resource is to be.
func (p *Portal) resourceForm(q *request, f view.Form) (view.Page, error) {
	x, r, err := p.editable(q)
	if err != nil {
		return nil, err
	}
	return p.formOf(q, x, r, f), nil
}

// editable reads the resource of the path for somebody who may change it.
func (p *Portal) editable(q *request) (*coproduction.Process, *coproduction.Resource, error) {
	x, t, err := p.Coproduction.Guide(q.Context(), q.viewer, q.PathValue("name"), "")
	if err != nil {
		return nil, nil, err
	}
	r, err := p.Coproduction.Resource(q.Context(), q.viewer, x.Name, domain.ID(q.PathValue("id")))
	if err == nil && !p.Coproduction.MayEdit(q.viewer, x, t, r) {
		err = domain.Fail(domain.Forbidden, "error.forbidden")
	}
	return x, r, err
}

func (p *Portal) formOf(q *request, x *coproduction.Process, r *coproduction.Resource, f view.Form) view.ResourceFormPage {
	page := view.ResourceFormPage{
		Frame: q.frame(), Title: view.Plain(r.Language, r.Name), Kind: string(r.Kind), Action: q.resourcePath() + "/edit", Cancel: q.resourcePath(),
		Crumbs:   []view.Link{{Href: p.path(x.IRI) + "/resources", Text: x.Title}, {Href: q.resourcePath(), Text: view.Plain(r.Language, r.Name)}},
		Revision: revisionOf(r.Revision), Name: r.Name, Address: string(r.URL), Body: r.Body, Langs: p.writingLangs(q, r.Language), Licence: r.Licence,
		Public: r.Public, MaxBody: coproduction.MaxBody, Form: f,
	}
	if r.Language == "" || r.Language == domain.Undetermined {
		page.Langs = append([]view.Option{{Value: string(domain.Undetermined), Key: "ui.language_unknown", Selected: true}}, page.Langs...)
	}
	if typed := f.Value("revision"); typed != "" {
		page.Revision = typed // what the reader saw: it decides what is a conflict
	}
	return page
}

// resourceTyped reads the form of a resource.
func (q *request) resourceTyped() coproduction.ResourceDetails {
	return coproduction.ResourceDetails{
		Name: q.typed.Get("name"), URL: strings.TrimSpace(q.typed.Get("address")), Body: q.typed.Get("body"),
		Language: domain.Lang(q.typed.Get("language")), Licence: q.typed.Get("licence"), Public: q.typed.Get("public") != "",
	}
}

func (p *Portal) saveResource(q *request) error {
	name, id := q.PathValue("name"), domain.ID(q.PathValue("id"))
	_, err := p.Coproduction.EditResource(q.Context(), q.viewer, name, id, q.revision(), q.resourceTyped(), q.typed.Get("change"))
	switch domain.CodeOf(err) {
	case domain.OK:
		return q.done(q.resourcePath(), view.Say("notice.saved"))
	case domain.Conflict:
		return p.showTheirs(q)
	case domain.Gone:
		return p.keepTyped(q, err)
	}
	return q.refused(domain.Renamed(err, map[string]string{"url": "address"}), func(f view.Form) (view.Page, error) { return p.resourceForm(q, f) })
}

// keepTyped shows what was typed for a resource that was removed meanwhile, so
// that it can be copied.
func (p *Portal) keepTyped(q *request, err error) error {
	x, failed := p.Coproduction.Process(q.Context(), q.viewer, q.PathValue("name"))
	if failed == nil {
		failed = policy.Allow(q.viewer, policy.Contribute, x)
	}
	if failed != nil {
		return failed
	}
	kind := coproduction.ResourceKind(q.typed.Get("kind"))
	if !kind.Known() {
		kind = coproduction.Document
	}
	stub := &coproduction.Resource{Kind: kind, Name: q.typed.Get("name"), Language: x.Language}
	return q.showFor(err, p.formOf(q, x, stub, view.Failed(q.typed, err)))
}

// compared is how many lines of a comparison are shown.
const compared = 1000

// showTheirs shows both versions of a resource that somebody else changed
// since the reader opened it: theirs, and the form with what was typed.
func (p *Portal) showTheirs(q *request) error {
	x, r, err := p.editable(q)
	if err != nil {
		return err
	}
	page := p.formOf(q, x, r, view.Form{Values: q.typed})
	page.Revision = revisionOf(r.Revision) // theirs is seen from here on
	page.Theirs = &view.Theirs{
		At: r.UpdatedAt, Name: r.Name, Address: string(r.URL), Body: r.Body, Lang: r.Language, Licence: r.Licence, Public: r.Public,
		Versions: q.resourcePath() + "/versions",
	}
	if v, err := p.Coproduction.Version(q.Context(), q.viewer, x.Name, r.ID, r.Version); err == nil {
		page.Theirs.By = p.actor(q, v.By)
	}
	if r.Kind == coproduction.Document {
		page.Theirs.Rows, page.Theirs.More = compareRows(coproduction.Compare(r.Body, strings.TrimSpace(q.typed.Get("body"))))
	}
	return q.showWith(domain.Conflict.Status(), page)
}

// around is how many lines beside a change are shown.
const around = 3

// compareRows shows lines near changes, and how many are left out. more is how
// many rows are too many to be shown.
func compareRows(lines []coproduction.Line) (rows []view.CompareRow, more int) {
	near := make([]bool, len(lines))
	for i, l := range lines {
		if l.Change == coproduction.LineKept {
			continue
		}
		for j := max(0, i-around); j <= min(len(lines)-1, i+around); j++ {
			near[j] = true
		}
	}
	words := map[coproduction.LineChange]string{
		coproduction.LineKept: "kept", coproduction.LineRemoved: "removed", coproduction.LineAdded: "added",
	}
	for i := 0; i < len(lines); i++ {
		if !near[i] {
			hidden := 0
			for ; i < len(lines) && !near[i]; i++ {
				hidden++
			}
			i--
			rows = append(rows, view.CompareRow{Hidden: hidden})
			continue
		}
		rows = append(rows, view.CompareRow{Change: words[lines[i].Change], Old: lines[i].Old, New: lines[i].New, Text: lines[i].Text})
	}
	if len(rows) > compared {
		more = len(rows) - compared
		rows = rows[:compared]
	}
	return rows, more
}

// versionOf shows a version of a resource.
func (p *Portal) versionOf(q *request, r *coproduction.Resource, v coproduction.Version, by view.Actor) view.ResourceVersion {
	out := view.ResourceVersion{
		Number: v.Number, Href: q.resourcePath() + "/versions/" + strconv.Itoa(v.Number), By: by, At: v.At, Summary: v.Summary, Restored: v.Restored,
		Address: string(v.URL), Present: v.Number == r.Version, Revision: revisionOf(r.Revision),
	}
	if v.File.Hash != "" {
		out.File = fileFacts(v.File, q.resourcePath()+"/file?version="+strconv.Itoa(v.Number))
	}
	return out
}

// resourceVersions lists what a resource was.
func (p *Portal) resourceVersions(q *request) error {
	x, t, head, r, shown, err := p.resourceAt(q)
	if err != nil {
		return err
	}
	list, err := p.Coproduction.Versions(q.Context(), q.viewer, x.Name, r.ID, q.cursor())
	if err != nil {
		return err
	}
	page := view.VersionsPage{Frame: q.frame(), ProcessHead: head, Resource: shown, Pager: q.pager(list.Next, list.Total, len(list.Items))}
	if r.Kind == coproduction.Document && list.Total > 1 {
		page.Compare = q.resourcePath() + "/compare"
	}
	var people []domain.ActorID
	for _, v := range list.Items {
		people = append(people, v.By)
	}
	named, err := p.Network.Actors(q.Context(), q.viewer, people)
	if err != nil {
		return err
	}
	mayEdit := p.Coproduction.MayEdit(q.viewer, x, t, r) && t.Enabled(r.Item)
	for i, v := range list.Items {
		var by view.Actor
		if a := named[v.By]; a != nil {
			by = p.actorOf(q, a)
		}
		one := p.versionOf(q, r, v, by)
		one.New, one.Old = i == 0, i == 1
		if mayEdit && !one.Present {
			one.Restore = one.Href + "/restore"
		}
		page.Versions = append(page.Versions, one)
	}
	return q.show(page)
}

// resourceAt reads the resource of the path, and where it stands.
func (p *Portal) resourceAt(q *request) (x *coproduction.Process, t *coproduction.Tree, head view.ProcessHead, r *coproduction.Resource, shown view.Resource, err error) {
	if x, t, head, err = p.headed(q, "resources"); err != nil {
		return x, t, head, r, shown, err
	}
	if r, err = p.Coproduction.Resource(q.Context(), q.viewer, x.Name, domain.ID(q.PathValue("id"))); err != nil {
		return x, t, head, r, shown, err
	}
	list, err := p.resourcesOf(q, x, t, []coproduction.Resource{*r})
	if err == nil {
		shown = list[0]
		shown.Href = shown.Page
	}
	return x, t, head, r, shown, err
}

// numbered reads the version of a resource that a number in an address names.
func (p *Portal) numbered(q *request, number string) (*coproduction.Version, error) {
	n, err := strconv.Atoi(number)
	if err != nil || n < 1 {
		return nil, domain.Fail(domain.NotFound, "error.not_found")
	}
	return p.Coproduction.Version(q.Context(), q.viewer, q.PathValue("name"), domain.ID(q.PathValue("id")), n)
}

func (p *Portal) resourceVersion(q *request) error {
	x, t, head, r, shown, err := p.resourceAt(q)
	if err != nil {
		return err
	}
	v, err := p.numbered(q, q.PathValue("number"))
	if err != nil {
		return err
	}
	page := view.VersionPage{
		Frame: q.frame(), ProcessHead: head, Resource: shown, Version: p.versionOf(q, r, *v, p.actor(q, v.By)), Text: rich(q, view.Plain(r.Language, v.Body)),
	}
	if r.Kind == coproduction.Document {
		page.Compare = q.resourcePath() + "/compare"
	}
	if !page.Version.Present && p.Coproduction.MayEdit(q.viewer, x, t, r) && t.Enabled(r.Item) {
		page.Version.Restore = page.Version.Href + "/restore"
	}
	return q.show(page)
}

func (p *Portal) restoreVersion(q *request) error {
	number, err := strconv.Atoi(q.PathValue("number"))
	if err != nil {
		return domain.Fail(domain.NotFound, "error.not_found")
	}
	_, err = p.Coproduction.RestoreVersion(q.Context(), q.viewer, q.PathValue("name"), domain.ID(q.PathValue("id")), q.revision(), number)
	if err != nil {
		return err
	}
	return q.done(q.resourcePath(), view.Say("notice.version_restored"))
}

// compareVersions shows what changed from one version of a document to
// another.
func (p *Portal) compareVersions(q *request) error {
	_, _, head, r, shown, err := p.resourceAt(q)
	if err != nil {
		return err
	}
	old, now, err := q.compared(r.Version, func(page domain.Page) (numbers []int, err error) {
		list, err := p.Coproduction.Versions(q.Context(), q.viewer, q.PathValue("name"), r.ID, page)
		for _, v := range list.Items {
			numbers = append(numbers, v.Number)
		}
		return numbers, err
	})
	if err != nil {
		return err
	}
	before, err := p.numbered(q, strconv.Itoa(old))
	if err != nil {
		return err
	}
	after, err := p.numbered(q, strconv.Itoa(now))
	if err != nil {
		return err
	}
	page := view.ComparePage{
		Frame: q.frame(), ProcessHead: head, Resource: shown, Old: p.versionOf(q, r, *before, p.actor(q, before.By)),
		New: p.versionOf(q, r, *after, p.actor(q, after.By)), Same: before.Body == after.Body, Lang: r.Language,
	}
	page.Rows, page.More = compareRows(coproduction.Compare(before.Body, after.Body))
	return q.show(page)
}
