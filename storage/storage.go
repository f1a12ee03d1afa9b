package storage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/sqlitedialect"
	_ "modernc.org/sqlite" // the SQLite driver, in pure Go

	"interlink/domain"
	"interlink/storage/jobs"
)

// Dialect is the database in use.
type Dialect string

// The databases.
const (
	SQLite   Dialect = "sqlite"
	Postgres Dialect = "postgres"
)

// DB is one database: a writer and readers. On SQLite the writer is a single
// connection, whose transactions begin IMMEDIATE; on PostgreSQL both are the
// same pool.
type DB struct {
	dialect  Dialect
	dsn      string
	write    *bun.DB
	read     *bun.DB
	group    *group        // of the one writer; nil on PostgreSQL
	log      *checkpointer // of SQLite; nil on PostgreSQL
	jobs     *jobs.Inserter
	changed  *signals
	reading  chan struct{} // see inTxReading
	patience *patience     // with PostgreSQL; nil on SQLite
	chain    chain
	lang     domain.Lang // of the node: see [DB.Speak]
	commits  atomic.Uint64
	reads    atomic.Uint64 // by prepared statements
}

// Open connects to "sqlite:PATH" or "postgres://…". It does not migrate.
// Errors: Invalid for an address of another kind.
func Open(ctx context.Context, dsn string) (*DB, error) {
	if path, ok := strings.CutPrefix(dsn, "sqlite:"); ok {
		return openSQLite(ctx, path)
	}
	if strings.HasPrefix(dsn, "postgres://") || strings.HasPrefix(dsn, "postgresql://") {
		return openPostgres(ctx, dsn)
	}
	return nil, domain.Fail(domain.Invalid, "config.database_url")
}

// openSQLite opens the file in WAL mode. synchronous=NORMAL survives any
// crash of the process; the last transactions before a loss of power may be
// rolled back, never torn.
func openSQLite(ctx context.Context, path string) (*DB, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	// The file is for its owner alone, as are those beside it, which SQLite
	// makes with the same rights.
	if f, err := os.OpenFile(abs, os.O_RDWR|os.O_CREATE, 0o600); err != nil { //nolint:gosec // named by the operator
		return nil, fmt.Errorf("open %s: %w", path, err)
	} else if err := f.Close(); err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	pragmas := url.Values{"_pragma": {
		"busy_timeout(10000)", "journal_mode(WAL)", "synchronous(NORMAL)",
		"foreign_keys(1)", "temp_store(MEMORY)", "cache_size(-16000)",
		"wal_autocheckpoint(" + strconv.Itoa(checkpointLate) + ")",
	}}
	open := func(extra string, conns int) (*sql.DB, error) {
		db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: abs}).EscapedPath()+"?"+pragmas.Encode()+extra)
		if err != nil {
			return nil, err
		}
		db.SetMaxOpenConns(conns)
		db.SetMaxIdleConns(conns)
		return db, nil
	}
	writer, err := open("&_txlock=immediate", 1)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	if err := writer.PingContext(ctx); err != nil {
		_ = writer.Close()
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	reader, err := open("&_query_only=1", readers())
	if err != nil {
		_ = writer.Close()
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	beside, err := open("", 1)
	if err != nil {
		_, _ = writer.Close(), reader.Close()
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	inserter, err := jobs.NewSQLiteInserter(writer)
	if err != nil {
		return nil, err
	}
	db := &DB{
		dialect: SQLite, dsn: "sqlite:" + path,
		write: bun.NewDB(writer, sqlitedialect.New()), read: bun.NewDB(reader, sqlitedialect.New()),
		jobs: inserter, changed: newSignals(), reading: make(chan struct{}, mostReading),
	}
	db.log = newCheckpointer(beside)
	db.group = newGroup(db.write, db.log.committed)
	db.chain = newChain(db)
	return db, nil
}

// readers is how many connections read from SQLite at once.
func readers() int { return max(4, 2*runtime.NumCPU()) }

// Close ends all connections.
func (d *DB) Close() error {
	if d.dialect == Postgres {
		return d.write.Close()
	}
	d.group.close()
	return errors.Join(d.log.close(), d.read.Close(), d.write.Close())
}

// Shrink gives back what SQLite keeps of the file in memory, up to 16 MB for each
// connection. Those that read are closed unless they are in use, and made again
// when they are needed; the one that writes keeps its statements. With
// PostgreSQL it does nothing: what that keeps is its own, and connections that
// have been idle are closed anyway.
func (d *DB) Shrink(ctx context.Context) error {
	if d.dialect == Postgres {
		return nil
	}
	d.read.SetMaxIdleConns(0) // closes those that are
	d.read.SetMaxIdleConns(readers())
	_, err := d.write.ExecContext(ctx, "PRAGMA shrink_memory")
	return err
}

// Dialect tells which database it is.
func (d *DB) Dialect() Dialect { return d.dialect }

// Ping reports whether the database answers, for readiness.
func (d *DB) Ping(ctx context.Context) error {
	var one int
	return d.read.QueryRowContext(ctx, "SELECT 1").Scan(&one)
}

// Read gives a handle for queries outside a transaction.
func (d *DB) Read() *bun.DB { return d.read }

// InTx runs fn in a transaction, then appends the change's events to the
// chain and inserts its jobs in the same transaction. Those who wait for
// events or jobs are woken after the commit. fn must use tx alone: on SQLite
// a write beside it would wait for itself. There, transactions that wait for
// each other share a commit: see group. What a job changes after another process
// has taken it up fails: see [jobs.Standing]. In a [domain.Rehearsal] all is rolled
// back in the end, and that is no error. Where PostgreSQL was asked to commit and
// did not answer, nobody knows whether it has: Unavailable "error.unconfirmed".
func (d *DB) InTx(ctx context.Context, change domain.Change, fn func(ctx context.Context, tx bun.Tx) error) error {
	err := d.inTx(ctx, change, fn)
	if err == nil {
		d.commits.Add(1)
	}
	return err
}

// mostReading is how many transactions at once read beside what they write: they
// need two of the connections each.
const mostReading = 4

// inTxReading is [DB.InTx] for a transaction that reads page by page, outside of
// itself, what it writes. Only some are open at once, so that there always is a
// connection left for their reading. What they read may be of a bucket that is
// slow: PostgreSQL waits longer for their next statement (see
// endIdle), until they have written all that others have to wait for.
func (d *DB) inTxReading(ctx context.Context, change domain.Change, fn func(ctx context.Context, tx bun.Tx) error) error {
	select {
	case d.reading <- struct{}{}:
		defer func() { <-d.reading }()
	case <-ctx.Done():
		return ctx.Err()
	}
	if d.dialect == SQLite {
		return d.InTx(ctx, change, fn)
	}
	return d.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.ExecContext(ctx, becomeIdle, idleReading, idleFor)
		if err == nil {
			err = fn(ctx, tx)
		}
		if err == nil {
			_, err = tx.ExecContext(ctx, becomeIdle, idleFor, idleReading)
		}
		return err
	})
}

// inQueue is [DB.InTx] for the bookkeeping of queues, which no reader sees.
func (d *DB) inQueue(ctx context.Context, fn func(ctx context.Context, tx bun.Tx) error) error {
	return d.inTx(ctx, domain.Change{}, fn)
}

// Changes counts the transactions of this process that readers may see, and
// those of others that it was told of, for those who keep what they have read.
func (d *DB) Changes() uint64 { return d.commits.Load() }

// Reads returns how many queries were run outside transactions since the
// database was opened.
func (d *DB) Reads() uint64 { return d.reads.Load() + uint64(d.read.DBStats().Queries) }

// Groups counts the commits of SQLite's one writer, and the transactions that
// shared them, in this process; both are 0 on PostgreSQL.
func (d *DB) Groups() (commits, transactions uint64) {
	if d.group == nil {
		return 0, 0
	}
	return d.group.commits.Load(), d.group.members.Load()
}

// errRehearsed ends the transaction of a [domain.Rehearsal].
var errRehearsed = errors.New("rehearsed")

func (d *DB) inTx(ctx context.Context, change domain.Change, fn func(ctx context.Context, tx bun.Tx) error) error {
	rehearses, asked := domain.Rehearses(ctx), false
	whole := func(ctx context.Context, tx bun.Tx) error {
		if fn != nil {
			if err := fn(ctx, tx); err != nil {
				return err
			}
		}
		if rehearses {
			return errRehearsed
		}
		if err := d.appendEvents(ctx, tx, change.Events); err != nil {
			return err
		}
		err := d.jobs.InsertTx(ctx, tx.Tx, change.Jobs)
		asked = err == nil
		return err
	}
	var err error
	if d.group != nil {
		err = d.group.do(ctx, whole)
	} else {
		err = d.onConnection(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
			if err := jobs.Standing(ctx, tx.Tx); err != nil {
				return err
			}
			return whole(ctx, tx)
		})
	}
	if errors.Is(err, errRehearsed) {
		return nil
	}
	if err != nil && asked && d.dialect == Postgres && isAway(err) {
		return domain.Fail(domain.Unavailable, "error.unconfirmed").Because(err)
	}
	if err != nil {
		return translate(err)
	}
	if len(change.Events) > 0 {
		d.changed.wake(TopicEvents)
	}
	return nil
}

// onConnection runs a transaction of PostgreSQL.
func (d *DB) onConnection(ctx context.Context, opts *sql.TxOptions, whole func(context.Context, bun.Tx) error) error {
	conn, err := d.patience.connection(ctx, d.write)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	return conn.RunInTx(ctx, opts, whole)
}

// worker gives the job workers their connection: see storage/jobs.
func (d *DB) worker() (Dialect, string, *sql.DB) { return d.dialect, d.dsn, d.write.DB }

// Jobs makes the client that works jobs from this database.
func (d *DB) Jobs(ctx context.Context, opts jobs.Options) (*jobs.Client, error) {
	dialect, dsn, pool := d.worker()
	if dialect == SQLite {
		return jobs.NewSQLite(ctx, pool, opts)
	}
	return jobs.NewPostgres(ctx, dsn, heedSilence, opts)
}
