package community

import (
	"context"

	"interlink/domain"
	"interlink/domain/policy"
)

// Reply answers a post, of this node or a copy, in its writer's own name: in a
// community of this node as [Service.Post] has it; anything else that is for
// everybody may be answered by who has an account here. The author is told,
// and so is the community of another node in which the thread stands, which
// tells its readers (FEP-1b12). d.InReplyTo is set. Errors: NotFound, Gone,
// Unauthenticated, Forbidden, also if the viewer moved away, Invalid.
func (s *Service) Reply(ctx context.Context, v policy.Viewer, id domain.ID, d Draft) (*Post, error) {
	parent, err := s.PostByID(ctx, v, id)
	if err != nil {
		return nil, err
	}
	c, err := s.communityOf(ctx, v, parent)
	if err != nil {
		return nil, err
	}
	if d.InReplyTo = id; d.Language == "" {
		d.Language = parent.Language
	}
	if c != nil {
		return s.Post(ctx, v, c.Name, d)
	}
	if err := answerable(v, parent); err != nil {
		return nil, err
	}
	if err := s.open(ctx, v, parent); err != nil {
		return nil, err
	}
	if err := s.here(ctx, v.Actor); err != nil {
		return nil, err
	}
	group, err := s.groupOf(ctx, parent)
	if err != nil {
		return nil, err
	}
	p, err := s.write(ctx, s.mint.ID(), d, group)
	if err != nil {
		return nil, err
	}
	p.answer(parent, v.Actor)
	return p, s.submit(ctx, v, p, nil, d.Pictures)
}

// MayReply tells whether the viewer may answer a post. Errors: as
// [Service.Reply], before anything is written.
func (s *Service) MayReply(ctx context.Context, v policy.Viewer, p *Post) error {
	c, err := s.communityOf(ctx, v, p)
	switch {
	case err != nil:
		return err
	case c != nil:
		err = c.admits(v)
	default:
		err = answerable(v, p)
	}
	if err != nil {
		return err
	}
	return s.open(ctx, v, p)
}

// communityOf returns the community of this node that a post stands in, nil
// if there is none.
func (s *Service) communityOf(ctx context.Context, v policy.Viewer, p *Post) (*Community, error) {
	if p.Community == domain.Nobody {
		return nil, nil
	}
	c, err := s.store.Community(ctx, p.Community, v.Actor)
	if domain.CodeOf(err) == domain.NotFound {
		return nil, nil
	}
	return c, err
}

// answerable refuses answers to what is not for everybody: they would be.
func answerable(v policy.Viewer, p *Post) error {
	if err := policy.Allow(v, policy.Reply, p); err != nil {
		return err
	}
	if p.Visibility != Public && p.Visibility != Unlisted {
		return domain.Fail(domain.Forbidden, "community.answer_private")
	}
	return nil
}

// groupOf returns the community of another node in which the thread of a post
// stands: the first post's author if that is one, or whoever announced it.
// Nobody if there is none.
func (s *Service) groupOf(ctx context.Context, p *Post) (domain.ActorID, error) {
	first, err := s.first(ctx, p)
	if err != nil {
		return domain.Nobody, err
	}
	return s.store.GroupOf(ctx, first)
}

// answer makes the post an actor's answer to another.
func (p *Post) answer(parent *Post, by domain.ActorID) {
	p.InReplyTo, p.Context, p.Author = parent.IRI, parent.Context, by
	p.mention(parent.Author)
}
