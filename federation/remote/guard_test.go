package remote_test

import (
	"encoding/pem"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"syscall"
	"testing"

	"interlink/domain"
	"interlink/federation/httpsig"
	"interlink/federation/remote"
)

// refused are addresses that no request may go to, one or two of each kind:
// the first and the last of a network where that is easy to get wrong.
var refused = map[string][]string{
	"unspecified":    {"0.0.0.0", "::"},
	"this network":   {"0.1.2.3", "0.255.255.255"},
	"private":        {"10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.0.1", "192.168.255.255"},
	"carrier's NAT":  {"100.64.0.1", "100.127.255.255"},
	"loopback":       {"127.0.0.1", "127.0.0.2", "127.255.255.255", "::1"},
	"link-local":     {"169.254.0.1", "169.254.169.254", "fe80::1", "febf::1"},
	"site-local":     {"fec0::1"},
	"unique local":   {"fc00::1", "fdff::1"},
	"protocols":      {"192.0.0.1", "192.0.0.170", "2001::1", "2001:1ff::1"},
	"documentation":  {"192.0.2.1", "198.51.100.1", "203.0.113.1", "2001:db8::1", "3fff::1", "3fff:fff::1"},
	"benchmarks":     {"198.18.0.1", "198.19.255.255"},
	"multicast":      {"224.0.0.1", "239.255.255.255", "ff02::1", "ff0e::1"},
	"reserved":       {"240.0.0.1", "255.255.255.255", "4000::1", "8000::1"},
	"6to4":           {"192.88.99.1", "2002:7f00:1::", "2002:808:808::1"},
	"Teredo":         {"2001:0:4136:e378:8000:63bf:3fff:fdd2"},
	"ORCHID":         {"2001:10::1", "2001:20::1"},
	"NAT64":          {"64:ff9b::7f00:1", "64:ff9b::808:808", "64:ff9b:1::a00:1"},
	"discard":        {"100::1"},
	"IPv4-mapped":    {"::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254"},
	"IPv4-compat.":   {"::7f00:1", "::808:808"},
	"IPv4-transl.":   {"::ffff:0:7f00:1"},
	"segment routes": {"5f00::1"},
}

// haveIPv6 reports whether sockets of that family can be made at all: where
// they cannot, the guard is never asked.
func haveIPv6() bool {
	fd, err := syscall.Socket(syscall.AF_INET6, syscall.SOCK_STREAM, 0)
	if err != nil {
		return false
	}
	return syscall.Close(fd) == nil
}

// get, post and finger are the ways out of the node.
func get(t testing.TB, c *remote.Client, iri domain.IRI) error {
	t.Helper()
	_, err := c.Object(t.Context(), iri)
	return err
}

func post(t testing.TB, c *remote.Client, iri domain.IRI, body string) (remote.Response, error) {
	t.Helper()
	return c.Post(t.Context(), remote.Message{Inbox: iri, Body: []byte(body), Digest: sum(body)}, theKey(), httpsig.Cavage)
}

// TestRefusedAddresses: as addresses in a URL, and as what names resolve to;
// the refusal comes before the connection, or it would be Unavailable.
func TestRefusedAddresses(t *testing.T) {
	six := haveIPv6()
	var current netip.Addr
	names, resolver := newNames(t, func(string, int) []netip.Addr { return []netip.Addr{current} })
	client := newClient(t, remote.Options{Resolver: resolver})
	for kind, list := range refused {
		for _, s := range list {
			addr := netip.MustParseAddr(s)
			if !six && addr.Is6() && !addr.Is4In6() {
				continue
			}
			names.mu.Lock()
			current = addr
			names.mu.Unlock()
			wantCode(t, kind+": Object of "+s, get(t, client, domain.IRI("https://"+literal(addr)+"/x")), domain.Forbidden)
			wantCode(t, kind+": Object of a name for "+s, get(t, client, "https://hostile.example/x"), domain.Forbidden)
			_, _, err := client.Finger(t.Context(), "@bo@hostile.example")
			wantCode(t, kind+": Finger of a name for "+s, err, domain.Forbidden)
			_, err = post(t, client, "https://hostile.example/inbox", "{}")
			wantCode(t, kind+": Post to a name for "+s, err, domain.Forbidden)
		}
	}
}

func literal(addr netip.Addr) string {
	if addr.Is6() {
		return "[" + addr.String() + "]"
	}
	return addr.String()
}

// TestRefusedAmongOthers: all addresses of a name are bad, not only the
// first; and in loopback mode only loopback is let through.
func TestRefusedAmongOthers(t *testing.T) {
	_, resolver := newNames(t, func(string, int) []netip.Addr { return addresses("10.0.0.1", "127.0.0.1", "169.254.169.254") })
	wantCode(t, "a name with three addresses", get(t, newClient(t, remote.Options{Resolver: resolver}), "https://hostile.example/x"), domain.Forbidden)
	client := loopback(t)
	for kind, list := range refused {
		for _, s := range list {
			if addr := netip.MustParseAddr(s); addr.Is4() && !addr.IsLoopback() {
				wantCode(t, kind+" in loopback mode: "+s, get(t, client, domain.IRI("http://"+s+":8080/x")), domain.Forbidden)
				wantCode(t, kind+" in loopback mode: "+s, get(t, client, domain.IRI("https://"+s+"/x")), domain.Forbidden)
			}
		}
	}
}

// TestRefusedURLs: schemes, ports and odd forms are refused before any name
// is asked for.
func TestRefusedURLs(t *testing.T) {
	names, resolver := newNames(t, func(string, int) []netip.Addr { return addresses("127.0.0.1") })
	client := newClient(t, remote.Options{Resolver: resolver})
	for _, c := range []struct {
		iri  domain.IRI
		want domain.Code
	}{
		{"http://peer.example/x", domain.Forbidden},
		{"HTTP://peer.example/x", domain.Invalid}, // ids have lower-case schemes
		{"https://peer.example:80/x", domain.Forbidden},
		{"https://peer.example:22/x", domain.Forbidden},
		{"https://peer.example:8443/x", domain.Forbidden},
		{"https://peer.example:65979/x", domain.Forbidden}, // 443 in 16 bits
		{"https://peer.example:/x", domain.Invalid},
		{"https://peer.example:-443/x", domain.Invalid},
		{"https://:443/x", domain.Invalid}, // no host is this host
		{"https://:443@127.0.0.1/x", domain.Invalid},
		{"https://user@peer.example/x", domain.Invalid},
		{"https://user:secret@peer.example/x", domain.Invalid},
		{"https://peer.example@evil.example/x", domain.Invalid},
		{"https://peer.example\\@evil.example/x", domain.Invalid},
		{"https:peer.example/x", domain.Invalid},
		{"https:///x", domain.Invalid},
		{"//peer.example/x", domain.Invalid},
		{"/x", domain.Invalid},
		{"", domain.Invalid},
		{"http", domain.Invalid},
		{"ftp://peer.example/x", domain.Invalid},
		{"file:///etc/passwd", domain.Invalid},
		{"gopher://peer.example/x", domain.Invalid},
		{"data:application/activity+json,{}", domain.Invalid},
		{"javascript:alert(1)", domain.Invalid},
		{"unix:///run/interlink.sock", domain.Invalid},
		{"https://peer.example/x\r\nX-Evil: 1", domain.Invalid},
		{"https://peer.example/x y", domain.Invalid},
		{"https://peer.example/\x00", domain.Invalid},
		{"https://Peer.Example/x", domain.Invalid}, // ids have lower-case hosts
		{"https://[::1/x", domain.Invalid},
		{domain.IRI("https://peer.example/" + strings.Repeat("x", 2048)), domain.Invalid},
	} {
		wantCode(t, "Object of "+string(c.iri), get(t, client, c.iri), c.want)
		_, err := post(t, client, c.iri, "{}")
		wantCode(t, "Post to "+string(c.iri), err, c.want)
	}
	if n := names.questions(); n != 0 {
		t.Errorf("%d names were asked for", n)
	}
}

// TestNumbersAsNames: other ways to write 127.0.0.1 are names that do not
// exist, as no resolver of the system is asked.
func TestNumbersAsNames(t *testing.T) {
	_, resolver := newNames(t, func(string, int) []netip.Addr { return nil })
	client := newClient(t, remote.Options{Resolver: resolver})
	for _, host := range []string{"2130706433", "0x7f000001", "017700000001", "0177.0.0.1", "127.1", "0", "127.0.0.1.", "localhost"} {
		err := get(t, client, domain.IRI("https://"+host+"/x"))
		if code := domain.CodeOf(err); code != domain.Unavailable && code != domain.Forbidden && code != domain.Invalid {
			t.Errorf("%s: %q (%v)", host, code, err)
		}
	}
}

// TestRebinding: a name that changes its address between one look-up and the
// next gains nothing, because the address that is dialled is the one that is
// checked: each connection takes one look-up, and its answer is what counts.
func TestRebinding(t *testing.T) {
	p := newPeer(t)
	p.Config.SetKeepAlivesEnabled(false) // each request is a connection of its own
	_, port, err := net.SplitHostPort(p.host())
	if err != nil {
		t.Fatal(err)
	}
	iri := domain.IRI("http://rebind.example:" + port + "/x")
	p.answer("/x", activityJSON, note(iri))
	names, resolver := newNames(t, func(_ string, n int) []netip.Addr {
		if n%2 == 1 {
			return addresses("127.0.0.1")
		}
		return addresses("10.0.0.1")
	})
	client := newClient(t, remote.Options{AllowPrivate: true, Resolver: resolver})
	for i := range 4 {
		want := domain.OK
		if i%2 == 1 {
			want = domain.Forbidden
		}
		wantCode(t, "request "+string(rune('1'+i)), get(t, client, iri), want)
		if n := names.questions(); n != i+1 {
			t.Fatalf("%d look-ups for %d requests", n, i+1)
		}
	}
	if asked := p.requests(); len(asked) != 2 {
		t.Errorf("the peer was asked %q", asked)
	}
}

// TestProxies: the environment's proxies would resolve names themselves, and
// reach what we may not.
func TestProxies(t *testing.T) {
	proxy, p := newPeer(t), newPeer(t)
	for _, name := range []string{"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy"} {
		t.Setenv(name, proxy.URL)
	}
	t.Setenv("NO_PROXY", "")
	p.answer("/x", activityJSON, note(p.iri("/x")))
	wantCode(t, "Object", get(t, loopback(t), p.iri("/x")), domain.OK)
	wantCode(t, "Object elsewhere", get(t, loopback(t), "http://10.0.0.1/x"), domain.Forbidden)
	if asked := proxy.requests(); len(asked) > 0 {
		t.Errorf("the proxy was asked %q", asked)
	}
}

// TestRedirectTargets: a redirect is checked as the first address is.
func TestRedirectTargets(t *testing.T) {
	_, resolver := newNames(t, func(string, int) []netip.Addr { return addresses("192.168.1.1") })
	client := newClient(t, remote.Options{AllowPrivate: true, Resolver: resolver})
	for location, want := range map[string]domain.Code{
		"http://10.0.0.1/":                         domain.Forbidden,
		"https://10.0.0.1/":                        domain.Forbidden,
		"http://169.254.169.254/latest/meta-data/": domain.Forbidden,
		"http://100.64.0.1:8080/":                  domain.Forbidden,
		"http://0.0.0.0/":                          domain.Forbidden,
		"http://[::ffff:10.0.0.1]/":                domain.Forbidden,
		"//10.0.0.1/":                              domain.Forbidden,
		"http://inside.example/":                   domain.Forbidden,
		"http://inside.example:6379/":              domain.Forbidden,
		"http://user:secret@127.0.0.1/":            domain.Invalid,
		"file:///etc/passwd":                       domain.Invalid,
		"ftp://127.0.0.1/":                         domain.Invalid,
		"gopher://127.0.0.1/":                      domain.Invalid,
		"data:application/activity+json,{}":        domain.Invalid,
		"javascript:alert(1)":                      domain.Invalid,
		"http://":                                  domain.Invalid,
		"http://127.0.0.1/%zz":                     domain.Unavailable, // net/http gives up by itself
		"http://[::1":                              domain.Unavailable,
	} {
		p := newPeer(t)
		p.redirect("/", location)
		wantCode(t, "Object, redirected to "+location, get(t, client, p.iri("/x")), want)
		_, _, err := client.Finger(t.Context(), "@bo@"+p.host())
		if want == domain.Invalid {
			want = domain.NotFound // there is no such person
		}
		wantCode(t, "Finger, redirected to "+location, err, want)
		if asked := p.requests(); len(asked) != 2 {
			t.Errorf("redirected to %s, the peer was asked %q", location, asked)
		}
	}
}

// TestRedirectLimit: three are followed, the fourth is not, be it to itself.
func TestRedirectLimit(t *testing.T) {
	p, client := newPeer(t), loopback(t)
	p.redirect("/4", "/3")
	p.redirect("/3", p.URL+"/2")
	p.redirect("/2", "1")
	p.redirect("/1", "/x")
	p.answer("/x", activityJSON, note(p.iri("/3")))
	p.redirect("/loop", "/loop")
	p.redirect("/none", "")
	for path, c := range map[string]struct {
		want  domain.Code
		asked int
	}{
		"/3":    {domain.OK, 4},
		"/4":    {domain.Invalid, 4},
		"/loop": {domain.Invalid, 4},
		"/none": {domain.Invalid, 1},
	} {
		wantCode(t, path, get(t, client, p.iri(path)), c.want)
		if asked := p.requests(); len(asked) != c.asked {
			t.Errorf("%s: asked %q", path, asked)
		}
	}
}

// TestRedirectDowngrade: what was asked for over TLS is not read without.
func TestRedirectDowngrade(t *testing.T) {
	plain := newPeer(t)
	secure := &peer{ServeMux: http.NewServeMux()}
	secure.Server = httptest.NewTLSServer(secure.recorder())
	t.Cleanup(secure.Close)
	client := newClient(t, remote.Options{
		AllowPrivate: true, ExtraCA: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: secure.Certificate().Raw}),
	})
	plain.answer("/x", activityJSON, note(secure.iri("/down")))
	secure.answer("/x", activityJSON, note(secure.iri("/x")))
	secure.redirect("/down", plain.URL+"/x")
	wantCode(t, "over TLS", get(t, client, secure.iri("/x")), domain.OK)
	wantCode(t, "redirected from https to http", get(t, client, secure.iri("/down")), domain.Invalid)
	wantCode(t, "of an authority that is not known", get(t, loopback(t), secure.iri("/x")), domain.Unavailable)
	if asked := plain.requests(); len(asked) > 0 {
		t.Errorf("the server without TLS was asked %q", asked)
	}
}

// TestPostRedirect: a POST is never sent on, with its signature, to others.
func TestPostRedirect(t *testing.T) {
	for _, status := range []int{301, 302, 303, 307, 308} {
		p, other := newPeer(t), newPeer(t)
		p.HandleFunc("/inbox", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, other.URL+"/inbox", status) })
		response, err := post(t, loopback(t), p.iri("/inbox"), "{}")
		if err != nil || response.Status != status {
			t.Errorf("%d: %+v, %v", status, response, err)
		}
		if asked := slices.Concat(p.requests(), other.requests()); !slices.Equal(asked, []string{"POST /inbox"}) {
			t.Errorf("%d: asked %q", status, asked)
		}
	}
}
