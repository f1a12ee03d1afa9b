package view

import (
	"time"

	"interlink/domain"
)

// SignInPage is at /sign-in. Form: POST /sign-in {login, password, return}.
type SignInPage struct {
	Frame
	Form   Form
	Return string // where to go then
	SignUp bool   // offered
}

// SignUpPage is at /sign-up. Form: POST /sign-up {username, title, email,
// password, lang, reason, invitation, accept}.
type SignUpPage struct {
	Frame
	Form       Form
	Mode       string      // "open", "approval", "invitation", "closed"
	Invitation string      // code from the address
	Invited    domain.Text // the group to which the code leads; empty for none
	Host       string
	Langs      []Option
	Rules      []domain.Text // to be accepted
	Terms      int           // version of the terms in force, to be accepted; 0 for none
}

// CheckMailPage says that a mail is on its way, at /check-mail.
type CheckMailPage struct {
	Frame
	For     string // "confirm" or "reset"
	Address string // as typed, may be ""
	Again   string // address that sends it again by POST {email}; may be ""
	Log     bool   // loopback mode: the mail is in the server's log
}

// ConfirmedPage answers the link of the mail, at /confirm/{token}.
// State: "ready" (Form: POST Action), "done", "waiting" (for approval), "expired".
type ConfirmedPage struct {
	Frame
	State  string
	Action string
}

// ResetPage asks for a new password: first for the address, at /reset (Form:
// POST /reset {email}), then, with the link of the mail, at /reset/{token}
// (Form: POST Action {password}).
type ResetPage struct {
	Frame
	Form    Form
	Action  string
	Chosen  bool // second step
	Expired bool // the link is too old
}

// SettingsPage is the reader's own profile, at /me.
//
// Forms: POST /me {title, summary, lang}; POST /me/password {current,
// password}.
type SettingsPage struct {
	Frame
	Form    Form
	Which   string // form that Form belongs to: "profile", "password"
	Name    string
	Handle  string
	Summary string
	Email   string
	Joined  time.Time
	Role    string
	Langs   []Option
}

// TokensPage lists the reader's tokens, at /me/tokens.
// Forms: POST /me/tokens {label, scopes (repeated)}; POST Revoke of each.
type TokensPage struct {
	Frame
	Form   Form
	Tokens []Token
	Fresh  string // the secret just made: shown once
	Scopes []Option
}

// Token is a key for programs.
type Token struct {
	Label   string
	Scopes  []string
	Created time.Time
	Used    time.Time // zero if never
	Revoke  string
}

// AdminPage is the first page of the administration, at /admin.
//
// Forms: POST
// /admin/invitations {email}, where Invites.
type AdminPage struct {
	Frame
	Which      string // of the forms is Form: "catalogues", "invitations" or ""
	Form       Form
	MayFollow  bool    // other nodes' catalogues
	Catalogues []Actor // that are followed
	Invites    bool
	Needs      []Need
	Counts     Counts
	Queues     []Queue
	Facts      []Fact
}

// Queue is a queue of the node and how it does.
type Queue struct {
	Key     string // translated as queue.<key>
	Waiting int
	Failed  int
}

// Fact is a line of a summary list.
type Fact struct {
	Key   string
	Value string
}

// ImportPage imports the content that comes with the program, a file or what
// is at an address, keeps the sources that are imported by themselves, and
// shows the result, at /admin/import. Forms: POST /admin/import {dry
// (checkbox)}, /admin/import/file {file, format, dry}, /admin/import/address
// {address, format, dry}, /admin/import/sources {source, source_format, every}.
type ImportPage struct {
	Frame
	Which   string // form that Form is of: "file", "address", "sources"; "" for the first
	Form    Form
	MayEdit bool
	Sources []ImportSource
	Work    *Progress // while it runs
	Report  *ImportReport
}

// ImportReport is the result of an import.
type ImportReport struct {
	At         time.Time
	Took       time.Duration
	Dry        bool // nothing was saved
	Refused    bool // errors: nothing was saved
	Rows       []ImportRow
	Phases     int
	Objectives int
	Tasks      int
	Effects    []ImportEffect // what is new or changed, not all if there are many
	Errors     []ImportRemark
	Warnings   []ImportRemark
	Hidden     int // warnings that are not listed
}

// ImportRow counts one kind.
type ImportRow struct {
	Key                              string // translated as count.<key>: "interlinkers", "problem_profiles", "schemas"
	Added, Updated, Unchanged, Total int
}

// ImportRemark is one thing about one file.
type ImportRemark struct {
	File, Field, Message string
}

// ApprovalsPage lists people who wait for an account, at /admin/approvals.
// Forms: POST Approve and Reject of each.
type ApprovalsPage struct {
	Frame
	Items []Approval
	Pager Pager
}

// Approval is one request.
type Approval struct {
	Name, Handle, Email, Reason string
	At                          time.Time
	Approve, Reject             string
}

// ErrorPage says what went wrong. [ErrorOf] makes it.
type ErrorPage struct {
	Frame
	Status  int
	Code    domain.Code
	Err     error  // its sentence is shown, its cause never
	Request string // id to tell the administrator, for faults of ours
	Gone    *Tombstone
	Resend  *Resend
}

// Resend is a form that met what passes, to be sent once more as it was: what
// was typed stays, but passwords and files are asked for again.
type Resend struct {
	Action string
	Upload bool // it goes as multipart/form-data
	Typed  []Typed
	Asked  []Typed // names and the keys of their labels
	Files  []SentFiles
	Look   string // where to see whether it was saved, as nobody knows; "" if it was not
}

// SentFiles are the files that one field of a form sent.
type SentFiles struct {
	Field string
	Names []string
}

// Tombstone is what remains of a thing that was deleted.
type Tombstone struct {
	Kind    string // "story", "post", …: translated as thing.<kind>
	At      time.Time
	Origin  Origin
	Instead *Link
}
