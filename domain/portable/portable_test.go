package portable_test

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/community"
	"interlink/domain/coproduction"
	"interlink/domain/lineage"
	"interlink/domain/portable"
)

var day = time.Date(2026, 3, 1, 12, 0, 0, 123000, time.UTC)

var head = portable.Head{
	Format: portable.Format, Version: portable.Version, Kind: portable.KindProcess, IRI: "https://a.example/processes/walks", Owner: "https://a.example/organizations/city",
	Name: "walks", Revision: "12", Formerly: []domain.IRI{"https://w.example/processes/w"}, Whole: true, ExportedAt: day,
}

func id(n int) domain.ID { return domain.ID(fmt.Sprintf("01980000-0000-7000-8000-%012x", n)) }

func hash(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

// process makes any process that can stand in an archive, with its bytes.
func process(t *rapid.T) (*portable.Process, map[string]string) {
	word := rapid.StringMatching(`[a-zäß ]{0,8}[a-z]`)
	text := rapid.Custom(func(t *rapid.T) domain.Text {
		out := domain.Text{"en": word.Draw(t, "en")}
		if rapid.Bool().Draw(t, "more") {
			out["lv"] = word.Draw(t, "lv")
		}
		return out
	})
	person := rapid.SampledFrom([]domain.IRI{"https://a.example/users/ana", "https://b.example/users/bo", "https://c.example/users/cy", ""})
	moment := rapid.Custom(func(t *rapid.T) time.Time {
		return day.Add(time.Duration(rapid.IntRange(0, 1000).Draw(t, "minutes")) * time.Minute)
	})
	maybe := func(label string) *time.Time {
		if !rapid.Bool().Draw(t, label) {
			return nil
		}
		at := moment.Draw(t, label)
		return &at
	}
	n, bytesOf := 0, map[string]string{}
	next := func() domain.ID { n++; return id(n) }
	d := &portable.Process{
		Title: text.Draw(t, "title"), Summary: text.Draw(t, "summary"), Language: "en", Country: rapid.SampledFrom([]string{"", "LV", "ES"}).Draw(t, "country"),
		Visibility: rapid.SampledFrom([]domain.Visibility{domain.VisiblePublic, domain.VisibleMembers}).Draw(t, "visibility"),
		CreatedAt:  moment.Draw(t, "created"), Rewards: rapid.Bool().Draw(t, "rewards"), Team: rapid.SampledFrom([]domain.IRI{"", "https://a.example/teams/x"}).Draw(t, "team"),
		Items: []portable.Item{},
	}
	item := func(parent domain.ID, kind coproduction.ItemKind, place int, before []domain.ID) domain.ID {
		it := portable.Item{ID: next(), Parent: parent, Kind: kind, Position: place, Name: text.Draw(t, "name"), Description: text.Draw(t, "description"), Complexity: rapid.IntRange(0, 100).Draw(t, "complexity")}
		if rapid.Bool().Draw(t, "translated") {
			it.Translations = map[string]catalogue.Translations{coproduction.FieldName: {"lv": {State: rapid.SampledFrom([]catalogue.TranslationState{catalogue.TranslationDraft, catalogue.TranslationReviewed}).Draw(t, "state"), Of: "0123456789abcdef"}}}
		}
		if rapid.Bool().Draw(t, "known") {
			it.Formerly = []string{"https://x.example/processes/x/guide/" + string(it.ID)}
		}
		if len(before) > 0 && rapid.Bool().Draw(t, "after") {
			it.Prerequisites = []domain.ID{rapid.SampledFrom(before).Draw(t, "prerequisite")}
		}
		if kind == coproduction.Task {
			it.Status = rapid.SampledFrom([]coproduction.Status{coproduction.Awaiting, coproduction.InProgress, coproduction.Finished}).Draw(t, "status")
			it.Starts, it.Ends = maybe("starts"), maybe("ends")
		}
		if it.DisabledAt = maybe("disabled"); it.DisabledAt != nil {
			it.DisabledBy = person.Draw(t, "disabler")
		}
		d.Items = append(d.Items, it)
		return it.ID
	}
	var phases, objectives, tasks []domain.ID
	for i := range rapid.IntRange(0, 3).Draw(t, "phases") {
		phase := item("", coproduction.Phase, i, phases)
		phases = append(phases, phase)
		for j := range rapid.IntRange(0, 2).Draw(t, "objectives") {
			objective := item(phase, coproduction.Objective, j, objectives)
			objectives = append(objectives, objective)
			for k := range rapid.IntRange(0, 3).Draw(t, "tasks") {
				tasks = append(tasks, item(objective, coproduction.Task, k, tasks))
			}
		}
	}
	d.Administrators = rapid.SliceOfNDistinct(person, 0, 3, rapid.ID).Draw(t, "administrators")
	d.Administrators = slices.DeleteFunc(d.Administrators, func(i domain.IRI) bool { return i == "" })
	slices.Sort(d.Administrators)
	if len(d.Administrators) == 0 {
		d.Administrators = nil
	}
	for _, who := range []domain.IRI{"https://a.example/users/ana", "https://b.example/users/bo", "https://d.example/users/di"} {
		if rapid.Bool().Draw(t, "granted") {
			g := portable.Grant{Grantee: who, Allow: coproduction.MayView | coproduction.MayCreate}
			if len(tasks) > 0 && rapid.Bool().Draw(t, "at a task") {
				g.Item = rapid.SampledFrom(tasks).Draw(t, "task")
			}
			d.Grants = append(d.Grants, g)
		}
	}
	for range rapid.IntRange(0, min(3, len(tasks))).Draw(t, "resources") {
		r := portable.Resource{
			ID: next(), Item: rapid.SampledFrom(tasks).Draw(t, "at"), Kind: rapid.SampledFrom([]coproduction.ResourceKind{coproduction.Link, coproduction.Document, coproduction.File}).Draw(t, "kind"),
			Name: word.Draw(t, "called"), Language: "lv", Licence: rapid.SampledFrom([]string{"", "CC-BY-4.0"}).Draw(t, "licence"), Public: rapid.Bool().Draw(t, "public"),
			CreatedBy: person.Draw(t, "maker"), CreatedAt: moment.Draw(t, "made"), UpdatedAt: moment.Draw(t, "changed"),
		}
		for v := range rapid.IntRange(1, 3).Draw(t, "versions") {
			one := portable.ResourceVersion{Number: v + 1, Summary: word.Draw(t, "summary"), By: person.Draw(t, "by"), At: moment.Draw(t, "when")}
			body := fmt.Sprint(n, v, word.Draw(t, "body"))
			switch r.Kind {
			case coproduction.Link:
				one.URL = "https://elsewhere.example/x"
			case coproduction.File:
				one.FileName, one.Type = "plan.txt", "text/plain"
				fallthrough
			default:
				one.SHA256, one.Size = hash(body), int64(len(body))
				bytesOf[one.SHA256] = body
			}
			r.Versions = append(r.Versions, one)
		}
		d.Resources = append(d.Resources, r)
	}
	if rapid.Bool().Draw(t, "clone") {
		d.ClonedFrom = &portable.Origin{
			IRI: "https://z.example/processes/z", Owner: "https://z.example/processes/z", Title: domain.Text{"en": "z"}, Host: "z.example", Version: "3", Digest: hash("z"), At: day,
			Said: portable.Said{Answer: rapid.SampledFrom([]coproduction.Answer{coproduction.Offered, coproduction.Accepted}).Draw(t, "answer"), Stamp: "https://z.example/stamps/1"},
		}
		if rapid.Bool().Draw(t, "looked") {
			const phase = "https://z.example/processes/z/guide/1"
			d.Known = map[string]lineage.Base{
				"":    {Order: []string{phase}},
				phase: {Item: lineage.SourceItem{ID: phase, Kind: coproduction.Phase, Name: text.Draw(t, "known name")}, Never: rapid.Bool().Draw(t, "never")},
			}
		}
	}
	if rapid.Bool().Draw(t, "past") {
		d.Clones = []portable.Clone{{IRI: "https://y.example/processes/y", Title: domain.Text{"en": "y"}, Host: "y.example", State: coproduction.Accepted, OfferedAt: day}}
		d.Releases = []portable.Release{{IRI: head.IRI + "/releases/1.0", Version: "1.0", Digest: hash("1.0"), At: day}}
		d.History = []portable.Event{{At: day, Kind: coproduction.ProcessStarted, By: "https://c.example/users/cy"}}
	}
	return d, bytesOf
}

// target is a node on which one of the people imports a file.
func target(bytesOf map[string]string) portable.Target {
	serial := domain.Serial(0)
	return portable.Target{
		From: append([]domain.IRI{head.IRI}, head.Formerly...), Importer: "ana", Self: "https://a.example/users/ana",
		Serial: func() domain.Serial { serial++; return serial },
		Has:    func(h string) bool { _, there := bytesOf[h]; return there },
	}
}

// exported imports a document into a node and describes what that has then.
func exported(t interface{ Fatal(...any) }, d *portable.Process, to portable.Target) *portable.Process {
	details := d.Details()
	p := &coproduction.Process{
		ID: "here", IRI: "https://h.example/processes/here", Title: details.Title, Summary: details.Summary, Aim: details.Aim, Challenges: details.Challenges,
		Language: details.Language, Governance: details.Governance, Country: details.Country, Visibility: details.Visibility, TellsReuse: details.TellsReuse,
		SchemaIRI: d.Schema, Rewards: d.Rewards, Leaderboard: d.Leaderboard, CreatedAt: d.CreatedAt,
	}
	built, err := d.Build(p, to)
	if err != nil {
		t.Fatal(err)
	}
	held := portable.Held{Process: p, Items: built.Items, Known: built.Known, Carried: built.Carried, People: map[domain.ActorID]domain.IRI{to.Importer: to.Self}}
	bodies := map[int]portable.Part{}
	for _, b := range built.Bodies {
		bodies[b.Version] = b.Part
	}
	for _, r := range built.Resources {
		one := portable.HeldResource{Resource: r, Bodies: map[int]portable.Part{}}
		for i, v := range built.Versions {
			if v.Resource == r.ID {
				one.Versions = append(one.Versions, v.Version)
				if part, ok := bodies[i]; ok {
					one.Bodies[v.Number] = part
				}
			}
		}
		held.Resources = append(held.Resources, one)
	}
	return portable.Describe(held)
}

// whole is the document of an archive.
func whole(t interface{ Fatal(...any) }, a *portable.Archive) *portable.Process {
	d, err := a.Document.Whole()
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func archive(t interface{ Fatal(...any) }, d *portable.Process, bytesOf map[string]string) []byte {
	var b bytes.Buffer
	err := portable.Write(&b, head, d, func(p portable.Part) (io.ReadCloser, error) {
		body, there := bytesOf[p.SHA256]
		if !there {
			return nil, domain.Fail(domain.NotFound, "error.not_found")
		}
		return io.NopCloser(strings.NewReader(body)), nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestRoundTrip: any process that is exported, imported elsewhere and exported
// there again is the same archive, byte for byte, and twice is as once.
func TestRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d, bytesOf := process(t)
		first := archive(t, d, bytesOf)
		for range 2 {
			a, err := portable.Read(bytes.NewReader(first), int64(len(first)))
			if err != nil {
				t.Fatal(err)
			}
			again := archive(t, exported(t, whole(t, a), target(bytesOf)), bytesOf)
			if !bytes.Equal(first, again) {
				x, _ := d.Encode()
				y, _ := exported(t, whole(t, a), target(bytesOf)).Encode()
				t.Fatalf("another archive:\n%s\n%s", x, y)
			}
		}
		if source, err := d.Source(head); err != nil || len(source.Items) > len(d.Items) {
			t.Fatal(err)
		}
	})
}

// TestFileGivesNothing: a file makes nobody an administrator, gives nobody
// rights and names nobody as who made something: only who imports it acts.
// All whom it names are kept as it names them, and reported.
func TestFileGivesNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d, bytesOf := process(t)
		to := target(bytesOf)
		p := &coproduction.Process{ID: "here", Administrators: []domain.ActorID{to.Importer}}
		built, err := d.Build(p, to)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(p.Administrators, []domain.ActorID{to.Importer}) || len(p.Grants) != 0 {
			t.Fatalf("administrators %v, grants %v", p.Administrators, p.Grants)
		}
		for _, r := range built.Resources {
			if r.CreatedBy != to.Importer {
				t.Fatalf("%s is of %s", r.Name, r.CreatedBy)
			}
		}
		for _, v := range built.Versions {
			if v.By != to.Importer {
				t.Fatalf("a version is of %s", v.By)
			}
		}
		roles := map[domain.IRI]bool{}
		for _, l := range built.Lost {
			if l.Reason == portable.LostRole {
				roles[l.IRI] = true
			}
		}
		for _, iri := range d.Administrators {
			if iri != to.Self && !roles[iri] {
				t.Fatalf("the report does not name %s: %v", iri, built.Lost)
			}
		}
	})
}

// parts makes a ZIP of any parts.
func parts(of ...string) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i+1 < len(of); i += 2 {
		w, _ := z.Create(of[i])
		_, _ = w.Write([]byte(of[i+1]))
	}
	_ = z.Close()
	return b.Bytes()
}

func manifested(document string, more ...string) []byte {
	manifest := fmt.Sprintf(`{"format":"interlink-export","version":1,"kind":"process","id":%q,"owner":%q,"name":"walks","revision":"1","whole":true,"exportedAt":"2026-03-01T12:00:00Z","document":{"path":"process.json","sha256":%q,"size":%d},"files":[]}`,
		head.IRI, head.Owner, hash(document), len(document))
	return parts(append([]string{"process.json", document, "manifest.json", manifest}, more...)...)
}

const small = `{"title":{"en":"Walks"},"language":"en","visibility":"public","createdAt":"2026-03-01T12:00:00Z","items":[%s]}`

// saying is a small process that says more; cloned that it is a clone.
func saying(more string) string {
	return strings.TrimSuffix(fmt.Sprintf(small, ""), "}") + "," + more + "}"
}

const cloned = `"clonedFrom":{"id":"https://z.example/p","owner":"https://z.example/p","title":{"en":"z"},"host":"z.example","at":"2026-03-01T12:00:00Z","answer":"offered"}`

func phase(n int, more string) string {
	return fmt.Sprintf(`{"id":%q,"kind":"phase","position":%d,"name":{"en":"p"}%s}`, id(n), n, more)
}

// withResource is a process with one file of such a size.
func withResource(size int64) string {
	return fmt.Sprintf(`{"title":{"en":"x"},"language":"en","visibility":"public","createdAt":"2026-03-01T12:00:00Z","items":[],"resources":[{"id":%q,"item":%q,"kind":"file","name":"f",
		"createdAt":"2026-03-01T12:00:00Z","updatedAt":"2026-03-01T12:00:00Z","versions":[{"number":1,"sha256":%q,"size":%d,"fileName":"f.txt","at":"2026-03-01T12:00:00Z"}]}]}`, id(1), id(2), hash("f"), size)
}

// hostile are archives that nobody should read far into.
func hostile() map[string][]byte {
	many := make([]string, 100_000)
	for i := range many {
		many[i] = phase(i, "")
	}
	return map[string][]byte{
		"no archive":                      []byte("PK\x03\x04 and nothing"),
		"empty":                           {},
		"truncated JSON":                  manifested(`{"title":{"en":"Walks"`),
		"two values":                      manifested(fmt.Sprintf(small, "") + "{}"),
		"knows and is no clone":           manifested(saying(`"known":{"":{"item":{"id":"","kind":"","position":0,"name":null},"order":["x"]}}`)),
		"knows another item":              manifested(saying(cloned + `,"known":{"x":{"item":{"id":"y","kind":"phase","position":0,"name":{"en":"p"}}}}`)),
		"knows what is no item":           manifested(saying(cloned + `,"known":{"x":{"item":{"id":"x","kind":"river","position":0,"name":{"en":"p"}}}}`)),
		"a circle":                        manifested(fmt.Sprintf(small, phase(1, fmt.Sprintf(`,"prerequisites":[%q]`, id(2)))+","+phase(2, fmt.Sprintf(`,"prerequisites":[%q]`, id(1))))),
		"its own parent":                  manifested(fmt.Sprintf(small, phase(1, fmt.Sprintf(`,"parent":%q`, id(1))))),
		"an id twice":                     manifested(fmt.Sprintf(small, phase(1, "")+","+phase(1, ""))),
		"a short id":                      manifested(fmt.Sprintf(small, `{"id":"../x","kind":"phase","position":0,"name":{"en":"p"}}`)),
		"100,000 items":                   manifested(fmt.Sprintf(small, strings.Join(many, ","))),
		"another digest":                  parts("process.json", fmt.Sprintf(small, ""), "manifest.json", `{"format":"interlink-export","version":1,"kind":"process","id":"https://a.example/p","owner":"https://a.example/p","document":{}}`),
		"a bomb":                          manifested(strings.Repeat(" ", 65<<20) + fmt.Sprintf(small, "")),
		"two manifests":                   manifested(fmt.Sprintf(small, ""), "process.json", "{}"),
		"a later format":                  parts("process.json", "{}", "manifest.json", `{"format":"interlink-export","version":2,"kind":"process"}`),
		"a title that is a number":        manifested(`{"title":7,"language":"en","visibility":"public","items":[]}`),
		"a list that is an object":        manifested(`{"title":{"en":"x"},"language":"en","visibility":"public","items":{}}`),
		"a place that is no whole number": manifested(fmt.Sprintf(small, `{"id":"`+string(id(1))+`","kind":"phase","position":1e308,"name":{"en":"p"}}`)),
		"a place that is negative":        manifested(fmt.Sprintf(small, phase(-1, ""))),
		"a year beyond all":               manifested(`{"title":{"en":"x"},"language":"en","visibility":"public","createdAt":"99999-01-01T00:00:00Z","items":[]}`),
		"files larger than any disk":      manifested(withResource(9223372036854775807)),
		"files smaller than nothing":      manifested(withResource(-1)),
		"a manifest that is an array":     parts("process.json", fmt.Sprintf(small, ""), "manifest.json", `[]`),
		"a size that is a text":           parts("process.json", fmt.Sprintf(small, ""), "manifest.json", `{"format":"interlink-export","version":1,"kind":"process","document":{"size":"12"}}`),
		"deep":                            manifested(strings.Repeat("[", 100_000)),
	}
}

// TestHostileArchives: what is no archive is refused with a reason, not with a
// fault, and names that lead out of it lead nowhere.
func TestHostileArchives(t *testing.T) {
	t.Parallel()
	for name, raw := range hostile() {
		_, err := portable.Read(bytes.NewReader(raw), int64(len(raw)))
		if code := domain.CodeOf(err); code != domain.Invalid && code != domain.TooLarge {
			t.Errorf("%s: %v", name, err)
		}
	}
	raw := manifested(fmt.Sprintf(small, phase(1, "")), "../../etc/passwd", "x", "files/../x", "y", `files\..\z`, "z")
	a, err := portable.Read(bytes.NewReader(raw), int64(len(raw)))
	if err != nil || len(a.Unknown) != 3 {
		t.Errorf("names of other folders: %v, %v", a, err)
	}
}

// counted counts the bytes that are read.
type counted struct {
	*bytes.Reader
	n int
}

func (c *counted) ReadAt(p []byte, at int64) (int, error) {
	c.n += len(p)
	return c.Reader.ReadAt(p, at)
}

// TestLargeDirectory: a ZIP with a huge directory is refused before it is read,
// whatever its end says of it.
func TestLargeDirectory(t *testing.T) {
	t.Parallel()
	directory := func(files, name int) []byte {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		for range files {
			if _, err := z.CreateRaw(&zip.FileHeader{Name: strings.Repeat("n", name)}); err != nil {
				t.Fatal(err)
			}
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	less := func(raw []byte, before int) []byte { // it says that it is shorter, so many bytes before the end
		raw = bytes.Clone(raw)
		copy(raw[len(raw)-before:], []byte{46, 0, 0, 0})
		return raw
	}
	disks := func(raw []byte) []byte { // readers take what the ordinary end says, then
		raw = bytes.Clone(raw)
		copy(raw[len(raw)-22-4:], []byte{2})
		return raw
	}
	plain, wide := directory(200, 60_000), directory(70_000, 100)
	for name, c := range map[string]struct {
		raw  []byte
		code domain.Code
	}{
		"a long one":           {plain, domain.TooLarge},
		"with many files":      {wide, domain.TooLarge},
		"that says it is not":  {less(plain, 10), domain.Invalid},
		"with many, that says": {less(wide, 22+20+16), domain.Invalid},
		"of several disks":     {disks(wide), domain.Invalid},
		"too short":            {[]byte("PK\x06\x06" + "PK\x06\x07\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00" + "PK\x05\x06\x00\x00\x00\x00\xff\xff\xff\xff" + strings.Repeat("\x00", 10)), domain.Invalid},
	} {
		from := &counted{Reader: bytes.NewReader(c.raw)}
		_, err := portable.Read(from, int64(len(c.raw)))
		if domain.CodeOf(err) != c.code || from.n > 1<<17 {
			t.Errorf("%s: %v after %d bytes", name, err, from.n)
		}
	}
	many := bytes.Clone(wide) // a list is made for as many files as are said to be there
	copy(many[len(many)-22-20-56+32:], []byte{0, 0, 0, 64})
	if err := portable.Bounded(bytes.NewReader(many), int64(len(many)), 1<<30); domain.CodeOf(err) != domain.Invalid {
		t.Errorf("files without names: %v", err)
	}
	if err := portable.Bounded(bytes.NewReader(wide), int64(len(wide)), 1<<30); err != nil {
		t.Errorf("within its bounds: %v", err)
	}
}

func FuzzRead(f *testing.F) {
	seeds := hostile()
	maps.Copy(seeds, hostileCommunities())
	for name, raw := range seeds {
		if len(raw) < 1<<16 {
			f.Add(raw)
		} else if testing.Verbose() {
			f.Logf("%s is too large for a seed", name)
		}
	}
	f.Add(manifested(fmt.Sprintf(small, phase(1, ""))))
	f.Fuzz(func(t *testing.T, raw []byte) {
		a, err := portable.Read(bytes.NewReader(raw), int64(len(raw)))
		if err != nil {
			if code := domain.CodeOf(err); code != domain.Invalid && code != domain.TooLarge {
				t.Fatal(err)
			}
			return
		}
		if a.Community != nil {
			arrived(t, a)
			return
		}
		exported(t, whole(t, a), target(nil))
	})
}

// FuzzDocument tries any JSON in an archive that is otherwise whole.
func FuzzDocument(f *testing.F) {
	f.Add([]byte(fmt.Sprintf(small, phase(1, ""))))
	f.Add([]byte(fmt.Sprintf(small, phase(1, `,"prerequisites":null,"disabledAt":"2026-01-01T00:00:00+14:00"`))))
	f.Add([]byte(`{"resources":[{"versions":[]}],"grants":[{"grantee":"x"}]}`))
	f.Add([]byte(`{"items" : [` + phase(1, "") + `] , "history":null,"Items":[],"title":{"en":"x"},"language":"en","visibility":"public","createdAt":"2026-03-01T12:00:00Z"}`))
	f.Add([]byte(saying(cloned + `,"known":{"":{"order":["x"]},"x":{"item":{"id":"x","kind":"phase","position":0,"name":{"en":"p"}}}}`)))
	f.Add([]byte(withResource(7)))
	f.Fuzz(func(t *testing.T, raw []byte) {
		d, err := portable.Decode(head, raw)
		if err != nil {
			if code := domain.CodeOf(err); code != domain.Invalid && code != domain.TooLarge {
				t.Fatal(err)
			}
			return
		}
		once := exported(t, d, target(nil))
		twice := exported(t, once, target(nil))
		a, _ := once.Encode()
		b, _ := twice.Encode()
		if !bytes.Equal(a, b) {
			t.Fatalf("once and twice:\n%s\n%s", a, b)
		}
	})
}

// TestSchema: the published schema names what archives have, all of it and
// nothing else.
func TestSchema(t *testing.T) {
	t.Parallel()
	var schema struct {
		Defs map[string]struct {
			Properties map[string]any `json:"properties"`
		} `json:"$defs"`
	}
	if err := json.Unmarshal(portable.Schema(), &schema); err != nil {
		t.Fatal(err)
	}
	var fields func(of reflect.Type) []string
	fields = func(of reflect.Type) []string {
		var out []string
		for i := range of.NumField() {
			f := of.Field(i)
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			if f.Anonymous {
				out = append(out, fields(f.Type)...)
			} else if name != "" && name != "-" {
				out = append(out, name)
			}
		}
		slices.Sort(out)
		return out
	}
	for name, value := range map[string]any{
		"manifest": portable.Manifest{}, "part": portable.Part{}, "process": portable.Process{}, "grant": portable.Grant{}, "origin": portable.Origin{}, "clone": portable.Clone{},
		"release": portable.Release{}, "base": lineage.Base{}, "sourceItem": lineage.SourceItem{}, "item": portable.Item{}, "resource": portable.Resource{}, "resourceVersion": portable.ResourceVersion{}, "event": portable.Event{},
		"community": portable.Community{}, "icon": portable.Icon{}, "ban": portable.Ban{}, "act": portable.Act{}, "posts": portable.Posts{}, "post": community.Past{},
		"attachment": community.PastFile{}, "focus": community.Focus{}, "poll": community.Poll{}, "pollOption": community.PollOption{},
	} {
		if got, want := slices.Sorted(maps.Keys(schema.Defs[name].Properties)), fields(reflect.TypeOf(value)); !slices.Equal(got, want) {
			t.Errorf("%s: the schema has %v, archives %v", name, got, want)
		}
	}
}
