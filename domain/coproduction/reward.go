package coproduction

import (
	"context"
	"encoding/base64"

	"interlink/domain"
	"interlink/domain/policy"
)

// Claim says what the viewer did in a task. Errors: NotFound, Forbidden unless
// they may work there, Invalid.
func (s *Service) Claim(ctx context.Context, v policy.Viewer, name string, task domain.ID, in ClaimInput) (*Contribution, error) {
	return s.claim(ctx, v, name, task, in, Contribution{})
}

// claim makes a contribution, which says of itself where it came from.
func (s *Service) claim(ctx context.Context, v policy.Viewer, name string, task domain.ID, in ClaimInput, made Contribution) (*Contribution, error) {
	_, err := s.changeAt(ctx, v, policy.Contribute, name, task, func(p *Process, t *Tree) (edit, error) {
		it, err := t.task(task)
		if err != nil {
			return edit{}, err
		}
		if err := in.check(); err != nil {
			return edit{}, err
		}
		if _, err := s.assignedResource(ctx, p, task, in.Resource); err != nil {
			return edit{}, err
		}
		if in.Assignment != "" {
			a, err := s.store.Assignment(ctx, in.Assignment)
			if err != nil {
				return edit{}, err
			}
			if a.Assignee != v.Actor || a.Process != p.ID || a.Item != task {
				return edit{}, domain.InvalidField("assignment", "contribution.assignment_elsewhere")
			}
		}
		now := s.mint.Now()
		made = Contribution{
			IRI: made.IRI, Offer: made.Offer, ID: s.mint.ID(), Serial: s.mint.Serial(), Process: p.ID, Item: task, ItemName: it.Name, Resource: in.Resource, Assignment: in.Assignment,
			Person: v.Actor, Title: in.Title, Content: in.Content, Kind: in.Kind, State: Claimed, CreatedAt: now, UpdatedAt: now,
		}
		return s.contributed(ContributionClaimed, v, p, made), nil
	})
	return &made, err
}

// Award says what a claim is worth. The task must be finished: reopening it
// takes awards back. Whoever manages the task may, but nobody for themselves,
// unless they are the process's only administrator. Errors: NotFound,
// Forbidden, Invalid, Conflict.
func (s *Service) Award(ctx context.Context, v policy.Viewer, name string, id domain.ID, level Level) (*Contribution, error) {
	return s.decide(ctx, v, name, id, func(t *Tree, c *Contribution) (domain.EventKind, error) {
		if level.String() == "" {
			return "", domain.InvalidField("level", "contribution.level_unknown")
		}
		it, err := t.Item(c.Item)
		if err != nil {
			return "", err
		}
		if it.Status != Finished {
			return "", domain.Fail(domain.Conflict, "contribution.task_unfinished")
		}
		if c.State == Awarded && c.Level == level {
			return "", nil
		}
		c.award(level, it.Complexity, v.Actor, s.mint.Now())
		return ContributionAwarded, nil
	})
}

// RejectClaim says that a claim is not followed, and why. Errors: those of
// [Service.Award].
func (s *Service) RejectClaim(ctx context.Context, v policy.Viewer, name string, id domain.ID, reason string) (*Contribution, error) {
	return s.decide(ctx, v, name, id, func(_ *Tree, c *Contribution) (domain.EventKind, error) {
		if reason = plain(reason); reason == "" {
			return "", domain.InvalidField("reason", "contribution.reason_missing")
		}
		if len(reason) > maxReason {
			return "", domain.InvalidField("reason", "process.text_too_long", maxReason)
		}
		now := s.mint.Now()
		c.revert(now)
		c.State, c.Reason, c.DecidedBy, c.DecidedAt = ClaimRejected, reason, v.Actor, now
		return ContributionRejected, nil
	})
}

// decide changes a claim as those do who manage its task.
func (s *Service) decide(ctx context.Context, v policy.Viewer, name string, id domain.ID, how func(t *Tree, c *Contribution) (domain.EventKind, error)) (*Contribution, error) {
	var decided *Contribution
	_, err := s.change(ctx, v, policy.Read, name, func(p *Process, t *Tree) (edit, error) {
		c, err := s.contribution(ctx, p, id)
		if err != nil {
			return edit{}, err
		}
		if err := policy.Allow(v, policy.Administer, Place{p, t, c.Item}); err != nil {
			return edit{}, err
		}
		if c.Person == v.Actor && (len(p.Administrators) > 1 || !p.administrates(v.Actor)) {
			return edit{}, domain.Fail(domain.Forbidden, "contribution.own")
		}
		if c.State == ClaimTaken {
			return edit{}, domain.Fail(domain.Conflict, "contribution.withdrawn")
		}
		decided = c
		kind, err := how(t, c)
		if err != nil || kind == "" {
			return edit{}, err
		}
		return s.contributed(kind, v, p, *c), nil
	})
	return decided, err
}

// WithdrawClaim takes the viewer's own claim back, unless it was decided on.
// Again changes nothing. Errors: NotFound, Forbidden, Conflict.
func (s *Service) WithdrawClaim(ctx context.Context, v policy.Viewer, name string, id domain.ID) error {
	_, err := s.change(ctx, v, policy.Read, name, func(p *Process, t *Tree) (edit, error) {
		c, err := s.contribution(ctx, p, id)
		if err != nil {
			return edit{}, err
		}
		if err := policy.Allow(v, policy.Contribute, within{Place{p, t, c.Item}}); err != nil {
			return edit{}, err
		}
		if c.Person != v.Actor {
			return edit{}, domain.Fail(domain.Forbidden, "error.forbidden")
		}
		switch c.State {
		case ClaimTaken:
			return edit{}, nil
		case Claimed:
		default:
			return edit{}, domain.Fail(domain.Conflict, "contribution.decided")
		}
		c.State, c.UpdatedAt = ClaimTaken, s.mint.Now()
		return s.contributed(ContributionWithdrawn, v, p, *c), nil
	})
	return err
}

// contribution reads one of a process. Errors: NotFound.
func (s *Service) contribution(ctx context.Context, p *Process, id domain.ID) (*Contribution, error) {
	c, err := s.store.Contribution(ctx, id)
	if err == nil && c.Process != p.ID {
		err = domain.Fail(domain.NotFound, "error.not_found")
	}
	return c, err
}

// reverted takes back what was awarded in a task that goes on.
func (s *Service) reverted(ctx context.Context, v policy.Viewer, p *Process, task domain.ID) (edit, error) {
	awarded, err := s.store.Awarded(ctx, p.ID, task)
	var all edit
	for _, c := range awarded {
		c.revert(s.mint.Now())
		e := s.contributed(ContributionReverted, v, p, c)
		all.Contributions, all.events = append(all.Contributions, c), append(all.events, e.events...)
	}
	return all, err
}

// Contributions lists those of a process, or of one task, newest first, for
// those who take part there. state "" means all. Errors: NotFound.
func (s *Service) Contributions(ctx context.Context, v policy.Viewer, name string, item domain.ID, state ContributionState, page domain.Page) (domain.List[*Contribution], error) {
	f, err := s.workOf(ctx, v, name, item)
	if err != nil {
		return domain.List[*Contribution]{}, err
	}
	return s.store.Contributions(ctx, ContributionFilter{WorkFilter: f, State: state}, page)
}

// MayAward reports whether the viewer may decide on a claim, for pages that
// offer it.
func (s *Service) MayAward(v policy.Viewer, p *Process, t *Tree, c *Contribution) bool {
	own := c.Person == v.Actor && (len(p.Administrators) > 1 || !p.administrates(v.Actor))
	return !own && c.State != ClaimTaken && policy.Allow(v, policy.Administer, Place{p, t, c.Item}) == nil
}

// SwitchRewards turns on or off that points are shown in a process, and that
// its people see who has how many. Errors: NotFound, Forbidden.
func (s *Service) SwitchRewards(ctx context.Context, v policy.Viewer, name string, rewards, leaderboard bool) error {
	_, err := s.change(ctx, v, policy.Administer, name, func(p *Process, _ *Tree) (edit, error) {
		if leaderboard = leaderboard && rewards; p.Rewards == rewards && p.Leaderboard == leaderboard {
			return edit{}, nil
		}
		p.Rewards, p.Leaderboard = rewards, leaderboard
		return edit{events: []domain.Event{s.event(RewardsSwitched, v, p, Switched{Process: p.Name, Title: p.Title, Rewards: rewards, Leaderboard: leaderboard})}}, nil
	})
	return err
}

// Standings lists who has points in a process, most first, for those who take
// part in all of it; while the leaderboard is off, for its administrators.
// Errors: NotFound.
func (s *Service) Standings(ctx context.Context, v policy.Viewer, name string, page domain.Page) (domain.List[Standing], error) {
	p, err := s.process(ctx, v, policy.Read, name)
	if err == nil && !s.ShowsStandings(v, p) {
		err = domain.Fail(domain.NotFound, "error.not_found")
	}
	if err != nil {
		return domain.List[Standing]{}, err
	}
	return s.store.Standings(ctx, p.ID, page)
}

// ShowsStandings reports whether the viewer may read [Service.Standings].
func (s *Service) ShowsStandings(v policy.Viewer, p *Process) bool {
	return p.Rewards && inside(v, p) && (p.Leaderboard || policy.Allow(v, policy.Administer, p) == nil)
}

// Certify makes a certificate of what the viewer was awarded in a process, or
// returns the one that there is. Errors: Unauthenticated, NotFound if nothing
// was awarded to them.
func (s *Service) Certify(ctx context.Context, v policy.Viewer, name string) (*Certificate, error) {
	p, err := s.certified(ctx, v, name)
	if err != nil {
		return nil, err
	}
	c, err := s.store.CertificateOf(ctx, p.ID, v.Actor)
	if domain.CodeOf(err) != domain.NotFound {
		return c, err
	}
	awarded, err := s.awardedTo(ctx, p.ID, v.Actor, domain.Page{Limit: 1})
	if err != nil {
		return nil, err
	}
	if awarded.Total == 0 {
		return nil, domain.Fail(domain.NotFound, "certificate.nothing_awarded")
	}
	c = &Certificate{
		ID: s.mint.ID(), Token: base64.RawURLEncoding.EncodeToString(s.mint.Secret(20)), Process: p.ID, Person: v.Actor, CreatedAt: s.mint.Now(),
	}
	return c, s.store.SaveCertificate(ctx, c, s.certificate(CertificateMade, c, p))
}

// RevokeCertificate ends the viewer's certificate of a process: its address
// shows nothing any more. Again changes nothing. Errors: Unauthenticated,
// NotFound.
func (s *Service) RevokeCertificate(ctx context.Context, v policy.Viewer, name string) error {
	p, err := s.certified(ctx, v, name)
	if err != nil {
		return err
	}
	c, err := s.store.CertificateOf(ctx, p.ID, v.Actor)
	if domain.CodeOf(err) == domain.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	c.RevokedAt = s.mint.Now()
	return s.store.SaveCertificate(ctx, c, s.certificate(CertificateRevoked, c, p))
}

// OwnCertificate returns the viewer's certificate of a process, nil if they
// have none, and how much was awarded to them. Errors: NotFound.
func (s *Service) OwnCertificate(ctx context.Context, v policy.Viewer, p *Process) (c *Certificate, awarded int, err error) {
	if v.Actor == domain.Nobody {
		return nil, 0, nil
	}
	if c, err = s.store.CertificateOf(ctx, p.ID, v.Actor); domain.CodeOf(err) == domain.NotFound {
		c, err = nil, nil
	}
	if err != nil {
		return nil, 0, err
	}
	list, err := s.awardedTo(ctx, p.ID, v.Actor, domain.Page{Limit: 1})
	return c, list.Total, err
}

// certified reads a process for somebody who has something of their own in it,
// though they may take part no more.
func (s *Service) certified(ctx context.Context, v policy.Viewer, name string) (*Process, error) {
	if v.Actor == domain.Nobody {
		return nil, domain.Fail(domain.Unauthenticated, "error.sign_in")
	}
	p, err := s.store.ProcessNamed(ctx, name)
	if err != nil {
		return nil, err
	}
	return p, policy.Allow(v, policy.Contribute, ownClaim{p})
}

// ownClaim is what somebody did in a process, which is theirs: others are
// asked for nothing but whether they may write at all.
type ownClaim struct{ *Process }

func (ownClaim) PolicyKind() string                            { return "contribution" }
func (ownClaim) PolicyVisibility() domain.Visibility           { return domain.VisibleMembers }
func (ownClaim) PolicyRelation(domain.ActorID) policy.Relation { return policy.Contributor }

func (s *Service) awardedTo(ctx context.Context, process, person domain.ActorID, page domain.Page) (domain.List[*Contribution], error) {
	f := ContributionFilter{WorkFilter: WorkFilter{Process: process, Person: person}, State: Awarded}
	return s.store.Contributions(ctx, f, page)
}

// ReadCertificate shows a certificate to everybody who has its address: the
// process by its title, whoever may see it else, and what is awarded now.
// Errors: NotFound, Gone once it was revoked.
func (s *Service) ReadCertificate(ctx context.Context, token string, page domain.Page) (*Certificate, *Process, domain.List[*Contribution], error) {
	var none domain.List[*Contribution]
	c, err := s.store.Certificate(ctx, token)
	if err != nil {
		return nil, nil, none, err
	}
	if !c.RevokedAt.IsZero() {
		return nil, nil, none, domain.Fail(domain.Gone, "certificate.revoked")
	}
	p, err := s.store.Process(ctx, c.Process)
	if err != nil {
		return nil, nil, none, err
	}
	list, err := s.awardedTo(ctx, c.Process, c.Person, page)
	return c, p, list, err
}

// certificate tells of one, without its address. It is no part of the
// process's history: it is the person's.
func (s *Service) certificate(kind domain.EventKind, c *Certificate, p *Process) domain.Change {
	told := Certified{Certificate: c.ID, Process: p.Name, Title: p.Title, Person: c.Person}
	return domain.Change{Events: []domain.Event{domain.NewEvent(s.mint, kind, c.Person, domain.Subject{Kind: "certificate", ID: c.ID}, told)}}
}

// contributed makes the edit that saves a contribution and tells of it.
func (s *Service) contributed(kind domain.EventKind, v policy.Viewer, p *Process, c Contribution) edit {
	told := Contributed{
		Contribution: c.ID, Process: p.Name, Title: p.Title, Item: c.Item, Name: c.ItemName, Person: c.Person, Claim: c.Title,
		Level: c.Level, Points: c.Points, Reason: c.Reason,
	}
	return edit{Written: Written{Contributions: []Contribution{c}}, events: []domain.Event{s.itemEvent(kind, v, p, c.Item, told)}}
}
