package mail

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"mime"
	"mime/quotedprintable"
	"net/mail"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"interlink/domain"
	"interlink/domain/account"
	"interlink/web/locale"
)

var noon = time.Date(2026, 1, 5, 12, 0, 0, 0, time.UTC)

// options are those of a node that sends to a server without protection.
func options(s *server) Options {
	return Options{
		SMTP: SMTP{Host: "127.0.0.1", Port: s.port(), From: "noreply@city.example", TLS: "none"}, Roots: s.roots,
		Name: "Ciudad de Ñandú", BaseURL: "https://city.example", Contact: "info@city.example",
		Mint: domain.NewMint(func() time.Time { return noon }, nil),
	}
}

func newSender(t *testing.T, o Options) *Sender {
	t.Helper()
	s, err := NewSender(o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

var confirm = account.Mail{
	To: "ana@mail.example", Kind: account.MailConfirm, Language: "es", Name: "Ana Ruiz",
	Link: "https://city.example/confirm/abc_-123",
}

// read parses a mail as a reader's program would.
func read(t *testing.T, data string) (mail.Header, string) {
	t.Helper()
	m, err := mail.ReadMessage(strings.NewReader(data))
	if err != nil {
		t.Fatalf("no mail: %v\n%s", err, data)
	}
	if enc := m.Header.Get("Content-Transfer-Encoding"); enc != "quoted-printable" {
		t.Errorf("encoding %q", enc)
	}
	body, err := io.ReadAll(quotedprintable.NewReader(m.Body))
	if err != nil {
		t.Fatal(err)
	}
	return m.Header, strings.ReplaceAll(string(body), "\r\n", "\n")
}

func decoded(t *testing.T, header string) string {
	t.Helper()
	s, err := new(mime.WordDecoder).DecodeHeader(header)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestMail(t *testing.T) {
	t.Parallel()
	server := newServer(t, nil)
	if err := newSender(t, options(server)).Send(t.Context(), confirm); err != nil {
		t.Fatal(err)
	}
	got := server.got()
	if len(got) != 1 || got[0].from != "noreply@city.example" || got[0].to != "ana@mail.example" {
		t.Fatalf("taken: %+v", got)
	}
	header, body := read(t, got[0].data)
	for name, want := range map[string]string{
		"From": `Ciudad de Ñandú <noreply@city.example>`, "To": "<ana@mail.example>", "Reply-To": "<info@city.example>",
		"Subject": "Confirme su dirección en Ciudad de Ñandú", "Auto-Submitted": "auto-generated",
		"Date": "Mon, 05 Jan 2026 12:00:00 +0000", "Content-Type": "text/plain; charset=UTF-8", "Mime-Version": "1.0",
		"Content-Language": "es",
	} {
		if value := strings.ReplaceAll(decoded(t, header.Get(name)), `"`, ""); value != want {
			t.Errorf("%s: %q, want %q", name, value, want)
		}
	}
	if id := header.Get("Message-Id"); !regexp.MustCompile(`^<[0-9a-f]{32}@city\.example>$`).MatchString(id) {
		t.Errorf("Message-ID %q", id)
	}
	for name := range header {
		if name == "User-Agent" || name == "X-Mailer" || name == "Bcc" {
			t.Errorf("header %s", name)
		}
	}
	const want = `Hola, Ana Ruiz:

Alguien, probablemente usted, ha creado una cuenta en Ciudad de Ñandú con esta dirección. Para confirmar que la dirección es suya, abra este enlace en un plazo de tres días:

https://city.example/confirm/abc_-123

Si no ha sido usted, no haga nada: sin este enlace nadie puede usar la cuenta.

-- 
Ciudad de Ñandú
https://city.example
¿Preguntas? Responda a este correo o escriba a info@city.example.
`
	if strings.TrimRight(body, "\n") != strings.TrimRight(want, "\n") {
		t.Errorf("body:\n%s\nwant\n%s", body, want)
	}
	for line := range strings.Lines(got[0].data) { // RFC 5322 §2.1.1, RFC 2045 §6.7
		if len(line) > 78 || !strings.HasSuffix(line, "\r\n") || strings.ContainsFunc(line, func(r rune) bool { return r > 126 }) {
			t.Errorf("line %q", line)
		}
	}
}

// Each kind of mail says in each language what it must.
func TestKinds(t *testing.T) {
	t.Parallel()
	s := newSender(t, Options{Name: "City", BaseURL: "https://city.example"})
	langs, about := locale.Default().Langs(), domain.Text{domain.Undetermined: "2027-4F2A9C11"}
	kinds := []account.MailKind{
		account.MailConfirm, account.MailKnown, account.MailReset, account.MailApproved, account.MailInvite, account.MailJoin, account.MailLeaving, account.MailLeft,
		account.MailNotice, account.MailDecision, account.MailStatement, account.MailComplaint,
	}
	seen := map[string]bool{}
	for _, kind := range kinds {
		for _, lang := range append(langs, "fr", "") {
			l, err := s.letter(account.Mail{To: "a@b.example", Kind: kind, Language: lang, About: about, Link: "https://city.example/" + string(kind)})
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(l.subject+l.body, "City") || !strings.Contains(l.body, "\n\nhttps://city.example/"+string(kind)+"\n\n") ||
				strings.Contains(l.subject+l.body, "mail."+string(kind)) || strings.Contains(l.body, "mail.hello") || strings.Contains(l.subject+l.body, "{") || strings.Contains(l.body, "info@") {
				t.Errorf("%s in %s: %s\n%s", kind, lang, l.subject, l.body)
			}
			if l.language != "en" {
				if seen[l.subject] {
					t.Errorf("two mails have the subject %q", l.subject)
				}
				seen[l.subject] = true
			}
			show(t, string(kind), l)
		}
	}
	if len(langs) < 3 || len(seen) != len(kinds)*(len(langs)-1) {
		t.Errorf("%d subjects in %v", len(seen), langs)
	}
}

// show writes a mail to the directory that TEST_MAILS names, to be looked at.
func show(t *testing.T, name string, l letter) {
	t.Helper()
	dir := os.Getenv("TEST_MAILS")
	if dir == "" {
		return
	}
	at := filepath.Join(dir, name+"."+string(l.language))
	for ext, body := range map[string]string{".txt": l.subject + "\n\n" + l.body, ".html": l.html} {
		if err := os.WriteFile(at+ext, []byte(body), 0o600); body != "" && err != nil {
			t.Error(err)
		}
	}
}

// What others typed stays where it belongs.
func TestInjection(t *testing.T) {
	t.Parallel()
	server := newServer(t, nil)
	o := options(server)
	o.Name = "City\r\nBcc: all@mail.example\r\n\r\n.\r\nQUIT"
	sender := newSender(t, o)
	m := confirm
	m.Name = "Ana\r\nBcc: bo@mail.example"
	if err := sender.Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	got := server.got()
	header, body := read(t, got[0].data)
	if len(got) != 1 || header.Get("Bcc") != "" || got[0].to != "ana@mail.example" || !strings.HasPrefix(body, "Hola:\n") {
		t.Errorf("taken: %+v", got)
	}
	if s := decoded(t, header.Get("Subject")); s != "Confirme su dirección en City Bcc: all@mail.example . QUIT" {
		t.Errorf("subject %q", s)
	}
	for name, m := range map[string]account.Mail{
		"line break in the address": {To: "ana@mail.example\r\nBcc: bo@mail.example", Kind: account.MailReset, Link: confirm.Link},
		"two addresses":             {To: "ana@mail.example,bo@mail.example", Kind: account.MailReset, Link: confirm.Link},
		"address with a name":       {To: "Ana <ana@mail.example>", Kind: account.MailReset, Link: confirm.Link},
		"no address":                {Kind: account.MailReset, Link: confirm.Link},
		"line break in the link":    {To: confirm.To, Kind: account.MailReset, Link: "https://city.example/\n\nGo to https://evil.example"},
		"no link":                   {To: confirm.To, Kind: account.MailReset},
		"another kind":              {To: confirm.To, Kind: "advert", Link: confirm.Link},
	} {
		if err := sender.Send(t.Context(), m); domain.CodeOf(err) != domain.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	if n := len(server.got()); n != 1 {
		t.Errorf("%d mails were sent", n)
	}
	for name, want := range map[string]string{
		"Ana Ruiz": "Ana Ruiz", " Seán O’Neill-Óg ": "Seán O’Neill-Óg", "अनिता": "अनिता", "": "",
		"Win at evil.example": "", "https://evil.example": "", "call 555": "", "a\nb": "", strings.Repeat("a", 41): "",
	} {
		if got := greetable(name); got != want {
			t.Errorf("%q is greeted as %q, want %q", name, got, want)
		}
	}
}

// A mail is tried again exactly if that can help.
func TestFailures(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		command, reply string
		want           domain.Code
		taken          int
	}{
		"busy":                {"", "421 4.3.2 later", domain.Unavailable, 0},
		"no EHLO":             {"EHLO", "hang up", domain.Unavailable, 0},
		"sender, later":       {"MAIL", "451 4.3.0 later", domain.Unavailable, 0},
		"sender, never":       {"MAIL", "550 5.7.1 never", domain.Invalid, 0},
		"sign in first":       {"MAIL", "530 5.7.0 sign in first", domain.Unavailable, 0},
		"mailbox full":        {"RCPT", "452 4.2.2 full", domain.Unavailable, 0},
		"greylisted":          {"RCPT", "450 4.7.1 greylisted", domain.Unavailable, 0},
		"nobody":              {"RCPT", "550 5.1.1 nobody", domain.Invalid, 0},
		"no data, later":      {"DATA", "421 4.3.0 later", domain.Unavailable, 0},
		"no data, never":      {"DATA", "554 5.5.1 never", domain.Invalid, 0},
		"refused, later":      {".", "451 4.7.1 later", domain.Unavailable, 0},
		"refused, never":      {".", "554 5.7.1 spam", domain.Invalid, 0},
		"hangs up in between": {".", "hang up", domain.Unavailable, 0},
		"hangs up afterwards": {"RSET", "hang up", domain.OK, 1},
		"no farewell":         {"QUIT", "500 what", domain.OK, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := newServer(t, func(s *server) { s.say[c.command] = c.reply })
			err := newSender(t, options(server)).Send(t.Context(), confirm)
			if got := domain.CodeOf(err); got != c.want {
				t.Errorf("%v: code %q, want %q", err, got, c.want)
			}
			if n := len(server.got()); n != c.taken {
				t.Errorf("%d mails were taken, want %d", n, c.taken)
			}
		})
	}
	t.Run("nobody listens", func(t *testing.T) {
		t.Parallel()
		server := newServer(t, nil)
		sender := newSender(t, options(server))
		server.l.Close()
		if err := sender.Send(t.Context(), confirm); domain.CodeOf(err) != domain.Unavailable {
			t.Errorf("error %v", err)
		}
	})
	t.Run("cancelled", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := newSender(t, options(newServer(t, nil))).Send(ctx, confirm); domain.CodeOf(err) != domain.Unavailable {
			t.Errorf("error %v", err)
		}
	})
}

func TestProtection(t *testing.T) {
	t.Parallel()
	const login = "node\x00seven wet umbrellas"
	signedIn := func(o *Options) { o.SMTP.Username, o.SMTP.Password = "node", "seven wet umbrellas" }
	for name, c := range map[string]struct {
		server func(*server)
		sender func(*Options)
		want   domain.Code
		secure bool
		login  string
	}{
		"starttls":                 {func(s *server) { s.starttls, s.auth = true, login }, func(o *Options) { o.SMTP.TLS = ""; signedIn(o) }, domain.OK, true, login},
		"tls":                      {func(s *server) { s.implicit, s.auth = true, login }, func(o *Options) { o.SMTP.TLS = "tls"; signedIn(o) }, domain.OK, true, login},
		"none, on this machine":    {func(s *server) { s.auth = login }, signedIn, domain.OK, false, login},
		"without signing in":       {func(s *server) { s.starttls, s.auth = true, login }, func(o *Options) { o.SMTP.TLS = "starttls" }, domain.OK, true, ""},
		"starttls is not offered":  {func(s *server) { s.auth = login }, func(o *Options) { o.SMTP.TLS = "starttls"; signedIn(o) }, domain.Unavailable, false, ""},
		"starttls is refused":      {func(s *server) { s.starttls = true; s.say["STARTTLS"] = "454 4.7.0 not now" }, func(o *Options) { o.SMTP.TLS = "starttls" }, domain.Unavailable, false, ""},
		"certificate of nobody":    {func(s *server) { s.starttls = true }, func(o *Options) { o.SMTP.TLS, o.Roots = "starttls", nil }, domain.Unavailable, false, ""},
		"certificate, implicitly":  {func(s *server) { s.implicit = true }, func(o *Options) { o.SMTP.TLS, o.Roots = "tls", nil }, domain.Unavailable, false, ""},
		"certificate of another":   {func(s *server) { s.starttls = true }, func(o *Options) { o.SMTP.TLS, o.SMTP.Host = "starttls", "localhost" }, domain.Unavailable, false, ""},
		"wrong password":           {func(s *server) { s.starttls, s.auth = true, "node\x00another" }, func(o *Options) { o.SMTP.TLS = "starttls"; signedIn(o) }, domain.Unavailable, false, ""},
		"signing in not offered":   {func(s *server) { s.starttls = true }, func(o *Options) { o.SMTP.TLS = "starttls"; signedIn(o) }, domain.Unavailable, false, ""},
		"plain talk to a TLS port": {func(s *server) { s.implicit = true; s.say[""] = "hang up" }, func(o *Options) { o.SMTP.TLS = "tls" }, domain.Unavailable, false, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := newServer(t, c.server)
			o := options(server)
			c.sender(&o)
			err := newSender(t, o).Send(t.Context(), confirm)
			if got := domain.CodeOf(err); got != c.want {
				t.Fatalf("%v: code %q, want %q", err, got, c.want)
			}
			got := server.got()
			switch {
			case c.want != domain.OK && len(got) != 0:
				t.Errorf("taken: %+v", got)
			case c.want == domain.OK && (len(got) != 1 || got[0].secure != c.secure || got[0].login != c.login):
				t.Errorf("taken: %+v", got)
			}
			if err != nil && strings.Contains(err.Error(), "umbrellas") {
				t.Errorf("the password is in %v", err)
			}
		})
	}
}

func TestNewSender(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]Options{
		"no sender":     {SMTP: SMTP{Host: "mail.example"}},
		"broken sender": {SMTP: SMTP{Host: "mail.example", From: "City <a@b.example>"}},
		"contact":       {SMTP: SMTP{Host: "mail.example", From: "a@b.example"}, Contact: "call us"},
		"protection":    {SMTP: SMTP{Host: "mail.example", From: "a@b.example", TLS: "some"}},
		"port":          {SMTP: SMTP{Host: "mail.example", From: "a@b.example", Port: 70000}},
	} {
		if _, err := NewSender(o); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// Without a server the mail is in the log, but in loopback mode alone.
func TestLog(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	o := Options{Print: true, Name: "City", BaseURL: "https://city.example", Log: slog.New(slog.NewTextHandler(&log, nil))}
	if err := newSender(t, o).Send(t.Context(), confirm); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"to=ana@mail.example", "link=https://city.example/confirm/abc_-123", "Confirme su direcci"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("%q is not in %s", want, log.String())
		}
	}
	log.Reset()
	o.Print = false
	if err := newSender(t, o).Send(t.Context(), confirm); domain.CodeOf(err) != domain.Unavailable || log.Len() != 0 {
		t.Errorf("error %v, log %s", err, log.String())
	}
}
