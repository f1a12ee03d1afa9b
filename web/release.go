package web

import (
	"net/http"
	"net/url"
	"strings"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/lineage"
	"interlink/domain/policy"
	"interlink/web/view"
)

func (p *Portal) releaseRoutes() []route {
	return []route{
		{http.MethodGet, "/processes/{name}/releases", p.releases},
		{http.MethodGet, "/processes/{name}/releases/new", p.newRelease},
		{http.MethodPost, "/processes/{name}/releases/new", p.publishRelease},
		{http.MethodGet, "/processes/{name}/releases/{version}", p.release},
		{http.MethodGet, "/processes/{name}/updates", p.updates},
		{http.MethodPost, "/processes/{name}/updates", p.decideUpdates},
		{http.MethodPost, "/processes/{name}/updates/look", p.lookForUpdates},
		{http.MethodPost, "/processes/{name}/updates/merges/{merge}/undo", p.undoMerge},
	}
}

func (p *Portal) releases(q *request) error {
	x, _, head, err := p.headed(q, "clones")
	if err != nil {
		return err
	}
	list, err := p.Releases.Releases(q.Context(), q.viewer, x.Name, q.cursor())
	if err != nil {
		return err
	}
	page := view.ReleasesPage{Frame: q.frame(), ProcessHead: head, Pager: q.pager(list.Next, list.Total, len(list.Items))}
	for _, r := range list.Items {
		page.Releases = append(page.Releases, p.releaseCard(r))
	}
	if head.MayPublish && x.Visibility == domain.VisiblePublic {
		page.New = head.Href + "/releases/new"
	}
	return q.show(page)
}

func (p *Portal) releaseCard(r *lineage.Release) view.ReleaseCard {
	return view.ReleaseCard{Version: r.Version.String(), Href: p.path(r.IRI), At: r.At, Note: brief(r.Note), Changes: len(r.Changes)}
}

// shownChanges is how many changes of a release its page, or form, shows.
const shownChanges = 200

func (p *Portal) release(q *request) error {
	x, t, head, err := p.headed(q, "clones")
	if err != nil {
		return err
	}
	r, err := p.Releases.Release(q.Context(), q.viewer, x.Name, q.PathValue("version"))
	if err != nil {
		return err
	}
	page := view.ReleasePage{
		Frame: q.frame(), ProcessHead: head, Card: p.releaseCard(r), Before: r.Previous, Words: rich(q, r.Note), Licence: r.Licence,
		Digest: r.Digest, Items: r.Items,
	}
	if r.Previous != "" {
		page.Previous = head.Href + "/releases/" + r.Previous
	}
	page.Credits = p.creditLines(r.Credits)
	changes := r.Changes
	if len(changes) > shownChanges {
		page.More, changes = len(changes)-shownChanges, changes[:shownChanges]
	}
	for _, c := range changes {
		line := view.ReleaseLine{Name: c.Name, Kind: string(c.Kind), Removed: c.Removed, Note: c.Note}
		iri := domain.IRI(c.Item)
		if _, err := t.Item(domain.ID(c.Item[strings.LastIndexByte(c.Item, '/')+1:])); err == nil && p.Namespace.Owns(iri) {
			line.Href = p.path(iri)
		}
		page.Lines = append(page.Lines, line)
	}
	return q.show(page)
}

func (p *Portal) newRelease(q *request) error {
	page, err := p.releasePage(q, view.Form{})
	if err != nil {
		return err
	}
	return q.show(page)
}

// releasePage asks what a release is called and what it brings.
func (p *Portal) releasePage(q *request, f view.Form) (view.Page, error) {
	x, t, head, err := p.headed(q, "clones")
	if err != nil {
		return nil, err
	}
	d, err := p.Releases.Draft(q.Context(), q.viewer, x.Name)
	if err != nil {
		return nil, err
	}
	page := view.ReleaseFormPage{
		FormPage: view.FormPage{Frame: q.frame(), Form: f, Action: head.Href + "/releases/new", Cancel: head.Href + "/releases"},
		Process:  head, Nothing: d.Last != nil && len(d.Changes) == 0, Lang: releaseLang(q, x),
	}
	licence, versions := "CC-BY-4.0", view.Field{Name: "version", Control: view.Radios, Label: view.Say("release.which_version"), Hint: view.Say("release.version_hint")}
	if d.Last != nil {
		licence, page.Last = d.Last.Licence, d.Last.Version.String()
	}
	chosen := proposedVersion(d)
	for _, v := range d.Next {
		versions.Options = append(versions.Options, view.Option{Value: v.String(), Text: view.Plain(domain.Undetermined, v.String()), Selected: v == chosen})
	}
	page.Fields = []view.Field{
		versions,
		{Name: "note", Control: view.TextArea, Label: view.Say("release.note"), Hint: view.Say("release.note_hint"), Optional: true, Max: 4000, Rows: 4},
		{Name: "licence", Label: view.Say("ui.licence"), Hint: view.Say("release.licence_hint"), Value: licence, Max: 100, Autocomplete: "off"},
		{Name: "digest", Control: view.Hidden, Value: d.Digest},
	}
	changes := d.Changes
	if len(changes) > shownChanges { // those that are not shown are as proposed
		page.More, changes = len(changes)-shownChanges, changes[:shownChanges]
	}
	for _, c := range changes {
		one := view.ChangedItem{ID: c.Item, Kind: string(c.ItemKind), Name: c.Name, Removed: c.Removed}
		for _, k := range lineage.ChangeKinds {
			one.Kinds = append(one.Kinds, view.Option{Value: string(k), Key: "change_kind." + string(k), Selected: k == c.Kind})
		}
		for _, part := range c.Parts {
			words := func(value string) string {
				return p.sourceWords(q, part.Part, value, func(id string) domain.Text { return nameIn(t, id) })
			}
			one.Changes = append(one.Changes, view.Change{Label: sourceLabel(part.Part), Lang: part.Lang, Before: words(part.Before), After: words(part.After)})
		}
		page.Items = append(page.Items, one)
	}
	return page, nil
}

// releaseLang is the language in which the notes of a release are written.
func releaseLang(q *request, x *coproduction.Process) domain.Lang {
	if x.Language == "" || x.Language == domain.Undetermined {
		return q.lang
	}
	return x.Language
}

// proposedVersion is a patch, unless there is something new or removed.
func proposedVersion(d *lineage.Draft) lineage.Version {
	for _, c := range d.Changes {
		if (c.Kind == lineage.New || c.Removed) && len(d.Next) > 1 {
			return d.Next[1]
		}
	}
	return d.Next[0]
}

// nameIn is what an item of a process of this node is called, by its address.
func nameIn(t *coproduction.Tree, id string) domain.Text {
	it, err := t.Item(domain.ID(id[strings.LastIndexByte(id, '/')+1:]))
	if err != nil {
		return nil
	}
	return it.Name
}

// sourceLabel is what a part of an item that travels is called.
func sourceLabel(part coproduction.Part) view.Sentence {
	switch part.Field {
	case lineage.FieldInterlinkers:
		return view.Say("updates.interlinkers")
	case lineage.FieldOrder:
		return view.Say("updates.order")
	}
	return partLabel(part)
}

// sourceWords puts a value of an item that travels into words; name tells what
// an item is called.
func (p *Portal) sourceWords(q *request, part coproduction.Part, value string, name func(id string) domain.Text) string {
	switch part.Field {
	case coproduction.FieldPrerequisites, coproduction.FieldParent, lineage.FieldOrder:
		var names []string
		for _, id := range strings.Split(value, "\n") {
			if called := name(id); !called.Empty() {
				names = append(names, words(q, called))
			} else if id != "" {
				names = append(names, id)
			}
		}
		return strings.Join(names, "\n")
	case lineage.FieldInterlinkers:
		return value
	}
	return p.valueWords(q, nil, part, value)
}

func (p *Portal) publishRelease(q *request) error {
	x, err := p.Coproduction.Process(q.Context(), q.viewer, q.PathValue("name"))
	if err != nil {
		return err
	}
	lang := releaseLang(q, x)
	in := lineage.ReleaseInput{Licence: strings.TrimSpace(q.typed.Get("licence")), Digest: q.typed.Get("digest"), Changes: map[string]lineage.ChangeInput{}}
	in.Note = domain.Text{lang: q.typed.Get("note")}
	for name, typed := range q.typed {
		if item, ok := strings.CutPrefix(name, "kind."); ok {
			in.Changes[item] = lineage.ChangeInput{Kind: lineage.ChangeKind(typed[0]), Note: domain.Text{lang: q.typed.Get("note." + item)}}
		}
	}
	var r *lineage.Release
	if in.Version, err = lineage.ParseVersion(q.typed.Get("version")); err != nil {
		err = domain.InvalidField("version", "release.version_next")
	} else {
		r, err = p.Releases.Publish(q.Context(), q.viewer, x.Name, in)
	}
	if err != nil {
		return q.refused(err, func(f view.Form) (view.Page, error) {
			if domain.CodeOf(err) == domain.Conflict && f.Values != nil {
				f.Values = cloned(f.Values)
				f.Values.Del("digest") // what is shown now is the tree as it is
			}
			return p.releasePage(q, f)
		})
	}
	return q.done(p.path(r.IRI), view.Say("notice.released", r.Version.String()))
}

func cloned(v url.Values) url.Values {
	out := make(url.Values, len(v))
	for name, values := range v {
		out[name] = values
	}
	return out
}

// mayMerge reports whether the reader may merge releases of the source.
func mayMerge(q *request, x *coproduction.Process) bool {
	return x.ClonedFrom != nil && policy.Allow(q.viewer, policy.Edit, x) == nil
}
