package view

import (
	"net/url"
	"time"
)

func holdStories(add adder, in, out framer) {
	post := Post{ID: "1", Author: far, At: ago(time.Hour), Content: markup("en", "<p>Is this the place for buses?</p>")}
	place := &Link{"/communities/streets", only("lv", "Drošas ielas")}
	add("held", HeldPage{
		Frame: in("/admin/held"), Href: "/admin/held", Pager: Pager{Total: 2, Shown: 2},
		Items: []HeldPost{
			{Post: post, Why: "first_post", In: place, At: ago(time.Hour), Approve: "/a", Refuse: "/r", Others: true, Ban: "/communities/streets/people?ban=@milo#ban", Form: refused(url.Values{"reason": {""}}, "reason")},
			{Post: Post{ID: "2", Author: milo, At: ago(time.Hour), Content: post.Content}, Why: "filter", Filter: "Casinos", At: ago(time.Hour), Approve: "/a", Refuse: "/r"},
		},
		Appeals: []AppealRow{{ID: "3", Who: ada, Kind: "ban", In: place, Text: "It was about buses.", At: ago(time.Hour), Answer: "/x"}, {ID: "4", Who: milo, Kind: "refusal", Text: "No.", At: ago(time.Hour)}},
	})
	add("held-removed", HeldPage{
		Frame: in("/communities/streets/held?state=removed"), Href: "/communities/streets/held", Past: "removed", In: place, Tabs: tabs("/held"), Pager: Pager{Total: 1, Shown: 1},
		Items:   []HeldPost{{Post: post, Reason: "Be kind\nIt is not.", At: ago(time.Hour), Approve: "/a"}},
		Appeals: []AppealRow{{ID: "3", Who: ada, Kind: "removal", Post: &Post{ID: "3", Author: far, At: ago(time.Hour), Content: post.Content}, Reason: "Be kind", Text: "It was about buses.", At: ago(time.Hour), Answer: "/x"}},
	})
	add("held-refused", HeldPage{
		Frame: in("/admin/held?state=refused"), Href: "/admin/held", Past: "refused", Pager: Pager{Total: 1, Shown: 1},
		Items: []HeldPost{{Post: post, In: place, Reason: "Off topic", At: ago(time.Hour), Approve: "/a"}},
	})
	add("held-away", HeldPage{Frame: in("/communities/streets/held"), Href: "/communities/streets/held", In: place, Tabs: tabs("/held"), Away: []Exclusion{
		{Post: post, By: *place, At: ago(time.Hour), Reason: "Off topic", Refused: true, ID: "1", Appeal: "/x", Origin: "https://riga.example/communities/streets"},
	}})
	add("held-empty", HeldPage{Frame: in("/communities/streets/held"), Href: "/communities/streets/held", In: place, Tabs: tabs("/held")})
	add("waiting-own", OwnWaitingPage{Frame: in("/me/waiting"), Pager: Pager{Total: 3, Shown: 3}, Items: []OwnWaitingPost{
		{Post: post, In: place, Withdraw: "/w"},
		{Post: Post{ID: "2", Author: far, At: ago(time.Hour), Content: post.Content}, Refused: true, Reason: "Off topic", Withdraw: "/w", Appeal: "/x"},
		{Post: Post{ID: "3", Author: far, At: ago(time.Hour), Content: post.Content}, Refused: true, Reason: "Off topic", Withdraw: "/w", Appealed: true, Answer: "It stays so."},
		{Post: Post{ID: "5", Author: far, At: ago(time.Hour), Content: post.Content}, Asks: true, Withdraw: "/w"},
		{Post: Post{ID: "6", Author: far, At: ago(time.Hour), Content: post.Content}, Declined: true, Withdraw: "/w"},
		{Post: Post{ID: "4", Author: far, At: ago(time.Hour), Content: post.Content}, Removed: true, Reason: "Be kind\nIt is not.", Withdraw: "/w", Appeal: "/x"},
	}})
	add("waiting-own-away", OwnWaitingPage{Frame: in("/me/waiting"), Away: []Exclusion{
		{Post: post, By: *place, At: ago(time.Hour), Reason: "Off topic", ID: "1", Appeal: "/x", Origin: "https://riga.example/communities/streets"},
		{Post: Post{ID: "3", Author: far, At: ago(time.Hour), Content: post.Content}, By: *place, At: ago(time.Hour), Reason: "Off topic", Refused: true, Appealed: "It was about buses.", Answer: "It stays so.", Origin: "https://riga.example/communities/streets"},
		{Post: Post{ID: "2", Author: far, At: ago(time.Hour), Content: post.Content}, By: *place, At: ago(time.Hour), Origin: "https://lemmy.example/c/streets"},
		{Post: Post{ID: "4", Author: far, At: ago(time.Hour), Content: post.Content}, By: *place, At: ago(time.Hour), Refused: true, Origin: "https://social.example/users/bo", Author: true},
	}})
	add("waiting-own-empty", OwnWaitingPage{Frame: in("/me/waiting")})
	add("acts", ActsPage{Frame: out("/communities/streets/log"), Of: *place, Tabs: tabs("/log"), Open: true, Pager: Pager{Total: 2, Shown: 2}, Rows: []ActRow{
		{What: Say("log_kind.community.banned"), By: &ada, At: ago(time.Hour), Until: noon.Add(48 * time.Hour)}, {What: Say("log_kind.community.role_given"), Role: "moderator", At: ago(2 * time.Hour)},
	}})
	voted := Post{ID: "2", Href: "/communities/streets/archive/2", Author: Actor{Kind: "person", Name: "Milo", Handle: "https://riverbend.example/users/milo", Href: "https://riverbend.example/users/milo", Origin: riverbend}, At: ago(90 * day), Content: post.Content, Original: "https://riverbend.example/posts/2",
		Warned: true, Warning: only("en", "Heights"), Delete: "/communities/streets/archive/2/remove", Likes: 3, Replies: 2, Locked: true,
		Poll:        &Poll{ID: "2", Options: []PollOption{{Name: only("en", "Yes"), Votes: 3}, {Name: only("en", "No")}}, Voters: 3, Ends: ago(80 * day), Over: true, Host: "riverbend.example"},
		Attachments: []Attachment{{Href: "https://riverbend.example/files/1", Foreign: true, Words: only("en", "A map"), MediaType: "image/png", Host: "riverbend.example"}}}
	add("archive", ArchivePage{Frame: in("/communities/streets/archive"), Of: *place, Here: "/communities/streets/archive", Export: "/communities/streets/export.zip", Posts: []Post{voted, post}, Pager: Pager{Total: 40, Shown: 2, Next: "/communities/streets/archive?after=x"}})
	add("archive-thread", ArchivePage{Frame: out("/communities/streets/archive/2"), Of: *place, Posts: []Post{voted, post}, Pager: Pager{Total: 2, Shown: 2}})
	add("archive-none", ArchivePage{Frame: out("/communities/streets/archive?q=x"), Of: *place, Here: "/communities/streets/archive", Query: "x"})
	add("acts-empty", ActsPage{Frame: in("/communities/streets/log"), Of: *place, Tabs: tabs("/log")})
	kinds, actions := []Option{{Value: "words", Key: "filter_kind.words"}, {Value: "author", Key: "filter_kind.author"}}, []Option{{Value: "hold", Key: "filter_action.hold"}}
	add("filters", FiltersPage{
		Frame: in("/admin/filters"), MayEdit: true, Editing: "Casinos", Kinds: kinds, Actions: actions, Form: refused(url.Values{"pattern": {"("}, "name": {"Casinos"}}, "pattern"),
		Items: []Filter{{ID: "1", Name: "Casinos", Kind: "links", Pattern: `casino\.example$`, Action: "hold", Enabled: true, Hits: 12, Lately: 3}, {ID: "2", Name: "Too many", Kind: "author", Most: 10, Hours: 1, Action: "reject"}},
		Trial: &FilterTrial{Looked: 120, Hit: 1, Posts: []Post{post}},
	})
	add("filters-empty", FiltersPage{Frame: in("/admin/filters"), Kinds: kinds, Actions: actions})
}
