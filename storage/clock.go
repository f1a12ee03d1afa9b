package storage

import (
	"context"
	"time"
)

// Clock tells the time of the database's server. That of SQLite is the
// process's own.
func (d *DB) Clock(ctx context.Context) (time.Time, error) {
	if d.dialect == SQLite {
		return time.Now(), nil
	}
	var now time.Time
	err := d.read.QueryRowContext(ctx, "SELECT clock_timestamp()").Scan(&now)
	return now, translate(err)
}
