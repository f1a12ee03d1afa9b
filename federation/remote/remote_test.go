package remote_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"interlink/domain"
	"interlink/federation/httpsig"
	"interlink/federation/remote"
)

const activityJSON = "application/activity+json"

// theKey is the node's; it is made once, because keys take long.
var theKey = sync.OnceValue(func() *httpsig.Key {
	key, err := httpsig.GenerateKey("https://city.example/actor#main-key")
	if err != nil {
		panic(err)
	}
	return key
})

// newClient makes a client that signs with the node's key. Without a limit of
// its own a test that hangs is ended by the client's.
func newClient(t testing.TB, o remote.Options) *remote.Client {
	t.Helper()
	o.UserAgent = "interlink/test (+https://city.example/)"
	if o.Now == nil {
		o.Now = time.Now
	}
	o.Signer = func(context.Context) (*httpsig.Keys, error) { return &httpsig.Keys{RSA: theKey()}, nil }
	client, err := remote.NewClient(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return client
}

// loopback makes a client that may talk to the servers of a test.
func loopback(t testing.TB) *remote.Client { return newClient(t, remote.Options{AllowPrivate: true}) }

// peer is another server; what it was asked is kept.
type peer struct {
	*httptest.Server
	*http.ServeMux

	mu    sync.Mutex
	asked []string // "GET /x"
}

func newPeer(t testing.TB) *peer {
	t.Helper()
	p := &peer{ServeMux: http.NewServeMux()}
	p.Server = httptest.NewServer(p.recorder())
	t.Cleanup(p.Close)
	return p
}

func (p *peer) recorder() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		p.asked = append(p.asked, r.Method+" "+r.URL.RequestURI())
		p.mu.Unlock()
		p.ServeHTTP(w, r)
	})
}

// requests returns what was asked since the last time.
func (p *peer) requests() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	asked := p.asked
	p.asked = nil
	return asked
}

func (p *peer) iri(path string) domain.IRI { return domain.IRI(p.URL + path) }

// host is the peer's name in handles.
func (p *peer) host() string { return p.Listener.Addr().String() }

// answer makes the peer answer a path; an empty type sends no Content-Type.
func (p *peer) answer(path, contentType, body string) {
	p.HandleFunc(path, func(w http.ResponseWriter, _ *http.Request) {
		w.Header()["Content-Type"] = []string{contentType}
		_, _ = w.Write([]byte(body))
	})
}

// redirect makes the peer send those who ask for a path elsewhere.
func (p *peer) redirect(path, location string) {
	p.HandleFunc(path, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", location)
		w.WriteHeader(http.StatusFound)
	})
}

// note is a document with an id.
func note(id domain.IRI) string {
	return fmt.Sprintf(`{"@context":"https://www.w3.org/ns/activitystreams","id":%q,"type":"Note"}`, id)
}

func wantCode(t testing.TB, what string, err error, want domain.Code) {
	t.Helper()
	if got := domain.CodeOf(err); got != want {
		t.Errorf("%s: %q (%v), not %q", what, got, err, want)
	}
}

// nameServer answers for all names with what a test says.
type nameServer struct {
	mu     sync.Mutex
	answer func(name string, n int) []netip.Addr // n counts the questions for a name, from 1
	asked  map[string]int                        // questions for an IPv4 address, by name
}

// newNames starts a name server and returns a resolver that asks it alone.
func newNames(t testing.TB, answer func(name string, n int) []netip.Addr) (*nameServer, *net.Resolver) {
	t.Helper()
	s := &nameServer{answer: answer, asked: map[string]int{}}
	conn, err := new(net.ListenConfig).ListenPacket(t.Context(), "udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var serving sync.WaitGroup
	serving.Go(func() { s.serve(t, conn) })
	t.Cleanup(func() {
		_ = conn.Close()
		serving.Wait()
	})
	return s, &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "udp", conn.LocalAddr().String())
	}}
}

func (s *nameServer) serve(t testing.TB, conn net.PacketConn) {
	buffer := make([]byte, 4096)
	for {
		n, from, err := conn.ReadFrom(buffer)
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			t.Error(err)
			return
		}
		reply, err := s.reply(buffer[:n])
		if err != nil {
			t.Error(err)
			return
		}
		_, _ = conn.WriteTo(reply, from)
	}
}

func (s *nameServer) reply(question []byte) ([]byte, error) {
	var m dnsmessage.Message
	if err := m.Unpack(question); err != nil || len(m.Questions) != 1 {
		return nil, fmt.Errorf("a question that is none: %w", err)
	}
	q := m.Questions[0]
	out := dnsmessage.Message{Header: dnsmessage.Header{ID: m.ID, Response: true, RecursionAvailable: true}, Questions: m.Questions}
	for _, addr := range s.addresses(strings.TrimSuffix(q.Name.String(), "."), q.Type == dnsmessage.TypeA) {
		var body dnsmessage.ResourceBody
		switch {
		case addr.Is4() && q.Type == dnsmessage.TypeA:
			body = &dnsmessage.AResource{A: addr.As4()}
		case addr.Is6() && q.Type == dnsmessage.TypeAAAA:
			body = &dnsmessage.AAAAResource{AAAA: addr.As16()}
		default:
			continue
		}
		out.Answers = append(out.Answers, dnsmessage.Resource{Header: dnsmessage.ResourceHeader{Name: q.Name, Class: q.Class}, Body: body})
	}
	return out.Pack()
}

func (s *nameServer) addresses(name string, four bool) []netip.Addr {
	s.mu.Lock()
	defer s.mu.Unlock()
	if four {
		s.asked[name]++
	}
	return s.answer(name, s.asked[name])
}

// questions returns how often an IPv4 address was asked for.
func (s *nameServer) questions() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	sum := 0
	for _, n := range s.asked {
		sum += n
	}
	return sum
}

func addresses(list ...string) []netip.Addr {
	out := make([]netip.Addr, len(list))
	for i, s := range list {
		out[i] = netip.MustParseAddr(s)
	}
	return out
}

func sum(body string) [sha256.Size]byte { return sha256.Sum256([]byte(body)) }
