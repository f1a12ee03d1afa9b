package main

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"interlink/cmd/interlink/node"
	"interlink/domain"
	"interlink/domain/nodearchive"
	"interlink/domain/policy"
)

type nodeCommand struct {
	Export exportNodeCommand `cmd:"" help:"Write all that the node has, and that is not some people's own, into a file that another node can import."`
	Import importNodeCommand `cmd:"" help:"Bring what another node had, part by part. Again goes on where it stopped, and changes nothing that is here."`
}

type exportNodeCommand struct {
	File string `arg:"" optional:"" help:"File to write; HOST.interlink-node.zip by default, - for the output."`
	As   string `help:"Username of the administrator as whom it is taken: what is for some people alone is in it only if they administer it."`
}

// Run exports. A file that is there already is left as it is.
func (c exportNodeCommand) Run(env *environment) error {
	n, _, err := env.open(nil)
	if err != nil {
		return err
	}
	defer n.Close()
	viewer := n.Operator()
	if c.As != "" {
		who, err := named(env, n, c.As)
		if err != nil {
			return err
		}
		viewer = who.Viewer()
	}
	export, err := n.NodeArchives.Export(env.ctx, viewer)
	if err != nil {
		return err
	}
	if c.File == "-" {
		return export.Write(env.ctx, env.out)
	}
	if c.File == "" {
		c.File = export.Name()
	}
	if err := written(c.File, func(w io.Writer) error { return export.Write(env.ctx, w) }); err != nil {
		return err
	}
	return c.tell(env.out)
}

// written writes a file that was not there; half of one is removed, as it must
// not look whole.
func written(path string, write func(io.Writer) error) error {
	f, err := os.OpenFile(filepath.Clean(path), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	if err = write(f); err == nil {
		err = f.Close()
	}
	if err != nil {
		_ = f.Close()
		_ = os.Remove(path)
	}
	return err
}

// opened opens a file to be read at any place, and tells how long it is.
func opened(path string) (*os.File, int64, error) {
	f, err := os.Open(filepath.Clean(path))
	if err != nil {
		return nil, 0, err
	}
	info, err := f.Stat()
	if err != nil {
		_ = f.Close()
		return nil, 0, err
	}
	return f, info.Size(), nil
}

// tell says what is in the archive, and what is not.
func (c exportNodeCommand) tell(out io.Writer) error {
	f, size, err := opened(c.File)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	a, err := nodearchive.Read(f, size)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%s: %d bytes\n", c.File, size)
	for _, kind := range slices.Sorted(maps.Keys(a.Counts)) {
		fmt.Fprintf(out, "%-14s %6d\n", kind, a.Counts[kind])
	}
	printLeft(out, a.Left)
	return nil
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
	nodearchive.LeftUnsigned: "nobody signed it, so that nobody could tell whose it is",
}

type importNodeCommand struct {
	File string `arg:"" type:"existingfile" help:"Archive of a node."`
	As   string `required:"" help:"Username of the administrator who will own what is made."`
	Look bool   `help:"Say what is in it, and import nothing."`
	JSON bool   `name:"json" help:"Print the report as JSON."`
}

// Run imports. Parts that failed end it with status 1.
func (c importNodeCommand) Run(env *environment) error {
	n, _, err := env.open(nil)
	if err != nil {
		return err
	}
	defer n.Close()
	who, err := named(env, n, c.As)
	if err != nil {
		return err
	}
	v := policy.Viewer{Actor: who.Actor, Role: who.Role}
	f, size, err := opened(c.File)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	i, err := n.NodeArchives.Bring(env.ctx, v, f, size)
	if err != nil {
		return err
	}
	if !c.Look {
		if err := n.NodeArchives.Here(env.ctx, v, i.ID); err != nil {
			return err
		}
	}
	return c.report(env, n, v, i)
}

func (c importNodeCommand) report(env *environment, n *node.Node, v policy.Viewer, i *nodearchive.Import) error {
	parts := []*nodearchive.ImportPart{}
	for page := (domain.Page{Limit: domain.MaxPage}); ; {
		list, err := n.NodeArchives.Parts(env.ctx, v, i.ID, "", page)
		if err != nil {
			return err
		}
		parts = append(parts, list.Items...)
		if page.After = list.Next; list.Next == "" {
			break
		}
	}
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
	}
	printLeft(env.out, i.Left)
	if failed {
		return errFailed
	}
	return nil
}
