package cache

import (
	"context"
	"crypto/rand"
	"errors"
	"maps"
	"net"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

// Waker tells the other processes of a node that there is work, and hears it
// from them.
type Waker struct {
	redis *Redis
	self  string // tells what this process said from what others say

	mu     sync.Mutex
	topics map[string]bool // to be told
	due    chan struct{}   // receives when there are some
}

// NewWaker makes the waker of a process.
func NewWaker(r *Redis) *Waker {
	return &Waker{redis: r, self: rand.Text(), topics: map[string]bool{}, due: make(chan struct{}, 1)}
}

func (w *Waker) channel() string { return w.redis.prefix + "work" }

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

// Run tells others, and calls heard for what they tell, until ctx ends. ready,
// if not nil, is called whenever others are heard again: after the start, and
// after each time that Redis was away.
func (w *Waker) Run(ctx context.Context, heard func(topic string), ready func()) error {
	var telling sync.WaitGroup
	telling.Go(func() { w.tellAll(ctx) })
	defer telling.Wait()
	for ctx.Err() == nil {
		if err := w.listen(ctx, heard, ready); ctx.Err() == nil {
			w.redis.note(err)
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
	subscription := w.redis.client.Subscribe(ctx, w.channel())
	defer subscription.Close()
	defer context.AfterFunc(ctx, func() { _ = subscription.Close() })() // a read does not heed ctx
	if _, err := subscription.ReceiveTimeout(ctx, askTimeout); err != nil {
		return err
	}
	w.redis.note(nil)
	if ready != nil {
		ready()
	}
	for {
		said, err := next(ctx, subscription)
		if err != nil {
			return err
		}
		if who, topics, ok := strings.Cut(said, " "); ok && who != w.self {
			for topic := range strings.SplitSeq(topics, " ") {
				heard(topic)
			}
		}
	}
}

// next is what others say next, or nothing if Redis alone answers. A Redis that
// hangs, or is not at the other end any more, is found after 7 s.
func next(ctx context.Context, from *redis.PubSub) (said string, err error) {
	got, err := from.ReceiveTimeout(ctx, quietFor)
	if quiet, ok := errors.AsType[net.Error](err); ok && quiet.Timeout() {
		if err = from.Ping(ctx); err == nil {
			got, err = from.ReceiveTimeout(ctx, askTimeout)
		}
	}
	if m, ok := got.(*redis.Message); ok {
		said = m.Payload
	}
	return said, err
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
			w.redis.note(err)
		}
	}
}

func (w *Waker) tell(ctx context.Context, topics []string) error {
	if len(topics) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	return w.redis.client.Publish(ctx, w.channel(), w.self+" "+strings.Join(topics, " ")).Err()
}
