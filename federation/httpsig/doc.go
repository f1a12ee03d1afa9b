// Package httpsig signs and verifies HTTP messages as the fediverse does:
// draft-cavage-http-signatures-12, which every known peer reads, and RFC 9421.
// Keys are RSA of at least 2048 bits with SHA-256; Ed25519 is accepted from
// peers that use it with RFC 9421.
//
// The address that a signature covers comes from the configured base URL,
// never from the incoming scheme or host: a proxy may have changed them.
package httpsig

// Scheme names a way of signing.
type Scheme string

// The schemes.
const (
	Cavage  Scheme = "cavage"  // draft-cavage-http-signatures-12
	RFC9421 Scheme = "rfc9421" // RFC 9421 with RSA
	Ed25519 Scheme = "ed25519" // RFC 9421 with Ed25519: only to hosts that say that they take it (FEP-844e)
)

// Other is the scheme to try once after one was refused: a host may lack
// Ed25519 or RFC 9421 itself.
func (s Scheme) Other() Scheme {
	if s == RFC9421 {
		return Cavage
	}
	return RFC9421
}
