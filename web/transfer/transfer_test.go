package transfer_test

import (
	"io"
	"os"
	"strings"
	"testing"

	"interlink/web/transfer"
)

// TestSpool: what is written into a file for a while is not left there, should
// this process be ended, and no more of it is kept than is asked for.
func TestSpool(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	f, size, err := transfer.Spool(strings.NewReader("an archive"), 5)
	if err != nil || size != 6 {
		t.Fatal(size, err)
	}
	defer func() { _ = f.Close() }()
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 0 {
		t.Errorf("left are %v, %v", left, err)
	}
	raw, err := io.ReadAll(io.NewSectionReader(f, 0, size))
	if err != nil || string(raw) != "an arc" {
		t.Errorf("it says %q, %v", raw, err)
	}
}
