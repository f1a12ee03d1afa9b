package seed_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"interlink/domain/catalogue"
	"interlink/domain/catalogue/seed"
)

// The tree of testdata has what real INTERLINK trees have wrong, each once.
// Every quirk is named by file and field, and none keeps the tree out.
func TestQuirksAreNamed(t *testing.T) {
	t.Parallel()
	var got []string
	for _, issue := range read(t, "testdata/tree").Issues {
		if issue.Error {
			t.Errorf("an error: %+v", issue)
		}
		got = append(got, fmt.Sprintf("%s: %s: %s", issue.File, issue.Field, issue.Message))
	}
	const interlinkers, problems = "interlinkers/", "problemprofiles/problemprofiles.json: "
	const notes, lost = interlinkers + "knowledge/Meeting-Notes/metadata.json: ", interlinkers + "knowledge/Lost-Paper/metadata.json: "
	const board, all = interlinkers + "software/drawing-board/", interlinkers + "externalsoftware/for-everything/metadata.json: "
	const calendar = interlinkers + "externalsoftware/town-calendar/metadata.json: "
	const pages = interlinkers + "externalknowledge/readable-pages/metadata.json: "
	want := []string{
		interlinkers + "knowledge/Described-Nowhere: : has no metadata.json: left out",
		notes + "name_translations.es: is blank: treated as missing",
		notes + "description_translations.lv: is blank: treated as missing",
		notes + `languages: claims "es", which the texts do not have`,
		notes + `languages: claims "it", which the texts do not have`,
		notes + `languages: claims "lv", which the texts do not have`,
		notes + `licence: "propietary" is read as "proprietary"`,
		notes + "instructions_translations.es: instructions.es.md has a heading only: left out",
		lost + "instructions_translations.en: instructions.md is not there",
		lost + "file_translations.en: resource.pdf is not there",
		lost + `licence: says "permissive", but guide.pdf is under CC-BY-SA-4.0: both are shown`,
		board + "metadata.json: overview_text.es: is blank: treated as missing",
		board + `metadata.json: form: "sofware" is read as "software"`,
		board + `metadata.json: types: "enhancing_services:external_experts" is read as "enhancing_services;external_experts"`,
		board + "metadata.json: problemprofiles: has no problem profile: it is never recommended",
		board + `snapshot: : should be called "snapshots"`,
		all + "problemprofiles: has 21 problem profiles: it will be recommended last",
		all + `uri_translations.es: "www.everything.example" is no web address: left out`,
		calendar + "description_translations.es: is the English text: treated as not translated",
		calendar + `languages: claims "es", which the texts do not have`,
		calendar + "uri_translations: has no address",
		pages + "name_translations.en: has spaces around it: trimmed",
		pages + "xx_unknown: is not kept: no such field is known",
		pages + `type: says "software" in the folder externalknowledge: the folder counts`,
		pages + "description_translations.en: its HTML is not balanced: repaired",
		pages + "description_translations.it: has a stray tag",
		pages + `tags_translations: "no such language" is no language`,
		"schemas/empty: : has no metadata.json: left out",
		`schemas/Street/metadata.json: prerequisites: phase-open/objective-feast comes after "objective-of-another-phase", which is no sibling of it: left out`,
		"schemas/Street/metadata.json: problemprofiles: task phase-open/objective-feast/task-invite has none, nor has its objective: nothing can be recommended for it",
		problems + "ORG_PROBLEM_6.1: no task of a schema has this problem profile",
		problems + "BUILD_PROBLEM_6: no Interlinker answers this problem profile",
	}
	for _, s := range want {
		if i := slices.Index(got, s); i < 0 {
			t.Errorf("not named: %s", s)
		} else {
			got = slices.Delete(got, i, i+1)
		}
	}
	for _, s := range got {
		t.Errorf("named without need: %s", s)
	}
}

func entry(t *testing.T, b catalogue.Bundle, key string) *catalogue.Entry {
	t.Helper()
	for _, e := range b.Entries {
		if e.Key == key {
			return e
		}
	}
	t.Fatalf("%s is not there", key)
	return nil
}

// What is wrong is put right where there is one right way.
func TestQuirksAreMended(t *testing.T) {
	t.Parallel()
	b := read(t, "testdata/tree")
	for _, e := range b.Entries {
		if err := e.Check(); err != nil {
			t.Errorf("%s: %v", e.Key, err)
		}
	}
	same := func(what string, got, want any) {
		t.Helper()
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s is %q, want %q", what, got, want)
		}
	}
	notes := entry(t, b, "knowledge/meeting-notes")
	same("languages", notes.Languages(), "[en]")
	same("aliases", notes.Interlinker.Aliases, "[knowledge/meeting_notes knowledge/meeting notes]")
	same("audience", notes.Interlinker.Audience, "[all]")
	same("tags", notes.Interlinker.Tags, "map[en:[notes meeting]]")
	same("constraints", notes.Interlinker.Constraints, "")
	same("licence", notes.Interlinker.Licence, "proprietary")
	same("instructions", notes.Interlinker.Instructions["en"], "# Meeting notes\n\nFill it in while people speak, and read it aloud at the end.")
	same("template", notes.Interlinker.Template()["es"], "# Notas de …\n\n| Qué se dijo | Quién lo hace | Hasta cuándo |\n| --- | --- | --- |\n| | | |")
	same("template's beginning", notes.Interlinker.Template()["en"][:7], "# Notes")

	lost := entry(t, b, "knowledge/lost-paper")
	same("instructions elsewhere", lost.Interlinker.Instructions["es"], "<https://city.example/ayuda>")
	same("documents", lost.Interlinker.Documents, map[string]catalogue.Document{"en": {Name: "resource.pdf"}, "es": {Name: "guide.pdf", Available: true, Licence: "CC-BY-SA-4.0"}})
	if !lost.Interlinker.Template().Empty() {
		t.Errorf("a PDF is a template: %v", lost.Interlinker.Template())
	}

	same("overview", entry(t, b, "software/drawing-board").Interlinker.Overview, "One sheet for all")
	pages := entry(t, b, "externalknowledge/readable-pages")
	same("nature", pages.Interlinker.Nature, catalogue.NatureExternalKnowledge)
	same("name", pages.Name["en"], "Readable pages")
	same("summary", pages.Summary["en"], "Pages that all can read:\n\n- words of every day\n- short lines")
	same("summary", pages.Summary["it"], "Pagine che tutti leggono sempre & ovunque")
	same("untranslated", entry(t, b, "externalsoftware/town-calendar").Name["es"], "")

	var paths []string
	for _, n := range entry(t, b, "street").Schema.Nodes {
		paths = append(paths, fmt.Sprintf("%s %d", n.Path[strings.LastIndexByte(n.Path, '/')+1:], n.Position))
	}
	same("order", strings.Join(paths, ", "), "phase-talk 0, objective-ask 0, task-ask 0, task-answer 1, "+
		"phase-build 1, objective-lay 0, task-order 0, task-first 1, phase-open 2, objective-feast 0, task-invite 0")
	same("the other schema's", entry(t, b, "square").Schema.Nodes[2].Path, "phase-talk/objective-ask/task-ask")
}

// Reading again gives the same bytes: an import that finds nothing new changes
// nothing.
func TestReadingIsDeterministic(t *testing.T) {
	t.Parallel()
	first := read(t, "testdata/tree")
	for range 20 {
		again := read(t, "testdata/tree")
		if !slices.Equal(first.Issues, again.Issues) {
			t.Fatalf("other issues: %v", again.Issues)
		}
		for i, e := range again.Entries {
			if e.Key != first.Entries[i].Key || e.ContentHash() != first.Entries[i].ContentHash() {
				t.Fatalf("%s differs", e.Key)
			}
		}
	}
}

// More that is named, in a tree of one Interlinker: what points to another
// language, to somebody's account, to nothing that is known.
func TestSuspectsAreNamed(t *testing.T) {
	t.Parallel()
	const dir = "interlinkers/externalknowledge/form/"
	b := seed.Read(fstest.MapFS{
		dir + "~$form.docx":  {Data: []byte("x")},
		dir + "italian.docx": {Data: []byte("x")},
		dir + "metadata.json": {Data: []byte(`{
			"id": "form", "type": "knowledge", "name_translations": {"en": "Form"}, "difficulty": "heroic", "licence": "beer",
			"targets": ["all", "all;martians"], "problemprofiles": ["ORG_PROBLEM_99"],
			"file_translations": {"en": "./interlinkers/externalknowledge/form/italian.docx"},
			"uri_translations": {"en": "https://city.example/es/form", "it": "https://docs.google.com/spreadsheets/d/1"}}`)},
	})
	var got []string
	for _, i := range b.Issues {
		if i.Error {
			t.Errorf("an error: %+v", i)
		}
		got = append(got, strings.TrimPrefix(i.File, dir)+" "+i.Field+": "+i.Message)
	}
	for _, want := range []string{
		`metadata.json difficulty: "heroic" is no known value`, `metadata.json licence: "beer" is no known value`, `metadata.json targets: "all;martians" is no known value`,
		`metadata.json file_translations.en: italian.docx seems to be in "it"`, `metadata.json uri_translations.en: leads to a page in "es"`,
		`metadata.json uri_translations.it: leads to a document in somebody's account: it may go`, `~$form.docx : the lock of an office program: left out`,
	} {
		if !slices.Contains(got, want) {
			t.Errorf("not named: %s\n%s", want, strings.Join(got, "\n"))
		}
	}
	if b.Files[b.Entries[0]] != dir+"metadata.json" {
		t.Errorf("it was read in %q", b.Files[b.Entries[0]])
	}
}

// A directory that is no tree is an error, not a catalogue of nothing.
func TestNoTree(t *testing.T) {
	t.Parallel()
	b := seed.Read(fstest.MapFS{"thesis.txt": {Data: []byte("mine")}})
	if len(b.Issues) == 0 || !b.Issues[0].Error {
		t.Errorf("%+v", b.Issues)
	}
}
