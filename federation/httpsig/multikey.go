package httpsig

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"

	"github.com/mr-tron/base58"
)

// ProofKey proves objects for one actor (FEP-8b32). It is safe for concurrent
// use.
type ProofKey struct {
	ID      string // verification method, "IRI#ed25519-key"
	private ed25519.PrivateKey
}

// GenerateProofKey makes an Ed25519 key.
func GenerateProofKey(id string) (*ProofKey, error) {
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("generate a key: %w", err)
	}
	return &ProofKey{id, private}, nil
}

// ParseProofKey reads a private key from PEM (PKCS #8).
func ParseProofKey(id string, pemBytes []byte) (*ProofKey, error) {
	block, rest := pem.Decode(pemBytes)
	if block == nil || len(rest) > 0 {
		return nil, errors.New("httpsig: not one PEM block")
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("httpsig: private key: %w", err)
	}
	private, ok := parsed.(ed25519.PrivateKey)
	if !ok {
		return nil, errors.New("httpsig: not an Ed25519 key")
	}
	return &ProofKey{id, private}, nil
}

// PrivatePEM writes the private key as PEM (PKCS #8).
func (k *ProofKey) PrivatePEM() ([]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(k.private)
	if err != nil {
		return nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), nil
}

// Multibase writes the public key as publicKeyMultibase of a Multikey has it
// (FEP-521a; Controlled Identifiers §2.2.2): "z6Mk…".
func (k *ProofKey) Multibase() string {
	public, _ := k.private.Public().(ed25519.PublicKey)
	return "z" + base58.Encode(append([]byte(ed25519Code), public...))
}

// ed25519Code is the multicodec of an Ed25519 public key, as a varint.
const ed25519Code = "\xed\x01"

// maxMultibase bounds what is decoded: base58 takes time that grows with the
// square of the length.
const maxMultibase = 128

// ParseMultibase reads publicKeyMultibase of a Multikey. Errors:
// Unauthenticated for anything but an Ed25519 key in base58btc.
func ParseMultibase(s string) (crypto.PublicKey, error) {
	raw, err := decodeMultibase(s)
	if err != nil {
		return nil, err
	}
	if len(raw) != len(ed25519Code)+ed25519.PublicKeySize || string(raw[:len(ed25519Code)]) != ed25519Code {
		return nil, fail(ReasonKey, "not an Ed25519 key")
	}
	return ed25519.PublicKey(raw[len(ed25519Code):]), nil
}

// decodeMultibase reads base58btc, the one base that eddsa-jcs-2022 uses.
func decodeMultibase(s string) ([]byte, error) {
	if len(s) < 2 || len(s) > maxMultibase || s[0] != 'z' {
		return nil, fail(ReasonMalformed, "not base58btc")
	}
	raw, err := base58.Decode(s[1:])
	if err != nil {
		return nil, fail(ReasonMalformed, "not base58btc")
	}
	return raw, nil
}
