package view

// approachStories are the pages on the way to a schema.
func approachStories(add adder, in framer, schemas []Option) {
	add("begin", BeginPage{Frame: in("/processes/new"), Ways: []Way{
		{"/processes/new/service", "search", Say("page.begin.guided"), Say("page.begin.guided_words")}, {"/stories", "story", Say("page.begin.story"), Say("page.begin.story_words")},
		{"/clone", "clone", Say("page.begin.clone"), Say("page.begin.clone_words")}, {"/processes/new/start?schema=none", "plus", Say("page.begin.empty"), Say("page.begin.empty_words")},
	}})
	add("approach", ApproachPage{
		Frame: in("/processes/new/place"), Step: 3, Steps: 5, Title: Say("page.approach.place"), Lead: Say("page.approach.place_lead"), Action: "/processes/new/partners", Back: "/processes/new/stage",
		Fields: []Field{
			{Name: "country", Control: Select, Label: Say("approach.country"), Options: []Option{{Key: "ui.not_said"}, {Value: "LV", Text: only("lv", "Latvija"), Selected: true}}, Optional: true},
			{Name: "level", Control: Radios, Label: Say("approach.level"), Options: []Option{{Value: "local", Key: "approach.level.local", Selected: true}, {Value: "eu", Key: "approach.level.eu"}}, Optional: true},
			{Name: "regulation", Control: Checks, Label: Say("approach.regulation"), Hint: Say("approach.regulation_hint"), Options: []Option{{Value: "gdpr", Key: "approach.regulation.gdpr", Selected: true}, {Value: "ai", Key: "approach.regulation.ai"}}, Optional: true},
		},
		Kept: []Kept{{"stage", "begin"}, {"words", `"><script>alert(1)</script>`}},
	})
	choice := SchemaChoice{
		Name: schemas[0].Text, Summary: schemas[0].Hint, Href: "/schemas/public-service", Start: "/processes/new/start?schema=public-service", Fit: 82, Phases: 4, Tasks: 51,
		Reasons: []Sentence{Say("choose.purpose", Say("approach.purpose.new")), Say("choose.words", "school"), Say("choose.stage", 38, Say("approach.stage.begin")), Say("choose.before", 1), Say("choose.tools", 45, 51)},
	}
	foreign := choice
	foreign.Origin, foreign.Fit, foreign.Reasons = riverbend, 0, []Sentence{Say("choose.any_approach")}
	add("choice", ChoicePage{
		Frame: in("/processes/new/schemas"), Schemas: []SchemaChoice{choice, foreign}, Empty: "/processes/new/start?schema=none",
		Said:        []Answer{{Say("approach.purpose"), []Sentence{Say("approach.purpose.new")}, "/processes/new/service"}, {Question: Say("approach.stage"), Change: "/processes/new/stage"}, {Say("approach.words"), []Sentence{Say("ui.words", "safe ways")}, "/processes/new/service"}},
		Governances: []GovernanceChoice{{"public_civil_partnership", []Sentence{Say("governance.because.decides_together"), Say("governance.because.delivers_together")}}, {"government_as_platform", []Sentence{Say("governance.because.provides_body")}}},
	})
	add("choice-none", ChoicePage{Frame: in("/processes/new/schemas"), Empty: "/processes/new/start?schema=none"})
}
