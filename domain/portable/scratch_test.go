package portable_test

import (
	"io"
	"os"
	"testing"

	"interlink/domain/portable"
	"interlink/web/transfer"
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
	defer f.Close()
	spooled, size, err := transfer.Spool(io.LimitReader(zeros{}, 100), 1000)
	if err != nil || size != 100 {
		t.Fatalf("spooled %d, %v", size, err)
	}
	defer spooled.Close()
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 0 {
		t.Errorf("in the directory: %v, %v", left, err)
	}
	if _, err := f.WriteString("x"); err != nil {
		t.Error(err)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }
