package view

import (
	"net/url"
	"time"

	"interlink/domain"
)

func membershipStories(add adder, in, out framer) {
	add("searches", SearchesPage{Frame: in("/me/searches"), Items: []SavedSearch{
		{Href: "/me/searches/1", Name: "parking, software", Place: "catalogue", Tell: true, Seen: ago(3 * day), Fresh: 4},
		{Href: "/me/searches/2", Name: "Everything about the streets around schools in all of the small towns of the region", Place: "stories", Seen: ago(time.Hour), Fresh: 20, Most: true},
		{Href: "/me/searches/3", Name: "polls", Place: "timeline", Seen: ago(time.Hour)},
	}, Tags: []Link{{"/tags/streets", only("und", "#streets")}}})
	add("searches-none", SearchesPage{Frame: in("/me/searches"), Form: refused(url.Values{}, "query")})
	title := three("Safe Streets Team", "Equipo Calles Seguras", "Team Veilige Straten")
	crumbs := []Link{{"/organizations/city", only("en", "City of Brightwater")}, {"/teams/safe_streets", title}}
	add("teams", TeamsPage{Frame: in("/organizations/city/teams"), Crumbs: crumbs[:1], Title: only("en", "City of Brightwater"), Items: []Card{card("team", "/teams/safe_streets", title, nil)}, Pager: Pager{Total: 14, Shown: 1, Next: "/organizations/city/teams?after=1"}, Start: "/organizations/city/teams/new"})
	add("teams-empty", TeamsPage{Frame: out("/organizations/city/teams"), Crumbs: crumbs[:1], Title: only("en", "City of Brightwater")})

	choices := []Field{{Name: "joinPolicy", Control: Radios, Label: Say("page.create.join_policy"), Options: []Option{{Value: "open", Key: "join_policy.open"}, {Value: "invite", Key: "join_policy.invite", Selected: true}}}}
	words := []LangTexts{{Lang: "en", Title: "Safe Streets Team", Summary: "Meets on Tuesdays."}, {Lang: "es", Title: "Equipo Calles Seguras"}, {Lang: "nl"}}
	describe := DescribePage{Frame: in("/teams/safe_streets/edit"), Crumbs: crumbs, Title: Say("form.edit_of", "Safe Streets Team"), Action: "/teams/safe_streets/edit", Revision: "3", Langs: words, More: []Option{{Value: "it", Text: only("it", "Italiano")}, {Value: "lv", Text: only("lv", "Latviešu")}}, Choices: choices, Cancel: "/teams/safe_streets"}
	add("describe", describe)
	form := refused(url.Values{"title-more": {"Drošas ielas"}, "lang-more": {"lv"}}, "title-more")
	describe.Form, describe.Langs = form, []LangTexts{{Lang: "en", Form: form}}
	add("describe-refused", describe)
	describe.Form, describe.Langs = Form{}, words
	typed := url.Values{"title-en": {"Safe Streets"}, "joinPolicy": {"open"}}
	theirs, _ := Compare(describe, typed)
	describe.Form = Form{Values: typed, Problems: []Problem{{Sentence: Say("form.overtaken")}}, Theirs: theirs}
	add("describe-overtaken", describe)

	people := members(3)
	people[0].Change, people[1].Change, people[1].Remove = "/c", "/c", "/r"
	page := MembersPage{
		Frame: in("/teams/safe_streets/people?q=mil"), Crumbs: crumbs, Href: "/teams/safe_streets", Title: title, Members: people, Pager: Pager{Total: 130, Shown: 3, Next: "/teams/safe_streets/people?after=1"},
		MayEdit: true, Leave: "/teams/safe_streets/leave", Query: "mil", Searched: true, Found: []Candidate{{Actor: milo}, {Actor: ada, Member: true}, {Actor: far}}, Roles: roles(), Langs: langs(),
		Invitations: []Invitation{{Email: "a.very.long.address.of.somebody@neighbourhood-association.example", Role: "member", By: ada, Sent: ago(3 * time.Hour), Until: noon.Add(13 * day), Revoke: "/v"}, {Person: &far, Role: "member", By: ada, Sent: ago(20 * day), Until: ago(6 * day), Expired: true, Revoke: "/v"}},
		Waiting:     Pager{Total: 2, Shown: 2},
	}
	add("members-page", page)
	page.Found, page.Invitations, page.Waiting = nil, nil, Pager{}
	page.Form = refused(url.Values{"email": {"ada@"}, "handle": {""}}, "email")
	add("members-page-refused", page)
	add("members-page-reader", MembersPage{Frame: out("/teams/safe_streets/people"), Crumbs: crumbs, Href: "/teams/safe_streets", Title: title})

	roll := RollPage{Frame: in("/teams/safe_streets/people/list"), Crumbs: crumbs, Title: title, Action: "/teams/safe_streets/people/list", Langs: langs(), Cancel: "/teams/safe_streets/people"}
	add("roll", roll)
	roll.Lines = []RollLine{{Number: 2, Typed: "ada", Fate: "add"}, {Number: 3, Typed: "noa@vale.example", Role: "administrator", Fate: "mail"}, {Number: 4, Typed: "@milo@riverbend.example", Role: "member", Fate: "invite"}, {Number: 5, Typed: "ben", Fate: "known"}}
	roll.Counts, roll.Good, roll.Form = []Sentence{Say("membership.roll_added", 1), Say("membership.roll_invited", 2), Say("membership.roll_known", 1)}, 3, Form{Values: url.Values{"people": {"handle;role\nada\n"}}}
	add("roll-checked", roll)
	roll.Lines = append(roll.Lines, RollLine{Number: 1041, Typed: "Ada of the street behind the mill", Problem: domain.Fail(domain.Invalid, "organization.roll_nobody")})
	roll.Counts, roll.Bad = append(roll.Counts, Say("membership.roll_bad", 1)), 1
	roll.Form = refused(url.Values{"people": {"ada\n"}}, "people")
	add("roll-bad", roll)
	roll.Good = 0
	add("roll-none", roll)

	end := EndPage{
		Frame: in("/teams/safe_streets/delete"), Crumbs: crumbs, Title: title, Team: true, Name: "safe_streets", Action: "/teams/safe_streets/delete", Cancel: "/teams/safe_streets",
		Lost:    []Sentence{Say("membership.end_name", "@safe_streets@brightwater.example"), Say("membership.end_members", 12), Say("membership.end_granted_n", 2)},
		Granted: []Link{{"/processes/safe_paths", only("en", "Safe paths")}}, Owned: []Link{{"/processes/gardens", only("es", "Huertos")}}, Teams: crumbs[1:],
	}
	add("end", end)
	end.Form = refused(url.Values{"confirm": {"safe"}}, "confirm")
	add("end-refused", end)
	end.Stories = &Link{"/organizations/city", only("en", "2 stories")}
	add("end-stories", end)

	invited := InvitedPage{Frame: in("/invitations/x"), Group: Link{"/teams/safe_streets", title}, Kind: "team", Role: "member", By: &ada, Until: noon.Add(13 * day), Action: "/invitations/x"}
	add("invited", invited)
	invited.Another = true
	add("invited-another", invited)
	invited.Frame, invited.Another, invited.SignIn, invited.SignUp = out("/invitations/x"), false, "/sign-in?return=/invitations/x", "/sign-up?invitation=x"
	add("invited-stranger", invited)
	abroad := invited
	abroad.For, abroad.SignIn, abroad.SignUp = &far, "", ""
	add("invited-abroad", abroad)
	add("invited-declined", InvitedPage{Frame: out("/invitations/x"), Group: invited.Group, Kind: "team", Until: noon.Add(7 * day), Again: "/invitations/x/again"})
	add("invited-never", InvitedPage{Frame: out("/invitations/x"), Group: invited.Group, Kind: "team", Again: "/invitations/x/again"})
	add("invited-over", InvitedPage{Frame: out("/invitations/x"), Over: true})

	mine := MembershipsPage{Frame: in("/me/memberships"), Here: []Card{card("team", "/teams/safe_streets", title, nil)}, Pager: Pager{Total: 3, Shown: 3}}
	for _, state := range []string{"invited", "asked", "member"} {
		m := Membership{Group: far, State: state, Since: ago(day), Leave: "/l"}
		if state == "invited" {
			m.Accept, m.Decline, m.Leave = "/a", "/d", ""
		}
		mine.Items = append(mine.Items, m)
	}
	mine.Refused = []Refused{{Group: mine.Items[0].Group, At: mine.Items[0].Since, Drop: "/me/refusals/1/drop"}}
	add("memberships", mine)
	add("memberships-none", MembershipsPage{Frame: in("/me/memberships")})
}
