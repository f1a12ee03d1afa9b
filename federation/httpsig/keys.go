package httpsig

// Keys are what one actor signs with.
type Keys struct {
	RSA     *Key // signs requests: every peer reads it
	Ed25519 *Key // proves documents, and signs requests by the scheme [Ed25519]
	Former  *Key // the RSA key that a rotation replaced, while it still counts; nil otherwise
}

// For returns the key for a scheme.
func (k *Keys) For(scheme Scheme) *Key {
	if scheme == Ed25519 {
		return k.Ed25519
	}
	return k.RSA
}
