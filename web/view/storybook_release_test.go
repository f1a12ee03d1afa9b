package view

// releaseStories are the releases of a process, and what they mean for a clone.
func releaseStories(add adder, in framer) {
	name := three("Draw a map of everybody concerned", "Dibujar un mapa de las partes interesadas", "Een kaart tekenen van alle betrokkenen")
	card := ReleaseCard{Version: "1.3", Href: "/processes/safe_paths/releases/1.3", At: ago(3 * day), Note: only("es", "La nueva ley de datos de menores."), Changes: 7}
	head := processHead("clones", true)
	add("releases", ReleasesPage{Frame: in("/processes/safe_paths/releases"), ProcessHead: head, Releases: []ReleaseCard{card, {Version: "1.0", Href: "/r", At: ago(90 * day)}}, New: "/processes/safe_paths/releases/new", Pager: Pager{Total: 2, Shown: 2}})
	add("releases-none", ReleasesPage{Frame: in("/processes/safe_paths/releases"), ProcessHead: processHead("clones", false)})
	page := ReleasePage{
		Frame: in("/processes/safe_paths/releases/1.3"), ProcessHead: head, Card: card, Previous: "/processes/safe_paths/releases/1.2", Before: "1.2", Words: markup("es", "<p>La nueva ley de datos de <em>menores</em>.</p>"),
		Licence: "CC-BY-4.0", Digest: "5c2b4d6c3f0a8d1e7b9f2a6c4e8d0b1a3f5c7e9d2b4a6c8e0f1d3b5a7c9e2f40", Items: 42, More: 3,
		Lines: []ReleaseLine{{Name: name, Href: "/i", Kind: "legal", Note: only("en", "Ask the parents first.")}, {Name: only("lv", longWord), Kind: "fix", Removed: true}, {Name: name, Href: "/i", Kind: "new"}},
	}
	add("release", page)
	page.Lines, page.Previous, page.Words, page.More = nil, "", Rich{}, 0
	add("release-first", page)
	kinds := []Option{{Value: "fix", Key: "change_kind.fix"}, {Value: "clarification", Key: "change_kind.clarification", Selected: true}, {Value: "legal", Key: "change_kind.legal"}, {Value: "new", Key: "change_kind.new"}}
	form := ReleaseFormPage{
		FormPage: FormPage{Frame: in("/processes/safe_paths/releases/new"), Action: "/a", Cancel: "/c", Fields: []Field{
			{Name: "version", Control: Radios, Label: Say("release.which_version"), Hint: Say("release.version_hint"), Options: []Option{{Value: "1.3.1", Text: only("und", "1.3.1"), Selected: true}, {Value: "1.4", Text: only("und", "1.4")}}},
			{Name: "note", Control: TextArea, Label: Say("release.note"), Hint: Say("release.note_hint"), Optional: true},
		}},
		Process: head, Last: "1.3", Lang: "en",
		Items: []ChangedItem{
			{ID: "https://brightwater.example/processes/safe_paths/guide/1", Kind: "task", Name: name, Kinds: kinds, Changes: []Change{{Label: Say("form.item_description"), Lang: "en", Before: "Find out.", After: "Find out who uses the streets."}}},
			{ID: "https://brightwater.example/processes/safe_paths/guide/2", Kind: "objective", Name: only("lv", longWord), Kinds: kinds, Removed: true},
		},
	}
	add("release-new", form)
	form.Form = refused(nil, "version", "note")
	add("release-refused", form)
	form.Items, form.Nothing = nil, true
	add("release-nothing", form)

	updates := UpdatesPage{
		Frame: in("/processes/safe_paths/updates"), ProcessHead: head, Action: "/processes/safe_paths/updates", Here: "/processes/safe_paths/updates", Release: "1",
		Summary: "Zaragoza: 1.3", Words: page.Words, Safe: 4, New: 2, Look: true, More: "/processes/safe_paths/updates?from=100",
		Source: &Source{Title: name, Href: "https://zaragoza.example/processes/safe", Origin: Origin{Host: "zaragoza.example", Href: "https://zaragoza.example/processes/safe"}, At: ago(90 * day), Status: "accepted"},
		Late:   []LateWords{{Link: Link{Href: "/i", Text: only("lv", longWord)}, Parts: []UpdatePart{{Label: Say("form.item_name"), Lang: "lv", Own: longWord}, {Label: Say("form.item_description"), Lang: "en", Own: "Find out.\nThen ask."}}}},
		Rows: []UpdateRow{
			{N: 0, ID: "a", Mark: "1", Name: name, Href: "/i", Kind: "task", Outcome: "safe", Why: "legal", Note: only("en", "Ask the parents first."), Edit: true, Parts: []UpdatePart{{Name: "value.0.description.en", Label: Say("form.item_description"), Lang: "en", Base: "Find out.", Theirs: "Find out who uses the streets.", Mine: "Find out.", Own: "Find out who uses the streets.", Long: true}}},
			{N: 1, ID: "b", Mark: "2", Name: only("lv", longWord), Href: "/i", Kind: "objective", Outcome: "conflict", Choice: "edit", Stale: true, Edit: true, Parts: []UpdatePart{{Name: "value.1.name.lv", Label: Say("form.item_name"), Lang: "lv", Base: "Ceļi", Theirs: longWord, Mine: "Ielas", Own: "Ielas", Conflict: true}, {Label: Say("updates.order"), Theirs: "B\nA", Mine: "A\nB"}}},
			{N: 2, ID: "c", Mark: "3", Name: name, Kind: "task", Outcome: "new", Why: "new", Parts: []UpdatePart{{Label: Say("form.problems"), Theirs: "ORG_PROBLEM_5"}}},
			{N: 3, ID: "d", Mark: "4", Name: name, Href: "/i", Kind: "phase", Outcome: "removed", Touched: true},
			{N: 4, ID: "", Mark: "5", Outcome: "safe", Parts: []UpdatePart{{Label: Say("updates.order"), Theirs: "B\nA", Mine: "A\nB"}}},
		},
		Merges: []MergeRow{{Version: "1.3", By: ada, At: ago(day), Taken: 4, Kept: 1, Undo: "/u"}, {Version: "1.2", By: ada, At: ago(9 * day), Undone: &ada, When: ago(8 * day)}},
		Pager:  Pager{Total: 2, Shown: 2},
	}
	add("updates", updates)
	improvementStories(add, in, updates)
	add("updates-none", UpdatesPage{Frame: in("/processes/safe_paths/updates"), ProcessHead: head, Action: "/a", Look: true, Source: updates.Source})
}
