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
		out, err := w.toFollowers(group, name, wrote.IRI, func(env activity.Envelope) ([]byte, error) {
			env.Audience = group.IRI
			return encode(env, wrote.IRI, activity.Featured(group.IRI))
		})
		return []network.Outgoing{out}, err
	}
}
