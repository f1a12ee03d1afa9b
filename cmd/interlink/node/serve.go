package node

import (
	"context"
	"errors"
	stdlog "log"
	"log/slog"
	"net"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"

	"interlink/web"
)

// The bounds of a request to this node.
const (
	readHeaderTimeout = 10 * time.Second
	readTimeout       = 60 * time.Second
	writeTimeout      = 120 * time.Second
	idleTimeout       = 120 * time.Second
	drainTimeout      = 20 * time.Second
)

// Serve answers requests and works the queues until ctx ends. Then it takes
// no new requests, finishes those it has for up to 20 seconds, and what the
// queues have in flight.
func Serve(ctx context.Context, n *Node, l net.Listener) error {
	g, ctx := errgroup.WithContext(ctx)
	if n.o.Metrics != "" {
		var config net.ListenConfig
		metrics, err := config.Listen(ctx, "tcp", n.o.Metrics)
		if err != nil {
			return err
		}
		n.answer(ctx, g, metrics, n.Metrics())
	}
	n.o.Log.Info("serving", "role", n.o.Role, "address", l.Addr().String(), "base_url", n.o.BaseURL, "version", Version)
	g.Go(func() error { return n.Run(ctx) })
	n.answer(ctx, g, l, n.handler())
	return g.Wait()
}

// answer serves a handler until ctx ends.
func (n *Node) answer(ctx context.Context, g *errgroup.Group, l net.Listener, handler http.Handler) {
	server := &http.Server{
		Handler: handler, ReadHeaderTimeout: readHeaderTimeout, ReadTimeout: readTimeout,
		WriteTimeout: writeTimeout, IdleTimeout: idleTimeout, MaxHeaderBytes: 64 << 10,
		ErrorLog: errorLog(n.o.Log),
	}
	g.Go(func() error {
		if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	})
	g.Go(func() error {
		<-ctx.Done()
		drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTimeout)
		defer cancel()
		return server.Shutdown(drain)
	})
}

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
