package view

import (
	"net/url"
)

func notificationStories(add adder, in, out framer) {
	line := func(text, icon string, unread bool, marks ...string) NotificationLine {
		return NotificationLine{Text: text, Href: "/processes/safe_paths/guide/p1o0t0", At: ago(day / 8), Icon: icon, Unread: unread, Marks: marks}
	}
	page := NotificationsPage{Frame: in("/notifications"), Newest: "7", Pager: Pager{Total: -1, Shown: 4, Next: "/notifications?after=1"}, Days: []NotificationDay{
		{Day: noon, Lines: []NotificationLine{
			line("A post of yours is liked by Milo and 4 others", "heart", true, "7", "6", "5"), line("Milo finished “"+longWord+"” in Safe paths", "task", true, "4"),
		}},
		{Day: ago(2 * day), Lines: []NotificationLine{line("There is news about your application to “<b>Walkers</b>”", "person", false, "3"), line("Somebody applied to “Walkers”: you are one of those who decide", "approve", false, "2")}},
	}}
	page.Viewer.Bell = Bell{Unread: 100, Most: 99}
	add("notifications", page)
	add("notifications-empty", NotificationsPage{Frame: in("/notifications")})
	add("notifications-read", NotificationsPage{Frame: in("/notifications?show=unread"), Unread: true})

	options := func(chosen string) []Option {
		all := []Option{{Key: "notification.as_class", Selected: chosen == ""}}
		for _, c := range []string{"off", "portal", "weekly", "daily", "at_once"} {
			all = append(all, Option{Value: c, Key: "notification.channel." + c, Selected: chosen == c})
		}
		return all
	}
	choices := NotificationChoicesPage{
		Frame: in("/me/notifications"), Channels: []string{"off", "portal", "weekly", "daily", "at_once"}, NodeZone: "Europe/Madrid", Hours: []Option{{Value: "8", Text: only("und", "08:00"), Selected: true}},
		Classes: []NotificationClass{
			{Name: "personal", Chosen: "at_once", Topics: []NotificationTopic{{"application_decided", options("")}}},
			{Name: "work", Chosen: "daily", Open: true, Topics: []NotificationTopic{{"task_finished", options("off")}, {"resource_added", options("")}}},
		},
	}
	add("notification-choices", choices)
	choices.NoMail, choices.Form = true, refused(url.Values{"zone": {"Europe/Nowhere"}}, "zone")
	add("notification-choices-refused", choices)
	add("unsubscribe", UnsubscribePage{Frame: out("/unsubscribe/x"), Question: Say("notification.unsubscribe_class", "About you"), Action: "/unsubscribe/x"})
	add("unsubscribed", UnsubscribePage{Frame: out("/unsubscribe/x"), Done: true})
}
