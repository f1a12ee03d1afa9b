package portable

import (
	"cmp"
	"encoding/json"
	"errors"
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

// judge judges a document from elsewhere as it is read, value by value: sizes and
// shapes, so that what is made of it can be kept, and how its items stand. What
// those say is not kept.
type judge struct {
	head      Head
	d         Process
	count     Count
	frame     lineage.Frame
	resources seen // ids
	known     seen
	parts     names
}

func newJudge(h Head) *judge {
	return &judge{head: h, frame: lineage.NewFrame(), resources: seen{}, known: seen{}, parts: names{}}
}

// lists are how those lists are read that are not kept, or judged as they come.
func (j *judge) lists() map[string]func(*scanner) error {
	return map[string]func(*scanner) error{
		listKnown:     func(s *scanner) error { return knowns(s, listKnown, j.knows) },
		listItems:     func(s *scanner) error { return values(s, listItems, j.item) },
		listResources: func(s *scanner) error { return values(s, listResources, j.resource) },
		listHistory: func(s *scanner) error {
			return values(s, listHistory, func(n int, e Event) error { return keep(&j.d.History, e, n < maxHistory, e.whole()) })
		},
		listClones: func(s *scanner) error {
			return values(s, listClones, func(n int, c Clone) error { return keep(&j.d.Clones, c, n < maxClones, c.whole()) })
		},
		listReleases: func(s *scanner) error {
			return values(s, listReleases, func(n int, r Release) error { return keep(&j.d.Releases, r, n < maxClones, r.whole()) })
		},
	}
}

// keep keeps a value that is whole, if there is room. Errors: TooLarge; without a
// place.
func keep[T any](list *[]T, one T, room, whole bool) error {
	switch {
	case !room:
		return tooMuch()
	case !whole:
		return errShape
	}
	*list = append(*list, one)
	return nil
}

var errShape = errors.New("it cannot be so")

func tooMuch() error { return domain.Fail(domain.TooLarge, "import.too_much") }

// member reads a member that is kept as it is; one that is not known is passed
// over.
func (j *judge) member(s *scanner, name string) error {
	var raw json.RawMessage
	if err := s.value(&raw); err != nil {
		return err
	}
	one, err := json.Marshal(map[string]json.RawMessage{name: raw})
	if err != nil {
		return err
	}
	if err := json.Unmarshal(one, &j.d); err != nil {
		return err
	}
	if len(j.d.Administrators)+len(j.d.Grants) > maxPeople {
		return tooMuch()
	}
	return nil
}

func (j *judge) item(n int, it Item) error {
	if n >= coproduction.MaxItems {
		return domain.Fail(domain.TooLarge, "process.too_many_items", coproduction.MaxItems)
	}
	if it.settle(); !it.whole() || !addresses(it.DisabledBy) {
		return broken(place(listItems, n) + " " + shown(it.Name.String()))
	}
	j.count.Items++
	j.frame.Add(it.stands())
	return nil
}

func (j *judge) resource(n int, r Resource) error {
	if n >= maxResources {
		return tooMuch()
	}
	if !isID(r.ID) || !isID(r.Item) || !addresses(r.CreatedBy) || j.resources.again(string(r.ID)) {
		return broken(place(listResources, n) + " " + shown(r.Name))
	}
	j.count.Resources++
	for _, v := range r.Versions {
		if v.Size < 0 || v.Size > MaxArchive || !addresses(v.By) {
			return broken(place(listResources, n) + " " + shown(r.Name))
		}
	}
	if j.parts.add(r); len(j.parts) > maxParts { // no archive has so many
		return tooMuch()
	}
	return nil
}

func (j *judge) knows(n int, k Known) error {
	if n >= lineage.MaxKnown || j.known.again(k.ID) || !lineage.Knowable(map[string]lineage.Base{k.ID: k.Base}) {
		return errShape
	}
	return nil
}

// document is what was read, once all of it was. Errors: Invalid, TooLarge.
func (j *judge) document() (*Document, error) {
	d := &j.d
	d.CreatedAt = settled(d.CreatedAt)
	j.count.Releases = len(d.Releases)
	roles := d.rolesOf()
	switch o := d.ClonedFrom; {
	case !addresses(append(roles, d.Schema, d.Organization, d.Team, d.Community)...):
		return nil, broken(processName)
	case o == nil && len(j.known) > 0:
		return nil, broken(listKnown)
	case o != nil && !o.whole():
		return nil, broken("clonedFrom")
	case len(j.head.IRI) > maxLine-len("/guide/")-maxName:
		return nil, broken("id")
	}
	if at, err := j.frame.Settle(); err != nil {
		return nil, standing(at, err)
	}
	source := lineage.SourceProcess{IRI: j.head.IRI, Owner: j.head.Owner, Title: d.Title, Summary: d.Summary, Language: d.Language, Schema: d.Schema, Version: j.head.Revision}
	if err := source.Check(); err != nil {
		return nil, err
	}
	return &Document{Process: *d, Count: j.count, frame: j.frame, named: j.parts.parts()}, nil
}

// standing names the item of a file that cannot stand where it is.
func standing(at int, err error) error {
	var told *domain.Error
	if at < 0 || !errors.As(err, &told) {
		return err
	}
	return &domain.Error{Code: told.Code, Key: told.Key, Field: told.Field, Args: []any{place(listItems, at)}}
}

// addresses reports whether all of some are addresses, as far as they are said.
func addresses(iris ...domain.IRI) bool {
	return !slices.ContainsFunc(iris, func(iri domain.IRI) bool {
		if iri == "" {
			return false
		}
		_, err := domain.ParseIRI(string(iri))
		return err != nil || len(iri) > maxLine
	})
}

func (c Clone) whole() bool {
	return addresses(c.IRI, c.Cloner) && fits(c.Title, maxLine) && plain(c.Host, maxLine) && plain(c.Version, maxName) && (c.Digest == "" || isHash(c.Digest))
}

func (r Release) whole() bool {
	return addresses(r.IRI) && fits(r.Note, maxDocument) && plain(r.Version, maxName) && plain(r.Licence, maxName)
}

func (e Event) whole() bool {
	return addresses(e.By) && plain(string(e.Kind), maxName) && (e.Item == "" || isID(e.Item))
}

func (o *Origin) whole() bool {
	_, err := domain.ParseIRI(string(o.IRI))
	return err == nil && domain.SameOrigin(o.IRI, o.Owner) && !o.Title.Empty() && fits(o.Title, maxLine) && plain(o.Version, maxName) &&
		(o.Digest == "" || isHash(o.Digest)) && addresses(o.Proof, o.Stamp)
}

// settle has the times of an item as nodes keep them.
func (i *Item) settle() {
	i.Starts, i.Ends, i.DisabledAt = kept(i.Starts), kept(i.Ends), kept(i.DisabledAt)
}

// whole reports whether an item can be kept, wherever it stands.
func (i *Item) whole() bool {
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
	return ok && one.Check() == nil
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

func fieldError(key string) error { return domain.InvalidField("file", key) }

func tooLarge() error {
	return &domain.Error{Code: domain.TooLarge, Key: "import.too_much", Field: "file"}
}

func notThere() error { return domain.Fail(domain.NotFound, "error.not_found") }
