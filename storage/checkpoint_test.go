package storage

import (
	"database/sql"
	"os"
	"path/filepath"
	"testing"
)

// TestCheckpointer: every two hundredth commit has what was committed copied
// into the file, without a commit waiting for it; the others do not.
func TestCheckpointer(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.db")
	open := func() *sql.DB {
		db, err := sql.Open("sqlite", "file:"+path+"?_pragma=journal_mode(WAL)&_pragma=wal_autocheckpoint(0)")
		if err != nil {
			t.Fatal(err)
		}
		return db
	}
	size := func() int64 {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		return info.Size()
	}
	writer := open()
	defer writer.Close()
	for _, text := range []string{"CREATE TABLE a (b BLOB)", "INSERT INTO a VALUES (zeroblob(1000000))"} {
		if _, err := writer.ExecContext(t.Context(), text); err != nil {
			t.Fatal(err)
		}
	}
	before := size()
	c := newCheckpointer(open())
	c.committed(checkpointEvery - 1)
	if err := c.close(); err != nil || size() != before {
		t.Errorf("after %d commits the file has %d bytes, had %d (%v)", checkpointEvery-1, size(), before, err)
	}
	c = newCheckpointer(open())
	c.committed(3 * checkpointEvery)
	if err := c.close(); err != nil || size() < 1_000_000 {
		t.Errorf("after %d commits the file has %d bytes (%v)", 3*checkpointEvery, size(), err)
	}
}
