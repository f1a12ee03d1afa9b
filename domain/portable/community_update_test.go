package portable_test

import (
	"encoding/json"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/portable"
)

// said is what was said before in a community of a node, in memory.
type said struct {
	kept    map[domain.IRI]*community.Archived
	removed map[domain.IRI]bool
	serial  domain.Serial
}

// takes brings a later export, as a node does, and returns how many posts
// changed.
func (s *said) takes(d *portable.Community, h portable.Head, posts []community.Past) (n int) {
	a := d.Arrive(h, "https://h.example/users/ana", func(string) bool { return true }, func(domain.IRI) bool { return false })
	page := a.Since(a.Take(posts, nil), portable.Standing{Kept: s.kept, Removed: s.removed}, func(p community.Past) *community.Archived {
		s.serial++
		return &community.Archived{Serial: s.serial, Past: p}
	})
	for _, p := range slices.Concat(page.Added, page.Edited) {
		s.kept[p.Past.IRI] = p
	}
	var all []*community.Archived
	for _, p := range s.kept {
		all = append(all, p)
	}
	gone := a.Deleted(all)
	for _, p := range gone {
		delete(s.kept, p.Past.IRI)
	}
	return len(page.Added) + len(page.Edited) + len(gone)
}

func asJSON(t interface{ Fatal(...any) }, v any) string {
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// TestLaterExport: whatever changed in a community meanwhile, after a later
// export what was said is as it is there, but for what was removed here, for what
// that export does not tell, and for copies of others' posts that are not there any
// more and that nobody deleted; once more changes nothing.
func TestLaterExport(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d, first, bytesOf := walkers(t)
		_, later, more := walkers(t)
		maps.Copy(bytesOf, more)
		for hash := range bytesOf {
			d.Files = append(d.Files, portable.Part{SHA256: hash})
		}
		here := &said{kept: map[domain.IRI]*community.Archived{}, removed: map[domain.IRI]bool{}}
		here.takes(d, communityHead, first)
		if len(here.kept) != len(first) {
			t.Fatalf("%d of %d posts came", len(here.kept), len(first))
		}
		for _, p := range first {
			if rapid.Bool().Draw(t, "removed") {
				here.removed[p.IRI] = true
				delete(here.kept, p.IRI)
			}
		}
		head := communityHead
		if head.Whole = rapid.Bool().Draw(t, "whole"); !head.Whole {
			later = slices.DeleteFunc(later, func(p community.Past) bool { return !p.Open() })
		}
		want, named := map[domain.IRI]string{}, []domain.IRI{}
		for iri, p := range here.kept {
			local := domain.SameOrigin(iri, head.IRI) && (head.Whole || p.Past.Open())
			deleted := rapid.Bool().Draw(t, "deleted there") && !slices.ContainsFunc(later, func(p community.Past) bool { return p.IRI == iri })
			if deleted {
				named = append(named, iri)
			}
			if !local && !deleted { // it may have gone by its age
				want[iri] = asJSON(t, p.Past)
			}
		}
		for _, iri := range named {
			d.Removed = append(d.Removed, portable.NameOf(iri))
		}
		for _, p := range later {
			if !here.removed[p.IRI] {
				want[p.IRI] = asJSON(t, p)
			}
		}
		here.takes(d, head, later)
		if len(want) != len(here.kept) {
			t.Fatalf("%d posts, not %d", len(here.kept), len(want))
		}
		for iri, p := range here.kept {
			if got := asJSON(t, p.Past); got != want[iri] {
				t.Fatalf("%s is\n%s, not\n%s", iri, got, want[iri])
			}
		}
		if n := here.takes(d, head, later); n != 0 {
			t.Fatalf("once more changed %d", n)
		}
	})
}

// TestMergeCommunity: what changed on one side alone is as that side has it,
// what changed on both stays as it is here, and once more changes nothing.
func TestMergeCommunity(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		base, _, _ := walkers(t)
		theirs, _, _ := walkers(t)
		ours, _, _ := walkers(t)
		if merged, _ := portable.MergeCommunity(base, theirs, base); asJSON(t, merged.Details()) != asJSON(t, theirs.Details()) {
			t.Fatalf("nothing changed here: %+v, not %+v", merged, theirs)
		}
		if merged, changes := portable.MergeCommunity(base, base, ours); asJSON(t, merged) != asJSON(t, ours) || len(changes) != 0 {
			t.Fatalf("nothing changed there: %+v, not %+v", merged, ours)
		}
		merged, _ := portable.MergeCommunity(base, theirs, ours)
		if ours.Restricted != base.Restricted && merged.Restricted != ours.Restricted || ours.Title["en"] != base.Title["en"] && merged.Title["en"] != ours.Title["en"] {
			t.Fatalf("what is here is lost: %+v of %+v", merged, ours)
		}
		if again, changes := portable.MergeCommunity(theirs, theirs, merged); asJSON(t, again) != asJSON(t, merged) || len(changes) != 0 {
			t.Fatalf("once more: %+v, %+v", again, changes)
		}
	})
}
