package node

import (
	"context"
	"slices"
	"time"

	"interlink/domain"
	"interlink/domain/account"
	"interlink/domain/notification"
	"interlink/web/locale"
	"interlink/web/mail"
)

// maxMailed is how much one mail tells; of the rest it says that there is more.
const maxMailed = 30

// mailNews is the handler of notification.JobSend. That a mail was sent is
// noted right after the server took it: a process that is killed in between,
// while one row is written, sends it again, with the Message-ID that it had, by
// which most mailboxes show it once. What was read meanwhile is left out, and a
// mail without anything left is not sent.
func (n *Node) mailNews(sender *mail.Sender) func(context.Context, notification.SendArgs) error {
	return func(ctx context.Context, args notification.SendArgs) error {
		m, err := n.stores.notifications.Mail(ctx, args.Mail)
		if err != nil || !m.Sent.IsZero() {
			return err
		}
		news, err := n.news(ctx, m)
		if err != nil {
			return err
		}
		if news != nil && sender.Sends() {
			if err := sender.SendNews(ctx, *news); err != nil {
				return err
			}
		}
		return n.stores.notifications.MailSent(context.WithoutCancel(ctx), m.ID, n.mint.Now())
	}
}

// news writes a mail; nil if there is nothing to tell, or nobody to.
func (n *Node) news(ctx context.Context, m *notification.Mail) (*mail.News, error) {
	a, err := n.stores.notifications.Recipient(ctx, m.Person)
	if domain.CodeOf(err) == domain.NotFound || err == nil && (a.Email == "" || a.State != account.Active) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	list, err := n.stores.notifications.MailNews(ctx, m.ID, domain.Page{Limit: maxMailed})
	if err != nil || len(list.Items) == 0 {
		return nil, err
	}
	base := n.Namespace.Base()
	news := &mail.News{
		ID: m.ID, To: a.Email, Name: a.DisplayName, Language: a.Language, Scope: m.Scope, More: list.Next != "",
		All: base + "/notifications", Choices: base + "/me/notifications", Unsubscribe: base + "/unsubscribe/" + n.Notifications.Token(m.Person, m.Scope),
	}
	lines := notification.Lines(list.Items, func(time.Time) string { return "" }) // one mail is one day
	actors, err := n.Network.Actors(ctx, a.Viewer(), notification.Named(lines))
	if err != nil {
		return nil, err
	}
	words := locale.Default().Printer(a.Language, n.o.Zone)
	for _, l := range lines {
		text, path := words.Notification(l, actors, n.Namespace)
		if line := (mail.NewsLine{Text: text, Link: base + path}); !slices.Contains(news.Lines, line) {
			news.Lines = append(news.Lines, line) // what reads the same is said once
		}
	}
	return news, nil
}
