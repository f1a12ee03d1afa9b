package federationtest_test

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"interlink/cmd/interlink/node"
	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/policy"
	"interlink/domain/story"
	"interlink/federation/federationtest"
	"interlink/federation/httpsig"
)

// The rows of the reference's table of transport, signatures and keys
// (federation.md §1.2): one test for each, against the real server.

// rig is a city, and a peer whose person 1 follows the city's community.
type rig struct {
	*city
	t       *testing.T
	cluster *federationtest.Cluster
	peer    *federationtest.Peer
	number  int

	mu   sync.Mutex
	sent []shipment // what the peer's inboxes were sent, whatever they answered
}

// shipment is one request to an inbox.
type shipment struct {
	r    *http.Request
	body []byte
}

// newRig joins both; dress changes the documents of the peer's people.
func newRig(t *testing.T, dress func(p *federationtest.Peer, person int, document map[string]any)) *rig {
	t.Helper()
	return newRigWith(t, func(*node.Options) {}, dress)
}

// newRigWith is newRig with settings of the city's node.
func newRigWith(t *testing.T, change func(*node.Options), dress func(p *federationtest.Peer, person int, document map[string]any)) *rig {
	t.Helper()
	c := federationtest.New(t)
	x := &rig{city: newCity(t, c.Add("Zaragoza", change)), t: t, cluster: c, peer: federationtest.NewPeer(t)}
	if dress != nil {
		peer := x.peer
		peer.Dress(func(n int, d map[string]any) { dress(peer, n, d) })
	}
	if status := x.send(x.peer.Follow(1, x.community.IRI), httpsig.Cavage); status != http.StatusAccepted {
		t.Fatalf("the Follow: %d", status)
	}
	c.Settle()
	if got := x.peer.Inbox(1); len(got) != 1 || got[0].Type != "Accept" {
		t.Fatalf("the peer received %v", got)
	}
	return x
}

// proving is the dress of people who have a Multikey.
func proving(p *federationtest.Peer, n int, d map[string]any) { d["assertionMethod"] = p.Multikey(n) }

func (x *rig) send(activity map[string]any, scheme httpsig.Scheme) int {
	x.t.Helper()
	status, err := x.peer.Send(x.t.Context(), 1, x.URL+"/inbox", activity, scheme)
	if err != nil {
		x.t.Fatal(err)
	}
	return status
}

// by posts an activity in a request that sign signs.
func (x *rig) by(inbox string, raw []byte, sign func(*http.Request) error) int {
	x.t.Helper()
	status, err := x.peer.SendBy(x.t.Context(), inbox, raw, sign)
	if err != nil {
		x.t.Fatal(err)
	}
	return status
}

// wants checks the answer to an activity.
func (x *rig) wants(what string, status, want int) {
	x.t.Helper()
	if status != want {
		x.t.Errorf("%s: %d, not %d", what, status, want)
	}
}

// note is a new activity of person 1, as bytes.
func (x *rig) note() []byte {
	x.t.Helper()
	x.number++
	return []byte(marshal(x.t, x.peer.Note(1, x.number, "Note "+strconv.Itoa(x.number), string(x.community.IRI))))
}

// judge has the peer's inboxes answer as fn says, and keeps what they are
// sent.
func (x *rig) judge(fn func(r *http.Request, body []byte) int) {
	x.peer.JudgeBy(func(r *http.Request, body []byte) int {
		x.mu.Lock()
		x.sent = append(x.sent, shipment{r, body})
		x.mu.Unlock()
		return fn(r, body)
	})
}

func accepting(*http.Request, []byte) int { return http.StatusAccepted }

// news has the community say something, and returns what the peer was sent.
func (x *rig) news() []shipment {
	x.t.Helper()
	x.mu.Lock()
	x.sent = nil
	x.mu.Unlock()
	x.number++
	if _, err := x.Communities.Post(x.t.Context(), x.official, "mobility", community.Draft{Content: "News " + strconv.Itoa(x.number), Language: "en"}); err != nil {
		x.t.Fatal(err)
	}
	x.cluster.Settle()
	x.mu.Lock()
	defer x.mu.Unlock()
	return slices.Clone(x.sent)
}

// schemes names how requests were signed.
func schemes(sent []shipment) string {
	var names []string
	for _, s := range sent {
		input := s.r.Header.Get("Signature-Input")
		switch {
		case strings.Contains(input, `alg="ed25519"`):
			names = append(names, "ed25519")
		case input != "":
			names = append(names, "rfc9421")
		case s.r.Header.Get("Signature") != "":
			names = append(names, "cavage")
		default:
			names = append(names, "none")
		}
	}
	return strings.Join(names, " ")
}

// reads answers as a peer that reads one scheme alone.
func reads(scheme string) func(*http.Request, []byte) int {
	return func(r *http.Request, _ []byte) int {
		if schemes([]shipment{{r, nil}}) == scheme {
			return http.StatusAccepted
		}
		return http.StatusUnauthorized
	}
}

// member walks a document.
func member(v any, path ...any) any {
	for _, step := range path {
		switch step := step.(type) {
		case string:
			m, _ := v.(map[string]any)
			v = m[step]
		case int:
			l, _ := v.([]any)
			if step >= len(l) {
				return nil
			}
			v = l[step]
		}
	}
	return v
}

// verifies checks a shipment with the key that the city's documents show.
func (x *rig) verifies(s shipment) error {
	x.t.Helper()
	sig, err := httpsig.Parse(s.r, x.peer.URL+s.r.URL.RequestURI())
	if err != nil {
		return err
	}
	actor, _, _ := strings.Cut(sig.KeyID(), "#")
	doc := get(x.t, actor).json
	if member(doc, "publicKey", "id") == sig.KeyID() {
		key, err := httpsig.ParsePublicKey(member(doc, "publicKey", "publicKeyPem").(string))
		if err != nil {
			return err
		}
		return sig.Verify(key, s.body, time.Now())
	}
	for i := range 10 {
		if member(doc, "assertionMethod", i, "id") == sig.KeyID() {
			key, err := httpsig.ParseMultibase(member(doc, "assertionMethod", i, "publicKeyMultibase").(string))
			if err != nil {
				return err
			}
			return sig.Verify(key, s.body, time.Now())
		}
	}
	return fmt.Errorf("%s does not show %s", actor, sig.KeyID())
}

// holds checks the proof of a document with the key that its actor shows.
func holds(t *testing.T, raw []byte) error {
	t.Helper()
	var doc map[string]json.RawMessage
	if err := json.Unmarshal(raw, &doc); err != nil {
		return err
	}
	proof, err := httpsig.ParseProof(doc)
	if err != nil || proof == nil {
		return fmt.Errorf("no proof: %w", err)
	}
	actor, _, _ := strings.Cut(proof.Method, "#")
	shown := get(t, actor).json
	for i := range 10 {
		if member(shown, "assertionMethod", i, "id") == proof.Method {
			key, err := httpsig.ParseMultibase(member(shown, "assertionMethod", i, "publicKeyMultibase").(string))
			if err != nil {
				return err
			}
			return proof.Verify(key, time.Now())
		}
	}
	return fmt.Errorf("%s does not show %s", actor, proof.Method)
}

// cavage signs by hand: names are what is signed, params what stands before
// the signature.
func (x *rig) cavage(target, params string, names []string, values map[string]string) func(*http.Request) error {
	return func(r *http.Request) error {
		lines := make([]string, len(names))
		for i, name := range names {
			switch value, given := values[name]; {
			case name == "(request-target)":
				lines[i] = name + ": post " + target
			case name == "host":
				lines[i] = name + ": " + r.URL.Host
			case given:
				lines[i] = name + ": " + value
				if !strings.HasPrefix(name, "(") {
					r.Header.Set(name, value)
				}
			}
		}
		text, err := x.peer.Key(1).PrivatePEM()
		if err != nil {
			return err
		}
		block, _ := pem.Decode(text)
		key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
		if err != nil {
			return err
		}
		sum := sha256.Sum256([]byte(strings.Join(lines, "\n")))
		signature, err := rsa.SignPKCS1v15(rand.Reader, key.(*rsa.PrivateKey), crypto.SHA256, sum[:])
		r.Header.Set("Signature", fmt.Sprintf(`keyId="%s#main-key",%s,headers="%s",signature="%s"`,
			x.peer.Person(1), params, strings.Join(names, " "), base64.StdEncoding.EncodeToString(signature)))
		return err
	}
}

func digestOf(raw []byte) string {
	sum := sha256.Sum256(raw)
	return "SHA-256=" + base64.StdEncoding.EncodeToString(sum[:])
}

func httpDate(d time.Duration) string { return time.Now().Add(d).UTC().Format(http.TimeFormat) }

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

// TestFedS13KeyRefetch: a signature that does not hold has the key read again,
// once in some minutes.
func TestFedS13KeyRefetch(t *testing.T) {
	var mu sync.Mutex
	var later time.Duration
	x := newRigWith(t, func(o *node.Options) {
		o.Now = func() time.Time {
			mu.Lock()
			defer mu.Unlock()
			return time.Now().Add(later)
		}
	}, nil)
	changed := federationtest.NewPeer(t)
	public := func() string {
		text, err := changed.Key(1).PublicPEM()
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	x.peer.Dress(func(_ int, d map[string]any) {
		mu.Lock()
		defer mu.Unlock()
		d["publicKey"].(map[string]any)["publicKeyPem"] = public()
	})
	before := len(x.peer.Asked(x.peer.Person(1)))
	mu.Lock()
	later = 6 * time.Minute
	mu.Unlock()
	for range 3 {
		status, err := x.peer.SendRaw(t.Context(), peerKey(t, changed, x.peer.Person(1)), x.URL+"/inbox", x.note(), httpsig.Cavage)
		if err != nil || status != http.StatusAccepted {
			t.Errorf("the new key: %d (%v)", status, err)
		}
	}
	mu.Lock()
	changed = federationtest.NewPeer(t)
	mu.Unlock()
	for range 3 {
		status, err := x.peer.SendRaw(t.Context(), peerKey(t, changed, x.peer.Person(1)), x.URL+"/inbox", x.note(), httpsig.Cavage)
		if err != nil || status != http.StatusUnauthorized {
			t.Errorf("another one within minutes: %d (%v)", status, err)
		}
	}
	if n := len(x.peer.Asked(x.peer.Person(1))) - before; n != 1 {
		t.Errorf("the key was read %d times", n)
	}
}

// TestFedS14SignerIsActor: nobody acts in the name of others, and a key is
// whose document names it.
func TestFedS14SignerIsActor(t *testing.T) {
	x := newRig(t, nil)
	mallory := federationtest.NewPeer(t)
	for name, activity := range map[string]map[string]any{
		"another person of the host": x.peer.Note(2, 1, "Not mine"),
		"a person elsewhere":         mallory.Note(1, 1, "Not mine"),
	} {
		x.wants(name, x.send(activity, httpsig.Cavage), 403)
	}
	mallory.Dress(func(_ int, d map[string]any) { // claims a key of the peer's
		d["publicKey"].(map[string]any)["id"] = string(x.peer.Person(7)) + "#main-key"
	})
	key := peerKey(t, mallory, x.peer.Person(7))
	status, err := mallory.SendRaw(t.Context(), key, x.URL+"/inbox", []byte(marshal(t, mallory.Note(1, 2, "Stolen"))), httpsig.Cavage)
	if err != nil || status != http.StatusUnauthorized {
		t.Errorf("a key that its owner does not name: %d (%v)", status, err)
	}
}

// TestFedS15LinkedDataSignatureIn: it is not judged; an activity is accepted
// or refused as without one (the reason is in FEDERATION.md).
func TestFedS15LinkedDataSignatureIn(t *testing.T) {
	x := newRig(t, nil)
	note := x.peer.Note(1, 1, "Signed")
	note["signature"] = map[string]string{"type": "RsaSignature2017", "creator": string(x.peer.Person(1)) + "#main-key", "signatureValue": "AAAA"}
	x.wants("beside an HTTP signature", x.send(note, httpsig.Cavage), 202)
	x.wants("alone", x.by(x.URL+"/inbox", []byte(marshal(t, note)), func(*http.Request) error { return nil }), 401)
}

// TestFedS16LinkedDataSignatureOut: none is made (the reason is in
// FEDERATION.md).
func TestFedS16LinkedDataSignatureOut(t *testing.T) {
	x := newRig(t, nil)
	x.judge(accepting)
	for _, s := range x.news() {
		if bytes.Contains(s.body, []byte("RsaSignature2017")) {
			t.Errorf("sent %s", s.body)
		}
	}
}

// reader makes somebody in the city follow person 1 of a peer.
func (x *rig) reader(p *federationtest.Peer) policy.Viewer {
	x.t.Helper()
	v := x.Person("reader"+strconv.Itoa(len(p.URL))+strconv.Itoa(x.number), policy.RoleMember)
	x.number++
	x.follow(x.t, v, v.Actor, "@person1@"+strings.TrimPrefix(p.URL, "http://"))
	x.cluster.Settle()
	inbox := p.Inbox(1)
	last := inbox[len(inbox)-1]
	if last.Type != "Follow" {
		x.t.Fatalf("the peer received %v", last)
	}
	accept := map[string]any{
		"@context": "https://www.w3.org/ns/activitystreams", "id": string(p.Person(1)) + "/accepts/" + strconv.Itoa(x.number),
		"type": "Accept", "actor": string(p.Person(1)), "object": last.ID,
	}
	if status, err := p.Send(x.t.Context(), 1, x.URL+"/inbox", accept, httpsig.Cavage); err != nil || status != http.StatusAccepted {
		x.t.Fatalf("the Accept: %d (%v)", status, err)
	}
	x.cluster.Settle()
	return v
}

// proven adds the proof of person 1.
func (x *rig) proven(document map[string]any) []byte {
	x.t.Helper()
	raw, err := httpsig.Prove([]byte(marshal(x.t, document)), x.peer.Ed25519(1), time.Now())
	if err != nil {
		x.t.Fatal(err)
	}
	return raw
}

// TestFedS17ProofIn: an activity that its actor proved is accepted from
// whoever brings it; a proof that does not hold changes nothing.
func TestFedS17ProofIn(t *testing.T) {
	x := newRig(t, proving)
	mallory := federationtest.NewPeer(t)
	reader := x.reader(x.peer)
	unsigned := func(*http.Request) error { return nil }
	forwarded := func(raw []byte) int {
		t.Helper()
		status, err := mallory.SendRaw(t.Context(), mallory.Key(1), x.URL+"/inbox", raw, httpsig.Cavage)
		if err != nil {
			t.Fatal(err)
		}
		return status
	}
	note := func(content string) map[string]any {
		x.number++
		return x.peer.Note(1, x.number, content)
	}
	x.wants("forwarded", forwarded(x.proven(note("forwarded"))), 202)
	x.wants("by proof alone", x.by(x.URL+"/inbox", x.proven(note("by proof")), unsigned), 202)
	x.wants("forwarded without a proof", forwarded([]byte(marshal(t, note("forged")))), 403)
	x.wants("unsigned without a proof", x.by(x.URL+"/inbox", []byte(marshal(t, note("forged"))), unsigned), 401)

	tampered := bytes.Replace(x.proven(note("true words")), []byte("true words"), []byte("forged words"), 1)
	x.wants("tampered and forwarded", forwarded(tampered), 403)
	x.wants("tampered and unsigned", x.by(x.URL+"/inbox", tampered, unsigned), 401)
	own := bytes.Replace(x.proven(note("own")), []byte(`"proofValue":"z`), []byte(`"proofValue":"z2`), 1)
	status, err := x.peer.SendRaw(t.Context(), x.peer.Key(1), x.URL+"/inbox", own, httpsig.Cavage)
	if err != nil {
		t.Fatal(err)
	}
	x.wants("a broken proof under a good signature", status, 202)

	foreign, err := httpsig.Prove([]byte(marshal(t, note("forged"))), mallory.Ed25519(1), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	x.wants("proven by somebody else", forwarded(foreign), 403)
	other := x.peer.Note(2, 1, "forged") // in the name of a neighbour
	neighbour, err := httpsig.Prove([]byte(marshal(t, other)), x.peer.Ed25519(1), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	x.wants("proven by a neighbour", forwarded(neighbour), 403)
	x.cluster.Settle()
	items := x.home(t, reader)
	if len(items) != 3 {
		t.Errorf("the reader sees %d posts", len(items))
	}
	for _, it := range items {
		if strings.Contains(it.Post.Content, "forged") {
			t.Errorf("the reader sees %q", it.Post.Content)
		}
	}
}

// TestFedS17AnnouncedByProof: an object or activity of somebody else that is
// shared with its proof is taken without asking its server; without one that
// holds, what its server says counts.
func TestFedS17AnnouncedByProof(t *testing.T) {
	x := newRig(t, proving)
	sharer := federationtest.NewPeer(t)
	reader := x.reader(sharer)
	share := func(number int, object []byte) {
		t.Helper()
		raw := marshal(t, map[string]any{
			"@context": "https://www.w3.org/ns/activitystreams", "id": fmt.Sprintf("%s/shares/%d", sharer.Person(1), number), "type": "Announce",
			"actor": string(sharer.Person(1)), "to": []string{public}, "published": time.Now().UTC().Format(time.RFC3339), "object": json.RawMessage(object),
		})
		status, err := sharer.SendRaw(t.Context(), sharer.Key(1), x.URL+"/inbox", []byte(raw), httpsig.Cavage)
		if err != nil || status != http.StatusAccepted {
			t.Fatalf("the Announce: %d (%v)", status, err)
		}
		x.cluster.Settle()
	}
	object := func(number int, content string) map[string]any {
		o := x.peer.Note(1, number, content)["object"].(map[string]any)
		o["@context"] = "https://www.w3.org/ns/activitystreams"
		return o
	}
	asked := func(number int) int {
		return len(x.peer.Asked(domain.IRI(fmt.Sprintf("%s/notes/%d", x.peer.Person(1), number))))
	}
	share(1, x.proven(object(101, "proven object")))
	share(2, x.proven(x.peer.Note(1, 102, "proven activity")))
	x.peer.Publish(object(103, "as its server says"))
	share(3, bytes.Replace(x.proven(object(103, "as it was written")), []byte("as it was written"), []byte("forged"), 1))
	x.peer.Publish(object(104, "as its server says"))
	share(4, []byte(marshal(t, object(104, "forged"))))
	for number, want := range map[int]int{101: 0, 102: 0, 103: 1, 104: 1} {
		if n := asked(number); n != want {
			t.Errorf("note %d: its server was asked %d times, not %d", number, n, want)
		}
	}
	items := x.home(t, reader)
	if len(items) != 4 {
		t.Errorf("the reader sees %d posts", len(items))
	}
	for _, it := range items {
		if it.Post == nil || strings.Contains(it.Post.Content, "forged") {
			t.Errorf("the reader sees %+v", it.Post)
		}
	}
}

// TestFedS18ProofOut: activities are proven by their actor; entries, stories
// and snapshots by their owner, with the same bytes wherever they stand.
func TestFedS18ProofOut(t *testing.T) {
	x := newRig(t, nil)
	x.starterCatalogue(t)
	x.process(t, "safe_ways")
	x.judge(accepting)
	for _, s := range x.news() {
		if err := holds(t, s.body); err != nil {
			t.Errorf("%v: %s", err, s.body)
		}
	}
	told, err := x.Stories.Publish(t.Context(), x.official, story.Input{
		Slug: "safe-ways", Process: "safe_ways", Owner: x.owner.ID, Community: x.community.ID,
		Telling: story.Telling{Title: english("Safe ways"), Summary: english("It worked."), Challenge: english("Cars.")},
	})
	if err != nil {
		t.Fatal(err)
	}
	x.mu.Lock()
	x.sent = nil
	x.mu.Unlock()
	x.cluster.Settle()
	var embedded []byte
	x.mu.Lock()
	for _, s := range x.sent {
		var create struct {
			Type   string
			Object json.RawMessage
		}
		if err := json.Unmarshal(s.body, &create); err != nil {
			t.Fatal(err)
		}
		if create.Type == "Create" {
			embedded = create.Object
		}
	}
	x.mu.Unlock()
	first := x.bytesOf(string(told.IRI))
	if !bytes.Equal(first.body, embedded) {
		t.Errorf("served\n%s\nsent\n%s", first.body, embedded)
	}
	page := get(t, x.URL+"/catalogue/entries?page=first").json
	entry, _ := member(page, "orderedItems", 0, "id").(string)
	for _, address := range []string{string(told.IRI), string(told.IRI) + "/snapshot", entry} {
		once, again := x.bytesOf(address), x.bytesOf(address)
		if err := holds(t, once.body); err != nil {
			t.Errorf("%s: %v", address, err)
		}
		if !bytes.Equal(once.body, again.body) || once.etag == "" || once.etag != again.etag {
			t.Errorf("%s changes by itself", address)
		}
	}
	if listed := marshal(t, member(page, "orderedItems", 0)); holds(t, []byte(listed)) != nil {
		t.Errorf("listed without its proof: %s", listed)
	}
}

type answered struct {
	body []byte
	etag string
}

// bytesOf reads an address as it is.
func (x *rig) bytesOf(address string) answered {
	x.t.Helper()
	r, err := http.NewRequestWithContext(x.t.Context(), http.MethodGet, address, nil)
	if err != nil {
		x.t.Fatal(err)
	}
	r.Header.Set("Accept", "application/activity+json")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		x.t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		x.t.Fatal(err)
	}
	return answered{body, answer.Header.Get("ETag")}
}

// TestFedS19Multikeys: shown as FEP-521a has them; those of others count if
// they are their owner's and in assertionMethod.
func TestFedS19Multikeys(t *testing.T) {
	var shape func(p *federationtest.Peer, n int, d map[string]any)
	var mu sync.Mutex
	x := newRig(t, func(p *federationtest.Peer, n int, d map[string]any) {
		mu.Lock()
		defer mu.Unlock()
		if n > 1 && shape != nil {
			shape(p, n, d)
		}
	})
	doc := get(t, string(x.community.IRI)).json
	key, _ := member(doc, "assertionMethod", 0).(map[string]any)
	if key["type"] != "Multikey" || key["controller"] != string(x.community.IRI) || key["id"] != string(x.community.IRI)+"#ed25519-key" ||
		!strings.HasPrefix(fmt.Sprint(key["publicKeyMultibase"]), "z6Mk") {
		t.Errorf("the Multikey is %v", key)
	}
	n := 1
	for name, c := range map[string]struct {
		change func(d map[string]any, key map[string]any)
		want   int
	}{
		"a list": {func(d, key map[string]any) { d["assertionMethod"] = []any{key} }, 202},
		"one":    {func(d, key map[string]any) { d["assertionMethod"] = key }, 202},
		"among others": {func(d, key map[string]any) {
			d["assertionMethod"] = []any{"https://x.example/key", map[string]any{"type": "Multikey"}, key}
		}, 202},
		"no such member":  {func(d, _ map[string]any) {}, 401},
		"for another use": {func(d, key map[string]any) { d["authentication"] = []any{key} }, 401},
		"of another controller": {func(d, key map[string]any) {
			key["controller"] = "https://x.example/"
			d["assertionMethod"] = []any{key}
		}, 401},
		"of another type": {func(d, key map[string]any) { key["type"] = "JsonWebKey"; d["assertionMethod"] = []any{key} }, 401},
		"another key with its name": {func(d, key map[string]any) {
			key["publicKeyMultibase"] = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"
			d["assertionMethod"] = []any{key}
		}, 401},
		"that is no key": {func(d, key map[string]any) { key["publicKeyMultibase"] = "zzz"; d["assertionMethod"] = []any{key} }, 401},
	} {
		n++
		mu.Lock()
		shape = func(p *federationtest.Peer, n int, d map[string]any) { c.change(d, p.Multikey(n)[0]) }
		mu.Unlock()
		raw, err := httpsig.Prove([]byte(marshal(t, x.peer.Note(n, 1, "Hello"))), x.peer.Ed25519(n), time.Now())
		if err != nil {
			t.Fatal(err)
		}
		x.wants(name, x.by(x.URL+"/inbox", raw, func(*http.Request) error { return nil }), c.want)
	}
}

// TestFedS20TwoKeys: each actor shows both from the first time on.
func TestFedS20TwoKeys(t *testing.T) {
	x := newRig(t, nil)
	seen := map[any]bool{}
	for _, address := range []string{string(x.community.IRI), string(x.owner.IRI), x.URL + "/users/official", x.URL + "/actor", x.URL + "/catalogue"} {
		doc := get(t, address).json
		for _, key := range []any{member(doc, "publicKey", "publicKeyPem"), member(doc, "assertionMethod", 0, "publicKeyMultibase")} {
			if key == nil || seen[key] {
				t.Errorf("%s shows %v", address, key)
			}
			seen[key] = true
		}
	}
}

// TestFedS21Rotation: after new keys, nodes and peers go on to accept what is
// sent, whether they ask for the new key or keep the old one; followers are
// told, old proofs hold for a while, and the old key ends at once if it
// leaked.
func TestFedS21Rotation(t *testing.T) {
	federationtest.Run(t, []string{"Zaragoza", "Rome"}, func(t *testing.T, c *federationtest.Cluster) {
		zaragoza, rome := newCity(t, c.Nodes[0]), newCity(t, c.Nodes[1])
		citizen := rome.Person("citizen", policy.RoleMember)
		rome.follow(t, citizen, citizen.Actor, zaragoza.handle("mobility"))
		c.Settle()
		say := func(want int) {
			t.Helper()
			if _, err := zaragoza.Communities.Post(t.Context(), zaragoza.official, "mobility", community.Draft{Content: "News", Language: "en"}); err != nil {
				t.Fatal(err)
			}
			c.Settle()
			if items := rome.home(t, citizen); len(items) != want {
				t.Fatalf("Rome has %d posts, not %d", len(items), want)
			}
		}
		say(1)
		for i := range 2 { // twice: names are never given again
			done, err := zaragoza.RotateKeys(t.Context(), []string{"mobility"}, false, false)
			if err != nil || len(done) != 1 {
				t.Fatalf("%d actors have new keys (%v)", len(done), err)
			}
			say(2 + i)
		}
		doc := get(t, string(zaragoza.community.IRI)).json
		if id := member(doc, "publicKey", "id"); id != string(zaragoza.community.IRI)+"#main-key-3" {
			t.Errorf("the key is %v", id)
		}
		if done, err := zaragoza.RotateKeys(t.Context(), nil, true, false); err != nil || len(done) < 2 {
			t.Errorf("all: %d actors have new keys (%v)", len(done), err)
		}
		say(4)
		if _, err := zaragoza.RotateKeys(t.Context(), []string{"nobody"}, false, false); domain.CodeOf(err) != domain.NotFound {
			t.Errorf("nobody's keys: %v", err)
		}
	})
}

// TestFedS21OldKeyCached: a peer that keeps the key it has seen and asks for
// no other.
func TestFedS21OldKeyCached(t *testing.T) {
	x := newRig(t, nil)
	old, err := httpsig.ParsePublicKey(member(get(t, string(x.community.IRI)).json, "publicKey", "publicKeyPem").(string))
	if err != nil {
		t.Fatal(err)
	}
	x.judge(func(r *http.Request, body []byte) int {
		sig, err := httpsig.Parse(r, x.peer.URL+r.URL.RequestURI())
		if err != nil || sig.Verify(old, body, time.Now()) != nil {
			return http.StatusUnauthorized
		}
		return http.StatusAccepted
	})
	before := x.news()[0]
	if _, err := x.RotateKeys(t.Context(), []string{"mobility"}, false, false); err != nil {
		t.Fatal(err)
	}
	x.cluster.Settle()
	last := func() federationtest.Arrival {
		inbox := x.peer.Inbox(1)
		return inbox[len(inbox)-1]
	}
	var told struct {
		Object struct{ PublicKey struct{ ID string } }
	}
	if err := json.Unmarshal(last().Raw, &told); err != nil || last().Type != "Update" || !strings.HasSuffix(told.Object.PublicKey.ID, "#main-key-2") {
		t.Errorf("the followers were told %s (%v)", last().Raw, err)
	}
	arrived := len(x.peer.Inbox(1))
	if got := schemes(x.news()); got != "cavage cavage" || len(x.peer.Inbox(1)) != arrived+1 {
		t.Errorf("sent by %q, %d activities arrived", got, len(x.peer.Inbox(1))-arrived)
	}
	if err := holds(t, before.body); err != nil {
		t.Errorf("what was proven before the rotation: %v", err)
	}
	if _, err := x.RotateKeys(t.Context(), []string{"mobility"}, false, true); err != nil {
		t.Fatal(err)
	}
	shown := get(t, string(x.community.IRI)).json
	if member(shown, "assertionMethod", 0, "id") != string(x.community.IRI)+"#ed25519-key-3" {
		t.Errorf("after a leak the keys are %v", member(shown, "assertionMethod"))
	}
	for i := range 3 {
		if id := member(shown, "assertionMethod", i, "id"); id == string(x.community.IRI)+"#ed25519-key-2" {
			t.Errorf("the leaked key is shown still")
		}
	}
}

// TestFedS21SeveralKeysIn: an actor that shows two keys while it rotates.
func TestFedS21SeveralKeysIn(t *testing.T) {
	other := federationtest.NewPeer(t)
	text, err := other.Key(1).PublicPEM()
	if err != nil {
		t.Fatal(err)
	}
	x := newRig(t, func(p *federationtest.Peer, n int, d map[string]any) {
		d["publicKey"] = []any{d["publicKey"], map[string]string{"id": string(p.Person(n)) + "#second", "owner": string(p.Person(n)), "publicKeyPem": string(text)}}
	})
	x.wants("the first key", x.by(x.URL+"/inbox", x.note(), func(*http.Request) error { return nil }), 401)
	secret, err := other.Key(1).PrivatePEM()
	if err != nil {
		t.Fatal(err)
	}
	second, err := httpsig.ParseKey(string(x.peer.Person(1))+"#second", secret)
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []*httpsig.Key{x.peer.Key(1), second} {
		status, err := x.peer.SendRaw(t.Context(), key, x.URL+"/inbox", x.note(), httpsig.Cavage)
		if err != nil || status != http.StatusAccepted {
			t.Errorf("%s: %d (%v)", key.ID, status, err)
		}
	}
}

// TestFedS22ActingActor: who acts signs and proves; the node signs what it
// asks for (S11).
func TestFedS22ActingActor(t *testing.T) {
	x := newRig(t, nil)
	x.judge(accepting)
	for _, s := range x.news() {
		sig, err := httpsig.Parse(s.r, x.peer.URL+s.r.URL.RequestURI())
		if err != nil {
			t.Fatal(err)
		}
		var a struct {
			Actor string
			Proof struct{ VerificationMethod string }
		}
		if err := json.Unmarshal(s.body, &a); err != nil {
			t.Fatal(err)
		}
		if a.Actor != string(x.community.IRI) || sig.KeyID() != a.Actor+"#main-key" || a.Proof.VerificationMethod != a.Actor+"#ed25519-key" {
			t.Errorf("%s signed by %s, proven by %s", a.Actor, sig.KeyID(), a.Proof.VerificationMethod)
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
