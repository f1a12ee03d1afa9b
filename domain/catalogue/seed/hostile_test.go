package seed_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"

	"interlink/domain/catalogue"
	"interlink/domain/catalogue/seed"
)

const (
	board    = "interlinkers/software/board/metadata.json"
	paper    = "interlinkers/knowledge/paper/metadata.json"
	problems = "problemprofiles/problemprofiles.json"
	phase    = "schemas/street/phases/talk.json"
)

// files writes a tree.
func files(t testing.TB, contents map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range contents {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// failed demands an error of a file and field whose message has some words.
func failed(t testing.TB, b catalogue.Bundle, file, field, words string) {
	t.Helper()
	for _, i := range b.Issues {
		if i.Error && i.File == file && i.Field == field && strings.Contains(i.Message, words) {
			return
		}
	}
	t.Errorf("no error %q for %s of %s, but %.2000v", words, field, file, b.Issues)
}

func named(more string) string { return `{"name_translations": {"en": "N"}` + more + `}` }

// Each fault of a file is an error that says where it is; nothing panics.
func TestBrokenTrees(t *testing.T) {
	t.Parallel()
	street := named("")
	for name, c := range map[string]struct {
		tree               map[string]string
		file, field, words string
	}{
		"truncated":         {map[string]string{board: named("")[:20]}, board, "", "not a JSON object"},
		"empty":             {map[string]string{board: ""}, board, "", "not a JSON object"},
		"null":              {map[string]string{board: "null"}, board, "", "not a JSON object"},
		"a list":            {map[string]string{board: "[]"}, board, "", "not a JSON object"},
		"problems no list":  {map[string]string{problems: "{}"}, problems, "", "not a JSON list"},
		"a problem no item": {map[string]string{problems: "[1]"}, problems + "#0", "", "not a JSON object"},
		"problem nameless":  {map[string]string{problems: named("")}, problems, "", "not a JSON list"},
		"problem no id":     {map[string]string{problems: "[" + named("") + "]"}, problems + "#0", "id", "without id"},
		"not UTF-8":         {map[string]string{board: "{\"id\": \"\xff\"}"}, board, "", "not UTF-8"},
		"NUL":               {map[string]string{board: "{\x00}"}, board, "", "NUL"},
		"NUL escaped":       {map[string]string{board: named(`, "licence": "a\\\u0000"`)}, board, "", "NUL"},
		"nested deep":       {map[string]string{board: strings.Repeat(`{"a":`, 100_000)}, board, "", "nested"},
		"brackets deep":     {map[string]string{problems: strings.Repeat(`[`, 1_000_000)}, problems, "", "not a JSON list"},
		"no name":           {map[string]string{board: "{}"}, board, "name_translations", "no name"},
		"a name no text":    {map[string]string{board: `{"name_translations": ["N"]}`}, board, "name_translations", "another type"},
		"codes no list":     {map[string]string{board: named(`, "problemprofiles": {"a": 1}`)}, board, "problemprofiles", "another type"},
		"codes no strings":  {map[string]string{board: named(`, "problemprofiles": [1, 2]`)}, board, "problemprofiles", "another type"},
		"a flag no flag":    {map[string]string{board: named(`, "is_sustainability_related": "yes"`)}, board, "is_sustainability_related", "another type"},
		"a service no item": {map[string]string{board: named(`, "integration": "board"`)}, board, "", "not a JSON object"},
		"file climbs":       {map[string]string{paper: named(`, "file_translations": {"en": "../../../../etc/passwd"}`)}, paper, "file_translations", "leads out"},
		"file climbs back":  {map[string]string{paper: named(`, "file_translations": {"en": "..\\..\\secret.md"}`)}, paper, "file_translations", "leads out"},
		"file absolute":     {map[string]string{paper: named(`, "file_translations": {"en": "/etc/passwd"}`)}, paper, "file_translations", "no file of this tree"},
		"guide climbs":      {map[string]string{paper: named(`, "instructions_translations": {"en": "./a/../../b.md"}`)}, paper, "instructions_translations", "leads out"},
		"guide a directory": {map[string]string{
			paper: named(`, "instructions_translations": {"en": "./guide.md"}`), "interlinkers/knowledge/paper/guide.md/x": "",
		}, "interlinkers/knowledge/paper/guide.md", "", "not a file"},
		"guide not UTF-8": {map[string]string{
			paper: named(`, "instructions_translations": {"en": "./guide.md"}`), "interlinkers/knowledge/paper/guide.md": "\xff\xfe",
		}, "interlinkers/knowledge/paper/guide.md", "", "not UTF-8"},
		"template NUL": {map[string]string{
			paper: named(`, "file_translations": {"en": "./resource.md"}`), "interlinkers/knowledge/paper/resource.md": "a\x00b",
		}, "interlinkers/knowledge/paper/resource.md", "", "NUL"},
		"no phases":          {map[string]string{"schemas/street/metadata.json": street}, "schemas/street", "phases", "without phases"},
		"phase without id":   {map[string]string{"schemas/street/metadata.json": street, phase: named("")}, phase, "id", "without id"},
		"tasks no list":      {map[string]string{"schemas/street/metadata.json": street, phase: named(`, "id": "p", "objectives": {}`)}, phase, "objectives", "another type"},
		"objective no item":  {map[string]string{"schemas/street/metadata.json": street, phase: named(`, "id": "p", "objectives": [3]`)}, phase + "#objectives[0]", "", "not a JSON object"},
		"prerequisites odd":  {map[string]string{"schemas/street/metadata.json": street, phase: named(`, "id": "p", "prerequisites": 7`)}, phase, "prerequisites", "another type"},
		"waits for itself":   {map[string]string{"schemas/street/metadata.json": street, phase: named(`, "id": "p", "prerequisites": ["p"]`)}, "schemas/street/metadata.json", "prerequisites", "circle"},
		"an id twice":        {map[string]string{"schemas/street/metadata.json": street, phase: named(`, "id": "p"`), "schemas/street/phases/z.json": named(`, "id": "p"`)}, "schemas/street/metadata.json", "id", "twice"},
		"wait for the other": {map[string]string{"schemas/street/metadata.json": street, phase: named(`, "id": "p", "prerequisites": ["z"]`), "schemas/street/phases/z.json": named(`, "id": "z", "prerequisites": ["p"]`)}, "schemas/street/metadata.json", "prerequisites", "circle"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			failed(t, read(t, files(t, c.tree)), c.file, c.field, c.words)
		})
	}
}

// What lies outside is not read through a link, wherever the link stands.
func TestLinksDoNotLeadOut(t *testing.T) {
	t.Parallel()
	outside := files(t, map[string]string{"metadata.json": named(""), "secret.md": "secret", "p.json": "[]"})
	for name, c := range map[string]struct{ link, to, file, words string }{
		"metadata":    {"interlinkers/software/x/metadata.json", "metadata.json", "interlinkers/software/x/metadata.json", "symbolic link"},
		"directory":   {"interlinkers/software/x", "", "interlinkers/software/x", "symbolic link"},
		"all natures": {"interlinkers", "", "interlinkers/knowledge", "cannot be listed"},
		"guide":       {"interlinkers/knowledge/paper/guide.md", "secret.md", "interlinkers/knowledge/paper/guide.md", "symbolic link"},
		"problems":    {problems, "p.json", problems, "symbolic link"},
		"phases":      {"schemas/street/phases", "", "schemas/street/phases", "cannot be listed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tree := map[string]string{"schemas/street/metadata.json": named("")}
			if name == "guide" {
				tree[paper] = named(`, "instructions_translations": {"en": "./guide.md"}, "file_translations": {"en": "./guide.md"}`)
			}
			dir := files(t, tree)
			link := filepath.Join(dir, filepath.FromSlash(c.link))
			if err := os.MkdirAll(filepath.Dir(link), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.Symlink(filepath.Join(outside, c.to), link); err != nil {
				t.Fatal(err)
			}
			b := read(t, dir)
			failed(t, b, c.file, "", c.words)
			for _, e := range b.Entries {
				if strings.Contains(fmt.Sprintf("%+v", e.Interlinker), "secret") {
					t.Errorf("read from outside: %+v", e)
				}
			}
		})
	}
}

// allocated runs fn and returns the bytes it allocated.
func allocated(fn func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	fn()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// A file of 200 MB is refused by its size, not read.
func TestSparseFileIsNotRead(t *testing.T) {
	for name, c := range map[string]struct{ file, metadata string }{
		"JSON":     {board, ""},
		"Markdown": {"interlinkers/knowledge/paper/guide.md", named(`, "instructions_translations": {"en": "./guide.md"}`)},
	} {
		t.Run(name, func(t *testing.T) {
			dir := files(t, map[string]string{paper: c.metadata, c.file: ""})
			if err := os.Truncate(filepath.Join(dir, filepath.FromSlash(c.file)), 200<<20); err != nil {
				t.Skipf("no sparse files here: %v", err)
			}
			var b catalogue.Bundle
			if bytes := allocated(func() { b = read(t, dir) }); bytes > 1<<20 {
				t.Errorf("%d bytes were allocated", bytes)
			}
			failed(t, b, c.file, "", "200 MB")
		})
	}
}

// Trees that are made to be expensive end in an error, or in a result, before
// they have taken a gigabyte; those that made reading quadratic would not end
// within the time that all tests have.
func TestExpensiveTreesAreBounded(t *testing.T) {
	repeat := func(s string) string { return strings.TrimSuffix(strings.Repeat(s+",", 4<<20/(len(s)+1)-20), ",") }
	street := `{"name_translations": {"en": "N"}}`
	var chain, fan []string
	for i := range 4990 {
		chain = append(chain, fmt.Sprintf(`{"id":"o%d","name_translations":{"en":"N"},"prerequisites":["o%d"]}`, i, i+1))
		fan = append(fan, fmt.Sprintf(`{"id":"o%d","name_translations":{"en":"N"},"prerequisites":[%s]}`, i,
			strings.TrimSuffix(strings.Repeat(`"o4989",`, 90), ",")))
	}
	waiting := func(objectives []string) string {
		return named(`, "id": "p", "objectives": [` + strings.Join(objectives[:len(objectives)-1], ",") + `,{"id":"o4989","name_translations":{"en":"N"}}]`)
	}
	var languages strings.Builder
	for i := range 200_000 {
		fmt.Fprintf(&languages, `"?%d":["w"],`, i)
	}
	many := fstest.MapFS{}
	for i := range 25_000 {
		many[fmt.Sprintf("interlinkers/software/n%d/metadata.json", i)] = &fstest.MapFile{Data: []byte(street)}
	}
	big := &fstest.MapFile{Data: []byte(named(`, "author": "` + strings.Repeat("a", 3<<20) + `"`))}
	heavy := fstest.MapFS{}
	for i := range 30 {
		heavy[fmt.Sprintf("interlinkers/software/n%d/metadata.json", i)] = big
	}
	one := func(file, content string) fstest.MapFS {
		tree := fstest.MapFS{file: {Data: []byte(content)}}
		if file == phase {
			tree["schemas/street/metadata.json"] = &fstest.MapFile{Data: []byte(street)}
		}
		return tree
	}
	for name, c := range map[string]struct {
		tree   fstest.MapFS
		errors int // at most; -1 for none at all
	}{
		"empty problems":      {one(problems, "["+repeat("{}")+"]"), 10_001},
		"problems":            {one(problems, "["+repeat(`{"id":"A","name_translations":{"en":"N"}}`)+"]"), 10_001},
		"empty objectives":    {one(phase, `{"objectives": [`+repeat("{}")+"]}"), 10_001},
		"waiting in a chain":  {one(phase, waiting(chain)), -1},
		"waiting for one":     {one(phase, waiting(fan)), -1},
		"bare brackets":       {one(board, named(`, "description_translations": {"en": "`+strings.Repeat("<", 3<<20)+`"}`)), -1},
		"brackets to the end": {one(board, named(`, "description_translations": {"en": "`+strings.Repeat("<a", 1<<20)+`>"}`)), -1},
		"tags without end":    {one(board, named(`, "description_translations": {"en": "`+strings.Repeat("<a ", 1<<20)+`"}`)), -1},
		"many languages":      {one(board, named(`, "tags_translations": {`+languages.String()+`"en":["w"]}`)), 1},
		"many files":          {many, 1},
		"many bytes":          {heavy, 1},
	} {
		t.Run(name, func(t *testing.T) {
			var b catalogue.Bundle
			if bytes := allocated(func() { b = seed.Read(c.tree) }); bytes > 1<<30 {
				t.Errorf("%d MB were allocated", bytes>>20)
			}
			errors := 0
			for _, i := range b.Issues {
				if i.Error {
					errors++
				}
			}
			if c.errors < 0 && errors > 0 || c.errors > 0 && (errors == 0 || errors > c.errors) {
				t.Errorf("%d errors, the first of %d issues: %v", errors, len(b.Issues), b.Issues[:min(3, len(b.Issues))])
			}
		})
	}
}
