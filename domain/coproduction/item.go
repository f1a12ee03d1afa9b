package coproduction

import (
	"encoding/hex"
	"slices"
	"time"

	"interlink/domain"
	"interlink/domain/catalogue"
)

// ItemKind is the level of an item of the tree.
type ItemKind string

// The kinds: phases hold objectives, objectives hold tasks.
const (
	Phase     ItemKind = "phase"
	Objective ItemKind = "objective"
	Task      ItemKind = "task"
)

// Parent returns the kind that holds this one, "" for a phase.
func (k ItemKind) Parent() ItemKind {
	switch k {
	case Objective:
		return Phase
	case Task:
		return Objective
	}
	return ""
}

// Known reports whether k is one of the kinds.
func (k ItemKind) Known() bool { return k == Phase || k == Objective || k == Task }

// Status says how far a task, and by roll-up all above it, has come.
type Status string

// The statuses.
const (
	Awaiting   Status = "awaiting"
	InProgress Status = "in_progress"
	Finished   Status = "finished"
)

// Known reports whether s is one of the statuses.
func (s Status) Known() bool { return s == Awaiting || s == InProgress || s == Finished }

// Item is a phase, objective or task of a process.
type Item struct {
	ID            domain.ID
	Parent        domain.ID // "" for a phase
	Kind          ItemKind
	Position      int // order among its siblings, from 0
	Name          domain.Text
	Description   domain.Text  // Markdown
	Problems      []string     // codes of problem profiles
	Prerequisites []domain.ID  // items of the same kind that come first
	Interlinkers  []domain.IRI // that the source suggests or that were taken here
	Complexity    int          // 0 to 100
	CoDelivery    bool         // delivered together, not only designed together
	Status        Status       // of a task; "" above, where it is derived
	Starts, Ends  time.Time    // of a task, planned; zero if not
	DisabledAt    time.Time    // zero while it is in use
	DisabledBy    domain.ActorID
	FromNode      string   // path of the schema's node it came from; "" if added by hand
	FromItem      string   // id of the source's item it was cloned from
	Formerly      []string // ids by which others know it: of what FromItem came from, and where it was brought from
	Revision      int64

	// Translations is what is kept of those of its name and description, by
	// field; see [Item.Translation].
	Translations map[string]catalogue.Translations
}

// maxFormerly is how many former ids an item remembers.
const maxFormerly = 16

// FormerIDs are the first of some ids, each once, as many as an item remembers.
func FormerIDs(ids ...string) []string {
	var out []string
	for _, id := range ids {
		if id != "" && !slices.Contains(out, id) && len(out) < maxFormerly {
			out = append(out, id)
		}
	}
	return out
}

// Disabled reports whether the item itself was put aside; see [Tree.Enabled]
// for the branch.
func (i Item) Disabled() bool { return !i.DisabledAt.IsZero() }

// ItemIRI is the address of an item of the process, as page and object.
func (p *Process) ItemIRI(id domain.ID) domain.IRI {
	return p.IRI + "/guide/" + domain.IRI(id)
}

// ResourceIRI is the address of the page of a resource of the process.
func (p *Process) ResourceIRI(id domain.ID) domain.IRI {
	return p.IRI + "/resources/" + domain.IRI(id)
}

// WithDetails returns the item with other details, unchecked: to be shown.
func (i Item) WithDetails(d ItemDetails) Item {
	i.Name, i.Description, i.Problems, i.Prerequisites = d.Name, d.Description, d.Problems, d.Prerequisites
	i.Complexity, i.CoDelivery, i.Starts, i.Ends = d.Complexity, d.CoDelivery, d.Starts, d.Ends
	return i
}

// apply puts the details into an item of a process in a language. Errors:
// Invalid.
func (i *Item) apply(d ItemDetails, language domain.Lang) error {
	d = d.clean()
	if err := d.check(i.Kind); err != nil {
		return err
	}
	was := *i
	*i = i.WithDetails(d)
	i.Reword(was, language, d.Checked)
	return nil
}

// text is a translated field of the item.
func (i Item) text(field string) domain.Text {
	if field == FieldName {
		return i.Name
	}
	return i.Description
}

// Translation tells how far a text of an item of a process in a language, its
// name or description, is translated into another.
func (i Item) Translation(field string, language, lang domain.Lang) catalogue.TranslationState {
	return i.Translations[field].State(i.text(field), catalogue.OriginalOf(i.Name, language), lang)
}

// Stale reports whether what an item says in a language translates an older
// text.
func (i Item) Stale(language, lang domain.Lang) bool {
	return i.Translation(FieldName, language, lang) == catalogue.TranslationStale ||
		i.Translation(FieldDescription, language, lang) == catalogue.TranslationStale
}

// StaleLangs are the languages of which [Item.Stale] is true, in order.
func (i Item) StaleLangs(language domain.Lang) []domain.Lang {
	langs := append(i.Name.Langs(), i.Description.Langs()...)
	slices.Sort(langs)
	return slices.DeleteFunc(slices.Compact(langs), func(l domain.Lang) bool { return !i.Stale(language, l) })
}

// Reword notes how far the translations of the item are, whose texts were
// written over those of was; checked are the languages of which the writer says
// that they are up to date.
func (i *Item) Reword(was Item, language domain.Lang, checked []domain.Lang) {
	kept := map[string]catalogue.Translations{}
	for _, field := range []string{FieldName, FieldDescription} {
		original, before := catalogue.OriginalOf(i.Name, language), catalogue.OriginalOf(was.Name, language)
		if states := was.Translations[field].Written(i.text(field), was.text(field), original, before, checked); len(states) > 0 {
			kept[field] = states
		}
	}
	if i.Translations = kept; len(kept) == 0 {
		i.Translations = nil
	}
}

// Brought forgets what is kept of translations of another original than the
// item has now, as it came from a process in another language.
func (i *Item) Brought(from, to domain.Lang) {
	if catalogue.OriginalOf(i.Name, from) != catalogue.OriginalOf(i.Name, to) {
		i.Translations = nil
	}
}

// KeepsTranslations reports whether what a file or another node says of the
// translations of an item has the shape of what is kept here.
func KeepsTranslations(said map[string]catalogue.Translations) bool {
	for field, states := range said {
		if field != FieldName && field != FieldDescription || len(states) > maxTranslations {
			return false
		}
		for lang, one := range states {
			_, err := domain.ParseLang(string(lang))
			of, broken := hex.DecodeString(one.Of)
			if err != nil || broken != nil || hex.EncodeToString(of) != one.Of || len(of) != 8 ||
				one.State != catalogue.TranslationDraft && one.State != catalogue.TranslationReviewed {
				return false
			}
		}
	}
	return true
}

// maxTranslations is of how many languages something is kept, of one text.
const maxTranslations = 200
