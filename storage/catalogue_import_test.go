package storage_test

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/catalogue/seed"
	"interlink/storage"
	"interlink/storage/storagetest"
)

// importer is a catalogue with a data tree to import.
type importer struct {
	t   *testing.T
	db  *storage.DB
	s   *catalogue.Service
	dir string
}

// newImporter gives an empty catalogue and a copy of the fixture.
func newImporter(t *testing.T, db *storage.DB) *importer {
	t.Helper()
	s, _ := newCatalogue(t, db)
	dir := filepath.Join(t.TempDir(), "tree")
	if err := os.CopyFS(dir, os.DirFS("../domain/catalogue/seed/testdata/tree")); err != nil {
		t.Fatal(err)
	}
	return &importer{t, db, s, dir}
}

func bundleOf(t *testing.T, dir string) catalogue.Bundle {
	t.Helper()
	tree, closer, err := seed.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer closer.Close()
	return seed.Read(tree)
}

func (i *importer) load(dry bool) catalogue.Report {
	i.t.Helper()
	report, err := i.s.Import(i.t.Context(), operator, bundleOf(i.t, i.dir), dry)
	if err != nil {
		i.t.Fatal(err)
	}
	return report
}

// edit replaces words in a file of the tree.
func (i *importer) edit(file, from, to string) {
	i.t.Helper()
	file = filepath.Join(i.dir, file)
	raw, err := os.ReadFile(file)
	if err != nil || !strings.Contains(string(raw), from) {
		i.t.Fatalf("%s has no %q: %v", file, from, err)
	}
	if err := os.WriteFile(file, []byte(strings.Replace(string(raw), from, to, 1)), 0o600); err != nil {
		i.t.Fatal(err)
	}
}

// state is all that the database says of the catalogue.
type state struct {
	entries map[string]catalogue.Entry
	events  int
}

func (i *importer) state() state {
	i.t.Helper()
	local := must[[]*catalogue.Entry](i.t)(storage.NewCatalogue(i.db).Local(i.t.Context()))
	out := state{entries: map[string]catalogue.Entry{}}
	for _, e := range local {
		out.entries[string(e.Kind)+" "+e.Key] = *e
	}
	out.events = len(must[[]domain.Event](i.t)(storage.NewEvents(i.db).After(i.t.Context(), 0, 10_000)))
	return out
}

// unchanged demands that nothing happened since.
func (i *importer) unchanged(what string, before state) {
	i.t.Helper()
	if now := i.state(); !reflect.DeepEqual(now, before) {
		i.t.Errorf("%s changed the database: %d entries and %d events, before %d and %d",
			what, len(now.entries), now.events, len(before.entries), before.events)
	}
}

func TestImportChangesWhatChanged(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "fixture", func(t *testing.T, db *storage.DB) {
		i := newImporter(t, db)
		empty := i.state()
		dry := i.load(true)
		i.unchanged("a dry run", empty)
		first := i.load(false)
		if !reflect.DeepEqual(dry, first) {
			t.Errorf("the dry run said %+v, the import %+v", dry, first)
		}
		want := catalogue.Report{
			Interlinkers: catalogue.Counts{Added: 6}, ProblemProfiles: catalogue.Counts{Added: 4}, Schemas: catalogue.Counts{Added: 2},
			Phases: 4, Objectives: 4, Tasks: 6,
		}
		if len(first.Effects) != 12 {
			t.Errorf("%d effects, want one for each entry", len(first.Effects))
		}
		first.Warnings, first.Errors, first.Effects = nil, nil, nil
		if !reflect.DeepEqual(first, want) {
			t.Errorf("imported %+v, want %+v", first, want)
		}
		before := i.state()
		if len(before.entries) != 12 || before.events != empty.events+13 { // each entry and the import
			t.Fatalf("%d entries and %d events", len(before.entries), before.events)
		}
		again := i.load(false)
		i.unchanged("the second import", before)
		if again.Interlinkers != (catalogue.Counts{Unchanged: 6}) || again.Schemas != (catalogue.Counts{Unchanged: 2}) {
			t.Errorf("the second import: %+v", again)
		}

		for _, edit := range []struct{ file, from, to, key string }{
			{"interlinkers/knowledge/Meeting-Notes/instructions.md", "Fill it in", "Write into it", "interlinker knowledge/meeting-notes"},
			{"interlinkers/knowledge/Meeting-Notes/resource.es.md", "Qué se dijo", "Lo dicho", "interlinker knowledge/meeting-notes"},
			{"interlinkers/software/drawing-board/metadata.json", "Draw together", "Sketch together", "interlinker software/drawing-board"},
			{"problemprofiles/problemprofiles.json", "Share papers", "Keep papers", "problem ORG_PROBLEM_6.1"},
			{"schemas/square/phases/talk.json", "Ask in the shops", "Ask in the cafés", "schema square"},
		} {
			before := i.state()
			i.edit(edit.file, edit.from, edit.to)
			i.load(true)
			i.unchanged("a dry run after "+edit.file, before)
			i.load(false)
			after := i.state()
			for key, e := range after.entries {
				old := before.entries[key]
				switch changed := key == edit.key; {
				case changed && (e.Version != old.Version+1 || e.Hash == old.Hash || e.IRI != old.IRI || e.ID != old.ID || e.UpdatedAt.Before(old.UpdatedAt)):
					t.Errorf("%s: %s was version %d and is %d", edit.file, key, old.Version, e.Version)
				case !changed && !reflect.DeepEqual(e, old):
					t.Errorf("%s changed %s", edit.file, key)
				}
			}
			if len(after.entries) != len(before.entries) || after.events != before.events+2 {
				t.Errorf("%s: %d entries and %d new events", edit.file, len(after.entries), after.events-before.events)
			}
		}
	})
}

func TestImportWithErrorsChangesNothing(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "errors", func(t *testing.T, db *storage.DB) {
		i := newImporter(t, db)
		i.load(false)
		before := i.state()
		i.edit("interlinkers/software/drawing-board/metadata.json", "Draw together", "Sketch together") // would be a change
		for _, fault := range []struct{ file, from, to string }{
			{"interlinkers/software/drawing-board/metadata.json", `"id"`, `"id`},
			{"problemprofiles/problemprofiles.json", "BUILD_PROBLEM_6", "no code"},
			{"schemas/square/phases/talk.json", `"task-ask"`, `""`},
			{"interlinkers/externalsoftware/for-everything/metadata.json", "WISH_7", "a wish"},
		} {
			i.edit(fault.file, fault.from, fault.to)
			report := i.load(false)
			if len(report.Errors) == 0 || report.Interlinkers.Updated != 0 {
				t.Errorf("%s: %+v", fault.file, report)
			}
			i.unchanged("a broken "+fault.file, before)
			i.edit(fault.file, fault.to, fault.from)
		}
		if report := i.load(false); len(report.Errors) > 0 || report.Interlinkers.Updated != 1 {
			t.Errorf("mended: %+v", report)
		}
	})
}

// Directories that are renamed, as editions of the data did, stay the entry
// that they were; two that could both be it do not become one.
func TestImportFollowsRenaming(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "rename", func(t *testing.T, db *storage.DB) {
		i := newImporter(t, db)
		i.load(false)
		was := i.state().entries["interlinker software/drawing-board"]
		software := filepath.Join(i.dir, "interlinkers", "software")
		if err := os.Rename(filepath.Join(software, "drawing-board"), filepath.Join(software, "drawing_board")); err != nil {
			t.Fatal(err)
		}
		if report := i.load(false); report.Interlinkers.Added != 0 {
			t.Fatalf("renamed: %+v", report)
		}
		if is := i.state().entries["interlinker software/drawing-board"]; is.IRI != was.IRI || is.ID != was.ID {
			t.Errorf("%s became %s", was.IRI, is.IRI)
		}
		for _, more := range []string{"drawing board", "drawing-board"} {
			if err := os.CopyFS(filepath.Join(software, more), os.DirFS(filepath.Join(software, "drawing_board"))); err != nil {
				t.Fatal(err)
			}
		}
		i.load(false)
		before := i.state()
		if n := len(before.entries); n != 14 {
			t.Errorf("%d entries, want 14: three boards", n)
		}
		i.load(false)
		i.unchanged("the same three boards again", before)
	})
}

// Imports at the same time: whatever each of them says, every entry is there
// once, and whole.
func TestImportsAtOnce(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "at once", func(t *testing.T, db *storage.DB) {
		i := newImporter(t, db)
		var all sync.WaitGroup
		errs := make([]error, 4)
		for n := range errs {
			b := bundleOf(t, i.dir)
			all.Go(func() { _, errs[n] = i.s.Import(t.Context(), operator, b, false) })
		}
		all.Wait()
		won := 0
		for _, err := range errs {
			switch domain.CodeOf(err) {
			case domain.OK:
				won++
			case domain.Conflict:
			default:
				t.Errorf("neither done nor lost: %v", err)
			}
		}
		if is := i.state(); won == 0 || len(is.entries) != 12 {
			t.Errorf("%d imports were done and %d entries are there", won, len(is.entries))
		}
	})
}

// The INTERLINK project's own data, where it lies beside the repository.
func TestImportOfRealData(t *testing.T) {
	t.Parallel()
	dir := filepath.Join("..", "..", "shared", "data", "interlink-catalogue")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("the INTERLINK catalogue is not beside this repository: not tested on it")
	}
	storagetest.Run(t, "real", func(t *testing.T, db *storage.DB) {
		i := newImporter(t, db)
		i.dir = dir
		report := i.load(false)
		if len(report.Errors) > 0 || report.Interlinkers.Added != 78 || report.ProblemProfiles.Added != 45 || report.Schemas.Added != 4 ||
			report.Phases != 14 || report.Objectives != 40 || report.Tasks != 109 {
			t.Errorf("imported %+v", report)
		}
		natures := map[catalogue.Nature]int{}
		for _, e := range i.state().entries {
			if e.Interlinker != nil {
				natures[e.Interlinker.Nature]++
			}
		}
		if natures[catalogue.NatureSoftware] != 5 || natures[catalogue.NatureKnowledge] != 46 ||
			natures[catalogue.NatureExternalSoftware] != 15 || natures[catalogue.NatureExternalKnowledge] != 12 {
			t.Errorf("natures: %v", natures)
		}
		before := i.state()
		i.load(false)
		i.unchanged("the second import", before)
	})
}
