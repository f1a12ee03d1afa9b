package inbox

import (
	"hash/maphash"
	"math"
	"sync"
	"time"

	"interlink/domain"
)

// Limit is how much may come: so much at once, and so much a second.
type Limit struct {
	Rate  float64
	Burst float64 // 0 means no limit
}

// Limits bound what one host may send: Known what it has signed, Strange
// what bears its name but no signature that holds. The latter are fewer, and
// never cost a known key of that host its way in.
type Limits struct{ Known, Strange Limit }

// DefaultLimits are those of a node that stands in the open: several times
// what the busiest servers send.
var DefaultLimits = Limits{Known: Limit{Rate: 300, Burst: 10_000}, Strange: Limit{Rate: 1, Burst: 100}}

// buckets is how many hosts are told apart; more share with others, so that
// no number of names takes more memory.
const buckets = 4096

// throttle counts by host.
type throttle struct {
	limit Limit
	seed  maphash.Seed

	mu    sync.Mutex
	level [buckets]struct {
		spent float64
		at    time.Time
	}
}

func newThrottle(l Limit) *throttle { return &throttle{limit: l, seed: maphash.MakeSeed()} }

// spend counts n of a host. Errors: TooMany, with the seconds to wait, if its
// bucket is full; nothing is counted then.
func (t *throttle) spend(host string, n float64, now time.Time) error {
	if t.limit.Burst == 0 {
		return nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	b := &t.level[maphash.String(t.seed, host)%buckets]
	if passed := now.Sub(b.at).Seconds(); passed > 0 {
		b.spent, b.at = max(0, b.spent-passed*t.limit.Rate), now
	}
	if over := b.spent + max(n, 1) - t.limit.Burst; over > 0 {
		full := domain.Fail(domain.TooMany, "error.too_many")
		full.Args = []any{int(math.Ceil(over / max(t.limit.Rate, 0.01)))}
		return full
	}
	b.spent += n
	return nil
}
