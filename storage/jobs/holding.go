package jobs

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivertype"

	"interlink/domain"
)

// goneFor is how long nothing is heard of a job that runs before another process
// takes it up.
const goneFor = 20 * time.Second

// holding is what a process knows of the jobs that it runs from PostgreSQL, which
// several processes work together. Any of them may be killed, or stand still for
// a while and go on. So a job is held by signs of life: its attempted_at is set
// anew all the while, and whoever works jobs frees those that have none. That
// alone would let two be at one job. What keeps them apart is the number of the
// attempt, which grows each time a job is taken: each transaction of a run locks
// the job's row as of its own attempt first (see [Standing]), nobody frees a job
// whose row is locked so, and only the run of the present attempt says how it
// ended. A run that lost its job can change nothing any more, and is cancelled
// when it next shows a sign of life.
//
// On SQLite one process works alone, and frees what it ran when it starts.
type holding struct {
	pool *pgxpool.Pool
	gone time.Duration
	log  *slog.Logger

	mu   sync.Mutex
	runs map[int64]*run // by job, until it is noted how they ended

	// When the database last answered a sign of life, and since when it has done
	// so without a gap: who could not reach it does not know who else could.
	last, since time.Time
}

// run is one attempt at a job in this process.
type run struct {
	job     int64
	attempt int
	until   time.Time // no signs of life after that
	over    bool      // it is to be noted how it ended
	lose    context.CancelCauseFunc
}

type runKey struct{}

func newHolding(pool *pgxpool.Pool, o Options) *holding {
	return &holding{pool: pool, gone: cmp.Or(o.Gone, goneFor), log: o.log(), runs: map[int64]*run{}}
}

// errLost is why a run ends whose job was taken up by another.
var errLost = errors.New("the job was taken up by another process, as nothing was heard of this one")

// lost is errLost as whoever runs the job hears of it: nothing is wrong with it.
func lost() error { return domain.Fail(domain.Unavailable, "error.stopping").Because(errLost) }

// standing locks the row of a job so that signs of life pass and nobody frees it.
const standing = "SELECT 1 FROM river_job WHERE id = $1 AND attempt = $2 AND state = 'running' FOR KEY SHARE"

// Standing begins what a job writes: it holds the job to the end of the
// transaction. It does nothing outside of jobs, and on SQLite. Errors:
// Unavailable if another process has taken up the job.
func Standing(ctx context.Context, tx *sql.Tx) error {
	r, ok := ctx.Value(runKey{}).(*run)
	if !ok {
		return nil
	}
	var one int
	return r.stood(tx.QueryRowContext(ctx, standing, r.job, r.attempt).Scan(&one))
}

func (r *run) stood(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		r.lose(errLost)
		return lost()
	}
	return err
}

// complete notes that a job is done, in a transaction of its own.
func (h *holding) complete(ctx context.Context, note func(pgx.Tx) error) error {
	r := ctx.Value(runKey{}).(*run) //nolint:forcetypeassert // see begin
	return pgx.BeginFunc(ctx, h.pool, func(tx pgx.Tx) error {
		var one int
		if err := r.stood(tx.QueryRow(ctx, standing, r.job, r.attempt).Scan(&one)); err != nil {
			return err
		}
		return note(tx)
	})
}

// begin holds a job until end is called, and a while longer, until it is noted
// how it ended. Errors: Unavailable if an earlier run of it is still under way
// here, which was paused, say.
func (h *holding) begin(ctx context.Context, job *rivertype.JobRow) (running context.Context, end func(), err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.runs[job.ID] != nil {
		return nil, nil, lost()
	}
	ctx, lose := context.WithCancelCause(ctx)
	r := &run{job: job.ID, attempt: job.Attempt, until: time.Now().Add(jobTimeout), lose: lose}
	h.runs[job.ID] = r
	return context.WithValue(ctx, runKey{}, r), func() {
		lose(nil)
		h.mu.Lock()
		defer h.mu.Unlock()
		r.over, r.until = true, time.Now().Add(time.Minute) // River tries to note it for less
	}, nil
}

// present returns the runs that go on, or whose end is yet to be noted, as the
// columns of a statement, and forgets the others.
func (h *holding) present(jobs []int64, now time.Time) (ids []int64, attempts []int32) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for id, r := range h.runs {
		switch {
		case now.After(r.until):
			delete(h.runs, id)
		case jobs == nil || slices.Contains(jobs, id):
			ids, attempts = append(ids, id), append(attempts, int32(r.attempt))
		}
	}
	return ids, attempts
}

// tend shows signs of life, and frees what has none, until ctx ends.
func (h *holding) tend(ctx context.Context) {
	tick := time.NewTicker(h.gone / 4)
	defer tick.Stop()
	for failed := false; ; {
		err := h.step(ctx)
		if err != nil && !failed && ctx.Err() == nil {
			h.log.Warn("jobs: no sign of life could be shown; it is tried again", "error", err)
		}
		failed = err != nil
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func (h *holding) step(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, h.gone/4)
	defer cancel()
	if err := h.live(ctx); err != nil {
		return err
	}
	now := time.Now().Round(0) // a machine that slept counts it so
	if now.Sub(h.last) > h.gone/2 {
		h.since = now
	}
	if h.last = now; now.Sub(h.since) < h.gone {
		return nil
	}
	return h.free(ctx)
}

// live shows signs of life for what this process runs, and cancels the runs that
// lost their job.
func (h *holding) live(ctx context.Context) error {
	ids, attempts := h.present(nil, time.Now())
	rows, err := h.pool.Query(ctx, `UPDATE river_job AS j SET attempted_at = now()
		FROM unnest($1::bigint[], $2::int[]) AS mine(id, attempt)
		WHERE j.id = mine.id AND j.attempt = mine.attempt AND j.state = 'running' RETURNING j.id`, ids, attempts)
	if err != nil {
		return err
	}
	held, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		return err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for i, id := range ids {
		if r := h.runs[id]; r != nil && r.attempt == int(attempts[i]) && !slices.Contains(held, id) {
			r.lose(errLost)
		}
	}
	return nil
}

// free lets jobs run again of which nothing was heard: at once the first time,
// and then after pauses that grow as those of jobs that fail, as it may be the
// job that kills who runs it.
func (h *holding) free(ctx context.Context) error {
	rows, err := h.pool.Query(ctx, `WITH gone AS (
			SELECT id, CASE WHEN metadata ? 'cancel_attempted_at' THEN 'cancelled' WHEN attempt < max_attempts THEN 'available' ELSE 'discarded' END AS state
			FROM river_job WHERE state = 'running' AND attempted_at < now() - $1 * interval '1 microsecond'
			ORDER BY id LIMIT 1000 FOR UPDATE SKIP LOCKED)
		UPDATE river_job AS j SET state = gone.state::river_job_state,
			finalized_at = CASE WHEN gone.state <> 'available' THEN now() END,
			scheduled_at = now() + power(attempt - 1, 4) * interval '1 second',
			errors = array_append(errors, jsonb_build_object('at', now(), 'attempt', attempt, 'error', 'nothing more was heard of its process', 'trace', ''))
		FROM gone WHERE j.id = gone.id
		RETURNING j.id, coalesce(j.args->>'kind', ''), j.attempt, gone.state`, h.gone.Microseconds())
	if err != nil {
		return err
	}
	var id int64
	var kind, state string
	var attempt int
	_, err = pgx.ForEachRow(rows, []any{&id, &kind, &attempt, &state}, func() error {
		h.log.Warn("jobs: nothing was heard for a while of the process that did this, as if it was killed", "kind", kind, "job", id, "attempt", attempt, "now", state)
		return nil
	})
	return err
}

// held is River's driver for PostgreSQL, by which only the run of the present
// attempt says how a job ended.
type held struct {
	*riverpgxv5.Driver
	*holding
}

// GetExecutor returns what River works with outside of transactions.
func (d held) GetExecutor() riverdriver.Executor {
	return heldRows{d.Driver.GetExecutor(), d.Driver, d.holding}
}

type heldRows struct {
	riverdriver.Executor
	driver *riverpgxv5.Driver
	*holding
}

// JobSetStateIfRunningMany notes how runs ended that still hold their job. River
// does not look at the rows that it gets, but wants one for each.
func (e heldRows) JobSetStateIfRunningMany(ctx context.Context, params *riverdriver.JobSetStateIfRunningManyParams) (rows []*rivertype.JobRow, err error) {
	ids, attempts := e.present(params.ID, time.Now())
	err = pgx.BeginFunc(ctx, e.pool, func(tx pgx.Tx) error {
		found, err := tx.Query(ctx, `SELECT j.id FROM river_job AS j JOIN unnest($1::bigint[], $2::int[]) AS mine(id, attempt) ON j.id = mine.id AND j.attempt = mine.attempt
			WHERE j.state = 'running' ORDER BY j.id FOR KEY SHARE OF j`, ids, attempts)
		if err != nil {
			return err
		}
		holds, err := pgx.CollectRows(found, pgx.RowTo[int64])
		if err != nil {
			return err
		}
		rows, err = e.driver.UnwrapExecutor(tx).JobSetStateIfRunningMany(ctx, only(params, holds))
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("note how jobs ended: %w", err)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, id := range params.ID {
		if r := e.runs[id]; r != nil && r.over {
			delete(e.runs, id)
		}
		if !slices.ContainsFunc(rows, func(row *rivertype.JobRow) bool { return row.ID == id }) {
			rows = append(rows, &rivertype.JobRow{ID: id, State: rivertype.JobStateRunning})
		}
	}
	return rows, nil
}

// only leaves some jobs of what is to be noted.
func only(all *riverdriver.JobSetStateIfRunningManyParams, jobs []int64) *riverdriver.JobSetStateIfRunningManyParams {
	some := &riverdriver.JobSetStateIfRunningManyParams{Now: all.Now, Schema: all.Schema}
	for i, id := range all.ID {
		if !slices.Contains(jobs, id) {
			continue
		}
		some.ID = append(some.ID, id)
		some.Attempt = append(some.Attempt, all.Attempt[i])
		some.ErrData = append(some.ErrData, all.ErrData[i])
		some.FinalizedAt = append(some.FinalizedAt, all.FinalizedAt[i])
		some.MetadataDoMerge = append(some.MetadataDoMerge, all.MetadataDoMerge[i])
		some.MetadataUpdates = append(some.MetadataUpdates, all.MetadataUpdates[i])
		some.ScheduledAt = append(some.ScheduledAt, all.ScheduledAt[i])
		some.State = append(some.State, all.State[i])
	}
	return some
}
