package storage

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/uptrace/bun"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"interlink/domain"
)

// translate gives database errors a code: no row is NotFound, a broken unique
// key is Conflict, a database that is away, full or silent is Unavailable, and so
// is a serial that is taken, as with another it would have worked, and a
// transaction that was ended for one that it waited for. Errors that have a code
// keep it.
func translate(err error) error {
	if err == nil {
		return nil
	}
	var coded *domain.Error
	if errors.As(err, &coded) {
		return err
	}
	if errors.Is(err, sql.ErrNoRows) {
		return domain.Fail(domain.NotFound, "error.not_found").Because(err)
	}
	taken := isSerialTaken(err)
	if isUnique(err) && !taken {
		return domain.Fail(domain.Conflict, "error.conflict").Because(err)
	}
	if taken || isAway(err) || isInEachOthersWay(err) {
		return domain.Fail(domain.Unavailable, "error.unavailable").Because(err)
	}
	return err
}

// isAway reports whether err is the database's own: it cannot be reached, starts
// or ends, is busy or has no room.
func isAway(err error) bool {
	var lite *sqlite.Error
	if errors.As(err, &lite) {
		switch lite.Code() & 0xff { // without the details
		case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR:
			return true
		}
		return false
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		switch pg.Code[:min(len(pg.Code), 2)] {
		case "08", "53", "57", "58": // connection, resources, operator, system
			return pg.Code != "57014" // one query was cancelled
		}
		// It only reads, as one that takes another's place does; or it ended the
		// transaction, as this process stood still (see endIdle); or its tables were
		// changed just now, and what the driver knew of them it has forgotten by this.
		return pg.Code == "25006" || pg.Code == "25P03" || pg.Code == "0A000" && strings.Contains(pg.Message, "cached plan")
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return true // it is silent: whoever bounded the wait
	}
	var unconnected *pgconn.ConnectError
	var broken *net.OpError
	return errors.As(err, &unconnected) || errors.As(err, &broken) || errors.Is(err, driver.ErrBadConn) || errors.Is(err, io.ErrUnexpectedEOF)
}

// isInEachOthersWay reports whether err is of two transactions of which each
// waited for the other, or could not both be true: one was rolled back, and works
// when it is tried again.
func isInEachOthersWay(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code == "40P01" || pg.Code == "40001")
}

// isUnique reports whether err is a violated unique or primary key.
func isUnique(err error) bool {
	var lite *sqlite.Error
	if errors.As(err, &lite) {
		code := lite.Code()
		return code == sqlite3.SQLITE_CONSTRAINT_UNIQUE || code == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY
	}
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.Code == "23505"
}

// isSerialTaken reports whether err is a serial that another process made in the
// same millisecond (see [domain.Mint.Serial]): whatever has it, it is nothing
// that the caller knows of.
func isSerialTaken(err error) bool {
	var lite *sqlite.Error
	if errors.As(err, &lite) { // "UNIQUE constraint failed: received.serial (2067)"
		return isUnique(err) && strings.Contains(lite.Error(), ".serial (") && !strings.Contains(lite.Error(), ", ")
	}
	var pg *pgconn.PgError // "Key (serial)=(1) already exists.", in the server's language
	return errors.As(err, &pg) && isUnique(err) && strings.Contains(pg.Detail, "(serial)=")
}

// isReferred reports whether err is a row that could not go, as others refer
// to it.
func isReferred(err error) bool {
	var lite *sqlite.Error
	if errors.As(err, &lite) {
		return lite.Code() == sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY
	}
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.Code == "23503"
}

// changedOne turns an update that met no row into a Conflict: somebody else
// saved first, or the row is gone.
func changedOne(res sql.Result, err error) error {
	if err != nil {
		return err
	}
	n, err := res.RowsAffected()
	if err != nil {
		return err
	}
	if n == 0 {
		return domain.Fail(domain.Conflict, "error.conflict")
	}
	return nil
}

// saveRow inserts a row, or writes it over the one of a revision. Errors:
// Conflict if that is not the present one.
func saveRow(ctx context.Context, tx bun.Tx, row any, revision int64) error {
	if revision == 0 {
		_, err := tx.NewInsert().Model(row).Exec(ctx)
		return err
	}
	return changedOne(tx.NewUpdate().Model(row).WherePK().Where("?TableAlias.revision = ?", revision).Exec(ctx))
}
