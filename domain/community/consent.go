package community

import (
	"context"
	"slices"

	"interlink/domain"
	"interlink/domain/policy"
)

// Leave is by whose leave somebody may answer, like or share a post of another
// node, as its interaction policy says (FEDERATION.md, "Who may answer, like and
// share").
type Leave string

// The kinds of leave.
const (
	LeaveFree      Leave = ""          // nobody's
	LeaveAsked     Leave = "asked"     // the author decides each time
	LeaveFollowers Leave = "followers" // who follows the author may, and asks: their server says that they do
	LeaveClosed    Leave = "closed"    // nobody may
)

// Consent is what the author of a post of another node lets others do with it.
type Consent struct {
	Reply Terms `json:"reply,omitzero"`
	Like  Terms `json:"like,omitzero"`
	Share Terms `json:"share,omitzero"`

	// Requests says that its server takes requests (GoToSocial from 0.20 on).
	// To others, what needs leave is sent as it is, to the author alone.
	Requests bool `json:"requests,omitempty"`
}

// Terms are by whose leave one thing may be done. The author always may.
type Terms struct {
	Leave Leave            `json:"leave,omitempty"`
	Free  []domain.ActorID `json:"free,omitempty"`  // people of this node who may without asking
	Asked []domain.ActorID `json:"asked,omitempty"` // people of this node who have to ask, whatever holds for others
	Known []domain.IRI     `json:"known,omitempty"` // actors of other nodes who may without asking
}

// For is by whose leave an actor of this node may.
func (t Terms) For(id domain.ActorID) Leave {
	switch {
	case slices.Contains(t.Free, id):
		return LeaveFree
	case slices.Contains(t.Asked, id):
		return LeaveAsked
	}
	return t.Leave
}

// zero reports whether everybody may without asking.
func (t Terms) zero() bool { return t.Leave == LeaveFree && len(t.Asked) == 0 }

// RemoteConsent is an interaction policy as another node sent it; nil lists
// say nothing.
type RemoteConsent struct {
	Reply, Like, Share *RemoteTerms
	Requests           bool
}

// RemoteTerms are the lists of one of its parts: actors, collections of
// actors, and everybody.
type RemoteTerms struct {
	Automatic, Manual             []domain.IRI
	AutomaticPublic, ManualPublic bool
}

// maxNamed is how many actors are known of one list.
const maxNamed = 50

// consent is what a policy lets people do; nil if that is everything.
func (s *Service) consent(ctx context.Context, in Remote) (*Consent, error) {
	if in.Consent == nil {
		return nil, nil
	}
	here, err := s.namedHere(ctx, in.Consent)
	if err != nil {
		return nil, err
	}
	c := &Consent{
		Reply: s.terms(in, in.Consent.Reply, here), Like: s.terms(in, in.Consent.Like, here), Share: s.terms(in, in.Consent.Share, here),
		Requests: in.Consent.Requests,
	}
	if c.Reply.zero() && c.Like.zero() && c.Share.zero() {
		return nil, nil
	}
	if !c.Reply.zero() { // whom a post mentions may always answer
		c.Reply.Known = append(c.Reply.Known, in.Mentions[:min(len(in.Mentions), maxNamed)]...)
	}
	return c, nil
}

// namedHere is whom of this node a policy names, by address.
func (s *Service) namedHere(ctx context.Context, c *RemoteConsent) (map[domain.IRI]domain.ActorID, error) {
	var own []domain.IRI
	for _, of := range []*RemoteTerms{c.Reply, c.Like, c.Share} {
		if of == nil {
			continue
		}
		for _, list := range [][]domain.IRI{of.Automatic, of.Manual} {
			for _, iri := range list[:min(len(list), maxNamed)] {
				if s.ns.Owns(iri) && !slices.Contains(own, iri) {
					own = append(own, iri)
				}
			}
		}
	}
	if own == nil {
		return nil, nil
	}
	actors, err := s.actors.ActorsByIRI(ctx, own)
	here := make(map[domain.IRI]domain.ActorID, len(actors))
	for _, a := range actors {
		here[a.IRI] = a.ID
	}
	return here, err
}

// terms reads one part of a policy. Who is named is meant before the
// collections in which they are, and who may without asking before who has to.
// Whom the author follows is not known here: their server decides. here is as
// of [Service.namedHere].
func (s *Service) terms(in Remote, of *RemoteTerms, here map[domain.IRI]domain.ActorID) Terms {
	if of == nil {
		return Terms{}
	}
	following := in.Author.IRI + "/following"
	either := func(iri domain.IRI) bool {
		return iri != "" && (slices.Contains(of.Automatic, iri) || slices.Contains(of.Manual, iri))
	}
	var t Terms
	switch {
	case of.AutomaticPublic:
	case of.ManualPublic, either(following):
		t.Leave = LeaveAsked
	case either(in.Author.Followers):
		t.Leave = LeaveFollowers
	default:
		t.Leave = LeaveClosed
	}
	t.Free, t.Known = s.listed(of.Automatic, here)
	t.Asked, _ = s.listed(of.Manual, here)
	return t
}

// listed tells apart whom of this node a list names, and who else stands in it.
func (s *Service) listed(list []domain.IRI, here map[domain.IRI]domain.ActorID) (own []domain.ActorID, others []domain.IRI) {
	for _, iri := range list[:min(len(list), maxNamed)] {
		if id, ok := here[iri]; ok {
			own = append(own, id)
		} else if !s.ns.Owns(iri) {
			others = append(others, iri)
		}
	}
	return own, others
}

// leave is by whose leave a viewer may do something with a post: nobody's
// where they wrote it.
func (p *Post) leave(v policy.Viewer, of func(*Consent) Terms) Leave {
	if p.Consent == nil || v.Actor == p.Author {
		return LeaveFree
	}
	return of(p.Consent).For(v.Actor)
}

// AnsweringFor is what readers are told of who may answer: nothing where they
// may anyhow, or where nobody here could.
func (p *Post) AnsweringFor(v policy.Viewer) Leave {
	if slices.Contains(p.Mentions, v.Actor) || p.Visibility != Public && p.Visibility != Unlisted {
		return LeaveFree
	}
	return p.leave(v, func(c *Consent) Terms { return c.Reply })
}

// LikingFor is by whose leave a viewer may like a post.
func (p *Post) LikingFor(v policy.Viewer) Leave {
	return p.leave(v, func(c *Consent) Terms { return c.Like })
}

// SharingFor is by whose leave an actor of this node may share a post.
func (p *Post) SharingFor(id domain.ActorID) Leave {
	return p.leave(policy.Viewer{Actor: id}, func(c *Consent) Terms { return c.Share })
}

// granted tells whether leave is given, or may be asked for, by a reader of
// whom the store says whether they follow the author.
func (p *Post) granted(v policy.Viewer, l Leave) bool {
	return l == LeaveFree || l == LeaveAsked || l == LeaveFollowers && p.follows[v.Actor]
}

// ByFollowers reports whether who follows the author may do something with a
// post that others may not.
func (c *Consent) ByFollowers() bool {
	return c != nil && (c.Reply.Leave == LeaveFollowers || c.Like.Leave == LeaveFollowers || c.Share.Leave == LeaveFollowers)
}
