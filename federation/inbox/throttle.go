package inbox

import (
	"net/http"
	"net/netip"
	"time"
)

// Limit is how much may come: so much at once, and so much a second.
type Limit struct {
	Rate  float64
	Burst float64 // 0 means no limit
}

// Limits bound what may be sent. Known is what one host has signed, Strange
// what bears its name but no signature that holds. The latter are fewer, and
// never cost a known key of that host its way in. Source is what comes without
// a signature that holds from one network, whatever names it bears.
type Limits struct{ Known, Strange, Source Limit }

// DefaultLimits are those of a node that stands in the open: several times
// what the busiest servers send.
var DefaultLimits = Limits{
	Known: Limit{Rate: 300, Burst: 10_000}, Strange: Limit{Rate: 1, Burst: 100}, Source: Limit{Rate: 5, Burst: 500},
}

// Throttle holds one limit for each name.
type Throttle interface {
	// Spend counts n; with n of 0 it asks alone. Errors: TooMany, with the
	// seconds to wait; nothing is counted then.
	Spend(name string, n float64, now time.Time) error
}

// Throttles hold the [Limits].
type Throttles struct{ Known, Strange, Source Throttle }

// strange counts n requests of a host without a signature that holds, also by
// where this one comes from. Errors: as of [Throttle].
func (t Throttles) strange(r *http.Request, host string, n float64, now time.Time) error {
	if from := source(r.RemoteAddr); from != "" {
		if err := t.Source.Spend(from, n, now); err != nil {
			return err
		}
	}
	return t.Strange.Spend(host, n, now)
}

// source is the network that an address is of, as one owner has it: /24 of
// IPv4, /48 of IPv6. "" for one that is not of the internet: behind it may be
// a reverse proxy of which the node was not told, and with it everybody.
func source(address string) string {
	whole, err := netip.ParseAddrPort(address)
	if err != nil {
		return ""
	}
	addr := whole.Addr().Unmap()
	if !addr.IsGlobalUnicast() || addr.IsPrivate() {
		return ""
	}
	bits := 24
	if addr.Is6() {
		bits = 48
	}
	network, err := addr.WithZone("").Prefix(bits)
	if err != nil {
		return ""
	}
	return network.String()
}
