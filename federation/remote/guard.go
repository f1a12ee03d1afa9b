package remote

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"syscall"
	"time"

	"interlink/domain"
)

// denied are the networks that no request goes to (federation.md §3.2-16):
// this host, private and shared networks, documentation, tunnels into IPv4.
var denied = prefixes(
	"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
	"192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15",
	"198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
	"2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
)

// global is where IPv6 addresses may be.
var global = netip.MustParsePrefix("2000::/3")

func prefixes(list ...string) []netip.Prefix {
	out := make([]netip.Prefix, len(list))
	for i, s := range list {
		out[i] = netip.MustParsePrefix(s)
	}
	return out
}

// allowed decides on an address that a name resolved to.
func allowed(addr netip.AddrPort, loopback bool) bool {
	ip := addr.Addr()
	if ip.Is4In6() {
		return false // written to get around the list
	}
	if loopback && ip.IsLoopback() {
		return true
	}
	if addr.Port() != 80 && addr.Port() != 443 {
		return false
	}
	if ip.Is6() && !global.Contains(ip) {
		return false
	}
	for _, p := range denied {
		if p.Contains(ip) {
			return false
		}
	}
	return ip.IsValid()
}

// errGuard is the failure of a request to a forbidden address.
func errGuard(address string) error {
	return domain.Fail(domain.Forbidden, "error.address_refused", address)
}

// transport makes a transport whose every connection is checked. The
// environment's proxies are not used: they would resolve names themselves.
func transport(o Options, perHost int) *http.Transport {
	dialer := &net.Dialer{
		Timeout: 5 * time.Second,
		ControlContext: func(_ context.Context, _, address string, _ syscall.RawConn) error {
			addr, err := netip.ParseAddrPort(address)
			if err != nil || !allowed(addr, o.AllowPrivate) {
				return errGuard(address)
			}
			return nil
		},
		Resolver: o.Resolver,
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: o.Roots}
	return &http.Transport{
		DialContext: dialer.DialContext, TLSClientConfig: config, ForceAttemptHTTP2: true,
		TLSHandshakeTimeout: 10 * time.Second, ResponseHeaderTimeout: o.HeaderTimeout,
		MaxIdleConns: 1024, MaxIdleConnsPerHost: perHost, IdleConnTimeout: 90 * time.Second,
		MaxResponseHeaderBytes: 64 << 10,
		WriteBufferSize:        16 << 10, // most activities are one write, with their header
	}
}

// check refuses what must not be asked, before anything is resolved.
func (c *Client) check(ctx context.Context, iri domain.IRI) error {
	if err := c.checkURL(iri); err != nil || c.o.Allow == nil {
		return err
	}
	return c.o.Allow(ctx, iri.Host())
}

// checkURL refuses schemes and ports before anything is resolved. Plain http
// and other ports are for loopback mode; a URL without a host would be this
// host.
func (c *Client) checkURL(iri domain.IRI) error {
	if _, err := domain.ParseIRI(string(iri)); err != nil {
		return err
	}
	u, err := url.Parse(string(iri))
	if err != nil || u.Hostname() == "" {
		return errGuard(iri.Host())
	}
	_, port, err := net.SplitHostPort(u.Host)
	if !c.o.AllowPrivate && (u.Scheme != "https" || err == nil && port != "443") {
		return errGuard(u.Host)
	}
	return nil
}

// systemRoots returns the system's roots with extra PEM certificates.
func systemRoots(extra []byte) (*x509.CertPool, error) {
	if len(extra) == 0 {
		return nil, nil
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(extra) {
		return nil, domain.Fail(domain.Invalid, "config.extra_ca")
	}
	return pool, nil
}
