package mail

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/mail"
	"slices"
	"time"

	gomail "github.com/wneessen/go-mail"

	"interlink/domain"
	"interlink/domain/account"
	"interlink/web/locale"
)

// SMTP is the server that takes mails.
type SMTP struct {
	Host     string // "" for none
	Port     int    // 0 means the usual one: 587, with tls 465, with none 25
	Username string // "" to send without signing in
	Password string
	From     string // e-mail address
	TLS      string // "starttls" (also ""), "tls" from the first byte, or "none"
}

// Options of a [Sender].
type Options struct {
	SMTP    SMTP
	Roots   *x509.CertPool // authorities trusted for the server; nil means the system's
	Print   bool           // loopback mode: without a server, mails are written in the log
	Name    string         // of the node
	BaseURL string         // of the node
	Contact string         // address that answers go to; "" if nobody reads them

	Catalog *locale.Catalog // nil means the program's
	Mint    *domain.Mint    // nil means time and randomness of the machine
	Log     *slog.Logger    // nil discards
}

// timeout is how long connecting, and then sending, may take.
const timeout = 15 * time.Second

// Sender sends mails. It is safe for concurrent use.
type Sender struct {
	o       Options
	options []gomail.Option
	dial    func(ctx context.Context, network, address string) (net.Conn, error)
}

// NewSender makes a sender. It does not connect. Errors: one that says what
// is wrong with the options.
func NewSender(o Options) (*Sender, error) {
	if o.Catalog == nil {
		o.Catalog = locale.Default()
	}
	if o.Mint == nil {
		o.Mint = domain.NewMint(nil, nil)
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	s := &Sender{o: o}
	if o.SMTP.Host == "" {
		return s, nil
	}
	for _, address := range []string{o.SMTP.From, o.Contact} {
		if a, err := mail.ParseAddress(address); address != "" && (err != nil || a.Address != address) {
			return nil, fmt.Errorf("mail: %q is no e-mail address", address)
		}
	}
	if o.SMTP.From == "" {
		return nil, errors.New("mail: no address to send from")
	}
	protection, err := o.SMTP.protection()
	if err != nil {
		return nil, err
	}
	trust := &tls.Config{ServerName: o.SMTP.Host, RootCAs: o.Roots, MinVersion: tls.VersionTLS12}
	s.options = append(protection, gomail.WithTimeout(timeout), gomail.WithTLSConfig(trust))
	s.dial = new(net.Dialer).DialContext
	if o.SMTP.TLS == "tls" {
		s.dial = (&tls.Dialer{Config: trust}).DialContext
	}
	if _, err := gomail.NewClient(o.SMTP.Host, s.options...); err != nil {
		return nil, fmt.Errorf("mail: %w", err)
	}
	return s, nil
}

// protection says how to connect and to sign in. Without TLS a password is
// sent to this machine alone, which the library holds.
func (o SMTP) protection() ([]gomail.Option, error) {
	var options []gomail.Option
	port := 587
	auth := gomail.WithOpportunisticSMTPAuth(gomail.SMTPAuthSCRAMSHA256, gomail.SMTPAuthPlain, gomail.SMTPAuthLogin, gomail.SMTPAuthCramMD5)
	switch o.TLS {
	case "", "starttls":
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	case "tls":
		port = 465
		options = append(options, gomail.WithSSL())
	case "none":
		port, auth = 25, gomail.WithSMTPAuth(gomail.SMTPAuthPlain)
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS))
	default:
		return nil, fmt.Errorf("mail: no protection is called %q", o.TLS)
	}
	if o.Port != 0 {
		port = o.Port
	}
	if o.Username != "" {
		options = append(options, auth, gomail.WithUsername(o.Username), gomail.WithPassword(o.Password))
	}
	return append(options, gomail.WithPort(port)), nil
}

// Send sends one mail. Errors: Unavailable if it should be tried again, as
// when the server does not answer or says so; Invalid if that would not help:
// the server refused this mail or address for good, or it is no mail.
func (s *Sender) Send(ctx context.Context, m account.Mail) error {
	l, err := s.letter(m)
	if err != nil {
		return err
	}
	return s.send(ctx, l, m.Link)
}

// send sends a letter, or writes it in the log with the link that counts.
func (s *Sender) send(ctx context.Context, l letter, link string) error {
	if s.o.SMTP.Host == "" {
		return s.print(ctx, l, link)
	}
	message, err := s.message(l)
	if err != nil {
		return err
	}
	err = s.deliver(ctx, message)
	if message.IsDelivered() {
		return nil // whatever went wrong afterwards
	}
	return classify(err)
}

// deliver connects and sends.
func (s *Sender) deliver(ctx context.Context, message *gomail.Msg) error {
	return s.connect(ctx, func(ctx context.Context, client *gomail.Client) error {
		return client.DialAndSendWithContext(ctx, message)
	})
}

// Greet connects to the server and signs in, and sends nothing. Errors:
// Unavailable.
func (s *Sender) Greet(ctx context.Context) error {
	return classify(s.connect(ctx, func(ctx context.Context, client *gomail.Client) error {
		if err := client.DialWithContext(ctx); err != nil {
			return err
		}
		return client.Close()
	}))
}

// connect gives do a client. The library leaves the connection open when
// greeting or signing in fail, so it is closed here, also when ctx ends.
func (s *Sender) connect(ctx context.Context, do func(context.Context, *gomail.Client) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	dial := gomail.WithDialContextFunc(func(dialing context.Context, network, address string) (net.Conn, error) {
		conn, err := s.dial(dialing, network, address)
		if err == nil {
			context.AfterFunc(ctx, func() { _ = conn.Close() })
		}
		return conn, err
	})
	client, err := gomail.NewClient(s.o.SMTP.Host, append(slices.Clone(s.options), dial)...)
	if err != nil {
		return err
	}
	return do(ctx, client)
}

// print writes a mail in the log, where the person who tries the node out
// finds its link.
func (s *Sender) print(ctx context.Context, l letter, link string) error {
	if !s.o.Print {
		return domain.Fail(domain.Unavailable, "error.unavailable").Because(errors.New("mail: no server is set: see smtp.host"))
	}
	s.o.Log.InfoContext(ctx, "a mail, as no server is set to send it", "to", l.to, "subject", l.subject, "link", link, "text", l.body)
	return nil
}

// classify tells a failure that passes from one that stays.
func classify(err error) error {
	if err == nil {
		return nil
	}
	var e *gomail.SendError
	if errors.As(err, &e) {
		switch code := e.ErrorCode(); {
		case code == 530 || code == 534 || code == 535 || code == 538: // RFC 4954 §6: about us, not about the mail
		case code >= 500 && code < 600, e.Reason == gomail.ErrGetRcpts:
			return domain.Fail(domain.Invalid, "error.invalid").Because(fmt.Errorf("mail: %w", err))
		}
	}
	return domain.Fail(domain.Unavailable, "error.unavailable").Because(fmt.Errorf("mail: %w", err))
}
