package organization

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strings"
	"time"

	"interlink/domain"
	"interlink/domain/policy"
)

// How long invitations last, and how many there are at once.
const (
	InvitationLasts = 14 * 24 * time.Hour

	mostOpen  = 500            // of a group
	mostMails = 3              // to one address or person from all groups in mailsPer
	mailsPer  = 24 * time.Hour // then it may have more
)

// Invitation asks somebody to become a member of a group. It is there while
// it waits for an answer; what becomes of it is in the events of the group.
type Invitation struct {
	ID        domain.ID
	Serial    domain.Serial
	Group     domain.ActorID
	Email     string         // where its link was sent; "" for a person of another node
	Person    domain.ActorID // of another node, or who signed up with the link; Nobody while nobody did
	Role      Role
	Language  domain.Lang // of the mail or message
	By        domain.ActorID
	Hash      string // hex SHA-256 of the token in the link of the mail, or of the message to a person of another node
	CreatedAt time.Time
	ExpiresAt time.Time
}

// Abroad reports whether it is of somebody of another node: its link was sent to
// them alone, and whoever has it is them.
func (i Invitation) Abroad() bool { return i.Email == "" }

// Open reports whether it can still be accepted.
func (i Invitation) Open(now time.Time) bool { return now.Before(i.ExpiresAt) }

// JobInvitation asks for the mail that brings an invitation.
const JobInvitation = "organization.invitation"

// InvitationMail are the arguments of [JobInvitation].
type InvitationMail struct {
	To       string      `json:"to"`
	Language domain.Lang `json:"language"` // unless the recipient is known to prefer another
	Group    domain.Text `json:"group"`    // what the group is called
	Link     string      `json:"link"`
}

func (s *Service) invitationMail(g Group, i Invitation, token string) domain.Job {
	return domain.Job{Kind: JobInvitation, Args: InvitationMail{
		To: i.Email, Language: i.Language, Group: g.Ref().Title, Link: s.ns.Base() + "/invitations/" + token,
	}}
}

// JobInvitationAbroad asks for the message that brings an invitation to somebody
// of another node, whose software may show nothing of an Invite.
const JobInvitationAbroad = "organization.invitation_abroad"

// InvitationAbroad are the arguments of [JobInvitationAbroad].
type InvitationAbroad struct {
	ID       domain.ID      `json:"id"` // of the invitation
	Group    domain.ActorID `json:"group"`
	Person   domain.ActorID `json:"person"`
	By       domain.ActorID `json:"by"`
	Title    domain.Text    `json:"title"` // what the group is called
	Language domain.Lang    `json:"language,omitempty"`
	Link     string         `json:"link"`
}

func (s *Service) invitationAbroad(g Group, i Invitation, token string) domain.Job {
	ref := g.Ref()
	return domain.Job{Kind: JobInvitationAbroad, Remote: true, Args: InvitationAbroad{
		ID: i.ID, Group: ref.ID, Person: i.Person, By: i.By, Title: ref.Title, Language: i.Language, Link: s.ns.Base() + "/invitations/" + token,
	}}
}

func (s *Service) secret() string { return base64.RawURLEncoding.EncodeToString(s.mint.Secret(32)) }

func hash(token string) string {
	sum := sha256.Sum256([]byte(strings.TrimSpace(token)))
	return hex.EncodeToString(sum[:])
}

// sameAddress compares as accounts do: in small letters.
func sameAddress(a, b string) bool { return a != "" && strings.EqualFold(a, b) }

// Invitations lists those of a group that wait for an answer, also in vain,
// newest first. Errors: NotFound, Forbidden.
func (s *Service) Invitations(ctx context.Context, v policy.Viewer, group domain.ActorID, page domain.Page) (domain.List[Invitation], error) {
	if _, err := s.group(ctx, v, policy.Administer, group); err != nil {
		return domain.List[Invitation]{}, err
	}
	return s.store.Invitations(ctx, group, page)
}

// Revoke takes an invitation back. Errors: NotFound also for one that is
// answered or taken back already, Forbidden.
func (s *Service) Revoke(ctx context.Context, v policy.Viewer, group domain.ActorID, id domain.ID) error {
	g, err := s.group(ctx, v, policy.Administer, group)
	if err != nil {
		return err
	}
	i, err := s.store.Invitation(ctx, id)
	if err == nil && i.Group != group {
		err = domain.Fail(domain.NotFound, "error.not_found")
	}
	if err != nil {
		return err
	}
	return s.end(ctx, g, v.Actor, i, EndedRevoked, nil)
}

// end ends an invitation without a new member; r is the refusal of one that was
// declined.
func (s *Service) end(ctx context.Context, g Group, by domain.ActorID, i Invitation, how Ended, r *Refusal) error {
	event := s.toldOf(g, TeamInvitationEnded, OrganizationInvitationEnded, by,
		Invited{Invitation: i.ID, Actor: i.Person, Role: i.Role, Ended: how, Mailed: i.Email != ""})
	return s.store.EndInvitation(ctx, i.ID, r, domain.Change{Events: []domain.Event{event}})
}

// Invited returns the invitation of a mail's link and the group to which it
// leads: whoever holds the link may know of it. Errors: NotFound for a link
// that is unknown, used, taken back or expired.
func (s *Service) Invited(ctx context.Context, token string) (Invitation, Group, error) {
	i, err := s.store.InvitationByHash(ctx, hash(token))
	if err != nil {
		return Invitation{}, nil, err
	}
	if !i.Open(s.mint.Now()) {
		return Invitation{}, nil, domain.Fail(domain.NotFound, "organization.invitation_over")
	}
	g, err := s.anyGroup(ctx, i.Group)
	if err == nil && i.Abroad() && g.PolicyVisibility() != domain.VisiblePublic {
		err = domain.Fail(domain.NotFound, "organization.invitation_over") // nothing of it leaves this node any more
	}
	return i, g, err
}

// Accept makes the viewer a member by the link of a mail, or whom it invites by
// that of a message to another node. Who is one already stays what they are,
// unless the invitation gives them more. Errors: Unauthenticated, NotFound as of
// [Service.Invited].
func (s *Service) Accept(ctx context.Context, v policy.Viewer, token string) (Group, error) {
	i, g, err := s.Invited(ctx, token)
	if err != nil {
		return nil, err
	}
	if i.Abroad() {
		v = policy.Viewer{Actor: i.Person, Role: policy.RoleRemote}
	}
	if err := policy.Allow(v, policy.Contribute, i.offer()); err != nil {
		return nil, err
	}
	return g, s.accept(ctx, g, v.Actor, i)
}

func (s *Service) accept(ctx context.Context, g Group, person domain.ActorID, i Invitation) error {
	role := i.Role
	if g.People().Role(person) == RoleAdministrator {
		role = RoleAdministrator
	}
	return s.enter(ctx, g, person, Membership{Actor: person, Role: role}, Written{End: []domain.ID{i.ID}})
}

// Decline refuses an invitation by the link of its letter; nobody need sign in
// for that. forever says that the group is not to invite them again at all. The
// same link undoes it: see [Service.ReconsiderBy].
// Errors: NotFound as of [Service.Invited].
func (s *Service) Decline(ctx context.Context, token string, forever bool) error {
	i, g, err := s.Invited(ctx, token)
	if err != nil {
		return err
	}
	r := s.refusal(i.Group, i.addressee(), forever)
	r.Hash = i.Hash
	return s.end(ctx, g, domain.Nobody, i, EndedDeclined, r)
}

// Claim ties an invitation to the person of this node who signed up with its
// link, so that they become a member when they first come in: see
// [Service.Arrive]. A link or name that is unknown is no error: signing up
// tells nobody either whether it made an account.
func (s *Service) Claim(ctx context.Context, token, username string) error {
	i, _, err := s.Invited(ctx, token)
	if err == nil {
		err = s.store.ClaimInvitation(ctx, i.ID, username)
	}
	if domain.CodeOf(err) == domain.NotFound {
		return nil
	}
	return err
}

// Arrive makes somebody who signed up with the link of an invitation a member
// of its group.
func (s *Service) Arrive(ctx context.Context, v policy.Viewer) error {
	claimed, err := s.store.Claimed(ctx, v.Actor)
	for _, i := range claimed {
		if !i.Open(s.mint.Now()) {
			continue
		}
		g, err := s.anyGroup(ctx, i.Group)
		if err != nil {
			return err
		}
		if err := s.accept(ctx, g, v.Actor, i); err != nil {
			return err
		}
	}
	return err
}

// offer is an invitation as the policy sees it.
type offer struct{ to domain.ActorID }

func (i Invitation) offer() offer { return offer{to: i.Person} }

// PolicyKind answers [policy.Facts].
func (offer) PolicyKind() string { return "invitation" }

// PolicyVisibility answers [policy.Facts]: who holds the link knows of it.
func (offer) PolicyVisibility() domain.Visibility { return domain.VisiblePublic }

// PolicyRelation answers [policy.Facts]: one that is for somebody is for
// nobody else.
func (o offer) PolicyRelation(a domain.ActorID) policy.Relation {
	if o.to == domain.Nobody || o.to == a {
		return policy.Contributor
	}
	return policy.Stranger
}

// PolicyLocal answers [policy.Facts].
func (offer) PolicyLocal() bool { return true }
