package main

import (
	"net"

	"interlink/cmd/interlink/node"
)

type serveCommand struct{}

// Run serves until the process is told to end (SIGTERM, SIGINT); then what is
// under way is finished.
func (serveCommand) Run(env *environment) error {
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
	log.Info("serving", "address", l.Addr().String(), "base_url", s.BaseURL, "version", node.Version)
	err = node.Serve(env.ctx, n, l)
	log.Info("ended")
	return err
}
