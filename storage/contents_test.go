package storage_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"interlink/storage/storagetest"
)

// TestArchiveContents: of every table it is written down what of it the archive
// of a node holds, or why nothing.
func TestArchiveContents(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("../domain/nodearchive/CONTENTS.md")
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	for line := range strings.Lines(string(raw)) {
		if cells := strings.Split(line, "|"); len(cells) == 5 && !strings.HasPrefix(line, "|---") && strings.TrimSpace(cells[1]) != "tables" {
			for name := range strings.SplitSeq(cells[1], ",") {
				told = append(told, strings.TrimSpace(name))
			}
		}
	}
	db := storagetest.Open(t, storagetest.SQLite(t))
	var tables []string
	err = db.Read().NewRaw("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'river%' AND name NOT LIKE 'sqlite%' AND name NOT LIKE 'bun%'").Scan(t.Context(), &tables)
	if err != nil || len(tables) < 100 {
		t.Fatalf("%d tables: %v", len(tables), err)
	}
	for _, name := range tables {
		if !slices.Contains(told, name) {
			t.Errorf("%s: say in domain/nodearchive/CONTENTS.md what of it an archive holds, or why not", name)
		}
	}
	for i, name := range told {
		if !slices.Contains(tables, name) || slices.Contains(told[:i], name) {
			t.Errorf("%s is no table, or is named twice", name)
		}
	}
}
