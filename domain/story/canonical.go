package story

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"interlink/domain/lineage"
)

// Digest returns the hex SHA-256 of the snapshot's canonical JSON (RFC 8785).
// Two nodes that hold the same snapshot have the same digest.
func (s *Snapshot) Digest() string {
	sum := sha256.New()
	w := bufio.NewWriter(sum)
	lineage.CanonicalTo(w, s.utc())
	_ = w.Flush() // a hash takes all
	return hex.EncodeToString(sum.Sum(nil))
}

// Canonical returns the snapshot as canonical JSON (RFC 8785).
func (s *Snapshot) Canonical() []byte { return lineage.Canonical(s.utc()) }

// String is the same as text.
func (s *Snapshot) String() string {
	var (
		b    strings.Builder
		size length
	)
	w := bufio.NewWriter(&size)
	lineage.CanonicalTo(w, s.utc())
	_ = w.Flush()     // it takes all
	b.Grow(int(size)) // it may be large: growing would copy it
	lineage.CanonicalTo(&b, s.utc())
	return b.String()
}

// length counts the bytes that are written.
type length int

// Write implements io.Writer.
func (n *length) Write(p []byte) (int, error) {
	*n += length(len(p))
	return len(p), nil
}

func (s *Snapshot) utc() *Snapshot {
	shot := *s
	shot.TakenAt = s.TakenAt.UTC()
	return &shot
}
