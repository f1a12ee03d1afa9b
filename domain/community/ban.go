package community

import (
	"context"
	"strings"
	"time"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/domain/policy"
)

// Ban keeps somebody from writing in a community, of this node or, for people
// of this node, of another one.
type Ban struct {
	Community domain.ActorID
	Actor     domain.ActorID
	Serial    domain.Serial
	Reason    string // for them; plain text
	By        domain.ActorID
	At        time.Time
	Until     time.Time  // zero: until somebody lifts it
	Activity  domain.IRI // the Block that tells of it
}

// Bans is the part of [Store] about bans.
type Bans interface {
	// Ban returns that of an actor. Errors: NotFound.
	Ban(ctx context.Context, community, actor domain.ActorID) (*Ban, error)
	// Bans lists those of a community, newest first.
	Bans(ctx context.Context, community domain.ActorID, page domain.Page) (domain.List[*Ban], error)
	// SaveBan stores one; Conflict if there is one already.
	SaveBan(ctx context.Context, b *Ban, change domain.Change) error
	// LiftBan removes one; Conflict if it is not there.
	LiftBan(ctx context.Context, b *Ban, change domain.Change) error
}

// The events of bans; the subject is the community.
const (
	PersonBanned   domain.EventKind = "community.banned"   // [BanPayload]
	PersonUnbanned domain.EventKind = "community.unbanned" // [BanPayload]
)

// BanPayload is the payload of the events of bans. The reason is with the ban.
type BanPayload struct {
	Title  domain.Text    `json:"title,omitempty"`
	Who    domain.ActorID `json:"who"`
	Ban    domain.IRI     `json:"ban"`              // the Block activity
	Tells  domain.IRI     `json:"tells,omitempty"`  // the same, of another node's community, which may write a letter of it
	Until  time.Time      `json:"until,omitzero"`   //
	Remote domain.IRI     `json:"remote,omitempty"` // the activity, of a moderator elsewhere, that did it
}

// JobUnban lifts a ban that is over; its argument is [Unban].
const JobUnban = "community.unban"

// JobRefuse refuses what waits of who is banned; its argument is [Unban], too.
const JobRefuse = "community.refuse_banned"

// Unban names a ban. A later one of the same person is another one.
type Unban struct {
	Community domain.ActorID `json:"community"`
	Actor     domain.ActorID `json:"actor"`
	Ban       domain.IRI     `json:"ban"`
}

// Banning says who is banned, and why.
type Banning struct {
	Who    domain.ActorID
	Reason string
	Until  time.Time // zero for without end
}

// Ban keeps somebody from writing in a community. They may read on. Errors:
// NotFound, Unauthenticated, Forbidden unless the viewer moderates it; Invalid
// on "handle" for nobody known and who runs the community, on "reason" for a
// missing or long one, on "until" for what is past; Conflict if they are
// banned already.
func (s *Service) Ban(ctx context.Context, v policy.Viewer, name string, in Banning) error {
	c, err := s.moderated(ctx, v, name)
	if err != nil {
		return err
	}
	if in.Reason = strings.TrimSpace(in.Reason); in.Reason == "" {
		return domain.InvalidField("reason", "community.ban_reason")
	}
	return s.ban(ctx, v, c, in, "")
}

func (s *Service) ban(ctx context.Context, v policy.Viewer, c *Community, in Banning, remote domain.IRI) error {
	a, err := s.actors.Actor(ctx, in.Who)
	if domain.CodeOf(err) == domain.NotFound || err == nil && a.ID == c.ID {
		return domain.InvalidField("handle", "community.no_person")
	}
	var problems domain.Problems
	switch {
	case err != nil:
		return err
	case c.Role(a.ID) != NoRole:
		problems.Add("handle", "community.ban_staff")
	case len(in.Reason) > maxReason:
		problems.Add("reason", "error.too_long", maxReason)
	case !in.Until.IsZero() && !in.Until.After(s.mint.Now()):
		problems.Add("until", "community.ban_past")
	}
	if err := problems.Err(); err != nil {
		return err
	}
	b := &Ban{Community: c.ID, Actor: a.ID, Serial: s.mint.Serial(), Reason: in.Reason, By: v.Actor, At: s.mint.Now(), Until: in.Until}
	e := domain.NewEvent(s.mint, PersonBanned, v.Actor, c.Subject(), BanPayload{})
	// The activity's IRI derives from the event's id: see federation/publish.
	if b.Activity = remote; remote == "" {
		b.Activity = s.ns.IRI("activities", string(e.ID))
	}
	e.Payload = domain.NewEvent(s.mint, PersonBanned, v.Actor, c.Subject(),
		BanPayload{Title: c.Title, Who: a.ID, Ban: b.Activity, Until: b.Until, Remote: remote}).Payload
	words := b.Reason
	if !b.Until.IsZero() && s.phrase != nil {
		words += "\n" + s.phrase(c.Language, "staff.ban_until", b.Until)
	}
	letters, err := s.letters(ctx, c, network.Letter{To: a.ID, Key: "staff.ban_letter", Words: words, Tells: b.Activity}, "/communities/"+c.Name+"/appeal")
	if err != nil {
		return err
	}
	return s.store.SaveBan(ctx, b, domain.Change{Events: []domain.Event{e}, Jobs: append(append(unbanning(b), letters...), domain.Job{Kind: JobRefuse, Args: Unban{b.Community, b.Actor, b.Activity}})})
}

// RefuseBanned refuses what waits of somebody who is banned, with the reason of
// that; it is the handler of [JobRefuse], and may run again.
func (s *Service) RefuseBanned(ctx context.Context, of Unban) error {
	b, err := s.store.Ban(ctx, of.Community, of.Actor)
	if domain.CodeOf(err) == domain.NotFound || err == nil && b.Activity != of.Ban {
		return nil
	}
	if err != nil {
		return err
	}
	c, err := s.store.Community(ctx, b.Community, b.Actor)
	if err != nil {
		return err
	}
	return s.eachWaiting(ctx, b.Actor, c.ID, func(h *Held) error { return s.turnDown(ctx, b.By, h, c, b.Reason) })
}

// unbanning is the job that ends a ban which has an end.
func unbanning(b *Ban) []domain.Job {
	if b.Until.IsZero() {
		return nil
	}
	return []domain.Job{{Kind: JobUnban, Args: Unban{b.Community, b.Actor, b.Activity}, At: b.Until}}
}

// Unban lets somebody write again. Errors: as [Service.Ban]; NotFound if they
// are not banned.
func (s *Service) Unban(ctx context.Context, v policy.Viewer, name string, who domain.ActorID) error {
	c, err := s.moderated(ctx, v, name)
	if err != nil {
		return err
	}
	b, err := s.store.Ban(ctx, c.ID, who)
	if err != nil {
		return err
	}
	return s.unban(ctx, v.Actor, c, b, "")
}

func (s *Service) unban(ctx context.Context, by domain.ActorID, c *Community, b *Ban, remote domain.IRI) error {
	e := domain.NewEvent(s.mint, PersonUnbanned, by, c.Subject(), BanPayload{Title: c.Title, Who: b.Actor, Ban: b.Activity, Remote: remote})
	return s.store.LiftBan(ctx, b, domain.Change{Events: []domain.Event{e}})
}

// EndBan lifts a ban whose time is over; it is the handler of [JobUnban], and
// may run again.
func (s *Service) EndBan(ctx context.Context, over Unban) error {
	b, err := s.store.Ban(ctx, over.Community, over.Actor)
	if domain.CodeOf(err) == domain.NotFound || err == nil && b.Activity != over.Ban {
		return nil
	}
	if err != nil {
		return err
	}
	c, err := s.store.Community(ctx, b.Community, domain.Nobody)
	if domain.CodeOf(err) == domain.NotFound { // of another node
		return once(s.store.LiftBan(ctx, b, domain.Change{}))
	}
	if err != nil {
		return err
	}
	return once(s.unban(ctx, domain.Nobody, c, b, ""))
}

// Bans lists who is banned, newest first. Errors: NotFound, Unauthenticated,
// Forbidden unless the viewer moderates the community.
func (s *Service) Bans(ctx context.Context, v policy.Viewer, name string, page domain.Page) (domain.List[*Ban], error) {
	c, err := s.moderated(ctx, v, name)
	if err != nil {
		return domain.List[*Ban]{}, err
	}
	return s.store.Bans(ctx, c.ID, page)
}

// OwnBan returns that of the viewer, of whom everybody may know their own.
// Errors: NotFound.
func (s *Service) OwnBan(ctx context.Context, v policy.Viewer, community domain.ActorID) (*Ban, error) {
	if v.Actor == domain.Nobody {
		return nil, domain.Fail(domain.NotFound, "error.not_found")
	}
	return s.store.Ban(ctx, community, v.Actor)
}

func (s *Service) moderated(ctx context.Context, v policy.Viewer, name string) (*Community, error) {
	c, err := s.Community(ctx, v, name)
	if err != nil {
		return nil, err
	}
	return c, policy.Allow(v, policy.Moderate, c)
}

// admits asks the policy whether the viewer may write. Errors:
// Unauthenticated, Forbidden.
func (c *Community) admits(v policy.Viewer) error {
	err := policy.Allow(v, policy.Contribute, c)
	if err != nil && c.banned[v.Actor] {
		return domain.Fail(domain.Forbidden, "community.banned")
	}
	return err
}

// unbarred refuses who is banned. Errors: Forbidden.
func (s *Service) unbarred(ctx context.Context, community, who domain.ActorID) error {
	if community == domain.Nobody {
		return nil
	}
	_, err := s.store.Ban(ctx, community, who)
	switch {
	case domain.CodeOf(err) == domain.NotFound:
		return nil
	case err == nil:
		err = domain.Fail(domain.Forbidden, "community.banned")
	}
	return err
}

// Sanction is a Block that somebody elsewhere sent, or its Undo.
type Sanction struct {
	By       *network.Actor // a moderator of a community of this node; or another node's community itself
	Group    domain.IRI
	Who      domain.IRI
	Reason   string
	Until    time.Time // zero for without end
	Activity domain.IRI
}

// ReceiveBan takes a Block of somebody in a community: of this node, by one
// of its moderators elsewhere; of another node, by that community itself, of a
// person here who has to do with it, and is told. Again it changes nothing. Errors: NotFound,
// Forbidden, Invalid.
func (s *Service) ReceiveBan(ctx context.Context, in Sanction) error {
	who, err := s.actors.ActorByIRI(ctx, in.Who)
	if err != nil {
		return err
	}
	in.Reason = cut(strings.TrimSpace(in.Reason), maxReason)
	if in.By.IRI == in.Group && who.Local() {
		if ok, err := s.concerns(ctx, in.By, who.ID); err != nil || !ok {
			return err
		}
		b := &Ban{
			Community: in.By.ID, Actor: who.ID, Serial: s.mint.Serial(), Reason: in.Reason, By: in.By.ID, At: s.mint.Now(), Until: in.Until, Activity: in.Activity,
		}
		if !b.Until.IsZero() && !b.Until.After(b.At) {
			return nil
		}
		e := domain.NewEvent(s.mint, PersonBanned, in.By.ID, domain.Subject{Kind: "community", ID: domain.ID(in.By.ID)},
			BanPayload{Title: domain.Text{domain.Undetermined: in.By.Title}, Who: who.ID, Ban: in.Activity, Tells: in.Activity, Until: b.Until})
		return once(s.store.SaveBan(ctx, b, domain.Change{Events: []domain.Event{e}, Jobs: unbanning(b)}))
	}
	c, v, err := s.sanctioned(ctx, in)
	if err != nil {
		return err
	}
	return once(s.ban(ctx, v, c, Banning{who.ID, in.Reason, in.Until}, in.Activity))
}

// concerns tells whether somebody here follows a community of another node, or
// wrote in it: of others it decides nothing, and has nothing to tell them.
func (s *Service) concerns(ctx context.Context, group *network.Actor, who domain.ActorID) (bool, error) {
	if group.Type != network.TypeGroup {
		return false, nil
	}
	_, err := s.actors.Follow(ctx, who, group.ID)
	if domain.CodeOf(err) == domain.NotFound {
		return s.store.KnownIn(ctx, who, group.ID)
	}
	return err == nil, err
}

// ReceiveUnban takes the Undo of a Block. Errors: as [Service.ReceiveBan].
func (s *Service) ReceiveUnban(ctx context.Context, in Sanction) error {
	who, err := s.actors.ActorByIRI(ctx, in.Who)
	if err != nil {
		return err
	}
	if in.By.IRI == in.Group && who.Local() {
		b, err := s.store.Ban(ctx, in.By.ID, who.ID)
		if err != nil {
			return err
		}
		e := domain.NewEvent(s.mint, PersonUnbanned, in.By.ID, domain.Subject{Kind: "community", ID: domain.ID(in.By.ID)},
			BanPayload{Title: domain.Text{domain.Undetermined: in.By.Title}, Who: who.ID, Ban: b.Activity})
		return once(s.store.LiftBan(ctx, b, domain.Change{Events: []domain.Event{e}}))
	}
	c, v, err := s.sanctioned(ctx, in)
	if err != nil {
		return err
	}
	b, err := s.store.Ban(ctx, c.ID, who.ID)
	if err != nil {
		return err
	}
	return once(s.unban(ctx, v.Actor, c, b, in.Activity))
}

// sanctioned reads the community of this node that a moderator elsewhere acts
// in. Errors: NotFound, Forbidden unless they moderate it.
func (s *Service) sanctioned(ctx context.Context, in Sanction) (*Community, policy.Viewer, error) {
	v := policy.Viewer{Actor: in.By.ID, Role: policy.RoleRemote}
	group, err := s.actors.ActorByIRI(ctx, in.Group)
	if err != nil {
		return nil, v, err
	}
	c, err := s.store.Community(ctx, group.ID, v.Actor)
	if err != nil {
		return nil, v, err
	}
	return c, v, policy.Allow(v, policy.Moderate, c)
}
