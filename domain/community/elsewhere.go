package community

import (
	"context"
	"time"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/domain/policy"
)

// Begin begins a thread in a community of another node, in the viewer's own
// name: that community is told, and shares it with its readers (FEP-1b12) if it
// takes it. An answer is one as [Service.Reply] has it. Errors: as of
// [Service.MayBegin]; Invalid.
func (s *Service) Begin(ctx context.Context, v policy.Viewer, group *network.Actor, d Draft) (*Post, error) {
	if d.InReplyTo != "" {
		return s.Reply(ctx, v, d.InReplyTo, d)
	}
	if err := s.MayBegin(ctx, v, group); err != nil {
		return nil, err
	}
	p, err := s.write(ctx, s.mint.ID(), d, group.ID)
	if err != nil {
		return nil, err
	}
	p.Author = v.Actor
	p.mention(group.ID) // by which groups of other software know what is for them
	return p, s.submit(ctx, v, p, nil, d.Pictures)
}

// MayBegin tells whether the viewer may begin a thread in a community of
// another node, as far as this one knows. Errors: NotFound for what is no such
// community, Unauthenticated, Forbidden unless the viewer follows it, also if
// it keeps them from writing, or one of them moved away.
func (s *Service) MayBegin(ctx context.Context, v policy.Viewer, group *network.Actor) error {
	forum := group.Type == network.TypeGroup && (group.Subject == network.SubjectCommunity || group.Subject == "")
	if !forum || group.Local() || group.Gone() {
		return domain.Fail(domain.NotFound, "error.not_found")
	}
	if err := policy.Allow(v, policy.Reply, network.Facts{Actor: group}); err != nil {
		return err
	}
	f, err := s.actors.Follow(ctx, v.Actor, group.ID)
	if domain.CodeOf(err) == domain.NotFound || err == nil && f.State != network.FollowAccepted {
		return domain.Fail(domain.Forbidden, "community.follow_first")
	}
	if err != nil {
		return err
	}
	if err := s.unbarred(ctx, group.ID, v.Actor); err != nil {
		return err
	}
	return s.here(ctx, group.ID, v.Actor)
}

// ReceiveEcho puts a post of this node before those who follow who shares it:
// for a community of another node, which shares what it lets in, a thread that
// was written for it, and no other, as what communities share goes on from one
// to the next. What it refused before, an answer too, it did not mean to.
func (s *Service) ReceiveEcho(ctx context.Context, by *network.Actor, iri domain.IRI, at time.Time) error {
	p, err := s.store.PostByIRI(ctx, iri, domain.Nobody)
	if domain.CodeOf(err) == domain.NotFound || err == nil && p.Deleted() {
		return nil
	}
	if err == nil {
		err = once(s.readmit(ctx, by, p, true, ""))
	}
	if err != nil || by.Type == network.TypeGroup && (p.Community != by.ID || p.InReplyTo != "") {
		return err
	}
	if p.Waits || p.Visibility != Public && p.Visibility != Unlisted {
		return nil
	}
	return s.ReceiveAnnounce(ctx, by, Announcement{Kind: ObjectPost, ID: p.ID, IRI: p.IRI, At: at})
}
