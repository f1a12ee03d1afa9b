package inbox_test

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/federation/inbox"
	"interlink/storage"
	"interlink/storage/storagetest"
)

// shaky is a queue that cannot record for a while, as after a deadlock.
type shaky struct {
	*storage.Received
	faults atomic.Int64 // left
}

func (q *shaky) Finish(ctx context.Context, results []network.ReceivedResult) error {
	if q.faults.Add(-1) >= 0 {
		return errors.New("deadlock detected")
	}
	return q.Received.Finish(ctx, results)
}

// TestRecordedAgain: what was worked while the database could not record it
// is not worked again, and counted once.
func TestRecordedAgain(t *testing.T) {
	storagetest.Run(t, "recorded", func(t *testing.T, db *storage.DB) {
		var ahead atomic.Int64
		mint := domain.NewMint(func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }, nil)
		queue := &shaky{Received: storage.NewReceived(db, mint)}
		err := queue.Add(t.Context(), []*network.Received{{
			ID: mint.ID(), Serial: mint.Serial(), IRI: "https://a.example/1", Actor: "https://a.example/ana", Host: "a.example",
			Type: "Wink", Inbox: "/inbox", Raw: []byte(`{"id":"https://a.example/1","type":"Wink","actor":"https://a.example/ana"}`), At: mint.Now(),
		}})
		if err != nil {
			t.Fatal(err)
		}
		queue.faults.Store(2)
		w := inbox.NewWorker(queue, nil, map[string]inbox.Verb{}, mint, slog.New(slog.NewTextHandler(t.Output(), nil)))
		for _, want := range []int{1, 0} {
			if n, err := w.Step(t.Context()); err != nil || n != want {
				t.Fatalf("%d worked, not %d (%v)", n, want, err)
			}
			ahead.Add(int64(time.Hour)) // every lease is over
		}
		if got := w.Outcomes(); len(got) != 1 || got[0] != (inbox.Outcome{Type: "other", Refused: 1}) {
			t.Errorf("counted %+v", got)
		}
	})
}

// TestReceivedLeases: what one process holds and renews is given to no other;
// once it is killed, the others take over.
func TestReceivedLeases(t *testing.T) {
	storagetest.Run(t, "leases", func(t *testing.T, db *storage.DB) {
		const lease = 30 * time.Second
		mint, now := domain.NewMint(nil, nil), time.Now()
		one, other := storage.NewReceived(db, mint), storage.NewReceived(db, mint)
		err := one.Add(t.Context(), []*network.Received{{
			ID: mint.ID(), Serial: mint.Serial(), IRI: "https://a.example/1", Actor: "https://a.example/ana", Host: "a.example", Type: "Wink", Raw: []byte("{}"), At: now,
		}})
		if err != nil {
			t.Fatal(err)
		}
		claim := func(q *storage.Received, want int) []*network.Received {
			t.Helper()
			got, err := q.Claim(t.Context(), now, 10, lease)
			if err != nil || len(got) != want {
				t.Fatalf("%d activities were given out, not %d (%v)", len(got), want, err)
			}
			return got
		}
		held := claim(one, 1)
		for range 5 {
			now = now.Add(lease - time.Second)
			claim(other, 0)
			if err := one.Renew(t.Context(), []domain.ID{held[0].ID}, now.Add(lease)); err != nil {
				t.Fatal(err)
			}
		}
		now = now.Add(lease + time.Second) // the first was killed: it renews nothing
		claim(other, 1)
		claim(one, 0)
	})
}
