package main

import (
	"fmt"

	"interlink/cmd/interlink/node"
	"interlink/domain/policy"
	"interlink/domain/portable"
	"interlink/web/transfer"
)

type processCommand struct {
	Export exportProcessCommand `cmd:"" help:"Write a process, with all that is in it, into a file that another node can import."`
	Import importProcessCommand `cmd:"" help:"Make a process of such a file, as it was. Again changes nothing."`
}

type exportProcessCommand struct {
	Name   string `arg:"" help:"Name of the process, as in its address."`
	File   string `arg:"" optional:"" help:"File to write; NAME.interlink.zip by default, - for the output."`
	Public bool   `help:"Only what everybody may see: no people, no versions, no history."`
}

// Run exports.
func (c exportProcessCommand) Run(env *environment) error {
	var export *portable.Export
	return exporting{file: c.File, public: c.Public}.run(env, func(n *node.Node, v policy.Viewer) (_ transfer.Exported, err error) {
		export, err = n.Portable.Export(env.ctx, v, c.Name)
		return export, err
	}, func(file string) error {
		in := export.Count
		_, err := fmt.Fprintf(env.out, "%s: %d phases, objectives and tasks, %d resources, %d releases\n", file, in.Items, in.Resources, in.Releases)
		return err
	})
}

type importProcessCommand struct{ importing }

// Run imports.
func (c importProcessCommand) Run(env *environment) error { return c.run(env, portable.KindProcess) }
