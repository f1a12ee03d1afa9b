package publish

import (
	"context"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/network"
	"interlink/domain/policy"
	"interlink/federation/activity"
)

// Ballots reads votes.
type Ballots interface {
	// Votes returns what somebody chose in a poll.
	Votes(ctx context.Context, voter domain.ActorID, post domain.ID) (*community.Ballot, error)
	// VoterInboxes lists the inboxes of the servers whose people voted.
	VoterInboxes(ctx context.Context, post domain.ID) ([]domain.IRI, error)
}

// Polls publishes what people here choose in polls of other nodes, and how the
// votes stand in polls of this one.
type Polls struct {
	ns      domain.Namespace
	mint    *domain.Mint
	actors  Actors
	posts   *Posts
	ballots Ballots
}

// NewPolls makes the publisher.
func NewPolls(ns domain.Namespace, mint *domain.Mint, actors Actors, posts *Posts, ballots Ballots) *Polls {
	return &Polls{ns, mint, actors, posts, ballots}
}

// Encoders returns the encoders by kind of event.
func (p *Polls) Encoders() map[domain.EventKind]Encoder {
	return map[domain.EventKind]Encoder{
		community.PollVoted:   p.voted,
		community.PollCounted: p.counted,
		community.PollEnded:   p.counted,
	}
}

// voted sends each option that somebody chose to who asked, as Mastodon does.
func (p *Polls) voted(ctx context.Context, e domain.Event) ([]network.Outgoing, error) {
	var told community.Voted
	if err := e.Decode(&told); err != nil {
		return nil, err
	}
	author, err := p.actors.Actor(ctx, told.Author)
	if err != nil || author.Local() {
		return nil, err
	}
	by, err := p.actors.Actor(ctx, e.Actor)
	if err != nil {
		return nil, err
	}
	post, err := p.posts.posts.PostByID(ctx, policy.Viewer{Actor: by.ID, Role: policy.RoleMember}, e.Subject.ID)
	if err != nil || post.Poll == nil {
		return nil, err
	}
	ballot, err := p.ballots.Votes(ctx, by.ID, post.ID)
	if err != nil {
		return nil, err
	}
	var all []network.Outgoing
	w := &writer{ns: p.ns, mint: p.mint, event: e}
	for i, choice := range ballot.Choices {
		if choice >= len(post.Poll.Options) {
			continue // it asks something else meanwhile
		}
		env := w.envelope(by.IRI)
		env.To = []domain.IRI{author.IRI}
		raw, err := activity.Vote(env, ballot.IDs[i], by, post.IRI, post.Poll.Options[choice].Name)
		if err != nil {
			return nil, err
		}
		out := w.outgoing(env, by.ID, "Create", by.IRI+domain.IRI("#votes/"+ballot.IDs[i]), raw)
		out.Inboxes, out.Passing = []domain.IRI{author.DeliveryInbox()}, true // its bytes go once they are delivered
		all = append(all, out)
	}
	return all, nil
}

// counted tells how the votes stand, as an Update of the post: those who got
// it, and the servers of those who voted.
func (p *Polls) counted(ctx context.Context, e domain.Event) ([]network.Outgoing, error) {
	var wrote community.Wrote
	if err := e.Decode(&wrote); err != nil || !p.ns.Owns(wrote.IRI) {
		return nil, err
	}
	out, err := p.posts.sent("Update", activity.Update)(ctx, e)
	if err != nil || len(out) == 0 {
		return nil, err
	}
	if wrote.Community != domain.Nobody && wrote.Community != wrote.Author {
		out[0].FollowersOf = append(out[0].FollowersOf, wrote.Community)
	}
	inboxes, err := p.ballots.VoterInboxes(ctx, e.Subject.ID)
	out[0].Inboxes = append(out[0].Inboxes, inboxes...)
	return out, err
}
