package audit

import (
	"context"
	"fmt"
	"math"

	"interlink/domain"
)

// Check says what of the chain is verified.
type Check struct {
	From int64  // sequence number of the first event that is checked; 0 or 1 for all
	Head string // hash that was noted earlier, which must be that of one of the events; "" for none
}

// Verified is what a verification found.
type Verified struct {
	From   int64  `json:"from"`
	Events int64  `json:"events"`           // checked, up to the first that does not fit
	Seq    int64  `json:"seq"`              // of the last of these
	Head   string `json:"head"`             // its hash
	Before int64  `json:"before,omitempty"` // of these, those of the formula of before
	Erased int64  `json:"erased"`           // of these, those whose payload was erased
	Bad    int64  `json:"bad,omitempty"`    // sequence number of the first event that does not fit, or is missing
	Error  string `json:"error,omitempty"`  // what is wrong with it
}

// step is how many events are read at once.
const step = 1000

func pageOf(left int) int64 { return int64(min(left, step)) }

// Verify walks the chain up to the head that the last writer left, with no
// more than a page of events in memory. Errors: Internal, naming the first
// event that does not fit or is missing; what was found until then is returned
// beside it.
func Verify(ctx context.Context, store Store, c Check) (Verified, error) {
	w := walk{check: c, found: Verified{From: max(c.From, 1)}, noted: c.Head == ""}
	var err error
	if w.end, err = store.Head(ctx); err != nil {
		return w.found, err
	}
	if err := w.start(ctx, store); err != nil {
		return w.found, w.bad(err)
	}
	for {
		more, err := w.page(ctx, store)
		if err != nil {
			return w.found, w.bad(err)
		}
		if !more {
			return w.found, w.bad(w.ended())
		}
	}
}

// FirstLink finds the first event that has not the formula of before, there or
// to come: see [Head]. An event that was altered is none of these.
func FirstLink(ctx context.Context, store Store) (int64, error) {
	seq, prev := int64(0), ""
	for {
		events, err := store.After(ctx, seq, step)
		if err != nil || len(events) == 0 {
			return seq + 1, err
		}
		for _, e := range events {
			if holds := e.Verify(prev, domain.FormulaEnvelope) == nil; e.Seq != seq+1 || !holds {
				return seq + 1, nil
			}
			seq, prev = e.Seq, e.Hash
		}
	}
}

// walk is a verification under way.
type walk struct {
	check Check
	end   Head
	found Verified
	noted bool // the noted head was met
}

// start takes the hash of the event before the first from the chain itself.
func (w *walk) start(ctx context.Context, store Store) error {
	w.found.Seq = w.found.From - 1
	if w.found.Seq == 0 {
		return w.nothingBefore(ctx, store)
	}
	before, err := store.After(ctx, w.found.Seq-1, 1)
	if err != nil {
		return err
	}
	if len(before) == 0 || before[0].Seq != w.found.Seq {
		w.found.Bad = w.found.Seq
		return fmt.Errorf("event %d: is missing", w.found.Seq)
	}
	w.found.Head = before[0].Hash
	w.noted = w.noted || before[0].Hash == w.check.Head
	return nil
}

// nothingBefore finds what was put before the first event.
func (w *walk) nothingBefore(ctx context.Context, store Store) error {
	first, err := store.After(ctx, math.MinInt64, 1)
	if err != nil || len(first) == 0 || first[0].Seq > 0 {
		return err
	}
	w.found.Bad = first[0].Seq
	return fmt.Errorf("event %d: stands before the first", first[0].Seq)
}

func (w *walk) page(ctx context.Context, store Store) (more bool, err error) {
	events, err := store.After(ctx, w.found.Seq, step)
	if err != nil {
		return false, err
	}
	for _, e := range events {
		if e.Seq != w.found.Seq+1 {
			w.found.Bad = w.found.Seq + 1
			return false, fmt.Errorf("event %d: is missing", w.found.Seq+1)
		}
		formula := e.Formula(w.end.Links)
		if err := e.Verify(w.found.Head, formula); err != nil {
			w.found.Bad = e.Seq
			return false, err
		}
		w.found.Seq, w.found.Head, w.found.Events = e.Seq, e.Hash, w.found.Events+1
		if formula == domain.FormulaEnvelope {
			w.found.Before++
		}
		if e.Payload == nil {
			w.found.Erased++
		}
		w.noted = w.noted || e.Hash == w.check.Head
		if e.Seq == w.end.Seq && e.Hash != w.end.Hash {
			w.found.Bad = e.Seq
			return false, fmt.Errorf("event %d: is not the one that the chain ended with", e.Seq)
		}
	}
	return len(events) > 0, nil
}

// ended judges a chain that was walked to its end.
func (w *walk) ended() error {
	switch {
	case w.found.Seq < w.end.Seq:
		w.found.Bad = w.found.Seq + 1
		return fmt.Errorf("event %d: is missing, as are all up to %d", w.found.Bad, w.end.Seq)
	case !w.noted && w.found.From > 1:
		return fmt.Errorf("no event from %d on has the hash that was noted: check from the first", w.found.From)
	case !w.noted:
		w.found.Bad = w.found.Seq + 1
		return fmt.Errorf("event %d: no event has the hash that was noted: the chain was cut off before it, or written anew", w.found.Bad)
	}
	return nil
}

// bad notes an error in what is returned beside it.
func (w *walk) bad(err error) error {
	if err != nil {
		w.found.Error = err.Error()
	}
	return err
}
