package web

import (
	"net"
	"net/http"
	"net/netip"
	"strings"

	"interlink/domain"
)

// sessionAge is how long a browser keeps the session's cookie, in seconds;
// the session itself ends 30 days after its last use.
const sessionAge = 30 * 24 * 3600

// enter finds who holds the session of the cookie. A session that ended is
// nobody's.
func (q *request) enter() error {
	c, _ := q.Cookie(q.p.Cookie)
	if c == nil || c.Value == "" {
		return q.enterAsGuest()
	}
	a, err := q.p.Accounts.Session(q.Context(), c.Value)
	if domain.CodeOf(err) == domain.NotFound {
		q.setCookie(q.p.Cookie, "", -1)
		return q.enterAsGuest()
	}
	if err != nil {
		return err
	}
	q.account, q.viewer = a, a.Viewer()
	return nil
}

// signedIn is for pages that nobody sees without an account.
func (q *request) signedIn() error {
	if q.account == nil {
		return domain.Fail(domain.Unauthenticated, "error.sign_in")
	}
	return nil
}

// from tells where a request comes from: the address of the connection, or,
// if that is a proxy that is believed, the last address that is none.
func (p *Portal) from(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	if !p.isProxy(host) {
		return host
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0; i-- {
		hop := strings.TrimSpace(hops[i])
		if _, err := netip.ParseAddr(hop); err != nil {
			break
		}
		if host = hop; !p.isProxy(hop) {
			break
		}
	}
	return host
}

func (p *Portal) isProxy(host string) bool {
	addr, err := netip.ParseAddr(host)
	if err != nil {
		return false
	}
	for _, prefix := range p.Proxies {
		if prefix.Contains(addr.Unmap()) {
			return true
		}
	}
	return false
}
