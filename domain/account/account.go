package account

import (
	"strings"
	"time"

	"interlink/domain"
	"interlink/domain/policy"
)

// State is how far an account has come.
type State string

// The states.
const (
	PendingEmail    State = "pending_email"    // the address must be proved
	PendingApproval State = "pending_approval" // an administrator must let them in
	Active          State = "active"
	Suspended       State = "suspended"
	Leaving         State = "leaving" // is deleted soon, unless they sign in before
)

// Mode says how people get an account.
type Mode string

// The modes of signing up.
const (
	ModeOpen       Mode = "open"
	ModeApproval   Mode = "approval"
	ModeInvitation Mode = "invitation"
	ModeClosed     Mode = "closed"
)

// Account is a person who can log in.
type Account struct {
	ID           domain.ID
	Actor        domain.ActorID
	Username     string // the actor's name
	Email        string // normalised; "" for one made without
	EmailProved  time.Time
	PasswordHash string // "" if there is none yet
	Role         policy.Role
	State        State
	Language     domain.Lang
	DisplayName  string
	Summary      string // plain text
	Reason       string // why they want to take part, until it is decided; plain text
	Terms        int    // version of the terms that they accept on signing up; 0 for none; not read back
	OwesTerms    bool   // terms must be accepted before they go on; set by the store
	CreatedAt    time.Time
	UpdatedAt    time.Time
	Revision     int64
}

// reserved are names that would be mistaken for the node itself, or are
// paths of it.
var reserved = map[string]bool{
	"actor": true, "catalogue": true, "admin": true, "administrator": true, "moderator": true, "root": true, "system": true,
	"support": true, "security": true, "postmaster": true, "webmaster": true, "abuse": true, "info": true, "noreply": true,
	"inbox": true, "api": true, "me": true, "everyone": true, "here": true, "interlink": true, "node": true,
}

// checkUsername judges a name: [a-z0-9_]{1,30}, not reserved. Errors: Invalid
// on "username".
func checkUsername(name string) error {
	if len(name) == 0 || len(name) > 30 || strings.ContainsFunc(name, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '_'
	}) {
		return domain.InvalidField("username", "account.username_shape")
	}
	if reserved[name] {
		return domain.InvalidField("username", "account.username_reserved", name)
	}
	return nil
}

// normalEmail is [domain.ParseEmail]. Errors: Invalid on "email".
func normalEmail(s string) (string, error) {
	email, ok := domain.ParseEmail(s)
	if !ok {
		return "", domain.InvalidField("email", "account.email_shape")
	}
	return email, nil
}

// Viewer returns the account as the policy knows it; an account that may not
// log in is nobody.
func (a *Account) Viewer() policy.Viewer {
	if a.State != Active {
		return policy.Viewer{}
	}
	return policy.Viewer{Actor: a.Actor, Role: a.Role}
}

// Visibility is that of the person's actor: nobody else learns of one who
// never proved their address or was not let in.
func (a *Account) Visibility() domain.Visibility {
	if a.State == Active || a.State == Leaving {
		return domain.VisiblePublic
	}
	return domain.VisibleMembers
}

// subject names the account in events.
func (a *Account) subject() domain.Subject { return domain.Subject{Kind: "account", ID: a.ID} }

// The events of accounts. None leaves the node.
const (
	Created        domain.EventKind = "account.created" // [Happened], as all of these
	Confirmed      domain.EventKind = "account.confirmed"
	Approved       domain.EventKind = "account.approved"
	Refused        domain.EventKind = "account.refused"
	ProfileUpdated domain.EventKind = "account.profile_updated"
	PasswordSet    domain.EventKind = "account.password_set"
	TokenCreated   domain.EventKind = "account.token_created"

	DeletionAsked     domain.EventKind = "account.deletion_asked"
	DeletionCalledOff domain.EventKind = "account.deletion_called_off"
)

// Happened is the payload of the events of an account.
type Happened struct {
	Actor    domain.ActorID `json:"actor"`
	Username string         `json:"username"`
}

// JobMail asks for a mail to be sent.
const JobMail = "mail.send"

// Mail is what a mail says; its words are those of the recipient's language.
type Mail struct {
	To       string      `json:"to"`
	Kind     MailKind    `json:"kind"`
	Language domain.Lang `json:"language"`
	Name     string      `json:"name"` // of the recipient
	Link     string      `json:"link,omitempty"`
	About    domain.Text `json:"about,omitempty"` // what the mail is about, as people call it
}

// MailKind is the kind of a mail.
type MailKind string

// The mails.
const (
	MailConfirm   MailKind = "confirm"   // prove the address: open Link
	MailKnown     MailKind = "known"     // somebody signed up with an address that has an account
	MailReset     MailKind = "reset"     // choose a new password: open Link
	MailApproved  MailKind = "approved"  // you can sign in: open Link
	MailInvite    MailKind = "invite"    // you are invited: open Link
	MailLeaving   MailKind = "leaving"   // your account is deleted on the day of About: Link shows how far it is
	MailNotice    MailKind = "notice"    // we have your notice with the number of About: Link tells how it stands
	MailDecision  MailKind = "decision"  // it is decided: Link leads there by the number
	MailStatement MailKind = "statement" // something of yours is restricted: Link has the reasons, and takes a complaint
	MailComplaint MailKind = "complaint" // your complaint is decided

	MailLeft MailKind = "left" // your account is deleted and all servers answered or were given up: Link shows it
	MailJoin MailKind = "join" // you are invited to the group that About names: open Link
)
