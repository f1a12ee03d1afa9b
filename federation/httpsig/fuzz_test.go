package httpsig_test

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/mr-tron/base58"

	"interlink/domain"
	"interlink/federation/httpsig"
)

// FuzzPublicKey: of whatever stands where a key should, only RSA of the sizes
// that count and Ed25519 become one, and written again they are the same.
func FuzzPublicKey(f *testing.F) {
	ours, err := theKey().PublicPEM()
	if err != nil {
		f.Fatal(err)
	}
	old := pem.EncodeToMemory(&pem.Block{Type: "RSA PUBLIC KEY", Bytes: x509.MarshalPKCS1PublicKey(public(f).(*rsa.PublicKey))})
	for _, s := range []string{
		string(ours), string(old), vectorPublic, "z", "z6Mk", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
		"-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAJrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=\n-----END PUBLIC KEY-----\n",
		"-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEqIVYZVLCrPZHGHjP17CTW0/+D9Lf\nw0EkjqF7xB4FivAxzic30tMM4GF+hR6Dxh71Z50VGGdldkkDXZCnTNnoXQ==\n-----END PUBLIC KEY-----\n",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if key, err := httpsig.ParseMultibase(text); err == nil {
			point, ok := key.(ed25519.PublicKey)
			if !ok || len(point) != ed25519.PublicKeySize || "z"+base58.Encode(append([]byte{0xed, 1}, point...)) != text {
				t.Errorf("%q became %x", text, point)
			}
		} else if domain.CodeOf(err) != domain.Unauthenticated {
			t.Errorf("code %q", domain.CodeOf(err))
		}
		key, err := httpsig.ParsePublicKey(text)
		if err != nil {
			if key != nil || domain.CodeOf(err) != domain.Unauthenticated {
				t.Errorf("%v, %v", key, err)
			}
			return
		}
		switch key := key.(type) {
		case *rsa.PublicKey:
			if bits := key.N.BitLen(); bits < 2048 || bits > 8192 || key.E < 3 {
				t.Errorf("RSA of %d bits with the exponent %d", bits, key.E)
			}
		case ed25519.PublicKey:
		default:
			t.Errorf("a %T", key)
		}
		der, err := x509.MarshalPKIXPublicKey(key)
		if err != nil {
			t.Fatal(err)
		}
		back, err := httpsig.ParsePublicKey(string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})))
		if err != nil || !back.(interface{ Equal(crypto.PublicKey) bool }).Equal(key) {
			t.Errorf("written again it is %v, %v", back, err)
		}
	})
}

// FuzzChallenge: whatever a server asks for by Accept-Signature, what is made
// of it verifies, for the request that it was made for and for no other.
func FuzzChallenge(f *testing.F) {
	for _, s := range []string{
		`sig1=("@method" "@target-uri" "@authority" "content-digest" "cache-control");keyid="test-key-rsa-pss";created;tag="app-123"`,
		`a=("@method" "@target-uri" "content-digest");alg="ed25519";nonce="x\"\\"`, `a=("@method" "@authority" "@path" "accept" "date");expires;created=1`,
		`a=(), b=("@method" "@request-target" "@authority" "host" "user-agent" "content-type" "content-digest" "@query" "@scheme");tag="t"`,
		`a=("@method";req "@target-uri")`, `a="@method"`, `a=(1 "@method")`, `a`, "",
	} {
		f.Add(s, true)
		f.Add(s, false)
	}
	ed, err := httpsig.GenerateEd25519(keyID)
	if err != nil {
		f.Fatal(err)
	}
	point, err := httpsig.ParseMultibase(ed.Multibase())
	if err != nil {
		f.Fatal(err)
	}
	rsaKey := public(f)
	body, now := []byte(activity), time.Now()
	digest := sha256.Sum256(body)
	f.Fuzz(func(t *testing.T, asks string, post bool) {
		method, sum := http.MethodGet, (*httpsig.Digest)(nil)
		if post {
			method, sum = http.MethodPost, &digest
		}
		r := httptest.NewRequest(method, "https://city.example/inbox?a=1", nil)
		r.Header = http.Header{"Content-Type": {"application/activity+json"}, "User-Agent": {"interlink"}, "Accept": {" application/json"}}
		c := httpsig.ReadChallenge(&http.Response{Request: r, Header: http.Header{"Accept-Signature": {asks}}})
		if c == nil {
			return
		}
		key, shown := theKey(), rsaKey
		if c.Scheme() == httpsig.Ed25519 {
			key, shown = ed, point
		}
		made, err := c.Sign(r, key, sum, now)
		if err != nil {
			t.Fatal(err)
		}
		if !made {
			return
		}
		sig, err := httpsig.Parse(r, "https://city.example/inbox?a=1")
		if err != nil {
			t.Fatalf("%s: %v", r.Header, err)
		}
		if err := sig.Verify(shown, body, now); err != nil {
			t.Errorf("%s: %v", r.Header, err)
		}
		r.Method = http.MethodPut
		if other, err := httpsig.Parse(r, "https://city.example/inbox?a=1"); err == nil && other.Verify(shown, body, now) == nil {
			t.Errorf("it holds for another method: %s", r.Header)
		}
		r.Method = method
		if other, err := httpsig.Parse(r, "https://city.example/outbox?a=1"); err == nil && other.Verify(shown, body, now) == nil {
			t.Errorf("it holds for another path: %s", r.Header)
		}
	})
}
