package view

import "net/url"

func exchangeStories(add adder, in, out framer) {
	source := ImportSource{
		Address: "https://lists.example/software.txt", Format: "list", Every: "daily", Outcome: "done", At: ago(day), Next: ago(-day), Added: 2, Updated: 1, More: 3,
		Run: "/admin/import/sources/1/run", Remove: "/admin/import/sources/1/remove",
	}
	refusedOne, fresh := source, source
	refusedOne.Outcome, refusedOne.Errors = "refused", []ImportRemark{{"https://lists.example/table.csv:3", "nature", `"nonsense" is none of knowledge, software`}}
	fresh.Outcome, fresh.Format, fresh.Every, fresh.Added, fresh.More = "", "", "weekly", 0, 0
	sources := []ImportSource{source, refusedOne, fresh}
	for _, outcome := range []string{"unchanged", "failed"} {
		one := source
		one.Outcome = outcome
		sources = append(sources, one)
	}
	add("import-sources", ImportPage{Frame: in("/admin/import"), MayEdit: true, Sources: sources, Report: &ImportReport{
		At: ago(0), Dry: true, Rows: []ImportRow{{"interlinkers", 1, 1, 0, 2}}, Effects: []ImportEffect{{"interlinker", longWord, true, false}, {"problem", "Aim", false, false}, {"schema", "Kit", false, true}},
	}})
	for which, field := range map[string]string{"file": "file", "address": "address", "sources": "source"} {
		add("import-refused-"+which, ImportPage{Frame: in("/admin/import"), MayEdit: true, Which: which, Form: refused(url.Values{field: {"nowhere"}}, field)})
	}
	add("developers", DevelopersPage{
		Frame: out("/developers"), Base: "https://brightwater.example",
		Data:    []DataAddress{{"exchange.out_whole", "/catalogue/export.json", "JSON", true}, {"exchange.out_entry", "/interlinkers/{slug}/dcat.ttl", "Turtle", false}},
		Columns: []SheetColumn{{"nature", true, []string{"knowledge", "software"}}, {"name.en", true, nil}, {"tags.en", false, nil}},
	})
	row := RegulationRow{Name: three("Protection of personal data (GDPR)", "Protección de datos", "Bescherming van gegevens"), ID: "alias:gdpr", Href: "/regulations/gdpr", Interlinkers: 3, Problems: 2}
	bare := RegulationRow{Name: only("und", "http://data.europa.eu/eli/dir/2016/2102/oj"), ID: "http://data.europa.eu/eli/dir/2016/2102/oj", Href: "/regulations/other?id=x", Interlinkers: 1}
	add("regulations", RegulationsPage{Frame: in("/regulations"), Items: []RegulationRow{row, bare}})
	add("regulations-empty", RegulationsPage{Frame: out("/regulations")})
	add("regulation", RegulationPage{Frame: in("/regulations/gdpr"), RegulationRow: row, Address: "https://eur-lex.europa.eu/eli/reg/2016/679/oj", Cards: interlinkers(2), Pager: Pager{Total: 3, Shown: 2, Next: "/n"}, Answered: problems(2)})
	add("regulation-gap", RegulationPage{Frame: out("/regulations/cra"), RegulationRow: RegulationRow{Name: only("en", "Cyber Resilience Act"), ID: "alias:cra"}})
	add("problem-matched", ProblemPage{
		Frame: in("/problems/ORG_PROBLEM_1"), ProblemCard: problems(1)[0], Same: []Link{{"https://riverbend.example/problems/A1", only("lv", longWord)}}, MatchForm: true,
		Form: refused(url.Values{"other": {"nowhere"}}, "other"),
	})
	add("problems-gaps", ProblemsPage{Frame: out("/problems"), Groups: []ProblemGroup{{"ORG", problems(2)}}, Total: 2, Gaps: problems(1)})
}
