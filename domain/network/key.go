package network

import (
	"time"

	"interlink/domain"
)

// KeyPair is the signing key of a local actor, its private half encrypted
// with the node's key.
type KeyPair struct {
	Actor     domain.ActorID
	KeyID     string // "IRI#main-key"
	Sealed    []byte
	PublicKey string // PEM (SPKI)
	CreatedAt time.Time
}
