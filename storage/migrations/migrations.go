// Package migrations holds the history of the schema, one directory for each
// database with the same file names. Files are append-only: once merged they
// are never edited. Statements are divided by a line "--bun:split".
package migrations

import "embed"

// Files are the migrations of both databases.
//
//go:embed sqlite/*.sql postgres/*.sql
var Files embed.FS
