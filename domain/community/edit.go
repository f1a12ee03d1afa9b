package community

import (
	"context"
	"strings"

	"interlink/domain"
	"interlink/domain/policy"
)

// AllowPost asks the policy whether the viewer may change a post: their own,
// or news of a community they administer; with [policy.Moderate], any post in
// one they moderate, copies of other nodes' too. Errors: NotFound,
// Unauthenticated, Forbidden.
func (s *Service) AllowPost(ctx context.Context, v policy.Viewer, verb policy.Verb, p *Post) error {
	denied := policy.Allow(v, verb, p)
	if denied == nil || v.Actor == domain.Nobody || p.Community == domain.Nobody {
		return denied
	}
	if verb != policy.Moderate && (p.Author != p.Community || !p.Local()) {
		return denied
	}
	c, err := s.store.Community(ctx, p.Community, v.Actor)
	if domain.CodeOf(err) == domain.NotFound {
		return denied // one of another node
	}
	if err != nil {
		return err
	}
	return policy.Allow(v, verb, c)
}

// editable reads a post that the viewer may change.
func (s *Service) editable(ctx context.Context, v policy.Viewer, id domain.ID, verb policy.Verb) (*Post, error) {
	p, err := s.PostByID(ctx, v, id)
	if err != nil {
		return nil, err
	}
	return p, s.AllowPost(ctx, v, verb, p)
}

// EditPost changes the text of a post. revision is the one the viewer saw.
// Errors: NotFound, Gone, Forbidden, Invalid, Conflict.
func (s *Service) EditPost(ctx context.Context, v policy.Viewer, id domain.ID, revision int64, content string) (*Post, error) {
	p, err := s.PostByID(ctx, v, id)
	if err == nil {
		err = s.AllowEdit(ctx, v, p)
	}
	if err != nil {
		return nil, err
	}
	if revision != p.Revision {
		return nil, domain.Fail(domain.Conflict, "error.conflict")
	}
	content = strings.TrimSpace(content)
	var problems domain.Problems
	if checkContent(&problems, content); problems.Err() != nil {
		return nil, problems.Err()
	}
	m := s.mark(ctx, content)
	p.Source, p.Content, p.Mentions, p.Tags, p.Updated = content, m.content, m.mentions, m.tags, s.mint.Now()
	if p.InReplyTo != "" {
		if parent, err := s.store.PostByIRI(ctx, p.InReplyTo, v.Actor); err == nil {
			p.mention(parent.Author)
		}
	}
	jobs, err := s.rescreened(ctx, p)
	if err != nil {
		return nil, err
	}
	return p, s.store.SavePost(ctx, p, nil, domain.Change{Events: []domain.Event{s.wrote(PostUpdated, v.Actor, p)}, Jobs: jobs})
}

// DeletePost erases a post; a tombstone stays. Who moderates gives a reason:
// see [Service.RemovePost]. Errors: NotFound, Gone, Forbidden; Invalid on
// "reason" for what somebody else wrote.
func (s *Service) DeletePost(ctx context.Context, v policy.Viewer, id domain.ID) error {
	p, err := s.editable(ctx, v, id, policy.Moderate)
	if err == nil && p.Removes(v) {
		err = domain.InvalidField("reason", "removal.reason_missing")
	}
	if err != nil {
		return err
	}
	if err := s.store.SavePost(ctx, p, nil, s.end(v, p, s.mint.Now())); err != nil || p.Author != p.Community || !p.Local() {
		return err
	}
	return s.Reintroduce(ctx, p.Community)
}

// erase leaves a tombstone.
func (p *Post) erase(m *domain.Mint) {
	p.Title, p.Content, p.Source, p.Summary, p.Images, p.Mentions, p.Tags, p.Poll = "", "", "", "", nil, nil, nil, nil
	p.DeletedAt = m.Now()
}
