package integration

import (
	"context"
	"strconv"
	"time"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/coproduction"
	"interlink/domain/policy"
)

// Store keeps what is registered. Reads fail with NotFound.
type Store interface {
	// Tools returns all, as they were registered.
	Tools(ctx context.Context) ([]*Tool, error)
	Tool(ctx context.Context, id domain.ID) (*Tool, error)
	ToolOf(ctx context.Context, interlinker domain.IRI) (*Tool, error)
	// SaveTool inserts one with Revision 0 (Conflict if its Interlinker has one)
	// and updates others where the revision is unchanged (Conflict if not), and
	// adds 1 to it.
	SaveTool(ctx context.Context, t *Tool, change domain.Change) error
	// SaveState updates the state and the last check of one whose revision is
	// unchanged (Conflict if not). The revision stays: it is of what
	// administrators say.
	SaveState(ctx context.Context, t *Tool, change domain.Change) error
	DeleteTool(ctx context.Context, id domain.ID, change domain.Change) error
}

// Request is one that the node makes itself.
type Request struct {
	Method string
	URL    domain.IRI
	Token  string // "" for none
	Limit  int64  // bytes of the answer that are read
}

// Answer is an answer to it.
type Answer struct {
	Status int
	Type   string // media type
	Name   string // of a file, as it is called there; may be ""
	Body   []byte
}

// Ask makes a request. It asks no address that the node must not ask, follows
// no redirect and takes seconds at most. Errors: Forbidden, TooLarge,
// Unavailable.
type Ask func(ctx context.Context, r Request) (Answer, error)

// Claims are what a token says.
type Claims struct {
	Audience string // origin of the Interlinker
	Subject  string // the person, to that Interlinker alone; "" for the node
	Process  string // as Subject
	Asset    string // "" for instantiate
	Act      Capability
	Lang     domain.Lang
	ID       domain.ID
	At       time.Time
	Until    time.Time
}

// Sign makes the token.
type Sign func(Claims) (string, error)

// Service runs software Interlinkers.
type Service struct {
	store     Store
	entries   *catalogue.Service
	processes *coproduction.Service
	ask       Ask
	sign      Sign
	mint      *domain.Mint
	ns        domain.Namespace
	secrets   secrets
}

// NewService makes the service. secret is the node's.
func NewService(store Store, entries *catalogue.Service, processes *coproduction.Service, ask Ask, sign Sign, mint *domain.Mint, ns domain.Namespace, secret []byte) *Service {
	return &Service{store, entries, processes, ask, sign, mint, ns, newSecrets(secret)}
}

// Tools lists what is registered, as it was registered. Whoever may see an
// Interlinker may see how it is. Errors: none of its own.
func (s *Service) Tools(ctx context.Context) ([]*Tool, error) { return s.store.Tools(ctx) }

// Tool reads one for an administrator. Errors: NotFound, Unauthenticated.
func (s *Service) Tool(ctx context.Context, v policy.Viewer, id domain.ID) (*Tool, error) {
	if err := policy.Allow(v, policy.Administer, registry{}); err != nil {
		return nil, err
	}
	return s.store.Tool(ctx, id)
}

// Administers fails for who may not register software Interlinkers. Errors:
// NotFound.
func (s *Service) Administers(v policy.Viewer) error {
	return policy.Allow(v, policy.Administer, registry{})
}

// Register connects a software Interlinker of the catalogue, by its IRI, and
// asks for its first check. Errors: NotFound for who may not; Invalid on
// "interlinker", "base", "capabilities"; Conflict if it is registered.
func (s *Service) Register(ctx context.Context, v policy.Viewer, interlinker domain.IRI, d Details) (*Tool, error) {
	if err := s.Administers(v); err != nil {
		return nil, err
	}
	now := s.mint.Now()
	t := &Tool{ID: s.mint.ID(), CreatedAt: now}
	var p domain.Problems
	e, err := s.entries.EntryByIRI(ctx, v, interlinker)
	switch {
	case domain.CodeOf(err) == domain.NotFound || err == nil && (e.Interlinker == nil || e.Interlinker.Nature != catalogue.NatureSoftware):
		p.Add("interlinker", "integration.no_software")
	case err != nil:
		return nil, err
	default:
		t.Interlinker, t.IRI = e.ID, e.IRI
		if known, err := s.store.ToolOf(ctx, e.IRI); err == nil && known != nil {
			p.Add("interlinker", "integration.known")
		}
	}
	if known, err := s.store.Tools(ctx); err != nil {
		return nil, err
	} else if len(known) >= maxTools {
		p.Add("interlinker", "catalogue.too_many", maxTools)
	}
	p = append(p, domain.FieldsOf(t.apply(d, s.ns))...)
	if err := p.Err(); err != nil {
		return nil, err
	}
	return t, s.store.SaveTool(ctx, t, domain.Change{Events: []domain.Event{s.event(Registered, v.Actor, t)}, Jobs: []domain.Job{checkJob(t.ID)}})
}

// Change changes what is said of one. revision is the one the viewer read.
// Errors: as of [Service.Register]; Conflict.
func (s *Service) Change(ctx context.Context, v policy.Viewer, id domain.ID, revision int64, d Details) (*Tool, error) {
	t, err := s.Tool(ctx, v, id)
	if err != nil {
		return nil, err
	}
	moved := t.Base
	if err := t.apply(d, s.ns); err != nil {
		return nil, err
	}
	t.Revision = revision
	if t.Base != moved {
		t.State, t.Answer, t.CheckedAt, t.Since = Unknown, "", time.Time{}, time.Time{}
	}
	return t, s.store.SaveTool(ctx, t, domain.Change{Events: []domain.Event{s.event(Edited, v.Actor, t)}, Jobs: []domain.Job{checkJob(t.ID)}})
}

// Remove disconnects one. What was made with it stays where it is, and its
// resources stay links. Errors: NotFound.
func (s *Service) Remove(ctx context.Context, v policy.Viewer, id domain.ID) error {
	t, err := s.Tool(ctx, v, id)
	if err != nil {
		return err
	}
	return s.store.DeleteTool(ctx, id, domain.Change{Events: []domain.Event{s.event(Removed, v.Actor, t)}})
}

func (s *Service) event(kind domain.EventKind, by domain.ActorID, t *Tool) domain.Event {
	return domain.NewEvent(s.mint, kind, by, t.Subject(), Changed{Interlinker: t.IRI, Base: t.Base, On: t.On, State: t.State})
}

// JobCheck asks whether one works; [CheckArgs] are its arguments.
const JobCheck = "integration.check"

// CheckArgs name the one.
type CheckArgs struct {
	Tool domain.ID `json:"tool"`
}

func checkJob(id domain.ID) domain.Job {
	return domain.Job{Kind: JobCheck, Unique: string(id), Args: CheckArgs{id}, Remote: true}
}

// checkAfter is how long an answer counts.
const checkAfter = 5 * time.Minute

// CheckNow asks for a check. Errors: NotFound.
func (s *Service) CheckNow(ctx context.Context, v policy.Viewer, id domain.ID) error {
	t, err := s.Tool(ctx, v, id)
	if err != nil {
		return err
	}
	return s.store.SaveState(ctx, t, domain.Change{Jobs: []domain.Job{checkJob(id)}})
}

// AskChecks asks for the checks that are due.
func (s *Service) AskChecks(ctx context.Context) error {
	all, err := s.store.Tools(ctx)
	if err != nil {
		return err
	}
	before := s.mint.Now().Add(-checkAfter)
	for _, t := range all {
		if !t.On || t.CheckedAt.After(before) {
			continue
		}
		err := s.store.SaveState(ctx, t, domain.Change{Jobs: []domain.Job{checkJob(t.ID)}})
		if err != nil && domain.CodeOf(err) != domain.Conflict { // it was changed meanwhile, and is checked for that
			return err
		}
	}
	return nil
}

// Check asks one whether it works; it is the handler of [JobCheck]. One that
// changes its state is an event.
func (s *Service) Check(ctx context.Context, args CheckArgs) error {
	t, err := s.store.Tool(ctx, args.Tool)
	if err != nil {
		return err
	}
	answer, err := s.ask(ctx, Request{Method: "GET", URL: t.Base + "/health", Limit: 1 << 10})
	state, said := Down, string(domain.CodeOf(err))
	if err == nil || answer.Status > 0 {
		said = strconv.Itoa(answer.Status)
	}
	if answer.Status >= 200 && answer.Status < 300 {
		state = Up
	}
	var change domain.Change
	now := s.mint.Now()
	if t.State != state {
		was := t.State
		t.State, t.Since = state, now
		if was != Unknown || state == Down {
			change.Events = []domain.Event{s.event(Turned, domain.Nobody, t)}
		}
	}
	t.Answer, t.CheckedAt = said, now
	err = s.store.SaveState(ctx, t, change)
	if domain.CodeOf(err) == domain.Conflict {
		return nil // it was changed meanwhile, and is checked again for that
	}
	return err
}
