package webhook

import (
	"encoding/base64"
	"testing"
	"time"

	"interlink/domain"
)

// TestSign is the example of Standard Webhooks.
func TestSign(t *testing.T) {
	t.Parallel()
	secret, err := base64.StdEncoding.DecodeString("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
	if err != nil {
		t.Fatal(err)
	}
	got := sign(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", time.Unix(1614265330, 0), []byte(`{"test": 2432232314}`))
	if want := "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="; got != want {
		t.Errorf("%s, not %s", got, want)
	}
}

func TestWants(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)
	h := Hook{Process: "p", Families: []string{"task"}, On: true, CreatedAt: now}
	for name, c := range map[string]struct {
		change func(*Hook, *domain.Event)
		want   bool
	}{
		"what it asked for":          {func(*Hook, *domain.Event) {}, true},
		"of another kind":            {func(_ *Hook, e *domain.Event) { e.Kind = "tasks.status_changed" }, false},
		"of another process":         {func(_ *Hook, e *domain.Event) { e.Subject.ID = "q" }, false},
		"from before it":             {func(_ *Hook, e *domain.Event) { e.Time = now.Add(-time.Second) }, false},
		"while it is switched off":   {func(h *Hook, _ *domain.Event) { h.On = false }, false},
		"after it chose other kinds": {func(h *Hook, _ *domain.Event) { h.Families = []string{"item"} }, false},
	} {
		hook, e := h, domain.Event{Kind: "task.status_changed", Subject: domain.Subject{Kind: "process", ID: "p"}, Time: now}
		c.change(&hook, &e)
		if hook.wants(e) != c.want {
			t.Errorf("%s: %t", name, !c.want)
		}
	}
}
