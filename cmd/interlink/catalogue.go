package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"interlink/cmd/interlink/node"
	"interlink/domain/catalogue"
	"interlink/domain/catalogue/exchange"
	"interlink/domain/catalogue/seed"
	"interlink/domain/catalogue/starter"
)

type catalogueCommand struct {
	Import importCommand `cmd:"" help:"Import a data tree, a file or what is at an address into the node's catalogue. Again changes nothing."`
}

type importCommand struct {
	Source  string `arg:"" optional:"" help:"Directory with interlinkers, problemprofiles and schemas, a file, or an address."`
	Starter bool   `help:"Import the content that comes with the program instead."`
	Format  string `enum:",interlink,publiccode,csv,json,list,open-catalog" default:"" help:"Format of the file or address: interlink, publiccode, csv, json, list or open-catalog; told by the content if it is left out."`
	DryRun  bool   `help:"Do everything, report, and change nothing."`
	JSON    bool   `name:"json" help:"Print the report as JSON."`
}

// Validate refuses what is neither an address nor there, before anything is
// opened.
func (c *importCommand) Validate() error {
	if c.Source == "" || c.address() {
		return nil
	}
	_, err := os.Stat(c.Source)
	return err
}

func (c importCommand) address() bool {
	return strings.HasPrefix(c.Source, "https://") || strings.HasPrefix(c.Source, "http://")
}

// Run imports. Errors in what is imported change nothing and end with status 1.
func (c importCommand) Run(env *environment) error {
	if c.Starter == (c.Source != "") {
		return fmt.Errorf("name one directory, file or address, or --starter")
	}
	read, err := c.read()
	if err != nil {
		return err
	}
	n, _, err := env.open(nil)
	if err != nil {
		return err
	}
	defer n.Close()
	report, err := read(env.ctx, n)
	if err != nil {
		return err
	}
	if err := c.print(env.out, report); err != nil {
		return err
	}
	if len(report.Errors) > 0 {
		return errFailed
	}
	return nil
}

// read finds out what the source is, before a node is opened, and returns what
// imports it.
func (c importCommand) read() (func(context.Context, *node.Node) (catalogue.Report, error), error) {
	format := exchange.Format(c.Format)
	if c.address() {
		return func(ctx context.Context, n *node.Node) (catalogue.Report, error) {
			return n.Exchange.Address(ctx, n.Operator(), c.Source, format, c.DryRun)
		}, nil
	}
	whole := func(b catalogue.Bundle) func(context.Context, *node.Node) (catalogue.Report, error) {
		return func(ctx context.Context, n *node.Node) (catalogue.Report, error) {
			return n.Catalogue.Import(ctx, n.Operator(), b, c.DryRun)
		}
	}
	if c.Starter {
		return whole(seed.Read(starter.Tree())), nil
	}
	info, err := os.Stat(c.Source)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		tree, closer, err := seed.Open(c.Source)
		if err != nil {
			return nil, err
		}
		defer closer.Close()
		return whole(seed.Read(tree)), nil
	}
	if info.Size() > exchange.MaxFile {
		return nil, fmt.Errorf("%s is larger than %d MB", c.Source, exchange.MaxFile>>20)
	}
	raw, err := os.ReadFile(c.Source)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, n *node.Node) (catalogue.Report, error) {
		return n.Exchange.File(ctx, n.Operator(), filepath.Base(c.Source), raw, format, c.DryRun)
	}, nil
}

func (c importCommand) print(out io.Writer, r catalogue.Report) error {
	if c.JSON {
		encoder := json.NewEncoder(out)
		encoder.SetIndent("", "  ")
		return encoder.Encode(r)
	}
	for _, w := range r.Warnings {
		fmt.Fprintf(out, "warning  %s: %s: %s\n", w.Where(), w.Field, w.Message)
	}
	for _, e := range r.Errors {
		fmt.Fprintf(out, "error    %s: %s: %s\n", e.Where(), e.Field, e.Message)
	}
	if len(r.Errors) > 0 {
		fmt.Fprintf(out, "%d errors: nothing was imported.\n", len(r.Errors))
		return nil
	}
	for _, row := range []struct {
		name string
		n    catalogue.Counts
	}{{"Interlinkers", r.Interlinkers}, {"problem profiles", r.ProblemProfiles}, {"schemas", r.Schemas}} {
		fmt.Fprintf(out, "%-17s %4d added, %4d updated, %4d unchanged\n", row.name, row.n.Added, row.n.Updated, row.n.Unchanged)
	}
	fmt.Fprintf(out, "%d phases, %d objectives, %d tasks; %d warnings\n", r.Phases, r.Objectives, r.Tasks, len(r.Warnings))
	if c.DryRun {
		fmt.Fprintln(out, "Nothing was changed.")
	}
	return nil
}
