package audit

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"interlink/domain"
	"interlink/domain/policy"
)

// Filter narrows a log. The zero Filter leaves all.
type Filter struct {
	Family string         // first part of the kinds, such as "item"; "" for all
	Part   domain.ID      // of the subject, such as an item of a process
	Actor  domain.ActorID // who did it; only those who may see the actors ask for it
	From   time.Time      // the first moment; zero for the beginning
	Until  time.Time      // the first moment after it; zero for now
}

// Head is where the chain ends.
type Head struct {
	Seq  int64
	Hash string // "" of an empty chain

	// Links is the first event, there or to come, of [domain.FormulaLinks]: 1 in
	// a log that was begun with it. Those before have [domain.FormulaEnvelope].
	Links int64
}

// Link is what of an event the chain is made of: nothing of what happened can
// be read from it.
type Link struct {
	Seq     int64  `json:"seq"`
	Content string `json:"contentHash,omitempty"` // absent where the hash is not made of it
	Hash    string `json:"hash"`
}

// Store reads the chain.
type Store interface {
	// Log lists the events of a subject, or of all for the zero Subject; newest
	// first, or, for an oldest of true, oldest first. Cursors are sequence
	// numbers.
	Log(ctx context.Context, subject domain.Subject, f Filter, oldest bool, page domain.Page) (domain.List[domain.Event], error)
	// After returns up to limit events with a sequence number above seq, in
	// order.
	After(ctx context.Context, seq, limit int64) ([]domain.Event, error)
	// Head returns where the chain ended when the last writer left it.
	Head(ctx context.Context) (Head, error)
}

// Service reads logs.
type Service struct{ store Store }

// NewService makes the service.
func NewService(store Store) *Service { return &Service{store} }

// Scope is whose log is read.
type Scope struct {
	Subject domain.Subject // zero for the whole node
	Facts   policy.Facts   // of the subject

	// Open says that who may read the subject may read what happened to it,
	// without who did it, as in a process. Other logs are for insiders.
	Open   bool
	Public policy.Facts // what Open asks; nil means Facts
}

// Whole is the scope of the node as a whole.
func Whole() Scope { return Scope{Facts: node{}} }

// node answers the policy for the log of the whole node, which nobody sees but
// its administrators.
type node struct{}

func (node) PolicyKind() string                            { return "log" }
func (node) PolicyVisibility() domain.Visibility           { return domain.VisibleMembers }
func (node) PolicyRelation(domain.ActorID) policy.Relation { return policy.Stranger }
func (node) PolicyLocal() bool                             { return true }

// insider is a subject as its people see it: what is inside is never public.
type insider struct{ policy.Facts }

func (insider) PolicyVisibility() domain.Visibility { return domain.VisibleMembers }

// Entry is an event as the reader may see it.
type Entry struct {
	domain.Event

	// Inside says that the reader sees all of it. If not, Actor is Nobody,
	// whoever it was, and Payload has no more than what is public.
	Inside bool

	// The hashes as they are with the actor and payload that the reader may
	// not see.
	By, Content string

	Formula domain.Formula // by which the hash is made; by that of before it is of neither
}

// Inside reports whether the viewer sees all of a log.
func (s *Service) Inside(v policy.Viewer, scope Scope) bool {
	return policy.Allow(v, policy.Read, insider{scope.Facts}) == nil
}

// allow asks whether the viewer may read a log, and whether they see all.
func (s *Service) allow(v policy.Viewer, scope Scope, f Filter) (inside bool, err error) {
	err = policy.Allow(v, policy.Read, insider{scope.Facts})
	if err == nil || !scope.Open {
		return err == nil, err
	}
	if f.Actor != domain.Nobody {
		return false, err // who did what is not for them
	}
	if scope.Public != nil {
		return false, policy.Allow(v, policy.Read, scope.Public)
	}
	return false, policy.Allow(v, policy.Read, scope.Facts)
}

// Log lists what happened, newest first. Errors: NotFound if the viewer may
// not know of it, Invalid for a cursor that this list did not give.
func (s *Service) Log(ctx context.Context, v policy.Viewer, scope Scope, f Filter, page domain.Page) (domain.List[Entry], error) {
	inside, err := s.allow(v, scope, f)
	if err != nil {
		return domain.List[Entry]{}, err
	}
	return s.entries(ctx, scope, f, false, inside, page)
}

// Export writes what happened as records, oldest first, and reads no more at
// once than a page. Errors: as those of [Service.Log], before the first record;
// those of write.
func (s *Service) Export(ctx context.Context, v policy.Viewer, scope Scope, f Filter, write func(Record) error) error {
	inside, err := s.allow(v, scope, f)
	if err != nil {
		return err
	}
	page := domain.Page{Limit: domain.MaxPage}
	for {
		list, err := s.entries(ctx, scope, f, true, inside, page)
		if err != nil {
			return err
		}
		for _, e := range list.Items {
			if err := write(e.record()); err != nil {
				return err
			}
		}
		if page.After = list.Next; page.After == "" {
			return nil
		}
	}
}

func (s *Service) entries(ctx context.Context, scope Scope, f Filter, oldest, inside bool, page domain.Page) (domain.List[Entry], error) {
	head, err := s.store.Head(ctx)
	if err != nil {
		return domain.List[Entry]{}, err
	}
	list, err := s.store.Log(ctx, scope.Subject, f, oldest, page)
	out := domain.List[Entry]{Next: list.Next, Prev: list.Prev, Total: list.Total}
	for _, e := range list.Items {
		entry := Entry{Event: e, Inside: inside, Formula: e.Formula(head.Links)}
		if entry.Formula == domain.FormulaLinks {
			entry.By, entry.Content = e.ActorHash(), e.ContentHash()
		}
		if !inside {
			entry.Actor, entry.Payload = domain.Nobody, public(e)
		}
		out.Items = append(out.Items, entry)
	}
	return out, err
}

// told are the members of payloads that are public with a public subject, by
// the family of the kind: what it is called, and to what it came.
var told = map[string][]string{
	"process": {"name", "title"},
	"item":    {"item", "kind", "name"},
	"task":    {"item", "name", "from", "to"},
}

// public is what everybody may see of an event's payload; nil for nothing.
func public(e domain.Event) json.RawMessage {
	family, _, _ := strings.Cut(string(e.Kind), ".")
	names := told[family]
	if len(names) == 0 || e.Payload == nil {
		return nil
	}
	var all map[string]json.RawMessage
	if json.Unmarshal(e.Payload, &all) != nil {
		return nil
	}
	some := make(map[string]json.RawMessage, len(names))
	for _, name := range names {
		if v, ok := all[name]; ok {
			some[name] = v
		}
	}
	raw, err := json.Marshal(some)
	if err != nil {
		return nil
	}
	return raw
}

// MaxLinks is how many links [Service.Links] returns at most.
const MaxLinks = 10_000

// Links returns the chain itself from the event after seq on, at most
// [MaxLinks], for whoever wants to check that the events that they see are in
// it. It tells nothing but how many there are.
func (s *Service) Links(ctx context.Context, seq int64, write func(Link) error) error {
	head, err := s.store.Head(ctx)
	if err != nil {
		return err
	}
	for n := 0; n < MaxLinks; {
		events, err := s.store.After(ctx, seq, pageOf(MaxLinks-n))
		if err != nil || len(events) == 0 {
			return err
		}
		for _, e := range events {
			link := Link{Seq: e.Seq, Hash: e.Hash}
			if e.Formula(head.Links) == domain.FormulaLinks {
				link.Content = e.ContentHash()
			}
			if err := write(link); err != nil {
				return err
			}
			seq = e.Seq
		}
		n += len(events)
	}
	return nil
}

// Head tells where the chain ends. It is public: who notes it can see later
// whether the log was rewritten or its end cut off.
func (s *Service) Head(ctx context.Context) (Head, error) { return s.store.Head(ctx) }
