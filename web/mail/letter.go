package mail

import (
	"encoding/hex"
	"fmt"
	"net/mail"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	gomail "github.com/wneessen/go-mail"

	"interlink/domain"
	"interlink/domain/account"
)

// letter is what a mail says.
type letter struct {
	to       string
	language domain.Lang
	subject  string
	body     string // with a line break at each end of a paragraph

	html        string // the same, for programs that show it; "" for none
	id          string // of what it tells, the same each time it is sent; "" for one that is sent once
	unsubscribe string // address that ends such mails (RFC 8058); "" for one that must be sent
}

// letter puts a mail into words. Errors: Invalid if it cannot be one; nobody
// could ever send it.
func (s *Sender) letter(m account.Mail) (letter, error) {
	to, err := mail.ParseAddress(m.To)
	if err != nil || to.Address != m.To {
		return letter{}, invalid("%q is no address", m.To)
	}
	switch m.Kind {
	case account.MailConfirm, account.MailKnown, account.MailReset, account.MailApproved, account.MailInvite, account.MailJoin, account.MailLeaving, account.MailLeft,
		account.MailNotice, account.MailDecision, account.MailStatement, account.MailComplaint:
	default:
		return letter{}, invalid("no mail is of the kind %q", m.Kind)
	}
	link, err := url.Parse(m.Link)
	if err != nil || link.Host == "" || strings.ContainsFunc(m.Link, func(r rune) bool { return r <= ' ' }) {
		return letter{}, invalid("%q is no link", m.Link)
	}
	p, node, key := s.o.Catalog.Printer(m.Language, nil), line(s.o.Name), "mail."+string(m.Kind)
	about := ""
	if m.About != nil {
		called, _ := m.About.In(p.Lang)
		if about = named(called); about == "" {
			about = node
		}
	}
	hello := p.T("mail.hello")
	if name := greetable(m.Name); name != "" {
		hello = p.T("mail.hello_name", name)
	}
	foot := p.T("mail.no_answer")
	if s.o.Contact != "" {
		foot = p.T("mail.contact", s.o.Contact)
	}
	return letter{
		to: m.To, language: p.Lang, subject: p.T(key+".subject", node, about),
		body: strings.Join([]string{
			hello, p.T(key+".words", node, about), m.Link, p.T(key + ".after"),
			"-- \n" + node + "\n" + s.o.BaseURL + "\n" + foot, // RFC 3676 §4.3
		}, "\n\n") + "\n",
	}, nil
}

func invalid(format string, args ...any) error {
	return domain.Fail(domain.Invalid, "error.invalid").Because(fmt.Errorf("mail: "+format, args...))
}

// longestGreeting is in letters.
const longestGreeting = 40

// greetable returns a name if it can only be read as one, else "": whoever
// signs up with somebody else's address must not write them a message, least
// of all one with an address to open.
func greetable(name string) string {
	name = strings.TrimSpace(name)
	if utf8.RuneCountInString(name) > longestGreeting || strings.ContainsFunc(name, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsMark(r) && !strings.ContainsRune(" -'’", r)
	}) {
		return ""
	}
	return name
}

// longestNamed is how much of the name of a group a mail repeats, in letters.
const longestNamed = 80

// named returns what a group is called, if it can only be read as a name, else
// "": whoever makes a group must not write a message to strangers, least of all
// one with an address to open.
func named(name string) string {
	name = line(name)
	if utf8.RuneCountInString(name) > longestNamed || strings.Contains(name, "//") || strings.ContainsFunc(name, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r) && !strings.ContainsRune(" -'’,()&–/", r)
	}) {
		return ""
	}
	return name
}

// line makes one line of a text.
func line(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
}

// message makes the mail itself (RFC 5322): plain text in UTF-8, written in
// quoted-printable, marked as sent by a program (RFC 3834 §5) so that no
// absence note answers it.
func (s *Sender) message(l letter) (*gomail.Msg, error) {
	m := gomail.NewMsg(gomail.WithCharset(gomail.CharsetUTF8), gomail.WithEncoding(gomail.EncodingQP), gomail.WithNoDefaultUserAgent())
	if err := m.FromFormat(line(s.o.Name), s.o.SMTP.From); err != nil {
		return nil, err
	}
	if err := m.To(l.to); err != nil {
		return nil, invalid("%w", err)
	}
	if s.o.Contact != "" {
		if err := m.ReplyTo(s.o.Contact); err != nil {
			return nil, err
		}
	}
	m.Subject(line(l.subject))
	m.SetDateWithValue(s.o.Mint.Now())
	id := l.id
	if id == "" {
		id = hex.EncodeToString(s.o.Mint.Secret(16))
	}
	m.SetMessageIDWithValue(id + "@" + s.o.SMTP.From[strings.LastIndexByte(s.o.SMTP.From, '@')+1:])
	m.SetGenHeader("Auto-Submitted", "auto-generated")
	m.SetGenHeader("Content-Language", string(l.language))
	if l.unsubscribe != "" { // RFC 2369 §3.2, RFC 8058 §3.1
		m.SetGenHeaderPreformatted("List-Unsubscribe", "<"+l.unsubscribe+">")
		m.SetGenHeader("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")
	}
	m.SetBodyString(gomail.TypeTextPlain, l.body)
	if l.html != "" {
		m.AddAlternativeString(gomail.TypeTextHTML, l.html)
	}
	return m, nil
}
