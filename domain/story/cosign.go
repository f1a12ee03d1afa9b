package story

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/domain/organization"
	"interlink/domain/policy"
)

// The bounds of signing together.
const (
	maxPartners = 7   // of one version: with the owner's, as many proofs as others look at
	maxAsking   = 100 // requests of one host that wait: they are work for people
	maxReason   = 1000

	askAgain   = 24 * time.Hour // after a partner was asked, and said no
	heardAgain = 12 * time.Hour // as its own node sees it: what was sent may have been long on its way
)

// AskCosignature asks a partner organisation, of this or another node, to sign
// a story as it is now; one that refused, or took its signature back, a day later
// again. Errors: NotFound, Forbidden; Invalid for a partner that is no public
// organisation, or the owner itself; Conflict if it was asked for this version,
// or does not want to be, or if as many were as can be.
func (s *Service) AskCosignature(ctx context.Context, v policy.Viewer, slug string, partner *network.Actor) (*Cosignature, error) {
	st, err := s.store.StoryAt(ctx, slug, "")
	if err != nil {
		return nil, err
	}
	if err := policy.Allow(v, policy.Publish, st); err != nil {
		return nil, err
	}
	if err := s.cosignable(ctx, st, partner); err != nil {
		return nil, err
	}
	before, err := s.store.CosignaturesWith(ctx, partner.ID, st.IRI)
	if err != nil {
		return nil, err
	}
	if err := mayAsk(before, st.Version, s.mint.Now(), askAgain); err != nil {
		return nil, err
	}
	c := asking(before, st.Version)
	if c == nil {
		asked, err := s.store.CosignaturesOf(ctx, st.ID, st.Version)
		if err != nil {
			return nil, err
		}
		if len(asked) >= maxPartners {
			return nil, &domain.Error{Code: domain.Conflict, Key: "cosign.many", Args: []any{maxPartners}, Field: "partner"}
		}
		c = &Cosignature{ID: s.mint.ID(), Story: st.ID, StoryIRI: st.IRI, Version: st.Version, Owner: st.Owner, Partner: partner.ID, PartnerIRI: partner.IRI}
	}
	c.ask(s.mint, "", st.Telling, st.Digest)
	event := c.event(s.mint, CosignatureAsked, v.Actor)
	c.IRI = s.ns.IRI("activities", string(event.ID))
	change := domain.Change{Events: []domain.Event{event}}
	if partner.Local() {
		change.Events = append(change.Events, c.event(s.mint, CosignatureReceived, v.Actor))
	}
	return c, s.store.SaveCosignature(ctx, c, change)
}

// cosignable reports whether a partner can be asked to sign a story. Errors: as
// of [Service.AskCosignature].
func (s *Service) cosignable(ctx context.Context, st *Story, partner *network.Actor) error {
	switch {
	case st.Status != Published:
		return domain.Fail(domain.Conflict, "story.was_withdrawn")
	case partner.Type != network.TypeOrganization || partner.Visibility != domain.VisiblePublic || partner.Gone() || partner.ID == st.Owner:
		return domain.InvalidField("partner", "cosign.partner_wrong")
	}
	owner, err := s.organizations.Organization(ctx, st.Owner)
	if err == nil && owner.Visibility != domain.VisiblePublic {
		err = domain.Fail(domain.Invalid, "cosign.owner")
	}
	return err
}

// mayAsk judges whether a partner can be asked for a version, by what it was
// asked for the story before: not twice, not where it does not want to be, and
// not again before some time went by after it was asked and said no. Errors:
// Conflict.
func mayAsk(before []*Cosignature, version int, now time.Time, after time.Duration) error {
	no := func(key string) error { return &domain.Error{Code: domain.Conflict, Key: key, Field: "partner"} }
	for _, c := range before {
		switch {
		case c.Never:
			return no("cosign.unwanted")
		case c.Version == version && c.State == CosignSigned:
			return no("cosign.signed")
		case c.Version == version && c.State == CosignAsked:
			return no("cosign.asked")
		case c.answered() && now.Before(c.AskedAt.Add(after)):
			return no("cosign.too_soon")
		}
	}
	return nil
}

// Again is from when on a partner that said no can be asked again; zero if it
// was not asked, did not say no, or does not want to be.
func (c *Cosignature) Again() time.Time {
	if c.Never || !c.answered() {
		return time.Time{}
	}
	return c.AskedAt.Add(askAgain)
}

// asking is what a partner was asked for a version; nil if it was not.
func asking(before []*Cosignature, version int) *Cosignature {
	for _, c := range before {
		if c.Version == version {
			return c
		}
	}
	return nil
}

// ask makes it a request that waits, whatever was answered before.
func (c *Cosignature) ask(m *domain.Mint, iri domain.IRI, t Telling, digest string) {
	c.Serial, c.IRI, c.Telling, c.Digest, c.State, c.AskedAt = m.Serial(), iri, t, digest, CosignAsked, m.Now()
	c.Article, c.Proof, c.Signature, c.Reason, c.AnsweredAt = nil, nil, Signature{}, "", time.Time{}
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

// CosignReply is what an organisation says to a request to sign a story.
type CosignReply struct {
	Sign   bool
	Reason string // why not, at most 1000 letters; for who asked
	Never  bool   // not to be asked again for this story
}

// AnswerCosignature signs a story in the name of an organisation of this node,
// or refuses to, or takes the signature back. Who refused may still say why, and
// whether it may be asked again. Errors: NotFound, Forbidden; Invalid for an
// organisation that not everybody may know of, or on "reason"; Conflict if it
// was answered, or if there is another version by now.
func (s *Service) AnswerCosignature(ctx context.Context, v policy.Viewer, id domain.ID, revision int64, in CosignReply) (*Cosignature, error) {
	c, err := s.store.Cosignature(ctx, id)
	if err != nil {
		return nil, err
	}
	o, err := s.signer(ctx, v, c.Partner)
	if err != nil {
		return nil, err
	}
	if c.Revision != revision || in.Sign && c.State != CosignAsked {
		return nil, domain.Fail(domain.Conflict, "cosign.answered")
	}
	if in.Sign {
		err = s.signable(ctx, c, o)
	} else if utf8.RuneCountInString(in.Reason) > maxReason {
		err = domain.InvalidField("reason", "error.too_long", maxReason)
	}
	if err != nil {
		return nil, err
	}
	if was := *c; !c.answer(in, s.mint.Now()) && was.Reason == c.Reason && was.Never == c.Never {
		return c, nil
	}
	events := []domain.Event{c.event(s.mint, CosignatureAnswered, v.Actor)}
	if c.Story != "" { // no activity goes to ourselves
		events = append(events, c.event(s.mint, CosignatureSettled, v.Actor))
	}
	return c, s.store.SaveCosignature(ctx, c, domain.Change{Events: events})
}

// signable reports whether an organisation can sign what it was asked. Errors:
// as of [Service.AnswerCosignature].
func (s *Service) signable(ctx context.Context, c *Cosignature, by *organization.Organization) error {
	if by.Visibility != domain.VisiblePublic {
		return domain.Fail(domain.Invalid, "cosign.private")
	}
	superseded, err := s.Superseded(ctx, c)
	if err == nil && superseded {
		err = domain.Fail(domain.Conflict, "cosign.outdated")
	}
	return err
}

// Superseded reports whether there is another version of the story by now, as
// far as this node knows, or none any more: only the present one can be signed.
func (s *Service) Superseded(ctx context.Context, c *Cosignature) (bool, error) {
	st, err := s.store.StoryByIRI(ctx, c.StoryIRI)
	if domain.CodeOf(err) == domain.NotFound && c.Host != "" {
		return false, nil // there is no copy here
	}
	if err != nil {
		return false, err
	}
	return st.Version > c.Version || st.Status != Published, nil
}

// answer notes what was said; changed is whether another state came of it. Who
// withdraws or refuses again stays in that state.
func (c *Cosignature) answer(in CosignReply, now time.Time) (changed bool) {
	state := c.State
	switch {
	case in.Sign:
		c.State, in.Reason, in.Never = CosignSigned, "", false
	case state == CosignAsked:
		c.State = CosignRefused
	case state == CosignSigned:
		c.State, c.Withdrawn = CosignWithdrawn, now
	}
	c.Reason, c.Never = strings.TrimSpace(in.Reason), in.Never
	if c.State != state {
		c.AnsweredAt = now
	}
	return c.State != state
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
// same version, unless the first was refused, or the signature taken back, some
// time ago; who does not want to be asked is not. Errors: NotFound; Invalid for
// what is not the sender's own, who is no organisation, or breaks a bound;
// TooLarge if too many of its host wait.
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
	before, err := s.store.CosignaturesWith(ctx, in.Partner, in.Story.IRI)
	if err != nil || mayAsk(before, in.Story.Version, s.mint.Now(), heardAgain) != nil {
		return err
	}
	if n, err := s.store.Asking(ctx, in.Owner.Host); err != nil {
		return err
	} else if n >= maxAsking {
		return domain.Fail(domain.TooLarge, "cosign.too_many")
	}
	c := asking(before, in.Story.Version)
	if c == nil {
		c = &Cosignature{
			ID: s.mint.ID(), StoryIRI: in.Story.IRI, Version: in.Story.Version, Host: in.Owner.Host, Partner: in.Partner, PartnerIRI: o.IRI,
		}
	}
	c.ask(s.mint, in.IRI, in.Story.Telling, in.Story.Digest)
	c.Owner, c.Article = in.Owner.ID, in.Article
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
// Errors: as of [Service.CosignAsked].
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
		return s.store.SaveCosignature(ctx, c, domain.Change{})
	}
	return s.store.SaveCosignature(ctx, c, domain.Change{Events: []domain.Event{c.event(s.mint, CosignatureSettled, in.By.ID)}})
}
