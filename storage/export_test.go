package storage

import (
	"context"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"interlink/domain"
)

// TrafficQueries are those of [Traffic] with values in them.
func TrafficQueries() []string {
	values := strings.NewReplacer("?0", "9", "?1", "TRUE", "?2", "5", "?3", "5", "?4", "0", "?5", "''", "?6", "21")
	return []string{values.Replace(worstHosts), lateHosts + "SELECT MIN(oldest) FROM late"}
}

// Needed are the columns that keep actors.
func Needed() []string {
	var all []string
	for _, n := range needed {
		all = append(all, n.table+"."+n.column)
	}
	return all
}

// ArchivedColumns lists the columns by which rows come into the archive of a
// person.
func ArchivedColumns() []string {
	var names []string
	for _, e := range exports {
		for _, word := range strings.FieldsFunc(e.where, func(r rune) bool { return r == ' ' || r == '(' || r == ')' }) {
			names = append(names, e.table+"."+word)
		}
	}
	return names
}

// InTxReading is [DB.inTxReading].
func (d *DB) InTxReading(ctx context.Context, fn func(ctx context.Context, tx bun.Tx) error) error {
	return d.inTxReading(ctx, domain.Change{}, fn)
}

// MigrateAgain forgets that a migration was done, and does it: on rows of the
// form that they had before.
func (d *DB) MigrateAgain(ctx context.Context, name string) error {
	if err := changedOne(d.write.NewRaw("DELETE FROM bun_migrations WHERE name = ?", name).Exec(ctx)); err != nil {
		return err
	}
	return d.Migrate(ctx)
}

// SetPatience sets how long a bounded wait for PostgreSQL may take, and how
// long while it is silent.
func (d *DB) SetPatience(long, brief time.Duration) { d.patience.long, d.patience.brief = long, brief }
