package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"interlink/cmd/interlink/node"
	"interlink/domain"
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

// Run exports. A file that is there already is left as it is.
func (c exportProcessCommand) Run(env *environment) error {
	n, _, err := env.open(nil)
	if err != nil {
		return err
	}
	defer n.Close()
	viewer := n.Operator()
	if c.Public {
		viewer = policy.Viewer{}
	}
	export, err := n.Portable.Export(env.ctx, viewer, c.Name)
	if err != nil {
		return err
	}
	file, err := writeExport(env, export, c.File)
	if err == nil && file != "" {
		d := export.Document
		fmt.Fprintf(env.out, "%s: %d phases, objectives and tasks, %d resources, %d releases\n", file, len(d.Items), len(d.Resources), len(d.Releases))
	}
	return err
}

// writeExport writes an archive into a file that is not there yet, or to the
// output ("-"), and returns the name of the file.
func writeExport(env *environment, e transfer.Exported, file string) (string, error) {
	if file == "-" {
		return "", e.Write(env.ctx, env.out)
	}
	if file == "" {
		file = e.Name()
	}
	if err := written(file, func(w io.Writer) error { return e.Write(env.ctx, w) }); err != nil {
		return "", err
	}
	return file, nil
}

type importProcessCommand struct {
	File   string `arg:"" type:"existingfile" help:"Archive of a process."`
	As     string `required:"" help:"Username of who becomes its administrator."`
	Name   string `help:"Name of the process here; the one that it had by default."`
	Update string `help:"Name of the process that an earlier export of the same one became: this one is merged with it, and what was changed here stays."`
	DryRun bool   `help:"Do everything, report, and change nothing."`
	JSON   bool   `name:"json" help:"Print the report as JSON."`
}

// Run imports.
func (c importProcessCommand) Run(env *environment) error {
	return importing{c.File, c.As, portable.Input{Name: c.Name, Update: c.Update}, portable.KindProcess, c.DryRun, c.JSON}.run(env)
}

// importing is an archive that is imported, of either kind.
type importing struct {
	file, as string
	in       portable.Input
	kind     portable.Kind
	dryRun   bool
	json     bool
}

func (c importing) run(env *environment) error {
	n, _, err := env.open(nil)
	if err != nil {
		return err
	}
	defer n.Close()
	who, err := named(env, n, c.as)
	if err != nil {
		return err
	}
	return c.bring(env, n, policy.Viewer{Actor: who.Actor, Role: who.Role})
}

func (c importing) bring(env *environment, n *node.Node, v policy.Viewer) error {
	f, size, err := opened(c.file)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	b, err := n.Portable.Bring(env.ctx, v, f, size)
	if err != nil {
		return err
	}
	if b.Head.Kind != c.kind {
		return domain.InvalidField("file", "import.kind")
	}
	b, again, err := c.make(env, n, v, b)
	if err != nil {
		return err
	}
	if c.json {
		return printImport(env.out, b, again)
	}
	for _, change := range b.Changes {
		fmt.Fprintf(env.out, "%-8s %s %s\n", change.Outcome, change.What, strings.Join(change.Parts, ", "))
	}
	printLost(env.out, b.Lost)
	switch {
	case c.dryRun && !again:
		fmt.Fprintln(env.out, "Nothing was changed.")
	case again:
		fmt.Fprintf(env.out, "%s was imported before: %s\n", b.Head.IRI, b.Made)
	default:
		fmt.Fprintf(env.out, "%s is now %s\n", b.Head.IRI, b.Made)
	}
	return nil
}

func (c importing) make(env *environment, n *node.Node, v policy.Viewer, b *portable.Bringing) (_ *portable.Bringing, again bool, err error) {
	if c.dryRun {
		b, err = n.Portable.Try(env.ctx, v, b.ID, c.in)
		return b, err == nil && b.Process != domain.Nobody, err
	}
	if b, again, err = n.Portable.Begin(env.ctx, v, b.ID, c.in); err != nil || again {
		return b, again, err
	}
	if b, err = n.Portable.Finish(env.ctx, b); err == nil && b.State == portable.ImportFailed {
		err = b.Problem.Err()
	}
	return b, false, err
}

// printImport prints the report of an import for programs.
func printImport(out io.Writer, b *portable.Bringing, again bool) error {
	report := struct {
		From      domain.IRI        `json:"from"`
		Process   domain.IRI        `json:"process,omitempty"`
		Community domain.IRI        `json:"community,omitempty"`
		Again     bool              `json:"again"`
		Changes   []portable.Change `json:"changes,omitempty"`
		Lost      []portable.Lost   `json:"lost"`
	}{From: b.Head.IRI, Again: again, Changes: b.Changes, Lost: b.Lost}
	if b.Head.Kind == portable.KindCommunity {
		report.Community = b.Made
	} else {
		report.Process = b.Made
	}
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", "  ")
	return encoder.Encode(report)
}

func printLost(out io.Writer, lost []portable.Lost) {
	for _, l := range lost {
		what := l.What
		if what == "" {
			what = string(l.IRI)
		}
		fmt.Fprintf(out, "%-8s %s: %s\n", l.Reason, what, lostWords[l.Reason])
	}
}

// lostWords say what became of what is not held as it was.
var lostWords = map[portable.Reason]string{
	portable.LostPerson:  "made something of it elsewhere; kept by address",
	portable.LostRole:    "had a role or rights; a file gives nobody any",
	portable.LostGroup:   "a group of another node; kept by address",
	portable.LostAnswer:  "its source confirmed another address; it is claimed again",
	portable.LostClones:  "they are clones of the address it had; kept to be read",
	portable.LostRelease: "it was published at the address it had; kept to be read",
	portable.LostHistory: "what happened elsewhere is kept to be read, not as history of this node",
	portable.LostBroken:  "it is not whole",
	portable.LostFile:    "its bytes are not in the archive",
	portable.LostPart:    "this version does not know what it is",
	portable.LostMembers: "who follows it is kept by address; they follow it here if they want to",
	portable.LostBan:     "was kept from writing; kept by address, not in force here",
	portable.LostGone:    "its author took it back, or is gone",
	portable.LostHere:    "it stands at an address of this node: it is here, or was deleted here",
	portable.LostPin:     "it was pinned; here it stands among what was said before",

	portable.LostMoreMembers: "that many more follow it than an archive names",
	portable.LostMoreLog:     "that many older acts of its moderators have no room in an archive",
	portable.LostMoreBans:    "that many more were kept from writing than an archive holds",
	portable.LostMoreFiles:   "that many more pictures were shown in it than an archive holds",
}
