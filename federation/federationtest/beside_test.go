package federationtest_test

import (
	"database/sql"
	"strings"
	"testing"

	"interlink/storage"
)

// beside changes the database of a node without the node.
func beside(t *testing.T, database string, statements ...string) {
	t.Helper()
	driver := "pgx"
	if path, ok := strings.CutPrefix(database, "sqlite:"); ok {
		driver, database = "sqlite", path+"?_pragma=busy_timeout(10000)"
	}
	db, err := sql.Open(driver, database)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, s := range statements {
		if _, err := db.ExecContext(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
}

// pass frees what a killed process claimed, and lets its jobs run again, and those
// that wait after a failure, or in other states.
func pass(t *testing.T, database string, states ...string) {
	t.Helper()
	beside(t, database, "UPDATE river_job SET state = 'available', scheduled_at = created_at WHERE state IN ('"+strings.Join(append(states, "running", "retryable"), "', '")+"')",
		"UPDATE received SET lease_until = 0", "UPDATE deliveries SET lease_until = 0")
}

func storageOf(t *testing.T, database string) *storage.DB {
	t.Helper()
	db, err := storage.Open(t.Context(), database)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}
