package blob_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"interlink/domain"
	"interlink/storage/blob"
)

// stores are all kinds; broken spoils a stored file where it is.
func stores(t *testing.T) map[string]struct {
	blob.Store
	broken func(hash string)
} {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "files")
	disk, err := blob.Open("", dir)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]struct {
		blob.Store
		broken func(hash string)
	}{"disk": {disk, func(hash string) {
		if err := os.WriteFile(filepath.Join(dir, hash[:2], hash[2:4], hash), []byte("others"), 0o600); err != nil {
			t.Fatal(err)
		}
	}}}
	for kind, address := range buckets(t) {
		bucket, err := blob.Open(address, "")
		if err != nil {
			t.Fatal(err)
		}
		all[kind] = struct {
			blob.Store
			broken func(hash string)
		}{bucket, func(hash string) { spoil(t, address, hash[:2]+"/"+hash[2:4]+"/"+hash) }}
	}
	return all
}

// TestConformance holds what [blob.Store] promises, for each kind.
func TestConformance(t *testing.T) {
	for kind, s := range stores(t) {
		t.Run(kind, func(t *testing.T) {
			ctx := t.Context()
			contents := [][]byte{[]byte("interlink"), {}, {0}, bytes.Repeat([]byte("0123456789abcdef"), 1<<17)}
			for _, content := range contents {
				hash, err := s.Put(ctx, content)
				if err != nil || len(hash) != 64 {
					t.Fatalf("%d bytes: %q %v", len(content), hash, err)
				}
				if again, err := s.Put(ctx, content); err != nil || again != hash {
					t.Errorf("%d bytes again: %q %v, want %q", len(content), again, err, hash)
				}
				if got, err := s.Get(ctx, hash); err != nil || !bytes.Equal(got, content) {
					t.Errorf("%d bytes: read %d, %v", len(content), len(got), err)
				}
			}
			const named = "36bcee4fba1995cb21e68dfd85f6e3fa08ca3994c041d14ed5985ff85ef84cfd" // sha256sum of "interlink"
			if hash, err := s.Put(ctx, contents[0]); hash != named {
				t.Errorf("the name is %q, want %q (%v)", hash, named, err)
			}
			var all sync.WaitGroup
			for range 8 {
				all.Go(func() {
					hash, err := s.Put(ctx, []byte("at once"))
					if err != nil {
						t.Error(err)
						return
					}
					if got, err := s.Get(ctx, hash); err != nil || string(got) != "at once" {
						t.Errorf("at once: %q %v", got, err)
					}
				})
			}
			all.Wait()

			hash, err := s.Put(ctx, []byte("to be removed"))
			if err != nil {
				t.Fatal(err)
			}
			for range 2 { // again is no error
				if err := s.Delete(ctx, hash); err != nil {
					t.Error(err)
				}
			}
			for _, name := range []string{hash, "", "..", "../../etc/passwd", strings.Repeat("g", 64), strings.ToUpper(hash), hash + "/"} {
				if got, err := s.Get(ctx, name); domain.CodeOf(err) != domain.NotFound {
					t.Errorf("get %q: %q %v", name, got, err)
				}
				if err := s.Delete(ctx, name); err != nil {
					t.Errorf("delete %q: %v", name, err)
				}
			}
			hash, err = s.Put(ctx, []byte("to be spoilt"))
			if err != nil {
				t.Fatal(err)
			}
			s.broken(hash)
			if got, err := s.Get(ctx, hash); domain.CodeOf(err) != domain.Internal {
				t.Errorf("a spoilt file: %q %v", got, err)
			}
		})
	}
}

// TestDiskLeavesNothing: no half file stays beside what was stored.
func TestDiskLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	s, err := blob.Open("", dir)
	if err != nil {
		t.Fatal(err)
	}
	hash, err := s.Put(t.Context(), []byte("whole"))
	if err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(filepath.Join(dir, hash[:2], hash[2:4]))
	if err != nil || len(entries) != 1 || entries[0].Name() != hash {
		t.Errorf("%v %v", entries, err)
	}
}

// TestBucketAway: a server that does not answer, a key that is refused and a
// bucket that is not there are Unavailable, and no error repeats the secret.
func TestBucketAway(t *testing.T) {
	server := newServer(t, "files")
	for name, address := range map[string]string{
		"another bucket": server.address("others"),
		"another key":    strings.Replace(server.address("files"), accessKey, "stranger", 1),
		"no server":      "s3://" + accessKey + ":" + secretKey + "@127.0.0.1:1/files?tls=false&region=eu",
	} {
		s, err := blob.Open(address, "")
		if err != nil {
			t.Fatal(err)
		}
		_, err = s.Put(t.Context(), []byte("interlink"))
		if domain.CodeOf(err) != domain.Unavailable || strings.Contains(err.Error(), secretKey) {
			t.Errorf("%s: put: %v", name, err)
		}
		_, err = s.Get(t.Context(), strings.Repeat("0", 64))
		if domain.CodeOf(err) != domain.Unavailable || strings.Contains(err.Error(), secretKey) {
			t.Errorf("%s: get: %v", name, err)
		}
	}
	if _, err := blob.Open("http://127.0.0.1/files", ""); domain.CodeOf(err) != domain.Invalid {
		t.Errorf("an address that is none: %v", err)
	}
}
