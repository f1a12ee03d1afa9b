package mail

import (
	"bytes"
	"context"
	"html/template"
	"net/mail"
	"strings"

	"interlink/domain"
	"interlink/domain/notification"
)

// News is a mail about notifications. Its lines are in the recipient's
// language already: what others typed is in them as text.
type News struct {
	ID          domain.ID // makes the Message-ID: sent again, programs know it again
	To          string
	Name        string // of the recipient
	Language    domain.Lang
	Scope       notification.Scope
	Lines       []NewsLine
	More        bool   // there is more than these
	All         string // address of all notifications
	Choices     string // address where people choose how they are told
	Unsubscribe string // address that ends the mails of the scope, by POST without signing in
}

// NewsLine is one thing that the recipient is told.
type NewsLine struct {
	Text string
	Link string
}

// Sends reports whether mails go anywhere.
func (s *Sender) Sends() bool { return s.o.SMTP.Host != "" || s.o.Print }

// SendNews sends a mail about notifications. Errors: as those of [Sender.Send].
func (s *Sender) SendNews(ctx context.Context, n News) error {
	l, err := s.news(n)
	if err != nil {
		return err
	}
	return s.send(ctx, l, n.All)
}

// news puts it into words.
func (s *Sender) news(n News) (letter, error) {
	to, err := mail.ParseAddress(n.To)
	if err != nil || to.Address != n.To {
		return letter{}, invalid("%q is no address", n.To)
	}
	if len(n.Lines) == 0 {
		return letter{}, invalid("there is nothing to tell")
	}
	p, node := s.o.Catalog.Printer(n.Language, nil), line(s.o.Name)
	hello := p.T("mail.hello")
	if name := greetable(n.Name); name != "" {
		hello = p.T("mail.hello_name", name)
	}
	foot := p.T("mail.no_answer")
	if s.o.Contact != "" {
		foot = p.T("mail.contact", s.o.Contact)
	}
	subject := ""
	switch {
	case n.Scope.Channel == notification.Daily:
		subject = p.T("notification.mail.daily", node)
	case n.Scope.Channel == notification.Weekly:
		subject = p.T("notification.mail.weekly", node)
	case len(n.Lines) == 1:
		subject = node + ": " + n.Lines[0].Text
	default:
		subject = p.T("notification.mail.several", len(n.Lines), node)
	}
	parts := []string{hello, p.T("notification.mail.words", node)}
	for _, x := range n.Lines {
		parts = append(parts, "* "+line(x.Text)+"\n  "+x.Link)
	}
	if n.More {
		parts = append(parts, p.T("notification.mail.rest")+"\n"+n.All)
	}
	parts = append(parts,
		"-- \n"+node+"\n"+s.o.BaseURL+"\n"+foot, // RFC 3676 §4.3
		p.T("notification.mail.stop")+"\n"+n.Unsubscribe, p.T("notification.mail.choose")+"\n"+n.Choices)
	// In HTML the words are the link: an address with a secret is long.
	linked := func(key string) string { return strings.TrimRight(p.T("notification.mail."+key), ": ") }
	var html bytes.Buffer
	err = newsPage.Execute(&html, map[string]any{
		"News": n, "Lang": p.Lang, "Subject": line(subject), "Hello": hello, "Words": p.T("notification.mail.words", node), "Rest": linked("rest"),
		"Node": node, "Base": s.o.BaseURL, "Foot": foot, "Stop": linked("stop"), "Choose": linked("choose"),
	})
	return letter{
		to: n.To, language: p.Lang, subject: subject, body: strings.Join(parts, "\n\n") + "\n", html: html.String(), id: string(n.ID), unsubscribe: n.Unsubscribe,
	}, err
}

// newsPage is the mail as HTML: no pictures, nothing from elsewhere, colours of
// the reader's program.
var newsPage = template.Must(template.New("news").Parse(`<!doctype html>
<html lang="{{.Lang}}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><title>{{.Subject}}</title></head>
<body style="font-family:sans-serif;font-size:16px;line-height:1.5;max-width:40em;margin:0 auto;padding:16px;overflow-wrap:anywhere">
<p>{{.Hello}}</p>
<p>{{.Words}}</p>
<ul style="padding-left:1.2em">{{range .News.Lines}}
<li style="margin:0 0 12px"><a href="{{.Link}}">{{.Text}}</a></li>{{end}}
</ul>
{{- if .News.More}}
<p><a href="{{.News.All}}">{{.Rest}}</a></p>
{{- end}}
<hr style="border:0;border-top:1px solid #888;margin:24px 0 12px">
<p style="font-size:14px"><a href="{{.Base}}">{{.Node}}</a><br>{{.Foot}}</p>
<p style="font-size:14px"><a href="{{.News.Unsubscribe}}">{{.Stop}}</a><br><a href="{{.News.Choices}}">{{.Choose}}</a></p>
</body></html>
`))
