package storage

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/uptrace/bun"
)

// How long somebody who waits for an answer waits for PostgreSQL: for a
// connection, and for a statement and its rows. SQLite bounds its waits by
// itself (busy_timeout).
const (
	patienceFor   = 15 * time.Second // a proxy gives up after 60
	impatienceFor = time.Second      // while the last that was heard of the server is its silence
)

type boundedKey struct{}

// Bounded marks what is done for somebody who waits: no statement that it has
// of PostgreSQL takes longer than 15 s, with its rows, and no longer than 1 s
// after one did, until something is answered again; nor does the wait for a
// connection. What takes longer fails with Unavailable, and its transaction has
// no effect, unless it was the commit that nobody confirmed. Without the mark,
// as in jobs, migrations and commands, statements take the time that they need.
func Bounded(ctx context.Context) context.Context {
	return context.WithValue(ctx, boundedKey{}, true)
}

// patience bounds what is [Bounded], and knows whether the server is silent:
// then it is asked briefly, so that who comes meanwhile is soon told. As a hook
// of bun it bounds what is outside of transactions, with the wait for a
// connection; as a tracer of pgx each statement.
type patience struct {
	long, brief time.Duration
	silent      atomic.Bool
}

var (
	_ bun.QueryHook   = (*patience)(nil)
	_ pgx.QueryTracer = (*patience)(nil)
)

// errSilent is why a wait ended.
var errSilent = errors.New("the database did not answer in time")

type cancelKey struct{}

// within bounds ctx if it is marked.
func (p *patience) within(ctx context.Context) (context.Context, context.CancelFunc) {
	if ctx.Value(boundedKey{}) == nil {
		return ctx, func() {}
	}
	wait := p.long
	if p.silent.Load() {
		wait = p.brief
	}
	return context.WithTimeoutCause(ctx, wait, errSilent)
}

// learn takes how a wait ended.
func (p *patience) learn(ctx context.Context, err error) {
	switch {
	case err == nil:
		if p.silent.Load() {
			p.silent.Store(false)
		}
	case errors.Is(context.Cause(ctx), errSilent):
		p.silent.Store(true)
	}
}

// connection takes a connection of the pool, for a transaction. As the context
// of a transaction holds to its end, only its statements are bounded.
func (p *patience) connection(ctx context.Context, db *bun.DB) (bun.Conn, error) {
	waiting, cancel := p.within(ctx)
	defer cancel()
	conn, err := db.Conn(waiting)
	if err != nil {
		p.learn(waiting, err)
	}
	return conn, err
}

// outside bounds a query outside of transactions. The timer ends by itself, or
// with the request: the rows are yet to be read.
func (p *patience) outside(ctx context.Context) context.Context {
	ctx, _ = p.within(ctx)
	return ctx
}

// BeforeQuery implements bun.QueryHook.
func (p *patience) BeforeQuery(ctx context.Context, event *bun.QueryEvent) context.Context {
	if event.Query == "BEGIN" {
		return ctx
	}
	return p.outside(ctx)
}

// AfterQuery implements bun.QueryHook.
func (p *patience) AfterQuery(ctx context.Context, event *bun.QueryEvent) {
	if event.Err != nil {
		p.learn(ctx, event.Err)
	}
}

// TraceQueryStart implements pgx.QueryTracer.
func (p *patience) TraceQueryStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceQueryStartData) context.Context {
	ctx, cancel := p.within(ctx)
	return context.WithValue(ctx, cancelKey{}, cancel)
}

// TraceQueryEnd implements pgx.QueryTracer.
func (p *patience) TraceQueryEnd(ctx context.Context, _ *pgx.Conn, data pgx.TraceQueryEndData) {
	p.learn(ctx, data.Err)
	ctx.Value(cancelKey{}).(context.CancelFunc)() //nolint:forcetypeassert // ours
}
