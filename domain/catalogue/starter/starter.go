// Package starter holds the catalogue that a new node begins with: the problem
// profiles by code, four coproduction schemas (for a new public service, a
// better one, one explained in plain words, and an event for ideas) and the
// Interlinkers that answer their tasks, in English, Spanish, Italian, Latvian
// and Dutch. The files have the layout of an INTERLINK data tree, so that the
// importer of such trees reads them too. The texts are under CC-BY-4.0.
package starter

import (
	"embed"
	"io/fs"
)

//go:embed all:data
var files embed.FS

// Tree returns the catalogue's files, with problemprofiles, schemas and
// interlinkers at its root.
func Tree() fs.FS {
	tree, err := fs.Sub(files, "data")
	if err != nil {
		panic(err) // "data" is a valid path, checked by the embed directive
	}
	return tree
}
