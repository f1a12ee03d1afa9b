package review

import (
	"context"
	"slices"
	"strings"
	"time"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/domain/policy"
)

// Filter narrows a list of reviews.
type Filter struct {
	Language domain.Lang // "" for all
	Rating   int         // 0 for all
}

// Store keeps reviews. Reads fail with NotFound. What is said by people of
// blocked or limited hosts, or whose account is suspended, is neither listed nor counted.
type Store interface {
	Review(ctx context.Context, id domain.ID) (*Review, error)
	// ReviewByIRI finds one by its address, or by that of the answer to it.
	ReviewByIRI(ctx context.Context, iri domain.IRI) (*Review, error)
	// ReviewOf returns what a person says of a thing, removed or not.
	ReviewOf(ctx context.Context, subject domain.IRI, author domain.ActorID) (*Review, error)
	// Reviews lists those of a thing that are shown, newest first.
	Reviews(ctx context.Context, subject domain.IRI, f Filter, page domain.Page) (domain.List[*Review], error)
	// Languages counts the shown reviews of a thing by language.
	Languages(ctx context.Context, subject domain.IRI) (map[domain.Lang]int, error)
	Tally(ctx context.Context, subject domain.IRI) (Tally, error)
	// Reviewed lists the things of this node that have reviews, or had when
	// their stars were counted last, after one, by address.
	Reviewed(ctx context.Context, after domain.IRI, limit int) ([]TallyArgs, error)
	// Save inserts a review with Revision 0, else updates it where the revision
	// is unchanged, and adds 1 to it. Errors: Conflict, also if the author has
	// another of the thing.
	Save(ctx context.Context, r *Review, change domain.Change) error
	// Delete removes a review where its revision is unchanged. Errors: Conflict.
	Delete(ctx context.Context, r *Review, change domain.Change) error
}

// Shelf is where things of one kind are kept.
type Shelf interface {
	// Subject reads one as its reader may. Errors: NotFound.
	Subject(ctx context.Context, v policy.Viewer, iri domain.IRI) (*Subject, error)
	// Rate keeps how often a thing of this node has how many stars, and tells
	// those who follow it if that changed.
	Rate(ctx context.Context, iri domain.IRI, t Tally) error
}

// Actors reads actors by key.
type Actors interface {
	Actor(ctx context.Context, id domain.ActorID) (*network.Actor, error)
}

// Service is what people and peers do with reviews.
type Service struct {
	store   Store
	actors  Actors
	shelves map[Kind]Shelf
	mint    *domain.Mint
	ns      domain.Namespace
}

// Gather is for how long reviews of a thing are gathered before those who
// follow it are told how many there are: a hundred reviews are one message.
const Gather = 10 * time.Minute

// NewService makes the service.
func NewService(store Store, actors Actors, shelves map[Kind]Shelf, mint *domain.Mint, ns domain.Namespace) *Service {
	return &Service{store, actors, shelves, mint, ns}
}

// subject reads what is reviewed.
func (s *Service) subject(ctx context.Context, v policy.Viewer, kind Kind, iri domain.IRI) (*Subject, error) {
	shelf := s.shelves[kind]
	if shelf == nil {
		return nil, domain.Fail(domain.NotFound, "error.not_found")
	}
	return shelf.Subject(ctx, v, iri)
}

// about is the subject as everybody knows it; nil if it is no more.
func (s *Service) about(ctx context.Context, kind Kind, iri domain.IRI) *Subject {
	about, err := s.subject(ctx, policy.Viewer{}, kind, iri)
	if err != nil {
		return nil
	}
	return about
}

// counting asks for the stars of a thing of this node to be counted.
func (s *Service) counting(r *Review) []domain.Job {
	if r.Host != "" {
		return nil
	}
	return []domain.Job{{Kind: JobTally, Args: TallyArgs{r.Kind, r.Subject}, Unique: string(r.Subject), At: s.mint.Now().Add(Gather)}}
}

// open judges whether somebody, who has this address, may say something of a
// thing.
func open(about *Subject, v policy.Viewer, author domain.IRI) error {
	if err := policy.Allow(v, policy.React, about); err != nil {
		return err
	}
	switch {
	case !about.Open:
		return domain.Fail(domain.Conflict, "review.closed")
	case slices.Contains(about.Makers, author) || v.Actor != domain.Nobody && slices.Contains(about.Keepers, v.Actor):
		return domain.Fail(domain.Forbidden, "review.own")
	}
	return nil
}

// writable reads what the viewer wants to say something of.
func (s *Service) writable(ctx context.Context, v policy.Viewer, kind Kind, iri domain.IRI) (*Subject, error) {
	about, err := s.subject(ctx, v, kind, iri)
	if err != nil {
		return nil, err
	}
	var author domain.IRI
	if v.Local() {
		a, err := s.actors.Actor(ctx, v.Actor)
		if err != nil {
			return nil, err
		}
		author = a.IRI
	}
	if err := open(about, v, author); err != nil {
		return nil, err
	}
	if !v.Local() {
		return nil, domain.Fail(domain.Forbidden, "error.forbidden")
	}
	return about, nil
}

// May tells whether the viewer may say something of a thing. Errors: as
// [Service.Write].
func (s *Service) May(ctx context.Context, v policy.Viewer, kind Kind, iri domain.IRI) error {
	_, err := s.writable(ctx, v, kind, iri)
	return err
}

// Write says something of a thing, or says it anew: a person has one review of
// it. Of a thing of another node it is sent there.
// Errors: Invalid with all fields; NotFound; Unauthenticated; Forbidden, also
// for who is credited for the thing; Conflict for what is not to be reviewed,
// or was removed.
func (s *Service) Write(ctx context.Context, v policy.Viewer, kind Kind, iri domain.IRI, in Input) (*Review, error) {
	about, err := s.writable(ctx, v, kind, iri)
	if err == nil {
		err = in.Check()
	}
	if err != nil {
		return nil, err
	}
	r, err := s.store.ReviewOf(ctx, iri, v.Actor)
	if err != nil && domain.CodeOf(err) != domain.NotFound {
		return nil, err
	}
	edited, at := err == nil, s.mint.Now()
	if !edited {
		r = s.begin(about, v.Actor)
		at = r.WrittenAt
		r.IRI = s.ns.IRI("reviews", string(r.ID))
	} else if r.State == Removed {
		return nil, domain.Fail(domain.Conflict, "review.removed")
	}
	s.say(r, in, at)
	t := told(r, about)
	t.Edited = edited
	return r, s.store.Save(ctx, r, domain.Change{Events: []domain.Event{s.event(Written, v.Actor, r, t)}, Jobs: s.counting(r)})
}

// begin makes an empty review.
func (s *Service) begin(about *Subject, author domain.ActorID) *Review {
	return &Review{
		ID: s.mint.ID(), Serial: s.mint.Serial(), Kind: about.Kind, Subject: about.IRI, Owner: about.Owner, Host: about.Host,
		Author: author, State: Shown, WrittenAt: s.mint.Now(),
	}
}

func (s *Service) say(r *Review, in Input, at time.Time) {
	r.Rating, r.Title, r.Text, r.Language, r.UpdatedAt = in.Rating, in.Title, in.Text, in.Language, at
}

// Withdraw takes back what the viewer said of a thing. Errors: NotFound,
// Unauthenticated.
func (s *Service) Withdraw(ctx context.Context, v policy.Viewer, subject domain.IRI) error {
	r, err := s.Mine(ctx, v, subject)
	if err != nil {
		return err
	}
	return s.withdraw(ctx, r, Withdrawn)
}

// withdraw erases a review. Of one that was removed a trace stays, so that it
// is not said again.
func (s *Service) withdraw(ctx context.Context, r *Review, kind domain.EventKind) error {
	change := domain.Change{Events: []domain.Event{s.event(kind, r.Author, r, told(r, s.about(ctx, r.Kind, r.Subject)))}, Jobs: s.counting(r)}
	if r.State == Removed {
		r.Title, r.Text, r.Reply, r.UpdatedAt = "", "", Reply{}, s.mint.Now()
		return s.store.Save(ctx, r, change)
	}
	return s.store.Delete(ctx, r, change)
}

// Mine returns what the viewer says of a thing. Errors: NotFound,
// Unauthenticated.
func (s *Service) Mine(ctx context.Context, v policy.Viewer, subject domain.IRI) (*Review, error) {
	if v.Actor == domain.Nobody {
		return nil, domain.Fail(domain.Unauthenticated, "error.sign_in")
	}
	return s.store.ReviewOf(ctx, subject, v.Actor)
}

// Review reads one that is shown. Errors: NotFound.
func (s *Service) Review(ctx context.Context, id domain.ID) (*Review, error) {
	r, err := s.store.Review(ctx, id)
	if err == nil && r.State != Shown {
		err = domain.Fail(domain.NotFound, "error.not_found")
	}
	return r, err
}

// List lists what is said of a thing here, newest first: of a thing of another
// node, what people of this one say.
func (s *Service) List(ctx context.Context, subject domain.IRI, f Filter, page domain.Page) (domain.List[*Review], error) {
	return s.store.Reviews(ctx, subject, f, page)
}

// Languages counts what is said of a thing here by language.
func (s *Service) Languages(ctx context.Context, subject domain.IRI) (map[domain.Lang]int, error) {
	return s.store.Languages(ctx, subject)
}

// Tally counts the stars of a thing here at this moment.
func (s *Service) Tally(ctx context.Context, subject domain.IRI) (Tally, error) {
	return s.store.Tally(ctx, subject)
}

// Answer answers a review of a thing, as those who keep it; again changes the
// answer, and "" takes it back. Its author is told. Errors: NotFound, also for a
// review of another thing; Forbidden, Invalid on "reply", Conflict.
func (s *Service) Answer(ctx context.Context, v policy.Viewer, subject domain.IRI, id domain.ID, lang domain.Lang, text string) (*Review, error) {
	r, err := s.Review(ctx, id)
	if err == nil && r.Subject != subject {
		err = domain.Fail(domain.NotFound, "error.not_found")
	}
	if err != nil {
		return nil, err
	}
	about, err := s.subject(ctx, v, r.Kind, r.Subject)
	if err == nil {
		err = policy.Allow(v, policy.Edit, about)
	}
	if err != nil {
		return nil, err
	}
	var p domain.Problems
	text = strings.TrimSpace(text)
	plain(&p, "reply", text, MaxReply)
	if err := p.Err(); err != nil || text == r.Reply.Text {
		return r, err
	}
	t := told(r, about)
	t.Edited, t.Gone, t.Reply = r.Reply.Text != "", text == "", s.ns.IRI("reviews", string(r.ID), "reply")
	r.Reply = Reply{IRI: t.Reply, Text: text, Language: lang, At: s.mint.Now()}
	if t.Gone {
		r.Reply = Reply{}
	}
	return r, s.store.Save(ctx, r, domain.Change{Events: []domain.Event{s.event(Answered, v.Actor, r, t)}})
}

// MayAnswer reports whether the viewer answers the reviews of a thing.
func (s *Service) MayAnswer(ctx context.Context, v policy.Viewer, kind Kind, iri domain.IRI) bool {
	about, err := s.subject(ctx, v, kind, iri)
	return err == nil && policy.Allow(v, policy.Edit, about) == nil
}

// Remove prepares the end of a review by those who moderate, which is stored
// together with their decision; reason is for its author. Errors: NotFound,
// Forbidden, Unauthenticated.
func (s *Service) Remove(ctx context.Context, v policy.Viewer, id domain.ID, reason string) (domain.Change, error) {
	return s.moderate(ctx, v, id, Ended, reason)
}

// Restore prepares the return of a review that was removed, as [Service.Remove].
func (s *Service) Restore(ctx context.Context, v policy.Viewer, id domain.ID) (domain.Change, error) {
	return s.moderate(ctx, v, id, Restored, "")
}

func (s *Service) moderate(ctx context.Context, v policy.Viewer, id domain.ID, kind domain.EventKind, reason string) (domain.Change, error) {
	r, err := s.store.Review(ctx, id)
	if err == nil {
		err = policy.Allow(v, policy.Moderate, r)
	}
	if err != nil {
		return domain.Change{}, err
	}
	t := told(r, s.about(ctx, r.Kind, r.Subject))
	t.Reason = reason
	return domain.Change{Events: []domain.Event{s.event(kind, v.Actor, r, t)}, Jobs: s.counting(r)}, nil
}

// Count counts the stars of a thing of this node, and tells those who follow
// it if that changed; it is the handler of [JobTally].
func (s *Service) Count(ctx context.Context, of TallyArgs) error {
	shelf := s.shelves[of.Kind]
	if shelf == nil {
		return nil
	}
	t, err := s.store.Tally(ctx, of.Subject)
	if err != nil {
		return err
	}
	if err = shelf.Rate(ctx, of.Subject, t); domain.CodeOf(err) == domain.NotFound {
		return nil
	}
	return err
}

// countAtOnce is how many things are counted with one query for them.
const countAtOnce = 200

// CountAll counts the stars of all things of this node: they change also when
// a host is blocked, or somebody leaves.
func (s *Service) CountAll(ctx context.Context) error {
	for after := domain.IRI(""); ; {
		some, err := s.store.Reviewed(ctx, after, countAtOnce)
		if err != nil || len(some) == 0 {
			return err
		}
		for _, of := range some {
			if err := s.Count(ctx, of); err != nil {
				return err
			}
			after = of.Subject
		}
	}
}
