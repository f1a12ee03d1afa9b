package story

import (
	"context"
	"slices"

	"interlink/domain"
	"interlink/domain/network"
)

// CosignOffer is the request of another node to sign its story; the document
// was proven to be the owner's.
type CosignOffer struct {
	IRI     domain.IRI
	Owner   *network.Actor
	Partner domain.ActorID // of this node
	Story   Received
	Article []byte // without proofs
}

// ReceiveCosignOffer keeps a request for the administrators of a public
// organisation here. Received again it changes nothing, nor does another for the
// same version, unless the first was refused, or the signature taken back, some
// time ago, or the request itself was taken back; who does not want to be asked is
// not, nor who was asked too often. Errors: NotFound; Invalid for
// what is not the sender's own, who is no organisation, or breaks a bound;
// TooLarge if too many of its host wait; Conflict if it was changed meanwhile.
func (s *Service) ReceiveCosignOffer(ctx context.Context, in CosignOffer) error {
	o, err := s.organizations.Organization(ctx, in.Partner)
	if err == nil && o.Visibility != domain.VisiblePublic {
		err = domain.Fail(domain.NotFound, "error.not_found")
	}
	if err != nil {
		return err
	}
	in.Story.Owner, in.Story.OwnerIRI, in.Story.Snapshot = in.Owner.ID, in.Owner.IRI, nil
	if err := s.checkReceived(&in.Story); err != nil {
		return err
	}
	if !domain.SameOrigin(in.IRI, in.Owner.IRI) || in.Owner.Type != network.TypeOrganization || len(in.Article) == 0 || in.Story.Version < 1 {
		return domain.Fail(domain.Invalid, "story.origin")
	}
	if _, err := s.store.CosignatureByIRI(ctx, in.IRI); domain.CodeOf(err) != domain.NotFound {
		return err
	}
	before, err := s.store.CosignaturesWith(ctx, in.Partner, in.Story.IRI)
	before = slices.DeleteFunc(before, func(c *Cosignature) bool { // that another of its server says to have taken back
		return c.Version == 0 && c.Owner != in.Owner.ID
	})
	if err != nil || mayAsk(before, in.Story.Version, s.mint.Now(), heardAgain) != nil {
		return err
	}
	if err := s.crowded(ctx, in.Owner.Host); err != nil {
		return err
	}
	c := asking(before, in.Story.Version)
	if c == nil {
		c = &Cosignature{
			ID: s.mint.ID(), StoryIRI: in.Story.IRI, Version: in.Story.Version, Host: in.Owner.Host, Partner: in.Partner, PartnerIRI: o.IRI,
		}
	}
	c.ask(s.mint, in.IRI, in.Story.Telling, in.Story.Digest)
	c.Owner, c.Article = in.Owner.ID, in.Article
	return s.store.SaveCosignatures(ctx, domain.Change{Events: []domain.Event{c.event(s.mint, CosignatureReceived, in.Owner.ID)}}, c)
}

// crowded keeps a host from asking more than people can answer. Errors: TooLarge.
func (s *Service) crowded(ctx context.Context, host string) error {
	n, err := s.store.Asking(ctx, host, s.mint.Now().Add(-heardAgain.again))
	if err == nil && n >= maxAsking {
		err = domain.Fail(domain.TooLarge, "cosign.too_many")
	}
	return err
}

// CosignCancellation takes such a request back.
type CosignCancellation struct {
	Offer   domain.IRI
	Owner   *network.Actor
	Partner *network.Actor // of this node, as it says; nil if it does not
	Story   domain.IRI     // as it says
}

// ReceiveCosignCancellation ends a request that waits. A signature that crossed it
// on its way is none: who asked does not take it any more. A no stays one. What was
// not received yet is noted, so that nobody is asked by it later. Received again it
// changes nothing. Errors: NotFound for what is no such request; Forbidden for that
// of another; TooLarge if too many of its host are noted.
func (s *Service) ReceiveCosignCancellation(ctx context.Context, in CosignCancellation) (err error) {
	for range 3 { // before what was offered since: somebody may answer meanwhile
		if err = s.receiveCosignCancellation(ctx, in); domain.CodeOf(err) != domain.Conflict {
			break
		}
	}
	return err
}

func (s *Service) receiveCosignCancellation(ctx context.Context, in CosignCancellation) error {
	c, err := s.store.CosignatureByIRI(ctx, in.Offer)
	switch {
	case domain.CodeOf(err) == domain.NotFound:
		return s.cancelledFirst(ctx, in)
	case err != nil:
		return err
	case c.Story != "" || c.Owner != in.Owner.ID:
		return domain.Fail(domain.Forbidden, "error.origin")
	case c.State != CosignAsked && c.State != CosignSigned:
		return nil
	}
	if c.State == CosignAsked {
		c.Article = nil // there is nothing to sign any more
	}
	c.State, c.AnsweredAt = CosignCancelled, s.mint.Now()
	return s.store.SaveCosignatures(ctx, domain.Change{Events: []domain.Event{c.event(s.mint, CosignatureDropped, in.Owner.ID)}}, c)
}

// cancelledFirst notes that a request was taken back that was not received yet:
// its version is 0, and nobody is shown it.
func (s *Service) cancelledFirst(ctx context.Context, in CosignCancellation) error {
	if in.Partner == nil || in.Partner.Type != network.TypeOrganization || in.Owner.Type != network.TypeOrganization ||
		!domain.SameOrigin(in.Offer, in.Owner.IRI) || !domain.SameOrigin(in.Story, in.Owner.IRI) {
		return domain.Fail(domain.NotFound, "error.not_found")
	}
	if err := s.crowded(ctx, in.Owner.Host); err != nil {
		return err
	}
	c := &Cosignature{
		ID: s.mint.ID(), Serial: s.mint.Serial(), IRI: in.Offer, StoryIRI: in.Story, Host: in.Owner.Host, Owner: in.Owner.ID,
		Partner: in.Partner.ID, PartnerIRI: in.Partner.IRI, State: CosignCancelled, AskedAt: s.mint.Now(),
	}
	c.AnsweredAt = c.AskedAt
	return s.store.SaveCosignatures(ctx, domain.Change{}, c)
}

// CosignAnswer is what a partner of another node says; its proof was verified
// to be the partner's, over the document that it was asked to sign.
type CosignAnswer struct {
	Offer     domain.IRI
	By        *network.Actor
	Signed    bool
	Reason    string // why not, or why no more
	Never     bool
	Article   []byte
	Proof     []byte
	Signature Signature
}

// CosignAsked finds what a partner of another node was asked. Errors: NotFound
// for what this node did not ask; Forbidden for another than was asked.
func (s *Service) CosignAsked(ctx context.Context, by *network.Actor, offer domain.IRI) (*Cosignature, error) {
	c, err := s.store.CosignatureByIRI(ctx, offer)
	if err != nil {
		return nil, err
	}
	switch {
	case c.Story == "":
		return nil, domain.Fail(domain.NotFound, "error.not_found")
	case c.Partner != by.ID || by.Local():
		return nil, domain.Fail(domain.Forbidden, "error.origin")
	}
	return c, nil
}

// ReceiveCosignAnswer notes it. Received again it changes nothing; who refused
// may still say something else of the reason, and whether it may be asked again.
// Nobody signs what was taken back. Errors: as of [Service.CosignAsked].
func (s *Service) ReceiveCosignAnswer(ctx context.Context, in CosignAnswer) error {
	c, err := s.CosignAsked(ctx, in.By, in.Offer)
	if err != nil || c.State == CosignSigned || in.Signed && c.State != CosignAsked {
		return err
	}
	if in.Signed {
		c.Article, c.Proof, c.Signature = in.Article, in.Proof, in.Signature
	}
	return s.settle(ctx, c, in)
}

// ReceiveCosignWithdrawal notes that a partner took its signature back. Received
// again it changes nothing. Errors: as of [Service.CosignAsked].
func (s *Service) ReceiveCosignWithdrawal(ctx context.Context, in CosignAnswer) error {
	c, err := s.CosignAsked(ctx, in.By, in.Offer)
	if err != nil {
		return err
	}
	in.Signed = false
	c.Proof, c.Article, c.Signature = nil, nil, Signature{}
	return s.settle(ctx, c, in)
}

// settle keeps what a partner elsewhere says, if it says something new.
func (s *Service) settle(ctx context.Context, c *Cosignature, in CosignAnswer) error {
	was, reason := *c, []rune(in.Reason)
	reason = reason[:min(len(reason), maxReason)]
	if !c.answer(CosignReply{Sign: in.Signed, Reason: string(reason), Never: in.Never}, s.mint.Now()) {
		if was.Reason == c.Reason && was.Never == c.Never {
			return nil
		}
		return s.store.SaveCosignatures(ctx, domain.Change{}, c)
	}
	change := domain.Change{Events: []domain.Event{c.event(s.mint, CosignatureSettled, in.By.ID)}}
	changed := []*Cosignature{c}
	if was.State == CosignCancelled {
		since, err := s.askedSince(ctx, c)
		if err != nil {
			return err
		}
		change.Events = append(change.Events, s.cancel(in.By.ID, since...).Events...)
		changed = append(changed, since...)
	}
	return s.store.SaveCosignatures(ctx, change, changed...)
}

// askedSince lists what waits of the same partner and story. To one that said no
// before it heard that a request was taken back, the next comes too soon: its node
// does not take it, and it would wait for ever.
func (s *Service) askedSince(ctx context.Context, c *Cosignature) (waiting []*Cosignature, err error) {
	all, err := s.store.CosignaturesWith(ctx, c.Partner, c.StoryIRI)
	for _, other := range all {
		if other.State == CosignAsked && other.ID != c.ID {
			waiting = append(waiting, other)
		}
	}
	return waiting, err
}
