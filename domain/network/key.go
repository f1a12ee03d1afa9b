package network

import (
	"slices"
	"time"

	"interlink/domain"
)

// KeyKind is what a local actor's key is for.
type KeyKind string

// The kinds of keys. An actor has one of each, and those they replaced.
const (
	KeyRSA     KeyKind = "rsa"     // signs requests; every peer reads it
	KeyEd25519 KeyKind = "ed25519" // proves documents; signs requests to hosts that say so
)

// KeyKinds are the kinds in the order in which keys are made.
var KeyKinds = []KeyKind{KeyRSA, KeyEd25519}

// KeyPair is a signing key of a local actor, its private half encrypted with
// the node's key.
type KeyPair struct {
	Actor     domain.ActorID
	Kind      KeyKind
	KeyID     string // "IRI#main-key", never given twice
	Sealed    []byte // empty once the overlap after a rotation is over
	PublicKey string // PEM (SPKI)
	CreatedAt time.Time
	RetiredAt time.Time // when a rotation replaced it; zero for the key in use
}

// KeyOverlap is how long a replaced key goes on to count: peers that cached it
// get to know the new one, and what waits in their queues still verifies.
// Lemmy reads actors again after a day, Mastodon and GoToSocial after up to
// three; deliveries are tried for about a week.
const KeyOverlap = 7 * 24 * time.Hour

// KeysRotated is the event of an actor's new keys; its payload is empty.
const KeysRotated domain.EventKind = "actor.keys_rotated"

// PublicKey is a key of a remote actor as its document has it.
type PublicKey struct {
	ID   string
	Text string // publicKeyPem, or publicKeyMultibase of a Multikey that is in assertionMethod
}

// What the actors of a host may say that it understands (FEP-844e), as their
// generator's implements names it.
const (
	CapableRFC9421   domain.IRI = "https://datatracker.ietf.org/doc/html/rfc9421"
	CapableEd25519   domain.IRI = "https://datatracker.ietf.org/doc/html/rfc9421#name-eddsa-using-curve-edwards25"
	CapableInterlink domain.IRI = "https://w3id.org/interlink/ns#node"
)

// Capabilities are all that are known; others are not kept.
var Capabilities = []domain.IRI{CapableRFC9421, CapableEd25519, CapableInterlink}

// SchemeFor is how long it is believed what was learned of a host's
// signatures.
const SchemeFor = 30 * 24 * time.Hour

// Can reports whether an actor of the host said that it understands something.
func (h *Host) Can(capability domain.IRI) bool { return slices.Contains(h.Capabilities, capability) }

// Scheme returns how requests to the host are to be signed, "" if nothing is
// known, or it was learned too long ago.
func (h *Host) Scheme(now time.Time) string {
	if now.Sub(h.SignatureAt) > SchemeFor {
		return ""
	}
	return h.Signature
}
