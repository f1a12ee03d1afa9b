package storage

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"reflect"
	"strconv"
	"strings"
	"sync"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/schema"
)

// statement is SQL of a hot path, prepared once for each connection. On
// SQLite, preparing a small statement takes longer than running it, and bun,
// which writes values into the text, has each prepared anew.
type statement struct {
	db   *DB
	text string

	mu   sync.Mutex
	read *sql.Stmt // on SQLite; pgx keeps those of PostgreSQL itself
	// write belongs to the goroutine of the group, which alone has the writing
	// connection; nil before the first transaction after it was made.
	write *sql.Stmt
}

// statement makes one; values stand as question marks, in both dialects.
func (d *DB) statement(text string) *statement {
	if d.dialect == Postgres {
		return &statement{db: d, text: numbered(text)}
	}
	// SQLite prepares a statement whose limit is a mere variable anew for
	// each value.
	s := &statement{db: d, text: strings.ReplaceAll(text, "LIMIT ?", "LIMIT ? + 0")}
	d.group.prepare(s)
	return s
}

// numbered writes $1, $2, … for question marks.
func numbered(text string) string {
	var b strings.Builder
	n := 0
	for part := range strings.SplitSeq(text, "?") {
		if n > 0 {
			b.WriteString("$" + strconv.Itoa(n))
		}
		b.WriteString(part)
		n++
	}
	return b.String()
}

// reader returns the statement prepared for the readers.
func (s *statement) reader(ctx context.Context) (*sql.Stmt, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var err error
	if s.read == nil {
		s.read, err = s.db.read.DB.PrepareContext(context.WithoutCancel(ctx), s.text)
	}
	return s.read, err
}

// query runs the statement outside a transaction, to its end even if ctx ends
// meanwhile: to watch it would take two goroutines, longer than most take.
func (s *statement) query(ctx context.Context, args ...any) (*sql.Rows, error) {
	s.db.reads.Add(1)
	if s.db.dialect == Postgres {
		return s.db.read.DB.QueryContext(s.db.patience.outside(ctx), s.text, args...)
	}
	made, err := s.reader(ctx) //nolint:sqlclosecheck // it is kept for the next time
	if err != nil {
		return nil, err
	}
	return made.QueryContext(context.WithoutCancel(ctx), args...)
}

// queryTx runs the statement in a transaction.
func (s *statement) queryTx(ctx context.Context, tx bun.Tx, args ...any) (*sql.Rows, error) {
	if s.write == nil {
		return tx.Tx.QueryContext(ctx, s.text, args...)
	}
	return tx.StmtContext(ctx, s.write).QueryContext(ctx, args...) //nolint:sqlclosecheck // the transaction closes it
}

// exec runs the statement in a transaction.
func (s *statement) exec(ctx context.Context, tx bun.Tx, args ...any) (sql.Result, error) {
	if s.write == nil {
		return tx.Tx.ExecContext(ctx, s.text, args...)
	}
	return tx.StmtContext(ctx, s.write).ExecContext(ctx, args...) //nolint:sqlclosecheck // the transaction closes it
}

// one reads the first row of a result; sql.ErrNoRows if there is none.
func one[T any](ctx context.Context, db *DB, rows *sql.Rows, err error) (*T, error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	if !rows.Next() {
		if err := rows.Err(); err != nil {
			return nil, err
		}
		return nil, sql.ErrNoRows
	}
	row := new(T)
	if err := db.read.ScanRow(ctx, rows, row); err != nil {
		return nil, err
	}
	return row, rows.Err()
}

// all reads the rows of a result.
func all[T any](ctx context.Context, db *DB, rows *sql.Rows) ([]*T, error) {
	defer rows.Close()
	var found []*T
	err := db.read.ScanRows(ctx, rows, &found)
	return found, err
}

// exists reports whether a statement finds a row.
func (s *statement) exists(ctx context.Context, args ...any) (bool, error) {
	rows, err := s.query(ctx, args...)
	if err != nil {
		return false, err
	}
	defer rows.Close()
	return rows.Next(), rows.Err()
}

// columns names the columns of a row's table, comma by comma, in the order in
// which [values] gives theirs.
func (d *DB) columns(row any, prefix string) string {
	var names []string
	for _, f := range d.fields(row) {
		names = append(names, prefix+string(f.SQLName))
	}
	return strings.Join(names, ", ")
}

func (d *DB) fields(row any) []*schema.Field {
	return d.write.Table(reflect.TypeOf(row).Elem()).Fields
}

// excluded writes the SET clause that takes columns from the row that was in
// conflict.
func excluded(columns ...string) string {
	set := make([]string, len(columns))
	for i, c := range columns {
		set[i] = c + " = EXCLUDED." + c
	}
	return strings.Join(set, ", ")
}

// inserter writes rows of one table by a prepared statement.
type inserter struct {
	*statement
	fields []*schema.Field
}

// inserter makes one for the table of row, a pointer to a struct; conflict is
// an ON CONFLICT clause, or "".
func (d *DB) inserter(row any, conflict string) *inserter {
	fields := d.fields(row)
	table := d.write.Table(reflect.TypeOf(row).Elem())
	marks := strings.TrimSuffix(strings.Repeat("?, ", len(fields)), ", ")
	text := "INSERT INTO " + string(table.SQLName) + " (" + d.columns(row, "") + ") VALUES (" + marks + ") " + conflict
	return &inserter{d.statement(text), fields}
}

// insert writes one row, a pointer to the struct that the inserter was made
// for.
func (i *inserter) insert(ctx context.Context, tx bun.Tx, row any) error {
	v := reflect.ValueOf(row).Elem()
	args := make([]any, len(i.fields))
	for n, f := range i.fields {
		var err error
		if args[n], err = value(f.Value(v)); err != nil {
			return err
		}
	}
	_, err := i.exec(ctx, tx, args...)
	return err
}

// value is a field as drivers take it: what is no plain value as JSON, as bun
// has it.
func value(v reflect.Value) (any, error) {
	switch x := v.Interface().(type) {
	case driver.Valuer:
		return x.Value()
	case []byte:
		return x, nil
	}
	switch v.Kind() { //nolint:exhaustive // the others are JSON
	case reflect.String:
		return v.String(), nil
	case reflect.Bool:
		return v.Bool(), nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return v.Int(), nil
	case reflect.Pointer:
		if v.IsNil() {
			return nil, nil
		}
		return value(v.Elem())
	}
	raw, err := json.Marshal(v.Interface())
	return string(raw), err
}
