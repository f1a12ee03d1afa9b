package cache

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"interlink/domain"
)

// buckets is how many names are told apart; more share with others, so that
// no number of names takes more memory.
const buckets = 4096

// Throttle lets everybody do so much at once, and so much a second. It counts
// in this process, so that no request waits; [Redis.Share] tells the other
// processes of a node what was counted, and what they have. It is safe for
// concurrent use.
type Throttle struct {
	kind        string
	rate, burst float64
	seed        [sha256.Size]byte

	mu      sync.Mutex
	levels  [buckets]level
	touched map[int]struct{} // since they were shared
	shared  bool
}

// level is how full a bucket is.
type level struct {
	spent  float64
	at     time.Time
	untold float64 // of spent, what the other processes do not know
}

// NewThrottle makes one. kind tells those of a node apart; rate is a second,
// and a burst of 0 is no limit. secret is the same in all processes of a
// node, and nobody else's: who knew which names share a bucket could fill
// that of another.
func NewThrottle(kind string, rate, burst float64, secret []byte) *Throttle {
	return &Throttle{
		kind: kind, rate: max(rate, 0.001), burst: burst, touched: map[int]struct{}{},
		seed: sha256.Sum256(append([]byte("interlink throttle v1\x00"+kind+"\x00"), secret...)),
	}
}

// Spend counts n for a name. Errors: TooMany, with the time to wait, if
// its bucket is full; nothing is counted then. With n of 0 it asks alone.
func (t *Throttle) Spend(name string, n float64, now time.Time) error {
	if t.burst == 0 {
		return nil
	}
	i := t.bucket(name)
	t.mu.Lock()
	defer t.mu.Unlock()
	l := &t.levels[i]
	l.drain(t.rate, now)
	if over := l.spent + max(n, 1) - t.burst; over > 0 {
		return domain.Fail(domain.TooMany, "error.too_many").In(time.Duration(math.Ceil(over/t.rate)) * time.Second)
	}
	if n > 0 {
		l.spent += n
		l.untold += n
		if t.shared {
			t.touched[i] = struct{}{}
		}
	}
	return nil
}

func (t *Throttle) bucket(name string) int {
	sum := sha256.Sum256(append(t.seed[:], name...))
	return int(binary.BigEndian.Uint16(sum[:]) % buckets)
}

func (l *level) drain(rate float64, now time.Time) {
	if passed := now.Sub(l.at).Seconds(); passed > 0 {
		l.spent, l.at = max(0, l.spent-passed*rate), now
		l.untold = min(l.untold, l.spent)
	}
}

// share makes the throttle note which buckets the others are to be told of.
func (t *Throttle) share() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.shared = true
	for i := range t.levels {
		if t.levels[i].untold > 0 {
			t.touched[i] = struct{}{}
		}
	}
}

// news is what one process tells of a bucket: what it believed that all have
// spent, and what it spent itself beside that.
type news struct {
	bucket     int
	seen, more float64
}

// atOnce is how many buckets are told in one message.
const atOnce = 512

// untold returns the next buckets that the others are to be told of.
func (t *Throttle) untold(now time.Time) []news {
	t.mu.Lock()
	defer t.mu.Unlock()
	var all []news
	for i := range t.touched {
		l := &t.levels[i]
		l.drain(t.rate, now)
		if l.untold == 0 {
			delete(t.touched, i) // it has run out meanwhile
			continue
		}
		if all = append(all, news{i, l.spent - l.untold, l.untold}); len(all) == atOnce {
			break
		}
	}
	return all
}

// learn takes what all together have spent, after they were told of one's own.
func (t *Throttle) learn(told []news, spent []float64, now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for i, one := range told {
		l := &t.levels[one.bucket]
		l.drain(t.rate, now)
		l.untold = max(0, l.untold-one.more)
		if l.spent = spent[i] + l.untold; l.untold == 0 {
			delete(t.touched, one.bucket)
		}
	}
}

// exchangeEvery is how often what was spent is told: by so much of time the
// limits of several processes are wider than that of one.
const exchangeEvery = 100 * time.Millisecond

// Share keeps throttles in step with those of the other processes until ctx
// ends. While Redis is away each counts for itself; what it counted is told
// afterwards, also to a Redis that has forgotten everything.
func (r *Redis) Share(ctx context.Context, now func() time.Time, throttles ...*Throttle) error {
	for _, t := range throttles {
		t.share()
	}
	tick := time.NewTicker(exchangeEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		for _, t := range throttles {
			asked, err := r.exchange(ctx, t, now)
			if ctx.Err() != nil {
				return nil
			}
			if asked || err != nil {
				r.note(err)
			}
			if err != nil {
				pause(ctx, again)
				break
			}
		}
	}
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// exchange tells what a throttle has counted and learns what all have.
func (r *Redis) exchange(ctx context.Context, t *Throttle, now func() time.Time) (asked bool, err error) {
	told := t.untold(now())
	if len(told) == 0 {
		return false, nil
	}
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	keys := make([]string, len(told))
	args := []any{t.rate, t.burst}
	for i, one := range told {
		keys[i] = r.prefix + "spent:" + t.kind + ":" + strconv.Itoa(one.bucket)
		args = append(args, one.seen, one.more)
	}
	answers, err := spend.Run(ctx, r.client, keys, args...).StringSlice()
	if err != nil {
		return true, err
	}
	spent := make([]float64, len(answers))
	for i, a := range answers {
		if spent[i], err = strconv.ParseFloat(a, 64); err != nil {
			return true, err
		}
	}
	if len(spent) != len(told) || slices.ContainsFunc(spent, math.IsNaN) {
		return true, fmt.Errorf("redis: %d levels for %d buckets", len(spent), len(told))
	}
	t.learn(told, spent, now())
	return true, nil
}

// spend adds to what all processes have spent, by Redis' own clock. Where it
// knows less than who tells, as after a restart, it takes their word.
var spend = redis.NewScript(`
local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000
local rate, burst = tonumber(ARGV[1]), tonumber(ARGV[2])
local levels = {}
for i, key in ipairs(KEYS) do
  local level = 0
  local spent, at = string.match(redis.call('GET', key) or '', '^(%S+) (%S+)$')
  if spent then
    level = tonumber(spent) - (now - tonumber(at)) * rate
  end
  level = math.max(level, tonumber(ARGV[2 * i + 1])) + tonumber(ARGV[2 * i + 2])
  level = math.min(level, burst)
  redis.call('SET', key, string.format('%.3f %.6f', level, now), 'PX', math.ceil(level / rate * 1000) + 1000)
  levels[i] = string.format('%.3f', level)
end
return levels
`)
