package view

// improvementStories are what clones offer to their sources.
func improvementStories(add adder, in framer, updates UpdatesPage) {
	name := three("Draw a map of everybody concerned", "Dibujar un mapa de las partes interesadas", "Een kaart tekenen van alle betrokkenen")
	head, origin := processHead("clones", true), Origin{Host: "riga.example", Href: "https://riga.example/processes/safe"}
	frame := in("/processes/safe_paths/improvements")
	list := ImprovementsPage{
		Frame: frame, ProcessHead: head, Clone: true, Pager: Pager{Total: 3, Shown: 3},
		Rows: []ImprovementRow{
			{Href: "/i", Name: name, Origin: origin, At: ago(day), State: "open", Items: 4, Note: only("lv", "Ziemā arī.")},
			{Href: "/i", Name: only("lv", longWord), At: ago(9 * day), State: "partly", Items: 3, Taken: 1},
			{Href: "/i", Name: name, At: ago(9 * day), State: "withdrawn", Items: 1},
		},
	}
	add("improvements", list)
	list.Sent, list.Rows, list.New = true, nil, "/processes/safe_paths/improvements/new"
	add("improvements-none", list)

	parts := updates.Rows[0].Parts
	lines := []ImprovementLine{
		{Kind: "task", Name: name, Parts: parts, Answer: "edited"}, {Kind: "objective", Name: only("lv", longWord), New: true, Parts: parts, Answer: "refused", Reason: "We have no winter.", Href: "/i"},
		{Parts: []UpdatePart{{Label: Say("updates.order"), Theirs: "B\nA", Mine: "A\nB"}}, Answer: "same"},
	}
	facts := ImprovementFacts{
		State: "open", Name: name, Href: "/c", Origin: origin, At: ago(day), Claimed: true, Version: "1.3", Checked: true, Licence: "CC-BY-4.0",
		Credits: []string{"Ada", longWord}, Words: markup("lv", "<p>Ziemā <em>arī</em>.</p>"), Lines: lines,
	}
	form := ImproveFormPage{
		FormPage: FormPage{Frame: frame, Action: "/a", Cancel: "/c", Fields: []Field{
			{Name: "note", Control: TextArea, Label: Say("improvement.note"), Hint: Say("improvement.note_hint"), Optional: true},
			{Name: "myself", Control: Check, Label: Say("improvement.myself", "Ada"), Optional: true},
		}},
		Process: head, Source: updates.Source, Claimed: true, Version: "1.3", More: "/m",
		Rows: []ImproveRow{
			{N: 0, ID: "a", Mark: "1", Kind: "task", Name: name, Parts: []ImprovePart{{UpdatePart: UpdatePart{Name: "part.0.description.en", Label: Say("form.item_description"), Lang: "en", Theirs: "New", Mine: "Old"}, Chosen: true}}},
			{N: 1, ID: "b", Mark: "2", Kind: "objective", Name: only("lv", longWord), New: true, Href: "/i", Chosen: true, Parts: []ImprovePart{{UpdatePart: UpdatePart{Label: Say("form.problems"), Theirs: "ORG_PROBLEM_5"}}}},
		},
	}
	add("improve", form)
	form.Preview = &facts
	add("improve-preview", form)
	form.Preview, form.Rows = nil, nil
	add("improve-nothing", form)

	page := ImprovementPage{Frame: frame, ProcessHead: head, Source: true, Facts: facts, Action: "/a", Settled: lines[2:]}
	for n, row := range updates.Rows[:3] {
		row.N, row.Stale = n, false
		page.Rows = append(page.Rows, ReviewRow{UpdateRow: row, Reason: "No."})
	}
	page.Rows[1].Problem = []Problem{{Sentence: Say("improvement.undecided")}}
	add("improvement-review", page)
	page.Rows = nil
	add("improvement-nothing-open", page)
	page.Source, page.Action, page.Withdraw = false, "", "/w"
	add("improvement-sent", page)
	page.Withdraw, page.Facts.State, page.Facts.Reason, page.Facts.By = "", "partly", "We have no winter.", &ada
	add("improvement-answered", page)
}
