package node

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"interlink/storage"
)

// Backup is what was copied of a node.
type Backup struct {
	Database bool // else it is in PostgreSQL, whose own tools copy it
	Files    int  // else they are in a bucket
	Bytes    int64
}

// WriteBackup copies into a directory, which it makes, what a node has in its
// own: the database as it is at one moment, and then the files, so that none
// is missing that the database names. The node may serve meanwhile. The database
// is not brought to this version's form: a backup is made before that. The
// secret key is not in it. Errors: one if there is something in the directory.
func WriteBackup(ctx context.Context, o Options, dir string) (b Backup, err error) {
	o = o.complete()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return b, err
	}
	if there, err := os.ReadDir(dir); err != nil || len(there) > 0 {
		return b, errors.Join(err, &fs.PathError{Op: "back up into", Path: dir, Err: errNotEmpty})
	}
	if o.embedded() {
		if err := copyDatabase(ctx, o, filepath.Join(dir, databaseFile)); err != nil {
			return b, err
		}
		b.Database = true
	}
	if o.FilesURL == "" {
		b.Files, b.Bytes, err = copyFiles(ctx, filepath.Join(o.DataDir, filesDir), filepath.Join(dir, filesDir))
	}
	return b, err
}

var errNotEmpty = errors.New("there is something in it; name a directory that is empty, or not there yet")

func copyDatabase(ctx context.Context, o Options, to string) error {
	if _, err := os.Stat(strings.TrimPrefix(o.DatabaseURL, "sqlite:")); err != nil {
		return err // opening would make one
	}
	db, err := storage.Open(ctx, o.DatabaseURL)
	if err != nil {
		return err
	}
	defer db.Close()
	return db.Copy(ctx, to)
}

// copyFiles copies a tree. What is removed meanwhile is left out: the node had no
// use for it.
func copyFiles(ctx context.Context, from, to string) (files int, bytes int64, err error) {
	err = filepath.WalkDir(from, func(path string, entry fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil || ctx.Err() != nil {
			return errors.Join(err, ctx.Err())
		}
		below, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		if entry.IsDir() {
			return os.MkdirAll(filepath.Join(to, below), 0o700)
		}
		n, err := copyFile(path, filepath.Join(to, below))
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		files, bytes = files+1, bytes+n
		return err
	})
	return files, bytes, err
}

func copyFile(from, to string) (n int64, err error) {
	source, err := os.Open(from) //nolint:gosec // in the node's own directory
	if err != nil {
		return 0, err
	}
	defer source.Close()
	target, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // below what the operator named
	if err != nil {
		return 0, err
	}
	n, err = io.Copy(target, source)
	return n, errors.Join(err, target.Sync(), target.Close())
}
