package community

import (
	"context"
	"slices"
	"time"

	"interlink/domain"
	"interlink/domain/network"
)

// Relays is the part of [Store] about communities that follow other groups and
// share what begins there (FEP-d36d).
type Relays interface {
	// Relaying lists the communities of this node that follow a group, and do
	// not share a post yet: not its own, not of who is banned there, not of a
	// host that is limited, and not those that took it back times times.
	Relaying(ctx context.Context, group domain.ActorID, p *Post, times int) ([]domain.ActorID, error)
	// Shares lists who has an object in their feed: communities of this node, and
	// whom these follow. The others who shared it are without number, and no
	// community here has it from them.
	Shares(ctx context.Context, object domain.IRI) ([]Share, error)
	// Relayed lists what a community shared of others since a time, that a
	// group shares too or nobody whom it follows; the newest, at most
	// [domain.MaxPage], and older than before unless that is 0.
	Relayed(ctx context.Context, community, group domain.ActorID, since time.Time, before domain.Serial) ([]FeedItem, error)
	// Borrowed lists what communities here share of others, that some actors
	// share too; the newest, at most [domain.MaxPage], older than before unless
	// that is 0. It has what is hidden, too.
	Borrowed(ctx context.Context, from []domain.ActorID, before domain.Serial) ([]Borrowed, error)
	// SourcesOn lists the actors of a host that communities here follow.
	SourcesOn(ctx context.Context, host string) ([]domain.ActorID, error)
	// Unshare takes an object that it shared out of the feed of a community,
	// and counts how often it did since a time. Errors: Conflict if it is not
	// there.
	Unshare(ctx context.Context, item FeedItem, since time.Time, change domain.Change) error
}

// Share is that a group has an object in its feed.
type Share struct {
	Group domain.ActorID
	Since domain.Serial
	Here  bool             // it is a community of this node
	From  []domain.ActorID // whom else of those who share the object it follows, if it is here
}

// Borrowed is a post that a community here shares, and had from others.
type Borrowed struct {
	Serial       domain.Serial // of the share
	Post         domain.ID
	IRI          domain.IRI
	Home, Author domain.ActorID
}

// The bounds of sharing what others share.
const (
	relayedFor = 7 * 24 * time.Hour // what is older is not shared on
	mostRelays = 50                 // communities of this node, for one post
	// mostAgain is how often a community shares again what it took back: where
	// groups of several nodes follow each other in a ring, a share and its end
	// would else run after each other for ever.
	mostAgain = 3
)

// relay has the communities that follow a group share a thread that began
// there, and those that follow them, unless its author wants to be asked: each
// once, so it comes to an end even where groups follow each other in a ring.
func (s *Service) relay(ctx context.Context, group domain.ActorID, p *Post, feed *[]FeedItem, change *domain.Change) error {
	if p.InReplyTo != "" || p.Visibility != Public || p.Deleted() || s.mint.Now().Sub(p.Published) > relayedFor {
		return nil
	}
	var done []domain.ActorID
	for next := []domain.ActorID{group}; len(next) > 0 && len(done) < mostRelays; next = next[1:] {
		all, err := s.store.Relaying(ctx, next[0], p, mostAgain)
		if err != nil {
			return err
		}
		for _, id := range all {
			if slices.Contains(done, id) || s.announcedBy(*feed, id) || p.SharingFor(id) != LeaveFree || s.here(ctx, id) != nil {
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

// unfounded lists the communities here that share an object for no reason any
// more: by no chain of groups that follow each other they have it from where it
// began. Of groups elsewhere nobody knows whom they have it from; as they cannot
// have it from who shared it later, they are a reason for those, and for no others.
func unfounded(shares []Share, home ...domain.ActorID) (none []domain.ActorID) {
	founded := map[domain.ActorID]bool{}
	for _, root := range shares {
		switch began := slices.Contains(home, root.Group); {
		case began:
			found(shares, root.Group, 0, founded)
		case !root.Here:
			found(shares, root.Group, root.Since, founded)
		}
	}
	for _, s := range shares {
		if s.Here && !founded[s.Group] {
			none = append(none, s.Group)
		}
	}
	return none
}

// found marks a root and all here that have an object from it, of those who
// shared it later than since.
func found(shares []Share, root domain.ActorID, since domain.Serial, founded map[domain.ActorID]bool) {
	founded[root] = true
	reached := map[domain.ActorID]bool{root: true}
	for next := []domain.ActorID{root}; len(next) > 0; next = next[1:] {
		for _, s := range shares {
			if s.Here && s.Since > since && !reached[s.Group] && slices.Contains(s.From, next[0]) {
				reached[s.Group], founded[s.Group] = true, true
				next = append(next, s.Group)
			}
		}
	}
}

// unrelay has the communities here take back an object that they share for no
// reason any more, now that a group does not share it, or is not followed.
func (s *Service) unrelay(ctx context.Context, object domain.IRI) error {
	p, err := s.store.PostByIRI(ctx, object, domain.Nobody)
	if domain.CodeOf(err) == domain.NotFound { // a story, or nothing of here
		return nil
	}
	if err != nil {
		return err
	}
	return s.unshare(ctx, Borrowed{Post: p.ID, IRI: object, Home: p.Community, Author: p.Author}, nil)
}

// unshare does so; what some share who are about to go is no reason.
func (s *Service) unshare(ctx context.Context, b Borrowed, going []domain.ActorID) error {
	shares, err := s.store.Shares(ctx, b.IRI)
	if err != nil {
		return err
	}
	shares = slices.DeleteFunc(shares, func(x Share) bool { return slices.Contains(going, x.Group) })
	now := s.mint.Now()
	for _, id := range unfounded(shares, b.Home, b.Author) {
		subject := domain.Subject{Kind: ObjectPost, ID: b.Post}
		e := domain.NewEvent(s.mint, PostUnshared, id, subject, Wrote{Author: b.Author, Community: id, IRI: b.IRI})
		item := FeedItem{Actor: id, Verb: Announced, IRI: b.IRI, At: now}
		if err := once(s.store.Unshare(ctx, item, now.Add(-relayedFor), domain.Change{Events: []domain.Event{e}})); err != nil {
			return err
		}
	}
	return nil
}

// Abandon has the communities here take back what they share of groups that
// are gone, or about to be; it comes before these are erased, and may run again.
func (s *Service) Abandon(ctx context.Context, groups ...domain.ActorID) error {
	for before := domain.Serial(0); len(groups) > 0; {
		all, err := s.store.Borrowed(ctx, groups, before)
		if err != nil || len(all) == 0 {
			return err
		}
		for _, b := range all {
			if err := s.unshare(ctx, b, groups); err != nil {
				return err
			}
			before = b.Serial
		}
	}
	return nil
}

// AbandonHost does so before what is kept of a host is erased.
func (s *Service) AbandonHost(ctx context.Context, host string) error {
	groups, err := s.store.SourcesOn(ctx, host)
	if err != nil {
		return err
	}
	return s.Abandon(ctx, groups...)
}

// Unfollowed has a community take back what it shared lately of a group that it
// follows no more; it is the handler of [network.JobUnfollowed].
func (s *Service) Unfollowed(ctx context.Context, u network.Unfollowed) error {
	since := s.mint.Now().Add(-relayedFor)
	for before := domain.Serial(0); ; {
		items, err := s.store.Relayed(ctx, u.Follower, u.Followed, since, before)
		if err != nil || len(items) == 0 {
			return err
		}
		for _, item := range items {
			if err := s.unrelay(ctx, item.IRI); err != nil {
				return err
			}
		}
		before = items[len(items)-1].Serial
	}
}
