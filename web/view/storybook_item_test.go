package view

import (
	"net/url"
	"strconv"
	"time"
)

func itemStories(add adder, in framer) {
	name := three("Draw a map of everybody concerned", "Dibujar un mapa de las partes interesadas", "Een kaart tekenen van alle betrokkenen")
	crumbs := []Link{{"/processes/safe_paths/guide", three("Safe paths to school", "Caminos escolares seguros", "Veilige schoolroutes")}, {"/processes/safe_paths/guide/1", name}}
	degrees := []Option{{Value: "0", Key: "complexity.0"}, {Value: "40", Key: "complexity.40", Selected: true}, {Value: "47", Text: only("und", "47")}}
	found := Field{
		Name: "problems", Control: Checks, Label: Say("form.problems"), Hint: Say("form.problems_hint"), Options: langs(), Optional: true, Folded: true,
		Finder: &Finder{Name: "find.problems", Words: "school", Found: 2, Total: 412},
	}
	form := ItemPage{
		Frame: in("/processes/safe_paths/guide/1/edit"), Crumbs: crumbs, Title: Say("page.guide.change_task"), Kind: "task", Action: "/a", Cancel: "/c", Submit: Say("ui.save"), Revision: "7",
		Texts: []ItemText{{Lang: "en", Name: name["en"], Description: "Find out who uses the streets."}, {Lang: "lv", Name: longWord, Optional: true, Here: true, Stale: true}},
		More:  langs(), Starts: "2026-03-01", Ends: "2026-03-31", Complexity: degrees, CoDelivery: true, Problems: found, First: "/f",
	}
	add("item-edit", form)
	form.Form, form.Lead = refused(url.Values{"name.en": {""}, "starts": {"yesterday"}, "problems": {"es"}}, "name.en", "starts", "complexity", "problems"), Say("page.item_history.old_version")
	add("item-edit-refused", form)
	form = ItemPage{Frame: in("/x"), Crumbs: crumbs, Title: Say("page.guide.add_phase"), Kind: "phase", Action: "/a", Cancel: "/c", Submit: Say("ui.add"), Texts: form.Texts[:1], Places: []Option{{Key: "form.place_last"}, {Value: "0", Key: "form.place_first"}}}
	add("item-new", form)

	arrange := ArrangePage{Frame: in("/processes/safe_paths/guide/1/arrange"), ProcessHead: processHead("guide", true), Of: &crumbs[1], Kind: "task", Add: "/new", Back: crumbs[1], Pager: Pager{Total: 60, Shown: 3, Next: "/n", First: "/f"}}
	for i := range 3 {
		row := ArrangeRow{Link: Link{"/i", name}, Mark: "i-" + strconv.Itoa(i), Place: i + 1, Of: 3, Status: InProgress, Parts: i, Move: "/m", Up: strconv.Itoa(i), Down: strconv.Itoa(i + 1), Edit: "/e", Arrange: "/r", Elsewhere: "/o", Aside: "/d", Return: "/back"}
		if i == 1 {
			row.Text, row.Disabled, row.Aside, row.Again, row.Up, row.Focus = only("lv", longWord), true, "", "/e", "", "down"
		}
		arrange.Rows = append(arrange.Rows, row)
	}
	add("arrange", arrange)
	arrange.Form, arrange.Wrong = refused(url.Values{"number": {"first"}}, "number"), "i-1"
	add("arrange-refused", arrange)
	add("arrange-empty", ArrangePage{Frame: in("/x"), ProcessHead: processHead("guide", true), Kind: "phase", Add: "/new", Back: crumbs[0]})

	planStories(add, in)

	row := FirstRow{Link: crumbs[1], ID: "1", Above: only("lv", longWord), Status: Awaiting}
	off := row
	off.ID, off.Disabled = "2", true
	first := FirstPage{Frame: in("/processes/safe_paths/guide/1/first"), ProcessHead: processHead("guide", true), Item: crumbs[1], Kind: "task", Action: "/a", Chosen: []FirstRow{row, off}, Query: "map", Offer: []FirstRow{row}, Left: 12}
	add("first", first)
	first.Form = refused(url.Values{"add": {"x"}}, "q")
	first.Chosen, first.Offer, first.Left = nil, nil, 0
	add("first-none", first)
	first.Query, first.Form = "", Form{}
	add("first-empty", first)

	parts := []ConflictPart{
		{Name: "take.name.en", Label: Say("form.item_name"), Lang: "en", Theirs: "Map who is concerned", Mine: "Draw a map", Base: name["en"], Both: true},
		{Name: "take.description.lv", Label: Say("form.item_description"), Lang: "lv", Theirs: longWord, Mine: "", Choice: "theirs", Join: true},
		{Name: "take.starts", Label: Say("form.starts"), Mine: "1 March 2026", Choice: "mine"},
	}
	conflict := ConflictPage{Frame: in("/processes/safe_paths/guide/1/edit"), Crumbs: crumbs, Name: name, Action: "/a", Cancel: "/c", Revision: "8", Known: true, By: entries()[:1], Parts: parts, Typed: []Typed{{"name.en", "Draw a map"}}}
	add("conflict", conflict)
	conflict.Known, conflict.By, conflict.Form = false, nil, refused(url.Values{"take.starts": {"mine"}}, "take.name.en")
	add("conflict-unknown", conflict)

	var happened []ItemEntry
	for _, e := range entries() {
		happened = append(happened, ItemEntry{Entry: e})
	}
	happened[0].Restore = "/edit?version=3"
	happened[0].Changes = []Change{{Label: Say("form.item_name"), Lang: "lv", Before: longWord, After: "Karte"}, {Label: Say("form.ends"), After: "1 March 2026"}}
	add("item-history", ItemHistoryPage{Frame: in("/processes/safe_paths/guide/1/history"), ProcessHead: processHead("guide", true), Item: crumbs[1], Kind: "task", Entries: happened, Pager: Pager{Total: -1, Shown: 3, Next: "/n"}})
	add("item-history-empty", ItemHistoryPage{Frame: in("/x"), ProcessHead: processHead("guide", true), Item: crumbs[1], Kind: "phase"})
}

func planStories(add adder, in framer) {
	name := three("Draw a map of everybody concerned", "Dibujar un mapa de las partes interesadas", "Een kaart tekenen van alle betrokkenen")
	plan := PlanPage{Frame: in("/processes/safe_paths/plan"), ProcessHead: processHead("plan", true), Starts: ago(30 * day), Ends: noon.Add(40 * day), Undated: 3, Late: 1, Guide: "/guide", Pager: Pager{Total: 4, Shown: 4},
		Zooms:    []Zoom{{"zoom.day", "/d", false}, {"zoom.week", "/w", true}, {"zoom.month", "/m", false}, {"zoom.quarter", "/q", false}, {"zoom.year", "/y", false}},
		Calendar: PlanCalendar{Address: "https://brightwater.example/processes/safe_paths/plan.ics"},
		Chart: &Gantt{Width: 760, Height: 48 + 4*44, Head: 48, Today: 310, Arrows: []string{"M310 158H318V202H398"}, Ticks: []Tick{
			{X: 0, Width: 300, Label: "October 2026", Upper: true}, {X: 300, Width: 460, Label: "November 2026", Upper: true},
			{X: 0, Width: 70, Label: "5"}, {X: 70, Width: 70, Label: "12"}, {X: 140, Width: 70, Label: "19"}, {X: 210, Width: 70, Label: "26"}, {X: 280, Width: 70, Label: "2"}, {X: 350, Width: 70, Label: "9"},
		}, Bars: []Bar{
			{X: 20, Y: 65, Width: 600, Height: 10, Kind: "phase", Status: InProgress, Done: 200, Words: name}, {X: 20, Y: 109, Width: 400, Height: 10, Kind: "objective", Status: InProgress, Done: 100, Words: name},
			{X: 20, Y: 149, Width: 290, Height: 18, Kind: "task", Status: InProgress, Late: true, Words: name}, {X: 400, Y: 193, Width: 220, Height: 18, Kind: "task", Status: Awaiting, Words: only("lv", longWord)},
		}},
	}
	for i, kind := range []string{"phase", "objective", "task", "task"} {
		plan.Rows = append(plan.Rows, PlanRow{Link: Link{"/i", name}, Kind: kind, Status: InProgress, Starts: ago(30 * day), Ends: ago(day), Late: i == 2, Done: 1, Tasks: 3, Depth: min(i, 2)})
	}
	plan.Rows[3].After, plan.Rows[3].Text, plan.Rows[1].Open = []Link{{"/i", name}}, only("lv", longWord), "/p?part=1"
	add("plan", plan)
	plan.Chart, plan.Rows, plan.Late, plan.Starts, plan.Ends = nil, nil, 0, time.Time{}, time.Time{}
	plan.Calendar = PlanCalendar{Renew: "/r"}
	add("plan-empty", plan)
	plan.Calendar = PlanCalendar{Renew: "/r", End: "/e", Since: ago(day)}
	add("plan-secret-known", plan)
	plan.Calendar.Secret = "https://brightwater.example/processes/safe_paths/plan.ics?key=0123456789"
	add("plan-secret", plan)
}
