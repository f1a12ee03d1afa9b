package community

import (
	"context"
	"time"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/domain/policy"
)

// Exclusion is that a community of another node does not show what somebody
// here wrote in it any more. Here it stands on.
type Exclusion struct {
	Serial  domain.Serial
	Post    *Post
	Group   domain.ActorID
	Reason  string // plain; "" if none was given
	At      time.Time
	Appeals bool // its node runs this program, in which authors from elsewhere may appeal; set by the store
}

// The events of exclusions, by the community; the subject is the post.
const (
	PostExcluded   domain.EventKind = "post.excluded"   // [Wrote]
	PostReadmitted domain.EventKind = "post.readmitted" // [Wrote]
)

// Exclusions is the part of [Store] about them.
type Exclusions interface {
	// Exclude stores one, and takes the post out of the feed of the community;
	// Conflict if it is known.
	Exclude(ctx context.Context, x *Exclusion, change domain.Change) error
	// Readmit ends one; Conflict if there is none.
	Readmit(ctx context.Context, group domain.ActorID, post domain.ID, change domain.Change) error
	// ExclusionsOf lists those of an author's posts, newest first.
	ExclusionsOf(ctx context.Context, author domain.ActorID, page domain.Page) (domain.List[*Exclusion], error)
}

// OwnExclusions lists what of the viewer communities of other nodes removed,
// newest first. Errors: Unauthenticated.
func (s *Service) OwnExclusions(ctx context.Context, v policy.Viewer, page domain.Page) (domain.List[*Exclusion], error) {
	if v.Actor == domain.Nobody {
		return domain.List[*Exclusion]{}, domain.Fail(domain.Unauthenticated, "error.sign_in")
	}
	return s.store.ExclusionsOf(ctx, v.Actor, page)
}

// exclude keeps that a community elsewhere removed a post of this node, and has
// those here take it back that had it from there; its author is told once.
func (s *Service) exclude(ctx context.Context, group *network.Actor, p *Post, activity domain.IRI, reason string) error {
	x := &Exclusion{Serial: s.mint.Serial(), Post: p, Group: group.ID, Reason: reason, At: s.mint.Now()}
	told := domain.NewEvent(s.mint, PostExcluded, group.ID, p.Subject(), Wrote{Author: p.Author, Community: p.Community, IRI: p.IRI, Tells: activity})
	if err := once(s.store.Exclude(ctx, x, domain.Change{Events: []domain.Event{told}})); err != nil {
		return err
	}
	return s.unrelay(ctx, p.IRI)
}

// readmit ends that.
func (s *Service) readmit(ctx context.Context, group *network.Actor, iri domain.IRI) error {
	p, err := s.store.PostByIRI(ctx, iri, domain.Nobody)
	if err != nil {
		return err
	}
	return once(s.store.Readmit(ctx, group.ID, p.ID, domain.Change{Events: []domain.Event{s.wrote(PostReadmitted, group.ID, p)}}))
}
