package publish

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"log/slog"
	"time"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/federation/activity"
)

// Events is the chain of what happened.
type Events interface {
	After(ctx context.Context, seq int64, limit int64) ([]domain.Event, error)
	Cursor(ctx context.Context, name string) (int64, error)
}

// Store keeps activities and audiences.
type Store interface {
	// Publish stores activities and moves the cursor from one event to
	// another. Errors: Conflict if another process was first.
	Publish(ctx context.Context, cursor string, from, to int64, out []network.Outgoing) error
	// Fanout expands one page of one audience; false if there is none.
	Fanout(ctx context.Context) (bool, error)
}

// Encoder makes the activities of one event. NotFound and Gone mean that the
// object is no more: nothing is to be told, or its deletion tells it.
type Encoder func(ctx context.Context, e domain.Event) ([]network.Outgoing, error)

// Prover adds the proof of an actor to an activity (FEP-8b32).
type Prover interface {
	Prove(ctx context.Context, actor domain.ActorID, document []byte, at time.Time) ([]byte, error)
}

// Relay is the stage.
type Relay struct {
	events   Events
	store    Store
	keys     Prover
	encoders map[domain.EventKind]Encoder
	log      *slog.Logger
	poll     time.Duration
}

// NewRelay makes the stage; events of kinds without an encoder stay local.
func NewRelay(events Events, store Store, keys Prover, encoders map[domain.EventKind]Encoder, log *slog.Logger) *Relay {
	return &Relay{events: events, store: store, keys: keys, encoders: encoders, log: log, poll: time.Second}
}

// cursor is the stage's name in the table of cursors.
const cursor = "publish"

// page is how many events one step reads.
const page = 100

// Step publishes one page of events and expands one page of an audience. It
// returns how much it did.
func (r *Relay) Step(ctx context.Context) (int, error) {
	n, err := r.publish(ctx)
	if err != nil {
		return n, err
	}
	found, err := r.store.Fanout(ctx)
	if found {
		n++
	}
	return n, err
}

func (r *Relay) publish(ctx context.Context) (int, error) {
	from, err := r.events.Cursor(ctx, cursor)
	if err != nil {
		return 0, err
	}
	events, err := r.events.After(ctx, from, page)
	if err != nil || len(events) == 0 {
		return 0, err
	}
	var out []network.Outgoing
	for _, e := range events {
		made, err := r.encode(ctx, e)
		if err != nil {
			return 0, err
		}
		for i := range made {
			if err := finish(ctx, r.keys, r.log, &made[i].Activity); err != nil {
				return 0, err
			}
		}
		out = append(out, made...)
	}
	err = r.store.Publish(ctx, cursor, from, events[len(events)-1].Seq, out)
	if domain.CodeOf(err) == domain.Conflict {
		return 0, nil // another process published them
	}
	return len(events), err
}

// finish gives an activity its final bytes: with the proof of its actor, once,
// for all who receive or are forwarded it. One that cannot have a proof goes
// without; one that has its bytes keeps them.
func finish(ctx context.Context, keys Prover, log *slog.Logger, a *network.Activity) error {
	if a.Digest != "" {
		return nil
	}
	raw, err := keys.Prove(ctx, a.Actor, a.Raw, a.At)
	if domain.CodeOf(err) == domain.Invalid {
		log.Warn("publish: activity without a proof", "activity", a.IRI, "error", err)
		raw, err = a.Raw, nil
	}
	if err != nil {
		return err
	}
	sum := sha256.Sum256(raw)
	a.Raw, a.Digest = raw, base64.StdEncoding.EncodeToString(sum[:])
	return nil
}

// encode runs the event's encoder. An event that cannot be encoded must not
// hold up those behind it, unless the database is what failed.
func (r *Relay) encode(ctx context.Context, e domain.Event) ([]network.Outgoing, error) {
	encoder, ok := r.encoders[e.Kind]
	if !ok {
		return nil, nil
	}
	out, err := encoder(ctx, e)
	var coded *domain.Error
	switch {
	case err == nil:
		return out, nil
	case errors.As(err, &coded) && coded.Code != domain.Internal && coded.Code != domain.Unavailable:
		r.log.Info("publish: event not told", "event", e.ID, "kind", e.Kind, "error", err)
		return nil, nil
	}
	return nil, err
}

// Run publishes until ctx ends.
func (r *Relay) Run(ctx context.Context, events, fanouts <-chan struct{}) error {
	for ctx.Err() == nil {
		n, err := r.Step(ctx)
		if err != nil && ctx.Err() == nil {
			r.log.Error("publish", "error", err)
		}
		if n > 0 && err == nil {
			continue
		}
		timer := time.NewTimer(r.poll)
		select {
		case <-ctx.Done():
		case <-events:
		case <-fanouts:
		case <-timer.C:
		}
		timer.Stop()
	}
	return nil
}

// writer makes activities of an event: their ids follow from the event's.
type writer struct {
	ns    domain.Namespace
	mint  *domain.Mint
	event domain.Event
	count byte
}

func (w *writer) envelope(actor domain.IRI) activity.Envelope {
	id := w.id()
	return activity.Envelope{ID: w.ns.IRI("activities", string(id)), Actor: actor, Published: w.event.Time}
}

// id returns the event's own id for its first activity, and one that differs
// in the last byte for each further one.
func (w *writer) id() domain.ID {
	id := DerivedID(w.event.ID, int(w.count))
	w.count++
	return id
}

// DerivedID is the n-th id that follows from another, below 256: always the
// same, and different in the last byte.
func DerivedID(id domain.ID, n int) domain.ID {
	raw := []byte(id)
	last, err := hex.DecodeString(string(raw[34:]))
	if err == nil {
		hex.Encode(raw[34:], []byte{last[0] ^ byte(n)})
	}
	return domain.ID(raw)
}

// outgoing packs the bytes of an activity, which [Relay] finishes.
func (w *writer) outgoing(e activity.Envelope, actor domain.ActorID, activityType string, object domain.IRI, raw []byte) network.Outgoing {
	id := string(e.ID)
	return network.Outgoing{
		Activity: network.Activity{
			ID: domain.ID(id[len(id)-36:]), Serial: w.mint.Serial(), IRI: e.ID, Actor: actor, Type: activityType,
			Object: object, Public: activity.IsPublic(e.To) || activity.IsPublic(e.Cc), Raw: raw, At: w.event.Time,
		},
		OrderKey: string(object),
	}
}

// toFollowers writes what an actor tells everybody of an object, and sends it to
// its followers and to those of further ones; nil stands for none.
func (w *writer) toFollowers(actor *network.Actor, name string, object domain.IRI, encode func(activity.Envelope) ([]byte, error), further ...*network.Actor) (network.Outgoing, error) {
	env := w.envelope(actor.IRI)
	env.To, env.Cc = activity.ToPublic(actor.Followers)
	followers := []domain.ActorID{actor.ID}
	for _, a := range further {
		if a != nil {
			env.Cc, followers = append(env.Cc, a.Followers), append(followers, a.ID)
		}
	}
	raw, err := encode(env)
	if err != nil {
		return network.Outgoing{}, err
	}
	out := w.outgoing(env, actor.ID, name, object, raw)
	out.FollowersOf = followers
	return out, nil
}

// toOne writes what an actor tells another of an object, and sends it to them
// alone.
func (w *writer) toOne(from, to *network.Actor, name string, object domain.IRI, encode func(activity.Envelope) ([]byte, error)) (network.Outgoing, error) {
	env := w.envelope(from.IRI)
	env.To = []domain.IRI{to.IRI}
	raw, err := encode(env)
	if err != nil {
		return network.Outgoing{}, err
	}
	out := w.outgoing(env, from.ID, name, object, raw)
	out.Inboxes = []domain.IRI{to.Inbox}
	return out, nil
}
