package publish

import (
	"context"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/domain/organization"
	"interlink/federation/activity"
)

// Members publishes what happens between organisations and teams and their
// people where one of them is of another node: Invite, Accept or Reject, Add and
// Remove by the group; Accept or Reject, Join and Leave by the person. None is
// public.
type Members struct {
	ns     domain.Namespace
	mint   *domain.Mint
	actors Actors
}

// NewMembers makes the publisher.
func NewMembers(ns domain.Namespace, mint *domain.Mint, actors Actors) *Members {
	return &Members{ns, mint, actors}
}

// Encoders returns the encoders by kind of event.
func (p *Members) Encoders() map[domain.EventKind]Encoder {
	return map[domain.EventKind]Encoder{
		organization.TeamInvited:                 p.invited,
		organization.OrganizationInvited:         p.invited,
		organization.TeamInvitationEnded:         p.uninvited,
		organization.OrganizationInvitationEnded: p.uninvited,
		organization.TeamMemberAdded:             p.added,
		organization.OrganizationMemberAdded:     p.added,
		organization.TeamMemberRemoved:           p.removed,
		organization.OrganizationMemberRemoved:   p.removed,
		organization.TeamJoinDeclined:            p.declined,
		organization.TeamDeleted:                 p.deleted,
		organization.OrganizationDeleted:         p.deleted,

		organization.MembershipAccepted: p.answered("Accept", activity.Accept),
		organization.MembershipDeclined: p.answered("Reject", activity.Reject),
		organization.MembershipAsked:    p.asked("Join", activity.Join),
		organization.MembershipLeft:     p.asked("Leave", activity.Leave),
	}
}

// told is a letter of a group to somebody of another node.
type told struct {
	*writer
	group, person *network.Actor
}

// toPerson reads who is concerned by an event about a group. ok is false where
// nothing is to be told: to people of this node, and of groups that only their
// members see.
func (p *Members) toPerson(ctx context.Context, e domain.Event, who domain.ActorID) (t told, ok bool, err error) {
	if who == domain.Nobody {
		return t, false, nil
	}
	if t.person, err = p.actors.Actor(ctx, who); err != nil || t.person.Local() {
		return t, false, err
	}
	t.group, err = p.actors.Actor(ctx, domain.ActorID(e.Subject.ID))
	t.writer = &writer{ns: p.ns, mint: p.mint, event: e}
	return t, err == nil && t.group.Visibility == domain.VisiblePublic, err
}

// toMember does so for an event of a membership.
func (p *Members) toMember(ctx context.Context, e domain.Event) (m organization.Membership, t told, ok bool, err error) {
	if err = e.Decode(&m); err == nil {
		t, ok, err = p.toPerson(ctx, e, m.Actor)
	}
	return m, t, ok, err
}

// send writes one activity of the group to the person.
func (t told) send(name string, object domain.IRI, encode func(activity.Envelope) ([]byte, error)) (network.Outgoing, error) {
	out, err := t.toOne(t.group, t.person, name, object, encode)
	out.OrderKey = string(t.group.IRI) + " " + string(t.person.IRI)
	return out, err
}

func (p *Members) invited(ctx context.Context, e domain.Event) ([]network.Outgoing, error) {
	var i organization.Invited
	if err := e.Decode(&i); err != nil {
		return nil, err
	}
	t, ok, err := p.toPerson(ctx, e, i.Actor)
	if !ok {
		return nil, err
	}
	out, err := t.send("Invite", t.person.IRI, func(env activity.Envelope) ([]byte, error) {
		return activity.Invite(env, t.person.IRI, t.group.IRI)
	})
	return []network.Outgoing{out}, err
}

// uninvited takes an invitation back that waits for an answer.
func (p *Members) uninvited(ctx context.Context, e domain.Event) ([]network.Outgoing, error) {
	var i organization.Invited
	if err := e.Decode(&i); err != nil || i.Mailed || i.Ended != organization.EndedRevoked {
		return nil, err
	}
	return p.remove(ctx, e, i.Actor)
}

// added answers a Join, and tells who came in that they did.
func (p *Members) added(ctx context.Context, e domain.Event) ([]network.Outgoing, error) {
	m, t, ok, err := p.toMember(ctx, e)
	if !ok {
		return nil, err
	}
	var all []network.Outgoing
	if m.Asked {
		out, err := t.answer("Accept", m.Activity, activity.Accept)
		if err != nil {
			return nil, err
		}
		all = append(all, out)
	}
	out, err := t.send("Add", t.person.IRI, func(env activity.Envelope) ([]byte, error) {
		return activity.Add(env, t.person.IRI, activity.Members(t.group.IRI))
	})
	return append(all, out), err
}

// answer answers the Join of the person.
func (t told) answer(name string, join domain.IRI, encode func(activity.Envelope, any) ([]byte, error)) (network.Outgoing, error) {
	return t.send(name, join, func(env activity.Envelope) ([]byte, error) {
		return encode(env, activity.NewJoinReference(join, t.person.IRI, t.group.IRI))
	})
}

func (p *Members) declined(ctx context.Context, e domain.Event) ([]network.Outgoing, error) {
	m, t, ok, err := p.toMember(ctx, e)
	if !ok {
		return nil, err
	}
	out, err := t.answer("Reject", m.Activity, activity.Reject)
	return []network.Outgoing{out}, err
}

// removed tells somebody that they are a member no more, unless they said so
// themselves.
func (p *Members) removed(ctx context.Context, e domain.Event) ([]network.Outgoing, error) {
	var m organization.Membership
	if err := e.Decode(&m); err != nil || m.Activity != "" {
		return nil, err
	}
	return p.remove(ctx, e, m.Actor)
}

func (p *Members) remove(ctx context.Context, e domain.Event, who domain.ActorID) ([]network.Outgoing, error) {
	t, ok, err := p.toPerson(ctx, e, who)
	if !ok {
		return nil, err
	}
	out, err := t.send("Remove", t.person.IRI, func(env activity.Envelope) ([]byte, error) {
		return activity.Remove(env, t.person.IRI, activity.Members(t.group.IRI))
	})
	return []network.Outgoing{out}, err
}

// deleted tells a group's followers and its members of other nodes that it is
// no more (ActivityPub §7.4).
func (p *Members) deleted(ctx context.Context, e domain.Event) ([]network.Outgoing, error) {
	var d organization.Deleted
	if err := e.Decode(&d); err != nil {
		return nil, err
	}
	group, err := p.actors.Actor(ctx, domain.ActorID(e.Subject.ID))
	if err != nil || group.Visibility != domain.VisiblePublic {
		return nil, err
	}
	w := &writer{ns: p.ns, mint: p.mint, event: e}
	out, err := w.toFollowers(group, "Delete", group.IRI, func(env activity.Envelope) ([]byte, error) { return activity.Delete(env, group.IRI) })
	if err != nil {
		return nil, err
	}
	known := map[domain.IRI]bool{}
	for _, id := range d.Elsewhere {
		member, err := p.actors.Actor(ctx, id)
		if domain.CodeOf(err) == domain.NotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		if inbox := member.DeliveryInbox(); !known[inbox] {
			known[inbox] = true
			out.Inboxes = append(out.Inboxes, inbox)
		}
	}
	return []network.Outgoing{out}, nil
}

// toGroup reads who is concerned by an event about a membership elsewhere.
func (p *Members) toGroup(ctx context.Context, e domain.Event) (organization.Elsewhere, *network.Actor, *network.Actor, error) {
	var m organization.Elsewhere
	if err := e.Decode(&m); err != nil {
		return m, nil, nil, err
	}
	person, err := p.actors.Actor(ctx, m.Person)
	if err != nil {
		return m, nil, nil, err
	}
	group, err := p.actors.Actor(ctx, m.Group)
	return m, person, group, err
}

// byPerson writes one activity of a person of this node to a group of another.
func (p *Members) byPerson(e domain.Event, person, group *network.Actor, name string, object domain.IRI, encode func(activity.Envelope) ([]byte, error)) ([]network.Outgoing, error) {
	w := &writer{ns: p.ns, mint: p.mint, event: e}
	env := w.envelope(person.IRI)
	env.To = []domain.IRI{group.IRI}
	raw, err := encode(env)
	if err != nil {
		return nil, err
	}
	out := w.outgoing(env, person.ID, name, object, raw)
	out.Inboxes, out.OrderKey = []domain.IRI{group.Inbox}, string(group.IRI)+" "+string(person.IRI)
	return []network.Outgoing{out}, nil
}

// answered sends a person's answer to an Invite.
func (p *Members) answered(name string, encode func(activity.Envelope, any) ([]byte, error)) Encoder {
	return func(ctx context.Context, e domain.Event) ([]network.Outgoing, error) {
		m, person, group, err := p.toGroup(ctx, e)
		if err != nil || group.Local() {
			return nil, err
		}
		return p.byPerson(e, person, group, name, m.Activity, func(env activity.Envelope) ([]byte, error) {
			return encode(env, activity.NewInviteReference(m.Activity, group.IRI, person.IRI))
		})
	}
}

// asked sends what a person wants of a group.
func (p *Members) asked(name string, encode func(activity.Envelope, domain.IRI) ([]byte, error)) Encoder {
	return func(ctx context.Context, e domain.Event) ([]network.Outgoing, error) {
		_, person, group, err := p.toGroup(ctx, e)
		if err != nil || group.Local() {
			return nil, err
		}
		return p.byPerson(e, person, group, name, group.IRI, func(env activity.Envelope) ([]byte, error) { return encode(env, group.IRI) })
	}
}
