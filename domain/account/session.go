package account

import (
	"context"
	"strings"
	"time"

	"interlink/domain"
	"interlink/domain/policy"
)

// SignIn checks a name or address with its password and begins a session;
// token goes into the person's cookie. from is where they come from, for the
// throttle. Errors: Unauthenticated with one sentence for every reason, but
// Forbidden for a right password of an account that may not come in;
// TooMany after several failures.
func (s *Service) SignIn(ctx context.Context, login, password, from string) (token string, a *Account, err error) {
	login = strings.ToLower(strings.TrimSpace(login))
	keys := []string{"login " + clip(login), "from " + clip(from)}
	if err := s.throttled(ctx, keys); err != nil {
		return "", nil, err
	}
	a, err = s.find(ctx, login)
	if err != nil && domain.CodeOf(err) != domain.NotFound {
		return "", nil, err
	}
	stored := absent
	if a != nil && a.PasswordHash != "" {
		stored = a.PasswordHash
	}
	ok, stale := matches(stored, password)
	if a == nil || !ok {
		return "", nil, s.failed(ctx, keys)
	}
	switch a.State {
	case PendingEmail:
		return "", nil, domain.Fail(domain.Forbidden, "account.pending_email")
	case PendingApproval:
		return "", nil, domain.Fail(domain.Forbidden, "account.pending_approval")
	case Suspended:
		return "", nil, domain.Fail(domain.Forbidden, "account.suspended")
	}
	if err := s.store.SaveFailures(ctx, Failures{Key: keys[0], Last: s.mint.Now()}); err != nil {
		return "", nil, err
	}
	if stale {
		a.PasswordHash = hashPassword(password)
		if err := s.store.SaveAccount(ctx, a, nil, domain.Change{}); err != nil {
			return "", nil, err
		}
	}
	token, secret := s.secret(PurposeSession, a.ID, sessionFor)
	return token, a, s.store.AddSecret(ctx, secret, domain.Change{})
}

func (s *Service) find(ctx context.Context, login string) (*Account, error) {
	if strings.Contains(login, "@") {
		email, err := NormalEmail(login)
		if err != nil {
			return nil, domain.Fail(domain.NotFound, "error.not_found")
		}
		return s.store.AccountByEmail(ctx, email)
	}
	return s.store.AccountByUsername(ctx, login)
}

// The throttle: after some failures in a row each further one doubles the
// wait. Names wait sooner than addresses, behind which there may be many
// people.
const (
	freeByName    = 5
	freeByAddress = 30
	longestWait   = 15 * time.Minute
)

func (s *Service) throttled(ctx context.Context, keys []string) error {
	now := s.mint.Now()
	for _, key := range keys {
		f, err := s.store.Failures(ctx, key)
		if err != nil {
			return err
		}
		if now.Before(f.Until) {
			return domain.Fail(domain.TooMany, "account.wait", int(f.Until.Sub(now).Seconds())+1)
		}
	}
	return nil
}

func (s *Service) failed(ctx context.Context, keys []string) error {
	now := s.mint.Now()
	for i, key := range keys {
		f, err := s.store.Failures(ctx, key)
		if err != nil {
			return err
		}
		if now.Sub(f.Last) > 24*time.Hour {
			f.Count = 0
		}
		f.Key, f.Count, f.Last = key, f.Count+1, now
		free := freeByName
		if i == 1 {
			free = freeByAddress
		}
		if over := f.Count - free; over >= 0 {
			f.Until = now.Add(min(time.Second<<min(over, 12), longestWait))
		}
		if err := s.store.SaveFailures(ctx, f); err != nil {
			return err
		}
	}
	return domain.Fail(domain.Unauthenticated, "account.wrong")
}

func clip(s string) string { return s[:min(len(s), 254)] }

// Session returns who holds a session's token. The session lasts 30 days from
// its last use. Errors: NotFound.
func (s *Service) Session(ctx context.Context, token string) (*Account, error) {
	return s.enter(ctx, token, PurposeSession)
}

func (s *Service) enter(ctx context.Context, token string, purpose Purpose) (*Account, error) {
	now := s.mint.Now()
	secret, err := s.store.Secret(ctx, hash(token), purpose, now)
	if err != nil {
		return nil, err
	}
	a, err := s.store.Account(ctx, secret.Account)
	if err != nil {
		return nil, err
	}
	if a.State != Active {
		return nil, domain.Fail(domain.NotFound, "error.not_found")
	}
	if now.Sub(secret.SeenAt) > touchEvery {
		expires := secret.ExpiresAt
		if purpose == PurposeSession {
			expires = now.Add(sessionFor)
		}
		if err := s.store.TouchSecret(ctx, secret.ID, now, expires); err != nil {
			return nil, err
		}
	}
	return a, nil
}

// SignOut ends a session. An unknown one is no error.
func (s *Service) SignOut(ctx context.Context, token string) error {
	secret, err := s.store.Secret(ctx, hash(token), PurposeSession, s.mint.Now())
	if domain.CodeOf(err) == domain.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	return s.store.DeleteSecret(ctx, secret.Account, secret.ID)
}

// RequestReset mails a link to choose a new password, if the address has an
// account. The answer is the same if not.
func (s *Service) RequestReset(ctx context.Context, email string) error {
	email, err := NormalEmail(email)
	if err != nil {
		return err
	}
	a, err := s.store.AccountByEmail(ctx, email)
	if domain.CodeOf(err) == domain.NotFound || err == nil && a.State == Suspended {
		return nil
	}
	if err != nil {
		return err
	}
	plain, secret := s.secret(PurposeReset, a.ID, resetFor)
	return s.store.AddSecret(ctx, secret, domain.Change{Jobs: []domain.Job{s.mail(a, MailReset, "/reset?token="+plain)}})
}

// ResetPassword sets a new password by the token of the mail; all sessions
// end. The mail also proves the address. Errors: NotFound for a token that is
// unknown, used or expired; Invalid.
func (s *Service) ResetPassword(ctx context.Context, token, password string) error {
	a, err := s.holder(ctx, token, PurposeReset)
	if err != nil {
		return err
	}
	if a.EmailProved.IsZero() {
		a.EmailProved = s.mint.Now()
		if a.State == PendingEmail {
			a.State = Active
			if s.mode == ModeApproval {
				a.State = PendingApproval
			}
		}
	}
	return s.setPassword(ctx, a, password)
}

// ChangePassword sets a new password after the old one was given; all
// sessions end. Errors: Unauthenticated, Invalid.
func (s *Service) ChangePassword(ctx context.Context, v policy.Viewer, old, password string) error {
	a, err := s.own(ctx, v)
	if err != nil {
		return err
	}
	if ok, _ := matches(a.PasswordHash, old); !ok {
		return domain.InvalidField("old", "account.wrong_old")
	}
	return s.setPassword(ctx, a, password)
}

func (s *Service) setPassword(ctx context.Context, a *Account, password string) error {
	if err := CheckPassword(password, a.Username, a.Email); err != nil {
		return err
	}
	a.PasswordHash = hashPassword(password)
	change := domain.Change{Events: []domain.Event{s.event(PasswordSet, a.Actor, a)}}
	return s.store.SaveAccount(ctx, a, []Purpose{PurposeReset, PurposeSession}, change)
}

// CreateToken makes a token for the API; it is shown once. For the viewer
// themselves, or by the operator for anybody. Errors: Invalid for unknown
// scopes.
func (s *Service) CreateToken(ctx context.Context, a *Account, name string, scopes []policy.Scope) (string, error) {
	for _, scope := range scopes {
		if scope != policy.ScopeRead && scope != policy.ScopeWrite && scope != policy.ScopeAdmin {
			return "", domain.InvalidField("scopes", "account.scope", string(scope))
		}
	}
	if len(scopes) == 0 {
		return "", domain.InvalidField("scopes", "account.scope", "")
	}
	plain, secret := s.secret(PurposeToken, a.ID, 0)
	secret.Scopes, secret.Name = scopes, clip(strings.TrimSpace(name))
	return plain, s.store.AddSecret(ctx, secret, domain.Change{Events: []domain.Event{s.event(TokenCreated, a.Actor, a)}})
}

// Token returns who holds a token of the API, with its scopes. Errors:
// NotFound.
func (s *Service) Token(ctx context.Context, token string) (policy.Viewer, *Account, error) {
	a, err := s.enter(ctx, token, PurposeToken)
	if err != nil {
		return policy.Viewer{}, nil, err
	}
	secret, err := s.store.Secret(ctx, hash(token), PurposeToken, s.mint.Now())
	if err != nil {
		return policy.Viewer{}, nil, err
	}
	v := a.Viewer()
	v.Scopes = secret.Scopes
	return v, a, nil
}

// Tokens lists the viewer's tokens. Errors: Unauthenticated.
func (s *Service) Tokens(ctx context.Context, v policy.Viewer) ([]Secret, error) {
	a, err := s.own(ctx, v)
	if err != nil {
		return nil, err
	}
	return s.store.Secrets(ctx, a.ID, PurposeToken)
}

// RevokeToken ends one of the viewer's tokens. Errors: Unauthenticated.
func (s *Service) RevokeToken(ctx context.Context, v policy.Viewer, id domain.ID) error {
	a, err := s.own(ctx, v)
	if err != nil {
		return err
	}
	return s.store.DeleteSecret(ctx, a.ID, id)
}
