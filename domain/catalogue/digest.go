package catalogue

import (
	"crypto/sha256"
	"strconv"

	"interlink/domain"
)

// Mark is an entry with its version: what two nodes must agree on.
type Mark struct {
	IRI     domain.IRI
	Version int
}

// sum is the SHA-256 of the address, a line feed, and the version in decimal.
func (m Mark) sum() [sha256.Size]byte {
	return sha256.Sum256([]byte(string(m.IRI) + "\n" + strconv.Itoa(m.Version)))
}

// Part is the partition of the entry, 0 to 255: the first byte of the SHA-256
// of its address. It stays the same when the entry changes.
func (m Mark) Part() byte {
	sum := sha256.Sum256([]byte(m.IRI))
	return sum[0]
}

// PartDigest is the digest of one partition: how many entries it has, and the
// XOR of their sums.
type PartDigest struct {
	Count int
	Sum   [sha256.Size]byte
}

// Digest is the digest of a catalogue by partition, as FEP-8fcf makes it of
// followers. Two catalogues with the same entries in the same versions have
// the same, in whatever order they came.
type Digest [256]PartDigest

// DigestOf makes the digest of entries, each of which is there once.
func DigestOf(marks []Mark) *Digest {
	d := new(Digest)
	for _, m := range marks {
		part := &d[m.Part()]
		part.Count++
		for i, b := range m.sum() {
			part.Sum[i] ^= b
		}
	}
	return d
}

// Differing lists the partitions in which two digests differ.
func (d *Digest) Differing(other *Digest) []byte {
	var parts []byte
	for i := range d {
		if d[i] != other[i] {
			parts = append(parts, byte(i))
		}
	}
	return parts
}

// Total is how many entries there are.
func (d *Digest) Total() int {
	n := 0
	for _, part := range d {
		n += part.Count
	}
	return n
}

// InPart returns the marks of one partition.
func InPart(marks []Mark, part byte) []Mark {
	var out []Mark
	for _, m := range marks {
		if m.Part() == part {
			out = append(out, m)
		}
	}
	return out
}

// Difference says what to do so that what is here of a partition is as it is
// there: read those that are missing or have another version, and ask again
// for those that are there no more.
func Difference(here, there []Mark) (read, ask []domain.IRI) {
	known := make(map[domain.IRI]int, len(here))
	for _, m := range here {
		known[m.IRI] = m.Version
	}
	for _, m := range there {
		if version, ok := known[m.IRI]; !ok || version != m.Version {
			read = append(read, m.IRI)
		}
		delete(known, m.IRI)
	}
	for _, m := range here {
		if _, left := known[m.IRI]; left {
			ask = append(ask, m.IRI)
		}
	}
	return read, ask
}
