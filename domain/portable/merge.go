package portable

import (
	"encoding/json"
	"iter"
	"maps"
	"reflect"
	"slices"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/lineage"
)

// Base is a process or community as it was brought last, a process under the
// ids that it has where it is from: what changed since on either side is measured by it. It names nobody.
type Base struct {
	Document *Process                `json:"document,omitempty"` // without the lists, as it is saved
	IDs      map[domain.ID]domain.ID `json:"ids,omitempty"`      // ids here of what has another one there

	Community *Community `json:"community,omitempty"` // of one, without what was said in it
	Picture   domain.IRI `json:"picture,omitempty"`   // that was drawn here of its icon

	Parts iter.Seq2[BasePart, error] `json:"-"` // the lists, as they are saved; nil of a community
}

// BasePart is an item, a resource, or what a clone knows of an item of its source.
type BasePart struct {
	Kind string // the list in which it is
	ID   string
	Here domain.ID // its id here, if that is another
	Body []byte    // as JSON; of one that is read, until the next is
}

// base is what is kept of a document that is brought; ids are as of [Base].
func (d *Document) base(ids map[domain.ID]domain.ID) Base {
	return Base{Document: d.Process.bare(), Parts: func(yield func(BasePart, error) bool) {
		_ = partsFrom(d.known, yield, func(k Known) (BasePart, any) { return BasePart{Kind: listKnown, ID: k.ID}, k.Base }) &&
			partsFrom(d.items, yield, func(it Item) (BasePart, any) {
				return BasePart{Kind: listItems, ID: string(it.ID), Here: ids[it.ID]}, it.bare()
			}) &&
			partsFrom(d.resources, yield, func(r Resource) (BasePart, any) {
				return BasePart{Kind: listResources, ID: string(r.ID), Here: ids[r.ID]}, r.bare()
			})
	}}
}

// partsFrom goes through a list, and reports whether more is asked for.
func partsFrom[T any](list iter.Seq2[T, error], yield func(BasePart, error) bool, part func(T) (BasePart, any)) bool {
	for one, err := range list {
		p, body := part(one)
		if err == nil {
			p.Body, err = json.Marshal(body)
		}
		if !yield(p, err) || err != nil {
			return false
		}
	}
	return true
}

// read reads those values of the lists that are asked for into the document.
func (b *Base) read(want func(BasePart) bool) error {
	for part, err := range b.Parts {
		if err == nil && want(part) {
			err = b.add(part)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (b *Base) add(p BasePart) (err error) {
	d := b.Document
	switch p.Kind {
	case listKnown:
		var one lineage.Base
		err = json.Unmarshal(p.Body, &one)
		if d.Known == nil {
			d.Known = map[string]lineage.Base{}
		}
		d.Known[p.ID] = one
	case listItems:
		var one Item
		err = json.Unmarshal(p.Body, &one)
		d.Items = append(d.Items, one)
	case listResources:
		var one Resource
		err = json.Unmarshal(p.Body, &one)
		d.Resources = append(d.Resources, one)
	}
	return err
}

// named notes the id of a value here, if that is another.
func (b *Base) named(p BasePart) {
	if p.Here != "" && b.IDs == nil {
		b.IDs = map[domain.ID]domain.ID{}
	}
	if p.Here != "" {
		b.IDs[domain.ID(p.ID)] = p.Here
	}
}

// Change is a difference that a later export makes of a process or community.
type Change struct {
	Outcome Outcome   `json:"outcome"`
	ID      domain.ID `json:"id,omitempty"`   // of an item or resource, where it is from; "" for the process itself
	What    string    `json:"what,omitempty"` // its name
	Parts   []string  `json:"parts,omitempty"`
	Posts   int       `json:"posts,omitempty"` // how many posts of a community; else 0
}

// Outcome says what became of a difference.
type Outcome string

// The outcomes.
const (
	OutcomeTaken Outcome = "taken" // it did not change here
	OutcomeAdded Outcome = "added"
	OutcomeKept  Outcome = "kept" // it changed here too, and stays as it is here

	OutcomeRemoved Outcome = "removed" // posts alone, that were deleted there
)

// bare is what a document says of the process itself, without people and without
// what happened where it is from: what a [Base] keeps.
func (d *Process) bare() *Process {
	out := *d
	out.Administrators, out.Grants, out.Clones, out.Releases, out.History, out.ClonedFrom = nil, nil, nil, nil, nil, nil
	out.Organization, out.Team, out.Community = "", "", ""
	return &out
}

func (i Item) bare() Item {
	i.DisabledBy = ""
	return i
}

func (r Resource) bare() Resource {
	r.CreatedBy, r.Versions = "", slices.Clone(r.Versions)
	for n := range r.Versions {
		r.Versions[n].By = ""
	}
	return r
}

// described is what a document says of the process itself.
func (d *Process) described() Process {
	return Process{Title: d.Title, Summary: d.Summary, Aim: d.Aim, Challenges: d.Challenges, Language: d.Language, Governance: d.Governance, Country: d.Country}
}

// under is a document with other ids; those that are not named stay.
func (d *Process) under(id func(domain.ID) domain.ID) *Process {
	out := *d
	out.Items, out.Resources = slices.Clone(d.Items), slices.Clone(d.Resources)
	for i := range out.Items {
		it := &out.Items[i]
		if it.ID = id(it.ID); it.Parent != "" {
			it.Parent = id(it.Parent)
		}
		it.Prerequisites = slices.Clone(it.Prerequisites)
		for n, before := range it.Prerequisites {
			it.Prerequisites[n] = id(before)
		}
	}
	for i := range out.Resources {
		out.Resources[i].ID, out.Resources[i].Item = id(out.Resources[i].ID), id(out.Resources[i].Item)
	}
	return &out
}

// The parts that a merge looks at. What is left out stays as it is here: who
// may see a process or a resource, and whose it is, no file changes.
var (
	processParts  = []string{"title", "summary", "aim", "challenges", "language", "governance", "country"}
	textParts     = []string{"name", "description", "problems", "interlinkers", "complexity", "coDelivery", "status", "starts", "ends", "disabledAt"}
	placeParts    = []string{"parent", "position", "prerequisites"}
	resourceParts = []string{"name", "language", "licence"}
)

// Merge makes of a process as it was brought (base), as it is now where it is
// from (theirs) and as it is here (ours) what it becomes here, and says in what
// that differs. What changed on one side alone is as that side has it; what
// changed on both, and otherwise, stays as it is here: nothing that is here is
// lost. What the other side has no more is not removed. It is pure.
func Merge(base, theirs, ours *Process) (*Process, []Change) {
	whole := ours.document()
	_ = whole.outline() // broken, it stays as it is
	merged, changes, _, _ := mergeInto(whole.frame, base, theirs, ours)
	return merged, changes
}

// mergeInto merges what differs into a process whose items stand as all do: what
// the others leave out is alike on all sides. It says how the items stand then, too.
// Errors: those of [lineage.FrameOf], if they cannot.
func mergeInto(all lineage.Frame, base, theirs, ours *Process) (*Process, []Change, lineage.Frame, error) {
	merged, changes := merge(all, base, theirs, ours, true)
	frame, err := merged.within(all)
	if err != nil { // each side is a tree, both together are none
		merged, changes = merge(all, base, theirs, ours, false)
		frame, err = merged.within(all)
	}
	return merged, changes, frame, err
}

// within is how the items of a process stand once those of a document are in their
// places. Errors: as of [lineage.FrameOf].
func (d *Process) within(all lineage.Frame) (lineage.Frame, error) {
	merged := byID(d.Items, itemID)
	return lineage.FrameOf(func(yield func(coproduction.Item, error) bool) {
		for at := range all.Len() {
			it := all.Stands(at)
			if now, there := merged[it.ID]; there {
				it = now.stands()
				delete(merged, it.ID)
			}
			if !yield(it, nil) {
				return
			}
		}
		for _, it := range d.Items {
			if _, added := merged[it.ID]; added && !yield(it.stands(), nil) {
				return
			}
		}
	})
}

// merge merges; places says whether items may be moved. all is how the items stand
// here.
func merge(all lineage.Frame, base, theirs, ours *Process, places bool) (*Process, []Change) {
	m := &merging{}
	said := ours.described()
	m.join("", "", processParts, base.described(), theirs.described(), ours.described(), &said)
	out := *ours
	out.Title, out.Summary, out.Aim, out.Challenges = said.Title, said.Summary, said.Aim, said.Challenges
	out.Language, out.Governance, out.Country = said.Language, said.Governance, said.Country
	out.Items, out.Resources = make([]Item, 0, len(ours.Items)), nil
	parts := textParts
	if places {
		parts = slices.Concat(textParts, placeParts)
	}
	was, now := byID(base.Items, itemID), byID(theirs.Items, itemID)
	for _, it := range ours.Items {
		if o, there := now[it.ID]; there && o.Kind == it.Kind {
			mine := it
			m.join(it.ID, it.Name.String(), parts, was[it.ID], o, mine, &it)
			it.translated(was[it.ID], o, mine, out.Language)
		}
		out.Items = append(out.Items, it)
	}
	for _, it := range theirs.Items {
		if _, there := all.Number(it.ID); !there {
			it.Prerequisites = slices.DeleteFunc(slices.Clone(it.Prerequisites), func(id domain.ID) bool {
				_, there := all.Number(id)
				return there && !places
			})
			out.Items = append(out.Items, it)
			m.add(it.ID, it.Name.String())
		}
	}
	m.resources(base, theirs, ours, &out)
	out.Known = learned(base, theirs, ours, &out)
	return &out, m.changes
}

// translated says how far the translations of a merged item are: as they are
// there if its words are, and nobody here said otherwise; else as if the words
// from there had been written here.
func (i *Item) translated(base, theirs, ours Item, language domain.Lang) {
	as := func(o Item) bool { return maps.Equal(i.Name, o.Name) && maps.Equal(i.Description, o.Description) }
	switch {
	case as(theirs) && maps.EqualFunc(base.Translations, ours.Translations, maps.Equal):
		i.Translations = theirs.Translations
	case !as(ours):
		was := coproduction.Item{Name: ours.Name, Description: ours.Description, Translations: ours.Translations}
		now := was
		now.Name, now.Description = i.Name, i.Description
		now.Reword(was, language, nil)
		i.Translations = now.Translations
	}
}

func byID[T any](all []T, id func(T) domain.ID) map[domain.ID]T {
	out := make(map[domain.ID]T, len(all))
	for _, x := range all {
		out[id(x)] = x
	}
	return out
}

func itemID(i Item) domain.ID         { return i.ID }
func resourceID(r Resource) domain.ID { return r.ID }

type merging struct{ changes []Change }

func (m *merging) add(id domain.ID, what string) {
	m.changes = append(m.changes, Change{Outcome: OutcomeAdded, ID: id, What: what})
}

func (m *merging) note(outcome Outcome, id domain.ID, what string, parts ...string) {
	if len(parts) > 0 {
		m.changes = append(m.changes, Change{Outcome: outcome, ID: id, What: what, Parts: parts})
	}
}

func (m *merging) resources(base, theirs, ours, out *Process) {
	was, now := byID(base.Resources, resourceID), byID(theirs.Resources, resourceID)
	here := byID(ours.Resources, resourceID)
	for _, r := range ours.Resources {
		if o, there := now[r.ID]; there && o.Kind == r.Kind {
			m.join(r.ID, r.Name, resourceParts, was[r.ID], o, r, &r)
			base, theirs, ours := was[r.ID].last(), o.last(), r.last()
			differs := len(o.Versions) > 0 && !theirs.same(ours) && !theirs.same(base)
			longer := ours.Number == base.Number && theirs.Number > base.Number // also if somebody restored what was there
			switch {
			case ours.same(base) && (differs || longer):
				r.Versions = slices.Concat(r.Versions, o.after(ours.Number))
				r.UpdatedAt = o.UpdatedAt
				m.note(OutcomeTaken, r.ID, r.Name, "versions")
			case differs:
				m.note(OutcomeKept, r.ID, r.Name, "versions")
			}
		}
		out.Resources = append(out.Resources, r)
	}
	for _, r := range theirs.Resources {
		_, there := here[r.ID]
		if _, known := was[r.ID]; !there && !known { // one that was removed here stays so
			out.Resources = append(out.Resources, r)
			m.add(r.ID, r.Name)
		}
	}
}

func (r Resource) last() ResourceVersion {
	if len(r.Versions) == 0 {
		return ResourceVersion{}
	}
	return r.Versions[len(r.Versions)-1]
}

// after lists the versions after one, numbered on from it.
func (r Resource) after(number int) []ResourceVersion {
	var out []ResourceVersion
	for _, v := range r.Versions {
		if v.Number > number {
			out = append(out, v)
		}
	}
	if len(out) == 0 { // it was another line of versions
		v := r.last()
		v.Number, v.Restored = number+1, 0
		out = append(out, v)
	}
	return out
}

func (v ResourceVersion) same(o ResourceVersion) bool {
	return v.URL == o.URL && v.SHA256 == o.SHA256 && v.FileName == o.FileName
}

// join merges some parts of three of a kind into another one, and notes what
// that changes.
func (m *merging) join(id domain.ID, what string, parts []string, base, theirs, ours, into any) {
	b, t, o := members(base), members(theirs), members(ours)
	out := map[string]any{}
	var taken, kept []string
	for _, part := range parts {
		value, clash := three(b[part], t[part], o[part])
		if clash {
			kept = append(kept, part)
		}
		if !reflect.DeepEqual(value, o[part]) {
			taken = append(taken, part)
			out[part] = value
		}
	}
	m.note(OutcomeTaken, id, what, taken...)
	m.note(OutcomeKept, id, what, kept...)
	set(into, out)
}

// members are those of a value as JSON has them.
func members(of any) map[string]any {
	raw, err := json.Marshal(of)
	if err != nil {
		panic(err) // the documents are plain data
	}
	out := map[string]any{}
	if err := json.Unmarshal(raw, &out); err != nil {
		panic(err)
	}
	return out
}

// set sets members of a value; nil for what is not there any more.
func set(into any, values map[string]any) {
	all := members(into)
	maps.Copy(all, values)
	raw, err := json.Marshal(all)
	if err != nil {
		panic(err)
	}
	value := reflect.ValueOf(into).Elem()
	fresh := reflect.New(value.Type())
	if err := json.Unmarshal(raw, fresh.Interface()); err != nil {
		panic(err) // all of it came from such values
	}
	value.Set(fresh.Elem())
}

// three merges one part, a text language by language; clash says that both
// sides changed it, and otherwise.
func three(base, theirs, ours any) (out any, clash bool) {
	switch {
	case reflect.DeepEqual(theirs, base), reflect.DeepEqual(theirs, ours):
		return ours, false
	case reflect.DeepEqual(ours, base):
		return theirs, false
	}
	b, _ := base.(map[string]any)
	t, text := theirs.(map[string]any)
	o, also := ours.(map[string]any)
	if !text || !also {
		return ours, true
	}
	joined := map[string]any{}
	for _, words := range []map[string]any{b, t, o} {
		for lang := range words {
			if _, done := joined[lang]; done {
				continue
			}
			value, differs := three(b[lang], t[lang], o[lang])
			if joined[lang] = value; differs {
				clash = true
			}
		}
	}
	maps.DeleteFunc(joined, func(_ string, value any) bool { return value == nil })
	return joined, clash
}
