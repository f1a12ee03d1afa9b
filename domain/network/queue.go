package network

import (
	"time"

	"interlink/domain"
)

// Received is an activity from another server: stored as received, then
// worked.
type Received struct {
	ID       domain.ID
	Serial   domain.Serial
	IRI      domain.IRI // of the activity; unique, so a repeated one is stored once
	Actor    domain.IRI // whose it is
	Bringer  domain.IRI // who brought it, if it is not proven to be its actor's: see [Received.BroughtBy]
	Host     string
	Type     string
	Inbox    string     // path of the inbox it came to
	Object   domain.IRI // whose words it carries: they go when the object is deleted; "" for none
	Raw      []byte     // the bytes, at most 1 MiB
	Attempts int        // how often it was tried
	At       time.Time
}

// BroughtBy marks an activity as one that somebody else brought, without a
// proof of its actor: good for reading its object again, and no more. It has
// an address of its own, so that it never stands in the way of the one that
// its actor sends.
func (r *Received) BroughtBy(signer domain.IRI) {
	r.Bringer, r.IRI = signer, r.IRI+" brought by "+signer
}

// Activity is what a local actor did, as bytes written once.
type Activity struct {
	ID     domain.ID
	Serial domain.Serial
	IRI    domain.IRI
	Actor  domain.ActorID
	Type   string
	Object domain.IRI // the object's IRI, for looking up; "" if none
	Public bool       // part of the outbox
	Raw    []byte
	Digest string // base64 SHA-256 of Raw, as in a Digest header
	At     time.Time
}

// Outgoing is an activity with those it goes to.
type Outgoing struct {
	Activity    Activity
	FollowersOf []domain.ActorID // local actors whose remote followers receive it
	Software    string           // of the hosts of all of them, as [Software] names it, or [GroupReaders]; "" for all
	Inboxes     []domain.IRI     // further inboxes
	Passing     bool             // it carries what somebody of another node did: in no outbox, and kept until it is delivered
	OrderKey    string           // deliveries to an inbox with the same key keep their order
}

// Delivery is one activity on its way to one inbox.
type Delivery struct {
	ID       domain.ID
	Activity domain.ID
	Actor    domain.ActorID // who signs
	Host     string
	Inbox    domain.IRI
	Attempts int    // before this one
	Type     string // of the activity
	Raw      []byte
	Digest   string
	Since    time.Time // when it was queued
	Scheme   string    // signature scheme the host understands; "" if unknown, or learned too long ago
	Failing  bool      // the host failed the last time
	Noted    time.Time // when its last success was written down
}

// DeliveryResult is how an attempt ended.
type DeliveryResult struct {
	Delivery *Delivery
	State    DeliveryState
	NextAt   time.Time // for DeliveryPending
	Status   int       // HTTP status; 0 if there was no answer
	Error    string    // at most 300 bytes, for administrators
	Scheme   string    // signature scheme that was accepted; "" if none
	At       time.Time
	Host     HostOutcome
	Pause    time.Time // until when the host wants nothing more; zero if it did not say
	Jobs     []domain.Job
}

// DeliveryState is where a delivery stands.
type DeliveryState string

// The states of a delivery.
const (
	DeliveryPending DeliveryState = "pending"
	DeliveryDone    DeliveryState = "done"
	DeliveryDead    DeliveryState = "dead"
)

// HostOutcome is what an attempt says of the host as a whole.
type HostOutcome int

// The outcomes.
const (
	HostAnswered HostOutcome = iota // it answered sensibly, even if with a refusal
	HostFailed                      // no answer, or an answer such as 500 or 503
)

// Host is what is known of another server.
type Host struct {
	Host          string
	Software      Software  // the zero Software if it is not known
	Signature     string    // scheme that worked last, or that it used itself
	SignatureAt   time.Time // when that was learned
	Capabilities  []domain.IRI
	Failures      int       // in a row
	OpenUntil     time.Time // no delivery before, as it failed too often or asked for it
	FailingSince  time.Time // when it began to fail; zero if it does not
	LastSuccessAt time.Time
	LastFailureAt time.Time
	LastInboundAt time.Time
	LastError     string
}

// DeadAfter is how long a host may fail before it counts as dead: news is not
// queued for it any more, until it gives a sign of life.
const DeadAfter = 7 * 24 * time.Hour

// Dead reports whether a host has failed for so long.
func (h *Host) Dead(now time.Time) bool {
	return !h.FailingSince.IsZero() && now.Sub(h.FailingSince) > DeadAfter
}

// Queues counts what waits.
type Queues struct {
	Received   int `json:"received"`
	Failed     int `json:"failed"`
	Fanouts    int `json:"fanouts"`
	Deliveries int `json:"deliveries"`
	Dead       int `json:"dead"`
	Jobs       int `json:"jobs"`
}

// ReceivedState is where the work on a received activity stands.
type ReceivedState string

// The states of a received activity.
const (
	ReceivedPending ReceivedState = "pending"
	ReceivedDone    ReceivedState = "done"
	ReceivedFailed  ReceivedState = "failed" // kept for administrators
)

// ReceivedResult is how the work on one received activity ended.
type ReceivedResult struct {
	ID     domain.ID
	State  ReceivedState
	NextAt time.Time // for ReceivedPending
	Error  string    // at most 300 bytes, for administrators; may accompany ReceivedDone as a note
	At     time.Time
}
