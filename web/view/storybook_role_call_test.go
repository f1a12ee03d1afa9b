package view

import (
	"net/url"
	"time"

	"interlink/domain"
)

func roleCallStories(add adder, in, out framer) {
	title := three("Three people who walk the routes", "Tres personas que recorran las rutas", "Drie mensen die de routes lopen")
	team := Actor{Kind: "team", Name: "Safe Streets Team", Handle: "@safe_streets@brightwater.example", Href: "/teams/safe_streets"}
	call := card("role_call", "/role-calls/1", title, three("Walk with the children and write down where they stop.", "Caminar con los niños y anotar dónde se paran.", "Met kinderen lopen en noteren waar ze stoppen."))
	call.Actor, call.Facts = &team, []Sentence{Say("count.seats_n", 3), Say("role_call.until_day", noon.Add(20*day))}
	add("role-calls", RoleCallsPage{Frame: in("/role-calls"), Items: []Card{call, call}, Pager: Pager{Total: 22, Shown: 2, Next: "/role-calls?after=1"}, Start: "/role-calls/new"})
	add("role-calls-empty", RoleCallsPage{Frame: out("/role-calls?all=yes"), All: true})

	page := RoleCallPage{
		Frame: in("/role-calls/1"), Href: "/role-calls/1", Title: title, State: "open", Team: &team, Community: &hood,
		Duties: markup("en", "<p>Walk with the children and write down where they stop.</p>"), Eligible: markup("es", "<p>Mayores de <strong>16 años</strong>.</p>"),
		Effort: only("en", "four hours a week"), Seats: 3, Taken: 1, Starts: noon, Ends: noon.Add(90 * day), Deadline: noon.Add(20 * day), Method: "criteria",
		Deciders: []Link{{"/users/ada", only("und", "Ada Fields")}, {"/@milo@riverbend.example", only("und", "Milo")}}, Counts: []StateCount{{"submitted", 4}, {"accepted", 1}, {"rejected", 2}},
		Grounds: []GroundCount{{"requirements", 1}, {"availability", 1}}, Kept: 180, Post: "/posts/1", MayApply: true, Review: "/role-calls/1/applications", Close: "/role-calls/1/close", Revision: "3",
	}
	add("role-call", page)
	page.Form, page.Which = refused(url.Values{"statement": {""}}, "statement"), "apply"
	add("role-call-refused", page)
	steps := []ApplicationStep{{State: "submitted", At: ago(9 * day), By: &ada}, {State: "rejected", At: ago(day), By: &ada, Reason: "You would have to be here on Tuesdays."}}
	own := Application{
		Call: Link{"/role-calls/1", title}, Href: "/role-calls/1/applications/2", Applicant: milo, State: "rejected", Ground: "availability", Statement: "I know every corner.\nAnd I have time.",
		Sent: ago(9 * day), Changed: ago(day), Until: noon.Add(179 * day), Steps: steps, Appeal: "/role-calls/1/appeal",
	}
	page.MayApply, page.Own, page.Review, page.Close, page.Which, page.Form = false, &own, "", "", "appeal", refused(url.Values{"reason": {""}}, "reason")
	add("role-call-appeal", page)
	add("role-call-foreign", RoleCallPage{Frame: out("/role-calls/2"), Href: "/role-calls/2", Title: only("lv", longWord), Origin: riverbend, State: "late", Method: "draw", Duties: markup("lv", "<p>Darbs.</p>"), SignIn: "/sign-in?return=/role-calls/2"})

	page.Process, page.Gives, page.Community, page.Team, page.Seats, page.Own, page.MayApply = Link{"/processes/safe_ways", title}, []string{"view", "create"}, nil, nil, 0, nil, true
	page.Review, page.Edit, page.Post, page.Form, page.Which = "/role-calls/1/applications", "/processes/safe_ways/joining", "", Form{}, ""
	add("role-call-joining", page)

	waits := own
	waits.State, waits.Ground, waits.Until, waits.Appeal, waits.Elsewhere = "submitted", "", time.Time{}, "", riverbend.Host
	add("applications", ApplicationsPage{Frame: in("/me/applications"), Items: []Application{own, waits}, Pager: Pager{Total: 2, Shown: 2}, Reviews: []Card{call}})
	add("applications-empty", ApplicationsPage{Frame: in("/me/applications")})
	add("reviews", ReviewsPage{
		Frame: in("/role-calls/1/applications"), Call: own.Call, Facts: []Sentence{Say("role_call.seats_taken", 1, 3), Say("call_state.open")}, Items: []Application{waits, own},
		States: []Tab{{"/role-calls/1/applications", "ui.all", -1, true}, {"/role-calls/1/applications?state=submitted", "application_state.submitted", 4, false}}, Pager: Pager{Total: 2, Shown: 2},
	})
	add("reviews-empty", ReviewsPage{Frame: in("/role-calls/1/applications"), Call: own.Call})
	review := ReviewPage{
		Frame: in("/role-calls/1/applications/2"), Application: waits, Queue: "/role-calls/1/applications", Action: "/role-calls/1/applications/2", Revision: "1",
		States:  []Option{{Value: "shortlisted", Key: "decision.shortlisted"}, {Value: "accepted", Key: "decision.accepted"}, {Value: "declined", Key: "decision.declined"}, {Value: "rejected", Key: "decision.rejected"}},
		Grounds: []Option{{Value: "", Key: "application.no_ground"}, {Value: "seats", Key: "ground.seats"}},
	}
	add("review", review)
	review.Form, review.Second = Failed(url.Values{"state": {"rejected"}, "reason": {""}}, domain.Problems{domain.InvalidField("reason", "application.reason_missing"), domain.InvalidField("ground", "application.ground_missing")}.Err()), true
	add("review-refused", review)
	review.States, review.Barred, review.Statement = nil, Say("application.own"), ""
	add("review-barred", review)
}
