package cache

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

// Redis is the Redis that the processes of a node share.
type Redis struct {
	client *redis.Client
	prefix string // of keys and channels; in braces, so that a cluster keeps them together
	log    *slog.Logger

	mu   sync.Mutex
	away bool // it did not answer last time
}

// Open prepares the connection to "redis://…", "rediss://…" or "unix://…".
// name tells nodes apart that share a Redis. Errors: one that says what is
// wrong with the address; a Redis that is away is no error.
func Open(address, name string, log *slog.Logger) (*Redis, error) {
	quiet()
	o, err := redis.ParseURL(address)
	if err != nil {
		return nil, fmt.Errorf("redis: %w", err)
	}
	o.ContextTimeoutEnabled = true // or a Redis that hangs takes as long as all tries together
	return &Redis{client: redis.NewClient(o), prefix: "interlink:{" + name + "}:", log: log}, nil
}

// quiet keeps the client from writing lines of its own to standard error: what
// goes wrong is returned, and noted once.
var quiet = sync.OnceFunc(func() { redis.SetLogger(silence{}) })

type silence struct{}

// Printf implements the interface that go-redis asks for.
func (silence) Printf(context.Context, string, ...any) {}

// Close ends the connections.
func (r *Redis) Close() error { return r.client.Close() }

// again is how long one waits before a Redis that is away is asked again,
// askTimeout how long one question may take, and quietFor how long one listens to
// it before one asks whether it is there.
const (
	again      = time.Second
	askTimeout = 2 * time.Second
	quietFor   = 5 * time.Second
)

// note logs when Redis goes and comes, once each.
func (r *Redis) note(err error) {
	r.mu.Lock()
	was := r.away
	r.away = err != nil
	r.mu.Unlock()
	switch {
	case err != nil && !was:
		r.log.Warn("redis is away: processes find work by the clock, and each counts for itself", "error", err)
	case err == nil && was:
		r.log.Info("redis is back")
	}
}

// Ping asks whether Redis answers and takes what is written: one that is full
// answers PING all the same. It takes 2 s at most.
func (r *Redis) Ping(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	return r.client.Set(ctx, r.prefix+"asked", 1, again).Err()
}
