package view

import "time"

func useStories(add adder, in, _ framer) {
	row := UseRow{How: "taken", Tool: Link{"/interlinkers/map", only("lv", longWord)}, Version: 3, Task: Link{"/processes/safe_paths/guide/1", only("en", "Draw a map")},
		Resource: Link{"/processes/safe_paths/resources/1", only("en", "A map of the streets")}, By: ada, At: ago(day)}
	opened := row
	opened.How, opened.Day, opened.Version, opened.Task, opened.Unfit = "opened", true, 0, Link{}, "warned"
	page := UsesPage{Frame: in("/processes/safe_paths/uses"), ProcessHead: processHead("resources", true), Rows: []UseRow{row, opened}, Pager: Pager{Total: 40, Shown: 2, Next: "/n"}}
	add("uses", page)
	page.Rows = nil
	add("uses-empty", page)

	cite := ReusePage{Frame: in("/interlinkers/map/reuse"), Crumbs: []Link{{"/catalogue", only("en", "Catalogue")}}, Name: only("lv", longWord), Reference: "Ada Lovelace; Brightwater (2026). " + longWord + " (v3). https://brightwater.example/interlinkers/map",
		Formats: []Link{{"/interlinkers/map/cite.bib", only("en", "BibTeX")}, {"/interlinkers/map/cite.ris", only("en", "RIS")}, {"/interlinkers/map/CITATION.cff", only("en", "CITATION.cff")}}, Step: 5, Fresh: 3, Data: "/interlinkers/map/reuse.csv"}
	there := cite
	there.There = &Link{"https://riverside.example/interlinkers/map/reuse", only("en", "riverside.example")}
	add("reuse-there", there)
	cite.Counted, cite.Measures = true, []string{"uses", "processes"}
	add("reuse-none", cite)
	cite.Rows, cite.Sum = []ReuseRow{{"", "2026-11", []ReuseCell{{0, 4, false}, {Unknown: true}}, false}, {"harbour.example", "2026-03", []ReuseCell{{5, 9, false}, {5, 9, false}}, true}, {"riverside.example", "2026-10", []ReuseCell{{1250, 1254, false}, {15, 19, false}}, false}}, []int{1250, 15}
	add("reuse", cite)

	run := RunPage{Frame: in("/processes/safe_paths/guide/1/run"), Tool: Link{"/interlinkers/board", only("lv", longWord)}, Act: "instantiate", Origin: "https://board.example", Host: "board.example",
		Action: "https://board.example/api/assets/instantiate", Token: "a.b.c", Language: "en", State: "state", Return: "https://brightwater.example/use/made", Framed: true, Service: "down", Back: "/processes/safe_paths/guide/1"}
	add("run-frame", run)
	run.Act, run.State, run.Return, run.Framed, run.Service, run.Resource = "edit", "", "", false, "on", only("en", "A map of the streets")
	add("run-window", run)
	tool := ToolRow{Link: run.Tool, Base: "https://board.example/api", Capabilities: []string{"view", "edit", "clone", "download", "delete"}, Framed: true, Service: "on", Answer: "204", Checked: ago(day), Since: ago(9 * day), Edit: "/admin/interlinkers/1"}
	off, down, fresh := tool, tool, tool
	off.Service, off.Framed, down.Service, down.Answer, fresh.Unknown, fresh.Checked, fresh.Since = "off", false, "down", "503", true, time.Time{}, time.Time{}
	add("tools", ToolsPage{Frame: in("/admin/interlinkers"), Tools: []ToolRow{tool, off, down, fresh}, Keys: "https://brightwater.example/.well-known/jwks.json"})
	add("tools-empty", ToolsPage{Frame: in("/admin/interlinkers"), Keys: "https://brightwater.example/.well-known/jwks.json"})
}
