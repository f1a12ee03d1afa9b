package publish

import (
	"context"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/network"
	"interlink/federation/activity"
)

// pinned tells a community's followers that a post is in its featured
// collection now, or is no more.
func (p *Posts) pinned(name string, encode func(e activity.Envelope, object, target domain.IRI) ([]byte, error)) Encoder {
	return func(ctx context.Context, e domain.Event) ([]network.Outgoing, error) {
		var wrote community.Wrote
		if err := e.Decode(&wrote); err != nil {
			return nil, err
		}
		group, err := p.actors.Actor(ctx, wrote.Community)
		if err != nil {
			return nil, err
		}
		w := &writer{ns: p.ns, mint: p.mint, event: e}
		env := w.envelope(group.IRI)
		env.To, env.Cc = activity.ToPublic(group.Followers)
		env.Audience = group.IRI
		raw, err := encode(env, wrote.IRI, activity.Featured(group.IRI))
		if err != nil {
			return nil, err
		}
		out := w.outgoing(env, group.ID, name, wrote.IRI, raw)
		out.FollowersOf = []domain.ActorID{group.ID}
		return []network.Outgoing{out}, nil
	}
}
