package storage

import (
	"context"
	"errors"
	"fmt"
	"os"

	"interlink/domain"
)

// Copy writes the whole database, as it is at one moment, into a file that is not
// there yet; it is written to meanwhile. Errors: Invalid on PostgreSQL, whose own
// tools do that; Conflict if there is such a file.
func (d *DB) Copy(ctx context.Context, path string) (err error) {
	if d.dialect != SQLite {
		return domain.Fail(domain.Invalid, "config.database_url")
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // named by the operator
	if errors.Is(err, os.ErrExist) {
		return domain.Fail(domain.Conflict, "error.conflict").Because(err)
	}
	if err != nil {
		return err
	}
	defer func() {
		err = errors.Join(err, f.Close())
		if err != nil {
			_ = os.Remove(path)
		}
	}()
	if _, err := d.log.db.ExecContext(ctx, "VACUUM INTO ?", path); err != nil {
		return fmt.Errorf("copy the database: %w", err)
	}
	return f.Sync()
}
