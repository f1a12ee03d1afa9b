package publish

import (
	"context"

	"interlink/domain"
	"interlink/domain/account"
	"interlink/domain/community"
	"interlink/domain/coproduction"
	"interlink/domain/lineage"
	"interlink/domain/network"
	"interlink/domain/organization"
	"interlink/domain/participation"
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
	clones    CloneReader
}

// CloneReader reads the clones of processes.
type CloneReader interface {
	Derivations(ctx context.Context, process domain.ActorID, state coproduction.Answer, page domain.Page) (domain.List[*lineage.Derivation], error)
}

// NewProfiles makes the publisher.
func NewProfiles(ns domain.Namespace, mint *domain.Mint, actors Actors, documents ActorDocuments, keys Keys, clones CloneReader) *Profiles {
	return &Profiles{ns, mint, actors, documents, keys, clones}
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
		participation.JoiningChanged:     p.updated(subject),
		account.ProfileUpdated:           p.updated(person),
		picture.Changed:                  p.updated(subject),
		network.KeysRotated:              p.updated(rotated),
		profile.Changed:                  p.said,
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
	return w.toFollowers(actor, "Update", actor.IRI, func(env activity.Envelope) ([]byte, error) { return activity.Update(env, document) })
}

// said tells an actor's followers that it says something else of itself; that it
// is back, or may take another one's place, matters to the clones of a process too.
func (p *Profiles) said(ctx context.Context, e domain.Event) ([]network.Outgoing, error) {
	actor, err := p.actors.Actor(ctx, domain.ActorID(e.Subject.ID))
	if err != nil {
		return nil, err
	}
	out, err := p.update(ctx, p.writer(e), actor)
	if err != nil {
		return nil, err
	}
	return p.withCloners(ctx, actor, out)
}

// withCloners sends activities of a process to the nodes of its clones, too.
func (p *Profiles) withCloners(ctx context.Context, process *network.Actor, all ...network.Outgoing) ([]network.Outgoing, error) {
	if process.Subject != network.SubjectProcess {
		return all, nil
	}
	var inboxes []domain.IRI
	seen := map[domain.ActorID]bool{}
	for page := (domain.Page{Limit: domain.MaxPage}); ; {
		list, err := p.clones.Derivations(ctx, process.ID, "", page)
		if err != nil {
			return nil, err
		}
		for _, d := range list.Items {
			if seen[d.Cloner] || p.ns.Owns(d.IRI) || d.State == coproduction.Rejected {
				continue
			}
			seen[d.Cloner] = true
			cloner, err := p.actors.Actor(ctx, d.Cloner)
			if err != nil {
				return nil, err
			}
			if !cloner.Gone() {
				inboxes = append(inboxes, cloner.Inbox)
			}
		}
		if page.After = list.Next; page.After == "" {
			break
		}
	}
	for i := range all {
		all[i].Inboxes = inboxes
	}
	return all, nil
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
	move, err := w.toFollowers(from, "Move", from.IRI, func(env activity.Envelope) ([]byte, error) { return activity.Move(env, to.IRI) })
	if err != nil {
		return nil, err
	}
	return p.withCloners(ctx, from, update, move)
}
