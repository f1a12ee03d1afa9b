package main

import (
	"fmt"
	"net"
	"os"
	"runtime/debug"
	"slices"
	"time"

	"interlink/cmd/interlink/node"
)

// settled is when a node has done what it does once: bring the database to this
// version's form, start its jobs, look at its catalogues. What that took is given
// back to the system then.
const settled = 5 * time.Second

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
	time.AfterFunc(settled, debug.FreeOSMemory)
	err = node.Serve(env.ctx, n, l)
	log.Info("ended")
	return err
}
