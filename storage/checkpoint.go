package storage

import (
	"context"
	"database/sql"
	"log/slog"
)

// checkpointEvery is how many commits of the group come between two passes of
// the [checkpointer]: with what they write, some 16 MB.
const checkpointEvery = 200

// checkpointLate is how long SQLite's log may grow, in pages, before a commit
// itself copies what the checkpointer has not, and the log begins anew: 64 MB.
const checkpointLate = 16_000

// checkpointer copies what was committed from SQLite's log into the file,
// beside the writer. Were it left to the writer, every few seconds of much
// work a commit, and all that wait for it, would stand until the disk has
// thousands of pages.
type checkpointer struct {
	db   *sql.DB // a connection of its own
	due  chan struct{}
	done chan struct{}
}

func newCheckpointer(db *sql.DB) *checkpointer {
	c := &checkpointer{db: db, due: make(chan struct{}, 1), done: make(chan struct{})}
	go c.run()
	return c
}

// committed is told of each commit, with its number.
func (c *checkpointer) committed(n uint64) {
	if n%checkpointEvery != 0 {
		return
	}
	select {
	case c.due <- struct{}{}:
	default: // the pass that is due copies this too
	}
}

func (c *checkpointer) run() {
	defer close(c.done)
	for range c.due {
		// It copies what no reader needs in the log any more.
		if _, err := c.db.ExecContext(context.Background(), "PRAGMA wal_checkpoint(PASSIVE)"); err != nil {
			slog.Warn("storage: checkpoint", "error", err) // a commit makes up for it
		}
	}
}

// close ends it; nothing commits any more.
func (c *checkpointer) close() error {
	close(c.due)
	<-c.done
	return c.db.Close()
}
