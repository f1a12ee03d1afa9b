package cache

import (
	"context"
	"time"
)

// Exchange tells and learns at once what [Redis.Share] does by the clock.
func (r *Redis) Exchange(ctx context.Context, t *Throttle, now time.Time) error {
	t.share()
	_, err := r.exchange(ctx, t, func() time.Time { return now })
	return err
}

// Spent is what a name has spent, as far as this process knows.
func (t *Throttle) Spent(name string, now time.Time) float64 {
	i := t.bucket(name)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.levels[i].drain(t.rate, now)
	return t.levels[i].spent
}
