package lineage

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"iter"
	"maps"
	"slices"
	"time"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/policy"
)

// Known is what a clone of a source remembers of it to begin with; also of the
// items that it leaves out.
func Known(items []SourceItem) map[string]Base {
	b := branchesOf(items)
	out := make(map[string]Base, len(items)+1)
	out[""] = Base{Order: b.below[""]}
	for id, it := range b.items {
		out[id] = Base{Item: it.said(), Order: b.below[id]}
	}
	return out
}

// MergeRecord is a merge of a release into a clone: a part of its lineage.
type MergeRecord struct {
	ID       domain.ID
	Serial   domain.Serial
	Process  domain.ActorID // the clone
	Release  domain.ID
	IRI      domain.IRI // of the release
	Version  string
	Digest   string // of the release's tree
	Taken    int    // items
	Kept     int
	Record   Record
	By       domain.ActorID
	At       time.Time
	UndoneBy domain.ActorID
	UndoneAt time.Time // zero unless it was undone
	Revision int64
}

// MergeTold is the payload of the events of a merge.
type MergeTold struct {
	ReleaseTold
	Merge domain.ID `json:"merge"`
	Taken int       `json:"taken,omitempty"`
	Kept  int       `json:"kept,omitempty"` // of an undone one: what stays, as it was changed since
}

// Upstream is how a clone stands to its source.
type Upstream struct {
	Process *coproduction.Process
	Release *Release // newest of the source; nil if none is known
	Updates []Update
	Counts  Counts
	names   map[string]domain.Text
	here    map[string]domain.ID
}

// Name is what an item of the source or of the clone is called.
func (u *Upstream) Name(id string) domain.Text { return u.names[id] }

// Here is the address in the clone of an item of the source that it has.
func (u *Upstream) Here(id string) domain.IRI { return u.Process.ItemIRI(u.Item(id)) }

// Item is the item of the clone that an item of the source became; "" if it has
// none.
func (u *Upstream) Item(id string) domain.ID { return u.here[id] }

// Change is what the release says of an item; ok is false if nothing.
func (r *Release) Change(item string) (c ReleaseChange, ok bool) {
	i := slices.IndexFunc(r.Changes, func(c ReleaseChange) bool { return c.Item == item })
	if i < 0 {
		return c, false
	}
	return r.Changes[i], true
}

// Mark tells whether an update still is what somebody saw: it changes with
// what is in it.
func (u Update) Mark() string {
	raw, err := json.Marshal(u)
	if err != nil {
		panic("lineage: an update cannot be encoded: " + err.Error()) // it holds plain data only
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:8])
}

// Updates compares a clone with the newest release of its source, for those
// who may change its tree. Errors: NotFound for what is no clone, Forbidden.
func (s *Releases) Updates(ctx context.Context, v policy.Viewer, name string) (*Upstream, error) {
	p, err := s.clone(ctx, v, policy.Read, name)
	if err != nil {
		return nil, err
	}
	r, err := s.store.Latest(ctx, p.ClonedFrom.IRI)
	if domain.CodeOf(err) == domain.NotFound {
		return &Upstream{Process: p}, nil
	}
	if err != nil {
		return nil, err
	}
	if r.Older(p.ClonedFrom.Version, p.ClonedFrom.Digest) {
		return &Upstream{Process: p, Release: r}, nil
	}
	r, c, err := s.known(ctx, p, r)
	if err != nil {
		return nil, err
	}
	u := &Upstream{Process: p, Release: r, Updates: c.Updates(), names: map[string]domain.Text{}, here: c.ids}
	if _, err := c.read(mentioned(u.Updates)); err != nil {
		return nil, err
	}
	for _, from := range [][]SourceItem{c.Theirs, c.Mine} {
		for _, it := range from {
			if c.whole[it.ID] {
				u.names[it.ID] = it.Name
			}
		}
	}
	u.Counts = r.count(u.Updates)
	return u, nil
}

// mentioned are the items that updates name, beside their own.
func mentioned(updates []Update) iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, u := range updates {
			for _, p := range u.Parts {
				if p.Field != FieldOrder && p.Field != coproduction.FieldParent && p.Field != coproduction.FieldPrerequisites {
					continue
				}
				for _, id := range append(append(lines(p.Base), lines(p.Theirs)...), lines(p.Mine)...) {
					if !yield(id) {
						return
					}
				}
			}
		}
	}
}

// known compares a clone with a release of its source. The release is returned
// with the names by which the clone knows its items.
func (s *Releases) known(ctx context.Context, p *coproduction.Process, r *Release) (*Release, *compared, error) {
	theirs := s.pages(ctx, r)
	names, err := namesOf(p.ClonedFrom, theirs)
	if err != nil {
		return nil, nil, err
	}
	c, err := s.compare(ctx, p, asKnown(names, theirs))
	return r.asKnown(names), c, err
}

// clone reads a process that is a clone, for those who may change its tree.
func (s *Releases) clone(ctx context.Context, v policy.Viewer, verb policy.Verb, name string) (*coproduction.Process, error) {
	p, err := s.kept(ctx, v, verb, name)
	if err == nil && p.ClonedFrom == nil {
		err = domain.Fail(domain.NotFound, "error.not_found")
	}
	return p, err
}

// Look asks for a newer release of a clone's source on its node. Errors: as of
// [Releases.Updates].
func (s *Releases) Look(ctx context.Context, v policy.Viewer, name string) error {
	p, err := s.clone(ctx, v, policy.Edit, name)
	if err != nil || s.ns.Owns(p.ClonedFrom.IRI) {
		return err
	}
	from := p.ClonedFrom.IRI
	return s.store.Ask(ctx, domain.Job{Kind: JobLook, Unique: string(from), Args: LookArgs{from}, Remote: true})
}

// local is a process of this node as another names its items.
type local struct {
	process *coproduction.Process
	tree    *coproduction.Tree // nil of one that is read page by page
	ids     map[string]domain.ID
	own     bool // it names them itself

	// item reads one of its items. Errors: NotFound.
	item func(id domain.ID) (coproduction.Item, error)
	// with judges the tree with some items added or replaced, and notes in the
	// process what lists show of it. Errors: those of [coproduction.NewTree].
	with func(changed []coproduction.Item) error
}

// named reads a process with its items as Mine, by the names that another gave
// them; those that it did not name, "", have their address for one.
func (s *Releases) named(ctx context.Context, p *coproduction.Process, name func(coproduction.Item) string) (*local, Trees, error) {
	items, err := s.store.Items(ctx, p.ID)
	if err != nil {
		return nil, Trees{}, err
	}
	return named(p, items, name)
}

func named(p *coproduction.Process, items []coproduction.Item, name func(coproduction.Item) string) (*local, Trees, error) {
	tree, err := coproduction.NewTree(items)
	if err != nil {
		return nil, Trees{}, err
	}
	l := &local{process: p, tree: tree, ids: make(map[string]domain.ID, tree.Len()), item: tree.Item}
	l.with = func(changed []coproduction.Item) error {
		now, err := tree.With(changed...)
		if err == nil {
			p.Summarize(now)
		}
		return err
	}
	t := Trees{Aside: map[string]bool{}, Worked: map[string]bool{}}
	names := make(map[domain.ID]string, tree.Len())
	for _, it := range tree.Items() {
		id := name(it)
		if _, twice := l.ids[id]; twice || id == "" {
			id = string(p.ItemIRI(it.ID))
		}
		l.ids[id], names[it.ID] = it.ID, id
	}
	for _, it := range tree.Items() {
		id := names[it.ID]
		out := SourceItem{
			ID: id, Parent: names[it.Parent], Kind: it.Kind, Position: it.Position, Name: it.Name, Description: it.Description,
			Problems: it.Problems, Interlinkers: it.Interlinkers, Complexity: it.Complexity, CoDelivery: it.CoDelivery,
		}
		for _, before := range it.Prerequisites {
			out.Prerequisites = append(out.Prerequisites, names[before])
		}
		t.Mine = append(t.Mine, out)
		t.Aside[id] = it.Disabled()
		t.Worked[id] = it.Kind == coproduction.Task && it.Status != "" && it.Status != coproduction.Awaiting
	}
	return l, t, nil
}

// MergeInput are decisions on updates.
type MergeInput struct {
	Release   domain.ID // that was looked at
	AllSafe   bool      // take all that are safe
	AllNew    bool      // take all that are new
	Decisions []Resolution
	Marks     map[string]string // of the updates as they were seen, by item; those without one are not checked
}

// MergeResult says what became of decisions.
type MergeResult struct {
	Record  *MergeRecord // nil if nothing changed
	Stale   []string     // items of which the update is not the one that was seen any more, or is settled in other words: nothing was done
	Skipped []Missed
}

// Merge makes decisions on the updates of a clone, all in one change; who
// edits the tree meanwhile loses nothing. Errors: NotFound, Forbidden;
// Conflict if the source has a newer release; Invalid for a text too long.
func (s *Releases) Merge(ctx context.Context, v policy.Viewer, name string, in MergeInput) (*MergeResult, error) {
	if err := checkValues(in.Decisions); err != nil {
		return nil, err
	}
	for race := 1; ; race++ {
		out, raced, err := s.merge(ctx, v, name, in)
		if !raced || race == maxRaces {
			return out, err
		}
	}
}

// checkValues judges texts of one's own. Errors: Invalid.
func checkValues(decisions []Resolution) error {
	for _, d := range decisions {
		for part, value := range d.Values {
			if most := map[string]int{coproduction.FieldName: maxTitle, coproduction.FieldDescription: maxText}[part.Field]; most > 0 && !plain(value, most) {
				return domain.InvalidField(valueField(d.ID, part), "error.too_long", most)
			}
		}
	}
	return nil
}

// valueField is how forms name the text of a part.
func valueField(item string, p coproduction.Part) string { return "value." + item + "." + p.String() }

// maxRaces is how often a merge is decided again because somebody changed the
// clone first.
const maxRaces = 10

func (s *Releases) merge(ctx context.Context, v policy.Viewer, name string, in MergeInput) (out *MergeResult, raced bool, err error) {
	p, err := s.clone(ctx, v, policy.Edit, name)
	if err != nil {
		return nil, false, err
	}
	r, err := s.store.Latest(ctx, p.ClonedFrom.IRI)
	if err != nil {
		return nil, false, err
	}
	if r.ID != in.Release {
		return nil, false, domain.Fail(domain.Conflict, "release.newer")
	}
	if r.Older(p.ClonedFrom.Version, p.ClonedFrom.Digest) {
		return &MergeResult{}, false, nil
	}
	_, c, err := s.known(ctx, p, r)
	if err != nil {
		return nil, errors.Is(err, errMoved), err
	}
	out = &MergeResult{}
	updates := c.Updates()
	decisions := in.open(updates, out)
	late, err := in.late(c, updates)
	if err != nil {
		return nil, errors.Is(err, errMoved), err
	}
	out.Stale = append(out.Stale, late...)
	merged, err := c.settle(func(t Trees) Merged { return t.Merge(decisions) })
	if err != nil {
		return nil, errors.Is(err, errMoved), err
	}
	out.Skipped = merged.Left
	if len(merged.Items)+len(merged.Aside)+len(merged.Restored)+len(merged.Bases) == 0 {
		return out, false, nil
	}
	m := &MergeRecord{
		ID: s.mint.ID(), Serial: s.mint.Serial(), Process: p.ID, Release: r.ID, IRI: r.IRI, Version: r.Version.String(), Digest: r.Digest,
		Record: c.Record(merged), By: v.Actor, At: s.mint.Now(),
	}
	for _, d := range decisions {
		if d.Decision == Take || d.Decision == Edit {
			m.Taken++
		} else {
			m.Kept++
		}
	}
	told := MergeTold{ReleaseTold: r.told(), Merge: m.ID, Taken: m.Taken, Kept: m.Kept}
	events := []domain.Event{domain.NewEvent(s.mint, ReleaseMerged, v.Actor, p.Subject(), told)}
	changed, err := s.write(c.local, v, merged, &events)
	if err != nil {
		return nil, false, err
	}
	if err := s.store.SaveMerge(ctx, p, changed, merged.Bases, m, domain.Change{Events: events, Jobs: []domain.Job{renew(p, m.At)}}); err != nil {
		return nil, domain.CodeOf(err) == domain.Conflict, err
	}
	out.Record = m
	return out, false, nil
}

// open makes the decisions on updates that are as they were seen.
func (in MergeInput) open(updates []Update, out *MergeResult) []Resolution {
	said := make(map[string]Resolution, len(in.Decisions))
	for _, d := range in.Decisions {
		if d.Decision.Known() {
			said[d.ID] = d
		}
	}
	var decisions []Resolution
	for _, u := range updates {
		d, decided := said[u.ID]
		switch seen := in.Marks[u.ID]; {
		case decided && seen != "" && seen != u.Mark():
			out.Stale = append(out.Stale, u.ID)
		case decided:
			decisions = append(decisions, d)
		case u.Outcome == Safe && in.AllSafe, u.Outcome == Added && in.AllNew:
			decisions = append(decisions, Resolution{ID: u.ID, Decision: Take})
		}
	}
	return decisions
}

// late are the items for which somebody wrote words of their own, and that are
// settled in others meanwhile: those would be lost without a word.
func (in MergeInput) late(c *compared, updates []Update) ([]string, error) {
	written := map[string]Resolution{}
	for _, d := range in.Decisions {
		if d.Decision == Edit && in.Marks[d.ID] != "" {
			written[d.ID] = d
		}
	}
	for _, u := range updates {
		delete(written, u.ID)
	}
	if _, err := c.read(maps.Keys(written)); err != nil {
		return nil, err
	}
	for _, it := range c.Mine {
		same := true
		for part, value := range written[it.ID].Values {
			same = same && it.text(part.Field)[part.Lang] == value
		}
		if same {
			delete(written, it.ID)
		}
	}
	return slices.Sorted(maps.Keys(written)), nil
}

// write makes of what a merge changes the items of the clone, and the events
// that its history tells.
func (s *Releases) write(l *local, v policy.Viewer, m Merged, events *[]domain.Event) ([]coproduction.Item, error) {
	w := &rewriting{l, s.mint, v.Actor, map[domain.ID]coproduction.Item{}, nil, events}
	for _, it := range m.Items {
		if l.ids[it.ID] == "" {
			l.ids[it.ID] = s.mint.ID()
		}
	}
	for _, it := range m.Items {
		w.take(it)
	}
	for _, id := range m.Aside {
		w.toggle(id, false)
	}
	for _, id := range m.Restored {
		w.toggle(id, true)
	}
	out := make([]coproduction.Item, len(w.order))
	for i, id := range w.order {
		out[i] = w.changed[id]
	}
	if err := l.with(out); err != nil {
		return nil, err
	}
	l.process.UpdatedAt = s.mint.Now()
	return out, nil
}

// rewriting collects what changes in a clone.
type rewriting struct {
	*local
	mint    *domain.Mint
	by      domain.ActorID
	changed map[domain.ID]coproduction.Item
	order   []domain.ID
	events  *[]domain.Event
}

func (w *rewriting) tell(kind domain.EventKind, it coproduction.Item, changes ...coproduction.Difference) {
	e := domain.NewEvent(w.mint, kind, w.by, w.process.Subject(), coproduction.ItemChanged{
		Item: it.ID, Kind: it.Kind, Name: it.Name, Revision: it.Revision + 1, Changes: changes,
	})
	e.Part = it.ID
	*w.events = append(*w.events, e)
}

func (w *rewriting) put(it coproduction.Item) {
	if _, again := w.changed[it.ID]; !again {
		w.order = append(w.order, it.ID)
	}
	w.changed[it.ID] = it
}

// take changes an item, or adds it.
func (w *rewriting) take(from SourceItem) {
	was, err := w.item(w.ids[from.ID])
	it := w.apply(was, from)
	if err != nil { // it is new
		it.ID, it.Kind = w.ids[from.ID], from.Kind
		if !w.own {
			it.FromItem, it.Formerly = from.ID, from.Formerly
		}
		if it.Kind == coproduction.Task {
			it.Status = coproduction.Awaiting
		}
		w.tell(coproduction.ItemAdded, it)
		w.put(it)
		return
	}
	if d := coproduction.Diff(was.Details(), it.Details()); len(d) > 0 {
		w.tell(coproduction.ItemEdited, it, d...)
	}
	if was.Parent != it.Parent {
		w.tell(coproduction.ItemMoved, it, coproduction.Difference{
			Part: coproduction.Part{Field: coproduction.FieldParent}, Before: string(was.Parent), After: string(it.Parent),
		})
	}
	w.put(it)
}

// toggle puts an item aside, or takes it back into use.
func (w *rewriting) toggle(id string, enable bool) {
	it, changed := w.changed[w.ids[id]]
	if !changed {
		var err error
		if it, err = w.item(w.ids[id]); err != nil {
			return
		}
	}
	if it.Disabled() != enable {
		return
	}
	kind := coproduction.ItemDisabled
	it.DisabledAt, it.DisabledBy = w.mint.Now(), w.by
	if enable {
		kind, it.DisabledAt, it.DisabledBy = coproduction.ItemRestored, time.Time{}, domain.Nobody
	}
	w.tell(kind, it)
	w.put(it)
}

// apply puts into an item of the clone what a merge made of it.
func (l *local) apply(it coproduction.Item, from SourceItem) coproduction.Item {
	was := it
	it.Parent, it.Position = l.ids[from.Parent], from.Position
	it.Name, it.Description, it.Problems = from.Name, from.Description, from.Problems
	it.Interlinkers, it.Complexity, it.CoDelivery = from.Interlinkers, from.Complexity, from.CoDelivery
	it.Prerequisites = nil
	for _, before := range from.Prerequisites {
		if id := l.ids[before]; id != "" {
			it.Prerequisites = append(it.Prerequisites, id)
		}
	}
	it.Reword(was, l.process.Language, nil)
	return it
}

// Merges lists the merges of a clone, newest first, for those who may change
// its tree; what is no clone has none. Errors: NotFound, Forbidden.
func (s *Releases) Merges(ctx context.Context, v policy.Viewer, name string, page domain.Page) (domain.List[*MergeRecord], error) {
	p, err := s.kept(ctx, v, policy.Read, name)
	if err != nil {
		return domain.List[*MergeRecord]{}, err
	}
	return s.store.MergeRecords(ctx, p.ID, page)
}

// Undo takes a merge back: the items are as they were before it, and the
// questions are open again. What was changed since stays; kept says of how
// many items. Errors: NotFound, Forbidden; Conflict if it was undone.
func (s *Releases) Undo(ctx context.Context, v policy.Viewer, name string, merge domain.ID) (kept int, err error) {
	for race := 1; ; race++ {
		kept, raced, err := s.undo(ctx, v, name, merge)
		if !raced || race == maxRaces {
			return kept, err
		}
	}
}

func (s *Releases) undo(ctx context.Context, v policy.Viewer, name string, merge domain.ID) (kept int, raced bool, err error) {
	p, err := s.clone(ctx, v, policy.Edit, name)
	if err != nil {
		return 0, false, err
	}
	if _, err := domain.ParseID(string(merge)); err != nil {
		return 0, false, err
	}
	m, err := s.store.MergeRecord(ctx, merge)
	if err == nil && m.Process != p.ID {
		err = domain.Fail(domain.NotFound, "error.not_found")
	}
	if err == nil && !m.UndoneAt.IsZero() {
		err = domain.Fail(domain.Conflict, "release.undone")
	}
	if err != nil {
		return 0, false, err
	}
	c, err := s.compare(ctx, p, nil)
	if err != nil {
		return 0, false, err
	}
	back, err := c.undo(m.Record)
	if err != nil {
		return 0, errors.Is(err, errMoved), err
	}
	m.UndoneAt, m.UndoneBy = s.mint.Now(), v.Actor
	told := MergeTold{ReleaseTold: ReleaseTold{Release: m.Release, IRI: m.IRI, Version: m.Version, Title: p.ClonedFrom.Title}, Merge: m.ID, Kept: back.Kept}
	events := []domain.Event{domain.NewEvent(s.mint, MergeUndone, v.Actor, p.Subject(), told)}
	changed, err := s.write(c.local, v, back.Merged, &events)
	if err != nil {
		return 0, false, err
	}
	err = s.store.SaveMerge(ctx, p, changed, back.Bases, m, domain.Change{Events: events, Jobs: []domain.Job{renew(p, m.UndoneAt)}})
	return back.Kept, domain.CodeOf(err) == domain.Conflict, err
}
