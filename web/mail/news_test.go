package mail

import (
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"strings"
	"testing"

	"interlink/domain"
	"interlink/domain/notification"
	"interlink/web/locale"
)

var news = News{
	ID: "01890a5d-ac96-774b-bcce-b302099a8057", To: "ana@mail.example", Name: "Ana Ruiz", Language: "es",
	Scope: notification.Scope{Channel: notification.AtOnce, Class: notification.Personal},
	Lines: []NewsLine{{"<b>Bo</b> te ha hecho miembro de \r\nBcc: all@mail.example", "https://city.example/teams/routes"}},
	All:   "https://city.example/notifications", Choices: "https://city.example/me/notifications",
	Unsubscribe: "https://city.example/unsubscribe/" + strings.Repeat("A1b2C3d4", 12),
}

// TestNews: what a program needs to unsubscribe and to know a mail again, and
// nothing of what others typed where it does not belong.
func TestNews(t *testing.T) {
	t.Parallel()
	server := newServer(t, nil)
	sender := newSender(t, options(server))
	for range 2 {
		if err := sender.SendNews(t.Context(), news); err != nil {
			t.Fatal(err)
		}
	}
	got := server.got()
	if len(got) != 2 || got[0].to != "ana@mail.example" {
		t.Fatalf("taken: %+v", got)
	}
	m, err := mail.ReadMessage(strings.NewReader(got[1].data))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"Message-Id": "<01890a5d-ac96-774b-bcce-b302099a8057@city.example>", "Auto-Submitted": "auto-generated", "Content-Language": "es",
		"List-Unsubscribe": "<" + news.Unsubscribe + ">", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click", "Bcc": "",
		"Subject": "Ciudad de Ñandú: <b>Bo</b> te ha hecho miembro de Bcc: all@mail.example",
	} {
		if value := decoded(t, strings.ReplaceAll(m.Header.Get(name), "\r\n", "")); value != want {
			t.Errorf("%s: %q, want %q", name, value, want)
		}
	}
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		t.Fatalf("%s: %v", kind, err)
	}
	parts, r := map[string]string{}, multipart.NewReader(m.Body, params["boundary"])
	for {
		part, err := r.NextRawPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(quotedprintable.NewReader(part))
		if err != nil {
			t.Fatal(err)
		}
		of, _, _ := strings.Cut(part.Header.Get("Content-Type"), ";")
		parts[of] = strings.ReplaceAll(string(body), "\r\n", "\n")
	}
	if plain := parts["text/plain"]; !strings.Contains(plain, "* <b>Bo</b> te ha hecho miembro de Bcc: all@mail.example\n  https://city.example/teams/routes\n") ||
		!strings.Contains(plain, news.Unsubscribe) || !strings.Contains(plain, news.Choices) {
		t.Errorf("plain text:\n%s", plain)
	}
	if html := parts["text/html"]; strings.Contains(html, "<b>") || !strings.Contains(html, "&lt;b&gt;Bo") || !strings.Contains(html, `<a href="https://city.example/teams/routes">`) || strings.Contains(html, "<img") {
		t.Errorf("HTML:\n%s", html)
	}
}

// TestNewsInWords: each scope in each language.
func TestNewsInWords(t *testing.T) {
	t.Parallel()
	s := newSender(t, Options{Name: "City", BaseURL: "https://city.example"})
	for _, lang := range locale.Default().Langs() {
		for _, channel := range []notification.Channel{notification.AtOnce, notification.Daily, notification.Weekly} {
			n := news
			n.Language, n.Scope.Channel, n.More = lang, channel, true
			n.Lines = append(n.Lines, n.Lines...)
			l, err := s.news(n)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(l.subject, "City") || strings.Contains(l.subject+l.body+l.html, "notification.") || strings.Contains(l.body, "{0}") {
				t.Errorf("%s, %s: %s\n%s", lang, channel, l.subject, l.body)
			}
			if strings.Contains(l.html, ">"+n.Unsubscribe) || strings.Contains(l.html, ":</a>") {
				t.Errorf("%s, %s: an address with a secret is to be read:\n%s", lang, channel, l.html)
			}
			show(t, "news-"+string(channel), l)
		}
	}
	for name, n := range map[string]News{"no line": {To: news.To}, "no address": {Lines: news.Lines}, "two addresses": {To: "a@b.example,c@d.example", Lines: news.Lines}} {
		if _, err := s.news(n); domain.CodeOf(err) != domain.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}
