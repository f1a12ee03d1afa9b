package publish

import (
	"context"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/domain/policy"
	"interlink/domain/story"
	"interlink/federation/activity"
)

// StoryReader reads stories.
type StoryReader interface {
	StoryByID(ctx context.Context, v policy.Viewer, id domain.ID) (*story.Story, error)
}

// StoryDocuments makes the documents of stories.
type StoryDocuments interface {
	Story(ctx context.Context, s *story.Story) (any, error)
}

// Stories publishes success stories: created by their organisation, announced
// by their community.
type Stories struct {
	ns        domain.Namespace
	mint      *domain.Mint
	actors    Actors
	stories   StoryReader
	documents StoryDocuments
}

// NewStories makes the publisher.
func NewStories(ns domain.Namespace, mint *domain.Mint, actors Actors, stories StoryReader, documents StoryDocuments) *Stories {
	return &Stories{ns, mint, actors, stories, documents}
}

// Encoders returns the encoders by kind of event.
func (p *Stories) Encoders() map[domain.EventKind]Encoder {
	return map[domain.EventKind]Encoder{
		story.StoryPublished: p.published,
		story.StoryUpdated:   p.updated,
		story.StoryWithdrawn: p.withdrawn,
		story.StoryRated:     p.rated,
	}
}

func (p *Stories) people(ctx context.Context, owner, community domain.ActorID) (o, c *network.Actor, err error) {
	if o, err = p.actors.Actor(ctx, owner); err != nil {
		return nil, nil, err
	}
	if community != domain.Nobody {
		c, err = p.actors.Actor(ctx, community)
	}
	return o, c, err
}

func (p *Stories) published(ctx context.Context, e domain.Event) ([]network.Outgoing, error) {
	w := &writer{ns: p.ns, mint: p.mint, event: e}
	s, out, err := p.send(ctx, e, w, "Create", activity.Create)
	if err != nil || s.Community == domain.Nobody {
		return out, err
	}
	community, err := p.actors.Actor(ctx, s.Community)
	if err != nil {
		return nil, err
	}
	announce, err := w.toFollowers(community, "Announce", s.IRI, func(env activity.Envelope) ([]byte, error) { return activity.Announce(env, s.IRI) })
	return append(out, announce), err
}

func (p *Stories) updated(ctx context.Context, e domain.Event) ([]network.Outgoing, error) {
	_, out, err := p.send(ctx, e, &writer{ns: p.ns, mint: p.mint, event: e}, "Update", activity.Update)
	return out, err
}

// send writes an activity with the story as its object, to the followers of
// the organisation and of the community.
func (p *Stories) send(ctx context.Context, e domain.Event, w *writer, name string,
	encode func(activity.Envelope, any) ([]byte, error),
) (*story.Story, []network.Outgoing, error) {
	s, err := p.stories.StoryByID(ctx, policy.Viewer{}, e.Subject.ID)
	if err != nil {
		return nil, nil, err
	}
	owner, community, err := p.people(ctx, s.Owner, s.Community)
	if err != nil {
		return nil, nil, err
	}
	document, err := p.documents.Story(ctx, s)
	if err != nil {
		return nil, nil, err
	}
	out, err := w.toFollowers(owner, name, s.IRI, func(env activity.Envelope) ([]byte, error) { return encode(env, document) }, community)
	return s, []network.Outgoing{out}, err
}

// rated tells how a story is rated, beside the story, which is signed as it is.
func (p *Stories) rated(ctx context.Context, e domain.Event) ([]network.Outgoing, error) {
	s, err := p.stories.StoryByID(ctx, policy.Viewer{}, e.Subject.ID)
	if err != nil {
		return nil, err
	}
	owner, community, err := p.people(ctx, s.Owner, s.Community)
	if err != nil || owner.Visibility != domain.VisiblePublic {
		return nil, err
	}
	w := &writer{ns: p.ns, mint: p.mint, event: e}
	ratings := activity.Ratings(s.IRI, owner.IRI, s.Ratings)
	out, err := w.toFollowers(owner, "Update", activity.RatingsAt(s.IRI), func(env activity.Envelope) ([]byte, error) { return activity.Update(env, ratings) }, community)
	out.OrderKey = string(s.IRI)
	return []network.Outgoing{out}, err
}

func (p *Stories) withdrawn(ctx context.Context, e domain.Event) ([]network.Outgoing, error) {
	var told story.Told
	if err := e.Decode(&told); err != nil {
		return nil, err
	}
	owner, community, err := p.people(ctx, told.Owner, told.Community)
	if err != nil {
		return nil, err
	}
	w := &writer{ns: p.ns, mint: p.mint, event: e}
	iri := p.ns.IRI("stories", told.Slug)
	out, err := w.toFollowers(owner, "Delete", iri, func(env activity.Envelope) ([]byte, error) { return activity.Delete(env, iri) }, community)
	return []network.Outgoing{out}, err
}
