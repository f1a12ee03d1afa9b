package network

import (
	"context"
	"time"

	"interlink/domain"
	"interlink/domain/policy"
)

// HostStatus is a host with what is on its way to it.
type HostStatus struct {
	Host
	Waiting int       // deliveries that are pending
	Dead    int       // deliveries that were given up
	Oldest  time.Time // when the oldest pending one was queued; zero if none waits
	Verdict Verdict   // of the rules
}

// Lag is how long the oldest delivery has waited.
func (h *HostStatus) Lag(now time.Time) time.Duration {
	if h.Oldest.IsZero() {
		return 0
	}
	return max(0, now.Sub(h.Oldest))
}

// HostState says in one word how a host does.
type HostState string

// The states of a host.
const (
	HostReached HostState = "reached" // it takes what it is sent, as far as is known
	HostFailing HostState = "failing" // the last attempt failed; it is tried again
	HostPausing HostState = "pausing" // it is left alone until OpenUntil
	HostDead    HostState = "dead"    // it has failed since FailingSince, for longer than [DeadAfter]
	HostBlocked HostState = "blocked" // a rule says so: nothing is sent
)

// State tells how the host does.
func (h *HostStatus) State(now time.Time) HostState {
	switch {
	case h.Verdict == VerdictBlock:
		return HostBlocked
	case h.Host.Dead(now):
		return HostDead
	case h.OpenUntil.After(now):
		return HostPausing
	case !h.FailingSince.IsZero():
		return HostFailing
	}
	return HostReached
}

// LateAfter is how long a delivery may wait before its host counts as one
// with problems.
const LateAfter = 5 * time.Minute

// Sent is a delivery as administrators see it.
type Sent struct {
	ID       domain.ID
	Serial   domain.Serial
	Activity domain.IRI
	Type     string // of the activity
	Inbox    domain.IRI
	State    DeliveryState
	Attempts int
	NextAt   time.Time // of a pending one
	Status   int       // HTTP status of the last attempt; 0 if there was no answer
	Error    string
	Since    time.Time // when it was queued
}

// Horizon is how long an activity is tried: longer than any peer does (the
// longest known gives up after about three days). What would leave two nodes
// of different minds for good is tried for longer.
func Horizon(activityType string) time.Duration {
	const day = 24 * time.Hour
	switch activityType {
	case "Delete", "Undo", "Accept", "Reject":
		return 14 * day
	}
	return 5 * day
}

// Failure is a received activity whose work failed for good.
type Failure struct {
	Received
	Error string
}

// Ages says how old the oldest is that waits in each queue; the zero time if
// nothing does.
type Ages struct{ Received, Fanouts, Deliveries, Jobs time.Time }

// The events of what administrators do; the subjects are a host and a
// received activity.
const (
	HostRetried      domain.EventKind = "host.retried"      // [RetryPayload]
	ReceivedReplayed domain.EventKind = "received.replayed" // [FailurePayload]
	ReceivedSetAside domain.EventKind = "received.set_aside"
)

// RetryPayload is the payload of [HostRetried].
type RetryPayload struct {
	Host string `json:"host"`
}

// FailurePayload is the payload of the events of received activities. It does
// not hold what they say.
type FailurePayload struct {
	Activity domain.IRI `json:"activity"`
}

// TrafficStore reads and steers the queues.
type TrafficStore interface {
	// Hosts lists hosts, those first that have been late or failing for
	// longest; with troubled those alone that are late, failing or paused.
	Hosts(ctx context.Context, troubled bool, now time.Time, p domain.Page) (domain.List[*HostStatus], error)
	// HostStatus returns one host. Errors: NotFound if it is unknown and
	// nothing is on its way to it.
	HostStatus(ctx context.Context, host string) (*HostStatus, error)
	// Sent lists the deliveries to a host that are pending or dead, oldest first.
	Sent(ctx context.Context, host string, state DeliveryState, p domain.Page) (domain.List[*Sent], error)
	// GivenUp reports whether a sent activity has a delivery that is dead.
	GivenUp(ctx context.Context, activity domain.IRI) (bool, error)
	// Retry closes the breaker of a host, makes its pending deliveries due,
	// and dead ones pending that are younger than their [Horizon].
	Retry(ctx context.Context, host string, now time.Time, change domain.Change) error
	// Failures lists failed activities, newest first.
	Failures(ctx context.Context, p domain.Page) (domain.List[*Failure], error)
	// Failure returns a failed activity. Errors: NotFound.
	Failure(ctx context.Context, id domain.ID) (*Failure, error)
	// Replay makes a failed activity pending, as if never tried. Errors:
	// NotFound.
	Replay(ctx context.Context, id domain.ID, now time.Time, change domain.Change) error
	// SetAside makes a failed activity done; its error stays. Errors:
	// NotFound.
	SetAside(ctx context.Context, id domain.ID, now time.Time, change domain.Change) error
}

// Traffic is what is on its way between this node and others, for those who
// run it.
type Traffic struct {
	store TrafficStore
	gate  *Gate
	mint  *domain.Mint
}

// NewTraffic makes the service.
func NewTraffic(store TrafficStore, gate *Gate, mint *domain.Mint) *Traffic {
	return &Traffic{store, gate, mint}
}

// TrafficFacts answers the policy for the queues: they hold what is private,
// so only administrators of the node know of them.
type TrafficFacts struct{}

// PolicyKind implements policy.Facts.
func (TrafficFacts) PolicyKind() string { return "traffic" }

// PolicyVisibility implements policy.Facts.
func (TrafficFacts) PolicyVisibility() domain.Visibility { return domain.VisibleMembers }

// PolicyRelation implements policy.Facts.
func (TrafficFacts) PolicyRelation(domain.ActorID) policy.Relation { return policy.Stranger }

// PolicyLocal implements policy.Facts.
func (TrafficFacts) PolicyLocal() bool { return true }

// Hosts lists the hosts that this node has to do with, worst first. Errors:
// NotFound for those who do not administer the node.
func (t *Traffic) Hosts(ctx context.Context, v policy.Viewer, troubled bool, p domain.Page) (domain.List[*HostStatus], error) {
	if err := policy.Allow(v, policy.Read, TrafficFacts{}); err != nil {
		return domain.List[*HostStatus]{}, err
	}
	list, err := t.store.Hosts(ctx, troubled, t.mint.Now(), p)
	for _, h := range list.Items {
		if err == nil {
			h.Verdict, err = t.gate.Verdict(ctx, h.Host.Host)
		}
	}
	return list, err
}

// Host returns one host. Errors: NotFound.
func (t *Traffic) Host(ctx context.Context, v policy.Viewer, host string) (*HostStatus, error) {
	if err := policy.Allow(v, policy.Read, TrafficFacts{}); err != nil {
		return nil, err
	}
	h, err := t.store.HostStatus(ctx, host)
	if err == nil {
		h.Verdict, err = t.gate.Verdict(ctx, host)
	}
	return h, err
}

// Away reports whether a host did not take what it was sent last, so that what
// is on its way there waits. Anybody may know who waits for it.
func (t *Traffic) Away(ctx context.Context, host string) (bool, error) {
	h, err := t.store.HostStatus(ctx, host)
	if domain.CodeOf(err) == domain.NotFound {
		return false, nil
	}
	return err == nil && !h.FailingSince.IsZero(), err
}

// GivenUp reports whether an activity of this node did not arrive, since its
// delivery was given up; false, too, once that is forgotten. Whoever may know of
// the activity may know it.
func (t *Traffic) GivenUp(ctx context.Context, activity domain.IRI) (bool, error) {
	return t.store.GivenUp(ctx, activity)
}

// Sent lists the deliveries to a host that wait, or with dead those that were
// given up, oldest first. Errors: NotFound.
func (t *Traffic) Sent(ctx context.Context, v policy.Viewer, host string, dead bool, p domain.Page) (domain.List[*Sent], error) {
	if err := policy.Allow(v, policy.Read, TrafficFacts{}); err != nil {
		return domain.List[*Sent]{}, err
	}
	state := DeliveryPending
	if dead {
		state = DeliveryDead
	}
	return t.store.Sent(ctx, host, state, p)
}

// Retry tries a host again now: what waits for it is due, what was given up
// waits again unless it is too old. Errors: Forbidden also for a blocked
// host, NotFound.
func (t *Traffic) Retry(ctx context.Context, v policy.Viewer, host string) error {
	if err := policy.Allow(v, policy.Administer, TrafficFacts{}); err != nil {
		return err
	}
	if _, err := t.store.HostStatus(ctx, host); err != nil {
		return err
	}
	if err := t.gate.Check(ctx, host); err != nil {
		return err
	}
	e := domain.NewEvent(t.mint, HostRetried, v.Actor, domain.Subject{Kind: "host", ID: domain.ID(host)}, RetryPayload{host})
	return t.store.Retry(ctx, host, t.mint.Now(), domain.Change{Events: []domain.Event{e}})
}

// Failures lists the received activities whose work failed, newest first.
func (t *Traffic) Failures(ctx context.Context, v policy.Viewer, p domain.Page) (domain.List[*Failure], error) {
	if err := policy.Allow(v, policy.Read, TrafficFacts{}); err != nil {
		return domain.List[*Failure]{}, err
	}
	return t.store.Failures(ctx, p)
}

// Failure returns one of them. Errors: NotFound.
func (t *Traffic) Failure(ctx context.Context, v policy.Viewer, id domain.ID) (*Failure, error) {
	if err := policy.Allow(v, policy.Read, TrafficFacts{}); err != nil {
		return nil, err
	}
	return t.store.Failure(ctx, id)
}

// Replay has a failed activity worked again. Errors: NotFound.
func (t *Traffic) Replay(ctx context.Context, v policy.Viewer, id domain.ID) error {
	change, err := t.decide(ctx, v, id, ReceivedReplayed)
	if err != nil {
		return err
	}
	return t.store.Replay(ctx, id, t.mint.Now(), change)
}

// replayedAtOnce is how many failed activities one command has worked again.
const replayedAtOnce = 500

// ReplayAll has the newest failed activities worked again, as after a time in
// which none could be, and returns how many. Errors: NotFound for those who do
// not administer the node.
func (t *Traffic) ReplayAll(ctx context.Context, v policy.Viewer) (replayed int, err error) {
	var failed []*Failure
	for page := (domain.Page{Limit: 100}); len(failed) < replayedAtOnce; {
		list, err := t.Failures(ctx, v, page)
		if err != nil {
			return 0, err
		}
		failed = append(failed, list.Items...)
		if page.After = list.Next; page.After == "" {
			break
		}
	}
	for _, f := range failed {
		switch err := t.Replay(ctx, v, f.ID); domain.CodeOf(err) {
		case domain.OK:
			replayed++
		case domain.NotFound: // somebody else was faster
		default:
			return replayed, err
		}
	}
	return replayed, nil
}

// SetAside makes an end of a failed activity: it is not worked any more.
// Errors: NotFound.
func (t *Traffic) SetAside(ctx context.Context, v policy.Viewer, id domain.ID) error {
	change, err := t.decide(ctx, v, id, ReceivedSetAside)
	if err != nil {
		return err
	}
	return t.store.SetAside(ctx, id, t.mint.Now(), change)
}

func (t *Traffic) decide(ctx context.Context, v policy.Viewer, id domain.ID, kind domain.EventKind) (domain.Change, error) {
	if err := policy.Allow(v, policy.Administer, TrafficFacts{}); err != nil {
		return domain.Change{}, err
	}
	f, err := t.store.Failure(ctx, id)
	if err != nil {
		return domain.Change{}, err
	}
	e := domain.NewEvent(t.mint, kind, v.Actor, domain.Subject{Kind: "received", ID: id}, FailurePayload{f.IRI})
	return domain.Change{Events: []domain.Event{e}}, nil
}
