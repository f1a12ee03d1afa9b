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
	Appeal  string // what was said against it here, once; plain
	Answer  string // to that
	Appeals bool   // its node runs this program, in which authors from elsewhere may appeal; set by the store
}

// The events of exclusions, by the community; the subject is the post.
const (
	PostExcluded   domain.EventKind = "post.excluded"   // [Wrote]
	PostDeclined   domain.EventKind = "post.declined"   // [Wrote]
	PostReadmitted domain.EventKind = "post.readmitted" // [Wrote]

	ExclusionAppealed domain.EventKind = "post.exclusion_appealed" // [Wrote], by who appealed
	ExclusionAnswered domain.EventKind = "post.exclusion_answered" // [Wrote]: it stays as it was
)

// Exclusions is the part of [Store] about them.
type Exclusions interface {
	// Exclude stores one, and takes the post out of the feed of the community;
	// Conflict if it is known.
	Exclude(ctx context.Context, x *Exclusion, change domain.Change) error
	// Readmit ends one, of what was refused or removed; Conflict if there is none.
	Readmit(ctx context.Context, group domain.ActorID, post domain.ID, refused bool, change domain.Change) error
	// Exclusion returns one. Errors: NotFound.
	Exclusion(ctx context.Context, serial domain.Serial) (*Exclusion, error)
	// AppealExclusion stores the appeal; Conflict if there is one.
	AppealExclusion(ctx context.Context, x *Exclusion, change domain.Change) error
	// AnswerExclusion stores the answer that a group gave as to a post; Conflict
	// if nothing is known of it, or it is answered.
	AnswerExclusion(ctx context.Context, group domain.ActorID, post domain.ID, answer string, change domain.Change) error
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

// ExclusionsIn lists what communities of other nodes, or nodes, removed or did
// not publish of what a community of this node said, newest first. Errors: NotFound,
// Unauthenticated, Forbidden unless the viewer moderates it.
func (s *Service) ExclusionsIn(ctx context.Context, v policy.Viewer, name string, page domain.Page) (domain.List[*Exclusion], error) {
	c, err := s.moderated(ctx, v, name)
	if err != nil {
		return domain.List[*Exclusion]{}, err
	}
	return s.store.ExclusionsOf(ctx, c.ID, page)
}

// AppealExclusion asks those elsewhere who removed a post, or did not publish it,
// to look again, once, by a letter in the name of its author: the viewer, or a
// community that they moderate. Errors: Unauthenticated, NotFound, also where the
// other node takes no appeals; Forbidden, Invalid on "text", Conflict if it was asked.
func (s *Service) AppealExclusion(ctx context.Context, v policy.Viewer, serial domain.Serial, text string) error {
	if v.Actor == domain.Nobody {
		return domain.Fail(domain.Unauthenticated, "error.sign_in")
	}
	x, err := s.store.Exclusion(ctx, serial)
	if err == nil && x.Post.Author != v.Actor && x.Post.Author == x.Post.Community {
		err = s.AllowPost(ctx, v, policy.Moderate, x.Post)
	} else if err == nil && x.Post.Author != v.Actor { // nobody speaks in a person's name
		err = domain.Fail(domain.NotFound, "error.not_found")
	}
	if err == nil && !x.Appeals {
		err = domain.Fail(domain.NotFound, "error.not_found")
	}
	if err != nil {
		return err
	}
	x.Appeal = strings.TrimSpace(text)
	switch {
	case x.Appeal == "":
		return domain.InvalidField("text", "appeal.text_missing")
	case len(x.Appeal) > maxReason:
		return domain.InvalidField("text", "error.too_long", maxReason)
	}
	letter := network.Letter{
		ID: s.mint.ID(), From: x.Post.Author, To: x.Group, Language: x.Post.Language, Key: "exclusion.letter", Words: x.Appeal,
		Link: string(x.Post.IRI), Appeals: x.Post.IRI,
	}
	return s.store.AppealExclusion(ctx, x, domain.Change{
		Events: []domain.Event{s.wrote(ExclusionAppealed, v.Actor, x.Post)}, Jobs: []domain.Job{{Kind: network.JobLetter, Args: letter}},
	})
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
// community for which it was written does not publish it, or not any more; that
// the node of somebody whom it names, or who follows its author, keeps it from
// them; that this is so after an appeal; or that it is not so any more. Its
// author, or who runs the community that wrote it, is told of that, and not of the
// letter. What others say of a post is left unheard.
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
		return s.receiveReturn(ctx, in, p)
	}
	in.told = true
	switch {
	case in.Stands:
		e := s.wrote(ExclusionAnswered, in.Author.ID, p)
		return once(s.store.AnswerExclusion(ctx, in.Author.ID, p.ID, cut(strings.TrimSpace(in.Reason), maxReason), domain.Change{Events: []domain.Event{e}}))
	case domain.SameOrigin(in.Tells, in.IRI): // what another node did, others tell
		return s.keepOut(ctx, &Exclusion{Post: p, Group: in.Author.ID, Reason: in.Reason}, in.Tells, PostExcluded)
	}
	return s.keepOut(ctx, &Exclusion{Post: p, Group: in.Author.ID, Reason: in.Reason, Refused: true}, "", PostDeclined)
}

// receiveReturn ends what a letter takes back. Without an activity of which it
// tells it answers an appeal, in words, which are kept whatever filters say of them.
func (s *Service) receiveReturn(ctx context.Context, in *Remote, p *Post) error {
	var answer domain.ID
	if in.told = in.Tells != ""; !in.told {
		answer = s.mint.ID()
	}
	for _, refused := range []bool{true, false} {
		err := s.readmit(ctx, in.Author, p, refused, answer)
		if err == nil {
			in.answer = answer
		}
		if err := once(err); err != nil {
			return err
		}
	}
	return nil
}

// mayRefuse tells whether an actor elsewhere may keep a post from anybody.
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
	reading, err := s.actors.FollowerIRIs(ctx, p.Author, by.Host, 1)
	return len(reading) > 0, err
}

// readmit ends that a post of this node was removed, or refused; answer is the
// letter that says so, "" for none with words. Errors: Conflict if it was not.
func (s *Service) readmit(ctx context.Context, group *network.Actor, p *Post, refused bool, answer domain.ID) error {
	e := domain.NewEvent(s.mint, PostReadmitted, group.ID, p.Subject(), Wrote{Author: p.Author, Community: p.Community, IRI: p.IRI, Answer: answer, Shares: refused})
	return s.store.Readmit(ctx, group.ID, p.ID, refused, domain.Change{Events: []domain.Event{e}})
}
