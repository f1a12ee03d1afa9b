package portable

import (
	"bytes"
	"cmp"
	"encoding/json"
	"io"
	"iter"
	"maps"
	"slices"

	"interlink/domain/coproduction"
	"interlink/domain/lineage"
)

// Document is process.json as it is written and read: what it says of the process
// itself, and its lists, which are gone through as often as is asked. Wherever
// these are, in a file, in a store or in memory, no more of them is in memory than
// is looked at.
type Document struct {
	Process // without its items, resources and what it knows of its source
	lists

	Count Count
	frame lineage.Frame // how its items stand, of one that was judged
	named []Part        // the bytes that it names, of one that was judged
}

// Count is how much is in the lists of a document.
type Count struct{ Items, Resources, Releases int }

// lists are those of a document that grow with a process.
type lists struct {
	known     iter.Seq2[Known, error] // by the ids, in their order
	items     iter.Seq2[Item, error]  // in the order of the tree, of one that is written
	resources iter.Seq2[Resource, error]
	history   iter.Seq2[Event, error] // of one that is written from a store; else nil, and it is in the head
}

// Known is what a clone knows of an item of its source.
type Known struct {
	ID string
	lineage.Base
}

// Items goes through the items.
func (d *Document) Items() iter.Seq2[Item, error] { return d.items }

// Resources goes through the resources.
func (d *Document) Resources() iter.Seq2[Resource, error] { return d.resources }

// document is one whose lists are in memory.
func (d *Process) document() *Document {
	out := &Document{Process: *d, Count: Count{len(d.Items), len(d.Resources), len(d.Releases)}}
	out.Process.Items, out.Process.Resources, out.Process.Known = nil, nil, nil
	out.lists = lists{known: each(d.knownInOrder()), items: each(d.Items), resources: each(d.Resources)}
	return out
}

func (d *Process) knownInOrder() []Known {
	out := make([]Known, 0, len(d.Known))
	for _, id := range slices.Sorted(maps.Keys(d.Known)) {
		out = append(out, Known{id, d.Known[id]})
	}
	return out
}

func each[T any](all []T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, one := range all {
			if !yield(one, nil) {
				return
			}
		}
	}
}

// all reads a list into memory.
func all[T any](list iter.Seq2[T, error]) ([]T, error) {
	var out []T
	for one, err := range list {
		if err != nil {
			return nil, err
		}
		out = append(out, one)
	}
	return out, nil
}

// Whole reads all of a document into memory.
func (d *Document) Whole() (*Process, error) {
	out := d.Process
	known, err := all(d.known)
	if err != nil {
		return nil, err
	}
	for _, k := range known {
		if out.Known == nil {
			out.Known = map[string]lineage.Base{}
		}
		out.Known[k.ID] = k.Base
	}
	if out.Items, err = all(d.items); err != nil {
		return nil, err
	}
	if out.Items == nil {
		out.Items = []Item{}
	}
	if out.Resources, err = all(d.resources); err != nil {
		return nil, err
	}
	if d.history != nil {
		out.History, err = all(d.history)
	}
	return &out, err
}

func (d *Document) partsOf() []Part { return d.named }

// partsOf lists the bytes that a document names, each once.
func (d *Process) partsOf() []Part {
	n := names{}
	for _, r := range d.Resources {
		n.add(r)
	}
	return n.parts()
}

// names are the sizes of bytes that a document names, by their SHA-256.
type names map[string]int64

func (n names) add(r Resource) {
	for _, v := range r.Versions {
		if _, known := n[v.SHA256]; !known && isHash(v.SHA256) {
			n[v.SHA256] = v.Size
		}
	}
}

// parts are they in the order in which they stand in an archive.
func (n names) parts() []Part {
	out := make([]Part, 0, len(n))
	for hash, size := range n {
		path := filesFolder + hash
		out = append(out, Part{Path: path, SHA256: path[len(filesFolder):], Size: size})
	}
	slices.SortFunc(out, func(a, b Part) int { return cmp.Compare(a.Path, b.Path) })
	return out
}

// outline sees how the items stand. Errors: those of [lineage.FrameOf].
func (d *Document) outline() (err error) {
	d.frame, err = lineage.FrameOf(func(yield func(coproduction.Item, error) bool) {
		for it, err := range d.items {
			if !yield(it.stands(), err) || err != nil {
				return
			}
		}
	})
	return err
}

// stands is what of an item says how it stands in the tree.
func (i Item) stands() coproduction.Item {
	return coproduction.Item{
		ID: i.ID, Parent: i.Parent, Kind: i.Kind, Position: i.Position, Prerequisites: i.Prerequisites, Status: i.Status, DisabledAt: at(i.DisabledAt),
	}
}

// Encode writes a document: the same one always in the same bytes.
func (d *Process) Encode() ([]byte, error) {
	var b bytes.Buffer
	err := d.document().encode(&b)
	return b.Bytes(), err
}

// emptyItems is how a document ends whose lists are left out; what they follow
// stands before that, in the order of the fields of [Process].
const emptyItems = "\"items\": null\n}"

// encode writes a document, as its lists come.
func (d *Document) encode(w io.Writer) error {
	head := d.Process
	head.Clones, head.Releases, head.Known, head.Items, head.Resources, head.History = nil, nil, nil, nil, nil, nil
	raw, err := json.MarshalIndent(head, "", "  ")
	if err != nil {
		return err
	}
	out := &encoder{w: w}
	out.write(bytes.TrimSuffix(raw, []byte(emptyItems)))
	for _, next := range []func() error{
		func() error { return out.known(d.known) },
		func() error { return list(out, listClones, each(d.Clones), false) },
		func() error { return list(out, listReleases, each(d.Releases), false) },
		func() error { return list(out, listItems, d.items, true) },
		func() error { return list(out, listResources, d.resources, false) },
		func() error { return list(out, listHistory, d.events(), false) },
	} {
		if err := next(); err != nil {
			return err
		}
	}
	out.write([]byte("\n}\n"))
	return out.err
}

// events are the history, wherever it is.
func (d *Document) events() iter.Seq2[Event, error] {
	if d.history == nil {
		return each(d.History)
	}
	return d.history
}

// encoder writes the lists of a document as [json.MarshalIndent] does.
type encoder struct {
	w    io.Writer
	more bool // a list stands before
	err  error
}

func (e *encoder) write(raw []byte) {
	if e.err == nil {
		_, e.err = e.w.Write(raw)
	}
}

func (e *encoder) value(v any, prefix string) {
	raw, err := json.MarshalIndent(v, prefix, "  ")
	e.err = cmp.Or(e.err, err)
	e.write(raw)
}

// open begins a list, after those before it.
func (e *encoder) open(name, with string) {
	if e.more {
		e.write([]byte(",\n  "))
	}
	e.more = true
	e.write([]byte(`"` + name + `": ` + with))
}

// list writes a list; one that is empty only if it is always there.
func list[T any](e *encoder, name string, values iter.Seq2[T, error], always bool) error {
	return run(e, name, "[]", values, always, func(v T) { e.value(v, "    ") })
}

// known writes what is known as an object, by ids.
func (e *encoder) known(values iter.Seq2[Known, error]) error {
	return run(e, listKnown, "{}", values, false, func(k Known) {
		e.value(k.ID, "")
		e.write([]byte(": "))
		e.value(k.Base, "    ")
	})
}

// run writes values between two brackets.
func run[T any](e *encoder, name, brackets string, values iter.Seq2[T, error], always bool, write func(T)) error {
	n := 0
	for v, err := range values {
		if err = cmp.Or(err, e.err); err != nil {
			return err
		}
		if n++; n == 1 {
			e.open(name, brackets[:1])
		} else {
			e.write([]byte(","))
		}
		e.write([]byte("\n    "))
		write(v)
	}
	switch {
	case n > 0:
		e.write([]byte("\n  " + brackets[1:]))
	case always:
		e.open(name, brackets)
	}
	return e.err
}
