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
	maxAsking   = 100 // requests of one host that wait, or were taken back lately: they are work for people
	maxReason   = 1000
)

// pace is how often a partner is asked to sign a story.
type pace struct {
	again time.Duration // after it was asked, and said no
	often int           // requests within that time, of all versions
}

// The pace at which partners are asked, and at which their own node hears that:
// what was sent may have been long on its way, and come together.
var (
	askAgain   = pace{24 * time.Hour, 3}
	heardAgain = pace{12 * time.Hour, 6}
)

// AskCosignature asks a partner organisation, of this or another node, to sign
// a story as it is now; one that refused, or took its signature back, a day later
// again, and one whose request was taken back at once. Errors: NotFound, Forbidden;
// Invalid for a partner that is no public organisation, or the owner itself;
// Conflict if it was asked for this version, or too often, or does not want to be,
// or if as many were as can be.
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
		if standing(asked) >= maxPartners {
			return nil, &domain.Error{Code: domain.Conflict, Key: "cosign.many", Args: []any{maxPartners}, Field: "partner"}
		}
		c = &Cosignature{ID: s.mint.ID(), Story: st.ID, StoryIRI: st.IRI, Version: st.Version, Owner: st.Owner, Partner: partner.ID, PartnerIRI: partner.IRI}
	}
	c.PartnerName = called(partner)
	c.ask(s.mint, "", st.Telling, st.Digest)
	event := c.event(s.mint, CosignatureAsked, v.Actor)
	c.IRI = s.ns.IRI("activities", string(event.ID))
	change := domain.Change{Events: []domain.Event{event}}
	if partner.Local() {
		change.Events = append(change.Events, c.event(s.mint, CosignatureReceived, v.Actor))
	}
	return c, s.store.SaveCosignatures(ctx, change, c)
}

// CancelCosignature takes a request to sign a story of this node back, as long as
// it waits: the partner is told, and can be asked anew. Again it changes nothing.
// Errors: NotFound, Forbidden; Conflict if it was answered.
func (s *Service) CancelCosignature(ctx context.Context, v policy.Viewer, id domain.ID) (*Cosignature, error) {
	c, err := s.store.Cosignature(ctx, id)
	if err == nil && c.Story == "" {
		err = domain.Fail(domain.NotFound, "error.not_found")
	}
	if err != nil {
		return nil, err
	}
	st, err := s.store.Story(ctx, c.Story)
	if err == nil {
		err = policy.Allow(v, policy.Publish, st)
	}
	switch {
	case err != nil:
		return nil, err
	case c.State == CosignCancelled:
		return c, nil
	case c.State != CosignAsked:
		return nil, domain.Fail(domain.Conflict, "cosign.answered")
	}
	return c, s.store.SaveCosignatures(ctx, s.cancel(v.Actor, c), c)
}

// cancel takes requests back; what it returns tells the partners.
func (s *Service) cancel(by domain.ActorID, waiting ...*Cosignature) (change domain.Change) {
	for _, c := range waiting {
		c.State, c.AnsweredAt = CosignCancelled, s.mint.Now()
		change.Events = append(change.Events, c.event(s.mint, CosignatureCancelled, by))
		if s.ns.Owns(c.PartnerIRI) {
			change.Events = append(change.Events, c.event(s.mint, CosignatureDropped, by))
		}
	}
	return change
}

// supersede takes back what waits for an earlier version of a story that is
// saved, or for one that is withdrawn: nobody can sign that any more.
func (s *Service) supersede(ctx context.Context, by domain.ActorID, st *Story, change *domain.Change) (err error) {
	if st.Cancelled, err = s.store.CosignaturesWaiting(ctx, st.ID); err == nil {
		change.Events = append(change.Events, s.cancel(by, st.Cancelled...).Events...)
	}
	return err
}

// called is what an organisation calls itself; nil if it has no name.
func called(a *network.Actor) domain.Text {
	if len(a.Titles) > 0 || a.Title == "" {
		return a.Titles
	}
	return domain.Text{domain.Undetermined: a.Title}
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
// asked for the story before: not twice, not where it does not want to be, not
// again before some time went by after it was asked and said no, and not so often
// that requests that are taken back are a nuisance. Errors: Conflict.
func mayAsk(before []*Cosignature, version int, now time.Time, p pace) error {
	no := func(key string) error { return &domain.Error{Code: domain.Conflict, Key: key, Field: "partner"} }
	lately := 0
	for _, c := range before {
		late := now.Before(c.AskedAt.Add(p.again))
		if late {
			lately++
		}
		switch {
		case c.Never:
			return no("cosign.unwanted")
		case c.Version == version && c.State == CosignSigned:
			return no("cosign.signed")
		case c.Version == version && c.State == CosignAsked:
			return no("cosign.asked")
		case c.answered() && late:
			return no("cosign.too_soon")
		}
	}
	if lately >= p.often {
		return no("cosign.too_often")
	}
	return nil
}

// Again is from when on a partner that said no can be asked again; zero if it
// was not asked, did not say no, or does not want to be.
func (c *Cosignature) Again() time.Time {
	if c.Never || !c.answered() {
		return time.Time{}
	}
	return c.AskedAt.Add(askAgain.again)
}

// asking is what a partner was asked for a version; nil if it was not, or if that
// was taken back: then it is asked by another request, so that what is said to the
// first is no answer to it.
func asking(before []*Cosignature, version int) *Cosignature {
	for _, c := range before {
		if c.Version == version && c.State != CosignCancelled {
			return c
		}
	}
	return nil
}

// standing counts the requests that were not taken back.
func standing(asked []*Cosignature) (n int) {
	for _, c := range asked {
		if c.State != CosignCancelled {
			n++
		}
	}
	return n
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
// whether it may be asked again; to a request that was taken back it can only say
// that it may not, and take back what it had signed before it heard of that. Errors: NotFound, Forbidden; Invalid for an organisation that
// not everybody may know of, or on "reason"; Conflict if it was answered or taken
// back, or if there is another version by now.
func (s *Service) AnswerCosignature(ctx context.Context, v policy.Viewer, id domain.ID, revision int64, in CosignReply) (*Cosignature, error) {
	c, err := s.store.Cosignature(ctx, id)
	if err != nil {
		return nil, err
	}
	o, err := s.signer(ctx, v, c.Partner)
	if err != nil {
		return nil, err
	}
	if err := c.open(revision, in); err != nil {
		return nil, err
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
	return c, s.store.SaveCosignatures(ctx, domain.Change{Events: events}, c)
}

// Crossed reports whether a partner here had signed what another node asked before
// it heard that the request was taken back. Who asked should not show that, and
// may all the same: so it can be taken back.
func (c *Cosignature) Crossed() bool {
	return c.State == CosignCancelled && c.Host != "" && len(c.Article) > 0
}

// open reports whether it can be answered so by who read a revision of it. Errors:
// Conflict.
func (c *Cosignature) open(revision int64, in CosignReply) error {
	switch {
	case c.State == CosignCancelled && (c.Revision != revision || in.Sign || !in.Never && !c.Crossed()):
		return domain.Fail(domain.Conflict, "cosign.cancelled")
	case c.Revision != revision, in.Sign && c.State != CosignAsked:
		return domain.Fail(domain.Conflict, "cosign.answered")
	}
	return nil
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
	case c.Crossed(), state == CosignSigned:
		c.State, c.Withdrawn = CosignWithdrawn, now
	case state == CosignAsked, state == CosignCancelled: // it said no before it heard that nobody asks any more, or says so for the next time
		c.State = CosignRefused
	}
	c.Reason, c.Never = strings.TrimSpace(in.Reason), in.Never
	if c.State != state {
		c.AnsweredAt = now
	}
	return c.State != state
}
