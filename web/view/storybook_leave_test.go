package view

import "net/url"

func leaveStories(add adder, in, out framer) {
	days := []Option{{Value: "0", Key: "leave.days_0"}, {Value: "7", Key: "leave.days_7", Selected: true}}
	page := LeavePage{
		Frame: in("/me/leave"), Handle: "@ada@brightwater.example", Goes: []Sentence{Say("leave.goes_posts", 12), Say("leave.goes_sessions", 1)},
		Stays: []Sentence{Say("leave.stays_resources", 3)}, Days: days, Mails: true, Kept: 90, Rows: retentionRows(),
	}
	add("leave", page)
	page.Sole = []Link{{"/processes/safe_paths", only("lv", longWord)}, {"/teams/safe_streets", only("en", "Safe Streets Team")}}
	page.Form = refused(url.Values{"days": {"99"}, "successor": {"nobody"}}, "successor", "days", "current")
	add("leave-refused", page)
	add("leave-last", LeavePage{Frame: in("/me/leave"), Handle: "@ada@brightwater.example", Last: true})

	gone := DeletionPage{Frame: out("/deletions/x"), State: "waiting", Address: "https://brightwater.example/deletions/x", Asked: noon, Due: noon.Add(7 * day), Mail: true, Kept: 90}
	add("deletion-waiting", gone)
	gone.State, gone.Erased = "sent", ago(day)
	add("deletion-alone", gone)
	gone.State, gone.Servers = "done", 37
	gone.Counts = []Sentence{Say("leave.count_confirmed", 36), Say("leave.count_given_up", 1)}
	gone.Receipts = []Receipt{{Host: riverbend.Host, State: "confirmed", Status: 202, At: ago(day)}, {Host: longWord + ".example", State: "refused", Status: 403, At: ago(day)}, {Host: stranger.Host, State: "pending"}}
	gone.Pager = Pager{Total: -1, Shown: 3, Next: "/n"}
	add("deletion-done", gone)

	add("data", DataPage{Frame: in("/me/data")})
	add("data-refused", DataPage{Frame: in("/me/data"), Form: refused(url.Values{}, "current")})
}
