package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"interlink/cmd/interlink/node"
	"interlink/domain"
	"interlink/domain/policy"
	"interlink/domain/portable"
	"interlink/web/transfer"
)

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

// exporting writes an archive of something of the node: all that the operator
// may take along, as somebody it does, or only what everybody may see.
type exporting struct {
	file   string // NAME.interlink.zip by default, "-" for the output
	as     string // username; "" for the operator
	public bool
}

// run writes what prepare makes. A file that is there already is left as it is.
// tell says of the file what is in it.
func (x exporting) run(env *environment, prepare func(*node.Node, policy.Viewer) (transfer.Exported, error), tell func(file string) error) error {
	n, _, err := env.open(nil)
	if err != nil {
		return err
	}
	defer n.Close()
	viewer := n.Operator()
	if x.public {
		viewer = policy.Viewer{}
	}
	if x.as != "" {
		who, err := named(env, n, x.as)
		if err != nil {
			return err
		}
		viewer = who.Viewer()
	}
	export, err := prepare(n, viewer)
	if err != nil {
		return err
	}
	if x.file == "-" {
		return export.Write(env.ctx, env.out)
	}
	if x.file == "" {
		x.file = export.Name()
	}
	if err := written(x.file, func(w io.Writer) error { return export.Write(env.ctx, w) }); err != nil {
		return err
	}
	return tell(x.file)
}

// bringing opens the node, and an archive that somebody of it brings.
func bringing(env *environment, path, as string, bring func(n *node.Node, v policy.Viewer, f *os.File, size int64) error) error {
	n, _, err := env.open(nil)
	if err != nil {
		return err
	}
	defer n.Close()
	who, err := named(env, n, as)
	if err != nil {
		return err
	}
	return opened(path, func(f *os.File, size int64) error { return bring(n, who.Viewer(), f, size) })
}

// opened opens a file to be read at any place, and tells how long it is.
func opened(path string, read func(f *os.File, size int64) error) error {
	f, err := os.Open(filepath.Clean(path))
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	return read(f, info.Size())
}

// importing are the arguments of the commands that import a process or a
// community.
type importing struct {
	File   string `arg:"" type:"existingfile" help:"The archive."`
	As     string `required:"" help:"Username of who becomes its administrator."`
	Name   string `help:"Name that it has here; the one that it had by default."`
	Update string `help:"Name of what an earlier export of the same one became: this one is merged with it, and what was changed or written here stays."`
	DryRun bool   `help:"Do everything, report, and change nothing."`
	JSON   bool   `name:"json" help:"Print the report as JSON."`
}

// run imports an archive of a kind.
func (c importing) run(env *environment, kind portable.Kind) error {
	return bringing(env, c.File, c.As, func(n *node.Node, v policy.Viewer, f *os.File, size int64) error {
		b, err := n.Portable.Bring(env.ctx, v, f, size)
		if err != nil {
			return err
		}
		if b.Head.Kind != kind {
			return domain.InvalidField("file", "import.kind")
		}
		b, again, err := c.make(env, n, v, b)
		if err != nil {
			return err
		}
		return c.report(env, b, again)
	})
}

func (c importing) make(env *environment, n *node.Node, v policy.Viewer, b *portable.Bringing) (_ *portable.Bringing, again bool, err error) {
	in := portable.Input{Name: c.Name, Update: c.Update}
	if c.DryRun {
		b, err = n.Portable.Try(env.ctx, v, b.ID, in)
		return b, err == nil && b.Process != domain.Nobody, err
	}
	if b, again, err = n.Portable.Begin(env.ctx, v, b.ID, in); err != nil || again {
		return b, again, err
	}
	if b, err = n.Portable.Finish(env.ctx, b); err == nil && b.State == portable.ImportFailed {
		err = b.Problem.Err()
	}
	return b, false, err
}

// report says what came of an import; again that it was made before.
func (c importing) report(env *environment, b *portable.Bringing, again bool) error {
	if c.JSON {
		return printImport(env.out, b, again)
	}
	for _, change := range b.Changes {
		what := change.What
		if change.Posts > 0 {
			what = fmt.Sprintf("%d posts", change.Posts)
		}
		fmt.Fprintf(env.out, "%-8s %s %s\n", change.Outcome, what, strings.Join(change.Parts, ", "))
	}
	printLost(env.out, b.Lost)
	switch {
	case c.DryRun && !again:
		fmt.Fprintln(env.out, "Nothing was changed.")
	case again:
		fmt.Fprintf(env.out, "%s was imported before: %s\n", b.Head.IRI, b.Made)
	default:
		fmt.Fprintf(env.out, "%s is now %s\n", b.Head.IRI, b.Made)
	}
	return nil
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

	portable.LostVersion: "under that number this node has another version, or goes on from another one; what is here stays: edit the entry to take over what the archive says",

	portable.LostMoreMembers:  "that many more follow it than an archive names",
	portable.LostMoreLog:      "that many older acts of its moderators have no room in an archive",
	portable.LostMoreBans:     "that many more were kept from writing than an archive holds",
	portable.LostMoreFiles:    "that many more pictures were shown in it than an archive holds",
	portable.LostMoreVersions: "that many older versions have no room in an archive",
}
