package main

import (
	"encoding/json"
	"fmt"
	"io"

	"interlink/domain/catalogue"
	"interlink/domain/catalogue/seed"
	"interlink/domain/catalogue/starter"
)

type catalogueCommand struct {
	Import importCommand `cmd:"" help:"Import an INTERLINK data tree into the node's catalogue. Again changes nothing."`
}

type importCommand struct {
	Dir     string `arg:"" optional:"" type:"existingdir" help:"Directory with interlinkers, problemprofiles and schemas."`
	Starter bool   `help:"Import the content that comes with the program instead."`
	DryRun  bool   `help:"Do everything, report, and change nothing."`
	JSON    bool   `name:"json" help:"Print the report as JSON."`
}

// Run imports. Errors in the tree change nothing and end with status 1.
func (c importCommand) Run(env *environment) error {
	bundle, err := c.bundle()
	if err != nil {
		return err
	}
	n, _, err := env.open(nil)
	if err != nil {
		return err
	}
	defer n.Close()
	report, err := n.Catalogue.Import(env.ctx, n.Operator(), bundle, c.DryRun)
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

func (c importCommand) bundle() (catalogue.Bundle, error) {
	if c.Starter == (c.Dir != "") {
		return catalogue.Bundle{}, fmt.Errorf("name one directory, or --starter")
	}
	if c.Starter {
		return seed.Read(starter.Tree()), nil
	}
	tree, closer, err := seed.Open(c.Dir)
	if err != nil {
		return catalogue.Bundle{}, err
	}
	defer closer.Close()
	return seed.Read(tree), nil
}

func (c importCommand) print(out io.Writer, r catalogue.Report) error {
	if c.JSON {
		encoder := json.NewEncoder(out)
		encoder.SetIndent("", "  ")
		return encoder.Encode(r)
	}
	for _, w := range r.Warnings {
		fmt.Fprintf(out, "warning  %s: %s: %s\n", w.File, w.Field, w.Message)
	}
	for _, e := range r.Errors {
		fmt.Fprintf(out, "error    %s: %s: %s\n", e.File, e.Field, e.Message)
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
