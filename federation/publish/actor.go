package publish

import (
	"context"

	"interlink/domain"
	"interlink/domain/account"
	"interlink/domain/community"
	"interlink/domain/coproduction"
	"interlink/domain/network"
	"interlink/domain/organization"
	"interlink/domain/picture"
	"interlink/domain/profile"
	"interlink/federation/activity"
)

// ActorDocuments makes the documents of actors.
type ActorDocuments interface {
	Actor(ctx context.Context, a *network.Actor) (any, error)
}

// Keys are read again after a rotation, which another process may have done.
type Keys interface {
	Reload(actor domain.ActorID)
}

// Profiles publishes changes of actors: what they are called, what they say
// of themselves.
type Profiles struct {
	ns        domain.Namespace
	mint      *domain.Mint
	actors    Actors
	documents ActorDocuments
	keys      Keys
}

// NewProfiles makes the publisher.
func NewProfiles(ns domain.Namespace, mint *domain.Mint, actors Actors, documents ActorDocuments, keys Keys) *Profiles {
	return &Profiles{ns, mint, actors, documents, keys}
}

// Encoders returns the encoders by kind of event.
func (p *Profiles) Encoders() map[domain.EventKind]Encoder {
	subject := func(_ context.Context, e domain.Event) (domain.ActorID, error) {
		return domain.ActorID(e.Subject.ID), nil
	}
	person := func(_ context.Context, e domain.Event) (domain.ActorID, error) {
		var h account.Happened
		err := e.Decode(&h)
		return h.Actor, err
	}
	rotated := func(_ context.Context, e domain.Event) (domain.ActorID, error) {
		id := domain.ActorID(e.Subject.ID)
		p.keys.Reload(id)
		return id, nil
	}
	return map[domain.EventKind]Encoder{
		community.CommunityUpdated:       p.updated(subject),
		organization.OrganizationUpdated: p.updated(subject),
		organization.TeamUpdated:         p.updated(subject),
		coproduction.ProcessUpdated:      p.updated(subject),
		account.ProfileUpdated:           p.updated(person),
		picture.Changed:                  p.updated(subject),
		network.KeysRotated:              p.updated(rotated),
		profile.Changed:                  p.updated(subject),
		network.ActorMoved:               p.moved,

		coproduction.ItemAdded:         p.regrown,
		coproduction.ItemEdited:        p.regrown,
		coproduction.ItemMoved:         p.regrown,
		coproduction.ItemDisabled:      p.regrown,
		coproduction.ItemRestored:      p.regrown,
		coproduction.TaskStatusChanged: p.regrown,
	}
}

// regrown tells our nodes among a process's followers that its tree is another
// one: the document names the tree's version and address (DESIGN §5). Others
// have no use for it.
func (p *Profiles) regrown(ctx context.Context, e domain.Event) ([]network.Outgoing, error) {
	actor, err := p.actors.Actor(ctx, domain.ActorID(e.Subject.ID))
	if err != nil {
		return nil, err
	}
	out, err := p.update(ctx, p.writer(e), actor)
	out.Software = network.Ours
	return []network.Outgoing{out}, err
}

// updated tells an actor's followers, with the whole document (ActivityPub
// §6.3).
func (p *Profiles) updated(who func(context.Context, domain.Event) (domain.ActorID, error)) Encoder {
	return func(ctx context.Context, e domain.Event) ([]network.Outgoing, error) {
		id, err := who(ctx, e)
		if err != nil {
			return nil, err
		}
		actor, err := p.actors.Actor(ctx, id)
		if err != nil {
			return nil, err
		}
		out, err := p.update(ctx, p.writer(e), actor)
		return []network.Outgoing{out}, err
	}
}

func (p *Profiles) writer(e domain.Event) *writer { return &writer{ns: p.ns, mint: p.mint, event: e} }

func (p *Profiles) update(ctx context.Context, w *writer, actor *network.Actor) (network.Outgoing, error) {
	document, err := p.documents.Actor(ctx, actor)
	if err != nil {
		return network.Outgoing{}, err
	}
	return w.toFollowers(actor, "Update", func(env activity.Envelope) ([]byte, error) { return activity.Update(env, document) })
}

// toFollowers writes what an actor tells its followers of itself.
func (w *writer) toFollowers(actor *network.Actor, name string, encode func(activity.Envelope) ([]byte, error)) (network.Outgoing, error) {
	env := w.envelope(actor.IRI)
	env.To, env.Cc = activity.ToPublic(actor.Followers)
	raw, err := encode(env)
	if err != nil {
		return network.Outgoing{}, err
	}
	out := w.outgoing(env, actor.ID, name, actor.IRI, raw)
	out.FollowersOf = []domain.ActorID{actor.ID}
	return out, nil
}

// moved tells a local actor's followers that another one takes its place
// (FEP-7628): first in its document, then by a Move.
func (p *Profiles) moved(ctx context.Context, e domain.Event) ([]network.Outgoing, error) {
	var m network.MovePayload
	if err := e.Decode(&m); err != nil {
		return nil, err
	}
	from, err := p.actors.Actor(ctx, m.From)
	if err != nil || !from.Local() {
		return nil, err
	}
	to, err := p.actors.Actor(ctx, m.To)
	if err != nil {
		return nil, err
	}
	w := p.writer(e)
	update, err := p.update(ctx, w, from)
	if err != nil {
		return nil, err
	}
	move, err := w.toFollowers(from, "Move", func(env activity.Envelope) ([]byte, error) { return activity.Move(env, to.IRI) })
	return []network.Outgoing{update, move}, err
}
