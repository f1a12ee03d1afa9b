package account

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strings"
	"time"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/domain/policy"
)

// How long secrets last.
const (
	sessionFor = 30 * 24 * time.Hour // slides with use
	confirmFor = 3 * 24 * time.Hour
	resetFor   = time.Hour
	inviteFor  = 14 * 24 * time.Hour
	touchEvery = time.Hour
)

// Service is what people do with their accounts.
type Service struct {
	store Store
	mint  *domain.Mint
	ns    domain.Namespace
	mode  Mode
	lang  domain.Lang
}

// NewService makes the service; lang is the language of those who choose
// none.
func NewService(store Store, mint *domain.Mint, ns domain.Namespace, mode Mode, lang domain.Lang) *Service {
	return &Service{store: store, mint: mint, ns: ns, mode: mode, lang: lang}
}

// Mode tells how people get an account here.
func (s *Service) Mode() Mode { return s.mode }

// SignUp is what a person fills in.
type SignUp struct {
	Username    string
	Email       string
	Password    string
	DisplayName string
	Language    domain.Lang
	Invitation  string // code, if the node asks for one
}

// SignUp makes an account that waits for the proof of its address and, if the
// node wants that, for approval. An address that has an account already gets
// a mail that says so; the answer is the same, so nobody learns who is here.
// Errors: Invalid with all fields; Forbidden if the node is closed; Conflict
// on "username".
func (s *Service) SignUp(ctx context.Context, in SignUp) error {
	if s.mode == ModeClosed {
		return domain.Fail(domain.Forbidden, "account.closed")
	}
	a, problems := s.draft(in)
	if err := CheckPassword(in.Password, in.Username, in.Email); err != nil {
		problems = append(problems, domain.FieldsOf(err)...)
	}
	var used *Secret
	if s.mode == ModeInvitation {
		var err error
		if used, err = s.store.Secret(ctx, hash(in.Invitation), PurposeInvite, s.mint.Now()); err != nil {
			problems.Add("invitation", "account.invitation")
		}
	}
	if err := problems.Err(); err != nil {
		return err
	}
	if known, err := s.store.AccountByEmail(ctx, a.Email); err == nil {
		hashPassword(in.Password) // takes the same time
		return s.store.SaveAccount(ctx, known, nil, domain.Change{Jobs: []domain.Job{s.mail(known, MailKnown, "/sign-in")}})
	}
	a.PasswordHash = hashPassword(in.Password)
	actor := s.actor(a)
	a.State = PendingEmail
	plain, secret := s.secret(PurposeConfirm, a.ID, confirmFor)
	change := domain.Change{Events: []domain.Event{s.event(Created, a.Actor, a)}, Jobs: []domain.Job{s.mail(a, MailConfirm, "/confirm?token="+plain)}}
	return s.store.CreateAccount(ctx, a, actor, []Secret{secret}, used, change)
}

// draft makes an account of what was filled in, without storing it.
func (s *Service) draft(in SignUp) (*Account, domain.Problems) {
	var problems domain.Problems
	in.Username = strings.ToLower(strings.TrimSpace(in.Username))
	if err := CheckUsername(in.Username); err != nil {
		problems = append(problems, domain.FieldsOf(err)...)
	}
	email, err := NormalEmail(in.Email)
	if err != nil {
		problems = append(problems, domain.FieldsOf(err)...)
	}
	if len(in.DisplayName) > 200 {
		problems.Add("displayName", "error.too_long", 200)
	}
	if in.Language == "" {
		in.Language = s.lang
	}
	if in.DisplayName = strings.TrimSpace(in.DisplayName); in.DisplayName == "" {
		in.DisplayName = in.Username
	}
	return &Account{
		ID: s.mint.ID(), Username: in.Username, Email: email, Role: policy.RoleMember, Language: in.Language,
		DisplayName: in.DisplayName, CreatedAt: s.mint.Now(),
	}, problems
}

// actor makes the person's actor and ties the account to it.
func (s *Service) actor(a *Account) *network.Actor {
	actor := network.NewLocal(s.mint, s.ns, network.TypePerson, network.SubjectPerson, a.Username, "users", a.Username)
	actor.Title, actor.Summary = a.DisplayName, a.Summary
	a.Actor = actor.ID
	return actor
}

// Confirm proves an address by the token of the mail. Errors: NotFound for a
// token that is unknown, used or expired.
func (s *Service) Confirm(ctx context.Context, token string) (*Account, error) {
	a, err := s.holder(ctx, token, PurposeConfirm)
	if err != nil {
		return nil, err
	}
	a.EmailProved = s.mint.Now()
	if a.State == PendingEmail {
		a.State = Active
		if s.mode == ModeApproval {
			a.State = PendingApproval
		}
	}
	return a, s.store.SaveAccount(ctx, a, []Purpose{PurposeConfirm}, domain.Change{Events: []domain.Event{s.event(Confirmed, a.Actor, a)}})
}

// Approve lets a waiting person in. Errors: NotFound, Forbidden.
func (s *Service) Approve(ctx context.Context, v policy.Viewer, id domain.ID) error {
	return s.decide(ctx, v, id, Active, Approved)
}

// Refuse keeps a waiting person out. Errors: NotFound, Forbidden.
func (s *Service) Refuse(ctx context.Context, v policy.Viewer, id domain.ID) error {
	return s.decide(ctx, v, id, Suspended, Refused)
}

func (s *Service) decide(ctx context.Context, v policy.Viewer, id domain.ID, state State, kind domain.EventKind) error {
	if err := policy.Allow(v, policy.Moderate, members{}); err != nil {
		return err
	}
	a, err := s.store.Account(ctx, id)
	if err != nil || a.State != PendingApproval {
		return err
	}
	a.State = state
	change := domain.Change{Events: []domain.Event{s.event(kind, v.Actor, a)}}
	if state == Active {
		change.Jobs = []domain.Job{s.mail(a, MailApproved, "/sign-in")}
	}
	return s.store.SaveAccount(ctx, a, nil, change)
}

// Waiting lists who waits for approval. Errors: Forbidden.
func (s *Service) Waiting(ctx context.Context, v policy.Viewer, page domain.Page) (domain.List[*Account], error) {
	if err := policy.Allow(v, policy.Moderate, members{}); err != nil {
		return domain.List[*Account]{}, err
	}
	return s.store.Accounts(ctx, PendingApproval, page)
}

// members answers the policy for the people of the node as a whole:
// moderators decide who comes in.
type members struct{}

func (members) PolicyKind() string                            { return "members" }
func (members) PolicyVisibility() domain.Visibility           { return domain.VisiblePublic }
func (members) PolicyRelation(domain.ActorID) policy.Relation { return policy.Stranger }
func (members) PolicyLocal() bool                             { return true }

// Invite makes a code with which one person can sign up; a mail brings it if
// an address is given. Errors: Forbidden, Invalid.
func (s *Service) Invite(ctx context.Context, v policy.Viewer, email string) (code string, err error) {
	if err := policy.Allow(v, policy.Moderate, members{}); err != nil {
		return "", err
	}
	plain, secret := s.secret(PurposeInvite, "", inviteFor)
	var change domain.Change
	if email != "" {
		if email, err = NormalEmail(email); err != nil {
			return "", err
		}
		change.Jobs = []domain.Job{{Kind: JobMail, Args: Mail{To: email, Kind: MailInvite, Language: s.lang, Link: s.ns.Base() + "/sign-up?invitation=" + plain}}}
	}
	return plain, s.store.AddSecret(ctx, secret, change)
}

// Create makes an account by the operator of the node: active at once,
// without a password if none is given. Errors: Invalid, Conflict.
func (s *Service) Create(ctx context.Context, in SignUp, role policy.Role) (*Account, error) {
	a, problems := s.draft(in)
	if in.Password != "" {
		if err := CheckPassword(in.Password, in.Username, in.Email); err != nil {
			problems = append(problems, domain.FieldsOf(err)...)
		}
		a.PasswordHash = hashPassword(in.Password)
	}
	switch role {
	case policy.RoleMember, policy.RoleModerator, policy.RoleAdmin:
		a.Role = role
	default:
		problems.Add("role", "account.role", string(role))
	}
	if err := problems.Err(); err != nil {
		return nil, err
	}
	a.State, a.EmailProved = Active, s.mint.Now()
	actor := s.actor(a)
	return a, s.store.CreateAccount(ctx, a, actor, nil, nil, domain.Change{Events: []domain.Event{s.event(Created, a.Actor, a)}})
}

// ByUsername returns an account by its name, for the operator and the
// person's own pages. Errors: NotFound.
func (s *Service) ByUsername(ctx context.Context, name string) (*Account, error) {
	return s.store.AccountByUsername(ctx, strings.ToLower(name))
}

// ByActor returns the account of a local person. Errors: NotFound.
func (s *Service) ByActor(ctx context.Context, id domain.ActorID) (*Account, error) {
	return s.store.AccountByActor(ctx, id)
}

// Profile is what people change of themselves.
type Profile struct {
	DisplayName string
	Summary     string
	Language    domain.Lang
}

// UpdateProfile changes the viewer's own profile. Errors: Unauthenticated,
// Invalid, Conflict.
func (s *Service) UpdateProfile(ctx context.Context, v policy.Viewer, p Profile) (*Account, error) {
	a, err := s.own(ctx, v)
	if err != nil {
		return nil, err
	}
	var problems domain.Problems
	p.DisplayName, p.Summary = strings.TrimSpace(p.DisplayName), strings.TrimSpace(p.Summary)
	if p.DisplayName == "" || len(p.DisplayName) > 200 {
		problems.Add("displayName", "account.display_name", 200)
	}
	if len(p.Summary) > 2000 {
		problems.Add("summary", "error.too_long", 2000)
	}
	if _, err := domain.ParseLang(string(p.Language)); err != nil {
		problems.Add("language", "error.language", string(p.Language))
	}
	if err := problems.Err(); err != nil {
		return nil, err
	}
	a.DisplayName, a.Summary, a.Language = p.DisplayName, p.Summary, p.Language
	return a, s.store.SaveAccount(ctx, a, nil, domain.Change{Events: []domain.Event{s.event(ProfileUpdated, a.Actor, a)}})
}

func (s *Service) own(ctx context.Context, v policy.Viewer) (*Account, error) {
	if v.Actor == domain.Nobody {
		return nil, domain.Fail(domain.Unauthenticated, "error.sign_in")
	}
	return s.store.AccountByActor(ctx, v.Actor)
}

func (s *Service) event(kind domain.EventKind, by domain.ActorID, a *Account) domain.Event {
	return domain.NewEvent(s.mint, kind, by, a.subject(), Happened{Actor: a.Actor, Username: a.Username})
}

func (s *Service) mail(a *Account, kind MailKind, path string) domain.Job {
	return domain.Job{Kind: JobMail, Args: Mail{To: a.Email, Kind: kind, Language: a.Language, Name: a.DisplayName, Link: s.ns.Base() + path}}
}

// secret makes 32 random bytes and the row that remembers their hash.
func (s *Service) secret(purpose Purpose, account domain.ID, lasts time.Duration) (plain string, row Secret) {
	plain = base64.RawURLEncoding.EncodeToString(s.mint.Secret(32))
	now := s.mint.Now()
	row = Secret{ID: s.mint.ID(), Hash: hash(plain), Purpose: purpose, Account: account, CreatedAt: now, SeenAt: now}
	if lasts > 0 {
		row.ExpiresAt = now.Add(lasts)
	}
	return plain, row
}

func hash(plain string) string {
	sum := sha256.Sum256([]byte(plain))
	return hex.EncodeToString(sum[:])
}

// holder returns the account that holds a secret.
func (s *Service) holder(ctx context.Context, plain string, purpose Purpose) (*Account, error) {
	secret, err := s.store.Secret(ctx, hash(plain), purpose, s.mint.Now())
	if err != nil {
		return nil, err
	}
	return s.store.Account(ctx, secret.Account)
}
