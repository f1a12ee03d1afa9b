package storage_test

import (
	"bytes"
	"context"
	"net/url"
	"testing"
	"time"

	"interlink/domain"
	"interlink/domain/account"
	"interlink/domain/network"
	"interlink/domain/policy"
	"interlink/storage"
	"interlink/storage/storagetest"
)

// server is one at which anybody signs in as the person of the code, and that
// knows the app it registered last.
type server struct {
	registered int
	forgets    bool
}

func (s *server) Authority(typed string) (string, error) { return typed, nil }

func (s *server) Register(_ context.Context, a network.App) (network.App, error) {
	s.registered++
	s.forgets = false
	a.ID, a.Secret, a.Scope = "client"+string(rune('0'+s.registered)), "open sesame", "profile"
	return a, nil
}

func (s *server) Knows(context.Context, network.App) (bool, error) { return !s.forgets, nil }

func (s *server) SignInAt(_ network.App, state, challenge string) string {
	return "https://social.example/oauth/authorize?" + url.Values{"state": {state}, "code_challenge": {challenge}}.Encode()
}

func (s *server) SignedIn(_ context.Context, a network.App, code, _ string) (string, error) {
	if a.Secret != "open sesame" {
		return "", domain.Fail(domain.Unauthenticated, "error.refused", a.Host)
	}
	return code, nil
}

func TestGuestsFromElsewhere(t *testing.T) {
	storagetest.Run(t, "elsewhere", func(t *testing.T, db *storage.DB) {
		ctx, r, s := t.Context(), newRegistry(t, db, account.ModeOpen), &server{}
		store := storage.NewAccounts(db)
		ana := &network.Actor{ID: r.mint.ActorID(), IRI: "https://social.example/users/ana", Host: "social.example", Name: "ana", Type: network.TypePerson}
		find := func(context.Context, string) (*network.Actor, error) { return ana, nil }
		gate := network.NewGate(storage.NewRules(db), r.mint, r.ns, false)
		made := func(secret string) *account.Elsewhere {
			return must[*account.Elsewhere](t)(account.NewElsewhere(r.Service, store, s, find, gate, "City", []byte(secret)))
		}
		e := made("the node's secret")
		begin := func(e *account.Elsewhere) (account.Departure, account.Returned) {
			t.Helper()
			d := must[account.Departure](t)(e.Begin(ctx, "social.example"))
			u := must[*url.URL](t)(url.Parse(d.To))
			return d, account.Returned{Arrival: d.Arrival, Host: "social.example", State: u.Query().Get("state"), Code: "ana"}
		}
		_, back := begin(e)
		visit := must[string](t)(e.Finish(ctx, back))
		if v := must[policy.Viewer](t)(r.Visitor(ctx, visit)); v.Actor != ana.ID || v.Role != policy.RoleRemote {
			t.Errorf("the guest is %+v", v)
		}
		_, err := e.Finish(ctx, back)
		wantCode(t, err, domain.Invalid) // once
		wantCode(t, r.Leave(ctx, visit), domain.OK)
		_, err = r.Visitor(ctx, visit)
		wantCode(t, err, domain.NotFound)

		_, back = begin(e)
		r.clock.move(16 * time.Minute)
		_, err = e.Finish(ctx, back)
		wantCode(t, err, domain.Invalid) // too late

		kept := must[*account.App](t)(store.App(ctx, "social.example"))
		if s.registered != 1 || kept.ClientID != "client1" || kept.Redirect != "https://city.example/guest/servers/social.example" || bytes.Contains(kept.Sealed, []byte("sesame")) {
			t.Errorf("registered %d times: %+v", s.registered, kept)
		}
		s.forgets = true
		begin(e)
		if kept = must[*account.App](t)(store.App(ctx, "social.example")); kept.ClientID != "client2" {
			t.Errorf("a server that forgot the node: %+v", kept)
		}
		begin(made("another secret")) // cannot open what is kept
		if kept = must[*account.App](t)(store.App(ctx, "social.example")); kept.ClientID != "client3" {
			t.Errorf("another secret: %+v", kept)
		}
		wantCode(t, store.ReplaceApp(ctx, kept, ""), domain.Conflict)
		wantCode(t, store.ReplaceApp(ctx, kept, "client1"), domain.Conflict)
		wantCode(t, store.SpendSecret(ctx, "01890000-0000-7000-8000-000000000000"), domain.NotFound)
	})
}
