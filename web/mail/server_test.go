package mail

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"net"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// taken is a mail that the server took.
type taken struct {
	from, to string // of the envelope
	data     string // as received, without the dots of SMTP
	secure   bool   // over TLS
	login    string // "user\x00password"
}

// server speaks SMTP on a loopback address, as far as mails of a node need
// it: EHLO, STARTTLS, AUTH PLAIN, MAIL, RCPT, DATA, RSET, NOOP, QUIT.
type server struct {
	t        *testing.T
	l        net.Listener
	tls      *tls.Config
	roots    *x509.CertPool
	implicit bool
	starttls bool
	auth     string            // "user\x00password" that it wants
	say      map[string]string // reply by command in place of the usual one; "hang up" ends the connection

	mu    sync.Mutex
	mails []taken
	conns sync.WaitGroup
}

// newServer starts a server that ends with the test.
func newServer(t *testing.T, with func(*server)) *server {
	t.Helper()
	web := httptest.NewTLSServer(nil) // for its certificate
	t.Cleanup(web.Close)
	s := &server{t: t, tls: web.TLS, roots: x509.NewCertPool(), say: map[string]string{}}
	s.roots.AddCert(web.Certificate())
	if with != nil {
		with(s)
	}
	var err error
	if s.l, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.l.Close(); s.conns.Wait() })
	s.conns.Go(s.accept)
	return s
}

func (s *server) port() int { return s.l.Addr().(*net.TCPAddr).Port }

func (s *server) accept() {
	for {
		c, err := s.l.Accept()
		if err != nil {
			return
		}
		s.conns.Go(func() {
			defer c.Close()
			if s.implicit {
				c = tls.Server(c, s.tls)
			}
			(&session{server: s, conn: c, r: bufio.NewReader(c), mail: taken{secure: s.implicit}}).talk()
		})
	}
}

func (s *server) got() []taken {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]taken{}, s.mails...)
}

// session is one connection.
type session struct {
	*server
	conn net.Conn
	r    *bufio.Reader
	mail taken
	done bool
}

func (c *session) reply(command, usual string) bool {
	text, ok := c.say[command]
	if !ok {
		text = usual
	}
	if text == "hang up" {
		c.done = true
		return false
	}
	_, err := c.conn.Write([]byte(text + "\r\n"))
	c.done = c.done || err != nil
	return text[0] == '2' || text[0] == '3'
}

func (c *session) talk() {
	c.reply("", "220 mail.example ESMTP")
	for !c.done {
		lineRead, err := c.r.ReadString('\n')
		if err != nil {
			return
		}
		words := strings.Fields(lineRead)
		if len(words) == 0 {
			continue
		}
		c.command(strings.ToUpper(words[0]), strings.TrimSpace(lineRead), words)
	}
}

func (c *session) command(verb, text string, words []string) {
	switch verb {
	case "EHLO":
		offers := "250-mail.example\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250-ENHANCEDSTATUSCODES\r\n"
		if c.starttls && !c.mail.secure {
			offers += "250-STARTTLS\r\n"
		}
		if c.auth != "" {
			offers += "250-AUTH PLAIN\r\n"
		}
		c.reply(verb, offers+"250 HELP")
	case "STARTTLS":
		if c.reply(verb, "220 go on") {
			c.conn = tls.Server(c.conn, c.tls)
			c.r, c.mail.secure = bufio.NewReader(c.conn), true
		}
	case "AUTH":
		raw, _ := base64.StdEncoding.DecodeString(words[len(words)-1])
		c.mail.login = strings.TrimPrefix(string(raw), "\x00")
		if c.mail.login != c.auth {
			c.reply("", "535 5.7.8 wrong")
			return
		}
		c.reply(verb, "235 2.7.0 in")
	case "MAIL":
		c.mail.from = between(text)
		c.reply(verb, "250 2.1.0 ok")
	case "RCPT":
		c.mail.to += between(text)
		c.reply(verb, "250 2.1.5 ok")
	case "DATA":
		if c.reply(verb, "354 go on") {
			c.data()
		}
	case "QUIT":
		c.reply(verb, "221 bye")
		c.done = true
	default:
		c.reply(verb, "250 ok")
	}
}

func (c *session) data() {
	var b strings.Builder
	for {
		text, err := c.r.ReadString('\n')
		if err != nil {
			return
		}
		if text == ".\r\n" {
			break
		}
		b.WriteString(strings.TrimPrefix(text, "."))
	}
	if c.reply(".", "250 2.0.0 taken") {
		c.mail.data = b.String()
		c.mu.Lock()
		c.mails = append(c.mails, c.mail)
		c.mu.Unlock()
	}
}

func between(text string) string {
	_, rest, _ := strings.Cut(text, "<")
	inside, _, _ := strings.Cut(rest, ">")
	return inside
}
