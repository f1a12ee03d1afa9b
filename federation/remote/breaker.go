package remote

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/net/publicsuffix"

	"interlink/domain"
)

// The bounds of what is asked of others at once, so that a server that is
// slow or dead costs those who wait for it something, and nobody else.
const (
	perSite     = 8               // requests in flight to one registered domain
	waitPerSite = 24              // that wait for one of these to end
	waitFor     = 2 * time.Second // at most so long
)

// A host that does not answer this many times in a row is left alone for a
// while, which doubles with each further failure; then one request tries it.
const (
	restAfter = 3
	restFirst = 30 * time.Second
	restMost  = 15 * time.Minute
	maxFaults = 10_000 // hosts whose failures are remembered
)

// errSlow ends a read that took longer than all its requests together may.
var errSlow = errors.New("the server takes too long")

// breaker bounds requests by site, and remembers which hosts do not answer.
type breaker struct {
	now func() time.Time

	mu     sync.Mutex
	sites  map[string]*site
	faults map[string]*fault
}

// site is a registered domain that is being asked: its subdomains cost
// whoever owns it nothing, so that they share.
type site struct {
	running chan struct{}
	users   int
}

// fault is what is known of a host that failed the last time.
type fault struct {
	failures int // in a row
	until    time.Time
	trying   bool
}

func newBreaker(now func() time.Time) *breaker {
	return &breaker{now: now, sites: map[string]*site{}, faults: map[string]*fault{}}
}

// enter waits until a host may be asked; leave must then be called with
// whether it failed to answer. Errors: Unavailable for a host that is left
// alone, TooMany if its site is asked enough already, ctx's.
func (b *breaker) enter(ctx context.Context, host string) (leave func(failed bool), err error) {
	name := siteOf(host)
	s, err := b.admit(name, host)
	if err != nil {
		return nil, err
	}
	timer := time.NewTimer(waitFor)
	defer timer.Stop()
	select {
	case s.running <- struct{}{}:
		return func(failed bool) {
			<-s.running
			b.left(name, host)
			b.note(host, failed)
		}, nil
	case <-timer.C:
		err = domain.Fail(domain.TooMany, "error.too_many").In(time.Minute)
	case <-ctx.Done():
		err = unreachable(host).Because(context.Cause(ctx))
	}
	b.left(name, host)
	return nil, err
}

// admit notes one more who asks a host, or refuses.
func (b *breaker) admit(name, host string) (*site, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	f := b.faults[host]
	if f != nil && f.failures >= restAfter && (f.trying || b.now().Before(f.until)) {
		return nil, unreachable(host).Because(errors.New("it did not answer before"))
	}
	s := b.sites[name]
	if s == nil {
		s = &site{running: make(chan struct{}, perSite)}
		b.sites[name] = s
	}
	if s.users >= perSite+waitPerSite {
		return nil, domain.Fail(domain.TooMany, "error.too_many").In(time.Minute)
	}
	s.users++
	if f != nil && f.failures >= restAfter {
		f.trying = true
	}
	return s, nil
}

// left forgets who asked, and a site that nobody asks any more.
func (b *breaker) left(name, host string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	s := b.sites[name]
	if s.users--; s.users == 0 {
		delete(b.sites, name)
	}
	if f := b.faults[host]; f != nil {
		f.trying = false
	}
}

// note remembers how a request ended.
func (b *breaker) note(host string, failed bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !failed {
		delete(b.faults, host)
		return
	}
	f := b.faults[host]
	if f == nil {
		if len(b.faults) >= maxFaults {
			b.forget()
		}
		f = new(fault)
		b.faults[host] = f
	}
	if f.failures++; f.failures >= restAfter {
		f.until = b.now().Add(min(restFirst<<min(f.failures-restAfter, 10), restMost))
	}
}

// forget drops the faults that bind nobody any more; all, if there are still
// as many.
func (b *breaker) forget() {
	for host, f := range b.faults {
		if !f.trying && b.now().After(f.until) {
			delete(b.faults, host)
		}
	}
	if len(b.faults) >= maxFaults {
		clear(b.faults)
	}
}

// siteOf is the registered domain of a host; a host without one stands for
// itself.
func siteOf(host string) string {
	name := host
	if h, _, err := net.SplitHostPort(host); err == nil {
		name = h
	}
	if _, err := netip.ParseAddr(name); err == nil {
		return host
	}
	registered, err := publicsuffix.EffectiveTLDPlusOne(name)
	if err != nil {
		return host
	}
	return registered
}
