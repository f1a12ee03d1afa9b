package notification

import (
	"context"
	"log/slog"
	"time"

	"interlink/domain"
)

// Events is the chain of what happened.
type Events interface {
	After(ctx context.Context, seq int64, limit int64) ([]domain.Event, error)
	Cursor(ctx context.Context, name string) (int64, error)
}

// JobSend asks for a mail to be sent. Its arguments are [SendArgs].
const JobSend = "notification.send"

// SendArgs are the arguments of [JobSend].
type SendArgs struct {
	Mail domain.ID `json:"mail"`
}

// Send makes the job for a mail; there is one at a time.
func Send(id domain.ID) domain.Job {
	return domain.Job{Kind: JobSend, Unique: string(id), Args: SendArgs{Mail: id}}
}

// Stage tells people of events, in their order, and makes mails of what is due.
// Rows and the place reached are one transaction, as are a mail, its job and
// the rows that it tells of: killed anywhere, it goes on without telling
// anything twice.
type Stage struct {
	events Events
	store  Store
	mint   *domain.Mint
	log    *slog.Logger
	poll   time.Duration
}

// NewStage makes the stage.
func NewStage(events Events, store Store, mint *domain.Mint, log *slog.Logger) *Stage {
	return &Stage{events: events, store: store, mint: mint, log: log, poll: time.Second}
}

// cursor is the stage's name in the table of cursors.
const cursor = "notification"

// The sizes of a step.
const (
	eventsAtOnce = 100
	mailsAtOnce  = 100
)

// Step tells of one page of events and makes the mails that are due now. It
// returns how much it did.
func (s *Stage) Step(ctx context.Context) (int, error) {
	told, err := s.tell(ctx)
	if err != nil {
		return told, err
	}
	mails, err := s.post(ctx)
	return told + mails, err
}

func (s *Stage) tell(ctx context.Context) (int, error) {
	from, err := s.events.Cursor(ctx, cursor)
	if err != nil {
		return 0, err
	}
	events, err := s.events.After(ctx, from, eventsAtOnce)
	if err != nil || len(events) == 0 {
		return 0, err
	}
	var told []Told
	for _, e := range events {
		told = append(told, Tell(e)...)
	}
	err = s.store.Tell(ctx, cursor, from, events[len(events)-1].Seq, told)
	if domain.CodeOf(err) == domain.Conflict {
		return 0, nil // another process told of them
	}
	return len(events), err
}

func (s *Stage) post(ctx context.Context) (int, error) {
	now := s.mint.Now()
	due, err := s.store.Due(ctx, now, mailsAtOnce)
	if err != nil {
		return 0, err
	}
	for n, d := range due {
		if err := s.store.Post(ctx, now, s.mint.ID(), d); err != nil {
			return n, err
		}
	}
	return len(due), nil
}

// Run works until ctx ends. events wakes it; summaries are looked for by the
// clock.
func (s *Stage) Run(ctx context.Context, events <-chan struct{}) error {
	for ctx.Err() == nil {
		n, err := s.Step(ctx)
		if err != nil && ctx.Err() == nil {
			s.log.Error("tell of events", "error", err)
		}
		if n > 0 && err == nil {
			continue
		}
		timer := time.NewTimer(s.poll)
		select {
		case <-ctx.Done():
		case <-events:
		case <-timer.C:
		}
		timer.Stop()
	}
	return nil
}
