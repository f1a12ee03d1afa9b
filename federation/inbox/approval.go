package inbox

import (
	"context"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/network"
	"interlink/federation/activity"
)

// The bounds of looking for approvals.
const (
	maxApprovals = 2   // addresses that are asked for one
	maxEarly     = 100 // answers that came before a post: others go unread
)

// approval is where it can be read that the author of a post of a third server
// takes an answer to it, if they have to approve it; "" where they did not, and
// where it does not matter. Errors: as of [Intake.proven].
func (i *Intake) approval(ctx context.Context, author *network.Actor, in community.Remote) (domain.IRI, error) {
	above, err := i.posts.NeedsApproval(ctx, author.IRI, in.IRI, in.InReplyTo)
	if err != nil || above == nil {
		return "", err
	}
	return i.proven(ctx, activity.InteractionReply, in.IRI, above, in.Approvals)
}

// proven is where the server of a post's author has the approval of an
// interaction with it, whatever is claimed of it; "" for nowhere. Errors:
// Unavailable if that server does not answer, TooMany if it is asked for enough
// already, Internal.
func (i *Intake) proven(ctx context.Context, of activity.Interaction, interaction domain.IRI, post *community.Post, claims []domain.IRI) (domain.IRI, error) {
	by, err := i.directory.ByID(ctx, post.Author)
	if err != nil {
		return "", err
	}
	for _, claim := range claims[:min(len(claims), maxApprovals)] {
		if !domain.SameOrigin(claim, by.IRI) {
			continue
		}
		doc, err := i.Fetch(ctx, claim)
		switch code := domain.CodeOf(err); {
		case code == domain.Unavailable, code == domain.TooMany, code == domain.Internal: // it says nothing of the approval
			return "", err
		case err == nil && doc.IRI("id") == claim && activity.Approves(doc, of, by.IRI, interaction, post.IRI):
			return claim, nil
		}
	}
	return "", nil
}

// JudgeEarly looks for the approvals of the answers that came before a post, and
// takes out those that have none; it is the handler of [community.JobEarly]. Those
// whose server does not answer now are looked at again.
func (i *Intake) JudgeEarly(ctx context.Context, of community.Early) error {
	above, answers, err := i.posts.EarlyAnswers(ctx, of.Post)
	if err != nil {
		return err
	}
	var problem error
	for n, p := range answers {
		var approval domain.IRI
		var err error
		if n < maxEarly {
			approval, err = i.claimed(ctx, p, above)
		}
		if err == nil {
			err = i.posts.JudgeEarly(ctx, above, p, approval)
		}
		if err != nil {
			problem = err
		}
	}
	return problem
}

// claimed is where the approval is that an answer, as its own server has it now,
// claims to have; "" for nowhere. Errors: as of [Intake.proven].
func (i *Intake) claimed(ctx context.Context, p, above *community.Post) (domain.IRI, error) {
	doc, err := i.Fetch(ctx, p.IRI)
	switch code := domain.CodeOf(err); {
	case code == domain.Unavailable, code == domain.TooMany, code == domain.Internal:
		return "", err
	case err != nil || doc.IRI("id") != p.IRI:
		return "", nil //nolint:nilerr // it claims nothing
	}
	return i.proven(ctx, activity.InteractionReply, p.IRI, above, activity.Approvals(doc, activity.InteractionReply))
}

// mayShare tells whether an actor of another node may share a post of a third
// one, and where its author approved that they do; "" where nobody has to. Errors:
// as of [Intake.proven].
func (v *Verbs) mayShare(ctx context.Context, in *activity.Inbound, actor *network.Actor, post domain.ID) (approval domain.IRI, ok bool, err error) {
	p, err := v.Posts.ShareNeedsApproval(ctx, actor, post)
	if err != nil || p == nil {
		return "", err == nil, err
	}
	approval, err = v.Intake.proven(ctx, activity.InteractionAnnounce, in.ID, p, activity.Approvals(in.Document, activity.InteractionAnnounce))
	return approval, approval != "", err
}

// decided handles the Accept or Reject of something that people here asked for
// leave to do, or did without: in a request that is sent along, or by its address. ok is
// false for what is neither. Errors: Forbidden for an approval that is of
// another server.
func (v *Verbs) decided(ctx context.Context, in *activity.Inbound, actor *network.Actor, accepted bool) (ok bool, err error) {
	verdict := community.Verdict{Object: in.Object, Accepted: accepted}
	of := activity.RequestOf(in.Embedded.Type())
	if in.Brought || of != "" && !v.NS.Owns(in.Object) && v.NS.Owns(instrument(in.Embedded)) { // nobody else says so
		return true, domain.Fail(domain.Forbidden, "error.origin")
	}
	if of != "" {
		verdict.Object = instrument(in.Embedded)
	} else if sent, err := v.Sent.Activity(ctx, in.Object); err == nil && activity.RequestOf(sent.Type) != "" {
		verdict.Object = sent.Object
	}
	if verdict.Object == "" {
		return of != "", nil
	}
	if accepted {
		if verdict.Approval = in.Document.IRI("result"); verdict.Approval == "" {
			verdict.Approval = in.ID // GoToSocial before 0.19
		}
	}
	if ok, err := v.Posts.ReceiveAnswerVerdict(ctx, actor, verdict); ok || err != nil {
		return ok, err
	}
	if ok, err := v.Likes.ReceiveLikeVerdict(ctx, actor, verdict); ok || err != nil {
		return ok, err
	}
	if accepted && in.Document.IRI("result") != "" && !v.NS.Owns(verdict.Object) {
		return true, v.approved(ctx, actor, verdict)
	}
	return of != "", nil
}

// approved brings an answer of a third server that the author of what it
// answers, who tells their followers of it, takes: one that was left before.
func (v *Verbs) approved(ctx context.Context, actor *network.Actor, in community.Verdict) error {
	follows, err := v.Posts.Follows(ctx, actor.ID)
	if err != nil || !follows {
		return err
	}
	known, err := v.Posts.Knows(ctx, in.Object)
	if err != nil || known {
		return err
	}
	doc, err := v.Intake.Fetch(ctx, in.Object)
	if err != nil {
		return err
	}
	_, err = v.Intake.Take(ctx, doc, Taking{Approval: in.Approval})
	return err
}

// instrument is what is asked for in a request.
func instrument(request activity.Document) domain.IRI {
	iri, _ := request.Reference("instrument")
	return iri
}
