package community

import (
	"context"
	"slices"

	"interlink/domain"
	"interlink/domain/policy"
)

// PostByID reads a post. Errors: NotFound; Gone for a deleted one.
func (s *Service) PostByID(ctx context.Context, v policy.Viewer, id domain.ID) (*Post, error) {
	p, err := s.store.Post(ctx, id, v.Actor)
	if err == nil && s.reads(ctx, v, p) {
		return p, nil
	}
	return visible(v)(p, err)
}

// reads reports whether a post was written to a community of this node, in
// private, and the viewer moderates that.
func (s *Service) reads(ctx context.Context, v policy.Viewer, p *Post) bool {
	if p.Visibility != Direct || p.Deleted() || v.Actor == domain.Nobody || !slices.Contains(p.Mentions, p.Community) {
		return false
	}
	c, err := s.store.Community(ctx, p.Community, v.Actor)
	return err == nil && policy.Allow(v, policy.Moderate, c) == nil
}

// PostByIRI reads a post by its address. Errors: as [Service.PostByID].
func (s *Service) PostByIRI(ctx context.Context, v policy.Viewer, iri domain.IRI) (*Post, error) {
	return visible(v)(s.store.PostByIRI(ctx, iri, v.Actor))
}

func visible(v policy.Viewer) func(*Post, error) (*Post, error) {
	return func(p *Post, err error) (*Post, error) {
		if err != nil {
			return nil, err
		}
		if err := policy.Allow(v, policy.Read, p); err != nil {
			return nil, err
		}
		if p.Deleted() {
			return nil, domain.Fail(domain.Gone, "error.gone")
		}
		return p, nil
	}
}

// Thread is a post with what is around it.
type Thread struct {
	Ancestors []*Post // oldest first, as far as they are known
	Post      *Post
	Replies   domain.List[*Post]
}

// maxAncestors is how far up a thread is followed.
const maxAncestors = 50

// Thread reads a post, what it answers, and its replies. Errors: as
// [Service.PostByID].
func (s *Service) Thread(ctx context.Context, v policy.Viewer, id domain.ID, page domain.Page) (Thread, error) {
	p, err := s.PostByID(ctx, v, id)
	if err != nil {
		return Thread{}, err
	}
	t := Thread{Post: p}
	above, err := s.store.Ancestors(ctx, p.IRI, v.Actor, maxAncestors)
	if err != nil {
		return t, err
	}
	for _, a := range above {
		if _, err := visible(v)(a, nil); err != nil {
			break // gone, or not for v
		}
		t.Ancestors = append(t.Ancestors, a)
	}
	slices.Reverse(t.Ancestors)
	t.Replies, err = s.store.Replies(ctx, p.IRI, page)
	kept := t.Replies.Items[:0]
	for _, r := range t.Replies.Items {
		if policy.Allow(v, policy.Read, r) == nil {
			kept = append(kept, r)
		}
	}
	t.Replies.Items = kept
	return t, err
}

// Replies lists the public replies to a post, oldest first. Errors: as
// [Service.PostByID].
func (s *Service) Replies(ctx context.Context, v policy.Viewer, id domain.ID, page domain.Page) (domain.List[*Post], error) {
	p, err := s.PostByID(ctx, v, id)
	if err != nil {
		return domain.List[*Post]{}, err
	}
	return s.store.PublicReplies(ctx, p.IRI, page)
}

// Conversation lists the public posts of a thread that begins with a post of
// this node, oldest first. Errors: as [Service.PostByID]; NotFound for a post
// that does not begin one.
func (s *Service) Conversation(ctx context.Context, v policy.Viewer, id domain.ID, page domain.Page) (domain.List[*Post], error) {
	p, err := s.PostByID(ctx, v, id)
	if err == nil && (!p.Local() || p.InReplyTo != "") {
		err = domain.Fail(domain.NotFound, "error.not_found")
	}
	if err != nil {
		return domain.List[*Post]{}, err
	}
	return s.store.PublicThread(ctx, p.IRI, page)
}
