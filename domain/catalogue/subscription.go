package catalogue

import (
	"context"
	"time"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/domain/policy"
)

// SubscriptionState is how far the reading of a followed catalogue has come.
type SubscriptionState string

// The states of a subscription.
const (
	SubscriptionAsked   SubscriptionState = "asked"   // the other node has not accepted
	SubscriptionReading SubscriptionState = "reading" // entries that are there are read, page by page
	SubscriptionCurrent SubscriptionState = "current" // all are here; changes come by themselves
	SubscriptionPaused  SubscriptionState = "paused"  // somebody here stopped the reading
	SubscriptionHalted  SubscriptionState = "halted"  // it sends too much: nothing is taken until somebody lets it go on
)

// Halt is why a subscription is halted.
type Halt string

// The reasons.
const (
	HaltQuota Halt = "quota" // it has more entries than this node takes of one
	HaltRate  Halt = "rate"  // its entries change too often
)

// Subscription is how this node follows another's catalogue.
type Subscription struct {
	Catalogue domain.ActorID
	Host      string
	Selection Selection
	State     SubscriptionState
	Halt      Halt

	Next    domain.IRI // page that is read next; "" before the first and after the last
	Pages   int        // read since the reading began
	Taken   int        // entries that were new or newer
	Refused int        // that broke a bound
	Total   int        // as the other node says

	Since        time.Time
	ReadAt       time.Time // when the last page had been read
	CheckedAt    time.Time // when its digest was last asked for
	VerifiedAt   time.Time // when all was last known to be as it is there
	FailingSince time.Time // since when the other node has not answered; zero if it does
	NotBefore    time.Time // the other node asks for patience
	Revision     int64
}

// awayAfter is after how long without an answer a node counts as gone for
// good.
const awayAfter = 30 * 24 * time.Hour

// Away reports whether the other node has not answered for so long that it is
// taken as gone. What was copied of it stays.
func (s *Subscription) Away(now time.Time) bool {
	return !s.FailingSince.IsZero() && now.Sub(s.FailingSince) > awayAfter
}

// Takes reports whether entries are taken in as they come.
func (s *Subscription) Takes() bool { return s.State != SubscriptionHalted }

// SubscriptionStore keeps how catalogues are followed. Reads fail with
// NotFound.
type SubscriptionStore interface {
	Subscription(ctx context.Context, catalogue domain.ActorID) (*Subscription, error)
	// Subscriptions lists all by host.
	Subscriptions(ctx context.Context) ([]*Subscription, error)
	// SaveSubscription inserts one with Revision 0, or updates it where the
	// revision is unchanged (Conflict if not), and adds 1 to it.
	SaveSubscription(ctx context.Context, s *Subscription, change domain.Change) error
	// SavePage stores entries as Save does, and the subscription with them.
	SavePage(ctx context.Context, entries []*Entry, s *Subscription, change domain.Change) error
	// Unsubscribe removes a subscription.
	Unsubscribe(ctx context.Context, catalogue domain.ActorID, change domain.Change) error
	// Copies counts the entries that are kept of a catalogue, by standing.
	Copies(ctx context.Context, catalogue domain.ActorID) (map[Standing]int, error)
	// Marks returns address and version of the published entries of a
	// catalogue, in no order.
	Marks(ctx context.Context, catalogue domain.ActorID) ([]Mark, error)
	// CopiesOf lists the copies of a host by serial, with their content.
	CopiesOf(ctx context.Context, host string, after domain.Serial, limit int) ([]*Entry, error)
	// SaveStandings writes trust, standing and reason of copies, each where
	// the revision is unchanged; the others are left. The revisions grow.
	SaveStandings(ctx context.Context, copies []*Entry, change domain.Change) error
	// CopyHosts lists the hosts of which there are copies.
	CopyHosts(ctx context.Context) ([]string, error)
}

// The jobs of subscriptions; [network.JobBackfill] is the reading.
const (
	JobCheck = "catalogue.check" // [network.BackfillArgs]: heal what was missed
	JobJudge = network.JobJudge  // [JudgeArgs]: see again where copies stand
	JobRead  = "catalogue.read"  // [ReadArgs]: read one entry again
)

// JudgeArgs are the arguments of [JobJudge].
type JudgeArgs struct {
	Host string `json:"host"` // "" for all
}

// ReadArgs are the arguments of [JobRead].
type ReadArgs struct {
	Entry domain.IRI `json:"entry"`
}

// SubscriptionChanged is the payload of the event of the same name.
type SubscriptionPayload struct {
	Host  string            `json:"host"`
	State SubscriptionState `json:"state,omitempty"` // "" for one that ended
	Halt  Halt              `json:"halt,omitempty"`
}

// curator lets those through who decide what comes in from other nodes.
func curator(v policy.Viewer) error { return policy.Allow(v, policy.Moderate, &Entry{}) }

// Subscriptions lists how other catalogues are followed, by host. Errors:
// Forbidden unless v reviews what comes in.
func (s *Service) Subscriptions(ctx context.Context, v policy.Viewer) ([]*Subscription, error) {
	if err := curator(v); err != nil {
		return nil, err
	}
	return s.store.Subscriptions(ctx)
}

// Subscription reads one, with what is kept of the catalogue. Errors:
// Forbidden, NotFound.
func (s *Service) Subscription(ctx context.Context, v policy.Viewer, catalogue domain.ActorID) (*Subscription, map[Standing]int, error) {
	if err := curator(v); err != nil {
		return nil, nil, err
	}
	sub, err := s.store.Subscription(ctx, catalogue)
	if err != nil {
		return nil, nil, err
	}
	copies, err := s.store.Copies(ctx, catalogue)
	return sub, copies, err
}

// SubscriptionOf reads the one of a host's catalogue. Errors: Forbidden,
// NotFound.
func (s *Service) SubscriptionOf(ctx context.Context, v policy.Viewer, host string) (*Subscription, error) {
	all, err := s.Subscriptions(ctx, v)
	if err != nil {
		return nil, err
	}
	for _, sub := range all {
		if sub.Host == host {
			return sub, nil
		}
	}
	return nil, domain.Fail(domain.NotFound, "error.not_found")
}

// Reads tells whether this node takes in what a catalogue of another node
// publishes, or has asked for it.
func (s *Service) Reads(ctx context.Context, catalogue domain.ActorID) (bool, error) {
	_, err := s.store.Subscription(ctx, catalogue)
	if domain.CodeOf(err) == domain.NotFound {
		return false, nil
	}
	return err == nil, err
}

// Subscribe says which entries are wanted of a catalogue that is followed, or
// was asked to be. What is here is shown or hidden accordingly. Errors:
// Forbidden unless v administers the node, Invalid.
func (s *Service) Subscribe(ctx context.Context, v policy.Viewer, owner *network.Actor, wanted Selection) (*Subscription, error) {
	if err := policy.Allow(v, policy.Edit, &Entry{}); err != nil {
		return nil, err
	}
	if owner.Local() || owner.Entries == "" {
		return nil, domain.InvalidField("handle", "error.not_a_catalogue")
	}
	if err := wanted.Check(); err != nil {
		return nil, err
	}
	sub, err := s.subscription(ctx, owner)
	if err != nil {
		return nil, err
	}
	sub.Selection = wanted
	return sub, s.store.SaveSubscription(ctx, sub, s.told(v.Actor, sub, judging(owner.Host)))
}

// subscription reads the one of a catalogue, or makes it.
func (s *Service) subscription(ctx context.Context, owner *network.Actor) (*Subscription, error) {
	sub, err := s.store.Subscription(ctx, owner.ID)
	if domain.CodeOf(err) == domain.NotFound {
		return &Subscription{Catalogue: owner.ID, Host: owner.Host, State: SubscriptionAsked, Since: s.mint.Now()}, nil
	}
	return sub, err
}

func (s *Service) told(by domain.ActorID, sub *Subscription, jobs ...domain.Job) domain.Change {
	return domain.Change{Jobs: jobs, Events: []domain.Event{s.subscriptionEvent(SubscriptionChanged, by, sub, sub.State)}}
}

func (s *Service) subscriptionEvent(kind domain.EventKind, by domain.ActorID, sub *Subscription, state SubscriptionState) domain.Event {
	return domain.NewEvent(s.mint, kind, by, domain.Subject{Kind: "actor", ID: domain.ID(sub.Catalogue)},
		SubscriptionPayload{Host: sub.Host, State: state, Halt: sub.Halt})
}

// judging asks to see again where the copies of a host stand. There may be
// one such job at work with what was known before, so each has its own key.
func judging(host string) domain.Job { return domain.Job{Kind: JobJudge, Args: JudgeArgs{Host: host}} }

// reading asks to go on reading at a time; zero means now.
func (s *Service) reading(catalogue domain.ActorID, at time.Time) domain.Job {
	return domain.Job{
		Kind: network.JobBackfill, Unique: string(catalogue) + " " + string(s.mint.ID()), At: at, Remote: true,
		Args: network.BackfillArgs{Catalogue: catalogue},
	}
}

// Pause stops the reading of a catalogue after the page at which it is.
// Errors: Forbidden, NotFound, Conflict unless it is being read.
func (s *Service) Pause(ctx context.Context, v policy.Viewer, catalogue domain.ActorID) error {
	return s.steer(ctx, v, catalogue, func(sub *Subscription) ([]domain.Job, error) {
		if sub.State != SubscriptionReading {
			return nil, domain.Fail(domain.Conflict, "error.conflict")
		}
		sub.State = SubscriptionPaused
		return nil, nil
	})
}

// Resume goes on with a catalogue that is paused or halted. Errors:
// Forbidden, NotFound, Conflict.
func (s *Service) Resume(ctx context.Context, v policy.Viewer, catalogue domain.ActorID) error {
	return s.steer(ctx, v, catalogue, func(sub *Subscription) ([]domain.Job, error) {
		if sub.State != SubscriptionPaused && sub.State != SubscriptionHalted {
			return nil, domain.Fail(domain.Conflict, "error.conflict")
		}
		sub.State, sub.Halt = SubscriptionReading, ""
		return []domain.Job{s.reading(catalogue, time.Time{})}, nil
	})
}

// Again reads a catalogue from its first page on. Errors: Forbidden,
// NotFound.
func (s *Service) Again(ctx context.Context, v policy.Viewer, catalogue domain.ActorID) error {
	return s.steer(ctx, v, catalogue, func(sub *Subscription) ([]domain.Job, error) {
		sub.begin()
		return []domain.Job{s.reading(catalogue, time.Time{})}, nil
	})
}

// begin makes the next page the first.
func (s *Subscription) begin() {
	s.State, s.Halt, s.Next, s.NotBefore = SubscriptionReading, "", "", time.Time{}
	s.Pages, s.Taken, s.Refused, s.Total = 0, 0, 0, 0
}

func (s *Service) steer(ctx context.Context, v policy.Viewer, catalogue domain.ActorID, change func(*Subscription) ([]domain.Job, error)) error {
	if err := curator(v); err != nil {
		return err
	}
	sub, err := s.store.Subscription(ctx, catalogue)
	if err != nil {
		return err
	}
	jobs, err := change(sub)
	if err != nil {
		return err
	}
	return s.store.SaveSubscription(ctx, sub, s.told(v.Actor, sub, jobs...))
}

// Unsubscribe forgets how a catalogue was followed. Copies stay as they are;
// with hide they stand in no list any more, and where they are used they are
// found still. Errors: Forbidden, NotFound.
func (s *Service) Unsubscribe(ctx context.Context, v policy.Viewer, catalogue domain.ActorID, hide bool) error {
	if err := policy.Allow(v, policy.Edit, &Entry{}); err != nil {
		return err
	}
	sub, err := s.store.Subscription(ctx, catalogue)
	if err != nil {
		return err
	}
	if err := s.decideAll(ctx, sub.Host, hide); err != nil {
		return err
	}
	change := domain.Change{
		Events: []domain.Event{s.subscriptionEvent(SubscriptionChanged, v.Actor, sub, "")},
		Jobs:   []domain.Job{judging(sub.Host)},
	}
	return s.store.Unsubscribe(ctx, catalogue, change)
}

// decideAll keeps the copies of a host as they are without a subscription, or
// refuses them all.
func (s *Service) decideAll(ctx context.Context, host string, refuse bool) error {
	return s.eachCopy(ctx, host, func(copies []*Entry) error {
		var changed []*Entry
		for _, e := range copies {
			switch {
			case refuse && e.Decision != Refuse:
				e.Decision, e.Standing, e.Why = Refuse, Rejected, WhyRefused
			case !refuse && e.Standing == Shown && e.Decision == "":
				e.Decision = Accept
			default:
				continue
			}
			changed = append(changed, e)
		}
		return s.store.SaveStandings(ctx, changed, domain.Change{})
	})
}

// chunk is how many copies are looked at in one transaction.
const chunk = 500

func (s *Service) eachCopy(ctx context.Context, host string, fn func([]*Entry) error) error {
	for after := domain.Serial(0); ; {
		copies, err := s.store.CopiesOf(ctx, host, after, chunk)
		if err != nil || len(copies) == 0 {
			return err
		}
		after = copies[len(copies)-1].Serial
		if err := fn(copies); err != nil {
			return err
		}
	}
}

// JudgeHost sees again where the copies of a host stand; it is the handler of
// [JobJudge]. It may stop anywhere and run again.
func (s *Service) JudgeHost(ctx context.Context, args JudgeArgs) error {
	hosts := []string{args.Host}
	if args.Host == "" {
		var err error
		if hosts, err = s.store.CopyHosts(ctx); err != nil {
			return err
		}
	}
	for _, host := range hosts {
		judges := map[domain.ActorID]Judge{}
		err := s.eachCopy(ctx, host, func(copies []*Entry) error {
			var changed []*Entry
			for _, e := range copies {
				j, ok := judges[e.Owner]
				if !ok {
					var err error
					if j, err = s.judge(ctx, host, e.Owner); err != nil {
						return err
					}
					judges[e.Owner] = j
				}
				trust, standing, why := e.Trust, e.Standing, e.Why
				if j.Judge(e); e.Trust != trust || e.Standing != standing || e.Why != why {
					changed = append(changed, e)
				}
			}
			return s.store.SaveStandings(ctx, changed, domain.Change{})
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// The bounds of what other nodes may have this one do.
type Bounds struct {
	Copies int           // entries kept of one catalogue
	Every  time.Duration // between two changes of one entry; 0 for no bound. Another in between is read at its end
	Excess float64       // changes in between, after which a catalogue is halted; one is forgotten each minute
}

// DefaultBounds are several times what the largest catalogues have.
var DefaultBounds = Bounds{Copies: 20_000, Every: 10 * time.Second, Excess: 100}

// Throttle holds one limit for each name. Errors: TooMany.
type Throttle interface {
	Spend(name string, n float64, now time.Time) error
}

// Verdicts tells how the node deals with hosts.
type Verdicts interface {
	Verdict(ctx context.Context, host string) (network.Verdict, error)
}

// Guard sets what protects the catalogue from others: rules about hosts, how
// many copies are kept and how often each may change, and what counts how often
// that is too much.
func (s *Service) Guard(hosts Verdicts, bounds Bounds, excess Throttle) {
	s.hosts, s.bounds, s.excess = hosts, bounds, excess
}
