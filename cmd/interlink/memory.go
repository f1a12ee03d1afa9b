package main

import (
	"context"
	"log/slog"
	"runtime/debug"
	"runtime/metrics"
	"time"

	"interlink/cmd/interlink/node"
)

// A node is at rest when it has allocated less than quiet in each of the last
// few looks, which are look apart: its queues alone allocate some 30 kB a second,
// a page some hundred kB. It gives back what it holds once it has allocated
// worthwhile since it last did.
const (
	look       = 5 * time.Second
	looks      = 3
	quiet      = 4 << 20 // bytes
	worthwhile = 8 << 20 // bytes
)

// memory gives back to the system what a process does not need while it has
// nothing to do. Where many small nodes share a machine, that is most of them
// most of the time; whoever comes next waits some milliseconds longer.
type memory struct {
	node *node.Node
	log  *slog.Logger

	last  uint64 // allocated at the last look, in bytes
	given uint64 // allocated when something was given back
	rests int    // for how many looks it has rested
}

// keep bounds what the process holds until ctx ends. What opening and starting
// took is given back with the first look; by then a node has done what it does
// once, such as bringing the database to this version's form.
func (m *memory) keep(ctx context.Context) {
	tick := time.NewTicker(look)
	defer tick.Stop()
	for first := true; ; first = false {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if m.due(allocated()) || first {
			m.giveBack(ctx)
		}
	}
}

// due tells whether to give back now, of how many bytes were allocated in all
// since the process began.
func (m *memory) due(all uint64) bool {
	m.rests++
	if all-m.last >= quiet {
		m.rests = 0
	}
	m.last = all
	return m.rests >= looks && all-m.given >= worthwhile
}

func (m *memory) giveBack(ctx context.Context) {
	if err := m.node.Shrink(ctx); err != nil && ctx.Err() == nil {
		m.log.Warn("give back memory", "error", err)
	}
	debug.FreeOSMemory()
	releaseProgram()
	m.last = allocated()
	m.given = m.last
}

// allocated returns how many bytes were, since the process began.
func allocated() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}
