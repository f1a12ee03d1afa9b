package storage_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"interlink/domain"
	"interlink/domain/account"
	"interlink/domain/network"
	"interlink/domain/policy"
	"interlink/storage"
	"interlink/storage/storagetest"
)

const goodPassword = "seven wet umbrellas"

// registry is a node where people sign up; its clock stands still until it is
// moved.
type registry struct {
	*account.Service
	t     *testing.T
	db    *storage.DB
	clock *clock
	mint  *domain.Mint
	ns    domain.Namespace
}

// clock can be moved while others read it.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) read() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.now }

func (c *clock) move(d time.Duration) { c.mu.Lock(); defer c.mu.Unlock(); c.now = c.now.Add(d) }

func newRegistry(t *testing.T, db *storage.DB, mode account.Mode) *registry {
	t.Helper()
	r := &registry{t: t, db: db, clock: &clock{now: noon}}
	r.mint = domain.NewMint(r.clock.read, nil)
	r.ns = must[domain.Namespace](t)(domain.NewNamespace("https://city.example"))
	r.Service = account.NewService(storage.NewAccounts(db), r.mint, r.ns, mode, "es")
	return r
}

func (r *registry) signUp(name, email, invitation string) error {
	return r.SignUp(r.t.Context(), account.SignUp{
		Username: name, Email: email, Password: goodPassword, Language: "nl", Invitation: invitation,
	})
}

// create makes an active account with the good password.
func (r *registry) create(name string, role policy.Role) *account.Account {
	r.t.Helper()
	return must[*account.Account](r.t)(r.Create(r.t.Context(), account.SignUp{
		Username: name, Email: name + "@mail.example", Password: goodPassword,
	}, role))
}

func (r *registry) signIn(login string) (string, error) {
	token, _, err := r.SignIn(r.t.Context(), login, goodPassword, "192.0.2.1")
	return token, err
}

// mails are all that were ever asked for.
func (r *registry) mails() []account.Mail {
	r.t.Helper()
	var rows []string
	if err := r.db.Read().NewRaw("SELECT CAST(args AS TEXT) FROM river_job ORDER BY id").Scan(r.t.Context(), &rows); err != nil {
		r.t.Fatal(err)
	}
	mails := make([]account.Mail, len(rows))
	for i, row := range rows {
		var job struct {
			Kind string        `json:"kind"`
			Args *account.Mail `json:"args"`
		}
		job.Args = &mails[i]
		if err := json.Unmarshal([]byte(row), &job); err != nil || job.Kind != account.JobMail {
			r.t.Fatalf("job %s: %v", row, err)
		}
	}
	return mails
}

// token is that of the link in the newest mail, which is of a kind.
func (r *registry) token(kind account.MailKind) string {
	r.t.Helper()
	mails := r.mails()
	if len(mails) == 0 || mails[len(mails)-1].Kind != kind {
		r.t.Fatalf("mails %+v, want the last to be %s", mails, kind)
	}
	link := must[*url.URL](r.t)(url.Parse(mails[len(mails)-1].Link))
	if code := link.Query().Get("invitation"); code != "" {
		return code
	}
	return path.Base(link.Path)
}

// events are the kinds of all events, after checking their chain.
func (r *registry) events() []domain.EventKind {
	r.t.Helper()
	store := storage.NewEvents(r.db)
	must[int64](r.t)(store.Verify(r.t.Context()))
	var kinds []domain.EventKind
	for _, e := range must[[]domain.Event](r.t)(store.After(r.t.Context(), 0, 100)) {
		kinds = append(kinds, e.Kind)
	}
	return kinds
}

func wantField(t *testing.T, err error, code domain.Code, field, key string) {
	t.Helper()
	wantCode(t, err, code)
	for _, f := range domain.FieldsOf(err) {
		if f.Field == field && f.Key == key {
			return
		}
	}
	t.Errorf("error %v, want %s on %q", err, key, field)
}

func wantSignIn(t *testing.T, err error, code domain.Code, key string) {
	t.Helper()
	var e *domain.Error
	if !errors.As(err, &e) || e.Code != code || e.Key != key {
		t.Errorf("sign in: %v, want %s %s", err, code, key)
	}
}

func TestSignUp(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "open", testSignUpOpen)
	storagetest.Run(t, "link again", testSignUpLinkAgain)
	storagetest.Run(t, "expired", testSignUpExpired)
	storagetest.Run(t, "known address", testSignUpKnownAddress)
	storagetest.Run(t, "names", testSignUpNames)
	storagetest.Run(t, "race", testSignUpRace)
	storagetest.Run(t, "closed", testSignUpClosed)
	storagetest.Run(t, "approval", testSignUpApproval)
	storagetest.Run(t, "invitation", testSignUpInvitation)
}

func testSignUpOpen(t *testing.T, db *storage.DB) {
	ctx, r := t.Context(), newRegistry(t, db, account.ModeOpen)
	wantCode(t, r.signUp(" Ana ", "Ana@Mail.Example", ""), domain.OK)
	a := must[*account.Account](t)(r.ByUsername(ctx, "ANA"))
	if a.Email != "Ana@mail.example" || a.State != account.PendingEmail || a.Role != policy.RoleMember ||
		a.Language != "nl" || a.DisplayName != "ana" || a.Revision != 1 || !a.CreatedAt.Equal(noon) || !a.EmailProved.IsZero() {
		t.Errorf("made: %+v", a)
	}
	actor := must[*network.Actor](t)(storage.NewNetwork(db).Actor(ctx, a.Actor))
	if actor.IRI != "https://city.example/users/ana" || actor.Type != network.TypePerson || actor.Visibility != domain.VisibleMembers {
		t.Errorf("actor of one who waits: %+v", actor)
	}
	_, err := r.signIn("ana")
	wantSignIn(t, err, domain.Forbidden, "account.pending_email")

	mail := r.mails()[0]
	if mail.To != "Ana@mail.example" || mail.Language != "nl" || mail.Name != "ana" ||
		!strings.HasPrefix(mail.Link, "https://city.example/confirm/") {
		t.Errorf("mail: %+v", mail)
	}
	token := r.token(account.MailConfirm)
	_, err = r.Confirm(ctx, token+"x")
	wantCode(t, err, domain.NotFound)
	_, err = r.Session(ctx, token) // a secret for one purpose serves no other
	wantCode(t, err, domain.NotFound)
	r.clock.move(time.Hour)
	a = must[*account.Account](t)(r.Confirm(ctx, token))
	if a.State != account.Active || !a.EmailProved.Equal(noon.Add(time.Hour)) {
		t.Errorf("confirmed: %+v", a)
	}
	_, err = r.Confirm(ctx, token)
	wantCode(t, err, domain.NotFound)
	actor = must[*network.Actor](t)(storage.NewNetwork(db).Actor(ctx, a.Actor))
	if actor.Visibility != domain.VisiblePublic || !actor.UpdatedAt.Equal(noon.Add(time.Hour)) {
		t.Errorf("actor of one who is in: %+v", actor)
	}
	for _, login := range []string{"ana", "ANA ", "ana@mail.example", "Ana@MAIL.example"} {
		session := must[string](t)(r.signIn(login))
		if got := must[*account.Account](t)(r.Session(ctx, session)); got.ID != a.ID {
			t.Errorf("session of %q is of %+v", login, got)
		}
	}
	if got := r.events(); !slices.Equal(got, []domain.EventKind{account.Created, account.Confirmed}) {
		t.Errorf("events %v", got)
	}
}

func testSignUpLinkAgain(t *testing.T, db *storage.DB) {
	ctx, r := t.Context(), newRegistry(t, db, account.ModeOpen)
	wantCode(t, r.signUp("ana", "ana@mail.example", ""), domain.OK)
	r.clock.move(72 * time.Hour)
	for range 5 {
		_, err := r.signIn("ana")
		wantSignIn(t, err, domain.Forbidden, "account.pending_email")
	}
	if n := len(r.mails()); n != 1+3 {
		t.Errorf("%d mails, want 4", n)
	}
	token := r.token(account.MailConfirm)
	holder := must[*account.Account](t)(r.Holder(ctx, token, account.PurposeConfirm))
	if holder.Username != "ana" || holder.State != account.PendingEmail {
		t.Errorf("holder %+v", holder)
	}
	must[*account.Account](t)(r.Holder(ctx, token, account.PurposeConfirm)) // it is not used up
	_, err := r.Holder(ctx, token, account.PurposeReset)
	wantCode(t, err, domain.NotFound)
	must[*account.Account](t)(r.Confirm(ctx, token))
	must[string](t)(r.signIn("ana"))
}

func testSignUpExpired(t *testing.T, db *storage.DB) {
	ctx, r := t.Context(), newRegistry(t, db, account.ModeOpen)
	wantCode(t, r.signUp("ana", "ana@mail.example", ""), domain.OK)
	token := r.token(account.MailConfirm)
	r.clock.move(72 * time.Hour)
	_, err := r.Confirm(ctx, token)
	wantCode(t, err, domain.NotFound)
	// A reset proves the address too.
	wantCode(t, r.RequestReset(ctx, "ana@mail.example"), domain.OK)
	wantCode(t, r.ResetPassword(ctx, r.token(account.MailReset), goodPassword), domain.OK)
	must[string](t)(r.signIn("ana"))
}

func testSignUpKnownAddress(t *testing.T, db *storage.DB) {
	ctx, r := t.Context(), newRegistry(t, db, account.ModeOpen)
	ana := r.create("ana", policy.RoleMember)
	wantCode(t, r.signUp("anna", "ANA@mail.example", ""), domain.OK)
	_, err := r.ByUsername(ctx, "anna")
	wantCode(t, err, domain.NotFound)
	mails := r.mails()
	if len(mails) != 1 || mails[0].Kind != account.MailKnown || mails[0].To != ana.Email || mails[0].Language != "es" {
		t.Errorf("mails %+v", mails)
	}
	// Nobody is flooded: three mails of a kind, then ever fewer.
	for range 20 {
		wantCode(t, r.signUp("anna", "Ana@mail.example", ""), domain.OK)
		wantCode(t, r.RequestReset(ctx, "ana@mail.example"), domain.OK)
	}
	if n := len(r.mails()); n != 3+3 {
		t.Errorf("%d mails at once, want 6", n)
	}
	for range 24 * 60 {
		r.clock.move(time.Minute)
		wantCode(t, r.RequestReset(ctx, "ana@mail.example"), domain.OK)
	}
	if n := len(r.mails()); n != 6+10 { // after 1, 2, 4, … 512 minutes and 12 hours
		t.Errorf("%d mails in a day, want 16", n)
	}
	if mail := r.mails()[0]; mail.Kind != account.MailKnown {
		t.Errorf("mail %+v", mail)
	}
	// A taken name says so whether or not the address is known.
	for _, email := range []string{"ana@mail.example", "new@mail.example"} {
		wantField(t, r.signUp("ana", email, ""), domain.Conflict, "username", "error.name_taken")
	}
}

func testSignUpNames(t *testing.T, db *storage.DB) {
	ctx, r := t.Context(), newRegistry(t, db, account.ModeOpen)
	group := network.NewLocal(r.mint, r.ns, network.TypeGroup, network.SubjectCommunity, "parks", "communities", "parks")
	wantCode(t, storage.NewNetwork(db).AddLocalActor(ctx, group), domain.OK)
	wantField(t, r.signUp("parks", "p@mail.example", ""), domain.Conflict, "username", "error.name_taken")
	_, err := r.Create(ctx, account.SignUp{Username: "parks", Email: "p@mail.example"}, policy.RoleMember)
	wantField(t, err, domain.Conflict, "username", "error.name_taken")
	r.create("ana", policy.RoleMember)
	_, err = r.Create(ctx, account.SignUp{Username: "bo", Email: "ANA@mail.example"}, policy.RoleMember)
	wantField(t, err, domain.Conflict, "email", "account.email_taken")
	if taken := must[bool](t)(storage.NewAccounts(db).NameTaken(ctx, "bo")); taken {
		t.Error("a name is taken by an account that was not made")
	}
	err = r.SignUp(ctx, account.SignUp{
		Username: "a b", Email: "x", Password: "short", DisplayName: "a\x00b", Language: "!",
	})
	wantCode(t, err, domain.Invalid)
	var fields []string
	for _, f := range domain.FieldsOf(err) {
		fields = append(fields, f.Field)
	}
	if want := []string{"username", "email", "displayName", "language", "password"}; !slices.Equal(fields, want) {
		t.Errorf("fields %v, want %v", fields, want)
	}
}

// Two sign-ups with one address at the same time: one account, and both
// get the same answer.
func testSignUpRace(t *testing.T, db *storage.DB) {
	r := newRegistry(t, db, account.ModeOpen)
	var wg sync.WaitGroup
	errs := make([]error, 6)
	for i := range errs {
		wg.Go(func() { errs[i] = r.signUp(fmt.Sprintf("ana%d", i), "ana@mail.example", "") })
	}
	wg.Wait()
	for _, err := range errs {
		wantCode(t, err, domain.OK)
	}
	all := must[domain.List[*account.Account]](t)(storage.NewAccounts(db).Accounts(t.Context(), "", domain.Page{}))
	if all.Total != 1 {
		t.Errorf("%d accounts with one address", all.Total)
	}
}

func testSignUpClosed(t *testing.T, db *storage.DB) {
	r := newRegistry(t, db, account.ModeClosed)
	wantCode(t, r.signUp("ana", "ana@mail.example", ""), domain.Forbidden)
	r.create("ana", policy.RoleMember) // by the operator
	must[string](t)(r.signIn("ana"))
}

func testSignUpApproval(t *testing.T, db *storage.DB) {
	ctx, r := t.Context(), newRegistry(t, db, account.ModeApproval)
	mod := r.create("mod", policy.RoleModerator).Viewer()
	member := r.create("member", policy.RoleMember).Viewer()
	var waiting []*account.Account
	for _, name := range []string{"ana", "bo", "cy"} {
		wantCode(t, r.signUp(name, name+"@mail.example", ""), domain.OK)
		waiting = append(waiting, must[*account.Account](t)(r.Confirm(ctx, r.token(account.MailConfirm))))
		_, err := r.signIn(name)
		wantSignIn(t, err, domain.Forbidden, "account.pending_approval")
	}
	wantField(t, r.SignUp(ctx, account.SignUp{
		Username: "dee", Email: "dee@mail.example", Password: goodPassword, Reason: "a\x00",
	}), domain.Invalid, "reason", "error.not_text")
	wantCode(t, r.SignUp(ctx, account.SignUp{
		Username: "eve", Email: "eve@mail.example", Password: goodPassword, Reason: " I care for parks. ",
	}), domain.OK)
	eve := must[*account.Account](t)(r.Confirm(ctx, r.token(account.MailConfirm)))
	if eve.Reason != "I care for parks." {
		t.Errorf("reason %q", eve.Reason)
	}
	wantCode(t, r.Approve(ctx, mod, eve.ID), domain.OK)
	if eve = must[*account.Account](t)(r.ByUsername(ctx, "eve")); eve.Reason != "" {
		t.Errorf("the reason is kept: %q", eve.Reason)
	}
	_, err := r.Waiting(ctx, member, domain.Page{})
	wantCode(t, err, domain.Forbidden)
	page := must[domain.List[*account.Account]](t)(r.Waiting(ctx, mod, domain.Page{Limit: 2}))
	rest := must[domain.List[*account.Account]](t)(r.Waiting(ctx, mod, domain.Page{Limit: 2, After: page.Next}))
	if page.Total != 3 || len(page.Items) != 2 || page.Items[0].ID != waiting[0].ID ||
		len(rest.Items) != 1 || rest.Items[0].ID != waiting[2].ID || rest.Next != "" {
		t.Errorf("waiting: %+v then %+v", page, rest)
	}
	wantCode(t, r.Approve(ctx, member, waiting[0].ID), domain.Forbidden)
	wantCode(t, r.Approve(ctx, policy.Viewer{}, waiting[0].ID), domain.Unauthenticated)
	wantCode(t, r.Approve(ctx, mod, waiting[0].ID), domain.OK)
	if mail := r.mails()[len(r.mails())-1]; mail.Kind != account.MailApproved || mail.To != "ana@mail.example" {
		t.Errorf("mail %+v", mail)
	}
	wantCode(t, r.Approve(ctx, mod, waiting[0].ID), domain.OK) // again: nothing
	must[string](t)(r.signIn("ana"))
	wantCode(t, r.Refuse(ctx, mod, waiting[1].ID), domain.OK)
	_, err = r.signIn("bo")
	wantSignIn(t, err, domain.Forbidden, "account.suspended")
	if got := r.events()[5:]; !slices.Equal(got[len(got)-2:], []domain.EventKind{account.Approved, account.Refused}) {
		t.Errorf("events %v", got)
	}
}

func testSignUpInvitation(t *testing.T, db *storage.DB) {
	ctx, r := t.Context(), newRegistry(t, db, account.ModeInvitation)
	mod, member := r.create("mod", policy.RoleModerator).Viewer(), r.create("member", policy.RoleMember).Viewer()
	_, err := r.Invite(ctx, member, "")
	wantCode(t, err, domain.Forbidden)
	code := must[string](t)(r.Invite(ctx, mod, "Ana@mail.example"))
	if mail := r.mails()[0]; mail.Kind != account.MailInvite || mail.Language != "es" || r.token(account.MailInvite) != code {
		t.Errorf("mail %+v with code %q", mail, code)
	}
	wantField(t, r.signUp("ana", "ana@mail.example", ""), domain.Invalid, "invitation", "account.invitation")
	wantField(t, r.signUp("ana", "ana@mail.example", "no such code"), domain.Invalid, "invitation", "account.invitation")
	wantField(t, r.signUp("ana", "not an address", code), domain.Invalid, "email", "account.email_shape") // not used up
	wantCode(t, r.signUp("ana", "ana@mail.example", " "+code+" "), domain.OK)
	wantField(t, r.signUp("bo", "bo@mail.example", code), domain.Invalid, "invitation", "account.invitation")
	late := must[string](t)(r.Invite(ctx, mod, ""))
	r.clock.move(14 * 24 * time.Hour)
	wantField(t, r.signUp("bo", "bo@mail.example", late), domain.Invalid, "invitation", "account.invitation")

	// Many use one code at once: one comes in.
	code = must[string](t)(r.Invite(ctx, mod, ""))
	var wg sync.WaitGroup
	errs := make([]error, 5)
	for i := range errs {
		wg.Go(func() { errs[i] = r.signUp(fmt.Sprintf("p%d", i), fmt.Sprintf("p%d@mail.example", i), code) })
	}
	wg.Wait()
	in := 0
	for _, err := range errs {
		if err == nil {
			in++
			continue
		}
		wantField(t, err, domain.Invalid, "invitation", "account.invitation")
	}
	if in != 1 {
		t.Errorf("%d came in with one code", in)
	}
}

func TestProfile(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "edit", func(t *testing.T, db *storage.DB) {
		ctx, r := t.Context(), newRegistry(t, db, account.ModeOpen)
		ana := r.create("ana", policy.RoleMember)
		r.clock.move(time.Minute)
		_, err := r.UpdateProfile(ctx, policy.Viewer{}, account.Profile{DisplayName: "x", Language: "en"})
		wantCode(t, err, domain.Unauthenticated)
		_, err = r.UpdateProfile(ctx, ana.Viewer(), account.Profile{DisplayName: " ", Summary: "a\x00", Language: "?"})
		for _, f := range []string{"displayName", "summary", "language"} {
			if !slices.ContainsFunc(domain.FieldsOf(err), func(e *domain.Error) bool { return e.Field == f }) {
				t.Errorf("no problem with %s: %v", f, err)
			}
		}
		must[*account.Account](t)(r.UpdateProfile(ctx, ana.Viewer(), account.Profile{
			DisplayName: "Ana Ruiz", Summary: "I <b>like</b> trams.", Language: "ES-419",
		}))
		got := must[*account.Account](t)(r.ByActor(ctx, ana.Actor))
		if got.DisplayName != "Ana Ruiz" || got.Language != "es-419" || got.Revision != 2 || !got.UpdatedAt.Equal(noon.Add(time.Minute)) {
			t.Errorf("account %+v", got)
		}
		actor := must[*network.Actor](t)(storage.NewNetwork(db).Actor(ctx, ana.Actor))
		if actor.Title != "Ana Ruiz" || actor.Summary != "I <b>like</b> trams." || !actor.UpdatedAt.Equal(noon.Add(time.Minute)) {
			t.Errorf("actor %+v", actor)
		}
		store := storage.NewAccounts(db)
		got.Revision = 1
		wantCode(t, store.SaveAccount(ctx, got, nil, domain.Change{}), domain.Conflict)
		if kinds := r.events(); !slices.Equal(kinds, []domain.EventKind{account.Created, account.ProfileUpdated}) {
			t.Errorf("events %v", kinds)
		}
	})
}
