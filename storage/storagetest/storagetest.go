// Package storagetest gives each test a migrated database of its own: a copy
// of a SQLite file and, where TEST_POSTGRES_URL names a server, a copy of a
// PostgreSQL database. Tests run in parallel.
package storagetest

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // for making databases

	"interlink/storage"
)

// Run runs fn on every database: as name/sqlite and name/postgres. Without
// TEST_POSTGRES_URL the latter is skipped, except in CI, where it fails.
// TEST_DATABASE=sqlite or =postgres leaves the other to another run.
func Run(t *testing.T, name string, fn func(t *testing.T, db *storage.DB)) {
	t.Helper()
	t.Run(name, func(t *testing.T) {
		t.Parallel()
		t.Run("sqlite", func(t *testing.T) {
			t.Parallel()
			fn(t, Open(t, SQLite(t)))
		})
		t.Run("postgres", func(t *testing.T) {
			t.Parallel()
			fn(t, Open(t, Postgres(t)))
		})
	})
}

// Open opens a database and closes it at the end of the test.
func Open(t testing.TB, dsn string) *storage.DB {
	t.Helper()
	db, err := storage.Open(context.Background(), dsn)
	if err != nil {
		t.Fatalf("open the test database: %v", err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Errorf("close the test database: %v", err)
		}
	})
	return db
}

// migrated is a database migrated once in this process, to be copied.
var migrated struct {
	sqlite   func() ([]byte, error)
	postgres func() (string, error)
	once     sync.Once
}

func prepare() {
	migrated.once.Do(func() {
		migrated.sqlite = sync.OnceValues(migrateSQLite)
		migrated.postgres = sync.OnceValues(migratePostgres)
	})
}

// leave skips a test if TEST_DATABASE names the other database.
func leave(t testing.TB, database string) {
	t.Helper()
	if only := os.Getenv("TEST_DATABASE"); only != "" && only != database {
		t.Skipf("TEST_DATABASE is %s: left to another run", only)
	}
}

// SQLite returns the address of a fresh migrated SQLite database.
func SQLite(t testing.TB) string {
	t.Helper()
	leave(t, "sqlite")
	prepare()
	file, err := migrated.sqlite()
	if err != nil {
		t.Fatalf("migrate a SQLite database: %v", err)
	}
	path := filepath.Join(t.TempDir(), "test.db")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	return "sqlite:" + path
}

func migrateSQLite() ([]byte, error) {
	dir, err := os.MkdirTemp("", "interlink-migrated")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "migrated.db")
	if err := migrate("sqlite:" + path); err != nil {
		return nil, err
	}
	return os.ReadFile(path) //nolint:gosec // in the directory made above
}

func migrate(dsn string) error {
	db, err := storage.Open(context.Background(), dsn)
	if err != nil {
		return err
	}
	if err := db.Migrate(context.Background()); err != nil {
		_ = db.Close()
		return err
	}
	return db.Close()
}

// Postgres returns the address of a fresh migrated PostgreSQL database on
// the server of TEST_POSTGRES_URL.
func Postgres(t testing.TB) string {
	t.Helper()
	leave(t, "postgres")
	server := os.Getenv("TEST_POSTGRES_URL")
	if server == "" {
		if os.Getenv("CI") != "" {
			t.Fatal("TEST_POSTGRES_URL is not set: ./test.sh starts a PostgreSQL and sets it")
		}
		t.Skip("TEST_POSTGRES_URL is not set: not tested on PostgreSQL (./test.sh does)")
	}
	prepare()
	template, err := migrated.postgres()
	if err != nil {
		t.Fatalf("migrate a PostgreSQL database: %v", err)
	}
	name := newName("test")
	if err := admin(server, "CREATE DATABASE "+name+" TEMPLATE "+template); err != nil {
		t.Fatalf("copy the migrated database: %v", err)
	}
	t.Cleanup(func() {
		if err := admin(server, "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			t.Errorf("drop the test database: %v", err)
		}
	})
	return database(server, name)
}

func migratePostgres() (string, error) {
	server, name := os.Getenv("TEST_POSTGRES_URL"), newName("migrated")
	if err := admin(server, "CREATE DATABASE "+name); err != nil {
		return "", err
	}
	return name, migrate(database(server, name))
}

// PostgresOf returns the address of a fresh migrated PostgreSQL database that
// compares texts as people of a language do (ICU).
func PostgresOf(t testing.TB, language string) string {
	t.Helper()
	_ = Postgres(t) // or the test is skipped
	server, name := os.Getenv("TEST_POSTGRES_URL"), newName("sorted")
	if err := admin(server, "CREATE DATABASE "+name+" TEMPLATE template0 ENCODING 'UTF8' LOCALE_PROVIDER icu ICU_LOCALE '"+language+"'"); err != nil {
		t.Fatalf("make a database of a language: %v", err)
	}
	t.Cleanup(func() {
		if err := admin(server, "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			t.Errorf("drop the test database: %v", err)
		}
	})
	if err := migrate(database(server, name)); err != nil {
		t.Fatalf("migrate a database of a language: %v", err)
	}
	return database(server, name)
}

// admin runs one statement on the server's own database.
func admin(server, statement string) error {
	db, err := sql.Open("pgx", server)
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.Exec(statement)
	return err
}

func database(server, name string) string {
	u, err := url.Parse(server)
	if err != nil {
		return server
	}
	u.Path = "/" + name
	return u.String()
}

func newName(prefix string) string {
	var b [8]byte
	if _, err := rand.Read(b[:]); err != nil {
		panic(err)
	}
	return fmt.Sprintf("%s_%s", prefix, hex.EncodeToString(b[:]))
}
