package httpsig

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/dunglas/httpsfv"

	"interlink/domain"
)

// The request of RFC 9421 §B.2, and the keys of §B.1 by which it is signed.
const (
	vectorURL     = "https://example.com/foo?param=Value&Pet=dog"
	vectorDigest  = "sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:"
	vectorSecret  = "uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ=="
	vectorEd25519 = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAJrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=\n-----END PUBLIC KEY-----\n"
	vectorRSAPSS  = `-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAr4tmm3r20Wd/PbqvP1s2
+QEtvpuRaV8Yq40gjUR8y2Rjxa6dpG2GXHbPfvMs8ct+Lh1GH45x28Rw3Ry53mm+
oAXjyQ86OnDkZ5N8lYbggD4O3w6M6pAvLkhk95AndTrifbIFPNU8PPMO7OyrFAHq
gDsznjPFmTOtCEcN2Z1FpWgchwuYLPL+Wokqltd11nqqzi+bJ9cvSKADYdUAAN5W
Utzdpiy6LbTgSxP7ociU4Tn0g5I6aDZJ7A8Lzo0KSyZYoA485mqcO0GVAdVw9lq4
aOT9v6d+nb4bnNkQVklLQ3fVAvJm+xdDOp9LCNCN48V2pnDOkFV6+U9nV5oyc6XI
2wIDAQAB
-----END PUBLIC KEY-----
`
)

func vectorRequest(label, params, value string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, vectorURL, strings.NewReader(`{"hello": "world"}`))
	for name, value := range map[string]string{
		"Date": "Tue, 20 Apr 2021 02:07:55 GMT", "Content-Type": "application/json", "Content-Digest": vectorDigest, "Content-Length": "18",
		"Signature-Input": label + "=" + params, "Signature": label + "=:" + value + ":",
	} {
		r.Header.Set(name, value)
	}
	return r
}

// TestRFC9421Bases is RFC 9421 §B.2.1 to §B.2.3 and §B.2.5: the signature base
// of each is what was signed. What they cover is too little for an inbox, but
// for §B.2.3, and none names RSA-PSS, which then is not tried (§3.2): the keys
// of the fediverse are used with PKCS #1. §B.2.4 is of a response, which
// nobody signs, and ECDSA.
func TestRFC9421Bases(t *testing.T) {
	key, err := ParsePublicKey(vectorRSAPSS)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := base64.StdEncoding.DecodeString(vectorSecret)
	if err != nil {
		t.Fatal(err)
	}
	for label, c := range map[string]struct {
		params, base, value string
		want                domain.Code
	}{
		"sig-b21": {
			params: `();created=1618884473;keyid="test-key-rsa-pss";nonce="b3k2pp5k7z-50gnwp.yemd"`, want: domain.Unauthenticated,
			value: "d2pmTvmbncD3xQm8E9ZV2828BjQWGgiwAaw5bAkgibUopemLJcWDy/lkbbHAve4cRAtx31Iq786U7it++wgGxbtRxf8Udx7zFZsckzXaJMkA7ChG52eSkFxykJeNqsrWH5S+oxNFlD4dzVuwe8DhTSja8xxbR/Z2cOGdCbzR72rgFWhzx2VjBqJzsPLMIQKhO4DGezXehhWwE56YCE+O6c0mKZsfxVrogUvA4HELjVKWmAvtl6UnCh8jYzuVG5WSb/QEVPnP5TmcAnLH1g+s++v6d4s8m0gCw1fV5/SITLq9mhho8K3+7EPYTU8IU1bLhdxO5Nyt8C8ssinQ98Xw9Q==",
		},
		"sig-b22": {
			params: `("@authority" "content-digest" "@query-param";name="Pet");created=1618884473;keyid="test-key-rsa-pss";tag="header-example"`,
			base:   "\"@authority\": example.com\n\"content-digest\": " + vectorDigest + "\n\"@query-param\";name=\"Pet\": dog\n", want: domain.Unauthenticated,
			value: "LjbtqUbfmvjj5C5kr1Ugj4PmLYvx9wVjZvD9GsTT4F7GrcQEdJzgI9qHxICagShLRiLMlAJjtq6N4CDfKtjvuJyE5qH7KT8UCMkSowOB4+ECxCmT8rtAmj/0PIXxi0A0nxKyB09RNrCQibbUjsLS/2YyFYXEu4TRJQzRw1rLEuEfY17SARYhpTlaqwZVtR8NV7+4UKkjqpcAoFqWFQh62s7Cl+H2fjBSpqfZUJcsIk4N6wiKYd4je2U/lankenQ99PZfB4jY3I5rSV2DSBVkSFsURIjYErOs0tFTQosMTAoxk//0RoKUqiYY8Bh0aaUEb0rQl3/XaVe4bXTugEjHSw==",
		},
		"sig-b23": {
			params: `("date" "@method" "@path" "@query" "@authority" "content-type" "content-digest" "content-length");created=1618884473;keyid="test-key-rsa-pss"`,
			base: "\"date\": Tue, 20 Apr 2021 02:07:55 GMT\n\"@method\": POST\n\"@path\": /foo\n\"@query\": ?param=Value&Pet=dog\n\"@authority\": example.com\n" +
				"\"content-type\": application/json\n\"content-digest\": " + vectorDigest + "\n\"content-length\": 18\n",
			value: "bbN8oArOxYoyylQQUU6QYwrTuaxLwjAC9fbY2F6SVWvh0yBiMIRGOnMYwZ/5MR6fb0Kh1rIRASVxFkeGt683+qRpRRU5p2voTp768ZrCUb38K0fUxN0O0iC59DzYx8DFll5GmydPxSmme9v6ULbMFkl+V5B1TP/yPViV7KsLNmvKiLJH1pFkh/aYA2HXXZzNBXmIkoQoLd7YfW91kE9o/CCoC1xMy7JA1ipwvKvfrs65ldmlu9bpG6A9BmzhuzF8Eim5f8ui9eH8LZH896+QIF61ka39VBrohr9iyMUJpvRX2Zbhl5ZJzSRxpJyoEZAFL2FUo5fTIztsDZKEgM4cUA==",
		},
		"sig-b25": {
			params: `("date" "@authority" "content-type");created=1618884473;keyid="test-shared-secret"`, want: domain.Unauthenticated,
			base:  "\"date\": Tue, 20 Apr 2021 02:07:55 GMT\n\"@authority\": example.com\n\"content-type\": application/json\n",
			value: "pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8=",
		},
	} {
		r := vectorRequest(label, c.params, c.value)
		inputs, err := httpsfv.UnmarshalDictionary(r.Header.Values("Signature-Input"))
		if err != nil {
			t.Fatal(err)
		}
		list, _ := inputs.Get(label)
		value, err := base64.StdEncoding.DecodeString(c.value)
		if err != nil {
			t.Fatal(err)
		}
		s := &Signature{request: r, algorithm: "rsa-pss-sha512", value: value}
		base, err := s.base(list.(httpsfv.InnerList), vectorURL)
		if err != nil || base != c.base+`"@signature-params": `+c.params {
			t.Errorf("%s: %v, the base is\n%s", label, err, base)
		}
		mac := hmac.New(sha256.New, secret)
		mac.Write([]byte(base))
		if !s.matches(key, base) && !hmac.Equal(mac.Sum(nil), value) {
			t.Errorf("%s: the signature does not hold", label)
		}
		if parsed, err := Parse(r, vectorURL); domain.CodeOf(err) != c.want || err == nil && parsed.matches(key, base) {
			t.Errorf("%s is taken: %v", label, err)
		}
	}
}

// TestRFC9421Transformations is RFC 9421 §B.4: what may happen to a message on
// its way and what may not.
func TestRFC9421Transformations(t *testing.T) {
	key, err := ParsePublicKey(vectorEd25519)
	if err != nil {
		t.Fatal(err)
	}
	const path, query = "https://example.org/demo", "?name1=Value1&Name2=value2"
	for name, c := range map[string]struct {
		method, url string
		accept      []string
		more        string // another header
		holds       bool
	}{
		"as sent":                  {http.MethodGet, path + query, []string{"application/json", "*/*"}, "", true},
		"with more than there was": {http.MethodGet, path + query + "&param=added", []string{"application/json", "*/*"}, "Accept-Language", true},
		"in one line":              {http.MethodGet, path + query, []string{"application/json, */*"}, "Referer", true},
		"with spaces":              {http.MethodGet, path + query, []string{" application/json", "\t*/* "}, "", true},
		"in another order":         {http.MethodGet, path + query, []string{"*/*", "application/json"}, "", false},
		"to another host":          {http.MethodGet, "https://example.com/demo" + query, []string{"application/json", "*/*"}, "", false},
		"by another method":        {http.MethodPost, path + query, []string{"application/json", "*/*"}, "", false},
	} {
		r := httptest.NewRequest(c.method, c.url, nil)
		r.Header["Accept"] = c.accept
		r.Header.Set("Date", "Fri, 15 Jul 2022 14:24:55 GMT")
		r.Header.Set("Signature-Input", `transform=("@method" "@path" "@authority" "accept");created=1618884473;keyid="test-key-ed25519"`)
		r.Header.Set("Signature", "transform=:ZT1kooQsEHpZ0I1IjCqtQppOmIqlJPeo7DHR3SoMn0s5JZ1eRGS0A+vyYP9t/LXlh5QMFFQ6cpLt2m0pmj3NDA==:")
		if c.more != "" {
			r.Header.Set(c.more, "x")
		}
		sig, err := Parse(r, c.url)
		if err != nil {
			t.Fatal(err)
		}
		if holds := sig.matches(key, sig.bases[0]); holds != c.holds {
			t.Errorf("%s: holds is %t", name, holds)
		}
	}
}

// TestRFC9421Vector is RFC 9421 §B.2.6: the request of the appendix, signed
// with its Ed25519 key. The digest that an inbox asks for is not signed, so the
// parts are tested one by one: what is read, the base that is built of it, and
// the signature both ways.
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
	)
	sig, err := Parse(vectorRequest("sig-b26", params, value), vectorURL)
	if err != nil {
		t.Fatal(err)
	}
	if len(sig.bases) != 1 || sig.bases[0] != want {
		t.Errorf("the base is\n%s", sig.bases)
	}
	shown, err := ParsePublicKey(vectorEd25519)
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
