package view

import (
	"net/url"
	"strings"
	"time"
)

func webhookStories(add adder, in, _ framer) {
	families := []Option{{Value: "process", Key: "webhook.family_process"}, {Value: "item", Key: "webhook.family_item"}, {Value: "task", Key: "webhook.family_task"}}
	hook := Webhook{Href: "/processes/safe_paths/webhooks/1", Address: "https://hooks.example/" + strings.Repeat("long/", 20), Families: []string{"process", "item", "task"}, On: true, Added: ago(9 * day)}
	failing, off := hook, hook
	failing.Failing = ago(day)
	off.On, off.Failing, off.Disabled = false, ago(6*day), ago(day)
	page := WebhooksPage{Frame: in("/processes/safe_paths/webhooks"), ProcessHead: processHead("log", true), Hooks: []Webhook{hook, failing, off}, Families: families, Action: "/processes/safe_paths/webhooks", Secret: "whsec_c2VjcmV0"}
	add("webhooks", page)
	page.Hooks, page.Secret, page.Form = nil, "", refused(url.Values{"url": {"here"}}, "url", "families")
	add("webhooks-refused", page)
	done := WebhookDelivery{ID: "0190", Kind: "task.status_changed", State: "done", Attempts: 1, Answer: "204", At: ago(day), Tried: ago(day)}
	test, failed, waits := done, done, done
	test.Kind, test.Test = "webhook.test", true
	failed.Kind, failed.State, failed.Attempts, failed.Answer = "future.happened", "failed", 9, "unavailable"
	waits.State, waits.Attempts, waits.Answer, waits.Next = "waiting", 2, "503", ago(-time.Hour)
	one := WebhookPage{Frame: in("/processes/safe_paths/webhooks/1"), ProcessHead: processHead("log", true), Hook: failing, Deliveries: []WebhookDelivery{waits, failed, test, done}, Pager: Pager{Total: 40, Shown: 4, Next: "/n"}}
	add("webhook", one)
	one.Hook, one.Deliveries = off, nil
	add("webhook-off", one)
}
