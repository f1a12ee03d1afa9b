package main

import "fmt"

type migrateCommand struct{}

// Run opens the node, which migrates.
func (migrateCommand) Run(env *environment) error {
	n, _, err := env.open(nil)
	if err != nil {
		return err
	}
	fmt.Fprintln(env.out, "The database has this version's form.")
	return n.Close()
}
