package community

import (
	"cmp"
	"context"
	"strings"
	"time"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/domain/policy"
)

// Exclusion is that a community of another node does not show what somebody
// here wrote in it, or not any more. Here it stands on.
type Exclusion struct {
	Serial  domain.Serial
	Post    *Post
	Group   domain.ActorID
	Reason  string // plain; "" if none was given
	Refused bool   // it never showed it; Group may be a node then, which kept it from a person
	At      time.Time
	Appeals bool // its node runs this program, in which authors from elsewhere may appeal; set by the store
}

// The events of exclusions, by the community; the subject is the post.
const (
	PostExcluded   domain.EventKind = "post.excluded"   // [Wrote]
	PostDeclined   domain.EventKind = "post.declined"   // [Wrote]
	PostReadmitted domain.EventKind = "post.readmitted" // [Wrote]
)

// Exclusions is the part of [Store] about them.
type Exclusions interface {
	// Exclude stores one, and takes the post out of the feed of the community;
	// Conflict if it is known.
	Exclude(ctx context.Context, x *Exclusion, change domain.Change) error
	// Readmit ends one, of what was refused or removed; Conflict if there is none.
	Readmit(ctx context.Context, group domain.ActorID, post domain.ID, refused bool, change domain.Change) error
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
	if err := s.keepOut(ctx, &Exclusion{Post: p, Group: group.ID, Reason: reason}, activity, PostExcluded); err != nil {
		return err
	}
	return s.unrelay(ctx, p.IRI)
}

// keepOut stores an exclusion; a letter that tells of the same activity takes
// the place of what its author is told.
func (s *Service) keepOut(ctx context.Context, x *Exclusion, activity domain.IRI, kind domain.EventKind) error {
	x.Serial, x.At, x.Reason = s.mint.Serial(), s.mint.Now(), cut(strings.TrimSpace(x.Reason), maxReason)
	p := x.Post
	e := domain.NewEvent(s.mint, kind, x.Group, p.Subject(), Wrote{Author: p.Author, Community: p.Community, IRI: p.IRI, Tells: activity})
	return once(s.store.Exclude(ctx, x, domain.Change{Events: []domain.Event{e}}))
}

// receiveRefusal keeps what a letter says of a post of this node: that a
// community for which it was written does not publish it, or that the node of
// somebody whom it names keeps it from them; or that they do not any more. Its
// author is told of a refusal, and not of the letter. What others say of a post
// is left unheard.
func (s *Service) receiveRefusal(ctx context.Context, in *Remote) error {
	iri := cmp.Or(in.Refuses, in.Admits)
	if iri == "" || in.Public || !s.ns.Owns(iri) {
		return nil
	}
	p, err := s.store.PostByIRI(ctx, iri, domain.Nobody)
	if domain.CodeOf(err) == domain.NotFound || err == nil && (!p.Local() || p.Deleted()) {
		return nil
	}
	if err != nil {
		return err
	}
	if ok, err := s.mayRefuse(ctx, in.Author, p); err != nil || !ok {
		return err
	}
	if in.Refuses == "" {
		return s.readmit(ctx, in.Author, p, true)
	}
	in.told = true
	return s.keepOut(ctx, &Exclusion{Post: p, Group: in.Author.ID, Reason: in.Reason, Refused: true}, "", PostDeclined)
}

func (s *Service) mayRefuse(ctx context.Context, by *network.Actor, p *Post) (bool, error) {
	if by.Type != network.TypeApplication {
		first, err := s.first(ctx, p)
		return err == nil && keeps(by, first), err
	}
	for _, id := range p.Mentions {
		a, err := s.actors.Actor(ctx, id)
		if err != nil || a.Host == by.Host {
			return err == nil, err
		}
	}
	return false, nil
}

// readmit ends that a post of this node was removed, or refused.
func (s *Service) readmit(ctx context.Context, group *network.Actor, p *Post, refused bool) error {
	return once(s.store.Readmit(ctx, group.ID, p.ID, refused, domain.Change{Events: []domain.Event{s.wrote(PostReadmitted, group.ID, p)}}))
}
