package domain

import "context"

type rehearsal struct{}

// Rehearsal is a context in which nothing is stored: what is written is judged
// by the store as ever, and then rolled back. What was written is not there to
// be read afterwards, so that it is for one command of the domain at a time, and
// for none that asks other servers: what it learnt, and the keys that it made to
// ask, would be lost.
func Rehearsal(ctx context.Context) context.Context {
	return context.WithValue(ctx, rehearsal{}, true)
}

// Rehearses reports whether a context is a [Rehearsal].
func Rehearses(ctx context.Context) bool {
	on, _ := ctx.Value(rehearsal{}).(bool)
	return on
}
