package storage

import (
	"syscall"
	"time"
)

// tcpUserTimeout is TCP_USER_TIMEOUT of tcp(7), which package syscall has not.
const tcpUserTimeout = 0x12

// boundUnacknowledged ends a connection whose other end does not acknowledge
// what it was sent (RFC 5482).
func boundUnacknowledged(c syscall.RawConn, within time.Duration) error {
	var err error
	if failed := c.Control(func(fd uintptr) {
		err = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, tcpUserTimeout, int(within.Milliseconds()))
	}); failed != nil {
		return failed
	}
	return err
}
