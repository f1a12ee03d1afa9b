package view

import "time"

// workStories are the pages of who was asked and who did what.
func workStories(add func(string, Page), in func(string) Frame, out func(string) Frame) {
	asked := Assignment{
		Subject: "Count the trees", Instructions: "All of them.\nAlso the small ones.", Process: Link{"/processes/safe_paths", only("en", "Safe paths")}, Item: Link{"/g", only("lv", "Skaitīt kokus")},
		Resource: "Map of the crossings", Assignee: ada, Team: &team, By: &milo, State: "open", Due: ago(-day), At: ago(day), Accept: "/a", Decline: "/d", Done: "/f",
	}
	over := Assignment{Subject: "Draw them", Process: asked.Process, Item: asked.Item, Assignee: far, Origin: riverbend, State: "declined", Reason: "No time.", Due: ago(3 * day), Late: true, At: ago(9 * day), Withdraw: "/w", Claim: "/c"}
	done := asked
	done.State, done.Done, done.Decline = "done", "", ""
	list := AssignmentsPage{Frame: in("/processes/safe_paths/assignments"), ProcessHead: processHead("work", true), Items: []Assignment{asked, over, done}, Pager: Pager{Total: 300, Shown: 3, Next: "/n", First: "/f"}, Others: "/c"}
	add("assignments", list)
	list.Items, list.Item, list.Assign, list.Pager = nil, &asked.Item, "/assign", Pager{}
	add("assignments-empty", list)
	list.One, list.Items = true, []Assignment{over}
	add("assignment", list)
	add("my-assignments", MyAssignmentsPage{Frame: in("/me/assignments"), Items: []Assignment{asked, over}, Pager: Pager{Total: 2, Shown: 2}})
	add("my-assignments-empty", MyAssignmentsPage{Frame: in("/me/assignments?all=yes"), All: true})

	claimed := Contribution{Title: "Counted", Content: "All 40.", Kind: "development", Item: asked.Item, Person: ada, State: "claimed", Points: -1, At: ago(day), Award: "/a", Levels: []Option{{Value: "low", Key: "level.low"}, {Value: "high", Key: "level.high", Selected: true}}, Reject: "/r", Withdraw: "/w"}
	awarded := Contribution{Title: "Organised", Kind: "management", Item: asked.Item, Person: far, State: "awarded", Level: "high", Points: 120, At: ago(2 * day), Decided: ago(time.Hour), Award: "/a"}
	turned := Contribution{Title: "Hoped", Kind: "exploitation", Item: asked.Item, Person: milo, State: "rejected", Reason: "These were 39.", At: ago(day)}
	page := ContributionsPage{
		Frame: in("/processes/safe_paths/contributions"), ProcessHead: processHead("work", true), Items: []Contribution{claimed, awarded, turned}, Pager: Pager{Total: 3, Shown: 3},
		States: []Tab{{"/c", "ui.all", -1, true}, {"/c?state=awarded", "contribution_state.awarded", -1, false}}, Others: "/a", Rewards: true, Leaderboard: true, MaySwitch: true,
		Standings: []Standing{{1, ada, 240, 3}, {2, far, 40, 1}}, Places: Pager{Total: 2, Shown: 2}, Awarded: 3, Certificate: "https://zaragoza.example/certificates/x",
	}
	add("contributions", page)
	page.Items, page.Standings, page.Certificate, page.Item, page.Claim = nil, nil, "", &asked.Item, "/claim"
	add("contributions-empty", page)
	certificate := CertificatePage{Frame: out("/certificates/x"), Person: ada, Process: only("en", "Safe paths"), Organization: &milo, Items: []Contribution{awarded}, Pager: Pager{Total: 1, Shown: 1}, Address: "https://zaragoza.example/certificates/x", Now: noon}
	add("certificate", certificate)
	certificate.Items = nil
	add("certificate-empty", certificate)
}
