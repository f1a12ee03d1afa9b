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
	server := &http.Server{
		Handler: n.handler(), ReadHeaderTimeout: readHeaderTimeout, ReadTimeout: readTimeout,
		WriteTimeout: writeTimeout, IdleTimeout: idleTimeout, MaxHeaderBytes: 64 << 10,
		ErrorLog: errorLog(n.o.Log),
	}
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return n.Run(ctx) })
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
	return g.Wait()
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
