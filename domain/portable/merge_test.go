package portable_test

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/portable"
)

// edited is a process in which somebody worked on; ids are those of one side.
func edited(t *rapid.T, from *portable.Process, side int) *portable.Process {
	raw, err := from.Encode()
	if err != nil {
		t.Fatal(err)
	}
	d, err := portable.Decode(head, raw)
	if err != nil {
		t.Fatal(err)
	}
	word := rapid.StringMatching(`[a-z]{1,4}`)
	next := 1000 * side
	for range rapid.IntRange(0, 6).Draw(t, "edits") {
		what := rapid.IntRange(0, 6).Draw(t, "edit")
		switch {
		case what == 0:
			d.Title[rapid.SampledFrom([]domain.Lang{"en", "lv", "es"}).Draw(t, "lang")] = word.Draw(t, "title")
		case what == 1:
			next++
			d.Items = append(d.Items, portable.Item{ID: id(next), Kind: coproduction.Phase, Position: len(d.Items), Name: domain.Text{"en": word.Draw(t, "new")}})
		case what == 2 && len(d.Items) > 0:
			it := &d.Items[rapid.IntRange(0, len(d.Items)-1).Draw(t, "item")]
			it.Name = domain.Text{"en": it.Name["en"], rapid.SampledFrom([]domain.Lang{"en", "it"}).Draw(t, "lang"): word.Draw(t, "name")}
		case what == 3 && len(d.Items) > 0:
			it := &d.Items[rapid.IntRange(0, len(d.Items)-1).Draw(t, "item")]
			if it.Kind == coproduction.Task {
				it.Status = rapid.SampledFrom([]coproduction.Status{coproduction.Awaiting, coproduction.InProgress, coproduction.Finished}).Draw(t, "status")
			}
		case what == 4 && len(d.Items) > 1: // each side alone makes no circle; both may
			a, b := rapid.IntRange(0, len(d.Items)-1).Draw(t, "a"), rapid.IntRange(0, len(d.Items)-1).Draw(t, "b")
			was := d.Items[a].Prerequisites
			if d.Items[a].Kind == d.Items[b].Kind && a != b && !slices.Contains(was, d.Items[b].ID) {
				d.Items[a].Prerequisites = append(slices.Clone(was), d.Items[b].ID)
				if _, err := d.Source(head); err != nil {
					d.Items[a].Prerequisites = was
				}
			}
		case what == 5 && len(d.Resources) > 0:
			r := &d.Resources[rapid.IntRange(0, len(d.Resources)-1).Draw(t, "resource")]
			v := r.Versions[len(r.Versions)-1]
			v.Number++
			if r.Kind == coproduction.Link {
				v.URL = domain.IRI("https://elsewhere.example/" + word.Draw(t, "url"))
			} else {
				v.SHA256 = hash(fmt.Sprint(side, word.Draw(t, "body")))
			}
			r.Versions = append(r.Versions, v)
		case what == 6 && len(d.Resources) > 0 && side == 2:
			d.Resources = d.Resources[1:] // removed here
		}
	}
	return d
}

func same(a, b *portable.Process) bool {
	x, _ := a.Encode()
	y, _ := b.Encode()
	return bytes.Equal(x, y)
}

// TestMergeRestored: a version there that is again what the one before the last
// was comes too, and so does what was between.
func TestMergeRestored(t *testing.T) {
	at := func(versions ...portable.ResourceVersion) *portable.Process {
		return &portable.Process{Resources: []portable.Resource{{ID: "01980000-0000-7000-8000-00000000000c", Kind: coproduction.Link, Name: "a", Versions: versions}}}
	}
	one, two, three := portable.ResourceVersion{Number: 1, URL: "https://a.example/1"}, portable.ResourceVersion{Number: 2, URL: "https://a.example/2"}, portable.ResourceVersion{Number: 3, URL: "https://a.example/1", Restored: 1}
	theirs := at(one, two, three)
	out, changes := portable.Merge(at(one), theirs, at(one))
	if !reflect.DeepEqual(out.Resources, theirs.Resources) || len(changes) != 1 {
		t.Errorf("versions %+v, changes %+v", out.Resources[0].Versions, changes)
	}
}

// TestMerge: without news nothing changes; where nobody worked here it becomes
// what it is there; what was changed here stays, version by version; what comes
// of it is a tree, and merged again it stays as it is.
func TestMerge(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		base, _ := process(t)
		theirs, ours := edited(t, base, 1), edited(t, base, 2)
		if out, changes := portable.Merge(base, base, ours); !same(out, ours) || len(changes) != 0 {
			t.Fatalf("without news: %v", changes)
		}
		if out, _ := portable.Merge(base, theirs, base); !same(out, theirs) {
			x, _ := out.Encode()
			y, _ := theirs.Encode()
			t.Fatalf("without work here:\n%s\n%s", x, y)
		}
		out, changes := portable.Merge(base, theirs, ours)
		if _, err := out.Source(head); err != nil {
			t.Fatalf("no tree: %v", err)
		}
		if part, less, err := portable.MergeDiffering(base, theirs, ours); err != nil || !same(part, out) || !reflect.DeepEqual(less, changes) {
			x, _ := part.Encode()
			y, _ := out.Encode()
			t.Fatalf("merged by what differs (%v): %v %v\n%s\n%s", err, less, changes, x, y)
		}
		for _, it := range ours.Items {
			now := out.Items[slices.IndexFunc(out.Items, func(o portable.Item) bool { return o.ID == it.ID })]
			at := slices.IndexFunc(base.Items, func(o portable.Item) bool { return o.ID == it.ID })
			if at < 0 {
				if !reflect.DeepEqual(now, it) {
					t.Fatalf("what was added here is lost: %+v %+v", it, now)
				}
				continue
			}
			for lang, words := range it.Name {
				if base.Items[at].Name[lang] != words && now.Name[lang] != words {
					t.Fatalf("words of here are lost: %v %v", it.Name, now.Name)
				}
			}
			if it.Status != base.Items[at].Status && now.Status != it.Status {
				t.Fatalf("a status of here is lost: %v %v", it.Status, now.Status)
			}
		}
		for _, r := range ours.Resources {
			now := out.Resources[slices.IndexFunc(out.Resources, func(o portable.Resource) bool { return o.ID == r.ID })]
			if len(now.Versions) < len(r.Versions) || !reflect.DeepEqual(now.Versions[:len(r.Versions)], r.Versions) {
				t.Fatalf("versions of here are lost: %v %v", r.Versions, now.Versions)
			}
		}
		again, more := portable.Merge(theirs, theirs, out)
		if !same(again, out) || len(more) != 0 {
			t.Fatalf("merged again: %v after %v", more, changes)
		}
	})
}
