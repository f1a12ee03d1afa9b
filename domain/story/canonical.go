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
	var b strings.Builder
	b.Grow(s.size()) // it may be large: growing would copy it
	lineage.CanonicalTo(&b, s.utc())
	return b.String()
}

// MaxSnapshot is how large what a story shows may be, as canonical JSON: other
// nodes read it as one document.
const MaxSnapshot = 8 << 20 // bytes

// size is how many bytes its canonical JSON has.
func (s *Snapshot) size() int {
	var n length
	w := bufio.NewWriter(&n)
	lineage.CanonicalTo(w, s.utc())
	_ = w.Flush() // it takes all
	return int(n)
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
