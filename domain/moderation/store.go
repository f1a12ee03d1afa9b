package moderation

import (
	"context"
	"time"

	"interlink/domain"
	"interlink/domain/community"
)

// Found is what stands at an address of this node.
type Found struct {
	Target domain.ActorID // whose it is; Nobody if nothing is known
	Post   domain.ID      // of a post
	Review domain.ID      // of a review
}

// Person is somebody to be written to.
type Person struct {
	Email    string
	Language domain.Lang
	Name     string
}

// Return is what comes back when a decision is reversed.
type Return struct {
	Notice domain.ID
	Post   *community.Post // nil if it is a review that comes back
	Feed   []community.FeedItem
	Review domain.ID
}

// Statement is a decision that restricted somebody, as everybody may read it.
type Statement struct {
	Category  Category
	Outcome   Outcome
	Ground    Ground
	Provision string // plain text; who decides is told that it is published
	Automated bool
	At        time.Time
	Reversed  bool // a complaint of who was restricted was right
}

// Year is what happened in one year.
type Year struct {
	Year       int              `json:"year"`
	Received   map[Category]int `json:"received"`
	Decided    map[Outcome]int  `json:"decided"`
	Law        int              `json:"onGroundOfLaw"`
	Terms      int              `json:"onGroundOfTerms"`
	Automated  int              `json:"automated"`
	Open       int              `json:"open"`
	MedianHour int              `json:"medianHoursToDecision"`
	Complaints int              `json:"complaints"`
	Upheld     int              `json:"complaintsUpheld"`
}

// Store keeps notices. Reads fail with NotFound.
type Store interface {
	// Find tells what stands at an address.
	Find(ctx context.Context, about domain.IRI) (Found, error)
	// AddNotice stores a new one.
	AddNotice(ctx context.Context, n *Notice, change domain.Change) error
	// Decide stores the decision of one that has none, and the end of the post
	// that it removes, if it removes one; a review that it is about ends if the
	// outcome is that. Errors: Conflict if it has one, or if the
	// post was changed meanwhile.
	Decide(ctx context.Context, n *Notice, removal *community.Removal, change domain.Change) error
	// Removal returns what a decision removed, while it can come back. Errors:
	// NotFound.
	Removal(ctx context.Context, notice domain.ID) (*community.Removal, error)
	Notice(ctx context.Context, id domain.ID) (*Notice, error)
	NoticeBySecret(ctx context.Context, secret string) (*Notice, error)
	NoticeByStatement(ctx context.Context, secret string) (*Notice, error)
	// Notices lists those in a state, or with a complaint that is open; oldest
	// first while something is to be done, else newest first.
	Notices(ctx context.Context, state State, complaints bool, page domain.Page) (domain.List[*Notice], error)
	// Waiting counts notices and complaints that nobody has decided.
	Waiting(ctx context.Context) (int, error)

	// Complaints returns those of a notice, at most two.
	Complaints(ctx context.Context, notice domain.ID) ([]Complaint, error)
	// AddComplaint stores one. Errors: Conflict if its side has complained.
	AddComplaint(ctx context.Context, c Complaint, change domain.Change) error
	// DecideComplaint stores what was decided, and what comes back by it; nil for
	// nothing. Errors: Conflict if it is decided.
	DecideComplaint(ctx context.Context, c Complaint, back *Return, change domain.Change) error

	// Affected returns who is to be told of a decision about an actor of this
	// node: the person, or those who administer the group.
	Affected(ctx context.Context, target domain.ActorID) ([]Person, error)
	// Moderators counts those who can decide.
	Moderators(ctx context.Context) (int, error)
	// Statements lists decisions that restricted somebody, newest notice first.
	Statements(ctx context.Context, page domain.Page) (domain.List[Statement], error)
	// Years counts what happened, newest first.
	Years(ctx context.Context) ([]Year, error)
	// Forget erases who gave notices that were decided before a time, and what they wrote.
	Forget(ctx context.Context, before time.Time) error
}
