package webhook

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/policy"
)

// maxHooks bounds how many hooks a process has.
const maxHooks = 20

// Store keeps hooks and their deliveries. Reads fail with NotFound.
type Store interface {
	// Hooks returns all of a process, as they were made.
	Hooks(ctx context.Context, process domain.ActorID) ([]*Hook, error)
	Hook(ctx context.Context, id domain.ID) (*Hook, error)
	// SaveHook inserts one with Revision 0 and updates others where the revision
	// is unchanged (Conflict if not), and adds 1 to it.
	SaveHook(ctx context.Context, h *Hook, change domain.Change) error
	// DeleteHook deletes one with its deliveries.
	DeleteHook(ctx context.Context, id domain.ID, change domain.Change) error

	// HooksOf returns those of some processes that are on.
	HooksOf(ctx context.Context, processes []domain.ID) ([]*Hook, error)
	// Enqueue inserts deliveries with their jobs, and moves the cursor of the
	// stage. Errors: Conflict if another process moved it meanwhile.
	Enqueue(ctx context.Context, cursor string, from, to int64, deliveries []*Delivery) error
	// Try inserts one delivery with its job.
	Try(ctx context.Context, d *Delivery) error
	Delivery(ctx context.Context, id domain.ID) (*Delivery, error)
	// Deliveries lists those of a hook, newest first.
	Deliveries(ctx context.Context, hook domain.ID, page domain.Page) (domain.List[*Delivery], error)
	// SaveDelivery updates one with what a change asks for, and its hook if h is
	// not nil, as SaveHook does.
	SaveDelivery(ctx context.Context, d *Delivery, h *Hook, change domain.Change) error
}

// Events is the chain of what happened.
type Events interface {
	After(ctx context.Context, seq int64, limit int64) ([]domain.Event, error)
	Cursor(ctx context.Context, name string) (int64, error)
}

// Post sends a message. It asks no address that the node must not ask, follows
// no redirect and takes seconds at most. Errors: Forbidden, Unavailable.
type Post func(ctx context.Context, to domain.IRI, header map[string]string, body []byte) (status int, err error)

// Service is what people do with hooks, and what they do by themselves.
type Service struct {
	store     Store
	events    Events
	processes *coproduction.Service
	post      Post
	mint      *domain.Mint
	seal      cipher.AEAD
	operator  policy.Viewer // as whom the node reads processes
}

// NewService makes the service. secret is the node's.
func NewService(store Store, events Events, processes *coproduction.Service, post Post, mint *domain.Mint, operator policy.Viewer, secret []byte) (*Service, error) {
	sum := sha256.Sum256(append([]byte("interlink webhook secrets v1\x00"), secret...))
	block, err := aes.NewCipher(sum[:])
	if err != nil {
		return nil, err
	}
	seal, err := cipher.NewGCM(block)
	return &Service{store, events, processes, post, mint, seal, operator}, err
}

// administered reads a process for who administers it. Errors: NotFound,
// Forbidden, Unauthenticated.
func (s *Service) administered(ctx context.Context, v policy.Viewer, process string) (*coproduction.Process, error) {
	p, err := s.processes.Process(ctx, v, process)
	if err != nil {
		return nil, err
	}
	return p, policy.Allow(v, policy.Administer, p)
}

// Hooks lists those of a process, for who administers it. Errors: NotFound,
// Forbidden.
func (s *Service) Hooks(ctx context.Context, v policy.Viewer, process string) ([]*Hook, error) {
	p, err := s.administered(ctx, v, process)
	if err != nil {
		return nil, err
	}
	return s.store.Hooks(ctx, p.ID)
}

// Hook reads one. Errors: NotFound, Forbidden.
func (s *Service) Hook(ctx context.Context, v policy.Viewer, process string, id domain.ID) (*coproduction.Process, *Hook, error) {
	p, err := s.administered(ctx, v, process)
	if err != nil {
		return nil, nil, err
	}
	h, err := s.store.Hook(ctx, id)
	if err == nil && h.Process != p.ID {
		err = domain.Fail(domain.NotFound, "error.not_found")
	}
	return p, h, err
}

// Add adds an address. The secret is shown this once. Errors: NotFound,
// Forbidden; Invalid on "url" and "families".
func (s *Service) Add(ctx context.Context, v policy.Viewer, process, address string, families []string) (*Hook, string, error) {
	p, err := s.administered(ctx, v, process)
	if err != nil {
		return nil, "", err
	}
	known, err := s.store.Hooks(ctx, p.ID)
	if err != nil {
		return nil, "", err
	}
	var problems domain.Problems
	to, err := domain.ParseLink(strings.TrimSpace(address))
	if u, bad := url.Parse(string(to)); err != nil || bad != nil || u.User != nil || u.Fragment != "" || u.Scheme != "https" && strings.HasPrefix(string(p.IRI), "https:") {
		problems.Add("url", "webhook.address")
	}
	if len(known) >= maxHooks {
		problems.Add("url", "catalogue.too_many", maxHooks)
	}
	chosen := slices.DeleteFunc(slices.Clone(Families), func(f string) bool { return !slices.Contains(families, f) })
	if len(chosen) == 0 || slices.ContainsFunc(families, func(f string) bool { return !slices.Contains(Families, f) }) {
		problems.Add("families", "webhook.families_missing")
	}
	if err := problems.Err(); err != nil {
		return nil, "", err
	}
	h := &Hook{ID: s.mint.ID(), Process: p.ID, URL: to, Families: chosen, On: true, CreatedBy: v.Actor, CreatedAt: s.mint.Now()}
	secret, nonce := s.mint.Secret(secretSize), s.mint.Secret(s.seal.NonceSize())
	h.Sealed = s.seal.Seal(nonce, nonce, secret, []byte(h.ID))
	err = s.store.SaveHook(ctx, h, domain.Change{Events: []domain.Event{s.event(Added, v.Actor, p, h)}})
	return h, secretPrefix + base64.StdEncoding.EncodeToString(secret), err
}

// Remove removes one with its deliveries. Errors: NotFound, Forbidden.
func (s *Service) Remove(ctx context.Context, v policy.Viewer, process string, id domain.ID) error {
	p, h, err := s.Hook(ctx, v, process, id)
	if err != nil {
		return err
	}
	return s.store.DeleteHook(ctx, id, domain.Change{Events: []domain.Event{s.event(Removed, v.Actor, p, h)}})
}

// Enable switches one on again that was switched off. Errors: NotFound,
// Forbidden, Conflict.
func (s *Service) Enable(ctx context.Context, v policy.Viewer, process string, id domain.ID) error {
	p, h, err := s.Hook(ctx, v, process, id)
	if err != nil || h.On {
		return err
	}
	h.On, h.Failing, h.Disabled = true, time.Time{}, time.Time{}
	return s.store.SaveHook(ctx, h, domain.Change{Events: []domain.Event{s.event(Enabled, v.Actor, p, h)}})
}

// Try posts a message that tells of nothing. Errors: NotFound, Forbidden;
// Conflict while it is switched off.
func (s *Service) Try(ctx context.Context, v policy.Viewer, process string, id domain.ID) (*Delivery, error) {
	_, h, err := s.Hook(ctx, v, process, id)
	if err != nil {
		return nil, err
	}
	if !h.On {
		return nil, domain.Fail(domain.Conflict, "webhook.off")
	}
	d := s.delivery(h, domain.Event{Kind: Test})
	return d, s.store.Try(ctx, d)
}

// Deliveries lists those of a hook, newest first. Errors: NotFound, Forbidden.
func (s *Service) Deliveries(ctx context.Context, v policy.Viewer, process string, id domain.ID, page domain.Page) (domain.List[*Delivery], error) {
	if _, _, err := s.Hook(ctx, v, process, id); err != nil {
		return domain.List[*Delivery]{}, err
	}
	return s.store.Deliveries(ctx, id, page)
}

func (s *Service) event(kind domain.EventKind, by domain.ActorID, p *coproduction.Process, h *Hook) domain.Event {
	return domain.NewEvent(s.mint, kind, by, p.Subject(), Changed{Process: p.Name, Name: domain.Text{domain.Undetermined: h.URL.Host()}})
}

func (s *Service) delivery(h *Hook, e domain.Event) *Delivery {
	now := s.mint.Now()
	return &Delivery{ID: s.mint.ID(), Hook: h.ID, Kind: e.Kind, Seq: e.Seq, State: Waiting, At: now, NextAt: now}
}

// cursor is the stage's name in the table of cursors.
const cursor = "webhook"

// eventsAtOnce is how many events one step looks at.
const eventsAtOnce = 100

// Step makes the deliveries of one page of events. It returns how many events
// there were. Deliveries and the place reached are one transaction: killed
// anywhere, it goes on without telling anything twice.
func (s *Service) Step(ctx context.Context) (int, error) {
	from, err := s.events.Cursor(ctx, cursor)
	if err != nil {
		return 0, err
	}
	events, err := s.events.After(ctx, from, eventsAtOnce)
	if err != nil || len(events) == 0 {
		return 0, err
	}
	var processes []domain.ID
	for _, e := range events {
		if e.Subject.Kind == "process" && !slices.Contains(processes, e.Subject.ID) {
			processes = append(processes, e.Subject.ID)
		}
	}
	var hooks []*Hook
	if len(processes) > 0 {
		if hooks, err = s.store.HooksOf(ctx, processes); err != nil {
			return 0, err
		}
	}
	var made []*Delivery
	for _, e := range events {
		for _, h := range hooks {
			if h.wants(e) {
				made = append(made, s.delivery(h, e))
			}
		}
	}
	err = s.store.Enqueue(ctx, cursor, from, events[len(events)-1].Seq, made)
	if domain.CodeOf(err) == domain.Conflict {
		return 0, nil // another process did it
	}
	return len(events), err
}

// JobDeliver posts one delivery; [DeliverArgs] are its arguments.
const JobDeliver = "webhook.deliver"

// DeliverArgs name the delivery.
type DeliverArgs struct {
	Delivery domain.ID `json:"delivery"`
	Attempt  int       `json:"attempt"` // how many were made before
}

// DeliverJob makes the job of the next attempt; the first is made at once.
func DeliverJob(d *Delivery) domain.Job {
	job := domain.Job{Kind: JobDeliver, Unique: string(d.ID) + "/" + strconv.Itoa(d.Attempts), Args: DeliverArgs{d.ID, d.Attempts}, Remote: true}
	if d.Attempts > 0 {
		job.At = d.NextAt
	}
	return job
}

// Deliver makes one attempt; it is the handler of [JobDeliver]. A receiver may
// get a message more than once, with the same id.
func (s *Service) Deliver(ctx context.Context, args DeliverArgs) error {
	d, err := s.store.Delivery(ctx, args.Delivery)
	if err != nil || d.State != Waiting || d.Attempts != args.Attempt {
		return err
	}
	h, err := s.store.Hook(ctx, d.Hook)
	if err != nil {
		return err
	}
	if !h.On {
		d.State = Failed
		return s.store.SaveDelivery(ctx, d, nil, domain.Change{})
	}
	p, err := s.processes.ProcessByID(ctx, s.operator, h.Process)
	if err != nil {
		return err
	}
	status, err := s.attempt(ctx, p, h, d)
	if ctx.Err() != nil {
		return ctx.Err() // the node ends: it was no attempt
	}
	d.Answer = strconv.Itoa(status)
	if err != nil {
		d.Answer = string(domain.CodeOf(err))
	}
	return s.answered(ctx, p, h, d, status)
}

// attempt posts a delivery.
func (s *Service) attempt(ctx context.Context, p *coproduction.Process, h *Hook, d *Delivery) (int, error) {
	e := domain.Event{Kind: d.Kind}
	if d.Seq > 0 {
		found, err := s.events.After(ctx, d.Seq-1, 1)
		if err != nil || len(found) == 0 || found[0].Seq != d.Seq {
			return 0, domain.Fail(domain.Gone, "error.gone").Because(err)
		}
		e = found[0]
	}
	now := s.mint.Now()
	body, err := json.Marshal(message(p, e, d.At))
	if err != nil {
		return 0, err
	}
	size := s.seal.NonceSize()
	if len(h.Sealed) < size {
		return 0, domain.Fail(domain.Internal, "error.internal")
	}
	secret, err := s.seal.Open(nil, h.Sealed[:size], h.Sealed[size:], []byte(h.ID))
	if err != nil {
		return 0, err
	}
	return s.post(ctx, h.URL, map[string]string{
		"Content-Type": "application/json", "webhook-id": string(d.ID), "webhook-timestamp": strconv.FormatInt(now.Unix(), 10),
		"webhook-signature": sign(secret, d.ID, now, body),
	}, body)
}

// answered notes how an attempt ended, and what follows: nothing, another
// attempt, or the end of the hook, which its administrators are told of.
func (s *Service) answered(ctx context.Context, p *coproduction.Process, h *Hook, d *Delivery, status int) error {
	now := s.mint.Now()
	d.Attempts++
	d.TriedAt = now
	was := h.Failing
	var change domain.Change
	switch {
	case status >= 200 && status < 300:
		d.State, h.Failing = Done, time.Time{}
	case status == 410:
		d.State, h.On = Failed, false // the receiver says that it wants no more
	case d.Attempts > len(backoff) || d.Seq == 0:
		d.State = Failed
	default:
		d.NextAt = now.Add(backoff[d.Attempts-1])
		change.Jobs = []domain.Job{DeliverJob(d)}
	}
	if d.State != Done {
		if h.Failing.IsZero() {
			h.Failing = now
		}
		if h.On && now.Sub(h.Failing) >= disableAfter {
			h.On = false
		}
		if !h.On {
			h.Disabled, d.State, change.Jobs = now, Failed, nil
			change.Events = []domain.Event{s.event(Disabled, domain.Nobody, p, h)}
		}
	}
	if h.On && h.Failing.Equal(was) {
		h = nil // nothing to save of it
	}
	err := s.store.SaveDelivery(ctx, d, h, change)
	if domain.CodeOf(err) == domain.Conflict { // another delivery, or somebody, changed the hook: that counts
		err = s.store.SaveDelivery(ctx, d, nil, domain.Change{Jobs: change.Jobs})
	}
	return err
}
