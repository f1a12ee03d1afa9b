package story

import (
	"context"
	"slices"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/domain/organization"
	"interlink/domain/policy"
)

// The bounds of signing together.
const (
	maxPartners = 7   // of one version: with the owner's, as many proofs as others look at
	maxAsking   = 100 // requests of one host that wait: they are work for people
)

// AskCosignature asks a partner organisation, of this or another node, to sign
// a story as it is now. Errors: NotFound, Forbidden; Invalid for a partner that
// is no public organisation, or the owner itself; Conflict if it was asked for
// this version, or if as many were as can be.
func (s *Service) AskCosignature(ctx context.Context, v policy.Viewer, slug string, partner *network.Actor) (*Cosignature, error) {
	st, err := s.store.StoryAt(ctx, slug, "")
	if err != nil {
		return nil, err
	}
	if err := policy.Allow(v, policy.Publish, st); err != nil {
		return nil, err
	}
	switch {
	case st.Status != Published:
		return nil, domain.Fail(domain.Conflict, "story.was_withdrawn")
	case partner.Type != network.TypeOrganization || partner.Visibility != domain.VisiblePublic || partner.Gone() || partner.ID == st.Owner:
		return nil, domain.InvalidField("partner", "cosign.partner_wrong")
	}
	owner, err := s.organizations.Organization(ctx, st.Owner)
	if err != nil {
		return nil, err
	}
	if owner.Visibility != domain.VisiblePublic {
		return nil, domain.Fail(domain.Invalid, "cosign.owner")
	}
	asked, err := s.store.CosignaturesOf(ctx, st.ID, st.Version)
	if err != nil {
		return nil, err
	}
	if slices.ContainsFunc(asked, func(c *Cosignature) bool { return c.Partner == partner.ID }) {
		return nil, &domain.Error{Code: domain.Conflict, Key: "cosign.asked", Field: "partner"}
	}
	if len(asked) >= maxPartners {
		return nil, &domain.Error{Code: domain.Conflict, Key: "cosign.many", Args: []any{maxPartners}, Field: "partner"}
	}
	c := &Cosignature{
		ID: s.mint.ID(), Serial: s.mint.Serial(), Story: st.ID, StoryIRI: st.IRI, Version: st.Version, Owner: st.Owner, Partner: partner.ID, PartnerIRI: partner.IRI,
		Telling: st.Telling, Digest: st.Digest, State: CosignAsked, AskedAt: s.mint.Now(),
	}
	event := c.event(s.mint, CosignatureAsked, v.Actor)
	c.IRI = s.ns.IRI("activities", string(event.ID))
	change := domain.Change{Events: []domain.Event{event}}
	if partner.Local() {
		change.Events = append(change.Events, c.event(s.mint, CosignatureReceived, v.Actor))
	}
	return c, s.store.SaveCosignature(ctx, c, change)
}

// Cosignatures lists who was asked to sign the present version of a story, for
// those who may publish it. Errors: NotFound, Forbidden.
func (s *Service) Cosignatures(ctx context.Context, v policy.Viewer, slug string) ([]*Cosignature, error) {
	st, err := s.store.StoryAt(ctx, slug, "")
	if err != nil {
		return nil, err
	}
	if err := policy.Allow(v, policy.Publish, st); err != nil {
		return nil, err
	}
	return s.store.CosignaturesOf(ctx, st.ID, st.Version)
}

// signer reads an organisation for somebody who signs in its name.
func (s *Service) signer(ctx context.Context, v policy.Viewer, id domain.ActorID) (*organization.Organization, error) {
	o, err := s.organizations.Organization(ctx, id)
	if err == nil {
		err = policy.Allow(v, policy.Publish, o)
	}
	return o, err
}

// CosignRequests lists what an organisation of this node is asked to sign,
// newest first, for those who administer it. Errors: NotFound, Forbidden.
func (s *Service) CosignRequests(ctx context.Context, v policy.Viewer, partner domain.ActorID, page domain.Page) (domain.List[*Cosignature], error) {
	if _, err := s.signer(ctx, v, partner); err != nil {
		return domain.List[*Cosignature]{}, err
	}
	return s.store.CosignRequests(ctx, partner, page)
}

// CosignRequest reads one. Errors: NotFound, Forbidden.
func (s *Service) CosignRequest(ctx context.Context, v policy.Viewer, id domain.ID) (*Cosignature, error) {
	c, err := s.store.Cosignature(ctx, id)
	if err != nil {
		return nil, err
	}
	_, err = s.signer(ctx, v, c.Partner)
	return c, err
}

// AnswerCosignature signs a story in the name of an organisation of this node,
// or refuses to. Errors: NotFound, Forbidden; Invalid for an organisation that
// not everybody may know of; Conflict if it was answered, or if there is another
// version by now.
func (s *Service) AnswerCosignature(ctx context.Context, v policy.Viewer, id domain.ID, revision int64, sign bool) (*Cosignature, error) {
	c, err := s.store.Cosignature(ctx, id)
	if err != nil {
		return nil, err
	}
	o, err := s.signer(ctx, v, c.Partner)
	if err != nil {
		return nil, err
	}
	if c.State != CosignAsked || c.Revision != revision {
		return nil, domain.Fail(domain.Conflict, "cosign.answered")
	}
	if sign && o.Visibility != domain.VisiblePublic {
		return nil, domain.Fail(domain.Invalid, "cosign.private")
	}
	if sign && c.Story != "" {
		st, err := s.store.Story(ctx, c.Story)
		if err != nil {
			return nil, err
		}
		if st.Version != c.Version || st.Status != Published {
			return nil, domain.Fail(domain.Conflict, "cosign.outdated")
		}
	}
	c.State, c.AnsweredAt = CosignRefused, s.mint.Now()
	if sign {
		c.State = CosignSigned
	}
	events := []domain.Event{c.event(s.mint, CosignatureAnswered, v.Actor)}
	if c.Story != "" { // no activity goes to ourselves
		events = append(events, c.event(s.mint, CosignatureSettled, v.Actor))
	}
	return c, s.store.SaveCosignature(ctx, c, domain.Change{Events: events})
}

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
// same version: who has answered is not asked again. Errors: NotFound;
// Invalid for what is not the sender's own, who is no organisation, or breaks a
// bound; TooLarge if too
// many of its host wait.
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
	if !domain.SameOrigin(in.IRI, in.Owner.IRI) || in.Owner.Type != network.TypeOrganization || len(in.Article) == 0 {
		return domain.Fail(domain.Invalid, "story.origin")
	}
	if _, err := s.store.CosignatureByIRI(ctx, in.IRI); domain.CodeOf(err) != domain.NotFound {
		return err
	}
	if asked, err := s.store.AskedBefore(ctx, in.Partner, in.Story.IRI, in.Story.Version); err != nil || asked {
		return err
	}
	if n, err := s.store.Asking(ctx, in.Owner.Host); err != nil {
		return err
	} else if n >= maxAsking {
		return domain.Fail(domain.TooLarge, "cosign.too_many")
	}
	c := &Cosignature{
		ID: s.mint.ID(), Serial: s.mint.Serial(), IRI: in.IRI, StoryIRI: in.Story.IRI, Version: in.Story.Version, Host: in.Owner.Host,
		Owner: in.Owner.ID, Partner: in.Partner, PartnerIRI: o.IRI, Telling: in.Story.Telling, Digest: in.Story.Digest, Article: in.Article,
		State: CosignAsked, AskedAt: s.mint.Now(),
	}
	err = s.store.SaveCosignature(ctx, c, domain.Change{Events: []domain.Event{c.event(s.mint, CosignatureReceived, in.Owner.ID)}})
	if domain.CodeOf(err) == domain.Conflict { // the same, a moment earlier
		return nil
	}
	return err
}

// CosignAnswer is what a partner of another node says; its proof was verified
// to be the partner's, over the document that it was asked to sign.
type CosignAnswer struct {
	Offer     domain.IRI
	By        *network.Actor
	Signed    bool
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

// ReceiveCosignAnswer notes it. Received again it changes nothing. Errors: as
// of [Service.CosignAsked].
func (s *Service) ReceiveCosignAnswer(ctx context.Context, in CosignAnswer) error {
	c, err := s.CosignAsked(ctx, in.By, in.Offer)
	if err != nil || c.State != CosignAsked {
		return err
	}
	c.State, c.AnsweredAt = CosignRefused, s.mint.Now()
	if in.Signed {
		c.State, c.Article, c.Proof, c.Signature = CosignSigned, in.Article, in.Proof, in.Signature
	}
	return s.store.SaveCosignature(ctx, c, domain.Change{Events: []domain.Event{c.event(s.mint, CosignatureSettled, in.By.ID)}})
}
