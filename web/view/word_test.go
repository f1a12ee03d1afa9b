package view

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"interlink/web/locale"
)

// TestWordsOfTemplates: what templates name by its code has words; a code
// without any is shown as it is.
func TestWordsOfTemplates(t *testing.T) {
	keys := locale.Default().Keys("en")
	call := regexp.MustCompile(`\bword "([a-z_]+)"`)
	files, err := filepath.Glob("templates/*/*.html")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d templates, %v", len(files), err)
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range call.FindAllStringSubmatch(string(raw), -1) {
			if !slices.ContainsFunc(keys, func(k string) bool { return strings.HasPrefix(k, found[1]+".") }) {
				t.Errorf("%s: no %s has words", file, found[1])
			}
		}
	}
}
