package publish

import (
	"context"
	"log/slog"
	"maps"
	"time"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/network"
	"interlink/domain/policy"
	"interlink/federation/activity"
)

// Groups publishes what is done in communities of this node: an activity of
// whoever did it, shared whole by the community with the hosts that read such
// (FEP-1b12). Microblogs, which would show every answer as a post of the
// community, get none of it.
type Groups struct {
	ns       domain.Namespace
	mint     *domain.Mint
	actors   Actors
	posts    PostReader
	decided  Decisions
	received Received
	shared   Shared
	keys     Prover
	log      *slog.Logger
}

// Decisions reads what those who moderate decided. Errors: NotFound.
type Decisions interface {
	Ban(ctx context.Context, community, actor domain.ActorID) (*community.Ban, error)
	Held(ctx context.Context, id domain.ID) (*community.Held, error)
}

// Received finds what others sent. Errors: NotFound, also where it is erased.
type Received interface {
	ReceivedRaw(ctx context.Context, actor, iri domain.IRI) ([]byte, error)
}

// Shared finds what a local actor shared.
type Shared interface {
	// Announces lists, oldest first, a few of an actor's that are about an
	// object.
	Announces(ctx context.Context, actor domain.ActorID, object domain.IRI) ([]domain.IRI, error)
}

// NewGroups makes the publisher.
func NewGroups(ns domain.Namespace, mint *domain.Mint, actors Actors, posts PostReader, decided Decisions, received Received, shared Shared, keys Prover, log *slog.Logger) *Groups {
	return &Groups{ns, mint, actors, posts, decided, received, shared, keys, log}
}

// Encoders returns the encoders by kind of event; those of posts are the ones
// that are given, with what the community makes of it.
func (g *Groups) Encoders(posts map[domain.EventKind]Encoder) map[domain.EventKind]Encoder {
	all := maps.Clone(posts)
	for _, kind := range []domain.EventKind{community.PostCreated, community.PostUpdated, community.PostDeleted, community.PostRestored} {
		all[kind] = g.sharing(posts[kind])
	}
	maps.Copy(all, map[domain.EventKind]Encoder{
		community.PostReceived:   g.brought,
		community.PostGone:       g.brought,
		community.PostExpelled:   g.expelled,
		community.PostRestored:   g.returned(all[community.PostRestored]),
		community.PostUnshared:   g.unshared,
		community.ThreadLocked:   g.locked,
		community.ThreadUnlocked: g.locked,
		community.PersonBanned:   g.banned,
		community.PersonUnbanned: g.banned,
		community.RoleGiven:      g.role,
	})
	return all
}

// group returns a community of this node, nil for another node's and none.
func (g *Groups) group(ctx context.Context, id domain.ActorID) (*network.Actor, error) {
	if id == domain.Nobody {
		return nil, nil
	}
	a, err := g.actors.Actor(ctx, id)
	if domain.CodeOf(err) == domain.NotFound || err == nil && (!a.Local() || a.Subject != network.SubjectCommunity) {
		return nil, nil
	}
	return a, err
}

// share wraps an activity that was done in a community; object is what it is
// about, of which it is the latest.
func (g *Groups) share(w *writer, group *network.Actor, raw []byte, object domain.IRI) (network.Outgoing, error) {
	out, err := w.toFollowers(group, "Announce", object, func(env activity.Envelope) ([]byte, error) { return activity.AnnounceActivity(env, raw) })
	out.Software = network.GroupReaders
	return out, err
}

// sharing adds the community's share of all that a person's own encoder makes.
// The bytes, with the proof in them, are the same in both.
func (g *Groups) sharing(encode Encoder) Encoder {
	return func(ctx context.Context, e domain.Event) ([]network.Outgoing, error) {
		out, err := encode(ctx, e)
		if err != nil || len(out) == 0 {
			return out, err
		}
		var wrote community.Wrote
		if err := e.Decode(&wrote); err != nil {
			return nil, err
		}
		group, err := g.group(ctx, wrote.Community)
		if err != nil || group == nil || wrote.Author == group.ID {
			return out, err
		}
		w := &writer{ns: g.ns, mint: g.mint, event: e, count: byte(len(out))}
		for i := range out {
			if err := finish(ctx, g.keys, g.log, &out[i].Activity); err != nil {
				return nil, err
			}
			shared, err := g.share(w, group, out[i].Activity.Raw, wrote.IRI)
			if err != nil {
				return nil, err
			}
			out = append(out, shared)
		}
		return out, nil
	}
}

// brought shares what people of other servers wrote, changed or deleted, by
// the bytes that they sent.
func (g *Groups) brought(ctx context.Context, e domain.Event) ([]network.Outgoing, error) {
	var wrote community.Wrote
	if err := e.Decode(&wrote); err != nil || wrote.Activity == "" {
		return nil, err
	}
	group, err := g.group(ctx, wrote.Community)
	if err != nil || group == nil {
		return nil, err
	}
	if e.Kind == community.PostReceived { // it may be gone meanwhile, or for some alone
		if _, err := g.posts.PostByID(ctx, policy.Viewer{}, e.Subject.ID); err != nil {
			return nil, err
		}
	}
	return g.again(ctx, e, group, wrote.Author, wrote.Activity, wrote.IRI)
}

// again shares an activity of somebody elsewhere.
func (g *Groups) again(ctx context.Context, e domain.Event, group *network.Actor, by domain.ActorID, iri, object domain.IRI) ([]network.Outgoing, error) {
	who, err := g.actors.Actor(ctx, by)
	if err != nil {
		return nil, err
	}
	raw, err := g.received.ReceivedRaw(ctx, who.IRI, iri)
	if err != nil {
		return nil, err
	}
	shared, err := g.share(&writer{ns: g.ns, mint: g.mint, event: e}, group, raw, object)
	shared.Passing, shared.Activity.Public = true, false
	return []network.Outgoing{shared}, err
}

// moderated writes what a person here did as moderator, for the inboxes that
// are given, and has the community share it.
func (g *Groups) moderated(ctx context.Context, e domain.Event, group *network.Actor, name string, object domain.IRI, told []*network.Actor,
	encode func(activity.Envelope) ([]byte, error)) ([]network.Outgoing, error) {
	by := group // of a job, or by a moderator elsewhere whose activity is not at hand
	if e.Actor != domain.Nobody {
		actor, err := g.actors.Actor(ctx, e.Actor)
		if err != nil {
			return nil, err
		}
		if actor.Local() {
			by = actor
		}
	}
	w := &writer{ns: g.ns, mint: g.mint, event: e}
	env := w.envelope(by.IRI)
	env.To, env.Cc = activity.ToPublic(group.IRI)
	env.Audience = group.IRI
	raw, err := encode(env)
	if err != nil {
		return nil, err
	}
	out := w.outgoing(env, by.ID, name, object, raw)
	out.Software = network.GroupReaders // others would take a ban for the moderator's own block
	for _, a := range told {
		if !a.Local() {
			out.Inboxes = append(out.Inboxes, a.DeliveryInbox())
		}
	}
	if err := finish(ctx, g.keys, g.log, &out.Activity); err != nil {
		return nil, err
	}
	shared, err := g.share(w, group, out.Activity.Raw, object)
	return []network.Outgoing{out, shared}, err
}

// expelled takes back that a community shared a post of another server, and
// tells those who read groups that a moderator deleted it there.
func (g *Groups) expelled(ctx context.Context, e domain.Event) ([]network.Outgoing, error) {
	var wrote community.Wrote
	if err := e.Decode(&wrote); err != nil {
		return nil, err
	}
	group, err := g.group(ctx, wrote.Community)
	if err != nil || group == nil {
		return nil, err
	}
	reason := ""
	if h, err := g.decided.Held(ctx, e.Subject.ID); err == nil {
		reason = h.Reason
	} else if domain.CodeOf(err) != domain.NotFound {
		return nil, err
	}
	out, err := g.moderated(ctx, e, group, "Delete", wrote.IRI, nil, func(env activity.Envelope) ([]byte, error) {
		return activity.Removal(env, wrote.IRI, reason)
	})
	if err != nil {
		return nil, err
	}
	undone, err := g.undo(ctx, &writer{ns: g.ns, mint: g.mint, event: e, count: byte(len(out))}, group, wrote.IRI)
	return append(out, undone...), err
}

// returned tells those who read groups that a post of another server, which a
// moderator had deleted, is back. What people of this node wrote comes back from
// themselves.
func (g *Groups) returned(mine Encoder) Encoder {
	return func(ctx context.Context, e domain.Event) ([]network.Outgoing, error) {
		var told community.Restored
		if err := e.Decode(&told); err != nil {
			return nil, err
		}
		author, err := g.actors.Actor(ctx, told.Author)
		if err != nil {
			return nil, err
		}
		if author.Local() {
			return mine(ctx, e)
		}
		group, err := g.group(ctx, told.Community)
		if err != nil || group == nil {
			return nil, err
		}
		deletion := g.ns.IRI("activities", string(told.Deletion))
		return g.moderated(ctx, e, group, "Undo", told.IRI, nil, func(env activity.Envelope) ([]byte, error) {
			return activity.Undo(env, activity.NewDeleteReference(deletion, env.Actor, told.IRI))
		})
	}
}

// unshared takes back that a community shared what another one shared, which
// does so no more.
func (g *Groups) unshared(ctx context.Context, e domain.Event) ([]network.Outgoing, error) {
	var wrote community.Wrote
	if err := e.Decode(&wrote); err != nil {
		return nil, err
	}
	group, err := g.group(ctx, wrote.Community)
	if err != nil || group == nil {
		return nil, err
	}
	return g.undo(ctx, &writer{ns: g.ns, mint: g.mint, event: e}, group, wrote.IRI)
}

// undo takes back that a community shared an object.
func (g *Groups) undo(ctx context.Context, w *writer, group *network.Actor, object domain.IRI) (out []network.Outgoing, err error) {
	shared, err := g.shared.Announces(ctx, group.ID, object)
	for _, announce := range shared {
		undo, err := w.toFollowers(group, "Undo", group.IRI, func(env activity.Envelope) ([]byte, error) {
			return activity.Undo(env, activity.NewAnnounceReference(announce, group.IRI, object))
		})
		if err != nil {
			return nil, err
		}
		out = append(out, undo)
	}
	return out, err
}

// locked tells that a thread is closed, or open again.
func (g *Groups) locked(ctx context.Context, e domain.Event) ([]network.Outgoing, error) {
	var told community.LockPayload
	if err := e.Decode(&told); err != nil {
		return nil, err
	}
	group, err := g.group(ctx, told.Community)
	if err != nil || group == nil {
		return nil, err
	}
	if told.Remote != "" {
		return g.again(ctx, e, group, e.Actor, told.Remote, told.IRI)
	}
	name := "Lock"
	if e.Kind == community.ThreadUnlocked {
		name = "Undo"
	}
	return g.moderated(ctx, e, group, name, told.IRI, nil, func(env activity.Envelope) ([]byte, error) {
		if name == "Undo" {
			return activity.Undo(env, activity.NewLockReference(told.Lock, env.Actor, told.IRI))
		}
		return activity.Lock(env, told.IRI)
	})
}

// banned tells that somebody is kept from writing in a community, or no more:
// also their own server, if it reads such, which tells them.
func (g *Groups) banned(ctx context.Context, e domain.Event) ([]network.Outgoing, error) {
	var told community.BanPayload
	if err := e.Decode(&told); err != nil {
		return nil, err
	}
	group, err := g.group(ctx, domain.ActorID(e.Subject.ID))
	if err != nil || group == nil {
		return nil, err
	}
	who, err := g.actors.Actor(ctx, told.Who)
	if err != nil {
		return nil, err
	}
	if told.Remote != "" {
		return g.again(ctx, e, group, e.Actor, told.Remote, who.IRI)
	}
	name, reason, until := "Block", "", time.Time{}
	if e.Kind == community.PersonUnbanned {
		name = "Undo"
	} else if b, err := g.decided.Ban(ctx, group.ID, who.ID); err == nil {
		reason, until = b.Reason, b.Until
	} else if domain.CodeOf(err) != domain.NotFound {
		return nil, err
	}
	return g.moderated(ctx, e, group, name, who.IRI, []*network.Actor{who}, func(env activity.Envelope) ([]byte, error) {
		if name == "Undo" {
			return activity.Undo(env, activity.NewBlockReference(told.Ban, env.Actor, who.IRI, group.IRI))
		}
		return activity.Block(env, who.IRI, group.IRI, reason, until)
	})
}

// role tells that somebody is among those who moderate a community, or no
// more.
func (g *Groups) role(ctx context.Context, e domain.Event) ([]network.Outgoing, error) {
	var told community.RolePayload
	if err := e.Decode(&told); err != nil {
		return nil, err
	}
	group, err := g.group(ctx, domain.ActorID(e.Subject.ID))
	if err != nil || group == nil || (told.Role == community.NoRole) == (told.Was == community.NoRole) {
		return nil, err // it is the same list
	}
	who, err := g.actors.Actor(ctx, told.Who)
	if err != nil {
		return nil, err
	}
	name, encode := "Add", activity.Add
	if told.Role == community.NoRole {
		name, encode = "Remove", activity.Remove
	}
	return g.moderated(ctx, e, group, name, who.IRI, []*network.Actor{who}, func(env activity.Envelope) ([]byte, error) {
		return encode(env, who.IRI, activity.Moderators(group.IRI))
	})
}
