package main

import (
	"log/slog"
	"os"

	"interlink/cmd/interlink/demo"
)

type demoCommand struct {
	Host      string `default:"127.0.0.1" help:"Loopback address on which the cities listen."`
	Port      int    `default:"8081" help:"Port of the first city, the others take the next ones; 0 for any that are free."`
	Data      string `type:"path" help:"Directory for the cities' data, emptied at the start (default: demo-data; with --once a temporary one)."`
	Catalogue string `type:"existingdir" placeholder:"DIR" help:"INTERLINK data tree to play the story on, instead of the starter content."`
	Once      bool   `help:"End after the story; the exit status says whether it holds."`
	JSON      bool   `name:"json" help:"Print one JSON object a step."`
	Verbose   bool   `short:"v" help:"Print the log of the nodes too."`
}

// Run plays the story.
func (d demoCommand) Run(env *environment) error {
	o := demo.Options{
		Host: d.Host, Port: d.Port, Data: d.Data, Catalogue: d.Catalogue, Once: d.Once, JSON: d.JSON, Out: env.out,
	}
	if d.Verbose {
		o.Log = slog.New(slog.NewTextHandler(env.err, nil))
	}
	switch {
	case o.Data == "" && d.Once:
		dir, err := os.MkdirTemp("", "interlink-demo")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		o.Data = dir
	case o.Data == "":
		o.Data = "demo-data"
	}
	return demo.Run(env.ctx, o)
}
