package httpsig

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"runtime"
)

// Key signs for one actor: requests with RSA or Ed25519 ([Sign]), documents
// with Ed25519 ([Prove]). It is safe for concurrent use.
type Key struct {
	ID      string        // keyId or verification method, "IRI#main-key", "IRI#ed25519-key"
	private crypto.Signer // *rsa.PrivateKey or ed25519.PrivateKey
}

// The sizes of RSA keys that are made and accepted, in bits.
const (
	keyBits    = 2048
	maxKeyBits = 8192
)

// GenerateKey makes an RSA-2048 key.
func GenerateKey(id string) (*Key, error) {
	private, err := rsa.GenerateKey(rand.Reader, keyBits)
	if err != nil {
		return nil, fmt.Errorf("generate a key: %w", err)
	}
	return &Key{ID: id, private: private}, nil
}

// Named returns the same key under another id.
func (k *Key) Named(id string) *Key { return &Key{ID: id, private: k.private} }

// GenerateEd25519 makes an Ed25519 key.
func GenerateEd25519(id string) (*Key, error) {
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("generate a key: %w", err)
	}
	return &Key{ID: id, private: private}, nil
}

// ParseKey reads a private key, RSA or Ed25519, from PEM (PKCS #8).
func ParseKey(id string, pemBytes []byte) (*Key, error) {
	block, rest := pem.Decode(pemBytes)
	if block == nil || len(rest) > 0 {
		return nil, errors.New("httpsig: not one PEM block")
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("httpsig: private key: %w", err)
	}
	switch private := parsed.(type) {
	case *rsa.PrivateKey:
		private.Precompute()
		return &Key{ID: id, private: private}, nil
	case ed25519.PrivateKey:
		return &Key{ID: id, private: private}, nil
	}
	return nil, errors.New("httpsig: neither an RSA nor an Ed25519 key")
}

// ed25519 returns the private key of one that proves, nil for RSA.
func (k *Key) ed25519() ed25519.PrivateKey {
	private, _ := k.private.(ed25519.PrivateKey)
	return private
}

// PrivatePEM writes the private key as PEM (PKCS #8).
func (k *Key) PrivatePEM() ([]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(k.private)
	if err != nil {
		return nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), nil
}

// PublicPEM writes the public key as PEM (SPKI), as publicKeyPem has it.
func (k *Key) PublicPEM() ([]byte, error) {
	der, err := x509.MarshalPKIXPublicKey(k.private.Public())
	if err != nil {
		return nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}), nil
}

// signing bounds how many RSA signatures are made at once: more than there are
// cores only take the caches from each other.
var signing = make(chan struct{}, runtime.GOMAXPROCS(0))

// algorithm is the key's name in RFC 9421 §6.2.
func (k *Key) algorithm() string {
	if k.ed25519() != nil {
		return "ed25519"
	}
	return "rsa-v1_5-sha256"
}

// sign makes a signature by [Key.algorithm].
func (k *Key) sign(message []byte) ([]byte, error) {
	if private := k.ed25519(); private != nil {
		return ed25519.Sign(private, message), nil
	}
	sum := sha256.Sum256(message)
	signing <- struct{}{}
	defer func() { <-signing }()
	runtime.Gosched()                                 // nothing else takes so long: whatever waits for a processor goes first
	return k.private.Sign(nil, sum[:], crypto.SHA256) // RSASSA-PKCS1-v1_5
}

// ParsePublicKey reads a peer's public key from PEM: SPKI, or PKCS #1 as some
// old servers send. Errors: Unauthenticated for RSA keys under 2048 or over
// 8192 bits and for kinds other than RSA and Ed25519.
func ParsePublicKey(pemText string) (crypto.PublicKey, error) {
	const maxPEM = 16 << 10
	if len(pemText) > maxPEM {
		return nil, fail(ReasonKey, "too long")
	}
	block, _ := pem.Decode([]byte(pemText))
	if block == nil {
		return nil, fail(ReasonKey, "not PEM")
	}
	var parsed any
	var err error
	if block.Type == "RSA PUBLIC KEY" {
		parsed, err = x509.ParsePKCS1PublicKey(block.Bytes)
	} else {
		parsed, err = x509.ParsePKIXPublicKey(block.Bytes)
	}
	if err != nil {
		return nil, fail(ReasonKey, err.Error())
	}
	switch key := parsed.(type) {
	case *rsa.PublicKey:
		if bits := key.N.BitLen(); bits < keyBits || bits > maxKeyBits {
			return nil, fail(ReasonKey, fmt.Sprintf("RSA of %d bits", bits))
		}
		if key.E < 3 || key.E%2 == 0 {
			return nil, fail(ReasonKey, "odd exponent")
		}
		return key, nil
	case ed25519.PublicKey:
		return key, nil
	}
	return nil, fail(ReasonKey, "neither RSA nor Ed25519")
}
