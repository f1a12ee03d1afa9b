package inbox

import (
	"net/http"
	"sync/atomic"

	"interlink/domain/network"
)

// Outcome says how the work on received activities of a type ended, since the
// process began.
type Outcome struct {
	Type    string // "other" for those that this node does not act on
	Done    int64
	Refused int64 // understood, and not acted on
	Retry   int64 // attempts that will be repeated
	Failed  int64 // kept for administrators
}

// otherType stands for all types without a verb: peers choose names freely.
const otherType = "other"

type outcome struct{ done, refused, retry, failed atomic.Int64 }

// outcomes are by type; the map is never changed after it was made.
type outcomes map[string]*outcome

func newOutcomes(verbs map[string]Verb) outcomes {
	o := outcomes{otherType: new(outcome)}
	for kind := range verbs {
		o[kind] = new(outcome)
	}
	return o
}

func (o outcomes) count(kind string, r *network.ReceivedResult) {
	of := o[kind]
	if of == nil {
		of = o[otherType]
	}
	switch {
	case r.State == network.ReceivedFailed:
		of.failed.Add(1)
	case r.State == network.ReceivedPending:
		of.retry.Add(1)
	case r.Error != "":
		of.refused.Add(1)
	default:
		of.done.Add(1)
	}
}

// Outcomes tells how the work ended, by type, in no order.
func (w *Worker) Outcomes() []Outcome {
	var all []Outcome
	for kind, of := range w.outcomes {
		all = append(all, Outcome{kind, of.done.Load(), of.refused.Load(), of.retry.Load(), of.failed.Load()})
	}
	return all
}

// refusals counts refused requests by status.
type refusals [http.StatusServiceUnavailable + 1]atomic.Int64

// Refused tells how many requests were refused, by status: also that there were
// none, since who watches a counter sees no first step of one that was not there.
func (h *Handler) Refused() map[int]int64 {
	counts := map[int]int64{http.StatusBadRequest: 0, http.StatusUnauthorized: 0, http.StatusForbidden: 0}
	for status := range h.refused {
		if n := h.refused[status].Load(); n > 0 {
			counts[status] = n
		}
	}
	return counts
}
