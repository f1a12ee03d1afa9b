package review

import (
	"context"
	"strings"
	"time"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/domain/policy"
)

// Remote is a review as another node sent it.
type Remote struct {
	Input
	IRI     domain.IRI
	Kind    Kind
	Subject domain.IRI
	At      time.Time // when it was written or changed
}

// Receive takes what somebody of another node says of a thing of this one. The
// same or an older version changes nothing. Errors: Invalid for what breaks a
// bound, is not of its author's own node, or not by a person; NotFound for a
// thing that is not here; Forbidden; Conflict for a second review of the same
// thing, and for one that was removed.
func (s *Service) Receive(ctx context.Context, by *network.Actor, in Remote) error {
	if by.Local() || by.Type != network.TypePerson || !domain.SameOrigin(in.IRI, by.IRI) {
		return domain.Fail(domain.Invalid, "error.origin")
	}
	if !s.ns.Owns(in.Subject) {
		return domain.Fail(domain.NotFound, "error.not_found")
	}
	about, err := s.subject(ctx, policy.Viewer{}, in.Kind, in.Subject)
	if err == nil && about.Host != "" {
		err = domain.Fail(domain.NotFound, "error.not_found")
	}
	if err == nil {
		err = open(about, policy.Viewer{Actor: by.ID, Role: policy.RoleRemote}, by.IRI)
	}
	if err == nil {
		err = in.Check()
	}
	if err != nil {
		return err
	}
	r, err := s.store.ReviewOf(ctx, about.IRI, by.ID)
	if err != nil && domain.CodeOf(err) != domain.NotFound {
		return err
	}
	edited := err == nil
	at := in.At
	if now := s.mint.Now(); at.IsZero() || at.After(now) {
		at = now
	}
	switch {
	case !edited:
		r = s.begin(about, by.ID)
		r.IRI = in.IRI
	case r.IRI != in.IRI:
		return domain.Fail(domain.Conflict, "review.second")
	case r.State == Removed:
		return domain.Fail(domain.Conflict, "review.removed")
	case !at.After(r.UpdatedAt):
		return nil
	}
	s.say(r, in.Input, at)
	t := told(r, about)
	t.Edited = edited
	return s.store.Save(ctx, r, domain.Change{Events: []domain.Event{s.event(Received, by.ID, r, t)}, Jobs: s.counting(r)})
}

// ReceiveWithdrawal forgets a review that its author deleted, or an answer that
// was taken back. What is unknown changes nothing. Errors: Forbidden for
// another's.
func (s *Service) ReceiveWithdrawal(ctx context.Context, by *network.Actor, iri domain.IRI) error {
	r, err := s.store.ReviewByIRI(ctx, iri)
	if domain.CodeOf(err) == domain.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	if r.Reply.IRI == iri {
		return s.ReceiveAnswer(ctx, by, r.IRI, Reply{})
	}
	if r.Author != by.ID || by.Local() {
		return domain.Fail(domain.Forbidden, "error.origin")
	}
	return s.withdraw(ctx, r, Lost)
}

// sent reads a review of somebody of this node, of which the node of the thing
// says something. Errors: NotFound; Forbidden unless by keeps the thing.
func (s *Service) sent(ctx context.Context, by *network.Actor, review domain.IRI) (*Review, error) {
	if !strings.HasPrefix(s.ns.Path(review), "/reviews/") {
		return nil, domain.Fail(domain.NotFound, "error.not_found")
	}
	r, err := s.store.ReviewByIRI(ctx, review)
	if err != nil {
		return nil, err
	}
	if by.Local() || r.Owner != by.ID || r.IRI != review {
		return nil, domain.Fail(domain.Forbidden, "error.origin")
	}
	return r, nil
}

// ReceiveAnswer takes what those who keep a thing of another node answer to a
// review of somebody of this one; a Reply without text takes it back. The same
// changes nothing. Errors: NotFound for what is no review of this node;
// Forbidden; Invalid.
func (s *Service) ReceiveAnswer(ctx context.Context, by *network.Actor, review domain.IRI, reply Reply) error {
	r, err := s.sent(ctx, by, review)
	if err != nil {
		return err
	}
	var p domain.Problems
	reply.Text = strings.TrimSpace(reply.Text)
	plain(&p, "reply", reply.Text, MaxReply)
	if reply.Text != "" && !domain.SameOrigin(reply.IRI, by.IRI) {
		p.Add("reply", "error.origin")
	}
	if err := p.Err(); err != nil {
		return err
	}
	if lang, err := domain.ParseLang(string(reply.Language)); err == nil {
		reply.Language = lang
	} else {
		reply.Language = domain.Undetermined
	}
	if reply.Text == r.Reply.Text {
		return nil
	}
	t := told(r, s.about(ctx, r.Kind, r.Subject))
	t.Edited, t.Gone = r.Reply.Text != "", reply.Text == ""
	if reply.At = s.mint.Now(); t.Gone {
		reply = Reply{}
	}
	r.Reply = reply
	return s.store.Save(ctx, r, domain.Change{Events: []domain.Event{s.event(AnswerGot, by.ID, r, t)}})
}

// maxReason bounds the reason of a decision, in characters.
const maxReason = 5000

// ReceiveVerdict takes that those who moderate the node of a thing removed a
// review of somebody of this one, with the reason, or show it again. The same
// changes nothing. Errors: NotFound for what is no review of this node;
// Forbidden.
func (s *Service) ReceiveVerdict(ctx context.Context, by *network.Actor, review domain.IRI, shown bool, reason string) error {
	r, err := s.sent(ctx, by, review)
	if err != nil || shown == (r.State == Shown) {
		return err
	}
	r.State, r.Reason = Shown, ""
	if !shown {
		text := []rune(strings.TrimSpace(strings.Map(func(c rune) rune {
			if hidden(c) {
				return -1
			}
			return c
		}, reason)))
		r.State, r.Reason = Removed, string(text[:min(len(text), maxReason)])
	}
	t := told(r, s.about(ctx, r.Kind, r.Subject))
	t.Shown = shown
	return s.store.Save(ctx, r, domain.Change{Events: []domain.Event{s.event(Judged, by.ID, r, t)}})
}
