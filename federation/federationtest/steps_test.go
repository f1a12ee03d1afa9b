package federationtest_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
)

// TestStepsAreTested: each test that the table of federation/README.md names is
// there.
func TestStepsAreTested(t *testing.T) {
	table, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("*_test.go")
	if err != nil {
		t.Fatal(err)
	}
	var tests []string
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range regexp.MustCompile(`(?m)^func (Test\w+)\(t \*testing\.T\)`).FindAllStringSubmatch(string(source), -1) {
			tests = append(tests, name[1])
		}
	}
	for _, name := range regexp.MustCompile(`\bTest[A-Z]\w+`).FindAllString(string(table), -1) {
		if !slices.Contains(tests, name) {
			t.Errorf("there is no %s", name)
		}
	}
}
