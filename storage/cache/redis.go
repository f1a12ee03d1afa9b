package cache

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/redis/go-redis/v9"
)

// Waker tells the other processes of a node that there is work, and hears it
// from them.
type Waker struct {
	client  *redis.Client
	channel string
	topics  chan string
	log     *slog.Logger
}

// waiting is how many topics may wait to be told. More are dropped: who does
// not hear of work finds it by the clock.
const waiting = 256

// NewWaker connects to "redis://…", "rediss://…" or "unix://…". name tells
// nodes apart that share a Redis. Errors: one that says what is wrong with the
// address; a Redis that is away is no error.
func NewWaker(address, name string, log *slog.Logger) (*Waker, error) {
	o, err := redis.ParseURL(address)
	if err != nil {
		return nil, fmt.Errorf("redis: %w", err)
	}
	return &Waker{
		client: redis.NewClient(o), channel: "interlink:" + name + ":work", topics: make(chan string, waiting), log: log,
	}, nil
}

// Tell says that topics have new work. It does not wait.
func (w *Waker) Tell(topics ...string) {
	for _, topic := range topics {
		select {
		case w.topics <- topic:
		default:
		}
	}
}

// Run tells others, and calls heard for what they tell, until ctx ends. ready,
// if not nil, is called once others are heard.
func (w *Waker) Run(ctx context.Context, heard func(topic string), ready func()) error {
	subscription := w.client.Subscribe(ctx, w.channel)
	defer subscription.Close()
	if _, err := subscription.Receive(ctx); err != nil {
		w.log.Warn("redis is away: other processes are found by the clock", "error", err)
	} else if ready != nil {
		ready()
	}
	messages := subscription.Channel() // connects again by itself
	for {
		select {
		case <-ctx.Done():
			return nil
		case m, ok := <-messages:
			if !ok {
				return nil
			}
			heard(m.Payload)
		case topic := <-w.topics:
			w.tell(ctx, topic)
		}
	}
}

// tellTimeout is how long one message may take.
const tellTimeout = 2 * time.Second

func (w *Waker) tell(ctx context.Context, topic string) {
	ctx, cancel := context.WithTimeout(ctx, tellTimeout)
	defer cancel()
	if err := w.client.Publish(ctx, w.channel, topic).Err(); err != nil {
		w.log.Warn("redis: tell of work", "topic", topic, "error", err)
	}
}

// Close ends the connections.
func (w *Waker) Close() error { return w.client.Close() }
