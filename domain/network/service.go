package network

import (
	"context"
	"strings"

	"interlink/domain"
	"interlink/domain/policy"
)

// Store keeps actors and follows.
type Store interface {
	// Actor returns an actor by its key. Errors: NotFound.
	Actor(ctx context.Context, id domain.ActorID) (*Actor, error)
	// ActorByIRI returns an actor by its IRI. Errors: NotFound.
	ActorByIRI(ctx context.Context, iri domain.IRI) (*Actor, error)
	// ActorByHandle returns an actor by name and host, "" for local ones.
	// Errors: NotFound.
	ActorByHandle(ctx context.Context, name, host string) (*Actor, error)
	// SaveRemote stores or refreshes a remote actor by its IRI; ID and Serial
	// of a known one are kept and set in a.
	SaveRemote(ctx context.Context, a *Actor) error
	// Follow returns the follow between two actors. Errors: NotFound.
	Follow(ctx context.Context, follower, followed domain.ActorID) (*Follow, error)
	// FollowByIRI returns a follow by its activity. Errors: NotFound.
	FollowByIRI(ctx context.Context, iri domain.IRI) (*Follow, error)
	// SaveFollow stores a follow by its pair. An accepted one ends the one
	// that it replaces.
	SaveFollow(ctx context.Context, f *Follow, change domain.Change) error
	// SaveFollows stores several as SaveFollow does.
	SaveFollows(ctx context.Context, follows []*Follow, change domain.Change) error
	// DeleteFollow removes a follow by its pair; a missing one is no error.
	DeleteFollow(ctx context.Context, f *Follow, change domain.Change) error
	// Record commits events alone.
	Record(ctx context.Context, change domain.Change) error
	// Followers and Following list the actors of accepted follows, by serial.
	Followers(ctx context.Context, id domain.ActorID, p domain.Page) (domain.List[*Actor], error)
	Following(ctx context.Context, id domain.ActorID, p domain.Page) (domain.List[*Actor], error)
	MoveStore
	FollowersStore
	PeopleStore
	HistoryStore
	FeaturingStore
}

// Service has the commands on actors and follows.
type Service struct {
	store Store
	mint  *domain.Mint
	ns    domain.Namespace
	gate  *Gate
	speak Speak
}

// Speak finds what the policy asks of a community of this node, for who acts in
// its name.
type Speak func(ctx context.Context, v policy.Viewer, a *Actor) (policy.Facts, error)

// SpeakBy sets it. It is called before the service is used; without it nobody
// acts for a community.
func (s *Service) SpeakBy(speak Speak) { s.speak = speak }

// NewService makes the service.
func NewService(store Store, mint *domain.Mint, ns domain.Namespace, gate *Gate) *Service {
	return &Service{store: store, mint: mint, ns: ns, gate: gate}
}

// Actor returns an actor by its key. Errors: NotFound, also for what v may
// not know of and for actors of blocked hosts.
func (s *Service) Actor(ctx context.Context, v policy.Viewer, id domain.ActorID) (*Actor, error) {
	return s.readable(ctx, v)(s.store.Actor(ctx, id))
}

// ActorByIRI returns an actor that is known here. Errors: as [Service.Actor].
func (s *Service) ActorByIRI(ctx context.Context, v policy.Viewer, iri domain.IRI) (*Actor, error) {
	return s.readable(ctx, v)(s.store.ActorByIRI(ctx, iri))
}

// ActorByHandle returns an actor by its name and its host, "" or the node's
// own for a local one. Errors: as [Service.Actor].
func (s *Service) ActorByHandle(ctx context.Context, v policy.Viewer, name, host string) (*Actor, error) {
	if s.ns.Here(host) {
		host = ""
	}
	return s.readable(ctx, v)(s.store.ActorByHandle(ctx, name, host))
}

// Known finds an actor that is known here by what somebody typed or pasted: its
// address, or its handle, without a host for one of this node. It asks no other
// server. Errors: as [Service.Actor].
func (s *Service) Known(ctx context.Context, v policy.Viewer, typed string) (*Actor, error) {
	typed = strings.TrimSpace(typed)
	if iri, err := domain.ParseIRI(typed); err == nil {
		return s.ActorByIRI(ctx, v, iri)
	}
	name, host, _ := strings.Cut(strings.TrimPrefix(typed, "@"), "@")
	return s.ActorByHandle(ctx, v, name, host)
}

func (s *Service) readable(ctx context.Context, v policy.Viewer) func(*Actor, error) (*Actor, error) {
	return func(a *Actor, err error) (*Actor, error) {
		if err != nil {
			return nil, err
		}
		if err := policy.Allow(v, policy.Read, Facts{a}); err != nil {
			return nil, err
		}
		if a.Local() {
			return a, nil
		}
		if err := s.gate.Check(ctx, a.IRI.Host()); err != nil {
			return nil, domain.Fail(domain.NotFound, "error.not_found").Because(err)
		}
		return a, nil
	}
}

// Followers lists who follows an actor, newest last.
func (s *Service) Followers(ctx context.Context, v policy.Viewer, id domain.ActorID, p domain.Page) (domain.List[*Actor], error) {
	if _, err := s.Actor(ctx, v, id); err != nil {
		return domain.List[*Actor]{}, err
	}
	return s.store.Followers(ctx, id, p)
}

// Following lists whom an actor follows.
func (s *Service) Following(ctx context.Context, v policy.Viewer, id domain.ActorID, p domain.Page) (domain.List[*Actor], error) {
	if _, err := s.Actor(ctx, v, id); err != nil {
		return domain.List[*Actor]{}, err
	}
	return s.store.Following(ctx, id, p)
}

// FollowState tells whether follower follows followed: "" if not.
func (s *Service) FollowState(ctx context.Context, follower, followed domain.ActorID) (FollowState, error) {
	f, err := s.store.Follow(ctx, follower, followed)
	if domain.CodeOf(err) == domain.NotFound {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	return f.State, nil
}

// Follow makes one local actor, as, follow another: the viewer, or an actor
// that the viewer administers, such as the catalogue, or a community, which
// follows groups alone. A local target that
// does not ask for approval accepts at once; a remote one answers later.
// Following twice is no error; it asks again if there was no answer.
// Errors: NotFound, Forbidden, Gone, Invalid for following oneself.
func (s *Service) Follow(ctx context.Context, v policy.Viewer, as, target domain.ActorID) (*Follow, error) {
	follower, followed, err := s.pair(ctx, v, as, target)
	if err != nil {
		return nil, err
	}
	if !followed.Local() {
		if err := s.gate.Check(ctx, followed.IRI.Host()); err != nil {
			return nil, err
		}
	}
	known, err := s.store.Follow(ctx, as, target)
	if err == nil && known.State == FollowAccepted {
		return known, nil
	}
	if followed.MovedTo != "" {
		return nil, domain.Fail(domain.Invalid, "move.follow", string(followed.MovedTo))
	}
	f, events := s.ask(v.Actor, follower, followed)
	if err == nil {
		f.Replaces, f.ReplacedAt = known.Replaces, known.ReplacedAt
	}
	return f, s.store.SaveFollow(ctx, f, domain.Change{Events: events})
}

// ask makes a new follow, with what tells of it.
func (s *Service) ask(by domain.ActorID, follower, followed *Actor) (*Follow, []domain.Event) {
	now := s.mint.Now()
	f := &Follow{ID: s.mint.ID(), Serial: s.mint.Serial(), Follower: follower.ID, Followed: followed.ID, State: FollowPending, CreatedAt: now}
	payload := FollowPayload{Follower: f.Follower, Followed: f.Followed}
	// The activity's IRI derives from the event's id: see federation/publish.
	e := domain.NewEvent(s.mint, FollowRequested, by, actorSubject(follower), payload)
	f.IRI = s.ns.IRI("activities", string(e.ID))
	payload.IRI = f.IRI
	e.Payload = domain.NewEvent(s.mint, FollowRequested, by, actorSubject(follower), payload).Payload
	events := []domain.Event{e}
	if followed.Local() && !followed.ManuallyApproves {
		f.State, f.AnsweredAt = FollowAccepted, now
		events = append(events, s.followEvent(FollowAnswered, followed, f))
	}
	return f, events
}

// Unfollow ends a follow. Errors: NotFound if there is none, Forbidden.
func (s *Service) Unfollow(ctx context.Context, v policy.Viewer, as, target domain.ActorID) error {
	follower, _, err := s.pair(ctx, v, as, target)
	if err != nil {
		return err
	}
	f, err := s.store.Follow(ctx, as, target)
	if err != nil {
		return err
	}
	e := s.followEvent(FollowUndone, follower, f)
	e.Actor = v.Actor
	return s.store.DeleteFollow(ctx, f, domain.Change{Events: []domain.Event{e}, Jobs: unfollowed(follower, f)})
}

// JobUnfollowed has a community look at what it shared of a group that it
// follows no more; its argument is [Unfollowed].
const JobUnfollowed = "network.unfollowed"

// Unfollowed are the ends of a follow that is over.
type Unfollowed struct {
	Follower domain.ActorID `json:"follower"`
	Followed domain.ActorID `json:"followed"`
}

// unfollowed asks for what has to be done once a local actor follows another
// no more.
func unfollowed(follower *Actor, f *Follow) []domain.Job {
	if follower.Subject != SubjectCommunity || f.State != FollowAccepted {
		return nil
	}
	return []domain.Job{{Kind: JobUnfollowed, Args: Unfollowed{f.Follower, f.Followed}}}
}

// pair reads both ends of a follow and asks the policy.
func (s *Service) pair(ctx context.Context, v policy.Viewer, as, target domain.ActorID) (follower, followed *Actor, err error) {
	if follower, err = s.store.Actor(ctx, as); err != nil {
		return nil, nil, err
	}
	if followed, err = s.store.Actor(ctx, target); err != nil {
		return nil, nil, err
	}
	var facts policy.Facts = Facts{follower}
	group := follower.Local() && follower.Subject == SubjectCommunity
	if group && s.speak != nil {
		if facts, err = s.speak(ctx, v, follower); err != nil {
			return nil, nil, err
		}
	}
	if err := policy.Allow(v, policy.Administer, facts); err != nil {
		return nil, nil, err
	}
	if err := policy.Allow(v, policy.Follow, Facts{followed}); err != nil {
		return nil, nil, err
	}
	switch {
	case as == target:
		return nil, nil, domain.Fail(domain.Invalid, "follow.self")
	case followed.Gone():
		return nil, nil, domain.Fail(domain.Gone, "error.gone")
	case group && followed.Type != TypeGroup:
		return nil, nil, domain.Fail(domain.Invalid, "follow.group_only")
	}
	return follower, followed, nil
}

func (s *Service) followEvent(kind domain.EventKind, about *Actor, f *Follow) domain.Event {
	return domain.NewEvent(s.mint, kind, about.ID, actorSubject(about),
		FollowPayload{Follower: f.Follower, Followed: f.Followed, IRI: f.IRI})
}

func actorSubject(a *Actor) domain.Subject {
	return domain.Subject{Kind: "actor", ID: domain.ID(a.ID)}
}

// Facts answers the policy for an actor as such: it administers itself.
type Facts struct{ *Actor }

// PolicyKind implements policy.Facts.
func (f Facts) PolicyKind() string {
	if f.Subject == SubjectPerson {
		return "person"
	}
	return "actor"
}

// PolicyVisibility implements policy.Facts.
func (f Facts) PolicyVisibility() domain.Visibility { return f.Visibility }

// PolicyLocal implements policy.Facts.
func (f Facts) PolicyLocal() bool { return f.Local() }

// PolicyRelation implements policy.Facts.
func (f Facts) PolicyRelation(id domain.ActorID) policy.Relation {
	if id == f.ID {
		return policy.Administrator
	}
	return policy.Stranger
}
