package main

import (
	"fmt"

	"interlink/cmd/interlink/node"
	"interlink/domain/audit"
)

type doctorCommand struct{}

// Run checks what only shows when it is needed. What [environment.open] finds
// wrong ends it there.
func (doctorCommand) Run(env *environment) error {
	n, s, err := env.open(nil)
	if err != nil {
		return err
	}
	defer n.Close()
	fmt.Fprintln(env.out, "ok    the settings can be used, the database has this version's form, the secret key opens the private keys")
	for _, warning := range s.Warnings() {
		fmt.Fprintln(env.out, "note ", warning)
	}
	if err := n.Ready(env.ctx); err != nil {
		return err
	}
	if host := n.Namespace.HandleHost(); host != n.Namespace.Host() {
		if err := n.CheckHandles(env.ctx); err != nil {
			fmt.Fprintf(env.out, "FAIL  handles end in @%s, but that host does not lead here: its server must send requests for /.well-known/webfinger on to %s, "+
				"with their query, and the node must run (%v)\n", host, n.Namespace.Base(), err)
			return errFailed
		}
		fmt.Fprintf(env.out, "ok    handles that end in @%s lead here\n", host)
	}
	if err := env.indexed(n); err != nil {
		return err
	}
	events, err := n.Verify(env.ctx, audit.Check{})
	if err != nil {
		fmt.Fprintln(env.out, "FAIL  the chain of events, which is the audit log, was altered:", err)
		return errFailed
	}
	fmt.Fprintf(env.out, "ok    %d events form one chain: none was altered or removed\n", events.Events)
	return nil
}

// indexed tells how far the search is with the catalogue after an upgrade.
func (env *environment) indexed(n *node.Node) error {
	all, left, err := n.Indexed(env.ctx)
	if err != nil {
		return err
	}
	if left == 0 {
		fmt.Fprintf(env.out, "ok    the search knows all %d entries of the catalogue\n", all)
		return nil
	}
	fmt.Fprintf(env.out, "note  the search knows %d of %d entries of the catalogue as this version does (%d%%); it goes on with the others while the node runs\n",
		all-left, all, 100*(all-left)/all)
	return nil
}
