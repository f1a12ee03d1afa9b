package storage

import (
	"context"
	"fmt"
	"io/fs"

	"github.com/uptrace/bun/migrate"

	"interlink/storage/migrations"
)

// Migrate brings the schema, and the job queue's, to the newest version.
// Several processes may call it at once on PostgreSQL; one does the work.
func (d *DB) Migrate(ctx context.Context) error {
	tree, err := fs.Sub(migrations.Files, string(d.dialect))
	if err != nil {
		return err
	}
	found := migrate.NewMigrations()
	if err := found.Discover(tree); err != nil {
		return fmt.Errorf("read the migrations: %w", err)
	}
	m := migrate.NewMigrator(d.write, found, migrate.WithMarkAppliedOnSuccess(true))
	unlock, err := d.lockMigrations(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	if err := m.Init(ctx); err != nil {
		return fmt.Errorf("prepare the migrations: %w", err)
	}
	if _, err := m.Migrate(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	if err := d.jobs.Migrate(ctx); err != nil {
		return err
	}
	if d.dialect == SQLite {
		_, err = d.write.ExecContext(ctx, "PRAGMA shrink_memory") // migrating went through all tables
	}
	return err
}

// migrationLock is the key of PostgreSQL's advisory lock.
const migrationLock = 0x696e7465726c696e // "interlin"

// lockMigrations lets one process at a time migrate. SQLite's data directory
// is locked by the process as a whole.
func (d *DB) lockMigrations(ctx context.Context) (func(), error) {
	if d.dialect == SQLite {
		return func() {}, nil
	}
	conn, err := d.write.DB.Conn(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := conn.ExecContext(ctx, "SELECT pg_advisory_lock($1)", int64(migrationLock)); err != nil {
		_ = conn.Close()
		return nil, err
	}
	return func() {
		_, _ = conn.ExecContext(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock($1)", int64(migrationLock))
		_ = conn.Close()
	}, nil
}
