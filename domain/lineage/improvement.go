package lineage

import (
	"slices"
	"strings"
	"time"

	"interlink/domain"
	"interlink/domain/coproduction"
)

// Improvement is what a clone offers to its source: what it has otherwise, item
// by item. Both nodes keep it; one node that has both keeps it once.
type Improvement struct {
	ID          domain.ID
	Serial      domain.Serial
	IRI         domain.IRI // under the clone
	Clone       domain.IRI
	CloneID     domain.ActorID
	CloneTitle  domain.Text
	Source      domain.IRI
	SourceID    domain.ActorID // Nobody where the source is of another node
	SourceTitle domain.Text
	Offer       domain.IRI // activity that brought it here; "" if none did
	Against     Against
	Claimed     bool // the source had not confirmed the clone when it came
	Licence     string
	Note        domain.Text // why, Markdown
	Credits     []string    // people who agreed to be named
	Items       []Improved
	Count       int // of Items, also where they are not read

	State      ImprovementState
	Verdicts   []Verdict // of each item, once it is answered
	Reason     string    // of what was refused, plain text
	SentBy     domain.ActorID
	SentAt     time.Time
	AnsweredBy domain.ActorID
	AnsweredAt time.Time // zero while it is open
	Adopted    bool      // the clone, if it is here, knows by now what its source took
	Revision   int64
	Record     Record // what taking it changed of the source, which can take it back

	formerly []domain.IRI // whose place the source may have taken: by their names the clone may know its items
}

// names are the ids of all items that it names.
func (m *Improvement) names() map[string]bool {
	out := map[string]bool{}
	for _, e := range m.Items {
		for _, it := range []*SourceItem{&e.Item, e.Base} {
			if it == nil {
				continue
			}
			for _, id := range append([]string{it.ID, it.Parent}, it.Prerequisites...) {
				out[id] = true
			}
		}
		for _, ids := range [][]string{e.Order, e.Known, e.Among} {
			for _, id := range ids {
				out[id] = true
			}
		}
	}
	delete(out, "")
	return out
}

// Against is the state of the source that an improvement was made against.
type Against struct {
	Release domain.IRI `json:"release,omitempty"` // "" if it was none
	Version string     `json:"version,omitempty"`
	Digest  string     `json:"digest,omitempty"` // of the tree
	Checked bool       `json:"-"`                // the source's node had that tree, and it had that digest
}

// Improved is one item of an improvement, by the id that the source gave it; a
// new one by that of the clone.
type Improved struct {
	Item  SourceItem  `json:"item"`            // as it is offered; without id, the order of the phases
	Base  *SourceItem `json:"base,omitempty"`  // as the clone had it from its source; nil for a new one, and the phases
	Order []string    `json:"order,omitempty"` // of what is below it, as it is offered; nil if that is not
	Known []string    `json:"known,omitempty"` // the same as the clone had it from its source
	Among []string    `json:"among,omitempty"` // of a new or moved one: among what it stands, in order
}

// Parts are what is offered of the item: Theirs, and what it was, Base.
func (e Improved) Parts() []PartUpdate {
	var base SourceItem
	if e.Base != nil {
		base = *e.Base
	}
	var out []PartUpdate
	for _, p := range differing(base, e.Item) {
		if e.Fresh() && (p.Field == coproduction.FieldParent || p.Field == coproduction.FieldPrerequisites) {
			continue
		}
		out = append(out, PartUpdate{Part: p, Base: base.Value(p), Theirs: e.Item.Value(p)})
	}
	if e.Order != nil {
		order := coproduction.Part{Field: FieldOrder}
		out = append(out, PartUpdate{Part: order, Base: strings.Join(shared(e.Known, e.Order), "\n"), Theirs: strings.Join(shared(e.Order, e.Known), "\n")})
	}
	return out
}

// Fresh reports whether the source does not have the item.
func (e Improved) Fresh() bool { return e.Base == nil && e.Item.ID != "" }

// ImprovementState says what became of an improvement.
type ImprovementState string

// The states.
const (
	ImprovementOpen      ImprovementState = "open"
	ImprovementTaken     ImprovementState = "taken"  // wholly
	ImprovementPartly    ImprovementState = "partly" // taken
	ImprovementRefused   ImprovementState = "refused"
	ImprovementWithdrawn ImprovementState = "withdrawn" // by the clone
)

// Verdict is what the source said to one item.
type Verdict struct {
	Item   string `json:"item"` // id in the improvement
	Answer Answer `json:"answer"`
	Became string `json:"became,omitempty"` // of a new one that was taken: its id in the source
	Reason string `json:"reason,omitempty"` // plain text
}

// Answer is what becomes of an item.
type Answer string

// The answers.
const (
	AnswerTaken   Answer = "taken"
	AnswerEdited  Answer = "edited"  // taken, in other words
	AnswerSame    Answer = "same"    // the source has it like that already
	AnswerRefused Answer = "refused" // also what has no place in the source any more
)

// Took reports whether the source has it now.
func (a Answer) Took() bool { return a == AnswerTaken || a == AnswerEdited || a == AnswerSame }

func (a Answer) known() bool { return a.Took() || a == AnswerRefused }

// The bounds of an improvement.
const (
	maxImproved = 100
	maxOffered  = 400_000 // bytes of its items, as they are sent
	maxCredits  = 50
	maxCredit   = 200
	maxReason   = 2_000
)

// Improve makes of decisions on the updates of trees in which the clone is
// Theirs, and its source, as the clone knows it, is Mine, what is offered: a
// merge the other way round.
func (t Trees) Improve(chosen []Resolution) []Improved {
	merged := t.Merge(chosen)
	record := t.Record(merged)
	orders := t.orders(chosen)
	var out []Improved
	add := func(e Improved) {
		if id := e.Item.ID; orders[id] {
			e.Order, e.Known = record.After[id].Order, t.Bases[id].Order
			delete(orders, id)
		}
		out = append(out, e)
	}
	for _, it := range merged.Items {
		e, base := Improved{Item: it}, t.Bases[it.ID].Item
		_, known := t.Bases[it.ID]
		if !known || it.Parent != base.Parent {
			e.Among = record.After[it.Parent].Order
		}
		if known {
			e.Base = &base
		}
		if !known || len(differing(base, it)) > 0 {
			add(e)
		}
	}
	theirs := branchesOf(t.Theirs)
	if orders[""] {
		add(Improved{})
	}
	theirs.inOrder(func(id string) {
		if orders[id] {
			base := t.Bases[id].Item
			add(Improved{Item: base, Base: &base})
		}
	})
	return out
}

// orders are the items below which the order is chosen.
func (t Trees) orders(chosen []Resolution) map[string]bool {
	order := coproduction.Part{Field: FieldOrder}
	out := map[string]bool{}
	for _, u := range t.Updates() {
		if !slices.ContainsFunc(u.Parts, func(p PartUpdate) bool { return p.Part == order }) {
			continue
		}
		for _, d := range chosen {
			if d.ID == u.ID && d.Decision != Keep && !slices.Contains(d.Kept, order) {
				out[u.ID] = true
			}
		}
	}
	return out
}

// Trees are what the source looks at: what was offered is Theirs, against the
// source as it is, mine.
func (m *Improvement) Trees(mine []SourceItem) Trees {
	now := branchesOf(mine).clone()
	bases := Known(mine)
	for _, e := range m.Items {
		if e.Fresh() {
			now.items.set(e.Item.ID, e.Item)
			now.put(e.Item.ID, e.Item.Parent, e.Among)
		}
	}
	had := branchesOf(mine)
	for _, e := range m.Items {
		id, it := e.Item.ID, e.Item
		is, here := had.items.get(id)
		if e.Base == nil || !here {
			continue
		}
		base := *e.Base
		if it.Parent == base.Parent || now.items.of(it.Parent).Kind != it.Kind.Parent() {
			it.Parent, base.Parent = is.Parent, is.Parent
		} else {
			now.below[is.Parent] = slices.DeleteFunc(now.below[is.Parent], func(s string) bool { return s == id })
			now.put(id, it.Parent, e.Among)
		}
		now.items.set(id, it)
		bases[id] = Base{Item: base, Order: bases[id].Order}
	}
	for _, e := range m.Items {
		if e.Order != nil {
			id := e.Item.ID
			now.below[id] = reordered(now.below[id], shared(e.Order, now.below[id]))
			bases[id] = Base{Item: bases[id].Item, Order: e.Known}
		}
	}
	return Trees{Bases: bases, Theirs: now.numbered(), Mine: mine}
}

// numbered lists the items with the places in which they stand.
func (b branches) numbered() []SourceItem {
	out := make([]SourceItem, 0, len(b.items))
	b.inOrder(func(id string) {
		it := b.items.of(id)
		it.Position = slices.Index(b.below[it.Parent], id)
		out = append(out, it)
	})
	return out
}

// settled says what there is nothing to decide about: what the source has
// already, and what has no place there any more.
func (m *Improvement) settled(t Trees, updates []Update) map[string]Answer {
	open := map[string]bool{}
	for _, u := range updates {
		open[u.ID] = true
	}
	here := branchesOf(t.Mine)
	out := map[string]Answer{}
	for _, e := range m.Items {
		id := e.Item.ID
		if open[id] {
			continue
		}
		out[id] = AnswerRefused
		if is, there := here.items.get(id); id == "" || there && is.Kind == e.Item.Kind && (e.Base == nil || e.Item.Parent == e.Base.Parent || e.Item.Parent == is.Parent) {
			out[id] = AnswerSame
		}
	}
	return out
}

// stateOf sums verdicts up.
func stateOf(verdicts []Verdict) ImprovementState {
	took := 0
	for _, v := range verdicts {
		if v.Answer.Took() {
			took++
		}
	}
	switch took {
	case 0:
		return ImprovementRefused
	case len(verdicts):
		return ImprovementTaken
	}
	return ImprovementPartly
}

// check judges an improvement, from wherever it comes. Errors: Invalid,
// TooLarge.
func (m *Improvement) check() error {
	var p domain.Problems
	if !coproduction.Reusable(m.Licence) || !plain(m.Licence, maxLicence) {
		p.Add("licence", "improvement.licence")
	}
	if !fits(m.Note, maxNote) {
		p.Add("note", "error.too_long", maxNote)
	}
	if len(m.Credits) > maxCredits || slices.ContainsFunc(m.Credits, func(s string) bool { return s == "" || !plain(s, maxCredit) || strings.ContainsAny(s, "\r\n") }) {
		p.Add("credits", "improvement.credits_many", maxCredits)
	}
	if err := p.Err(); err != nil {
		return err
	}
	if len(m.Items) == 0 {
		return domain.InvalidField("items", "improvement.nothing")
	}
	if len(m.Items) > maxImproved || len(Canonical(m.Items)) > maxOffered {
		return domain.InvalidField("items", "improvement.too_large", maxImproved)
	}
	a := m.Against
	broken := !fits(m.CloneTitle, maxTitle) || !plain(a.Version, maxTitle) || !plain(string(a.Release), maxID) || a.Digest != "" && !isDigest(a.Digest)
	if broken || !m.named() {
		return domain.Fail(domain.Invalid, "process.source_broken")
	}
	return nil
}

// named reports whether all that the items name is of the source, or new and
// of the clone, and each is within its bounds.
func (m *Improvement) named() bool {
	fresh, seen := map[string]bool{}, map[string]bool{}
	kinds := map[string]coproduction.ItemKind{}
	for _, e := range m.Items {
		if seen[e.Item.ID] {
			return false
		}
		seen[e.Item.ID], kinds[e.Item.ID] = true, e.Item.Kind
		if e.Fresh() {
			if !strings.HasPrefix(e.Item.ID, string(m.Clone)+"/") {
				return false
			}
			fresh[e.Item.ID] = true
		}
	}
	known := append([]domain.IRI{m.Source}, m.formerly...)
	ours := func(id string) bool {
		return plain(id, maxID) && (fresh[id] || under(known, id))
	}
	all := func(ids []string) bool {
		return len(ids) <= coproduction.MaxItems && !slices.ContainsFunc(ids, func(id string) bool { return !ours(id) })
	}
	for _, e := range m.Items {
		if !all(e.Order) || !all(e.Known) || !all(e.Among) {
			return false
		}
		if e.Item.ID == "" { // the order of the phases
			if len(differing(e.Item, SourceItem{})) > 0 || e.Base != nil || len(e.Order) == 0 {
				return false
			}
			continue
		}
		if kind, offered := kinds[e.Item.Parent]; !e.well(all) || offered && e.Item.Parent != "" && kind != e.Item.Kind.Parent() {
			return false
		}
	}
	return true
}

// well reports whether an item stands where its kind does, and is that which
// its base was.
func (e Improved) well(all func([]string) bool) bool {
	for _, it := range []*SourceItem{&e.Item, e.Base} {
		if it == nil {
			continue
		}
		named := append([]string{it.ID}, it.Prerequisites...)
		if it.Parent != "" {
			named = append(named, it.Parent)
		}
		if it.check() != nil || it.ID != e.Item.ID || it.Kind != e.Item.Kind || !all(named) || (it.Kind == coproduction.Phase) != (it.Parent == "") {
			return false
		}
		if !it.Kind.Known() {
			return false
		}
	}
	return true
}

// accepted is what the source took, by the ids that it has there.
func (m *Improvement) accepted() *Improvement {
	became, took := map[string]string{}, map[string]bool{}
	for _, v := range m.Verdicts {
		took[v.Item] = v.Answer.Took()
		if v.Became != "" {
			became[v.Item] = v.Became
		}
	}
	name := func(id string) string {
		if to := became[id]; to != "" {
			return to
		}
		return id
	}
	names := func(ids []string) []string {
		var out []string
		for _, id := range ids {
			out = append(out, name(id))
		}
		return out
	}
	out := &Improvement{Source: m.Source, Clone: m.Clone}
	for _, e := range m.Items {
		if !took[e.Item.ID] || e.Fresh() && became[e.Item.ID] == "" {
			continue
		}
		e.Item.ID, e.Item.Parent, e.Item.Prerequisites = name(e.Item.ID), name(e.Item.Parent), names(e.Item.Prerequisites)
		e.Order, e.Known, e.Among = names(e.Order), names(e.Known), names(e.Among)
		out.Items = append(out.Items, e)
	}
	return out
}

// learned is what a clone knows of its source once that took something: its own
// words, merged into what it knew, so that it is not asked about them.
func (m *Improvement) learned(bases map[string]Base) map[string]*Base {
	t := m.accepted().Trees(treeOf(bases))
	var take []Resolution
	for _, u := range t.Updates() {
		take = append(take, Resolution{ID: u.ID, Decision: Take})
	}
	out := map[string]*Base{}
	for id, b := range t.Record(t.Merge(take)).After {
		b.Never = bases[id].Never
		out[id] = &b
	}
	return out
}

// treeOf is the tree of which a clone knows the items, each in its place.
func treeOf(bases map[string]Base) []SourceItem {
	places := map[string]int{}
	for _, b := range bases {
		for i, id := range b.Order {
			places[id] = i
		}
	}
	var out []SourceItem
	for id, b := range bases {
		if id == "" {
			continue
		}
		it := b.Item
		if at, known := places[id]; known {
			it.Position = at
		}
		out = append(out, it)
	}
	return branchesOf(out).numbered()
}

// Taken counts the items that the source took.
func (m *Improvement) Taken() int {
	n := 0
	for _, v := range m.Verdicts {
		if v.Answer.Took() {
			n++
		}
	}
	return n
}
