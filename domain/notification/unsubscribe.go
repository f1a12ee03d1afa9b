package notification

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"slices"
	"strings"

	"interlink/domain"
)

// Signer makes the addresses by which people unsubscribe from mails without
// signing in (RFC 8058 §3.1), and reads them again.
type Signer struct{ key []byte }

// NewSigner makes one from the node's secret.
func NewSigner(secret []byte) Signer {
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte("interlink notification unsubscribe v1"))
	return Signer{mac.Sum(nil)}
}

// Token names a person and a scope, for nobody else to make.
func (s Signer) Token(person domain.ActorID, scope Scope) string {
	what := string(person) + " " + scope.String()
	return base64.RawURLEncoding.EncodeToString(append(s.sum(what), what...))
}

// size is how much of the authentication code a token carries, in bytes.
const size = 16

func (s Signer) sum(what string) []byte {
	mac := hmac.New(sha256.New, s.key)
	mac.Write([]byte(what))
	return mac.Sum(nil)[:size]
}

// Read returns what a token names. Errors: NotFound for one that is none of
// this node's.
func (s Signer) Read(token string) (domain.ActorID, Scope, error) {
	none := domain.Fail(domain.NotFound, "notification.token")
	if len(token) > 200 {
		return "", Scope{}, none
	}
	raw, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(raw) <= size || !hmac.Equal(raw[:size], s.sum(string(raw[size:]))) {
		return "", Scope{}, none
	}
	person, rest, _ := strings.Cut(string(raw[size:]), " ")
	channel, class, _ := strings.Cut(rest, " ")
	scope := Scope{Channel(channel), Class(class)}
	if !scope.Channel.Mails() || class != "" && !slices.Contains(Classes[:], scope.Class) {
		return "", Scope{}, none // of a version that had more
	}
	return domain.ActorID(person), scope, nil
}
