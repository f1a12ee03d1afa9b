package storage

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"github.com/uptrace/bun/migrate"

	"interlink/storage/migrations"
)

// Migrate brings the schema, and the job queue's, to the newest version.
// Several processes may call it at once on PostgreSQL; one does the work.
// Errors: one that tells what to do if a newer version has been there.
func (d *DB) Migrate(ctx context.Context) error {
	m, err := d.migrator()
	if err != nil {
		return err
	}
	unlock, err := d.lockMigrations(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	if err := m.Init(ctx); err != nil {
		return fmt.Errorf("prepare the migrations: %w", err)
	}
	if err := olderThan(ctx, m); err != nil {
		return err
	}
	if _, err := m.Migrate(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	if err := d.jobs.Migrate(ctx); err != nil {
		return err
	}
	if err := d.noteLinks(ctx); err != nil {
		return fmt.Errorf("read the log: %w", err)
	}
	if d.dialect == SQLite {
		_, err = d.write.ExecContext(ctx, "PRAGMA shrink_memory") // migrating went through all tables
	}
	return err
}

func (d *DB) migrator() (*migrate.Migrator, error) {
	tree, err := fs.Sub(migrations.Files, string(d.dialect))
	if err != nil {
		return nil, err
	}
	found := migrate.NewMigrations()
	if err := found.Discover(tree); err != nil {
		return nil, fmt.Errorf("read the migrations: %w", err)
	}
	return migrate.NewMigrator(d.write, found, migrate.WithMarkAppliedOnSuccess(true)), nil
}

// ErrOutdated is the failure of a version that is older than its database.
var ErrOutdated = errors.New("the database has the form of a newer version than this one")

// Outdated asks whether a newer version has changed the database. Errors:
// [ErrOutdated] if so; others say that it could not be asked.
func (d *DB) Outdated(ctx context.Context) error {
	m, err := d.migrator()
	if err != nil {
		return err
	}
	return olderThan(ctx, m)
}

// olderThan refuses to go on with a database that a newer version has changed:
// this one does not know what its tables have become.
func olderThan(ctx context.Context, m *migrate.Migrator) error {
	newer, err := m.MissingMigrations(ctx)
	if err != nil {
		return fmt.Errorf("read the migrations: %w", err)
	}
	if len(newer) == 0 {
		return nil
	}
	names := make([]string, 0, len(newer))
	for _, one := range newer {
		names = append(names, one.Name)
	}
	return fmt.Errorf("%w, which does not know its change %s: "+
		"run that version, or a newer one, or restore the backup that was made before it; nothing was changed", ErrOutdated, slices.Max(names))
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
