package community

import (
	"context"
	"strings"
	"time"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/domain/policy"
)

// Report tells those who moderate this node of an actor, with posts of theirs.
type Report struct {
	ID         domain.ID
	Serial     domain.Serial
	IRI        domain.IRI     // of the Flag activity, ours or theirs
	Reporter   domain.ActorID // who reported: a person here, or another server's actor
	Target     domain.ActorID
	Posts      []domain.ID
	Review     domain.IRI     // of somebody of this node; "" for none
	Community  domain.ActorID // of this node, in which the first of the posts stands; Nobody for none
	Reason     string         // plain text, may be empty
	Forwarded  bool           // to the target's server
	State      ReportState
	Note       string // of those who moderate
	Resolver   domain.ActorID
	CreatedAt  time.Time
	ResolvedAt time.Time // zero while open
	Revision   int64
}

// ReportState is where a report stands.
type ReportState string

// The states of a report.
const (
	ReportOpen     ReportState = "open"
	ReportResolved ReportState = "resolved"
)

// Reports is the part of [Store] about reports.
type Reports interface {
	// Report returns one. Errors: NotFound.
	Report(ctx context.Context, id domain.ID) (*Report, error)
	// Reports lists those in a state, newest first.
	Reports(ctx context.Context, state ReportState, page domain.Page) (domain.List[*Report], error)
	// CommunityReports lists those of a community.
	CommunityReports(ctx context.Context, community domain.ActorID, state ReportState, page domain.Page) (domain.List[*Report], error)
	// SaveReport inserts a report with Revision 0 (Conflict if its activity
	// is known), or updates where the revision is unchanged (Conflict if not).
	SaveReport(ctx context.Context, r *Report, change domain.Change) error
}

// The events of reports.
const (
	PostReported   domain.EventKind = "report.made"     // [Reported], as those below
	ReportReceived domain.EventKind = "report.received" // from another server
	ReportClosed   domain.EventKind = "report.resolved"
)

// Reported is the payload of the events of a report. What is to be sent to
// another server is in it: who reported is not.
type Reported struct {
	Target  domain.ActorID `json:"target"`
	In      domain.ActorID `json:"community,omitempty"`
	Posts   []domain.IRI   `json:"posts,omitempty"`
	Reason  string         `json:"reason,omitempty"`
	Forward bool           `json:"forward,omitempty"`
	Page    bool           `json:"page,omitempty"` // a post is a Page, as the threadiverse has them
}

// moderation answers the policy for the reports of the node.
type moderation struct{}

func (moderation) PolicyKind() string                            { return "report" }
func (moderation) PolicyVisibility() domain.Visibility           { return domain.VisiblePublic }
func (moderation) PolicyRelation(domain.ActorID) policy.Relation { return policy.Stranger }
func (moderation) PolicyLocal() bool                             { return true }

// Complaint is what a person reports: an actor, a post, or both.
type Complaint struct {
	Target  domain.ActorID // Nobody: the author of the post
	Post    domain.ID      // "" if it is about the actor as a whole
	Reason  string
	Forward bool // tell the target's server too, without the name of who reports
}

// maxReason is how long a reason or note may be, in bytes.
const maxReason = 5000

// Report tells those who moderate. Errors: NotFound, Gone, Unauthenticated,
// Invalid for a reason that is too long, or for reporting oneself.
func (s *Service) Report(ctx context.Context, v policy.Viewer, c Complaint) (*Report, error) {
	if v.Actor == domain.Nobody {
		return nil, domain.Fail(domain.Unauthenticated, "error.sign_in")
	}
	var posts []*Post
	if c.Post != "" {
		p, err := s.PostByID(ctx, v, c.Post)
		if err != nil {
			return nil, err
		}
		posts, c.Target = append(posts, p), p.Author
	}
	target, err := s.actors.Actor(ctx, c.Target)
	if err != nil {
		return nil, err
	}
	if err := policy.Allow(v, policy.Report, network.Facts{Actor: target}); err != nil {
		return nil, err
	}
	c.Reason = strings.TrimSpace(c.Reason)
	switch {
	case target.ID == v.Actor:
		return nil, domain.Fail(domain.Invalid, "report.self")
	case len(c.Reason) > maxReason:
		return nil, domain.InvalidField("reason", "error.too_long", maxReason)
	}
	r := &Report{Reporter: v.Actor, Target: target.ID, Reason: c.Reason, Forwarded: c.Forward && !target.Local()}
	for _, p := range posts {
		r.Posts = append(r.Posts, p.ID)
	}
	return r, s.addReport(ctx, PostReported, r, posts)
}

// addReport stores a new report. The IRI of one made here derives from the
// event's id: see federation/publish.
func (s *Service) addReport(ctx context.Context, kind domain.EventKind, r *Report, posts []*Post) error {
	r.ID, r.Serial, r.State, r.CreatedAt = s.mint.ID(), s.mint.Serial(), ReportOpen, s.mint.Now()
	in, err := s.reportedIn(ctx, posts)
	if err != nil {
		return err
	}
	r.Community = in
	about := Reported{Target: r.Target, In: in, Reason: r.Reason, Forward: r.Forwarded}
	for _, p := range posts {
		about.Posts, about.Page = append(about.Posts, p.IRI), about.Page || p.Type == "Page"
	}
	e := domain.NewEvent(s.mint, kind, r.Reporter, domain.Subject{Kind: "report", ID: r.ID}, about)
	if r.IRI == "" {
		r.IRI = s.ns.IRI("activities", string(e.ID))
	}
	return s.store.SaveReport(ctx, r, domain.Change{Events: []domain.Event{e}})
}

// reportedIn is the community of this node whose moderators a report concerns.
func (s *Service) reportedIn(ctx context.Context, posts []*Post) (domain.ActorID, error) {
	if len(posts) == 0 {
		return domain.Nobody, nil
	}
	c, err := s.communityOf(ctx, policy.Viewer{}, posts[0])
	if err != nil || c == nil {
		return domain.Nobody, err
	}
	return c.ID, nil
}

// CommunityReports lists the reports of what stands in a community, newest
// first, without who reported. Errors: NotFound, Unauthenticated, Forbidden
// unless the viewer moderates it.
func (s *Service) CommunityReports(ctx context.Context, v policy.Viewer, name string, state ReportState, page domain.Page) (domain.List[*Report], error) {
	c, err := s.moderated(ctx, v, name)
	if err != nil {
		return domain.List[*Report]{}, err
	}
	list, err := s.store.CommunityReports(ctx, c.ID, state, page)
	for _, r := range list.Items {
		r.Reporter = domain.Nobody
	}
	return list, err
}

// Reports lists the reports in a state, newest first. Errors:
// Unauthenticated, Forbidden unless the viewer moderates the node.
func (s *Service) Reports(ctx context.Context, v policy.Viewer, state ReportState, page domain.Page) (domain.List[*Report], error) {
	if err := policy.Allow(v, policy.Moderate, moderation{}); err != nil {
		return domain.List[*Report]{}, err
	}
	return s.store.Reports(ctx, state, page)
}

// ReportByID reads a report: those who moderate the community in which it
// stands do so too. Errors: as [Service.Reports], NotFound.
func (s *Service) ReportByID(ctx context.Context, v policy.Viewer, id domain.ID) (*Report, error) {
	denied := policy.Allow(v, policy.Moderate, moderation{})
	if denied != nil && v.Actor == domain.Nobody {
		return nil, denied
	}
	r, err := s.store.Report(ctx, id)
	if denied == nil {
		return r, err
	}
	if err != nil || r.Community == domain.Nobody {
		return nil, denied
	}
	c, err := s.store.Community(ctx, r.Community, v.Actor)
	if err != nil {
		return nil, err
	}
	return r, policy.Allow(v, policy.Moderate, c)
}

// Resolve closes a report with a note for others who moderate. Errors:
// Unauthenticated, Forbidden, NotFound, Invalid, Conflict if it is closed.
func (s *Service) Resolve(ctx context.Context, v policy.Viewer, id domain.ID, note string) (*Report, error) {
	r, err := s.ReportByID(ctx, v, id)
	if err != nil {
		return nil, err
	}
	if note = strings.TrimSpace(note); len(note) > maxReason {
		return nil, domain.InvalidField("note", "error.too_long", maxReason)
	}
	if r.State == ReportResolved {
		return nil, domain.Fail(domain.Conflict, "error.conflict")
	}
	r.State, r.Note, r.Resolver, r.ResolvedAt = ReportResolved, note, v.Actor, s.mint.Now()
	e := domain.NewEvent(s.mint, ReportClosed, v.Actor, domain.Subject{Kind: "report", ID: r.ID}, Reported{Target: r.Target, In: r.Community})
	err = s.store.SaveReport(ctx, r, domain.Change{Events: []domain.Event{e}})
	if policy.Allow(v, policy.Moderate, moderation{}) != nil {
		r.Reporter = domain.Nobody // those who moderate the node know
	}
	return r, err
}

// maxReported is how many objects of a report from elsewhere are read.
const maxReported = 50

// ReceiveReport keeps a report of another server about an actor of this node,
// or posts or a review of one, or a list in which it recommends others; objects that are not of this node are left out. Received
// again it changes nothing. Errors: NotFound if nothing is of this node.
func (s *Service) ReceiveReport(ctx context.Context, by *network.Actor, iri domain.IRI, objects []domain.IRI, reason string) error {
	r := &Report{IRI: iri, Reporter: by.ID, Reason: cut(strings.TrimSpace(reason), maxReason)}
	var posts []*Post
	for _, object := range objects[:min(len(objects), maxReported)] {
		if !s.ns.Owns(object) {
			continue
		}
		if p, err := s.store.PostByIRI(ctx, object, by.ID); err == nil && (r.Target == domain.Nobody || r.Target == p.Author) {
			r.Posts, posts, r.Target = append(r.Posts, p.ID), append(posts, p), p.Author
		} else if a, err := s.actors.ActorByIRI(ctx, listOwner(object)); err == nil && r.Target == domain.Nobody {
			r.Target = a.ID
		} else if id, is := strings.CutPrefix(s.ns.Path(object), "/reviews/"); is && r.Review == "" {
			if _, err := domain.ParseID(id); err == nil {
				r.Review = object
			}
		}
	}
	if r.Target == domain.Nobody {
		return domain.Fail(domain.NotFound, "error.not_found")
	}
	return once(s.addReport(ctx, ReportReceived, r, posts))
}

// listOwner is whose list of recommended communities an address is (FEP-7aa9);
// any other address as it is.
func listOwner(object domain.IRI) domain.IRI {
	return domain.IRI(strings.TrimSuffix(string(object), "/collections/communities"))
}
