package account

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/domain/policy"
)

// How long secrets last.
const (
	SessionFor = 30 * 24 * time.Hour // slides with use
	confirmFor = 3 * 24 * time.Hour
	resetFor   = time.Hour
	InviteFor  = 14 * 24 * time.Hour
	touchEvery = time.Hour
)

// Service is what people do with their accounts.
type Service struct {
	store Store
	mint  *domain.Mint
	ns    domain.Namespace
	mode  Mode
	lang  domain.Lang
	cost  Cost
}

// NewService makes the service; lang is the language of those who choose
// none.
func NewService(store Store, mint *domain.Mint, ns domain.Namespace, mode Mode, lang domain.Lang) *Service {
	return &Service{store: store, mint: mint, ns: ns, mode: mode, lang: lang, cost: DefaultCost}
}

// HashBy sets the cost of hashes of passwords; without, it is [DefaultCost].
func (s *Service) HashBy(c Cost) { s.cost = c }

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
	Reason      string // why they want to take part, if the node asks
	Terms       int    // version of the terms that they accept; 0 if the node has none

	// Refused is what the form itself found wrong, such as a box that must be
	// ticked. It is reported with all else.
	Refused domain.Problems
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
	problems = append(problems, in.Refused...)
	if err := checkPassword(in.Password, in.Username, in.Email); err != nil {
		problems = append(problems, domain.FieldsOf(err)...)
	}
	if taken, err := s.store.NameTaken(ctx, a.Username); err != nil {
		return err
	} else if taken { // before the address is looked up, which must not show
		problems = append(problems, nameTaken(a.Username))
	}
	var used *Secret
	if s.mode == ModeInvitation {
		var err error
		used, err = s.store.Secret(ctx, hash(strings.TrimSpace(in.Invitation)), PurposeInvite, s.mint.Now())
		if domain.CodeOf(err) == domain.NotFound {
			problems.Add("invitation", "account.invitation")
		} else if err != nil {
			return err
		}
	}
	if err := problems.Err(); err != nil {
		return err
	}
	a.PasswordHash = s.cost.hash(in.Password) // also of a known address, so that it takes the same time
	err := s.signUp(ctx, a, used)
	if taken := domain.FieldsOf(err); domain.CodeOf(err) == domain.Conflict && len(taken) == 1 && taken[0].Field == "email" {
		return s.known(ctx, a.Email) // meanwhile
	}
	return err
}

func (s *Service) signUp(ctx context.Context, a *Account, used *Secret) error {
	switch _, err := s.store.AccountByEmail(ctx, a.Email); domain.CodeOf(err) {
	case domain.OK:
		return s.known(ctx, a.Email)
	case domain.NotFound:
	default:
		return err
	}
	a.State = PendingEmail
	actor := s.actor(a)
	if _, err := s.mayMail(ctx, MailConfirm, a.Email); err != nil { // it may; it counts
		return err
	}
	secret, mail := s.confirmation(a)
	change := domain.Change{Events: []domain.Event{s.event(Created, a.Actor, a)}, Jobs: []domain.Job{mail}}
	return s.store.CreateAccount(ctx, a, actor, []Secret{secret}, used, change)
}

// confirmation makes what proves an address: a secret and the mail with it.
func (s *Service) confirmation(a *Account) (Secret, domain.Job) {
	plain, secret := s.secret(PurposeConfirm, a.ID, confirmFor)
	return secret, s.mail(a, MailConfirm, "/confirm/"+plain)
}

// known tells the holder of an address that somebody signed up with it.
func (s *Service) known(ctx context.Context, email string) error {
	a, err := s.store.AccountByEmail(ctx, email)
	if err != nil {
		return err
	}
	if may, err := s.mayMail(ctx, MailKnown, email); !may {
		return err
	}
	err = s.store.SaveAccount(ctx, a, nil, domain.Change{Jobs: []domain.Job{s.mail(a, MailKnown, "/sign-in")}})
	if domain.CodeOf(err) == domain.Conflict {
		return nil // somebody else signs up with it at this moment: that one's mail tells
	}
	return err
}

// nameTaken is the error of a name that an actor of the node has or had.
func nameTaken(name string) *domain.Error {
	return &domain.Error{Code: domain.Conflict, Key: "error.name_taken", Args: []any{name}, Field: "username"}
}

// draft makes an account of what was filled in, without storing it.
func (s *Service) draft(in SignUp) (*Account, domain.Problems) {
	var problems domain.Problems
	in.Username = strings.ToLower(strings.TrimSpace(in.Username))
	if err := checkUsername(in.Username); err != nil {
		problems = append(problems, domain.FieldsOf(err)...)
	}
	email, err := normalEmail(in.Email)
	if err != nil {
		problems = append(problems, domain.FieldsOf(err)...)
	}
	if in.DisplayName = strings.TrimSpace(in.DisplayName); in.DisplayName == "" {
		in.DisplayName = in.Username
	}
	checkDisplayName(&problems, in.DisplayName)
	if in.Language == "" {
		in.Language = s.lang
	}
	in.Language = checkLanguage(&problems, in.Language)
	if in.Reason = strings.TrimSpace(in.Reason); s.mode != ModeApproval {
		in.Reason = ""
	}
	checkText(&problems, "reason", in.Reason)
	now := s.mint.Now()
	return &Account{
		ID: s.mint.ID(), Username: in.Username, Email: email, Role: policy.RoleMember, Language: in.Language,
		DisplayName: in.DisplayName, Reason: in.Reason, Terms: in.Terms, CreatedAt: now, UpdatedAt: now,
	}, problems
}

// longestDisplayName is in letters.
const longestDisplayName = 100

func checkDisplayName(p *domain.Problems, name string) {
	if name == "" || utf8.RuneCountInString(name) > longestDisplayName || !utf8.ValidString(name) ||
		strings.ContainsFunc(name, unicode.IsControl) {
		p.Add("displayName", "account.display_name", longestDisplayName)
	}
}

// longestText is in letters.
const longestText = 2000

func checkText(p *domain.Problems, field, text string) {
	if utf8.RuneCountInString(text) > longestText {
		p.Add(field, "error.too_long", longestText)
	}
	if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
		p.Add(field, "error.not_text")
	}
}

func checkLanguage(p *domain.Problems, lang domain.Lang) domain.Lang {
	parsed, err := domain.ParseLang(string(lang))
	if err != nil {
		p.Add("language", "error.language", string(lang))
	}
	return parsed
}

// actor makes the person's actor and ties the account to it.
func (s *Service) actor(a *Account) *network.Actor {
	actor := network.NewLocal(s.mint, s.ns, network.TypePerson, network.SubjectPerson, a.Username, "users", a.Username)
	actor.Title, actor.Summary, actor.Visibility = a.DisplayName, a.Summary, a.Visibility()
	a.Actor = actor.ID
	return actor
}

// Holder returns whose link of a mail it is, for pages that ask before they do
// something: mail programs open links on their own. purpose is
// [PurposeConfirm] or [PurposeReset]. Errors: NotFound for a token that is
// unknown, used or expired.
func (s *Service) Holder(ctx context.Context, token string, purpose Purpose) (*Account, error) {
	return s.holder(ctx, token, purpose)
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
	return a, s.save(ctx, a, []Purpose{PurposeConfirm}, domain.Change{Events: []domain.Event{s.event(Confirmed, a.Actor, a)}})
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
	if err := policy.Allow(v, policy.Moderate, People{}); err != nil {
		return err
	}
	a, err := s.store.Account(ctx, id)
	if err != nil || a.State != PendingApproval {
		return err
	}
	a.State, a.Reason = state, ""
	change := domain.Change{Events: []domain.Event{s.event(kind, v.Actor, a)}}
	if state == Active {
		change.Jobs = []domain.Job{s.mail(a, MailApproved, "/sign-in")}
	}
	return s.save(ctx, a, nil, change)
}

// Waiting lists who waits for approval. Errors: Forbidden.
func (s *Service) Waiting(ctx context.Context, v policy.Viewer, page domain.Page) (domain.List[*Account], error) {
	if err := policy.Allow(v, policy.Moderate, People{}); err != nil {
		return domain.List[*Account]{}, err
	}
	return s.store.Accounts(ctx, PendingApproval, page)
}

// People answers the policy for the people of the node as a whole:
// moderators decide who comes in.
type People struct{}

func (People) PolicyKind() string                            { return "members" }
func (People) PolicyVisibility() domain.Visibility           { return domain.VisiblePublic }
func (People) PolicyRelation(domain.ActorID) policy.Relation { return policy.Stranger }
func (People) PolicyLocal() bool                             { return true }

// Invite makes a code with which one person can sign up; a mail brings it if
// an address is given. Errors: Forbidden, Invalid.
func (s *Service) Invite(ctx context.Context, v policy.Viewer, email string) (code string, err error) {
	if err := policy.Allow(v, policy.Moderate, People{}); err != nil {
		return "", err
	}
	plain, secret := s.secret(PurposeInvite, "", InviteFor)
	var change domain.Change
	if email != "" {
		if email, err = normalEmail(email); err != nil {
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
		if err := checkPassword(in.Password, in.Username, in.Email); err != nil {
			problems = append(problems, domain.FieldsOf(err)...)
		}
		a.PasswordHash = s.cost.hash(in.Password)
	}
	switch role {
	case policy.RoleMember, policy.RoleCurator, policy.RoleModerator, policy.RoleAdmin:
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
	name = strings.ToLower(name)
	if checkUsername(name) != nil {
		return nil, domain.Fail(domain.NotFound, "error.not_found")
	}
	return s.store.AccountByUsername(ctx, name)
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
	checkDisplayName(&problems, p.DisplayName)
	checkText(&problems, "summary", p.Summary)
	p.Language = checkLanguage(&problems, p.Language)
	if err := problems.Err(); err != nil {
		return nil, err
	}
	a.DisplayName, a.Summary, a.Language = p.DisplayName, p.Summary, p.Language
	return a, s.save(ctx, a, nil, domain.Change{Events: []domain.Event{s.event(ProfileUpdated, a.Actor, a)}})
}

// save stores what was changed now.
func (s *Service) save(ctx context.Context, a *Account, end []Purpose, change domain.Change) error {
	a.UpdatedAt = s.mint.Now()
	return s.store.SaveAccount(ctx, a, end, change)
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
