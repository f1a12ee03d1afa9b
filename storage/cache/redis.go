package cache

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

// Waker tells the other processes of a node that there is work, and hears it
// from them.
type Waker struct {
	client  *redis.Client
	channel string
	self    string // tells what this process said from what others say
	log     *slog.Logger

	mu     sync.Mutex
	topics map[string]bool // to be told
	due    chan struct{}   // receives when there are some
	away   bool            // Redis did not answer last time
}

// NewWaker connects to "redis://…", "rediss://…" or "unix://…". name tells
// nodes apart that share a Redis. Errors: one that says what is wrong with the
// address; a Redis that is away is no error.
func NewWaker(address, name string, log *slog.Logger) (*Waker, error) {
	o, err := redis.ParseURL(address)
	if err != nil {
		return nil, fmt.Errorf("redis: %w", err)
	}
	return &Waker{
		client: redis.NewClient(o), channel: "interlink:" + name + ":work", self: rand.Text(), log: log,
		topics: map[string]bool{}, due: make(chan struct{}, 1),
	}, nil
}

// Tell says that topics have new work. It does not wait. While one message is
// on its way, a topic is noted once.
func (w *Waker) Tell(topics ...string) {
	w.mu.Lock()
	for _, topic := range topics {
		w.topics[topic] = true
	}
	w.mu.Unlock()
	select {
	case w.due <- struct{}{}:
	default:
	}
}

// again is how long Run waits before it asks a Redis that is away.
const again = time.Second

// Run tells others, and calls heard for what they tell, until ctx ends. ready,
// if not nil, is called whenever others are heard again: after the start, and
// after each time that Redis was away.
func (w *Waker) Run(ctx context.Context, heard func(topic string), ready func()) error {
	var telling sync.WaitGroup
	telling.Go(func() { w.tellAll(ctx) })
	defer telling.Wait()
	for ctx.Err() == nil {
		if err := w.listen(ctx, heard, ready); ctx.Err() == nil {
			w.note(err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(again):
		}
	}
	return nil
}

// listen hears others until the connection or ctx ends.
func (w *Waker) listen(ctx context.Context, heard func(topic string), ready func()) error {
	subscription := w.client.Subscribe(ctx, w.channel)
	defer subscription.Close()
	defer context.AfterFunc(ctx, func() { _ = subscription.Close() })() // a read does not heed ctx
	if _, err := subscription.Receive(ctx); err != nil {
		return err
	}
	w.note(nil)
	if ready != nil {
		ready()
	}
	for {
		m, err := subscription.ReceiveMessage(ctx)
		if err != nil {
			return err
		}
		if who, topics, ok := strings.Cut(m.Payload, " "); ok && who != w.self {
			for topic := range strings.SplitSeq(topics, " ") {
				heard(topic)
			}
		}
	}
}

func (w *Waker) tellAll(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-w.due:
		}
		w.mu.Lock()
		topics := slices.Sorted(maps.Keys(w.topics))
		clear(w.topics)
		w.mu.Unlock()
		if err := w.tell(ctx, topics); ctx.Err() == nil {
			w.note(err)
		}
	}
}

// tellTimeout is how long one message may take.
const tellTimeout = 2 * time.Second

func (w *Waker) tell(ctx context.Context, topics []string) error {
	if len(topics) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, tellTimeout)
	defer cancel()
	return w.client.Publish(ctx, w.channel, w.self+" "+strings.Join(topics, " ")).Err()
}

// note logs when Redis goes and comes, once each.
func (w *Waker) note(err error) {
	w.mu.Lock()
	was := w.away
	w.away = err != nil
	w.mu.Unlock()
	switch {
	case err != nil && !was:
		w.log.Warn("redis is away: other processes are found by the clock", "error", err)
	case err == nil && was:
		w.log.Info("redis is back")
	}
}

// Close ends the connections.
func (w *Waker) Close() error { return w.client.Close() }
