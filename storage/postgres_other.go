//go:build !linux

package storage

import (
	"syscall"
	"time"
)

// boundUnacknowledged leaves it to the system: some minutes.
func boundUnacknowledged(syscall.RawConn, time.Duration) error { return nil }
