package node

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"

	"interlink/domain"
)

// lockFile says which process serves from a data directory. The system frees
// it when the process ends, however it ends.
const lockFile = "interlink.lock"

// openDirectory makes the data directory, for nobody else to read.
func openDirectory(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make the data directory: %w", err)
	}
	return nil
}

// lock takes the data directory. Errors: Conflict if another process has it.
func lock(dir string) (unlock func(), err error) {
	l := flock.New(filepath.Join(dir, lockFile))
	ok, err := l.TryLock()
	if err != nil {
		return nil, fmt.Errorf("lock the data directory: %w", err)
	}
	if !ok {
		return nil, domain.Fail(domain.Conflict, "config.data_dir_in_use", dir)
	}
	return func() { _ = l.Unlock() }, nil
}
