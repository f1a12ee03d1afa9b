package storage

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"interlink/domain"
	"interlink/storage/jobs"
)

func openPostgres(ctx context.Context, dsn string) (*DB, error) {
	cfg, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, domain.Fail(domain.Invalid, "config.database_url").Because(err)
	}
	heedSilence(&cfg.Config)
	patience := &patience{long: patienceFor, brief: impatienceFor}
	cfg.Tracer = patience
	pool := stdlib.OpenDB(*cfg)
	pool.SetMaxOpenConns(16)
	pool.SetMaxIdleConns(16)
	pool.SetConnMaxIdleTime(5 * time.Minute)
	if err := pool.PingContext(ctx); err != nil {
		_ = pool.Close()
		if (pgconn.Timeout(err) || errors.Is(err, context.DeadlineExceeded)) && ctx.Err() == nil {
			return nil, fmt.Errorf("PostgreSQL at %s:%d does not answer within %s, as one that hangs or starts, or that a firewall keeps from here: "+
				"look at its log, and try again (%v)", cfg.Host, cfg.Port, cfg.ConnectTimeout, err)
		}
		return nil, fmt.Errorf("connect to PostgreSQL at %s:%d: %w", cfg.Host, cfg.Port, err)
	}
	inserter, err := jobs.NewPostgresInserter(pool)
	if err != nil {
		return nil, err
	}
	// Another process may bring the database to a newer form while this one serves,
	// and this one has to answer until it has found out: see [DB.Outdated].
	db := bun.NewDB(pool, pgdialect.New(), bun.WithDiscardUnknownColumns()).WithQueryHook(patience)
	d := &DB{
		dialect: Postgres, dsn: dsn, write: db, read: db, jobs: inserter, changed: newSignals(),
		reading: make(chan struct{}, mostReading), patience: patience,
	}
	d.chain = newChain(d)
	return d, nil
}

// A server that cannot be reached any more, as behind a firewall that drops
// what it does not know, is noticed by the connection itself.
const (
	connectWithin = 5 * time.Second  // until a session has begun, unless the address has connect_timeout
	quietFor      = 15 * time.Second // of a connection before its other end is asked for
	askEvery      = 5 * time.Second
	mostAsked     = 3
	takenWithin   = 30 * time.Second // until what was sent is known to have arrived, on Linux
)

// The server ends a transaction of which nothing is heard for 30 s, as when its
// process stands still: nobody else gets what it locks, such as the end of the
// log. An operator who has set a time has another.
const (
	idleFor     = "30s"
	idleReading = "10min" // of one that reads elsewhere what it writes: see inTxReading

	endIdle = `SELECT set_config('idle_in_transaction_session_timeout', '` + idleFor + `', false)
		WHERE current_setting('idle_in_transaction_session_timeout') = '0'`
	becomeIdle = `SELECT set_config('idle_in_transaction_session_timeout', ?, true)
		WHERE current_setting('idle_in_transaction_session_timeout') = ?`
)

// heedSilence makes connections notice that nobody is at their other end, and the
// server that nobody is at ours. It does not bound how long the server thinks: see [Bounded].
func heedSilence(cfg *pgconn.Config) {
	if cfg.ConnectTimeout == 0 {
		cfg.ConnectTimeout = connectWithin
	}
	dialer := &net.Dialer{
		Timeout:         cfg.ConnectTimeout,
		KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: quietFor, Interval: askEvery, Count: mostAsked},
		Control: func(network, _ string, c syscall.RawConn) error {
			if !strings.HasPrefix(network, "tcp") {
				return nil
			}
			return boundUnacknowledged(c, takenWithin)
		},
	}
	cfg.DialFunc = dialer.DialContext
	within := cfg.ConnectTimeout
	cfg.AfterConnect = func(ctx context.Context, conn *pgconn.PgConn) error {
		ctx, cancel := context.WithTimeout(ctx, within)
		defer cancel()
		_, err := conn.Exec(ctx, endIdle).ReadAll()
		return err
	}
}
