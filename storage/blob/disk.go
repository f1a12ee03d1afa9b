package blob

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"interlink/domain"
)

// Disk keeps files in a directory, which it makes.
type Disk struct{ dir string }

var _ Store = (*Disk)(nil)

// Put implements [Store]: the file is written beside its place, synced and
// renamed, so that it is there whole or not at all.
func (d *Disk) Put(_ context.Context, content []byte) (string, error) {
	hash := name(content)
	path := filepath.Join(d.dir, key(hash))
	if info, err := os.Stat(path); err == nil && info.Size() == int64(len(content)) {
		return hash, nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return "", fmt.Errorf("store a file: %w", err)
	}
	if err := write(path, content); err != nil {
		return "", fmt.Errorf("store a file: %w", err)
	}
	return hash, nil
}

func write(path string, content []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), "new.*") // 0600
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(f.Name()) }()
	_, err = f.Write(content)
	if e := f.Sync(); err == nil {
		err = e
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err != nil {
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	return sync(filepath.Dir(path))
}

// sync makes a new name in a directory last.
func sync(dir string) error {
	d, err := os.Open(dir) //nolint:gosec // made above
	if err != nil {
		return err
	}
	defer func() { _ = d.Close() }()
	return d.Sync()
}

// Get implements [Store].
func (d *Disk) Get(_ context.Context, hash string) ([]byte, error) {
	if err := known(hash); err != nil {
		return nil, err
	}
	content, err := os.ReadFile(filepath.Join(d.dir, key(hash)))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, domain.Fail(domain.NotFound, "error.not_found")
	}
	if err != nil {
		return nil, fmt.Errorf("read a file: %w", err)
	}
	return sound(hash, content)
}

// Delete implements [Store].
func (d *Disk) Delete(_ context.Context, hash string) error {
	if known(hash) != nil {
		return nil //nolint:nilerr // what is no name is nobody's: there is nothing to remove
	}
	err := os.Remove(filepath.Join(d.dir, key(hash)))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove a file: %w", err)
	}
	return nil
}
