package personal

import (
	"time"

	"interlink/domain"
)

// Deletion is an account that is to be deleted, or was.
type Deletion struct {
	ID        domain.ID
	Account   domain.ID
	Actor     domain.ActorID
	Successor domain.ActorID // who takes over what would have no administrator; Nobody for no one
	Hash      string         // hex SHA-256 of the secret of its page
	Link      string         // of its page, for the mail at the end; "" once that is sent, or if none is wanted
	State     State
	Email     string // for the mail at the end; "" once that is sent, or if none is wanted
	Language  domain.Lang
	Activity  domain.ID // that asks other servers to delete; "" before
	AskedAt   time.Time
	DueAt     time.Time
	ErasedAt  time.Time // zero before
	DoneAt    time.Time // when the last server had answered or was given up; zero before
}

// State is how far a deletion is.
type State string

// The states.
const (
	Waiting State = "waiting" // signing in calls it off
	Sent    State = "sent"    // nothing is left here; other servers are being asked
	Done    State = "done"    // all of them answered or were given up
)

// Receipt is what became of asking one server.
type Receipt struct {
	Host   string
	State  ReceiptState
	Status int       // of HTTP, the last one; 0 if there was none
	At     time.Time // of the last attempt; zero before the first
}

// ReceiptState is how a server answered.
type ReceiptState string

// The states of receipts.
const (
	ReceiptPending   ReceiptState = "pending"   // not yet
	ReceiptConfirmed ReceiptState = "confirmed" // it took the request
	ReceiptRefused   ReceiptState = "refused"   // it said no
	ReceiptGivenUp   ReceiptState = "given_up"  // it did not answer for days
	ReceiptBlocked   ReceiptState = "blocked"   // this node does not talk to it
)

// Receipts counts them by state.
type Receipts map[ReceiptState]int

// All is how many servers are asked.
func (r Receipts) All() int {
	n := 0
	for _, c := range r {
		n += c
	}
	return n
}

// Part is something that has the person as its only administrator.
type Part struct {
	ID      domain.ActorID
	Subject string // one of the Subject constants of package network
	Name    string
	Title   string
	IRI     domain.IRI
}

// Holding counts one kind of things that the node holds of a person.
type Holding struct {
	Key  string // "posts", "likes", …
	N    int
	Kept bool // it stays when they leave, without their name
}

// What happens when people leave.
const (
	// AccountDeleted tells that a person of this node left. It has the id of the
	// activity that asks other servers.
	AccountDeleted domain.EventKind = "account.deleted" // [Left]

	// JobErase asks to carry a deletion out.
	JobErase = "account.erase"
)

// Left is the payload of [AccountDeleted].
type Left struct {
	Actor    domain.ActorID `json:"actor"`
	Deletion domain.ID      `json:"deletion"`
}

// EraseArgs are the arguments of [JobErase].
type EraseArgs struct {
	Deletion domain.ID `json:"deletion"`
}

// MaxGrace bounds the days in which one may come back.
const MaxGrace = 30
