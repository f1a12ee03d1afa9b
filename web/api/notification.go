package api

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"interlink/domain"
	"interlink/domain/notification"
)

// Notification is one thing that somebody is told.
type Notification struct {
	ID     string     `json:"id"`
	Topic  string     `json:"topic" doc:"such as reply, task_finished, application_received"`
	Class  string     `json:"class" enum:"personal,decisions,work,conversation,reactions,news"`
	Text   string     `json:"text" doc:"the sentence in the language of the request; plain text"`
	Page   domain.IRI `json:"page" doc:"where it leads"`
	Unread bool       `json:"unread"`
	At     time.Time  `json:"at"`
	Actor  string     `json:"actor,omitempty" doc:"handle of who did it; absent where that is not told, or who is gone"`
}

// NotificationList is a part of a list, with how much is unread.
type NotificationList struct {
	Paging

	Unread bool `query:"unread" doc:"only what is unread"`
}

// NotificationCount says how much is unread.
type NotificationCount struct {
	Unread int  `json:"unread" doc:"counted up to 99"`
	More   bool `json:"more" doc:"there is more than that"`
}

// NotificationsRead marks some as read, or all up to one.
type NotificationsRead struct {
	Body struct {
		IDs  []string `json:"ids,omitempty" maxItems:"100" doc:"of notifications"`
		UpTo string   `json:"upTo,omitempty" maxLength:"20" doc:"or the newest that was seen: it and all before"`
	}
}

// NotificationChoices are how somebody wants to be told.
type NotificationChoices struct {
	Classes map[string]string `json:"classes" doc:"channel by class: off, portal, weekly, daily, at_once"`
	Topics  map[string]string `json:"topics" doc:"channel by topic, of those that go another way than their class"`
	Hour    int               `json:"hour" minimum:"0" maximum:"23" doc:"of the summaries"`
	Zone    string            `json:"zone" maxLength:"64" doc:"IANA time zone of that hour; empty for the node's"`
}

// NotificationChoicesInput changes them; what is absent stays.
type NotificationChoicesInput struct {
	Body struct {
		Classes map[string]string `json:"classes,omitempty" doc:"channel by class; classes that are absent stay"`
		Topics  map[string]string `json:"topics,omitempty" doc:"channel by topic, of all that go another way than their class"`
		Hour    *int              `json:"hour,omitempty" minimum:"0" maximum:"23"`
		Zone    *string           `json:"zone,omitempty" maxLength:"64"`
	}
}

func choicesOf(c notification.Choices) NotificationChoices {
	out := NotificationChoices{Classes: map[string]string{}, Topics: map[string]string{}, Hour: c.Hour, Zone: c.Zone}
	for _, class := range notification.Classes {
		out.Classes[string(class)] = string(c.Class(class))
	}
	for topic, channel := range c.Topics {
		out.Topics[string(topic)] = string(channel)
	}
	return out
}

// over returns choices with what was sent in place of what was.
func (in *NotificationChoicesInput) over(c notification.Choices) notification.Choices {
	classes := map[notification.Class]notification.Channel{}
	for _, class := range notification.Classes {
		classes[class] = c.Class(class)
	}
	for class, channel := range in.Body.Classes {
		classes[notification.Class(class)] = notification.Channel(channel)
	}
	c.Classes = classes
	if in.Body.Topics != nil {
		c.Topics = map[notification.Topic]notification.Channel{}
		for topic, channel := range in.Body.Topics {
			c.Topics[notification.Topic(topic)] = notification.Channel(channel)
		}
	}
	set(&c.Hour, in.Body.Hour)
	set(&c.Zone, in.Body.Zone)
	return c
}

func (a *API) notificationOperations() {
	const tag = "Notifications"
	do(a, tag, operation{
		method: http.MethodGet, path: "/notifications", own: true, summary: "What one is told, newest first",
		description: "As it happens: GET /notifications/stream of the node (outside this path), Server-Sent Events named \"notification\", " +
			"with the same token and, to go on, Last-Event-ID.",
	}, a.notifications)
	do(a, tag, operation{method: http.MethodGet, path: "/notifications/unread", own: true, summary: "How much is unread"},
		func(ctx context.Context, c *caller, _ *struct{}) (*One[NotificationCount], error) {
			n, err := a.Notifications.Unread(ctx, c.viewer)
			if err != nil {
				return nil, err
			}
			return one(NotificationCount{Unread: int(min(n, notification.Most)), More: n > notification.Most}), nil
		})
	do(a, tag, operation{method: http.MethodPost, path: "/notifications/read", status: http.StatusNoContent, summary: "Mark as read"}, a.readNotifications)
	do(a, tag, operation{method: http.MethodGet, path: "/me/notifications", own: true, summary: "How one is told"},
		func(ctx context.Context, c *caller, _ *struct{}) (*One[NotificationChoices], error) {
			return oneAs(choicesOf)(a.Notifications.Choices(ctx, c.viewer))
		})
	do(a, tag, operation{method: http.MethodPatch, path: "/me/notifications", summary: "Choose how one is told"},
		func(ctx context.Context, c *caller, in *NotificationChoicesInput) (*One[NotificationChoices], error) {
			chosen, err := a.Notifications.Choices(ctx, c.viewer)
			if err != nil {
				return nil, err
			}
			chosen = in.over(chosen)
			if err := a.Notifications.Choose(ctx, c.viewer, chosen); err != nil {
				return nil, err
			}
			return one(choicesOf(chosen)), nil
		})
}

func (a *API) readNotifications(ctx context.Context, c *caller, in *NotificationsRead) (*None, error) {
	if in.Body.UpTo != "" {
		upTo, err := mark("upTo", in.Body.UpTo)
		if err != nil {
			return nil, err
		}
		return nothing(a.Notifications.MarkAllRead(ctx, c.viewer, upTo))
	}
	var serials []domain.Serial
	for _, s := range in.Body.IDs {
		serial, err := mark("ids", s)
		if err != nil {
			return nil, err
		}
		serials = append(serials, serial)
	}
	return nothing(a.Notifications.MarkRead(ctx, c.viewer, serials...))
}

func (a *API) notifications(ctx context.Context, c *caller, in *NotificationList) (*List[Notification], error) {
	list, err := a.Notifications.List(ctx, c.viewer, notification.Filter{Unread: in.Unread}, in.page())
	if err != nil {
		return nil, err
	}
	lines := notification.Lines(list.Items, nil)
	actors, err := a.Network.Actors(ctx, c.viewer, notification.Named(lines))
	if err != nil {
		return nil, err
	}
	return listed(c, domain.List[notification.Line]{Items: lines, Next: list.Next, Total: -1}, func(l notification.Line) Notification {
		text, path := c.words.Notification(l, actors, a.Namespace)
		n := Notification{
			ID: l.Serials[0].Cursor(), Topic: string(l.Topic), Class: string(l.Class), Text: text, Page: domain.IRI(a.Namespace.Base() + path), Unread: l.Unread, At: l.At,
		}
		if len(l.Who) > 0 && actors[l.Who[0]] != nil {
			n.Actor = actors[l.Who[0]].Handle(a.Namespace.HandleHost())
		}
		return n
	}), nil
}

// mark reads the id of a notification. Errors: Invalid.
func mark(field, s string) (domain.Serial, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n <= 0 {
		return 0, domain.InvalidField(field, "error.invalid")
	}
	return domain.Serial(n), nil
}
