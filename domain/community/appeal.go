package community

import (
	"context"
	"strings"
	"time"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/domain/policy"
)

// Appeal is what somebody says against a decision about them in a community of
// this node, once.
type Appeal struct {
	ID        domain.ID
	Serial    domain.Serial
	Kind      AppealKind
	Subject   string         // the Block activity of a ban, the id of what was refused or removed
	Community domain.ActorID // Nobody for a decision of those who moderate the node
	Person    domain.ActorID
	Against   domain.ActorID // who had decided
	Text      string         // plain
	At        time.Time
	Upheld    bool
	Answer    string
	By        domain.ActorID
	DecidedAt time.Time // zero while open
}

// AppealKind is what an appeal is against.
type AppealKind string

// The kinds.
const (
	AgainstBan     AppealKind = "ban"
	AgainstRefusal AppealKind = "refusal"
	AgainstRemoval AppealKind = "removal"
)

// Open reports whether nobody answered yet.
func (a *Appeal) Open() bool { return a.DecidedAt.IsZero() }

// The events of appeals; the subject is the community, or, for none, the node.
const (
	AppealMade     domain.EventKind = "appeal.made"     // [AppealPayload]
	AppealAnswered domain.EventKind = "appeal.answered" // [AppealPayload]
)

// AppealPayload is the payload of the events of appeals, without any words.
type AppealPayload struct {
	Kind      AppealKind     `json:"kind"`
	Person    domain.ActorID `json:"person"`
	Community domain.ActorID `json:"community,omitempty"`
	Title     domain.Text    `json:"title,omitempty"` // of the community
	Upheld    bool           `json:"upheld,omitempty"`
}

// Appeals is the part of [Store] about appeals.
type Appeals interface {
	// Appeal returns one. Errors: NotFound.
	Appeal(ctx context.Context, id domain.ID) (*Appeal, error)
	// AppealOf returns that of a person against a decision. Errors: NotFound.
	AppealOf(ctx context.Context, kind AppealKind, subject string, person domain.ActorID) (*Appeal, error)
	// AppealsOf lists those of a person, at most [domain.MaxPage], the newest.
	AppealsOf(ctx context.Context, person domain.ActorID) ([]*Appeal, error)
	// Appeals lists those in a community, or, for Nobody, all of the node, the
	// newest first; with open those that wait for an answer.
	Appeals(ctx context.Context, community domain.ActorID, open bool, page domain.Page) (domain.List[*Appeal], error)
	// Moderators counts those who moderate the node.
	Moderators(ctx context.Context) (int, error)
	// AddAppeal stores one; Conflict if there is one against the same.
	AddAppeal(ctx context.Context, a *Appeal, change domain.Change) error
	// AnswerAppeal stores the answer; Conflict if there is one.
	AnswerAppeal(ctx context.Context, a *Appeal, change domain.Change) error
}

// AppealBan asks those who moderate a community to look again at the viewer's
// ban. Errors: NotFound if they are not banned, Unauthenticated, Invalid on
// "text", Conflict if they have asked.
func (s *Service) AppealBan(ctx context.Context, v policy.Viewer, name, text string) error {
	c, err := s.Community(ctx, v, name)
	if err != nil {
		return err
	}
	b, err := s.OwnBan(ctx, v, c.ID)
	if err != nil {
		return err
	}
	return s.appeal(ctx, c, &Appeal{Kind: AgainstBan, Subject: string(b.Activity), Person: v.Actor, Against: b.By, Text: text})
}

// AppealHeld asks to look again at what the viewer wrote that was refused or
// removed. Errors: as of [Service.AppealBan].
func (s *Service) AppealHeld(ctx context.Context, v policy.Viewer, id domain.ID, text string) error {
	if v.Actor == domain.Nobody {
		return domain.Fail(domain.Unauthenticated, "error.sign_in")
	}
	h, err := s.store.Held(ctx, id)
	if err == nil && (h.Post.Author != v.Actor || !h.appealable()) {
		err = domain.Fail(domain.NotFound, "error.not_found")
	}
	if err != nil {
		return err
	}
	return s.appealAgainst(ctx, h, text)
}

// receiveAppeal takes what somebody elsewhere says against what was decided here
// about a post of theirs, by a letter: a person who does not sign in here, or a
// community. What is not theirs, or not decided, is left unheard.
func (s *Service) receiveAppeal(ctx context.Context, in Remote) error {
	h, err := s.store.HeldByIRI(ctx, in.Appeals)
	if domain.CodeOf(err) == domain.NotFound || err == nil && (h.Post.Author != in.Author.ID || !h.appealable()) {
		return nil
	}
	if err != nil {
		return err
	}
	return once(s.appealAgainst(ctx, h, cut(in.Reason, maxReason)))
}

// appealAgainst is an appeal by the author of what was refused or removed.
func (s *Service) appealAgainst(ctx context.Context, h *Held, text string) error {
	c, err := s.heldGroup(ctx, h)
	if err != nil {
		return err
	}
	kind := AgainstRefusal
	if h.State == HeldRemoved {
		kind = AgainstRemoval
	}
	return s.appeal(ctx, c, &Appeal{Kind: kind, Subject: string(h.Post.ID), Person: h.Post.Author, Against: h.By, Text: text})
}

func (s *Service) appeal(ctx context.Context, c *Community, a *Appeal) error {
	a.Text = strings.TrimSpace(a.Text)
	switch {
	case a.Text == "":
		return domain.InvalidField("text", "appeal.text_missing")
	case len(a.Text) > maxReason:
		return domain.InvalidField("text", "error.too_long", maxReason)
	}
	a.ID, a.Serial, a.At = s.mint.ID(), s.mint.Serial(), s.mint.Now()
	if c != nil {
		a.Community = c.ID
	}
	return s.store.AddAppeal(ctx, a, domain.Change{Events: []domain.Event{s.appealEvent(AppealMade, a.Person, a, c)}})
}

func (s *Service) appealEvent(kind domain.EventKind, by domain.ActorID, a *Appeal, c *Community) domain.Event {
	told, subject := AppealPayload{Kind: a.Kind, Person: a.Person, Upheld: a.Upheld}, domain.Subject{Kind: "node", ID: "appeals"}
	if c != nil {
		told.Community, told.Title, subject = c.ID, c.Title, c.Subject()
	}
	return domain.NewEvent(s.mint, kind, by, subject, told)
}

// OwnAppeal returns the viewer's appeal against a decision. Errors: NotFound.
func (s *Service) OwnAppeal(ctx context.Context, v policy.Viewer, kind AppealKind, subject string) (*Appeal, error) {
	if v.Actor == domain.Nobody {
		return nil, domain.Fail(domain.NotFound, "error.not_found")
	}
	return s.store.AppealOf(ctx, kind, subject, v.Actor)
}

// OwnAppeals returns the viewer's appeals by what they are against. Errors:
// Unauthenticated.
func (s *Service) OwnAppeals(ctx context.Context, v policy.Viewer) (map[string]*Appeal, error) {
	if v.Actor == domain.Nobody {
		return nil, domain.Fail(domain.Unauthenticated, "error.sign_in")
	}
	all, err := s.store.AppealsOf(ctx, v.Actor)
	mine := make(map[string]*Appeal, len(all))
	for _, a := range all {
		mine[a.Subject] = a
	}
	return mine, err
}

// Appeals lists those in a community, newest first. Errors: NotFound,
// Unauthenticated, Forbidden unless the viewer moderates it.
func (s *Service) Appeals(ctx context.Context, v policy.Viewer, name string, open bool, page domain.Page) (domain.List[*Appeal], error) {
	c, err := s.moderated(ctx, v, name)
	if err != nil {
		return domain.List[*Appeal]{}, err
	}
	return s.store.Appeals(ctx, c.ID, open, page)
}

// AllAppeals lists those of the node. Errors: Unauthenticated, Forbidden unless
// the viewer moderates the node.
func (s *Service) AllAppeals(ctx context.Context, v policy.Viewer, open bool, page domain.Page) (domain.List[*Appeal], error) {
	if err := policy.Allow(v, policy.Moderate, moderation{}); err != nil {
		return domain.List[*Appeal]{}, err
	}
	return s.store.Appeals(ctx, domain.Nobody, open, page)
}

// AnswerAppeal decides an appeal: by somebody else than who had decided, where
// the community has somebody else. If it is right, the ban ends, what was refused
// is let pass, or what was removed comes back. Errors: NotFound, Unauthenticated, Forbidden, Invalid
// on "answer", Conflict if it is answered.
func (s *Service) AnswerAppeal(ctx context.Context, v policy.Viewer, id domain.ID, upheld bool, answer string) error {
	denied := policy.Allow(v, policy.Moderate, moderation{})
	if denied != nil && v.Actor == domain.Nobody {
		return denied
	}
	a, err := s.store.Appeal(ctx, id)
	if err != nil {
		return err
	}
	var c *Community
	if a.Community != domain.Nobody {
		if c, err = s.store.Community(ctx, a.Community, v.Actor); err != nil {
			return err
		}
		denied = policy.Allow(v, policy.Moderate, c)
	}
	answer = strings.TrimSpace(answer)
	switch {
	case denied != nil:
		return denied
	case !a.Open():
		return domain.Fail(domain.Conflict, "error.conflict")
	case answer == "":
		return domain.InvalidField("answer", "appeal.answer_missing")
	case len(answer) > maxReason:
		return domain.InvalidField("answer", "error.too_long", maxReason)
	}
	barred, err := s.Barred(ctx, v, a, c)
	if err != nil {
		return err
	}
	if barred {
		return domain.Fail(domain.Forbidden, "appeal.somebody_else")
	}
	a.Upheld, a.Answer, a.By, a.DecidedAt = upheld, answer, v.Actor, s.mint.Now()
	change := domain.Change{Events: []domain.Event{s.appealEvent(AppealAnswered, v.Actor, a, c)}}
	if upheld {
		change.Jobs = []domain.Job{a.reversal()}
	}
	letters, err := s.answerLetters(ctx, a, c)
	if err != nil {
		return err
	}
	change.Jobs = append(change.Jobs, letters...)
	return s.store.AnswerAppeal(ctx, a, change)
}

// answerLetters writes the answer to who appealed from another server; their
// node is told by it of what is published after all, and of what stays as it was.
func (s *Service) answerLetters(ctx context.Context, a *Appeal, c *Community) ([]domain.Job, error) {
	letter := network.Letter{To: a.Person, Key: "appeal.letter", Words: a.Answer}
	if a.Kind != AgainstBan {
		h, err := s.store.Held(ctx, domain.ID(a.Subject))
		switch {
		case domain.CodeOf(err) == domain.NotFound: // it is not kept any more
		case err != nil:
			return nil, err
		case a.Upheld:
			letter.Admits = h.Post.IRI
		default:
			letter.Refuses, letter.Stands = h.Post.IRI, true
		}
	}
	return s.letters(ctx, c, letter, "/me/waiting")
}

// Barred reports whether the viewer decided what an appeal is against, and
// somebody else can answer: of those who run the community c, or, for none, of
// those who moderate the node.
func (s *Service) Barred(ctx context.Context, v policy.Viewer, a *Appeal, c *Community) (bool, error) {
	switch {
	case a.Against != v.Actor:
		return false, nil
	case c != nil:
		return len(c.Staff()) > 1, nil
	}
	count, err := s.store.Moderators(ctx)
	return count > 1, err
}

// reversal is the job that takes the decision back.
func (a *Appeal) reversal() domain.Job {
	if a.Kind == AgainstBan {
		return domain.Job{Kind: JobUnban, Args: Unban{a.Community, a.Person, domain.IRI(a.Subject)}}
	}
	return domain.Job{Kind: JobRelease, Args: Release{Held: domain.ID(a.Subject), Appeal: true, By: a.By}}
}
