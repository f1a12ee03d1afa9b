package main

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"slices"

	"interlink/cmd/interlink/node"
	"interlink/config"
)

type statsCommand struct {
	JSON bool `name:"json" help:"Print as JSON."`
}

// Run counts.
func (c statsCommand) Run(env *environment) error {
	settings, err := config.Load(env.config, env.environ)
	if err != nil {
		return err
	}
	s, err := node.ReadStats(env.ctx, options(settings, nil, slog.New(slog.DiscardHandler)))
	if err != nil {
		return err
	}
	raw, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return err
	}
	if c.JSON {
		_, err = fmt.Fprintln(env.out, string(raw))
		return err
	}
	var groups map[string]json.RawMessage
	if err := json.Unmarshal(raw, &groups); err != nil {
		return err
	}
	for _, group := range []string{"local", "remote", "queues"} {
		var counts map[string]int
		if err := json.Unmarshal(groups[group], &counts); err != nil {
			return err
		}
		fmt.Fprintln(env.out, group)
		for _, name := range slices.Sorted(maps.Keys(counts)) {
			fmt.Fprintf(env.out, "  %-16s %d\n", name, counts[name])
		}
	}
	return nil
}
