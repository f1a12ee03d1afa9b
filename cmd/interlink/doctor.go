package main

import (
	"fmt"
	"log/slog"
	"strings"

	"interlink/cmd/interlink/node"
	"interlink/config"
)

type doctorCommand struct{}

// Run checks what only shows when it is needed, and goes on after what it finds
// wrong, as far as that lets it.
func (doctorCommand) Run(env *environment) error {
	s, err := config.Load(env.config, env.environ)
	if err != nil {
		return err
	}
	for _, warning := range s.Warnings() {
		env.tell(node.Finding{Mark: node.Note, Text: warning})
	}
	failed := env.tell(node.ExamineAround(env.ctx, options(s, nil, slog.New(slog.DiscardHandler)))...)
	n, _, err := env.open(nil)
	if err != nil {
		return err
	}
	defer n.Close()
	env.tell(node.Finding{Mark: node.Well, Text: "the settings can be used, the database has this version's form, the secret key opens the private keys"})
	if env.tell(n.Examine(env.ctx)...) || failed {
		return errFailed
	}
	return nil
}

// tell writes findings, one a line, and reports whether there is a fault.
func (env *environment) tell(found ...node.Finding) (failed bool) {
	for _, f := range found {
		fmt.Fprintf(env.out, "%-5s %s\n", f.Mark, strings.ReplaceAll(f.Text, "\n", " "))
		failed = failed || f.Mark == node.Fault
	}
	return failed
}
