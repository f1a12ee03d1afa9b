package lineage

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/coproduction"
	"interlink/domain/domaintest"
)

// drawSource draws a valid source of another node.
func drawSource(t *rapid.T) SourceProcess {
	s := SourceProcess{
		IRI: "https://city.example/processes/gardens", Owner: "https://city.example/organizations/city",
		Title: domain.Text{"es": "Huertos"}, Language: "es", Version: "7",
	}
	before := map[coproduction.ItemKind][]string{}
	add := func(parent string, kind coproduction.ItemKind, position int) string {
		id := fmt.Sprintf("%s/guide/%s%d", s.IRI, kind, len(before[kind]))
		it := SourceItem{
			ID: id, Parent: parent, Kind: kind, Position: position, Name: domain.Text{"es": id}, Description: domain.Text{"es": "cómo"},
			Problems: []string{"UND_PROBLEM_1"}, Complexity: rapid.IntRange(0, 100).Draw(t, "complexity"), CoDelivery: position%2 == 0,
			Interlinkers: []domain.IRI{"https://city.example/interlinkers/canvas"},
		}
		if rapid.Bool().Draw(t, "translated") {
			it.Translations = map[string]catalogue.Translations{coproduction.FieldName: {"lv": {State: catalogue.TranslationReviewed, Of: "0123456789abcdef"}}}
		}
		for _, earlier := range before[kind] {
			if rapid.IntRange(0, 2).Draw(t, "after") == 0 {
				it.Prerequisites = append(it.Prerequisites, earlier)
			}
		}
		before[kind] = append(before[kind], id)
		s.Items = append(s.Items, it)
		return id
	}
	few := rapid.IntRange(0, 3)
	for p := range few.Draw(t, "phases") {
		phase := add("", coproduction.Phase, p)
		for o := range few.Draw(t, "objectives") {
			objective := add(phase, coproduction.Objective, o)
			for k := range few.Draw(t, "tasks") {
				add(objective, coproduction.Task, k)
			}
		}
	}
	return s
}

func drawKeep(t *rapid.T, s SourceProcess) map[string]bool {
	keep := map[string]bool{"of another tree": true}
	for _, it := range s.Items {
		keep[it.ID] = rapid.IntRange(0, 3).Draw(t, "keep") > 0
	}
	return keep
}

// reaches reports whether to comes before from, directly or not.
func reaches(items []SourceItem, from, to string) bool {
	next := map[string][]string{}
	for _, it := range items {
		next[it.ID] = it.Prerequisites
	}
	seen, queue := map[string]bool{}, slices.Clone(next[from])
	for len(queue) > 0 {
		id := queue[0]
		queue = queue[1:]
		if id == to {
			return true
		}
		if !seen[id] {
			seen[id] = true
			queue = append(queue, next[id]...)
		}
	}
	return false
}

func TestPruneProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := drawSource(t)
		keep := drawKeep(t, s)
		before := fmt.Sprint(s.Items)
		pruned := Prune(s.Items, keep)
		if fmt.Sprint(s.Items) != before {
			t.Fatal("pruning changed the source")
		}
		if again := Prune(pruned, keep); !reflect.DeepEqual(again, pruned) {
			t.Fatalf("pruning again changes something:\n%v\n%v", pruned, again)
		}
		there := map[string]bool{}
		for _, it := range pruned {
			there[it.ID] = true
		}
		for _, it := range pruned {
			if !keep[it.ID] || it.Parent != "" && !there[it.Parent] {
				t.Fatalf("%s stayed", it.ID)
			}
			for _, p := range it.Prerequisites {
				if !there[p] {
					t.Fatalf("%s comes after %s, which went", it.ID, p)
				}
			}
		}
		for _, it := range s.Items {
			if keep[it.ID] && !there[it.ID] && (it.Parent == "" || there[it.Parent]) {
				t.Fatalf("%s went", it.ID)
			}
			for _, other := range s.Items { // order among what stays is what it was
				if there[it.ID] && there[other.ID] && reaches(s.Items, it.ID, other.ID) != reaches(pruned, it.ID, other.ID) {
					t.Fatalf("the order of %s and %s changed", it.ID, other.ID)
				}
			}
		}
		s.Items = pruned
		if _, err := Clone(s, domain.NewMint(nil, nil)); err != nil {
			t.Fatalf("a pruned tree cannot be cloned: %v", err)
		}
	})
}

func TestCloneProperties(t *testing.T) {
	t.Parallel()
	mint := domain.NewMint(nil, nil)
	rapid.Check(t, func(t *rapid.T) {
		s := drawSource(t)
		items, err := Clone(s, mint)
		if err != nil {
			t.Fatal(err)
		}
		tree, err := coproduction.NewTree(items)
		if err != nil {
			t.Fatalf("the clone is no tree: %v", err)
		}
		p := &coproduction.Process{IRI: s.IRI, Title: s.Title, Language: s.Language, Revision: 7}
		back := SourceOf(p, tree, s.Owner)
		from := map[string]string{}
		for _, it := range items {
			if it.Kind == coproduction.Task && it.Status != coproduction.Awaiting || it.Kind != coproduction.Task && it.Status != "" ||
				it.Disabled() || it.DisabledBy != "" || !it.Starts.IsZero() || !it.Ends.IsZero() || it.Revision != 0 {
				t.Fatalf("not fresh: %+v", it)
			}
			from[string(p.ItemIRI(it.ID))] = it.FromItem
		}
		// With the ids it came from in place of its own, the clone is the source.
		for i := range back.Items {
			it := &back.Items[i]
			it.ID, it.Parent = from[it.ID], from[it.Parent]
			for k := range it.Prerequisites {
				it.Prerequisites[k] = from[it.Prerequisites[k]]
			}
		}
		if fmt.Sprint(back) != fmt.Sprint(s) {
			t.Fatalf("clone differs:\n%v\n%v", back, s)
		}
	})
}

func TestSourceHasNoPeople(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	p := &coproduction.Process{
		IRI: "https://city.example/processes/gardens", Title: domain.Text{"en": "Gardens"}, Organization: "secret-organization-id",
		Administrators: []domain.ActorID{"secret-person"}, Grants: []coproduction.Grant{{Grantee: "secret-team", Members: []domain.ActorID{"secret-member"}}},
		ClonedFrom: &coproduction.Origin{IRI: "https://secret.example/processes/x"},
	}
	tree, err := coproduction.NewTree([]coproduction.Item{
		{ID: "p1", Kind: coproduction.Phase, Name: domain.Text{"en": "Engage"}},
		{ID: "p2", Kind: coproduction.Phase, Name: domain.Text{"en": "secret phase"}, DisabledAt: now, DisabledBy: "secret-person"},
		{ID: "o1", Parent: "p1", Kind: coproduction.Objective, Name: domain.Text{"en": "Find people"}},
		{ID: "t1", Parent: "o1", Kind: coproduction.Task, Status: coproduction.Finished, Name: domain.Text{"en": "Invite"}, Starts: now, FromItem: "secret-item", FromNode: "secret-node"},
	})
	if err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(SourceOf(p, tree, ""))
	if err != nil {
		t.Fatal(err)
	}
	for _, never := range []string{"secret", "2026", "finished"} {
		if strings.Contains(string(raw), never) {
			t.Errorf("%q is in the source: %s", never, raw)
		}
	}
	if got := SourceOf(p, tree, ""); got.Owner != p.IRI || len(got.Items) != 3 {
		t.Errorf("source: %+v", got)
	}
}

func TestHostileSources(t *testing.T) {
	t.Parallel()
	good := func() SourceProcess {
		return SourceProcess{
			IRI: "https://city.example/processes/gardens", Owner: "https://city.example/processes/gardens", Title: domain.Text{"en": "Gardens"},
			Items: []SourceItem{
				{ID: "p", Kind: coproduction.Phase, Name: domain.Text{"en": "Engage"}},
				{ID: "o", Parent: "p", Kind: coproduction.Objective, Name: domain.Text{"en": "Find"}},
				{ID: "a", Parent: "o", Kind: coproduction.Task, Name: domain.Text{"en": "A"}, Prerequisites: []string{"not published"}},
				{ID: "b", Parent: "o", Kind: coproduction.Task, Name: domain.Text{"en": "B"}, Prerequisites: []string{"a"}},
			},
		}
	}
	long := strings.Repeat("x", maxText+1)
	for name, tc := range map[string]struct {
		spoil func(*SourceProcess)
		code  domain.Code
	}{
		"good":               {func(*SourceProcess) {}, domain.OK},
		"owner elsewhere":    {func(s *SourceProcess) { s.Owner = "https://evil.example/users/x" }, domain.Invalid},
		"no address":         {func(s *SourceProcess) { s.IRI = "gardens" }, domain.Invalid},
		"no title":           {func(s *SourceProcess) { s.Title = nil }, domain.Invalid},
		"strange language":   {func(s *SourceProcess) { s.Title = domain.Text{"<script>": "x"} }, domain.Invalid},
		"long description":   {func(s *SourceProcess) { s.Items[0].Description = domain.Text{"en": long} }, domain.Invalid},
		"NUL in a text":      {func(s *SourceProcess) { s.Items[0].Name = domain.Text{"en": "a\x00b"} }, domain.Invalid},
		"NUL in an id":       {func(s *SourceProcess) { s.Items[3].ID = "b\x00" }, domain.Invalid},
		"broken UTF-8":       {func(s *SourceProcess) { s.Items[0].Problems = []string{"\xff"} }, domain.Invalid},
		"complexity":         {func(s *SourceProcess) { s.Items[3].Complexity = 101 }, domain.Invalid},
		"bad interlinker":    {func(s *SourceProcess) { s.Items[3].Interlinkers = []domain.IRI{"javascript:x"} }, domain.Invalid},
		"bad schema":         {func(s *SourceProcess) { s.Schema = "x" }, domain.Invalid},
		"many prerequisites": {func(s *SourceProcess) { s.Items[3].Prerequisites = make([]string, maxList+1) }, domain.Invalid},
		"twice":              {func(s *SourceProcess) { s.Items[3].ID = "a" }, domain.Invalid},
		"unknown parent":     {func(s *SourceProcess) { s.Items[3].Parent = "z" }, domain.Invalid},
		"too many":           {func(s *SourceProcess) { s.Items = make([]SourceItem, coproduction.MaxItems+1) }, domain.TooLarge},
	} {
		s := good()
		tc.spoil(&s)
		if _, err := Clone(s, domain.NewMint(nil, nil)); domain.CodeOf(err) != tc.code {
			t.Errorf("%s: %v, want %q", name, err, tc.code)
		}
	}
}

func TestDerivationAnswers(t *testing.T) {
	t.Parallel()
	const o, a, r = coproduction.Offered, coproduction.Accepted, coproduction.Rejected
	for _, tc := range []struct {
		was, answer coproduction.Answer
		changed     bool
		code        domain.Code
	}{{o, a, true, domain.OK}, {o, r, true, domain.OK}, {a, a, false, domain.OK}, {r, r, false, domain.OK}, {a, r, false, domain.Conflict}, {r, a, false, domain.Conflict}} {
		d := &Derivation{State: tc.was}
		changed, err := d.answer(tc.answer, time.Unix(9, 0))
		if changed != tc.changed || domain.CodeOf(err) != tc.code {
			t.Errorf("%s, then %s: changed %v, %v", tc.was, tc.answer, changed, err)
		}
	}
}

// FuzzSource feeds bytes as another node would send them: nothing that is
// accepted may break the tree's rules.
func FuzzSource(f *testing.F) {
	f.Add([]byte(`{"id":"https://a.example/processes/x","owner":"https://a.example/processes/x","title":{"en":"X"},
		"items":[{"id":"p","kind":"phase","name":{"en":"P"}},{"id":"o","parent":"p","kind":"objective","name":{"en":"O"},"prerequisites":["o"]}]}`), uint16(0), uint8(0))
	f.Add([]byte(`{"items":[{"parent":"a","id":"a","kind":"task"}]}`), uint16(0), uint8(0))
	f.Fuzz(func(t *testing.T, raw []byte, place uint16, other uint8) {
		raw = domaintest.Twisted(raw, place, other)
		var s SourceProcess
		if json.Unmarshal(raw, &s) != nil {
			return
		}
		keep := map[string]bool{}
		for _, it := range s.Items {
			keep[it.ID] = true
		}
		if pruned := Prune(s.Items, keep); len(pruned) > len(s.Items) {
			t.Fatal("pruning added items")
		}
		items, err := Clone(s, domain.NewMint(nil, nil))
		if err != nil {
			return
		}
		tree, err := coproduction.NewTree(items)
		if err == nil && tree.Len() != len(s.Items) {
			t.Fatalf("%d items became %d", len(s.Items), tree.Len())
		}
	})
}

// TestCloneTranslations: a clone in the language of its source knows which
// translations are of older texts, one in another language has another original;
// the digest is that of what the tree says; nonsense of another node is refused.
func TestCloneTranslations(t *testing.T) {
	t.Parallel()
	was := coproduction.Item{ID: "0191f2c4-0000-7000-8000-000000000001", Kind: coproduction.Phase, Name: domain.Text{"es": "Antes", "lv": "Iepriekš"}}
	now := was
	now.Name = domain.Text{"es": "Ahora", "lv": "Iepriekš"}
	now.Reword(was, "es", nil)
	tree, err := coproduction.NewTree([]coproduction.Item{now})
	if err != nil {
		t.Fatal(err)
	}
	s := SourceOf(&coproduction.Process{IRI: "https://city.example/processes/x", Title: domain.Text{"es": "X"}, Language: "es"}, tree, "")
	items, err := Clone(s, domain.NewMint(nil, nil))
	if err != nil || !items[0].Stale("es", "lv") {
		t.Fatalf("%v: %+v", err, items)
	}
	bare := s
	bare.Items = []SourceItem{s.Items[0].said()}
	if bare.Digest() != s.Digest() || Known(s.Items)[s.Items[0].ID].Item.Translations != nil {
		t.Error("what is kept of translations is part of what the tree says")
	}
	if items[0].Brought("es", "lv"); items[0].Stale("lv", "es") || items[0].Translations != nil {
		t.Errorf("in another language: %+v", items[0])
	}
	for field, one := range map[string]catalogue.Translation{
		"title": {State: catalogue.TranslationDraft, Of: "0123456789abcdef"}, "name": {State: "sure", Of: "0123456789abcdef"}, "description": {State: catalogue.TranslationDraft, Of: "0123"},
	} {
		s.Items[0].Translations = map[string]catalogue.Translations{field: {"lv": one}}
		if domain.CodeOf(s.Check()) != domain.Invalid {
			t.Errorf("%s %v was taken", field, one)
		}
	}
}
