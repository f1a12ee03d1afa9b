package publish

import (
	"context"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/moderation"
	"interlink/domain/network"
	"interlink/federation/activity"
)

// Software tells what a host runs: the name that its NodeInfo gives; "" if it
// is not known.
type Software func(ctx context.Context, host string) (string, error)

// NoticeReader reads a notice.
type NoticeReader interface {
	Notice(ctx context.Context, id domain.ID) (*moderation.Notice, error)
}

// Reports publishes reports to the server of whom they are about, in the name
// of the node: who reported stays here.
type Reports struct {
	ns       domain.Namespace
	mint     *domain.Mint
	actors   Actors
	software Software
	notices  NoticeReader
	node     domain.ActorID
}

// NewReports makes the publisher; node is the actor of this node.
func NewReports(ns domain.Namespace, mint *domain.Mint, actors Actors, software Software, notices NoticeReader, node domain.ActorID) *Reports {
	return &Reports{ns, mint, actors, software, notices, node}
}

// Encoders returns the encoders by kind of event.
func (p *Reports) Encoders() map[domain.EventKind]Encoder {
	return map[domain.EventKind]Encoder{community.PostReported: p.made, moderation.NoticeReceived: p.noticed}
}

// single are the programs that read one object for each Flag.
var single = map[string]bool{"lemmy": true, "piefed": true, "mbin": true, "kbin": true}

func (p *Reports) made(ctx context.Context, e domain.Event) ([]network.Outgoing, error) {
	var r community.Reported
	if err := e.Decode(&r); err != nil {
		return nil, err
	}
	if !r.Forward {
		return nil, nil
	}
	return p.flag(ctx, e, r)
}

// noticed tells the server of a review's author. What was typed is in no event:
// it is erased in time.
func (p *Reports) noticed(ctx context.Context, e domain.Event) ([]network.Outgoing, error) {
	var told moderation.Told
	if err := e.Decode(&told); err != nil || !told.Forward {
		return nil, err
	}
	n, err := p.notices.Notice(ctx, e.Subject.ID)
	if err != nil {
		return nil, err
	}
	return p.flag(ctx, e, community.Reported{Target: n.Target, Posts: []domain.IRI{n.About}, Reason: n.Reason})
}

// flag reports to the server of the target.
func (p *Reports) flag(ctx context.Context, e domain.Event, r community.Reported) ([]network.Outgoing, error) {
	target, err := p.actors.Actor(ctx, r.Target)
	if err != nil || target.Local() {
		return nil, err
	}
	node, err := p.actors.Actor(ctx, p.node)
	if err != nil {
		return nil, err
	}
	software, err := p.software(ctx, target.Host)
	if err != nil {
		return nil, err
	}
	objects := [][]domain.IRI{append([]domain.IRI{target.IRI}, r.Posts...)}
	if one := single[software] || r.Page; one && len(r.Posts) > 0 {
		objects = nil
		for _, post := range r.Posts {
			objects = append(objects, []domain.IRI{post})
		}
	}
	w := &writer{ns: p.ns, mint: p.mint, event: e}
	var all []network.Outgoing
	for _, about := range objects {
		env := w.envelope(node.IRI)
		env.To = []domain.IRI{target.IRI}
		raw, err := activity.Flag(env, about, r.Reason)
		if err != nil {
			return nil, err
		}
		out := w.outgoing(env, node.ID, "Flag", target.IRI, raw)
		out.Inboxes = []domain.IRI{target.DeliveryInbox()}
		all = append(all, out)
	}
	return all, nil
}
