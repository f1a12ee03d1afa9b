package publish

import (
	"context"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/network"
	"interlink/domain/policy"
	"interlink/federation/activity"
)

// PostReader reads posts.
type PostReader interface {
	PostByID(ctx context.Context, v policy.Viewer, id domain.ID) (*community.Post, error)
}

// PostDocuments makes the documents of posts.
type PostDocuments interface {
	NoteInput(ctx context.Context, p *community.Post) (activity.NoteInput, error)
}

// Posts publishes posts: created by their author, a member's also announced
// by the community.
type Posts struct {
	ns        domain.Namespace
	mint      *domain.Mint
	actors    Actors
	posts     PostReader
	documents PostDocuments
}

// NewPosts makes the publisher.
func NewPosts(ns domain.Namespace, mint *domain.Mint, actors Actors, posts PostReader, documents PostDocuments) *Posts {
	return &Posts{ns, mint, actors, posts, documents}
}

// Encoders returns the encoders by kind of event.
func (p *Posts) Encoders() map[domain.EventKind]Encoder {
	return map[domain.EventKind]Encoder{
		community.PostCreated:   p.sent("Create", activity.Create),
		community.PostUpdated:   p.sent("Update", activity.Update),
		community.PostDeleted:   p.deleted,
		community.PostRestored:  p.restored,
		community.PostAnnounced: p.announced,
		community.PostPinned:    p.pinned("Add", activity.Add),
		community.PostUnpinned:  p.pinned("Remove", activity.Remove),
	}
}

// sent writes an activity with the post as its object, to the author's
// followers and to those it names.
func (p *Posts) sent(name string, encode func(activity.Envelope, any) ([]byte, error)) Encoder {
	return func(ctx context.Context, e domain.Event) ([]network.Outgoing, error) {
		post, err := p.posts.PostByID(ctx, policy.Viewer{}, e.Subject.ID)
		if err != nil {
			return nil, err
		}
		in, err := p.documents.NoteInput(ctx, post)
		if err != nil {
			return nil, err
		}
		w := &writer{ns: p.ns, mint: p.mint, event: e}
		env := w.envelope(in.Author.IRI)
		env.To, env.Cc = in.Audience()
		if in.Community != nil {
			env.Audience = in.Community.IRI
		}
		raw, err := encode(env, activity.Note(in))
		if err != nil {
			return nil, err
		}
		out := w.outgoing(env, in.Author.ID, name, post.IRI, raw)
		out.FollowersOf = []domain.ActorID{in.Author.ID}
		told := in.Mentions
		if in.Community != nil {
			told = append(told, in.Community)
		}
		for _, m := range told {
			if !m.Local() {
				out.Inboxes = append(out.Inboxes, m.DeliveryInbox())
			}
		}
		return []network.Outgoing{out}, nil
	}
}

// deleted tells those who got the post, or its announcement.
func (p *Posts) deleted(ctx context.Context, e domain.Event) ([]network.Outgoing, error) {
	var wrote community.Wrote
	if err := e.Decode(&wrote); err != nil {
		return nil, err
	}
	author, err := p.actors.Actor(ctx, wrote.Author)
	if err != nil || !author.Local() {
		return nil, err
	}
	w := &writer{ns: p.ns, mint: p.mint, event: e}
	out, err := w.toFollowers(author, "Delete", wrote.IRI, func(env activity.Envelope) ([]byte, error) { return activity.Delete(env, wrote.IRI) })
	if err != nil {
		return nil, err
	}
	told := wrote.Mentions
	if wrote.Community != domain.Nobody && wrote.Community != author.ID {
		out.FollowersOf = append(out.FollowersOf, wrote.Community)
		told = append(told, wrote.Community)
	}
	for _, id := range told {
		m, err := p.actors.Actor(ctx, id)
		switch {
		case domain.CodeOf(err) == domain.NotFound: // a copy that was not needed any more
		case err != nil:
			return nil, err
		case !m.Local():
			out.Inboxes = append(out.Inboxes, m.DeliveryInbox())
		}
	}
	return []network.Outgoing{out}, nil
}

// restored takes back that a post was deleted, and sends it again: servers of
// the threadiverse, and ours, forget the deletion; those that know no Undo of a
// Delete leave it deleted.
func (p *Posts) restored(ctx context.Context, e domain.Event) ([]network.Outgoing, error) {
	var told community.Restored
	if err := e.Decode(&told); err != nil {
		return nil, err
	}
	author, err := p.actors.Actor(ctx, told.Author)
	if err != nil || !author.Local() {
		return nil, err
	}
	w := &writer{ns: p.ns, mint: p.mint, event: e, count: 1}
	deletion := activity.NewDeleteReference(p.ns.IRI("activities", string(told.Deletion)), author.IRI, told.IRI)
	undo, err := w.toFollowers(author, "Undo", told.IRI, func(env activity.Envelope) ([]byte, error) { return activity.Undo(env, deletion) })
	if err != nil {
		return nil, err
	}
	if told.Community != domain.Nobody && told.Community != author.ID {
		undo.FollowersOf = append(undo.FollowersOf, told.Community)
	}
	again, err := p.sent("Create", activity.Create)(ctx, e)
	return append([]network.Outgoing{undo}, again...), err
}

// announced shares a member's top-level post with the community's followers,
// by its address, as microblogs understand it.
func (p *Posts) announced(ctx context.Context, e domain.Event) ([]network.Outgoing, error) {
	var wrote community.Wrote
	if err := e.Decode(&wrote); err != nil {
		return nil, err
	}
	group, err := p.actors.Actor(ctx, wrote.Community)
	if err != nil {
		return nil, err
	}
	w := &writer{ns: p.ns, mint: p.mint, event: e}
	out, err := w.toFollowers(group, "Announce", wrote.IRI, func(env activity.Envelope) ([]byte, error) { return activity.Announce(env, wrote.IRI) })
	return []network.Outgoing{out}, err
}
