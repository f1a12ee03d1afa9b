package domain

import "time"

// Job asks for background work, as plain data. It is stored in the
// transaction that causes it, so it exists exactly if its cause does. A job
// may run more than once and must be written so.
type Job struct {
	Kind   string    // registered in cmd, such as "catalogue.backfill"; stored, so never renamed
	Args   any       // encoded as JSON
	Unique string    // if not "", at most one job of this kind with this key waits to begin
	At     time.Time // not before; zero means now
	Remote bool      // it asks other servers, and may have to wait for them: such jobs hold up no others
}
