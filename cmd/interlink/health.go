package main

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"time"

	"interlink/config"
)

type healthCommand struct{}

// healthWithin is how long the process may take to say how it is.
const healthWithin = 5 * time.Second

// Run asks the process that listens on this machine whether it can do its work, for
// containers that have no other program to ask with.
func (healthCommand) Run(env *environment) error {
	s, err := config.Load(env.config, env.environ)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(env.ctx, healthWithin)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, ownAddress(s)+"/readyz", nil)
	if err != nil {
		return err
	}
	// The certificate is for the base URL, not for this address.
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}} //nolint:gosec // of this machine
	answer, err := client.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("not ready: status %d", answer.StatusCode)
	}
	_, err = fmt.Fprintln(env.out, "ok")
	return err
}

// ownAddress is where a process of these settings is reached on its machine.
func ownAddress(s config.Settings) string {
	scheme := "http"
	if s.Server.TLSCertificate != "" {
		scheme = "https"
	}
	host, port, _ := net.SplitHostPort(s.Listen) // as was checked
	if a, err := netip.ParseAddr(host); host == "" || err == nil && a.IsUnspecified() {
		host = "localhost"
	}
	return scheme + "://" + net.JoinHostPort(host, port)
}
