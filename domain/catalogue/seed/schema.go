package seed

import (
	"container/heap"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"sort"
	"strings"

	"interlink/domain/catalogue"
)

func (r *reader) schemas() {
	for _, dir := range r.dirs("schemas") {
		r.schema("schemas/"+dir, dir)
	}
}

func (r *reader) schema(dir, slug string) {
	file := dir + "/metadata.json"
	if _, err := fs.Lstat(r.tree, file); errors.Is(err, fs.ErrNotExist) {
		r.warn(dir, "", "has no metadata.json: left out")
		return
	}
	o, ok := r.object(file)
	if !ok {
		return
	}
	name, summary := o.named()
	s := &catalogue.Schema{Tags: o.tags("tags_translations"), Licence: o.fix("licence"), SPDX: o.text("spdx")}
	for _, p := range o.strings("purposes") {
		if purpose := catalogue.Purpose(p); slices.Contains(catalogue.Purposes, purpose) {
			s.Purposes = append(s.Purposes, purpose)
		} else {
			r.warn(file, "purposes", "%.80q is no known purpose: left out", p)
		}
	}
	var phases []node
	left := maxNodes
	for _, e := range r.list(dir + "/phases") {
		if e.IsDir() || path.Ext(e.Name()) != ".json" {
			continue
		}
		if phase, ok := r.object(dir + "/phases/" + e.Name()); ok {
			phases = append(phases, r.node(phase, catalogue.Phase, &left))
		}
	}
	if len(phases) == 0 {
		r.fail(dir, "phases", "a schema without phases")
		return
	}
	if left < 0 {
		r.fail(dir, "phases", "more than %d phases, objectives and tasks", maxNodes)
		return
	}
	r.flatten(s, file, phases, catalogue.Node{})
	r.add(file, &catalogue.Entry{
		Kind: catalogue.KindSchema, Key: strings.ToLower(slug), Name: name, Summary: summary, Schema: s,
	})
}

// node is a phase, objective or task as read, with its children.
type node struct {
	id            string
	prerequisites []string
	catalogue.Node
	children []node
}

// below are the fields and kinds of children.
var below = map[catalogue.NodeKind]struct {
	field string
	kind  catalogue.NodeKind
}{
	catalogue.Phase:     {"objectives", catalogue.Objective},
	catalogue.Objective: {"tasks", catalogue.Task},
}

// node reads one with its children, as long as left is not used up.
func (r *reader) node(o object, kind catalogue.NodeKind, left *int) node {
	*left--
	n := node{id: o.text("id"), prerequisites: o.prerequisites()}
	n.Kind, n.CoDelivery, n.Problems = kind, o.flag("is_part_of_codelivery"), o.strings("problemprofiles")
	n.Name, n.Description = o.texts("name_translations"), o.texts("description_translations")
	if n.id == "" {
		r.fail(o.file, "id", "a %s without id", kind)
	}
	if n.Name.Empty() {
		r.fail(o.file, "name_translations", "%s %s has no name", kind, n.id)
	}
	next, ok := below[kind]
	if !ok {
		return n
	}
	var children []json.RawMessage
	o.into(next.field, &children)
	for i, raw := range children {
		if *left < 0 {
			break
		}
		at := fmt.Sprintf("%s#%s[%d]", o.file, next.field, i)
		if child, ok := r.parse(at, raw); ok {
			n.children = append(n.children, r.node(child, next.kind, left))
		}
	}
	return n
}

// prerequisites reads the ids of what comes first: a list of {item, …}, a
// single such object, or plain ids.
func (o object) prerequisites() []string {
	if !o.has("prerequisites") {
		return nil
	}
	raw := o.members["prerequisites"]
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) != nil {
		list = []json.RawMessage{raw}
	}
	var out []string
	for _, e := range list {
		var id string
		var ref struct{ Item string }
		if json.Unmarshal(e, &id) == nil {
			out = append(out, id)
		} else if json.Unmarshal(e, &ref) == nil && ref.Item != "" {
			out = append(out, ref.Item)
		} else if string(e) != "{}" {
			o.r.fail(o.file, "prerequisites", "has another type than it should")
		}
	}
	return out
}

// flatten puts siblings in the order of their prerequisites and appends them
// to the schema, each parent before its children. Ids are unique only within
// a schema's branch, so paths are the keys. parent is zero for phases; its
// Problems are those of all above.
func (r *reader) flatten(s *catalogue.Schema, file string, siblings []node, parent catalogue.Node) {
	paths := map[string]string{}
	for _, n := range siblings {
		p := n.id
		if parent.Path != "" {
			p = parent.Path + "/" + n.id
		}
		if paths[n.id] != "" {
			r.fail(file, "id", "%s is there twice", p)
		}
		paths[n.id] = p
	}
	ordered, ok := sortSiblings(siblings)
	if !ok {
		r.fail(file, "prerequisites", "the prerequisites below %q form a circle: remove one of them", parent.Path)
		return
	}
	for position, n := range ordered {
		n.Path, n.Parent, n.Position = paths[n.id], parent.Path, position
		for _, id := range n.prerequisites {
			if p := paths[id]; p != "" {
				n.Prerequisites = append(n.Prerequisites, p)
			} else {
				r.warn(file, "prerequisites", "%s comes after %q, which is no sibling of it: left out", n.Path, id)
			}
		}
		s.Nodes = append(s.Nodes, n.Node)
		above := n.Node
		if len(above.Problems) == 0 {
			above.Problems = parent.Problems
		}
		if n.Kind == catalogue.Task && len(above.Problems) == 0 {
			r.warn(file, "problemprofiles", "task %s has none, nor has its objective: nothing can be recommended for it", n.Path)
		}
		r.flatten(s, file, n.children, above)
	}
}

// sortSiblings sorts by prerequisites: always the first, as given, of those
// for which all is there; ok is false for a circle. The work is that of
// sorting nodes and prerequisites, however they refer to each other.
func sortSiblings(siblings []node) (sorted []node, ok bool) {
	at := map[string]int{}
	for i, n := range siblings {
		at[n.id] = i
	}
	waiting := make([]int, len(siblings)) // for how many
	after := make([][]int, len(siblings)) // who waits for it
	ready := &indices{}
	for i, n := range siblings {
		for _, id := range n.prerequisites {
			if j, here := at[id]; here {
				waiting[i]++
				after[j] = append(after[j], i)
			}
		}
		if waiting[i] == 0 {
			heap.Push(ready, i)
		}
	}
	for ready.Len() > 0 {
		i := heap.Pop(ready).(int)
		sorted = append(sorted, siblings[i])
		for _, j := range after[i] {
			if waiting[j]--; waiting[j] == 0 {
				heap.Push(ready, j)
			}
		}
	}
	return sorted, len(sorted) == len(siblings)
}

// indices is a heap.
type indices struct{ sort.IntSlice }

func (x *indices) Push(v any) { x.IntSlice = append(x.IntSlice, v.(int)) }

func (x *indices) Pop() any {
	last := x.IntSlice[len(x.IntSlice)-1]
	x.IntSlice = x.IntSlice[:len(x.IntSlice)-1]
	return last
}
