package community

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"interlink/domain"
	"interlink/domain/markup"
	"interlink/domain/network"
	"interlink/domain/policy"
)

// Poll is what a post asks its readers to choose from (ActivityStreams
// Vocabulary §3.1, Question). The node of the post counts; a copy has the
// counts that it was told. Who chose what is nobody's to read.
type Poll struct {
	Options  []PollOption `json:"options"`            // at least two
	Multiple bool         `json:"multiple,omitempty"` // a voter may choose several
	Ends     time.Time    `json:"ends,omitzero"`      // zero: no end is known, of another node
	Closed   time.Time    `json:"closed,omitzero"`    // it takes no votes since
	Voters   int          `json:"voters"`             // people, each once

	// Anew says that a copy asks something else than before: what was chosen
	// is void. Read by the store that saves it, not kept.
	Anew bool `json:"-"`
}

// PollOption is one answer, and how many chose it.
type PollOption struct {
	Name  string `json:"name"` // plain text; votes name it letter by letter
	Votes int    `json:"votes"`
}

// Ballot is what one person chose in a poll.
type Ballot struct {
	Post    domain.ID
	Voter   domain.ActorID
	Choices []int       // places of options
	IDs     []domain.ID // of the votes, one for each
	At      time.Time
	Ends    time.Time // of the poll: it is forgotten some time after; zero if it has no end
}

// PollDraft is a poll to be asked.
type PollDraft struct {
	Options  []string // 2 to 10, each another one, of at most 100 letters; empty ones are left out
	Multiple bool
	Ends     time.Time // at least five minutes and at most 180 days ahead
}

// The bounds of polls.
const (
	minOptions = 2
	maxOptions = 10
	maxOption  = 100 // letters
	minPoll    = 5 * time.Minute
	maxPoll    = 180 * 24 * time.Hour
)

// Polls is the part of [Store] about polls.
type Polls interface {
	// Cast stores what somebody chose, beside what they chose before, if
	// [Poll.Count] takes it; on a poll of this node it is counted, whatever
	// others do at the same time. Errors: NotFound where there is no poll,
	// Conflict for one that is closed, those of Count.
	Cast(ctx context.Context, b *Ballot, change domain.Change) error
	// Ballots returns what somebody chose in the polls of some posts.
	Ballots(ctx context.Context, voter domain.ActorID, posts []domain.ID) (map[domain.ID][]int, error)
	// ClosePoll notes that a poll takes no more votes; Conflict if it was
	// closed, or is gone.
	ClosePoll(ctx context.Context, post domain.ID, at time.Time, change domain.Change) error
	// VoterInboxes lists the inboxes of the servers whose people voted, each
	// once; at most [MaxVoterInboxes].
	VoterInboxes(ctx context.Context, post domain.ID) ([]domain.IRI, error)
}

// MaxVoterInboxes is how many servers are told what became of a poll: strangers
// vote. Others find it at its address.
const MaxVoterInboxes = 10_000

// The events of polls; the subject is the post. None says what was chosen.
const (
	PollVoted   domain.EventKind = "poll.voted"   // [Voted]: by a person here, in a poll of another node
	PollCounted domain.EventKind = "poll.counted" // [Wrote], as the next; of this node: others are told of votes
	PollEnded   domain.EventKind = "poll.ended"   // of this node or another
)

// Voted is the payload of PollVoted.
type Voted struct {
	Author domain.ActorID `json:"author"`
	Post   domain.IRI     `json:"post"`
}

// The jobs of polls; their argument is [PollJob].
const (
	JobTellPoll = "community.tell_poll"
	JobEndPoll  = "community.end_poll"
)

// PollJob names a poll.
type PollJob struct {
	Post domain.ID `json:"post"`
}

// tellEvery is how long votes are gathered before other servers are told the
// counts; tellAfter lets what is being written then be done.
const (
	tellEvery = 3 * time.Minute
	tellAfter = 5 * time.Second
)

// Over reports whether the poll takes no votes at a time.
func (p *Poll) Over(at time.Time) bool {
	return !p.Closed.IsZero() || !p.Ends.IsZero() && !at.Before(p.Ends)
}

// Place finds an option by its name; -1 if there is none.
func (p *Poll) Place(name string) int {
	return slices.IndexFunc(p.Options, func(o PollOption) bool { return o.Name == name })
}

// Count adds what one person chooses to what they chose before: each option
// once, one alone where one is to be chosen. It is all counted, or nothing.
// Errors: Invalid on "option" for no option and one that is not there, Conflict
// for what was chosen before.
func (p *Poll) Count(before, choices []int) error {
	if len(choices) == 0 {
		return domain.InvalidField("option", "poll.nothing")
	}
	for i, c := range choices {
		switch {
		case c < 0 || c >= len(p.Options):
			return domain.InvalidField("option", "poll.no_option")
		case slices.Contains(before, c), slices.Contains(choices[:i], c), !p.Multiple && len(before) > 0:
			return domain.Fail(domain.Conflict, "poll.voted")
		case !p.Multiple && len(choices) > 1:
			return domain.InvalidField("option", "poll.one_only")
		}
	}
	for _, c := range choices {
		p.Options[c].Votes++
	}
	if len(before) == 0 {
		p.Voters++
	}
	return nil
}

// Copy is the same poll, which can be counted in without changing this one.
func (p *Poll) Copy() *Poll {
	c := *p
	c.Options = slices.Clone(p.Options)
	return &c
}

// asksTheSame reports whether two polls have the same options.
func (p *Poll) asksTheSame(o *Poll) bool {
	return p.Multiple == o.Multiple && slices.EqualFunc(p.Options, o.Options, func(a, b PollOption) bool { return a.Name == b.Name })
}

// poll makes the poll of a draft; nil if it asks nothing.
func (d *PollDraft) poll(problems *domain.Problems, now time.Time) *Poll {
	if d == nil {
		return nil
	}
	p := &Poll{Multiple: d.Multiple, Ends: d.Ends.UTC().Truncate(time.Second)}
	for _, name := range d.Options {
		name = strings.Join(strings.Fields(name), " ")
		switch {
		case name == "":
		case utf8.RuneCountInString(name) > maxOption:
			problems.Add("options", "poll.option_long", maxOption)
		case p.Place(name) >= 0:
			problems.Add("options", "poll.option_twice", name)
		default:
			p.Options = append(p.Options, PollOption{Name: name})
		}
	}
	if problems.Err() == nil && (len(p.Options) < minOptions || len(p.Options) > maxOptions) {
		problems.Add("options", "poll.options", minOptions, maxOptions)
	}
	if d.Ends.Before(now.Add(minPoll-time.Minute)) || d.Ends.After(now.Add(maxPoll)) {
		problems.Add("ends", "poll.ends")
	}
	return p
}

// ending is the job that closes a poll.
func ending(p *Post) []domain.Job {
	if p.Poll == nil || p.Poll.Ends.IsZero() {
		return nil
	}
	return []domain.Job{{Kind: JobEndPoll, Args: PollJob{p.ID}, Unique: string(p.ID), At: p.Poll.Ends}}
}

// telling is the job that tells others of votes: one for all that come within
// some minutes.
func telling(p *Post, now time.Time) domain.Job {
	until := now.Truncate(tellEvery).Add(tellEvery)
	return domain.Job{
		Kind: JobTellPoll, Args: PollJob{p.ID}, Unique: string(p.ID) + " " + strconv.FormatInt(until.Unix(), 10), At: until.Add(tellAfter),
	}
}

// Vote casts what the viewer chooses in a poll: once; in one of this node it is
// counted, to another node it is sent. Errors: NotFound, Gone, Unauthenticated,
// Forbidden for who is banned; Invalid on "option", also where there is no poll; Conflict for a poll that is over, or if they voted.
func (s *Service) Vote(ctx context.Context, v policy.Viewer, id domain.ID, choices []int) error {
	p, err := s.PostByID(ctx, v, id)
	if err != nil {
		return err
	}
	if err := s.votable(ctx, v, p); err != nil {
		return err
	}
	before, err := s.store.Ballots(ctx, v.Actor, []domain.ID{id})
	if err == nil && len(before[id]) > 0 {
		err = domain.Fail(domain.Conflict, "poll.voted")
	}
	if err != nil {
		return err
	}
	change := domain.Change{Jobs: []domain.Job{telling(p, s.mint.Now())}}
	if !p.Local() {
		e := domain.NewEvent(s.mint, PollVoted, v.Actor, p.Subject(), Voted{Author: p.Author, Post: p.IRI})
		change = domain.Change{Events: []domain.Event{e}, Jobs: ending(p)}
	}
	return s.store.Cast(ctx, s.ballot(p, v.Actor, choices), change)
}

func (s *Service) ballot(p *Post, voter domain.ActorID, choices []int) *Ballot {
	b := &Ballot{Post: p.ID, Voter: voter, Choices: choices, At: s.mint.Now(), Ends: p.Poll.Ends}
	for range choices {
		b.IDs = append(b.IDs, s.mint.ID())
	}
	return b
}

// votable refuses votes where none can be cast.
func (s *Service) votable(ctx context.Context, v policy.Viewer, p *Post) error {
	if err := policy.Allow(v, policy.React, p); err != nil {
		return err
	}
	if p.Poll == nil {
		return domain.InvalidField("option", "poll.none")
	}
	if err := s.unbarred(ctx, p.Community, v.Actor); err != nil {
		return err
	}
	if p.Poll.Over(s.mint.Now()) {
		return domain.Fail(domain.Conflict, "poll.over")
	}
	return nil
}

// Chosen returns what the viewer chose in the polls of some posts, by the
// places of the options.
func (s *Service) Chosen(ctx context.Context, v policy.Viewer, posts []domain.ID) (map[domain.ID][]int, error) {
	if v.Actor == domain.Nobody || len(posts) == 0 {
		return nil, nil
	}
	return s.store.Ballots(ctx, v.Actor, posts)
}

// ReceiveVotes counts what somebody elsewhere chose in a poll of this node, by
// the names of the options. Again it changes nothing. poll is false where the
// post is no poll: what names it is no vote then. Errors: those of
// [Service.Vote]; Forbidden for a poll of another node, which counts itself.
func (s *Service) ReceiveVotes(ctx context.Context, by *network.Actor, object domain.IRI, names []string) (poll bool, err error) {
	v := policy.Viewer{Actor: by.ID, Role: policy.RoleRemote}
	p, err := s.PostByIRI(ctx, v, object)
	switch {
	case domain.CodeOf(err) == domain.NotFound, domain.CodeOf(err) == domain.Gone:
		return false, nil
	case err != nil:
		return false, err
	case p.Poll == nil:
		return false, nil
	case !p.Local():
		return true, domain.Fail(domain.Forbidden, "error.origin")
	}
	if err := s.votable(ctx, v, p); err != nil {
		return true, err
	}
	var choices []int
	for _, name := range names {
		choices = append(choices, p.Poll.Place(name))
	}
	return true, s.store.Cast(ctx, s.ballot(p, by.ID, choices), domain.Change{Jobs: []domain.Job{telling(p, s.mint.Now())}})
}

// TellPoll lets other servers know how the votes stand; it is the handler of
// [JobTellPoll], and may run again.
func (s *Service) TellPoll(ctx context.Context, job PollJob) error {
	p, err := s.store.Post(ctx, job.Post, domain.Nobody)
	if domain.CodeOf(err) == domain.NotFound || err == nil && (p.Poll == nil || p.Deleted() || !p.Poll.Closed.IsZero()) {
		return nil // the end tells the last counts
	}
	if err != nil {
		return err
	}
	return s.store.AddFeed(ctx, nil, domain.Change{Events: []domain.Event{s.wrote(PollCounted, domain.Nobody, p)}})
}

// EndPoll closes a poll whose time is over, of this node or another, once; it
// is the handler of [JobEndPoll].
func (s *Service) EndPoll(ctx context.Context, job PollJob) error {
	p, err := s.store.Post(ctx, job.Post, domain.Nobody)
	now := s.mint.Now()
	if domain.CodeOf(err) == domain.NotFound || err == nil && (p.Poll == nil || p.Deleted() || !p.Poll.Over(now)) {
		return nil
	}
	if err != nil {
		return err
	}
	return once(s.store.ClosePoll(ctx, p.ID, now, domain.Change{Events: []domain.Event{s.wrote(PollEnded, domain.Nobody, p)}}))
}

// follow takes the poll of a copy as it was told, and reports whether it ended
// by that. What is closed stays closed.
func (p *Post) follow(told *Poll) (ended bool) {
	was := p.Poll
	if p.Poll = told; told == nil {
		return false
	}
	if was == nil {
		return false
	}
	if told.Anew = !was.asksTheSame(told); told.Anew {
		return false
	}
	if !was.Closed.IsZero() {
		told.Closed = was.Closed
	}
	return was.Closed.IsZero() && !told.Closed.IsZero()
}

// says reports whether a copy says what was received, but for the counts of
// its poll.
func (p *Post) says(in Remote) bool {
	return in.Poll != nil && p.Poll.asksTheSame(in.Poll) && p.Content == markup.Sanitize(in.Content) && p.Title == cut(markup.Text(in.Title), maxRemoteTitle)
}

// recount takes newer counts of a poll elsewhere, of a post that says what it
// said before.
func (s *Service) recount(ctx context.Context, p *Post, told *Poll) error {
	if p.Poll == nil || told == nil || !p.Poll.asksTheSame(told) {
		return nil
	}
	return s.store.SavePost(ctx, p, nil, domain.Change{Events: s.followed(p, told)})
}

// followed is [Post.follow] with the event of an end.
func (s *Service) followed(p *Post, told *Poll) []domain.Event {
	if !p.follow(told) {
		return nil
	}
	return []domain.Event{s.wrote(PollEnded, domain.Nobody, p)}
}
