package domain

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Code says what a caller can do about a failure. The edges (web, federation,
// command line) translate it.
type Code string

// The codes.
const (
	OK              Code = ""                // no error
	Invalid         Code = "invalid"         // the input must be changed
	Unauthenticated Code = "unauthenticated" // sign in first
	Forbidden       Code = "forbidden"       // known, but not allowed
	NotFound        Code = "not_found"       // absent, or not to be known of
	Gone            Code = "gone"            // was here, a tombstone remains
	Conflict        Code = "conflict"        // somebody else was first; read again
	TooLarge        Code = "too_large"       // over a stated limit
	TooMany         Code = "too_many"        // slow down
	Unavailable     Code = "unavailable"     // a peer or service is away; try later
	Internal        Code = "internal"        // a fault of ours
)

// Error is a failure the caller can act on.
type Error struct {
	Code  Code          // what to do about it
	Key   string        // sentence to translate, such as "story.already_public"; safe to show
	Args  []any         // values for the sentence's placeholders; safe to show
	Field string        // name of the input field at fault, "" if none
	Err   error         // cause, for the log only; may be nil
	After time.Duration // when to try again, of [TooMany] and [Unavailable]; zero where it is not known
	Since time.Time     // since when it is, of [Gone]; zero where it is not known
}

// Error returns a line for logs; people are shown the translation of Key.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(string(e.Code))
	if e.Key != "" {
		b.WriteString(" " + e.Key)
	}
	if e.Field != "" {
		b.WriteString(" (" + e.Field + ")")
	}
	if len(e.Args) > 0 {
		fmt.Fprintf(&b, " %v", e.Args)
	}
	if e.Err != nil {
		b.WriteString(": " + e.Err.Error())
	}
	return b.String()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// CodeOf returns the code of err: OK for nil, the code of the first [Error] in
// its chain, Unavailable for an expired context, Internal for anything else.
func CodeOf(err error) Code {
	if err == nil {
		return OK
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		return Unavailable
	}
	return Internal
}

// Ours reports whether what failed is this node itself, or what it needs and
// nobody else has, such as its database: it is for its log, and who asked may ask
// again.
func Ours(err error) bool {
	switch CodeOf(err) {
	case Internal:
		return true
	case Unavailable:
		var e *Error
		return errors.As(err, &e) && (e.Key == "error.unavailable" || e.Key == "error.unconfirmed" || e.Key == "error.stopping")
	}
	return false
}

// Fail makes an error with a code and the key of its sentence.
func Fail(code Code, key string, args ...any) *Error {
	return &Error{Code: code, Key: key, Args: args}
}

// InvalidField makes an Invalid error that points to one input field.
func InvalidField(field, key string, args ...any) *Error {
	return &Error{Code: Invalid, Key: key, Args: args, Field: field}
}

// Because returns a copy of e with its cause.
func (e *Error) Because(err error) *Error {
	c := *e
	c.Err = err
	return &c
}

// In returns a copy of e that can be tried again after a while.
func (e *Error) In(wait time.Duration) *Error {
	c := *e
	c.After = wait
	return &c
}

// GoneSince returns since when what was asked for is gone; zero where nobody
// knows.
func GoneSince(err error) time.Time {
	var e *Error
	if errors.As(err, &e) && e.Code == Gone {
		return e.Since
	}
	return time.Time{}
}

// WaitOf returns after how long what failed can be tried again: zero where
// nobody knows, or trying again does not help.
func WaitOf(err error) time.Duration {
	var e *Error
	if errors.As(err, &e) {
		return e.After
	}
	return 0
}

// Problems collects the faults of one input, so that a person sees all of
// them at once.
type Problems []*Error

// Add appends an Invalid error for field.
func (p *Problems) Add(field, key string, args ...any) {
	*p = append(*p, InvalidField(field, key, args...))
}

// Unreadable is the day that was typed where none can be understood. The check
// of what it belongs to tells of it, with all else that is wrong.
var Unreadable = time.Date(-1, 1, 1, 0, 0, 0, 0, time.UTC)

// ParseDay reads a day as "2027-03-31", at midnight UTC; zero for none,
// [Unreadable] for what is no day.
func ParseDay(typed string) time.Time {
	if typed = strings.TrimSpace(typed); typed == "" {
		return time.Time{}
	}
	day, err := time.Parse(time.DateOnly, typed)
	if err != nil {
		return Unreadable
	}
	return day
}

// ParseDeadline reads a day as [ParseDay] does: its last second on the clocks
// of a zone, however long they make the day.
func ParseDeadline(typed string, zone *time.Location) time.Time {
	day := ParseDay(typed)
	if day.IsZero() || day.Equal(Unreadable) {
		return day
	}
	return time.Date(day.Year(), day.Month(), day.Day(), 23, 59, 59, 0, zone).UTC()
}

// Day adds what is wrong with a day, which may be zero: it is [Unreadable], or
// in no year from 1900 to 2999.
func (p *Problems) Day(field string, day time.Time) {
	switch year := day.Year(); {
	case day.IsZero():
	case day.Equal(Unreadable):
		p.Add(field, "form.date")
	case year < 1900 || year > 2999:
		p.Add(field, "process.year_range")
	}
}

// Err returns nil if nothing was collected, else an Invalid [Error] whose
// cause is the list; [FieldsOf] gives them back.
func (p Problems) Err() error {
	switch len(p) {
	case 0:
		return nil
	case 1:
		return p[0]
	}
	return &Error{Code: Invalid, Key: "error.several_fields", Args: []any{len(p)}, Err: p}
}

// Error joins the problems in one line.
func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, e := range p {
		lines[i] = e.Error()
	}
	return strings.Join(lines, "; ")
}

// FieldsOf returns the field errors inside err, at most one per problem; nil
// if err concerns no field.
func FieldsOf(err error) Problems {
	var p Problems
	if errors.As(err, &p) {
		return p
	}
	var e *Error
	if errors.As(err, &e) && e.Field != "" {
		return Problems{e}
	}
	return nil
}

// Renamed returns an error whose fields have the names that a form or a request
// gives them; those that are not in names keep theirs.
func Renamed(err error, names map[string]string) error {
	fields := FieldsOf(err)
	if len(fields) == 0 {
		return err
	}
	var problems Problems
	for _, f := range fields {
		c := *f
		if name, ok := names[c.Field]; ok {
			c.Field = name
		}
		problems = append(problems, &c)
	}
	return problems.Err()
}
