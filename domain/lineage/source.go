// Package lineage lets a process travel: what of it is published, how it is
// pruned, how another city clones it, and how the source learns of its
// clones. Its rules are pure functions over trees without people.
package lineage

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/coproduction"
)

// SourceProcess is a process as it leaves its node: structure and texts of
// the enabled branches, no person, right, date or status. Another node reads
// it from the wire, this one makes it with [SourceOf].
type SourceProcess struct {
	IRI      domain.IRI   `json:"id"`
	Owner    domain.IRI   `json:"owner"` // actor that answers offers: an organisation or the process itself
	Title    domain.Text  `json:"title"`
	Summary  domain.Text  `json:"summary,omitempty"`
	Language domain.Lang  `json:"language,omitempty"`
	Schema   domain.IRI   `json:"schema,omitempty"` // it began with
	Version  string       `json:"version,omitempty"`
	Items    []SourceItem `json:"items,omitempty"`
}

// SourceItem is a phase, objective or task of a source.
type SourceItem struct {
	ID            string                `json:"id"`               // unique in the tree: an address, path or UUID
	Parent        string                `json:"parent,omitempty"` // ID; "" for a phase
	Kind          coproduction.ItemKind `json:"kind"`
	Position      int                   `json:"position"`
	Name          domain.Text           `json:"name"`
	Description   domain.Text           `json:"description,omitempty"`
	Problems      []string              `json:"problems,omitempty"`
	Prerequisites []string              `json:"prerequisites,omitempty"` // IDs
	Interlinkers  []domain.IRI          `json:"interlinkers,omitempty"`  // suggested or used there
	Complexity    int                   `json:"complexity,omitempty"`
	CoDelivery    bool                  `json:"coDelivery,omitempty"`

	// From is the item of its own source, of an item of a clone, so that who
	// knew that one knows this one if the process took the other's place. It is
	// no part of what the tree says: digests and comparisons leave it out.
	From string `json:"from,omitempty"`
	// Formerly are further names of it, as From is: where From came from, and
	// where it was brought from.
	Formerly []string `json:"formerly,omitempty"`

	// Translations is what is kept of those of its texts, as of
	// [coproduction.Item], so that a clone knows which are of older texts. It is
	// no part of what the tree says either.
	Translations map[string]catalogue.Translations `json:"translations,omitempty"`
}

// Heading is what of an item is shown to who chooses among many: how it stands,
// what it is called and which Interlinkers it names.
func (i SourceItem) Heading() SourceItem {
	return SourceItem{ID: i.ID, Parent: i.Parent, Kind: i.Kind, Position: i.Position, Name: i.Name, Interlinkers: i.Interlinkers}
}

// said is what the tree says of the item, without what is kept beside that:
// the names that it had elsewhere, and of which texts its translations are.
func (i SourceItem) said() SourceItem {
	i.From, i.Formerly, i.Translations = "", nil, nil
	return i
}

// SourceOf makes the source of a process of this node. owner is the address
// of its organisation; "" means the process itself.
func SourceOf(p *coproduction.Process, t *coproduction.Tree, owner domain.IRI) SourceProcess {
	s := sourceHead(p, owner)
	s.Items = make([]SourceItem, 0, t.Len())
	keep := make(map[string]bool, t.Len())
	for _, it := range t.Items() {
		out := sourceItem(p, it)
		keep[out.ID] = t.Enabled(it.ID)
		s.Items = append(s.Items, out)
	}
	s.Items = Prune(s.Items, keep)
	return s
}

// sourceHead is a source without its items.
func sourceHead(p *coproduction.Process, owner domain.IRI) SourceProcess {
	return SourceProcess{
		IRI: p.IRI, Owner: cmp.Or(owner, p.IRI), Title: p.Title, Summary: p.Summary, Language: p.Language,
		Schema: p.SchemaIRI, Version: strconv.FormatInt(p.Revision, 10),
	}
}

// sourceItem is an item of a process of this node as it leaves that.
func sourceItem(p *coproduction.Process, it coproduction.Item) SourceItem {
	out := SourceItem{
		ID: string(p.ItemIRI(it.ID)), Kind: it.Kind, Position: it.Position, Name: it.Name, Description: it.Description,
		Problems: it.Problems, Interlinkers: it.Interlinkers, Complexity: it.Complexity, CoDelivery: it.CoDelivery,
		Translations: it.Translations,
		Formerly:     it.Formerly,
	}
	if it.Parent != "" {
		out.Parent = string(p.ItemIRI(it.Parent))
	}
	if p.ClonedFrom.Named(it.FromItem) >= 0 {
		out.From = it.FromItem
	}
	for _, before := range it.Prerequisites {
		out.Prerequisites = append(out.Prerequisites, string(p.ItemIRI(before)))
	}
	return out
}

// The bounds of a source from another node.
const (
	maxTitle = 500
	maxText  = 50_000
	maxList  = 200
	maxID    = 2048
)

// Check judges a source from another node. Errors: Invalid, TooLarge; see
// also [coproduction.NewTree].
func (s SourceProcess) Check() error {
	if _, err := domain.ParseIRI(string(s.IRI)); err != nil {
		return err
	}
	if !domain.SameOrigin(s.IRI, s.Owner) {
		return domain.Fail(domain.Invalid, "process.source_owner")
	}
	if len(s.Items) > coproduction.MaxItems {
		return domain.Fail(domain.TooLarge, "process.too_many_items", coproduction.MaxItems)
	}
	if s.Title.Empty() || !fits(s.Title, maxTitle) || !fits(s.Summary, maxText) || !plain(s.Version, maxTitle) {
		return domain.Fail(domain.Invalid, "process.source_broken")
	}
	if s.Schema != "" {
		if _, err := domain.ParseIRI(string(s.Schema)); err != nil {
			return err
		}
	}
	for _, it := range s.Items {
		if err := it.check(); err != nil {
			return err
		}
	}
	return nil
}

func (i SourceItem) check() error {
	broken := i.Name.Empty() || !fits(i.Name, maxTitle) || !fits(i.Description, maxText) ||
		i.ID == "" || !plain(i.ID, maxID) || !plain(i.Parent, maxID) || !plain(i.From, maxID) ||
		len(i.Formerly) > maxList || slices.ContainsFunc(i.Formerly, func(id string) bool { return !plain(id, maxID) }) ||
		len(i.Problems) > maxList || len(i.Prerequisites) > maxList || len(i.Interlinkers) > maxList ||
		i.Complexity < 0 || i.Complexity > 100 || !coproduction.KeepsTranslations(i.Translations)
	for _, code := range i.Problems {
		broken = broken || !plain(code, maxTitle)
	}
	for _, iri := range i.Interlinkers {
		_, err := domain.ParseIRI(string(iri))
		broken = broken || err != nil
	}
	if broken {
		return domain.Fail(domain.Invalid, "process.source_broken")
	}
	return nil
}

// plain reports whether s is text that a database can keep, not too long.
func plain(s string, longest int) bool {
	return len(s) <= longest && utf8.ValidString(s) && !strings.ContainsRune(s, 0)
}

// fits reports whether a text is plain, in languages by their tags, and not
// too long.
func fits(t domain.Text, longest int) bool {
	if len(t) > maxList {
		return false
	}
	for lang, s := range t {
		if _, err := domain.ParseLang(string(lang)); err != nil || !plain(s, longest) {
			return false
		}
	}
	return true
}
