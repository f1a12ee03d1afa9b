package remote_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"interlink/domain"
	"interlink/federation/activity"
	"interlink/federation/httpsig"
	"interlink/federation/remote"
)

// read reads an object as its readers do: what the client lets through is
// scanned before anything is believed.
func read(t testing.TB, c *remote.Client, iri domain.IRI) (activity.Document, error) {
	t.Helper()
	raw, err := c.Object(t.Context(), iri)
	if err != nil {
		return nil, err
	}
	return activity.Scan(raw)
}

// TestObjectIdentity: an id counts only if the document came from its origin.
// "GOOD" and "EVIL" stand for the addresses of two servers; the object asked
// for is EVIL/x, or GOOD/x where EVIL has got hold of a redirect there.
func TestObjectIdentity(t *testing.T) {
	const redirect = "->"
	for name, c := range map[string]struct {
		ask  string
		good map[string]string // path: document, or "->" and where to
		evil map[string]string
		want domain.Code
		id   string
	}{
		"its own":                        {ask: "GOOD/x", good: map[string]string{"/x": `{"id":"GOOD/x"}`}, id: "GOOD/x"},
		"its own, with a fragment":       {ask: "GOOD/x#main-key", good: map[string]string{"/x": `{"id":"GOOD/x"}`}, id: "GOOD/x"},
		"its own, behind a redirect":     {ask: "GOOD/x", good: map[string]string{"/x": "->/y", "/y": `{"id":"GOOD/x"}`}, id: "GOOD/x"},
		"of another path":                {ask: "GOOD/@x", good: map[string]string{"/@x": `{"id":"GOOD/x"}`, "/x": `{"id":"GOOD/x"}`}, id: "GOOD/x"},
		"of another path that is none":   {ask: "GOOD/@x", good: map[string]string{"/@x": `{"id":"GOOD/x"}`}, want: domain.NotFound},
		"of a chain of paths":            {ask: "GOOD/1", good: map[string]string{"/1": `{"id":"GOOD/2"}`, "/2": `{"id":"GOOD/3"}`, "/3": `{"id":"GOOD/3"}`}, want: domain.Invalid},
		"of another server":              {ask: "EVIL/x", evil: map[string]string{"/x": `{"id":"GOOD/x"}`}, good: map[string]string{"/x": `{"id":"GOOD/x"}`}, want: domain.Invalid},
		"moved to another server":        {ask: "EVIL/x", evil: map[string]string{"/x": "->GOOD/x"}, good: map[string]string{"/x": `{"id":"GOOD/x"}`}, want: domain.Invalid},
		"an open redirect":               {ask: "GOOD/x", good: map[string]string{"/x": "->EVIL/x"}, evil: map[string]string{"/x": `{"id":"GOOD/x"}`}, want: domain.Invalid},
		"an open redirect, other path":   {ask: "GOOD/x", good: map[string]string{"/x": "->EVIL/x", "/y": "->EVIL/x"}, evil: map[string]string{"/x": `{"id":"GOOD/y"}`}, want: domain.Invalid},
		"an open redirect behind an id":  {ask: "GOOD/x", good: map[string]string{"/x": `{"id":"GOOD/y"}`, "/y": "->EVIL/y"}, evil: map[string]string{"/y": `{"id":"GOOD/y"}`}, want: domain.Invalid},
		"a redirect there and back":      {ask: "GOOD/x", good: map[string]string{"/x": "->EVIL/x", "/y": `{"id":"GOOD/x"}`}, evil: map[string]string{"/x": "->GOOD/y"}, id: "GOOD/x"},
		"another port's":                 {ask: "EVIL/x", evil: map[string]string{"/x": `{"id":"http://127.0.0.1/x"}`}, want: domain.Invalid},
		"another scheme's":               {ask: "EVIL/x", evil: map[string]string{"/x": `{"id":"TLS/x"}`}, want: domain.Invalid},
		"of another case":                {ask: "EVIL/x", evil: map[string]string{"/x": `{"ID":"EVIL/x"}`}, want: domain.Invalid},
		"two ids, by case":               {ask: "EVIL/x", evil: map[string]string{"/x": `{"id":"GOOD/x","ID":"EVIL/x"}`}, want: domain.Invalid},
		"two ids, by case, other order":  {ask: "EVIL/x", evil: map[string]string{"/x": `{"Id":"GOOD/x","id":"EVIL/x"}`}, id: "EVIL/x"},
		"two ids":                        {ask: "EVIL/x", evil: map[string]string{"/x": `{"id":"GOOD/x","id":"EVIL/x"}`}, want: domain.Invalid},
		"two ids, one of them written":   {ask: "EVIL/x", evil: map[string]string{"/x": `{"id":"GOOD/x","\u0069d":"EVIL/x"}`}, want: domain.Invalid},
		"none":                           {ask: "EVIL/x", evil: map[string]string{"/x": `{"type":"Note"}`}, want: domain.Invalid},
		"empty":                          {ask: "EVIL/x", evil: map[string]string{"/x": `{"id":""}`}, want: domain.Invalid},
		"null":                           {ask: "EVIL/x", evil: map[string]string{"/x": `{"id":null}`}, want: domain.Invalid},
		"a number":                       {ask: "EVIL/x", evil: map[string]string{"/x": `{"id":1}`}, want: domain.Invalid},
		"a list":                         {ask: "EVIL/x", evil: map[string]string{"/x": `{"id":["EVIL/x"]}`}, want: domain.Invalid},
		"relative":                       {ask: "EVIL/x", evil: map[string]string{"/x": `{"id":"/x"}`}, want: domain.Invalid},
		"with a user":                    {ask: "EVIL/x", evil: map[string]string{"/x": `{"id":"http://a@127.0.0.1/x"}`}, want: domain.Invalid},
		"a list of documents":            {ask: "EVIL/x", evil: map[string]string{"/x": `[{"id":"EVIL/x"}]`}, want: domain.Invalid},
		"no JSON":                        {ask: "EVIL/x", evil: map[string]string{"/x": `<html>`}, want: domain.Invalid},
		"nothing":                        {ask: "EVIL/x", evil: map[string]string{"/x": ``}, want: domain.Invalid},
		"two documents":                  {ask: "EVIL/x", evil: map[string]string{"/x": `{"id":"EVIL/x"}{"id":"GOOD/x"}`}, want: domain.Invalid},
		"with a NUL":                     {ask: "EVIL/x", evil: map[string]string{"/x": "{\"id\":\"EVIL/x\",\"name\":\"\x00\"}"}, want: domain.Invalid},
		"not UTF-8":                      {ask: "EVIL/x", evil: map[string]string{"/x": "{\"id\":\"EVIL/x\",\"name\":\"\xff\"}"}, want: domain.Invalid},
		"nested 65 deep":                 {ask: "EVIL/x", evil: map[string]string{"/x": `{"id":"EVIL/x","a":` + nested(64) + `}`}, want: domain.Invalid},
		"nested 64 deep":                 {ask: "EVIL/x", evil: map[string]string{"/x": `{"id":"EVIL/x","a":` + nested(63) + `}`}, id: "EVIL/x"},
		"nested so deep as 1 MiB allows": {ask: "EVIL/x", evil: map[string]string{"/x": `{"id":"EVIL/x","a":` + nested(500_000) + `}`}, want: domain.Invalid},
	} {
		t.Run(name, func(t *testing.T) {
			good, evil := newPeer(t), newPeer(t)
			fill := strings.NewReplacer("GOOD", good.URL, "EVIL", evil.URL, "TLS", strings.Replace(evil.URL, "http", "https", 1)).Replace
			for p, documents := range map[*peer]map[string]string{good: c.good, evil: c.evil} {
				for path, document := range documents {
					if to, ok := strings.CutPrefix(document, redirect); ok {
						p.redirect(path, fill(to))
					} else {
						p.answer(path, activityJSON, fill(document))
					}
				}
			}
			doc, err := read(t, loopback(t), domain.IRI(fill(c.ask)))
			wantCode(t, name, err, c.want)
			if got := string(doc.IRI("id")); got != fill(c.id) {
				t.Errorf("read %q", got)
			}
		})
	}
}

func nested(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }

// TestContentTypes: plain JSON and HTML may be anybody's upload
// (GHSA-jhrq-qvrm-qr36).
func TestContentTypes(t *testing.T) {
	const profile = "https://www.w3.org/ns/activitystreams"
	client := loopback(t)
	for contentType, want := range map[string]domain.Code{
		"application/activity+json":                                                       domain.OK,
		"Application/Activity+JSON; charset=utf-8":                                        domain.OK,
		`application/ld+json; profile="` + profile + `"`:                                  domain.OK,
		`application/ld+json; charset=utf-8; profile="https://a.example ` + profile + `"`: domain.OK,
		"application/ld+json":                                                             domain.Invalid,
		`application/ld+json; profile="https://www.w3.org/ns/other"`:                      domain.Invalid,
		`application/ld+json; profile="` + profile + `-of-mine"`:                          domain.Invalid,
		`application/ld+json; profile="https://evil.example/?` + profile + `"`:            domain.Invalid,
		"application/json":                            domain.Invalid,
		"application/jrd+json":                        domain.Invalid,
		`application/json; profile="` + profile + `"`: domain.Invalid,
		"text/html":                                   domain.Invalid,
		"text/plain; application/activity+json":       domain.Invalid,
		"text/html, application/activity+json":        domain.Invalid,
		"application/activity+json, text/html":        domain.Invalid,
		"application/activity+jsonx":                  domain.Invalid,
		"application/octet-stream":                    domain.Invalid,
		"image/png":                                   domain.Invalid,
		"":                                            domain.Invalid,
	} {
		p := newPeer(t)
		p.answer("/x", contentType, note(p.iri("/x")))
		wantCode(t, "the type "+contentType, get(t, client, p.iri("/x")), want)
	}
	p := newPeer(t)
	p.HandleFunc("/x", func(w http.ResponseWriter, _ *http.Request) {
		w.Header()["Content-Type"] = nil // so that the server does not guess one
		_, _ = io.WriteString(w, note(p.iri("/x")))
	})
	wantCode(t, "no type", get(t, client, p.iri("/x")), domain.Invalid)
}

// TestStatuses: what an answer means to who asked.
func TestStatuses(t *testing.T) {
	client := loopback(t)
	for status, want := range map[int]domain.Code{
		200: domain.OK, 201: domain.Invalid, 202: domain.Invalid, 204: domain.Invalid, 206: domain.Invalid,
		300: domain.Invalid, 304: domain.Invalid, 400: domain.Invalid, 401: domain.Forbidden, 402: domain.Invalid,
		403: domain.Forbidden, 404: domain.NotFound, 405: domain.Invalid, 406: domain.Invalid, 408: domain.Unavailable,
		410: domain.Gone, 418: domain.Invalid, 421: domain.Invalid, 425: domain.Unavailable, 429: domain.Unavailable,
		451: domain.Invalid, 500: domain.Unavailable, 501: domain.Unavailable, 502: domain.Unavailable,
		503: domain.Unavailable, 504: domain.Unavailable, 521: domain.Unavailable, 599: domain.Unavailable,
	} {
		p := newPeer(t)
		p.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", activityJSON)
			w.WriteHeader(status)
			_, _ = io.WriteString(w, note(p.iri("/x")))
		})
		wantCode(t, fmt.Sprintf("status %d", status), get(t, client, p.iri("/x")), want)
		// A second try, signed in another way, is for those who refused the first.
		tries := 1
		if status == 401 || status == 403 {
			tries = 2
		}
		if asked := p.requests(); len(asked) != tries {
			t.Errorf("status %d: asked %q", status, asked)
		}
		response, err := post(t, client, p.iri("/inbox"), "{}")
		if err != nil || response.Status != status {
			t.Errorf("Post, status %d: %+v, %v", status, response, err)
		}
	}
}

// TestBodies: 1 MiB is the limit, whatever is said of the size before.
func TestBodies(t *testing.T) {
	const limit = 1 << 20
	padded := func(id domain.IRI, size int) []byte {
		document := []byte(note(id))
		return append(document, bytes.Repeat([]byte(" "), size-len(document))...)
	}
	zipped := func(body []byte) []byte {
		var b bytes.Buffer
		z, err := gzip.NewWriterLevel(&b, gzip.BestSpeed)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := z.Write(body); err != nil {
			t.Fatal(err)
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	send := func(encoding string, body func(id domain.IRI) []byte) func(*peer) http.HandlerFunc {
		return func(p *peer) http.HandlerFunc {
			b := body(p.iri("/x"))
			return func(w http.ResponseWriter, _ *http.Request) {
				if encoding != "" {
					w.Header().Set("Content-Encoding", encoding)
				}
				_, _ = w.Write(b)
			}
		}
	}
	chunked := func(size int) func(*peer) http.HandlerFunc {
		return func(p *peer) http.HandlerFunc {
			return func(w http.ResponseWriter, _ *http.Request) {
				for part := range slices.Chunk(padded(p.iri("/x"), size), 64<<10) {
					_, _ = w.Write(part)
					_ = http.NewResponseController(w).Flush()
				}
			}
		}
	}
	client := loopback(t)
	for name, c := range map[string]struct {
		handler func(*peer) http.HandlerFunc
		want    domain.Code
	}{
		"the limit":                   {send("", func(id domain.IRI) []byte { return padded(id, limit) }), domain.OK},
		"over the limit":              {send("", func(id domain.IRI) []byte { return padded(id, limit+1) }), domain.TooLarge},
		"the limit in chunks":         {chunked(limit), domain.OK},
		"over the limit in chunks":    {chunked(limit + 1), domain.TooLarge},
		"far over the limit":          {chunked(8 * limit), domain.TooLarge},
		"compressed":                  {send("gzip", func(id domain.IRI) []byte { return zipped(padded(id, limit)) }), domain.OK},
		"compressed, over the limit":  {send("gzip", func(id domain.IRI) []byte { return zipped(padded(id, limit+1)) }), domain.TooLarge},
		"a bomb":                      {send("gzip", func(id domain.IRI) []byte { return zipped(padded(id, 16*limit)) }), domain.TooLarge},
		"a bomb in a bomb":            {send("gzip, gzip", func(id domain.IRI) []byte { return zipped(zipped(padded(id, 2*limit))) }), domain.Invalid},
		"compressed twice, said once": {send("gzip", func(id domain.IRI) []byte { return zipped(zipped([]byte(note(id)))) }), domain.Invalid},
		"not compressed as it says":   {send("gzip", func(id domain.IRI) []byte { return []byte(note(id)) }), domain.Unavailable},
		"cut off while compressed":    {send("gzip", func(id domain.IRI) []byte { return zipped(padded(id, limit))[:500] }), domain.Unavailable},
		"an encoding not asked for":   {send("br", func(domain.IRI) []byte { return []byte{0x0b, 0x02, 0x80} }), domain.Invalid},
		"shorter than it says": {func(p *peer) http.HandlerFunc {
			return func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Length", "1000")
				_, _ = io.WriteString(w, note(p.iri("/x")))
			}
		}, domain.Unavailable},
		"broken off": {func(p *peer) http.HandlerFunc {
			return func(w http.ResponseWriter, _ *http.Request) {
				_, _ = io.WriteString(w, note(p.iri("/x")))
				_ = http.NewResponseController(w).Flush()
				panic(http.ErrAbortHandler)
			}
		}, domain.Unavailable},
		"no answer": {func(*peer) http.HandlerFunc {
			return func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }
		}, domain.Unavailable},
		"headers without end": {func(*peer) http.HandlerFunc {
			return func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("X-Long", strings.Repeat("x", 128<<10))
			}
		}, domain.Unavailable},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPeer(t)
			handler := c.handler(p)
			p.HandleFunc("/x", func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", activityJSON)
				handler(w, r)
			})
			wantCode(t, name, get(t, client, p.iri("/x")), c.want)
		})
	}
}

// TestSlowServers: one deadline holds for a whole document, however its
// server spends it. Each server would go on until it is hung up on, which the
// end of the test waits for.
func TestSlowServers(t *testing.T) {
	const deadline = 300 * time.Millisecond
	// drip writes a byte a while.
	drip := func(w http.ResponseWriter, r *http.Request) {
		clock := time.NewTicker(deadline / 20)
		defer clock.Stop()
		for {
			_, _ = w.Write([]byte(" "))
			_ = http.NewResponseController(w).Flush()
			select {
			case <-clock.C:
			case <-r.Context().Done():
				return
			}
		}
	}
	later := func(r *http.Request, after time.Duration) {
		clock := time.NewTimer(after)
		defer clock.Stop()
		select {
		case <-clock.C:
		case <-r.Context().Done():
		}
	}
	for name, handler := range map[string]func(p *peer) http.HandlerFunc{
		"never answers": func(*peer) http.HandlerFunc {
			return func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
		},
		"stops after the headers": func(*peer) http.HandlerFunc {
			return func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", activityJSON)
				_ = http.NewResponseController(w).Flush()
				<-r.Context().Done()
			}
		},
		"sends a byte a while": func(*peer) http.HandlerFunc {
			return func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", activityJSON)
				drip(w, r)
			}
		},
		"sends a byte a while of an answer that is not wanted": func(*peer) http.HandlerFunc {
			return func(w http.ResponseWriter, r *http.Request) {
				w.WriteHeader(http.StatusServiceUnavailable)
				drip(w, r)
			}
		},
		// Each request would be in time; all together are not.
		"redirects, each time late": func(*peer) http.HandlerFunc {
			return func(w http.ResponseWriter, r *http.Request) {
				later(r, deadline*2/3)
				http.Redirect(w, r, "/", http.StatusFound)
			}
		},
		"has another id, late": func(p *peer) http.HandlerFunc {
			return func(w http.ResponseWriter, r *http.Request) {
				later(r, deadline*2/3)
				w.Header().Set("Content-Type", activityJSON)
				_, _ = io.WriteString(w, note(p.iri("/y")))
			}
		},
		"refuses the first signature, late": func(p *peer) http.HandlerFunc {
			return func(w http.ResponseWriter, r *http.Request) {
				later(r, deadline*2/3)
				w.Header().Set("Content-Type", activityJSON)
				if r.Header.Get("Signature-Input") == "" {
					w.WriteHeader(http.StatusUnauthorized)
				}
				_, _ = io.WriteString(w, note(p.iri("/x")))
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPeer(t)
			p.HandleFunc("/", handler(p))
			client := newClient(t, remote.Options{AllowPrivate: true, Timeout: deadline})
			wantCode(t, name, get(t, client, p.iri("/x")), domain.Unavailable)
		})
	}
	t.Run("a late inbox", func(t *testing.T) {
		t.Parallel()
		p := newPeer(t)
		p.HandleFunc("/inbox", func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body) // else the server does not notice that we hang up
			<-r.Context().Done()
		})
		_, err := post(t, newClient(t, remote.Options{AllowPrivate: true, Timeout: deadline}), p.iri("/inbox"), "{}")
		wantCode(t, "Post", err, domain.Unavailable)
	})
	// The status says it all: what follows is not worth a second delivery.
	t.Run("an inbox with a long answer", func(t *testing.T) {
		t.Parallel()
		p := newPeer(t)
		p.HandleFunc("/inbox", func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			w.WriteHeader(http.StatusAccepted)
			drip(w, r)
		})
		response, err := post(t, newClient(t, remote.Options{AllowPrivate: true, Timeout: deadline}), p.iri("/inbox"), "{}")
		if err != nil || response.Status != http.StatusAccepted {
			t.Errorf("%+v, %v", response, err)
		}
	})
	// Who asked has gone: so does the request.
	t.Run("a caller who leaves", func(t *testing.T) {
		t.Parallel()
		p := newPeer(t)
		ctx, leave := context.WithCancel(t.Context())
		p.HandleFunc("/x", func(_ http.ResponseWriter, r *http.Request) {
			leave()
			<-r.Context().Done()
		})
		_, err := loopback(t).Object(ctx, p.iri("/x"))
		wantCode(t, "Object", err, domain.Unavailable)
	})
}

// verified makes a handler that lets through only what is signed with the
// node's key by a scheme.
func verified(t testing.TB, p *peer, scheme httpsig.Scheme, next http.HandlerFunc) http.HandlerFunc {
	t.Helper()
	key := publicKey(t, theKey())
	return func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		sig, err := httpsig.Parse(r, p.URL+r.URL.RequestURI())
		if err == nil {
			err = sig.Verify(key, body, time.Now())
		}
		if err != nil || sig.Scheme() != scheme || sig.KeyID() != theKey().ID {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		next(w, r)
	}
}

func publicKey(t testing.TB, key *httpsig.Key) crypto.PublicKey {
	t.Helper()
	text, err := key.PublicPEM()
	if err != nil {
		t.Fatal(err)
	}
	public, err := httpsig.ParsePublicKey(string(text))
	if err != nil {
		t.Fatal(err)
	}
	return public
}

// TestSignedRequests: peers that demand signatures get them, by the scheme
// they know, for each address of a chain of redirects.
func TestSignedRequests(t *testing.T) {
	client := loopback(t)
	for _, scheme := range []httpsig.Scheme{httpsig.Cavage, httpsig.RFC9421} {
		first, second := newPeer(t), newPeer(t)
		first.HandleFunc("/x", verified(t, first, scheme, func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, second.URL+"/middle?a=1&b=%20", http.StatusFound)
		}))
		second.HandleFunc("/middle", verified(t, second, scheme, func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, first.URL+"/last", http.StatusFound)
		}))
		first.HandleFunc("/last", verified(t, first, scheme, func(w http.ResponseWriter, r *http.Request) {
			if got := r.Header.Get("Accept"); !strings.Contains(got, activityJSON) {
				t.Errorf("Accept: %q", got)
			}
			if got := r.UserAgent(); !strings.Contains(got, "https://city.example/") {
				t.Errorf("User-Agent: %q", got)
			}
			w.Header().Set("Content-Type", activityJSON)
			_, _ = io.WriteString(w, note(first.iri("/x")))
		}))
		wantCode(t, "Object by "+string(scheme), get(t, client, first.iri("/x")), domain.OK)

		body := `{"type":"Create"}`
		second.HandleFunc("POST /inbox", verified(t, second, scheme, func(w http.ResponseWriter, r *http.Request) {
			if got := r.Header.Get("Content-Type"); got != activityJSON {
				t.Errorf("Content-Type: %q", got)
			}
			w.WriteHeader(http.StatusAccepted)
		}))
		digest := sum(body)
		response, err := client.Post(t.Context(), remote.Message{Inbox: second.iri("/inbox"), Body: []byte(body), Digest: digest}, theKey(), scheme)
		if err != nil || response.Status != http.StatusAccepted {
			t.Errorf("Post by %s: %+v, %v", scheme, response, err)
		}
	}
}

// TestSharedSecrets: nothing a server sends is sent back to it or to others.
func TestSharedSecrets(t *testing.T) {
	p, client := newPeer(t), loopback(t)
	p.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		for _, name := range []string{"Cookie", "Referer", "Authorization"} {
			if got := r.Header.Get(name); got != "" {
				t.Errorf("%s: %s was sent: %s", r.URL.Path, name, got)
			}
		}
		w.Header().Set("Set-Cookie", "who=you; Path=/")
		w.Header().Set("Content-Type", activityJSON)
		if r.URL.Path == "/x" {
			http.Redirect(w, r, "/y", http.StatusFound)
			return
		}
		_, _ = io.WriteString(w, note(p.iri("/x")))
	})
	for range 2 {
		wantCode(t, "Object", get(t, client, p.iri("/x")), domain.OK)
	}
	if _, err := post(t, client, p.iri("/inbox"), "{}"); err != nil {
		t.Error(err)
	}
	if asked := p.requests(); len(asked) != 5 {
		t.Errorf("asked %q", asked)
	}
}

// TestExcerpts: what administrators see of an inbox's answer is short, and
// text, whatever was sent.
func TestExcerpts(t *testing.T) {
	client := loopback(t)
	for body, want := range map[string]string{
		"":                                "",
		"unknown actor":                   "unknown actor",
		"\xff\xfe":                        "?",
		strings.Repeat("x", 1<<20):        strings.Repeat("x", 300),
		strings.Repeat("x", 299) + "ñ":    strings.Repeat("x", 299) + "?", // cut in the middle
		"<script>alert(1)</script> \x1b[": "<script>alert(1)</script> \x1b[",
	} {
		p := newPeer(t)
		p.HandleFunc("/inbox", func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusBadRequest)
			_, _ = io.WriteString(w, body)
		})
		response, err := post(t, client, p.iri("/inbox"), "{}")
		if err != nil || response.Excerpt != want {
			t.Errorf("an answer of %d bytes: %q, %v", len(body), response.Excerpt, err)
		}
	}
}

// TestAuthorities: certificates that are none are found when the node starts.
func TestAuthorities(t *testing.T) {
	for _, text := range []string{"x", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"} {
		_, err := remote.NewClient(remote.Options{ExtraCA: []byte(text)})
		wantCode(t, text, err, domain.Invalid)
	}
}
