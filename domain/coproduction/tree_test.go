package coproduction

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"interlink/domain"
)

func item(id, parent string, kind ItemKind, status Status) Item {
	return Item{ID: domain.ID(id), Parent: domain.ID(parent), Kind: kind, Status: status, Name: domain.Text{"en": id}}
}

func disabled(it Item) Item {
	it.DisabledAt = time.Unix(1, 0)
	return it
}

func after(it Item, before ...domain.ID) Item {
	it.Prerequisites = before
	return it
}

func TestRollUp(t *testing.T) {
	t.Parallel()
	const a, p, f = Awaiting, InProgress, Finished
	for name, tc := range map[string]struct {
		tasks [][]Status // by objective of one phase
		off   []domain.ID
		want  Status
		done  string
	}{
		"nothing":                     {nil, nil, a, "0 of 0"},
		"an empty objective":          {[][]Status{{}}, nil, a, "0 of 0"},
		"all await":                   {[][]Status{{a, a}, {a}}, nil, a, "0 of 3"},
		"one begun":                   {[][]Status{{a, p}, {a}}, nil, p, "0 of 3"},
		"one finished":                {[][]Status{{f, a}}, nil, p, "1 of 2"},
		"all finished":                {[][]Status{{f, f}, {f}}, nil, f, "3 of 3"},
		"finished but an empty one":   {[][]Status{{f}, {}}, nil, p, "1 of 1"},
		"the rest disabled":           {[][]Status{{f, a}, {a}}, []domain.ID{"t01", "o1"}, f, "1 of 1"},
		"all disabled":                {[][]Status{{f, f}}, []domain.ID{"t00", "t01"}, a, "0 of 0"},
		"the phase disabled":          {[][]Status{{f, f}}, []domain.ID{"phase"}, a, "0 of 0"},
		"in progress and disabled":    {[][]Status{{p, f}}, []domain.ID{"t00"}, f, "1 of 1"},
		"a disabled objective's task": {[][]Status{{a}, {f}}, []domain.ID{"o0"}, f, "1 of 1"},
	} {
		items := []Item{item("phase", "", Phase, "")}
		for o, tasks := range tc.tasks {
			objective := fmt.Sprintf("o%d", o)
			items = append(items, item(objective, "phase", Objective, ""))
			for i, s := range tasks {
				items = append(items, item(fmt.Sprintf("t%d%d", o, i), objective, Task, s))
			}
		}
		for i := range items {
			if slices.Contains(tc.off, items[i].ID) {
				items[i] = disabled(items[i])
			}
		}
		tree, err := NewTree(items)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		tasks, finished := tree.Progress("")
		if got := tree.Overall(); got != tc.want || fmt.Sprintf("%d of %d", finished, tasks) != tc.done {
			t.Errorf("%s: %s with %d of %d, want %s with %s", name, got, finished, tasks, tc.want, tc.done)
		}
	}
}

func TestBrokenTrees(t *testing.T) {
	t.Parallel()
	phase, objective := item("p", "", Phase, ""), item("o", "p", Objective, "")
	a, b, c := item("a", "o", Task, ""), item("b", "o", Task, ""), item("c", "o", Task, "")
	for name, tc := range map[string]struct {
		items []Item
		code  domain.Code
	}{
		"good":                     {[]Item{b, phase, after(a, "b"), objective, after(c, "a", "b")}, domain.OK},
		"empty":                    {nil, domain.OK},
		"two with one id":          {[]Item{phase, phase}, domain.Invalid},
		"no id":                    {[]Item{item("", "", Phase, "")}, domain.Invalid},
		"unknown kind":             {[]Item{item("x", "", "chapter", "")}, domain.Invalid},
		"no parent":                {[]Item{objective}, domain.Invalid},
		"task in a phase":          {[]Item{phase, item("a", "p", Task, "")}, domain.Invalid},
		"phase in a phase":         {[]Item{phase, item("q", "p", Phase, "")}, domain.Invalid},
		"phase in what is absent":  {[]Item{phase, item("q", "z", Phase, "")}, domain.Invalid},
		"its own parent":           {[]Item{item("x", "x", Objective, "")}, domain.Invalid},
		"after itself":             {[]Item{phase, objective, after(a, "a")}, domain.Invalid},
		"a circle":                 {[]Item{phase, objective, after(a, "c"), after(b, "a"), after(c, "b")}, domain.Invalid},
		"after one that is absent": {[]Item{phase, objective, after(a, "z")}, domain.Invalid},
		"after another kind":       {[]Item{phase, objective, after(a, "o")}, domain.Invalid},
		"too many":                 {make([]Item, MaxItems+1), domain.TooLarge},
	} {
		if _, err := NewTree(tc.items); domain.CodeOf(err) != tc.code {
			t.Errorf("%s: %v, want %q", name, err, tc.code)
		}
	}
}

// drawItems draws a valid tree in a drawn order.
func drawItems(t *rapid.T) []Item {
	var items []Item
	status := rapid.SampledFrom([]Status{Awaiting, InProgress, Finished})
	var last = map[ItemKind][]domain.ID{}
	add := func(parent domain.ID, kind ItemKind, position int) domain.ID {
		it := Item{
			ID: domain.ID(fmt.Sprintf("%s%d", kind, len(last[kind]))), Parent: parent, Kind: kind, Position: position,
			Name: domain.Text{"en": "x"},
		}
		if kind == Task {
			it.Status = status.Draw(t, "status")
		}
		if rapid.IntRange(0, 4).Draw(t, "off") == 0 {
			it = disabled(it)
		}
		if n := len(last[kind]); n > 0 && rapid.Bool().Draw(t, "after") {
			it.Prerequisites = []domain.ID{last[kind][rapid.IntRange(0, n-1).Draw(t, "which")]}
		}
		last[kind] = append(last[kind], it.ID)
		items = append(items, it)
		return it.ID
	}
	few := rapid.IntRange(0, 3)
	for p := range few.Draw(t, "phases") {
		phase := add("", Phase, p)
		for o := range few.Draw(t, "objectives") {
			objective := add(phase, Objective, o)
			for k := range few.Draw(t, "tasks") {
				add(objective, Task, k)
			}
		}
	}
	return rapid.Permutation(items).Draw(t, "order")
}

func TestTreeProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		items := drawItems(t)
		tree, err := NewTree(items)
		if err != nil {
			t.Fatal(err)
		}
		again, err := NewTree(rapid.Permutation(items).Draw(t, "another order"))
		if err != nil || fmt.Sprint(again.Items()) != fmt.Sprint(tree.Items()) {
			t.Fatalf("the order of reading changes the tree (%v)", err)
		}
		place := map[domain.ID]int{}
		tasks, finished := 0, 0
		for i, it := range tree.Items() {
			place[it.ID] = i
			if it.Parent != "" && place[it.Parent] >= i {
				t.Fatalf("%s stands before its parent", it.ID)
			}
			if it.Kind == Task && tree.Enabled(it.ID) {
				tasks++
				if it.Status == Finished {
					finished++
				}
			}
			if tree.Enabled(it.ID) && (it.Disabled() || it.Parent != "" && !tree.Enabled(it.Parent)) {
				t.Fatalf("%s is enabled in a disabled branch", it.ID)
			}
		}
		n, done := tree.Progress("")
		if n != tasks || done != finished || done > n {
			t.Fatalf("%d of %d, counted %d of %d", done, n, finished, tasks)
		}
		if overall := tree.Overall(); overall == Finished && done != n || overall == Awaiting && done > 0 {
			t.Fatalf("%s with %d of %d", overall, done, n)
		}
		// Finishing everything that can be finished, and nothing else, ends all
		// branches that hold a task.
		for i := range items {
			if items[i].Kind == Task {
				items[i].Status = Finished
			}
		}
		if tree, err = NewTree(items); err != nil {
			t.Fatal(err)
		}
		if n, done := tree.Progress(""); n != done || n > 0 && tree.Overall() == Awaiting {
			t.Fatalf("all finished, but %s with %d of %d", tree.Overall(), done, n)
		}
	})
}

func TestProblemsOfATask(t *testing.T) {
	t.Parallel()
	with := func(it Item, codes ...string) Item {
		it.Problems = codes
		return it
	}
	tree, err := NewTree([]Item{
		with(item("p", "", Phase, ""), "C"), with(item("o", "p", Objective, ""), "B", "A"), with(item("t", "o", Task, ""), "A"),
	})
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range map[domain.ID]string{"t": "[A B C]", "o": "[B A C]", "p": "[C]", "unknown": "[]"} {
		if got := fmt.Sprint(tree.Problems(id)); got != want {
			t.Errorf("%s: %s, want %s", id, got, want)
		}
	}
}

func TestNewResource(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		d    ResourceDetails
		code domain.Code
		kind ResourceKind
	}{
		"document":         {ResourceDetails{Name: "Notes", Body: "x"}, domain.OK, Document},
		"empty document":   {ResourceDetails{Name: "Notes"}, domain.OK, Document},
		"link":             {ResourceDetails{Name: "Map", URL: " https://map.example/ "}, domain.OK, Link},
		"both":             {ResourceDetails{Name: "Map", URL: "https://map.example/", Body: "x"}, domain.Invalid, ""},
		"no name":          {ResourceDetails{Name: " ", Body: "x"}, domain.Invalid, ""},
		"script":           {ResourceDetails{Name: "Map", URL: "javascript:alert(1)"}, domain.Invalid, ""},
		"file":             {ResourceDetails{Name: "Map", URL: "file:///etc/passwd"}, domain.Invalid, ""},
		"language":         {ResourceDetails{Name: "Map", Body: "x", Language: "not a language"}, domain.Invalid, ""},
		"long body":        {ResourceDetails{Name: "Map", Body: string(make([]byte, MaxBody+1)) + "x"}, domain.OK, Document}, // of NULs only
		"really long body": {ResourceDetails{Name: "Map", Body: fmt.Sprintf("%*d", MaxBody+1, 7) + fmt.Sprintf("%0*d", MaxBody+1, 7)}, domain.Invalid, ""},
	} {
		r, err := newResource(tc.d, "es")
		if domain.CodeOf(err) != tc.code || err == nil && (r.Kind != tc.kind || r.Language != "es") {
			t.Errorf("%s: %+v %v", name, r, err)
		}
	}
}

func TestToolResource(t *testing.T) {
	t.Parallel()
	long := fmt.Sprintf("%0200d", 1) + "€€"
	for name, tc := range map[string]struct {
		tool Tool
		want Resource
		code domain.Code
	}{
		"in the language": {Tool{Name: domain.Text{"es": "Lienzo", "en": "Canvas"}, Body: domain.Text{"es": "hola", "en": "hello"}},
			Resource{Kind: Document, Name: "Lienzo", Body: "hola", Language: "es"}, domain.OK},
		"in another": {Tool{Name: domain.Text{"lv": "Audekls"}, Body: domain.Text{"lv": "sveiki"}},
			Resource{Kind: Document, Name: "Audekls", Body: "sveiki", Language: "lv"}, domain.OK},
		"nothing to copy": {Tool{Name: domain.Text{"en": "Canvas"}},
			Resource{Kind: Document, Name: "Canvas", Language: domain.Undetermined}, domain.OK},
		"a link": {Tool{Name: domain.Text{"en": "Board"}, Address: domain.Text{"en": "https://board.example/"}, Body: domain.Text{"es": "guía"}},
			Resource{Kind: Link, Name: "Board", URL: "https://board.example/", Language: "en"}, domain.OK},
		"a bad link": {Tool{Name: domain.Text{"en": "Board"}, Address: domain.Text{"en": "nowhere"}}, Resource{}, domain.Invalid},
		"a long name": {Tool{Name: domain.Text{"en": long}},
			Resource{Kind: Document, Name: long[:197] + "…", Language: domain.Undetermined}, domain.OK},
	} {
		r, err := tc.tool.resource("es")
		tc.want.Version, tc.want.Revision = 1, 1
		if domain.CodeOf(err) != tc.code {
			t.Errorf("%s: %v", name, err)
		} else if err == nil && fmt.Sprint(*r) != fmt.Sprint(tc.want) {
			t.Errorf("%s: %+v, want %+v", name, *r, tc.want)
		}
	}
}
