package community

import (
	"context"
	"time"

	"interlink/domain"
	"interlink/domain/markup"
	"interlink/domain/network"
	"interlink/domain/picture"
	"interlink/domain/policy"
)

// PostRestored tells that a post is back that those who moderate had removed.
const PostRestored domain.EventKind = "post.restored" // [Restored]

// Restored is the payload of [PostRestored].
type Restored struct {
	Wrote

	Deletion domain.ID `json:"deletion"` // the event that had told of its end
}

// Removal is the end of a post by a decision that may be reversed.
type Removal struct {
	Gone     *Post     `json:"-"` // the tombstone, to be stored
	Was      *Post     // as it was
	Pinned   bool      // its community showed it first
	Deletion domain.ID // the event that tells of it
}

// Remove prepares the end of a post of this node, for a decision that stores it
// in its own transaction with the change. Its pictures are kept for a time, its
// likes and pins as long as it may come back. Errors: as of
// [Service.DeletePost].
func (s *Service) Remove(ctx context.Context, v policy.Viewer, id domain.ID, keep time.Duration) (*Removal, domain.Change, error) {
	p, err := s.editable(ctx, v, id, policy.Moderate)
	if err != nil {
		return nil, domain.Change{}, err
	}
	return s.removal(ctx, v, p, keep)
}

func (s *Service) removal(ctx context.Context, v policy.Viewer, p *Post, keep time.Duration) (r *Removal, _ domain.Change, err error) {
	was := *p
	r = &Removal{Gone: p, Was: &was}
	if r.Pinned, err = s.pinned(ctx, p); err != nil {
		return nil, domain.Change{}, err
	}
	change := s.end(v, p, s.mint.Now().Add(keep))
	r.Deletion = change.Events[0].ID
	return r, change, nil
}

// end makes a tombstone of a post; its pictures go at a time. A copy of another
// node's post is taken out of the community alone.
func (s *Service) end(v policy.Viewer, p *Post, at time.Time) domain.Change {
	kind := PostDeleted
	if !p.Local() {
		kind = PostExpelled
	}
	change := domain.Change{Events: []domain.Event{s.wrote(kind, v.Actor, p)}}
	if p.Local() {
		for _, a := range p.Images {
			change.Jobs = append(change.Jobs, picture.Sweeping(a.URL, at))
		}
	}
	p.erase(s.mint)
	return change
}

// Restore prepares that a removed post comes back, at its own address and where
// it stood, with its likes and pins, for a decision that stores it in its own
// transaction. Errors: NotFound if there is no tombstone of it, or if its
// author or community is gone.
func (s *Service) Restore(ctx context.Context, v policy.Viewer, r *Removal) (*Post, []FeedItem, domain.Change, error) {
	gone, err := s.store.Post(ctx, r.Was.ID, domain.Nobody)
	if err != nil {
		return nil, nil, domain.Change{}, err
	}
	author, err := s.actors.Actor(ctx, r.Was.Author)
	if err == nil && (author.Gone() || !gone.Deleted()) {
		err = domain.Fail(domain.NotFound, "error.not_found")
	}
	if err != nil {
		return nil, nil, domain.Change{}, err
	}
	back := *r.Was
	back.Revision, back.Tags = gone.Revision, s.mark(ctx, back.Source).tags
	if back.Source == "" { // another server's, whose words are as it marked them
		back.tag(markup.Hashtags(back.Content))
	}
	feed := append([]FeedItem{s.item(back.Author, Created, &back)}, s.mentions(ctx, &back)...)
	told := Restored{Wrote: Wrote{Author: back.Author, Community: back.Community, IRI: back.IRI}, Deletion: r.Deletion}
	change := domain.Change{Events: []domain.Event{domain.NewEvent(s.mint, PostRestored, v.Actor, back.Subject(), told)}}
	if back.Community != domain.Nobody && back.Community != back.Author && back.InReplyTo == "" {
		feed = append(feed, s.item(back.Community, Announced, &back))
		change.Events = append(change.Events, s.wrote(PostAnnounced, back.Community, &back))
	}
	if r.Pinned {
		change.Events = append(change.Events, s.wrote(PostPinned, v.Actor, &back)) // again, for other nodes
	}
	for i := range feed {
		feed[i].At = back.Published // where it stood, for readers
	}
	return &back, feed, change, nil
}

// ReceiveRestoration forgets the tombstone of a post of another node that took
// its deletion back (Undo of Delete): it is kept again when it is sent again.
// Errors: Forbidden unless the post is of its author's node.
func (s *Service) ReceiveRestoration(ctx context.Context, author domain.ActorID, at, object domain.IRI) error {
	if s.ns.Owns(object) || !domain.SameOrigin(at, object) {
		return domain.Fail(domain.Forbidden, "error.origin")
	}
	return s.store.ForgetDeletion(ctx, author, object)
}

// ReceiveReturn forgets the tombstone of a copy that a community of another
// node had taken out and lets in again; it shares it anew. Errors: NotFound,
// Forbidden unless the community keeps its thread.
func (s *Service) ReceiveReturn(ctx context.Context, group *network.Actor, object domain.IRI) error {
	if s.ns.Owns(object) {
		p, err := s.store.PostByIRI(ctx, object, domain.Nobody)
		if err != nil {
			return err
		}
		return once(s.readmit(ctx, group, p, false, "")) // here it never was gone
	}
	p, err := s.store.PostByIRI(ctx, object, group.ID)
	if err != nil || !p.Deleted() {
		return err
	}
	first, err := s.first(ctx, p)
	if err != nil {
		return err
	}
	if !keeps(group, first) {
		return domain.Fail(domain.Forbidden, "error.origin")
	}
	return s.store.ForgetDeletion(ctx, p.Author, object)
}
