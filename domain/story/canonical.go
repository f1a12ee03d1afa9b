package story

import (
	"crypto/sha256"
	"encoding/hex"

	"interlink/domain/lineage"
)

// Digest returns the hex SHA-256 of the snapshot's canonical JSON (RFC 8785).
// Two nodes that hold the same snapshot have the same digest.
func (s *Snapshot) Digest() string {
	sum := sha256.Sum256(s.Canonical())
	return hex.EncodeToString(sum[:])
}

// Canonical returns the snapshot as canonical JSON (RFC 8785).
func (s *Snapshot) Canonical() []byte {
	shot := *s
	shot.TakenAt = s.TakenAt.UTC()
	return lineage.Canonical(shot)
}
