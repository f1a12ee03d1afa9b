package blob

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/gabriel-vasile/mimetype"
	"github.com/minio/minio-go/v7"

	"interlink/domain"
)

// Large are files that are too large to be held in memory: they are received
// and read as streams. A store of large files and one of small ones share no
// file, although both may be at one address.
type Large interface {
	// Receive reads at most so many bytes into a file beside the others.
	// Errors: TooLarge for more, Unavailable if there is no place for it, else
	// those of from.
	Receive(ctx context.Context, from io.Reader, most int64) (*domain.Incoming, error)
	// Open opens a file, which the caller closes. Errors: NotFound, also for
	// what is no name; Unavailable.
	Open(ctx context.Context, hash string) (io.ReadSeekCloser, error)
	// Delete removes a file; it is no error if there is none.
	Delete(ctx context.Context, hash string) error
}

// OpenLarge opens the store of large files that an address names, as [Open]
// does.
func OpenLarge(address, dir string) (Large, error) {
	if address == "" {
		return &largeDisk{Disk{filepath.Join(dir, resources)}}, nil
	}
	s, err := newS3(address, patience)
	if err != nil {
		return nil, err
	}
	s.prefix = resources + "/"
	return &largeS3{s}, nil
}

// resources is where large files are beside the small ones, whose directories
// have names of two letters.
const resources = "resources"

// sniffed is how much of a file is looked at to tell its type.
const sniffed = 3072

// abandoned is how long a file may take to be received; what is older was left
// by a process that ended in the middle of it.
const abandoned = 24 * time.Hour

// spooled is a file that was received into a temporary one.
type spooled struct {
	*os.File
	domain.Incoming
}

// spool receives a file into a new one in dir. It removes what it made if it
// fails.
func spool(dir string, from io.Reader, most int64) (s *spooled, err error) {
	f, err := os.CreateTemp(dir, "new.*") // 0600
	if err != nil {
		return nil, noPlace(err)
	}
	drop := func() {
		_ = f.Close()
		_ = os.Remove(f.Name())
	}
	defer func() {
		if err != nil {
			drop()
		}
	}()
	var head bytes.Buffer
	sum := sha256.New()
	source := &source{from: io.LimitReader(from, most+1)}
	size, err := io.Copy(io.MultiWriter(f, sum, &first{&head, sniffed}), source)
	switch {
	case source.err != nil:
		return nil, source.err
	case err != nil:
		return nil, noPlace(err)
	case size > most:
		return nil, &domain.Error{Code: domain.TooLarge, Key: "resource.file_too_large", Args: []any{most >> 20}, Field: "file"}
	}
	return &spooled{f, domain.Incoming{
		Hash: hex.EncodeToString(sum.Sum(nil)), Type: mediaType(head.Bytes()), Size: size, Drop: drop,
	}}, nil
}

// mediaType is the type that bytes have, without parameters.
func mediaType(head []byte) string {
	name, _, _ := strings.Cut(mimetype.Detect(head).String(), ";")
	return name
}

// noPlace is the failure of the machine to keep a file.
func noPlace(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return domain.Fail(domain.Unavailable, "resource.no_place").Because(err)
	}
	return domain.Fail(domain.Unavailable, "error.files").Because(err)
}

// source remembers what failed in reading, apart from what failed in writing.
type source struct {
	from io.Reader
	err  error
}

func (s *source) Read(p []byte) (int, error) {
	n, err := s.from.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		s.err = err
	}
	return n, err
}

// first keeps the beginning of what is written.
type first struct {
	*bytes.Buffer
	most int
}

func (f *first) Write(p []byte) (int, error) {
	f.Buffer.Write(p[:min(len(p), f.most-f.Len())])
	return len(p), nil
}

// largeDisk keeps large files in a directory.
type largeDisk struct{ Disk }

var _ Large = (*largeDisk)(nil)

// Receive implements [Large].
func (d *largeDisk) Receive(_ context.Context, from io.Reader, most int64) (*domain.Incoming, error) {
	dir := filepath.Join(d.dir, "incoming")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, noPlace(err)
	}
	tidy(dir)
	s, err := spool(dir, from, most)
	if err != nil {
		return nil, err
	}
	s.Keep = func(context.Context) error { return d.keep(s) }
	return &s.Incoming, nil
}

// tidy removes what other processes left half.
func tidy(dir string) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return
	}
	for _, e := range entries {
		if info, err := e.Info(); err == nil && time.Since(info.ModTime()) > abandoned {
			_ = os.Remove(filepath.Join(dir, e.Name()))
		}
	}
}

// keep syncs a file and gives it its name, so that it is there whole or not
// at all.
func (d *largeDisk) keep(s *spooled) error {
	defer s.Drop()
	path := filepath.Join(d.dir, key(s.Hash))
	if info, err := os.Stat(path); err == nil && info.Size() == s.Size {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return noPlace(err)
	}
	if err := s.Sync(); err != nil {
		return noPlace(err)
	}
	if err := os.Rename(s.Name(), path); err != nil {
		return noPlace(err)
	}
	if err := sync(filepath.Dir(path)); err != nil {
		return noPlace(err)
	}
	return nil
}

// Open implements [Large].
func (d *largeDisk) Open(_ context.Context, hash string) (io.ReadSeekCloser, error) {
	if err := known(hash); err != nil {
		return nil, err
	}
	f, err := os.Open(filepath.Join(d.dir, key(hash)))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, domain.Fail(domain.NotFound, "error.not_found")
	}
	if err != nil {
		return nil, domain.Fail(domain.Unavailable, "error.files").Because(err)
	}
	return f, nil
}

// largeS3 keeps large files in a bucket.
type largeS3 struct{ *S3 }

var _ Large = (*largeS3)(nil)

// Receive implements [Large]: the file waits on this machine until its hash
// is known.
func (s *largeS3) Receive(_ context.Context, from io.Reader, most int64) (*domain.Incoming, error) {
	f, err := spool("", from, most)
	if err != nil {
		return nil, err
	}
	f.Keep = func(ctx context.Context) error {
		defer f.Drop()
		if info, err := s.client.StatObject(ctx, s.bucket, s.key(f.Hash), minio.StatObjectOptions{}); err == nil && info.Size == f.Size {
			return nil
		}
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			return noPlace(err)
		}
		_, err := s.client.PutObject(ctx, s.bucket, s.key(f.Hash), f.File, f.Size,
			minio.PutObjectOptions{ContentType: "application/octet-stream", DisableMultipart: true})
		if err != nil {
			return unavailable("store", err)
		}
		return nil
	}
	return &f.Incoming, nil
}

// Open implements [Large]: what is sought is asked for by its range.
func (s *largeS3) Open(ctx context.Context, hash string) (io.ReadSeekCloser, error) {
	if err := known(hash); err != nil {
		return nil, err
	}
	object, err := s.client.GetObject(ctx, s.bucket, s.key(hash), minio.GetObjectOptions{})
	if err == nil {
		_, err = object.Stat()
	}
	if absent(err) {
		return nil, domain.Fail(domain.NotFound, "error.not_found")
	}
	if err != nil {
		return nil, unavailable("read", err)
	}
	return object, nil
}
