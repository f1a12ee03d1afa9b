package seed

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
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
	var phases []node
	for _, e := range r.list(dir + "/phases") {
		if e.IsDir() || path.Ext(e.Name()) != ".json" {
			continue
		}
		if phase, ok := r.object(dir + "/phases/" + e.Name()); ok {
			phases = append(phases, r.node(phase, catalogue.Phase))
		}
	}
	if len(phases) == 0 {
		r.fail(dir, "phases", "a schema without phases")
		return
	}
	r.flatten(s, file, "", phases)
	r.entries = append(r.entries, &catalogue.Entry{
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

func (r *reader) node(o object, kind catalogue.NodeKind) node {
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
		at := fmt.Sprintf("%s#%s[%d]", o.file, next.field, i)
		if child, ok := r.parse(at, raw); ok {
			n.children = append(n.children, r.node(child, next.kind))
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
// a schema's branch, so paths are the keys.
func (r *reader) flatten(s *catalogue.Schema, file, parent string, siblings []node) {
	paths := map[string]string{}
	for _, n := range siblings {
		p := n.id
		if parent != "" {
			p = parent + "/" + n.id
		}
		if paths[n.id] != "" {
			r.fail(file, "id", "%s is there twice", p)
		}
		paths[n.id] = p
	}
	ordered, ok := sortSiblings(siblings)
	if !ok {
		r.fail(file, "prerequisites", "the prerequisites below %q form a circle: remove one of them", parent)
		return
	}
	for position, n := range ordered {
		n.Path, n.Parent, n.Position = paths[n.id], parent, position
		for _, id := range n.prerequisites {
			if p := paths[id]; p != "" {
				n.Prerequisites = append(n.Prerequisites, p)
			} else {
				r.warn(file, "prerequisites", "%s comes after %q, which is no sibling of it: left out", n.Path, id)
			}
		}
		s.Nodes = append(s.Nodes, n.Node)
		if n.Kind == catalogue.Task && len(n.Problems) == 0 && len(s.Effective(n.Path)) == 0 {
			r.warn(file, "problemprofiles", "task %s has none, nor has its objective: nothing can be recommended for it", n.Path)
		}
		r.flatten(s, file, n.Path, n.children)
	}
}

// sortSiblings sorts by prerequisites: always the first, as given, of those
// for which all is there; ok is false for a circle.
func sortSiblings(siblings []node) (sorted []node, ok bool) {
	here, done := map[string]bool{}, map[string]bool{}
	for _, n := range siblings {
		here[n.id] = true
	}
	ready := func(n node) bool {
		for _, id := range n.prerequisites {
			if here[id] && !done[id] {
				return false
			}
		}
		return true
	}
	left := slices.Clone(siblings)
	for len(left) > 0 {
		i := slices.IndexFunc(left, ready)
		if i < 0 {
			return sorted, false
		}
		sorted = append(sorted, left[i])
		done[left[i].id] = true
		left = slices.Delete(left, i, i+1)
	}
	return sorted, true
}
