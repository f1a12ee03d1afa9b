package federationtest_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"interlink/cmd/interlink/node"
	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/policy"
	"interlink/domain/webhook"
	"interlink/federation/federationtest"
)

// listener takes posts, and checks them as Standard Webhooks has it.
type listener struct {
	*httptest.Server
	mu     sync.Mutex
	secret string
	status int
	got    []webhook.Message
	raw    []string
	ids    []string
	wrong  []string
}

func newListener(t *testing.T) *listener {
	t.Helper()
	l := &listener{status: http.StatusNoContent}
	l.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		l.mu.Lock()
		defer l.mu.Unlock()
		key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(l.secret, "whsec_"))
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(r.Header.Get("webhook-id") + "." + r.Header.Get("webhook-timestamp") + "." + string(body)))
		var m webhook.Message
		if bad := json.Unmarshal(body, &m); err != nil || bad != nil || r.Header.Get("webhook-signature") != "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil)) {
			l.wrong = append(l.wrong, string(body))
		}
		l.got, l.raw, l.ids = append(l.got, m), append(l.raw, string(body)), append(l.ids, r.Header.Get("webhook-id"))
		w.WriteHeader(l.status)
	}))
	t.Cleanup(l.Close)
	return l
}

func (l *listener) answer(status int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.status = status
}

// taken returns what came since it was asked last.
func (l *listener) taken(t *testing.T) (got []webhook.Message, ids []string) {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, body := range l.wrong {
		t.Errorf("not signed as it should be: %s", body)
	}
	got, ids, l.got, l.ids = l.got, l.ids, nil, nil
	return got, ids
}

// TestWebhooks: an address hears what it asked for, signed, again after a
// failure, and no more once nothing gets through.
func TestWebhooks(t *testing.T) {
	for database, open := range federationtest.Databases {
		t.Run(database, func(t *testing.T) {
			t.Parallel()
			moved := new(clock)
			c := federationtest.With(t, open, func(o *node.Options) { o.Now = moved.now }, "Zaragoza")
			ctx, city := t.Context(), newCity(t, c.Nodes[0])
			city.starterCatalogue(t)
			p, task := city.begun(t, "safe_ways")
			l, member := newListener(t), city.Person("member", policy.RoleMember)
			hooks := city.Webhooks

			for _, bad := range []struct {
				url      string
				families []string
			}{{"", []string{"task"}}, {"hooks.example", []string{"task"}}, {"https://me:pw@hooks.example/", []string{"task"}}, {l.URL, nil}, {l.URL, []string{"task", "account"}}} {
				if _, _, err := hooks.Add(ctx, city.official, p.Name, bad.url, bad.families); domain.CodeOf(err) != domain.Invalid {
					t.Errorf("%q %v: %v", bad.url, bad.families, err)
				}
			}
			if _, _, err := hooks.Add(ctx, member, p.Name, l.URL, []string{"task"}); domain.CodeOf(err) != domain.Forbidden {
				t.Errorf("a member adds: %v", err)
			}
			h, secret, err := hooks.Add(ctx, city.official, p.Name, l.URL, []string{"task", "resource"})
			if err != nil {
				t.Fatal(err)
			}
			l.secret = secret
			c.Settle()
			if got, _ := l.taken(t); len(got) > 0 {
				t.Errorf("told of what was before it: %+v", got)
			}
			for name, call := range map[string]func() error{
				"list":    func() error { _, err := hooks.Hooks(ctx, member, p.Name); return err },
				"try":     func() error { _, err := hooks.Try(ctx, member, p.Name, h.ID); return err },
				"remove":  func() error { return hooks.Remove(ctx, member, p.Name, h.ID) },
				"enable":  func() error { return hooks.Enable(ctx, member, p.Name, h.ID) },
				"deliver": func() error { _, err := hooks.Deliveries(ctx, member, p.Name, h.ID, domain.Page{}); return err },
			} {
				if err := call(); domain.CodeOf(err) != domain.Forbidden {
					t.Errorf("a member may %s: %v", name, err)
				}
			}

			r, err := city.Coproduction.AddResource(ctx, city.official, p.Name, task, coproduction.ResourceDetails{Name: "Words of people", Body: "Words of people"})
			if err != nil {
				t.Fatal(err)
			}
			c.Settle()
			got, _ := l.taken(t)
			if len(got) != 2 || got[0].Type != coproduction.TaskStatusChanged && got[1].Type != coproduction.TaskStatusChanged {
				t.Fatalf("%+v", got) // the first resource of a task begins it
			}
			for _, m := range got {
				if m.Data.Process != p.IRI || m.Data.Item != p.ItemIRI(task) || m.Timestamp.IsZero() || m.Data.Event == 0 {
					t.Errorf("%+v", m)
				}
				if m.Type == coproduction.ResourceAdded && m.Data.Resource != p.IRI+"/resources/"+domain.IRI(r.ID) {
					t.Errorf("%+v", m)
				}
			}
			for _, body := range l.raw {
				if strings.Contains(body, "Words of people") || strings.Contains(body, string(city.official.Actor)) || strings.Contains(body, "official") {
					t.Errorf("it says who did it, or what people wrote: %s", body)
				}
			}

			d, err := hooks.Try(ctx, city.official, p.Name, h.ID)
			if err != nil {
				t.Fatal(err)
			}
			c.Settle()
			if got, ids := l.taken(t); len(got) != 1 || got[0].Type != webhook.Test || ids[0] != string(d.ID) {
				t.Errorf("%+v %v", got, ids)
			}

			// It fails, and is tried again with the same id.
			l.answer(http.StatusServiceUnavailable)
			if err := city.Coproduction.RemoveResource(ctx, city.official, p.Name, r.ID); err != nil {
				t.Fatal(err)
			}
			c.Settle()
			list, err := hooks.Deliveries(ctx, city.official, p.Name, h.ID, domain.Page{Limit: 1})
			if err != nil || list.Total != 4 || list.Next == "" || list.Items[0].State != webhook.Waiting || list.Items[0].Attempts != 1 || list.Items[0].Answer != "503" {
				t.Fatalf("%+v, %v", list.Items, err)
			}
			failed := list.Items[0]
			_, first := l.taken(t)
			attempt := func(n int) {
				t.Helper()
				if err := hooks.Deliver(ctx, webhook.DeliverArgs{Delivery: failed.ID, Attempt: n}); err != nil {
					t.Fatal(err)
				}
			}
			attempt(0) // an attempt that was made is not made again
			if again, _ := l.taken(t); len(again) > 0 {
				t.Errorf("%+v", again)
			}
			attempt(1)
			if _, ids := l.taken(t); len(ids) != 1 || ids[0] != first[0] {
				t.Errorf("%v, and before %v", ids, first)
			}

			// Nothing gets through for days: it is switched off, and who
			// administers the process is told.
			moved.advance(6 * 24 * time.Hour)
			attempt(2)
			if _, h, err = hooks.Hook(ctx, city.official, p.Name, h.ID); err != nil || h.On || h.Disabled.IsZero() {
				t.Fatalf("%+v, %v", h, err)
			}
			c.Settle()
			if topics := city.told(t, city.official); len(topics) == 0 || topics[0] != "process_webhook_disabled" {
				t.Errorf("told of %v", topics)
			}
			if _, err := hooks.Try(ctx, city.official, p.Name, h.ID); domain.CodeOf(err) != domain.Conflict {
				t.Errorf("tried while it is off: %v", err)
			}
			l.taken(t)
			if err := city.Coproduction.RestoreResource(ctx, city.official, p.Name, r.ID); err != nil {
				t.Fatal(err)
			}
			c.Settle()
			if got, _ := l.taken(t); len(got) > 0 {
				t.Errorf("told while it is off: %+v", got)
			}

			// On again; the receiver wants no more.
			if err := hooks.Enable(ctx, city.official, p.Name, h.ID); err != nil {
				t.Fatal(err)
			}
			l.answer(http.StatusGone)
			if err := city.Coproduction.RemoveResource(ctx, city.official, p.Name, r.ID); err != nil {
				t.Fatal(err)
			}
			c.Settle()
			if _, h, err = hooks.Hook(ctx, city.official, p.Name, h.ID); err != nil || h.On {
				t.Errorf("%+v, %v", h, err)
			}
			if err := hooks.Remove(ctx, city.official, p.Name, h.ID); err != nil {
				t.Fatal(err)
			}
			if left, err := hooks.Hooks(ctx, city.official, p.Name); err != nil || len(left) > 0 {
				t.Errorf("%v, %v", left, err)
			}
		})
	}
}
