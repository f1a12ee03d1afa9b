package delivery

import (
	"sync/atomic"

	"interlink/domain/network"
)

// Outcomes counts how attempts ended since the process began.
type Outcomes struct{ Done, Retry, Dead int64 }

type outcomes struct{ done, retry, dead atomic.Int64 }

// count counts a batch, so that the counters are touched once for many.
func (o *outcomes) count(batch []network.DeliveryResult) {
	var n Outcomes
	for i := range batch {
		switch batch[i].State {
		case network.DeliveryDone:
			n.Done++
		case network.DeliveryDead:
			n.Dead++
		default:
			n.Retry++
		}
	}
	o.done.Add(n.Done)
	o.retry.Add(n.Retry)
	o.dead.Add(n.Dead)
}

// Outcomes tells how what was recorded ended.
func (w *Worker) Outcomes() Outcomes {
	return Outcomes{w.outcomes.done.Load(), w.outcomes.retry.Load(), w.outcomes.dead.Load()}
}
