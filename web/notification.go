package web

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"interlink/domain"
	"interlink/domain/notification"
	"interlink/web/view"
)

func (p *Portal) notificationRoutes() []route {
	return []route{
		{http.MethodGet, "/notifications", p.notifications},
		{http.MethodPost, "/notifications/read", p.markRead},
		{http.MethodGet, "/me/notifications", p.notificationChoices},
		{http.MethodPost, "/me/notifications", p.choose},
		{http.MethodGet, "/unsubscribe/{token}", p.unsubscribe},
		{http.MethodPost, "/unsubscribe/{token}", p.doUnsubscribe},
	}
}

// bell counts what the reader has not read, once for a request. A page goes
// without it rather than fail.
func (q *request) bell() view.Bell {
	if q.counted == nil {
		n, err := q.p.Notifications.Unread(q.Context(), q.viewer)
		if err != nil {
			q.p.Log.Warn("count notifications", "error", err)
		}
		q.counted = &view.Bell{Unread: int(n), Most: int(notification.Most)}
	}
	return *q.counted
}

// icons of the classes.
var classIcons = map[notification.Class]string{
	notification.Personal: "person", notification.Decisions: "approve", notification.Work: "task",
	notification.Conversation: "reply", notification.Reactions: "heart", notification.News: "community",
}

func (p *Portal) notifications(q *request) error {
	if err := q.signedIn(); err != nil {
		return err
	}
	page := view.NotificationsPage{Frame: q.frame(), Unread: q.URL.Query().Get("show") == "unread"}
	list, err := p.Notifications.List(q.Context(), q.viewer, notification.Filter{Unread: page.Unread}, q.cursor())
	if err != nil {
		return err
	}
	lines, err := p.linesOf(q, list.Items)
	if err != nil {
		return err
	}
	for _, l := range lines {
		at := l.At.In(p.zone())
		if n := len(page.Days); n == 0 || !sameDay(page.Days[n-1].Day.In(p.zone()), at) {
			page.Days = append(page.Days, view.NotificationDay{Day: l.At})
		}
		day := &page.Days[len(page.Days)-1]
		day.Lines = append(day.Lines, l)
	}
	page.Pager = q.pager(list.Next, -1, len(list.Items))
	if q.bell().Unread > 0 && len(list.Items) > 0 {
		page.Newest = list.Items[0].Serial.Cursor()
	}
	return q.show(page)
}

// linesOf puts notifications into words, with one look for all the actors.
func (p *Portal) linesOf(q *request, list []*notification.Notification) ([]view.NotificationLine, error) {
	lines := notification.Lines(list, func(at time.Time) string { return at.In(p.zone()).Format(time.DateOnly) })
	actors, err := p.Network.Actors(q.Context(), q.viewer, notification.Named(lines))
	if err != nil {
		return nil, err
	}
	words := p.catalog.Printer(q.lang, p.Zone)
	var out []view.NotificationLine
	for _, l := range lines {
		x := view.NotificationLine{At: l.At, Icon: classIcons[l.Class], Unread: l.Unread}
		x.Text, x.Href = words.Notification(l, actors, p.Namespace)
		for _, s := range l.Serials {
			x.Marks = append(x.Marks, s.Cursor())
		}
		out = append(out, x)
	}
	return out, nil
}

func (p *Portal) zone() *time.Location {
	if p.Zone == nil {
		return time.UTC
	}
	return p.Zone
}

// today is the day on the clock of the node, at midnight UTC as the days that
// people type.
func (p *Portal) today() time.Time {
	y, m, d := p.Now().In(p.zone()).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

func sameDay(a, b time.Time) bool { return a.YearDay() == b.YearDay() && a.Year() == b.Year() }

// markRead marks some as read, or all up to the newest that the reader saw.
// The page's script sends it beside opening one, and wants no page then.
func (p *Portal) markRead(q *request) error {
	if err := q.signedIn(); err != nil {
		return err
	}
	var err error
	if upTo := serialOf(q.typed.Get("upto")); upTo > 0 {
		err = p.Notifications.MarkAllRead(q.Context(), q.viewer, upTo)
	} else {
		var serials []domain.Serial
		for _, s := range q.typed["serial"] {
			serials = append(serials, serialOf(s))
		}
		err = p.Notifications.MarkRead(q.Context(), q.viewer, serials...)
	}
	if err != nil {
		return err
	}
	if q.typed.Get("quiet") != "" {
		q.w.WriteHeader(http.StatusNoContent)
		return nil
	}
	return q.done(local(q.typed.Get("return"), "/notifications"), view.Say("notice.notifications_read"))
}

// serialOf reads a mark; 0 for what is none.
func serialOf(s string) domain.Serial {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return 0
	}
	return domain.Serial(n)
}

// topicField is before the names of topics in the form of choices.
const topicField = "topic."

func (p *Portal) notificationChoices(q *request) error {
	if err := q.signedIn(); err != nil {
		return err
	}
	c, err := p.Notifications.Choices(q.Context(), q.viewer)
	if err != nil {
		return err
	}
	return q.show(p.choicesPage(q, c, view.Form{}))
}

func (p *Portal) choicesPage(q *request, c notification.Choices, f view.Form) view.NotificationChoicesPage {
	page := view.NotificationChoicesPage{Frame: q.frame(), Form: f, NoMail: q.account.Email == "", Zone: c.Zone, NodeZone: p.zone().String()}
	for _, channel := range notification.Channels {
		page.Channels = append(page.Channels, string(channel))
	}
	for hour := range 24 {
		page.Hours = append(page.Hours, view.Option{Value: strconv.Itoa(hour), Text: view.Plain(q.lang, notification.Clock(hour)), Selected: hour == c.Hour})
	}
	for _, class := range notification.Classes {
		x := view.NotificationClass{Name: string(class), Chosen: string(c.Class(class))}
		for _, topic := range notification.Topics(class) {
			own, set := c.Topics[topic]
			options := []view.Option{{Key: "notification.as_class", Selected: !set}}
			for _, channel := range notification.Channels {
				options = append(options, view.Option{Value: string(channel), Key: "notification.channel." + string(channel), Selected: set && own == channel})
			}
			x.Topics = append(x.Topics, view.NotificationTopic{Name: string(topic), Options: options})
			x.Open = x.Open || set
		}
		page.Classes = append(page.Classes, x)
	}
	return page
}

// choose keeps what was chosen; a class that was not sent stays as it was.
func (p *Portal) choose(q *request) error {
	if err := q.signedIn(); err != nil {
		return err
	}
	before, err := p.Notifications.Choices(q.Context(), q.viewer)
	if err != nil {
		return err
	}
	c := notification.Choices{Classes: map[notification.Class]notification.Channel{}, Topics: map[notification.Topic]notification.Channel{}, Zone: strings.TrimSpace(q.typed.Get("zone"))}
	for _, class := range notification.Classes {
		c.Classes[class] = before.Class(class)
		if sent := q.typed.Get(string(class)); sent != "" {
			c.Classes[class] = notification.Channel(sent)
		}
		for _, topic := range notification.Topics(class) {
			if sent := q.typed.Get(topicField + string(topic)); sent != "" {
				c.Topics[topic] = notification.Channel(sent)
			}
		}
	}
	if c.Hour, err = strconv.Atoi(q.typed.Get("hour")); err != nil {
		c.Hour = -1
	}
	if err := p.Notifications.Choose(q.Context(), q.viewer, c); err != nil {
		return q.refused(err, func(f view.Form) (view.Page, error) { return p.choicesPage(q, c, f), nil })
	}
	return q.done("/me/notifications", view.Say("notice.saved"))
}

// unsubscribe asks: a mail program that opens links to check them must not
// change anything.
func (p *Portal) unsubscribe(q *request) error {
	scope, err := p.Notifications.Subscription(q.PathValue("token"))
	if err != nil {
		return err
	}
	return q.show(p.unsubscribePage(q, scope))
}

func (p *Portal) unsubscribePage(q *request, scope notification.Scope) view.UnsubscribePage {
	page := view.UnsubscribePage{Frame: q.frame(), Action: q.URL.Path, Question: view.Say("notification.unsubscribe_daily")}
	switch {
	case scope.Class != "":
		page.Question = view.Say("notification.unsubscribe_class", p.say(q, "notification.class."+string(scope.Class)))
	case scope.Channel == notification.Weekly:
		page.Question = view.Say("notification.unsubscribe_weekly")
	}
	return page
}

// doUnsubscribe is sent by the page, and by mail programs in one click (RFC
// 8058 §3.2), without signing in.
func (p *Portal) doUnsubscribe(q *request) error {
	scope, err := p.Notifications.Unsubscribe(q.Context(), q.PathValue("token"))
	if err != nil {
		return err
	}
	page := p.unsubscribePage(q, scope)
	page.Done = true
	return q.show(page)
}
