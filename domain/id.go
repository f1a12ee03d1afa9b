package domain

import (
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"io"
	"strconv"
	"sync"
	"time"
)

// ID is a UUIDv7 in its canonical lower-case form (RFC 9562 §5.7): 36
// characters, sorting by time of creation.
type ID string

// Time is when the id was made; zero of one that is no UUIDv7.
func (id ID) Time() time.Time {
	if len(id) != 36 || id[8] != '-' || id[14] != '7' {
		return time.Time{}
	}
	ms, err := strconv.ParseInt(string(id[:8]+id[9:13]), 16, 64)
	if err != nil {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// ActorID names a person, organisation, team, community, process, catalogue
// or node, local or remote alike. It is the key of the actor's row, not its
// IRI. Members, grants, reviews and follows hold an ActorID; an account is
// only the way a local person signs in.
type ActorID string

// Nobody is the ActorID of a reader who has not signed in.
const Nobody ActorID = ""

// ParseID checks that s is a UUID in canonical lower-case form.
// Errors: NotFound, because ids come from addresses.
func ParseID(s string) (ID, error) {
	if len(s) != 36 {
		return "", Fail(NotFound, "error.not_found")
	}
	for i, c := range []byte(s) {
		switch {
		case i == 8 || i == 13 || i == 18 || i == 23:
			if c != '-' {
				return "", Fail(NotFound, "error.not_found")
			}
		case (c < '0' || c > '9') && (c < 'a' || c > 'f'):
			return "", Fail(NotFound, "error.not_found")
		}
	}
	return ID(s), nil
}

// Bytes are the 16 bytes that [IDOf] writes so; ok is false if it writes none so.
func (id ID) Bytes() (b [16]byte, ok bool) {
	if len(id) != 36 || id[8] != '-' || id[13] != '-' || id[18] != '-' || id[23] != '-' {
		return b, false
	}
	digits := id[:8] + id[9:13] + id[14:18] + id[19:23] + id[24:]
	if _, err := hex.Decode(b[:], []byte(digits)); err != nil {
		return b, false
	}
	return b, IDOf(b) == id // in lower case
}

// NewID makes a UUIDv7 from the time, in milliseconds, and 74 random bits.
// It panics if random fails, as no server can go on without randomness.
func NewID(now time.Time, random io.Reader) ID {
	var b [16]byte
	if _, err := io.ReadFull(random, b[6:]); err != nil {
		panic("domain: no randomness: " + err.Error())
	}
	ms := uint64(now.UnixMilli())
	b[0], b[1], b[2] = byte(ms>>40), byte(ms>>32), byte(ms>>24)
	b[3], b[4], b[5] = byte(ms>>16), byte(ms>>8), byte(ms)
	b[6] = b[6]&0x0f | 0x70
	b[8] = b[8]&0x3f | 0x80
	return IDOf(b)
}

// IDOf writes the 16 bytes of a UUID in its canonical form.
func IDOf(b [16]byte) ID {
	var out [36]byte
	hex.Encode(out[0:8], b[0:4])
	hex.Encode(out[9:13], b[4:6])
	hex.Encode(out[14:18], b[6:8])
	hex.Encode(out[19:23], b[8:10])
	hex.Encode(out[24:36], b[10:16])
	out[8], out[13], out[18], out[23] = '-', '-', '-', '-'
	return ID(out[:])
}

// Serial is a 64-bit number that grows with time: milliseconds since 1970 in
// the upper 48 bits, a counter in the lower 16. Lists are paged by it, and
// client APIs that need numeric ids use it. The zero Serial means "none".
type Serial int64

// Time returns the millisecond in which the serial was made.
func (s Serial) Time() time.Time { return time.UnixMilli(int64(s) >> 16).UTC() }

// String is the serial in decimal digits.
func (s Serial) String() string { return strconv.FormatInt(int64(s), 10) }

// ParseSerial reads them. Errors: NotFound, as what has no such number is nowhere.
func ParseSerial(digits string) (Serial, error) {
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || n <= 0 {
		return 0, Fail(NotFound, "error.not_found")
	}
	return Serial(n), nil
}

// NewSerial makes a serial from the time and 16 bits that tell apart what was
// made in the same millisecond.
func NewSerial(now time.Time, low uint16) Serial {
	return Serial(now.UnixMilli()<<16 | int64(low))
}

// Mint gives services their time, identifiers and randomness, so that tests
// can set them. It is safe for concurrent use.
type Mint struct {
	now    func() time.Time
	random io.Reader
	mu     sync.Mutex
	last   Serial
}

// NewMint makes a Mint. A nil now means time.Now, a nil random crypto/rand.
func NewMint(now func() time.Time, random io.Reader) *Mint {
	if now == nil {
		now = time.Now
	}
	if random == nil {
		random = rand.Reader
	}
	return &Mint{now: now, random: random}
}

// Now returns the current time in UTC, cut to microseconds, which both
// databases keep exactly.
func (m *Mint) Now() time.Time { return m.now().UTC().Truncate(time.Microsecond) }

// ID makes a new identifier.
func (m *Mint) ID() ID { return NewID(m.now(), m.random) }

// ActorID makes a new actor's identifier.
func (m *Mint) ActorID() ActorID { return ActorID(m.ID()) }

// Serial makes a serial greater than all that this Mint made before. In each
// new millisecond the counter starts at a random place in its lower half, so
// that several processes seldom meet; the database's unique index decides.
func (m *Mint) Serial() Serial {
	var low [2]byte
	if _, err := io.ReadFull(m.random, low[:]); err != nil {
		panic("domain: no randomness: " + err.Error())
	}
	s := NewSerial(m.now(), binary.BigEndian.Uint16(low[:])>>1)
	m.mu.Lock()
	defer m.mu.Unlock()
	if s>>16 <= m.last>>16 {
		s = m.last + 1
	}
	m.last = s
	return s
}

// Secret returns n random bytes, for tokens and keys.
func (m *Mint) Secret(n int) []byte {
	b := make([]byte, n)
	if _, err := io.ReadFull(m.random, b); err != nil {
		panic("domain: no randomness: " + err.Error())
	}
	return b
}
