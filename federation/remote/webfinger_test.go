package remote_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/federation/remote"
)

const finger = "/.well-known/webfinger"

// fingers makes a peer tell of its people, by resource.
func (p *peer) fingers(people map[string]string) {
	p.HandleFunc("GET "+finger, func(w http.ResponseWriter, r *http.Request) {
		jrd, ok := people[r.URL.Query().Get("resource")]
		if !ok {
			http.NotFound(w, r)
			return
		}
		if to, ok := strings.CutPrefix(jrd, "->"); ok {
			http.Redirect(w, r, to, http.StatusFound)
			return
		}
		w.Header().Set("Content-Type", "application/jrd+json")
		_, _ = io.WriteString(w, jrd)
	})
}

// jrd is an answer with one link to the actor.
func jrd(subject, self string) string {
	return fmt.Sprintf(`{"subject":%q,"links":[{"rel":"self","type":"application/activity+json","href":%q}]}`, subject, self)
}

// TestFinger: who a handle is. "GOOD" and "EVIL" stand for the addresses of
// two servers, "good" and "evil" for their hosts.
func TestFinger(t *testing.T) {
	bo := map[string]string{"acct:bo@good": jrd("acct:bo@good", "GOOD/bo")}
	self := func(links string) map[string]string {
		return map[string]string{"acct:bo@good": `{"subject":"acct:bo@good","links":` + links + `}`}
	}
	for name, c := range map[string]struct {
		ask        string
		good, evil map[string]string
		want       domain.Code
		iri        string
	}{
		"with @":           {ask: "@bo@good", good: bo, iri: "GOOD/bo"},
		"without @":        {ask: "bo@good", good: bo, iri: "GOOD/bo"},
		"with acct:":       {ask: "acct:bo@good", good: bo, iri: "GOOD/bo"},
		"among spaces":     {ask: " @bo@good\n", good: bo, iri: "GOOD/bo"},
		"nobody":           {ask: "@ana@good", good: bo, want: domain.NotFound},
		"a name to escape": {ask: "@bo+x=1;y@good", good: map[string]string{"acct:bo+x=1;y@good": jrd("acct:bo+x=1;y@good", "GOOD/bo")}, iri: "GOOD/bo"},

		"another case of the name":       {ask: "@bo@good", good: map[string]string{"acct:bo@good": jrd("acct:Bo@good", "GOOD/bo")}, iri: "GOOD/bo"},
		"another name on the host":       {ask: "@bo@good", good: map[string]string{"acct:bo@good": jrd("acct:robert@good", "GOOD/bo")}, iri: "GOOD/bo"},
		"no subject":                     {ask: "@bo@good", good: self(`[{"rel":"self","type":"application/activity+json","href":"GOOD/bo"}]`), iri: "GOOD/bo"},
		"an address as subject":          {ask: "@bo@good", good: map[string]string{"acct:bo@good": jrd("GOOD/bo", "GOOD/bo")}, iri: "GOOD/bo"},
		"a subject of another host":      {ask: "@bo@evil", evil: map[string]string{"acct:bo@evil": jrd("acct:bo@good", "EVIL/bo")}, want: domain.NotFound},
		"an address of another host":     {ask: "@bo@evil", evil: map[string]string{"acct:bo@evil": jrd("GOOD/bo", "EVIL/bo")}, good: bo, want: domain.NotFound},
		"a subject that is none":         {ask: "@bo@evil", evil: map[string]string{"acct:bo@evil": jrd("bo", "EVIL/bo")}, want: domain.NotFound},
		"a subject that is no text":      {ask: "@bo@evil", evil: map[string]string{"acct:bo@evil": `{"subject":["acct:bo@evil"],"links":[]}`}, want: domain.NotFound},
		"a subject without a host":       {ask: "@bo@evil", evil: map[string]string{"acct:bo@evil": jrd("acct:bo@", "EVIL/bo")}, want: domain.NotFound},
		"a subject of a private network": {ask: "@bo@evil", evil: map[string]string{"acct:bo@evil": jrd("acct:bo@10.0.0.1", "EVIL/bo")}, want: domain.Forbidden},
		// The server's host differs from that of its handles, which says so too:
		// whatever the first says of the actor, the second is believed.
		"the host of the handles": {
			ask: "@bo@evil", evil: map[string]string{"acct:bo@evil": jrd("acct:bo@good", "EVIL/mallory")}, good: bo, iri: "GOOD/bo",
		},
		"hosts that point at each other": {
			ask: "@bo@evil", evil: map[string]string{"acct:bo@evil": jrd("acct:bo@good", "EVIL/bo")},
			good: map[string]string{"acct:bo@good": jrd("acct:bo@evil", "GOOD/bo")}, want: domain.NotFound,
		},
		// A host may send its people's look-ups to the server that it has for
		// that, which then speaks for it.
		"a host that sends elsewhere": {
			ask: "@bo@good", good: map[string]string{"acct:bo@good": "->EVIL" + finger + "?resource=acct:bo@good"},
			evil: map[string]string{"acct:bo@good": jrd("acct:bo@good", "EVIL/bo")}, iri: "EVIL/bo",
		},
		// The document there says itself whose it is, and under which handle.
		"an actor of another origin": {ask: "@bo@good", good: map[string]string{"acct:bo@good": jrd("acct:bo@good", "EVIL/bo")}, iri: "EVIL/bo"},

		"linked data":          {ask: "@bo@good", good: self(`[{"rel":"self","type":"application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"","href":"GOOD/bo"}]`), iri: "GOOD/bo"},
		"behind a page":        {ask: "@bo@good", good: self(`[{"rel":"self","type":"text/html","href":"GOOD/@bo"},{"rel":"self","type":"application/activity+json","href":"GOOD/bo"}]`), iri: "GOOD/bo"},
		"behind a bad address": {ask: "@bo@good", good: self(`[{"rel":"self","type":"application/activity+json","href":"/bo"},{"rel":"self","type":"application/activity+json","href":"GOOD/bo"}]`), iri: "GOOD/bo"},
		"no links":             {ask: "@bo@good", good: self(`[]`), want: domain.NotFound},
		"links that are none":  {ask: "@bo@good", good: self(`{"rel":"self"}`), want: domain.NotFound},
		"null for links":       {ask: "@bo@good", good: self(`null`), want: domain.NotFound},
		"no self":              {ask: "@bo@good", good: self(`[{"rel":"http://webfinger.net/rel/profile-page","type":"application/activity+json","href":"GOOD/bo"}]`), want: domain.NotFound},
		"self without a type":  {ask: "@bo@good", good: self(`[{"rel":"self","href":"GOOD/bo"}]`), want: domain.NotFound},
		"self of another type": {ask: "@bo@good", good: self(`[{"rel":"self","type":"application/json","href":"GOOD/bo"}]`), want: domain.NotFound},
		"self without address": {ask: "@bo@good", good: self(`[{"rel":"self","type":"application/activity+json"}]`), want: domain.NotFound},
		"self is a script":     {ask: "@bo@good", good: self(`[{"rel":"self","type":"application/activity+json","href":"javascript:alert(1)"}]`), want: domain.NotFound},
		"self is a file":       {ask: "@bo@good", good: self(`[{"rel":"self","type":"application/activity+json","href":"file:///etc/passwd"}]`), want: domain.NotFound},
		"self has a user":      {ask: "@bo@good", good: self(`[{"rel":"self","type":"application/activity+json","href":"https://a:b@good/bo"}]`), want: domain.NotFound},
		"no JSON":              {ask: "@bo@good", good: map[string]string{"acct:bo@good": "<html>"}, want: domain.NotFound},
		"a list":               {ask: "@bo@good", good: map[string]string{"acct:bo@good": "[]"}, want: domain.NotFound},
		"JSON without end":     {ask: "@bo@good", good: map[string]string{"acct:bo@good": nested(500_000)}, want: domain.NotFound},
		"too long":             {ask: "@bo@good", good: map[string]string{"acct:bo@good": strings.Repeat(" ", 1<<20) + "{}"}, want: domain.TooLarge},
	} {
		t.Run(name, func(t *testing.T) {
			good, evil := newPeer(t), newPeer(t)
			fill := strings.NewReplacer("GOOD", good.URL, "EVIL", evil.URL, "good", good.host(), "evil", evil.host()).Replace
			for p, people := range map[*peer]map[string]string{good: c.good, evil: c.evil} {
				filled := map[string]string{}
				for resource, answer := range people {
					filled[fill(resource)] = fill(answer)
				}
				p.fingers(filled)
			}
			iri, _, err := loopback(t).Finger(t.Context(), fill(c.ask))
			wantCode(t, name, err, c.want)
			if string(iri) != fill(c.iri) {
				t.Errorf("found %q, not %q", iri, fill(c.iri))
			}
		})
	}
}

// TestFingerAnswers: what the statuses and types of a host mean.
func TestFingerAnswers(t *testing.T) {
	client := loopback(t)
	for _, c := range []struct {
		status      int
		contentType string
		want        domain.Code
	}{
		{200, "application/jrd+json; charset=utf-8", domain.OK},
		{200, "application/json", domain.OK}, // as many servers say
		{200, "text/html", domain.NotFound},
		{200, "", domain.NotFound},
		{400, "application/jrd+json", domain.NotFound},
		{401, "application/jrd+json", domain.NotFound},
		{403, "application/jrd+json", domain.NotFound},
		{404, "application/jrd+json", domain.NotFound},
		{410, "application/jrd+json", domain.Gone},
		{429, "application/jrd+json", domain.Unavailable},
		{500, "application/jrd+json", domain.Unavailable},
	} {
		p := newPeer(t)
		p.HandleFunc(finger, func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Signature") != "" {
				t.Error("a public look-up is signed")
			}
			w.Header()["Content-Type"] = []string{c.contentType}
			w.WriteHeader(c.status)
			_, _ = io.WriteString(w, jrd("acct:bo@"+p.host(), p.URL+"/bo"))
		})
		_, _, err := client.Finger(t.Context(), "@bo@"+p.host())
		wantCode(t, fmt.Sprint(c.status, " ", c.contentType), err, c.want)
	}
}

// TestNoHandles: what is no handle is said to be none, and nobody is asked.
func TestNoHandles(t *testing.T) {
	names, resolver := newNames(t, func(string, int) []netip.Addr { return nil })
	client := newClient(t, remote.Options{Resolver: resolver})
	for _, handle := range []string{
		"", "@", "@@", "bo", "@bo", "bo@", "@bo@", "@@city.example", "@bo@@city.example", "@bo@city.example@evil.example",
		"acct:", "acct:bo", "https://city.example/bo", "@bo@city.example/x", "@bo@city.example?x", "@bo@city.example#x",
		"@b o@city.example", "@bo\t@city.example", "@bo/x@city.example", "@b?o@city.example", "@bo#@city.example", "@bo%40@city.example",
		"@\u00a0bo@city.example", "@bo\u2028@city.example", "@bo\x00@city.example", "@bo\x1b[@city.example",
		"@bo@city example", "@bo@city.example\\@evil", "@bo@<b>", "@bo@city_example", "@bo@*.example", "@bo@\x00",
		"@bo@xn--\u00fc.example", "@bo@-\u00fc.example", "@bo@\u200b", "@bo@b\u00fccher.example/x",
		"@" + strings.Repeat("x", 600) + "@city.example", "@bo@" + strings.Repeat("x.", 300),
	} {
		_, _, err := client.Finger(t.Context(), handle)
		wantCode(t, fmt.Sprintf("Finger %q", handle), err, domain.Invalid)
		_, err = client.Subscribe(t.Context(), handle, "https://city.example/x")
		wantCode(t, fmt.Sprintf("Subscribe %q", handle), err, domain.Invalid)
	}
	if n := names.questions(); n != 0 {
		t.Errorf("%d names were asked for", n)
	}
}

// newSecurePeer starts a server with a certificate for names, and returns a
// client that finds and trusts it.
func newSecurePeer(t testing.TB, names ...string) (*peer, *remote.Client) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		DNSNames: names, IsCA: true, BasicConstraintsValid: true,
	}
	certificate, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	p := &peer{ServeMux: http.NewServeMux()}
	p.Server = httptest.NewUnstartedServer(p.recorder())
	p.TLS = &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{{Certificate: [][]byte{certificate}, PrivateKey: key}}}
	p.StartTLS()
	t.Cleanup(p.Close)
	_, resolver := newNames(t, func(name string, _ int) []netip.Addr {
		if slices.Contains(names, name) {
			return addresses("127.0.0.1")
		}
		return nil
	})
	return p, newClient(t, remote.Options{
		AllowPrivate: true, Resolver: resolver, ExtraCA: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate}),
	})
}

// TestHostsAreCalledAsWritten: an error names a host as people write it.
func TestHostsAreCalledAsWritten(t *testing.T) {
	p, client := newSecurePeer(t, "xn--bcher-kva.example")
	_, port, err := net.SplitHostPort(p.host())
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = client.Finger(t.Context(), "@bo@bücher.example:"+port)
	var told *domain.Error
	if !errors.As(err, &told) || told.Code != domain.NotFound || !slices.Equal(told.Args, []any{"bücher.example:" + port}) {
		t.Errorf("a host that does not know somebody: %v of %v", err, told)
	}
	for _, host := range []string{"city.example", "[::1]:8080", "127.0.0.1:80", "xn--a", "xn--a:1", ""} {
		if got := network.ShownHost(host); got != host {
			t.Errorf("%q is shown as %q", host, got)
		}
	}
}

// TestFingerHosts: hosts in capitals and of other scripts are asked by the
// one name that they have in the network, and in what is asked too.
func TestFingerHosts(t *testing.T) {
	p, client := newSecurePeer(t, "city.example", "xn--bcher-kva.example", "xn--wgv71a119e.example")
	_, port, err := net.SplitHostPort(p.host())
	if err != nil {
		t.Fatal(err)
	}
	p.HandleFunc(finger, func(w http.ResponseWriter, r *http.Request) {
		resource := r.URL.Query().Get("resource")
		if !strings.HasSuffix(resource, "@"+r.Host) {
			t.Errorf("%s was asked for %s", r.Host, resource)
		}
		w.Header().Set("Content-Type", "application/jrd+json")
		_, _ = io.WriteString(w, jrd(resource, "https://"+r.Host+"/bo"))
	})
	for host, want := range map[string]string{
		"city.example":          "city.example",
		"City.EXAMPLE":          "city.example",
		"bücher.example":        "xn--bcher-kva.example",
		"BÜCHER.Example":        "xn--bcher-kva.example",
		"bu\u0308cher.example":  "xn--bcher-kva.example", // with a combining diaeresis
		"xn--bcher-kva.example": "xn--bcher-kva.example",
		"XN--BCHER-KVA.example": "xn--bcher-kva.example",
		"日本語.example":           "xn--wgv71a119e.example",
		"日本語。example":           "xn--wgv71a119e.example", // with an ideographic full stop
		"ｃｉｔｙ.example":          "city.example",           // in full width
		"city.example\u00ad":    "city.example",           // with a soft hyphen
	} {
		iri, _, err := client.Finger(t.Context(), "@bo@"+host+":"+port)
		if wanted := domain.IRI("https://" + want + ":" + port + "/bo"); err != nil || iri != wanted {
			t.Errorf("%q: %q, %v", host, iri, err)
		}
	}
}

// TestSubscribe: where a person goes to follow from their own server.
func TestSubscribe(t *testing.T) {
	const target = "https://city.example/communities/mobility?a=1&b=2#x"
	escaped := url.QueryEscape(target)
	client := loopback(t)
	for template, want := range map[string]string{
		"HOST/authorize_interaction?uri={uri}":         "HOST/authorize_interaction?uri=" + escaped,
		"HOST/follow/{uri}?again={uri}":                "HOST/follow/" + escaped + "?again=" + escaped,
		"HOST/authorize_interaction":                   "",
		"HOST/authorize_interaction?uri={url}":         "",
		"javascript:alert('{uri}')":                    "",
		"data:text/html,{uri}":                         "",
		"//evil.example/{uri}":                         "",
		"/authorize_interaction?uri={uri}":             "",
		"http://evil.example/{uri}":                    "", // without TLS is for loopback alone
		"https://user:secret@evil.example/{uri}":       "",
		"HOST/\r\nSet-Cookie: a=b?uri={uri}":           "",
		"HOST/" + strings.Repeat("x", 2048) + "?{uri}": "",
		"": "",
	} {
		p := newPeer(t)
		fill := strings.NewReplacer("HOST", p.URL).Replace
		raw, err := json.Marshal(map[string]any{"subject": "acct:bo@" + p.host(), "links": []any{
			map[string]string{"rel": "self", "type": activityJSON, "href": p.URL + "/bo"},
			map[string]string{"rel": "http://ostatus.org/schema/1.0/subscribe", "template": fill(template)},
		}})
		if err != nil {
			t.Fatal(err)
		}
		p.fingers(map[string]string{"acct:bo@" + p.host(): string(raw)})
		got, err := client.Subscribe(t.Context(), "@bo@"+p.host(), target)
		code := domain.OK
		if want == "" {
			code = domain.NotFound
		}
		wantCode(t, "the template "+template, err, code)
		if got != fill(want) {
			t.Errorf("%s: %q", template, got)
		}
	}
	intents := newPeer(t)
	intents.fingers(map[string]string{"acct:bo@" + intents.host(): fmt.Sprintf(`{"subject":"acct:bo@%[1]s","links":[{"rel":"https://w3id.org/fep/3b86/Follow","template":"%[2]s/f?{object}"},{"rel":"https://w3id.org/fep/3b86/Object","template":"%[2]s/o?{object}"}]}`, intents.host(), intents.URL)})
	for path, find := range map[string]func(context.Context, string, domain.IRI) (string, error){"/f?": client.Subscribe, "/o?": client.Opens} {
		if got, err := find(t.Context(), "@bo@"+intents.host(), target); err != nil || got != intents.URL+path+escaped {
			t.Errorf("%s: %q (%v)", path, got, err)
		}
	}
	p, other := newPeer(t), newPeer(t)
	p.fingers(map[string]string{"acct:bo@" + p.host(): fmt.Sprintf(
		`{"subject":"acct:bo@%s","links":[{"rel":"http://ostatus.org/schema/1.0/subscribe","template":"%s/{uri}"}]}`, other.host(), p.URL)})
	other.fingers(nil)
	_, err := client.Subscribe(t.Context(), "@bo@"+p.host(), target)
	wantCode(t, "the page of somebody else's server", err, domain.NotFound)
}

// FuzzFinger: no answer of a host makes an address that is none, or another
// failure than those that are told.
func FuzzFinger(f *testing.F) {
	var body []byte
	p := newPeer(f)
	p.HandleFunc(finger, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/jrd+json")
		_, _ = w.Write(body)
	})
	_, resolver := newNames(f, func(string, int) []netip.Addr { return nil }) // whatever host an answer names
	client := newClient(f, remote.Options{AllowPrivate: true, Resolver: resolver})
	handle := "@bo@" + p.host()
	for _, s := range []string{
		jrd("acct:bo@"+p.host(), p.URL+"/bo"), jrd("", "https://city.example/bo"), jrd("acct:bo@10.0.0.1", p.URL+"/bo"),
		`{"links":[{"rel":"http://ostatus.org/schema/1.0/subscribe","template":"` + p.URL + `/{uri}"}]}`,
		`{"subject":1}`, `{"links":[null,{}]}`, `[]`, `null`, `{`, "",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		body = raw
		iri, _, err := client.Finger(t.Context(), handle)
		if _, bad := domain.ParseIRI(string(iri)); err == nil && bad != nil {
			t.Errorf("found %q", iri)
		}
		address, again := client.Subscribe(t.Context(), handle, "https://city.example/x")
		if again == nil && !strings.HasPrefix(address, "http") {
			t.Errorf("follow at %q", address)
		}
		for _, err := range []error{err, again} {
			switch code := domain.CodeOf(err); code {
			case domain.OK, domain.NotFound, domain.Forbidden, domain.Unavailable, domain.TooLarge, domain.Gone:
			default:
				t.Errorf("%q: %v", code, err)
			}
		}
	})
}

// FuzzSplitHandle: whatever is taken for a handle has a host that a URL has
// too, and is the same when read again.
func FuzzSplitHandle(f *testing.F) {
	for _, s := range []string{"@bo@city.example", "acct:bo@127.0.0.1:8080", "bo@[::1]:80", "@bo@BÜCHER.example:1", "@a@b@c", "@ñ@日本語。example", "@x@:", "@x@[", "@x@xn--a"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, handle string) {
		name, host, err := remote.SplitHandle(handle)
		if err != nil {
			wantCode(t, handle, err, domain.Invalid)
			return
		}
		for _, r := range host {
			if r > 0x7f || r >= 'A' && r <= 'Z' || strings.ContainsRune("@/?#\\% ", r) {
				t.Errorf("%q has the host %q", handle, host)
			}
		}
		if u, err := url.Parse("https://" + host + "/x"); err == nil && (u.Host != host || u.User != nil || u.Path != "/x") {
			t.Errorf("%q: %q is the host %q", handle, host, u.Host)
		}
		again, at, err := remote.SplitHandle(name + "@" + host)
		if strings.HasPrefix(name, "acct:") {
			return // a name of this form is read as a prefix
		}
		if err != nil || again != name || at != host {
			t.Errorf("%q is %q at %q, and then %q at %q (%v)", handle, name, host, again, at, err)
		}
	})
}

// FuzzObject: who reads the document that the client lets through finds in it
// the id that was asked for, or another of the same origin that has this document.
func FuzzObject(f *testing.F) {
	var body []byte
	p := newPeer(f)
	p.HandleFunc("/x", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", activityJSON)
		_, _ = w.Write(body)
	})
	client, iri := loopback(f), p.iri("/x")
	for _, s := range []string{
		note("X"), `{"id":"X","ID":"https://evil.example/x"}`, `{"ID":"X","id":"https://evil.example/x"}`, `{"id":"X#main-key"}`,
		`{"id":["X"]}`, `{"id":{"id":"X"}}`, `{"id":"X","a":` + nested(70) + `}`, `[]`, `null`, "",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		body = []byte(strings.ReplaceAll(string(raw), `"X`, `"`+string(iri)))
		doc, err := read(t, client, iri)
		if err != nil {
			return
		}
		id := doc.IRI("id").WithoutFragment()
		if id == iri {
			return
		}
		there, err := read(t, client, id)
		if err != nil || !domain.SameOrigin(id, iri) || there.IRI("id").WithoutFragment() != id {
			t.Errorf("asked for %s, read %q, which has %q (%v)", iri, id, there.IRI("id"), err)
		}
	})
}
