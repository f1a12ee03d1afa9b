package notification

import (
	"context"
	"time"

	"interlink/domain"
	"interlink/domain/account"
)

// Unread is how many a person has not read, as far as it is counted.
type Unread int

// Most is where counting ends: "99+".
const Most Unread = 99

// Filter narrows a list.
type Filter struct {
	Unread bool
}

// Arrival is one notification on its way to who is looking.
type Arrival struct {
	Seq    int64 // of the event
	Person domain.ActorID
	Serial domain.Serial
}

// Mail is one mail to one person, about one notification or more.
type Mail struct {
	ID     domain.ID
	Person domain.ActorID
	Scope  Scope
	At     time.Time // when it was made
	Sent   time.Time // zero while it is not
}

// Due is what one mail has to tell.
type Due struct {
	Person domain.ActorID
	Scope  Scope
}

// Store keeps notifications, and how people choose to be told.
type Store interface {
	// Tell keeps a row for everybody who is told and did not turn it off, once
	// for what is the same, and moves the cursor. Errors: Conflict if another
	// process was first.
	Tell(ctx context.Context, cursor string, from, to int64, told []Told) error
	// Due lists what mails have to tell at a time, longest due first.
	Due(ctx context.Context, at time.Time, limit int) ([]Due, error)
	// Post makes a mail of all that is due of it, with the job that sends it.
	// One that another process made meanwhile is not made again.
	Post(ctx context.Context, at time.Time, id domain.ID, d Due) error
	// Mail returns a mail. Errors: NotFound.
	Mail(ctx context.Context, id domain.ID) (*Mail, error)
	// MailNews lists what a mail tells: the newest, what the person read
	// meanwhile left out.
	MailNews(ctx context.Context, id domain.ID, page domain.Page) (domain.List[*Notification], error)
	// MailSent notes that there is nothing left to send of it.
	MailSent(ctx context.Context, id domain.ID, at time.Time) error

	// Notifications lists a person's, newest first: only of what they may see.
	Notifications(ctx context.Context, person domain.ActorID, f Filter, page domain.Page) (domain.List[*Notification], error)
	// Notification returns one of a person's. Errors: NotFound.
	Notification(ctx context.Context, person domain.ActorID, serial domain.Serial) (*Notification, error)
	// Unread counts those not read, up to [Most] and one more.
	Unread(ctx context.Context, person domain.ActorID) (Unread, error)
	// MarkRead marks some of a person's, or with upTo all up to that one.
	MarkRead(ctx context.Context, person domain.ActorID, serials []domain.Serial, upTo domain.Serial, at time.Time) error
	// After lists what was told after an event, in the order of events, and
	// how far it went: of a person, or of all for Nobody.
	After(ctx context.Context, seq int64, person domain.ActorID, limit int) ([]Arrival, error)
	// Newest is the event after which nothing was told yet.
	Newest(ctx context.Context) (int64, error)

	// Choices returns those of a person; [Chosen] of who made none.
	Choices(ctx context.Context, person domain.ActorID) (Choices, error)
	// SaveChoices keeps them, also for what is on its way.
	SaveChoices(ctx context.Context, person domain.ActorID, c Choices, at time.Time) error
	// Recipient returns a person's account. Errors: NotFound.
	Recipient(ctx context.Context, person domain.ActorID) (*account.Account, error)
}
