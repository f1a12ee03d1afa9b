package storage

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/uptrace/bun"

	"interlink/domain"
)

// group lets transactions that wait for SQLite's one writer share a commit:
// each after the first is a savepoint, so that one which fails takes back what
// it did and no more, and none is reported done before the commit. Who comes
// while others run is in it, too: to wait for the next would make those who ask
// one thing after the other wait twice.
type group struct {
	db        *bun.DB
	committed func(n uint64) // is told of each commit, with its number
	in        chan *member
	stop      chan struct{}
	done      chan struct{}

	mu         sync.Mutex
	unprepared []*statement

	save, undo, release *statement // the savepoints of members

	commits, members atomic.Uint64
}

// member is one transaction of a group.
type member struct {
	ctx      context.Context
	fn       func(ctx context.Context, tx bun.Tx) error
	err      error
	panicked any
	finished chan struct{}
}

// maxGroup is how many transactions share a commit at most.
const maxGroup = 64

func newGroup(db *bun.DB, committed func(n uint64)) *group {
	g := &group{db: db, committed: committed, in: make(chan *member), stop: make(chan struct{}), done: make(chan struct{})}
	g.save, g.undo, g.release = &statement{text: "SAVEPOINT member"}, &statement{text: "ROLLBACK TO member"}, &statement{text: "RELEASE member"}
	g.unprepared = []*statement{g.save, g.undo, g.release}
	go g.run()
	return g
}

// close ends the group; nothing may be waiting.
func (g *group) close() {
	close(g.stop)
	<-g.done
}

// prepare has a statement prepared before the next transaction: in one, the
// connection is taken.
func (g *group) prepare(s *statement) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.unprepared = append(g.unprepared, s)
}

// prepareAll prepares what is new. What cannot be prepared yet, before a
// migration, has another try the next time.
func (g *group) prepareAll() {
	g.mu.Lock()
	defer g.mu.Unlock()
	left := g.unprepared[:0]
	for _, s := range g.unprepared {
		made, err := g.db.DB.PrepareContext(context.Background(), s.text)
		if err != nil {
			left = append(left, s)
			continue
		}
		s.write = made
	}
	g.unprepared = left
}

// do runs fn in a transaction, perhaps after others of the same group, and
// returns after its commit. fn runs to its end even if ctx ends meanwhile: to
// interrupt a statement would undo the whole group. Errors: fn's; those of
// the commit; ctx's if it ended before fn began.
func (g *group) do(ctx context.Context, fn func(ctx context.Context, tx bun.Tx) error) error {
	m := &member{ctx: ctx, fn: fn, finished: make(chan struct{})}
	select {
	case g.in <- m:
	case <-ctx.Done():
		return ctx.Err()
	case <-g.stop:
		return domain.Fail(domain.Unavailable, "error.stopping")
	}
	<-m.finished
	if m.panicked != nil {
		panic(m.panicked)
	}
	return m.err
}

func (g *group) run() {
	defer close(g.done)
	for {
		var first *member
		select {
		case first = <-g.in:
		case <-g.stop:
			return
		}
		g.prepareAll()
		members := g.commit(first)
		g.committed(g.commits.Add(1))
		g.members.Add(uint64(len(members)))
		for _, m := range members {
			close(m.finished)
		}
	}
}

// commit runs a member, and those who come while others run, in one
// transaction; it returns them all. If it fails as a whole, all have failed.
func (g *group) commit(first *member) []*member {
	members := []*member{first}
	fail := func(err error) []*member {
		for _, m := range members {
			if m.err == nil {
				m.err = err
			}
		}
		return members
	}
	tx, err := g.db.BeginTx(context.Background(), nil)
	if err != nil {
		return fail(err)
	}
	if first.run(tx); first.failed() { // nobody else is in it yet
		_ = tx.Rollback()
		return members
	}
	for m := g.more(len(members)); m != nil; m = g.more(len(members)) {
		members = append(members, m)
		if err := g.within(tx, m); err != nil {
			_ = tx.Rollback()
			return fail(err)
		}
	}
	if err := tx.Commit(); err != nil {
		return fail(err)
	}
	return members
}

// more returns who waits to be the next of a group of n, if anybody does and
// there is room.
func (g *group) more(n int) *member {
	if n == maxGroup {
		return nil
	}
	select {
	case m := <-g.in:
		return m
	default:
		return nil
	}
}

// within runs a member between savepoints. The error is that of the
// transaction around it, which is then lost.
func (g *group) within(tx bun.Tx, m *member) error {
	ctx := context.Background()
	if m.err = m.ctx.Err(); m.err != nil {
		return nil //nolint:nilerr // it is the member's, not the group's
	}
	if _, err := g.save.exec(ctx, tx); err != nil {
		return err
	}
	m.run(tx)
	if m.failed() {
		// An error that undid everything took the savepoint with it.
		if _, err := g.undo.exec(ctx, tx); err != nil {
			return fmt.Errorf("%w (then: %w)", m.err, err)
		}
	}
	_, err := g.release.exec(ctx, tx)
	return err
}

func (m *member) run(tx bun.Tx) {
	defer func() { m.panicked = recover() }()
	m.err = m.fn(context.WithoutCancel(m.ctx), tx)
}

func (m *member) failed() bool { return m.err != nil || m.panicked != nil }
