package lineage

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"hash"
)

// Digester makes the digest of a tree that is read page by page.
type Digester struct {
	sum hash.Hash
	one bytes.Buffer // an item
}

// NewDigester makes one for a tree of which nothing was read yet.
func NewDigester() *Digester { return &Digester{sum: sha256.New()} }

// Add reads the next items, in the order of the tree.
func (d *Digester) Add(items ...SourceItem) {
	for _, it := range items {
		d.one.Reset()
		CanonicalTo(&d.one, it.said())
		one := sha256.Sum256(d.one.Bytes())
		_, _ = d.sum.Write(one[:]) // a hash takes all
	}
}

// Sum returns the digest of what was read: hex, 64 digits.
func (d *Digester) Sum() string { return hex.EncodeToString(d.sum.Sum(nil)) }

// Digest is the content hash of the tree of a source, which clones keep: the
// SHA-256, in hex, of the SHA-256 of the canonical JSON (RFC 8785) of each
// item, in the order of the tree. Nodes that hold the same tree have the same.
func (s SourceProcess) Digest() string {
	d := NewDigester()
	d.Add(s.Items...)
	return d.Sum()
}

// isDigest reports whether s has the shape of a digest.
func isDigest(s string) bool {
	raw, err := hex.DecodeString(s)
	return err == nil && len(raw) == sha256.Size && hex.EncodeToString(raw) == s
}
