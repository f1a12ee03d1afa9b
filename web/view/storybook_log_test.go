package view

import (
	"net/url"
	"strings"
)

func logStories(add adder, in, out framer) {
	families := []Option{{Key: "log_family.all"}, {Value: "item", Key: "log_family.item"}}
	row := LogRow{Seq: 1042, At: ago(day), What: Say("log_kind.item.edited"), Name: "Draw a map", Href: "/processes/safe_paths/items/1", Actor: &ada,
		Hash: strings.Repeat("0af3", 16), Before: strings.Repeat("b42c", 16), Content: strings.Repeat("77e1", 16)}
	byNode, unknown, open := row, row, row
	byNode.Seq, byNode.Actor, byNode.Node, byNode.Erased, byNode.Name = 1041, nil, true, true, ""
	unknown.Seq, unknown.What, unknown.Code, unknown.Before = 1, Say("log_kind.other"), "future.happened", ""
	open.Actor = nil
	head := processHead("log", true)
	page := LogPage{Frame: in("/processes/safe_paths/log"), Process: &head, Inside: true, Action: "/processes/safe_paths/log", Export: "/processes/safe_paths/log.jsonl",
		Families: families, Rows: []LogRow{row, byNode, unknown}, Pager: Pager{Total: -1, Shown: 3, Next: "/n"}}
	add("log", page)
	page.Narrowed, page.Part, page.Form = true, "1", refused(url.Values{"who": {"nobody"}, "from": {"soon"}}, "who", "from")
	page.Rows = nil
	add("log-refused", page)
	head = processHead("log", false)
	add("log-open", LogPage{Frame: out("/processes/safe_paths/log"), Process: &head, Action: "/processes/safe_paths/log", Export: "/e", Families: families, Rows: []LogRow{open}})
	add("log-team", LogPage{Frame: in("/teams/safe_streets/log"), Of: &Link{"/teams/safe_streets", only("lv", longWord)}, Inside: true, Action: "/teams/safe_streets/log", Export: "/e", Families: families, Rows: []LogRow{row}})
	add("log-node", LogPage{Frame: in("/admin/log"), Inside: true, Action: "/admin/log", Export: "/e", Families: families, Rows: []LogRow{row}})
	add("chain", ChainPage{Frame: out("/log"), Seq: 1042, Hash: row.Hash, Command: "interlink audit verify", README: "https://source.example/interlink"})
	add("chain-empty", ChainPage{Frame: out("/log"), Command: "interlink audit verify", README: "https://source.example/interlink"})
}
