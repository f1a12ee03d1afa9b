package story

import (
	"bytes"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"
	"unicode/utf8"

	"github.com/gowebpki/jcs"
	"pgregory.net/rapid"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/domaintest"
	"interlink/domain/lineage"
)

var now = time.Date(2026, 3, 1, 12, 30, 15, 999, time.UTC)

// planted is a process full of what must never be published: people, rights,
// e-mail addresses, private resources.
func planted(t *testing.T) (*coproduction.Process, *coproduction.Tree, []coproduction.Resource) {
	t.Helper()
	p := &coproduction.Process{
		ID: "secret-process-id", IRI: "https://city.example/processes/gardens", Title: domain.Text{"en": "Gardens of secret.title@city.example"},
		Summary: domain.Text{"en": "Write to Secret.Name+x@city.example."}, Language: "en", Organization: "secret-organization",
		Administrators: []domain.ActorID{"secret-administrator"}, Community: "secret-community",
		Grants: []coproduction.Grant{{Grantee: "secret-team", Allow: coproduction.MayView, Members: []domain.ActorID{"secret-member"}}},
	}
	tree, err := coproduction.NewTree([]coproduction.Item{
		{ID: "p1", Kind: coproduction.Phase, Name: domain.Text{"en": "Engage"}, Interlinkers: []domain.IRI{"https://city.example/interlinkers/canvas"}},
		{ID: "o1", Parent: "p1", Kind: coproduction.Objective, Name: domain.Text{"en": "Find people"}},
		{
			ID: "t1", Parent: "o1", Kind: coproduction.Task, Status: coproduction.Finished, Name: domain.Text{"en": "Invite"},
			Description: domain.Text{"en": "Ask [her](mailto:secret.mail@city.example) or @secret@rome.example.", "es": "Pregunta a secret@españa.example", "it": "secret%40it.example, secret&#64;it.example, secret&#X40;it.example, secret&commat;it.example, secret\\@it.example, secret＠it.example, secret (at) it.example, secret[arroba]it.example"},
			Problems:    []string{"UND_PROBLEM_2", "ORG_PROBLEM_5"},
		},
		{ID: "t2", Parent: "o1", Kind: coproduction.Task, Name: domain.Text{"en": "Left out"}, Prerequisites: []domain.ID{"t1"}},
		{ID: "t3", Parent: "o1", Kind: coproduction.Task, Name: domain.Text{"en": "Celebrate"}, Prerequisites: []domain.ID{"t2"}, Problems: []string{"ORG_PROBLEM_5"}},
		{ID: "p2", Kind: coproduction.Phase, Name: domain.Text{"en": "secret phase"}, DisabledAt: now, DisabledBy: "secret-administrator"},
	})
	if err != nil {
		t.Fatal(err)
	}
	return p, tree, []coproduction.Resource{
		{Item: "t1", Kind: coproduction.Document, Name: "Plan", Body: "Call secret.body@city.example", Public: true, CreatedBy: "secret-maker", Language: "en", Licence: "CC-BY-4.0"},
		{ID: "sketch", Item: "t1", Kind: coproduction.Document, Name: "Sketch", Body: "secret sketch", Public: true, CreatedBy: "secret-maker", Licence: "CC-BY-ND-4.0"},
		{Item: "t1", Kind: coproduction.Document, Name: "Minutes", Body: "secret minutes"},
		{Item: "t1", Kind: coproduction.Link, Name: "Form", URL: "https://form.example/?to=secret%40city.example", Public: true},
		{Item: "t1", Kind: coproduction.Link, Name: "Map", URL: "https://map.example/", Public: true, Licence: "ODbL-1.0"},
		{Item: "t2", Kind: coproduction.Document, Name: "secret of a pruned task", Public: true},
		{Item: "p2", Kind: coproduction.Document, Name: "secret of a disabled phase", Public: true},
		{Item: "t1", Kind: coproduction.Document, Name: "secret and removed", Public: true, RemovedAt: now},
	}
}

// take takes a snapshot of a source, of which two items are read at a time.
func take(t *testing.T, source lineage.SourceProcess, resources []coproduction.Resource, p *coproduction.Process, by string) (*Snapshot, Taken) {
	t.Helper()
	shot, taken, err := taking{source, func(yield func([]lineage.SourceItem, error) bool) {
		for some := range slices.Chunk(source.Items, 2) {
			if !yield(some, nil) {
				return
			}
		}
	}, resources, p, by, now}.take()
	if err != nil {
		t.Fatal(err)
	}
	return shot, taken
}

func TestSnapshotHoldsNoPeople(t *testing.T) {
	t.Parallel()
	p, tree, resources := planted(t)
	keep := map[string]bool{}
	for _, id := range []domain.ID{"p1", "o1", "t1", "t3", "p2"} {
		keep[string(p.ItemIRI(id))] = true
	}
	source := lineage.SourceOf(p, tree, "https://city.example/organizations/city")
	source.Items = lineage.Prune(source.Items, keep)
	shot, taken := take(t, source, resources, p, "The city (secret.attribution@city.example)")
	raw := strings.ToLower(string(shot.Canonical()))
	for _, never := range []string{"secret", "city.example.", "rome.example", "left out", "finished", "mailto:s"} {
		if strings.Contains(raw, never) {
			t.Errorf("%q is in the snapshot: %s", never, raw)
		}
	}
	if strings.Contains(raw, "@") {
		t.Errorf("an address is in the snapshot: %s", raw)
	}
	if taken.Redacted != 16 || taken.Linked != 1 {
		t.Errorf("%+v counted, want 16 addresses and 1 link", taken)
	}
	if len(shot.Process.Items) != 4 || len(shot.Resources) != 3 || strings.Join(shot.problems(), " ") != "ORG_PROBLEM_5 UND_PROBLEM_2" {
		t.Errorf("%d items, %d resources, problems %v", len(shot.Process.Items), len(shot.Resources), shot.problems())
	}
	if link := shot.Resources[1]; link.Kind != coproduction.Link || link.URL != p.ResourceIRI("sketch") || link.Attribution != "The city ([…])" || link.Body != "" || len(shot.Reusable(true)) != 2 {
		t.Errorf("what may not be used by others: %+v", link)
	}
	last := shot.Process.Items[3]
	if len(last.Prerequisites) != 1 || last.Prerequisites[0] != string(p.ItemIRI("t1")) {
		t.Errorf("after the pruned task: %+v", last)
	}
	if err := shot.check(); err != nil {
		t.Errorf("our own snapshot would be refused elsewhere: %v", err)
	}
	if it, _ := tree.Item("t1"); !strings.Contains(it.Description["en"], "secret.mail@") {
		t.Error("taking a snapshot changed the process")
	}
}

func TestDigestSurvivesTheWire(t *testing.T) {
	t.Parallel()
	p, tree, resources := planted(t)
	shot, _ := take(t, lineage.SourceOf(p, tree, ""), resources, p, "The city")
	var back *Snapshot
	if err := json.Unmarshal(shot.Canonical(), &back); err != nil {
		t.Fatal(err)
	}
	back.TakenAt = back.TakenAt.In(time.FixedZone("", 3600))
	if back.Digest() != shot.Digest() || len(shot.Digest()) != 64 {
		t.Errorf("digest %s became %s", shot.Digest(), back.Digest())
	}
	back.Resources[0].Body += " "
	if back.Digest() == shot.Digest() {
		t.Error("a changed snapshot has the same digest")
	}
	empty := &Snapshot{Process: lineage.SourceProcess{Items: []lineage.SourceItem{}}, Resources: []Resource{}}
	if empty.Digest() != (&Snapshot{}).Digest() {
		t.Error("an empty list and none differ")
	}
}

// The canonical form is that of RFC 8785, judged by another implementation.
func TestCanonicalIsRFC8785(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.MapOfN(rapid.SampledFrom([]domain.Lang{"en", "es", "pt-BR", "lv"}), rapid.String(), 0, 3)
		shot := &Snapshot{TakenAt: now, Process: lineage.SourceProcess{
			IRI: "https://city.example/processes/x", Title: text.Draw(t, "title"), Summary: text.Draw(t, "summary"),
			Items: []lineage.SourceItem{{
				ID: rapid.String().Draw(t, "id"), Position: rapid.IntRange(0, 5000).Draw(t, "position"),
				Name: text.Draw(t, "name"), Problems: rapid.SliceOf(rapid.String()).Draw(t, "problems"), CoDelivery: rapid.Bool().Draw(t, "flag"),
			}},
		}, Resources: []Resource{{Body: rapid.String().Draw(t, "body") + "\u2028 <&> \x7f \" \\ \b\f"}}}
		raw, err := json.Marshal(shot)
		if err != nil {
			t.Fatal(err)
		}
		want, err := jcs.Transform(raw)
		if err != nil {
			t.Fatal(err)
		}
		if got := shot.Canonical(); string(got) != string(want) {
			t.Fatalf("canonical form:\n%s\nwant\n%s", got, want)
		}
		whole := new(Snapshot)
		if err := json.Unmarshal(want, whole); err != nil {
			t.Fatal(err)
		}
		if read, err := ReadSnapshot(iotest.OneByteReader(bytes.NewReader(want))); err != nil || !reflect.DeepEqual(read, whole) {
			t.Fatalf("read part by part: %+v (%v)\nat once: %+v", read, err, whole)
		}
	})
}

// TestCanonicalParts: each part of the canonical form is text by itself.
func TestCanonicalParts(t *testing.T) {
	t.Parallel()
	shot, parts := &Snapshot{Resources: []Resource{{Body: strings.Repeat("aā–🌳", partSize/4)}}}, new(textParts)
	if err := shot.CanonicalTo(parts); err != nil || len(*parts) < 3 || strings.Join(*parts, "") != string(shot.Canonical()) {
		t.Errorf("%d parts (%v)", len(*parts), err)
	}
	for n, part := range *parts {
		if !utf8.ValidString(part) {
			t.Errorf("part %d ends within a letter", n)
		}
	}
}

type textParts []string

func (p *textParts) Write(part []byte) (int, error) {
	*p = append(*p, string(part))
	return len(part), nil
}

func TestTelling(t *testing.T) {
	t.Parallel()
	good := Telling{
		Title: domain.Text{"es": "Huertos de todos"}, Summary: domain.Text{"es": "  Un párrafo\n con saltos. "},
		Keywords: []string{" Gardens ", "gardens", ""}, Countries: []string{"es", "ES", "it"},
		Figures: []Figure{{Name: domain.Text{"es": "Vecinos"}, Value: " 1200 "}, {}},
	}
	clean := good.clean()
	if clean.Summary["es"] != "Un párrafo con saltos." || len(clean.Keywords) != 1 || strings.Join(clean.Countries, " ") != "ES IT" ||
		len(clean.Figures) != 1 || clean.Figures[0].Value != "1200" || clean.Licence != "CC-BY-4.0" {
		t.Errorf("clean: %+v", clean)
	}
	for name, tc := range map[string]struct {
		spoil  func(*Telling)
		fields string
	}{
		"good":                {func(*Telling) {}, ""},
		"no title":            {func(t *Telling) { t.Title = nil }, "title"},
		"no summary":          {func(t *Telling) { t.Summary = domain.Text{"en": "\n"} }, "summary"},
		"500 letters":         {func(t *Telling) { t.Summary = domain.Text{"lv": strings.Repeat("ā", 500)} }, ""},
		"501 letters":         {func(t *Telling) { t.Summary = domain.Text{"lv": strings.Repeat("ā", 501)} }, "summary"},
		"long lessons":        {func(t *Telling) { t.Lessons = domain.Text{"en": strings.Repeat("x", maxText+1)} }, "lessons"},
		"country":             {func(t *Telling) { t.Countries = []string{"Spain"} }, "countries"},
		"figure without name": {func(t *Telling) { t.Figures = []Figure{{Value: "3"}} }, "figures"},
		"licence":             {func(t *Telling) { t.Licence = "all rights reserved!" }, "licence"},
		"keyword":             {func(t *Telling) { t.Keywords = []string{strings.Repeat("k", maxKeyword+1)} }, "keywords"},
		"several":             {func(t *Telling) { t.Title, t.Licence = nil, "?" }, "title licence"},
	} {
		telling := good
		tc.spoil(&telling)
		var p domain.Problems
		telling.clean().check(&p)
		var fields []string
		for _, e := range p {
			fields = append(fields, e.Field)
		}
		if got := strings.Join(fields, " "); got != tc.fields {
			t.Errorf("%s: problems with %q, want %q", name, got, tc.fields)
		}
	}
}

// FuzzSnapshot feeds a snapshot as another node would send it.
func FuzzSnapshot(f *testing.F) {
	f.Add([]byte(`{"process":{"id":"https://a.example/processes/x","owner":"https://a.example/processes/x","title":{"en":"X"},
		"items":[{"id":"p","kind":"phase","position":0,"name":{"en":"P"}}]},"resources":[{"item":"p","kind":"link","name":"M","url":"https://m.example/"}],"takenAt":"2026-03-01T12:30:15Z"}`), uint16(0), uint8(0))
	f.Add([]byte(`{"process":{"id":"https://a.example/processes/x","owner":"https://a.example/processes/x","title":{"en":"\u2028"}},"takenAt":"9999-12-31T23:59:59-14:00"}`), uint16(0), uint8(0))
	f.Fuzz(func(t *testing.T, raw []byte, place uint16, other uint8) {
		raw = domaintest.Twisted(raw, place, other)
		s := new(Snapshot)
		if json.Unmarshal(raw, s) != nil || s.check() != nil {
			return
		}
		back, err := ReadSnapshot(bytes.NewReader(s.Canonical()))
		if err != nil {
			t.Fatalf("an accepted snapshot cannot be read back: %v", err)
		}
		if back.Digest() != s.Digest() {
			t.Fatal("reading back changes the digest")
		}
	})
}

// TestOlderSignature: a document that the owner signed before a partner took its
// signature back does not come back, whatever it has more of; a later one does.
func TestOlderSignature(t *testing.T) {
	t.Parallel()
	signed := func(at time.Time, more int) *Evidence {
		return &Evidence{Signatures: append([]Signature{{Created: at}}, make([]Signature, more)...)}
	}
	copied := func(snapshot *Snapshot) *Story {
		return &Story{Status: Published, Version: 1, UpdatedAt: now, Snapshot: snapshot, Evidence: signed(now.Add(time.Minute), 0)}
	}
	for name, c := range map[string]struct {
		in    Received
		st    *Story
		newer bool
	}{
		"before the withdrawal":                {Received{Version: 1, Updated: now, Evidence: signed(now, 1)}, copied(nil), false},
		"before, with a snapshot":              {Received{Version: 1, Updated: now, Evidence: signed(now, 1), Snapshot: &Snapshot{}}, copied(nil), false},
		"without a signature, with a snapshot": {Received{Version: 1, Updated: now, Snapshot: &Snapshot{}}, copied(nil), false},
		"the same with a snapshot":             {Received{Version: 1, Updated: now, Evidence: signed(now.Add(time.Minute), 0), Snapshot: &Snapshot{}}, copied(nil), true},
		"the same with a partner":              {Received{Version: 1, Updated: now, Evidence: signed(now.Add(time.Minute), 1)}, copied(nil), true},
		"signed again later":                   {Received{Version: 1, Updated: now, Evidence: signed(now.Add(time.Hour), 0)}, copied(&Snapshot{}), true},
	} {
		if got := c.in.newer(c.st); got != c.newer {
			t.Errorf("%s: newer %t", name, got)
		}
	}
}
