package account

import (
	"context"
	"time"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/domain/policy"
)

// Purpose is what a secret is for.
type Purpose string

// The purposes of secrets.
const (
	PurposeSession Purpose = "session"
	PurposeToken   Purpose = "token"
	PurposeConfirm Purpose = "confirm"
	PurposeReset   Purpose = "reset"
	PurposeInvite  Purpose = "invite" // of no account yet
	PurposeProof   Purpose = "proof"  // of a guest: the link of a message to their own account elsewhere
	PurposeGuest   Purpose = "guest"  // of a guest: a visit
	// PurposeArrival is of a guest on the way to their own server, whose host is
	// the name; the actor is who they say they are.
	PurposeArrival Purpose = "arrival"
)

// Secret is something a person holds that lets them in; only its hash is
// kept.
type Secret struct {
	ID        domain.ID
	Hash      string // hex SHA-256 of what the person holds
	Purpose   Purpose
	Account   domain.ID      // "" for an invitation and for guests
	Actor     domain.ActorID // of a guest; else Nobody
	Name      string         // of a token, or the host of an arrival
	Scopes    []policy.Scope
	CreatedAt time.Time
	ExpiresAt time.Time // zero if never
	SeenAt    time.Time
}

// ForgetAfter is how long failures are remembered.
const ForgetAfter = 24 * time.Hour

// Failures counts what somebody may not do too often: attempts to sign in by
// one name or from one address that failed, mails to one address.
type Failures struct {
	Key   string // what is counted and the hash of by whom
	Count int
	Until time.Time // no attempt before
	Last  time.Time
}

// Accounts is the half of [Store] about accounts. Reads fail with NotFound.
type Accounts interface {
	Account(ctx context.Context, id domain.ID) (*Account, error)
	AccountByActor(ctx context.Context, id domain.ActorID) (*Account, error)
	AccountByUsername(ctx context.Context, name string) (*Account, error)
	// AccountByEmail tells no small letters from capital ones.
	AccountByEmail(ctx context.Context, email string) (*Account, error)
	// NameTaken reports whether any actor of the node has or had the name.
	NameTaken(ctx context.Context, name string) (bool, error)
	// Accounts lists those in a state, or all if it is "", oldest first.
	Accounts(ctx context.Context, state State, page domain.Page) (domain.List[*Account], error)
	// CreateAccount stores a new account with its actor and the terms that it
	// accepts. A taken name or
	// address is Conflict on "username" or "email", a secret in used that was
	// used meanwhile Invalid on "invitation".
	CreateAccount(ctx context.Context, a *Account, actor *network.Actor, secrets []Secret, used *Secret, change domain.Change) error
	// SaveAccount updates where the revision is unchanged, else Conflict;
	// its secrets with the given purposes end. The actor follows: see
	// [Account.Visibility]. The deletion of an active one is called off.
	SaveAccount(ctx context.Context, a *Account, end []Purpose, change domain.Change) error
}

// Secrets is the other half.
type Secrets interface {
	// Secret finds one that has not expired. Errors: NotFound.
	Secret(ctx context.Context, hash string, purpose Purpose, now time.Time) (*Secret, error)
	// Secrets lists those that have not expired, newest first.
	Secrets(ctx context.Context, account domain.ID, purpose Purpose, now time.Time) ([]Secret, error)
	AddSecret(ctx context.Context, s Secret, change domain.Change) error
	// TouchSecret notes that it was used and when it expires now.
	TouchSecret(ctx context.Context, id domain.ID, seen, expires time.Time) error
	DeleteSecret(ctx context.Context, account, id domain.ID) error
	// ExchangeSecret ends a secret that can be used once, for another. Errors:
	// NotFound if somebody else was first.
	ExchangeSecret(ctx context.Context, used, made Secret) error
	// Failures returns the zero count for an unknown key.
	Failures(ctx context.Context, key string) (Failures, error)
	// SaveFailures stores a count where it is still what it was, else
	// Conflict, so that attempts at once are counted one by one. Count 0
	// forgets the key.
	SaveFailures(ctx context.Context, f Failures, was int) error
}

// Store keeps accounts and what lets people in.
type Store interface {
	Accounts
	Secrets
}
