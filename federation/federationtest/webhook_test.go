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

// hooked is a process whose events an address hears, in the order of the steps
// of [TestWebhooks].
type hooked struct {
	*federationtest.Cluster
	city     *city
	member   policy.Viewer // takes part in nothing
	moved    *clock
	listener *listener
	process  *coproduction.Process
	task     domain.ID

	hook   *webhook.Hook
	made   *coproduction.Resource
	failed *webhook.Delivery
}

// TestWebhooks: an address hears what it asked for, signed, again after a
// failure, and no more once nothing gets through.
func TestWebhooks(t *testing.T) {
	for database, open := range federationtest.Databases {
		t.Run(database, func(t *testing.T) {
			t.Parallel()
			x := &hooked{moved: new(clock), listener: newListener(t)}
			x.Cluster = federationtest.With(t, open, func(o *node.Options) { o.Now = x.moved.now }, "Zaragoza")
			x.city = newCity(t, x.Nodes[0])
			x.city.starterCatalogue(t)
			x.process, x.task = x.city.begun(t, "safe_ways")
			x.member = x.city.Person("member", policy.RoleMember)

			x.isAdded(t)
			x.isOfAdministrators(t)
			x.hears(t)
			x.isTried(t)
			x.fails(t)
			x.hearsAgain(t)
			x.isSwitchedOff(t)
			x.wantsNoMore(t)
		})
	}
}

// isAdded adds the address; it hears nothing of what was before.
func (x *hooked) isAdded(t *testing.T) {
	t.Helper()
	ctx, hooks, name, address := t.Context(), x.city.Webhooks, x.process.Name, x.listener.URL
	for _, bad := range []struct {
		url      string
		families []string
	}{{"", []string{"task"}}, {"hooks.example", []string{"task"}}, {"https://me:pw@hooks.example/", []string{"task"}}, {address, nil}, {address, []string{"task", "account"}}} {
		if _, _, err := hooks.Add(ctx, x.city.official, name, bad.url, bad.families); domain.CodeOf(err) != domain.Invalid {
			t.Errorf("%q %v: %v", bad.url, bad.families, err)
		}
	}
	if _, _, err := hooks.Add(ctx, x.member, name, address, []string{"task"}); domain.CodeOf(err) != domain.Forbidden {
		t.Errorf("a member adds: %v", err)
	}
	h, secret, err := hooks.Add(ctx, x.city.official, name, address, []string{"task", "resource"})
	if err != nil {
		t.Fatal(err)
	}
	x.hook, x.listener.secret = h, secret
	x.Settle()
	if got, _ := x.listener.taken(t); len(got) > 0 {
		t.Errorf("told of what was before it: %+v", got)
	}
}

// isOfAdministrators: nobody else sees it, or does anything with it.
func (x *hooked) isOfAdministrators(t *testing.T) {
	t.Helper()
	ctx, hooks, name, id := t.Context(), x.city.Webhooks, x.process.Name, x.hook.ID
	for act, call := range map[string]func() error{
		"list":    func() error { _, err := hooks.Hooks(ctx, x.member, name); return err },
		"try":     func() error { _, err := hooks.Try(ctx, x.member, name, id); return err },
		"remove":  func() error { return hooks.Remove(ctx, x.member, name, id) },
		"enable":  func() error { return hooks.Enable(ctx, x.member, name, id) },
		"deliver": func() error { _, err := hooks.Deliveries(ctx, x.member, name, id, domain.Page{}); return err },
	} {
		if err := call(); domain.CodeOf(err) != domain.Forbidden {
			t.Errorf("a member may %s: %v", act, err)
		}
	}
}

// hears tells it of a resource, and of the task that began by it; not who did it,
// nor what people wrote.
func (x *hooked) hears(t *testing.T) {
	t.Helper()
	p := x.process
	r, err := x.city.Coproduction.AddResource(t.Context(), x.city.official, p.Name, x.task, coproduction.ResourceDetails{Name: "Words of people", Body: "Words of people"})
	if err != nil {
		t.Fatal(err)
	}
	x.made = r
	x.Settle()
	got, _ := x.listener.taken(t)
	if len(got) != 2 || got[0].Type != coproduction.TaskStatusChanged && got[1].Type != coproduction.TaskStatusChanged {
		t.Fatalf("%+v", got) // the first resource of a task begins it
	}
	for _, m := range got {
		if m.Data.Process != p.IRI || m.Data.Item != p.ItemIRI(x.task) || m.Timestamp.IsZero() || m.Data.Event == 0 {
			t.Errorf("%+v", m)
		}
		if m.Type == coproduction.ResourceAdded && m.Data.Resource != p.IRI+"/resources/"+domain.IRI(r.ID) {
			t.Errorf("%+v", m)
		}
	}
	for _, body := range x.listener.raw {
		if strings.Contains(body, "Words of people") || strings.Contains(body, string(x.city.official.Actor)) || strings.Contains(body, "official") {
			t.Errorf("it says who did it, or what people wrote: %s", body)
		}
	}
}

// isTried sends it something to look at.
func (x *hooked) isTried(t *testing.T) {
	t.Helper()
	d, err := x.city.Webhooks.Try(t.Context(), x.city.official, x.process.Name, x.hook.ID)
	if err != nil {
		t.Fatal(err)
	}
	x.Settle()
	if got, ids := x.listener.taken(t); len(got) != 1 || got[0].Type != webhook.Test || ids[0] != string(d.ID) {
		t.Errorf("%+v %v", got, ids)
	}
}

// fails answers with an error: what was sent waits.
func (x *hooked) fails(t *testing.T) {
	t.Helper()
	x.listener.answer(http.StatusServiceUnavailable)
	if err := x.city.Coproduction.RemoveResource(t.Context(), x.city.official, x.process.Name, x.made.ID); err != nil {
		t.Fatal(err)
	}
	x.Settle()
	list, err := x.city.Webhooks.Deliveries(t.Context(), x.city.official, x.process.Name, x.hook.ID, domain.Page{Limit: 1})
	if err != nil || list.Total != 4 || list.Next == "" || list.Items[0].State != webhook.Waiting || list.Items[0].Attempts != 1 || list.Items[0].Answer != "503" {
		t.Fatalf("%+v, %v", list.Items, err)
	}
	x.failed = list.Items[0]
}

// attempt sends what failed once more, as its job does.
func (x *hooked) attempt(t *testing.T, n int) {
	t.Helper()
	if err := x.city.Webhooks.Deliver(t.Context(), webhook.DeliverArgs{Delivery: x.failed.ID, Attempt: n}); err != nil {
		t.Fatal(err)
	}
}

// hearsAgain sends it again with the same id; an attempt that was made is not
// made again.
func (x *hooked) hearsAgain(t *testing.T) {
	t.Helper()
	_, first := x.listener.taken(t)
	x.attempt(t, 0)
	if again, _ := x.listener.taken(t); len(again) > 0 {
		t.Errorf("%+v", again)
	}
	x.attempt(t, 1)
	if _, ids := x.listener.taken(t); len(ids) != 1 || ids[0] != first[0] {
		t.Errorf("%v, and before %v", ids, first)
	}
}

// isSwitchedOff lets nothing get through for days: then it is off, and who
// administers the process is told.
func (x *hooked) isSwitchedOff(t *testing.T) {
	t.Helper()
	ctx, hooks, name := t.Context(), x.city.Webhooks, x.process.Name
	x.moved.advance(6 * 24 * time.Hour)
	x.attempt(t, 2)
	if _, h, err := hooks.Hook(ctx, x.city.official, name, x.hook.ID); err != nil || h.On || h.Disabled.IsZero() {
		t.Fatalf("%+v, %v", h, err)
	}
	x.Settle()
	if topics := x.city.told(t, x.city.official); len(topics) == 0 || topics[0] != "process_webhook_disabled" {
		t.Errorf("told of %v", topics)
	}
	if _, err := hooks.Try(ctx, x.city.official, name, x.hook.ID); domain.CodeOf(err) != domain.Conflict {
		t.Errorf("tried while it is off: %v", err)
	}
	x.listener.taken(t)
	if err := x.city.Coproduction.RestoreResource(ctx, x.city.official, name, x.made.ID); err != nil {
		t.Fatal(err)
	}
	x.Settle()
	if got, _ := x.listener.taken(t); len(got) > 0 {
		t.Errorf("told while it is off: %+v", got)
	}
}

// wantsNoMore switches it on again; it answers that it is gone, and is off.
func (x *hooked) wantsNoMore(t *testing.T) {
	t.Helper()
	ctx, hooks, name := t.Context(), x.city.Webhooks, x.process.Name
	if err := hooks.Enable(ctx, x.city.official, name, x.hook.ID); err != nil {
		t.Fatal(err)
	}
	x.listener.answer(http.StatusGone)
	if err := x.city.Coproduction.RemoveResource(ctx, x.city.official, name, x.made.ID); err != nil {
		t.Fatal(err)
	}
	x.Settle()
	if _, h, err := hooks.Hook(ctx, x.city.official, name, x.hook.ID); err != nil || h.On {
		t.Errorf("%+v, %v", h, err)
	}
	if err := hooks.Remove(ctx, x.city.official, name, x.hook.ID); err != nil {
		t.Fatal(err)
	}
	if left, err := hooks.Hooks(ctx, x.city.official, name); err != nil || len(left) > 0 {
		t.Errorf("%v, %v", left, err)
	}
}
