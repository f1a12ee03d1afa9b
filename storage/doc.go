// Package storage holds all SQL, one small store per subject, over SQLite and
// PostgreSQL alike. It is the only importer of bun.
//
// A store's writing method carries the whole of one command: the state, its
// events and the jobs it asks for, in one transaction ([DB.InTx]). Rules live
// in domain; storage only stores. SQL is portable: TEXT, BIGINT, BOOLEAN and
// bytes; times are microseconds ([Stamp]); JSON is TEXT.
package storage
