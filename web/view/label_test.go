package view

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"interlink/web/locale"
)

// buttonLabel is a button whose name for screen readers says of what it is.
var buttonLabel = regexp.MustCompile(`"submit" "([a-z_.]+)"[^}]*?"about" \(t "([a-z_.]+)"`)

// TestLabelInName: who speaks what a button says presses it: its name contains
// the words that are seen (WCAG 2.5.3), in each language.
func TestLabelInName(t *testing.T) {
	files, err := filepath.Glob("templates/*/*.html")
	if err != nil {
		t.Fatal(err)
	}
	pairs := [][]string{{"", "ui.like", "ui.like_of"}, {"", "ui.unlike", "ui.unlike_of"}}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		pairs = append(pairs, buttonLabel.FindAllStringSubmatch(string(text), -1)...)
	}
	if len(pairs) < 20 {
		t.Fatalf("only %d buttons are found", len(pairs))
	}
	for _, lang := range locale.Default().Langs() {
		p := locale.Default().Printer(lang, nil)
		for _, pair := range pairs {
			if seen, name := p.T(pair[1]), p.T(pair[2], "x"); !strings.Contains(strings.ToLower(name), strings.ToLower(seen)) {
				t.Errorf("%s: %q does not say %q", lang, name, seen)
			}
		}
	}
}
