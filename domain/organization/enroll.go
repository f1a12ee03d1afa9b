package organization

import (
	"context"
	"slices"

	"interlink/domain"
	"interlink/domain/policy"
)

// Newcomer is somebody to be taken into a group: a person who is known here,
// or whoever reads the mails of an address.
type Newcomer struct {
	Person domain.ActorID
	Email  string // normalised: see [domain.ParseEmail]; "" if Person is set
	Role   Role   // "" means a member, or what they are already
}

// Enrolled counts what became of newcomers.
type Enrolled struct {
	Added   int // people of this node: members, or of another role, at once
	Invited int // by mail, or on their own server; members once they accept
	Known   int // were members already
}

// Enroll takes people into a group, all or none: people of this node become
// members at once; people of other nodes are sent an Invite, and whoever reads
// the mails of an address is sent a link; they become members when they
// accept. Who declined an invitation of the group is not put into it by others,
// while that holds: they ask to join, or allow it again. Whether an address
// belongs to an account makes no difference. lang is the language of the mails.
// Errors: NotFound also for an actor that is no person, Forbidden, Invalid,
// TooMany also for who declined, Conflict for the last administrator.
func (s *Service) Enroll(ctx context.Context, v policy.Viewer, group domain.ActorID, lang domain.Lang, people []Newcomer) (Enrolled, error) {
	g, err := s.group(ctx, v, policy.Administer, group)
	if err != nil {
		return Enrolled{}, err
	}
	e, err := s.enrolment(ctx, v, g, lang, people)
	if err != nil {
		return Enrolled{}, err
	}
	for _, n := range people {
		if err := e.take(n); err != nil {
			return Enrolled{}, err
		}
	}
	if len(e.change.Events) == 0 {
		return e.Enrolled, nil
	}
	g.setPeople(e.members)
	return e.Enrolled, s.store.SavePeople(ctx, g, e.written, e.change)
}

// AddMember adds a person to an organisation, or changes their role, as
// [Service.Enroll] does.
func (s *Service) AddMember(ctx context.Context, v policy.Viewer, name string, actor domain.ActorID, role Role) error {
	o, err := s.organization(ctx, v, policy.Administer, name)
	if err != nil {
		return err
	}
	_, err = s.Enroll(ctx, v, o.ID, "", []Newcomer{{Person: actor, Role: role}})
	return err
}

// AddTeamMember adds a person to a team, or changes their role, as
// [Service.Enroll] does.
func (s *Service) AddTeamMember(ctx context.Context, v policy.Viewer, name string, actor domain.ActorID, role Role) error {
	t, err := s.team(ctx, v, policy.Administer, name)
	if err != nil {
		return err
	}
	_, err = s.Enroll(ctx, v, t.ID, "", []Newcomer{{Person: actor, Role: role}})
	return err
}

// enrolment is an Enroll under way.
type enrolment struct {
	Enrolled

	s       *Service
	by      domain.ActorID
	group   Group
	lang    domain.Lang
	local   map[domain.ActorID]bool // the people among the newcomers; true for those of this node
	open    []Invitation            // of the group
	letters map[string]int          // that went to an addressee of late
	refused map[string]bool         // addressees who declined
	members Members
	written Written
	change  domain.Change
}

func (s *Service) enrolment(ctx context.Context, v policy.Viewer, g Group, lang domain.Lang, people []Newcomer) (*enrolment, error) {
	e := &enrolment{s: s, by: v.Actor, group: g, lang: lang, members: g.People()}
	var ids []domain.ActorID
	var addressees []string
	for _, n := range people {
		addressees = append(addressees, addressee(n.Person, n.Email))
		if n.Email == "" {
			ids = append(ids, n.Person)
		}
	}
	var err error
	if e.local, err = s.store.Persons(ctx, ids); err != nil {
		return nil, err
	}
	if e.open, err = s.store.OpenInvitations(ctx, g.Ref().ID); err != nil {
		return nil, err
	}
	if e.refused, err = s.store.Refused(ctx, g.Ref().ID, addressees, s.mint.Now()); err != nil {
		return nil, err
	}
	e.letters, err = s.store.LettersTo(ctx, addressees, s.mint.Now().Add(-mailsPer))
	return e, err
}

func (e *enrolment) take(n Newcomer) error {
	if n.Role == "" && n.Email == "" {
		n.Role = e.members.Role(n.Person)
	}
	if n.Role == "" {
		n.Role = RoleMember
	}
	if n.Role != RoleMember && n.Role != RoleAdministrator {
		return domain.InvalidField("role", "organization.role_unknown")
	}
	if n.Email != "" {
		return e.mail(n)
	}
	here, person := e.local[n.Person]
	switch {
	case !person:
		return domain.Fail(domain.NotFound, "error.not_found")
	case !here && n.Role == RoleAdministrator:
		return domain.InvalidField("role", "organization.administrator_elsewhere")
	case !here && e.members.Role(n.Person) == "":
		return e.invite(n)
	}
	if e.members.Role(n.Person) == "" && e.refused[string(n.Person)] {
		return &domain.Error{Code: domain.TooMany, Key: "organization.declined_enrolment", Field: "handle"}
	}
	members, changed, err := e.members.with(n.Person, n.Role, e.s.mint.Now())
	if err != nil {
		return err
	}
	if !changed {
		e.Known++
		return nil
	}
	e.members = members
	e.Added++
	e.tell(TeamMemberAdded, OrganizationMemberAdded, Membership{Actor: n.Person, Role: n.Role})
	return nil
}

// invite sends an Invite to somebody of another node. Nothing of a group that
// only its members see leaves this one.
func (e *enrolment) invite(n Newcomer) error {
	if e.group.PolicyVisibility() != domain.VisiblePublic {
		return domain.InvalidField("handle", "organization.hidden_elsewhere")
	}
	if err := e.mayWrite(n, "handle"); err != nil {
		return err
	}
	same := func(i Invitation) bool { return i.Person == n.Person && i.Abroad() }
	known := "" // the link of an earlier message still leads here: no second one is sent
	if at := slices.IndexFunc(e.open, same); at >= 0 {
		known = e.open[at].Hash
	}
	i, err := e.draft(n, same)
	if err != nil {
		return err
	}
	i.Person, i.Hash, i.Language = n.Person, known, e.lang
	if known == "" {
		token := e.s.secret()
		i.Hash = hash(token)
		e.change.Jobs = append(e.change.Jobs, e.s.invitationAbroad(e.group, i, token))
	}
	e.wrote(i)
	e.put(i)
	return nil
}

// mail sends a link to an address.
func (e *enrolment) mail(n Newcomer) error {
	if err := e.mayWrite(n, "email"); err != nil {
		return err
	}
	i, err := e.draft(n, func(i Invitation) bool { return sameAddress(i.Email, n.Email) })
	if err != nil {
		return err
	}
	token := e.s.secret()
	i.Email, i.Hash, i.Language = n.Email, hash(token), e.lang
	e.change.Jobs = append(e.change.Jobs, e.s.invitationMail(e.group, i, token))
	e.wrote(i)
	e.put(i)
	return nil
}

// mayWrite refuses to invite who declined, or was invited often today. Errors:
// TooMany on the field; for how long somebody declined is told to nobody.
func (e *enrolment) mayWrite(n Newcomer, field string) error {
	switch to := addressee(n.Person, n.Email); {
	case e.refused[to]:
		return &domain.Error{Code: domain.TooMany, Key: "organization.declined", Field: field}
	case e.letters[to] >= mostMails && n.Email != "":
		return &domain.Error{Code: domain.TooMany, Key: "organization.mails_enough", Args: []any{n.Email}, Field: field}
	case e.letters[to] >= mostMails:
		return &domain.Error{Code: domain.TooMany, Key: "organization.letters_enough", Field: field}
	}
	return nil
}

// wrote counts what brings an invitation.
func (e *enrolment) wrote(i Invitation) {
	e.letters[i.addressee()]++
	e.written.Letters = append(e.written.Letters, Letter{i.ID, i.addressee(), i.CreatedAt})
}

// draft makes an invitation, in place of an open one for the same person.
func (e *enrolment) draft(n Newcomer, same func(Invitation) bool) (Invitation, error) {
	switch at := slices.IndexFunc(e.open, same); {
	case at >= 0:
		e.written.End = append(e.written.End, e.open[at].ID)
		e.open = slices.Delete(slices.Clone(e.open), at, at+1)
	case len(e.open) >= mostOpen:
		return Invitation{}, domain.Fail(domain.TooMany, "organization.invitations_enough", mostOpen)
	}
	now := e.s.mint.Now()
	return Invitation{
		ID: e.s.mint.ID(), Serial: e.s.mint.Serial(), Group: e.group.Ref().ID, Role: n.Role, By: e.by,
		CreatedAt: now, ExpiresAt: now.Add(InvitationLasts),
	}, nil
}

func (e *enrolment) put(i Invitation) {
	e.open = append(e.open, i)
	e.written.Put = append(e.written.Put, i)
	e.Invited++
	e.tell(TeamInvited, OrganizationInvited, Invited{Invitation: i.ID, Actor: i.Person, Role: i.Role})
}

func (e *enrolment) tell(team, organization domain.EventKind, payload any) {
	e.change.Events = append(e.change.Events, e.s.toldOf(e.group, team, organization, e.by, payload))
}
