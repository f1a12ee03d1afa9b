package federationtest_test

import (
	"bufio"
	"io"
	"mime"
	"mime/quotedprintable"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/mail"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"interlink/cmd/interlink/node"
	"interlink/domain"
	"interlink/domain/account"
	"interlink/domain/community"
	"interlink/domain/notification"
	"interlink/domain/organization"
	"interlink/domain/participation"
	"interlink/domain/policy"
	"interlink/federation/federationtest"
	mailer "interlink/web/mail"
)

// listened reads the data of a stream, line by line.
func listened(t *testing.T, client *http.Client, base string, header ...string) (lines <-chan string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, base+"/notifications/stream", nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	answer, err := client.Do(request)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("listen: %v, %v", answer, err)
	}
	out := make(chan string, 100)
	go func() {
		defer close(out)
		defer answer.Body.Close()
		for s := bufio.NewScanner(answer.Body); s.Scan(); {
			if strings.HasPrefix(s.Text(), "data: ") || strings.HasPrefix(s.Text(), "id: ") {
				out <- s.Text()
			}
		}
	}()
	return out
}

// until waits for a line that has some words; it reports whether it came
// before the stream ended.
func until(t *testing.T, lines <-chan string, words string) bool {
	t.Helper()
	for deadline := time.After(20 * time.Second); ; {
		select {
		case l, ok := <-lines:
			if !ok || words != "" && strings.Contains(l, words) {
				return ok
			}
		case <-deadline:
			t.Fatalf("%q did not come", words)
		}
	}
}

// TestLiveAcrossProcesses: who listens at one process is told of what happens
// at another, by Redis, and by the clock where that is not heard; a process
// that ends lets them go at once.
func TestLiveAcrossProcesses(t *testing.T) {
	t.Parallel()
	p := newProcesses(t, func(*node.Options) {})
	ctx := t.Context()
	ana := person(t, p.nodes[0], "ana", policy.RoleMember)
	bo, err := p.nodes[0].Accounts.Create(ctx, account.SignUp{Username: "bo", Email: "bo@people.example", Password: "a long pass phrase"}, policy.RoleMember)
	if err != nil {
		t.Fatal(err)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := *p.clients[0]
	client.Jar = jar
	answer, err := client.PostForm(p.base+"/sign-in", url.Values{"login": {"bo"}, "password": {"a long pass phrase"}})
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()

	enroll := func(name string) {
		t.Helper()
		if _, err := p.nodes[1].Organizations.Create(ctx, ana, name, organization.Details{Title: domain.Text{"en": "The " + name}, Kind: organization.Citizen}); err != nil {
			t.Fatal(err)
		}
		if err := p.nodes[1].Organizations.AddMember(ctx, ana, name, bo.Actor, organization.RoleMember); err != nil {
			t.Fatal(err)
		}
		for {
			if n, err := p.nodes[1].Tell(ctx); err != nil {
				t.Fatal(err)
			} else if n == 0 {
				return
			}
		}
	}
	lines := listened(t, &client, p.base)
	until(t, lines, `"unread":""`)
	enroll("gardeners")
	if !until(t, lines, "made you a member of The gardeners") {
		t.Error("the stream ended")
	}
	ended := time.Now()
	p.stop()
	if until(t, lines, "") {
		t.Error("the stream goes on")
	}
	if took := time.Since(ended); took > 15*time.Second {
		t.Errorf("the stream ends after %v", took)
	}
}

// postbox takes mails (SMTP), as far as mails of a node need it.
type postbox struct {
	net.Listener

	mu    sync.Mutex
	mails []*mail.Message
	conns sync.WaitGroup
}

func newPostbox(t *testing.T) *postbox {
	t.Helper()
	var config net.ListenConfig
	l, err := config.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	b := &postbox{Listener: l}
	b.conns.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			b.conns.Go(func() { b.talk(c) })
		}
	})
	t.Cleanup(func() { _ = l.Close(); b.conns.Wait() })
	return b
}

func (b *postbox) talk(c net.Conn) {
	defer c.Close()
	r := bufio.NewReader(c)
	say := func(s string) { _, _ = io.WriteString(c, s+"\r\n") }
	for say("220 mail.example"); ; {
		line, err := r.ReadString('\n')
		if err != nil {
			return
		}
		switch verb, _, _ := strings.Cut(strings.ToUpper(strings.TrimSpace(line)), " "); verb {
		case "DATA":
			say("354 go on")
			var data strings.Builder
			for line, err = r.ReadString('\n'); err == nil && line != ".\r\n"; line, err = r.ReadString('\n') {
				data.WriteString(strings.TrimPrefix(line, "."))
			}
			if m, err := mail.ReadMessage(strings.NewReader(data.String())); err == nil {
				b.mu.Lock()
				b.mails = append(b.mails, m)
				b.mu.Unlock()
			}
			say("250 taken")
		case "QUIT":
			say("221 bye")
			return
		default:
			say("250 ok")
		}
	}
}

// taken lists the mails that came since it was asked last, by subject.
func (b *postbox) taken(t *testing.T) map[string]*mail.Message {
	t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	found := map[string]*mail.Message{}
	for _, m := range b.mails {
		to := m.Header.Get("To")
		subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
		if err != nil {
			t.Error(err)
		}
		found[strings.Trim(to, "<>")+": "+subject] = m
	}
	if len(found) < len(b.mails) {
		t.Errorf("%d mails, of which some came twice", len(b.mails))
	}
	b.mails = nil
	return found
}

// mailed are settings of a node that sends mails there, by a clock that the
// test sets.
func mailed(b *postbox, now func() time.Time) func(*node.Options) {
	return func(o *node.Options) {
		o.SMTP = mailer.SMTP{Host: "127.0.0.1", Port: b.Addr().(*net.TCPAddr).Port, From: "noreply@city.example", TLS: "none"}
		o.Now = now
	}
}

var unsubscribing = regexp.MustCompile(`<(http://[^>]+/unsubscribe/[^>]+)>`)

// TestMailsToPeople: a mail at once, in the language of who gets it, ended by
// one click; a summary in the morning, and none without news; nobody of another
// node is written to, but people here are told of what happens there.
func TestMailsToPeople(t *testing.T) {
	t.Parallel()
	c := federationtest.New(t)
	ctx, box := t.Context(), newPostbox(t)
	var mu sync.Mutex
	now := time.Date(2026, 6, 3, 10, 0, 0, 0, time.UTC)
	clock := func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		now = now.Add(time.Millisecond)
		return now
	}
	forward := func(d time.Duration) {
		mu.Lock()
		defer mu.Unlock()
		now = now.Add(d)
	}
	here, there := c.Add("Here", mailed(box, clock)), c.Add("There", mailed(newPostbox(t), clock))
	ana, official := here.Person("ana", policy.RoleMember), there.Person("official", policy.RoleAdmin)
	if _, err := here.Accounts.UpdateProfile(ctx, ana, account.Profile{DisplayName: "Ana", Language: "es"}); err != nil {
		t.Fatal(err)
	}
	owner, err := there.Organizations.Create(ctx, official, "hall", organization.Details{Title: domain.Text{"en": "Hall"}, Kind: organization.PublicAdministration})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := there.Organizations.CreateTeam(ctx, official, "hall", "walkers", organization.TeamDetails{Title: domain.Text{"en": "Walkers"}}); err != nil {
		t.Fatal(err)
	}
	group, err := there.Communities.Create(ctx, official, "parks", community.Details{Title: domain.Text{"en": "Parks"}, Organization: owner.ID})
	if err != nil {
		t.Fatal(err)
	}
	found, err := here.Lookup(ctx, string(group.IRI))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := here.Network.Follow(ctx, ana, ana.Actor, found.ID); err != nil {
		t.Fatal(err)
	}
	c.Settle()
	call, err := there.Participation.Publish(ctx, official, participation.Draft{Team: "walkers", Community: "parks", Details: participation.Details{
		Title: domain.Text{"en": "People who walk"}, Duties: domain.Text{"en": "Walk."}, Seats: 2,
	}})
	if err != nil {
		t.Fatal(err)
	}
	c.Settle()
	known, err := here.Participation.Calls(ctx, ana, participation.CallFilter{}, domain.Page{})
	if err != nil || len(known.Items) != 1 {
		t.Fatalf("calls here: %+v (%v)", known.Items, err)
	}
	if _, err := here.Participation.Apply(ctx, ana, known.Items[0].ID, "I have shoes."); err != nil {
		t.Fatal(err)
	}
	c.Settle()
	applied, err := there.Participation.Applications(ctx, official, call.ID, "", domain.Page{})
	if err != nil || len(applied.Items) != 1 {
		t.Fatalf("applications there: %+v (%v)", applied.Items, err)
	}
	if _, err := there.Participation.Decide(ctx, official, call.ID, applied.Items[0].ID, participation.Decision{State: participation.Accepted, Revision: applied.Items[0].Revision}); err != nil {
		t.Fatal(err)
	}
	c.Settle()
	mails := box.taken(t)
	m := mails["ana@people.example: Here: Su solicitud a «People who walk» ha sido aceptada"]
	if m == nil || len(mails) != 1 { // membership follows from the decision, and tells nothing more
		t.Fatalf("mails: %v", mails)
	}
	link := unsubscribing.FindStringSubmatch(m.Header.Get("List-Unsubscribe"))
	if m.Header.Get("Content-Language") != "es" || m.Header.Get("List-Unsubscribe-Post") != "List-Unsubscribe=One-Click" || link == nil {
		t.Fatalf("header: %v", m.Header)
	}
	body, err := io.ReadAll(quotedprintable.NewReader(m.Body))
	if err != nil || !strings.Contains(string(body), "Hola, Ana:") || !strings.Contains(string(body), here.URL+"/role-calls/") {
		t.Errorf("body (%v):\n%s", err, body)
	}

	click, err := http.NewRequestWithContext(ctx, http.MethodPost, link[1], strings.NewReader("List-Unsubscribe=One-Click"))
	if err != nil {
		t.Fatal(err)
	}
	click.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer, err := http.DefaultClient.Do(click)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("one click: %v, %v", answer, err)
	}
	_ = answer.Body.Close()
	if choices, err := here.Notifications.Choices(ctx, ana); err != nil || choices.Class(notification.Personal) != notification.Portal || choices.Class(notification.Decisions) != notification.AtOnce {
		t.Errorf("choices: %+v (%v)", choices, err)
	}

	// A summary in the morning, and none without news.
	if err := here.Notifications.Choose(ctx, ana, notification.Choices{Classes: map[notification.Class]notification.Channel{notification.Personal: notification.Daily}, Hour: 8}); err != nil {
		t.Fatal(err)
	}
	bo := here.Person("bo", policy.RoleMember)
	for _, name := range []string{"gardeners", "walkers"} {
		if _, err := here.Organizations.Create(ctx, bo, name, organization.Details{Title: domain.Text{"en": "The " + name}, Kind: organization.Citizen}); err != nil {
			t.Fatal(err)
		}
		if err := here.Organizations.AddMember(ctx, bo, name, ana.Actor, organization.RoleMember); err != nil {
			t.Fatal(err)
		}
	}
	// Again what reads the same: the summary says it once, the list twice.
	if err := here.Organizations.RemoveMember(ctx, bo, "gardeners", ana.Actor); err != nil {
		t.Fatal(err)
	}
	if err := here.Organizations.AddMember(ctx, bo, "gardeners", ana.Actor, organization.RoleMember); err != nil {
		t.Fatal(err)
	}
	c.Settle()
	if early := box.taken(t); len(early) != 0 {
		t.Errorf("mails before the morning: %v", early)
	}
	forward(24 * time.Hour)
	c.Settle()
	summary := box.taken(t)["ana@people.example: Here: su resumen diario"]
	if summary == nil {
		t.Fatal("no summary")
	}
	body, err = io.ReadAll(quotedprintable.NewReader(summary.Body))
	if text := string(body); err != nil || strings.Count(text, "\r\n* bo le ha hecho miembro de The ") != 2 {
		t.Errorf("summary (%v):\n%s", err, text)
	}
	forward(24 * time.Hour)
	c.Settle()
	if empty := box.taken(t); len(empty) != 0 {
		t.Errorf("mails without news: %v", empty)
	}
	list, err := here.Notifications.List(ctx, ana, notification.Filter{}, domain.Page{})
	if err != nil {
		t.Fatal(err)
	}
	var topics []string
	for _, n := range list.Items {
		topics = append(topics, string(n.Topic))
	}
	if got := strings.Join(topics, " "); got != "group_member group_member_ended group_member group_member application_decided follow_accepted" {
		t.Errorf("ana is told %q", got)
	}
}
