package community

import (
	"context"
	"strings"
	"time"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/domain/policy"
)

// Held is what somebody wrote that waits for those who moderate, or that they
// refused or removed. It is no post, so nothing that shows posts can show it.
type Held struct {
	Post      Post           // as it will be
	Group     domain.ActorID // the community of this node in which it would stand; Nobody for none
	Announcer domain.ActorID // who shared it with people here; Nobody for none
	Serial    domain.Serial
	Why       Why
	Filter    string     // the name of the filter that held it
	Activity  domain.IRI // by which its author sent it; "" if it came otherwise
	State     HeldState
	Reason    string // why it was refused, for its author
	By        domain.ActorID
	At        time.Time
	DecidedAt time.Time
	Revision  int64

	Deletion domain.ID // of a removed post: the event that told of its end
	Pinned   bool      // of a removed post: its community showed it first
}

// PassesOthers reports whether what else of its author waits for the same reason
// passes with it. What a filter holds is judged one by one, as is what was a post.
func (h *Held) PassesOthers() bool { return h.Why != Filtered && h.State != HeldRemoved }

// appealable reports whether its author may ask those who moderate to look
// again.
func (h *Held) appealable() bool { return h.State == HeldRefused || h.State == HeldRemoved }

// Why is why something is held.
type Why string

// The reasons.
const (
	FirstPost    Why = "first_post"    // nobody knows its author in the community
	FirstContact Why = "first_contact" // its host never wrote to anybody here
	Filtered     Why = "filter"
)

// HeldState is where something held stands. What is let pass is a post.
type HeldState string

// The states.
const (
	HeldWaiting HeldState = "waiting"
	HeldRefused HeldState = "refused"
	HeldRemoved HeldState = "removed" // it was a post
)

// RefusedFor is how long what was refused is kept, so that its author may
// appeal, and so that the same does not come again.
const RefusedFor = 30 * 24 * time.Hour

// The events of what is held; the subject is the post that it would be.
const (
	PostHeld     domain.EventKind = "post.held"     // [HeldPayload], as those below
	PostApproved domain.EventKind = "post.approved" // it is a post now
	PostRefused  domain.EventKind = "post.refused"

	// HoldingChanged tells that the node holds otherwise.
	HoldingChanged domain.EventKind = "moderation.holding_changed" // [Holding]
)

// HeldPayload is the payload of the events of what is held. Words are in none.
type HeldPayload struct {
	Author    domain.ActorID `json:"author"`
	Community domain.ActorID `json:"community,omitempty"` // of this node
	Title     domain.Text    `json:"title,omitempty"`     // of the community
	Why       Why            `json:"why,omitempty"`
	IRI       domain.IRI     `json:"iri,omitempty"`
}

// JobRelease lets what waits pass; its argument is [Release].
const JobRelease = "community.release_held"

// Release names what waits. Whatever was decided meanwhile stays so, unless
// an appeal was right.
type Release struct {
	Held   domain.ID      `json:"held"`
	Appeal bool           `json:"appeal,omitempty"`
	By     domain.ActorID `json:"by,omitempty"` // who found the appeal right
}

// Holds is the part of [Store] about what is held.
type Holds interface {
	// Held returns it by the id of the post that it would be, HeldByIRI by its
	// address. Errors: NotFound.
	Held(ctx context.Context, id domain.ID) (*Held, error)
	HeldByIRI(ctx context.Context, iri domain.IRI) (*Held, error)
	// HeldIn lists what waits in a community, or, for Nobody, on the node:
	// oldest first, nothing of blocked hosts; or what is in another state, newest
	// first.
	HeldIn(ctx context.Context, group domain.ActorID, state HeldState, page domain.Page) (domain.List[*Held], error)
	// HeldOf lists what an author wrote that waits, was refused or removed,
	// newest first.
	HeldOf(ctx context.Context, author domain.ActorID, page domain.Page) (domain.List[*Held], error)
	// SaveHeld inserts with Revision 0 (Conflict if the address is held
	// already), or updates where the revision is unchanged.
	SaveHeld(ctx context.Context, h *Held, change domain.Change) error
	// Remove keeps a post that is removed, and leaves its tombstone. Conflict if
	// it was changed meanwhile.
	Remove(ctx context.Context, h *Held, gone *Post, change domain.Change) error
	// Release makes a post of it, as SavePost does, or again. Conflict if it was
	// decided meanwhile.
	Release(ctx context.Context, h *Held, p *Post, feed []FeedItem, change domain.Change) error
	// DropHeld forgets what stands at an address and is of an actor; nothing
	// there is no error.
	DropHeld(ctx context.Context, author domain.ActorID, iri domain.IRI) error
	// WithdrawHeld forgets it for its author. Conflict if it was decided, or
	// changed, meanwhile.
	WithdrawHeld(ctx context.Context, h *Held, change domain.Change) error
	// SweepHeld forgets what came into a state before a time, unless an appeal
	// waits for its answer.
	SweepHeld(ctx context.Context, state HeldState, before time.Time) error
	// KnownIn tells whether an author has a post in a community, or, for
	// Nobody, in any of this node.
	KnownIn(ctx context.Context, author, group domain.ActorID) (bool, error)
	// KnownHost tells whether a post of a host is here, or somebody here
	// follows somebody there.
	KnownHost(ctx context.Context, host string) (bool, error)
	Holding(ctx context.Context) (Holding, error)
	// SaveHolding replaces it where the revision is unchanged.
	SaveHolding(ctx context.Context, h *Holding, change domain.Change) error
}

// hold keeps something until somebody decides, or its time is over.
func (s *Service) hold(ctx context.Context, p *Post, a arrival, r Ruling) error {
	h := &Held{
		Post: *p, Announcer: a.announcer, Serial: s.mint.Serial(), Why: r.why, Filter: r.Filter, Activity: a.activity,
		State: HeldWaiting, At: s.mint.Now(),
	}
	change := domain.Change{}
	if a.group != nil {
		h.Group = a.group.ID
	}
	change.Events = []domain.Event{s.heldEvent(PostHeld, p.Author, h, a.group)}
	if set, err := s.holding(ctx); err != nil {
		return err
	} else if set.Release > 0 && r.why != Filtered {
		at := h.At.Add(time.Duration(set.Release) * time.Hour)
		change.Jobs = []domain.Job{{Kind: JobRelease, Args: Release{Held: p.ID}, At: at}}
	}
	return once(s.store.SaveHeld(ctx, h, change))
}

func (s *Service) heldEvent(kind domain.EventKind, by domain.ActorID, h *Held, group *Community) domain.Event {
	told := HeldPayload{Author: h.Post.Author, Community: h.Group, Why: h.Why, IRI: h.Post.IRI}
	if group != nil {
		told.Title = group.Title
	}
	subject := domain.Subject{Kind: "held", ID: h.Post.ID} // no post yet
	if kind == PostApproved {
		subject = h.Post.Subject()
	}
	return domain.NewEvent(s.mint, kind, by, subject, told)
}

// reheld changes what waits as its author changed it. What was refused stays
// so.
func (s *Service) reheld(ctx context.Context, in Remote) error {
	h, err := s.store.HeldByIRI(ctx, in.IRI)
	if domain.CodeOf(err) == domain.NotFound {
		return nil
	}
	if err != nil || h.State != HeldWaiting || h.Post.Author != in.Author.ID || !in.Updated.After(h.Post.Updated) {
		return err
	}
	if err := s.fill(ctx, &h.Post, in); err != nil {
		return err
	}
	h.Activity = in.Activity
	return s.store.SaveHeld(ctx, h, domain.Change{})
}

// HeldIn lists what waits in a community, oldest first, or what was refused or
// removed there, newest first. Errors: NotFound, Unauthenticated, Forbidden unless
// the viewer moderates it.
func (s *Service) HeldIn(ctx context.Context, v policy.Viewer, name string, state HeldState, page domain.Page) (domain.List[*Held], error) {
	c, err := s.moderated(ctx, v, name)
	if err != nil {
		return domain.List[*Held]{}, err
	}
	return s.store.HeldIn(ctx, c.ID, state, page)
}

// AllHeld lists what waits on the node, was refused or removed, as [Service.HeldIn].
// Errors: Unauthenticated, Forbidden unless the viewer moderates the node.
func (s *Service) AllHeld(ctx context.Context, v policy.Viewer, state HeldState, page domain.Page) (domain.List[*Held], error) {
	if err := policy.Allow(v, policy.Moderate, moderation{}); err != nil {
		return domain.List[*Held]{}, err
	}
	return s.store.HeldIn(ctx, domain.Nobody, state, page)
}

// OwnHeld lists what the viewer wrote that waits, was refused or removed, newest
// first.
// Errors: Unauthenticated.
func (s *Service) OwnHeld(ctx context.Context, v policy.Viewer, page domain.Page) (domain.List[*Held], error) {
	if v.Actor == domain.Nobody {
		return domain.List[*Held]{}, domain.Fail(domain.Unauthenticated, "error.sign_in")
	}
	return s.store.HeldOf(ctx, v.Actor, page)
}

// Held reads what waits, was refused or removed, for who decides. Errors:
// Unauthenticated, Forbidden, NotFound, also once it is forgotten.
func (s *Service) Held(ctx context.Context, v policy.Viewer, id domain.ID) (*Held, error) {
	h, _, err := s.decidable(ctx, v, id)
	return h, err
}

// decidable reads what waits, for who may decide on it: who moderates the
// community in which it would stand, or the node. Errors: Unauthenticated,
// Forbidden, NotFound.
func (s *Service) decidable(ctx context.Context, v policy.Viewer, id domain.ID) (*Held, *Community, error) {
	denied := policy.Allow(v, policy.Moderate, moderation{})
	if denied != nil && v.Actor == domain.Nobody {
		return nil, nil, denied
	}
	h, err := s.store.Held(ctx, id)
	if err == nil && h.Why == AuthorAsks {
		err = domain.Fail(domain.NotFound, "error.not_found")
	}
	if err != nil {
		return nil, nil, err
	}
	c, err := s.heldGroup(ctx, h)
	switch {
	case err != nil || denied == nil:
		return h, c, err
	case c == nil:
		return nil, nil, denied
	}
	mine, err := s.store.Community(ctx, c.ID, v.Actor)
	if err != nil {
		return nil, nil, err
	}
	return h, c, policy.Allow(v, policy.Moderate, mine)
}

// heldGroup is the community in which something would stand, as its author
// meets it; nil for none.
func (s *Service) heldGroup(ctx context.Context, h *Held) (*Community, error) {
	if h.Group == domain.Nobody {
		return nil, nil
	}
	return s.store.Community(ctx, h.Group, h.Post.Author)
}

// Approve lets something pass: it is a post from now on, and is told once, as
// if it had been written at this moment. What else of its author waits for
// the same reason is let pass too. What was removed comes back where it stood.
// Errors: Unauthenticated, Forbidden, NotFound, Conflict if somebody was quicker.
func (s *Service) Approve(ctx context.Context, v policy.Viewer, id domain.ID) error {
	h, c, err := s.decidable(ctx, v, id)
	if err != nil {
		return err
	}
	if h.State == HeldRemoved {
		return s.bringBack(ctx, v.Actor, h, c, true)
	}
	return s.release(ctx, v.Actor, h, c, h.State == HeldRefused, passing(h)...)
}

// ReleaseHeld is the handler of [JobRelease], and may run again.
func (s *Service) ReleaseHeld(ctx context.Context, job Release) error {
	h, err := s.store.Held(ctx, job.Held)
	if domain.CodeOf(err) == domain.NotFound || err == nil && h.State != HeldWaiting && !job.Appeal {
		return nil
	}
	if err != nil {
		return err
	}
	c, err := s.heldGroup(ctx, h)
	if err != nil {
		return err
	}
	if h.State == HeldRemoved {
		err := once(s.bringBack(ctx, job.By, h, c, false)) // the answer to the appeal tells
		if domain.CodeOf(err) == domain.NotFound {
			return nil // its author left meanwhile
		}
		return err
	}
	return once(s.release(ctx, domain.Nobody, h, c, false, passing(h)...))
}

// release makes a post of what is held, or asks before the author of the post that
// it answers, if they want that. tell has its author, who read that it was
// refused, be told by a letter, if they are elsewhere. also is asked for with it.
func (s *Service) release(ctx context.Context, by domain.ActorID, h *Held, c *Community, tell bool, also ...domain.Job) error {
	p := h.Post
	p.Serial, p.Revision = s.mint.Serial(), 0
	above, err := s.asking(ctx, &p)
	if err != nil {
		return err
	}
	if above != nil {
		return s.ask(ctx, &p, above, c, h, also...)
	}
	var feed []FeedItem
	var change domain.Change
	if p.Local() {
		p.Published = s.mint.Now()
		feed, change, err = s.appear(ctx, &p, p.Author, c)
	} else {
		feed, change, err = s.arrive(ctx, &p, Remote{Activity: h.Activity}, c)
	}
	if err != nil {
		return err
	}
	if h.Announcer != domain.Nobody {
		feed = append(feed, s.item(h.Announcer, Announced, &p))
	}
	if tell {
		published := network.Letter{To: p.Author, Key: "hold.published_letter", Tells: s.ns.IRI("activities", string(change.Events[0].ID)), Admits: p.IRI}
		letters, err := s.letters(ctx, c, published, "/posts/"+string(p.ID))
		if err != nil {
			return err
		}
		change.Jobs = append(change.Jobs, letters...)
	}
	change.Events = append(change.Events, s.heldEvent(PostApproved, by, h, c))
	change.Jobs = append(change.Jobs, also...)
	return s.store.Release(ctx, h, &p, feed, change)
}

// Refuse keeps something from being a post; its author reads why, and may
// appeal. Errors: Unauthenticated, Forbidden, NotFound, Invalid on "reason",
// Conflict if it is decided.
func (s *Service) Refuse(ctx context.Context, v policy.Viewer, id domain.ID, reason string) error {
	return s.refuse(ctx, v, id, reason, false)
}

// RefuseAll does so, and has refused for the same reason what else of its author
// waits in the same place. Errors: as of [Service.Refuse].
func (s *Service) RefuseAll(ctx context.Context, v policy.Viewer, id domain.ID, reason string) error {
	return s.refuse(ctx, v, id, reason, true)
}

func (s *Service) refuse(ctx context.Context, v policy.Viewer, id domain.ID, reason string, all bool) error {
	h, c, err := s.decidable(ctx, v, id)
	if err != nil {
		return err
	}
	reason = strings.TrimSpace(reason)
	switch {
	case h.State != HeldWaiting:
		return domain.Fail(domain.Conflict, "error.conflict")
	case reason == "":
		return domain.InvalidField("reason", "hold.reason_missing")
	case len(reason) > maxReason:
		return domain.InvalidField("reason", "error.too_long", maxReason)
	case all:
		return s.turnDown(ctx, v.Actor, h, c, reason, domain.Job{Kind: JobSettle, Args: Settle{Author: h.Post.Author, Group: h.Group, Like: h.Post.ID}})
	}
	return s.turnDown(ctx, v.Actor, h, c, reason)
}

// JobSettle decides on what else waits of somebody in one place as on one thing
// of theirs; its argument is [Settle].
const JobSettle = "community.settle_held"

// Settle says on what is decided, and how.
type Settle struct {
	Author domain.ActorID `json:"author"`
	Group  domain.ActorID `json:"group,omitempty"`
	Like   domain.ID      `json:"like,omitempty"` // what was refused, for whose reason the others are; "" to let pass
	Why    Why            `json:"why,omitempty"`  // of what is let pass
}

// passing is the job that lets pass what waits for the same reason as h: its
// author is known once h is a post.
func passing(h *Held) []domain.Job {
	if !h.PassesOthers() {
		return nil
	}
	return []domain.Job{{Kind: JobSettle, Args: Settle{Author: h.Post.Author, Group: h.Group, Why: h.Why}}}
}

// SettleHeld is the handler of [JobSettle], and may run again.
func (s *Service) SettleHeld(ctx context.Context, of Settle) error {
	like := &Held{Group: of.Group, Post: Post{Author: of.Author}}
	if of.Like != "" {
		var err error
		like, err = s.store.Held(ctx, of.Like)
		if domain.CodeOf(err) == domain.NotFound || err == nil && like.State != HeldRefused {
			return nil // it was let pass, or withdrawn, after all
		}
		if err != nil {
			return err
		}
	}
	c, err := s.heldGroup(ctx, like)
	if err != nil {
		return err
	}
	return s.eachWaiting(ctx, of.Author, of.Group, func(h *Held) error {
		switch {
		case of.Like != "":
			return s.turnDown(ctx, like.By, h, c, like.Reason)
		case h.Why == of.Why:
			return s.release(ctx, domain.Nobody, h, c, false)
		}
		return nil
	})
}

// eachWaiting decides on all that waits of somebody in one place. What was
// decided is not met again: whoever is interrupted begins anew. Errors: those
// of decide but Conflict, of what somebody else decided meanwhile.
func (s *Service) eachWaiting(ctx context.Context, author, group domain.ActorID, decide func(*Held) error) error {
	for page := (domain.Page{Limit: domain.MaxPage}); ; {
		all, err := s.store.HeldOf(ctx, author, page)
		if err != nil {
			return err
		}
		for _, h := range all.Items {
			if h.State != HeldWaiting || h.Group != group {
				continue
			}
			if err := once(decide(h)); err != nil {
				return err
			}
		}
		if page.After = all.Next; page.After == "" {
			return nil
		}
	}
}

// turnDown refuses what waits, and asks for also with it. Errors: Conflict if it
// was decided meanwhile.
func (s *Service) turnDown(ctx context.Context, by domain.ActorID, h *Held, c *Community, reason string, also ...domain.Job) error {
	h.State, h.Reason, h.By, h.DecidedAt = HeldRefused, reason, by, s.mint.Now()
	letters, err := s.letters(ctx, c, network.Letter{To: h.Post.Author, Key: "hold.letter", Words: reason, Refuses: h.Post.IRI}, "/me/waiting")
	if err != nil {
		return err
	}
	return s.store.SaveHeld(ctx, h, domain.Change{Events: []domain.Event{s.heldEvent(PostRefused, by, h, c)}, Jobs: append(letters, also...)})
}

// WithdrawHeld forgets what the viewer wrote that waits, was refused or removed.
// Errors: Unauthenticated, NotFound, Conflict if it is published by now.
func (s *Service) WithdrawHeld(ctx context.Context, v policy.Viewer, id domain.ID) error {
	if v.Actor == domain.Nobody {
		return domain.Fail(domain.Unauthenticated, "error.sign_in")
	}
	h, err := s.ownHeld(ctx, v, id)
	for err == nil {
		if err = s.withdraw(ctx, h); domain.CodeOf(err) != domain.Conflict {
			return err
		}
		h, err = s.ownHeld(ctx, v, id) // it was decided meanwhile, and perhaps waits on
		if domain.CodeOf(err) == domain.NotFound {
			return nil // it was withdrawn twice
		}
	}
	return err
}

// ownHeld reads what the viewer wrote. Errors: NotFound, Conflict if it is
// published by now.
func (s *Service) ownHeld(ctx context.Context, v policy.Viewer, id domain.ID) (*Held, error) {
	h, err := s.store.Held(ctx, id)
	switch {
	case err == nil && h.Post.Author != v.Actor:
		return nil, domain.Fail(domain.NotFound, "error.not_found")
	case domain.CodeOf(err) == domain.NotFound:
		if p, err := s.store.Post(ctx, id, v.Actor); err == nil && p.Author == v.Actor && !p.Deleted() {
			return nil, domain.Fail(domain.Conflict, "hold.published_meanwhile")
		}
	}
	return h, err
}

// withdraw forgets something held, and tells who was asked for leave. Errors:
// Conflict if it was decided meanwhile.
func (s *Service) withdraw(ctx context.Context, h *Held) error {
	change := domain.Change{}
	if h.State == HeldAsked {
		above, err := s.store.PostByIRI(ctx, h.Post.InReplyTo, domain.Nobody)
		if err == nil {
			change.Events = []domain.Event{s.asked(AnswerWithdrawn, h.Post.Author, h, above)}
		} else if domain.CodeOf(err) != domain.NotFound {
			return err
		}
	}
	return s.store.WithdrawHeld(ctx, h, change)
}

// SweepHeld forgets what was refused or removed long ago, and likes that were
// declined.
func (s *Service) SweepHeld(ctx context.Context) error {
	for _, state := range []HeldState{HeldRefused, HeldDeclined} {
		if err := s.store.SweepHeld(ctx, state, s.mint.Now().Add(-RefusedFor)); err != nil {
			return err
		}
	}
	if err := s.store.SweepLikes(ctx, s.mint.Now().Add(-RefusedFor)); err != nil {
		return err
	}
	return s.store.SweepHeld(ctx, HeldRemoved, s.mint.Now().Add(-RemovedFor))
}
