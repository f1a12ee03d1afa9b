package personal

import (
	"context"
	"time"

	"interlink/domain"
	"interlink/domain/account"
)

// Erasure is what a deletion writes.
type Erasure struct {
	Deletion *Deletion      // with State, Activity and ErasedAt as they are then
	Heir     domain.ActorID // who takes over Sole; Nobody leaves it without an administrator
	Sole     []Part
	Node     domain.ActorID // whose the person's reports become
	Person   domain.IRI     // address of the person
	Inbox    domain.IRI     // of the person
	Email    string         // of the account; "" if it has none
}

// Store keeps what belongs to people leaving. Reads fail with NotFound.
type Store interface {
	Deletion(ctx context.Context, id domain.ID) (*Deletion, error)
	DeletionByHash(ctx context.Context, hash string) (*Deletion, error)
	DeletionOf(ctx context.Context, account domain.ID) (*Deletion, error)
	// AskDeletion stores a deletion with its account, of which all secrets end.
	// Errors: Conflict if either is not as it was read.
	AskDeletion(ctx context.Context, d *Deletion, a *account.Account, change domain.Change) error
	// CallOff removes a deletion that is waiting, and makes its account active.
	// Errors: Conflict if it is not.
	CallOff(ctx context.Context, d *Deletion, at time.Time, change domain.Change) error
	// Due returns up to 100 deletions that are to be carried out.
	Due(ctx context.Context, now time.Time) ([]domain.ID, error)
	// Erase removes all that is the person's, notes which servers are to be
	// asked, and writes the change, in one transaction. Errors: Conflict if it
	// was called off or is done already.
	Erase(ctx context.Context, e Erasure, change domain.Change) error

	// Settle copies what became of the requests to other servers into the
	// receipts, and returns up to 100 deletions of which none is pending.
	Settle(ctx context.Context) ([]*Deletion, error)
	// Finish stores that a deletion is done: the address for the mail is
	// forgotten and the person's keys are retired.
	Finish(ctx context.Context, d *Deletion, change domain.Change) error
	// Forget removes deletions that were done before a time, with their
	// receipts and the request.
	Forget(ctx context.Context, before time.Time) error

	Receipts(ctx context.Context, deletion domain.ID, page domain.Page) (domain.List[Receipt], error)
	CountReceipts(ctx context.Context, deletion domain.ID) (Receipts, error)

	// Sole returns what has the person as its only administrator.
	Sole(ctx context.Context, person domain.ActorID) ([]Part, error)
	// LastAdministrator reports whether nobody else administers the node.
	LastAdministrator(ctx context.Context, account domain.ID) (bool, error)
	// Files returns the addresses of the files that only the person shows.
	Files(ctx context.Context, person domain.ActorID) ([]domain.IRI, error)
	// Holdings counts what there is of a person.
	Holdings(ctx context.Context, person domain.ActorID, account domain.ID) ([]Holding, error)

	// ForgetRelations removes what ties a person of another node, who left it, to
	// groups, processes and calls of this one.
	ForgetRelations(ctx context.Context, person domain.ActorID) error
}
