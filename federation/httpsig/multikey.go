package httpsig

import (
	"crypto"
	"crypto/ed25519"

	"github.com/mr-tron/base58"
)

// Multibase writes the public key as publicKeyMultibase of a Multikey has it
// (FEP-521a; Controlled Identifiers §2.2.2): "z6Mk…"; "" for an RSA key.
func (k *Key) Multibase() string {
	public, ok := k.private.Public().(ed25519.PublicKey)
	if !ok {
		return ""
	}
	return FormatMultibase(public)
}

// FormatMultibase writes an Ed25519 public key as [Key.Multibase] does.
func FormatMultibase(public ed25519.PublicKey) string {
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
