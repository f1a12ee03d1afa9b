package portable_test

import (
	"os"
	"testing"

	"interlink/domain/portable"
)

// TestScratch: what is written on its way into an archive, or out of one, is in
// no directory, where it stayed if the process was killed.
func TestScratch(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	f, err := portable.Scratch()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 0 {
		t.Errorf("in the directory: %v, %v", left, err)
	}
	if _, err := f.WriteString("x"); err != nil {
		t.Error(err)
	}
}
