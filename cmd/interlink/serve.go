package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"os"
	"runtime/debug"
	"slices"

	"interlink/cmd/interlink/node"
)

// garbage is how much of it a node lets gather before it looks for it, in per
// cent of what is in use. Go's own default is 100; as little is in use, looking
// twice as often takes an eighth of the CPU of an inbox under load. GOGC, if
// set, goes before it.
const garbage = 200

type serveCommand struct {
	Role string `enum:"all,web,worker," default:"" help:"Answer requests (web), work the queues and jobs (worker), or both (all, the default); goes before the setting."`
}

// Run serves until the process is told to end (SIGTERM, SIGINT); then what is
// under way is finished.
func (c serveCommand) Run(env *environment) error {
	if c.Role != "" {
		env.environ = append(slices.Clone(env.environ), "INTERLINK_ROLE="+c.Role)
	}
	n, s, err := env.open(nil)
	if err != nil {
		return err
	}
	defer n.Close()
	log := logger(env.err, s.Log)
	for _, warning := range s.Warnings() {
		log.Warn(warning)
	}
	var config net.ListenConfig
	l, err := config.Listen(env.ctx, "tcp", s.Listen)
	if err != nil {
		return fmt.Errorf("%w: end what has this address, or name another with INTERLINK_LISTEN", err)
	}
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(garbage)
	}
	err = serve(env.ctx, n, l, log)
	log.Info("ended")
	return err
}

// serve keeps the memory of the process within bounds meanwhile.
func serve(ctx context.Context, n *node.Node, l net.Listener, log *slog.Logger) error {
	keeping, end := context.WithCancel(ctx)
	kept := make(chan struct{})
	go func() {
		defer close(kept)
		(&memory{node: n, log: log}).keep(keeping)
	}()
	defer func() { end(); <-kept }() // the node is closed then
	return node.Serve(ctx, n, l)
}
