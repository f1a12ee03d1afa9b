// Interlink is one node of a federation on which administrations co-produce
// public services with their citizens.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // zones, where the system has none

	"github.com/alecthomas/kong"

	"interlink/cmd/interlink/node"
)

// commands are the command line; each command has a file of its own.
type commands struct {
	Config string `short:"c" help:"Settings in a TOML file; the environment is read after it (INTERLINK_CONFIG)." type:"path"`

	Serve     serveCommand       `cmd:"" help:"Serve the node until it is told to end."`
	Demo      demoCommand        `cmd:"" help:"Play the story of three cities that co-produce across borders."`
	Settings  settingsCommand    `cmd:"" name:"config" help:"Check or show the settings."`
	Migrate   migrateCommand     `cmd:"" help:"Bring the database to this version's form (serve does so too)."`
	User      userCommand        `cmd:"" help:"Make accounts."`
	Token     tokenCommand       `cmd:"" help:"Make tokens for programs."`
	Community communityCommand   `cmd:"" help:"Make communities, and take them to another node, or from one."`
	Process   processCommand     `cmd:"" help:"Take a process to another node, or from one."`
	Node      nodeCommand        `cmd:"" help:"Take all of a node along to another."`
	Catalogue catalogueCommand   `cmd:"" help:"Import a catalogue."`
	Backup    backupCommand      `cmd:"" help:"Copy database and files of a node that may serve meanwhile; not its secret key."`
	Doctor    doctorCommand      `cmd:"" help:"Check settings, database, keys and the chain of events."`
	Health    healthCommand      `cmd:"" help:"Ask the process on this machine whether it can do its work (for health checks of containers)."`
	Audit     auditCommand       `cmd:"" help:"Check the log of who changed or decided what."`
	Keys      keysCommand        `cmd:"" help:"Change the signing keys of actors."`
	Stats     statsCommand       `cmd:"" help:"Count what the node has and what waits."`
	Verify    verifyStoryCommand `cmd:"" help:"Check who signed a story, and that it shows what was signed."`
	Version   versionCommand     `cmd:"" help:"Tell the version."`
}

// environment is what commands are given beside their own flags.
type environment struct {
	ctx     context.Context
	config  string // path of the settings file, "" for none
	environ []string
	in      io.Reader
	out     io.Writer // what was asked for
	err     io.Writer // what else is to be said
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	env := &environment{ctx: ctx, environ: os.Environ(), in: os.Stdin, out: os.Stdout, err: os.Stderr}
	status := run(env, os.Args[1:])
	stop()
	os.Exit(status)
}

// These end a command without a word: it has said why.
var (
	errFailed    = errors.New("failed")               // with status 1
	errUnchecked = errors.New("could not be checked") // with status 3
)

// run runs one command and returns the exit status: 0, 1 if it failed, 2 if
// the command line cannot be understood, 3 if something could not be checked.
func run(env *environment, args []string) int {
	var c commands
	status := -1
	parser, err := kong.New(&c, kong.Name("interlink"),
		kong.Description("A node of a federation on which administrations co-produce public services with their citizens."),
		kong.UsageOnError(), kong.ConfigureHelp(kong.HelpOptions{Compact: true}), kong.Writers(env.out, env.err),
		kong.Exit(func(code int) { status = code }))
	if err != nil {
		fmt.Fprintln(env.err, err)
		return 2
	}
	parsed, err := parser.Parse(args)
	if status >= 0 { // help was asked for
		return status
	}
	if err != nil {
		fmt.Fprintf(env.err, "interlink: %v\nTry interlink --help.\n", err)
		return 2
	}
	env.config = c.Config
	if err := parsed.Run(env); err != nil {
		if errors.Is(err, errUnchecked) {
			return 3
		}
		if !errors.Is(err, errFailed) {
			fmt.Fprintln(env.err, "interlink:", explain(err))
		}
		return 1
	}
	return 0
}

type versionCommand struct{}

// Run prints the version.
func (versionCommand) Run(env *environment) error {
	_, err := fmt.Fprintln(env.out, "interlink", node.Version)
	return err
}
