package inbox

import (
	"context"
	"sync"
	"time"

	"interlink/domain"
	"interlink/domain/network"
)

// batch stores what concurrent requests bring in one transaction: whoever
// comes while one is being written is in the next.
type batch struct {
	queue Queue
	in    chan waiting
	done  chan struct{}
	once  sync.Once
}

type waiting struct {
	r      *network.Received
	stored chan error
}

// maxBatch is how many activities one transaction takes.
const maxBatch = 128

func newBatch(queue Queue) *batch {
	b := &batch{queue: queue, in: make(chan waiting), done: make(chan struct{})}
	go b.run()
	return b
}

func (b *batch) close() { b.once.Do(func() { close(b.done) }) }

// add returns when the activity is stored, or ctx ends: it may be stored
// nevertheless then, which the peer's repetition does not double.
func (b *batch) add(ctx context.Context, r *network.Received) error {
	w := waiting{r: r, stored: make(chan error, 1)}
	select {
	case b.in <- w:
	case <-ctx.Done():
		return ctx.Err()
	case <-b.done:
		return domain.Fail(domain.Unavailable, "error.stopping")
	}
	select {
	case err := <-w.stored:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (b *batch) run() {
	for {
		var all []waiting
		select {
		case w := <-b.in:
			all = append(all, w)
		case <-b.done:
			return
		}
	more:
		for len(all) < maxBatch {
			select {
			case w := <-b.in:
				all = append(all, w)
			default:
				break more
			}
		}
		rows := make([]*network.Received, len(all))
		for i, w := range all {
			rows[i] = w.r
		}
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		err := b.queue.Add(ctx, rows)
		cancel()
		for _, w := range all {
			w.stored <- err
		}
	}
}

// seenHosts limits how often a host's sign of life is written.
type seenHosts struct {
	mu   sync.Mutex
	last map[string]time.Time
}

// noteEvery is how often one host's sign of life is written, and maxSeen how
// many hosts are remembered.
const (
	noteEvery = time.Minute
	maxSeen   = 10_000
)

func newSeenHosts() *seenHosts { return &seenHosts{last: map[string]time.Time{}} }

func (s *seenHosts) due(host string, now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if now.Sub(s.last[host]) < noteEvery {
		return false
	}
	if len(s.last) >= maxSeen {
		clear(s.last)
	}
	s.last[host] = now
	return true
}
