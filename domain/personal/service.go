package personal

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"time"

	"interlink/domain"
	"interlink/domain/account"
	"interlink/domain/coproduction"
	"interlink/domain/network"
	"interlink/domain/organization"
	"interlink/domain/picture"
	"interlink/domain/policy"
)

// Accounts are what is asked of the accounts.
type Accounts interface {
	Account(ctx context.Context, id domain.ID) (*account.Account, error)
	AccountByActor(ctx context.Context, id domain.ActorID) (*account.Account, error)
	AccountByUsername(ctx context.Context, name string) (*account.Account, error)
}

// Prove asks the viewer for their password. Errors: Unauthenticated, TooMany;
// Invalid on "password".
type Prove func(ctx context.Context, v policy.Viewer, password string) error

// Service is what people do with all that is theirs.
type Service struct {
	store    Store
	accounts Accounts
	prove    Prove
	mint     *domain.Mint
	ns       domain.Namespace
	node     domain.ActorID

	data  Data
	files ReadFile
}

// NewService makes the service; node is the actor of the node itself.
func NewService(store Store, accounts Accounts, prove Prove, mint *domain.Mint, ns domain.Namespace, node domain.ActorID) *Service {
	return &Service{store: store, accounts: accounts, prove: prove, mint: mint, ns: ns, node: node}
}

// own returns the viewer's account. Errors: Unauthenticated; Forbidden for a
// token that may not write.
func (s *Service) own(ctx context.Context, v policy.Viewer) (*account.Account, error) {
	if v.Actor == domain.Nobody {
		return nil, domain.Fail(domain.Unauthenticated, "error.sign_in")
	}
	if err := policy.Allow(v, policy.Report, account.People{}); err != nil { // whatever a token that writes may do
		return nil, err
	}
	a, err := s.accounts.AccountByActor(ctx, v.Actor)
	if domain.CodeOf(err) == domain.NotFound {
		return nil, domain.Fail(domain.Unauthenticated, "error.sign_in").Because(err)
	}
	return a, err
}

// Prospect is what leaving would mean.
type Prospect struct {
	Holdings []Holding
	Sole     []Part // needs a successor, or another administrator
	Last     bool   // nobody else administers the node: they cannot leave
}

// Prospect tells the viewer what leaving would mean. Errors: Unauthenticated.
func (s *Service) Prospect(ctx context.Context, v policy.Viewer) (Prospect, error) {
	a, err := s.own(ctx, v)
	if err != nil {
		return Prospect{}, err
	}
	var p Prospect
	if p.Holdings, err = s.store.Holdings(ctx, a.Actor, a.ID); err != nil {
		return p, err
	}
	if p.Sole, err = s.store.Sole(ctx, a.Actor); err != nil {
		return p, err
	}
	p.Last, err = s.store.LastAdministrator(ctx, a.ID)
	return p, err
}

// Leave is what somebody says who wants to leave.
type Leave struct {
	Password  string
	Days      int    // in which signing in calls it off; 0 for at once, at most [MaxGrace]
	Successor string // username of who takes over what would have no administrator; "" if there is no such thing
	Mail      bool   // tell by mail how it ended: the address is kept until then
}

// Ask ends all sessions and tokens of the viewer and has their account deleted.
// It returns the address of the page that tells how far that is; nobody else
// can find it. Errors: Unauthenticated, TooMany; Invalid on "password", "days"
// and "successor"; Conflict for who alone administers the node.
func (s *Service) Ask(ctx context.Context, v policy.Viewer, in Leave) (link string, err error) {
	a, err := s.own(ctx, v)
	if err != nil {
		return "", err
	}
	if in.Days < 0 || in.Days > MaxGrace {
		return "", domain.InvalidField("days", "leave.days", MaxGrace)
	}
	if last, err := s.store.LastAdministrator(ctx, a.ID); err != nil {
		return "", err
	} else if last {
		return "", domain.Fail(domain.Conflict, "leave.last_administrator")
	}
	heir, err := s.heir(ctx, a, in.Successor)
	if err != nil {
		return "", err
	}
	if err := s.prove(ctx, v, in.Password); err != nil {
		return "", err
	}
	d, link := s.begin(a, heir, in)
	change := domain.Change{Events: []domain.Event{s.told(account.DeletionAsked, a)}}
	if in.Days == 0 {
		change.Jobs = []domain.Job{{Kind: JobErase, Args: EraseArgs{d.ID}, Unique: string(d.ID)}}
	} else if a.Email != "" {
		change.Jobs = []domain.Job{s.mail(account.MailLeaving, a.Email, a.Language, a.DisplayName, link)}
	}
	a.State, a.UpdatedAt = account.Leaving, d.AskedAt
	return link, s.store.AskDeletion(ctx, d, a, change)
}

// begin makes the deletion and the link of its page.
func (s *Service) begin(a *account.Account, heir domain.ActorID, in Leave) (*Deletion, string) {
	secret := base64.RawURLEncoding.EncodeToString(s.mint.Secret(24))
	link, now := string(s.ns.IRI("deletions", secret)), s.mint.Now()
	d := &Deletion{
		ID: s.mint.ID(), Account: a.ID, Actor: a.Actor, Successor: heir, Hash: hash(secret), State: Waiting, Language: a.Language,
		AskedAt: now, DueAt: now.AddDate(0, 0, in.Days),
	}
	if in.Mail && a.Email != "" {
		d.Email, d.Link = a.Email, link
	}
	return d, link
}

func hash(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// heir finds the successor. Errors: Invalid on "successor", also if one is
// needed and none is named.
func (s *Service) heir(ctx context.Context, a *account.Account, username string) (domain.ActorID, error) {
	if username == "" {
		sole, err := s.store.Sole(ctx, a.Actor)
		if err == nil && len(sole) > 0 {
			err = domain.InvalidField("successor", "leave.successor_missing", len(sole))
		}
		return domain.Nobody, err
	}
	found, err := s.accounts.AccountByUsername(ctx, username)
	if domain.CodeOf(err) == domain.NotFound || err == nil && (found.State != account.Active || found.ID == a.ID) {
		return domain.Nobody, domain.InvalidField("successor", "leave.successor", username)
	}
	if err != nil {
		return domain.Nobody, err
	}
	return found.Actor, nil
}

func (s *Service) told(kind domain.EventKind, a *account.Account) domain.Event {
	return domain.NewEvent(s.mint, kind, a.Actor, domain.Subject{Kind: "account", ID: a.ID}, account.Happened{Actor: a.Actor, Username: a.Username})
}

func (s *Service) mail(kind account.MailKind, to string, lang domain.Lang, name, link string) domain.Job {
	return domain.Job{Kind: account.JobMail, Args: account.Mail{To: to, Kind: kind, Language: lang, Name: name, Link: link}}
}

// Erase carries a deletion out; it is the handler of [JobErase]. One that was
// called off, or is done, changes nothing.
func (s *Service) Erase(ctx context.Context, args EraseArgs) error {
	d, err := s.store.Deletion(ctx, args.Deletion)
	if domain.CodeOf(err) == domain.NotFound || err == nil && d.State != Waiting {
		return nil
	}
	if err != nil {
		return err
	}
	a, err := s.accounts.Account(ctx, d.Account)
	if err != nil {
		return err
	}
	e := Erasure{Deletion: d, Node: s.node, Person: s.ns.IRI("users", a.Username), Inbox: s.ns.IRI("users", a.Username, "inbox"), Email: a.Email}
	if e.Sole, err = s.store.Sole(ctx, a.Actor); err != nil {
		return err
	}
	if heir, err := s.accounts.AccountByActor(ctx, d.Successor); err == nil && heir.State == account.Active {
		e.Heir = heir.Actor
	}
	files, err := s.store.Files(ctx, a.Actor)
	if err != nil {
		return err
	}
	left := domain.NewEvent(s.mint, AccountDeleted, a.Actor, domain.Subject{Kind: "account", ID: a.ID}, Left{Actor: a.Actor, Deletion: d.ID})
	d.State, d.Activity, d.ErasedAt = Sent, left.ID, s.mint.Now()
	change := domain.Change{Events: append(s.handedOver(e), left)}
	for _, file := range files {
		change.Jobs = append(change.Jobs, picture.Sweeping(file, d.ErasedAt))
	}
	err = s.store.Erase(ctx, e, change)
	if domain.CodeOf(err) == domain.Conflict {
		return nil // called off at this moment, or done by another worker
	}
	return err
}

// handedOver tells that somebody took over; the node does it.
func (s *Service) handedOver(e Erasure) []domain.Event {
	if e.Heir == domain.Nobody {
		return nil
	}
	var events []domain.Event
	tell := func(kind domain.EventKind, p Part, payload any) {
		events = append(events, domain.NewEvent(s.mint, kind, domain.Nobody, domain.Subject{Kind: p.Subject, ID: domain.ID(p.ID)}, payload))
	}
	for _, p := range e.Sole {
		member := organization.Membership{Actor: e.Heir, Role: organization.RoleAdministrator}
		switch p.Subject {
		case network.SubjectOrganization:
			tell(organization.OrganizationMemberAdded, p, member)
		case network.SubjectTeam:
			tell(organization.TeamMemberAdded, p, member)
		case network.SubjectProcess:
			tell(coproduction.AdministratorAdded, p, coproduction.Granted{Grantee: e.Heir})
		}
	}
	return events
}

// Keep carries out what is due, notes what other servers answered, and forgets
// what was done before a time. It is called every hour.
func (s *Service) Keep(ctx context.Context, before time.Time) error {
	due, err := s.store.Due(ctx, s.mint.Now())
	if err != nil {
		return err
	}
	for _, id := range due {
		if err := s.Erase(ctx, EraseArgs{id}); err != nil {
			return err
		}
	}
	if err := s.finish(ctx); err != nil {
		return err
	}
	return s.store.Forget(ctx, before)
}

func (s *Service) finish(ctx context.Context) error {
	settled, err := s.store.Settle(ctx)
	for _, d := range settled {
		if err != nil {
			break
		}
		var change domain.Change
		if d.Email != "" {
			change.Jobs = []domain.Job{s.mail(account.MailLeft, d.Email, d.Language, "", d.Link)}
		}
		d.State, d.DoneAt, d.Email, d.Link = Done, s.mint.Now(), "", ""
		err = s.store.Finish(ctx, d, change)
	}
	return err
}

// CallOff keeps an account that is to be deleted, by the secret of the page of
// the deletion: who asked for it alone has that. Errors: NotFound; Conflict if
// it was carried out.
func (s *Service) CallOff(ctx context.Context, secret string) error {
	d, err := s.store.DeletionByHash(ctx, hash(secret))
	if err != nil {
		return err
	}
	if d.State != Waiting {
		return domain.Fail(domain.Conflict, "leave.done_already")
	}
	a, err := s.accounts.Account(ctx, d.Account)
	if err != nil {
		return err
	}
	return s.store.CallOff(ctx, d, s.mint.Now(), domain.Change{Events: []domain.Event{s.told(account.DeletionCalledOff, a)}})
}

// Progress is how far a deletion is.
type Progress struct {
	Deletion *Deletion
	Counts   Receipts
	Receipts domain.List[Receipt]
}

// Progress reads it by the secret of its page. Errors: NotFound.
func (s *Service) Progress(ctx context.Context, secret string, page domain.Page) (Progress, error) {
	var p Progress
	var err error
	if p.Deletion, err = s.store.DeletionByHash(ctx, hash(secret)); err != nil {
		return p, err
	}
	if p.Counts, err = s.store.CountReceipts(ctx, p.Deletion.ID); err != nil {
		return p, err
	}
	p.Receipts, err = s.store.Receipts(ctx, p.Deletion.ID, page)
	return p, err
}

// ReceiveDeparture removes what ties somebody to this node who left another
// one; what they wrote is erased by the commands of the subjects.
func (s *Service) ReceiveDeparture(ctx context.Context, person *network.Actor) error {
	if person.Local() {
		return domain.Fail(domain.Forbidden, "error.forbidden")
	}
	return s.store.ForgetRelations(ctx, person.ID)
}
