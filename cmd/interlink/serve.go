package main

import (
	"net"
	"runtime/debug"
	"slices"

	"interlink/cmd/interlink/node"
)

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
		return err
	}
	go debug.FreeOSMemory() // opening takes more than serving: templates are copied, the database is migrated
	err = node.Serve(env.ctx, n, l)
	log.Info("ended")
	return err
}
