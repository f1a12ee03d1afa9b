package node

import (
	"cmp"
	"context"
	"crypto/tls"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
	"time"
)

// TLS names the files of the certificate that the node serves by itself.
type TLS struct {
	Certificate string // PEM, with those that certify it; "" means plain http
	Key         string // PEM

	LookEvery time.Duration // how often it is looked whether the files were renewed; 0 means 10 s
}

// certificate is the one in use; renewed files are taken without a restart.
type certificate struct {
	files TLS
	log   *slog.Logger
	pair  atomic.Pointer[tls.Certificate]
	seen  string // what the files were when they were read last
}

// certificate reads the node's certificate; nil if it has none. Errors: one
// that says which file is at fault.
func (n *Node) certificate() (*certificate, error) {
	if n.o.TLS.Certificate == "" {
		return nil, nil
	}
	c := &certificate{files: n.o.TLS, log: n.o.Log}
	c.seen = c.state()
	return c, c.read()
}

func (c *certificate) read() error {
	pair, err := tls.LoadX509KeyPair(c.files.Certificate, c.files.Key)
	if err != nil {
		return fmt.Errorf("the certificate %s with the key %s: %w", c.files.Certificate, c.files.Key, err)
	}
	c.pair.Store(&pair)
	return nil
}

// config serves TLS 1.2 and newer; HTTP/2 is spoken with who speaks it.
func (c *certificate) config() *tls.Config {
	return &tls.Config{
		MinVersion:     tls.VersionTLS12,
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return c.pair.Load(), nil },
	}
}

// watch reads the files again when they change, or on SIGHUP, until ctx ends.
// If they cannot be used, as when one of the two is still to be written, the
// certificate in use stays.
func (c *certificate) watch(ctx context.Context) error {
	told := make(chan os.Signal, 1)
	signal.Notify(told, syscall.SIGHUP)
	defer signal.Stop(told)
	tick := time.NewTicker(cmp.Or(c.files.LookEvery, 10*time.Second))
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-told:
			c.renew()
		case <-tick.C:
			if c.state() != c.seen {
				c.renew()
			}
		}
	}
}

func (c *certificate) renew() {
	c.seen = c.state()
	if err := c.read(); err != nil {
		c.log.Error("the renewed certificate cannot be used; the one before goes on", "error", err)
		return
	}
	c.log.Info("the certificate was read again", "until", c.pair.Load().Leaf.NotAfter)
}

// state tells versions of the files apart.
func (c *certificate) state() string {
	var state string
	for _, path := range []string{c.files.Certificate, c.files.Key} {
		if info, err := os.Stat(path); err == nil {
			state += fmt.Sprintln(info.Size(), info.ModTime().UnixNano())
		}
	}
	return state
}
