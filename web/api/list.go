package api

import (
	"context"
	"net/url"
	"time"

	"interlink/domain"
)

// Paging asks for a part of a list.
type Paging struct {
	After string `query:"after" doc:"cursor: \"next\" of an earlier answer" maxLength:"4096"`
	Limit int    `query:"limit" doc:"how many" minimum:"1" maximum:"100" default:"20"`
}

func (p Paging) page() domain.Page { return domain.Page{After: p.After, Limit: p.Limit} }

// List is a part of a list.
type List[T any] struct {
	Link string `header:"Link" doc:"address of the next part (RFC 8288)"`
	Body ListBody[T]
}

// ListBody is a part of a list.
type ListBody[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next,omitempty" doc:"cursor of the next part; absent if this is the last"`
	Total int    `json:"total" doc:"how many there are in all; -1 if not counted"`
}

// listed makes an answer of a list of the domain.
func listed[D, T any](c *caller, l domain.List[D], view func(D) T) *List[T] {
	out := &List[T]{Body: ListBody[T]{Items: make([]T, 0, len(l.Items)), Next: l.Next, Total: l.Total}}
	for _, item := range l.Items {
		out.Body.Items = append(out.Body.Items, view(item))
	}
	if l.Next != "" {
		if u, err := url.Parse(c.url); err == nil {
			q := u.Query()
			q.Set("after", l.Next)
			u.RawQuery = q.Encode()
			out.Link = "<" + u.String() + `>; rel="next"`
		}
	}
	return out
}

// listAs is [oneAs] for a page of a list.
func listAs[D, T any](c *caller, show func(D) T) func(domain.List[D], error) (*List[T], error) {
	return func(l domain.List[D], err error) (*List[T], error) {
		if err != nil {
			return nil, err
		}
		return listed(c, l, show), nil
	}
}

// shown makes an answer of a list whose items show actors: who names those of
// an item, and all are read at once.
func shown[D, T any](ctx context.Context, a *API, c *caller, l domain.List[D], who func(D) []domain.ActorID, view func(D) T) (*List[T], error) {
	var ids []domain.ActorID
	for _, item := range l.Items {
		ids = append(ids, who(item)...)
	}
	if err := a.meet(ctx, c, ids); err != nil {
		return nil, err
	}
	return listed(c, l, view), nil
}

// One is an answer with one object.
type One[T any] struct {
	Body T
}

func one[T any](v T) *One[T] { return &One[T]{Body: v} }

// oneAs answers with what a command returned, as show shows it, or with its
// error.
func oneAs[D, T any](show func(D) T) func(D, error) (*One[T], error) {
	return func(v D, err error) (*One[T], error) {
		if err != nil {
			return nil, err
		}
		return one(show(v)), nil
	}
}

// oneFor is [oneAs] for what looks different to each caller.
func oneFor[D, T any](ctx context.Context, c *caller, show func(context.Context, *caller, D) T) func(D, error) (*One[T], error) {
	return oneAs(func(v D) T { return show(ctx, c, v) })
}

// Made is the answer to a creation.
type Made[T any] struct {
	Location string `header:"Location" doc:"page of what was made"`
	Body     T
}

// None is an answer without a body.
type None struct{}

// Named asks for an object by its name.
type Named struct {
	Name string `path:"name" doc:"name in its address" maxLength:"100"`
}

// instant leaves the zero time out.
func instant(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// nothing is the answer to what has no result.
func nothing(err error) (*None, error) {
	if err != nil {
		return nil, err
	}
	return &None{}, nil
}
