package node

import (
	"context"
	"errors"
	"fmt"
	stdlog "log"
	"log/slog"
	"net"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"

	"interlink/web"
)

// Timeouts bound what one connection may hold of this node.
type Timeouts struct {
	Header time.Duration // until the header of a request is there
	Read   time.Duration // until its body is there too
	Write  time.Duration // until the answer was taken
	Idle   time.Duration // until the next request
	Drain  time.Duration // until what is under way is finished, when the node ends
}

// DefaultTimeouts are those of a node that stands in the open.
var DefaultTimeouts = Timeouts{
	Header: 10 * time.Second, Read: 60 * time.Second, Write: 120 * time.Second, Idle: 120 * time.Second, Drain: 20 * time.Second,
}

// Serve answers requests and works the queues until ctx ends. Then it takes
// no new requests, finishes those it has for up to 20 seconds, and what the
// queues have in flight.
func Serve(ctx context.Context, n *Node, l net.Listener) error {
	by, err := n.certificate()
	if err != nil {
		return err
	}
	release, err := n.hold(ctx)
	if err != nil {
		return err
	}
	defer release()
	g, ctx := errgroup.WithContext(ctx)
	if n.o.Metrics != "" {
		var config net.ListenConfig
		metrics, err := config.Listen(ctx, "tcp", n.o.Metrics)
		if err != nil {
			return fmt.Errorf("%w: end what has this address, or name another with INTERLINK_SERVER_METRICS", err)
		}
		n.answer(ctx, g, metrics, n.Metrics(), nil)
	}
	n.o.Log.Info("serving", "role", n.o.Role, "address", l.Addr().String(), "tls", by != nil, "base_url", n.o.BaseURL, "version", Version)
	g.Go(func() error { return n.run(ctx) })
	n.answer(ctx, g, l, n.handler(), by)
	if by != nil {
		g.Go(func() error { return by.watch(ctx) })
	}
	return g.Wait()
}

// answer serves a handler until ctx ends, over TLS if there is a certificate.
func (n *Node) answer(ctx context.Context, g *errgroup.Group, l net.Listener, handler http.Handler, by *certificate) {
	limit := *n.o.Timeouts
	server := &http.Server{
		Handler: handler, ReadHeaderTimeout: limit.Header, ReadTimeout: limit.Read,
		WriteTimeout: limit.Write, IdleTimeout: limit.Idle, MaxHeaderBytes: 64 << 10,
		ErrorLog: errorLog(n.o.Log),
	}
	server.RegisterOnShutdown(n.EndStreams)
	serve := server.Serve
	if by != nil {
		server.TLSConfig = by.config()
		serve = func(l net.Listener) error { return server.ServeTLS(l, "", "") }
	}
	g.Go(func() error {
		if err := serve(l); !errors.Is(err, http.ErrServerClosed) && (!errors.Is(err, net.ErrClosed) || ctx.Err() == nil) {
			return err
		}
		return nil
	})
	g.Go(func() error {
		<-ctx.Done()
		_ = l.Close() // a proxy goes to another process from now on
		time.Sleep(linger)
		drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), limit.Drain)
		defer cancel()
		return server.Shutdown(drain)
	})
}

// linger is how long the requests of connections that are there take to arrive:
// Shutdown closes those of which none was read, and the proxy that sent one
// cannot know whether to send it again.
const linger = 150 * time.Millisecond

// handler is what the process answers: a worker only how it is.
func (n *Node) handler() http.Handler {
	if n.o.Role == RoleWorker {
		return web.HealthHandler(n, n.o.Log)
	}
	return n
}

// errorLog carries what net/http has to say to the node's log.
func errorLog(log *slog.Logger) *stdlog.Logger {
	return slog.NewLogLogger(log.Handler(), slog.LevelWarn)
}

// EndStreams ends all that is listened to, as the process is about to.
func (n *Node) EndStreams() { n.portal.EndStreams() }
