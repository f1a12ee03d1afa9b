package federationtest_test

import (
	"bytes"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"interlink/federation/federationtest"
	"interlink/federation/httpsig"
)

// The rows of the reference's table of transport, signatures and keys
// (federation.md §1.2): one test for each, against the real server.

// TestFedS1CavageOut: who is not known otherwise is signed for in the draft's
// way.
func TestFedS1CavageOut(t *testing.T) {
	x := newRig(t, nil)
	x.judge(accepting)
	sent := x.news()
	if schemes(sent) != "cavage" {
		t.Fatalf("sent by %q", schemes(sent))
	}
	header := sent[0].r.Header.Get("Signature")
	for _, part := range []string{`algorithm="rsa-sha256"`, `headers="(request-target) host date digest collection-synchronization"`, `keyId="` + string(x.community.IRI) + `#main-key"`} {
		if !strings.Contains(header, part) {
			t.Errorf("%s is not in %s", part, header)
		}
	}
	if err := x.verifies(sent[0]); err != nil {
		t.Error(err)
	}
}

// TestFedS2CavageIn: both labels, with date or (created); what must be signed
// is asked for.
func TestFedS2CavageIn(t *testing.T) {
	x := newRig(t, nil)
	unix := strconv.FormatInt(time.Now().Unix(), 10)
	later := strconv.FormatInt(time.Now().Add(time.Minute).Unix(), 10)
	for name, c := range map[string]struct {
		params, names string
		want          int
	}{
		"rsa-sha256":                {`algorithm="rsa-sha256"`, "(request-target) host date digest", 202},
		"no label":                  {`x="1"`, "(request-target) host date digest", 202},
		"hs2019":                    {`algorithm="hs2019"`, "(request-target) host date digest", 202},
		"created":                   {`algorithm="hs2019",created=` + unix, "(request-target) (created) host digest", 202},
		"created and expires":       {`algorithm="hs2019",created=` + unix + ",expires=" + later, "(request-target) (created) (expires) host digest", 202},
		"created under rsa-sha256":  {`algorithm="rsa-sha256",created=` + unix, "(request-target) (created) host digest", 401},
		"neither date nor created":  {`algorithm="rsa-sha256"`, "(request-target) host digest", 401},
		"no host":                   {`algorithm="rsa-sha256"`, "(request-target) date digest", 401},
		"no target":                 {`algorithm="rsa-sha256"`, "host date digest", 401},
		"no digest":                 {`algorithm="rsa-sha256"`, "(request-target) host date", 401},
		"an algorithm of no one":    {`algorithm="hmac-sha256"`, "(request-target) host date digest", 401},
		"a date that is not signed": {`algorithm="rsa-sha256"`, "(request-target) host digest", 401},
	} {
		raw := x.note()
		values := map[string]string{"date": httpDate(0), "digest": digestOf(raw), "(created)": unix, "(expires)": later}
		x.wants(name, x.by(x.URL+"/inbox", raw, x.cavage("/inbox", c.params, strings.Fields(c.names), values)), c.want)
	}
}

// TestFedS3Query: peers sign the target with its query, or without it.
func TestFedS3Query(t *testing.T) {
	x := newRig(t, nil)
	for target, want := range map[string]int{"/inbox?from=there": 202, "/inbox": 202, "/inbox?from=elsewhere": 401} {
		raw := x.note()
		sign := x.cavage(target, `algorithm="rsa-sha256"`, strings.Fields("(request-target) host date digest"),
			map[string]string{"date": httpDate(0), "digest": digestOf(raw)})
		x.wants(target, x.by(x.URL+"/inbox?from=there", raw, sign), want)
	}
}

// TestFedS4RFC9421In: with RSA.
func TestFedS4RFC9421In(t *testing.T) {
	x := newRig(t, nil)
	sign := func(raw []byte, change func(*http.Request)) func(*http.Request) error {
		return func(r *http.Request) error { // change comes after it
			digest := sha256.Sum256(raw)
			err := httpsig.Sign(r, x.peer.Key(1), httpsig.RFC9421, &digest, time.Now())
			change(r)
			return err
		}
	}
	raw := x.note()
	x.wants("a signature", x.by(x.URL+"/inbox", raw, sign(raw, func(*http.Request) {})), 202)
	const profile = `application/ld+json; profile="https://www.w3.org/ns/activitystreams"`
	raw = x.note()
	x.wants("of the other media type", x.by(x.URL+"/inbox", raw, func(r *http.Request) error {
		r.Header.Set("Content-Type", profile)
		return sign(raw, func(*http.Request) {})(r)
	}), 202)
	for name, change := range map[string]func(*http.Request){
		"another type": func(r *http.Request) {
			r.Header.Set("Content-Type", `application/ld+json; profile="https://www.w3.org/ns/activitystreams"`)
		},
		"another digest": func(r *http.Request) { r.Header.Set("Content-Digest", "sha-256=:"+strings.Repeat("A", 43)+"=:") },
		"another key": func(r *http.Request) {
			r.Header.Set("Signature-Input", strings.Replace(r.Header.Get("Signature-Input"), "people/1", "people/2", 1))
		},
		"no label": func(r *http.Request) { r.Header.Set("Signature-Input", "other"+r.Header.Get("Signature-Input")) },
	} {
		raw := x.note()
		x.wants(name, x.by(x.URL+"/inbox", raw, sign(raw, change)), 401)
	}
}

// TestFedS5Ed25519: accepted from whoever shows the key; sent to those whose
// actors ask for it, and never tried on others.
func TestFedS5Ed25519(t *testing.T) {
	x := newRig(t, proving)
	raw := x.note()
	status, err := x.peer.SendRaw(t.Context(), x.peer.Ed25519(1), x.URL+"/inbox", raw, httpsig.Ed25519)
	if err != nil || status != http.StatusAccepted {
		t.Errorf("an Ed25519 signature: %d (%v)", status, err)
	}
	other, err := httpsig.GenerateEd25519(x.peer.Ed25519(1).ID)
	if err != nil {
		t.Fatal(err)
	}
	if status, err := x.peer.SendRaw(t.Context(), other, x.URL+"/inbox", x.note(), httpsig.Ed25519); err != nil || status != http.StatusUnauthorized {
		t.Errorf("by another key: %d (%v)", status, err)
	}
	x.judge(reads("nothing"))
	if got := schemes(x.news()); strings.Contains(got, "ed25519") || got == "" {
		t.Errorf("a host that does not say so was sent %q", got)
	}

	asks := newRig(t, func(_ *federationtest.Peer, _ int, d map[string]any) {
		d["generator"] = map[string]any{"type": "Application", "implements": []map[string]string{
			{"href": "https://datatracker.ietf.org/doc/html/rfc9421#name-eddsa-using-curve-edwards25", "name": "Ed25519"},
		}}
	})
	asks.judge(reads("ed25519"))
	sent := asks.news()
	if schemes(sent) != "ed25519" {
		t.Fatalf("a host that says so was sent %q", schemes(sent))
	}
	if err := asks.verifies(sent[0]); err != nil {
		t.Error(err)
	}
	asks.judge(reads("rfc9421")) // it spoke too soon
	if got := schemes(asks.news()); got != "ed25519 rfc9421" {
		t.Errorf("it was sent %q", got)
	}
	if got := schemes(asks.news()); got != "rfc9421" {
		t.Errorf("and after it was learned %q", got)
	}
}

// TestFedS6RFC9421Out: what peers want to be covered is.
func TestFedS6RFC9421Out(t *testing.T) {
	x := newRig(t, nil)
	x.judge(reads("rfc9421"))
	sent := x.news()
	if schemes(sent) != "cavage rfc9421" {
		t.Fatalf("sent by %q", schemes(sent))
	}
	input := sent[1].r.Header.Get("Signature-Input")
	for _, part := range []string{`=("@method" "@target-uri" "content-type" "content-digest" "collection-synchronization");created=`, `;keyid="` + string(x.community.IRI) + `#main-key"`, `;alg="rsa-v1_5-sha256"`} {
		if !strings.Contains(input, part) {
			t.Errorf("%s is not in %s", part, input)
		}
	}
	if sent[1].r.Header.Get("Digest") != "" || strings.Count(input, "keyid=") != 1 {
		t.Errorf("more than one signature: %s, %v", input, sent[1].r.Header)
	}
	if err := x.verifies(sent[1]); err != nil {
		t.Error(err)
	}
}

// TestFedS7DoubleKnock: another way is tried once, where a signature may be
// what is refused; what was taken is remembered, and what the peer signs by
// itself is learned.
func TestFedS7DoubleKnock(t *testing.T) {
	x := newRig(t, nil)
	for _, want := range []string{"cavage rfc9421", "rfc9421", "rfc9421"} {
		x.judge(reads("rfc9421"))
		if got := schemes(x.news()); got != want {
			t.Errorf("sent by %q, not by %q", got, want)
		}
	}
	x.judge(reads("cavage")) // the peer was replaced by an older program
	for _, want := range []string{"rfc9421 cavage", "cavage"} {
		if got := schemes(x.news()); got != want {
			t.Errorf("sent by %q, not by %q", got, want)
		}
	}
	learns := newRig(t, nil)
	learns.wants("a note by RFC 9421", learns.send(learns.peer.Note(1, 99, "Hello"), httpsig.RFC9421), 202)
	learns.judge(accepting)
	if got := schemes(learns.news()); got != "rfc9421" {
		t.Errorf("a peer that signs by RFC 9421 was sent %q", got)
	}
	for status, want := range map[int]string{400: "cavage rfc9421", 401: "cavage rfc9421", 403: "cavage rfc9421", 404: "cavage", 413: "cavage", 500: "cavage"} {
		refuses := newRig(t, nil)
		refuses.judge(func(*http.Request, []byte) int { return status })
		if got := schemes(refuses.news()); got != want {
			t.Errorf("%d: sent by %q, not by %q", status, got, want)
		}
	}
}

// TestFedS8AcceptSignature: who asks for a signature by Accept-Signature gets
// it as asked, at once and from then on; a nonce is used once. What would hold
// for other requests too, and what we cannot make, is not made.
func TestFedS8AcceptSignature(t *testing.T) {
	const usual = `("@method" "@target-uri" "content-type" "content-digest" "collection-synchronization");created=`
	for name, c := range map[string]struct {
		asks string
		want string // how the signature's input begins
		more string // what else it has
		alg  string
	}{
		"other parts":                 {`sig2=("@authority" "@path" "@method" "content-digest");created;tag="fediverse"`, `sig2=("@authority" "@path" "@method" "content-digest");created=`, `;tag="fediverse"`, "rfc9421"},
		"a nonce and an end":          {`a=("@method" "@target-uri" "content-digest" "date");created;expires;nonce="n1"`, `a=("@method" "@target-uri" "content-digest" "date");created=`, `;nonce="n1"`, "rfc9421"},
		"Ed25519":                     {`a=("@method" "@target-uri" "content-digest");alg="ed25519"`, `a=("@method" "@target-uri" "content-digest");created=`, "", "ed25519"},
		"the second of two":           {`a=("@method";req "@target-uri"), b=("@method" "@target-uri" "content-digest")`, `b=("@method" "@target-uri" "content-digest");created=`, "", "rfc9421"},
		"less than is safe":           {`a=("@method");created;nonce="n1"`, "sig1=" + usual, "", "rfc9421"},
		"nothing at all":              {`a=()`, "sig1=" + usual, "", "rfc9421"},
		"an algorithm we have not":    {`a=("@method" "@target-uri" "content-digest");alg="ecdsa-p256-sha256"`, "sig1=" + usual, "", "rfc9421"},
		"the key of somebody else":    {`a=("@method" "@target-uri" "content-digest");keyid="https://a.example/key"`, "sig1=" + usual, "", "rfc9421"},
		"a header that we lack":       {`a=("@method" "@target-uri" "content-digest" "authorization")`, "sig1=" + usual, "", "rfc9421"},
		"a part that we lack":         {`a=("@method" "@target-uri" "content-digest" "accept")`, "sig1=" + usual, "", "rfc9421"},
		"what is no structured field": {`a=("@method"`, "sig1=" + usual, "", "rfc9421"},
	} {
		t.Run(name, func(t *testing.T) {
			x := newRig(t, nil)
			x.peer.Asks(func() string { return c.asks })
			x.judge(reads(c.alg)) // 401 accompanies the challenge
			sent := x.news()
			if got := schemes(sent); got != "cavage "+c.alg {
				t.Fatalf("sent by %q", got)
			}
			input := sent[1].r.Header.Get("Signature-Input")
			if !strings.HasPrefix(input, c.want) || !strings.Contains(input, c.more) {
				t.Errorf("asked for %s, got %s", c.asks, input)
			}
			if strings.Contains(c.asks, "expires") != strings.Contains(input, "expires=") {
				t.Errorf("expires: %s", input)
			}
			if err := x.verifies(sent[1]); err != nil {
				t.Error(err)
			}
			again := x.news()
			if got := schemes(again); got != c.alg {
				t.Fatalf("the next is sent by %q", got)
			}
			next := again[0].r.Header.Get("Signature-Input")
			if once := strings.Contains(c.more, "nonce"); once && strings.Contains(next, "nonce") || !once && !strings.HasPrefix(next, c.want) {
				t.Errorf("the next is signed by %s", next)
			}
		})
	}
}

// TestAcceptSignatureEachTime: a host that wants a new nonce for each request gets it at
// the second attempt, however it was signed before.
func TestAcceptSignatureEachTime(t *testing.T) {
	x := newRig(t, nil)
	number := 0
	x.peer.Asks(func() string {
		number++
		return fmt.Sprintf(`a=("@method" "@target-uri" "content-digest");nonce="n%d"`, number)
	})
	x.judge(func(r *http.Request, _ []byte) int {
		if strings.Contains(r.Header.Get("Signature-Input"), fmt.Sprintf(`;nonce="n%d"`, number)) {
			return http.StatusAccepted
		}
		return http.StatusUnauthorized
	})
	for i, want := range []string{"cavage rfc9421", "rfc9421 rfc9421", "rfc9421 rfc9421"} {
		sent := x.news()
		if got := schemes(sent); got != want {
			t.Fatalf("%d: sent by %q", i, got)
		}
		if err := x.verifies(sent[1]); err != nil {
			t.Error(err)
		}
	}
}

// TestFedS9Digest: of the body, by SHA-256, in either header.
func TestFedS9Digest(t *testing.T) {
	x := newRig(t, nil)
	names := strings.Fields("(request-target) host date digest")
	raw := x.note()
	long := sha512.Sum512(raw)
	for digest, want := range map[string]int{
		digestOf(raw): 202,
		strings.ToLower(digestOf(raw)[:8]) + digestOf(raw)[8:]:                                 202,
		digestOf(append([]byte(" "), raw...)):                                                  401,
		"SHA-512=" + base64.StdEncoding.EncodeToString(long[:]):                                401,
		"SHA-512=" + base64.StdEncoding.EncodeToString(long[:]) + "," + digestOf(raw):          202,
		"SHA-512=" + base64.StdEncoding.EncodeToString(make([]byte, 64)) + "," + digestOf(raw): 401,
		"SHA-256=": 401,
		"nonsense": 401,
	} {
		sign := x.cavage("/inbox", `algorithm="rsa-sha256"`, names, map[string]string{"date": httpDate(0), "digest": digest})
		x.wants(digest, x.by(x.URL+"/inbox", raw, sign), want)
	}
	for _, scheme := range []httpsig.Scheme{httpsig.Cavage, httpsig.RFC9421} {
		sign := func(r *http.Request) error {
			digest := sha256.Sum256(raw)
			err := httpsig.Sign(r, x.peer.Key(1), scheme, &digest, time.Now())
			r.Body = io.NopCloser(bytes.NewReader(bytes.Replace(raw, []byte("Note"), []byte("Fake"), 1)))
			return err
		}
		x.wants("a body that was altered on the way", x.by(x.URL+"/inbox", raw, sign), 401)
	}
}

// TestFedS10TimeWindow: an hour around the date, five minutes ahead of the
// creation.
func TestFedS10TimeWindow(t *testing.T) {
	x := newRig(t, nil)
	for d, want := range map[time.Duration]int{-59 * time.Minute: 202, 59 * time.Minute: 202, -61 * time.Minute: 401, 61 * time.Minute: 401} {
		raw := x.note()
		sign := x.cavage("/inbox", `algorithm="rsa-sha256"`, strings.Fields("(request-target) host date digest"),
			map[string]string{"date": httpDate(d), "digest": digestOf(raw)})
		x.wants("a date "+d.String(), x.by(x.URL+"/inbox", raw, sign), want)
	}
	at := func(d time.Duration) string { return strconv.FormatInt(time.Now().Add(d).Unix(), 10) }
	for _, c := range []struct {
		created, expires time.Duration
		want             int
	}{
		{0, time.Hour, 202}, {4 * time.Minute, time.Hour, 202}, {6 * time.Minute, time.Hour, 401}, {-time.Hour, -time.Minute, 401},
		{-11 * time.Hour, time.Hour, 202}, {-13 * time.Hour, time.Hour, 401},
	} {
		raw := x.note()
		sign := x.cavage("/inbox", `algorithm="hs2019",created=`+at(c.created)+",expires="+at(c.expires),
			strings.Fields("(request-target) (created) (expires) host digest"),
			map[string]string{"(created)": at(c.created), "(expires)": at(c.expires), "digest": digestOf(raw)})
		x.wants(fmt.Sprintf("created %s, expires %s", c.created, c.expires), x.by(x.URL+"/inbox", raw, sign), c.want)
	}
}

// TestFedS11SignedGet: documents are asked for by the node's own actor, with a
// signature.
func TestFedS11SignedGet(t *testing.T) {
	x := newRig(t, nil)
	asked := x.peer.Asked(x.peer.Person(1))
	if len(asked) == 0 {
		t.Fatal("the peer was not asked for its person")
	}
	for _, r := range asked {
		if err := x.verifies(shipment{r, nil}); err != nil {
			t.Error(err)
		}
		if !strings.Contains(r.Header.Get("Signature"), `keyId="`+x.URL+`/actor#`) {
			t.Errorf("signed by %s", r.Header.Get("Signature"))
		}
		if !strings.HasPrefix(r.Header.Get("Accept"), "application/activity+json") {
			t.Errorf("Accept: %s", r.Header.Get("Accept"))
		}
	}
}

// TestFedD12Capabilities: what a server understands is said by its actors,
// and by its application actor of itself (FEP-844e).
func TestFedD12Capabilities(t *testing.T) {
	x := newRig(t, nil)
	for address, path := range map[string][]any{string(x.community.IRI): {"generator", "implements"}, x.URL + "/actor": {"implements"}} {
		doc := get(t, address).json
		var said []string
		for i := range 5 {
			if href, ok := member(doc, append(slices.Clone(path), i, "href")...).(string); ok {
				said = append(said, href)
			}
		}
		for _, want := range []string{
			"https://datatracker.ietf.org/doc/html/rfc9421", "https://datatracker.ietf.org/doc/html/rfc9421#name-eddsa-using-curve-edwards25",
			"https://w3id.org/interlink/ns#node",
		} {
			if !slices.Contains(said, want) {
				t.Errorf("%s says %v", address, said)
			}
		}
	}
}
