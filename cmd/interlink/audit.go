package main

import (
	"encoding/json"
	"fmt"
	"log/slog"

	"interlink/cmd/interlink/node"
	"interlink/domain/audit"
)

type auditCommand struct {
	Verify verifyCommand `cmd:"" help:"Check that no event of the log was altered or removed."`
}

type verifyCommand struct {
	From int64  `help:"Begin with the event of this number; those before are believed." default:"1" placeholder:"N"`
	Head string `help:"Hash that was noted earlier, as /log/head shows it: it must be in the chain. Finds an end that was cut off." placeholder:"HASH"`
	JSON bool   `name:"json" help:"Print as JSON."`
}

// Run checks the chain; it ends with status 1 if an event does not fit.
func (c verifyCommand) Run(env *environment) error {
	n, _, err := env.open(slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	defer n.Close()
	return c.verify(env, n)
}

func (c verifyCommand) verify(env *environment, n *node.Node) error {
	found, err := n.Verify(env.ctx, audit.Check{From: c.From, Head: c.Head})
	if c.JSON {
		raw, failed := json.MarshalIndent(found, "", "  ")
		if failed != nil {
			return failed
		}
		fmt.Fprintln(env.out, string(raw))
	} else if err == nil {
		fmt.Fprintf(env.out, "ok    %d events from %d on form one chain: none was altered or removed; the payloads of %d were erased\nhead  %d %s\n",
			found.Events, found.From, found.Erased, found.Seq, found.Head)
		if found.Before > 0 {
			fmt.Fprintf(env.out, "      %d of them have their hash by the formula of versions before 26 November 2026\n", found.Before)
		}
	} else {
		fmt.Fprintf(env.out, "FAIL  after %d events that fit: %v\n", found.Events, err)
	}
	if err != nil {
		return errFailed
	}
	return nil
}
