package node

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"slices"
	"strconv"
	"strings"
	"time"
)

// errElsewhere is the failure of an address that leads to something else.
var errElsewhere = errors.New("what answers there is not this node")

// ask asks the node at its own address for an echo of a request with a body of
// that size. own is the address that this process connected from.
func (n *Node) ask(ctx context.Context, size int) (e echo, own string, err error) {
	at := strconv.FormatInt(time.Now().Unix(), 10)
	body := append([]byte(at+" "+n.proof("asked "+at)+"\n"), bytes.Repeat([]byte("."), size)...)
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(c httptrace.GotConnInfo) { own = c.Conn.LocalAddr().String() }})
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, n.Namespace.Base()+echoPath+echoQuery, bytes.NewReader(body))
	if err != nil {
		return e, own, err
	}
	for name, value := range echoed {
		r.Header.Set(name, value)
	}
	client, err := n.asker()
	if err != nil {
		return e, own, err
	}
	defer client.CloseIdleConnections()
	answer, err := client.Do(r)
	if err != nil {
		return e, own, err
	}
	defer answer.Body.Close()
	err = json.NewDecoder(io.LimitReader(answer.Body, 64<<10)).Decode(&e)
	switch {
	case answer.StatusCode == http.StatusRequestEntityTooLarge:
		return e, own, errTooLarge
	case answer.StatusCode/100 == 3:
		return e, own, fmt.Errorf("%w: it sends on to %s", errElsewhere, answer.Header.Get("Location"))
	case answer.StatusCode != http.StatusOK:
		return e, own, fmt.Errorf("%w, or runs with another secret key, in an earlier version, or by a clock that is minutes from this one: status %d", errElsewhere, answer.StatusCode)
	case err != nil || !hmac.Equal([]byte(e.Proof), []byte(n.proof("answered "+at))):
		return e, own, errElsewhere
	}
	return e, own, nil
}

var errTooLarge = errors.New("the body is too large")

// asker goes the way that other servers go: by name, with certificates checked,
// following nothing. Unlike them it may reach private addresses: those of the node.
func (n *Node) asker() (*http.Client, error) {
	trust := &tls.Config{MinVersion: tls.VersionTLS12}
	if len(n.o.ExtraCA) > 0 {
		pool, err := x509.SystemCertPool()
		if err != nil {
			return nil, err
		}
		pool.AppendCertsFromPEM(n.o.ExtraCA)
		trust.RootCAs = pool
	}
	return &http.Client{
		Timeout:       examineWithin,
		Transport:     &http.Transport{TLSClientConfig: trust, ForceAttemptHTTP2: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}, nil
}

// examineAddress asks the node at its base URL, through whatever stands before
// it, what arrives there.
func (n *Node) examineAddress(ctx context.Context) []Finding {
	base := n.Namespace.Base()
	if n.idle() {
		return []Finding{finding(Note, "no process serves from %s: whether %s leads here shows when one does", n.o.DataDir, base)}
	}
	e, own, err := n.ask(ctx, 0)
	if err != nil {
		return []Finding{finding(Fault, "%s does not lead to this node: it must serve, the name must lead to its proxy, with a certificate that others believe, "+
			"and the proxy to INTERLINK_LISTEN (%v)", base, err)}
	}
	found := []Finding{finding(Well, "%s leads to this node", base), clocks("the one that serves", time.Until(e.Time))}
	if wrong := e.altered(n.Namespace.Host()); len(wrong) > 0 {
		found = append(found, finding(Fault, "the proxy before the node does not hand on what others signed, so it can verify nobody: %s; have it pass on "+
			"Host, path, query and all headers as they came (nginx: proxy_set_header Host $http_host, and proxy_pass without a path behind the port; "+
			"Apache: ProxyPreserveHost On, nocanon)", strings.Join(wrong, "; ")))
	}
	if f := e.proxied(own); f != nil {
		found = append(found, *f)
	}
	if _, _, err := n.ask(ctx, echoLargest/2); err != nil {
		found = append(found, finding(Fault, "a body of %d MiB does not arrive: have the proxy let pass %d MiB (nginx: client_max_body_size), as `uploads.max_file` says (%v)",
			echoLargest/2>>20, n.o.Uploads.File>>20, err))
	}
	return found
}

// idle reports whether the node surely does not serve: nobody holds its directory.
func (n *Node) idle() bool {
	if !n.o.embedded() {
		return false
	}
	unlock, err := lock(n.o.DataDir)
	if err != nil {
		return false
	}
	unlock()
	return true
}

// altered says what of a request arrived otherwise than it was sent.
func (e echo) altered(host string) []string {
	var wrong []string
	if e.Host != host {
		wrong = append(wrong, fmt.Sprintf("Host arrives as %q", e.Host))
	}
	if e.Target != echoPath+echoQuery {
		wrong = append(wrong, fmt.Sprintf("path and query arrive as %q instead of %q", e.Target, echoPath+echoQuery))
	}
	var lost, other []string
	for name, value := range echoed {
		switch {
		case e.Headers[name] == "":
			lost = append(lost, name)
		case e.Headers[name] != value:
			other = append(other, name)
		}
	}
	slices.Sort(lost)
	slices.Sort(other)
	if len(lost) > 0 {
		wrong = append(wrong, "lost are "+strings.Join(lost, ", "))
	}
	if len(other) > 0 {
		wrong = append(wrong, "altered are "+strings.Join(other, ", "))
	}
	return wrong
}

// proxied says whether the node can tell people apart who come by a proxy; nil
// if there is none. own is where the request came from.
func (e echo) proxied(own string) *Finding {
	if e.Peer == own {
		return nil
	}
	peer, _, _ := net.SplitHostPort(e.Peer)
	var f Finding
	switch {
	case e.Hops != "" && e.Trusted:
		f = finding(Well, "the proxy at %s is believed who comes by it", peer)
	case e.Hops != "":
		f = finding(Fault, "requests come by a proxy at %s that is not believed who comes by it: all people count as one when sign-ins, notices and inboxes are limited; "+
			"set INTERLINK_SERVER_TRUSTED_PROXIES=%s", peer, peer)
	default:
		f = finding(Fault, "requests come by %s, without X-Forwarded-For: all people count as one when sign-ins, notices and inboxes are limited; "+
			"have the proxy send it (nginx: proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for), and set INTERLINK_SERVER_TRUSTED_PROXIES=%s", peer, peer)
	}
	return &f
}
