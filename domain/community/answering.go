package community

import (
	"context"
	"slices"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/domain/policy"
)

// Answering is whom the author of a post of another node lets answer it, as
// interaction policies say (FEDERATION.md). Whom a post mentions may always.
type Answering string

// The ways of answering.
const (
	AnsweringFree      Answering = ""          // everybody
	AnsweringAsked     Answering = "asked"     // the author decides on each answer
	AnsweringFollowers Answering = "followers" // who follows the author
	AnsweringClosed    Answering = "closed"    // nobody
)

// answering is whom a post lets answer. Whom its author follows is not known
// here: their server decides.
func (in Remote) answering() Answering {
	switch {
	case in.Answering != AnsweringClosed:
		return in.Answering
	case slices.Contains(in.Answerers, in.Author.IRI+"/following"):
		return AnsweringAsked
	case in.Author.Followers != "" && slices.Contains(in.Answerers, in.Author.Followers):
		return AnsweringFollowers
	}
	return AnsweringClosed
}

// AnsweringFor is what readers are told of who may answer: nothing where they
// may anyhow, or where nobody here could.
func (p *Post) AnsweringFor(v policy.Viewer) Answering {
	if slices.Contains(p.Mentions, v.Actor) || p.Visibility != Public && p.Visibility != Unlisted {
		return AnsweringFree
	}
	return p.Answering
}

// takes refuses answers that the author of a post asks not to be given.
// Errors: Forbidden.
func (p *Post) takes(v policy.Viewer) error {
	switch p.AnsweringFor(v) {
	case AnsweringClosed:
		return domain.Fail(domain.Forbidden, "community.answers_closed")
	case AnsweringFollowers:
		if p.follows[v.Actor] {
			return nil
		}
		return domain.Fail(domain.Forbidden, "community.answers_followers")
	}
	return nil
}

// ReceiveAnswerVerdict keeps that the author of a post of another node takes an
// answer from here, or does not, of which its writer is told. ok is false for
// what is no answer to a post of theirs.
func (s *Service) ReceiveAnswerVerdict(ctx context.Context, by *network.Actor, answer domain.IRI, accepted bool) (ok bool, err error) {
	var parent *Post
	p, err := s.store.PostByIRI(ctx, answer, domain.Nobody)
	if err == nil && p.InReplyTo != "" {
		parent, err = s.store.PostByIRI(ctx, p.InReplyTo, domain.Nobody)
	}
	switch {
	case domain.CodeOf(err) == domain.NotFound:
		return false, nil
	case err != nil:
		return false, err
	case parent == nil || parent.Author != by.ID || !p.Local():
		return false, nil
	case p.Deleted():
		return true, nil
	case accepted:
		return true, once(s.readmit(ctx, by, p, true, ""))
	}
	return true, s.keepOut(ctx, &Exclusion{Post: p, Group: by.ID, Refused: true}, "", PostDeclined)
}
