package remote

import (
	"net/http"
	"net/netip"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestAllowed: public addresses are let through, at the two ports of the web.
// These tests are inside the package so that nobody on the internet is asked.
func TestAllowed(t *testing.T) {
	for _, s := range []string{
		"1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.0",
		"169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0", "192.0.1.0", "192.88.98.255", "192.88.100.0",
		"192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0", "223.255.255.255",
		"2000::", "2001:200::1", "2001:470::1", "2003::1", "2606:4700:4700::1111", "3ffe::1", "3fff:1000::1",
	} {
		ip := netip.MustParseAddr(s)
		for _, mode := range []bool{false, true} {
			for port, want := range map[uint16]bool{80: true, 443: true, 0: false, 22: false, 444: false, 8080: false, 65535: false} {
				if got := allowed(netip.AddrPortFrom(ip, port), mode); got != want {
					t.Errorf("%s port %d, loopback mode %t: %t", s, port, mode, got)
				}
			}
		}
		if mapped := netip.AddrFrom16(ip.As16()); ip.Is4() && allowed(netip.AddrPortFrom(mapped, 443), false) {
			t.Errorf("%s is let through", mapped)
		}
		if zoned := ip.WithZone("eth0"); ip.Is6() && allowed(netip.AddrPortFrom(zoned, 443), false) {
			t.Errorf("%s is let through", zoned)
		}
	}
	if allowed(netip.AddrPort{}, true) {
		t.Error("no address is let through")
	}
}

// TestAllowedIsGlobal compares the list with what the standard library knows
// of addresses, over all of them.
func TestAllowedIsGlobal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ip := netip.AddrFrom4([4]byte(rapid.SliceOfN(rapid.Byte(), 4, 4).Draw(t, "four")))
		if rapid.Bool().Draw(t, "six") {
			b := [16]byte(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "six bytes"))
			if rapid.Bool().Draw(t, "near") { // else most are far from all that is special
				copy(b[:], []byte{0x20 | b[0]&0x1f, b[1] & 3})
			}
			ip = netip.AddrFrom16(b)
		}
		special := ip.IsLoopback() || ip.IsPrivate() || ip.IsMulticast() || ip.IsLinkLocalUnicast() || ip.IsUnspecified() ||
			ip.IsInterfaceLocalMulticast() || !ip.IsGlobalUnicast() || ip.Is4In6()
		for _, mode := range []bool{false, true} {
			if special && (!mode || !ip.IsLoopback()) && allowed(netip.AddrPortFrom(ip, 443), mode) {
				t.Errorf("%s is let through, loopback mode %t", ip, mode)
			}
		}
	})
}

const week = 7 * 24 * time.Hour

// TestRetryAfter: seconds and the three forms of a date; what is odd counts
// as not said, what is too much as a week.
func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	for header, want := range map[string]time.Duration{
		"":                                0,
		"0":                               0,
		"1":                               time.Second,
		"120":                             2 * time.Minute,
		"604800":                          week,
		"604801":                          week,
		"2147483648":                      week,
		"9223372036":                      week, // more nanoseconds than there are
		"9223372036854775807":             week,
		"9223372036854775808":             0,
		"99999999999999999999999999999":   0,
		"-1":                              0,
		"-9223372036854775808":            0,
		"1.5":                             0,
		"1e3":                             0,
		"0x10":                            0,
		"1 2":                             0,
		"120, 240":                        0,
		"soon":                            0,
		"NaN":                             0,
		"Tue, 24 Nov 2026 12:00:30 GMT":   30 * time.Second,
		"Tuesday, 24-Nov-26 12:00:30 GMT": 30 * time.Second,
		"Tue Nov 24 12:00:30 2026":        30 * time.Second,
		"Tue, 24 Nov 2026 12:00:00 GMT":   0,
		"Tue, 24 Nov 2026 11:59:00 GMT":   0,
		"Thu, 01 Jan 1970 00:00:00 GMT":   0,
		"Fri, 31 Dec 9999 23:59:59 GMT":   week,
		"Tue, 24 Nov 2026 12:00:30 CEST":  0,
		"2026-11-24T12:00:30Z":            0,
	} {
		if got := retryAfter(header, now); got != want {
			t.Errorf("%q: %s, not %s", header, got, want)
		}
	}
}

// FuzzRetryAfter: no header makes a wait that is negative or longer than a
// week.
func FuzzRetryAfter(f *testing.F) {
	for _, s := range []string{"120", "-1", "9223372036854775807", "Tue, 24 Nov 2026 12:00:30 GMT", "Fri, 31 Dec 9999 23:59:59 GMT", "x"} {
		f.Add(s, int64(1795521600))
	}
	f.Add(http.TimeFormat, int64(-1))
	f.Fuzz(func(t *testing.T, header string, now int64) {
		if got := retryAfter(header, time.Unix(now, 0)); got < 0 || got > week {
			t.Errorf("%q at %d: %s", header, now, got)
		}
	})
}
