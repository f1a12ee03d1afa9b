package view

import (
	"fmt"
	"time"

	"interlink/web/locale"
)

// Bell is what waits in the notifications of who reads, as every page shows it.
type Bell struct {
	Unread int
	Most   int // where counting ended: Unread may be more if it is above
}

// Text is the number beside the bell: "3", "99+"; "" for none.
func (b Bell) Text() string {
	switch {
	case b.Unread == 0:
		return ""
	case b.Unread > b.Most:
		return fmt.Sprint(b.Most, "+")
	}
	return fmt.Sprint(b.Unread)
}

// Say says the number to those who do not see it.
func (b Bell) Say() Sentence {
	switch {
	case b.Unread == 0:
		return Say("notification.title")
	case b.Unread > b.Most:
		return Say("notification.bell_many", b.Most)
	}
	return Say("notification.bell", b.Unread)
}

// NotificationsPage lists what the reader is told, at /notifications and
// /notifications?show=unread. Forms: POST /notifications/read {serial
// (repeated), or upto; return}.
type NotificationsPage struct {
	Frame
	Unread bool // only those
	Days   []NotificationDay
	Newest string // mark of the newest, for the button that marks all; "" for no button
	Pager  Pager
}

// NotificationDay is what a person was told on one day.
type NotificationDay struct {
	Day   time.Time
	Lines []NotificationLine
}

// NotificationLine is one thing that a person is told.
type NotificationLine struct {
	Text   string
	Href   string
	At     time.Time
	Icon   string
	Unread bool
	Marks  []string // of the notifications that it is made of
}

func (x NotificationsPage) head(p *locale.Printer) head {
	return head{template: "notifications", title: p.T("notification.title"), noindex: true}
}

// NotificationChoicesPage is where people choose how they are told, at
// /me/notifications. Its form posts there: a field for each class and, with
// "topic." before its name, for each topic; hour, zone.
type NotificationChoicesPage struct {
	Frame
	Form     Form
	NoMail   bool // the account has no address
	Channels []string
	Classes  []NotificationClass
	Hours    []Option
	Zone     string
	NodeZone string
}

// NotificationClass is one group of things that people choose about.
type NotificationClass struct {
	Name   string
	Chosen string // channel
	Topics []NotificationTopic
	Open   bool // a topic goes another way than the class
}

// NotificationTopic is one thing of a group.
type NotificationTopic struct {
	Name    string
	Options []Option
}

func (x NotificationChoicesPage) head(p *locale.Printer) head {
	return head{template: "notification-choices", title: p.T("notification.choices"), noindex: true}
}

// ZoneHint names the zone of the node.
func (x NotificationChoicesPage) ZoneHint() Sentence {
	return Say("notification.zone_hint", x.NodeZone)
}

// UnsubscribePage asks, at /unsubscribe/{token}, whether mails of a kind are to
// end, and says that they did. Its form posts to Action.
type UnsubscribePage struct {
	Frame
	Question Sentence
	Action   string
	Done     bool
}

func (x UnsubscribePage) head(p *locale.Printer) head {
	return head{template: "unsubscribe", title: p.T("notification.unsubscribe_title"), noindex: true}
}
