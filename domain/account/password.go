package account

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"runtime"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"

	"interlink/domain"
)

// Cost is that of a hash by argon2id; it is written into each, so that it can be
// raised later.
type Cost struct {
	Memory  uint32 // KiB
	Passes  uint32
	Threads uint8
}

// DefaultCost is what new hashes take: 19 MiB and two passes, about 30 ms here.
var DefaultCost = Cost{Memory: 19 << 10, Passes: 2, Threads: 1}

// The lengths of passwords, in letters and in bytes.
const (
	minPassword = 10
	maxPassword = 1024
)

// common are passwords that are long enough and still known to everybody.
var common = map[string]bool{
	"1234567890": true, "12345678901": true, "123456789012": true, "password12": true, "password123": true,
	"password1234": true, "qwertyuiop": true, "qwerty12345": true, "1q2w3e4r5t": true, "administrator": true,
	"contraseña": true, "wachtwoord": true, "welkom12345": true, "iloveyou12": true, "letmein1234": true, "interlink123": true,
}

// checkPassword judges a new password. Errors: Invalid on "password".
func checkPassword(password, username, email string) error {
	switch low := strings.ToLower(password); {
	case utf8.RuneCountInString(password) < minPassword:
		return domain.InvalidField("password", "account.password_short", minPassword)
	case len(password) > maxPassword:
		return domain.InvalidField("password", "account.password_long", maxPassword)
	case common[low], low == strings.ToLower(username), low == strings.ToLower(email),
		strings.Trim(low, string([]rune(low)[:1])) == "": // one letter over and over
		return domain.InvalidField("password", "account.password_common")
	}
	return nil
}

// hash makes an argon2id hash in the usual text form.
func (c Cost) hash(password string) string {
	var salt [16]byte
	if _, err := rand.Read(salt[:]); err != nil {
		panic("account: no randomness: " + err.Error())
	}
	return c.text(salt[:], argon(password, salt[:], c, 32))
}

func (c Cost) text(salt, sum []byte) string {
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, c.Memory, c.Passes, c.Threads,
		b64.EncodeToString(salt), b64.EncodeToString(sum))
}

// slots bounds how many hashes are made at once: each takes memory.
var slots = make(chan struct{}, max(2, runtime.GOMAXPROCS(0)))

// argon makes one hash when its turn comes.
func argon(password string, salt []byte, c Cost, length uint32) []byte {
	slots <- struct{}{}
	defer func() { <-slots }()
	return argon2.IDKey([]byte(password), salt, c.Passes, c.Memory, c.Threads, length)
}

// absent is a hash of which nobody knows a password: what is compared for an
// unknown name, so that the answer takes as long.
func (c Cost) absent() string { return c.text(make([]byte, 16), make([]byte, 32)) }

// matches compares a password with a hash; stale says that the hash was made
// at another cost.
func (c Cost) matches(hash, password string) (ok, stale bool) {
	if len(password) > maxPassword {
		return false, false
	}
	parts := strings.Split(hash, "$")
	if len(parts) != 6 || parts[1] != "argon2id" {
		return false, false
	}
	var p Cost
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &p.Memory, &p.Passes, &p.Threads); err != nil || p.Passes == 0 || p.Threads == 0 {
		return false, false
	}
	salt, err1 := base64.RawStdEncoding.DecodeString(parts[4])
	want, err2 := base64.RawStdEncoding.DecodeString(parts[5])
	if err1 != nil || err2 != nil || len(want) == 0 {
		return false, false
	}
	sum := argon(password, salt, p, uint32(len(want)))
	return subtle.ConstantTimeCompare(sum, want) == 1, p != c
}
