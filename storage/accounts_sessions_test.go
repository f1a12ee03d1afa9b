package storage_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"interlink/domain"
	"interlink/domain/account"
	"interlink/domain/policy"
	"interlink/storage"
	"interlink/storage/storagetest"
)

func TestSignIn(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "throttle", testSignInThrottle)
	storagetest.Run(t, "throttle by address", testSignInThrottleByAddress)
	storagetest.Run(t, "at once", testSignInAtOnce)
	storagetest.Run(t, "sessions", testSignInSessions)
	storagetest.Run(t, "reset", testSignInReset)
}

func testSignInThrottle(t *testing.T, db *storage.DB) {
	ctx, r := t.Context(), newRegistry(t, db, account.ModeOpen)
	r.create("ana", policy.RoleMember)
	try := func(login, password, from string) error {
		_, _, err := r.SignIn(ctx, login, password, from)
		return err
	}
	for i := range 5 {
		wantSignIn(t, try("ana", "wrong", fmt.Sprintf("192.0.2.%d", i)), domain.Unauthenticated, "account.wrong")
	}
	// Now even the right password waits, a second at first, from anywhere.
	wantSignIn(t, try("ana", goodPassword, "198.51.100.1"), domain.TooMany, "account.wait")
	wantCode(t, try("bo", "wrong", "192.0.2.1"), domain.Unauthenticated) // others do not
	wait := time.Duration(0)
	for i := range 12 {
		var e *domain.Error
		err := try("ana", "wrong", "198.51.100.1")
		if !errors.As(err, &e) || e.Code != domain.TooMany {
			t.Fatalf("failure %d: %v", i, err)
		}
		if e.After < wait || e.After > 15*time.Minute {
			t.Fatalf("after %v to wait come %v", wait, e.After)
		}
		wait = e.After
		r.clock.move(wait)
		wantCode(t, try("ana", "wrong", "198.51.100.1"), domain.Unauthenticated)
	}
	if wait < 15*time.Minute {
		t.Errorf("the wait ends at %d s", wait)
	}
	r.clock.move(15 * time.Minute)
	wantCode(t, try("ana", goodPassword, "198.51.100.1"), domain.OK)
	for range 4 { // the count of the name began anew
		wantCode(t, try("ana", "wrong", "203.0.113.1"), domain.Unauthenticated)
	}
	wantCode(t, try("ana", goodPassword, "203.0.113.1"), domain.OK)
}

func testSignInThrottleByAddress(t *testing.T, db *storage.DB) {
	ctx, r := t.Context(), newRegistry(t, db, account.ModeOpen)
	r.create("ana", policy.RoleMember)
	try := func(i int) error {
		_, _, err := r.SignIn(ctx, fmt.Sprintf("name%d@mail.example\x00\xff", i), "wrong", "192.0.2.1")
		return err
	}
	for i := range 30 {
		wantCode(t, try(i), domain.Unauthenticated)
		if i%10 == 0 { // signing in does not buy further attempts
			if _, err := r.signIn("ana"); err != nil {
				t.Fatal(err)
			}
		}
	}
	wantCode(t, try(31), domain.TooMany)
	_, err := r.signIn("ana")
	wantCode(t, err, domain.TooMany)
	_, _, err = r.SignIn(ctx, "ana", goodPassword, "192.0.2.2")
	wantCode(t, err, domain.OK)
	r.clock.move(25 * time.Hour) // all is forgotten
	for i := range 29 {
		wantCode(t, try(100+i), domain.Unauthenticated)
	}
	var keys int
	if err := db.Read().NewRaw("SELECT COUNT(*) FROM account_failures").Scan(ctx, &keys); err != nil || keys != 30 {
		t.Errorf("%d counts kept, want the 30 of today (%v)", keys, err)
	}
}

// Many guesses at once cannot outrun the count.
func testSignInAtOnce(t *testing.T, db *storage.DB) {
	ctx, r := t.Context(), newRegistry(t, db, account.ModeOpen)
	r.create("ana", policy.RoleMember)
	var wg sync.WaitGroup
	codes := make([]domain.Code, 20)
	for i := range codes {
		wg.Go(func() {
			_, _, err := r.SignIn(ctx, "ana", "wrong", fmt.Sprintf("192.0.2.%d", i))
			codes[i] = domain.CodeOf(err)
		})
	}
	wg.Wait()
	guesses := 0
	for _, c := range codes {
		switch c {
		case domain.Unauthenticated:
			guesses++
		case domain.TooMany:
		default:
			t.Errorf("code %q", c)
		}
	}
	if guesses != 5 {
		t.Errorf("%d guesses were compared, want 5", guesses)
	}
}

func testSignInSessions(t *testing.T, db *storage.DB) {
	ctx, r := t.Context(), newRegistry(t, db, account.ModeOpen)
	ana := r.create("ana", policy.RoleMember)
	one, two := must[string](t)(r.signIn("ana")), must[string](t)(r.signIn("ana"))
	r.clock.move(29 * 24 * time.Hour)
	must[*account.Account](t)(r.Session(ctx, one)) // slides on
	r.clock.move(24 * time.Hour)
	must[*account.Account](t)(r.Session(ctx, one))
	_, err := r.Session(ctx, two)
	wantCode(t, err, domain.NotFound)
	wantCode(t, r.SignOut(ctx, one), domain.OK)
	wantCode(t, r.SignOut(ctx, one), domain.OK)
	_, err = r.Session(ctx, one)
	wantCode(t, err, domain.NotFound)

	three := must[string](t)(r.signIn("ana")) // those expired make room
	var kept int
	if err := db.Read().NewRaw("SELECT COUNT(*) FROM account_secrets").Scan(ctx, &kept); err != nil || kept != 1 {
		t.Errorf("%d secrets kept, want 1 (%v)", kept, err)
	}
	ana = must[*account.Account](t)(r.ByActor(ctx, ana.Actor))
	ana.State = account.Suspended
	wantCode(t, storage.NewAccounts(db).SaveAccount(ctx, ana, nil, domain.Change{}), domain.OK)
	_, err = r.Session(ctx, three)
	wantCode(t, err, domain.NotFound)
	_, err = r.signIn("ana")
	wantSignIn(t, err, domain.Forbidden, "account.suspended")
}

func testSignInReset(t *testing.T, db *storage.DB) {
	ctx, r := t.Context(), newRegistry(t, db, account.ModeOpen)
	ana := r.create("ana", policy.RoleMember)
	sessions := []string{must[string](t)(r.signIn("ana")), must[string](t)(r.signIn("ana"))}
	key := must[string](t)(r.CreateToken(ctx, ana, "kitchen display", []policy.Scope{policy.ScopeRead}))
	wantCode(t, r.RequestReset(ctx, "nobody@mail.example"), domain.OK) // the same answer
	if n := len(r.mails()); n != 0 {
		t.Errorf("%d mails to nobody", n)
	}
	wantCode(t, r.RequestReset(ctx, "ana@mail.example"), domain.OK)
	token := r.token(account.MailReset)
	wantField(t, r.ResetPassword(ctx, token, "short"), domain.Invalid, "password", "account.password_short")
	wantCode(t, r.ResetPassword(ctx, token, "nine dry umbrellas"), domain.OK)
	wantCode(t, r.ResetPassword(ctx, token, "ten dry umbrellas"), domain.NotFound)
	for _, s := range sessions {
		_, err := r.Session(ctx, s)
		wantCode(t, err, domain.NotFound)
	}
	_, _, err := r.Token(ctx, key) // a token of the API is ended by its own button
	wantCode(t, err, domain.OK)
	_, err = r.signIn("ana")
	wantCode(t, err, domain.Unauthenticated)
	_, a, err := r.SignIn(ctx, "ana", "nine dry umbrellas", "192.0.2.1")
	wantCode(t, err, domain.OK)

	r.clock.move(2 * time.Minute)
	wantCode(t, r.RequestReset(ctx, "ana@mail.example"), domain.OK)
	token = r.token(account.MailReset)
	r.clock.move(time.Hour)
	wantCode(t, r.ResetPassword(ctx, token, goodPassword), domain.NotFound) // too late

	wantField(t, r.ChangePassword(ctx, a.Viewer(), "wrong", goodPassword), domain.Invalid, "old", "account.wrong_old")
	wantCode(t, r.ChangePassword(ctx, a.Viewer(), "nine dry umbrellas", goodPassword), domain.OK)
	must[string](t)(r.signIn("ana"))

	guesses := 0
	for ; guesses < 20; guesses++ { // by somebody at an open browser
		if err := r.ChangePassword(ctx, a.Viewer(), "guess", goodPassword); domain.CodeOf(err) == domain.TooMany {
			break
		}
	}
	if guesses == 20 {
		t.Error("passwords can be guessed without end")
	}
	wantCode(t, r.ChangePassword(ctx, a.Viewer(), goodPassword, "nine dry umbrellas"), domain.TooMany)
	r.clock.move(time.Hour)
	wantCode(t, r.ChangePassword(ctx, a.Viewer(), goodPassword, "nine dry umbrellas"), domain.OK)
}

func TestTokens(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "life", func(t *testing.T, db *storage.DB) {
		ctx, r := t.Context(), newRegistry(t, db, account.ModeOpen)
		ana, bo := r.create("ana", policy.RoleAdmin), r.create("bo", policy.RoleMember)
		for _, scopes := range [][]policy.Scope{nil, {"read", "everything"}} {
			_, err := r.CreateToken(ctx, ana, "x", scopes)
			wantField(t, err, domain.Invalid, "scopes", "account.scope")
		}
		_, err := r.CreateToken(ctx, ana, "a\x00b", []policy.Scope{policy.ScopeRead})
		wantField(t, err, domain.Invalid, "name", "error.not_text")
		_, err = r.CreateToken(ctx, ana, strings.Repeat("é", 101), []policy.Scope{policy.ScopeRead})
		wantField(t, err, domain.Invalid, "name", "error.too_long")
		reader := must[string](t)(r.CreateToken(ctx, ana, " screen ", []policy.Scope{policy.ScopeRead}))
		writer := must[string](t)(r.CreateToken(ctx, ana, "script", []policy.Scope{policy.ScopeRead, policy.ScopeWrite}))

		v, a, err := r.Token(ctx, writer)
		if err != nil || a.ID != ana.ID || v.Role != policy.RoleAdmin ||
			!slices.Equal(v.Scopes, []policy.Scope{policy.ScopeRead, policy.ScopeWrite}) {
			t.Errorf("token: %+v %+v %v", v, a, err)
		}
		_, err = r.Session(ctx, writer)
		wantCode(t, err, domain.NotFound)
		r.clock.move(1000 * time.Hour)
		if v, _, err = r.Token(ctx, reader); err != nil || !slices.Equal(v.Scopes, []policy.Scope{policy.ScopeRead}) {
			t.Errorf("token: %+v %v", v, err)
		}
		list := must[[]account.Secret](t)(r.Tokens(ctx, ana.Viewer()))
		if len(list) != 2 || list[0].Name != "script" && list[1].Name != "script" {
			t.Fatalf("tokens %+v", list)
		}
		for _, s := range list {
			if s.Name == "screen" && !s.SeenAt.Equal(noon.Add(1000*time.Hour)) || !s.ExpiresAt.IsZero() {
				t.Errorf("token %+v", s)
			}
		}
		wantCode(t, r.RevokeToken(ctx, bo.Viewer(), list[0].ID), domain.OK) // not bo's: nothing happens
		wantCode(t, r.RevokeToken(ctx, policy.Viewer{}, list[0].ID), domain.Unauthenticated)
		if n := len(must[[]account.Secret](t)(r.Tokens(ctx, ana.Viewer()))); n != 2 {
			t.Errorf("%d tokens are left", n)
		}
		for _, s := range list {
			wantCode(t, r.RevokeToken(ctx, ana.Viewer(), s.ID), domain.OK)
		}
		_, _, err = r.Token(ctx, reader)
		wantCode(t, err, domain.NotFound)
	})
}
