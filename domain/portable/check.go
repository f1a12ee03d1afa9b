package portable

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/lineage"
)

func itoa(n int) string { return strconv.Itoa(n) }

func grantOrder(a, b Grant) int {
	return cmp.Or(cmp.Compare(a.Grantee, b.Grantee), cmp.Compare(a.Item, b.Item))
}

// The longest of what is said, in bytes.
const (
	maxName = 200
	maxLine = 2048
)

// broken says that an archive is not what it says it is.
func broken(what string) error { return domain.Fail(domain.Invalid, "import.archive_broken", what) }

// check judges what an archive says of itself. Errors: Invalid.
func (h *Head) check() error {
	switch {
	case h.Format != Format:
		return domain.InvalidField("file", "import.no_archive")
	case h.Version != Version:
		return domain.InvalidField("file", "import.version", h.Version, Version)
	case h.Kind.document() == "":
		return domain.InvalidField("file", "import.kind")
	}
	if _, err := domain.ParseIRI(string(h.IRI)); err != nil {
		return broken("id")
	}
	if !domain.SameOrigin(h.IRI, h.Owner) {
		return broken("owner")
	}
	for _, iri := range h.Formerly {
		if _, err := domain.ParseIRI(string(iri)); err != nil || len(h.Formerly) > maxFormerly || len(iri) > maxLine {
			return broken("formerly")
		}
	}
	if !plain(h.Name, 100) || !plain(h.Revision, 100) || h.Tree != "" && !isHash(h.Tree) {
		return broken(manifestName)
	}
	h.ExportedAt, h.Schema = settled(h.ExportedAt), ""
	return nil
}

// check judges a document from elsewhere: sizes and shapes, so that what is
// made of it can be kept. Errors: Invalid, TooLarge.
func (d *Process) check(h Head) error {
	if len(d.Items) > coproduction.MaxItems {
		return domain.Fail(domain.TooLarge, "process.too_many_items", coproduction.MaxItems)
	}
	if len(d.Resources) > maxResources || len(d.History) > maxHistory || len(d.Clones) > maxClones || len(d.Releases) > maxClones ||
		len(d.Administrators)+len(d.Grants) > maxPeople {
		return domain.Fail(domain.TooLarge, "import.too_much")
	}
	d.CreatedAt = settled(d.CreatedAt)
	for i := range d.Items {
		if err := d.Items[i].check(); err != nil {
			return err
		}
	}
	iris := []domain.IRI{d.Schema, d.Organization, d.Team, d.Community}
	iris = append(iris, d.peopleOf()...)
	for _, c := range d.Clones {
		iris = append(iris, c.IRI, c.Cloner)
		if !fits(c.Title, maxLine) || !plain(c.Host, maxLine) || !plain(c.Version, maxName) || c.Digest != "" && !isHash(c.Digest) {
			return broken("clones")
		}
	}
	for _, r := range d.Releases {
		iris = append(iris, r.IRI)
		if !fits(r.Note, maxDocument) || !plain(r.Version, maxName) || !plain(r.Licence, maxName) {
			return broken("releases")
		}
	}
	for _, e := range d.History {
		if iris = append(iris, e.By); !plain(string(e.Kind), maxName) || e.Item != "" && !isID(e.Item) {
			return broken("history")
		}
	}
	if o := d.ClonedFrom; o != nil {
		iris = append(iris, o.Proof, o.Stamp)
		if _, err := domain.ParseIRI(string(o.IRI)); err != nil || !domain.SameOrigin(o.IRI, o.Owner) || o.Title.Empty() || !fits(o.Title, maxLine) ||
			!plain(o.Version, maxName) || o.Digest != "" && !isHash(o.Digest) {
			return broken("clonedFrom")
		}
	}
	if !lineage.Knowable(d.Known) || d.ClonedFrom == nil && len(d.Known) > 0 {
		return broken("known")
	}
	for _, iri := range iris {
		if iri == "" {
			continue
		}
		if _, err := domain.ParseIRI(string(iri)); err != nil || len(iri) > maxLine {
			return broken(shown(string(iri)))
		}
	}
	for _, r := range d.Resources {
		if !isID(r.ID) || !isID(r.Item) || slices.ContainsFunc(r.Versions, func(v ResourceVersion) bool { return v.Size < 0 || v.Size > MaxArchive }) {
			return broken("resources")
		}
	}
	_, err := d.Source(h)
	return err
}

func (i *Item) check() error {
	i.Starts, i.Ends, i.DisabledAt = kept(i.Starts), kept(i.Ends), kept(i.DisabledAt)
	ok := isID(i.ID) && (i.Parent == "" || isID(i.Parent)) && i.Kind.Known() && i.Position >= 0 && i.Position <= coproduction.MaxItems &&
		plain(i.FromNode, maxLine) && plain(i.FromItem, maxLine) && len(i.Formerly) <= maxName && !slices.ContainsFunc(i.Formerly, func(id string) bool { return !plain(id, maxLine) }) && len(i.Prerequisites) <= maxName
	if i.Kind == coproduction.Task {
		ok = ok && i.Status.Known()
	} else {
		ok = ok && i.Status == "" && i.Starts == nil && i.Ends == nil
	}
	seen := map[domain.ID]bool{}
	for _, before := range i.Prerequisites {
		ok = ok && !seen[before]
		seen[before] = true
	}
	one := lineage.SourceProcess{IRI: "https://a.example/p", Owner: "https://a.example/p", Title: domain.Text{"en": "p"}, Items: []lineage.SourceItem{{
		ID: string(i.ID), Kind: i.Kind, Name: i.Name, Description: i.Description, Problems: i.Problems, Interlinkers: i.Interlinkers, Complexity: i.Complexity,
		Translations: i.Translations,
	}}}
	if !ok || one.Check() != nil {
		return broken(shown(i.Name.String()))
	}
	return nil
}

// whole reports whether a resource can be kept.
func (r Resource) whole() bool {
	ok := r.Kind.Known() && strings.TrimSpace(r.Name) != "" && plain(r.Name, maxName) && plain(r.Licence, 100) && len(r.Versions) > 0 && len(r.Versions) <= maxVersions &&
		r.InterlinkerVersion >= 0
	if r.Language != "" {
		_, err := domain.ParseLang(string(r.Language))
		ok = ok && err == nil
	}
	for _, iri := range []domain.IRI{r.Interlinker, r.Source} {
		if iri != "" {
			_, err := domain.ParseIRI(string(iri))
			ok = ok && err == nil
		}
	}
	last := 0
	for _, v := range r.Versions {
		ok = ok && v.Number > last && v.Number < 1<<30 && v.Restored >= 0 && v.Restored < 1<<30 && plain(v.Summary, maxLine) && v.Size >= 0
		last = v.Number
		switch r.Kind {
		case coproduction.Link:
			_, err := domain.ParseLink(string(v.URL))
			ok = ok && err == nil && v.SHA256 == ""
		case coproduction.Document:
			ok = ok && v.URL == "" && v.FileName == "" && v.Size <= coproduction.MaxBody && (v.SHA256 == "" || isHash(v.SHA256))
		case coproduction.File:
			ok = ok && v.URL == "" && isHash(v.SHA256) && v.Size > 0 && v.FileName != "" && coproduction.FileName(v.FileName) == v.FileName && plain(v.Type, maxName)
		}
	}
	return ok
}

// kept is a time as nodes keep it; nil for none.
func kept(t *time.Time) *time.Time { return instant(at(t)) }

// shown is the start of a text, to be named in a report.
func shown(s string) string {
	if len(s) > maxName {
		s = s[:maxName]
	}
	return strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", ""), "")
}

func plain(s string, longest int) bool {
	return len(s) <= longest && utf8.ValidString(s) && !strings.ContainsRune(s, 0)
}

func fits(t domain.Text, longest int) bool {
	for lang, s := range t {
		if _, err := domain.ParseLang(string(lang)); err != nil || !plain(s, longest) {
			return false
		}
	}
	return len(t) <= maxName
}

// partsOf lists the bytes that a document names, each once.
func (d *Process) partsOf() []Part {
	seen := map[string]bool{"": true}
	var out []Part
	for _, r := range d.Resources {
		for _, v := range r.Versions {
			if !seen[v.SHA256] && isHash(v.SHA256) {
				seen[v.SHA256] = true
				out = append(out, Part{Path: filesFolder + v.SHA256, SHA256: v.SHA256, Size: v.Size})
			}
		}
	}
	slices.SortFunc(out, func(a, b Part) int { return cmp.Compare(a.Path, b.Path) })
	return out
}

func fieldError(key string) error { return domain.InvalidField("file", key) }

func tooLarge() error {
	return &domain.Error{Code: domain.TooLarge, Key: "import.too_much", Field: "file"}
}

func notThere() error { return domain.Fail(domain.NotFound, "error.not_found") }
