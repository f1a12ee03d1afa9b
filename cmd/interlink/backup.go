package main

import (
	"fmt"
	"log/slog"
	"path/filepath"

	"interlink/cmd/interlink/node"
	"interlink/config"
)

type backupCommand struct {
	Dir string `arg:"" help:"Directory to write into; it is made, and must be empty." type:"path"`
}

// Run copies what the node has in its data directory, and says what is not in it.
func (c backupCommand) Run(env *environment) error {
	s, err := config.Load(env.config, env.environ)
	if err != nil {
		return err
	}
	b, err := node.WriteBackup(env.ctx, options(s, nil, slog.New(slog.DiscardHandler)), c.Dir)
	if err != nil {
		return err
	}
	if b.Database {
		fmt.Fprintf(env.out, "The database is in %s.\n", filepath.Join(c.Dir, "interlink.db"))
	} else {
		fmt.Fprintln(env.out, "The database is in PostgreSQL and not in this backup: run pg_dump --format=custom, and only then this command.")
	}
	if s.FilesURL.IsSet() {
		fmt.Fprintln(env.out, "Files are in the bucket and not in this backup: copy the bucket, after the database.")
	} else {
		fmt.Fprintf(env.out, "%d files (%d MiB) are in %s.\n", b.Files, b.Bytes>>20, filepath.Join(c.Dir, "files"))
	}
	if !s.SecretKey.IsSet() {
		fmt.Fprintf(env.out, "The secret key is not in this backup: keep a copy of %s in another place.\n", filepath.Join(s.DataDir, config.KeyFile))
	}
	return nil
}
