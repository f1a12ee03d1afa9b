package federationtest_test

import (
	"database/sql"
	"strings"
	"testing"
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
