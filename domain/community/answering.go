package community

import (
	"context"
	"slices"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/domain/policy"
)

// The events of answers that need leave.
const (
	AnswerAsked     domain.EventKind = "answer.asked"     // [Asking], as those below: it waits for the author of the post that it answers
	AnswerTaken     domain.EventKind = "answer.taken"     // they take it: it is a post now
	AnswerDeclined  domain.EventKind = "answer.declined"  // they do not
	AnswerWithdrawn domain.EventKind = "answer.withdrawn" // its writer took it back before they had decided
)

// Asking is the payload of the events of answers that need leave.
type Asking struct {
	Author   domain.ActorID `json:"author"`             // of the answer
	Asked    domain.ActorID `json:"asked"`              // author of the post that it answers
	Of       domain.IRI     `json:"of"`                 // that post
	IRI      domain.IRI     `json:"iri"`                // of the answer
	Requests bool           `json:"requests,omitempty"` // they are asked by a request: see [Consent]
}

// AuthorAsks is why an answer is held: the author of the post that it answers is
// asked for leave.
const AuthorAsks Why = "author"

// The states of such an answer.
const (
	HeldAsked    HeldState = "asked"    // nobody here decides on it, and no time ends it
	HeldDeclined HeldState = "declined" // leave was not given; it is kept for [RefusedFor]
)

// takes refuses answers that the author of a post asks not to be given.
// Errors: Forbidden.
func (p *Post) takes(v policy.Viewer) error {
	l := p.AnsweringFor(v)
	switch {
	case p.granted(v, l):
		return nil
	case l == LeaveFollowers:
		return domain.Fail(domain.Forbidden, "community.answers_followers")
	}
	return domain.Fail(domain.Forbidden, "community.answers_closed")
}

// asking is the post whose author is asked before an answer of this node is
// published; nil where nobody has to be, or was already.
func (s *Service) asking(ctx context.Context, p *Post) (*Post, error) {
	if p.InReplyTo == "" || p.Approval != "" || p.Visibility != Public || !p.Local() {
		return nil, nil
	}
	above, err := s.store.PostByIRI(ctx, p.InReplyTo, p.Author)
	if domain.CodeOf(err) == domain.NotFound {
		return nil, nil
	}
	if err != nil || above.Local() || above.AnsweringFor(policy.Viewer{Actor: p.Author}) == LeaveFree {
		return nil, err
	}
	return above, nil
}

// ask keeps an answer until the author of the post above has decided, who is
// sent it. was is the one that those who moderate let pass, and also is asked for
// with it; nil for a new one.
func (s *Service) ask(ctx context.Context, p, above *Post, c *Community, was *Held, also ...domain.Job) error {
	h := &Held{Post: *p, Serial: s.mint.Serial(), Why: AuthorAsks, State: HeldAsked, At: s.mint.Now()}
	if c != nil {
		h.Group = c.ID
	}
	if was != nil {
		h.Serial, h.Revision = was.Serial, was.Revision
	}
	return s.store.SaveHeld(ctx, h, domain.Change{Events: []domain.Event{s.asked(AnswerAsked, p.Author, h, above)}, Jobs: also})
}

func (s *Service) asked(kind domain.EventKind, by domain.ActorID, h *Held, above *Post) domain.Event {
	told := Asking{Author: h.Post.Author, Asked: above.Author, Of: above.IRI, IRI: h.Post.IRI, Requests: above.Consent != nil && above.Consent.Requests}
	subject := domain.Subject{Kind: "held", ID: h.Post.ID}
	if kind == AnswerTaken {
		subject = h.Post.Subject()
	}
	return domain.NewEvent(s.mint, kind, by, subject, told)
}

// OwnAsked lists the viewer's answers to a post that its author has not decided
// on, or does not take, oldest first: nothing for who is not signed in.
func (s *Service) OwnAsked(ctx context.Context, v policy.Viewer, p *Post) ([]*Held, error) {
	if v.Actor == domain.Nobody || p.AnsweringFor(v) == LeaveFree {
		return nil, nil
	}
	all, err := s.store.HeldOf(ctx, v.Actor, domain.Page{Limit: domain.MaxPage})
	if err != nil {
		return nil, err
	}
	own := slices.DeleteFunc(all.Items, func(h *Held) bool { return h.Why != AuthorAsks || h.Post.InReplyTo != p.IRI })
	slices.Reverse(own)
	return own, nil
}

// Verdict is what the author of a post of another node says to an answer, a
// like or a share from here.
type Verdict struct {
	Object   domain.IRI // the answer, or the activity
	Accepted bool
	Approval domain.IRI // where it can be read that they accepted it; "" if that was not said
}

// valid refuses an approval that is not of the server of whom says so, or that
// they revoked. Errors: Forbidden, Gone.
func (s *Service) valid(ctx context.Context, by *network.Actor, in Verdict) error {
	if !domain.SameOrigin(in.Approval, by.IRI) {
		return domain.Fail(domain.Forbidden, "error.origin")
	}
	revoked, err := s.store.Deleted(ctx, in.Approval)
	if err == nil && revoked {
		err = domain.Fail(domain.Gone, "error.gone")
	}
	return err
}

// ReceiveAnswerVerdict keeps that the author of a post of another node takes an
// answer from here, or does not, of which its writer is told. What waited for
// that is a post then. An answer of a third server that they took, and do not any
// more, goes. ok is false for what is no answer to a post of theirs. Errors: as of
// [Service.valid].
func (s *Service) ReceiveAnswerVerdict(ctx context.Context, by *network.Actor, in Verdict) (ok bool, err error) {
	if h, err := s.store.HeldByIRI(ctx, in.Object); err == nil && h.Why == AuthorAsks {
		return s.decideAnswer(ctx, by, h, in)
	} else if err != nil && domain.CodeOf(err) != domain.NotFound {
		return false, err
	}
	var parent *Post
	p, err := s.store.PostByIRI(ctx, in.Object, domain.Nobody)
	if err == nil && p.InReplyTo != "" {
		parent, err = s.store.PostByIRI(ctx, p.InReplyTo, domain.Nobody)
	}
	switch {
	case domain.CodeOf(err) == domain.NotFound:
		return false, nil
	case err != nil:
		return false, err
	case parent == nil || parent.Author != by.ID || !p.Local() && (in.Accepted || p.Approval == ""):
		return false, nil
	case p.Deleted():
		return true, nil
	case in.Accepted:
		return true, s.approve(ctx, by, p, in)
	}
	return true, s.revoked(ctx, by, p)
}

// approve keeps where it can be read that the author above takes an answer that is
// published; they may have refused it before. Errors: as of [Service.valid].
func (s *Service) approve(ctx context.Context, by *network.Actor, p *Post, in Verdict) error {
	if err := s.valid(ctx, by, in); err != nil {
		return err
	}
	if p.Approval != in.Approval {
		p.Approval = in.Approval
		if err := s.store.SavePost(ctx, p, nil, domain.Change{}); err != nil {
			return err
		}
	}
	return once(s.readmit(ctx, by, p, true, ""))
}

// ReceiveRevocation ends that the author of a post of another node takes what the
// approval at an address was given for: an answer, a like or a share. Of others
// than them it is left unheard.
func (s *Service) ReceiveRevocation(ctx context.Context, by *network.Actor, approval domain.IRI) error {
	if !domain.SameOrigin(approval, by.IRI) {
		return nil
	}
	answers, err := s.store.Approved(ctx, approval)
	if err != nil {
		return err
	}
	for _, p := range answers {
		above, err := s.store.PostByIRI(ctx, p.InReplyTo, domain.Nobody)
		if err == nil && above.Author == by.ID && !p.Deleted() {
			err = s.revoked(ctx, by, p)
		}
		if err != nil && domain.CodeOf(err) != domain.NotFound {
			return err
		}
	}
	if err := s.revokedLikes(ctx, by, approval); err != nil {
		return err
	}
	return s.revokedShares(ctx, by, approval)
}

// revokedShares ends the shares whose approval the author of the post took back.
func (s *Service) revokedShares(ctx context.Context, by *network.Actor, approval domain.IRI) error {
	shares, err := s.store.SharesApproved(ctx, approval)
	if err != nil {
		return err
	}
	for _, item := range shares {
		p, err := s.store.Post(ctx, item.Object, domain.Nobody)
		if err == nil && p.Author == by.ID {
			err = s.ReceiveUndoAnnounce(ctx, item.Actor, item.IRI)
		}
		if err != nil && domain.CodeOf(err) != domain.NotFound {
			return err
		}
	}
	return nil
}

// decideAnswer publishes an answer that waited for the author of what it
// answers, or says to its writer that they do not take it. They may change
// their mind while it is kept.
func (s *Service) decideAnswer(ctx context.Context, by *network.Actor, h *Held, in Verdict) (ok bool, err error) {
	above, err := s.store.PostByIRI(ctx, h.Post.InReplyTo, domain.Nobody)
	switch {
	case domain.CodeOf(err) == domain.NotFound:
		return false, nil
	case err != nil || above.Author != by.ID || above.Local():
		return false, err
	case !in.Accepted:
		if h.State != HeldAsked {
			return true, nil
		}
		h.State, h.By, h.DecidedAt = HeldDeclined, by.ID, s.mint.Now()
		return true, once(s.store.SaveHeld(ctx, h, domain.Change{Events: []domain.Event{s.asked(AnswerDeclined, by.ID, h, above)}}))
	}
	if err := s.valid(ctx, by, in); err != nil {
		return true, err
	}
	if err := s.unclosed(ctx, policy.Viewer{Actor: h.Post.Author, Role: policy.RoleMember}, above); err != nil {
		return true, err // closed meanwhile, or its writer is banned there: it waits on
	}
	c, err := s.heldGroup(ctx, h)
	if err != nil {
		return true, err
	}
	p := h.Post
	p.Serial, p.Revision, p.Published, p.Approval, p.Waits = s.mint.Serial(), 0, s.mint.Now(), in.Approval, false
	feed, change, err := s.appear(ctx, &p, p.Author, c)
	if err != nil {
		return true, err
	}
	r, err := s.screened(ctx, &p, len(p.Mentions))
	if err != nil {
		return true, err
	}
	change.Jobs = append(change.Jobs, r.telling(&p)...) // while it waited there was nothing to report
	change.Events = append(change.Events, s.asked(AnswerTaken, by.ID, h, above))
	return true, once(s.store.Release(ctx, h, &p, feed, change))
}

// revoked keeps that the author above does not take an answer that is
// published, or not any more: one of this node claims no more that they do, the
// copy of another goes.
func (s *Service) revoked(ctx context.Context, by *network.Actor, p *Post) error {
	if !p.Local() {
		return s.takeOut(ctx, by.ID, p)
	}
	if p.Approval != "" {
		p.Approval = ""
		if err := s.store.SavePost(ctx, p, nil, domain.Change{}); err != nil {
			return err
		}
	}
	return s.keepOut(ctx, &Exclusion{Post: p, Group: by.ID, Refused: true}, "", PostDeclined)
}

// takeOut erases the copy of an answer that the author of what it answers does
// not take. No tombstone stays: they may take it yet.
func (s *Service) takeOut(ctx context.Context, by domain.ActorID, p *Post) error {
	p.erase(s.mint)
	gone := domain.NewEvent(s.mint, PostGone, by, p.Subject(), Wrote{Author: p.Author, Community: p.Community, IRI: p.IRI})
	return s.store.DropCopy(ctx, p, domain.Change{Events: []domain.Event{gone}})
}

// JobEarly looks at the answers that were here before the post that they answer,
// as its author lets people answer it; its argument is [Early].
const JobEarly = "community.judge_early_answers"

// Early names the post, of another node.
type Early struct {
	Post domain.ID `json:"post"`
}

// early is the job for a post that came; none where everybody may answer it.
func early(p *Post) []domain.Job {
	if p.Local() || p.Consent == nil || p.Consent.Reply.zero() {
		return nil
	}
	return []domain.Job{{Kind: JobEarly, Unique: string(p.ID), Args: Early{Post: p.ID}, Remote: true}}
}

// EarlyAnswers lists the answers of third servers to a post that its author has to
// approve, and of which is not known that they did, oldest first; above is the post.
// Errors: NotFound.
func (s *Service) EarlyAnswers(ctx context.Context, post domain.ID) (above *Post, answers []*Post, err error) {
	above, err = s.store.Post(ctx, post, domain.Nobody)
	if err != nil {
		return nil, nil, err
	}
	for page := (domain.Page{Limit: domain.MaxPage}); ; {
		all, err := s.store.Unapproved(ctx, above.IRI, page)
		if err != nil {
			return nil, nil, err
		}
		for _, p := range all.Items {
			var author domain.IRI // "" for one who is not here any more
			if a, err := s.actors.Actor(ctx, p.Author); err == nil {
				author = a.IRI
			} else if domain.CodeOf(err) != domain.NotFound {
				return nil, nil, err
			}
			if s.unapproved(ctx, author, p.IRI, above) {
				answers = append(answers, p)
			}
		}
		if page.After = all.Next; page.After == "" {
			return above, answers, nil
		}
	}
}

// JudgeEarly keeps where the author above approved an answer that came before
// their post; "" takes it out. Errors: Conflict if it was changed meanwhile.
func (s *Service) JudgeEarly(ctx context.Context, above, p *Post, approval domain.IRI) error {
	if approval == "" {
		return s.takeOut(ctx, above.Author, p)
	}
	p.Approval = approval
	return s.store.SavePost(ctx, p, nil, domain.Change{})
}

// NeedsApproval returns the post of another node that an answer from a third one
// answers, if that is to be kept only if the author of the post approved it;
// nil if not.
func (s *Service) NeedsApproval(ctx context.Context, author, answer, parent domain.IRI) (*Post, error) {
	if parent == "" || s.ns.Owns(parent) || domain.SameOrigin(parent, answer) {
		return nil, nil
	}
	above, err := s.store.PostByIRI(ctx, parent, domain.Nobody)
	if domain.CodeOf(err) == domain.NotFound {
		return nil, nil
	}
	if err != nil || !s.unapproved(ctx, author, answer, above) {
		return nil, err
	}
	if known, err := s.Knows(ctx, answer); err != nil || known {
		return nil, err // it was approved as it is called, whatever it says since
	}
	return above, nil
}

// unapproved reports whether an answer needs the approval of the author above.
// Answers from their own server are that server's to refuse.
func (s *Service) unapproved(ctx context.Context, author, answer domain.IRI, above *Post) bool {
	if above == nil || above.Local() || above.Deleted() || above.Consent == nil || domain.SameOrigin(above.IRI, answer) {
		return false
	}
	if r := above.Consent.Reply; r.zero() || slices.Contains(r.Known, author) {
		return false
	}
	if above.InReplyTo == "" {
		return true
	}
	first, err := s.store.PostByIRI(ctx, above.InReplyTo, domain.Nobody)
	if err != nil {
		return true
	}
	a, err := s.actors.Actor(ctx, first.Author)
	return err != nil || a.IRI != author // whom a post answers may answer it
}

// ShareNeedsApproval returns a post of another node that an actor of a third one
// shares, if that is to be shown only if the author of the post approved it; nil
// if not, as for the community for which it was written.
func (s *Service) ShareNeedsApproval(ctx context.Context, by *network.Actor, post domain.ID) (*Post, error) {
	p, err := s.store.Post(ctx, post, domain.Nobody)
	switch {
	case err != nil:
		return nil, err
	case p.Local() || p.Consent == nil || p.Author == by.ID || p.Community == by.ID || domain.SameOrigin(p.IRI, by.IRI):
		return nil, nil
	}
	if t := p.Consent.Share; t.zero() || slices.Contains(t.Known, by.IRI) {
		return nil, nil
	}
	return p, nil
}
