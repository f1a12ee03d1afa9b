package federationtest_test

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"interlink/cmd/interlink/node"
	"interlink/domain"
	"interlink/domain/policy"
	"interlink/federation/federationtest"
	"interlink/federation/httpsig"
	"interlink/federation/inbox"
)

// signedGet reads an address with the signature of a peer's person.
func signedGet(t *testing.T, p *federationtest.Peer, address string) *http.Response {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Accept", activityJSON)
	if err := httpsig.Sign(request, p.Key(1), httpsig.Cavage, nil, time.Now()); err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = answer.Body.Close() })
	return answer
}

// TestFedS12SignedFetch: documents for those who sign alone; keys, and what
// leads to them, for all; pages for people.
func TestFedS12SignedFetch(t *testing.T) {
	c := federationtest.With(t, federationtest.Databases["sqlite"], func(o *node.Options) { o.SignedFetch = true }, "Zaragoza", "Rome")
	zaragoza, rome, peer := newCity(t, c.Nodes[0]), newCity(t, c.Nodes[1]), federationtest.NewPeer(t)
	post := zaragoza.news(t, "News")
	for path, status := range map[string]int{
		string(post.IRI): 401, string(zaragoza.community.IRI) + "/outbox": 401, string(zaragoza.community.IRI): 200, zaragoza.URL + "/actor": 200,
		zaragoza.URL + "/.well-known/nodeinfo": 200,
	} {
		d := get(t, path)
		if d.status != status {
			t.Errorf("%s: %d, want %d", path, d.status, status)
		}
		if status == 401 && (!slices.Contains(d.header.Values("Vary"), "Signature") || strings.Contains(d.header.Get("Cache-Control"), "public")) {
			t.Errorf("%s: %v", path, d.header)
		}
	}
	if d := get(t, string(zaragoza.community.IRI)); d.json["publicKey"] == nil || d.json["name"] == "Mobility" {
		t.Errorf("an unsigned reader sees %v", d.json)
	}
	if answer := signedGet(t, peer, string(post.IRI)); answer.StatusCode != http.StatusOK {
		t.Errorf("signed: %d", answer.StatusCode)
	}
	if page := getPage(t, string(post.IRI)); !strings.Contains(page, "News") {
		t.Error("people do not read the page")
	}
	zaragoza.rule(t, hostOf(peer), "block")
	if answer := signedGet(t, peer, string(post.IRI)); answer.StatusCode != http.StatusForbidden {
		t.Errorf("a blocked host: %d", answer.StatusCode)
	}
	citizen := rome.Person("citizen", policy.RoleMember)
	if group := rome.follow(t, citizen, citizen.Actor, zaragoza.handle("mobility")); group.Title != "Mobility" {
		t.Errorf("Rome found %q", group.Title) // both want signatures of the other
	}
	c.Settle()
	zaragoza.news(t, "More news")
	c.Settle()
	if n := len(rome.home(t, citizen)); n != 2 { // and what was said before
		t.Errorf("%d posts arrived", n)
	}
}

func TestFedS23SharedInbox(t *testing.T) {
	c, zaragoza := alone(t)
	peer := federationtest.NewPeer(t)
	endpoints, _ := get(t, string(zaragoza.community.IRI)).json["endpoints"].(map[string]any)
	if endpoints["sharedInbox"] != zaragoza.URL+"/inbox" {
		t.Fatalf("endpoints %v", endpoints)
	}
	sends(t, peer, zaragoza, peer.Follow(1, zaragoza.community.IRI), http.StatusAccepted)
	c.Settle()
	if sent := peer.Inbox(1); len(sent) != 1 || sent[0].Type != "Accept" {
		t.Errorf("the peer received %v", sent)
	}
}

// TestFedS24OneDelivery: three followers on one server, one delivery.
func TestFedS24OneDelivery(t *testing.T) {
	c := federationtest.New(t, "Zaragoza", "Rome")
	zaragoza, rome := newCity(t, c.Nodes[0]), newCity(t, c.Nodes[1])
	var readers []policy.Viewer
	for _, name := range []string{"ana", "bea", "cai"} {
		reader := rome.Person(name, policy.RoleMember)
		rome.follow(t, reader, reader.Actor, zaragoza.handle("mobility"))
		readers = append(readers, reader)
	}
	c.Settle()
	zaragoza.news(t, "News")
	for worked := true; worked; { // all but Rome's part
		var err error
		if worked, err = zaragoza.Settle(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if n := rome.received(t); n != 1 {
		t.Errorf("%d activities came to Rome", n)
	}
	c.Settle()
	for _, r := range readers {
		if n := len(rome.home(t, r)); n != 1 {
			t.Errorf("a reader has %d posts", n)
		}
	}
}

// TestFedS25Answers: each answer of an inbox says whether to try again.
func TestFedS25Answers(t *testing.T) {
	_, zaragoza := alone(t)
	peer, stranger := federationtest.NewPeer(t), federationtest.NewPeer(t)
	note := marshalled(t, peer.Note(1, 1, "Hello", string(zaragoza.community.IRI)))
	to := zaragoza.URL + "/inbox"
	signed := func(key *httpsig.Key, raw []byte) int {
		t.Helper()
		status, err := peer.SendRaw(t.Context(), key, to, raw, httpsig.Cavage)
		if err != nil {
			t.Fatal(err)
		}
		return status
	}
	before := zaragoza.received(t)
	if status := signed(peer.Key(1), note); status != http.StatusAccepted || zaragoza.received(t) != before+1 {
		t.Errorf("a note: %d, %d stored", status, zaragoza.received(t)-before)
	}
	unknown := peer.Note(1, 2, "Hello")
	unknown["type"] = "Levitate"
	for what, c := range map[string]struct{ got, want int }{
		"unsigned":     {post(t, to, activityJSON, note), 401},
		"forged":       {signed(peerKey(t, stranger, peer.Person(1)), note), 401},
		"no activity":  {post(t, to, activityJSON, []byte("[]")), 400},
		"no JSON":      {post(t, to, activityJSON, []byte("{")), 400},
		"too large":    {post(t, to, activityJSON, bytes.Repeat([]byte(" "), 2<<20)), 413},
		"another type": {post(t, to, "text/plain", note), 415},
		"unknown":      {signed(peer.Key(1), marshalled(t, unknown)), 202},
	} {
		if c.got != c.want {
			t.Errorf("%s: %d, want %d", what, c.got, c.want)
		}
	}
	zaragoza.rule(t, hostOf(peer), "block")
	if status := signed(peer.Key(1), note); status != http.StatusForbidden {
		t.Errorf("blocked: %d", status)
	}
}

// TestFedS26Sizes: no body is read beyond its bound, whatever it claims to be.
func TestFedS26Sizes(t *testing.T) {
	_, zaragoza := alone(t)
	if status := post(t, zaragoza.URL+"/inbox", activityJSON, bytes.Repeat([]byte(" "), 1<<20+1)); status != http.StatusRequestEntityTooLarge {
		t.Errorf("in: %d", status)
	}
	var packed bytes.Buffer
	pack := gzip.NewWriter(&packed)
	if _, err := pack.Write(bytes.Repeat([]byte(" "), 64<<20)); err != nil {
		t.Fatal(err)
	}
	if err := pack.Close(); err != nil {
		t.Fatal(err)
	}
	var served atomic.Int64
	bomb := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", activityJSON)
		if strings.HasPrefix(r.URL.Path, "/packed") {
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write(packed.Bytes())
			return
		}
		for range 1 << 10 {
			n, err := w.Write(bytes.Repeat([]byte(" "), 64<<10))
			if served.Add(int64(n)); err != nil {
				return
			}
		}
	}))
	t.Cleanup(bomb.Close)
	for _, path := range []string{"/packed", "/plain"} {
		if _, err := zaragoza.Lookup(t.Context(), bomb.URL+path); domain.CodeOf(err) != domain.TooLarge {
			t.Errorf("%s: %v", path, err)
		}
	}
	if n := served.Load(); n > 32<<20 {
		t.Errorf("%d bytes were read", n)
	}
}

// TestFedS27Redirects: three at most, each signed for its own address; those
// of a POST are failures.
func TestFedS27Redirects(t *testing.T) {
	c, zaragoza := alone(t)
	peer := federationtest.NewPeer(t)
	var signatures []string
	hops := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		signatures = append(signatures, r.Header.Get("Signature"))
		var n int
		if _, err := fmt.Sscanf(r.URL.Path, "/hop/%d", &n); err != nil || n == 0 {
			http.Redirect(w, r, string(peer.Person(1)), http.StatusFound)
			return
		}
		http.Redirect(w, r, fmt.Sprintf("/hop/%d", n-1), http.StatusFound)
	}))
	t.Cleanup(hops.Close)
	_, err := zaragoza.Lookup(t.Context(), hops.URL+"/hop/1")
	if domain.CodeOf(err) != domain.Invalid { // a document of another origin does not speak for this address
		t.Errorf("to another origin: %v", err)
	}
	if len(signatures) != 2 || signatures[0] == "" || signatures[0] == signatures[1] {
		t.Errorf("%d requests, signed %q", len(signatures), signatures)
	}
	signatures = nil
	if _, err := zaragoza.Lookup(t.Context(), hops.URL+"/hop/9"); domain.CodeOf(err) != domain.Invalid || len(signatures) > 4 {
		t.Errorf("nine redirects: %v after %d requests", err, len(signatures))
	}
	sends(t, peer, zaragoza, peer.Follow(1, zaragoza.community.IRI), http.StatusAccepted)
	peer.AnswerWith(func(int) int { return http.StatusTemporaryRedirect })
	c.Settle()
	q, err := zaragoza.Queues(t.Context())
	if err != nil || q.Dead != 1 || len(peer.Inbox(1)) != 0 {
		t.Errorf("a redirected delivery: %+v (%v)", q, err)
	}
}

// TestFedO12Limits: a host that floods is told to wait; what bears its name
// without a signature that holds does not cost its own way in.
func TestFedO12Limits(t *testing.T) {
	limits := &inbox.Limits{Known: inbox.Limit{Rate: 0.001, Burst: 5}, Strange: inbox.Limit{Rate: 0.001, Burst: 2}}
	c := federationtest.With(t, federationtest.Databases["sqlite"], func(o *node.Options) { o.Limits = limits }, "Zaragoza")
	zaragoza, peer, other := newCity(t, c.Nodes[0]), federationtest.NewPeer(t), federationtest.NewPeer(t)
	statuses := func(key *httpsig.Key, from, n int) (out []int) {
		t.Helper()
		for i := range n {
			status, err := peer.SendRaw(t.Context(), key, zaragoza.URL+"/inbox", marshalled(t, peer.Note(1, from+i, "Hello")), httpsig.Cavage)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, status)
		}
		return out
	}
	if got := statuses(peer.Key(1), 0, 1); got[0] != 202 {
		t.Fatalf("the first: %v", got)
	}
	if got := statuses(peerKey(t, other, peer.Person(1)), 10, 4); !slices.Equal(got, []int{401, 401, 429, 429}) {
		t.Errorf("forged: %v", got)
	}
	if got := statuses(peer.Key(1), 20, 6); !slices.Equal(got, []int{202, 202, 202, 202, 429, 429}) {
		t.Errorf("signed: %v", got)
	}
	c.Settle() // or a job may ask meanwhile
	asked := peer.Reads()
	if got := statuses(peerKey(t, other, peer.Person(2)), 30, 1); got[0] != 429 || peer.Reads() != asked {
		t.Errorf("an unknown key of that host: %v, asked %d times", got, peer.Reads()-asked)
	}
	sends(t, other, zaragoza, other.Note(1, 1, "Hello"), http.StatusAccepted)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, zaragoza.URL+"/inbox", bytes.NewReader(marshalled(t, peer.Note(1, 40, "Hello"))))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", activityJSON)
	digest := sha256.Sum256(marshalled(t, peer.Note(1, 40, "Hello")))
	if err := httpsig.Sign(request, peer.Key(1), httpsig.Cavage, &digest, time.Now()); err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	if answer.StatusCode != http.StatusTooManyRequests || answer.Header.Get("Retry-After") == "" {
		t.Errorf("%d, Retry-After %q", answer.StatusCode, answer.Header.Get("Retry-After"))
	}
}

// TestFedO12Sources: who sends what is not signed, under a new name each
// time, is known by where they come from; whose keys are known is let in from
// there as ever.
func TestFedO12Sources(t *testing.T) {
	limits := &inbox.Limits{
		Known: inbox.Limit{Rate: 0.001, Burst: 100}, Strange: inbox.Limit{Rate: 0.001, Burst: 100}, Source: inbox.Limit{Rate: 0.001, Burst: 3},
	}
	c := federationtest.With(t, federationtest.Databases["sqlite"], func(o *node.Options) {
		o.Limits, o.Proxies = limits, []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	}, "Zaragoza")
	zaragoza, honest := newCity(t, c.Nodes[0]), federationtest.NewPeer(t)
	number := 0
	send := func(p *federationtest.Peer, key *httpsig.Key, from string) int {
		t.Helper()
		number++
		body := marshalled(t, p.Note(1, number, "Hello"))
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, zaragoza.URL+"/inbox", bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", activityJSON)
		r.Header.Set("X-Forwarded-For", from)
		digest := sha256.Sum256(body)
		if err := httpsig.Sign(r, key, httpsig.Cavage, &digest, time.Now()); err != nil {
			t.Fatal(err)
		}
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		return answer.StatusCode
	}
	if got := send(honest, honest.Key(1), "93.184.216.34"); got != http.StatusAccepted {
		t.Fatalf("the first: %d", got)
	}
	var names []*federationtest.Peer
	for range 5 {
		names = append(names, federationtest.NewPeer(t))
	}
	var got []int
	for i, p := range names {
		got = append(got, send(p, peerKey(t, honest, p.Person(1)), fmt.Sprintf("93.184.216.%d", i)))
	}
	if !slices.Equal(got, []int{401, 401, 401, 429, 429}) {
		t.Errorf("forged under five names from one network: %v", got)
	}
	if asked := names[4].Reads(); asked != 0 {
		t.Errorf("the server whose name was used last was asked %d times", asked)
	}
	if got := send(honest, honest.Key(1), "93.184.216.34"); got != http.StatusAccepted {
		t.Errorf("with a known key from there: %d", got)
	}
	if got := send(names[4], names[4].Key(1), "93.184.217.1"); got != http.StatusAccepted {
		t.Errorf("from the next network: %d", got)
	}
}
