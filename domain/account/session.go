package account

import (
	"context"
	"strings"
	"unicode"
	"unicode/utf8"

	"interlink/domain"
	"interlink/domain/policy"
)

// SignIn checks a name or address with its password and begins a session;
// token goes into the person's cookie. from is where they come from, for the
// throttle. Errors: Unauthenticated with one sentence for every reason, but
// Forbidden for a right password of an account that may not come in (who did
// not prove their address yet gets a new mail); TooMany after several failures.
func (s *Service) SignIn(ctx context.Context, login, password, from string) (token string, a *Account, err error) {
	login = strings.ToLower(strings.TrimSpace(login))
	pass, err := s.admit(ctx, login, from)
	if err != nil {
		return "", nil, err
	}
	a, err = s.find(ctx, login)
	if err != nil && domain.CodeOf(err) != domain.NotFound {
		return "", nil, err
	}
	stored := s.cost.absent()
	if a != nil && a.PasswordHash != "" {
		stored = a.PasswordHash
	}
	ok, stale := s.cost.matches(stored, password)
	if a == nil || !ok {
		return "", nil, domain.Fail(domain.Unauthenticated, "account.wrong")
	}
	if err := s.forgive(ctx, pass); err != nil {
		return "", nil, err
	}
	switch a.State {
	case PendingEmail:
		return "", nil, s.confirmAgain(ctx, a)
	case PendingApproval:
		return "", nil, domain.Fail(domain.Forbidden, "account.pending_approval")
	case Suspended:
		return "", nil, domain.Fail(domain.Forbidden, "account.suspended")
	case Leaving:
		a.State, a.UpdatedAt = Active, s.mint.Now()
		if err := s.store.SaveAccount(ctx, a, nil, domain.Change{Events: []domain.Event{s.event(DeletionCalledOff, a.Actor, a)}}); err != nil {
			return "", nil, err
		}
	}
	if stale {
		a.PasswordHash = s.cost.hash(password)
		if err := s.store.SaveAccount(ctx, a, nil, domain.Change{}); err != nil && domain.CodeOf(err) != domain.Conflict {
			return "", nil, err // after a conflict the next sign-in does it
		}
	}
	token, secret := s.secret(PurposeSession, a.ID, SessionFor)
	return token, a, s.store.AddSecret(ctx, secret, domain.Change{})
}

// confirmAgain mails a new link to somebody who did not prove their address
// yet, though not often in a short time.
func (s *Service) confirmAgain(ctx context.Context, a *Account) error {
	may, err := s.mayMail(ctx, MailConfirm, a.Email)
	if err != nil {
		return err
	}
	if may {
		secret, mail := s.confirmation(a)
		if err := s.store.AddSecret(ctx, secret, domain.Change{Jobs: []domain.Job{mail}}); err != nil {
			return err
		}
	}
	return domain.Fail(domain.Forbidden, "account.pending_email")
}

func (s *Service) find(ctx context.Context, login string) (*Account, error) {
	if strings.Contains(login, "@") {
		email, err := normalEmail(login)
		if err != nil {
			return nil, domain.Fail(domain.NotFound, "error.not_found")
		}
		return s.store.AccountByEmail(ctx, email)
	}
	return s.ByUsername(ctx, login)
}

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
			expires = now.Add(SessionFor)
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
	email, err := normalEmail(email)
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
	if may, err := s.mayMail(ctx, MailReset, email); !may {
		return err
	}
	plain, secret := s.secret(PurposeReset, a.ID, resetFor)
	return s.store.AddSecret(ctx, secret, domain.Change{Jobs: []domain.Job{s.mail(a, MailReset, "/reset/"+plain)}})
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
// sessions end. Guesses are throttled as sign-ins are. Errors: Unauthenticated,
// Invalid, TooMany.
func (s *Service) ChangePassword(ctx context.Context, v policy.Viewer, old, password string) error {
	a, err := s.own(ctx, v)
	if err != nil {
		return err
	}
	if err := s.prove(ctx, a, "old", old); err != nil {
		return err
	}
	return s.setPassword(ctx, a, password)
}

// Prove asks the viewer for their password again, before what cannot be
// undone. Guesses are throttled as sign-ins are. Errors: Unauthenticated,
// TooMany; Invalid on "password".
func (s *Service) Prove(ctx context.Context, v policy.Viewer, password string) error {
	a, err := s.own(ctx, v)
	if err != nil {
		return err
	}
	return s.prove(ctx, a, "password", password)
}

// prove checks a password that was typed into a field.
func (s *Service) prove(ctx context.Context, a *Account, field, password string) error {
	if password == "" { // no guess
		return domain.InvalidField(field, "account.wrong_old")
	}
	tried, err := s.count(ctx, "change "+string(a.ID), byName)
	if err != nil {
		return err
	}
	if ok, _ := s.cost.matches(a.PasswordHash, password); !ok {
		return domain.InvalidField(field, "account.wrong_old")
	}
	return s.forgive(ctx, []pass{tried})
}

func (s *Service) setPassword(ctx context.Context, a *Account, password string) error {
	if err := checkPassword(password, a.Username, a.Email); err != nil {
		return err
	}
	a.PasswordHash = s.cost.hash(password)
	change := domain.Change{Events: []domain.Event{s.event(PasswordSet, a.Actor, a)}}
	return s.save(ctx, a, []Purpose{PurposeReset, PurposeConfirm, PurposeSession}, change)
}

// longestTokenName is in letters.
const longestTokenName = 100

// CreateToken makes a token for the API; it is shown once. For the viewer
// themselves, or by the operator for anybody. Errors: Invalid for no or
// unknown scopes or a long name.
func (s *Service) CreateToken(ctx context.Context, a *Account, name string, scopes []policy.Scope) (string, error) {
	for _, scope := range scopes {
		if scope != policy.ScopeRead && scope != policy.ScopeWrite && scope != policy.ScopeAdmin {
			return "", domain.InvalidField("scopes", "account.scope", string(scope))
		}
	}
	if len(scopes) == 0 {
		return "", domain.InvalidField("scopes", "account.scope", "")
	}
	if name = strings.TrimSpace(name); utf8.RuneCountInString(name) > longestTokenName {
		return "", domain.InvalidField("name", "error.too_long", longestTokenName)
	}
	if !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl) {
		return "", domain.InvalidField("name", "error.not_text")
	}
	plain, secret := s.secret(PurposeToken, a.ID, 0)
	secret.Scopes, secret.Name = scopes, name
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
	return s.store.Secrets(ctx, a.ID, PurposeToken, s.mint.Now())
}

// RevokeToken ends one of the viewer's tokens. Errors: Unauthenticated.
func (s *Service) RevokeToken(ctx context.Context, v policy.Viewer, id domain.ID) error {
	a, err := s.own(ctx, v)
	if err != nil {
		return err
	}
	return s.store.DeleteSecret(ctx, a.ID, id)
}
