// Package jobs works the background jobs that commands ask for: River behind
// a small surface. A job is inserted in the transaction that causes it, kept
// in the same database, retried with growing pauses, and may run more than
// once. Deliveries and the inbox have queues of their own (see federation).
package jobs

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/riverqueue/river/rivertype"

	"interlink/domain"
)

// Handler does one kind of job. An error makes it run again later; an error
// with the code Invalid, NotFound, Gone or Forbidden ends it at once.
type Handler func(ctx context.Context, args json.RawMessage) error

// envelope is the only kind of job that River sees; ours is inside.
type envelope struct {
	JobKind string          `json:"kind" river:"unique"`
	Key     string          `json:"key,omitempty" river:"unique"`
	After   int64           `json:"after,omitempty" river:"unique"` // its like, that ran when it was asked for; 0 if none did
	Args    json.RawMessage `json:"args"`
}

func (envelope) Kind() string { return "interlink" }

// unfinished are the states in which a job with the same key is not inserted
// again. River wants the running one among them: see [Inserter.InsertTx].
var unfinished = []rivertype.JobState{
	rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRetryable,
	rivertype.JobStateRunning, rivertype.JobStateScheduled,
}

// queueRemote is the queue of jobs that ask other servers: however slow these
// are, mails go out meanwhile.
const queueRemote = "remote"

// Inserter puts jobs into transactions.
type Inserter struct {
	insert  func(ctx context.Context, tx *sql.Tx, args envelope, opts *river.InsertOpts) (*rivertype.JobInsertResult, error)
	migrate func(ctx context.Context) error
}

// NewSQLiteInserter makes an inserter for a SQLite database.
func NewSQLiteInserter(db *sql.DB) (*Inserter, error) {
	return newInserter(riversqlite.New(db))
}

// NewPostgresInserter makes an inserter for a PostgreSQL database.
func NewPostgresInserter(db *sql.DB) (*Inserter, error) {
	return newInserter(riverdatabasesql.New(db))
}

func newInserter(driver riverdriver.Driver[*sql.Tx]) (*Inserter, error) {
	client, err := river.NewClient(driver, &river.Config{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return nil, fmt.Errorf("job queue: %w", err)
	}
	return &Inserter{
		insert: func(ctx context.Context, tx *sql.Tx, args envelope, opts *river.InsertOpts) (*rivertype.JobInsertResult, error) {
			return client.InsertTx(ctx, tx, args, opts)
		},
		migrate: func(ctx context.Context) error {
			m, err := rivermigrate.New(driver, &rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)})
			if err != nil {
				return err
			}
			_, err = m.Migrate(ctx, rivermigrate.DirectionUp, nil)
			return err
		},
	}, nil
}

// Migrate brings the queue's tables to the newest version.
func (i *Inserter) Migrate(ctx context.Context) error {
	if err := i.migrate(ctx); err != nil {
		return fmt.Errorf("migrate the job queue: %w", err)
	}
	return nil
}

// InsertTx inserts jobs in a transaction. One whose like waits already is left
// out, as that will see what the transaction did. One whose like runs waits for
// its end: who runs may have read before. One that waits so counts as running
// for the moment in which it is looked at: then one more runs than is needed.
func (i *Inserter) InsertTx(ctx context.Context, tx *sql.Tx, jobs []domain.Job) error {
	for _, j := range jobs {
		args, err := json.Marshal(j.Args)
		if err != nil {
			return fmt.Errorf("arguments of job %s: %w", j.Kind, err)
		}
		opts := &river.InsertOpts{ScheduledAt: j.At}
		if j.Remote {
			opts.Queue = queueRemote
		}
		if j.Unique != "" {
			opts.UniqueOpts = river.UniqueOpts{ByArgs: true, ByState: unfinished}
		}
		job := envelope{JobKind: j.Kind, Key: j.Unique, Args: args}
		for {
			was, err := i.insert(ctx, tx, job, opts)
			if err != nil {
				return fmt.Errorf("insert job %s: %w", j.Kind, err)
			}
			if !was.UniqueSkippedAsDuplicate || was.Job.State != rivertype.JobStateRunning {
				break
			}
			job.After = was.Job.ID
		}
	}
	return nil
}

// Options of a [Client].
type Options struct {
	Handlers map[string]Handler // by kind of job
	Workers  int                // jobs at once in this process, and as many that ask other servers; 0 means 4
	Poll     time.Duration      // how often to look for jobs of other processes; 0 means 1 s
	AtOnce   bool               // a job is noted as done in a transaction of its own; otherwise several are, within 250 ms
	Gone     time.Duration      // with PostgreSQL: until a job of which nothing is heard is taken up by another process; 0 means 20 s
	Log      *slog.Logger
}

func (o Options) log() *slog.Logger { return cmp.Or(o.Log, slog.New(slog.DiscardHandler)) }

// Client works jobs. Its methods are safe for concurrent use.
type Client struct {
	start func(ctx context.Context) error
	stop  func(ctx context.Context) error
	tend  func(ctx context.Context) // goes on beside, until the last job has ended
	close func()
	log   *slog.Logger
	ended <-chan struct{} // receives when a job ends, whatever its end
	count func(ctx context.Context) (int, error)
}

// NewSQLite works the jobs of a SQLite database over its writing connection.
func NewSQLite(_ context.Context, db *sql.DB, o Options) (*Client, error) {
	w := newWorker(o)
	if o.AtOnce {
		w.complete = func(ctx context.Context, job *river.Job[envelope]) error {
			tx, err := db.BeginTx(ctx, nil)
			if err != nil {
				return err
			}
			defer func() { _ = tx.Rollback() }()
			if _, err := river.JobCompleteTx[*riversqlite.Driver](ctx, tx, job); err != nil {
				return err
			}
			return tx.Commit()
		}
	}
	c, err := river.NewClient(gone{riversqlite.New(db)}, o.config(w, true))
	if err != nil {
		return nil, fmt.Errorf("job queue: %w", err)
	}
	return newClient(c, w, o.log()), nil
}

// NewPostgres works the jobs of a PostgreSQL database over a pool of its own,
// whose connections are made as settle has it.
func NewPostgres(ctx context.Context, dsn string, settle func(*pgconn.Config), o Options) (*Client, error) {
	cfg, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		return nil, fmt.Errorf("job queue: %w", err)
	}
	settle(&cfg.ConnConfig.Config)
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("job queue: %w", err)
	}
	w := newWorker(o)
	w.holding = newHolding(pool, o)
	if o.AtOnce {
		w.complete = func(ctx context.Context, job *river.Job[envelope]) error {
			return w.holding.complete(ctx, func(tx pgx.Tx) error {
				_, err := river.JobCompleteTx[*riverpgxv5.Driver](ctx, tx, job)
				return err
			})
		}
	}
	c, err := river.NewClient(held{riverpgxv5.New(pool), w.holding}, o.config(w, false))
	if err != nil {
		pool.Close()
		return nil, fmt.Errorf("job queue: %w", err)
	}
	client := newClient(c, w, o.log())
	client.tend, client.close = w.holding.tend, pool.Close
	return client, nil
}

func newClient[Tx any](c *river.Client[Tx], w *worker, log *slog.Logger) *Client {
	w.runs = func(ctx context.Context, id int64) (bool, error) {
		job, err := c.JobGet(ctx, id)
		if errors.Is(err, rivertype.ErrNotFound) {
			return false, nil
		}
		return err == nil && job.State == rivertype.JobStateRunning, err
	}
	return &Client{
		start: c.Start,
		stop: func(ctx context.Context) error {
			err := c.Stop(ctx)
			if err != nil {
				err = c.StopAndCancel(context.WithoutCancel(ctx))
			}
			return err
		},
		tend: func(context.Context) {}, close: func() {}, log: log,
		ended: w.ended,
		count: func(ctx context.Context) (int, error) {
			res, err := c.JobList(ctx, river.NewJobListParams().First(100).
				States(rivertype.JobStateAvailable, rivertype.JobStateRunning))
			if err != nil {
				return 0, err
			}
			n := 0
			for _, job := range res.Jobs { // River makes jobs available some seconds before they are due
				if job.State == rivertype.JobStateRunning || !job.ScheduledAt.After(time.Now().Add(time.Second)) {
					n++
				}
			}
			return n, nil
		},
	}
}

// jobTimeout is how long one job may run.
const jobTimeout = 10 * time.Minute

func (o Options) config(w *worker, sqlite bool) *river.Config {
	workers := river.NewWorkers()
	river.AddWorker(workers, w)
	n, poll := cmp.Or(o.Workers, 4), cmp.Or(o.Poll, time.Second)
	return &river.Config{
		Queues:     map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: n}, queueRemote: {MaxWorkers: n}},
		Workers:    workers,
		Logger:     slog.New(warnings{o.log().Handler()}),
		JobTimeout: jobTimeout,
		// What nobody else takes up (see holding) runs again once it cannot
		// be running any more.
		RescueStuckJobsAfter: jobTimeout + time.Minute,
		FetchCooldown:        min(poll, 100*time.Millisecond),
		FetchPollInterval:    poll,
		PollOnly:             sqlite,
	}
}

// warnings leaves out what River tells of itself when nothing is wrong.
type warnings struct{ slog.Handler }

func (h warnings) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && h.Handler.Enabled(ctx, level)
}

func (h warnings) WithAttrs(attrs []slog.Attr) slog.Handler {
	return warnings{h.Handler.WithAttrs(attrs)}
}

func (h warnings) WithGroup(name string) slog.Handler { return warnings{h.Handler.WithGroup(name)} }

// startAgain is how long after a failure to begin the queue is begun again.
const startAgain = 5 * time.Second

// Run works jobs until ctx ends, then lets running ones finish for up to 20
// seconds before it cancels them; they run again at the next start. While the
// database does not answer at the start, it waits for it.
func (c *Client) Run(ctx context.Context) error {
	defer c.close()
	var beside sync.WaitGroup
	defer beside.Wait()
	tending, end := context.WithCancel(context.WithoutCancel(ctx))
	defer end()
	beside.Go(func() { c.tend(tending) })
	if !c.begin(ctx) {
		return nil
	}
	<-ctx.Done()
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), 20*time.Second)
	defer cancel()
	return c.stop(stop)
}

// begin starts the queue as soon as that can be done, and returns false if ctx
// ended before.
func (c *Client) begin(ctx context.Context) bool {
	for {
		starting, cancel := context.WithCancel(context.WithoutCancel(ctx))
		ended := context.AfterFunc(ctx, cancel)
		err := c.start(starting)
		if ended(); err == nil {
			return true
		}
		cancel()
		if ctx.Err() != nil {
			return false
		}
		c.log.Warn("jobs: the queue cannot begin; it is tried again", "after", startAgain, "error", err)
		select {
		case <-ctx.Done():
			return false
		case <-time.After(startAgain):
		}
	}
}

// Pending returns how many jobs are due or running, counted up to 100.
func (c *Client) Pending(ctx context.Context) (int, error) { return c.count(ctx) }

// Idle waits until no job is due or running; Run must be going on. It returns
// whether there was anything to wait for.
func (c *Client) Idle(ctx context.Context) (worked bool, err error) {
	for {
		n, err := c.Pending(ctx)
		if err != nil || n == 0 {
			return worked, err
		}
		worked = true
		select {
		case <-c.ended:
		case <-ctx.Done():
			return worked, ctx.Err()
		case <-time.After(20 * time.Millisecond): // a job may have ended before we listened
		}
	}
}

// Typed makes a handler of a function that takes its arguments decoded.
func Typed[T any](fn func(ctx context.Context, args T) error) Handler {
	return func(ctx context.Context, raw json.RawMessage) error {
		var args T
		if err := json.Unmarshal(raw, &args); err != nil {
			return domain.Fail(domain.Invalid, "error.job").Because(err)
		}
		return fn(ctx, args)
	}
}

// likeEvery is how often a job looks whether its like, which ran when it was
// asked for, still runs.
const likeEvery = time.Second

type worker struct {
	river.WorkerDefaults[envelope]
	handlers map[string]Handler
	runs     func(ctx context.Context, id int64) (bool, error)
	complete func(ctx context.Context, job *river.Job[envelope]) error // nil leaves it to River
	holding  *holding                                                  // with PostgreSQL
	ended    chan struct{}                                             // has room for one
}

func newWorker(o Options) *worker {
	return &worker{handlers: o.Handlers, ended: make(chan struct{}, 1)}
}

// Work runs the handler of the job's kind.
func (w *worker) Work(ctx context.Context, job *river.Job[envelope]) error {
	h, ok := w.handlers[job.Args.JobKind]
	if !ok {
		return river.JobCancel(fmt.Errorf("no handler for jobs of kind %q", job.Args.JobKind))
	}
	if job.Args.After != 0 {
		if before, err := w.runs(ctx, job.Args.After); err != nil {
			return err
		} else if before {
			return river.JobSnooze(likeEvery)
		}
	}
	if w.holding != nil {
		running, end, err := w.holding.begin(ctx, job.JobRow)
		if err != nil {
			return err
		}
		defer end()
		ctx = running
	}
	err := h(ctx, job.Args.Args)
	if err == nil && w.complete != nil {
		err = w.complete(ctx, job)
	}
	select {
	case w.ended <- struct{}{}:
	default:
	}
	switch domain.CodeOf(err) {
	case domain.Invalid, domain.NotFound, domain.Gone, domain.Forbidden:
		return river.JobCancel(err)
	}
	return err
}
