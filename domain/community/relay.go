package community

import (
	"context"
	"slices"
	"time"

	"interlink/domain"
)

// Relays is the part of [Store] about communities that follow other groups and
// share what begins there (FEP-d36d).
type Relays interface {
	// Relaying lists the communities of this node that follow a group, and do
	// not share a post yet: not its own, not of who is banned there, and not
	// of a host that is limited.
	Relaying(ctx context.Context, group domain.ActorID, p *Post) ([]domain.ActorID, error)
	// Relayed lists those that share an object because a group did which they
	// follow, and no other that they follow.
	Relayed(ctx context.Context, group domain.ActorID, object domain.IRI) ([]domain.ActorID, error)
	// Unshare takes an object that it shared out of the feed of a community.
	// Errors: Conflict if it is not there.
	Unshare(ctx context.Context, community domain.ActorID, object domain.IRI, change domain.Change) error
}

// The bounds of sharing what others share.
const (
	relayedFor = 7 * 24 * time.Hour // what is older is not shared on
	mostRelays = 50                 // communities of this node, for one post
)

// relay has the communities that follow a group share a thread that began
// there, and those that follow them: each once, so it comes to an end even
// where groups follow each other in a ring.
func (s *Service) relay(ctx context.Context, group domain.ActorID, p *Post, feed *[]FeedItem, change *domain.Change) error {
	if p.InReplyTo != "" || p.Visibility != Public || p.Deleted() || s.mint.Now().Sub(p.Published) > relayedFor {
		return nil
	}
	var done []domain.ActorID
	for next := []domain.ActorID{group}; len(next) > 0 && len(done) < mostRelays; next = next[1:] {
		all, err := s.store.Relaying(ctx, next[0], p)
		if err != nil {
			return err
		}
		for _, id := range all {
			if slices.Contains(done, id) || s.announcedBy(*feed, id) || s.here(ctx, id) != nil {
				continue
			}
			done, next = append(done, id), append(next, id)
			*feed = append(*feed, s.item(id, Announced, p))
			told := Wrote{Author: p.Author, Community: id, IRI: p.IRI}
			change.Events = append(change.Events, domain.NewEvent(s.mint, PostAnnounced, id, p.Subject(), told))
		}
	}
	return nil
}

// announcedBy reports whether a post is about to be in the feed of an actor.
func (s *Service) announcedBy(feed []FeedItem, id domain.ActorID) bool {
	return slices.ContainsFunc(feed, func(item FeedItem) bool { return item.Actor == id })
}

// unrelay has the communities that shared an object because a group did take
// that back, and those that had it from them.
func (s *Service) unrelay(ctx context.Context, group domain.ActorID, object domain.IRI) error {
	all, err := s.store.Relayed(ctx, group, object)
	if err != nil || len(all) == 0 {
		return err
	}
	p, err := s.store.PostByIRI(ctx, object, domain.Nobody)
	if err != nil {
		return err
	}
	for _, id := range all {
		e := domain.NewEvent(s.mint, PostUnshared, id, p.Subject(), Wrote{Author: p.Author, Community: id, IRI: object})
		if err := once(s.store.Unshare(ctx, id, object, domain.Change{Events: []domain.Event{e}})); err != nil {
			return err
		}
		if err := s.unrelay(ctx, id, object); err != nil {
			return err
		}
	}
	return nil
}
