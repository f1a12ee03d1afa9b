package main

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"

	"interlink/cmd/interlink/node"
	"interlink/domain"
	"interlink/domain/nodearchive"
	"interlink/domain/policy"
	"interlink/domain/portable"
	"interlink/web/transfer"
)

type nodeCommand struct {
	Export exportNodeCommand `cmd:"" help:"Write all that the node has, and that is not some people's own, into a file that another node can import."`
	Import importNodeCommand `cmd:"" help:"Bring what another node had, part by part. Again goes on where it stopped, and changes nothing that is here."`
}

type exportNodeCommand struct {
	File string `arg:"" optional:"" help:"File to write; HOST.interlink-node.zip by default, - for the output."`
	As   string `help:"Username of the administrator as whom it is taken: what is for some people alone is in it only if they administer it."`
}

// Run exports.
func (c exportNodeCommand) Run(env *environment) error {
	return exporting{file: c.File, as: c.As}.run(env, func(n *node.Node, v policy.Viewer) (transfer.Exported, error) {
		return n.NodeArchives.Export(env.ctx, v)
	}, func(file string) error {
		return opened(file, func(f *os.File, size int64) error {
			a, err := nodearchive.Read(f, size)
			if err != nil {
				return err
			}
			fmt.Fprintf(env.out, "%s: %d bytes\n", file, size)
			for _, kind := range slices.Sorted(maps.Keys(a.Counts)) {
				fmt.Fprintf(env.out, "%-14s %6d\n", kind, a.Counts[kind])
			}
			printLeft(env.out, a.Left)
			return nil
		})
	})
}

func printLeft(out io.Writer, left []nodearchive.Left) {
	for _, l := range left {
		fmt.Fprintf(out, "left out: %s", l.What)
		if l.Count > 0 {
			fmt.Fprintf(out, " (%d)", l.Count)
		}
		fmt.Fprintf(out, ": %s\n", leftWords[l.Reason])
	}
}

// leftWords say why something is not in an archive.
var leftWords = map[nodearchive.LeftFor]string{
	nodearchive.LeftSecret:   "no archive has them; a backup of the database does",
	nodearchive.LeftPersonal: "are people's own: each takes theirs along from their settings",
	nodearchive.LeftPrivate:  "for its people alone: their administrators take it along",
	nodearchive.LeftSetting:  "stand in the settings file, which is yours to copy",
	nodearchive.LeftUnread:   "could not be read",
	nodearchive.LeftRoom:     "that many older ones have no room in an archive",
	nodearchive.LeftUnsigned: "nobody signed it, so that nobody could tell whose it is",
}

type importNodeCommand struct {
	File   string `arg:"" type:"existingfile" help:"Archive of a node."`
	As     string `required:"" help:"Username of the administrator who will own what is made."`
	DryRun bool   `help:"Judge each part as the import would, report, and change nothing."`
	JSON   bool   `name:"json" help:"Print the report as JSON."`
}

// Run imports. Parts that failed end it with status 1.
func (c importNodeCommand) Run(env *environment) error {
	return bringing(env, c.File, c.As, func(n *node.Node, v policy.Viewer, f *os.File, size int64) error {
		i, err := n.NodeArchives.Bring(env.ctx, v, f, size)
		if err == nil && !c.DryRun {
			err = n.NodeArchives.Here(env.ctx, v, i.ID)
		}
		if err != nil {
			return err
		}
		parts := []*nodearchive.ImportPart{}
		err = n.NodeArchives.Judge(env.ctx, v, i.ID, func(p *nodearchive.ImportPart) error {
			parts = append(parts, p)
			return nil
		})
		if err != nil {
			return err
		}
		return c.report(env, n.Namespace, i, parts)
	})
}

func (c importNodeCommand) report(env *environment, ns domain.Namespace, i *nodearchive.Import, parts []*nodearchive.ImportPart) error {
	if c.JSON {
		encoder := json.NewEncoder(env.out)
		encoder.SetIndent("", "  ")
		return encoder.Encode(struct {
			From  domain.IRI                `json:"from"`
			Left  []nodearchive.Left        `json:"left"`
			Parts []*nodearchive.ImportPart `json:"parts"`
		}{i.Head.IRI, i.Left, parts})
	}
	failed := false
	for _, p := range parts {
		fmt.Fprintf(env.out, "%-9s %s", p.Outcome, p.Path)
		if p.Outcome == nodearchive.Failed {
			failed = true
			fmt.Fprintf(env.out, ": %s", explain(p.Problem.Err()))
		}
		fmt.Fprintln(env.out)
		printLost(env.out, p.Result.Lost)
		for _, l := range p.Result.Lost {
			if l.Reason == portable.LostVersion && p.Comparable() {
				fmt.Fprintf(env.out, "%-8s %s: beside what is here at %s/admin/archive/%s/parts/%d?version=%s\n", "compare", l.What, ns.Base(), i.ID, p.Position, l.What)
			}
		}
	}
	printLeft(env.out, i.Left)
	if c.DryRun {
		fmt.Fprintln(env.out, "Nothing was changed.")
	}
	if failed {
		return errFailed
	}
	return nil
}
