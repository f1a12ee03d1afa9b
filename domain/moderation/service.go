package moderation

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"interlink/domain"
	"interlink/domain/account"
	"interlink/domain/community"
	"interlink/domain/policy"
)

// Admit counts a notice by where it comes from and by the address that is to
// get mail. Errors: TooMany, with the seconds to wait.
type Admit func(from, email string) error

// Service is what people do with notices.
type Service struct {
	store   Store
	posts   Posts
	reviews Reviews
	admit   Admit
	mint    *domain.Mint
	ns      domain.Namespace
}

// Reviews prepares what a decision does to a review, to be stored with it.
type Reviews interface {
	Remove(ctx context.Context, v policy.Viewer, id domain.ID, reason string) (domain.Change, error)
	Restore(ctx context.Context, v policy.Viewer, id domain.ID) (domain.Change, error)
}

// Posts prepares what a decision does to a post, to be stored with it.
type Posts interface {
	Remove(ctx context.Context, v policy.Viewer, id domain.ID, keep time.Duration) (*community.Removal, domain.Change, error)
	Restore(ctx context.Context, v policy.Viewer, r *community.Removal) (*community.Post, []community.FeedItem, domain.Change, error)
}

// NewService makes the service.
func NewService(store Store, posts Posts, reviews Reviews, admit Admit, mint *domain.Mint, ns domain.Namespace) *Service {
	return &Service{store, posts, reviews, admit, mint, ns}
}

// secret makes one, for a page that nobody else finds.
func (s *Service) secret() string { return base64.RawURLEncoding.EncodeToString(s.mint.Secret(24)) }

// link is the address of the page of a side.
func (s *Service) link(n *Notice, side Side) string {
	if side == Affected {
		return string(s.ns.IRI("statements", n.Decision.Secret))
	}
	return string(s.ns.IRI("notices", n.Secret))
}

// Give takes a notice from anybody; from is the network it comes from. It
// returns the address of the page that tells how it stands. If an address was
// given, a mail confirms it. Errors: Invalid with all fields, TooMany.
func (s *Service) Give(ctx context.Context, v policy.Viewer, lang domain.Lang, from string, g Given) (n *Notice, link string, err error) {
	if err := policy.Allow(v, policy.Read, desk{}); err != nil {
		return nil, "", err
	}
	if err := g.check().Err(); err != nil {
		return nil, "", err
	}
	if err := s.admit(from, g.Email); err != nil {
		return nil, "", err
	}
	about := s.plain(domain.IRI(g.About))
	found, err := s.store.Find(ctx, about)
	if err != nil {
		return nil, "", err
	}
	now := s.mint.Now()
	n = &Notice{
		ID: s.mint.ID(), Serial: s.mint.Serial(), Number: fmt.Sprintf("%d-%s", now.Year(), strings.ToUpper(hex.EncodeToString(s.mint.Secret(4)))),
		About: about, Target: found.Target, Post: found.Post, Review: found.Review, Category: g.Category, Reason: g.Reason, Name: g.Name, Email: g.Email,
		Language: lang, Reporter: v.Actor, State: Received, CreatedAt: now,
	}
	n.Secret = s.secret()
	link = s.link(n, Notifier)
	change := s.told(NoticeReceived, domain.Nobody, n, Told{Forward: g.Forward && n.Review != "" && v.Actor != domain.Nobody})
	change.Jobs = s.mails(account.MailNotice, n, link, Person{Email: n.Email, Language: n.Language, Name: n.Name})
	return n, link, s.store.AddNotice(ctx, n, change)
}

// Reviewer is who wrote the review at an address; Nobody if none is there.
func (s *Service) Reviewer(ctx context.Context, about domain.IRI) (domain.ActorID, error) {
	found, err := s.store.Find(ctx, s.plain(about))
	if err != nil || found.Review == "" {
		return domain.Nobody, err
	}
	return found.Target, nil
}

// plain is the address of a thing of this node without what only says how it
// is shown.
func (s *Service) plain(about domain.IRI) domain.IRI {
	if !s.ns.Owns(about) {
		return about
	}
	bare, _, _ := strings.Cut(string(about), "#")
	bare, _, _ = strings.Cut(bare, "?")
	return domain.IRI(strings.TrimSuffix(bare, "/"))
}

// told makes the event; who gave a notice is in none.
func (s *Service) told(kind domain.EventKind, by domain.ActorID, n *Notice, t Told) domain.Change {
	t.Number, t.Category, t.Outcome = n.Number, n.Category, n.Decision.Outcome
	return domain.Change{Events: []domain.Event{domain.NewEvent(s.mint, kind, by, domain.Subject{Kind: "notice", ID: n.ID}, t)}}
}

// mails writes to those who have an address. A mail has the number and a link,
// never what somebody typed.
func (s *Service) mails(kind account.MailKind, n *Notice, link string, people ...Person) []domain.Job {
	var jobs []domain.Job
	for _, p := range people {
		if p.Email != "" {
			jobs = append(jobs, domain.Job{Kind: account.JobMail, Args: account.Mail{
				To: p.Email, Kind: kind, Language: p.Language, Name: p.Name, Link: link, About: domain.Text{domain.Undetermined: n.Number},
			}})
		}
	}
	return jobs
}

// Status reads a notice by the secret of who gave it. Errors: NotFound.
func (s *Service) Status(ctx context.Context, secret string) (*Notice, []Complaint, error) {
	return s.with(ctx)(s.store.NoticeBySecret(ctx, secret))
}

// StatementOf reads a decision by the secret of who is restricted. Errors:
// NotFound.
func (s *Service) StatementOf(ctx context.Context, secret string) (*Notice, []Complaint, error) {
	return s.with(ctx)(s.store.NoticeByStatement(ctx, secret))
}

func (s *Service) with(ctx context.Context) func(*Notice, error) (*Notice, []Complaint, error) {
	return func(n *Notice, err error) (*Notice, []Complaint, error) {
		if err != nil {
			return nil, nil, err
		}
		complaints, err := s.store.Complaints(ctx, n.ID)
		return n, complaints, err
	}
}

// Notices lists those in a state, or with an open complaint. Errors:
// Unauthenticated, Forbidden unless the viewer moderates the node.
func (s *Service) Notices(ctx context.Context, v policy.Viewer, state State, complaints bool, page domain.Page) (domain.List[*Notice], error) {
	if err := policy.Allow(v, policy.Moderate, desk{}); err != nil {
		return domain.List[*Notice]{}, err
	}
	return s.store.Notices(ctx, state, complaints, page)
}

// Waiting counts what is to be decided. Errors: as of [Service.Notices].
func (s *Service) Waiting(ctx context.Context, v policy.Viewer) (int, error) {
	if err := policy.Allow(v, policy.Moderate, desk{}); err != nil {
		return 0, err
	}
	return s.store.Waiting(ctx)
}

// Notice reads one with its complaints. Errors: as of [Service.Notices],
// NotFound.
func (s *Service) Notice(ctx context.Context, v policy.Viewer, id domain.ID) (*Notice, []Complaint, error) {
	if err := policy.Allow(v, policy.Moderate, desk{}); err != nil {
		return nil, nil, err
	}
	return s.with(ctx)(s.store.Notice(ctx, id))
}

// keepPictures is for how long the pictures of a removed post are kept: as long
// as one may complain, and time to decide that.
const keepPictures = ComplaintFor + 90*24*time.Hour

// Decide closes a notice with a decision; whoever is restricted by it gets a
// statement of reasons, who gave the notice an answer. With remove, the post
// that it is about ends in the same transaction, if the outcome is [Removed]; a
// review does always.
// Errors: as of [Service.Notice]; Invalid with all fields, Conflict if it is
// decided, Forbidden for who may not remove the post.
func (s *Service) Decide(ctx context.Context, v policy.Viewer, id domain.ID, d Decision, remove bool) (*Notice, error) {
	n, _, err := s.Notice(ctx, v, id)
	if err != nil {
		return nil, err
	}
	if n.State != Received {
		return nil, domain.Fail(domain.Conflict, "moderation.decided_already")
	}
	if err := d.check().Err(); err != nil {
		return nil, err
	}
	d.By, d.At = v.Actor, s.mint.Now()
	n.State, n.Decision = Decided, d
	var affected []Person
	if d.Outcome != Nothing {
		n.Decision.Secret = s.secret()
		if affected, err = s.store.Affected(ctx, n.Target); err != nil {
			return nil, err
		}
	}
	var removal *community.Removal
	var removing domain.Change
	if remove && d.Outcome == Removed && n.Post != "" {
		removal, removing, err = s.posts.Remove(ctx, v, n.Post, keepPictures)
		if err != nil && domain.CodeOf(err) != domain.Gone { // its author was quicker
			return nil, err
		}
	}
	if d.Outcome == Removed && n.Review != "" {
		removing, err = s.reviews.Remove(ctx, v, n.Review, d.Facts+"\n"+d.Provision+"\n"+s.link(n, Affected))
		if err != nil && domain.CodeOf(err) != domain.NotFound { // its author was quicker
			return nil, err
		}
	}
	change := s.told(NoticeDecided, v.Actor, n, Told{})
	change.Jobs = append(s.mails(account.MailStatement, n, s.link(n, Affected), affected...),
		s.mails(account.MailDecision, n, s.link(n, Notifier), Person{Email: n.Email, Language: n.Language, Name: n.Name})...)
	return n, s.store.Decide(ctx, n, removal, joined(change, removing))
}

// joined is two changes as one.
func joined(a, b domain.Change) domain.Change {
	return domain.Change{Events: append(a.Events, b.Events...), Jobs: append(a.Jobs, b.Jobs...)}
}

// check judges a decision.
func (d *Decision) check() domain.Problems {
	var p domain.Problems
	d.Facts, d.Provision = strings.TrimSpace(d.Facts), strings.TrimSpace(d.Provision)
	known := false
	for _, o := range Outcomes {
		known = known || o == d.Outcome
	}
	if !known {
		p.Add("outcome", "moderation.outcome_missing")
	}
	text(&p, "facts", d.Facts, maxText, "moderation.facts_missing")
	if d.Outcome == Nothing {
		d.Ground, d.Provision = "", ""
		return p
	}
	if d.Ground != Law && d.Ground != Terms {
		p.Add("ground", "moderation.ground_missing")
	}
	text(&p, "provision", d.Provision, maxText, "moderation.provision_missing")
	return p
}

// May reports whether a side may still complain of a decision.
func (s *Service) May(n *Notice, complaints []Complaint, side Side) bool {
	if n.State != Decided || s.mint.Now().Sub(n.Decision.At) > ComplaintFor {
		return false
	}
	for _, c := range complaints {
		if c.Side == side {
			return false
		}
	}
	return true
}

// Complain takes a complaint by the secret of a side. Errors: NotFound,
// Invalid on "text", Conflict if it was made, or the time is over.
func (s *Service) Complain(ctx context.Context, side Side, secret, words string) error {
	read := s.Status
	if side == Affected {
		read = s.StatementOf
	}
	n, complaints, err := read(ctx, secret)
	if err != nil {
		return err
	}
	if !s.May(n, complaints, side) {
		return domain.Fail(domain.Conflict, "moderation.no_complaint")
	}
	var p domain.Problems
	words = strings.TrimSpace(words)
	if text(&p, "text", words, maxText, "moderation.complaint_missing"); p.Err() != nil {
		return p.Err()
	}
	c := Complaint{ID: s.mint.ID(), Notice: n.ID, Side: side, Text: words, At: s.mint.Now()}
	return s.store.AddComplaint(ctx, c, s.told(ComplaintReceived, domain.Nobody, n, Told{Side: side}))
}

// DecideComplaint answers a complaint: by somebody else than who decided, where
// there is somebody (Art. 20(6)). If who is restricted was right, the post that
// the decision removed comes back in the same transaction. Errors: as of [Service.Notice]; Forbidden for
// who decided, Invalid on "answer", Conflict if it is decided.
func (s *Service) DecideComplaint(ctx context.Context, v policy.Viewer, notice, id domain.ID, upheld bool, answer string) error {
	n, complaints, err := s.Notice(ctx, v, notice)
	if err != nil {
		return err
	}
	if barred, err := s.Barred(ctx, v, n); err != nil || barred {
		if err == nil {
			err = domain.Fail(domain.Forbidden, "moderation.another_moderator")
		}
		return err
	}
	var p domain.Problems
	answer = strings.TrimSpace(answer)
	if text(&p, "answer", answer, maxText, "moderation.answer_missing"); p.Err() != nil {
		return p.Err()
	}
	for _, c := range complaints {
		if c.ID != id {
			continue
		}
		if !c.Open() {
			return domain.Fail(domain.Conflict, "moderation.decided_already")
		}
		c.Upheld, c.Answer, c.By, c.DecidedAt = upheld, answer, v.Actor, s.mint.Now()
		change := s.told(ComplaintDecided, v.Actor, n, Told{Side: c.Side, Upheld: upheld})
		people := []Person{{Email: n.Email, Language: n.Language, Name: n.Name}}
		if c.Side == Affected {
			if people, err = s.store.Affected(ctx, n.Target); err != nil {
				return err
			}
		}
		change.Jobs = s.mails(account.MailComplaint, n, s.link(n, c.Side), people...)
		back, restoring, err := s.reversed(ctx, v, n, c)
		if err != nil {
			return err
		}
		return s.store.DecideComplaint(ctx, c, back, joined(change, restoring))
	}
	return domain.Fail(domain.NotFound, "error.not_found")
}

// reversed prepares the return of what a decision removed; nil if there is
// nothing to return.
func (s *Service) reversed(ctx context.Context, v policy.Viewer, n *Notice, c Complaint) (*Return, domain.Change, error) {
	if !c.Upheld || c.Side != Affected || n.Decision.Outcome != Removed {
		return nil, domain.Change{}, nil
	}
	if n.Review != "" {
		change, err := s.reviews.Restore(ctx, v, n.Review)
		if domain.CodeOf(err) == domain.NotFound {
			return nil, domain.Change{}, nil // its author withdrew it meanwhile
		}
		return &Return{Notice: n.ID, Review: n.Review}, change, err
	}
	removal, err := s.store.Removal(ctx, n.ID)
	if domain.CodeOf(err) == domain.NotFound {
		return nil, domain.Change{}, nil
	}
	if err != nil {
		return nil, domain.Change{}, err
	}
	post, feed, change, err := s.posts.Restore(ctx, v, removal)
	if domain.CodeOf(err) == domain.NotFound {
		return nil, domain.Change{}, nil // its author left meanwhile
	}
	return &Return{Notice: n.ID, Post: post, Feed: feed}, change, err
}

// Barred reports whether the viewer decided a notice and somebody else can
// decide a complaint of it.
func (s *Service) Barred(ctx context.Context, v policy.Viewer, n *Notice) (bool, error) {
	if n.Decision.By != v.Actor {
		return false, nil
	}
	count, err := s.store.Moderators(ctx)
	return count > 1, err
}

// Statements lists the decisions that restricted somebody, newest first, for
// everybody (Art. 17, 24(5)): without what or whom they are about.
func (s *Service) Statements(ctx context.Context, page domain.Page) (domain.List[Statement], error) {
	return s.store.Statements(ctx, page)
}

// Years counts what happened, for everybody (Art. 15, 24).
func (s *Service) Years(ctx context.Context) ([]Year, error) { return s.store.Years(ctx) }
