package dialect_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"interlink/federation/federationtest/dialect"
)

var update = flag.Bool("update", false, "write the table of what servers show")

// golden are the documents that a node sends, as the encoders' tests keep them.
const golden = "../../activity/testdata/golden/"

// apart are documents that a server refuses, and that it therefore does not
// get: by name, those for servers that follow groups alone.
var apart = map[string]bool{"announce-create": true}

// TestDocuments reads everything that a node sends as every other make of
// server reads it: nothing is refused, and what people see of it stands in a
// table that changes with it.
func TestDocuments(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(golden + "*.json")
	if err != nil || len(files) < 80 {
		t.Fatalf("%d documents (%v)", len(files), err)
	}
	var table bytes.Buffer
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		if !bytes.Contains(raw, []byte(`"type"`)) {
			continue // the context itself
		}
		fmt.Fprintf(&table, "%s\n", name)
		for _, s := range dialect.Servers {
			shown, err := s.Reads(raw)
			if err != nil && apart[name] && !s.Threads {
				fmt.Fprintf(&table, "  %-11s must not get it: %v\n", s.Name, err)
				continue
			}
			if err != nil {
				t.Errorf("%s refuses %s: %v", s.Name, name, err)
			}
			fmt.Fprintf(&table, "  %-11s %s\n", s.Name, shown)
		}
	}
	const want = "testdata/documents.txt"
	if *update {
		if err := os.WriteFile(want, table.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if before, err := os.ReadFile(want); err != nil || !bytes.Equal(before, table.Bytes()) {
		t.Errorf("what servers show changed: go test ./federation/federationtest/dialect -update, and read the difference (%v)", err)
	}
}
