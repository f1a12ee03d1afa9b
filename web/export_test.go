package web

import (
	"net/http"
	"slices"
	"strings"
)

// Pages lists the paths of all pages, for the test that opens each; calendars
// and archives and exports are none.
func Pages() []string {
	var paths []string
	for _, r := range new(Portal).routes() {
		if r.method == http.MethodGet && !strings.HasSuffix(r.path, ".ics") && !strings.HasSuffix(r.path, ".zip") && !strings.HasSuffix(r.path, ".jsonl") && r.path != "/log/head" && r.path != "/transparency.json" {
			paths = append(paths, r.path)
		}
	}
	return paths
}

// Forms lists the paths of all forms.
func Forms() []string {
	var paths []string
	for _, r := range slices.Concat(new(Portal).routes(), new(Portal).uploadRoutes()) {
		if r.method == http.MethodPost {
			paths = append(paths, r.path)
		}
	}
	return paths
}

// Exports lists the addresses of data.
func Exports() []string {
	var paths []string
	for _, r := range new(Portal).exportRoutes() {
		paths = append(paths, r.path)
	}
	return paths
}
