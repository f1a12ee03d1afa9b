package blob_test

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"interlink/domain"
	"interlink/storage/blob"
)

// large are all kinds of stores of large files; dir is where one keeps them on
// this machine.
func large(t *testing.T) (stores map[string]blob.Large, dir string) {
	t.Helper()
	dir = t.TempDir()
	t.Setenv("TMPDIR", t.TempDir())
	stores = map[string]blob.Large{}
	kinds := buckets(t)
	kinds["disk"] = ""
	for kind, address := range kinds {
		s, err := blob.OpenLarge(address, dir)
		if err != nil {
			t.Fatal(err)
		}
		stores[kind] = s
	}
	return stores, dir
}

// files counts the files below a directory.
func files(t *testing.T, dir string) int {
	t.Helper()
	n := 0
	err := filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			n++
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestLarge holds what [blob.Large] promises, for each kind.
func TestLarge(t *testing.T) {
	stores, dir := large(t)
	for kind, s := range stores {
		ctx := t.Context()
		content := bytes.Repeat([]byte("0123456789abcdef"), 1<<16)
		in, err := s.Receive(ctx, bytes.NewReader(content), 1<<20)
		if err != nil || in.Size != 1<<20 || len(in.Hash) != 64 || in.Type != "text/plain" {
			t.Fatalf("%s: %+v %v", kind, in, err)
		}
		if _, err := s.Open(ctx, in.Hash); domain.CodeOf(err) != domain.NotFound {
			t.Errorf("%s: it is there before it is kept: %v", kind, err)
		}
		for range 2 {
			if err := in.Keep(ctx); err != nil {
				t.Fatalf("%s: %v", kind, err)
			}
			if in, err = s.Receive(ctx, bytes.NewReader(content), 1<<20); err != nil {
				t.Fatal(err)
			}
		}
		in.Drop()
		f, err := s.Open(ctx, in.Hash)
		if err != nil {
			t.Fatalf("%s: %v", kind, err)
		}
		if at, err := f.Seek(-4, io.SeekEnd); err != nil || at != 1<<20-4 {
			t.Errorf("%s: sought %d %v", kind, at, err)
		}
		if end, err := io.ReadAll(f); err != nil || string(end) != "cdef" {
			t.Errorf("%s: its end is %q %v", kind, end, err)
		}
		_ = f.Close()
		for range 2 {
			if err := s.Delete(ctx, in.Hash); err != nil {
				t.Errorf("%s: %v", kind, err)
			}
		}
		for _, name := range []string{in.Hash, "", "..", "../../etc/passwd"} {
			if _, err := s.Open(ctx, name); domain.CodeOf(err) != domain.NotFound {
				t.Errorf("%s: %q: %v", kind, name, err)
			}
		}

		// What is too long or breaks off leaves nothing.
		if _, err := s.Receive(ctx, bytes.NewReader(content), 1<<20-1); domain.CodeOf(err) != domain.TooLarge {
			t.Errorf("%s: one byte too many: %v", kind, err)
		}
		cut := errors.New("cut")
		if _, err := s.Receive(ctx, io.MultiReader(bytes.NewReader(content), iotest.ErrReader(cut)), 1<<30); !errors.Is(err, cut) {
			t.Errorf("%s: a body that breaks off: %v", kind, err)
		}
	}
	if n := files(t, dir) + files(t, os.Getenv("TMPDIR")); n != 0 {
		t.Errorf("%d files are left", n)
	}
}

// TestLargeSniffs: the type is that of the bytes.
func TestLargeSniffs(t *testing.T) {
	stores, _ := large(t)
	for want, content := range map[string]string{
		"image/png": "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "text/html": "<!DOCTYPE html><script>alert(1)</script>", "application/pdf": "%PDF-1.7\n",
		"image/svg+xml": `<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>`, "application/octet-stream": "\x00\x01\x02\x03",
	} {
		in, err := stores["disk"].Receive(t.Context(), strings.NewReader(content), 1<<20)
		if err != nil || in.Type != want {
			t.Errorf("%q is %s %v", content, in.Type, err)
		}
		in.Drop()
	}
}

// TestLargeApart: small and large files of the same bytes do not take each
// other away, and what another process left half goes after a day.
func TestLargeApart(t *testing.T) {
	dir := t.TempDir()
	small, err := blob.Open("", dir)
	if err != nil {
		t.Fatal(err)
	}
	big, err := blob.OpenLarge("", dir)
	if err != nil {
		t.Fatal(err)
	}
	hash, err := small.Put(t.Context(), []byte("the same"))
	if err != nil {
		t.Fatal(err)
	}
	in, err := big.Receive(t.Context(), strings.NewReader("the same"), 100)
	if err != nil || in.Hash != hash || in.Keep(t.Context()) != nil {
		t.Fatalf("%+v %v", in, err)
	}
	if err := small.Delete(t.Context(), hash); err != nil {
		t.Fatal(err)
	}
	if f, err := big.Open(t.Context(), hash); err != nil {
		t.Error(err)
	} else {
		_ = f.Close()
	}
	left := filepath.Join(dir, "resources", "incoming", "new.1")
	if err := os.WriteFile(left, []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	long := time.Now().Add(-25 * time.Hour)
	if err := os.Chtimes(left, long, long); err != nil {
		t.Fatal(err)
	}
	if in, err = big.Receive(t.Context(), strings.NewReader("another"), 100); err != nil {
		t.Fatal(err)
	}
	in.Drop()
	if _, err := os.Stat(left); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("what was left half is still there: %v", err)
	}
}

// TestLargeNoPlace: a machine that cannot keep a file says so, and it is
// nobody's fault.
func TestLargeNoPlace(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := blob.OpenLarge("", file)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Receive(t.Context(), strings.NewReader("x"), 100); domain.CodeOf(err) != domain.Unavailable {
		t.Errorf("%v", err)
	}
}
