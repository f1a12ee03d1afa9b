package organization

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"

	"interlink/domain"
	"interlink/domain/policy"
)

// Roll is a list of people with what was, or would be, done with it.
type Roll struct {
	Lines    []Line
	Problems int // lines of which nothing becomes
	Enrolled Enrolled
	Done     bool
}

// RollMode says what to do with a list of people.
type RollMode string

// The modes.
const (
	RollCheck      RollMode = "check"      // do nothing, but tell
	RollAll        RollMode = "all"        // take all in, or none if a line was not understood
	RollUnderstood RollMode = "understood" // take in those that were understood
)

// EnrollRoll reads a list of people as [parseRoll] does and takes them into a
// group as [Service.Enroll] does: all in one go, or nobody. The report comes
// also with an Invalid error on "people", for lines that were not understood.
// Errors: those of ParseRoll, NotFound, Forbidden.
func (s *Service) EnrollRoll(ctx context.Context, v policy.Viewer, group domain.ActorID, lang domain.Lang, text string, mode RollMode) (Roll, error) {
	g, err := s.group(ctx, v, policy.Administer, group)
	if err != nil {
		return Roll{}, err
	}
	var roll Roll
	if roll.Lines, err = parseRoll(text); err != nil {
		return roll, err
	}
	if err := s.identify(ctx, roll.Lines); err != nil {
		return roll, err
	}
	var people []Newcomer
	for _, l := range roll.Lines {
		if l.Problem == nil {
			people = append(people, l.Newcomer)
		}
	}
	e, err := s.enrolment(ctx, v, g, lang, people)
	if err != nil {
		return roll, err
	}
	if err := e.roll(&roll); err != nil {
		return roll, err
	}
	switch {
	case mode == RollCheck:
		return roll, nil
	case roll.Problems > 0 && mode != RollUnderstood:
		return roll, domain.InvalidField("people", "organization.roll_problems", roll.Problems)
	}
	roll.Done = true
	if len(e.change.Events) == 0 {
		return roll, nil
	}
	g.setPeople(e.members)
	return roll, s.store.SavePeople(ctx, g, e.written, e.change)
}

// roll takes each line by itself: what is wrong with one is its own problem.
func (e *enrolment) roll(r *Roll) error {
	for i := range r.Lines {
		l := &r.Lines[i]
		if l.Problem == nil {
			before := e.Enrolled
			var problem *domain.Error
			switch err := e.take(l.Newcomer); {
			case errors.As(err, &problem) && problem.Code == domain.NotFound:
				l.Problem = domain.Fail(domain.NotFound, "organization.roll_unknown").Because(err)
			case errors.As(err, &problem):
				l.Problem = problem
			case err != nil:
				return err
			case e.Added > before.Added:
				l.Fate = FateAdd
			case e.Known > before.Known:
				l.Fate = FateKnown
			case l.Newcomer.Email != "":
				l.Fate = FateMail
			default:
				l.Fate = FateInvite
			}
		}
		if l.Problem != nil {
			r.Problems++
		}
	}
	r.Enrolled = e.Enrolled
	return nil
}

// How strangers on a list are found: so many at once, and no longer than so.
const (
	findAtOnce = 8
	findWithin = 20 * time.Second
)

// identify finds the people that lines name. One whom nobody finds is a
// problem of the line.
func (s *Service) identify(ctx context.Context, lines []Line) error {
	var names []string
	for i := range lines {
		l := &lines[i]
		name, host, _ := strings.Cut(strings.TrimPrefix(l.handle, "@"), "@")
		if l.handle != "" && s.ns.Here(strings.ToLower(host)) {
			l.name = strings.ToLower(name)
		}
		if l.name != "" && l.Problem == nil {
			names = append(names, l.name)
		}
	}
	here, err := s.store.PersonsNamed(ctx, names)
	if err != nil {
		return err
	}
	s.lookUp(ctx, lines)
	found := map[domain.ActorID]int{}
	for i := range lines {
		l := &lines[i]
		if l.name != "" && l.Problem == nil {
			l.Newcomer.Person = here[l.name]
		}
		switch who := l.Newcomer.Person; {
		case l.Problem != nil || l.Newcomer.Email != "":
		case who == domain.Nobody:
			l.Problem = domain.Fail(domain.NotFound, "organization.roll_unknown")
		case found[who] > 0:
			l.Problem = domain.Fail(domain.Invalid, "organization.roll_twice", found[who])
		default:
			found[who] = l.Number
		}
	}
	return nil
}

// lookUp finds people of other nodes.
func (s *Service) lookUp(ctx context.Context, lines []Line) {
	if s.find == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, findWithin)
	defer cancel()
	var wait sync.WaitGroup
	slots := make(chan struct{}, findAtOnce)
	for i := range lines {
		l := &lines[i]
		if l.handle == "" || l.name != "" || l.Problem != nil {
			continue
		}
		slots <- struct{}{}
		wait.Go(func() {
			defer func() { <-slots }()
			if id, err := s.find(ctx, l.handle); err == nil {
				l.Newcomer.Person = id
			}
		})
	}
	wait.Wait()
}
