package view

import "net/url"

func noticeStories(add adder, in, out framer) {
	categories := []Option{{Value: "child_abuse", Key: "notice_category.child_abuse"}, {Value: "hate", Key: "notice_category.hate"}}
	page := NoticePage{Frame: out("/report?about=https://brightwater.example/posts/1"), About: "https://brightwater.example/posts/1", Categories: categories, Contact: "info@brightwater.example"}
	add("notice", page)
	page.Forward = "riverside.example"
	page.Form = refused(url.Values{"about": {"there"}, "category": {"hate"}}, "about", "category", "reason", "name", "email", "faith")
	add("notice-refused", page)

	decision := &NoticeDecision{Outcome: "removed", Facts: "The post calls for violence.", Ground: "law", Provision: "§ 1 of the act.", At: noon}
	done := NoticeComplaint{Side: "affected", Text: longWord, At: ago(day), Upheld: true, Answer: "It was a quotation."}
	status := NoticeStatusPage{Frame: out("/notices/x"), Number: "2027-4F2A9C11", About: "https://brightwater.example/posts/1", Category: "hate", Reason: "Look.", At: ago(2 * day), Address: "https://brightwater.example/notices/x"}
	add("notice-received", status)
	status.Decision, status.Complain, status.Until, status.Form = decision, "/notices/x/complain", noon.Add(180*day), refused(url.Values{"text": {""}}, "text")
	add("notice-decided", status)
	status.Statement, status.Complain, status.Form, status.Complaints, status.Contact = true, "", Form{}, []NoticeComplaint{done, {Side: "affected", At: noon, Open: true}}, "info@brightwater.example"
	add("notice-statement", status)

	row := NoticeRow{Href: "/admin/notices/1", Number: "2027-4F2A9C11", Category: "rules", About: "https://brightwater.example/" + longWord, At: ago(day)}
	decided := row
	decided.Outcome = "nothing"
	tabs := []Tab{{"/admin/notices", "moderation.tab_received", -1, true}, {"/admin/notices?state=decided", "moderation.tab_decided", -1, false}}
	add("notices", NoticesPage{Frame: in("/admin/notices"), Tabs: tabs, Items: []NoticeRow{row, decided}, Pager: Pager{Total: 2, Shown: 2}})
	add("notices-empty", NoticesPage{Frame: in("/admin/notices"), Tabs: tabs})
	admin := NoticeAdminPage{
		Frame: in("/admin/notices/1"), Number: "2027-4F2A9C11", About: row.About, Target: &ada, Category: "hate", Reason: "Look.", Name: "Milo", Email: "milo@people.example", At: ago(day), Decide: "/admin/notices/1",
		Outcomes: []Option{{Value: "nothing", Key: "notice_outcome.nothing"}, {Value: "removed", Key: "notice_outcome.removed"}}, Grounds: []Option{{Value: "law", Key: "notice_ground.law"}, {Value: "terms", Key: "notice_ground.terms"}},
	}
	add("notice-admin", admin)
	admin.Which, admin.Form = "decide", refused(url.Values{"outcome": {"removed"}}, "facts", "ground", "provision", "outcome")
	add("notice-admin-refused", admin)
	by := *decision
	by.By = &ada
	admin.Decide, admin.Decision, admin.Which, admin.Form, admin.Name, admin.Email, admin.Target = "", &by, "", Form{}, "", "", nil
	admin.Complaints = []NoticeComplaint{{Side: "affected", Text: "It was not.", At: noon, Open: true, Decide: "/d"}, {Side: "notifier", Text: "More.", At: noon, Open: true, Barred: true}}
	add("notice-admin-complaints", admin)
	add("transparency", TransparencyPage{Frame: out("/transparency"), Years: []TransparencyYear{{Year: 2027, Received: 12, Categories: []Count{{"notice_category.hate", 12}}, Outcomes: []Count{{"notice_outcome.removed", 7}}, Law: 5, Terms: 2, Median: 31}}})
	add("transparency-empty", TransparencyPage{Frame: out("/transparency")})
}
