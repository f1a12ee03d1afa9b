package inbox

import (
	"context"
	"time"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/community"
	"interlink/domain/network"
	"interlink/domain/policy"
	"interlink/domain/review"
	"interlink/domain/story"
	"interlink/federation/activity"
)

// Posts are the commands on posts and announcements.
type Posts interface {
	ReceivePost(ctx context.Context, in community.Remote) (*community.Post, error)
	ReceiveUpdate(ctx context.Context, in community.Remote) (*community.Post, error)
	ReceiveDeletion(ctx context.Context, by *network.Actor, iri, activity domain.IRI) error
	ReceiveRemoval(ctx context.Context, by *network.Actor, object, activity domain.IRI, reason string) error
	ReceiveReturn(ctx context.Context, group *network.Actor, object domain.IRI) error
	ReceiveAuthorDeletion(ctx context.Context, by *network.Actor) error
	Abandon(ctx context.Context, groups ...domain.ActorID) error
	ReceiveAnswerVerdict(ctx context.Context, by *network.Actor, in community.Verdict) (bool, error)
	ReceiveRevocation(ctx context.Context, by *network.Actor, approval domain.IRI) error
	EarlyAnswers(ctx context.Context, post domain.ID) (above *community.Post, answers []*community.Post, err error)
	JudgeEarly(ctx context.Context, above, p *community.Post, approval domain.IRI) error
	ShareNeedsApproval(ctx context.Context, by *network.Actor, post domain.ID) (*community.Post, error)
	NeedsApproval(ctx context.Context, author, answer, parent domain.IRI) (*community.Post, error)
	ReceiveEcho(ctx context.Context, by *network.Actor, iri domain.IRI, at time.Time) error
	ReceiveAnnounce(ctx context.Context, by *network.Actor, in community.Announcement) error
	ReceiveRestoration(ctx context.Context, author domain.ActorID, at, object domain.IRI) error
	ReceiveUndoAnnounce(ctx context.Context, by domain.ActorID, object domain.IRI) error
	Follows(ctx context.Context, actor domain.ActorID) (bool, error)
	Knows(ctx context.Context, iri domain.IRI) (bool, error)
	ThreadOwners(ctx context.Context, iri domain.IRI) ([]domain.ActorID, error)
}

// Stories are the commands on stories.
type Stories interface {
	Receive(ctx context.Context, in story.Received) (*story.Story, error)
	Judge(ctx context.Context, in story.Received) (st *story.Story, changes bool, err error)
	StoryByIRI(ctx context.Context, v policy.Viewer, iri domain.IRI) (*story.Story, error)
	ReceiveDeletion(ctx context.Context, iri, by domain.IRI) error
	ReceiveRatings(ctx context.Context, by domain.ActorID, iri domain.IRI, in review.Ratings) error
}

// Entries are the commands on entries of catalogues.
type Entries interface {
	Receive(ctx context.Context, owner *network.Actor, in catalogue.Remote) (*catalogue.Entry, error)
	ReceiveDeletion(ctx context.Context, owner *network.Actor, iri domain.IRI) error
}

// Following tells whether one actor follows another.
type Following interface {
	FollowState(ctx context.Context, follower, followed domain.ActorID) (network.FollowState, error)
}

// Intake brings objects of other nodes into the domain: from activities, from
// announcements, from collections.
type Intake struct {
	directory *Directory
	fetch     Fetcher
	posts     Posts
	stories   Stories
	entries   Entries
	following Following
	roles     Roles
	releases  Releases
	proofs    *Proofs
	catalogue domain.ActorID // this node's
}

// NewIntake makes an intake; catalogue is the actor of this node's catalogue.
func NewIntake(directory *Directory, fetch Fetcher, posts Posts, stories Stories, entries Entries, following Following, roles Roles, releases Releases, proofs *Proofs, catalogue domain.ActorID) *Intake {
	return &Intake{directory, fetch, posts, stories, entries, following, roles, releases, proofs, catalogue}
}

// Taking says how an object came.
type Taking struct {
	Sender    *network.Actor // whose request it came with; nil if it was fetched from its own server
	Announcer *network.Actor // who shared it; nil if nobody did
	Update    bool           // it may be known already
	Aside     bool           // it is to stand in no timeline
	Old       bool           // it was said before anybody here listened
	Wanted    bool           // somebody here follows who announced it, or asked for it
	Activity  domain.IRI     // that its author sent; "" if it came otherwise
	Approval  domain.IRI     // of an answer: where the author of what it answers said that it can be read that they take it; "" if they did not
}

// Taken names an object that was kept; the zero Taken means that nobody here
// would see it.
type Taken struct {
	Kind string // community.ObjectPost, community.ObjectStory, "interlinker", …
	ID   domain.ID
	IRI  domain.IRI
}

// Fetch reads an object from its own server.
func (i *Intake) Fetch(ctx context.Context, iri domain.IRI) (activity.Document, error) {
	raw, err := i.fetch.Object(ctx, iri)
	if err != nil {
		return nil, err
	}
	return activity.Scan(raw)
}

// maxSnapshot is how large the document of a snapshot may be, with its proof.
const maxSnapshot = story.MaxSnapshot + activity.MaxBytes

func (i *Intake) fetchSnapshot(ctx context.Context, iri domain.IRI) (activity.Document, error) {
	raw, err := i.fetch.Large(ctx, iri, maxSnapshot)
	if err != nil {
		return nil, err
	}
	return activity.ScanLarge(raw, maxSnapshot)
}

// Bring reads a post or a story that somebody here asks for by its address or
// by that of its page, and keeps it. Errors: as of [Intake.Take]; NotFound for
// anything else.
func (i *Intake) Bring(ctx context.Context, iri domain.IRI) (Taken, error) {
	doc, err := i.Fetch(ctx, iri)
	if err != nil {
		return Taken{}, err
	}
	taken, err := i.Take(ctx, doc, Taking{Wanted: true})
	if err == nil && taken.Kind == "" {
		err = domain.Fail(domain.NotFound, "error.not_found")
	}
	return taken, err
}

// Take keeps an object. Errors: Forbidden if it is not its sender's own,
// Invalid, Unavailable.
func (i *Intake) Take(ctx context.Context, doc activity.Document, how Taking) (Taken, error) {
	owner := doc.IRI("attributedTo")
	if !domain.SameOrigin(owner, doc.IRI("id")) || how.Sender != nil && how.Sender.IRI != owner {
		return Taken{}, domain.Fail(domain.Forbidden, "error.origin")
	}
	actor := how.Sender
	if actor == nil {
		var err error
		if actor, err = i.directory.Actor(ctx, owner); err != nil {
			return Taken{}, err
		}
	}
	if in, _, ok := activity.ReadEntry(doc); ok {
		return i.takeEntry(ctx, actor, in, how)
	}
	if thing, r, ok := activity.ReadRatings(doc); ok {
		return Taken{}, i.takeRatings(ctx, actor, thing, r)
	}
	if in, ok := activity.ReadRelease(doc); ok {
		return Taken{}, i.takeRelease(ctx, actor, doc, in)
	}
	if in, snapshot, ok := activity.ReadStory(doc); ok {
		return i.takeStory(ctx, actor, doc, in, snapshot, how)
	}
	if in, _, ok := activity.ReadPost(doc); ok {
		taken, err := i.takePost(ctx, actor, in, how)
		if err == nil && taken.Kind != "" {
			err = i.takeCall(ctx, doc, actor, taken)
		}
		return taken, err
	}
	return Taken{}, nil
}

// takeEntry keeps an entry of a catalogue that this node's catalogue follows,
// or that one it follows announced. Whom people here follow does not decide
// what is in the catalogue.
func (i *Intake) takeEntry(ctx context.Context, owner *network.Actor, in catalogue.Remote, how Taking) (Taken, error) {
	giver := owner
	if how.Announcer != nil {
		giver = how.Announcer
	}
	if !how.Wanted || how.Announcer != nil {
		state, err := i.following.FollowState(ctx, i.catalogue, giver.ID)
		if err != nil || state != network.FollowAccepted {
			return Taken{}, err
		}
	}
	e, err := i.entries.Receive(ctx, owner, in)
	if domain.CodeOf(err) == domain.Gone {
		return Taken{}, nil // its owner deleted it: what was said before does not bring it back
	}
	if err != nil {
		return Taken{}, err
	}
	return Taken{Kind: string(e.Kind), ID: e.ID, IRI: e.IRI}, nil
}

// takeStory keeps a story of an organisation that somebody here follows, or
// that a followed actor announced, with its snapshot. One that is here is
// kept up to date by whoever tells it. One with a proof of its owner that does
// not hold was altered, and is refused.
func (i *Intake) takeStory(ctx context.Context, owner *network.Actor, doc activity.Document, in story.Received, snapshot domain.IRI, how Taking) (Taken, error) {
	if !how.Wanted && (!how.Update || !i.knows(ctx, in.IRI)) {
		follows, err := i.posts.Follows(ctx, owner.ID)
		if err != nil || !follows {
			return Taken{}, err
		}
	}
	in.Owner, in.OwnerIRI = owner.ID, owner.IRI
	var err error
	if in.Evidence, err = i.proofs.Evidence(ctx, doc, owner.IRI); err != nil {
		return Taken{}, err
	}
	if snapshot != "" {
		doc, err := i.fetchSnapshot(ctx, snapshot)
		if err != nil {
			return Taken{}, err
		}
		if in.Snapshot, err = activity.ReadSnapshot(doc); err != nil {
			return Taken{}, err
		}
	}
	s, err := i.stories.Receive(ctx, in)
	if err != nil {
		return Taken{}, err
	}
	if how.Sender == nil && s.Ratings.At.IsZero() { // it was read, and perhaps rated long since
		if doc, err := i.Fetch(ctx, activity.RatingsAt(s.IRI)); err == nil {
			if thing, r, ok := activity.ReadRatings(doc); ok && thing == s.IRI {
				_ = i.takeRatings(ctx, owner, thing, r) // the next time it is counted it comes again
			}
		}
	}
	return Taken{Kind: community.ObjectStory, ID: s.ID, IRI: s.IRI}, nil
}

// takeRatings keeps how a story is rated that is kept here; of others it is
// nobody's business here.
func (i *Intake) takeRatings(ctx context.Context, owner *network.Actor, story domain.IRI, r review.Ratings) error {
	err := i.stories.ReceiveRatings(ctx, owner.ID, story, r)
	if domain.CodeOf(err) == domain.NotFound {
		return nil
	}
	return err
}

// knows reports whether a copy of a story is here, withdrawn or not.
func (i *Intake) knows(ctx context.Context, iri domain.IRI) bool {
	_, err := i.stories.StoryByIRI(ctx, policy.Viewer{}, iri)
	code := domain.CodeOf(err)
	return code == domain.OK || code == domain.Gone
}

func (i *Intake) takePost(ctx context.Context, author *network.Actor, in community.Remote, how Taking) (Taken, error) {
	verdict, err := i.directory.gate.Verdict(ctx, author.IRI.Host())
	if err != nil {
		return Taken{}, err
	}
	in.Author, in.Wanted, in.Limited, in.Activity, in.Group, in.Old, in.Aside = author, how.Wanted, verdict == network.VerdictLimit, how.Activity, how.Announcer, how.Old, how.Aside
	if how.Approval != "" {
		in.Approvals = append([]domain.IRI{how.Approval}, in.Approvals...)
	}
	if in.Approval, err = i.approval(ctx, author, in); err != nil {
		return Taken{}, err
	}
	receive := i.posts.ReceivePost
	if how.Update {
		receive = i.posts.ReceiveUpdate
	}
	p, err := receive(ctx, in)
	if err != nil || p == nil {
		return Taken{}, err
	}
	return Taken{Kind: community.ObjectPost, ID: p.ID, IRI: p.IRI}, nil
}

// takeCall keeps the role call that a post tells of which is kept here, and
// reads who of its node decides, so that pages can name them.
func (i *Intake) takeCall(ctx context.Context, doc activity.Document, author *network.Actor, post Taken) error {
	in, ok := activity.ReadRoleCall(doc)
	if !ok || author.Type != network.TypeGroup {
		return nil
	}
	in.ID, in.Author = post.ID, author
	c, err := i.roles.ReceiveCall(ctx, in)
	if err != nil {
		return err
	}
	for _, decider := range c.DecidedBy {
		if domain.SameOrigin(decider, c.IRI) {
			_, _ = i.directory.Actor(ctx, decider) // who cannot be read is named by the address
		}
	}
	return nil
}

// Forget erases what an actor's server deleted: whatever it was here. activity
// is the Delete; "" if it was found out.
func (i *Intake) Forget(ctx context.Context, by *network.Actor, iri, activity domain.IRI) error {
	if iri == "" || !domain.SameOrigin(iri, by.IRI) {
		return domain.Fail(domain.Forbidden, "error.origin")
	}
	if err := i.stories.ReceiveDeletion(ctx, iri, by.IRI); err != nil {
		return err
	}
	if err := i.entries.ReceiveDeletion(ctx, by, iri); err != nil {
		return err
	}
	return i.posts.ReceiveDeletion(ctx, by, iri, activity)
}
