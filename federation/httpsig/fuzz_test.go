package httpsig_test

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"testing"

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
