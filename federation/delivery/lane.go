package delivery

import (
	"sync"

	"interlink/domain"
	"interlink/domain/network"
)

// lanes are the claimed deliveries by host: a few in flight, the next ones
// waiting. A host that is slow fills its own lane and holds up nobody else.
type lanes struct {
	pool, width int // requests in flight: of all hosts, of one

	mu     sync.Mutex
	hosts  map[string]*lane
	flying int // or answered, and not recorded
}

type lane struct {
	waiting    []*network.Delivery
	flying     int
	unrecorded int  // in flight, or answered
	failing    bool // it gets one request at a time until one succeeds
}

func newLanes(pool, width int) *lanes {
	return &lanes{pool: pool, width: width, hosts: map[string]*lane{}}
}

// add puts claimed deliveries into their lanes.
func (l *lanes) add(claimed []*network.Delivery) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, d := range claimed {
		of := l.hosts[d.Host]
		if of == nil {
			of = &lane{failing: d.Failing}
			l.hosts[d.Host] = of
		}
		of.waiting = append(of.waiting, d)
	}
}

// take returns what may be sent now, host by host in turn.
func (l *lanes) take() []*network.Delivery {
	l.mu.Lock()
	defer l.mu.Unlock()
	var taken []*network.Delivery
	for more := true; more && l.flying < l.pool; {
		more = false
		for _, of := range l.hosts {
			if len(of.waiting) == 0 || of.flying >= of.width(l.width) || l.flying >= l.pool {
				continue
			}
			taken = append(taken, l.launch(of))
			more = true
		}
	}
	return taken
}

func (l *lane) width(most int) int {
	if l.failing {
		return 1
	}
	return most
}

// launch takes the next of a lane.
func (l *lanes) launch(of *lane) *network.Delivery {
	d := of.waiting[0]
	of.waiting = of.waiting[1:]
	of.flying++
	of.unrecorded++
	l.flying++
	return d
}

// next notes how a request ended, and returns what may be sent in its stead;
// nil if nothing may, or the host failed. The request counts in the pool until
// it is recorded, so that no more than that is ever sent and not noted.
func (l *lanes) next(r *network.DeliveryResult) *network.Delivery {
	l.mu.Lock()
	defer l.mu.Unlock()
	of := l.hosts[r.Delivery.Host]
	of.flying--
	of.failing = r.Host == network.HostFailed
	if of.failing || len(of.waiting) == 0 || l.flying >= l.pool {
		return nil
	}
	return l.launch(of)
}

// recorded frees the pool.
func (l *lanes) recorded(host string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.flying--
	of := l.hosts[host]
	of.unrecorded--
	if of.unrecorded == 0 && len(of.waiting) == 0 {
		delete(l.hosts, host)
	}
}

// drop empties the lanes of what waits, and returns it.
func (l *lanes) drop() []domain.ID {
	l.mu.Lock()
	defer l.mu.Unlock()
	var dropped []domain.ID
	for _, of := range l.hosts {
		for _, d := range of.waiting {
			dropped = append(dropped, d.ID)
		}
		of.waiting = nil
	}
	return dropped
}

// close drops what waits for a host that failed: its breaker decides when it
// is tried again.
func (l *lanes) close(host string) []domain.ID {
	l.mu.Lock()
	defer l.mu.Unlock()
	of := l.hosts[host]
	if of == nil {
		return nil
	}
	var dropped []domain.ID
	for _, d := range of.waiting {
		dropped = append(dropped, d.ID)
	}
	of.waiting = nil
	return dropped
}

// byHost counts what is held.
func (l *lanes) byHost() (counts map[string]int, total int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	counts = make(map[string]int, len(l.hosts))
	for host, of := range l.hosts {
		counts[host] = of.flying + len(of.waiting)
		total += counts[host]
	}
	return counts, total
}
