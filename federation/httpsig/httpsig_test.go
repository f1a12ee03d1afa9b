package httpsig_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	cavage "code.superseriousbusiness.org/httpsig"
	rfc9421 "github.com/remitly-oss/httpsig-go"
	"pgregory.net/rapid"

	"interlink/domain"
	"interlink/federation/httpsig"
)

const keyID = "https://peer.example/users/bo#main-key"

// theKey is made once: keys take long.
var theKey = sync.OnceValue(func() *httpsig.Key {
	key, err := httpsig.GenerateKey(keyID)
	if err != nil {
		panic(err)
	}
	return key
})

// private gives the key to other libraries.
func private(t testing.TB) *rsa.PrivateKey {
	t.Helper()
	text, err := theKey().PrivatePEM()
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(text)
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return key.(*rsa.PrivateKey)
}

func public(t testing.TB) crypto.PublicKey { return &private(t).PublicKey }

// receiver is a server that hands on what it received.
type receiver struct {
	*httptest.Server
	got  *http.Request
	body []byte
}

func newReceiver(t testing.TB) *receiver {
	t.Helper()
	r := new(receiver)
	r.Server = httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, got *http.Request) {
		body, err := io.ReadAll(got.Body)
		if err != nil {
			t.Error(err)
		}
		r.got, r.body = got.Clone(context.Background()), body // the server goes on using its own
		r.got.Body = http.NoBody
	}))
	t.Cleanup(r.Close)
	return r
}

// send sends a request and returns it as the server received it.
func (r *receiver) send(t testing.TB, request *http.Request) *http.Request {
	t.Helper()
	answer, err := r.Client().Do(request)
	if err != nil {
		t.Fatal(err)
	}
	if err := answer.Body.Close(); err != nil {
		t.Fatal(err)
	}
	return r.got
}

func (r *receiver) request(t testing.TB, method, path, body string) *http.Request {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, r.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if body == "" {
		request.Body = http.NoBody
	} else {
		request.Header.Set("Content-Type", "application/activity+json")
	}
	return request
}

// sign signs with our own signer.
func sign(t testing.TB, request *http.Request, body string, scheme httpsig.Scheme, now time.Time) {
	t.Helper()
	var digest *httpsig.Digest
	if body != "" {
		sum := sha256.Sum256([]byte(body))
		digest = &sum
	}
	if err := httpsig.Sign(request, theKey(), scheme, digest, now); err != nil {
		t.Fatal(err)
	}
}

// check parses and verifies what the server received.
func (r *receiver) check(t testing.TB, now time.Time) error {
	t.Helper()
	sig, err := httpsig.Parse(r.got, r.URL+r.got.URL.RequestURI())
	if err != nil {
		return err
	}
	if sig.KeyID() != keyID {
		t.Errorf("key id %q", sig.KeyID())
	}
	return sig.Verify(public(t), r.body, now)
}

var schemes = []httpsig.Scheme{httpsig.Cavage, httpsig.RFC9421}

const activity = `{"id":"https://peer.example/activities/1","type":"Create"}`

func TestRoundTrip(t *testing.T) {
	r := newReceiver(t)
	for _, scheme := range schemes {
		for _, path := range []string{"/inbox", "/users/ana/inbox?a=1&b=%20x", "/caf%C3%A9", "/"} {
			for _, method := range []string{http.MethodPost, http.MethodGet} {
				body := activity
				if method == http.MethodGet {
					body = ""
				}
				request := r.request(t, method, path, body)
				sign(t, request, body, scheme, time.Now())
				r.send(t, request)
				if err := r.check(t, time.Now()); err != nil {
					t.Errorf("%s %s %s: %v", scheme, method, path, err)
				}
			}
		}
	}
}

// TestPeersReadUs has two independent libraries verify what we sign.
func TestPeersReadUs(t *testing.T) {
	r := newReceiver(t)
	request := r.request(t, http.MethodPost, "/inbox?x=1", activity)
	sign(t, request, activity, httpsig.Cavage, time.Now())
	verifier, err := cavage.NewVerifier(r.send(t, request))
	if err != nil {
		t.Fatal(err)
	}
	if err := verifier.Verify(public(t), cavage.RSA_SHA256); err != nil || verifier.KeyId() != keyID {
		t.Errorf("draft-cavage: %v", err)
	}

	// This library computes @target-uri from what net/url only fills for paths
	// with escapes, and loses the question mark.
	request = r.request(t, http.MethodPost, "/inbox", activity)
	sign(t, request, activity, httpsig.RFC9421, time.Now())
	got := r.send(t, request)
	got.URL.RawPath = got.URL.Path
	got.Body = io.NopCloser(bytes.NewReader(r.body))
	_, err = rfc9421.Verify(got, fetcher{public(t)}, rfc9421.VerifyProfile{SignatureLabel: "sig1", AllowedAlgorithms: []rfc9421.Algorithm{rfc9421.Algo_RSA_v1_5_sha256}})
	if err != nil {
		t.Errorf("RFC 9421: %v", err)
	}
}

type fetcher struct{ key crypto.PublicKey }

func (f fetcher) FetchByKeyID(_ context.Context, _ http.Header, id string) (rfc9421.KeySpecer, error) {
	return rfc9421.KeySpec{KeyID: id, Algo: rfc9421.Algo_RSA_v1_5_sha256, PubKey: f.key}, nil
}

func (f fetcher) Fetch(ctx context.Context, h http.Header, _ rfc9421.MetadataProvider) (rfc9421.KeySpecer, error) {
	return f.FetchByKeyID(ctx, h, keyID)
}

// TestWeReadPeers verifies what two independent libraries sign.
func TestWeReadPeers(t *testing.T) {
	r := newReceiver(t)
	for name, headers := range map[string][]string{
		"as Mastodon":                  {cavage.RequestTarget, "host", "date", "digest"},
		"as Mastodon, with their type": {cavage.RequestTarget, "host", "date", "digest", "content-type"},
	} {
		signer, _, err := cavage.NewSigner([]cavage.Algorithm{cavage.RSA_SHA256}, cavage.DigestSha256, headers, cavage.Signature, 120)
		if err != nil {
			t.Fatal(err)
		}
		request := r.request(t, http.MethodPost, "/inbox?x=1", activity)
		request.Header.Set("Date", time.Now().UTC().Format(http.TimeFormat))
		request.Header.Set("Host", request.URL.Host)
		if err := signer.SignRequest(private(t), keyID, request, []byte(activity)); err != nil {
			t.Fatal(err)
		}
		r.send(t, request)
		if err := r.check(t, time.Now()); err != nil {
			t.Errorf("draft-cavage %s: %v", name, err)
		}
	}

	for name, fields := range map[string][]rfc9421.SignedField{
		"target-uri": rfc9421.Fields("@method", "@target-uri", "content-digest"),
		"parts":      rfc9421.Fields("@method", "@authority", "@path", "@query", "content-digest", "content-type"),
	} {
		request := r.request(t, http.MethodPost, "/inbox", activity)
		request.URL.RawPath = request.URL.Path // see TestPeersReadUs
		err := rfc9421.Sign(request, rfc9421.SigningProfile{
			Algorithm: rfc9421.Algo_RSA_v1_5_sha256, Fields: fields,
			Metadata: []rfc9421.Metadata{rfc9421.MetaCreated, rfc9421.MetaKeyID, rfc9421.MetaAlgorithm},
		}, rfc9421.SigningKey{Key: private(t), MetaKeyID: keyID})
		if err != nil {
			t.Fatal(err)
		}
		r.send(t, request)
		if err := r.check(t, time.Now()); err != nil {
			t.Errorf("RFC 9421 %s: %v", name, err)
		}
	}
}

// TestTampering changes one thing of a signed request: it is refused,
// whatever it was.
func TestTampering(t *testing.T) {
	r := newReceiver(t)
	original := map[httpsig.Scheme]*http.Request{}
	for _, scheme := range schemes {
		request := r.request(t, http.MethodPost, "/inbox?x=1", activity)
		sign(t, request, activity, scheme, time.Now())
		original[scheme] = r.send(t, request)
	}
	signed := map[httpsig.Scheme][]string{
		httpsig.Cavage: {"Date", "Digest", "Signature"}, httpsig.RFC9421: {"Content-Digest", "Signature", "Signature-Input"},
	}
	rapid.Check(t, func(rt *rapid.T) {
		scheme := rapid.SampledFrom(schemes).Draw(rt, "scheme")
		request := original[scheme].Clone(context.Background())
		body := []byte(activity)
		url := r.URL
		what := rapid.SampledFrom([]string{"method", "path", "query", "host", "body", "header", "missing"}).Draw(rt, "what")
		switch what {
		case "method":
			request.Method = rapid.SampledFrom([]string{"GET", "PUT", "PATCH", "DELETE"}).Draw(rt, "method")
		case "path":
			request.URL.Path += "x"
			request.RequestURI = request.URL.RequestURI()
		case "query":
			request.URL.RawQuery = "x=2"
			request.RequestURI = request.URL.RequestURI()
		case "host":
			request.Host, url = "other.example", "http://other.example"
		case "body":
			i := rapid.IntRange(0, len(body)-1).Draw(rt, "at")
			body[i] ^= byte(rapid.IntRange(1, 255).Draw(rt, "by"))
		case "header":
			name := rapid.SampledFrom(signed[scheme]).Draw(rt, "name")
			value := []byte(request.Header.Get(name))
			i := rapid.IntRange(0, len(value)-1).Draw(rt, "at")
			c := byte(rapid.IntRange('0', 'z').Draw(rt, "to"))
			if strings.EqualFold(string(value[i]), string(c)) || insignificant(string(value), i) {
				return // names of algorithms and parameters may be of either case
			}
			value[i] = c
			request.Header.Set(name, string(value))
		case "missing":
			request.Header.Del(rapid.SampledFrom(signed[scheme]).Draw(rt, "name"))
		}
		sig, err := httpsig.Parse(request, url+request.URL.RequestURI())
		if err == nil && sig.KeyID() != keyID {
			return // another key is asked for, with which it does not verify
		}
		if err == nil {
			err = sig.Verify(public(t), body, time.Now())
		}
		if err == nil {
			rt.Fatalf("%s: %s was changed and it verifies: %v", scheme, what, request.Header)
		}
		if domain.CodeOf(err) != domain.Unauthenticated {
			rt.Fatalf("code %q", domain.CodeOf(err))
		}
	})
}

// insignificant reports whether a header says the same with another character
// at i: before the padding of base64 there are bits that do not count, and the
// algorithm of a cavage signature is only a hint.
func insignificant(value string, i int) bool {
	hint := strings.Index(value, `,algorithm="`)
	if hint >= 0 && i > hint && i < strings.Index(value, `,headers="`) {
		return true
	}
	return i+1 < len(value) && value[i+1] == '='
}

func TestRefused(t *testing.T) {
	r := newReceiver(t)
	now := time.Now()
	for name, change := range map[string]func(*http.Request){
		"two signatures": func(r *http.Request) { r.Header.Add("Signature", r.Header.Get("Signature")) },
		"two dates":      func(r *http.Request) { r.Header.Add("Date", r.Header.Get("Date")) },
		"no signature":   func(r *http.Request) { r.Header.Del("Signature") },
		"no digest signed": func(r *http.Request) {
			r.Header.Set("Signature", strings.Replace(r.Header.Get("Signature"), " digest", "", 1))
		},
		"no target signed": func(r *http.Request) {
			r.Header.Set("Signature", strings.Replace(r.Header.Get("Signature"), "(request-target) ", "", 1))
		},
		"an unknown algorithm": func(r *http.Request) {
			r.Header.Set("Signature", strings.Replace(r.Header.Get("Signature"), "rsa-sha256", "hmac-md5", 1))
		},
		"too long": func(r *http.Request) {
			r.Header.Set("Signature", r.Header.Get("Signature")+`,x="`+strings.Repeat("x", 10_000)+`"`)
		},
	} {
		request := r.request(t, http.MethodPost, "/inbox", activity)
		sign(t, request, activity, httpsig.Cavage, now)
		change(request)
		r.send(t, request)
		if err := r.check(t, now); domain.CodeOf(err) != domain.Unauthenticated {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, scheme := range schemes {
		for name, at := range map[string]time.Time{"old": now.Add(-13 * time.Hour), "of tomorrow": now.Add(24 * time.Hour)} {
			request := r.request(t, http.MethodPost, "/inbox", activity)
			sign(t, request, activity, scheme, at)
			r.send(t, request)
			if err := r.check(t, now); domain.CodeOf(err) != domain.Unauthenticated {
				t.Errorf("%s, %s: %v", scheme, name, err)
			}
		}
		request := r.request(t, http.MethodPost, "/inbox", activity)
		sign(t, request, activity, scheme, now.Add(-20*time.Minute)) // a clock that is off, a queue that was slow
		r.send(t, request)
		if err := r.check(t, now); err != nil {
			t.Errorf("%s, some minutes old: %v", scheme, err)
		}
	}
}

func TestParsePublicKey(t *testing.T) {
	text, err := theKey().PublicPEM()
	if err != nil {
		t.Fatal(err)
	}
	key, err := httpsig.ParsePublicKey(string(text))
	if err != nil || !key.(*rsa.PublicKey).Equal(public(t)) {
		t.Errorf("%v", err)
	}
	for _, bad := range []string{"", "x", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"} {
		if _, err := httpsig.ParsePublicKey(bad); domain.CodeOf(err) != domain.Unauthenticated {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// FuzzParse: whatever the headers are, reading them ends in an answer.
func FuzzParse(f *testing.F) {
	f.Add(`keyId="https://a.example/#k",algorithm="rsa-sha256",headers="(request-target) host date digest",signature="AAAA"`, "", "SHA-256=AAAA")
	f.Add("sig1=:AAAA:", `sig1=("@method" "@target-uri" "content-digest");created=1;keyid="k";alg="rsa-v1_5-sha256"`, "sha-256=:AAAA:")
	f.Add(`keyId="https://a.example/#k",algorithm="hs2019",headers="(request-target) host (created) (expires) digest",created=1,expires="2.5",signature="AAAA"`, "", "sha-256=AAAA,SHA-512=AAAA")
	f.Add("sig-b22=:AAAA:, x=1", `x=1, sig-b22=("@authority" "@method" "@path" "content-digest" "@query-param";name="%50et");created=1618884473;keyid="k";tag="t";expires=0`, "sha-512=:AAAA:, sha-256=:AAAA:")
	f.Add(`keyId=","`, `sig1=(`, "=,=")
	f.Fuzz(func(t *testing.T, signature, input, digest string) {
		r := httptest.NewRequest(http.MethodPost, "/inbox", nil)
		r.Header["Signature"] = []string{signature}
		if input != "" {
			r.Header["Signature-Input"] = []string{input}
			r.Header["Content-Digest"] = []string{digest}
		} else {
			r.Header["Digest"] = []string{digest}
			r.Header["Date"] = []string{time.Now().UTC().Format(http.TimeFormat)}
		}
		sig, err := httpsig.Parse(r, "https://city.example/inbox")
		if err == nil {
			err = sig.Verify(public(t), []byte(activity), time.Now())
		}
		if err == nil {
			t.Error("a signature that was never made verifies")
		}
	})
}

// rawCost is what crypto/rsa takes for one operation.
func rawCost(b *testing.B, verify bool) time.Duration {
	b.Helper()
	key, sum := private(b), sha256.Sum256([]byte(activity))
	signature, err := rsa.SignPKCS1v15(nil, key, crypto.SHA256, sum[:])
	if err != nil {
		b.Fatal(err)
	}
	const n = 200
	start := time.Now()
	for range n {
		if verify {
			err = rsa.VerifyPKCS1v15(&key.PublicKey, crypto.SHA256, sum[:], signature)
		} else {
			_, err = rsa.SignPKCS1v15(nil, key, crypto.SHA256, sum[:])
		}
		if err != nil {
			b.Fatal(err)
		}
	}
	return time.Since(start) / n
}

func BenchmarkSign(b *testing.B) {
	for _, scheme := range schemes {
		b.Run(string(scheme), func(b *testing.B) {
			raw := rawCost(b, false)
			sum := sha256.Sum256([]byte(activity))
			r := httptest.NewRequest(http.MethodPost, "http://peer.example/inbox", strings.NewReader(activity))
			b.ReportAllocs()
			b.ResetTimer()
			for range b.N {
				if err := httpsig.Sign(r, theKey(), scheme, &sum, time.Now()); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed())/float64(b.N)/float64(raw), "x-raw")
		})
	}
}

func BenchmarkVerify(b *testing.B) {
	for _, scheme := range schemes {
		b.Run(string(scheme), func(b *testing.B) {
			raw := rawCost(b, true)
			r := newReceiver(b)
			request := r.request(b, http.MethodPost, "/inbox", activity)
			sign(b, request, activity, scheme, time.Now())
			got := r.send(b, request)
			key := public(b)
			b.ReportAllocs()
			b.ResetTimer()
			for range b.N {
				sig, err := httpsig.Parse(got, r.URL+"/inbox")
				if err != nil {
					b.Fatal(err)
				}
				if err := sig.Verify(key, r.body, time.Now()); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed())/float64(b.N)/float64(raw), "x-raw")
		})
	}
}
