package httpsig

import (
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestRFC9421Vector is RFC 9421 §B.2.6: the request of the appendix, signed
// with its Ed25519 key. The request has no digest by SHA-256 that is signed,
// which an inbox would ask for, so the parts are tested one by one: what is
// read, the base that is built of it, and the signature both ways. The
// other vectors use ECDSA, HMAC, parameters of components, or RSA-PSS without
// naming it, which no peer does.
func TestRFC9421Vector(t *testing.T) {
	const (
		value  = "wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw=="
		params = `("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519"`
		want   = `"date": Tue, 20 Apr 2021 02:07:55 GMT
"@method": POST
"@path": /foo
"@authority": example.com
"content-type": application/json
"content-length": 18
"@signature-params": ` + params
		secret = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ+DYvh6SEqVTm50DFtMDoQikTmiCqirVv9mWG9qfSnF\n-----END PRIVATE KEY-----\n"
		public = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAJrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=\n-----END PUBLIC KEY-----\n"
	)
	r := httptest.NewRequest(http.MethodPost, "https://example.com/foo?param=Value&Pet=dog", strings.NewReader(`{"hello": "world"}`))
	for name, value := range map[string]string{
		"Date": "Tue, 20 Apr 2021 02:07:55 GMT", "Content-Type": "application/json", "Content-Length": "18",
		"Signature-Input": "sig-b26=" + params, "Signature": "sig-b26=:" + value + ":",
	} {
		r.Header.Set(name, value)
	}
	sig, err := Parse(r, "https://example.com/foo?param=Value&Pet=dog")
	if err != nil {
		t.Fatal(err)
	}
	if len(sig.bases) != 1 || sig.bases[0] != want {
		t.Errorf("the base is\n%s", sig.bases)
	}
	shown, err := ParsePublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	if sig.keyID != "test-key-ed25519" || !sig.matches(shown, want) || sig.matches(shown, want+" ") {
		t.Error("the signature does not hold")
	}
	key, err := ParseKey("test-key-ed25519", []byte(secret))
	if err != nil {
		t.Fatal(err)
	}
	made, err := key.sign([]byte(want))
	if err != nil || base64.StdEncoding.EncodeToString(made) != value {
		t.Errorf("signed %s (%v)", base64.StdEncoding.EncodeToString(made), err)
	}
}
