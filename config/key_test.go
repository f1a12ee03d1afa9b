package config

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

func TestKey(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "new", "data")
	s := load(t, "", base, "INTERLINK_DATA_DIR="+dir)
	path := filepath.Join(dir, KeyFile)
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Fatal("reading the settings made something")
	}

	// Several processes start at once: one makes the key, all have the same.
	var wg sync.WaitGroup
	keys, made := make([][]byte, 8), make([]string, 8)
	for i := range keys {
		wg.Go(func() {
			var err error
			if keys[i], made[i], err = s.Key(); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if all := strings.Join(made, ""); strings.Count(all, path) != 1 || !strings.Contains(all, "Keep a copy") {
		t.Errorf("said %q, want %s and a word on keeping it once", made, path)
	}
	for _, k := range keys {
		if len(k) != 32 || !bytes.Equal(k, keys[0]) {
			t.Errorf("keys %x and %x", k, keys[0])
		}
	}
	if bytes.Equal(keys[0], make([]byte, 32)) {
		t.Error("the key is zero")
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if files, _ := os.ReadDir(dir); len(files) != 1 {
		t.Errorf("left behind: %v", files)
	}

	// What cannot be a key is never replaced.
	if err := os.WriteFile(path, []byte("AAAA\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Key(); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("a broken key: %v", err)
	}
	if raw, _ := os.ReadFile(path); string(raw) != "AAAA\n" {
		t.Errorf("the file became %q", raw)
	}

	// One that is set needs no file.
	for _, text := range []string{key, strings.TrimRight(key, "="), strings.NewReplacer("+", "-", "/", "_").Replace(key)} {
		s = load(t, "", base, "INTERLINK_DATA_DIR="+dir, "INTERLINK_SECRET_KEY="+text)
		if k, made, err := s.Key(); err != nil || made != "" || len(k) != 32 || k[31] != 31 {
			t.Errorf("key %x, %q, %v", k, made, err)
		}
	}
}
